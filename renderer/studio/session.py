"""Files that change and pages that ask → what is shown, and the messages that tell it, newest first.

One sheet is made at a time, in a worker process. A newer save, or another wish, leaves the older task; the third in a
row is let finish, so that whoever saves all the while sees something. What was read while a file was being saved is not
told: when a sheet is made its files must be those it was made of, and quiet. Another worker does what can wait.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Coroutine, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path

from pydantic import BaseModel

from renderer.model.errors import RunStopped
from renderer.model.variant import parsed, spelled
from renderer.studio import people
from renderer.studio.background import Background
from renderer.studio.files import SETTLE, content_of, events, folders_of, last_saved
from renderer.studio.messages import (
    AskGoldens,
    AskWall,
    Commit,
    Compiling,
    Failed,
    Hello,
    Message,
    Move,
    NotShown,
    Refused,
    Show,
    Undo,
)
from renderer.studio.parts import Fact, Problem, Variant, Words
from renderer.studio.pictures import Pictures
from renderer.studio.refusals import Refusal, Why
from renderer.studio.scenes import Wish, files_of
from renderer.studio.shown import Shown, kept_inks, nothing
from renderer.studio.sitting import Sitting
from renderer.studio.stage import Drawn, NotMade, NotThere, Sheet, Stage
from renderer.studio.uncommitted import uncommitted
from renderer.studio.walls import Wall
from renderer.studio.workers import Died, Left, Worker

MOST_LEFT = 2
"""Tasks in a row that are left for a newer one; the next is let finish."""


_WHEN_MENDED = Words(
    ja="いまのファイルは組めません。この人は、直して保存すると出ます。",
    en="the files as they are cannot be laid out; this person is shown when they are mended and saved",
)


class Listener:
    """One page that is told of everything."""

    def __init__(self) -> None:
        self.messages: asyncio.Queue[BaseModel] = asyncio.Queue()


class Session:
    """One layout at work."""

    def __init__(self, wish: Wish, goldens: Path) -> None:
        """Begin with a wish, and a folder of goldens; ``run`` does the rest."""
        self.pictures = Pictures()
        self._wish = wish
        self._listeners: set[Listener] = set()
        self._members = people.choices()
        self._folders = folders_of(wish.layout, wish.pack)
        self._files: tuple[Path, ...] = (wish.job,) if wish.job else ()
        self._content = ""
        self._event_at = self._since = 0.0
        self._newer = asyncio.Event()
        self._stop = asyncio.Event()
        self._revision = 0
        self._left = 0
        self._asked_by: Listener | None = None
        self._answers: set[asyncio.Task[None]] = set()
        self.shown: Shown = nothing(wish)
        key = secrets.token_bytes()
        self._front = Worker(partial(Stage, key))
        behind = Worker(partial(Stage, key), patience=5)
        self._background = Background(behind, self)
        self._wall = Wall(behind, self)
        self.sitting = Sitting(wish.layout, wish.pack, goldens, self.tell)

    async def run(self) -> None:
        """Watch and make, until it is told to end."""
        with suppress(RunStopped, OSError):  # the first sheet tells it
            self._files = await asyncio.to_thread(files_of, self._wish)
        self._content = self._now()
        self._since = asyncio.get_running_loop().time()
        self._newer.set()
        async with asyncio.TaskGroup() as tasks:
            for work in (self._watch(), self._make(), self._background.run(), self._wall.run(), self.sitting.run()):
                tasks.create_task(work)

    def end(self) -> None:
        """End all workers."""
        self._stop.set()
        self._front.end()
        self._background.end()
        self.sitting.end()

    def join(self) -> Listener:
        """Let one more page hear."""
        listener = Listener()
        self._listeners.add(listener)
        return listener

    @property
    def is_watched(self) -> bool:
        """Whether any page hears."""
        return bool(self._listeners)

    def leave(self, listener: Listener) -> None:
        """Tell a page nothing any more."""
        self._listeners.discard(listener)

    def tell(self, message: BaseModel) -> None:
        """Tell every page."""
        for listener in self._listeners:
            listener.messages.put_nowait(message)

    def update(self, revision: int, **news: object) -> bool:
        """Take up what came in later about what is shown; False where another revision is shown by now."""
        if revision != self.shown.revision:
            return False
        self.shown = replace(self.shown, **news)  # type: ignore[arg-type]
        return True

    def hear(self, message: Message, listener: Listener) -> None:
        """Do what a page asks."""
        match message:
            case Hello():
                self._greet(message, listener)
            case Show():
                self._show(message, listener)
            case Move() | Undo():
                self._answer(self._nudge(message, listener))
            case AskWall():
                listener.messages.put_nowait(self._wall.ask(message.visible))
            case AskGoldens():
                self.sitting.ask(self.shown.revision, self.shown.content)
            case Commit():
                self._answer(self.sitting.commit(message, listener.messages.put_nowait))

    def _greet(self, hello: Hello, listener: Listener) -> None:
        if hello.have is None or hello.have != self.shown.revision:
            listener.messages.put_nowait(self.shown.snapshot(self._members))

    def _show(self, show: Show, listener: Listener) -> None:
        wish, sheet = self._wish, self.shown.sheet
        variant = parsed(show.variant or "")
        if wrong := [*_unknown(variant, sheet.facts), *_unknown((show.job or {}).items(), sheet.job)]:
            said = Words(
                ja=f"{'、'.join(wrong)} という選択はありません", en=f"there is no {', '.join(wrong)} to choose"
            )
            listener.messages.put_nowait(NotShown(why=said))
            return
        if show.variant is not None:
            wish = replace(wish, variant=tuple({**dict(parsed(sheet.variant)), **dict(variant)}.items()))
        if show.member is not None:
            keeps = show.variant is not None or show.member in people.EXAMPLES
            wish = replace(wish, member=show.member, variant=wish.variant if keeps else ())
        if show.job is not None:
            wish = replace(wish, switches=tuple({**dict(wish.switches), **show.job}.items()))
        if show.reference is not None:
            wish = replace(wish, reference=show.reference)
        self._asked_by = listener
        self._want(wish)

    def _answer(self, work: Coroutine[None, None, None]) -> None:
        """Do what takes a while beside all else."""
        task = asyncio.get_running_loop().create_task(work)
        self._answers.add(task)
        task.add_done_callback(self._answers.discard)

    async def _nudge(self, asked: Move | Undo, listener: Listener) -> None:
        shown = self.shown
        try:
            if isinstance(asked, Move):
                task = ("move", asked, shown.revision, shown.failing is not None)
                answer = await self._front.do(*task, may_be_left=not asked.write)
            else:
                answer = await self._front.do("undo", asked, may_be_left=False)
        except (Left, Died, RunStopped):  # what was good is wrong by now: the next sheet tells that
            why = Refusal(Why.CHANGED, file=shown.sheet.layout.name).words
            answer = Refused(move=getattr(asked, "move", None), write_id=getattr(asked, "write_id", None), why=why)
        listener.messages.put_nowait(answer)

    def _want(self, wish: Wish) -> None:
        if wish == self._wish:
            return
        self._wish = wish
        self._content = self._now()  # what is read for it, is read now
        self._since = asyncio.get_running_loop().time()
        self._hurry()

    def _hurry(self) -> None:
        """Begin anew with what is newest; what is under way is left, but not always."""
        self._newer.set()
        if self._left < MOST_LEFT:
            self._front.leave()

    async def _watch(self) -> None:
        async for _ in events(self._folders, self._files, self._stop):
            content = self._now()
            if content != self._content:
                loop = asyncio.get_running_loop()
                self._content, self._event_at = content, loop.time()
                self._since = self._event_at
                self._hurry()

    def _now(self) -> str:
        return content_of(self._folders, self._files)

    async def _make(self) -> None:
        while not self._stop.is_set():
            await self._newer.wait()
            self._newer.clear()
            await self._make_one()
            if not self._newer.is_set():
                with suppress(Left, Died, RunStopped):
                    await self._front.do("prepare_moves")

    async def _make_one(self) -> None:
        wish, content, since = self._wish, self._content, self._since
        self._revision += 1
        self.tell(Compiling(revision=self._revision, last_good=self.shown.revision))
        self._wall.pause()
        self._background.pause()
        git = asyncio.create_task(asyncio.to_thread(uncommitted, wish.layout))
        try:
            made: Sheet | NotMade | NotThere = await self._front.do("show", wish, early=self._draw)
        except Left:
            self._left += 1
            return
        except Died as died:
            return self._fail((_died(died),), await git)
        if await self._is_half_saved(content) and not (self._left >= MOST_LEFT and isinstance(made, Sheet)):
            self._left += 1
            self._newer.set()
            return
        self._left = 0
        if isinstance(made, Sheet):
            self._publish(made, wish, since, await git)
        elif isinstance(made, NotMade):
            if isinstance(made.last_good, Sheet):
                self._show_on_last_good(made.last_good, wish)
            self._fail(made.problems, await git)
            self._say_who_is_not_shown(wish, made.last_good)
        else:
            self._refuse(made)

    def _draw(self, drawn: Drawn) -> None:
        """Draw the pages of a sheet while its boxes are found."""
        names = tuple(page.picture for page in drawn.pages)
        self.pictures.keep(drawn.pdf, names)
        for name in names:
            self._answer(asyncio.to_thread(self.pictures.expected, name))

    async def _is_half_saved(self, content: str) -> bool:
        """Wait until nothing was saved for a while; whether what was read is otherwise by then."""
        loop = asyncio.get_running_loop()
        while (quiet := self._event_at + SETTLE - loop.time()) > 0:
            await asyncio.sleep(quiet)
        return self._now() != content

    def _publish(self, sheet: Sheet, wish: Wish, since: float, not_committed: tuple[str, ...]) -> None:
        before = self.shown
        if sheet.files != self._files:  # those are watched from now on, and what they were is not known
            self._files, self._content = sheet.files, content_of(self._folders, sheet.files)
            self._newer.set()
        is_same_layout = before.content == self._content and before.switches == wish.switches
        self.shown = Shown(
            revision=self._revision,
            sheet=replace(sheet, shapes=(*sheet.shapes, *kept_inks(sheet, before.sheet))),
            content=self._content,
            switches=wish.switches,
            member=wish.member,
            reference=wish.reference,
            seconds=round(asyncio.get_running_loop().time() - since, 3),
            saved=last_saved(self._folders, self._files),
            variants=tuple(self._variants(sheet, before)),
            slow=before.slow if is_same_layout else (),
            linted=before.linted and is_same_layout,
            held=before.held,
            uncommitted=not_committed,
        )
        self.tell(self.shown.change_from(before))
        self._background.begin(wish, self.shown)
        self._wall.begin(wish, self.shown)

    def _variants(self, sheet: Sheet, before: Shown) -> Iterable[Variant]:
        """Say how each variant stands: the one that is shown is true, the others are as they were before."""
        known: Mapping[str, Variant] = {variant.key: variant for variant in before.variants}
        for key, label in sheet.variants:
            if key == sheet.variant:
                yield Variant(
                    key=key,
                    label=label,
                    state="held" if sheet.drawn.is_held else "fresh",
                    revision=self._revision,
                    pictures=tuple(page.picture for page in sheet.drawn.pages),
                )
            elif key in known:
                yield known[key].model_copy(update={"state": "stale", "label": label})
            else:
                yield Variant(key=key, label=label, state="building")

    def _fail(self, problems: tuple[Problem, ...], not_committed: tuple[str, ...]) -> None:
        self.shown = replace(self.shown, failing=self._revision, wrong=problems, uncommitted=not_committed)
        message = Failed(
            revision=self._revision,
            last_good=self.shown.revision,
            problems=self.shown.problems,
            uncommitted=not_committed,
        )
        self.tell(message)

    def _show_on_last_good(self, sheet: Sheet, wish: Wish) -> None:
        """Show somebody else on the last good sheet: its revision stays."""
        before = self.shown
        self._draw(sheet.drawn)
        self.shown = replace(before, sheet=sheet, member=wish.member, reference=False)
        self.tell(self.shown.change_from(before))

    def _say_who_is_not_shown(self, wish: Wish, last_good: Sheet | NotThere | None) -> None:
        """Say once to who asked for somebody why another is seen."""
        listener, self._asked_by = self._asked_by, None
        if listener is None or wish.member == self.shown.member:
            return
        why = last_good.why if isinstance(last_good, NotThere) else _WHEN_MENDED
        listener.messages.put_nowait(NotShown(why=why))

    def _refuse(self, made: NotThere) -> None:
        """Say to who asked why it cannot be shown; what is shown stays."""
        if self._asked_by is not None:
            self._asked_by.messages.put_nowait(NotShown(why=made.why))
        self._wish = replace(self._wish, member=self.shown.member, variant=parsed(self.shown.sheet.variant))
        # It was asked for while a save was waiting, or what was wrong has been taken back meanwhile: look once more.
        if self.shown.content != self._content or self.shown.failing is not None:
            self._newer.set()
        elif self.shown.revision and self.shown.failing is None:
            self._background.begin(self._wish, self.shown)
            self._wall.begin(self._wish, self.shown)


def _unknown(chosen: Iterable[tuple[str, str]], facts: Iterable[Fact]) -> Iterator[str]:
    known = {(fact.name, choice.value) for fact in facts for choice in fact.choices}
    return (spelled((one,)) for one in chosen if one not in known)


def _died(died: Died) -> Problem:
    return Problem(
        severity="refused",
        code="worker-died",
        sentence=Words(
            ja=f"組版の途中で止まりました（{died}）。保存し直すと、もう一度組みます。",
            en=f"the process that lays out stopped ({died}); save again, and it is tried once more",
        ),
    )
