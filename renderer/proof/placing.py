"""A page read back, and the plate and values it was made from → proof that each value stands in its own place.

Right text is not enough: a name in the place of the 被保険者氏名, white on white or half outside its box is a wrong
sheet. So each string must begin in the box of its slot, on the baseline of its line, in its colour, in the font of its
chain that prints it and no smaller than its rule allows, and end in the box too; each code must fill its box. The fixed
part must be that of the plate, with its fonts and pictures. What was found good once is known again by its start: most
pages of a file begin their strings alike.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import groupby, repeat
from operator import le
from typing import NamedTuple

from renderer.model.errors import BadBatch
from renderer.model.paper import MM_PER_PT
from renderer.press import codes, fonts
from renderer.press.inserts import Insert, InsertPage
from renderer.press.marks import number
from renderer.press.plates import Plate, PlatePage
from renderer.proof import codes_read
from renderer.proof.content import Start
from renderer.proof.drawing import Drawing
from renderer.proof.readback import Form, PageMarks, ReadBack
from renderer.proof.spots import SLACK, Row, Spot, inked, is_within

_EXACTLY = 2e-6
"""pt: a box has six decimals."""
_REMEMBERED = 4096
"""Ways to fill a page that are kept: most pages are filled like one before."""


Origin = Callable[[str], str]
"""Slot → where in the member file that stands which decides it."""


class Beginning(NamedTuple):
    """What a reader shows beside the page on which a piece begins."""

    bookmark: str
    label: str
    """What stands before the number of the page in its piece."""


class ExpectedPage(NamedTuple):
    """What one page of a print file must be."""

    record: str
    """整理番号 of its sheet, "" for an insert."""
    whole: Plate | Insert
    """What its fixed part is a page of."""
    page: PlatePage | InsertPage
    values: Mapping[str, str]
    """Slot → text; none on the page of an insert."""
    begins: Beginning | None = None
    """On the first page of a piece."""
    origin: Origin | None = None
    """None where nobody has looked."""
    moved: tuple[float, float] = (0.0, 0.0)
    """By how much the insurer's file moves it, in mm to the right and down."""


