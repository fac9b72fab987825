"""Cases that WeasyPrint draws in a moment, and a folder where they are approved."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

import weasyprint

from renderer.review import goldens
from renderer.review.approving import proposed
from renderer.review.golden_files import Case
from renderer.review.goldens import CheckedGoldens, GoldenFinding
from renderer.review.made_with import made_with

STYLE = """@page { size: 100mm 60mm; margin: 5mm } html { font: 12pt "BIZ UDMincho"; line-height: 1.5 }"""
BY = "検査 花子"
REASON = "both pages as ordered"


def case(name: str, body: str, *, program: str = "one", layout_sum: str = "of the layout") -> Case:
    def make(path: Path) -> None:
        head = f"<html lang=ja><title>見本</title><meta name=generator content={program}><style>{STYLE}</style>"
        weasyprint.HTML(string=head + body).write_pdf(path)

    return Case("notice", name, layout_sum, make)


TYPICAL = case("typical", "<p>山田　太郎　様<p>ヤマダ　タロカ")
TWO_PAGES = case("two-pages", "<p>表<p style='break-before: page'>裏")
CASES = [TYPICAL, TWO_PAGES]


def approve(
    root: Path, cases: Sequence[Case], fonts: Path, only: Collection[str] = (), by: str = BY, reason: str = REASON
) -> list[str]:
    with proposed(root, cases, made_with(fonts), {}, only) as proposal:
        return proposal.approve(by, reason)


def check(
    root: Path, cases: Sequence[Case], fonts: Path, report: Path | None = None, only: Collection[str] = ()
) -> CheckedGoldens:
    return goldens.check(root, cases, made_with(fonts), report, only)


def small_fonts(folder: Path) -> Path:
    """A folder of fonts whose sums take no time."""
    folder.mkdir()
    (folder / "one.ttf").write_bytes(b"not looked into, only summed")
    return folder


def codes(findings: Sequence[GoldenFinding]) -> list[tuple[str, str]]:
    return [(finding.golden, finding.code) for finding in findings]
