"""The coding pane: what a page asks is done once, for certain, by the project's own rules, and always answered."""

import json
import multiprocessing
import re
import subprocess
import sys
import threading
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from filelock import FileLock
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import qualcode as qc
from qualcode.cli import main
from qualcode.coding import journal as journals
from qualcode.coding.journal import read_journal
from qualcode.jupyter import pane as panes
from qualcode.jupyter.commands import Sitting, action_of
from qualcode.jupyter.snapshot import UNITS, snapshot_html, stretches, withheld_html
from qualcode.jupyter.state import COLOURS, codes_state, words
from qualcode.project.recoding import Rename, Restore
from qualcode.wording import catalogue, use_language

Project = qc.Project
Make = Callable[..., Project]
JOURNAL = "corpus/kasus/codings/uji.ana.jsonl"

# Beyond one code unit, joined, combining, right to left, a script with vowels around the letter, strange line ends.
ALPHABET = [
    "a",
    "é",
    "e\u0301",
    "👩\u200d👩\u200d👧",
    "🇮🇩",
    "👍🏽",
    "ک",
    "سلام",
    "ꦲꦏ꧀ꦱꦫ",
    "ﷺ",
    "\u2028",
    "<b>",
    "&",
    "\n\n",
    " ",
]


class Page:
    """What JavaScript does: sends commands, keeps what patches say."""

    count = 0

    def __init__(self, sitting: Sitting) -> None:
        self.sitting = sitting
        self.codings = {each["id"]: each for each in sitting.codings()}
        self.pane = sitting.pane()
        self.text = sitting.document.text

    def send(self, name: str, id: str = "", **said: Any) -> dict[str, Any]:
        Page.count += 1
        base = {"kind": "command", "id": id or f"perintah-{Page.count}", "name": name}
        reply = self.sitting.handle({**base, "text_id": self.sitting.document.text_id, **said})
        assert reply["id"] == base["id"]
        json.dumps(reply).encode()
        patch = reply.get("patch", {})
        for each in patch.get("codings", {}).get("put", ()):
            self.codings[each["id"]] = each
        for gone in patch.get("codings", {}).get("drop", ()):
            del self.codings[gone]
        self.pane |= patch.get("pane", {})
        return reply

    def do(self, name: str, id: str = "", **said: Any) -> dict[str, Any]:
        reply = self.send(name, id, **said)
        assert reply["ok"], reply
        return reply

    def apply(self, quote: str, *codes: str, id: str = "", **said: Any) -> str:
        start = self.text.index(quote)
        return str(
            self.do("apply", id, start=start, end=start + len(quote), quote=quote, codes=codes, **said)["codings"][0]
        )

    def is_up_to_date(self) -> bool:
        return self.codings == {each["id"]: each for each in self.sitting.codings()}


def sit(project: Project, document: str = "w-i1", coder: str | None = "ana", **options: Any) -> Page:
    return Page(Sitting(project, "kasus", document, "uji", coder, **options))


def on_disk(project: Project) -> qc.Codings:
    return qc.open_project(project.root).case("kasus").codings


# Coding


def test_what_is_acknowledged_is_on_the_disk(make_project: Make) -> None:
    """A coding that was answered with ok stands in the journal with its judgement, for every other program."""
    project = make_project()
    page = sit(project)
    said = {
        "valence": "mendukung",
        "tags": ["janji", "janji", " "],
        "period": "kini",
        "memo": "Yakin.",
        "explicit": False,
    }
    id = page.apply("Semua komentar dibalas", "LAY-BAL", **said)
    (coding,) = on_disk(project)
    assert (coding.id, coding.quote, coding.code, coding.coder) == (id, "Semua komentar dibalas", "LAY-BAL", "ana")
    assert (coding.valence, coding.tags, coding.period, coding.memo) == ("mendukung", ("janji",), "kini", "Yakin.")
    assert not coding.explicit
    assert page.is_up_to_date()
    assert page.codings[id]["mine"]
    assert page.pane["recent"] == ["LAY-BAL"]


def test_the_page_is_told_all_it_needs(make_project: Make) -> None:
    """Text, units with their speakers, codes with their colours and rules, and every word of the page."""
    sitting = sit(make_project()).sitting
    document = sitting.document_now()
    assert document["text"] == sitting.document.text
    assert [(each["number"], each["speaker"], each["role"], each["informant"]) for each in document["units"]] == [
        (1, "P", "pewawancara", None),
        (2, "I1", "informan", "I1"),
        (3, "I1", "informan", "I1"),
    ]
    codes = {each["id"]: each for each in sitting.codes()}
    assert codes["LAY"]["heading"]
    assert (codes["LAY-BAL-C"]["parent"], codes["LAY-BAL-C"]["top"], codes["LAY-BAL-C"]["depth"]) == (
        "LAY-BAL",
        "LAY",
        2,
    )
    assert codes["SDM"]["colour"] == 1
    assert set(words()) == set(catalogue()["pane"])
    use_language("en")
    assert words() != sitting.pane()["words"]


