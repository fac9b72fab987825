"""The state of the service in each of its databases: the same rows, whatever happens to it; and its copies."""

from __future__ import annotations

import shutil
import signal
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from postgres import Postgres, postgres
from serving import Served, served
from sqlalchemy import inspect

from renderer.model.errors import BadJob
from renderer.service.library import Named
from renderer.service.state import KeyTaken, NameTaken, State, States
from renderer.service.tables import METADATA, open_database
from renderer.service.tokens import Caller, Role

CALLER = Caller("billing", Role.OPERATOR)
NAMED = Named("notices", 1, Path("notices/1"))


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    with postgres() as running:
        yield running


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'state.sqlite'}"
    running: Postgres = request.getfixturevalue("server")
    return running.database(f"of_{tmp_path.name}")


@pytest.fixture
def states(database: str) -> Iterator[States]:
    opened = States(open_database(database))
    yield opened
    opened.close()


def enter(states: States, name: str, key: str = "", request: str = "") -> str:
    return states.enter(name, NAMED, CALLER, {"again": False}, key, request, "http://127.0.0.1:1/", lambda: None).name


def test_the_migrations_make_the_tables_that_the_program_means(database: str) -> None:
    engine = open_database(database)
    made = inspect(engine)
    assert {table.name for table in METADATA.tables.values()} == set(made.get_table_names()) - {"alembic_version"}
    for table in METADATA.tables.values():
        columns = {column["name"]: (str(column["type"]), column["nullable"]) for column in made.get_columns(table.name)}
        meant = {column.name: (column.type.compile(engine.dialect), column.nullable) for column in table.columns}
        assert columns == meant
        unique = {index["column_names"][0] for index in made.get_unique_constraints(table.name)}
        assert unique == {column.name for column in table.columns if column.unique}
    engine.dispose()
    open_database(database).dispose()  # once more: there is nothing to bring up to date


def test_a_key_and_a_name_are_given_once_however_many_ask_at_once(states: States) -> None:
    def ask(number: int) -> str:
        try:
            return enter(states, f"job-{number}", "once", "sum")
        except KeyTaken as taken:
            return taken.job.name if taken.job else ""

    with ThreadPoolExecutor(8) as pool:
        names = set(pool.map(ask, range(24)))
    (job,) = states.jobs()
    assert names == {job.name}
    with pytest.raises(NameTaken):
        enter(states, job.name)
    with pytest.raises(KeyTaken) as other:
        enter(states, "other", "once", "another sum")
    assert other.value.job is None
    assert len(states.jobs()) == 1


def test_jobs_are_taken_in_their_order_and_those_that_nobody_prints_once_more(states: States) -> None:
    names = [enter(states, f"job-{number}") for number in range(4)]
    assert [job.name for job in (states.take_next(names[:at]) for at in range(2)) if job] == names[:2]
    assert states.counts()[State.RUNNING] == 2
    taken = states.take_next(names[1:2])  # who printed the first has gone
    assert taken
    assert (taken.name, taken.attempts) == (names[0], 2)
    states.progress(names[1], {"print": (3, None)})
    assert states.end(names[1], State.DELIVERED, {"report": {"printed": 3}})
    assert not states.end(names[1], State.FAILED, {})
    assert states.job(names[1]).progress == {"print": [3, None]}
    assert [due.job.name for due in states.due(0)] == [names[1]]
    states.told(states.job(names[1]).number, status="told", attempts=1, next_at=0)
    assert states.due(0) == []
    assert [states.take_next(names) for _ in range(3)][-1] is None


# A service.


def test_a_service_on_postgresql_prints_and_goes_on_after_kills_of_it_and_of_the_database(
    server: Postgres, tmp_path: Path
) -> None:
    with served(tmp_path, "--database", server.database("of_service")) as service:
        names = [service.ask({"name": f"job-{mark}"}, source=service.members(mark)).json()["name"] for mark in "AB"]
        service.until(names[0], "running")
        service.stop(signal.SIGKILL)
        service.start()
        service.until(names[0], "running")
        server.stop("immediate")
        try:
            away = service.client.get("/v1/jobs")
            assert (away.status_code, away.json()["type"]) == (503, "urn:renderer:problem:database-away")
            assert away.headers["retry-after"]
            assert service.client.get("/ready").status_code == 503
            assert service.ask(source=service.members("D")).status_code == 503
            service.until_logged("database away")
        finally:
            server.start()
        ended = [service.ended(name) for name in names]
        assert [(one["state"], one["counts"]["printed"]) for one in ended] == [("delivered", 20)] * 2
        assert service.client.get("/ready").status_code == 200
        assert sorted(path.name for path in tmp_path.glob("outbox/[!.]*")) == names

        server.do("psql", *server.there, "--command", "ALTER TABLE act RENAME TO lost", "of_service")
        broken = service.client.post(f"/v1/jobs/{names[0]}/reprints", json={"piece": 1})
        assert (broken.status_code, broken.json()["type"]) == (500, "urn:renderer:problem:unexpected")
        service.until_logged("broken")  # after it was answered
        assert f'"broken", "request": "{broken.headers["x-request-id"]}"' in (tmp_path / "log").read_text("utf-8")
    assert not (tmp_path / "state.sqlite").exists()
    assert "Traceback" not in (tmp_path / "log").read_text("utf-8")


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_copy_brings_everything_back_elsewhere(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    home, other = tmp_path / "home", tmp_path / "other"
    home.mkdir()
    running: Postgres | None = request.getfixturevalue("server") if kind == "postgresql" else None
    more = ("--database", running.database("before")) if running else ()
    service = Served(home, more).start()
    first = service.ask({"name": "first"}, source=service.members("1"), key="once")
    assert service.ended("first")["state"] == "delivered"
    service.ask({"name": "second"}, source=service.members("2"))
    service.until("second", "running", "delivered")
    service.stop()
    subprocess.run(["tar", "--create", "--file", tmp_path / "copy.tar", "--directory", home, "."], check=True)
    if running:
        running.do("pg_dump", *running.there, "--format=custom", "--file", running.folder / "copy", "before")
    shutil.rmtree(home)

    other.mkdir()
    subprocess.run(["tar", "--extract", "--file", tmp_path / "copy.tar", "--directory", other], check=True)
    if running:
        more = ("--database", running.database("after"))
        running.do("pg_restore", *running.there, "--dbname", "after", running.folder / "copy")
    service = Served(other, more, token=service.token).start()
    assert service.ended("second")["counts"]["printed"] == 20
    assert service.ask({"name": "first"}, source=service.members("1"), key="once").json() == {
        **first.json(), **service.client.get("/v1/jobs/first").json()
    }  # fmt: skip
    twice = service.ended(service.ask(source=service.members("1")).json()["name"])
    assert twice["state"] == "refused"
    assert "--again" in twice["detail"]
    assert service.client.get("/v1/jobs/first/files/batch-0001.pdf").content.startswith(b"%PDF")
    assert service.client.post("/v1/jobs/first/reprints", json={"piece": 1}).content.startswith(b"%PDF")
    assert service.ended(service.ask(source=service.members("3")).json()["name"])["state"] == "delivered"
    service.stop()


def test_a_database_that_cannot_be_used_is_told_without_its_password(tmp_path: Path) -> None:
    tmp_path.joinpath("file").write_text("no database")
    for address in (
        f"postgresql+psycopg://nobody:hidden@/nothing?host={tmp_path}",
        f"sqlite:///{tmp_path / 'file'}",
        "nonsense://hidden",
        "hidden",
    ):
        with pytest.raises(BadJob, match="--database") as refused:
            open_database(address)
        assert "hidden" not in str(refused.value)
