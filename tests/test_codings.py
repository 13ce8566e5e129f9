"""Codings are an immutable collection whose filters chain and whose every member is a quotation at a place."""

from collections.abc import Callable
from dataclasses import FrozenInstanceError
from itertools import permutations

import pandas as pd
import pytest

import qualcode as qc
from qualcode.coding.codings import Codings
from qualcode.coding.valence import Valence


@pytest.fixture
def project(make_project: Callable[..., qc.Project]) -> qc.Project:
    """Six codings by two coders on four documents."""
    project = make_project()
    for document, words, code, coder, said in [
        ("w-i1", "Semua komentar dibalas", "LAY-BAL", "ana", {"valence": "mendukung", "memo": "klaim"}),
        ("w-i1", "komentar dibalas.", "LAY-BAL-C", "budi", {"valence": "mendukung", "explicit": False}),
        ("w-i1", "Data kami terbuka", "LAY-DAT", "ana", {"valence": "mendukung", "round": 2}),
        ("w-i2", "sepertiga", "LAY-BAL", "ana", {"valence": "menentang", "tags": ["komparatif", "angka"]}),
        ("o-1", "tiga komentar", "LAY-BAL-C", "ana", {"valence": "campuran", "period": "kini"}),
        ("d-1", "Target balasan", "LAY-BAL", "budi", {"tags": ["rencana"]}),
    ]:
        project.code(f"kasus/{document}", words, code, coder=coder, **said)
    return project


@pytest.fixture
def codings(project: qc.Project) -> Codings:
    return project.case("kasus").codings


def quotes(codings: Codings) -> list[str]:
    return [coding.quote for coding in codings]


def test_order(codings: Codings) -> None:
    """Codings stand in the order of document and place, however they came."""
    assert quotes(codings) == [
        "Target balasan",
        "tiga komentar",
        "Semua komentar dibalas",
        "komentar dibalas.",
        "Data kami terbuka",
        "sepertiga",
    ]
    for order in list(permutations(codings))[::97]:
        assert Codings(order, codings.codebooks) == codings


def test_of_and_exactly(codings: Codings) -> None:
    """`of` takes in the codes below; `exactly` does not."""
    assert quotes(codings.of("LAY-BAL")) == quotes(codings.of("LAY-BAL", "LAY-BAL-C"))
    assert len(codings.of("LAY-BAL")) == 5
    assert len(codings.exactly("LAY-BAL")) == 3
    assert quotes(codings.exactly("LAY-BAL-C")) == quotes(codings.of("LAY-BAL-C"))
    assert codings.of("LAY") == codings
    assert len(codings.exactly("LAY")) == 0
    assert len(codings.of("SDM", "LAY-DAT")) == 1


def test_of_takes_codes(codings: Codings, project: qc.Project) -> None:
    """A code may be given itself instead of its id."""
    code = project.codebook("uji")["LAY-BAL"]
    assert codings.of(code) == codings.of("LAY-BAL")
    assert codings.exactly(code) == codings.exactly("LAY-BAL")


def test_of_an_unknown_code(codings: Codings) -> None:
    """A code that no codebook has is refused, with the nearest one."""
    for ask in (codings.of, codings.exactly):
        with pytest.raises(qc.UnknownNameError, match=r"Maksud Anda LAY-DAT\?"):
            ask("LAY-DATA")
    with pytest.raises(qc.UnknownNameError):
        Codings([], {}).of("LAY")


def test_by(codings: Codings) -> None:
    """`by` keeps the codings of the coders named."""
    assert len(codings.by("ana")) == 4
    assert len(codings.by("ana", "budi")) == 6
    assert len(codings.by("Ana")) == len(codings.by()) == 0


