"""A call of the database → its answer, however long the database is away."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from starlette.concurrency import run_in_threadpool

from renderer.service.logs import log
from renderer.service.tables import AWAY

PAUSE = 1.0
"""Seconds between one attempt and the next."""
P = ParamSpec("P")
T = TypeVar("T")


async def lasting(function: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
    """Call a function that may be called again though it was done, until the database has taken it.

    What the service does by itself must neither end nor be lost because the database was begun anew or its disk was
    full for a while; a request, somebody waits for, and is answered that it is so.
    """
    while True:
        try:
            return await run_in_threadpool(function, *arguments, **named)
        except AWAY as error:
            log("database away", kind=type(error).__name__)
            await asyncio.sleep(PAUSE)
