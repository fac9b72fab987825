"""Where a line may end: clusters and the room they take → lines (JIS X 4051, and what a reader takes for one word).

A word is what a reader takes in at once: a run of Latin letters or of katakana, a house number, a numeral with what it
counts (三丁目, 23番地の4, 101号室). A line ends inside one only where there is no other way.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from enum import IntEnum

from renderer.model.widths import HYPHENS

Advance = Callable[[str], int]
"""Cluster → the room it takes in Pango units, letter spacing included."""


class End(IntEnum):
    """Whether a line may end at a place between two clusters."""

    WRONG = 0
    """行頭・行末禁則."""
    TORN = 1
    """It tears a word."""
    FREE = 2


# Which characters may not begin a line (行頭禁則) or end one (行末禁則).
_NOT_FIRST = frozenset(
    "）〕］｝〉》」』】｠〙〗»’”)]}｣"  # closing brackets
    "、。，．,.､｡"  # full stops and commas
    "・：；:;･？！?!‼⁇⁈⁉"  # middle dots, colons, dividing punctuation
    "ー々〻ゝゞヽヾ〆ｰ゛゜ﾞﾟ"  # iteration and prolonged sound marks
    "ぁぃぅぇぉっゃゅょゎゕゖァィゥェォッャュョヮヵヶㇰㇱㇲㇳㇴㇵㇶㇷㇸㇹㇺㇻㇼㇽㇾㇿｧｨｩｪｫｬｭｮｯ"
    "〜～‐゠–％%℃°′″"
)
_NOT_LAST = frozenset("（〔［｛〈《「『【｟〘〖«‘“([{｢〒￥¥＄$№")

_DIGIT = "[0-9０-９]"
_NUMERAL = "[0-9０-９〇一二三四五六七八九十百千]"
_COUNTED = "丁目|番地|番|号室|号棟|号館|号|階|条|線"
_WORDS = tuple(
    map(
        re.compile,
        (
            r"[0-9A-Za-z０-９Ａ-Ｚａ-ｚÀ-ɏ'’\-－.,/&]+",
            f"{_DIGIT}+(?:[{re.escape(HYPHENS)}のノ]{_DIGIT}+)+",  # 3‐8‐1235, 3の8の1235
            f"{_NUMERAL}+(?:{_COUNTED})(?:[のノ]{_NUMERAL}+)?",
            "[ァ-ヺー-ヿㇰ-ㇿｦ-ﾟ]+",
        ),
    )
)


def line_ends(clusters: Sequence[str]) -> list[End]:
    """Say for each place before a cluster whether a line may end there. The blanks there will not be set."""
    text = "".join([cluster[0] for cluster in clusters])
    inside = {at for word in _WORDS for found in word.finditer(text) for at in range(found.start() + 1, found.end())}
    return [End.TORN if at in inside and may else End.FREE if may else End.WRONG for at, may in _allowed(text)]


def _allowed(text: str) -> list[tuple[int, bool]]:
    """Say for each place whether the signs on both sides of it, past its blanks, may end and begin a line."""
    return [(at, _may_part(text[:at].rstrip()[-1:], text[at:].lstrip()[:1])) for at in range(len(text))]


def _may_part(last: str, first: str) -> bool:
    return not last or not first or (first not in _NOT_FIRST and last not in _NOT_LAST)


def break_lines(
    clusters: Sequence[str], width: int, advance: Advance, *, whole: bool = False
) -> tuple[tuple[str, ...], ...] | None:
    """Break into lines no wider than ``width``; None when a single cluster is wider. A newline forces a line end.

    Lines are filled from the front. A word is only torn where the line has no other break; ``whole``: None where that
    would be. The blank at which a line is broken is not set. A last line of one lone character takes its neighbour
    along if it may.
    """
    lines: list[tuple[str, ...]] = []
    for paragraph in _paragraphs(clusters):
        spans = _break_paragraph(paragraph, width, advance, whole)
        if spans is None:
            return None
        lines += [tuple(paragraph[span]) for span in spans]
    return tuple(lines)


def _paragraphs(clusters: Sequence[str]) -> list[list[str]]:
    paragraphs: list[list[str]] = [[]]
    for cluster in clusters:
        if cluster == "\n":
            paragraphs.append([])
        else:
            paragraphs[-1].append(cluster)
    return paragraphs


def _break_paragraph(clusters: Sequence[str], width: int, advance: Advance, whole: bool) -> list[slice] | None:
    """Return what of ``clusters`` stands in each line, without the blanks at the breaks."""
    if _fits(clusters, width, advance) == len(clusters):
        return [slice(0, _blanks_before(clusters, len(clusters), 0))]
    spans: list[slice] = []
    ends = [*line_ends(clusters), End.FREE]
    start = 0
    while start < len(clusters):
        end = start + _fits(clusters[start:], width, advance)
        if end == start:
            return None
        # The last of the best: max takes the first that it meets.
        end = max(range(end, start, -1), key=ends.__getitem__)
        if whole and ends[end] is not End.FREE:
            return None
        stop = _blanks_before(clusters, end, start)
        if stop > start:  # no line of blanks alone
            spans.append(slice(start, stop))
        start = _blanks_after(clusters, end)
    return _without_widow(clusters, spans, ends, width, advance) or [slice(0, 0)]


def _blanks_before(clusters: Sequence[str], at: int, start: int) -> int:
    while at > start and clusters[at - 1].isspace():
        at -= 1
    return at


def _blanks_after(clusters: Sequence[str], at: int) -> int:
    while at < len(clusters) and clusters[at].isspace():
        at += 1
    return at


def _fits(clusters: Sequence[str], width: int, advance: Advance) -> int:
    """Return how many of the clusters fit."""
    used = 0
    for count, cluster in enumerate(clusters):
        used += advance(cluster)
        if used > width:
            return count
    return len(clusters)


def _without_widow(
    clusters: Sequence[str], spans: list[slice], ends: Sequence[End], width: int, advance: Advance
) -> list[slice]:
    if len(spans) < 2 or spans[-1].stop - spans[-1].start != 1:
        return spans
    above, last = spans[-2:]
    # Two characters stay above, or the widow has only moved.
    cut = next((at for at in range(above.stop - 1, above.start + 1, -1) if ends[at] is End.FREE), 0)
    moved = slice(_blanks_after(clusters, cut), last.stop)
    if not cut or sum(map(advance, clusters[moved])) > width:
        return spans
    return [*spans[:-2], slice(above.start, _blanks_before(clusters, cut, above.start)), moved]
