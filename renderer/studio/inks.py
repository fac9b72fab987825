"""A printed sheet → where it has another ink than K, and how the file has it: what a press in black does not print."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from renderer.proof.pixels import Box
from renderer.review.canvas import Drawn
from renderer.review.interpreter import Interpreter
from renderer.review.opened import opened
from renderer.review.paints import Paint
from renderer.studio.parts import Shape


def other_inks(pdf: bytes) -> tuple[Shape, ...]:
    """Return where a sheet has another ink than K, page by page, each place once."""
    with TemporaryDirectory(prefix="sheet-") as folder:
        path = Path(folder) / "sheet.pdf"
        path.write_bytes(pdf)
        with opened(path) as file:
            interpreter = Interpreter(file)
            pages = range(len(file.pages))
            return tuple(dict.fromkeys(shape for page in pages for shape in _on_page(page, interpreter.drawn(page))))


def _on_page(page: int, drawn: Drawn) -> Iterator[Shape]:
    for box, paints in _painted(drawn):
        if names := [str(paint) for paint in paints if paint and not paint.blank and not is_black(paint)]:
            yield Shape(
                overlay="ink", look="other-ink", page=page + 1, x=box.x, y=box.y, w=box.w, h=box.h,
                name=", ".join(dict.fromkeys(names)),
            )  # fmt: skip


def _painted(drawn: Drawn) -> Iterator[tuple[Box, Iterable[Paint | None]]]:
    yield from ((mark.box, mark.paints) for mark in drawn.marks)
    yield from ((show.box, (show.paint,)) for show in drawn.shows)


def is_black(paint: Paint) -> bool:
    """Whether a paint is K alone, full or a tint."""
    return paint.space == "grey" or (paint.space == "cmyk" and not any(paint.parts[:3]))
