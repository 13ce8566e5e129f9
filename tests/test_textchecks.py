"""Checks of a text against itself: sums, shares, growth, works cited, names in two spellings; nothing is mended."""

import string
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import qualcode as qc
from qualcode.analysis.textchecks import (
    Comparison,
    Growth,
    Work,
    change,
    check_table,
    citations,
    growth,
    is_listed,
    listed_and_cited,
    names_in_brackets,
    names_of,
    near_names,
    precision,
    read_number,
    sentences,
    share,
    share_claims,
    similarity,
    whole_count,
)
from qualcode.errors import Undefined
from qualcode.wording import use_language

ROOT = Path(__file__).parents[1]
OMBUDSMAN = (
    ("A", "129", "31.08"),
    ("B", "143", "34.46"),
    ("C", "106", "25.54"),
    ("D", "21", "5.06"),
    ("E", "16", "3.86"),
)
USERS = (70.5, 88.9, 89.9, 135, 144, 172, 174, 200, 201, 202, 213)
SERIES = [(str(2013 + i), float(value)) for i, value in enumerate(USERS)]
NAMES = st.text(st.sampled_from(string.ascii_letters), min_size=4, max_size=12)


def works(text: str) -> list[str]:
    return [str(each.work) for each in citations(text)]


def verdicts(found: tuple[Comparison, ...]) -> list[object]:
    return [each.agrees for each in found]


def test_the_ombudsman_table_recomputes() -> None:
    """The counts of the 415 districts (Ombudsman 2023) add up, and all percentages follow from them."""
    found = check_table("Kepatuhan 415 kabupaten, 2023", ("Kategori", "Jumlah", "Persen"), OMBUDSMAN)
    assert verdicts(found) == [True] * 7
    assert (found[0].recorded, found[0].recomputed) == (415.0, 415.0)


@pytest.mark.parametrize(
    ("row", "wrong"),
    [(("A", "130", "31.08"), [0, 2, 3, 4, 5, 6]), (("A", "129", "31.80"), [1, 2])],
    ids=["count", "percentage"],
)
def test_a_slip_in_a_table_is_found(row: tuple[str, str, str], wrong: list[int]) -> None:
    """A wrong count spoils the sum and every share of it; a wrong percentage itself and the total of percentages."""
    found = check_table("Kepatuhan 415 kabupaten", ("Kategori", "Jumlah", "Persen"), (row, *OMBUDSMAN[1:]))
    assert [i for i, verdict in enumerate(verdicts(found)) if verdict is False] == wrong


def test_a_total_row_is_the_total() -> None:
    """A row called total is what the sum is compared with, and is no part of it."""
    rows = (*OMBUDSMAN, ("Jumlah", "416", "100"))
    found = check_table("Kepatuhan kabupaten", ("Kategori", "Jumlah", "Persen"), rows)
    assert (found[0].recorded, found[0].recomputed, found[0].agrees) == (416.0, 415.0, False)


def test_a_table_without_a_recorded_total_is_not_judged() -> None:
    """Where neither a row nor the caption gives a total, there is nothing to agree with; a year is no total."""
    found = check_table("Kepatuhan menurut Ombudsman, 2023", ("Kategori", "Jumlah", "Persen"), OMBUDSMAN)
    assert isinstance(found[0].agrees, Undefined)
    assert verdicts(found[1:]) == [True] * 6


def test_a_cell_that_is_no_number_leaves_the_rest_undefined() -> None:
    """With one count missing nothing can be added up, and the reason names the cell."""
    rows = (("A", "tidak disebut", "31.08"), *OMBUDSMAN[1:])
    found = check_table("Kepatuhan 415 kabupaten", ("Kategori", "Jumlah", "Persen"), rows)
    assert "tidak disebut" in str(found[0].agrees)
    assert all(isinstance(each.agrees, Undefined) for each in found[2:])


def test_other_tables_are_left_alone() -> None:
    """A table that is neither shares nor a series of years gives no comparison."""
    assert check_table("SWOT", ("Faktor", "Isi"), (("S1", "Program"), ("S2", "Alat"))) == ()


