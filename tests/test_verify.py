"""A print file is proved before it is delivered: whatever is changed behind the press's back is noticed."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from random import Random

import pikepdf
import pytest
from fontTools.ttLib import TTFont
from hypothesis import given
from hypothesis import strategies as st
from small_layouts import FIXED, print_sheets, rules, small_layout, small_plate
from tampering import PrintedObjects

from renderer.layout.compiling import compile_plate
from renderer.layout.reference import reference_pdf
from renderer.model.errors import BadBatch
from renderer.press.enclosing import load_insert
from renderer.press.fonts import FILES, FONTS
from renderer.press.pdffile import FANOUT
from renderer.press.plates import Plate
from renderer.press.press import PrintFile
from renderer.press.ruler import Ruler
from renderer.proof import pixels
from renderer.proof.drawing import fonts_by_name
from renderer.proof.placing import Beginning, ExpectedPage
from renderer.proof.verify import (
    SAMPLE,
    ask_pdfium,
    compare_with_reference,
    expected_pages,
    insert_pages,
    spread,
    verify,
)

OURS = fonts_by_name(FONTS / name for name in sorted(set(FILES.values())))
NAMES = ("山田　太郎", "山川　花子", "辻\U000e0102　二郎", "みす\u3099ほ", "甲", "\U00020bb7野　三郎")
TITLE = "見本 1"
RECORDS = tuple(f"R{number}" for number in range(len(NAMES)))
VALUES = [{"name": name, "record": record, "code": f"{record}/1"} for name, record in zip(NAMES, RECORDS, strict=True)]
DOTS = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAIAAAABCAAAAADRSSBWAAAAC0lEQVR4nGNg+A8AAQIBAEK+vGgAAAAASUVORK5CYII="
)
BODY = """<p style="font-family: 'BIZ UDPGothic'">{{ "甲型" if variant.kind == "a" else "乙型" }}</p>
<img src="DOTS">{{ slot("name") }}{{ slot("record") }}{{ slot("code") }}""".replace("DOTS", DOTS)
CSS = rules("name") + rules("record", top="40mm", font_family='"BIZ UDGothic"')
CSS += rules("code", top="60mm", height="20mm")
SLOTS = "{ name = {}, record = {}, code = {} }"


class Batch:
    """Six sheets on two plates, an insert after each, and what their pages must say."""

    def __init__(self, folder: Path) -> None:
        self.layout = small_layout(folder, BODY, CSS, variants={"kind": ["a", "b"]}, slots=SLOTS, kinds={"code": "qr"})
        self.plates = [compile_plate(self.layout, variant, FIXED) for variant in self.layout.variants()]
        with pikepdf.new() as pdf:
            pdf.add_blank_page(page_size=(595.28, 841.89))
            pdf.pages[0].contents_add(b"0 0 10 10 re f")
            pdf.save(folder / "insert.pdf")
        self.path = folder / "batch.pdf"
        self.expected: list[ExpectedPage] = []
        insert = load_insert(folder / "insert.pdf")
        file = PrintFile(self.path, self.plates)
        for number, values in enumerate(VALUES):
            file.begin_piece(values["record"], f"{number}-")
            file.add_sheet(self.plate(number), values)
            file.add_insert(insert)
            begins = Beginning(values["record"], f"{number}-")
            self.expected += expected_pages(self.plate(number), values, values["record"], begins)
            self.expected += insert_pages([insert], [folder / "insert.pdf"])
        file.finish(TITLE)

    def plate(self, number: int) -> Plate:
        return self.plates[number % 2]


@pytest.fixture(scope="module")
def batch(tmp_path_factory: pytest.TempPathFactory) -> Batch:
    return Batch(tmp_path_factory.mktemp("batch"))


def test_an_insert_of_which_a_page_was_not_read_is_told(tmp_path: Path) -> None:
    path = tmp_path / "insert.pdf"
    with pikepdf.new() as pdf:
        for _ in range(2):
            pdf.add_blank_page(page_size=(595.28, 841.89))
        pdf.save(path)
    insert = load_insert(path)
    assert len(insert_pages([insert], [path])) == 2
    with pytest.raises(BadBatch, match=r"insert insert\.pdf: PDFium counts 2 pages, and 1 were read"):
        insert_pages([replace(insert, pages=insert.pages[:1])], [path])


def swap(objects: PrintedObjects, one: int, other: int) -> None:
    objects.objects[one], objects.objects[other] = objects.objects[other], objects.objects[one]


def test_what_was_printed_passes(batch: Batch) -> None:
    verify(batch.path, TITLE, batch.expected, OURS)


def test_the_instrument_writes_the_same_file_when_nothing_is_changed(batch: Batch, tmp_path: Path) -> None:
    verify(PrintedObjects(batch.path).write(tmp_path / "x.pdf"), TITLE, batch.expected, OURS)


def contents_swapped(objects: PrintedObjects) -> None:
    swap(objects, objects.content(2), objects.content(6))


def pages_swapped(objects: PrintedObjects) -> None:
    first, *_, other = objects.pages()[:5]
    node = next(number for number, body in objects.objects.items() if b"/Type/Pages" in body)
    kids = {b"%d 0 R" % first: b"%d 0 R" % other, b"%d 0 R" % other: b"%d 0 R" % first}
    objects.change(node, lambda body: re.sub(rb"\b(%b)\b" % b"|".join(kids), lambda kid: kids[kid[0]], body))


def page_removed(objects: PrintedObjects) -> None:
    node = next(number for number, body in objects.objects.items() if b"/Type/Pages" in body)
    gone = b"%d 0 R" % objects.pages()[4]
    objects.change(node, lambda body: body.replace(b" " + gone, b"").replace(b"/Count 12", b"/Count 11"))


def page_twice(objects: PrintedObjects) -> None:
    node = next(number for number, body in objects.objects.items() if b"/Type/Pages" in body)
    last = objects.pages()[-1]
    again = objects.add(objects.objects[last])
    kids = b"%d 0 R" % last, b"%d 0 R %d 0 R" % (last, again)
    objects.change(node, lambda body: body.replace(*kids).replace(b"/Count 12", b"/Count 13"))


def glyph_swapped(objects: PrintedObjects) -> None:
    """山田 becomes 田山: the same glyphs, another name."""
    objects.change_stream(objects.content(0), lambda content: re.sub(rb"<(....)(....)", rb"<\2\1", content, count=1))


def glyph_dropped(objects: PrintedObjects) -> None:
    objects.change_stream(objects.content(0), lambda content: re.sub(rb"<....", rb"<", content, count=1))


def glyph_unknown(objects: PrintedObjects) -> None:
    objects.change_stream(objects.content(0), lambda content: re.sub(rb"<....", rb"<2345", content, count=1))


def text_added(objects: PrintedObjects) -> None:
    """An insert's page says something."""
    words = re.search(rb"BT.*ET", objects.page_text(0), re.DOTALL)
    assert words
    objects.change_stream(objects.content(1), lambda content: content + words[0])


