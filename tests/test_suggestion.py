"""Suggestions: cue words at their exact places, no leakage, honest figures, and nothing coded that nobody accepted."""

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from shutil import copytree

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

import qualcode as qc
from qualcode.analysis.suggestion import (
    LEAST_CODINGS,
    NO_CODE,
    Evaluation,
    Example,
    Measured,
    Method,
    Suggestions,
    applicable,
    cue_keys,
    cues_in,
    examples_of,
    learn_without,
    macro_f1,
    scores_together,
    suggest,
    surest,
)
from qualcode.cli import main
from qualcode.coding.codings import Codings
from qualcode.coding.journal import Apply, journal_of, to_line
from qualcode.text.document import Document
from qualcode.text.words import stem, tokenize
from qualcode.text.words.tokens import NO_WORDS
from qualcode.wording import use_language

ROOT = Path(__file__).parents[1]
PRACTICE = "latihan-kota-samudra"
MakeProject = Callable[..., qc.Project]

CODEBOOK = """\
id: uji
version: "1.0"
title: Buku kode uji
license: CC-BY-4.0
citation: Rekaan (2025)
codes:
  - id: LAY
    heading: true
    label: Layanan
    definition: Judul kelompok.
    cue_words: [balas]
    children:
      - id: BAL
        label: Balasan
        definition: Komentar dibalas.
        cue_words: [balas, membalas, tanya jawab]
      - id: DAT
        label: Data
        definition: Data dibuka.
        cue_words: [data, "terbuka"]
  - id: SDM
    label: Staf
    definition: Orang yang mengelola akun.
    cue_words: ["berdua", mengelola]
"""
TEXTS = {
    "w-i1": (
        "P: Apakah komentar dibalas?\n\nI1: Komentar dibalas, balasannya singkat.\n\nP: Lalu?\n\n"
        "I1: Data kami terbuka.\n\nI1: Cuaca panas.\n\nI1: Terima kasih.\n"
    ),
    "w-i2": "P: Bagaimana?\n\nI2: Kami cuma berdua.\n\nI2: Hujan.\n\nI2: Tanya, jawab. Kami mengelola data.\n",
    "o-1": "## Deskripsi\n\nAdmin membalas tiga komentar.\n\n## Refleksi\n\nSaya ragu membalas.\n",
}


@pytest.fixture
def project(make_project: MakeProject) -> qc.Project:
    return make_project(TEXTS, {"codebooks/uji.yaml": CODEBOOK})


def asked(project: qc.Project, coder: str = "ana") -> Suggestions:
    case = project.case("kasus")
    known = replace(case, record=case.record.model_copy(update={"coders": ("ana", "budi")}))
    return suggest(known, project.codebook("uji"), coder)


def of_unit(found: Suggestions, words: str) -> qc.Suggestion:
    return next(each for each in found if words in each.segment.text)


@pytest.fixture(scope="module")
def practice() -> qc.Project:
    return qc.open_project(ROOT)


@pytest.fixture(scope="module")
def found(practice: qc.Project) -> Suggestions:
    return qc.suggest(practice.case(PRACTICE), practice.codebook("paramitha"), coder="ana")


@pytest.fixture(scope="module")
def examples(practice: qc.Project) -> list[Example]:
    case, book = practice.case(PRACTICE), practice.codebook("paramitha")
    return examples_of(case, book, case.codings.using(book).by("ana"))


@pytest.fixture
def copied(tmp_path: Path) -> qc.Project:
    copytree(ROOT / "codebooks", tmp_path / "codebooks")
    copytree(ROOT / "corpus" / PRACTICE, tmp_path / "corpus" / PRACTICE)
    return qc.open_project(tmp_path)


# Cue words


def test_cue_words_in_all_forms_at_their_exact_places(project: qc.Project) -> None:
    """A cue word is found in every form of its family, and its place holds just that form."""
    unit = of_unit(asked(project), "dibalas")
    (option,) = unit.codes
    assert option.code == "BAL"
    assert [cue.form for cue in option.cues] == ["dibalas", "balasannya"]
    for cue in option.cues:
        text = unit.document.text
        assert text[cue.segment.start : cue.segment.end] == cue.form
        assert unit.segment.start <= cue.segment.start < cue.segment.end <= unit.segment.end
    assert text.index("dibalas, balasannya") == option.cues[0].segment.start
    assert "“dibalas”, “balasannya”" in option.why


