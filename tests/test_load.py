"""layouts: a folder whose files agree with each other, or one sentence that names what does not."""

from __future__ import annotations

import re
import shutil
from itertools import product
from pathlib import Path

import pytest
from small_layouts import FIXED, small_layout, toml, write_layout

from renderer.layout.compiling import compile_plate
from renderer.layout.load import LAYOUTS, Layout, load_layout, read_layout
from renderer.layout.schema import LayoutFile, Region
from renderer.model.errors import BadLayout
from renderer.model.variant import Variant
from renderer.press.fitting import Fit, FitRule, Valign

CARD = "{ x = 10, y = 10, w = 50, h = 20, slots = ['name'] }"


def refusal(parent: Path, **keys: object) -> str:
    with pytest.raises(BadLayout) as refused:
        small_layout(parent, **keys)
    return str(refused.value)


# What a layout says

ASKING = """
.row:has(.slot:empty) .label { visibility: hidden } | [data-slot=kana]:not(:empty) { color: red }
.slot:empty + p { top: 0 }
p { string-set: n content() } | a::after { content: target-text(url(#n)) } | .slot:BLANK { color: red }
a::after { content: target-counter(url(#n), page) }
"""
"""Styles that ask what stands in a slot."""


@pytest.mark.parametrize(
    "style", [style.strip() for line in ASKING.splitlines() if line for style in line.split(" | ")]
)
@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("sheet.css", "p { top: 0 }\n\n{}"),
        ("parts/more.css", "/* a\ncomment */\n{}"),
        ("sheet.html.j2", "<!-- a\n -->\n<style>{}</style>"),
        ("_shared/base.css", "\n\n{}"),
    ],
)
def test_a_style_that_depends_on_a_value_is_refused(tmp_path: Path, style: str, file: str, text: str) -> None:
    told = refusal(tmp_path, files={file: text.replace("{}", style)})
    assert f"{Path(file).name}, line 3: " in told
    assert "may depend on the value of a slot" in told


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        ("sheet.html.j2", "a\n\n<ruby>資格<rt>しかく</rt></ruby>", "small/sheet.html.j2, line 3: ruby stands behind"),
        ("_shared/part.html.j2", "\n<RT>", "_shared/part.html.j2, line 2: RT stands behind"),
        (
            "sheet.css",
            "\n@counter-style maru { system: fixed; symbols: '①' '②' }",
            "small/sheet.css, line 2: @counter-style",
        ),
        (
            "sheet.css",
            "\n.who { position: running(who) }",
            "small/sheet.css, line 2: running takes a text off the sheet",
        ),
        (
            "sheet.html.j2",
            '\n{% include "_shared/crad.html.j2" ignore missing %}',
            "small/sheet.html.j2, line 2: ignore missing leaves a part out in silence",
        ),
        *(
            ("sheet.html.j2", f"\n<{tag}>見本</{tag}>", f"small/sheet.html.j2, line 2: {tag} is not printed; write its")
            for tag in ("script", "template", "iframe", "object", "embed", "video", "audio", "canvas")
        ),
    ],
)
def test_what_would_be_drawn_otherwise_than_it_is_written_is_refused(
    tmp_path: Path, file: str, text: str, said: str
) -> None:
    assert refusal(tmp_path, files={file: text}).startswith(said)


@pytest.mark.parametrize(
    "text", ["/* no :empty, no\n:has( */", "p::before { content: counter(note) } .empty { top: 0 } a:hover {}"]
)
def test_what_asks_for_no_value_is_taken(tmp_path: Path, text: str) -> None:
    assert small_layout(tmp_path, files={"sheet.css": text})


def test_a_good_layout_is_read_as_it_is_written(tmp_path: Path) -> None:
    layout = small_layout(
        tmp_path,
        fold_lines=[99, 198.5],
        safe_margin=4,
        regions=f"{{ card = {CARD} }}",
        slots='{ name = { fit = "wrap", floor = 8.5, lines = 3, valign = "bottom" }, code = {} }',
        kinds={"code": "omr"},
    )
    assert layout.name == "small"
    assert layout.file.titles == ("見本",)
    assert (layout.file.safe_margin, layout.file.fold_lines) == (4, (99, 198.5))
    assert layout.file.regions == {"card": Region(x=10, y=10, w=50, h=20, slots=("name",))}
    assert layout.slots["name"].rule == FitRule(Fit.WRAP, 8.5, 3, Valign.BOTTOM)
    assert (layout.kind("code"), layout.slots["code"].rule) == ("omr", FitRule(Fit.REFUSE, 100, 1))
    assert layout.template == tmp_path / "small" / "sheet.html.j2"
    assert layout.stylesheets == [tmp_path / "small" / "sheet.css"]


