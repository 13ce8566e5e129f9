"""Two copies of a project become one: nothing lost, nothing doubled, nothing decided by itself."""

import json
import os
import shutil
from collections.abc import Callable, Iterable
from itertools import permutations
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

import qualcode as qc
from qualcode.cli import main
from qualcode.coding.journal import AnyEvent, Apply, Move, Remove, Revise, Undo, fold, read_journal, to_line
from qualcode.errors import CheckError, ParameterError
from qualcode.project import merging
from qualcode.project.copies import origin
from qualcode.project.uniting import read_event, unite
from qualcode.project.versions import text_id

IDS = [f"{number:026d}" for number in range(12)]
QUOTE = "Semua komentar dibalas."
JOURNAL = "corpus/kasus/codings/uji.ana.jsonl"

Make = Callable[..., qc.Project]


def event(number: int) -> AnyEvent:
    """The one event with this number: an application, or a change of an earlier one."""
    about = IDS[number % 3]
    said = {"id": IDS[number], "coder": "ana", "time": "2025-03-11T09:00:00Z"}
    kinds: list[AnyEvent] = [
        Revise(**said, coding=about, memo=f"memo {number}"),
        Remove(**said, coding=about),
        Undo(**said, undone=IDS[max(3, number - 2)]),
        Move(**said, coding=about, start=number, end=number + 3, quote="Ya.", text=f"{number:016x}"),
    ]
    apply = Apply(**said, document="w-i1", start=number, end=number + 3, quote="Ya.", code="SDM", text="0" * 16)
    return apply if number < 3 else kinds[number % 4]


LINES = [to_line(event(number)) for number in range(len(IDS))] + [b"{torn\n", b"\xff\xfe\n"]
JOURNALS = st.lists(st.sampled_from(LINES), max_size=14).map(b"".join)


def together(first: bytes, *others: bytes) -> bytes:
    for other in others:
        first += b"".join(line + b"\n" for line in unite(first, [other], read_event).fresh)
    return first


def state(content: bytes) -> tuple[set[str], dict[str, Apply], set[bytes]]:
    events = [each for line in content.splitlines() if (each := read_event(line))]
    return {each.id for each in events}, fold(events), {line for line in content.splitlines() if not read_event(line)}


@given(JOURNALS, JOURNALS, JOURNALS)
def test_union_in_any_order_and_grouping(one: bytes, two: bytes, three: bytes) -> None:
    """Three journals united in any order and grouping give the same events, codings and damaged lines; ours stay."""
    wanted = state(one + two + three)
    for first, second, third in permutations((one, two, three)):
        assert state(together(first, second, third)) == wanted
        assert state(together(first, together(second, third))) == wanted
        assert together(first, second, third).startswith(first)
        united = together(first, second, third)
        assert together(united, first, united, third) == united


def test_same_id_with_other_content_is_set_aside() -> None:
    """Of two events with one id ours stays, theirs is handed back, and order of keys or a byte order mark is none."""
    ours, theirs = event(0), event(0).model_copy(update={"code": "LAY-DAT"})
    united = unite(to_line(ours), [to_line(theirs)], read_event)
    assert (united.items[ours.id], united.fresh) == (ours, [])
    assert united.aside == [(ours.id, to_line(theirs).strip())]
    turned = json.dumps(dict(reversed(json.loads(to_line(ours)).items()))).encode()
    same = unite(to_line(ours), [b"\xef\xbb\xbf" + turned + b"\r\n"], read_event)
    assert (same.fresh, same.aside) == ([], [])


@pytest.mark.parametrize(
    "stem",
    [
        "stoc.ana (1)", "stoc.ana(2)", "stoc.ana - Copy", "stoc.ana - Copy (3)", "stoc.ana - Salinan", "stoc.ana 2",
        "stoc.ana (conflicted copy 2026-11-20)", "stoc.ana (Ana's conflicted copy 2026-11-20)", "Copy of stoc.ana",
        "stoc.ana-LAPTOP-AB12", "stoc.ana-DESKTOP-1A2B3C-2", "stoc.ana.sync-conflict-20261120-101010-ABCDEF7",
        "stoc.ana (1) (1)", "stoc.ana (salinan konflik 20-11-2026)", "Salinan stoc.ana", "stoc.ana-Anas-MacBook",
    ],
)  # fmt: skip
def test_names_of_conflict_copies(stem: str) -> None:
    """The names that Drive, OneDrive, Dropbox, Nextcloud, Syncthing and people give to copies lead to the original."""
    assert origin(stem, ["stoc.ana", "stoc.an", "stoc.budi", stem]) == "stoc.ana"