def test_cue_words_of_several_words(project: qc.Project) -> None:
    """Several words stand one after the other, whatever marks are between them."""
    codes = {each.code: each for each in of_unit(asked(project), "Tanya").codes}
    assert {code: [cue.form for cue in option.cues] for code, option in codes.items()} == {
        "BAL": ["Tanya, jawab"],
        "DAT": ["data"],
        "SDM": ["mengelola"],
    }


def test_cue_words_of_one_family_count_once(project: qc.Project) -> None:
    """``balas`` and ``membalas`` are one cue word: the second adds nothing to the first."""
    keys = [keys for known in cue_keys(project.codebook("uji")).values() for _, _, keys in known]
    assert keys.count(("balas",)) == 1
    unit = of_unit(asked(project), "dibalas")
    assert unit.codes[0].score == 1.0


HOSTILE = ["(", "[a-z", ".*", "a|b", "\\d+", "", "   ", "***", "…", "😀", "c++", "^", "{x}", "'; DROP", "=1+1", "<b>"]


def test_hostile_cue_words() -> None:
    """Cue words are words, never patterns: marks mean nothing, and what has no word in it is passed over."""
    book = qc.Codebook.model_validate(
        {
            "id": "x",
            "version": "1",
            "title": "x",
            "license": "x",
            "citation": "x",
            "codes": [{"id": "A", "label": "A", "definition": "A", "cue_words": HOSTILE}],
        }
    )
    keys = cue_keys(book)
    text = "Semua kata biasa, tanpa apa-apa; nol 7."
    assert cues_in(Document("d", text).segment(0, len(text)), keys) == {}
    text = "😀 Nilai c++ dan a|b (<b>)."
    for cue in cues_in(Document("d", text).segment(0, len(text)), keys)["A"]:
        assert text[cue.segment.start : cue.segment.end] == cue.form


PIECES = st.sampled_from(
    [
        *("mengelola", "PENGELOLAAN", "dikelola-kan", "é\u0301", "😀", "İstanbul", "ﬁle", "\u00adkelola", "rapat"),
        *("redaksi", " ", ", ", "\n", "...", "(", "ß", "👩\u200d💻", "rapat redaksi", "'", "-", "2"),
    ]
)


@given(st.lists(PIECES, max_size=25).map("".join), st.integers(0, 30))
def test_places_are_exact_whatever_the_text(text: str, start: int) -> None:
    """Whatever the letters, a place holds words whose stems are the cue word's, inside of the unit."""
    keys = {"kelola": [("A", "kelola", ("kelola",))], "rapat": [("B", "rapat redaksi", ("rapat", "redaksi"))]}
    if start >= len(text):
        return
    unit = Document("d", text).segment(start, len(text))
    for code, cues in cues_in(unit, keys).items():
        for cue in cues:
            assert start <= cue.segment.start
            assert text[cue.segment.start : cue.segment.end] == cue.form
            words = tuple(stem(token) for token in tokenize(cue.form) if token.sort not in NO_WORDS)
            assert words == {"A": ("kelola",), "B": ("rapat", "redaksi")}[code]


# What is suggested, and what never


def test_interviewers_and_reflections_are_never_suggested(project: qc.Project) -> None:
    """What an interviewer says and what a researcher reflects on is no unit."""
    texts = [each.segment.text for each in asked(project)]
    assert texts == [
        *("Admin membalas tiga komentar.", "Komentar dibalas, balasannya singkat.", "Data kami terbuka."),
        *("Cuaca panas.", "Terima kasih.", "Kami cuma berdua.", "Hujan.", "Tanya, jawab. Kami mengelola data."),
    ]