@pytest.mark.parametrize("name", ["eligibility_notice", "eligibility_certificate"])
def test_our_layouts_are_found_by_name_and_by_folder(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / name).mkdir()
    write_layout(tmp_path, name=f"{name}/nested")
    monkeypatch.chdir(tmp_path)
    assert load_layout(name).folder == load_layout(LAYOUTS / name).folder == LAYOUTS / name


def test_a_folder_that_is_called_as_one_of_ours_is_taken_for_none_of_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "eligibility_notice"
    shutil.copytree(LAYOUTS / name, tmp_path / name)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(BadLayout, match=f"write ./{name} for the folder"):
        load_layout(name)
    assert load_layout(f"./{name}").folder == load_layout(tmp_path / name).folder == tmp_path / name
    assert load_layout(name, here=False).folder == LAYOUTS / name
    monkeypatch.chdir(LAYOUTS)
    assert load_layout(name).folder == LAYOUTS / name


def test_a_layout_is_found_by_a_relative_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_layout(tmp_path, name="mine", document='"eligibility_notice"')
    monkeypatch.chdir(tmp_path)
    assert load_layout("mine").folder == tmp_path / "mine"
    monkeypatch.chdir(tmp_path / "mine")
    assert load_layout(".").name == "mine"


def test_a_layout_that_is_not_there_is_named_with_those_that_are(tmp_path: Path) -> None:
    for name in ("eligibility_notise", tmp_path, ""):
        with pytest.raises(
            BadLayout, match=rf"^no layout '{name}'; there are eligibility_certificate, eligibility_certificate_large, "
        ):
            load_layout(name)


# Misspelt and missing keys


NINE = "{ card = { x = 1, y = 1, w = 9, h = 9 } }"
LEFT = "page = 'left'"


