"""What is found between two pages by what they say and draw, without a look at a pixel; each by its right name."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pikepdf
import pytest
import qrcode
import weasyprint

from renderer.review.changes import AnyChange, Change, Repaint, changes
from renderer.review.content import reading

STYLE = """@page { size: 210mm 297mm; margin: 0 } html { font: 12pt "BIZ UDMincho"; line-height: 5mm }
p, div, img, svg { position: absolute; margin: 0; box-sizing: border-box } p { width: 80mm; left: 20mm }"""
SHEET = """<p style="top: 30mm">山田　太郎　様</p><p style="top: 50mm">ヤマダ　タカシ</p>
<p style="top: 60mm">これはべつの紙に記します。</p>
<p style="top: 70mm">この通知書は大切に保管してください。</p>
<p id=black style="top: 80mm; color: device-cmyk(0 0 0 1)">保険者番号　０６１３９９９９</p>
<div id=rule style="background: #000; left: 20mm; top: 95mm; width: 120mm; height: 0.17mm"></div>
<div id=hair style="background: #000; left: 20mm; top: 105mm; width: 120mm; height: 0.03mm"></div>
<div id=box style="border: 0.2mm solid #000; left: 20mm; top: 110mm; width: 60mm; height: 12mm"></div>
<div id=dashed style="border: 0.3mm dashed #000; left: 90mm; top: 110mm; width: 60mm; height: 12mm"></div>
<div id=round style="border: 0.3mm solid #000; border-radius: 3mm; left: 20mm; top: 130mm; width: 60mm; height: 12mm">
</div>
<div id=tint style="background: device-cmyk(0 0 0 0.2); left: 90mm; top: 130mm; width: 60mm; height: 12mm"></div>
<div id=grey style="background: #cccccc; left: 90mm; top: 150mm; width: 60mm; height: 12mm"></div>
<svg id=curve style="left: 20mm; top: 150mm" width="60mm" height="12mm" viewBox="0 0 60 12"
  ><path d="M0 12C20 0 40 12 60 0" fill="none" stroke="#000" stroke-width="0.3"/></svg>
