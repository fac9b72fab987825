"""A job file is taken whole or refused with file, line, key and the nearest right key."""

from __future__ import annotations

import pickle
import re
import shutil
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renderer.cli.exits import ExitCode, of_stop
from renderer.intake.insurerfile import load_insurer
from renderer.intake.jobfile import check_title, load_job
from renderer.intake.keys import names_a_number
from renderer.mailing.pieces import ORDER_KEYS
from renderer.model.errors import BadJob
from renderer.model.insurer import CardCorner, DayOfYear, Expiry, FixedDay, HalfYearly, Months, Rule
from renderer.model.job import Envelope, Job, MailingRules, Route
from renderer.model.sums import sum_of_file, sum_of_files

SEAL = Path(__file__).resolve().parents[1] / "fixtures" / "examples" / "seal.png"
INSURER = """\
number = "06139992"
name = "架空電機健康保険組合"
postal_code = "100-0001"
address = "架空県見本市一丁目2番3号"
telephone = "03-0000-0000"
prints_ratio = true
"""

JOB = """\
name = "2026-11-notices"
document = "eligibility_notice"
title = "資格情報通知書"
issued_on = 2026-11-23
insurer = "insurer.toml"
source = "members.csv"
outbox = "outbox"

[mailing]
envelope = "household"
route = "workplace"
order = ["postal_code", "整理番号"]
pieces_per_batch = 100
customer_barcode = true
inserter_marks = "none"
inserts = ["leaflet.pdf"]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "insurer.toml").write_text(INSURER, encoding="utf-8")
    (tmp_path / "members.csv").write_text("整理番号\n", encoding="utf-8")
    (tmp_path / "leaflet.pdf").write_bytes(b"%PDF-1.7\n")
    shutil.copy(SEAL, tmp_path)
    return tmp_path


def job_of(folder: Path, text: str) -> Path:
    path = folder / "job.toml"
    path.write_text(text, encoding="utf-8")
    return path


def refusal(folder: Path, text: str) -> str:
    with pytest.raises(BadJob) as refused:
        load_job(job_of(folder, text))
    return str(refused.value)


def insurer_refusal(folder: Path, old: str, new: str) -> str:
    assert old in INSURER
    path = folder / "insurer.toml"
    path.write_text(INSURER.replace(old, new), encoding="utf-8")
    with pytest.raises(BadJob) as refused:
        load_insurer(path)
    return str(refused.value)


def test_every_key_of_the_job_arrives(folder: Path) -> None:
    job = load_job(job_of(folder, JOB))
    assert job == Job(
        path=folder / "job.toml",
        name="2026-11-notices",
        document="eligibility_notice",
        pack=None,
        layout="eligibility_notice",
        title="資格情報通知書",
        issued_on=date(2026, 11, 23),
        insurer=load_insurer(folder / "insurer.toml"),
        insurer_file=folder / "insurer.toml",
        sources=(folder / "members.csv",),
        columns=None,
        releases=None,
        outbox=folder / "outbox",
        mailing=MailingRules(
            envelope=Envelope.HOUSEHOLD,
            route=Route.WORKPLACE,
            order=("postal_code", "整理番号"),
            pieces_per_batch=100,
            inserts=(folder / "leaflet.pdf",),
            customer_barcode=True,
            inserter_marks="none",
        ),
    )
    assert job.folder == folder / "outbox" / "2026-11-notices"


def test_a_job_can_be_sent_to_another_process(folder: Path) -> None:
    job = load_job(job_of(folder, JOB))
    assert pickle.loads(pickle.dumps(job)) == job  # noqa: S301 - made in this test


def test_without_a_mailing_table_every_member_gets_an_envelope_in_the_order_of_the_source(
    folder: Path,
) -> None:
    rules = load_job(job_of(folder, JOB.split("[mailing]")[0])).mailing
    assert rules == MailingRules()


@pytest.mark.parametrize("day", ["2024-10-01", "2099-12-31"])
def test_a_day_at_the_ends_of_what_is_known_is_taken(folder: Path, day: str) -> None:
    assert load_job(job_of(folder, JOB.replace("2026-11-23", day))).issued_on == date.fromisoformat(day)


def test_a_byte_order_mark_before_the_job_is_no_error(folder: Path) -> None:
    path = folder / "job.toml"
    path.write_text(JOB, encoding="utf-8-sig")
    assert load_job(path).name == "2026-11-notices"


def test_a_job_speaks_japanese_or_what_it_says(folder: Path) -> None:
    assert load_job(job_of(folder, JOB)).language == "ja"
    assert load_job(job_of(folder, 'language = "en"\n' + JOB)).language == "en"
    with pytest.raises(BadJob, match=r'line 1: key "language": must be \'ja\' or \'en\'; did you mean "en"'):
        load_job(job_of(folder, 'language = "eng"\n' + JOB))


def test_source_and_outbox_of_the_command_line_replace_those_of_the_job(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.csv"
    other.write_text("整理番号\n", encoding="utf-8")
    text = JOB.replace('source = "members.csv"\n', "")
    job = load_job(job_of(folder, text), sources=(other,), outbox=tmp_path / "elsewhere")
    assert (job.sources, job.outbox) == ((other,), tmp_path / "elsewhere")


def test_several_member_files_are_one(folder: Path, tmp_path: Path) -> None:
    shutil.copy(folder / "members.csv", folder / "kojo.csv")
    job = load_job(job_of(folder, JOB.replace('"members.csv"', '["members.csv", "kojo.csv"]')))
    assert (job.sources, job.said_sources) == ((folder / "members.csv", folder / "kojo.csv"), "members.csv、kojo.csv")
    turned = sum_of_files(job.sources[::-1])
    assert sum_of_files(job.sources) == turned != sum_of_files(job.sources[:1]) == sum_of_file(job.sources[0])
    assert load_job(job.path, sources=job.sources[1:]).sources == job.sources[1:]


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ('["members.csv", "sub/members.csv"]', 'key "source": two member files have one name'),
        ('["members.csv", "nobody.csv"]', 'key "source": there is no such file'),
        ("[]", 'key "source": must be text in quotes, or a list of such'),
        ("[3]", 'key "source": must be'),
    ],
)
def test_a_list_of_member_files_with_a_fault_is_refused(folder: Path, source: str, said: str) -> None:
    (folder / "sub").mkdir()
    shutil.copy(folder / "members.csv", folder / "sub" / "members.csv")
    with pytest.raises(BadJob) as caught:
        load_job(job_of(folder, JOB.replace('"members.csv"', source)))
    assert said in str(caught.value)


def test_a_source_of_the_command_line_must_exist(folder: Path) -> None:
    with pytest.raises(BadJob, match="--source"):
        load_job(job_of(folder, JOB), sources=(folder / "nobody.csv",))


@pytest.mark.parametrize("outbox", ["members.csv", "no/outbox"])
def test_a_wrong_outbox_of_the_command_line_is_told_as_such(folder: Path, outbox: str) -> None:
    with pytest.raises(BadJob, match=rf"{outbox}: the outbox is a folder in a folder that exists; correct --outbox"):
        load_job(job_of(folder, JOB), outbox=folder / outbox)


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ('title = "', 'titel = "', 'job.toml line 3: key "titel" is not known; did you mean "title"?'),
        (
            "envelope",
            "envelop",
            'job.toml line 10: key "mailing.envelop" is not known; did you mean "envelope"?',
        ),
        ("[mailing]", "[mailling]", 'job.toml line 9: key "mailling" is not known; did you mean "mailing"?'),
        ("issued_on", "issued-on", 'job.toml line 4: key "issued-on" is not known; did you mean "issued_on"?'),
        ("envelope", "envelope-", 'job.toml line 10: key "mailing.envelope-" is not known; did you mean "envelope"?'),
        (
            'outbox = "',
            'layout = "../notise"\noutbox = "',
            'line 7: key "layout": there is no such folder beside this file',
        ),
        ("issued_on = 2026-11-23\n", "", 'job.toml: key "issued_on" is missing'),
        ("2026-11-23", '"2026-11-23"', 'line 4: key "issued_on": must be a date such as 2026-11-23, without'),
        ("2026-11-23", "2024-09-30", 'line 4: key "issued_on": must be a day from 2024-10-01 to 2099-12-31; there'),
        ("2026-11-23", "2100-01-01", 'line 4: key "issued_on": must be a day from 2024-10-01 to 2099-12-31; there'),
        ("2026-11-23", "2026-11-23T10:00:00", 'line 4: key "issued_on": must be a date'),
        (
            "100\n",
            '"100"\n',
            'line 13: key "mailing.pieces_per_batch": must be a whole number without quotes',
        ),
        (
            "100\n",
            "0\n",
            'line 13: key "mailing.pieces_per_batch": must be 1 or more',
        ),
        ("true", '"yes"', 'line 14: key "mailing.customer_barcode": must be true or false'),
        ('"insurer.toml"', "1", 'line 5: key "insurer": must be text in quotes'),
        ('"insurer.toml"', '"ensurer.toml"', 'line 5: key "insurer": there is no such file'),
        ('"members.csv"', '"."', 'line 6: key "source": there is no such file'),
        ('"outbox"', '"no/outbox"', 'line 7: key "outbox": the outbox is a folder in a folder that exists'),
        ('"outbox"', '"members.csv"', 'line 7: key "outbox": the outbox is a folder in a folder that exists'),
        ("leaflet.pdf", "members.csv", 'line 16: key "mailing.inserts": the file is not a PDF'),
        ('"none"', '"ocr"', "must be 'none', 'omr' or 'qr'; did you mean \"omr\"?"),
        ('"none"', '"omr"', 'line 15: key "mailing.inserter_marks": the marks call a sheet the last of its piece'),
        ('"none"', '"qr"', 'write "none", or take the inserts out and let the machine feed them'),
        ("eligibility_notice", "eligibility_note", 'did you mean "eligibility_notice"?'),
        (
            '["postal_code", "整理番号"]',
            '["postcode"]',
            'line 12: key "mailing.order": pieces cannot be ordered so;',
        ),
        ('["postal_code", "整理番号"]', '["postcode"]', 'did you mean "postal_code"?'),
        ('["postal_code", "整理番号"]', '["record", "整理番号"]', "the same order is given twice"),
        ('["postal_code", "整理番号"]', '"postal_code"', "must be a list in square brackets"),
        ("資格情報通知書", " ", 'line 3: key "title": must be one line of text, not blank'),
        ('title = "', 'name = "', "job.toml: is not TOML: cannot overwrite a value (at line 3,"),
    ],
)
def test_what_is_wrong_is_said_with_line_and_key(folder: Path, old: str, new: str, complaint: str) -> None:
    assert old in JOB
    assert complaint in refusal(folder, JOB.replace(old, new, 1))


def test_a_word_that_is_near_to_nothing_is_advised_nothing(folder: Path) -> None:
    said = refusal(folder, JOB.replace('envelope = "household"', 'envelope = "世帯"'))
    assert said.endswith("must be 'member' or 'household'")


def test_everything_wrong_is_said_at_once(folder: Path) -> None:
    text = JOB.replace("title", "titel").replace("envelope", "envelop").replace("members.csv", "nobody.csv")
    assert len(refusal(folder, text).splitlines()) == 4  # the right title is missing, too


@pytest.mark.parametrize("name", ["members.csv", "insurer.toml", "leaflet.pdf", "job.toml"])
@pytest.mark.parametrize("place", ["x", ".x.work", ".x.check"])
def test_a_file_of_the_job_in_a_folder_that_a_run_replaces_is_refused(folder: Path, name: str, place: str) -> None:
    (folder / place).mkdir()
    places = {file: folder / file for file in ("members.csv", "insurer.toml", "leaflet.pdf", "job.toml")}
    places[name] = places[name].rename(folder / place / name) if places[name].is_file() else folder / place / name
    text = JOB.replace("2026-11-notices", "x").replace('"outbox"', f'"{folder}"')
    for file, path in places.items():
        text = text.replace(f'"{file}"', f'"{path}"')
    places["job.toml"].write_text(text, "utf-8")
    with pytest.raises(BadJob, match=rf"job\.toml: {name} lies in the folder x of the outbox"):
        load_job(places["job.toml"])


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".",
        "..",
        ".hidden",
        "a/b",
        "a\\b",
        "十一月",
        "a b",
        "x" * 101,
        "a\n",
        "a123456789018",
        "1234-5678-9012",
    ],
)
def test_a_name_that_is_no_safe_folder_is_refused_and_not_repeated(folder: Path, name: str) -> None:
    complaint = refusal(folder, JOB.replace('"2026-11-notices"', '"' + name.encode("unicode_escape").decode() + '"'))
    assert 'job.toml line 1: key "name": ' in complaint
    assert len(name) < 5 or name not in complaint


@given(name=st.from_regex(r"[A-Za-z_][A-Za-z._-]{0,30}", fullmatch=True))
def test_a_safe_name_names_a_folder_in_the_outbox(tmp_path_factory: pytest.TempPathFactory, name: str) -> None:
    base = tmp_path_factory.getbasetemp()
    (base / "insurer.toml").write_text(INSURER, encoding="utf-8")
    (base / "members.csv").write_text("", encoding="utf-8")
    job = load_job(job_of(base, JOB.split("[mailing]")[0].replace("2026-11-notices", name)))
    assert job.folder.resolve().parent == (base / "outbox").resolve()


def test_a_key_in_an_inline_table_is_found_on_the_line_of_the_table(folder: Path) -> None:
    text = JOB.split("[mailing]")[0] + "mailing = { rout = 'home' }\n"
    assert 'job.toml line 9: key "mailing.rout" is not known; did you mean "route"?' in refusal(folder, text)


@pytest.mark.parametrize("content", [None, b'name = "\x8e\x91"\n'])
def test_a_job_that_cannot_be_read_stops_the_run_with_code_4(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "job.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(BadJob, match=r"job\.toml: (cannot be read|is not UTF-8)") as refused:
        load_job(path)
    assert of_stop(refused.value) is ExitCode.BAD_JOB


def test_a_title_the_layout_does_not_have_is_refused_with_the_nearest(folder: Path) -> None:
    job = load_job(job_of(folder, JOB))
    check_title(job, ["資格情報のお知らせ", "資格情報通知書"])
    with pytest.raises(BadJob, match=r'job\.toml line 3: key "title": .* did you mean "資格情報の通知書"\?'):
        check_title(job, ["健康保険資格確認書", "資格情報の通知書"])


def test_every_order_key_is_a_field_that_is_compared(folder: Path) -> None:
    for key in ORDER_KEYS:
        text = JOB.replace('["postal_code", "整理番号"]', f'["{key}"]')
        assert load_job(job_of(folder, text)).mailing.order == (key,)


def test_what_the_insurer_leaves_out_has_the_value_of_the_guide(folder: Path) -> None:
    insurer = load_insurer(folder / "insurer.toml")
    assert insurer.postal_code == "1000001"
    assert insurer.prints_my_number_until == date(2024, 9, 17)
    assert insurer.expiry == Expiry(HalfYearly(((6, 1), (12, 1)), boundary_day=True), keeps_75=False)
    assert (insurer.card_corner, insurer.accent, insurer.portal_url) == (CardCorner.RIGHT, "#000000", "")
    assert (insurer.seal, insurer.gaiji_font, insurer.gaiji_table) == (None, None, None)


def test_what_the_insurer_gives_arrives(folder: Path) -> None:
    more = (
        'seal = "seal.png"\nportal_url = "https://example.jp/kenpo"\ncard_corner = "left"\naccent = "#036"\n'
        "prints_my_number_until = 2024-10-31\n"
        'gaiji_font = "members.csv"\ngaiji_table = "members.csv"\nexpires_on_boundary_day = false\n'
        '[expiry]\nrule = "day-of-year"\nday = "11-30"\nkeeps_75 = true\n'
    )
    (folder / "insurer.toml").write_text(INSURER + more, encoding="utf-8")
    insurer = load_insurer(folder / "insurer.toml")
    assert (insurer.seal, insurer.portal_url) == (folder / "seal.png", "https://example.jp/kenpo")
    assert (insurer.card_corner, insurer.accent) == (CardCorner.LEFT, "#036")
    assert insurer.prints_my_number_until == date(2024, 10, 31)
    assert insurer.expiry == Expiry(DayOfYear((11, 30), boundary_day=False), keeps_75=True)
    assert insurer.gaiji_font == insurer.gaiji_table == folder / "members.csv"


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("06139992", "06139993", 'insurer.toml line 1: key "number": '),
        ("06139992", "0613999", 'insurer.toml line 1: key "number": a 保険者番号 has 8 digits'),
        ("100-0001", "100-001", 'line 3: key "postal_code": must be seven digits'),
        ("100-0001", "１００-0001", 'line 3: key "postal_code": must be seven digits'),
        ("03-0000-0000", "03\\n0000", 'line 5: key "telephone": must be one line of text'),
        ("03-0000-0000", "03-0000-0000|（代表）", 'line 5: key "telephone": stands on one line; take out the bar |'),
        ("prints_ratio = true\n", "", 'key "prints_ratio" is missing'),
        ("架空電機健康保険組合", "架空電機|", 'line 2: key "name": a bar | lets a line end between two words'),
        ("見本市", "|　|見本市", 'line 4: key "address": a bar | lets a line end between two words'),
        ("true", 'true\nseal = "members.csv"', 'line 7: key "seal": the file is not a PNG picture'),
        ("true", 'true\naccent = "red; }"', 'line 7: key "accent": must be a colour such as #000000'),
        ("true", 'true\naccent = "#000\\n"', 'line 7: key "accent": must be a colour such as #000000'),
        (
            "true",
            'true\nportal_url = "javascript:x"',
            'line 7: key "portal_url": must be an address that begins with http',
        ),
        ("true", 'true\ngaiji_font = "members.csv"', '"gaiji_font" and "gaiji_table" are given together'),
        ("true", "true\nprints_my_number_until = 9999-12-31", 'key "prints_my_number_until": must be a day until 2099'),
        ("true", 'true\ncard_corner = "rihgt"', "must be 'right' or 'left'; did you mean \"right\"?"),
        ("prints_ratio", "print_ratio", 'did you mean "prints_ratio"?'),
    ],
)
def test_what_is_wrong_with_the_insurer_is_said(folder: Path, old: str, new: str, complaint: str) -> None:
    assert complaint in insurer_refusal(folder, old, new)


@pytest.mark.parametrize(
    ("table", "rule"),
    [
        ("", HalfYearly()),
        ("keeps_75 = false", HalfYearly()),
        ('rule = "half-yearly"\ndays = ["09-30", "03-31"]', HalfYearly(((3, 31), (9, 30)))),
        ('rule = "day-of-year"\nday = "11-30"', DayOfYear((11, 30))),
        ('rule = "fixed"\nday = 2026-11-30', FixedDay(date(2026, 11, 30))),
        ('rule = "years"\nyears = 5', Months(60)),
        ('rule = "months"\nmonths = 2', Months(2)),
    ],
)
def test_each_rule_of_expiry_is_read_from_its_own_keys(folder: Path, table: str, rule: Rule) -> None:
    (folder / "insurer.toml").write_text(f"{INSURER}[expiry]\n{table}\n", encoding="utf-8")
    assert load_insurer(folder / "insurer.toml").expiry == Expiry(rule)


@pytest.mark.parametrize(
    ("table", "complaint"),
    [
        (
            "rule = 'fixd'",
            "line 8: key \"expiry.rule\": must be one of 'half-yearly', 'day-of-year', 'fixed', 'years',",
        ),
        ("rule = 'fixd'", 'did you mean "fixed"?'),
        ("rule = 'fixed'", 'insurer.toml: key "expiry.day" is missing'),
        ("rule = 'fixed'\nday = '2026-11-30'", 'line 9: key "expiry.day": must be a date such as 2026-11-23'),
        ("rule = 'day-of-year'\nday = 2026-11-30", 'line 9: key "expiry.day": must be text in quotes'),
        ("rule = 'day-of-year'\nday = '02-29'", 'line 9: key "expiry.day": must be a day of every year'),
        ("rule = 'day-of-year'\nday = '11-3'", 'line 9: key "expiry.day": must be a day of every year'),
        ("days = ['06-01']", 'line 8: key "expiry.days": must be two days of the year, such as ["06-01", "12-01"]'),
        ("days = ['06-01', '06-01']", 'line 8: key "expiry.days": must be two days of the year'),
        ("days = ['06-01', '06-31']", 'line 8: key "expiry.days": must be a day of every year, month and day in'),
        ("rule = 'years'\nyears = 6", 'line 9: key "expiry.years": must be 5 or less'),
        ("rule = 'years'\nyears = 0", 'line 9: key "expiry.years": must be 1 or more'),
        ("rule = 'months'\nmonths = 61", 'line 9: key "expiry.months": must be 60 or less'),
        ("rule = 'years'\nyaers = 5", 'line 9: key "expiry.yaers" is not known; did you mean "years"?'),
        ("rule = 'fixed'\nday = 2026-11-30\ndays = []", 'line 10: key "expiry.days" is not known; did you mean "day"?'),
        ("keeps75 = true", 'line 8: key "expiry.keeps75" is not known; did you mean "keeps_75"?'),
        ("keeps_75 = 1", 'line 8: key "expiry.keeps_75": must be true or false'),
    ],
)
def test_what_is_wrong_with_the_rule_of_expiry_is_said(folder: Path, table: str, complaint: str) -> None:
    assert complaint in insurer_refusal(folder, "prints_ratio = true", f"prints_ratio = true\n[expiry]\n{table}")


def test_an_expiry_that_is_no_table_is_refused(folder: Path) -> None:
    complaint = insurer_refusal(folder, "prints_ratio = true", "prints_ratio = true\nexpiry = 5")
    assert 'line 7: key "expiry": must be a table' in complaint


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (
            "2026-11-22",
            "ends every paper on 2026-11-22, and one issued on 2026-11-23 may end from that day to 2031-11-22",
        ),
        (
            "2031-11-23",
            "ends every paper on 2031-11-23, and one issued on 2026-11-23 may end from that day to 2031-11-22",
        ),
    ],
)
def test_a_fixed_end_before_the_issue_or_after_five_years_is_refused_before_a_row_is_read(
    folder: Path, day: str, said: str
) -> None:
    (folder / "insurer.toml").write_text(f"{INSURER}[expiry]\nrule = 'fixed'\nday = {day}\n", encoding="utf-8")
    certificates = JOB.replace("eligibility_notice", "eligibility_certificate")
    assert f"job.toml: the insurer's [expiry] {said}" in refusal(folder, certificates)
    assert load_job(job_of(folder, JOB)).document == "eligibility_notice", "a notice never ends"


def test_a_seal_that_is_cut_off_is_refused(folder: Path) -> None:
    (folder / "seal.png").write_bytes(SEAL.read_bytes()[:3000])
    complaint = insurer_refusal(folder, "true", 'true\nseal = "seal.png"')
    assert 'line 7: key "seal": the file is not a PNG picture, or not a whole one; save it again' in complaint


def test_marks_without_inserts_are_taken(folder: Path) -> None:
    text = JOB.replace('"none"', '"omr"').replace('inserts = ["leaflet.pdf"]\n', "")
    assert load_job(job_of(folder, text)).mailing.inserter_marks == "omr"


def test_a_job_with_a_bad_insurer_file_is_refused_in_the_words_of_that_file(folder: Path) -> None:
    (folder / "insurer.toml").write_text(INSURER.replace("number", "nummer"), encoding="utf-8")
    assert 'insurer.toml line 1: key "nummer" is not known; did you mean "number"?' in refusal(folder, JOB)


# A 個人番号 in what a person wrote or named


NUMBER = "123-456-789-018"


@pytest.mark.parametrize("name", ["123456789018", "１２３４-5678 9018", NUMBER, "一二三四五六七八九〇一八"])
@pytest.mark.parametrize(
    ("key", "old"), [("source", "members.csv"), ("insurer", "insurer.toml"), ("inserts", "leaflet.pdf")]
)
def test_a_file_whose_name_has_a_my_number_is_refused_and_the_number_not_repeated(
    folder: Path, key: str, old: str, name: str
) -> None:
    new = f"見本{name}{Path(old).suffix}"
    (folder / old).rename(folder / new)
    with pytest.raises(BadJob, match="file's name has twelve digits like a 個人番号") as caught:
        load_job(job_of(folder, JOB.replace(old, new)))
    assert f'key "{key}"' in str(caught.value).replace("mailing.", "")
    assert name not in str(caught.value)


def test_a_job_file_whose_name_has_a_my_number_is_refused(folder: Path) -> None:
    with pytest.raises(BadJob, match="the job file's name has twelve digits") as caught:
        load_job(job_of(folder, JOB).rename(folder / f"{NUMBER}.toml"))
    assert NUMBER not in str(caught.value)


@given(
    at=st.builds(datetime.combine, st.dates(date(2000, 1, 1), date(2099, 12, 31)), st.times()),
    written=st.sampled_from(["%Y%m%d%H%M", "%Y%m%d-%H%M", "%Y-%m-%d_%H-%M", "%Y%m%dT%H%M%S", "%Y%m%d%H%M%S", "%Y%m%d"]),
)
def test_the_time_of_an_export_is_no_my_number(at: datetime, written: str) -> None:
    assert not names_a_number(f"members_{at:{written}}.csv")


NEVER_PRINTED = [0x7F, 0x85, 0xAD, 0x200B, 0x200D, 0x2028, 0x2029, 0x202E, 0x2060, 0x3164, 0xFEFF, 0xFFFD, 0xFFFE]
NEVER_PRINTED += [0x378, 0xE000, 0xF8FF, 0xF0000, 0x100000, 0xE0001, 0x1F44D, 0x1F600, 0x1F9D1]


@pytest.mark.parametrize("code", NEVER_PRINTED, ids=hex)
@pytest.mark.parametrize("key", ["name", "address", "telephone", "title"])
def test_what_no_sheet_can_show_is_refused_by_its_key_line_and_code_point(folder: Path, key: str, code: int) -> None:
    written = JOB if key == "title" else INSURER
    text = re.sub(rf'^{key} = "(..)', rf'{key} = "\1\\U{code:08X}', written, flags=re.MULTILINE)
    (folder / "insurer.toml").write_text(INSURER if key == "title" else text, "utf-8")
    line = 1 + [each.split(" = ")[0] for each in written.splitlines()].index(key)
    said = f'line {line}: key "{key}": character 3 is U+{code:04X}, which cannot be printed'
    assert said in refusal(folder, text if key == "title" else JOB)


@pytest.mark.parametrize("sign", [*"〓□■?？●▯", "ï¿½", "&amp;", "&#x9ad9;"])
@pytest.mark.parametrize(("key", "line"), [("name", 2), ("address", 4)])
def test_what_stands_for_something_lost_is_refused_by_its_key(folder: Path, key: str, line: int, sign: str) -> None:
    text = re.sub(rf'^{key} = "(..)', rf'{key} = "\1{sign}', INSURER, flags=re.MULTILINE)
    (folder / "insurer.toml").write_text(text, "utf-8")
    with pytest.raises(BadJob, match=f'insurer.toml line {line}: key "{key}": has .* write the character itself$'):
        load_insurer(folder / "insurer.toml")


@pytest.mark.parametrize("key", ["name", "address"])
def test_a_word_for_no_value_is_none_of_the_insurer(folder: Path, key: str) -> None:
    text = re.sub(rf'^{key} = ".*"', f'{key} = "#N/A"', INSURER, flags=re.MULTILINE)
    (folder / "insurer.toml").write_text(text, "utf-8")
    with pytest.raises(BadJob, match=f'key "{key}": has what stands for no value'):
        load_insurer(folder / "insurer.toml")


@pytest.mark.parametrize("number", ["00000000", "000000"])
def test_a_number_of_noughts_is_no_insurers(folder: Path, number: str) -> None:
    assert 'line 1: key "number": no 保険者番号 is of noughts alone' in insurer_refusal(folder, "06139992", number)


@pytest.mark.parametrize(
    "telephone", ["なし", "abc", "内線なし", "0000", "03-0000", "3-0000-0000", "03-0000-000", "1" * 10]
)
def test_what_is_no_telephone_number_is_refused_with_what_is_wanted(folder: Path, telephone: str) -> None:
    assert 'line 5: key "telephone": must have a telephone number with the code of its area, such as 03-0000-0000' in (
        insurer_refusal(folder, "03-0000-0000", telephone)
    )


@pytest.mark.parametrize(
    "telephone",
    [
        *(
            "０３－００００－００００",
            "03 0000 0000",
            "03(0000)0000",
            "(03) 0000-0000",
            "0120-00-0000",
            "050-0000-0000",
        ),
        *(
            "03-0000-0000（代表）",
            "03-0000-0000 内線 1234",
            "03-0000-0000（内線12）",
            "代表 0300000000",
            "TEL 03−0000−0000",
        ),
        *(
            "03 - 0000 - 0000",
            "03- 0000-0000",
            "03・0000・0000",
            "03/0000/0000",
            "+81-3-0000-0000",
            "03-0000-0000/0001",
            "03-0000-0000・0001",
            "03-0000-0000・03-1111-1111",
            "03-0000-0000 03-1111-1111",
            "0000-00-0000、0570-000-000",
        ),
    ],
)
def test_a_telephone_number_is_taken_as_people_write_it(folder: Path, telephone: str) -> None:
    (folder / "insurer.toml").write_text(INSURER.replace("03-0000-0000", telephone), "utf-8")
    assert load_insurer(folder / "insurer.toml").telephone == telephone


@pytest.mark.parametrize("address", ["北海道札幌市中央区1-2-3", "京都|府京都市北区1-2"])
def test_an_address_of_another_prefecture_than_its_postal_code_is_refused(folder: Path, address: str) -> None:
    complaint = insurer_refusal(folder, "架空県見本市一丁目2番3号", address)
    assert 'insurer.toml line 4: key "address": is of another prefecture than postal_code' in complaint
    (folder / "insurer.toml").write_text(INSURER.replace("架空県見本市", "東京|都千代田区"), "utf-8")
    assert load_insurer(folder / "insurer.toml").address == "東京都千代田区一丁目2番3号"


@pytest.mark.parametrize("key", ["name", "address", "telephone"])
def test_a_text_of_the_insurer_has_no_my_number(folder: Path, key: str) -> None:
    text = re.sub(f'^{key} = ".*"$', f'{key} = "見本 {NUMBER}"', INSURER, flags=re.MULTILINE)
    (folder / "insurer.toml").write_text(text, encoding="utf-8")
    with pytest.raises(BadJob, match=f'key "{key}": has twelve digits like a 個人番号') as caught:
        load_insurer(folder / "insurer.toml")
    assert NUMBER not in str(caught.value)


def test_neither_title_nor_address_of_the_portal_has_a_my_number(folder: Path) -> None:
    with pytest.raises(BadJob, match='key "title": has twelve digits'):
        load_job(job_of(folder, JOB.replace('title = "', f'title = "{NUMBER}')))
    (folder / "insurer.toml").write_text(f'{INSURER}portal_url = "https://example.jp/?n={NUMBER}"\n', encoding="utf-8")
    with pytest.raises(BadJob, match='key "portal_url": has twelve digits'):
        load_insurer(folder / "insurer.toml")


@pytest.mark.parametrize("name", ["2025-11-29_123456789018.csv", "20251129-123456789018.csv", "m_123456789018.csv"])
def test_a_my_number_behind_a_date_is_one(name: str) -> None:
    assert names_a_number(name)
