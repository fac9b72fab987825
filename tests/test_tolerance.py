"""What compare.toml and options pass over, and nothing else; each rule is named, and so is one that finds nothing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renderer.model.errors import BadJob
from renderer.proof.pixels import Box
from renderer.review.records import ChangeRecord
from renderer.review.tolerance import Tolerance, load_tolerance, tolerance_of

MOVED = ChangeRecord(
    kind="text-moved",
    page=1,
    golden_page=1,
    record=None,
    box=Box(30, 40, 20, 4),
    before="「見本」",
    after="「見本」",
    vector=(0.04, -0.03),
    region="address",
    slot=None,
    group=None,
    ignored_by=None,
    sentence="page 1: 「見本」 moved 0.04 mm right, 0.03 mm up",
)
CHANGED = replace(MOVED, kind="text-changed", vector=None, after="「本見」")
INK = replace(CHANGED, kind="ink-changed", box=Box(10, 10, 50, 5), region=None, ink=0.01)
PIXELS = replace(CHANGED, kind="pixels", box=Box(12, 11, 3, 2), region=None, before=None, after=None)


def rules(folder: Path, text: str) -> Tolerance:
    path = folder / "compare.toml"
    path.write_text(text, encoding="utf-8")
    return load_tolerance(path)


def ignored(tolerance: Tolerance, *changes: ChangeRecord) -> list[str | None]:
    return [change.ignored_by for change in tolerance.applied(changes)]


def test_without_a_rule_nothing_is_passed_over(tmp_path: Path) -> None:
    tiny = replace(MOVED, vector=(0.001, 0.0))
    for tolerance in (Tolerance(), rules(tmp_path, ""), tolerance_of(None, (), None, None)):
        assert ignored(tolerance, tiny, CHANGED, replace(INK, ink=0.0001), PIXELS) == [None] * 4
        assert list(tolerance.told([tiny])) == []


@pytest.mark.parametrize(
    ("keys", "passes"),
    [
        ("boxes = [[29, 39, 22, 6]]", True),
        ("boxes = [[0, 0, 5, 5], [29, 39, 22, 6]]", True),
        ("boxes = [[30, 40, 20, 4]]", False),  # it came from outside
        ("boxes = [[29, 39, 20, 6]]", False),  # it reaches beyond
        ('regions = ["address"]', True),
        ('regions = ["card"]', False),
        ('regions = ["card"]\nboxes = [[29, 39, 22, 6]]', True),
        ("pages = [1]", True),
        ("pages = [2, 3]", False),
        ('kinds = ["text-moved"]', True),
        ('kinds = ["text-changed"]', False),
        ('kinds = ["text-moved"]\nregions = ["address"]\npages = [2]', False),
    ],
)
def test_an_ignored_region_holds_a_change_wholly_and_by_page_and_kind(tmp_path: Path, keys: str, passes: bool) -> None:
    tolerance = rules(tmp_path, f'[[ignore]]\nwhy = "the window"\n{keys}\n')
    assert ignored(tolerance, MOVED) == ["[ignore] 1: the window" if passes else None]


def test_a_change_without_a_place_is_in_no_box_and_a_page_that_is_gone_is_one_of_the_golden(tmp_path: Path) -> None:
    file = replace(CHANGED, page=None, golden_page=None, box=None, region=None, kind="metadata-changed")
    gone = replace(file, kind="page-gone", golden_page=3)
    assert ignored(rules(tmp_path, '[[ignore]]\nwhy = "x"\nboxes = [[0, 0, 210, 297]]'), file, gone) == [None, None]
    assert ignored(rules(tmp_path, '[[ignore]]\nwhy = "x"\npages = [3]'), file, gone) == [None, "[ignore] 1: x"]


def test_a_most_shift_passes_over_what_moved_so_far_in_either_direction_and_nothing_else(tmp_path: Path) -> None:
    tolerance = rules(tmp_path, '[shift]\nmost = 0.05\nkinds = ["text-moved"]')
    name = "[shift]: at most 0.05 mm"
    further, rule = replace(MOVED, vector=(0.04, 0.06)), replace(MOVED, kind="rule-moved")
    turned = replace(MOVED, kind="page-moved", vector=None)
    assert ignored(tolerance, MOVED, further, rule, CHANGED, turned) == [name, None, None, None, None]
    assert ignored(rules(tmp_path, "[shift]\nmost = 0.05"), rule, turned) == [name, None]


def test_a_most_ink_passes_over_amounts_and_never_other_inks(tmp_path: Path) -> None:
    tolerance = rules(tmp_path, "[ink]\nmost = 0.02")
    more, other = replace(INK, ink=0.03), replace(INK, ink=None)
    assert ignored(tolerance, INK, more, other, MOVED) == ["[ink]: at most 0.02", None, None, None]


def test_pixels_follow_what_they_differ_for_on_its_page_and_in_its_place(tmp_path: Path) -> None:
    tolerance = rules(tmp_path, "[ink]\nmost = 0.02")
    beside, elsewhere = replace(PIXELS, box=Box(100, 11, 3, 2)), replace(PIXELS, page=2)
    assert ignored(tolerance, PIXELS) == [None]
    assert ignored(tolerance, INK, PIXELS, beside, elsewhere)[1:] == ["[ink]: at most 0.02", None, None]
    counted = replace(INK, ink=0.5)
    assert ignored(tolerance, counted, PIXELS) == [None, None]


def test_what_was_passed_over_is_counted_by_rule_and_a_rule_without_effect_is_told(tmp_path: Path) -> None:
    tolerance = rules(
        tmp_path,
        """[[ignore]]
