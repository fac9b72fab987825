"""A session → a server of it for the browsers of this machine, which listens on loopback alone.

Whoever asks by another name than that of this machine gets nothing.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import uvicorn

from renderer.model.errors import ENDINGS
from renderer.model.findings import Language
from renderer.studio.application import Page
from renderer.studio.session import Session

HOST = "127.0.0.1"


def take_port(port: int) -> socket.socket:
    """Take a port of this machine's loopback, 0 for any that is free.

    :raises OSError: when it is taken, or may not be.
    """
    taken = socket.socket()
    try:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        # Connections have it of this: the bytes of a picture must not wait 40 ms behind its head.
        taken.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        taken.bind((HOST, port))
    except OSError:
        taken.close()
        raise
    return taken


class _Server(uvicorn.Server):
    """Ends at Ctrl-C as at any other end: that is how a person ends a server."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Hear the system's word to end, and do not hand it on."""
        loop = asyncio.get_running_loop()
        for number in ENDINGS:
            loop.add_signal_handler(number, self.handle_exit, number, None)
        try:
            yield
        finally:
            for number in ENDINGS:
                loop.remove_signal_handler(number)


class Studio:
    """One session behind one port."""

    def __init__(self, session: Session, port: socket.socket, language: Language) -> None:
        """Stand behind a port that was taken, in one of the languages to begin with."""
        self._session, self._socket = session, port
        self.port: int = port.getsockname()[1]
        hosts = {f"{HOST}:{self.port}", f"localhost:{self.port}"}
        # Cookies know no ports: two studios on one machine need two names.
        self._page = Page(session, language, f"studio-{self.port}", hosts=hosts)

    @property
    def address(self) -> str:
        """What a person opens."""
        return f"http://{HOST}:{self.port}{self._page.address}"

    async def serve(self, ready: Callable[[str], None]) -> None:
        """Serve until the process is told to end; ``ready`` is given the address when it can be opened."""
        config = uvicorn.Config(
            self._page.application, log_config=None, access_log=False, lifespan="off", timeout_graceful_shutdown=1
        )
        server = _Server(config)
        work = asyncio.create_task(self._session.run())
        serving = asyncio.create_task(server.serve([self._socket]))
        try:
            self._socket.listen()
            ready(self.address)
            await asyncio.wait((work, serving), return_when=asyncio.FIRST_COMPLETED)
            if work.done():
                work.result()
        finally:
            server.should_exit = True
            self._session.end()
            work.cancel()
            with suppress(asyncio.CancelledError):
                await work
            await serving