def test_growth_of_the_internet_users() -> None:
    """From 70.5 to 213 million in ten years: factor 3.02, 11.7% a year, the biggest step in 2016."""
    grown = growth(SERIES)
    assert isinstance(grown, Growth)
    assert round(grown.factor, 2) == 3.02
    assert round(grown.yearly, 1) == 11.7
    assert (grown.biggest_step, round(grown.step, 1)) == ("2016", 45.1)


@pytest.mark.parametrize(
    "series",
    [[], SERIES[:1], list(reversed(SERIES)), [("2013", 0.0), ("2014", 5.0)], [("Januari 2013", 1.0), ("2014", 2.0)]],
    ids=["nothing", "one point", "backwards", "from nothing", "no years"],
)
def test_no_growth_without_two_years_in_order(series: list[tuple[str, float]]) -> None:
    """Growth without two ascending years, or from nothing, is Undefined with its reason."""
    assert isinstance(growth(series), Undefined)


@given(st.floats(1, 1e6), st.floats(0.01, 100), st.integers(1, 50))
def test_yearly_growth_compounds_to_the_factor(first: float, factor: float, years: int) -> None:
    """Growing by the yearly rate for all the years gives the factor again."""
    grown = growth([("1990", first), (str(1990 + years), first * factor)])
    assert isinstance(grown, Growth)
    assert (1 + grown.yearly / 100) ** years == pytest.approx(factor)


@pytest.mark.parametrize(
    ("points", "reason"),
    [
        ([], "tidak ada angka"),
        ([("tidak disebut", 781.0)], "tanpa tanggal"),
        ([("2024-07", 5.0)], "2024-07"),
        ([("tidak disebut", 1.0), ("tidak disebut", 2.0)], "2 angka"),
        ([("2024", 1.0), ("2024", 2.0)], "tanggal yang sama"),
        ([("2024", 1.0), ("2024-07", 2.0)], "ketelitian"),
    ],
)
def test_a_change_needs_two_dates(points: list[tuple[str, float]], reason: str) -> None:
    """One figure, undated figures, two values on one date and dates of unlike precision show no change, and say why."""
    found = change(points)
    assert isinstance(found, Undefined)
    assert reason in found.reason


@given(st.permutations([("2023-01", 3.0), ("2024-07", 1.0), ("2025-02", 2.0)]))
def test_a_change_is_from_the_earliest_to_the_latest(points: list[tuple[str, float]]) -> None:
    """The order in which figures are recorded does not matter."""
    assert change(points) == (("2023-01", 3.0), ("2025-02", 2.0))


@pytest.mark.parametrize(
    ("written", "value"),
    [("415", 415.0), ("31.08", 31.08), ("31,08", 31.08), ("22%", 22.0), ("1.373.656", 1373656.0), ("1.373,5", 1373.5)],
)
def test_numbers_as_tables_write_them(written: str, value: float) -> None:
    """Decimals with a point or a comma, and thousands where nothing else can be meant."""
    assert read_number(written) == value


@pytest.mark.parametrize("written", ["38.400", "1,486", "tidak disebut", "", "sekitar 212.000"])
def test_numbers_that_cannot_be_told(written: str) -> None:
    """What may be thousands or decimals, and what is not one number, is Undefined and never guessed."""
    assert isinstance(read_number(written), Undefined)


def test_agreement_is_to_the_precision_printed() -> None:
    """A figure agrees within half a unit of its last place: 54% is 53.96, and 53.96% is not 53.9."""
    assert Comparison("", 54, 100 * 143 / 265, precision("54%")).agrees is True
    assert Comparison("", 53.9, 100 * 143 / 265, precision("53,9")).agrees is False
    assert Comparison("", Undefined("tidak dicatat"), 1.0).agrees == Undefined("tidak dicatat")


@given(st.integers(1, 500).flatmap(lambda whole: st.tuples(st.integers(0, whole), st.just(whole))))
def test_every_share_of_whole_things_has_its_count(pair: tuple[int, int]) -> None:
    """A percentage rounded to two places from a count among up to 500 things gives that count back."""
    part, whole = pair
    percent = share(part, whole)
    assert isinstance(percent, float)
    assert whole_count(round(percent, 2), whole, 0.005) == part


