"""Codes that meet, and codings that stand to others as asked: equal to brute force, coder by coder."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from itertools import product
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

import qualcode as qc
from qualcode.analysis.cooccurrence import DRAWN, _bound
from qualcode.cli import main
from qualcode.coding.codings import Coding, Codings
from qualcode.coding.valence import Valence

ROOT = Path(__file__).parents[1]
STOC = qc.open_project(ROOT).codebook("stoc")
CODES = [code.id for code in STOC if not code.heading][:3]
A, B, C = CODES
TEXT = "I1: aaaa bbbb cccc\n\nP: dddd?\n\nI1: eeee ffff\n\nI1: gggg\n"
DOCUMENTS = [
    qc.Document(id, TEXT, case="k", kind=qc.Kind.TRANSCRIPT, legend={"P": "pewawancara", "I1": "I1"})
    for id in ("w-1", "w-2")
]


def coding(number: int, code: str, start: int, end: int, coder: str = "ana", document: int = 0) -> Coding:
    segment = qc.Segment(DOCUMENTS[document], start, end)
    now = datetime(2025, 1, 1, tzinfo=UTC)
    return Coding(str(number), segment, "stoc", code, coder, Valence.SUPPORTS, (), None, True, "", 1, now)


def codings_of(*items: tuple[str, str] | tuple[str, str, str] | tuple[str, str, str, int]) -> Codings:
    """Codings by code, very words, coder and document."""
    made = []
    for number, (code, words, *rest) in enumerate(items):
        start = TEXT.index(words)
        made.append(coding(number, code, start, start + len(words), *rest))
    return Codings(made, {"stoc": STOC})


SPANS = st.tuples(
    st.sampled_from(CODES),
    st.integers(0, len(TEXT) - 1),
    st.integers(1, 15),
    st.sampled_from(["ana", "budi"]),
    st.integers(0, 1),
)
MANY = st.lists(SPANS, max_size=14).map(
    lambda spans: Codings(
        [
            coding(n, code, start, min(len(TEXT), start + length), coder, document)
            for n, (code, start, length, coder, document) in enumerate(spans)
        ],
        {"stoc": STOC},
    )
)


def texts(codings: Codings) -> list[str]:
    return [each.quote for each in codings]


def test_by_overlap_turn_and_document() -> None:
    """Two codes meet on shared words, in one turn, or in one document; each way takes in the one before."""
    codings = codings_of((A, "aaaa bbbb"), (B, "bbbb cccc"), (C, "cccc"), (A, "eeee"), (C, "ffff"), (C, "gggg"))
    overlap, turn, document = (qc.cooccurrence(codings, STOC, by) for by in ("overlap", "turn", "document"))
    assert [overlap.count(*pair) for pair in ((A, B), (B, C), (A, C))] == [1, 1, 0]
    assert [turn.count(*pair) for pair in ((A, B), (B, C), (A, C))] == [1, 1, 2]
    assert [document.count(*pair) for pair in ((A, B), (B, C), (A, C))] == [1, 1, 1]
    assert texts(overlap[A, B]) == ["aaaa bbbb", "bbbb cccc"]
    assert texts(turn[C, A]) == ["aaaa bbbb", "cccc", "eeee", "ffff"]
    assert texts(overlap[C, C]) == ["cccc", "ffff", "gggg"]
    assert [each.count(C, C) for each in (overlap, turn, document)] == [3, 3, 1]


def test_coders_never_meet() -> None:
    """Two coders' codings of the same words are two readings, and no co-occurrence."""
    codings = codings_of((A, "aaaa", "ana"), (B, "aaaa", "budi"))
    for by in ("overlap", "turn", "document"):
        assert qc.cooccurrence(codings, STOC, by).count(A, B) == 0


def test_share() -> None:
    """The share is Jaccard's: 1 of 3 turns with either code has both; by overlap, or for nothing, there is a reason."""
    codings = codings_of((A, "aaaa"), (B, "bbbb"), (A, "eeee"), (B, "gggg"))
    found = qc.cooccurrence(codings, STOC, "turn")
    assert found.coefficient(A, B) == 1 / 3
    assert found.coefficient(A, A) == 1
    assert found.coefficient(C, C).key == "in_neither"
    assert qc.cooccurrence(codings, STOC).coefficient(A, B).key == "no_share"


@given(MANY)
def test_counts_equal_brute_force(codings: Codings) -> None:
    """Every pair of overlapping codings of one coder is counted, once; counts are symmetric; cells hold both codes."""
    found = qc.cooccurrence(codings, STOC)
    for one, other in ((A, B), (B, C), (A, C)):
        pairs = [
            (a, b)
            for a, b in product(codings.exactly(one), codings.exactly(other))
            if a.coder == b.coder and a.segment.overlaps(b.segment)
        ]
        assert found.count(one, other) == found.count(other, one) == len(pairs)
        assert {each.id for each in found[one, other]} == {each.id for pair in pairs for each in pair}
    for by in ("turn", "document"):
        held = qc.cooccurrence(codings, STOC, by)
        for one, other in ((A, B), (B, C), (A, C)):
            assert held.count(one, other) <= min(held.count(one, one), held.count(other, other))


