"""A job that was carried to another machine is whole there, with nothing of the machine that it comes from."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from pathlib import Path

import pytest
from trial_runs import DEMO, FIXTURES, ROOT, rows_of, write_job

from renderer.desk.examples import lay_down_job
from renderer.intake.jobfile import load_job
from renderer.intake.selection import Selector
from renderer.layout.load import layout_of
from renderer.proof.fixed_words import FixedWords
from renderer.proof.unfit import releases_of
from renderer.running.bench import Bench
from renderer.running.carried import carry, lay_out
from renderer.running.machines import Cluster
from renderer.running.once import DeliveredAlready
from renderer.running.run import run
from renderer.running.workspace import open_workspace


def plain(folder: Path) -> Path:
    return lay_down_job(folder / "job", "eligibility_notice")


def with_whole_paths(folder: Path) -> Path:
    """Its insurer stands in another folder, under its whole path."""
    shutil.copytree(FIXTURES / "examples", folder / "insurer")
    path = write_job(folder / "job", rows_of(DEMO)[:2])
    path.write_text(path.read_text("utf-8").replace(str(FIXTURES / "examples"), str(folder / "insurer")), "utf-8")
    return path


def of_a_pack(folder: Path) -> Path:
    shutil.copytree(ROOT / "tests" / "data" / "kokuho", folder / "pack")
    return folder / "pack" / "examples" / "kokuho_certificate.toml"


def with_everything(folder: Path) -> Path:
    """A layout of its own, with parts beside it, own characters, an insert, lists and releases."""
    path = plain(folder)
    shutil.copytree(ROOT / "layouts" / "eligibility_notice", folder / "looks" / "ours")
    shutil.copytree(ROOT / "layouts" / "_shared", folder / "looks" / "_shared")
    lists = {
        "only.csv": "整理番号\nA1\n",
        "except.csv": "整理番号,理由\nA2,x\n",
        "releases.csv": "A1,code,sum,who,why\n",
    }
    for name, text in lists.items():
        (folder / "job" / name).write_text(text, "utf-8")
    head, *mailing = path.read_text("utf-8").partition("[mailing]")
    more = 'layout = "../looks/ours"\nreleases = "releases.csv"\n'
    select = '\n[select]\nonly = "only.csv"\nexcept = "except.csv"\n'
    path.write_text(head + more + "".join(mailing) + select, "utf-8")
    return path


def paths_in(value: object) -> list[Path]:
    """All paths of a record, at any depth."""
    if isinstance(value, Path):
        return [value]
    if isinstance(value, tuple):
        return [path for part in value for path in paths_in(part)]
    if is_dataclass(value):
        return [path for one in fields(value) for path in paths_in(getattr(value, one.name))]
    return []


@pytest.mark.parametrize("lay", [plain, with_whole_paths, of_a_pack, with_everything])
def test_a_job_is_whole_in_another_folder_when_the_first_is_gone(lay: Callable[[Path], Path], tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()
    job = load_job(lay(here))
    layout, store = layout_of(job), open_workspace(f"memory://{tmp_path}")
    carried = carry(job, layout, store)
    digest, words = layout.digest(), FixedWords(job, layout)
    shutil.rmtree(here)
    moved = lay_out(carried, store, there)
    assert all(path.is_relative_to(there) for path in paths_in(moved))
    assert layout_of(moved).digest() == digest
    assert vars(FixedWords(moved, layout_of(moved))) == vars(words)
    bench = Bench(moved, layout_of(moved))
    assert (bench.fixed.insurer.seal or moved.path).is_file()
    assert not any(path.exists() for path in moved.sources)
    if moved.select:
        assert Selector(moved.select).is_listed("A1")
        assert releases_of(moved.releases) == {("A1", "code", "sum")}


def test_no_member_is_carried_from_a_folder_that_a_layout_lies_in_with_them(tmp_path: Path) -> None:
    path = plain(tmp_path)
    shutil.copytree(ROOT / "layouts" / "eligibility_notice", path.parent, dirs_exist_ok=True)
    path.write_text('layout = "."\n' + path.read_text("utf-8"), "utf-8")
    job = load_job(path)
    delivered = job.outbox / "earlier" / "batch-0001.pdf"
    delivered.parent.mkdir(parents=True)
    delivered.write_bytes(b"somebody")
    store = open_workspace(f"memory://{tmp_path}")
    carry(job, layout_of(job), store)
    objects = [store.get(name) for name in store.names("")]
    assert (path.parent / "layout.toml").read_bytes() in objects
    assert not {delivered.read_bytes(), *(source.read_bytes() for source in job.sources)} & set(objects)


def test_a_place_that_a_killed_run_left_is_emptied_though_its_job_is_delivered_meanwhile(tmp_path: Path) -> None:
    job = load_job(write_job(tmp_path, rows_of(DEMO)[:2]))
    run(job, workers=1)
    address = Cluster("tcp://scheduler:1", "s3://left").place().replace("s3", "memory")
    place = open_workspace(address)
    place.put("open", b"")
    place.add(b"somebody")
    job.beside("work").mkdir()
    (job.beside("work") / "place").write_text(address)
    with pytest.raises(DeliveredAlready):
        run(job, workers=1)
    assert place.names("") == []


@pytest.mark.parametrize("left", ["", ".", "memory://", "memory://bucket", "memory://bucket/runs", "{folder}", "\0"])
def test_what_is_no_place_of_a_run_is_not_emptied(tmp_path: Path, left: str, monkeypatch: pytest.MonkeyPatch) -> None:
    job = load_job(write_job(tmp_path / "job", rows_of(DEMO)[:2]))
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "thesis.txt").touch()
    kept = open_workspace("memory://bucket/runs")
    kept.put("theirs", b"")
    monkeypatch.chdir(mine)
    job.beside("work").mkdir(parents=True)
    (job.beside("work") / "place").write_text(left.format(folder=mine))
    assert run(job, workers=1).printed == 2
    assert (mine / "thesis.txt").exists()
    assert kept.names("") == ["theirs"]
