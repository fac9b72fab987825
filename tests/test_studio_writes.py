"""The studio writes all files of a move or none, only its own kind of file, and takes back what is still its own."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from moved_boxes import copied

import renderer
from renderer.layout.load import LAYOUTS, Layout
from renderer.studio.refusals import Refusal, Why
from renderer.studio.writes import Writes, may_be_written


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    return copied(tmp_path)


def two(layout: Layout) -> tuple[dict[Path, bytes], dict[Path, bytes]]:
    paths = [layout.folder / "sheet.css", layout.folder / "layout.toml"]
    before = {path: path.read_bytes() for path in paths}
    return before, {path: data.replace(b"233", b"235") for path, data in before.items()}


def refused(writes: Writes, before: dict[Path, bytes], after: dict[Path, bytes]) -> Refusal:
    with pytest.raises(Refusal) as refusal:
        writes.write(before, after)
    return refusal.value


def now(paths: dict[Path, bytes]) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in paths}


def test_files_are_written_with_their_rights_and_nothing_is_left_beside_them(layout: Layout) -> None:
    before, after = two(layout)
    (layout.folder / "sheet.css").chmod(0o640)
    names = sorted(path.name for path in layout.folder.iterdir())
    written = Writes(layout).write(before, after)
    assert now(after) == after == written.after
    assert (layout.folder / "sheet.css").stat().st_mode & 0o777 == 0o640
    assert sorted(path.name for path in layout.folder.iterdir()) == names


def test_a_file_that_changed_since_it_was_read_keeps_all_from_being_written(layout: Layout) -> None:
    before, after = two(layout)
    toml = layout.folder / "layout.toml"
    toml.write_bytes(before[toml] + b"\n")
    found = refused(Writes(layout), before, after)
    assert (found.why, "eligibility_notice/layout.toml" in found.words.ja) == (Why.CHANGED, True)
    assert now(after) == {**before, toml: before[toml] + b"\n"}


def test_a_file_that_was_taken_away_is_not_made_anew(layout: Layout) -> None:
    before, after = two(layout)
    (layout.folder / "layout.toml").unlink()
    assert refused(Writes(layout), before, after).why is Why.NOT_WRITTEN
    assert not (layout.folder / "layout.toml").exists()
    assert (layout.folder / "sheet.css").read_bytes() == before[layout.folder / "sheet.css"]


def test_where_the_second_file_cannot_be_written_the_first_is_as_it_was(
    layout: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, after = two(layout)
    names = sorted(path.name for path in layout.folder.iterdir())
    replace = Path.replace

    def full(self: Path, target: Path) -> Path:
        if Path(target).name == "layout.toml":
            raise OSError(28, os.strerror(28))
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", full)
    found = refused(Writes(layout), before, after)
    assert (found.why, "No space left" in found.words.en) == (Why.NOT_WRITTEN, True)
    assert now(before) == before
    assert sorted(path.name for path in layout.folder.iterdir()) == names


def test_only_style_sheets_and_layout_toml_of_the_layout_are_written(layout: Layout, tmp_path: Path) -> None:
    folder, shared = layout.folder, layout.folder.parent / "_shared"
    (folder / "out.css").symlink_to(tmp_path / "elsewhere.css")
    allowed = [folder / "sheet.css", folder / "parts/a.css", shared / "base.css", folder / "layout.toml"]
    allowed += [folder.parent / "eligibility_certificate" / "layout.toml"]
    never = [
        folder / "sheet.html.j2", folder / "../x.css", folder / "out.css", tmp_path / "a.css", tmp_path / "layout.toml",
        folder.parent / "eligibility_certificate" / "sheet.css", shared / "window.html.j2", folder / "a.toml",
        Path(renderer.__file__).parent / "a.css", LAYOUTS / "_shared" / "base.css",
    ]  # fmt: skip
    assert [path for path in allowed if not may_be_written(layout, path)] == []
    assert [path for path in never if may_be_written(layout, path)] == []
    found = refused(Writes(layout), {}, {folder / "sheet.html.j2": b""})
    assert (found.why, "eligibility_notice/sheet.html.j2" in found.words.en) == (Why.NOT_OURS, True)


def test_a_write_is_taken_back(layout: Layout) -> None:
    writes = Writes(layout)
    before, after = two(layout)
    first = writes.write(before, after)
    second = writes.write(after, before)
    assert first.write_id != second.write_id
    writes.undo(second.write_id)
    assert now(before) == after
    writes.undo(first.write_id)
    assert now(before) == before


def test_a_write_is_not_taken_back_twice_nor_what_nobody_wrote(layout: Layout) -> None:
    writes = Writes(layout)
    written = writes.write(*two(layout))
    writes.undo(written.write_id)
    for number in (written.write_id, 99):
        with pytest.raises(Refusal) as refusal:
            writes.undo(number)
        assert refusal.value.why is Why.NO_WRITE


def test_what_somebody_else_wrote_since_is_not_taken_back(layout: Layout) -> None:
    writes = Writes(layout)
    before, after = two(layout)
    written = writes.write(before, after)
    css = layout.folder / "sheet.css"
    css.write_bytes(after[css] + b"/* mine */\n")
    with pytest.raises(Refusal) as refusal:
        writes.undo(written.write_id)
    assert refusal.value.why is Why.UNDONE_SINCE
    assert now(after) == {**after, css: after[css] + b"/* mine */\n"}
    css.write_bytes(after[css])
    writes.undo(written.write_id)
    assert now(before) == before
