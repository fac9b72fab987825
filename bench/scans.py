"""Measure how well scans of paper are compared with their PDFs → SCANS.md.

    python bench/scans.py [--sheets N]

Each sheet is a notice of an invented member. Its print is scanned as it is, and with a known change; a change is missed
where nothing is told in its place, and what is told in any other place is a false alarm. All of it follows from seeds.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from scan_pairs import Site, draw_pair, move_line, shrink, sites
from scanner import GOOD, OFFICE, POOR, Scanner, scanned

from renderer.proof.pixels import Box
from renderer.review.scans import CONTRAST, FORGIVES, SCAN_DPI, SOFTENS, compare_scan

BENCH = Path(__file__).resolve().parent
SHEETS = 14
SCANNERS = (GOOD, OFFICE, POOR)
SHIFTS = (0.3, 0.5, 1.0)
SMALL = 0.5
"""Times as large is a sheet drawn to see where the smallest dakuten ends."""
BESIDE = 1.0
"""mm by which what is told may lie beside the place of a change."""


@dataclass(slots=True)
class Tally:
    """What was found of one kind of change by one scanner."""

    changes: int = 0
    missed: int = 0
    pages: int = 0
    alarmed: int = 0
    """Pages on which something is told where nothing changed."""


@dataclass(frozen=True, slots=True)
class Trial:
    """A golden and the twin that is printed, under the name of what changed."""

    name: str
    golden: Path
    printed: Path
    changed: list[Site] = field(default_factory=list)

    def named(self, site: Site) -> str:
        """Name what is counted: a dakuten by its size."""
        return f"{self.name}, {site.size:g} pt" if "dakuten" in self.name else self.name


def trials(folder: Path, seed: int) -> Iterator[Trial]:
    """Make the pairs of one sheet."""
    random = np.random.default_rng(seed)
    golden, dakuten = draw_pair(folder, random)
    yield Trial("nothing", golden, golden)
    for mm in SHIFTS:
        moved = move_line(golden, folder / f"moved-{mm}.pdf", mm, random)
        yield Trial(f"a line of text, {mm:g} mm", golden, moved, sites(golden, moved))
    yield Trial("one dakuten", golden, dakuten, sites(golden, dakuten))
    small, twin = (shrink(pdf, pdf.with_stem(f"{pdf.stem}-small"), SMALL) for pdf in (golden, dakuten))
    yield Trial("one dakuten", small, twin, sites(small, twin))


def measure(folder: Path, sheets: int) -> Iterator[Mapping[tuple[str, str], Tally]]:
    """Count by kind of change and scanner; yield what is counted so far after each sheet."""
    found: defaultdict[tuple[str, str], Tally] = defaultdict(Tally)
    for seed in range(sheets):
        for trial in trials(folder, seed):
            for scanner in SCANNERS:
                scan = scanned(trial.printed, 0, folder / "scan", seed=seed, scanner=scanner, dpi=SCAN_DPI)
                told = [record.box for record in compare_scan(trial.golden, scan).records]
                _count(found, trial, scanner, told)
        yield found


def _count(found: Mapping[tuple[str, str], Tally], trial: Trial, scanner: Scanner, told: list[Box | None]) -> None:
    alarm = any(not (box and any(_near(box, site.box) for site in trial.changed)) for box in told)
    names = sorted({trial.named(site) for site in trial.changed} or {trial.name})
    for name in names:
        tally = found[name, scanner.name]
        tally.pages += 1
        tally.alarmed += alarm
    for site in trial.changed:
        tally = found[trial.named(site), scanner.name]
        tally.changes += 1
        tally.missed += not any(box and _near(box, site.box) for box in told)


def _near(one: Box, other: Box) -> bool:
    across = min(one.x + one.w, other.x + other.w) - max(one.x, other.x)
    down = min(one.y + one.h, other.y + other.h) - max(one.y, other.y)
    return min(across, down) > -BESIDE


def report(found: Mapping[tuple[str, str], Tally], sheets: int) -> str:
    """Write SCANS.md."""
    head = "| what changed | " + " | ".join(f"{scanner.name}: missed | false alarms" for scanner in SCANNERS) + " |"
    rows = [head, "|---" + "|---:" * (2 * len(SCANNERS)) + "|"]
    for name in dict.fromkeys(name for name, _ in found):
        cells = []
        for scanner in SCANNERS:
            tally = found[name, scanner.name]
            missed = f"{tally.missed} of {tally.changes}" if tally.changes else ""
            cells += [missed, f"{tally.alarmed} of {tally.pages}"]
        rows.append(f"| {name} | {' | '.join(cells)} |")
    return _PAGE.format(
        table="\n".join(rows), sheets=sheets, dpi=SCAN_DPI, scanners="\n".join(map(_said, SCANNERS)),
        forgives=FORGIVES, softens=SOFTENS, contrast=CONTRAST,
    )  # fmt: skip


def _said(scanner: Scanner) -> str:
    blur, gamma, noise = ("{:g} to {:g}".format(*span) for span in (scanner.blur, scanner.gamma, scanner.noise))
    jpeg = f", written as JPEG of quality {scanner.quality}" if scanner.quality else ""
    return (
        f"- {scanner.name}: spot of {blur} mm (standard deviation), gamma {gamma}, noise of {noise} levels of 255{jpeg}"
    )


_PAGE = """# Scans

Written by `python bench/scans.py`: {sheets} notices of invented members, each printed as it is and with a known change,
scanned at {dpi} dpi by three scanners that are reckoned, not built. Missed are changes in whose place nothing is told;
false alarms are pages on which something is told in any other place.

{table}

{scanners}

Each scan is turned by up to 1°, shifted by up to 2 mm and scaled by up to 0.2 %, by a seed; Poppler draws what is
scanned, PDFium what it is compared with. A place differs where it is darker or lighter than all within {forgives:g} mm
of it on the golden, seen through a spot of {softens:g} mm, by {contrast:.0%} of the way from paper to ink.

Not in here: paper that is creased, stained or curved, a glass that is dirty, light that falls off to the side, dots of
a printer's screen. What they do is told as a difference.
"""


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sheets", type=int, default=SHEETS, help="how many notices")
    parser.add_argument("--out", type=Path, default=BENCH / "SCANS.md")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for sheets, found in enumerate(measure(Path(folder), given.sheets), start=1):
            given.out.write_text(report(found, sheets), encoding="utf-8")
            print(f"{sheets} of {given.sheets} sheets", flush=True)


if __name__ == "__main__":
    main()
