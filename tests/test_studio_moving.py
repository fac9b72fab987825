"""A designer moves boxes in a running studio: what is planned is written, seen, right to lint, and taken back."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from moved_boxes import declared_faults, in_both_corners, job_of
from studio_client import Client, Said, change, copied_layouts
from studios import command

from renderer.layout.load import load_layout

NOTICE = "eligibility_notice"
PACK = Path(__file__).parent / "data" / "kokuho"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copied_layouts(tmp_path_factory.mktemp("studio") / "layouts") / NOTICE


@pytest.fixture(scope="module")
def page(folder: Path) -> Iterator[Client]:
    with command(folder) as (_, address), Client(address) as client:
        client.settled()
        yield client


def found(page: Client, kind: str, name: str, ordinal: int = 0) -> Said:
    wanted = {"kind": kind, "name": name, "ordinal": ordinal}
    return next(box for box in page.shown["boxes"] if wanted.items() <= box["id"].items())


def move(page: Client, box: Said, **more: object) -> Said:
    """Move a box of what is shown; where it is written, wait until that is seen.

    A plan is left where what was written before comes to be seen only now: then it is asked for again.
    """
    while True:
        page.say(kind="move", move=1, base=page.shown["revision"], box=box["id"], **more)
        answer = page.until("planned", "wrote", "refused")
        if more.get("write") or "then move once more" not in str(answer.get("why")):
            break
        page.until("change", "failed")
    if answer["kind"] == "wrote":
        page.until("change")
    return answer


def undo(page: Client, wrote: Said) -> Said:
    page.say(kind="undo", write_id=wrote["write_id"])
    answer = page.until("undone", "refused")
    if answer["kind"] == "undone":
        page.until("change")
    return answer


def texts(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_the_card_is_moved_by_2_mm_and_lint_finds_only_what_stood_beside_it(page: Client, folder: Path) -> None:
    before, boxes = texts(folder), page.shown["boxes"]
    card = found(page, "region", "card")
    assert "card_left" in [box["name"] for box in move(page, card, dy=-2.0)["reach"]["boxes"]]
    unconfirmed = move(page, card, dy=-2.0, write=True)
    assert unconfirmed["kind"] == "refused"
    assert "Enter" in unconfirmed["why"]["ja"]
    assert len(unconfirmed["edits"]) >= 3
    assert texts(folder) == before

    wrote = move(page, card, dy=-2.0, write=True, confirmed_reach=True)
    was, now = f"{card['y']:g}", f"{card['y'] - 2:g}"
    assert [(edit["name"], edit["before"], edit["after"]) for edit in wrote["edits"]][:3] == [
        ("top", f"{was}mm", f"{now}mm"), ("card.y", was, now), ("card_left.y", was, now),
    ]  # fmt: skip
    inside = [card["id"]]
    for old, new in zip(boxes, page.shown["boxes"], strict=True):
        if old["parent"] in inside:
            inside.append(old["id"])
        assert new["y"] == pytest.approx(old["y"] - 2 * (old["id"] in inside))
        assert (new["id"], new["x"]) == (old["id"], old["x"])
    assert len(inside) > 10

    quick = [sys.executable, "-m", "renderer.cli", "lint", str(folder), "--quick", "--json"]
    linted = subprocess.run(quick, capture_output=True, text=True)
    # The frame of the code ended where the card did, and the words above it are nearer to the scissors.
    beside = {"not-aligned", "wrong-distance"}
    assert {fault["code"] for fault in json.loads(linted.stdout)["faults"]} == beside
    layout = load_layout(folder)
    whole = declared_faults(layout, *in_both_corners(job_of(layout)))
    assert {fault.code for fault in whole} == beside
    assert undo(page, wrote)["edits"][0]["after"] == f"{was}mm"
    assert texts(folder) == before


def test_tenths_add_up_and_are_taken_back_one_by_one(page: Client, folder: Path) -> None:
    stages, written = [texts(folder)], []
    x = found(page, "region", "title")["x"]
    for _ in range(3):
        written.append(move(page, found(page, "region", "title"), dx=0.1, write=True, confirmed_reach=True))
        stages.append(texts(folder))
    assert [wrote["edits"][0]["after"] for wrote in written] == [f"{x + tenths / 10:g}mm" for tenths in (1, 2, 3)]
    assert undo(page, written[0])["kind"] == "refused"
    for wrote, stage in zip(reversed(written), reversed(stages[:-1]), strict=True):
        assert undo(page, wrote)["kind"] == "undone"
        assert texts(folder) == stage


def test_what_somebody_saved_meanwhile_stays(page: Client, folder: Path) -> None:
    greeting = found(page, "region", "greeting")
    wrote = move(page, greeting, dx=0.1, write=True)
    stale, css = page.shown["revision"], folder / "sheet.css"
    ours = css.read_bytes()
    css.write_bytes(ours + b"/* mine */\n")
    page.until("change")
    saved = texts(folder)
    assert "Git" in undo(page, wrote)["why"]["ja"]
    page.say(kind="move", move=2, base=stale, box=greeting["id"], dx=1.0, write=True)
    assert page.until("wrote", "refused")["kind"] == "refused"
    assert texts(folder) == saved
    css.write_bytes(ours)
    page.until("change")
    assert undo(page, wrote)["kind"] == "undone"


def test_what_a_variable_decides_is_not_moved_and_its_rule_is_told(page: Client, folder: Path) -> None:
    before = texts(folder)
    heights = (box for box in page.shown["boxes"] if _decides(box, "height").startswith("var("))
    refused = move(page, next(heights), dh=0.1, write=True)
    assert refused["kind"] == "refused"
    (rule,) = refused["rules"]
    assert (rule["name"], rule["value"].partition("(")[0]) == ("height", "var")
    line = Path(rule["source"]["path"]).read_text("utf-8").splitlines()[rule["source"]["line"] - 1]
    assert rule["value"] in line
    assert "変数" in refused["why"]["ja"]
    assert texts(folder) == before


def _decides(box: Said, side: str) -> str:
    """Say by what a side of a box is decided; "" where by nothing, or in the flow."""
    rules = {side: rule["value"] for rule in box["rules"] for side in rule["decides"]}
    stands = next((rule["value"] for rule in box["rules"] if rule["name"] == "position"), "static")
    return str(rules.get(side, "")) if stands == "absolute" else ""


def test_nothing_is_moved_while_the_files_cannot_be_laid_out(page: Client, folder: Path) -> None:
    template = folder / "sheet.html.j2"
    change(template, "</html>", "{% endif %}</html>")
    page.until("failed")
    before = texts(folder)
    refused = move(page, found(page, "region", "greeting"), dy=0.1, write=True)
    assert refused["kind"] == "refused"
    assert texts(folder) == before
    change(template, "{% endif %}</html>", "</html>")
    page.until("change")


def test_the_lists_of_rules_and_moves_agree(page: Client) -> None:
    """Every box that tells a plain rule of the style sheet can be moved by it, as the page is told."""
    slots = [box for box in page.shown["boxes"] if box["id"]["kind"] == "slot" and _decides(box, "left").endswith("mm")]
    for box in (slots[0], slots[-1]):
        planned = move(page, box, dx=0.1)
        (rule,) = [rule for rule in box["rules"] if "left" in rule["decides"]]
        assert planned["edits"][0]["before"] == rule["value"]
        assert planned["edits"][0]["source"]["line"] == rule["source"]["line"]


def approved(report: Said) -> Said:
    """What a page writes when its reviewer approves all that changed."""
    said = {"verdict": "approved", "by": "佐藤 恵", "reason": "2 mm 上げる依頼", "remark": "", "seen": "single"}
    verdicts = []
    for item in report["items"]:
        pair = report["pairs"][item["pair"]]
        of = {key: pair[key] for key in ("name", "golden", "new")}
        verdicts.append(of | {key: item[key] for key in ("kind", "golden_page", "page", "record")} | said)
    return {"format": 1, "report": report["title"], "verdicts": verdicts}


def test_a_box_is_moved_and_what_became_of_the_sheets_is_approved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CI", raising=False)
    pack = tmp_path / "pack"
    shutil.copytree(PACK, pack)
    folder = pack / "layouts" / "kokuho_certificate"
    with command(folder, "--pack", pack) as (_, address), Client(address) as page:
        page.settled()
        wrote = move(page, found(page, "fixed", "div.kokuho"), dy=-2.0, write=True)
        assert [(edit["name"], edit["after"]) for edit in wrote["edits"]] == [("top", "118mm"), ("facts.y", "118")]
        page.say(kind="goldens")
        goldens = page.until("goldens")
        while goldens["done"] < goldens["of"] or not goldens["report"]:
            goldens = page.until("goldens")
        vectors = [change["vector"] for item in goldens["report"]["items"] for change in item["changes"]]
        assert {(round(across, 1), round(down, 1)) for across, down in vectors} == {(0, -2)}
        page.say(kind="commit", review=approved(goldens["report"]), confirmed=True)
        assert len(page.until("committed", "not_committed")["cases"]) == goldens["of"]
    check = [sys.executable, "-m", "renderer.cli", "goldens", "check", "--pack", str(pack)]
    assert subprocess.run(check, capture_output=True, cwd=tmp_path).returncode == 0
