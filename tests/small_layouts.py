"""A few words of HTML and CSS → a layout folder, its plate, and print files made from it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from renderer.documents.document import Document, Field, Kind
from renderer.documents.registry import DOCUMENTS
from renderer.layout.compiling import compile_plate
from renderer.layout.load import Fixed, Layout, read_layout
from renderer.model.errors import BadLayout
from renderer.model.insurer import CardCorner, Expiry, Insurer
from renderer.press.fonts import Gaiji
from renderer.press.plates import Place, Plate
from renderer.press.press import PrintFile
from renderer.press.ruler import Ruler

INSURER = Insurer(
    number="06139992",
    name="見本健康保険組合",
    postal_code="1000001",
    address="東京都千代田区千代田一丁目１番",
    telephone="03-0000-0000",
    seal=None,
    portal_url="",
    card_corner=CardCorner.RIGHT,
    accent="#000",
    prints_ratio=True,
    prints_my_number_until=date(2024, 9, 17),
    expiry=Expiry(),
    gaiji_font=None,
    gaiji_table=None,
)
FIXED = Fixed("見本", "令和7年12月1日", customer_barcode=False, inserter_marks="none", insurer=INSURER)

SLOT_STYLE = {
    "position": "absolute",
    "left": "20mm",
    "top": "20mm",
    "width": "60mm",
    "height": "6mm",
    "line-height": "6mm",
    "font-family": '"BIZ UDMincho", "IPAmjMincho"',
    "font-size": "12pt",
    "text-align": "left",
    "color": "#000",
}


SLOT = '{{ slot("name") }}'
FILLED = {"position": "", "width": ""}
"""A slot as wide as what it stands in."""
PNG = bytes.fromhex(  # one black pixel
    "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b55"
    "0000000a49444154789c636000000002000148afa4710000000049454e44ae426082"
)


def rules(slot: str, **changed: str) -> str:
    """Return a CSS rule for a slot: a good one-line box, changed here and there (``font_size="9pt"``)."""
    style = SLOT_STYLE | {key.replace("_", "-"): value for key, value in changed.items()}
    return f"[data-slot={slot}] {{ {'; '.join(f'{key}: {value}' for key, value in style.items() if value)} }}\n"


def small_document(variants: Mapping[str, Sequence[str]], kinds: Mapping[str, Kind]) -> Document:
    """Return a document of a layout that a test made up: its variants, and its slots with their kinds."""
    facts = {fact: dict.fromkeys(values, lambda _, __: {}) for fact, values in variants.items()}
    fields = {slot: Field(slot, kind, carries_name=slot in ("name", "address")) for slot, kind in kinds.items()}
    return Document("small", facts, fields)


def toml(**keys: Any) -> str:
    """Return a whole ``layout.toml``; a key given as None is left out."""
    plain: dict[str, Any] = {
        "document": '"small"',
        "titles": '["見本"]',
        "pages": 1,
        "template": '"sheet.html.j2"',
        "stylesheets": '["sheet.css"]',
        "regions": "{}",
        "slots": "{ name = {} }",
    }
    return "".join(f"{key} = {value}\n" for key, value in (plain | keys).items() if value is not None)


def write_layout(
    parent: Path,
    body: str = SLOT,
    css: str = rules("name"),
    *,
    name: str = "small",
    files: Mapping[str, str | bytes] | None = None,
    **keys: Any,
) -> Path:
    """Write a layout folder into ``parent`` and return it."""
    folder = parent / name
    folder.mkdir(exist_ok=True)
    texts = {"layout.toml": toml(**keys), "sheet.html.j2": f"<html lang=ja><body>{body}", "sheet.css": css}
    for file, content in (texts | dict(files or {})).items():
        path = folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def small_layout(
    parent: Path,
    body: str = SLOT,
    css: str = rules("name"),
    *,
    variants: Mapping[str, Sequence[str]] | None = None,
    kinds: Mapping[str, Kind] | None = None,
    **more: Any,
) -> Layout:
    """Write and load a layout; ``kinds`` are those of its slots that take no text."""
    folder = write_layout(parent, body, css, **more)
    try:
        slots = tomllib.loads((folder / "layout.toml").read_text("utf-8"))["slots"]
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, KeyError):
        slots = {}
    document = small_document(variants or {}, {**dict.fromkeys(slots, "text"), **(kinds or {})})
    return read_layout(folder.resolve(), {**DOCUMENTS, "small": document})


def small_plate(parent: Path, body: str = SLOT, css: str = rules("name"), **more: Any) -> Plate:
    """Write, load and compile a layout of one variant."""
    layout = small_layout(parent, body, css, **more)
    return compile_plate(layout, next(layout.variants()), FIXED)


def place_of(parent: Path, body: str = SLOT, css: str = rules("name"), **more: Any) -> Place:
    """Compile a layout of one slot and return its place."""
    (place,) = small_plate(parent, body, css, **more).places
    return place


def refusal(parent: Path, body: str = SLOT, css: str = rules("name"), **more: Any) -> str:
    """Return the one sentence with which a layout is refused."""
    with pytest.raises(BadLayout) as refused:
        small_plate(parent, body, css, **more)
    told = str(refused.value)
    assert "\n" not in told
    return told


def print_sheets(path: Path, plate: Plate, sheets: Iterable[Mapping[str, str]], gaiji: Gaiji | None = None) -> Path:
    """Print one sheet after the other on one plate."""
    file = PrintFile(path, [plate], Ruler(gaiji))
    try:
        for number, values in enumerate(sheets):
            file.begin_piece(str(number), f"{number}-")
            file.add_sheet(plate, values)
        file.finish("見本")
    finally:
        file.pdf.close()
    return path
