"""A wall shows every variant with the hardest members as printed, its words beside the paper, in PDF and HTML."""

from __future__ import annotations

import json
import os
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pikepdf
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, sync_playwright
from trial_runs import ROOT, ended, renderer

from renderer.cli.exits import ExitCode
from renderer.desk import wall_pdf
from renderer.desk.examples import load_example, switched_jobs
from renderer.desk.overlay_svg import ABOVE, LEFT
from renderer.desk.overlays import Look
from renderer.desk.wall import MEMBERS, Wall, figures, hang
from renderer.desk.wall_html import KEYS, write_wall_html
from renderer.desk.wall_pdf import SCALE, spot_of, write_wall_pdf
from renderer.layout.engine import draw_paper
from renderer.layout.load import load_layout
from renderer.model.errors import BadJob
from renderer.model.sums import sum_of_file
from renderer.proof import pixels
from renderer.running.words import words

KOKUHO = ROOT / "tests" / "data" / "kokuho"
CITY = "kokuho_certificate"
"""A layout of two variants."""
SAID = words("ja")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("wall")


@pytest.fixture(scope="module")
def wall(folder: Path) -> Wall:
    """Hang a layout in which the longest name does not fit."""
    pack = Path(shutil.copytree(KOKUHO, folder / "kokuho"))
    toml = pack / "layouts" / CITY / "layout.toml"
    text = toml.read_text("utf-8")
    toml.write_text(text.replace('\nname = { fit = "condense", floor = 60 }', "\nname = {}"), "utf-8")
    with toml.with_name("sheet.css").open("a", encoding="utf-8") as css:
        css.write(".kokuho [data-slot=name] { width: 40mm }\n")
    return hang(load_example(CITY, pack), load_layout(CITY, pack), folder / "sheets.pdf")


def test_every_variant_hangs_with_every_member_and_what_is_held_says_why(wall: Wall) -> None:
    variants = list(wall.layout.variants())
    assert [(hung.variant, hung.member) for hung in wall.hung] == [(v, name) for v in variants for name in MEMBERS]
    assert (wall.variants, wall.held) == (2, 2)
    for hung in wall.hung:
        looks = Counter(shape.look for shape in hung.shapes)
        assert {Look.REGION, Look.WINDOW, Look.TRAVEL, Look.FOLD, Look.MARGIN, Look.FULL_SIZE} <= looks.keys()
        is_held = hung.member == "longest"
        assert (hung.first_page is None, hung.held) == (is_held, ("does-not-fit",) if is_held else ())
        assert looks[Look.HELD] == (1 if is_held else 0)
    assert [hung.first_page for hung in wall.hung if not hung.held] == list(range(6))


def test_each_sheet_is_that_of_its_variant_and_member_as_it_is_printed(wall: Wall) -> None:
    with pixels.opened(wall.sheets) as file:
        assert file.page_count == 6
        texts = [file.text(page) for page in range(6)]
    for text, name in zip(texts, ("見本", "林", "𠮷") * 2, strict=True):
        assert name in text
    assert ["特別" in text for text in texts] == [True] * 3 + [False] * 3


def test_regions_are_those_of_the_sheet_at_hand(tmp_path: Path) -> None:
    """The card of the notice stands in one corner or in the other, and its notes beside it."""
    layout, corners = load_layout("eligibility_notice"), {"card", "notes", "card_left", "notes_right"}
    left = dict(switched_jobs("eligibility_notice", outbox=tmp_path))["left-card"]
    for job, here in (
        (load_example("eligibility_notice"), {"card", "notes"}),
        (left, {"card_left", "notes_right"}),
    ):
        hung = hang(job, layout, tmp_path / "sheets.pdf").hung
        assert len(hung) == 12 * len(MEMBERS)
        for one in hung:
            assert corners & {shape.name for shape in one.shapes if shape.look is Look.REGION} == here
            assert sum(shape.look is Look.CUT for shape in one.shapes) == 1


# PDF


