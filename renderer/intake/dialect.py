"""How a member file is written: what a column map says under ``[file]``, ``[fields]`` and ``[records]``, checked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

Format = Literal["csv", "fixed", "xlsx"]
Encoding = Literal["auto", "utf-8", "cp932", "utf-16"]
Reason = Literal["empty", "title", "comment", "control"]
"""Why a line is no record: nothing stands in it; it stands above the header; it is a remark; it is a header, a trailer
or an end of a file of fixed lengths, or the ``last`` row of another."""

PassOver = Callable[[Reason, int], None]
"""Is told of each line that is no record, why and which."""


def forget(_: Reason, __: int) -> None:
    """Count nothing."""


class Span(NamedTuple):
    """A place in a record of fixed length."""

    at: int
    """Its first byte, from 1."""
    bytes: int


@dataclass(frozen=True, slots=True)
class Last:
    """The last row of a file, that is no record."""

    begins: str
    """How its first cell begins."""
    count: int | None = None
    """Which of its cells, from 1, says how many records there are; None where none does."""


@dataclass(frozen=True, slots=True)
class Kinds:
    """Kinds of records of fixed length, by what stands at a place."""

    at: int
    """The first byte of that place, from 1."""
    data: str
    """What stands there in a member's record."""
    header: str = ""
    """And in the first record; "" where there is none."""
    trailer: str = ""
    end: str = ""
    count: Span | None = None
    """Where the trailer says how many records of members there are."""

    @property
    def in_order(self) -> tuple[str, str, str, str]:
        """The kinds in the order in which they stand in a file."""
        return self.header, self.data, self.trailer, self.end


@dataclass(frozen=True, slots=True)
class FixedLength:
    """How records of fixed length are divided."""

    length: int
    """Bytes of a record, without its line end."""
    fields: Mapping[str, Span]
    """Own column → its place. No two overlap."""
    lines: bool = True
    """Whether each record ends with LF or CRLF."""
    kinds: Kinds | None = None


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a member file is written; as it stands, the standard one."""

    format: Format | None = None
    """None: xlsx where the file's name ends so, else csv."""
    encoding: Encoding = "auto"
    """A byte order mark in the file goes before it."""
    delimiter: str = ","
    quote: str = '"'
    """"" where no character quotes."""
    comment: str = ""
    """How lines begin that are remarks; "" where there are none."""
    skip: int = 0
    """Lines, or rows of a sheet, above the header."""
    header: tuple[str, ...] = ()
    """Own columns by position, where the file has no header."""
    sheet: str = ""
    """Which sheet of a workbook; "" for the only one."""
    hidden: Literal["read"] | None = None
    """What becomes of rows and columns that a sheet hides; None: nobody knows whether they are meant: it is refused."""
    last: Last | None = None
    fixed: FixedLength | None = field(default=None)
    """Given where the format is fixed."""


PLAIN = Dialect()
