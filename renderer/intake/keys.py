"""What stands in several files alike: the name of a file, a line that is printed, or why it cannot be; a key."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, ValidationInfo

from renderer.documents.numbers import has_my_number, looks_like_my_number
from renderer.model.toml import folder_of
from renderer.model.widths import NARROW

_TIME_OF_EXPORT = re.compile(
    "20[0-9]{2}[-_]?(?:0[1-9]|1[0-2])[-_]?(?:0[1-9]|[12][0-9]|3[01])[-_T]?(?:[01][0-9]|2[0-3])[-_]?[0-5][0-9]"
    "(?:[-_]?[0-5][0-9])?(?![0-9])"
)

_WITHOUT_MEANING = frozenset(("Cc", "Cf", "Cs", "Cn", "Zl", "Zp"))
INKLESS = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\uffa0\ufffd]")
"""Characters without ink that Unicode counts as marks or letters, and the sign for a lost character."""
_NOT_FIXED = re.compile("[\ue000-\uf8ff\U0001f000-\U0001faff\U000f0000-\U0010ffff]")
"""User-defined characters, for which only values of members have a font, and pictographs, which nobody has one for."""

_AS_KEY = NARROW | dict.fromkeys(map(ord, "‐‑‒–—―−"), "-")
_RECORD = re.compile("[0-9A-Za-z_-]{1,20}")
_HYPHEN_BETWEEN = re.compile("(?<=[0-9A-Za-z])[ーｰ](?=[0-9A-Za-z])")


def is_record_number(text: str) -> bool:
    """Whether a text can be a 整理番号: findings and lists print it."""
    return _RECORD.fullmatch(text) is not None


def narrow_key(text: str) -> str:
    """Narrow what rows are found and joined by, and trim it: its widths, hyphens and the blanks around say nothing."""
    if text.isascii():
        return text.strip()
    return _HYPHEN_BETWEEN.sub("-", text.translate(_AS_KEY).strip())


def is_never_printed(sign: str) -> bool:
    """Whether a character has no ink or no meaning: of control, of format as a mark of direction, unassigned."""
    return unicodedata.category(sign) in _WITHOUT_MEANING or INKLESS.match(sign) is not None


def _file(value: object, info: ValidationInfo) -> object:
    """Resolve a path against the folder of the file it stands in; it must be a file."""
    if not isinstance(value, str):
        return value
    found = folder_of(info) / value
    if names_a_number(found.name):
        raise ValueError("the file's name has twelve digits like a 個人番号; give it another name")
    if not found.is_file():
        raise ValueError("there is no such file; paths are relative to this file")
    return found


def names_a_number(name: str) -> bool:
    """Whether what somebody calls a file or a request has a 個人番号, which lists, messages and logs would repeat.

    The time of an export is none.
    """
    return has_my_number(_TIME_OF_EXPORT.sub("", name))


def _line_of_print(value: str) -> str:
    if not value.strip() or any(ord(character) < ord(" ") for character in value):
        raise ValueError("must be one line of text, not blank")
    for at, sign in enumerate(value, 1):
        if is_never_printed(sign) or _NOT_FIXED.match(sign):
            raise ValueError(
                f"character {at} is U+{ord(sign):04X}, which cannot be printed; take it out or write another"
            )
    if looks_like_my_number(value):
        raise ValueError("has twelve digits like a 個人番号, and is printed; take them out")
    return value


ExistingFile = Annotated[Path, BeforeValidator(_file)]


Line = Annotated[str, AfterValidator(_line_of_print)]
