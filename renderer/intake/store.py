"""Turn a stream of members and findings into one working file that can be sorted in bounded memory.

The working file (SQLite) is the only place but the print files that holds personal data. It lives in the
job's work folder, as do the temporary files of its sorts; the run deletes it when all is delivered. Nobody
continues it after a crash: a run that is started again makes it anew, so it needs no journal.
"""

from __future__ import annotations

import errno
import json
import marshal
import sqlite3
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self, cast

from renderer.intake.homes import as_place, is_one_home, place_of_home
from renderer.intake.sharing import SumOfAll
from renderer.model.findings import Finding, Known, Reason, Release
from renderer.model.member import RELATIONS, SEXES, Forwarding, Member, Relation
from renderer.model.sums import sum_of_all
from renderer.model.variant import Variant

_DISK_REFUSES = {sqlite3.SQLITE_FULL: errno.ENOSPC, sqlite3.SQLITE_IOERR: errno.EIO}
"""Primary result codes, the lowest byte of all → what the machine calls it."""

ROWS_AT_ONCE = 1000
"""Members kept in memory before they go to disk together."""

CACHE_KIB = 16_000
"""Memory that SQLite may use for pages; sorts beyond it spill into the work folder."""

EXAMPLES = 10
"""Records named for each reason."""

StoredMember = tuple[
    int, str, str, str, str, str, str, str, str, str, int, int | None, int | None, str, str, str, str, str, str, bool,
    bytes,
]  # fmt: skip
"""A member as the store keeps it, and as processes hand it on: ``MEMBER_COLUMNS``."""
MEMBER_COLUMNS = (
    "line", "record", "symbol", "number", "branch", "relation", "insured", "name", "kana", "last4", "born_on",
    "since", "loses_on", "postal_code", "home", "forward", "workplace_code", "workplace", "variant", "is_tried",
    "member",
)  # fmt: skip
"""What members are found, joined, compared and ordered by, and the member, packed; they belong to the insurer ``since``
their 資格取得, 家族 since their 認定."""

AbsentRow = tuple[int, str, str, str, str, int | None, int | None]
"""A row that is no member: line, 整理番号, 記号, 番号, 枝番, "" for what could not be read; of a 本人 生年月日 and
資格喪失予定年月日, too (``Known``)."""

UnselectedRow = tuple[int, str, str]
"""A row that gets no paper this time: line, 整理番号 or "", and the rule of the job that says so."""

_SCHEMA = (
    f"CREATE TABLE member ({', '.join(MEMBER_COLUMNS).replace('line', 'line INTEGER PRIMARY KEY', 1)})",
    """CREATE TABLE absent (line INTEGER PRIMARY KEY, record TEXT, symbol TEXT, number TEXT, branch TEXT,
        born_on INTEGER, loses_on INTEGER)""",
    """CREATE TABLE finding
        (code TEXT, line INTEGER, record TEXT, form TEXT, parameters TEXT, sum TEXT)""",
    "CREATE TABLE note AS SELECT * FROM finding",
    "CREATE TABLE released AS SELECT *, '' AS who, '' AS why FROM finding",
    "CREATE TABLE unselected (line INTEGER PRIMARY KEY, record TEXT, rule TEXT)",
    "CREATE TABLE paper (line INTEGER PRIMARY KEY, sums BLOB)",
    "CREATE TABLE my_number (line INTEGER PRIMARY KEY, sum BLOB)",
)

