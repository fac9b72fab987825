"""engine and compiling: a good layout passes, and what cannot be printed exactly is refused before anything is printed.

Each refusal is one sentence that names the thing. Each has a twin that passes, so that it is the thing that is refused.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from markupsafe import Markup
from small_layouts import (
    FILLED,
    FIXED,
    INSURER,
    PNG,
    SLOT,
    place_of,
    refusal,
    rules,
    small_layout,
    small_plate,
)

from renderer.layout.compiling import compile_plate
from renderer.layout.engine import lay_out, write_pdf
from renderer.layout.load import load_layout
from renderer.model.errors import BadLayout

FONTS = Path(__file__).resolve().parents[1] / "fonts"

# A good layout


def test_a_good_layout_gives_the_place_its_css_says(tmp_path: Path) -> None:
    place = place_of(tmp_path)
    assert place.millimetres == pytest.approx((20, 20, 60, 6))
    assert (place.slot, place.page, place.kind) == ("name", 0, "text")
    assert (place.families, place.bold, place.align) == (("BIZ UDMincho", "IPAmjMincho"), False, "left")
    assert (place.size, place.color, place.letter_spacing) == (16384, b"0 g", 0)
    assert place.line_height == pytest.approx(6 * 96 / 25.4)
    # 12 pt in 6 mm: the line's middle, and ascent less half of the em below it.
    assert place.baseline == pytest.approx(23 * 96 / 25.4 + 16 * (1802 / 2048 - 0.5))


@pytest.mark.parametrize(
    ("css", "said"),
    [
        ({"color": "#666"}, b"0.4 g"),
        ({"color": "blue"}, b"0 0 1 rg"),
        ({"color": "hsl(240 100% 50%)"}, b"0 0 1 rg"),
        ({"color": "device-cmyk(0 1 0.5 0.2)"}, b"0 1 0.5 0.2 k"),
    ],
)
def test_a_colour_is_set_in_its_own_space(tmp_path: Path, css: dict[str, str], said: bytes) -> None:
    assert place_of(tmp_path, css=rules("name", **css)).color == said


@pytest.mark.parametrize("align", ["left", "center", "right", "start", "end"])
def test_alignments_that_are_taken(tmp_path: Path, align: str) -> None:
    place = place_of(tmp_path, css=rules("name", text_align=align))
    assert place.align == {"start": "left", "end": "right"}.get(align, align)


@pytest.mark.parametrize(
    ("body", "css"),
    [
        ('<img src="a.png" style="width: 9mm">' + SLOT, ""),
        ('<img src="pictures/../a.png" style="width: 9mm">' + SLOT, ""),
        (SLOT, '@import "b.css";'),
        ("{% include 'part.html' %}" + SLOT, ""),
        ("{% include '_shared/common.html' %}" + SLOT, ""),
        ('<img src="../_shared/a.png" style="width: 9mm">' + SLOT, ""),
        ('<img src="_shared/a.png" style="width: 9mm">' + SLOT, ""),
        ("<p style=\"font-family: 'BIZ UDGothic'; font-weight: 700\">国か\u309a葛\U000e0100</p>" + SLOT, ""),
        ('<svg width="9" height="9"><path d="M0 0h9v9z"/></svg>{{ qr("x") }}' + SLOT, ""),
        ('<div style="position: absolute; left: 0; width: 90mm">' + SLOT + "</div>", rules("name", **FILLED)),
        (
            '<table style="table-layout: fixed; width: 90mm"><tr><td style="width: 40mm">' + SLOT + "<td></table>",
            rules("name", **FILLED),
        ),
        (
            '<div style="border: 1px solid; background: #eee; padding: 1mm">' + SLOT + "</div>",
            rules("name", position=""),
        ),
        (SLOT, rules("name", position="", display="inline-block", vertical_align="top")),
        (SLOT, "body { overflow: hidden }"),  # of the page, which ends there
        (SLOT, "* { margin: 0; padding: 0; box-sizing: border-box }"),
        ("{{ insurer.name | e | length }}" + SLOT, "body { font-family: 'BIZ UDGothic' }"),
    ],
)
def test_what_may_be_used_is_not_refused(tmp_path: Path, body: str, css: str) -> None:
    (tmp_path / "_shared").mkdir()
    (tmp_path / "_shared" / "common.html").write_text("<hr>")
    (tmp_path / "_shared" / "a.png").write_bytes(PNG)
    files = {"a.png": PNG, "b.css": "p { margin: 0 }", "part.html": "<hr>", "pictures/b.png": PNG}
    assert place_of(tmp_path, body, css if "[data-slot" in css else css + rules("name"), files=files)


def test_a_template_sees_the_job_and_the_insurer_and_no_more(tmp_path: Path) -> None:
    body = """{% for name in ['title', 'issued_on', 'customer_barcode', 'inserter_marks', 'route'] %}{{ job[name] }}|
    {% endfor %}
    {% for name in ['number', 'name', 'postal_code', 'address', 'telephone', 'portal_url', 'card_corner', 'accent',
    'seal'] %}{{ insurer[name] }}|{% endfor %}{{ variant.relation }}"""
    layout = small_layout(
        tmp_path, body, "body { font-family: 'BIZ UDGothic' }", variants={"relation": ["insured"]}, slots="{}"
    )
    variant = (("relation", "insured"),)
    document = lay_out(layout, variant, FIXED, lambda name, number: pytest.fail("no slot is called"))
    told = "".join(text.text for text in texts(document.pages[0]._page_box)).replace(" ", "")
    assert told == (
        f"見本|令和7年12月1日|False|none|home|{INSURER.number}|{INSURER.name}|100-0001|{INSURER.address}"
        f"|{INSURER.telephone}||right|#000||insured"
    )


def texts(box: object) -> Iterator[object]:
    if hasattr(box, "text"):
        yield box
    for child in getattr(box, "children", ()):
        yield from texts(child)


def test_values_and_job_texts_are_never_markup(tmp_path: Path) -> None:
    layout = small_layout(
        tmp_path, "<p>{{ job.title }}</p>" + SLOT, "body { font-family: 'BIZ UDGothic' }" + rules("name")
    )
    fixed = type(FIXED)("<img src=x>{{ 1 }}&amp;", "", False, "none", INSURER)
    document = lay_out(layout, {}, fixed, lambda name, number: Markup("{}").format("<b>{{ 2 }}"))
    told = [text.text for text in texts(document.pages[0]._page_box)]
    assert told == ["<img src=x>{{ 1 }}&amp;", "<b>{{ 2 }}"]


# Files and addresses


@pytest.mark.parametrize(
    ("body", "css", "said"),
    [
        ('<img src="no.png">', "", "no.png"),
        ('<img src="broken.png">', "", "broken.png"),
        ('<img src="../outside.png">', "", "outside.png lies outside the layout's folder"),
        ('<img src="%2e%2e/outside.png">', "", "outside.png lies outside"),
        ('<img src="link.png">', "", "outside.png lies outside"),
        ('<img src="/etc/hostname">', "", "hostname lies outside"),
        ('<img src="file:///etc/hostname">', "", "hostname lies outside"),
        ('<img src="%00">', "", "%00"),
        ('<img src=".">', "", "directory"),
        ('<svg width="9" height="9"><image href="../outside.png" width="9" height="9"/></svg>', "", "outside.png lies"),
        ('<img src="picture.svg">', "", "outside.png lies outside"),
        ('<link rel="stylesheet" href="../outside.css">', "", "take <link> out of the template"),
        ('<link rel="attachment" href="../outside.png">', "", "outside.png lies outside"),
        ("", '@import "../outside.css";', "outside.css lies outside"),
        ("", '@import "no.css";', "no.css"),
        ("", "body { background: url(../outside.png) }", "outside.png lies outside"),
        ("{% include '../outside.css' %}", "", "'../outside.css' is neither in the layout's folder nor in _shared"),
        ("{% include '/etc/hostname' %}", "", "'/etc/hostname' is neither in"),
        ("{% include '_shared/../small/sheet.css' %}", "", "'_shared/../small/sheet.css' is neither in"),
        ("{% include 'no.html' %}", "", "'no.html' is neither in"),
        ("{% extends 'no.html' %}", "", "'no.html' is neither in"),
    ],
)
def test_a_file_that_is_missing_or_lies_outside_is_refused_by_name(
    tmp_path: Path, body: str, css: str, said: str
) -> None:
    (tmp_path / "outside.png").write_bytes(PNG)
    (tmp_path / "outside.css").write_text("p { color: red }")
    (tmp_path / "small").mkdir()
    (tmp_path / "small" / "link.png").symlink_to(tmp_path / "outside.png")
    svg = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><image href="../outside.png"/></svg>'
    told = refusal(tmp_path, body + SLOT, css + rules("name"), files={"broken.png": b"no picture", "picture.svg": svg})
    assert said in told
    assert "small" in told


@pytest.fixture
def server() -> Iterator[HTTPServer]:
    """A web server that would serve anything, and counts what it is asked for."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.server.asked.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(PNG)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    web = HTTPServer(("127.0.0.1", 0), Handler)
    web.asked = []
    thread = threading.Thread(target=web.serve_forever)
    thread.start()
    yield web
    web.shutdown()
    thread.join()
    web.server_close()


