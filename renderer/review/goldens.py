"""Cases and the approved goldens in a folder → what is missing, stray, changed, or approved by nobody.

    tests/goldens/approvals.toml                who approved which sheet, why, and what it was made of (approvals.py)
    tests/goldens/<layout>/<case>.pdf, -1.png   the sheet and its pictures (golden_files.py)

Equal means the same pages, sizes and pixels, and the same bytes of the PDF. There is no tolerance. Drawn by other tools
than the approved sheet, other bytes alone are a note.
"""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from renderer.model.errors import BadBatch, BadJob
from renderer.model.toml import advice
from renderer.review.approvals import APPROVALS, Approvals, Verdict, read_approvals
from renderer.review.compare import Comparison, compare
from renderer.review.golden_files import Case, Sheet, draw, files_in, same_picture, sheet_of, too_large
from renderer.review.golden_report import changed_pair, new_pair, report_on_goldens, same_pair
from renderer.review.judged import FilePair, Missing
from renderer.review.made_with import differences, name_of

TOLD = 5
"""How many changes or names a finding spells out before it counts the others; the report has them all."""
SEEN = ("golden-changed", "golden-bytes", "golden-missing", "golden-unsigned")
"""What a report shows as sheets."""
MISSING: Mapping[str, Missing] = {"golden-unapproved": "unapproved", "golden-unsigned": "unsigned"}
"""Findings of a golden to which a name is missing."""
APPROVE = "look at it, and approve it if it is meant"


@dataclass(frozen=True, slots=True)
class GoldenFinding:
    """One thing about the goldens that is not as approved."""

    golden: str
    """Path below the goldens folder."""
    code: str
    """A stable word for machines; docs/layouts.md lists them."""
    sentence: str
    action: str
    is_note: bool = False
    """Whether it is only told: other tools, or bytes that other tools write otherwise."""

    def __str__(self) -> str:
        return f"{self.golden}: {self.sentence}; {self.action} [{self.code}]"


@dataclass(frozen=True, slots=True)
class CheckedCase:
    """One case beside its golden."""

    case: Case
    findings: tuple[GoldenFinding, ...]
    comparison: Comparison | None
    """Where both PDFs could be read and their bytes or pictures differ."""


@dataclass(frozen=True, slots=True)
class CheckedGoldens:
    """Every case that was asked for beside its golden, and what is no case's."""

    cases: tuple[CheckedCase, ...]
    others: tuple[GoldenFinding, ...]
    """Of the folder: other tools than those the goldens were made with, files and approvals of no case."""

    @property
    def findings(self) -> tuple[GoldenFinding, ...]:
        """All of them, those of the folder first: other tools explain what follows."""
        return (*self.others, *itertools.chain.from_iterable(checked.findings for checked in self.cases))

    @property
    def same(self) -> bool:
        """Whether all is as it was approved; notes do not matter."""
        return all(finding.is_note for finding in self.findings)

    @property
    def unreadable(self) -> bool:
        """Whether a golden cannot be read, so that nobody knows what changed."""
        return any(finding.code == "golden-unreadable" for finding in self.findings)


def check(
    root: Path, cases: Iterable[Case], tools: Mapping[str, str], report: Path | None = None, only: Collection[str] = ()
) -> CheckedGoldens:
    """Compare every case with its golden, and every file of ``root`` with the cases.

    ``tools`` are those that draw now, as ``made_with`` names them.
    With ``report``, a page is written there in which a person looks at all that changed.
    With ``only``, just the cases named ``<layout>/<case>`` are looked at; BadJob for a name that no case has.
    """
    approvals = read_approvals(root)
    if not approvals.sheets:
        raise BadJob(f"there are no goldens in {root}; approve them first, or name their folder")
    cases = list(cases)
    checked: list[CheckedCase] = []
    sheets: list[Sheet] = []
    with tempfile.TemporaryDirectory() as folder:
        for case in chosen(cases, only):
            sheets.append(draw(case, Path(folder), root))
            checked.append(_checked(root, approvals, case, sheets[-1], tools))
        strays = [] if only else check_folder(root, cases)
        found = CheckedGoldens(tuple(checked), (*_other_tools(approvals, checked, tools), *strays))
        if report:
            _report(root, approvals, found, sheets, report)
    return found


def check_folder(root: Path, cases: Iterable[Case]) -> list[GoldenFinding]:
    """Find what lies in ``root``, or is approved there, and is no case's."""
    return [_stray(name) for name in strays_of(root, read_approvals(root), {case.stem for case in cases})]


