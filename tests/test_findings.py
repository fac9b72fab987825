"""Every finding has its words in both languages, and each form of each code is provoked here by what is wrong."""

from __future__ import annotations

import pickle
import re
import string
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from test_members import DEPENDANT, INSURED, NEEDS

from renderer.desk.examples import load_example
from renderer.documents import certificate as of_certificate
from renderer.documents.document import HEADER
from renderer.intake.across import compare_rows
from renderer.intake.columnmap import ColumnMap, Split
from renderer.intake.dialect import Dialect, FixedLength, Span
from renderer.intake.mapping import Told, standard_cells
from renderer.intake.members import Needs, validate
from renderer.intake.numbersums import NumberSums
from renderer.intake.outlasting import doubt_outlasting
from renderer.intake.records import Record, Unclear
from renderer.intake.rows import ALL, Row, read_rows
from renderer.intake.store import Store, coded
from renderer.mailing.households import MOST_SHEETS, doubt_shared, look_at_workplace
from renderer.mailing.pieces import gather
from renderer.mailing.sheets import _finding, needs_of
from renderer.model.findings import KINDS, LANGUAGES, Finding, Held, Language, Weight, catalogue, table
from renderer.model.job import Apart, Envelope, Incomplete, MailingRules, Route
from renderer.press.fitting import DoesNotFit, Fit, FitRule, fit
from renderer.press.fonts import Unprintable
from renderer.press.ruler import Problem

FORMS = [(kind.code, form) for kind in KINDS.values() for form in kind.forms]

CODES_EVER = {
    "addresses-slipped", "forwarding-incomplete", "insured-names-differ", "outlasts-insured",
    "value-of-another-column", "name-fills-field", "name-may-be-cut-off", "name-or-kana-cut-off", "text-fills-field",
    "address-may-be-cut-off", "postal-code-of-another-city", "person-at-two-addresses",
    "blank-unlike-others",
    "two-insured", "certified-before-insured", "filled-downwards", "person-under-two-numbers", "workplace-of-another",
    "character-entity", "dates-disagree", "honorific-in-name", "limit-class-of-another-age", "loses-late",
    "lost-character", "my-number-of-one-digit", "placeholder", "ratio-and-limit-class", "ratio-of-another-age",
    "household-incomplete", "household-sent-incomplete", "household-without-insured", "insured-has-no-row", "key-twice",
    "my-number-of-another",
    "lives-apart", "number-with-and-without-zeros", "person-twice", "same-name-in-a-row", "workplace-left-over",
    "workplace-name-missing", "workplace-names-differ", "workplace-with-and-without-zeros",
    "address-missing", "aged-75-or-over", "branch-not-readable", "character-not-printable", "date-after-issue",
    "date-before-birth", "date-era-had-ended", "date-missing", "date-not-in-calendar", "date-not-readable",
    "date-outside-era", "date-unknown-era", "does-not-fit", "household-names-differ", "household-too-large",
    "household-with-two-insured", "insured-by-own-name", "insured-name-missing", "kana-not-allowed",
    "limit-class-unknown", "insured-by-another", "telephone-or-mail", "look-alike-character",
    "looks-like-my-number", "my-number-not-readable", "my-number-wrong-check-digit", "name-missing",
    "no-customer-barcode", "no-glyph", "not-a-name", "not-a-workplace", "not-an-address", "notice-after-loss",
    "number-missing", "postal-code-missing", "postal-code-not-of-address", "postal-code-not-readable",
    "qualification-lost", "ratio-begins-later", "ratio-missing", "ratio-unknown", "record-number-not-allowed",
    "record-number-twice", "cannot-be-split", "date-not-of-form", "noughts-restored", "number-was-rounded",
    "cell-shown-otherwise", "cell-too-long", "too-many-digits", "value-not-in-table",
    "relation-unknown", "row-wrong-number-of-fields", "sex-unknown",
}  # fmt: skip
"""Every code that a version ever had. One that goes stays here, so that it is never given to something else."""
GONE: frozenset[str] = frozenset()
"""Those of them that no longer are."""


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def words_of(code: str, form: str, language: Language) -> tuple[str, str]:
    entry: Mapping[str, Any] = catalogue(language)["codes"][code]
    own = entry.get(form, {})
    return own.get("sentence") or entry["sentence"], own.get("action") or entry["action"]


def leaves(words: Mapping[str, Any], path: str = "") -> Iterator[str]:
    for key, value in words.items():
        if isinstance(value, Mapping):
            yield from leaves(value, f"{path}.{key}")
        else:
            yield f"{path}.{key}"


