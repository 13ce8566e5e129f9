"""Checks of a text against itself: sums, shares and growth, works cited, names spelled in two ways; nothing is mended.

All functions take plain strings and numbers. What they find is shown to the author, who alone knows which of two
figures or spellings is meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

from qualcode.errors import Undefined
from qualcode.wording import number, say

EXACT = 1e-9
"""How far two sums of whole numbers may lie apart and still be one number to a computer."""


@dataclass(frozen=True)
class Comparison:
    """A figure as recorded beside the same figure recomputed.

    Attributes
    ----------
    what : str
        What the figure is, as a reader is told.
    recorded, recomputed : float or Undefined
        Undefined with the reason where there is nothing to compare, or nothing to compute from.
    tolerance : float
        How far they may lie apart: half a unit of the last place that was printed.
    unit : str
        ``"%"`` or empty.

    Examples
    --------
    >>> Comparison("A", 31.08, 100 * 129 / 415, 0.005).agrees
    True
    """

    what: str
    recorded: float | Undefined
    recomputed: float | Undefined
    tolerance: float = EXACT
    unit: str = ""

    @property
    def agrees(self) -> bool | Undefined:
        """Whether both are the same figure, as far as it was printed; Undefined when either is."""
        for figure in (self.recorded, self.recomputed):
            if isinstance(figure, Undefined):
                return figure
        assert not isinstance(self.recorded, Undefined)
        assert not isinstance(self.recomputed, Undefined)
        return abs(self.recorded - self.recomputed) <= self.tolerance + EXACT


_GROUPED = re.compile(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?")
_PLAIN = re.compile(r"\d+(?:[.,]\d+)?")


def read_number(written: str) -> float | Undefined:
    """The number a table's cell holds, or why it cannot be told.

    ``38.400`` is Undefined: thirty-eight thousand to an Indonesian reader, thirty-eight and four tenths to a computer.

    Examples
    --------
    >>> read_number("31.08"), read_number("31,08"), read_number("1.234.567")
    (31.08, 31.08, 1234567.0)
    >>> isinstance(read_number("38.400"), Undefined)
    True
    """
    text = written.strip().removesuffix("%").strip()
    if re.fullmatch(r"[1-9]\d{0,2}[.,]\d{3}", text):
        return Undefined(say("textcheck.ambiguous", value=text))
    if _GROUPED.fullmatch(text):
        return float(text.replace(".", "").replace(",", "."))
    if _PLAIN.fullmatch(text):
        return float(text.replace(",", "."))
    return Undefined(say("textcheck.no_number", value=text or "–"))


def precision(written: str) -> float:
    """Half a unit of the last place printed: what rounding alone may take away or add.

    Examples
    --------
    >>> precision("31.08"), precision("54%")
    (0.005, 0.5)
    """
    decimals = re.search(r"[.,](\d+)\D*$", written)
    return 0.5 * 10.0 ** -(len(decimals[1]) if decimals else 0)


def share(part: float, whole: float) -> float | Undefined:
    """`part` as a percentage of `whole`; Undefined when `whole` is zero or less.

    Examples
    --------
    >>> round(share(3772, 8458), 1)
    44.6
    """
    return 100 * part / whole if whole > 0 else Undefined(say("textcheck.no_whole"))


def whole_count(percent: float, whole: int, tolerance: float) -> int | Undefined:
    """The count that a percentage of `whole` things stands for; Undefined when no whole number of things gives it.

    The granularity of proportions: Brown, N. J. L. & Heathers, J. A. J. (2017). The GRIM test. Social Psychological
    and Personality Science 8(4), 363-369.

    Examples
    --------
    >>> whole_count(8.92, 415, 0.005)
    37
    >>> whole_count(8.80, 415, 0.005)
    Undefined(reason='Tidak ada bilangan bulat yang memberi 8,8% dari 415.')
    """
    if whole > 0:
        count = round(percent * whole / 100)
        if abs(100 * count / whole - percent) <= tolerance + EXACT:
            return count
    return Undefined(say("textcheck.no_count", percent=number(percent), whole=number(whole)))


@dataclass(frozen=True)
class Growth:
    """What a series did from its first to its last year.

    Attributes
    ----------
    factor : float
        Last value over first.
    yearly : float
        Percent a year, compounded: ``100 * (factor ** (1 / years) - 1)``.
    biggest_step : str
        The year reached by the largest increase over the year listed before it; `step` is its size.
    """

    first: str
    last: str
    factor: float
    yearly: float
    biggest_step: str
    step: float


def growth(series: Sequence[tuple[str, float]]) -> Growth | Undefined:
    """What a series of (year, value) did, its years ascending.

    The yearly rate is the compound annual growth rate, the geometric mean of the yearly changes.

    Returns
    -------
    Growth or Undefined
        Undefined when there are not two points in time, when the years do not ascend, or when it starts at nothing.

    Examples
    --------
    >>> growth([("2013", 70.5), ("2023", 213.0)]).yearly.__round__(1)
    11.7
    """
    if len(series) < 2:
        return Undefined(say("textcheck.one_point"))
    years = [int(year) for year, _ in series if re.fullmatch(r"\d{4}", year)]
    if len(years) < len(series) or any(after <= before for before, after in pairwise(years)):
        return Undefined(say("textcheck.no_order"))
    values = [value for _, value in series]
    if values[0] <= 0 or values[-1] <= 0:
        return Undefined(say("textcheck.no_base"))
    factor = values[-1] / values[0]
    steps = [after - before for before, after in pairwise(values)]
    biggest = series[1 + steps.index(max(steps))][0]
    yearly = 100 * (factor ** (1 / (years[-1] - years[0])) - 1)
    return Growth(series[0][0], series[-1][0], factor, yearly, biggest, max(steps))


def change(points: Iterable[tuple[str, float]]) -> tuple[tuple[str, float], tuple[str, float]] | Undefined:
    """The earliest and the latest of (date, value), by which growth can be judged.

    Parameters
    ----------
    points : iterable of (str, float)
        Dates as ``2024``, ``2024-07`` or ``2024-07-31``; a point whose date is anything else cannot be ordered in
        time and does not count.

    Returns
    -------
    tuple of two points, or Undefined
        Undefined when there are not two different dates of one precision: 2024 is neither before 2024-07 nor after.

    Examples
    --------
    >>> change([("2024-12", 44150.0), ("2024-07", 38400.0)])
    (('2024-07', 38400.0), ('2024-12', 44150.0))
    >>> change([("tidak disebut", 3994.0)])
    Undefined(reason='hanya satu angka, tanpa tanggal')
    """
    everything = list(points)
    dated = sorted({point for point in everything if re.fullmatch(r"\d{4}(-\d{2}){0,2}", point[0])})
    dates = [date for date, _ in dated]
    if len(set(dates)) < len(dates):
        return Undefined(say("textcheck.two_values"))
    if len(dated) > 1:
        return (dated[0], dated[-1]) if len(set(map(len, dates))) == 1 else Undefined(say("textcheck.mixed_dates"))
    if len(everything) > 1:
        return Undefined(say("textcheck.undated_points", count=len(everything)))
    if dated:
        return Undefined(say("textcheck.one_date", date=dates[0]))
    return Undefined(say("textcheck.one_undated") if everything else say("textcheck.no_figure"))


def check_table(caption: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> tuple[Comparison, ...]:
    """Recompute what a table says about itself.

    A table with a column of percentages after a column of counts is added up: against the row called total, else
    against the number in its caption (a year is none); then each percentage is recomputed from its count. A table
    whose first column holds years gives its growth, beside nothing, for a table records none. Other tables give
    nothing: what their cells have to do with each other is not for a computer to guess.

    Parameters
    ----------
    caption : str
    columns : sequence of str
    rows : sequence of sequences of str
        Each as long as `columns`.
    """
    shares = next((i for i, name in enumerate(columns) if re.search(r"persen|percent|%", name.casefold())), None)
    if shares is not None and shares > 1:
        return tuple(_check_shares(caption, columns, rows, shares))
    if len(rows) > 1 and len(columns) > 1 and all(re.fullmatch(r"\d{4}", row[0]) for row in rows):
        return tuple(_check_series(columns, rows))
    return ()


def _check_shares(
    caption: str, columns: Sequence[str], rows: Sequence[Sequence[str]], shares: int
) -> Iterator[Comparison]:
    parts = [row for row in rows if not _is_total(row[0])]
    counts = [read_number(row[shares - 1]) for row in parts]
    total = _sum(counts)
    recorded = _recorded_total(caption, rows, shares - 1)
    yield Comparison(say("textcheck.total", column=columns[shares - 1]), recorded, total)
    yield Comparison(
        say("textcheck.hundred", column=columns[shares]),
        100.0,
        _sum([read_number(row[shares]) for row in parts]),
        sum(precision(row[shares]) for row in parts),  # each row may have been rounded by as much
        "%",
    )
    for row, count in zip(parts, counts, strict=True):
        what = say("textcheck.share", row=row[0], column=columns[shares])
        yield Comparison(what, read_number(row[shares]), _share_of(count, total), precision(row[shares]), "%")


def _share_of(part: float | Undefined, whole: float | Undefined) -> float | Undefined:
    if isinstance(part, Undefined):
        return part
    return whole if isinstance(whole, Undefined) else share(part, whole)


def _check_series(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[Comparison]:
    series = []
    for row in rows:
        value = read_number(row[1])
        if isinstance(value, Undefined):
            return
        series.append((row[0], value))
    nothing = Undefined(say("textcheck.not_recorded"))
    grown = growth(series)
    if isinstance(grown, Undefined):
        yield Comparison(say("textcheck.factor", column=columns[1], span=f"{rows[0][0]}-{rows[-1][0]}"), nothing, grown)
        return
    span = f"{grown.first}-{grown.last}"
    yield Comparison(say("textcheck.factor", column=columns[1], span=span), nothing, grown.factor)
    yield Comparison(say("textcheck.yearly", column=columns[1], span=span), nothing, grown.yearly, unit="%")
    yield Comparison(say("textcheck.biggest_step", column=columns[1], year=grown.biggest_step), nothing, grown.step)


def _is_total(name: str) -> bool:
    return name.strip().casefold() in ("jumlah", "total", "seluruhnya")


def _sum(figures: Sequence[float | Undefined]) -> float | Undefined:
    total = 0.0
    for figure in figures:
        if isinstance(figure, Undefined):
            return figure
        total += figure
    return total


def _recorded_total(caption: str, rows: Sequence[Sequence[str]], column: int) -> float | Undefined:
    for row in rows:
        if _is_total(row[0]):
            return read_number(row[column])
    written = re.findall(r"(?<![\d.,-])\d[\d.]*(?![\d,-])", caption)
    found = [each.rstrip(".") for each in written if not re.fullmatch(r"(?:19|20)\d{2}\.?", each)]
    if len(found) == 1:
        return float(found[0].replace(".", ""))  # a caption counts things: its dots part thousands
    return Undefined(say("textcheck.not_recorded"))


_PROSE = r"\d{1,3}(?:\.\d{3})+(?:,\d+)?|\d+(?:[.,]\d+)?"
_SHARE = re.compile(
    rf"(?<![\d.,])(?P<part>{_PROSE}) (?:dari|of) (?P<whole>{_PROSE})(?P<between>[^.;%\d]{{0,80}}?)"
    rf"(?:\b(?:atau|yaitu|yakni|sebesar|setara|or|sekitar|about)|[(,]) ?(?P<percent>{_PROSE}) ?(?:%|persen\b|percent\b)"
)


@dataclass(frozen=True)
class ShareClaim:
    """“3.772 dari 8.458 laporan atau 44,6%”: where a text says it, and what comes out when it is recomputed."""

    start: int
    end: int
    comparison: Comparison


def share_claims(text: str) -> tuple[ShareClaim, ...]:
    """Every “A of B, or P%” within one sentence, recomputed; in prose dots part thousands and a comma decimals.

    Examples
    --------
    >>> claim, = share_claims("Untuk tahun 2018 disebut 143 dari 265 juta penduduk memakai internet, atau 54%.")
    >>> claim.comparison.agrees
    True
    """
    found = []
    for match in _SHARE.finditer(text):
        part, whole, percent = (_prose_number(match[name]) for name in ("part", "whole", "percent"))
        recomputed = share(part, whole) if part <= whole else Undefined(say("textcheck.part_exceeds"))
        comparison = Comparison(match.group(), percent, recomputed, precision(match["percent"]), "%")
        found.append(ShareClaim(match.start(), match.end(), comparison))
    return tuple(found)


def _prose_number(written: str) -> float:
    if _GROUPED.fullmatch(written):
        return float(written.replace(".", "").replace(",", "."))
    return float(written.replace(",", "."))


@dataclass(frozen=True)
class Work:
    """A cited work as a text names it: authors' surnames, whether others are left out, and the year as printed."""

    authors: tuple[str, ...]
    others: bool
    year: str

    def __str__(self) -> str:
        *first, last = self.authors
        names = f"{', '.join(first)} & {last}" if first else last
        return f"{names} {say('textcheck.others')} ({self.year})" if self.others else f"{names} ({self.year})"


