"""The title of a sheet is not seen through the window, however far the sheet slides in the insurer's envelope."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from small_layouts import FIXED, SLOT, rules, small_layout
from trial_runs import FIXTURES

from renderer.desk.lint import lint_quickly
from renderer.intake.insurerfile import load_insurer
from renderer.layout.load import Fixed
from renderer.model.errors import BadJob
from renderer.model.insurer import Insurer
from renderer.model.paper import ENVELOPES, LONG_3, EnvelopeSize

WINDOW = "window = { x = 20, y = 15, w = 95, h = 45 }"


def told(tmp_path: Path, top: float, envelope: EnvelopeSize = LONG_3, left: float = 20) -> list[tuple[str, str, str]]:
    """What lint says of a title of 10 mm whose letters fill all of its height."""
    css = f"h1 {{ position: absolute; margin: 0; left: {left}mm; top: {top}mm; width: 80mm; height: 10mm; "
    css += "line-height: 10mm; font-family: 'BIZ UDPGothic'; font-weight: 400; font-size: 10mm }" + rules("name")
    title = f'title = {{ x = {left}, y = {top}, w = 80, h = 10, element = "h1" }}'
    layout = small_layout(
        tmp_path, f"<h1>資格国</h1>{SLOT}", css, regions=f"{{ {WINDOW}, {title} }}", fold_lines="[99, 198]"
    )
    fixed: Fixed = replace(FIXED, insurer=replace(FIXED.insurer, envelope=envelope))
    return [(one.code, one.sentence, one.action) for one in lint_quickly(layout, fixed, {"name": ["山"]}).faults]


def test_a_title_that_slides_into_the_window_is_a_fault_with_its_millimetres(tmp_path: Path) -> None:
    """長3 lets a third of A4 slide 10.5 mm down: what stands above 60 + 10.5 can be seen."""
    ((code, sentence, action),) = told(tmp_path, 68)
    assert code == "title-in-window"
    shown = float(sentence.split()[3])
    assert 1.5 < shown <= 2.5, "the letters begin a little under the upper edge of their line"
    assert "(長3)" in sentence
    assert f"by {shown:.1f} mm" in action
    assert told(tmp_path, 68 + shown + 0.05) == []


@pytest.mark.parametrize(
    ("top", "envelope", "is_seen"),
    [
        (62, EnvelopeSize("tight", 220, 101), False),  # 1 mm down
        (62, LONG_3, True),
        (72, LONG_3, False),
        (72, EnvelopeSize("wide", 240, 130), True),  # 15.5 mm down
    ],
)
def test_the_envelope_of_the_insurer_decides(tmp_path: Path, top: float, envelope: EnvelopeSize, is_seen: bool) -> None:
    assert [code for code, _, _ in told(tmp_path, top, envelope)] == ["title-in-window"] * is_seen


def test_a_title_beside_the_window_is_not_seen_however_high_it_stands(tmp_path: Path) -> None:
    assert told(tmp_path, 40, left=129) == []  # the window ends at 115, and slides 12.5
    assert told(tmp_path, 40, left=125) != []


# The insurer file


def insurer(tmp_path: Path, line: str) -> Insurer:
    text = (FIXTURES / "examples" / "insurer.toml").read_text("utf-8")
    (tmp_path / "seal.png").write_bytes((FIXTURES / "examples" / "seal.png").read_bytes())
    head, _, tables = text.partition("[")
    (tmp_path / "insurer.toml").write_text(f"{head}{line}\n[{tables}", "utf-8")
    return load_insurer(tmp_path / "insurer.toml")


@pytest.mark.parametrize(
    ("line", "envelope"),
    [
        ("", LONG_3),
        ('envelope = "長形3号"', LONG_3),
        ('envelope = "洋長3"', EnvelopeSize("洋長3", 235, 120)),
        ("envelope = [240, 125.5]", EnvelopeSize("240 × 125.5 mm", 240, 125.5)),
    ],
)
def test_an_envelope_is_named_or_measured(tmp_path: Path, line: str, envelope: EnvelopeSize) -> None:
    assert insurer(tmp_path, line).envelope == envelope


@pytest.mark.parametrize("value", ['"長4"', "[120, 235]", "[240, 98]", "[240]", '["240", 125]', "235", "[true, 120]"])
def test_an_envelope_that_is_none_or_too_small_is_refused(tmp_path: Path, value: str) -> None:
    with pytest.raises(BadJob, match=r'key "envelope".*: must be one of 長3, .* at least \[210, 99\]'):
        insurer(tmp_path, f"envelope = {value}")


def test_each_known_envelope_takes_a_third_of_a4() -> None:
    assert {size.name for size in ENVELOPES.values()} <= set(ENVELOPES)
    assert all(size.width > 210 and size.height > 99 for size in ENVELOPES.values())
