"""How long the service waits for those who ask: a connection that says nothing, or a head byte by byte → closed.

What comes after the head, the guard waits for (``guard.py``).
"""

from __future__ import annotations

import asyncio

from uvicorn.protocols.http.h11_impl import H11Protocol

from renderer.service.problems import MEDIA_TYPE, Problem, response

SILENCE = 30.0
"""Seconds that somebody who asks may be silent, and may take for all but a member file."""
LONGEST = 1800.0
"""Seconds that a member file may take to come in."""


def impatient(silence: float) -> type[H11Protocol]:
    """Return the protocol of a server that closes what is silent for so many seconds before a request is there."""

    class Impatient(H11Protocol):
        def __init__(self, *arguments: object, **named: object) -> None:
            super().__init__(*arguments, **named)  # type: ignore[arg-type] # uvicorn's own
            self._due: asyncio.TimerHandle | None = None

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as in uvicorn
            super().connection_made(transport)
            self._wait()

        def data_received(self, data: bytes) -> None:
            super().data_received(data)
            if self.cycle and not self.cycle.response_complete:  # the head is there
                self._wait_no_more()
            elif self._due is None:
                self._wait()

        def send_400_response(self, msg: str) -> None:
            """Answer what is no request; it comes to no application."""
            said = bytes(response(Problem(400, "not-http", "this is no request of HTTP/1.1")).body)
            head = f"HTTP/1.1 400 Bad Request\r\nContent-Type: {MEDIA_TYPE}\r\nContent-Length: {len(said)}\r\n"
            self.transport.write(f"{head}Connection: close\r\n\r\n".encode() + said)
            self.transport.close()

        def connection_lost(self, exc: Exception | None) -> None:
            super().connection_lost(exc)
            self._wait_no_more()

        def _wait(self) -> None:
            self._due = self.loop.call_later(silence, self.transport.close)

        def _wait_no_more(self) -> None:
            if self._due:
                self._due.cancel()
                self._due = None

    return Impatient