def test_on(codings: Codings, project: qc.Project) -> None:
    """`on` keeps what stands on a document, by itself or its id, or overlaps a segment."""
    document = project.case("kasus").document("w-i1")
    assert len(codings.on("w-i1")) == len(codings.on(document)) == 3
    assert len(codings.on("w-i1", "d-1")) == 4
    start = document.text.index("komentar dibalas.")
    assert len(codings.on(document.segment(start, start + 1))) == 2
    assert quotes(codings.on(document.segment(start - 2, start))) == ["Semua komentar dibalas"]
    assert len(codings.on("w-i9")) == len(codings.on(document.segment(0, 2))) == 0


def test_on_another_case(codings: Codings) -> None:
    """A document of the same id in another case is another document."""
    other = qc.Document(id="w-i1", case="lain", text=codings[2].document.text)
    assert len(codings.on(other)) == 0
    assert len(codings.on(other.segment(0, len(other.text)))) == 0


def test_using(codings: Codings, project: qc.Project) -> None:
    """`using` keeps the codings made with a codebook, by itself or its id."""
    assert codings.using("uji") == codings.using(project.codebook("uji")) == codings
    assert len(codings.using("stoc")) == 0


@pytest.mark.parametrize(
    ("wanted", "count"),
    [
        ({"valence": "mendukung"}, 3),
        ({"valence": Valence.MIXED}, 1),
        ({"valence": {"menentang", "campuran"}}, 2),
        ({"informant": "I1"}, 3),
        ({"informant": None}, 2),
        ({"technique": "observasi"}, 1),
        ({"voice": ["I2", "dokumentasi"]}, 2),
        ({"period": "kini"}, 1),
        ({"explicit": False}, 1),
        ({"round": 2}, 1),
        ({"memo": "klaim"}, 1),
        ({"tags": "rencana"}, 1),
        ({"tags": ("rencana", "angka")}, 2),
        ({"tags": []}, 0),
        ({"code": "LAY-BAL", "coder": "ana"}, 2),
        ({}, 6),
    ],
)
def test_where(codings: Codings, wanted: dict[str, object], count: int) -> None:
    """`where` keeps what has every wanted attribute; of several values any one suffices."""
    assert len(codings.where(**wanted)) == count


def test_where_tests(codings: Codings) -> None:
    """`where` keeps what passes every test."""
    long = codings.where(lambda coding: len(coding.quote) > 14, lambda coding: coding.coder == "ana")
    assert quotes(long) == ["Semua komentar dibalas", "Data kami terbuka"]


@pytest.mark.parametrize("name", ["valensi", "informan", "kode", "valences", "__dict__x"])
def test_where_a_bad_attribute(codings: Codings, name: str) -> None:
    """An attribute that no coding has is refused by name, not answered with nothing."""
    with pytest.raises(TypeError, match=name):
        codings.where(**{name: "x"})


def test_filters_chain(codings: Codings) -> None:
    """Filters chain, and their order does not matter."""
    filters: list[Callable[[Codings], Codings]] = [
        lambda kept: kept.of("LAY-BAL"),
        lambda kept: kept.by("ana"),
        lambda kept: kept.on("w-i1", "w-i2", "o-1"),
        lambda kept: kept.where(valence={"menentang", "campuran"}),
    ]
    for order in permutations(filters):
        kept = codings
        for each in order:
            kept = each(kept)
        assert quotes(kept) == ["tiga komentar", "sepertiga"]


def test_immutable(codings: Codings) -> None:
    """No filter changes the collection it is asked of, and nobody changes a coding."""
    before = list(codings)
    codings.by("budi").of("LAY-BAL")
    assert list(codings) == before
    with pytest.raises(TypeError):
        codings[0] = codings[1]  # type: ignore[index]
    with pytest.raises(FrozenInstanceError):
        codings[0].code = "SDM"  # type: ignore[misc]
    assert not hasattr(codings, "append")


def test_sequence(codings: Codings) -> None:
    """Codings are a sequence: they have a length, members, slices, equality and a hash."""
    assert isinstance(codings[1:3], Codings)
    assert codings[1:3][0] is codings[1]
    assert codings[-1] in codings
    assert codings[:0] == Codings([], {})
    assert hash(codings[:]) == hash(codings)
    assert codings != list(codings)
    assert not codings[:0]