def test_headings_are_never_suggested(project: qc.Project) -> None:
    """A heading with cue words of its own is no code to suggest."""
    assert applicable(project.codebook("uji")) == ("BAL", "DAT", "SDM")
    assert not [option for each in asked(project) for option in each.codes if option.code == "LAY"]


def test_a_code_that_was_removed_is_never_suggested(practice: qc.Project) -> None:
    """Codings with a code that is in the codebook no more teach nothing about it."""
    case, book = practice.case(PRACTICE), practice.codebook("paramitha")
    gone = "PAR-2.2"
    less = book.model_copy(
        update={
            "codes": tuple(
                root.model_copy(update={"children": tuple(each for each in root.children if each.id != gone)})
                for root in book.codes
            )
        }
    )
    assert gone in {each.code for each in case.codings.by("ana")}
    found = qc.suggest(case, less, coder="ana")
    assert found.model is None
    assert gone not in {option.code for each in found for option in each.codes}


def test_at_most_three_codes_and_always_none(found: Suggestions) -> None:
    """Every unit has up to three different codes, and "no code" with its own confidence."""
    for each in found:
        codes = [option.code for option in each.codes]
        assert len(codes) == len(set(codes)) <= 3
        assert [option.code for option in each.options].count(NO_CODE) == 1
        assert all(isinstance(option.confidence, float) and 0 < option.confidence < 1 for option in each.options)


def test_only_units_without_a_code(practice: qc.Project, found: Suggestions) -> None:
    """No unit is suggested that the coder has coded with this codebook already."""
    own = practice.case(PRACTICE).codings.using("paramitha").by("ana")
    assert not [each for each in found if own.on(each.segment)]


def test_every_suggestion_says_why(found: Suggestions) -> None:
    """A code is suggested for cue words or for likeness to the coder's own codings, whose words stand in the unit."""
    for each in found:
        for option in each.codes:
            assert option.cues or option.learned
            assert all(word in each.segment.text for word in option.similar)
            assert "kata petunjuk" in option.why or "mirip dengan koding Anda" in option.why


def test_below_a_number_of_codings_only_cue_words_speak(project: qc.Project) -> None:
    """With few codings the table says so, and no code is suggested without a cue word."""
    project.code("kasus/w-i1", "Cuaca panas.", "SDM", coder="ana")
    project.code("kasus/w-i2", "Hujan.", "SDM", coder="ana")
    found = asked(project)
    assert found.model is not None
    assert found.model.key == "few_codings"
    assert found.codings == 2
    assert f"koding Anda ikut berbicara mulai {LEAST_CODINGS}" in found.to_table().note
    assert all(option.cues and not option.learned for each in found for option in each.codes)
    assert of_unit(found, "Terima kasih").codes == ()


def test_one_person_teaches(practice: qc.Project, found: Suggestions) -> None:
    """What another coder did changes nothing, and several coders, decisions and rules are refused."""
    case, book = practice.case(PRACTICE), practice.codebook("paramitha")
    mine = replace(case, codings=case.codings.by("ana"))
    assert suggest(mine, book, "ana").to_table().to_csv() == found.to_table().to_csv()
    assert suggest(case, book).coder == "ana"
    for nobody in ("semua", "all", "disepakati", "auto"):
        with pytest.raises(qc.ParameterError):
            suggest(case, book, nobody)
    with pytest.raises(qc.UnknownNameError, match="ana"):
        suggest(case, book, "anna")


def test_several_coders_and_none_named(project: qc.Project) -> None:
    """Where the case names nobody, the only coder is asked for by nobody's name, and of two one must be named."""
    case, book = project.case("kasus"), project.codebook("uji")
    assert suggest(case, book).coder == ""
    project.code("kasus/w-i1", "Cuaca panas.", "SDM", coder="ana")
    assert suggest(project.case("kasus"), book).coder == "ana"
    project.code("kasus/w-i1", "Cuaca panas.", "SDM", coder="budi")
    with pytest.raises(qc.ParameterError, match="ana, budi"):
        suggest(project.case("kasus"), book)


