"""資格情報通知書: says who is registered and how, and, for some, the last four digits of their 個人番号 (domain 2.1).

It never says an expiry date or a sex.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from renderer.documents.common import (
    FIELDS,
    NEEDED,
    RATIO_SHOWN,
    RELATION,
    common_values,
    examine_ages,
    ratio_of,
    relation_of,
)
from renderer.documents.document import Change, Content, Document, Field, Mailing, columns_with
from renderer.documents.numbers import mask
from renderer.model.findings import Finding
from renderer.model.insurer import Insurer
from renderer.model.job import Job
from renderer.model.member import Member

LAST_FOUR = "1234"
"""What is shown where a sheet is to show a 個人番号 and the member has none."""


def _say(member: Member, job: Job, mailing: Mailing) -> Content:
    my_number, ratio = _my_number(member, job.insurer), ratio_of(member, job.insurer)
    values = common_values(member, mailing, ratio)
    values["my_number"] = mask(member.my_number_last4) if my_number == "shown" else ""
    variant = (("relation", relation_of(member)), ("my_number", my_number), ("ratio", ratio))
    return Content(NOTICE.name, variant, values)


def _my_number(member: Member, insurer: Insurer) -> str:
    """Decide the My Number part by the day the insurer registered the person, not by 資格取得 (domain 0).

    Without that day nothing shows that the person belongs to those who are told theirs, and it is left out.
    """
    if member.registered_on is None or member.registered_on > insurer.prints_my_number_until:
        return "absent"
    return "shown" if member.my_number_last4 else "unregistered"


def _examine(member: Member, job: Job) -> Iterator[Finding]:
    """Doubt a member of another age, and one who is told of a qualification that is lost."""
    yield from examine_ages(member, job)
    if member.loses_on is not None and member.loses_on <= job.issued_on:
        yield Finding.of("notice-after-loss", member.line, member.record)


def _last_day(member: Member, job: Job) -> date:
    """Give the day on which a notice is to be right: it says nothing of what comes after its date of issue."""
    return job.issued_on if member.loses_on is None else min(job.issued_on, member.loses_on - timedelta(days=1))


def _as_shown(m: Member, job: Job) -> dict[str, Any]:
    return {**_as_unregistered(m, job), "my_number_last4": m.my_number_last4 or LAST_FOUR}


def _as_unregistered(m: Member, job: Job) -> dict[str, Any]:
    until = job.insurer.prints_my_number_until
    return {"registered_on": min(m.registered_on or until, until), "my_number_last4": ""}


def _as_absent(m: Member, job: Job) -> dict[str, Any]:
    until = job.insurer.prints_my_number_until
    return {"registered_on": max(m.registered_on or until, until + timedelta(days=1))}


_MY_NUMBER: Mapping[str, Change] = {"shown": _as_shown, "unregistered": _as_unregistered, "absent": _as_absent}

NOTICE = Document(
    name="eligibility_notice",
    facts={"relation": RELATION, "my_number": _MY_NUMBER, "ratio": RATIO_SHOWN},
    fields={**FIELDS, "my_number": Field("個人番号（下4桁）", widest=("********8888",))},
    # Without 個人番号 it would say of everybody who is registered that there is none.
    columns=columns_with(NEEDED, pairs=(("登録年月日", "個人番号"),)),
    say=_say,
    examine=_examine,
    lasts_until=_last_day,
)