def distance(start: str, bounds: str = "at_least = 1") -> str:
    """The table of one distance from somewhere to the right edge of the page."""
    return f"[{{ from = {{ {start} }}, to = {{ page = 'right' }}{', ' + bounds if bounds else ''} }}]"


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"titels": "['x']"}, "unknown key titels; did you mean titles?"),
        ({"titles": None, "titel": "['x']"}, "unknown key titel; did you mean titles?"),
        ({"safe_margn": 5}, "unknown key safe_margn; did you mean safe_margin?"),
        ({"fold_line": "[99]"}, "unknown key fold_line; did you mean fold_lines?"),
        ({"slots": "{ name = { fitt = 'refuse' } }"}, "unknown key slots.name.fitt; did you mean fit?"),
        ({"slots": "{ name = { flor = 8 } }"}, "unknown key slots.name.flor; did you mean floor?"),
        ({"slots": "{ name = { lins = 2 } }"}, "unknown key slots.name.lins; did you mean lines?"),
        (
            {"slots": "{ name = { kind = 'qr' } }"},
            "slots.name.kind: the document decides what kind of mark a slot takes",
        ),
        ({"variantz": "{}"}, "unknown key variantz"),
        (
            {"regions": "{ card = { x = 1, y = 1, w = 1, h = 1, clear_of_fold = true } }"},
            "unknown key regions.card.clear_of_fold; did you mean clear_of_folds?",
        ),
        ({"regions": "{ card = { x = 1, y = 1, width = 1, h = 1 } }"}, "unknown key regions.card.width"),
        ({"titles": None}, "titles: it is missing; write it"),
        ({"pages": None}, "pages: it is missing; write it"),
        ({"titles": "[]"}, "titles: "),
        ({"pages": 0}, "pages: "),
        ({"pages": '"1"'}, "pages: "),
        (
            {"slots": "{ name = { fit = 'condence', floor = 60 } }"},
            "slots.name.fit: must be 'refuse', 'condense'",
        ),
        ({"slots": "{ name = { fit = 'shrink', floor = 0 } }"}, "slots.name.floor: "),
        ({"slots": "{ name = { fit = 'wrap', floor = 8, lines = 0 } }"}, "slots.name.lines: "),
        ({"slots": "{ name = { fit = 'condense' } }"}, "slots.name: fit = 'condense' needs a floor, in percent"),
        ({"slots": "{ name = { fit = 'shrink' } }"}, "slots.name: fit = 'shrink' needs a floor, in pt"),
        (
            {"slots": "{ name = { valign = 'bottom' } }"},
            "slots.name: valign is for fit = 'wrap', not 'refuse'; a line is centred in its line-height",
        ),
        (
            {"slots": "{ name = { fit = 'wrap', floor = 8, valign = 'middle' } }"},
            "slots.name.valign: must be 'top' or 'bottom'",
        ),
        ({"slots": "{ name = { fit = 'wrap', lines = 2 } }"}, "slots.name: fit = 'wrap' needs a floor, in pt"),
        (
            {"slots": "{ name = { fit = 'condense', floor = 60, lines = 2 } }"},
            "slots.name: lines is for fit = 'wrap', not 'condense'",
        ),
        ({"regions": "{ card = { x = 1, y = 1, w = 0, h = 1 } }"}, "regions.card.w: "),
        ({"regions": "{ card = { x = 1, y = 1, w = 1, h = 1, page = 0 } }"}, "regions.card.page: "),
        ({"slots": "{ name = { fit = 'condense', floor = 101 } }"}, "slots.name: floor = 101 is above 100 percent"),
        (
            {"regions": "{ card = { x = 1, y = 1, w = 210, h = 1 } }"},
            "regions.card: it leaves the page of 210 × 297 mm",
        ),
        (
            {"regions": "{ card = { x = 1, y = 1, w = 1, h = 297 } }"},
            "regions.card: it leaves the page of 210 × 297 mm",
        ),
        ({"regions": "{ card = { x = -1, y = 1, w = 9, h = 9 } }"}, "regions.card: it leaves the page of 210 × 297 mm"),
        ({"regions": "{ card = { x = 1, y = nan, w = 9, h = 9 } }"}, "regions.card.y: "),
        (
            {"regions": "{ card = { x = 1, y = 1, w = 9, h = 9, page = 2 } }"},
            "regions.card: there is no page 2, pages = 1",
        ),
        ({"safe_margin": "nan"}, "safe_margin: "),
        ({"safe_margin": -1}, "safe_margin: "),
        ({"safe_margin": 105}, "safe_margin: "),
        ({"fold_lines": "[99, 297]"}, "fold_lines.1: "),
        ({"fold_lines": "[0]"}, "fold_lines.0: "),
        ({"fold_lines": "[inf]"}, "fold_lines.0: "),
        ({"regions": "{ card = { x = '1', y = 1, w = 1, h = 1 } }"}, "regions.card.x: "),
        (
            {"regions": "{ card = { x = 1, y = 1, w = 85.5, h = 54, format = 'ID-1' } }"},
            "regions.card: it is 85.5 × 54 mm, and a card of format ID-1 is 85.6 × 54 mm",
        ),
        (
            {"regions": "{ card = { x = 1, y = 1, w = 85.6, h = 54, format = 'ID-2' } }"},
            "regions.card: format = 'ID-2' is none of ID-1",
        ),
        (
            {"regions": "{ card = { x = 1, y = 1, w = 9, h = 9, inner_margins = 2 } }"},
            "unknown key regions.card.inner_margins; did you mean inner_margin?",
        ),
        ({"distances": distance("edge = 'left', fold = 99")}, "distances.0.from: edge is for an element or a region"),
        (
            {"distances": distance("element = 'p'")},
            "distances.0.from: edge = 'left', 'top', 'right' or 'bottom' of the ",
        ),
        (
            {"distances": distance("edge = 'left'")},
            "distances.0.from: it takes one of element, region, page and fold, ",
        ),
        (
            {"distances": distance("page = 'left', fold = 99")},
            "distances.0.from: it takes one of element, region, page and fold, not page and fold",
        ),
        (
            {"distances": distance("element = 'p', edge = 'top', line = 2")},
            "distances.0.from: line is for the bottom edge of a slot",
        ),
        (
            {"distances": distance("element = 'p', edge = 'bottom', line = 2")},
            "distances.0.from: line is for the bottom edge of a slot",
        ),
        (
            {"distances": distance("elemnt = 'p', edge = 'left'")},
            "unknown key distances.0.from.elemnt; did you mean element?",
        ),
        ({"distances": distance(LEFT, "at_leat = 1")}, "unknown key distances.0.at_leat; did you mean at_least?"),
        ({"distances": distance(LEFT, "form = 1, at_least = 1")}, "unknown key distances.0.form; did you mean from?"),
        ({"distances": distance("page = 'top'")}, "distances.0: from is a top edge and to a right edge; "),
        ({"distances": distance(LEFT, "")}, "distances.0: it takes exactly, or else at_least, at_most or both"),
        (
            {"distances": distance(LEFT, "exactly = 1, at_most = 2")},
            "distances.0: it takes exactly, or else at_least, ",
        ),
        (
            {"distances": distance(LEFT, "at_least = 2, at_most = 1")},
            "distances.0: at_least = 2 is more than at_most = 1",
        ),
        ({"distances": distance(LEFT, "exactly = nan")}, "distances.0.exactly: "),
        (
            {"distances": distance("region = 'crad', edge = 'left'"), "regions": NINE},
            "distances.0 names region 'crad', which has no [regions.crad]; did you mean 'card'?",
        ),
        (
            {"distances": distance("element = '.x [data-slot=nmae]', edge = 'left'")},
            "distances.0 names slot 'nmae', which has no [slots.nmae]; did you mean 'name'?",
        ),
        (
            {
                "distances": "[{ from = { fold = 98 }, to = { page = 'bottom' }, at_least = 1 }]",
                "fold_lines": "[99, 198]",
            },
            "distances.0: 98 is no fold line; fold_lines = [99, 198]",
        ),
        ({"aligned": "[{ on = 'middle', of = ['p'] }]"}, "aligned.0.on: "),
        ({"aligned": "[{ on = 'left', of = [] }]"}, "aligned.0.of: "),
        ({"aligned": "[{ on = 'left', off = ['p'] }]"}, "unknown key aligned.0.off; did you mean of?"),
        ({"aligned": "[{ on = 'left', of = ['[data-slot=\"nmae\"]'] }]"}, "aligned.0 names slot 'nmae', "),
        (
            {"ink": "[{ x = 0, y = 0, w = 9, h = 9, regions = ['crad'] }]", "regions": NINE},
            "ink.0 names region 'crad', which has no [regions.crad]; did you mean 'card'?",
        ),
        ({"ink": "[{ x = 0, y = 0, w = 9, h = 9, page = 2, regions = [] }]"}, "ink.0: there is no page 2, pages = 1"),
        ({"ink": "[{ x = 0, y = 0, w = 9, h = 298, regions = [] }]"}, "ink.0: it leaves the page of 210 × 297 mm"),
        ({"fold_clearance": -1}, "fold_clearance: "),
    ],
)
def test_a_wrong_key_or_value_is_named_with_the_nearest_right_one(
    tmp_path: Path, keys: dict[str, object], said: str
) -> None:
    told = refusal(tmp_path, **keys)
    assert re.match(rf"small/layout\.toml(, line \d+)?: {re.escape(said)}", told), told
    assert "\n" not in told


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("\n[regions.card]\nx = nan\ny = 1\nw = 1\nh = 1\n", "line 9: regions.card.x: "),
        ("\n[regions.card]\nx = 1\ny = 1\nw = 1\nh = 1\nwide = 2\n", "line 13: unknown key regions.card.wide"),
        ("\n[regions.card]\nx = 1\ny = 1\nw = '1'\nh = 1\n", "line 11: regions.card.w: "),
    ],
)
def test_a_wrong_key_is_named_with_its_line(tmp_path: Path, table: str, said: str) -> None:
    text = toml(regions=None) + table
    assert text.index("[regions.card]") == len("\n".join(text.splitlines()[:7])) + 1
    assert f"small/layout.toml, {said}" in refusal(tmp_path, files={"layout.toml": text})


