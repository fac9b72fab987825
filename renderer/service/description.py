"""The routes → the description of the service (OpenAPI): what each takes and gives, its token, and problems."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from renderer.service.guard import OPEN
from renderer.service.problems import MEDIA_TYPE
from renderer.service.words import JobOrder, ProblemTold

ANY_PROBLEM: dict[int | str, dict[str, Any]] = {
    "default": {
        "description": "What went wrong (RFC 9457).",
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemTold"}}},
    }
}
"""What every route may answer besides what it is there for."""
NOT_READY: dict[int | str, dict[str, Any]] = {
    503: {**ANY_PROBLEM["default"], "description": "It cannot do its work now (RFC 9457)."}
}
_BINARY = {"schema": {"type": "string", "format": "binary"}}
ORDER_AND_FILES = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "title": "JobParts",
                "type": "object",
                "required": ["order"],
                "properties": {
                    "order": {"$ref": "#/components/schemas/JobOrder"},
                    "source": {"type": "array", "minItems": 1, "items": _BINARY["schema"]},
                    "releases": _BINARY["schema"],
                },
            },
            "encoding": {"order": {"contentType": "application/json"}},
        }
    },
}
"""The body of a request for a job; ``order`` comes before all others, and ``source`` where that does not name one."""


def of_type(kind: str, *others: str, status: int = 200) -> dict[int | str, dict[str, Any]]:
    """Describe an answer that is a file of a media type, or of one of several."""
    what = "text" if kind.startswith("text/") else "file"
    schema = {"schema": {"type": "string"}} if what == "text" else _BINARY
    return {status: {"description": f"The {what}.", "content": {one: schema for one in (kind, *others)}}}


def by_name(route: APIRoute) -> str:
    """Call an operation what its function is called: so a client calls it, too."""
    return route.name


def describe(app: FastAPI) -> dict[str, Any]:
    """Describe an application."""
    told = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
    schemas = told["components"]["schemas"]
    for model in (JobOrder, ProblemTold):
        schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas.update(schema.pop("$defs", {}))
        schemas[model.__name__] = schema
    told["components"]["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
    told["security"] = [{"token": []}]
    for path in OPEN & told["paths"].keys():
        for operation in told["paths"][path].values():
            operation["security"] = []
    return dict(sorted(told.items()))
