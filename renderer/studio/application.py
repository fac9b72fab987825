"""A session → its page for a browser: HTTP for the page and its pictures, a websocket for what is told.

Whoever opens it brings a token in the address, for which the page gets a cookie; whoever has neither gets nothing, nor
does a page of another origin. Where it is served is not its own: every address in it is below that of the page.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Collection
from contextlib import suppress
from typing import Any

from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.requests import HTTPConnection, Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from renderer.model.errors import Unreadable
from renderer.model.findings import Language
from renderer.studio.messages import FROM_PAGE
from renderer.studio.page_files import index, page_files, policy
from renderer.studio.pictures import LEAST_DPI, MOST_DPI, TooLarge, Wanted
from renderer.studio.session import Session

_REFUSED = "open the address that the studio gave when it started\n"
_FORBIDDEN, _POLICY_VIOLATION, _UNSUPPORTED = 403, 1008, 1003
_PICTURE = {"Cache-Control": "private, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"}
"""A picture is named by what is on it."""
_PARTS = ("x", "y", "w", "h")
_DPI = 96


class Page:
    """One session, for who has its token."""

    def __init__(
        self, session: Session, language: Language, cookie: str, path: str = "/", hosts: Collection[str] = ()
    ) -> None:
        """Show a session in one of the languages to begin with.

        ``cookie`` is the name of its cookie, ``path`` where the page is, ``hosts`` the names by which it may be asked,
        none for any.
        """
        self._session, self._language = session, language
        self._cookie, self._path, self._hosts = cookie, path, hosts
        self._token = secrets.token_urlsafe()
        self.application = Starlette(routes=self._routes())
        """What answers."""

    @property
    def address(self) -> str:
        """What a person opens, without the host."""
        return f"{self._path}?token={self._token}"

    def _routes(self) -> list[BaseRoute]:
        return [
            Route("/", self._page),
            Route("/pictures/{picture}.png", self._let_in(self._picture)),
            Route("/goldens/{sheet}/{picture}.png", self._let_in(self._golden)),
            WebSocketRoute("/live", self._live),
            Route("/{path:path}", self._let_in(self._file)),
        ]

    def _is_here(self, asked: HTTPConnection) -> bool:
        return not self._hosts or asked.headers.get("host", "") in self._hosts

    def _has_cookie(self, asked: HTTPConnection) -> bool:
        return self._is_here(asked) and self._is_token(asked.cookies.get(self._cookie, ""))

    def _is_token(self, given: str) -> bool:
        return secrets.compare_digest(given.encode(), self._token.encode())

    def _let_in(self, answer: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
        async def answered(asked: Request) -> Response:
            if not self._has_cookie(asked):
                return PlainTextResponse(_REFUSED, _FORBIDDEN)
            return await answer(asked)

        return answered

    async def _page(self, asked: Request) -> Response:
        brings_token = self._is_here(asked) and self._is_token(asked.query_params.get("token", ""))
        if not (brings_token or self._has_cookie(asked)):
            return PlainTextResponse(_REFUSED, _FORBIDDEN)
        page = index(self._language)
        response = Response(page.content, media_type=page.media_type, headers=_headers())
        is_secure = asked.url.scheme == "https"
        response.set_cookie(
            self._cookie, self._token, path=self._path, secure=is_secure, httponly=True, samesite="strict"
        )
        return response

    @staticmethod
    async def _file(asked: Request) -> Response:
        found = page_files().get(asked.path_params["path"])
        if found is None:
            return PlainTextResponse("there is no such file\n", 404)
        return Response(found.content, media_type=found.media_type, headers=_headers())

    async def _picture(self, asked: Request) -> Response:
        try:
            wanted = _wanted(asked)
            png = await asyncio.to_thread(self._session.pictures.png, wanted)
        except (KeyError, Unreadable):
            return PlainTextResponse("there is no such picture, or no longer\n", 404)
        except (ValueError, TooLarge) as wrong:
            return PlainTextResponse(f"{wrong or 'that is more than anybody can look at'}\n", 400)
        return Response(png, media_type="image/png", headers=_PICTURE)

    async def _golden(self, asked: Request) -> Response:
        found = self._session.sitting.picture(asked.path_params["sheet"], asked.path_params["picture"])
        if found is None:
            return PlainTextResponse("there is no such picture, or no longer\n", 404)
        return FileResponse(found, headers=_PICTURE)

    async def _live(self, asked: WebSocket) -> None:
        _, _, origin = asked.headers.get("origin", "").partition("://")
        if origin != asked.headers.get("host") or not self._has_cookie(asked):
            await asked.close(_POLICY_VIOLATION)
            return
        await asked.accept()
        listener = self._session.join()
        telling = asyncio.create_task(_tell(asked, listener.messages))
        try:
            while True:
                self._session.hear(FROM_PAGE.validate_json(await asked.receive_text()), listener)
        except ValidationError:
            await asked.close(_UNSUPPORTED)
        except (WebSocketDisconnect, KeyError):  # KeyError: bytes and no text
            pass
        finally:
            self._session.leave(listener)
            telling.cancel()


async def _tell(page: WebSocket, messages: asyncio.Queue[Any]) -> None:
    with suppress(WebSocketDisconnect, RuntimeError):
        while True:
            message = await messages.get()
            await page.send_text(message.model_dump_json())


def _wanted(asked: Request) -> Wanted:
    """Read which picture is asked for.

    :raises ValueError: for what is no number, or out of all bounds.
    """
    given = asked.query_params
    dpi = float(given.get("dpi", _DPI))
    if not LEAST_DPI <= dpi <= MOST_DPI:
        raise ValueError(f"dpi is between {LEAST_DPI} and {MOST_DPI}")
    part = tuple(float(given[name]) for name in _PARTS if name in given)
    if len(part) not in (0, len(_PARTS)):
        raise ValueError("a part takes x, y, w and h, in mm")
    x, y, w, h = part or (0.0, 0.0, 0.0, 0.0)
    return Wanted(asked.path_params["picture"], dpi, (x, y, w, h) if part else None)


def _headers() -> dict[str, str]:
    return {
        "Content-Security-Policy": policy(),
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
