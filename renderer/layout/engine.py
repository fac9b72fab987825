"""Lay out one sheet with WeasyPrint: a layout, a variant and what fills its slots → laid-out pages.

The one door to WeasyPrint. A layout can open files of its own folder, ``_shared`` and ``fonts/`` only. WeasyPrint is
silent or the layout is refused: any log line of level warning or above raises BadLayout.
"""

from __future__ import annotations

import gc
import io
import logging
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from renderer.intake.pictures import fault_of_size
from renderer.layout.complaints import told
from renderer.layout.declarations import NO_FILES, Sources
from renderer.layout.limits import bounded
from renderer.layout.load import SHARED, Fixed, Layout
from renderer.layout.refusing import Refusals, refusal
from renderer.layout.templates import SEAL_URL, Fill, filled
from renderer.model.errors import BadLayout
from renderer.model.insurer import Insurer
from renderer.model.paper import A4, PX_PER_MM
from renderer.model.sums import sum_of_all, sum_of_bytes, sum_of_file
from renderer.model.variant import Variant
from renderer.press import fonts

import weasyprint  # isort: skip - after fonts, which says what fonts there are
from weasyprint.css.properties import INITIAL_VALUES  # isort: skip
from weasyprint.css.validation.expanders import EXPANDERS  # isort: skip
from weasyprint.text.fonts import FontConfiguration  # isort: skip
from weasyprint.urls import URLFetcher, URLFetcherResponse  # isort: skip

PROPERTIES = tuple(name.replace("_", "-") for name in INITIAL_VALUES) + tuple(EXPANDERS)
"""What a style sheet may set."""
COUNTER_STYLES = frozenset(weasyprint.UA_COUNTER_STYLE)
"""In which signs a list may be counted; in any other name WeasyPrint counts 1, 2, 3, and says nothing."""
OWN_FONT_URL = "own:font"
PAGE_CSS = f"@page {{ size: {A4[0]:g}mm {A4[1]:g}mm; margin: 0 }}"
SLOT_CSS = """
.slot { display: block; white-space: pre; font-kerning: none; font-variant-ligatures: none;
        overflow: visible; margin: 0; padding: 0; border: 0; text-indent: 0 }
slot-run, slot-condensed, .slot > svg {
  margin: 0 !important; padding: 0 !important; border: 0 !important; outline: 0 !important; background: none !important;
  position: static !important; float: none !important; opacity: 1 !important;
}
slot-run { display: inline !important; line-height: 0 !important; vertical-align: baseline !important }
slot-condensed {
  display: inline-block !important; width: auto !important; height: auto !important; line-height: 0 !important;
  vertical-align: baseline !important; transform-origin: 0 0 !important;
}
.slot > svg {
  display: block !important; width: 100% !important; height: 100% !important; transform: none !important;
  min-width: 0 !important; max-width: none !important; min-height: 0 !important; max-height: none !important;
  visibility: visible !important; overflow: visible !important; clip: auto !important;
  object-fit: fill !important; object-position: 50% 50% !important;
}
"""
"""What stands in a slot is the program's own: it has names of its own, and a layout's rules do not reach its boxes."""
VERTICAL_CSS = """
.vertical { display: inline-block; width: 1em; line-height: 1; text-align: center; text-indent: 0; letter-spacing: 0;
            white-space: pre; font-feature-settings: "vert"; font-kerning: none; font-variant-ligatures: none }
.vertical > span { display: block }
.vertical > .abreast { font-feature-settings: normal }
"""
"""What the template's ``vertical()`` writes: a column, each sign in the form that its font has for vertical lines."""


def lay_out(layout: Layout, variant: Variant, fixed: Fixed, fill: Fill) -> Any:
    """Lay out one sheet; return WeasyPrint's Document.

    :raises BadLayout: when the template, a style or a file it refers to cannot be used, or takes too much (``limits``).
    """
    with bounded(layout.name):
        return _lay_out(layout, variant, fixed, fill)


def _lay_out(layout: Layout, variant: Variant, fixed: Fixed, fill: Fill) -> Any:
    own = fixed.insurer.gaiji_font.read_bytes() if fixed.insurer.gaiji_font else b""
    config = _font_configuration(sum_of_all([sum_of_bytes(own), *(face.key for face in layout.own_fonts.faces)]))
    html, sheets, refusals = "", [], Refusals()
    with refusals.collected():
        html = filled(layout, variant, fixed, fill)
    with refusals.collected():
        sheets = _stylesheets(layout, own, config)
    refusals.end()
    fetcher = Fetcher(layout, fixed.insurer)
    with silence_promised(layout.name, layout.sources):
        page = weasyprint.HTML(string=html, base_url=layout.folder.as_uri() + "/", url_fetcher=fetcher)
        if any("stylesheet" in link.get("rel", "").lower() for link in page.etree_element.iter("link")):
            raise BadLayout(f"{layout.name}: take <link> out of the template; name the style sheet in layout.toml")
        document = page.render(font_config=config, stylesheets=sheets, cache={})
    _check_pages(layout, document.pages)
    return document


