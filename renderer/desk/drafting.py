"""What can be seen of a member file → which of its columns is which of ours, and what of that a person must decide.

A column is ours for sure where its name and its cells agree and no other claims it. A name or cells alone are a doubt,
which stands in the draft as a remark: nothing is guessed in silence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from renderer.desk.addresses import Piece, piece_of
from renderer.desk.agreement import MOST, MOST_TELLING, NEARLY_ALL, Households, agrees, is_like
from renderer.desk.by_shape import only_by_shape, words_only
from renderer.desk.value_tables import DateForm, eras_of, form_of_dates, has_era_codes, relations_by, table_of
from renderer.documents.document import FORWARDING_COLUMNS, STANDARD_COLUMNS
from renderer.documents.places import PREFECTURES
from renderer.intake.shapes import Shape
from renderer.intake.survey import OwnColumn, Survey
from renderer.intake.synonyms import Part, Strength, near_to, number_of

ALL_COLUMNS = (*STANDARD_COLUMNS, *FORWARDING_COLUMNS)
DATES = ("生年月日", "資格取得年月日", "認定年月日", "登録年月日", "発効期日", "資格喪失予定年月日")
_DIGITS = {"郵便番号": (7, 5), "送付先郵便番号": (7, 5), "個人番号": (12, 9)}
"""Standard column → how many digits it has, and how many a spreadsheet leaves at the least."""
SEPARATORS = dict.fromkeys(("氏名", "フリガナ", "被保険者氏名"), "\u3000")
"""What stands between the joined parts of a standard column; of the others nothing."""

Why = Literal[
    "agree", "other", "blank", "same", "name-only", "shape-only", "several", "codes", "dates", "household", "unknown"
]
"""Why a column is taken for what it is, or why a person must decide."""


@dataclass(slots=True)
class Decision:
    """What one own column, or several that are joined, are taken for."""

    own: tuple[OwnColumn, ...]
    ours: tuple[str, ...]
    """The standard column; several where the own one is split; none where it is ignored."""
    is_sure: bool
    why: Why
    at: str = ""
    """Where it is split."""
    table: Mapping[str, str] = field(default_factory=dict)
    """What its codes mean."""
    form: str = ""
    """How its dates are read; "" as usual."""
    digits: int = 0
    """How many it must have."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What a file is taken for."""

    seen: Survey
    decisions: tuple[Decision, ...]
    """In the order of the file; each own column stands in one of them."""
    eras: Mapping[str, str]
    """The codes of eras that it has of its own."""

    @property
    def is_whole(self) -> bool:
        """Whether it says all that can be said of the file, and nothing is left to a person."""
        return bool(self.decisions) and not self.seen.has_odd_end and all(one.is_sure for one in self.decisions)

    def sure(self) -> Iterator[Decision]:
        """Yield those that no person needs to look at."""
        return (one for one in self.decisions if one.is_sure)

    def doubtful(self) -> Iterator[Decision]:
        """Yield those that a person must decide."""
        return (one for one in self.decisions if not one.is_sure)

    def missing(self, needed: Iterable[str]) -> tuple[str, ...]:
        """Return which of some standard columns no own column is taken for with certainty."""
        there = {column for one in self.sure() for column in one.ours}
        return tuple(column for column in needed if column not in there)


def draft_map(seen: Survey) -> Draft:
    """Decide of every own column what it is."""
    mapper = _Mapper(seen)
    mapper.take_several()
    mapper.take_addresses()
    mapper.take_names_in_parts()
    mapper.take_by_name(Strength.NAME)
    mapper.take_by_name(Strength.INSTEAD)
    mapper.take_by_shape()
    mapper.take_the_rest()
    mapper.compare_with_one_another()
    coding = eras_of(one.shapes for one in seen.columns if has_era_codes(one.shapes))
    mapper.read_codes_and_dates(coding)
    standard = {"1": "明治", "2": "大正", "3": "昭和", "4": "平成", "5": "令和"}
    is_used = any(one.form.startswith("e") for one in mapper.made)
    made = sorted(mapper.made, key=lambda one: one.own[0].at)
    return Draft(seen, tuple(made), coding if coding and coding != standard and is_used else {})


