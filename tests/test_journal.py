"""The journal keeps every event: torn, damaged, doubled, shuffled or written by two at once."""

import os
import subprocess
import sys
import tempfile
from datetime import datetime, timedelta, timezone
from pathlib import Path
from random import Random

import pytest
from filelock import Timeout
from hypothesis import given, settings
from hypothesis import strategies as st

from qualcode.coding import journal
from qualcode.coding.journal import Apply, Remove, Revise, append, fold, locked, read_journal, to_line
from qualcode.coding.valence import CODED, Valence

Event = Apply | Revise | Remove

IDS = [f"{number:026d}" for number in range(40)]
TEXT = st.text(st.characters(codec="utf-8"), min_size=1, max_size=20) | st.sampled_from(
    ["😀\u2028", "\r\n", "\x85 ", " "]
)
TIMES = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(timezone(timedelta(hours=7))))
NAMES = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,9}", fullmatch=True)
WHO = {"coder": NAMES, "round": st.integers(1, 9), "time": TIMES}
JUDGEMENT = {
    "code": TEXT,
    "valence": st.sampled_from(CODED),
    "tags": st.lists(TEXT, max_size=3).map(tuple),
    "period": TEXT,
    "explicit": st.booleans(),
    "memo": TEXT,
}
PLACE = {
    "document": TEXT,
    "start": st.integers(0, 10**6),
    "end": st.integers(1, 10**6),
    "quote": TEXT,
    "prefix": st.just("") | TEXT,
    "suffix": st.just("") | TEXT,
}


def events() -> st.SearchStrategy[Event]:
    """Any event; revisions and removals of codings that may or may not be there."""
    id, about = st.sampled_from(IDS), st.sampled_from(IDS[:4])
    changes = {name: st.none() | change for name, change in JUDGEMENT.items()}
    changes |= {"period": st.sampled_from([None, ""]) | TEXT, "memo": st.sampled_from([None, ""]) | TEXT}
    return st.one_of(
        st.builds(Apply, id=id, **WHO, **PLACE, **JUDGEMENT),
        st.builds(Revise, id=id, coding=about, **WHO, **changes),
        st.builds(Remove, id=id, coding=about, **WHO, memo=st.just("") | TEXT),
    )


MANY = st.lists(events(), max_size=12, unique_by=lambda event: event.id)


def applied(quote: str = "Ya.", **said: object) -> Apply:
    return Apply.model_validate(
        {"coder": "ana", "document": "w-i1", "start": 0, "end": len(quote), "quote": quote, "code": "SDM", **said}
    )