@dataclass(frozen=True)
class Citation:
    """A place in a text, ``text[start:end]``, at which a work is cited."""

    work: Work
    start: int
    end: int


_WORD = r"[A-ZÀ-ÖØ-Þ][^\W\d_]*(?:['’-][^\W\d_]+)*"
_OTHERS = r"(?:dkk|et al)\b\.?"
_YEAR = r"(?:1[5-9]|20)\d{2}[a-z]?"
_YEARS = rf"{_YEAR}(?:, ?{_YEAR})*"
_PAGES = r"(?:[:,] ?(?:(?:hlm|hal|pp?)\.? ?)?\d+(?:[-–]\d+)?)?"
_AUTHORS = rf"{_WORD}(?: {_WORD})*(?:(?:, (?:& |dan |and )?| & | dan | and ){_WORD}(?: {_WORD})*)*(?:,? {_OTHERS})?"
_BRACKET = re.compile(r"\(([^()]*)\)")
_INSIDE = re.compile(rf"(?P<authors>{_AUTHORS}),? (?P<years>{_YEARS}){_PAGES}")
_BESIDE = re.compile(rf"(?<!\w)(?P<authors>{_AUTHORS}) \((?P<years>{_YEARS}){_PAGES}\)")
_LEAD = re.compile(r"^(?:lihat|lih\.|misalnya|bandingkan|merujuk|dalam|menurut|see|e\.g\.,?|cf\.) +", re.IGNORECASE)
_JOIN = re.compile(r",? (?:&|dan|and) |, ")