def test_every_table_that_is_a_list_may_be_left_out(tmp_path: Path) -> None:
    file = small_layout(tmp_path).file
    assert isinstance(file, LayoutFile)
    assert (file.distances, file.aligned, file.ink, file.fold_clearance) == ((), (), (), 0)


@pytest.mark.parametrize("content", ["pages = ", "pages = 1\npages = 2", 'document = "\x01"'])
def test_a_file_that_is_no_toml_is_refused(tmp_path: Path, content: str) -> None:
    assert refusal(tmp_path, files={"layout.toml": content}).startswith("small/layout.toml: ")


# What the document says

OF_NOTICE = {"document": '"eligibility_notice"'}


def test_variants_and_kinds_are_those_of_the_document_in_its_order(tmp_path: Path) -> None:
    layout = small_layout(tmp_path, slots="{ name = {}, inserter_omr = {} }", **OF_NOTICE)
    assert next(layout.variants()) == (("relation", "insured"), ("my_number", "shown"), ("ratio", "shown"))
    assert [[fact for fact, _ in variant] for variant in layout.variants()] == [["relation", "my_number", "ratio"]] * 12
    assert (layout.kind("name"), layout.kind("inserter_omr")) == ("text", "omr")


def test_variants_are_not_repeated_in_a_layout(tmp_path: Path) -> None:
    (write_layout(tmp_path) / "layout.toml").write_text(toml() + "[variants]\nratio = ['shown']\n", "utf-8")
    with pytest.raises(BadLayout, match="variants: the document decides which variants there are; take it out"):
        load_layout(tmp_path / "small")


