"""One thing wrong or odd with one record, and its words in Japanese and English (``findings.*.toml`` beside this file).

No parameter may carry personal data: a record is named by its 整理番号 and its line, a character by its code point.
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

from renderer.model.lines import said_line

Language = Literal["ja", "en"]
LANGUAGES: tuple[Language, ...] = ("ja", "en")

Parameters = tuple[tuple[str, str | int], ...]
"""Name and value; written as JSON and read back by ``Finding.of`` it is the same."""


class Weight(StrEnum):
    """What a finding means for its record."""

    HELD = "held"
    """It may not be printed."""
    DOUBT = "doubt"
    """It is not printed until a person releases it."""
    NOTE = "note"
    """It is printed, and somebody should know."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What all findings of one code have in common. A code is never used again for something else."""

    code: str
    """A stable word for machines, such as ``date-not-in-calendar``."""
    stage: str = "validate"
    """The verb of the way of a record at which it is found."""
    weight: Weight = Weight.HELD
    forms: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: {"": ()})
    """The sentences that it may take, and the parameters of each; most have one, named ""."""
    columns: tuple[str, ...] = ()
    """The standard columns that it is about where its parameters name none."""


_NAMES_OF_COLUMNS = frozenset(("column", "following", "other"))
"""Parameters that are columns."""
_COLUMN = {"": ("column",)}
_DIGITS = {"": ("column", "digits")}
_ERA = ("column", "era")
_PLACES = ("郵便番号", "住所", "送付先郵便番号", "送付先住所")
_SPREAD = ("first_line", "last_line")
_SLOT = ("slot", "label")
"""A slot and what it is called in Japanese, as its document says: a sentence has the one or the other."""
_ROOM = (*_SLOT, "needed", "floor", "given")