def bar_moved(objects: PrintedObjects) -> None:
    objects.change_stream(
        objects.content(0), lambda content: re.sub(rb"(\d+) (\d+) (\d+) 1 re", rb"\2 \1 \3 1 re", content, count=9)
    )


def code_of_another(objects: PrintedObjects) -> None:
    other = re.search(rb"[^\n]* re\n", objects.page_text(2))
    assert other
    objects.change_stream(objects.content(0), lambda content: re.sub(rb"[^\n]* re\n", other[0], content, count=1))


def plate_of_another_variant(objects: PrintedObjects) -> None:
    objects.change_stream(objects.content(0), lambda content: re.sub(rb"^/P\d+ Do", b"/P2 Do", content, count=1))


def insert_is_a_plate(objects: PrintedObjects) -> None:
    objects.change_stream(objects.content(1), lambda content: re.sub(rb"^/P\d+ Do", b"/P0 Do", content, count=1))


def plate_missing(objects: PrintedObjects) -> None:
    objects.change_stream(objects.content(0), lambda content: re.sub(rb"^/P\d+ Do", b"", content, count=1))


def selector_dropped(objects: PrintedObjects) -> None:
    for font in objects.fonts():
        cmap = objects.referred(font, b"ToUnicode")
        if b"8FBBDB40DD02" in objects.stream(cmap):
            objects.change_stream(cmap, lambda data: data.replace(b"8FBBDB40DD02", b"8FBB"))


def texts_exchanged(objects: PrintedObjects) -> None:
    """ToUnicode gives 山 for 田 and 田 for 山."""
    one, other = b"<5C71>", b"<7530>"
    for font in objects.fonts():
        cmap = objects.referred(font, b"ToUnicode")
        if one in objects.stream(cmap) and other in objects.stream(cmap):
            objects.change_stream(
                cmap, lambda data: data.replace(one, b"<x>").replace(other, one).replace(b"<x>", other)
            )


def outlines_exchanged(objects: PrintedObjects) -> None:
    font = next(number for number, body in objects.objects.items() if b"/CIDToGIDMap" in body)
    mapping = objects.referred(font, b"CIDToGIDMap")
    drawn = objects.stream(mapping)
    one, other = [at for at in range(0, len(drawn), 2) if drawn[at : at + 2] != b"\0\0"][:2]

    def exchange(data: bytes) -> bytes:
        changed = bytearray(data)
        changed[one : one + 2], changed[other : other + 2] = data[other : other + 2], data[one : one + 2]
        return bytes(changed)

    objects.change_stream(mapping, exchange)


