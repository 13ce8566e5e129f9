"""Words of a case: whose they are, how often and how evenly they stand, their company, and what sets texts apart."""

import csv
import io
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from itertools import combinations
from math import inf, isclose, log
from pathlib import Path

import matplotlib.image
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from nltk.metrics.association import BigramAssocMeasures

import qualcode as qc
from qualcode.analysis.vocabulary import COUNTED, OPENED, words
from qualcode.analysis.wordmeasures import COLLOCATION_MEASURES, association, dispersion, log_likelihood, log_ratio
from qualcode.cli import main
from qualcode.coding.case import CaseRecord
from qualcode.coding.codings import Codings
from qualcode.figures import CLOUD_WIDTH, CloudWord, bars, cloud_layout, word_cloud
from qualcode.text.words import Layer, stem, tokenize
from qualcode.wording import say

ROOT = Path(__file__).parents[1]
CASE = "latihan-kota-samudra"
COUNTS = st.integers(0, 500)
SIZES = st.integers(500, 100_000)


def case_of(*texts: str, informants: tuple[str, ...] = ("I1", "I2"), kind: qc.Kind = qc.Kind.TRANSCRIPT) -> qc.Case:
    """A case of documents d-1, d-2 ...; in transcripts P asks."""
    people = [{"id": each, "role": "r", "relation": "warga", "consent": "dicatat"} for each in informants]
    facts = dict.fromkeys(("title", "period", "question", "approach", "description"), "x")
    record = CaseRecord.model_validate({"id": "k", "kind": "empiris", "informants": people, **facts})
    legend = {"P": "pewawancara", **{each: each for each in informants}}
    documents = [
        qc.Document(f"d-{n}", text, case="k", kind=kind, technique=qc.Technique.INTERVIEW, legend=legend)
        for n, text in enumerate(texts, 1)
    ]
    return qc.Case(record, tuple(documents), Codings([], {}))


@pytest.fixture(scope="module")
def case() -> qc.Case:
    return qc.open_project(ROOT).case(CASE)


@pytest.fixture(scope="module")
def everything(case: qc.Case) -> qc.Words:
    return words(case)


# The measures


def test_log_likelihood_of_the_textbook() -> None:
    """52 in 50,000 against 57 in 75,000 words is 2.65, below 3.84: the example of Lancaster's course (UCREL)."""
    assert round(log_likelihood(52, 57, 50_000, 75_000), 2) == 2.65


@pytest.mark.parametrize(
    ("both", "first", "second", "neither", "expected"),
    [
        (110, 2442, 111, 29114, 270.72),
        (29, 13, 123, 31612, 263.90),
        (31, 23, 139, 31584, 256.84),
        (10, 0, 3, 31764, 167.23),
        (76, 104, 2476, 29121, 157.21),
        (16, 16, 51, 31694, 157.03),
    ],
    ids=["the swiss", "can be", "previous year", "mineral water", "at the", "real terms"],
)
def test_likelihood_ratio_of_dunning(both: int, first: int, second: int, neither: int, expected: float) -> None:
    """The bigrams of Dunning (1993), Computational Linguistics 19(1), Table 2, have the scores he prints."""
    size = both + first + second + neither
    assert round(association("likelihood_ratio", both, both + first, both + second, size), 2) == expected


def test_dispersion_of_gries() -> None:
    """Gries (2008), worked example: `a` stands 1, 2, 3, 4, 5 times in parts of 9, 10, 10, 10, 11 words; DP is 0.18."""
    assert round(dispersion([1, 2, 3, 4, 5], [9, 10, 10, 10, 11]), 6) == 0.18


@pytest.mark.parametrize(
    ("count", "other", "expected"), [(10, 10, 0), (20, 10, 1), (40, 10, 2), (80, 10, 3), (5, 10, -1)]
)
def test_log_ratio_counts_doublings(count: int, other: int, expected: int) -> None:
    """Hardie (2014): 0 is as often, each further point twice as often."""
    assert log_ratio(count, other, 1000, 1000) == expected


def test_a_zero_counts_half_in_the_log_ratio() -> None:
    """A word that only one text has gets a finite log ratio, as if the other had it half a time."""
    assert log_ratio(8, 0, 1000, 1000) == 4
    assert log_ratio(0, 8, 1000, 1000) == -4


