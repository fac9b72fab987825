"""Sentences of the program into problems with their places: file, line, selector, box, and what to write."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import renderer.desk
from renderer.model.findings import Finding
from renderer.studio.lint_words import JAPANESE
from renderer.studio.parts import Box, BoxId, Rule, Source
from renderer.studio.problems import Files, of_sheet, refused


@pytest.fixture
def files(tmp_path: Path) -> Files:
    folder, shared = tmp_path / "ours", tmp_path / "_shared"
    for place, name, text in (
        (folder, "layout.toml", '[regions.card]\nx = 1\n\n[slots.name]\nfit = "shrink"\n'),
        (folder, "sheet.css", "p { top: 0 }\n"),
        (folder, "sheet.html.j2", "<p>\n{{ slot('name') }}\n</p>\n"),
        (shared, "base.css", "b { left: 0 }\n"),
        (tmp_path, "job.toml", "name = 'x'\n"),
    ):
        place.mkdir(exist_ok=True)
        (place / name).write_text(text, encoding="utf-8")
    return Files((folder, shared), (tmp_path / "job.toml",))


def _box(files: Files) -> Box:
    source = Source(file="_shared/base.css", line=9, path=str(files.folders[1] / "base.css"))
    rule = Rule(source=source, selector=".row .slot", name="height", value="var(--name)", decides=("height",))
    where = BoxId(page=2, kind="slot", name="name", ordinal=0)
    return Box(id=where, label="氏名", x=1, y=2, w=67.6, h=7.6, rules=(rule,))


@pytest.mark.parametrize(
    ("sentence", "file", "line", "selector", "write"),
    [
        ("ours/sheet.css, line 7, .a .b > p { tpo: 1mm }: unknown property; did you mean 'top'?", "ours/sheet.css", 7,
         ".a .b > p { tpo }", "top"),
        ("_shared/base.css, line 3, .x, .y { opacity: .5 }: opacity is not printed; use a plain colour",
         "_shared/base.css", 3, ".x, .y { opacity }", ""),
        ("ours/sheet.html.j2, line 5: slot('telephone') has no [slots.telephone]; use {{ insurer.telephone }}",
         "ours/sheet.html.j2", 5, "", "{{ insurer.telephone }}"),
        ("ours/sheet.html.j2, line 2: <div> is not closed; write </div> where it ends",
         "ours/sheet.html.j2", 2, "", ""),
        ("ours/layout.toml: unknown key slots.name.flor; did you mean floor?", "ours/layout.toml", 4, "", "floor"),
        ("ours/layout.toml: regions.card.x: must be a number without quotes", "ours/layout.toml", 2, "", ""),
        ("ours/layout.toml: Invalid value (at line 5, column 9); mend the file", "ours/layout.toml", 5, "", ""),
        ("ours/layout.toml names lost.css, which is not there; add the file", "ours/layout.toml", 1, "", ""),
        ('job.toml line 1: key "nam" is not known; did you mean "name"?', None, 1, "", "name"),
        ("ours: slot 'name' cannot be compiled: it lies outside its page; its value would be cut off",
         "ours/sheet.html.j2", 2, "", ""),
    ],
)  # fmt: skip
def test_a_sentence_is_found_where_it_says(
    files: Files, sentence: str, file: str | None, line: int, selector: str, write: str
) -> None:
    (problem,) = refused([sentence], "layout-refused", files, ())
    assert problem.source is not None
    assert file in (None, problem.source.file)
    assert Path(problem.source.path).is_file()
    assert (problem.source.line, problem.selector, problem.write) == (line, selector, write)
    assert problem.severity == "refused"
    assert not re.match(r"ours\b", problem.sentence.en)


def test_a_slot_without_a_size_says_the_last_good_one_and_the_rule_that_set_it(files: Files) -> None:
    sentence = "ours: slot 'name' cannot be compiled: its height depends on its value; give it a height in mm"
    (problem,) = refused([sentence], "layout-refused", files, [_box(files)])
    assert (problem.write, problem.selector, problem.page) == ("height: 7.6mm", ".row .slot", 2)
    assert problem.source is not None
    assert (problem.source.file, problem.source.line) == ("_shared/base.css", 9)
    assert problem.box == _box(files).id


def test_the_same_sentence_is_one_problem_and_each_line_of_a_complaint_is_one(files: Files) -> None:
    found = refused(["job.toml: one\njob.toml: two", "job.toml: one"], "job-refused", files, ())
    assert [problem.sentence.en for problem in found] == ["one", "two"]


def test_a_file_that_nobody_knows_is_told_without_a_place(files: Files) -> None:
    (problem,) = refused(
        [
            "/etc/passwd: no",
        ],
        "job-refused",
        files,
        (),
    )
    assert problem.source is None


def test_a_finding_is_told_in_both_languages_at_its_slot(files: Files) -> None:
    numbers = {"needed": "70.8", "floor": "60", "given": "67.6"}
    finding = Finding.of("does-not-fit", 3, "000217", "condensed", slot="name", label="氏名", **numbers)
    (problem,) = of_sheet([finding], [_box(files)])
    assert (problem.severity, problem.code, problem.record) == ("held", "does-not-fit", "000217")
    assert (problem.page, problem.box) == (2, _box(files).id)
    assert "氏名" in problem.sentence.ja
    assert "70.8" in problem.sentence.ja
    assert "70.8" in problem.sentence.en


def test_every_fault_of_lint_is_called_something_in_japanese_and_nothing_else_is() -> None:
    """The codes are written where faults are made."""
    folder = Path(renderer.desk.__file__).parent
    sources = "\n".join(path.read_text("utf-8") for path in folder.glob("*.py"))
    assert set(re.findall(r"""(?:\.fault|\bFault)\(\s*"([a-z-]+)\"""", sources)) == JAPANESE.keys()
