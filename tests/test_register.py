"""What an outbox knows of its deliveries: lines stay, two jobs write at once, and what is no register is said."""

from __future__ import annotations

import sqlite3
import stat
import threading
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from renderer.model.errors import BadJob
from renderer.running import register
from renderer.running.register import REGISTER, SCHEMA, Delivery, Register, copied_register, opened_register

FIRST = Delivery("x", 1, "notice", "i" * 64, "s" * 64, "r" * 64, 17, 3, again=False, replaced=True)


def test_a_delivery_is_begun_and_then_delivered_and_stays(tmp_path: Path) -> None:
    with opened_register(tmp_path) as found:
        found.enter(FIRST)
        assert found.of_job("x") == [FIRST]
        found.complete(FIRST)
    with opened_register(tmp_path) as found:
        (line,) = found.of_job("x")
        assert line.delivered_at is not None
        assert len(line.delivered_at) == len("2026-11-23T00:00:00Z")
        assert replace(line, delivered_at=None) == FIRST
        assert found.of_sources({"s" * 64}, "notice") == [line]
        assert (
            found.of_sources({"s" * 64}, "certificate") == found.of_sources({"t"}, "notice") == found.of_job("y") == []
        )
        found.enter(replace(line, number=2, row_sums="u v"))
        assert [one.number for one in found.of_sources({"v"}, "notice")] == [2]


def test_only_what_is_begun_is_taken_back(tmp_path: Path) -> None:
    with opened_register(tmp_path) as found:
        found.enter(FIRST)
        found.take_back(FIRST)
        assert found.of_job("x") == []
        found.enter(FIRST)
        found.complete(FIRST)
        found.take_back(FIRST)
        assert len(found.of_job("x")) == 1


def test_nothing_is_written_of_what_failed_half_way(tmp_path: Path) -> None:
    def twice(found: Register) -> None:
        with found.alone():
            found.enter(FIRST)
            found.enter(FIRST)

    with opened_register(tmp_path) as found:
        with pytest.raises(BadJob, match="the register cannot be used"):
            twice(found)
        assert found.of_job("x") == []


def test_a_copy_knows_the_same_and_keeps_nothing(tmp_path: Path) -> None:
    with copied_register(tmp_path / "gone") as none:
        assert none.of_job("x") == []
    assert list(tmp_path.iterdir()) == []
    with opened_register(tmp_path) as found:
        found.enter(FIRST)
    with copied_register(tmp_path) as copy:
        assert copy.of_job("x") == [FIRST]
        copy.complete(FIRST)
    with opened_register(tmp_path) as found:
        assert found.of_job("x") == [FIRST]


PAPERS = [(bytes([at]) * 16, bytes([at]) * 108) for at in range(3)]
OTHER = b"z" * 108


def last_papers(found: Register, base: str, target: Path) -> list[tuple[bytes, bytes]]:
    found.write_papers(base, target)
    with closing(sqlite3.connect(target)) as papers:
        return papers.execute("SELECT record, columns FROM paper ORDER BY record").fetchall()


def test_of_each_record_the_last_paper_of_the_deliveries_asked_for_is_known(tmp_path: Path) -> None:
    second = replace(FIRST, job="y", number=1)
    with opened_register(tmp_path) as found:
        assert found.sum_of_key() is None
        for delivery, papers in ((FIRST, PAPERS), (second, [(PAPERS[1][0], OTHER)])):
            found.enter(delivery)
            found.remember(delivery, papers, b"sum")
            assert delivery not in found.remembering("notice")
            found.complete(delivery)
        assert [line.job for line in found.remembering("notice")] == ["x", "y"]
        assert found.remembering("certificate") == []
        assert found.sum_of_key() == b"sum"
        assert last_papers(found, "", tmp_path / "1") == []
        assert last_papers(found, "x/1", tmp_path / "2") == PAPERS
        both = [PAPERS[0], (PAPERS[1][0], OTHER), PAPERS[2]]
        assert last_papers(found, "x/1 y/1", tmp_path / "3") == both
    with copied_register(tmp_path) as copy:
        assert [line.job for line in copy.remembering("notice")] == ["x", "y"]
        assert last_papers(copy, "x/1 y/1", tmp_path / "4") == both


