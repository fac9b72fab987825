"""A notice of an invented member → its twin: a line of it a little elsewhere, or a dakuten more on some characters."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pikepdf

from renderer.desk.choice import load_member
from renderer.desk.draw import draw_sheet
from renderer.desk.examples import MEMBERS, load_example
from renderer.layout.load import load_layout
from renderer.model.paper import MM_PER_PT
from renderer.proof.pixels import Box, opened

DOCUMENT = "eligibility_notice"
WITHOUT_DAKUTEN = "カキクケコサシスセソタチツテトハヒフヘホ"
DAKUTEN = "\u3099"
SAME_LINE, SAME_WORD = 1.0, 10.0
"""mm between the tops, and from the one to the other, of two characters that moved together."""


@dataclass(frozen=True, slots=True)
class Site:
    """Where a twin differs."""

    box: Box
    """From the golden's place to the twin's, in mm."""
    size: float
    """Of the type, in pt, rounded to a half."""


def draw_pair(folder: Path, random: np.random.Generator) -> tuple[Path, Path]:
    """Write a notice and one in which フリガナ (it stands there twice) and 方書 have one dakuten more each."""
    before, after = zip(*(_kana(random, 6) for _ in range(2)), strict=True)
    files = []
    for name, kana in (("golden", before), ("dakuten", after)):
        files.append(_drawn(folder / f"{name}.pdf", kana[0][:3] + "　" + kana[0][3:], kana[1] + "１０３号"))
    return files[0], files[1]


def move_line(pdf: Path, out: Path, mm: float, random: np.random.Generator) -> Path:
    """Write a sheet with one line of its values moved by so many mm to the right, left, down or up."""
    across, down = [(1, 0), (-1, 0), (0, 1), (0, -1)][random.integers(4)]
    with pikepdf.open(pdf) as file:
        page = file.pages[0]
        operations = list(pikepdf.parse_content_stream(page))
        lines = list(_lines(operations))
        at, matrix = lines[random.integers(len(lines))]
        *shape, x, y = (float(each) for each in operations[at].operands)
        # Of the page's own scale; upwards on the page is downwards in its text.
        place = [x + across * mm / MM_PER_PT / matrix.a, y - down * mm / MM_PER_PT / matrix.d]
        operations[at] = pikepdf.ContentStreamInstruction([*shape, *place], pikepdf.Operator("Tm"))
        page.Contents = file.make_stream(pikepdf.unparse_content_stream(operations))
        file.save(out, deterministic_id=True)
    return out


def shrink(pdf: Path, out: Path, scale: float) -> Path:
    """Write a sheet with all that stands on it smaller, on paper as large as it was."""
    with pikepdf.open(pdf) as file:
        page = file.pages[0]
        page.contents_add(f"q {scale} 0 0 {scale} 0 0 cm".encode(), prepend=True)
        page.contents_add(b"Q")
        file.save(out, deterministic_id=True)
    return out


def _kana(random: np.random.Generator, length: int) -> tuple[str, str]:
    """Make up a word, and the same with one dakuten more."""
    word = [WITHOUT_DAKUTEN[at] for at in random.integers(len(WITHOUT_DAKUTEN), size=length)]
    at = int(random.integers(length))
    voiced = [*word[:at], unicodedata.normalize("NFC", word[at] + DAKUTEN), *word[at + 1 :]]
    return "".join(word), "".join(voiced)


def _drawn(out: Path, kana: str, building: str) -> Path:
    typical = (MEMBERS / "typical.toml").read_text(encoding="utf-8")
    for was, becomes in (("ミホン　ハナコ", kana), ("ハイツひばり1003号室", building)):
        typical = typical.replace(was, becomes)
    member = out.with_suffix(".toml")
    member.write_text(typical, encoding="utf-8")
    job = load_example(DOCUMENT)
    draw_sheet(job, load_layout(DOCUMENT), load_member(member, job), out)
    return out


def _lines(operations: list[pikepdf.ContentStreamInstruction]) -> Iterator[tuple[int, pikepdf.Matrix]]:
    """Yield the place of each Tm that a string follows, and the matrix it stands under."""
    matrix, stack = pikepdf.Matrix(), []
    placed: int | None = None
    for at, each in enumerate(operations):
        match str(each.operator):
            case "q":
                stack.append(matrix)
            case "Q":
                matrix = stack.pop()
            case "cm":
                matrix = pikepdf.Matrix(*map(float, each.operands)) @ matrix
            case "Tm":
                placed = at
            case "Tj" | "TJ" if placed is not None:
                yield placed, matrix
                placed = None


def sites(golden: Path, twin: Path) -> list[Site]:
    """Find the characters that are another, or elsewhere; those beside one another on a line are one site."""
    with opened(golden) as one, opened(twin) as other:
        pairs = list(zip(one.characters(0), other.characters(0), strict=True))
    found: list[Site] = []
    for old, new in pairs:
        if old != new and not old.text.isspace():
            site = Site(_around(old.box, new.box), round(2 * old.box.h / MM_PER_PT) / 2)
            if found and _go_on(found[-1], site):
                found[-1] = replace(site, box=_around(found[-1].box, site.box))
            else:
                found.append(site)
    return found


def _go_on(last: Site, site: Site) -> bool:
    gap = site.box.x - last.box.x - last.box.w
    return last.size == site.size and abs(site.box.y - last.box.y) < SAME_LINE and gap < SAME_WORD


def _around(one: Box, other: Box) -> Box:
    left, top = min(one.x, other.x), min(one.y, other.y)
    right, bottom = max(one.x + one.w, other.x + other.w), max(one.y + one.h, other.y + other.h)
    return Box(left, top, right - left, bottom - top)
