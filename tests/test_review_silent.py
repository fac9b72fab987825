"""However a PDF is written, compressed, ordered, encrypted or dated, nothing changed: the files of four programs."""

from __future__ import annotations

import io
import re
import subprocess
from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pikepdf
import pytest
from conftest import FONTS
from pikepdf import Dictionary, Name, String
from PIL import Image
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from two_files import edited, sheet, told

from renderer.desk.choice import load_member
from renderer.desk.draw import draw_sheet
from renderer.desk.examples import LONGEST, load_example
from renderer.layout.load import load_layout

HTML = """<html lang=ja><title>見本</title><h1>資格情報通知書</h1><p>ヤマダ　タカシ 葛󠄀城市
<a href="https://example.invalid/a">案内</a></p><form><input value="見本"></form>"""


@cache
def ours() -> bytes:
    job = load_example("eligibility_notice")
    with TemporaryDirectory() as folder:
        drawn = Path(folder) / "sheet.pdf"
        draw_sheet(job, load_layout("eligibility_notice"), load_member(LONGEST, job), drawn)
        return drawn.read_bytes()


@cache
def of_weasyprint() -> bytes:
    return sheet('<h1>資格情報通知書</h1><p>ヤマダ　タカシ <a href="https://example.invalid/a">案内</a></p>')


@cache
def of_reportlab() -> bytes:
    pdfmetrics.registerFont(TTFont("BIZUDGothic", FONTS / "BIZUDGothic-Regular.ttf"))
    written = io.BytesIO()
    canvas = Canvas(written, invariant=1)
    canvas.setTitle("見本")
    for page in ("資格情報 カ", "他の頁"):
        canvas.bookmarkPage(page)
        canvas.addOutlineEntry(page, page)
        canvas.setFont("BIZUDGothic", 14)
        canvas.drawString(72, 700, page)
        canvas.setFont("Helvetica", 12)
        canvas.drawString(72, 650, "Sample")
        canvas.drawInlineImage(Image.linear_gradient("L").resize((8, 8)), 72, 400, 60, 60)
        canvas.linkURL("https://example.invalid/x", (72, 640, 120, 660))
        canvas.acroForm.textfield(name=f"field {page == '他の頁'}", x=72, y=300, value="1")
        canvas.showPage()
    canvas.save()
    return written.getvalue()


@cache
def of_chromium() -> bytes:
    with TemporaryDirectory() as folder:
        page, printed = Path(folder) / "page.html", Path(folder) / "page.pdf"
        page.write_text(HTML, "utf-8")
        options = ["--headless", "--no-sandbox", "--no-pdf-header-footer", f"--user-data-dir={folder}/profile"]
        subprocess.run(["chromium", *options, f"--print-to-pdf={printed}", page], check=True, capture_output=True)
        return printed.read_bytes()


def qpdf(*options: str) -> Callable[[bytes], bytes]:
    def written(pdf: bytes) -> bytes:
        with TemporaryDirectory() as folder:
            before, after = Path(folder) / "before.pdf", Path(folder) / "after.pdf"
            before.write_bytes(pdf)
            subprocess.run(["qpdf", *options, before, after], check=True)
            return after.read_bytes()

    return written


def said(pdf: bytes) -> str:
    """Ask poppler for the text of a PDF: who writes a file otherwise loses none of it."""
    return subprocess.run(["pdftotext", "-raw", "-", "-"], input=pdf, check=True, capture_output=True).stdout.decode()


def dated_later(pdf: pikepdf.Pdf) -> None:
    for key in ("/CreationDate", "/ModDate"):
        pdf.docinfo[key] = String("D:20301231235959Z")
    pdf.docinfo["/Producer"] = String("another program")
    pdf.trailer["/ID"] = pikepdf.Array([String("1" * 16), String("2" * 16)])
    with pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as metadata:
        metadata["xmp:ModifyDate"] = "2030-12-31T23:59:59Z"