def test_papers_go_with_a_line_that_is_taken_back_and_stay_with_one_that_is_delivered(tmp_path: Path) -> None:
    with opened_register(tmp_path) as found:
        for number in (1, 2):
            delivery = replace(FIRST, number=number)
            found.enter(delivery)
            found.remember(delivery, PAPERS, b"sum")
            if number == 2:
                found.complete(delivery)
            found.take_back(delivery)
        assert [line.number for line in found.remembering("notice")] == [2]
        assert found._do("SELECT count(*) FROM paper") == [(3,)]


def test_papers_of_a_delivery_that_was_replaced_do_not_count_when_the_other_has_its_name(tmp_path: Path) -> None:
    later = replace(FIRST, number=2, instead_of=1)
    with opened_register(tmp_path) as found:
        found.enter(FIRST)
        found.remember(FIRST, PAPERS, b"sum")
        found.complete(FIRST)
        found.enter(later)
        assert [line.number for line in found.remembering("notice")] == [1]
        found.complete(later)
        assert found.remembering("notice") == []


def test_a_register_of_before_is_brought_up_to_now_and_forgets_nothing(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / REGISTER)) as old, old:
        old.executescript(register._DELIVERIES)
        old.execute(
            "INSERT INTO delivery VALUES ('x', 1, 'notice', 'i', 's', 'r', 17, 3, 0, 1, '2026-11-23T00:00:00Z')"
        )
        old.execute("PRAGMA user_version = 1")
    known = Delivery("x", 1, "notice", "i", "s", "r", 17, 3, False, True, "2026-11-23T00:00:00Z")
    for opened in (copied_register, opened_register):
        with opened(tmp_path) as found:
            assert found.of_job("x") == [known]
            assert found.remembering("notice") == []
            found.enter(replace(known, number=2))
    with opened_register(tmp_path) as found:
        assert [line.number for line in found.of_job("x")] == [1, 2]


def test_it_is_for_nobody_elses_eyes(tmp_path: Path) -> None:
    with opened_register(tmp_path):
        assert stat.S_IMODE((tmp_path / REGISTER).stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == [REGISTER]


def test_two_jobs_write_at_once(tmp_path: Path) -> None:
    begun = threading.Barrier(4)

    def write(job: str) -> None:
        begun.wait()
        with opened_register(tmp_path) as found:
            for number in range(1, 21):
                with found.alone():
                    assert len(found.of_job(job)) == number - 1
                    found.enter(replace(FIRST, job=job, number=number))

    writers = [threading.Thread(target=write, args=(job,)) for job in "abcd"]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    with opened_register(tmp_path) as found:
        assert [len(found.of_job(job)) for job in "abcd"] == [20] * 4


def test_whoever_waits_too_long_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(register, "PATIENCE", 0.01)
    with (
        opened_register(tmp_path) as found,
        found.alone(),
        pytest.raises(BadJob, match=r"cannot be used \(database is locked\)"),
        opened_register(tmp_path),
    ):
        pass


def of_a_newer_version(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute(f"PRAGMA user_version = {SCHEMA + 1}")
    connection.close()


def of_somebody_else(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE theirs (value)")
    connection.close()


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda path: path.write_bytes(b"no database" * 99), "file is not a database"),
        (Path.mkdir, "unable to open database file"),
        (of_a_newer_version, "was written by a newer renderer"),
        (of_somebody_else, "is no register; move it"),
    ],
)
def test_what_is_no_register_is_said_and_left(tmp_path: Path, make, said: str) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / REGISTER
    make(path)
    before = path.read_bytes() if path.is_file() else b""
    for opened in (opened_register, copied_register):
        with pytest.raises(BadJob, match=rf"/{REGISTER}.*{said}"), opened(tmp_path):
            pass
    assert (path.read_bytes() if path.is_file() else b"") == before


def test_an_outbox_that_may_not_be_written_to_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with opened_register(tmp_path):
        pass
    connect = sqlite3.connect
    read_only = f"file:{tmp_path / REGISTER}?mode=ro"
    monkeypatch.setattr(
        sqlite3, "connect", lambda _, **how: connect(read_only, uri=True, **how)
    )  # rights do not bind root
    with (
        pytest.raises(BadJob, match="attempt to write a readonly database"),
        opened_register(tmp_path) as found,
    ):
        found.enter(FIRST)
