"""A code that says something else is told with both payloads, as a machine reads it from the drawn page."""

from __future__ import annotations

from pathlib import Path

import pikepdf
import pytest
import qrcode
import zint
from reportlab.graphics.barcode import createBarcodeDrawing
from reportlab.pdfgen.canvas import Canvas
from two_files import sheet

from renderer.proof.pixels import opened
from renderer.review.codes import codes, codes_changed
from renderer.review.records import ChangeRecord
from renderer.review.told import Both


def qr(payload: str, left: int = 30) -> str:
    drawn = qrcode.QRCode(border=0)
    drawn.add_data(payload)
    rows = drawn.get_matrix()
    squares = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark)
    return (
        f"<svg style='position: absolute; left: {left}mm; top: 60mm' width='20mm' height='20mm' "
        f"viewBox='0 0 {len(rows)} {len(rows)}'><path d='{squares}'/></svg>"
    )


def told(folder: Path, golden: bytes, new: bytes) -> list[ChangeRecord]:
    found = []
    for name, data in (("golden", golden), ("new", new)):
        (folder / f"{name}.pdf").write_bytes(data)
        with opened(folder / f"{name}.pdf") as document:
            found.append(codes(document.pixels(0, 200), 200))
    with pikepdf.open(folder / "golden.pdf") as before, pikepdf.open(folder / "new.pdf") as after:
        return list(codes_changed(Both(1, 1, before.pages[0], after.pages[0]), *found))


def test_a_digit_of_a_payload_is_told_with_both_payloads(tmp_path: Path) -> None:
    golden, new = (sheet("<p>見本</p>" + qr(payload)) for payload in ("06139999-0012345", "06139999-0012346"))
    (change,) = told(tmp_path, golden, new)
    assert (change.kind, change.before, change.after) == ("code-changed", "06139999-0012345", "06139999-0012346")
    assert "the QR Code says 「06139999-0012346」 instead of 「06139999-0012345」" in change.sentence
    assert change.box is not None
    assert (change.box.x, change.box.w) == pytest.approx((50, 20), abs=0.5)


def test_codes_that_moved_are_the_same_and_one_that_is_gone_or_new_is_told(tmp_path: Path) -> None:
    golden, moved = sheet(qr("first")), sheet(qr("first", left=90))
    assert told(tmp_path, golden, moved) == []
    both = sheet(qr("first") + qr("second", left=90))
    (new,), (gone,) = told(tmp_path, golden, both), told(tmp_path, both, golden)
    assert (new.kind, new.after, gone.kind, gone.before) == ("code-new", "second", "code-gone", "second")


def test_a_code_that_cannot_be_read_any_more_is_told(tmp_path: Path) -> None:
    golden = sheet(qr("first"))
    bar = "position: absolute; left: 25mm; top: 65mm; width: 30mm; height: 3mm; background: #000"
    broken = sheet(f"{qr('first')}<div style='{bar}'></div>")
    (change,) = told(tmp_path, golden, broken)
    assert change.sentence.startswith("page 1: a QR Code is gone or cannot be read any more: 「first」")


@pytest.mark.parametrize(("kind", "name"), [("Code128", "Code 128"), ("EAN13", "EAN-13")])
def test_a_barcode_is_read_too(tmp_path: Path, kind: str, name: str) -> None:
    def bars(payload: str) -> bytes:
        canvas = Canvas(str(tmp_path / "bars.pdf"), invariant=1)
        drawing = createBarcodeDrawing(kind, value=payload, barHeight=50, barWidth=1.2)
        drawing.drawOn(canvas, 100, 500)
        canvas.save()
        return (tmp_path / "bars.pdf").read_bytes()

    (change,) = told(tmp_path, bars("490123456789"), bars("490123456780"))
    assert change.kind == "code-changed"
    assert f"the {name} says 「490123456780" in change.sentence


def postal(payload: str, size: float) -> str:
    """Draw a customer barcode as zint has it, at a size in pt."""
    symbol = zint.Symbol()
    symbol.symbology = zint.Symbology.JAPANPOST
    symbol.encode(payload)
    symbol.buffer_vector()
    assert symbol.vector
    bars = sorted((bar.x, bar.y, bar.width, bar.height) for bar in symbol.vector.rectangles)
    left, top = min(bar[0] for bar in bars), min(bar[1] for bar in bars)
    height = max(bar[1] + bar[3] for bar in bars) - top
    wide, high = 0.6 * size / 10 / bars[0][2], 3.6 * size / 10 / height
    rectangles = "".join(
        f"<rect x='{(x - left) * wide:.4f}' y='{(y - top) * high:.4f}' width='{w * wide:.4f}' height='{h * high:.4f}'/>"
        for x, y, w, h in bars
    )
    style = "position: absolute; left: 22.3mm; top: 54.61mm"
    return f"<svg style='{style}' width='100mm' height='5mm' viewBox='0 0 100 5'>{rectangles}</svg>"


@pytest.mark.parametrize("size", [8, 9, 10, 11.5])
def test_a_digit_of_a_customer_barcode_is_told(tmp_path: Path, size: float) -> None:
    text = "<p>〒154-0023</p><p style='margin-top: 60mm'>東京都架空区一丁目 llllllllllllllll ||||||||||||||||</p>"
    golden, new = (sheet(text + postal(payload, size)) for payload in ("15400233-16-4-205", "15400233-16-4-206"))
    (change,) = told(tmp_path, golden, new)
    assert (change.before, change.after) == ("15400233-16-4-205", "15400233-16-4-206")
    assert "the customer barcode says 「15400233-16-4-206」" in change.sentence
    assert change.box is not None
    assert (change.box.x, change.box.y, change.box.w) == pytest.approx((42.3, 74.61, 7.92 * size), abs=0.5)


def test_a_customer_barcode_of_which_a_bar_is_torn_is_gone(tmp_path: Path) -> None:
    whole = postal("15400233-16-4-205", 10)
    torn = whole.replace("height='3.6000'", "height='1.2000'", 3)
    assert torn != whole
    (change,) = told(tmp_path, sheet(whole), sheet(torn))
    assert (change.kind, change.before) == ("code-gone", "15400233-16-4-205")
