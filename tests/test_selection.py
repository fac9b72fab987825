"""The rules of ``[select]`` and their second statement agree, and what is remembered says only what has changed."""

from __future__ import annotations

import re
import stat
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from trial_runs import DEMO, write_job

from renderer.documents.eras import format_wareki
from renderer.intake.jobfile import load_job
from renderer.intake.members import Needs, validate
from renderer.intake.rows import read_rows
from renderer.intake.selection import DATES, MAY_CHANGE, VALUES, Selector
from renderer.model.errors import BadJob
from renderer.model.job import Days, Job, Selection
from renderer.model.member import LIMIT_CLASSES, Member
from renderer.proof.selected import Selected
from renderer.running.remembered import COLUMN_BYTES, PAPER_BYTES, Paper, load_key, paper_of, sum_of_key

KEY = bytes(range(32))
MEMBERS = [validate(row, needs=Needs(date(2026, 11, 23), prints_ratio=False)) for row in list(read_rows(DEMO))[:30]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_job(tmp_path, [])
    return tmp_path


def loaded(folder: Path, select: str, key: str = "") -> Job:
    """Load a job that asks so, its key in the first line."""
    head, mailing = (folder / "job.toml").read_text("utf-8").split("[mailing]")
    (folder / "asked.toml").write_text(f"{key}\n{head}\n[select]\n{select}\n[mailing]{mailing}", "utf-8")
    return load_job(folder / "asked.toml")


def line_of(folder: Path, text: str) -> int:
    lines = (folder / "asked.toml").read_text("utf-8").splitlines()
    return 1 + next(at for at, line in enumerate(lines) if line.startswith(text))


def test_a_selection_is_read(folder: Path) -> None:
    (folder / "list.csv").touch()
    (folder / "stop.csv").touch()
    asked = loaded(
        folder,
        '"資格取得年月日" = "2026-10-01..2026-10-31"\n"本人家族" = "本人"\n"負担割合" = ["2", "３割"]\n"枝番" = "1"\n'
        '"認定年月日" = "2026-10-01.."\n"登録年月日" = "..2026-10-31"\nonly = "list.csv"\nexcept = "stop.csv"\n'
        'changed = ["氏名"]\nnew = true',
        'key = "papers.key"',
    ).select
    october = date(2026, 10, 1), date(2026, 10, 31)
    assert asked == Selection(
        (
            ("枝番", ("01",)),
            ("本人家族", ("本人",)),
            ("資格取得年月日", Days(*october)),
            ("認定年月日", Days(first=october[0])),
            ("登録年月日", Days(last=october[1])),
            ("負担割合", ("2割", "3割")),
        ),
        folder / "list.csv",
        folder / "stop.csv",
        ("氏名",),
        new=True,
    )
    assert loaded(folder, "").select is None
    assert loaded(folder, "new = false").select is None


@pytest.mark.parametrize(
    ("select", "said"),
    [
        ('"資格取得年月" = "2026-10-01.."', 'key "select.資格取得年月" is not known; did you mean "資格取得年月日"?'),
        ('"氏名" = "x"', 'key "select.氏名" is not known'),
        ('exept = "x.csv"', 'key "select.exept" is not known; did you mean "except"?'),
        ('"資格取得年月日" = "2026-10-01"', "must be a span of days such as"),
        ('"資格取得年月日" = ".."', "must be a span of days such as"),
        ('"資格取得年月日" = 2026-10-01', "must be a span of days such as"),
        ('"資格取得年月日" = "2026-02-30.."', '"2026-02-30" is no day of the calendar'),
        ('"資格取得年月日" = "2026-10-31..2026-10-01"', "ends before it begins"),
        ('"本人家族" = "本"', '本人家族 is "本人" or "家族"; did you mean "本人"?'),
        ('"郵便番号" = "806"', '郵便番号 is seven digits, such as "100-0001"'),
        ('"枝番" = ["00", "100"]', '枝番 is one or two digits, such as "01"'),
        ('"本人家族" = []', "must be text in quotes, or a list of such"),
        ('"本人家族" = [1]', "must be text in quotes, or a list of such"),
        ('only = "nobody.csv"', 'key "select.only": there is no such file'),
        ('changed = ["氏め"]', '"氏め" is no column that may change; did you mean "氏名"?'),
        ('changed = ["整理番号"]', '"整理番号" is no column that may change'),
        ('new = "yes"', "must be true or false"),
        ("new = true", 'key "select": what has changed is known by keyed sums; name the file of their key'),
    ],
)
def test_what_is_wrong_is_said_with_line_and_nearest(folder: Path, select: str, said: str) -> None:
    with pytest.raises(BadJob) as refused:
        loaded(folder, select)
    line = line_of(folder, "[select]" if select == "new = true" else select)
    assert f"asked.toml line {line}: " in str(refused.value)
    assert said in str(refused.value)


def test_a_column_without_quotation_marks_is_told_how_to_be_written(folder: Path) -> None:
    with pytest.raises(BadJob, match=r"is not TOML.*; names of columns stand in quotes"):
        loaded(folder, '資格取得年月日 = "2026-10-01.."')


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("outbox/papers.key", "lies in the outbox, beside the sums that it protects"),
        ("gone/papers.key", "is a file in a folder that exists, or will be"),
        (".", "is a file in a folder that exists, or will be"),
    ],
)
def test_a_key_lies_in_another_folder_than_what_it_protects(folder: Path, key: str, said: str) -> None:
    with pytest.raises(BadJob, match=rf'asked\.toml line 1: key "key": {said}'):
        loaded(folder, "", f'key = "{key}"')


