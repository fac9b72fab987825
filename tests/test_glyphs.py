"""The proof by glyph: it passes what is printed right, and objects to every way of printing another name."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest
import uharfbuzz
import weasyprint
from fontTools import subset
from fontTools.ttLib import TTFont
from hypothesis import given, settings
from hypothesis import strategies as st

from renderer.model.errors import BadBatch, BadLayout
from renderer.proof.drawing import fonts_by_name
from renderer.proof.glyphs import proof_of_glyphs

FONTS = Path(__file__).resolve().parents[1] / "fonts"
OURS = fonts_by_name(sorted(FONTS.glob("*.ttf")))
STYLE = '@page { size: 150mm 80mm; margin: 5mm } html { font: 12pt "BIZ UDMincho", "IPAmjMincho" }'
NAMES = "山田　太郎 葛\U000e0100飾 神\ufa19 \U0002000b\U00020001野 か\u3099 ﾀﾛｳ 0123-AVfi"


def written(path: Path, body: str, style: str = "") -> Path:
    weasyprint.HTML(string=f"<html lang=ja><style>{STYLE} {style}</style>{body}").write_pdf(path)
    return path


class OneFont:
    """The one font of an open PDF, to be told apart and put together wrongly."""

    def __init__(self, pdf: pikepdf.Pdf) -> None:
        self.pdf = pdf
        (self.font,) = pdf.pages[0].Resources.Font.values()
        self.descendant = self.font.DescendantFonts[0]
        self.descriptor = self.descendant.FontDescriptor

    @property
    def claims(self) -> dict[int, str]:
        listed = self.font.ToUnicode.read_bytes().rpartition(b"endcodespacerange")[2]
        entries = re.findall(rb"<([0-9a-f]{4})> <([0-9a-f]+)>\n", listed)
        return {int(cid, 16): bytes.fromhex(text.decode()).decode("utf-16-be") for cid, text in entries}

    def claim(self, claims: dict[int, str], kind: str = "bfchar") -> None:
        lines = [f"<{cid:04x}> <{text.encode('utf-16-be').hex()}>" for cid, text in claims.items()]
        body = "\n".join([f"{len(lines)} begin{kind}", *lines, f"end{kind}"])
        self.font.ToUnicode = self.pdf.make_stream(body.encode())

    def program(self) -> TTFont:
        return TTFont(io.BytesIO(self.descriptor.FontFile2.read_bytes()))

    def embed(self, program: TTFont) -> None:
        data = io.BytesIO()
        program.save(data)
        self.descriptor.FontFile2 = self.pdf.make_stream(data.getvalue())


def changed(path: Path, change: Callable[[OneFont], None]) -> Path:
    target = path.with_name("changed.pdf")
    with pikepdf.open(path) as pdf:
        change(OneFont(pdf))
        pdf.save(target)
    return target


@pytest.fixture
def name(tmp_path: Path) -> Path:
    """A name with a selector, in one font."""
    return written(tmp_path / "name.pdf", "<p>葛\U000e0100山 田川")


MINCHO = TTFont(FONTS / "BIZUDMincho-Regular.ttf").getBestCmap()
KANJI = st.sampled_from([chr(code) for code in MINCHO if 0x4E00 <= code <= 0x9FFF or 0xF900 <= code <= 0xFAFF])

# What is printed right passes


@pytest.mark.parametrize("family", ["BIZ UDGothic", "BIZ UDPGothic", "BIZ UDMincho", "BIZ UDPMincho"])
@pytest.mark.parametrize("weight", [400, 700])
@pytest.mark.parametrize("size", ["5pt", "10.5pt", "33.3pt"])
def test_every_family_passes_at_every_size(tmp_path: Path, family: str, weight: int, size: str) -> None:
    style = f'p {{ font: {weight} {size} "{family}", "IPAmjMincho" }}'
    proof_of_glyphs(written(tmp_path / "a.pdf", f"<p>{NAMES}", style), OURS)


def test_selectors_of_both_collections_pass(tmp_path: Path) -> None:
    body = "<p>葛\U000e0100 邉\U000e0101 <p style='font-family: IPAmjMincho'>邉\U000e010f か\u309a"
    pdf = written(tmp_path / "a.pdf", body)
    with pikepdf.open(pdf) as opened:
        texts = b"".join(font.ToUnicode.read_bytes() for font in opened.pages[0].Resources.Font.values())
    assert b"<845bdb40dd00>" in texts
    assert b"<9089db40dd0f>" in texts
    proof_of_glyphs(pdf, OURS)


def test_ligature_passes_by_the_fonts_own_substitution(tmp_path: Path) -> None:
    pdf = written(tmp_path / "a.pdf", "<p style='font-family: BIZ UDPMincho'>office")
    with pikepdf.open(pdf) as opened:
        assert "fi" in OneFont(opened).claims.values()
    proof_of_glyphs(pdf, OURS)


def test_page_without_any_text_passes(tmp_path: Path) -> None:
    proof_of_glyphs(written(tmp_path / "a.pdf", "<hr>"), OURS)


@settings(max_examples=15)
@given(text=st.text(KANJI, min_size=1, max_size=30))
def test_any_kanji_pass(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    proof_of_glyphs(written(tmp_path_factory.mktemp("kanji") / "a.pdf", f"<p>{text}"), OURS)


def _as_the_press_writes(one: OneFont) -> None:
    """Number CIDs anew, subset compactly, map by CIDToGIDMap, and share the program between two fonts."""
    face = uharfbuzz.Face(uharfbuzz.Blob.from_file_path(str(FONTS / "BIZUDMincho-Regular.ttf")))
    wanted = uharfbuzz.SubsetInput()
    wanted.glyph_set.update(one.claims)
    plan = uharfbuzz.SubsetPlan(face, wanted)
    new_glyphs = {glyph: plan.old_to_new_glyph_mapping[glyph] for glyph in one.claims}
    assert new_glyphs.keys() != set(new_glyphs.values()), "a compact subset numbers its glyphs anew"
    one.descriptor.FontFile2 = one.pdf.make_stream(plan.execute().blob.data)
    widths = [500 if text == " " else 1000 for text in one.claims.values()]
    table = b"\0\0" + b"".join(glyph.to_bytes(2, "big") for glyph in new_glyphs.values())
    one.claim(dict(enumerate(one.claims.values(), start=1)))
    one.font.BaseFont = one.descendant.BaseFont = pikepdf.Name("/AAAAAA+BIZUDMincho-Regular")
    one.descendant.CIDToGIDMap = one.pdf.make_stream(table)
    one.descendant.W = pikepdf.Array([1, pikepdf.Array(widths)])
    second = one.pdf.make_indirect(pikepdf.Dictionary(dict(one.font.items())))
    one.pdf.pages[0].Resources.Font["/Second"] = second


def test_press_file_with_mapped_glyphs_and_a_shared_program_passes(name: Path) -> None:
    proof_of_glyphs(changed(name, _as_the_press_writes), OURS)


def test_press_file_whose_map_swaps_two_glyphs_is_refused(name: Path) -> None:
    def swapped(one: OneFont) -> None:
        _as_the_press_writes(one)
        table = one.descendant.CIDToGIDMap.read_bytes()
        assert len(table) > 6
        one.descendant.CIDToGIDMap = one.pdf.make_stream(table[:2] + table[4:6] + table[2:4] + table[6:])

    with pytest.raises(BadBatch, match="another outline"):
        proof_of_glyphs(changed(name, swapped), OURS)


def test_press_file_whose_map_is_too_short_is_refused(name: Path) -> None:
    def cut(one: OneFont) -> None:
        _as_the_press_writes(one)
        one.descendant.CIDToGIDMap = one.pdf.make_stream(one.descendant.CIDToGIDMap.read_bytes()[:-2])

    with pytest.raises(BadBatch, match="glyph 0"):
        proof_of_glyphs(changed(name, cut), OURS)


# What is not what it claims is refused


def _claims_the_same_again(one: OneFont) -> None:
    one.claim(one.claims)


def test_control_a_file_put_together_again_as_it_was_passes(name: Path) -> None:
    proof_of_glyphs(changed(name, _claims_the_same_again), OURS)


def _claims_another_kanji(one: OneFont) -> None:
    one.claim({cid: text.replace("山", "岳") for cid, text in one.claims.items()})


def _claims_two_the_wrong_way_round(one: OneFont) -> None:
    swap = str.maketrans("田川", "川田")
    one.claim({cid: text.translate(swap) for cid, text in one.claims.items()})


def _draws_one_kanji_as_another(one: OneFont) -> None:
    program = one.program()
    cids = {text: cid for cid, text in one.claims.items()}
    names = [program.getGlyphName(cids[text]) for text in "田川"]
    glyphs = program["glyf"]
    glyphs[names[0]], glyphs[names[1]] = glyphs[names[1]], glyphs[names[0]]
    one.embed(program)


def _moves_one_point_by_one_unit(one: OneFont) -> None:
    program = one.program()
    cid = next(cid for cid, text in one.claims.items() if text == "川")
    glyph = program["glyf"][program.getGlyphName(cid)]
    x, y = glyph.coordinates[5]
    glyph.coordinates[5] = (x + 1, y)
    one.embed(program)


def _claims_the_plain_kanji(one: OneFont) -> None:
    one.claim({cid: text[0] for cid, text in one.claims.items()})


def _draws_the_plain_kanji(one: OneFont) -> None:
    program = one.program()
    cid = next(cid for cid, text in one.claims.items() if len(text) > 1)
    with TTFont(FONTS / "BIZUDMincho-Regular.ttf") as full:
        program["glyf"][program.getGlyphName(cid)] = full["glyf"][full.getBestCmap()[ord("葛")]]
        one.embed(program)


def _claims_a_selector_that_the_font_lacks(one: OneFont) -> None:
    one.claim({cid: "山\U000e01ef" if text == "山" else text for cid, text in one.claims.items()})


def _draws_ink_for_a_blank(one: OneFont) -> None:
    one.claim({cid: " " if text == "山" else text for cid, text in one.claims.items()})


def _draws_ink_without_a_text(one: OneFont) -> None:
    one.claim({cid: "" if text == "山" else text for cid, text in one.claims.items()})


def _draws_a_width_without_a_text(one: OneFont) -> None:
    one.claim({cid: text for cid, text in one.claims.items() if text != "山"})


def _prints_glyph_zero(one: OneFont) -> None:
    one.claim({**one.claims, 0: "崎"})


def _prints_beyond_the_font(one: OneFont) -> None:
    one.claim({**one.claims, 60000: "崎"})


def _claims_first_wrongly_and_then_rightly(one: OneFont) -> None:
    right = one.font.ToUnicode.read_bytes()
    cid = next(cid for cid, text in one.claims.items() if text == "山")
    wrong = f"1 beginbfchar\n<{cid:04x}> <5cb3>\nendbfchar\n".encode()
    one.font.ToUnicode = one.pdf.make_stream(wrong + right)


def _maps_ranges(one: OneFont) -> None:
    one.claim(one.claims, kind="bfrange")


def _advances_by_two_thousandths_more(one: OneFont) -> None:
    cid = next(cid for cid, text in one.claims.items() if text == "川")
    one.descendant.W = pikepdf.Array([cid, cid, 1002])


def _says_another_size_of_em(one: OneFont) -> None:
    """The same numbers are drawn at half the size, and the widths of the PDF are what they were."""
    program = one.program()
    program["head"].unitsPerEm *= 2
    one.embed(program)


def _is_named_as_a_sister(one: OneFont) -> None:
    one.font.BaseFont = pikepdf.Name("/ABCDEF+BIZ-UDGothic")


def _is_named_as_a_stranger(one: OneFont) -> None:
    one.font.BaseFont = pikepdf.Name("/ABCDEF+Foreign-Mincho")


def _is_not_embedded(one: OneFont) -> None:
    del one.descriptor["/FontFile2"]


def _is_a_standard_font(one: OneFont) -> None:
    one.pdf.pages[0].Resources.Font["/F1"] = pikepdf.Dictionary(
        Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
    )


def _hides_a_standard_font_in_a_form(one: OneFont) -> None:
    form = one.pdf.make_stream(b"")
    font = pikepdf.Dictionary(Subtype=pikepdf.Name.TrueType, BaseFont=pikepdf.Name.Arial)
    form.Type, form.Subtype = pikepdf.Name.XObject, pikepdf.Name.Form
    form.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
    one.pdf.pages[0].Resources.XObject["/Plate"] = form


@pytest.mark.parametrize(
    ("wrong", "objection"),
    [
        (_claims_another_kanji, "BIZ-UDMincho CID 3141 .U.5CB3. is drawn with another outline"),
        (_claims_two_the_wrong_way_round, "another outline"),
        (_draws_one_kanji_as_another, "another outline"),
        (_moves_one_point_by_one_unit, "U.5DDD. is drawn with another outline"),
        (_claims_the_plain_kanji, "U.845B. is drawn with another outline"),
        (_draws_the_plain_kanji, "U.845B U.E0100. is drawn with another outline"),
        (_claims_a_selector_that_the_font_lacks, "U.5C71 U.E01EF. claims a text that the font has no glyph"),
        (_draws_ink_for_a_blank, "U.0020. is drawn with another outline"),
        (_draws_ink_without_a_text, "no text. prints ink without a text"),
        (_draws_a_width_without_a_text, "CID 3141 has a width and no text"),
        (_prints_glyph_zero, "CID 0 .U.5D0E. prints glyph 0"),
        (_prints_beyond_the_font, "does not have"),
        (_claims_first_wrongly_and_then_rightly, "U.5CB3. is drawn with another outline"),
        (_maps_ranges, "maps ranges"),
        (_advances_by_two_thousandths_more, "advances by 1002/1000 em"),
        (_says_another_size_of_em, "another size of em"),
        (_is_named_as_a_sister, "another outline"),
        (_is_named_as_a_stranger, "Foreign-Mincho is not one of the project's fonts"),
        (_is_not_embedded, "BIZ-UDMincho is not embedded"),
        (_is_a_standard_font, "Helvetica is not embedded"),
        (_hides_a_standard_font_in_a_form, "Arial is not embedded"),
    ],
)
def test_what_is_not_what_it_claims_is_refused(name: Path, wrong: Callable[[OneFont], None], objection: str) -> None:
    proof_of_glyphs(name, OURS)
    with pytest.raises(BadBatch, match=objection) as refusal:
        proof_of_glyphs(changed(name, wrong), OURS)
    assert not re.search(r"[\u3040-\U000e01ef]", str(refusal.value)), "code points, never the name itself"


def test_fonts_in_compressed_objects_are_proved_too(name: Path, tmp_path: Path) -> None:
    for number, wrong in enumerate([None, _claims_another_kanji]):
        target = tmp_path / f"{number}.pdf"
        with pikepdf.open(name) as pdf:
            if wrong:
                wrong(OneFont(pdf))
            pdf.save(target, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    proof_of_glyphs(tmp_path / "0.pdf", OURS)
    with pytest.raises(BadBatch, match="another outline"):
        proof_of_glyphs(tmp_path / "1.pdf", OURS)


def test_character_that_no_font_has_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadBatch, match="missing character"):
        proof_of_glyphs(written(tmp_path / "a.pdf", "<p>山\u0e01"), OURS)


def test_font_that_was_not_given_is_refused_and_given_it_passes(tmp_path: Path) -> None:
    pdf = written(tmp_path / "a.pdf", "<p>山\U00020001")
    without = {name: path for name, path in OURS.items() if name != "IPAmjMincho"}
    with pytest.raises(BadBatch, match="IPAmjMincho is not one"):
        proof_of_glyphs(pdf, without)
    proof_of_glyphs(pdf, OURS)


def test_insurers_own_font_is_proved_like_the_others(tmp_path: Path) -> None:
    gaiji = tmp_path / "gaiji.ttf"
    with TTFont(FONTS / "BIZUDMincho-Regular.ttf") as font:
        options = subset.Options(name_IDs=["*"], glyph_names=True)
        subsetter = subset.Subsetter(options)
        subsetter.populate(text="崎")
        subsetter.subset(font)
        glyph = font.getBestCmap()[ord("崎")]
        for table in font["cmap"].tables:
            if table.format != 14:
                table.cmap[0xE000] = glyph
        for record in font["name"].names:
            if record.nameID in (1, 4, 6, 16):
                record.string = "InsurerGaiji"
        font.save(gaiji)
    style = f"@font-face {{ font-family: Own; src: url({gaiji.as_uri()}) }} p {{ font-family: Own }}"
    pdf = written(tmp_path / "a.pdf", "<p>\ue000", style)
    with pikepdf.open(pdf) as opened:
        base_font = str(OneFont(opened).font.BaseFont).partition("+")[2]
    with pytest.raises(BadBatch, match="is not one of the project's fonts"):
        proof_of_glyphs(pdf, OURS)
    named = fonts_by_name([gaiji])
    assert {name: font.file for name, font in named.items()} == {"InsurerGaiji": gaiji}
    proof_of_glyphs(pdf, {**OURS, base_font: named["InsurerGaiji"]})


def test_file_that_is_no_pdf_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "batch.pdf"
    path.write_bytes(b"%PDF-1.7 cut off")
    with pytest.raises(BadBatch, match=r"batch\.pdf cannot be read"):
        proof_of_glyphs(path, OURS)


def test_fonts_are_named_by_both_their_names() -> None:
    assert OURS["BIZ-UDPGothic-Bold"].file == OURS["BIZUDPGothic-Bold"].file == FONTS / "BIZUDPGothic-Bold.ttf"
    assert {font.file for font in OURS.values()} == set(FONTS.glob("*.ttf"))


def test_two_files_of_one_name_are_refused(tmp_path: Path) -> None:
    copy = tmp_path / "copy.ttf"
    copy.write_bytes((FONTS / "BIZUDGothic-Bold.ttf").read_bytes())
    with pytest.raises(BadLayout, match=r"copy\.ttf and BIZUDGothic-Bold\.ttf are both named"):
        fonts_by_name([FONTS / "BIZUDGothic-Bold.ttf", copy])


def test_file_that_is_no_font_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.ttf").write_bytes(b"no font")
    with pytest.raises(BadLayout, match=r"a\.ttf is not a font"):
        fonts_by_name([tmp_path / "a.ttf"])
