"""Printed files of all the fixtures' members, measured by readers that are not ours: PDFium, poppler and zxing.

What the layouts declare of their geometry is measured by lint (``test_lint.py``).
"""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from functools import cache
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

import pypdfium2
import pytest
import zxingcpp
from PIL import Image, ImageChops
from sheets_at_random import SETTINGS, in_every_variant, random_members
from trial_runs import FIXTURES, demo_plates

from renderer.documents import postal
from renderer.documents.document import Content
from renderer.intake.jobfile import load_job
from renderer.intake.members import validate
from renderer.intake.rows import read_rows
from renderer.layout.compiling import compile_plate
from renderer.layout.load import load_layout
from renderer.layout.schema import Region
from renderer.mailing.pieces import make_piece
from renderer.mailing.sheets import needs_of, sheets_of
from renderer.model.findings import Held
from renderer.model.paper import MM_PER_PT, Edges
from renderer.press.fonts import clusters
from renderer.press.plates import Place, Plate
from renderer.press.press import PrintFile
from renderer.press.ruler import Ruler
from renderer.proof import pixels

NOTICE, CERTIFICATE = "eligibility_notice", "eligibility_certificate"

JOBS = ("notice", "hard-notice", "certificate", "hard-certificate")


class Printed:
    """All printable members of a fixture, one sheet each, in one file; what each sheet says is known."""

    def __init__(self, fixture: str) -> None:
        self.job = load_job(FIXTURES / f"{fixture}.toml")
        self.layout, _, self.plates = demo_plates(self.job.document)
        self.sheets = list(self._sheets())
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "x.pdf"
            file = PrintFile(path, self.plates.values())
            for plate, content in self.sheets:
                file.begin_piece(content.values["record"], "")
                file.add_sheet(plate, content.values)
            file.finish("x")
            self.data = path.read_bytes()

    def _sheets(self) -> Iterator[tuple[Plate, Content]]:
        ruler, needs = Ruler(), needs_of(self.job)
        for row in read_rows(self.job.sources[0]):
            try:
                member = validate(row, needs=needs)
            except Held:
                continue
            piece = make_piece(1, (member,), self.job.mailing)
            (sheet,) = sheets_of(self.job, piece, 1)
            plate = self.plates[sheet.content.variant]
            if not ruler.examine(plate, sheet.content.values)[0]:
                yield plate, sheet.content

    def pages(self) -> Iterator[tuple[int, Plate, Content, int]]:
        """Number of the page in the file, its plate, its content, and which page of its sheet it is."""
        number = 0
        for plate, content in self.sheets:
            for page in range(self.layout.file.pages):
                yield number, plate, content, page
                number += 1


@cache
def printed(fixture: str) -> Printed:
    return Printed(fixture)


@contextmanager
def opened(file: Printed) -> Iterator[Any]:
    with closing(pypdfium2.PdfDocument(file.data)) as document:
        yield document


def drawn(page: Any, dpi: int, box: tuple[float, float, float, float]) -> Image.Image:
    """Draw a box of a page (x, y, w, h in mm) in grey."""
    width, height = page.get_size()
    x, y, w, h = box
    crop = (x / MM_PER_PT, height - (y + h) / MM_PER_PT, width - (x + w) / MM_PER_PT, y / MM_PER_PT)
    with closing(page.render(scale=dpi / 72, grayscale=True, crop=crop)) as bitmap:
        image: Image.Image = bitmap.to_pil().copy()
    return image


@pytest.mark.parametrize("fixture", JOBS)
def test_every_page_is_a4(fixture: str) -> None:
    file = printed(fixture)
    with opened(file) as document:
        assert len(document) == len(file.sheets) * file.layout.file.pages
        for number in range(len(document)):
            with closing(document[number]) as page:
                assert [length * MM_PER_PT for length in page.get_size()] == pytest.approx([210, 297], abs=1e-4)


@pytest.mark.parametrize("fixture", JOBS)
def test_no_text_leaves_its_box_by_more_than_a_hundredth_of_a_millimetre(fixture: str) -> None:
    file = printed(fixture)
    measured = 0
    with tempfile.NamedTemporaryFile(suffix=".pdf") as copy:
        copy.write(file.data)
        copy.flush()
        with pixels.opened(Path(copy.name)) as document:
            for number, plate, content, page in file.pages():
                places = [place for place in plate.pages[page].places if place.kind == "text"]
                expected = [(cluster, place) for place in places for cluster in clusters(content.values[place.slot])]
                expected = [(cluster, place) for cluster, place in expected if not cluster.isspace()]
                characters = [found for found in document.characters(number) if not found.text.isspace()]
                own = characters[len(characters) - len(expected) :]
                assert [found.text for found in own] == [cluster for cluster, _ in expected], f"page {number + 1}"
                for found, (_, place) in zip(own, expected, strict=True):
                    assert out_of_its_box(found.box, place) <= 0.01, f"page {number + 1}: {place.slot} {found.box}"
                measured += len(own)
    assert measured > 30 * len(file.sheets)


