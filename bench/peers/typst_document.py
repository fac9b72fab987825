"""Typst, all members in one document: the sheet is written in ``sheet.typ``."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

import typst
from finished import JOB, Finished, job_for

from renderer.documents.eras import format_wareki
from renderer.layout.load import LAYOUTS, SHARED
from renderer.press import codes, fonts


def make(members: Sequence[Finished], out_dir: Path) -> None:
    """Print one file."""
    job = job_for(JOB.parent / "../fixtures/examples/members.csv")
    insurer = job.insurer
    assert insurer.seal is not None
    data = {
        "title": job.title,
        "issued_on": format_wareki(job.issued_on),
        "insurer": {
            "name": insurer.name,
            "number": insurer.number,
            "postal_code": f"{insurer.postal_code[:3]}-{insurer.postal_code[3:]}",
            "address": insurer.address.replace("　", "\n"),
            "telephone": insurer.telephone,
        },
        "sheets": [(sheet.values, sheet.variant, sheet.bars) for sheet in members],
    }
    (out_dir / "data.json").write_text(json.dumps(data, ensure_ascii=False), "utf-8")
    (out_dir / "qr.svg").write_text(codes.svg(codes.qr(insurer.portal_url), "qr"), "utf-8")
    scissors = (LAYOUTS / SHARED / "scissors.svg.j2").read_text("utf-8")
    svg = scissors[scissors.index("<svg") :].replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"')
    (out_dir / "scissors.svg").write_text(svg, "utf-8")
    shutil.copy(insurer.seal, out_dir / "seal.png")
    shutil.copy(Path(__file__).with_name("sheet.typ"), out_dir)
    typst.compile(
        out_dir / "sheet.typ",
        output=out_dir / "sheets.pdf",
        root=out_dir,
        font_paths=[fonts.FONTS],
        ignore_system_fonts=True,
        pdf_tags=False,
    )
