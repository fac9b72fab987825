"""A PDF → what it says of itself as a whole, name by name, in words that can be compared.

Dates, identifiers, the names of the programs that wrote it and how it is written are no facts: they differ from one
day to the next and change nothing. Clauses are of ISO 32000-1.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pikepdf

from renderer.review.resolved import UPWARDS, decoded, resolved
from renderer.review.targets import Targets, names

Facts = Mapping[str, str]
"""What is meant, in words → what the file says of it; what it does not say is not there."""

_OF_PROGRAMS = frozenset({"/Producer", "/Creator", "/CreationDate", "/ModDate"})
"""Of the information about a file: which program wrote it, and when; all else may be a person's."""
_XMP = {
    "dc:title": "title",
    "dc:creator": "author",
    "dc:description": "subject",
    "dc:language": "language",
    "pdf:Keywords": "keywords",
    "pdf:Trapped": "trapping",
    "pdfaid:part": "PDF/A part",
    "pdfaid:conformance": "PDF/A conformance",
    "pdfuaid:part": "PDF/UA part",
    "pdfxid:GTS_PDFXVersion": "PDF/X version",
}
_CONDITION = ("/OutputConditionIdentifier", "/OutputCondition", "/Info")
_ALLOWED = {
    "accessibility": "reading aloud",
    "extract": "copying",
    "modify_annotation": "adding remarks",
    "modify_assembly": "inserting and turning pages",
    "modify_form": "filling in fields",
    "modify_other": "changing the content",
    "print_highres": "printing",
    "print_lowres": "printing coarsely",
}
"""Attributes of pikepdf's Permissions, and what each allows (7.6.3.2)."""


_OF_FORMS = {
    "/XFA": "the form that a program fills in (XFA)",
    "/NeedAppearances": "whether a reader draws its fields anew",
    "/SigFlags": "what its signatures ask for",
}
_OTHERS = {
    "/Collection": "how its attachments are shown",
    "/Requirements": "what a reader must be able to do",
    "/URI": "the address from which its links begin",
    "/Legal": "what it says of its signatures",
    "/Perms": "what its signatures allow",
}
_THERE = {"/DPartRoot": "the list of its parts", "/Threads": "the list of its articles"}
"""What leads to every page, and is not compared any further."""
_DATED = frozenset({"/Params"})
"""Of an attachment: its dates and its sum."""


def facts_of(pdf: pikepdf.Pdf, targets: Targets) -> tuple[Facts, Facts]:
    """Read what a file says: of its content, and of how it is to be shown, printed and used."""
    described = {**dict(_info(pdf)), **dict(_xmp(pdf))}
    used = dict[str, str]()
    for read in (_language, _tags, _view, _intents, _layers, _attachments, _scripts, _forms, _others):
        used |= dict(read(pdf.Root))
    used |= dict(_permissions(pdf))
    if "/OpenAction" in pdf.Root:
        used["what is done on opening"] = str(targets.by(pdf.Root["/OpenAction"]))
    return described, used


def _info(pdf: pikepdf.Pdf) -> Iterator[tuple[str, str]]:
    info: Any = pdf.trailer.get("/Info", {})
    return ((f"the {key[1:].lower()}", str(info[key])) for key in dict(info) if key not in _OF_PROGRAMS)


def _xmp(pdf: pikepdf.Pdf) -> Iterator[tuple[str, str]]:
    if "/Metadata" not in pdf.Root:
        return
    metadata = pdf.open_metadata()
    for key, words in _XMP.items():
        if (value := metadata.get(key)) is not None:
            said = value if isinstance(value, str) else ", ".join(map(str, value))
            yield f"the {words} in XMP", said


def _language(root: Any) -> Iterator[tuple[str, str]]:
    if "/Lang" in root:
        yield "the language", str(root["/Lang"])


def _tags(root: Any) -> Iterator[tuple[str, str]]:
    is_tagged, is_marked = "/StructTreeRoot" in root, bool(root.get("/MarkInfo", {}).get("/Marked"))
    yield "the file", "tagged" if is_tagged else "marked as tagged, without tags" if is_marked else "not tagged"


