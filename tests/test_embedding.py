"""Embedded fonts, read with fontTools: outlines, widths and texts are those of the source, and nothing else is in."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import pypdf
import pypdfium2
import pytest
from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.ttLib import TTFont
from hypothesis import given
from hypothesis import strategies as st

from renderer.press.embedding import MAX_CID, FileFont, TooManyTexts, subset, to_unicode_cmap
from renderer.press.fonts import FILES, FONTS, Face, clusters, face
from renderer.press.pdffile import PdfFile

MINCHO, GOTHIC, MJ = face("BIZ UDMincho"), face("BIZ UDGothic"), face("IPAmjMincho")
COMPOSITE = 12
"""At least so many glyphs of a font are put together from others: fontTools' own limit does not matter here."""


@cache
def source(path: Path) -> TTFont:
    return TTFont(io.BytesIO(path.read_bytes()), lazy=True)


def outline(font: TTFont, gid: int) -> list[Any]:
    """Every point of a glyph, with components resolved."""
    glyphs = font.getGlyphSet()
    pen = DecomposingRecordingPen(glyphs)
    glyphs[font.getGlyphName(gid)].draw(pen)
    return list(pen.value)


def write(path: Path, used: Face, texts: Sequence[str]) -> FileFont:
    """Write a page that shows texts one below the other in one font, one glyph for each cluster."""
    pdf = PdfFile(path)
    font = FileFont(used, "F0", pdf.reserve)
    lines = []
    for number, text in enumerate(texts):
        hexes = "".join(font.hex_of(used.glyph_of(cluster), cluster) for cluster in clusters(text))  # type: ignore[arg-type]
        lines.append(f"BT /F0 12 Tf 1 0 0 1 40 {800 - 20 * number} Tm <{hexes}> Tj ET")
    content = pdf.put_stream("\n".join(lines).encode())
    pdf.put_page(b"0 0 595 842", b"/Resources<</Font<</F0 %d 0 R>>>>/Contents %d 0 R" % (font.number, content))
    font.put(pdf)
    pdf.finish("x", "renderer")
    return font


def embedded(path: Path) -> Any:
    """The font dictionary of the first page."""
    return pypdf.PdfReader(path).pages[0]["/Resources"]["/Font"]["/F0"]  # type: ignore[index]


@pytest.mark.parametrize("key", FILES)
def test_a_subset_has_the_outlines_and_widths_of_its_source_and_no_other_glyph(key: tuple[str, bool]) -> None:
    used = face(*key)
    font = source(used.path)
    composite = [gid for gid in range(1, 3000) if font["glyf"][font.getGlyphName(gid)].isComposite()][:COMPOSITE]
    wanted = sorted({*Random(8).sample(range(1, used.glyph_count), 60), *composite})
    data, new_gids = subset(used, wanted)
    cut = TTFont(io.BytesIO(data))
    assert [outline(cut, new_gids[gid]) for gid in wanted] == [outline(font, gid) for gid in wanted]
    advances = [cut["hmtx"][cut.getGlyphName(new_gids[gid])][0] for gid in wanted]
    assert advances == [font["hmtx"][font.getGlyphName(gid)][0] for gid in wanted]
    assert not {"fpgm", "prep", "cvt ", "GSUB", "GPOS", "cmap", "name", "post"} & set(cut.keys())
    # Components of composites come along; nothing else does.
    assert cut["maxp"].numGlyphs <= len(wanted) + 1 + 4 * len(composite)


def test_the_first_text_of_a_glyph_is_named_by_the_glyph_and_further_ones_behind_the_font() -> None:
    font = FileFont(MINCHO, "F0", lambda: 1)
    assert font.cid(4020, "辻") == 4020
    assert font.cid(4020, "辻\U000e0101") == MINCHO.glyph_count
    assert font.cid(12614, "辻\U000e0100") == 12614
    assert font.cid(3141, "山\U000e0100") == 3141
    assert font.cid(3141, "山") == MINCHO.glyph_count + 1
    assert font.cid(4020, "辻") == 4020
    assert font.cid(4020, "辻\U000e0101") == MINCHO.glyph_count


@given(st.lists(st.tuples(st.integers(1, 40), st.sampled_from("あいうえ")), max_size=120))
def test_no_two_pairs_of_glyph_and_text_share_an_identifier(pairs: list[tuple[int, str]]) -> None:
    font = FileFont(MINCHO, "F0", lambda: 1)
    given_out = {pair: font.cid(*pair) for pair in pairs}
    assert len(set(given_out.values())) == len(given_out)
    assert all(font.cid(*pair) == cid for pair, cid in given_out.items())


