"""Cases and the approved goldens in a folder → what is missing, stray or changed; approve writes them anew.

    tests/goldens/made_with.toml                versions and font sums, told where a sheet is drawn otherwise
    tests/goldens/<layout>/<case>.pdf           the approved PDF
    tests/goldens/<layout>/<case>-<page>.png    its pixels: 200 dpi, no anti-aliasing, 1 bit, pages from 1

Equal means the same pages, sizes and pixels, and the same bytes of the PDF. There is no tolerance.
"""

from __future__ import annotations

import itertools
import re
import shutil
import tempfile
import zlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pypdfium2
import uharfbuzz
from PIL import Image, UnidentifiedImageError

from renderer.model.errors import BadJob, BadLayout
from renderer.model.paper import PROOF_DPI
from renderer.model.sums import sum_of_file
from renderer.model.toml import advice, parse_toml, read_text
from renderer.press.versions import versions
from renderer.proof import pixels
from renderer.review.compare import compare

CAP = 80 * 1024
"""Bytes a picture may have, and a PDF for each of its pages: a golden is looked at by a person, and kept for ever."""
MADE_WITH = "made_with.toml"
SUM_DIGITS = 8
TOLD = 5
"""How many changes of one case a finding spells out; the report has them all."""
APPROVE = "look at it, and approve it if it is meant"


@dataclass(frozen=True, slots=True)
class Case:
    """One sheet that a person approves."""

    layout: str
    """Folder of the layout, such as ``eligibility_notice``."""
    name: str
    """What the case shows, such as ``longest-of-every-field``."""
    make: Callable[[Path], None]
    """Write the PDF to this path; the same bytes every time."""

    @property
    def stem(self) -> str:
        """``<layout>/<name>``, as commands and findings name it."""
        return f"{self.layout}/{self.name}"


@dataclass(frozen=True, slots=True)
class GoldenFinding:
    """One thing about the goldens that is not as approved."""

    golden: str
    """Path below the goldens folder."""
    code: str
    """A stable word for machines: golden-missing, -stray, -changed, -bytes, -too-large, made-with."""
    sentence: str
    action: str

    def __str__(self) -> str:
        return f"{self.golden}: {self.sentence}; {self.action} [{self.code}]"


_TOOLS = ("weasyprint", "pydyf", "pypdfium2", "pango", "harfbuzz", "harfbuzz-subset")


def made_with(fonts: Path) -> dict[str, str]:
    """Name what decides the pixels and bytes of a golden: versions of the tools, SHA-256 of each font."""
    tools = {name: versions()[name] for name in _TOOLS} | {
        "pdfium": str(pypdfium2.PDFIUM_INFO),
        "uharfbuzz": f"{versions()['uharfbuzz']} (HarfBuzz {uharfbuzz.version_string()})",
        "zlib": zlib.ZLIB_RUNTIME_VERSION,
    }
    files = sorted(path for path in fonts.iterdir() if path.suffix in (".ttf", ".otf"))
    return tools | {f"fonts/{path.name}": sum_of_file(path) for path in files}


def check(
    root: Path, cases: Iterable[Case], fonts: Path, report: Path | None = None, only: Collection[str] = ()
) -> list[GoldenFinding]:
    """Compare every case with its golden, and every file of ``root`` with the cases.

    Where a sheet is drawn otherwise, and tools or fonts are others than ``made_with.toml`` says, that is told first.
    With ``report``, three pictures and an HTML page for each changed case are written below it.
    With ``only``, just the cases named ``<layout>/<case>`` are looked at; BadJob for a name that no case has.
    """
    recorded, present = _recorded(root), made_with(fonts)
    if not recorded:
        raise BadJob(f"there are no goldens in {root}; approve them first, or name their folder")
    findings: list[GoldenFinding] = []
    expected = {MADE_WITH}
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder)
        for case in _chosen(cases, only):
            files = _make(case, made)
            expected.update(files)
            findings.extend(_too_large(made, files))
            findings.extend(_case_findings(root, made, case, files, report))
    for stray in sorted(_files(root) - expected) if not only else ():
        findings.append(GoldenFinding(stray, "golden-stray", "no case makes this file", "delete or name it"))
    drawn_otherwise = any(finding.code in ("golden-changed", "golden-bytes") for finding in findings)
    return [_other_tools(recorded, present), *findings] if drawn_otherwise and recorded != present else findings


def approve(
    root: Path,
    cases: Iterable[Case],
    fonts: Path,
    environment: Mapping[str, str],
    only: Collection[str] = (),
) -> list[str]:
    """Write the goldens of all cases, or of those named ``<layout>/<case>`` in ``only``; say what changed.

    Approving all also deletes strays and writes ``made_with.toml``. Raises BadJob under CI, for a name that
    no case has, and for ``only`` when the tools changed; BadLayout, before anything is written, when a file
    is over the cap.
    """
    if environment.get("CI", "").lower() not in ("", "0", "false"):
        raise BadJob("goldens are approved by a person, not under CI; run this at your desk, commit the files")
    chosen = _chosen(cases, only)
    recorded, present = _recorded(root), made_with(fonts)
    if only and recorded != present:
        raise BadJob(f"{_other_tools(recorded, present)}: approve all cases together")
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder)
        files: set[str] = set()
        for case in chosen:
            of_case = _make(case, made)
            for finding in _too_large(made, of_case):
                raise BadLayout(str(finding))
            files.update(of_case)
        if not only:
            (made / MADE_WITH).write_text(_toml(present), encoding="utf-8")
            files.add(MADE_WITH)
        old = _files(root) if not only else _files_of(root, only)
        return [*_write(made, root, files), *_delete(root, old - files)]


