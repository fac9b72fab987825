"""Own columns and a column map → what makes standard cells of a record, or what is wrong with the columns."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from renderer.documents.document import HEADER, Columns
from renderer.intake.columnmap import POSTAL_CODE, ColumnMap, Split
from renderer.intake.dateforms import ReadDate, reader_of
from renderer.intake.oddities import is_no_part
from renderer.intake.records import MOST_SIGNS, Record, cells_at
from renderer.model.toml import advice, nearest
from renderer.model.widths import HYPHENS, NARROW

_OF_CODES = frozenset(("本人家族", "性別", "負担割合", "限度額区分"))
"""Columns whose values are a closed list, which exports write as codes; what stands in any other may say who it is."""
_CODE = re.compile("[0-9]{1,2}|[A-Za-z]")
"""What can only be a code, should the map have taken another column for one of these."""
_POSTAL_CODE_IN_FRONT = re.compile(rf"〒? *([0-9]{{3}})[{HYPHENS}]?([0-9]{{4}})(?![0-9]) *")
_FEW_UNKNOWN = 5
"""Columns: more, and more than a third of all, are hardly names that somebody has forgotten."""
_CAN_BE_A_NAME = re.compile(r"(?!.*[0-9０-９]{3})\S{1,20}")
"""What a header shows of itself: nothing with a blank or a number in it, as people and addresses have."""
_DIGITS_KEPT = 15
"""Of a number, by spreadsheets."""
_NAMES = ("氏名", "被保険者氏名", "送付先氏名")
_OTHER_TEXTS = ("フリガナ", "住所", "方書", "送付先住所", "送付先方書", "事業所名")
"""Free texts beside the names: a field of fixed length cuts off what is longer, and nothing shows it."""


class Told(NamedTuple):
    """Something wrong or odd with a cell: a finding without its place."""

    code: str
    form: str
    parameters: Mapping[str, str | int]


Tell = Callable[[Told], None]
Change = Callable[[str, Tell], str]
"""What is made of a cell; "" where it is wrong, which is told."""


class WrongColumns(Exception):  # noqa: N818 - what is wrong with a file, for the one who knows its name
    """The columns are not those of the map, or not all that the document needs. ``str()`` says everything wrong."""


@dataclass(frozen=True, slots=True)
class Making:
    """Makes standard cells of a record."""

    blank: dict[str, str]
    """Columns that are the same in every row."""
    plain: Sequence[str]
    """Columns that stand in the file as they are."""
    plain_cells: Callable[[Sequence[str]], Sequence[str]]
    made: Sequence[tuple[str, Callable[[Sequence[str], Tell], str], Sequence[Change]]]
    """Columns of which something is made, whereof, and what."""
    divisions: Sequence[Callable[[list[str], Tell], None]]
    """Each puts the parts of a cell behind the others."""
    rooms: Sequence[Callable[[Sequence[str], Tell], None]]
    """Each tells of a text that fills its field of fixed length."""
    numbers: Mapping[int, tuple[str, bool]]
    """Place of a cell that is used → its own column, and whether it is the 個人番号."""
    ignored: Sequence[str]
    """Own columns that nobody asks for, as the column map says."""

    @property
    def is_plain(self) -> bool:
        """Whether all columns stand in the file as they are."""
        return not (self.made or self.divisions or self.rooms)

    def used_of(self, places: Collection[int]) -> list[str]:
        """Return the own columns at these places that something is made of."""
        return [own for at, (own, _) in self.numbers.items() if at in places]

    def __call__(self, record: Record, tell: Tell) -> dict[str, str]:
        """Make the cells of all standard columns and of those that the document adds; ``tell`` what is wrong."""
        cells = record.cells
        for place, (own, _) in self.numbers.items():
            if len(cells[place]) > MOST_SIGNS:
                tell(Told("cell-too-long", "", {"column": own, "most": MOST_SIGNS}))
                cells[place] = ""
        if record.numbers:
            self._check_numbers(record, tell)
        for place, how in record.unclear:
            if place in self.numbers:
                tell(Told("cell-shown-otherwise", how, {"column": self.numbers[place][0]}))
        for look in self.rooms:
            look(cells, tell)
        for divide in self.divisions:
            divide(cells, tell)
        fields: dict[str, str] = dict(zip(self.plain, self.plain_cells(cells), strict=True)) | self.blank
        for name, take, changes in self.made:
            text = take(cells, tell)
            for change in changes:
                text = change(text, tell)
            fields[name] = text
        return fields

    def _check_numbers(self, record: Record, tell: Tell) -> None:
        for place in record.numbers:
            own, is_my_number = self.numbers.get(place, ("", False))
            number = record.cells[place].lstrip("-")
            if own and number.isdigit() and (len(number) > _DIGITS_KEPT or (is_my_number and number.endswith("000"))):
                tell(Told("number-was-rounded", "", {"column": own}))


def standard_cells(own: Sequence[str], column_map: ColumnMap, asked: Columns, *, has_header: bool) -> Making:
    """Return what makes standard cells of the records of a file with these own columns, for what a document asks.

    Where it ``has_header`` they stand in it, and may be no names but a person's cells.

    :raises WrongColumns: when a column is missing, unknown, or there twice.
    """
    used = _Used(own, column_map, asked)
    if fault := used.fault(has_header=has_header):
        del own, used  # a traceback keeps the locals of its frames
        raise WrongColumns(fault)
    changes = {name: list(_changes(name, column_map)) for name in used.taken}
    plain = [name for name in used.taken if len(used.sources[name]) == 1 and not changes[name]]
    places = {name: [used.place[source] for source in used.sources[name]] for name in used.taken}
    return Making(
        blank=used.blank(),
        plain=plain,
        plain_cells=cells_at([places[name][0] for name in plain], len(own)),
        made=[
            (name, _joined(name, places[name], column_map.joined_by.get(name, "")), changes[name])
            for name in used.taken
            if name not in plain
        ],
        divisions=[partial(_divide, own.index(name), name, split) for name, split in column_map.splits.items()],
        rooms=list(_rooms(own, column_map, used)),
        numbers={at: (own[at], own[at] in used.sources.get("個人番号", ())) for at in used.of_file()},
        ignored=used.ignored(),
    )


class _Used:
    """Which own columns are used for which standard ones."""

    def __init__(self, own: Sequence[str], column_map: ColumnMap, asked: Columns) -> None:
        self._own, self._map, self._asked = own, column_map, asked
        parts = [part for split in column_map.splits.values() for part in split.into]
        divided = [name for name in own if name not in column_map.splits]
        self._names = [*divided, *parts]
        """Own columns as they are after the splits."""
        self.place = {name: at for at, name in enumerate(own) if name not in column_map.splits}
        self.place |= {name: at for at, name in enumerate(parts, len(own))}
        self.sources = dict(self._sources((*HEADER, *asked.adds)))
        """Standard column → the own ones that it is made of."""
        asked_for = {*asked.needs, *asked.may_have, *asked.adds}
        self.taken = sorted(
            asked_for.intersection(self.sources), key=lambda name: self.place.get(self.sources[name][0], 0)
        )
        """Those that the document asks for."""

    def _sources(self, known: Sequence[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
        spoken_for = {own for owns in self._map.columns.values() for own in owns} | self._map.ignored
        for name in known:
            if name in self._map.columns:
                yield name, self._map.columns[name]
            elif name in self._names and name not in spoken_for and name not in self._map.constants:
                yield name, (name,)

    def blank(self) -> dict[str, str]:
        """Return the columns that are the same in every row: blank, or constants."""
        asked = {*self._asked.needs, *self._asked.may_have, *self._asked.adds}
        return {
            name: self._map.constants.get(name, "") if name in asked else ""
            for name in (*HEADER, *self._asked.adds)
            if name not in self.taken
        }

    def of_file(self) -> list[int]:
        """Return the places of all columns of the file that something taken is made of."""
        wanted = {source for name in self.taken for source in self.sources[name]}
        divided = {own for own, split in self._map.splits.items() if wanted.intersection(split.into)}
        return [at for at, name in enumerate(self._own) if name in (divided if name in self._map.splits else wanted)]

    def fault(self, *, has_header: bool) -> str:
        """Say everything that is wrong with the columns; "" when nothing is."""
        asked, splits = self._asked, self._map.splits
        parts = {part for split in splits.values() for part in split.into}
        paired = [then for name, then in asked.pairs if name in self.sources]
        needed = [name for name in (*asked.needs, *asked.adds, *paired) if name not in self._map.constants]
        named = [*splits, *(own for owns in self._map.columns.values() for own in owns if own not in parts)]
        named += [name for name in needed if name not in self._map.columns and name not in parts]
        lost = [name for name in named if name not in self._own]
        if has_header and 2 * len(lost) > len(named):
            # It is a person's record, and nothing of it is repeated.
            return f"the first line is not the header: it lacks {'、'.join(lost)}"
        missing = [name for name in needed if name not in self.sources]
        faults = [f"column {name} is missing" for name in missing]
        faults += [
            f'there is no column "{name}", which the column map names{advice(name, self._own)}'
            for name in lost
            if name not in missing
        ]
        faults += [*self._doubled(), *self._unknown(missing or [*HEADER, *asked.adds])]
        return "; ".join(faults)

    @property
    def _in_use(self) -> set[str]:
        return {source for sources in self.sources.values() for source in sources} | self._map.splits.keys()

    def _doubled(self) -> Iterator[str]:
        times = Counter(self._names) | Counter(name for name in self._own if name in self._map.splits)
        for name, count in times.items():
            if count > 1 and name in self._in_use:
                yield f"column {name} is there {count} times"

    def _unknown(self, wanted: Sequence[str]) -> Iterator[str]:
        unknown = [] if self._map.ignores_others else [
            (at, name) for at, name in enumerate(self._own, 1) if name not in self._in_use | self._map.ignored
        ]  # fmt: skip
        if len(unknown) > max(_FEW_UNKNOWN, len(self._own) // 3):
            yield (
                f"{len(unknown)} columns are unknown, the first of them column {unknown[0][0]}; look whether a record "
                "stands in the header's line, or ignore others"
            )
            return
        for at, name in unknown:
            if name in self._map.constants:
                yield f"column {name} is there, and a constant of the column map; ignore it, or take the constant out"
                continue
            shown = f' "{name}"' if _CAN_BE_A_NAME.fullmatch(name) else ""  # else it may be a person's cell
            meant = nearest(name, wanted)
            yield f"column {at}{shown} is unknown" + (f', the nearest is "{meant}"' if meant else "")

    def ignored(self) -> list[str]:
        """Return the own columns that nobody asks for, as the column map says."""
        return [name for name in self._own if name not in self._in_use]


def _rooms(own: Sequence[str], column_map: ColumnMap, used: _Used) -> Iterator[Callable[[Sequence[str], Tell], None]]:
    """Yield what looks at each field of fixed length that a free text comes from."""
    if (fixed := column_map.dialect.fixed) is None:
        return
    whole = {part: name for name, split in column_map.splits.items() for part in split.into}
    for column in filter(used.sources.__contains__, (*_NAMES, *_OTHER_TEXTS)):
        fields = list(dict.fromkeys(whole.get(name, name) for name in used.sources[column]))
        code = "name-fills-field" if column in _NAMES else "text-fills-field"
        for at, name in enumerate(fields, 1):
            # What is joined without anything between goes on in the next field by right.
            further = () if column_map.joined_by.get(column, "") else tuple(map(own.index, fields[at:]))
            room = fixed.fields[name].bytes
            yield partial(_fills_field, own.index(name), room, column_map.dialect.encoding, further, Told(
                code, "", {"column": name, "bytes": room}
            ))  # fmt: skip


def _fills_field(
    place: int, room: int, codec: str, further: Sequence[int], told: Told, cells: Sequence[str], tell: Tell
) -> None:
    """Tell of a text behind which its field has no room for one more character such as its last."""
    text = cells[place]
    if text and room - len(text.encode(codec)) < len(text[-1].encode(codec)) and not any(cells[at] for at in further):
        tell(told)


def _joined(name: str, places: Sequence[int], separator: str) -> Callable[[Sequence[str], Tell], str]:
    """Return what takes a cell, or joins several without the blanks at their ends and without those that are blank.

    Of several each is asked whether it can be a part, which nobody can tell of the whole: 0, or the number of a day.
    """
    if len(places) == 1:
        return lambda cells, _: cells[places[0]]

    def join(cells: Sequence[str], tell: Tell) -> str:
        parts = [part for at in places if (part := cells[at].strip())]
        if any(is_no_part(name, part) for part in parts):
            tell(Told("placeholder", "", {"column": name}))
        return separator.join(parts)

    return join


def _divide(at: int, own: str, split: Split, cells: list[str], tell: Tell) -> None:
    """Put the parts of a cell behind the others; where it does not give them all, they are blank."""
    whole = cells[at].strip()
    parts = _postal_code_and_rest(whole) if split.at == POSTAL_CODE else whole.split(split.at)
    if len(parts) != len(split.into) or not all(map(str.strip, parts)):
        if whole:
            tell(Told("cannot-be-split", "", {"column": own}))
        parts = [""] * len(split.into)
    cells += parts


def _postal_code_and_rest(text: str) -> list[str]:
    found = _POSTAL_CODE_IN_FRONT.match(text.translate(NARROW))
    return [found[1] + found[2], text[found.end() :]] if found else []


def _changes(name: str, column_map: ColumnMap) -> Iterator[Change]:
    """Yield what is made of the cells of a standard column, in order."""
    if name in column_map.values:
        yield partial(_replaced, name, column_map.values[name])
    if name in column_map.digits:
        yield partial(_filled, name, column_map.digits[name])
    if name in column_map.dates:
        form = column_map.dates[name]
        yield partial(_dated, name, form, reader_of(form, column_map.eras))


def _replaced(column: str, table: Mapping[str, str], cell: str, tell: Tell) -> str:
    value = cell.strip()
    found = table.get(value)
    if found is not None or not value:
        return found or ""
    if column in _OF_CODES and _CODE.fullmatch(value):
        tell(Told("value-not-in-table", "code", {"column": column, "code": value}))
    else:
        tell(Told("value-not-in-table", "", {"column": column}))
    return ""


def _filled(column: str, digits: int, cell: str, tell: Tell) -> str:
    number = cell.translate(NARROW).strip()
    if not (number.isascii() and number.isdigit()) or len(number) == digits:
        return cell
    if len(number) > digits:
        tell(Told("too-many-digits", "", {"column": column, "digits": digits}))
        return ""
    tell(Told("noughts-restored", "", {"column": column, "digits": digits}))
    return number.zfill(digits)


def _dated(column: str, form: str, read: ReadDate, cell: str, tell: Tell) -> str:
    if not cell or cell.isspace():
        return ""
    text = read(cell)
    if text is None:
        tell(Told("date-not-of-form", "", {"column": column, "wanted": form}))
    return text or ""