def test_what_cannot_be_computed_says_why() -> None:
    """Empty texts, words in neither, a single part: a reason instead of a number."""
    for measure in (log_likelihood, log_ratio):
        assert measure(1, 0, 5, 0).key == "empty_text"
        assert measure(0, 0, 5, 5).key == "in_neither"
    assert dispersion([3], [10]).key == "one_part"
    assert dispersion([3, 0], [10, 0]).key == "one_part"
    assert dispersion([0, 0], [10, 10]).key == "not_there"


@given(COUNTS, COUNTS, SIZES, SIZES)
def test_keyness_is_symmetric(count: int, other: int, size: int, other_size: int) -> None:
    """Which text comes first changes neither evidence nor size of a difference, only its sign; evidence is from 0."""
    if not count and not other:
        return
    one, two = log_likelihood(count, other, size, other_size), log_likelihood(other, count, other_size, size)
    assert one >= 0
    assert isclose(one, two, abs_tol=1e-6)
    assert isclose(log_ratio(count, other, size, other_size), -log_ratio(other, count, other_size, size), abs_tol=1e-9)


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(50, 5000)), min_size=2, max_size=12))
def test_dispersion_stays_between_its_ends(parts: list[tuple[int, int]]) -> None:
    """DP lies from 0 to 1, is 0 where every part has its due, and 1 less its share where one part has all."""
    counts, sizes = [count for count, _ in parts], [size for _, size in parts]
    if any(counts):
        assert -1e-12 <= dispersion(counts, sizes) <= 1
    assert isclose(dispersion(sizes, sizes), 0, abs_tol=1e-12)
    only = [5] + [0] * (len(parts) - 1)
    assert isclose(dispersion(only, sizes), 1 - sizes[0] / sum(sizes))


@pytest.mark.parametrize("measure", COLLOCATION_MEASURES)
def test_measures_are_finite_at_the_edges(measure: str) -> None:
    """Words that are always, or all, near the node break no measure."""
    for counts in [(1, 1, 1, 1), (3, 3, 3, 3), (1, 5, 1, 5), (2, 4, 3, 5), (1, 1, 1, 10**7)]:
        assert -inf < association(measure, *counts) < inf


@given(st.integers(1, 40), st.integers(0, 400), st.integers(0, 400), st.integers(0, 10**6))
def test_the_measures_of_every_table_are_nltks(together: int, near: int, count: int, others: int) -> None:
    """Likelihood ratio and PMI, computed without loading nltk, are those of nltk on any table of counts."""
    cells = (together, together + near, together + count, together + near + count + others)
    for measure in ("likelihood_ratio", "pmi"):
        theirs = getattr(BigramAssocMeasures, measure)(cells[0], cells[1:3], cells[3])
        assert isclose(association(measure, *cells), theirs, rel_tol=1e-9, abs_tol=1e-6)


def test_unknown_measures_are_refused() -> None:
    """A measure nltk has or has not, but that is none of ours, is refused with those there are."""
    with pytest.raises(qc.ParameterError, match="pmi"):
        association("chi_sq", 1, 2, 3, 4)


# Whose words


def test_only_informants_words_by_default() -> None:
    """Interviewers count only when asked for, other documents only as evidence."""
    talk = case_of("P: Apakah admin lelah?\n\nI1: Admin tidak lelah.\n")
    assert set(words(talk).places()) == {"admin", "tidak", "lelah"}
    assert len(words(talk)) == 3
    assert len(words(talk, who="all")) == 6
    notes = case_of("Admin lelah.\n\n## Refleksi\n\nSaya ragu.\n", kind=qc.Kind.FIELD_NOTES)
    with pytest.raises(qc.QualcodeError, match="evidence"):
        words(notes)
    assert set(words(notes, who="evidence").places()) == {"admin", "lelah"}
    assert "ragu" in words(notes, who="all").places()


