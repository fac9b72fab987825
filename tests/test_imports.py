"""The floors and doors of the program (design 4): who imports whom, and which library comes in by which module."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import renderer

ROOT = Path(renderer.__file__).parent

FLOORS = ("cli", "mailing", "proofing", "typeset", "domain", "errors")
"""From the top: a module imports from its own floor and from those below."""

NOTHING: frozenset[str] = frozenset()
LIBRARIES: dict[str, frozenset[str]] = {
    "": NOTHING,
    "cli": frozenset({"rich", "typer"}),
    "cli_proofs": frozenset({"rich", "typer"}),
    "errors": NOTHING,
    "domain": NOTHING,
    "domain.documents": NOTHING,
    "domain.eras": NOTHING,
    "domain.expiry": NOTHING,
    "domain.member": NOTHING,
    "domain.numbers": NOTHING,
    "domain.postal": NOTHING,
    "mailing": NOTHING,
    "mailing.batches": NOTHING,
    "mailing.cases": NOTHING,
    "mailing.chosen": NOTHING,
    "mailing.crew": NOTHING,
    "mailing.delivered": NOTHING,
    "mailing.job": NOTHING,
    "mailing.jobfile": frozenset({"pydantic", "pydantic_core"}),
    "mailing.ledger": NOTHING,
    "mailing.manifest": NOTHING,
    "mailing.members": frozenset({"jaconv"}),
    "mailing.outbox": NOTHING,
    "mailing.pieces": NOTHING,
    "mailing.progress": NOTHING,
    "mailing.report": NOTHING,
    "mailing.rows": NOTHING,
    "mailing.sheets": NOTHING,
    "mailing.single": NOTHING,
    "mailing.specimen": NOTHING,
    "mailing.store": NOTHING,
    "mailing.tasks": NOTHING,
    "mailing.verify": NOTHING,
    "proofing": NOTHING,
    "proofing.compare": NOTHING,
    "proofing.content": NOTHING,
    "proofing.drawn": NOTHING,
    "proofing.glyphs": frozenset({"pypdf", "uharfbuzz"}),
    "proofing.goldens": frozenset({"PIL", "pypdfium2", "uharfbuzz"}),
    "proofing.growth": frozenset({"markupsafe"}),
    "proofing.lint": NOTHING,
    "proofing.pixels": frozenset({"PIL", "pypdfium2"}),
    "proofing.placing": NOTHING,
    "proofing.readback": NOTHING,
    "proofing.widths": NOTHING,
    "typeset": NOTHING,
    "typeset.checks": NOTHING,
    "typeset.codes": frozenset({"qrcode"}),
    "typeset.compiling": frozenset({"markupsafe", "pypdf"}),
    "typeset.embedding": frozenset({"uharfbuzz"}),
    "typeset.engine": frozenset({"jinja2", "markupsafe", "weasyprint"}),
    "typeset.fitting": NOTHING,
    "typeset.fonts": frozenset({"uharfbuzz"}),
    "typeset.inserts": frozenset({"pypdf"}),
    "typeset.layouts": frozenset({"pydantic"}),
    "typeset.marks": NOTHING,
    "typeset.pdffile": frozenset({"deflate"}),
    "typeset.pdfobjects": frozenset({"pypdf"}),
    "typeset.plates": NOTHING,
    "typeset.press": NOTHING,
    "typeset.reference": frozenset({"markupsafe"}),
    "typeset.ruler": NOTHING,
    "typeset.versions": NOTHING,
}
"""Every module of the program, and the libraries that come in by it and by no other way."""

DOORS = {
    "sqlite3": {"mailing.store"},
    "multiprocessing": {"mailing.crew"},
    "concurrent": {"mailing.crew"},
    "threading": {"mailing.crew"},
    "pickle": {"typeset.plates"},
    "mmap": {"proofing.glyphs", "proofing.readback"},
    "zlib": {"proofing.goldens", "proofing.readback"},
    "time": {"mailing.job"},
    "logging": {"typeset.engine", "typeset.inserts"},
    "urllib": {"typeset.engine"},
    "subprocess": set[str](),
    "socket": set[str](),
    "http": set[str](),
    "random": set[str](),
    "secrets": set[str](),
    "uuid": set[str](),
    "locale": set[str](),
}
"""Parts of the standard library that only some modules may touch."""

PURE = {
    "pathlib",
    "datetime",
    "enum",
    "dataclasses",
    "re",
    "typing",
    "collections",
    "unicodedata",
    "functools",
    "contextlib",
}
"""What ``domain`` needs of the standard library: no files, no clock, no system."""


def modules() -> dict[str, Path]:
    """Module names without ``renderer.`` → their files."""
    found = {}
    for path in sorted(ROOT.rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


MODULES = modules()


def imported(source: str) -> Iterator[str]:
    """Every module that a source imports, at its top or inside a function; of ours, without ``renderer.``."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (_ours(alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports name the whole way"
            name = node.module or ""
            for alias in node.names:
                whole = f"{name}.{alias.name}"
                yield _ours(whole if _ours(whole).removeprefix("renderer:") in MODULES else name)


