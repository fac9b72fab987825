"""A row of the member file → why it may not be printed, by a second statement of the gravest rules of intake.

Written as ``restated`` is, from docs/member-file.md. Less is asked than intake asks, so that nothing is unfit here that
intake lets through: what no sheet can do without, days that cannot be, who has lost the qualification, a 個人番号 in a
text, and signs of a value that was lost. What rows say of one another and the lesser doubts are stated once.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from operator import itemgetter
from pathlib import Path

from renderer.model.job import Job
from renderer.proof.cells import Row, day, reaches
from renderer.proof.restated import CERTIFICATE, DOCUMENTS
from renderer.proof.source_file import encoding_of

_OF_ALL = ("番号", "氏名", "住所", "生年月日")
_NEEDED = {"本人": (*_OF_ALL, "資格取得年月日"), "家族": (*_OF_ALL, "認定年月日", "被保険者氏名")}
"""Whose row it is → the columns that cannot be blank."""
_needed_of = {whose: itemgetter(*columns) for whose, columns in _NEEDED.items()}
_SINCE = ("資格取得年月日", "認定年月日", "登録年月日")
"""Days from birth to issue."""
_TO_WHOM = ("氏名", "被保険者氏名", "住所", "方書", "事業所名", "送付先氏名", "送付先住所", "送付先方書")
_TEXTS = (*_TO_WHOM, "整理番号", "記号", "番号", "備考")
_texts_of = itemgetter(*_TEXTS)
_DIGIT = "[0-9０-９]"
_FOUR, _BETWEEN = f"{_DIGIT}{{4}}", "[- －\u3000]"
_TWELVE_DIGITS = (
    rf"{_DIGIT}(?<!{_DIGIT}{_DIGIT}){_DIGIT}{{3}}(?:{_FOUR}{_FOUR}|{_BETWEEN}{_FOUR}{_BETWEEN}{_FOUR})(?!{_DIGIT})"
)
_ODDITIES = (
    ("looks-like-my-number", re.compile(_TWELVE_DIGITS), _TEXTS),
    ("placeholder", re.compile(r"#N/A|#REF!|#VALUE!|#NAME\?|\x1f(?:NULL|不明|同上|-)\x1f"), _TO_WHOM),
    ("lost-character", re.compile("[〓?？□●]"), (*_TO_WHOM, "記号", "番号", "備考")),
)
"""Code, what is looked for in cells of which each stands between two U+001F, and in which columns."""
FREED_BY: Mapping[str, tuple[str, ...]] = {
    "lost-character": ("lost-character", "placeholder", "character-entity", "honorific-in-name"),
    "placeholder": ("placeholder",),
    "aged-75-or-over": ("aged-75-or-over",),
    "notice-after-loss": ("notice-after-loss",),
}
"""What a person may let through → the codes of which a release must name one: of a text intake says the first."""


def unfit(row: Row, job: Job) -> Iterator[tuple[str, str]]:
    """Yield the code of each thing that speaks against printing a row, and the column that it is found in."""
    whose = row["本人家族"]
    if whose not in _NEEDED:
        yield "relation-unknown", "本人家族"
        return
    if not all(map(str.strip, _needed_of[whose](row))):
        yield "missing", next(column for column in _NEEDED[whose] if not row[column].strip())
    yield from _unfit_days(row, job)
    together = "\x1f\x1f".join(("", *_texts_of(row), ""))
    for code, odd, columns in _ODDITIES:
        if odd.search(together):  # in nearly no row
            yield from ((code, column) for column in columns if odd.search(f"\x1f{row[column]}\x1f"))


def _unfit_days(row: Row, job: Job) -> Iterator[tuple[str, str]]:
    born_on, issued_on = day(row["生年月日"]), job.issued_on
    if born_on is None or born_on > issued_on:
        yield "date-after-issue" if born_on else "date-not-readable", "生年月日"
        return
    for column in _SINCE:
        since = day(row[column])
        if since is None:
            if row[column].strip():
                yield "date-not-readable", column
        elif since > issued_on:
            yield "date-after-issue", column
        elif since < born_on:
            yield "date-before-birth", column
    loses_on = day(row["資格喪失予定年月日"])
    if job.document in DOCUMENTS:
        if loses_on and loses_on <= issued_on:
            yield "qualification-lost" if job.document == CERTIFICATE else "notice-after-loss", "資格喪失予定年月日"
        is_old = issued_on.year - born_on.year >= 75 and reaches(born_on, 75) < issued_on
        if is_old and not job.insurer.expiry.keeps_75:
            yield "aged-75-or-over", "生年月日"


def releases_of(path: Path | None) -> frozenset[tuple[str, ...]]:
    """Read 整理番号, コード and 照合値 of each line of a job's file of releases, if it has one."""
    if path is None:
        return frozenset()
    with path.open(encoding=encoding_of(path)[0], newline="") as file:
        return frozenset(tuple(cell.strip().removeprefix("\ufeff") for cell in cells[:3]) for cells in csv.reader(file))
