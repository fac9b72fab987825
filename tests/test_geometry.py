"""What ``layout.toml`` promises in mm, measured from printed files of all the fixtures' members."""

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
from markupsafe import Markup
from PIL import Image, ImageChops
from sheets_at_random import SETTINGS, Setting, in_every_variant, random_members
from trial_runs import FIXTURES, demo_plates

from renderer.desk.examples import REALISTIC
from renderer.documents import postal
from renderer.documents.document import Content
from renderer.documents.registry import DOCUMENTS
from renderer.intake.jobfile import load_job
from renderer.intake.members import Needs, validate
from renderer.intake.rows import read_rows
from renderer.layout.compiling import compile_plate
from renderer.layout.engine import lay_out
from renderer.layout.load import Fixed, Region, load_layout
from renderer.layout.widths import load_realistic, measure
from renderer.mailing.pieces import make_piece
from renderer.mailing.sheets import sheets_of
from renderer.model.findings import Held
from renderer.model.insurer import CardCorner
from renderer.press.fonts import clusters
from renderer.press.plates import Place, Plate
from renderer.press.press import PrintFile
from renderer.press.ruler import Ruler
from renderer.proof import pixels

NOTICE, CERTIFICATE = "eligibility_notice", "eligibility_certificate"

MM = 25.4 / 72
"""mm in a pt."""
JOBS = ("notice", "hard-notice", "certificate", "hard-certificate")
CARD = (85.6, 54.0)
"""ID-1, mm."""


class Printed:
    """All printable members of a fixture, one sheet each, in one file; what each sheet says is known."""

    def __init__(self, fixture: str) -> None:
        self.job = load_job(FIXTURES / f"{fixture}.toml")
        self.layout, _, self.plates = demo_plates(self.job.document)
        self.sheets = list(self._sheets())
        self.path = Path(tempfile.gettempdir()) / f"geometry-{fixture}.pdf"
        file = PrintFile(self.path, self.plates.values())
        for plate, content in self.sheets:
            file.begin_piece(content.values["record"], "")
            file.add_sheet(plate, content.values)
        file.finish("x")
        self.data = self.path.read_bytes()
        self.path.unlink()

    def _sheets(self) -> Iterator[tuple[Plate, Content]]:
        ruler, needs = Ruler(), Needs(self.job.issued_on, self.job.insurer.prints_ratio)
        for row in read_rows(self.job.source):
            try:
                member = validate(row, needs=needs)
            except Held:
                continue
            rules = self.job.mailing
            piece = make_piece(1, (member,), envelope=rules.envelope, route=rules.route)
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


def drawn(page: Any, dpi: int, box: tuple[float, float, float, float] | None = None) -> Image.Image:
    """Draw a page, or a box of it (x, y, w, h in mm), in grey."""
    width, height = page.get_size()
    x, y, w, h = box or (0, 0, width * MM, height * MM)
    crop = (x / MM, height - (y + h) / MM, width - (x + w) / MM, y / MM)
    with closing(page.render(scale=dpi / 72, grayscale=True, crop=crop)) as bitmap:
        image: Image.Image = bitmap.to_pil().copy()
    return image


