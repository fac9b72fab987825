"""The wheel, in an empty environment and an empty folder: what it brings along is enough to print."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import venv
import zipfile
from email import message_from_bytes
from email.message import Message
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
BUILT_FROM = ("pyproject.toml", "README.md", "LICENSE", "fonts", "renderer")


class Installed:
    """A virtual environment where pip installed the wheel beside the libraries it asks for, and nothing else lies."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.wheel = build_wheel(folder)
        venv.create(folder / "venv", with_pip=False)
        self.site = next((folder / "venv").glob("lib/python*/site-packages"))
        for name in libraries_of(metadata_of(self.wheel).get_all("Requires-Dist", [])):
            link_library(name, self.site)
        # Without an index: what the wheel asks for must lie there already.
        pip("--python", self.folder / "venv" / "bin" / "python", "install", "--no-index", self.wheel)
        (folder / "empty").mkdir()

    def renderer(self, *words: str | Path) -> str:
        """Run the command line in an empty folder; return what it answers."""
        return self.run("renderer", *words)

    def run(self, program: str, *words: str | Path) -> str:
        """Run a program of the environment there."""
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.folder), "LANG": "C.UTF-8"}
        command = [self.folder / "venv" / "bin" / program, *words]
        ended = subprocess.run(command, cwd=self.folder / "empty", env=environment, capture_output=True, text=True)
        assert ended.returncode == 0, ended.stderr
        return ended.stdout


def pip(*words: str | Path) -> None:
    ended = subprocess.run([sys.executable, "-m", "pip", "--quiet", *words], capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr


def build_wheel(folder: Path) -> Path:
    """Build the wheel outside the checkout: a build folder there would keep, and pass on, files that are gone since."""
    (folder / "source").mkdir()
    for name in BUILT_FROM:
        (folder / "source" / name).symlink_to(ROOT / name)
    pip("wheel", "--no-deps", "--no-build-isolation", "-w", folder / "dist", folder / "source")
    shutil.rmtree(folder / "source")
    (wheel,) = (folder / "dist").glob("*.whl")
    return wheel


def metadata_of(wheel: Path) -> Message:
    with zipfile.ZipFile(wheel) as opened:
        (name,) = (name for name in opened.namelist() if name.endswith(".dist-info/METADATA"))
        return message_from_bytes(opened.read(name))


def libraries_of(requires: list[str]) -> set[str]:
    """The distributions that these lines ask for, and those that they ask for in turn."""
    names, seen = set(), set()
    asked = [(line, "") for line in requires]
    while asked:
        line, extra = asked.pop()
        wanted = Requirement(line)
        if (line, extra) in seen or (wanted.marker and not wanted.marker.evaluate({"extra": extra})):
            continue
        seen.add((line, extra))
        names.add(canonicalize_name(wanted.name))
        asked += [(line, extra) for extra in ("", *wanted.extras) for line in metadata.requires(wanted.name) or ()]
    return names


def link_library(name: str, site: Path) -> None:
    """Let a library of this environment lie in another, as it is."""
    library = metadata.distribution(name)
    tops = {path.parts[0] for path in library.files or ()} - {"..", "__pycache__"}
    for top in tops:
        (site / top).symlink_to(str(library.locate_file(top)))


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    return Installed(tmp_path_factory.mktemp("wheel"))


def test_the_wheel_holds_layouts_fonts_with_their_licences_and_examples_once(installed: Installed) -> None:
    with zipfile.ZipFile(installed.wheel) as wheel:
        held = sorted(name for name in wheel.namelist() if ".dist-info/" not in name)
    ours = {f"renderer/{path.relative_to(ROOT / 'renderer')}" for path in (ROOT / "renderer").rglob("*.[pt]*")}
    expected = {name for name in ours if name.endswith((".py", ".toml", ".typed"))}
    for page in ("review/viewer", "studio/page"):
        expected |= {f"renderer/{page}/{path.name}" for path in (ROOT / "renderer" / page).iterdir() if path.is_file()}
    for name, source in (("layouts", "layouts"), ("fonts", "fonts"), ("examples", "fixtures/examples")):
        files = (path for path in (ROOT / source).rglob("*") if path.is_file())
        expected |= {f"renderer/data/{name}/{path.relative_to(ROOT / source)}" for path in files}
    assert held == sorted(expected)


def test_it_says_what_it_is_and_by_which_licences(installed: Installed) -> None:
    told = metadata_of(installed.wheel)
    assert (told["Name"], told["License-Expression"]) == ("renderer", "MIT AND OFL-1.1 AND IPA")
    fonts = [f"fonts/{path.name}" for path in (ROOT / "fonts").glob("LICENCE-*")]
    assert sorted(told.get_all("License-File", [])) == sorted(["LICENSE", *fonts])
    assert told.get_payload(decode=True) == (ROOT / "README.md").read_bytes()
    assert told.get_all("Project-URL")


def test_it_runs_from_its_own_files(installed: Installed) -> None:
    where = "import renderer, sys; print(renderer.__file__, *sys.path, sep='\\n')"
    file, *path = installed.run("python", "-c", where).splitlines()
    assert Path(file) == installed.site / "renderer" / "__init__.py"
    assert not [place for place in path if Path(place).is_relative_to(ROOT)]
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
