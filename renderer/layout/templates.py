"""Fill a layout's template: a layout, a variant, what is fixed for a job and what fills its slots → HTML.

The one door to Jinja. A template sees ``variant``, ``insurer``, ``job``, ``lines()``, ``qr()``, ``vertical()`` and
``slot()``, never a member. It is a program, kept from what it need not do: it reads templates of its own folder and
``_shared`` only,
leaves nothing to chance, and what it writes is bounded.
"""

from __future__ import annotations

import itertools
import re
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Self

import jinja2
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from renderer.layout.line_ends import Breakable, lines
from renderer.layout.load import SHARED, Fixed, Layout
from renderer.layout.tags import AT, Marking, are_paired, may_be_unquoted, unpaired, unquoted, where
from renderer.model.errors import BadLayout
from renderer.model.insurer import CardCorner, Insurer
from renderer.model.job import Route
from renderer.model.toml import advice, nearest
from renderer.model.variant import Variant
from renderer.press import codes, fonts

SEAL_URL = "insurer:seal"
"""The address of the insurer's seal in a template."""
MOST_CHARACTERS = 5_000_000
"""Of a template that was filled in."""
# A template is a program: besides Jinja's own errors it may divide by nought, add a text to a number, include itself.
_TEMPLATE_ERRORS = (jinja2.TemplateError, ArithmeticError, LookupError, RecursionError, TypeError, ValueError)

Fill = Callable[[str, int], Markup]
"""Slot name, number of the place (0, 1, … as the template comes to them) → the HTML that stands in it."""


def run_html(text: str, style: str = "") -> Markup:
    """Return the HTML that sets a text in a slot, in the slot's style and a little of its own."""
    return Markup('<slot-run style="{}">{}</slot-run>').format(style, text)


def code_html(kind: codes.CodeKind, payload: str) -> Markup:
    """Return the HTML that draws a code in a slot."""
    return Markup(codes.svg(codes.rectangles(kind, payload), kind))  # noqa: S704 - numbers only


def filled(layout: Layout, variant: Variant, fixed: Fixed, fill: Fill) -> str:
    """Fill the template of a layout.

    :raises BadLayout: naming the template and the line that cannot be used, or that it writes too much.
    """
    html = _filled(layout, variant, fixed, fill, says_where=False)
    is_odd, is_paired = may_be_unquoted(html), are_paired(html)
    if is_odd or not is_paired:
        # Once more, for the line: what is printed has no marks.
        again, begin = marked(layout, variant, fixed), f"{layout.name}/{layout.template.name}, line 1"
        if wrong := (is_odd and unquoted(again, begin)) or (not is_paired and unpaired(again, begin)):
            raise BadLayout(wrong)
    return html


def marked(layout: Layout, variant: Variant, fixed: Fixed) -> str:
    """Fill it as ``filled`` does, with nothing in its slots; each element says where it is written (``tags.AT``).

    :raises BadLayout: naming the template and the line that cannot be used.
    """
    return _filled(layout, variant, fixed, lambda *_: Markup(""), says_where=True)


def _filled(layout: Layout, variant: Variant, fixed: Fixed, fill: Fill, *, says_where: bool) -> str:
    numbers = itertools.count()
    facts = {fact: Word(value, layout.document.facts[fact]) for fact, value in variant}
    seen: dict[str, Mapping[str, object]] = {"variant": facts, "job": _job(fixed), "insurer": _insurer(fixed.insurer)}

    def slot(*names: object, **others: object) -> Markup:
        if len(names) != 1 or not isinstance(names[0], str) or others:
            said = ", ".join([*map(str, names), *others])
            raise BadLayout(f"{layout.name}: slot() takes the name of one slot, slot('name'), and not ({said})")
        name = names[0]
        if name not in layout.slots:
            raise _NoSlot(_no_slot(layout, name, seen))
        number = next(numbers)
        at = Markup(' {}="{}"').format(AT, _called_from()) if says_where else ""
        html = '<div class="slot" data-slot="{}" data-place="{}"{}>{}</div>'
        return Markup(html).format(name, number, at, fill(name, number))  # noqa: S704 - the arguments are escaped

    try:
        template = _environment(layout.folder, layout.parts, says_where).get_template(layout.file.template)
        parts = template.generate(**seen, slot=slot, qr=_qr, vertical=_vertical)
        return "".join(_not_too_many(layout, parts))
    except jinja2.TemplateNotFound as error:
        raise BadLayout(f"{layout.name}: '{error}' is neither in the layout's folder nor in {SHARED}") from error
    except _NoSlot as error:
        raise BadLayout(f"{_template_line(layout, error)}: {error}") from error
    except _TEMPLATE_ERRORS as error:
        raise BadLayout(f"{_template_line(layout, error)}: {_plainly(error)}; mend the template") from error


