"""A date in a form that a column map names → the same in a form that says by itself what it is."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache

from renderer.documents.eras import ERAS
from renderer.intake.sheet import day_of_serial
from renderer.model.widths import NARROW

ReadDate = Callable[[str], str | None]
"""Cell → what ``eras.parse_date`` reads, or None where it is not of the form. The calendar and the bounds of eras are
for that to keep."""

NAMES = tuple(era.name for era in ERAS)
ERA_CODES: Mapping[int, str] = {int(era.code): era.name for era in ERAS}
FORMS = (
    *("general", "yyyymmdd", "mmddyyyy", "ddmmyyyy", "19yymmdd", "20yymmdd"),
    *(f"{name}yymmdd" for name in NAMES),
    *("eyymmdd", "eeyymmdd", "serial"),
)
CODED = ("eyymmdd", "eeyymmdd")
"""Those with the code of an era."""

_SIGN = "[-/.年月]"
_PARTS = {
    "yyyy": ("year", "[0-9]{4}", "[0-9]{4}"),
    "ee": ("era", "[0-9]{2}", "[0-9]{1,2}"),
    "e": ("era", "[0-9]", "[0-9]"),
    "yy": ("year", "[0-9]{2}", "[0-9]{1,2}"),
    "mm": ("month", "[0-9]{2}", "[0-9]{1,2}"),
    "dd": ("day", "[0-9]{2}", "[0-9]{1,2}"),
}
"""Part of a form → what it is, its digits where they follow one another, and where signs stand between them."""


def reader_of(form: str, eras: Mapping[int, str] = ERA_CODES) -> ReadDate:
    """Return what reads dates of one of ``FORMS``; ``eras`` are the codes of eras, and what they stand for."""
    if form == "general":
        return _general
    if form == "serial":
        return _serial
    given, order = (form[:2], form[2:]) if form[:2] in ("19", "20", *NAMES) else ("", form)
    parts = [_PARTS[part] for part in re.findall("yyyy|ee|yy|mm|dd|e", order)]
    names = [name for name, _, _ in parts]
    joined = re.compile("".join(f"({digits})" for _, digits, _ in parts))
    apart = re.compile(_SIGN.join(f"({digits})" for _, _, digits in parts) + "日?")

    @lru_cache(maxsize=1 << 15)
    def read(text: str) -> str | None:
        narrowed = text.translate(NARROW).strip()
        found = joined.fullmatch(narrowed) or apart.fullmatch(narrowed)
        return found and _written(given, dict(zip(names, found.groups(), strict=True)), eras)

    return read


def _written(given: str, parts: Mapping[str, str], eras: Mapping[int, str]) -> str | None:
    year, rest = parts["year"], f"{parts['month']}月{parts['day']}日"
    era = eras.get(int(parts["era"])) if "era" in parts else given if given in NAMES else ""
    if era is None:
        return None
    return f"{era}{year}年{rest}" if era else f"{given}{year.zfill(2)}年{rest}"


def _general(text: str) -> str:
    return text


def _serial(text: str) -> str | None:
    digits = text.translate(NARROW).strip()
    day = day_of_serial(int(digits)) if re.fullmatch("[0-9]{1,7}", digits) else None
    return day.isoformat() if day else None
