"""The report in a real browser, as a reviewer works with it: from a file, without a network, by keys."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import weasyprint
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Browser, Page, expect

import renderer
from renderer.proof.pixels import Box
from renderer.review import report
from renderer.review.judged import FilePair
from renderer.review.records import ChangeRecord
from renderer.review.report import write_report
from renderer.review.viewer_page import Summary

CASES = 40
"""Of the group that changed in the same way: more than a screen shows at once."""
HOSTILE = "</script><img src=x onerror=alert(1)>"
LOCAL = ("file:", "data:", "blob:")
SUMMARY = Summary("tests/goldens", 60, "cases", notes=("the goldens were made with other tools",))
WORDS = Path(renderer.__file__).parent / "review" / "viewer"


def written(path: Path, top: float, text: str) -> Path:
    style = "@page { size: A4; margin: 0 } p { position: absolute; left: 20mm; margin: 0; font: 20pt BIZ UDGothic }"
    seal = (
        "<div style='position: absolute; left: 100mm; top: 100mm; width: 20mm; height: 20mm; background: #c00'></div>"
    )
    box = f"{seal}<p style='top: {top}mm; width: 60mm; height: 20mm; border: 1mm solid'>{text}</p>"
    weasyprint.HTML(string=f"<style>{style}</style>{box}").write_pdf(path)
    return path


def moved(text: str) -> ChangeRecord:
    place = Box(20, 48, 62, 22)
    return ChangeRecord(
        "text-moved", 1, 1, None, place, text, text, (0.0, -2.0), "card", None, 1, None, "moved 2.00 mm up"
    )


@pytest.fixture(scope="module")
def pairs(tmp_path_factory: pytest.TempPathFactory) -> list[FilePair]:
    folder = tmp_path_factory.mktemp("sheets")
    golden, new = written(folder / "golden.pdf", 50, "発行"), written(folder / "new.pdf", 48, "発行")
    changed = replace(
        moved("発行"), kind="text-changed", after=HOSTILE, vector=None, region=None, group=None, sentence=HOSTILE
    )
    ignored = replace(moved("印"), region=None, group=None, ignored_by="seal")
    return [
        *(FilePair(f"notice/case-{number}", golden, new, (moved(str(number)),)) for number in range(CASES)),
        FilePair("notice/hostile", golden, new, (changed, ignored)),
        FilePair("notice/unseen", None, new),
    ]


@pytest.fixture(scope="module")
def folder(pairs: list[FilePair], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    write_report(pairs, SUMMARY, folder)
    return folder


Opener = Callable[..., Page]


@pytest.fixture
def opened(browser: Browser) -> Iterator[Opener]:
    """Open a report as a file, offline; nothing may be fetched, and nothing may go wrong in the console."""
    contexts, wrong = [], []

    def open_report(folder: Path, before: Callable[[Page], object] = lambda page: None, **options: Any) -> Page:
        context = browser.new_context(viewport={"width": 1440, "height": 900}, offline=True, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda request: request.url.startswith(LOCAL) or wrong.append(request.url))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda message: message.type == "error" and wrong.append(message.text))
        before(page)
        page.goto((folder / "index.html").as_uri())
        return page

    yield open_report
    for context in contexts:
        context.close()
    assert wrong == []


@pytest.fixture
def page(opened: Opener, folder: Path) -> Page:
    """The report with its first sheet on the screen."""
    page = opened(folder)
    expect(page.get_by_role("status")).to_contain_text("notice/hostile")
    return page


def sign(page: Page, by: str = "佐藤 恵", reason: str = "依頼 214") -> None:
    page.get_by_role("dialog").get_by_label("検査者").fill(by)
    page.get_by_role("dialog").get_by_label("理由").fill(reason)
    page.get_by_role("button", name="判定する").click()


def judge(page: Page, key: str) -> None:
    """Give the verdict for the item that is shown, and wait until the next one is."""
    still_open = page.locator("#count-open").inner_text()
    page.keyboard.press(key)
    if page.get_by_role("dialog").is_visible():
        sign(page)
    expect(page.locator("#count-open")).not_to_have_text(still_open)
    expect(page.get_by_role("status")).to_contain_text("ページ")


def shown(page: Page) -> int:
    """How many places of the group lie on the screen by nine tenths of their height and more: what their boxes say."""
    whole = page.locator("#strip").bounding_box()
    assert whole is not None
    boxes = [box for thumb in page.locator("#strip .thumb").all() if (box := thumb.bounding_box()) is not None]
    parts = [min(whole["y"] + whole["height"], box["y"] + box["height"]) - max(whole["y"], box["y"]) for box in boxes]
    return sum(part >= 0.9 * box["height"] for part, box in zip(parts, boxes, strict=True))


def saved(page: Page) -> dict[str, Any]:
    page.keyboard.press("Control+s")
    with page.expect_download() as download:
        page.get_by_role("dialog").get_by_role("button", name="書き込む").click()
    assert download.value.suggested_filename == "review.json"
    found: dict[str, Any] = json.loads(download.value.path().read_text("utf-8"))
    return found


def names(page: Page) -> list[str]:
    return page.locator("#items .group .title").all_inner_texts()


def mode_of(page: Page) -> str:
    return page.get_by_role("tab", selected=True).inner_text()


# ---- what is shown


def test_the_smallest_groups_come_first_and_the_same_change_is_one_group(page: Page) -> None:
    assert names(page) == [
        f"文字が変わった　発行 → {HOSTILE}",
        "承認版がない",
        "card　↑ 2.00 mm　文字が動いた",
    ]
    expect(page.locator("#items")).to_contain_text(f"{CASES} 件　変化がまったく同じもの")
    expect(page.get_by_text("検版待ち 0 / 42")).to_be_visible()
    expect(page.get_by_text("60 件のうち 18 件は承認版と同じ")).to_be_visible()
    expect(page.get_by_text("the goldens were made with other tools")).to_be_visible()


def test_what_a_sheet_says_is_shown_as_it_stands(page: Page) -> None:
    expect(page.locator("#changes")).to_contain_text(f"発行 → {HOSTILE}")
    page.get_by_role("button", name="EN", exact=True).click()
    expect(page.locator("#changes")).to_contain_text(HOSTILE)
    assert page.locator("img[src=x]").count() == 0


def test_what_a_rule_passes_over_is_shown_with_the_rule(page: Page) -> None:
    expect(page.get_by_text("許容：seal")).to_be_visible()
    expect(page.get_by_text("seal により 1 か所を許容しました。")).to_be_visible()


def test_each_change_has_its_place_from_both_files_at_600_dpi(page: Page) -> None:
    first = page.locator("#changes > li").first
    expect(first.get_by_text("承認版 600 dpi")).to_be_visible()
    widths = first.locator("img").evaluate_all("each => each.map(image => image.naturalWidth)")
    assert widths == [1560, 1560]  # 62 mm and 2 mm at either side
    box, crop = first.locator(".box").last.bounding_box(), first.locator(".crop").last.bounding_box()
    assert box
    assert crop
    assert crop["x"] < box["x"] < box["x"] + box["width"] < crop["x"] + crop["width"]


@pytest.mark.parametrize(
    ("key", "mode"), [("1", "並べる"), ("2", "点滅"), ("3", "スライダー"), ("4", "透かし"), ("5", "差分")]
)
def test_a_key_chooses_how_to_compare(page: Page, key: str, mode: str) -> None:
    page.keyboard.press(key)
    assert mode in mode_of(page)


def test_a_slider_shows_the_golden_at_its_left_and_the_new_one_at_its_right(page: Page) -> None:
    page.keyboard.press("3")
    border = page.get_by_role("slider", name="境目")
    border.fill("25")
    clips = page.evaluate(
        "['golden', 'new'].map(side => getComputedStyle(document.querySelector(`.pane.${side}`)).clipPath)"
    )
    assert clips == ["inset(0px 75% 0px 0px)", "inset(0px 0px 0px 25%)"]
    border.press("ArrowRight")
    assert border.input_value() == "26"


def test_a_blink_is_slower_than_one_a_second_and_can_be_held(page: Page) -> None:
    page.keyboard.press("2")
    asked = """const style = getComputedStyle(document.querySelector('.pane.new'));
        [style.animationDuration, style.animationPlayState]"""
    duration, state = page.evaluate(asked)
    assert float(duration.removesuffix("s")) >= 1
    assert state == "running"
    page.keyboard.press("2")
    assert page.evaluate(asked)[1] == "paused"


def test_a_blink_stands_still_for_who_wants_no_motion(opened: Opener, folder: Path) -> None:
    page = opened(folder, reduced_motion="reduce")
    page.keyboard.press("2")
    assert page.evaluate("getComputedStyle(document.querySelector('.pane.new')).animationName") == "none"
    page.keyboard.press("2")
    assert page.evaluate("getComputedStyle(document.querySelector('.pane.new')).visibility") == "hidden"


def test_what_has_a_colour_and_what_has_none_can_be_seen_apart(page: Page) -> None:
    def seen() -> tuple[bool, bool]:
        with Image.open(BytesIO(page.locator(".pane.new .sheet").screenshot())) as picture:
            colours = {colour for _, colour in picture.convert("RGB").getcolors(1 << 24) or []}
        return (204, 0, 0) in colours, any(max(colour) < 90 for colour in colours)

    page.keyboard.press("b")  # no boxes: they are blue
    assert seen() == (True, True)
    page.keyboard.press("i")
    assert seen() == (False, True)
    page.keyboard.press("i")
    assert seen() == (True, False)
    page.keyboard.press("i")
    assert seen() == (True, True)


def test_only_the_reviewer_moves_the_view(page: Page) -> None:
    page.keyboard.press(" ")
    scale = page.locator("#scale").inner_text()
    assert int(scale.split()[0]) > 100
    page.keyboard.press("j")
    expect(page.get_by_role("status")).to_contain_text("notice/unseen")
    assert page.locator("#scale").inner_text() == scale
    page.keyboard.press("0")
    assert page.locator("#scale").inner_text() != scale


def test_the_place_of_a_change_stays_on_the_pictures_when_it_is_enlarged(page: Page) -> None:
    page.keyboard.press(" ")
    sheet = page.locator(".pane.new .sheet").bounding_box()
    box = page.locator(".pane.new .box").first.bounding_box()
    assert sheet
    assert box
    mm = sheet["width"] / 210
    assert (box["x"] - sheet["x"]) / mm == pytest.approx(20, abs=0.2)
    assert (box["y"] - sheet["y"]) / mm == pytest.approx(48, abs=0.2)


def test_both_languages_are_there_and_can_be_changed(page: Page) -> None:
    page.get_by_role("button", name="EN", exact=True).click()
    assert page.locator("html").get_attribute("lang") == "en"
    expect(page.get_by_role("tab", name="Side by side")).to_be_visible()
    assert names(page)[1:] == ["nobody has approved it", "card　↑ 2.00 mm　text moved"]


def test_every_word_is_there_in_both_languages() -> None:
    def flat(words: dict[str, Any], above: str = "") -> dict[str, str]:
        found = {}
        for key, value in words.items():
            found |= flat(value, f"{key}.") if isinstance(value, dict) else {above + key: value}
        return found

    japanese, english = (
        flat(tomllib.loads((WORDS / f"words.{lang}.toml").read_text("utf-8"))) for lang in ("ja", "en")
    )
    keys = {key for key in japanese if not key.startswith("keys.")}
    assert keys == {key for key in english if not key.startswith("keys.")}
    assert sum(key.startswith("keys.") for key in japanese) == sum(key.startswith("keys.") for key in english)
    braces = {key: [sorted(re.findall(r"\{\w+\}", text)) for text in (japanese[key], english[key])] for key in keys}
    assert [key for key, (one, other) in braces.items() if one != other] == []
    used = set()
    for file in WORDS.glob("*.*"):
        text = file.read_text("utf-8")
        used |= (
            set(re.findall(r'words(?:\(\))?\.(\w+)|data-(?:say|label)="(\w+)"', text))
            if file.suffix != ".toml"
            else set()
        )
    assert {one or other for one, other in used} <= keys | {"keys", "things", "verbs", "ja", "en"}


def test_nothing_changed_is_said_in_a_word(opened: Opener, tmp_path: Path) -> None:
    write_report([], Summary("tests/goldens", 43, "cases"), tmp_path)
    page = opened(tmp_path)
    expect(page.get_by_text("43 件とも承認版と同じ")).to_be_visible()
    expect(page.get_by_role("tab")).to_have_count(0)


# ---- verdicts


def test_nothing_is_chosen_beforehand(page: Page) -> None:
    expect(page.get_by_role("button", pressed=True)).to_have_count(1)  # the language
    assert page.locator("#items .mark.open").count() == 2
    page.keyboard.press("a")
    dialog = page.get_by_role("dialog")
    assert [dialog.get_by_label(name).input_value() for name in ("検査者", "理由")] == ["", ""]


def test_the_first_verdict_asks_who_and_why_and_the_others_do_not(page: Page) -> None:
    page.keyboard.press("a")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    page.get_by_role("button", name="判定する").click()
    expect(dialog).to_be_visible()  # blank
    dialog.get_by_label("検査者").fill("佐藤 恵")
    dialog.get_by_label("検査者").press("Enter")
    expect(dialog).to_be_visible()
    dialog.get_by_label("理由").fill("依頼 214")
    page.get_by_role("button", name="判定する").click()
    expect(dialog).to_be_hidden()
    expect(page.get_by_role("status")).to_contain_text("notice/unseen")  # the next one without a verdict
    page.keyboard.press("a")
    expect(page.get_by_text("検版待ち 2 / 42")).to_be_visible()
    expect(page.get_by_text("検査者 佐藤 恵　理由 依頼 214")).to_be_visible()


def test_after_half_an_hour_without_a_key_it_is_asked_again(opened: Opener, folder: Path) -> None:
    page = opened(folder, before=lambda page: page.clock.install())
    expect(page.get_by_role("status")).to_contain_text("notice/hostile")
    judge(page, "a")
    page.clock.fast_forward("31:00")
    page.keyboard.press("s")
    assert page.get_by_role("dialog").get_by_label("検査者").input_value() == ""


def test_a_verdict_that_is_left_is_none(page: Page) -> None:
    page.keyboard.press("a")
    page.get_by_role("button", name="やめる").click()
    expect(page.get_by_text("検版待ち 0 / 42")).to_be_visible()


def test_a_rejection_asks_its_own_reason(page: Page) -> None:
    page.keyboard.press("r")
    sign(page)
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("理由").fill("丁目で切れている")
    dialog.get_by_role("button", name="差し戻し").click()
    expect(page.locator("#items")).to_contain_text("「丁目で切れている」")
    (verdict,) = saved(page)["verdicts"]
    assert (verdict["verdict"], verdict["remark"], verdict["reason"]) == ("rejected", "丁目で切れている", "依頼 214")


def test_what_could_not_be_shown_cannot_be_approved(opened: Opener, folder: Path, tmp_path: Path) -> None:
    copied = tmp_path / "index.html"
    copied.write_text((folder / "index.html").read_text("utf-8").replace("00041-new.png", "00041-lost.png"), "utf-8")
    (tmp_path / "pictures").symlink_to(folder / "pictures")
    context = opened(folder).context  # its console is not asked: a picture is missing
    page = context.new_page()
    page.goto(copied.as_uri())
    page.locator(".pane.golden .sheet").wait_for()
    page.keyboard.press("a")
    expect(page.get_by_role("alert")).to_have_text("まだ見ていないので承認できません。")


def test_a_group_is_approved_as_far_as_it_was_on_the_screen(page: Page) -> None:
    page.locator("#items .group").last.click()
    expect(page.get_by_role("status")).to_contain_text("notice/case-0")
    together = page.get_by_role("button", name="まとめて承認")
    count = shown(page)
    assert 5 < count < CASES
    expect(together).to_contain_text(f"見えている {count} 件")
    page.locator("#stage").focus()
    page.keyboard.press("Shift+A")
    sign(page)
    expect(page.get_by_text(f"検版待ち {count} / 42")).to_be_visible()
    expect(together).to_be_disabled()
    page.locator("#strip .thumb").last.scroll_into_view_if_needed()
    expect(together).to_be_enabled()
    verdicts = saved(page)["verdicts"]
    assert len(verdicts) == count
    assert {verdict["name"]: verdict["seen"] for verdict in verdicts} == {
        f"notice/case-{number}": "crop" if number else "single" for number in range(count)
    }


def test_an_item_of_two_changes_is_seen_when_both_places_were_on_the_screen(
    opened: Opener, pairs: list[FilePair], tmp_path: Path
) -> None:
    below = replace(moved("印"), kind="rule-moved", box=Box(20, 200, 60, 9), group=2)
    both = [replace(pair, records=(*pair.records, below)) for pair in pairs[:12]]
    write_report(both, SUMMARY, tmp_path)
    page = opened(tmp_path)
    expect(page.locator("#strip .thumb")).to_have_count(24)
    together = page.get_by_role("button", name="まとめて承認")
    expect(together).to_contain_text("見えている 6 件")  # two rows show twelve places


def test_where_each_has_to_be_seen_by_itself_there_is_no_group(
    opened: Opener, pairs: list[FilePair], tmp_path: Path
) -> None:
    write_report(pairs[:3], replace(SUMMARY, is_single=True), tmp_path)
    page = opened(tmp_path)
    expect(page.get_by_role("status")).to_contain_text("notice/case-0")
    expect(page.get_by_role("button", name="まとめて承認")).to_be_hidden()
    page.keyboard.press("Shift+A")
    expect(page.get_by_role("dialog")).to_be_hidden()


def test_a_verdict_can_be_undone(page: Page) -> None:
    judge(page, "a")
    expect(page.get_by_text("検版待ち 1 / 42")).to_be_visible()
    page.keyboard.press("Control+z")
    expect(page.get_by_text("検版待ち 0 / 42")).to_be_visible()


# ---- the file of verdicts


def test_the_file_binds_each_verdict_to_the_sums_of_its_sheets(page: Page, pairs: list[FilePair]) -> None:
    judge(page, "a")
    judge(page, "s")
    found = saved(page)
    (approved, later) = found["verdicts"]
    report_of = json.loads(page.locator("#report").inner_text())["pairs"]
    assert approved == {
        "name": "notice/hostile", "kind": "page", "golden_page": 1, "page": 1, "record": None,
        "golden": report_of[CASES]["golden"], "new": report_of[CASES]["new"],
        "verdict": "approved", "by": "佐藤 恵", "reason": "依頼 214", "remark": "", "seen": "single",
    }  # fmt: skip
    assert approved["new"].startswith("sha256:")
    assert (later["name"], later["golden"], later["verdict"]) == ("notice/unseen", None, "later")


def test_a_file_of_verdicts_is_taken_back_and_those_of_other_sheets_are_void(page: Page, tmp_path: Path) -> None:
    judge(page, "a")
    judge(page, "a")
    file = saved(page)
    file["verdicts"][1]["new"] = "sha256:of-another-sheet"
    (tmp_path / "review.json").write_text(json.dumps(file), "utf-8")
    page.reload()
    expect(page.get_by_text("検版待ち 0 / 42")).to_be_visible()
    page.get_by_label("前に書き込んだ判定を読み込む").set_input_files(tmp_path / "review.json")
    expect(page.get_by_text("検版待ち 1 / 42")).to_be_visible()
    expect(page.get_by_role("alert")).to_contain_text("notice/unseen")
    (tmp_path / "review.json").write_text("[]", "utf-8")
    page.get_by_label("前に書き込んだ判定を読み込む").set_input_files([])
    page.get_by_label("前に書き込んだ判定を読み込む").set_input_files(tmp_path / "review.json")
    expect(page.get_by_role("alert")).to_have_text("判定のファイルではありません。")


def test_verdicts_are_kept_nowhere_but_in_the_file_and_leaving_warns(page: Page) -> None:
    judge(page, "a")
    assert page.evaluate("[localStorage.length, sessionStorage.length, document.cookie]") == [0, 0, ""]
    with page.expect_event("dialog") as asked:
        page.close(run_before_unload=True)
    assert asked.value.type == "beforeunload"
    asked.value.dismiss()
    expect(page.get_by_role("status")).to_be_visible()
    # Left for good, and waited for: Chromium dies now and then when a context ends while its page is asked.
    with page.expect_event("dialog") as asked:
        page.close(run_before_unload=True)
    with page.expect_event("close"):
        asked.value.accept()


# ---- keys


def test_keys_lead_from_item_to_item(page: Page) -> None:
    status = page.get_by_role("status")
    page.keyboard.press("j")
    expect(status).to_contain_text("notice/unseen")
    page.keyboard.press("j")
    expect(status).to_contain_text("notice/case-0")
    page.keyboard.press("k")
    page.keyboard.press("k")
    expect(status).to_contain_text("notice/hostile")
    judge(page, "s")
    expect(status).to_contain_text("notice/unseen")
    judge(page, "a")
    page.keyboard.press("k")
    page.keyboard.press("k")
    expect(status).to_contain_text("notice/hostile")
    page.keyboard.press("n")
    expect(status).to_contain_text("notice/case-0")


def test_keys_go_on_in_the_list_where_a_row_was_clicked(page: Page) -> None:
    page.locator("#items .group").last.click()
    expect(page.get_by_role("status")).to_contain_text("notice/case-0")
    scale = page.locator("#scale").inner_text()
    page.keyboard.press(" ")
    expect(page.locator("#scale")).not_to_have_text(scale)
    page.keyboard.press("j")
    expect(page.get_by_role("status")).to_contain_text("notice/case-1")
    expect(page.locator("#items .item").nth(1)).to_be_focused()


def commands(page: Page, *events: dict[str, Any], focus: str = "sheet") -> list[str | None]:
    asked = """async ([events, focus]) => {
        const { command } = await import('review');
        return events.map(each => command(each, focus)) }"""
    found: list[str | None] = page.evaluate(asked, [list(events), focus])
    return found


def test_keys_are_left_to_who_composes_a_character(page: Page) -> None:
    composing = {"key": "a", "code": "KeyA", "isComposing": True}
    process = {"key": "Process", "code": "KeyA", "keyCode": 229}
    assert commands(page, composing, process) == [None, None]


def test_letters_are_found_by_their_place_where_the_keyboard_writes_kana(page: Page) -> None:
    kana = [{"key": "ち", "code": "KeyA"}, {"key": "ま", "code": "KeyJ"}, {"key": "ぬ", "code": "Digit1"}]
    dvorak = {"key": "a", "code": "KeyQ"}
    assert commands(page, *kana, dvorak) == ["approve", "next", "side", "approve"]


def test_single_keys_act_only_where_sheet_or_list_has_the_focus(page: Page) -> None:
    keys = [{"key": "a", "code": "KeyA"}, {"key": "s", "code": "KeyS", "ctrlKey": True}]
    assert commands(page, *keys, focus="list") == ["approve", "write"]
    assert commands(page, *keys, focus="text") == [None, "write"]
    assert commands(page, *keys, focus="other") == [None, "write"]
    assert commands(page, *keys, focus="dialog") == [None, None]
    page.get_by_label("備考").fill("jaj")
    page.get_by_label("備考").press("a")
    assert page.get_by_label("備考").input_value() == "jaja"
    expect(page.get_by_role("dialog")).to_be_hidden()


def test_f6_goes_from_pane_to_pane(page: Page) -> None:
    places = []
    for _ in range(4):
        page.keyboard.press("F6")
        places.append(page.evaluate("document.activeElement.id || document.activeElement.className"))
    assert places == ["change", "remark", "group", "stage"]


def test_every_kind_of_change_has_words(page: Page) -> None:
    kinds = """
        text-changed text-moved text-gone text-new rule-moved rule-resized frame-gone area-new drawing-changed
        picture-changed ink-changed overprint-changed font-changed code-changed page-gone page-new page-moved
        page-swapped page-turned page-resized label-changed link-changed outline-changed metadata-changed pixels
        line-reshaped transparency-changed glyph-changed selector-lost font-renamed box-changed annotation-new
        field-gone use-changed
    """.split()  # noqa: SIM905 - one a line would be a page
    asked = """async kinds => { const { titleOf } = await import('view');
        const words = JSON.parse(document.getElementById('words').textContent).ja;
        return kinds.map(kind => titleOf({ kinds: { [kind]: 1 }, sentences: ['as it is'] }, words)) }"""
    told = page.evaluate(asked, [*kinds, "mystery-changed"])
    assert "as it is" not in told[:-1]
    assert told[-1] == "as it is"


# ---- for everybody, and in numbers


def test_the_page_has_no_grave_barriers(page: Page) -> None:
    def barriers() -> list[str]:
        found = Axe().run(page).response["violations"]
        return [
            f"{each['id']}: {each['nodes'][0]['html']}" for each in found if each["impact"] in ("serious", "critical")
        ]

    assert barriers() == []
    page.keyboard.press("?")
    assert barriers() == []
    page.get_by_role("button", name="閉じる").click()
    page.locator("#items .group").last.click()
    expect(page.get_by_role("status")).to_contain_text("notice/case-0")
    page.keyboard.press("a")
    assert barriers() == []
    sign(page)
    page.keyboard.press("5")
    page.keyboard.press("Control+s")
    assert barriers() == []


def test_of_too_many_items_the_largest_group_goes_without_pictures_and_unapproved(
    opened: Opener, pairs: list[FilePair], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report, "MOST_DRAWN", 2)
    write_report(pairs[-4:], SUMMARY, tmp_path)
    assert sorted({path.name[:5] for path in (tmp_path / "pictures").iterdir()}) == ["00003", "00004"]
    page = opened(tmp_path)
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.get_by_text("この件の絵はありません")).to_be_visible()
    page.keyboard.press("a")
    expect(page.get_by_role("alert")).to_have_text("まだ見ていないので承認できません。")


def test_a_report_replaces_the_one_before_it(pairs: list[FilePair], tmp_path: Path) -> None:
    write_report(pairs[-4:], SUMMARY, tmp_path)
    write_report(pairs[-1:], SUMMARY, tmp_path)
    assert [path.name for path in (tmp_path / "pictures").iterdir()] == ["00001-new.png"]
