"""Exact names, from values to ink: what is printed is what was given, in the outline of its own font, or it is held.

Repertoire and ink are read with fontTools and pypdf (``ink``), text is read back by PDFium and by ``readback``.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pypdfium2
import pytest
from fontTools.pens.transformPen import TransformPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ink import BIZ, FONTS, IPAMJ, Source, marks, source
from own_fonts import make_gaiji, make_table
from small_layouts import print_sheets, rules, small_plate

from renderer.press.fonts import Unprintable, code_points, load_gaiji
from renderer.press.plates import Plate
from renderer.press.press import PrintFile
from renderer.press.ruler import Ruler
from renderer.proof.drawing import fonts_by_name
from renderer.proof.glyphs import proof_of_glyphs
from renderer.proof.readback import opened_again

PER_SHEET = 80
STYLE = {"width": "180mm", "font_size": "6pt"}
CHAINS = {
    "mincho": ('"BIZ UDMincho", IPAmjMincho', "400", (BIZ, IPAMJ)),
    "pmincho": ('"BIZ UDPMincho", IPAmjMincho', "400", (FONTS / "BIZUDPMincho-Regular.ttf", IPAMJ)),
    "gothic": ('"BIZ UDGothic", IPAmjMincho', "400", (FONTS / "BIZUDGothic-Regular.ttf", IPAMJ)),
    "boldgothic": ('"BIZ UDGothic", IPAmjMincho', "700", (FONTS / "BIZUDGothic-Bold.ttf", IPAMJ)),
    "pgothic": ('"BIZ UDPGothic", IPAmjMincho', "400", (FONTS / "BIZUDPGothic-Regular.ttf", IPAMJ)),
    "boldpgothic": ('"BIZ UDPGothic", IPAmjMincho', "700", (FONTS / "BIZUDPGothic-Bold.ttf", IPAMJ)),
    "moji": ("IPAmjMincho, 'BIZ UDMincho'", "400", (IPAMJ, BIZ)),
}


@cache
def plate_of(chain: str) -> Plate:
    """A plate with one wide slot in small type."""
    families, weight, _ = CHAINS[chain]
    with TemporaryDirectory() as folder:
        return small_plate(Path(folder), css=rules("name", font_family=families, font_weight=weight, **STYLE))


def first_with(cluster: str, files: Sequence[Path]) -> Source | None:
    return next((source(path) for path in files if source(path).glyph(cluster)), None)


def assert_printed_as_drawn(path: Path, plate: Plate, clusters: Sequence[str], files: Sequence[Path]) -> None:
    """Print clusters, and compare the outline of each with that of the first font that has it."""
    lines = [clusters[at : at + PER_SHEET] for at in range(0, len(clusters), PER_SHEET)]
    printed = list(marks(print_sheets(path, plate, [{"name": "".join(line)} for line in lines])))
    assert [[mark.text for mark in page] for page in printed] == [list(line) for line in lines]
    for mark in (mark for page in printed for mark in page):
        font = first_with(mark.text, files)
        assert font is not None, code_points(mark.text)
        assert mark.font == font.name, code_points(mark.text)
        assert mark.outline == font.outline(font.glyph(mark.text)), code_points(mark.text)


def test_five_thousand_pairs_of_both_collections_print_with_the_outline_of_their_font(tmp_path: Path) -> None:
    chance = Random(3)
    of_adobe = chance.sample(sorted(source(BIZ).pairs), 2600)
    of_moji = chance.sample(sorted(source(IPAMJ).pairs.keys() - source(BIZ).pairs.keys()), 2600)
    clusters = of_adobe + of_moji
    chance.shuffle(clusters)
    assert len(set(clusters)) >= 5000
    assert_printed_as_drawn(tmp_path / "pairs.pdf", plate_of("mincho"), clusters, (BIZ, IPAMJ))


@pytest.mark.parametrize("name", CHAINS)
def test_every_chain_prints_characters_and_pairs_from_its_first_font_that_has_them(tmp_path: Path, name: str) -> None:
    chance = Random(name)
    files = CHAINS[name][2]
    biz, moji = (source(path) for path in files)
    pool = [chance.sample(sorted(one), 100) for one in (biz.characters, biz.pairs, moji.characters, moji.pairs)]
    clusters = [c for part in pool for c in part if not unicodedata.category(c[0]).startswith(("M", "C", "Z"))]
    assert len(clusters) > 350
    assert_printed_as_drawn(tmp_path / "chain.pdf", plate_of(name), clusters, files)


def clusters_no_font_has(count: int) -> list[str]:
    """Pairs that are registered for no character or for another one, and characters beyond both fonts."""
    chance = Random(5)
    bases = sorted({pair[0] for path in (BIZ, IPAMJ) for pair in source(path).pairs})
    selectors = [chr(code) for code in (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))]
    near = selectors[16:48]
    found: set[str] = set()
    while len(found) < count * 4 // 5:
        pair = chance.choice(bases) + chance.choice(chance.choice((selectors, near)))
        if first_with(pair, (BIZ, IPAMJ)) is None:
            found.add(pair)
    while len(found) < count:
        character = chr(chance.randrange(0x20, 0x32000))
        if first_with(character, (BIZ, IPAMJ)) is None and not 0xD800 <= ord(character) < 0xE000:
            found.add(character)
    return sorted(found)


def test_five_thousand_clusters_that_no_font_has_are_each_held(tmp_path: Path) -> None:
    ruler, file = Ruler(), PrintFile(tmp_path / "none.pdf", [plate_of("mincho")])
    missing = clusters_no_font_has(5000)
    for cluster in missing:
        problems, _ = ruler.examine(plate_of("mincho"), {"name": f"山{cluster}田"})
        assert [str(problem.cause) for problem in problems] == [
            code_points(cluster if is_own_cluster(cluster) else "山" + cluster)
        ]
    for cluster in missing[::50]:
        with pytest.raises(Unprintable):
            file.add_sheet(plate_of("mincho"), {"name": f"山{cluster}田"})
    file.pdf.close()


def is_own_cluster(cluster: str) -> bool:
    return len(cluster) > 1 or unicodedata.category(cluster) not in ("Mn", "Mc")


def test_a_held_pair_is_told_every_selector_that_could_be_printed_and_no_other() -> None:
    by_base: dict[str, set[str]] = {}
    for path in (BIZ, IPAMJ):
        for pair in source(path).pairs:
            by_base.setdefault(pair[0], set()).add(pair)
    ruler = Ruler()
    pairs = [cluster for cluster in clusters_no_font_has(5000) if len(cluster) == 2]
    for cluster in pairs[::10]:
        (problem,), _ = ruler.examine(plate_of("mincho"), {"name": cluster})
        assert isinstance(problem.cause, Unprintable)
        assert list(problem.cause.instead) == sorted(by_base.get(cluster[0], ()))


# No character is changed on the way

CP932 = [
    character
    for lead in (*range(0x81, 0xA0), *range(0xE0, 0xFD))
    for trail in (*range(0x40, 0x7F), *range(0x80, 0xFD))
    if (character := bytes((lead, trail)).decode("cp932", "replace")) and len(character) == 1 and character != "\ufffd"
]
HALF_KANA = [bytes((code,)).decode("cp932") for code in range(0xA1, 0xE0)]


def printable(characters: Sequence[str]) -> list[str]:
    return [character for character in characters if first_with(character, (BIZ, IPAMJ))]


def between(first: int, last: int) -> list[str]:
    return printable([chr(code) for code in range(first, last + 1)])


POOLS = {
    "kanji": between(0x4E00, 0x9FFF),
    "extension A": between(0x3400, 0x4DBF),
    "extension B": between(0x20000, 0x2A6DF),
    "later extensions": between(0x2A700, 0x323AF),
    "compatibility": between(0xF900, 0xFAFF) + between(0x2F800, 0x2FA1F),
    "CP932": printable(CP932),
    "half-width kana": printable(HALF_KANA),
    "kana": between(0x3041, 0x3096) + between(0x30A1, 0x30FE) + ["か\u309a", "カ\u309a", "セ\u309a", "は\u3099"],
    "Latin": between(0x21, 0x7E) + between(0xC0, 0x17F) + ["e\u0301"],
    "blank": [" ", "\u3000"],
    "Adobe-Japan1": sorted(source(BIZ).pairs),
    "Moji_Joho": sorted(source(IPAMJ).pairs),
}
cluster_of_any = st.one_of(*(st.sampled_from(pool) for pool in POOLS.values()))
inked = st.lists(cluster_of_any, min_size=1, max_size=40).map("".join).filter(lambda text: text.strip())


def test_every_pool_is_there() -> None:
    least = {"kana": 150, "Latin": 200, "blank": 2, "half-width kana": 63, "later extensions": 50, "compatibility": 80}
    assert {name: len(pool) >= least.get(name, 2000) for name, pool in POOLS.items()} == dict.fromkeys(POOLS, True)
    assert len(set(POOLS["CP932"])) > 7000
    assert {"髙", "﨑", "①", "㈱", "ⅷ"} <= set(POOLS["CP932"])


def read_by_pdfium(path: Path) -> list[str]:
    document = pypdfium2.PdfDocument(path)
    try:
        return [page.get_textpage().get_text_range() for page in document]
    finally:
        document.close()


def without_blanks(text: str) -> str:
    """Leave out blanks: PDFium adds one at a wide gap and drops one at a line's end."""
    return "".join(text.split())


