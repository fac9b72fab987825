"""Fit values into the places of a plate: asked before anything is printed, by the press and by the reference alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from renderer.press.breaking import Advance
from renderer.press.fitting import UNITS, DoesNotFit, Fitted, fit
from renderer.press.fonts import Chain, Gaiji, Unprintable, clusters, continues
from renderer.press.plates import Place, Plate

_REMEMBERED = 256
"""Values known to fit, for each place: dates, branches and workplaces come again and again."""


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
    # Where so many of the widest would fit, these fit; what is plain is known of what was measured.
    return (len(line) * rooms.widest <= width and rooms.plain.issuperset(line)) or (
        sum(map(rooms.__getitem__, line)) <= width and rooms.plain.issuperset(line)
    )


class Ruler:
    """Fits values; remembers what it has measured."""

    def __init__(self, gaiji: Gaiji | None = None) -> None:
        self.gaiji = gaiji
        self._chains: dict[tuple[tuple[str, ...], bool], Chain] = {}
        self._rooms: dict[tuple[Chain, int, int], Rooms] = {}
        self._fitting: dict[Plate, list[tuple[Place, Rooms, int, set[str]]]] = {}
        self._known: dict[Place, set[str]] = {}

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
        for place, rooms, width, fitting in self._places(plate):
            text = values[place.slot]
            if not text or text in fitting:
                continue
            try:
                if self._is_plain(place, rooms, width, text):
                    if len(fitting) >= _REMEMBERED:
                        fitting.clear()
                    fitting.add(text)
                else:
                    strain = self._strain(place, self.fit(place, text), rooms, text)
                    strains[place.slot] = max(strain, strains.get(place.slot, 0.0))
            except (Unprintable, DoesNotFit) as cause:
                problems.append(Problem(place.slot, cause))
        return problems, strains

    @staticmethod
    def _is_plain(place: Place, rooms: Rooms, width: int, text: str) -> bool:
        """Whether a value stands in the first font at its full size, each line as it is given: nearly all do."""
        try:
            if "\n" not in text:
                return _stands_on_a_line(rooms, width, text)
            lines = text.split("\n")
            return len(lines) <= place.rule.lines and all(_stands_on_a_line(rooms, width, line) for line in lines)
        except Joined:
            return False

    @staticmethod
    def _strain(place: Place, fitted: Fitted, rooms: Rooms, text: str) -> float:
        joined = any(len(cluster) > 1 for line in fitted.lines for cluster in line)
        rare = 0.0 if rooms.rare.isdisjoint(text) and not joined else 0.5
        return rare + 2 - fitted.condense - fitted.size / place.size + 0.1 * (len(fitted.lines) - 1)

    def _places(self, plate: Plate) -> list[tuple[Place, Rooms, int, set[str]]]:
        found = self._fitting.get(plate)
        if found is None:
            # Variants share most of their places, and so what is known to fit there.
            texts = [place for place in plate.places if place.kind == "text"]
            known = [self._known.setdefault(place, set()) for place in texts]
            found = [(p, self.rooms(p, p.size), int(p.width * UNITS), k) for p, k in zip(texts, known, strict=True)]
            self._fitting[plate] = found
        return found

    def rooms(self, place: Place, size: int) -> Rooms:
        """Return the rooms of clusters at a place, at a font size in Pango units."""
        key = (self.chain(place), size, int(place.letter_spacing * UNITS))
        if key not in self._rooms:
            self._rooms[key] = Rooms(*key)
        return self._rooms[key]
