"""What stands in deploy/: each names what is there, and as the set-up names it."""

from __future__ import annotations

import configparser
import re
import shlex
import tomllib
from pathlib import Path

import typer

from renderer.cli.main import app

ROOT = Path(__file__).resolve().parents[1]
CONTAINERFILE = (ROOT / "deploy" / "Containerfile").read_text("utf-8")


def options_of(words: list[str]) -> set[str]:
    command = typer.main.get_command(app).commands[words[1]]  # type: ignore[attr-defined]
    return {option for parameter in command.params for option in parameter.opts}


def test_the_container_has_the_packages_of_the_set_up_and_extras_and_files_that_are_there() -> None:
    installed = re.search(r"--no-install-recommends \\\n +(.*?) \\\n", CONTAINERFILE)
    assert installed
    setup = (ROOT / ".ci" / "setup").read_text("utf-8").partition('case "${1:-}" in tests')[0]
    assert set(installed[1].split()) == set(re.findall(r"\|\| echo ([\w.-]+)", setup))
    (extras,) = re.findall(r"\.whl\)\[([a-z,]+)\]", CONTAINERFILE)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert set(extras.split(",")) <= project["optional-dependencies"].keys()
    assert (ROOT / "requirements.lock").exists()


def test_a_trial_does_all_that_building_the_image_does() -> None:
    words = re.findall(r"^([A-Z]+) ", CONTAINERFILE, re.MULTILINE)
    done, said = words[: words.index("USER")], words[words.index("USER") :]
    assert set(done) == {"FROM", "COPY", "RUN"}
    assert set(said) <= {"USER", "WORKDIR", "VOLUME", "ENV", "EXPOSE", "CMD"}


def test_the_container_and_the_unit_begin_the_service_by_words_that_it_has() -> None:
    (words,) = re.findall(r"^CMD \[(.*)\]$", CONTAINERFILE, re.MULTILINE)
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment, method-assign]
    unit.read(ROOT / "deploy" / "renderer.service", "utf-8")
    for said in ([word.strip(' "') for word in words.split(",")], shlex.split(unit["Service"]["ExecStart"])):
        assert Path(said[0]).name == "renderer"
        assert said[1] == "serve"
        assert {word for word in said if word.startswith("--")} <= options_of(said)
