"""The content of a page of a print file → its strings and codes, and where each begins.

The grammar is that of what the press writes, operator by operator, and nothing else is read: no other size, colour,
matrix, clip or rendering mode can stand between the strings. What stands around the strings, a page's skeleton, is
read once for all pages that are alike in it.
"""

from __future__ import annotations

import re
import unicodedata
from binascii import unhexlify
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from struct import unpack

from renderer.model.errors import BadBatch

_REMEMBERED = 4096
"""Skeletons of pages, and strings of a font, that are kept: most pages are like one before."""


@dataclass(frozen=True, slots=True, eq=False)
class Start:
    """Where and how a string begins; one and the same object for the strings of a file that begin alike."""

    color: bytes
    """Operator that set the fill colour."""
    font: str
    """Resource name."""
    size: float
    """CSS px, as all lengths: the page's frame is WeasyPrint's, from the top left corner."""
    x: float
    y: float
    condense: float
    """Horizontal scale of the string; 1 where it is not condensed."""
    adjustments: tuple[float, ...] | None
    """Of a string with letter spacing: what moves its glyphs, in 1/1000 em."""


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """Where a code stands: its corner, the shift of the drawing in it, its scale (px a unit), its colour."""

    color: bytes
    x: float
    y: float
    left: float
    top: float
    scale: float


class Font(dict[bytes, str]):
    """A font of the file: string in hexadecimal → its text."""

    def __init__(
        self, name: str, texts: dict[int, str], widths: dict[int, float], vertical: Collection[int] = ()
    ) -> None:
        self.name = name
        """PostScript name, without the tag of the subset."""
        self.texts, self._widths = texts, widths
        # A value stands upright: what says it in the form of a vertical label says nothing.
        self._upright = {cid: text for cid, text in texts.items() if cid not in vertical}
        self.widest = max(widths.values(), default=0.0) / 1000
        """The most advance of a glyph in em."""

    def __missing__(self, shown: bytes) -> str:
        if len(self) >= _REMEMBERED:
            self.clear()
        found = self[shown] = "".join(map(self._upright.__getitem__, _cids(shown)))
        return found

    @cached_property
    def has_user_defined(self) -> bool:
        """Whether a glyph says a user-defined character."""
        return any(map(is_user_defined, self.texts.values()))

    def clusters(self, shown: bytes) -> list[str]:
        """Return what each glyph of a string says."""
        return [self.texts[cid] for cid in _cids(shown)]

    def width(self, shown: bytes) -> float:
        """Return the advance of a string in em.

        :raises BadBatch: when a glyph has no width.
        """
        try:
            return sum(map(self._widths.__getitem__, _cids(shown))) / 1000
        except KeyError:
            raise BadBatch(f"a glyph of {self.name} has no width; print the batch again") from None


@dataclass(frozen=True, slots=True)
class Skeleton:
    """What pages have in common that differ in nothing but their strings and the paths of their codes."""

    form: str
    height: bytes
    starts: tuple[Start, ...]
    spans: tuple[slice, ...]
    """Which strings of the file make one text where there is letter spacing, the last first."""
    fonts: tuple[Font, ...]
    """One for each string."""
    frames: tuple[Frame, ...]


_N = rb"-?\d*\.?\d+"
# The grammar of a page's content. A string is cut to <>, the path of a code to nothing.
_STRING = re.compile(rb"<([0-9a-f]*)>")
_END_OF_CODE = b"\nf Q BT"
_ITEM = rb"(?:%b)?<>(?:%b)?" % (_N, _N)
_TEXT = rb"/\w+ %b Tf 1 0 0 -1 %b %b Tm(?:<>Tj|\[%b(?: %b)*\]TJ)" % (_N, _N, _N, _ITEM, _ITEM)
_ONE_TEXT = re.compile(rb"/(\w+) (%b) Tf 1 0 0 -1 (%b) (%b) Tm(\S.*)" % (_N, _N, _N))
_MARK = re.compile(
    rb"(?P<color>%(n)b g|%(n)b %(n)b %(n)b rg|%(n)b %(n)b %(n)b %(n)b k)|(?P<text>%(text)b)"
    rb"|ET q (?P<condense>%(n)b) 0 0 1 (?P<shift>%(n)b) 0 cm BT (?P<condensed>%(text)b(?:\n%(text)b)*) ET Q BT"
    rb"|ET q 1 0 0 1 (?P<x>%(n)b) (?P<y>%(n)b) cm 1 0 0 1 (?P<left>%(n)b) (?P<top>%(n)b) cm "
    rb"(?P<scale>%(n)b) 0 0 (?P=scale) 0 0 cm\n\nf Q BT" % {b"n": _N, b"text": _TEXT}
)
_HEAD = re.compile(rb"/(\w+) Do\n")
_OPEN = re.compile(rb"1 0 0 -1 0 (%b) cm \.75 0 0 \.75 0 0 cm BT\n" % _N)


