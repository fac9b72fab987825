"""tags: an element that is not closed is called that, with the line that opens it."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_layouts import SLOT, refusal, rules, small_plate


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("<p>\n<div>\n", "sheet.html.j2, line 2: <div> is not closed; write </div> where it ends"),
        ('<div>\n<div class="row wide">\n</div>', "sheet.html.j2, line 1: <div> is not closed"),
        ('<section>\n<div class="row">\n</section>', 'sheet.html.j2, line 2: <div class="row"> is not closed'),
        ("{% if true %}\n<div class='{{ job.title }}'>{% endif %}", 'line 2: <div class="見本"> is not closed'),
        ("{# <div> #}\n<!-- <div> --><div/>", "line 2: <div> is not closed"),
        ("{% include 'part.html' %}", 'small/part.html, line 2: <span class="c"> is not closed'),
        ("<div></div>\n<div></div>\n</div>", "line 2: after this there is a </div> too many; take it out"),
    ],
)
def test_an_element_that_is_not_closed_is_named_by_its_line(tmp_path: Path, body: str, said: str) -> None:
    assert said in refusal(tmp_path, SLOT + body, files={"part.html": "<p>\n<span class=c>"})


@pytest.mark.parametrize(
    "body",
    [
        "<ul><li><li></ul><table><tr><td><td></table>",
        "{% if false %}<div class=a>{% else %}<div class=b>{% endif %}</div>",
        "<!-- <div> --><svg width=1 height=1><g/></svg><hr>",
        "<style>p::before { content: '<div>' }</style>",
        "<b><i></b></i>",
    ],
)
def test_what_html_closes_by_itself_is_taken(tmp_path: Path, body: str) -> None:
    assert small_plate(tmp_path, SLOT + body, "body { font-family: 'BIZ UDGothic' }" + rules("name"))


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ('<p>\n<p class="x>定型</p>\n', 'sheet.html.j2, line 2: class=" is not closed; write " where its value ends'),
        ('<p>\n<p class="x>定型</p>\n<p class="y">後</p>', 'sheet.html.j2, line 2: class=" is not closed'),
        ("<p style='color: red>あ</p>\n<p class='y'>後</p>", "sheet.html.j2, line 1: style=' is not closed; write '"),
        ('<div class="a"\nid="b>x</div>', 'sheet.html.j2, line 1: id=" is not closed'),
        ("<p>{% include 'part.html' %}", 'small/part.html, line 2: title=" is not closed'),
        ('<img alt="x src=no.png>', 'sheet.html.j2, line 1: alt=" is not closed'),
    ],
)
@pytest.mark.parametrize("behind", ["", SLOT])
def test_a_quotation_mark_that_is_not_closed_is_named_by_its_line(
    tmp_path: Path, body: str, said: str, behind: str
) -> None:
    files = {"part.html": '<p>\n<b title="c>x</b>'}
    assert said in refusal(tmp_path, body + (behind or f"<p>{SLOT}"), files=files)


@pytest.mark.parametrize(
    "body",
    [
        "<p title='a < b > c'>x</p>",
        '<!-- <p class="x> --><p>a = "<b>x</b>"</p>',
        "<style>p::before { content: '<p class=\"' }</style>",
        "<p class = \"a\"id='b' translate data-x=1>x</p>",
    ],
)
def test_what_stands_in_an_attribute_by_right_is_taken(tmp_path: Path, body: str) -> None:
    assert small_plate(tmp_path, SLOT + body, "body { font-family: 'BIZ UDGothic' }" + rules("name"))