def test_a_percentage_no_count_can_give() -> None:
    """Of 415 districts 8.92% are 37; no whole number of them is 8.80% (Brown & Heathers 2017)."""
    assert whole_count(8.92, 415, 0.005) == 37
    assert isinstance(whole_count(8.80, 415, 0.005), Undefined)
    assert isinstance(share(1, 0), Undefined)


@pytest.mark.parametrize(
    ("text", "agrees"),
    [
        ("yaitu 3.772 dari 8.458 laporan atau 44,6%.", True),
        ("yaitu 3.772 dari 8.458 laporan atau 46,4%.", False),
        ("dibalas 24 dari 58, sekitar 41 persen", True),
        ("143 dari 265 juta penduduk (54%)", True),
        ("265 dari 143 juta penduduk (54%)", None),
    ],
)
def test_shares_in_prose(text: str, agrees: bool | None) -> None:
    """“A dari B, atau P%” is found and recomputed; a part larger than its whole is not."""
    (claim,) = share_claims(text)
    assert claim.comparison.agrees is agrees or (agrees is None and isinstance(claim.comparison.agrees, Undefined))
    assert text[claim.start].isdigit()
    assert text[claim.start : claim.end] == claim.comparison.what


@pytest.mark.parametrize(
    "text", ["150 dari 266 juta memakai media sosial. YouTube 88%.", "10% dari 44.150", "5 dari 9"]
)
def test_no_shares_where_none_are_claimed(text: str) -> None:
    """A percentage of another sentence, or none at all, makes no claim."""
    assert share_claims(text) == ()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("(Wulur & Mulyanti 2022)", ["Wulur & Mulyanti (2022)"]),
        ("(Wulur dan Mulyanti, 2022, hlm. 12)", ["Wulur & Mulyanti (2022)"]),
        ("(Setyoko et al., 2021)", ["Setyoko dkk. (2021)"]),
        ("(Purba 2023; Waluyo & Syarifuddin 2022)", ["Purba (2023)", "Waluyo & Syarifuddin (2022)"]),
        ("(lihat Arianto 2022a, 2022b)", ["Arianto (2022a)", "Arianto (2022b)"]),
        ("Menurut Hastrida (2021), kritik", ["Hastrida (2021)"]),
        ("Oleh Lubis dan Nasution (2023) disebut", ["Lubis & Nasution (2023)"]),
        ("Supriyanto, Nuryanti & Noegroho (2024)", ["Supriyanto, Nuryanti & Noegroho (2024)"]),
        ("Badan Pusat Statistik (2020) mencatat", ["Badan Pusat Statistik (2020)"]),
    ],
)
def test_citations_as_authors_write_them(text: str, found: list[str]) -> None:
    """Brackets and running text, two authors or many, pages, two years: each work once, in one form."""
    assert works(text) == found


@pytest.mark.parametrize(
    "text",
    ["(Januari 2023)", "Tabel (2023)", "UU 25/2009", "(We Are Social)", "pada 2023 (213 juta)", "(lihat di atas)"],
)
def test_what_is_no_citation(text: str) -> None:
    """Months, laws, tables and names without a year are no works."""
    assert works(text) == []


def test_works_are_named_in_the_language_in_use() -> None:
    """A work with further authors is dkk. in Indonesian and et al. in English, and is the same work."""
    work = Work(("Setyoko",), True, "2021")
    assert str(work) == "Setyoko dkk. (2021)"
    use_language("en")
    assert str(work) == "Setyoko et al. (2021)"
    assert citations("(Setyoko dkk. 2021)")[0].work == work


def test_citations_know_their_place() -> None:
    """The very words of a citation stand between its offsets."""
    text = "Akses (Mokobombang dkk. 2023) dan kritik menurut Hastrida (2021)."
    assert [text[c.start : c.end] for c in citations(text)] == ["Mokobombang dkk. 2023", "Hastrida (2021)"]


