"""What stands ready for the sheets of one job: layout, fonts, inserts, plates; none of it shared with another."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from renderer.layout.load import Layout
from renderer.mailing.sheets import fixed_of, gaiji_of, needs_of
from renderer.model.errors import BadLayout
from renderer.model.job import Job
from renderer.model.variant import Variant
from renderer.press.inserts import Insert
from renderer.press.plates import Plate
from renderer.press.ruler import Ruler
from renderer.proof.drawing import Drawing
from renderer.proof.fixed_words import FixedWords
from renderer.proof.verify import font_files
from renderer.running.kept_plates import KeptPlates, kept_plates
from renderer.running.names import PLATES


class Bench:
    """A job ready to be printed. WeasyPrint is imported only to compile."""

    def __init__(self, job: Job, layout: Layout, kept: KeptPlates | None = None) -> None:
        """Lay out what the sheets of a job need; ``kept`` are its plates, where that has been found out already.

        :raises BadJob: when an insert or the insurer's own font cannot be used.
        """
        self.job, self.layout = job, layout
        self.fixed = fixed_of(job)
        self.needs = needs_of(job)
        self.gaiji = gaiji_of(job)
        self.ruler = Ruler(self.gaiji)
        self.inserts = _inserts_of(job, layout)
        self.kept = kept or kept_plates(job.outbox / PLATES, self.fixed, layout)
        self._plates: dict[Variant, Plate] = {}

    @cached_property
    def fonts(self) -> Mapping[str, Drawing]:
        """The fonts that a print file may have, by the names it gives them."""
        return font_files(self.gaiji, self.layout.own_fonts.files)

    @cached_property
    def fixed_words(self) -> FixedWords:
        """What the fixed part of every sheet must say, as the files of the job have it."""
        return FixedWords(self.job, self.layout)

    def find_plate(self, variant: Variant) -> Plate | None:
        """Return a plate, or None where none has been compiled yet."""
        plate = self._plates.get(variant)
        if plate is None and (plate := self.kept.find(variant)) is not None:
            self._plates[variant] = plate
        return plate

    def plate(self, variant: Variant) -> Plate:
        """Return a plate that has been compiled.

        :raises BadLayout: when it is there no longer.
        """
        found = self.find_plate(variant)
        if found is None:
            raise BadLayout(f"a plate of {self.layout.name} is not whole; start again, and it is made anew")
        return found

    def compile(self, variant: Variant) -> Plate:
        """Return a plate kept from an earlier run, or compile it and keep it.

        :raises BadLayout: when it cannot be compiled.
        """
        found = self.find_plate(variant)
        if found is None:
            from renderer.layout.compiling import compile_plate

            found = self._plates[variant] = compile_plate(self.layout, variant, self.fixed)
            self.kept.keep(variant, found)
        return found


def _inserts_of(job: Job, layout: Layout) -> list[Insert]:
    """Read what is enclosed; what reads the files of other programs is imported only where there is such a file."""
    if not job.mailing.inserts:
        return []
    from renderer.press.enclosing import load_inserts

    return load_inserts(job.mailing.inserts, layout.file.pages)