_NO_FORWARDING = ("", "", "", "")
PLAINLY = 2
"""The version of marshal's format that packs equal members into equal bytes."""
VARIANTS = (
    "高髙", "崎﨑嵜碕", "吉𠮷", "辺邊邉", "斎齋斉齊", "浜濱濵", "沢澤", "島嶋嶌", "桜櫻", "広廣",
    "国國", "浅淺", "徳德", "恵惠", "真眞", "滝瀧", "竜龍", "関關", "鉄鐵", "栄榮",
    "円圓", "実實", "富冨", "峰峯", "柳栁", "瀬瀨", "館舘", "寿壽", "来來", "静靜",
    "条條", "薫薰", "黒黑", "戸戶", "礼禮", "学學", "芦蘆", "万萬", "与與", "弥彌",
    "豊豐", "秋穐", "曽曾",
)  # fmt: skip
"""Characters that one name is written with in one register or another; the usual one first."""
_USUAL = {ord(sign): signs[0] for signs in VARIANTS for sign in signs[1:]} | {
    selector: None for selector in (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))
}
"""Those, and variation selectors, which say nothing but the form of a character."""
_text = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_INSERT_MEMBER = f"INSERT INTO member VALUES ({', '.join('?' * len(MEMBER_COLUMNS))})"  # noqa: S608 - only ?
_INSERT_ABSENT = "INSERT INTO absent VALUES (?, ?, ?, ?, ?, ?, ?)"
_INSERT_FINDING = "INSERT INTO finding VALUES (?, ?, ?, ?, ?, ?)"
_INSERT_NOTE = "INSERT INTO note VALUES (?, ?, ?, ?, ?, ?)"