def test_only_one_informant() -> None:
    """The words of one informant are hers alone; one who is not there is refused with those who are."""
    talk = case_of("I1: Satu ikan.\n\nI2: Dua kucing.\n")
    assert set(words(talk, informant="I2").places()) == {"dua", "kucing"}
    assert words(talk, informant=["I1", "I2"]).sizes == {"I1": 2, "I2": 2}
    for wrong in ({"informant": "I9"}, {"who": "everybody"}):
        with pytest.raises(qc.UnknownNameError):
            words(talk, **wrong)


def test_only_under_a_code(case: qc.Case) -> None:
    """Under a code stand the words of its quotations, each once, however many codings cover it; whole words only."""
    code = "PAR-2.2"
    codings = case.coded_by("semua").of(code)
    found = words(case, code=code, coder="semua")
    places = [place for each in found.places().values() for place in each]
    spans = {(place.document.id, place.start, place.end) for place in places}
    assert len(spans) == len(places) == len(found) > 100
    for place in places:
        assert any(
            each.document.id == place.document.id
            and each.segment.start <= place.start
            and place.end <= each.segment.end
            for each in codings
        )
    assert len(words(case, codings=codings)) == len(found)
    assert "PAR-2.2" in found.scope


def test_the_rest(case: qc.Case, everything: qc.Words) -> None:
    """A selection and the rest share nothing and are together everything; taken from itself nothing is left."""
    chosen = words(case, code="PAR-2.2")
    rest = everything.without(chosen)
    assert len(chosen) + len(rest) == len(everything)
    counts = Counter({key: len(each) for key, each in chosen.places().items()})
    counts.update({key: len(each) for key, each in rest.places().items()})
    assert counts == {key: len(each) for key, each in everything.places().items()}
    assert len(everything.without(everything)) == 0


@given(st.text(alphabet="aeİßé́ 🙂.,-\nkomentar", max_size=60))
def test_places_are_exact(said: str) -> None:
    """For every place ``text[start:end]`` is the form, with emoji, combining marks, letters that grow in lower case."""
    talk = case_of(f"I1: awal {said}\n")
    document = talk.documents[0]
    found = words(talk)
    expected = [
        (turn.start + token.start, turn.start + token.end, token.text)
        for turn in document.turns
        for token in tokenize(document.text[turn.start : turn.end])
        if token.sort in COUNTED
    ]
    places = sorted((p.start, p.end, p.form) for each in found.places().values() for p in each)
    assert places == expected
    assert all(document.text[start:end] == form for start, end, form in places)


# Frequencies


def test_frequencies_gather_forms() -> None:
    """A stem is counted over all its forms, which are named with their counts; any form finds its row."""
    found = words(case_of("I1: Kami mengelola akun, dikelola berdua.\n\nI2: Pengelolaan, dikelola.\n")).frequencies()
    row = found["NGELOLA"]
    assert (row.stem, row.count, row.parts) == ("kelola", 4, 2)
    assert row.forms == {"dikelola": 2, "mengelola": 1, "pengelolaan": 1}
    assert row.per_thousand == 1000 * 4 / 7
    assert round(row.dispersion, 6) == round(abs(2 / 4 - 5 / 7), 6)
    with pytest.raises(qc.UnknownNameError):
        found["kucing"]


def test_stop_layers_hide_and_are_named() -> None:
    """Function words and fillers are not shown by default and said to be so; the number of words does not change."""
    chosen = words(case_of("I1: Yang belum dibalas itu sih banyak.\n"))
    assert [row.stem for row in chosen.frequencies().rows] == ["balas", "banyak", "belum"]
    assert {row.per_thousand for row in chosen.frequencies().rows} == {1000 / 6}
    assert "kata fungsi" in chosen.frequencies().to_table().note
    assert len(chosen.frequencies(layers=()).rows) == 6
    assert [row.stem for row in chosen.frequencies(layers=[Layer.FILLERS]).rows].count("yang") == 1


def test_frequencies_are_complete(everything: qc.Words) -> None:
    """With nothing hidden the counts add up to all words; the table opens to places, and says so."""
    found = everything.frequencies(layers=())
    assert sum(row.count for row in found.rows) == len(everything) == sum(everything.sizes.values())
    table = everything.frequencies().to_table(5)
    for row in table.rows:
        assert 1 <= len(row[2].quotations) <= OPENED
        assert all(stem(each.text.split("«")[-1].split("»")[0]) == row[0] for each in row[2].quotations)
    frame = found.to_frame()
    assert frame["count"].sum() == len(everything)


