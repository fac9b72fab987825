"""The sheet of evidence shows every hard character there is, each with what is true of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from fontTools.ttLib import TTFont
from trial_runs import FIXTURES, rows_of, write_members

from renderer.desk.examples import HARD_FILES
from renderer.desk.specimen import CELLS, HELD, Hard, hard_characters, print_specimen, values_of
from renderer.intake.jobfile import load_job
from renderer.layout.load import load_layout
from renderer.press.fonts import FONTS
from renderer.proof import pixels


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("specimen") / "specimen.pdf"
    print_specimen(load_job(FIXTURES / "notice.toml"), HARD_FILES, out)
    return out


def shown(cluster: str) -> tuple[str, str, str, str]:
    """Glyph, code points, font and place, as the first cell has them."""
    values = values_of([Hard(cluster, "hard H000001")], "1/1")
    glyph, codes, font, found = (values[f"{slot}_01"] for slot in ("glyph", "codes", "font", "found"))
    return glyph, codes, font, found


def test_every_selector_mark_and_rare_kanji_of_the_hard_members_is_shown() -> None:
    """Asked of the raw file: every name's code point that Shift_JIS, which is JIS X 0208, has not."""
    rare = set()
    for row in rows_of(FIXTURES / "examples" / "hard.csv"):
        for character in row["氏名"] + row["被保険者氏名"] + row["住所"]:
            try:
                character.encode("shift_jis")
            except UnicodeEncodeError:
                rare.add(character)
    clusters = "".join(hard.cluster for hard in hard_characters([FIXTURES / "examples" / "hard.csv"]))
    assert rare
    assert rare <= set(clusters)


def test_what_every_font_has_is_not_hard(tmp_path: Path) -> None:
    row = {**rows_of(FIXTURES / "examples" / "hard.csv")[0], "氏名": "山田　太郎 ABC-1（株）・ー", "被保険者氏名": ""}
    assert list(hard_characters([write_members(tmp_path / "plain.csv", [row])])) == []


def test_a_character_is_shown_once_and_says_where_it_was_first_found() -> None:
    found = list(hard_characters(HARD_FILES))
    assert len({hard.cluster for hard in found}) == len(found)
    assert Hard("\u9ad9", "hard H000006") in found, "in both files, and in the first first"
    assert all(len(hard.found.split()) == 2 for hard in found), "file and record, nothing else"


@pytest.mark.parametrize(
    ("cluster", "codes", "font"),
    [
        ("\u8fbb\U000e0100", "U+8FBB U+E0100", "BIZ UDMincho, Adobe-Japan1 VS17"),
        ("\u8fbb\U000e0102", "U+8FBB U+E0102", "IPAmjMincho, Moji_Joho VS19"),
        ("\U00020bb7", "U+20BB7", "IPAmjMincho"),
        ("\u3059\u3099", "U+3059 U+3099", "BIZ UDMincho"),
    ],
)
def test_a_cell_names_code_points_font_and_selector(cluster: str, codes: str, font: str) -> None:
    assert shown(cluster) == (cluster, codes, font, "hard H000001")


def test_the_font_named_is_one_that_has_the_character() -> None:
    files = {"BIZ UDMincho": "BIZUDMincho-Regular.ttf", "IPAmjMincho": "ipamjm.ttf"}
    cmaps = {}
    for family, name in files.items():
        with TTFont(FONTS / name, lazy=True) as font:
            cmaps[family] = font.getBestCmap()
    for hard in hard_characters(HARD_FILES):
        glyph, _, family, _ = shown(hard.cluster)
        if len(hard.cluster) == 1 and glyph:
            assert ord(glyph) in cmaps[family], hard.found


def test_what_no_font_prints_is_an_empty_cell_that_says_so() -> None:
    assert shown("\U00030ede") == ("", "U+30EDE", HELD, "hard H000001")


def test_the_layout_has_a_cell_for_each_character_of_a_page() -> None:
    slots = load_layout("specimen").slots
    assert slots.keys() == values_of([], "1/1").keys()
    assert f"glyph_{CELLS:02}" in slots


def test_every_cell_can_be_read_back_from_the_sheet(printed: Path) -> None:
    hard = list(hard_characters(HARD_FILES))
    with pixels.opened(printed) as document:
        pages = ["".join(document.text(page).split()) for page in range(document.page_count)]
        read = {character.text for page in range(document.page_count) for character in document.characters(page)}
    assert len(pages) == -(-len(hard) // CELLS)
    for number, one in enumerate(hard):
        glyph, codes, *_ = shown(one.cluster)
        assert "".join(codes.split()) in pages[number // CELLS]
        assert not glyph or glyph in read


def test_more_characters_than_cells_fill_another_page(tmp_path: Path) -> None:
    rare = [chr(0x20000 + n) for n in range(CELLS + 1)]
    rows = [
        {**rows_of(FIXTURES / "examples" / "hard.csv")[0], "氏名": character, "被保険者氏名": ""} for character in rare
    ]
    members = write_members(tmp_path / "rare.csv", rows)
    out = tmp_path / "specimen.pdf"
    assert print_specimen(load_job(FIXTURES / "notice.toml"), [members], out).pages == 2
    with pixels.opened(out) as document:
        assert [f"{n}/2" in document.text(page) for page, n in enumerate((1, 2))] == [True, True]
        assert f"U+{ord(rare[-1]):04X}" in document.text(1)


def test_characters_are_large(printed: Path) -> None:
    with pixels.opened(printed) as document:
        heights = [c.box.h for c in document.characters(0) if c.text.startswith("\u8fbb")]
    assert heights
    assert all(height > 20 for height in heights), "mm"
