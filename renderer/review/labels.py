"""A PDF → what a reader calls each of its pages (ISO 32000-1, 12.4.2)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, pairwise
from typing import Any

import pikepdf

_ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"),
    (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip


def labels_of(pdf: pikepdf.Pdf) -> list[str]:
    """Give the label of every page; its number where the file says nothing of it."""
    count = len(pdf.pages)
    if "/PageLabels" not in pdf.Root:
        return [str(page + 1) for page in range(count)]
    ranges = [(int(first), rule) for first, rule in pikepdf.NumberTree(pdf.Root.PageLabels).items()]
    starts = [*((first, rule) for first, rule in ranges if first < count), (count, None)]
    unsaid = ["" for _ in range(starts[0][0])]
    return [*unsaid, *chain.from_iterable(_stretch(rule, end - first) for (first, rule), (end, _) in pairwise(starts))]


def _stretch(rule: Any, pages: int) -> Iterator[str]:
    prefix, style, first = str(rule.get("/P", "")), str(rule.get("/S", "")), int(rule.get("/St", 1))
    return (prefix + _numeral(style, number) for number in range(first, first + pages))


def _numeral(style: str, number: int) -> str:
    match style:
        case "/D":
            return str(number)
        case "/r" | "/R":
            numeral = _roman(number)
        case "/a" | "/A":  # z is followed by aa, bb, …
            numeral = chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)
        case _:
            return ""
    return numeral.upper() if style.isupper() else numeral


def _roman(number: int) -> str:
    numeral = ""
    for value, letters in _ROMAN:
        numeral += letters * (number // value)
        number %= value
    return numeral
