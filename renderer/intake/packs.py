"""A pack's folder or name → its documents, layouts, common parts, examples and goldens, laid over ours.

    documents.py            DOCUMENTS: its documents, each a ``documents.document.Document``
    layouts/<name>/         its layouts; layouts/_shared/ its common parts
    examples/<document>.toml, examples/members/*.toml     the job and members that a layout is shown with
    goldens/                its approved sheets

Each may be missing. An installed distribution names its package under the entry point group ``renderer.packs``; the
folder of that package is the pack. A pack is known by its folder: another process loads it again from there.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from functools import lru_cache
from importlib.metadata import entry_points, version
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path

from renderer.documents.document import Document
from renderer.documents.registry import DOCUMENTS
from renderer.model.errors import BadJob
from renderer.model.job import Job
from renderer.model.packaged import packaged
from renderer.model.sums import sum_of_bytes

GROUP = "renderer.packs"
"""The entry points by which installed distributions name their packs."""


def find_pack(name: str, beside: Path) -> Path:
    """Return the folder of a pack: one below ``beside`` or, where there is none, the installed one of this name.

    :raises BadJob: when there is neither.
    """
    folder = (beside / name).resolve()
    if folder.is_dir():
        return folder
    for point in entry_points(group=GROUP):
        if point.name == name:
            spec = find_spec(point.value)
            if spec is not None and spec.submodule_search_locations:
                return Path(spec.submodule_search_locations[0])
    known = ", ".join(sorted(point.name for point in entry_points(group=GROUP))) or "none"
    raise BadJob(f"pack {name}: there is no such folder, and no such pack is installed (installed: {known})")


def documents_of(pack: Path | None) -> Mapping[str, Document]:
    """Return the documents of a pack, and ours; name → document.

    :raises BadJob: when the pack cannot be loaded, naming it and both versions.
    """
    return {**DOCUMENTS, **_documents_in(pack)} if pack else DOCUMENTS


def document_of(job: Job) -> Document:
    """Return the document that a job prints."""
    return documents_of(job.pack)[job.document]


@lru_cache(maxsize=16)
def _documents_in(pack: Path) -> Mapping[str, Document]:
    path = pack / "documents.py"
    if not path.is_file():
        return {}
    # By its folder: the modules of two packs may have the same file name, and two packs the same name.
    name = f"renderer_pack_{sum_of_bytes(str(pack).encode())}"
    spec = spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise BadJob(f"pack {pack.name}: documents.py cannot be loaded")
    module = sys.modules[name] = module_from_spec(spec)  # where its dataclasses look for it
    try:
        spec.loader.exec_module(module)
        found = {document.name: document for document in module.DOCUMENTS}
    except Exception as error:  # whatever the pack's own code stumbles over
        del sys.modules[name]
        raise BadJob(
            f"pack {pack.name}: documents.py cannot be loaded by renderer {version('renderer')} "
            f"({type(error).__name__}: {error}); mend it, or install the version it was written for"
        ) from error
    for key, document in found.items():
        if not isinstance(document, Document) or key in DOCUMENTS:
            raise BadJob(f"pack {pack.name}: DOCUMENTS holds '{key}', which is no document, or one of ours")
    return found


def layout_folders(pack: Path | None) -> tuple[Path, ...]:
    """Return where layouts are looked for by name: the pack's, then ours."""
    own = (pack / "layouts",) if pack else ()
    return (*own, packaged("layouts"))


def examples_of(pack: Path | None) -> tuple[Path, ...]:
    """Return where example jobs and members are looked for: the pack's, then ours."""
    own = (pack / "examples",) if pack else ()
    return (*own, packaged("examples"))


def code_of(pack: Path | None) -> list[Path]:
    """Return the files of a pack's own code, which decide what its sheets say."""
    return sorted(pack.rglob("*.py")) if pack else []