class _Mapper:
    """The decisions so far, and the columns that are left."""

    def __init__(self, seen: Survey) -> None:
        self.seen = seen
        self.free = list(seen.columns)
        self.made: list[Decision] = []

    def take(
        self, own: Sequence[OwnColumn], ours: Sequence[str], why: Why, *, is_sure: bool = True, at: str = ""
    ) -> Decision:
        """Decide."""
        decision = Decision(tuple(own), tuple(ours), is_sure, why, at)
        self.made.append(decision)
        self.free = [one for one in self.free if one not in own]
        return decision

    def is_missing(self, column: str) -> bool:
        """Whether nothing is taken for a standard column yet, surely or not."""
        return all(column not in one.ours for one in self.made)

    def is_settled(self, column: str) -> bool:
        """Whether something is surely taken for a standard column."""
        return any(column in one.ours and one.is_sure for one in self.made)

    def of(self, column: str) -> Decision | None:
        """Return what is taken for a standard column."""
        return next((one for one in self.made if column in one.ours), None)

    def claimants(self, column: str, strength: Strength, part: Part = Part.WHOLE) -> list[OwnColumn]:
        """Return the columns that are left whose name may mean a standard column, at least so strongly."""
        return [
            own
            for own in self.free
            for one in own.known.meanings
            if one.column == column and one.strength >= strength and one.part is part
        ]

    # What one column holds of several, and several hold of one.

    def take_several(self) -> None:
        """Split what holds 記号, 番号 and 枝番 in one, and a postal code in front of an address."""
        for own in list(self.free):
            shapes = own.shapes
            if own.known.is_several and shapes.filled and self.is_missing("番号"):
                for shape, ours in ((Shape.TRIPLE, ("記号", "番号", "枝番")), (Shape.PAIR, ("記号", "番号"))):
                    if shapes.share(shape) >= NEARLY_ALL:
                        self.take([own], ours, "agree", at="-")
            elif shapes.share(Shape.POSTAL_ADDRESS) >= NEARLY_ALL and own in self.claimants("住所", Strength.INSTEAD):
                self.take([own], ("郵便番号", "住所"), "agree", at="postal-code")

    def take_addresses(self) -> None:
        """Join the pieces of an address, and tell those that are the building."""
        for address, building in (("住所", "方書"), ("送付先住所", "送付先方書")):
            pieces = self.claimants(address, Strength.NAME) + self.claimants(address, Strength.NAME, Part.PIECE)
            pieces.sort(key=lambda own: (number_of(own.name), own.at))
            split = self.of(address)
            if len(pieces) + (split is not None) < 2 or (split is not None and split.at != "postal-code"):
                continue
            self._join_address(split, pieces, address, building)

    def _join_address(self, split: Decision | None, pieces: list[OwnColumn], address: str, building: str) -> None:
        first = split.own if split else (pieces.pop(0),)
        joined, sure = list(first), True
        for own in pieces:
            kind = piece_of(self.seen.sample, [one.at for one in joined], own.at)
            if kind is Piece.BUILDING and self.is_missing(building) and not self.claimants(building, Strength.NAME):
                self.take([own], [building], "agree")
                continue
            sure = sure and kind is Piece.GOES_ON
            joined.append(own)
        begins = first[0].shapes.share(Shape.ADDRESS, Shape.POSTAL_ADDRESS) >= MOST
        if split is not None:
            self.made.remove(split)
            if len(joined) > 1:
                # the address that is split off goes on in another column: a person writes how
                sure = False
            self.take(first, split.ours, "agree", at=split.at)
            for own in joined[1:]:
                self.take([own], [address], "several", is_sure=False)
            return
        whole = begins or _begins_with_prefecture(self.seen, joined)
        self.take(joined, [address], "agree" if sure and whole else "several", is_sure=sure and whole)

    def take_names_in_parts(self) -> None:
        """Join 氏 and 名."""
        for column in SEPARATORS:
            for strength in (Strength.NAME, Strength.INSTEAD):
                firsts = self.claimants(column, strength, Part.FIRST)
                lasts = self.claimants(column, strength, Part.LAST)
                if len(firsts) == len(lasts) == 1 and self.is_missing(column):
                    both = [firsts[0], lasts[0]]
                    is_sure = all(agrees(column, own) for own in both)
                    self.take(both, [column], "agree" if is_sure else "name-only", is_sure=is_sure)

    # One for one.

    def take_by_name(self, strength: Strength, columns: Sequence[str] = ALL_COLUMNS) -> None:
        """Take each column whose name and cells agree, and that has no rival."""
        for column in columns:
            if not self.is_missing(column):
                continue
            fitting = [own for own in self.claimants(column, strength) if self.fits(column, own)]
            if len(fitting) == 1:
                rivals = self._other_meanings(fitting[0], column, strength)
                self.take(fitting, [column], "several" if rivals else "agree", is_sure=not rivals)
            elif fitting:
                self._take_one_of(fitting, column)

    def _other_meanings(self, own: OwnColumn, column: str, strength: Strength) -> list[str]:
        """Return what else a column may be by its name and cells."""
        return [
            one.column
            for one in own.known.meanings
            if one.column != column
            and one.strength >= strength
            and one.part is Part.WHOLE
            and self.is_missing(one.column)
            and self.fits(one.column, own)
        ]

    def _take_one_of(self, fitting: Sequence[OwnColumn], column: str) -> None:
        """Take the first of several columns where they all say the same; else a person decides."""
        first, *others = fitting
        if all(cells[first.at] == cells[own.at] for cells in self.seen.sample for own in others):
            self.take([first], [column], "agree")
            for own in others:
                self.take([own], (), "same")
            return
        for own in fitting:
            self.take([own], [column], "several", is_sure=False)

    def fits(self, column: str, own: OwnColumn) -> bool:
        """Whether cells, and what the rows of households have in common, agree with a standard column."""
        if not agrees(column, own):
            return False
        homes = self.households()
        if column in ("氏名", "フリガナ") and homes.say_something:
            return homes.differ([own.at])
        if column == "被保険者氏名" and homes.say_something:
            return homes.agree([own.at])
        return True

    def households(self) -> Households:
        """Return who belongs together, by 記号 and 番号, or where there are none by 住所."""
        keys: list[Callable[[Sequence[str]], str]] = []
        for column in ("記号", "番号"):
            known = self.of(column)
            if known is not None and known.is_sure:
                keys.append(_cell_of(known.own, known.at, column))
        if not self.is_settled("番号"):
            home = self.of("住所")
            keys = [_cell_of(home.own, "", "住所")] if home else []
        return Households(self.seen, keys)

    def take_by_shape(self) -> None:
        """Take what the file has only one of, where its cells cannot be anything else, whatever it is called."""
        for column, own in words_only(self.free):
            if self.is_missing(column) and not own.known.is_other:
                self.take([own], [column], "agree")
        if self.seen.has_header:
            return
        for column, own in only_by_shape(self.free):
            self.take([own], [column], "agree")
        homes = self.households()
        names = [own for own in self.free if agrees("氏名", own) or agrees("被保険者氏名", own)]
        for column, is_it in (("氏名", homes.differ), ("被保険者氏名", homes.agree)):
            found = [own for own in names if agrees(column, own) and is_it([own.at]) and not agrees("フリガナ", own)]
            if len(found) == 1 and self.is_missing(column):
                self.take(found, [column], "agree")

    def take_the_rest(self) -> None:
        """Ignore what is none of ours, and leave to a person what may be."""
        self._take_counted_rows()
        for own in list(self.free):
            by_strength = sorted(own.known.meanings, key=lambda one: -one.strength)
            open_ones = [one for one in by_strength if not self.is_settled(one.column)]
            double = [one for one in by_strength if one.strength is Strength.NAME and one.part is Part.WHOLE]
            if not own.shapes.filled and not open_ones:
                self.take([own], (), "blank")
            elif own.known.is_other and not any(one.strength is Strength.NAME for one in open_ones):
                self.take([own], (), "other")
            elif open_ones:
                self.take([own], [open_ones[0].column], "name-only", is_sure=False)
            elif double:
                self._leave_double(own, double[0].column)
            elif own.known.meanings:
                self.take([own], (), "other")
            else:
                self._leave_unknown(own)

    def _take_counted_rows(self) -> None:
        """Take the number of the row for the 整理番号 where no other column could be it."""
        could_be = [own for own in self.free if agrees("整理番号", own) and not own.known.is_other]
        if not self.is_settled("整理番号") and could_be == self.claimants("整理番号", Strength.HINT):
            self.take_by_name(Strength.HINT, ("整理番号",))

    def _leave_double(self, own: OwnColumn, column: str) -> None:
        """Leave what has the name of a column that is there already: where it says the same, it is not needed."""
        known = self.of(column)
        is_same = known is not None and len(known.own) == 1 and not known.at
        if is_same and known and all(cells[own.at] == cells[known.own[0].at] for cells in self.seen.sample):
            self.take([own], (), "same")
        else:
            self.take([own], [column], "several", is_sure=False)

    def _leave_unknown(self, own: OwnColumn) -> None:
        """Ask a person whether what has no known name is a column that is missing."""
        missing = [column for column in MOST_TELLING if not self.is_settled(column)]
        near = next((column for column in near_to(own.name) if column in missing), "")
        like = next((column for column in missing if own.shapes.filled and is_like(column, own)), "")
        if near or like:
            self.take([own], [near or like], "name-only" if near else "shape-only", is_sure=False)
        else:
            self.take([own], (), "unknown")

    # What cells say of one another.

    def compare_with_one_another(self) -> None:
        """Doubt what other columns contradict: dates of 本人 that 家族 have, names that a household shares."""
        relation = self.of("本人家族")
        if relation is not None:
            self._read_relations(relation)
        homes = self.households()
        for column, is_right in (("氏名", homes.differ), ("フリガナ", homes.differ), ("被保険者氏名", homes.agree)):
            known = self.of(column)
            if known and known.is_sure and homes.say_something and not is_right([own.at for own in known.own]):
                known.is_sure, known.why = False, "household"
        if relation is not None and relation.is_sure:
            self._compare_dates(relation)

    def _read_relations(self, relation: Decision) -> None:
        codes = relation.own[0].shapes.codes
        known = table_of("本人家族", codes)
        if known is not None:
            relation.table = known
            return
        insured = self.households().one_in_each(relation.own[0].at)
        if codes and insured and all(len(code) <= 4 and code.isascii() for code in codes):
            relation.table = relations_by(insured, codes)
        else:
            relation.is_sure, relation.why = False, "codes"

    def _compare_dates(self, relation: Decision) -> None:
        """資格取得年月日 must be there for 本人, 認定年月日 for 家族 and for nobody else."""
        at = relation.own[0].at
        for column, who in (("資格取得年月日", "本人"), ("認定年月日", "家族")):
            known = self.of(column)
            if known is None or not known.is_sure or not known.own[0].shapes.filled:
                continue
            asked = [cells for cells in self.seen.sample if relation.table.get(cells[at], cells[at]) == who]
            filled = sum(bool(cells[known.own[0].at]) for cells in asked)
            if filled < MOST * len(asked):
                known.is_sure, known.why = False, "household"

    # How cells are read.

    def read_codes_and_dates(self, eras: Mapping[str, str] | None) -> None:
        """Say of each column how its codes, dates and digits are read; where that is not certain, it is a doubt."""
        for one in self.made:
            if len(one.ours) != 1 or len(one.own) != 1 or not one.own[0].shapes.filled:
                continue
            column, shapes = one.ours[0], one.own[0].shapes
            if column in DATES:
                self._read_dates(one, form_of_dates(shapes, eras))
            elif column in ("性別", "負担割合", "限度額区分"):
                table = table_of(column, shapes.codes)
                one.table = table or {}
                if table is None and one.is_sure:
                    one.is_sure, one.why = False, "codes"
            elif column in _DIGITS:
                one.digits = _eaten(column, one.own[0])

    def _read_dates(self, one: Decision, form: DateForm) -> None:
        one.form = form.form
        if not form.is_sure and one.is_sure:
            one.is_sure, one.why = False, "dates"


def _cell_of(own: Sequence[OwnColumn], at: str, column: str) -> Callable[[Sequence[str]], str]:
    """Return what gives the cell of a standard column, joined or split, from a record."""
    places = [one.at for one in own]
    if at and at != "postal-code":
        part = {"記号": 0, "番号": 1}[column]
        return lambda cells: "".join(cells[places[0]].split(at)[part : part + 1])
    return lambda cells: "".join(cells[place] for place in places)


def _begins_with_prefecture(seen: Survey, joined: Sequence[OwnColumn]) -> bool:
    begun = ["".join(cells[own.at] for own in joined) for cells in seen.sample]
    return sum(text.startswith(PREFECTURES) for text in begun) >= MOST * len(begun)


def _eaten(column: str, own: OwnColumn) -> int:
    """Return how many digits a column must have whose cells have lost noughts; 0 where none has."""
    most, least = _DIGITS[column]
    lengths = own.shapes.digits
    if column == "個人番号" and lengths and max(lengths) <= 4:
        most, least = 4, 1
    return most if lengths and max(lengths) == most and least <= min(lengths) < most else 0