def test_summaries(codings: Codings, project: qc.Project) -> None:
    """A collection says who coded, on what, which segments, and how often with each valence, zeros too."""
    assert codings.coders == ("ana", "budi")
    assert [document.id for document in codings.documents] == ["d-1", "o-1", "w-i1", "w-i2"]
    assert list(codings.codebooks) == ["uji"]
    assert codings.by("ana").valences() == {
        Valence.SUPPORTS: 2,
        Valence.OPPOSES: 1,
        Valence.MIXED: 1,
        Valence.DESCRIPTIVE: 0,
    }
    project.code("kasus/d-1", "Target balasan", "SDM", coder="ana")
    again = project.case("kasus").codings
    assert len(again.segments) == len(again) - 1
    assert repr(again) == "7 koding pada 4 dokumen oleh 2 koder"


def test_what_a_coding_knows(codings: Codings) -> None:
    """A coding knows its document, case, informant, technique, voice, words and address."""
    document, observed, said = codings[0], codings[1], codings[5]
    assert (said.case, said.document.id, said.informant, said.voice) == ("kasus", "w-i2", "I2", "I2")
    assert (said.quote, said.address) == ("sepertiga", "w-i2:3")
    assert (observed.informant, observed.voice, observed.technique.value) == (None, "observasi", "observasi")
    assert (document.voice, document.period) == ("dokumentasi", None)


def test_words_of_the_interviewer_are_nobodys_voice(project: qc.Project) -> None:
    """What the interviewer says in an interview belongs to no source."""
    coding = project.code("kasus/w-i1", "Apakah komentar dibalas?", "LAY-BAL", coder="ana")
    assert (coding.informant, coding.voice) == (None, "tidak disebut")


def test_quotation(codings: Codings) -> None:
    """A quotation shows the words, where they stand, and all that was made of them."""
    implicit = codings[3].quotation()
    assert (implicit.text, implicit.address) == ("komentar dibalas.", "w-i1:3")
    assert implicit.note == "mendukung · tersirat · pengode budi"
    assert codings[2].quotation().note.endswith("— klaim")
    assert "kini" in codings[1].quotation().note
    assert "komparatif · angka" in codings[5].quotation().note


def test_frame(codings: Codings) -> None:
    """The data frame has one row a coding, in order, with plain values under fixed names."""
    frame = codings.to_frame()
    assert list(frame.columns) == [
        *("case", "document", "line", "technique", "informant", "codebook", "code", "valence", "tags", "period"),
        *("explicit", "coder", "round", "memo", "suggested", "quote", "start", "end", "id"),
    ]
    assert list(frame["quote"]) == quotes(codings)
    assert list(frame["tags"]) == ["rencana", "", "", "", "", "komparatif; angka"]
    assert {type(value) for value in frame["valence"]} == {str}
    assert pd.isna(frame["informant"][0])


def test_empty_frame(codings: Codings) -> None:
    """Without codings the data frame still has its columns."""
    empty = codings[:0].to_frame()
    assert len(empty) == 0
    assert list(empty.columns) == list(codings.to_frame().columns)


def test_passages(codings: Codings) -> None:
    """Codings show themselves as quotations, escaped; none, in words."""
    shown = codings._repr_html_()
    for quote in quotes(codings):
        assert quote in shown
    assert "Tidak ada kutipan" in codings[:0]._repr_html_()


def test_hostile_words_are_escaped(make_project: Callable[..., qc.Project]) -> None:
    """Markup in a text or memo is shown as text."""
    project = make_project({"d-1": "Lihat <script>alert(1)</script> di sini.\n"})
    project.code("kasus/d-1", "<script>alert(1)</script>", "SDM", coder="ana", memo="<img src=x onerror=y>")
    shown = project.case("kasus").codings._repr_html_()
    assert "<script" not in shown
    assert "<img" not in shown
