"""A PDF → what each of its pages says and draws, in mm as a person sees it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from PIL import Image

from renderer.model.paper import MM_PER_PT, PROOF_DPI
from renderer.proof import pixels
from renderer.review.interpreter import Interpreter
from renderer.review.opened import opened
from renderer.review.shapes import Mark
from renderer.review.texts import Text, drawn_by, texts


@dataclass(frozen=True, slots=True)
class Content:
    """What a page says and draws."""

    texts: tuple[Text, ...]
    marks: tuple[Mark, ...]


class Reader:
    """An open PDF, for pixels and contents. Pages are counted from 0. Get one from :func:`reading`."""

    def __init__(self, document: pixels.Document, interpreter: Interpreter) -> None:
        self.document, self.interpreter = document, interpreter

    def content(self, page: int, turn: int | None = None) -> Content:
        """Read a page, turned as it says or as asked.

        :raises Unreadable: when its content cannot be read.
        """
        view = self.interpreter.view(page, turn)
        drawn = self.interpreter.drawn(page, turn)
        characters = (replace(each, box=view.seen(each.box)) for each in self.document.characters(page))
        return Content(drawn_by(texts(characters), drawn.shows), drawn.marks)

    def pixels(self, page: int, turn: int) -> Image.Image:
        """Draw a page in colour for proofs, turned as asked."""
        unit = self.interpreter.view(page).unit / MM_PER_PT
        image = self.document.pixels(page, round(PROOF_DPI * unit), colour=True)
        return image.rotate(-turn, expand=True) if turn else image


@contextmanager
def reading(pdf: Path) -> Iterator[Reader]:
    """Open a PDF, and close it at the end.

    :raises Unreadable: when it cannot be opened.
    """
    with pixels.opened(pdf, upright=True) as document, opened(pdf) as file:
        yield Reader(document, Interpreter(file))
