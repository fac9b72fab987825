"""The set-up waits for others, says what it may not do, and is quiet; before a commit is looked at what CI looks at."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import CAMPAIGNS, SAMPLED, SLOW, TRIALS_ALONE

ROOT = Path(__file__).resolve().parents[1]
SETUP = (ROOT / ".ci" / "setup").read_text("utf-8")
MAKEFILE = (ROOT / "Makefile").read_text("utf-8")
LISTS = "E: Could not get lock /var/lib/apt/lists/lock. It is held by process 12 (apt-get)"
FRONTEND = "Error: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 12 (unattended-upgr)"
DPKG = "dpkg: error: dpkg database lock is locked by another process with pid 12"

Machine = Callable[..., tuple[int, str, list[str]]]


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """Run ``.ci/apt-install`` where its commands are stand-ins that write down how they were called."""
    commands, called = tmp_path / "bin", tmp_path / "called"
    commands.mkdir()
    for name in ("sh", "env", "grep", "tail", "mktemp", "rm", "cat"):
        (commands / name).symlink_to(str(shutil.which(name)))

    def stand_in(name: str, script: str) -> None:
        (commands / name).write_text(f'#!/bin/sh\necho "{name} $*" >>{called}\n{script}\n')
        (commands / name).chmod(0o755)

    def run(apt: str | None = "", user: int = 0, sudo: str | None = None) -> tuple[int, str, list[str]]:
        stand_in("id", f"echo {user}")
        stand_in("sleep", "")
        if apt is not None:
            stand_in("apt-get", f"times=$(grep -c '^apt-get' {called})\n{apt}")
        if sudo is not None:
            stand_in("sudo", sudo)
        ended = subprocess.run(
            [ROOT / ".ci" / "apt-install", "qpdf", "make"],
            env={"PATH": str(commands), "TMPDIR": str(tmp_path)},
            stdin=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
        words = called.read_text().splitlines() if called.exists() else []
        return ended.returncode, ended.stderr, [line for line in words if not line.startswith("id")]

    return run


UPDATE, INSTALL = "apt-get update", "apt-get install --yes --no-install-recommends qpdf make"


def test_what_is_missing_is_installed_from_fresh_lists(machine: Machine) -> None:
    assert machine() == (0, "setup: installing qpdf make\n", [UPDATE, INSTALL])


@pytest.mark.parametrize("lock", [LISTS, FRONTEND, DPKG])
def test_another_program_that_installs_is_waited_for_and_named(machine: Machine, lock: str) -> None:
    code, said, called = machine(f"[ $times -gt 2 ] || {{ echo '{lock}' >&2; exit 100; }}")
    assert code == 0
    assert said.count("waiting for another program") == 2
    assert "12" in said
    assert called == [UPDATE, "sleep 5", UPDATE, "sleep 5", UPDATE, INSTALL]


def test_a_lock_that_is_taken_between_lists_and_packages_is_waited_for(machine: Machine) -> None:
    code, _, called = machine(f"[ $times != 2 ] || {{ echo '{FRONTEND}'; exit 100; }}")
    assert (code, called) == (0, [UPDATE, INSTALL, "sleep 5", UPDATE, INSTALL])


def test_a_lock_that_nobody_gives_back_is_not_waited_for_for_ever(machine: Machine) -> None:
    code, said, called = machine(f"echo '{LISTS}'; exit 100")
    assert code == 1
    assert said.splitlines()[-1].endswith("in ten minutes: " + LISTS.removeprefix("E: "))
    assert called.count("sleep 5") == 119


def test_any_other_failure_is_told_at_once_with_what_apt_said(machine: Machine) -> None:
    denied = "E: Could not open lock file /var/lib/apt/lists/lock - open (13: Permission denied)"
    code, said, called = machine(f"echo '{denied}'; exit 100")
    assert (code, called) == (1, [UPDATE])
    assert denied in said
    assert "apt-get could not install qpdf make; the whole of what it said is in /" in said


def test_whoever_may_not_install_is_told_what_to_ask_for(machine: Machine) -> None:
    for code, said, called in (machine(user=1000), machine(user=1000, sudo="exit 1")):
        assert code == 1
        assert said.splitlines()[-1] == "setup: ask for:  apt-get install --no-install-recommends qpdf make"
        assert UPDATE not in called


def test_whoever_may_become_root_does(machine: Machine) -> None:
    code, _, called = machine(user=1000, sudo='[ "$1" != -n ] || exit 0; exec "$@"')
    assert (code, called[-2:]) == (0, [called[-2], INSTALL])
    assert called[-2].startswith("sudo env ")


def test_a_machine_without_apt_is_told_the_names(machine: Machine) -> None:
    code, said, called = machine(apt=None)
    assert (code, called) == (1, [])
    assert said.endswith("what Debian calls: qpdf make\n")


@pytest.mark.parametrize(
    ("words", "tools", "store"), [((), False, False), (("tests",), True, False), (("trials",), True, True)]
)
def test_what_trials_alone_ask_is_brought_for_trials_alone(
    words: tuple[str, ...], tools: bool, store: bool, tmp_path: Path
) -> None:
    """On a machine that has nothing, where whoever installs writes down what, and brings nothing."""
    (tmp_path / "bin").mkdir()
    for name in ("sh", "dirname", "ls", "cat"):
        (tmp_path / "bin" / name).symlink_to(str(shutil.which(name)))
    (tmp_path / ".ci").mkdir()
    shutil.copy(ROOT / ".ci" / "setup", tmp_path / ".ci")
    install = tmp_path / ".ci" / "apt-install"
    install.write_text('#!/bin/sh\necho "$@" >asked\n')
    install.chmod(0o755)
    ended = subprocess.run(
        [tmp_path / ".ci" / "setup", *words], env={"PATH": str(tmp_path / "bin")}, capture_output=True, check=False
    )
    assert ended.returncode == 1
    asked = set((tmp_path / "asked").read_text().split())
    assert "python3-venv" in asked
    assert ({"qpdf", "chromium"} <= asked, not asked.isdisjoint({"qpdf", "chromium"})) == (tools, tools)
    ceph = {"ceph-mon", "ceph-osd", "radosgw"}
    assert (ceph <= asked, not asked.isdisjoint(ceph)) == (store, store)


def test_each_verb_makes_the_set_up_that_it_needs() -> None:
    for verb, words in (("demo", ""), ("test", " tests"), ("trials", " trials")):
        assert f"@.ci/setup{words}\n" in recipe(verb)


def test_pip_is_silent_about_places_that_lack_a_package_and_not_about_errors(tmp_path: Path) -> None:
    called = [line for text in (SETUP, MAKEFILE) for line in re.findall(r"-m pip (install[^\"\n]*)", text)]
    assert len(called) == 2
    for line in called:
        options = [word for word in shlex.split(line) if word.startswith("--")]
        command = [sys.executable, "-m", "pip", "install", *options, "--no-index", "--find-links", tmp_path / "none"]
        quiet = subprocess.run([*command, "pip"], capture_output=True, text=True, check=True)
        assert quiet.stdout + quiet.stderr == ""
        refused = subprocess.run([*command, "no-such-package"], capture_output=True, text=True, check=False)
        assert refused.returncode == 1
        assert "no-such-package" in refused.stderr


def recipe(verb: str) -> str:
    """What make does for a verb, after the set-up."""
    return re.split(r"^\w+:", MAKEFILE.partition(f"\n{verb}: ")[2], flags=re.MULTILINE)[0]


def test_what_looks_before_a_commit_is_what_make_check_looks_at_with_tools_of_the_lock() -> None:
    hooks = (ROOT / ".pre-commit-config.yaml").read_text("utf-8")
    entries = re.findall(r"^ +entry: \.venv/bin/python (.*)$", hooks, re.MULTILINE)
    assert entries == re.findall(r"\$\(PYTHON\) (-m .*)", recipe("check"))
    assert (
        len(entries) == hooks.count("- id: ") == hooks.count("language: system") == hooks.count("pass_filenames: false")
    )
    assert re.findall(r"repo: (.*)", hooks) == ["local"]
    pinned = (ROOT / "requirements.lock").read_text("utf-8")
    assert all(f"\n{entry.split()[1]}==" in pinned for entry in entries)


def test_ci_looks_for_faults_and_runs_all_tests_by_the_verbs_of_a_developer() -> None:
    script = (ROOT / ".ci" / "run").read_text("utf-8")
    assert re.findall(r"make --no-print-directory (\w+)", script) == ["check", "test"]


def test_the_quick_tests_are_all_but_those_that_are_named_as_slow_with_a_reason() -> None:
    assert recipe("quick").endswith('-n auto -m "not slow"\n\n')
    files = {path.name: path.read_text("utf-8") for path in (ROOT / "tests").glob("test_*.py")}
    assert [file for file, text in files.items() if re.search(r"^ *@pytest\.mark\.slow|^pytestmark", text, re.M)] == []
    for name, reason in SLOW.items():
        file, _, test = name.partition("::")
        assert f"def {test}(" in files[file] or not test
        assert reason


def test_what_is_left_to_the_trials_is_there() -> None:
    named = {(file, test) for file, tests in CAMPAIGNS.items() for test in tests}
    named |= {(file, test) for file, _, test in (one.partition("::") for one in (*TRIALS_ALONE, *SAMPLED))}
    assert [test for file, test in named if f"def {test}(" not in (ROOT / "tests" / file).read_text("utf-8")] == []


def test_some_tests_can_be_chosen() -> None:
    # Alone: a make that runs this test hands its own words down.
    environment = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MAKELEVEL")}
    asked = ["make", "-n", "test", "T=-k press"]
    shown = subprocess.run(asked, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    assert shown.stdout.splitlines()[-1].endswith("-m pytest -n auto -k press")
