"""What was measured → the tables of RESULTS.md, ratios first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

MB = 1_000_000
TIMES = {20_000: 200, 100_000: 300}
"""Sheets of a whole run → how many times as fast as the first of the others it has to be."""
FILL_RATE = 8_000
"""Sheets a second that the fill step has to print on one core."""
BYTES = 1_500
"""The most bytes a sheet may take in a print file of a long run."""
FLAT_FROM, FLAT_BY, ROOM = 100_000, 0.2, 500 * MB
"""Peak memory of longer runs is within ``FLAT_BY`` of that of a run of ``FLAT_FROM`` sheets, and under ``ROOM``."""


@dataclass(frozen=True, slots=True)
class Line:
    """One program at one size."""

    label: str
    sheets: int
    seconds: float
    """Wall time of what counts."""
    cpu: float
    """CPU seconds of the same."""
    peak: int
    """Bytes of all its processes together (PSS), at the most."""
    largest: int
    """Bytes of its largest process (RSS), at the most."""
    size: int
    """Bytes of the PDF files."""

    @property
    def rate(self) -> float:
        """Sheets a second."""
        return self.sheets / self.seconds


SMALL_TIMES = {5: (0.0, 1.0), 150: (5.0, 10.0), 1_000: (0.0, 10.0)}
"""Sheets of a small run → how many times as fast as the first of the others it has to be: first, with kept plates."""


@dataclass(frozen=True, slots=True)
class Small:
    """A small run of ours, beside the first of the others."""

    sheets: int
    usual: Line
    """The first of the others, perhaps of fewer sheets."""
    first: Line
    """With no plate compiled before."""
    kept: Line
    """With the plates that the first kept, and what they were proved on."""


@dataclass(frozen=True, slots=True)
class Results:
    """All that one run of the bench has measured."""

    others: Sequence[Line]
    """What else could print the sheets; first what most would write."""
    steps: Sequence[Line]
    """Parts of ours; last the fill step alone."""
    one_worker: Sequence[Line]
    """Whole runs of ours."""
    two_workers: Sequence[Line]
    """The same with two workers: everything is compared with these."""
    growth: Sequence[Line]
    """Whole runs with two workers, from small to large; may be empty."""
    facts: Mapping[str, str]
    """On what was measured."""
    proof: str
    """A sentence: how it is known that all print the same sheet."""
    small: Sequence[Small] = ()
    """From small to large."""


def report(results: Results) -> str:
    """Write RESULTS.md."""
    programs = [*results.others, *results.steps, *results.one_worker, *results.two_workers]
    parts = [
        "# Bench",
        "Written by `make bench`. One machine, one run, the same members and the same finished sheet for all.",
        "\n".join(_ratios(results)),
    ]
    if _longest(results).sheets >= min(TIMES):
        parts.append("\n".join(_table(("promised", "measured", "kept"), _promises(results))))
    parts += ["## All programs", "\n".join(_table(_head(results), (_cells(line, results) for line in programs)))]
    if results.small:
        parts += [
            "## Small runs of ours, whole, beside WeasyPrint alone",
            "\n".join(_table(_SMALL, _small(results.small))),
        ]
    if results.growth:
        parts += ["## Growth: our `renderer run`, 2 workers", "\n".join(_table(_GROWTH, _growth(results.growth)))]
    facts = "\n".join(f"- {name}: {fact}" for name, fact in results.facts.items())
    return "\n\n".join([*parts, _HOW.format(proof=results.proof), "## Measured with", facts]) + "\n"


def _ratios(results: Results) -> Iterator[str]:
    """Say of each whole run how many times as fast as the others it is."""
    for run in results.two_workers:
        times = "; ".join(f"**{_times(run, line)} times** {line.label}" for line in results.others)
        yield f"- `renderer run` of {run.sheets:,} notices, 2 workers: {_short(run.rate)} sheets a second. {times}."


def _promises(results: Results) -> Iterator[tuple[str, ...]]:
    """Compare with what was promised for long runs, as far as it was measured."""
    usual, fill = results.others[0], results.steps[-1]
    for run in results.two_workers:
        if run.sheets in TIMES:
            least, times = TIMES[run.sheets], run.rate / usual.rate
            promise = f"a run of {run.sheets:,} is at least {least} times as fast as {usual.label}"
            yield promise, f"{_short(times)} times", _kept(times >= least)
    yield f"the fill step prints {FILL_RATE:,} a second on one core", _short(fill.rate), _kept(fill.rate >= FILL_RATE)
    longest = _longest(results)
    nearest = max(results.others, key=lambda line: line.rate)
    ahead = longest.rate / nearest.rate
    yield "ahead of every other", f"{_short(ahead)} times {nearest.label}", _kept(ahead > 1)
    size = longest.size / longest.sheets
    yield f"at most {BYTES:,} bytes a sheet", f"{size:,.0f}", _kept(size <= BYTES)
    flat = _of_size(results.growth, FLAT_FROM)
    for line in results.growth:
        if flat and line.sheets > flat.sheets:
            grown = line.peak / flat.peak - 1
            promise = f"memory of {line.sheets:,} within {FLAT_BY:.0%} of {flat.sheets:,} and under {ROOM / MB:.0f} MB"
            yield promise, f"{grown:+.0%}, {line.peak / MB:,.0f} MB", _kept(grown <= FLAT_BY and line.peak < ROOM)


_SMALL = (
    *("sheets", "a first run is × as fast", "with kept plates ×", "first run, s", "kept plates, s"),
    *("WeasyPrint, one document per member + pypdf, s", "kept"),
)


def _small(small: Sequence[Small]) -> Iterator[tuple[str, ...]]:
    for run in small:
        usual = run.sheets / run.usual.rate
        times = usual / run.first.seconds, usual / run.kept.seconds
        least = SMALL_TIMES.get(run.sheets, (0.0, 0.0))
        seconds = (run.first.seconds, run.kept.seconds, usual)
        kept = all(is_ >= must for is_, must in zip(times, least, strict=True))
        yield f"{run.sheets:,}", *map(_short, times), *map(_short, seconds), _kept(kept)


def _longest(results: Results) -> Line:
    return max((*results.two_workers, *results.growth), key=lambda line: line.sheets)


def _kept(kept: bool) -> str:
    return "yes" if kept else "**NO**"


def _head(results: Results) -> list[str]:
    ratios = [f"a run of {run.sheets:,} is × as fast" for run in results.two_workers]
    return [
        *("program", *ratios, "sheets/s", "CPU ms a sheet", "peak MB, all processes", "largest process MB"),
        *("bytes a sheet", "sheets", "seconds", "CPU s"),
    ]


def _cells(line: Line, results: Results) -> list[str]:
    return [
        line.label,
        *(_times(run, line) for run in results.two_workers),
        *_costs(line),
        f"{line.largest / MB:,.0f}",
        f"{line.size / line.sheets:,.0f}",
        f"{line.sheets:,}",
        _short(line.seconds),
        _short(line.cpu),
    ]


def _costs(line: Line) -> tuple[str, str, str]:
    return _short(line.rate), _short(line.cpu / line.sheets * 1000), f"{line.peak / MB:,.0f}"


_GROWTH = (
    *("sheets", f"peak against {FLAT_FROM:,}", "sheets/s", "CPU ms a sheet"),
    *("peak MB, all processes", "bytes a sheet"),
)


def _growth(growth: Sequence[Line]) -> Iterator[list[str]]:
    flat = _of_size(growth, FLAT_FROM)
    for line in growth:
        against = f"{line.peak / flat.peak - 1:+.0%}" if flat else ""
        yield [f"{line.sheets:,}", against, *_costs(line), f"{line.size / line.sheets:,.0f}"]


def _of_size(lines: Iterable[Line], sheets: int) -> Line | None:
    return next((line for line in lines if line.sheets == sheets), None)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield "|---" + "|---:" * (len(head) - 1) + "|"
    for row in rows:
        yield f"| {' | '.join(row)} |"


def _times(run: Line, line: Line) -> str:
    return _short(run.rate / line.rate)


def _short(value: float) -> str:
    """Write three digits that count, two below 1."""
    if value >= 100:
        return f"{value:,.0f}"
    if value >= 10:
        return f"{value:.1f}"
    return f"{value:.2f}" if value >= 1 else f"{value:.2g}"


_HOW = """## How it was measured

- The members are invented (`fixtures/generate.py`, fixed seed), each distinct; a program that takes fewer gets the
  first of them. The sheet is the 資格情報通知書 in all its variants, with customer barcode, seal, QR code and card.
- Our runs are whole processes: start, member file, reading, validating, fitting, sorting, compiling all plates in use
  (none is kept from before, unless it says so), printing in files of 5,000, reading every page back and proving every
  glyph, comparing samples with WeasyPrint, manifests and report, all on the disk.
- The others are spared that: they are given validated, worded and line-broken values, and only their printing is
  timed, without the start of the interpreter and imports. WeasyPrint has one font configuration, parsed style sheets
  and a ready QR code; ReportLab and Typst are told by hand where CSS puts everything.
- The fill step is the press alone on one core: from values (or validated members) to pages in the file.
- Everyone prints the same sheet: {proof}
- Peak MB is the sum of the PSS of all processes of a program, sampled every 50 ms, with its input; the largest process
  is the greatest RSS that the kernel counted for one. MB are 1,000,000 bytes. Each line was measured once."""
