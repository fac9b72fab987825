"""The file writer: trees that other readers walk, an exact cross-reference table, no memory for the pages."""

from __future__ import annotations

import hashlib
import re
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pikepdf
import pypdf
import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from readers import complaints, page_counts

from renderer.press.pdffile import FANOUT, PdfFile, text_string

A4 = b"0 0 595.275591 841.889764"
A5 = b"0 0 419.527559 595.275591"


def write(path: Path, pages: int, pages_a_piece: int = 1, *, title: str = "見本 (1)") -> Path:
    """Write a file whose page n shows a bar n/100 pt wide; piece n is 整理番号 ``Rn``."""
    pdf = PdfFile(path)
    for page in range(pages):
        if page % pages_a_piece == 0:
            pdf.begin_piece(f"R{page // pages_a_piece}", f"{page // pages_a_piece + 1}-")
        add_page(pdf, page)
    pdf.finish(title, "renderer")
    return path


def add_page(pdf: PdfFile, page: int, box: bytes = A4) -> None:
    content = pdf.put_stream(b"10 10 %d 5 re f" % (page + 1))
    pdf.put_page(box, b"/Resources<<>>/Contents %d 0 R" % content)


def leaves(node: pikepdf.Object, depth: int = 0) -> Iterator[tuple[pikepdf.Object, int]]:
    """Walk a page tree by hand, proving every node on the way (7.7.3.2)."""
    if node.Type == "/Page":
        yield node, depth
        return
    assert node.Type == "/Pages"
    assert len(node.Kids) <= FANOUT
    below = []
    for kid in node.Kids:
        assert kid.Parent.objgen == node.objgen
        below += list(leaves(kid, depth + 1))
    assert node.Count == len(below) > 0
    yield from below


@pytest.mark.parametrize(("pages", "depth"), [(1, 1), (FANOUT, 1), (FANOUT + 1, 2), (FANOUT**2, 2), (FANOUT**2 + 1, 3)])
def test_the_page_tree_is_balanced_and_in_order(tmp_path: Path, pages: int, depth: int) -> None:
    path = write(tmp_path / "x.pdf", pages)
    with pikepdf.open(path) as pdf:
        found = list(leaves(pdf.Root.Pages))
        assert {leaf_depth for _, leaf_depth in found} == {depth}
        bars = [leaf.Contents.read_bytes() for leaf, _ in found]
    assert bars == [b"10 10 %d 5 re f" % (page + 1) for page in range(pages)]
    assert page_counts(path) == {pages}


@pytest.mark.parametrize("pages", [1, 65, 4097])
def test_no_reader_finds_anything_wrong(tmp_path: Path, pages: int) -> None:
    assert complaints(write(tmp_path / "x.pdf", pages, pages_a_piece=3)) == []


def test_a_file_without_a_page_is_still_a_whole_file(tmp_path: Path) -> None:
    path = tmp_path / "x.pdf"
    PdfFile(path).finish("空", "renderer")
    with pikepdf.open(path) as pdf:
        assert len(pdf.pages) == 0
        assert pdf.Root.Pages.Count == 0


@pytest.mark.parametrize(("pages", "a_piece"), [(1, 1), (130, 1), (130, 2), (131, 7)])
def test_each_piece_has_its_bookmark_and_its_page_labels(tmp_path: Path, pages: int, a_piece: int) -> None:
    path = write(tmp_path / "x.pdf", pages, a_piece)
    firsts = list(range(0, pages, a_piece))
    labels = [f"{page // a_piece + 1}-{page % a_piece + 1}" for page in range(pages)]
    reader = pypdf.PdfReader(path)
    assert [mark.title for mark in reader.outline] == [f"R{piece}" for piece in range(len(firsts))]
    assert [reader.get_destination_page_number(mark) for mark in reader.outline] == firsts
    # Of a page between two leaves of the number tree pypdf says that it cannot tell; the others can.
    assert [label for page, label in enumerate(reader.page_labels) if page in firsts] == labels[::a_piece]
    with pikepdf.open(path) as pdf, pdf.open_outline() as outline:
        assert [item.title for item in outline.root] == [f"R{piece}" for piece in range(len(firsts))]
        assert [page.label for page in pdf.pages] == labels
        assert pdf.Root.Outlines.Count == len(firsts)
    document = pypdfium2.PdfDocument(path)
    assert [document.get_page_label(page) for page in range(pages)] == labels
    assert [mark.get_dest().get_index() for mark in document.get_toc()] == firsts
    document.close()


