"""A third document, with columns, layout and goldens of its own, comes from outside the program, as a pack."""

from __future__ import annotations

import csv
import shutil
from importlib.metadata import EntryPoint, EntryPoints
from pathlib import Path

import pytest
from readers import text_by_poppler
from trial_runs import ROOT, ended, renderer

from renderer.desk.golden_cases import golden_cases
from renderer.documents.registry import DOCUMENTS
from renderer.intake import packs
from renderer.intake.jobfile import load_job
from renderer.intake.packs import document_of, find_pack
from renderer.layout.load import LAYOUTS, load_layout
from renderer.model.errors import BadJob
from renderer.press.fonts import FONTS
from renderer.review.goldens import check
from renderer.review.made_with import made_with

KOKUHO = ROOT / "tests" / "data" / "kokuho"
JOB = KOKUHO / "examples" / "kokuho_certificate.toml"


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """A copy of the pack, outside the repository."""
    return Path(shutil.copytree(KOKUHO, tmp_path / "kokuho"))


def test_a_document_of_a_pack_is_printed_from_the_columns_it_adds(pack: Path) -> None:
    job = pack / "examples" / "kokuho_certificate.toml"
    code, out, err = ended(renderer("run", job))
    assert (code, err) == (0, "")
    assert "read 3, printed 3, held 0" in out
    printed = load_job(job).folder / "batch-0001.pdf"
    text = "".join("".join(text_by_poppler(printed)).split())
    assert text.count("世帯主氏名") == 3
    assert text.count("見本太郎") >= 3
    assert text.count("特別療養") == 1
    assert "令和9年7月31日" in text
    for words in (("verify", printed, "--job", job), ("check", job), ("reprint", job, "--record", "K003")):
        assert ended(renderer(*words))[0] == 0


def printed_with(pack: Path, old: str, new: str) -> str:
    """Print the job of a pack whose documents.py was changed; return what its run says went wrong."""
    documents = pack / "documents.py"
    text = documents.read_text("utf-8")
    assert old in text
    documents.write_text(text.replace(old, new), "utf-8")
    code, _, err = ended(renderer("run", pack / "examples" / "kokuho_certificate.toml"))
    assert code == 5, err
    return err


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            'member.added[ADDED.index("世帯主氏名")]',
            "member.name",
            "householder: line 3 of the member file, 世帯主氏名",
        ),
        ('== "1"', '!= "1"', "special is not as line 2 of the member file, 特別療養 says"),
        ("DayOfYear((7, 31))", "DayOfYear((8, 31))", "expires_on: line 2 of the member file, 生年月日"),
    ],
)
def test_what_a_pack_adds_is_proved_from_the_member_file(pack: Path, old: str, new: str, said: str) -> None:
    assert said in printed_with(pack, old, new)


def test_what_a_pack_does_not_state_again_is_asked_of_it_again(pack: Path) -> None:
    (pack / "restated.py").unlink()
    documents = pack / "documents.py"
    text = documents.read_text("utf-8")
    documents.write_text(text.replace('member.added[ADDED.index("世帯主氏名")]', "member.name"), "utf-8")
    job = pack / "examples" / "kokuho_certificate.toml"
    assert ended(renderer("run", job))[0] == 0
    printed = load_job(job).folder / "batch-0001.pdf"
    code, out, _ = ended(renderer("verify", printed, "--job", job))
    assert code == 0
    assert "the second reader does not know the document: its pack has no restated.py that states it again" in out


def test_what_a_pack_adds_is_proved_through_a_column_map(pack: Path) -> None:
    job, members = pack / "examples" / "kokuho_certificate.toml", pack / "examples" / "members.csv"
    members.write_text(members.read_text("utf-8").replace("世帯主氏名", "世帯主", 1), "utf-8")
    (pack / "examples" / "columns.toml").write_text('ignore = "others"\n[columns]\n"世帯主氏名" = "世帯主"\n', "utf-8")
    job.write_text('columns = "columns.toml"\n' + job.read_text("utf-8"), "utf-8")
    assert ended(renderer("run", job))[::2] == (0, "")
    printed = load_job(job).folder / "batch-0001.pdf"
    code, out, _ = ended(renderer("verify", printed, "--job", job))
    assert (code, "does not know" in out) == (0, False)
    shutil.rmtree(load_job(job).folder.parent)
    said = printed_with(pack, 'member.added[ADDED.index("世帯主氏名")]', "member.name")
    assert "householder: line 3 of the member file, 世帯主" in said


