"""What can be seen of a member file → which of its columns is which of ours, and what of that a person must decide.

A column is ours for sure where its name and its cells agree and no other claims it. A name or cells alone are a doubt,
which stands in the draft as a remark: nothing is guessed in silence.
"""

from __future__ import annotations

from collections.abc import Sequence

from renderer.desk.addresses import Piece, piece_of
from renderer.desk.agreement import MOST_TELLING, NEARLY_ALL, agrees, begins_an_address, is_like
from renderer.desk.by_shape import by_rows, only_by_shape, words_only
from renderer.desk.contradictions import compare_with_one_another
from renderer.desk.date_forms import STANDARD_ERAS, eras_of, has_era_codes
from renderer.desk.decisions import SEPARATORS, Decision, Decisions, Draft
from renderer.desk.readings import read_codes_and_dates
from renderer.documents.document import FORWARDING_COLUMNS, STANDARD_COLUMNS
from renderer.intake.shapes import Shape
from renderer.intake.survey import OwnColumn, Survey
from renderer.intake.synonyms import Part, Strength, near_to, number_of

ALL_COLUMNS = (*STANDARD_COLUMNS, *FORWARDING_COLUMNS)


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
    compare_with_one_another(mapper)
    eras = eras_of(one.shapes for one in seen.columns if has_era_codes(one.shapes))
    read_codes_and_dates(mapper, eras)
    made = tuple(sorted(mapper.made, key=lambda one: one.own[0].at))
    uses_eras = any(one.form.startswith("e") for one in made)
    return Draft(seen, made, eras if eras and uses_eras and eras != STANDARD_ERAS else {})


class _Mapper(Decisions):
    """Decides, step by step, what each of the columns is that are left."""

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
            # Wherever it stands in the file, an address begins with its prefecture.
            pieces.sort(key=lambda own: (not begins_an_address(own), number_of(own.name), own.at))
            split = self.of(address)
            if len(pieces) + (split is not None) < 2 or (split is not None and split.at != "postal-code"):
                continue
            self._join_address(split, pieces, address, building)

    def _join_address(self, split: Decision | None, pieces: list[OwnColumn], address: str, building: str) -> None:
        first = split.own if split else (pieces.pop(0),)
        joined, sure = list(first), True
        for own in pieces:
            kind = piece_of(self.seen.sample, [one.at for one in joined], own.at)
            is_free = self.is_missing(building) and not self.claimants(building, Strength.NAME)
            if kind is Piece.BUILDING and is_free and agrees(building, own):
                self.take([own], [building], "agree")
                continue
            sure = sure and kind is Piece.GOES_ON
            joined.append(own)
        if split is not None:
            self.made.remove(split)
            if len(joined) > 1:
                # the address that is split off goes on in another column: a person writes how
                sure = False
            self.take(first, split.ours, "agree", at=split.at)
            for own in joined[1:]:
                self.take([own], [address], "several", is_sure=False)
            return
        self.take(joined, [address], "agree" if sure else "several", is_sure=sure)

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
        return column != "個人番号" or not _is_counted(own, self.seen)

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
        for column, own in by_rows(self.free, self.seen, homes):
            self.take([own], [column], "agree")
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
            named = [one for one in open_ones if one.strength > Strength.HINT]
            if not own.shapes.filled and not named:
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
        # An address may go on in any column that has its name, also where the others have been joined.
        open_ones = {*missing, *(("住所",) if own.shapes.filled else ())}
        near = next((column for column in near_to(own.name) if column in open_ones), "")
        like = next((column for column in missing if own.shapes.filled and is_like(column, own)), "")
        if near or like:
            self.take([own], [near or like], "name-only" if near else "shape-only", is_sure=False)
        else:
            self.take([own], (), "unknown")


def _is_counted(own: OwnColumn, seen: Survey) -> bool:
    """Whether short numbers go on from one row to the next, as a system's own number of a person does."""
    numbers = [int(cells[own.at]) for cells in seen.sample if cells[own.at].isdecimal()]
    return own.shapes.is_unique and max(own.shapes.lengths) < 12 and max(numbers) - min(numbers) < 2 * len(numbers)