def test_a_document_that_nobody_has_is_refused_with_the_nearest(tmp_path: Path) -> None:
    told = refusal(tmp_path, document='"eligibility_notise"')
    assert told.startswith("small/layout.toml: document 'eligibility_notise' is none of eligibility_notice, ")
    assert told.endswith("; did you mean 'eligibility_notice'?")


def test_a_slot_the_document_has_no_value_for_is_refused(tmp_path: Path) -> None:
    told = refusal(tmp_path, slots="{ expires_on = {} }", **OF_NOTICE)
    assert told.startswith("small/layout.toml: eligibility_notice has no value for slot 'expires_on'; did you mean '")


# Files


def test_a_file_that_is_missing_is_named(tmp_path: Path) -> None:
    assert "names no.html.j2, which is not there" in refusal(tmp_path, template='"no.html.j2"')
    assert "names no.css, which is not there" in refusal(tmp_path, stylesheets='["sheet.css", "no.css"]')
    assert "names no.css, which is not there" in refusal(tmp_path, stylesheets='["_shared/no.css", "sheet.css"]')
    assert "names small, which is not there" in refusal(tmp_path, stylesheets='["."]')


@pytest.mark.parametrize("key", ["template", "stylesheets"])
@pytest.mark.parametrize("how", ["up", "whole", "link"])
def test_a_file_outside_the_folder_and_shared_is_refused(tmp_path: Path, key: str, how: str) -> None:
    outside = tmp_path / "outside.css"
    outside.write_text("p { color: #000 }")
    folder = write_layout(tmp_path)
    (folder / "link.css").symlink_to(outside)
    path = {"up": "../outside.css", "whole": str(outside), "link": "link.css"}[how]
    value = f'"{path}"' if key == "template" else f'["sheet.css", "{path}"]'
    assert "which lies outside the folder and _shared" in refusal(tmp_path, **{key: value})


def test_files_of_shared_and_of_folders_below_are_taken(tmp_path: Path) -> None:
    (tmp_path / "_shared").mkdir()
    (tmp_path / "_shared" / "base.css").write_text("p { color: #000 }")
    layout = small_layout(tmp_path, stylesheets='["_shared/base.css", "parts/a.css"]', files={"parts/a.css": ""})
    assert layout.stylesheets == [tmp_path / "_shared" / "base.css", tmp_path / "small" / "parts" / "a.css"]


def test_a_part_is_that_of_the_layout_itself_or_the_one_beside_it_or_ours(tmp_path: Path) -> None:
    def found() -> Path:
        return small_layout(tmp_path, stylesheets='["_shared/base.css", "sheet.css"]').stylesheets[0]

    before = small_layout(tmp_path).digest()
    assert found() == LAYOUTS / "_shared" / "base.css"
    for folder in (tmp_path / "_shared", tmp_path / "small" / "_shared"):
        folder.mkdir()
        assert found() == LAYOUTS / "_shared" / "base.css" or found().is_relative_to(tmp_path)
        (folder / "base.css").write_text("p { color: #000 }")
        assert found() == folder / "base.css"
        assert small_layout(tmp_path).digest() != before


def test_a_region_that_names_an_unknown_slot_names_the_nearest(tmp_path: Path) -> None:
    told = refusal(tmp_path, regions=f"{{ card = {CARD.replace('name', 'nmae')} }}")
    assert told == (
        "small/layout.toml: regions.card names slot 'nmae', which has no [slots.nmae]; did you mean 'name'?"
    )