class Placing:
    """Proves the pages of one open print file; ``named`` are the fonts that it may use (``verify.font_files``)."""

    def __init__(self, file: ReadBack, named: Mapping[str, Drawing]) -> None:
        self._file = file
        self._named = named
        self._sheets: dict[int, _Sheet] = {}
        self._forms: dict[str, PlatePage | InsertPage] = {}
        self._objects: dict[tuple[int, int], int] = {}
        self._known: dict[tuple[tuple[Start, ...], tuple[Row, ...]], list[float]] = {}
        self._lines: set[tuple[Row, Start, int, int, float]] = set()
        """Line of a place, start, number of characters and of glyphs, and width of lines that stand in their place."""

    def fault(self, marks: PageMarks, expected: ExpectedPage) -> str:
        """Say what of a page is not as it must be, without a value; "" when all is."""
        if self._forms.get(marks.form) is not expected.page:
            try:
                if not self._shows(self._file.form(marks.form), expected):
                    return "its fixed part is another"
            except BadBatch as wrong:
                return f"its fixed part: {wrong}"
            self._forms[marks.form] = expected.page
        sheet = self._sheet(expected.page)
        if not sheet.is_on(marks.box, expected.moved):
            return "its size is another, or all of it is moved otherwise than [print.offset] says"
        if marks.height not in (b"", sheet.height):
            return "its size is another"
        return self._texts_fault(marks, sheet.texts, expected.values) or _codes_fault(
            marks, sheet.codes, expected.values
        )

    def shows_record(self, page: PlatePage | InsertPage) -> bool:
        """Whether this page prints the record number."""
        return self._sheet(page).shows_record

    def _sheet(self, page: PlatePage | InsertPage) -> _Sheet:
        if id(page) not in self._sheets:
            self._sheets[id(page)] = _Sheet(page, self._file, self._named)
        return self._sheets[id(page)]

    def _texts_fault(self, marks: PageMarks, spots: Sequence[Spot], values: Mapping[str, str]) -> str:
        # Nearly every value is one string, or one for each of its lines.
        lines: list[str] = []
        rows: list[Row] = []
        for spot in spots:
            value = values[spot.slot]
            if "\n" in value:
                said = value.split("\n")
                for line, row in zip(said, spot.rows(len(said)), strict=False):
                    if line:
                        lines.append(line)
                        rows.append(row)
            elif value:
                lines.append(value)
                rows.append(spot.alone)
        if marks.texts != lines:
            return self._strings_fault(marks, [spot for spot in spots if values[spot.slot]], values)
        most = self._most(marks.starts, tuple(rows))
        for at, fits in enumerate(map(le, map(len, lines), most)):
            if not fits and not self._is_one_line(rows[at], marks, at):
                return f"{rows[at].spot.slot} does not stand in its place"
        return ""

    def _most(self, starts: tuple[Start, ...], rows: tuple[Row, ...]) -> list[float]:
        """Return how many of its font's widest glyphs each line may have: so many are sure to end in the box.

        -1 where that is not enough to know, because the line need not begin at the left edge, or a font before its own
        may have one of its characters, or it stands in another line than its own.
        """
        key = (starts, rows)
        found = self._known.get(key)
        if found is None:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            widest = [self._file.fonts[start.font].widest for start in starts]
            found = [
                row.spot.room(start) // em if row.begins(start) and start.font == row.spot.sure else -1.0
                for row, start, em in zip(rows, starts, widest, strict=True)
            ]
            self._known[key] = found
        return found

    def _strings_fault(self, marks: PageMarks, filled: Iterable[Spot], values: Mapping[str, str]) -> str:
        """Take the strings of each value one after the other: several fonts, several lines."""
        at = 0
        for spot in filled:
            rest, first = inked(values[spot.slot]), at
            while at < len(marks.texts):
                said = inked(marks.texts[at])
                if (said and not (rest and rest.startswith(said))) or spot.room(marks.starts[at]) < 0:
                    break
                rest = rest[len(said) :]
                at += 1
            # A line is broken at blanks, and these are not set; on one line every blank is.
            is_cut = spot.place.rule.lines == 1 and "".join(marks.texts[first:at]) != values[spot.slot]
            if rest or is_cut:
                return f"{spot.slot} does not say its value in its place"
            lines = [list(line) for _, line in groupby(range(first, at), key=lambda n: marks.starts[n].y)]
            rows = spot.rows_of(values[spot.slot], ["".join(marks.texts[n] for n in line) for line in lines])
            if len(rows) != len(lines) or not all(map(self._is_line, rows, repeat(marks), lines)):
                return f"{spot.slot} does not stand in its place"
        return "" if at == len(marks.texts) else "it says more than its values"

    def _is_one_line(self, row: Row, marks: PageMarks, at: int) -> bool:
        """Whether a string is a line in its place; one of the font that is sure was looked at if one as wide was."""
        start, text = marks.starts[at], marks.texts[at]
        if start.font != row.spot.sure:
            return self._is_line(row, marks, [at])
        width = self._file.fonts[start.font].width(marks.strings[at])
        line = (row, start, len(text), self._glyphs(marks, at), width)
        if line not in self._lines:
            if not self._is_line(row, marks, [at]):
                return False
            if len(self._lines) >= _REMEMBERED:
                self._lines.clear()
            self._lines.add(line)
        return True

    def _is_line(self, row: Row, marks: PageMarks, strings: Sequence[int]) -> bool:
        """Whether strings stand one behind the other, as a line that begins where its place says and ends in it."""
        spot = row.spot
        starts = [marks.starts[at] for at in strings]
        spacing = spot.place.letter_spacing * starts[0].condense
        widths = [self._width(marks, at) + spacing for at in strings]
        # An advance is held in 1/1024 px by who places, in 1/1000 em by who draws.
        slack = SLACK + sum(len(marks.texts[at]) for at in strings) * starts[0].size / 1000
        expected = spot.left(sum(widths), starts[0])
        for at, start, width in zip(strings, starts, widths, strict=True):
            if spot.room(start) < 0 or not row.has(start) or abs(start.x - expected) > slack:
                return False
            if start.font != spot.sure and not all(map(spot.prints, *self._clusters(marks, at))):
                return False
            if spacing and abs(self._spread(marks, at) - spacing * (self._glyphs(marks, at) - 1)) > slack:
                return False
            expected = start.x + width
        return expected - max(spacing, 0) <= spot.place.x + spot.place.width + slack

    def _clusters(self, marks: PageMarks, at: int) -> tuple[Iterable[str], Iterable[str]]:
        """Return the font of each glyph of a string, and what the glyph says."""
        font = marks.starts[at].font
        return repeat(font), self._file.fonts[font].clusters(marks.strings[at])

    @staticmethod
    def _glyphs(marks: PageMarks, at: int) -> int:
        return len(marks.strings[at]) // 4

    @staticmethod
    def _spread(marks: PageMarks, at: int) -> float:
        """Return by how many px a string is longer than its glyphs."""
        start = marks.starts[at]
        return -sum(start.adjustments or ()) / 1000 * start.size * start.condense

    def _width(self, marks: PageMarks, at: int) -> float:
        """Return the width in px of a string as it is drawn."""
        start = marks.starts[at]
        glyphs = self._file.fonts[start.font].width(marks.strings[at]) * start.size * start.condense
        return glyphs + self._spread(marks, at)

    def _shows(self, form: Form, expected: ExpectedPage) -> bool:
        """Whether a form is the fixed part of a page, with all it refers to."""
        objects = expected.whole.objects
        wanted = [(0, form.entries, _form_parts(expected.page))]
        if form.content != expected.page.content or not self._has_glyphs(expected.whole):
            return False
        while wanted:
            number, position, parts = wanted.pop()
            for part in parts:
                if isinstance(part, bytes):
                    if not self._file.follows(position, part):
                        return False
                    position += len(part)
                    continue
                referred, position = self._file.reference_at(position)
                if isinstance(part, fonts.Face):
                    if self._file.font_name(referred) != part.name:
                        return False
                    continue
                key = (id(objects), part)
                if key not in self._objects:
                    wanted.append((referred, self._file.at(referred), (*objects[part], b"\nendobj\n")))
                if self._objects.setdefault(key, referred) != referred:
                    return False
            if number:
                self._file.read_to(number, position)
        return True

    def _has_glyphs(self, whole: Plate | Insert) -> bool:
        """Whether the file's fonts have the glyphs of the fixed text, each under its index and with its text."""
        texts = {font.name: font.texts for font in self._file.fonts.values()}
        glyphs = whole.glyphs if isinstance(whole, Plate) else ()
        return all(texts.get(face.name, {}).get(gid) == text for face, used in glyphs for gid, text in used)


