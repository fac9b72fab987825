"""What a proof shows, and what was found in its member file → the page on which the insurer signs.

It has no name and no address of a member, so that it can be sent back by any way.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from renderer.documents.eras import format_wareki
from renderer.model.job import Job
from renderer.model.variant import Variant
from renderer.press.fonts import GAIJI_FAMILY
from renderer.running.approval import Bound
from renderer.running.report import Checked
from renderer.running.words import Words, words

BEGINNING = 3
"""Pieces of the beginning of the file that a proof shows."""


@dataclass(frozen=True, slots=True)
class ShownSheet:
    """One sheet of a proof."""

    record: str
    """整理番号."""
    variant: Variant
    piece: int
    """Number of its piece, from 1."""
    page: int
    """Its first page in the proof, from 1."""
    why: tuple[str, ...]
    """``hardest`` or ``first`` of its variant, ``begins`` where it is in one of the first pieces."""


@dataclass(frozen=True, slots=True)
class ToSign:
    """What stands on the page."""

    job: Job
    layout: str
    """Its name."""
    bound: Bound
    checked: Checked
    pieces: int
    records: tuple[tuple[Variant, int], ...]
    """How many records each variant has that is in use."""
    sheets: tuple[ShownSheet, ...]
    pages: int
    """Of the proof."""
    file: str
    """Name of the proof."""

    @property
    def not_selected(self) -> int:
        """Records that the job does not ask for."""
        return sum(one.records for one in self.checked.unselected)


def sign_off_page(to_sign: ToSign) -> str:
    """Write the page as HTML that needs no other file; A4."""
    said = words(to_sign.job.language)
    parts = (
        f'<h1>{escape(said.say("proof_title"))}<span class="sum">{escape(said.say("proof_sum"))}'
        f"<b>{to_sign.bound.short}</b></span></h1>",
        _pairs(_facts(to_sign, said)),
        f'<p class="about">{escape(_about(to_sign, said))}</p>',
        _table(said, "proof_variants", _variants(to_sign, said)),
        _findings(to_sign, said),
        _verdict(said),
        f'<p class="small">{escape(said.say("proof_binds"))}{escape(said.say("proof_private"))}</p>',
    )
    title = escape(f"{said.say('proof_title')} {to_sign.job.name}")
    return (
        f'<!DOCTYPE html><html lang="{said.language}"><head><meta charset="utf-8"><title>{title}</title>'
        f"<style>{_STYLE}</style></head><body>{''.join(parts)}</body></html>"
    )


_STYLE = f"""
@page {{ size: 210mm 297mm; margin: 16mm 18mm 14mm;
  @bottom-right {{ content: counter(page) " / " counter(pages); font: 8pt "BIZ UDGothic" }} }}
