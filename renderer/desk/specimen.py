"""Member files → a sheet of evidence: every hard character in them, large, with code points, font and selector.

Hard is what JIS X 0208 does not have as it stands: other kanji, selectors, combining marks, symbols. What no font
prints stays an empty cell that says so: its record is held. Printed by the press from ``layouts/specimen``, and proved.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path

from renderer.documents.specimen import CELLS
from renderer.intake.rows import read_rows
from renderer.layout.load import Fixed, load_layout
from renderer.mailing.sheets import fixed_of
from renderer.model.job import Job
from renderer.press.fonts import Chain, Unprintable, clusters, code_points
from renderer.press.press import Printed, PrintFile
from renderer.proof.placing import Beginning
from renderer.proof.verify import expected_pages, font_files, verify

LAYOUT = "specimen"
COLUMNS = ("氏名", "被保険者氏名", "住所", "方書", "事業所名", "備考")
"""What is printed as it is registered; フリガナ is widened before it is printed."""
FAMILIES = ("BIZ UDMincho", "IPAmjMincho")
COLLECTIONS = {"BIZ UDMincho": "Adobe-Japan1", "IPAmjMincho": "Moji_Joho"}
"""Family → the registered collection of variation sequences it prints."""
FIRST_SELECTOR = 0xE0100
"""VARIATION SELECTOR-17, the first of those for ideographs."""
HELD = "held: no font has it"


@dataclass(frozen=True, slots=True)
class Hard:
    """One hard character."""

    cluster: str
    found: str
    """File and record it was first found in, never a name."""


def hard_characters(files: Iterable[Path]) -> Iterator[Hard]:
    """Yield every hard cluster of some member files once, in the order of the files."""
    seen: set[str] = set()
    for file in files:
        for row in read_rows(file):
            for column in COLUMNS:
                for cluster in clusters(row.fields.get(column, "")):
                    if cluster not in seen and _is_hard(cluster):
                        seen.add(cluster)
                        yield Hard(cluster, f"{file.stem} {row.fields['整理番号']}")


def print_specimen(job: Job, files: Iterable[Path], out: Path) -> Printed:
    """Print the sheets of evidence; ``job`` lends its insurer, of which nothing shows.

    :raises BadBatch: when the file does not pass the proof of every print file.
    """
    from renderer.layout.compiling import compile_plate

    layout = load_layout(LAYOUT)
    given = fixed_of(job)
    title = layout.file.titles[0]
    fixed = Fixed(title, given.issued_on, False, "none", given.insurer)
    plate = compile_plate(layout, (), fixed)
    hard = list(hard_characters(files))
    pages = [hard[n : n + CELLS] for n in range(0, len(hard), CELLS)]
    sheets = [values_of(page, f"{number}/{len(pages)}") for number, page in enumerate(pages, 1)]
    with PrintFile(out, [plate]) as file:
        file.begin_piece(title, "")
        for sheet in sheets:
            file.add_sheet(plate, sheet)
        printed = file.finish(title)
    begins = [Beginning(title, ""), *repeat(None, len(sheets) - 1)]
    expected = (page for sheet, at in zip(sheets, begins, strict=True) for page in expected_pages(plate, sheet, "", at))
    verify(out, title, expected, font_files(None))
    return printed


def values_of(page: Sequence[Hard], page_of: str) -> dict[str, str]:
    """Say what stands in the slots of one page."""
    chain = Chain(FAMILIES)
    values = {"page_of": page_of}
    for cell in range(CELLS):
        texts = _cell(chain, page[cell]) if cell < len(page) else ("", "", "", "")
        names = (f"{slot}_{cell + 1:02}" for slot in ("glyph", "codes", "font", "found"))
        values |= dict(zip(names, texts, strict=True))
    return values


def _cell(chain: Chain, hard: Hard) -> tuple[str, str, str, str]:
    """Return glyph, code points, font with selector, and place of one cell."""
    codes = code_points(hard.cluster)
    try:
        family = chain[hard.cluster].face.family
    except Unprintable:
        return "", codes, HELD, hard.found
    selectors = [ord(character) for character in hard.cluster if ord(character) >= FIRST_SELECTOR]
    with_selector = "".join(f", {COLLECTIONS[family]} VS{code - FIRST_SELECTOR + 17}" for code in selectors)
    return hard.cluster, codes, family + with_selector, hard.found


def _is_hard(cluster: str) -> bool:
    try:
        cluster.encode("iso2022_jp")
    except UnicodeEncodeError:
        return True
    return not cluster.isprintable() and not cluster.isspace()