EXTENDED = """
from dataclasses import replace
from renderer.documents.document import Field
from renderer.documents.notice import NOTICE

def _say(member, job, mailing):
    content = NOTICE.say(member, job, mailing)
    away = "away" if member.workplace else "here"
    values = {**content.values, "desk": "窓口" + member.added[0]}
    return content._replace(document="our_notice", variant=(*content.variant, ("office", away)), values=values)

DOCUMENTS = [replace(
    NOTICE,
    name="our_notice",
    facts={**NOTICE.facts, "office": {"away": lambda m, _: {"workplace": m.workplace or "見本工場"},
                                      "here": lambda m, _: {"workplace": ""}}},
    fields={**NOTICE.fields, "desk": Field("窓口", widest=("窓口12番",))},
    columns=replace(NOTICE.columns, adds=("窓口",)),
    say=_say,
)]
"""
AGAIN = """
from renderer.proof.restated import Told
from renderer.proof.second import SecondStatement

def _tell(row, job):
    office = "away" if row["事業所名"].strip() else "here"
    return Told({"office": office}, {"desk": "窓口" + row["窓口"]})

RESTATED = {
    "our_notice": SecondStatement(_tell, like="eligibility_notice", adds=("窓口",), columns={"desk": ("窓口",)})
}
"""


def test_a_pack_adds_a_slot_and_a_variant_key_to_our_notice(tmp_path: Path) -> None:
    assert ended(renderer("new", tmp_path / "x"))[0] == 0
    pack = tmp_path / "pack"
    (pack / "layouts").mkdir(parents=True)
    (pack / "documents.py").write_text(EXTENDED, "utf-8")
    (pack / "restated.py").write_text(AGAIN, "utf-8")
    layout = Path(shutil.copytree(load_layout("eligibility_notice").folder, pack / "layouts" / "our_notice"))
    toml, template = layout / "layout.toml", layout / "sheet.html.j2"
    toml.write_text(
        toml.read_text("utf-8").replace('document = "eligibility_notice"', 'document = "our_notice"')
        + '\n[slots.desk]\nfit = "condense"\nfloor = 70\n',
        "utf-8",
    )
    template.write_text(
        template.read_text("utf-8").replace(
            "</body>",
            '{% if variant.office == "away" %}<p class="office">事業所経由</p>{% endif %}{{ slot("desk") }}</body>',
        ),
        "utf-8",
    )
    assert 'slot("desk")' in template.read_text("utf-8")
    (layout / "sheet.css").write_text(
        (layout / "sheet.css").read_text("utf-8") + "[data-slot=desk], .office { position: absolute; left: 120mm; "
        "top: 100mm; width: 30mm; height: 5mm; line-height: 5mm; font: 9pt/5mm 'BIZ UDGothic'; margin: 0 }"
        ".office { top: 106mm }",
        "utf-8",
    )
    job, members = tmp_path / "x" / "job.toml", tmp_path / "x" / "members.csv"
    with members.open(encoding="cp932", newline="") as file:
        header, *rows = csv.reader(file)
    with members.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([[*header, "窓口"], *([*row, f"{n}番"] for n, row in enumerate(rows, 1))])
    job.write_text(
        'pack = "../pack"\n' + job.read_text("utf-8").replace('"eligibility_notice"', '"our_notice"'), "utf-8"
    )
    code, out, err = ended(renderer("run", job))
    assert (code, err) == (0, ""), out
    printed = load_job(job).folder / "batch-0001.pdf"
    text = "".join("".join(text_by_poppler(printed)).split())
    assert "窓口1番" in text
    with (load_job(job).folder / "batch-0001.csv").open(encoding="utf-8-sig") as manifest:
        assert "office=" in manifest.read()
    code, out, _ = ended(renderer("verify", printed, "--job", job))
    assert (code, "does not know" in out) == (0, False)


def test_a_column_that_the_document_adds_must_be_there_and_one_it_may_have_need_not(pack: Path) -> None:
    members = pack / "examples" / "members.csv"
    with members.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    assert "備考" not in rows[0]
    with members.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([row[:-1] for row in rows])
    code, _, err = ended(renderer("check", pack / "examples" / "kokuho_certificate.toml"))
    assert code == 4
    assert "column 特別療養 is missing" in err


