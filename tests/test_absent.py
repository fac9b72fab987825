"""Compiling refuses a text of the template that stands on no page, and a picture that names none."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_layouts import PNG, SLOT, refusal, rules, small_plate

CSS = "body { margin: 0; font: 5mm/6mm 'BIZ UDGothic' }\n" + rules("name")


@pytest.mark.parametrize(
    ("html", "css", "said"),
    [
        (
            '<p class="legend">見本</p>',
            ".legend { display: none }",
            "small/sheet.css, line 3, .legend { display: none }: 「見本」",
        ),
        ('\n<p style="display: none">見本</p>', "", "small/sheet.html.j2, line 2, <p> { display: none }: 「見本」"),
        ("\n\n<p hidden>見本</p>", "", "small/sheet.html.j2, line 3, <p>: 「見本」"),
        ("<p>あ<span hidden>見本</span></p>", "", "small/sheet.html.j2, line 1, <span>: 「見本」"),
        ("<div hidden><p>見本<b>組合</b></p></div>", "p { display: block }", "line 1, <div>: 「見本組合」"),
        ("<p hidden>見本</p>", "p::before { content: '組合' }", "「見本」"),
    ],
)
def test_a_text_that_stands_on_no_page_is_named_with_what_hides_it(
    tmp_path: Path, html: str, css: str, said: str
) -> None:
    told = refusal(tmp_path, html + SLOT, CSS + css)
    assert said in told
    assert told.endswith(" stands on no page and would not be printed; show it, or take it out of the template")


@pytest.mark.parametrize(
    ("html", "css"),
    [
        ("{% if false %}<p hidden>見本</p>{% endif %}<!-- 見本 -->", ""),
        ("<p hidden> <b>　</b></p>", ""),
        ("<style>p { color: #000 }</style><svg width='9' height='9'><title>見本</title></svg>", ""),
        ("<p>見</p>", "p::first-letter { font-size: 6mm }"),
        ("<table><tr><td>見本</td></tr></table><ol><li>組合</li></ol>", ""),
    ],
)
def test_what_is_on_the_page_or_is_no_text_of_it_is_taken(tmp_path: Path, html: str, css: str) -> None:
    assert small_plate(tmp_path, html + SLOT, CSS + css).pages


@pytest.mark.parametrize("attributes", ["", 'src=""', 'srcset="a.png 2x"', 'alt="見本"'])
def test_a_picture_that_names_no_file_is_told_with_its_line(tmp_path: Path, attributes: str) -> None:
    told = refusal(tmp_path, f"\n<img {attributes}>{SLOT}", CSS, files={"a.png": PNG})
    assert told == (
        "small/sheet.html.j2, line 2, <img>: it names no picture, and nothing would be printed; write its src, or take "
        "it out of the template"
    )
