"""Paper and its measures: the sheet, a card cut out of it, and how mm, pt, px and dots go into one another."""

from __future__ import annotations

A4 = (210.0, 297.0)
"""Width and height of a sheet in mm, upright (ISO 216)."""
CARD_FORMATS = {"ID-1": (85.6, 54.0)}
"""Name of a card's format → its width and height in mm (ISO/IEC 7810; ID-1 is that of マイナンバーカード, rounded)."""

MM_PER_INCH = 25.4
PT_PER_INCH = 72
"""Points as PDF and CSS count them."""
MM_PER_PT = MM_PER_INCH / PT_PER_INCH
PX_PER_MM = 96 / MM_PER_INCH
"""CSS px, in which WeasyPrint lays out."""
PX_PER_PT = 96 / PT_PER_INCH

PROOF_DPI = 200
"""Dots in an inch at which sheets are drawn to be looked at and compared."""