def on_first_page(pattern: bytes, by: bytes) -> Callable[[PrintedObjects], None]:
    """Change what stands around the strings of the first page."""

    def change(objects: PrintedObjects) -> None:
        objects.change_stream(objects.content(0), lambda content: re.sub(pattern, by, content, count=1))

    return change


def in_first_page(key: bytes) -> Callable[[PrintedObjects], None]:
    """Add a key to the first page's dictionary."""

    def change(objects: PrintedObjects) -> None:
        objects.change(objects.pages()[0], lambda body: body.removesuffix(b">>") + key + b">>")

    return change


def places_exchanged(objects: PrintedObjects) -> None:
    """Name and record number change places: all is said, and in its order."""
    matrices = re.findall(rb"1 0 0 -1 \S+ \S+ Tm", objects.page_text(0))
    one, other = matrices[:2]
    objects.change_stream(
        objects.content(0), lambda content: content.replace(one, b"@").replace(other, one).replace(b"@", other)
    )


def all_pages_turned(objects: PrintedObjects) -> None:
    root = next(number for number, body in objects.objects.items() if b"/Type/Pages" in body)
    objects.change(root, lambda body: body.removesuffix(b">>") + b"/Rotate 180>>")


def page_smaller(objects: PrintedObjects) -> None:
    objects.change(objects.pages()[0], lambda body: re.sub(rb"/TrimBox\[[^]]*", b"/TrimBox[0 0 500 500", body))


def of_a_form(which: int, change: Callable[[bytes], bytes]) -> Callable[[PrintedObjects], None]:
    """Change the dictionary of a form: 0 is the first plate, 1 the insert."""

    def tamper(objects: PrintedObjects) -> None:
        forms = [number for number, body in objects.objects.items() if b"/Subtype/Form" in body]
        objects.change(sorted(forms)[which], change)

    return tamper


def fonts_of_the_plate_exchanged(objects: PrintedObjects) -> None:
    """The fixed text is drawn in another font of the file."""
    form = next(number for number, body in sorted(objects.objects.items()) if b"/Subtype/Form" in body)
    here = objects.referred(form, rb"Font<</\w+")
    other = next(number for number in objects.fonts() if number != here)
    objects.change(form, lambda body: body.replace(b" %d 0 R" % here, b" %d 0 R" % other, 1))


def picture_exchanged(objects: PrintedObjects) -> None:
    number = next(number for number, body in objects.objects.items() if b"/Subtype /Image" in body)
    objects.change(number, lambda body: body.replace(b"/Width 2", b"/Width 1"))


def of_the_catalog(objects: PrintedObjects) -> None:
    number = next(number for number, body in objects.objects.items() if b"/Type/Catalog" in body)
    objects.change(number, lambda body: body.removesuffix(b">>") + b"/OpenAction<</S/JavaScript/JS(1)>>>>")


def resources_of_its_own(objects: PrintedObjects) -> None:
    """The second sheet has resources of its own, in which the plates are exchanged."""
    page = objects.pages()[2]
    number = objects.referred(page, b"Resources")
    forms = re.findall(rb"/P\d+ (\d+ 0 R)", objects.objects[number])
    one, other = forms[0], forms[2]
    changed = objects.objects[number].replace(one, b"@").replace(other, one).replace(b"@", other)
    again = objects.add(changed)
    objects.change(page, lambda body: body.replace(b"/Resources %d 0 R" % number, b"/Resources %d 0 R" % again))


def glyph_of_the_plate_has_no_text(objects: PrintedObjects) -> None:
    """The fixed text is drawn with glyph 0 on all sheets: its entries in the font are gone."""
    form = next(number for number, body in sorted(objects.objects.items()) if b"/Subtype/Form" in body)
    cid = re.search(rb"<([0-9a-f]{4})", objects.stream(form))
    font = objects.referred(form, rb"Font<</\w+")
    assert cid
    line = b"<%b>" % cid[1].upper()
    cmap = objects.referred(font, b"ToUnicode")
    objects.change_stream(cmap, lambda data: re.sub(line + rb"<[0-9A-F]+>\n?", b"", data))
    descendant = objects.referred(font, b"DescendantFonts")
    objects.change(
        descendant,
        lambda body: re.sub(rb"(?<=[\[ ])%d\[\d+\] ?" % int(cid[1], 16), b"", body).replace(b" ]/FontD", b"]/FontD"),
    )


