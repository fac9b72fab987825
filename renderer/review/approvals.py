"""``approvals.toml`` beside the goldens ↔ who approved or rejected which sheet, why, and what it was made of then.

    [goldens]
    signatures = 2                                    how many people approve each sheet; written by hand
    single = true                                     each sheet is looked at by itself; written by hand
    [made_with.1f0c52d3]                              versions of tools and sums of fonts, by a short sum of them
    [sheets."<layout>/<case>"]
    pdf = "…"                                         SHA-256 of the PDF, of each page's picture, of the layout
    pictures = ["…"]
    layout = "…"
    made_with = "1f0c52d3"
    approved = [{ by = "…", reason = "…", seen = "single" }]    seen, where it was judged in the browser
    rejected = { pdf = "…", by = "…", reason = "…" }  the sheet of this sum is not wanted

A name is a word, not a proof of who wrote it: that is the commit's. The sums find what was changed by hand since.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Literal

from pydantic import Field

from renderer.model.errors import BadJob
from renderer.model.toml import Strict, check_table, parse_toml, read_text

APPROVALS = "approvals.toml"
MOST_WORDS = 500
"""Characters of a name or a reason."""
_HEAD = """# Who approved the sheets in this folder, and why: written by `renderer goldens approve` and `reject`.
# By hand comes only [goldens]: signatures, how many people must approve each sheet; single, whether each by itself.
"""


Seen = Literal["", "single", "crop"]
"""How a sheet was on the screen: by itself, or its changed places among those of its group; empty where unknown."""


class Signature(Strict):
    """Who approved a sheet, and why it is as it should be."""

    by: str
    reason: str
    seen: Seen = ""

    @property
    def person(self) -> str:
        """The name, however it is spaced, wide or capital."""
        return "".join(unicodedata.normalize("NFKC", self.by).casefold().split())


class Rejection(Signature):
    """Who does not want a sheet, and why not."""

    pdf: str
    """Sum of the sheet as it was drawn then: another one is judged anew."""


class Verdict(Strict):
    """What people said of one case, and what the sheet was made of that they approved."""

    pdf: str = ""
    """Sum of the approved PDF; empty where nobody has approved any."""
    pictures: list[str] = Field(default=[])
    layout: str = ""
    made_with: str = ""
    """A key of ``Approvals.made_with``."""
    approved: list[Signature] = Field(default=[])
    rejected: Rejection | None = None

    def approved_by(self) -> tuple[str, ...]:
        """Return who has approved it, first the first."""
        return tuple(signature.by for signature in self.approved)

    def names(self) -> str:
        """Say who has approved it."""
        return " and ".join(self.approved_by())

    def has_signed(self, signature: Signature) -> bool:
        """Return whether this person has approved it."""
        return signature.person in {approved.person for approved in self.approved}


class Rules(Strict):
    """What a folder of goldens demands."""

    signatures: int = Field(default=1, ge=1)
    """How many people must have approved each sheet."""
    single: bool = False
    """Whether each sheet has to be looked at by itself, none with others of its group."""


class Approvals(Strict):
    """All that ``approvals.toml`` says."""

    goldens: Rules = Rules()
    made_with: dict[str, dict[str, str]] = Field(default={})
    sheets: dict[str, Verdict] = Field(default={})

    def verdict(self, stem: str) -> Verdict:
        """Return what people said of a case; an empty verdict where nobody did."""
        return self.sheets.get(stem, Verdict())

    def tools(self, stem: str) -> Mapping[str, str]:
        """Return what the approved sheet of a case was made with."""
        return self.made_with.get(self.verdict(stem).made_with, {})


def read_approvals(root: Path) -> Approvals:
    """Read the approvals of a folder of goldens; none where the file is not there. Raises BadJob."""
    path = root / APPROVALS
    if not path.exists():
        return Approvals()
    text = read_text(path)
    return check_table(Approvals, path, text, parse_toml(path, text, "; take it back from the history"))


def write_approvals(root: Path, approvals: Approvals) -> None:
    """Write the file anew, without the lists of tools that no sheet names any more."""
    root.mkdir(parents=True, exist_ok=True)
    (root / APPROVALS).write_text("\n".join(_lines(approvals)) + "\n", encoding="utf-8")


def sign(by: str, reason: str, seen: Seen = "") -> Signature:
    """Make a signature of what a person gave. Raises BadJob for a name or reason that says nothing, or too much."""
    words = {"name": " ".join(by.split()), "reason": " ".join(reason.split())}
    for what, said in words.items():
        if not said or len(said) > MOST_WORDS or not said.isprintable():
            raise BadJob(f"a {what} of one line, of at most {MOST_WORDS} characters, says who decides here and why")
    return Signature(by=words["name"], reason=words["reason"], seen=seen)


def _lines(approvals: Approvals) -> Iterator[str]:
    yield _HEAD
    yield "[goldens]"
    yield f"signatures = {approvals.goldens.signatures}"
    if approvals.goldens.single:
        yield "single = true"
    named = {verdict.made_with for verdict in approvals.sheets.values()}
    for name, tools in sorted(approvals.made_with.items()):
        if name in named:
            yield f"\n[made_with.{_quoted(name)}]"
            yield from (f"{_quoted(tool)} = {_quoted(version)}" for tool, version in tools.items())
    for stem, verdict in sorted(approvals.sheets.items()):
        yield f"\n[sheets.{_quoted(stem)}]"
        if verdict.approved:
            yield f"pdf = {_quoted(verdict.pdf)}"
            yield from _listed("pictures", map(_quoted, verdict.pictures))
            yield f"layout = {_quoted(verdict.layout)}"
            yield f"made_with = {_quoted(verdict.made_with)}"
            yield from _listed("approved", map(_table, verdict.approved))
        if verdict.rejected:
            yield f"rejected = {_table(verdict.rejected)}"


def _listed(key: str, values: Iterable[str]) -> Iterator[str]:
    yield f"{key} = ["
    yield from (f"    {value}," for value in values)
    yield "]"


def _table(said: Signature) -> str:
    return (
        "{ "
        + ", ".join(f"{key} = {_quoted(value)}" for key, value in said.model_dump(exclude_defaults=True).items())
        + " }"
    )


def _quoted(value: str) -> str:
    """Write text as TOML does: JSON's escapes are all among its own, and ``sign`` lets no control character in."""
    return json.dumps(value, ensure_ascii=False)