def ink(image: Image.Image, dpi: int, threshold: int = 250) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of everything darker than paper, mm."""
    box = image.point([255 if value < threshold else 0 for value in range(256)]).getbbox()
    assert box
    left, top, right, bottom = (length * 25.4 / dpi for length in box)
    return left, top, right, bottom


@pytest.mark.parametrize("fixture", JOBS)
def test_every_page_is_a4_and_nothing_is_printed_near_its_edge(fixture: str) -> None:
    file, dpi = printed(fixture), 60
    margin = file.layout.file.safe_margin
    assert margin == 5
    with opened(file) as document:
        assert len(document) == len(file.sheets) * file.layout.file.pages
        for number in range(len(document)):
            with closing(document[number]) as page:
                assert [length * MM for length in page.get_size()] == pytest.approx([210, 297], abs=1e-4)
                left, top, right, bottom = ink(drawn(page, dpi), dpi)
                assert min(left, top, 210 - right, 297 - bottom) >= margin, f"page {number + 1}"


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
    x, y, w, h = place.millimetres
    return max(x - box.x, box.x + box.w - (x + w), y - box.y, box.y + box.h - (y + h))


def test_the_instrument_measures_a_text_that_leaves_its_box() -> None:
    plate = next(iter(printed("notice").plates.values()))
    place = next(plate.places)
    x, y, w, h = place.millimetres
    assert out_of_its_box(pixels.Box(x, y, w, h), place) == pytest.approx(0)
    assert out_of_its_box(pixels.Box(x + 0.02, y, w, h), place) == pytest.approx(0.02)
    assert out_of_its_box(pixels.Box(x, y - 0.02, w, h), place) == pytest.approx(0.02)


# Regions.


def lies_in(region: Region, place: Place) -> bool:
    x, y, w, h = place.millimetres
    middle = x + w / 2, y + h / 2
    return (
        place.page == region.page - 1
        and region.x <= middle[0] <= region.x + region.w
        and region.y <= middle[1] <= region.y + region.h
    )


@pytest.mark.parametrize("corner", CardCorner)
@pytest.mark.parametrize("document", [NOTICE, CERTIFICATE])
def test_the_places_of_a_region_lie_inside_it(document: str, corner: CardCorner) -> None:
    layout, _, plates = demo_plates(document)
    if corner is CardCorner.LEFT:
        plates = {(): left_plate(document)}
    met = set()
    for plate in plates.values():
        for name, region in layout.file.regions.items():
            for place in (place for place in plate.places if place.slot in region.slots and lies_in(region, place)):
                assert region.contains(*place.millimetres), f"{place.slot} leaves {name}"
                met.add((name, place.slot))
    wanted = {(name, slot) for name, region in layout.file.regions.items() for slot in region.slots}
    other_card = {("card_left", slot) for slot in layout.slots} | {("card", slot) for slot in layout.slots}
    of_variants = {"certified_on", "insured_name", "inserter_omr", "inserter_qr", "customer_barcode", "workplace"}
    missing = {(name, slot) for name, slot in wanted - met - other_card if slot not in of_variants}
    assert missing == set()
    card = "card_left" if corner is CardCorner.LEFT else "card"
    assert document == CERTIFICATE or {(card, "name"), (card, "symbol"), (card, "born_on")} <= met


@cache
def left_plate(document: str) -> Plate:
    layout = load_layout(document)
    title = layout.file.titles[0]
    return compile_plate(layout, next(layout.variants()), Setting(True, "qr", CardCorner.LEFT).fixed(title))


@pytest.mark.parametrize("document", [NOTICE, CERTIFICATE])
def test_no_region_is_crossed_by_a_fold(document: str) -> None:
    layout = load_layout(document)
    assert layout.file.fold_lines == (99, 198)
    for name, region in layout.file.regions.items():
        if region.clear_of_folds:
            assert not any(region.y < fold < region.y + region.h for fold in layout.file.fold_lines), name
    assert all(region.clear_of_folds for name, region in layout.file.regions.items() if name.startswith("card"))


@pytest.mark.parametrize("document", [NOTICE, CERTIFICATE])
def test_nothing_is_printed_on_a_fold_line(document: str) -> None:
    layout, _, plates = demo_plates(document)
    for image in sheets_drawn(document, plates, 150):
        for fold in layout.file.fold_lines:
            row = round(fold / 25.4 * 150)
            assert image.crop((0, row - 3, image.width, row + 3)).getextrema() == (255, 255)


def sheets_drawn(document: str, plates: dict[Any, Plate], dpi: int) -> Iterator[Image.Image]:
    """Draw the sheets of ``print_ends``, page by page."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.pdf"
        print_ends(path, document, plates)
        with pixels.opened(path) as opened_file:
            yield from (opened_file.pixels(page, dpi) for page in range(opened_file.page_count))


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
        # Between the labels, which end at 31 mm, and the values, which begin at 33.
        x, top, bottom = (round(mm / 25.4 * dpi) for mm in (facts.x + 32, facts.y - 1, facts.y + 43))
        with Image.open(picture) as image:
            column = [image.getpixel((x, y)) == 0 for y in range(top, bottom)]
        edges = [y for y, (above, here) in enumerate(pairwise([False, *column, False])) if above != here]
        frame, *rules = [end - start for start, end in zip(edges[::2], edges[1::2], strict=True)]
        assert frame >= 4
        assert len(rules) >= 2
        assert set(rules) == {2}