def test_a_code_that_a_version_had_is_never_taken_for_something_else() -> None:
    assert set(KINDS) | GONE == CODES_EVER
    assert not GONE & set(KINDS)


def test_both_languages_have_the_same_words_and_no_others() -> None:
    told = [{path for path in leaves(catalogue(language))} for language in LANGUAGES]
    assert told[0] == told[1]
    for language in LANGUAGES:
        codes = catalogue(language)["codes"]
        assert list(codes) == list(KINDS)
        for code, entry in codes.items():
            assert {key for key, value in entry.items() if isinstance(value, Mapping)} <= set(KINDS[code].forms), code


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("code", "form"), FORMS)
def test_the_placeholders_of_a_sentence_are_the_parameters_of_its_form(
    code: str, form: str, language: Language
) -> None:
    sentence, action = words_of(code, form, language)
    assert placeholders(sentence) | placeholders(action) == set(KINDS[code].forms[form]) - {"label"}
    other = words_of(code, form, "en")
    assert (placeholders(sentence), placeholders(action)) == (placeholders(other[0]), placeholders(other[1]))
    for text in (sentence, action):
        assert text.strip("。.; ") == text


@pytest.mark.parametrize(("code", "form"), FORMS)
def test_japanese_words_are_japanese_and_english_ones_need_none_of_it(code: str, form: str) -> None:
    kana = re.compile("[ぁ-ん]")
    for text in words_of(code, form, "ja"):
        assert kana.search(text), text
    for text in words_of(code, form, "en"):
        assert not kana.search(text), text


@pytest.mark.parametrize(
    ("code", "form", "parameters"),
    [
        ("name-lost", "", {}),
        ("name-missing", "other", {}),
        ("name-missing", "", {"column": "氏名"}),
        ("date-missing", "", {}),
    ],
)
def test_a_finding_without_words_cannot_be_made(code: str, form: str, parameters: dict[str, str]) -> None:
    with pytest.raises((KeyError, TypeError)):
        Finding.of(code, 3, "A1", form, **parameters)


def test_a_finding_says_where_what_and_what_to_do_in_both_languages_and_goes_to_another_process_whole() -> None:
    finding = Finding.of("date-not-in-calendar", 7, "A1", "year-0", era="平成", column="生年月日")
    assert finding.told("en") == (
        "line 7, record A1: 生年月日: 平成 has no year 0; correct 生年月日 by the registration [date-not-in-calendar]"
    )
    assert replace(finding, record="").told("ja") == (
        "7 行目：生年月日が平成0年となっています。届出を確かめ、生年月日を訂正してください [date-not-in-calendar]"
    )
    assert pickle.loads(pickle.dumps(finding)) == finding  # noqa: S301 - made in the line itself


def test_a_slot_is_called_as_a_person_calls_it_in_japanese_and_as_its_layout_in_english() -> None:
    finding = Finding.of("does-not-fit", 3, "A1", "spaced", slot="kana", label="フリガナ")
    assert finding.sentence("ja").startswith("フリガナに半角の")
    assert finding.sentence("en").startswith("kana holds")


def test_the_table_has_a_row_for_each_code_of_its_weights() -> None:
    rows = table("ja", [Weight.NOTE]).splitlines()
    assert rows[0] == "| コード | 項目 | 意味 | 対応 |"
    assert [row.split("`")[1] for row in rows[2:]] == [
        code for code, kind in KINDS.items() if kind.weight is Weight.NOTE
    ]
    assert all(row.count(" | ") == 3 for row in table("en", Weight).splitlines())


# What provokes each form of each code.