def test_what_a_document_finds_wrong_with_a_member_holds_it(pack: Path) -> None:
    members = pack / "examples" / "members.csv"
    members.write_text(members.read_text("utf-8").replace("昭和55年1月7日", "昭和26年11月23日", 1), "utf-8")
    code, out, _ = ended(renderer("check", pack / "examples" / "kokuho_certificate.toml"))
    assert code == 3
    assert "read 3, valid 2, held 1" in out
    assert "[aged-75-or-over] K001" in out


def test_a_document_asks_of_its_job_before_a_row_is_read(pack: Path) -> None:
    insurer = pack / "examples" / "city.toml"
    insurer.write_text(insurer.read_text("utf-8").replace("130005", "06130009"), "utf-8")
    with pytest.raises(BadJob, match="has 6 digits"):
        load_job(pack / "examples" / "kokuho_certificate.toml")


def test_the_sheets_of_the_pack_are_as_they_were_approved(tmp_path: Path) -> None:
    cases = list(golden_cases(tmp_path, KOKUHO))
    assert {case.layout for case in cases} == {"kokuho_certificate"}
    assert len(cases) == 5
    assert check(KOKUHO / "goldens", cases, made_with(FONTS)).findings == ()


def test_a_layout_of_the_pack_has_no_fault() -> None:
    code, out, _ = ended(renderer("lint", "kokuho_certificate", "--pack", KOKUHO))
    assert (code, out.splitlines()[-1]) == (0, "kokuho_certificate: 2 variants, 0 faults")


def test_what_a_layout_of_the_pack_declares_is_measured(pack: Path) -> None:
    style = pack / "layouts" / "kokuho_certificate" / "sheet.css"
    style.write_text(
        style.read_text("utf-8").replace("[data-slot=symbol] { width: 40mm }", "[data-slot=symbol] { width: 43mm }")
    )
    code, out, _ = ended(renderer("lint", "kokuho_certificate", "--pack", pack))
    assert code == 4
    assert "wrong-distance" in out
    assert out.splitlines()[-1] == "kokuho_certificate: 2 variants, 1 faults"


def test_no_module_but_its_own_names_a_document() -> None:
    own = {"notice.py", "certificate.py", "specimen.py", "restated.py"}  # the last states their rules a second time
    for path in (ROOT / "renderer").rglob("*.py"):
        text = path.read_text("utf-8")
        named = {name for name in DOCUMENTS if f'"{name}"' in text}
        room = path.parent.name
        assert not named or path.name in own or room == "cli", f"{path}: {named}"


def test_a_pack_of_layouts_alone_lies_over_ours(tmp_path: Path) -> None:
    shutil.copytree(load_layout("eligibility_notice").folder, tmp_path / "pack" / "layouts" / "eligibility_notice")
    found = load_layout("eligibility_notice", tmp_path / "pack")
    assert found.folder == tmp_path / "pack" / "layouts" / "eligibility_notice"
    assert load_layout("specimen", tmp_path / "pack").folder == load_layout("specimen").folder


@pytest.mark.parametrize("name", ["eligibility_notice", "ours"])
def test_the_layouts_of_a_pack_of_layouts_alone_have_goldens(tmp_path: Path, name: str) -> None:
    pack = tmp_path / "pack"
    shutil.copytree(LAYOUTS / "eligibility_notice", pack / "layouts" / name)
    cases = [case.stem for case in golden_cases(pack=pack)]
    assert f"{name}/typical" in cases or any(case.startswith(f"{name}/typical-") for case in cases)
    assert {case.split("/")[0] for case in cases} == {name}


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("1 / 0", "pack broken: documents.py cannot be loaded by renderer 0.1.0 (ZeroDivisionError: division by zero)"),
        ("import no_such_module", "ModuleNotFoundError: No module named 'no_such_module'"),
        ("", "AttributeError: "),
        ("class D: name = 'x'\nDOCUMENTS = [D]", "DOCUMENTS holds 'x', which is no document, or one of ours"),
        ("from renderer.documents.notice import NOTICE\nDOCUMENTS = [NOTICE]", "DOCUMENTS holds 'eligibility_notice'"),
    ],
)
def test_a_pack_that_cannot_be_loaded_stops_and_names_itself_and_the_version(
    tmp_path: Path, code: str, said: str
) -> None:
    packs._documents_in.cache_clear()
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "documents.py").write_text(code)
    with pytest.raises(BadJob) as refused:
        packs.documents_of(tmp_path / "broken")
    assert said in str(refused.value)


