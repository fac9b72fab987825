"""A value that a layout prints in some variants and has no place for in another stops the run: nothing is left out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from small_layouts import FIXED, rules, small_layout
from trial_runs import demo_plates

from renderer.desk.choice import load_member, saying
from renderer.desk.examples import LONGEST, load_example
from renderer.layout.compiling import compile_plate
from renderer.mailing.sheets import examine
from renderer.model.errors import BadLayout
from renderer.press.plates import Plate
from renderer.press.ruler import Ruler

NOTICE = "eligibility_notice"


def test_a_plate_says_which_slots_of_its_layout_have_no_place_on_it(tmp_path: Path) -> None:
    body = '{{ slot("name") }}{% if variant.size == "large" %}{{ slot("kana") }}{% endif %}'
    layout = small_layout(
        tmp_path, body, rules("name") + rules("kana", top="40mm"), slots="{ name = {}, kana = {} }",
        variants={"size": ["small", "large"]},
    )  # fmt: skip
    left_out = [compile_plate(layout, variant, FIXED).left_out for variant in layout.variants()]
    assert left_out == [("kana",), ()]


def tried(plate: Plate, values: Mapping[str, str]) -> None:
    job = load_example(NOTICE)
    examine(job, Ruler(), plate, load_member(LONGEST, job), values)


def test_a_value_without_a_place_stops_whoever_tries_the_sheet() -> None:
    says, plates = saying(load_example(NOTICE)), demo_plates(NOTICE)[2]
    plate = next(plate for variant, plate in plates.items() if says(variant))
    values = says(plate.variant)
    tried(plate, values)
    without = replace(plate, left_out=(*plate.left_out, "number"))
    with pytest.raises(BadLayout, match=re.escape(f"{NOTICE}: slot 'number' has no place in the variant relation=")):
        tried(without, values)
    tried(without, {**values, "number": ""})
