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
from renderer.review.approvals import (
    APPROVALS,
    Approvals,
    Rejection,
    Signature,
    Verdict,
    read_approvals,
    sign,
    write_approvals,
)
from renderer.review.golden_files import Case, Sheet, draw, files_in
from renderer.review.golden_report import changed_pair, new_pair, report_on_goldens, same_pair
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
from renderer.review.judged import FilePair, items
from renderer.review.made_with import name_of
from renderer.review.verdicts import Review, rulings


@dataclass(frozen=True, slots=True)
class Proposed:
    """One sheet that waits for a person."""

    case: Case
    fresh: Sheet
    sentence: str
    """What is new about it, or who is still asked."""
    pair: FilePair
    """With the approved sheet, where that is there and can be read."""

    @property
    def is_second(self) -> bool:
        """Whether the sheet is approved already, and one more person must."""
        return self.pair.missing == "unsigned"


@dataclass(frozen=True, slots=True)
class Plan:
    """What the verdicts of a report would write."""

    approved: Mapping[str, Signature]
    """By the names of cases, as is ``rejected``."""
    rejected: Mapping[str, Signature]
    files: list[str]
    """Below the folder of goldens."""
    left: list[str]
    """Sentences about verdicts that write nothing."""


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
        is_single = self.approvals.goldens.single
        return report_on_goldens(self.root, len(self.sheets), self.pairs, self.sentences(), folder, is_single=is_single)

    @property
    def pairs(self) -> list[FilePair]:
        """What a person looks at."""
        return [one.pair for one in self.sheets]

    def approve(self, by: str, reason: str) -> list[str]:
        """Write the sheets and who approved them; say what was written.

        Raises BadJob for a name or a reason that says nothing, and where nothing but another person is missing.
        """
        signature = sign(by, reason)
        waiting = [one.case.stem for one in self.sheets if self._has_signed(one, signature)]
        signed = {one.case.stem: signature for one in self.sheets if one.case.stem not in waiting}
        if waiting and not signed and not self.strays:
            names = first_few(waiting, ", ")
            raise BadJob(f"{signature.by} has approved {names} already; another person must, under a name of their own")
        written = self._write(signed, {}, self.strays)
        return [*written, *(f"waits for another person: {stem}" for stem in waiting)]

    def plan(self, review: Review) -> Plan:
        """Say what the verdicts of a report would write. Raises BadJob for a name or a reason that says nothing."""
        ruled = rulings(review, list(items(self.pairs)), is_single=self.approvals.goldens.single)
        waiting = [
            one.case.stem
            for one in self.sheets
            if one.case.stem in ruled.approved and self._has_signed(one, ruled.approved[one.case.stem])
        ]
        signed = {stem: signature for stem, signature in ruled.approved.items() if stem not in waiting}
        files = [path for one in self._changed(signed) for _, path in _changes(self.root, one)]
        left = [*(f"waits for another person: {stem}" for stem in waiting), *ruled.left]
        return Plan(signed, ruled.rejected, [*files, APPROVALS] if signed or ruled.rejected else [], left)

    def settle(self, plan: Plan) -> list[str]:
        """Write what was planned; say what was written.

        Raises BadJob where ``approvals.toml`` says something else by now.
        """
        return self._write(plan.approved, plan.rejected, ())

    def _changed(self, signed: Collection[str]) -> list[Proposed]:
        """Return those of the signed sheets of which files are written."""
        return [one for one in self.sheets if one.case.stem in signed and not one.is_second]

    def _write(
        self, signed: Mapping[str, Signature], rejected: Mapping[str, Signature], strays: Collection[str]
    ) -> list[str]:
        """Write sheets, delete strays, and then say in ``approvals.toml`` who decided; return what was written."""
        if read_approvals(self.root) != self.approvals:
            raise BadJob(f"{APPROVALS} was changed since the sheets were shown; look at them again")
        by_name = {one.case.stem: one for one in self.sheets}
        written = [line for one in self._changed(signed) for line in _write(self.root, one)]
        for stray in strays:
            (self.root / stray).unlink(missing_ok=True)
        verdicts = {stem: verdict for stem, verdict in self.approvals.sheets.items() if stem not in strays}
        verdicts |= {stem: self._signed(by_name[stem], signature) for stem, signature in signed.items()}
        verdicts |= {stem: self._rejected(by_name[stem], signature) for stem, signature in rejected.items()}
        lists = {**self.approvals.made_with, name_of(self.tools): dict(self.tools)}
        if signed or rejected or strays:
            write_approvals(self.root, self.approvals.model_copy(update={"sheets": verdicts, "made_with": lists}))
        return [
            *written,
            *(f"deleted: {name}" for name in strays),
            *(f"approved by {signature.by}: {stem}" for stem, signature in signed.items()),
            *(f"rejected by {signature.by}: {stem}" for stem, signature in rejected.items()),
        ]

    def _has_signed(self, one: Proposed, signature: Signature) -> bool:
        return one.is_second and self.approvals.verdict(one.case.stem).has_signed(signature)

    def _rejected(self, one: Proposed, signature: Signature) -> Verdict:
        return _with_rejection(self.approvals.verdict(one.case.stem), one.fresh, signature)

    def _signed(self, one: Proposed, signature: Signature) -> Verdict:
        """Return the verdict with one more name; of a sheet that changed, with this name alone."""
        if one.is_second:
            before = self.approvals.verdict(one.case.stem)
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
    refuse_under_ci(environment)
    approvals, cases = read_approvals(root), list(cases)
    with tempfile.TemporaryDirectory() as folder:
        found = [propose(root, approvals, case, Path(folder)) for case in chosen(cases, only)]
        strays = [] if only else strays_of(root, approvals, {case.stem for case in cases})
        yield Proposal(root, approvals, tools, tuple(filter(None, found)), tuple(strays))


