"""What people judged in a report (``review.json``) → who approves and who rejects which file; or why a verdict is none.

    {"format": 1, "report": "tests/goldens", "verdicts": [{
      "name": "<layout>/<case>", "kind": "page", "golden_page": 1, "page": 1, "record": null,
      "golden": "sha256:…", "new": "sha256:…",
      "verdict": "approved", "by": "…", "reason": "…", "remark": "…", "seen": "single"}]}

A verdict is of an item, that is of a page or of a file as a whole, and of the sums of both files. A file is approved
where one person approved each of its items, and rejected where somebody rejected one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from renderer.model.errors import BadJob
from renderer.model.toml import Strict, read_text
from renderer.review.approvals import Seen, Signature, sign
from renderer.review.judged import Item


class Judged(Strict):
    """The verdict on an item."""

    name: str
    kind: str
    golden_page: int | None
    page: int | None
    record: str | None
    golden: str | None
    new: str
    verdict: Literal["approved", "rejected", "later"]
    by: str
    reason: str
    remark: str = ""
    seen: Literal["single", "crop"] | None

    @property
    def signature(self) -> Signature:
        """Who judged it and why, in one line. Raises BadJob where that says nothing."""
        said = (self.remark,) if self.verdict == "rejected" and self.remark else (self.reason, self.remark)
        return sign(self.by, " ".join(filter(None, said)), self.seen or "")

    @property
    def item(self) -> tuple[object, ...]:
        """What it is of."""
        return self.name, self.kind, self.golden_page, self.page, self.record, self.golden, self.new


class Review(Strict):
    """The verdicts of a report."""

    format: Literal[1]
    report: str
    verdicts: list[Judged]


@dataclass(frozen=True, slots=True)
class Rulings:
    """What people decided of files, by their names."""

    approved: Mapping[str, Signature]
    rejected: Mapping[str, Signature]
    left: tuple[str, ...]
    """Sentences about files whose verdicts decide nothing."""


def read_review(path: Path) -> Review:
    """Read the file that a report saved. Raises BadJob."""
    try:
        return Review.model_validate(json.loads(read_text(path)))
    except (ValidationError, ValueError, RecursionError):
        raise BadJob(f"{path.name}: is not a file of verdicts; save it anew in the report") from None


def rulings(review: Review, found: Sequence[Item], *, is_single: bool) -> Rulings:
    """Decide what the verdicts say of files whose items these are.

    :param is_single: whether each item has to be approved by itself
    :raises BadJob: for a name or a reason that says nothing
    """
    given = {judged.item: judged for judged in review.verdicts if judged.verdict != "later"}
    approved: dict[str, Signature] = {}
    rejected: dict[str, Signature] = {}
    left: list[str] = []
    current: set[tuple[object, ...]] = set()
    for pair, items in groupby(found, key=lambda item: item.pair):
        sums = pair.sums()
        keys = [(pair.name, item.kind, item.golden_page, item.page, item.record, *sums) for item in items]
        current.update(keys)
        of_file = [given[key] for key in keys if key in given]
        against = [judged for judged in of_file if judged.verdict == "rejected"]
        if against:
            rejected[pair.name] = against[0].signature
        elif of_file:
            why_not = _why_not(of_file, len(keys), is_single=is_single)
            if why_not:
                left.append(f"{pair.name}: {why_not}")
            else:
                approved[pair.name] = _together(of_file)
    void = dict.fromkeys(judged.name for key, judged in given.items() if key not in current)
    left.extend(f"{name}: the sheet or its golden is another one by now; its verdict is void" for name in void)
    return Rulings(approved, rejected, tuple(left))


def _why_not(of_file: Sequence[Judged], items: int, *, is_single: bool) -> str:
    """Say why a file that is approved in part is not approved; nothing where it is."""
    if len(of_file) < items:
        return f"approved on {len(of_file)} of {items} pages"
    if len({judged.signature.person for judged in of_file}) > 1:
        return "approved page by page by different people; one of them must approve all of it"
    if any(judged.seen is None for judged in of_file):
        return "approved by somebody who has not had it on the screen"
    if is_single and any(judged.seen == "crop" for judged in of_file):
        return "approved with others of its group; single = true asks for each by itself"
    return ""


def _together(of_file: Sequence[Judged]) -> Signature:
    """Make one signature of those on the pages of a file."""
    signatures = [judged.signature for judged in of_file]
    seen: Seen = "crop" if any(signature.seen == "crop" for signature in signatures) else "single"
    return sign(signatures[0].by, "; ".join(dict.fromkeys(one.reason for one in signatures)), seen)