def test_when_the_identifiers_are_used_up_the_sentence_says_what_to_do() -> None:
    font = FileFont(MJ, "F0", lambda: 1)
    font.cid(1, "first")
    for number in range(MAX_CID + 1 - MJ.glyph_count):
        assert font.cid(1, str(number)) == MJ.glyph_count + number
    with pytest.raises(TooManyTexts, match="smaller batches"):
        font.cid(1, "one too many")
    assert font.cid(2, "another glyph still has its own") == 2


TEXTS = {
    MINCHO: ["山田　太郎 様", "辻辻\U000e0101辻\U000e0100", "葛\U000e0101葛葛\U000e0100", "\ufa19\ufa11"],
    GOTHIC: ["令和8年11月23日", "アイウ ABC iiWW 0123456789", "ﾊﾝｶｸ"],
    MJ: ["\u8fbb\U000e0102\u9089\U000e010f", "\U00020bb7\u69d7", "A B"],
}


@pytest.mark.parametrize("used", TEXTS, ids=lambda used: used.family)
def test_text_with_selectors_is_read_back_as_given_even_where_two_texts_share_a_glyph(
    tmp_path: Path, used: Face
) -> None:
    write(tmp_path / "x.pdf", used, TEXTS[used])
    document = pypdfium2.PdfDocument(tmp_path / "x.pdf")
    page = document[0]
    reader = page.get_textpage()
    assert reader.get_text_range().split("\r\n") == TEXTS[used]
    reader.close()
    page.close()
    document.close()


@pytest.mark.parametrize("used", TEXTS, ids=lambda used: used.family)
def test_every_identifier_leads_to_the_outline_and_width_of_its_text(tmp_path: Path, used: Face) -> None:
    written = write(tmp_path / "x.pdf", used, TEXTS[used])
    font = embedded(tmp_path / "x.pdf")
    descendant = font["/DescendantFonts"][0].get_object()
    program = TTFont(io.BytesIO(descendant["/FontDescriptor"]["/FontFile2"].get_data()))
    mapping = descendant["/CIDToGIDMap"].get_data()
    widths = {descendant["/W"][n]: descendant["/W"][n + 1][0] for n in range(0, len(descendant["/W"]), 2)}
    whole = source(used.path)
    plain = whole.getBestCmap()
    selected = next((table.uvsDict for table in whole["cmap"].tables if table.format == 14), {})
    for cluster in {cluster for text in TEXTS[used] for cluster in clusters(text)}:
        name = plain[ord(cluster[0])]
        if len(cluster) == 2:
            name = dict(selected[ord(cluster[1])])[ord(cluster[0])] or name
        gid = whole.getGlyphID(name)
        cid = written.cid(gid, cluster)
        drawn = int.from_bytes(mapping[2 * cid : 2 * cid + 2], "big")
        assert drawn
        assert outline(program, drawn) == outline(whole, gid), f"U+{ord(cluster[0]):04X}"
        assert widths[cid] == round(whole["hmtx"][name][0] * 1000 / 2048)


def test_the_width_of_a_face_that_claims_fixed_pitch_is_the_glyphs_own(tmp_path: Path) -> None:
    assert source(FONTS / "BIZUDGothic-Regular.ttf")["post"].isFixedPitch
    write(tmp_path / "x.pdf", GOTHIC, ["1国"])
    widths = embedded(tmp_path / "x.pdf")["/DescendantFonts"][0].get_object()["/W"]
    assert [width[0] for width in widths[1::2]] == [500, 1000]


def test_a_subset_is_tagged_by_its_content(tmp_path: Path) -> None:
    names = []
    for name, text in (("a", "山田"), ("b", "田山"), ("c", "山川")):
        write(tmp_path / name, MINCHO, [text])
        names.append(embedded(tmp_path / name)["/BaseFont"])
    assert all(re.fullmatch(r"/[A-Z]{6}\+BIZUDMincho-Regular", name) for name in names)
    assert names[0] == names[1] != names[2]


CHARACTERS = st.characters(exclude_categories=("Cs",))


@given(st.dictionaries(st.integers(1, MAX_CID), st.text(CHARACTERS, min_size=1)), st.sampled_from([0, 99, 100, 250]))
def test_a_to_unicode_map_says_each_pair_once_in_sections_of_a_hundred(pairs: dict[int, str], more: int) -> None:
    pairs = {cid: chr(0x4E00 + cid) for cid in range(1, more + 1)} | pairs
    cmap = to_unicode_cmap(sorted(pairs.items()))
    read = {}
    for count, section in re.findall(rb"(\d+) beginbfchar\n(.*?)\nendbfchar", cmap, re.DOTALL):
        entries = re.findall(rb"<([0-9A-F]{4})><((?:[0-9A-F]{4})+)>", section)
        assert int(count) == len(entries) <= 100
        read |= {int(cid, 16): bytes.fromhex(text.decode()).decode("utf-16-be") for cid, text in entries}
    assert read == pairs
