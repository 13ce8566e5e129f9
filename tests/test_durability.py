"""Work is never lost: not by a kill at any moment, not by a full disk, a folder turned read-only, or two writers."""

import multiprocessing
import os
import random
import sys
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

import qualcode as qc
from qualcode import storage
from qualcode.coding.journal import Apply, fold, read_journal

SENTENCES = 400
TEXT = "\n\n".join(f"I1: Kalimat ke-{n} tentang akun." for n in range(SENTENCES)) + "\n"
KILLS = 200 if sys.platform != "win32" else 20
JOURNAL = "corpus/kasus/codings/uji.ana.jsonl"


def write_until_killed(root: str, seed: int, said: Connection) -> None:
    """Code, revise and take back without end; say each id only after the library said that it is stored."""
    project = qc.open_project(root)
    chance = random.Random(seed)
    while True:
        try:
            coding = project.code(
                "kasus/w-i1",
                f"Kalimat ke-{chance.randrange(SENTENCES)} tentang akun",
                chance.choice(["LAY-DAT", "SDM"]),
                coder="ana",
                memo="x" * chance.randrange(5000),
            )
        except qc.CodingError:
            continue  # coded already
        said.send(coding.id)


def test_no_acknowledged_coding_is_lost_to_a_kill(make_project: Callable[..., qc.Project]) -> None:
    """A process killed 200 times at random moments leaves every coding it had acknowledged, and a usable journal."""
    project = make_project({"w-i1": TEXT})
    method = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
    context = multiprocessing.get_context(method)
    if method == "forkserver":
        context.set_forkserver_preload(["qualcode.project", "qualcode.coding.following"])
    chance = random.Random(9)
    acknowledged: list[str] = []
    for kill in range(KILLS):
        here, there = context.Pipe(duplex=False)
        writer = context.Process(target=write_until_killed, args=(str(project.root), kill, there), daemon=True)
        writer.start()
        there.close()
        if here.poll(20):
            time.sleep(chance.random() * 0.02)
        writer.kill()
        writer.join()
        try:
            while here.poll():
                acknowledged.append(here.recv())
        except EOFError:
            pass
        stored = {event.id for event in read_journal(project.root / JOURNAL).events}
        assert set(acknowledged) <= stored, f"lost at kill {kill}"
    assert len(acknowledged) >= KILLS
    assert set(acknowledged) <= set(fold(read_journal(project.root / JOURNAL).events))
    assert {coding.id for coding in project.case("kasus").codings} >= set(acknowledged)


def test_a_cut_journal_keeps_every_whole_line(make_project: Callable[..., qc.Project]) -> None:
    """Wherever a journal is cut off, all lines before the cut count, the torn one is named, and coding goes on."""
    project = make_project({"w-i1": TEXT})
    for n in range(5):
        project.code("kasus/w-i1", f"Kalimat ke-{n} tentang", "SDM", coder="ana")
    path = project.root / JOURNAL
    whole = path.read_bytes()
    for cut in range(0, len(whole), 37):
        path.write_bytes(whole[:cut])
        assert len(project.case("kasus").codings) == whole[:cut].count(b"\n")
    path.write_bytes(whole[:-20])
    project.code("kasus/w-i1", "Kalimat ke-77 tentang", "SDM", coder="ana")
    assert len(project.case("kasus").codings) == 5
    (problem,) = project.check()
    assert problem.place == f"{JOURNAL}:5"


