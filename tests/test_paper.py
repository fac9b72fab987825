"""Measures of paper are those of the standards, and stand in one module."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from pypdf import PaperSize
from trial_runs import ROOT

from renderer.model import paper


def test_a_sheet_is_a4_in_every_unit() -> None:
    points = [length / paper.MM_PER_PT for length in paper.A4]
    assert points == pytest.approx([PaperSize.A4.width, PaperSize.A4.height], abs=0.5)
    assert [length * paper.PX_PER_MM for length in paper.A4] == pytest.approx([px * paper.PX_PER_PT for px in points])
    assert [round(length / paper.MM_PER_INCH * paper.PROOF_DPI) for length in paper.A4] == [1654, 2339]


def test_a_card_is_as_wide_and_high_as_the_standard_has_it_to_a_twentieth_of_a_millimetre() -> None:
    assert paper.CARD_FORMATS["ID-1"] == pytest.approx((85.60, 53.98), abs=0.05)


BOX = paper.Edges(10, 10, 60, 30)


@pytest.mark.parametrize(
    ("box", "over"),
    [
        (BOX, 0),
        (paper.Edges(9.5, 10, 60, 30), 0.5),
        (paper.Edges(10, 8, 60, 30), 2),
        (paper.Edges(10, 10, 60.25, 30), 0.25),
        (paper.Edges(10, 10, 60, 31), 1),
        (paper.Edges(30, 15, 31, 16), -5),
        (paper.Edges(59, 29, 61, 30.5), 1),
    ],
)
def test_a_box_reaches_over_the_edges_of_another_by_its_worst_side(box: paper.Edges, over: float) -> None:
    assert box.beyond(BOX) == pytest.approx(over)


def test_boxes_overlap_across_and_down_or_leave_a_gap() -> None:
    assert BOX.overlap(paper.Edges(50, 29, 90, 40)) == (10, 1)
    assert BOX.overlap(paper.Edges(62, 10, 90, 40)) == (-2, 20)


def test_a_box_has_the_centre_of_what_reaches_over_its_edge_by_less_than_half() -> None:
    assert BOX.has_centre_of(paper.Edges(50, 20, 69, 25))
    assert not BOX.has_centre_of(paper.Edges(50, 20, 71, 25))
    assert not BOX.has_centre_of(paper.Edges(20, 25, 30, 36))


def test_a_box_is_told_by_its_size_and_its_place() -> None:
    assert str(BOX) == "50.00 × 20.00 mm at 10.00, 10.00"


@pytest.mark.parametrize("path", sorted((ROOT / "renderer").rglob("*.py")), ids=lambda path: path.stem)
def test_no_other_module_measures_paper_by_itself(path: Path) -> None:
    numbers = {node.value for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Constant)}
    assert not numbers & {210, 297, 25.4, 85.6, 63.84, 91.77} or path.name == "paper.py"
