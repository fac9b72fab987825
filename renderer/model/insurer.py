"""保険者: who sends the sheets, and its switches; a frozen record whose every field is valid."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path


class CardCorner(StrEnum):
    """Which lower corner of the notice is cut out and carried (domain 2.1)."""

    RIGHT = "right"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class Insurer:
    """保険者 and its switches: the same on every sheet of a job."""

    number: str
    """保険者番号, 8 (or for 国保 6) digits with a right check digit."""
    name: str
    postal_code: str
    """Seven digits."""
    address: str
    telephone: str
    seal: Path | None
    """組合印: a PNG with its own colour (red or black)."""
    portal_url: str
    """What the QR code on the notice leads to; "" prints no QR code."""
    card_corner: CardCorner
    accent: str
    """A CSS colour for lines and headings, ``#000`` for black only."""
    prints_ratio: bool
    """Whether 負担割合 is printed on this insurer's papers (高齢受給者証 merged) or kept on a paper of its own."""
    prints_my_number_until: date
    """Registered on or before this day: the My Number part is printed (domain 0: 2024-09-17)."""
    expires_on_boundary_day: bool
    """Issued on 1 June or 1 December: True ends that same day, False half a year later (domain 4.1, ambiguous)."""
    gaiji_font: Path | None
    """A TrueType font with the insurer's user-defined characters (外字), or none."""
    gaiji_table: Path | None
    """CSV ``code,note``: the user-defined characters that this font draws as the insurer means them."""