def test_own_words_of_the_project(make_project: MakeProject) -> None:
    """A word of the project's kamus.csv is a form of the cue word it stands for."""
    texts = {"w-i1": "I1: Beliau mbalesi terus.\n"}
    files = {"codebooks/uji.yaml": CODEBOOK, "kamus.csv": "bentuk,kata\nmbalesi,membalas\n"}
    (unit,) = asked(make_project(texts, files))
    assert [cue.form for cue in unit.codes[0].cues] == ["mbalesi"]


# Honest figures


def test_without_codings_nothing_is_evaluated(project: qc.Project) -> None:
    """Before any coding, suggestions say that they are not evaluated."""
    found = asked(project)
    assert isinstance(found.evaluation, qc.Undefined)
    assert found.evaluation.key == "no_codings"
    assert {option.sureness for each in found for option in each.options} == {"belum dinilai"}
    assert "belum dinilai" in found._repr_html_()


def test_one_informant_cannot_be_left_out(project: qc.Project) -> None:
    """With one informant coded there is no evaluation, with the reason."""
    project.code("kasus/w-i1", "Data kami terbuka.", "DAT", coder="ana")
    found = asked(project)
    assert isinstance(found.evaluation, qc.Undefined)
    assert found.evaluation.key == "one_group"
    assert "I1" in found.evaluation.reason
    assert found.evaluation.reason in found.to_table().note


def test_the_model_waits_for_a_second_informant(practice: qc.Project) -> None:
    """However many codings, those of a single informant teach nothing that could be evaluated."""
    case, book = practice.case(PRACTICE), practice.codebook("stoc")
    document = case.document("w-i1")
    own = case.codings.using(book).by("ana").on(document)
    many = [replace(each, id=f"{each.id}-{n}", code=code) for n, code in enumerate(applicable(book)) for each in own]
    found = suggest(replace(case, codings=Codings(many, case.codings.codebooks)), book, "ana")
    assert found.codings >= LEAST_CODINGS
    assert found.model is not None
    assert found.model.key == "one_group"


def test_known_figures(project: qc.Project) -> None:
    """Two informants, worked out by hand.

    Read are six units: I1's until "Cuaca panas", I2's all three. Of the first suggestions of cue words, "dibalas",
    "terbuka" and "Hujan" (nothing) are right; "Cuaca panas" was coded without a cue word, "berdua" was left without a
    code, and "Tanya, jawab" has three codes with one cue word each, of which BAL comes first in the codebook but only
    SDM was given.
    """
    project.code("kasus/w-i1", "Komentar dibalas", "BAL", coder="ana")
    project.code("kasus/w-i1", "Data kami terbuka.", "DAT", coder="ana")
    project.code("kasus/w-i1", "Cuaca panas.", "SDM", coder="ana")
    project.code("kasus/w-i2", "Kami mengelola data.", "SDM", coder="ana")
    evaluation = asked(project).evaluation
    assert isinstance(evaluation, Evaluation)
    assert (evaluation.units, evaluation.coded, evaluation.groups) == (6, 4, ("I1", "I2"))
    cues = evaluation[Method.CUES]
    assert evaluation.used is cues
    assert cues.first == pytest.approx(3 / 6)
    # "Cuaca panas": no code, BAL, DAT; "berdua": SDM, no code; "Tanya, jawab": BAL, DAT, SDM.
    assert cues.three == pytest.approx(5 / 6)
    assert cues.coded == pytest.approx(1.0)  # of "Cuaca panas" all three codes there are come first, SDM among them
    # F1: BAL 2*1/(2+1), DAT 2*1/(1+1), SDM 0/(1+2), none 2*1/(2+2).
    assert cues.macro_f1 == pytest.approx((2 / 3 + 1 + 0 + 1 / 2) / 4)
    plain = evaluation[Method.COMMONEST]
    # Without I1 none (2) is commonest; without I2 all three codes have one, of which BAL comes first.
    assert plain.first == pytest.approx(0.0)
    with pytest.raises(qc.UnknownNameError, match="cues"):
        evaluation["cuess"]