why = "the card"
regions = ["kard"]
[[ignore]]
why = "the date of the proof"
boxes = [[29, 39, 22, 6]]
""",
    )
    judged = tolerance.applied([MOVED, CHANGED, INK])
    assert list(tolerance.told(judged)) == [
        "nothing was ignored by [ignore] 1: the card",
        "2 changes ignored by [ignore] 2: the date of the proof",
    ]
    assert [change.sentence for change in judged] == [MOVED.sentence, CHANGED.sentence, INK.sentence]


def test_options_are_rules_beside_those_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "compare.toml").write_text('[[ignore]]\nwhy = "the window"\nregions = ["window"]\n', encoding="utf-8")
    tolerance = tolerance_of(tmp_path / "compare.toml", ["address", "2:0,0,99,99", "0,0,70,20"], 0.05, 0.02)
    first, second, box = CHANGED, replace(MOVED, page=2, region=None), replace(INK, ink=None)
    assert ignored(tolerance, first, second, replace(second, page=3), box, replace(INK, box=None)) == [
        "--ignore address",
        "--ignore 2:0,0,99,99",
        "--most-shift 0.05",
        "--ignore 0,0,70,20",
        "--most-ink 0.02",
    ]


@pytest.mark.parametrize("words", ["1,2,3", "1,2,3,4,5", "a,b,c,d", "x:1,2,3,4", "1,2,0,4", "1,2,3,-4", "1.5:1,2,3,4"])
def test_a_box_that_is_none_is_refused_with_what_to_write(words: str) -> None:
    with pytest.raises(BadJob, match="give a region, X,Y,W,H in mm, or PAGE:X,Y,W,H"):
        tolerance_of(None, [words], None, None)


def test_every_key_is_known_and_every_value_fits_or_line_and_key_are_told(tmp_path: Path) -> None:
    with pytest.raises(BadJob) as refused:
        rules(
            tmp_path,
            """[[ignore]]
why = "the window"
boxs = [[1, 2, 3, 4]]
[[ignore]]
pages = [0]
boxes = [[1, 2, 3]]
[shift]
most = "a little"
[inks]
most = 1
[placement]
estimate = "yes"
""",
        )
    told = str(refused.value).splitlines()
    assert 'compare.toml line 3: key "ignore.boxs" is not known; did you mean "boxes"?' in told
    assert 'compare.toml line 4: key "ignore.why" is missing' in told
    assert 'compare.toml line 6: key "ignore.boxes": must be [x, y, w, h] in mm, w and h above 0' in told
    assert 'compare.toml line 9: key "inks" is not known; did you mean "ink"?' in told
    assert 'compare.toml line 12: key "placement.estimate": must be true or false, without quotes' in told
    assert any(line.startswith('compare.toml line 5: key "ignore.pages": ') for line in told)
    assert any(line.startswith('compare.toml line 8: key "shift.most": ') for line in told)
    assert len(told) == 7


@pytest.mark.parametrize("text", ["[shift]\nmost = -0.1", "[ink]\nmost = 1.1", "[ink]", "[placement]\nmost_offset = 1"])
def test_a_tolerance_without_a_sense_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(BadJob):
        rules(tmp_path, text)


@given(st.floats(-3, 3), st.floats(-3, 3), st.floats(0, 3))
def test_no_move_beyond_the_most_shift_is_ever_passed_over(across: float, down: float, most: float) -> None:
    (name,) = ignored(tolerance_of(None, (), most, None), replace(MOVED, vector=(across, down)))
    assert name is None or max(abs(across), abs(down)) <= most + 0.005
