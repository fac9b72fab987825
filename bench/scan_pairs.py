"""A notice of an invented member → its twin: a line of it a little elsewhere, or some characters with a dakuten more."""

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
from renderer.proof.pixels import Box, Character, opened

DOCUMENT = "eligibility_notice"
WITHOUT_DAKUTEN = "カキクケコサシスセソタチツテトハヒフヘホ"
DAKUTEN = "\u3099"


@dataclass(frozen=True, slots=True)
class Site:
    """Where a twin differs."""

    box: Box
    """From the golden's place to the twin's, in mm."""
    size: float
    """Of the type, in pt, rounded to a half."""


def draw_pair(folder: Path, random: np.random.Generator) -> tuple[Path, Path, list[Site]]:
    """Write a notice and one in which フリガナ (it stands there twice) and 方書 have one dakuten more each."""
    before, after = zip(*(_kana(random, 6) for _ in range(2)), strict=True)
    files = []
    for name, kana in (("golden", before), ("dakuten", after)):
        files.append(_drawn(folder / f"{name}.pdf", kana[0][:3] + "　" + kana[0][3:], kana[1] + "１０３号"))
    return files[0], files[1], _sites(*files)


def move_line(pdf: Path, out: Path, mm: float, random: np.random.Generator) -> list[Site]:
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
    return _sites(pdf, out)


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


def _sites(golden: Path, twin: Path) -> list[Site]:
    """Find the characters that are another, or elsewhere; those of one line and beside one another are one site."""
    with opened(golden) as one, opened(twin) as other:
        pairs = list(zip(one.characters(0), other.characters(0), strict=True))
    changed = [(old, new) for old, new in pairs if old != new and not old.text.isspace()]
    sites: list[Site] = []
    for old, new in changed:
        site = Site(_around(old.box, new.box), round(2 * _em(old)) / 2)
        if sites and site.size == sites[-1].size and abs(site.box.y - sites[-1].box.y) < 1 and site.box.x - sites[-1].box.x - sites[-1].box.w < 10:
            sites[-1] = replace(sites[-1], box=_around(sites[-1].box, site.box))
        else:
            sites.append(site)
    return sites


def _em(character: Character) -> float:
    return character.box.h / MM_PER_PT


def _around(one: Box, other: Box) -> Box:
    left, top = min(one.x, other.x), min(one.y, other.y)
    right, bottom = max(one.x + one.w, other.x + other.w), max(one.y + one.h, other.y + other.h)
    return Box(left, top, right - left, bottom - top)
