"""A finished sheet → HTML with its values in it, from our own layout: for the peers that lay every sheet out anew.

What helps them and costs nothing is done for them: one font configuration, style sheets parsed once, the QR code made
once.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
from finished import JOB, Finished, job_for
from markupsafe import Markup

from renderer.layout.engine import SLOT_CSS
from renderer.layout.line_ends import lines
from renderer.layout.load import SHARED, load_layout
from renderer.mailing.sheets import fixed_of
from renderer.press import codes

import weasyprint  # isort: skip - after engine, which says what fonts there are
from weasyprint.text.fonts import FontConfiguration  # isort: skip

LAYOUT = load_layout("eligibility_notice")
_FIXED = fixed_of(job_for(JOB.parent / "../fixtures/examples/members.csv"))
_BODY = re.compile(r"(<body[^>]*>)(.*)(?=</body>)", re.DOTALL)


def html_of(sheet: Finished) -> str:
    """Return a whole HTML document for one sheet."""
    insurer = _FIXED.insurer
    return _template().render(
        variant=sheet.variant,
        job=_FIXED,
        insurer={
            **{name: getattr(insurer, name) for name in ("number", "name", "address", "telephone", "portal_url")},
            "postal_code": f"{insurer.postal_code[:3]}-{insurer.postal_code[3:]}",
            "card_corner": str(insurer.card_corner),
            "accent": insurer.accent,
            "seal": insurer.seal.as_uri() if insurer.seal else "",
        },
        slot=lambda name: Markup('<div class="slot" data-slot="{}">{}</div>').format(name, _value(sheet, name)),
        qr=_qr,
    )


def joined(sheets: list[Finished]) -> str:
    """Return one HTML document for many sheets, each beginning a new page."""
    pages = [html_of(sheet) for sheet in sheets]
    bodies = "".join(found[2] for found in map(_BODY.search, pages) if found)
    return _BODY.sub(lambda found: found[1] + bodies, pages[0])


def write_pdf(html: str, target: Path) -> None:
    """Lay an HTML document out and write it."""
    page = weasyprint.HTML(string=html, base_url=LAYOUT.folder.as_uri() + "/")
    page.write_pdf(target, stylesheets=_stylesheets(), font_config=_font_configuration())


def _value(sheet: Finished, slot: str) -> str:
    text = sheet.values[slot]
    if slot == "address_block":  # set from the bottom of its five lines
        return "\n" * (4 - text.count("\n")) + text
    if slot == "customer_barcode" and text:
        return Markup(codes.svg(codes.customer_barcode(text), slot))  # noqa: S704 - numbers only
    return text


@cache
def _template() -> jinja2.Template:
    shared = jinja2.PrefixLoader({SHARED: jinja2.FileSystemLoader(LAYOUT.folder.parent / SHARED)})
    loader = jinja2.ChoiceLoader([jinja2.FileSystemLoader(LAYOUT.folder), shared])
    environment = jinja2.Environment(loader=loader, autoescape=True)
    environment.globals["lines"] = lines  # for imported macros, too
    return environment.get_template(LAYOUT.file.template)


@cache
def _qr(text: str) -> Markup:
    return Markup(codes.svg(codes.qr(text), "qr"))  # noqa: S704 - numbers only


@cache
def _font_configuration() -> Any:
    return FontConfiguration()


@cache
def _stylesheets() -> list[Any]:
    files = [weasyprint.CSS(filename=str(path), font_config=_font_configuration()) for path in LAYOUT.stylesheets]
    return [weasyprint.CSS(string=SLOT_CSS), *files]
