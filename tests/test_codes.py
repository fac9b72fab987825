"""codes: QR codes read by another library, bars measured against the post office's limits, marks counted."""

import re
from itertools import pairwise

import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from renderer.documents.common import inserter_qr_payload, omr_payload
from renderer.documents.postal import SYMBOLS, bars
from renderer.press.codes import (
    CodeKind,
    Rectangles,
    customer_barcode,
    customer_barcode_size,
    drawing,
    omr,
    omr_marks,
    qr,
    rectangles,
    svg,
)

SYMBOLS_OF_A_LETTER = "15400233-16-4-205ddd"
symbols20 = st.text(SYMBOLS, min_size=20, max_size=20)
records = st.from_regex(r"\A[0-9A-Za-z_-]{1,20}\Z")
sheets = st.integers(1, 20).flatmap(lambda total: st.tuples(st.integers(1, total), st.just(total)))


def drawn(shape: Rectangles, pixels_per_unit: int) -> Image.Image:
    image = Image.new("L", (round(shape.width * pixels_per_unit), round(shape.height * pixels_per_unit)), 255)
    pen = ImageDraw.Draw(image)
    for x, y, w, h in shape.rects:
        left, top = x * pixels_per_unit, y * pixels_per_unit
        pen.rectangle((left, top, left + w * pixels_per_unit - 1, top + h * pixels_per_unit - 1), fill=0)
    return image


def decoded(shape: Rectangles) -> list[str]:
    found = zxingcpp.read_barcodes(drawn(shape, 4), formats=zxingcpp.BarcodeFormat.QRCode)
    return [code.text for code in found]


def overlaps(shape: Rectangles) -> bool:
    boxes = [(x, y, x + w, y + h) for x, y, w, h in shape.rects]
    return any(
        a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
        for at, a in enumerate(boxes)
        for b in boxes[at + 1 :]
    )


def test_a_qr_code_says_its_payload_to_another_reader() -> None:
    payload = "https://example.jp/portal?a=1"
    assert decoded(qr(payload)) == [payload]


@settings(max_examples=40)
@given(records, sheets, st.integers(0, 10**7))
def test_every_inserter_code_is_read_back(record: str, place: tuple[int, int], sequence: int) -> None:
    payload = inserter_qr_payload(record, *place, sequence)
    assert decoded(rectangles("qr", payload)) == [payload]


def test_a_qr_code_keeps_four_white_modules_on_each_side() -> None:
    shape = qr("quiet")
    assert shape.width == shape.height == 21 + 8
    assert min(x for x, _, _, _ in shape.rects) == min(y for _, y, _, _ in shape.rects) == 4
    assert max(x + w for x, _, w, _ in shape.rects) == max(y + h for _, y, _, h in shape.rects) == 25


def test_dark_modules_in_a_row_are_one_rectangle() -> None:
    shape = qr("runs")
    lefts = {(x, y) for x, y, _, _ in shape.rects}
    assert all((x + w, y) not in lefts for x, y, w, _ in shape.rects)
    assert (4, 4, 7, 1) in shape.rects  # the upper edge of the finder
    assert not overlaps(shape)


def in_mm(shape: Rectangles, size_pt: float) -> Rectangles:
    """Scale a customer barcode to the box its size asks for."""
    width, height = customer_barcode_size(size_pt)
    unit = width / shape.width
    assert height / shape.height == pytest.approx(unit, abs=1e-4)
    return Rectangles(width, height, tuple(tuple(unit * value for value in rect) for rect in shape.rects))


@given(symbols20, st.floats(8, 11.5))
def test_bars_keep_the_post_offices_tolerances(symbols: str, size_pt: float) -> None:
    a = size_pt / 10
    shape = in_mm(customer_barcode(symbols), size_pt)
    lefts = [x for x, _, _, _ in shape.rects]
    gaps = [after - before for before, after in pairwise(lefts)]
    assert all(0.95 * a <= gap <= 1.30 * a for gap in gaps)
    assert all(0.50 * a <= width <= 0.70 * a for _, _, width, _ in shape.rects)
    assert all(0.45 * a <= gap - shape.rects[0][2] <= 0.60 * a + 0.001 for gap in gaps)
    longest = max(height for _, _, _, height in shape.rects)
    assert 3.40 * a <= longest <= 3.60 * a + 0.001
    assert all(1.05 * a <= h <= 1.35 * a or h > 2.3 * a for _, _, _, h in shape.rects)


@pytest.mark.parametrize(("size_pt", "width"), [(8, 63.84), (9, 71.82), (10, 79.8), (11.5, 91.77)])
def test_a_customer_barcode_is_as_wide_as_the_manual_says(size_pt: float, width: float) -> None:
    assert customer_barcode_size(size_pt) == pytest.approx((width, 0.36 * size_pt))
    shape = in_mm(customer_barcode(SYMBOLS_OF_A_LETTER), size_pt)
    last = shape.rects[-1]
    assert last[0] + last[2] == pytest.approx(width)


