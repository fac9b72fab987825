"""What a page wishes to see → the sheet as it will be printed, its boxes, overlays and problems, or all that is wrong.

This is done in a worker process, which keeps what it has compiled: only what a change touches is laid out again. The
press fills the sheet and is asked whether its values fit; the proof, which a run makes of every file, is not made here.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from renderer.desk.choice import bend, saying
from renderer.desk.examples import REALISTIC
from renderer.desk.lint import Linted, lint, lint_quickly
from renderer.desk.overlays import declared_shapes, slot_shapes, travel
from renderer.documents.document import Content
from renderer.layout.reference import reference_pdf
from renderer.layout.widths import load_realistic
from renderer.mailing.pieces import make_piece
from renderer.mailing.sheets import examine, gaiji_of, sheets_of
from renderer.model.errors import BadJob, BadLayout, RunStopped
from renderer.model.findings import Finding, Held, Language
from renderer.model.member import Member
from renderer.model.paper import A4, PAGE
from renderer.model.variant import Variant, parsed, spelled
from renderer.press.press import PrintFile
from renderer.press.ruler import Ruler
from renderer.studio import problems
from renderer.studio.compiled import Compiled, CompiledVariants, page_name
from renderer.studio.files import folders_of
from renderer.studio.forecast import forecast
from renderer.studio.inks import other_inks
from renderer.studio.messages import Held as WouldBeHeld
from renderer.studio.messages import Move, Planned, Refused, Undo, Undone, Wrote
from renderer.studio.moves import Planner
from renderer.studio.nudging import Nudging
from renderer.studio.parts import Box, Fact, LayoutFacts, Page, Problem, Shape, VariantState, Words
from renderer.studio.people import EXAMPLES, Person, find_person, realistic_values, said_on
from renderer.studio.problems import Files
from renderer.studio.refusals import Refusal, Why
from renderer.studio.scenes import Scene, Wish, facts_of, read_scene, variants_of
from renderer.studio.setting import fitted, grid, told
from renderer.studio.switches import switches_of

Realistic = Mapping[str, Sequence[str]]
"""Slot → what realistic people have there."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """The pages of a sheet, as far as its values can be set."""

    pdf: bytes
    pages: tuple[Page, ...]
    is_held: bool
    """Whether a value of it could not be set, and is left out."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """The sheet of a wish."""

    drawn: Drawn
    variant: str
    """Spelled."""
    facts: tuple[Fact, ...]
    layout: LayoutFacts
    job: tuple[Fact, ...]
    boxes: tuple[Box, ...]
    shapes: tuple[Shape, ...]
    problems: tuple[Problem, ...]
    """What holds it, if anything does."""
    variants: tuple[tuple[str, Words], ...]
    """All that there are: how each is spelled, and what people call it."""
    files: tuple[Path, ...]
    """What is read beside the layout's folders."""
    seconds: float
    """Of work."""


@dataclass(frozen=True, slots=True)
class NotMade:
    """All that is wrong with it; there is no sheet of what the files say now."""

    problems: tuple[Problem, ...]
    last_good: Sheet | NotThere | None = None
    """Another person's sheet, of what the files said when they were good; None where that was not laid out for them."""


@dataclass(frozen=True, slots=True)
class Hung:
    """A sheet of the wall."""

    member: str
    """Key of the example."""
    state: VariantState
    pdf: bytes
    pictures: tuple[str, ...]
    """Names of its pages; none where there is no sheet."""
    codes: tuple[str, ...]
    """Of what holds or refuses it."""


@dataclass(frozen=True, slots=True)
class NotThere:
    """Who is to be shown is not there, or the record may not be printed."""

    why: Words
    codes: tuple[str, ...] = ()
    """Of the findings that hold it."""


@dataclass(frozen=True, slots=True, eq=False)
class Said:
    """What stands on a sheet, and on what."""

    variant: Variant
    values: Mapping[str, str]
    compiled: Compiled
    ruler: Ruler
    findings: tuple[Finding, ...]
    """Why some of it cannot be set."""


