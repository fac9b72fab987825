"""The exports are the same every time, know nothing of the program, and mean what their maps and rows say."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from functools import cache
from io import BytesIO
from itertools import combinations
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook
from read_exports import STANDARD, differences, meanings, own_table, read_export
from trial_runs import share_plates

from renderer import load_job, run

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"
sys.path.insert(0, str(FIXTURES))

import write_exports  # noqa: E402
from exports.layouts import LAYOUTS, plain_csv, workbook  # noqa: E402
from exports.sealed_second.layouts import pension_records, staff_workbook  # noqa: E402
from exports.writing import Export, fixed_record, workbook_bytes  # noqa: E402
from pools import Pools, load_pools  # noqa: E402

PEOPLE = 200
SETS = {
    "open": (LAYOUTS, write_exports.MAPS),
    **{which: write_exports.sealed_exports(which) for which in write_exports.SEALED_FOLDERS},
}
"""Which exports → their layouts, and the folder of their maps."""
ALL = tuple(layout for layouts, _ in SETS.values() for layout in layouts)
PRINTED = tuple(layout for which, (layouts, _) in SETS.items() if which != "third" for layout in layouts)
"""Those that are printed here, too: the third four are only read, to keep the suite short."""
MAPS_OF = {layout: maps for layouts, maps in SETS.values() for layout in layouts}
EACH = pytest.mark.parametrize("layout", ALL, ids=lambda layout: layout.__name__)
DAY = r"(19|20)\d\d[-.]\d\d?[-.]\d\d?|[SHR]\d{6}|[昭平令]\d+\.\d+\.\d+"
"""How the third four write days."""
EACH_PRINTED = pytest.mark.parametrize("layout", PRINTED, ids=lambda layout: layout.__name__)
POOLS = cache(load_pools)

Layout = Callable[[Pools, int], Export]


@cache
def written_by(layout: Layout) -> Export:
    return layout(POOLS(), PEOPLE)


def map_of(layout: Layout) -> dict[str, Any]:
    return tomllib.loads((MAPS_OF[layout] / f"{written_by(layout).name}.toml").read_text("utf-8"))


def imported(path: Path) -> set[str]:
    """The first names of what a module imports, in functions too."""
    nodes = list(ast.walk(ast.parse(path.read_text("utf-8"))))
    names = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    names += [node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)]
    return {name.partition(".")[0] for name in names}


def all_imported(path: Path) -> set[str]:
    """The same, with what the fixtures' own modules import that it imports."""
    seen: set[Path] = set()
    waiting = [path]
    found: set[str] = set()
    while waiting:
        module = waiting.pop()
        seen.add(module)
        found |= (names := imported(module))
        waiting += {FIXTURES / f"{name}.py" for name in names if (FIXTURES / f"{name}.py").exists()} - seen
    return found


def test_twenty_exports_are_written_of_which_three_times_four_are_sealed() -> None:
    counts = {which: len(layouts) for which, (layouts, _) in SETS.items()}
    assert counts == {"open": 8, "first": 4, "second": 4, "third": 4}
    assert len({written_by(layout).name for layout in ALL}) == 20
    for layouts, maps in SETS.values():
        assert {f"{written_by(layout).name}.toml" for layout in layouts} == {path.name for path in maps.iterdir()}


def test_the_generators_import_nothing_of_the_program() -> None:
    modules = [*(FIXTURES / "exports").rglob("*.py"), FIXTURES / "write_exports.py"]
    assert len(modules) > 5
    assert {path.name for path in modules if "renderer" in all_imported(path)} == set()
    assert "renderer" in imported(Path(__file__))