@pytest.mark.parametrize("stem", ["stoc.ana", "stoc.anas", "stoc.ana-2", "stoc.ana.b", "stoc.ana-b", "stoc.cici (1)"])
def test_names_of_files_of_their_own(stem: str) -> None:
    """A name that only begins like another is nobody's copy."""
    assert origin(stem, ["stoc.ana"]) is None


def twin(project: qc.Project, name: str = "salinan") -> qc.Project:
    """A copy of the project on another laptop."""
    target = project.root.parent / name
    shutil.copytree(project.root, target, ignore=shutil.ignore_patterns(".*"))
    return qc.open_project(target)


def again(project: qc.Project) -> qc.Project:
    return qc.open_project(project.root)


def folded(project: qc.Project) -> dict[str, dict[str, Apply]]:
    journals = sorted((project.root / "corpus").glob("*/codings/*.jsonl"))
    return {path.relative_to(project.root).as_posix(): fold(read_journal(path).events) for path in journals}


def tree(root: Path) -> dict[str, bytes]:
    files = (path for path in root.rglob("*") if path.is_file() and not path.name.startswith("."))
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in files}


def whats(problems: Iterable[qc.Problem], place: str) -> list[str]:
    return [each.what for each in problems if place in each.place]


def test_two_laptops(tmp_path: Path) -> None:
    """Init, code on both, correct a text on one, merge both ways: the same codings, each at its words."""
    home = qc.init_project(tmp_path / "satu").root
    name, words = "w-i1", "Tulis jawaban informan di sini."
    code = next(iter(qc.open_project(home).codebook("stoc").indicators)).id
    one = qc.open_project(home)
    first = one.code(f"kasus-saya/{name}", words, code, coder="ana")
    two = twin(one, "dua")
    text = one.case("kasus-saya").document(name).text
    again(one).replace_text(f"kasus-saya/{name}", "Kalimat baru di awal.\n\n" + text, coder="ana")
    second = again(two).code(f"kasus-saya/{name}", "jawaban informan", code, coder="budi")
    again(one).merge(two.root)
    again(two).merge(one.root)
    again(one).merge(two.root)
    assert folded(one) == folded(two)
    for project in (one, two):
        codings = {each.id: each for each in again(project).case("kasus-saya").codings}
        assert codings[first.id].segment.text == words
        assert codings[second.id].segment.text == "jawaban informan"


def test_merging_twice_changes_nothing_and_dry_run_writes_nothing(make_project: Make) -> None:
    """A dry run reports what merging does and leaves every byte; merging again adds not a byte."""
    one = make_project()
    two = twin(one)
    one.code("kasus/w-i1", QUOTE, "LAY-BAL", coder="ana")
    two.code("kasus/w-i2", "Kami cuma berdua.", "SDM", coder="budi")
    two.code("kasus/w-i1", QUOTE, "SDM", coder="ana")
    two.replace_text("kasus/d-1", "Target lain.\n", coder="budi")
    (two.root / "codebooks" / "uji.yaml").write_text(
        (two.root / "codebooks" / "uji.yaml").read_text("utf-8").replace("Data dibuka.", "Data terbuka."), "utf-8"
    )
    before, theirs = tree(one.root), tree(two.root)
    dry = again(one).merge(two.root, dry_run=True)
    assert tree(one.root) == before
    assert not (one.root / "corpus" / ".merge.lock").exists()
    done = again(one).merge(two.root)
    assert (dry.rows, dry.problems, dry.sides) == (done.rows, done.problems, done.sides)
    after = tree(one.root)
    assert again(one).merge(two.root).rows == ()
    assert (tree(one.root), tree(two.root)) == (after, theirs)
    assert {name for name, content in before.items() if after[name] != content} == {JOURNAL}
    assert after[JOURNAL].startswith(before[JOURNAL])