@pytest.mark.parametrize(
    ("body", "css"),
    [
        ('<img src="{url}">', ""),
        ('<svg width="9" height="9"><image href="{url}" width="9" height="9"/></svg>', ""),
        ('<base href="{url}"><img src="b.png">', ""),
        ("", '@import "{url}";'),
        ("", "body { background: url({url}) }"),
        ("", "ul { list-style-image: url({url}) }"),
    ],
)
def test_a_web_address_is_refused_and_never_asked(tmp_path: Path, server: HTTPServer, body: str, css: str) -> None:
    url = f"http://127.0.0.1:{server.server_port}/a.png"
    css += "body { font-family: 'BIZ UDGothic' }"
    told = refusal(
        tmp_path, "<ul><li>a</ul>" + body.replace("{url}", url) + SLOT, css.replace("{url}", url) + rules("name")
    )
    assert url.rpartition("/")[0] in told
    assert "not http: addresses" in told
    assert server.asked == []


@pytest.mark.parametrize("address", ["https://example.com/a.png", "ftp://example.com/a.png", "//example.com/a.png"])
def test_an_address_of_any_kind_is_refused(tmp_path: Path, address: str) -> None:
    assert "example.com/a.png" in refusal(tmp_path, f'<img src="{address}">{SLOT}')


