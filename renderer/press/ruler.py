"""Fit values into the places of a plate: asked before anything is printed, by the press and by the reference alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from renderer.press.breaking import Advance
from renderer.press.fitting import UNITS, DoesNotFit, Fitted, fit
from renderer.press.fonts import Chain, Gaiji, Unprintable, clusters, continues
from renderer.press.plates import Place, Plate

_REMEMBERED = 256
"""Values known to fit, for each slot: dates, branches and workplaces come again and again."""


_UNSPACED = frozenset("ﾞﾟ")
"""Pango counts them to the letter before them and puts no space between, though each is a glyph of its own."""


class Joined(Exception):  # noqa: N818
    """A mark or a selector met alone: the text must be cut into clusters first."""


class Rooms(dict[str, int]):
    """One font chain at one size: cluster → the room it takes, in Pango units."""

    def __init__(self, chain: Chain, size: int, spacing: int) -> None:
        self.chain, self.size, self.spacing = chain, size, spacing
        self.plain: set[str] = set()
        """The clusters met so far that the first font of the chain prints."""
        self.rare: set[str] = set()
        """Those that another one prints."""
        self.widest = 0
        """The most room that a cluster met so far takes."""

    def __missing__(self, cluster: str) -> int:
        if len(cluster) == 1 and (continues(cluster) or (self.spacing and cluster in _UNSPACED)):
            raise Joined
        glyph = self.chain[cluster]
        (self.plain if glyph.face is self.chain.faces[0] else self.rare).add(cluster)
        room = self[cluster] = glyph.room(self.size) + self.spacing
        self.widest = max(self.widest, room)
        return room


Strains = Mapping[str, float]
"""Slot → how hard its value is to set: rare characters, condensing, shrinking and line breaks; none that is plain."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A value that cannot be printed in its place."""

    slot: str
    cause: Unprintable | DoesNotFit


def _stands_on_a_line(rooms: Rooms, width: int, line: str) -> bool:
    return sum(map(rooms.__getitem__, line)) <= width and rooms.plain.issuperset(line)  # known once measured


class _Slot:
    """The places of one slot on a plate, and what is known to stand plainly in all of them."""

    def __init__(self, places: Sequence[tuple[Place, Rooms]]) -> None:
        self.name = places[0][0].slot
        self.places = [(place, rooms, int(place.width * UNITS)) for place, rooms in places]
        self._fitting: set[str] = set()
        self._lines = min(place.rule.lines for place, _ in places)
        self._plain: set[str] = set()
        """Characters of values that stand plainly in every place."""
        self._most = 0
        """So many of the widest of them fit on a line of each."""

    def is_plain(self, text: str) -> bool:
        """Whether a value is plain in every place."""
        if text in self._fitting:
            return True
        if not self._is_like_others(text):
            try:
                if not all(is_plain(place, rooms, width, text) for place, rooms, width in self.places):
                    return False
            except Unprintable:  # whoever asks of one place alone is told
                return False
            self._plain.update(text)
            self._most = min(width // max(rooms.widest, 1) for _, rooms, width in self.places)
        if len(self._fitting) >= _REMEMBERED:
            self._fitting.clear()
        self._fitting.add(text)
        return True

    def _is_like_others(self, text: str) -> bool:
        """Whether a value is of their characters, and short enough whichever of them it has."""
        if not self._plain.issuperset(text):
            return False
        if "\n" not in text:
            return len(text) <= self._most
        lines = text.split("\n")
        return len(lines) <= self._lines and max(map(len, lines)) <= self._most


def is_plain(place: Place, rooms: Rooms, width: int, text: str) -> bool:
    """Whether a value stands in the first font at its full size, each line as it is given: nearly all do.

    :raises Unprintable: when no font of the place prints one of its characters.
    """
    try:
        if "\n" not in text:
            return _stands_on_a_line(rooms, width, text)
        lines = text.split("\n")
        return len(lines) <= place.rule.lines and all(_stands_on_a_line(rooms, width, line) for line in lines)
    except Joined:
        return False


class Ruler:
    """Fits values; remembers what it has measured."""

    def __init__(self, gaiji: Gaiji | None = None) -> None:
        self.gaiji = gaiji
        self._chains: dict[tuple[tuple[str, ...], bool], Chain] = {}
        self._rooms: dict[tuple[Chain, int, int], Rooms] = {}
        self._plates: dict[Plate, list[_Slot]] = {}
        self._slots: dict[tuple[Place, ...], _Slot] = {}

    def chain(self, place: Place) -> Chain:
        """Return the font chain of a place."""
        key = (place.families, place.bold)
        if key not in self._chains:
            self._chains[key] = Chain(place.families, place.bold, self.gaiji)
        return self._chains[key]

    def fit(self, place: Place, text: str) -> Fitted:
        """Fit a text into its place.

        :raises Unprintable: when no font of the place prints a cluster.
        :raises DoesNotFit: when it is too long even at the floor.
        """

        def advances(size: int) -> Advance:
            return self.rooms(place, size).__getitem__

        if place.letter_spacing and not _UNSPACED.isdisjoint(text):
            raise DoesNotFit("spaced")
        cut = clusters(text)
        try:
            return fit(cut, int(place.width * UNITS), place.size, place.rule, advances)
        except Joined:  # cut into clusters, and still alone: there is nothing before it to sit on
            raise Unprintable(next(c for c in cut if len(c) == 1 and continues(c)), ()) from None

    def examine(self, plate: Plate, values: Mapping[str, str]) -> tuple[list[Problem], Strains]:
        """Try every value in every place; return what cannot be printed, and where the sheet is hard to set.

        It is hard nowhere when every value stands in its first font at its full size on one line. This chooses the
        sheets that are compared with the reference.
        """
        problems: list[Problem] = []
        strains: dict[str, float] = {}
        for slot in self._slots_of(plate):
            text = values[slot.name]
            if not text or slot.is_plain(text):
                continue
            for place, rooms, width in slot.places:
                try:
                    if not is_plain(place, rooms, width, text):
                        strain = self._strain(place, self.fit(place, text), rooms, text)
                        strains[slot.name] = max(strain, strains.get(slot.name, 0.0))
                except (Unprintable, DoesNotFit) as cause:
                    problems.append(Problem(slot.name, cause))
        return problems, strains

    @staticmethod
    def _strain(place: Place, fitted: Fitted, rooms: Rooms, text: str) -> float:
        joined = any(len(cluster) > 1 for line in fitted.lines for cluster in line)
        rare = 0.0 if rooms.rare.isdisjoint(text) and not joined else 0.5
        return rare + 2 - fitted.condense - fitted.size / place.size + 0.1 * (len(fitted.lines) - 1)

    def _slots_of(self, plate: Plate) -> list[_Slot]:
        found = self._plates.get(plate)
        if found is None:
            of_slot: dict[str, list[Place]] = {}
            for place in plate.places:
                if place.kind == "text":
                    of_slot.setdefault(place.slot, []).append(place)
            found = self._plates[plate] = [self._slot(tuple(places)) for places in of_slot.values()]
        return found

    def _slot(self, places: tuple[Place, ...]) -> _Slot:
        # Variants share most of their places, and so what is known to fit there.
        if places not in self._slots:
            self._slots[places] = _Slot([(place, self.rooms(place, place.size)) for place in places])
        return self._slots[places]

    def rooms(self, place: Place, size: int) -> Rooms:
        """Return the rooms of clusters at a place, at a font size in Pango units."""
        key = (self.chain(place), size, int(place.letter_spacing * UNITS))
        if key not in self._rooms:
            self._rooms[key] = Rooms(*key)
        return self._rooms[key]
