"""A layout → its wall: each variant with the hardest members of the examples, as printed, with its overlays."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from renderer.desk.choice import bend, load_member
from renderer.desk.declared import Declared
from renderer.desk.draw import print_pieces
from renderer.desk.examples import find_example
from renderer.desk.overlays import Shape, declared_shapes, on_page, slot_shapes, travel
from renderer.layout.load import Layout, check_document
from renderer.layout.schema import Region
from renderer.mailing.pieces import make_piece
from renderer.mailing.sheets import Sheet, examine, sheets_of
from renderer.model.findings import Held
from renderer.model.job import Job
from renderer.model.member import Member
from renderer.model.variant import Variant
from renderer.running.bench import Bench
from renderer.running.words import Words

MEMBERS = ("typical", "longest", "shortest", "rarest")
"""The examples that hang on a wall, by the names of their files."""


@dataclass(frozen=True, slots=True)
class Hung:
    """One sheet of a wall."""

    variant: Variant
    member: str
    """One of ``MEMBERS``."""
    shapes: tuple[Shape, ...]
    """Its overlays, on all its pages."""
    first_page: int | None = None
    """In the file of the sheets, from 0; None where it is not printed."""
    held: tuple[str, ...] = ()
    """Codes of the findings that hold it."""


@dataclass(frozen=True, slots=True)
class Wall:
    """What hangs on it."""

    layout: Layout
    job: Job
    sheets: Path
    """The file of the printed sheets."""
    hung: tuple[Hung, ...]
    """Variant by variant."""

    @property
    def variants(self) -> int:
        """How many variants hang on it."""
        return len({hung.variant for hung in self.hung})

    @property
    def held(self) -> int:
        """How many of its sheets cannot be printed."""
        return sum(hung.first_page is None for hung in self.hung)


@dataclass(frozen=True, slots=True)
class Figure:
    """One page of a sheet on a wall."""

    caption: str
    shapes: list[Shape]
    page: int | None
    """In the file of the sheets, from 0; None where it is not printed."""


def hang(job: Job, layout: Layout, sheets: Path) -> Wall:
    """Print every variant of a layout for each of the members, into the file ``sheets``, and look up its overlays.

    :raises BadLayout: when the layout cannot be compiled; BadJob when the job prints another document.
    :raises BadBatch: when the press's file does not pass its proof.
    """
    check_document(job, layout)
    bench = Bench(job, layout)
    hung: list[Hung] = []
    printed: list[Sheet] = []
    members = dict(_members(job))
    for variant in layout.variants():
        declared = declared_shapes(layout.file, _regions_of(bench, variant), job.insurer.envelope)
        for name, member in members.items():
            if isinstance(member, Held):
                hung.append(Hung(variant, name, declared, held=_codes(member)))
                continue
            sheet = _sheet(job, bend(member, dict(variant), job), len(printed) + 1)
            if sheet.content.variant != variant:  # the insurer file decides it
                continue
            one = _hung(bench, sheet, member, name, declared, len(printed) * layout.file.pages)
            hung.append(one)
            printed += [sheet] if one.first_page is not None else []
    if printed:
        print_pieces(bench, [(n, [sheet]) for n, sheet in enumerate(printed, 1)], sheets, inserted=False)
    return Wall(layout, job, sheets, tuple(hung))


def about(wall: Wall, said: Words) -> str:
    """Say in one line what hangs on a wall."""
    counts = {"variants": wall.variants, "members": len({hung.member for hung in wall.hung}), "sheets": len(wall.hung)}
    envelope = wall.job.insurer.envelope
    across, down = travel(wall.layout.file, envelope)
    slides = {"envelope": envelope.name, "across": f"{across:g}", "down": f"{down:g}"}
    return said.say("wall_about", insurer=wall.job.insurer.name, **counts, **slides)


def figures(wall: Wall, said: Words) -> Iterator[Figure]:
    """Yield every page that hangs on a wall, with what stands beside it."""
    pages = wall.layout.file.pages
    for hung in wall.hung:
        sheet = said.say("wall_sheet", member=said.say(f"member_{hung.member}"), variant=said.variant(hung.variant))
        if hung.held:
            sheet += f"　{said.say('wall_stopped', codes=said.join(hung.held))}"
        for number in range(1, pages + 1):
            caption = sheet if pages == 1 else said.say("wall_side", sheet=sheet, page=number, pages=pages)
            page = None if hung.first_page is None else hung.first_page + number - 1
            yield Figure(caption, on_page(hung.shapes, number), page)


def _members(job: Job) -> Iterator[tuple[str, Member | Held]]:
    """Read the members; one that the job holds is not on its sheets."""
    for name in MEMBERS:
        path = find_example(f"members/{name}.toml", job.pack)
        assert path is not None  # noqa: S101 - ours has all of them
        try:
            yield name, load_member(path, job)
        except Held as held:
            yield name, held


def _regions_of(bench: Bench, variant: Variant) -> Mapping[str, Region]:
    """Return the regions that the sheets of a variant have."""
    from renderer.layout.boxes import Boxes
    from renderer.layout.compiling import compile_sheet
    from renderer.layout.engine import one_thread

    with one_thread():
        plate, pages = compile_sheet(bench.layout, variant, bench.fixed)
        return Declared(bench.layout.file).regions_of(Boxes(pages, plate.calls))


def _sheet(job: Job, member: Member, sequence: int) -> Sheet:
    (sheet,) = sheets_of(job, make_piece(sequence, (member,), job.mailing), sequence)
    return sheet


def _hung(bench: Bench, sheet: Sheet, member: Member, name: str, declared: tuple[Shape, ...], first_page: int) -> Hung:
    content = sheet.content
    plate = bench.compile(content.variant)
    findings, _ = examine(bench.job, bench.ruler, plate, member, content.values)
    labels = {slot: field.label for slot, field in bench.layout.document.fields.items()}
    shapes = (*declared, *slot_shapes(plate, content.values, labels, bench.ruler))
    if findings:
        return Hung(content.variant, name, shapes, held=_codes(Held(findings)))
    return Hung(content.variant, name, shapes, first_page)


def _codes(held: Held) -> tuple[str, ...]:
    return tuple(dict.fromkeys(finding.code for finding in held.findings))
