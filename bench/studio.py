"""Measure what a designer waits for in the studio: a save, another member, who would be held → STUDIO.md.

    python bench/studio.py [--rounds N]

A client asks as the page does: it hears of a change, and gets its pictures. Between the saves one variant is compiled
warm in a process of its own: a time is told as so many of those, and says something on however busy a machine.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

BENCH = Path(__file__).resolve().parent
sys.path.append(str(BENCH.parent / "tests"))

from studio_client import Client, copied_layouts  # noqa: E402 - tests and bench ask in one way
from studios import command  # noqa: E402

from renderer.desk.examples import load_example  # noqa: E402
from renderer.layout.compiling import compile_plate  # noqa: E402
from renderer.layout.load import load_layout  # noqa: E402
from renderer.mailing.sheets import fixed_of  # noqa: E402
from renderer.model.variant import parsed  # noqa: E402

ROUNDS = 30
DPI = 144
"""A sheet of the whole height of a screen with two dots for one."""
SAVES = {
    "eligibility_notice": (("top: 71mm", "top: 70.{}mm"),),
    "eligibility_certificate": (("top: 246.5mm", "top: 246.{}mm"), ("top: 104mm", "top: 103.{}mm")),
}
"""What a save changes, on every page, and what it puts there."""


@dataclass(frozen=True, slots=True)
class Times:
    """Of one layout, in s."""

    layout: str
    compiles: Sequence[float]
    saves: Sequence[float]
    members: Sequence[float]
    held: Sequence[float]


def measure(layout: str, rounds: int) -> Times:
    """Save, look at another member, and compile, by turns."""
    with tempfile.TemporaryDirectory() as folder:
        layouts = copied_layouts(Path(folder) / "layouts")
        with command(layouts / layout) as (_, address), Client(address) as page:
            page.settled()
            compiled = _compiling(
                layouts / layout, " ".join(f"{one['name']}={one['value']}" for one in page.shown["facts"])
            )
            css = layouts / layout / "sheet.css"
            begun = css.read_text("utf-8")
            compiles, saves, members, held = [], [], [], []
            for turn in range(-3, rounds):  # the first three warm up
                took = [_timed(compiled)]
                took.append(_timed(partial(_saved, page, css, _changed(begun, layout, turn))))
                changed = time.perf_counter()
                page.until("held")
                took.append(time.perf_counter() - changed)
                took.append(_timed(partial(_shown, page, "typical" if turn % 2 else "longest")))
                page.until("held")
                if turn >= 0:
                    for times, one in zip((compiles, saves, held, members), took, strict=True):
                        times.append(one)
    return Times(layout, compiles, saves, members, held)


def _compiling(folder: Path, variant: str) -> Callable[[], object]:
    layout = load_layout(folder)
    job = load_example(layout.document.name)
    return partial(compile_plate, layout, parsed(variant), fixed_of(job))


def _timed(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def _changed(text: str, layout: str, turn: int) -> str:
    for old, new in SAVES[layout]:
        assert old in text
        text = text.replace(old, new.format(f"{100 + turn}"))  # never as it was before: that would not be compiled
    return text


def _saved(page: Client, css: Path, text: str) -> None:
    css.write_text(text, "utf-8")
    _have_pictures(page)


def _shown(page: Client, member: str) -> None:
    page.say(kind="show", member=member)
    _have_pictures(page)


def _have_pictures(page: Client) -> None:
    changed = page.until("change")["pages"]
    assert changed
    for one in changed:
        page.picture(one["number"] - 1, dpi=DPI).raise_for_status()


def _p95(times: Sequence[float]) -> float:
    return statistics.quantiles(times, n=20, method="inclusive")[-1]


def _row(what: str, times: Sequence[float], compile_one: float, bound: str) -> str:
    middle, most = statistics.median(times), _p95(times)
    ratios = f"{middle / compile_one:.2f} | {most / compile_one:.2f}"
    return f"| {what} | {1000 * middle:.0f} | {1000 * most:.0f} | {ratios} | {bound} |"


def report(measured: Sequence[Times], rounds: int) -> str:
    """Write what was measured."""
    lines = [
        "# The studio",
        "",
        f"Written by `python bench/studio.py`: {rounds} turns of each. A client hears of a change and gets the",
        f"pictures of all pages that changed, at {DPI} dpi. The last two columns are times of one warm compile of the",
        "variant that is shown, which took turns with the saves in a process of its own: on a busy machine they say",
        "more than the milliseconds.",
        "",
        f"The load of the machine was {os.getloadavg()[1]:.0f} on {os.cpu_count()} cores.",
        "",
        "| | p50, ms | p95, ms | p50, compiles | p95, compiles | bound |",
        "|---|---:|---:|---:|---:|---|",
    ]
    for times in measured:
        one = statistics.median(times.compiles)
        lines += [
            _row(f"{times.layout}: one warm compile", times.compiles, one, ""),
            _row("save → pictures of all pages", times.saves, one, "1.35 and 2.70 compiles"),
            _row("another member, the same variant → pictures", times.members, one, "120 and 250 ms"),
            _row("who of 1,000 would be held, behind the picture", times.held, one, "2,000 ms"),
        ]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Measure both documents."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    rounds = parser.parse_args().rounds
    text = report([measure(layout, rounds) for layout in SAVES], rounds)
    (BENCH / "STUDIO.md").write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
