"""Templates and style sheets are read again when what is in them changed, whatever their time; the others are not."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from small_layouts import FIXED, SLOT, rules, small_layout

from renderer.layout import engine
from renderer.layout.boxes import texts_of
from renderer.layout.compiling import compile_sheet
from renderer.layout.load import Layout
from renderer.layout.refusing import Refusals, refusal
from renderer.model.errors import BadLayout

BODY = '{% include "part.html.j2" %}' + SLOT
FONT = 'body { font-family: "BIZ UDGothic" } '
STYLE = FONT + rules("name")
TIME = (1_700_000_000, 1_700_000_000)


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    files = {"part.html.j2": "<p>甲</p>", "more.css": "p { color: #000 }"}
    return small_layout(tmp_path, BODY, '@import "more.css"; ' + STYLE, files=files)


def _write(layout: Layout, name: str, text: str) -> None:
    """Save a file with the time that it had."""
    path = layout.folder / name
    path.write_text(text, encoding="utf-8")
    os.utime(path, TIME)


def _said(layout: Layout) -> str:
    _, pages = compile_sheet(layout, next(layout.variants()), FIXED)
    return "".join(text.text for page in pages for text, _ in texts_of(page))


def _content(layout: Layout) -> bytes:
    plate, _ = compile_sheet(layout, next(layout.variants()), FIXED)
    return plate.pages[0].content


def test_a_template_that_another_takes_in_is_read_again_with_the_same_time(layout: Layout) -> None:
    _write(layout, "part.html.j2", "<p>甲</p>")
    assert "甲" in _said(layout)
    _write(layout, "part.html.j2", "<p>乙</p>")
    assert "乙" in _said(layout)


def test_a_part_of_ones_own_comes_before_one_that_was_read(tmp_path: Path) -> None:
    (tmp_path / "_shared").mkdir()
    (tmp_path / "_shared" / "part.html.j2").write_text("<p>共</p>", encoding="utf-8")
    layout = small_layout(tmp_path, '{% include "_shared/part.html.j2" %}' + SLOT, STYLE)
    assert "共" in _said(layout)
    (layout.folder / "_shared").mkdir()
    (layout.folder / "_shared" / "part.html.j2").write_text("<p>自</p>", encoding="utf-8")
    assert "自" in _said(Layout(layout.folder, layout.file, layout.document))
    (layout.folder / "_shared" / "part.html.j2").unlink()
    assert "共" in _said(layout)


def test_a_style_sheet_that_another_takes_in_is_read_again_with_the_same_time(layout: Layout) -> None:
    _write(layout, "more.css", "p { color: #000 }")
    black = _content(layout)
    _write(layout, "more.css", "p { color: #f00 }")
    assert _content(layout) != black
    _write(layout, "more.css", "p { color: #000 }")
    assert _content(layout) == black


@pytest.mark.parametrize(
    ("name", "text"),
    [("part.html.j2", "<p>丙</p>"), ("layout.toml", None), ("other.css", "p { color: #00f }")],
)
def test_a_style_sheet_is_not_parsed_again_for_another_file(
    layout: Layout, name: str, text: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    compile_sheet(layout, next(layout.variants()), FIXED)
    parsed = []
    monkeypatch.setattr(engine.weasyprint, "CSS", _noting(parsed, engine.weasyprint.CSS))
    _write(layout, name, (layout.folder / name).read_text("utf-8") + "# more\n" if text is None else text)
    compile_sheet(layout, next(layout.variants()), FIXED)
    assert parsed == []
    _write(layout, "sheet.css", '@import "more.css"; ' + STYLE + "p { margin: 0 }")
    compile_sheet(layout, next(layout.variants()), FIXED)
    assert parsed == [str(layout.folder / "sheet.css")]


def _noting(parsed: list[str], make: Callable[..., object]) -> Callable[..., object]:
    def made(*words: object, **named: object) -> object:
        if "filename" in named:
            parsed.append(str(named["filename"]))
        return make(*words, **named)

    return made


def test_a_refusal_says_everything_once_and_goes_on_behind_each_check() -> None:
    refusals, reached = Refusals(), []
    for said in ("one", "two", "one"):
        with refusals.collected():
            raise BadLayout(said)
        reached.append(said)
    with refusals.collected():
        raise refusal(["three", "one"])
    with pytest.raises(BadLayout) as refused:
        refusals.end()
    assert refused.value.sentences == ("one", "two", "three")
    assert str(refused.value) == "one"
    assert reached == ["one", "two", "one"]


def test_nothing_refused_is_nothing_raised() -> None:
    refusals = Refusals()
    with refusals.collected():
        pass
    refusals.end()


def test_every_slot_and_every_text_that_cannot_be_compiled_is_named_at_once(tmp_path: Path) -> None:
    body = '<p style="font-style: italic">斜</p><p style="font-weight: 500">中</p>{{ slot("name") }}{{ slot("kana") }}'
    css = FONT + rules("name", height="") + rules("kana", height="")
    slots = "{ name = {}, kana = {} }"
    with pytest.raises(BadLayout) as refused:
        _said(small_layout(tmp_path, body, css, slots=slots))
    for said in ("slot 'name'", "slot 'kana'", "「斜」", "「中」"):
        assert sum(said in sentence for sentence in refused.value.sentences) == 1
