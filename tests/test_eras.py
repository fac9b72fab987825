"""Dates in every form a file may have, and back to 和暦."""

from contextlib import suppress
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renderer.documents.eras import ERAS, DateRefused, era_of, format_wareki, parse_date

days = st.dates(date(1873, 1, 1), date(2099, 12, 31))
FULL_WIDTH = str.maketrans("0123456789RHSTM./- ", "０１２３４５６７８９ＲＨＳＴＭ．／－　")

# Last day of each era and first of the next, as the law has them (domain 4); written out, not computed.
BORDERS = [
    (date(1873, 1, 1), "明治6年1月1日", "M6.1.1"),
    (date(1912, 7, 29), "明治45年7月29日", "M45.7.29"),
    (date(1912, 7, 30), "大正元年7月30日", "T1.7.30"),
    (date(1926, 12, 24), "大正15年12月24日", "T15.12.24"),
    (date(1926, 12, 25), "昭和元年12月25日", "S1.12.25"),
    (date(1989, 1, 7), "昭和64年1月7日", "S64.1.7"),
    (date(1989, 1, 8), "平成元年1月8日", "H1.1.8"),
    (date(2019, 4, 30), "平成31年4月30日", "H31.4.30"),
    (date(2019, 5, 1), "令和元年5月1日", "R1.5.1"),
    (date(2025, 6, 15), "令和7年6月15日", "R7.6.15"),
    (date(2025, 12, 1), "令和7年12月1日", "R7.12.1"),
]


@pytest.mark.parametrize(("day", "wareki", "short"), BORDERS)
def test_a_day_is_written_as_the_guide_writes_it(day: date, wareki: str, short: str) -> None:
    assert format_wareki(day) == wareki
    assert parse_date(short).date == day


@pytest.mark.parametrize(
    "text",
    [
        "2024-12-02",
        "2024-12-2",
        "2024/12/2",
        "2024.12.02",
        "20241202",
        "令和6年12月2日",
        "令和06年12月02日",
        "令和 6年12月 2日",
        "R6.12.2",
        "R06.12.02",
        "R6/12/2",
        "r6.12.2",
        "5061202",
        "R061202",
        "令061202",
        "令和061202",
        "令6.12.2",
        "令和6/12/2",
        "令6年12月2日",
        "２０２４／１２／２",
        "令和６年１２月２日",
        "Ｒ６．１２．２",
        "㋿6年12月2日",
        "2024年12月2日",
        " 2024-12-02　",
        "2024/12/2 0:00",
        "2024/12/02 00:00:00",
        "2024-12-02T00:00:00",
        "2024-12-02 00:00:00.000",
        "２０２４／１２／２　０：００",
    ],
)
def test_every_form_of_one_day_is_that_day(text: str) -> None:
    assert parse_date(text).date == date(2024, 12, 2)
    assert parse_date(text).ended is None


@pytest.mark.parametrize(
    "time", [" 9:00", "T15:00:00", " 0:00:01", "T00:00:00Z", "T00:00:00+09:00", " 0", ":00", " 24:00"]
)
def test_a_day_with_another_time_may_be_another_day(time: str) -> None:
    with pytest.raises(DateRefused, match="date-not-readable"):
        parse_date(f"2024-12-02{time}")


def forms(day: date) -> dict[str, str]:
    """Write a day in each form, by a table of the eras' first western years that is the test's own."""
    era = era_of(day)
    year = day.year - {"明治": 1867, "大正": 1911, "昭和": 1925, "平成": 1988, "令和": 2018}[era.name]
    return {
        "iso": day.isoformat(),
        "slashes": f"{day.year}/{day.month}/{day.day}",
        "digits": f"{day:%Y%m%d}",
        "ours": format_wareki(day),
        "guide": f"{era.name}{year}年{day.month:>2}月{day.day}日",
        "both padded": f"{era.name}{year:>2}年{day.month:>2}月{day.day:>2}日",
        "short": f"{era.letter}{year}.{day.month}.{day.day}",
        "short with noughts": f"{era.letter}{year:02}.{day.month:02}.{day.day:02}",
        "era code": f"{era.code}{year:02}{day:%m%d}",
        "letter and digits": f"{era.letter}{year:02}{day:%m%d}",
        "name and digits": f"{era.name}{year:02}{day:%m%d}",
        "first sign of the name": f"{era.name[0]}{year}.{day.month}.{day.day}",
    }


@given(day=days, wide=st.booleans())
def test_a_day_of_any_era_comes_back_from_every_form(day: date, wide: bool) -> None:
    for text in forms(day).values():
        parsed = parse_date(text.translate(FULL_WIDTH) if wide else text)
        assert (parsed.date, parsed.ended) == (day, None)


@given(day=days)
def test_a_written_day_pads_nothing_and_the_first_year_is_gannen(day: date) -> None:
    text = format_wareki(day)
    assert text[text.index("年") + 1 : text.index("月")] == str(day.month)
    assert text.endswith(f"月{day.day}日")
    assert "年0" not in text
    assert ("元年" in text) == (era_of(day).first_year == day.year)