OLD, CERTIFICATE = {"生年月日": "1954-05-05"}, Needs(NEEDS.issued_on, prints_ratio=True, certifies=True)
ROWS: dict[tuple[str, str], dict[str, str]] = {
    ("record-number-not-allowed", ""): {"整理番号": "A 1"},
    ("looks-like-my-number", ""): {"備考": "123456789018"},
    ("looks-like-my-number", "split"): {"住所": "架空県青山123456", "方書": "789018"},
    ("looks-like-my-number", "record"): {"整理番号": "123456789018"},
    ("number-missing", ""): {"番号": ""},
    ("branch-not-readable", ""): {"枝番": "x"},
    ("relation-unknown", ""): {"本人家族": "x"},
    ("name-missing", ""): {"氏名": ""},
    ("insured-name-missing", ""): DEPENDANT | {"被保険者氏名": ""},
    ("address-missing", ""): {"住所": ""},
    ("character-not-printable", ""): {"氏名": "\a"},
    ("kana-not-allowed", ""): {"フリガナ": "山"},
    ("sex-unknown", ""): {"性別": "x"},
    ("date-missing", ""): {"生年月日": ""},
    ("date-not-readable", ""): {"生年月日": "x"},
    ("date-not-readable", "digits"): {"生年月日": "123"},
    ("date-not-in-calendar", ""): {"生年月日": "2000-02-30"},
    ("date-not-in-calendar", "year-0"): {"生年月日": "H0.1.1"},
    ("date-unknown-era", ""): {"生年月日": "X1.1.1"},
    ("date-outside-era", "before"): {"生年月日": "R1.4.30"},
    ("date-outside-era", "ended"): {"生年月日": "H33.1.1"},
    ("date-outside-era", "before-1873"): {"生年月日": "1872-12-31"},
    ("date-after-issue", ""): {"登録年月日": "2026-11-24"},
    ("date-after-issue", "birth"): {"生年月日": "2026-11-24", "資格取得年月日": "2026-11-23"},
    ("date-before-birth", ""): {"登録年月日": "1979-01-01"},
    ("qualification-lost", ""): {"資格喪失予定年月日": "2026-11-23"},
    ("my-number-not-readable", ""): {"個人番号": "x"},
    ("my-number-wrong-check-digit", ""): {"個人番号": "123456789012"},
    ("postal-code-missing", ""): {"郵便番号": ""},
    ("postal-code-not-readable", ""): {"郵便番号": "x"},
    ("forwarding-incomplete", ""): {"送付先住所": "架空県別市1-1"},
    ("ratio-missing", ""): OLD,
    ("ratio-unknown", ""): {"負担割合": "x"},
    ("limit-class-unknown", ""): {"限度額区分": "x"},
}


TOWN = "東京都千代田区千代田"
NOTED: list[dict[str, str]] = [
    {"資格取得年月日": "H31.5.1"},
    {"氏名": "見〓"},
    {"方書": "NULL"},
    {"氏名": "&amp;"},
    {"氏名": "見本様"},
    {"氏名": "田ロ　太郎"},
    {"氏名": "見本　さくら", "フリガナ": "ミホン　サク"},
    {"記号": "12-300", "番号": "300"},
    {"方書": "見本荘 03-0000-0000"},
    {"氏名": "見本2　太郎"},
    {"住所": "090-0000-0000"},
    {"方書": INSURED["住所"]},
    {"住所": f"{INSURED['住所']}-"},
    {"住所": f"{TOWN}三丁目"},
    {"事業所名": "10016"},
    {"住所": f"〒100-0002{INSURED['住所']}"},
    DEPENDANT | {"氏名": "架空太郎"},
    {"被保険者氏名": "架空　花子"},
    {"住所": "東京都千代田区"},
    {"個人番号": "000000000000"},
    {"負担割合": "2割"},
    {"限度額区分": "一般"},
    {"負担割合": "2割", "限度額区分": "現役並みⅢ"},
    {"資格喪失予定年月日": "2010-04-01"},
    {"資格喪失予定年月日": "2029-04-01"},
    {"郵便番号": "100-0000"},
    {"郵便番号": "000-0001"},
    {"住所": "京都府京都市北区1-2"},
    {"送付先郵便番号": "530-0001", "送付先住所": "京都府京都市北区1-2"},
    {"住所": "東京都港区赤坂1-2"},
    {"送付先郵便番号": "530-0001", "送付先住所": "大阪府堺市堺区1-2"},
    {"住所": "東京都千代田区霞が関1-2"},
    {"住所": TOWN},
    {"住所": f"{TOWN}二○番五号"},
]


def held(row: Row, needs: Needs = CERTIFICATE) -> tuple[Finding, ...]:
    with pytest.raises(Held) as caught:
        validate(row, needs=needs)
    return caught.value.findings


def of_rows() -> Iterator[Finding]:
    for fields in ROWS.values():
        yield from held(Row(2, INSURED | fields))
    yield from held(Row(2, INSURED | {"備考": "\n"}, last_line=3))
    notes: list[Finding] = []
    for fields in NOTED:
        validate(Row(2, INSURED | fields), needs=replace(NEEDS, barcode=True), note=notes.append)
    yield from notes


def of_documents() -> Iterator[Finding]:
    for document, fields in (
        ("eligibility_notice", {"資格喪失予定年月日": "2026-11-23"}),
        ("eligibility_certificate", {"生年月日": "1951-11-23"}),
        ("eligibility_certificate", {"生年月日": "1956-11-02"}),
        ("eligibility_certificate", {"生年月日": "1956-11-02", "負担割合": "2割"}),
    ):
        job = load_example(document)
        told: list[Finding] = []
        validate(Row(2, INSURED | fields), needs=needs_of(job), note=told.append)
        yield from told


