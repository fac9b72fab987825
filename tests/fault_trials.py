"""A fault put into an installed copy of the program → what came of it, by the command line, on small jobs.

The faults are those of ``program_faults.toml``. A copy compiles its own plates, as the program would, but where its
fault is in a module that has no part in them (``NOT_IN_PLATES``). What was delivered is compared with what the right
program delivers, byte by byte.
"""

from __future__ import annotations

import compileall
import csv
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from test_run import leaflet
from test_wheel import build_wheel
from trial_runs import ROOT, ended, files_of, renderer, write_job

from renderer.cli.exits import ExitCode
from renderer.documents.document import HEADER
from renderer.proof import pixels
from renderer.running.manifest import read_manifest

TABLE = Path(__file__).parent / "program_faults.toml"

PROOFS: Mapping[str, str] = {
    "completeness": r"neither printed nor held|printed twice|than one envelope|does not have it|is held, and|not in it"
    r"|names two 被保険者|have one 記号, 番号 and 枝番|next of the print files|where piece \d+ must"
    r"|the job does not ask for|the job asks for",
    "releases": r"no release",
    "second reader": r"of the member file|in the member file",
    "fixed words": r"the fixed part does not say|of the job is not as|of another variant|that of another;",
    "fixed part": r"its fixed part",
    "codes": r"its codes|a code of something else",
    "placing": r"does not stand in its place|one below the other|does not say its value in its place;|more than its",
    "glyphs": r"ink that is not its text",
    "WeasyPrint": r"is not what WeasyPrint draws",
    "pages": r"is missing|is one too many|PDFium counts",
    "beside": r"a page label|another bookmark or label|its title is another",
    "manifest": r"its manifest",
    "sums": r"was changed after its proof",
    "a check before print": r"cannot be printed|are not once|cannot be compiled|is not supported|lies on|sticks out"
    r"|has no place in the variant",
    "an end by itself": r"unexpected \w+ at|is not whole",
}
"""Who may object → the words by which it is known, the first that a message has."""
SAME, HELD, DELIVERED = "the same bytes", "holds more", "DELIVERED"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong in the program."""

    name: str
    wrong: str
    """In words."""
    module: str
    """Below the package's folder."""
    old: str
    new: str
    changes: str
    """A printed value, the set of records, or what else."""
    told_by: str
    """One of ``PROOFS``; "" where nobody objects, for ``reason``."""
    reason: str = ""
    shared: bool = False
    """Whether print and proof both go by what is wrong."""
    test: str = ""
    """Of a proof that asks nothing any longer: the test that fails with it, as pytest names it."""

    def put_into(self, source: str) -> str:
        """Return the module with the fault in it."""
        before, after = source.split(self.old)
        return before + self.new + after


def faults() -> dict[str, Fault]:
    """Read the table."""
    return {name: Fault(name, **fault) for name, fault in tomllib.loads(TABLE.read_text("utf-8")).items()}


# The installed program, and copies of it.


def install(folder: Path) -> Path:
    """Build the wheel and lay it out as pip does; return the folder of packages."""
    site = folder / "site"
    with zipfile.ZipFile(build_wheel(folder)) as wheel:
        wheel.extractall(site)
    compileall.compile_dir(site, quiet=1)
    return site


def copy_with(fault: Fault, site: Path, target: Path) -> Path:
    """Copy the installed program, with a fault in it; what is not changed is not written again."""
    shutil.copytree(site, target, copy_function=os.link)
    module = target / "renderer" / fault.module
    source = module.read_text("utf-8")
    module.unlink()
    module.write_text(fault.put_into(source), "utf-8")
    return target


# The jobs.