@pytest.mark.parametrize("document", [NOTICE, CERTIFICATE])
def test_the_longest_values_end_well_before_what_stands_beside_them(document: str) -> None:
    """Labels and the rule of 本人 / 家族 are at 100 and 133 mm of the table: 2 mm of white before each."""
    layout, _, plates = demo_plates(document)
    facts = layout.file.regions["facts"]
    ends = {"number": 100, "kana": 133, "name": 133}
    for plate in plates.values():
        for place in (place for place in plate.places if place.slot in ends and lies_in(facts, place)):
            x, _, w, _ = place.millimetres
            assert x + w <= facts.x + ends[place.slot] - 2


@pytest.mark.parametrize("document", [NOTICE, CERTIFICATE])
def test_nothing_a_holder_must_read_shrinks_under_nine_points(document: str) -> None:
    wrapped = {name: rule for name, rule in load_layout(document).slots.items() if rule.fit == "wrap"}
    assert "address" in wrapped
    assert all(rule.floor >= 9 for rule in wrapped.values())


def test_the_record_number_of_the_back_ends_where_its_frame_does() -> None:
    layout, _, plates = demo_plates(CERTIFICATE)
    frame = layout.file.regions["own"]
    for plate in plates.values():
        (place,) = (place for place in plate.pages[1].places if place.slot == "record")
        x, _, w, _ = place.millimetres
        assert (place.align, x + w) == ("right", pytest.approx(frame.x + frame.w))


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
                assert region.contains(box.x, box.y, box.w, box.h, slack=-inset), f"{box} in {name_of_region}"
    if seal == "sealed":
        left, top, right, bottom = seal_on(path)
        assert (right - left, bottom - top) == pytest.approx((18, 18), abs=0.3)
        for box in characters:
            beside = box.x + box.w < left - 0.3 or box.x > right or box.y + box.h < top - 0.3 or box.y > bottom
            assert beside, f"{box} runs under the seal"


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


def test_the_name_of_an_insurer_breaks_before_its_kind_and_not_inside_a_word(tmp_path: Path) -> None:
    assert lines_of_name("架空県情報サービス産業健康保険組合") == ["架空県情報サービス産業", "健康保険組合"]
    assert lines_of_name("架空県情報サービス技術者国民健康保険組合") == ["架空県情報サービス技術者", "国民健康保険組合"]
    assert lines_of_name("架空電機健康保険組合") == ["架空電機健康保険組合"]
    # Too long for one line: two of one length, no character alone.
    first, second, kind = lines_of_name("架空町地域自動車整備販売関連産業連合会北健康保険組合")
    assert (first + second, kind) == ("架空町地域自動車整備販売関連産業連合会北", "健康保険組合")
    assert len(first) - len(second) <= 2


@pytest.mark.parametrize("document", [NOTICE, CERTIFICATE])
def test_the_date_of_issue_stands_on_the_line_of_the_postal_code(document: str) -> None:
    (sender,) = boxes_of(laid_out(document, SETTINGS[0].fixed(load_layout(document).file.titles[0])), "sender")
    (text,) = (text for issued in boxes_of(sender, "issued") for text in texts_of(issued))
    assert text.position_y + text.baseline == pytest.approx(window(document)["postal_code"].baseline, abs=0.2)