def test_every_category_has_a_colour() -> None:
    """A codebook with more categories than colours begins again with the first."""
    for book in qc.open_project(Path(__file__).parents[1]).codebooks.values():
        assert {each["colour"] for each in codes_state(book)} <= set(range(COLOURS))


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(ALPHABET), min_size=3, max_size=40).map("".join), st.data())
def test_places_are_code_points_in_every_script(make_project: Make, text: str, data: st.DataObject) -> None:
    """Whatever the script, the words a page names by code points are the words stored, at that place."""
    project = make_project({"w-i1": f"P: Apa?\n\nI1: mulai {text} akhir\n"})
    page = sit(project)
    (project.root / JOURNAL).unlink(missing_ok=True)
    start = data.draw(st.integers(0, len(page.text) - 1))
    end = data.draw(st.integers(start + 1, len(page.text)))
    quote = page.text[start:end]
    reply = page.send("apply", start=start, end=end, quote=quote, codes=["SDM"])
    if not quote.strip():
        assert not reply["ok"]
        return
    (coding,) = on_disk(project)
    assert (coding.segment.start, coding.segment.end, coding.quote) == (start, end, quote)
    told = page.codings[coding.id]
    assert (told["start"], told["end"]) == (start, end)
    assert page.text[told["start"] : told["end"]] == quote


@pytest.mark.parametrize(
    "said",
    [
        {"start": 29, "end": 51, "quote": "emua komentar dibalas."},
        {"start": 29, "end": 51, "quote": None},
        {"start": -4, "end": 3, "quote": ""},
        {"start": 51, "end": 29, "quote": ""},
        {"start": 0, "end": 10**9, "quote": "P"},
        {"start": "1", "end": 2.5, "quote": ":"},
        {"start": True, "end": 3, "quote": ": "},
    ],
)
def test_a_quotation_that_does_not_match_is_refused(make_project: Make, said: dict[str, Any]) -> None:
    """When the words at the place are not the words the page means, nothing is written, and the page is told."""
    project = make_project()
    page = sit(project)
    reply = page.send("apply", codes=["SDM"], **said)
    assert not reply["ok"]
    assert {"place", "what", "mend"} <= set(reply["error"])
    assert not (project.root / JOURNAL).exists()


@pytest.mark.parametrize(
    ("codes", "words"),
    [(["LAY"], "Semua"), (["TIADA"], "Semua"), ([], "Semua"), (["SDM", "TIADA"], "Semua")],
    ids=["heading", "unknown", "none", "one unknown of two"],
)
def test_codes_that_cannot_be_given_are_refused(make_project: Make, codes: list[str], words: str) -> None:
    """A heading, an unknown code or no code is refused, and of several none is stored."""
    project = make_project()
    page = sit(project)
    start = page.text.index(words)
    assert not page.send("apply", start=start, end=start + len(words), quote=words, codes=codes)["ok"]
    assert not (project.root / JOURNAL).exists()


def test_the_same_coding_twice_is_refused(make_project: Make) -> None:
    """The same code on the same words by the same coder is refused, also when it would come about by a change."""
    page = sit(make_project())
    page.apply("Semua komentar", "SDM")
    other = page.apply("Semua komentar", "LAY-DAT")
    start = page.text.index("Semua komentar")
    said = {"start": start, "end": start + 14, "quote": "Semua komentar"}
    assert not page.send("apply", codes=["SDM"], **said)["ok"]
    assert not page.send("apply", codes=["LAY-BAL", "SDM"], **said)["ok"]
    assert not page.send("revise", coding=other, changes={"code": "SDM"})["ok"]
    longer = page.apply("Semua komentar dibalas", "SDM")
    assert not page.send("move", coding=longer, **said)["ok"]
    assert len(page.codings) == 3


def test_codings_are_revised_moved_and_removed(make_project: Make) -> None:
    """What the page changes of a coding is stored as an event of its own; what it does not name stays."""
    project = make_project()
    page = sit(project)
    id = page.apply("Semua komentar", "SDM", memo="Awal.", tags=["a"], period="kini")
    page.do(
        "revise", coding=id, changes={"valence": "menentang", "memo": "", "tags": [], "period": "", "code": "LAY-DAT"}
    )
    start = page.text.index("komentar dibalas.", 40 - 10)
    page.do("move", coding=id, start=start, end=start + 17, quote="komentar dibalas.")
    (coding,) = on_disk(project)
    assert (coding.id, coding.code, coding.valence, coding.memo, coding.tags) == (id, "LAY-DAT", "menentang", "", ())
    assert (coding.segment.start, coding.quote, coding.explicit) == (start, "komentar dibalas.", True)
    page.do("remove", coding=id)
    assert not on_disk(project)
    assert page.codings == {}
    assert [event.event for event in read_journal(project.root / JOURNAL).events] == [
        "apply",
        "revise",
        "move",
        "remove",
    ]


def test_reflection_is_never_coded(make_project: Make) -> None:
    """The researcher's reflection is no evidence: neither a coding nor its moved end may reach into it."""
    page = sit(make_project(), "o-1")
    start = page.text.index("Saya ragu")
    said = {"start": start, "end": start + 9, "quote": "Saya ragu"}
    assert not page.send("apply", codes=["SDM"], **said)["ok"]
    id = page.apply("tiga komentar", "SDM")
    assert not page.send("move", coding=id, **said)["ok"]


# Once and for certain


def test_a_command_sent_twice_is_done_once(make_project: Make) -> None:
    """The same id twice is answered as the first time, by the same kernel and by the next one."""
    project = make_project()
    page = sit(project)
    sent = {"id": "a-1", "start": 0, "end": 2, "quote": "P:", "codes": ["SDM", "LAY-DAT"]}
    first = page.do("apply", **sent)
    assert page.do("apply", **sent)["codings"] == first["codings"]
    restarted = sit(project)
    assert restarted.do("apply", **sent)["codings"] == first["codings"]
    assert len(on_disk(project)) == 2
    restarted.do("remove", id="a-2", coding=first["codings"][0])
    assert sit(project).do("remove", id="a-2", coding=first["codings"][0])["ok"]
    sit(project).do("undo", id="a-3")
    sit(project).do("undo", id="a-3")
    assert len(on_disk(project)) == 2
    assert sit(project).do("apply", **sent)["ok"]
    assert len(on_disk(project)) == 2


