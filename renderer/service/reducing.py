"""The bytes of a member file as they come in → the same, of each 個人番号 the last four digits: no full one is kept.

Works on bytes, a line at a time, on files of delimited fields: in UTF-8, CP932 and EUC-JP no comma, tab, quotation
mark or line end is a part of another character. Nothing passes unseen: a 個人番号 is reduced in whichever cell it
stands and amid whatever text, in the header, a title or a remark, too. In the column of the 個人番号, a cell that does
not prove itself becomes a sign that no reader takes for a number, so that its record is held.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress

from renderer.documents.numbers import NumberRefused, has_my_number, last4, mask, without_my_numbers
from renderer.intake.dialect import PLAIN, Dialect
from renderer.intake.packs import document_of
from renderer.intake.records import NOTHING
from renderer.intake.releases import HEADER
from renderer.intake.rows import column_map_of
from renderer.model.errors import BadJob
from renderer.model.job import Job

COLUMN = "個人番号"
UNREADABLE = b"?"
"""What stands in the place of a cell that is no 個人番号."""
LONGEST_RECORD = 1 << 20
"""Bytes."""
_DELIMITERS = (",", "\t", ";")
_MARK = b"\xef\xbb\xbf"
_APART = b"zz"
"""Between cells that are looked at together: no number goes on over letters, of which a broken character takes one."""
_SHORTEST = 12


class NotReducible(Exception):  # noqa: N818
    """A file is none of delimited fields, or not in an encoding in which it can be reduced; ``str()`` says how so."""


class Reducer:
    """Takes a file piece by piece, and gives it back reduced. Each byte is looked at once, whatever the pieces."""

    def __init__(self, dialect: Dialect, own: Sequence[str], header: Sequence[str] = ()) -> None:
        """Take how the file is written.

        ``own`` are the columns of it that become 個人番号; ``header`` the only header that it may have, where it is
        not the reader of its rows who says so.
        """
        self._own, self._header = own, header
        self._delimiter, self._quote = dialect.delimiter.encode(), dialect.quote.encode()
        self._comment = dialect.comment.encode()
        self._places = [place for place, name in enumerate(dialect.header) if name in own]
        self._skip, self._header_follows = dialect.skip, not dialect.header
        if self._quote:
            self._cell, self._whole, self._closing = _quoted(self._quote, self._delimiter)
        self._line: list[bytes] = []
        """The pieces of a line whose end has not come yet."""
        self._record: list[bytes] = []
        """The lines of a record whose quotation mark is open."""
        self._length = 0
        """Bytes of both."""
        self._is_first = True

    def feed(self, data: bytes) -> bytes:
        """Take a piece; give what of the file is whole.

        :raises NotReducible: when it is no file of delimited fields, or a record of it does not end.
        """
        if b"\0" in data:
            raise NotReducible(_NO_TEXT)
        *lines, rest = data.split(b"\n")
        done: list[bytes] = []
        for line in lines:
            self._take(line + b"\n")
            done += self._taken(b"".join(self._line))
            self._line.clear()
        self._take(rest)
        return b"".join(done)

    def end(self) -> bytes:
        """Give the rest. Raises NotReducible as ``feed``."""
        rest = b"".join(self._taken(b"".join(self._line))) if any(self._line) else b""
        if self._record:
            raise NotReducible(_NO_END)
        return rest

    def _take(self, part: bytes) -> None:
        self._line.append(part)
        self._length += len(part)
        if self._length > LONGEST_RECORD:
            raise NotReducible(_NO_END)

    def _taken(self, line: bytes) -> Iterator[bytes]:
        """Yield what is whole with this line."""
        if self._is_first:
            self._is_first = False
            if line.startswith((b"\xff\xfe", b"\xfe\xff", b"PK\3\4", b"%PDF")):
                raise NotReducible(_NO_TEXT)
            if line.startswith(_MARK):
                yield _MARK
                line = line.removeprefix(_MARK)
        is_between = not self._record
        if is_between and (self._skip or (self._comment and line.startswith(self._comment))):
            self._skip = max(0, self._skip - 1)
            self._length = 0
            yield _without_numbers(line)
            return
        self._record.append(line)
        if self._is_open(line, was_open=not is_between):
            return
        record = b"".join(self._record)
        self._record.clear()
        self._length = 0
        yield self._reduced(record)

    def _is_open(self, line: bytes, *, was_open: bool) -> bool:
        """Whether a quotation mark is open at the end of a line."""
        if not self._quote or self._quote not in line:
            return was_open
        return not (self._closing if was_open else self._whole).fullmatch(line)

    def _reduced(self, record: bytes) -> bytes:
        body = record.rstrip(b"\r\n")
        is_quoted = bool(self._quote) and self._quote in body
        if b"\r" in body and not is_quoted:
            raise NotReducible("a line ends with CR alone; let every line end with LF or CRLF")
        cells = self._cell.findall(body) if is_quoted else body.split(self._delimiter)
        if self._header_follows:
            self._take_header(cells)
            numbers = []
        else:
            numbers = [place for place in self._places if place < len(cells)]
        for place in numbers:
            cells[place] = self._reduced_cell(cells[place])
        if _has_number(_APART.join(cell for place, cell in enumerate(cells) if place not in numbers)):
            cells = [cell if place in numbers else _without_numbers(cell) for place, cell in enumerate(cells)]
        return self._delimiter.join(cells) + record[len(body) :]

    def _take_header(self, cells: Sequence[bytes]) -> None:
        names = [[text for text, _ in _readings(self._plain(cell))] for cell in cells]
        if not any(name.strip(NOTHING) for readings in names for name in readings):
            return  # a blank row above it
        self._header_follows = False
        self._places = [place for place, name in enumerate(names) if any(own in name for own in self._own)]
        if self._header and not (len(names) == len(self._header) and all(map(list.__contains__, names, self._header))):
            raise NotReducible(f"its header is not {','.join(self._header)}; write it so")

    def _plain(self, cell: bytes) -> bytes:
        quote = self._quote
        quoted = bool(quote) and len(cell) > 1 and cell.startswith(quote) and cell.endswith(quote)
        return cell[1:-1].replace(quote + quote, quote) if quoted else cell

    def _reduced_cell(self, cell: bytes) -> bytes:
        plain = self._plain(cell)
        if not plain.strip():
            return cell
        for text, _ in _readings(plain):
            with suppress(NumberRefused):
                return mask(four).encode() if (four := last4(text)) else cell
        return UNREADABLE


def _quoted(quote: bytes, delimiter: bytes) -> tuple[re.Pattern[bytes], ...]:
    """Return what finds a cell, what matches a line that begins with one, and one that begins within quotation marks.

    Each of the latter matches a whole line where no quotation mark is open at its end, and never goes back.
    """
    signs = {b"q": re.escape(quote), b"d": re.escape(delimiter)}
    rest = rb"(?:[^%(q)b]++|%(q)b%(q)b)*+%(q)b[^%(d)b]*+" % signs
    cell = rb"(?:%(q)b%(rest)b|(?!%(q)b)[^%(d)b]*+)" % {**signs, b"rest": rest}
    more = rb"(?:%(d)b%(cell)b)*+" % {**signs, b"cell": cell}
    return (
        re.compile(rb"(?:\A|%(d)b)(%(cell)b)" % {**signs, b"cell": cell}),
        re.compile(cell + more),
        re.compile(rest + more),
    )


_NO_TEXT = "it is no text in UTF-8 or CP932; save it as CSV in one of them"
_NO_END = "a record does not end; look for a quotation mark that is not closed"


def _has_number(data: bytes) -> bool:
    return len(data) >= _SHORTEST and any(has_my_number(text) for text, _ in _readings(data))


def _without_numbers(data: bytes) -> bytes:
    """Leave four digits of each 個人番号 in a cell or a line."""
    if len(data) < _SHORTEST:
        return data
    for _, encoding in _readings(data):
        text = data.decode(encoding, "surrogateescape")
        if (without := without_my_numbers(text)) != text:
            data = without.encode(encoding, "surrogateescape")
    return data


def _readings(data: bytes) -> list[tuple[str, str]]:
    """Read bytes in UTF-8, or else in each other encoding that they may be in; what is in none, but for its faults."""
    with suppress(UnicodeDecodeError):
        return [(data.decode("utf-8"), "utf-8")]
    found = []
    for encoding in ("cp932", "euc_jp"):
        with suppress(UnicodeDecodeError):
            found.append((data.decode(encoding), encoding))
    return found or [(data.decode(encoding, "surrogateescape"), encoding) for encoding in ("utf-8", "cp932", "euc_jp")]


def reducer_of(job: Job) -> Reducer:
    """Return what reduces the member files of a job.

    :raises BadJob: where such files cannot be reduced as they come in.
    """
    column_map = column_map_of(job, document_of(job).columns)
    dialect = column_map.dialect
    if dialect.format not in (None, "csv") or dialect.encoding == "utf-16" or dialect.delimiter not in _DELIMITERS:
        raise BadJob(
            f"{job.path.name}: its column map is of files that are not CSV with commas, tabs or semicolons in UTF-8 or "
            "CP932; the service takes no others, for it reduces 個人番号 as they come in"
        )
    return Reducer(dialect, column_map.origin(COLUMN))


def reducer_of_releases() -> Reducer:
    """Return what reduces a file of releases: another file, a member file for example, has not its header."""
    return Reducer(PLAIN, (), HEADER)
