"""Each value in its own place: what the press sets is found there, and nowhere else may it stand."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from small_layouts import print_sheets, rules, small_plate
from tampering import PrintedObjects

from renderer.press.fitting import Fit, FitRule, Valign
from renderer.press.fonts import FILES, FONTS
from renderer.press.plates import Place, Plate
from renderer.proof import codes_read
from renderer.proof.drawing import Drawing, fonts_by_name
from renderer.proof.placing import ExpectedPage, Placing
from renderer.proof.readback import opened_again

OURS = fonts_by_name(FONTS / name for name in sorted(set(FILES.values())))
SLOTS = """{ one = {}, two = {}, narrow = { fit = "condense", floor = 30.0 }, small = { fit = "shrink", floor = 6.0 },
spaced = {}, lines = { fit = "wrap", floor = 8.0, lines = 3 }, bars = {},
low = { fit = "wrap", floor = 8.0, lines = 3, valign = "bottom" } }""".replace("\n", "")
CSS = (
    rules("one", width="30mm")
    + rules("two", left="60mm", width="30mm", text_align="right")
    + rules("narrow", top="30mm", width="30mm")
    + rules("small", top="40mm", width="30mm")
    + rules("spaced", top="50mm", letter_spacing="1mm", text_align="center")
    + rules("lines", top="60mm", height="20mm", width="40mm")
    + rules("bars", top="90mm", width="63.8mm", height="3mm")
    + rules("low", top="100mm", height="18mm", width="40mm")
)
FULL = {
    "one": "山田太郎",
    "two": "辻\U000e0102\U00020bb7野　花",
    "narrow": "勘解由小路左衛門佐\U00020bb7",
    "small": "勘解由小路左衛門佐吉",
    "spaced": "********1234",
    "lines": "架空県架空市架空町一丁目二番三　架空マンション\U00020bb7棟",
    "bars": "100000115ddddddddddd",
    "low": "架空県架空市架空町一丁目二番三号",
}
SHEETS = [
    FULL,
    {**dict.fromkeys(FULL, ""), "one": "甲"},
    dict.fromkeys(FULL, ""),
    {**FULL, "one": "　", "lines": "一行目\n二行目", "two": " ", "bars": ""},
    {**FULL, "lines": "　", "low": "一\n\n三", "spaced": "", "small": " "},
    {**dict.fromkeys(FULL, ""), "lines": " \n\n"},
    {**FULL, "one": "みす\u3099ほ", "narrow": "甲", "small": "甲", "low": "乙", "spaced": "1"},
]


@pytest.fixture(scope="module")
def plate(tmp_path_factory: pytest.TempPathFactory) -> Plate:
    body = "".join(f'{{{{ slot("{name}") }}}}' for name in FULL)
    return small_plate(tmp_path_factory.mktemp("layout"), body, CSS, slots=SLOTS, kinds={"bars": "customer_barcode"})


@pytest.fixture(scope="module")
def printed(plate: Plate, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return print_sheets(tmp_path_factory.mktemp("file") / "x.pdf", plate, SHEETS)


def faults(path: Path, plate: Plate, sheets: list[dict[str, str]], named: Mapping[str, Drawing] = OURS) -> list[str]:
    """What the proof says of each page."""
    with opened_again(path) as file:
        placing = Placing(file, named)
        expected = [ExpectedPage("", plate, plate.pages[0], values) for values in sheets]
        return [placing.fault(marks, wanted) for marks, wanted in zip(file.pages(), expected, strict=True)]


def test_what_the_press_sets_stands_in_its_place_by_every_rule(printed: Path, plate: Plate) -> None:
    assert faults(printed, plate, SHEETS) == [""] * len(SHEETS)


def test_a_blank_that_is_lost_on_one_line_is_told_and_at_the_end_of_a_line_is_none(printed: Path, plate: Plate) -> None:
    lost = [{**FULL, "two": "辻\U000e0102\U00020bb7野花"}, *SHEETS[1:]]
    assert faults(printed, plate, lost)[0] == "two does not say its value in its place"
    broken = [{**FULL, "lines": "架空県架空市架空町一丁目二番三架空マンション\U00020bb7棟"}, *SHEETS[1:]]
    assert faults(printed, plate, broken)[0] == ""


@pytest.mark.parametrize("says", ["100000115ddddddddddd", "100000116ddddddddddd"])
def test_bars_are_read_and_not_only_drawn_again(
    says: str, printed: Path, plate: Plate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(codes_read, "read_bars", lambda path: says)
    is_told = faults(printed, plate, SHEETS)[0] == "bars is drawn as a code of something else"
    assert is_told == (says != FULL["bars"])


def with_place(plate: Plate, slot: str, change: Callable[[Place], Place]) -> Plate:
    page = plate.pages[0]
    calls = {call: change(place) if place.slot == slot else place for call, place in page.calls.items()}
    return replace(plate, pages=(replace(page, calls=calls),))


def rule(kind: Fit, floor: float, lines: int = 1) -> Callable[[Place], Place]:
    return lambda place: replace(place, rule=FitRule(kind, floor, lines))


def valign(how: Valign) -> Callable[[Place], Place]:
    return lambda place: replace(place, rule=replace(place.rule, valign=how))


@pytest.mark.parametrize(
    ("slot", "change"),
    [
        ("one", lambda place: replace(place, x=place.x + 1)),
        ("one", lambda place: replace(place, x=place.x - 2)),
        ("one", lambda place: replace(place, align="right")),
        ("two", lambda place: replace(place, align="left")),
        ("two", lambda place: replace(place, width=place.width + 2)),
        ("spaced", lambda place: replace(place, align="right")),
        ("one", lambda place: replace(place, baseline=place.baseline - 1)),
        ("one", lambda place: replace(place, width=4 * 16 - 1)),  # four characters of 16 px
        ("one", lambda place: replace(place, size=place.size + 64)),
        ("one", lambda place: replace(place, size=place.size - 64)),
        ("one", lambda place: replace(place, color=b"1 g")),
        ("one", lambda place: replace(place, families=("BIZ UDGothic",))),
        ("one", lambda place: replace(place, families=place.families[::-1])),
        ("two", lambda place: replace(place, families=place.families[::-1])),
        ("two", lambda place: replace(place, width=place.width - 1)),
        ("two", lambda place: replace(place, families=place.families[:1])),
        ("narrow", rule(Fit.CONDENSE, 90.0)),
        ("narrow", rule(Fit.SHRINK, 6.0)),
        ("small", rule(Fit.SHRINK, 11.5)),
        ("small", rule(Fit.CONDENSE, 30.0)),
        ("spaced", lambda place: replace(place, letter_spacing=0.0)),
        ("spaced", lambda place: replace(place, letter_spacing=1.0)),
        ("spaced", lambda place: replace(place, width=12 * 8 + 11 * 3.7)),
        ("lines", rule(Fit.WRAP, 12.0, 1)),
        ("lines", lambda place: replace(place, line_height=place.line_height + 1)),
        ("low", valign(Valign.TOP)),
        ("bars", lambda place: replace(place, y=place.y + 1)),
        ("bars", lambda place: replace(place, width=place.width + 4, height=place.height + 2)),
    ],
)  # fmt: skip
def test_what_stands_elsewhere_or_otherwise_than_its_place_says_is_told(
    printed: Path, plate: Plate, slot: str, change: Callable[[Place], Place]
) -> None:
    other = with_place(plate, slot, change)
    assert other.pages != plate.pages
    assert faults(printed, other, SHEETS)[0].startswith(f"{slot} does not")


@pytest.mark.parametrize("slot", FULL)
def test_a_value_that_is_not_there_and_one_too_many_are_told(printed: Path, plate: Plate, slot: str) -> None:
    assert faults(printed, plate, [{**FULL, slot: ""}, *SHEETS[1:]])[0]
    assert faults(printed, plate, [FULL, {**SHEETS[1], slot: FULL[slot]}, *SHEETS[2:]])[1]


def test_values_in_each_others_places_are_told(printed: Path, plate: Plate) -> None:
    exchanged = {**FULL, "one": FULL["two"], "two": FULL["one"]}
    assert faults(printed, plate, [exchanged, *SHEETS[1:]])[0]


@pytest.mark.parametrize("spacing", ["1px", "3px", "-1px", "-0.3pt", "2pt"])
@pytest.mark.parametrize("align", ["left", "center", "right"])
@pytest.mark.parametrize("rule_of", ["{}", '{ fit = "condense", floor = 30.0 }', '{ fit = "shrink", floor = 5.0 }'])
def test_letter_spacing_stands_by_every_rule_and_alignment(
    tmp_path: Path, spacing: str, align: str, rule_of: str
) -> None:
    css = rules("one", width="40mm", font_size="8pt", letter_spacing=spacing, text_align=align)
    plate = small_plate(tmp_path, '{{ slot("one") }}', css, slots=f"{{ one = {rule_of} }}")
    long = "勘解由小路左衛門佐\U00020bb7吉麻呂勘解" if rule_of != "{}" else "辻\U000e0102\U00020bb7野"
    sheets = [{"one": value} for value in ("甲", "12", "甲 乙", "\U00020bb7野", long)]
    assert faults(print_sheets(tmp_path / "x.pdf", plate, sheets), plate, sheets) == [""] * len(sheets)


def test_a_font_before_its_own_must_not_have_the_character(printed: Path, plate: Plate) -> None:
    """The plate takes BIZ UDMincho first: where another is first, each character that it has is in the wrong font."""
    sheets = [{**dict.fromkeys(FULL, ""), slot: "\U00020bb7"} for slot in ("one", "two", "narrow")]
    path = print_sheets(printed.with_name("rare.pdf"), plate, sheets)
    assert faults(path, plate, sheets) == ["", "", ""]
    for slot in ("one", "two", "narrow"):
        plate = with_place(plate, slot, lambda place: replace(place, families=("BIZ UDGothic", *place.families)))
    assert faults(path, plate, sheets) == ["", "", ""]
    for slot in ("one", "two", "narrow"):
        plate = with_place(plate, slot, lambda place: replace(place, families=("BIZ UDPMincho", "IPAmjMincho")))
    assert faults(path, plate, sheets) == ["", "", ""]


def test_a_user_defined_character_in_a_font_that_is_not_the_insurers_is_told(
    printed: Path, plate: Plate, tmp_path: Path
) -> None:
    objects = PrintedObjects(printed)
    for font in objects.fonts():
        cmap = objects.referred(font, b"ToUnicode")
        if b"<7532>" in objects.stream(cmap):
            objects.change_stream(cmap, lambda data: data.replace(b"<7532>", b"<E000>"))
    path = objects.write(tmp_path / "x.pdf")
    assert faults(path, plate, [FULL, {**SHEETS[1], "one": "\ue000"}, *SHEETS[2:]])[1].startswith("one does not")


def test_any_other_character_in_the_insurers_own_font_is_told(printed: Path, plate: Plate, tmp_path: Path) -> None:
    own = tmp_path / "ipamjm.ttf"
    own.write_bytes((FONTS / own.name).read_bytes())
    named = OURS | fonts_by_name([own])
    assert faults(printed, plate, SHEETS, named)[0].startswith("two does not")


def tampered(printed: Path, out: Path, change: Callable[[bytes], bytes]) -> Path:
    objects = PrintedObjects(printed)
    objects.change_stream(objects.content(0), change)
    return objects.write(out)


@pytest.mark.parametrize("slot", ["lines", "low"])
@pytest.mark.parametrize(
    ("value", "others"),
    [
        ("甲", ["甲\n乙"]),
        ("甲乙\n丙丁", ["甲乙\n丙丁\n戊"]),
        ("甲\U00020bb7", ["甲\U00020bb7\n乙"]),  # a string for each font
        ("甲\n\U00020bb7", ["甲\n\n\U00020bb7"]),
        ("山" * 14, ["山" * 28, "山" * 7 + "\n" + "山" * 7]),
    ],
)
def test_the_lines_of_a_value_stand_on_the_baselines_of_so_many_lines_and_no_other(
    tmp_path: Path, plate: Plate, slot: str, value: str, others: list[str]
) -> None:
    """Printed with a value, and asked for another with the same signs on other lines; and turned upside down."""
    empty = dict.fromkeys(FULL, "")
    path = print_sheets(tmp_path / "x.pdf", plate, [{**empty, slot: value}])
    assert faults(path, plate, [{**empty, slot: value}]) == [""]
    upside_down = with_place(plate, slot, valign(Valign.TOP if slot == "low" else Valign.BOTTOM))
    assert faults(path, upside_down, [{**empty, slot: value}])[0].startswith(f"{slot} does not")
    for other in others:
        assert faults(path, plate, [{**empty, slot: other}])[0].startswith(f"{slot} does not")


def test_lines_of_a_value_that_changed_places_are_told(printed: Path, plate: Plate, tmp_path: Path) -> None:
    """First in the page whose value has several fonts, then in one whose lines are a string each."""
    lines = {**dict.fromkeys(FULL, ""), "lines": "一行目\n二行目\n三行目"}
    simple = print_sheets(tmp_path / "simple.pdf", plate, [lines])
    for path, sheets in ((printed, SHEETS), (simple, [lines])):
        content = PrintedObjects(path).page_text(0)
        heights = sorted(set(re.findall(rb"Tf 1 0 0 -1 75\.590551 (\S+) Tm", content)), key=float)[-2:]

        def exchange(data: bytes, one: bytes = heights[0], other: bytes = heights[1]) -> bytes:
            return data.replace(one, b"@").replace(other, one).replace(b"@", other)

        told = faults(tampered(path, tmp_path / "x.pdf", exchange), plate, sheets)[0]
        assert told == f"{'low' if path is printed else 'lines'} does not stand in its place"


@pytest.mark.parametrize("by", [rb"", rb"-\1"])
def test_letter_spacing_that_is_not_there_or_turned_round_is_told(
    printed: Path, plate: Plate, tmp_path: Path, by: bytes
) -> None:
    def change(data: bytes) -> bytes:
        found = re.search(rb"\[.*\]TJ", data)
        assert found
        return data.replace(found[0], re.sub(rb"(?<=[> \[])(-?\d+\.?\d*)(?=[ <\]])", by, found[0]).replace(b"--", b""))

    assert faults(tampered(printed, tmp_path / "x.pdf", change), plate, SHEETS)[0].startswith("spaced does not")
