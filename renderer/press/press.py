"""Fill plates: plates and the values for their places → a print file, page after page, in bounded memory.

Laid out once, printed many times: a page is its plate (one form, written once in the file) and the marks of its
values. A mark is what WeasyPrint would have drawn in that place, in the same chain of coordinates with the same
numbers, so that a printed page and WeasyPrint's own rendering differ in no pixel.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import getitem
from pathlib import Path
from typing import Self

from renderer.model.insurer import UNMOVED, Offset
from renderer.model.paper import moved_box
from renderer.press.embedding import FileFont
from renderer.press.fonts import Chain, Face
from renderer.press.inserts import Insert, put_insert
from renderer.press.marks import Setter, Style, number
from renderer.press.pdffile import PdfFile
from renderer.press.pdfobjects import put_objects
from renderer.press.plates import Place, Plate, PlatePage
from renderer.press.ruler import Ruler

PRODUCER = "renderer"
_NEWLINE = "\n"

Values = Mapping[str, str]
"""Slot name → text; "" prints nothing."""


@dataclass(frozen=True, slots=True)
class Printed:
    """A finished print file."""

    path: Path
    pages: int
    size: int
    """Bytes."""
    sha256: str


class _Form:
    """A plate's or an insert's page in one print file: what every page made from it has in common."""

    def __init__(self, name: str, box: bytes, setters: Sequence[tuple[str, Setter]], height: float) -> None:
        self.head = b"/%b Do\n" % name.encode()
        self.entries = b"/TrimBox[%b]" % box
        self.box = box
        self._runs = [
            (color, *zip(*run, strict=True)) for color, run in groupby(setters, key=lambda placed: placed[1].color)
        ]
        """Slots and setters, one behind the other, that draw in one colour."""
        # The chain of WeasyPrint: y downwards from the top of the page, CSS px.
        self.frame = f"1 0 0 -1 0 {number(height)} cm .75 0 0 .75 0 0 cm "

    def marks(self, values: Values) -> bytes:
        """Return the content operators of all values of the page."""
        marks: list[str] = []
        last = ""
        for color, slots, setters in self._runs:
            # A wrapped value of blanks alone is set on no line.
            if drawn := list(filter(None, map(getitem, setters, map(values.__getitem__, slots)))):
                if color != last:
                    marks.append(color)
                    last = color
                marks += drawn
        return f"{self.frame}BT\n{_NEWLINE.join(marks)}\nET".encode() if marks else b""


class PrintFile:
    """One print file being filled. The same sheets in the same order give the same bytes."""

    def __init__(
        self, path: Path, plates: Iterable[Plate], ruler: Ruler | None = None, offset: Offset = UNMOVED
    ) -> None:
        """Begin a file. ``offset`` moves its sheets, and no insert.

        It moves the box of the page under all that is drawn, so that no number that is drawn is another.
        """
        self.pdf = PdfFile(path)
        self._offset = offset
        self.ruler = ruler or Ruler()
        self._resources = self.pdf.reserve()
        self._fonts: dict[Face, FileFont] = {}
        self._styles: dict[tuple[Chain, int, int], Style] = {}
        self._setters: dict[Place, Setter] = {}
        self._plates: dict[Plate, list[_Form]] = {}
        self._inserts: dict[str, list[_Form]] = {}
        self._names: list[tuple[str, int]] = []
        self._objects: dict[str, int] = {}
        """Pictures and whatever else of plates and inserts refers to nothing, each once."""
        # The fixed text claims its identifiers first: they are written into the plates.
        for plate in plates:
            for face, glyphs in plate.glyphs:
                for gid, text in glyphs:
                    self.font(face).cid(gid, text)

    def font(self, face: Face) -> FileFont:
        """Return this file's font for a face."""
        if face not in self._fonts:
            self._fonts[face] = FileFont(face, f"F{len(self._fonts)}", self.pdf.reserve)
        return self._fonts[face]

    def begin_piece(self, bookmark: str, label_prefix: str) -> None:
        """Begin the next piece: its bookmark, and the prefix of its page labels."""
        self.pdf.begin_piece(bookmark, label_prefix)

    def add_sheet(self, plate: Plate, values: Values) -> None:
        """Print one sheet: every page of the plate with the marks of its values.

        :raises Unprintable, DoesNotFit: for a value that was not checked before.
        """
        for form in self._plates.get(plate) or self._put_plate(plate):
            self._put_page(form, form.head + form.marks(values))

    def add_insert(self, insert: Insert) -> None:
        """Print an insert: its pages as they are, written once in the file however often they are used."""
        if insert.sha256 not in self._inserts:
            pages = put_insert(self.pdf, insert, self._objects)
            self._inserts[insert.sha256] = [_Form(self._name(form), box, (), 0) for form, box in pages]
        for form in self._inserts[insert.sha256]:
            self._put_page(form, form.head)

    def finish(self, title: str) -> Printed:
        """Write fonts, resources and cross references; close the file."""
        used = [font for font in self._fonts.values() if font.number]
        for font in used:
            font.put(self.pdf)
        fonts = b"".join(b"/%b %d 0 R" % (font.resource.encode(), font.number) for font in used)
        forms = b"".join(b"/%b %d 0 R" % (name.encode(), number) for name, number in self._names)
        self.pdf.put(b"<</Font<<%b>>/XObject<<%b>>>>" % (fonts, forms), self._resources)
        pages = self.pdf.page_count
        sha256 = self.pdf.finish(title, PRODUCER)
        return Printed(self.pdf.path, pages, self.pdf.path.stat().st_size, sha256)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Close the file; unless it was finished, its bytes are worth nothing."""
        self.pdf.close()

    def _put_page(self, form: _Form, content: bytes) -> None:
        stream = self.pdf.put_stream(content)
        self.pdf.put_page(form.box, b"%b/Resources %d 0 R/Contents %d 0 R" % (form.entries, self._resources, stream))

    def _put_plate(self, plate: Plate) -> list[_Form]:
        numbers = put_objects(self.pdf, plate.objects, self._objects)
        forms = self._plates[plate] = []
        for at, page in enumerate(plate.pages):
            box = " ".join(map(number, page.media_box)).encode()
            fonts = b"".join(b"%b %d 0 R" % (name.encode(), self.font(face).number) for name, face in page.fonts)
            images, patterns = (
                b"".join(b"%b %d 0 R" % (name.encode(), numbers[index]) for name, index in named)
                for named in (page.images, page.patterns)
            )
            form = self.pdf.put_stream(
                page.content,
                b"/Type/XObject/Subtype/Form/BBox[%b]/Resources<</Font<<%b>>/XObject<<%b>>/ExtGState %b%b>>"
                % (box, fonts, images, page.states, b"/Pattern<<%b>>" % patterns if patterns else b""),
            )
            paper = " ".join(map(number, moved_box(page.media_box, *self._offset.of_page(at)))).encode()
            forms.append(_Form(self._name(form), paper, self._setters_of(page), page.media_box[3]))
        return forms

    def _name(self, form: int) -> str:
        self._names.append((f"P{len(self._names)}", form))
        return self._names[-1][0]

    def _setters_of(self, page: PlatePage) -> list[tuple[str, Setter]]:
        return [(place.slot, self._setter(place)) for place in page.places]

    def _setter(self, place: Place) -> Setter:
        # Variants share most of their places, and so what has been set there.
        if place not in self._setters:
            self._setters[place] = Setter(place, self.ruler, self._style)
        return self._setters[place]

    def _style(self, place: Place, size: int) -> Style:
        rooms = self.ruler.rooms(place, size)
        key = (rooms.chain, rooms.size, rooms.spacing)
        if key not in self._styles:
            self._styles[key] = Style(rooms, self.font)
        return self._styles[key]