def test_one_informant_has_no_dispersion() -> None:
    """Where there is nobody to compare with, dispersion is a reason, and the table's note gives it."""
    found = words(case_of("I1: Ikan ikan kucing.\n")).frequencies()
    assert found["ikan"].dispersion.key == "one_part"
    assert found.to_table().rows[0][-1].text == "–"
    assert "DP" in found.to_table().note


def overlapping(placed: list[CloudWord]) -> list[tuple[str, str]]:
    return [
        (one.word, other.word)
        for one, other in combinations(placed, 2)
        if one.left < other.left + other.width
        and other.left < one.left + one.width
        and one.bottom < other.bottom + other.height
        and other.bottom < one.bottom + one.height
    ]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.text("aglmpi$#-", min_size=1, max_size=18), st.integers(1, 900)), min_size=1, max_size=45))
def test_words_of_a_cloud_never_overlap(words: list[tuple[str, int]]) -> None:
    """No two boxes of letters overlap, none is wider than the page or smaller than 8 points, size goes by count."""
    placed = cloud_layout([w for w, _ in words], [n for _, n in words], slanted=[n % 2 == 0 for _, n in words])
    assert not overlapping(placed)
    assert all(each.left + 1e-6 >= -CLOUD_WIDTH / 2 for each in placed)
    assert all(each.left + each.width <= CLOUD_WIDTH / 2 + 1e-6 for each in placed)
    counts = sorted((n for _, n in words), reverse=True)
    for each, count in zip(placed, counts, strict=False):
        assert each.size >= 8
        assert isclose(each.size**2 / placed[0].size ** 2, count / counts[0])


def test_cloud(everything: qc.Words) -> None:
    """Stems stand in their commonest form, hidden layers are named, bars recommended; the same bytes twice."""
    found = everything.frequencies()
    figure = found.cloud(30)
    assert figure.png == found.cloud(30).png
    for words_of_caption in ("kata fungsi", "diagram batang lebih tepat dibaca"):
        assert words_of_caption in figure.caption
    for row in found.rows[:10]:
        assert f"{next(iter(row.forms))} {row.count}" in figure.alt
    width = matplotlib.image.imread(io.BytesIO(figure.png)).shape[1]
    assert width <= (CLOUD_WIDTH / 72 + 0.3) * 150


def test_cloud_slants_what_few_say() -> None:
    """Italics are for words of at most half of the informants; where that is all of them, the caption says so."""
    one = words(case_of("I1: ikan asin\n\nI2: ikan\n")).frequencies().cloud()
    none = words(case_of("I1: ikan\n\nI2: ikan\n")).frequencies().cloud()
    everybody = words(case_of("I1: ikan\n\nI2: asin\n")).frequencies().cloud()
    assert "Miring dan cokelat" in one.caption
    assert "separuh" not in none.caption
    assert "Setiap kata di sini" in everybody.caption


def test_small_words_and_no_words() -> None:
    """What would be too small to read is left out and counted; without words there is a sentence."""
    figure = word_cloud(["ikan", "asin"], [10_000, 1], slanted=[False, False], caption="Awan.")
    assert "tidak digambar: 1 kata" in figure.caption
    assert figure.alt.endswith(" ikan 10000.")
    assert say("figure.nothing") in word_cloud([], [], slanted=[], caption="Awan.").alt


# Company


def test_collocates_count_the_window() -> None:
    """Places near two nodes count once, turns are not left, the node keeps no company with itself."""
    talk = case_of("I1: ikan asin kucing asin ikan besar.\n\nI2: asin sekali.\n")
    found = words(talk).collocates("ikan", window=1, least=1, layers=())
    assert {row.stem: len(row.places) for row in found.rows} == {"asin": 2, "besar": 1}
    # Near the two fish lie 3 of the 6 other words; asin has 3 of these 6.
    assert (found["asin"].expected, found["asin"].count, found["asin"].parts) == (1.5, 3, 1)
    assert isclose(found["asin"].pmi, log(2 / 1.5, 2))
    wide = words(talk).collocates("ikan", window=9, least=1, layers=())
    assert "ikan" not in {row.stem for row in wide.rows}
    assert "kali" not in {row.stem for row in wide.rows}


