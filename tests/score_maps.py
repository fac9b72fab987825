"""A draft beside a right column map → of each own column whether it is right, asked of a person, or wrong in silence.

    python tests/score_maps.py OUT_DIR

scores every export that ``fixtures/write_exports.py OUT_DIR`` wrote there.
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from read_exports import meanings

from renderer.desk.decisions import Draft
from renderer.desk.drafting import draft_map
from renderer.intake.survey import survey

BESIDE = {"columns.toml", "means.csv", "notice.toml", "certificate.toml"}
"""What ``write_exports`` writes beside the files of an export."""


@dataclass(frozen=True, slots=True)
class Score:
    """Own columns of one export, by name."""

    right: tuple[str, ...]
    """Taken for what they are, and for sure."""
    asked: tuple[str, ...]
    """Left to a person, with the right proposal."""
    unclear: tuple[str, ...]
    """Left to a person, with a wrong one."""
    wrong: tuple[str, ...]
    """Taken for something else, in silence."""

    @property
    def share(self) -> float:
        """Share of columns that are right and sure."""
        return len(self.right) / max(1, len(self.right) + len(self.asked) + len(self.unclear) + len(self.wrong))


def score(files: Sequence[Path], column_map: Mapping[str, Any]) -> Score:
    """Draft a map of the files of an export, and compare it with the right one."""
    return score_of(draft_map(survey(files)), column_map)


def score_of(draft: Draft, column_map: Mapping[str, Any]) -> Score:
    names = [own.name for own in draft.seen.columns]
    positions = column_map.get("file", {}).get("header", names) if not draft.seen.has_header else names
    meant = dict(zip(names, meanings(positions, column_map).values(), strict=True))
    found: dict[str, list[str]] = {"right": [], "asked": [], "unclear": [], "wrong": []}
    for one in draft.decisions:
        for own in one.own:
            is_right = one.ours == meant[own.name]
            kind = ("right" if is_right else "wrong") if one.is_sure else ("asked" if is_right else "unclear")
            found[kind].append(own.name)
    return Score(**{kind: tuple(names) for kind, names in found.items()})


def main() -> None:
    for folder in sorted(path.parent for path in Path(sys.argv[1]).glob("*/columns.toml")):
        files = sorted(path for path in folder.iterdir() if path.name not in BESIDE)
        found = score(files, tomllib.loads((folder / "columns.toml").read_text("utf-8")))
        print(f"{folder.name}: {found.share:.0%} right; {found}")  # noqa: T201


if __name__ == "__main__":
    main()
