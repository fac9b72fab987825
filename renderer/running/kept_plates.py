"""The plates of an outbox that its runs keep for one another, and on what each was proved.

A plate's name is a sum over everything that can change it: layout, job, insurer, pictures, fonts, program, libraries.
So what is kept under that name is good for whoever asks for it, and so is what was once proved of it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from renderer.layout.load import Fixed, Layout
from renderer.model.sums import sum_of_all, sum_of_bytes, sum_of_file
from renderer.model.variant import Variant
from renderer.press import fonts, plates
from renderer.press.plates import Plate
from renderer.press.ruler import Strains
from renderer.press.versions import program_sum, versions
from renderer.running.names import PLATES
from renderer.running.workspace import Workspace, open_workspace


@dataclass(frozen=True)
class KeptPlates:
    """The plates of one layout under one job: what it takes to find them, also from another process."""

    folder: Path | str
    """The address of the workspace they lie in; whoever writes there is trusted like the program itself."""
    made_of: str
    """A sum over everything that all of them depend on."""

    @cached_property
    def _store(self) -> Workspace:
        return open_workspace(self.folder)

    def find(self, variant: Variant) -> Plate | None:
        """Return the plate of a variant, or None where there is none, or one that was damaged: it is made anew."""
        name = self._name(variant)
        data = self._store.get(name)
        plate = plates.read(data) if data is not None else None
        if plate is None and data is not None:
            self._store.delete(name)
        return plate

    def has(self, variant: Variant) -> bool:
        """Whether there is a plate of a variant that can be used."""
        return self.find(variant) is not None

    def keep(self, variant: Variant, plate: Plate) -> None:
        """Keep a plate that was compiled."""
        self._store.put(self._name(variant), plates.written(plate))

    def prove(self, variant: Variant, strains: Strains) -> None:
        """Keep that a sheet, hard to set in these slots, was the same as WeasyPrint's rendering to the last pixel."""
        proof = json.dumps(dict(sorted(strains.items()))).encode()
        self._store.put(f"{self._proofs(variant)}{sum_of_bytes(proof)}", proof)

    def is_proved(self, variant: Variant, strains: Strains) -> bool:
        """Whether a sheet of this plate was proved before that was at least as hard in every slot."""
        return any(_covers(proof, strains) for proof in self._proofs_of(variant))

    def _proofs_of(self, variant: Variant) -> Iterator[Mapping[str, float]]:
        for name in self._store.names(self._proofs(variant)):
            proof = self._store.get(name)
            if proof is not None and name.endswith(sum_of_bytes(proof)):
                yield json.loads(proof)
            else:  # damaged: makes room for a whole one
                self._store.delete(name)

    def _name(self, variant: Variant) -> str:
        return f"{sum_of_all([self.made_of, repr(variant)])}.plate"

    def _proofs(self, variant: Variant) -> str:
        return f"{sum_of_all([self.made_of, repr(variant)])}.proofs/"


def _covers(proved: Mapping[str, float], strains: Strains) -> bool:
    return all(proved.get(slot, 0.0) >= strain for slot, strain in strains.items())


def plates_of(outbox: Path, otherwise: Path) -> Path:
    """Return where plates are kept for who only asks: with those of the outbox, or in another folder if it has none."""
    there = outbox / PLATES
    return there if there.is_dir() else otherwise / PLATES


def kept_plates(folder: Path | str, fixed: Fixed, layout: Layout) -> KeptPlates:
    """Return the plates that are kept in a place for a layout and what is fixed for a job."""
    insurer = fixed.insurer
    pictures = [sum_of_file(path) if path else "" for path in (insurer.seal, insurer.gaiji_font)]
    libraries = [f"{name} {version}" for name, version in versions().items()]
    font_files = sum_of_file(fonts.FONTS / "SHA256SUMS")
    made_of = [
        repr(replace(fixed, insurer=insurer.without_files())),
        layout.digest(),
        font_files,
        program_sum(),
        *libraries,
        *pictures,
    ]
    return KeptPlates(folder, sum_of_all(made_of))
