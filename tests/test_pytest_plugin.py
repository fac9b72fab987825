"""In the repository of a pack, three lines make a test of each approved sheet; pytest approves as the command does."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from terminals import typed
from trial_runs import ROOT

from renderer.review.approvals import read_approvals

pytest_plugins = ["pytester"]

THREE_LINES = """
def test_every_sheet_is_as_it_was_approved(golden):
    golden.check()
"""
GIVEN = ("--approve-goldens", "--by", "検査 花子", "--reason", "as ordered", "--yes")

Run = Callable[..., pytest.RunResult]


@pytest.fixture
def pack(pytester: pytest.Pytester) -> Path:
    """The repository of a pack, with its tests."""
    pytester.makepyfile(test_sheets=THREE_LINES)
    pytester.makeini("[pytest]\ngolden_pack = kokuho\n")
    return Path(shutil.copytree(ROOT / "tests" / "data" / "kokuho", pytester.path / "kokuho"))


@pytest.fixture
def run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Run:
    """pytest in a process of its own, where the plugin is the only one; its warnings are errors."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)

    def ended(*words: str) -> pytest.RunResult:
        return pytester.runpytest_subprocess("-p", "renderer.cli.pytest_plugin", "-W", "error", *words)

    return ended


def change(pack: Path) -> None:
    """Let the designer write another word on the form."""
    form = pack / "layouts" / "kokuho_certificate" / "sheet.html.j2"
    text = form.read_text("utf-8")
    assert "世帯主氏名" in text
    form.write_text(text.replace("世帯主氏名", "世帯主名", 1), "utf-8")


def test_each_approved_sheet_is_a_test_and_so_is_the_folder(pack: Path, run: Run) -> None:
    ended = run("-v")
    ended.assert_outcomes(passed=6)
    names = re.findall(r"approved\[(.*?)\]", "\n".join(ended.outlines))
    assert names[-1] == "folder"
    assert "kokuho_certificate/longest" in names


def test_a_stray_file_fails_the_test_of_the_folder(pack: Path, run: Run) -> None:
    (pack / "goldens" / "kokuho_certificate" / "other.pdf").write_bytes(b"")
    ended = run("-k", "folder")
    ended.assert_outcomes(failed=1, deselected=5)
    ended.stdout.fnmatch_lines(["*other.pdf: no case makes this*golden-stray*"])


def test_a_change_is_red_with_a_report_then_approved_by_name_then_green(
    pack: Path, run: Run, pytester: pytest.Pytester
) -> None:
    change(pack)
    red = run("-k", "longest or shortest or folder", "--golden-report", "report")
    red.assert_outcomes(failed=2, passed=1, deselected=3)
    red.stdout.fnmatch_lines(["*「世帯主氏名」 became 「世帯主名」*golden-changed*"])
    assert "Traceback" not in red.stdout.str()
    reports = {path.relative_to(pytester.path).as_posix() for path in pytester.path.glob("report/*/*/index.html")}
    assert reports == {f"report/kokuho_certificate/{name}/index.html" for name in ("longest", "shortest")}
    approved = run("-k", "longest or shortest", *GIVEN)
    approved.assert_outcomes(passed=2, deselected=4)
    approved.stdout.fnmatch_lines(["approved by 検査 花子: kokuho_certificate/longest"])
    run("-k", "longest or shortest").assert_outcomes(passed=2, deselected=4)
    verdicts = read_approvals(pack / "goldens").sheets
    names = {name: verdict.names() for name, verdict in verdicts.items()}
    assert names["kokuho_certificate/longest"] == "検査 花子"
    assert names["kokuho_certificate/rarest"] != "検査 花子"


