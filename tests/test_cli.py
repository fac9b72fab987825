"""The command line answers on stdout, complains on stderr, and its exit codes are those of the README."""

from __future__ import annotations

import errno
import multiprocessing
import os
import re
import signal
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import typer
from rich.cells import cell_len

from renderer.cli import main, operator
from renderer.cli.words import language_of_terminal
from renderer.documents.eras import format_wareki
from renderer.model.errors import ENDINGS, BadBatch, BadJob, BadLayout, RunStopped
from renderer.model.findings import LANGUAGES, Finding, Held, Language, Reason
from renderer.running import endings
from renderer.running.report import VERBS, Checked
from renderer.running.words import Words, words


def renderer(*words: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "renderer.cli", *map(str, words)],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def ended(monkeypatch: pytest.MonkeyPatch, error: Exception) -> object:
    """The exit code of a command that fails with ``error``."""

    def failing() -> None:
        name = "見本　太郎"  # a local variable such as a traceback could show
        assert name
        raise error

    monkeypatch.setattr(main, "app", failing)
    with pytest.raises(SystemExit) as end:
        main.main()
    return end.value.code


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("rum",),
        ("run",),
        ("run", "job.toml", "--wrokers", "2"),
        ("run", "job.toml", "--workers", "0"),
        ("sheet", "layouts/x", "--source", "members.csv"),
        ("sheet", "layouts/x", "--record", "A000001"),
        ("sheet", "layouts/x", "--member", "m.toml", "--source", "members.csv", "--record", "A000001"),
        ("sheet", "layouts/x", "-o", "sheet.docx"),
        ("sheet", "layouts/x", "--source", "members.csv", "--record", ""),
        ("reprint", "job.toml", "--record", ""),
    ],
)
def test_words_that_make_no_sense_end_with_code_2(words: tuple[str, ...]) -> None:
    assert renderer(*words).returncode == 2


@pytest.mark.parametrize("command", ["run", "check"])
def test_a_job_that_cannot_be_used_ends_with_code_4_and_a_message(tmp_path: Path, command: str) -> None:
    job = tmp_path / "job.toml"
    job.write_text('nam = "x"\n', encoding="utf-8")
    answer = renderer(command, job)
    assert answer.returncode == 4
    assert answer.stdout == ""
    assert answer.stderr.startswith('renderer: job.toml: key "name" is missing\n')
    assert 'job.toml line 1: key "nam" is not known; did you mean "name"?' in answer.stderr
    assert "Traceback" not in answer.stderr


@pytest.mark.parametrize(("kind", "code"), [(BadJob, 4), (BadLayout, 4), (BadBatch, 5), (RunStopped, 1)])
def test_a_stopped_run_ends_with_its_own_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], kind: type[RunStopped], code: int
) -> None:
    assert ended(monkeypatch, kind("batch 3: a page is missing")) == code
    assert capsys.readouterr() == ("", "renderer: batch 3: a page is missing\n")


def test_an_unforeseen_error_tells_kind_and_place_and_nothing_of_a_person(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ended(monkeypatch, ValueError("見本　太郎 123456789018")) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("renderer: unexpected ValueError at main.py:")
    assert "見本" not in err
    assert "123456789018" not in err


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(errno.ENOSPC, "No space left on device", "/x/batch-0001.pdf"), "/x/batch-0001.pdf: no space left on"),
        (OSError(errno.EIO, "Input/output error", "/x/y"), "/x/y: input/output error; nothing unverified"),
        (PermissionError(errno.EACCES, "Permission denied", "/x/y"), "/x/y: permission denied; nothing unverified"),
        (OSError(errno.ENOSPC, "No space left on device"), "a file: no space left on device; nothing"),
    ],
)
def test_what_the_machine_refuses_is_told_with_file_and_reason(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], error: OSError, said: str
) -> None:
    assert ended(monkeypatch, error) == 1
    _, err = capsys.readouterr()
    assert err.startswith(f"renderer: {said}")
    assert err.count("\n") == 1
    assert ("free space on the disk" in err) is (error.errno == errno.ENOSPC)
    assert ("mend the rights" in err) is (error.errno == errno.EACCES)


