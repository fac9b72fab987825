"""What changed becomes a record of each change, named by the region and the slot where it was."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest

from renderer.desk.choice import load_member
from renderer.desk.draw import draw_sheet
from renderer.desk.examples import LONGEST, copy_layout, load_example
from renderer.layout.load import load_layout
from renderer.proof.pixels import Box
from renderer.review.changes import changes
from renderer.review.content import Content, reading
from renderer.review.paints import BLACK, Paint
from renderer.review.places import NamedPlace, named_places
from renderer.review.recording import Recorder
from renderer.review.records import ChangeRecord
from renderer.review.shapes import Mark
from renderer.review.texts import Look, Text
from renderer.running.bench import Bench

CARD = NamedPlace("card", False, 1, Box(100, 200, 85.6, 54))
NAME = NamedPlace("name", True, 1, Box(103, 215, 60, 6))


def text(words: str, x: float, y: float, paint: Paint = BLACK) -> Text:
    return Text(words, Box(x, y, 20, 4), (Look(paint, 12.0),), y + 3.5)


GOLDEN = Content(
    (text("氏名", 20, 50), text("資格情報", 103, 203), text("見本　花子", 103, 216)),
    (Mark("frame", Box(100, 200, 85.6, 54), 0.2, BLACK), Mark("rule", Box(103, 225, 70, 0.2), 0.2, BLACK)),
)


def recorded(new: Content, *places: NamedPlace) -> list[ChangeRecord]:
    return list(Recorder(3, 2, GOLDEN, places).records(changes(GOLDEN, new), count(7)))


def shifted(content: Content, by: float, chosen: Callable[[Box], bool]) -> Content:
    def down(box: Box) -> Box:
        return replace(box, y=box.y + by) if chosen(box) else box

    def down_text(each: Text) -> Text:
        box = down(each.box)
        return replace(each, box=box, baseline=box.y + 3.5)

    return Content(
        tuple(map(down_text, content.texts)), tuple(replace(mark, box=down(mark.box)) for mark in content.marks)
    )


def test_a_card_that_moved_is_one_group_with_the_name_of_its_region() -> None:
    found = recorded(shifted(GOLDEN, -1, lambda box: box.y > 100), CARD, NAME)
    assert {record.sentence for record in found} == {
        "page 3: the card moved 1.00 mm up: a frame, 2 texts and a rule, now 85.6 × 54.0 mm at 100.0, 199.0: "
        "「資格情報」, 「見本　花子」"
    }
    assert [(record.kind, record.region, record.slot, record.group) for record in found] == [
        ("text-moved", "card", None, 7),
        ("text-moved", "card", "name", 7),
        ("frame-moved", "card", None, 7),
        ("rule-moved", "card", None, 7),
    ]
    assert {record.vector for record in found} == {(0.0, -1.0)}


def test_a_part_of_a_card_that_moved_is_not_the_card() -> None:
    (found, _) = recorded(shifted(GOLDEN, 0.5, lambda box: box.y > 210), CARD)
    assert found.sentence.startswith("page 3: a text and a rule moved together 0.50 mm down, now 70.0 × ")
    assert found.sentence.endswith(": 「見本　花子」 (card)")


def test_a_text_that_became_another_is_told_with_its_slot() -> None:
    (found,) = recorded(replace(GOLDEN, texts=(*GOLDEN.texts[:2], text("見本　太郎", 103, 216))), CARD, NAME)
    assert found == ChangeRecord(
        kind="text-changed",
        page=3,
        golden_page=2,
        record=None,
        box=Box(103, 216, 20, 4),
        before="見本　花子",
        after="見本　太郎",
        vector=(0.0, 0.0),
        region="card",
        slot="name",
        group=None,
        ignored_by=None,
        sentence="page 3: 「見本　花子」 became 「見本　太郎」: 20.0 × 4.0 mm at 103.0, 216.0 (card: name)",
        ink=None,
    )


@pytest.mark.parametrize(
    ("paint", "after", "difference"),
    [
        (Paint("grey", (0.01,)), "grey of 99 %", 0.01),
        (Paint("cmyk", (0, 0, 0, 1)), "black of 1 ink (C 0 M 0 Y 0 K 100)", None),
        (replace(BLACK, overprint="overprinting"), "black of 1 ink, overprinting", None),
    ],
)
def test_an_ink_that_changed_says_by_how_much(paint: Paint, after: str, difference: float | None) -> None:
    (found,) = recorded(replace(GOLDEN, texts=(text("氏名", 20, 50, paint), *GOLDEN.texts[1:])))
    assert (found.before, found.after, found.ink) == ("black of 1 ink", after, difference)


def test_what_is_gone_has_no_after_and_what_came_no_before() -> None:
    (gone,) = recorded(replace(GOLDEN, texts=GOLDEN.texts[1:]))
    assert (gone.kind, gone.before, gone.after, gone.vector) == ("text-gone", "氏名", None, None)
    (came,) = recorded(replace(GOLDEN, texts=(*GOLDEN.texts, text("控", 180, 280))))
    assert (came.kind, came.before, came.after, came.vector) == ("text-new", None, "控", None)


def test_lengths_say_what_became_of_a_mark() -> None:
    (found,) = recorded(
        replace(GOLDEN, marks=(GOLDEN.marks[0], replace(GOLDEN.marks[1], box=Box(103, 225, 69.96, 0.2))))
    )
    assert (found.kind, found.before, found.after) == (
        "rule-resized",
        "70.00 × 0.20 mm at 103.00, 225.00",
        "69.96 × 0.20 mm at 103.00, 225.00",
    )


def test_a_card_of_a_layout_that_a_designer_moved_is_told_by_its_name(tmp_path: Path) -> None:
    own, job = load_layout("eligibility_notice"), load_example("eligibility_notice", outbox=tmp_path / "outbox")
    copy_layout(own, tmp_path / "moved")
    style = tmp_path / "moved" / "_shared" / "card.css"
    style.write_text(style.read_text("utf-8").replace(".card { top: 233mm", ".card { top: 232mm"), "utf-8")
    member = load_member(LONGEST, job)
    drawn = draw_sheet(job, own, member, tmp_path / "golden.pdf")
    draw_sheet(job, load_layout(tmp_path / "moved"), member, tmp_path / "new.pdf")
    places = named_places(own, [Bench(job, own).compile(drawn.variant)])
    with reading(tmp_path / "golden.pdf") as golden, reading(tmp_path / "new.pdf") as new:
        before, after = golden.content(0), new.content(0)
    found = list(Recorder(1, 1, before, places).records(changes(before, after), count(1)))
    (sentence,) = {record.sentence for record in found}
    assert sentence.startswith("page 1: the card moved 1.00 mm up: ")
    slots = {record.slot for record in found if record.slot}
    assert {"kana", "name", "born_on", "certified_on"} <= slots <= set(own.file.regions["card"].slots)
    assert {record.group for record in found} == {1}
