"""What two pages show → what a reader aloud, or a search, takes from them otherwise.

The eye does not see what marked content says instead of what it shows (ISO 32000-1, 14.9.4). In which order texts are
drawn is not compared: the press draws the values of a sheet behind all else, and WeasyPrint each in its place.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from renderer.review.font_changes import bare
from renderer.review.records import ChangeRecord
from renderer.review.shown import Line
from renderer.review.told import Both


def aloud_changed(both: Both, before: Sequence[Line], after: Sequence[Line]) -> Iterator[ChangeRecord]:
    """Tell texts that are said instead of what is shown, and were not, or no more."""
    # Selectors that are lost or other are told by their glyphs.
    olds, news = (Counter(bare(line.text) for line in lines if line.show.said) for lines in (before, after))
    for text in olds - news:
        yield both.told("said-gone", f"「{text}」 is said no more in the place of what is shown", text, None)
    for text in news - olds:
        yield both.told("said-new", f"「{text}」 is said in the place of what is shown", None, text)
