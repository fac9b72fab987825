"""Each approved sheet is a test, also in a pack's repository; ``pytest --approve-goldens`` asks as the command does.

    def test_every_sheet_is_as_it_was_approved(golden):
        golden.check()

and, in the settings of pytest, ``golden_pack``: the pack's folder, from pytest's root; without it the sheets are ours.
pytest loads this module wherever the program is installed, so the rooms that draw are imported when a test asks.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import typer

from renderer.cli.asking import approve_shown
from renderer.cli.goldens import goldens_of
from renderer.model.errors import RunStopped

if TYPE_CHECKING:  # it loads PDFium
    from renderer.review.golden_files import Case
    from renderer.review.goldens import GoldenFinding

_OPTIONS = ("golden_by", "golden_reason", "golden_yes", "golden_report")
FOLDER = "folder"
"""The test that no file, and no approval, is of no case."""


class Goldens:
    """The cases of a session's pack, and those that it is asked to approve."""

    def __init__(self, config: pytest.Config) -> None:
        pack = config.getini("golden_pack")
        self._config = config
        self._pack = (config.rootpath / pack).resolve() if pack else None
        if self._pack and not self._pack.is_dir():
            raise pytest.UsageError(f"golden_pack: there is no folder {pack}")
        self.root = config.rootpath / goldens_of(self._pack)
        self.wanted: list[str] = []

    @cached_property
    def cases(self) -> dict[str, Case]:
        """Each case by its name."""
        from renderer.desk.golden_cases import golden_cases

        return {case.stem: case for case in golden_cases(pack=self._pack)}

    @cached_property
    def _tools(self) -> dict[str, str]:
        from renderer.press.fonts import FONTS
        from renderer.review.made_with import made_with

        return made_with(FONTS)

    def findings(self, stem: str) -> list[GoldenFinding]:
        """Compare one case with its golden, or look for what is of no case."""
        from renderer.review.goldens import check, check_folder

        cases = self.cases.values()
        if stem == FOLDER:
            return check_folder(self.root, cases)
        report = self._config.getoption("golden_report")
        checked = check(self.root, cases, self._tools, only=[stem])
        if report and not checked.same:
            check(self.root, cases, self._tools, report / stem, [stem])
        return list(checked.findings)

    def approve(self) -> list[str]:
        """Show what would change of the cases that were asked for, ask, and approve; return what was written."""
        from renderer.review.approving import proposed

        by, reason, yes, report = map(self._config.getoption, _OPTIONS)
        everything = {*self.cases, FOLDER} <= set(self.wanted)
        only = () if everything else tuple(stem for stem in self.wanted if stem != FOLDER)
        if not everything and not only:
            return []
        with proposed(self.root, self.cases.values(), self._tools, os.environ, only) as proposal:
            return approve_shown(proposal, by, reason, yes, report)


@dataclass(frozen=True)
class Golden:
    """One approved sheet, or the folder of them all."""

    stem: str
    """``<layout>/<case>``, or ``FOLDER``."""
    _goldens: Goldens = field(repr=False)
    _node: pytest.Item = field(repr=False)

    def check(self) -> None:
        """Fail where the sheet is not as it was approved; with ``--approve-goldens``, have it approved at the end."""
        if self._node.config.getoption("approve_goldens"):
            self._goldens.wanted.append(self.stem)
            return
        with _refusals():
            findings = self._goldens.findings(self.stem)
        self._node.user_properties += [(finding.code, str(finding)) for finding in findings]
        wrong = [str(finding) for finding in findings if not finding.is_note]
        if wrong:
            pytest.fail("\n".join(wrong), pytrace=False)


_GOLDENS = pytest.StashKey[Goldens]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options and the setting."""
    parser.addini("golden_pack", "folder of the pack whose sheets are tested, from pytest's root folder")
    group = parser.getgroup("goldens", "approved sheets of renderer")
    group.addoption("--approve-goldens", action="store_true", help="show what changed, ask, and approve it")
    group.addoption("--by", dest="golden_by", metavar="NAME", help="who approves; asked for without")
    group.addoption("--reason", dest="golden_reason", metavar="WORDS", help="why; asked for without")
    group.addoption("--yes", dest="golden_yes", action="store_true", help="approve without being asked")
    group.addoption("--golden-report", type=Path, metavar="DIR", help="write what changed here, in pictures")


def pytest_configure(config: pytest.Config) -> None:
    """Refuse to approve where several processes test: each would ask."""
    if config.getoption("approve_goldens") and getattr(config.option, "numprocesses", None):
        raise pytest.UsageError("goldens are approved by one process: give -n 0")
    config.stash[_GOLDENS] = Goldens(config)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Make a test of each case, and one of the folder."""
    if "golden" in metafunc.fixturenames:
        try:
            stems = [*metafunc.config.stash[_GOLDENS].cases, FOLDER]
        except RunStopped as stopped:
            raise pytest.UsageError(str(stopped)) from None
        metafunc.parametrize("golden", stems, indirect=True)


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    """One approved sheet of the pack, or the folder of them all: ``golden.check()``."""
    return Golden(request.param, request.config.stash[_GOLDENS], request.node)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Approve what the tests asked for; somebody may have to be asked, so nothing is captured meanwhile."""
    goldens = session.config.stash[_GOLDENS]
    if not goldens.wanted:
        return
    capture = session.config.pluginmanager.getplugin("capturemanager")
    capture.suspend(in_=True)
    try:
        for line in ("", *goldens.approve()):
            typer.echo(line)
    except (RunStopped, typer.BadParameter) as refused:
        pytest.exit(str(refused), returncode=pytest.ExitCode.USAGE_ERROR)
    finally:
        capture.resume()


@contextmanager
def _refusals() -> Iterator[None]:
    """Let what cannot be tested fail with its sentence alone."""
    try:
        yield
    except RunStopped as stopped:
        pytest.fail(str(stopped), pytrace=False)
