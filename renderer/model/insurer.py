"""保険者: who sends the sheets, and its switches; a frozen record whose every field is valid."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from renderer.model.paper import LONG_3, EnvelopeSize


class CardCorner(StrEnum):
    """Which lower corner of the notice is cut out and carried (domain 2.1)."""

    RIGHT = "right"
    LEFT = "left"


MonthDay = tuple[int, int]
"""A day of every year: month and day."""


@dataclass(frozen=True, slots=True)
class HalfYearly:
    """All papers end on the next of two days of the year (domain 4.1)."""

    days: tuple[MonthDay, ...] = ((6, 1), (12, 1))
    boundary_day: bool = True
    """Issued on such a day: True ends that same day, False on the next (domain 4.1, ambiguous)."""


@dataclass(frozen=True, slots=True)
class DayOfYear:
    """All papers end on the next such day."""

    day: MonthDay
    boundary_day: bool = True
    """Issued on that day: True ends that same day, False a year later."""


@dataclass(frozen=True, slots=True)
class FixedDay:
    """All papers end on one day."""

    day: date


@dataclass(frozen=True, slots=True)
class Months:
    """A paper ends months from its date of issue; a year is twelve."""

    months: int


Rule = HalfYearly | DayOfYear | FixedDay | Months


@dataclass(frozen=True, slots=True)
class Expiry:
    """When the insurer's 資格確認書 end (domain 11.1)."""

    rule: Rule = HalfYearly()
    keeps_75: bool = False
    """Whether members stay after their 75th birthday: those without 住民票 in Japan, as a few insurers have them."""


class Offset(NamedTuple):
    """How far all that is printed on a side of the paper is moved, in mm to the right and down."""

    front: tuple[float, float] = (0.0, 0.0)
    back: tuple[float, float] = (0.0, 0.0)

    def of_page(self, page: int) -> tuple[float, float]:
        """Return that of a page of a sheet, from 0."""
        return self.back if page % 2 else self.front


UNMOVED = Offset()


@dataclass(frozen=True, slots=True)
class Insurer:
    """保険者 and its switches: the same on every sheet of a job."""

    number: str
    """保険者番号, 8 (or for 国保 6) digits with a right check digit."""
    name: str
    """Without the bars of its file."""
    postal_code: str
    """Seven digits."""
    address: str
    """Without the bars of its file."""
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
    expiry: Expiry
    """When its 資格確認書 end."""
    gaiji_font: Path | None
    """A TrueType font with the insurer's user-defined characters (外字), or none."""
    gaiji_table: Path | None
    """CSV ``code,note``: the user-defined characters that this font draws as the insurer means them."""
    name_breaks: tuple[int, ...] = ()
    """Before which of the characters of its name a bar stood: a line may end there."""
    address_breaks: tuple[int, ...] = ()
    """The same of its address."""
    offset: Offset = UNMOVED
    """What its printer's stock asks for (``renderer calibrate``)."""
    envelope: EnvelopeSize = LONG_3
    """What its sheets are put into."""

    def without_files(self) -> Insurer:
        """Return it without its files, for a sum: what is in them counts, and not where they lie."""
        return replace(self, seal=None, gaiji_font=None, gaiji_table=None)
