"""What a run has done → entries in its workspace, so that a run that was stopped goes on where it was.

An entry names what its run was made of and the sums of one batch's files; it is written once, and only after the files
stand under their own names. Records are named by 整理番号 only.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

from renderer.model.errors import BadBatch
from renderer.running.names import files_of
from renderer.running.report import FileReport
from renderer.running.workspace import Workspace

ENTRIES = "done"
"""The folder of a workspace that the entries are in."""


class Ledger:
    """The batches that a run has done so far."""

    def __init__(self, workspace: Workspace, begun_with: str, folder: str) -> None:
        """Go on with the entries of a run that began with the same things; take away those of any other.

        ``folder`` is where print files and manifests stand. An entry that cannot be read counts as not written, a batch
        whose files are no longer what they were as not done.
        """
        self._workspace, self._begun_with, self._folder = workspace, begun_with, folder
        self.done: dict[int, FileReport] = {}
        for name in workspace.names(f"{ENTRIES}/"):
            file = self._file_of(workspace.get(name) or b"")
            if file is None:
                workspace.delete(name)
            else:
                self.done[int(Path(name).stem)] = file
        kept = {name for file in self.done.values() for name in self._names(file)}
        for name in workspace.names(f"{folder}/"):
            if name not in kept:
                workspace.delete(name)

    def enter(self, batch: int, file: FileReport) -> None:
        """Write that a batch is done; when this returns, its files and this are on the disk.

        :raises BadBatch: when the print file is not the one that was proved.
        """
        self.done[batch] = file
        sums = self._sums(file)
        _check_proved(file, sums[self._name(file)])
        entry = {"begun_with": self._begun_with, "file": asdict(file), "sums": sums}
        self._workspace.put(f"{ENTRIES}/{batch:04d}.json", json.dumps(entry, ensure_ascii=False).encode())

    def check_proved(self) -> None:
        """Check that all print files are those that were proved.

        :raises BadBatch: when one is not.
        """
        for file in self.done.values():
            _check_proved(file, self._workspace.sum(self._name(file)))

    def forget(self) -> None:
        """Take all entries away: nothing that was printed is used again."""
        for name in self._workspace.names(f"{ENTRIES}/"):
            self._workspace.delete(name)

    def _file_of(self, entry: bytes) -> FileReport | None:
        """Read an entry, if it is one of a run like this and its files are what they were."""
        try:
            values = json.loads(entry)
            file = FileReport(**values["file"])
            same = values["begun_with"] == self._begun_with and values["sums"] == self._sums(file)
        except (ValueError, KeyError, TypeError):
            return None
        return file if same else None

    def _name(self, file: FileReport) -> str:
        return f"{self._folder}/{file.name}"

    def _names(self, file: FileReport) -> list[str]:
        return [f"{self._folder}/{name}" for name in files_of(Path(file.name).stem)]

    def _sums(self, file: FileReport) -> dict[str, str]:
        return {name: self._workspace.sum(name) for name in self._names(file)}


def _check_proved(file: FileReport, found: str) -> None:
    if found != file.sha256:
        raise BadBatch(f"{file.name} was changed after its proof; nothing is delivered, start the run again")