DYING = """
import os, sys
import qualcode as qc
from qualcode.coding import journal
from qualcode.jupyter.commands import Sitting
append = journal.append_durably
def die(path, lines):
    if sys.argv[2] == "after":
        append(path, lines)
    elif sys.argv[2] == "torn":
        append(path, lines[: len(lines) // 2])
    os._exit(9)
journal.append_durably = die
sitting = Sitting(qc.open_project(sys.argv[1]), "kasus", "w-i1", "uji", "ana")
sitting.handle({"id": "a-1", "name": "apply", "text_id": sitting.document.text_id,
                "start": 0, "end": 2, "quote": "P:", "codes": ["SDM"]})
"""


@pytest.mark.parametrize("moment", ["before", "torn", "after"])
def test_a_kernel_that_dies_in_mid_command_loses_and_doubles_nothing(make_project: Make, moment: str) -> None:
    """A command offered again after its kernel died is stored once, whether or not it had reached the disk."""
    project = make_project()
    done = subprocess.run([sys.executable, "-c", DYING, str(project.root), moment], capture_output=True, check=False)
    assert done.returncode == 9, done.stderr
    page = sit(project)
    page.do("apply", "a-1", start=0, end=2, quote="P:", codes=["SDM"])
    assert [coding.quote for coding in on_disk(project)] == ["P:"]
    assert page.is_up_to_date()


def test_ids_of_any_form_become_actions() -> None:
    """An id of the journal's own form is kept as it is; any other gives one of that form, always the same."""
    for id in ("", "x", "5f0c-…", "\ud800", "0" * 26):
        assert re.fullmatch("[0-9A-HJKMNP-TV-Z]{26}", action_of(id))
        assert action_of(id) == action_of(id)
    assert action_of("0" * 26) == "0" * 26


# Others at the same project


def test_two_kernels_see_each_other(make_project: Make) -> None:
    """What another notebook does is in the next answer, as a patch; a coding it removed is dropped."""
    project = make_project()
    one, other, stranger = sit(project), sit(qc.open_project(project.root)), sit(project, coder="budi")
    id = one.apply("Semua komentar", "SDM")
    for page in (other, stranger):
        page.do("poll")
        assert page.is_up_to_date()
        assert page.codings.keys() == {id}
    assert stranger.codings[id]["coder"] == "ana"
    assert not stranger.codings[id]["mine"]
    assert not stranger.send("remove", coding=id)["ok"]
    other.do("remove", coding=id)
    assert "patch" in one.do("poll")
    assert one.codings == {}
    assert "patch" not in one.do("poll")
    assert not one.send("revise", coding=id, changes={"memo": "x"})["ok"]


def code_elsewhere(root: str, count: int) -> None:
    page = sit(qc.open_project(root), coder="ana")
    for number in range(count):
        page.do("apply", start=number, end=number + 3, quote=page.text[number : number + 3], codes=["LAY-DAT"])


