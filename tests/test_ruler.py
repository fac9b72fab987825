"""ruler: every value of a sheet tried in every place before anything is printed, and how hard the sheet is to set."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small_layouts import print_sheets, rules, small_plate

from renderer.press.fitting import UNITS, DoesNotFit, Fitted
from renderer.press.fonts import Unprintable, clusters
from renderer.press.plates import Place, Plate
from renderer.press.ruler import Problem, Ruler

SLOTS = """{ name = { fit = "condense", floor = 60 }, small = { fit = "shrink", floor = 8 }, date = {},
address = { fit = "wrap", floor = 8, lines = 3 }, code = {} }""".replace("\n", " ")
BODY = "".join(f'{{{{ slot("{name}") }}}}' for name in ("name", "small", "date", "address", "code"))
GOTHIC = '"BIZ UDPGothic", IPAmjMincho'
CSS = "".join(
    [
        rules("name", width="30mm"),
        rules("small", top="30mm", width="30mm", font_family=GOTHIC),
        rules("date", top="40mm", width="30mm", font_family='"BIZ UDGothic"', font_weight="700", letter_spacing="1mm"),
        rules("address", top="50mm", width="40mm", height="18mm"),
        rules("code", top="80mm", width="10mm", height="10mm"),
    ]
)
PLAIN = {"name": "山田", "small": "山田", "date": "令和7年", "address": "東京都", "code": "1"}


@pytest.fixture(scope="module")
def plate(tmp_path_factory: pytest.TempPathFactory) -> Plate:
    return small_plate(tmp_path_factory.mktemp("ruler"), BODY, CSS, slots=SLOTS, kinds={"code": "qr"})


def place(plate: Plate, slot: str) -> Place:
    (found,) = [place for place in plate.places if place.slot == slot]
    return found


def problems(plate: Plate, **values: str) -> list[Problem]:
    return Ruler().examine(plate, PLAIN | values)[0]


def hardness(plate: Plate, **values: str) -> float:
    found, strains = Ruler().examine(plate, PLAIN | values)
    assert found == []
    return sum(strains.values())


def test_a_plain_sheet_has_no_problem_and_is_not_hard(plate: Plate) -> None:
    assert Ruler().examine(plate, PLAIN) == ([], {})
    assert Ruler().examine(plate, dict.fromkeys(PLAIN, "")) == ([], {})


def test_every_problem_of_a_sheet_is_told_with_its_slot(plate: Plate) -> None:
    found = problems(plate, name="山" * 30, small="\U0001f600", date="令和7年12月31日", address="田\U000e01ef")
    assert [(problem.slot, type(problem.cause), str(problem.cause)) for problem in found] == [
        ("name", DoesNotFit, "condensed needed=76.2 given=30.0 floor=60"),
        ("small", Unprintable, "U+1F600"),
        ("date", DoesNotFit, "plain needed=41.8 given=30.0"),
        ("address", Unprintable, "U+7530 U+E01EF"),
    ]


def test_letter_spacing_takes_room(plate: Plate) -> None:
    assert problems(plate, date="1234567") == []  # 7 × (2.1167 + 1) = 21.8 mm
    assert problems(plate, date="123456789") == []  # 28.1 mm
    (problem,) = problems(plate, date="1234567890")
    assert str(problem.cause) == "plain needed=31.2 given=30.0"


def test_a_line_break_belongs_in_a_wrapped_slot_alone(plate: Plate) -> None:
    assert problems(plate, address="東京都\n港区") == []
    (problem,) = problems(plate, name="山田\n太郎")
    assert str(problem.cause) == "U+000A"
    (problem,) = problems(plate, address="東\n京\n都\n港")
    assert str(problem.cause) == "lines needed=4 given=3 floor=8"


@pytest.mark.parametrize("slot", ["name", "small", "date", "address"])
@pytest.mark.parametrize("before", ["", "山 ", "山\u3000"])
def test_a_mark_with_nothing_to_sit_on_is_held(plate: Plate, slot: str, before: str) -> None:
    for mark in "\u3099\u0301\u093e\ufe00\U000e0100":
        (problem,) = problems(plate, **{slot: f"{before}{mark}山"})
        assert problem.slot == slot
        assert isinstance(problem.cause, Unprintable)
        assert str(problem.cause) == f"U+{ord(mark):04X}"


def test_a_code_is_not_measured_as_a_text(plate: Plate) -> None:
    assert problems(plate, code="\U0001f600" * 50) == []


@pytest.mark.parametrize(
    ("plainer", "harder"),
    [
        ({}, {"name": "𠮷田"}),  # another font
        ({}, {"name": "葛\U000e0100城"}),  # a selector
        ({"name": "山" * 8}, {"name": "山" * 10}),  # condensed more
        ({"small": "山" * 8}, {"small": "山" * 10}),  # shrunk more
        ({"address": "山" * 12}, {"address": "山" * 20}),  # more lines
        ({"name": "山" * 8}, {"name": "山" * 8, "small": "山" * 8}),  # in two places
    ],
)
def test_what_is_harder_to_set_is_counted_as_harder(
    plate: Plate, plainer: dict[str, str], harder: dict[str, str]
) -> None:
    assert hardness(plate, **plainer) < hardness(plate, **harder)


def test_what_was_measured_before_is_judged_the_same_again(plate: Plate) -> None:
    ruler = Ruler()
    sheets = [PLAIN, PLAIN | {"name": "𠮷田"}, PLAIN | {"name": "山" * 30}, PLAIN | {"date": "\u0e01"}, PLAIN]
    first = [ruler.examine(plate, sheet) for sheet in sheets]
    again = [ruler.examine(plate, sheet) for sheet in sheets]
    fresh = [Ruler().examine(plate, sheet) for sheet in sheets]
    assert repr(first) == repr(again) == repr(fresh)


def test_a_ruler_keeps_its_plates_apart(plate: Plate, tmp_path: Path) -> None:
    narrow = small_plate(tmp_path, css=rules("name", width="5mm"))
    ruler = Ruler()
    assert ruler.examine(plate, PLAIN)[0] == []
    (problem,) = ruler.examine(narrow, {"name": "山田"})[0]
    assert str(problem.cause) == "plain needed=8.5 given=5.0"
    assert ruler.examine(plate, PLAIN)[0] == []


anything = st.text(st.sampled_from("山田𠮷葛辻ｱガか\u309a\U000e0100\U000e0101\u3000 -１2abé（、）\n"), max_size=40)


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(value=anything, slot=st.sampled_from(["name", "small", "date", "address"]))
def test_what_passes_is_printed_inside_its_box_and_what_is_held_is_not_printed(
    plate: Plate, tmp_path: Path, value: str, slot: str
) -> None:
    ruler, where = Ruler(), place(plate, slot)
    found = [type(problem.cause) for problem in ruler.examine(plate, PLAIN | {slot: value})[0]]
    try:
        print_sheets(tmp_path / "one.pdf", plate, [PLAIN | {slot: value}])
        printed: list[type] = []
    except (Unprintable, DoesNotFit) as refused:
        printed = [type(refused)]
    assert found == printed
    if value and not found:
        assert_inside(ruler, where, ruler.fit(where, value))


def assert_inside(ruler: Ruler, where: Place, fitted: Fitted) -> None:
    chain, spacing = ruler.chain(where), int(where.letter_spacing * UNITS)
    assert len(fitted.lines) * where.line_height <= where.height + 0.01
    for line in fitted.lines:
        room = sum(chain[cluster].room(fitted.size) + spacing for cluster in line)
        assert room * fitted.condense <= where.width * UNITS
        assert clusters("".join(line)) == list(line)
