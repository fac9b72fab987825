"""Members → Pieces: who shares an envelope, in which order envelopes are made, to whom each is addressed.

The store's sorts do the work, on disk. What is decided stays there as two tables without personal data:
``place`` (which line is which sheet of the piece that begins with line ``head``) and ``piece`` (the pieces,
numbered from 1 in mailing order).
"""

from __future__ import annotations

import marshal
from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from renderer.documents.document import Mailing
from renderer.intake.store import PLAINLY, Store, decoded
from renderer.mailing.households import settle_households, workplace_of
from renderer.model.job import ORDER_KEYS, Addressee, Apart, Envelope, MailingRules
from renderer.model.member import Member, Relation


class Piece(NamedTuple):
    """郵便物: what goes into one envelope, for one addressee."""

    sequence: int
    """Number of the piece in the whole job, from 1, in mailing order."""
    members: tuple[Member, ...]
    """One sheet for each: the insured first, then by 枝番; never empty."""
    addressee_name: str
    """氏名 to write 様 behind; for a household whose insured has no sheet in this job, the 被保険者氏名."""
    workplace: str
    """事業所名 to print in the address block, or "" where the piece goes to the home."""

    @property
    def head(self) -> Member:
        """The member who decides where it goes."""
        return self.members[0]


_TABLES = (
    """CREATE TABLE place (head INTEGER, position INTEGER, line INTEGER, PRIMARY KEY (head, position))
        WITHOUT ROWID""",
    "CREATE TABLE piece (sequence INTEGER PRIMARY KEY, head INTEGER NOT NULL)",
)

_INDEXES = ("CREATE INDEX place_of_line ON place (line)", "CREATE INDEX piece_of_head ON piece (head)")
"""Made when the tables are full; samples are looked for by line, a dozen in every run."""

_FILL_PLACES = {
    Envelope.MEMBER: "INSERT INTO place SELECT line, 1, line FROM member",
    Envelope.HOUSEHOLD: """INSERT INTO place
        SELECT first_value(line) OVER household, row_number() OVER household, line
        FROM (SELECT member.*, CASE apart.forward WHEN '' THEN apart.line ELSE apart.forward END AS own
            FROM member LEFT JOIN apart USING (line))
        WINDOW household AS (PARTITION BY symbol, number, own ORDER BY relation <> '本人', branch, line)""",
}

_FORGET_OTHER_ADDRESSES = "DELETE FROM note WHERE code = 'no-customer-barcode' AND line NOT IN (SELECT head FROM piece)"
"""A piece has one barcode, that of its addressee; the addresses of the others are not printed."""

# CROSS JOIN keeps the loops in the order of the pieces, so that nothing is sorted.
_READ_PIECES = """
    SELECT piece.sequence, member.member
    FROM piece CROSS JOIN place ON place.head = piece.head CROSS JOIN member ON member.line = place.line
    WHERE piece.sequence BETWEEN ? AND ? ORDER BY piece.sequence, place.position
"""


def gather(store: Store, rules: MailingRules) -> None:
    """Put every member of a settled store into exactly one piece.

    A household is one 記号 + 番号; ``households`` says who is held with it. ``rules.order`` holds keys of
    ``ORDER_KEYS``, compared for the addressee of each piece: the shorter value first, then character by character, so
    that 番号 9 comes before 10. What is equal keeps the order of the source, as does everything when it is empty.
    """
    store.run(*_TABLES)
    if rules.envelope is Envelope.HOUSEHOLD:
        settle_households(store, rules)
    store.run(_FILL_PLACES[rules.envelope], _number_pieces(rules.order), *_INDEXES, _FORGET_OTHER_ADDRESSES)


def write_chunk(store: Store, first: int, last: int) -> bytes:
    """Pack the members of the pieces ``first`` to ``last`` of a gathered store, in mailing order."""
    return marshal.dumps(store.database.execute(_READ_PIECES, (first, last)).fetchall(), PLAINLY)


def read_chunk(chunk: bytes, rules: MailingRules) -> Iterator[Piece]:
    """Read the pieces of a chunk, one after the other."""
    rows = marshal.loads(chunk)  # noqa: S302 - by ourselves
    for sequence, sheets in groupby(rows, key=itemgetter(0)):
        yield make_piece(sequence, tuple([decoded(member) for _, member in sheets]), rules)


def make_piece(sequence: int, members: tuple[Member, ...], rules: MailingRules) -> Piece:
    """Make a piece of members in the order of their sheets, and say to whom it goes.

    A household is written to as its 被保険者, also where that person has no sheet in it. A member alone in an envelope
    is written to by its own name, unless the job has such envelopes, too, written to the 被保険者. What has a 送付先 is
    written to the name that stands there or, where there is none, to its first member.
    """
    head = members[0]
    is_own = rules.envelope is Envelope.MEMBER or (rules.apart is Apart.OWN_ENVELOPE and len(members) == 1)
    to_insured = rules.addressee is Addressee.INSURED or not is_own
    if head.forwarding is not None:
        name = head.forwarding.name or head.name
    else:
        name = head.insured_name if to_insured and head.relation is Relation.DEPENDANT else head.name
    return Piece(sequence=sequence, members=members, addressee_name=name, workplace=workplace_of(head, rules))


def _number_pieces(order: Sequence[str]) -> str:
    columns = [ORDER_KEYS[key] for key in order]
    terms = [term for column in columns for term in (f"length({column})", column)]
    return f"""INSERT INTO piece (head) SELECT head FROM place JOIN member ON member.line = place.head
        WHERE position = 1 ORDER BY {", ".join([*terms, "head"])}"""  # noqa: S608 - values of ORDER_KEYS


def mailings(piece: Piece, sequence: int, rules: MailingRules) -> Iterator[tuple[Member, Mailing]]:
    """Say of each sheet of a piece what the envelope asks of it; all carry the addressee's address.

    ``sequence`` is the number, from 1, of the piece's first sheet in the print file.
    """
    bars, sheets = piece.head.customer_barcode if rules.customer_barcode else "", len(piece.members)
    for sheet, member in enumerate(piece.members, start=1):
        yield member, mailing_of(piece, (sheet, sheets, sequence + sheet - 1), bars, rules)


def mailing_of(piece: Piece, counted: tuple[int, int, int], customer_barcode: str, rules: MailingRules) -> Mailing:
    """Say what the envelope asks of a sheet, ``counted`` as sheet, of how many sheets, and number in the print file."""
    head, place = piece.head, piece.head.place
    return Mailing(
        piece.addressee_name,
        place.postal_code,
        place.address,
        place.building,
        piece.workplace,
        *counted,
        head.record,
        customer_barcode,
        rules.inserter_marks,
    )
