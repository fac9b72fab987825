"""Servers of S3 on free ports of this machine: moto, which starts at once, and Ceph for the truth, in the trials."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from real_s3 import ACCESS, SECRET, real_s3
from werkzeug.serving import make_server


@contextmanager
def s3_server() -> Iterator[str]:
    """Give the address of a server; of two requests about one name, one is served first."""
    one_at_a_time = threading.Lock()
    application = DomainDispatcherApplication(create_backend_app)

    def serve(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        with one_at_a_time:
            return list(application(environ, start_response))

    server = make_server("127.0.0.1", 0, serve, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


SERVERS = [pytest.param(s3_server, id="moto"), pytest.param(real_s3, id="ceph", marks=pytest.mark.campaign)]
"""What tests of a store ask, one after the other."""


def about(endpoint: str) -> dict[str, str]:
    """Return what the environment says of such a server, and of who asks it."""
    return {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ALLOW_HTTP": "true",
        "AWS_ACCESS_KEY_ID": ACCESS,
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_REGION": "us-east-1",
        "MOTO_S3_DEFAULT_MAX_KEYS": "50",
    }