# Two statements of the same rules.

days = st.dates(date(1989, 1, 8), date(2026, 11, 23))
written = st.sampled_from(
    [
        lambda day: day.isoformat(),
        lambda day: f"{day:%Y%m%d}",
        lambda day: f"{day.year}/{day.month}/{day.day}",
        lambda day: format_wareki(day).replace("元", "1"),
        lambda day: f"{day.year}年{day.month}月{day.day}日".translate({code: code + 0xFEE0 for code in range(48, 58)}),
    ]
)
cells = {
    "記号": st.sampled_from(["116", "１１６", " 116 ", "", "甲"]),
    "枝番": st.sampled_from(["0", "00", "１", "01", ""]),
    "本人家族": st.sampled_from(["本人", "家族"]),
    "性別": st.sampled_from(["男", "女", "裏面参照", ""]),
    "郵便番号": st.sampled_from(["100-0000", "1000000", "１００－００００", "806-0043"]),
    "事業所番号": st.sampled_from(["10016", "１００１６", ""]),
    "負担割合": st.sampled_from(["2割", "２", "3割", "3", ""]),
    "限度額区分": st.sampled_from(LIMIT_CLASSES),
    **{column: st.builds(lambda write, day: write(day), written, days) | st.just("") for column in DATES},
}
asked = st.fixed_dictionaries(
    {},
    optional={
        **{column: st.lists(cells[column], min_size=1, max_size=3) for column in VALUES},
        **{
            column: st.tuples(days, days, st.sampled_from(["{}..{}", "{}..", "..{}"])).map(
                lambda span: span[2].format(*sorted(span[:2]))
            )
            for column in DATES
        },
    },
)


@given(select=asked, row=st.fixed_dictionaries(cells))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_both_statements_pass_over_the_same_members(
    folder: Path,
    select: Mapping[str, Any],
    row: Mapping[str, str],
) -> None:
    lines = "\n".join(
        f'"{key}" = ' + (f'"{value}"' if isinstance(value, str) else str(value).replace("'", '"'))
        for key, value in select.items()
    )
    job = loaded(folder, lines)
    cells = dict.fromkeys(MAY_CHANGE, "") | row | {"整理番号": "A1"}
    rule = Selector(job.select or Selection()).passes_over(cells, is_member=True)
    second = Selected(job)
    mask = second.mask(cells)
    assert (rule == "") == (mask == 0)
    assert not rule or mask >> second.names.index(rule) & 1