def _view(root: Any) -> Iterator[tuple[str, str]]:
    """Say how a reader is to show it and print it (12.2)."""
    for key, words in (("/PageLayout", "the page layout"), ("/PageMode", "what opens beside the pages")):
        if key in root:
            yield words, str(root[key])[1:]
    preferences = dict(root.get("/ViewerPreferences", {}))
    preferences.pop("/Type", None)
    for key, value in preferences.items():
        plain = isinstance(value, pikepdf.Name | bool | int)
        yield f"the viewer preference {key[1:]}", str(value).lstrip("/") if plain else resolved(value)[:8]


def _intents(root: Any) -> Iterator[tuple[str, str]]:
    """Say what it is prepared to be printed on (14.11.5)."""
    for intent in root.get("/OutputIntents", []):
        says = [
            str(intent[key]) for key in ("/OutputConditionIdentifier", "/OutputCondition", "/Info") if key in intent
        ]
        profile = f"profile {resolved(intent['/DestOutputProfile'])[:8]}" if "/DestOutputProfile" in intent else ""
        yield f"the output intent {str(intent.get('/S'))[1:]}", ", ".join(filter(None, [*says, profile]))


def _layers(root: Any) -> Iterator[tuple[str, str]]:
    """Say which layers it has, which can be switched, and whether they are seen (8.11.4)."""
    properties = root.get("/OCProperties")
    if properties is None:
        return
    default = properties.get("/D", {})
    is_off = str(default.get("/BaseState", "/ON")) == "/OFF"
    switched = {group.objgen for group in default.get("/ON" if is_off else "/OFF", [])}
    for group in properties.get("/OCGs", []):
        hidden = (group.objgen in switched) != is_off
        usage = group.get("/Usage", {}).get("/Print", {}).get("/PrintState")
        yield (
            f"the layer {group.get('/Name')}",
            ("hidden" if hidden else "seen") + (f", print {usage}" if usage else ""),
        )


def _attachments(root: Any) -> Iterator[tuple[str, str]]:
    named = [(str(pikepdf.String(name)), found) for name, found in names(root.get("/Names", {}).get("/EmbeddedFiles"))]
    known = {found.objgen for _, found in named}
    loose = [(str(found.get("/UF", found.get("/F", ""))), found) for found in root.get("/AF", [])]
    for name, attached in [*named, *(each for each in loose if each[1].objgen not in known)]:
        streams: Any = attached.get("/EF", {}) if isinstance(attached, pikepdf.Dictionary) else {}
        stream = streams.get("/UF", streams.get("/F"))
        if stream is not None:
            yield (
                f"the attachment {name}",
                f"{len(decoded(stream))} bytes, sum {resolved(stream, _DATED)[:8]}",
            )


def _scripts(root: Any) -> Iterator[tuple[str, str]]:
    """Sum up what runs by itself (12.6.4.16)."""
    for name, script in names(root.get("/Names", {}).get("/JavaScript")):
        yield f"the script {pikepdf.String(name)!s}", resolved(script)[:8]
    if "/AA" in root:
        yield "what is done when it is closed, saved or printed", resolved(root["/AA"])[:8]


def _forms(root: Any) -> Iterator[tuple[str, str]]:
    """Say what a program makes of its form fields, which are told with their pages (12.7.2)."""
    form = root.get("/AcroForm", {})
    for key, words in _OF_FORMS.items():
        if key in form:
            yield words, resolved(form[key])[:8] if key == "/XFA" else str(form[key])


def _others(root: Any) -> Iterator[tuple[str, str]]:
    """Say what else it brings, asks of a reader or is made for (7.7.2)."""
    for key, words in _OTHERS.items():
        if key in root:
            yield words, resolved(root[key], UPWARDS | _DATED)[:8]
    yield from ((words, "there") for key, words in _THERE.items() if key in root)


def _permissions(pdf: pikepdf.Pdf) -> Iterator[tuple[str, str]]:
    """Say what its encryption allows; one that allows everything is only a way of writing it."""
    return ((words, "allowed" if getattr(pdf.allow, name) else "forbidden") for name, words in _ALLOWED.items())
