"""An address in a store, ``s3://bucket/key`` → the member file that lies there, where the service may read it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool

from renderer.model.errors import BadJob
from renderer.running.workspace import s3_client
from renderer.service.patience import LONGEST
from renderer.service.problems import Problem
from renderer.service.words import ADDRESS

if TYPE_CHECKING:
    from obstore.store import S3Store

_AGAIN = {"Retry-After": "60"}


class Sources:
    """Where a service reads member files; its environment says by which server, and who may, as it does of a bucket."""

    def __init__(self, allowed: Sequence[str], longest: int, silence: float) -> None:
        """Take the addresses below which it may; how many bytes a file may have, and how long a store be silent.

        :raises BadJob: when one is no address, or what it takes to read there is not installed.
        """
        self._allowed = [address.rstrip("/") + "/" for address in allowed]
        self._longest, self._silence = longest, timedelta(seconds=silence)
        for address in self._allowed:
            if not re.fullmatch(ADDRESS, f"{address}key"):
                raise BadJob(f"{address.rstrip('/')} is no place of sources; give s3://BUCKET/PREFIX")
        if self._allowed:
            try:
                import obstore  # noqa: F401 - so that it is said now and not when somebody asks
            except ImportError:
                raise BadJob("obstore is not installed, by which sources are read; install renderer[bucket]") from None

    async def read(self, address: str, take: Callable[[bytes], object]) -> None:
        """Hand on what lies at an address, piece by piece; no problem repeats the address.

        :raises Problem: when it may not be read, is not there, is too long or does not come in whole and in time.
        """
        if not any(address.startswith(place) for place in self._allowed) or {".", ".."} & set(address.split("/")):
            raise Problem(403, "source-not-allowed", "the service may not read there; send the member file itself")
        from obstore.exceptions import BaseError

        bucket, _, key = address.removeprefix("s3://").partition("/")
        try:
            async with asyncio.timeout(LONGEST):
                found = await self._store(bucket).get_async(key)
                if found.meta["size"] > self._longest:
                    raise Problem(413, "too-long", f"a member file has at most {self._longest:,} bytes")
                async for piece in found.stream():
                    await run_in_threadpool(take, bytes(piece))
        except FileNotFoundError:
            raise Problem(422, "source-not-there", "nothing lies where the order says that its source is") from None
        except TimeoutError:
            raise Problem(504, "source-too-slow", "the source did not come in in time", headers=_AGAIN) from None
        except BaseError as error:
            why = f"the store of the source refused it or broke it off ({type(error).__name__}); ask again later"
            raise Problem(502, "source-unreadable", why, headers=_AGAIN) from None

    def _store(self, bucket: str) -> S3Store:
        from obstore.store import S3Store

        return S3Store(
            bucket,
            client_options={**s3_client(LONGEST), "read_timeout": self._silence},
            retry_config={"max_retries": 2, "retry_timeout": self._silence},
        )