def _ours(name: str) -> str:
    return "renderer:" + name.removeprefix("renderer").removeprefix(".") if name.split(".")[0] == "renderer" else name


def ours(source: str) -> set[str]:
    return {name.removeprefix("renderer:") for name in imported(source) if name.startswith("renderer:")}


def others(source: str) -> set[str]:
    return {name.split(".")[0] for name in imported(source) if not name.startswith("renderer:")}


def libraries(source: str) -> set[str]:
    return others(source) - set(sys.stdlib_module_names)


def floor(module: str) -> int:
    room = module.split(".")[0]
    return FLOORS.index("cli" if room.startswith("cli_") else room)


def test_the_search_sees_every_kind_of_import() -> None:
    source = (
        "import os.path, weasyprint.text as t\nfrom renderer.typeset import fonts\nfrom renderer import errors\n"
        "def f():\n    import renderer.cli\n    from pypdf.generic import X\n    from renderer.mailing.job import run\n"
    )
    assert ours(source) == {"typeset.fonts", "errors", "cli", "mailing.job"}
    assert others(source) == {"os", "weasyprint", "pypdf"}
    assert libraries(source) == {"weasyprint", "pypdf"}


def test_every_module_is_in_the_table_and_the_table_has_no_other() -> None:
    assert sorted(MODULES) == sorted(LIBRARIES)


@pytest.mark.parametrize("module", sorted(MODULES.keys() - {""}))
def test_imports_go_down_only(module: str) -> None:
    above = {name for name in ours(MODULES[module].read_text("utf-8")) if name and floor(name) < floor(module)}
    assert above == set()


def test_no_module_imports_itself_by_way_of_others() -> None:
    graph = {module: ours(path.read_text("utf-8")) - {module} for module, path in MODULES.items()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" → ".join(error.args[1]))


@pytest.mark.parametrize("module", sorted(MODULES))
def test_a_library_comes_in_by_its_own_doors(module: str) -> None:
    assert libraries(MODULES[module].read_text("utf-8")) == LIBRARIES[module]


@pytest.mark.parametrize("part", sorted(DOORS))
def test_a_part_of_the_standard_library_comes_in_by_its_own_doors(part: str) -> None:
    users = {module for module, path in MODULES.items() if part in others(path.read_text("utf-8"))}
    assert users == DOORS[part]


@pytest.mark.parametrize("module", [module for module in MODULES if module.startswith("domain")])
def test_the_rules_of_the_documents_touch_no_file_and_no_clock(module: str) -> None:
    source = MODULES[module].read_text("utf-8")
    assert others(source) <= PURE | {"__future__"}
    calls = {ast.unparse(node.func) for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)}
    ends = {call.split(".")[-1] for call in calls}
    assert not ends & {"open", "read_text", "read_bytes", "today", "now", "print"}


def test_only_the_command_line_prints() -> None:
    for module, path in MODULES.items():
        calls = {
            ast.unparse(node.func)
            for node in ast.walk(ast.parse(path.read_text("utf-8")))
            if isinstance(node, ast.Call)
        }
        assert not calls & {"print", "sys.stdout.write", "sys.stderr.write", "typer.echo"} or module.startswith("cli")


def loaded_by(module: str) -> set[str]:
    """What a fresh interpreter has loaded after importing a module."""
    program = f"import {module}, sys; print(*sys.modules)"
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT.parent)
    return {name.split(".")[0] for name in ended.stdout.split()}


@pytest.mark.parametrize("module", ["renderer.cli", "renderer.mailing.tasks"])
def test_help_is_quick_and_workers_that_print_stay_small(module: str) -> None:
    loaded = loaded_by(module)
    assert "renderer" in loaded
    assert "weasyprint" not in loaded
