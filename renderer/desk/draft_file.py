"""A draft → a column map as a file: what a person must decide is a remark, and no cell of the member file stands in it.

Codes of value tables stand in it where they are short or are words for what they mean.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from renderer.desk.decisions import SEPARATORS, Decision, Draft
from renderer.documents.document import HEADER
from renderer.intake.dialect import Dialect
from renderer.running.words import Words

_LONGEST_CODE = 4
"""ASCII characters of a code that is shown though nobody knows what it means."""


def write_draft(draft: Draft, said: Words) -> str:
    """Write the column map, as docs/column-map.md has it."""
    seen = draft.seen
    if seen.dialect.format == "fixed":
        return "\n".join(_skeleton(draft, said)) + "\n"
    lines = [f"# {said.say('draft_top')}", ""]
    ignored = [own.name for one in draft.sure() if not one.ours for own in one.own]
    lines += [f"ignore = {_listed(ignored)}", ""] if ignored else []
    lines += _undecided(draft, said)
    lines += _file(seen.dialect, seen.header_names(), said, has_odd_end=seen.has_odd_end)
    lines += ["[columns]", *_columns(draft, said), ""]
    lines += _table("join", _joins(draft))
    for one in draft.decisions:
        if one.at:
            lines += _split(one, said)
    for one in draft.decisions:
        lines += _values(one, said)
    lines += _table("dates", ((one.is_sure, one.ours[0], _quoted(one.form)) for one in draft.decisions if one.form))
    lines += _table("eras", ((True, str(code), _quoted(era)) for code, era in draft.eras.items()))
    lines += _table("digits", ((one.is_sure, one.ours[0], str(one.digits)) for one in draft.decisions if one.digits))
    return "\n".join(lines).rstrip("\n") + "\n"


def _undecided(draft: Draft, said: Words) -> list[str]:
    """Name the columns that would be taken for those of the same name, though a person must decide what they are."""
    unsure = (own.name for one in draft.decisions if not one.is_sure for own in one.own)
    names = [name for name in dict.fromkeys(unsure) if name in HEADER]
    return [f"# {said.say('draft_undecided')}", f"undecided = {_listed(names)}", ""] if names else []


def _columns(draft: Draft, said: Words) -> Iterator[str]:
    for one in draft.decisions:
        names = [own.name for own in one.own]
        if not one.ours or one.at:
            continue
        line = f"{_quoted(one.ours[0])} = {_listed(names) if len(names) > 1 else _quoted(names[0])}"
        if one.is_sure:
            yield line
            continue
        why = said.say(f"why_{one.why}")
        yield f"# {said.say('draft_doubt', own=said.join(tuple(map(_quoted, names))), ours=one.ours[0], why=why)}"
        yield f"# {line}"


def _joins(draft: Draft) -> Iterator[tuple[bool, str, str]]:
    for one in draft.decisions:
        if len(one.own) > 1 and one.ours[0] in SEPARATORS:
            yield one.is_sure, one.ours[0], _quoted(SEPARATORS[one.ours[0]])


def _split(one: Decision, said: Words) -> list[str]:
    lines = [
        f"[split.{_quoted(one.own[0].name)}]",
        f"into = {_listed(one.ours)}",
        f"at = {_quoted(one.at)}",
    ]
    return [*(lines if one.is_sure else [f"# {line}" for line in lines]), ""]


def _values(one: Decision, said: Words) -> list[str]:
    if one.table:
        pairs = ((one.is_sure, code, _quoted(value)) for code, value in one.table.items())
        return _table(f"values.{_quoted(one.ours[0])}", pairs)
    codes = one.own[0].shapes.codes
    if one.why != "codes" or not codes:
        return []
    shown = sorted(code for code in codes if len(code) <= _LONGEST_CODE and code.isascii())
    head = [f"# {said.say('draft_codes', ours=one.ours[0])}"]
    return [*head, *_table(f"values.{_quoted(one.ours[0])}", ((False, code, '""') for code in shown))]


def _table(name: str, pairs: Iterable[tuple[bool, str, str]]) -> list[str]:
    """Write a table of keys and values; those that are not sure as remarks, and where none is, its head, too."""
    found = list(pairs)
    if not found:
        return []
    head = f"[{name}]" if any(is_sure for is_sure, _, _ in found) else f"# [{name}]"
    return [head, *(f"{'' if is_sure else '# '}{_quoted(key)} = {value}" for is_sure, key, value in found), ""]


def _file(dialect: Dialect, header: tuple[str, ...], said: Words, *, has_odd_end: bool) -> list[str]:
    plain = Dialect()
    lines = [
        f"{key} = {_quoted(getattr(dialect, key))}"
        for key in ("format", "delimiter", "quote", "comment", "sheet")
        if getattr(dialect, key) != getattr(plain, key)
    ]
    lines += [f"skip = {dialect.skip}"] if dialect.skip else []
    lines += [f"# {said.say('draft_positions')}", f"header = {_listed(header)}"] if dialect.header else []
    if dialect.last:
        count = f", count = {dialect.last.count}" if dialect.last.count else ""
        lines += [f"last = {{ begins = {_quoted(dialect.last.begins)}{count} }}"]
    lines += [f"# {said.say('draft_odd_end')}", '# last = { begins = "合計", count = 2 }'] if has_odd_end else []
    return ["[file]", *lines, ""] if lines else []


def _skeleton(draft: Draft, said: Words) -> Iterator[str]:
    """Write what can be seen of a file of fixed lengths, and what a person must fill in."""
    fixed = draft.seen.dialect.fixed
    yield f"# {said.say('draft_fixed')}"
    yield from ("", "[file]", 'format = "fixed"', f"encoding = {_quoted(draft.seen.dialect.encoding)}")
    is_known = fixed is not None and fixed.lines
    yield f"length = {fixed.length}" if fixed and is_known else f"# length = 400    {said.say('draft_length')}"
    yield f"lines = {'true' if is_known else 'false'}"
    yield from ("", "[fields]", f"# {said.say('draft_fields')}", '# "氏名" = { at = 12, bytes = 40 }')
    yield from ("", "# [records]", f"# {said.say('draft_records')}")
    if draft.seen.begins:
        signs = said.join(tuple(f"{_quoted(sign)} ({count})" for sign, count in draft.seen.begins.items()))
        yield f"# {said.say('draft_begins', signs=signs)}"
    yield from ("# at = 1", '# header = "1"', '# data = "2"', '# trailer = "8"', "# count = { at = 2, bytes = 9 }")


def _listed(names: Iterable[str]) -> str:
    return f"[{', '.join(map(_quoted, names))}]"


def _quoted(text: str) -> str:
    """Write a text as TOML does."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
