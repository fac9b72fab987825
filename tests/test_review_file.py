"""What changed of the paper, of what stands upon it, and of what a file says of itself, is told."""

from __future__ import annotations

import io
from collections.abc import Callable

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, String
from two_files import edited, font_named, sheet, told

from renderer.model.errors import Unreadable
from renderer.review.facts import TwoFiles

SHEET = """<h1 id=top>資格情報通知書</h1><p><a href="https://example.invalid/a">案内</a></p>
<p><a href="#below">下へ</a></p><h1 style="break-before: page; bookmark-level: 1" id=below>別の頁</h1>"""
MM = 72 / 25.4

Edit = Callable[[pikepdf.Pdf], object]


def box(name: str, *edges: float) -> Edit:
    return lambda pdf: pdf.pages[0].obj.__setitem__(name, Array([edge * MM for edge in edges]))


def root(key: str, value: object) -> Edit:
    return lambda pdf: pdf.Root.__setitem__(key, value)


def without_boxes(pdf: pikepdf.Pdf) -> None:
    for name in ("/TrimBox", "/BleedBox"):
        del pdf.pages[0].obj[name]


GOLDEN = sheet(SHEET)
PLAIN = edited(sheet("<p>見本</p>"), without_boxes)


@pytest.mark.parametrize(
    ("edit", "kind", "sentence"),
    [
        (lambda pdf: pdf.pages[0].rotate(90, relative=True), "page-turned", "page 1 is turned by 90° clockwise"),
        (
            box("/MediaBox", 0, 0, 210.1, 297),
            "page-resized",
            "page 1: 210.000 × 297.000 mm became 210.100 × 297.000 mm",
        ),
        (
            box("/CropBox", 0, 0, 210, 296),
            "page-resized",
            "page 1: 210.000 × 297.000 mm became 210.000 × 296.000 mm",
        ),
        (
            lambda pdf: pdf.pages[0].obj.__setitem__("/UserUnit", 2),
            "page-resized",
            "page 1: 210.000 × 297.000 mm became 420.000 × 594.000 mm",
        ),
        (
            box("/TrimBox", 3, 3, 207, 294),
            "box-changed",
            "page 1: the trim box was 210.00 × 297.00 mm at 0.00, 0.00 and is 204.00 × 291.00 mm at 3.00, 3.00: "
            "204.00 × 291.00 mm at 3.00, 3.00",
        ),
    ],
)
def test_the_paper(edit: Edit, kind: str, sentence: str) -> None:
    (change,) = told(PLAIN, edited(PLAIN, edit))
    assert (change.kind, change.sentence) == (kind, sentence)


def test_a_page_that_is_turned_is_told_as_that_and_nothing_that_stands_on_it() -> None:
    changes = told(GOLDEN, edited(GOLDEN, lambda pdf: pdf.pages[0].rotate(270, relative=True)))
    assert [change.sentence for change in changes] == ["page 1 is turned by 90° counterclockwise"]


def test_a_place_on_a_turned_page_is_that_which_a_person_sees() -> None:
    turned = edited(GOLDEN, lambda pdf: pdf.pages[0].rotate(90, relative=True))

    def lead_elsewhere(pdf: pikepdf.Pdf) -> None:
        pdf.pages[0].Annots[0]["/A"]["/URI"] = String("https://example.invalid/b")

    (upright,), (change,) = (told(pdf, edited(pdf, lead_elsewhere)) for pdf in (GOLDEN, turned))
    assert upright.box is not None
    assert change.box is not None
    assert change.box.x == pytest.approx(297 - upright.box.y - upright.box.h)
    assert change.box.y == pytest.approx(upright.box.x)


def first_link(pdf: pikepdf.Pdf) -> pikepdf.Object:
    return pdf.pages[0].Annots[0]


@pytest.mark.parametrize(
    ("edit", "kind", "says"),
    [
        (
            lambda pdf: first_link(pdf)["/A"].__setitem__("/URI", String("https://example.invalid/b")),
            "link-changed",
            "the link was to https://example.invalid/a and is to https://example.invalid/b",
        ),
        (
            lambda pdf: first_link(pdf).__setitem__("/Rect", Array([100, 100, 150, 120])),
            "link-moved",
            "the link to https://example.invalid/a moved from ",
        ),
        (
            lambda pdf: pdf.pages[0].Annots.__delitem__(0),
            "link-gone",
            "the link to https://example.invalid/a is gone: ",
        ),
        (
            lambda pdf: pdf.pages[0].Annots[1].__setitem__("/Dest", Array([pdf.pages[0].obj, Name.Fit])),
            "link-changed",
            "the link was to page 2 and is to page 1",
        ),
        (
            lambda pdf: pdf.pages[0].Annots.append(
                Dictionary(Type=Name.Annot, Subtype=Name.Text, Rect=[0, 0, 20, 20], Contents=String("確認"))
            ),
            "annotation-new",
            "the Text remark 「確認」 is new: 7.06 × 7.06 mm at 0.00, 289.94",
        ),
    ],
)
def test_what_stands_upon_a_page(edit: Edit, kind: str, says: str) -> None:
    (change,) = told(GOLDEN, edited(GOLDEN, edit))
    assert change.kind == kind
    assert change.sentence.startswith(f"page 1: {says}")