def test_collocates_of_brute_force(everything: qc.Words) -> None:
    """Counts near a word equal those of a plain walk over every turn."""
    node, window = stem("komentar"), 4
    counts: Counter[str] = Counter()
    for speech in everything.speeches:
        stems = [stem(token) for token in speech.tokens if token.sort in COUNTED]
        for at, key in enumerate(stems):
            if key != node and node in stems[max(0, at - window) : at + window + 1]:
                counts[key] += 1
    found = everything.collocates("komentar", layers=(), least=1)
    assert found.rows
    assert all(len(row.places) == counts[row.stem] > row.expected for row in found.rows)
    for measure in COLLOCATION_MEASURES:
        scores = [row.score for row in everything.collocates("komentar", by=measure).rows]
        assert scores == sorted(scores, reverse=True)


def test_collocates_refuse(everything: qc.Words) -> None:
    """A word that is not there, a window of nothing and an unknown measure are refused."""
    with pytest.raises(qc.UnknownNameError):
        everything.collocates("xylofon")
    with pytest.raises(qc.ParameterError):
        everything.collocates("komentar", window=0)
    with pytest.raises(qc.ParameterError):
        everything.collocates("komentar", by="raw_freq")


# Keyness


def test_keyness_of_two_informants() -> None:
    """What one says more often stands with a positive log ratio, what the other does with a negative one."""
    talk = case_of("I1: " + "ikan " * 20 + "kucing\n\nI2: " + "ayam " * 20 + "kucing\n")
    one, other = words(talk, informant="I1"), words(talk, informant="I2")
    found = qc.keyness(one, other)
    assert {row.stem: row.log_ratio > 0 for row in found.rows} == {"ikan": True, "ayam": False}
    assert isclose(found["ikan"].log_likelihood, 40 * log(2))
    assert found["ikan"].log_ratio == log(40, 2)
    assert "ulang" in found.to_table().note
    assert {row.stem for row in qc.keyness(one, other, least=0).rows} == {"ikan", "ayam", "kucing"}


def test_keyness_refuses_shared_words(case: qc.Case, everything: qc.Words) -> None:
    """A part cannot be compared with the whole it stands in, nor with nothing."""
    with pytest.raises(qc.ParameterError, match="without"):
        qc.keyness(words(case, informant="I1"), everything)
    with pytest.raises(qc.QualcodeError):
        qc.keyness(everything, everything.without(everything))


def test_distinctive_words_of_each(everything: qc.Words) -> None:
    """Each informant's row has the words of which she has more than the rest, as keyness has them; others are named."""
    table = everything.distinctive(3)
    for row in table.rows:
        own = [each for each in everything.speeches if each.part == row[0]]
        rest = [each for each in everything.speeches if each.part != row[0]]
        keys = qc.keyness(replace(everything, speeches=tuple(own)), replace(everything, speeches=tuple(rest))).rows
        more = [key for key in keys if key.log_ratio > 0][:3]
        assert row[2].text == ", ".join(f"{key.stem} {len(key.places)}/{len(key.other_places)}" for key in more)
        assert len(row[2].quotations) == len(more)
    few = words(case_of("I1: ikan\n\nI2: ikan\n")).distinctive()
    assert not few.rows
    assert "I1 (1), I2 (1)" in few.note


def test_no_keys_and_no_company_are_said() -> None:
    """Where nothing sets apart or keeps company there is a sentence below the table, and instead of the figure."""
    talk = case_of("I1: ikan asin\n\nI2: ikan asin\n")
    found = qc.keyness(words(talk, informant="I1"), words(talk, informant="I2"))
    for said in (found.to_table().note, found.figure().alt):
        assert say("vocabulary.no_keys", least="10,83") in said
    assert say("vocabulary.no_company") in words(talk).collocates("ikan").to_table().note


