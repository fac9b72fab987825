"""What lies ready to begin with prints as it stands; what the program brings along lies in its own package."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from trial_runs import ROOT, ended, renderer, rows_of

from renderer.model.packaged import packaged


@pytest.mark.parametrize("document", ["eligibility_notice", "eligibility_certificate"])
def test_a_job_laid_down_prints_as_it_stands(tmp_path: Path, document: str) -> None:
    code, out, err = ended(renderer("new", tmp_path / "x", "--document", document))
    assert (code, err) == (0, "")
    assert out.splitlines()[-1] == f"print it:  renderer run {tmp_path / 'x' / 'job.toml'}"
    assert {path.name for path in (tmp_path / "x").iterdir()} == {"job.toml", "insurer.toml", "members.csv", "seal.png"}
    assert len(rows_of(tmp_path / "x" / "members.csv")) == 20
    code, out, err = ended(renderer("run", tmp_path / "x" / "job.toml"))
    assert (code, err) == (0, "")
    assert "read 20, printed 20, held 0" in out


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


def test_the_program_reaches_for_nothing_outside_its_package() -> None:
    for path in (ROOT / "renderer").rglob("*.py"):
        nodes = list(ast.walk(ast.parse(path.read_text("utf-8"))))
        texts = {str(node.value) for node in nodes if isinstance(node, ast.Constant)}
        assert not texts & {"fixtures", "tests", "../fixtures", "../tests"}, path
        assert "__file__" not in {node.id for node in nodes if isinstance(node, ast.Name)}, path


def test_what_the_package_brings_along_is_that_of_the_project() -> None:
    for name, folder in (("layouts", "layouts"), ("fonts", "fonts"), ("examples", "fixtures/examples")):
        assert packaged(name) == ROOT / folder  # type: ignore[arg-type] # one of the three words