def test_a_link_that_moved_with_its_words_is_told_with_them_and_not_for_itself() -> None:
    golden = sheet('<p>次のとおりです。</p><p><a href="https://example.invalid/a">案内</a></p>')
    moved = sheet('<p>次のとおりです。</p><p style="margin-top: 9mm"><a href="https://example.invalid/a">案内</a></p>')
    assert told(golden, moved) == []

    def shift(pdf: pikepdf.Pdf) -> None:
        left, low, right, top = map(float, first_link(pdf)["/Rect"])
        first_link(pdf)["/Rect"] = Array([left + 0.1 * MM, low, right + 0.1 * MM, top])

    (change,) = told(golden, edited(moved, shift))
    assert change.kind == "link-moved"


def with_field(value: str, name: str = "番号") -> bytes:
    def add(pdf: pikepdf.Pdf) -> None:
        look = pdf.make_stream(b"0 0 10 10 re f", Subtype=Name.Form, BBox=[0, 0, 10, 10])
        field = pdf.make_indirect(
            Dictionary(
                Subtype=Name.Widget,
                FT=Name.Tx,
                T=String(name),
                V=String(value),
                Rect=[72, 72, 144, 90],
                P=pdf.pages[0].obj,
                AP=Dictionary(N=look),
            )
        )
        pdf.pages[0].obj["/Annots"] = Array([field])
        pdf.Root["/AcroForm"] = Dictionary(Fields=[field])

    return edited(PLAIN, add)


def test_a_field_is_told_by_its_name_and_value() -> None:
    (change,) = told(with_field("1"), with_field("2"))
    assert change.sentence.startswith("page 1: the text field 番号 was 「1」 and is 「2」: ")

    def draw_otherwise(pdf: pikepdf.Pdf) -> None:
        pdf.pages[0].Annots[0]["/AP"]["/N"].write(b"0 0 11 10 re f")

    (look,) = told(with_field("1"), edited(with_field("1"), draw_otherwise))
    assert "the text field 番号 looks or does otherwise" in look.sentence


def test_a_page_that_came_before_changes_no_link_and_no_bookmark() -> None:
    with pikepdf.open(io.BytesIO(PLAIN)) as other:
        longer = edited(GOLDEN, lambda pdf: pdf.pages.insert(0, other.pages[0]))
    assert told(GOLDEN, longer, [(0, 1), (1, 2)]) == []
    changes = [change.sentence for change in told(GOLDEN, longer, [(0, 1)])]
    assert changes[0].startswith("page 2: the link was to page 2, which is gone and is to page 3: ")
    assert changes[1:] == ["the bookmark 「別の頁」 led to page 2, which is gone and leads to page 3"]


def labelled(prefix: str) -> Edit:
    return root("/PageLabels", Dictionary(Nums=[0, Dictionary(S=Name.D, P=String(prefix))]))


def test_labels_are_told_from_the_first_page_to_the_last() -> None:
    (change,) = told(edited(GOLDEN, labelled("A-")), edited(GOLDEN, labelled("B-")))
    assert change.kind == "label-changed"
    assert change.sentence == "page 1: the label 「A-1」 became 「B-1」, and so on to page 2: 「A-2」 became 「B-2」"


def bookmark(edit: Callable[[pikepdf.OutlineItem], object]) -> Edit:
    def change(pdf: pikepdf.Pdf) -> None:
        with pdf.open_outline() as outline:
            edit(outline.root[0])

    return change


def add_bookmark(pdf: pikepdf.Pdf) -> None:
    with pdf.open_outline() as outline:
        outline.root.insert(0, pikepdf.OutlineItem("表紙", 0))


def test_a_bookmark_that_went_or_came_with_its_page_is_told_with_that() -> None:
    shorter = sheet(SHEET[: SHEET.index('<p><a href="#below"')])
    longer = sheet(SHEET[: SHEET.index('<p><a href="#below"')] + SHEET[SHEET.index("<h1 style=") :])
    assert told(longer, shorter, [(0, 0)]) == told(shorter, longer, [(0, 0)]) == []