def test_two_processes_code_at_the_same_time(make_project: Make) -> None:
    """Two processes and several threads that code one document at once lose nothing and end with the same picture."""
    project = make_project({"w-i1": "I1: " + "kata " * 60 + "\n"})
    other = multiprocessing.get_context("spawn").Process(target=code_elsewhere, args=(str(project.root), 30))
    other.start()
    page = sit(project)
    replies: list[dict[str, Any]] = []

    def work(first: int) -> None:
        for start in range(first, first + 10):
            said = {"start": start, "end": start + 4, "quote": page.text[start : start + 4], "codes": ["SDM"]}
            command = {"id": f"{first}-{start}", "name": "apply", "text_id": page.sitting.document.text_id, **said}
            replies.append(page.sitting.handle(command))

    threads = [threading.Thread(target=work, args=(first,)) for first in (100, 120, 140)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    other.join()
    assert other.exitcode == 0
    assert all(reply["ok"] for reply in replies)
    fresh = sit(project)
    page.do("poll")
    assert len(on_disk(project)) == 60
    assert page.sitting.codings() == fresh.sitting.codings()
    put = [each["id"] for reply in replies for each in reply["patch"]["codings"]["put"]]
    assert len(put) == len(set(put))  # each is told once


def test_a_locked_journal_is_said_after_a_bounded_wait(make_project: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """When somebody else keeps the journal locked, the page hears so and nothing is written; later it works."""
    project = make_project()
    monkeypatch.setattr(journals, "LOCK_SECONDS", 0.2)
    page = sit(project)
    path = project.root / JOURNAL
    path.parent.mkdir(parents=True, exist_ok=True)
    said = {"start": 0, "end": 2, "quote": "P:", "codes": ["SDM"]}
    with FileLock(path.with_name(f".{path.name}.lock")):
        reply = page.send("apply", "a-1", **said)
    assert not reply["ok"]
    assert reply["error"]["place"] == JOURNAL
    assert not path.exists()
    page.do("apply", "a-1", **said)


def test_a_text_changed_on_disk_is_noticed_before_anything_is_written(make_project: Make) -> None:
    """A document that is another one now makes every change stale, until the page loads it again."""
    project = make_project()
    page = sit(project)
    id = page.apply("Semua komentar dibalas", "SDM")
    before = (project.root / JOURNAL).read_bytes()
    path = project.root / "corpus/kasus/w-i1.md"
    path.write_text(
        path.read_text("utf-8").replace("Semua komentar dibalas", "Hampir semua komentar kami balas"), "utf-8"
    )
    for name in ("hello", "poll", "apply", "undo"):
        reply = page.send(name, start=0, end=2, quote="P:", codes=["LAY-DAT"])
        assert not reply["ok"]
        assert reply["stale"]
    assert (project.root / JOURNAL).read_bytes() == before
    assert page.do("reload")["refresh"]
    page = Page(page.sitting)
    assert "Hampir" in page.text
    assert not page.codings[id]["certain"]
    assert page.codings[id]["quote"] == "Semua komentar dibalas"
    start = page.text.index("semua komentar")
    page.do("move", coding=id, start=start, end=start + 14, quote="semua komentar")
    assert page.codings[id]["certain"]
    assert page.is_up_to_date()


def test_a_command_for_another_text_is_stale(make_project: Make) -> None:
    """What an outbox kept for an older text is not stored in the new one."""
    page = sit(make_project())
    reply = page.send("apply", text_id="0" * 16, start=0, end=2, quote="P:", codes=["SDM"])
    assert reply["stale"]
    assert not page.codings


def test_a_handshake_refreshes_a_page_that_missed_something(make_project: Make) -> None:
    """A page that knows the newest state is not sent everything again; any other is."""
    page = sit(make_project())
    assert "refresh" not in page.do("hello", revision=page.pane["revision"])
    seen = page.pane["revision"]
    page.apply("Semua komentar", "SDM")
    assert page.do("hello", revision=seen)["refresh"]
    assert sit(qc.open_project(page.sitting.root)).pane["revision"] != seen


# Who sees and who may


def test_blind_coders_see_only_their_own(make_project: Make) -> None:
    """In blind mode nothing of anybody else is told: no codings, no names, no memos, no journal."""
    project = make_project()
    sit(project, coder="budi").apply("Semua komentar", "SDM", memo="Rahasia budi")
    page = sit(project, blind=True)
    own = page.apply("Data kami", "LAY-DAT", memo="Milik ana")
    assert page.codings.keys() == {own}
    told = json.dumps(
        [page.sitting.pane(), page.sitting.codings(), page.do("memos"), page.do("journal"), page.do("poll")]
    )
    assert "budi" not in told
    assert "Milik ana" in told


def test_two_coders_are_compared(make_project: Make) -> None:
    """Compare mode shows the codings of two coders and of nobody else."""
    project = make_project()
    for coder in ("ana", "budi", "citra"):
        sit(project, coder=coder).apply("Semua komentar", "SDM")
    page = sit(project, coder=None, compare=("ana", "budi"))
    assert {each["coder"] for each in page.codings.values()} == {"ana", "budi"}
    assert page.pane["compare"] == ["ana", "budi"]


@pytest.mark.parametrize("options", [{"coder": None}, {"coder": "ana", "readonly": True}])
def test_supervisors_change_nothing(make_project: Make, options: dict[str, Any]) -> None:
    """Without a coder, or read-only, every change is refused, and everything can be read."""
    project = make_project()
    id = sit(project).apply("Semua komentar", "SDM", memo="Catatan")
    before = (project.root / JOURNAL).read_bytes()
    page = sit(project, **options)
    assert page.codings.keys() == {id}
    assert page.pane["readonly"]
    said = {
        "start": 0,
        "end": 2,
        "quote": "P:",
        "codes": ["SDM"],
        "coding": id,
        "changes": {"memo": "x"},
        "label": "Baru",
    }
    for name in ("apply", "revise", "move", "remove", "undo", "redo", "new_code"):
        assert not page.send(name, **said)["ok"]
    assert (project.root / JOURNAL).read_bytes() == before
    assert page.do("memos")["memos"][0]["memo"] == "Catatan"


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"coder": "auto"}, qc.ParameterError),
        ({"coder": "Auto"}, qc.ParameterError),
        ({"coder": "../ana"}, qc.ParameterError),
        ({"coder": None, "blind": True}, qc.ParameterError),
        ({"compare": ("ana",)}, qc.ParameterError),
        ({"compare": ("ana", "ana")}, qc.ParameterError),
        ({"compare": ("ana", "siapa")}, qc.UnknownNameError),
        ({"document": "tiada"}, qc.UnknownNameError),
    ],
)
def test_what_cannot_be_opened_is_refused(make_project: Make, options: dict[str, Any], error: type[Exception]) -> None:
    """Rules do not sit at the pane, and options that contradict each other are refused."""
    project = make_project()
    sit(project).apply("Semua komentar", "SDM")
    with pytest.raises(error):
        sit(project, **options)


# Taking back


def test_undo_and_redo_stay_on_this_document(make_project: Make) -> None:
    """Undo takes back what was done last here, several codes at once as one, and never what was done elsewhere."""
    project = make_project()
    here, there = sit(project), sit(project, "w-i2")
    assert not here.pane["can_undo"]
    here.do("apply", start=0, end=2, quote="P:", codes=["SDM", "LAY-DAT"])
    elsewhere = there.apply("Kami cuma berdua", "SDM")
    assert here.pane["can_undo"]
    assert "SDM" in here.do("undo")["told"]
    assert here.codings == {}
    assert (here.pane["can_undo"], here.pane["can_redo"]) == (False, True)
    assert not here.send("undo")["ok"]
    here.do("redo")
    assert len(here.codings) == 2
    there.do("poll")
    assert there.codings.keys() == {elsewhere}
    here.do("undo")
    here.do("redo")
    assert len(here.codings) == 2
    assert here.is_up_to_date()