def test_a_file_without_pieces_numbers_its_pages_from_one(tmp_path: Path) -> None:
    pdf = PdfFile(tmp_path / "x.pdf")
    for page in range(3):
        add_page(pdf, page)
    pdf.finish("x", "renderer")
    reader = pypdf.PdfReader(tmp_path / "x.pdf")
    assert reader.page_labels == ["1", "2", "3"]
    assert reader.outline == []
    assert complaints(tmp_path / "x.pdf") == []


def test_a_piece_without_a_page_is_refused(tmp_path: Path) -> None:
    pdf = PdfFile(tmp_path / "x.pdf")
    add_page(pdf, 0)
    pdf.begin_piece("R1", "1-")
    with pytest.raises(ValueError, match="no page"):
        pdf.finish("x", "renderer")
    pdf.close()


def test_pages_of_another_size_keep_it(tmp_path: Path) -> None:
    pdf = PdfFile(tmp_path / "x.pdf")
    for page, box in enumerate([A4, A5, A4, A5]):
        add_page(pdf, page, box)
    pdf.finish("x", "renderer")
    widths = [float(page.mediabox.width) for page in pypdf.PdfReader(tmp_path / "x.pdf").pages]
    assert widths == pytest.approx([595.275591, 419.527559, 595.275591, 419.527559])
    assert complaints(tmp_path / "x.pdf") == []


def test_every_entry_of_the_cross_reference_table_leads_to_its_object(tmp_path: Path) -> None:
    data = write(tmp_path / "x.pdf", 5000).read_bytes()  # more objects than are written at a time
    start = int(data[data.rindex(b"startxref") :].split()[1])
    head, table = data[start:].split(b"0000000000 65535 f \n")
    size = int(head.split()[2])
    entries = re.findall(rb"(\d{10}) 00000 n \n", table)
    assert size == len(entries) + 1
    assert all(data.startswith(b"%d 0 obj\n" % number, int(at)) for number, at in enumerate(entries, 1))
    assert f"/Size {size}".encode() in table


def test_the_sum_given_back_is_that_of_the_file_and_the_identifier_follows_the_content(tmp_path: Path) -> None:
    identifiers = []
    for name, pages, title in (("a", 3, "x"), ("b", 3, "x"), ("c", 4, "x"), ("d", 3, "y")):
        path = tmp_path / name
        pdf = PdfFile(path)
        for page in range(pages):
            add_page(pdf, page)
        assert pdf.finish(title, "renderer") == hashlib.sha256(path.read_bytes()).hexdigest()
        identifiers.append(pypdf.PdfReader(path).trailer["/ID"][0].original_bytes)
    assert len(set(identifiers)) == 3
    assert identifiers[0] == identifiers[1]
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_title_and_producer_stand_in_info_and_xmp_and_no_date_does(tmp_path: Path) -> None:
    path = write(tmp_path / "x.pdf", 1, title='通知 <1> & "2" \\ (三')
    with pikepdf.open(path) as pdf:
        assert pdf.docinfo.Title == '通知 <1> & "2" \\ (三'
        assert set(pdf.docinfo.keys()) == {"/Title", "/Producer"}
        with pdf.open_metadata() as metadata:
            assert metadata["dc:title"] == '通知 <1> & "2" \\ (三'
            assert metadata["pdf:Producer"] == "renderer"
        assert pdf.Root.ViewerPreferences.PrintScaling == "/None"
    assert re.search(rb"CreationDate|ModDate|CreateDate", path.read_bytes()) is None


@settings(max_examples=200)
@given(text=st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=30) | st.text("()\\\\<>a1 "))
def test_any_text_is_read_back_as_it_was(text: str) -> None:
    written = text_string(text)
    assert str(pikepdf.Object.parse(written)) == text
    assert written.isascii()


def test_memory_does_not_grow_with_the_pages_beyond_their_offsets(tmp_path: Path) -> None:
    def peak(pages: int) -> int:
        tracemalloc.start()
        write(tmp_path / "x.pdf", pages)
        highest = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return highest

    few, many = peak(2_000), peak(20_000)
    offsets = 8 * 3 * 18_000  # a page, its content and its bookmark
    assert many - few < 1.3 * offsets + 60_000


def test_pictures_do_not_wait_for_one_another(tmp_path: Path) -> None:
    pdf = PdfFile(tmp_path / "x.pdf")
    tracemalloc.start()
    for _ in range(40):
        pdf.put_stream(bytes(1 << 20))
        pdf.put(b"<<>>")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    pdf.close()
    assert peak < 5 << 20
