"""Prove that all programs of the bench print the same finished sheet: one sheet of each variant, compared with ours.

    python bench/same_sheet.py FOLDER PEER …

Each peer is compared with our press in FOLDER: every character stands within ``NEAR`` of the same character of ours,
and every patch of the page is as dark as ours within ``SHADE``, so that no rule, code or picture is missing.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections import defaultdict
from dataclasses import asdict
from pathlib import Path

from finished import Finished, load_finished
from PIL import Image, ImageChops

from renderer.model.paper import A4, PROOF_DPI
from renderer.proof.pixels import Box, Character, Document, opened

NEAR = 0.1
"""Millimetres between the places of a character here and there."""
PATCH = 5.0
"""Millimetres: the side of a patch."""
SHADE = 0.03
"""The most that the mean grey of a patch may differ, of 1."""


class Different(Exception):  # noqa: N818 - an outcome
    """A peer prints another sheet than ours."""


def one_of_each_variant(sheets: list[Finished]) -> list[Finished]:
    """Return the first sheet of each variant."""
    found: dict[tuple[str, ...], Finished] = {}
    for sheet in sheets:
        found.setdefault(tuple(sheet.variant.values()), sheet)
    return list(found.values())


def compare(ours: Path, theirs: Path, name: str) -> tuple[float, float]:
    """Compare two files page by page; return how far apart a character and a patch are at the most (mm, of 1).

    :raises Different: when a page is not the same sheet.
    """
    with opened(ours) as our_file, opened(theirs) as their_file:
        if our_file.page_count != their_file.page_count:
            raise Different(f"{name}: {their_file.page_count} pages instead of {our_file.page_count}")
        pages = range(our_file.page_count)
        apart = max(_apart(our_file.characters(page), their_file.characters(page)) for page in pages)
        shade = max(_shade(our_file, their_file, page) for page in pages)
    if apart > NEAR or shade > SHADE:
        raise Different(f"{name}: a character stands {apart:.2f} mm away, a patch is {shade:.0%} lighter or darker")
    return apart, shade


def _apart(ours: tuple[Character, ...], theirs: tuple[Character, ...]) -> float:
    """Return the largest distance of a character to its like; a page's width when one has none."""
    here, there = _places(ours), _places(theirs)
    if {text: len(boxes) for text, boxes in here.items()} != {text: len(boxes) for text, boxes in there.items()}:
        return A4[0]
    return max(_nearest(box, there[text]) for text, boxes in here.items() for box in boxes)


def _places(characters: tuple[Character, ...]) -> dict[str, list[Box]]:
    found: dict[str, list[Box]] = defaultdict(list)
    for character in characters:
        if not character.text.isspace():
            found[character.text].append(character.box)
    return found


def _nearest(box: Box, boxes: list[Box]) -> float:
    # A font's box is told by its own measures, which writers embed differently: its lower left corner is the pen's.
    return min(max(abs(box.x - other.x), abs(box.y + box.h - other.y - other.h)) for other in boxes)


def _shade(ours: Document, theirs: Document, page: int) -> float:
    size = round(A4[0] / PATCH), round(A4[1] / PATCH)
    here, there = (file.pixels(page, PROOF_DPI).resize(size, Image.Resampling.BOX) for file in (ours, theirs))
    return max(grey for grey, patches in enumerate(ImageChops.difference(here, there).histogram()) if patches) / 255


def main(folder: Path, peers: list[str]) -> None:
    """Let each peer print the same sheets as our press and compare; print the distances in JSON."""
    sheets = one_of_each_variant(load_finished(folder / "finished.jsonl", sys.maxsize))
    proof = folder / "proof"
    proof.mkdir()
    for plate in folder.glob("*.plate"):
        shutil.copy(plate, proof)
    lines = (json.dumps(asdict(sheet), ensure_ascii=False) + "\n" for sheet in sheets)
    (proof / "finished.jsonl").write_text("".join(lines), "utf-8")
    for name in ("our_press", *peers):
        peer = [sys.executable, str(Path(__file__).with_name("peer.py")), name]
        subprocess.run([*peer, str(proof), str(len(sheets)), str(proof / name)], check=True, stdout=subprocess.DEVNULL)
    ours = proof / "our_press" / "sheets.pdf"
    found = [compare(ours, next((proof / peer).glob("*.pdf")), peer) for peer in peers]
    apart, shade = (max(distances) for distances in zip(*found, strict=True))
    print(json.dumps({"sheets": len(sheets), "apart": apart, "shade": shade}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