# Fonts


@pytest.mark.parametrize(
    ("body", "css", "said"),
    [
        ('<p style="font-family: Arial">x</p>', "", "'Arial'"),
        ("<p style=\"font-family: 'BIZ UDGothic', Arial\">x</p>", "", "'Arial'"),
        ("<p>x</p>", "", "'serif'"),
        ('<p style="font-family: sans-serif">x</p>', "", "'sans-serif'"),
        ("<input value=x>", "", "'serif'"),
        ("", "@page { @top-left { content: 'x'; font-family: Arial } }", "'Arial'"),
        ("", "body { font-family: 'BIZ UDGothic' } body::before { content: 'x'; font-family: Arial }", "'Arial'"),
        ("", rules("name", font_family="Arial"), "'Arial'"),
        ("", rules("name", font_family='"BIZ UDMincho", Arial'), "'Arial'"),
        ("", rules("name", font_weight="700"), "bold 'BIZ UDMincho'"),
        ("", rules("name", font_family='"insurer-gaiji"'), "'insurer-gaiji'"),
    ],
)
def test_a_font_that_is_not_ours_is_refused_and_ours_are_named(tmp_path: Path, body: str, css: str, said: str) -> None:
    told = refusal(tmp_path, body + SLOT, rules("name") + css)
    assert f"{said} is not one of the project's fonts; use one of: BIZ UDGothic, BIZ UDMincho" in told


