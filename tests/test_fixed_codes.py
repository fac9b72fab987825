"""A QR code of the fixed part is read back from the drawn page, and told where a machine would not read it."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_layouts import FIXED, SLOT, rules, small_layout

from renderer.desk.faults import Fault
from renderer.desk.lint import lint

CODE = '<div class="portal">{{ qr("https://example.jp/") }}</div>'
CSS = (
    "body { margin: 0; font: 4mm/5mm 'BIZ UDGothic' } .portal { position: absolute; left: 40mm; top: 60mm }\n"
    ".qr { position: absolute; left: 0; top: 0; width: 22mm; height: 22mm }\n" + rules("name")
)
"""33 modules with the quiet zone, of 0.67 mm."""


def found(tmp_path: Path, css: str = "", more: str = "", code: str = CODE) -> list[Fault]:
    layout = small_layout(tmp_path, SLOT + code + more, CSS + css)
    return list(lint(layout, FIXED, {"name": ["見本"]}).faults)


@pytest.mark.parametrize(
    "css", ["", ".qr { width: 10mm; height: 10mm }", ".portal { transform: rotate(90deg) }", ".qr { background: #fff }"]
)
def test_a_code_that_is_read_is_taken(tmp_path: Path, css: str) -> None:
    assert found(tmp_path, css) == []


def test_a_sheet_without_a_code_is_not_asked_for_one(tmp_path: Path) -> None:
    assert found(tmp_path, code='<div class="portal"></div>') == []


@pytest.mark.parametrize(
    ("css", "more"),
    [
        (".qr { background: #000 }", ""),
        (".qr { background: #666 }", ""),
        (
            "",
            '<div style="position: absolute; left: 40mm; top: 60mm; width: 9mm; height: 9mm; background: #fff"></div>',
        ),
    ],
)
def test_a_code_that_is_not_read_is_told_with_what_it_says(tmp_path: Path, css: str, more: str) -> None:
    (fault,) = found(tmp_path, css, more)
    assert (fault.code, fault.where) == ("code-unreadable", "svg.qr of page 1")
    assert fault.sentence == "the QR code of 「https://example.jp/」 cannot be read"


def test_a_code_that_another_covers_is_told_with_what_is_read_instead(tmp_path: Path) -> None:
    over = '<div class="portal over" style="background: #fff">{{ qr("https://example.com/") }}</div>'
    (fault, *_) = found(
        tmp_path, ".over { position: absolute; left: 40mm; top: 60mm; width: 22mm; height: 22mm }", over
    )
    assert fault.code == "code-unreadable"
    assert fault.sentence.endswith(" cannot be read and is read as 「https://example.com/」")


def test_a_code_of_small_modules_is_told_with_the_size_that_it_needs(tmp_path: Path) -> None:
    (fault,) = found(tmp_path, ".qr { width: 9mm; height: 9mm }")
    assert (fault.code, fault.where) == ("code-too-small", "svg.qr of page 1")
    assert fault.action == "make it 9.9 mm wide or more, with its quiet zone: 0.3 mm to a module"


@pytest.mark.parametrize(
    ("css", "more"),
    [
        ("", '<div style="position: absolute; left: 60mm; top: 68mm">見本</div>'),
        (".qr { background: #888 }", ""),
        (".qr { outline: 0.5mm solid #000; outline-offset: -1mm }", ""),
    ],
)
def test_ink_in_the_quiet_zone_of_a_code_is_told(tmp_path: Path, css: str, more: str) -> None:
    (fault,) = found(tmp_path, css, more)
    assert (fault.code, fault.where) == ("code-quiet-zone", "svg.qr of page 1")
    assert fault.action == "keep 4 modules around it white"
