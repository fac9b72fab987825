"""Pages of sheets that were drawn → their pictures as PNG, whole or in part, named by what is on the page.

A name is given by who prints (``stage``), under a key of the session: it tells nothing of a person. What is kept is in
memory, the newest of it, and ends with the process.
"""

from __future__ import annotations

import struct
import zlib
from collections import OrderedDict
from concurrent.futures import Future
from dataclasses import dataclass
from threading import Lock

import deflate
from PIL import Image

from renderer.model.paper import MM_PER_INCH
from renderer.proof.pixels import Box, opened

MOST_PAGES = 400
"""Pages that are kept: 16 variants of two pages, twelve revisions of them."""
MOST_PICTURES = 120
MOST_DOTS = 40_000_000
"""Of one picture: a page at 600 dpi has 35 million."""
LEAST_DPI, MOST_DPI = 10, 4800
_QUICK = 2
"""Of libdeflate: half the time of zlib at its quickest."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which picture is asked for."""

    picture: str
    """Name of the page."""
    dpi: float
    part: tuple[float, float, float, float] | None
    """x, y, w, h in mm; None is the whole page."""


class TooLarge(Exception):  # noqa: N818
    """More dots than anybody can look at."""


class Pictures:
    """The pages of this session, and their pictures."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._pages: OrderedDict[str, tuple[bytes, int]] = OrderedDict()
        self._pngs: OrderedDict[Wanted, Future[bytes]] = OrderedDict()
        """Those that were drawn, and those that are being drawn."""
        self._dpi: float | None = None
        """Of the last whole page that was asked for: the next one will be asked for alike."""

    def keep(self, pdf: bytes, names: tuple[str, ...]) -> None:
        """Keep the pages of a PDF, by their names, in their order."""
        with self._lock:
            for number, name in enumerate(names):
                self._pages.setdefault(name, (pdf, number))
                self._pages.move_to_end(name)
            while len(self._pages) > MOST_PAGES:
                self._pages.popitem(last=False)

    def png(self, wanted: Wanted) -> bytes:
        """Draw a picture, or give the one that was drawn.

        :raises KeyError: where there is no such page (any more); TooLarge.
        """
        with self._lock:
            pdf, number = self._pages[wanted.picture]
            self._dpi = self._dpi if wanted.part else wanted.dpi
            drawing = self._pngs.get(wanted)
            is_mine = drawing is None or (drawing.done() and drawing.exception() is not None)
            if drawing is None or is_mine:
                drawing = self._pngs[wanted] = Future()
                while len(self._pngs) > MOST_PICTURES:
                    self._pngs.popitem(last=False)
        if is_mine:
            try:
                drawing.set_result(_png(_drawn(pdf, number, wanted)))
            except Exception as error:
                drawing.set_exception(error)
        return drawing.result()

    def expected(self, name: str) -> None:
        """Draw a page before it is asked for, as the last one was asked for."""
        if self._dpi is not None:
            self.png(Wanted(name, self._dpi, None))


def _drawn(pdf: bytes, number: int, wanted: Wanted) -> Image.Image:
    with opened(pdf) as document:
        size = document.size(number)
        x, y, w, h = wanted.part or (0.0, 0.0, *size)
        right, bottom = min(x + w, size[0]), min(y + h, size[1])
        x, y = max(0.0, x), max(0.0, y)
        if not (right > x and bottom > y) or (right - x) * (bottom - y) * (wanted.dpi / MM_PER_INCH) ** 2 > MOST_DOTS:
            raise TooLarge
        part = Box(x, y, right - x, bottom - y) if wanted.part else None
        return document.pixels(number, wanted.dpi, colour=True, part=part)


def _png(image: Image.Image) -> bytes:
    """Write an RGB image as PNG (ISO 15948), each row without a filter."""
    width, height = image.size
    rows = Image.new("L", (1 + 3 * width, height))
    rows.paste(Image.frombytes("L", (3 * width, height), image.tobytes()), (1, 0))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", bytes(deflate.zlib_compress(rows.tobytes(), _QUICK))), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in parts
    )