def width_told_twice(objects: PrintedObjects) -> None:
    """The first is drawn, the last was read."""
    number = next(number for number, body in objects.objects.items() if b"/CIDFontType2" in body)
    objects.change(number, lambda body: re.sub(rb"/W\[(\d+)\[", rb"/W[\1[2000] \1[", body))


def upright_font(objects: PrintedObjects) -> None:
    font = objects.fonts()[0]
    objects.change(font, lambda body: body.replace(b"/Encoding/Identity-H", b"/WMode 1/Encoding/Identity-H"))


def plate_emptied(objects: PrintedObjects) -> None:
    form = next(number for number, body in sorted(objects.objects.items()) if b"/Subtype/Form" in body)
    objects.change_stream(form, lambda _: b"")


def node_of_no_node(objects: PrintedObjects) -> None:
    """The pages have a node more above them, which nothing says to be theirs."""
    node = next(number for number, body in objects.objects.items() if b"/Type/Pages" in body)
    box = re.search(rb"/MediaBox\[[^]]*\]", objects.objects[node])
    assert box
    root = objects.add(b"<</Type/Pages%b/Count 12/Kids[%d 0 R]>>" % (box[0], node))
    objects.change(node, lambda body: body.replace(box[0], b"/Parent %d 0 R" % node))
    catalog = objects.typed(b"Catalog")
    objects.change(catalog, lambda body: body.replace(b"/Pages %d 0 R" % node, b"/Pages %d 0 R" % root))


def side_bearing_changed(objects: PrintedObjects) -> None:
    move_glyphs(objects, objects.typed(b"FontDescriptor"))


def move_glyphs(objects: PrintedObjects, descriptor: int) -> None:
    """Draw the glyphs of a font to the right of where they advance."""
    program = objects.referred(descriptor, b"FontFile2")
    moved = io.BytesIO()
    with TTFont(io.BytesIO(objects.stream(program))) as font:
        metrics = font["hmtx"].metrics
        metrics.update({glyph: (advance, bearing + 300) for glyph, (advance, bearing) in metrics.items()})
        font.save(moved)
    objects.change_stream(program, lambda _: moved.getvalue())


def in_typed(kind: bytes, pattern: bytes, by: bytes) -> Callable[[PrintedObjects], None]:
    """Change the first object of a /Type."""

    def change(objects: PrintedObjects) -> None:
        objects.change(objects.typed(kind), lambda body: re.sub(pattern, by, body, count=1))

    return change


def of_bookmark(pattern: bytes, by: bytes) -> Callable[[PrintedObjects], None]:
    """Change the second bookmark."""

    def change(objects: PrintedObjects) -> None:
        number = next(number for number, body in objects.objects.items() if b"/Title (R1)" in body)
        objects.change(number, lambda body: re.sub(pattern, by, body))

    return change


def bookmark_added(objects: PrintedObjects) -> None:
    """A seventh bookmark says something of its own."""
    outline = objects.typed(b"Outlines")
    last = objects.referred(outline, b"Last")
    words = b"<</Title (R5 is ill)/Parent %d 0 R/Prev %d 0 R/Dest[%d 0 R/Fit]>>" % (outline, last, objects.pages()[11])
    more = objects.add(words)
    objects.change(last, lambda body: body.replace(b"/Dest", b"/Next %d 0 R/Dest" % more))
    ends = b"/Count 6", b"/Last %d 0 R" % last
    objects.change(outline, lambda body: body.replace(ends[0], b"/Count 7").replace(ends[1], b"/Last %d 0 R" % more))


def title_changed(objects: PrintedObjects) -> None:
    """In both of its places."""
    info = next(number for number, body in objects.objects.items() if b"/Producer (" in body)
    other = "見本 2"
    one, two = (title.encode("utf-16-be").hex().upper().encode() for title in (TITLE, other))
    objects.change(info, lambda body: body.replace(one, two))
    objects.change(objects.typed(b"Metadata"), lambda body: body.replace(TITLE.encode(), other.encode()))


def label_changed(objects: PrintedObjects) -> None:
    number = next(number for number, body in objects.objects.items() if b"/Nums[" in body)
    objects.change(number, lambda body: body.replace(b"(1-)", b"(7-)"))


def of_info(objects: PrintedObjects) -> None:
    info = next(number for number, body in objects.objects.items() if b"/Producer (" in body)
    objects.change(info, lambda body: body.removesuffix(b">>") + b"/Keywords(R0)>>")


def more_in_to_unicode(objects: PrintedObjects) -> None:
    cmap = objects.referred(objects.fonts()[0], b"ToUnicode")
    objects.change_stream(
        cmap, lambda data: data.replace(b"endcmap", b"1 begincidrange\n<0000><FFFF> 7\nendcidrange\nendcmap")
    )