def _chosen(cases: Iterable[Case], only: Collection[str]) -> list[Case]:
    """Take the cases that are named; all of them when none is."""
    cases = list(cases)
    stems = [case.stem for case in cases]
    unknown = sorted(set(only) - set(stems))
    if unknown:
        hint = advice(unknown[0], stems, "")
        raise BadJob(f"no golden case is named {', '.join(unknown)}; give <layout>/<case>{hint}")
    return [case for case in cases if not only or case.stem in only]


def _case_findings(
    root: Path, made: Path, case: Case, files: list[str], report: Path | None
) -> Iterator[GoldenFinding]:
    """Compare one case's fresh files with the approved ones."""
    missing = [file for file in files if not (root / file).exists()]
    for file in missing:
        yield GoldenFinding(file, "golden-missing", "nobody has approved this file", APPROVE)
    pdf, *pages = files
    if pdf in missing:
        return
    changed = [page for page in pages if page not in missing and not _same_pixels(root / page, made / page)]
    same_bytes = (root / pdf).read_bytes() == (made / pdf).read_bytes()
    if same_bytes and not changed:
        return
    comparison = compare(root / pdf, made / pdf)
    if changed or not comparison.same:
        told = list(itertools.islice(comparison.sentences(), TOLD))
        words = "; ".join(told) or f"pixels differ in {', '.join(changed)}"
        yield GoldenFinding(pdf, "golden-changed", words, APPROVE)
        if report:
            comparison.report(report / case.layout / case.name)
    else:
        sentence = "the bytes of the PDF changed, and not one pixel and no text"
        yield GoldenFinding(pdf, "golden-bytes", sentence, "find out why, and approve it if it is meant")


def _make(case: Case, folder: Path) -> list[str]:
    """Make a case's PDF and the pictures of its pages; return their paths below ``folder``, the PDF first."""
    files = [f"{case.stem}.pdf"]
    pdf = folder / files[0]
    pdf.parent.mkdir(parents=True, exist_ok=True)
    case.make(pdf)
    with pixels.opened(pdf) as document:
        for page in range(document.page_count):
            files.append(f"{case.stem}-{page + 1}.png")
            grey = document.pixels(page, PROOF_DPI, antialias=False)
            grey.convert("1", dither=Image.Dither.NONE).save(folder / files[-1], optimize=True)
    return files


def _same_pixels(golden: Path, new: Path) -> bool:
    try:
        with Image.open(golden) as before, Image.open(new) as after:
            return pixels.difference(before, after, PROOF_DPI) is None
    except (UnidentifiedImageError, SyntaxError, OSError):
        return False  # a picture that is not whole is not the approved one


def _too_large(made: Path, files: Sequence[str]) -> Iterator[GoldenFinding]:
    """Find the files of one case, its PDF and a picture of each page, that are over the cap."""
    for file in files:
        size, cap = (made / file).stat().st_size, CAP * (len(files) - 1 if file.endswith(".pdf") else 1)
        if size > cap:
            sentence = f"it has {size} bytes, and a golden of so many pages may have {cap}"
            yield GoldenFinding(file, "golden-too-large", sentence, "show less in one case")


def _recorded(root: Path) -> dict[str, str]:
    """Read what ``made_with.toml`` says; nothing before the first approval."""
    path = root / MADE_WITH
    hint = "; take it back from the history, or delete it and approve all"
    return parse_toml(path, read_text(path), hint) if path.exists() else {}


def _other_tools(recorded: Mapping[str, str], present: Mapping[str, str]) -> GoldenFinding:
    """Say in one sentence which tools and fonts are not those the goldens were made with."""
    names = sorted(name for name in recorded.keys() | present.keys() if recorded.get(name) != present.get(name))
    told = ", ".join(f"{name} {_short(recorded, name)} → {_short(present, name)}" for name in names)
    action = "install what it names, or look at all goldens and approve them anew"
    return GoldenFinding(MADE_WITH, "made-with", f"the goldens were made with other tools: {told}", action)


def _short(versions: Mapping[str, str], name: str) -> str:
    """Say a version whole, and of a font's sum enough to tell it from another."""
    value = versions.get(name, "none")
    return value[:SUM_DIGITS] if name.startswith("fonts/") else value


def _files(root: Path) -> set[str]:
    """Every file below the goldens folder, by its path in it."""
    return {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()}


def _files_of(root: Path, stems: Collection[str]) -> set[str]:
    """Find the files that belong to the cases named."""
    return {file for file in _files(root) if re.sub(r"(-\d+\.png|\.pdf)\Z", "", file) in stems}


def _write(made: Path, root: Path, files: Iterable[str]) -> Iterator[str]:
    """Copy what is new or changed, and say so."""
    for file in sorted(files):
        golden, fresh = root / file, made / file
        verb = "changed" if golden.exists() else "new"
        if verb == "changed" and golden.read_bytes() == fresh.read_bytes():
            continue
        golden.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(fresh, golden)
        yield f"{verb}: {file}"


def _delete(root: Path, files: Iterable[str]) -> Iterator[str]:
    for file in sorted(files):
        (root / file).unlink()
        yield f"deleted: {file}"


def _toml(values: Mapping[str, str]) -> str:
    head = "# What the goldens were made with; written by the approve command, told where a sheet is drawn otherwise.\n"
    return head + "".join(f'"{name}" = "{value}"\n' for name, value in values.items())
