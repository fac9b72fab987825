"""The goldens of a layout → the report of what its sheets are now, case by case; what people judged of it → files.

It is done in a process of its own. Pictures lie in a folder, below names that are made of the sums of both sheets: what
was drawn once is not drawn again while the two are the same.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import Any

from renderer.desk.golden_cases import golden_cases
from renderer.layout.load import load_layout
from renderer.model.errors import RunStopped
from renderer.model.findings import Held
from renderer.model.paper import PROOF_DPI
from renderer.model.sums import sum_of_all
from renderer.press.fonts import FONTS
from renderer.proof import pixels
from renderer.review import pictures
from renderer.review.approvals import Approvals, read_approvals
from renderer.review.approving import Plan, Proposal, Proposed, propose, refuse_under_ci
from renderer.review.golden_files import Case
from renderer.review.golden_report import summary_of
from renderer.review.judged import FilePair, items
from renderer.review.made_with import made_with
from renderer.review.pictures import Crop, Drawn, Picture
from renderer.review.verdicts import Review
from renderer.review.viewer_page import Shown, report_facts

ADDRESS = "goldens"
"""Where a page finds the pictures."""
_LETTERS = 32


@dataclass(frozen=True, slots=True)
class Place:
    """Which goldens."""

    layout: Path
    """The layout's folder."""
    pack: Path | None
    root: Path
    """The folder of goldens."""
    folder: Path
    """For sheets and pictures."""


@dataclass(frozen=True, slots=True)
class Looked:
    """The report, as far as the cases are drawn."""

    report: Mapping[str, Any]
    signatures: int


class GoldenSheets:
    """Draws the cases of one layout."""

    def __init__(self, place: Place) -> None:
        """Stand ready."""
        self._place = place
        self._tools = made_with(FONTS)
        self._approvals = Approvals()
        self._cases: dict[str, Case] = {}
        self._proposed: dict[str, Proposed | None] = {}
        self._wrong: dict[str, str] = {}
        self._shown: dict[str, list[Shown]] = {}
        """Of a pair of sheets, by the name of its pictures."""

    def begin(self) -> tuple[str, ...]:
        """Read cases and approvals anew; return the names of the cases, none where nobody has approved one of them.

        :raises BadJob, BadLayout: when they cannot be read.
        """
        self._forget_others()
        self._approvals = read_approvals(self._place.root)
        layout = load_layout(self._place.layout, self._place.pack)
        self._cases = {
            case.stem: case
            for case in golden_cases(pack=self._place.pack)
            if case.layout == layout.name and case.layout_sum == layout.digest()
        }
        self._proposed, self._wrong = {}, {}
        has_goldens = bool(self._approvals.sheets.keys() & self._cases.keys())
        return tuple(self._cases) if has_goldens else ()

    def draw(self, name: str) -> None:
        """Draw a case, and the pictures of what is not as it was approved."""
        self._wrong.pop(name, None)
        try:
            found = propose(self._place.root, self._approvals, self._cases[name], self._place.folder / "sheets")
        except (RunStopped, Held) as wrong:
            self._proposed[name], self._wrong[name] = None, f"{name}: {wrong}"
            return
        if found:
            self._draw_pictures(found.pair)
        self._proposed[name] = found

    def look(self) -> Looked:
        """Return the report, as far as the cases are drawn."""
        of_pairs = [self._shown[_name_of(one.pair)] for one in self._drawn]
        shown, pairs = list(chain.from_iterable(of_pairs)), [first.item.pair for first, *_ in of_pairs]
        notes = [f"{one.case.stem}: {one.sentence}" for one in self._drawn if self._is_rejected(one)]
        rules = self._approvals.goldens
        summary = summary_of(
            self._place.root, len(self._proposed), [*self._wrong.values(), *notes], is_single=rules.single
        )
        return Looked(report_facts(shown, pairs, summary), rules.signatures)

    def plan(self, review: Review) -> Plan:
        """Say what the verdicts would write. Raises BadJob."""
        return self._proposal().plan(review)

    def settle(self, plan: Plan) -> tuple[str, ...]:
        """Write it, and look at what was written anew; return the names of the cases.

        :raises BadJob: under CI, and where ``approvals.toml`` says something else by now.
        """
        refuse_under_ci(os.environ)
        self._proposal().settle(plan)
        self._approvals = read_approvals(self._place.root)
        settled = tuple(plan.approved.keys() | plan.rejected.keys())
        for name in settled:
            self.draw(name)
        return settled

    @property
    def _drawn(self) -> list[Proposed]:
        return [one for one in self._proposed.values() if one]

    def _proposal(self) -> Proposal:
        return Proposal(self._place.root, self._approvals, self._tools, tuple(self._drawn), ())

    def _is_rejected(self, one: Proposed) -> bool:
        against = self._approvals.verdict(one.case.stem).rejected
        return bool(against and against.pdf == one.fresh.sums()[one.fresh.pdf])

    def _draw_pictures(self, pair: FilePair) -> None:
        name = _name_of(pair)
        if name not in self._shown:
            shutil.rmtree(self._place.folder / name, ignore_errors=True)  # of a drawing that was left
            self._shown[name] = list(_drawn(pair, name, self._place.folder / name))

    def _forget_others(self) -> None:
        """Delete the pictures that the last report had not."""
        kept = {_name_of(one.pair) for one in self._drawn}
        for name in self._shown.keys() - kept:
            del self._shown[name]
            shutil.rmtree(self._place.folder / name, ignore_errors=True)


def _name_of(pair: FilePair) -> str:
    golden, new = pair.sums()
    return sum_of_all([pair.name, pair.missing or "", *pair.approved_by, golden or "", new])[:_LETTERS]


def _drawn(pair: FilePair, name: str, folder: Path) -> Iterator[Shown]:
    with ExitStack() as files:
        golden = files.enter_context(pixels.opened(pair.golden)) if pair.golden else None
        new = files.enter_context(pixels.opened(pair.new))
        for number, item in enumerate(items([pair]), 1):
            yield Shown(item, _at(name, pictures.draw(item, golden, new, PROOF_DPI, folder, str(number))))


def _at(name: str, drawn: Drawn) -> Drawn:
    """Give pictures the addresses at which a page finds them."""

    def address(picture: Picture | None) -> Picture | None:
        return replace(picture, file=f"{ADDRESS}/{name}/{Path(picture.file).name}") if picture else None

    crops = (crop and Crop(address(crop.golden), address(crop.new)) for crop in drawn.crops)
    return replace(
        drawn, golden=address(drawn.golden), new=address(drawn.new), heat=address(drawn.heat), crops=tuple(crops)
    )
