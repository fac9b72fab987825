"""Compile a layout: layout + variant + job constants → a Plate, by way of WeasyPrint, once.

WeasyPrint lays the sheet out with a probe character in each slot. Each slot's box, baseline, font, size, colour and
alignment are read from WeasyPrint's own page boxes; then the probes are taken out and the rest is drawn: that is the
fixed part. What cannot be compiled is refused with its reason; nothing falls back to another path.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any, Protocol

from markupsafe import Markup

from renderer.layout.absent import check_nothing_is_absent
from renderer.layout.boxes import slot_boxes, texts_of
from renderer.layout.declarations import declared_at
from renderer.layout.drawn import drawn_plate
from renderer.layout.engine import lay_out, one_thread
from renderer.layout.fixed_part import check_fixed_part
from renderer.layout.ground import check_ground_file
from renderer.layout.limits import bounded
from renderer.layout.load import Fixed, Layout
from renderer.layout.refusing import Refusals, refusal
from renderer.layout.templates import code_html, run_html
from renderer.layout.visible import check_visible
from renderer.model.errors import BadLayout
from renderer.model.paper import PX_PER_MM
from renderer.model.variant import Variant, spelled
from renderer.press import fonts
from renderer.press.codes import CodeKind
from renderer.press.fitting import FitRule, Valign, pango_size
from renderer.press.marks import number
from renderer.press.plates import Place, Plate

PROBE = "国"
PAYLOADS: dict[CodeKind, str] = {"qr": "9" * 200, "omr": "1/3:5", "customer_barcode": "1" * 20}
"""Kind of a code slot → the probe that stands in it."""


class Refuse(Protocol):
    """Why a slot cannot be compiled → what to raise; with the property that says so of a box, if it is one."""

    def __call__(self, why: str, prop: str = "", around: Any = None) -> BadLayout:
        """Say it of the layout, or of the declaration of ``prop`` for the box ``around``, the slot's own if none."""


@one_thread()
def compile_plate(layout: Layout, variant: Variant, fixed: Fixed) -> Plate:
    """Compile one variant of a layout.

    :raises BadLayout: naming what cannot be compiled and why.
    """
    plate, _ = compile_sheet(layout, variant, fixed)
    return plate


def compile_sheet(layout: Layout, variant: Variant, fixed: Fixed) -> tuple[Plate, list[Any]]:
    """Compile one variant; return its plate, and WeasyPrint's boxes of the pages it was made from, emptied.

    :raises BadLayout: as ``compile_plate``.
    """
    if variant not in layout.variants():
        raise BadLayout(f"{layout.name}: {layout.document.name} has no variant {spelled(variant)}")
    check_ground_file(layout)
    called: list[str] = []

    def probe(name: str, _: int) -> Markup:
        called.append(name)
        return _probe(layout, name)

    with bounded(layout.name):
        return _compiled(layout, variant, fixed, lay_out(layout, variant, fixed, probe), called)


def _compiled(
    layout: Layout, variant: Variant, fixed: Fixed, document: Any, called: list[str]
) -> tuple[Plate, list[Any]]:
    boxes = [list(slot_boxes(page._page_box)) for page in document.pages]
    _check_each_stands_once(layout, called, [box.element for found in boxes for box, _ in found])
    places: list[dict[int, Place]] = [{} for _ in boxes]
    refusals = Refusals()
    for page_number, found in enumerate(boxes):
        for box, ancestors in found:
            with refusals.collected():
                places[page_number][int(box.element.get("data-place"))] = _place(layout, page_number, box, ancestors)
    for found in boxes:
        for box, _ in found:
            box.children = ()
    pages = [page._page_box for page in document.pages]
    with refusals.collected():
        check_nothing_is_absent(layout, variant, fixed, pages)
    for index, page in enumerate(pages, 1):
        with refusals.collected():
            check_fixed_part(layout, index, page)
        with refusals.collected():
            check_visible(layout, page, places[index - 1])
    refusals.end()
    return drawn_plate(layout, variant, document, places), pages


def _probe(layout: Layout, name: str) -> Markup:
    kind = layout.kind(name)
    return run_html(PROBE) if kind == "text" else code_html(kind, PAYLOADS[kind])


def _check_each_stands_once(layout: Layout, called: list[str], drawn: list[Any]) -> None:
    """Each call of ``slot()`` must have become one box: a value is neither lost nor printed twice."""
    if wrong := [*_in_attributes(drawn)] or [*_not_standing_once(called, drawn)]:
        raise refusal(f"{layout.name}: {said}" for said in wrong)


def _in_attributes(drawn: list[Any]) -> Iterator[str]:
    for element in drawn:
        if element.get("data-place") and element.get("class") != "slot":
            yield f"slot '{element.get('data-slot')}' stands in an attribute; write it where its value is to stand"