@pytest.mark.usefixtures("run")
def test_a_person_at_the_terminal_sees_what_changes_and_is_asked(pack: Path, pytester: pytest.Pytester) -> None:
    change(pack)
    words = ("pytest", "-p", "renderer.cli.pytest_plugin", "-k", "longest", "--approve-goldens")
    code, out, err = typed("y\n佐藤\nthe new word\n", *words, cwd=pytester.path)
    assert code == 0, err
    assert "kokuho_certificate/longest: page 1: 「世帯主氏名」 became 「世帯主名」" in err
    assert re.search(r"look at .*index\.html\n(?s:.*)approve this\? \[y/N\]: your name: the reason: ", err)
    assert "approved by 佐藤: kokuho_certificate/longest" in out
    (signature,) = read_approvals(pack / "goldens").verdict("kokuho_certificate/longest").approved
    assert signature.reason == "the new word"


def test_approving_all_takes_away_what_no_case_makes(pack: Path, run: Run) -> None:
    stray = pack / "goldens" / "kokuho_certificate" / "other.pdf"
    stray.write_bytes(b"")
    run("-k", "not folder", *GIVEN).assert_outcomes(passed=5, deselected=1)
    assert stray.exists()
    run(*GIVEN).assert_outcomes(passed=6)
    assert not stray.exists()


@pytest.mark.parametrize("left", [("--approve-goldens",), GIVEN[:-1]])
def test_without_a_terminal_nothing_is_approved_that_is_not_said(pack: Path, run: Run, left: tuple[str, ...]) -> None:
    change(pack)
    before = (pack / "goldens" / "approvals.toml").read_bytes()
    ended = run("-k", "longest", *left)
    assert ended.ret == pytest.ExitCode.USAGE_ERROR
    ended.stderr.fnmatch_lines(["*there is no terminal to ask at*"])
    assert (pack / "goldens" / "approvals.toml").read_bytes() == before


def test_nothing_is_approved_under_ci(pack: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    change(pack)
    monkeypatch.setenv("CI", "true")
    ended = run("-k", "longest", *GIVEN)
    assert ended.ret == pytest.ExitCode.USAGE_ERROR
    ended.stderr.fnmatch_lines(["*approved by a person, not under CI*"])


def test_several_processes_do_not_approve(pack: Path, run: Run) -> None:
    ended = run("-p", "xdist", "-n", "2", *GIVEN)
    assert ended.ret == pytest.ExitCode.USAGE_ERROR
    ended.stderr.fnmatch_lines(["*goldens are approved by one process: give -n 0"])


def test_several_processes_test(pack: Path, run: Run) -> None:
    run("-p", "xdist", "-n", "2", "-k", "longest or folder").assert_outcomes(passed=2)


def test_a_pack_that_cannot_be_loaded_is_said_in_a_sentence(pack: Path, run: Run) -> None:
    (pack / "documents.py").write_text("1 / 0", "utf-8")
    ended = run()
    assert ended.ret != 0
    told = ended.stdout.str() + ended.stderr.str()
    assert "pack kokuho: documents.py cannot be loaded" in told
    assert "Traceback" not in told


def test_without_goldens_each_test_says_so(pack: Path, run: Run) -> None:
    shutil.rmtree(pack / "goldens")
    ended = run("-k", "longest")
    ended.assert_outcomes(failed=1, deselected=5)
    ended.stdout.fnmatch_lines(["there are no goldens in *; approve them first*"])


def test_tests_that_ask_for_no_golden_load_nothing_that_draws(pytester: pytest.Pytester, run: Run) -> None:
    pytester.makepyfile(
        "import sys\ndef test_loaded():\n    assert not {'weasyprint', 'pypdfium2', 'uharfbuzz'} & set(sys.modules)\n"
    )
    run().assert_outcomes(passed=1)


def test_a_pack_that_is_not_there_is_no_green_run(pack: Path, pytester: pytest.Pytester, run: Run) -> None:
    pytester.makeini("[pytest]\ngolden_pack = nowhere\n")
    ended = run()
    assert ended.ret == pytest.ExitCode.USAGE_ERROR
    ended.stderr.fnmatch_lines("*golden_pack: there is no folder nowhere*")
