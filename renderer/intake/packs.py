"""A pack's folder or name → its documents, layouts, common parts, examples and goldens, laid over ours.

    documents.py            DOCUMENTS: its documents, each a ``documents.document.Document``
    restated.py             RESTATED: what its documents add, stated a second time for the proof (``proof.second``)
    layouts/<name>/         its layouts; layouts/_shared/ its common parts
    examples/<document>.toml, examples/members/*.toml     the job and members that a layout is shown with
    goldens/                its approved sheets

Each may be missing. An installed distribution names its package under the entry point group ``renderer.packs``; the
folder of that package is the pack. A pack is known by its folder: another process loads it again from there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path

from renderer.documents.document import Document
from renderer.documents.registry import DOCUMENTS
from renderer.model.errors import BadJob
from renderer.model.job import Job
from renderer.model.pack_code import loaded_from
from renderer.model.packaged import packaged

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
    listed: Sequence[Document] = loaded_from(pack, "documents.py", "DOCUMENTS") or ()
    found = {document.name: document for document in listed}
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