def _not_standing_once(called: list[str], drawn: list[Any]) -> Iterator[str]:
    stand = Counter((element.get("data-slot"), element.get("data-place")) for element in drawn)
    for place, name in enumerate(called):
        times = stand.pop((name, str(place)), 0)
        if times == 0:
            yield (
                f"slot '{name}' is not on the sheet, its value would be lost; do not hide it, and do "
                "not write it into an attribute"
            )
        if times > 1:
            yield f"one place of slot '{name}' stands {times} times; do not repeat or cut it"
    for name, _ in stand:
        yield f"data-slot='{name}' is written by hand; write {{{{ slot('{name}') }}}} instead"


_ALIGN = {
    "start": "left",
    "left": "left",
    "center": "center",
    "right": "right",
    "end": "right",
}
_CLIPS_OR_MOVES = {
    **{"transform": (), "opacity": 1, "overflow": "visible", "clip": ()},
    **{"max_lines": "none", "continue": "auto", "block_ellipsis": "none"},
}
# What would make WeasyPrint draw another text, or the same in other glyphs or with other gaps, than the press does.
_PLAIN = {
    **dict.fromkeys(("text_transform", "text_decoration_line"), "none"),
    **dict.fromkeys(("font_kerning", "font_variant_ligatures"), "none"),
    **dict.fromkeys((f"font_variant_{kind}" for kind in ("caps", "numeric", "position", "alternates")), "normal"),
    **dict.fromkeys(("font_variant_east_asian", "font_feature_settings", "font_language_override"), "normal"),
    **dict.fromkeys(("font_style", "font_stretch"), "normal"),
    "word_spacing": 0,
    "white_space": "pre",
    "direction": "ltr",
    "visibility": "visible",
}
_BY_ITS_BOX = ("top", "bottom", "middle", "text-top", "text-bottom")
_SLACK = 0.01 * PX_PER_MM


def _place(layout: Layout, page: int, box: Any, ancestors: tuple[Any, ...]) -> Place:
    name = box.element.get("data-slot")
    style = box.style

    def refuse(why: str, prop: str = "", around: Any = None) -> BadLayout:
        where = declared_at(layout.sources, ancestors[0], around or box, prop) if prop else None
        return BadLayout(f"{where or layout.name}: slot '{name}' cannot be compiled: {why}")

    if style["height"] == "auto":
        raise refuse("its height depends on its value; give it a height in mm")
    if any({"flex", "grid"} & set(parent.style["display"]) for parent in (box, *ancestors[-1:])):
        raise refuse("it stands in a flex or grid container, or is one; put it into a plain block")
    if _follows_its_value(box, ancestors):
        raise refuse("its width depends on its value; give it a width in mm, and no display: inline")
    if style["display"] == ("inline", "flow-root") and style["vertical_align"] not in _BY_ITS_BOX:
        raise refuse("its place in its line depends on its value; give it vertical-align: top")
    for ancestor in (box, *(a for a in ancestors if not hasattr(a, "page_type"))):
        for prop, plain in _CLIPS_OR_MOVES.items():
            if ancestor.style[prop] != plain:
                raise refuse(
                    f"{prop.replace('_', '-')} is not supported on a slot or around it; take it off", prop, ancestor
                )
    _check_on_page(box, ancestors[0], refuse)
    own = layout.own_fonts.families
    families = tuple(own.get(family, family) for family in style["font_family"])
    bold = style["font_weight"] >= 600
    kind = layout.kind(name)
    if kind == "text":
        fonts.Chain(families, bold)
        _check_probe(box, refuse)
        _check_lines(box, layout.slots[name].rule, refuse)
    else:
        _check_code(box, refuse)
    baseline, line_height = _baseline(box) if kind == "text" else (0.0, 0.0)
    spacing = style["letter_spacing"]
    return Place(
        slot=name, kind=kind, rule=layout.slots[name].rule, page=page,
        x=box.content_box_x(), y=box.content_box_y(), width=box.width, height=box.height,
        baseline=baseline, line_height=line_height, size=pango_size(style["font_size"]),
        families=families, bold=bold,
        align=_align(style, refuse),
        color=_color(style["color"], refuse), letter_spacing=0.0 if spacing == "normal" else float(spacing),
    )  # fmt: skip


def _follows_its_value(box: Any, ancestors: tuple[Any, ...]) -> bool:
    """Whether the slot's value decides its width: it, or a box whose width it fills, is as wide as its content."""
    if box.style["display"] == ("inline", "flow"):
        return True
    parents = [*ancestors, box]
    while parents:
        style = parents.pop().style
        if "table" in style["display"]:
            return bool(style["width"] == "auto" or style["table_layout"] == "auto")
        if parents and {"flex", "grid"} & set(parents[-1].style["display"]):
            return True
        if style["width"] != "auto" and style["display"] != ("table-cell",):
            return False
        if _shrinks(style):
            return True
    return False