@given(st.sampled_from(sorted({*VALUES, *DATES})), st.text(max_size=12))
def test_of_a_row_that_is_held_a_cell_passes_nobody_over_that_is_blank_or_cannot_be_understood(
    column: str, cell: str
) -> None:
    closed = ("本人家族", "性別", "負担割合", "限度額区分", *DATES)
    values = Days(date(2026, 1, 1)) if column in DATES else ("本人",)
    rule = Selector(Selection(((column, values),))).passes_over({column: cell, "整理番号": "A1"}, is_member=False)
    if not cell.strip():
        assert not rule
    if rule and column in closed:
        assert column in DATES or VALUES[column](cell) is not None


UNREADABLE = [
    ("枝番", ["001", "第1", "1.", "ab", "1-2", "０１０"]),
    ("郵便番号", ["80600433", "806 0043", "〒806-0043", "806-043", "806-0043-1"]),
    ("負担割合", ["二割", "20%", "1割", "割"]),
    ("本人家族", ["被扶養者", "1"]),
    ("性別", ["男性", "M"]),
    ("限度額区分", ["A", "ｱ"]),
]


@pytest.mark.parametrize(("column", "cell"), [(column, cell) for column, cells in UNREADABLE for cell in cells])
def test_a_cell_that_cannot_be_understood_passes_nobody_over(folder: Path, column: str, cell: str) -> None:
    asked = {
        "枝番": "01",
        "郵便番号": "806-0043",
        "負担割合": "2割",
        "本人家族": "本人",
        "性別": "男",
        "限度額区分": "ア",
    }
    job = loaded(folder, f'"{column}" = "{asked[column]}"')
    assert not Selector(job.select or Selection()).passes_over({column: cell, "整理番号": "A1"}, is_member=False)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932", "utf-16"])
@pytest.mark.parametrize("key", ["only", "except"])
def test_both_statements_read_the_same_records_in_a_list(folder: Path, key: str, encoding: str) -> None:
    reason = '",電話で\x0b確認\nA3"'
    lines = {"only": "整理番号\r\nA1\r\n A2 \r\n", "except": f"整理番号,理由\r\nA1,転居\r\n A2 ,{reason}\r\n"}
    (folder / "list.csv").write_bytes(lines[key].encode(encoding))
    job = loaded(folder, f'{key} = "list.csv"')
    selector, second = Selector(job.select or Selection()), Selected(job)
    for record, is_listed in (("A1", True), (" A1　", True), ("A2", True), ("A3", False), ("A4", False)):
        row = dict.fromkeys(MAY_CHANGE, "") | {"整理番号": record}
        gets_none = is_listed is (key == "except")
        assert bool(selector.passes_over(row, is_member=False)) is gets_none
        assert bool(second.mask(row)) is gets_none


def test_who_may_be_in_a_list_under_a_number_that_is_none_is_not_passed_over(folder: Path) -> None:
    (folder / "list.csv").write_text("整理番号\nA1\n", "utf-8")
    selector = Selector(loaded(folder, 'only = "list.csv"').select or Selection())
    for record in ("Ａ１", "　Ａ１", ""):
        assert not selector.passes_over({"整理番号": record}, is_member=False)


@pytest.mark.parametrize("key", ["only", "except"])
def test_the_widths_of_a_number_in_a_list_say_nothing(folder: Path, key: str) -> None:
    lines = {"only": "整理番号\nＡ－１\n", "except": "整理番号,理由\nＡ－１,転居\n"}
    (folder / "list.csv").write_text(lines[key], "utf-8")
    job = loaded(folder, f'{key} = "list.csv"')
    row = dict.fromkeys(MAY_CHANGE, "") | {"整理番号": "A-1"}
    gets_none = key == "except"
    assert bool(Selector(job.select or Selection()).passes_over(row, is_member=True)) is gets_none
    assert bool(Selected(job).mask(row)) is gets_none