def of_a_file(folder: Path) -> Iterator[Finding]:
    path = folder / "members.csv"
    path.write_text(",".join(HEADER) + '\n1,2\n"1\n",2\n', encoding="utf-8")
    yield from (finding for row in read_rows(path) for finding in row.findings)


def of_a_map() -> Iterator[Finding]:
    given = ColumnMap(
        columns={
            "性別": ("性",),
            "記号": ("前",),
            "番号": ("後",),
            "枝番": ("枝",),
            "生年月日": ("日",),
            "事業所番号": ("社",),
        },
        splits={"両": Split(("前", "後"), "-")},
        values={"性別": {"1": "男"}},
        digits={"枝番": 2, "事業所番号": 3},
        dates={"生年月日": "yyyymmdd"},
    )
    rest = [name for name in HEADER if name not in given.columns]
    make = standard_cells(["性", "両", "枝", "日", "社", *rest], given, ALL, has_header=True)
    told: list[Told] = []
    for cells, numbers, unclear in (
        (["3", "1-2-3", "1", "R6.1.1", "4444"], (), ((0, Unclear.FORMAT), (1, Unclear.STRUCK))),
        (["不明", "1" * 2001, "", "", "1234567890123456"], (4,), ()),
    ):
        make(Record(2, 2, [*cells, *[""] * len(rest)], numbers, unclear), told.append)
    fixed = ColumnMap(dialect=Dialect("fixed", "cp932", fixed=FixedLength(99, {name: Span(1, 4) for name in HEADER})))
    standard_cells(HEADER, fixed, ALL, has_header=False)(Record(2, 2, ["架空"] * len(HEADER)), told.append)
    yield from (Finding.of(one.code, 2, "", one.form, **one.parameters) for one in told)


