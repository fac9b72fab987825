"""A scan of a print is laid over its PDF, and what the paper shows otherwise is told; what a scanner does is not."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
import weasyprint
from PIL import Image
from typer.testing import CliRunner

from renderer.cli.main import app
from renderer.model.errors import BadBatch
from renderer.proof.pixels import opened
from renderer.review.align import grey, laid_over
from renderer.review.scans import SCAN_DPI, ScanComparison, compare_scan

SIZE = (105, 148)
"""mm; a quarter of a sheet, so that each test takes a second."""
STYLE = """@page { size: A6; margin: 0 } html { font: 10.5pt "BIZ UDGothic"; line-height: 6mm }
p { position: absolute; margin: 0; width: 85mm; left: 12mm } b { font: 8pt "BIZ UDMincho" }
table { position: absolute; top: 70mm; left: 12mm; border-collapse: collapse } td { border: 0.2mm solid; width: 38mm }
i { position: absolute; left: 12mm; top: 120mm; width: 30mm; height: 12mm }"""
SHEET = """<p style="top: 12mm">資格情報のお知らせ</p><p style="top: 24mm">見本　花子　様</p>
<p style="top: 36mm"><b>ハツタ　カホコ</b></p><p style="top: 48mm">この通知書は大切に保管してください。</p>
<table><tr><td>記号<td>番号<tr><td>116<td>4207<tr><td>生年月日<td>昭和30年6月7日</table>
<i style='background: #ddd'></i>"""


def written(path: Path, *bodies: str) -> Path:
    pages = "".join(f'<div style="break-after: page">{body}</div>' for body in bodies)
    weasyprint.HTML(string=f"<html lang=ja><style>{STYLE}</style>{pages}").write_pdf(path)
    return path


def scanned(pdf: Path, seed: int, *, page: int = 0, skew: float | None = None, quarters: int = 0) -> Image.Image:
    """Scan a page: turned by up to 1°, shifted by up to 2 mm, blurred, of another gamma, noisy."""
    random = np.random.default_rng(seed)
    with opened(pdf) as document:
        drawn = np.asarray(document.pixels(page, 2 * SCAN_DPI), np.float32) / 255
    angle = random.uniform(-1, 1) if skew is None else skew
    height, width = (side // 2 for side in drawn.shape)
    matrix = cv2.getRotationMatrix2D((width, height), -angle, 0.5)
    matrix[:, 2] += random.uniform(-2, 2, 2) * SCAN_DPI / 25.4 - (width / 2, height / 2)
    seen = cv2.warpAffine(cv2.GaussianBlur(drawn, (0, 0), 1.6), matrix, (width, height), borderValue=1.0)
    toned = 12 + 235 * np.clip(seen, 0, 1) ** random.uniform(0.7, 1.4) + random.normal(0, 5, seen.shape)
    image = Image.fromarray(np.clip(np.rint(toned), 0, 255).astype(np.uint8))
    return image.rotate(90 * quarters, expand=True)


def compared(folder: Path, before: str, after: str, seed: int) -> ScanComparison:
    golden, printed = written(folder / "golden.pdf", before), written(folder / "printed.pdf", after)
    scanned(printed, seed).save(folder / "scan.png", dpi=(SCAN_DPI, SCAN_DPI))
    return compare_scan(golden, folder / "scan.png")


@pytest.mark.parametrize("seed", range(4))
def test_the_print_of_a_pdf_is_the_same_however_it_lay_on_the_glass(tmp_path: Path, seed: int) -> None:
    assert [record.sentence for record in compared(tmp_path, SHEET, SHEET, seed).records] == []


@pytest.mark.parametrize("mm", [0.3, 0.5, 1.0])
def test_a_line_that_lies_elsewhere_is_told_with_its_text(tmp_path: Path, mm: float) -> None:
    moved = SHEET.replace("top: 24mm", f"top: {24 + mm}mm")
    records = compared(tmp_path, SHEET, moved, seed=5).records
    assert records
    assert {record.kind for record in records} == {"scan-differs"}
    assert all("「見本　花子　様」" in record.sentence for record in records)
    assert all(record.box and 23 < record.box.y < 30 for record in records)


@pytest.mark.parametrize(("before", "after"), [("ハツタ", "バツタ"), ("カホコ", "ガホコ"), ("カホコ", "カボコ")])
def test_one_dakuten_more_in_small_type_is_told(tmp_path: Path, before: str, after: str) -> None:
    (record,) = compared(tmp_path, SHEET, SHEET.replace(before, after), seed=6).records
    assert record.sentence.startswith("page 1: the paper has more ink: ")
    assert record.before == "「ハツタ　カホコ」"


def test_a_difference_is_told_at_the_text_it_is_of_and_not_at_the_line_above(tmp_path: Path) -> None:
    lines = SHEET + "<p style='top: 110mm'>福岡県北九州市八幡西区</p><p style='top: 114.2mm'>ククテテ</p>"
    (record,) = compared(tmp_path, lines, lines.replace("クク", "クグ"), seed=16).records
    assert record.before == "「ククテテ」"


def test_a_dakuten_that_the_press_lost_is_less_ink(tmp_path: Path) -> None:
    (record,) = compared(tmp_path, SHEET.replace("ハツタ", "バツタ"), SHEET, seed=7).records
    assert record.sentence.startswith("page 1: the paper has less ink: ")


def test_a_tint_and_a_rule_that_are_gone_are_told(tmp_path: Path) -> None:
    (tint,) = compared(tmp_path, SHEET, SHEET.replace("#ddd", "#fff"), seed=8).records
    assert tint.box is not None
    assert tint.box.w == pytest.approx(30, abs=0.5)
    assert tint.box.h == pytest.approx(12, abs=0.5)
    (rule,) = compared(
        tmp_path, SHEET + "<p style='top: 110mm; border-bottom: 0.2mm solid'></p>", SHEET, seed=9
    ).records
    assert rule.box is not None
    assert rule.box.w > 80


@pytest.mark.parametrize(("skew", "quarters"), [(-1.0, 0), (1.0, 2), (2.5, 1), (-2.5, 3)])
def test_how_a_scan_lies_is_found_to_a_hundredth_of_a_degree(tmp_path: Path, skew: float, quarters: int) -> None:
    pdf = written(tmp_path / "x.pdf", SHEET)
    with opened(pdf) as document:
        golden = grey(document.pixels(0, SCAN_DPI))
    placing = laid_over(golden, grey(scanned(pdf, 10, skew=skew, quarters=quarters)), SCAN_DPI)
    turned = (placing.turn - skew + 90 * quarters + 180) % 360 - 180
    assert abs(turned) < 0.01
    assert placing.scale == pytest.approx((1, 1), abs=0.0005)
    assert placing.alike > 0.9


def test_pages_are_compared_in_order_and_those_of_one_alone_are_told(tmp_path: Path) -> None:
    golden = written(tmp_path / "golden.pdf", SHEET, SHEET.replace("花子", "太郎"), SHEET)
    pages = [scanned(golden, 11, page=page) for page in range(2)]
    pages[0].save(tmp_path / "scan.tif", save_all=True, append_images=pages[1:], dpi=(SCAN_DPI, SCAN_DPI))
    found = compare_scan(golden, tmp_path / "scan.tif")
    assert [record.sentence for record in found.records] == ["page 3: was not scanned"]
    assert len(list(found.placings())) == 2


def test_a_scan_of_something_else_is_said_to_be_that(tmp_path: Path) -> None:
    (record,) = compared(tmp_path, SHEET, "<i style='width: 90mm; left: 5mm; height: 70mm'></i>", seed=12).records
    assert record.kind == "scan-unlike"


def test_a_scan_that_is_too_coarse_or_none_is_refused(tmp_path: Path) -> None:
    golden = written(tmp_path / "golden.pdf", SHEET)
    scanned(golden, 13).resize((413, 583)).save(tmp_path / "coarse.png", dpi=(100, 100))
    with pytest.raises(BadBatch, match=r"coarse\.png has 100 dpi; scan it again with 300"):
        compare_scan(golden, tmp_path / "coarse.png")
    (tmp_path / "none.png").write_text("no picture")
    with pytest.raises(BadBatch, match=r"none\.png cannot be opened as a scan"):
        compare_scan(golden, tmp_path / "none.png")


def test_a_finer_scan_and_one_that_does_not_say_how_fine_it_is_are_taken(tmp_path: Path) -> None:
    golden = written(tmp_path / "golden.pdf", SHEET)
    scan = scanned(golden, 14)
    scan.resize((2 * scan.width, 2 * scan.height)).save(tmp_path / "fine.png", dpi=(2 * SCAN_DPI, 2 * SCAN_DPI))
    scan.save(tmp_path / "silent.png")
    for name in ("fine.png", "silent.png"):
        assert not compare_scan(golden, tmp_path / name).records


def test_the_command_says_how_the_scan_lay_what_differs_and_what_a_rule_passes_over(tmp_path: Path) -> None:
    compared(tmp_path, SHEET, SHEET.replace("ハツタ", "バツタ"), seed=6)
    command = ["compare", str(tmp_path / "golden.pdf"), str(tmp_path / "scan.png"), "--scan"]
    told = CliRunner().invoke(app, command)
    assert told.exit_code == 5
    assert "page 1: the scan is turned" in told.output
    assert "at 「ハツタ　カホコ」" in told.output
    ignoring = CliRunner().invoke(app, [*command, "--ignore", "10,34,90,9", "--json"])
    facts = json.loads(ignoring.output)
    assert ignoring.exit_code == 0
    assert facts["same"]
    assert facts["tolerance"] == ["1 change ignored by --ignore 10,34,90,9"]
    assert [change["ignored_by"] for change in facts["changes"]] == ["--ignore 10,34,90,9"]


def test_without_opencv_only_scans_are_refused_and_it_is_said_what_to_install(tmp_path: Path) -> None:
    compared(tmp_path, SHEET, SHEET, seed=15)
    hidden = "import sys; sys.modules['cv2'] = None; from renderer.cli.main import main; main()"
    files = [str(tmp_path / "golden.pdf"), str(tmp_path / "golden.pdf")]
    plain, scan = (
        subprocess.run([sys.executable, "-c", hidden, "compare", *files, *more], capture_output=True, text=True)
        for more in ((), ("--scan",))
    )
    assert plain.returncode == 0
    assert scan.returncode == 4
    assert "install renderer[scan]" in scan.stderr
