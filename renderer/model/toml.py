"""A TOML file that a person wrote → its values, or what is wrong: which line, which key, the nearest right one.

All that is wrong with a file is said at once, one line for each key; what it says of an insurer is not repeated.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, ValidationError, ValidationInfo
from pydantic_core import ErrorDetails

from renderer.model.errors import BadJob


class Strict(BaseModel):
    """A table of which every key is known."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


NEAR = 0.5
"""How alike two words are (``difflib``'s ratio, 0 to 1) of which one may be meant by the other."""
MOST_COMPLAINTS = 100
"""Of one file; what is wrong beyond them is counted."""
_LONGEST_WORD = 100
"""Signs of a word for which a right one is looked for."""

Checked = TypeVar("Checked", bound=Strict)


def read_text(path: Path) -> str:
    """Read a file in UTF-8, with or without a byte order mark. Raises BadJob."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise BadJob(f"{path}: cannot be read ({error.strerror}); correct the path") from None
    except UnicodeDecodeError:
        raise BadJob(f"{path.name}: is not UTF-8; save it as UTF-8") from None


def parse_toml(path: Path, text: str, hint: str = "") -> dict[str, Any]:
    """Parse what ``read_text`` gave; ``hint`` is told where it is no TOML. Raises BadJob."""
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise BadJob(f"{path.name}: is not TOML: brackets stand in one another too deeply{hint}") from None
    except ValueError as error:  # also a number of thousands of digits
        raise BadJob(f"{path.name}: is not TOML: {str(error)[:1].lower()}{str(error)[1:]}{hint}") from None


def check_table(model: type[Checked], path: Path, text: str, given: Mapping[str, Any]) -> Checked:
    """Check all keys and values against a model. Raises BadJob with a line for each that is wrong."""
    try:
        return model.model_validate(given, context={"folder": path.resolve().parent})
    except ValidationError as error:
        details = error.errors()
        complaints = [_complaint(model, path, text, detail) for detail in details[:MOST_COMPLAINTS]]
        if len(details) > MOST_COMPLAINTS:
            complaints.append(f"{path.name}: and {len(details) - MOST_COMPLAINTS} more")
        raise BadJob("\n".join(complaints)) from None


def _complaint(model: type[BaseModel], path: Path, text: str, detail: ErrorDetails) -> str:
    keys, place, table = _trace(model, detail["loc"])
    if detail["type"] == "union_tag_invalid":
        tag = detail["ctx"]["discriminator"].strip("'")
        keys, place = (*keys, tag), (*place, tag)
    if detail["type"] == "missing":
        # Of several tables of one name, only the line says which.
        line = f" line {line_of(text, place)}" if any(isinstance(part, int) for part in place) else ""
        return f'{path.name}{line}: key "{".".join(keys)}" is missing'
    if not keys:
        return f"{path.name}: {sentence_of(detail)}"
    where = f'{path.name} line {line_of(text, place)}: key "{".".join(keys)}"'
    if detail["type"] == "extra_forbidden":
        return f"{where} is not known{advice(keys[-1], table.model_fields)}"
    return f"{where}: {sentence_of(detail)}"


Place = tuple[str | int, ...]
"""Keys that lead to a value, each table of an array by its number, from 0."""


def _trace(model: type[BaseModel], place: Place) -> tuple[tuple[str, ...], Place, type[BaseModel]]:
    """Return the keys that lead to a place, those with numbers, and the model of the table of the last of them.

    Where a table has one of several shapes, the place names the shape, too, which is no key.
    """
    keys: tuple[str, ...] = ()
    numbered: Place = ()
    table = model
    inside: Mapping[str, type[BaseModel]] = {}
    for part in place:
        if not isinstance(part, str):
            numbered = (*numbered, part)
        elif part in inside:
            table, inside = inside[part], {}
        else:
            table = inside.get("", table)
            inside = _shapes(table, part)
            keys, numbered = (*keys, part), (*numbered, part)
    return keys, numbered, table


def _shapes(table: type[BaseModel], key: str) -> Mapping[str, type[BaseModel]]:
    """Return the model of a key's table as the shape "", or by their names those that it may have."""
    if key not in table.model_fields:
        return {}
    field = table.model_fields[key]
    kinds = (field.annotation, *get_args(field.annotation))
    models = [kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel)]
    if not isinstance(field.discriminator, str):
        return {"": models[0]} if models else {}
    return {get_args(model.model_fields[field.discriminator].annotation)[0]: model for model in models}