INSURED: dict[str, str] = dict.fromkeys(HEADER, "") | {
    "整理番号": "F101", "記号": "１１６", "番号": "0420", "枝番": "0", "本人家族": "本人",
    "氏名": "渡邉\U000e010f　髙志", "フリガナ": "ﾜﾀﾅﾍﾞ　ﾀｶｼ", "性別": "男", "生年月日": "S30.6.7",
    "資格取得年月日": "平成25年5月29日", "登録年月日": "2013-06-10", "個人番号": "1234 5678 9018",
    "郵便番号": "８０６－００４３", "住所": "福岡県北九州市八幡西区青山3-8-20", "方書": "見本ハイツ1003号室",
    "事業所番号": "10016", "事業所名": "架空電機株式会社", "負担割合": "2", "発効期日": "2025-08-01",
    "限度額区分": "一般", "備考": "備考の一行",
}  # fmt: skip
DEPENDANT = INSURED | {
    "整理番号": "F102", "枝番": "1", "本人家族": "家族", "氏名": "渡邉\U000e010f　辻子", "フリガナ": "ワタナベ　ツジコ",
    "性別": "女", "生年月日": "1989-01-08", "資格取得年月日": "", "認定年月日": "令和元年5月1日",
    "被保険者氏名": "渡邉\U000e010f　髙志", "個人番号": "", "負担割合": "", "発効期日": "", "限度額区分": "ウ",
    "備考": "",
}  # fmt: skip
VOLUNTARY = INSURED | {
    "整理番号": "F104", "番号": "9", "枝番": "", "氏名": "𠮷田　祐\U000e0100子", "フリガナ": "ヨシダ　ユウコ",
    "性別": "", "生年月日": "昭和46年12月3日", "資格取得年月日": "20200401", "登録年月日": "2024-09-17",
    "個人番号": "********0472", "郵便番号": "100-0002", "住所": "架空県別市大字見本二十三番地4", "方書": "",
    "事業所番号": "10001", "事業所名": "架空商事株式会社", "負担割合": "", "発効期日": "", "限度額区分": "",
    "資格喪失予定年月日": "R8.11.29", "備考": "",
}  # fmt: skip
AGED_75 = VOLUNTARY | {
    "整理番号": "F105", "番号": "10", "枝番": "00", "氏名": "東山　太郎左衛門之助兼良源五右衛門尉", "フリガナ": "",
    "性別": "男", "生年月日": "1951/11/27", "登録年月日": "2025-04-01", "個人番号": "4711", "郵便番号": "2310001",
    "住所": "架空県南市見本町一丁目2番3号",
    "方書": "とても長い名前の見本マンション架空第二号棟イーストウイング千二百三十四号室",
    "事業所番号": "10002", "負担割合": "3割", "発効期日": "R7.8.1", "限度額区分": "現役並みⅠ",
    "資格喪失予定年月日": "",
}  # fmt: skip
SINGLE = VOLUNTARY | {
    "整理番号": "F106", "番号": "77", "枝番": "0", "氏名": "山田　志づ", "フリガナ": "ヤマダ　シヅ",
    "性別": "裏面参照", "生年月日": "H1.1.8", "資格取得年月日": "H31.4.1", "登録年月日": "2019-05-07",
    "個人番号": "2222", "資格喪失予定年月日": "", "住所": "架空県北市架空町9-8-7", "方書": "北棟", "備考": "性別は男",
}  # fmt: skip


