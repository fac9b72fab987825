"""The pages of a PDF → a sum of what each draws: equal sums mean equal pages, however their files are written.

A glyph is taken by its outline, its text and its width, a resource by what it says: names, numbers and the subset of a
font are others in each file. Where anything cannot be told so, a page has no sum, and is compared by a closer look.
Clauses are of ISO 32000-1.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pikepdf

from renderer.review.fonts import Font
from renderer.review.opened import refusing
from renderer.review.resolved import UPWARDS, resolved

Sum = bytes
"""Of one page; 32 bytes."""

MOST_LEVELS = 12
"""How deep forms may stand in one another."""
_SEEN = ("/MediaBox", "/CropBox", "/Rotate", "/UserUnit", "/Group")
"""What decides how a page is seen, beside its content; boxes and turn it may have from its parents (7.7.3.4)."""
_LEADING_AWAY = UPWARDS | {"/Dest", "/A", "/AA", "/PA", "/Popup"}
"""Keys of an annotation that draw nothing, and may lead to every other page."""
_STRINGS = frozenset({"Tj", "TJ", "'", '"'})
_NAMED = {
    "gs": "/ExtGState",
    "cs": "/ColorSpace",
    "CS": "/ColorSpace",
    "scn": "/Pattern",
    "SCN": "/Pattern",
    "sh": "/Shading",
    "BDC": "/Properties",
    "DP": "/Properties",
}
"""Operators whose last operand may be the name of a resource."""
_TELLING = frozenset({"q", "Q", "Tf", "Do", "INLINE IMAGE", *_STRINGS, *_NAMED})
"""Operators that mean more than they say; any other means what is written."""


class PageSums:
    """A PDF whose pages are summed up. Pages are counted from 0."""

    def __init__(self, pdf: Path) -> None:
        """Open a file.

        :raises Unreadable: when it is none, or needs a password.
        """
        self._name = pdf.name
        with refusing(self._name):
            self._pdf = pikepdf.open(pdf)
            self._pages = list(self._pdf.pages)  # to look one up goes through all
            # A layer that is off is drawn by nobody, and which it is does not stand on the page.
            self._has_layers = "/OCProperties" in self._pdf.Root
        self._resources = _Resources()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pdf.close()

    @property
    def page_count(self) -> int:
        """How many pages the file has."""
        return len(self._pages)

    def sum(self, page: int) -> Sum | None:
        """Sum up what a page draws; None where that cannot be told.

        :raises Unreadable: when its content is broken.
        """
        with refusing(self._name):
            try:
                return None if self._has_layers else self._sum(self._pages[page])
            except _NotTold:
                return None

    def _sum(self, page: Any) -> Sum:
        digest = sha256()
        for key in _SEEN:
            digest.update(f"{key} {resolved(_inherited(page.obj, key))}".encode())
        digest.update(resolved(page.obj.get("/Annots"), _LEADING_AWAY).encode())
        digest.update(self._resources.content(page, page.resources, 0))
        return digest.digest()


class _NotTold(Exception):  # noqa: N818 - no error: such a page is compared by a closer look
    """What a content draws depends on what does not stand in it."""


class _Resources:
    """Sums up contents and what they use; what pages share once."""

    def __init__(self) -> None:
        self._sums: dict[tuple[int, int], bytes] = {}
        self._fonts: dict[tuple[int, int], _SummedFont] = {}

    def content(self, stream: Any, resources: Any, level: int) -> bytes:
        """Sum up a content and what it uses, by what that is and not by its name."""
        digest = sha256()
        for part in self._parts(stream, resources, level):
            digest.update(part)
        return digest.digest()

    def _parts(self, stream: Any, resources: Any, level: int) -> Iterator[bytes]:
        spaces = resources.get("/ColorSpace", {})
        for standing in ("/DefaultGray", "/DefaultRGB", "/DefaultCMYK"):
            if standing in spaces:  # in the place of a device's own (8.6.5.6)
                yield self._of_object(spaces[standing])
        font: _SummedFont | None = None
        outer: list[_SummedFont | None] = []
        plain: list[Any] = []
        for instruction in pikepdf.parse_content_stream(stream):
            operator = str(instruction.operator)
            if operator not in _TELLING:
                plain.append(instruction)
                continue
            yield pikepdf.unparse_content_stream(plain)
            plain.clear()
            given = list(instruction.operands)
            if operator == "q":
                outer.append(font)
            elif operator == "Q":
                font = outer.pop() if outer else font
            elif operator == "Tf":
                font = self._font(resources["/Font"][str(given[0])])
                yield b"%s %.9g" % (font.sum, float(given[1]))
            elif operator in _STRINGS:
                yield from _shown(font, given)
            elif operator == "Do":
                yield self._drawn(resources["/XObject"][str(given[0])], resources, level)
            else:
                yield from self._with_resource(operator, instruction, resources)
            yield f" {operator}\n".encode()
        yield pikepdf.unparse_content_stream(plain)

    def _with_resource(self, operator: str, instruction: Any, resources: Any) -> Iterator[bytes]:
        """Yield the operands, the name of a resource as what it says."""
        if operator == "INLINE IMAGE":
            yield pikepdf.unparse_content_stream([instruction])
            yield resolved(resources.get("/ColorSpace")).encode()
            return
        given = list(instruction.operands)
        found = resources.get(_NAMED[operator], {})
        if given and isinstance(given[-1], pikepdf.Name) and str(given[-1]) in found:
            named = found[str(given.pop())]
            if operator == "gs" and "/Font" in named:
                raise _NotTold
            yield self._of_object(named)
        yield pikepdf.unparse_content_stream([(given, instruction.operator)])

    def _drawn(self, drawn: Any, resources: Any, level: int) -> bytes:
        """Sum up a picture, or a form with its content (8.10)."""
        if str(drawn.get("/Subtype")) == "/Image":
            return self._of_object(drawn)
        own = drawn.get("/Resources")
        if level >= MOST_LEVELS:
            raise _NotTold
        if own is None:
            return self._form(drawn, resources, level)
        key = drawn.objgen
        if key not in self._sums:
            self._sums[key] = self._form(drawn, own, level)
        return self._sums[key]

    def _form(self, form: Any, resources: Any, level: int) -> bytes:
        frame = [resolved(form.get(key)) for key in ("/Matrix", "/BBox", "/Group", "/OC")]
        return " ".join(frame).encode() + self.content(form, resources, level + 1)

    def _of_object(self, value: Any) -> bytes:
        if not isinstance(value, pikepdf.Object) or not value.is_indirect:
            return resolved(value).encode()
        if value.objgen not in self._sums:
            self._sums[value.objgen] = resolved(value).encode()
        return self._sums[value.objgen]

    def _font(self, font: Any) -> _SummedFont:
        if not font.is_indirect:
            return _SummedFont(font)
        if font.objgen not in self._fonts:
            self._fonts[font.objgen] = _SummedFont(font)
        return self._fonts[font.objgen]


class _SummedFont:
    """A font, of which the glyphs that are used count and not which others it has."""

    def __init__(self, font: Any) -> None:
        self._raw = font
        self._font = Font(font)
        self._glyphs: dict[bytes, bytes] = {}
        self._whole = ""
        inner = font["/DescendantFonts"][0] if "/DescendantFonts" in font else font
        # How far glyphs go down, and from where, in a font that is written downwards (9.7.4.3).
        down = [resolved(inner.get(key)) for key in ("/DW2", "/W2")] if self._font.is_vertical else []
        about = (self._font.name, self._font.kind, self._font.is_embedded, self._font.is_vertical, down)
        self.sum = repr(about).encode()

    def shown(self, string: bytes) -> bytes:
        """Say what the codes of a string draw and say."""
        return b"".join(map(self._glyph, self._font.codes(string)))

    def _glyph(self, code: bytes) -> bytes:
        if code not in self._glyphs:
            glyph = self._font.glyph(code)
            drawn: object = glyph.outline
            if glyph.outline is None:  # nobody but its own reader knows
                self._whole = self._whole or resolved(self._raw)
                drawn = code, self._whole
            # Word spacing belongs to a code, not to a glyph (9.3.3).
            self._glyphs[code] = repr((glyph.text, glyph.width, code == b" ", drawn)).encode()
        return self._glyphs[code]


def _shown(font: _SummedFont | None, given: Sequence[Any]) -> Iterator[bytes]:
    """Yield the operands of an operator that shows text."""
    if font is None:  # it is that of whatever draws this form
        raise _NotTold
    for operand in given:
        for part in operand if isinstance(operand, pikepdf.Array) else [operand]:
            yield font.shown(bytes(part)) if isinstance(part, pikepdf.String) else b" %.9g " % float(part)


def _inherited(page: Any, key: str) -> Any:
    """Look a key up at a page and above it."""
    while page is not None:
        if key in page:
            return page[key]
        page = page.get("/Parent")
    return None
