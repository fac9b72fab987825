"""job.toml and insurer.toml, read a second time → what of them every sheet must say, and whether the job is theirs.

The fixed part of a sheet is compiled into its plate and is there alike for who prints and who proves; so what it says
of the job and of the insurer is read from the plate and compared with the files themselves.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from renderer.layout.load import Layout
from renderer.model.errors import BadBatch
from renderer.model.insurer import Offset
from renderer.model.job import Job
from renderer.model.variant import Variant, spelled
from renderer.press.plates import Plate, PlatePage
from renderer.proof import codes_read
from renderer.proof.cells import digits, wareki
from renderer.proof.seen_words import shown_on

_ASKED = re.compile(
    r"\b(job\.(?:title|issued_on)|insurer\.(?:name|number|postal_code|address|telephone)|qr\(insurer\.portal_url\))"
)
"""What a template may write of a job and its insurer as a text of the sheet."""
_PORTAL = "qr(insurer.portal_url)"
_MODULES = re.compile(rb"(\d+) (\d+) m\n(\d+) \2 l\n\3 (\d+) l\n\1 \4 l\nh\n")
"""Some of a QR code as WeasyPrint draws it: left, top, right, bottom."""
_REDO = "nothing is delivered; start the run again"
_OF_JOB = ("name", "document", "title", "issued_on")
_OF_INSURER = (
    *("number", "name", "address", "telephone", "portal_url", "card_corner", "accent"),
    *("prints_ratio", "prints_my_number_until"),
)
_UNWRITTEN = re.compile(r"\{#.*?#\}|<!--.*?-->|<title>.*?</title>", re.DOTALL)
"""What of a template no page shows."""
_WRITTEN = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
_PART = re.compile(r"""["']([^"']+\.j2)["']""")
_NEXT = "\n"
"""Stands before each text of a form, so that the numbers of two are not read as one."""
_LABELS = {"電話": "insurer.telephone", "電話番号": "insurer.telephone", "保険者番号": "insurer.number"}
"""What a form writes before a number → which that must be."""
_RELATIONS = {
    "insured": frozenset({"本人（被保険者）", "本人", "被保険者"}),
    "dependant": frozenset({"家族（被扶養者）", "家族", "被扶養者"}),
}
"""Whose form it is → how it says so, as a text by itself."""


class FixedWords:
    """What the two files of a job say, and which of it the templates of its layout ask for."""

    def __init__(self, job: Job, layout: Layout) -> None:
        """Read the files again.

        :raises BadBatch: when the job is not what they say.
        """
        given, insurer = _files(job)
        _check_taken_as_given(job, given, insurer)
        self.offset = _offset(insurer)
        """By how much each side is moved."""
        if self.offset != job.insurer.offset:
            raise BadBatch(f"print.offset of the job is not as {Path(given['insurer']).name} says; {_REDO}")
        postal_code = digits(insurer["postal_code"])
        said = {
            "job.title": given["title"],
            "job.issued_on": wareki(given["issued_on"]),
            "insurer.name": insurer["name"],
            "insurer.number": insurer["number"],
            "insurer.postal_code": f"{postal_code[:3]}-{postal_code[3:]}",
            "insurer.address": insurer["address"],
            "insurer.telephone": insurer["telephone"],
            _PORTAL: insurer.get("portal_url", ""),
        }
        self._labelled = {label: _whole(said[asked]) for label, asked in _LABELS.items()}
        self._checked: set[tuple[Plate, Variant]] = set()
        self.texts: Mapping[str, str] = {asked: said[asked] for asked in sorted(_asked_for(layout)) if said[asked]}

    def check(self, plate: Plate, variant: Variant) -> None:
        """Check that the plate of a variant is its own, and says all of it somewhere on its pages, blanks aside.

        Nor may a label stand before another number than the insurer's, or the form of one relation say the other.

        A plate never changes, and so is checked once.

        :raises BadBatch: naming what it does not say.
        """
        if (plate, variant) in self._checked:
            return
        if plate.variant != variant:
            raise BadBatch(f"{plate.layout}: the form of {spelled(variant)} is that of another variant; {_REDO}")
        shown = "".join(_text_of(page, plate) for page in plate.pages)
        codes = [code for page in plate.pages for code in _codes_of(page)]
        for asked, text in self.texts.items():
            if asked == _PORTAL:
                is_said = any(codes_read.read("qr", code, text) == text for code in codes)
            else:
                is_said = _whole(text).search(shown) is not None
            if not is_said:
                raise BadBatch(
                    f"{plate.layout}: the fixed part does not say {asked} as its file does; nothing is delivered; "
                    "where the layout means to leave it out, let its template not ask for it"
                )
        self._check_labels(plate.layout, shown)
        _check_relation(plate.layout, dict(variant).get("relation", ""), shown.split(_NEXT))
        self._checked.add((plate, variant))

    def _check_labels(self, layout: str, shown: str) -> None:
        for label, wanted in self._labelled.items():
            for before in re.finditer(rf"{label}{_NEXT}?(?=[0-9０-９])", shown):
                if not wanted.match(shown, before.end()):
                    raise BadBatch(
                        f"{layout}: the fixed part does not say {_LABELS[label]} as its file does behind {label}; "
                        f"nothing is delivered; where it means another number, let it not stand behind {label}"
                    )


def _files(job: Job) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """Read both again; in the insurer's texts a bar says where a line may end, and is not printed."""
    given = tomllib.loads(job.path.read_text("utf-8-sig"))
    at = job.path.resolve().parent / given["insurer"]
    if job.insurer_file.as_posix().endswith(at.as_posix()):
        at = job.insurer_file  # of a job that was carried to another machine, the whole path lies below a folder
    insurer = tomllib.loads(at.read_text("utf-8-sig"))
    return given, insurer | {key: insurer[key].replace("|", "") for key in ("name", "address")}


