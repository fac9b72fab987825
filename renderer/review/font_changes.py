"""What two pages show → which texts are in another font, which glyphs are drawn otherwise, which selectors are lost.

What a page says, and where, is told by others; here is what a text does not tell: by which glyphs it is drawn.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from renderer.proof.drawing import is_selector
from renderer.review.canvas import Cluster
from renderer.review.records import ChangeRecord
from renderer.review.shown import Line
from renderer.review.told import Both, around, quoted, told_of_file

Outlines = tuple[str | None, ...]
Place = tuple[Line, Cluster]
Drawings = Mapping[Outlines, Place]
"""By what outlines a text is drawn in one font, and where each stands first."""


@dataclass(frozen=True, slots=True)
class Typeset:
    """Texts of a page by the fonts that set them."""

    lines: Mapping[str, Mapping[str, Line]]
    """Text of a whole line → name of the font → the first such line."""
    clusters: Mapping[tuple[str, str], Drawings]
    """Name of a font and a text that is said as a whole → its drawings."""


def typeset(lines: Iterable[Line]) -> Typeset:
    """Sort what a page shows."""
    by_text: dict[str, dict[str, Line]] = defaultdict(dict)
    clusters: dict[tuple[str, str], dict[Outlines, Place]] = defaultdict(dict)
    for line in lines:
        if text := line.text.strip():
            by_text[text].setdefault(line.font.name, line)
        for cluster in line.clusters:
            clusters[line.font.name, cluster.text].setdefault(cluster.outlines, (line, cluster))
    return Typeset(by_text, clusters)


def fonts_changed(both: Both, before: Typeset, after: Typeset) -> Iterator[ChangeRecord]:
    """Tell what one page sets otherwise than the other."""
    yield from _other_fonts(both, before, after)
    yield from _other_glyphs(both, before, after)
    yield from _other_selectors(both, before, after)


def _other_fonts(both: Both, before: Typeset, after: Typeset) -> Iterator[ChangeRecord]:
    changed: dict[tuple[str, str], list[tuple[str, Line, Line]]] = defaultdict(list)
    for text, old, new in _set_otherwise(before, after):
        if not _is_alike(old, new):
            changed[old.font.name, new.font.name].append((text, old, new))
    for (name, new_name), texts in changed.items():
        verb = "is" if len(texts) == 1 else "are"
        widths = ", which has the same advance widths" if all(map(_is_as_wide, texts)) else ""
        sentence = f"{quoted([text for text, _, _ in texts])} {verb} set in {new_name} instead of {name}{widths}"
        yield both.told("font-changed", sentence, name, new_name, around([line.box for _, _, line in texts]))


def _set_otherwise(before: Typeset, after: Typeset) -> Iterator[tuple[str, Line, Line]]:
    """Yield lines that are set in a font that did not set them before, each with the one that it became."""
    for text, lines in before.lines.items():
        new_lines = after.lines.get(text, {})
        came = [new_lines[name] for name in new_lines.keys() - lines.keys()]
        for old in (lines[name] for name in sorted(lines.keys() - new_lines.keys())):
            if came:
                new = min(came, key=lambda new: (not _is_alike(old, new), _apart(old, new), new.font.name))
                came.remove(new)
                yield text, old, new


def _is_alike(old: Line, new: Line) -> bool:
    """Whether both draw the same outlines, so that nothing but a name differs."""
    outlines, new_outlines = ([cluster.outlines for cluster in line.clusters] for line in (old, new))
    return outlines == new_outlines and all(map(_is_known, outlines))


def _apart(old: Line, new: Line) -> float:
    return abs(old.box.x - new.box.x) + abs(old.box.y - new.box.y)


def _is_as_wide(texts: tuple[str, Line, Line]) -> bool:
    _, old, new = texts
    widths, new_widths = ([cluster.widths for cluster in line.clusters] for line in (old, new))
    return widths == new_widths and not any(None in width for width in widths)


def renamed(before: Typeset, after: Typeset) -> set[tuple[str, str]]:
    """Name fonts that are called otherwise and draw what they drew."""
    return {(old.font.name, new.font.name) for _, old, new in _set_otherwise(before, after) if _is_alike(old, new)}


def _other_glyphs(both: Both, before: Typeset, after: Typeset) -> Iterator[ChangeRecord]:
    """Tell glyphs that say the same in the same font and are drawn otherwise, of each font together."""
    changed: dict[str, dict[str, tuple[Outlines, Place]]] = defaultdict(dict)
    for (font, text), drawings in before.clusters.items():
        new_drawings = after.clusters.get((font, text), {})
        came = [drawing for drawing in new_drawings if drawing not in drawings]
        if came and all(map(_is_known, [*drawings, *new_drawings])):
            changed[font][text] = came[0], new_drawings[came[0]]
    for font, glyphs in changed.items():
        as_which = [_as_which(font, text, outlines, before) for text, (outlines, _) in glyphs.items()]
        verb = "is" if len(glyphs) == 1 else "are"
        alike = f" (as {quoted(as_which)} was)" if all(as_which) else ""
        box = around([line.box_of(cluster) for _, (line, cluster) in glyphs.values()])
        sentence = f"{quoted(glyphs)} of {font} {verb} drawn with another outline{alike}"
        yield both.told("glyph-changed", sentence, None, " ".join(filter(None, as_which)) or None, box)


def _is_known(outlines: Outlines) -> bool:
    return None not in outlines


def _as_which(font: str, text: str, outlines: Outlines, before: Typeset) -> str:
    """Find what is drawn with an outline in the golden; nothing for a blank."""
    found = (other for (name, other), drawings in before.clusters.items() if name == font and outlines in drawings)
    return next((other for other in found if any(outlines) and other != text), "")


def _other_selectors(both: Both, before: Typeset, after: Typeset) -> Iterator[ChangeRecord]:
    """Tell texts that are drawn as before and have another variation selector, or none, behind them."""
    olds, news = _texts_by_drawing(before), _texts_by_drawing(after)
    for drawing, texts in olds.items():
        gone, came = texts.keys() - news.get(drawing, {}).keys(), news.get(drawing, {}).keys() - texts.keys()
        for old in sorted(gone):
            for new in sorted(came):
                if bare(old) == bare(new):
                    yield _other_selector(both, old, new, news[drawing][new])


def _texts_by_drawing(page: Typeset) -> Mapping[tuple[str, Outlines], Mapping[str, Place]]:
    found: dict[tuple[str, Outlines], dict[str, Place]] = defaultdict(dict)
    for (font, text), drawings in page.clusters.items():
        for outlines, place in drawings.items():
            if any(outlines):
                found[font, outlines][text] = place
    return found


def bare(text: str) -> str:
    """Leave the selectors out of a text."""
    return "".join(character for character in text if not is_selector(character))


def _other_selector(both: Both, old: str, new: str, place: Place) -> ChangeRecord:
    kind = "selector-lost" if new == bare(new) else "selector-new" if old == bare(old) else "selector-changed"
    line, cluster = place
    sentence = f"「{old}」 ({_code_points(old)}) is drawn as before and says 「{new}」 ({_code_points(new)})"
    return both.told(kind, sentence, _code_points(old), _code_points(new), line.box_of(cluster))


def _code_points(text: str) -> str:
    return " ".join(f"U+{ord(character):04X}" for character in text)


@dataclass(frozen=True, slots=True)
class FontUse:
    """How a file has a font."""

    is_embedded: bool
    kind: str

    def __str__(self) -> str:
        return f"{self.kind}, {'embedded' if self.is_embedded else 'not embedded'}"


def ways_changed(
    before: Mapping[str, Collection[FontUse]],
    after: Mapping[str, Collection[FontUse]],
    names: Collection[tuple[str, str]],
) -> Iterator[ChangeRecord]:
    """Tell fonts that one file has otherwise than the other, and those that have another name."""
    for old, new in sorted(names):
        yield told_of_file("font-renamed", f"the font {old} is called {new} and draws the same outlines", old, new)
    for name in sorted(before.keys() & after.keys()):
        if set(before[name]) != set(after[name]):
            old, new = (" and ".join(sorted(map(str, uses))) for uses in (before[name], after[name]))
            yield told_of_file("font-changed", f"the font {name} was {old} and is {new}", old, new)
