"""The tab 版面 of the studio in a real browser, against the studio itself: as a designer works at a layout."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, WebSocketRoute, expect
from studio_client import Client, Said
from studio_hands import (
    Opener,
    barriers,
    desktop,
    fresh,
    keep,
    opening,
    picture,
    place,
    point,
    select,
    select_card,
    side,
    view,
    write_move,
)
from studios import started

from renderer.desk.examples import copy_layout, lay_down_job
from renderer.layout.load import load_layout


@dataclass(frozen=True)
class Studio:
    """One that runs, and the layout that is worked at."""

    address: str
    folder: Path

    @property
    def style(self) -> Path:
        """The style sheet that places the card."""
        return next(path for path in self.folder.rglob("*.css") if "top: 23" in path.read_text("utf-8"))

    def content(self) -> dict[Path, bytes]:
        """All of its files."""
        files = (path for path in self.folder.rglob("*") if path.is_file() and ".git" not in path.parts)
        return {path: path.read_bytes() for path in files}

    def save(self, before: str, after: str) -> None:
        text = self.style.read_text("utf-8")
        assert before in text
        self.style.write_text(text.replace(before, after), "utf-8")


@contextmanager
def running(name: str, folder: Path) -> Iterator[Studio]:
    """Start the studio at a copy of a layout, in a repository of its own."""
    copy_layout(load_layout(name), folder)
    keep(folder)
    with started(folder) as address:
        yield Studio(address, folder)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    with running("eligibility_notice", tmp_path_factory.mktemp("studio") / "notice") as studio:
        shutil.copytree(studio.folder, studio.folder.with_name("as-it-was"))
        yield studio


def chosen(shown: Said) -> Said:
    """What is shown, as it is asked for."""
    variant = " ".join(f"{fact['name']}={fact['value']}" for fact in shown["facts"])
    job = {fact["name"]: fact["value"] for fact in shown["job"]}
    return {"variant": variant, "member": shown["member"], "job": job}


@pytest.fixture(scope="module")
def first(desk: Studio) -> Said:
    """What is shown before anybody has chosen anything."""
    with Client(desk.address) as client:
        return chosen(client.settled())


@pytest.fixture
def studio(desk: Studio, first: Said) -> Iterator[Studio]:
    """The studio with layout and choices as they were, after each test."""
    yield desk
    shutil.copytree(desk.folder.with_name("as-it-was"), desk.folder, dirs_exist_ok=True)
    with Client(desk.address) as client:
        if chosen(client.settled()) != first:
            client.say(kind="show", **first)
            client.until("change")


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    with desktop(browser) as context:
        yield context


@pytest.fixture
def opened(context: BrowserContext) -> Iterator[Opener]:
    with opening(context) as opened:
        yield opened


@pytest.fixture
def page(opened: Opener, studio: Studio) -> Page:
    return opened(studio.address)


# ---- save and see


def test_a_save_shows_the_new_sheet_and_moves_no_view(page: Page, studio: Studio) -> None:
    card = place(page, "カード", "領域")
    page.mouse.move(*point(page, card.x + card.w / 2, card.y + card.h / 2))
    page.keyboard.down("Control")
    page.mouse.wheel(0, -80)
    page.keyboard.up("Control")
    select_card(page)
    seen, before = view(page), picture(page)
    studio.save("top: 233mm", "top: 231mm")
    fresh(page, before)
    assert view(page) == seen
    expect(page.locator(".place h2")).to_contain_text("カード")
    expect(page.locator(".row")).to_contain_text("変わった所")
    expect(page.locator("#uncommitted")).to_be_visible()


def test_where_it_is_looked_at_there_is_a_dot_of_the_picture_for_each_of_the_screen(page: Page) -> None:
    for _ in range(6):
        page.keyboard.press("+")
    expect(page.locator(".percent")).not_to_have_text("66 %")
    scale = float(re.findall(r"scale\(([\d.]+)\)", view(page) or "")[0])
    asked = """scale => Math.abs(25.4 * scale
        - new URL(document.querySelector('img.sharp').src).searchParams.get('dpi')) < 0.01"""
    page.wait_for_function(asked, arg=scale)
    sharp = page.locator("img.sharp")
    size = "image => [image.naturalWidth, image.naturalHeight]"
    place = "image => (({x, y, width, height}) => [width, height, x, y])(image.getBoundingClientRect())"
    *shown, _, _ = sharp.evaluate(place)
    assert shown == pytest.approx(sharp.evaluate(size), abs=0.1)
    paper = page.locator(".paper").bounding_box()
    assert paper
    assert (paper["x"] % 1, paper["y"] % 0.5) == (0, 0)


def test_an_error_stands_over_the_last_good_sheet_and_nothing_is_written_until_it_is_mended(
    page: Page, studio: Studio
) -> None:
    select_card(page)
    seen, before = view(page), picture(page)
    studio.save("top: 233mm", "top: 23x3mm")
    expect(page.locator("#pill")).to_have_class("refused")
    expect(page.locator(".row")).to_contain_text("は組めませんでした。")
    expect(page.get_by_role("alert")).to_contain_text("不具合 1 件")
    expect(page.locator(".problems li")).to_have_count(1)
    expect(page.locator(".problems a")).to_have_attribute("href", re.compile(r"^vscode://file/.*\.css:\d+$"))
    assert (view(page), picture(page)) == (seen, before)
    broken = studio.style.read_bytes()
    page.locator("#sheet").focus()
    page.keyboard.press("n")
    expect(page.locator(".problems [aria-current]")).to_have_count(1)
    page.keyboard.press("ArrowUp")
    expect(page.get_by_role("alert")).to_contain_text("矢印は止めています")
    assert page.locator(".before").count() == 0
    assert studio.style.read_bytes() == broken
    studio.save("top: 23x3mm", "top: 232mm")
    fresh(page, before)
    expect(page.locator(".place h2")).to_contain_text("カード")
    assert view(page) == seen


# ---- select


def test_clicks_go_inwards_out_and_escape_and_tab_lead_on(page: Page) -> None:
    name = select(page, "氏名", "差込欄")
    title = page.locator(".place h2")
    expect(title).to_contain_text("差込欄 name")
    page.mouse.click(*point(page, name.x + name.w / 2, name.y + name.h / 2))
    expect(title).to_contain_text("固定の箱")
    for _ in range(6):
        if "領域" in title.inner_text():
            break
        page.keyboard.press("Escape")
    expect(title).to_contain_text("資格情報領域 facts")
    page.keyboard.press("Tab")
    expect(title).not_to_contain_text("領域 facts")
    page.keyboard.press("Shift+Tab")
    expect(title).to_contain_text("領域 facts")
    expect(page.locator("#sheet")).to_be_focused()
    expect(page.get_by_role("status")).to_contain_text("資格情報　領域　x 20.0")


def test_the_sheet_is_no_trap_for_who_goes_on_by_tab(page: Page) -> None:
    page.locator("#sheet").focus()
    count = page.locator("ol.unseen li").count()
    assert count > 40
    for _ in range(count):
        page.keyboard.press("Tab")
    expect(page.locator("#sheet")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator("#sheet")).not_to_be_focused()


def test_what_is_selected_is_told_with_distances_rules_and_fit(page: Page) -> None:
    card = select_card(page)
    for name, mm in {"左 x": card.x, "上 y": card.y, "幅": card.w, "高さ": card.h}.items():
        expect(side(page, name)).to_have_value(str(mm))
    rows = page.locator(".inspector .rows").first
    expect(rows).to_contain_text(f"紙の右端まで{210 - card.x - card.w:.1f}")
    expect(rows).to_contain_text(f"折り線 198 から{card.y - 198:.1f}")
    rule = page.locator(".rules li", has_text=".card-right")
    expect(rule).to_contain_text("左")
    expect(rule.locator("a")).to_have_attribute("href", re.compile(r"^vscode://file/.*\.css:\d+$"))


def test_why_a_name_is_condensed_can_be_found_and_mended(page: Page) -> None:
    select_card(page)
    fit = page.locator(".fits li", has_text="氏名")
    before = condensed(fit)
    fit.get_by_role("button").click()
    expect(page.locator(".place h2")).to_contain_text("差込欄 name")
    width = float(side(page, "幅").input_value())
    expect(page.locator(".rules li", has_text="幅")).to_have_count(1)
    shown = picture(page)
    side(page, "幅").fill(f"{width + 1.5:.2f}")
    side(page, "幅").press("Tab")
    expect(page.locator(".edits").first).to_contain_text("width")
    page.locator("#sheet").focus()
    write_move(page)
    fresh(page, shown)
    expect(side(page, "幅")).to_have_value(re.compile(f"{width + 1.5:.1f}0?"))
    assert condensed(fit) > before


def condensed(fit: Locator) -> float:
    """To how many hundredths of its width a value is set."""
    expect(fit).to_contain_text("長体")
    found = re.search(r"長体 ([\d.]+) %", fit.inner_text())
    assert found
    return float(found[1])


def test_alt_measures_from_edge_to_edge_and_the_loupe_shows_what_is_under_the_pointer(page: Page) -> None:
    name = place(page, "氏名", "差込欄")
    card = select_card(page)
    page.keyboard.down("Alt")
    page.mouse.move(*point(page, name.x + name.w / 2, name.y + name.h / 2))
    gap = f"{card.y - name.y - name.h:.2f}".removesuffix("0")
    expect(page.locator(".length.asked text", has_text=gap)).to_have_count(1)
    page.keyboard.up("Alt")
    expect(page.locator(".length.asked")).to_have_count(0)
    glass = page.locator(".glass img").first
    glass.wait_for()
    assert glass.evaluate("image => image.decode().then(() => image.naturalWidth)") > 400
    page.keyboard.press("l")
    expect(page.locator(".glass")).to_be_hidden()


# ---- move


def test_a_card_is_moved_by_arrows_in_both_files_and_back(page: Page, studio: Studio) -> None:
    card = select_card(page)
    before = studio.content()
    seen, shown = view(page), picture(page)
    page.keyboard.press("Shift+ArrowUp")
    assert page.locator(".before").count() == 1  # at once, without an answer
    page.keyboard.press("ArrowUp")
    expect(side(page, "上 y")).to_have_value(f"{card.y - 1.1:.1f}")
    told = f"{card.y:g}(mm)? {card.y - 1.1:g}(mm)?"
    expect(page.locator(".edits li")).to_have_text([
        re.compile(rf"\.css:\d+top: {told}"),
        re.compile(rf"layout\.toml:\d+card\.y: {told}"),
        re.compile(rf"layout\.toml:\d+card_left\.y: {told}"),
    ])  # fmt: skip
    expect(page.locator(".asks")).to_contain_text("カード（左）も動きます。")
    assert studio.content() == before
    page.keyboard.press("Enter")
    fresh(page, shown)
    assert view(page) == seen
    expect(side(page, "上 y")).to_have_value(f"{card.y - 1.1:.1f}")
    assert f"top: {card.y - 1.1:g}mm" in studio.style.read_text("utf-8")
    assert (studio.folder / "layout.toml").read_text("utf-8").count(f"\ny = {card.y - 1.1:g}\n") == 2
    shown = picture(page)
    page.keyboard.press("Control+z")
    fresh(page, shown)
    expect(side(page, "上 y")).to_have_value(f"{card.y:.1f}")
    assert studio.content() == before


def test_presses_add_up_to_one_write(page: Page, studio: Studio) -> None:
    scissors = select(page, "svg.scissors", "固定の箱")
    before, shown = studio.content(), picture(page)
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    write_move(page)
    fresh(page, shown)
    assert place(page, "svg.scissors", "固定の箱").x == pytest.approx(scissors.x + 0.5)
    assert studio.content() != before


def test_typing_a_place_is_the_same_move_and_escape_leaves_it(page: Page, studio: Studio) -> None:
    card = select_card(page)
    before = studio.content()
    field = side(page, "上 y")
    field.fill("２３１．５")
    field.press("Enter")
    assert page.locator(".plan").count() == 0
    field.press("Tab")
    expect(page.locator(".edits").first).to_contain_text(f"top: {card.y:g}mm 231.5mm")
    expect(page.locator(".asks")).to_be_visible()
    page.locator("#sheet").focus()
    page.keyboard.press("Escape")
    expect(page.locator(".plan")).to_have_count(0)
    expect(side(page, "上 y")).to_have_value(f"{card.y:.1f}")
    assert studio.content() == before


def test_what_no_plain_number_places_is_not_moved_and_the_rule_is_named(page: Page, studio: Studio) -> None:
    before = studio.content()
    select(page, "東京都千代田区", "固定の箱")  # the insurer's address, in the flow
    page.keyboard.press("ArrowDown")
    expect(page.locator(".inspector .refused")).to_be_visible()
    assert page.get_by_role("alert").inner_text()
    assert page.locator(".before").count() == 0
    assert studio.content() == before


# ---- data, variants, job


def test_other_data_and_another_variant_keep_the_view(page: Page) -> None:
    page.keyboard.press("1")
    seen, shown = view(page), picture(page)
    page.get_by_label("最短").check(force=True)
    fresh(page, shown)
    expect(page.get_by_label("最短")).to_be_checked()
    shown = picture(page)
    page.locator("#sheet").focus()
    page.keyboard.press(".")
    fresh(page, shown)
    expect(page.locator(".thumb[aria-pressed=true]")).to_have_count(1)
    assert view(page) == seen


def test_a_person_of_another_variant_is_shown_in_it_and_that_is_said(page: Page) -> None:
    people = page.locator("[data-key=hard] option").evaluate_all(
        "each => each.map(({ value }) => value).filter(Boolean)"
    )
    for person in people:
        shown = picture(page)
        page.locator("[data-key=hard]").select_option(person)
        fresh(page, shown)
        if "この人の版は" in page.locator(".row").inner_text():
            return
    pytest.fail("all people have the same variant")


def test_a_record_that_is_not_there_is_said_to_be_so(page: Page) -> None:
    shown = picture(page)
    page.get_by_label("探す").fill("nobody")
    page.get_by_label("探す").press("Enter")
    assert page.get_by_role("alert").inner_text() == ""
    page.get_by_role("button", name="見る").click()
    expect(page.get_by_role("alert")).not_to_have_text("")
    expect(page.locator("#pill")).to_have_class("fresh")
    assert picture(page) == shown
    assert "nobody" not in page.url


def test_a_switch_of_the_job_moves_the_card(page: Page) -> None:
    shown = picture(page)
    page.get_by_role("radiogroup", name="カード").get_by_label("左").check(force=True)
    fresh(page, shown)
    select_card(page, "カード（左）")


def test_who_would_be_held_is_counted_and_the_narrowest_can_be_looked_at(page: Page) -> None:
    expect(page.locator("section.held .figure")).to_contain_text("/ 1,000")
    shown = picture(page)
    page.get_by_role("button", name=re.compile("最も狭い(氏名|被保険者氏名|フリガナ|宛名)")).click()
    fresh(page, shown)


# ---- keys


@pytest.mark.parametrize(
    ("key", "overlay"),
    [("r", "regions"), ("s", "slots"), ("w", "window"), ("f", "folds"), ("m", "margin"), ("c", "cut")],
)
def test_a_key_takes_an_overlay_away_and_brings_it_back(page: Page, key: str, overlay: str) -> None:
    drawn = page.locator(f".overlay.{overlay}")
    notes = page.locator(f".note.{overlay}")
    noted = notes.count()
    expect(drawn).to_be_visible()
    page.keyboard.press(key)
    expect(drawn).to_be_hidden()
    assert notes.count() == 0
    page.keyboard.press(key)
    expect(drawn).to_be_visible()
    page.keyboard.down("v")
    expect(drawn).to_be_hidden()
    assert page.locator(".note, .selected").count() == 0
    page.keyboard.up("v")
    expect(drawn).to_be_visible()
    assert notes.count() == noted


def test_keys_lead_to_data_search_panes_and_the_list_of_keys(page: Page) -> None:
    page.keyboard.press("d")
    expect(page.get_by_label("最長")).to_be_focused()
    for pane in ("#sheet", ".right", ".left"):
        page.keyboard.press("F6")
        assert page.evaluate("pane => document.querySelector(pane).contains(document.activeElement)", pane)
    page.locator("#sheet").focus()
    page.keyboard.press("/")
    expect(page.get_by_label("探す")).to_be_focused()
    page.keyboard.type("r?")
    assert page.get_by_label("探す").input_value() == "r?"
    expect(page.locator(".overlay.regions")).to_be_visible()
    page.locator("#sheet").focus()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("箱を 0.1 mm 動かす")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()


def test_keys_zoom_to_page_width_selection_and_true_size(page: Page) -> None:
    scales = []
    select(page, "氏名", "差込欄")
    for key in ("0", "1", "3"):
        page.keyboard.press(key)
        scales.append(page.locator(".percent").inner_text())
    assert len(set(scales)) == 3
    page.keyboard.press("2")
    dialog = page.get_by_role("dialog", name="実寸に合わせる")
    dialog.get_by_role("slider").fill("5")
    assert dialog.locator(".card-outline").evaluate("card => card.getBoundingClientRect().width") == pytest.approx(428)
    dialog.get_by_role("button", name="合った").click()
    expect(page.locator(".percent")).to_have_text("132 %")  # 5 px a mm, of 96 an inch
    page.keyboard.press("0")
    page.keyboard.press("2")
    expect(page.locator(".percent")).to_have_text("132 %")
    assert page.evaluate("Object.keys(localStorage).sort()") == ["px_per_mm"]


def test_the_first_line_is_dismissed_once(page: Page) -> None:
    hint = page.get_by_text("矢印で 0.1 mm、? で鍵の一覧")
    expect(hint).to_be_visible()
    page.locator(".hint").get_by_role("button").click()
    page.reload()
    expect(page.locator("#pill")).to_have_class("fresh")
    expect(hint).to_be_hidden()


# ---- when it breaks, and for everybody


def test_a_lost_connection_is_told_and_found_again(context: BrowserContext, studio: Studio) -> None:
    routes: list[WebSocketRoute] = []

    def through(route: WebSocketRoute) -> None:
        routes.append(route)
        route.connect_to_server()

    page = context.new_page()
    page.route_web_socket("**/live", through)
    page.goto(studio.address)
    expect(page.locator("#pill")).to_have_class("fresh")
    page.locator(".paper img.whole").wait_for()
    select_card(page)
    seen, shown = view(page), picture(page)
    routes[0].close()
    expect(page.locator("#pill")).to_have_class("cut")
    expect(page.locator(".row")).to_contain_text("スタジオにつながりません。")
    expect(side(page, "上 y")).not_to_be_editable()
    assert picture(page) == shown
    expect(page.locator("#pill")).to_have_class("fresh")
    assert len(routes) == 2
    assert view(page) == seen
    expect(side(page, "上 y")).to_be_editable()


def test_both_languages_say_all_of_it(page: Page) -> None:
    select_card(page)
    page.get_by_role("button", name="EN", exact=True).click()
    expect(page.locator(".place h2")).to_contain_text("card")
    said = page.locator("header, footer, .right, .row, .overlays, .job").all_inner_texts()
    ours = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]+")
    layout_says = {"資格情報通知書", "日本語"}
    labels = set(ours.findall(" ".join(page.locator(".fits, .job select").all_inner_texts())))
    assert set(ours.findall(" ".join(said))) - layout_says - labels == set()
    assert "undefined" not in page.locator("body").inner_text()


def test_the_page_has_no_grave_barriers(page: Page, studio: Studio) -> None:
    assert barriers(page) == []
    select_card(page)
    page.keyboard.press("Shift+ArrowUp")
    expect(page.locator(".asks")).to_be_visible()
    assert barriers(page) == []
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    assert barriers(page) == []
    page.keyboard.press("Escape")
    studio.save("top: 233mm", "top: 23x3mm")
    expect(page.locator("#pill")).to_have_class("refused")
    assert barriers(page) == []
    page.get_by_role("button", name="EN", exact=True).click()
    assert barriers(page) == []


def test_nothing_of_a_person_is_kept(page: Page) -> None:
    page.get_by_label("最短").check(force=True)
    stored: dict[str, Any] = page.evaluate(
        "({ local: {...localStorage}, session: {...sessionStorage}, cookie: document.cookie })"
    )
    assert stored == {"local": {}, "session": {}, "cookie": ""}


def test_a_new_insurer_is_seen_while_its_file_is_written(opened: Opener, tmp_path: Path) -> None:
    job = lay_down_job(tmp_path / "job", "eligibility_notice")
    with started("eligibility_notice", "--job", job) as address:
        page = opened(address)
        shown = picture(page)
        insurer = job.with_name("insurer.toml")
        text = insurer.read_text("utf-8")
        name = "架空全国電気機械器具情報通信関連産業連合健康保険組合東日本"
        text = re.sub(r'(?m)^name = ".*"$', f'name = "{name}"', text)
        insurer.write_text(text.replace('card_corner = "right"', 'card_corner = "left"'), "utf-8")
        fresh(page, shown)
        expect(page.locator("ol.unseen li", has_text=f"{name[:8]}")).not_to_have_count(0)
        card = select_card(page, "カード（左）")
        assert card.x + card.w < 110
        expect(page.get_by_role("radiogroup", name="カード").get_by_label("左")).to_be_checked()


def test_a_sheet_of_two_pages_is_turned(opened: Opener, tmp_path: Path) -> None:
    with running("eligibility_certificate", tmp_path / "certificate") as studio:
        page = opened(studio.address)
        front = picture(page)
        page.keyboard.press("PageDown")
        fresh(page, front)
        expect(page.get_by_role("button", name="ページ 2")).to_have_attribute("aria-pressed", "true")
        page.get_by_role("button", name="ページ 1").click()
        expect(page.locator(".paper")).to_have_attribute("data-picture", front)