def _offset(insurer: Mapping[str, Any]) -> Offset:
    given = insurer.get("print", {}).get("offset", {})
    front, back = ((float(right), float(down)) for right, down in (given.get(side, (0, 0)) for side in Offset._fields))
    return Offset(front, back)


def _check_taken_as_given(job: Job, given: Mapping[str, Any], insurer: Mapping[str, Any]) -> None:
    mailing = {key: value for key, value in given.get("mailing", {}).items() if key != "inserts"}
    own = {key: insurer[key] for key in _OF_INSURER if key in insurer} | {"postal_code": digits(insurer["postal_code"])}
    plain = {key: given[key] for key in _OF_JOB}
    taken: Sequence[tuple[str, object, Mapping[str, Any]]] = (
        (job.path.name, job, plain),
        (job.path.name, job.mailing, mailing),
        (Path(given["insurer"]).name, job.insurer, own),
    )
    for name, record, wanted in taken:
        for key, value in wanted.items():
            if getattr(record, key) != (tuple(value) if isinstance(value, list) else value):
                raise BadBatch(f"{key} of the job is not as {name} says; {_REDO}")


def _check_relation(layout: str, relation: str, texts: Sequence[str]) -> None:
    own = _RELATIONS.get(relation)
    if own:
        others = frozenset().union(*_RELATIONS.values()) - own
        says_own, says_other = (sum(text in words for text in texts) for words in (own, others))
        if says_other and says_other >= says_own:
            raise BadBatch(f"{layout}: the form of relation={relation} says that it is that of another; {_REDO}")


def _whole(text: str) -> re.Pattern[str]:
    """Find a text, blanks aside, in one line or several; a number at its ends only where that is whole."""
    signs = "".join(text.split())
    before, after = (r"(?<![0-9-])" if signs[:1].isdigit() else "", r"(?![0-9-])" if signs[-1:].isdigit() else "")
    return re.compile(f"{before}{f'{_NEXT}?'.join(map(re.escape, signs))}{after}")


def _asked_for(layout: Layout) -> set[str]:
    """Return what the template asks for, or a common part that it writes."""
    found, waiting, seen = set[str](), [layout.template], set[Path]()
    while waiting:
        path = waiting.pop()
        if path not in seen and path.is_file():
            seen.add(path)
            text = _UNWRITTEN.sub("", path.read_text("utf-8"))
            found.update(_ASKED.findall(" ".join("".join(asked.split()) for asked in _WRITTEN.findall(text))))
            waiting += map(layout.path, _PART.findall(text))
    return found


def _codes_of(page: PlatePage) -> Iterator[str]:
    """Yield each QR code of a page's fixed part as the press would draw it."""
    for drawn in page.content.split(b"Q\n"):
        found = [tuple(map(int, edges)) for edges in _MODULES.findall(drawn)]
        if found:
            yield " ".join(f"{x} {y} {right - x} {bottom - y} re" for x, y, right, bottom in found)


def _text_of(page: PlatePage, plate: Plate) -> str:
    """Return the seen texts of a page's fixed part without blanks, as they are drawn, each behind ``_NEXT``."""
    texts = {face.name: dict(glyphs) for face, glyphs in plate.glyphs}
    named = {name.removeprefix("/"): texts.get(face.name, {}) for name, face in page.fonts}
    said: list[str] = []
    for shown in shown_on(page.content):
        if shown.begins:
            said.append(_NEXT)
        if shown.is_seen:
            font = named.get(shown.font, {})
            glyphs = [font.get(int(shown.codes[at : at + 4], 16), "") for at in range(0, len(shown.codes), 4)]
            said += "".join(glyphs).split()
    return "".join(said)