@pytest.mark.parametrize("family", ["Own", "BIZ UDMincho"])
@pytest.mark.parametrize("inline", [True, False])
@pytest.mark.parametrize(
    "source",
    [
        "url(own.ttf)",
        "url(own.dat)",
        f"url({FONTS.as_uri()}/BIZUDGothic-Bold.ttf)",
        "local('BIZUDGothic-Bold')",
        "url(https://example.com/own.woff2)",
        "url(data:font/ttf;base64,AAAA)",
    ],
)
def test_a_layout_can_neither_bring_a_font_nor_rename_one(
    tmp_path: Path, family: str, inline: bool, source: str
) -> None:
    rule = f'@font-face {{ font-family: "{family}"; src: {source} }} p {{ font-family: "{family}" }}'
    font = (FONTS / "BIZUDGothic-Bold.ttf").read_bytes()
    body, css = (f"<style>{rule}</style>", "") if inline else ("", rule)
    told = refusal(tmp_path, body + "<p>国</p>" + SLOT, css + rules("name"), files={"own.ttf": font, "own.dat": font})
    assert f"@font-face '{family}' brings a font of its own" in told


@pytest.mark.parametrize(
    ("text", "family", "said"),
    [
        ("国ไ", "'BIZ UDGothic'", "U+0E44"),
        # WeasyPrint would print the plain character, and say nothing.
        ("辻\U000e0102", "'BIZ UDMincho'", "U+8FBB U+E0102"),
        ("辻\U000e0102", "'BIZ UDMincho', IPAmjMincho", "U+8FBB U+E0102"),
        ("国\U000e01ef", "IPAmjMincho", "U+56FD U+E01EF"),
        ("国\u3099", "'BIZ UDMincho'", "U+56FD U+3099"),
    ],
)
def test_fixed_text_that_would_be_drawn_as_another_is_refused(
    tmp_path: Path, text: str, family: str, said: str
) -> None:
    assert said in refusal(tmp_path, f'<p style="font-family: {family}">{text}</p>{SLOT}')


def test_fixed_text_is_drawn_from_the_font_that_has_it(tmp_path: Path) -> None:
    body = (
        '<p style="font-family: IPAmjMincho">辻\U000e0102</p><p style="font-family: \'BIZ UDMincho\'">辻\U000e0101</p>'
    )
    drawn = {text: used.family for used, glyphs in small_plate(tmp_path, body + SLOT).glyphs for _, text in glyphs}
    assert drawn["辻\U000e0102"] == "IPAmjMincho"
    assert set(drawn) <= {"辻\U000e0102", "辻\U000e0101", "辻"}


@pytest.mark.parametrize("body", ['<svg width="90" height="30"><text y="20">x</text></svg>', '<img src="a.svg">'])
def test_text_in_a_picture_is_refused(tmp_path: Path, body: str) -> None:
    svg = '<svg xmlns="http://www.w3.org/2000/svg" width="90" height="30"><g><text y="20">x</text></g></svg>'
    assert "an SVG picture holds text" in refusal(tmp_path, body + SLOT, files={"a.svg": svg})