def lines_of_name(name: str) -> list[str]:
    """The lines on which an insurer's name stands in the sender, read from WeasyPrint's page boxes."""
    usual = SETTINGS[0].fixed("資格情報通知書")
    page = laid_out(NOTICE, replace(usual, insurer=replace(usual.insurer, name=name)))
    (sender,) = boxes_of(page, "sender")
    (named,) = boxes_of(sender, "name")
    lines: dict[float, str] = {}
    for text in texts_of(named):
        top = round(text.position_y, 1)
        lines[top] = lines.get(top, "") + text.text
    return [lines[top] for top in sorted(lines)]


@pytest.mark.parametrize(
    ("title", "itself"),
    [
        ("資格情報通知書", "資格情報通知書"),
        ("資格情報通知書（資格情報のお知らせ）", "資格情報通知書"),
        ("資格情報のお知らせ及び加入者情報", "資格情報のお知らせ"),
    ],
)
def test_a_notice_calls_itself_by_its_title_throughout(title: str, itself: str) -> None:
    page = laid_out(NOTICE, SETTINGS[0].fixed(title))
    (notes,), (head,) = boxes_of(page, "notes"), boxes_of(page, "head")
    assert f"{itself}だけでは受診できません。" in "".join(text.text for text in texts_of(notes))
    assert "".join(text.text for text in texts_of(head)) == itself


def test_the_caption_of_the_code_promises_nothing_about_the_page_it_leads_to() -> None:
    (caption,) = boxes_of(laid_out(NOTICE, SETTINGS[0].fixed("資格情報通知書")), "caption")
    assert "マイナポータル" not in "".join(text.text for text in texts_of(caption))


def laid_out(document: str, fixed: Fixed) -> Any:
    """WeasyPrint's own box of the first page of a document's first variant, with empty slots."""
    layout = load_layout(document)
    return lay_out(layout, next(layout.variants()), fixed, lambda slot, number: Markup("")).pages[0]._page_box


def boxes_of(box: Any, name: str) -> Iterator[Any]:
    """The first boxes, from the outside, of a class."""
    element = getattr(box, "element", None)
    if element is not None and name in (element.get("class") or "").split():
        yield box
        return
    for child in getattr(box, "children", ()):
        yield from boxes_of(child, name)


def texts_of(box: Any) -> Iterator[Any]:
    if hasattr(box, "text"):
        yield box
    for child in getattr(box, "children", ()):
        yield from texts_of(child)


# The card.


@pytest.mark.parametrize("corner", CardCorner)
def test_the_card_is_as_large_as_promised_and_where_it_is_promised(tmp_path: Path, corner: CardCorner) -> None:
    layout = load_layout(NOTICE)
    plate = left_plate(NOTICE) if corner is CardCorner.LEFT else next(iter(demo_plates(NOTICE)[2].values()))
    region = layout.file.regions["card_left" if corner is CardCorner.LEFT else "card"]
    assert (region.w, region.h) == CARD
    assert region.y > 198
    file = PrintFile(tmp_path / "x.pdf", [plate])
    file.begin_piece("x", "")
    file.add_sheet(plate, {place.slot: "山" if place.slot == "name" else "" for place in plate.places})
    file.finish("x")
    dpi = 600
    with closing(pypdfium2.PdfDocument(tmp_path / "x.pdf")) as document, closing(document[0]) as page:
        image = drawn(page, dpi)
    left, top, right, bottom = cut_lines(image, dpi, region)
    assert (left, top) == pytest.approx((region.x, region.y), abs=0.06)
    assert (right - left, bottom - top) == pytest.approx(CARD, abs=0.06)