def test_what_comes_after_the_last_coding_is_not_read(project: qc.Project) -> None:
    """Units after a document's last coding may not have been read: they are neither taught nor judged as "no code"."""
    project.code("kasus/w-i1", "Data kami terbuka.", "DAT", coder="ana")
    case, book = project.case("kasus"), project.codebook("uji")
    read = {each.segment.text: each.read for each in examples_of(case, book, case.codings.using(book).by("ana"))}
    assert {text for text, known in read.items() if known} == {
        "Komentar dibalas, balasannya singkat.",
        "Data kami terbuka.",
    }


def test_of_a_sample_only_its_units_are_read(copied: qc.Project) -> None:
    """Where units were drawn for a coder, others are no "no code" of hers."""
    journal = copied.root / "corpus" / PRACTICE / "codings" / "paramitha.siti.jsonl"
    copied.sample(PRACTICE, "paramitha", coder="siti", share="20%")
    lines = (copied.root / "corpus" / PRACTICE / "codings" / "paramitha.ana.jsonl").read_text("utf-8")
    journal.write_text(lines.replace('"coder": "ana"', '"coder": "siti"'), "utf-8", newline="\n")
    case, book = copied.case(PRACTICE), copied.codebook("paramitha")
    both = [case.codings.using(book).by(who) for who in ("ana", "siti")]
    read = [sum(each.read for each in examples_of(case, book, own)) for own in both]
    assert 0 < read[1] < 0.4 * read[0]


LABELS = st.integers(0, 3)


@given(st.lists(st.tuples(st.sets(LABELS, min_size=1), LABELS), min_size=1, max_size=12))
def test_macro_f1_is_what_it_must_be(units: list[tuple[set[int], int]]) -> None:
    """Macro F1 is scikit-learn's over the labels that occur or are suggested."""
    from sklearn.metrics import f1_score

    truth = np.array([[label in given for label in range(4)] for given, _ in units])
    first = np.array([label for _, label in units])
    used = sorted({label for given, label in units for label in (*given, label)})
    suggested = np.eye(4, dtype=bool)[first]
    expected = f1_score(truth[:, used], suggested[:, used], average="macro", zero_division=0)
    assert macro_f1(truth, first) == pytest.approx(expected)


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 3)), min_size=1, max_size=12))
def test_the_surest_share_does_not_depend_on_order(units: list[tuple[bool, int]]) -> None:
    """Units equally sure stand for one another; all of them together are all that is right."""
    right, sure = np.array([each for each, _ in units]), np.array([float(level) for _, level in units])
    shuffled = np.random.default_rng(1).permutation(len(units))
    assert surest(right, sure, 0.5) == pytest.approx(surest(right[shuffled], sure[shuffled], 0.5))
    assert surest(right, sure, 1.0) == pytest.approx(right.mean())


def test_what_is_left_out_is_never_seen(examples: list[Example]) -> None:
    """Whatever codes and words the informant left out has, the model that judges her is the same, weight by weight."""
    labels = ("PAR-2.1", "PAR-2.2", "PAR-3.1", NO_CODE)
    for group in ("I1", "I4", "o-rapat-redaksi"):
        assert any(each.group == group and each.read for each in examples)
        corrupted = [
            replace(each, codes=frozenset({"PAR-2.1"}), stems=("rusak", *each.stems[::-1]), cues={})
            if each.group == group
            else each
            for each in examples
        ]
        one, other = (learn_without(them, group, labels) for them in (examples, corrupted))
        assert one.weights.tobytes() == other.weights.tobytes()
        assert one.offsets.tobytes() == other.offsets.tobytes()
        assert one.vectorizer.vocabulary_ == other.vectorizer.vocabulary_
        out = [each for each in examples if each.group == group]
        assert scores_together(one, out).tobytes() == scores_together(other, out).tobytes()
        everyone = (learn_without(them, "–", labels) for them in (examples, corrupted))
        assert len({model.weights.tobytes() for model in everyone}) == 2  # it does notice what it is shown