def out_of_its_box(box: pixels.Box, place: Place) -> float:
    return edges_of(box).beyond(place.edges)


def test_the_instrument_measures_a_text_that_leaves_its_box() -> None:
    plate = next(iter(printed("notice").plates.values()))
    place = next(plate.places)
    x, y, w, h = place.millimetres
    assert out_of_its_box(pixels.Box(x, y, w, h), place) == pytest.approx(0)
    assert out_of_its_box(pixels.Box(x + 0.02, y, w, h), place) == pytest.approx(0.02)
    assert out_of_its_box(pixels.Box(x, y - 0.02, w, h), place) == pytest.approx(0.02)


def print_ends(path: Path, document: str, plates: dict[Any, Plate]) -> None:
    """Print the first and the last variant of a document, each filled with a random member."""
    chosen = list(plates.items())[:: len(plates) - 1]
    file = PrintFile(path, [plate for _, plate in chosen])
    for variant, plate in chosen:
        contents = in_every_variant(document, random_members(1, 17), [variant], SETTINGS[0], Random(4))
        file.begin_piece("x", "")
        file.add_sheet(plate, next(contents).values)
    file.finish("x")


# The table.


@pytest.mark.parametrize("document", [NOTICE, CERTIFICATE])
def test_a_printer_of_300_dpi_makes_all_rules_between_rows_two_dots_thick(tmp_path: Path, document: str) -> None:
    dpi = 300
    layout, _, plates = demo_plates(document)
    facts = layout.file.regions["facts"]
    print_ends(tmp_path / "x.pdf", document, plates)
    subprocess.run(["pdftoppm", "-mono", "-r", str(dpi), tmp_path / "x.pdf", tmp_path / "x"], check=True)
    for picture in sorted(tmp_path.glob("x-*.pbm"))[:: layout.file.pages]:
        # Between the labels, which end at 30 mm, and the values, which begin at 33; down to the fifth row.
        x, top, bottom = (round(mm / 25.4 * dpi) for mm in (facts.x + 31.5, facts.y - 1, facts.y + 56))
        with Image.open(picture) as image:
            column = [image.getpixel((x, y)) == 0 for y in range(top, bottom)]
        edges = [y for y, (above, here) in enumerate(pairwise([False, *column, False])) if above != here]
        frame, *rules = [end - start for start, end in zip(edges[::2], edges[1::2], strict=True)]
        assert frame >= 4
        assert len(rules) >= 2
        assert set(rules) == {2}


# The insurer.

SHAPES = {"sealed": FIXTURES / "examples" / "seal.png", "unsealed": None}
NAMES = ["架空県情報サービス産業", "架空町地域自動車整備販売関連産業", "架空町地域自動車整備販売関連産業連合会東海北陸"]
"""What stands before 健康保険組合: 11, 16 and 23 characters."""
ADDRESSES = ["東京都千代田区架空町一丁目", "東京都千代田区架空町一丁目二十三番四十五号　架空電機本社" + "東館" * 11]
"""13 and 50 characters."""


@pytest.mark.parametrize("seal", SHAPES)
@pytest.mark.parametrize("address", ADDRESSES, ids=len)
@pytest.mark.parametrize("name", NAMES, ids=len)
@pytest.mark.parametrize("document", [NOTICE, CERTIFICATE])
def test_a_long_name_of_the_insurer_keeps_clear_of_seal_frame_and_cut_line(
    tmp_path: Path, document: str, name: str, address: str, seal: str
) -> None:
    layout, path = load_layout(document), tmp_path / "x.pdf"
    usual = SETTINGS[0].fixed(layout.file.titles[0])
    insurer = replace(usual.insurer, name=f"{name}健康保険組合", address=address, seal=SHAPES[seal])
    plate = compile_plate(layout, next(layout.variants()), replace(usual, insurer=insurer))
    file = PrintFile(path, [plate])
    file.begin_piece("x", "")
    file.add_sheet(plate, {place.slot: "" for place in plate.places})
    file.finish("x")
    with pixels.opened(path) as printed_file:
        characters = [found.box for found in printed_file.characters(0) if not found.text.isspace()]
    # No line runs into the margin beside it, into a frame or a cut line, or beyond the end of a table.
    for name_of_region, inset in {"sender": -0.1, "insurer": 1.0, "card": 1.5, "facts": 0.5}.items():
        if region := layout.file.regions.get(name_of_region):
            inside = [box for box in characters if region.x - 3 < box.x + box.w / 2 and in_height(region, box)]
            assert inside
            for box in inside:
                assert edges_of(box).beyond(region.edges) <= -inset + 0.01, f"{box} in {name_of_region}"
    if seal == "sealed":
        left, top, right, bottom = seal_on(path)
        side = 16 if document == CERTIFICATE and len(insurer.name) > 17 else 18
        assert (right - left, bottom - top) == pytest.approx((side, side), abs=0.3)
        for box in characters:
            beside = box.x + box.w < left - 0.3 or box.x > right or box.y + box.h < top - 0.3 or box.y > bottom
            assert beside, f"{box} runs under the seal"