DATACLASS = """
from __future__ import annotations
from dataclasses import dataclass, replace
from renderer.documents.notice import NOTICE
@dataclass
class Rule:
    name: str
DOCUMENTS = [replace(NOTICE, name=Rule("{name}").name)]
"""


def test_packs_of_the_same_name_are_told_apart_and_may_hold_dataclasses(tmp_path: Path) -> None:
    for place in ("one", "two"):
        (tmp_path / place / "own").mkdir(parents=True)
        (tmp_path / place / "own" / "documents.py").write_text(DATACLASS.format(name=place))
    found = [packs.documents_of(tmp_path / place / "own") for place in ("one", "two")]
    assert [set(documents) - set(DOCUMENTS) for documents in found] == [{"one"}, {"two"}]


def test_a_change_in_any_module_of_a_pack_is_another_layout(pack: Path) -> None:
    (pack / "rules").mkdir()
    (pack / "rules" / "x.py").write_text("A = 1")
    before = load_layout("kokuho_certificate", pack).digest()
    (pack / "rules" / "x.py").write_text("A = 2")
    assert load_layout("kokuho_certificate", pack).digest() != before


def test_an_installed_pack_is_found_by_its_name(tmp_path: Path, pack: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pack.rename(tmp_path / "kokuho_pack")
    (tmp_path / "kokuho_pack" / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    point = EntryPoint("kokuho", "kokuho_pack", packs.GROUP)
    monkeypatch.setattr(packs, "entry_points", lambda group: EntryPoints([point]))
    assert find_pack("kokuho", tmp_path / "elsewhere") == tmp_path / "kokuho_pack"
    with pytest.raises(BadJob, match=r"pack other: there is no such folder.*\(installed: kokuho\)"):
        find_pack("other", tmp_path / "elsewhere")


def test_a_job_may_name_a_copy_of_a_layout_by_its_folder(tmp_path: Path) -> None:
    assert ended(renderer("new", tmp_path / "x"))[0] == 0
    assert ended(renderer("new-layout", tmp_path / "mine"))[0] == 0
    style = tmp_path / "mine" / "sheet.css"
    style.write_text(style.read_text("utf-8") + ".card { background: #eee }\n", "utf-8")
    job = tmp_path / "x" / "job.toml"
    usual = job.read_text("utf-8")
    job.write_text(usual.replace('title = "', 'layout = "../mine"\ntitle = "'), "utf-8")
    assert ended(renderer("run", job))[0] == 0
    printed = (load_job(job).folder / "batch-0001.pdf").read_bytes()
    assert ended(renderer("check", job))[0] == 0
    assert ended(renderer("reprint", job, "--record", "A000001"))[0] == 0
    job.write_text(usual, "utf-8")
    code, _, err = ended(renderer("reprint", job, "--record", "A000001"))
    assert (code, "cannot be printed again as it was delivered" in err) == (5, True)
    assert ended(renderer("run", job, "--replace"))[0] == 0
    assert (load_job(job).folder / "batch-0001.pdf").read_bytes() != printed


def test_a_job_that_names_a_layout_of_another_document_is_refused(tmp_path: Path) -> None:
    assert ended(renderer("new", tmp_path / "x"))[0] == 0
    job = tmp_path / "x" / "job.toml"
    job.write_text(
        job.read_text("utf-8").replace('title = "', 'layout = "eligibility_certificate"\ntitle = "'), "utf-8"
    )
    code, _, err = ended(renderer("run", job))
    assert code == 4
    assert (
        "eligibility_certificate is a layout of eligibility_certificate, and this job prints eligibility_notice" in err
    )


def test_a_document_nobody_has_is_refused_with_its_line_and_the_nearest(tmp_path: Path) -> None:
    path = tmp_path / "job.toml"
    path.write_text(JOB.read_text("utf-8").replace('"kokuho_certificate"', '"kokuho_certifikate"'), "utf-8")
    for name in ("city.toml", "members.csv"):
        shutil.copy(KOKUHO / "examples" / name, tmp_path / name)
    path.write_text(path.read_text("utf-8").replace('".."', f'"{KOKUHO}"'), "utf-8")
    with pytest.raises(BadJob, match=r'job\.toml line 3: key "document": must be .*mean "kokuho_certificate"\?'):
        load_job(path)
    assert document_of(load_job(JOB)).name == "kokuho_certificate"