@pytest.mark.parametrize("at", range(6))
def test_a_full_disk_while_a_text_is_corrected(
    make_project: Callable[..., qc.Project], monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    """At whatever write the disk is full, the person is told, no file is half-written, and trying again succeeds."""
    project = make_project({"w-i1": TEXT})
    coding = project.code("kasus/w-i1", "Kalimat ke-7 tentang akun", "SDM", coder="ana")
    real, calls = os.fsync, []

    def full(file: int) -> None:
        calls.append(file)
        if len(calls) == at + 1:
            raise OSError(28, "No space left on device")
        real(file)

    text = TEXT.replace("Kalimat ke-3 ", "Kalimat yang ketiga ")
    with monkeypatch.context() as failing:
        failing.setattr(storage.os, "fsync", full)
        try:
            project.replace_text("kasus/w-i1", text, coder="ana")
        except qc.CodingError as error:
            assert "No space" in str(error)
    assert project.case("kasus").document("w-i1").text in (TEXT, text)
    assert [each.quote for each in project.case("kasus").codings] == [coding.quote]
    project.replace_text("kasus/w-i1", text, coder="ana")
    assert project.fix() in (0, 1)
    assert [each.quote for each in project.case("kasus").codings] == [coding.quote]
    assert not project.check()


def test_a_folder_turned_read_only(make_project: Callable[..., qc.Project], monkeypatch: pytest.MonkeyPatch) -> None:
    """When the journal may no longer be written, the person is told so, what was stored stays, and later it goes on."""
    project = make_project({"w-i1": TEXT})
    project.code("kasus/w-i1", "Kalimat ke-7 tentang", "SDM", coder="ana")
    before = (project.root / JOURNAL).read_bytes()
    real = Path.open

    def refused(path: Path, mode: str = "r", *others: object, **named: object) -> object:
        if "a" in mode or "w" in mode:
            raise PermissionError(13, "Permission denied", str(path))
        return real(path, mode, *others, **named)  # type: ignore[call-overload]

    with monkeypatch.context() as failing:
        failing.setattr(Path, "open", refused)
        with pytest.raises(qc.CodingError, match="Permission denied"):
            project.code("kasus/w-i1", "Kalimat ke-8 tentang", "SDM", coder="ana")
    assert (project.root / JOURNAL).read_bytes() == before
    project.code("kasus/w-i1", "Kalimat ke-8 tentang", "SDM", coder="ana")
    assert len(project.case("kasus").codings) == 2


def code_many(root: str, coder: str, numbers: list[int]) -> None:
    project = qc.open_project(root)
    for n in numbers:
        project.code("kasus/w-i1", f"Kalimat ke-{n} tentang", "SDM", coder=coder)


def test_two_processes_write_at_once(make_project: Callable[..., qc.Project]) -> None:
    """Two programs coding for the same coder at once lose nothing and damage nothing."""
    project = make_project({"w-i1": TEXT})
    context = multiprocessing.get_context("spawn")
    halves = [list(range(0, 40, 2)), list(range(1, 40, 2))]
    writers = [context.Process(target=code_many, args=(str(project.root), "ana", half)) for half in halves]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    journal = read_journal(project.root / JOURNAL)
    assert not journal.damaged
    assert len([event for event in journal.events if isinstance(event, Apply)]) == 40


def test_the_same_words_are_not_coded_twice_by_two_programs(make_project: Callable[..., qc.Project]) -> None:
    """A coding that another program stored meanwhile is seen before the same one would be stored again."""
    project = make_project({"w-i1": TEXT})
    other = qc.open_project(project.root)
    project.code("kasus/w-i1", "Kalimat ke-1 tentang", "SDM", coder="ana")
    other.code("kasus/w-i1", "Kalimat ke-2 tentang", "SDM", coder="ana")
    with pytest.raises(qc.CodingError, match="sudah"):
        project.code("kasus/w-i1", "Kalimat ke-2 tentang", "SDM", coder="ana")
    coding = other.code("kasus/w-i1", "Kalimat ke-3 tentang", "SDM", coder="ana")
    other.remove(coding)
    project.code("kasus/w-i1", "Kalimat ke-3 tentang", "SDM", coder="ana")


def test_a_replaced_journal_is_read_anew(tmp_path: Path) -> None:
    """A journal that another program replaced by a longer one is read anew, not continued in the middle."""
    from qualcode.coding.following import FollowedJournal
    from qualcode.coding.journal import append

    def event(start: int) -> Apply:
        return Apply(coder="ana", document="w", code="SDM", start=start, end=start + 1, quote="x")

    path, other = tmp_path / "a.jsonl", tmp_path / "b.jsonl"
    append(path, [event(1), event(2)])
    followed = FollowedJournal(path)
    assert len(followed.standing("w", "SDM")) == 2
    append(other, [event(3), event(4), event(5)])
    path.write_bytes(other.read_bytes())
    assert [each.start for each in followed.standing("w", "SDM")] == [3, 4, 5]