def people() -> list[dict[str, str]]:
    """The rows of all jobs: each stands for something that a fault may touch."""
    apart = {"住所": "架空県西市学生町5-6", "方書": "若葉寮", "郵便番号": "6570067"}
    brother = {"整理番号": "F111", "番号": "88", "氏名": "佐藤　一", "フリガナ": "サトウ　ハジメ"}
    works = {column: SINGLE[column] for column in ("事業所番号", "事業所名")}
    sister = (
        DEPENDANT | brother | works | {"整理番号": "F112", "枝番": "02", "氏名": "佐藤　花", "被保険者氏名": "佐藤　一"}
    )
    leaving = {"番号": "45", "氏名": "早川　退", "フリガナ": "ハヤカワ　ノク"}
    elsewhere = {"郵便番号": "8060043", "住所": "東京都千代田区架空町1-2"}
    twin = {"番号": "99", "枝番": "01", "氏名": "鈴木　一", "生年月日": "S60.2.3"}
    return [
        INSURED,
        DEPENDANT,
        DEPENDANT | apart | {"整理番号": "F103", "枝番": "02", "氏名": "渡邉\U000e010f　学", "生年月日": "H18.4.2"},
        VOLUNTARY,
        AGED_75,
        SINGLE,
        # held, and a household that waits for it
        SINGLE | {"整理番号": "F107", "番号": "55", "氏名": "田中　実", "生年月日": "2026-02-30"},
        DEPENDANT | {"整理番号": "F108", "番号": "55", "氏名": "田中　花子", "被保険者氏名": "田中　実"},
        # doubts: one that a person has freed, and one that nobody has
        SINGLE | {"整理番号": "F109", "番号": "66", "氏名": "小林　〓"},
        SINGLE | {"整理番号": "F110", "番号": "67", "氏名": "小森　〓"},
        SINGLE | brother,
        sister,
        # two 本人 of one 番号, and a 家族 who names another
        SINGLE | twin | {"整理番号": "F113", "枝番": "00"},
        SINGLE | twin | {"整理番号": "F114", "氏名": "鈴木　二", "フリガナ": "スズキ　ジ"},
        SINGLE | {"整理番号": "F115", "番号": "98", "氏名": "高木　和"},
        sister | {"整理番号": "F116", "番号": "98", "枝番": "01", "氏名": "高木　梅", "被保険者氏名": "別人　甲"},
        # twelve digits in a text, insured after the issue, a 郵便番号 of elsewhere, and two persons of one 枝番
        SINGLE | {"整理番号": "F118", "番号": "41", "氏名": "十二　桁", "備考": "登録 1234-5678-9018"},
        SINGLE | {"整理番号": "F119", "番号": "42", "氏名": "川上　未来", "資格取得年月日": "R8.11.24"},
        SINGLE | elsewhere | {"整理番号": "F120", "番号": "43", "氏名": "遠町　番"},
        SINGLE | {"整理番号": "F121", "番号": "44", "氏名": "同番　甲"},
        sister | {"整理番号": "F122", "番号": "44", "枝番": "0", "氏名": "同番　乙", "被保険者氏名": "同番　甲"},
        # a 家族 whose certificate would outlast the qualification of their 本人
        SINGLE | leaving | {"整理番号": "F123", "資格喪失予定年月日": "R8.11.30"},
        sister | {"整理番号": "F124", "番号": "45", "氏名": "早川　残", "被保険者氏名": "早川　退"},
        SINGLE | {"整理番号": "F117", "番号": "5", "氏名": "末尾　終", "フリガナ": "", "個人番号": "3333"},
    ]  # fmt: skip


JOBS: Mapping[str, Mapping[str, Any]] = {
    "notices": {
        "fixture": "notice", "route": "workplace", "customer_barcode": True, "inserter_marks": "omr",
        "pieces_per_batch": 4,
    },
    "households": {
        "fixture": "notice", "route": "workplace", "customer_barcode": True, "inserter_marks": "omr",
        "envelope": "household", "order": ["事業所番号", "番号"], "pieces_per_batch": 2,
    },
    "certificates": {
        "fixture": "certificate", "inserter_marks": "qr", "order": [], "pieces_per_batch": 5,
    },
    "apart": {
        "fixture": "certificate", "inserter_marks": "qr", "envelope": "household", "apart": "own-envelope",
        "addressee": "insured", "order": ["番号"], "pieces_per_batch": 3,
    },
    "inserts": {"fixture": "notice", "inserts": ["insert.pdf"]},
}  # fmt: skip
"""Job → how it is mailed: both documents, by member and by household; two of one document share their plates."""


SELECT = '\n[select]\n"資格取得年月日" = "..2019-04-01"\n'
"""What the smallest of them asks for: one of its two rows, whose day is the last of the span."""