@pytest.fixture(scope="module")
def contact(wall: Wall, folder: Path) -> Path:
    write_wall_pdf(wall, folder / "wall.pdf", SAID)
    return folder / "wall.pdf"


def test_a_contact_sheet_has_many_pages_as_they_were_printed_and_its_words_beside_them(
    wall: Wall, contact: Path
) -> None:
    with pixels.opened(contact) as file, pixels.opened(wall.sheets) as sheets:
        assert file.page_count == 1
        assert [round(mm) for mm in file.size(0)] == [420, 297]
        outside = list(file.characters(0))
        for number, figure in enumerate(figures(wall, SAID)):
            spot = spot_of(number)
            left, top = spot.x + LEFT * SCALE, spot.y + ABOVE * SCALE
            right, bottom = left + 210 * SCALE, top + 297 * SCALE
            inside = [one for one in outside if left < one.box.x < right and top < one.box.y < bottom]
            printed = sheets.characters(figure.page) if figure.page is not None else ()
            assert [one.text for one in inside] == [one.text for one in printed]
            for ours, theirs in zip(inside, printed, strict=True):
                assert (ours.box.x - left) / SCALE == pytest.approx(theirs.box.x, abs=0.02)
                assert (ours.box.y - top) / SCALE == pytest.approx(theirs.box.y, abs=0.02)
            outside = [one for one in outside if one not in inside]
    words_of = "".join("".join(one.text for one in outside).split())
    captions = [figure.caption for figure in figures(wall, SAID)]
    for said in (*captions, "折り99", "窓長3", "差し止め：does-not-fit", "止氏名", "±12.5mm"):
        assert "".join(said.split()) in words_of


@pytest.mark.parametrize("member", ["typical", "shortest"])
def test_a_caption_of_two_lines_stands_above_its_sheet(wall: Wall, tmp_path: Path, member: str) -> None:
    said = f"{member}: insured, with the last four digits of 個人番号, with 負担割合, with 限度額区分"
    shown = [replace(figure, caption=said[: len(said) - number]) for number, figure in enumerate(figures(wall, SAID))]
    (tmp_path / "around.pdf").write_bytes(draw_paper("wall", wall_pdf._html(wall, shown, SAID), wall.job.insurer))
    with pixels.opened(tmp_path / "around.pdf") as file:
        found = list(file.characters(0))
    for number in range(len(shown)):
        spot = spot_of(number)
        left, top = spot.x + LEFT * SCALE, spot.y + ABOVE * SCALE
        across = [one.box for one in found if left - 0.1 < one.box.x < left + 210 * SCALE]
        assert [box for box in across if top - 8 < box.y < top - 3 and box.h > 1]
        assert [box for box in across if box.y < top < box.y + box.h or top < box.y < top + 2] == []


def test_the_same_wall_is_the_same_bytes(wall: Wall, contact: Path, folder: Path) -> None:
    write_wall_pdf(wall, folder / "again.pdf", SAID)
    assert sum_of_file(folder / "again.pdf") == sum_of_file(contact)
    for name in ("one.html", "two.html"):
        write_wall_html(wall, folder / name, SAID)
    assert sum_of_file(folder / "one.html") == sum_of_file(folder / "two.html")


# HTML


@pytest.fixture(scope="module")
def page(wall: Wall, folder: Path) -> Iterator[Page]:
    write_wall_html(wall, folder / "wall.html", SAID)
    with sync_playwright() as browsers:
        environment = {**os.environ, "FONTCONFIG_FILE": str(ROOT / "fonts" / "fonts.conf")}
        browser = browsers.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox"], env=dict(environment)
        )
        opened = browser.new_page(viewport={"width": 1600, "height": 1000})
        asked: list[str] = []
        said: list[str] = []
        opened.on("request", lambda request: asked.append(request.url))
        opened.on("console", lambda message: said.append(message.text))
        opened.on("pageerror", lambda error: said.append(str(error)))
        opened.goto((folder / "wall.html").as_uri())
        yield opened
        assert [url for url in asked if not url.startswith("data:")] == [(folder / "wall.html").as_uri()]
        assert said == []
        browser.close()


