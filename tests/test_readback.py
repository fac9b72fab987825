"""Read back from the bytes of a print file: what every page says, in order; what is not whole is refused."""

from __future__ import annotations

import re
from pathlib import Path

import pypdfium2
import pytest
from small_layouts import rules, small_plate
from tampering import PrintedObjects

from renderer.model.errors import BadBatch
from renderer.press import codes
from renderer.press.pdffile import FANOUT
from renderer.press.plates import Plate
from renderer.press.press import PrintFile
from renderer.proof.readback import PageMarks, opened_again

SLOTS = """{ name = { fit = "condense", floor = 30.0 }, spaced = {}, lines = { fit = "wrap", floor = 8.0, lines = 3 },
bars = {} }""".replace("\n", "")
CSS = (
    rules("name", width="30mm")
    + rules("spaced", top="40mm", letter_spacing="1mm", text_align="right")
    + rules("lines", top="60mm", height="18mm", width="40mm")
    + rules("bars", top="90mm", width="63.8mm", height="3mm")
)
SHEETS = [
    {"name": "辻\U000e0102\U00020bb7野　花子", "spaced": "A 1/2", "lines": "一行目の住所\n二行目", "bars": ""},
    {"name": "勘解由小路左衛門佐吉麻呂すけよ", "spaced": "", "lines": "架空県架空市架空町一丁目二番三", "bars": ""},
    {"name": "みす\u3099ほ", "spaced": "********1234", "lines": "", "bars": "100000115ddddddddddd"},
    {"name": "", "spaced": "", "lines": "", "bars": ""},
]


@pytest.fixture(scope="module")
def plate(tmp_path_factory: pytest.TempPathFactory) -> Plate:
    body = '<p style="font-family: BIZ UDPGothic">定型</p>' + "".join(
        f'{{{{ slot("{name}") }}}}' for name in ("name", "spaced", "lines", "bars")
    )
    return small_plate(tmp_path_factory.mktemp("layout"), body, CSS, slots=SLOTS, kinds={"bars": "customer_barcode"})


def print_all(path: Path, plate: Plate, sheets: list[dict[str, str]]) -> Path:
    file = PrintFile(path, [plate])
    for number, values in enumerate(sheets):
        file.begin_piece(str(number), f"{number}-")
        file.add_sheet(plate, values)
    file.finish("x")
    return path


def read(path: Path) -> list[PageMarks]:
    with opened_again(path) as file:
        return list(file.pages())


def test_every_page_says_its_values_in_the_order_of_their_places(tmp_path: Path, plate: Plate) -> None:
    pages = read(print_all(tmp_path / "x.pdf", plate, SHEETS))
    said = [re.sub(r"\s", "", "".join(values[slot] for slot in ("name", "spaced", "lines"))) for values in SHEETS]
    assert ["".join(page.text.split()) for page in pages] == said
    assert {page.form for page in pages} == {"P0"}
    bars = codes.drawing("customer_barcode", SHEETS[2]["bars"]).path
    assert [tuple(page.paths) for page in pages] == [(), (), (bars,), ()]


def test_pdfium_reads_the_same(tmp_path: Path, plate: Plate) -> None:
    pages = read(print_all(tmp_path / "x.pdf", plate, SHEETS))
    document = pypdfium2.PdfDocument(tmp_path / "x.pdf")
    for number, page in enumerate(pages):
        sheet = document[number]
        reader = sheet.get_textpage()
        assert "".join(reader.get_text_range().split()) == "定型" + "".join(page.text.split())
        reader.close()
        sheet.close()
    document.close()


def test_pages_come_in_order_through_every_level_of_the_page_tree(tmp_path: Path, plate: Plate) -> None:
    sheets = [{**SHEETS[3], "name": str(number)} for number in range(FANOUT + 3)]
    assert [page.text for page in read(print_all(tmp_path / "x.pdf", plate, sheets))] == [v["name"] for v in sheets]


def test_text_of_a_page_is_followed_by_the_fonts_that_page_names(tmp_path: Path, plate: Plate) -> None:
    objects = PrintedObjects(print_all(tmp_path / "x.pdf", plate, SHEETS[:1]))
    objects.change_stream(objects.content(0), lambda content: content.replace(b"/F1 ", b"/F7 "))
    with pytest.raises(BadBatch, match="no text"):
        read(objects.write(tmp_path / "y.pdf"))


def test_an_object_that_is_not_at_its_place_is_refused(tmp_path: Path, plate: Plate) -> None:
    path = print_all(tmp_path / "x.pdf", plate, SHEETS)
    data = path.read_bytes()
    page = data.index(b" 0 obj\n<</Type/Page/")
    path.write_bytes(data[:page] + b"7" + data[page + 1 :])
    with pytest.raises(BadBatch, match="not where the cross-reference table says"):
        read(path)


def test_a_page_tree_that_bites_its_tail_is_refused(tmp_path: Path, plate: Plate) -> None:
    objects = PrintedObjects(print_all(tmp_path / "x.pdf", plate, SHEETS))
    node = next(number for number, body in objects.objects.items() if b"/Type/Pages" in body)
    objects.change(node, lambda body: re.sub(rb"/Kids\[[^]]*", b"/Kids[%d 0 R" % node, body))
    with pytest.raises(BadBatch, match="a page is not written"):
        read(objects.write(tmp_path / "y.pdf"))


def test_what_goes_wrong_while_a_file_is_open_is_no_fault_of_the_file(tmp_path: Path, plate: Plate) -> None:
    with pytest.raises(ValueError, match="of the caller"), opened_again(print_all(tmp_path / "x.pdf", plate, SHEETS)):
        raise ValueError("of the caller")


@pytest.mark.parametrize("content", [b"", b"%PDF-1.6\n", b"startxref\n7\n%%EOF", b"\0" * 2000])
def test_what_is_no_print_file_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.pdf"
    path.write_bytes(content)
    with pytest.raises(BadBatch):
        read(path)
