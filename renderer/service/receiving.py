"""A request of several parts (multipart/form-data) as it comes in → what is asked, and its files, reduced, in a folder.

The member file is a part of it, or lies in a store and is read as it would have come in.

Nothing of it is kept that was not reduced before, and no more of it is in memory than a piece of the network and a
record. The part ``order`` comes first: it names the job, and that says how the files are written.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request

from renderer.intake.keys import names_a_number
from renderer.service.problems import Problem
from renderer.service.reducing import NotReducible, Reducer, reducer_of_releases
from renderer.service.sources import Sources

ORDER, SOURCE, RELEASES = "order", "source", "releases"
LONGEST_ORDER = 1 << 16
"""Bytes."""
MOST_FILES = 20
_NAME = re.compile(r"[\w-][\w .()（）-]{0,80}")


@dataclass(slots=True)
class Received:
    """What came in."""

    order: Any
    """As its JSON says."""
    sources: list[Path] = field(default_factory=list)
    releases: Path | None = None
    total: str = ""
    """The sum of all of it, as it came."""


MakeReducer = Callable[[Any], Reducer]
"""The order → what reduces a file of it; raises what refuses the order."""


async def receive(request: Request, folder: Path, make_reducer: MakeReducer, sources: Sources) -> Received:
    """Receive a request into a folder, and what it says that lies in a store.

    :raises Problem: when it is none of several parts, has others than are asked, is broken off, or a file of
        it cannot be read or reduced.
    """
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    if kind != b"multipart/form-data" or b"boundary" not in options:
        raise Problem(415, "not-multipart", "send the parts order and source as multipart/form-data")
    parts = _Parts(folder, make_reducer)
    total = hashlib.sha256()
    try:
        parser = MultipartParser(options[b"boundary"], parts.callbacks())
        async for piece in request.stream():
            await run_in_threadpool(parser.write, piece)
        parser.finalize()
        await parts.fetch(sources)
    except ClientDisconnect:
        raise Problem(400, "broken-off", "the request was broken off") from None
    except FormParserError:
        raise Problem(400, "broken-parts", "the parts of the request are not whole; send it again") from None
    except NotReducible as fault:
        raise Problem(422, "not-csv", f"the part {parts.name} cannot be taken: {fault}") from None
    finally:
        parts.close()
    received = parts.received
    if received is None or not received.sources or not parts.is_whole:
        why = "the parts are order (first), source (once or more, if the order names none) and, if need be, releases"
        raise Problem(422, "no-source", why)
    for path in (*received.sources, *filter(None, [received.releases])):
        total.update(path.name.encode() + b"\0" + await run_in_threadpool(_digest, path))
    total.update(json.dumps(received.order, sort_keys=True).encode())
    received.total = total.hexdigest()
    return received


def _digest(path: Path) -> bytes:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").digest()


class _Parts:
    """Takes the parts as the parser finds them."""

    def __init__(self, folder: Path, make_reducer: MakeReducer) -> None:
        self._folder, self._make_reducer = folder, make_reducer
        self.received: Received | None = None
        self.is_whole = True
        """Whether no part is open."""
        self._headers: dict[str, str] = {}
        self._header = self._value = b""
        self.name = ""
        """Of the part that is being taken."""
        self._text = b""
        self._writing: _Writing | None = None

    def callbacks(self) -> Any:
        """Name what the parser calls."""
        return {
            "on_part_begin": self._begin,
            "on_header_field": self._take_header,
            "on_header_value": self._take_value,
            "on_header_end": self._end_header,
            "on_headers_finished": self._open,
            "on_part_data": self._take,
            "on_part_end": self._end,
        }

    async def fetch(self, sources: Sources) -> None:
        """Take the member file from where the order says that it lies, if it does."""
        if self.received and self.is_whole and (address := _elsewhere(self.received.order)) is not None:
            self.name = SOURCE
            reducer = await run_in_threadpool(self._make_reducer, self.received.order)  # which refuses a wrong order
            self._writing = self._begin_source(self.received, address.rpartition("/")[2], reducer)
            await sources.read(address, self._writing.write)
            await run_in_threadpool(self._writing.end)

    def close(self) -> None:
        """Let a file go that was being written."""
        if self._writing:
            self._writing.close()

    def _begin(self) -> None:
        self._headers, self._text, self.is_whole = {}, b"", False

    def _take_header(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def _take_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _end_header(self) -> None:
        self._headers[self._header.decode("latin-1").lower()] = self._value.decode("latin-1")
        self._header = self._value = b""

    def _open(self) -> None:
        _, options = parse_options_header(self._headers.get("content-disposition", ""))
        self.name = options.get(b"name", b"").decode("utf-8", "replace")
        if self.name == ORDER:
            if self.received:
                raise Problem(422, "order-twice", "the part order stands once, before all others")
            return
        if self.received is None:
            raise Problem(422, "order-first", "the part order comes first: it says how the member file is written")
        if self.name not in (SOURCE, RELEASES):
            raise Problem(422, "part-unknown", "the parts are order, source and releases")
        name = options.get(b"filename", b"").decode("utf-8", "replace")
        if self.name == RELEASES:
            self.received.releases = self._folder / "releases.csv"
            self._writing = self._begin_file(self.received, self.received.releases, reducer_of_releases())
        elif _elsewhere(self.received.order) is None:
            self._writing = self._begin_source(self.received, name, self._make_reducer(self.received.order))
        else:
            raise Problem(422, "source-twice", "the order says where the source lies; send no part source with it")

    def _begin_source(self, received: Received, name: str, reducer: Reducer) -> _Writing:
        path = self._folder / _safe(name, len(received.sources) + 1)
        received.sources.append(path)
        return self._begin_file(received, path, reducer)

    def _begin_file(self, received: Received, path: Path, reducer: Reducer) -> _Writing:
        if len(received.sources) > MOST_FILES or path.exists():
            raise Problem(422, "too-many-files", f"at most {MOST_FILES} member files of unlike names")
        return _Writing(path, reducer)

    def _take(self, data: bytes, start: int, end: int) -> None:
        if self._writing is None:
            self._text += data[start:end]
            if len(self._text) > LONGEST_ORDER:
                raise Problem(413, "too-long", f"the part order has at most {LONGEST_ORDER:,} bytes")
        else:
            self._writing.write(data[start:end])

    def _end(self) -> None:
        self.is_whole = True
        if self._writing is None:
            try:
                self.received = Received(json.loads(self._text))
            except (ValueError, RecursionError):
                raise Problem(422, "order-not-json", "the part order is not JSON") from None
            return
        self._writing.end()
        self._writing = None


class _Writing:
    """A file that is being written, reduced."""

    def __init__(self, path: Path, reducer: Reducer) -> None:
        self._file, self._reducer = path.open("xb"), reducer

    def write(self, data: bytes) -> None:
        """Take a piece of it as it comes in."""
        self._file.write(self._reducer.feed(data))

    def end(self) -> None:
        """Write the rest of it."""
        self._file.write(self._reducer.end())
        self._file.close()

    def close(self) -> None:
        """Let it go, whole or not."""
        self._file.close()


def _elsewhere(order: Any) -> Any:
    """Return where an order says that its member file lies, if it does: that has been looked at by nobody yet."""
    return order.get(SOURCE) if isinstance(order, dict) else None


def _safe(name: str, number: int) -> str:
    """Return what a member file is called here: as the caller calls it, where that says nothing of a person."""
    plain = Path(name.replace("\\", "/")).name
    good = _NAME.fullmatch(plain) and plain.lower().endswith((".csv", ".txt", ".tsv", ".dat"))
    return plain if good and not names_a_number(plain) else f"source-{number}.csv"
