"""The widest realistic values are tried in each place, and what would become of them is counted."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_layouts import rules, small_plate

from renderer.desk.examples import REALISTIC
from renderer.documents.registry import DOCUMENTS
from renderer.layout.load import load_layout
from renderer.layout.widths import Measured, load_realistic, measure

VALUES = {name: load_realistic(REALISTIC, document) for name, document in DOCUMENTS.items()}
HUNDRED = [f"{'国' * 9}{n % 10}" for n in range(99)] + ["国" * 14]
"""A hundred names: the widest is 14 em, all others 9.5 em."""


def tried(tmp_path: Path, values: list[str], rule: str, width: str, **style: str) -> Measured:
    plate = small_plate(
        tmp_path, css=rules("name", width=width, font_size="10pt", **style), slots=f"{{ name = {rule} }}"
    )
    (found,) = measure(plate.places, {"name": values})
    return found


def counts(found: Measured) -> tuple[int, int, int, int, int]:
    return found.values, found.as_is, found.condensed, found.shrunk, found.held


# 14 em of 10 pt are 49.39 mm.
@pytest.mark.parametrize(
    ("rule", "width", "expected", "least"),
    [
        ('{ fit = "refuse" }', "49.5mm", (1, 1, 0, 0, 0), ""),
        ('{ fit = "refuse" }', "49mm", (1, 0, 0, 0, 1), ""),
        ('{ fit = "condense", floor = 60 }', "40mm", (1, 0, 1, 0, 0), "80.9 %"),
        ('{ fit = "condense", floor = 90 }', "40mm", (1, 0, 0, 0, 1), ""),
        ('{ fit = "shrink", floor = 6 }', "40mm", (1, 0, 0, 1, 0), "8.00 pt"),
        ('{ fit = "wrap", floor = 6, lines = 2 }', "40mm", (1, 1, 0, 0, 0), ""),
        ('{ fit = "wrap", floor = 6, lines = 2 }', "20mm", (1, 0, 0, 1, 0), "8.00 pt"),
    ],
)
def test_what_becomes_of_the_widest_is_counted(
    tmp_path: Path, rule: str, width: str, expected: tuple[int, ...], least: str
) -> None:
    found = tried(tmp_path, HUNDRED, rule, width, height="20mm")
    assert counts(found) == expected
    assert found.least == least


def test_only_the_widest_hundredth_is_tried(tmp_path: Path) -> None:
    assert tried(tmp_path, HUNDRED * 3, '{ fit = "refuse" }', "49.5mm").values == 3
    assert tried(tmp_path, HUNDRED[:99], '{ fit = "refuse" }', "34mm").as_is == 1


def test_a_value_without_a_glyph_counts_as_held(tmp_path: Path) -> None:
    assert counts(tried(tmp_path, [*HUNDRED[:99], "\U0001f600"], '{ fit = "refuse" }', "60mm")) == (1, 0, 0, 0, 1)


def test_places_of_one_style_are_measured_once_and_others_apart(tmp_path: Path) -> None:
    body = '{{ slot("name") }}<div>{{ slot("name") }}</div><div class=card>{{ slot("name") }}</div>'
    css = rules("name") + ".card [data-slot=name] { width: 30mm }"
    plate = small_plate(tmp_path, body, css)
    assert [found.width for found in measure(plate.places, {"name": ["国"]})] == [30.0, 60.0]


def test_slots_without_values_are_passed_over(tmp_path: Path) -> None:
    assert measure(small_plate(tmp_path).places, {}) == ()


def test_realistic_values_are_enough_for_a_hundredth_and_have_every_text_slot_of_both_documents() -> None:
    for document in ("eligibility_notice", "eligibility_certificate"):
        layout = load_layout(document)
        texts = {slot for slot in layout.slots if layout.kind(slot) == "text"}
        assert texts - VALUES[document].keys() <= {"remarks"}
        for slot in ("name", "insured_name", "addressee", "kana", "address", "workplace"):
            assert len(VALUES[document][slot]) == 1000


def test_realistic_names_are_of_many_kinds_and_of_real_widths() -> None:
    values = VALUES["eligibility_notice"]
    names = values["name"]
    assert sum(name.isascii() for name in names) >= 5, "foreign residents in Latin letters"
    assert sum("・" in name for name in names) >= 3, "and in katakana"
    assert len(set(names)) > 900
    assert max(map(len, names)) >= 25
    assert all(address for address in values["address"])
    assert REALISTIC.stat().st_size <= 200_000
