"""Three people's days in the studio, in a real browser: who moves a card, who takes an insurer on, who asks why."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from own_fonts import make_gaiji, make_table
from playwright.sync_api import Browser, Page, expect
from studio_hands import (
    Opener,
    Place,
    approve_all,
    barriers,
    changed_files,
    checkout,
    desktop,
    find,
    fresh,
    linted,
    opening,
    picture,
    place,
    point,
    select_card,
    side,
    to,
    write_move,
    write_verdicts,
)
from studios import started

from renderer.desk.examples import lay_down_job
from renderer.review.approvals import read_approvals

NOTICE = "eligibility_notice"
NOTHING_WRONG = "不具合はありません。"


@pytest.fixture
def opened(browser: Browser) -> Iterator[Opener]:
    with desktop(browser) as context, opening(context) as opened:
        yield opened


# ---- the card goes 2 mm down


def move_down_by_2_mm(page: Page) -> None:
    shown = picture(page)
    for _ in range(2):
        page.keyboard.press("Shift+ArrowDown")
    write_move(page)
    fresh(page, shown)


def test_a_designer_moves_the_card_mends_what_lint_says_and_has_the_goldens_approved(
    opened: Opener, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CI", raising=False)
    desk = checkout(tmp_path / "desk")
    goldens = desk / "tests" / "goldens"
    cases = sorted(path.stem for path in (goldens / NOTICE).glob("*.pdf"))
    reason = "カードを 2 mm 下げる依頼"
    with started(NOTICE, desk=desk) as address:
        page = opened(address)
        card = select_card(page)
        move_down_by_2_mm(page)
        files = [source.partition(":")[0] for source in page.locator(".edits a").all_inner_texts()]
        notices = [f"{name}/layout.toml" for name in (NOTICE, NOTICE, f"{NOTICE}_large", f"{NOTICE}_large")]
        assert files == ["_shared/card.css", *notices]
        expect(side(page, "上 y")).to_have_value(f"{card.y + 2:.1f}")
        assert ".portal" in linted(page)

        portal = place(page, "資格情報などのご案内 ", "固定の箱")
        page.mouse.click(*point(page, portal.x + 0.5, portal.y + 0.5))
        expect(page.locator(".place h2")).to_contain_text("div.portal")
        move_down_by_2_mm(page)
        assert NOTHING_WRONG in linted(page)

        to(page, "検版")
        expect(page.get_by_text(f"検版待ち 0 / {len(cases)}")).to_be_visible()
        approve_all(page, len(cases), "佐藤 恵", reason)
        assert "longest.pdf" in write_verdicts(page)
        expect(page.get_by_text(f"{len(cases)} 件とも承認版と同じ")).to_be_visible()

    drawn = {str(path.relative_to(desk)) for path in (goldens / NOTICE).iterdir()}
    written = {"_shared/card.css", f"{NOTICE}/sheet.css", f"{NOTICE}/layout.toml", f"{NOTICE}_large/layout.toml"}
    assert changed_files(desk) == drawn | {f"layouts/{name}" for name in written} | {"tests/goldens/approvals.toml"}
    approvals = read_approvals(goldens)
    for case in cases:
        (signature,) = approvals.verdict(f"{NOTICE}/{case}").approved
        assert (signature.by, signature.reason) == ("佐藤 恵", reason)


# ---- another insurer

LONG_NAME = "架空グローバルデバイスソリューションズ東日本連合健康保険組合"
OWN, ALIKE = "G000001", "G000002"
"""Records: of somebody whose name has an own character, and of somebody with the kanji that it is drawn as."""


def add_people(members: Path) -> None:
    """Let a member file have two people whose papers look alike."""
    text = members.read_bytes().decode("cp932")
    first = text.splitlines()[1].split(",")
    for record, name in ((OWN, "\ue000山　花子"), (ALIKE, "崎山　花子")):
        text += ",".join([record, *first[1:5], name, *first[6:]]) + "\r\n"
    members.write_bytes(text.encode("cp932"))


def look_at(page: Page, record: str) -> None:
    find(page, record)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")


def dots(page: Page, address: str, where: Place) -> bytes:
    """The picture of a part of the paper, at 300 dpi."""
    part = {"dpi": 300, "x": where.x, "y": where.y, "w": where.w, "h": where.h}
    answer = page.request.get(f"{address.partition('/?')[0]}/pictures/{picture(page)}.png", params=part)
    assert answer.ok
    return answer.body()


def test_a_new_insurer_with_a_long_name_a_left_card_and_a_font_of_its_own_is_tried_before_it_prints(
    opened: Opener, tmp_path: Path
) -> None:
    assert len(LONG_NAME) == 30
    folder = tmp_path / "job"
    job = lay_down_job(folder, NOTICE)
    add_people(folder / "members.csv")
    with started(NOTICE, "--job", job) as address:
        page = opened(address)
        first = picture(page)
        look_at(page, OWN)
        expect(page.locator("#pill")).to_have_class("held")
        expect(page.locator(".paper")).not_to_have_attribute("data-picture", first)
        shown = picture(page)

        make_gaiji(folder, {"\ue000": "崎"})
        make_table(folder, "U+E000")
        insurer = folder / "insurer.toml"
        text = re.sub(r'(?m)^name = ".*"$', f'name = "{LONG_NAME}"', insurer.read_text("utf-8"))
        own = 'card_corner = "left"\ngaiji_font = "gaiji.ttf"\ngaiji_table = "gaiji.csv"'
        insurer.write_text(text.replace('card_corner = "right"', own), "utf-8")
        fresh(page, shown)
        expect(page.get_by_role("radiogroup", name="カード").get_by_label("左")).to_be_checked()
        card = place(page, "カード（左）", "領域")
        assert card.x + card.w < 110
        expect(page.locator("ol.unseen li", has_text="東日本連合健康保険組合　固定の箱")).to_have_count(2)

        first_character = replace(place(page, "氏名", "差込欄"), w=6)
        drawn, shown = dots(page, address, first_character), picture(page)
        look_at(page, ALIKE)
        fresh(page, shown)
        assert dots(page, address, first_character) == drawn
        shown = picture(page)
        page.get_by_label("標準").check(force=True)
        fresh(page, shown)
        assert dots(page, address, first_character) != drawn

        expect(page.locator("section.held .figure")).to_have_text(re.compile(r"^\d+ / 1,000"))
        assert NOTHING_WRONG in linted(page)


# ---- why is it condensed


def test_why_a_value_is_condensed_is_found_by_the_keyboard_down_to_the_line_of_its_rule(opened: Opener) -> None:
    with started(NOTICE) as address:
        page = opened(address)
        narrowest = page.get_by_role("button", name="最も狭い宛名")
        expect(narrowest).to_be_visible()
        shown = picture(page)
        narrowest.press("Enter")
        fresh(page, shown)

        find(page, "長体")
        expect(page.locator(".found button")).not_to_have_count(0)
        expect(page.get_by_role("status")).to_contain_text(f"{page.locator('.found button').count()} 件")
        assert barriers(page) == []
        page.keyboard.press("ArrowDown")
        expect(page.locator(".found button").first).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator("#sheet")).to_be_focused()
        expect(page.locator(".place h2")).to_contain_text("宛名差込欄 addressee")

        why = page.locator(".why")
        said = re.search(r"原寸で ([\d.]+) mm、欄の幅は ([\d.]+) mm。長体 ([\d.]+) % .*床 (\d+) %", why.inner_text())
        assert said
        needed, given, percent, floor = map(float, said.groups())
        assert given == float(side(page, "幅").input_value())
        assert needed > given
        assert percent == pytest.approx(100 * given / needed, abs=0.1)
        assert floor <= percent < 100

        link = why.get_by_role("link").get_attribute("href") or ""
        found = re.fullmatch(r"vscode://file(/.*/layout\.toml):(\d+)", link)
        assert found
        lines = Path(found[1]).read_text("utf-8").splitlines()[int(found[2]) - 1 :]
        assert lines[0].startswith("[slots.addressee]")
        assert f"floor = {floor:.0f}" in lines[:3]