_SENTENCES = {
    "string_type": "must be text in quotes",
    "path_type": "must be text in quotes",
    "is_instance_of": "must be text in quotes",
    "date_type": "must be a date such as 2026-11-23, without quotes",
    "date_from_datetime_inexact": "must be a date without a time",
    "int_type": "must be a whole number without quotes",
    "float_type": "must be a number without quotes",
    "finite_number": "must be a number without quotes",
    "bool_type": "must be true or false, without quotes",
    **dict.fromkeys(("list_type", "tuple_type"), "must be a list in square brackets"),
    "too_short": "must say something; write it, or take it out",
    "missing": "it is missing; write it",
    **dict.fromkeys(("model_type", "dict_type", "model_attributes_type"), "must be a table"),
}


_BOUNDS = {
    "greater_than": "must be more than {gt:g}",
    "greater_than_equal": "must be {ge:g} or more",
    "less_than": "must be less than {lt:g}",
    "less_than_equal": "must be {le:g} or less",
}


def sentence_of(detail: ErrorDetails) -> str:
    """Say of one key what is wrong with its value, in the words of all our files."""
    context = detail.get("ctx", {})
    if detail["type"] == "value_error":
        return str(context["error"])
    if detail["type"] in ("literal_error", "enum"):
        hint = advice(str(detail["input"]), re.findall("'([^']*)'", context["expected"]))
        return f"must be {context['expected']}{hint}"
    if detail["type"] == "union_tag_invalid":
        expected = context["expected_tags"]
        hint = advice(context["tag"], re.findall("'([^']*)'", expected))
        return f"must be one of {expected}{hint}"
    if detail["type"] in _BOUNDS:
        return _BOUNDS[detail["type"]].format(**context)
    message = detail["msg"]
    return _SENTENCES.get(detail["type"], message[:1].lower() + message[1:])


def line_of(text: str, keys: Place) -> int:
    """Find the line (from 1) where a key is set, or else the table it stands in, or else the first."""
    places = _places(text)
    while keys and keys not in places:
        keys = keys[:-1]
    return places.get(keys, 1)


_KEY = r"""(?:"(?:[^"\\]|\\.)*"|'[^']*'|[A-Za-z0-9_-]+)"""
_DOTTED = rf"{_KEY}(?:\s*\.\s*{_KEY})*"
_HEADER = re.compile(rf"\s*\[\s*({_DOTTED})\s*\]")
_ONE_OF_MANY = re.compile(rf"\s*\[\[\s*({_DOTTED})\s*\]\]")
_ASSIGNMENT = re.compile(rf"\s*({_DOTTED})\s*=")


@lru_cache(maxsize=4)
def _places(text: str) -> Mapping[Place, int]:
    """Find the line of each table and key."""
    places: dict[Place, int] = {}
    table: Place = ()
    for number, line in enumerate(text.splitlines(), start=1):
        if header := _ONE_OF_MANY.match(line):
            array = _parts(header[1])
            table = (*array, sum(place[:-1] == array and isinstance(place[-1], int) for place in places))
            places[table] = number
        elif header := _HEADER.match(line):
            table = _parts(header[1])
            places[table] = number
        elif assignment := _ASSIGNMENT.match(line):
            places[table + _parts(assignment[1])] = number
    return places


def _parts(dotted: str) -> tuple[str, ...]:
    return tuple(part.strip("\"'") for part in re.findall(_KEY, dotted))


def nearest(word: str, choices: Iterable[str]) -> str:
    """Give the right word a person most likely meant by a wrong one, or "" where none is near."""
    if len(word) > _LONGEST_WORD:
        return ""
    return next(iter(get_close_matches(word, list(choices), n=1, cutoff=NEAR)), "")


def advice(word: str, choices: Iterable[str], quote: str = '"') -> str:
    """Ask behind a complaint whether the nearest right word was meant; nothing where none is near."""
    meant = nearest(word, choices)
    return f"; did you mean {quote}{meant}{quote}?" if meant else ""


def folder_of(info: ValidationInfo) -> Path:
    """Return the folder of the file that is being checked: paths in it are relative to that."""
    context: Mapping[str, Path] = info.context or {}
    return context["folder"]