def _plainly(error: Exception) -> str:
    """Say of a template's error what was written, and not what Python calls it."""
    asked = re.fullmatch(r"'[\w. ]+ object' has no attribute '(.+)'", str(error))
    return f"there is no '.{asked[1]}' of that" if asked else str(error)


class _NoSlot(Exception):  # noqa: N818
    """A template calls a slot that there is not."""


def _no_slot(layout: Layout, name: str, seen: Mapping[str, Iterable[str]]) -> str:
    """Say what to write in the place of a slot that there is not; ``seen`` is what a template has besides."""
    said = f"slot('{name}') has no [slots.{name}] in layout.toml"
    if name in layout.document.fields:
        return f"{said}; add it there, with how its value may be made to fit"
    written = {known: f"{{{{ {where}.{known} }}}}" for where, names in seen.items() for known in names}
    where, _, known = name.rpartition(".")
    if known in seen.get(where, ()):
        return f"{said}, and is no value of a member; use {written[known]}"
    meant = nearest(name, [*layout.slots, *layout.document.fields, *written])
    if meant in layout.slots:
        return f"{said}; did you mean '{meant}'?"
    if meant in layout.document.fields:
        return f"{said}; did you mean '{meant}'? Add it there, with how its value may be made to fit"
    return f"{said}, and is no value of a member; use {written[meant]}" if meant else said


class Word(str):
    """One of the few words that there are in its place: to ask for any other is a mistake in writing."""

    __slots__ = ("_known",)
    _known: tuple[str, ...]

    def __new__(cls, word: str, known: Iterable[str]) -> Self:
        """Take a word, and all that it might be."""
        found = super().__new__(cls, word)
        found._known = tuple(known)
        return found

    def __eq__(self, other: object) -> bool:
        """Compare with another of the words.

        :raises ValueError: with what is none of them.
        """
        if isinstance(other, str) and other not in self._known:
            hint = advice(other, self._known, "'")
            raise ValueError(f"'{other}' is none of {', '.join(self._known)}{hint}")
        return str.__eq__(self, other)

    def __ne__(self, other: object) -> bool:
        """As ``__eq__``."""
        return not self == other

    def __bool__(self) -> bool:
        """Ask whether there is any.

        :raises ValueError: always, for there always is one, such as ``hidden``.
        """
        raise ValueError(f"this is always one of {', '.join(self._known)}, and never nothing; compare it with one")

    __hash__ = str.__hash__


def _not_too_many(layout: Layout, parts: Iterable[str]) -> Iterator[str]:
    length = 0
    for part in parts:
        length += len(part)
        if length > MOST_CHARACTERS:
            said = f"{layout.name}/{layout.template.name} gives more than {MOST_CHARACTERS} characters"
            raise BadLayout(f"{said}; look for loops")
        yield part


class _Environment(ImmutableSandboxedEnvironment):
    """Templates whose numbers stay small: to work out a very long one hears no clock (``limits``)."""

    intercepted_binops = frozenset({"*", "**"})

    def call_binop(self, context: jinja2.runtime.Context, operator: str, left: Any, right: Any) -> Any:
        """Multiply, or raise to a power."""
        if isinstance(left, int) and isinstance(right, int):
            digits = left.bit_length() * right if operator == "**" else left.bit_length() + right.bit_length()
            if digits > sys.float_info.max_exp:
                raise OverflowError("a number is too large")
        return super().call_binop(context, operator, left, right)