def test_tables_open() -> None:
    """Cells open to the quotations of both codes; the pairs come most often first; unknown names are refused."""
    codings = codings_of((A, "aaaa bbbb"), (B, "bbbb cccc"), (A, "eeee"), (B, "eeee ffff"), (C, "gggg"))
    found = qc.cooccurrence(codings, STOC, rows=[STOC[each] for each in CODES])
    table = found.to_table()
    assert (table.rows[0][2].text, len(table.rows[0][2].quotations)) == ("2", 4)
    assert table.rows[0][3].text == "·"
    assert found.pairs() == [(STOC[A], STOC[B], 2)]
    assert found.pairs_table().rows[0][2].value == 2
    assert found.to_frame().loc[A, B] == 2
    assert found.counts()[1][0] == 2
    assert found.figure().alt.count("2") >= 2
    with pytest.raises(qc.UnknownNameError):
        found[A, "XXX"]
    with pytest.raises(qc.UnknownNameError):
        qc.cooccurrence(codings, STOC, "sentence")


def test_boolean_queries() -> None:
    """AND, OR and NOT over what overlaps and what encloses."""
    codings = codings_of((A, "aaaa bbbb"), (B, "bbbb"), (A, "eeee"), (C, "eeee ffff"), (A, "gggg"))
    a, b, c = (codings.of(each) for each in CODES)
    assert texts(a.where(qc.overlapping(b))) == ["aaaa bbbb"]
    assert texts(a.where(qc.none_of(qc.overlapping(b)))) == ["eeee", "gggg"]
    assert texts(a.where(qc.any_of(qc.overlapping(b), qc.overlapping(c)))) == ["aaaa bbbb", "eeee"]
    assert texts(a.where(qc.overlapping(b), qc.overlapping(c))) == []
    assert texts(a.where(qc.inside(c))) == ["eeee"]
    assert texts(b.where(qc.inside(a))) == ["bbbb"]
    assert texts(a.where(qc.inside(b))) == []


def test_near_and_followed_by() -> None:
    """Distances are turns, whoever speaks, or characters; what follows begins after the end; documents are apart."""
    codings = codings_of((A, "aaaa"), (B, "cccc"), (B, "eeee"), (B, "gggg", "ana", 1))
    a, b = codings.of(A), codings.of(B)
    assert texts(a.where(qc.near(b, 0))) == ["aaaa"]
    assert texts(b.where(qc.near(a, 1))) == ["cccc"]
    assert texts(b.where(qc.near(a, 2))) == ["cccc", "eeee"]
    assert texts(b.where(qc.near(a, 99))) == ["cccc", "eeee"]
    assert texts(a.where(qc.followed_by(b, 0))) == ["aaaa"]
    assert texts(b.where(qc.followed_by(a, 99))) == []
    assert texts(a.where(qc.near(b, 5, measure="character"))) == []
    assert texts(a.where(qc.near(b, 6, measure="character"))) == ["aaaa"]
    with pytest.raises(qc.ParameterError):
        qc.near(b, -1)
    with pytest.raises(qc.UnknownNameError):
        qc.followed_by(b, measure="word")


@given(MANY, st.integers(0, 20))
def test_queries_agree_with_each_other(codings: Codings, distance: int) -> None:
    """Inside is overlapping; overlapping is near at 0; near grows with the distance; followed by is near."""
    a, b = codings.of(A), codings.of(B)

    def ids(*tests: Callable[[Coding], bool]) -> set[str]:
        return {each.id for each in a.where(*tests)}

    assert ids(qc.inside(b)) <= ids(qc.overlapping(b))
    for measure in ("turn", "character"):
        near = ids(qc.near(b, distance, measure=measure))
        assert ids(qc.overlapping(b)) <= ids(qc.near(b, 0, measure=measure)) <= near
        assert near <= ids(qc.near(b, distance + 1, measure=measure))
        assert ids(qc.followed_by(b, distance, measure=measure)) <= near
    brute = {
        one.id
        for one, other in product(a, b)
        if one.document == other.document
        and max(one.segment.start - other.segment.end, other.segment.start - one.segment.end) <= distance
    }
    assert ids(qc.near(b, distance, measure="character")) == brute


def test_a_coding_does_not_answer_for_itself() -> None:
    """Asked about its own code, a coding needs another one of it."""
    assert texts(codings_of((A, "aaaa")).where(qc.near(codings_of((A, "aaaa")), 9))) == []
    two = codings_of((A, "aaaa"), (A, "bbbb"))
    assert len(two.where(qc.near(two, 0))) == 2