@pytest.mark.parametrize(
    ("edit", "sentence"),
    [
        (bookmark(lambda item: setattr(item, "title", "他の頁")), "the bookmark 「別の頁」 became 「他の頁」"),
        (
            bookmark(lambda item: setattr(item, "destination", 0)),
            "the bookmark 「別の頁」 led to page 2 and leads to page 1",
        ),
        (add_bookmark, "the bookmark 「表紙」 is new"),
        (lambda pdf: pdf.Root.__delitem__("/Outlines"), "the bookmark 「別の頁」 is gone"),
    ],
)
def test_bookmarks(edit: Edit, sentence: str) -> None:
    (change,) = told(GOLDEN, edited(GOLDEN, edit))
    assert change.kind.startswith("outline-")
    assert change.sentence == sentence


def set_title(pdf: pikepdf.Pdf) -> None:
    pdf.docinfo["/Title"] = String("新しい題")


def set_xmp(pdf: pikepdf.Pdf) -> None:
    with pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as metadata:
        metadata["pdfaid:part"] = "2"


def attach(pdf: pikepdf.Pdf) -> None:
    pdf.attachments["一覧.csv"] = pikepdf.AttachedFileSpec(pdf, b"1,2", mime_type="text/csv")


def layer(is_seen: bool) -> Edit:
    def add(pdf: pikepdf.Pdf) -> None:
        group = pdf.make_indirect(Dictionary(Type=Name.OCG, Name=String("折り線")))
        hidden = [] if is_seen else [group]
        pdf.Root["/OCProperties"] = Dictionary(OCGs=[group], D=Dictionary(OFF=Array(hidden), Order=[group]))

    return add


def intent(profile: bytes) -> Edit:
    def add(pdf: pikepdf.Pdf) -> None:
        condition = String("Japan Color 2011 Coated")
        stream = pdf.make_stream(profile, N=4)
        pdf.Root["/OutputIntents"] = Array(
            [Dictionary(S=Name.GTS_PDFX, OutputConditionIdentifier=condition, DestOutputProfile=stream)]
        )

    return add


def script(pdf: pikepdf.Pdf) -> None:
    pdf.Root["/OpenAction"] = Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))


def no_edit(pdf: pikepdf.Pdf) -> None:
    """Leave it as it is."""


@pytest.mark.parametrize(
    ("before", "after", "kind", "sentence"),
    [
        (no_edit, set_title, "metadata-changed", "the title is new: 新しい題"),
        (no_edit, set_xmp, "metadata-changed", "the PDF/A part in XMP is new: 2"),
        (no_edit, root("/Lang", String("en")), "use-changed", "the language was ja and is en"),
        (no_edit, attach, "use-changed", "the attachment 一覧.csv is new: 3 bytes, sum "),
        (layer(True), layer(False), "use-changed", "the layer 折り線 was seen and is hidden"),
        (
            intent(b"one"),
            intent(b"other"),
            "use-changed",
            "the output intent GTS_PDFX was Japan Color 2011 Coated, profile ",
        ),
        (no_edit, script, "use-changed", "what is done on opening is new: to do JavaScript"),
        (
            no_edit,
            root("/ViewerPreferences", Dictionary(PrintScaling=Name("/None"))),
            "use-changed",
            "the viewer preference PrintScaling is new: None",
        ),
        (no_edit, root("/PageLayout", Name.TwoPageLeft), "use-changed", "the page layout is new: TwoPageLeft"),
        (
            no_edit,
            root("/StructTreeRoot", Dictionary(Type=Name.StructTreeRoot)),
            "use-changed",
            "the file was not tagged and is tagged",
        ),
    ],
)
def test_what_a_file_says_of_itself(before: Edit, after: Edit, kind: str, sentence: str) -> None:
    (change,) = told(edited(PLAIN, before), edited(PLAIN, after))
    assert change.kind == kind
    assert change.sentence.startswith(sentence)
    assert change.page is None


def test_what_an_encryption_forbids_is_told() -> None:
    written = io.BytesIO()
    with pikepdf.open(io.BytesIO(PLAIN)) as pdf:
        no_printing = pikepdf.Permissions(print_lowres=False, print_highres=False, modify_assembly=True)
        pdf.save(written, encryption=pikepdf.Encryption(owner="owner", user="", allow=no_printing))
    assert [change.sentence for change in told(PLAIN, written.getvalue())] == [
        "printing was allowed and is forbidden",
        "printing coarsely was allowed and is forbidden",
    ]


