"""What lies ready to begin with prints as it stands; what the program brings along lies in its own package."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from trial_runs import ROOT, ended, renderer, rows_of

from renderer.model.packaged import packaged


@pytest.mark.parametrize("document", ["eligibility_notice", "eligibility_certificate"])
def test_a_job_laid_down_prints_as_it_stands(tmp_path: Path, document: str) -> None:
    code, out, err = ended(renderer("new", tmp_path / "x", "--document", document))
    assert (code, err) == (0, "")
    for term in ("交付年月日", "加入者ファイル", "保険者", "印影"):
        assert term in out.splitlines()[-2]
    assert out.splitlines()[-1] == f"print it:  renderer run {tmp_path / 'x' / 'job.toml'}"
    assert {path.name for path in (tmp_path / "x").iterdir()} == {"job.toml", "insurer.toml", "members.csv", "seal.png"}
    assert len(rows_of(tmp_path / "x" / "members.csv")) == 20
    code, out, err = ended(renderer("run", tmp_path / "x" / "job.toml"))
    assert (code, err) == (0, "")
    assert "read 20, printed 20, held 0" in out


def test_what_to_do_next_is_said_in_the_language_of_the_terminal_as_a_shell_takes_it(tmp_path: Path) -> None:
    job, layout = tmp_path / "my job", tmp_path / "my layout"
    _, out, _ = ended(renderer("new", job, env={"LC_ALL": "ja_JP.UTF-8"}))
    assert out.splitlines()[-1] == f"印刷するには：  renderer run '{job / 'job.toml'}'"
    _, out, _ = ended(renderer("new-layout", layout))
    assert out.splitlines()[-1] == f"look at it:  renderer sheet '{layout}' -o sheet.png"


def test_nothing_is_laid_down_over_what_is_there(tmp_path: Path) -> None:
    (tmp_path / "mine").touch()
    for words in (("new", tmp_path), ("new-layout", tmp_path), ("new", tmp_path / "mine")):
        code, out, err = ended(renderer(*words))
        assert (code, out) == (4, "")
        assert err.startswith(f"renderer: {words[1]}: ")
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]
    code, _, err = ended(renderer("new", tmp_path / "x", "--document", "eligibility_notise"))
    assert (code, (tmp_path / "x").exists()) == (4, False)
    assert (
        "document 'eligibility_notise' has no example job; there is one of eligibility_notice, eligibility_certificate"
        in err
    )


@pytest.mark.parametrize("name", ["eligibility_notice", "specimen"])
def test_a_copied_layout_stands_alone_and_draws_the_same_sheet(tmp_path: Path, name: str) -> None:
    code, _, err = ended(renderer("new-layout", tmp_path / "copy", "--from", name))
    assert (code, err) == (0, "")
    ours = {path.relative_to(packaged("layouts") / name) for path in (packaged("layouts") / name).rglob("*.*")}
    copied = {path.relative_to(tmp_path / "copy") for path in (tmp_path / "copy").rglob("*.*")}
    assert ours < copied
    assert {path.parts[0] for path in copied - ours} == {"_shared"}
    if name != "specimen":
        for layout, file in ((name, "ours.pdf"), (tmp_path / "copy", "copy.pdf")):
            assert ended(renderer("sheet", layout, "-o", tmp_path / file))[0] == 0
        assert (tmp_path / "ours.pdf").read_bytes() == (tmp_path / "copy.pdf").read_bytes()


def test_a_part_that_is_changed_in_a_copy_shows_on_its_sheet(tmp_path: Path) -> None:
    ended(renderer("new-layout", tmp_path / "copy"))
    part = tmp_path / "copy" / "_shared" / "base.css"
    part.write_text(part.read_text("utf-8") + "\n.card { background: #eee }\n", "utf-8")
    for layout, file in (("eligibility_notice", "ours.pdf"), (tmp_path / "copy", "copy.pdf")):
        assert ended(renderer("sheet", layout, "-o", tmp_path / file))[0] == 0
    assert (tmp_path / "ours.pdf").read_bytes() != (tmp_path / "copy.pdf").read_bytes()


def reaches_outside(source: str) -> set[str]:
    """What in a source would lead out of the package: the names of our other folders, and the place it lies in."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and not re.search(r"\s", node.value):
            parts = set(Path(node.value).parts)
            found |= {node.value} if parts & {"fixtures", "tests", "bench", "docs"} else set()
        elif isinstance(node, ast.Name) and node.id == "__file__":
            found.add("__file__")
        elif isinstance(node, ast.Attribute) and node.attr in ("parents", "__file__"):
            found.add(node.attr)
    return found


def test_the_search_sees_every_way_out() -> None:
    source = "FIXTURES = Path(__file__).parents[2] / 'fixtures'\nx = renderer.__file__\ny = root / 'tests/goldens'\n"
    assert reaches_outside(source) == {"__file__", "parents", "fixtures", "tests/goldens"}
    assert reaches_outside("'the tests of a layout'\nfolder.mkdir(parents=True)\n") == set()


def test_the_program_reaches_for_nothing_outside_its_package() -> None:
    for path in (ROOT / "renderer").rglob("*.py"):
        # The goldens of the folder that one stands in, which the command line says and a person may name otherwise.
        own = {"tests/goldens"} if path.name == "goldens.py" and path.parent.name == "cli" else set()
        assert reaches_outside(path.read_text("utf-8")) == own, path


def test_without_goldens_where_one_stands_that_is_said(tmp_path: Path) -> None:
    code, out, err = ended(renderer("goldens", "check", cwd=tmp_path))
    assert (code, out) == (4, "")
    assert err == "renderer: there are no goldens in tests/goldens; approve them first, or name their folder\n"


def test_what_the_package_brings_along_is_that_of_the_project() -> None:
    for name, folder in (("layouts", "layouts"), ("fonts", "fonts"), ("examples", "fixtures/examples")):
        assert packaged(name) == ROOT / folder  # type: ignore[arg-type] # one of the three words