# Templates


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("{{ member.name }}", "'member' is undefined"),
        ("{{ nothing }}", "'nothing' is undefined"),
        ("{% if nothing %}{% endif %}", "'nothing' is undefined"),
        ("{{ insurer.seel }}", "there is no '.seel' of that"),
        ("{{ variant.relation }}", "there is no '.relation' of that"),
        ("{{ job.member }}", "there is no '.member' of that"),
        ('{{ slot("nmae") }}', "slot('nmae') has no [slots.nmae] in layout.toml; did you mean 'name'?"),
        (
            "<p>\n{{ slot('telephone') }}",
            "line 2: slot('telephone') has no [slots.telephone] in layout.toml, and is no",
        ),
        ("{{ slot('telephone') }}", "is no value of a member; use {{ insurer.telephone }}"),
        ("{{ slot('telefone') }}", "use {{ insurer.telephone }}"),
        ("{{ slot('insurer.address') }}", "use {{ insurer.address }}"),
        ("{{ slot('insurer.name') }}", "use {{ insurer.name }}"),
        ("{{ slot('portal_url') }}", "use {{ insurer.portal_url }}"),
        ("{{ slot('seal') }}", "use {{ insurer.seal }}"),
        ("{{ slot('issued_on') }}", "use {{ job.issued_on }}"),
        ("{{ slot('wholly_unlike_all') }}", "has no [slots.wholly_unlike_all] in layout.toml"),
        ('{{ slot("name" }}', "unexpected '}'"),
        ("{{ slot(nothing) }}", "'nothing' is undefined"),
        ("{{ 1 / 0 }}", "division by zero"),
        ("{{ 1 + 'a' }}", "unsupported operand"),
        ("{{ [][1] }}", "no element 1"),
        ("{{ 'a' | nofilter }}", "nofilter"),
        ("{% for n in range(10 ** 9) %}{% endfor %}", "Range too big"),
        ("{% include 'sheet.html.j2' %}", "recursion"),
        ("{{ qr('x' * 5000) }}", "sheet.html.j2"),
        ("{{ lipsum() }}", "'lipsum' is undefined"),  # left to chance
        ("{{ [1, 2] | random }}", "random"),
        # Out of the sandbox
        ("{{ ''.__class__ }}", "'__class__' of 'str' object is unsafe"),
        ("{{ ''.__class__.__mro__[1].__subclasses__() }}", "is unsafe"),
        ("{{ '' | attr('__class__') }}", "is unsafe"),
        ("{{ '{0.__class__}'.format('') }}", "is unsafe"),
        ("{{ ('{0.__class__}' | e).format('') }}", "is unsafe"),
        ("{{ slot.__globals__ }}", "'__globals__' of 'function' object is unsafe"),
        ("{{ slot.__closure__ }}", "is unsafe"),
        ("{{ qr.__globals__['codes'] }}", "is unsafe"),
        ("{{ insurer.__class__ }}", "is unsafe"),
        ("{{ self.__init__ }}", "is unsafe"),
        ("{{ cycler.__init__.__globals__ }}", "is unsafe"),
        ("{{ variant.update({'a': 'b'}) }}", "is unsafe"),
        ("{% set x = insurer.pop('name') %}", "is unsafe"),
    ],
)
def test_a_template_that_cannot_be_filled_is_refused_with_its_reason(tmp_path: Path, body: str, said: str) -> None:
    told = refusal(tmp_path, body + SLOT)
    assert told.startswith("small")
    assert said in told


def test_a_template_in_another_encoding_is_refused(tmp_path: Path) -> None:
    assert "is not UTF-8; save it as UTF-8" in refusal(
        tmp_path, files={"sheet.html.j2": f"<p>表</p>{SLOT}".encode("cp932")}
    )


# The sheet


@pytest.mark.parametrize(
    ("body", "css", "said"),
    [
        ("", "body { background: linear-gradient(#000, #fff) }", "gradients"),
        ("", "body { background: url(a.png) }", "background pictures"),
        ("", "body { background: url(a.png) no-repeat }", "background pictures"),
        ('<p style="opacity: 0.5">x</p>', "", "opacity"),
        ('<p style="color: rgba(0, 0, 0, 0.5)">x</p>', "", "colours that let the paper through"),
        ('<hr style="border: 3mm solid rgba(0, 0, 0, 0.5)">', "", "colours that let the paper through"),
        ('<svg width="9" height="9"><path d="M0 0h9v9z" opacity="0.5"/></svg>', "", "opacity"),
        ('<svg width="9" height="9"><path d="M0 0h9v9z" fill-opacity="0.5"/></svg>', "", "opacity is not printed"),
        ("<p>x</p>", "p { colour: red }", "unknown property"),
        ("<p>x</p>", "p { color: rad }", "invalid value"),
        ("<p>x</p>", "p > { color: red }", "Invalid or unsupported selector"),
        ('<div style="height: 290mm"></div><div style="height: 8mm"></div>', "", "has 2 pages, layout.toml promises 1"),
        ('<p style="break-before: page">x</p><p style="break-before: page">x</p>', "", "pages, layout.toml promises 1"),
        ("", "@page { size: 100mm 150mm }", "page 1 is 100.0 × 150.0 mm"),
        ("", "@page { size: A4 landscape }", "page 1 is 297.0 × 210.0 mm"),
    ],
)
def test_what_the_press_does_not_print_is_refused(tmp_path: Path, body: str, css: str, said: str) -> None:
    base = "body { margin: 0; font-family: 'BIZ UDGothic' }"
    told = refusal(tmp_path, body + SLOT, css + base + rules("name"), files={"a.png": PNG})
    assert said in told