def test_who_writes_the_eight_does_not_load_the_sealed_ones() -> None:
    program = "import sys; import write_exports; print([name for name in sys.modules if 'sealed' in name])"
    told = subprocess.run([sys.executable, "-c", program], cwd=FIXTURES, capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


@EACH
def test_an_export_is_the_same_bytes_every_time(layout: Layout) -> None:
    assert layout(POOLS(), PEOPLE).files == written_by(layout).files


@EACH
def test_an_export_is_read_to_what_it_means_by_readers_that_are_not_ours(layout: Layout) -> None:
    export = written_by(layout)
    assert len(export.means) == PEOPLE
    _, rows = read_export(export.files, map_of(layout))
    assert differences(rows, export.means) == []


def test_a_map_with_two_columns_exchanged_is_not_read_to_what_the_export_means() -> None:
    export, column_map = written_by(LAYOUTS[0]), map_of(LAYOUTS[0])
    columns = column_map["columns"]
    columns["被保険者氏名"], columns["氏名"] = columns["氏名"], columns["被保険者氏名"]
    dependants = sum(row["本人家族"] == "家族" for row in export.means)
    _, rows = read_export(export.files, column_map)
    assert differences(rows, export.means) == [f"氏名: {dependants}", f"被保険者氏名: {dependants}"]


@EACH
def test_a_map_says_of_every_own_column_what_it_is_and_of_no_other(layout: Layout) -> None:
    export, column_map = written_by(layout), map_of(layout)
    own, _ = read_export(export.files, column_map)
    given = Counter(standard for columns in meanings(own, column_map).values() for standard in columns)
    joined = {column: len(names) for column, names in column_map["columns"].items() if isinstance(names, list)}
    assert given == Counter(dict.fromkeys(given, 1) | joined)
    said = {column for column, text in column_map.get("constants", {}).items() if text}
    assert set(given) | said == {column for column in STANDARD if any(row[column] for row in export.means)}
    parts = {part for entry in column_map.get("split", {}).values() for part in entry["into"]}
    sides = [[names] if isinstance(names, str) else names for names in column_map["columns"].values()]
    named = {name for names in (*sides, column_map.get("ignore", []), column_map.get("split", {})) for name in names}
    assert named <= {*own, *parts}


def test_the_exports_have_among_them_what_makes_them_hard() -> None:
    means = {layout: written_by(layout).means for layout in ALL}
    for rows in means.values():
        assert {row["本人家族"] for row in rows} == {"本人", "家族"}
        assert any(sign in rows[0]["氏名"] for sign in "髙\U00020bb7")
    assert {row["負担割合"] for row in means[workbook]} == {"", "2", "3"}
    assert sum(row["資格喪失予定年月日"] != "" for row in means[plain_csv]) > 1
    assert len({layout for layout in ALL if not any(row["登録年月日"] for row in means[layout])}) > 1


@pytest.mark.parametrize("layout", SETS["third"][0], ids=lambda layout: layout.__name__)
def test_an_export_with_traps_has_columns_that_look_like_the_members_and_are_not(layout: Layout) -> None:
    export, column_map = written_by(layout), map_of(layout)
    ((name, content),) = export.files.items()
    own, records = own_table(name, content, column_map)
    columns = dict(zip(own, zip(*records, strict=True), strict=True))
    beside = [cells for column, cells in columns.items() if meanings(own, column_map)[column] == ()]
    assert len(beside) > len(own) / 3
    # Addresses, postal codes, numbers of accounts and members, readings of addresses, and days.
    for shape in (r"\D+[都道府県]\D+\d+-\d+-\d+", r"\d{3}-?\d{4}", r"\d{6,7}", r"[ァ-ヴー０-９]{8,}", DAY):
        alike = [cells for cells in beside if any(cells) and all(re.fullmatch(shape, cell) for cell in cells if cell)]
        assert alike, shape
    days = [
        cells for cells in columns.values() if any(cells) and all(re.fullmatch(DAY, cell) for cell in cells if cell)
    ]
    assert all(one != other for one, other in combinations(days, 2))


def test_the_workbook_has_numbers_that_lost_their_noughts_and_days_in_cells() -> None:
    (content,) = written_by(workbook).files.values()
    header, *rows = load_workbook(BytesIO(content))["加入者台帳"].values
    cells = [dict(zip(header, row, strict=True)) for row in rows]
    assert any(cell["〒"] < 1_000_000 for cell in cells)
    assert any(cell["マイナンバー下4桁"] < 1000 for cell in cells)
    assert {type(cell["生年月日"]) for cell in cells} == {datetime}
    assert {type(cell["登録"]) for cell in cells} == {int}


def test_the_list_of_a_personnel_office_has_days_in_words_and_tells_how_many_it_has() -> None:
    (content,) = written_by(staff_workbook).files.values()
    _, _, _, header, first, *_, last = load_workbook(BytesIO(content))["加入者一覧"].values
    cells = dict(zip(header, first, strict=True))
    assert re.fullmatch(r"(昭和|平成|令和)(元|\d+)年\d+月\d+日", cells["生年月日"])
    assert {type(cells[name]) for name in ("健康保険の枝番", "資格情報の登録日")} == {int, datetime}
    assert last[:2] == ("合計", PEOPLE)


def test_records_for_municipalities_follow_one_another_and_their_trailer_counts_them() -> None:
    (content,) = written_by(pension_records).files.values()
    records = [content[at : at + 500] for at in range(0, len(content), 500)]
    assert [record[:1] for record in records] == [b"1", *[b"2"] * PEOPLE, b"3"]
    assert {record[1:13] for record in records} == {b"1310100000 0"}
    assert int(records[-1][21:30]) == PEOPLE


def test_a_workbook_does_not_tell_when_it_was_made() -> None:
    with ZipFile(BytesIO(workbook_bytes({"加入者": [["氏名"]]}))) as parts:
        assert {part.date_time for part in parts.infolist()} == {(2026, 11, 23, 9, 0, 0)}
        core = parts.read("docProps/core.xml").decode()
    assert re.findall(r"\d{4}-\d\d-\d\dT[\d:]+", core) == ["2026-11-23T09:00:00"] * 2


def test_a_text_too_long_for_its_field_is_refused() -> None:
    assert fixed_record(8, "2", [("山田", 6, "\u3000")]) == "2山田　 ".encode("cp932")
    with pytest.raises(ValueError, match="6 bytes do not go into a field of 4"):
        fixed_record(8, "2", [("山田家", 4, " ")])
    with pytest.raises(ValueError, match="fields of 9 bytes do not go into a record of 8"):
        fixed_record(8, "2", [("山田", 8, " ")])


def test_the_command_writes_a_folder_for_each_with_its_map_its_meaning_and_its_jobs(tmp_path: Path) -> None:
    for which, (layouts, _) in SETS.items():
        out = tmp_path / which
        sealed = [] if which == "open" else ["--sealed", which]
        command = [sys.executable, FIXTURES / "write_exports.py", out, "--people", "30", *sealed]
        subprocess.run(command, check=True, cwd="/")
        for layout in layouts:
            export = layout(POOLS(), 30)
            beside = {"columns.toml", "means.csv", "notice.toml", "certificate.toml"}
            assert {path.name for path in (out / export.name).iterdir()} == beside | set(export.files)
            for document in ("notice", "certificate"):
                job = tomllib.loads((out / export.name / f"{document}.toml").read_text("utf-8"))
                sources = [job["source"]] if isinstance(job["source"], str) else job["source"]
                assert sources == list(export.files)
                assert (out / export.name / job["insurer"]).is_file()


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the insurer, below which all exports lie: their jobs share an outbox, and so the plates."""
    folder = tmp_path_factory.mktemp("house")
    write_exports.write_insurer(folder)
    (folder / "standard").mkdir()
    return folder


@pytest.mark.parametrize("document", write_exports.TITLES)
@EACH_PRINTED
def test_an_export_is_printed_as_the_standard_file_that_it_means(layout: Layout, document: str, house: Path) -> None:
    export = written_by(layout)
    folder = house / export.name
    if not folder.is_dir():
        write_exports.write_export(export, MAPS_OF[layout] / f"{export.name}.toml", folder)
    standard = folder / f"means-{document}.toml"
    standard.write_text(write_exports.job_file(export.name, document, ("means.csv",)), "utf-8")
    jobs = load_job(folder / f"{document}.toml"), load_job(standard, outbox=house / "standard" / "outbox")
    for job in jobs:
        if not job.outbox.is_dir():
            share_plates(job.outbox)
    reports = [run(job, workers=1) for job in jobs]
    assert [(report.printed, report.held) for report in reports] == [(PEOPLE, 0)] * 2
    assert [one.sha256 for one in reports[0].files] == [one.sha256 for one in reports[1].files]
