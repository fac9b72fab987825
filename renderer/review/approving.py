"""The sheets as they are drawn now → what an approval would change, in words; a name and a reason → approved goldens.

A person sees the words first, and then says yes; what was shown is what is written. The verdicts are written last, so
that an approval that was cut off is none.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from renderer.model.errors import BadBatch, BadJob, BadLayout
from renderer.review.approvals import Approvals, Rejection, Signature, Verdict, read_approvals, sign, write_approvals
from renderer.review.compare import Comparison
from renderer.review.golden_files import Case, Sheet, draw, files_in
from renderer.review.golden_report import golden_pair, report_on_goldens
from renderer.review.goldens import (
    chosen,
    comparison_of,
    first_few,
    not_as_approved,
    other_pictures,
    strays_of,
    too_large_of,
    words_of_change,
)
from renderer.review.made_with import name_of


@dataclass(frozen=True, slots=True)
class Proposed:
    """One sheet that waits for a person."""

    case: Case
    fresh: Sheet
    sentence: str
    """What is new about it, or who is still asked."""
    comparison: Comparison | None
    """With the approved sheet, where that is there and another one."""
    is_second: bool
    """Whether the sheet is approved already, and one more person must."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What an approval would write. Its fresh sheets are there until ``proposed`` ends."""

    root: Path
    approvals: Approvals
    tools: Mapping[str, str]
    sheets: tuple[Proposed, ...]
    strays: tuple[str, ...]
    """Files and verdicts of no case, which go."""

    def sentences(self) -> list[str]:
        """Say what would change, sheet by sheet."""
        strays = [f"{name}: no case makes this, it goes" for name in self.strays]
        return [*(f"{one.case.stem}: {one.sentence}" for one in self.sheets), *strays]

    def report(self, folder: Path) -> Path:
        """Write a page in which a person looks at what would change; return it."""
        pairs = (golden_pair(self.root, one.case.stem, one.fresh, one.comparison) for one in self.sheets)
        return report_on_goldens(self.root, len(self.sheets), pairs, self.sentences(), folder)

    def approve(self, by: str, reason: str) -> list[str]:
        """Write the sheets and who approved them; say what was written.

        Raises BadJob for a name or a reason that says nothing, and where nothing but another person is missing.
        """
        signature = sign(by, reason)
        waiting = [one for one in self.sheets if one.is_second and self._verdict(one).has_signed(by)]
        signed = [one for one in self.sheets if one not in waiting]
        if waiting and not signed and not self.strays:
            names = first_few((one.case.stem for one in waiting), ", ")
            raise BadJob(f"{signature.by} has approved {names} already; another person must, under a name of their own")
        written = [line for one in signed if not one.is_second for line in _write(self.root, one)]
        gone = [f"deleted: {name}" for name in self.strays]
        for stray in self.strays:
            (self.root / stray).unlink(missing_ok=True)
        sheets = {stem: verdict for stem, verdict in self.approvals.sheets.items() if stem not in self.strays}
        sheets |= {one.case.stem: self._signed(one, signature) for one in signed}
        lists = {**self.approvals.made_with, name_of(self.tools): dict(self.tools)}
        if signed or gone:
            write_approvals(self.root, self.approvals.model_copy(update={"sheets": sheets, "made_with": lists}))
        approved = [f"approved by {signature.by}: {one.case.stem}" for one in signed]
        return [*written, *gone, *approved, *(f"waits for another person: {one.case.stem}" for one in waiting)]

    def _verdict(self, one: Proposed) -> Verdict:
        return self.approvals.verdict(one.case.stem)

    def _signed(self, one: Proposed, signature: Signature) -> Verdict:
        """Return the verdict with one more name; of a sheet that changed, with this name alone."""
        if one.is_second:
            before = self._verdict(one)
            return before.model_copy(update={"approved": [*before.approved, signature]})
        sums = one.fresh.sums()
        return Verdict(
            pdf=sums[one.fresh.pdf],
            pictures=[sums[picture] for picture in one.fresh.pictures],
            layout=one.case.layout_sum,
            made_with=name_of(self.tools),
            approved=[signature],
        )


