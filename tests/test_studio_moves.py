"""A move writes the number that decides a box and what layout.toml says of what moves: lint finds nothing after it."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from tempfile import mkdtemp

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from moved_boxes import (
    box,
    copied,
    declared_faults,
    in_both_corners,
    job_of,
    plan,
    ready,
    reloaded,
    said,
    sheet_of,
    write,
)
from small_layouts import FIXED, SLOT, rules, small_layout

from renderer.layout.load import Layout
from renderer.studio.boxes import Placed, Sheet
from renderer.studio.moves import Plan, Planner
from renderer.studio.parts import BoxId, Side
from renderer.studio.reaching import Moves, Shift
from renderer.studio.refusals import Refusal, Why

NOTICE, CERTIFICATE = "eligibility_notice", "eligibility_certificate"


def card() -> tuple[Planner, Placed]:
    planner = ready()
    return planner, box(planner.sheet, "region", "card")


def refusal(planner: Planner, one: Placed, by: dict[Side, float]) -> Refusal:
    with pytest.raises(Refusal) as refused:
        planner.plan(one.id, by)
    return refused.value


FOLLOW = ("region-moved", "wrong-distance", "in-inner-margin")
"""What lint says of numbers that a move takes along; what is aligned with it, the designer aligns anew."""


def mm(*numbers: float) -> tuple[str, ...]:
    return tuple(f"{round(number, 3):g}" for number in numbers)


def test_the_card_2_mm_lower_is_one_rule_and_two_regions_and_lint_finds_nothing(tmp_path: Path) -> None:
    layout = copied(tmp_path)
    job = job_of(layout)
    sheet = sheet_of(layout, job)
    planned = plan(sheet, box(sheet, "region", "card").id, {"top": 2.0})
    y = layout.file.regions["card"].y
    (css, *rule), *regions = said(planned)
    assert (css.rpartition(".")[2], rule) == ("css", ["top", f"{y:g}mm", f"{y + 2:g}mm"])
    toml = "eligibility_notice/layout.toml"
    assert regions[:2] == [(toml, f"{name}.y", *mm(y, y + 2)) for name in ("card", "card_left")]
    for edit in planned.edits:
        line = Path(edit.source.path).read_text("utf-8").splitlines()[edit.source.line - 1]
        assert edit.before in line
    for path, data in planned.written.items():
        if path.suffix == ".css":
            path.write_bytes(data)
    half = declared_faults(reloaded(layout), *in_both_corners(job))
    assert {(fault.code, fault.where) for fault in half} >= {("region-moved", "card"), ("region-moved", "card_left")}
    write(planned)
    whole = declared_faults(reloaded(layout), *in_both_corners(job))
    assert [fault for fault in whole if fault.code in FOLLOW] == []


def test_the_card_in_its_other_corner_is_reached_by_one_side_and_not_by_the_other() -> None:
    planner, one = card()
    down, aside = planner.plan(one.id, {"top": 0.5}), planner.plan(one.id, {"left": 0.5})
    assert "card_left" in [found.name for found in down.reach.boxes]
    assert "card_left" not in [found.name for found in aside.reach.boxes]
    assert down.needs_confirmation
    assert [name for file, name, *_ in said(aside) if file.startswith(NOTICE + "/lay")] == ["card.x"]


def test_the_card_in_the_left_corner_is_another_box() -> None:
    _, left = in_both_corners(ready().sheet.fixed)
    planner = ready(insurer=left.insurer)
    planned = planner.plan(box(planner.sheet, "region", "card_left").id, {"top": 1.0})
    assert "card" in [found.name for found in planned.reach.boxes]
    assert [name for _, name, *_ in said(planned)][:3] == ["top", "card.y", "card_left.y"]


def test_the_same_box_in_other_variants_needs_no_confirmation() -> None:
    planner = ready()
    layout = planner.sheet.layout
    planned = planner.plan(box(planner.sheet, "region", "greeting").id, {"top": -0.3})
    y = layout.file.regions["greeting"].y
    assert said(planned)[1] == ("eligibility_notice/layout.toml", "greeting.y", *mm(y, y - 0.3))
    assert not planned.needs_confirmation
    assert len(planned.reach.variants) == len(list(layout.variants())) - 1


def test_what_layouts_share_moves_in_all_of_them(tmp_path: Path) -> None:
    layout = copied(tmp_path, CERTIFICATE)
    sheet = sheet_of(layout, job_of(layout))
    planned = plan(sheet, box(sheet, "region", "window").id, {"left": 0.5, "top": -0.4})
    assert NOTICE in planned.reach.layouts
    assert planned.needs_confirmation
    x, y = (getattr(layout.file.regions["window"], key) for key in "xy")
    told = said(planned)
    assert told[0] == ("_shared/base.css", "left", *(f"{number}mm" for number in mm(x, x + 0.5)))
    assert told[1] == ("_shared/base.css", "top", *(f"{number}mm" for number in mm(y, y - 0.4)))
    for name in (CERTIFICATE, NOTICE):
        assert (f"{name}/layout.toml", "window.x", *mm(x, x + 0.5)) in told
        assert (f"{name}/layout.toml", "window.y", *mm(y, y - 0.4)) in told
    write(planned)
    for other in (reloaded(layout), copied(tmp_path, NOTICE)):
        assert not [fault for fault in declared_faults(other, job_of(other)) if fault.code == "region-moved"]


CASES = [
    (NOTICE, "region", "card", "top", 1.0), (NOTICE, "region", "window", "left", -1.0),
    (NOTICE, "region", "greeting", "top", 0.5), (CERTIFICATE, "region", "sender", "top", 0.5),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_what_moves_is_what_was_said_and_nothing_else(tmp_path: Path, case: tuple[str, str, str, Side, float]) -> None:
    name, kind, called, side, far = case
    layout = copied(tmp_path, name)
    sheet = sheet_of(layout, job_of(layout))
    one = box(sheet, kind, called)
    planner = Planner(sheet)
    planned = planner.plan(one.id, {side: far})
    decided = planner.cascade.deciding(one.node, side)
    assert decided is not None
    predicted = Moves(planner.trees[0], [Shift(decided, side, Decimal(str(far)))])
    write(planned)
    after = {found.id: found for found in sheet_of(reloaded(layout), sheet.fixed).placed}
    for before in sheet.placed:
        moved = predicted.of(before.node) if before.node is not None else None
        left, top = (float(moved.x), float(moved.y)) if moved else (0.0, 0.0)
        has = after[before.id].edges
        assert (has.left, has.top) == pytest.approx((before.edges.left + left, before.edges.top + top), abs=1e-6)
    own = after[one.id].edges
    assert own.left + own.top == pytest.approx(one.edges.left + one.edges.top + far)


def test_a_box_that_grows_takes_its_region_along(tmp_path: Path) -> None:
    sheet = small(tmp_path, distances="[]")
    planned = plan(sheet, box(sheet, "region", "a").id, {"width": -0.5, "height": 0.25})
    assert said(planned) == [
        ("small/sheet.css", "width", "9mm", "8.5mm"), ("small/sheet.css", "height", "6mm", "6.25mm"),
        ("small/layout.toml", "a.w", "9", "8.5"), ("small/layout.toml", "a.h", "6", "6.25"),
    ]  # fmt: skip
    write(planned)
    assert box(again(sheet), "region", "a").edges == pytest.approx((20.5, 50, 29, 56.25))


def test_a_region_without_an_element_is_moved_by_its_own_numbers() -> None:
    planner = ready()
    planned = planner.plan(box(planner.sheet, "region", "inserter").id, {"left": 0.1, "height": -1.0})
    assert said(planned) == [
        ("eligibility_notice/layout.toml", "inserter.x", "6", "6.1"),
        ("eligibility_notice/layout.toml", "inserter.h", "46", "45"),
    ]
    assert planned.reach.boxes == planned.reach.layouts == ()


HELD = "{ all = { x = 10, y = 20, w = 80, h = 40, slots = ['name'] } }"


def test_a_region_without_an_element_follows_where_all_of_its_slots_move_alike(tmp_path: Path) -> None:
    sheet = small(tmp_path, regions=HELD, distances="[]")
    assert said(plan(sheet, box(sheet, "slot", "name").id, {"top": 1.5})) == [
        ("small/sheet.css", "top", "20mm", "21.5mm"), ("small/layout.toml", "all.y", "20", "21.5"),
    ]  # fmt: skip
    assert len(said(plan(sheet, box(sheet, "slot", "name").id, {"width": 1.5}))) == 1


def test_a_region_without_an_element_stays_where_one_of_its_slots_does() -> None:
    planner = ready(inserter_marks="omr")
    sheet = planner.sheet
    for kind, name in (("slot", "inserter_omr"), ("slot", "born_on")):
        planned = planner.plan(box(sheet, kind, name).id, {"left": 0.2})
        assert not [name for _, name, *_ in said(planned) if name.startswith(("inserter.", "facts."))]


def test_a_card_keeps_the_size_of_its_format() -> None:
    found = refusal(*card(), {"width": 0.5})
    assert found.why is Why.INVALID
    assert "a card of format ID-1 is 85.6 × 54 mm" in found.words.en
    assert "85.6 × 54" in found.words.ja


def test_a_box_does_not_leave_the_paper_with_its_region() -> None:
    found = refusal(*card(), {"left": 20.0})
    assert (found.why, "it leaves the page" in found.words.en) == (Why.INVALID, True)


def test_a_file_that_changed_since_the_sheet_was_compiled_is_not_written(tmp_path: Path) -> None:
    sheet = small(tmp_path)
    css = sheet.layout.folder / "sheet.css"
    css.write_text("/* mine */\n" + css.read_text("utf-8"), encoding="utf-8")
    assert refusal(Planner(sheet), box(sheet, "region", "a"), {"top": 1.0}).why is Why.CHANGED


def test_a_box_that_is_not_there_is_not_moved() -> None:
    with pytest.raises(Refusal) as refused:
        ready().plan(BoxId(page=2, kind="region", name="card"), {"top": 1.0})
    assert refused.value.why is Why.GONE


def test_nothing_is_written_while_another_layout_that_shares_the_file_cannot_be_read(tmp_path: Path) -> None:
    layout = copied(tmp_path)
    sheet = sheet_of(layout, job_of(layout))
    broken = layout.folder.parent / CERTIFICATE / "layout.toml"
    broken.write_text(broken.read_text("utf-8").replace("pages = 2", "pagse = 2"), encoding="utf-8")
    assert plan(sheet, box(sheet, "region", "greeting").id, {"top": 1.0}).edits
    found = refusal(Planner(sheet), box(sheet, "region", "window"), {"top": 1.0})
    assert (found.why, "pagse" in found.words.en) == (Why.BROKEN, True)


def test_what_the_program_brings_along_is_not_written(tmp_path: Path) -> None:
    folder = copied(tmp_path).folder
    layout = reloaded(Layout(folder.rename(tmp_path / "alone"), copied(tmp_path, CERTIFICATE).file, None))  # type: ignore[arg-type]
    sheet = sheet_of(layout, job_of(layout))
    found = refusal(Planner(sheet), box(sheet, "region", "window"), {"top": 1.0})
    assert (found.why, "_shared/base.css" in found.words.en) == (Why.NOT_OURS, True)


SMALL = (
    "p { position: absolute; margin: 0; font-family: 'BIZ UDPGothic' } .a, .b { top: 50mm; width: 9mm; height: 6mm }\n"
)
LEFTS = ".a { left: 20.50mm } .b { left: 99pt }\n"
PS = '<p class="a">山</p><p class="b">川</p>'
REGIONS = "{ a = { x = 20.5, y = 50, w = 9, h = 6, element = '.a' }, d = { x = 90, y = 90, w = 9, h = 9 } }"
DISTANCES = "[{ from = { element = '.a', edge = 'right' }, to = { element = '.b', edge = 'left' }, exactly = 5.425 }]"


def small(tmp_path: Path, css: str = LEFTS, body: str = PS, **keys: str) -> Sheet:
    keys = {"regions": REGIONS, "distances": DISTANCES} | keys
    return sheet_of(small_layout(tmp_path, SLOT + body, rules("name") + SMALL + css, **keys), FIXED)


def again(sheet: Sheet) -> Sheet:
    layout = sheet.layout
    keys = {path.name: path.read_bytes() for path in layout.folder.iterdir() if path.is_file()}
    return sheet_of(small_layout(layout.folder.parent, files=keys), sheet.fixed)


def test_numbers_are_found_however_layout_toml_is_written(tmp_path: Path) -> None:
    sheet = small(tmp_path)
    planned = plan(sheet, box(sheet, "fixed", "p.b").id, {"left": 0.1})
    assert said(planned) == [
        ("small/sheet.css", "left", "99pt", "99.28346pt"),
        ("small/layout.toml", "distances.0.exactly", "5.425", "5.525"),
    ]
    write(plan(sheet, box(sheet, "region", "a").id, {"left": -0.5}))
    assert "x = 20," in (sheet.layout.folder / "layout.toml").read_text("utf-8")
    assert "exactly = 5.925" in (sheet.layout.folder / "layout.toml").read_text("utf-8")


def test_what_is_declared_of_one_that_moves_and_one_that_does_not_is_refused(tmp_path: Path) -> None:
    two = "{ a = { x = 20.5, y = 50, w = 9, h = 6, element = 'p' } }"
    sheet = small(tmp_path, regions=two, distances="[]")
    found = refusal(Planner(sheet), box(sheet, "region", "a"), {"left": 1.0})
    assert (found.why, "regions.a" in found.words.ja) == (Why.TIED, True)
    distance = "[{ from = { page = 'left' }, to = { element = 'p', edge = 'left' }, exactly = 9 }]"
    sheet = small(tmp_path, distances=distance)
    assert refusal(Planner(sheet), box(sheet, "region", "a"), {"left": 1.0}).words.en.startswith(
        "distances.0.exactly of"
    )


def test_a_box_in_the_flow_that_has_the_same_width_is_not_made_to_grow(tmp_path: Path) -> None:
    sheet = small(tmp_path, LEFTS + ".b { position: static }", distances="[]")
    found = refusal(Planner(sheet), box(sheet, "region", "a"), {"width": 1.0})
    assert found.why is Why.SIZE_OF_FLOW


def test_what_stands_in_what_moves_twice_moves_twice(tmp_path: Path) -> None:
    body = '<p class="c"><b class="c">山</b></p>'
    css = ".c { left: 5mm } b { position: absolute; font-weight: 400 } .c { top: 50mm; width: 12mm; height: 6mm }"
    region = "{ a = { x = 10, y = 100, w = 12, h = 6, element = 'b' } }"
    sheet = small(tmp_path, css, body, regions=region, distances="[]")
    planned = plan(sheet, box(sheet, "region", "a").id, {"left": 1.0})
    assert said(planned)[-1] == ("small/layout.toml", "a.x", "10", "12")
    write(planned)
    assert box(again(sheet), "region", "a").edges.left == pytest.approx(12)


def test_lines_that_end_otherwise_and_comments_are_kept(tmp_path: Path) -> None:
    sheet = small(tmp_path, "/* 注\r\n意 */ .a { /* あ */ left:/* い */20.50mm /* う */ }\r\n.b { left: 99pt }\r\n")
    before = (sheet.layout.folder / "sheet.css").read_bytes()
    planned = plan(sheet, box(sheet, "region", "a").id, {"left": 0.25})
    assert planned.written[sheet.layout.folder / "sheet.css"] == before.replace(b"20.50mm", b"20.750mm")


# Two of them are less than the 10.2 mm between the two texts: nothing that lies on another is compiled.
STEPS = st.integers(-50, 50).map(lambda tenths: tenths / 10)
SLOW = settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))


@lru_cache
def small_once() -> tuple[Sheet, dict[Path, bytes]]:
    sheet = small(Path(mkdtemp()))
    return sheet, {path: path.read_bytes() for path in sheet.layout.folder.iterdir()}


def moved(sheet: Sheet, *steps: tuple[str, float, float]) -> Sheet:
    for name, across, down in steps:
        one = next(found.id for found in sheet.placed if found.id.name == name)
        write(plan(sheet, one, {"left": across, "top": down}))
        sheet = again(sheet)
    return sheet


def files(sheet: Sheet) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sheet.layout.folder.iterdir()}


@SLOW
@given(st.sampled_from(["a", "p.b", "d"]), STEPS, STEPS, STEPS, STEPS)
def test_a_move_and_its_opposite_are_nothing_and_pieces_are_the_whole(
    name: str, across: float, down: float, more: float, further: float
) -> None:
    sheet, original = small_once()
    for path, data in original.items():
        path.write_bytes(data)
    at_once = files(moved(sheet, (name, across + more, down + further)))
    for path, data in original.items():
        path.write_bytes(data)
    pieces = moved(sheet, (name, across, down), (name, more, further))
    assert files(pieces) == at_once
    moved(pieces, (name, -across - more, -down - further))
    assert {path: path.read_bytes() for path in original} == original


def only_numbers(planned: Plan) -> None:
    for path, before in planned.read.items():
        texts = (before.decode(), planned.written[path].decode())
        bones = [re.sub(r"-?\d+(\.\d+)?(mm)?", "#", text) for text in texts]
        assert bones[0] == bones[1]
        assert "000000" not in texts[1]


@settings(max_examples=10, deadline=None)
@given(st.data(), st.sampled_from([NOTICE, CERTIFICATE]), st.floats(-30, 30), st.floats(-30, 30))
def test_any_nudge_of_any_box_of_our_layouts_changes_numbers_alone(
    data: st.DataObject, name: str, dx: float, dy: float
) -> None:
    planner = ready(name)
    one = data.draw(st.sampled_from(planner.sheet.placed))
    try:
        planned = planner.plan(one.id, {"left": dx, "top": dy})
    except Refusal:
        return
    only_numbers(planned)
    assert len(planned.edits) >= (abs(dx) > 0.001) + (abs(dy) > 0.001)
