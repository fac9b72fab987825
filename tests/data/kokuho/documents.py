"""国民健康保険資格確認書 of an invented city: 世帯主, 特別療養 for those in arrears; valid until the end of July."""

from collections.abc import Iterator

from renderer.documents.ages import birthday
from renderer.documents.common import FIELDS, WIDEST_DATES, common_values
from renderer.documents.document import STANDARD_COLUMNS, Columns, Content, Document, Field, Mailing
from renderer.documents.eras import format_wareki
from renderer.documents.expiry import LEAVES_AT, end_of
from renderer.model.errors import BadJob
from renderer.model.findings import Finding
from renderer.model.insurer import DayOfYear, Expiry
from renderer.model.job import Job
from renderer.model.member import Member

ADDED = ("世帯主氏名", "特別療養")
END_OF_JULY = Expiry(DayOfYear((7, 31)))
NOT_NEEDED = ("資格喪失予定年月日", "備考", "限度額区分")


def _said_to_be_special(member: Member) -> bool:
    return member.added[ADDED.index("特別療養")] == "1"


def _say(member: Member, job: Job, mailing: Mailing) -> Content:
    values = common_values(member, mailing, "hidden")
    values["householder"] = member.added[ADDED.index("世帯主氏名")]
    end = end_of(member.born_on, None, job.issued_on, END_OF_JULY)
    values["expires_on"] = format_wareki(end.day)
    special = "shown" if _said_to_be_special(member) else "hidden"
    return Content(KOKUHO.name, (("special", special),), values, end.by)


def _examine(member: Member, job: Job) -> Iterator[Finding]:
    if birthday(member.born_on, LEAVES_AT) <= job.issued_on:
        yield Finding.of("aged-75-or-over", member.line, member.record)


def _check_job(job: Job) -> None:
    if len(job.insurer.number) != 6:
        raise BadJob(f"{job.path.name}: the 保険者番号 of a 国民健康保険 has 6 digits")


def _with(special: str) -> object:
    return lambda member, job: {"added": ((*member.added, "", "")[0] or member.name, special)}


KOKUHO = Document(
    name="kokuho_certificate",
    facts={"special": {"shown": _with("1"), "hidden": _with("0")}},
    fields={
        **FIELDS,
        "householder": Field("世帯主氏名", realistic=lambda row: row["氏名"], carries_name=True),
        "expires_on": Field("有効期限", widest=WIDEST_DATES),
    },
    columns=Columns(
        needs=tuple(column for column in STANDARD_COLUMNS if column not in NOT_NEEDED), may_have=NOT_NEEDED, adds=ADDED
    ),
    say=_say,
    check_job=_check_job,
    examine=_examine,
    certifies=True,
)

DOCUMENTS = [KOKUHO]