def test_conflict_copies_are_united_and_put_away(make_project: Make) -> None:
    """Without another folder the conflict copies of every kind are united, then kept in history/merged."""
    project = make_project()
    project.code("kasus/w-i1", QUOTE, "LAY-BAL", coder="ana")
    case = project.root / "corpus" / "kasus"
    journal = case / "codings" / "uji.ana.jsonl"
    extra = project.code("kasus/w-i1", "Data kami terbuka.", "LAY-DAT", coder="ana")
    whole = journal.read_bytes()
    (case / "codings" / "uji.ana-LAPTOP-AB12.jsonl").write_bytes(whole)
    journal.write_bytes(whole.split(b"\n")[0] + b"\n")
    document = (case / "w-i1.md").read_text("utf-8")
    (case / "w-i1 (1).md").write_text(document.replace("terbuka", "tertutup"), "utf-8")
    (case / "case (1).yaml").write_bytes((case / "case.yaml").read_bytes())
    book = (project.root / "codebooks" / "uji.yaml").read_text("utf-8")
    (project.root / "codebooks" / "uji - Copy.yaml").write_text(book.replace("Komentar dibalas.", "Dibalas."), "utf-8")
    with pytest.raises(CheckError):
        again(project).case("kasus")
    merged = again(project).merge()
    assert extra.id in {each.id for each in again(project).case("kasus").codings}
    names = {path.name for path in (case / "history" / "merged").iterdir()}
    assert {"uji.ana-LAPTOP-AB12.jsonl", "w-i1 (1).md", "case (1).yaml"} <= names
    assert (project.root / "codebooks" / "history" / "merged" / "uji - Copy.yaml").is_file()
    assert not [path for path in tree(project.root) if " (1)" in path and "history/merged" not in path]
    assert text_id((case / "w-i1.md").read_text("utf-8").split("---\n\n", 1)[1].replace("terbuka", "tertutup")) in {
        path.stem for path in (case / "history").glob("*.txt")
    }
    assert [row[1:] for row in merged.sides] == [("LAY-BAL", "definition", "Komentar dibalas.", "Dibalas.")]
    assert again(project).merge().rows == ()


def test_a_coder_whose_name_looks_like_a_copy_stays(make_project: Make) -> None:
    """A journal whose events say that it is its coder's own is no conflict copy, whatever its name looks like."""
    project = make_project()
    project.code("kasus/w-i1", QUOTE, "LAY-BAL", coder="ana")
    project.code("kasus/w-i1", QUOTE, "LAY-BAL", coder="ana-KELAS-2B")
    before = tree(project.root)
    assert again(project).merge().rows == ()
    assert tree(project.root) == before


def test_differing_texts_carry_codings(make_project: Make) -> None:
    """Of two texts ours stays; their codings are carried to it, certain where certain, to be confirmed where not."""
    one = make_project()
    two = twin(one)
    one.replace_text("kasus/w-i1", "P: Baik.\n\n" + one.case("kasus").document("w-i1").text, coder="ana")
    two.replace_text(
        "kasus/w-i1", two.case("kasus").document("w-i1").text.replace("Data kami", "Semua data kami"), coder="budi"
    )
    kept = again(two).code("kasus/w-i1", QUOTE, "LAY-BAL", coder="budi")
    changed = again(two).code("kasus/w-i1", "Semua data kami terbuka.", "LAY-DAT", coder="budi")
    merged = again(one).merge(two.root)
    assert whats(merged.problems, "w-i1.md")
    codings = {each.id: each.segment.text for each in again(one).case("kasus").codings}
    assert codings == {kept.id: QUOTE}
    assert any(changed.id in each.mend + each.what for each in again(one).check())