def read_back(path: Path) -> list[str]:
    with opened_again(path) as file:
        return [page.text for page in file.pages()]


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(values=st.lists(inked, min_size=1, max_size=5), chain=st.sampled_from(["mincho", "moji", "boldpgothic"]))
def test_no_character_is_changed_on_the_way(tmp_path: Path, values: list[str], chain: str) -> None:
    path = print_sheets(tmp_path / "any.pdf", plate_of(chain), [{"name": value} for value in values])
    assert read_back(path) == values
    assert list(map(without_blanks, read_by_pdfium(path))) == list(map(without_blanks, values))
    proof_of_glyphs(path, fonts_by_name(FONTS.glob("*.ttf")))


def pairs_of_one_glyph(count: int) -> list[tuple[str, str]]:
    """Two texts each that a font draws with one glyph: two characters, or one with and without its selector."""
    chance = Random(7)
    found = []
    for path in (BIZ, IPAMJ):
        texts: dict[str, list[str]] = {}
        for text, glyph in [*source(path).characters.items(), *source(path).pairs.items()]:
            if unicodedata.category(text[0])[0] not in "MCZ":
                texts.setdefault(glyph, []).append(text)
        shared = sorted(tuple(sorted(both)[:2]) for both in texts.values() if len(both) > 1)
        found += chance.sample(shared, count)
    return found


