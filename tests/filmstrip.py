"""A day in the studio → the pictures of docs/studio.md: ``python tests/filmstrip.py``."""

from __future__ import annotations

import os
import tempfile
from collections import Counter, defaultdict
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, expect
from studio_hands import ROOT, checkout, chromium, desktop, find, place, point
from studios import started

STRIP = ROOT / "docs" / "pictures" / "studio"
COLOURS = 256
"""Of a picture: the files are small, and nothing is told by more."""


def main() -> None:
    """Take all pictures."""
    os.environ["FONTCONFIG_FILE"] = str(ROOT / "fonts" / "fonts.conf")  # a person's screen has Japanese fonts
    STRIP.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        desk = checkout(Path(folder) / "desk")
        with started("eligibility_notice", desk=desk) as address, chromium() as browser, desktop(browser) as context:
            page = context.new_page()
            page.goto(address)
            design(page, next(path for path in desk.rglob("*.css") if "top: 233mm" in path.read_text("utf-8")))
            review(page)


def design(page: Page, style: Path) -> None:
    """Find why a name is narrow, move the card, break a file and mend it."""
    expect(page.locator(".progress")).to_have_text("12 版のうち 12 まで最新")
    expect(page.locator("section.held .figure")).to_be_visible()
    take(page, "1-fresh")
    page.locator(".hint").get_by_role("button").click()

    find(page, "長体")
    expect(page.locator(".found button").first).to_be_visible()
    take(page, "2-find")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.keyboard.press("3")
    page.mouse.move(*on(page, "宛名", "差込欄", 0.4))
    take(page, "3-why-narrow")

    page.keyboard.press("0")
    page.mouse.click(*on(page, "カード", "領域", 0.98))
    page.keyboard.press("3")
    page.keyboard.press("-")
    page.keyboard.down("Alt")
    page.mouse.move(*on(page, "注意", "領域", 0.9))
    take(page, "4-gap")
    page.keyboard.up("Alt")

    page.keyboard.press("0")
    page.keyboard.press("Shift+ArrowDown")
    expect(page.locator(".asks")).to_be_visible()
    take(page, "5-move")

    shown = page.locator(".paper").get_attribute("data-picture") or ""
    page.keyboard.press("Enter")
    expect(page.locator(".paper")).not_to_have_attribute("data-picture", shown)
    expect(page.locator(".progress")).to_have_text("12 版のうち 12 まで最新")
    take(page, "6-written")

    moved = style.read_text("utf-8")
    style.write_text(moved.replace("top: 234mm", "top: 23x4mm").replace("font-weight", "font-weigth", 1), "utf-8")
    expect(page.locator("#pill")).to_have_class("refused")
    take(page, "7-last-good")
    style.write_text(moved, "utf-8")
    expect(page.locator("#pill")).to_have_class("fresh")


def review(page: Page) -> None:
    """Look at all variants, and judge what changed of the goldens."""
    page.get_by_role("tab", name="一覧").click()
    expect(page.locator("#panel-wall .cell.fresh")).to_have_count(48)
    take(page, "8-wall")
    page.get_by_role("tab", name="検版").click()
    page.locator("#panel-goldens .bar").wait_for()
    expect(page.locator("#panel-goldens .bar")).to_be_hidden()
    expect(page.locator("#items .group").first).to_be_visible()
    page.locator("#items .group").last.click()
    page.locator("#stage").focus()
    page.keyboard.press("3")
    page.keyboard.press(" ")
    take(page, "9-slider")
    page.keyboard.press("a")
    take(page, "10-sign")


def on(page: Page, label: str, kind: str, share: float) -> tuple[float, float]:
    """Return a point on the screen, so far from the upper left corner of the first box of that name."""
    box = place(page, label, kind)
    return point(page, box.x + share * box.w, box.y + share * box.h)


def take(page: Page, name: str) -> None:
    """Write what is on the screen, when all pictures are there."""
    page.wait_for_timeout(1000)
    screen = Image.open(BytesIO(page.screenshot())).convert("RGB")
    screen.quantize(palette=palette_of(screen), dither=Image.Dither.NONE).save(STRIP / f"{name}.png", optimize=True)


def palette_of(screen: Image.Image) -> Image.Image:
    """Choose the colours that a picture keeps: of those that are alike the one that is seen most."""
    data = screen.tobytes()
    alike: dict[tuple[int, ...], list[tuple[int, tuple[int, ...]]]] = defaultdict(list)
    for colour, count in Counter(zip(data[::3], data[1::3], data[2::3], strict=True)).items():
        alike[tuple(part >> 3 for part in colour)].append((count, colour))
    most = sorted(((sum(count for count, _ in each), max(each)[1]) for each in alike.values()), reverse=True)
    palette = Image.new("P", (1, 1))
    palette.putpalette([part for _, colour in most[:COLOURS] for part in colour])
    return palette


if __name__ == "__main__":
    main()
