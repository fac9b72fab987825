"""What is wrong with a layout, a job or a sheet, as the program says it → problems with their places.

What refuses a layout says where in one form: ``folder/file, line N, selector { name: value }: what is wrong; what to
do``, with less of it where less is known. It is read here, so that each sentence stands in the program once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from renderer.desk.faults import Fault
from renderer.layout.load import Layout
from renderer.model.findings import Finding
from renderer.model.toml import line_of
from renderer.studio.lint_words import JAPANESE
from renderer.studio.parts import Box, Problem, Rule, Source, Words
from renderer.studio.refused_words import in_japanese

_PLACE = re.compile(
    r"(?P<file>[^\s,:]+(?:/[^\s,:]+)*\.(?:css|j2|html|svg|toml))(?:,? line (?P<line>\d+))?"
    r"(?:, (?P<selector>[^{}]*?)(?: \{ (?P<name>[\w-]+): [^{}]*\})?)?(?:: |(?= names ))(?P<said>.*)",
    re.DOTALL,
)
_TOML_LINE = re.compile(r"\(at line (\d+), column \d+\)")
_TOML_KEY = re.compile(r"(?:unknown key )?(?P<keys>[\w.-]+\.[\w.-]+)\b")
_OF_LAYOUT = re.compile(r"^[\w.-]+: (?=slot |one place |data-slot)")
"""The name of the layout, where a sentence begins with it: everybody looks at it."""
_SIZE = re.compile(r"give it a (?P<side>width|height) in mm")
_NAMED = re.compile(r"\b(?P<kind>slot|region) '(?P<name>[^']+)'|\bslot\('(?P<call>[^']+)'\)")
_WRITE = (
    re.compile(r"; write (?P<write>[^;]*?) into the region"),
    re.compile(r"; (?:add|write) (?P<write>\{\{[^}]*\}\})"),
    re.compile(r"; use (?P<write>\{\{[^}]*\}\})"),
    re.compile(r"use (?P<write>\{\{[^}]*\}\})"),
    re.compile(r"write (?P<write>[a-z]\w* = -?[\d.]+(?:, [a-z]\w* = -?[\d.]+)*)"),
    re.compile(r"did you mean [\"']?(?P<write>[^\"'?]+)[\"']?\?"),
)


@dataclass(frozen=True, slots=True)
class Files:
    """Where the files lie that a sentence may name."""

    folders: tuple[Path, ...]
    """The layout's, and those of the parts."""
    others: tuple[Path, ...] = ()
    """Job, insurer file."""

    def find(self, said: str) -> Path | None:
        """Return the file that is meant: ``folder/name``, or a name alone."""
        *folder, name = said.split("/")
        for place in self.folders:
            paths = (path for path in place.rglob(name) if path.is_file())
            if found := next((path for path in paths if not folder or path.parent.name == folder[-1]), None):
                return found
        return next((path for path in self.others if path.name == name), None)


def source_at(path: Path, line: int) -> Source:
    """Name a line of a file as messages do."""
    return Source(file=f"{path.parent.name}/{path.name}", line=max(line, 1), path=str(path))


def refused(sentences: Iterable[str], code: str, files: Files, boxes: Sequence[Box]) -> tuple[Problem, ...]:
    """Turn what refuses a layout or job into problems, each once; ``boxes`` are those of the last good sheet."""
    lines = (line for sentence in sentences for line in sentence.split("\n"))
    return tuple(_refused(line, code, files, boxes) for line in dict.fromkeys(lines))


def _refused(sentence: str, code: str, files: Files, boxes: Sequence[Box]) -> Problem:
    said, source, selector, name = _OF_LAYOUT.sub("", sentence), None, "", ""
    if (place := _PLACE.match(sentence)) and (path := files.find(place["file"])):
        said, selector, name = place["said"].strip(), place["selector"] or "", place["name"] or ""
        source = source_at(path, int(place["line"] or _line_in_toml(path, said)))
    box = _box_named(sentence, boxes)
    size = _SIZE.search(said)
    rule = _deciding(size["side"], box) if box and size else None
    return Problem(
        severity="refused",
        code=code,
        sentence=Words(ja=in_japanese(said, code), en=said),
        source=source or (rule.source if rule else _call_of(sentence, files)),
        selector=f"{selector} {{ {name} }}" if name else rule.selector if rule else selector,
        write=f"{size['side']}: {_length(box, size['side'])}mm" if box and size else _write(said),
        page=box.id.page if box else None,
        box=box.id if box else None,
    )