def edges_of(box: pixels.Box) -> Edges:
    return Edges(box.x, box.y, box.x + box.w, box.y + box.h)


def in_height(region: Region, box: pixels.Box) -> bool:
    return region.y - 1 < box.y + box.h / 2 < region.y + region.h + 1


def seal_on(path: Path) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of what is red on a page, mm."""
    dpi = 200
    with closing(pypdfium2.PdfDocument(path)) as document, closing(document[0]) as page:
        red, green, _ = page.render(scale=dpi / 72).to_pil().convert("RGB").split()
    box = ImageChops.subtract(red, green).point([255 if value > 60 else 0 for value in range(256)]).getbbox()
    assert box
    left, top, right, bottom = (length * 25.4 / dpi for length in box)
    return left, top, right, bottom


# The codes.


@pytest.mark.parametrize("fixture", ["notice", "hard-notice"])
def test_the_code_of_every_notice_leads_to_the_portal(fixture: str) -> None:
    file = printed(fixture)
    with opened(file) as document:
        for number in range(len(document)):
            with closing(document[number]) as page:
                (found,) = zxingcpp.read_barcodes(drawn(page, 150, (12, 260, 40, 32)))
            assert found.text == file.job.insurer.portal_url


def bars_of(image: Image.Image) -> str:
    """Read the bars of a customer barcode from its pixels alone (domain 6.1): by where each begins and ends."""
    dark = image.point([255 if value < 128 else 0 for value in range(256)])
    columns, rows = dark.getprojection()
    top, bottom = rows.index(1), len(rows) - rows[::-1].index(1)
    third = (bottom - top) / 3
    edges = [place for place, (a, b) in enumerate(pairwise([0, *columns, 0])) if a != b]
    states = {(0, 3): "1", (0, 2): "2", (1, 3): "3", (1, 2): "4"}
    read = ""
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        box = dark.crop((start, top, end, bottom)).getbbox()
        assert box
        read += states[round(box[1] / third), round(box[3] / third)]
    return read


@pytest.mark.parametrize("fixture", ["notice", "hard-notice"])
def test_the_bars_of_every_address_are_those_of_the_post_office(fixture: str) -> None:
    file = printed(fixture)
    with_bars = 0
    with opened(file) as document:
        for number, plate, content, _ in file.pages():
            place = next(place for place in plate.places if place.slot == "customer_barcode")
            x, y, w, h = place.millimetres
            with closing(document[number]) as page:
                image = drawn(page, 300, (x - 1, y - 0.4, w + 2, h + 0.8))
            if content.values["customer_barcode"]:
                assert bars_of(image) == postal.bars(content.values["customer_barcode"])
                with_bars += 1
            else:
                assert image.getextrema() == (255, 255)
    assert with_bars > len(file.sheets) / 2


def test_the_bars_are_as_large_as_the_post_office_asks() -> None:
    """8 pt: pitch 0.76 to 1.04, bar 0.40 to 0.56, long bar 2.72 to 2.88 mm, 2 mm of white around (domain 6.1)."""
    file, dpi = printed("notice"), 1200
    number, plate, content, _ = next(page for page in file.pages() if page[2].values["customer_barcode"])
    place = next(place for place in plate.places if place.slot == "customer_barcode")
    x, y, w, h = place.millimetres
    with opened(file) as document, closing(document[number]) as page:
        image = drawn(page, dpi, (x - 2, y - 2, w + 4, h + 4))
    dark = image.point([255 if value < 128 else 0 for value in range(256)])
    box = dark.getbbox()
    assert box
    mm = 25.4 / dpi
    columns = dark.getprojection()[0]
    edges = [place * mm for place, (a, b) in enumerate(pairwise([0, *columns, 0])) if a != b]
    starts, ends = edges[::2], edges[1::2]
    assert len(starts) == 67
    assert all(0.76 <= later - start <= 1.04 for start, later in pairwise(starts))
    assert all(0.40 <= end - start <= 0.56 for start, end in zip(starts, ends, strict=True))
    assert 2.72 <= (box[3] - box[1]) * mm <= 2.88 + mm
    # White on all sides: the first ink of the crop is the code's own, and the crop reaches 2 mm beyond its box.
    assert min(box[0] * mm, image.width * mm - box[2] * mm) >= 1.95
    assert content.values["customer_barcode"]