def test_a_group_is_an_informant_over_all_documents(examples: list[Example]) -> None:
    """What one informant says belongs together; a document without one stands alone."""
    groups = {each.group for each in examples}
    assert {"I1", "I7", "o-rapat-redaksi", "d-sop-draf"} <= groups
    for each in examples:
        assert each.group == (each.segment.informant or each.segment.document.id)


def test_passed_over_units_are_judged_by_models_that_have_not_seen_them(
    found: Suggestions, examples: list[Example]
) -> None:
    """A unit left without a code is suggested as in the evaluation, not by a model that learned to leave it."""
    labels = (*applicable(found.codebook), NO_CODE)
    each = next(each for each in examples if each.read and not each.codes and each.cues and each.group == "I2")
    scores = scores_together(learn_without(examples, "I2", labels), [each])[0]
    suggestion = next(one for one in found if one.segment == each.segment)
    for option in suggestion.options:
        assert option.score == pytest.approx(scores[labels.index(option.code)])


@pytest.mark.parametrize("codebook", ["paramitha", "stoc", "david"])
@pytest.mark.parametrize("coder", ["ana", "budi"])
def test_the_practice_case(practice: qc.Project, codebook: str, coder: str) -> None:
    """On the practice case, both sources together are better than either baseline, and the surest are right."""
    evaluation = qc.suggest(practice.case(PRACTICE), practice.codebook(codebook), coder=coder).evaluation
    assert isinstance(evaluation, Evaluation)
    used = evaluation.used
    assert used.method is Method.TOGETHER
    assert used.quarter > 0.85
    assert used.quarter >= used.half >= used.first
    for baseline in (Method.CUES, Method.COMMONEST):
        other: Measured = evaluation[baseline]
        assert used.first > other.first
        assert used.three > other.three
        assert used.macro_f1 > other.macro_f1
        assert not isinstance(used.coded, qc.Undefined)
        assert not isinstance(other.coded, qc.Undefined)
        assert used.coded > other.coded


def test_the_same_bytes_twice(practice: qc.Project, found: Suggestions) -> None:
    """Asked again, every figure and word is the same; no random number is drawn."""
    again = qc.suggest(practice.case(PRACTICE), practice.codebook("paramitha"), coder="ana")
    assert again._repr_html_() == found._repr_html_()
    assert again.to_frame().to_csv() == found.to_frame().to_csv()


def test_confidence_is_what_was_found(found: Suggestions, examples: list[Example]) -> None:
    """First suggestions are right about as often as they claim, on units left out."""
    assert isinstance(found.evaluation, Evaluation)
    labels = (*applicable(found.codebook), NO_CODE)
    claimed, right = [], []
    for group in {each.group for each in examples if each.read}:
        out = [each for each in examples if each.read and each.group == group]
        scores = scores_together(learn_without(examples, group, labels), out)
        first = scores.argmax(axis=1)
        claimed += found.evaluation.trust.of(scores)[np.arange(len(out)), first].tolist()
        right += [labels[at] in each.labels for at, each in zip(first, out, strict=True)]
    assert np.mean(right) == pytest.approx(found.evaluation.used.first)
    assert np.mean(claimed) == pytest.approx(np.mean(right), abs=0.05)


def test_the_accuracy_is_always_shown(found: Suggestions) -> None:
    """Wherever suggestions are shown, their accuracy stands with them, in both languages."""
    assert isinstance(found.evaluation, Evaluation)
    sentence = found.evaluation.sentence()
    assert sentence in found.to_table(3).note
    assert sentence in repr(found)
    html = found._repr_html_()
    assert html.index("Ketepatan saran") < html.index("Saran kode")
    assert "selalu yang terbanyak" in html
    assert "tidak dari pengode atau kasus lain" in html
    use_language("en")
    assert "always the commonest" in found._repr_html_()


def test_tables(found: Suggestions) -> None:
    """The table opens to the places of cue words; the frame has one row an option; a document can be chosen."""
    table = found.surest().to_table(5)
    assert len(table.rows) == 5
    (document,) = {each.document.id for each in found.on("w-i2")}
    assert document == "w-i2"
    frame = found.on("w-i2").to_frame()
    assert len(frame) == sum(len(each.options) for each in found.on("w-i2"))
    best = [max(option.confidence for option in each.codes) for each in found.surest()]  # type: ignore[type-var]
    assert best == sorted(best, reverse=True)
    for each in found:
        for option in each.codes:
            for cue in option.cues:
                assert f"«{cue.form}»" in cue.quotation().text


