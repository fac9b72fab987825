"""The functions of the studio's page in a browser: places, keys, messages, words; nothing is served but its files."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route

from renderer.desk.overlay_svg import COLOURS, spread
from renderer.desk.overlays import Look, Overlay
from renderer.studio.page_files import FOLDERS, index, page_files, policy

ADDRESS = "http://studio.test"


@pytest.fixture(scope="module")
def page(browser: Browser) -> Page:
    """The page as it is served, by what it is served by; nothing answers on its socket."""

    def serve(route: Route) -> None:
        path = route.request.url.removeprefix(f"{ADDRESS}/")
        file = page_files().get(path) if path else index("ja")
        if file is None:
            route.fulfill(status=404)
        else:
            headers = {"content-security-policy": policy(), "content-type": file.media_type}
            route.fulfill(status=200, headers=headers, body=file.content)

    page = browser.new_page()
    page.route(f"{ADDRESS}/**", serve)
    page.goto(f"{ADDRESS}/")
    page.locator("#panel-sheet .row").wait_for()
    return page


def ask(page: Page, module: str, expression: str, **given: object) -> Any:
    """Evaluate an expression with the names that a module of the page exports, and with what is given."""
    names = ", ".join(given)
    return page.evaluate(
        f"async ({{ {names} }}) => {{ const it = await import('/page/{module}.js'); return ({expression}); }}", given
    )


PANE = {"width": 800, "height": 600}
VIEW = {"page": 1, "x": 105, "y": 148.5, "scale": 2}


# ---- places and lengths


def test_a_point_of_the_page_is_found_again_from_its_place_in_the_pane(page: Page) -> None:
    both = """[it.toPx(view, pane, [105, 148.5]), it.toPx(view, pane, [115, 128.5]),
        it.toMm(view, pane, it.toPx(view, pane, [33.3, 44.4]))]"""
    middle, other, back = ask(page, "geometry", both, view=VIEW, pane=PANE)
    assert middle == [400, 300]
    assert other == [420, 260]
    assert back == pytest.approx([33.3, 44.4])


def test_the_point_under_the_pointer_stays_while_it_is_zoomed_and_there_are_limits(page: Page) -> None:
    asked = """[0.5, 3, 1e9, 1e-9].map(by => it.zoomAbout(view, by, [120, -70]))
        .map(to => [to.scale, ...it.toMm(to, pane, [520, 230])])"""
    found = ask(page, "geometry", asked, view=VIEW, pane=PANE)
    assert [under for _, *under in found] == [pytest.approx([165, 113.5])] * 4
    assert [round(scale * 25.4 / 96, 3) for scale, *_ in found[2:]] == [32, 0.1]


def test_the_view_is_kept_unless_its_page_is_gone(page: Page) -> None:
    kept = ask(page, "geometry", "it.keepView(view, [{number: 1}, {number: 2}])", view={**VIEW, "page": 2})
    assert kept == {**VIEW, "page": 2}
    assert ask(page, "geometry", "it.keepView(view, [{number: 1}])", view={**VIEW, "page": 2}) == VIEW


def test_a_part_of_a_page_is_taken_in_whole_dots(page: Page) -> None:
    part = {"x": 10.013, "y": 0, "w": 50.17, "h": 297}
    x, y, w, h = ask(page, "geometry", "it.wholeDots(part, 63.5, { width: 210, height: 297 })", part=part)
    dot = 25.4 / 63.5
    assert [x / dot, w / dot] == pytest.approx([25, 126])
    assert (y, h) == (0, 297)


def test_a_whole_page_has_room_beside_it_for_notes(page: Page) -> None:
    asked = "it.inSight(it.wholePage({width: 210, height: 297}, pane), pane, {width: 210, height: 297})"
    for pane in (PANE, {"width": 300, "height": 900}, {"width": 2000, "height": 1000}):
        assert ask(page, "geometry", asked, pane=pane) == {"x": 0, "y": 0, "w": 210, "h": 297}
    left = ask(page, "geometry", "it.toPx(it.wholePage({width: 210, height: 297}, pane), pane, [210, 0])[0]", pane=PANE)
    assert PANE["width"] - left > 110


def box(name: str, x: float, y: float, w: float, h: float, kind: str = "slot", **more: Any) -> dict[str, Any]:
    known = {"id": {"page": 1, "kind": kind, "name": name, "ordinal": 0}, "label": name, "parent": None, "rules": []}
    return {**known, "x": x, "y": y, "w": w, "h": h, **more}


@pytest.mark.parametrize(
    ("one", "other", "found"),
    [
        ((0, 0, 10, 10), (14, 0, 5, 10), [("x", 4)]),
        ((14, 0, 5, 10), (0, 0, 10, 10), [("x", 4)]),
        ((0, 0, 10, 10), (13, 17.5, 5, 5), [("x", 3), ("y", 7.5)]),
        ((20, 20, 10, 10), (10, 15, 30, 40), [("x", 10), ("x", 10), ("y", 5), ("y", 25)]),
        ((0, 0, 10, 10), (0, 10, 10, 10), [("y", 0)]),
    ],
)
def test_gaps_are_from_edge_to_edge(page: Page, one: Any, other: Any, found: list[tuple[str, float]]) -> None:
    gaps = ask(page, "geometry", "it.gaps(one, other)", one=box("a", *one), other=box("b", *other))
    told = [(gap["axis"], gap["mm"]) for gap in gaps]
    assert [each for each in told if each[1] or each in found] == found
    for gap in gaps:
        along = 0 if gap["axis"] == "x" else 1
        assert abs(gap["to"][along] - gap["from"][along]) == pytest.approx(gap["mm"])
        assert gap["from"][1 - along] == gap["to"][1 - along]


@pytest.mark.parametrize("scale", [0.4, 1, 2.6, 3.78, 10, 60, 120])
def test_ticks_of_a_ruler_are_apart_and_labelled_by_round_mm(page: Page, scale: float) -> None:
    ticks = ask(page, "geometry", "it.rulerTicks(origin, scale, 900)", origin=-37.3, scale=scale)
    assert 5 < len(ticks) < 230
    for tick in ticks:
        assert tick["at"] == pytest.approx(-37.3 + tick["mm"] * scale, abs=0.01 * scale)
        assert 0 <= tick["at"] <= 900
    assert all(later["at"] - tick["at"] >= 3.9 for tick, later in pairwise(ticks))
    labels = [tick for tick in ticks if tick["label"]]
    assert len(labels) > 3
    assert all(float(tick["label"]) == tick["mm"] for tick in labels)
    assert all(later["at"] - tick["at"] >= 30 for tick, later in pairwise(labels))


@pytest.mark.parametrize("heights", [[], [5], [5, 6, 7], [90, 91, 92, 93], [0, 50, 51, 99, 100], [100] * 12])
def test_notes_stand_apart_as_on_the_wall(page: Page, heights: list[float]) -> None:
    assert ask(page, "geometry", "it.spreadNotes(heights, 7, 100)", heights=heights) == spread(heights, 7, 100)


# ---- selecting


CARD = box("card", 100, 200, 80, 50, "region")
BOXES = [
    box("body", 20, 20, 170, 250, "region"),
    CARD,
    box("p.lead", 105, 205, 60, 20, "fixed", parent=CARD["id"]),
    box("name", 110, 212.4, 30, 6, parent=CARD["id"]),
    box("symbol", 145, 211.6, 20, 6, parent=CARD["id"]),
    box("born_on", 110, 220, 30, 6, parent=CARD["id"]),
]


def test_a_click_takes_the_innermost_and_the_next_one_what_lies_below(page: Page) -> None:
    hit = "it.boxesAt(boxes, 1, [115, 215])"
    names = ask(page, "selection", f"{hit}.map(box => box.id.name)", boxes=BOXES)
    assert names == ["name", "p.lead", "card", "body"]
    asked = f"""[null, 'name', 'p.lead', 'card', 'body', 'elsewhere']
        .map(name => boxes.find(box => box.id.name === name)?.id ?? null)
        .map(selected => it.clicked({hit}, selected).id.name)"""
    assert ask(page, "selection", asked, boxes=BOXES) == ["name", "p.lead", "card", "body", "name", "name"]
    assert ask(page, "selection", "it.boxesAt(boxes, 2, [115, 215])", boxes=BOXES) == []
    assert ask(page, "selection", "it.clicked([], null)") is None


def test_a_frame_around_all_of_a_region_does_not_hide_it(page: Page) -> None:
    frame = box("svg.cut", 100, 200, 80, 50, "fixed", parent=CARD["id"])
    names = ask(page, "selection", "it.boxesAt(boxes, 1, [175, 245]).map(box => box.id.name)", boxes=[*BOXES, frame])
    assert names == ["card", "body", "svg.cut"]


def test_boxes_are_read_row_after_row_and_what_stands_in_one_after_it(page: Page) -> None:
    names = ask(page, "selection", "it.inReading(boxes, 1).map(box => box.id.name)", boxes=BOXES[::-1])
    assert names == ["body", "card", "p.lead", "name", "symbol", "born_on"]
    step = "it.nextInReading(boxes, 1, at && boxes.find(box => box.id.name === at).id, by)?.id.name ?? null"
    found = [ask(page, "selection", step, boxes=BOXES, at=at, by=by) for at, by in
             [(None, 1), (None, -1), ("name", 1), ("name", -1), ("born_on", 1), ("body", -1)]]  # fmt: skip
    assert found == ["body", "born_on", "symbol", "p.lead", None, None]


def test_what_was_selected_is_found_again_after_a_compile(page: Page) -> None:
    moved = [{**box, "y": box["y"] + 7} for box in BOXES]
    asked = "it.reselect(boxes, selected)"
    assert ask(page, "selection", asked, boxes=moved, selected=BOXES[3]["id"]) == BOXES[3]["id"]
    second = {**BOXES[3]["id"], "ordinal": 1}
    assert ask(page, "selection", asked, boxes=moved, selected=second) == BOXES[3]["id"]
    assert ask(page, "selection", asked, boxes=moved, selected={**second, "name": "gone"}) is None
    assert ask(page, "selection", asked, boxes=moved, selected=None) is None


def test_of_a_moved_box_and_what_it_holds_one_is_told(page: Page) -> None:
    names = "it.changedBoxes(before, after).map(box => box.id.name)"
    after = [{**box, "y": box["y"] + (2 if box in BOXES[1:5] else 2.5 if box is BOXES[5] else 0)} for box in BOXES]
    assert ask(page, "selection", names, before=BOXES, after=after) == ["card", "born_on"]
    assert ask(page, "selection", names, before=BOXES, after=BOXES) == []
    assert ask(page, "selection", names, before=[], after=BOXES) == []


# ---- keys


def commands(page: Page, *events: dict[str, Any], focus: str = "sheet") -> list[str | None]:
    found: list[str | None] = ask(
        page, "commands", "events.map(each => it.command(each, focus))", events=list(events), focus=focus
    )
    return found


def press(key: str, **more: Any) -> dict[str, Any]:
    return {"key": key, "code": f"Key{key.upper()}" if key.isalpha() and len(key) == 1 else key, **more}


def test_keys_of_the_sheet_are_those_of_the_list_of_keys(page: Page) -> None:
    bound = ask(page, "commands", "it.SHEET_KEYS")
    words = tomllib.loads(FOLDERS["page"].joinpath("words.ja.toml").read_text("utf-8"))
    listed = {key for keys in ("sheet", "all") for line in words["keys"][keys] for key in line.split(" ")}
    signs = {"↑": "arrowup", "↓": "arrowdown", "←": "arrowleft", "→": "arrowright", "Esc": "escape", "−": "-"}
    told = {signs.get(key, key.lower()) for key in listed}
    assert {key.removeprefix("shift+") for key in bound} | {"f6", "ctrl+z", "alt"} == told


def test_a_key_is_left_to_who_composes_a_character(page: Page) -> None:
    assert commands(page, press("r", isComposing=True), press("Process", keyCode=229), press("r")) == [
        None,
        None,
        "regions",
    ]


def test_a_letter_is_found_by_its_place_where_the_keyboard_writes_kana(page: Page) -> None:
    kana = [{"key": "す", "code": "KeyR"}, {"key": "わ", "code": "Digit0"}, {"key": "r", "code": "KeyO"}]
    assert commands(page, *kana) == ["regions", "page", "regions"]


def test_single_keys_act_where_sheet_or_list_has_the_focus_and_nowhere_else(page: Page) -> None:
    keys = [press("r"), press("ArrowUp"), press("z", ctrlKey=True), press("F6")]
    assert commands(page, *keys, focus="list") == ["regions", "up", "undo", "next-pane"]
    assert commands(page, *keys, focus="other") == [None, None, "undo", "next-pane"]
    assert commands(page, *keys, focus="text") == [None, None, None, "next-pane"]
    assert commands(page, *keys, focus="dialog") == [None] * 4


def test_brackets_and_what_is_pressed_with_others_are_no_commands(page: Page) -> None:
    brackets = [press(key) for key in "[]{}()「」"]
    other = [
        press("r", ctrlKey=True),
        press("r", altKey=True),
        press("r", shiftKey=True),
        press("z", ctrlKey=True, shiftKey=True),
    ]
    assert commands(page, *brackets, *other) == [None] * (len(brackets) + len(other))
    assert commands(page, {"key": "?", "code": "Slash", "shiftKey": True}, press("Tab", shiftKey=True)) == [
        "keys",
        "previous-box",
    ]


def test_arrows_move_by_a_tenth_and_with_shift_by_a_mm(page: Page) -> None:
    names = commands(page, *(press(f"Arrow{way}", shiftKey=long) for way in ("Up", "Right") for long in (False, True)))
    assert ask(page, "commands", "names.map(it.nudge)", names=[*names, "page", None]) == [
        [0, -0.1], [0, -1], [0.1, 0], [1, 0], None, None,
    ]  # fmt: skip


# ---- messages


SNAPSHOT = {
    "kind": "snapshot", "revision": 7, "seconds": 0.3, "problems": [], "failing": None, "uncommitted": [],
    "pages": [{"number": 1, "picture": "a"}, {"number": 2, "picture": "b"}],
    "variants": [{"key": "x", "state": "building"}, {"key": "y", "state": "fresh"}],
    "boxes": [{"id": "old"}], "shapes": [{"look": "old"}], "held": None, "member": "longest",
}  # fmt: skip
ADVICE = {"severity": "advice"}
REFUSED = {"severity": "refused"}


def known_after(page: Page, *messages: dict[str, Any]) -> Any:
    return ask(
        page,
        "news",
        "messages.reduce((known, one) => known && it.applyChange(known, one), it.UNKNOWN)",
        messages=list(messages),
    )


def change(**told: Any) -> dict[str, Any]:
    return {"kind": "change", "base": 7, "revision": 8, "seconds": 0.2, "pages": [], **told}


def test_a_change_replaces_what_it_tells_and_leaves_the_rest(page: Page) -> None:
    known = known_after(
        page, SNAPSHOT, change(pages=[{"number": 2, "picture": "c"}], boxes=[{"id": "new"}], member=None)
    )
    assert known["revision"] == 8
    assert [each["picture"] for each in known["pages"]] == ["a", "c"]
    assert (known["boxes"], known["shapes"], known["member"]) == ([{"id": "new"}], [{"look": "old"}], "longest")


def test_a_change_of_something_else_asks_for_all_of_it(page: Page) -> None:
    assert known_after(page, SNAPSHOT, change(base=5)) is None
    assert known_after(page, change(base=3)) is None


def test_what_was_superseded_changes_nothing(page: Page) -> None:
    late = [
        change(base=6, revision=6, seconds=9),
        {"kind": "failed", "revision": 5, "problems": [REFUSED]},
        {"kind": "problems", "revision": 6, "problems": [ADVICE]},
        {"kind": "compiling", "revision": 7},
    ]
    known = known_after(page, SNAPSHOT, *late)
    assert (known["seconds"], known["failing"], known["problems"], known["compiling"]) == (0.3, None, [], None)


def standing(page: Page, *messages: dict[str, Any], connected: bool = True) -> tuple[str, bool]:
    asked = """(known => [it.standing(known, connected), it.mayWrite(known, connected)])(
        messages.reduce(it.applyChange, it.UNKNOWN))"""
    return tuple(ask(page, "news", asked, messages=list(messages), connected=connected))


def test_the_last_good_sheet_stands_under_an_error_until_something_compiles(page: Page) -> None:
    compiling = {"kind": "compiling", "revision": 8, "last_good": 7}
    failed = {"kind": "failed", "revision": 8, "last_good": 7, "problems": [REFUSED], "uncommitted": ["a"]}
    assert standing(page) == ("waiting", False)
    assert standing(page, SNAPSHOT) == ("fresh", True)
    assert standing(page, SNAPSHOT, compiling) == ("building", True)
    assert standing(page, SNAPSHOT, compiling, failed) == ("refused", False)
    known = known_after(page, SNAPSHOT, compiling, failed)
    assert (known["revision"], known["failing"], known["boxes"]) == (7, 8, [{"id": "old"}])
    assert standing(page, SNAPSHOT, compiling, failed, change(revision=9)) == ("fresh", True)
    assert standing(page, SNAPSHOT, compiling, failed, {**compiling, "revision": 9}) == ("building", False)
    assert standing(page, SNAPSHOT, connected=False) == ("cut", False)
    assert standing(page, {**SNAPSHOT, "problems": [{"severity": "held"}]}) == ("held", True)


def test_another_choice_of_what_is_shown_does_not_hide_an_error(page: Page) -> None:
    failed = {"kind": "failed", "revision": 8, "last_good": 7, "problems": [REFUSED], "uncommitted": []}
    known = known_after(page, SNAPSHOT, failed, change(revision=7, member="typical"))
    assert (known["failing"], known["member"]) == (8, "typical")


def test_a_variant_in_the_background_and_the_forecast_come_by_themselves(page: Page) -> None:
    variant = {"kind": "variant", "variant": {"key": "x", "state": "fresh"}}
    known = known_after(page, SNAPSHOT, variant, {"kind": "held", "revision": 7, "of": 1000, "count": 3})
    assert [each["state"] for each in known["variants"]] == ["fresh", "fresh"]
    assert known["held"] == {"revision": 7, "of": 1000, "count": 3}


def test_a_screen_reader_is_told_once_a_second_and_then_the_latest(page: Page) -> None:
    asked = """[["one", 5000], ["two", 5100], ["three", 5900], [null, 6000], [null, 7000]].reduce(
        (said, [text, now]) => [...said, it.announce(said.at(-1), text, now)], [{ at: 0, waiting: null }])
        .slice(1).map(({ say }) => say)"""
    assert ask(page, "news", asked) == ["one", None, None, "three", None]


FIT = {
    "condense": 1.0, "size": 10.5, "full_size": 10.5, "lines": 1, "floor": 0.6, "rule": "condense", "look": "full-size",
}  # fmt: skip
STATE = {"look": "full-size", "share": 1, "floor": 0.6, "percent": None, "size": None, "lines": 1}
WRAPPED = {"rule": "wrap", "floor": 8.4, "size": 9.45, "lines": 3}


@pytest.mark.parametrize(
    ("look", "fit", "found"),
    [
        ("full-size", {}, {}),
        ("condensed", {"condense": 0.6009}, {"share": 0.6009, "percent": 60}),
        ("condensed", {"condense": 0.651}, {"share": 0.651, "percent": 65.1}),
        ("shrunk", WRAPPED, {"share": 0.9, "floor": 0.8, "size": 9.45, "lines": 3}),
        ("full-size", {"rule": "refuse", "floor": 0}, {"floor": None}),
        ("held", {}, {"share": 0}),
    ],
)
def test_how_a_value_sits_is_told_and_never_as_more_than_it_is(
    page: Page, look: str, fit: dict[str, Any], found: dict[str, Any]
) -> None:
    state = ask(page, "news", "it.fitState(fit)", fit={**FIT, "look": look, **fit})
    wanted = {**STATE, "look": look, **found}
    assert state.keys() == wanted.keys()
    for key, value in wanted.items():
        assert state[key] == (pytest.approx(value) if isinstance(value, float) else value), key


@pytest.mark.parametrize(
    ("text", "mm"),
    [
        ("231", 231),
        (" 231.05 mm", 231.05),
        ("２３１．５", 231.5),
        ("-3", -3),
        ("", None),
        ("1e3", None),
        ("2,5", None),
        ("calc(1)", None),
    ],
)
def test_a_length_is_read_as_people_type_it(page: Page, text: str, mm: float | None) -> None:
    assert ask(page, "inspector", "it.parsed(text)", text=text) == mm


# ---- words and looks


def words(language: str) -> dict[str, Any]:
    return tomllib.loads(FOLDERS["page"].joinpath(f"words.{language}.toml").read_text("utf-8"))


def flat(table: dict[str, Any], at: str = "") -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from flat(value, f"{at}{key}.")
        else:
            yield f"{at}{key}", value


def test_both_languages_have_the_same_words_with_the_same_braces() -> None:
    ours, theirs = (dict(flat(words(language))) for language in ("ja", "en"))
    assert list(ours) == list(theirs)
    for key, text in ours.items():
        assert sorted(set(re.findall(r"\{\w+\}", text))) == sorted(set(re.findall(r"\{\w+\}", theirs[key]))), key
        assert text.strip() == text
        assert text


def test_every_look_of_an_overlay_is_drawn_and_named(page: Page) -> None:
    looks = [*(look.value for look in Look), "baseline", "column", "other-ink"]
    shapes = [{"look": look, "x": 10, "y": 20, "w": 30, "h": 0 if look == "fold" else 8} for look in looks]
    drawn = ask(
        page, "drawing", "shapes.map(shape => it.drawShape(shape).querySelectorAll('text').length)", shapes=shapes
    )
    assert drawn == [0] * len(looks)  # no word on the paper
    styles = """shapes.map(shape => document.querySelector('.over').appendChild(it.drawShape(shape)))
        .map(shape => getComputedStyle(shape).color)"""
    colours = dict(zip(looks, ask(page, "drawing", styles, shapes=shapes), strict=True))
    assert {look.value: colour for look, colour in COLOURS.items()} == {
        look: "#{:02x}{:02x}{:02x}".format(*map(int, re.findall(r"\d+", colours[look])))
        for look in (each.value for each in Look)
    }
    overlays = ask(page, "choices", "it.OVERLAYS")
    assert set(overlays) == {overlay.value for overlay in Overlay} | {"grid", "ink"} == set(words("ja")["overlay"])


# ---- what is looked for


FITS = {"rule": "condense", "floor": 0.6, "size": 12, "full_size": 12, "lines": 1, "most_lines": 1}
LOOKED_THROUGH = {
    "members": [
        {"key": "rarest", "label": {"ja": "稀字", "en": "rarest"}, "hard": False},
        {"key": "hard:H1", "label": {"ja": "H1", "en": "H1"}, "hard": True},
    ],
    "boxes": [
        box("card", 0, 0, 85, 54, kind="region", label="card"),
        box("name", 3, 3, 50, 6, label="氏名", fit={**FITS, "look": "condensed", "condense": 0.758}),
        box("kana", 3, 9, 50, 4, label="フリガナ", fit={**FITS, "look": "full-size", "condense": 1}),
        box("p.name", 3, 20, 50, 4, kind="fixed", label="氏名の欄"),
    ],
}


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("", []),
        ("  ", []),
        ("氏名", [("氏名", "長体 75.8 %")]),
        ("ﾌﾘｶﾞﾅ", [("フリガナ", "原寸")]),
        ("カード", [("カード", "領域")]),
        ("CARD", [("カード", "領域")]),
        ("長体", [("氏名", "長体 75.8 %")]),
        ("稀", [("稀字", "")]),
        ("ｈ１", [("H1", "")]),
        ("nobody", []),
    ],
)
def test_people_slots_and_regions_are_found_by_their_names_and_slots_by_how_they_are_set(
    page: Page, typed: str, found: list[tuple[str, str]]
) -> None:
    words = tomllib.loads(FOLDERS["page"].joinpath("words.ja.toml").read_text("utf-8"))
    asked = "it.found(typed, known, words, label => label.ja).map(({ text, more }) => [text, more])"
    assert ask(page, "finder", asked, typed=typed, known=LOOKED_THROUGH, words=words) == [list(one) for one in found]