def propose(root: Path, approvals: Approvals, case: Case, folder: Path) -> Proposed | None:
    """Draw a case below ``folder`` and say what of it a person is asked; None where all is approved.

    Raises BadLayout when a file is over the cap.
    """
    fresh = draw(case, folder, root)
    for finding in too_large_of(fresh):
        raise BadLayout(str(finding))
    return _proposed(root, approvals, case, fresh)


def reject(
    root: Path, cases: Iterable[Case], environment: Mapping[str, str], only: Collection[str], by: str, reason: str
) -> list[str]:
    """Write down that the sheets of these cases, as they are drawn now, are not wanted; return the cases.

    The check tells it until they are drawn otherwise, or approved. Raises BadJob as ``proposed`` and ``sign`` do.
    """
    refuse_under_ci(environment)
    approvals, signature = read_approvals(root), sign(by, reason)
    sheets = dict(approvals.sheets)
    rejected = chosen(cases, only)
    with tempfile.TemporaryDirectory() as folder:
        for case in rejected:
            fresh = draw(case, Path(folder), root)
            sheets[case.stem] = _with_rejection(approvals.verdict(case.stem), fresh, signature)
    write_approvals(root, approvals.model_copy(update={"sheets": sheets}))
    return [case.stem for case in rejected]


def _with_rejection(before: Verdict, fresh: Sheet, signature: Signature) -> Verdict:
    against = Rejection(**signature.model_dump(), pdf=fresh.sums()[fresh.pdf])
    return before.model_copy(update={"rejected": against})


def refuse_under_ci(environment: Mapping[str, str]) -> None:
    """Refuse to write goldens where no person sits. Raises BadJob."""
    if environment.get("CI", "").lower() not in ("", "0", "false"):
        raise BadJob("goldens are approved by a person, not under CI; run this at your desk, commit the files")


def _proposed(root: Path, approvals: Approvals, case: Case, fresh: Sheet) -> Proposed | None:
    verdict = approvals.verdict(case.stem)
    against = verdict.rejected if verdict.rejected and verdict.rejected.pdf == fresh.sums()[fresh.pdf] else None
    words, pair = _what_is_new(root, case, fresh, verdict)
    if against:
        words = f"{against.by} rejected it: {against.reason}" + (f"; {words}" if words else "")
    if words:
        return Proposed(case, fresh, words, pair)
    if len(verdict.approved) < approvals.goldens.signatures:
        words = f"{verdict.names()} approved it, another person must, too"
        return Proposed(case, fresh, words, same_pair(root, case.stem, fresh, verdict, "unsigned"))
    return None


def _what_is_new(root: Path, case: Case, fresh: Sheet, verdict: Verdict) -> tuple[str, FilePair]:
    """Say in which way a fresh sheet is not the approved one, nothing where it is; and what a person looks at."""
    approved = Sheet(root, fresh.pdf, fresh.pictures)
    if not (root / fresh.pdf).exists():
        pages = "page" if len(fresh.pictures) == 1 else "pages"
        return f"new, {len(fresh.pictures)} {pages}", new_pair(case.stem, fresh)
    try:
        comparison = comparison_of(approved, fresh)
    except BadBatch as error:
        return str(error), new_pair(case.stem, fresh)
    if comparison:
        words = words_of_change(comparison, other_pictures(approved, fresh))
        return words or "other bytes, the same pixels and text", changed_pair(case.stem, fresh, comparison, verdict)
    pair = same_pair(root, case.stem, fresh, verdict, "unapproved")
    if not verdict.approved:
        return "drawn as it lies there, and nobody has approved it", pair
    if files_in(root, {case.stem}) != set(fresh.files) or not_as_approved(root, case.stem, verdict):
        return f"its files are not those that {verdict.names()} approved", pair
    return "", pair


def _changes(root: Path, one: Proposed) -> Iterator[tuple[str, str]]:
    """Say what becomes of the files of a sheet: those that are changed or new, and pages that are no more."""
    for file in one.fresh.files:
        golden, fresh = root / file, one.fresh.folder / file
        if not golden.exists():
            yield "new", file
        elif golden.read_bytes() != fresh.read_bytes():
            yield "changed", file
    yield from (("deleted", file) for file in sorted(files_in(root, {one.case.stem}) - set(one.fresh.files)))


def _write(root: Path, one: Proposed) -> Iterator[str]:
    """Copy what is new or changed, take away pages that are no more, and say so."""
    for verb, file in list(_changes(root, one)):
        golden = root / file
        if verb == "deleted":
            golden.unlink()
        else:
            golden.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(one.fresh.folder / file, golden)
        yield f"{verb}: {file}"
