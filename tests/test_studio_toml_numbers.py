"""A number of a TOML file is found by the way to it, however the file is written."""

from __future__ import annotations

import pytest

from renderer.studio.toml_numbers import Way, number_at

FORMS = [
    "[regions.card]\nx = 1\ny = 233 # not 233\n",
    "[regions.card] # 233\n'y'=233\nx=233\n",
    "regions.card.y = 233\n[other]\ny = 233",
    'regions = { card = { s = "y = 233", y = 233, x = 233 } }',
    "[regions]\r\n  card = { y = 233.0 }\r\n",
    '[a]\nb = [233, 233]\n["regions"."card"]\ny = 233',
]


@pytest.mark.parametrize("text", FORMS)
def test_the_number_of_a_table_is_found(text: str) -> None:
    found = number_at(text, ("regions", "card", "y"))
    assert found is not None
    begin, end = found
    assert text[begin:end] in ("233", "233.0")
    before = text[:begin].rstrip("= \t\"'")
    assert before.endswith("y")


@pytest.mark.parametrize(
    ("text", "way", "at"),
    [
        ("[[d]]\ne = 1\n[[d]]\ne = 1\n", ("d", 1, "e"), 22),
        ("d = [{ e = 1 }, { e = 1 }]", ("d", 1, "e"), 22),
        ("d = [-1.5, 1.5]", ("d", 0), 5),
        ("a = 2024-10-01\nb = 1", ("b",), 19),
    ],
)
def test_the_number_of_an_array_is_found(text: str, way: Way, at: int) -> None:
    found = number_at(text, way)
    assert found is not None
    assert found[0] == at


@pytest.mark.parametrize("text", ["a = 1_000", "a = +1", "a = 1e3", "a = 0x10"])
def test_a_number_in_another_notation_is_not_found(text: str) -> None:
    assert number_at(text, ("a",)) is None


def test_a_way_that_leads_nowhere_is_an_error() -> None:
    with pytest.raises(LookupError):
        number_at("a = 1", ("b",))
