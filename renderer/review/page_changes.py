"""A page of a golden and the one that it became → a record of each change of what it says, draws and shows.

For whoever has several processes: what is asked is small, and so is the answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple, Protocol, Self, TypeVar

from PIL.Image import Image

from renderer.model.paper import PROOF_DPI
from renderer.proof import pixels
from renderer.proof.pixels import Box
from renderer.review.changes import changes, explained
from renderer.review.codes import codes, codes_changed
from renderer.review.content import Reader, reading
from renderer.review.page_sums import PageSums, Sum
from renderer.review.pages import Words
from renderer.review.places import NamedPlace
from renderer.review.recording import Recorder
from renderer.review.records import ChangeRecord
from renderer.review.told import Both

Argument = TypeVar("Argument")
Result = TypeVar("Result")


class Stretch(NamedTuple):
    """Pages of one file. All are counted from 0."""

    is_new: bool
    """Of the new files, or of the golden ones."""
    file: int
    pages: Sequence[int]


class PagePair(NamedTuple):
    """A page of a golden file and the one of a new file that it became. All are counted from 0."""

    file: int
    page: int
    new_file: int
    new_page: int
    sheet_page: int
    """Of the sheet that it belongs to, from 1, by which a layout counts."""


@dataclass(frozen=True, slots=True)
class TwoBooks:
    """Files that are compared: what a process needs to open them."""

    golden: tuple[Path, ...]
    new: tuple[Path, ...]
    pages: int
    """Of all of them."""
    places: tuple[NamedPlace, ...] = ()
    """Regions and slots of the golden's pages; empty where the files are not ours."""

    def set_up(self) -> OpenBooks:
        """Open them when they are asked for."""
        return OpenBooks(self)


class OpenBooks:
    """Files that are being compared; of each side one is open at a time, and for one purpose."""

    def __init__(self, books: TwoBooks) -> None:
        self.books = books
        self._open: dict[bool, tuple[object, Any, ExitStack]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *ended: object) -> None:
        self._close()

    def sums(self, is_new: bool, file: int) -> PageSums:
        """Open a file for summing up its pages."""
        return self._opened(PageSums, is_new, file)

    def reader(self, is_new: bool, file: int) -> Reader:
        """Open a file for reading and drawing."""
        return self._opened(reading, is_new, file)

    def _opened(self, opening: Callable[[Path], AbstractContextManager[Result]], is_new: bool, file: int) -> Result:
        wanted = opening, file
        if is_new not in self._open or self._open[is_new][0] != wanted:
            self._close(is_new)
            stack = ExitStack()
            paths = self.books.new if is_new else self.books.golden
            self._open[is_new] = wanted, stack.enter_context(opening(paths[file])), stack
        found: Result = self._open[is_new][1]
        return found

    def _close(self, *sides: bool) -> None:
        for side in sides or (False, True):
            if before := self._open.pop(side, None):
                before[2].close()


class Spread(Protocol):
    """Asks the same of many, in this process or in several; the answers are in the order of what is asked."""

    def __call__(
        self, work: Callable[[OpenBooks, Argument], Result], arguments: Iterable[Argument], /
    ) -> Iterable[Result]:
        """Call a function for each argument, and yield what it gives."""


@contextmanager
def in_this_process(books: TwoBooks) -> Iterator[Spread]:
    """Ask one after the other."""
    with books.set_up() as opened:

        def ask(work: Callable[[OpenBooks, Argument], Result], arguments: Iterable[Argument], /) -> Iterable[Result]:
            return (work(opened, argument) for argument in arguments)

        yield ask


def sum_up(opened: OpenBooks, stretch: Stretch) -> list[Sum | None]:
    """Sum up what pages draw."""
    sums = opened.sums(stretch.is_new, stretch.file)
    return [sums.sum(page) for page in stretch.pages]


def read_words(opened: OpenBooks, stretch: Stretch) -> list[Words]:
    """Read what pages say."""
    reader = opened.reader(stretch.is_new, stretch.file)
    return [tuple(text.text for text in reader.content(page).texts) for page in stretch.pages]


def page_changes(opened: OpenBooks, pair: PagePair) -> tuple[ChangeRecord, ...]:
    """Record what changed on a page. Groups are numbered from 1."""
    golden, new = opened.reader(False, pair.file), opened.reader(True, pair.new_file)
    # As the golden is seen: else each text of a page that is turned would be elsewhere.
    turn = golden.interpreter.view(pair.page).turn
    before, after = golden.content(pair.page, turn), new.content(pair.new_page, turn)
    told = changes(before, after)
    groups = count(1)
    places = [place for place in opened.books.places if place.page == pair.sheet_page]
    recorder = Recorder(pair.new_page + 1, pair.page + 1, before, places)
    drawn = golden.pixels(pair.page, turn), new.pixels(pair.new_page, turn)
    return (
        *recorder.records(told, groups),
        *_codes(golden, new, pair),
        *_pixels(*drawn, explained(before, after, told), pair, groups),
    )


def _codes(golden: Reader, new: Reader, pair: PagePair) -> Iterator[ChangeRecord]:
    """Record codes that a machine reads otherwise, on the pages before they are turned."""
    before, after = golden.pixels(pair.page, 0), new.pixels(pair.new_page, 0)
    if before.tobytes() == after.tobytes():
        return
    pages = golden.interpreter.page(pair.page), new.interpreter.page(pair.new_page)
    both = Both(pair.page + 1, pair.new_page + 1, *pages)
    yield from codes_changed(both, codes(before, PROOF_DPI), codes(after, PROOF_DPI))


def _pixels(
    before: Image, after: Image, told: Sequence[Box], pair: PagePair, groups: Iterator[int]
) -> Iterator[ChangeRecord]:
    """Record where pixels differ for no reason that is told."""
    found = pixels.difference(before, after, PROOF_DPI, told)
    if found is None:
        return
    greys = before.convert("L"), after.convert("L")
    colour = "" if pixels.difference(*greys, PROOF_DPI, told) else " in colour"
    number, group = pair.new_page + 1, next(groups) if len(found.boxes) > 1 else None
    sentence = f"page {number}: {found.pixels} pixels differ{colour}: {'; '.join(map(str, found.boxes))}"
    for box in found.boxes:
        yield ChangeRecord(
            "pixels", number, pair.page + 1, None, box, None, None, None, None, None, group, None, sentence, found.most
        )
