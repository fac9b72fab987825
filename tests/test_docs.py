"""What the documentation lists is what the program has: codes, columns, keys, commands, fonts, versions, links."""

from __future__ import annotations

import ast
import re
import runpy
import subprocess
import tomllib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import get_args

import pytest
import typer
from fontTools.ttLib import TTFont
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from renderer.cli.exits import ExitCode
from renderer.cli.main import app
from renderer.documents.certificate import CERTIFICATE
from renderer.documents.document import HEADER
from renderer.documents.expiry import last_day
from renderer.documents.notice import NOTICE
from renderer.intake import insurerfile, jobfile
from renderer.layout.schema import End, LayoutFile, keys_beside
from renderer.model.findings import KINDS
from renderer.model.insurer import HalfYearly

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text("utf-8")
PRINT_ROOM = (ROOT / "README.ja.md").read_text("utf-8")
MEMBER_FILE = (ROOT / "docs" / "member-file.md").read_text("utf-8")
LAYOUTS = (ROOT / "docs" / "layouts.md").read_text("utf-8")
PAGES = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), ROOT / "fonts" / "README.md"]
CODE = re.compile(r"[a-z]+(?:-[a-z]+)+")


def last_name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def first_cells(page: str, heading: str) -> list[str]:
    """The first cells of the table rows below a heading, as written."""
    section = re.split(r"^#{2,3} ", page.partition(f"# {heading}\n")[2], flags=re.MULTILINE)[0]
    assert section, heading
    rows = re.findall(r"^\| *(.*?) *\|", section, re.MULTILINE)
    return [row for row in rows[1:] if set(row) - set(":-")]


def in_backticks(cells: list[str]) -> list[str]:
    return [word for cell in cells for word in re.findall(r"`([^`]+)`", cell)]


@pytest.mark.parametrize("page", ["docs/member-file.md", "README.ja.md"])
def test_the_tables_of_findings_are_those_of_the_catalogue(page: str) -> None:
    tables = runpy.run_path(str(ROOT / "docs" / "tables.py"))
    text, language = (ROOT / page).read_text("utf-8"), tables["PAGES"][ROOT / page]
    assert tables["written"](text, language) == text, "make tables"
    marked = "".join(found[0] for found in tables["MARKED"].finditer(text))
    assert sorted(re.findall(r"^\| `([a-z0-9-]+)` \|", marked, re.MULTILINE)) == sorted(KINDS)
    stale = text.replace("| `name-missing` |", "| `name-lost` |")
    assert stale != text
    assert tables["written"](stale, language) == text


def test_every_column_of_the_member_file_is_explained_in_its_order() -> None:
    assert first_cells(MEMBER_FILE, "Columns") == list(HEADER)


def test_every_exit_code_is_explained() -> None:
    for page, heading in ((README, "Commands"), (PRINT_ROOM, "終了コード")):
        listed = [int(cell) for cell in first_cells(page, heading)]
        assert sorted(listed) == sorted(map(int, ExitCode)), heading


def test_the_commands_are_those_of_the_program() -> None:
    commands = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    lines = re.findall(
        r"^renderer ([\w-]+) +(.*)$", README.partition("## Commands")[2].partition("## ")[0], re.MULTILINE
    )
    assert sorted(name for name, _ in lines) == sorted(commands)
    for name, words in lines:
        asked = [commands[name], *getattr(commands[name], "commands", {}).values()]
        known = {option for command in asked for parameter in command.params for option in parameter.opts}
        assert set(re.findall(r"(?<=[\[ ])-{1,2}[a-z]+", words)) <= known, name
    assert set(re.findall(r"renderer (\w[\w-]*)", PRINT_ROOM)) <= set(commands)


def test_the_job_and_insurer_files_shown_have_every_key_and_the_defaults_they_claim() -> None:
    job, insurer = (tomllib.loads(block) for block in re.findall(r"```toml\n(.*?)```", README, re.DOTALL))
    assert list(job) == list(jobfile._JobFile.model_fields)
    assert job["mailing"] == jobfile._MailingTable().model_dump()
    assert insurer["expiry"] == insurerfile._HalfYearlyTable().model_dump()
    assert sorted(insurer) == sorted(insurerfile._InsurerFile.model_fields)


@pytest.mark.parametrize("page", [README, PRINT_ROOM], ids=["README.md", "README.ja.md"])
def test_every_rule_of_expiry_is_explained_with_its_keys(page: str) -> None:
    section = re.split(r"^#{2,3} ", page.partition("`[expiry]`\n")[2], flags=re.MULTILINE)[0]
    rows = re.findall(r"^\| `\"([a-z-]+)\"` \| (.*?) \|", section, re.MULTILINE)
    tables = get_args(get_args(insurerfile._ExpiryOfAnyRule)[0])
    keys = {get_args(table.model_fields["rule"].annotation)[0]: set(table.model_fields) for table in tables}
    assert {rule: {*re.findall(r"`(\w+)", cell), "rule", "keeps_75"} for rule, cell in rows} == keys