def test_a_moved_end_is_undone(make_project: Make) -> None:
    """Undo sets a coding back to the words it had before its end was dragged, and redo forward again."""
    page = sit(make_project())
    id = page.apply("Semua komentar", "SDM")
    start = page.codings[id]["start"]
    page.do("move", coding=id, start=start, end=start + 22, quote="Semua komentar dibalas")
    page.do("undo")
    assert page.codings[id]["end"] == start + 14
    page.do("redo")
    assert page.codings[id]["end"] == start + 22


def test_a_recoding_is_not_undone_by_a_key(make_project: Make) -> None:
    """Renaming a code changes the codebook, too: the pane's undo leaves it alone and finds what she did before."""
    project = make_project()
    page = sit(project)
    id = page.apply("Semua komentar", "SDM")
    project.recode("uji", Rename(code="SDM", new="STAF"), coder="ana")
    page.do("poll")
    assert page.codings[id]["code"] == "STAF"
    page.do("undo")
    assert page.codings == {}
    page.do("redo")
    assert page.codings[id]["code"] == "STAF"


# New codes


def test_a_theory_stays_closed_until_it_is_opened_knowingly(make_project: Make) -> None:
    """A closed codebook refuses a new code; when the coder says so, it becomes an open one with the code in it."""
    project = make_project()
    page, other = sit(project), sit(project, coder="budi")
    said = {"label": "Takut salah", "parent": "SDM", "definition": "Takut keliru di depan umum."}
    assert not page.send("new_code", **said)["ok"]
    reply = page.do("new_code", open=True, **said)
    assert reply["code"] == "SDM-TAK"
    assert "SDM-TAK" in [each["id"] for each in reply["patch"]["codes"]]
    assert "codes" in other.do("poll")["patch"]
    book = qc.open_project(project.root).codebook("uji")
    assert not book.closed
    assert book.parent("SDM-TAK") == book["SDM"]
    assert book["SDM-TAK"].definition.id == "Takut keliru di depan umum."
    page.apply("Semua komentar", "SDM-TAK")


def test_an_in_vivo_code_is_made_and_given_at_once(make_project: Make) -> None:
    """A code made of the informant's words is in the codebook, remarks kept, and on these words; sent twice, once."""
    project = make_project()
    path = project.root / "codebooks/uji.yaml"
    remark = "# Catatan penyusun.\nid: uji\n"
    path.write_text(path.read_text("utf-8").replace("id: uji\n", remark, 1) + "closed: false\n", "utf-8")
    page = sit(project)
    start = page.text.index("Data kami terbuka")
    vivo = {"start": start, "end": start + 17, "quote": "Data kami terbuka"}
    first = page.do("new_code", "b-1", label="Data kami terbuka", parent=None, in_vivo=vivo)
    again = sit(project).do("new_code", "b-1", label="Data kami terbuka", parent=None, in_vivo=vivo)
    assert first["code"] == again["code"] == "DATA"
    (coding,) = on_disk(project)
    assert (coding.code, coding.quote) == ("DATA", "Data kami terbuka")
    assert path.read_text("utf-8").startswith("# Catatan penyusun.\n")
    assert not page.send("new_code", label="data KAMI terbuka", definition="Lain.")["ok"]
    assert not page.send("new_code", label=" ")["ok"]


def test_the_terminal_adds_codes_like_the_pane(make_project: Make) -> None:
    """`qualcode recode add` adds a code under the same rules, and the codebook as it was is kept."""
    project = make_project()
    asked = ["recode", "add", "uji", "SDM-TAK", "--label", "Takut", "--definition", "Takut keliru.", "--under", "SDM"]
    for extra, code in (([], 1), (["--open", "--dry-run"], 0), (["--open"], 0), (["--open"], 1)):
        done = CliRunner().invoke(main, ["--project", str(project.root), *asked, *extra, "--coder", "ana"])
        assert done.exit_code == code, done.output
    book = qc.open_project(project.root).codebook("uji")
    assert (book.version, book.parent("SDM-TAK"), book.closed) == ("1.1", book["SDM"], False)
    project.recode("uji", Restore(version="1.0"), coder="ana")
    assert project.codebook("uji").closed
    assert project.check() == []


@pytest.mark.parametrize(
    ("head", "closed"),
    [("", True), ("closed: yes\n", True), ('closed: "true"\n', True), ("closed: no\n", False)],
)
def test_opening_a_codebook_keeps_the_rest_of_its_file(make_project: Make, head: str, closed: bool) -> None:
    """However a codebook says that it is closed, opening it changes that line and the version and adds the code."""
    project = make_project()
    path = project.root / "codebooks/uji.yaml"
    path.write_text("# Catatan.\n" + head + path.read_text("utf-8"), "utf-8")
    assert project.codebook("uji").closed is closed
    before = path.read_text("utf-8").splitlines()
    project.new_code("uji", "Takut", coder="ana", definition="Takut keliru.", opens=True)
    after = path.read_text("utf-8").splitlines()
    gone = [line for line in before if line not in after]
    assert all(line.startswith(("closed:", "version:")) for line in gone)
    assert not project.codebook("uji").closed


# What is asked for


