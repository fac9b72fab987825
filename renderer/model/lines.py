"""A line of one of several member files ↔ one number, by which their rows are told apart and stay in order."""

from __future__ import annotations

from typing import Literal

_OF_A_FILE = 1 << 32
"""More than any file has lines."""


def number_of(line: int, file: int) -> int:
    """Give a line, from 1, of a file, from 0, its number; a line of the first file is its own number."""
    return file * _OF_A_FILE + line


def line_and_file(number: int) -> tuple[int, int]:
    """Return line and file of a number."""
    file, line = divmod(number, _OF_A_FILE)
    return line, file


def said_line(number: int, language: Literal["ja", "en"]) -> str:
    """Say a line, as it stands before 行目 or behind "line", with its file where that is not the first."""
    line, file = line_and_file(number)
    if not file:
        return str(line)
    return f"{file + 1}番目のファイルの {line}" if language == "ja" else f"{line} of file {file + 1}"