def test_pages_that_are_asked_apart_tell_what_all_tell_together() -> None:
    def rename_and_turn(pdf: pikepdf.Pdf) -> None:
        font_named(pdf, "BIZ-UDGothic")["/BaseFont"] = Name("/XXXXXX+Other")
        pdf.pages[1].rotate(90, relative=True)

    changed = edited(GOLDEN, rename_and_turn)
    with pikepdf.open(io.BytesIO(GOLDEN)) as golden, pikepdf.open(io.BytesIO(changed)) as new:
        apart = set()
        for pair in ((0, 0), (1, 1)):
            files = TwoFiles(golden, new, [(0, 0), (1, 1)])
            apart |= {*files.page_changed(pair), *files.fonts_changed()}
    assert {change.kind for change in apart} == {"page-turned", "font-renamed"}
    assert apart == set(told(GOLDEN, changed))


@pytest.mark.parametrize(
    "break_it",
    [
        lambda pdf: first_link(pdf).__setitem__("/Rect", Array([1, 2])),
        lambda pdf: pdf.pages[0].Contents.write(b"1 0 0 cm BT /F0 Tf ET"),
    ],
)
def test_a_file_that_is_broken_where_it_is_read_is_refused(break_it: Edit) -> None:
    with pytest.raises(Unreadable, match="cannot be read as a PDF; make it again"):
        told(GOLDEN, edited(GOLDEN, break_it))


SCRIPT = Dictionary(O=Dictionary(S=Name.JavaScript, JS=String("app.alert(1)")))


@pytest.mark.parametrize(
    ("key", "value", "sentence"),
    [
        ("/AA", SCRIPT, "what is done when it is opened or closed is new: "),
        ("/AF", Array([Dictionary(F=String("a.txt"))]), "what is attached to it is new: "),
        ("/Dur", 3, "how many seconds it is shown is new: 3"),
        ("/OutputIntents", Array([Dictionary()]), "what it is prepared to be printed on is new: "),
        ("/Unheard", Name.Of, "the entry Unheard is new: Of"),
    ],
)
def test_what_a_page_says_beside_what_is_seen(key: str, value: object, sentence: str) -> None:
    with_it = edited(PLAIN, lambda pdf: pdf.pages[0].obj.__setitem__(key, value))
    (came,) = told(PLAIN, with_it)
    assert came.kind == "page-changed"
    assert came.sentence.startswith(f"page 1: {sentence}")
    (gone,) = told(with_it, PLAIN)
    assert " is gone: " in gone.sentence
    assert told(with_it, with_it) == []


@pytest.mark.parametrize("key", ["/PieceInfo", "/LastModified", "/StructParents"])
def test_what_a_program_keeps_for_itself_on_a_page_is_not_told(key: str) -> None:
    assert told(PLAIN, edited(PLAIN, lambda pdf: pdf.pages[0].obj.__setitem__(key, String("x")))) == []


@pytest.mark.parametrize(
    ("edit", "sentence"),
    [
        (root("/AcroForm", Dictionary(XFA=String("x"))), "the form that a program fills in (XFA) is new: "),
        (root("/AcroForm", Dictionary(NeedAppearances=True)), "whether a reader draws its fields anew is new: True"),
        (root("/AcroForm", Dictionary(SigFlags=3)), "what its signatures ask for is new: 3"),
        (
            lambda pdf: pdf.Root.__setitem__(
                "/AF",
                Array([pdf.make_indirect(Dictionary(F=String("a.txt"), EF=Dictionary(F=pdf.make_stream(b"x"))))]),
            ),
            "the attachment a.txt is new: 1 bytes, sum ",
        ),
        (root("/Collection", Dictionary(View=Name.T)), "how its attachments are shown is new: "),
        (root("/Requirements", Array([Dictionary()])), "what a reader must be able to do is new: "),
        (
            root("/URI", Dictionary(Base=String("https://x.invalid/"))),
            "the address from which its links begin is new: ",
        ),
        (root("/Legal", Dictionary(JavaScriptActions=1)), "what it says of its signatures is new: "),
        (root("/Perms", Dictionary()), "what its signatures allow is new: "),
        (root("/DPartRoot", Dictionary()), "the list of its parts is new: there"),
        (root("/Threads", Array([])), "the list of its articles is new: there"),
        (lambda pdf: pdf.docinfo.__setitem__("/Customer", String("架空花子")), "the customer is new: 架空花子"),
    ],
)
def test_what_a_file_brings_or_asks_beside_its_pages(edit: Edit, sentence: str) -> None:
    (change,) = told(PLAIN, edited(PLAIN, edit))
    assert change.sentence.startswith(sentence)