def _deciding(side: str, box: Box) -> Rule | None:
    """Return the rule that decided a side of a box when it was good."""
    return next((rule for rule in box.rules if side in rule.decides), None)


def _length(box: Box, side: str) -> str:
    """Say how wide or high a box was when it was good."""
    return f"{round(box.w if side == 'width' else box.h, 2):g}"


def _line_in_toml(path: Path, said: str) -> int:
    """Find the line that a complaint about a TOML file means, by what its reader says or by the key that it names."""
    if line := _TOML_LINE.search(said):
        return int(line[1])
    if path.suffix == ".toml" and (keys := _TOML_KEY.match(said)):
        text = path.read_text(encoding="utf-8", errors="replace")
        return line_of(text, tuple(int(key) if key.isdecimal() else key for key in keys["keys"].split(".")))
    return 1


def _call_of(sentence: str, files: Files) -> Source | None:
    """Find where a template calls the slot that a sentence names."""
    named = _NAMED.search(sentence)
    slot = named and (named["call"] or (named["name"] if named["kind"] == "slot" else None))
    if not slot:
        return None
    call = re.compile(rf"""\bslot\(\s*["']{re.escape(slot)}["']\s*\)""")
    for folder in files.folders:
        for path in sorted((*folder.rglob("*.j2"), *folder.rglob("*.html"))):
            text = path.read_text(encoding="utf-8", errors="replace")
            if found := call.search(text):
                return source_at(path, text.count("\n", 0, found.start()) + 1)
    return None


def _write(said: str) -> str:
    return next((found["write"] for pattern in _WRITE if (found := pattern.search(said))), "")


def _box_named(sentence: str, boxes: Sequence[Box]) -> Box | None:
    named = _NAMED.search(sentence)
    return _box_of((named["name"] or named["call"],), boxes) if named else None


def _box_of(names: Sequence[str], boxes: Sequence[Box]) -> Box | None:
    return next((box for name in names for box in boxes if box.id.name == name), None)


def of_sheet(findings: Iterable[Finding], boxes: Sequence[Box]) -> Iterator[Problem]:
    """Turn what holds the sheet that is shown into problems."""
    for finding in findings:
        box = _box_of([str(value) for name, value in finding.parameters if name == "slot"], boxes)
        yield Problem(
            severity="held",
            code=finding.code,
            sentence=Words(
                ja=f"{finding.sentence('ja')}（{finding.action('ja')}）",
                en=f"{finding.sentence('en')}; {finding.action('en')}",
            ),
            page=box.id.page if box else None,
            box=box.id if box else None,
            record=finding.record or None,
        )


def of_lint(faults: Iterable[Fault], layout: Layout, files: Files, boxes: Sequence[Box]) -> Iterator[Problem]:
    """Turn what lint found into problems, each at the declaration that decides its box, or in ``layout.toml``."""
    for fault in faults:
        names = [name for part in fault.where.split(" and ") for name in part.split(" of ")]
        box = _box_of(names, boxes)
        if fault.code == "cannot-compile":
            one = _refused(fault.sentence, fault.code, files, boxes)
            yield one.model_copy(update={"variants": fault.variants})
            continue
        said = f"{fault.where}: {fault.sentence}; {fault.action}"
        yield Problem(
            severity="advice",
            code=fault.code,
            sentence=Words(ja=f"{JAPANESE[fault.code]}。{said}", en=said),
            source=_source_of(fault, names, layout, box),
            write=_write(f"; {fault.action}"),
            page=box.id.page if box else None,
            box=box.id if box else None,
            variants=fault.variants,
        )


_BY_STYLE = frozenset(("outside-safe-margin", "crosses-fold", "boxes-overlap", "not-aligned", "too-small-to-read"))
"""What the style sheet is to be asked about; of anything else it is ``layout.toml``."""


def _source_of(fault: Fault, names: Sequence[str], layout: Layout, box: Box | None) -> Source | None:
    rule = box.rules[0].source if box and box.rules else None
    if fault.code in _BY_STYLE and rule:
        return rule
    toml = layout.folder / "layout.toml"
    text = toml.read_text(encoding="utf-8", errors="replace")
    for name in names:
        for table, known in (("regions", layout.file.regions), ("slots", layout.slots)):
            if name in known:
                return source_at(toml, line_of(text, (table, name)))
    return rule