def test_paragraphs_are_smaller_than_turns() -> None:
    """Within one turn, codings between different blank lines meet in the turn but not in the paragraph."""
    text = "I1: aaaa bbbb\n\ncccc\n\nP: dddd?\n"
    document = qc.Document("w-3", text, case="k", kind=qc.Kind.TRANSCRIPT, legend={"P": "pewawancara", "I1": "I1"})
    made = []
    for number, (code, words) in enumerate([(A, "aaaa"), (B, "bbbb"), (C, "cccc")]):
        start = text.index(words)
        each = coding(number, code, 0, 4)
        made.append(replace(each, segment=qc.Segment(document, start, start + 4)))
    codings = Codings(made, {"stoc": STOC})
    turn, paragraph = (qc.cooccurrence(codings, STOC, by) for by in ("turn", "paragraph"))
    assert [turn.count(*pair) for pair in ((A, B), (A, C), (B, C))] == [1, 1, 1]
    assert [paragraph.count(*pair) for pair in ((A, B), (A, C), (B, C))] == [1, 0, 0]
    assert paragraph.coefficient(A, B) == 1


@given(MANY)
def test_each_way_takes_in_the_narrower(codings: Codings) -> None:
    """What shares a paragraph shares a turn, and what shares a turn shares a document."""
    narrow, wide, widest = (qc.cooccurrence(codings, STOC, by) for by in ("paragraph", "turn", "document"))
    for pair in ((A, B), (B, C), (A, C)):
        assert {each.id for each in narrow[pair]} <= {each.id for each in wide[pair]}
        assert {each.id for each in wide[pair]} <= {each.id for each in widest[pair]}


def test_network_says_its_numbers() -> None:
    """Every line's number stands in the words; codes without a line and unused ones are named in the caption."""
    codings = codings_of((A, "aaaa bbbb"), (B, "bbbb cccc"), (A, "eeee"), (B, "eeee ffff"), (C, "gggg"))
    found = qc.cooccurrence(codings, STOC)
    figure = found.plot()
    assert f"{STOC[A].name} – {STOC[B].name} 2" in figure.alt
    alone, unused = figure.caption.split("Dipakai tetapi tanpa garis di sini: ")[1].split(" Tidak dipakai: ")
    assert alone == f"{STOC[C].name}."
    assert STOC["STC-C"].name in unused
    assert STOC[A].name not in unused
    assert figure.png == found.plot().png


def test_network_leaves_out_what_meets_too_seldom() -> None:
    """Below the minimum a pair has no line, and the caption says how many pairs have none."""
    codings = codings_of((A, "aaaa bbbb"), (B, "bbbb cccc"), (A, "eeee"), (B, "eeee ffff"), (C, "ffff"))
    found = qc.cooccurrence(codings, STOC)
    assert [count for *_, count in found.pairs()] == [2, 1]
    figure = found.plot(least=2)
    assert "paling sedikit 2 kali; pasangan yang lebih jarang dan tidak digambar: 1." in figure.caption
    assert f"{STOC[B].name} – {STOC[C].name}" not in figure.alt
    with pytest.raises(qc.ParameterError, match="least"):
        found.plot(least=0)


def test_network_of_nothing_is_a_sentence() -> None:
    """Without codings, meetings, or enough of them, a sentence says which; no empty figure is drawn."""
    lonely = codings_of((A, "aaaa"), (B, "eeee"))
    meeting = codings_of((A, "aaaa"), (B, "aaaa"))
    assert "Tidak ada koding dengan buku kode stoc" in qc.cooccurrence(codings_of(), STOC).plot().alt
    assert "Tidak ada dua kode yang bertemu: kata-kata" in qc.cooccurrence(lonely, STOC).plot().alt
    assert "yang paling sering: 1 kali" in qc.cooccurrence(meeting, STOC).plot(least=5).alt
    assert "Tidak ada dua kode" in qc.cooccurrence(lonely, STOC).pairs_table().note


@given(st.lists(st.integers(1, 9), min_size=1, max_size=90))
def test_network_stays_readable(counts: list[int]) -> None:
    """Of its own accord a network has at most so many lines, but for ties at the top, and never none."""
    counts.sort(reverse=True)
    bound = _bound(counts)
    drawn = [count for count in counts if count >= bound]
    assert drawn
    assert len(drawn) <= DRAWN or bound == counts[0]
    assert bound == 1 or sum(count >= bound - 1 for count in counts) > DRAWN


def test_in_the_terminal() -> None:
    """`qualcode cooccurrence` prints what the library gives; a wrong name ends with 1 and the nearest."""
    case = "latihan-kota-samudra"
    call = ["--project", str(ROOT), "cooccurrence", "stoc", "--case", case, "--within", "turn", "--csv"]
    done = CliRunner().invoke(main, call)
    found = qc.cooccurrence(qc.open_project(ROOT).case(case).coded_by(), STOC, "turn")
    assert done.output == found.pairs_table().to_csv()
    assert CliRunner().invoke(main, [*call, "--show", "matrix"]).output == found.to_table().to_csv()
    assert len(CliRunner().invoke(main, [*call, "--most", "1"]).output.splitlines()) == 2
    wrong = CliRunner().invoke(main, [*call[:3], "sto", *call[4:]])
    assert (wrong.exit_code, "stoc" in wrong.output) == (1, True)