# Variants


def test_variants_are_the_whole_product_in_the_order_of_the_facts(tmp_path: Path) -> None:
    values = {"relation": ["insured", "dependant"], "ratio": ["shown", "hidden"], "my_number": ["a", "b", "c"]}
    layout = small_layout(tmp_path, variants=values)
    listed = list(layout.variants())
    assert listed == [tuple(zip(values, chosen, strict=True)) for chosen in product(*values.values())]
    assert len(set(listed)) == 12


def test_a_layout_of_a_document_without_facts_has_one_variant(tmp_path: Path) -> None:
    assert list(small_layout(tmp_path).variants()) == [()]


@pytest.mark.parametrize(
    "variant", [(("ratio", "shwn"),), (("sex", "x"),), (), (("ratio", "shown"), ("sex", "x"))], ids=str
)
def test_a_variant_that_the_document_does_not_have_is_not_compiled(tmp_path: Path, variant: Variant) -> None:
    layout = small_layout(tmp_path, variants={"ratio": ["shown", "hidden"]})
    with pytest.raises(BadLayout, match=r"^small: small has no variant "):
        compile_plate(layout, variant, FIXED)


# The sum


@pytest.fixture
def shared_layout(tmp_path: Path) -> Layout:
    (tmp_path / "_shared" / "parts").mkdir(parents=True)
    (tmp_path / "_shared" / "base.css").write_text("p { color: #000 }")
    (tmp_path / "_shared" / "parts" / "window.html.j2").write_text("<p>x</p>")
    return small_layout(tmp_path, files={"a.png": b"1", "deep/b.png": b"2"})


def test_the_sum_is_the_same_for_the_same_files_wherever_they_lie(shared_layout: Layout, tmp_path: Path) -> None:
    moved = tmp_path / "elsewhere"
    moved.mkdir()
    for folder in ("small", "_shared"):
        (tmp_path / folder).rename(moved / folder)
    again = read_layout(moved / "small", {"small": shared_layout.document})
    assert len(again.digest()) == 64
    (moved / "other").mkdir()
    (moved / "other" / "layout.toml").write_text("another layout is no part of this one")
    before = again.digest()
    for folder in ("small", "_shared"):
        (moved / folder).rename(tmp_path / folder)
    assert shared_layout.digest() == before


OWN = ["small/layout.toml", "small/sheet.html.j2", "small/sheet.css", "small/a.png", "small/deep/b.png"]


@pytest.mark.parametrize("file", [*OWN, "_shared/base.css", "_shared/parts/window.html.j2"])
def test_the_sum_changes_with_every_file(shared_layout: Layout, tmp_path: Path, file: str) -> None:
    before = shared_layout.digest()
    content = (tmp_path / file).read_bytes()
    (tmp_path / file).write_bytes(content + b" ")
    assert shared_layout.digest() != before
    (tmp_path / file).unlink()
    assert shared_layout.digest() != before
    (tmp_path / file).write_bytes(content)
    assert shared_layout.digest() == before
    (tmp_path / file).rename((tmp_path / file).with_suffix(".moved"))
    assert shared_layout.digest() != before
    (tmp_path / file).with_suffix(".moved").rename(tmp_path / file)
    (tmp_path / file).with_suffix(".new").write_bytes(b"")
    assert shared_layout.digest() != before


@pytest.mark.parametrize("file", ["sheet.css", "sheet.html.j2", "layout.toml", "other.css"])
def test_a_file_that_is_not_utf8_is_named_with_its_line(tmp_path: Path, file: str) -> None:
    write_layout(tmp_path, files={"other.css": ""})
    before = (tmp_path / "small" / file).read_bytes().rstrip(b"\n")
    sjis = before + "\n\n/* お知らせ */\n".replace("/*", "#" if file.endswith("toml") else "/*").encode("shift_jis")
    line = before.count(b"\n") + 3
    told = refusal(tmp_path, files={file: sjis})
    assert told == f"small/{file}, line {line}: is not UTF-8; save it as UTF-8"


@pytest.mark.parametrize("titles", ['[""]', '["見本", ""]', '["　 "]'])
def test_a_title_that_says_nothing_is_refused(tmp_path: Path, titles: str) -> None:
    assert "a title says something; write it, or take it out" in refusal(tmp_path, titles=titles)
