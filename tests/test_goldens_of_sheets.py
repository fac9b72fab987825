"""Every sheet a person approved is still drawn as it was, to the byte and to the pixel; there is no off switch."""

from __future__ import annotations

import shutil

import pytest
from trial_runs import ROOT, share_plates

from renderer.desk.golden_cases import EXTREMES, golden_cases
from renderer.layout.load import LAYOUTS, load_layout
from renderer.press.fonts import FONTS
from renderer.review.golden_files import CAP, Case
from renderer.review.goldens import check
from renderer.review.junit import write_junit
from renderer.review.made_with import made_with

GOLDENS = ROOT / "tests" / "goldens"
REPORT = ROOT / "build" / "goldens"
"""What CI keeps: what changed, in pictures, and the outcome for machines."""


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> list[Case]:
    return list(golden_cases(share_plates(tmp_path_factory.mktemp("goldens") / "outbox")))


def test_every_sheet_is_as_it_was_approved(cases: list[Case]) -> None:
    shutil.rmtree(REPORT, ignore_errors=True)
    checked = check(GOLDENS, cases, made_with(FONTS), REPORT)
    REPORT.mkdir(parents=True, exist_ok=True)
    (REPORT / "junit.xml").write_text(write_junit(checked), "utf-8")
    assert checked.same, "\n".join(map(str, checked.findings))


def test_every_layout_of_the_project_has_goldens(cases: list[Case]) -> None:
    assert {case.layout for case in cases} == {path.parent.name for path in LAYOUTS.glob("*/layout.toml")}


@pytest.mark.parametrize("document", ["eligibility_notice", "eligibility_certificate"])
def test_a_document_has_a_golden_of_every_variant_and_of_every_extreme(cases: list[Case], document: str) -> None:
    names = [case.name for case in cases if case.layout == document]
    assert len(set(names)) == len(names)
    typical = [name for name in names if name.startswith("typical-")]
    assert len(typical) == len(list(load_layout(document).variants()))
    assert set(EXTREMES) <= set(names)


def test_goldens_are_small_together() -> None:
    sizes = [path.stat().st_size for path in GOLDENS.rglob("*") if path.is_file()]
    assert sum(sizes) <= 8_000_000
    assert max(sizes) <= 2 * CAP
