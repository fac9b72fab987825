"""``/v1/jobs`` and what else is asked of the service: jobs asked for, watched, cancelled; their files fetched."""

from __future__ import annotations

import asyncio
import secrets
import shutil
from collections.abc import AsyncIterator
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Query, Request, Response
from fastapi.responses import FileResponse, StreamingResponse
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool

from renderer.intake.jobfile import load_job
from renderer.intake.keys import names_a_number
from renderer.intake.packs import document_of
from renderer.intake.rows import check_columns
from renderer.model.errors import BadJob
from renderer.press.versions import versions
from renderer.running.names import is_of_delivery
from renderer.service.asking import only, remember, service_of
from renderer.service.description import NOT_READY, ORDER_AND_FILES, of_type
from renderer.service.drawing import print_again
from renderer.service.library import ASKED, JOB, SOURCES, Asked, Named, find_named, lay_down, listed
from renderer.service.life import Service
from renderer.service.logs import log
from renderer.service.problems import Problem, not_as_described
from renderer.service.receiving import Received, receive
from renderer.service.reducing import Reducer, reducer_of
from renderer.service.sheets import drawn
from renderer.service.state import JobRow, KeyTaken, NameTaken, State
from renderer.service.tokens import Role
from renderer.service.words import (
    Findings,
    Health,
    Job,
    JobOrder,
    Jobs,
    LibraryJob,
    ReprintOrder,
    Version,
    job_of,
)

open_routes = APIRouter(tags=["service"])
routes = APIRouter(prefix="/v1", tags=["jobs"], dependencies=[Depends(only(*Role))])
_OPERATOR = [Depends(only(Role.OPERATOR))]
HEARTBEAT = 15.0
"""Seconds after which a line is sent to those who watch, so that nobody on the way takes them for gone."""


@open_routes.get("/health")
async def tell_health() -> Health:
    """Say that the service answers."""
    return Health(status="ok")


@open_routes.get("/ready", responses=NOT_READY)
async def tell_ready(request: Request) -> Health:
    """Say whether the service can do its work: it knows who may ask, its database answers, jobs are begun."""
    service = service_of(request)
    # In no thread of those in which requests wait.
    if not (service.is_ready and await asyncio.to_thread(_is_there, service)):
        raise Problem(503, "not-ready", "the service cannot do its work now; its log says why")
    return Health(status="ok")


def _is_there(service: Service) -> bool:
    return service.states.is_there() and not service.tokens.fault()


@open_routes.get("/version")
def tell_version() -> Version:
    """Say what answers."""
    return Version(renderer=version("renderer"), libraries=dict(versions()))


@open_routes.get(
    "/metrics",
    dependencies=[Depends(only(*Role))],
    response_class=Response,
    responses=of_type("text/plain"),
)
def tell_metrics(request: Request) -> Response:
    """Give the counters in the words of Prometheus."""
    service = service_of(request)
    return service.metrics.write(service.states)


@routes.get("/library")
def tell_library(request: Request) -> list[LibraryJob]:
    """List the jobs that can be named, the newest version of each first."""
    return list(filter(None, map(_listed, listed(service_of(request).home.library))))


def _listed(one: Named) -> LibraryJob | None:
    """Say of a version what may be said; one that cannot be read takes no other with it, and stands in the log."""
    try:
        job = one.load()
    except BadJob as bad:
        log("library job broken", job=str(one), why=str(bad))
        return None
    return LibraryJob(
        name=one.name, version=one.version, document=job.document, title=job.title, issued_on=job.issued_on
    )  # fmt: skip


@routes.post(
    "/jobs",
    status_code=202,
    dependencies=_OPERATOR,
    response_model=Job,
    openapi_extra={"requestBody": ORDER_AND_FILES},
)
async def ask_for_job(
    request: Request,
    response: Response,
    idempotency_key: Annotated[str, Header(max_length=200, description="What you call this request.")] = "",
) -> Job:
    """Ask for a run: the job's name in the library, and the member file or where it lies, reduced while it comes in.

    Asking again with the same Idempotency-Key and the same request answers with the same job.
    """
    service = service_of(request)
    if names_a_number(idempotency_key):
        raise Problem(422, "key-not-allowed", "the Idempotency-Key has twelve digits like a 個人番号; give it another")
    if (await run_in_threadpool(service.states.counts))[State.QUEUED] >= service.settings.most_queued:
        raise Problem(429, "queue-full", "too many jobs wait; ask again later", headers={"Retry-After": "60"})
    incoming = service.home.incoming / secrets.token_hex(16)
    source = incoming / SOURCES
    await run_in_threadpool(source.mkdir, 0o700, parents=True)
    try:
        received = await receive(request, source, lambda order: _reducer(request, order), service.sources)
        row = await run_in_threadpool(_entered, request, received, incoming, idempotency_key)
    except KeyTaken as taken:
        if taken.job is None:
            raise Problem(409, "key-taken", "this Idempotency-Key was given to another request") from None
        row = taken.job
    except NameTaken:
        raise Problem(409, "name-taken", "there was a job of this name before; take another") from None
    finally:
        await run_in_threadpool(shutil.rmtree, incoming, ignore_errors=True)
    service.runner.wake()
    response.headers["Location"] = f"/v1/jobs/{row.name}"
    return job_of(row)


