"""A job that has ended → word of it to a system that waits, signed, until that has taken it or for about a day.

    POST URL
    Renderer-Signature: t=1764403200,v1=HMAC-SHA256 in hexadecimal of "1764403200." and the body
    {"name": …, "state": …, "counts": {…}, …}

The body has names and counts, and nothing of a person. The time is signed with it, so that an old word sent again by
somebody else is known for one.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import time
from contextlib import suppress

import httpx
from pydantic import HttpUrl, TypeAdapter, ValidationError

from renderer.service.lasting import lasting
from renderer.service.logs import log
from renderer.service.runner import Runner
from renderer.service.state import Due, States
from renderer.service.words import job_of

SIGNATURE = "Renderer-Signature"
PAUSES = (1, 5, 30, 120, 600, 3600, 3600 * 4, 3600 * 16)
"""Seconds between one attempt and the next."""
PATIENCE = 10.0
"""Seconds that the other system has to answer."""
SECRET = "RENDERER_WEBHOOK_SECRET"  # noqa: S105 - what the variable is called
"""The variable of the environment that has the key of the signatures."""


def signed(secret: str, at: int, body: bytes) -> str:
    """Return the signature of a body that is sent at a time, in seconds since 1970."""
    mac = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256)
    return f"t={at},v1={mac.hexdigest()}"


def check_address(url: str) -> None:
    """Raise ValueError, with a sentence, where ends of jobs cannot be told to an address."""
    try:
        TypeAdapter(HttpUrl).validate_python(url)
        is_whole = bool(httpx.URL(url).host)
    except (ValidationError, httpx.InvalidURL):
        is_whole = False
    if not is_whole:
        raise ValueError("give an address that begins with http:// or https:// and names who listens there")


class Webhooks:
    """Tells the ends of jobs."""

    def __init__(self, states: States, secret: str) -> None:
        """Take the key of the signatures."""
        self._states, self._secret = states, secret

    async def serve(self, runner: Runner) -> None:
        """Tell ends as they come, until cancelled."""
        async with httpx.AsyncClient(timeout=PATIENCE, trust_env=False) as client:
            while True:
                runner.ended.clear()
                for due in await lasting(self._states.due, int(time.time())):
                    await self._tell(client, due)
                with suppress(TimeoutError):
                    await asyncio.wait_for(runner.ended.wait(), 1.0)

    async def _tell(self, client: httpx.AsyncClient, due: Due) -> None:
        at, attempts = int(time.time()), due.attempts + 1
        body = json.dumps(job_of(due.job).model_dump(mode="json", exclude={"progress"})).encode()
        headers = {SIGNATURE: signed(self._secret, at, body), "Content-Type": "application/json"}
        try:
            # Whether it was taken says the head of the answer: its body may be endless.
            async with (
                asyncio.timeout(PATIENCE),
                client.stream("POST", due.url, content=body, headers=headers) as answer,
            ):
                taken = answer.is_success
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError):
            taken = False
        if taken:
            status, next_at = "told", 0
        elif attempts > len(PAUSES):
            status, next_at = "given-up", 0
        else:
            status, next_at = "waiting", at + PAUSES[attempts - 1]
        await lasting(self._states.told, due.job.number, status=status, attempts=attempts, next_at=next_at)
        log("webhook", job=due.job.name, attempt=attempts, status=status)