def parsed(html: str) -> Any:
    """Return the root element of a page as WeasyPrint reads it, before anything is laid out."""
    return weasyprint.HTML(string=html).etree_element


def _check_pages(layout: Layout, pages: Sequence[Any]) -> None:
    if len(pages) != layout.file.pages:
        more = len(pages) > layout.file.pages
        raise BadLayout(
            f"{layout.name}: the sheet has {len(pages)} pages, layout.toml promises {layout.file.pages}; "
            + ("something is taller than its page" if more else "begin the next page with break-before: page")
        )
    for number, page in enumerate(pages, 1):
        if any(page.bleed.values()) or page._page_box.style["marks"]:
            raise BadLayout(f"{layout.name}: bleed and crop marks are not printed; take them out of @page")
        size = (page.width / PX_PER_MM, page.height / PX_PER_MM)
        if any(abs(has - wanted) > 0.01 for has, wanted in zip(size, A4, strict=True)):
            raise BadLayout(
                f"{layout.name}: page {number} is {size[0]:.1f} × {size[1]:.1f} mm; "
                f"take the size out of @page, a sheet is {A4[0]:g} × {A4[1]:g} mm"
            )


def write_pdf(layout: Layout, document: Any) -> bytes:
    """Write a laid-out document as an uncompressed PDF.

    :raises BadLayout: on a glyph that no font has, or any other warning while drawing.
    """
    target = io.BytesIO()
    document.fonts = _Fonts(layout.own_fonts.families)
    with bounded(layout.name), silence_promised(layout.name, layout.sources):
        document.write_pdf(target, uncompressed_pdf=True)
    return target.getvalue()


def draw_paper(name: str, html: str, insurer: Insurer) -> bytes:
    """Draw a paper that is no sheet, such as one to sign: HTML with its style, in our fonts and without any file → PDF.

    :raises BadLayout: on any warning.
    """
    own = insurer.gaiji_font.read_bytes() if insurer.gaiji_font else b""
    target = io.BytesIO()
    with silence_promised(name):
        config = _font_configuration(sum_of_bytes(own))
        page = weasyprint.HTML(string=html, url_fetcher=_FewFiles())
        page.render(font_config=config, stylesheets=_own_font(own, config), cache={}).write_pdf(target)
    return target.getvalue()


# What is kept here from sheet to sheet is known by its content: when the next job comes, a file may be another.
@lru_cache(maxsize=8)
def _font_configuration(_own: str) -> Any:
    # Not one for each document, which takes 40 ms; not one for all: an insurer's own font is for nobody else's sheets.
    return _OurFonts()


class _OurFonts(FontConfiguration):  # type: ignore[misc]
    """The project's fonts by their families, the pack's and the insurer's; a layout can neither add nor rename one."""

    def add_font_face(self, rule_descriptors: Mapping[str, Any], url_fetcher: Any) -> None:
        """Take up an ``@font-face`` rule.

        :raises BadLayout: for any rule that a layout writes.
        """
        if not isinstance(url_fetcher, _OwnFont):
            family = rule_descriptors["font_family"]
            raise BadLayout(
                f"@font-face '{family}' brings a font of its own; use one of the project's, or declare it in "
                "fonts/fonts.toml of the pack"
            )
        super().add_font_face(rule_descriptors, url_fetcher)


@lru_cache(maxsize=64)
def _style(path: Path, folders: tuple[Path, ...], _sum: str) -> Any:
    # It must be silent here: what was parsed before is not parsed, and warned of, again.
    with silence_promised(f"{path.parent.name}/{path.name}", Sources((path,), folders)):
        config = _font_configuration(sum_of_bytes(b""))
        return weasyprint.CSS(filename=str(path), url_fetcher=_CssFetcher(folders), font_config=config)


def _sum_of_style(path: Path, folders: tuple[Path, ...]) -> str:
    """Sum up a style sheet and all that it takes in."""
    return sum_of_all(word for found in Sources((path,), folders).texts() for word in (str(found), sum_of_file(found)))


def _stylesheets(layout: Layout, own: bytes, config: Any) -> list[Any]:
    sheets = [weasyprint.CSS(string=PAGE_CSS + SLOT_CSS + VERTICAL_CSS), *_own_font(own, config)]
    for face in layout.own_fonts.faces:
        sheets += _font_face(face.family, 700 if face.bold else 400, face.path.read_bytes(), config)
    refusals = Refusals()
    for path in layout.stylesheets:
        with refusals.collected():
            sheets.append(_style(path, layout.folders, _sum_of_style(path, layout.folders)))
    refusals.end()
    return sheets


def _own_font(own: bytes, config: Any) -> list[Any]:
    return _font_face(fonts.GAIJI_FAMILY, 400, own, config) if own else []


def _font_face(family: str, weight: int, font: bytes, config: Any) -> list[Any]:
    rule = f'@font-face {{ font-family: "{family}"; font-weight: {weight}; src: url({OWN_FONT_URL}) }}'
    return [weasyprint.CSS(string=rule, url_fetcher=_OwnFont(font), font_config=config)]