def of_a_store(folder: Path) -> Iterator[Finding]:
    """Households with two insured, two names, too many; incomplete ones, without insured, apart; rows that disagree."""
    cut = [f"東京都千代田区架空町一丁目{at}番見本" for at in range(5)]
    rows = [
        *(
            {"番号": str(40 + at), "住所": cut[at], "氏名": f"グエンティフォン{sign}"}
            for at, sign in enumerate("甲乙丙丁戊")
        ),
        {"番号": "1", "本人家族": "本人"},
        {"番号": "1", "本人家族": "本人", "生年月日": "1970-01-01"},
        {"番号": "2", "被保険者氏名": "甲"},
        {"番号": "2", "被保険者氏名": "乙"},
        {"番号": "53", "被保険者氏名": "髙"},
        {"番号": "53", "被保険者氏名": "高"},
        {"番号": "4", "整理番号": "twin"},
        {"番号": "4", "整理番号": "twin"},
        {"番号": "5"},
        {"番号": "48"},
        {"番号": "6", "住所": "架空県一丁目1"},
        {"番号": "6", "住所": "架空県一丁目2"},
        {"番号": "7", "本人家族": "本人", "生年月日": "1971-01-01"},
        {"番号": "7", "住所": "架空県一丁目2", "認定年月日": "2010-03-31"},
        {"番号": "8", "枝番": "01"},
        {"番号": "8", "枝番": "01"},
        {"番号": "9", "氏名": "見本　一"},
        {"番号": "9", "氏名": "見本　一"},
        {"番号": "10"},
        {"番号": "010"},
        {"番号": "11", "氏名": "見本　二"},
        {"番号": "12", "氏名": "見本　二"},
        {"番号": "13", "氏名": "見本　二"},
        {"番号": "14", "事業所番号": "1", "事業所名": "甲"},
        {"番号": "15", "事業所番号": "1", "事業所名": "乙"},
        {"番号": "16", "事業所番号": "2", "事業所名": ""},
        {"番号": "18", "本人家族": "本人", "生年月日": "1972-01-01", "事業所番号": "3", "事業所名": "丁"},
        {"番号": "18", "事業所番号": "4", "事業所名": "戊"},
        {"番号": "31", "事業所番号": "04", "事業所名": "戊"},
        {"番号": "51", "氏名": "見本　三", "住所": "架空県二丁目1"},
        {"番号": "19", "個人番号": "123456789018"},
        {"番号": "52", "氏名": "見本　三", "住所": "架空県二丁目2"},
        {"番号": "30", "個人番号": "1234-5678-9018"},
        {"番号": "17", "事業所番号": "2", "事業所名": "丙", "資格喪失予定年月日": "2027-04-01"},
        *[{"番号": "3"}] * (MOST_SHEETS + 2),  # of which the first looks filled downwards
        *({"番号": str(20 + at // 2), "住所": f"架空県青山{(at - 1) // 2}"} for at in range(8)),
    ]
    sums = NumberSums()
    for number, rules in enumerate(
        (
            MailingRules(envelope=Envelope.HOUSEHOLD, route=Route.WORKPLACE),
            MailingRules(envelope=Envelope.HOUSEHOLD, apart=Apart.OWN_ENVELOPE, incomplete_households=Incomplete.SEND),
            MailingRules(),
            MailingRules(route=Route.WORKPLACE),
        )
    ):
        with Store.create(folder / f"{number}.sqlite", NEEDS.issued_on) as store:
            for line, changed in enumerate(rows, 2):
                plain = {
                    "整理番号": f"A{line}",
                    "氏名": f"見本{line}",
                    "枝番": "",
                    "本人家族": "家族",
                    "認定年月日": "2020-04-01",
                }
                names = (
                    {"被保険者氏名": "甲"} if changed.get("本人家族") != "本人" else {"被保険者氏名": "", "氏名": "甲"}
                )
                row = Row(line, INSURED | plain | names | changed)
                store.add_numbers(sums.of([row]))
                member = validate(row, needs=NEEDS)
                store.add([coded(member, (), is_tried=True)])
                yield from look_at_workplace(member, rules)
            insured = (1001, "A1001", INSURED["記号"], "48", "00", 1, None)
            store.add_absent([(1000, "A1000", "", "5", "00", None, None), insured])
            compare_rows(store)
            doubt_shared(store, rules)
            yield from store.findings()
            store.settle(())
            gather(store, rules)
            yield from store.findings()
            yield from store.notes()


def of_a_family(folder: Path) -> Iterator[Finding]:
    job = load_example("eligibility_certificate")
    with Store.create(folder / "family.sqlite", job.issued_on) as store:
        rows = [
            INSURED | {"資格喪失予定年月日": "2026-11-25", "枝番": "00"},
            DEPENDANT,
            *(DEPENDANT | {"番号": number, "枝番": "01"} for number in ("201", "202")),
        ]
        for line, fields in enumerate(rows, 2):
            store.add([coded(validate(Row(line, fields), needs=needs_of(job)), (), is_tried=True)])
        for at, loses_on in enumerate((job.issued_on.toordinal(), 1), 1):
            store.add_absent([(10 + at, "", DEPENDANT["記号"], f"20{at}", "00", None, loses_on)])
        compare_rows(store)
        doubt_outlasting(store, job, of_certificate.CERTIFICATE)
        yield from (*store.findings(), *store.notes())


def of_sheets() -> Iterator[Finding]:
    member = validate(Row(2, INSURED), needs=NEEDS)
    kinds = [(Fit.REFUSE, 10), (Fit.CONDENSE, 2), (Fit.SHRINK, 10), (Fit.WRAP, 10), (Fit.WRAP, 1)]
    causes: list[DoesNotFit | Unprintable] = [Unprintable("山\U000e0100", ()), Unprintable("山\U000e0100", ("山",))]
    causes.append(DoesNotFit("spaced"))
    for kind, width in kinds:
        with pytest.raises(DoesNotFit) as caught:
            fit("寿限無寿限無", width * 1024, 16 * 1024, FitRule(kind, 6, 1), lambda size: lambda cluster: size)
        causes.append(pickle.loads(pickle.dumps(caught.value)))  # noqa: S301 - made in the line itself
    yield from (_finding(member, Problem("name", cause), "氏名") for cause in causes)


def test_every_form_of_every_code_is_provoked_and_can_be_said_in_both_languages(tmp_path: Path) -> None:
    found = [*of_rows(), *of_documents(), *of_a_file(tmp_path), *of_a_map(), *of_a_store(tmp_path), *of_sheets()]
    found += of_a_family(tmp_path)
    assert {(finding.code, finding.form) for finding in found} == set(FORMS)
    for finding in found:
        for language in LANGUAGES:
            assert not re.search("[{}]", finding.told(language))


@pytest.mark.parametrize(("wanted", "fields"), ROWS.items())
def test_each_row_provokes_its_own_finding(wanted: tuple[str, str], fields: dict[str, str]) -> None:
    assert wanted in [(finding.code, finding.form) for finding in held(Row(2, INSURED | fields))]