def test_keyness_of_a_code_against_the_rest(case: qc.Case, everything: qc.Words) -> None:
    """Each row's numbers are those of its places and of the sizes in the caption."""
    chosen = words(case, code="PAR-1.1")
    found = qc.keyness(chosen, everything.without(chosen), least=0)
    assert found.rows
    for row in found.rows[:50]:
        counts = (len(row.places), len(row.other_places), len(found.words), len(found.other))
        assert row.log_likelihood == log_likelihood(*counts)
        assert row.log_ratio == log_ratio(*counts)


# Pictures and the terminal


def test_bars() -> None:
    """Bars say their numbers in words, too; nothing to draw is said so."""
    figure = bars([3, -1.5], rows=["ikan $", "ayam"], axis="banyaknya", caption="Kata.")
    assert figure.alt == "Kata. banyaknya: ikan $ 3; ayam -1,5."
    assert matplotlib.image.imread(io.BytesIO(figure.png)).size
    assert figure.png == bars([3, -1.5], rows=["ikan $", "ayam"], axis="banyaknya", caption="Kata.").png
    empty = bars([], rows=[], axis="banyaknya", caption="Kata.")
    assert empty.alt == f"Kata. {say('figure.nothing')}"


def test_figures_of_words(everything: qc.Words, case: qc.Case) -> None:
    """Frequencies and keyness draw as many bars as asked for and name what is hidden."""
    figure = everything.frequencies().figure(3)
    assert figure.alt.count(";") >= 2
    assert "kata fungsi" in figure.caption
    chosen = words(case, informant="I2")
    assert "I2" in qc.keyness(chosen, everything.without(chosen)).figure().caption


def call(*arguments: str) -> str:
    done = CliRunner().invoke(main, ["--project", str(ROOT), "words", "--case", CASE, *arguments, "--csv"])
    assert done.exit_code == 0, done.output
    return done.output


def test_words_in_the_terminal(case: qc.Case, everything: qc.Words) -> None:
    """The verb prints what the library gives: frequencies, company, and what sets a choice apart."""
    rows = list(csv.reader(io.StringIO(call("--most", "3"))))
    assert [row[0] for row in rows[1:]] == [row.stem for row in everything.frequencies().rows[:3]]
    assert call("--informant", "I1", "--code", "PAR-1.1") != call("--informant", "I1")
    near = list(csv.reader(io.StringIO(call("--beside", "komentarnya", "--most", "2"))))
    assert [row[0] for row in near[1:]] == [row.stem for row in everything.collocates("komentar").rows[:2]]
    chosen = words(case, code="PAR-1.1")
    key = list(csv.reader(io.StringIO(call("--code", "PAR-1.1", "--key"))))
    assert [row[0] for row in key[1:]] == [row.stem for row in qc.keyness(chosen, everything.without(chosen)).rows]
    assert "yang" in {row[0] for row in csv.reader(io.StringIO(call("--every-word", "--most", "5")))}


def test_mistakes_in_the_terminal() -> None:
    """A case without transcripts, an unknown informant, and a whole case without a rest end with 1 and a mend."""
    for arguments in (["--case", "bandung"], ["--case", CASE, "--informant", "I99"], ["--case", CASE, "--key"]):
        done = CliRunner().invoke(main, ["--project", str(ROOT), "words", *arguments])
        assert done.exit_code == 1
        assert "Perbaikan" in done.output


def test_a_projects_own_words(make_project: Callable[..., qc.Project]) -> None:
    """What ``kamus.csv`` says a form stands for is counted with the word it stands for."""
    project = make_project(files={"kamus.csv": "bentuk,kata\nsepertiga,terbuka\n"})
    done = CliRunner().invoke(main, ["--project", str(project.root), "words", "--case", "kasus", "--csv"])
    rows = {row[0]: row[1:3] for row in csv.reader(io.StringIO(done.output))}
    assert rows["buka"] == ["sepertiga 1, terbuka 1", "2"]
    case = project.case("kasus")
    assert words(case).frequencies()["buka"].forms == {"sepertiga": 1, "terbuka": 1}
    assert qc.keyness(words(case, informant="I2"), words(case, informant="I1"), least=0)["buka"].log_ratio
    (project.root / "kamus.csv").write_text("bentuk\n", "utf-8")
    with pytest.raises(qc.CheckError, match="bentuk,kata"):
        words(project.case("kasus"))
