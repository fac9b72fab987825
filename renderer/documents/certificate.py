"""資格確認書: shown at the clinic, so it says until when it is valid (domain 1.3, 4.1). It never says a 個人番号."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from renderer.documents.common import (
    FIELDS,
    NOT_GIVEN,
    RATIO_SHOWN,
    RELATION,
    WIDEST_DATES,
    common_values,
    printed_day,
    ratio_of,
    relation_of,
)
from renderer.documents.document import Change, Content, Document, Field, Mailing
from renderer.documents.eras import format_wareki
from renderer.documents.expiry import check_issue, expires_on
from renderer.model.job import Job
from renderer.model.member import Member

LIMIT_CLASS = "一般"
"""What is shown where a sheet is to show a 限度額区分 and the member has none."""


def _say(member: Member, job: Job, mailing: Mailing) -> Content:
    ratio = ratio_of(member, job.insurer)
    values = common_values(member, mailing, ratio)
    values["sex"] = str(member.sex) or NOT_GIVEN
    values["expires_on"] = format_wareki(expires_on(job.issued_on, boundary_day=job.insurer.expires_on_boundary_day))
    values["limit_class"] = member.limit_class
    values["loses_on"] = printed_day(member.loses_on)
    values["remarks"] = member.remarks.strip()
    variant = (
        ("relation", relation_of(member)),
        ("ratio", ratio),
        ("limit", "shown" if member.limit_class else "hidden"),
        ("loss", "shown" if member.loses_on else "hidden"),
    )
    return Content(CERTIFICATE.name, variant, values)


def _with_limit(m: Member, _: Job) -> dict[str, Any]:
    return {"limit_class": m.limit_class or LIMIT_CLASS}


def _without_limit(_: Member, __: Job) -> dict[str, Any]:
    return {"limit_class": ""}


def _with_loss(m: Member, job: Job) -> dict[str, Any]:
    return {"loses_on": m.loses_on or job.issued_on}


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
    say=_say,
    check_job=lambda job: check_issue(job.issued_on),
    certifies=True,
)