def lay_down_jobs(folder: Path, site: Path, wanted: Iterable[str] = tuple(JOBS)) -> dict[str, Path]:
    """Write the jobs; the doubt about F109 is freed by the sum that the right program gives it."""
    found = {}
    for name in wanted:
        path = found[name] = write_job(folder / name, people() if name != "inserts" else people()[4:6], **JOBS[name])
        leaflet(path.with_name("insert.pdf"), "案内の一", "案内の二")
        text = re.sub("(?m)^name = .*$", f'name = "{name}"', path.read_text("utf-8"), count=1)
        text = text.replace("\noutbox =", '\nreleases = "releases.csv"\noutbox =')
        path.write_text(text + (SELECT if name == "inserts" else ""), "utf-8")
        releases = path.with_name("releases.csv")
        _write_releases(releases, [])
        attempt(site, path, folder / "unreleased")
        held = held_by(folder / "unreleased" / name)
        _write_releases(releases, [row for row in held if row["整理番号"] == "F109"])
    return found


def _write_releases(path: Path, held: list[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("整理番号", "コード", "照合値", "担当者", "理由"))
        rows.writerows((row["整理番号"], row["コード"], row["照合値"], "検査", "台帳のとおり") for row in held)


# Their plates.


NOT_IN_PLATES = frozenset({
    "running/run.py", "running/worker.py", "running/reading.py", "running/printing.py", "running/crew.py",
    "mailing/pieces.py", "mailing/batches.py", "mailing/households.py", "intake/rows.py", "intake/members.py",
    "intake/cells.py", "intake/store.py", "intake/plausible.py", "intake/across.py",
    "documents/common.py", "documents/notice.py", "documents/certificate.py", "documents/expiry.py",
})  # fmt: skip
"""Modules of which nothing runs while a job is read, its plates are compiled and their names found (a test sees)."""

NAMES_OF_PLATES = """
import json, pathlib, sys
from renderer.intake.jobfile import load_job
from renderer.layout.load import layout_of
from renderer.mailing.sheets import fixed_of
from renderer.running.kept_plates import kept_plates
names = []
for job in map(load_job, map(pathlib.Path, sys.argv[1:])):
    layout = layout_of(job)
    kept = kept_plates(job.outbox, fixed_of(job), layout)
    names += [name for variant in layout.variants() for name in (kept._name(variant), kept._proofs(variant))]
print(json.dumps(names))
"""


def names_of_plates(site: Path, jobs: Iterable[Path]) -> list[str]:
    """Return under which names a program keeps the plates of all variants of jobs, and what these were proved on."""
    words = [sys.executable, "-c", NAMES_OF_PLATES, *map(str, jobs)]
    environment = {**os.environ, "PYTHONPATH": str(site)}
    told = subprocess.run(words, cwd=site, env=environment, capture_output=True, text=True, check=True)
    return list(json.loads(told.stdout))


def give_plates(right: Path, right_names: Sequence[str], names: Sequence[str], plates: Path) -> None:
    """Keep the plates of the right program under the names that another gives them: it would compile the same."""
    plates.mkdir(parents=True)
    for kept, name in dict(zip(right_names, names, strict=True)).items():  # two jobs may have the same
        if (right / kept).is_dir():
            shutil.copytree(right / kept, plates / name)
        elif (right / kept).exists():
            shutil.copy(right / kept, plates / name)


# What comes of them.


@dataclass(frozen=True, slots=True)
class Attempt:
    """What one command did."""

    code: int
    told: str
    """Its last word, on the standard error."""
    files: Mapping[str, bytes] | None
    """What was delivered, reports aside; None for nothing."""
    sheets: Mapping[str, str]
    """整理番号 of each sheet delivered → the text that PDFium reads on its pages."""
    held: frozenset[str]
    """整理番号 of those in held.csv."""

    @property
    def told_by(self) -> str:
        """Who objected."""
        return next((proof for proof, words in PROOFS.items() if re.search(words, self.told)), self.told)


def attempt(site: Path, job: Path, outbox: Path) -> Attempt:
    """Run a job by the program in a folder of packages."""
    outbox.mkdir(parents=True, exist_ok=True)
    words = ("run", job, "--again", "--outbox", outbox, "--workers", "1", "--lang", "en")  # all jobs have one file
    process = renderer(*words, env={"PYTHONPATH": str(site)}, cwd=outbox)
    code, _, err = ended(process)
    delivered = outbox / job.parent.name
    assert (code in (ExitCode.ALL_PRINTED, ExitCode.SOME_HELD)) == delivered.exists(), err
    if not delivered.exists():
        return Attempt(code, err.strip(), None, {}, frozenset())
    held = held_by(delivered)
    return Attempt(
        code, err.strip(), files_of(delivered), dict(_sheets(delivered)), frozenset(row["整理番号"] for row in held)
    )


def held_by(delivered: Path) -> list[dict[str, str]]:
    """The rows of a delivery's held.csv."""
    with (delivered / "held.csv").open(encoding="utf-8-sig", newline="") as table:
        return list(csv.DictReader(table))


def _sheets(delivered: Path) -> Iterator[tuple[str, str]]:
    for manifest in sorted(delivered.glob("batch-*.json")):
        _, entries = read_manifest(manifest)
        with pixels.opened(manifest.with_suffix(".pdf")) as file:
            for entry in entries:
                yield entry.record, "\f".join(file.text(page) for page in range(entry.page_from - 1, entry.page_to))


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of one fault in one job."""

    fault: str
    job: str
    outcome: str
    """Who objected, or what was delivered: the same bytes, the same sheets and others held, or something else."""
    told: str
    """What the command said."""


def outcome_of(done: Attempt, right: Attempt) -> str:
    """Say what came of a job, beside what comes of it without a fault."""
    if done.files is None:
        return done.told_by
    if done.files == right.files:
        return SAME
    missing = right.sheets.keys() - done.sheets.keys()
    all_the_same = done.sheets.items() <= right.sheets.items()
    return HELD if missing and all_the_same and missing | right.held <= done.held else DELIVERED


class FaultTrials:
    """The right program, the jobs, and what comes of them without a fault."""

    def __init__(self, folder: Path, wanted: Iterable[str] = tuple(JOBS)) -> None:
        """Install the program and run the jobs; it must deliver them."""
        self.folder = folder
        self.site = install(folder)
        self.jobs = lay_down_jobs(folder, self.site, wanted)
        self.right = {name: attempt(self.site, job, folder / "right") for name, job in self.jobs.items()}
        assert all(done.files for done in self.right.values()), {name: done.told for name, done in self.right.items()}
        self._names = names_of_plates(self.site, self.jobs.values())

    def run(self, fault: Fault) -> Iterator[Trial]:
        """Run every job with a fault in the program."""
        folder = self.folder / "faults" / fault.name
        copy, outbox = copy_with(fault, self.site, folder / "site"), folder / "outbox"
        if fault.module in NOT_IN_PLATES:
            names = names_of_plates(copy, self.jobs.values())
            give_plates(self.folder / "right" / ".plates", self._names, names, outbox / ".plates")
        for name, job in self.jobs.items():
            done = attempt(copy, job, outbox)
            yield Trial(fault.name, name, outcome_of(done, self.right[name]), done.told)
        shutil.rmtree(folder)

    def is_noticed(self, fault: Fault) -> bool:
        """Whether the test that a proof has fails where the installed proof is broken."""
        copy = copy_with(fault, self.site, self.folder / "proofs" / fault.name)
        named = ["-m", "", str(ROOT / "tests" / fault.test)]  # also one that the trials alone run
        words = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-x", *named]
        done = subprocess.run(words, cwd=copy, env={**os.environ, "PYTHONPATH": str(copy)}, capture_output=True)
        shutil.rmtree(copy)
        return done.returncode == pytest.ExitCode.TESTS_FAILED
