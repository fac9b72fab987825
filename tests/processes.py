"""The processes that a program under test has started, as /proc tells of them."""

from __future__ import annotations

from pathlib import Path


def descendants(pid: int) -> list[int]:
    """All processes below one, the nearest first."""
    parents = {int(entry.name): parent_of(int(entry.name)) for entry in Path("/proc").iterdir() if entry.name.isdigit()}
    found = [pid]
    for above in found:
        found += [child for child, parent in parents.items() if parent == above]
    return found[1:]


def children(pid: int, word: bytes = b"") -> list[int]:
    """Those that one has started itself and that run, with a word of their command line."""
    return [one for one in descendants(pid) if parent_of(one) == pid and runs(one) and word in words_of(one)]


def runs(pid: int) -> bool:
    """Tell whether it runs: one that has ended has no words, though nobody may ever fetch its end."""
    return words_of(pid) != b""


def words_of(pid: int) -> bytes:
    """Its command line, each word with a zero byte behind it; nothing of one that has ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def parent_of(pid: int) -> int:
    """Who started it, or who took it over; 0 of one that is gone."""
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0