def test_a_copy_that_is_only_behind(make_project: Make) -> None:
    """A text that was corrected on one side only: there nothing is to be decided, here one command takes it over."""
    one = make_project()
    two = twin(one)
    coded = two.code("kasus/w-i1", QUOTE, "LAY-BAL", coder="budi")
    text = one.case("kasus").document("w-i1").text
    one.replace_text("kasus/w-i1", "P: Selamat pagi.\n\n" + text, coder="ana")
    assert again(one).merge(two.root).problems == ()
    assert [each.segment.text for each in again(one).case("kasus").codings] == [QUOTE]
    (problem,) = again(two).merge(one.root).problems
    source = problem.mend.partition("--from ")[2].split()[0]
    call = ["--project", str(two.root), "edit", "kasus/w-i1", "--from", str(two.root / source), "--coder", "budi"]
    assert CliRunner().invoke(main, call).exit_code == 0
    assert again(two).case("kasus").document("w-i1").text == again(one).case("kasus").document("w-i1").text
    assert [each.id for each in again(two).case("kasus").codings] == [coded.id]
    assert (again(two).merge(one.root).problems, again(two).check()) == ((), [])


def test_front_matter_and_older_codebooks(make_project: Make) -> None:
    """A front matter that differs waits beside ours; a codebook that is an older version of ours does not."""
    one = make_project()
    two = twin(one)
    document = two.root / "corpus" / "kasus" / "w-i1.md"
    document.write_text(document.read_text("utf-8").replace("title: Bahan w-i1", "title: Wawancara I1"), "utf-8")
    book = one.root / "codebooks" / "uji.yaml"
    (book.parent / "history").mkdir()
    (book.parent / "history" / "uji.1.0.yaml").write_bytes(book.read_bytes())
    book.write_text(book.read_text("utf-8").replace('"1.0"', '"1.1"'), "utf-8")
    merged = again(one).merge(two.root)
    assert merged.sides == (("corpus/kasus/w-i1.md", "–", "title", "Bahan w-i1", "Wawancara I1"),)
    assert [each.place.startswith("corpus/kasus/konflik/w-i1.") for each in again(one).check()] == [True]


def without_texts(project: qc.Project) -> None:
    """Make the journals as old as those that name no text, and forget the history."""
    for path in (project.root / "corpus").glob("*/codings/*.jsonl"):
        events = [json.loads(line) for line in path.read_bytes().splitlines()]
        lines = [json.dumps({key: value for key, value in each.items() if key != "text"}) for each in events]
        path.write_text("\n".join(lines) + "\n", "utf-8")
    shutil.rmtree(project.root / "corpus" / "kasus" / "history", ignore_errors=True)


def test_older_journals_keep_their_own_text(make_project: Make) -> None:
    """Codings that name no text are carried each from its own side's text, never counted in the other's."""
    repeated = "P: Bagaimana?\n\nI1: Ya.\n\nP: Lalu bagaimana kelanjutannya?\n\nI1: Ya.\n\nP: Terima kasih banyak.\n"
    one = make_project({"w-i1": repeated})
    two = make_project({"w-i1": repeated}).root.rename(one.root.parent / "dua")
    one = make_project({"w-i1": "P: Pembuka yang cukup panjang sekali.\n\n" + repeated})
    beside = qc.open_project(two)
    mine = one.code("kasus/w-i1", "Ya.", "LAY-BAL", coder="ana", line=9)
    theirs = beside.code("kasus/w-i1", "Terima kasih banyak.", "SDM", coder="ana")
    without_texts(one)
    without_texts(beside)
    again(one).merge(two)
    again(beside).merge(one.root)
    again(one).merge(two)
    assert folded(one) == folded(beside)
    codings = {each.id: each.segment for each in again(one).case("kasus").codings}
    assert (codings[mine.id].start, codings[theirs.id].text) == (mine.segment.start, "Terima kasih banyak.")
    lines = (one.root / JOURNAL).read_bytes()
    again(one).merge(two)
    assert (one.root / JOURNAL).read_bytes() == lines


