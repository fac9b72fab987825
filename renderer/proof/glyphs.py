"""A print file → the proof that its ink is its text, or BadBatch.

For each embedded font and each glyph used: the outline and the advance width are those that the project's
own font file gives for the text that ToUnicode claims, selectors included. No glyph 0, no glyph without a
text, no font that is not ours. With that, text read back from a page is proof of ink.

The claimed text is looked up in the source font's cmap, formats 4, 12 and 14; only where that is another
glyph may the font's own substitutions (HarfBuzz, language ja) lead to the one embedded. The form that a font
has for vertical lines (vert) is that of a layout's labels alone: who reads the values is told which CIDs these are.

All font dictionaries of the file are proved, whether or not a page reaches them. A page that draws a CID its
font does not list has no text there: comparing the text read back shows that, not this proof.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from renderer.model.errors import BadBatch
from renderer.proof.claims import Claim, Program, programs_of
from renderer.proof.drawing import Drawing, is_selector

WIDTH_TOLERANCE = 0.5
"""In 1/1000 em: /W is written in whole thousandths."""
TOLD = 5
"""How many objections a message spells out; the rest is counted."""


def proof_of_glyphs(pdf: Path, fonts: Mapping[str, Drawing], apart: Collection[str] = ()) -> Mapping[str, set[int]]:
    """Prove every embedded glyph against the fonts given (``drawing.fonts_by_name``, gaiji fonts too).

    ``apart`` names, with their tags, the fonts of inserts: another program's files, printed as they came. Return for
    each font the CIDs that print a form for vertical lines, in which no value may stand.
    Raises BadBatch with the fonts, CIDs and code points that are not what they claim, and for a file that
    cannot be read.
    """
    objections: list[str] = []
    vertical: dict[str, set[int]] = {}
    try:
        with pdf.open("rb") as stream:
            for program in programs_of(stream, apart):
                objections.extend(_objections_to_program(program, fonts, vertical))
    except Exception as error:  # pypdf meets a damaged file with whatever it stumbles over
        said = type(error).__name__
        raise BadBatch(f"{pdf.name} cannot be read as a PDF ({said}); print it again") from error
    if objections:
        more = f", and {len(objections) - TOLD} more" if len(objections) > TOLD else ""
        raise BadBatch(
            f"{pdf.name} has ink that is not its text: {'; '.join(objections[:TOLD])}{more}; "
            "print it again from the layout, and look there for the fonts named"
        )
    return vertical


def _objections_to_program(
    program: Program, fonts: Mapping[str, Drawing], vertical: dict[str, set[int]]
) -> Iterator[str]:
    """Prove one embedded font program, or say what is wrong with it; note which CIDs are forms for vertical lines."""
    yield from program.faults
    for name in sorted(program.names - fonts.keys()):
        yield f"{name} is not one of the project's fonts"
    if program.faults or not program.names <= fonts.keys():
        return
    sources = {fonts[name] for name in program.names}
    if len(sources) != 1:
        yield f"{' and '.join(sorted(program.names))} share one embedded font"
        return
    source, embedded = sources.pop(), Drawing.of_embedded(program.data)
    name = min(program.names)
    if embedded.units != source.units:
        yield f"{name} was embedded with another size of em"
        return
    for claim in program.claims:
        objection = _objection_to_claim(claim, embedded, source)
        # Asked second: of many kana a font has a form for vertical lines that looks as the other does.
        if objection and _is_vertical_form(claim, embedded, source):
            vertical.setdefault(name, set()).add(claim.cid)
        elif objection:
            yield f"{name} CID {claim.cid} ({_code_points(claim.text)}) {objection}"


def _objection_to_claim(claim: Claim, embedded: Drawing, source: Drawing) -> str | None:
    """Say why a CID does not print what it claims; None when it does."""
    if claim.glyph == 0:
        return "prints glyph 0, the mark of a missing character"
    if claim.glyph >= embedded.glyph_count:
        return "prints a glyph that the embedded font does not have"
    if not claim.text:
        return "prints ink without a text" if embedded.outline(claim.glyph) else None
    pairs = _pairs(claim.text)
    glyphs = [source.glyph_for(*pair) for pair in pairs]
    if None in glyphs:
        return "claims a text that the font has no glyph for"
    single = glyphs if len(glyphs) == 1 else []
    drawn = [glyph for glyph in single if glyph and _same_ink(embedded, claim.glyph, source, glyph)]
    if not drawn:
        shaped = source.shaped(claim.text)
        drawn = [shaped] if shaped and _same_ink(embedded, claim.glyph, source, shaped) else []
    if not drawn:
        return "is drawn with another outline than the font gives for that text"
    if not any(abs(source.advance(glyph) - claim.width) <= WIDTH_TOLERANCE for glyph in drawn):
        return f"advances by {claim.width:g}/1000 em, not as the font does"
    return None


def _is_vertical_form(claim: Claim, embedded: Drawing, source: Drawing) -> bool:
    """Whether a CID prints the form of its one character for vertical lines, where the font has another for others."""
    if len(claim.text) != 1 or not 0 < claim.glyph < embedded.glyph_count:
        return False
    upright, form = source.glyph_for(claim.text, ""), source.shaped(claim.text, vertically=True)
    return (
        form is not None
        and form != upright
        and _same_ink(embedded, claim.glyph, source, form)
        and abs(source.advance(form) - claim.width) <= WIDTH_TOLERANCE
    )


def _same_ink(embedded: Drawing, glyph: int, source: Drawing, other: int) -> bool:
    """Compare two glyphs: by their points as the files hold them, and if these differ, as HarfBuzz draws them.

    A side bearing of another number moves the points (OpenType 1.9, hmtx), as HarfBuzz and PDFium do.
    """
    points = embedded.points(glyph)
    if points and points == source.points(other) and embedded.side_bearing(glyph) == source.side_bearing(other):
        return True
    return embedded.outline(glyph) == source.outline(other)


def _pairs(text: str) -> list[tuple[str, str]]:
    """Take a text apart into characters, each with its variation selector or ""."""
    pairs: list[tuple[str, str]] = []
    for character in text:
        if is_selector(character) and pairs and not pairs[-1][1]:
            pairs[-1] = (pairs[-1][0], character)
        else:
            pairs.append((character, ""))
    return pairs


def _code_points(text: str) -> str:
    return " ".join(f"U+{ord(character):04X}" for character in text) or "no text"
