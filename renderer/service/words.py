"""What requests and answers say → models, of which the description of the service is made (OpenAPI)."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from renderer.documents.document import HEADER
from renderer.model.findings import Language, Weight
from renderer.model.job import FIRST_ISSUE, LAST_ISSUE
from renderer.model.paper import PROOF_DPI
from renderer.service.drawing import Format
from renderer.service.state import JobRow, State

IssuedOn = Annotated[
    date | None,
    Field(ge=FIRST_ISSUE, le=LAST_ISSUE, description="交付年月日, in the place of the one of the library's job."),
]
Library = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z0-9_-]{1,50}(@[1-9][0-9]{0,8})?$",
        description="A job of the library, in its newest version or in the one behind the @.",
        examples=["notices", "notices@1"],
    ),
]

ADDRESS = r"^s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[^/?#]+)+$"
"""Of a file in a store."""
NAME = r"^[A-Za-z0-9_-]{1,50}$"
"""Of a draft."""

_MEMBER: dict[str, Any] = {
    **{"整理番号": "A000123", "記号": "116", "番号": "4207", "枝番": "01", "本人家族": "家族"},
    **{"氏名": "見本　花子", "フリガナ": "ミホン　ハナコ", "性別": "女", "生年月日": "昭和30年6月7日"},
    **{"資格取得年月日": "平成25年5月29日", "認定年月日": "平成25年5月29日", "被保険者氏名": "見本　太郎"},
    **{"登録年月日": "平成25年6月9日", "個人番号": "********5158", "負担割合": "2割", "発効期日": "令和8年8月1日"},
    **{"郵便番号": "806-0043", "住所": "福岡県北九州市八幡西区青山3-8-20"},
}
"""Somebody invented."""


class Asked(BaseModel):
    """What a request may say; nothing else."""

    model_config = ConfigDict(extra="forbid")


class SheetOrder(Asked):
    """One sheet."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"job": "notices", "member": _MEMBER},
                {"job": "notices@1", "member": _MEMBER, "issued_on": "2026-12-01", "format": "png", "dpi": 100},
            ]
        }
    )
    job: Library
    member: Annotated[
        dict[str, str],
        Field(
            max_length=60,
            description="Columns of a member file, and what stands there. One that is not given is blank.",
        ),
    ]
    variant: Annotated[
        dict[str, str], Field(max_length=20, description="Change the member as little as needed to be of this variant.")
    ] = {}
    issued_on: IssuedOn = None
    accept_doubts: Annotated[bool, Field(description="Draw the sheet though there are doubts about the member.")] = (
        False
    )
    format: Format = "pdf"
    dpi: Annotated[int, Field(ge=20, le=600, description="Of a picture.")] = PROOF_DPI
    page: Annotated[int, Field(ge=1, le=2, description="Of a picture.")] = 1


class JobOrder(Asked):
    """A run: the part ``order`` of a request, before the member files."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"job": "notices"},
                {"job": "notices@1", "name": "notices-2026-12", "issued_on": "2026-12-01", "again": True},
                {"job": "notices", "source": "s3://insurer/members/2026-12.csv"},
            ]
        }
    )
    job: Library
    name: Annotated[
        str | None,
        Field(
            pattern=r"^[A-Za-z0-9_-][A-Za-z0-9._-]{0,79}$", description="Of the delivery; one is made up without it."
        ),
    ] = None
    issued_on: IssuedOn = None
    again: Annotated[bool, Field(description="Print a member file that was printed already.")] = False
    source: Annotated[
        str | None,
        Field(pattern=ADDRESS, max_length=1000, description="Where the member file lies, in place of the part source."),
    ] = None


class ReprintOrder(Asked):
    """Sheets, by 整理番号, or a whole piece, by its number, to be printed again as they were delivered."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"piece": 2}]})
    records: Annotated[list[Annotated[str, Field(min_length=1, max_length=50)]], Field(max_length=100)] = []
    piece: Annotated[int, Field(ge=0, description="0 for none.")] = 0