def test_new_cases_documents_and_codebooks_come_along(make_project: Make) -> None:
    """What only they have is copied: a codebook, a document with its raw file, a whole case."""
    one = make_project()
    two = twin(one)
    case = two.root / "corpus" / "kasus"
    (case / "sumber").mkdir()
    (case / "sumber" / "asli.docx").write_bytes(b"PK")
    raw = "raw: sumber/asli.docx\nraw_sha256: 6bf0ec4b0ed0a1ce6fdfd0d4dbf48da2aefda3a1d5b35ca69e26f62b1bf1dbf5\n"
    fresh = (case / "w-i1.md").read_text("utf-8").replace("id: w-i1\n", "id: w-i3\n")
    (case / "w-i3.md").write_text(fresh, "utf-8")
    (case / "w-i4.md").write_text(fresh.replace("w-i3", "w-i4").replace("provenance", raw + "provenance"), "utf-8")
    (case / "w-i5.md").write_text(
        fresh.replace("w-i3", "w-i5").replace("provenance", "raw: sumber/asli.docx\nprovenance"), "utf-8"
    )
    book = (two.root / "codebooks" / "uji.yaml").read_text("utf-8").replace("id: uji", "id: uji2").replace("LAY", "LXY")
    (two.root / "codebooks" / "uji2.yaml").write_text(book.replace("SDM", "SXM"), "utf-8")
    shutil.copytree(case, two.root / "corpus" / "lain")
    record = (case / "case.yaml").read_text("utf-8")
    (two.root / "corpus" / "lain" / "case.yaml").write_text(record.replace("id: kasus", "id: lain"), "utf-8")
    (two.root / "corpus" / "lain" / "catatan.txt").write_text("lapangan", "utf-8")
    merged = again(one).merge(two.root)
    ours, theirs = tree(one.root), tree(two.root)
    assert {name for name in theirs if name not in ours} == set()
    assert whats(merged.problems, "w-i3.md")  # the same text under another id
    assert whats(merged.problems, "asli.docx")  # another hash than the document says
    assert set(again(one).codebooks) == {"uji", "uji2"}


def test_decisions_are_shown_side_by_side_and_asked_once(make_project: Make) -> None:
    """A differing codebook or case waits in konflik/, is reported by check, and not again once it was decided."""
    one = make_project()
    two = twin(one)
    book = two.root / "codebooks" / "uji.yaml"
    text = book.read_text("utf-8").replace("Data dibuka.", "Data terbuka.")
    book.write_text(text + "  - id: BAR\n    label: Baru\n    definition: Baru di sana.\n", "utf-8")
    record = two.root / "corpus" / "kasus" / "case.yaml"
    record.write_text(record.read_text("utf-8").replace("Akun sebuah dinas", "Akun dua dinas"), "utf-8")
    merged = again(one).merge(two.root)
    assert {row[1:] for row in merged.sides} == {
        ("LAY-DAT", "definition", "Data dibuka.", "Data terbuka."),
        ("BAR", "seluruh kode", "(tidak ada)", "Baru"),
        ("–", "title", "Akun sebuah dinas", "Akun dua dinas"),
    }
    waiting = [*one.root.glob("codebooks/konflik/*"), *one.root.glob("corpus/*/konflik/*")]
    assert len(waiting) == len(again(one).check()) == 2
    for path in waiting:
        path.unlink()
    assert (again(one).merge(two.root).problems, again(one).check()) == ((), [])


def test_damaged_and_differing_lines_are_kept(make_project: Make) -> None:
    """Their damaged lines come along and stay reported; an event that differs is kept in history/merged."""
    one = make_project()
    one.code("kasus/w-i1", QUOTE, "LAY-BAL", coder="ana")
    two = twin(one)
    journal = two.root / JOURNAL
    journal.write_bytes(journal.read_bytes().replace(b"LAY-BAL", b"LAY-DAT") + b"{rusak\n")
    merged = again(one).merge(two.root)
    assert b"{rusak" in (one.root / JOURNAL).read_bytes()
    assert b"LAY-DAT" in (one.root / "corpus/kasus/history/merged/uji.ana.lain.jsonl").read_bytes()
    assert whats(merged.problems, JOURNAL)
    assert whats(again(one).check(), JOURNAL)


