"""A proof from elsewhere: how far it lies elsewhere as a whole is estimated and said, and taken out only by a rule."""

from __future__ import annotations

from pathlib import Path

import pikepdf
import pytest
import weasyprint
from typer.testing import CliRunner

from renderer.cli.main import app
from renderer.review.placement import Offset, offset_between, take_out
from renderer.review.tolerance import Placement

MM = 72 / 25.4
STYLE = """@page { size: A5; margin: 0 } html { font: 10.5pt "BIZ UDGothic"; line-height: 6mm }
p { position: absolute; margin: 0; width: 60mm }
i { position: absolute; top: 100mm; left: 20mm; width: 80mm; height: 40mm; border: 0.3mm solid }"""
TEXTS = (
    "資格情報のお知らせ",
    "見本　花子　様",
    "記号",
    "番号",
    "昭和30年6月7日",
    "大切に保管してください。",
    "様",
    "様",
)


def written(path: Path, moved: dict[int, float] | None = None) -> Path:
    """Write eight texts, some of them so many mm further down, and a frame."""
    places = [(12 + 9 * at + (moved or {}).get(at, 0.0), 15 + 60 * (at % 2)) for at in range(len(TEXTS))]
    body = "".join(f'<p style="top: {y}mm; left: {x}mm">{text}' for text, (y, x) in zip(TEXTS, places, strict=True))
    weasyprint.HTML(string=f"<html lang=ja><style>{STYLE}</style>{body}<i></i>").write_pdf(path)
    return path


def laid_elsewhere(pdf: Path, out: Path, right: float, down: float, wide: float, high: float) -> Path:
    """Lay all that a page draws elsewhere, by so many mm from its upper left corner and so many times as large."""
    with pikepdf.open(pdf) as file:
        page = file.pages[0]
        top = float(page.mediabox[3])
        page.contents_add(f"q {wide} 0 0 {high} {right * MM} {top * (1 - high) - down * MM} cm".encode(), prepend=True)
        page.contents_add(b"Q")
        file.save(out)
    return out


@pytest.mark.parametrize(
    ("right", "down", "wide", "high", "said"),
    [
        (0.42, 0.0, 0.997, 1.0, "0.42 mm right, 99.70% as wide"),
        (-0.3, -1.25, 1.0, 1.0, "0.30 mm left, 1.25 mm up"),
        (0.0, 0.0, 1.004, 1.004, "100.40% as large"),
        (0.5, 0.5, 1.001, 0.999, "0.50 mm right, 0.50 mm down, 100.10% as wide, 99.90% as high"),
        (0.0, 0.0, 1.0, 1.0, ""),
    ],
)
def test_offset_and_scale_are_found_though_some_texts_moved_by_themselves(
    tmp_path: Path, right: float, down: float, wide: float, high: float, said: str
) -> None:
    golden, new = written(tmp_path / "golden.pdf"), written(tmp_path / "new.pdf", {1: 2.0})
    found = offset_between(golden, laid_elsewhere(new, tmp_path / "proof.pdf", right, down, wide, high))
    assert str(found) == said
    assert (found.right, found.down) == pytest.approx((right, down), abs=0.005)
    assert (found.wide, found.high) == pytest.approx((wide, high), abs=0.0001)


def test_where_half_of_the_texts_moved_no_offset_is_taken_for_that_of_the_file(tmp_path: Path) -> None:
    new = written(tmp_path / "new.pdf", {0: 1.0, 1: 1.0, 2: 1.0})
    assert offset_between(written(tmp_path / "golden.pdf"), new).is_none


@pytest.mark.parametrize("box", [None, (10, 20, 400, 560)])
def test_a_file_that_is_laid_back_lies_where_the_golden_does(tmp_path: Path, box: tuple[int, ...] | None) -> None:
    golden = written(tmp_path / "golden.pdf")
    if box:
        with pikepdf.open(golden, allow_overwriting_input=True) as file:
            file.pages[0].cropbox = pikepdf.Array(box)
            file.save()
    proof = laid_elsewhere(golden, tmp_path / "proof.pdf", 0.7, -0.4, 0.996, 1.003)
    offset = offset_between(golden, proof)
    assert not offset.is_none
    assert offset_between(golden, take_out(proof, offset, tmp_path / "back.pdf")).is_none


@pytest.mark.parametrize(
    ("offset", "within"),
    [
        (Offset(0.9, -0.9, 1.0, 1.0), True),
        (Offset(0.0, -1.1, 1.0, 1.0), False),
        (Offset(0.0, 0.0, 0.995, 1.005), True),
        (Offset(0.0, 0.0, 1.0, 0.98), False),
    ],
)
def test_limits_hold_for_each_direction(offset: Offset, within: bool) -> None:
    assert offset.within(Placement(1.0, 0.01)) == within


def test_the_command_says_where_a_proof_lies_and_takes_it_out_by_rule_alone(tmp_path: Path) -> None:
    golden = written(tmp_path / "golden.pdf")
    proof = laid_elsewhere(written(tmp_path / "new.pdf", {3: 2.0}), tmp_path / "proof.pdf", 0.5, 0.0, 1.0, 1.0)
    compare = ["compare", str(golden), str(proof)]
    plain = CliRunner().invoke(app, compare).output
    assert "the new file is 0.50 mm right\n" in plain
    assert "moved together 0.50 mm right" in plain
    toml = tmp_path / "compare.toml"
    toml.write_text("[placement]\nestimate = true\n", encoding="utf-8")
    told = CliRunner().invoke(app, [*compare, "--tolerance", str(toml)])
    assert told.exit_code == 5
    assert "the new file is 0.50 mm right: taken out by [placement]" in told.output
    assert "「番号」 moved 2.00 mm down" in told.output
    assert "moved together" not in told.output
    toml.write_text("[placement]\nestimate = true\nmost_offset = 0.4\n", encoding="utf-8")
    refused = CliRunner().invoke(app, [*compare, "--tolerance", str(toml)]).output
    assert "the new file is 0.50 mm right: more than [placement] takes out" in refused
    assert "moved together 0.50 mm right" in refused
    toml.write_text("[placement]\nestimate = false\n", encoding="utf-8")
    assert CliRunner().invoke(app, [*compare, "--tolerance", str(toml)]).output == plain