@pytest.mark.parametrize("turn", [1, -1])
def test_two_texts_of_one_glyph_are_read_back_each_as_it_was_given(tmp_path: Path, turn: int) -> None:
    values = ["".join(pair[::turn]) for pair in pairs_of_one_glyph(100)]
    assert "葛" in source(BIZ).characters
    assert source(BIZ).glyph("葛\U000e0101") == source(BIZ).glyph("葛"), "a default that is registered"
    values.append("".join(("葛", "葛\U000e0101")[::turn]) * 2)
    path = print_sheets(tmp_path / "shared.pdf", plate_of("mincho"), [{"name": value} for value in values])
    assert read_back(path) == values
    assert list(map(without_blanks, read_by_pdfium(path))) == values
    (*_, last) = marks(path)
    assert len({repr(mark.outline) for mark in last}) == 1
    proof_of_glyphs(path, fonts_by_name(FONTS.glob("*.ttf")))


# User-defined characters


@pytest.mark.parametrize("units", [2048, 1000])
def test_user_defined_character_prints_from_the_insurers_font_and_from_no_other(tmp_path: Path, units: int) -> None:
    font = make_gaiji(tmp_path, {"\ue000": "崎", "\ue757": "邉", "\uf860": "辻"}, units=units)
    gaiji = load_gaiji(font, make_table(tmp_path, "U+E000 E757 U+F860"))
    values = ["山\ue000田\ue757", "\uf860"]
    path = print_sheets(tmp_path / "own.pdf", plate_of("mincho"), [{"name": value} for value in values], gaiji)
    assert read_back(path) == values
    assert read_by_pdfium(path) == values
    own = Source(font)
    printed = [mark for page in marks(path) for mark in page if mark.text not in "山田"]
    assert [(mark.text, mark.font) for mark in printed] == [(c, "InsurerGaiji") for c in "\ue000\ue757\uf860"]
    assert [mark.outline for mark in printed] == [own.outline(own.characters[mark.text]) for mark in printed]
    proof_of_glyphs(path, fonts_by_name([*FONTS.glob("*.ttf"), font]))