def test_hostile_copies(make_project: Make, tmp_path: Path) -> None:
    """Links, odd names and paths in the other copy are reported; nothing from outside comes in or gets written."""
    one = make_project()
    two = twin(one)
    outside = tmp_path / "rahasia"
    outside.mkdir()
    (outside / "uji.eva.jsonl").write_bytes(to_line(event(0)))
    case = two.root / "corpus" / "kasus"
    (case / "codings").mkdir(exist_ok=True)
    (case / "codings" / "uji.eva.jsonl").symlink_to(outside / "uji.eva.jsonl")
    (case / "codings" / "uji.a b.jsonl").write_bytes(to_line(event(0)))
    (case / "w-i9.md").symlink_to(outside / "uji.eva.jsonl")
    (two.root / "corpus" / "jauh").symlink_to(outside)
    raw = "raw: sumber/../../../../rahasia/uji.eva.jsonl\nprovenance"
    fresh = (case / "w-i1.md").read_text("utf-8").replace("id: w-i1\n", "id: w-i8\n").replace("provenance", raw)
    (case / "w-i8.md").write_text(fresh, "utf-8")
    if hasattr(os, "mkfifo"):
        os.mkfifo(case / "codings" / "uji.pipa.jsonl")
    before = tree(one.root)
    merged = again(one).merge(two.root)
    assert set(tree(one.root)) - set(before) == {"corpus/kasus/w-i8.md"}
    for place in ("uji.eva.jsonl", "uji.a b.jsonl", "w-i9.md", "jauh", "w-i8.md"):
        assert whats(merged.problems, place), place
    for wrong in (one.root, outside, tmp_path / "tidak-ada", one.root / "corpus"):
        with pytest.raises(ParameterError):
            again(one).merge(wrong)


def test_a_crash_anywhere_is_mended_by_merging_again(make_project: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whichever writing fails, merging again gives what merging at once would have given."""
    one = make_project()
    two = twin(one)
    two.code("kasus/w-i1", QUOTE, "LAY-BAL", coder="budi")
    two.replace_text("kasus/d-1", "Target lain.\n", coder="budi")
    shutil.copytree(two.root / "corpus" / "kasus", two.root / "corpus" / "baru")
    (one.root / "corpus" / "kasus" / "case (1).yaml").write_bytes(b"id: kasus\n")
    start = one.root.parent / "awal"
    shutil.copytree(one.root, start)
    again(one).merge(two.root)
    wanted = {name: content for name, content in tree(one.root).items() if not name.endswith("texts.jsonl")}
    for number in range(100):
        shutil.rmtree(one.root)
        shutil.copytree(start, one.root)
        left = [number]

        def failing(name: str, left: list[int] = left) -> Callable[..., None]:
            real = getattr(merging, name)

            def write(*arguments: object) -> None:
                left[0] -= 1
                if left[0] < 0:
                    raise OSError("penuh")
                real(*arguments)

            return write

        with monkeypatch.context() as patch:
            for name in ("write_atomically", "append_durably"):
                patch.setattr(merging, name, failing(name))
            finished = True
            try:
                again(one).merge(two.root)
            except qc.CodingError:
                finished = False
        again(one).merge(two.root)
        found = {name: content for name, content in tree(one.root).items() if not name.endswith("texts.jsonl")}
        assert found == wanted, number
        if finished:
            break
    assert number > 5


def test_the_command(make_project: Make) -> None:
    """`qualcode merge` prints what was united and what is to be decided; a wrong folder ends with 1 and a mend."""
    one = make_project()
    two = twin(one)
    two.code("kasus/w-i1", QUOTE, "LAY-BAL", coder="budi")
    call = ["--project", str(one.root), "merge"]
    shown = CliRunner().invoke(main, [*call, str(two.root), "--json"])
    assert shown.exit_code == 0, shown.output
    rows = json.loads(shown.output)["rows"]
    assert ("jurnal", "corpus/kasus/codings/uji.budi.jsonl") in {(row["Hal"], row["Tempat"]) for row in rows}
    assert len(again(one).case("kasus").codings) == 1
    assert CliRunner().invoke(main, [*call, str(one.root / "corpus")]).exit_code == 1
    assert CliRunner().invoke(main, call).exit_code == 0
