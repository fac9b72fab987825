"""A wall → one HTML page that works from a file, with nothing beside it: overlays that can be switched, three sizes."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator, Mapping
from html import escape
from pathlib import Path

from PIL import Image

from renderer.desk.overlay_svg import sheet_svg, swatch
from renderer.desk.overlays import Look, Overlay
from renderer.desk.wall import Figure, Wall, about, figures
from renderer.model.paper import PAGE
from renderer.proof import pixels
from renderer.running.words import Words

DPI = 110
SHADES = 64
"""Colours of a picture: black in its shades, and the seal."""
KEYS = {
    Overlay.REGIONS: "r",
    Overlay.SLOTS: "s",
    Overlay.WINDOW: "w",
    Overlay.FOLDS: "f",
    Overlay.MARGIN: "m",
    Overlay.CUT: "c",
}
"""What switches an overlay, as in the studio."""
SAMPLES = {
    Overlay.REGIONS: (Look.REGION,),
    Overlay.SLOTS: (Look.FULL_SIZE, Look.CONDENSED, Look.SHRUNK, Look.HELD),
    Overlay.WINDOW: (Look.WINDOW, Look.TRAVEL),
    Overlay.FOLDS: (Look.FOLD,),
    Overlay.MARGIN: (Look.MARGIN,),
    Overlay.CUT: (Look.CUT,),
}
SIZES = ("small", "middle", "large")


def write_wall_html(wall: Wall, out: Path, said: Words) -> None:
    """Write the page."""
    shown = list(figures(wall, said))
    pictures = _pictures(wall.sheets) if any(figure.page is not None for figure in shown) else {}
    title = escape(said.say("wall_title", layout=wall.layout.name))
    body = "".join(_figure(figure, pictures, said) for figure in shown)
    out.write_text(
        f'<!DOCTYPE html>\n<html lang="{said.language}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width">\n<title>{title}</title>\n'
        f"<style>{_STYLE}</style>\n</head>\n"
        f"<body>\n<header><h1>{title}</h1><p>{escape(about(wall, said))}</p>{_switches(said)}</header>\n"
        f'<main id="wall" class="small" tabindex="0" aria-label="{title}">\n{body}</main>\n'
        f"<script>{_SCRIPT}</script>\n</body>\n</html>\n",
        encoding="utf-8",
        newline="\n",
    )


_STYLE = """
:root { --columns: 4 }
body { margin: 0; background: #e9e9e7; color: #111;
  font: 0.875rem/1.5 "BIZ UDPGothic", "Yu Gothic", "Hiragino Sans", sans-serif }
header { position: sticky; top: 0; z-index: 1; background: #fff; border-bottom: 1px solid #bbb; padding: 0.5rem 1rem }
h1 { display: inline; font-size: 1rem; margin: 0 1rem 0 0 } header p { display: inline; margin: 0 }
fieldset { display: inline-block; border: 0; margin: 0.25rem 1.5rem 0 0; padding: 0 }
legend { float: left; margin-right: 0.75rem; padding: 0; color: #555 }
header small { display: inline-block }
label { margin-right: 0.75rem; white-space: nowrap }
label svg { width: 2rem; height: 0.8rem; vertical-align: -0.1rem; margin-left: 0.25rem }
kbd { border: 1px solid #767676; border-radius: 3px; padding: 0 0.3em; font: inherit; font-size: 0.75rem }
main { display: flex; flex-wrap: wrap; gap: 1rem; padding: 1rem; outline-offset: -3px }
main:focus-visible { outline: 2px solid #0b5cad }
figure { margin: 0; width: calc(100% / var(--columns) - 1rem); box-sizing: border-box; padding: 0.5rem;
  background: #fff; border: 1px solid #ccc }
figcaption { min-height: 2.5em; font-size: 0.8125rem } figure svg { display: block; width: 100% }
main.middle { --columns: 2 } main.large { --columns: 1 }
main.without-regions .regions, main.without-slots .slots, main.without-window .window, main.without-folds .folds,
main.without-margin .margin, main.without-cut .cut, main.bare .overlay { visibility: hidden }
"""
_SCRIPT = """
'use strict';
const wall = document.getElementById('wall');
const boxes = [...document.querySelectorAll('input[data-overlay]')];
const show = box => wall.classList.toggle('without-' + box.dataset.overlay, !box.checked);
for (const box of boxes) { box.addEventListener('change', () => show(box)); show(box); }
for (const size of document.querySelectorAll('input[name=size]'))
  size.addEventListener('change', () => {
    wall.classList.remove('small', 'middle', 'large'); wall.classList.add(size.value);
  });
const letter = event => /^[a-z]$/i.test(event.key) ? event.key.toLowerCase()
  : event.code.startsWith('Key') ? event.code.slice(3).toLowerCase() : '';
wall.addEventListener('keydown', event => {
  if (event.isComposing || event.keyCode === 229 || event.ctrlKey || event.metaKey || event.altKey) return;
  const pressed = letter(event);
  if (pressed === 'v') { wall.classList.add('bare'); return; }
  const box = boxes.find(one => one.dataset.key === pressed);
  if (box && !event.repeat) { box.checked = !box.checked; show(box); }
});
wall.addEventListener('keyup', event => { if (letter(event) === 'v') wall.classList.remove('bare'); });
wall.addEventListener('blur', () => wall.classList.remove('bare'));
"""


def _switches(said: Words) -> str:
    overlays = "".join(
        f'<label><input type="checkbox" checked data-overlay="{overlay}" data-key="{key}"> '
        f"{escape(said.say(f'overlay_{overlay}'))}{''.join(map(swatch, SAMPLES[overlay]))} "
        f"<kbd>{key.upper()}</kbd></label>"
        for overlay, key in KEYS.items()
    )
    sizes = "".join(
        f'<label><input type="radio" name="size" value="{size}"{" checked" if size == SIZES[0] else ""}> '
        f"{escape(said.say(f'wall_{size}'))}</label>"
        for size in SIZES
    )
    return (
        f"<div><fieldset><legend>{escape(said.say('wall_overlays'))}</legend>{overlays}</fieldset>"
        f"<fieldset><legend>{escape(said.say('wall_columns'))}</legend>{sizes}</fieldset>"
        f"<small>{escape(said.say('wall_keys'))}</small></div>"
    )


def _figure(figure: Figure, pictures: Mapping[int, str], said: Words) -> str:
    paper = f'<rect width="{PAGE.right:g}" height="{PAGE.bottom:g}" fill="#fff"/>'
    if figure.page is not None:
        size = f'width="{PAGE.right:g}" height="{PAGE.bottom:g}"'
        paper += f'<image {size} href="data:image/png;base64,{pictures[figure.page]}"/>'
    drawing = sheet_svg(figure.shapes, said, paper=paper, label=figure.caption)
    return f"<figure><figcaption>{escape(figure.caption)}</figcaption>{drawing}</figure>\n"


def _pictures(sheets: Path) -> dict[int, str]:
    return dict(enumerate(_drawn(sheets)))


def _drawn(sheets: Path) -> Iterator[str]:
    """Draw each page as a small PNG."""
    with pixels.opened(sheets) as file:
        for page in range(file.page_count):
            target = io.BytesIO()
            file.pixels(page, DPI, colour=True).quantize(SHADES, Image.Quantize.FASTOCTREE).save(
                target, "PNG", optimize=True
            )
            yield base64.b64encode(target.getvalue()).decode("ascii")