def _order(given: Any) -> JobOrder:
    try:
        return JobOrder.model_validate(given)
    except ValidationError as error:
        raise not_as_described("the part order", error.errors()) from None


def _reducer(request: Request, given: Any) -> Reducer:
    named = find_named(service_of(request).home.library, _order(given).job)
    return reducer_of(named.load())


def _entered(request: Request, received: Received, incoming: Path, key: str) -> JobRow:
    """Lay a job down under its name, and enter it."""
    service, caller, order = service_of(request), request.state.caller, _order(received.order)
    service.states.check_key(caller, key, received.total)
    named = find_named(service.home.library, order.job)
    name = order.name or f"{named.name}-{secrets.token_hex(4)}"
    asked = Asked(name, received.sources, service.home.outbox, order.issued_on, received.releases)
    job = load_job(lay_down(named, asked, incoming))
    check_columns(job, document_of(job).columns)
    options, folder = {"again": order.again}, service.home.jobs / name

    def place() -> None:
        incoming.joinpath(ASKED).touch()
        shutil.rmtree(folder, ignore_errors=True)  # of a request that was cut off, and never answered: no row has it
        incoming.rename(folder)

    row = service.states.enter(name, named, caller, options, key, received.total, service.settings.webhook, place)
    folder.joinpath(ASKED).unlink(missing_ok=True)
    remember(request, "job", name)
    return row


@routes.get("/jobs")
def list_jobs(
    request: Request,
    state: State | None = None,
    before: Annotated[int | None, Query(ge=1, lt=1 << 31)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Jobs:
    """List jobs, the newest first."""
    rows = service_of(request).states.jobs(before=before, state=state, most=limit)
    more = rows[-1].number if len(rows) == limit else None
    return Jobs(jobs=list(map(job_of, rows)), next=more)


@routes.get("/jobs/{name}")
def tell_job(name: str, request: Request) -> Job:
    """Say how far a job has come."""
    return job_of(_row(request, name))


@routes.get("/jobs/{name}/events", response_class=StreamingResponse, responses=of_type("text/event-stream"))
async def watch_job(name: str, request: Request) -> StreamingResponse:
    """Say how far a job has come, whenever it has come further, until it has ended (Server-Sent Events)."""
    await run_in_threadpool(_row, request, name)

    async def events() -> AsyncIterator[str]:
        watching = service_of(request).runner.watch(name)
        waiting = asyncio.ensure_future(anext(watching))
        try:
            while True:
                done, _ = await asyncio.wait({waiting}, timeout=HEARTBEAT)
                if not done:
                    yield ": still here\n\n"
                    continue
                row = waiting.result()
                yield f"event: job\ndata: {job_of(row).model_dump_json()}\n\n"
                if row.state.is_end:
                    return
                waiting = asyncio.ensure_future(anext(watching))
        finally:
            waiting.cancel()

    return StreamingResponse(events(), media_type="text/event-stream")


@routes.post("/jobs/{name}/cancel", status_code=202, dependencies=_OPERATOR)
async def cancel_job(name: str, request: Request) -> Job:
    """End a job that waits or is being printed; nothing of it is delivered."""
    service, row = service_of(request), await run_in_threadpool(_row, request, name)
    if not await service.runner.cancel(row):
        raise Problem(409, "has-ended", "this job has ended already")
    await run_in_threadpool(remember, request, "cancel", name)
    return job_of(await run_in_threadpool(_row, request, name))


@routes.get("/jobs/{name}/findings")
def tell_findings(name: str, request: Request) -> Findings:
    """Say why records were held, and what was noted; the records stand in held.csv."""
    report = _row(request, name).outcome.get("report", {})
    return Findings(reasons=report.get("reasons", []), notes=report.get("notes", []))


@routes.get(
    "/jobs/{name}/files/{file}",
    response_class=FileResponse,
    dependencies=_OPERATOR,
    responses={**of_type("application/octet-stream"), **of_type("application/octet-stream", status=206)},
)
def fetch_file(name: str, file: str, request: Request) -> FileResponse:
    """Give a delivered file, or a range of it."""
    row = _row(request, name)
    path = service_of(request).home.outbox / row.name / file
    if row.state is not State.DELIVERED or not is_of_delivery(file) or not path.is_file():
        raise Problem(404, "no-file", "this job has no such file; see its files")
    remember(request, "fetch", f"{row.name}/{file}")
    return FileResponse(path, filename=file)


@routes.post(
    "/jobs/{name}/reprints",
    response_class=Response,
    dependencies=_OPERATOR,
    responses=of_type("application/pdf"),
)
def reprint(name: str, order: ReprintOrder, request: Request) -> Response:
    """Print delivered sheets, or a piece, again: the same to the last pixel, or not at all."""
    service, row = service_of(request), _row(request, name)
    if row.state is not State.DELIVERED or bool(order.records) == bool(order.piece):
        raise Problem(422, "not-so", "give records or a piece of a job that is delivered")
    job = service.home.jobs / row.name / JOB
    asked = (job, tuple(order.records), order.piece)
    sheet = drawn(request, print_again, *asked, meanwhile=partial(remember, request, "reprint", row.name))
    return Response(sheet.data, media_type="application/pdf")


def _row(request: Request, name: str) -> JobRow:
    try:
        if "\0" in name:  # no text of a database has one
            raise KeyError(name)
        return service_of(request).states.job(name)
    except KeyError:
        raise Problem(404, "no-job", "there is no job of this name") from None
