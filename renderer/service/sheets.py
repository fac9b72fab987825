"""``POST /v1/sheets``: one member → one sheet, as PDF or as a picture."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import BrokenExecutor
from functools import partial

from fastapi import APIRouter, Depends, Request, Response

from renderer.service.asking import only, remember, service_of
from renderer.service.description import of_type
from renderer.service.drawing import Busy, NoPage, Sheet, ToDraw, draw
from renderer.service.library import JOB, find_named
from renderer.service.problems import Problem, finding_facts, of_stop
from renderer.service.tokens import Role
from renderer.service.words import SheetOrder

routes = APIRouter(prefix="/v1", tags=["sheets"], dependencies=[Depends(only(Role.OPERATOR, Role.DESIGNER))])
_TYPES = {"pdf": "application/pdf", "png": "image/png"}


@routes.post("/sheets", response_class=Response, responses=of_type(*_TYPES.values()))
def draw_sheet(order: SheetOrder, request: Request) -> Response:
    """Draw one sheet, filled by the press and proved as in a run.

    A member that would be held is answered by its findings, as is one about which there is a doubt that was not
    accepted. The header Renderer-Findings names the codes of doubts and notes about a sheet that was drawn.
    """
    service = service_of(request)
    named = find_named(service.home.library, order.job)
    wanted = ToDraw(
        named.folder / JOB,
        service.home.outbox,
        service.home.incoming,
        order.member,
        order.variant,
        order.issued_on,
        order.accept_doubts,
        order.format,
        order.dpi,
        order.page,
    )
    sheet = drawn(request, draw, wanted, meanwhile=partial(remember, request, "sheet", str(named)))
    codes = ",".join(dict.fromkeys(finding.code for finding in sheet.findings))
    return Response(sheet.data, media_type=_TYPES[order.format], headers={"Renderer-Findings": codes})


def drawn(request: Request, function: Callable[..., Sheet], *arguments: object, meanwhile: Callable[[], None]) -> Sheet:
    """Let a process that stands ready draw something, and write meanwhile what was asked.

    :raises Problem: when too many wait, it is held or refused, takes too long, or the process dies over it.
    """
    service = service_of(request)
    try:
        with service.metrics.sheets_waiting.track_inprogress():
            sheet = service.drawers.do(function, *arguments, meanwhile=meanwhile)
    except Busy:
        raise Problem(
            503, "busy", "too many sheets wait; ask again in a moment", headers={"Retry-After": "1"}
        ) from None
    except TimeoutError:
        raise Problem(503, "too-slow", "the sheet took too long; ask again", headers={"Retry-After": "5"}) from None
    except BrokenExecutor:
        why = "the process that drew the sheet died; ask again, and report it if it comes back"
        raise Problem(503, "died", why, headers={"Retry-After": "1"}) from None
    if isinstance(sheet.stopped, NoPage):
        raise Problem(422, "no-page", str(sheet.stopped))
    if sheet.stopped:
        raise of_stop(sheet.stopped)
    if not sheet.data:
        findings = [finding_facts(finding) for finding in sheet.findings]
        raise Problem(422, "held", "this member may not be printed so; see findings", findings=findings)
    return sheet
