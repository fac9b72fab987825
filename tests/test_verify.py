"""A print file is proved before it is delivered: whatever is changed behind the press's back is noticed."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from random import Random

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_layouts import FIXED, rules, small_layout
from tampering import PrintedObjects

from renderer.layout.compiling import compile_plate
from renderer.layout.reference import reference_pdf
from renderer.model.errors import BadBatch
from renderer.press.fonts import FILES, FONTS
from renderer.press.inserts import load_insert
from renderer.press.plates import Plate
from renderer.press.press import PrintFile
from renderer.press.ruler import Ruler
from renderer.proof import pixels
from renderer.proof.drawing import fonts_by_name
from renderer.proof.placing import ExpectedPage
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
            self.expected += [*expected_pages(self.plate(number), values, values["record"]), *insert_pages([insert])]
        file.finish("x")

    def plate(self, number: int) -> Plate:
        return self.plates[number % 2]


@pytest.fixture(scope="module")
def batch(tmp_path_factory: pytest.TempPathFactory) -> Batch:
    return Batch(tmp_path_factory.mktemp("batch"))


def swap(objects: PrintedObjects, one: int, other: int) -> None:
    objects.objects[one], objects.objects[other] = objects.objects[other], objects.objects[one]


def test_what_was_printed_passes(batch: Batch) -> None:
    verify(batch.path, batch.expected, OURS)


def test_the_instrument_writes_the_same_file_when_nothing_is_changed(batch: Batch, tmp_path: Path) -> None:
    verify(PrintedObjects(batch.path).write(tmp_path / "x.pdf"), batch.expected, OURS)


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
        (glyph_unknown, "no text"),
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
        verify(changed, batch.expected, OURS)
    assert not any(name in str(refused.value) for name in NAMES)


@pytest.mark.parametrize("more", [b"1 0 obj\n<<>>\nendobj\n", b"%%EOF\n", b" ", b"startxref\n9\n%%EOF\n"])
def test_a_file_that_goes_on_behind_its_end_is_refused(batch: Batch, tmp_path: Path, more: bytes) -> None:
    longer = tmp_path / "batch.pdf"
    longer.write_bytes(batch.path.read_bytes() + more)
    with pytest.raises(BadBatch, match=r"batch\.pdf"):
        verify(longer, batch.expected, OURS)


def test_a_file_that_asks_for_more_or_fewer_pages_is_refused(batch: Batch) -> None:
    with pytest.raises(BadBatch, match="page 12 is one too many"):
        verify(batch.path, batch.expected[:-1], OURS)
    with pytest.raises(BadBatch, match="page 13 is missing"):
        verify(batch.path, [*batch.expected, batch.expected[-1]], OURS)


def test_blanks_do_not_count_and_everything_else_does(batch: Batch) -> None:
    first, *others = batch.expected
    name = first.values["name"]
    verify(batch.path, [replace(first, values={**first.values, "name": f" \n{name}　"}), *others], OURS)
    with pytest.raises(BadBatch, match=r"page 1 .* name does not say its value"):
        verify(batch.path, [replace(first, values={**first.values, "name": f"{name}様"}), *others], OURS)
    with pytest.raises(BadBatch, match=r"page 1 .* more than its values"):
        verify(batch.path, [replace(first, values={**first.values, "record": ""}), *others], OURS)


def test_the_file_at_any_length_is_refused_and_never_crashes(batch: Batch, tmp_path: Path) -> None:
    whole = batch.path.read_bytes()
    path = tmp_path / "batch.pdf"
    for length in [0, 1, 20, *Random(3).sample(range(len(whole)), 25), len(whole) - 10]:
        path.write_bytes(whole[:length])
        with pytest.raises(BadBatch, match=r"batch\.pdf"):
            verify(path, batch.expected, OURS)


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
            verify(path, batch.expected, OURS)
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
        verify(batch.path, [replace(first, record="R77"), *others], OURS)


def test_a_sheet_is_compared_with_its_own_reference(batch: Batch, tmp_path: Path) -> None:
    reference = tmp_path / "reference-R2.pdf"
    values = VALUES[2]
    reference.write_bytes(reference_pdf(batch.layout, batch.plate(2), FIXED, values, Ruler()))
    compare_with_reference(batch.path, 4, reference, tmp_path / "pictures")
    assert not (tmp_path / "pictures").exists()
    with pytest.raises(BadBatch, match=r"page 1 is not what WeasyPrint draws: .* mm at .* differs"):
        compare_with_reference(batch.path, 0, reference, tmp_path / "pictures")
    assert sorted(path.name for path in (tmp_path / "pictures").iterdir()) == [
        "reference-R2-1-difference.png",
        "reference-R2-1-golden.png",
        "reference-R2-1-new.png",
    ]
