"""Random members over all variants of both documents → how many pixels differ between press and reference.

    python bench/pixel_contract.py [--members N] [--seed S] [--dpi 200 300]

Every sheet is printed by the press, set again by WeasyPrint alone, and both are drawn by PDFium in grey. The hard
members of the fixtures join them in every setting. The contract is 0 pixels; the exit code is 1 when one differs.
"""

from __future__ import annotations

import argparse
import logging
import sys
import tempfile
from collections import Counter
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from sheets_at_random import SETTINGS, Setting, hard_members, in_every_variant, random_members

from renderer.documents.document import Content
from renderer.layout.compiling import compile_plate
from renderer.layout.load import Fixed, Layout, load_layout
from renderer.layout.reference import reference_pdf
from renderer.model.member import Member
from renderer.press.plates import Plate
from renderer.press.press import PrintFile
from renderer.press.ruler import Ruler
from renderer.proof import pixels

NOTICE, CERTIFICATE = "eligibility_notice", "eligibility_certificate"

TITLES = {NOTICE: "資格情報通知書", CERTIFICATE: "健康保険資格確認書"}
Plates = dict[tuple[tuple[str, str], ...], Plate]


class Contract:
    """The sheets compared so far, and the pixels that differ."""

    def __init__(self, folder: Path, resolutions: list[int]) -> None:
        self.folder, self.resolutions = folder, resolutions
        self.ruler = Ruler()
        self.sheets = self.held = self.pages = 0
        self.variants: set[object] = set()
        self.differing: Counter[int] = Counter()

    def compare(self, document: str, setting: Setting, members: list[Member], seed: int) -> None:
        """Print the members of one setting into one file and compare every sheet of it."""
        layout, fixed = load_layout(document), setting.fixed(TITLES[document])
        variants = list(layout.variants())
        plates: Plates = {v: compile_plate(layout, v, fixed) for v in variants}
        asked = list(in_every_variant(document, members, variants, setting, Random(seed)))
        sheets = [c for c in asked if not self.ruler.examine(plates[c.variant], c.values)[0]]
        self.held += len(asked) - len(sheets)
        printed = self.folder / f"{document}-{setting.marks}.pdf"
        with PrintFile(printed, plates.values()) as file:
            for number, content in enumerate(sheets):
                file.begin_piece(str(number), f"{number}-")
                file.add_sheet(plates[content.variant], content.values)
            file.finish(document)
        with pixels.opened(printed) as ours:
            for number, content in enumerate(sheets):
                self._compare_sheet(ours, number * layout.file.pages, layout, plates[content.variant], fixed, content)

    def _compare_sheet(
        self, ours: pixels.Document, first: int, layout: Layout, plate: Plate, fixed: Fixed, content: Content
    ) -> None:
        path = self.folder / "reference.pdf"
        path.write_bytes(reference_pdf(layout, plate, fixed, content.values, self.ruler))
        self.sheets += 1
        self.variants.add((layout.name, content.variant))
        with pixels.opened(path) as theirs:
            for page in range(theirs.page_count):
                self.pages += 1
                for dpi in self.resolutions:
                    images = theirs.pixels(page, dpi), ours.pixels(first + page, dpi)
                    found = pixels.difference(*images, dpi) if images[0] != images[1] else None
                    if found:
                        self.differing[dpi] += found.pixels
                        stem = f"{layout.name}-{first + page + 1}-{dpi}"
                        pixels.save_pictures(*images, self.folder, stem)
                        print(f"{stem} {dict(content.variant)}: {found.pixels} pixels, {found.boxes[0]}")


def main() -> None:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(description="Count the pixels that differ between press and reference.")
    parser.add_argument("--members", type=int, default=500)
    parser.add_argument("--seed", type=int, default=4)
    parser.add_argument("--dpi", type=int, nargs="+", default=[200, 300])
    parser.add_argument("--keep", type=Path, help="folder for the files and the pictures of differences")
    arguments = parser.parse_args()
    logging.disable(logging.INFO)  # the names come with a package that turns logging on
    hard = hard_members()
    runs = [(document, setting) for document in TITLES for setting in SETTINGS]
    share = -(-arguments.members // len(runs))
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        contract = Contract(folder, arguments.dpi)
        for number, (document, setting) in enumerate(runs):
            members = hard + random_members(share, arguments.seed + number)
            contract.compare(document, setting, members, arguments.seed + number)
    print(f"{contract.sheets} sheets, {contract.pages} pages, {len(contract.variants)} variants, {contract.held} held")
    for dpi in arguments.dpi:
        print(f"{dpi} dpi: {contract.differing[dpi]} pixels differ")
    sys.exit(1 if contract.differing.total() else 0)


if __name__ == "__main__":
    main()
