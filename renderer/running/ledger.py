"""What is already delivered → a file beside the work, so that a run that was stopped goes on where it was.

The first line names what the run is made of, each further line one batch, written only after its files
stand in the outbox under their final names. Records are named by 整理番号 only.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from renderer.model.errors import BadBatch
from renderer.running.report import FileReport


@dataclass(frozen=True, slots=True)
class Delivered:
    """One batch that is done."""

    batch: int
    """Number of the batch, from 1."""
    file: FileReport
    """Its print file as it was verified."""


class Ledger:
    """The batches that a run with one and the same fingerprint has delivered so far."""

    def __init__(self, path: Path, fingerprint: str) -> None:
        """Go on with the ledger at ``path`` if it is of a run with this fingerprint, or begin it anew.

        A line that cannot be read, such as a last one cut off by a crash, ends the list: it and what follows count as
        not written. A batch whose files are no longer what they were counts as not done.
        """
        self.path = path
        self.delivered: dict[int, Delivered] = {}
        done = _entries(path, fingerprint)
        self.delivered = {batch.batch: batch for batch, sums in done if self._sums(batch) == sums}
        self._rewrite(fingerprint)

    def enter(self, batch: Delivered) -> None:
        """Write that ``batch`` is done; when this returns, its files and this are on the disk.

        :raises BadBatch: when the print file is not the one that was proved.
        """
        self.check_proved(batch)
        self.delivered[batch.batch] = batch
        for path in self._files(batch):
            with path.open("rb") as file:
                os.fsync(file.fileno())
        with self.path.open("a", encoding="utf-8", newline="\n") as ledger:
            ledger.write(self._line(batch))
            ledger.flush()
            os.fsync(ledger.fileno())

    def check_proved(self, *batches: Delivered) -> None:
        """Check that print files are those that were proved; without batches, all that have been entered.

        :raises BadBatch: when one is not.
        """
        for batch in batches or self.delivered.values():
            path = self.path.with_name(batch.file.name)
            if not path.is_file() or _sum(path).hex() != batch.file.sha256:
                raise BadBatch(f"{path.name} was changed after its proof; nothing is delivered, start the run again")

    def _rewrite(self, fingerprint: str) -> None:
        fresh = self.path.with_name(self.path.name + ".new")
        with fresh.open("w", encoding="utf-8", newline="\n") as ledger:
            ledger.write(_line({"fingerprint": fingerprint}))
            ledger.writelines(map(self._line, self.delivered.values()))
            ledger.flush()
            os.fsync(ledger.fileno())
        fresh.replace(self.path)

    def _line(self, batch: Delivered) -> str:
        return _line({**asdict(batch), "sums": self._sums(batch)})

    def _sums(self, batch: Delivered) -> dict[str, str]:
        return {path.name: _sum(path).hex() for path in self._files(batch)}

    def _files(self, batch: Delivered) -> list[Path]:
        """Return the print file and its manifests, which stand beside the ledger."""
        return sorted(self.path.parent.glob(f"{Path(batch.file.name).stem}.*"))


def fingerprint(files: Iterable[Path], words: Iterable[str]) -> str:
    """Sum up what a run is made of: the content of its files and words such as versions, in the order given.

    Names and places of the files do not count. SHA-256 in hexadecimal digits.
    """
    total = hashlib.sha256()
    for path in files:
        total.update(_sum(path))
    total.update(json.dumps(list(words), ensure_ascii=False).encode())
    return total.hexdigest()


def _sum(path: Path) -> bytes:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").digest()


def _entries(path: Path, fingerprint: str) -> Iterator[tuple[Delivered, dict[str, str]]]:
    """Yield the batches of a ledger and the sums of their files, as far as it can be read."""
    if not path.is_file():
        return
    # As bytes: a crash may have cut the last line inside a character.
    with path.open("rb") as ledger:
        try:
            if json.loads(ledger.readline()) != {"fingerprint": fingerprint}:
                return
            for line in ledger:
                if line.endswith(b"\n"):
                    values = json.loads(line)
                    yield _delivered(values), values["sums"]
        except (ValueError, KeyError, TypeError):
            return


def _line(values: dict[str, Any]) -> str:
    return json.dumps(values, ensure_ascii=False) + "\n"


def _delivered(values: dict[str, Any]) -> Delivered:
    return Delivered(values["batch"], FileReport(**values["file"]))