def test_suggestions_come_when_asked_for_and_store_nothing(make_project: Make) -> None:
    """Suggestions name their reason and place; accepted ones are marked; who never coded gets the cue words'."""
    project = make_project()
    path = project.root / "codebooks/uji.yaml"
    text = path.read_text("utf-8")
    path.write_text(text.replace("    label: {id: Staf,", "    cue_words: [terbuka]\n    label: {id: Staf,"), "utf-8")
    page = sit(project, coder="baru")
    start = page.text.index("Data kami")
    reply = page.do("suggest", start=start, end=start + 4)
    (found,) = [each for each in reply["suggestions"] if each["code"] == "SDM"]
    assert [page.text[a:b] for a, b in found["places"]] == ["terbuka"]
    assert found["why"]
    assert reply["note"]
    assert not (project.root / "corpus/kasus/codings").exists()
    page.apply("Data kami terbuka", "SDM", suggested=True)
    assert on_disk(project)[0].suggested


def test_memos_and_journal_are_told_newest_first(make_project: Make) -> None:
    """All memos of the case with their addresses, and the last events in words."""
    project = make_project()
    sit(project, "w-i2").apply("Kami cuma berdua", "SDM", memo="Dua orang.")
    page = sit(project)
    id = page.apply("Semua komentar", "SDM", memo="Semua?")
    page.do("remove", coding=page.apply("Data kami", "SDM"))
    memos = page.do("memos")["memos"]
    assert [(each["memo"], each["address"], each["here"]) for each in memos] == [
        ("Semua?", "w-i1:3", True),
        ("Dua orang.", "w-i2:5", False),
    ]
    assert memos[0]["coding"] == id
    events = page.do("journal")["journal"]
    assert len(events) == 4
    assert events[0]["words"].endswith("“Data kami”")


def test_supervisors_comment_in_a_pane_that_only_shows(make_project: Make) -> None:
    """A comment stands in the project as a Web Annotation, is shown to the coder, answered and settled."""
    project = make_project()
    page = sit(project, coder=None, reviewer="pak-dosen")
    start = page.text.index("Semua komentar")
    said = {"start": start, "end": start + 14, "quote": "Semua komentar", "text": "Semua? <b>Sungguh?</b>"}
    page.do("comment", "c-1", **said)
    page.do("comment", "c-1", **said)
    assert not page.send("comment", **said | {"text": " "})["ok"]
    assert not page.send("comment", **said | {"quote": "Lain"})["ok"]
    assert not page.send("apply", codes=["SDM"], **said)["ok"]
    (line,) = (project.root / "reviews/kasus/pak-dosen.jsonl").read_bytes().splitlines()
    annotation = json.loads(line)
    assert (annotation["type"], annotation["motivation"]) == ("Annotation", "commenting")
    assert annotation["target"]["selector"][1] == {"type": "TextPositionSelector", "start": start, "end": start + 14}
    coder = sit(project)
    (told,) = coder.sitting.comments()
    assert (told["author"], told["text"], told["start"]) == ("pak-dosen", said["text"], start)
    assert (told["status"], told["done"]) == ("terbuka", False)
    coder.do("answer", "c-2", comment=told["id"], text="Ya, Pak.")
    coder.do("answer", "c-2", comment=told["id"], text="Ya, Pak.")
    assert [each["status"] for each in page.sitting.comments()] == ["dijawab"]
    coder.do("done", comment=told["id"])
    assert not coder.send("answer", comment="tiada", text="Ya.")["ok"]
    (told,) = page.sitting.comments()
    assert (told["status"], told["done"]) == ("selesai", True)
    assert [(each["author"], each["text"]) for each in told["replies"]] == [("ana", "Ya, Pak.")]
    assert sit(project, coder="budi", blind=True).sitting.comments() == []
    assert not sit(project, readonly=True).send("comment", **said)["ok"]


