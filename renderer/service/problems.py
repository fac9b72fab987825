"""What went wrong with a request → a problem (RFC 9457): what, and what to do; never what stands in the request."""

from __future__ import annotations

import errno
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from renderer.model.errors import BadBatch, RunStopped
from renderer.model.findings import LANGUAGES, Finding, Held, Language
from renderer.service.tables import AWAY
from renderer.service.words import KEYS

MEDIA_TYPE = "application/problem+json"


class Problem(HTTPException):
    """A request that is answered by a problem."""

    def __init__(
        self, status: int, kind: str, detail: str, *, headers: Mapping[str, str] | None = None, **more: Any
    ) -> None:
        """Take the HTTP status, a stable word for machines, and a sentence for people."""
        super().__init__(status, detail, headers)
        self.kind, self.more = kind, more


def response(problem: Problem) -> JSONResponse:
    """Write a problem as an answer."""
    body = {
        "type": f"urn:renderer:problem:{problem.kind}",
        "title": HTTPStatus(problem.status_code).phrase,
        "status": problem.status_code,
        "detail": problem.detail,
        **problem.more,
    }
    return JSONResponse(body, problem.status_code, problem.headers, MEDIA_TYPE)


def of_held(held: Held) -> Problem:
    """Turn the findings for which a member may not be printed into a problem."""
    findings = [finding_facts(finding) for finding in held.findings]
    return Problem(422, "held", "this member may not be printed; see findings", findings=findings)


def finding_facts(finding: Finding) -> dict[str, Any]:
    """Give a finding as plain values, in both languages."""
    return {
        "code": finding.code,
        "weight": finding.weight,
        "parameters": dict(finding.parameters),
        **{language: _told(finding, language) for language in LANGUAGES},
    }


def _told(finding: Finding, language: Language) -> dict[str, str]:
    return {"sentence": finding.sentence(language), "action": finding.action(language)}


def of_stop(stopped: RunStopped) -> Problem:
    """Turn what stopped a request into a problem: the caller's fault, or a proof that failed."""
    if isinstance(stopped, BadBatch):
        return Problem(500, "proof-failed", str(stopped))
    return Problem(422, "refused", str(stopped))


def not_as_described(what: str, errors: Iterable[Mapping[str, Any]]) -> Problem:
    """Say where something is not as its model describes it; neither what was given nor an unknown key is repeated."""
    faults = [{"where": ".".join(map(_named, one["loc"])), "what": one["type"]} for one in errors]
    return Problem(422, "not-as-described", f"{what} is not as described; see faults", faults=faults)


def _named(key: int | str) -> str:
    return str(key) if isinstance(key, int) or key in KEYS else "?"


def of_machine(error: OSError) -> Problem:
    """Turn what the machine refused into a problem, without the name of a file here."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        why = "the disk of the service has no room for this; ask again later"
        return Problem(507, "no-room", why, headers={"Retry-After": "60"})
    return Problem(500, "machine", "the machine of the service refused a file; ask again, and report it")


def of_status(status: int) -> Problem:
    """Return the problem of an answer that a library gave, and that says no more than this."""
    known = HTTPStatus(status)
    return Problem(status, known.name.lower().replace("_", "-"), known.description or known.phrase)


def unexpected() -> Problem:
    """Return the problem of a fault of the program."""
    return Problem(500, "unexpected", "the service could not answer this; report the X-Request-Id")


def answer_by_problems(app: FastAPI) -> None:
    """Let an application answer whatever goes wrong by a problem."""

    @app.exception_handler(Problem)
    def _(_: Request, problem: Problem) -> JSONResponse:
        return response(problem)

    @app.exception_handler(Held)
    def _(_: Request, held: Held) -> JSONResponse:
        return response(of_held(held))

    @app.exception_handler(RunStopped)
    def _(_: Request, stopped: RunStopped) -> JSONResponse:
        return response(of_stop(stopped))

    @app.exception_handler(OSError)
    def _(_: Request, error: OSError) -> JSONResponse:
        return response(of_machine(error))

    def away(*_: object) -> JSONResponse:
        why = "the database of the service does not answer, or has no room; ask again later"
        return response(Problem(503, "database-away", why, headers={"Retry-After": "5"}))

    for error in AWAY:
        app.add_exception_handler(error, away)

    @app.exception_handler(Exception)
    def _(*_: object) -> JSONResponse:
        return response(unexpected())

    @app.exception_handler(HTTPException)
    def _(_: Request, error: HTTPException) -> JSONResponse:
        kind = HTTPStatus(error.status_code).name.lower().replace("_", "-")
        return response(Problem(error.status_code, kind, str(error.detail), headers=error.headers))

    @app.exception_handler(RequestValidationError)
    def _(_: Request, error: RequestValidationError) -> JSONResponse:
        return response(not_as_described("the request", error.errors()))
