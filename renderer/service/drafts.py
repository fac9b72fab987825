"""``/v1/drafts``: what designers work on, made of the library's jobs, and the studio of each."""

from __future__ import annotations

import secrets
import shutil
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request, Response
from starlette.concurrency import run_in_threadpool

from renderer.service.asking import only, remember, service_of
from renderer.service.library import JOB, find_named
from renderer.service.problems import Problem
from renderer.service.studios import TooMany, lay_draft
from renderer.service.tokens import Role
from renderer.service.words import NAME, Draft, DraftOrder, Studio, StudioOrder

routes = APIRouter(prefix="/v1/drafts", tags=["drafts"], dependencies=[Depends(only(Role.OPERATOR, Role.DESIGNER))])
Name = Annotated[str, Path(pattern=NAME)]


@routes.get("")
async def list_drafts(request: Request) -> list[Draft]:
    """List the drafts, and whether the studio of each is open."""
    return [Draft(name=name, is_open=is_open) for name, is_open in service_of(request).studios.names()]


@routes.post("", status_code=201)
def make_draft(order: DraftOrder, request: Request) -> Draft:
    """Make a draft of a job of the library, with a layout of its own to work on."""
    home = service_of(request).home
    named, half = find_named(home.library, order.job), home.incoming / secrets.token_hex(16)
    remember(request, "draft", f"{order.name} of {named}")
    try:
        is_new = lay_draft(named, home.drafts / order.name, half)
    finally:
        shutil.rmtree(half, ignore_errors=True)
    if not is_new:
        raise Problem(409, "name-taken", f"there is a draft {order.name} already; take another name")
    return Draft(name=order.name, is_open=False)


@routes.post("/{name}/studio", status_code=201)
async def open_studio(name: Name, order: StudioOrder, request: Request, response: Response) -> Studio:
    """Open the studio of a draft, or go on with it: a person opens the address in a browser, below that of the service.

    Who has the address may write into the draft, until the studio ends: by DELETE, or half an hour after nobody looks
    at it any more.
    """
    service = service_of(request)
    if not (service.home.drafts / name / JOB).is_file():
        raise Problem(404, "no-draft", "there is no such draft; make it of a job of the library: POST /v1/drafts")
    await run_in_threadpool(remember, request, "studio", name)
    try:
        address = await service.studios.open(name, order.lang)
    except TooMany:
        why = "there are as many studios as there may be; end one, or ask again later"
        raise Problem(503, "busy", why, headers={"Retry-After": "60"}) from None
    response.headers["Location"] = address
    return Studio(address=address)


@routes.delete("/{name}/studio", status_code=204)
async def end_studio(name: Name, request: Request) -> None:
    """End the studio of a draft; what was written stays."""
    await run_in_threadpool(remember, request, "studio-end", name)
    if not await service_of(request).studios.close(name):
        raise Problem(404, "no-studio", "the studio of this draft is not open")