DAMAGE = {
    "half a line": b"{",
    "a list": b"[]",
    "null": b"null",
    "a word": b'"apply"',
    "not UTF-8": b"\xff\xfe",
    "zeros after a power cut": b"\x00" * 40,
    "a deep nest": b"[" * 100_000,
    "a merge conflict": b"<<<<<<< HEAD",
    "an unknown event": b'{"event": "frob"}',
    "a misspelt key": to_line(applied()).replace(b'"coder"', b'"koder"'),
    "a path as coder": to_line(applied()).replace(b'"ana"', b'"../../ana"'),
    "a path as id": to_line(applied()).replace(b'"id": "', b'"id": "../'),
    "a negative offset": to_line(applied()).replace(b'"start": 0', b'"start": -1'),
    "no quotation": to_line(applied()).replace(b'"quote": "Ya."', b'"quote": ""'),
    "a time without zone": to_line(applied(time="2025-03-11T09:30:00Z")).replace(b"00Z", b"00"),
    "an unknown valence": to_line(applied(valence="campuran")).replace(b"campuran", b"positif"),
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "codings" / "uji.ana.jsonl"


@settings(max_examples=50)
@given(MANY)
def test_round_trip(written: list[Event]) -> None:
    """What is appended is read again, whatever script, emoji or line separator it holds."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "uji.ana.jsonl"
        append(path, written[:5])
        append(path, written[5:])
        read = read_journal(path)
    assert (list(read.events), read.damaged) == (written, ())
    assert fold(read.events) == fold(written)


def test_one_line_an_event(path: Path) -> None:
    """Line separators inside a quotation do not end a line of the journal."""
    event = applied("Ya\u2028nggih\x85\r\n😀")
    append(path, [event])
    assert path.read_bytes().count(b"\n") == 1
    assert read_journal(path).events == (event,)


def test_append_never_rewrites(path: Path) -> None:
    """Every append leaves all earlier bytes as they are."""
    before = b""
    for quote in ("Ya.", "Tidak.", "Nggih 😀."):
        append(path, [applied(quote)])
        after = path.read_bytes()
        assert after.startswith(before)
        assert len(after) > len(before)
        before = after


def test_every_cut_of_the_last_line(path: Path) -> None:
    """A last line torn anywhere stays in the file and is reported, and what follows it is stored whole."""
    first, torn, new = applied("Ya."), to_line(applied("Nggih, 😀.")), applied("Tidak.")
    for cut in [*range(1, len(torn) - 1, 11), len(torn) - 2]:
        path.unlink(missing_ok=True)
        append(path, [first])
        whole = path.read_bytes()
        path.write_bytes(whole + torn[:cut])
        append(path, [new])
        assert path.read_bytes() == whole + torn[:cut] + b"\n" + to_line(new)
        read = read_journal(path)
        assert read.events == (first, new)
        assert [(damage.number, damage.line) for damage in read.damaged] == [(2, torn[:cut])]


def test_last_line_without_its_end(path: Path) -> None:
    """A last line that lacks only its line end is an event."""
    first, last, new = applied("Ya."), applied("Tidak."), applied("Nggih.")
    append(path, [first, last])
    path.write_bytes(path.read_bytes().removesuffix(b"\n"))
    append(path, [new])
    assert read_journal(path).events == (first, last, new)


@pytest.mark.parametrize("line", DAMAGE.values(), ids=DAMAGE.keys())
def test_damaged_line(path: Path, line: bytes) -> None:
    """A damaged line in the middle is reported by its number and left in the file; all others count."""
    line = line.rstrip(b"\n")
    first, last = applied("Ya."), applied("Tidak.")
    append(path, [first])
    path.write_bytes(path.read_bytes() + line + b"\n")
    append(path, [last])
    read = read_journal(path)
    assert read.events == (first, last)
    assert [(damage.number, damage.line) for damage in read.damaged] == [(2, line)]
    (problem,) = read.problems("codings/uji.ana.jsonl")
    assert problem.place == "codings/uji.ana.jsonl:2"
    assert "Baris 2" in problem.what
    assert line in path.read_bytes()


def test_editors_marks(path: Path) -> None:
    """A byte order mark, Windows line ends and blank lines, as editors leave them, harm no event."""
    first, last = applied("Ya."), applied("Tidak.")
    append(path, [first, last])
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n\r\n"))
    read = read_journal(path)
    assert (read.events, read.damaged) == ((first, last), ())
    assert list(read.lines.values()) == [1, 3]


def test_the_same_line_twice(path: Path) -> None:
    """A line that a union of two copies doubled counts once and is no damage."""
    event = applied()
    path.parent.mkdir()
    path.write_bytes(to_line(event) * 3)
    read = read_journal(path)
    assert (read.events, read.damaged) == ((event,), ())


def test_one_id_for_two_events(path: Path) -> None:
    """Two different events with one id: the second is reported with both lines, and left out."""
    event = applied("Ya.")
    path.parent.mkdir()
    path.write_bytes(to_line(event) + to_line(event.model_copy(update={"code": "LAY"})))
    read = read_journal(path)
    assert read.events == (event,)
    (damage,) = read.damaged
    assert damage.number == 2
    assert event.id in damage.reason
    assert "baris 1" in damage.reason


@given(MANY, st.randoms())
def test_order_of_lines_does_not_matter(written: list[Event], chance: Random) -> None:
    """The codings that stand are the same in whatever order the lines stand."""
    shuffled = list(written)
    chance.shuffle(shuffled)
    assert fold(shuffled) == fold(written)


@given(MANY, MANY)
def test_doubled_lines_do_not_matter(written: list[Event], more: list[Event]) -> None:
    """Uniting copies that share lines, in either order, gives the same codings as each line once."""
    known = {event.id for event in written}
    more = [event for event in more if event.id not in known]
    assert fold(written + more + written) == fold(more + written) == fold(written + more)


@given(MANY)
def test_only_removal_takes_away(written: list[Event]) -> None:
    """A coding stands when it was applied and never removed; nothing else makes or drops one."""
    made = {event.id for event in written if isinstance(event, Apply)}
    removed = {event.coding for event in written if isinstance(event, Remove)}
    assert set(fold(written)) == made - removed


def test_revise_changes_what_it_names() -> None:
    """A revision changes what it names; words, place, coder and the rest stay."""
    event = applied(memo="awal", tags=["rencana"])
    revised = Revise(coder="ana", coding=event.id, valence=Valence.OPPOSES, memo="")
    assert fold([event, revised]) == {
        event.id: event.model_copy(update={"valence": Valence.OPPOSES, "memo": ""}),
    }


def test_the_later_revision_wins() -> None:
    """Of two revisions the later one stands, even when they follow each other at once."""
    event = applied()
    memos = [Revise(coder="ana", coding=event.id, memo=str(number)) for number in range(50)]
    assert fold([*reversed(memos), event])[event.id].memo == "49"


def test_nothing_revises_what_was_removed() -> None:
    """Removal is final: a later revision of the same coding does not bring it back."""
    event = applied()
    gone = [Remove(coder="ana", coding=event.id), Revise(coder="ana", coding=event.id, memo="kembali")]
    assert fold([event, *gone]) == {}


def test_a_blank_revision_changes_nothing(path: Path) -> None:
    """A revision by hand that names nothing, or only null, leaves the coding as it was."""
    event = applied(period="kini", tags=["rencana"])
    append(path, [event, Revise(coder="ana", coding=event.id, memo="x")])
    nulls = b'"code": null, "valence": null, "tags": null, "period": null, "explicit": null, "memo": null'
    path.write_bytes(path.read_bytes().replace(b'"memo": "x"', nulls))
    read = read_journal(path)
    assert len(read.events) == 2
    assert fold(read.events) == {event.id: event}


def test_one_tag_is_one_tag() -> None:
    """A tag given as a plain word is one tag, not its letters."""
    assert applied(tags="anjuran").tags == ("anjuran",)
    assert Revise(coder="ana", coding=IDS[0], tags="anjuran").tags == ("anjuran",)


def test_what_says_nothing_is_left_out() -> None:
    """A line holds no empty memo, tags or period."""
    line = to_line(applied())
    assert not [key for key in (b"memo", b"tags", b"period", b"prefix", b"null") if key in line]


def test_ids_follow_time() -> None:
    """Ids sort in the order in which the events were made."""
    ids = [applied().id for _ in range(100)]
    assert ids == sorted(set(ids))


def test_several_processes_at_once(path: Path) -> None:
    """Processes that append at the same time lose nothing and tear no line."""
    script = (
        "import sys; from pathlib import Path; from qualcode.coding.journal import Apply, append\n"
        "for n in range(20):\n"
        "    quote = f'{sys.argv[2]}-{n}'\n"
        "    append(Path(sys.argv[1]), [Apply(coder='ana', document='d', start=0, end=9, quote=quote, code='SDM')])"
    )
    running = [subprocess.Popen([sys.executable, "-c", script, str(path), str(number)]) for number in range(3)]
    assert [process.wait() for process in running] == [0, 0, 0]
    read = read_journal(path)
    assert read.damaged == ()
    assert sorted(event.quote for event in read.events) == sorted(f"{who}-{n}" for who in range(3) for n in range(20))


def test_a_locked_journal(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While another program holds the lock nothing is written; afterwards the same event is stored."""
    monkeypatch.setattr(journal, "LOCK_SECONDS", 0)
    append(path, [applied("Ya.")])
    before = path.read_bytes()
    event = applied("Tidak.")
    with locked(path), pytest.raises(Timeout):
        append(path, [event])
    assert path.read_bytes() == before
    append(path, [event])
    assert read_journal(path).events[-1] == event


def test_a_full_disk(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An append that fails says so, keeps every earlier event, and holds no lock afterwards."""

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    first, last = applied("Ya."), applied("Nggih.")
    append(path, [first])
    before = path.read_bytes()
    with monkeypatch.context() as failing:
        failing.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space"):
            append(path, [applied("Tidak.")])
    append(path, [last])
    assert path.read_bytes().startswith(before)
    assert {first, last} <= set(read_journal(path).events)