class Stage:
    """Makes the sheets of one session, one after the other."""

    def __init__(self, key: bytes) -> None:
        """Stand ready; ``key`` hides in the names of pages what is on them."""
        self._key = key
        self._compiled = CompiledVariants()
        self._planner: Planner | None = None
        """Of the last sheet that was good."""
        self._nudging: Nudging | None = None
        self._files: tuple[Path, ...] = ()
        """Those beside the layout's folders."""
        self._good: tuple[Wish, Scene] | None = None
        """The last sheet that was good, or was shown in its place."""
        self._boxes: tuple[Box, ...] = ()
        """Of the last sheet that was good: what is refused since is found on it."""

    def show(self, wish: Wish) -> Generator[Drawn, None, Sheet | NotMade | NotThere]:
        """Make the sheet of a wish; yield its pages as soon as they can be drawn."""
        begun = time.perf_counter()
        try:
            scene = read_scene(wish)
            said = self._said(wish, scene)
            if isinstance(said, NotThere):
                return said
            drawn = self._draw(scene, said, reference=wish.reference)
            yield drawn
            self._good = wish, scene
            return self._sheet(scene, said, drawn, begun)
        except (RunStopped, OSError) as wrong:
            return NotMade(self._wrong(wish, wrong), self._on_last_good(wish, begun))

    def _on_last_good(self, wish: Wish, begun: float) -> Sheet | NotThere | None:
        """Show somebody else while nothing can be laid out, where there is a plate for them from before."""
        if self._good is None or wish == self._good[0] or wish.switches != self._good[0].switches:
            return None
        scene = self._good[1]
        try:
            said = self._said(wish, scene, self._compiled.kept)
        except RunStopped:
            return None
        if isinstance(said, NotThere):
            return said
        self._good = wish, scene
        return self._sheet(scene, said, self._draw(scene, said, reference=False), begun)

    def move(self, asked: Move, revision: int, failing: bool) -> Planned | Wrote | Refused:
        """Plan or write a move of a box of the last sheet that was good."""
        if self._planner is None or self._nudging is None:
            return Refused(move=asked.move, why=Refusal(Why.FAILING).words)
        return self._nudging.move(self._planner, asked, revision, failing=failing)

    def undo(self, asked: Undo) -> Undone | Refused:
        """Take a write of this stage back."""
        if self._nudging is None:
            return Refused(write_id=asked.write_id, why=Refusal(Why.NO_WRITE).words)
        return self._nudging.undo(asked)

    def prepare_moves(self) -> None:
        """Find out what the first move of a sheet takes half a second to find out."""
        if self._planner is not None:
            _ = self._planner.trees

    def draw_variant(self, wish: Wish, variant: str) -> Drawn | NotMade:
        """Draw the sheet of a wish as another variant, spelled."""
        try:
            scene = read_scene(wish)
            said = self._said(replace(wish, variant=parsed(variant)), scene)
            return NotMade(()) if isinstance(said, NotThere) else self._draw(scene, said, reference=wish.reference)
        except (RunStopped, OSError) as wrong:
            return NotMade(self._wrong(wish, wrong))

    def hang(self, wish: Wish, variant: str) -> tuple[Hung, ...]:
        """Draw a variant, spelled, for each member of the examples; not those of whom the job prints another one."""
        sheets = (self._hung(wish, variant, member) for member in EXAMPLES)
        return tuple(one for one in sheets if one is not None)

    def _hung(self, wish: Wish, variant: str, member: str) -> Hung | None:
        try:
            scene = read_scene(wish)
            said = self._said(replace(wish, member=member, variant=parsed(variant)), scene)
            if isinstance(said, NotThere):
                return Hung(member, "held", b"", (), said.codes)
            if spelled(said.variant) != variant:
                return None
            drawn = self._draw(scene, said, reference=False)
        except (RunStopped, OSError) as wrong:
            codes = (problem.code for problem in self._wrong(wish, wrong))
            return Hung(member, "refused", b"", (), tuple(dict.fromkeys(codes)))
        held = tuple(dict.fromkeys(finding.code for finding in said.findings))
        return Hung(member, "held" if held else "fresh", drawn.pdf, tuple(page.picture for page in drawn.pages), held)

    def forecast(self, wish: Wish, revision: int) -> WouldBeHeld:
        """Say what would become of realistic people on the variant of a wish.

        :raises BadLayout, BadJob: as ``show`` found already, or of the variant of the typical person.
        """
        scene = read_scene(replace(wish, member="typical"))
        document = scene.layout.document
        person = find_person("typical", scene.job, document)
        content = _content(scene, bend(person.member, dict(wish.variant), scene.job))
        compiled = self._compiled.compile(scene, content.variant)
        typical = person.member, content.values
        ruler = Ruler(gaiji_of(scene.job))
        return forecast(revision, scene.job, compiled.plate, typical, realistic_values(document), ruler)

    def inks(self, wish: Wish) -> tuple[Shape, ...]:
        """Say where the sheet of a wish has another ink than K.

        :raises BadLayout, BadJob: as ``show`` found already.
        """
        scene = read_scene(wish)
        said = self._said(wish, scene)
        return () if isinstance(said, NotThere) else other_inks(self._draw(scene, said, reference=False).pdf)

    def lint_quickly(self, wish: Wish) -> tuple[Problem, ...]:
        """Look for what would go wrong, on one variant and without a drawing."""
        return self._lint(wish, lambda scene, realistic: lint_quickly(scene.layout, scene.fixed, realistic))

    def lint(self, wish: Wish) -> tuple[Problem, ...]:
        """Look for what would go wrong, on every variant."""
        return self._lint(wish, lambda scene, realistic: lint(scene.layout, scene.fixed, realistic, saying(scene.job)))

    def _lint(self, wish: Wish, look: Callable[[Scene, Realistic], Linted]) -> tuple[Problem, ...]:
        scene = read_scene(wish)
        linted = look(scene, load_realistic(REALISTIC, scene.layout.document))
        said = self._said(wish, scene)
        boxes = () if isinstance(said, NotThere) else self._compiled.boxes(scene, said.variant).boxes
        return tuple(problems.of_lint(linted.faults, scene.layout, scene.places, boxes))

    @staticmethod
    def _person(wish: Wish, scene: Scene) -> Person | NotThere:
        try:
            return find_person(wish.member, scene.job, scene.layout.document)
        except BadJob as nobody:
            return NotThere(Words(ja=str(nobody), en=str(nobody)))
        except Held as held:
            codes = tuple(dict.fromkeys(finding.code for finding in held.findings))
            return NotThere(Words(ja=_why_held(held, "ja"), en=_why_held(held, "en")), codes)

    def _said(
        self, wish: Wish, scene: Scene, compiled_of: Callable[[Scene, Variant], Compiled] | None = None
    ) -> Said | NotThere:
        """Say what stands on the sheet of a wish, and try whether it can; ``compiled_of`` gives its plate."""
        person = self._person(wish, scene)
        if isinstance(person, NotThere):
            return person
        member = bend(person.member, dict(wish.variant), scene.job)
        content = _content(scene, member)
        compiled = (compiled_of or self._compiled.compile)(scene, content.variant)
        values = said_on(compiled.plate, content.values, person.says)
        ruler = Ruler(gaiji_of(scene.job))
        findings, _ = examine(scene.job, ruler, compiled.plate, member, values)
        return Said(content.variant, values, compiled, ruler, tuple(findings))

    def _sheet(self, scene: Scene, said: Said, drawn: Drawn, begun: float) -> Sheet:
        layout, plate = scene.layout, said.compiled.plate
        boxed = self._compiled.boxes(scene, said.variant)
        labels = {slot: field.label for slot, field in layout.document.fields.items()}
        boxes = fitted(boxed.boxes, plate, said.values, said.ruler)
        shapes = (
            *told(declared_shapes(layout.file, boxed.regions, scene.job.insurer.envelope)),
            *told(slot_shapes(plate, said.values, labels, said.ruler)),
            *grid(boxes, plate, layout.file.pages, PAGE),
        )
        self._boxes, self._planner, self._files = boxes, boxed.planner, scene.files
        self._nudging = self._nudging or Nudging(layout)
        return Sheet(
            drawn=drawn,
            variant=spelled(said.variant),
            facts=facts_of(layout, said.variant),
            layout=_facts_of(scene),
            job=switches_of(scene.job, scene.given, layout.file.titles),
            boxes=boxes,
            shapes=shapes,
            problems=tuple(problems.of_sheet(said.findings, boxes)),
            variants=variants_of(layout),
            files=scene.files,
            seconds=time.perf_counter() - begun,
        )

    def _draw(self, scene: Scene, said: Said, *, reference: bool) -> Drawn:
        """Draw it, without the values that cannot be set."""
        compiled, plate, how = said.compiled, said.compiled.plate, "reference" if reference else "press"
        values = {**said.values, **dict.fromkeys(_slots_of(said.findings), "")}
        names = (page_name(self._key, compiled, number, values, how) for number in range(len(plate.pages)))
        pages = (Page(number=number, picture=name, width=A4[0], height=A4[1]) for number, name in enumerate(names, 1))
        if reference:
            pdf = reference_pdf(scene.layout, plate, scene.fixed, values, said.ruler)
        else:
            pdf = _printed(compiled, values, said.ruler)
        return Drawn(pdf, tuple(pages), bool(said.findings))

    def _wrong(self, wish: Wish, wrong: RunStopped | OSError) -> tuple[Problem, ...]:
        files = Files(folders_of(wish.layout, wish.pack), self._files)
        if isinstance(wrong, OSError):
            said, code = f"{Path(wrong.filename or wish.layout).name}: {wrong.strerror}; put it back", "file-missing"
            return problems.refused([said], code, files, self._boxes)
        code = "layout-refused" if isinstance(wrong, BadLayout) else "job-refused"
        sentences = wrong.sentences if isinstance(wrong, BadLayout) else (str(wrong),)
        return problems.refused(sentences, code, files, self._boxes)


def _content(scene: Scene, member: Member) -> Content:
    """Say what a member's sheet says, alone in its envelope."""
    (printed,) = sheets_of(scene.job, make_piece(1, (member,), scene.job.mailing), 1)
    return printed.content


def _printed(compiled: Compiled, values: Mapping[str, str], ruler: Ruler) -> bytes:
    with TemporaryDirectory(prefix="sheet-") as folder:
        path = Path(folder) / "sheet.pdf"
        with PrintFile(path, [compiled.plate], ruler) as file:
            file.add_sheet(compiled.plate, values)
            file.finish(compiled.plate.layout)
        return path.read_bytes()


def _slots_of(findings: Sequence[Finding]) -> set[str]:
    return {str(value) for finding in findings for name, value in finding.parameters if name == "slot"}


def _why_held(held: Held, language: Language) -> str:
    return " ".join(finding.told(language) for finding in held.findings)


def _facts_of(scene: Scene) -> LayoutFacts:
    layout, envelope = scene.layout, scene.job.insurer.envelope
    return LayoutFacts(
        name=layout.name,
        title=scene.job.title,
        document=layout.document.name,
        folder=str(layout.folder),
        envelope=envelope.name,
        travel=travel(layout.file, envelope),
    )