def is_seen(page: Page, overlay: str) -> bool:
    script = "name => getComputedStyle(document.querySelector('g.' + name)).visibility === 'visible'"
    return bool(page.evaluate(script, overlay))


def test_the_page_shows_every_figure_and_names_it(page: Page, wall: Wall) -> None:
    captions = [figure.caption for figure in figures(wall, SAID)]
    assert page.locator("figcaption").all_inner_texts() == captions
    assert [page.locator("figure > svg").nth(n).get_attribute("aria-label") for n in range(8)] == captions
    assert page.locator("image").count() == 6
    widths = page.evaluate("[...document.querySelectorAll('figure')].map(one => one.getBoundingClientRect().top)")
    assert len(set(widths)) == 2  # four beside one another: a variant a row


def test_overlays_are_switched_by_box_and_by_key_and_v_shows_bare_paper(page: Page, wall: Wall) -> None:
    there = {shape.overlay for hung in wall.hung for shape in hung.shapes}
    main = page.locator("main")
    for overlay, key in KEYS.items():
        if overlay not in there:
            continue
        switch = page.locator(f"input[data-overlay={overlay}]")
        assert is_seen(page, overlay)
        switch.uncheck()
        assert not is_seen(page, overlay)
        main.press(key)
        assert switch.is_checked()
        assert is_seen(page, overlay)
        page.locator(f"input[data-overlay={overlay}]").press(key)  # not the wall: a letter is a letter
        assert is_seen(page, overlay)
    main.focus()
    page.keyboard.down("v")
    assert not any(is_seen(page, overlay) for overlay in there)
    page.keyboard.up("v")
    assert all(is_seen(page, overlay) for overlay in there)


def test_letters_of_an_input_method_switch_nothing(page: Page) -> None:
    page.evaluate(
        "document.getElementById('wall').dispatchEvent(new KeyboardEvent('keydown', {key: 'r', isComposing: true}))"
    )
    assert is_seen(page, "regions")


def test_three_sizes(page: Page) -> None:
    def width() -> float:
        return float(page.evaluate("document.querySelector('figure').getBoundingClientRect().width"))

    sizes = []
    for size in ("small", "middle", "large"):
        page.check(f"input[value={size}]")
        sizes.append(width())
    page.check("input[value=small]")
    assert sizes[0] * 1.9 < sizes[1] < sizes[2] / 1.9


def test_the_page_can_be_used_by_everybody(page: Page) -> None:
    found = Axe().run(page).response["violations"]
    assert [(one["id"], one["impact"]) for one in found if one["impact"] in ("serious", "critical")] == []


# The command line


def test_on_the_command_line_a_wall_of_a_pack_is_written(tmp_path: Path) -> None:
    for name in ("wall.pdf", "wall.html"):
        words_of = ("wall", CITY, "--pack", KOKUHO, "-o", tmp_path / name, "--json")
        code, out, err = ended(renderer(*words_of))
        assert (code, err) == (ExitCode.ALL_PRINTED, "")
        told = json.loads(out)
        sizes = {"variants": 2, "members": 4, "sheets": 8, "held": 0}
        assert told == {"files": [str(tmp_path / name)], **sizes}
    with pikepdf.open(tmp_path / "wall.pdf") as file:
        assert sum(str(name).startswith("/Sheet") for name in file.pages[0].resources.XObject) == 8
    assert sorted(path.name for path in tmp_path.iterdir()) == ["wall.html", "wall.pdf"]


@pytest.mark.parametrize("out", ["wall.png", "nowhere/wall.pdf"])
def test_another_kind_of_file_or_no_place_for_it_ends_with_code_2(out: str, tmp_path: Path) -> None:
    assert ended(renderer("wall", CITY, "-o", tmp_path / out))[0] == ExitCode.BAD_COMMAND_LINE


def test_a_job_of_another_document_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadJob, match=r"is a layout of"):
        hang(load_example("eligibility_certificate"), load_layout("eligibility_notice"), tmp_path / "sheets.pdf")