_OPENERS = re.compile(
    "menurut|oleh|dari|dalam|pada|bagi|studi|penelitian|kajian|temuan|hasil|lihat|bandingkan|seperti|sebagaimana|"
    "sejalan|berdasarkan|sementara|sedangkan|namun|adapun|selanjutnya|kemudian|according|by|in|see|the|study"
)
_NO_AUTHORS = re.compile(
    "januari|februari|maret|april|mei|juni|juli|agustus|september|oktober|november|desember|january|february|march|"
    "may|june|july|august|october|december|tahun|tabel|gambar|pasal|nomor|bab|versi|edisi|semester|periode|per|sejak|"
    "hingga|sampai|table|figure|article|year|since|until"
)


def citations(text: str) -> tuple[Citation, ...]:
    """Every citation by author and year, in order: ``(Wulur & Mulyanti 2022; Purba 2023)``, ``Setyoko dkk. (2021)``.

    Works are told by their form only: a name, and a year beside it. A source named without a year is not found, and
    a report or a place with a year in brackets is; ``dkk.`` and ``et al.``, ``&``, ``dan`` and ``and`` are one.

    Examples
    --------
    >>> [str(each.work) for each in citations("Menurut Hastrida (2021), ... (Lubis dan Nasution, 2023; Ali dkk. 2023)")]
    ['Hastrida (2021)', 'Lubis & Nasution (2023)', 'Ali dkk. (2023)']
    """
    found = [each for match in _BESIDE.finditer(text) for each in _citations(match, 0)]
    for bracket in _BRACKET.finditer(text):
        start = bracket.start(1)
        for part in bracket[1].split(";"):
            lead = len(part) - len(part.lstrip())
            inner = _LEAD.sub("", part.strip())
            lead += len(part.strip()) - len(inner)
            match = _INSIDE.fullmatch(inner)
            found += _citations(match, start + lead) if match else []
            start += len(part) + 1
    return tuple(sorted(found, key=lambda each: (each.start, each.end, each.work.year)))