KINDS: Mapping[str, Kind] = MappingProxyType({kind.code: kind for kind in (
    Kind("row-wrong-number-of-fields", "read", forms={
        "": ("found", "expected"),
        "spread": ("found", "expected", *_SPREAD),
    }),
    Kind("cell-too-long", "read", forms={"": ("column", "most")}),
    Kind("number-was-rounded", "read", forms=_COLUMN),
    Kind("cell-shown-otherwise", "read", forms={"": ("column",), "struck": ("column",)}),
    Kind("cannot-be-split", "read", forms=_COLUMN),
    Kind("value-not-in-table", "read", forms={"": ("column",), "code": ("column", "code")}),
    Kind("too-many-digits", "read", forms=_DIGITS),
    Kind("date-not-of-form", "read", forms={"": ("column", "wanted")}),
    Kind("record-number-not-allowed", columns=("整理番号",)),
    Kind("record-number-twice", columns=("整理番号",), forms={"": ("other_line",)}),
    Kind("key-twice", columns=("記号", "番号", "枝番"), forms={"": ("other_line",)}),
    Kind("my-number-of-another", columns=("個人番号",), forms={"": ("other_line",)}),
    Kind("looks-like-my-number", columns=("整理番号",), forms={
        "": ("column",),
        "record": (),
        "split": ("column", "following"),
    }),
    Kind("number-missing", columns=("番号",)),
    Kind("branch-not-readable", columns=("枝番",)),
    Kind("relation-unknown", columns=("本人家族",)),
    Kind("name-missing", columns=("氏名",)),
    Kind("insured-name-missing", columns=("被保険者氏名",)),
    Kind("address-missing", columns=("住所",)),
    Kind("character-not-printable", forms={"": ("column", "places"), "spread": ("column", "places", *_SPREAD)}),
    Kind("kana-not-allowed", columns=("フリガナ",), forms={"": ("found", "characters", "first")}),
    Kind("sex-unknown", columns=("性別",)),
    Kind("date-missing", forms=_COLUMN),
    Kind("date-not-readable", forms={"": ("column",), "digits": ("column",)}),
    Kind("date-not-in-calendar", forms={"": ("column",), "year-0": _ERA}),
    Kind("date-unknown-era", forms=_COLUMN),
    Kind("date-outside-era", forms={"before": _ERA, "ended": _ERA, "before-1873": ("column",)}),
    Kind("date-after-issue", columns=("生年月日",), forms={"": ("column",), "birth": ()}),
    Kind("date-before-birth", forms=_COLUMN),
    Kind("qualification-lost", columns=("資格喪失予定年月日",)),
    Kind("my-number-not-readable", columns=("個人番号",)),
    Kind("my-number-wrong-check-digit", columns=("個人番号",)),
    Kind("postal-code-missing", columns=("郵便番号",)),
    Kind("postal-code-not-readable", columns=("郵便番号",)),
    Kind("forwarding-incomplete", columns=("送付先郵便番号", "送付先住所", "送付先方書")),
    Kind("ratio-missing", columns=("負担割合",)),
    Kind("ratio-unknown", columns=("負担割合",)),
    Kind("limit-class-unknown", columns=("限度額区分",), forms={"": ("known",)}),
    Kind("household-with-two-insured", "gather", columns=("記号", "番号", "本人家族")),
    Kind("household-names-differ", "gather", columns=("記号", "番号", "氏名", "被保険者氏名")),
    Kind("household-too-large", "gather", columns=("記号", "番号"), forms={"": ("most",)}),
    Kind("household-incomplete", "gather", columns=("記号", "番号")),
    Kind("household-without-insured", "gather", columns=("本人家族", "住所")),
    Kind("no-glyph", forms={"": (*_SLOT, "character"), "instead": (*_SLOT, "character", "instead")}),
    Kind("does-not-fit", forms={
        "plain": (*_SLOT, "needed", "given"),
        "condensed": _ROOM,
        "shrunk": _ROOM,
        "lines": _ROOM,
        "character": (*_SLOT, "floor", "given"),
        "spaced": _SLOT,
    }),
    Kind("lost-character", weight=Weight.DOUBT, forms=_COLUMN),
    Kind("placeholder", weight=Weight.DOUBT, forms=_COLUMN),
    Kind("character-entity", weight=Weight.DOUBT, forms=_COLUMN),
    Kind("not-a-name", weight=Weight.DOUBT, forms=_COLUMN),
    Kind("not-an-address", weight=Weight.DOUBT, forms={
        "": ("column",),
        "twice": ("column",),
        "cut": ("column",),
        "city": ("column",),
    }),
    Kind("value-of-another-column", weight=Weight.DOUBT, forms={"": ("column", "other")}),
    Kind("not-a-workplace", weight=Weight.DOUBT, forms=_COLUMN),
    Kind("telephone-or-mail", weight=Weight.DOUBT, forms=_COLUMN),
    Kind("look-alike-character", weight=Weight.DOUBT, forms=_COLUMN),
    Kind("honorific-in-name", weight=Weight.DOUBT, forms=_COLUMN),
    Kind("name-fills-field", "read", Weight.DOUBT, forms={"": ("column", "bytes")}),
    Kind("name-or-kana-cut-off", columns=("氏名", "フリガナ"), weight=Weight.DOUBT),
    Kind("insured-by-own-name", columns=("氏名", "被保険者氏名"), weight=Weight.DOUBT),
    Kind("insured-by-another", columns=("氏名", "被保険者氏名", "本人家族"), weight=Weight.DOUBT),
    Kind("my-number-of-one-digit", columns=("個人番号",), weight=Weight.DOUBT),
    Kind("ratio-of-another-age", columns=("負担割合", "生年月日"), weight=Weight.DOUBT),
    Kind("limit-class-of-another-age", columns=("限度額区分", "生年月日"), weight=Weight.DOUBT),
    Kind("ratio-and-limit-class", columns=("負担割合", "限度額区分"), weight=Weight.DOUBT),
    Kind("dates-disagree", weight=Weight.DOUBT, forms={"": ("column", "other")}),
    Kind("postal-code-not-of-address", weight=Weight.DOUBT, columns=_PLACES, forms={
        "": (),
        "forwarding": (),
        "written": (),
    }),
    Kind("person-twice", columns=("記号", "番号", "氏名", "生年月日"), weight=Weight.DOUBT, forms={
        "": ("other_line",),
    }),
    Kind("person-under-two-numbers", columns=("記号", "番号", "氏名", "生年月日"), weight=Weight.DOUBT, forms={
        "": ("other_line",),
    }),
    Kind("number-with-and-without-zeros", columns=("記号", "番号"), weight=Weight.DOUBT, forms={
        "": ("other_line",),
    }),
    Kind("same-name-in-a-row", columns=("氏名",), weight=Weight.DOUBT, forms={
        "": ("first_line", "last_line"),
    }),
    Kind("outlasts-insured", columns=("資格喪失予定年月日", "生年月日"), weight=Weight.DOUBT, forms={
        "": ("insured_line",),
        "gone": ("insured_line",),
        "unread": ("insured_line",),
    }),
    Kind("addresses-slipped", columns=("住所", "方書"), weight=Weight.DOUBT, forms={"": ("first_line",)}),
    Kind("insured-names-differ", "gather", Weight.DOUBT, columns=("氏名", "被保険者氏名"), forms={
        "": ("first_line", "last_line"),
        "spelled": ("first_line", "last_line"),
    }),
    Kind("workplace-names-differ", "gather", Weight.DOUBT, columns=("事業所番号", "事業所名"), forms={
        "": ("first_line", "last_line"),
    }),
    Kind("workplace-with-and-without-zeros", "gather", Weight.NOTE, columns=("事業所番号",), forms={
        "": ("first_line", "last_line"),
    }),
    Kind("workplace-of-another", "gather", Weight.DOUBT, columns=("事業所番号", "事業所名"), forms={
        "": ("insured_line",),
    }),
    Kind("workplace-name-missing", columns=("事業所名",), weight=Weight.DOUBT),
    Kind("two-insured", "gather", Weight.NOTE, columns=("記号", "番号", "本人家族"), forms={
        "": ("first_line", "last_line"),
    }),
    Kind("filled-downwards", weight=Weight.NOTE, forms={"": ("column", "first_line", "last_line")}),
    Kind("text-fills-field", "read", Weight.NOTE, forms={"": ("column", "bytes")}),
    Kind("name-may-be-cut-off", weight=Weight.NOTE, forms={"": ("column", "signs", "found")}),
    Kind("address-may-be-cut-off", weight=Weight.NOTE, forms={
        "": ("column",),
        "longest": ("column", "signs", "found"),
        "number": ("column",),
    }),
    Kind("blank-unlike-others", weight=Weight.NOTE, forms=_COLUMN),
    Kind("person-at-two-addresses", columns=("氏名", "生年月日", "住所"), weight=Weight.NOTE, forms={
        "": ("other_line",),
    }),
    Kind("postal-code-of-another-city", weight=Weight.NOTE, columns=_PLACES, forms={"": (), "forwarding": ()}),
    Kind("certified-before-insured", columns=("認定年月日",), weight=Weight.NOTE, forms={"": ("insured_line",)}),
    Kind("workplace-left-over", columns=("事業所名",), weight=Weight.NOTE),
    Kind("household-sent-incomplete", "gather", Weight.NOTE, columns=("記号", "番号")),
    Kind("insured-has-no-row", "gather", Weight.NOTE, columns=("本人家族",), forms={"": (), "held": ()}),
    Kind("lives-apart", "gather", Weight.NOTE, columns=("住所",), forms={"": (), "own": ()}),
    Kind("aged-75-or-over", columns=("生年月日",), weight=Weight.DOUBT),
    Kind("notice-after-loss", columns=("資格喪失予定年月日",), weight=Weight.DOUBT),
    Kind("ratio-begins-later", columns=("生年月日", "負担割合"), weight=Weight.NOTE, forms={
        "": (),
        "missing": (),
    }),
    Kind("loses-late", columns=("資格喪失予定年月日",), weight=Weight.NOTE),
    Kind("no-customer-barcode", columns=("郵便番号", "住所", "方書"), weight=Weight.NOTE, forms={
        "catch-all": (),
        "unknown": (),
        "city": (),
        "town": (),
        "no-number": (),
        "numeral": (),
    }),
    Kind("noughts-restored", "read", Weight.NOTE, forms=_DIGITS),
    Kind("date-era-had-ended", weight=Weight.NOTE, forms={"": (*_ERA, "printed_in")}),
)})  # fmt: skip
"""Every code there is, in the order of the documentation."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong or odd with one record. It cannot be made with a code, form or parameter that has no words."""

    code: str
    """One of ``KINDS``."""
    line: int
    """Line of the source, counted from 1 as an editor does; 0 where there is none."""
    record: str
    """整理番号 as given, or "" where it could not be read. Never a name or a number of the person."""
    form: str = ""
    """Which of the forms of its kind."""
    parameters: Parameters = ()
    """Names of columns and slots, places, counts, code points, millimetres; never personal data."""
    sum: str = ""
    """Of a doubt: the sum of the record's values, by which a release frees it and no other."""

    def __post_init__(self) -> None:
        given, wanted = tuple(name for name, _ in self.parameters), self.kind.forms[self.form]
        if given != wanted:
            raise TypeError(f"{self.code}: the parameters are {', '.join(wanted)}, not {', '.join(given)}")

    @classmethod
    def of(cls, code: str, line: int, record: str, form: str = "", /, **parameters: str | int) -> Finding:
        """Make one of parameters in any order."""
        wanted = {name: place for place, name in enumerate(KINDS[code].forms[form])}
        ordered = sorted(parameters.items(), key=lambda item: wanted.get(item[0], len(wanted)))
        return cls(code, line, record, form, tuple(ordered))

    @property
    def kind(self) -> Kind:
        """What it has in common with all of its code."""
        return KINDS[self.code]

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that it is about, standard ones or the file's own; none where it is about a slot or the row."""
        named = tuple(str(value) for name, value in self.parameters if name in _NAMES_OF_COLUMNS)
        return named or self.kind.columns

    @property
    def stage(self) -> str:
        """The verb of the way of a record: read, validate, gather."""
        return self.kind.stage

    @property
    def weight(self) -> Weight:
        """What it means for its record."""
        return self.kind.weight

    def sentence(self, language: Language) -> str:
        """Say what is wrong, without personal data."""
        return self._say("sentence", language)

    def action(self, language: Language) -> str:
        """Say what to do about it."""
        return self._say("action", language)

    def told(self, language: Language) -> str:
        """Say all of it in one line, with its place."""
        text: str = catalogue(language)["told"]["record" if self.record else "line"]
        return text.format_map(
            {
                "line": said_line(self.line, language),
                "record": self.record,
                "sentence": self.sentence(language),
                "action": self.action(language),
                "code": self.code,
            }
        )

    def __str__(self) -> str:
        return self.told("en")

    def _say(self, what: str, language: Language) -> str:
        words = catalogue(language)
        entry = words["codes"][self.code]
        text: str = entry.get(self.form, {}).get(what) or entry[what]
        values = dict(self.parameters)
        label = values.pop("label", "")
        if label and language == "ja":
            values["slot"] = label
        return text.format_map({name: _told(name, value, language) for name, value in values.items()})