def _report(root: Path, approvals: Approvals, found: CheckedGoldens, sheets: Iterable[Sheet], folder: Path) -> None:
    """Write the report; what cannot be seen on a sheet stands above it in words."""
    pairs = [
        _pair(root, one, sheet, approvals.verdict(one.case.stem))
        for one, sheet in zip(found.cases, sheets, strict=True)
    ]
    notes = (str(finding) for finding in found.findings if finding.code not in SEEN)
    is_single = approvals.goldens.single
    report_on_goldens(root, len(pairs), filter(None, pairs), notes, folder, is_single=is_single)


def _pair(root: Path, one: CheckedCase, fresh: Sheet, verdict: Verdict) -> FilePair | None:
    """Take what a person looks at of a case; None where all is as approved, or only words can say what is not."""
    stem, codes = one.case.stem, {finding.code for finding in one.findings}
    if one.comparison:
        return changed_pair(stem, fresh, one.comparison, verdict)
    if not (root / fresh.pdf).exists() or "golden-unreadable" in codes:
        return new_pair(stem, fresh)
    missing = next((MISSING[code] for code in MISSING if code in codes), None)
    return same_pair(root, stem, fresh, verdict, missing) if missing else None


def chosen(cases: Iterable[Case], only: Collection[str]) -> list[Case]:
    """Take the cases that are named; all of them when none is."""
    cases = list(cases)
    stems = [case.stem for case in cases]
    unknown = sorted(set(only) - set(stems))
    if unknown:
        hint = advice(unknown[0], stems, "")
        raise BadJob(f"no golden case is named {', '.join(unknown)}; give <layout>/<case>{hint}")
    return [case for case in cases if not only or case.stem in only]


def strays_of(root: Path, approvals: Approvals, stems: Collection[str]) -> list[str]:
    """Return the files of no case, and the cases that ``approvals.toml`` alone still knows."""
    files = files_in(root) - files_in(root, stems) - {APPROVALS}
    return sorted(files | (approvals.sheets.keys() - set(stems)))


def first_few(words: Iterable[str], separator: str) -> str:
    """Join the first few words or sentences, and count the others."""
    said = list(words)
    more = [f"and {len(said) - TOLD} more"] if len(said) > TOLD else []
    return separator.join([*said[:TOLD], *more])


def comparison_of(approved: Sheet, fresh: Sheet) -> Comparison | None:
    """Compare a fresh sheet with the approved one; None where PDF and pictures are the same. Raises BadBatch."""
    same_bytes = (approved.folder / approved.pdf).read_bytes() == (fresh.folder / fresh.pdf).read_bytes()
    if same_bytes and not other_pictures(approved, fresh):
        return None
    return compare(approved.folder / approved.pdf, fresh.folder / fresh.pdf)


def other_pictures(approved: Sheet, fresh: Sheet) -> list[str]:
    """Return the pictures that are there and have other pixels than the fresh ones."""
    there = [picture for picture in fresh.pictures if (approved.folder / picture).exists()]
    return [picture for picture in there if not same_picture(approved.folder / picture, fresh.folder / picture)]


def words_of_change(comparison: Comparison, pictures: Collection[str]) -> str:
    """Say what changed; nothing where that is bytes alone."""
    words = first_few(comparison.sentences(), "; ")
    return words or (f"pixels differ in {first_few(pictures, ', ')}" if pictures else "")


def not_as_approved(root: Path, stem: str, verdict: Verdict) -> list[str]:
    """Return the files of a case that are there and are not those that were approved."""
    approved = sheet_of(root, stem, len(verdict.pictures))
    sums = dict(zip(approved.files, (verdict.pdf, *verdict.pictures), strict=True))
    found = sheet_of(root, stem, len(verdict.pictures)).sums()
    return [file for file, found_sum in found.items() if found_sum != sums[file]]


