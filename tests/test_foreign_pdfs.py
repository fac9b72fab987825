"""What other programs write: against itself made again nothing is found, with one known change that and no more."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import weasyprint
from playwright.sync_api import sync_playwright
from reportlab.lib.colors import CMYKColor, CMYKColorSep
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from renderer.review.changes import AnyChange, Repaint, changes
from renderer.review.content import reading

FONTS = Path(__file__).resolve().parents[1] / "fonts"
SHEET = """<style>@page { size: 210mm 297mm; margin: 0 } html { font: 12pt "BIZ UDMincho", serif }
p, div, table { position: absolute; margin: 0; box-sizing: border-box; left: 20mm }
td { border: 0.3mm solid #000; width: 40mm; height: 7mm; padding: 0 }</style>
<p style="top: 20mm">健康保険組合からのお知らせ</p>
<p style="top: 30mm">ヤマダ　タカシ　様</p>
<table style="top: 50mm; border-collapse: collapse">
<tr><td>記号</td><td>番号</td></tr><tr><td>１２３</td><td>４５６</td></tr></table>
<div style="top: 90mm; width: 120mm; height: 2px; background: #000"></div>
<div style="top: 100mm; width: 60mm; height: 12mm; background: #cccccc"></div>
<div style="top: 120mm; width: 60mm; height: 12mm; border: 1mm solid #336699; border-radius: 3mm"></div>
<p style="top: 140mm; color: #336699">大切に保管してください。</p>"""
HTML_CHANGES = [
    ("タカシ", "タガシ", "text-changed", "「ヤマダ　タカシ　様」 became 「ヤマダ　タガシ　様」"),
    # Chromium sets boxes and lines on whole pixels of CSS.
    ("top: 30mm", "top: calc(30mm + 1px)", "text-moved", "「ヤマダ　タカシ　様」 moved 0.26 mm down"),
    ("top: 90mm", "top: calc(90mm - 1px)", "rule-moved", "a rule moved 0.26 mm up"),
    ("height: 2px", "height: 3px", "rule-resized", "a rule became 0.26 mm thicker (0.53 → 0.79 mm)"),
    ("#cccccc", "#c8c8c8", "ink-changed", "R 204 G 204 B 204 became R 200 G 200 B 200: an area"),
    ("color: #336699", "color: #336698", "ink-changed", "R 51 G 102 B 153 became R 51 G 102 B 152: a text"),
    ("<td>４５６</td>", "<td></td>", "text-gone", "「４５６」 is gone"),
]


def kinds(change: AnyChange) -> set[str]:
    return {change.kind} if isinstance(change, Repaint) else {each.kind for each in change.members}


def found(golden: Path, new: Path) -> tuple[AnyChange, ...]:
    with reading(golden) as before, reading(new) as after:
        return changes(before.content(0), after.content(0))


@pytest.fixture(scope="module")
def chromium() -> Iterator[Callable[[str, Path], Path]]:
    with browser() as print_sheet:
        yield print_sheet


@contextmanager
def browser() -> Iterator[Callable[[str, Path], Path]]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        page = opened.new_page()

        def print_sheet(body: str, path: Path) -> Path:
            page.set_content(body)
            page.pdf(path=path, prefer_css_page_size=True, print_background=True)
            return path

        yield print_sheet
        opened.close()


@pytest.mark.parametrize(("was", "now", "kind", "told"), HTML_CHANGES)
def test_a_change_in_a_pdf_of_chromium_is_found_and_nothing_else(
    chromium: Callable[[str, Path], Path], tmp_path: Path, was: str, now: str, kind: str, told: str
) -> None:
    golden = chromium(SHEET, tmp_path / "golden.pdf")
    assert found(golden, chromium(SHEET, tmp_path / "again.pdf")) == ()
    (change,) = found(golden, chromium(SHEET.replace(was, now), tmp_path / "new.pdf"))
    assert kinds(change) == {kind}
    assert str(change).startswith(told)


DRAWING = """<?xml version="1.0" encoding="UTF-8"?>
<office:document office:version="1.3" office:mimetype="application/vnd.oasis.opendocument.graphics"
 xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"
 xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0"
 xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0"
 xmlns:svg="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0">
<office:font-face-decls><style:font-face style:name="mincho" svg:font-family="'BIZ UDMincho'"/></office:font-face-decls>
<office:automatic-styles>
<style:page-layout style:name="A4">
<style:page-layout-properties fo:page-width="210mm" fo:page-height="297mm" fo:margin="0mm"/></style:page-layout>
<style:style style:name="frame" style:family="graphic"><style:graphic-properties draw:stroke="none" draw:fill="none"
 fo:padding="0mm"/></style:style>
<style:style style:name="black" style:family="paragraph"><style:text-properties fo:font-size="12pt"
 style:font-size-asian="12pt" style:font-name="mincho" style:font-name-asian="mincho"/></style:style>
<style:style style:name="blue" style:family="paragraph"><style:text-properties fo:font-size="12pt"
 style:font-size-asian="12pt" style:font-name="mincho" style:font-name-asian="mincho" fo:color="#336699"/></style:style>
<style:style style:name="rule" style:family="graphic"><style:graphic-properties svg:stroke-width="0.5mm"
 svg:stroke-color="#000000"/></style:style>
<style:style style:name="area" style:family="graphic"><style:graphic-properties draw:stroke="none" draw:fill="solid"
 draw:fill-color="#cccccc"/></style:style>
</office:automatic-styles>
<office:master-styles><style:master-page style:name="only" style:page-layout-name="A4"/></office:master-styles>
<office:body><office:drawing><draw:page draw:name="1" draw:master-page-name="only">
<draw:frame draw:style-name="frame" svg:x="20mm" svg:y="20mm" svg:width="120mm" svg:height="8mm">
<draw:text-box><text:p text:style-name="black">健康保険組合からのお知らせ</text:p></draw:text-box></draw:frame>
<draw:frame draw:style-name="frame" svg:x="20mm" svg:y="30mm" svg:width="120mm" svg:height="8mm">
<draw:text-box><text:p text:style-name="black">ヤマダ　タカシ　様</text:p></draw:text-box></draw:frame>
<draw:line draw:style-name="rule" svg:x1="20mm" svg:y1="90mm" svg:x2="140mm" svg:y2="90mm"/>
<draw:rect draw:style-name="area" svg:x="20mm" svg:y="100mm" svg:width="60mm" svg:height="12mm"/>
<draw:frame draw:style-name="frame" svg:x="20mm" svg:y="140mm" svg:width="120mm" svg:height="8mm">
<draw:text-box><text:p text:style-name="blue">大切に保管してください。</text:p></draw:text-box></draw:frame>
</draw:page></office:drawing></office:body></office:document>"""


def libreoffice(drawing: str, path: Path) -> Path:
    """Let LibreOffice print a drawing, with the fonts of the project and a profile of its own."""
    source = path.with_suffix(".fodg")
    source.write_text(drawing, "utf-8")
    profile = f"-env:UserInstallation={(path.parent / 'profile').as_uri()}"
    command = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", path.parent, source]
    environment = {**os.environ, "HOME": str(path.parent), "FONTCONFIG_FILE": str(FONTS / "fonts.conf")}
    subprocess.run(command, env=environment, check=True, capture_output=True, timeout=120)
    return path


@pytest.mark.parametrize(
    ("was", "now", "kind", "told"),
    [
        ("タカシ", "タガシ", "text-changed", "「ヤマダ　タカシ　様」 became 「ヤマダ　タガシ　様」"),
        # LibreOffice writes the places of texts to the tenth of a point: what it moves by is its own matter.
        ('svg:y="30mm"', 'svg:y="30.1mm"', "text-moved", "「ヤマダ　タカシ　様」 moved 0."),
        ("90mm", "90.1mm", "rule-moved", "a rule moved 0.10 mm down"),
        ('"0.5mm"', '"0.6mm"', "rule-resized", "a rule became 0.10 mm thicker (0.50 → 0.60 mm)"),
        ('"60mm"', '"60.1mm"', "area-resized", "an area became 0.10 mm wider (60.00 → 60.10 mm)"),
        ("#cccccc", "#c8c8c8", "ink-changed", "R 204 G 204 B 204 became R 200 G 200 B 200: an area"),
        ("#336699", "#336698", "ink-changed", "R 51 G 102 B 153 became R 51 G 102 B 152: a text"),
        ("大切に保管してください。", "", "text-gone", "「大切に保管してください。」 is gone"),
    ],
)
def test_a_change_in_a_pdf_of_libreoffice_is_found_and_nothing_else(
    tmp_path: Path, was: str, now: str, kind: str, told: str
) -> None:
    golden = libreoffice(DRAWING, tmp_path / "golden.pdf")
    assert found(golden, libreoffice(DRAWING, tmp_path / "again.pdf")) == ()
    (change,) = found(golden, libreoffice(DRAWING.replace(was, now), tmp_path / "new.pdf"))
    assert kinds(change) == {kind}
    assert str(change).startswith(told)


def ghostscript(body: str, path: Path) -> Path:
    made = path.with_suffix(".weasyprint.pdf")
    weasyprint.HTML(string=body).write_pdf(made)
    subprocess.run(["gs", "-q", "-dNOPAUSE", "-dBATCH", "-sDEVICE=pdfwrite", f"-sOutputFile={path}", made], check=True)
    return path


@pytest.mark.parametrize(("was", "now", "kind", "told"), HTML_CHANGES)
def test_a_change_in_a_pdf_of_ghostscript_is_found_and_nothing_else(
    tmp_path: Path, was: str, now: str, kind: str, told: str
) -> None:
    golden = ghostscript(SHEET, tmp_path / "golden.pdf")
    assert found(golden, ghostscript(SHEET, tmp_path / "again.pdf")) == ()
    (change,) = found(golden, ghostscript(SHEET.replace(was, now), tmp_path / "new.pdf"))
    assert kinds(change) == {kind}
    assert str(change).startswith(told)


def test_a_pdf_that_ghostscript_wrote_anew_says_and_draws_the_same(tmp_path: Path) -> None:
    again = ghostscript(SHEET, tmp_path / "golden.pdf")
    assert list(found(tmp_path / "golden.weasyprint.pdf", again)) == []


@dataclass(frozen=True)
class Drawing:
    """A page by ReportLab, in mm from its lower left corner."""

    name: str = "山田　太郎　様"
    number: str = "No. 06139999"
    count_at: float = 60
    size: float = 10
    thickness: float = 0.1
    rule_end: float = 140
    line_end: float = 220
    dash: tuple[int, int] = (3, 2)
    corner: float = 3
    spot: str = "Gold"
    density: float = 0.5
    circle_at: float = 186
    radius: float = 6
    overprint: bool = True

    def write(self, path: Path) -> Path:
        pdfmetrics.registerFont(UnicodeCIDFont("HeiseiMin-W3"))
        canvas = Canvas(str(path), pagesize=(210 * mm, 297 * mm))
        canvas.scale(mm, mm)
        canvas.setFont("HeiseiMin-W3", 4)
        canvas.drawString(20, 260, self.name)
        canvas.setFont("Helvetica", self.size / mm)
        canvas.drawString(20, 250, self.number)
        canvas.drawString(self.count_at, 250, "1 / 2")
        canvas.setLineWidth(self.thickness)
        canvas.line(20, 240, self.rule_end, 240)
        canvas.setLineWidth(0.3)
        canvas.line(20, 230, 140, self.line_end)
        canvas.setDash(*self.dash)
        canvas.rect(20, 200, 60, 12)
        canvas.setDash()
        canvas.setStrokeColor(CMYKColor(0, 0, 0, 1))
        canvas.roundRect(90, 200, 60, 12, self.corner)
        canvas.setFillColor(CMYKColorSep(0, 0.2, 0.8, 0, spotName=self.spot, density=self.density))
        canvas.rect(20, 180, 60, 12, stroke=0, fill=1)
        canvas.setFillColor(CMYKColor(0, 0, 0, 0.2))
        canvas.circle(120, self.circle_at, self.radius, stroke=0, fill=1)
        canvas.setFillColor(CMYKColor(0, 0, 0, 1))
        canvas.setFillOverprint(self.overprint)
        canvas.rect(25, 182, 10, 8, stroke=0, fill=1)
        canvas.save()
        return path


BLACK = "black of 1 ink (C 0 M 0 Y 0 K 100)"


@pytest.mark.parametrize(
    ("change", "kind", "told"),
    [
        ({"name": "山田　大郎　様"}, "text-changed", "「山田　太郎　様」 became 「山田　大郎　様」"),
        ({"number": "No. 06139998"}, "text-changed", "「No. 06139999」 became 「No. 06139998」"),
        ({"count_at": 60.03}, "text-moved", "「1 / 2」 moved 0.03 mm right"),
        ({"size": 10.1}, "text-resized", "2 texts are set in 10.10 pt instead of 10.00 pt"),
        ({"thickness": 0.12}, "rule-resized", "a rule became 0.02 mm thicker (0.10 → 0.12 mm)"),
        ({"rule_end": 140.04}, "rule-resized", "a rule became 0.04 mm longer"),
        ({"line_end": 220.02}, "line-resized", "a line became 0.02 mm lower"),
        ({"dash": (3, 3)}, "frame-reshaped", "a frame is dashed (3.00 3.00 mm) instead of dashed (3.00 2.00 mm)"),
        ({"corner": 3.02}, "frame-reshaped", "a frame has corners of 3.02 mm instead of 3.00 mm"),
        ({"density": 0.51}, "ink-changed", "Gold 50 % became Gold 51 %: an area"),
        ({"spot": "Silver"}, "ink-changed", "Gold 50 % became Silver 50 %: an area"),
        ({"circle_at": 186.03}, "area-moved", "an area moved 0.03 mm up"),
        ({"radius": 6.03}, "area-resized", "an area became 0.06 mm wider"),
        ({"overprint": False}, "overprint-changed", f"{BLACK}, overprinting became {BLACK}: an area"),
    ],
)
def test_a_change_in_a_pdf_of_reportlab_is_found_and_nothing_else(
    tmp_path: Path, change: dict[str, Any], kind: str, told: str
) -> None:
    golden = Drawing().write(tmp_path / "golden.pdf")
    assert found(golden, Drawing().write(tmp_path / "again.pdf")) == ()
    (only,) = found(golden, Drawing(**change).write(tmp_path / "new.pdf"))
    assert kinds(only) == {kind}
    assert told in str(only)
