"""A session of the studio, as its page hears it: saves, people, variants, jobs; what is wrong; boxes that are moved."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from studio_client import Client, Said, change, copied_layouts
from studios import command

from renderer.desk.examples import EXAMPLES

NOTICE = "eligibility_notice"
CARD = "_shared/card.css"
"""What places its card."""


@pytest.fixture(scope="module")
def layouts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copied_layouts(tmp_path_factory.mktemp("studio") / "layouts")


@pytest.fixture(scope="module")
def job(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("job")
    shutil.copytree(EXAMPLES, folder / "examples")
    return folder / "examples" / f"{NOTICE}.toml"


@pytest.fixture(scope="module")
def open_page(layouts: Path, job: Path) -> Iterator[Client]:
    with command(layouts / NOTICE, "--job", job) as (_, address), Client(address) as page:
        page.settled()
        yield page


@pytest.fixture
def page(open_page: Client, layouts: Path, job: Path) -> Iterator[Client]:
    """The page of a layout as it was; what a test changes is put back."""
    folders = (layouts, job.parent)
    kept = {path: path.read_bytes() for folder in folders for path in folder.rglob("*") if path.is_file()}
    yield open_page
    for path, content in kept.items():
        if not path.is_file() or path.read_bytes() != content:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    _calm(open_page)


AS_BEGUN = {"seal": "yes", "card_corner": "right", "route": "home", "customer_barcode": "yes", "inserter_marks": "none"}


def _calm(page: Client) -> None:
    """Wait until all is shown as it was in the beginning."""
    for member, job in (("typical", {**AS_BEGUN, "seal": "no"}), ("longest", AS_BEGUN)):
        variant = "relation=dependant my_number=shown ratio=shown"
        page.say(kind="show", member=member, job=job, variant=variant, reference=False)
        while not _is_shown(page.shown, member, job, variant):
            page.until("change")


def _is_shown(shown: Said, member: str, job: dict[str, str], variant: str) -> bool:
    switches = {fact["name"]: fact["value"] for fact in shown["job"]}
    facts = " ".join(f"{fact['name']}={fact['value']}" for fact in shown["facts"])
    as_asked = (shown["member"], shown["reference"], shown["failing"], facts) == (member, False, None, variant)
    return as_asked and job.items() <= switches.items()


def _box(shown: Said, kind: str, name: str) -> Said:
    return next(box for box in shown["boxes"] if box["id"]["kind"] == kind and box["id"]["name"] == name)


def test_a_save_is_shown_with_its_boxes_and_only_the_pages_that_changed(page: Client, layouts: Path) -> None:
    before = page.shown
    assert _box(before, "region", "card")["y"] == 233
    change(layouts / CARD, "top: 233mm", "top: 231mm")
    told = page.until("change")
    assert (told["base"], [one["number"] for one in told["pages"]]) == (before["revision"], [1])
    assert told["pages"][0]["picture"] != before["pages"][0]["picture"]
    assert _box(told, "region", "card")["y"] == 231
    assert told["layout"] is told["facts"] is told["job"] is None


def test_a_save_of_the_same_bytes_changes_nothing(page: Client, layouts: Path) -> None:
    css = layouts / CARD
    revision = page.shown["revision"]
    css.write_bytes(css.read_bytes())
    os.utime(css, (1, 1))
    change(css, "top: 233mm", "top: 232mm")
    assert page.until("compiling")["revision"] == revision + 1
    page.until("change")


def test_a_comment_shows_the_same_picture(page: Client, layouts: Path) -> None:
    change(layouts / NOTICE / "sheet.css", "/* ---- Notes", "/* ---- notes")
    assert page.until("change")["pages"] == []


def test_a_file_that_is_saved_by_another_name_and_renamed_is_seen(page: Client, layouts: Path) -> None:
    css = layouts / CARD
    fresh = css.with_suffix(".new")
    fresh.write_text(css.read_text("utf-8").replace("top: 233mm", "top: 230mm"), "utf-8")
    fresh.replace(css)
    while _box(page.shown, "region", "card")["y"] != 230:
        page.until("change")


def test_what_is_half_saved_is_not_told(page: Client, layouts: Path) -> None:
    """An editor empties the file, and writes it a moment later: nobody sees a sheet without its style."""
    css = layouts / CARD
    text = css.read_text("utf-8").replace("top: 233mm", "top: 234mm")
    heard = len(page.heard)
    with css.open("w", encoding="utf-8") as file:
        file.write(text[: len(text) // 2])
        file.flush()
        os.fsync(file.fileno())
        file.write(text[len(text) // 2 :])
    told = page.until("change", "failed")
    assert _box(told, "region", "card")["y"] == 234
    assert {message["kind"] for message in page.heard[heard:]} <= {"compiling", "change", "variant", "held", "problems"}


def test_many_saves_end_with_the_last_one_and_leave_some_out(page: Client, layouts: Path) -> None:
    css, first = layouts / CARD, page.shown["revision"]
    text = css.read_text("utf-8")
    for step in range(1, 13):
        css.write_text(text.replace("top: 233mm", f"top: {233 - step / 10:g}mm"), "utf-8")
    heard = []
    while _box(page.shown, "region", "card")["y"] != 231.8:
        heard.append(page.until("change")["revision"])
    assert heard == sorted(heard)
    assert heard[0] > first


def test_all_that_is_wrong_is_told_at_once_and_the_last_good_sheet_stands(page: Client, layouts: Path) -> None:
    good = page.shown
    change(layouts / CARD, ".card { top: 233mm", ".card { tpo: 233mm; text-shadow: 1px 1px red")
    failed = page.until("failed")
    problems = failed["problems"]
    assert failed["last_good"] == good["revision"]
    assert [(one["source"]["file"], one["source"]["line"]) for one in problems] == [(CARD, 4)] * 2
    assert {one["selector"] for one in problems} == {".card { tpo }", ".card { text-shadow }"}
    assert [one["write"] for one in problems if "tpo" in one["selector"]] == ["top"]
    assert all(one["severity"] == "refused" for one in problems)
    page.say(kind="hello")
    snapshot = page.until("snapshot")
    assert snapshot["pages"] == good["pages"]
    assert (snapshot["revision"], snapshot["failing"]) == (good["revision"], failed["revision"])
    change(layouts / CARD, "tpo: 233mm; text-shadow: 1px 1px red", "top: 233mm")
    mended = page.until("change")
    assert (mended["pages"], mended["problems"]) == ([], [])


def test_somebody_else_is_shown_on_the_last_good_sheet_while_it_is_broken(page: Client, layouts: Path) -> None:
    good = page.shown
    change(layouts / CARD, ".card { top: 233mm", ".card { tpo: 233mm")
    problems = page.until("failed")["problems"]
    page.say(kind="show", member="shortest")
    told = page.until("change", "not_shown")
    assert (told["kind"], told["revision"], told["member"]) == ("change", good["revision"], "shortest")
    assert told["pages"][0]["picture"] != good["pages"][0]["picture"]
    assert page.picture().is_success
    failed = page.until("failed")
    assert (failed["last_good"], failed["problems"]) == (good["revision"], problems)
    page.say(kind="show", member="record:nobody")
    assert "no record" in page.until("change", "not_shown")["why"]["en"]
    change(layouts / CARD, "tpo: 233mm", "top: 230mm")
    page.until("change")
    assert (page.shown["member"], _box(page.shown, "region", "card")["y"]) == ("shortest", 230)


def test_what_was_broken_and_taken_back_is_good_though_nobody_was_asked_for_meanwhile(
    page: Client, layouts: Path
) -> None:
    toml = layouts / NOTICE / "layout.toml"
    before = toml.read_text("utf-8")
    toml.write_text(before + "[", "utf-8")
    page.until("failed")
    page.say(kind="show", member="record:nobody")
    page.until("not_shown")
    toml.write_text(before, "utf-8")
    while page.shown["failing"] is not None:
        page.until("change", "snapshot")


def test_a_variant_that_is_not_shown_and_cannot_be_laid_out_is_told_by_lint(page: Client, layouts: Path) -> None:
    page.say(kind="show", member="hard:H000001")
    page.until("change")
    template = layouts / NOTICE / "sheet.html.j2"
    outside = '<p style="position: absolute; top: 400mm">x</p>'
    change(template, "</body>", f'{{% if variant.relation == "dependant" %}}{outside}{{% endif %}}</body>')
    while "cannot-compile" not in {one["code"] for one in page.until("problems")["problems"]}:
        pass


def test_who_needs_another_plate_than_was_laid_out_is_shown_when_it_is_mended(page: Client, layouts: Path) -> None:
    change(layouts / CARD, ".card { top: 233mm", ".card { tpo: 233mm")
    page.until("failed")
    for number in range(1, 20):  # until one comes who has not the plate of the last good sheet
        page.say(kind="show", member=f"hard:H{number:06}")
        told = page.until("change", "not_shown")
        if told["kind"] == "not_shown":
            break
    assert "直して保存すると出ます" in told["why"]["ja"]
    change(layouts / CARD, "tpo: 233mm", "top: 233mm")
    page.until("change")
    assert page.shown["member"] == f"hard:H{number:06}"


def test_style_template_and_slots_are_refused_together(page: Client, layouts: Path) -> None:
    folder = layouts / NOTICE
    with (folder / "sheet.css").open("a", encoding="utf-8") as css:
        css.write(".x { flaot: left }\n")
    change(folder / "sheet.html.j2", 'slot("name")', 'slot("telephone")') if 'slot("name")' in (
        folder / "sheet.html.j2"
    ).read_text("utf-8") else change(folder / "sheet.html.j2", "slot('name')", "slot('telephone')")
    while True:
        failed = page.until("failed")
        if len(failed["problems"]) > 1:
            break
    files = {one["source"]["file"] for one in failed["problems"]}
    assert files == {f"{NOTICE}/sheet.css", f"{NOTICE}/sheet.html.j2"}
    assert "{{ insurer.telephone }}" in {one["write"] for one in failed["problems"]}


def test_a_slot_without_a_height_says_what_to_write_and_where_it_was(page: Client, layouts: Path) -> None:
    with (layouts / NOTICE / "sheet.css").open("a", encoding="utf-8") as css:
        css.write("[data-slot=kana], [data-slot=name] { height: auto !important }\n")
    problems = page.until("failed")["problems"]
    assert {one["box"]["name"] for one in problems} == {"kana", "name"}
    assert all(one["write"].startswith("height: ") and one["write"].endswith("mm") for one in problems)


@pytest.mark.parametrize("content", [b"\xff\xfe\x00[[", b"document = ", b"x = 1\n", b""])
def test_a_layout_file_that_cannot_be_read_is_told_with_its_line(page: Client, layouts: Path, content: bytes) -> None:
    (layouts / NOTICE / "layout.toml").write_bytes(content)
    problem = page.until("failed")["problems"][0]
    assert problem["source"]["file"] == f"{NOTICE}/layout.toml"
    assert problem["source"]["line"] >= 1


def test_a_job_that_cannot_be_read_is_told(page: Client, job: Path) -> None:
    job.write_bytes(b"\xff\xfe")
    problem = page.until("failed")["problems"][0]
    assert (problem["code"], problem["source"]["file"].split("/")[-1]) == ("job-refused", job.name)


def test_a_sheet_slides_in_the_envelope_that_is_chosen_and_nothing_is_written(page: Client, job: Path) -> None:
    insurer = job.parent / "insurer.toml"
    insurer.write_text("envelope = [240, 125]\n" + insurer.read_text("utf-8"), "utf-8")
    own = page.until("change")
    (fact,) = (fact for fact in own["job"] if fact["name"] == "envelope")
    assert [choice["label"]["ja"] for choice in fact["choices"]] == ["長形3号", "洋長3", "240 × 125 mm（保険者）"]
    assert (fact["value"], own["layout"]["travel"]) == ("240 × 125 mm", [15.0, 13.0])
    text = insurer.read_bytes()
    page.say(kind="show", job={"envelope": "長3"})
    told = page.until("change")
    assert told["layout"]["travel"] == [12.5, 10.5]
    assert {shape["name"] for shape in told["shapes"] if shape["overlay"] == "window"} == {"長3"}
    assert insurer.read_bytes() == text
    page.say(kind="show", job={"envelope": fact["value"]})
    page.until("change")
    insurer.write_bytes(text.replace(b"envelope = [240, 125]\n", b""))
    assert page.until("change", "failed")["layout"]["envelope"] == "長3"  # its own is another by now


def test_the_insurer_and_its_seal_are_watched(page: Client, job: Path) -> None:
    change(job.parent / "insurer.toml", "架空電機健康保険組合", "架空製鉄健康保険組合")
    assert page.until("change")["pages"]
    seal = job.parent / "seal.png"
    seal.write_bytes((job.parent / "seal.png").read_bytes()[:40])
    assert page.until("failed")["problems"]


def test_a_folder_that_goes_is_told_and_is_shown_again_when_it_comes(page: Client, layouts: Path) -> None:
    away = layouts.parent / "away"
    (layouts / NOTICE).rename(away)
    try:
        assert page.until("failed")["problems"][0]["severity"] == "refused"
    finally:
        away.rename(layouts / NOTICE)
    page.until("change")
    change(layouts / CARD, "top: 233mm", "top: 235mm")
    while _box(page.shown, "region", "card")["y"] != 235:
        page.until("change")


def test_another_member_is_shown_on_the_same_variant(page: Client) -> None:
    before = {fact["name"]: fact["value"] for fact in page.shown["facts"]}
    page.say(kind="show", member="shortest")
    told = page.until("change")
    assert told["member"] == "shortest"
    assert told["pages"]
    assert told["facts"] is None or {fact["name"]: fact["value"] for fact in told["facts"]} == before


def test_a_hard_member_and_a_record_force_their_own_variant(page: Client) -> None:
    page.say(kind="show", member="hard:H000001")
    told = page.until("change")
    assert {fact["name"]: fact["value"] for fact in told["facts"]}["relation"] == "insured"
    page.say(kind="show", member="record:A000002")
    assert page.until("change", "not_shown")["kind"] == "change"


def test_who_cannot_be_printed_is_held_with_the_numbers_and_shown_without_that_value(page: Client) -> None:
    page.say(kind="show", member="hard:H000030")
    told = page.until("change")
    held = [one for one in told["problems"] if one["severity"] == "held"]
    assert {one["code"] for one in held} == {"does-not-fit"}
    assert {one["record"] for one in held} == {"H000030"}
    fit = _box(told, "slot", "name")["fit"]
    assert fit["look"] == "held"
    assert fit["needed"] > _box(told, "slot", "name")["w"]
    assert held[0]["sentence"]["ja"] != held[0]["sentence"]["en"]


@pytest.mark.parametrize(
    "member", ["nobody", "hard:", "hard:H999999", "record:", "record:999999", "realistic:0", "x:1"]
)
def test_who_is_not_there_is_told_and_what_is_shown_stays(page: Client, member: str) -> None:
    before = page.shown
    page.say(kind="show", member=member)
    assert page.until("not_shown", "change")["kind"] == "not_shown"
    page.say(kind="hello")
    assert page.until("snapshot")["pages"] == before["pages"]


def test_what_can_wait_is_done_after_a_wish_for_nobody(page: Client) -> None:
    page.say(kind="show", member="shortest")
    page.until("change")
    page.say(kind="show", member="nobody")
    page.until("not_shown")
    assert page.until("inks")["revision"] == page.shown["revision"]  # which comes after who would be held


def test_a_record_that_may_not_be_printed_is_told_by_its_findings(page: Client) -> None:
    page.say(kind="show", member="hard:H000024")
    why = page.until("not_shown")["why"]
    assert "H000024" in why["ja"]
    assert "H000024" in why["en"]


def test_another_variant_is_shown_and_one_that_there_is_not_is_refused(page: Client) -> None:
    page.say(kind="show", variant="relation=insured")
    told = page.until("change")
    assert {fact["name"]: fact["value"] for fact in told["facts"]}["relation"] == "insured"
    page.say(kind="show", variant="relation=cousin")
    assert "cousin" in page.until("not_shown")["why"]["en"]


def test_the_job_is_switched_without_a_word_in_its_file(page: Client, job: Path) -> None:
    before = job.read_bytes()
    page.say(kind="show", job={"card_corner": "left", "seal": "no", "inserter_marks": "omr"})
    told = page.until("change")
    switches = {fact["name"]: fact["value"] for fact in told["job"]}
    assert (switches["card_corner"], switches["seal"], switches["inserter_marks"]) == ("left", "no", "omr")
    assert _box(told, "region", "card_left")["x"] == 20
    assert job.read_bytes() == before
    page.say(kind="show", job={"card_corner": "right", "inserter_marks": "none"})
    page.until("change")


def test_a_switch_that_there_is_not_is_told_and_nothing_is_lost(page: Client) -> None:
    page.say(kind="show", job={"seal": "perhaps"})
    assert page.until("not_shown", "failed", "change")["kind"] == "not_shown"
    page.say(kind="show", member="shortest")
    page.until("change")


def test_weasyprint_draws_the_same_when_it_is_asked_to(page: Client) -> None:
    pressed = page.picture(dpi=100).content
    page.say(kind="show", reference=True)
    assert page.until("change")["reference"] is True
    assert page.picture(dpi=100).content == pressed
    page.say(kind="show", reference=False)
    page.until("change")


def test_a_page_that_comes_back_with_what_it_has_is_told_nothing_anew(page: Client) -> None:
    page.say(kind="hello", have=page.shown["revision"])
    page.say(kind="hello", have=0)
    assert page.until("snapshot")["revision"] == page.shown["revision"]


def test_two_pages_see_the_same(page: Client, layouts: Path) -> None:
    with page.connect() as other:
        change(layouts / CARD, "top: 233mm", "top: 236mm")
        told = page.until("change")
        while json.loads(other.recv()) != told:
            pass


def test_in_the_background_come_who_would_be_held_all_variants_and_what_lint_finds(page: Client, layouts: Path) -> None:
    change(layouts / CARD, "top: 233mm", "top: 232.4mm")
    while _box(page.shown, "region", "card")["y"] != 232.4:
        page.until("change")
    revision = page.shown["revision"]
    held = page.until("held")
    assert (held["revision"], held["of"]) == (revision, 1000)
    assert held["narrowest"]["condense"] < 1
    assert {(shape["overlay"], shape["name"]) for shape in page.until("inks")["shapes"]} == {("ink", "rgb")}
    page.until("problems")
    states: dict[str, str] = {}
    while len(states) < 11:
        told = page.until("variant")["variant"]
        states[told["key"]] = told["state"]
        assert told["pictures"]
    assert set(states.values()) == {"fresh"}


def test_lint_tells_where_it_found_something(page: Client, layouts: Path) -> None:
    change(layouts / NOTICE / "layout.toml", "x = 109.4", "x = 108.4")
    while True:
        found = page.until("problems")["problems"]
        moved = [one for one in found if one["code"] == "region-moved"]
        if moved:
            break
    assert moved[0]["box"]["name"] == "card"
    assert moved[0]["source"]["file"] == f"{NOTICE}/layout.toml"
    assert "x = 109.4" in moved[0]["write"]
    assert moved[0]["severity"] == "advice"


def test_a_box_is_moved_in_the_files_and_taken_back(page: Client, layouts: Path) -> None:
    folder, box = layouts / NOTICE, _box(page.shown, "region", "card")
    before = {path: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    asked = {"kind": "move", "move": 1, "base": page.shown["revision"], "box": box["id"], "dy": -2.0}
    page.say(**asked)
    planned = page.until("planned", "refused")
    assert {(edit["name"], edit["after"]) for edit in planned["edits"]} >= {("top", "231mm"), ("card.y", "231")}
    assert {path: path.read_bytes() for path in before} == before
    page.say(**asked, write=True, confirmed_reach=True)
    wrote = page.until("wrote", "refused")
    page.until("change")
    assert _box(page.shown, "region", "card")["y"] == 231
    page.say(kind="undo", write_id=wrote["write_id"])
    assert page.until("undone", "refused")["kind"] == "undone"
    assert {path: path.read_bytes() for path in before} == before
    page.until("change")


def test_a_move_of_what_was_seen_before_a_save_is_refused(page: Client) -> None:
    box = _box(page.shown, "region", "card")
    page.say(kind="move", move=2, base=page.shown["revision"] - 1, box=box["id"], dy=1.0, write=True)
    assert page.until("wrote", "refused")["kind"] == "refused"


def test_nothing_of_a_person_is_in_what_the_program_says_on_the_terminal(layouts: Path, job: Path) -> None:
    with command(layouts / NOTICE, "--job", job) as (process, address):
        with Client(address) as page:
            page.settled()
            page.say(kind="show", member="hard:H000030")
            page.until("change")
        process.terminate()
        out, said = process.communicate()
    assert json.dumps([out, said]) == '["", ""]'


def test_a_layout_that_was_broken_before_is_told_and_shown_when_it_is_mended(tmp_path: Path) -> None:
    layouts = copied_layouts(tmp_path / "layouts")
    change(layouts / CARD, "top: 233mm", "tpo: 233mm")
    with command(layouts / NOTICE) as (_, address), Client(address) as page:
        while page.shown["failing"] is None:
            page.until("failed")
        page.say(kind="hello")
        told = page.until("snapshot")
        assert (told["revision"], told["pages"]) == (0, [])
        assert [one["write"] for one in told["problems"]] == ["top"]
        change(layouts / CARD, "tpo: 233mm", "top: 233mm")
        assert page.settled()["failing"] is None


def test_a_save_is_shown_that_came_with_a_wish_for_nobody(page: Client, layouts: Path) -> None:
    page.say(kind="show", member="nobody")
    change(layouts / CARD, "top: 233mm", "top: 234mm")
    while _box(page.shown, "region", "card")["y"] != 234:
        page.until("change")