def test_an_unforeseen_error_of_a_worker_tells_the_place_in_the_worker(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as executor:
        error = executor.submit(date_of_a_person, "見本　太郎").exception()
    assert isinstance(error, TypeError)
    assert ended(monkeypatch, error) == 1
    _, err = capsys.readouterr()
    assert re.match(r"renderer: unexpected TypeError at eras\.py:\d+; ", err)
    assert "見本" not in err


def date_of_a_person(name: str) -> object:
    return format_wareki(name)  # type: ignore[arg-type]


def test_the_place_is_that_in_the_program_wherever_it_lies(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    library = tmp_path / "renderer" / "library.py"
    library.parent.mkdir()
    library.write_text("def fails(day):\n    raise TypeError")
    scope: dict[str, Any] = {}
    exec(compile(library.read_text(), str(library), "exec"), scope)  # noqa: S102 - a library in a folder of our name
    monkeypatch.setattr("renderer.documents.eras.era_of", scope["fails"])
    format_wareki.cache_clear()
    with pytest.raises(TypeError) as caught:
        format_wareki(date(2026, 1, 1))
    assert ended(monkeypatch, caught.value) == 1
    assert " at eras.py:" in capsys.readouterr().err


def test_a_signal_that_the_shell_wants_ignored_stays_ignored_and_the_others_are_as_before_in_the_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    usual = (signal.SIG_DFL, signal.SIG_IGN, signal.SIG_DFL)  # the second as nohup leaves it
    before = [signal.signal(number, handler) for number, handler in zip(ENDINGS, usual, strict=True)]
    seen = []
    monkeypatch.setattr(main, "app", lambda: seen.extend(map(signal.getsignal, ENDINGS)))
    main.main()
    assert seen == [endings._interrupt, signal.SIG_IGN, endings._interrupt]
    assert [signal.getsignal(number) for number in ENDINGS][1] == signal.SIG_IGN
    assert endings._interrupt not in map(signal.getsignal, ENDINGS)
    for number, handler in zip(ENDINGS, before, strict=True):
        signal.signal(number, handler)


def test_help_names_every_command() -> None:
    answer = renderer("--help")
    assert answer.returncode == 0
    for command in typer.main.get_command(main.app).commands:
        assert f"\n  {command} " in answer.stdout


WATCHED = (
    "from renderer.cli.watching import watched\nwith watched({language!r}) as progress: progress('validate', 3, 7)"
)


@pytest.mark.parametrize(("language", "verb"), [("en", "validate"), ("ja", "検査")])
def test_progress_is_drawn_where_a_person_looks(language: str, verb: str) -> None:
    # What tells the library that its output is a terminal, where none is to be had.
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "80", "FORCE_COLOR": "1"}
    command = [sys.executable, "-c", WATCHED.format(language=language)]
    answer = subprocess.run(command, capture_output=True, env=environment, check=True)
    shown = answer.stderr.decode()
    assert answer.stdout == b""
    assert re.search(rf"{verb} {{{10 - cell_len(verb)}}}\S", re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown))
    assert "3/7" in shown


def test_nothing_is_drawn_into_a_pipe() -> None:
    answer = subprocess.run([sys.executable, "-c", WATCHED.format(language="ja")], capture_output=True, check=True)
    assert (answer.stdout, answer.stderr) == (b"", b"")


LINES = {
    "en": ["job: read 20, valid {good}, held {held}", "  held {held} [name-missing] A1, line 7{more}",
           "    such as: 氏名 is missing; fill in 氏名"],
    "ja": ["job：読込 20 件、印刷できるもの {good} 件、保留 {held} 件",
           "  保留 {held} 件 [name-missing] A1、7 行目{more}",
           "    例：氏名がありません。氏名を記入してください"],
}  # fmt: skip


@pytest.mark.parametrize(("language", "more"), [("en", ", …"), ("ja", "、…")])
def test_held_records_are_named_and_one_finding_is_not_taken_for_all(language: Language, more: str) -> None:
    for held in (2, 9):
        reason = Reason(held, Finding.of("name-missing", 3, "A1"), ("A1", 7))
        told = list(operator._lines(Checked("job", 20, {}, (), 20 - held, held, (reason,), (), (), (), ""), language))
        rest = more if held > 2 else ""
        assert told == [line.format(good=20 - held, held=held, more=rest) for line in LINES[language]]


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "en"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LANG": "ja_JP.UTF-8"}, "ja"),
        ({"LANG": "ja_JP.UTF-8", "LC_MESSAGES": "en_US.UTF-8"}, "en"),
        ({"LANG": "de_DE.UTF-8", "LC_ALL": "ja_JP.UTF-8", "LC_MESSAGES": "C"}, "ja"),
        ({"LANG": "ja_JP.UTF-8", "LC_ALL": ""}, "ja"),
    ],
)
def test_the_terminal_speaks_the_language_of_the_environment(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], language: str
) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert language_of_terminal() == language


@pytest.mark.parametrize(
    ("locale", "line"),
    [
        ("C", "renderer: held: line 3, record A1: 氏名 is missing; fill in 氏名 [name-missing]"),
        ("ja_JP.UTF-8", "renderer: 保留：3 行目、整理番号 A1：氏名がありません。氏名を記入してください [name-missing]"),
    ],
)
def test_a_record_that_is_held_when_it_alone_is_asked_for_is_told_in_that_language(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], locale: str, line: str
) -> None:
    monkeypatch.setenv("LC_ALL", locale)
    assert ended(monkeypatch, Held([Finding.of("name-missing", 3, "A1")])) == 3
    assert capsys.readouterr() == ("", line + "\n")


def test_the_words_of_the_program_are_in_both_languages_with_the_same_placeholders() -> None:
    assert {language: placeholders(words(language)) for language in LANGUAGES} == dict.fromkeys(
        LANGUAGES, placeholders(words("en"))
    )
    assert set(words("ja").verbs) == set(VERBS)


def placeholders(said: Words) -> dict[str, object]:
    texts = {key: sorted(re.findall(r"{(\w+)", text)) for key, text in said.texts.items()}
    return {**texts, **{key: len(heads) for key, heads in said.heads.items()}, "verbs": sorted(said.verbs)}
