"""An exception → every text that a log, a crash report or a debugger could take from it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import renderer

PRODUCT = str(Path(renderer.__file__).parent)


def texts_of(error: BaseException) -> Iterator[str]:
    """Yield the words of an exception, of those behind it, and all locals of the product's frames."""
    seen: set[int] = set()
    behind: BaseException | None = error
    while behind is not None:
        yield str(behind)
        yield repr(behind)
        yield from texts_in(vars(behind), seen)
        trace = behind.__traceback__
        while trace is not None:
            if trace.tb_frame.f_code.co_filename.startswith(PRODUCT):
                yield from texts_in(trace.tb_frame.f_locals, seen)
            trace = trace.tb_next
        behind = behind.__cause__ or behind.__context__


def texts_in(thing: object, seen: set[int] | None = None) -> Iterator[str]:
    """Yield every text inside a thing, however deep in records, lists and dictionaries."""
    seen = set() if seen is None else seen
    if isinstance(thing, str):
        yield thing
        return
    if id(thing) in seen or isinstance(thing, type):
        return
    seen.add(id(thing))
    if isinstance(thing, dict):
        parts: list[object] = [*thing.keys(), *thing.values()]
    elif isinstance(thing, (list, tuple, set, frozenset)):
        parts = list(thing)
    else:
        yield repr(thing)
        slots = [name for kind in type(thing).__mro__ for name in getattr(kind, "__slots__", ())]
        parts = [getattr(thing, name, None) for name in slots]
    for part in parts:
        yield from texts_in(part, seen)