def test_too_few_pages_are_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, pages=2) == (
        "small: the sheet has 1 pages, layout.toml promises 2; begin the next page with break-before: page"
    )


def test_a_style_sheet_that_was_refused_is_refused_again(tmp_path: Path) -> None:
    layout = small_layout(tmp_path, css=rules("name") + "p { colour: red }")
    for _ in range(3):
        with pytest.raises(BadLayout, match=r"^small/sheet\.css, line 2, p \{ colour: red \}: unknown property; did"):
            compile_plate(layout, (), FIXED)


def test_a_style_sheet_that_was_mended_is_read_again(tmp_path: Path) -> None:
    layout = small_layout(tmp_path, css=rules("name", left="30mm"))
    assert next(compile_plate(layout, (), FIXED).places).millimetres[0] == pytest.approx(30)
    (tmp_path / "small" / "sheet.css").write_text(rules("name", left="40mm"))
    assert next(compile_plate(layout, (), FIXED).places).millimetres[0] == pytest.approx(40)


def test_the_same_layout_gives_the_same_plate(tmp_path: Path) -> None:
    layout = small_layout(tmp_path, f"<p style='font-family: \"BIZ UDGothic\"'>国</p>{{{{ qr('x') }}}}{SLOT}")
    one, other = compile_plate(layout, (), FIXED), compile_plate(layout, (), FIXED)
    assert (one.pages, one.glyphs, one.objects) == (other.pages, other.glyphs, other.objects)
    assert write_pdf(layout, document_of(layout)) == write_pdf(layout, document_of(layout))


def document_of(layout: object) -> object:
    return lay_out(layout, {}, FIXED, lambda name, number: "")


@pytest.mark.parametrize("name", ["eligibility_notice", "eligibility_certificate"])
def test_our_own_layouts_compile_in_their_richest_variant(name: str) -> None:
    layout = load_layout(name)
    plate = compile_plate(layout, next(layout.variants()), FIXED)
    assert len(plate.pages) == layout.file.pages
    assert {place.slot for place in plate.places} <= layout.slots.keys()


# What is told of a template


SHARED_PART = "{% include '_shared/x.html.j2' %}"


@pytest.mark.parametrize(
    ("body", "shared", "said"),
    [
        ("a\n{% if %}", "", "small/sheet.html.j2, line 2: "),
        ("a\n\n{{ nope }}", "", "small/sheet.html.j2, line 3: 'nope' is undefined; mend the template"),
        ("a\n{{ 1 / 0 }}", "", "small/sheet.html.j2, line 2: division by zero; mend the template"),
        (SHARED_PART, "a\n{{ nope }}", "_shared/x.html.j2, line 2: 'nope' is undefined"),
        (SHARED_PART, "a\n{{ nope. }}", "_shared/x.html.j2, line 2: "),
        ("\n{{ insurer.name.foo }}", "", "small/sheet.html.j2, line 2: there is no '.foo' of that; mend the template"),
        ("{{ insurer.nmae }}", "", "small/sheet.html.j2, line 1: there is no '.nmae' of that; mend the template"),
        ("\n{{ lines(insurer.name, 0, 0) }}", "", "small/sheet.html.j2, line 2: lines() takes a text, how many em"),
        ("{{ lines(insurer.name, 9, '2') }}", "", "small/sheet.html.j2, line 1: lines() takes a text, how many em"),
        ("\n{{ qr('') }}", "", "small/sheet.html.j2, line 2: qr() takes a text that is not empty"),
        ("{{ qr(3) }}", "", "small/sheet.html.j2, line 1: qr() takes a text that is not empty"),
        ("{{ slot() }}", "", "small: slot() takes the name of one slot, slot('name'), and not ("),
        ("{{ slot(1) }}", "", "small: slot() takes the name of one slot, slot('name'), and not ("),
        ("{{ slot('name', 'kana') }}", "", "small: slot() takes the name of one slot, slot('name'), and not ("),
        ("{{ slot('name', fit='wrap') }}", "", "small: slot() takes the name of one slot, slot('name'), and not ("),
        (
            '<link rel="Stylesheet" href="sheet.css">',
            "",
            "small: take <link> out of the template; name the style sheet",
        ),
    ],
)
def test_an_error_names_its_template_and_line(tmp_path: Path, body: str, shared: str, said: str) -> None:
    assert refusal(tmp_path, body, files={"../_shared/x.html.j2": shared}).startswith(said)


