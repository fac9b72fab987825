"""The tabs 一覧 and 検版 of the studio in a real browser, against the studio itself, as QA works with them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from studio_hands import Opener, approve_all, barriers, desktop, opening, sign, to, write_verdicts
from studios import started

from renderer.review.approvals import read_approvals

PACK = Path(__file__).parent / "data" / "kokuho"
APPROVER = "版下係 架空"
NAME = "kokuho_certificate"
CASES = 5
BY, REASON = "佐藤 恵", "2 mm 上げる依頼"
PLACE, HIGHER, HIGHEST = ("left: 20mm; top: 120mm", "left: 20mm; top: 118mm", "left: 20mm; top: 117mm")


@dataclass(frozen=True)
class Studio:
    """One that runs, and the pack that is worked at."""

    address: str
    pack: Path

    def save(self, before: str, after: str, name: str = "sheet.css") -> None:
        file = self.pack / "layouts" / NAME / name
        text = file.read_text("utf-8")
        assert before in text
        file.write_text(text.replace(before, after), "utf-8")

    @property
    def goldens(self) -> Path:
        return self.pack / "goldens"

    def approved_by(self, case: str) -> str:
        return read_approvals(self.goldens).verdict(f"{NAME}/{case}").names()


@pytest.fixture
def pack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("CI", raising=False)
    shutil.copytree(PACK, tmp_path / "pack")
    return tmp_path / "pack"


@pytest.fixture
def studio(pack: Path) -> Iterator[Studio]:
    with started(NAME, "--pack", pack) as address:
        yield Studio(address, pack)


@pytest.fixture
def opened(browser: Browser) -> Iterator[Opener]:
    with desktop(browser) as context, opening(context) as opened:
        yield opened


@pytest.fixture
def page(studio: Studio, opened: Opener) -> Page:
    return opened(studio.address)


def judging(page: Page) -> None:
    """Open the review, and wait until all cases are drawn and the first one is on the screen."""
    to(page, "検版")
    expect(page.get_by_text(f"検版待ち 0 / {CASES}")).to_be_visible()
    expect(page.get_by_role("status")).to_contain_text("ページ 1")
    page.locator("#stage").focus()


# ---- the wall


def test_the_wall_shows_every_variant_with_the_members_and_a_click_shows_that_sheet(page: Page) -> None:
    to(page, "一覧")
    expect(page.locator(".cell.fresh")).to_have_count(8)
    expect(page.get_by_role("columnheader")).to_have_text(["標準", "最長", "最短", "稀字"])
    assert barriers(page) == []
    drawn = page.locator(".cell img").first.bounding_box()
    page.locator(".cell .pages").first.evaluate("pages => (pages.innerHTML = '<span class=blank></span>')")
    assert page.locator(".cell .blank").bounding_box() == drawn  # what is not drawn yet has its room
    page.locator("[data-cell='special=hidden|rarest']").click()
    expect(page.get_by_role("tab", selected=True)).to_contain_text("版面")
    expect(page.locator("#panel-sheet")).to_contain_text("稀字")
    expect(page.locator("#panel-sheet .paper img.whole")).to_be_visible()


def test_the_wall_marks_what_is_held_and_leads_there_by_a_key(page: Page, studio: Studio) -> None:
    to(page, "一覧")
    expect(page.locator(".cell.fresh")).to_have_count(8)
    studio.save("width: 100mm; height: 9mm", "width: 44mm; height: 9mm")
    held = page.locator(".cell.held")
    expect(held).to_have_count(2)
    expect(page.locator(".cell.fresh")).to_have_count(6)
    page.locator(".cell").first.focus()
    page.keyboard.press("n")
    expect(held.first).to_be_focused()
    expect(held.first).to_contain_text("止")
    page.keyboard.press("ArrowDown")
    expect(held.last).to_be_focused()
    page.keyboard.press("ArrowLeft")
    expect(page.locator("[data-cell='special=hidden|typical']")).to_be_focused()
    page.keyboard.press("2")
    expect(page.get_by_role("button", name="中", pressed=True)).to_be_visible()


# ---- the review


def test_nothing_changed_is_said_in_a_word(page: Page) -> None:
    to(page, "検版")
    expect(page.get_by_text(f"{CASES} 件とも承認版と同じ")).to_be_visible()
    assert barriers(page) == []


def test_without_goldens_the_command_that_makes_them_is_named(pack: Path, opened: Opener) -> None:
    shutil.rmtree(pack / "goldens")
    with started(NAME, "--pack", pack) as address:
        page = opened(address)
        to(page, "検版")
        expect(page.get_by_text("承認版がありません")).to_be_visible()
        expect(page.get_by_text("renderer goldens approve --pack pack")).to_be_visible()
        assert barriers(page) == []
        page.close()


def test_what_moved_is_approved_by_group_and_one_by_one_and_written(page: Page, studio: Studio) -> None:
    studio.save(PLACE, HIGHER)
    judging(page)
    assert barriers(page) == []
    expect(page.locator("#headline")).to_contain_text("↑ 2.00 mm")
    expect(page.locator("#outside")).to_have_text("変化の外　0 画素")
    page.locator("#items .group").last.click()
    together = page.get_by_role("button", name="まとめて承認")
    expect(together).to_contain_text("見えている 3 件")
    page.locator("#stage").focus()
    page.keyboard.press("Shift+A")
    sign(page, BY, REASON)
    expect(page.get_by_text(f"検版待ち 3 / {CASES}")).to_be_visible()
    before = {file: file.read_bytes() for file in studio.goldens.rglob("*.*")}
    page.keyboard.press("Control+s")
    expect(page.get_by_role("dialog")).to_contain_text(f"{NAME}/longest.pdf")
    assert barriers(page) == []
    page.get_by_role("dialog").get_by_role("button", name="やめる").click()
    assert {file: file.read_bytes() for file in studio.goldens.rglob("*.*")} == before
    write_verdicts(page)
    expect(page.get_by_text("検版待ち 0 / 2")).to_be_visible()
    expect(page.get_by_role("alert")).to_have_text("")
    expect(page.get_by_role("tab", name="検版")).to_contain_text("2")
    signatures = read_approvals(studio.goldens).verdict(f"{NAME}/longest").approved
    assert [(one.by, one.reason) for one in signatures] == [("佐藤 恵", "2 mm 上げる依頼")]
    assert signatures[0].seen in ("crop", "single")
    assert studio.approved_by("rarest") == APPROVER


def test_a_rejection_asks_its_own_reason_and_is_written(page: Page, studio: Studio) -> None:
    studio.save(PLACE, HIGHER)
    judging(page)
    name = page.locator("#item-name").inner_text().split("　")[0]
    page.keyboard.press("r")
    sign(page, BY, REASON)
    page.get_by_role("dialog").get_by_label("理由").fill("窓に近すぎる")
    page.get_by_role("dialog").get_by_role("button", name="差し戻し").click()
    expect(page.get_by_text(f"検版待ち 1 / {CASES}")).to_be_visible()
    assert "窓に近すぎる" in write_verdicts(page)
    expect(page.locator("#notes")).to_contain_text("佐藤 恵 rejected it: 窓に近すぎる")
    expect(page.get_by_text(f"検版待ち 0 / {CASES}")).to_be_visible()
    rejected = read_approvals(studio.goldens).verdict(name).rejected
    assert rejected
    assert (rejected.by, rejected.reason, rejected.seen) == ("佐藤 恵", "窓に近すぎる", "single")


def test_the_second_of_two_signatures_is_another_persons(pack: Path, opened: Opener) -> None:
    approvals = pack / "goldens" / "approvals.toml"
    approvals.write_text(approvals.read_text("utf-8").replace("signatures = 1", "signatures = 2"), "utf-8")
    with started(NAME, "--pack", pack) as address:
        studio = Studio(address, pack)
        page = opened(address)
        judging(page)
        expect(page.locator("#headline")).to_have_text("二人目の承認を待っている")
        expect(page.locator("#caption-golden")).to_contain_text(APPROVER)
        expect(page.get_by_text("2 人の承認が要ります")).to_be_visible()
        page.keyboard.press("a")
        sign(page, APPROVER, REASON)
        page.keyboard.press("Control+s")
        dialog = page.get_by_role("dialog")
        expect(dialog).to_contain_text("waits for another person")
        expect(dialog.get_by_role("button", name="書き込む")).to_be_disabled()
        dialog.get_by_role("button", name="やめる").click()
        page.keyboard.press("Control+z")
        page.reload()
        judging(page)
        approve_all(page, CASES, "鈴木", REASON)
        write_verdicts(page)
        expect(page.get_by_text(f"{CASES} 件とも承認版と同じ")).to_be_visible()
        assert studio.approved_by("rarest") == f"{APPROVER} and 鈴木"
        page.close()


def test_drafts_on_sheets_that_are_drawn_otherwise_are_void_and_named(page: Page, studio: Studio) -> None:
    studio.save(PLACE, HIGHER)
    judging(page)
    name = page.locator("#item-name").inner_text().split("　")[0]
    page.keyboard.press("a")
    sign(page, BY, REASON)
    expect(page.get_by_text(f"検版待ち 1 / {CASES}")).to_be_visible()
    studio.save(HIGHER, HIGHEST)
    expect(page.get_by_role("alert")).to_contain_text(f"この判定は無効です：{name}")
    expect(page.get_by_text(f"検版待ち 0 / {CASES}")).to_be_visible()
    expect(page.locator("#headline")).to_contain_text("↑ 3.00 mm")
    assert studio.approved_by("rarest") == APPROVER


def test_a_layout_that_cannot_be_laid_out_leaves_the_review_as_it_is(page: Page, studio: Studio) -> None:
    studio.save(PLACE, HIGHER)
    judging(page)
    studio.save(HIGHER, f"{HIGHER}; no-such-thing: 1")
    expect(page.locator("#pill")).to_have_class("refused")
    expect(page.locator("#headline")).to_contain_text("↑ 2.00 mm")
    page.keyboard.press("a")
    sign(page, BY, REASON)
    expect(page.get_by_text(f"検版待ち 1 / {CASES}")).to_be_visible()


def test_names_are_kept_nowhere(page: Page, studio: Studio) -> None:
    studio.save(PLACE, HIGHER)
    judging(page)
    page.keyboard.press("a")
    sign(page, BY, REASON)
    expect(page.get_by_text("検査者 佐藤 恵")).to_be_visible()
    kept = page.evaluate("JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie])")
    assert "佐藤" not in kept
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    judging(page)
    page.keyboard.press("a")
    assert page.get_by_role("dialog").get_by_label("検査者").input_value() == ""


# ---- what is known without a sheet


def ask(page: Page, module: str, expression: str, **given: object) -> Any:
    names = ", ".join(given)
    return page.evaluate(
        f"async ({{ {names} }}) => {{ const it = await import('{module}'); return ({expression}); }}", given
    )


def cells(*states: str) -> list[dict[str, Any]]:
    """Two members on each variant."""
    return [
        {"variant": f"v{at // 2}", "member": f"m{at % 2}", "state": state, "pictures": [], "codes": []}
        for at, state in enumerate(states)
    ]


def test_steps_on_the_wall_pass_over_what_no_job_prints_and_end_at_its_edge(page: Page) -> None:
    wall = cells("fresh", "fresh", "fresh", "held", "fresh", "fresh")
    del wall[2]

    def step(at: int, way: str) -> str:
        return str(ask(page, "/page/cells.js", "it.hung(it.stepped(wall, wall[at], way))", wall=wall, at=at, way=way))

    assert step(0, "down") == "v2|m0"
    assert step(0, "right") == "v0|m1"
    assert step(1, "right") == "None"
    assert step(1, "down") == "v1|m1"
    assert ask(page, "/page/cells.js", "it.hung(it.nextFailing(wall, wall[4]))", wall=wall) == "v1|m1"
    assert ask(page, "/page/cells.js", "it.nextFailing([], null)") is None


def test_small_sheets_of_many_variants_hang_in_two_halves(page: Page) -> None:
    def columns(wall: list[dict[str, Any]], is_small: bool = True) -> list[int]:
        asked = "it.columns(it.rows(wall), isSmall).map(part => part.length)"
        found: list[int] = ask(page, "/page/cells.js", asked, wall=wall, isSmall=is_small)
        return found

    wall = cells(*["fresh"] * 10)
    assert columns(wall) == [3, 2]
    assert columns(wall, is_small=False) == [5]
    assert columns(wall[:4]) == [2]
    assert columns([{**cell, "pictures": ["front", "back"]} for cell in wall]) == [5]


def report(*sheets: tuple[str, str]) -> dict[str, Any]:
    pairs = [{"name": name, "golden": "sha256:g", "new": new} for name, new in sheets]
    item = {"kind": "page", "golden_page": 1, "page": 1, "record": None}
    return {"title": "goldens", "pairs": pairs, "items": [{**item, "pair": at} for at in range(len(sheets))]}


def test_what_was_seen_and_judged_goes_with_its_sheet_into_a_newer_report(page: Page) -> None:
    older, newer = report(("a", "1"), ("b", "1"), ("c", "1")), report(("c", "1"), ("b", "2"), ("a", "1"))
    carried = ask(
        page,
        "review",
        "(({ verdicts, seen, stale, moved }) => [[...verdicts.keys()], [...seen], stale, [...moved]])"
        "(it.carried(older, newer, new Map([[0, judged], [1, judged]]), new Map([[1, 'single'], [2, 'crop']])))",
        older=older,
        newer=newer,
        judged={"verdict": "approved", "by": "佐藤", "reason": "x", "remark": "", "seen": "single"},
    )
    assert carried == [[2], [[0, "crop"]], ["b"], [[0, 2], [2, 0]]]