@given(symbols20)
def test_each_bar_stands_where_its_state_says(symbols: str) -> None:
    shape = in_mm(customer_barcode(symbols), 10)
    extents = {"1": (0, 3.6), "2": (0, 2.4), "3": (1.2, 3.6), "4": (1.2, 2.4)}
    assert len(shape.rects) == 67
    for place, (state, (x, y, _, h)) in enumerate(zip(bars(symbols), shape.rects, strict=True)):
        assert (y, y + h) == pytest.approx(extents[state])
        assert x == pytest.approx(1.2 * place)


@pytest.mark.parametrize("size_pt", [7.99, 11.51])
def test_a_size_the_post_office_does_not_take_is_refused(size_pt: float) -> None:
    with pytest.raises(ValueError, match=r"8 to 11\.5 pt"):
        customer_barcode_size(size_pt)


def test_the_marks_of_a_middle_sheet_stand_in_the_order_of_the_manual() -> None:
    marks = "".join("x" if mark else "." for mark in omr_marks("2/3:5"))
    assert marks == "xx" + "xxx" + "x" + "..." + "x" + "x.x" + "x"


@pytest.mark.parametrize(
    ("payload", "not_end", "not_beginning"),
    [("1/1:0", False, False), ("1/2:0", True, False), ("2/2:0", False, True), ("11/12:0", True, True)],
)
def test_the_first_and_the_last_sheet_of_a_piece_are_told(payload: str, not_end: bool, not_beginning: bool) -> None:
    assert omr_marks(payload)[2:4] == (not_end, not_beginning)


@given(sheets, st.integers(0, 10**7))
def test_the_number_of_printed_marks_is_even(place: tuple[int, int], sequence: int) -> None:
    assert sum(omr_marks(omr_payload(*place, sequence))) % 2 == 0


@given(sheets, st.integers(0, 10**7))
def test_the_wrap_around_sequence_counts_from_0_to_7(place: tuple[int, int], sequence: int) -> None:
    four, two, one = omr_marks(omr_payload(*place, sequence))[10:13]
    assert 4 * four + 2 * two + one == sequence % 8


@given(sheets, st.integers(0, 7))
def test_benchmark_safety_and_retiming_marks_are_always_printed(place: tuple[int, int], wrap: int) -> None:
    marks = omr_marks(omr_payload(*place, wrap))
    assert len(marks) == 14
    assert all(marks[at] for at in (0, 1, 5, 9, 13))


def test_an_absent_mark_leaves_its_place_empty() -> None:
    assert omr((True, False, True)) == Rectangles(12, 7.5, ((0, 0, 12, 0.5), (0, 7, 12, 0.5)))


def test_marks_are_within_the_limits_of_a_widespread_program() -> None:
    (_, top, length, thickness), (_, following, _, _) = omr((True, True)).rects
    assert 10.16 <= length <= 20
    assert 0.254 <= thickness <= 0.63
    assert 2.91 <= following - (top + thickness) <= 4.2


def test_a_slot_of_each_kind_gets_its_code() -> None:
    assert rectangles("qr", "K1/1/2/3") == qr("K1/1/2/3")
    assert rectangles("customer_barcode", SYMBOLS_OF_A_LETTER) == customer_barcode(SYMBOLS_OF_A_LETTER)
    assert rectangles("omr", "1/2:3") == omr(omr_marks("1/2:3"))


@pytest.mark.parametrize("shape", [qr("svg"), customer_barcode(SYMBOLS_OF_A_LETTER), omr(omr_marks("1/3:5"))])
def test_the_svg_draws_the_same_rectangles_in_one_path(shape: Rectangles) -> None:
    text = svg(shape, "mark")
    box, path = re.fullmatch(
        r'<svg xmlns="http://www\.w3\.org/2000/svg" class="mark" viewBox="([^"]*)">'
        r'<path d="([^"]*)" fill="#000"/></svg>',
        text,
    ).groups()
    found = re.findall(r"M(\S+) (\S+?)h([^v]+)v([^h]+)h-([^z]+)z", path)
    assert [float(number) for number in box.split()] == [0, 0, shape.width, shape.height]
    assert "".join(f"M{x} {y}h{w}v{h}h-{back}z" for x, y, w, h, back in found) == path
    assert all(w == back for _, _, w, _, back in found)
    assert tuple(tuple(map(float, numbers[:4])) for numbers in found) == shape.rects


@given(symbols20)
def test_the_path_of_a_customer_barcode_is_that_of_its_rectangles(symbols: str) -> None:
    shape, code = customer_barcode(symbols), drawing("customer_barcode", symbols)
    assert code.path == " ".join(f"{x:g} {y:g} {w:g} {h:g} re" for x, y, w, h in shape.rects)
    assert (code.width, code.height) == (shape.width, shape.height)


@pytest.mark.parametrize(("kind", "payload"), [("qr", "A000001/1/1/7"), ("omr", "2/3:5")])
def test_any_other_code_is_drawn_by_its_rectangles_too(kind: CodeKind, payload: str) -> None:
    shape, code = rectangles(kind, payload), drawing(kind, payload)
    assert code.path == " ".join(f"{x:g} {y:g} {w:g} {h:g} re" for x, y, w, h in shape.rects)
    assert (code.width, code.height) == (shape.width, shape.height)