def length_of_a_font(objects: PrintedObjects) -> None:
    program = objects.referred(objects.typed(b"FontDescriptor"), b"FontFile2")
    objects.change(program, lambda body: re.sub(rb"/Length1 \d+", b"/Length1 77", body))


def object_added(objects: PrintedObjects) -> None:
    """No page leads to it."""
    objects.add(b"<</Type/Filespec/F(names.csv)>>")


def bytes_between_objects(objects: PrintedObjects) -> None:
    objects.change(objects.pages()[3], lambda body: body + b"\nendobj\n% endobj\n%")


def width_changed(objects: PrintedObjects) -> None:
    number = next(number for number, body in objects.objects.items() if b"/CIDFontType2" in body)
    objects.change(number, lambda body: re.sub(rb"\[1000\]", b"[900]", body, count=1))


@pytest.mark.parametrize(
    ("tamper", "page"),
    [
        (contents_swapped, "page 3 .* record R1 "),
        (pages_swapped, "page 1 .* record R0 "),
        (page_removed, "page 5 "),
        (page_twice, "page 13 is one too many"),
        (glyph_swapped, "page 1 .* record R0 "),
        (glyph_dropped, "page 1 .* record R0 "),
        (glyph_unknown, "a glyph that says none"),
        (text_added, "page 2: the content"),
        (bar_moved, "page 1 .* record R0 "),
        (code_of_another, "page 1 .* record R0 "),
        (plate_of_another_variant, "page 1 "),
        (insert_is_a_plate, "page 2 "),
        (plate_missing, "page 1: the content"),
        (selector_dropped, "U.8FBB"),
        (texts_exchanged, "another outline"),
        (outlines_exchanged, "another outline"),
        (width_changed, "advances by 900/1000"),
        (places_exchanged, "page 1 .* name does not"),
        (on_first_page(rb"(-1 \S+ )(\d+)(\S+ Tm)", rb"\g<1>900\3"), "page 1 .* name does not"),
        (on_first_page(rb"(Tf 1 0 0 -1 )\d+", rb"\g<1>700"), "page 1 .* name does not"),
        (on_first_page(rb"(Tf 1 0 0 -1 )\d+", rb"\g<1>285"), "page 1 .* name does not"),
        (on_first_page(rb"16 Tf", rb"4 Tf"), "page 1 .* name does not"),
        (on_first_page(rb"16 Tf", rb"17 Tf"), "page 1 .* name does not"),
        (on_first_page(rb"0 g", rb"1 g"), "page 1 .* name does not"),
        (on_first_page(rb"\n0 g", rb""), "page 1 .* name does not"),
        (on_first_page(rb"Tf 1 0 0 -1", rb"Tf -1 0 0 -1"), "not written as the press"),
        (on_first_page(rb"\n0 g", rb"\n3 Tr\n0 g"), "not written as the press"),
        (on_first_page(rb"\n0 g", rb"\n50 Tz\n0 g"), "not written as the press"),
        (on_first_page(rb"\.75 0 0 \.75", rb".65 0 0 .75"), "not written as the press"),
        (on_first_page(rb"0 841\.\d+ cm", rb"0 800 cm"), "page 1 .* its size"),
        (on_first_page(rb"ET\Z", rb"ET 0 0 500 900 re f"), "not written as the press"),
        (on_first_page(rb"\AD?/(P\d+) Do", rb"/\1 Do /\1 Do"), "not written as the press"),
        (on_first_page(rb"q 1 0 0 1 \d+", rb"q 1 0 0 1 1"), "page 1 .* code does not stand"),
        (on_first_page(rb"([1-9]\S*) 0 0 \1 0 0 cm", rb"1 0 0 1 0 0 cm"), "page 1 .* code does not stand"),
        (on_first_page(rb"ET q 1 0 0 1", rb"1 g\nET q 1 0 0 1"), "page 1 .* code does not stand"),
        (on_first_page(rb"(-1 75\.\d+)", rb"-1 78"), "page 1 .* name does not"),
        (on_first_page(rb"(<[0-9a-f]+>Tj)", rb"\1 (A)Tj"), "not written as the press"),
        (on_first_page(rb"<([0-9a-f]+)>Tj", rb"<\1>Tj<00AB>Tj"), "not written as the press"),
        (on_first_page(rb"(>Tj\n)(/F)", rb">Tj\n%\2"), "not written as the press"),
        (of_the_catalog, "the catalog is not written"),
        (in_typed(b"Catalog", rb"/Lang", b"/OCProperties<</OCGs[]/D<<>>>>/Lang"), "the catalog is not written"),
        (in_typed(b"Catalog", rb"/Lang", b"/AcroForm<</Fields[]>>/Lang"), "the catalog is not written"),
        (
            in_typed(b"Catalog", rb"/Lang", b"/Names<</EmbeddedFiles<</Names[(x)<<>>]>>>>/Lang"),
            "the catalog is not written",
        ),
        (on_first_page(rb"\n0 g", rb"\n0 0 1 1 re W n\n0 g"), "not written as the press .* record R0"),
        (on_first_page(rb"\n0 g", rb"\n/OC /L BDC\n0 g"), "not written as the press"),
        (plate_emptied, "page 1 .* record R0 .* fixed part"),
        (of_a_form(0, lambda body: body.replace(b"/Form", b"/Form/OC<</Type/OCG/Name(x)>>")), "page 1 .* fixed part"),
        (in_typed(b"Page/", rb"/Parent \d+", b"/Parent 1"), "page 1: a page is not written .* record R0"),
        (in_typed(b"Pages", rb"/Count 12", b"/Count 11"), "counts other pages"),
        (node_of_no_node, "a page is not written"),
        (side_bearing_changed, "another outline"),
        (in_typed(b"FontDescriptor", rb"/Flags 4", b"/Flags 4/Lang(ja)"), "a font is not written"),
        (in_typed(b"FontDescriptor", rb"/Ascent \d+", b"/Ascent 1"), "a font is not written"),
        (in_typed(b"FontDescriptor", rb"FontName/[A-Z]{6}", b"FontName/ABCDEF"), "a font is not written"),
        (bookmark_added, "page 12 has another bookmark"),
        (of_bookmark(rb"\(R1\)", b"(R2)"), "page 3 has another bookmark"),
        (of_bookmark(rb"/Dest\[\d+ 0 R", b"/Dest[8 0 R"), "bookmark"),
        (of_bookmark(rb"/Dest", b"/C[1 0 0]/Dest"), "a bookmark is not written"),
        (of_bookmark(rb"/Dest\[[^]]*\]", b"/A<</S/URI/URI(http://example.jp)>>"), "a bookmark is not written"),
        (in_typed(b"Outlines", rb"/Count 6", b"/Count 5"), "the outline is not written"),
        (label_changed, "page 3 has another bookmark or label"),
        (title_changed, "its title is another"),
        (in_typed(b"Metadata", "見本".encode(), "本見".encode()), "the title is not written"),
        (of_info, "the title is not written"),
        (more_in_to_unicode, "a font is not written"),
        (length_of_a_font, "a stream is not written"),
        (of_bookmark(rb"/Prev \d+", b"/Prev 1"), "a bookmark is not written"),
        (of_bookmark(rb"/Parent \d+", b"/Parent 1"), "a bookmark is not written"),
        (in_typed(b"Outlines", rb"/Last \d+", b"/Last 1"), "the outline is not written"),
        (object_added, r"object \d+ belongs to no page"),
        (bytes_between_objects, "something stands between"),
        (resources_of_its_own, "page 3: the resources of a page"),
        (glyph_of_the_plate_has_no_text, "page 1 .* fixed part"),
        (upright_font, "a font is not written"),
        (width_told_twice, "the widths of a font"),
        (in_first_page(b"/Rotate 90"), "a page is not written"),
        (in_first_page(b"/UserUnit 2"), "a page is not written"),
        (in_first_page(b"/CropBox[0 0 100 100]"), "a page is not written"),
        (
            in_first_page(b"/Annots[<</Type/Annot/Subtype/Square/Rect[0 0 600 800]/IC[1 1 1]>>]"),
            "a page is not written",
        ),
        (all_pages_turned, "a page is not written"),
        (page_smaller, "size of a page"),
        (of_a_form(0, lambda body: body.replace(b"/BBox[0 0 ", b"/BBox[0 300 ")), "page 1 .* fixed part"),
        (of_a_form(0, lambda body: body.replace(b"/Form", b"/Form/Matrix[1 0 0 1 9 9]")), "page 1 .* fixed part"),
        (
            of_a_form(1, lambda body: body.replace(b"/BBox[0 0 ", b"/BBox[0 300 ")),
            "page 2 .* its insert .* fixed part",
        ),
        (fonts_of_the_plate_exchanged, "page 1 .* fixed part"),
        (picture_exchanged, "page 1 .* fixed part"),
    ],
)
def test_a_file_that_was_tampered_with_is_refused(
    batch: Batch, tmp_path: Path, tamper: Callable[[PrintedObjects], None], page: str
) -> None:
    objects = PrintedObjects(batch.path)
    tamper(objects)
    changed = objects.write(tmp_path / "batch.pdf")
    with pikepdf.open(changed) as pdf:  # it is a well-made file: the proof, not the reader, must object
        assert pdf.check_pdf_syntax() == []
    with pytest.raises(BadBatch, match=page) as refused:
        verify(changed, TITLE, batch.expected, OURS)
    assert not any(name in str(refused.value) for name in NAMES)