class _Fonts(dict[Any, Any]):
    """The fonts of a PDF that WeasyPrint writes, each with the widths of its file.

    Left alone it takes a width from the first size a glyph is met in, as Pango rounded it there: 334 for a blank of
    333.496 thousandths, and then everything after it stands elsewhere than in a file of our own.
    """

    def __init__(self, families: Mapping[str, str]) -> None:
        super().__init__()
        self._families = families

    def __setitem__(self, key: Any, font: Any) -> None:
        if font.family != fonts.GAIJI_FAMILY:
            family = self._families.get(font.family, font.family)
            font.to_unicode = _Texts(font.widths, fonts.face(family, font.weight >= 600))
        super().__setitem__(key, font)


class _Texts(dict[int, str]):
    """Glyph → what it says. WeasyPrint notes this when it meets a glyph, before it asks for the width."""

    def __init__(self, widths: dict[int, int], face: fonts.Face) -> None:
        super().__init__()
        self._widths, self._face = widths, face

    def __setitem__(self, gid: int, text: str) -> None:
        self._widths[gid] = self._face.width(gid)
        super().__setitem__(gid, text)


class _FewFiles(URLFetcher):  # type: ignore[misc]
    """Open local files of a few folders, and nothing else: no network, no data of others."""

    roots: tuple[Path, ...] = ()

    def found(self, path: Path) -> Path:
        """Return where what is asked for lies."""
        return path

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> Any:
        """Open a local file below one of the roots.

        :raises ValueError: for anything else; WeasyPrint logs it, and the layout is refused.
        """
        if url.startswith("data:"):
            return _small_enough(super().fetch(url, headers))
        if urlsplit(url).scheme != "file":
            raise ValueError(f"a layout may open files of its own folder only, not {urlsplit(url).scheme}: addresses")
        path = self.found(Path(unquote(urlsplit(url).path)).resolve())
        if not any(path.is_relative_to(root) for root in self.roots):
            raise ValueError(f"{path.name} lies outside the layout's folder, {SHARED} and fonts")
        return _small_enough(URLFetcherResponse(url, path.read_bytes()))


def _small_enough(response: Any) -> Any:
    """Refuse a picture that would take very long and much memory to draw, before it is opened."""
    data = response.read()
    if fault := fault_of_size(data):
        raise ValueError(fault)
    return URLFetcherResponse(response.url, data, response.headers)


class Fetcher(_FewFiles):
    """What a template may open: its folder, ``_shared``, ``fonts/``, and the insurer's seal by name."""

    def __init__(self, layout: Layout, insurer: Insurer) -> None:
        super().__init__()
        self.roots = (*layout.folders, fonts.FONTS)
        self.layout, self.seal = layout, insurer.seal

    def found(self, path: Path) -> Path:
        """Look for a common part where those of templates and style sheets are looked for."""
        own = self.layout.folder / SHARED
        return self.layout.path(f"{SHARED}/{path.relative_to(own).as_posix()}") if path.is_relative_to(own) else path

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> Any:
        """Open what may be opened.

        :raises ValueError: for anything else; WeasyPrint logs it, and the layout is refused.
        """
        if url == SEAL_URL and self.seal:
            return URLFetcherResponse(url, self.seal.read_bytes())
        return super().fetch(url, headers)


class _CssFetcher(_FewFiles):
    """What a style sheet may open."""

    def __init__(self, folders: tuple[Path, ...]) -> None:
        super().__init__()
        self.roots = (*folders, fonts.FONTS)


class _OwnFont(URLFetcher):  # type: ignore[misc]
    """One font of the insurer's or the pack's own, and nothing else."""

    def __init__(self, font: bytes) -> None:
        super().__init__()
        self.font = font

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> Any:
        """Open the font."""
        return URLFetcherResponse(url, self.font)


class _Listener(logging.Handler):
    """Hears what is logged in its own thread: others may make fonts at the same time."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []
        self._thread = threading.get_ident()

    def emit(self, record: logging.LogRecord) -> None:
        if record.thread == self._thread:
            self.lines.append(record.getMessage())


_ONE_THREAD = threading.RLock()


@contextmanager
def one_thread() -> Iterator[None]:
    """Keep other threads out of WeasyPrint, as long as anything of a laid-out document is there.

    Two threads in one font map of Pango spoil its memory, also where one of them only lets go of a text; so nothing is
    collected here meanwhile, in whichever thread. And what is logged must be about the sheet at hand.
    """
    with _ONE_THREAD:
        collects = gc.isenabled()
        gc.disable()
        try:
            yield
        finally:
            if collects:
                gc.enable()


@contextmanager
def silence_promised(name: str, sources: Sources = NO_FILES) -> Iterator[None]:
    """Refuse the layout or style sheet of this name when WeasyPrint or fontTools logs a warning or worse.

    Where in ``sources`` it is to be mended, is told.
    """
    listener = _Listener()
    loggers = [logging.getLogger("weasyprint"), logging.getLogger("fontTools")]
    with one_thread():
        for logger in loggers:
            logger.addHandler(listener)
        try:
            yield
        finally:
            for logger in loggers:
                logger.removeHandler(listener)
    if listener.lines:
        raise refusal(told(sources, name, line, PROPERTIES) for line in dict.fromkeys(listener.lines))
