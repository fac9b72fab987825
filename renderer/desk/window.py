"""A layout, the boxes of one of its sheets, and an envelope → what the window shows that it must not."""

from __future__ import annotations

from collections.abc import Iterator

from renderer.desk.faults import Fault
from renderer.desk.overlays import WINDOW, travel
from renderer.layout.boxes import Boxes
from renderer.layout.schema import LayoutFile
from renderer.model.paper import EnvelopeSize

TITLE = "title"
"""The region that says what a sheet is: to be read when it is opened, and by nobody before."""


def title_in_window(file: LayoutFile, boxes: Boxes, envelope: EnvelopeSize) -> Iterator[Fault]:
    """Yield a fault where the title can be seen when a sheet slides in its envelope as far as it goes."""
    window, title = file.regions.get(WINDOW), file.regions.get(TITLE)
    if window is None or title is None or window.page != title.page:
        return
    seen = window.edges.grown(*travel(file, envelope))
    letters = [ink for page, _, ink in boxes.texts if page == title.page and title.edges.has_centre_of(ink)]
    shown = max((min(seen.overlap(ink)) for ink in letters), default=0.0)
    if shown > 0:
        yield Fault(
            "title-in-window",
            TITLE,
            f"the window shows {shown:.1f} mm of it when the sheet slides in its envelope ({envelope.name})",
            f"move it away from the window by {shown:.1f} mm, or name the envelope that is used in the insurer file",
        )
