"""資格確認書: shown at the clinic, so it says until when it is valid (domain 1.3, 4.1). It never says a 個人番号."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from renderer.documents.ages import ratio_begins
from renderer.documents.common import (
    FIELDS,
    NEEDED,
    NOT_GIVEN,
    RATIO_SHOWN,
    RELATION,
    WIDEST_DATES,
    common_values,
    examine_ages,
    printed_day,
    ratio_of,
    relation_of,
)
from renderer.documents.document import Change, Content, Document, Field, Mailing, columns_with
from renderer.documents.eras import format_wareki
from renderer.documents.expiry import End, end_of, last_day
from renderer.model.findings import Finding
from renderer.model.job import Job
from renderer.model.member import Member

LIMIT_CLASS = "一般"
"""What is shown where a sheet is to show a 限度額区分 and the member has none."""


def _end(member: Member, job: Job) -> End:
    return end_of(member.born_on, member.loses_on, job.issued_on, job.insurer.expiry)


def _last_day(member: Member, job: Job) -> date:
    return _end(member, job).day


def _say(member: Member, job: Job, mailing: Mailing) -> Content:
    ratio, end = ratio_of(member, job.insurer), _end(member, job)
    values = common_values(member, mailing, ratio)
    values["sex"] = str(member.sex) or NOT_GIVEN
    values["expires_on"] = format_wareki(end.day)
    values["limit_class"] = member.limit_class
    values["loses_on"] = printed_day(member.loses_on)
    values["remarks"] = member.remarks.strip()
    variant = (
        ("relation", relation_of(member)),
        ("ratio", ratio),
        ("limit", "shown" if member.limit_class else "hidden"),
        ("loss", "shown" if member.loses_on else "hidden"),
    )
    return Content(CERTIFICATE.name, variant, values, end.by)


def _examine(member: Member, job: Job) -> Iterator[Finding]:
    """Doubt a member of another age, and a 負担割合 that never holds on this paper; note one that begins on it."""
    yield from examine_ages(member, job)
    ends_on = _last_day(member, job)
    if ratio_of(member, job.insurer) == "shown" and member.ratio_from is not None and member.ratio_from > ends_on:
        yield Finding.of("dates-disagree", member.line, member.record, column="発効期日", other="有効期限")
    if job.issued_on < ratio_begins(member.born_on) <= ends_on:
        missing = job.insurer.prints_ratio and not member.ratio
        yield Finding.of("ratio-begins-later", member.line, member.record, "missing" if missing else "")


def _check_job(job: Job) -> None:
    last_day(job.insurer.expiry.rule, job.issued_on)


def _with_limit(m: Member, _: Job) -> dict[str, Any]:
    return {"limit_class": m.limit_class or LIMIT_CLASS}


def _without_limit(_: Member, __: Job) -> dict[str, Any]:
    return {"limit_class": ""}


def _with_loss(m: Member, job: Job) -> dict[str, Any]:
    # The day after the last that the rule allows: the paper ends as it would have.
    return {"loses_on": m.loses_on or last_day(job.insurer.expiry.rule, job.issued_on) + timedelta(days=1)}


def _without_loss(_: Member, __: Job) -> dict[str, Any]:
    return {"loses_on": None}


_LIMIT: Mapping[str, Change] = {"shown": _with_limit, "hidden": _without_limit}
_LOSS: Mapping[str, Change] = {"shown": _with_loss, "hidden": _without_loss}

CERTIFICATE = Document(
    name="eligibility_certificate",
    facts={"relation": RELATION, "ratio": RATIO_SHOWN, "limit": _LIMIT, "loss": _LOSS},
    fields={
        **FIELDS,
        "sex": Field("性別", widest=("裏面参照",)),
        "expires_on": Field("有効期限", widest=WIDEST_DATES),
        "limit_class": Field("限度額適用区分", widest=("現役並みⅢ",)),
        "loses_on": Field("資格喪失予定年月日", widest=WIDEST_DATES),
        "remarks": Field("備考"),
    },
    # Without 性別 none would be printed; without 資格喪失予定年月日 a paper might be valid for too long.
    columns=columns_with((*NEEDED, "性別", "資格喪失予定年月日")),
    say=_say,
    check_job=_check_job,
    examine=_examine,
    certifies=True,
    lasts_until=_last_day,
)
