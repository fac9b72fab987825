"""The wall of the studio: which cells there are, which are drawn first, and what a sheet of it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from renderer.model.variant import parsed
from renderer.studio.parts import Cell
from renderer.studio.people import EXAMPLES
from renderer.studio.scenes import Wish
from renderer.studio.stage import Stage
from renderer.studio.walls import blank, carried, next_variant, replaced

PACK = Path(__file__).parent / "data" / "kokuho"
LAYOUT = PACK / "layouts" / "kokuho_certificate"
VARIANTS = ("special=shown", "special=hidden")


def drawn(cell: Cell, *codes: str) -> Cell:
    state = "held" if codes else "fresh"
    return cell.model_copy(update={"state": state, "pictures": ("a",), "codes": codes, "revision": 3})


def test_a_wall_begins_with_a_blank_cell_for_each_variant_and_member() -> None:
    cells = blank(VARIANTS)
    assert [(cell.variant, cell.member) for cell in cells] == [(v, m) for v in VARIANTS for m in EXAMPLES]
    assert {cell.state for cell in cells} == {"building"}


def test_a_newer_revision_keeps_what_was_drawn_as_stale() -> None:
    first, second, *others = blank(VARIANTS)
    cells = carried([drawn(first), drawn(second, "too-wide"), *others], [*VARIANTS, "special=new"])
    assert [cell.state for cell in cells[:3]] == ["stale", "stale", "building"]
    assert cells[0].pictures == ("a",)
    assert {cell.variant for cell in cells} == {*VARIANTS, "special=new"}
    assert carried(cells, VARIANTS[1:])[0].variant == "special=hidden"


def test_what_is_on_the_screen_is_drawn_first_and_then_what_was_held() -> None:
    cells = blank("abcd")
    held = [drawn(cell, "too-wide") if cell.variant == "c" and cell.member == "longest" else cell for cell in cells]
    assert next_variant(held, (), ("b", "d")) == "b"
    assert next_variant(held, {"b", "d"}, ("b", "d")) == "c"
    assert next_variant(held, {"b", "c", "d"}, ("b", "d")) == "a"
    assert next_variant(held, set("abcd"), ()) is None


def test_cells_of_which_the_job_prints_no_sheet_go() -> None:
    cells = blank("ab")
    one = drawn(cells[1])
    after = replaced(cells, {(one.variant, one.member): one}, "a")
    assert after == (one, *cells[4:])


@pytest.fixture(scope="module")
def stage() -> Stage:
    return Stage(b"key")


def test_each_member_of_the_examples_is_drawn_on_the_variant(stage: Stage) -> None:
    hung = stage.hang(Wish(LAYOUT, PACK), VARIANTS[1])
    assert [(one.member, one.state, len(one.pictures)) for one in hung] == [(name, "fresh", 1) for name in EXAMPLES]
    assert all(one.pdf.startswith(b"%PDF") for one in hung)
    assert len({one.pictures for one in hung}) == len(hung)


def test_a_sheet_of_the_wall_is_the_one_that_is_shown_when_it_is_clicked(stage: Stage) -> None:
    (*_, one) = stage.hang(Wish(LAYOUT, PACK), VARIANTS[0])
    shown = next(stage.show(Wish(LAYOUT, PACK, variant=parsed(VARIANTS[0]), member=one.member)))
    assert one.pictures == tuple(page.picture for page in shown.pages)


def test_a_member_whose_value_does_not_fit_hangs_as_held_with_its_code(tmp_path: Path) -> None:
    text = (LAYOUT / "sheet.css").read_text("utf-8")
    folder = tmp_path / "kokuho_certificate"
    folder.mkdir()
    for file in LAYOUT.iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    (folder / "sheet.css").write_text(text.replace("width: 100mm; height: 9mm", "width: 44mm; height: 9mm"), "utf-8")
    hung = {one.member: one for one in Stage(b"key").hang(Wish(folder, PACK), VARIANTS[0])}
    assert (hung["longest"].state, hung["typical"].state) == ("held", "fresh")
    assert hung["longest"].codes
    assert hung["longest"].pictures  # the sheet without that value


def test_a_layout_that_cannot_be_laid_out_hangs_as_refused(tmp_path: Path) -> None:
    folder = tmp_path / "kokuho_certificate"
    folder.mkdir()
    for file in LAYOUT.iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    (folder / "sheet.html.j2").write_text("{{ slot('nobody') }}", "utf-8")
    hung = Stage(b"key").hang(Wish(folder, PACK), VARIANTS[0])
    assert {(one.state, one.codes, one.pictures) for one in hung} == {("refused", ("layout-refused",), ())}