KEYS = frozenset(
    (
        *HEADER,
        *(name for asked in (SheetOrder, JobOrder, ReprintOrder) for name in asked.model_fields),
        *("body", "query", "path", "header", "state", "before", "limit", "idempotency-key"),
    )
)
"""What an answer may call a place of a request by."""


class DraftOrder(Asked):
    """A draft that is to be made."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "our-notice", "job": "notices"}]})
    name: Annotated[str, Field(pattern=NAME, description="What it is to be called.")]
    job: Library


class Draft(BaseModel):
    """What a designer works on."""

    name: str
    is_open: Annotated[bool, Field(description="Whether its studio is open.")]


class StudioOrder(Asked):
    """How a studio is to be opened."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"lang": "ja"}]})
    lang: Annotated[Language, Field(description="In which language it begins.")] = "ja"


class Studio(BaseModel):
    """A studio that is open."""

    address: Annotated[str, Field(description="What is opened in a browser, below the address of the service.")]


class LibraryJob(BaseModel):
    """A job that can be named."""

    name: str
    version: int
    document: str
    title: str
    issued_on: date


class Progress(BaseModel):
    """How far a verb is done."""

    done: int
    total: Annotated[int | None, Field(description="None where that is not known yet.")]


class Job(BaseModel):
    """A job that was asked for."""

    name: str
    number: int
    job: str
    version: int
    state: State
    asked_by: str
    asked_at: str
    begun_at: str
    ended_at: str
    attempts: int
    progress: dict[str, Progress]
    counts: Annotated[dict[str, int], Field(description="Records read, printed, held and not selected.")]
    detail: Annotated[str, Field(description="Why it was not delivered.")]
    files: Annotated[dict[str, int], Field(description="What was delivered, and how many bytes it has.")]


class Jobs(BaseModel):
    """A page of jobs, the newest first."""

    jobs: list[Job]
    next: Annotated[int | None, Field(description="Give it as ``before`` for the next page.")]


class Reason(BaseModel):
    """Why records were held, or what was noted about them."""

    code: str
    weight: Weight
    records: Annotated[int, Field(description="How many.")]
    first_line: Annotated[int, Field(description="Of the member file: of the first of them.")]
    parameters: dict[str, Any]
    sentence: Annotated[str, Field(description="In the language of the job.")]
    action: Annotated[str, Field(description="What to do, in that language.")]


class Findings(BaseModel):
    """Why records were held, and what was noted, by code."""

    reasons: list[Reason]
    notes: list[Reason]


class Said(BaseModel):
    """A finding in one language."""

    sentence: str
    action: str


class FindingTold(BaseModel):
    """A finding about the member of a sheet."""

    code: str
    weight: Weight
    parameters: dict[str, Any]
    ja: Said
    en: Said


class Fault(BaseModel):
    """Where a request is not as described. What was given there is not repeated."""

    where: str
    what: str


class ProblemTold(BaseModel):
    """What went wrong with a request (RFC 9457)."""

    type: Annotated[str, Field(description="A stable word for machines: urn:renderer:problem:WORD.")]
    title: str
    status: int
    detail: Annotated[str, Field(description="What happened and what to do, for people.")]
    findings: Annotated[list[FindingTold], Field(description="Why a member is held.")] = []
    faults: list[Fault] = []


class Version(BaseModel):
    """What answers."""

    renderer: str
    libraries: dict[str, str]


class Health(BaseModel):
    """Whether it answers, or can do what it is there for."""

    status: str


COUNTS = ("read", "printed", "held", "not_selected")


def job_of(row: JobRow) -> Job:
    """Say of a job what may be said of it."""
    report = row.outcome.get("report", {})
    return Job(
        name=row.name,
        number=row.number,
        job=row.library,
        version=row.version,
        state=row.state,
        asked_by=row.asked_by,
        asked_at=row.asked_at,
        begun_at=row.begun_at,
        ended_at=row.ended_at,
        attempts=row.attempts,
        progress={verb: Progress(done=done or 0, total=total) for verb, (done, total) in row.progress.items()},
        counts={name: report[name] for name in COUNTS if name in report},
        detail=row.outcome.get("detail", ""),
        files=row.outcome.get("files", {}),
    )
