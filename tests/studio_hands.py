"""What a person does and sees in the page of a studio, in a real browser."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
Opener = Callable[[str], Page]
"""The address of a studio → its page, when there is a sheet to see."""

expect.set_options(timeout=300_000)


def keep(folder: Path) -> None:
    """Make a folder a repository of Git, and commit what is in it."""
    for words in (["init", "-q"], ["add", "-A"], ["-c", "user.name=x", "-c", "user.email=x", "commit", "-qm", "x"]):
        subprocess.run(["git", "-C", folder, *words], check=True)


def changed_files(folder: Path) -> set[str]:
    """Name the files that are not as they were kept."""
    words = ["git", "-C", folder, "status", "--porcelain", "-z", "--untracked-files=all"]
    told = subprocess.run(words, check=True, capture_output=True, text=True).stdout
    return {line[3:] for line in told.split("\0") if line}


def checkout(folder: Path) -> Path:
    """Copy the program, our layouts and their goldens into a repository of their own, to change and approve there."""
    for name in ("renderer", "layouts", "fixtures", "tests/goldens"):
        shutil.copytree(ROOT / name, folder / name, symlinks=True, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "fonts").symlink_to(ROOT / "fonts")
    (folder / ".gitignore").write_text("__pycache__/\n", encoding="utf-8")
    keep(folder)
    return folder


# ---- the browser


@contextmanager
def chromium() -> Iterator[Browser]:
    """Run Debian's Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        yield browser
        browser.close()


@contextmanager
def desktop(browser: Browser) -> Iterator[BrowserContext]:
    """Sit down at a screen of the common size."""
    permissions = ["clipboard-read", "clipboard-write"]
    context = browser.new_context(viewport={"width": 1440, "height": 900}, permissions=permissions)
    yield context
    context.close()


@contextmanager
def opening(context: BrowserContext) -> Iterator[Opener]:
    """Open studios; nothing else may be asked, and nothing may go wrong in the console."""
    wrong: list[str] = []

    def opened(address: str) -> Page:
        page = context.new_page()
        ours = address.partition("?")[0]
        page.on("request", lambda request: request.url.startswith((ours, "data:")) or wrong.append(request.url))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda message: message.type == "error" and wrong.append(message.text))
        page.goto(address)
        expect(page.locator("#pill")).to_have_class("fresh")
        page.locator(".paper img.whole").wait_for()
        return page

    yield opened
    assert wrong == []


def barriers(page: Page) -> list[str]:
    """What keeps people out, by axe."""
    found = Axe().run(page, options={"preload": False}).response["violations"]  # else it writes style of its own
    return [f"{each['id']}: {each['nodes'][0]['html']}" for each in found if each["impact"] in ("serious", "critical")]


# ---- the sheet


@dataclass(frozen=True)
class Place:
    """Of a box, in mm, as the page tells it."""

    x: float
    y: float
    w: float
    h: float


def point(page: Page, x: float, y: float) -> tuple[float, float]:
    """Where mm of the page stand on the screen."""
    paper = page.locator(".paper").bounding_box()
    assert paper
    return paper["x"] + x * paper["width"] / 210, paper["y"] + y * paper["height"] / 297


def place(page: Page, label: str, kind: str) -> Place:
    """Where the first box of that name is."""
    told = page.locator("ol.unseen li", has_text=re.compile(f"^{label}\\S*　{kind}　")).first.inner_text()
    found = re.search(r"x ([\d.]+)　y ([\d.]+)　幅 ([\d.]+)　高さ ([\d.]+)", told)
    assert found
    return Place(*map(float, found.groups()))


def select(page: Page, label: str, kind: str) -> Place:
    """Click into the middle of a box."""
    box = place(page, label, kind)
    page.mouse.click(*point(page, box.x + box.w / 2, box.y + box.h / 2))
    expect(page.locator(".place h2")).to_contain_text(label)
    return box


def select_card(page: Page, name: str = "カード") -> Place:
    """Click into the corner of the card, where nothing else of it stands."""
    box = place(page, name, "領域")
    page.mouse.click(*point(page, box.x + box.w - 1.5, box.y + box.h - 1.5))
    expect(page.locator(".place h2")).to_contain_text(name)
    return box


def picture(page: Page) -> str:
    """Name what is on the paper."""
    return page.locator(".paper").get_attribute("data-picture") or ""


def view(page: Page) -> str | None:
    """Say where it is looked at, and how near."""
    return page.locator(".world").get_attribute("transform")


def fresh(page: Page, before: str) -> None:
    """Wait for another picture than that."""
    expect(page.locator(".paper")).not_to_have_attribute("data-picture", before)
    expect(page.locator("#pill")).to_have_class("fresh")


def side(page: Page, name: str) -> Locator:
    """The field of a side of what is selected."""
    return page.get_by_label(name, exact=True)


def write_move(page: Page) -> None:
    """Confirm a move that waits, or let it be written."""
    expect(page.locator(".asks, .writes")).to_have_count(1)
    if page.locator(".asks").count():
        page.keyboard.press("Enter")


def find(page: Page, typed: str) -> None:
    """Look for something, by the key."""
    page.locator("#sheet").focus()
    page.keyboard.press("/")
    page.keyboard.type(typed)


def linted(page: Page) -> str:
    """Turn to the problems, wait until lint has looked at every variant, and return what stands there."""
    page.get_by_role("button", name="不具合").first.click()
    expect(page.locator(".list")).not_to_contain_text("lint がまだ見ています。")
    return page.locator(".list").inner_text()


# ---- the review


def to(page: Page, tab: str) -> None:
    """Turn to a tab."""
    page.get_by_role("tab", name=tab).click()


def sign(page: Page, by: str, reason: str) -> None:
    """Say who judges and why, when it is asked for the first time."""
    dialog = page.get_by_role("dialog")
    assert [dialog.get_by_label(name).input_value() for name in ("検査者", "理由")] == ["", ""]
    dialog.get_by_label("検査者").fill(by)
    dialog.get_by_label("理由").fill(reason)
    page.get_by_role("button", name="判定する").click()


def approve_all(page: Page, cases: int, by: str, reason: str) -> None:
    """Look at one sheet after the other, and approve each."""
    for number in range(1, cases + 1):
        expect(page.get_by_role("status")).to_contain_text(page.locator("#item-name").inner_text())
        page.locator("#stage").focus()
        page.keyboard.press("a")
        if number == 1:
            sign(page, by, reason)
        expect(page.get_by_text(f"検版待ち {number} / {cases}")).to_be_visible()


def write_verdicts(page: Page) -> str:
    """Write, and return what was said before."""
    page.keyboard.press("Control+s")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("approvals.toml")
    said = dialog.inner_text()
    dialog.get_by_role("button", name="書き込む").click()
    return said