def test_user_defined_character_is_held_where_nobody_vouches_for_it(tmp_path: Path) -> None:
    font = make_gaiji(tmp_path, {"\ue000": "崎", "\ue001": "邉"})
    gaiji = load_gaiji(font, make_table(tmp_path, "U+E000"))
    assert "\uf860" in source(IPAMJ).characters, "a font of ours has a glyph there, which is not the insurer's"
    held = {None: "\ue000\ue001\uf860\U000f0000", gaiji: "\ue001\ue002\uf860\U000f0000"}
    for vouched, characters in held.items():
        for character in characters:
            (problem,), _ = Ruler(vouched).examine(plate_of("mincho"), {"name": f"山{character}"})
            assert str(problem.cause) == code_points(character)
    assert Ruler(gaiji).examine(plate_of("mincho"), {"name": "\ue000"})[0] == []
    (problem,), _ = Ruler(gaiji).examine(plate_of("mincho"), {"name": "\ue000\U000e0100"})
    assert str(problem.cause) == "U+E000 U+E0100"


def test_a_user_defined_character_whose_glyph_draws_nothing_has_no_glyph(
    tmp_path: Path,
) -> None:
    font = make_gaiji(tmp_path, {"\ue000": "崎", "\ue001": "\u3000"})
    gaiji = load_gaiji(font, make_table(tmp_path, "U+E000 U+E001"))
    assert Ruler(gaiji).examine(plate_of("mincho"), {"name": "山\ue000"})[0] == []
    (problem,), _ = Ruler(gaiji).examine(plate_of("mincho"), {"name": "山\ue001"})
    assert isinstance(problem.cause, Unprintable)
    assert str(problem.cause) == "U+E001"


@pytest.mark.parametrize(
    ("scale", "dx", "dy", "advance", "is_held"),
    [
        (1.0, 0, 0, 1.0, False),
        (1.0, 0, 0, 0.0, True),
        (1.0, 0, 0, 0.5, True),
        (0.04, 0, 0, 1.0, True),
        (0.08, 0, 0, 1.0, False),
        (3.0, 0, 0, 3.0, True),
        (1.0, 0.4, 0, 1.0, False),
        (1.0, 0.7, 0, 1.0, True),
        (1.0, -0.7, 0, 1.0, True),
        (1.0, 0, 0.4, 1.0, False),
        (1.0, 0, 0.7, 1.0, True),
        (1.0, 0, -0.7, 1.0, True),
    ],
)
def test_a_user_defined_character_that_is_drawn_beside_its_place_or_as_a_speck_has_no_glyph(
    tmp_path: Path, scale: float, dx: float, dy: float, advance: float, is_held: bool
) -> None:
    path = make_gaiji(tmp_path, {"\ue000": "国"})
    with TTFont(path, recalcTimestamp=False) as font:
        name, em = font.getBestCmap()[0xE000], font["head"].unitsPerEm
        pen = TTGlyphPen(None)
        font.getGlyphSet()[name].draw(TransformPen(pen, (scale, 0, 0, scale, dx * em, dy * em)))
        glyph = pen.glyph()
        font["glyf"][name] = glyph
        glyph.recalcBounds(font["glyf"])
        font["hmtx"][name] = (round(advance * em), glyph.xMin)
        font.save(path)
    problems, _ = Ruler(load_gaiji(path, make_table(tmp_path, "U+E000"))).examine(
        plate_of("mincho"), {"name": "\ue000"}
    )
    assert [isinstance(problem.cause, Unprintable) for problem in problems] == ([True] if is_held else [])
