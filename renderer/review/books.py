"""A PDF, or the folder of a delivery → its print files in their order, and whose each page is, as manifests say."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from renderer.model.errors import Unreadable
from renderer.model.sums import sum_of_file
from renderer.review.page_sums import PageSums
from renderer.review.pages import Owner


@dataclass(frozen=True, slots=True)
class PrintFile:
    """One PDF."""

    pdf: Path
    page_count: int
    owners: tuple[Owner, ...]
    """Of each page; empty where no manifest of this file lies beside it."""


@dataclass(frozen=True, slots=True)
class PageAt:
    """Where a page of a book is; both counted from 0."""

    file: int
    page: int


@dataclass(frozen=True, slots=True)
class Book:
    """Print files that are compared as one."""

    path: Path
    """The PDF or the folder."""
    files: tuple[PrintFile, ...]

    @property
    def pages(self) -> list[PageAt]:
        """All pages, file after file."""
        return [PageAt(at, page) for at, file in enumerate(self.files) for page in range(file.page_count)]

    @property
    def owners(self) -> Sequence[Owner | None]:
        """Whose each page is; nobody's where a file has no manifest."""
        return [owner for file in self.files for owner in file.owners or [None] * file.page_count]

    def called(self, place: PageAt) -> str:
        """Say which page it is; of several files, in which."""
        file = f"{self.files[place.file].pdf.name} " if len(self.files) > 1 else ""
        return f"{file}page {place.page + 1}"


def opened_book(path: Path) -> Book:
    """Look at a PDF, or at the print files of a delivery's folder, by name.

    :raises Unreadable: when one of them is no PDF, or the folder has none.
    """
    if not path.is_dir():
        return Book(path, (_print_file(path),))
    files = tuple(map(_print_file, sorted(path.glob("*.pdf"))))
    if not files:
        raise Unreadable(f"there is no PDF in {path.name}; name the folder of a delivery, or a PDF")
    return Book(path, files)


def _print_file(pdf: Path) -> PrintFile:
    with PageSums(pdf) as opened:
        count = opened.page_count
    return PrintFile(pdf, count, _owners(pdf, count))


def _owners(pdf: Path, page_count: int) -> tuple[Owner, ...]:
    """Read whose the pages are from the manifest beside a print file; none where that is of another file."""
    manifest = pdf.with_suffix(".json")
    if not manifest.is_file():
        return ()
    try:
        given = json.loads(manifest.read_text(encoding="utf-8"))
        if given["sha256"] != sum_of_file(pdf):
            return ()
        owners = tuple(_pages_of(given["entries"], page_count))
    except (ValueError, KeyError, TypeError):  # another file that has this name
        return ()
    return owners if len(owners) == page_count else ()


def _pages_of(entries: Sequence[Mapping[str, Any]], page_count: int) -> Iterator[Owner]:
    """Yield the owner of each page: what stands behind a sheet goes with it."""
    starts = {int(entry["page_from"]): str(entry["record"]) for entry in entries}
    record, since = "", 1
    for page in range(1, page_count + 1):
        if page in starts:
            record, since = starts[page], page
        yield Owner(record, page - since + 1)