def test_backs_of_two_sheets_that_changed_places_are_refused(tmp_path: Path) -> None:
    page = "<p style='font-family: BIZ UDMincho{}'>頁{{{{ slot('{}') }}}}"
    body = page.format("", "name") + page.format("; break-before: page; position: relative", "record")
    plate = small_plate(tmp_path, body, rules("name") + rules("record"), pages=2, slots="{ name = {}, record = {} }")
    expected: list[ExpectedPage] = []
    with PrintFile(tmp_path / "batch.pdf", [plate]) as file:
        for number, values in enumerate(VALUES[:2]):
            file.begin_piece(values["record"], f"{number}-")
            file.add_sheet(plate, values)
            expected += expected_pages(plate, values, values["record"], Beginning(values["record"], f"{number}-"))
        file.finish(TITLE)
    verify(tmp_path / "batch.pdf", TITLE, expected, OURS)
    objects = PrintedObjects(tmp_path / "batch.pdf")
    swap(objects, objects.content(1), objects.content(3))
    with pytest.raises(BadBatch, match="page 2 is not as record R0 must be"):
        verify(objects.write(tmp_path / "changed.pdf"), TITLE, expected, OURS)


@pytest.mark.parametrize(
    ("one", "other"),
    [(b"%PDF-1.6\n", b"%PDF-1.4\n"), (b" 00000 n \n", b" 00000 f \n"), (b" 65535 f \n", b" 65535 n \n")],
)
def test_a_file_with_another_head_or_table_is_refused(batch: Batch, tmp_path: Path, one: bytes, other: bytes) -> None:
    changed = tmp_path / "batch.pdf"
    changed.write_bytes(batch.path.read_bytes().replace(one, other, 1))
    with pytest.raises(BadBatch, match=r"batch\.pdf"):
        verify(changed, TITLE, batch.expected, OURS)


