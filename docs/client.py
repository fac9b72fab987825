"""The description of the service → a typed Python client of it: ``python docs/client.py FOLDER`` (``make client``).

Nothing of it is written by hand, and it is not kept here. Of a service that answers, the same is made by
``openapi-python-client generate --url http://127.0.0.1:8137/openapi.json --config docs/client.yaml``.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from renderer.service.application import open_routes

SETTINGS = Path(__file__).with_suffix(".yaml")


def write_client(folder: Path) -> None:
    """Write the client into a folder, the package ``renderer_client`` in it; one that is there is replaced."""
    with tempfile.TemporaryDirectory() as name:
        description = Path(name) / "openapi.json"
        description.write_text(json.dumps(open_routes().openapi(), ensure_ascii=False, indent=2), "utf-8")
        command = [sys.executable, "-m", "openapi_python_client", "generate", "--fail-on-warning", "--overwrite"]
        command += ["--path", description, "--config", SETTINGS, "--output-path", folder]
        subprocess.run(command, check=True)  # noqa: S603 - of our own words


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    write_client(parser.parse_args().folder)
