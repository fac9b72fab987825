"""The commands of designers and QA answer people and machines, and end with the codes of the README."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from small_layouts import print_sheets, rules, small_plate, write_layout
from trial_runs import DEMO, FIXTURES, ended, renderer, rows_of, trial, write_job
from typer.testing import CliRunner

from renderer.cli.exits import ExitCode
from renderer.cli.main import app
from renderer.layout.load import LAYOUTS
from renderer.model.errors import BadJob
from renderer.model.job import Job
from renderer.proof import pixels
from renderer.running.manifest import read_manifest

NOTICE = "eligibility_notice"


def asked(*words: object) -> Any:
    """Ask in this process; what would end ``renderer`` with a message comes through as an exception."""
    return CliRunner().invoke(app, [str(word) for word in words], catch_exceptions=False)


def facts(*words: object, code: int = 0) -> dict[str, Any]:
    answer = asked(*words, "--json")
    assert answer.exit_code == code, answer.output
    found: dict[str, Any] = json.loads(answer.stdout)
    return found


@pytest.fixture(scope="module")
def delivered(tmp_path_factory: pytest.TempPathFactory) -> Job:
    job, _ = trial(tmp_path_factory.mktemp("cli") / "job", rows_of(DEMO)[:4])
    return job


@pytest.fixture(scope="module")
def job_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_job(tmp_path_factory.mktemp("cli") / "job", rows_of(FIXTURES / "examples" / "hard.csv"))


@pytest.fixture
def two(tmp_path: Path) -> tuple[Path, Path]:
    plate = small_plate(tmp_path)
    return tuple(  # type: ignore[return-value]
        print_sheets(tmp_path / f"{name}.pdf", plate, [{"name": value}])
        for name, value in (("golden", "山田"), ("new", "川田"))
    )


@pytest.mark.parametrize(
    "words",
    [
        ("sheet", NOTICE, "-o", "nowhere/x.pdf"),
        ("sheet", NOTICE, "--variant", "relation"),
        ("sheet", NOTICE, "--variant", "ratio=shown", "--variant", "ratio=hidden"),
        ("compare", __file__, __file__, "--report", __file__),
        ("sheet", NOTICE, "--page", "2", "-o", "x.png"),
        ("specimen", "-o", "nowhere/x.pdf"),
        ("reprint", "job.toml"),
        ("reprint", "job.toml", "--record", "A1", "--piece", "1"),
        ("reprint", "job.toml", "--piece", "0"),
        ("compare", "nothing.pdf", "nothing.pdf"),
        ("compare", "one.pdf"),
        ("compare", __file__, "."),
    ],
)
def test_words_that_make_no_sense_end_with_code_2(words: tuple[str, ...]) -> None:
    assert asked(*words).exit_code == 2


def test_what_is_laid_down_is_named_for_machines_and_a_member_file_is_counted(tmp_path: Path) -> None:
    files = facts("new", tmp_path / "job", "--document", NOTICE)["files"]
    assert all(Path(file).is_file() for file in files)
    copied = facts("new-layout", tmp_path / "layout", "--from", NOTICE)["files"]
    assert all(Path(file).is_file() for file in copied)
    counts = facts("check", tmp_path / "job" / "job.toml")
    assert (counts["exit_code"], counts["read"], counts["held"]) == (0, 20, 0)


# sheet


def test_a_sheet_of_a_layout_alone_shows_the_longest_member(tmp_path: Path) -> None:
    out = tmp_path / "sheet.pdf"
    assert facts("sheet", NOTICE, "-o", out) == {
        "files": [str(out)],
        "record": "LONGEST-OF-EVERY-ONE",
        "variant": {"relation": "dependant", "my_number": "shown", "ratio": "shown"},
        "pages": 1,
    }
    assert out.read_bytes()[:5] == b"%PDF-"


def test_a_sheet_of_a_record_is_that_of_the_run(delivered: Job, tmp_path: Path) -> None:
    out = tmp_path / "sheet.pdf"
    record = "A000002"
    answer = asked(
        "sheet", NOTICE, "--job", delivered.path, "--source", delivered.sources[0], "--record", record, "-o", out
    )
    assert (answer.exit_code, answer.stdout) == (0, f"{out}\n")
    _, entries = read_manifest(delivered.folder / "batch-0001.json")
    page = next(entry.page_from for entry in entries if entry.record == record) - 1
    with pixels.opened(out) as ours, pixels.opened(delivered.folder / "batch-0001.pdf") as batch:
        assert pixels.difference(ours.pixels(0, 100), batch.pixels(page, 100), 100) is None


def test_a_sheet_of_a_member_and_a_variant(job_path: Path, tmp_path: Path) -> None:
    member = FIXTURES / "examples" / "members" / "typical.toml"
    words = ("--job", job_path, "--member", member, "--variant", "relation=insured", "--variant", "ratio=hidden")
    found = facts("sheet", NOTICE, *words, "-o", tmp_path / "x.pdf", "--reference")
    assert found["variant"] == {"relation": "insured", "my_number": "shown", "ratio": "hidden"}
    assert found["record"] == "A000123"


def test_pictures_are_in_colour_of_the_size_asked_for_and_small(tmp_path: Path) -> None:
    words = (
        "sheet",
        "eligibility_certificate",
        "--member",
        FIXTURES / "examples" / "members" / "typical.toml",
        "--dpi",
        "100",
    )
    found = facts(*words, "-o", tmp_path / "sheet.png")
    assert found["files"] == [str(tmp_path / "sheet-1.png"), str(tmp_path / "sheet-2.png")]
    assert facts(*words, "--page", "2", "-o", tmp_path / "back.png")["files"] == [str(tmp_path / "back.png")]
    with Image.open(tmp_path / "back.png") as back, Image.open(tmp_path / "sheet-2.png") as second:
        assert back.size == (827, 1170)
        assert back.convert("RGB").tobytes() == second.convert("RGB").tobytes()
    assert all(path.stat().st_size < 120_000 for path in tmp_path.glob("*.png"))


def test_a_held_member_ends_with_code_3_and_its_findings_and_no_name(job_path: Path, tmp_path: Path) -> None:
    words = (
        "--job",
        job_path,
        "--source",
        FIXTURES / "examples" / "hard.csv",
        "--record",
        "H000029",
        "-o",
        tmp_path / "x.pdf",
    )
    code, out, err = ended(renderer("sheet", NOTICE, *words))
    assert (code, out) == (3, "")
    assert "renderer: held: line 30, record H000029: name: no font prints U+30EDE" in err
    assert "太郎" not in err
    assert not (tmp_path / "x.pdf").exists()


def test_a_layout_that_is_not_there_ends_with_code_4() -> None:
    code, out, err = ended(renderer("sheet", "eligibility_notise"))
    assert (code, out) == (4, "")
    assert "no layout 'eligibility_notise'; there are eligibility_certificate, eligibility_certificate_large, " in err


# specimen


def test_a_specimen_is_printed_where_it_is_asked_for(tmp_path: Path) -> None:
    found = facts("specimen", "-o", tmp_path / "specimen.pdf")
    with pixels.opened(tmp_path / "specimen.pdf") as document:
        assert document.page_count == found["pages"] >= 1
        assert "U+20BB7" in document.text(0)


@pytest.mark.parametrize("command", [("specimen",), ("calibrate",), ("sheet", NOTICE), ("wall", NOTICE)])
def test_what_is_no_place_for_a_file_is_told_and_nothing_written(tmp_path: Path, command: tuple[str, ...]) -> None:
    (tmp_path / "folder.pdf").mkdir()
    (tmp_path / "insurer.toml").write_text("x", "utf-8")
    for out, said in (
        ("none", "in a folder that exists"),
        ("insurer.toml", "in a folder that exists"),
        ("no/a.pdf", "in a folder that exists"),
        ("folder.pdf", "is a folder; give a file"),
    ):
        answer = asked(*command, "-o", tmp_path / out)
        assert answer.exit_code == 2
        assert said in " ".join(answer.stderr.replace("│", " ").split())
    assert sorted(path.name for path in tmp_path.iterdir()) == ["folder.pdf", "insurer.toml"]
    assert (tmp_path / "insurer.toml").read_text("utf-8") == "x"


def test_a_new_layout_says_what_is_in_its_place(tmp_path: Path) -> None:
    (tmp_path / "dangling").symlink_to(tmp_path / "gone")
    (tmp_path / "file").write_text("", "utf-8")
    for name, said in (("dangling", "is a link to what is not there"), ("file", "there is a file of this name")):
        with pytest.raises(BadJob, match=said):
            asked("new-layout", tmp_path / name)


# reprint and verify


def test_a_reprint_names_its_file(delivered: Job) -> None:
    found = facts("reprint", delivered.path, "--record", "A000003")
    assert found["path"] == str(delivered.outbox / "demo-notices-reprint-A000003.pdf")
    assert (found["record"], found["sheets"], found["pages"]) == ("A000003", 1, 1)
    answer = asked("reprint", delivered.path, "--piece", "1")
    assert answer.stdout.endswith("demo-notices-reprint-piece-1.pdf: sheets 1, pages 1, as delivered\n")


def test_a_record_that_was_not_delivered_ends_with_code_4(delivered: Job) -> None:
    code, _, err = ended(renderer("reprint", delivered.path, "--record", "A000009"))
    assert code == 4
    assert "record A000009 is in none of the manifests" in err


def test_a_delivered_batch_is_verified_again_and_a_changed_one_ends_with_code_5(delivered: Job, tmp_path: Path) -> None:
    batch = shutil.copytree(delivered.folder, tmp_path / "copy") / "batch-0001.pdf"
    answer = asked("verify", batch)
    told = "batch-0001.pdf: 4 pieces, 4 sheets, 4 pages: all as its manifest says\n"
    not_asked = "not asked: what the sheets say; only --job JOB.toml knows what the sheets must say\n"
    assert answer.stdout == asked("verify", batch.parent).stdout == told + not_asked
    assert asked("verify", batch.parent, "--job", delivered.path).stdout == told
    assert facts("verify", batch, "--job", delivered.path)["insert_pages"] == 0
    assert [one["not_asked"] for one in facts("verify", batch.parent, "--job", delivered.path)["batches"]] == [""]
    elsewhere = shutil.copytree(delivered.outbox, tmp_path / "elsewhere", symlinks=True)
    members = shutil.copy(delivered.sources[0], tmp_path / "m.csv")
    shutil.copy(delivered.path, tmp_path)
    moved = ("--job", tmp_path / delivered.path.name, "--source", members, "--outbox", elsewhere)
    assert asked("verify", batch.parent, *moved).stdout == told
    assert ended(renderer("verify", batch, "--source", members))[0] == 2
    batch.write_bytes(batch.read_bytes()[:-1])
    code, out, err = ended(renderer("verify", batch))
    assert (code, out) == (5, "")
    assert "batch-0001.pdf is not the file its manifest is about" in err


def test_a_folder_that_is_no_delivery_and_a_file_that_is_not_there_are_not_verified(delivered: Job) -> None:
    expected = ((Path(), 5, "report.json is missing"), (delivered.folder / "batch-9999.pdf", 2, "does not exist"))
    for path, code, said in expected:
        ended_with, out, err = ended(renderer("verify", path))
        assert (ended_with, out) == (code, "")
        assert said in err


@pytest.mark.parametrize("command", [("sheet",), ("lint",)])
def test_a_job_of_another_document_ends_with_code_4(command: tuple[str, ...], tmp_path: Path) -> None:
    words = (*command, "eligibility_notice", "--job", FIXTURES / "certificate.toml")
    code, out, err = ended(renderer(*words, cwd=tmp_path))
    assert (code, out) == (4, "")
    assert 'key "document": eligibility_notice is a layout of eligibility_notice, and this job prints' in err


# compare


def test_two_files_that_print_the_same_end_with_code_0(two: tuple[Path, Path]) -> None:
    golden, _ = two
    assert asked("compare", golden, golden).stdout == "nothing changed\n"
    found = facts("compare", golden, golden)
    assert (found["same"], found["golden_pages"], found["new_pages"], found["changes"]) == (True, 1, 1, [])


def test_two_files_that_differ_end_with_code_5_words_and_pictures(two: tuple[Path, Path], tmp_path: Path) -> None:
    golden, new = two
    answer = asked("compare", golden, new)
    assert answer.exit_code == 5
    assert answer.stdout.startswith("page 1: 「山田」 became 「川田」: ")
    found = facts("compare", golden, new, "--report", tmp_path / "report", code=5)
    assert found["same"] is False
    change = found["changes"][0]
    assert (change["kind"], change["page"], change["before"], change["after"]) == ("text-changed", 1, "山田", "川田")
    assert change["box"].keys() == {"x", "y", "w", "h"}
    assert change["sentence"] in answer.stdout.splitlines()
    assert Path(found["report"]) == tmp_path / "report" / "index.html"
    pictures = {path.name for path in (tmp_path / "report" / "pictures").iterdir()}
    assert {"00001-golden.png", "00001-new.png", "00001-1-golden.png", "00001-1-new.png"} <= pictures


def test_a_file_that_cannot_be_read_ends_with_another_code_than_one_that_differs(two: tuple[Path, Path]) -> None:
    golden, new = two
    new.write_bytes(new.read_bytes()[:50])
    code, out, err = ended(renderer("compare", golden, new))
    assert (code, out) == (6, "")
    assert err == "renderer: new.pdf cannot be read as a PDF; make it again\n"


# lint

NOTICE_TOML = '"eligibility_notice"'


def test_a_layout_with_a_fault_ends_with_code_4_and_a_table(tmp_path: Path) -> None:
    folder = write_layout(tmp_path, document=NOTICE_TOML, css=rules("name", left="1mm"))
    answer = asked("lint", folder)
    assert answer.exit_code == 4
    assert "outside-safe-margin" in answer.stdout
    assert "realistic-value-held" in answer.stdout
    assert answer.stdout.endswith("small: 12 variants, 3 faults\n")
    (line,) = [line for line in answer.stdout.splitlines() if line.startswith("name  ")]
    assert line.split() == ["name", "60", "12", "refuse", "10", "0%", "0%", "0%", "100%"]


def test_lint_tells_machines_the_same(tmp_path: Path) -> None:
    folder = write_layout(tmp_path, document=NOTICE_TOML, css=rules("name", left="1mm", width="150mm"))
    found = facts("lint", folder, code=4)
    assert [fault["code"] for fault in found["faults"]] == ["ink-in-safe-margin", "outside-safe-margin"]
    assert found["faults"][1]["where"] == "name"
    assert (found["layout"], found["variants"], found["exit_code"]) == ("small", 12, 4)
    (row,) = found["measured"]
    assert row["as_is"] + row["condensed"] + row["shrunk"] + row["held"] == row["values"] == 10


def test_a_good_layout_ends_with_code_0(tmp_path: Path) -> None:
    folder = write_layout(tmp_path, document=NOTICE_TOML, css=rules("name", width="150mm"))
    assert facts("lint", folder)["faults"] == []


def test_a_designers_copy_is_linted_from_where_it_lies(tmp_path: Path) -> None:
    shutil.copytree(LAYOUTS / "specimen", tmp_path / "specimen")
    style = tmp_path / "specimen" / "sheet.css"
    style.write_text(style.read_text("utf-8") + ".codes { top: 28mm }\n", "utf-8")
    codes = {fault["code"] for fault in facts("lint", style.parent, code=4)["faults"]}
    assert codes == {"boxes-overlap"}


def test_what_layout_toml_says_in_brackets_is_shown(tmp_path: Path) -> None:
    folder = write_layout(
        tmp_path, css=rules("name", width="150mm"), document=NOTICE_TOML, slots="{ name = {}, kana = {} }"
    )
    assert "take [slots.kana] out or place it" in " ".join(asked("lint", folder).stdout.split())


def test_a_document_that_is_not_known_ends_with_code_4(tmp_path: Path, job_path: Path) -> None:
    folder = write_layout(tmp_path, document='"eligibility_notise"')
    for words in ((), ("--job", job_path)):
        code, _, err = ended(renderer("lint", folder, *words))
        assert code == 4
        assert "document 'eligibility_notise' is none of eligibility_notice" in err


def test_a_sheet_is_the_same_whatever_language_the_machine_speaks(tmp_path: Path) -> None:
    """Fontconfig names fonts in that language, and plates are compiled for each anew here."""
    sheets = []
    for name, spoken in (("en", {"LC_ALL": "C"}), ("ja", {"LC_ALL": "ja_JP.UTF-8"}), ("fc", {"FC_LANG": "ja"})):
        path = tmp_path / f"{name}.pdf"
        environment = spoken | {"XDG_CACHE_HOME": str(tmp_path / name)}
        code, _, err = ended(renderer("sheet", NOTICE, "-o", path, env=environment))
        assert (code, err) == (0, "")
        sheets.append(path.read_bytes())
    assert sheets[0] == sheets[1] == sheets[2]


@pytest.mark.parametrize("encoding", ["euc_jp", "shift_jis", "cp1252"])
def test_a_terminal_that_lacks_a_sign_ends_no_command(encoding: str, job_path: Path) -> None:
    """And machines read the same JSON as from one that has all signs."""

    def said(*words: object, by: str = encoding) -> tuple[int, str]:
        command = [sys.executable, "-m", "renderer.cli", *map(str, words)]
        ended = subprocess.run(command, capture_output=True, env={**os.environ, "PYTHONIOENCODING": by}, check=False)
        return ended.returncode, ended.stdout.decode(by)

    assert said("check", job_path, "--lang", "ja")[0] == ExitCode.SOME_HELD
    assert said("profile", FIXTURES / "examples" / "hard.csv")[0] == 0
    (code, told), (_, wanted) = (said("check", job_path, "--json", by=by) for by in (encoding, "utf-8"))
    assert code == ExitCode.SOME_HELD
    assert json.loads(told) == json.loads(wanted)