def _checked(root: Path, approvals: Approvals, case: Case, fresh: Sheet, tools: Mapping[str, str]) -> CheckedCase:
    """Compare one case's fresh sheet with the approved one."""
    verdict = approvals.verdict(case.stem)
    approved = Sheet(root, fresh.pdf, fresh.pictures)
    more = sorted(files_in(root, {case.stem}) - set(fresh.files))
    findings = [*too_large_of(fresh), *_missing(approved), *map(_stray, more)]
    findings.extend(_unapproved(root, case, verdict, approvals))
    if verdict.rejected and verdict.rejected.pdf == fresh.sums()[fresh.pdf]:
        sentence = f"{verdict.rejected.by} rejected this sheet: {verdict.rejected.reason}"
        findings.append(GoldenFinding(fresh.pdf, "golden-rejected", sentence, "mend what is wrong with it"))
    if not (root / fresh.pdf).exists():
        return CheckedCase(case, tuple(findings), None)
    try:
        comparison = comparison_of(approved, fresh)
    except BadBatch as error:
        findings.append(GoldenFinding(fresh.pdf, "golden-unreadable", str(error), "take it back from the history"))
        return CheckedCase(case, tuple(findings), None)
    if comparison:
        words = words_of_change(comparison, other_pictures(approved, fresh))
        findings.append(_changed(case, fresh, words, verdict, name_of(tools)))
    return CheckedCase(case, tuple(findings), comparison)


def _changed(case: Case, fresh: Sheet, words: str, verdict: Verdict, tools: str) -> GoldenFinding:
    """Say what changed, and what it is made of that did, too, since somebody approved it."""
    layout = "its layout changed, too" if case.layout_sum != verdict.layout else "its layout did not change"
    if words:
        return GoldenFinding(fresh.pdf, "golden-changed", f"{words}; since it was approved, {layout}", APPROVE)
    sentence, others = "the bytes of the PDF changed, and not one pixel and no text", tools != verdict.made_with
    action = "other tools may write it otherwise" if others else "find out why, and approve it if it is meant"
    return GoldenFinding(fresh.pdf, "golden-bytes", sentence, action, is_note=others)


def too_large_of(fresh: Sheet) -> Iterator[GoldenFinding]:
    """Find the files of a fresh sheet that are over the cap."""
    for file, size, cap in too_large(fresh):
        sentence = f"it has {size} bytes, and a golden of so many pages may have {cap}"
        yield GoldenFinding(file, "golden-too-large", sentence, "show less in one case")


def _missing(approved: Sheet) -> Iterator[GoldenFinding]:
    for file in approved.files:
        if not (approved.folder / file).exists():
            yield GoldenFinding(file, "golden-missing", "nobody has approved this file", APPROVE)


def _unapproved(root: Path, case: Case, verdict: Verdict, approvals: Approvals) -> Iterator[GoldenFinding]:
    """Find a golden that was changed by hand, or that fewer people have approved than must."""
    pdf, wanted = f"{case.stem}.pdf", approvals.goldens.signatures
    if not verdict.approved:
        if (root / pdf).exists():
            sentence = f"{APPROVALS} names nobody who has approved it"
            yield GoldenFinding(pdf, "golden-unapproved", sentence, APPROVE)
        return
    if others := not_as_approved(root, case.stem, verdict):
        sentence = f"{first_few(others, ', ')}: not what {verdict.names()} approved"
        yield GoldenFinding(pdf, "golden-unapproved", sentence, "take it back from the history, or approve it")
    if len(verdict.approved) < wanted:
        sentence = f"{wanted} people must have approved it, and only {verdict.names()} has"
        yield GoldenFinding(pdf, "golden-unsigned", sentence, "let another person look at it and approve it")


def _stray(name: str) -> GoldenFinding:
    return GoldenFinding(name, "golden-stray", "no case makes this", "delete it, or approve the cases")


def _other_tools(
    approvals: Approvals, checked: Iterable[CheckedCase], tools: Mapping[str, str]
) -> Iterator[GoldenFinding]:
    """Say which tools and fonts are not those of the sheets that changed, and which sheets these are."""
    changed: dict[str, list[CheckedCase]] = {}
    for one in checked:
        before = approvals.verdict(one.case.stem).made_with
        if one.comparison and before and before != name_of(tools):
            changed.setdefault(before, []).append(one)
    for before, those in changed.items():
        otherwise = [one for one in those if any(f.code == "golden-changed" for f in one.findings)]
        names = first_few((one.case.stem for one in otherwise), ", ") or "none"
        sentence = (
            f"the goldens were made with other tools: {differences(approvals.made_with.get(before, {}), tools)}; "
            f"drawn otherwise: {names}; of other bytes alone: {len(those) - len(otherwise)}"
        )
        action = "install what it names, or look at these sheets and approve them"
        yield GoldenFinding(APPROVALS, "made-with", sentence, action, is_note=True)
