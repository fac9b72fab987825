"""Prove a print file before it is delivered: what was asked for, page by page, read back from the file.

- every page, in order, shows its plate and says exactly the values of its sheet, blanks aside, each in its own place
  (``readback``, ``placing``);
- every embedded glyph has the outline its font gives for that text (``glyphs``);
- bookmarks, page labels and title are those of its pieces, and nothing else is in the file (``readback``);
- PDFium, which is not ours, opens the file, counts the same pages and reads the same records on a sample of them.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from renderer.model.blocks import blocks
from renderer.model.errors import BadBatch
from renderer.model.insurer import UNMOVED, Offset
from renderer.model.paper import PROOF_DPI
from renderer.press import fonts
from renderer.press.fonts import Gaiji
from renderer.press.inserts import Insert
from renderer.press.plates import Plate
from renderer.proof import pixels
from renderer.proof.drawing import Drawing, fonts_by_name
from renderer.proof.glyphs import proof_of_glyphs
from renderer.proof.placing import Beginning, ExpectedPage, Origin, Placing, differing_slot
from renderer.proof.readback import PageMarks, ReadBack, opened_again

SAMPLE = 50
"""Pages of a file that PDFium reads, evenly spread, the first and the last among them."""


def expected_pages(
    plate: Plate,
    values: Mapping[str, str],
    record: str,
    begins: Beginning | None = None,
    origin: Origin | None = None,
    offset: Offset = UNMOVED,
) -> Iterator[ExpectedPage]:
    """Say what every page of a sheet must be, and where in the member file each slot's value comes from.

    ``begins`` where a piece begins with it; ``offset`` is the insurer's.
    """
    for at, page in enumerate(plate.pages):
        yield ExpectedPage(record, plate, page, values, begins, origin, offset.of_page(at))
        begins = None


def insert_pages(inserts: Sequence[Insert], paths: Sequence[Path]) -> list[ExpectedPage]:
    """Say what the pages of the inserts must be: as they came, with nothing written on them; ``paths`` are their files.

    :raises BadBatch: when PDFium counts other pages in a file than were read of it.
    """
    for insert, path in zip(inserts, paths, strict=True):
        with pixels.opened(path) as file:
            if file.page_count != len(insert.pages):
                raise BadBatch(
                    f"insert {path.name}: PDFium counts {file.page_count} pages, and {len(insert.pages)} were read; "
                    "nothing is delivered, write that file again with another program and start the run again"
                )
    return [ExpectedPage("", insert, page, {}) for insert in inserts for page in insert.pages]


def font_files(gaiji: Gaiji | None, of_pack: Iterable[Path] = ()) -> Mapping[str, Drawing]:
    """Open the project's fonts, those of a pack and the insurer's own; name them as a PDF does."""
    own = [gaiji.face.path] if gaiji else []
    return fonts_by_name([*(fonts.FONTS / name for name in sorted(set(fonts.FILES.values()))), *of_pack, *own])


def verify(
    path: Path, title: str, expected: Iterable[ExpectedPage], named: Mapping[str, Drawing], apart: Collection[str] = ()
) -> list[str]:
    """Prove one print file; ``named`` are the fonts it may use (``font_files``), ``apart`` those of its inserts.

    Return the record of each of its pages, "" of an insert's.

    :raises BadBatch: naming the page and the record that are not as they must be.
    """
    vertical = proof_of_glyphs(path, named, apart)
    whose: list[str] = []
    shown: list[str] = []
    beginnings: list[tuple[int, Beginning]] = []
    with opened_again(path, vertical) as file:
        placing = Placing(file, named)
        for number, (page, wanted) in enumerate(_paired(file, expected), 1):
            if page is None or wanted is None:
                wrong = "missing" if page is None else "one too many"
                raise BadBatch(f"{path.name}: page {number} is {wrong}; {_REDO}")
            fault = placing.fault(page, wanted)
            if fault:
                slot = differing_slot(page, wanted) if wanted.origin else ""
                source = f" ({slot}: {wanted.origin(slot)})" if wanted.origin and slot else ""
                raise BadBatch(
                    f"{path.name}: page {number} is not as {_whose(wanted)} must be: {fault}{source}; {_REDO}"
                )
            if wanted.begins:
                beginnings.append((len(whose), wanted.begins))
            whose.append(wanted.record)
            shown.append(wanted.record if placing.shows_record(wanted.page) else "")
        _check_beside(file, path.name, title, beginnings)
    ask_pdfium(path, shown)
    return whose


def _paired(file: ReadBack, expected: Iterable[ExpectedPage]) -> Iterator[tuple[PageMarks | None, ExpectedPage | None]]:
    """Yield each page with what it must be; None for one that is missing or too many."""
    pages = file.pages()
    for some in blocks(expected):
        found: list[PageMarks | None] = []
        for wanted in some:
            try:
                found.append(next(pages, None))
            except BadBatch as wrong:
                raise BadBatch(f"{wrong}; this is a page of {_whose(wanted)}") from None
        yield from zip(found, some, strict=True)
    yield from ((page, None) for page in pages)


def _whose(wanted: ExpectedPage) -> str:
    return f"record {wanted.record}" if wanted.record else "its insert"


def _check_beside(file: ReadBack, name: str, title: str, beginnings: Iterable[tuple[int, Beginning]]) -> None:
    """Check what a reader shows beside the pages, and that the file has nothing else."""
    try:
        shown = itertools.zip_longest(file.bookmarks(), file.labels(), beginnings)
        for bookmark, label, wanted in shown:
            page, begins = wanted or (-1, Beginning("", ""))
            if (bookmark, label) != ((page, begins.bookmark), (page, begins.label)):
                at = min(found[0] for found in (bookmark, label, wanted) if found)
                raise BadBatch(f"page {at + 1} has another bookmark or label than a piece has there; {_REDO}")
        if file.title != title:
            raise BadBatch(f"its title is another; {_REDO}")
        file.check_nothing_else()
    except BadBatch as wrong:
        raise BadBatch(f"{name}: {wrong}") from None


def compare_with_reference(printed: Path, first_page: int, reference: Path, pictures: Path) -> None:
    """Compare the pages of one printed sheet with its reference, which begins at its own first page.

    :raises BadBatch: when a pixel differs; golden (the reference), new and difference then lie in ``pictures``.
    """
    with pixels.opened(printed) as ours, pixels.opened(reference) as theirs:
        for page in range(theirs.page_count):
            golden, new = theirs.pixels(page, PROOF_DPI), ours.pixels(first_page + page, PROOF_DPI)
            found = pixels.difference(golden, new, PROOF_DPI)
            if found:
                pictures.mkdir(parents=True, exist_ok=True)
                pixels.save_pictures(golden, new, pictures, f"{reference.stem}-{page + 1}")
                raise BadBatch(
                    f"{printed.name}: page {first_page + page + 1} is not what WeasyPrint draws: {found.boxes[0]} "
                    "differs; nothing is delivered"
                )


_REDO = "it is not delivered; start the run again, and if this comes back do not print the job"


def ask_pdfium(path: Path, records: list[str]) -> None:
    """Let PDFium count the pages, and read the record of each of a sample that shows one.

    :raises BadBatch: when it finds others.
    """
    with pixels.opened(path) as document:
        if document.page_count != len(records):
            raise BadBatch(f"{path.name}: PDFium counts {document.page_count} pages, not {len(records)}; {_REDO}")
        for page in spread(len(records)):
            if records[page] and bare(records[page]) not in bare(document.text(page)):
                raise BadBatch(f"{path.name}: PDFium does not read record {records[page]} on page {page + 1}; {_REDO}")


def bare(text: str) -> str:
    """Leave out blanks and hyphens: PDFium adds blanks at wide gaps, and joins a line that ends in a hyphen."""
    return re.sub("[-\\s\ufffe\x02]", "", text)


def spread(pages: int) -> Iterator[int]:
    """Yield at most ``SAMPLE`` pages, from 0, evenly spread from the first to the last."""
    count = min(pages, SAMPLE)
    yield from sorted({(pages - 1) * n // max(count - 1, 1) for n in range(count)})
