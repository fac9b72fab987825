"""The wheel, in an empty environment and an empty folder: what it brings along is enough to print."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


class Installed:
    """A virtual environment that has the wheel, the libraries of this one, and not this checkout."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
        subprocess.run([*build, "-w", folder / "dist", ROOT], check=True, capture_output=True)
        (self.wheel,) = (folder / "dist").glob("*.whl")
        venv.create(folder / "venv", with_pip=False)
        site = next((folder / "venv").glob("lib/python*/site-packages"))
        with zipfile.ZipFile(self.wheel) as wheel:
            wheel.extractall(site)
        # As a plain folder: a .pth file in it, such as the one that leads to this checkout, is not read.
        (site / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n")
        self.python = folder / "venv" / "bin" / "python"
        (folder / "empty").mkdir()

    def renderer(self, *words: str | Path) -> str:
        """Run the command line in an empty folder; return what it answers."""
        return self.run("-m", "renderer.cli", *words)

    def run(self, *words: str | Path) -> str:
        """Run Python there."""
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.folder), "LANG": "C.UTF-8"}
        command = [self.python, "-P", *words]
        ended = subprocess.run(command, cwd=self.folder / "empty", env=environment, capture_output=True, text=True)
        assert ended.returncode == 0, ended.stderr
        return ended.stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    return Installed(tmp_path_factory.mktemp("wheel"))


def test_the_wheel_holds_layouts_fonts_with_their_licences_and_examples_once(installed: Installed) -> None:
    with zipfile.ZipFile(installed.wheel) as wheel:
        names = wheel.namelist()
        metadata = wheel.read(next(name for name in names if name.endswith("/METADATA"))).decode()
    data = [name.removeprefix("renderer/data/") for name in names if name.startswith("renderer/data/")]
    assert len(data) == len(set(data))
    for folder, source in (("layouts", "layouts"), ("fonts", "fonts"), ("examples", "fixtures/examples")):
        there = {f"{folder}/{path.relative_to(ROOT / source)}" for path in (ROOT / source).rglob("*") if path.is_file()}
        assert there <= set(data), folder
    assert {"renderer/py.typed"} < set(names)
    assert any(name.endswith("LICENSE") for name in names)
    assert not [name for name in names if name.split("/")[0] in ("tests", "bench", "fixtures", "layouts")]
    assert "License: MIT" in metadata or "MIT License" in metadata
    assert "資格確認書" in metadata


def test_it_runs_from_its_own_files(installed: Installed) -> None:
    where = installed.run("-c", "import renderer; print(renderer.__file__)")
    assert where.startswith(str(installed.folder))
    assert installed.renderer("--version").startswith("renderer 0.1.0 (weasyprint ")


def test_it_lays_down_a_job_and_prints_it(installed: Installed) -> None:
    installed.renderer("new", "x")
    assert "read 20, printed 20, held 0" in installed.renderer("run", "x/job.toml")
    assert "all as its manifest says" in installed.renderer("verify", "x/outbox/demo-notices/batch-0001.pdf")


def test_it_draws_copies_and_looks_at_layouts(installed: Installed) -> None:
    installed.renderer("sheet", "eligibility_certificate", "-o", "sheet.pdf")
    installed.renderer("new-layout", "mine", "--from", "specimen")
    assert "0 faults" in installed.renderer("lint", "mine")
    installed.renderer("specimen", "-o", "specimen.pdf")
    golden = ROOT / "tests" / "goldens" / "specimen" / "hard-characters.pdf"
    assert (installed.folder / "empty" / "specimen.pdf").read_bytes() == golden.read_bytes()


def test_a_pack_outside_the_repository_prints_its_own_document_and_checks_its_own_goldens(installed: Installed) -> None:
    pack = shutil.copytree(ROOT / "tests" / "data" / "kokuho", installed.folder / "kokuho")
    job = pack / "examples" / "kokuho_certificate.toml"
    assert "read 3, printed 3, held 0" in installed.renderer("run", job)
    assert "all as its manifest says" in installed.renderer(
        "verify", pack / "examples" / "outbox" / "kokuho" / "batch-0001.pdf", "--job", job
    )
    assert installed.renderer("goldens", "check", "--pack", pack) == "0 findings\n"
