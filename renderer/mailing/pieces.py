"""Members → Pieces: who shares an envelope, in which order envelopes are made, to whom each is addressed.

The store's sorts do the work, on disk. What is decided stays there as two tables without personal data:
``place`` (which line is which sheet of the piece that begins with line ``head``) and ``piece`` (the pieces,
numbered from 1 in mailing order).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Literal

from renderer.documents.document import Mailing
from renderer.intake.store import Store, decoded
from renderer.model.findings import Finding
from renderer.model.job import ORDER_KEYS, Envelope, Route
from renderer.model.member import Member, Relation


@dataclass(frozen=True, slots=True)
class Piece:
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
    def addressee(self) -> Member:
        """The member whose address is printed."""
        return self.members[0]


_TABLES = (
    """CREATE TABLE place (head INTEGER, position INTEGER, line INTEGER, PRIMARY KEY (head, position))
        WITHOUT ROWID""",
    "CREATE TABLE piece (sequence INTEGER PRIMARY KEY, head INTEGER NOT NULL)",
)

_FILL_PLACES = {
    Envelope.MEMBER: "INSERT INTO place SELECT line, 1, line FROM member",
    Envelope.HOUSEHOLD: """INSERT INTO place
        SELECT first_value(line) OVER household, row_number() OVER household, line FROM member
        WINDOW household AS (PARTITION BY symbol, number ORDER BY relation <> '本人', branch, line)""",
}

_FORGET_OTHER_ADDRESSES = "DELETE FROM note WHERE code = 'no-customer-barcode' AND line NOT IN (SELECT head FROM piece)"
"""A piece has one barcode, that of its addressee; the addresses of the others are not printed."""

MOST_SHEETS = 99
"""Sheets of one household: more are no household but an error in the source, and have no room in an envelope."""

_FIND_DOUBTFUL = (
    f"""CREATE TEMP TABLE doubtful AS
        SELECT symbol, number, sum(relation = '本人') > 1 AS has_two_insured, count(*) > {MOST_SHEETS} AS is_too_large
        FROM member GROUP BY symbol, number
        HAVING has_two_insured OR is_too_large OR count(DISTINCT insured) > 1""",  # noqa: S608 - ours
    """CREATE TEMP TABLE doubtful_line AS
        SELECT line, record, has_two_insured, is_too_large FROM member JOIN doubtful USING (symbol, number)""",
    "DELETE FROM member WHERE line IN (SELECT line FROM doubtful_line)",
)

# CROSS JOIN keeps the loops in the order of the pieces, so that nothing is sorted.
_READ_PIECES = """
    SELECT piece.sequence, member.member
    FROM piece CROSS JOIN place ON place.head = piece.head CROSS JOIN member ON member.line = place.line
    WHERE piece.sequence BETWEEN ? AND ? ORDER BY piece.sequence, place.position
"""


def gather(store: Store, envelope: Envelope, order: Sequence[str]) -> int:
    """Put every member of a finished store into exactly one piece; return how many pieces there are.

    A household is one 記号 + 番号. ``order`` holds keys of ``ORDER_KEYS``, compared for the addressee of each
    piece: the shorter value first, then character by character, so that 番号 9 comes before 10. What is equal
    keeps the order of the source, as does everything when ``order`` is empty.

    Two 本人 under one 記号 + 番号 cannot be one household, nor can rows that name different 被保険者 (the 氏名 of 本人,
    the 被保険者氏名 of 家族). For household envelopes all its members are held with code
    ``household-with-two-insured`` or ``household-names-differ``, or a stranger's sheet would be in the envelope. So
    are the members of one of more than ``MOST_SHEETS``, with code ``household-too-large``.
    """
    store.run(*_TABLES)
    if envelope is Envelope.HOUSEHOLD:
        _hold_doubtful_households(store)
    store.run(_FILL_PLACES[envelope], _number_pieces(order), _FORGET_OTHER_ADDRESSES)
    return int(store.database.execute("SELECT count(*) FROM piece").fetchone()[0])


def write_chunk(store: Store, first: int, last: int) -> bytes:
    """Write the members of the pieces ``first`` to ``last`` of a gathered store, a line each, in mailing order."""
    rows = store.database.execute(_READ_PIECES, (first, last))
    return "".join([f"{sequence}\t{member}\n" for sequence, member in rows]).encode()


def read_chunk(chunk: bytes, *, envelope: Envelope, route: Route) -> Iterator[Piece]:
    """Read the pieces of a chunk, one after the other."""
    lines = (line.split("\t", 1) for line in chunk.decode().split("\n") if line)
    for sequence, sheets in groupby(lines, key=itemgetter(0)):
        members = tuple(decoded(member) for _, member in sheets)
        yield make_piece(int(sequence), members, envelope=envelope, route=route)


def make_piece(sequence: int, members: tuple[Member, ...], *, envelope: Envelope, route: Route) -> Piece:
    """Make a piece of members in the order of their sheets, and say to whom it goes."""
    head = members[0]
    insured_is_elsewhere = envelope is Envelope.HOUSEHOLD and head.relation is Relation.DEPENDANT
    return Piece(
        sequence=sequence,
        members=members,
        addressee_name=head.insured_name if insured_is_elsewhere else head.name,
        # 任意継続 have no workplace: nobody there could hand it out, so theirs go home by themselves.
        workplace=head.workplace if route is Route.WORKPLACE else "",
    )


def _number_pieces(order: Sequence[str]) -> str:
    columns = [ORDER_KEYS[key] for key in order]
    terms = [term for column in columns for term in (f"length({column})", column)]
    return f"""INSERT INTO piece (head) SELECT head FROM place JOIN member ON member.line = place.head
        WHERE position = 1 ORDER BY {", ".join([*terms, "head"])}"""  # noqa: S608 - values of ORDER_KEYS


def mailings(
    piece: Piece, *, sequence: int, customer_barcode: bool, inserter_marks: Literal["none", "omr", "qr"]
) -> Iterator[tuple[Member, Mailing]]:
    """Say of each sheet of a piece what the envelope asks of it; all carry the addressee's address.

    ``sequence`` is the number, from 1, of the piece's first sheet in the print file.
    """
    head = piece.addressee
    for sheet, member in enumerate(piece.members, start=1):
        yield (
            member,
            Mailing(
                addressee_name=piece.addressee_name,
                postal_code=head.postal_code,
                address=head.address,
                building=head.building,
                workplace=piece.workplace,
                sheet=sheet,
                sheets=len(piece.members),
                sequence=sequence + sheet - 1,
                record=head.record,
                customer_barcode=head.customer_barcode if customer_barcode else "",
                inserter_marks=inserter_marks,
            ),
        )


def _hold_doubtful_households(store: Store) -> None:
    store.run(*_FIND_DOUBTFUL)
    lines = store.database.execute("SELECT * FROM doubtful_line ORDER BY line")
    store.hold(_doubtful_finding(*row) for row in lines)
    store.run("DROP TABLE doubtful", "DROP TABLE doubtful_line")


def _doubtful_finding(line: int, record: str, has_two_insured: int, is_too_large: int) -> Finding:
    if has_two_insured:
        return Finding.of("household-with-two-insured", line, record)
    if is_too_large:
        return Finding.of("household-too-large", line, record, most=MOST_SHEETS)
    return Finding.of("household-names-differ", line, record)