@contextmanager
def proposed(
    root: Path,
    cases: Iterable[Case],
    tools: Mapping[str, str],
    environment: Mapping[str, str],
    only: Collection[str] = (),
) -> Iterator[Proposal]:
    """Draw all cases, or those named ``<layout>/<case>`` in ``only``, and say what an approval would change.

    Approving all also deletes what no case makes. Raises BadJob under CI and for a name that no case has, BadLayout
    when a file is over the cap.
    """
    _refuse_under_ci(environment)
    approvals, cases = read_approvals(root), list(cases)
    with tempfile.TemporaryDirectory() as folder:
        sheets: list[Proposed] = []
        for case in chosen(cases, only):
            fresh = draw(case, Path(folder))
            for finding in too_large_of(fresh):
                raise BadLayout(str(finding))
            sheets.extend(_proposed(root, approvals, case, fresh))
        strays = [] if only else strays_of(root, approvals, {case.stem for case in cases})
        yield Proposal(root, approvals, tools, tuple(sheets), tuple(strays))


def reject(
    root: Path, cases: Iterable[Case], environment: Mapping[str, str], only: Collection[str], by: str, reason: str
) -> list[str]:
    """Write down that the sheets of these cases, as they are drawn now, are not wanted; return the cases.

    The check tells it until they are drawn otherwise, or approved. Raises BadJob as ``proposed`` and ``sign`` do.
    """
    _refuse_under_ci(environment)
    approvals, signature = read_approvals(root), sign(by, reason)
    sheets = dict(approvals.sheets)
    rejected = chosen(cases, only)
    with tempfile.TemporaryDirectory() as folder:
        for case in rejected:
            fresh = draw(case, Path(folder))
            against = Rejection(**signature.model_dump(), pdf=fresh.sums()[fresh.pdf])
            sheets[case.stem] = approvals.verdict(case.stem).model_copy(update={"rejected": against})
    write_approvals(root, approvals.model_copy(update={"sheets": sheets}))
    return [case.stem for case in rejected]


def _refuse_under_ci(environment: Mapping[str, str]) -> None:
    if environment.get("CI", "").lower() not in ("", "0", "false"):
        raise BadJob("goldens are approved by a person, not under CI; run this at your desk, commit the files")


def _proposed(root: Path, approvals: Approvals, case: Case, fresh: Sheet) -> Iterator[Proposed]:
    """Say what of a sheet a person is asked; nothing where all is approved."""
    verdict = approvals.verdict(case.stem)
    against = verdict.rejected if verdict.rejected and verdict.rejected.pdf == fresh.sums()[fresh.pdf] else None
    words, comparison = _what_is_new(root, case, fresh, verdict)
    if against:
        words = f"{against.by} rejected it: {against.reason}" + (f"; {words}" if words else "")
    if words:
        yield Proposed(case, fresh, words, comparison, is_second=False)
    elif len(verdict.approved) < approvals.goldens.signatures:
        yield Proposed(case, fresh, f"{verdict.names()} approved it, another person must, too", None, is_second=True)


def _what_is_new(root: Path, case: Case, fresh: Sheet, verdict: Verdict) -> tuple[str, Comparison | None]:
    """Say in which way a fresh sheet is not the approved one; nothing where it is."""
    approved = Sheet(root, fresh.pdf, fresh.pictures)
    if not (root / fresh.pdf).exists():
        return f"new, {len(fresh.pictures)} {'page' if len(fresh.pictures) == 1 else 'pages'}", None
    try:
        comparison = comparison_of(approved, fresh)
    except BadBatch as error:
        return str(error), None
    if comparison:
        words = words_of_change(comparison, other_pictures(approved, fresh))
        return words or "other bytes, the same pixels and text", comparison
    if not verdict.approved:
        return "drawn as it lies there, and nobody has approved it", None
    if files_in(root, {case.stem}) != set(fresh.files) or not_as_approved(root, case.stem, verdict):
        return f"its files are not those that {verdict.names()} approved", None
    return "", None


def _write(root: Path, one: Proposed) -> Iterator[str]:
    """Copy what is new or changed, take away pages that are no more, and say so."""
    for file in one.fresh.files:
        golden, fresh = root / file, one.fresh.folder / file
        verb = "changed" if golden.exists() else "new"
        if verb == "changed" and golden.read_bytes() == fresh.read_bytes():
            continue
        golden.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(fresh, golden)
        yield f"{verb}: {file}"
    for file in sorted(files_in(root, {one.case.stem}) - set(one.fresh.files)):
        (root / file).unlink()
        yield f"deleted: {file}"