def test_a_template_may_lie_in_shared(tmp_path: Path) -> None:
    files = {"../_shared/parts/sheet.html.j2": f"<html lang=ja><body>{SLOT}"}
    assert small_plate(tmp_path, template='"_shared/parts/sheet.html.j2"', files=files).pages[0].places


@pytest.mark.parametrize("rule", ["bleed: 3mm", "marks: crop"])
def test_bleed_and_marks_are_called_by_their_names(tmp_path: Path, rule: str) -> None:
    assert "bleed and crop marks are not printed" in refusal(tmp_path, css=f"@page {{ {rule} }}" + rules("name"))


@pytest.mark.parametrize(
    "asked",
    [
        'variant.relation == "dependent"',
        '"dependent" == variant.relation',
        'variant.relation != "dependent"',
        'variant.relation in ("dependent", "insured")',
        'variant["relation"] is eq("dependent")',
        'named == "dependent"',
    ],
)
def test_a_comparison_with_a_value_that_no_variant_has_is_refused(tmp_path: Path, asked: str) -> None:
    body = f"{{% set named = variant.relation %}}\n{{% if {asked} %}}x{{% endif %}}{SLOT}"
    with pytest.raises(BadLayout, match=r"^small/sheet\.html\.j2, line 2: 'dependent' is none of insured, dependant; "):
        small_plate(tmp_path, body, variants={"relation": ["insured", "dependant"]})


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ('job.route == "office"', "'office' is none of home, workplace; "),
        ('job.inserter_marks == "OMR"', "'OMR' is none of none, omr, qr; "),
        ('insurer.card_corner == "rigth"', "'rigth' is none of right, left; did you mean 'right'?"),
    ],
)
def test_so_is_one_with_a_word_that_no_job_or_insurer_has(tmp_path: Path, asked: str, said: str) -> None:
    assert said in refusal(tmp_path, f"{{% if {asked} %}}x{{% endif %}}{SLOT}")


@pytest.mark.parametrize("asked", ["variant.relation", "not variant.relation", "job.route and job.title"])
def test_a_word_that_is_always_there_is_not_asked_whether_it_is(tmp_path: Path, asked: str) -> None:
    body = f"\n{{% if {asked} %}}x{{% endif %}}{SLOT}"
    with pytest.raises(
        BadLayout, match=r"^small/sheet\.html\.j2, line 2: this is always one of .*, and never nothing; "
    ):
        small_plate(tmp_path, body, variants={"relation": ["insured", "dependant"]})


def test_the_words_that_there_are_can_be_compared_printed_and_looked_up(tmp_path: Path) -> None:
    body = """{% if variant.relation in ("dependant", "insured") and variant.relation != "dependant" %}{{
    {"insured": variant.relation ~ "!"}[variant.relation] }}{% endif %}"""
    layout = small_layout(
        tmp_path,
        body,
        "body { font-family: 'BIZ UDGothic' }",
        variants={"relation": ["insured", "dependant"]},
        slots="{}",
    )
    document = lay_out(layout, (("relation", "insured"),), FIXED, lambda name, _: pytest.fail(name))
    assert [text.text for text in texts(document.pages[0]._page_box)] == ["insured!"]