def _citations(match: re.Match[str], offset: int) -> list[Citation]:
    written = match["authors"]
    names = re.sub(rf",? {_OTHERS}$", "", written)
    authors = [each for each in _JOIN.split(names) if not re.fullmatch(r"[A-Z]", each)]
    first = authors[0].split(" ")
    while first and _OPENERS.fullmatch(first[0].casefold()):
        first = first[1:]
    if not first or _NO_AUTHORS.fullmatch(first[0].casefold()):
        return []
    authors[0] = " ".join(first)
    start = match.start() + written.index(authors[0])
    years = re.findall(_YEAR, match["years"])
    works = [Work(tuple(authors), names != written, year) for year in years]
    return [Citation(work, offset + start, offset + match.end()) for work in works]


def is_listed(work: Work, reference: str) -> bool:
    """Whether an entry of a list of references is this work: its first author heads it, and it has year and authors.

    Examples
    --------
    >>> work = Work(("Wulur", "Mulyanti"), False, "2022")
    >>> is_listed(work, "Wulur, A. & Mulyanti, D. (2022). Judul."), is_listed(work, "Wulur, A. (2022). Judul.")
    (True, False)
    """
    year = re.search(rf"(?<!\w){_YEAR}(?!\w)", reference)
    if year is None or year.group() != work.year:
        return False
    head = reference[: year.start()].casefold()
    first, *rest = (author.casefold() for author in work.authors)
    begins = re.match(rf"\W*{re.escape(first)}(?!\w)", head) is not None
    return begins and all(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", head) for name in rest)


def listed_and_cited(
    works: Iterable[Work], references: Sequence[str]
) -> tuple[Mapping[Work, str | None], tuple[str, ...]]:
    """Match cited works with a list of references, both ways.

    Returns
    -------
    tuple of (mapping of Work to str or None, tuple of str)
        For each work its entry, None where there is none; and the entries that no work cites.
    """
    entries = {work: next((each for each in references if is_listed(work, each)), None) for work in works}
    cited = set(entries.values())
    return entries, tuple(each for each in references if each not in cited)


def names_in_brackets(text: str) -> tuple[str, ...]:
    """Names listed in brackets, such as “(Mubarok, Mubarak)”, without years.

    Examples
    --------
    >>> names_in_brackets("Satu nama ditulis dengan dua ejaan (Mubarok, Mubarak).")
    ('Mubarok', 'Mubarak')
    """
    names = [part.strip() for bracket in _BRACKET.finditer(text) for part in re.split(r",|;|&|\bdan\b", bracket[1])]
    return tuple(name for name in names if re.fullmatch(rf"{_WORD}(?: {_WORD})*", name))


def names_of(reference: str) -> tuple[str, ...]:
    """The names at the head of an entry of a list of references, before its year; initials are no names.

    Examples
    --------
    >>> names_of("Wulur, A., & Mulyanti, D. (2022). Judul.")
    ('Wulur', 'Mulyanti')
    """
    head = re.split(_YEAR, reference, maxsplit=1)[0]
    return tuple(name for name in re.findall(_WORD, head) if len(name) > 1)


@dataclass(frozen=True)
class NearNames:
    """Two names that differ by little: perhaps one person in two spellings, perhaps two people."""

    one: str
    other: str
    similarity: float


def similarity(one: str, other: str) -> float:
    """How alike two names are, from 0 to 1: one minus the edit distance over the longer length, letter case ignored.

    Levenshtein, V. I. (1966). Binary codes capable of correcting deletions, insertions, and reversals. Soviet Physics
    Doklady 10(8), 707-710.

    Examples
    --------
    >>> round(similarity("Mubarok", "Mubarak"), 2)
    0.86
    """
    a, b = one.casefold(), other.casefold()
    if not a and not b:
        return 1.0
    row = list(range(len(b) + 1))
    for i, left in enumerate(a, 1):
        before, row[0] = row[0], i
        for j, right in enumerate(b, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (left != right))
    return 1 - row[-1] / max(len(a), len(b))


def near_names(names: Iterable[str], *, at_least: float = 0.8) -> tuple[NearNames, ...]:
    """Pairs of different names that are nearly the same, the most alike first; names under four letters are left out.

    Parameters
    ----------
    names : iterable of str
    at_least : float
        The least similarity shown: at 0.8, one letter in five.
    """
    known = sorted({name for name in names if len(name) >= 4})
    pairs = [NearNames(one, other, similarity(one, other)) for one, other in combinations(known, 2)]
    return tuple(sorted((p for p in pairs if p.similarity >= at_least), key=lambda p: (-p.similarity, p.one, p.other)))


_ENDS = re.compile(r"[.!?][\"”’)]*(?=\s+[\"“(]?[A-ZÀ-ÖØ-Þ]|\s*$)|\n\s*\n")
_ABBREVIATED = re.compile(r"(?:\b(?:dkk|et al|dll|hlm|hal|No|Dr|Prof|[A-Z]))\.$")


def sentences(text: str) -> tuple[tuple[int, int], ...]:
    """Where each sentence begins and ends; a blank line ends one, an abbreviation or an open bracket does not.

    Examples
    --------
    >>> text = "Satu. Khalayak perlu dibagi (Utomo dkk. 2020). Tiga."
    >>> [text[start:end] for start, end in sentences(text)]
    ['Satu.', 'Khalayak perlu dibagi (Utomo dkk. 2020).', 'Tiga.']
    """
    found: list[tuple[int, int]] = []
    begin = 0
    for end in (*(stop.end() for stop in _ENDS.finditer(text)), len(text)):
        words = text[begin:end]
        ends_block = words.endswith("\n") or end == len(text)
        if not ends_block and (_ABBREVIATED.search(words) or words.count("(") > words.count(")")):
            continue
        if words.strip():
            found.append((end - len(words.lstrip()), begin + len(words.rstrip())))
        begin = end
    return tuple(found)