def printed_pieces(path: Path, plate: Plate, count: int) -> list[ExpectedPage]:
    """Print pieces of one sheet; return what their pages must be."""
    values = [{"name": str(number)} for number in range(count)]
    print_sheets(path, plate, values)
    beginnings = [Beginning(str(number), f"{number}-") for number in range(count)]
    return [page for say, at in zip(values, beginnings, strict=True) for page in expected_pages(plate, say, "", at)]


def test_every_level_of_the_trees_is_proved(tmp_path: Path) -> None:
    plate = small_plate(tmp_path)
    expected = printed_pieces(tmp_path / "batch.pdf", plate, FANOUT + 3)
    verify(tmp_path / "batch.pdf", "見本", expected, OURS)
    tampers = (
        (rb"(/Limits\[0 )63", rb"\g<1>64", "a page label is not written"),
        (rb"(/Limits.*\()1-", rb"\g<1>2-", "page 2 has another bookmark or label"),
        (rb"(<</Type/Pages/Parent )\d+", rb"\g<1>1", "a page is not written"),
        (rb"(<</Type/Pages/Parent .*/Count )64", rb"\g<1>63", "counts other pages"),
    )
    for pattern, by, said in tampers:
        objects = PrintedObjects(tmp_path / "batch.pdf")
        number = next(number for number, body in sorted(objects.objects.items()) if re.search(pattern, body))
        objects.change(number, lambda body, pattern=pattern, by=by: re.sub(pattern, by, body))  # type: ignore[misc]
        with pytest.raises(BadBatch, match=said):
            verify(objects.write(tmp_path / "changed.pdf"), "見本", expected, OURS)


def test_another_side_bearing_moves_what_pdfium_draws(batch: Batch, tmp_path: Path) -> None:
    objects = PrintedObjects(batch.path)
    for descriptor in [number for number, body in objects.objects.items() if b"/Type/FontDescriptor" in body]:
        move_glyphs(objects, descriptor)
    moved = objects.write(tmp_path / "batch.pdf")
    with pixels.opened(batch.path) as file, pixels.opened(moved) as other:
        assert file.pixels(0, 100) != other.pixels(0, 100)


@pytest.mark.parametrize("more", [b"1 0 obj\n<<>>\nendobj\n", b"%%EOF\n", b" ", b"startxref\n9\n%%EOF\n"])
def test_a_file_that_goes_on_behind_its_end_is_refused(batch: Batch, tmp_path: Path, more: bytes) -> None:
    longer = tmp_path / "batch.pdf"
    longer.write_bytes(batch.path.read_bytes() + more)
    with pytest.raises(BadBatch, match=r"batch\.pdf"):
        verify(longer, TITLE, batch.expected, OURS)