def cut_lines(image: Image.Image, dpi: int, region: Region) -> tuple[float, float, float, float]:
    """Find the middle of each dashed cut line (mm): the row or column around the promised edge with the most ink."""
    px = dpi / 25.4

    def middle(edge: float, upright: bool) -> float:
        lo, hi = round((edge - 1) * px), round((edge + 1) * px)
        if upright:
            strip = image.crop((lo, round((region.y + 3) * px), hi, round((region.y + region.h - 3) * px)))
            profile = strip.resize((strip.width, 1), Image.Resampling.BOX)
        else:
            strip = image.crop((round((region.x + 12) * px), lo, round((region.x + region.w - 3) * px), hi))
            profile = strip.resize((1, strip.height), Image.Resampling.BOX)
        dark = [place for place, value in enumerate(profile.tobytes()) if value < 200]
        assert dark
        # A dashed line, not a solid one: not all of its length has ink.
        assert 60 < min(profile.tobytes()) < 200
        return (lo + (dark[0] + dark[-1] + 1) / 2) / px

    return (
        middle(region.x, True),
        middle(region.y, False),
        middle(region.x + region.w, True),
        middle(region.y + region.h, False),
    )


# The window and its codes.


@pytest.mark.parametrize("fixture", JOBS)
def test_the_address_block_lies_in_the_window(fixture: str) -> None:
    file, dpi = printed(fixture), 100
    window = file.layout.file.regions["window"]
    with opened(file) as document:
        for number, _, _, page_of_sheet in file.pages():
            if page_of_sheet:
                continue
            with closing(document[number]) as page:
                # The left half of the address third holds nothing else.
                left, top, right, bottom = ink(drawn(page, dpi, (0, 0, 120, 99)), dpi)
            assert window.contains(left, top, right - left, bottom - top, slack=0.26), f"page {number + 1}"
            assert bottom - top > 15


@cache
def window(document: str, *, barcode: bool = True, route: str = "home") -> dict[str, Place]:
    """What stands in the address window of a job: slot → place."""
    layout = load_layout(document)
    fixed = Setting(barcode, "none", CardCorner.RIGHT, route).fixed(layout.file.titles[0])
    region = layout.file.regions["window"]
    places = compile_plate(layout, next(layout.variants()), fixed).pages[0].places
    return {place.slot: place for place in places if lies_in(region, place)}


@pytest.mark.parametrize("document", [NOTICE, CERTIFICATE])
def test_the_workplace_has_a_place_only_on_its_route(document: str) -> None:
    assert "workplace" not in window(document)
    by_workplace = window(document, route="workplace")
    _, top, _, height = by_workplace["workplace"].millimetres
    assert by_workplace["addressee"].millimetres[1] == pytest.approx(top + height, abs=0.5)


@pytest.mark.parametrize(("route", "most"), [("home", 12.5), ("workplace", 16)])
@pytest.mark.parametrize("document", [NOTICE, CERTIFICATE])
def test_no_hole_gapes_between_an_address_of_two_lines_and_the_name(document: str, route: str, most: float) -> None:
    """By way of the workplace this is the piece of a 任意継続, which has none."""
    places = window(document, route=route)
    _, top, _, height = places["address"].millimetres
    second_line_ends = top + height * 2 / places["address"].rule.lines
    assert places["addressee"].millimetres[1] - second_line_ends <= most


@pytest.mark.parametrize("route", ["home", "workplace"])
@pytest.mark.parametrize("document", [NOTICE, CERTIFICATE])
def test_the_widest_realistic_addresses_are_printed_as_large_as_all_others(document: str, route: str) -> None:
    (found,) = measure([window(document, route=route)["address"]], load_realistic(REALISTIC, DOCUMENTS[document]))
    assert found.as_is == found.values > 0


@pytest.mark.parametrize("document", [NOTICE, CERTIFICATE])
def test_the_record_number_stands_beside_the_bars_or_else_in_their_place(document: str) -> None:
    beside, alone = window(document), window(document, barcode=False)
    left, _, width, _ = beside["customer_barcode"].millimetres
    assert beside["record"].millimetres[0] >= left + width + 2
    assert alone["record"].align == "left"
    assert alone["record"].millimetres[:2] == pytest.approx((left, beside["customer_barcode"].millimetres[1]))


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
