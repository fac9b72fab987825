"""A pack's folder → what one of its modules calls by a name."""

from __future__ import annotations

import sys
from importlib.metadata import version
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

from renderer.model.errors import BadJob
from renderer.model.sums import sum_of_bytes


def loaded_from(pack: Path, file: str, name: str) -> Any:
    """Return what a module of a pack calls so; None where the pack has no such module.

    :raises BadJob: when it cannot be loaded, naming pack and versions.
    """
    path = pack / file
    if not path.is_file():
        return None
    # By its folder: the modules of two packs may have the same file name, and two packs the same name.
    known = f"renderer_pack_{sum_of_bytes(str(path).encode())}"
    spec = spec_from_file_location(known, path)
    if spec is None or spec.loader is None:
        raise BadJob(f"pack {pack.name}: {file} cannot be loaded")
    module = sys.modules[known] = module_from_spec(spec)  # where its dataclasses look for it
    try:
        spec.loader.exec_module(module)
        return getattr(module, name)
    except Exception as error:  # whatever the pack's own code stumbles over
        del sys.modules[known]
        raise BadJob(
            f"pack {pack.name}: {file} cannot be loaded by renderer {version('renderer')} "
            f"({type(error).__name__}: {error}); mend it, or install the version it was written for"
        ) from error
