"""The service → an application: its door, its routes, and how it answers what goes wrong."""

from __future__ import annotations

from functools import cache, partial
from importlib.metadata import version

from fastapi import FastAPI
from starlette.types import ASGIApp, Lifespan, Receive, Scope, Send

from renderer.service import drafts, jobs, sheets
from renderer.service.description import ANY_PROBLEM, by_name, describe
from renderer.service.guard import STUDIOS, Guard
from renderer.service.life import Service, Settings
from renderer.service.problems import answer_by_problems


def make_application(settings: Settings) -> ASGIApp:
    """Make the application of a service.

    :raises BadJob: when its folder or database cannot be used.
    """
    service = Service(settings)
    app = open_routes(service.serving)
    app.state.service = service
    answer_by_problems(app)

    async def answer_studio(scope: Scope, receive: Receive, send: Send) -> None:
        await service.studios.answer(scope, receive, send)

    app.mount(f"{STUDIOS}{{draft}}", answer_studio)
    return Guard(app, service.tokens, service.metrics, {"/v1/jobs": settings.longest_upload}, settings.silence)


def open_routes(lifespan: Lifespan[FastAPI] | None = None) -> FastAPI:
    """Put all routes together: what can be described, and with a service asked."""
    app = FastAPI(
        title="renderer",
        version=version("renderer"),
        description="Print-ready A4 sheets for health insurers.",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        responses=ANY_PROBLEM,
        generate_unique_id_function=by_name,
    )
    for routes in (jobs.open_routes, jobs.routes, sheets.routes, drafts.routes):
        app.include_router(routes)
    app.openapi = cache(partial(describe, app))  # type: ignore[method-assign] # as FastAPI says that it is done
    return app
