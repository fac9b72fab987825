"""What a person judges of compared files, and what is judged together."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from renderer.proof.pixels import Box
from renderer.review.judged import FilePair, Told, before_box, groups, items
from renderer.review.records import ChangeRecord

MOVED = ChangeRecord(
    kind="text-moved",
    page=1,
    golden_page=1,
    record=None,
    box=Box(20, 30, 40, 5),
    before="山田　太郎",
    after="山田　太郎",
    vector=(0.0, -1.0),
    region="card",
    slot=None,
    group=None,
    ignored_by=None,
    sentence="「山田　太郎」 moved 1.00 mm up",
)
CHANGED = replace(MOVED, kind="text-changed", before="発行", after="交付", vector=None, region=None)


def pair(*records: ChangeRecord, name: str = "notice/typical") -> FilePair:
    return FilePair(name, Path("golden.pdf"), Path("new.pdf"), records)


def grouped(*pairs: FilePair) -> list[list[str]]:
    found = list(items(pairs))
    return [[found[at].pair.name for at in group] for group in groups(found)]


def test_a_page_is_one_item_with_all_its_changes() -> None:
    (first, second) = items([pair(MOVED, CHANGED, replace(MOVED, page=2, golden_page=2))])
    assert (first.kind, first.page, len(first.told)) == ("page", 1, 2)
    assert (second.page, len(second.told)) == (2, 1)


def test_pages_that_are_gone_or_new_and_the_file_as_a_whole_are_items() -> None:
    gone = replace(CHANGED, kind="page-gone", page=None, golden_page=3)
    new = replace(CHANGED, kind="page-new", page=4, golden_page=None)
    outline = replace(CHANGED, kind="outline-changed", page=None, golden_page=None, box=None)
    assert [item.kind for item in items([pair(gone, new, outline)])] == ["page-gone", "page-new", "file"]


def test_a_file_of_other_bytes_and_one_without_a_golden_are_items() -> None:
    missing = FilePair("notice/new", None, Path("new.pdf"), pages=2)
    unsigned = FilePair("notice/both", Path("golden.pdf"), Path("new.pdf"), pages=1, missing="unsigned")
    assert [(item.kind, item.page) for item in items([pair(), missing, unsigned])] == [
        ("file", None),
        ("golden-missing", 1),
        ("golden-missing", 2),
        ("golden-unsigned", 1),
    ]


def test_what_a_rule_passes_over_is_judged_by_nobody_and_shown_last() -> None:
    ignored = replace(CHANGED, ignored_by="seal")
    assert list(items([pair(ignored)])) == []
    (item,) = items([pair(ignored, MOVED)])
    assert [told.is_ignored for told in item.told] == [False, True]


def test_records_of_one_number_are_told_as_one() -> None:
    together = [replace(MOVED, group=7), CHANGED, replace(MOVED, kind="rule-moved", group=7)]
    (item,) = items([pair(*together)])
    assert [dict(told.kinds) for told in item.told] == [{"text-moved": 1, "rule-moved": 1}, {"text-changed": 1}]


def test_the_same_change_of_other_people_is_one_group_and_the_smallest_comes_first() -> None:
    other_name = replace(MOVED, before="佐藤", after="佐藤", box=Box(22, 30, 20, 5))
    pairs = [pair(MOVED, name="a"), pair(other_name, name="b"), pair(CHANGED, name="c")]
    assert grouped(*pairs) == [["c"], ["a", "b"]]


def test_what_has_more_than_is_told_is_of_no_group() -> None:
    found = list(items([pair(MOVED, name=name) for name in "abc"]))
    assert groups(found, alone={1}) == [[1], [0, 2]]


def test_changes_that_are_only_alike_are_groups_of_their_own() -> None:
    others = [
        replace(MOVED, vector=(0.0, -1.01)),
        replace(MOVED, region="head"),
        replace(MOVED, kind="rule-moved"),
        replace(MOVED, slot="name"),
        CHANGED,
        replace(CHANGED, after="交附"),
        replace(CHANGED, box=Box(20, 30.2, 40, 5)),
    ]
    assert len(grouped(pair(MOVED), *(pair(other) for other in others))) == 1 + len(others)
    assert len(grouped(pair(MOVED), pair(MOVED, CHANGED))) == 2


def test_other_bytes_and_missing_goldens_are_never_judged_together() -> None:
    missing = [FilePair(name, None, Path("new.pdf")) for name in ("c", "d")]
    assert grouped(pair(name="a"), pair(name="b"), *missing) == [["a"], ["b"], ["c"], ["d"]]


def test_the_place_of_a_change_is_where_it_was_and_where_it_is() -> None:
    assert before_box(MOVED) == Box(20, 31, 40, 5)
    assert before_box(replace(MOVED, kind="text-new", vector=None)) is None
    assert Told((MOVED,)).box == Box(20, 30, 40, 6)
    assert Told((replace(MOVED, box=None),)).box is None