def other_tags(pdf: pikepdf.Pdf) -> None:
    """Give each subset of a font another tag."""
    for found in pdf.objects:
        for key in ("/BaseFont", "/FontName"):
            if isinstance(found, pikepdf.Dictionary) and re.match("/[A-Z]{6}\\+", str(found.get(key))):
                found[key] = Name("/ZZZZZZ" + str(found[key])[7:])


def other_names(pdf: pikepdf.Pdf) -> None:
    """Call the resources of each page otherwise."""
    for page in pdf.pages:
        names = {}
        for kind in ("/Font", "/XObject", "/ExtGState"):
            own = dict(page.resources.get(kind, {}))
            names |= {key: f"/Other{len(names)}x{at}" for at, key in enumerate(own)}
            if own:
                page.resources[kind] = Dictionary({names[key]: value for key, value in own.items()})
        content = [
            instruction
            if isinstance(instruction, pikepdf.ContentStreamInlineImage)
            else pikepdf.ContentStreamInstruction(
                [
                    Name(names.get(str(part), str(part))) if isinstance(part, Name) else part
                    for part in instruction.operands
                ],
                instruction.operator,
            )
            for instruction in pikepdf.parse_content_stream(page)
        ]
        page.Contents = pdf.make_stream(pikepdf.unparse_content_stream(content))


def other_way_round(pdf: bytes) -> bytes:
    """Write the objects of the file from the last to the first."""
    plain = qpdf("--object-streams=disable", "--newline-before-endstream")(pdf)
    head, *objects = re.split(rb"(?m)^(?=\d+ 0 obj$)", plain[: plain.rindex(b"\nxref\n") + 1])
    places, written = {}, head
    for found in reversed(objects):
        places[int(found.split()[0])] = len(written)
        written += found
    rows = b"".join(b"%010d 00000 n \n" % places[number] for number in sorted(places))
    trailer = plain[plain.rindex(b"trailer") : plain.rindex(b"startxref")]
    return b"%b xref\n0 %d\n0000000000 65535 f \n%b%bstartxref\n%d\n%%%%EOF\n" % (
        written,
        len(places) + 1,
        rows,
        trailer,
        len(written) + 1,
    )


def mutool(pdf: bytes) -> bytes:
    """Let another program number the objects anew, and write one where several were the same."""
    with TemporaryDirectory() as folder:
        before, after = Path(folder) / "before.pdf", Path(folder) / "after.pdf"
        before.write_bytes(pdf)
        subprocess.run(["mutool", "clean", "-gggg", "-z", before, after], check=True, capture_output=True)
        return after.read_bytes()


def by(edit: Callable[[pikepdf.Pdf], object]) -> Callable[[bytes], bytes]:
    return lambda pdf: edited(pdf, edit)


WAYS = {
    "object streams": qpdf("--object-streams=generate"),
    "no object streams": qpdf("--object-streams=disable"),
    "linearised": qpdf("--linearize"),
    "recompressed": qpdf("--recompress-flate", "--compression-level=9"),
    "uncompressed": qpdf("--stream-data=uncompress"),
    "encrypted": qpdf("--encrypt", "", "", "256", "--"),
    "encrypted with an owner": qpdf("--encrypt", "", "owner", "256", "--"),
    "made readable": qpdf("--qdf"),
    "contents joined": qpdf("--coalesce-contents", "--normalize-content=y"),
    "pictures taken out of contents": qpdf("--warning-exit-0", "--externalize-inline-images", "--ii-min-bytes=0"),
    "in another order": other_way_round,
    "numbered anew": mutool,
    "dated later": by(dated_later),
    "tags of subsets": by(other_tags),
    "names of resources": by(other_names),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("made", [ours, of_weasyprint, of_reportlab, of_chromium])
def test_nothing_is_told_of_a_file_that_is_only_written_otherwise(made: Callable[[], bytes], way: str) -> None:
    golden = made()
    new = WAYS[way](golden)
    assert new != golden
    assert said(new) == said(golden) != ""
    assert [change.sentence for change in told(golden, new)] == []
