"""Invented members, a seed and a variant → what one sheet says, for any document, variant and envelope."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path
from random import Random

from renderer.desk.examples import load_example
from renderer.documents.document import HEADER, Content, Mailing
from renderer.documents.registry import DOCUMENTS
from renderer.intake.insurerfile import load_insurer
from renderer.intake.members import Needs, validate
from renderer.intake.rows import Row, read_rows
from renderer.layout.load import Fixed
from renderer.model.findings import Held
from renderer.model.insurer import CardCorner, Insurer
from renderer.model.job import Job
from renderer.model.member import Member, Relation
from renderer.model.variant import Variant

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"
sys.path.insert(0, str(FIXTURES))

from invented import invent_members  # noqa: E402 - the generator's own folder
from pools import Pools, load_pools  # noqa: E402

ISSUED_ON = date(2026, 11, 23)
NEEDS = Needs(ISSUED_ON, prints_ratio=True, barcode=True)
LIMITS = ("ア", "イ", "ウ", "エ", "オ", "現役並みⅢ", "区分Ⅰ")


@dataclass(frozen=True, slots=True)
class Setting:
    """One way to send the sheets out: what is the same on all sheets of a job."""

    barcode: bool
    marks: str
    """none, omr or qr."""
    corner: CardCorner
    route: str = "home"

    def fixed(self, title: str) -> Fixed:
        insurer = replace(insurer_of_fixtures(), card_corner=self.corner)
        return Fixed(title, "令和8年11月23日", self.barcode, self.marks, insurer, self.route)


SETTINGS = (
    Setting(True, "none", CardCorner.RIGHT),
    Setting(True, "qr", CardCorner.LEFT, "workplace"),
    Setting(False, "omr", CardCorner.RIGHT),
)


@cache
def insurer_of_fixtures() -> Insurer:
    return load_insurer(FIXTURES / "examples" / "insurer.toml")


@cache
def pools() -> Pools:
    """The names and towns members are invented from, read once."""
    return load_pools()


def random_members(count: int, seed: int) -> list[Member]:
    rows = invent_members(pools(), count, seed)
    return [validate(Row(line, dict.fromkeys(HEADER, "") | fields), needs=NEEDS) for line, fields in enumerate(rows, 2)]


def hard_members() -> list[Member]:
    """The hard ones that reading does not hold; fonts or boxes may still refuse a few."""
    found = []
    for row in read_rows(FIXTURES / "examples" / "hard.csv"):
        try:
            found.append(validate(row, needs=NEEDS))
        except Held:
            continue
    return found


def as_variant(member: Member, variant: Mapping[str, str], rng: Random) -> Member:
    """Change the few facts that decide the variant, and leave names and addresses as they are."""
    dependant = variant["relation"] == "dependant"
    since = member.qualified_on or member.certified_on
    shown = variant["ratio"] == "shown"
    registered_on = {"absent": date(2025, 4, 1)}.get(variant.get("my_number", ""), date(2020, 4, 1))
    return member._replace(
        relation=Relation.DEPENDANT if dependant else Relation.INSURED,
        qualified_on=None if dependant else since,
        certified_on=since if dependant else None,
        insured_name=(member.insured_name or member.name) if dependant else "",
        registered_on=registered_on,
        my_number_last4=f"{rng.randrange(10000):04}" if variant.get("my_number") == "shown" else "",
        ratio=rng.choice(("2割", "3割")) if shown else "",
        ratio_from=date(2026, 8, rng.randrange(1, 29)) if shown and rng.random() < 0.9 else None,
        limit_class=rng.choice(LIMITS) if variant.get("limit") == "shown" else "",
        loses_on=date(2027, rng.randrange(1, 13), 1) if variant.get("loss") == "shown" else None,
        remarks=rng.choice(("", member.address, "旧姓併記の届出あり\n通称名の届出あり" + member.address * 2)),
    )


def mailing_at_random(member: Member, setting: Setting, rng: Random) -> Mailing:
    """An envelope of one to three sheets, with or without a workplace and a building."""
    sheets = rng.choice((1, 1, 2, 3))
    return Mailing(
        addressee_name=rng.choice((member.name, member.insured_name or member.name)),
        postal_code=member.postal_code,
        address=member.address,
        building=member.building,
        workplace=member.workplace if setting.route == "workplace" and rng.random() < 0.5 else "",
        sheet=rng.randint(1, sheets),
        sheets=sheets,
        sequence=rng.randrange(1, 100_000),
        record=member.record,
        customer_barcode=member.customer_barcode if setting.barcode else "",
        inserter_marks=setting.marks,  # type: ignore[arg-type] # one of the three words
    )


def said(document: str, member: Member, setting: Setting, rng: Random) -> Content:
    """What one sheet says."""
    return DOCUMENTS[document].say(member, job_of(document), mailing_at_random(member, setting, rng))


@cache
def job_of(document: str) -> Job:
    return replace(load_example(document), issued_on=ISSUED_ON)


def in_every_variant(
    document: str, members: list[Member], variants: list[Variant], setting: Setting, rng: Random
) -> Iterator[Content]:
    """Spread members over the variants, round and round."""
    for number, member in enumerate(members):
        variant = variants[number % len(variants)]
        content = said(document, as_variant(member, dict(variant), rng), setting, rng)
        assert content.variant == variant
        yield content