def _called_from() -> str:
    """Say where the template stands that calls what calls this."""
    frame = sys._getframe(1)
    while (template := frame.f_globals.get("__jinja_template__")) is None and frame.f_back:
        frame = frame.f_back
    return where(template.filename, template.get_corresponding_lineno(frame.f_lineno)) if template else ""


def _template_line(layout: Layout, error: Exception) -> str:
    """Say in which template, and in which line of it, something went wrong."""
    at = [(frame.filename, frame.lineno) for frame in traceback.extract_tb(error.__traceback__)]
    if isinstance(error, jinja2.TemplateSyntaxError):
        at.append((error.filename or "", error.lineno))
    inside = [(Path(name), line) for name, line in at if any(map(Path(name).is_relative_to, layout.folders))]
    path, line = inside[-1] if inside else (layout.template, 1)
    return f"{path.parent.name}/{path.name}, line {line}"


class _ByContent(jinja2.BaseLoader):
    """Templates that were read are good as long as the same file is found with the same content, whatever its time."""

    def __init__(self, loader: jinja2.BaseLoader) -> None:
        self._loader = loader

    def get_source(
        self, environment: jinja2.Environment, template: str
    ) -> tuple[str, str | None, Callable[[], bool] | None]:
        """Return content and file of a template, and what says whether that is still so."""
        content, file, _ = self._loader.get_source(environment, template)

        def is_as_it_was() -> bool:
            try:
                return self._loader.get_source(environment, template)[:2] == (content, file)
            except jinja2.TemplateNotFound:
                return False

        return content, file, is_as_it_was


# When the next job comes, or the next save, a template may be another, and is read anew; the others are kept.
@lru_cache(maxsize=16)
def _environment(folder: Path, parts: tuple[Path, ...], says_where: bool) -> jinja2.Environment:
    shared = jinja2.PrefixLoader({SHARED: jinja2.FileSystemLoader(parts)})
    loader = _ByContent(jinja2.ChoiceLoader([jinja2.FileSystemLoader(folder), shared]))
    extensions = [Marking] if says_where else []
    environment = _Environment(loader=loader, undefined=jinja2.StrictUndefined, autoescape=True, extensions=extensions)
    # The same job gives the same sheets: nothing in a template is left to chance.
    del environment.globals["lipsum"], environment.filters["random"]
    environment.globals["lines"] = lines  # for imported macros, too
    return environment


def _job(fixed: Fixed) -> dict[str, object]:
    return {
        "title": fixed.title,
        "issued_on": fixed.issued_on,
        "customer_barcode": fixed.customer_barcode,
        "inserter_marks": Word(fixed.inserter_marks, ("none", "omr", "qr")),
        "route": Word(fixed.route, Route),
    }


def _insurer(insurer: Insurer) -> dict[str, str]:
    return {
        "number": insurer.number,
        "name": Breakable(insurer.name, insurer.name_breaks),
        "postal_code": f"{insurer.postal_code[:3]}-{insurer.postal_code[3:]}",
        "address": Breakable(insurer.address, insurer.address_breaks),
        "telephone": insurer.telephone,
        "portal_url": insurer.portal_url,
        "card_corner": Word(insurer.card_corner, CardCorner),
        "accent": insurer.accent,
        "seal": SEAL_URL if insurer.seal else "",
    }


def _qr(text: object) -> Markup:
    if not isinstance(text, str) or not text.strip():
        raise ValueError(f"qr() takes a text that is not empty, qr(insurer.portal_url), and not {text!r}")
    return Markup(codes.svg(codes.qr(text), "qr"))  # noqa: S704 - our own markup: numbers only


_TWO_DIGITS = re.compile(r"(?<!\d)([0-9]{2})(?!\d)")


def _vertical(text: str) -> Markup:
    """Set a fixed text in one column, a character below the other; two digits of half width stand side by side."""
    html = Markup("")
    for at, part in enumerate(_TWO_DIGITS.split(text)):
        if at % 2:
            html += Markup('<span class="abreast">{}</span>').format(part)
        else:
            html += Markup("").join(map(Markup("<span>{}</span>").format, fonts.clusters(part)))
    return Markup('<span class="vertical">{}</span>').format(html)
