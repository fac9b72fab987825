"""A filled template → the first element or attribute that is not closed, or closed twice, with the line that opens it.

A browser, and WeasyPrint, close an element that was forgotten wherever it suits them: all that follows stands in it. An
attribute whose quotation mark was forgotten takes in all up to the next one.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser

from jinja2 import lexer
from jinja2.ext import Extension

PAIRED = (
    *("div", "span", "section", "article", "header", "footer", "main", "aside", "nav", "figure", "table"),
    *("ul", "ol", "dl", "b", "strong", "small", "a", "h1", "h2", "h3", "h4", "h5", "h6"),
)
"""Elements that end where their end is written, and nowhere else."""
AT = "data-at"
_TAG = re.compile(rf"<(/?)({'|'.join(PAIRED)})(?=[\s/>])", re.IGNORECASE)
_START = re.compile(r"<([a-z][\w:-]*)(?=[\s/>])", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""\s+([^\s"'<>/=]+)(?:\s*=\s*(?:(["'])(.*?)(\2|\Z)|[^\s"'>]+))?""", re.DOTALL)
_TAG_WITHIN = re.compile(r"""=\s*(?:"[^"]*(?:<[/a-z]|\Z)|'[^']*(?:<[/a-z]|\Z))""", re.IGNORECASE)
_ANY_TAG = re.compile("<[/a-z]", re.IGNORECASE)
_SLOT = '<div class="slot" data-slot='
_UNREAD = re.compile(r"<!--.*?-->|<style\b.*?</style>", re.DOTALL | re.IGNORECASE)


def are_paired(html: str) -> bool:
    """Whether as many elements end as begin: a first look, at every sheet."""
    counts = Counter((tag.lower(), bool(end)) for end, tag in _TAG.findall(html))
    return all(counts[tag, True] == counts[tag, False] for tag in PAIRED)


def may_be_unquoted(html: str) -> bool:
    """Whether a tag may stand in an attribute: a first look, at every sheet."""
    return _TAG_WITHIN.search(html) is not None


class Marking(Extension):
    """Templates whose elements say where they are written: ``data-at="small/sheet.html.j2, line 3"``."""

    def filter_stream(self, stream: lexer.TokenStream) -> Iterator[lexer.Token]:
        """Mark what is written as it stands, between what is filled in."""
        for token in stream:
            marked = token.type == "data"
            yield lexer.Token(token.lineno, token.type, _marked(token, stream.filename or "")) if marked else token


def where(path: str, line: int) -> str:
    """Say where something is written, with the folder of the file: ``small/sheet.html.j2, line 3``."""
    return f"{'/'.join(path.split('/')[-2:])}, line {line}"


def _marked(token: lexer.Token, path: str) -> str:
    text = str(token.value)

    def mark(tag: re.Match[str]) -> str:
        return f'{tag[0]} {AT}="{where(path, token.lineno + text.count(chr(10), 0, tag.start()))}"'

    return _START.sub(mark, text)


def unpaired(html: str, begin: str) -> str:
    """Say which element of a marked template is not closed, or closed once too often; "" where none is.

    ``begin`` is told where it stands before all that is marked.
    """
    reader = _Reader(begin)
    reader.feed(html)
    reader.close()
    return reader.wrong or (_not_closed(*reader.open[-1]) if reader.open else "")


def unquoted(html: str, begin: str) -> str:
    """Say which attribute of a marked template has a quotation mark that is not closed; "" where none has.

    A tag stands in its value then, which it may by right where the value is a picture (``data:``).
    """
    where, html = begin, _UNREAD.sub("", html)
    for start in _START.finditer(html):
        position = start.end()
        while attribute := _ATTRIBUTE.match(html, position):
            name, mark, value, end = attribute.groups("")
            # A slot that stands in an attribute is told in words of its own.
            before, slot, _ = html[attribute.start(3) : attribute.end(3) + len(_SLOT)].partition(_SLOT)
            if name == AT:
                where = value
            has_tag = _ANY_TAG.search(before) or before.endswith(">") if slot else _ANY_TAG.search(value)
            if name != AT and mark and "data:" not in value and (not end or has_tag):
                return f"{where}: {name}={mark} is not closed; write {mark} where its value ends"
            position = attribute.end()
    return ""


class _Reader(HTMLParser):
    def __init__(self, begin: str) -> None:
        super().__init__()
        self.open: list[tuple[str, str, str]] = []
        """Of the elements that are open: tag, class and where it is written."""
        self.wrong = ""
        self._last = begin

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in PAIRED:
            given = dict(attrs)
            self._last = given.get(AT) or self._last
            self.open.append((tag, given.get("class") or "", self._last))

    def handle_endtag(self, tag: str) -> None:
        if tag not in PAIRED or self.wrong:
            return
        if tag not in (name for name, _, _ in self.open):
            self.wrong = f"{self._last}: after this there is a </{tag}> too many; take it out"
            return
        while (left := self.open.pop())[0] != tag:
            self.wrong = self.wrong or _not_closed(*left)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)  # of these, "/" closes none


def _not_closed(tag: str, classes: str, where: str) -> str:
    shown = f'<{tag} class="{classes}">' if classes else f"<{tag}>"
    return f"{where}: {shown} is not closed; write </{tag}> where it ends"