# Accepting


def test_accepting_stores_an_ordinary_coding_with_a_mark(project: qc.Project) -> None:
    """An accepted suggestion is the person's own coding; journal, frame, quotation and log show where it came from."""
    unit = of_unit(asked(project), "Data kami")
    stored = project.accept(unit, "DAT", coder="ana", valence="mendukung", memo="cocok")
    assert (stored.coder, stored.code, stored.quote, stored.suggested) == ("ana", "DAT", "Data kami terbuka.", True)
    own = project.code("kasus/w-i1", "Cuaca panas.", "SDM", coder="ana")
    codings = project.case("kasus").codings
    assert [each.suggested for each in codings] == [True, False]
    assert codings.where(suggested=False).segments == (own.segment,)
    assert "dari saran" in stored.quotation().note
    assert "dari saran" not in own.quotation().note
    assert codings.to_frame()["suggested"].tolist() == [True, False]
    log = project.log().to_csv()
    assert log.count("dari saran: ya") == 1
    assert "dari saran: tidak" not in log
    assert project.check() == []


def test_only_what_is_suggested_can_be_accepted(project: qc.Project) -> None:
    """A code not suggested there, a quotation elsewhere and a changed text are refused, and nothing is stored."""
    unit = of_unit(asked(project), "Data kami")
    for code in ("SDM", NO_CODE, "LAY", "X"):
        with pytest.raises(qc.CodingError, match="DAT"):
            project.accept(unit, code, coder="ana")
    with pytest.raises(qc.CodingError):
        project.accept(unit, "DAT", coder="ana", quotation="Cuaca panas.")
    project.replace_text("kasus/w-i1", unit.document.text + "\nI1: Lagi.\n", coder="ana")
    with pytest.raises(qc.CodingError, match="berubah"):
        project.accept(unit, "DAT", coder="ana")
    assert len(project.case("kasus").codings) == 0


def test_the_same_words_elsewhere_do_not_matter(make_project: MakeProject) -> None:
    """The words are looked for in the unit the suggestion is for, wherever else they stand."""
    text = "I1: Data kami terbuka.\n\nP: Oh?\n\nI1: Data kami terbuka.\n\nI1: Data kami terbuka.\n"
    project = make_project({"w-i1": text}, {"codebooks/uji.yaml": CODEBOOK})
    for unit in asked(project):
        stored = project.accept(unit, "DAT", coder="ana")
        assert stored.segment == unit.segment
        assert project.accept(unit, "DAT", coder="ana", quotation="terbuka").segment.start == unit.segment.start + 10
    assert len(project.case("kasus").codings) == 6
    assert len(asked(project)) == 0


def test_the_mark_in_the_journal(project: qc.Project) -> None:
    """The mark stands in the line only where there is one: lines without keep their bytes, and both are read."""
    project.accept(of_unit(asked(project), "Data kami"), "DAT", coder="ana")
    project.code("kasus/w-i1", "Cuaca panas.", "SDM", coder="ana")
    content = (project.root / "corpus/kasus/codings/uji.ana.jsonl").read_bytes()
    marked, plain = content.splitlines(keepends=True)
    assert json.loads(marked)["suggested"] is True
    assert b"suggested" not in plain
    journal = journal_of(content)
    assert journal.damaged == ()
    assert [event.suggested for event in journal.events if isinstance(event, Apply)] == [True, False]
    assert b"".join(map(to_line, journal.events)) == content


def test_journals_written_before_keep_their_bytes() -> None:
    """Every line of every journal in the corpus is written again byte by byte as it stands."""
    for path in sorted((ROOT / "corpus").glob("*/codings/*.jsonl")):
        content = path.read_bytes()
        assert b"".join(map(to_line, journal_of(content).events)) == content, path.name