class _Sheet:
    """A page of a plate or an insert: its size, and where its values may stand in one file."""

    def __init__(self, page: PlatePage | InsertPage, file: ReadBack, named: Mapping[str, Drawing]) -> None:
        self.page = page
        """Kept, so that its id is not given to another one."""
        places = page.places if isinstance(page, PlatePage) else ()
        self.texts = [Spot(place, file, named) for place in places if place.kind == "text"]
        self.codes = [Spot(place, file, named) for place in places if place.kind != "text"]
        self.shows_record = any(place.slot == "record" for place in places)
        self._box = _box(page)
        self.height = self._box.split()[3]
        self._papers: set[tuple[bytes, tuple[float, float]]] = set()

    def is_on(self, paper: bytes, moved: tuple[float, float]) -> bool:
        """Whether a page has this box when all on it is moved by so many mm to the right and down."""
        if (paper, moved) not in self._papers:
            x, y = moved[0] / MM_PER_PT, moved[1] / MM_PER_PT
            edges = zip(self._box.split(), (-x, y, -x, y), strict=True)
            wanted = [float(edge) + by for edge, by in edges]
            if any(abs(float(is_) - must) > _EXACTLY for is_, must in zip(paper.split(), wanted, strict=True)):
                return False
            self._papers.add((paper, moved))
        return True


def differing_slot(marks: PageMarks, expected: ExpectedPage) -> str:
    """Return the first slot that says something else than its value, by where the strings stand; "" where none does."""
    places = expected.page.places if isinstance(expected.page, PlatePage) else ()
    said = dict.fromkeys((place for place in places if place.kind == "text"), "")
    for start, text in zip(marks.starts, marks.texts, strict=True):
        for place in said:
            across, down = (place.x, place.x + place.width), (place.y, place.y + place.height)
            if is_within(start.x, across) and is_within(start.y, down):
                said[place] += text
    return next((place.slot for place in said if inked(said[place]) != inked(expected.values[place.slot])), "")


def _codes_fault(marks: PageMarks, spots: Iterable[Spot], values: Mapping[str, str]) -> str:
    wanted = [spot for spot in spots if values[spot.slot]]
    if not len(wanted) == len(marks.paths) == len(marks.frames):
        return "its codes are not those of its values"
    for spot, path, frame in zip(wanted, marks.paths, marks.frames, strict=True):
        kind, value = spot.place.kind, values[spot.slot]
        assert kind != "text"  # noqa: S101 - ``_Sheet`` has parted them
        says = codes_read.read(kind, path, value)
        if kind == "customer_barcode" and says == value:
            shape = codes.BARCODE_SHAPE  # and there is one path only that says so
        else:
            code = codes.drawing(kind, value)
            if path != code.path:
                return "its codes are not those of its values"
            if says != value:
                return f"{spot.slot} is drawn as a code of something else"
            shape = code.width, code.height
        if not spot.holds(frame, shape):
            return f"{spot.slot} does not stand in its place"
    return ""


def _box(page: PlatePage | InsertPage) -> bytes:
    return page.box if isinstance(page, InsertPage) else " ".join(map(number, page.media_box)).encode()


def _form_parts(page: PlatePage | InsertPage) -> tuple[bytes | int | fonts.Face, ...]:
    """Write a form's dictionary behind its length, with a font or the index of an object for each reference."""
    head = b"/Type/XObject/Subtype/Form/BBox[%b]/Resources" % _box(page)
    if isinstance(page, InsertPage):
        return (head + b" ", *page.resources, b">>\nstream\n")
    faces = [part for name, face in page.fonts for part in (name.encode() + b" ", face)]
    images = [part for name, index in page.images for part in (name.encode() + b" ", index)]
    patterns = [part for name, index in page.patterns for part in (name.encode() + b" ", index)]
    repeated = (b"/Pattern<<", *patterns, b">>") if patterns else ()
    return (
        *(head + b"<</Font<<", *faces, b">>/XObject<<", *images, b">>/ExtGState %b" % page.states),
        *(*repeated, b">>>>\nstream\n"),
    )