CODE
<div id=card style="left: 100mm; top: 200mm; width: 85.6mm; height: 54mm; border: 0.2mm solid #000">
<p style="left: 3mm; top: 3mm">資格情報</p><p style="left: 3mm; top: 15mm">見本　花子</p>
<div style="background: #000; left: 3mm; top: 25mm; width: 70mm; height: 0.2mm"></div>
<div style="background: #eee; left: 3mm; top: 30mm; width: 70mm; height: 8mm"></div></div>"""


def code(payload: str) -> str:
    """Draw a QR code as one path of squares."""
    drawn = qrcode.QRCode(border=0)
    drawn.add_data(payload)
    rows = drawn.get_matrix()
    squares = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark)
    size = len(rows)
    return (
        f"<svg style='left: 150mm; top: 20mm' width='20mm' height='20mm' viewBox='0 0 {size} {size}'>"
        f"<path d='{squares}'/></svg>"
    )


SHEET = SHEET.replace("CODE", code("06139999-0012345"))


@cache
def sheet(body: str) -> bytes:
    pdf: bytes = weasyprint.HTML(string=f"<html lang=ja><style>{STYLE}</style>{body}").write_pdf()
    return pdf


def found(folder: Path, before: bytes, after: bytes) -> tuple[AnyChange, ...]:
    files = folder / "golden.pdf", folder / "new.pdf"
    for file, data in zip(files, (before, after), strict=True):
        file.write_bytes(data)
    with reading(files[0]) as golden, reading(files[1]) as new:
        return changes(golden.content(0), new.content(0))


def kinds(change: AnyChange) -> set[str]:
    return {change.kind} if isinstance(change, Repaint) else {each.kind for each in change.members}


def test_the_same_sheet_has_no_change(tmp_path: Path) -> None:
    assert found(tmp_path, sheet(SHEET), sheet(SHEET + "<!-- drawn again -->")) == ()


@pytest.mark.parametrize(
    ("was", "now", "kind", "told"),
    [
        ("タカシ", "タガシ", "text-changed", "「ヤマダ　タカシ」 became 「ヤマダ　タガシ」"),
        ("太郎", "大郎", "text-changed", "「山田　太郎　様」 became 「山田　大郎　様」"),
        ("べつ", "ぺつ", "text-changed", "became 「これはぺつの紙に記します。」"),
        ("この通知書は大切に保管してください。", "", "text-gone", "「この通知書は大切に保管してください。」 is gone"),
        ("top: 50mm", "top: 50.03mm", "text-moved", "「ヤマダ　タカシ」 moved 0.03 mm down"),
        ("top: 50mm", "top: 49.9mm", "text-moved", "「ヤマダ　タカシ」 moved 0.10 mm up"),
        ("top: 50mm", "top: 50mm; left: 20.03mm", "text-moved", "「ヤマダ　タカシ」 moved 0.03 mm right"),
        ("top: 50mm", "top: 50mm; font-size: 12.1pt", "text-resized", "is set in 12.10 pt instead of 12.00 pt"),
        ("top: 50mm", "top: 50mm; letter-spacing: 0.05mm", "text-resized", "became 0.28 mm wider"),
        ("height: 0.17mm", "height: 0.2mm", "rule-resized", "a rule became 0.03 mm thicker (0.17 → 0.20 mm)"),
        ("height: 0.03mm", "height: 0.1mm", "rule-resized", "a rule became 0.07 mm thicker (0.03 → 0.10 mm)"),
        ("left: 20mm; top: 95mm", "left: 20.03mm; top: 95mm", "rule-moved", "a rule moved 0.03 mm right"),
        ("width: 120mm; height: 0.17", "width: 119.97mm; height: 0.17", "rule-resized", "became 0.03 mm shorter"),
        (
            "left: 20mm; top: 110mm; width: 60mm",
            "left: 20mm; top: 110mm; width: 60.04mm",
            "frame-resized",
            "a frame became 0.04 mm wider",
        ),
        ("border: 0.2mm solid #000; left", "border: 0.23mm solid #000; left", "frame-resized", "0.03 mm thicker"),
        ("0.3mm dashed", "0.3mm solid", "frame-reshaped", "a frame is solid instead of dashed"),
        ("border-radius: 3mm", "border-radius: 3.1mm", "frame-reshaped", "has corners of 3.10 mm instead of 3.00 mm"),
        ("C20 0 40 12", "C20 0.1 40 12", "line-reshaped", "a line became another shape"),
        ('stroke-width="0.3"', 'stroke-width="0.32"', "line-resized", "a line became 0.02 mm thicker"),
        (
            'top: 130mm; width: 60mm; height: 12mm"></div>\n<div id=grey',
            'top: 130.03mm; width: 60mm; height: 12mm"></div>\n<div id=grey',
            "area-moved",
            "an area moved 0.03 mm down",
        ),
        ("0 0 0 0.2", "0 0 0 0.21", "ink-changed", "(C 0 M 0 Y 0 K 20) became (C 0 M 0 Y 0 K 21): an area"),
        ("#cccccc", "#c9c9c9", "ink-changed", "R 204 G 204 B 204 became R 201 G 201 B 201: an area"),
        ("top: 50mm", "top: 50mm; color: #010000", "ink-changed", "R 0 G 0 B 0 became R 1 G 0 B 0: a text"),
        (
            'id=rule style="background: #000',
            'id=rule style="background: #010000',
            "ink-changed",
            "became R 1 G 0 B 0: a rule",
        ),
        (
            "device-cmyk(0 0 0 1)",
            "#000",
            "ink-changed",
            "black of 1 ink (C 0 M 0 Y 0 K 100) became R 0 G 0 B 0: a text",
        ),
        (
            "device-cmyk(0 0 0 1)",
            "device-cmyk(1 1 1 1)",
            "ink-changed",
            "became black of 4 inks (C 100 M 100 Y 100 K 100)",
        ),
        ("top: 70mm", "top: 70mm; color: device-cmyk(1 1 1 1)", "ink-changed", "R 0 G 0 B 0 became black of 4 inks"),
        (
            "top: 70mm",
            "top: 70mm; color: rgba(0, 0, 0, 0.9)",
            "transparency-changed",
            "became R 0 G 0 B 0, 90 % opaque",
        ),
        ("CODE", "", "drawing-reshaped", "a drawing became another shape: 20.0 × 20.0 mm at 150.0, 20.0"),
        (
            '<p style="top: 70mm',
            '<p style="top: 270mm; color: #fff">控</p><p style="top: 70mm',
            "text-new",
            "「控」 is new, in white of rgb",
        ),
    ],
)
def test_a_change_is_found_and_named(tmp_path: Path, was: str, now: str, kind: str, told: str) -> None:
    other = (
        SHEET.replace(was, now) if was != "CODE" else SHEET.replace(code("06139999-0012345"), code("06139999-0012346"))
    )
    assert other != SHEET
    (change,) = found(tmp_path, sheet(SHEET), sheet(other))
    assert kinds(change) == {kind}
    assert told in str(change)


@pytest.mark.parametrize("shift", [0.03, 0.05, 0.1])
@pytest.mark.parametrize("phase", [0, 0.0254, 0.0508, 0.0762, 0.1016])
def test_a_rule_that_moved_is_found_wherever_it_stands_among_the_pixels(
    tmp_path: Path, shift: float, phase: float
) -> None:
    before, after = (SHEET.replace("top: 95mm", f"top: {95 + phase + by}mm") for by in (0, shift))
    (change,) = found(tmp_path, sheet(before), sheet(after))
    assert kinds(change) == {"rule-moved"}
    assert str(change).startswith(f"a rule moved {shift:.2f} mm down")


@pytest.mark.parametrize("shift", [0.03, 1.0])
def test_a_card_that_moved_is_one_change(tmp_path: Path, shift: float) -> None:
    (change,) = found(tmp_path, sheet(SHEET), sheet(SHEET.replace("top: 200mm", f"top: {200 - shift}mm")))
    assert kinds(change) == {"text-moved", "frame-moved", "rule-moved", "area-moved"}
    assert str(change).startswith(
        f"a frame, 2 texts, a rule and an area moved together {shift:.2f} mm up, now 85.6 × 54.0 mm"
    )


def rewritten(pdf: bytes, path: Path, before: bytes, after: bytes, **states: dict[str, object]) -> bytes:
    """Replace operators in the content of a page, which may name these graphics states."""
    path.write_bytes(pdf)
    with pikepdf.open(path, allow_overwriting_input=True) as opened:
        page = opened.pages[0]
        content = page.Contents.read_bytes()
        assert content.count(before) >= 1
        page.Contents = opened.make_stream(content.replace(before, after, 1))
        for name, state in states.items():
            page.Resources.ExtGState[f"/{name}"] = pikepdf.Dictionary(
                {f"/{key}": value for key, value in state.items()}
            )
        opened.save(path)
    return path.read_bytes()


@pytest.mark.parametrize(
    ("state", "kind", "told"),
    [
        (
            {"op": True, "OP": True},
            "overprint-changed",
            "became black of 1 ink (C 0 M 0 Y 0 K 100), overprinting: a text",
        ),
        ({"OP": True}, "overprint-changed", "became black of 1 ink (C 0 M 0 Y 0 K 100), overprinting: a text"),
        ({"op": True, "OPM": 1}, "overprint-changed", "overprinting where it has ink: a text"),
        ({"ca": 0.5}, "transparency-changed", "became black of 1 ink (C 0 M 0 Y 0 K 100), 50 % opaque: a text"),
        ({"BM": pikepdf.Name.Multiply}, "transparency-changed", "(C 0 M 0 Y 0 K 100), Multiply: a text"),
        (
            {"SMask": pikepdf.Dictionary(S=pikepdf.Name.Alpha)},
            "transparency-changed",
            "K 100), masked by alpha: a text",
        ),
        (
            {"SMask": pikepdf.Dictionary(S=pikepdf.Name.Luminosity)},
            "transparency-changed",
            "masked by luminosity: a text",
        ),
        ({"SMask": pikepdf.Dictionary(S=pikepdf.Name.Alpha, BC=[1])}, "transparency-changed", "), masked by alpha "),
        ({"HT": pikepdf.Dictionary(HalftoneType=1, Frequency=30)}, "screening-changed", "K 100), halftone "),
        ({"TR2": pikepdf.Dictionary(FunctionType=2, N=2)}, "screening-changed", "K 100), transfer function "),
        ({"TR": pikepdf.Dictionary(FunctionType=2, N=2)}, "screening-changed", "K 100), transfer function "),
        ({"BG": pikepdf.Dictionary(FunctionType=2, N=2)}, "screening-changed", "K 100), black generation "),
        ({"UCR2": pikepdf.Dictionary(FunctionType=2, N=2)}, "screening-changed", "K 100), undercolour removal "),
        ({"RI": pikepdf.Name.Saturation}, "screening-changed", "K 100), rendering intent Saturation: a text"),
        ({"FL": 90}, "screening-changed", "K 100), flatness 90: a text"),
        ({"SM": 0.5}, "screening-changed", "K 100), smoothness 0.5: a text"),
        ({"TK": False}, "screening-changed", "K 100), text knockout False: a text"),
        ({"AIS": True}, "screening-changed", "K 100), alpha as shape True: a text"),
    ],
)
def test_what_a_paint_does_to_those_below_is_found(
    tmp_path: Path, state: dict[str, object], kind: str, told: str
) -> None:
    black = b"0 0 0 1 scn"
    plain = sheet(SHEET)
    other = rewritten(plain, tmp_path / "x.pdf", black, b"/Over gs " + black, Over=state)
    (on,) = found(tmp_path, plain, other)
    assert kinds(on) == {kind}
    assert told in str(on)
    (off,) = found(tmp_path, other, plain)
    assert kinds(off) == {kind}
    assert str(off).startswith(told.split("became ")[-1].partition(":")[0]) or "became black of 1 ink" in str(off)


GROUP = pikepdf.Dictionary(S=pikepdf.Name.Transparency)


@pytest.mark.parametrize("changed", [{}, {"I": True}, {"K": True}, {"CS": pikepdf.Name.DeviceRGB}, None])
def test_how_a_form_is_blended_is_found(tmp_path: Path, changed: dict[str, object] | None) -> None:
    def in_a_form(name: str, group: pikepdf.Dictionary | None) -> bytes:
        path = tmp_path / name
        path.write_bytes(sheet(SHEET))
        with pikepdf.open(path, allow_overwriting_input=True) as pdf:
            page = pdf.pages[0]
            form = pdf.make_stream(
                page.Contents.read_bytes(), {"/Type": pikepdf.Name.XObject, "/Subtype": pikepdf.Name.Form}
            )
            form.BBox, form.Resources = page.MediaBox, page.Resources
            if group is not None:
                form.Group = group
            page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(X=form))
            page.Contents = pdf.make_stream(b"/X Do")
            pdf.save(path)
        return path.read_bytes()

    plain = in_a_form("a.pdf", GROUP)
    other = in_a_form(
        "b.pdf",
        None if changed is None else pikepdf.Dictionary({**dict(GROUP), **{f"/{k}": v for k, v in changed.items()}}),
    )
    for golden, new in ((plain, other), (other, plain)):
        told = found(tmp_path, golden, new)
        assert {kind for change in told for kind in kinds(change)} == (
            set() if changed == {} else {"transparency-changed"}
        )
        assert all("in a group" in str(change) for change in told)


@pytest.mark.parametrize(
    "state", [{"RI": pikepdf.Name.RelativeColorimetric}, {"HT": pikepdf.Name.Default}, {"TK": True}]
)
def test_what_a_device_does_anyway_may_be_written_or_not(tmp_path: Path, state: dict[str, object]) -> None:
    black, plain = b"0 0 0 1 scn", sheet(SHEET)
    assert found(tmp_path, plain, rewritten(plain, tmp_path / "x.pdf", black, b"/Over gs " + black, Over=state)) == ()


def test_a_profile_in_the_place_of_the_colours_of_the_device_is_found(tmp_path: Path) -> None:
    plain, path = sheet(SHEET), tmp_path / "x.pdf"
    path.write_bytes(plain)
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        calibrated = pikepdf.Array([pikepdf.Name.ICCBased, pdf.make_stream(b"a profile", N=4)])
        pdf.pages[0].Resources.ColorSpace = pikepdf.Dictionary(DefaultCMYK=calibrated)
        pdf.save(path)
    changes = found(tmp_path, plain, path.read_bytes())
    assert {kind for change in changes for kind in kinds(change)} == {"screening-changed"}
    black = "black of 1 ink (C 0 M 0 Y 0 K 100)"
    assert any(str(change).startswith(f"{black} became {black}, by the profile ") for change in changes)


def test_a_page_that_is_drawn_twice_is_one_change(tmp_path: Path) -> None:
    plain, path = sheet(SHEET), tmp_path / "x.pdf"
    path.write_bytes(plain)
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        content = pdf.pages[0].Contents.read_bytes()
        pdf.pages[0].Contents = pdf.make_stream(b"q " + content + b" Q q " + content + b" Q")
        pdf.save(path)
    (change,) = found(tmp_path, plain, path.read_bytes())
    assert " are drawn once more: " in str(change)
    assert {"text-new", "rule-new", "frame-new"} <= kinds(change)


def test_black_of_its_own_space_is_another_than_that_of_rgb_and_of_four_inks(tmp_path: Path) -> None:
    plain = sheet(SHEET)
    grey = rewritten(plain, tmp_path / "x.pdf", b"/DeviceCMYK cs\n0 0 0 1 scn", b"0 g")
    (change,) = found(tmp_path, grey, plain)
    assert isinstance(change, Repaint)
    assert str(change).startswith("black of 1 ink became black of 1 ink (C 0 M 0 Y 0 K 100): a text")


@pytest.mark.parametrize(("mode", "told"), [(b"3", "became no ink"), (b"2", "has lines of 0.26 mm around its letters")])
def test_a_text_that_lost_its_ink_or_became_bolder_is_found(tmp_path: Path, mode: bytes, told: str) -> None:
    plain = sheet(SHEET)
    other = rewritten(plain, tmp_path / "x.pdf", b"0 0 0 1 scn", b"0 0 0 1 scn " + mode + b" Tr")
    (change,) = found(tmp_path, plain, other)
    assert told in str(change)


def test_white_that_hides_a_text_is_found(tmp_path: Path) -> None:
    white = '<div style="background: #fff; left: 20mm; top: 50mm; width: 20mm; height: 6mm"></div>'
    (change,) = found(tmp_path, sheet(SHEET), sheet(SHEET + white))
    assert kinds(change) == {"area-new"}
    assert str(change) == "an area is new, in white of rgb: 20.0 × 6.0 mm at 20.0, 50.0"
    assert found(tmp_path, sheet(SHEET), sheet(SHEET + white.replace("top: 50mm", "top: 270mm"))) == ()


def test_a_layer_that_is_switched_off_is_found(tmp_path: Path) -> None:
    content = b"/OC /Layer BDC\n10 10 100 0.5 re f\n/Form Do\nEMC\n10 20 50 0.5 re f"
    files = tmp_path / "on.pdf", tmp_path / "off.pdf"
    for file in files:
        with pikepdf.new() as pdf:
            layer = pdf.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.OCG, Name="Varnish"))
            form = pdf.make_stream(b"200 200 50 50 re f", Subtype=pikepdf.Name.Form, BBox=[0, 0, 500, 500])
            page = pdf.add_blank_page(page_size=(595, 842))
            page.Resources = pikepdf.Dictionary(
                Properties=pikepdf.Dictionary(Layer=layer), XObject=pikepdf.Dictionary(Form=form)
            )
            page.Contents = pdf.make_stream(content)
            off = [layer] if file.stem == "off" else []
            pdf.Root.OCProperties = pikepdf.Dictionary(OCGs=[layer], D=pikepdf.Dictionary(OFF=off))
            pdf.save(file)
    gone, area = sorted(found(tmp_path, *(file.read_bytes() for file in files)), key=str, reverse=True)
    assert {kind for change in (gone, area) for kind in kinds(change)} == {"rule-gone", "area-gone"}


def test_invisible_text_that_is_new_is_found(tmp_path: Path) -> None:
    plain, more = (
        sheet(SHEET),
        sheet(SHEET.replace("CODE", "") + '<p style="top: 270mm; color: device-cmyk(0 1 0 0)">控</p>'),
    )
    other = rewritten(more, tmp_path / "x.pdf", b"0 1 0 0 scn", b"3 Tr")
    (change,) = found(tmp_path, plain, other)
    assert isinstance(change, Change)
    assert str(change).startswith("「控」 is new, in no ink: ")
