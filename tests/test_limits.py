"""What would take hours or gigabytes to lay out is refused after seconds, with its reason."""

from __future__ import annotations

import resource
import signal
import threading
from contextlib import suppress
from pathlib import Path

import pytest
from small_layouts import SLOT, small_document, small_plate, write_layout
from test_pictures import png

from renderer.documents.registry import DOCUMENTS
from renderer.layout import limits
from renderer.layout.limits import bounded
from renderer.layout.load import read_layout
from renderer.model.errors import BadJob, BadLayout
from renderer.model.toml import parse_toml

USED = "".join(f"<g id='N{n}'>" + f"<use xlink:href='#N{n - 1}'/>" * 10 + "</g>" for n in range(1, 9))
BILLION_LAUGHS = f"""<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"
viewBox="0 0 9 9" width="90"><defs><path id="N0" d="M0 0h1v1z"/>{USED}</defs><use xlink:href="#N8"/></svg>"""
SILENT = "{% for a in range(10000) %}{% for b in range(10000) %}{% set c = a %}{% endfor %}{% endfor %}"
MACRO = "{% macro m(n) %}{% if n %}{{ m(n - 1) }}{{ m(n - 1) }}{% endif %}{% endmacro %}{{ m(40) }}"


def refused(folder: Path, body: str, **files: bytes) -> str:
    """Return why a layout is refused."""
    with pytest.raises(BadLayout) as found:
        small_plate(folder, body + SLOT, files={name.replace("_", "."): data for name, data in files.items()})
    return str(found.value)


@pytest.mark.parametrize("body", [SILENT, MACRO, BILLION_LAUGHS, "<div>" * 50_000 + "</div>" * 50_000])
def test_what_takes_too_long_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: str) -> None:
    monkeypatch.setattr(limits, "SECONDS", 0.5)
    said = refused(tmp_path, body)
    assert (
        said
        == "small: it takes more than 0.5 seconds to lay out; look for loops, and for pictures that repeat themselves"
    )


@pytest.mark.parametrize("body", ["{{ 'x' * 1000000000 }}", "{{ '%1000000000d' % 1 }}", "{{ 'x'.ljust(1000000000) }}"])
def test_what_takes_too_much_memory_is_refused(tmp_path: Path, body: str) -> None:
    assert refused(tmp_path, body) == "small: it takes more than 350 MB to lay out; make its pictures smaller"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (
            "\n{% for a in range(10000) %}{% for b in range(10000) %}x{% endfor %}{% endfor %}",
            "small/sheet.html.j2 gives more than 5000000 characters; look for loops",
        ),
        ("\n{{ 10 ** 1000000000 }}", "small/sheet.html.j2, line 2: a number is too large"),
        (
            "{% set n = namespace(x=10) %}{% for a in range(99) %}{% set n.x = n.x * n.x %}{% endfor %}",
            "small/sheet.html.j2, line 1: a number is too large",
        ),
        ("<div>" * 3000 + "</div>" * 3000, "small: its elements or rules stand in one another too deeply"),
        ("<img src='large.png'>", "the picture has more than 25 megapixels"),
    ],
)
def test_what_is_too_large_is_refused_with_its_place(tmp_path: Path, body: str, said: str) -> None:
    assert said in refused(tmp_path, body, large_png=png(12_000, 12_000))


def test_brackets_without_end_are_refused_in_every_toml_file(tmp_path: Path) -> None:
    brackets = "slots = " + "[" * 5000
    with pytest.raises(BadLayout, match=r"^small/layout\.toml: its brackets stand in one another too deeply"):
        read_layout(write_layout(tmp_path, files={"layout.toml": brackets}), DOCUMENTS)
    with pytest.raises(BadJob, match=r"^job\.toml: is not TOML: brackets stand in one another too deeply"):
        parse_toml(Path("job.toml"), brackets)


def test_a_number_of_thousands_of_digits_is_refused_in_every_toml_file(tmp_path: Path) -> None:
    number = "pages = " + "9" * 5000
    with pytest.raises(BadLayout, match=r"^small/layout\.toml: .*4300 digits"):
        read_layout(write_layout(tmp_path, files={"layout.toml": number}), DOCUMENTS)
    with pytest.raises(BadJob, match=r"^job\.toml: is not TOML: .*4300 digits"):
        parse_toml(Path("job.toml"), number)


def test_comments_that_begin_and_never_end_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SECONDS", 0.5)
    folder = write_layout(tmp_path, files={"sheet.css": "/* " * 100_000})
    with pytest.raises(BadLayout, match=r"^small: it takes more than"):
        read_layout(folder, DOCUMENTS | {"small": small_document({}, {"name": "text"})})


def for_ever() -> None:
    while True:
        pass


def bounds() -> tuple[object, ...]:
    clock = signal.getitimer(signal.ITIMER_PROF), signal.getsignal(signal.SIGPROF)
    return *clock, resource.getrlimit(resource.RLIMIT_DATA)


def test_there_are_bounds_inside_and_none_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    before = bounds()
    for error in (None, ValueError, BadLayout):
        with suppress(ValueError, BadLayout), bounded("x"):
            inside = bounds()
            with bounded("y"):
                assert bounds()[1:] == inside[1:]
            assert all(one != other for one, other in zip(before, inside, strict=True))
            if error:
                raise error
        assert bounds() == before
    monkeypatch.setattr(limits, "SECONDS", 0.05)
    with pytest.raises(BadLayout, match="takes more than"), bounded("x"):
        for_ever()
    assert bounds() == before


def test_a_clock_that_nobody_lets_out_is_heard_at_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SECONDS", 0.05)
    with pytest.raises(BadLayout, match="takes more than"), bounded("x"), suppress(BaseException):
        for_ever()


def test_an_error_of_its_own_is_told_as_it_is() -> None:
    with pytest.raises(BadLayout, match=r"^mine$"), bounded("x"):
        raise BadLayout("mine")


def test_another_thread_hears_no_clock_and_lays_out_all_the_same(tmp_path: Path) -> None:
    made: list[object] = []
    thread = threading.Thread(target=lambda: made.append(small_plate(tmp_path)))
    thread.start()
    thread.join()
    assert len(made) == 1