@pytest.mark.parametrize("record", ["A 1", "A/1", "山田", "A" * 21])
def test_a_number_in_a_list_that_can_be_of_nobody_is_refused(folder: Path, record: str) -> None:
    (folder / "list.csv").write_text(f"整理番号\nA1\n{record}\n", "utf-8")
    with pytest.raises(BadJob, match=r"list\.csv line 3: the 整理番号 has other signs") as caught:
        Selector(loaded(folder, 'only = "list.csv"').select or Selection())
    assert record not in str(caught.value)


# What is remembered.


def test_a_paper_is_remembered_in_a_fixed_length_and_the_same_again() -> None:
    for member in MEMBERS:
        paper = paper_of(member, "06130009", KEY)
        assert len(paper.record + paper.columns) == PAPER_BYTES
        assert paper == paper_of(member, "06130009", KEY)
        assert not paper.is_other(paper.columns, MAY_CHANGE)


def test_another_key_insurer_or_record_gives_another_sum_in_every_column() -> None:
    member = MEMBERS[0]
    paper = paper_of(member, "06130009", KEY)
    for other in (
        paper_of(member, "06130009", KEY[::-1]),
        paper_of(member, "06139992", KEY),
        paper_of(member._replace(record="OTHER"), "06130009", KEY),
    ):
        assert other.record != paper.record
        assert sorted(changed(paper, other)) == sorted(MAY_CHANGE)


def changed(paper: Paper, other: Paper) -> list[str]:
    return [column for column in MAY_CHANGE if paper.is_other(other.columns, [column])]


FIELDS: Mapping[str, tuple[str, ...]] = {
    "symbol": ("記号",), "number": ("番号",), "branch": ("枝番",), "name": ("氏名",), "kana": ("フリガナ",),
    "born_on": ("生年月日",), "qualified_on": ("資格取得年月日",), "certified_on": ("認定年月日",),
    "insured_name": ("被保険者氏名",), "registered_on": ("登録年月日",), "my_number_last4": ("個人番号",),
    "postal_code": ("郵便番号",), "address": ("住所",), "building": ("方書",), "workplace_code": ("事業所番号",),
    "workplace": ("事業所名",), "ratio": ("負担割合",), "ratio_from": ("発効期日",), "limit_class": ("限度額区分",),
    "loses_on": ("資格喪失予定年月日",), "remarks": ("備考",),
}  # fmt: skip


@pytest.mark.parametrize("field", FIELDS)
def test_a_field_that_changes_changes_the_sum_of_its_own_column_alone(field: str) -> None:
    member = MEMBERS[0]
    value = date(2001, 2, 3) if field.endswith(("_on", "_from")) else "別"
    before, after = (paper_of(one, "06130009", KEY) for one in (member, member._replace(**{field: value})))
    assert changed(before, after) == list(FIELDS[field])


@given(st.sampled_from(MEMBERS), st.sampled_from(MEMBERS))
def test_what_two_records_have_alike_has_two_sums(one: Member, other: Member) -> None:
    papers = paper_of(one, "06130009", KEY), paper_of(other, "06130009", KEY)
    if one.record != other.record:
        alike = set(MAY_CHANGE) - set(changed(*papers))
        assert len(alike) <= 1, "by chance one of four thousand million"
    assert len(papers[0].columns) == COLUMN_BYTES * len(MAY_CHANGE)


def test_a_key_is_read_if_it_is_its_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "papers.key"
    assert load_key(path) is None
    path.write_text(KEY.hex() + "\n")
    path.chmod(0o600)
    assert load_key(path) == KEY
    for mode in (0o604, 0o640, 0o660, 0o601):
        path.chmod(mode)
        with pytest.raises(BadJob, match=re.escape("papers.key: others than you may read the key")):
            load_key(path)
    path.chmod(0o400)
    assert load_key(path) == KEY
    assert sum_of_key(KEY) != sum_of_key(KEY[::-1])
    assert stat.S_IMODE(path.stat().st_mode) == 0o400