@pytest.mark.parametrize(
    ("reference", "listed"),
    [
        ("Waluyo & Syarifuddin (2022)", True),
        ("Waluyo, D., & Syarifuddin, A. (2022). Judul tentang 2019.", True),
        ("Syarifuddin, A., & Waluyo, D. (2022). Judul.", False),
        ("Waluyo, D. (2022). Judul.", False),
        ("Waluyo & Syarifuddin (2021)", False),
        ("Waluyo & Syarifuddin. Tanpa tahun.", False),
    ],
)
def test_an_entry_is_a_work_by_authors_and_year(reference: str, listed: bool) -> None:
    """An entry is the work when its first author heads it and the others and the year are there, too."""
    assert is_listed(Work(("Waluyo", "Syarifuddin"), False, "2022"), reference) is listed


def test_both_ways() -> None:
    """Cited but not listed gives None; listed but not cited is left over."""
    widada, purba = Work(("Widada",), False, "2018"), Work(("Purba",), False, "2023")
    entries, uncited = listed_and_cited([widada, purba], ["Lenak (2021)", "Purba (2023)"])
    assert entries == {widada: None, purba: "Purba (2023)"}
    assert uncited == ("Lenak (2021)",)


def test_mubarok_and_mubarak_are_shown() -> None:
    """The two spellings of the review are a pair, one letter in seven apart; neither is mended."""
    (pair,) = near_names(names_in_brackets("Satu nama ditulis dengan dua ejaan (Mubarok, Mubarak)."))
    assert (pair.one, pair.other, round(pair.similarity, 3)) == ("Mubarak", "Mubarok", 0.857)
    assert near_names(["Purba", "Powa", "Lenak", "Yuliani", "Ali", "Ani"]) == ()


def test_names_of_an_entry() -> None:
    """The names at the head of an entry, without initials and without its title."""
    assert names_of("Lubis, A. R., & Nasution, M. (2023). Keamanan Data.") == ("Lubis", "Nasution")


@given(NAMES, NAMES)
def test_similarity_has_no_direction(one: str, other: str) -> None:
    """It does not matter which name comes first; it is 1 for the same letters only, and never leaves 0 to 1."""
    alike = similarity(one, other)
    assert alike == similarity(other, one)
    assert 0 <= alike <= 1
    assert (alike == 1) == (one.casefold() == other.casefold())


@given(NAMES, st.integers(0, 11), st.sampled_from(string.ascii_lowercase))
def test_one_other_letter_in_five_or_more_is_near(name: str, place: int, letter: str) -> None:
    """A name of five letters or more with one letter changed is shown beside the other."""
    place %= len(name)
    changed = name[:place] + letter + name[place + 1 :]
    assume(len(name) >= 5 and changed.casefold() != name.casefold())
    assert near_names([name, changed])


@given(st.text(st.sampled_from("aB .!?()\n"), max_size=60))
def test_sentences_cover_the_text(text: str) -> None:
    """Sentences come in order, do not overlap, are not blank, and leave out nothing but white space."""
    found = sentences(text)
    kept = set()
    last = 0
    for start, end in found:
        assert last <= start < end
        assert text[start:end].strip() == text[start:end]
        kept |= set(range(start, end))
        last = end
    assert not "".join(char for i, char in enumerate(text) if i not in kept).strip()


def test_an_abbreviation_ends_no_sentence() -> None:
    """Neither dkk. nor an initial nor a stop inside brackets ends a sentence; a blank line does."""
    text = "Menurut Setyoko dkk. Jawa maju. Oleh A. Budi (lihat Bab. Dua) ditulis\n\nBagian baru"
    assert [text[start:end] for start, end in sentences(text)] == [
        "Menurut Setyoko dkk. Jawa maju.",
        "Oleh A. Budi (lihat Bab. Dua) ditulis",
        "Bagian baru",
    ]


def test_all_shares_in_the_corpus_agree() -> None:
    """Every “A of B, or P%” that stands in a document of the corpus recomputes."""
    project = qc.open_project(ROOT)
    claims = [c for case in project.cases for document in case.documents for c in share_claims(document.text)]
    assert len(claims) >= 3
    assert all(claim.comparison.agrees is True for claim in claims)