def cut(content: bytes) -> tuple[tuple[bytes, ...], list[bytes], list[str]]:
    """Cut a content into what stands around its strings, the strings, and the paths of its codes."""
    content, paths = _without_paths(content) if _END_OF_CODE in content else (content, [])
    parts = _STRING.split(content)
    return tuple(parts[::2]), parts[1::2], paths


def _without_paths(content: bytes) -> tuple[bytes, list[str]]:
    """Cut the path of each code to nothing: the line in front of where it ends."""
    *coded, rest = content.split(_END_OF_CODE)
    before, _, drawn = zip(*(code.rpartition(b"\n") for code in coded), strict=True)
    return _END_OF_CODE.join([*(frame + b"\n" for frame in before), rest]), [path.decode() for path in drawn]


class Skeletons(dict[tuple[bytes, ...], Skeleton]):
    """What stands around the strings of a page, as ``cut`` gives it → what it says.

    :raises BadBatch: at anything that the press does not write.
    """

    def __init__(self, fonts: Mapping[str, Font]) -> None:
        self._fonts = fonts
        self._starts: dict[tuple[bytes, ...], Start] = {}

    def __missing__(self, around: tuple[bytes, ...]) -> Skeleton:
        if len(self) >= _REMEMBERED:
            self.clear()
            self._starts.clear()
        found = self[around] = self._read(b"<>".join(around))
        return found

    def _read(self, content: bytes) -> Skeleton:
        head = _HEAD.match(content)
        if head is None:
            raise _otherwise()
        opening, marks = _OPEN.match(content, head.end()), _Marks(self._starts)
        if opening:
            marks.read(content, opening.end())
        elif head.end() != len(content):
            raise _otherwise()
        if any(start.font not in self._fonts for start in marks.starts):
            raise BadBatch("a page draws in a font that the file does not have, so it has no text; print it again")
        fonts = ([self._fonts[start.font]] * count for start, count in zip(marks.starts, marks.pieces, strict=True))
        return Skeleton(
            form=head[1].decode(),
            height=opening[1] if opening else b"",
            starts=tuple(marks.starts),
            spans=tuple(_spans(marks.pieces)),
            fonts=tuple(chain.from_iterable(fonts)),
            frames=tuple(marks.frames),
        )


class _Marks:
    """Reads the marks of a page's content one after the other."""

    def __init__(self, known: dict[tuple[bytes, ...], Start]) -> None:
        self._known = known
        self._color = b""
        self.starts: list[Start] = []
        self.pieces: list[int] = []
        self.frames: list[Frame] = []

    def read(self, content: bytes, position: int) -> None:
        """Read all marks from a position to the end of the content.

        :raises BadBatch: at anything that is not one.
        """
        while content[position:] != b"ET":
            mark = _MARK.match(content, position)
            if mark is None or content[mark.end() : mark.end() + 1] != b"\n":
                raise _otherwise()
            position = mark.end() + 1
            if mark["color"]:
                self._color = mark["color"]
            elif mark["text"]:
                self._take(mark["text"], b"1", b"0")
            elif mark["condensed"]:
                for text in mark["condensed"].split(b"\n"):
                    self._take(text, mark["condense"], mark["shift"])
            else:
                measures = (float(mark[name]) for name in ("x", "y", "left", "top", "scale"))
                self.frames.append(Frame(self._color, *measures))

    def _take(self, text: bytes, condense: bytes, shift: bytes) -> None:
        key = (self._color, condense, shift, text)
        if key not in self._known:
            self._known[key] = _start(*key)
        self.starts.append(self._known[key])
        self.pieces.append(text.count(b"<>"))


def _start(color: bytes, condense: bytes, shift: bytes, text: bytes) -> Start:
    found = _ONE_TEXT.fullmatch(text)
    assert found is not None  # noqa: S101 - the grammar has matched
    font, size, x, y, shown = found.groups()
    adjustments = None if shown == b"<>Tj" else tuple(map(float, re.findall(_N, shown)))
    scale = float(condense)
    return Start(color, font.decode(), float(size), scale * float(x) + float(shift), float(y), scale, adjustments)


def _spans(pieces: Sequence[int]) -> Iterator[slice]:
    """Yield where several strings make one, the last first, so that joining one does not move another."""
    end = sum(pieces)
    for count in reversed(pieces):
        if count > 1:
            yield slice(end - count, end)
        end -= count


def is_user_defined(cluster: str) -> bool:
    """Whether a cluster is a user-defined character, or begins with one."""
    return unicodedata.category(cluster[:1] or " ") == "Co"


def _cids(shown: bytes) -> tuple[int, ...]:
    return unpack(f">{len(shown) // 4}H", unhexlify(shown))


def _otherwise() -> BadBatch:
    return BadBatch("the content of a page is not written as the press writes it; print the batch again")
