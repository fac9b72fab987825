"""What a page wishes to see → the layout, the job and the person that it is about, read and in order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from renderer.desk.examples import load_example
from renderer.intake.jobfile import check_title, load_job
from renderer.layout.load import Fixed, Layout, check_document, load_layout
from renderer.mailing.sheets import fixed_of
from renderer.model.errors import BadLayout
from renderer.model.job import Job
from renderer.model.sums import sum_of_all, sum_of_file
from renderer.model.variant import Variant, spelled
from renderer.running.words import words
from renderer.studio.parts import Choice, Fact, Words
from renderer.studio.people import FIRST_SHOWN
from renderer.studio.problems import Files
from renderer.studio.switches import switched

_FACTS: Mapping[str, Words] = {
    "relation": Words(ja="続柄", en="relation"),
    "my_number": Words(ja="個人番号", en="My Number"),
    "ratio": Words(ja="負担割合", en="ratio"),
    "limit": Words(ja="限度額区分", en="limit class"),
    "loss": Words(ja="資格喪失予定日", en="loss of qualification"),
}
"""What people call the facts of our documents; those of a pack's go by their names."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be shown."""

    layout: Path
    """The layout's folder."""
    pack: Path | None = None
    job: Path | None = None
    """None is the example job of the layout's document."""
    switches: tuple[tuple[str, str], ...] = ()
    variant: Variant = ()
    """The facts that were chosen; () is whatever variant the member is of."""
    member: str = FIRST_SHOWN
    reference: bool = False
    """Whether WeasyPrint is to draw it."""


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """What a wish is about."""

    layout: Layout
    made_of: str
    """The layout's digest."""
    given: Job
    """As its file has it."""
    job: Job
    """With the switches."""
    fixed: Fixed
    fixed_sum: str
    """Of all that the job decides of a plate."""

    @property
    def files(self) -> tuple[Path, ...]:
        """What is read beside the layout's folders, and decides how the sheet looks."""
        return _files_of(self.given)

    @property
    def places(self) -> Files:
        """Where the files lie that a sentence may name."""
        return Files(self.layout.folders, self.files)


def _files_of(job: Job) -> tuple[Path, ...]:
    optional = (job.insurer.seal, job.insurer.gaiji_font, job.insurer.gaiji_table)
    return (job.path, job.insurer_file, *filter(None, optional))


def files_of(wish: Wish) -> tuple[Path, ...]:
    """Return what is read for a wish beside the layout's folders.

    :raises BadLayout, BadJob: as ``read_scene``.
    """
    return _files_of(_given(wish, load_layout(wish.layout, wish.pack)))


def _given(wish: Wish, layout: Layout) -> Job:
    return load_job(wish.job, pack=wish.pack) if wish.job else load_example(layout.document.name, wish.pack)


def read_scene(wish: Wish) -> Scene:
    """Read what a wish is about.

    :raises BadLayout, BadJob: with what is wrong.
    """
    layout = load_layout(wish.layout, wish.pack)
    if not layout.document.is_of_members:
        raise BadLayout(f"{layout.name}: no member file prints {layout.document.name}, and the studio shows members")
    given = _given(wish, layout)
    check_document(given, layout)
    job = switched(given, dict(wish.switches), layout.file.titles)
    check_title(job, layout.file.titles)
    fixed = fixed_of(job)
    insurer = fixed.insurer
    pictures = [sum_of_file(path) if path else "" for path in (insurer.seal, insurer.gaiji_font, insurer.gaiji_table)]
    return Scene(layout, layout.digest(), given, job, fixed, sum_of_all([repr(fixed), *pictures]))


def variants_of(layout: Layout) -> tuple[tuple[str, Words], ...]:
    """Return all variants of a layout: how each is spelled, and what people call it."""
    return tuple((spelled(variant), label_of(variant)) for variant in layout.variants())


def label_of(variant: Variant) -> Words:
    """Say what people call a variant, or a fact of one."""
    return Words(ja=words("ja").variant(variant), en=words("en").variant(variant))


def facts_of(layout: Layout, variant: Variant) -> tuple[Fact, ...]:
    """Return the facts that choose among the variants of a layout, as one of them has them."""
    return tuple(
        Fact(
            name=name,
            label=_FACTS.get(name, Words(ja=name, en=name)),
            choices=tuple(Choice(value=one, label=label_of(((name, one),))) for one in layout.document.facts[name]),
            value=value,
        )
        for name, value in variant
    )
