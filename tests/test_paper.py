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


@pytest.mark.parametrize("path", sorted((ROOT / "renderer").rglob("*.py")), ids=lambda path: path.stem)
def test_no_other_module_measures_paper_by_itself(path: Path) -> None:
    numbers = {node.value for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Constant)}
    assert not numbers & {210, 297, 25.4, 85.6, 63.84, 91.77} or path.name == "paper.py"