def test_every_key_of_a_layout_is_explained() -> None:
    listed = set(in_backticks(first_cells(LAYOUTS, "layout.toml")))
    tables = {"regions": "[regions.<name>]", "slots": "[slots.<name>]", "ground": "[ground]"}
    tables |= {name: f"[[{name}]]" for name in ("distances", "aligned", "ink")}
    assert listed == {tables.get(key, key) for key in LayoutFile.model_fields}
    rows = {cell: LAYOUTS.partition(f"| `{cell}` |")[2].partition("\n")[0] for cell in tables.values()}
    for table, cell in tables.items():
        keys = keys_beside((table, "key", "key"))
        assert set(keys) <= set(re.findall(r"`([^`]+)`", rows[cell])), cell
    ends = LAYOUTS.partition("**How far from one edge to another**")[2].partition("```")[0]
    assert set(End.model_fields) <= set(re.findall(r"`(\w+)", ends))


def test_every_slot_and_variant_of_both_documents_is_explained() -> None:
    listed = in_backticks(first_cells(LAYOUTS, "The slots of both documents"))
    assert sorted(listed) == sorted({*NOTICE.fields, *CERTIFICATE.fields})
    variants = LAYOUTS.partition("The variants: ")[2].partition("\n\n")[0]
    for facts in (document.facts for document in (NOTICE, CERTIFICATE)):
        for key, values in facts.items():
            assert {key, *values} <= set(re.findall(r"`(\w+)`", variants)), key


LINT = tuple(f"desk/{module}" for module in ("lint", "places", "declared", "ink", "window", "grounds", "fixed_codes"))


@pytest.mark.parametrize(
    ("modules", "heading"),
    [
        (LINT, "What `renderer lint` finds"),
        (("cli/goldens", "review/goldens"), "Goldens"),
    ],
    ids=["lint", "goldens"],
)
def test_every_code_of_lint_and_goldens_is_explained(modules: tuple[str, ...], heading: str) -> None:
    files = [ROOT / "renderer" / f"{module}.py" for module in modules]
    nodes = [node for file in files for node in ast.walk(ast.parse(file.read_text("utf-8")))]
    given = [node.args[:2] for node in nodes if isinstance(node, ast.Call) and says_a_fault(node)]
    constants = [value.value for values in given for value in values if isinstance(value, ast.Constant)]
    codes = {value for value in constants if isinstance(value, str) and CODE.fullmatch(value)}
    assert set(in_backticks(first_cells(LAYOUTS, heading))) == codes


def says_a_fault(call: ast.Call) -> bool:
    return last_name(call.func) in {"fault", "Fault", "GoldenFinding"}


def test_the_table_of_fonts_says_what_is_in_the_files() -> None:
    page = (ROOT / "fonts" / "README.md").read_text("utf-8")
    rows = [line.strip("| ").split(" | ") for line in page.splitlines() if line.startswith("| `")]
    assert sorted(row[0].strip("`") for row in rows) == sorted(path.name for path in (ROOT / "fonts").glob("*.ttf"))
    for file, family, weight, version, _, glyphs, characters, pairs in rows:
        with TTFont(ROOT / "fonts" / file.strip("`"), lazy=True) as font:
            selected = next(table.uvsDict for table in font["cmap"].tables if table.format == 14)
            counts = (font["maxp"].numGlyphs, len(font.getBestCmap()), sum(map(len, selected.values())))
            names = [font["name"].getDebugName(number) for number in (1, 5)]
            assert (family, f"Version {version}") == tuple(names), file
            assert int(weight) == font["OS/2"].usWeightClass, file
            assert (glyphs, characters, pairs) == tuple(f"{count:,}" for count in counts), file
            assert font["OS/2"].fsType == 0, file


def test_the_lock_has_an_exact_version_in_range_for_all_that_is_required() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    locked = dict(pins("requirements.lock"))
    assert not locked.keys() & dict(pins("requirements-bench.lock")).keys()
    more = {**locked, **dict(pins("requirements-bench.lock"))}
    extras = project["optional-dependencies"]
    own, *others = map(Requirement, extras["dev"])
    assert own.name == project["name"]
    assert own.extras == extras.keys() - {"bench", "bucket", "dev"}
    of_ours = f"{own.name}["  # an extra that brings another one
    brought = [word for extra in own.extras for word in extras[extra] if not word.startswith(of_ours)]
    for required, versions in (
        ([*project["dependencies"], *brought, *map(str, others)], locked),
        (extras["bench"], more),
    ):
        for requirement in map(Requirement, required):
            assert requirement.specifier.contains(versions[canonicalize_name(requirement.name)]), requirement.name