@given(day=st.dates(date(1873, 1, 1), date(2099, 12, 30)))
def test_days_in_a_row_are_in_one_era_or_the_second_begins_one(day: date) -> None:
    after = day + timedelta(days=1)
    assert era_of(after) is era_of(day) or era_of(after).first_day == after


@pytest.mark.parametrize(
    ("text", "day", "told"),
    [
        ("H31.5.1", date(2019, 5, 1), ("平成", "令和")),
        ("平成31年12月31日", date(2019, 12, 31), ("平成", "令和")),
        ("4310501", date(2019, 5, 1), ("平成", "令和")),
        ("S64.1.8", date(1989, 1, 8), ("昭和", "平成")),
        ("S64.12.31", date(1989, 12, 31), ("昭和", "平成")),
        ("T15.12.25", date(1926, 12, 25), ("大正", "昭和")),
        ("大正15年12月31日", date(1926, 12, 31), ("大正", "昭和")),
        ("M45.7.30", date(1912, 7, 30), ("明治", "大正")),
        ("M45.12.31", date(1912, 12, 31), ("明治", "大正")),
    ],
)
def test_an_era_written_past_its_end_is_accepted_and_named(text: str, day: date, told: tuple[str, str]) -> None:
    parsed = parse_date(text)
    assert parsed.date == day
    assert parsed.ended is not None
    assert (parsed.ended.name, era_of(day).name) == told


@pytest.mark.parametrize("text", ["H31.4.30", "S64.1.7", "T15.12.24", "M45.7.29"])
def test_the_last_day_of_an_era_needs_no_note(text: str) -> None:
    assert parse_date(text).ended is None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("2025-02-30", "date-not-in-calendar"),
        ("2025-02-29", "date-not-in-calendar"),
        ("令和7年2月30日", "date-not-in-calendar"),
        ("R7.13.1", "date-not-in-calendar"),
        ("20250001", "date-not-in-calendar"),
        ("00000101", "date-not-in-calendar"),
        ("令和0年5月1日", "date-not-in-calendar"),
        ("5000501", "date-not-in-calendar"),
        ("慶応4年1月1日", "date-unknown-era"),
        ("X7.1.1", "date-unknown-era"),
        ("6071201", "date-unknown-era"),
        ("9071201", "date-unknown-era"),
        ("0071201", "date-unknown-era"),
        ("H32.1.1", "date-outside-era"),
        ("S65.1.1", "date-outside-era"),
        ("R1.4.30", "date-outside-era"),
        ("H1.1.7", "date-outside-era"),
        ("S1.12.24", "date-outside-era"),
        ("T1.7.29", "date-outside-era"),
        ("M5.12.2", "date-outside-era"),
        ("1872-12-31", "date-outside-era"),
        ("", "date-not-readable"),
        ("不明", "date-not-readable"),
        ("2024-12/02", "date-not-readable"),
        ("2024 12 02", "date-not-readable"),
        ("241202", "date-not-readable"),
        ("2024-12-02 00:01", "date-not-readable"),
        ("令和7年6月", "date-not-readable"),
        ("２０２４-①-1", "date-not-readable"),
        ("123456789018", "date-not-readable"),
    ],
)
def test_what_is_no_date_is_refused_with_its_code(text: str, code: str) -> None:
    with pytest.raises(DateRefused) as caught:
        parse_date(text)
    assert caught.value.code == code


@pytest.mark.parametrize(("text", "era"), [("R1.4.30", "令和"), ("S1.12.24", "昭和"), ("T1.7.29", "大正")])
def test_a_day_before_its_era_is_refused_as_that(text: str, era: str) -> None:
    with pytest.raises(DateRefused) as caught:
        parse_date(text)
    assert caught.value.era is not None
    assert (caught.value.form, caught.value.era.name) == ("before", era)


@given(
    text=st.one_of(
        st.text(min_size=6, max_size=14),
        st.from_regex(r"[MTSHRX令和平成]{1,2}[0-9]{1,2}[.年][0-9]{1,2}[.月][0-9]{2}日?", fullmatch=True),
        st.from_regex(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", fullmatch=True),
    )
)
def test_a_refusal_never_repeats_the_text_and_nothing_else_is_raised(text: str) -> None:
    with suppress(DateRefused):
        parse_date(text)
        return
    with pytest.raises(DateRefused) as caught:
        parse_date(text)
    refused = caught.value
    assert text not in str(refused)
    assert refused.__cause__ is None
    assert refused.__context__ is None


def test_a_day_before_the_gregorian_calendar_cannot_be_written() -> None:
    with pytest.raises(ValueError, match="1873"):
        format_wareki(date(1872, 12, 31))


def test_eras_follow_one_another() -> None:
    assert [era.first_day for era in ERAS] == sorted(era.first_day for era in ERAS)
    assert "".join(era.letter for era in ERAS) == "MTSHR"
    assert "".join(era.code for era in ERAS) == "12345"