class Store:
    """The members that may be printed and the findings of those that may not, in a file with one writer."""

    def __init__(self, database: sqlite3.Connection, issued_on: date) -> None:
        self.database = database
        self.issued_on = issued_on
        self._waiting: list[StoredMember] = []
        self._entered = 0
        """Findings that were ever kept."""

    @classmethod
    def create(cls, path: Path, issued_on: date) -> Self:
        """Begin an empty store at ``path`` for one date of issue; what a stopped run left there is thrown away."""
        path.unlink(missing_ok=True)
        path.touch(mode=0o600)
        database = sqlite3.connect(path, isolation_level=None)
        # The directory of temporary files: a sort spills keys of persons, to be kept in the work folder.
        for pragma in (
            "page_size = 32768",
            "journal_mode = OFF",
            "synchronous = OFF",
            "temp_store = FILE",
            f"cache_size = -{CACHE_KIB}",
            f"temp.cache_size = -{CACHE_KIB // 4}",
            f"temp_store_directory = '{str(path.parent.resolve()).replace(chr(39), chr(39) * 2)}'",
        ):
            database.execute(f"PRAGMA {pragma}")
        store = cls(database, issued_on)
        database.create_function("sum_of_values", 1, lambda packed: sum_of_values(packed, issued_on))
        database.create_function("is_one_home", 2, is_one_home, deterministic=True)
        database.create_function("without_variants", 1, without_variants, deterministic=True)
        database.create_aggregate("sum_of_all", 1, cast("Any", SumOfAll))
        store.run("BEGIN", *_SCHEMA)  # one transaction for all of it: nobody else reads the file
        return store

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
        if isinstance(error, sqlite3.OperationalError) and error.sqlite_errorcode & 0xFF in _DISK_REFUSES:
            raise OSError(_DISK_REFUSES[error.sqlite_errorcode & 0xFF], str(error), "the working file of the members")

    def run(self, *statements: str) -> None:
        """Execute SQL statements, one after the other."""
        for statement in statements:
            self.database.execute(statement)

    def close(self) -> None:
        """Let go of the file."""
        self.database.close()

    def add(self, members: Iterable[StoredMember]) -> None:
        """Keep valid members for printing."""
        self._waiting += members
        if len(self._waiting) >= ROWS_AT_ONCE:
            self.flush()

    def add_absent(self, rows: Iterable[AbsentRow]) -> None:
        """Keep by what others may belong to rows that cannot be printed."""
        self.database.executemany(_INSERT_ABSENT, rows)

    def add_unselected(self, rows: Iterable[UnselectedRow]) -> None:
        """Keep which rows, members or not, get no paper this time; ``unselect`` takes them out."""
        self.database.executemany("INSERT INTO unselected VALUES (?, ?, ?)", rows)

    def add_papers(self, papers: Iterable[tuple[int, bytes]]) -> None:
        """Keep what is to be remembered of the papers of members, each by its line."""
        self.database.executemany("INSERT INTO paper VALUES (?, ?)", papers)

    def add_numbers(self, sums: Iterable[tuple[int, bytes]]) -> None:
        """Keep by what rows of one 個人番号 are known (``NumberSums``), each by its line."""
        self.database.executemany("INSERT INTO my_number VALUES (?, ?)", sums)

    def hold(self, findings: Iterable[Finding]) -> None:
        """Keep the findings and doubts of records; who is held by them is taken out by ``settle``."""
        rows = [_finding_row(finding) for finding in findings]
        self._entered += len(rows)
        self.database.executemany(_INSERT_FINDING, rows)

    def note(self, findings: Iterable[Finding]) -> None:
        """Keep findings that hold nobody: what was accepted, and a person should know."""
        self.database.executemany(_INSERT_NOTE, map(_finding_row, findings))

    def doubt(self, lines: Iterable[tuple[int, Finding, str]]) -> None:
        """Keep doubts about members, and give them the sums of what they rest on.

        Each comes with its line and, in any words, what it rests on beside its member's values: what other rows say.
        """
        for line, finding, others in lines:
            ((packed,),) = self.database.execute("SELECT member FROM member WHERE line = ?", (line,))
            own = sum_of_values(packed, self.issued_on)
            self.hold([replace(finding, sum=sum_of_all([own, others])[:16] if others else own)])

    def settle(self, releases: Collection[Release]) -> tuple[Release, ...]:
        """Free the doubts that releases name, take out who is still held; return the releases that freed nothing."""
        self.flush()
        unused = []
        for release in releases:
            named = (release.record, release.code, release.sum)
            freed = self.database.execute(
                "INSERT INTO released SELECT *, ?, ? FROM finding WHERE record = ? AND code = ? AND sum = ?",
                (release.who, release.why, *named),
            )
            if not freed.rowcount:
                unused.append(release)
            self.database.execute("DELETE FROM finding WHERE record = ? AND code = ? AND sum = ?", named)
        self.take_out_held()
        return tuple(unused)

    def unselect(self) -> None:
        """Take out who gets no paper this time, with all that was found of them; others were compared with them."""
        self.flush()
        unselected = "WHERE line IN (SELECT line FROM unselected)"
        self._entered -= self._number(f"SELECT count(*) FROM finding {unselected}")  # noqa: S608 - ours
        self.run(*(f"DELETE FROM {table} {unselected}" for table in ("member", "absent", "finding")))  # noqa: S608 - ours

    def take_out_held(self) -> None:
        """Let nobody be printed who has a finding; by what others belong to them stays known."""
        self.run(
            "INSERT INTO absent SELECT line, record, symbol, number, branch, NULL, NULL FROM member"
            " WHERE line IN (SELECT line FROM finding)",
            "DELETE FROM member WHERE line IN (SELECT line FROM finding)",
        )

    def untried(self, at_once: int) -> Iterator[list[bytes]]:
        """Read the members whose sheets were not tried, some at once; those read before may be held meanwhile."""
        self.flush()
        line = 0
        select = "SELECT line, member FROM member WHERE NOT is_tried AND line > ? ORDER BY line LIMIT ?"
        while rows := self.database.execute(select, (line, at_once)).fetchall():
            yield [packed for _, packed in rows]
            line = rows[-1][0]

    def variants(self) -> tuple[Variant, ...]:
        """Name the variants of those who may be printed, in a fixed order."""
        self.flush()
        rows = self.database.execute("SELECT DISTINCT variant FROM member WHERE variant <> '' ORDER BY variant")
        return tuple(tuple((key, value) for key, value in json.loads(text)) for (text,) in rows)

    def members(self) -> int:
        """How many members may be printed."""
        return self._number("SELECT count(*) FROM member")

    def held(self) -> int:
        """How many rows of the source are held."""
        return self._number("SELECT count(DISTINCT line) FROM finding")

    def findings(self) -> Iterator[Finding]:
        """All findings, in the order of the source."""
        rows = self.database.execute("SELECT * FROM finding ORDER BY line, rowid")
        return (_finding(*row) for row in rows)

    def gone(self) -> int:
        """How many findings hold nobody any longer: those that releases have freed."""
        return self._entered - self._number("SELECT count(*) FROM finding")

    def notes(self) -> Iterator[Finding]:
        """All notes on those who may be printed, in the order of the source."""
        rows = self.database.execute("SELECT note.* FROM note JOIN member USING (line) ORDER BY line, note.rowid")
        return (_finding(*row) for row in rows)

    def released(self) -> Iterator[tuple[Finding, str, str]]:
        """Read the doubts that were freed, with who freed them and why, in the order of the source."""
        rows = self.database.execute("SELECT * FROM released ORDER BY line, rowid")
        return ((_finding(*finding), who, why) for *finding, who, why in rows)

    def unselected(self) -> Iterator[UnselectedRow]:
        """Read who gets no paper this time, in the order of the source."""
        yield from self.database.execute("SELECT line, record, rule FROM unselected ORDER BY line")

    def unselected_by_rule(self) -> tuple[tuple[str, int], ...]:
        """Count those who get no paper this time by the rule that says so, the most frequent first."""
        rows = self.database.execute(
            "SELECT rule, count(*) AS rows FROM unselected GROUP BY rule ORDER BY rows DESC, rule"
        )
        return tuple(rows.fetchall())

    def papers(self) -> Iterator[bytes]:
        """Read what is to be remembered of the papers of those who may be printed."""
        rows = self.database.execute("SELECT sums FROM paper JOIN member USING (line) ORDER BY line")
        return (sums for (sums,) in rows)

    def reasons(self, table: Literal["finding", "note"] = "finding") -> tuple[Reason, ...]:
        """Count the held records, or those with a note, by code, the most frequent first."""
        # SQLite promises that the bare columns of a query with one min() come from the row of that minimum.
        of_members = " JOIN member USING (line)" if table == "note" else ""
        columns = ", ".join(f"{table}.{column}" for column in ("record", "form", "parameters", "sum"))
        rows = self.database.execute(
            f"SELECT count(DISTINCT line) AS records, code, min(line), {columns} FROM {table}{of_members}"  # noqa: S608
            " GROUP BY code ORDER BY records DESC, code"
        )
        return tuple(
            Reason(records, _finding(*first), self._examples(table, first[0])) for records, *first in rows.fetchall()
        )

    def flush(self) -> None:
        """Write what waits in memory."""
        self.database.executemany(_INSERT_MEMBER, self._waiting)
        self._waiting.clear()

    def _examples(self, table: str, code: str) -> tuple[str | int, ...]:
        of_members = " WHERE line IN (SELECT line FROM member) AND" if table == "note" else " WHERE"
        rows = self.database.execute(
            f"SELECT DISTINCT line, record FROM {table}{of_members} code = ? ORDER BY line LIMIT ?",  # noqa: S608
            (code, EXAMPLES),
        )
        return tuple(record or line for line, record in rows)

    def _number(self, query: str) -> int:
        return int(self.database.execute(query).fetchone()[0])