def pins(file: str) -> Iterator[tuple[str, str]]:
    for line in (ROOT / file).read_text("utf-8").splitlines():
        if not line.startswith("#"):
            name, version = line.split("==")
            yield canonicalize_name(name), version


def test_make_helps_with_every_verb() -> None:
    shown = subprocess.run(["make", "--no-print-directory"], cwd=ROOT, capture_output=True, text=True, check=True)
    verbs = (ROOT / "Makefile").read_text("utf-8").partition(".PHONY: ")[2].splitlines()[0].split()
    assert [line.split()[1] for line in shown.stdout.splitlines()] == verbs
    for page in PAGES:
        code = re.findall(r"```.*?```|`[^`]+`", page.read_text("utf-8"), re.DOTALL)
        for verb in re.findall(r"^`?make (\w+)", "\n".join(code), re.MULTILINE):
            assert verb in verbs, page.name


def test_every_link_leads_somewhere() -> None:
    for page in PAGES:
        text = page.read_text("utf-8")
        for target, anchor in re.findall(r"\]\((?!https?:)([^)#]*)(#[^)]*)?\)", text):
            there = page.parent / target if target else page
            assert there.exists(), f"{page.name}: {target}"
            if anchor:
                headings = re.findall(r"^#+ (.*)$", there.read_text("utf-8"), re.MULTILINE)
                assert anchor[1:] in [heading.lower().replace(" ", "-") for heading in headings], anchor


def test_decisions_are_numbered_and_say_what_was_measured() -> None:
    records = sorted((ROOT / "docs" / "decisions").iterdir())
    assert [int(path.name[:4]) for path in records] == list(range(1, len(records) + 1))
    for number, path in enumerate(records, 1):
        text = path.read_text("utf-8")
        assert text.startswith(f"# {number}. "), path.name
        parts = re.findall(r"^\*\*(Context|Measured|Decision|Consequence)\b", text, re.MULTILINE)
        assert parts == ["Context", "Measured", "Decision", "Consequence"], path.name


# The domain


DOMAIN = (ROOT / "docs" / "domain.md").read_text("utf-8")
REFERENCE = re.compile(r"\b(?:domain|design)(?:\.md)?\s+[0-9]+(?:\.[0-9]+)?(?:, [0-9]+(?:\.[0-9]+)?)*")
READ_BY_PEOPLE = {".css", ".html", ".j2", ".md", ".py", ".toml"}


def references(text: str) -> list[str]:
    """Every number of a text that leads into the domain, with the word before it: ``domain 4.1``."""
    return [
        f"{found[0][:6]} {number}"
        for found in REFERENCE.finditer(text)
        for number in re.findall(r"[0-9.]+\b", found[0])
    ]


def test_the_search_sees_every_number_of_a_reference() -> None:
    assert references("a (domain 0, 3, 4.1), (domain\n    6.4); design 5, domain x 7") == [
        "domain 0",
        "domain 3",
        "domain 4.1",
        "domain 6.4",
        "design 5",
    ]


def test_every_reference_to_the_domain_names_one_of_its_headings() -> None:
    headings = {f"domain {number}" for number in re.findall(r"^#+ ([0-9]+(?:\.[0-9]+)?)\.? ", DOMAIN, re.MULTILINE)}
    folders = ("renderer", "tests", "layouts", "fixtures", "bench", "docs")
    files = [path for folder in folders for path in (ROOT / folder).rglob("*") if path.suffix in READ_BY_PEOPLE]
    found = {
        (number, path.name)
        for path in [*files, *ROOT.glob("*.md")]
        if path != Path(__file__)
        for number in references(path.read_text("utf-8"))
    }
    assert len(found) > 30
    assert {(number, file) for number, file in found if number not in headings} == set()


def test_the_domain_marks_how_well_each_thing_is_known() -> None:
    marks = set(re.findall(r"^\| \[(\w+)\] \|", DOMAIN, re.MULTILINE))
    used = {found.split()[0].strip(":;,") for found in re.findall(r"\[([a-z][^\]]*)\](?!\()", DOMAIN)}
    assert used == marks == {"found", "measured", "memory", "open"}


def test_the_dates_of_the_domain_are_those_of_the_rule() -> None:
    rows = re.findall(r"^\| ([0-9-]{10}) \| ([0-9-]{10})(?: or ([0-9-]{10}))? \|", DOMAIN, re.MULTILINE)
    assert len(rows) > 10
    for issued, that_day, later in rows:
        ends = [
            last_day(HalfYearly(boundary_day=same), date.fromisoformat(issued)).isoformat() for same in (True, False)
        ]
        assert ends == [that_day, later or that_day], issued
