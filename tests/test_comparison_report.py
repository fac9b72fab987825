"""What changed, as records: a machine and the report read the same as a person is told."""

from __future__ import annotations

from pathlib import Path

import pypdf
import pytest
import weasyprint

from renderer.review.compare import compare
from renderer.review.comparison_report import report_on
from renderer.review.records import ChangeRecord

SHEET = "<p style='top: 30mm'>山田 太郎</p><div style='top: 60mm'><b>記号</b></div>"


def written(path: Path, *bodies: str, size: str = "A4") -> Path:
    style = f"@page {{ size: {size}; margin: 0 }} p, div {{ position: absolute; left: 20mm; margin: 0 }}"
    style += "div { width: 50mm; height: 20mm; border: 0.5mm solid } body { font: 12pt BIZ UDGothic }"
    pages = '<section style="break-after: page"></section>'.join(f"<main>{body}</main>" for body in bodies)
    weasyprint.HTML(string=f"<style>{style}</style>{pages}").write_pdf(path)
    return path


def recorded(before: Path, after: Path) -> list[ChangeRecord]:
    comparison = compare(before, after)
    told = {record.sentence for record in comparison.records}
    assert {sentence for sentence in comparison.sentences() if " pages became " not in sentence} == told
    return list(comparison.records)


def test_a_text_that_changed_says_from_what_to_what_and_where(tmp_path: Path) -> None:
    golden, new = written(tmp_path / "a.pdf", SHEET), written(tmp_path / "b.pdf", SHEET.replace("太郎", "次郎"))
    first, *rest = recorded(golden, new)
    assert (first.kind, first.page, first.golden_page) == ("text-changed", 1, 1)
    assert (first.before, first.after) == ("山田 太郎", "山田 次郎")
    assert first.box
    assert (first.box.x, first.box.y) == (pytest.approx(20, abs=0.1), pytest.approx(30, abs=2))
    assert {record.kind for record in rest} <= {"pixels"}


def test_what_moved_together_has_one_number_and_one_vector(tmp_path: Path) -> None:
    golden, new = written(tmp_path / "a.pdf", SHEET), written(tmp_path / "b.pdf", SHEET.replace("60mm", "59mm"))
    moved = [record for record in recorded(golden, new) if record.kind != "pixels"]
    assert {record.kind for record in moved} == {"text-moved", "frame-moved"}
    assert len({record.group for record in moved}) == 1
    assert all(record.vector == (pytest.approx(0, abs=0.01), pytest.approx(-1, abs=0.01)) for record in moved)


def test_pages_that_are_gone_new_turned_or_of_another_size_are_recorded(tmp_path: Path) -> None:
    two, one = written(tmp_path / "a.pdf", SHEET, SHEET * 2), written(tmp_path / "b.pdf", SHEET)
    assert [record.kind for record in recorded(two, one)] == ["page-gone"]
    assert [(record.kind, record.page) for record in recorded(one, two)] == [("page-new", 2)]
    turned = pypdf.PdfWriter(one)
    turned.pages[0].rotate(90)
    turned.write(tmp_path / "turned.pdf")
    (record,) = recorded(one, tmp_path / "turned.pdf")
    assert (record.kind, record.before, record.after) == ("page-turned", "0°", "90°")
    wide = written(tmp_path / "wide.pdf", SHEET, size="210.1mm 297mm")
    resized = recorded(one, wide)[0]
    assert (resized.kind, resized.before, resized.after) == (
        "page-resized", "210.000 × 297.000 mm", "210.100 × 297.000 mm",
    )  # fmt: skip


def test_pages_that_changed_places_are_recorded_by_both_numbers(tmp_path: Path) -> None:
    bodies = [SHEET.replace("太郎", name) for name in ("一", "二")]
    golden, new = written(tmp_path / "a.pdf", *bodies), written(tmp_path / "b.pdf", *reversed(bodies))
    found = [(record.kind, record.page, record.golden_page) for record in recorded(golden, new)]
    assert sorted(found) == [("page-swapped", 1, 2), ("page-swapped", 2, 1)]


def test_a_report_of_two_files_shows_what_changed_and_of_the_same_files_nothing(tmp_path: Path) -> None:
    golden, new = written(tmp_path / "a.pdf", SHEET), written(tmp_path / "b.pdf", SHEET.replace("太郎", "次郎"))
    page = report_on(compare(golden, new), tmp_path / "changed")
    assert "a.pdf → b.pdf" in page.read_text("utf-8")
    assert (tmp_path / "changed/pictures/00001-heat.png").is_file()
    report_on(compare(golden, golden), tmp_path / "same")
    assert [path.name for path in (tmp_path / "same").iterdir()] == ["index.html"]
