"""Who asks, and may they → what every route begins with."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import Request

from renderer.service.life import Service
from renderer.service.problems import Problem
from renderer.service.tokens import Caller, Role


def service_of(request: Request) -> Service:
    """Return the service that a request came to."""
    service: Service = request.app.state.service
    return service


def only(*roles: Role) -> Callable[[Request], Caller]:
    """Return a dependency that lets callers of these roles pass."""

    def caller_of(request: Request) -> Caller:
        caller: Caller = request.state.caller
        if caller.role not in roles:
            raise Problem(403, "not-your-role", f"this is for {', '.join(roles)}; your token is of a {caller.role}")
        return caller

    return caller_of


def remember(request: Request, act: str, subject: str) -> None:
    """Write into the register of acts what is being done."""
    service_of(request).states.remember(request.state.request, request.state.caller, act, subject)