body {{ margin: 0; font: 9.5pt/5.2mm "BIZ UDPGothic", "{GAIJI_FAMILY}", "IPAmjMincho"; color: #000 }}
h1 {{ font-size: 18pt; line-height: 10mm; margin: 0 0 4mm; border-bottom: 0.7mm solid #000 }}
h1 .sum {{ float: right; font-size: 9.5pt; font-weight: 400 }}
h1 .sum b {{ font: 700 14pt "BIZ UDGothic"; margin-left: 2mm }}
h2 {{ font-size: 11pt; line-height: 6mm; margin: 4mm 0 1mm; break-after: avoid }}
table {{ border-collapse: collapse; width: 100% }} tr {{ break-inside: avoid }}
td, th {{ border-bottom: 0.17mm solid #000; padding: 0.7mm 2mm; text-align: left; vertical-align: top }}
th {{ font-weight: 400 }}
thead th {{ border-bottom-width: 0.35mm; background: #e6e6e6 }}
.count {{ text-align: right; white-space: nowrap; font-family: "BIZ UDGothic" }}
.proof_findings td:nth-child(-n+2) {{ white-space: nowrap }}
.pairs th {{ width: 34mm; background: #e6e6e6 }}
.about {{ margin: 3mm 0 0 }} .small {{ font-size: 8pt; line-height: 4.2mm; margin: 3mm 0 0 }}
.verdict {{ break-inside: avoid; margin-top: 5mm; border: 0.35mm solid #000; padding: 3mm 4mm }}
.verdict h2 {{ margin-top: 0 }}
.box {{ display: inline-block; width: 4mm; height: 4mm; border: 0.35mm solid #000; margin: 0 2mm -0.7mm 0 }}
.choice {{ display: inline-block; margin-right: 14mm; font-size: 11pt; line-height: 8mm }}
.lines div {{ height: 8mm; border-bottom: 0.17mm solid #000 }}
.sign {{ margin-top: 4mm; width: 100% }} .sign td {{ border: 0; vertical-align: bottom; padding: 0 2mm 0 0 }}
.sign span {{ display: block; border-bottom: 0.35mm solid #000; height: 11mm; line-height: 15mm }}
.sign .date {{ width: 62mm }} .sign .seal {{ width: 22mm; padding: 0 }}
.sign .seal span {{ width: 21mm; height: 21mm; border: 0.35mm solid #000; text-align: center; line-height: 21mm;
  color: #767676 }}
"""


def _facts(to_sign: ToSign, said: Words) -> Iterable[tuple[str, str]]:
    job, checked = to_sign.job, to_sign.checked
    counts = {
        "read": checked.read,
        "printed": checked.valid,
        "held": checked.held,
        "not_selected": to_sign.not_selected,
    }
    yield said.say("insurer"), f"{job.insurer.number}　{job.insurer.name}"
    yield said.say("proof_document"), job.title
    yield said.say("issued_on"), format_wareki(job.issued_on) if said.language == "ja" else job.issued_on.isoformat()
    yield said.say("proof_job"), f"{job.name}　{said.say('proof_layout')} {to_sign.layout}"
    yield said.say("source"), said.join(tuple(path.name for path in job.sources))
    yield said.say("read"), said.say("sum_selected" if checked.unselected else "sum", **counts)
    yield said.say("pieces"), said.say("pieces_count", pieces=to_sign.pieces)
    yield said.say("inserts"), said.join(tuple(path.name for path in job.mailing.inserts)) or said.say("none")


def _about(to_sign: ToSign, said: Words) -> str:
    return said.say("proof_about", file=to_sign.file, pages=to_sign.pages, pieces=_begun(to_sign))


def _begun(to_sign: ToSign) -> int:
    return min(BEGINNING, to_sign.pieces)


def _variants(to_sign: ToSign, said: Words) -> Iterable[Sequence[str | int]]:
    for variant, records in to_sign.records:
        shown = [sheet for sheet in to_sign.sheets if sheet.variant == variant]
        pages = (
            said.say("proof_pages", pages=sheet.page, why=_why(sheet, to_sign, said)) if sheet.why else str(sheet.page)
            for sheet in shown
        )
        yield said.variant(variant), records, said.join(tuple(pages))


def _why(sheet: ShownSheet, to_sign: ToSign, said: Words) -> str:
    return said.join(tuple(said.say(f"proof_{why}", pieces=_begun(to_sign)) for why in sheet.why))


def _findings(to_sign: ToSign, said: Words) -> str:
    rows = [
        (said.say(f"weight_{one.first.weight}"), one.first.code, one.first.sentence(said.language), one.records)
        for one in (*to_sign.checked.reasons, *to_sign.checked.notes)
    ]
    if rows:
        return _table(said, "proof_findings", rows)
    return f"<h2>{escape(said.say('proof_findings'))}</h2><p>{escape(said.say('proof_no_findings'))}</p>"


def _verdict(said: Words) -> str:
    choices = "".join(
        f'<span class="choice"><span class="box"></span>{escape(said.say(key))}</span>'
        for key in ("proof_yes", "proof_no")
    )
    name, seal = escape(said.say("proof_name")), escape(said.say("proof_seal"))
    date, blank = escape(said.say("proof_date")), escape(said.say("proof_date_blank"))
    return (
        f'<div class="verdict"><h2>{escape(said.say("proof_verdict"))}</h2>{choices}'
        f'<div class="lines">{escape(said.say("proof_remarks"))}<div></div><div></div><div></div></div>'
        f'<table class="sign"><tr><td class="date">{date}<span>{blank}</span></td><td>{name}<span></span></td>'
        f'<td class="seal"><span>{seal}</span></td></tr></table></div>'
    )


def _pairs(rows: Iterable[tuple[str, str]]) -> str:
    body = "".join(f"<tr><th>{escape(key)}</th><td>{escape(value)}</td></tr>" for key, value in rows)
    return f'<table class="pairs">{body}</table>'


def _table(said: Words, key: str, rows: Iterable[Sequence[str | int]]) -> str:
    rows = list(rows)
    counts = {at for at, value in enumerate(rows[0]) if isinstance(value, int)}
    head = "".join(
        f'<th class="count">{escape(heading)}</th>' if at in counts else f"<th>{escape(heading)}</th>"
        for at, heading in enumerate(said.heads[key])
    )
    body = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in rows)
    heading = escape(said.say(key))
    return f'<h2>{heading}</h2><table class="{key}"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'


def _cell(value: str | int) -> str:
    return f'<td class="count">{value:,}</td>' if isinstance(value, int) else f"<td>{escape(value)}</td>"