def _shrinks(style: Any) -> bool:
    """Whether a box with no width of its own is as wide as what is in it (CSS 2.1, 10.3.5 to 10.3.9)."""
    if style["position"] in ("absolute", "fixed"):
        return "auto" in (style["left"], style["right"])
    return bool(style["float"] != "none" or style["display"] == ("inline", "flow-root"))


def _check_on_page(box: Any, page: Any, refuse: Refuse) -> None:
    right, bottom = box.content_box_x() + box.width, box.content_box_y() + box.height
    least = min(box.content_box_x(), box.content_box_y())
    if least < -_SLACK or right > page.margin_width() + _SLACK or bottom > page.margin_height() + _SLACK:
        raise refuse("it lies outside its page; its value would be cut off")


def _check_probe(box: Any, refuse: Refuse) -> None:
    """Check the probe: it must stand where the press will put a value, alone, and in the style of its slot."""
    runs = [run for line in box.children for run in getattr(line, "children", (line,))]
    texts = [text for text, _ in texts_of(box)]
    if [run.element_tag for run in runs] != ["slot-run"] or [text.text for text in texts] != [PROBE]:
        raise refuse("its style adds to its text or hides it; take off ::before, ::after and font-size: 0")
    text, style = texts[0], box.style
    for prop, plain in _PLAIN.items():
        if text.style[prop] != plain:
            raise refuse(f"{prop.replace('_', '-')} is not supported on a slot; take it off", prop, text)
    for prop in ("font_size", "font_weight", "color", "letter_spacing"):
        if text.style[prop] != style[prop]:
            raise refuse(f"{prop.replace('_', '-')} is set for what stands in it; set it on the slot alone", prop, text)
    free = box.width - text.width
    shift = {"left": 0.0, "right": free, "center": free / 2}[_align(style, refuse)]
    if free >= 0 and abs(box.content_box_x() + shift - text.position_x) > _SLACK:
        raise refuse("its text does not begin at its edge; take off text-indent and any padding inside")


def _check_code(box: Any, refuse: Refuse) -> None:
    """Check the probe of a code: it must fill its slot, alone."""
    if [hasattr(child, "replacement") for child in box.children] != [True]:
        raise refuse("its style adds to its code or hides it; take off ::before and ::after")
    code, *_ = box.children
    left, top = code.content_box_x() - box.content_box_x(), code.content_box_y() - box.content_box_y()
    if max(map(abs, (left, top, code.width - box.width, code.height - box.height))) > _SLACK:
        raise refuse("its code does not fill it; set its size and place on the slot, not on the svg in it")


def _align(style: Any, refuse: Refuse) -> str:
    align, last = style["text_align_all"], style["text_align_last"]
    if align not in _ALIGN or last not in ("auto", align):
        raise refuse("only text-align: left, center or right is supported", "text-align")
    return _ALIGN[align]


def _check_lines(box: Any, rule: FitRule, refuse: Refuse) -> None:
    line_height = box.children[0].height
    needed, has = rule.lines * line_height / PX_PER_MM, box.height / PX_PER_MM
    if rule.lines * line_height > box.height + _SLACK:
        raise refuse(f"lines = {rule.lines} needs {needed:.1f} mm, its height is {has:.1f} mm; make it higher")
    if rule.valign is Valign.BOTTOM and rule.lines * line_height < box.height - _SLACK:
        raise refuse(
            f"valign = 'bottom' sets the last line on the lower edge; lines = {rule.lines} are {needed:.2f} mm high, "
            f"its height is {has:.2f} mm; give it that height"
        )
    if box.style["font_size"] > line_height + _SLACK:
        raise refuse("its characters are higher than its line; give it a larger line-height")


def _baseline(box: Any) -> tuple[float, float]:
    line = box.children[0]
    text, _ = next(texts_of(line))
    return text.position_y + text.baseline, line.height


def _color(color: Any, refuse: Refuse) -> bytes:
    if color.alpha != 1:
        raise refuse("a colour that lets the paper through is not supported; use a plain one", "color")
    if color.space == "device-cmyk":
        return " ".join(map(number, color.coordinates)).encode() + b" k"
    if color.space not in ("srgb", "hsl", "hwb"):
        raise refuse(f"colour space {color.space} is not supported; use #rrggbb or device-cmyk()", "color")
    red, green, blue = color.to("srgb").coordinates
    if red == green == blue:
        return f"{number(red)} g".encode()
    return f"{number(red)} {number(green)} {number(blue)} rg".encode()