def test_a_file_that_asks_for_more_or_fewer_pages_is_refused(batch: Batch) -> None:
    with pytest.raises(BadBatch, match="page 12 is one too many"):
        verify(batch.path, TITLE, batch.expected[:-1], OURS)
    with pytest.raises(BadBatch, match="page 13 is missing"):
        verify(batch.path, TITLE, [*batch.expected, batch.expected[-1]], OURS)


def test_every_character_of_a_value_on_one_line_counts_and_blanks_too(batch: Batch) -> None:
    first, *others = batch.expected
    name = first.values["name"]
    for other in (f"{name}　", f"{name}様"):
        with pytest.raises(BadBatch, match=r"page 1 .* name does not say its value"):
            verify(batch.path, TITLE, [first._replace(values={**first.values, "name": other}), *others], OURS)
    with pytest.raises(BadBatch, match=r"page 1 .* more than its values"):
        verify(batch.path, TITLE, [first._replace(values={**first.values, "record": ""}), *others], OURS)


def test_the_file_at_any_length_is_refused_and_never_crashes(batch: Batch, tmp_path: Path) -> None:
    whole = batch.path.read_bytes()
    path = tmp_path / "batch.pdf"
    for length in [0, 1, 20, *Random(3).sample(range(len(whole)), 25), len(whole) - 10]:
        path.write_bytes(whole[:length])
        with pytest.raises(BadBatch, match=r"batch\.pdf"):
            verify(path, TITLE, batch.expected, OURS)


def test_a_damaged_file_is_refused_or_looks_as_it_must_and_never_crashes(batch: Batch, tmp_path: Path) -> None:
    whole, random = batch.path.read_bytes(), Random(5)
    path, refused = tmp_path / "batch.pdf", 0
    with pixels.opened(batch.path) as file:
        pictures = [file.pixels(page, 60) for page in range(file.page_count)]
    for _ in range(120):
        damaged = bytearray(whole)
        for _ in range(3):
            damaged[random.randrange(len(damaged))] = random.randrange(256)
        path.write_bytes(damaged)
        try:
            verify(path, TITLE, batch.expected, OURS)
        except BadBatch:
            refused += 1
        else:
            with pixels.opened(path) as file:
                assert [file.pixels(page, 60) for page in range(file.page_count)] == pictures
    assert refused > 100


def test_pdfium_must_count_the_same_pages(batch: Batch) -> None:
    with pytest.raises(BadBatch, match="PDFium counts 12 pages, not 11"):
        ask_pdfium(batch.path, [""] * 11)


@pytest.mark.parametrize("page", [0, 6, 10])
def test_pdfium_is_asked_for_the_record_of_every_page_of_a_small_file(batch: Batch, page: int) -> None:
    records = [RECORDS[n // 2] if n % 2 == 0 else "" for n in range(12)]
    ask_pdfium(batch.path, records)
    records[page] = "R77"
    with pytest.raises(BadBatch, match=f"PDFium does not read record R77 on page {page + 1}"):
        ask_pdfium(batch.path, records)


@given(st.integers(1, 20_000))
def test_the_pages_that_pdfium_reads_are_spread_from_the_first_to_the_last(pages: int) -> None:
    asked = list(spread(pages))
    assert len(asked) == min(pages, SAMPLE)
    assert (asked[0], asked[-1]) == (0, pages - 1)
    gaps = {after - before for before, after in pairwise(asked)}
    assert not gaps or max(gaps) - min(gaps) <= 1


def test_pdfium_must_read_the_record_on_a_page_that_shows_it(batch: Batch) -> None:
    first, *others = batch.expected
    with pytest.raises(BadBatch, match="PDFium does not read record R77 on page 1"):
        verify(batch.path, TITLE, [first._replace(record="R77"), *others], OURS)


def test_a_sheet_is_compared_with_its_own_reference(batch: Batch, tmp_path: Path) -> None:
    reference = tmp_path / "reference-R2.pdf"
    values = VALUES[2]
    reference.write_bytes(reference_pdf(batch.layout, batch.plate(2), FIXED, values, Ruler()))
    compare_with_reference(batch.path, 4, reference, tmp_path / "pictures")
    assert not (tmp_path / "pictures").exists()
    with pytest.raises(BadBatch, match=r"page 1 is not what WeasyPrint draws: .* mm at .* differs; nothing"):
        compare_with_reference(batch.path, 0, reference, tmp_path / "pictures")
    assert sorted(path.name for path in (tmp_path / "pictures").iterdir()) == [
        "reference-R2-1-difference.png",
        "reference-R2-1-golden.png",
        "reference-R2-1-new.png",
    ]
