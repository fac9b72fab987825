"""columns.toml → how a member file is written and which of its columns is which of ours, or BadJob with line and key.

What it means stands in docs/column-map.md. What can be told without the member file is told here.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from itertools import pairwise, permutations
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from renderer.documents.document import DATE_COLUMNS, HEADER
from renderer.intake.columnmap import POSTAL_CODE, ColumnMap, Split
from renderer.intake.dateforms import CODED, ERA_CODES, FORMS, NAMES
from renderer.intake.dialect import PLAIN, Dialect, Encoding, FixedLength, Format, Kinds, Last, Span
from renderer.model.errors import BadJob
from renderer.model.toml import MOST_COMPLAINTS, Strict, advice, check_table, line_of, parse_toml, read_text

MOST_BYTES = 1 << 20
"""Of a column map."""
MOST_FIXED = 1 << 16
"""Bytes of a record of fixed length."""
OTHERS = "others"
"""In the place of the columns to be ignored: all that are not named."""


def load_column_map(path: Path, known: Collection[str]) -> ColumnMap:
    """Read a column map; ``known`` are the columns that it may speak of, the document's own among them.

    :raises BadJob: with everything that is wrong in it.
    """
    if path.is_file() and path.stat().st_size > MOST_BYTES:
        raise BadJob(f"{path.name}: a column map has at most {MOST_BYTES:,} bytes; is it one?")
    text = read_text(path)
    given = check_table(_MapFile, path, text, parse_toml(path, text))
    faults = list(_faults(given, known))
    told = [
        f'{path.name} line {line_of(text, keys)}: key "{".".join(keys)}"{what}'
        for keys, what in faults[:MOST_COMPLAINTS]
    ]
    if told:
        raise BadJob("\n".join(told))
    return given.made()


Fault = tuple[tuple[str, ...], str]
"""The keys that lead to a place of the map, and what is wrong there."""
_OF_STANDARD = ("columns", "join", "constants", "values", "dates", "digits")
"""Tables of which the keys are standard columns."""


def _faults(given: _MapFile, known: Collection[str]) -> Iterator[Fault]:
    """Find what is wrong between the keys of a map that are right by themselves."""
    for table in _OF_STANDARD:
        for name in getattr(given, table):
            if name not in known:
                yield (table, name), _unknown(given, name, known)
            if table != "constants" and name in given.constants:
                yield (table, name), ": the column is a constant; take one of the two out"
    for name in given.join:
        if len(given.columns.get(name, ())) < 2:
            yield ("join", name), ": [columns] does not make this column of several; name them there"
    for name in given.dates:
        if name in HEADER and name not in DATE_COLUMNS:
            yield ("dates", name), ": is no column of dates"
    if given.eras and not set(CODED).intersection(given.dates.values()):
        yield ("eras",), f": no column of [dates] has a form with eras; these are {' and '.join(CODED)}"
    used = {own for owns in given.columns.values() for own in owns} | given.split.keys()
    decided = used.union(() if given.ignore == OTHERS else given.ignore)
    if left := "、".join(name for name in given.undecided if name not in decided):
        yield ("undecided",), f": nobody has decided yet what {left} is; name it under [columns], or in ignore"
    yield from _used_twice(given)
    yield from _faults_of_splits(given)
    yield from _faults_of_writing(given)


def _unknown(given: _MapFile, name: str, known: Collection[str]) -> str:
    if given.columns.get(name, ("",))[0] in known:
        return ": is no standard column; write it the other way round, standard column = column of the file"
    return f": is no standard column{advice(name, known)}"


def _used_twice(given: _MapFile) -> Iterator[Fault]:
    """Find own columns with two uses."""
    parts = {part for split in given.split.values() for part in split.into}
    uses: list[tuple[tuple[str, ...], str]] = [
        *((("columns", name), own) for name, owns in given.columns.items() for own in owns),
        *((("ignore",), own) for own in given.ignore if given.ignore != OTHERS),
    ]
    seen = set[str]()
    for keys, own in uses:
        if own in seen:
            yield keys, f': the column "{own}" is used twice'
        elif own in given.split and own not in parts:
            yield keys, f': the column "{own}" is divided by [split]; use its parts'
        seen.add(own)


def _faults_of_splits(given: _MapFile) -> Iterator[Fault]:
    seen = set[str]()
    for own, split in given.split.items():
        for part in split.into:
            if part in seen:
                yield ("split", own, "into"), f': there is a part "{part}" already; give each a name of its own'
            seen.add(part)
        if len(split.into) < 2:
            yield ("split", own, "into"), ": a column is divided into two parts and more"
        if split.at == POSTAL_CODE and len(split.into) != 2:
            yield ("split", own, "into"), ": with a postal code in front there are two parts, the code and the rest"
        if any(own in other.into for name, other in given.split.items() if name != own):
            yield ("split", own), ": is a part of another column; divide that into all the parts at once"


_ONLY_IN = {
    "delimiter": ("csv",),
    "quote": ("csv",),
    "comment": ("csv",),
    "encoding": ("csv", "fixed"),
    "skip": ("csv", "xlsx"),
    "header": ("csv", "xlsx"),
    "last": ("csv", "xlsx"),
    "sheet": ("xlsx",),
    "hidden": ("xlsx",),
    "length": ("fixed",),
    "lines": ("fixed",),
}


def _faults_of_writing(given: _MapFile) -> Iterator[Fault]:
    """Find what is wrong with how the file is said to be written."""
    file = given.file
    for key in file.model_fields_set & _ONLY_IN.keys():
        if not set(_ONLY_IN[key]).intersection([file.format] if file.format else ["csv", "xlsx"]):
            yield ("file", key), f": this is for {' and '.join(_ONLY_IN[key])} only"
    if file.quote == file.delimiter:
        yield ("file", "quote"), ": the same sign cannot quote and stand between cells"
    if len(set(file.header)) < len(file.header):
        yield ("file", "header"), ": a column is named twice"
    if file.format == "fixed":
        yield from _faults_of_lengths(given)
    else:
        yield from (((name,), ": this is for fixed only") for name in ("fields", "records") if getattr(given, name))


def _faults_of_lengths(given: _MapFile) -> Iterator[Fault]:
    file, kinds = given.file, given.records
    if file.length is None:
        yield ("file", "length"), " is missing: how many bytes a record has"
    if not given.fields:
        yield ("fields",), " is missing: where each column stands"
    if file.encoding not in ("cp932", "utf-8"):
        yield ("file", "encoding"), ': must be "cp932" or "utf-8": places are counted in bytes of it'
    length = file.length or MOST_FIXED
    in_order = sorted(given.fields.items(), key=lambda item: item[1].at)
    for name, span in in_order:
        if span.end > length:
            yield ("fields", name), f": ends at byte {span.end}, behind the record's {length}"
    for (name, span), (other, after) in pairwise(in_order):
        if span.end >= after.at:
            yield ("fields", other), f': begins within the column "{name}"'
    if kinds:
        signs = [sign for sign in (kinds.header, kinds.data, kinds.trailer, kinds.end) if sign]
        encoding = "cp932" if file.encoding == "cp932" else "utf-8"
        written = [sign.encode(encoding, "ignore") for sign in signs]
        if any(sign != one.decode(encoding) for sign, one in zip(signs, written, strict=True)):
            yield ("records",), f": a sign has a character that {encoding.upper()} does not have"
        if any(one.startswith(other) for one, other in permutations(signs, 2)):
            yield ("records",), ": a record could be of two kinds; their signs may not begin alike"
        if kinds.count and not kinds.trailer:
            yield ("records", "count"), ': there is no "trailer" to stand in'
        if max(kinds.at - 1 + max(map(len, written)), kinds.count.end if kinds.count else 0) > length:
            yield ("records",), f": ends behind the record's {length} bytes"


def _names(value: object) -> object:
    """Take one name for a list of one."""
    value = [value] if isinstance(value, str) else value
    if not isinstance(value, list) or not value or not all(isinstance(name, str) and name for name in value):
        raise ValueError("must be the name of a column in quotes, or a list of such names")
    return tuple(value)


def _ignored(value: object) -> object:
    if value == OTHERS:
        return value
    if isinstance(value, str):
        raise ValueError(f'must be a list of columns, or "{OTHERS}": all that are not named')
    return _names(value)


def _form(value: str) -> str:
    if value in FORMS:
        return value
    if value == "yymmdd":
        raise ValueError("could be of three centuries; write 19yymmdd, 20yymmdd or an era as in 昭和yymmdd")
    raise ValueError(f"is no form of a date{advice(value, FORMS)}")


def _sign(value: str) -> str:
    if len(value) != 1 or value in "\r\n\0":
        raise ValueError("must be one sign")
    return value


def _quote(value: str) -> str:
    return _sign(value) if value else value


def _begin(value: str) -> str:
    if not value.strip():
        raise ValueError("must not be blank")
    return value


def _table(value: Mapping[str, str]) -> Mapping[str, str]:
    wrong = next((key for key in value if key != key.strip()), None)
    if wrong is not None:
        raise ValueError("a value has blanks at its ends, which cells are compared without; take them out")
    return value


def _eras(value: Mapping[str, str]) -> Mapping[str, str]:
    for code, era in value.items():
        if not re.fullmatch("[0-9]{1,2}", code):
            raise ValueError("the code of an era is one or two digits, in quotes")
        if era not in NAMES:
            raise ValueError(f"an era is one of {'、'.join(NAMES)}{advice(era, NAMES)}")
    if len(set(map(int, value))) < len(value):
        raise ValueError("a code is there twice")
    return value


Names = Annotated[tuple[str, ...], BeforeValidator(_names)]
Begin = Annotated[str, AfterValidator(_begin)]
Sign = Annotated[str, AfterValidator(_sign)]
Place = Annotated[int, Field(ge=1, le=MOST_FIXED)]


class _SpanTable(Strict):
    at: Place
    bytes: Place

    @property
    def end(self) -> int:
        return self.at + self.bytes - 1

    def made(self) -> Span:
        return Span(self.at, self.bytes)


class _LastTable(Strict):
    begins: Begin
    count: Annotated[int, Field(ge=1, le=1000)] | None = None


class _RecordsTable(Strict):
    at: Place
    data: Begin
    header: str = ""
    trailer: str = ""
    end: str = ""
    count: _SpanTable | None = None

    def made(self) -> Kinds:
        return Kinds(self.at, self.data, self.header, self.trailer, self.end, self.count.made() if self.count else None)


class _FileTable(Strict):
    format: Format | None = None
    encoding: Encoding = PLAIN.encoding
    delimiter: Sign = PLAIN.delimiter
    quote: Annotated[str, AfterValidator(_quote)] = PLAIN.quote
    comment: str = PLAIN.comment
    skip: Annotated[int, Field(ge=0, le=1000)] = PLAIN.skip
    header: Names = PLAIN.header
    sheet: str = PLAIN.sheet
    hidden: Literal["read"] | None = PLAIN.hidden
    last: _LastTable | None = None
    length: Place | None = None
    lines: bool = True


class _SplitTable(Strict):
    into: Names
    at: Annotated[str, Field(min_length=1)]


class _MapFile(Strict):
    max_rows: Annotated[int, Field(ge=1)] | None = None
    ignore: Annotated[tuple[str, ...] | Literal["others"], BeforeValidator(_ignored)] = ()
    undecided: Names = ()
    file: _FileTable = _FileTable()
    columns: dict[str, Names] = Field(default={})
    join: dict[str, str] = Field(default={})
    split: dict[str, _SplitTable] = Field(default={})
    constants: dict[str, str] = Field(default={})
    values: dict[str, Annotated[dict[str, str], AfterValidator(_table)]] = Field(default={})
    dates: dict[str, Annotated[str, AfterValidator(_form)]] = Field(default={})
    eras: Annotated[dict[str, str], AfterValidator(_eras)] = Field(default={})
    digits: dict[str, Annotated[int, Field(ge=1, le=20)]] = Field(default={})
    fields: dict[str, _SpanTable] = Field(default={})
    records: _RecordsTable | None = None

    def made(self) -> ColumnMap:
        return ColumnMap(
            dialect=self._dialect(),
            max_rows=self.max_rows,
            ignored=frozenset(() if self.ignore == OTHERS else self.ignore),
            ignores_others=self.ignore == OTHERS,
            columns=self.columns,
            joined_by=self.join,
            splits={own: Split(split.into, split.at) for own, split in self.split.items()},
            constants=self.constants,
            values=self.values,
            digits=self.digits,
            dates=self.dates,
            eras={int(code): era for code, era in self.eras.items()} or ERA_CODES,
        )

    def _dialect(self) -> Dialect:
        file = self.file
        fixed = None
        if file.length is not None:
            fields = {name: span.made() for name, span in self.fields.items()}
            fixed = FixedLength(file.length, fields, file.lines, self.records.made() if self.records else None)
        return Dialect(
            format=file.format,
            encoding=file.encoding,
            delimiter=file.delimiter,
            quote=file.quote,
            comment=file.comment,
            skip=file.skip,
            header=file.header,
            sheet=file.sheet,
            hidden=file.hidden,
            last=Last(file.last.begins, file.last.count) if file.last else None,
            fixed=fixed,
        )