def test_comments_find_their_words_again(make_project: Make) -> None:
    """After the text changed a comment stands at its words, or says that they are gone; damaged lines stay."""
    project = make_project()
    page = sit(project, reviewer="bu-dosen")
    for quote in ("Semua komentar", "Data kami"):
        start = page.text.index(quote)
        page.do("comment", start=start, end=start + len(quote), quote=quote, text="Jelaskan.")
    file = project.root / "reviews/kasus/bu-dosen.jsonl"
    file.write_bytes(b'{"id": 1}\nrusak\n[]\n' + file.read_bytes())
    path = project.root / "corpus/kasus/w-i1.md"
    path.write_text(path.read_text("utf-8").replace("P: Apa", "P: Baik. Apa").replace("Data kami", "Datanya"), "utf-8")
    page = sit(project)
    told = page.sitting.comments()
    assert page.text[told[0]["start"] : told[0]["end"]] == "Semua komentar"
    assert [(each["quote"], each["start"]) for each in told[1:]] == [("Data kami", None)]


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(["P:", "SDM", "\ud800"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
NAMES = [
    "apply",
    "revise",
    "move",
    "remove",
    "undo",
    "redo",
    "new_code",
    "suggest",
    "hello",
    "poll",
    "comment",
    "answer",
    "done",
    "handle",
    "",
    "_open",
]
FIELDS = [
    "start",
    "end",
    "quote",
    "codes",
    "coding",
    "changes",
    "comment",
    "text",
    "label",
    "parent",
    "in_vivo",
    "memo",
    "tags",
    "valence",
]


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(NAMES) | st.text(max_size=8), st.dictionaries(st.sampled_from(FIELDS), ANY))
def test_every_command_is_answered(make_project: Make, name: str, said: dict[str, Any]) -> None:
    """Whatever arrives is answered, in a form that can be sent, and leaves a journal without a damaged line."""
    project = make_project()
    reply = sit(project).send(name, **said)
    assert isinstance(reply["ok"], bool)
    assert reply["ok"] or all(reply["error"][part] for part in ("what", "mend"))
    for path in (project.root / "corpus/kasus").glob("codings/*.jsonl"):
        assert not read_journal(path).damaged


def test_an_unforeseen_error_is_answered(make_project: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault in the program is told to the page as one, instead of leaving it waiting."""
    page = sit(make_project())
    monkeypatch.setattr(Project, "code_segment", lambda *_, **__: 1 / 0)
    reply = page.send("apply", start=0, end=2, quote="P:", codes=["SDM"])
    assert "ZeroDivisionError" in reply["error"]["what"]


# The snapshot

HOSTILE = "I1: <script>alert(1)</script> <img src=x onerror=alert(1)> &lt; \"'> </mark></div> {{7*7}} $x$\n"


def visible(html: str) -> str:
    """The words of a snapshot's text as a reader copies them, without names and numbers."""
    body = html.split('margin-top:0.6em">')[1].removesuffix("</div></div>")
    return unescape(re.sub(r"<[^>]+>", "", re.sub(r"<span[^>]*>[^<]*</span>", "", body)))


def test_a_hostile_text_stays_text(make_project: Make) -> None:
    """Nothing of a text, a memo or a title becomes markup in the snapshot."""
    project = make_project({"w-i1": HOSTILE})
    page = sit(project)
    page.do("apply", start=6, end=30, quote=page.text[6:30], codes=["SDM"], memo='"><script>x</script>')
    page.do("apply", start=20, end=60, quote=page.text[20:60], codes=["LAY-DAT"])
    html = snapshot_html(page.sitting.document, page.sitting.codebook, page.sitting.placed())
    tags = set(re.findall(r"<([a-z]+)", html))
    assert tags <= {"style", "div", "span", "strong", "mark"}
    assert re.findall(r"<style>.*?</style>", html) == re.findall(r"<style>[^<]*</style>", html)
    assert html.count("<style>") == 1
    assert visible(html) == page.text


@settings(max_examples=60)
@given(st.lists(st.tuples(st.integers(0, 40), st.integers(1, 12)), max_size=8), st.integers(1, 50))
def test_stretches_cover_the_text_once(spans: list[tuple[int, int]], limit: int) -> None:
    """Pieces follow one another without a gap, and each lies wholly under every coding it names."""
    document = qc.Document("d", "x" * 60)
    placed: list[Any] = []
    for start, length in spans:
        segment = document.segment(start, start + length)
        placed.append(type("Placed", (), {"segment": segment})())
    pieces = list(stretches(placed, limit))
    assert [piece.start for piece in pieces] == [0, *(piece.end for piece in pieces[:-1])]
    assert pieces[-1].end == limit
    for piece in pieces:
        over = [each for each in placed if each.segment.start < piece.end and piece.start < each.segment.end]
        assert sorted(map(id, piece.codings)) == sorted(map(id, over))
        assert all(each.segment.start <= piece.start and piece.end <= each.segment.end for each in over)


def test_overlaps_are_told_without_colour(make_project: Make) -> None:
    """Where codings overlap, the name of each is written where it begins and where it ends."""
    project = make_project()
    page, other = sit(project), sit(project, coder="budi")
    page.apply("Semua komentar", "SDM")
    other.apply("komentar dibalas.\n\nI1: Data", "LAY-DAT")
    page.do("poll")
    sitting = page.sitting
    html = snapshot_html(sitting.document, sitting.codebook, sitting.placed())
    shown = unescape(re.sub(r"<[^>]+>", "", html))
    assert "Semua ‹LAY-DAT budi komentar SDM ana›  dibalas." in shown
    assert "Data LAY-DAT budi› " in shown
    assert "ana, budi" in shown


def test_the_snapshot_is_capped_and_says_so(make_project: Make) -> None:
    """Of a long text only the first units stand in the notebook, and the caption counts what is missing."""
    project = make_project({"w-i1": "\n\n".join(f"I1: Kalimat {n}." for n in range(200)) + "\n"})
    page = sit(project)
    page.apply("Kalimat 3.", "SDM")
    page.apply("Kalimat 150.", "SDM")
    html = snapshot_html(page.sitting.document, page.sitting.codebook, page.sitting.placed())
    assert f"Kalimat {UNITS - 1}." in html
    assert f"Kalimat {UNITS}." not in html
    assert f"{UNITS} dari 200" in html
    assert html.count("<mark") == 1
    long = sit(make_project({"w-i1": "I1: " + "kata " * 400_000 + "\n"}))
    assert len(snapshot_html(long.sitting.document, long.sitting.codebook, [])) < 70_000


def test_confidential_texts_leave_no_word(make_project: Make) -> None:
    """With snapshot="none" neither text nor quotations are in the notebook."""
    page = sit(make_project())
    page.apply("Semua komentar", "SDM", memo="Rahasia")
    html = withheld_html(page.sitting.document, page.sitting.codebook, page.sitting.placed())
    assert "komentar" not in html
    assert "Rahasia" not in html
    assert "1 koding" in html


# The widget


@pytest.fixture
def widget(make_project: Make, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> panes.Pane:
    for name in ("pane.js", "pane.css"):
        (tmp_path / name).write_text("/* halaman */", "utf-8")
    monkeypatch.setattr(panes, "BUILT", tmp_path)
    monkeypatch.setattr(panes, "is_built", lambda: True)
    return qc.code_with(make_project(), "kasus", "w-i1", "uji", coder="ana")


def test_the_widget_answers_and_always_tells_the_newest_state(
    widget: panes.Pane, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A command is answered by a message; a page loaded again gets the state as it is then."""
    sent: list[dict[str, Any]] = []
    monkeypatch.setattr(panes.Pane, "send", lambda _, content, buffers=None: sent.append(content))
    text_id = widget.sitting.document.text_id
    said = {"start": 0, "end": 2, "quote": "P:", "codes": ["SDM"], "text_id": text_id}
    widget._handle_custom_msg({"kind": "command", "id": "1", "name": "apply", **said}, [])
    widget._handle_custom_msg({"kind": "noise"}, [])
    widget._handle_custom_msg("noise", [])
    assert [(each["kind"], each["id"], each["ok"]) for each in sent] == [("reply", "1", True)]
    state = widget.get_state()
    assert [each["code"] for each in state["codings"]] == ["SDM"]
    assert state["pane"]["revision"] == sent[0]["patch"]["pane"]["revision"]
    assert state["document"]["text_id"] == text_id
    path = widget.sitting.root / "corpus/kasus/w-i1.md"
    path.write_text(path.read_text("utf-8") + "\nI1: Baru.\n", "utf-8")
    widget._handle_custom_msg({"kind": "command", "id": "2", "name": "poll"}, [])
    assert [each["kind"] for each in sent[1:]] == ["reply", "changed_text"]
    widget._handle_custom_msg({"kind": "command", "id": "3", "name": "reload"}, [])
    assert sent[-1]["ok"]
    assert "Baru." in widget.get_state()["document"]["text"]


def test_a_confidential_text_waits_for_a_page(widget: panes.Pane, monkeypatch: pytest.MonkeyPatch) -> None:
    """With snapshot="none" a run without a page stores no word in the notebook; a page that asks gets everything."""
    Page(widget.sitting).apply("Semua komentar", "SDM", memo="Rahasia")
    pane = panes.Pane(widget.sitting, snapshot="none")
    stored = json.dumps({key: value for key, value in pane.get_state().items() if not key.startswith("_")})
    assert "Semua komentar" not in stored
    assert "Rahasia" not in stored
    fresh: list[list[str]] = []
    monkeypatch.setattr(panes.Pane, "send", lambda *_, **__: None)
    monkeypatch.setattr(panes.Pane, "send_state", lambda _, names: fresh.append(names))
    pane._handle_custom_msg({"kind": "command", "id": "1", "name": "hello", "text_id": "", "revision": 0}, [])
    assert fresh == [list(panes.STATE)]
    assert "komentar" in json.dumps(pane.get_state()["document"])
    assert len(pane.get_state()["codings"]) == 1


def test_the_widget_shows_two_outputs(widget: panes.Pane, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cell leaves a snapshot that stays true in the file, and the live pane; the snapshot follows what changes."""
    shown: list[dict[str, Any]] = []
    monkeypatch.setattr(
        panes, "display", lambda data, **_: shown.append(data) or type("Handle", (), {"display_id": "d"})()
    )
    monkeypatch.setattr(panes, "update_display", lambda data, **_: shown.append(data))
    widget._ipython_display_()
    assert "qc-static" in shown[0]["text/html"]
    assert "application/vnd.jupyter.widget-view+json" in shown[1]
    Page(widget.sitting).apply("Semua komentar", "SDM")
    widget.refresh()
    assert "<mark" in shown[2]["text/html"]


def test_a_pane_without_its_page_says_what_is_missing(make_project: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """An installation that could not build the page says so when the pane is asked for, with the mend."""
    monkeypatch.setattr(panes, "is_built", lambda: False)
    with pytest.raises(qc.QualcodeError, match="pip install"):
        make_project().pane("kasus", "w-i1", "uji", "ana")


def test_unknown_snapshots_are_refused(make_project: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the snapshots there are can be asked for."""
    monkeypatch.setattr(panes, "is_built", lambda: True)
    with pytest.raises(qc.ParameterError):
        qc.code_with(make_project(), "kasus", "w-i1", "uji", snapshot="semua")


@pytest.mark.parametrize("name", ["answer", "done"])
def test_answering_is_refused_where_it_would_mislead(make_project: Make, name: str) -> None:
    """Nobody's pane, a text that changed, a comment on another document, an empty answer: nothing is stored."""
    project = make_project()
    reviewer = sit(project, coder=None, reviewer="pak-dosen")
    start = reviewer.text.index("Semua komentar")
    reviewer.do("comment", start=start, end=start + 14, quote="Semua komentar", text="Semua?")
    (told,) = reviewer.sitting.comments()
    reader, other, coder = sit(project, coder=None), sit(project, "w-i2"), sit(project)
    assert [each.sitting.pane()["can_comment"] for each in (reader, coder)] == [False, True]
    assert (reviewer.sitting.pane()["author"], coder.sitting.pane()["author"]) == ("pak-dosen", "ana")
    for page in (reader, other):
        assert not page.send(name, comment=told["id"], text="Ya.")["ok"]
    if name == "answer":
        assert not coder.send(name, comment=told["id"], text=" ")["ok"]
    path = project.root / "corpus/kasus/w-i1.md"
    path.write_text(path.read_text("utf-8").replace("Data kami", "Datanya"), "utf-8")
    assert coder.send(name, comment=told["id"], text="Ya.")["stale"]
    assert [path.name for path in (project.root / "reviews/kasus").glob("*.jsonl")] == ["pak-dosen.jsonl"]