def test_the_mark_stays(project: qc.Project) -> None:
    """Revising and undoing keep the mark: what came from a suggestion did."""
    stored = project.accept(of_unit(asked(project), "Data kami"), "DAT", coder="ana")
    project.revise(stored, code="SDM")
    (revised,) = project.case("kasus").codings
    assert (revised.code, revised.suggested) == ("SDM", True)
    project.undo("ana")
    assert project.case("kasus").codings[0].suggested
    project.undo("ana")
    assert len(project.case("kasus").codings) == 0


def test_agreement_says_how_many_were_suggested(project: qc.Project) -> None:
    """Two coders who accept the same suggestion did not judge on their own: the report says so, and only then."""
    project.code("kasus/w-i2", "Kami cuma berdua.", "SDM", coder="ana")
    project.code("kasus/w-i2", "Kami cuma berdua.", "SDM", coder="budi")
    before = qc.agree(project.case("kasus").codings)
    assert "saran" not in repr(before.remarks())
    assert "saran" not in before.sentence()
    for coder in ("ana", "budi"):
        project.accept(of_unit(asked(project, coder), "Data kami"), "DAT", coder=coder)
    codings = project.case("kasus").codings
    said = repr(qc.agree(codings).remarks())
    assert "2 dari 4 koding yang dibandingkan diterima dari saran (ana: 1, budi: 1)" in said
    assert "diterima dari saran" in qc.agree(codings).sentence()
    assert "saran" not in repr(qc.agree(codings.where(suggested=False)).remarks())


# The terminal


def run(project: qc.Project, *arguments: str) -> str:
    done = CliRunner().invoke(main, ["--project", str(project.root), *arguments])
    assert done.exit_code == 0, done.output
    return done.output


def test_the_verb(project: qc.Project, practice: qc.Project) -> None:
    """The verb shows the accuracy first, then the suggestions; it stores nothing."""
    project.code("kasus/w-i2", "Kami cuma berdua.", "SDM", coder="ana")
    output = run(project, "suggest", "uji", "--case", "kasus", "--coder", "ana", "--document", "w-i1")
    assert output.index("belum dapat dinilai") < output.index("w-i1:3")
    assert len(project.case("kasus").codings) == 1
    rows = run(practice, "suggest", "paramitha", "--case", PRACTICE, "--coder", "budi", "--csv").splitlines()
    assert rows[0] == "Alamat,Kata-kata,Saran 1,Saran 2,Saran 3,Tanpa kode"
    english = run(practice, "--language", "en", "suggest", "stoc", "--case", PRACTICE, "--coder", "ana", "--most", "2")
    assert english.index("Accuracy of suggestions") < english.index("Suggested codes")


def test_accepting_in_the_terminal(project: qc.Project) -> None:
    """``qualcode code --suggested`` stores the mark, and ``find`` and ``log`` show it."""
    run(project, "code", "kasus/w-i1", "Data kami terbuka.", "DAT", "--coder", "ana", "--suggested", "--memo", "ya")
    assert project.case("kasus").codings[0].suggested
    assert "dari saran · ya" in run(project, "find", "DAT", "--csv")
    assert "dari saran: ya" in run(project, "log", "--csv")


def test_nobody_else_waits_for_scikit_learn() -> None:
    """Neither the library, nor this room, nor another verb loads scikit-learn; only learning does."""
    script = (
        "import sys, qualcode as qc; from qualcode.analysis import suggestion; from qualcode.cli import main\n"
        "from click.testing import CliRunner; qc.suggest\n"
        f"done = CliRunner().invoke(main, ['--project', {str(ROOT)!r}, 'cases']); assert done.exit_code == 0\n"
        "print(sorted(name for name in ('sklearn', 'scipy.optimize') if name in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_suggestions_are_a_sequence(found: Suggestions) -> None:
    """Suggestions are a sequence: counted, sliced, and asked for one by one."""
    assert len(found[:3]) == 3
    assert found[0] is found.items[0]
    assert repr(found[0]).startswith(found[0].segment.address)