def coded(member: Member, variant: Variant | None, *, is_tried: bool) -> StoredMember:
    """Write a member as the store keeps it; of no variant is who is only compared with others."""
    m = member
    insured = m.name if m.relation is Relation.INSURED else m.insured_name
    to, place = m.forwarding, m.place
    forward = (to.name, to.postal_code, to.address, to.building) if to else _NO_FORWARDING
    packed = marshal.dumps((
        m.line, m.customer_barcode, m.record, m.symbol, m.number, m.branch, m.relation.value, m.name, m.kana,
        m.sex.value, m.born_on.toordinal(), _ordinal(m.qualified_on), _ordinal(m.certified_on), m.insured_name,
        _ordinal(m.registered_on), m.my_number_last4, m.postal_code, m.address, m.building, m.workplace_code,
        m.workplace, m.ratio, _ordinal(m.ratio_from), m.limit_class, _ordinal(m.loses_on), m.remarks, *forward,
        *m.added,
    ), PLAINLY)  # fmt: skip
    return (
        m.line, m.record, m.symbol, m.number, m.branch, m.relation.value, _without_blanks(insured),
        without_variants(_without_blanks(m.name)), _without_blanks(m.kana), m.my_number_last4, m.born_on.toordinal(),
        _ordinal(m.qualified_on if m.relation is Relation.INSURED else m.certified_on), _ordinal(m.loses_on),
        place.postal_code,
        place_of_home(m.postal_code, m.address, m.building),
        as_place(f"{to.name}\n{place.postal_code}{place.address}{place.building}") if to else "",
        "" if m.loses_on or to else m.workplace_code, _without_blanks(m.workplace),
        "" if variant is None else variant_text(variant), is_tried,
        packed,
    )  # fmt: skip