def _told(name: str, value: str | int, language: Language) -> str | int:
    return said_line(value, language) if isinstance(value, int) and name.endswith("_line") else value


@dataclass(frozen=True, slots=True)
class Reason:
    """One code of finding and how many records it is said of."""

    records: int
    """A record with two findings counts under both."""
    first: Finding
    """The one of the first line of the source."""
    examples: tuple[str | int, ...]
    """整理番号 of the first ten, or the line where it could not be read; held.csv names all."""


@dataclass(frozen=True, slots=True)
class Release:
    """One line of a job's file of releases: who frees which doubt about whom, and why."""

    line: int
    """From 1."""
    record: str
    """整理番号."""
    code: str
    """Of a doubt."""
    sum: str
    """That of the record's values, as held.csv gives it."""
    who: str
    why: str


class Known(NamedTuple):
    """What is known of a row that is held: by what others belong to it, and of a 本人 how long they may stay."""

    symbol: str = ""
    """記号, 番号 and 枝番, as far as they could be read."""
    number: str = ""
    branch: str = ""
    born_on: date | None = None
    """Of a 本人, as far as it could be read."""
    loses_on: date | None = None
    """資格喪失予定年月日 of a 本人; the first day there is where what is given there is wrong."""


class Held(Exception):  # noqa: N818 - a held record is an outcome, not an error of the program
    """One record may not be printed. The run goes on without it and says so."""

    def __init__(self, findings: Sequence[Finding], known: Known = Known()) -> None:  # noqa: B008 - is never changed
        self.findings = tuple(findings)
        self.known = known
        """Who belongs to the record may be held with it."""
        super().__init__("; ".join(map(str, self.findings)))


@cache
def catalogue(language: Language) -> Mapping[str, Any]:
    """Read the words of a language: for each code sentence and action, and what the documentation says of it."""
    text = files("renderer.model").joinpath(f"findings.{language}.toml").read_text(encoding="utf-8")
    return MappingProxyType(tomllib.loads(text))


def table(language: Language, weights: Collection[Weight]) -> str:
    """Write the table of the documentation for the codes of these weights, in Markdown."""
    words = catalogue(language)
    rows = [list(words["table"]["heads"]), ["---"] * 4]
    for kind in KINDS.values():
        if kind.weight in weights:
            entry = words["codes"][kind.code]
            rows.append([f"`{kind.code}`", entry["where"], entry["means"], entry["remedy"]])
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)
