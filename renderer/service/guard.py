"""Every request, before anything looks at it → who asks; how long it may be; a line in the log and in the counters."""

from __future__ import annotations

import asyncio
import re
import secrets
import time
from collections.abc import Callable, Mapping
from http import HTTPStatus

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from renderer.intake.keys import names_a_number
from renderer.model.errors import BadJob
from renderer.running.endings import broken_at
from renderer.service.logs import log
from renderer.service.metrics import Metrics
from renderer.service.patience import LONGEST as LONGEST_TIME
from renderer.service.problems import MEDIA_TYPE, Problem, of_status, response, unexpected
from renderer.service.tokens import Tokens

OPEN = frozenset(("/health", "/ready", "/version", "/openapi.json"))
"""What is answered without a token."""
STUDIOS = "/studio/"
"""Below this are those for whom a token in a header is no way to ask, and who bring one of their own: browsers."""
LONGEST = 1 << 20
"""Bytes of a request's body, but for those of ``long``."""
_METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))
"""What is counted and logged by its name: a word of somebody else may say anything, and without a token."""
_REQUEST = re.compile(r"[A-Za-z0-9-]{1,36}")


class Guard:
    """An application behind its door."""

    def __init__(self, app: ASGIApp, tokens: Tokens, metrics: Metrics, long: Mapping[str, int], silence: float) -> None:
        """Take the application; ``long`` are the bytes that the body of a request by its path may have.

        ``silence`` are the seconds for which somebody who asks may be silent, and which all but those may take to ask.
        """
        self._app, self._tokens, self._metrics, self._long, self._silence = app, tokens, metrics, long, silence

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers, begun = Headers(scope=scope), time.monotonic()
        given = headers.get("x-request-id", "")
        is_told = _REQUEST.fullmatch(given) and not names_a_number(given)
        request = given if is_told else secrets.token_hex(16)
        status, said = 0, b""

        async def sent(message: Message) -> None:
            nonlocal status, said
            if message["type"] == "http.response.start":
                status = message["status"]
                answer = MutableHeaders(scope=message)
                is_told = answer.get("content-type") == MEDIA_TYPE or scope["path"].startswith(STUDIOS)
                if status >= HTTPStatus.BAD_REQUEST and not is_told:  # of a library
                    said = bytes(response(of_status(status)).body)
                    answer["Content-Type"], answer["Content-Length"] = MEDIA_TYPE, str(len(said))
                answer["X-Request-Id"] = request
                answer["X-Content-Type-Options"] = "nosniff"
                answer.setdefault("Cache-Control", "no-store")
                self._tell(scope, request, status, time.monotonic() - begun)
            elif said:
                message = {**message, "body": b"" if message.get("more_body") else said}
            await send(message)

        state = scope.setdefault("state", {})
        state["request"] = request
        try:
            refused = self._refusal(scope, headers)
            answering = response(refused) if refused else self._app
            await answering(scope, self._bounded(scope, receive), sent)
        except Exception as error:  # its text and its traceback might say what stood in the request
            log("broken", request=request, where=broken_at(error))
            if not status:
                await response(unexpected())(scope, receive, sent)

    def _refusal(self, scope: Scope, headers: Headers) -> Problem | None:
        if scope["path"] in OPEN or scope["path"].startswith(STUDIOS):
            return None
        kind, _, token = headers.get("authorization", "").partition(" ")
        try:
            caller = self._tokens.find(token) if kind.lower() == "bearer" and token else None
        except BadJob as bad:
            log("tokens unreadable", why=str(bad))
            why = "the service cannot read who may ask; tell who runs it"
            return Problem(503, "tokens-unreadable", why, headers={"Retry-After": "60"})
        if caller is None:
            why = "give a token of this service: Authorization: Bearer TOKEN"
            return Problem(401, "no-token", why, headers={"WWW-Authenticate": "Bearer"})
        scope["state"]["caller"] = caller
        length = headers.get("content-length", "0")
        if length.isdigit() and int(length) > self._most(scope):
            return self._too_long(scope)
        return None

    def _most(self, scope: Scope) -> int:
        return self._long.get(scope["path"], LONGEST)

    def _too_long(self, scope: Scope) -> Problem:
        return Problem(413, "too-long", f"the body of this request has at most {self._most(scope):,} bytes")

    def _bounded(self, scope: Scope, receive: Receive) -> Receive:
        had, is_whole = 0, False
        until = time.monotonic() + (LONGEST_TIME if scope["path"] in self._long else self._silence)

        async def received() -> Message:
            nonlocal had, is_whole
            if is_whole:  # what comes now is that somebody has gone
                return await receive()
            left = until - time.monotonic()
            try:
                message = await asyncio.wait_for(receive(), max(0.0, min(self._silence, left)))
            except TimeoutError:
                why = "the request did not come in in time; send it again"
                raise Problem(408, "too-slow", why, headers={"Connection": "close"}) from None
            had += len(message.get("body", b""))
            if had > self._most(scope):
                raise self._too_long(scope)
            is_whole = not message.get("more_body", False)
            return message

        return received

    def _tell(self, scope: Scope, request: str, status: int, seconds: float) -> None:
        route: Callable[..., object] | str = getattr(scope.get("route"), "path", "")
        caller = scope["state"].get("caller")
        method = scope["method"] if scope["method"] in _METHODS else "other"
        self._metrics.count(str(route), method, status, seconds)
        facts = {"request": request, "method": method, "route": route, "status": status}
        log("request", **facts, ms=round(1000 * seconds), caller=caller.name if caller else "")
