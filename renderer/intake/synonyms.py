"""The name of a column, as another system writes it → which of our columns it may be (``synonyms.toml``)."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

_NUMBER = re.compile(r"([0-9]{1,2}|[①-⑨])$")
_BRACKETED = re.compile(r"[(（\[【〔<＜].*?[)）\]】〕>＞]")
_NO_LETTER = re.compile(r"[\W_]+")


_LEAST = 2
"""Characters of a name that says something where it stands within another."""


class Strength(IntEnum):
    """How surely a name means a column."""

    HINT = 1
    """It may; a person decides."""
    INSTEAD = 2
    """It does where no other column has one of its names."""
    NAME = 3


class Part(IntEnum):
    """Which part of a standard column an own one holds."""

    WHOLE = 0
    FIRST = 1
    """The 氏 of a name."""
    LAST = 2
    PIECE = 3
    """One of several pieces of an address, in the order of the file."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a name may mean."""

    column: str
    """A standard column."""
    strength: Strength
    part: Part = Part.WHOLE


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a name."""

    meanings: tuple[Meaning, ...] = ()
    """One for each column that it may be."""
    is_several: bool = False
    """Whether it may hold 記号, 番号 and 枝番 in one."""
    is_other: bool = False
    """Whether it is none of ours, unless it is taken for what it may be."""


def known_of(name: str) -> Known:
    """Return what is known of a name: by the whole of it, else without its number or the words that many names have."""
    words = _words()
    if piece := _piece_in_brackets(name):
        return piece
    for folded, most in _spellings(name):
        found = tuple(replace(one, strength=min(one.strength, most)) for one in words.meanings.get(folded, ()))
        if found or folded in words.several or folded in words.others:
            return Known(found, folded in words.several, folded in words.others)
    if words.address.fullmatch(_folded(name)):
        return Known((Meaning("住所", Strength.NAME, Part.PIECE),))
    return Known()


def _piece_in_brackets(name: str) -> Known | None:
    """Return what is known of a piece of an address that is named in brackets: 住民票住所（都道府県）."""
    inner = _BRACKETED.search(name)
    around = _words().meanings.get(_folded(_BRACKETED.sub("", name)), ()) if inner else ()
    if inner is None or not any(one.column == "住所" for one in around):
        return None
    found = known_of(inner[0][1:-1])
    is_of_address = any(one.column in ("住所", "郵便番号", "方書") for one in found.meanings)
    return found if is_of_address else None


def near_to(name: str) -> tuple[str, ...]:
    """Return the standard columns of whose names one stands within a name: a person decides what it means."""
    folded = _folded(name)
    found = [
        (len(known), one.column)
        for known, meanings in _words().meanings.items()
        for one in meanings
        if len(known) >= _LEAST and known in folded and one.part is Part.WHOLE
    ]
    return tuple(dict.fromkeys(column for _, column in sorted(found, reverse=True)))


def number_of(name: str) -> int:
    """Return the number at the end of a name, as in 住所2; 0 where it has none."""
    found = _NUMBER.search(_folded(name))
    return int(unicodedata.normalize("NFKC", found[1])) if found else 0


_ANY_NUMBER = "番号"


@dataclass(frozen=True, slots=True)
class _Words:
    meanings: Mapping[str, tuple[Meaning, ...]]
    """Folded name → what it may mean."""
    several: frozenset[str]
    others: frozenset[str]
    address: re.Pattern[str]
    """Words of which the names of pieces of an address are made."""
    endings: tuple[str, ...]
    owners: tuple[str, ...]
    """Words for the person whom a column is of."""


def _spellings(name: str) -> Iterator[tuple[str, Strength]]:
    """Yield a name folded, and then with less and less of it; also how much it may say at the most."""
    words = _words()
    whole = _folded(name)
    yield whole, Strength.NAME
    yield _folded(_BRACKETED.sub("", name)), Strength.NAME
    bare = _NUMBER.sub("", whole)
    yield bare, Strength.NAME
    for ending in words.endings:
        if bare.endswith(ending):
            yield bare.removesuffix(ending), Strength.NAME
    for owner in words.owners:
        if bare.startswith(owner):
            rest = bare.removeprefix(owner)
            # A number of somebody may be any: that of a 被扶養者 counts them, and is no 番号 of a 被保険者.
            yield rest, Strength.HINT if rest == _ANY_NUMBER else Strength.INSTEAD


def _folded(name: str) -> str:
    """Write a name as names are compared; where カナ stands in it does not matter."""
    folded = _NO_LETTER.sub("", unicodedata.normalize("NFKC", name).upper().replace("〒", "郵便"))
    spelling, at_end = _spelling()
    for written, compared in spelling:
        folded = folded.replace(written, compared)
    for written, compared in at_end:
        if folded.endswith(written) and folded != written:
            folded = folded.removesuffix(written) + compared
            break
    if "カナ" in folded:
        folded = folded.replace("カナ", "") + "カナ"
    return folded


@cache
def _given() -> Mapping[str, Any]:
    text = files("renderer.intake").joinpath("synonyms.toml").read_text(encoding="utf-8")
    return MappingProxyType(tomllib.loads(text))


@cache
def _spelling() -> tuple[Sequence[tuple[str, str]], Sequence[tuple[str, str]]]:
    given = dict(_given()["spelling"])
    at_end = given.pop("end")
    return tuple(given.items()), tuple(at_end.items())


@cache
def _words() -> _Words:
    given = _given()
    meanings: dict[str, dict[tuple[str, Part], Meaning]] = {}
    for column, named in given["columns"].items():
        for key, (strength, part) in _KEYS.items():  # the strongest first
            for name in named.get(key, ()):
                meanings.setdefault(_folded(name), {}).setdefault((column, part), Meaning(column, strength, part))
    return _Words(
        MappingProxyType({name: tuple(found.values()) for name, found in meanings.items()}),
        frozenset(map(_folded, given["several"]["names"])),
        frozenset(map(_folded, given["others"]["names"])),
        re.compile(f"({'|'.join(given['address']['words'])})+[0-9]?"),
        tuple(given["loose"]["endings"]),
        tuple(given["loose"]["of"]),
    )


_KEYS = {
    "first": (Strength.NAME, Part.FIRST),
    "last": (Strength.NAME, Part.LAST),
    "parts": (Strength.NAME, Part.PIECE),
    "names": (Strength.NAME, Part.WHOLE),
    "instead": (Strength.INSTEAD, Part.WHOLE),
    "hints": (Strength.HINT, Part.WHOLE),
}