def without_variants(name: str) -> str:
    """Write a name in the usual ones of characters that registers write in several ways."""
    return unicodedata.normalize("NFKC", name).translate(_USUAL)


def _without_blanks(name: str) -> str:
    return name.replace(" ", "").replace("　", "")


@lru_cache(maxsize=1 << 8)
def variant_text(variant: Variant) -> str:
    """Write a variant as the store keeps it."""
    return _text(variant)


def sum_of_values(packed: bytes, issued_on: date, about: str = "") -> str:
    """Sum up what a member's sheet says, in 16 digits: of the member as the store keeps it, and the date of issue.

    The line does not count: a row may move; nor the customer barcode: another edition of the post office's list may
    read it otherwise. The date does: what was right for one issue may be wrong for the next. ``about`` says of which of
    its values a doubt is, where it may be of several.
    """
    _line, _customer_barcode, *values = marshal.loads(packed)  # noqa: S302 - packed by ourselves
    said = [issued_on.isoformat(), _text(values).removeprefix("["), *([about] if about else [])]
    return sum_of_all(said)[:16]


def decoded(packed: bytes) -> Member:
    """Give back the member who was packed."""
    (line, customer_barcode, record, symbol, number, branch, relation, name, kana, sex, born_on, qualified_on,
     certified_on, insured_name, registered_on, my_number_last4, postal_code, address, building, workplace_code,
     workplace, ratio, ratio_from, limit_class, loses_on, remarks, to_name, to_postal_code, to_address, to_building,
     *added) = marshal.loads(packed)  # fmt: skip # noqa: S302 - by ourselves
    forward = (to_name, to_postal_code, to_address, to_building)
    return Member(
        line, record, symbol, number, branch, RELATIONS[relation], name, kana, SEXES[sex],
        date.fromordinal(born_on), _date(qualified_on), _date(certified_on), insured_name,
        _date(registered_on), my_number_last4, postal_code, address, building, workplace_code, workplace,
        ratio, _date(ratio_from), limit_class, _date(loses_on), remarks,
        Forwarding(*forward) if any(forward) else None, tuple(added), customer_barcode,
    )  # fmt: skip


def _date(ordinal: int | None) -> date | None:
    return None if ordinal is None else date.fromordinal(ordinal)


def _ordinal(day: date | None) -> int | None:
    return None if day is None else day.toordinal()


def absent_row(line: int, record: str, known: Known) -> AbsentRow:
    """Write a row that is held as the store keeps it."""
    days = _ordinal(known.born_on), _ordinal(known.loses_on)
    return line, record, known.symbol, known.number, known.branch, *days


def _finding_row(finding: Finding) -> tuple[str | int, ...]:
    return finding.code, finding.line, finding.record, finding.form, _text(finding.parameters), finding.sum


def _finding(code: str, line: int, record: str, form: str, parameters: str, sum: str) -> Finding:
    return Finding(code, line, record, form, tuple((name, value) for name, value in json.loads(parameters)), sum)
