"""What the fixed part must say of job and insurer, as their files have it; and whether the job is that of the files."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from trial_runs import DEMO, FIXTURES, demo_plates, rows_of, write_job

from renderer.intake.jobfile import load_job
from renderer.layout.compiling import compile_plate
from renderer.layout.load import layout_of
from renderer.mailing.sheets import fixed_of
from renderer.model.errors import BadBatch
from renderer.model.job import Route
from renderer.press.plates import Plate
from renderer.proof.fixed_words import FixedWords

JOBS = {name: load_job(FIXTURES / f"{name}.toml") for name in ("notice", "certificate")}


def words_of(fixture: str, **changed: Any) -> FixedWords:
    job = replace(JOBS[fixture], **changed)
    return FixedWords(job, layout_of(job))


def plates_of(fixture: str) -> Mapping[tuple[tuple[str, str], ...], Plate]:
    return demo_plates(JOBS[fixture].document)[2]


@pytest.mark.parametrize("fixture", JOBS)
def test_every_plate_of_both_documents_says_what_the_files_say(fixture: str) -> None:
    words = words_of(fixture)
    assert len(words.texts) == (8 if fixture == "notice" else 7)  # the portal's QR code is on the notice
    for variant, plate in plates_of(fixture).items():
        words.check(plate, variant)


@pytest.mark.parametrize("document", ["eligibility_notice", "eligibility_certificate"])
def test_a_bar_in_the_insurers_name_is_no_part_of_what_a_plate_must_say(document: str) -> None:
    job = load_job(FIXTURES / "examples" / document / "long-insurer.toml")
    assert "|" in job.insurer_file.read_text("utf-8")
    words, layout = FixedWords(job, layout_of(job)), layout_of(job)
    assert words.texts["insurer.name"] == job.insurer.name
    variant = next(layout.variants())
    words.check(compile_plate(layout, variant, fixed_of(job)), variant)


@pytest.mark.parametrize("fixture", JOBS)
@pytest.mark.parametrize("asked", sorted(words_of("notice").texts))
def test_a_plate_that_says_something_else_is_told_by_what_is_missing(fixture: str, asked: str) -> None:
    words = words_of(fixture)
    words.texts = {asked: words_of("notice").texts[asked] + "9"}
    variant, plate = next(iter(plates_of(fixture).items()))
    with pytest.raises(BadBatch, match=re.escape(f"the fixed part does not say {asked}")):
        words.check(plate, variant)


def reading(plate: Plate, old: str, new: str) -> Plate:
    """A plate whose first text that reads ``old`` reads ``new``, in the same font."""
    glyphs = {face.name: {text: f"{glyph:04x}" for glyph, text in pairs} for face, pairs in plate.glyphs}
    page = plate.pages[0]
    faces = {name.removeprefix("/"): face.name for name, face in page.fonts}
    content, face = page.content.decode("latin-1"), ""
    for found in re.finditer(r"/(\w+) [\d.]+ Tf|\[(.*)\] TJ", content):
        face = faces.get(found[1], face)
        codes = glyphs.get(face, {})
        shown = "".join(re.findall("<([0-9a-f]+)>", found[2] or ""))
        if shown and shown == "".join(codes.get(sign, "") for sign in old):
            start, end = found.span(2)
            content = f"{content[:start]}<{''.join(map(codes.__getitem__, new))}>{content[end:]}"
            return replace(plate, pages=(replace(page, content=content.encode("latin-1")), *plate.pages[1:]))
    raise AssertionError(old)


@pytest.mark.parametrize("fixture", JOBS)
@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("電話　03-0000-0000", "電話　03-0000-0030", "insurer.telephone as its file does behind 電話"),
        ("電話　03-0000-0000", "電話　03-0000-00000", "insurer.telephone as its file does behind 電話"),
        ("06130009", "06130003", "insurer.number as its file does behind 保険者番号"),
    ],
)
def test_another_number_behind_a_label_is_told_though_the_right_one_stands_elsewhere(
    fixture: str, old: str, new: str, told: str
) -> None:
    job = JOBS[fixture]
    words = FixedWords(job, layout_of(job))
    words.texts = {}  # what a template asks for is another question
    variant, plate = next(iter(plates_of(fixture).items()))
    words.check(plate, variant)
    with pytest.raises(BadBatch, match=re.escape(told)):
        words.check(reading(plate, old, new), variant)


@pytest.mark.parametrize("one_more", ["103-0000-0000", "03-0000-00001", "03-0000-0000-1"])
def test_a_number_that_is_a_part_of_another_is_not_said(one_more: str) -> None:
    words = words_of("notice")
    words.texts = {"insurer.telephone": "03-0000-0000"}
    variant, plate = next(iter(plates_of("notice").items()))
    with pytest.raises(BadBatch, match=r"does not say insurer\.telephone"):
        words.check(reading(plate, "電話　03-0000-0000", one_more), variant)


@pytest.mark.parametrize("fixture", JOBS)
def test_what_stands_on_the_form_in_the_colour_of_paper_is_not_said(fixture: str) -> None:
    words = words_of(fixture)
    variant, plate = next(iter(plates_of(fixture).items()))
    words.check(plate, variant)
    white = [replace(page, content=page.content.replace(b"\n0 g", b"\n1 g")) for page in plate.pages]
    with pytest.raises(BadBatch, match="the fixed part does not say "):
        words.check(replace(plate, pages=tuple(white)), variant)


@pytest.mark.parametrize("fixture", JOBS)
def test_the_form_of_one_relation_that_says_the_other_is_told(fixture: str) -> None:
    words, plates = words_of(fixture), plates_of(fixture)
    for variant, plate in plates.items():
        of = dict(variant)
        other = next(one for one in plates if dict(one) == of | {"relation": _OTHER[of["relation"]]})
        with pytest.raises(BadBatch, match=f"the form of relation={_OTHER[of['relation']]} says that it is that of"):
            words.check(replace(plate, variant=other), other)


_OTHER = {"insured": "dependant", "dependant": "insured"}


def test_a_plate_of_another_variant_is_told() -> None:
    (one, _), (_, other) = list(plates_of("notice").items())[:2]
    with pytest.raises(BadBatch, match="is that of another variant"):
        words_of("notice").check(other, one)


@pytest.mark.parametrize(
    ("key", "value"), [("title", "資格情報のお知らせ"), ("issued_on", date(2026, 11, 24)), ("name", "other")]
)
def test_a_job_that_was_read_otherwise_is_told(key: str, value: Any) -> None:
    with pytest.raises(BadBatch, match=rf"{key} of the job is not as notice\.toml says"):
        words_of("notice", **{key: value})


@pytest.mark.parametrize(
    ("key", "value"), [("telephone", "03-0000-000"), ("postal_code", "1000001"), ("prints_ratio", False)]
)
def test_an_insurer_that_was_read_otherwise_is_told(key: str, value: Any) -> None:
    with pytest.raises(BadBatch, match=rf"{key} of the job is not as insurer\.toml says"):
        words_of("notice", insurer=replace(JOBS["notice"].insurer, **{key: value}))


def test_mailing_that_was_read_otherwise_is_told() -> None:
    with pytest.raises(BadBatch, match=r"route of the job is not as notice\.toml says"):
        words_of("notice", mailing=replace(JOBS["notice"].mailing, route=Route.WORKPLACE))


def test_a_layout_is_asked_for_what_its_templates_ask_for_and_no_more(tmp_path: Path) -> None:
    job = load_job(write_job(tmp_path, rows_of(DEMO)[:1]))
    layout = layout_of(job)
    own = tmp_path / "own.html.j2"
    own.write_text(
        "<title>{{ insurer.name }}</title>{{ job.title }} {% if insurer.portal_url %}{# {{ insurer.number }} #}"
        "<!-- {{ insurer.address }} -->{% include '_shared/phrases.html.j2' %}{% include 'foot.html.j2' %}{% endif %}",
        "utf-8",
    )
    layout.file = layout.file.model_copy(update={"template": str(own)})
    assert set(FixedWords(job, layout).texts) == {"job.title"}
    layout.folder = tmp_path
    (tmp_path / "foot.html.j2").write_text("{{ insurer.telephone }}{{ qr( insurer.portal_url ) }}", "utf-8")
    assert set(FixedWords(job, layout).texts) == {"job.title", "insurer.telephone", "qr(insurer.portal_url)"}


@pytest.mark.parametrize("fixture", JOBS)
def test_words_that_are_written_in_white_are_not_said(fixture: str) -> None:
    words, (variant, plate) = words_of(fixture), next(iter(plates_of(fixture).items()))
    white = tuple(replace(page, content=page.content.replace(b"\n0 g\nBT", b"\n1 g\nBT")) for page in plate.pages)
    with pytest.raises(BadBatch, match="the fixed part does not say"):
        words.check(replace(plate, pages=white), variant)


def test_a_job_that_is_a_link_has_its_insurer_beside_the_file_itself(tmp_path: Path) -> None:
    path = write_job(tmp_path / "job", rows_of(DEMO)[:1])
    for name in ("insurer.toml", "seal.png"):
        (tmp_path / "job" / name).write_bytes((FIXTURES / "examples" / name).read_bytes())
    insurer = str(FIXTURES / "examples" / "insurer.toml")
    path.write_text(path.read_text("utf-8").replace(insurer, "insurer.toml"), "utf-8")
    link = tmp_path / "link.toml"
    link.symlink_to(path)
    job = load_job(link)
    assert FixedWords(job, layout_of(job)).texts == FixedWords(load_job(path), layout_of(job)).texts
