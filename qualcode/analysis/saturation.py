"""Saturation: whether further interviews still bring new codes, after Guest, Namey & Chen, with what it cannot say.

Pure functions on sets of codes come first, then the question asked of a case.

Sources: Guest, G., Namey, E. & Chen, M. (2020), "A simple method to assess and report thematic saturation in
qualitative research", PLoS ONE 15(5), e0232076. Chao, A. (1987), "Estimating the population size for capture-recapture
data with unequal catchability", Biometrics 43, 783-791; named Chao2 by Colwell & Coddington (1994). Chao, A. & Jost, L.
(2012), "Coverage-based rarefaction and extrapolation", Ecology 93, 2533-2547.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from itertools import accumulate, permutations
from math import ceil, factorial
from random import Random
from typing import TypeVar

from qualcode.coding.case import Case
from qualcode.coding.codebook import Codebook
from qualcode.coding.codings import Coding, Codings
from qualcode.display import Cell, Prose, Stack, Table
from qualcode.errors import ParameterError, Undefined, UnknownNameError
from qualcode.figures import Figure, cumulative_curve, no_figure
from qualcode.text.document import UNDATED, Document, Technique
from qualcode.wording import number, say

BASE, RUN, THRESHOLD = 4, 2, Fraction(1, 20)
"""What the authors propose first: a base of four interviews, runs of two, at most 5% new information."""
PROPOSED_BASES, PROPOSED_RUNS, PROPOSED_THRESHOLDS = (4, 5, 6), (2, 3), (Fraction(0), Fraction(1, 20))
ORDERS = 1000
SEED = 1

Threshold = Fraction | str | float


@dataclass(frozen=True)
class Run:
    """Consecutive sources after the base, and the codes that nobody before each of them had.

    Attributes
    ----------
    first, last : int
        Place in the order of the run's first and last source, from 1.
    new : int
        Codes that first appear in the run.
    base : int
        Distinct codes in the base: the denominator, which never grows.
    """

    first: int
    last: int
    new: int
    base: int

    @property
    def ratio(self) -> Fraction:
        """New codes of the run by the codes of the base, exactly."""
        return Fraction(self.new, self.base)

    @property
    def before(self) -> int:
        """How many sources come before the run."""
        return self.first - 1

    def __str__(self) -> str:
        """As the authors write it: sources before the run, plus the run's length."""
        return f"{self.before}+{self.last - self.before}"


@dataclass(frozen=True)
class Course:
    """How new codes become fewer, source by source.

    Attributes
    ----------
    base, run : int
        Sources in the base and in a run.
    threshold : fractions.Fraction
        A run with at most this ratio is saturated.
    new : tuple of int
        For each source the codes that no source before it has.
    runs : tuple of Run
        All of them, overlapping, also those after saturation; none where the base is empty.
    reached : Run or Undefined
        The first run at or below the threshold; else why there is none.
    """

    base: int
    run: int
    threshold: Fraction
    new: tuple[int, ...]
    runs: tuple[Run, ...]
    reached: Run | Undefined

    @property
    def base_codes(self) -> int:
        """Distinct codes in the base."""
        return sum(self.new[: self.base])

    @property
    def cumulative(self) -> tuple[int, ...]:
        """Distinct codes up to and with each source."""
        return tuple(accumulate(self.new))


def saturate(
    sources: Iterable[Iterable[Hashable]], *, base: int = BASE, run: int = RUN, threshold: Threshold = THRESHOLD
) -> Course:
    """Find the first run of sources that brings almost nothing new (Guest, Namey & Chen 2020).

    Parameters
    ----------
    sources : iterable of iterables of hashable
        For each source, in order, its codes; a code that occurs twice in a source counts once.
    base : int
        How many sources, from the first on, make the base.
    run : int
        How many consecutive sources make a run; each run drops the first source of the one before and adds the next.
    threshold : fractions.Fraction, str or float
        New information by codes of the base: a share from 0 up to below 1, or ``"5%"``. Equality counts as reached;
        0.05 is taken for exactly one twentieth.

    Returns
    -------
    Course
        With ``reached`` undefined where there are fewer than base + run sources, where the base holds no code, and
        where no run comes down to the threshold.

    Raises
    ------
    ParameterError
        When base or run is below 1, or the threshold is no such share.

    Examples
    --------
    The authors' example: 37 themes in the base, then 7, 4 and 1 new ones in the runs (19%, 11%, 3%):

    >>> new = [16, 9, 7, 5, 3, 4, 0, 1]
    >>> starts = [sum(new[:at]) for at in range(len(new))]
    >>> course = saturate(range(start, start + count) for start, count in zip(starts, new))
    >>> [round(100 * run.ratio) for run in course.runs], str(course.reached)
    ([19, 11, 3], '6+2')
    """
    limit = _checked(base, run, threshold)
    new = _new(sources)
    runs = _runs(new, base, run)
    return Course(base, run, limit, tuple(new), runs, _first_saturated(new, runs, base, run, limit))


def _checked(base: int, run: int, threshold: Threshold) -> Fraction:
    for name, value in (("base", base), ("run", run)):
        if value < 1:
            raise ParameterError.of("saturation_length", f"{name}={value}", name=name)
    return as_share(threshold)


def as_share(threshold: Threshold) -> Fraction:
    """A threshold as an exact fraction: ``"5%"``, ``"0,05"``, 0.05 and ``Fraction(1, 20)`` are all one twentieth.

    Raises
    ------
    ParameterError
        When it is no number from 0 up to below 1.

    Examples
    --------
    >>> as_share("5%") == as_share(0.05) == Fraction(1, 20)
    True
    """
    written = str(threshold).strip().replace(",", ".")
    try:
        share = Fraction(written[:-1].strip()) / 100 if written.endswith("%") else Fraction(written)
    except (ValueError, ZeroDivisionError):
        raise ParameterError.of("saturation_threshold", f"threshold={threshold}") from None
    if not 0 <= share < 1:
        raise ParameterError.of("saturation_threshold", f"threshold={threshold}")
    return share


def _new(sources: Iterable[Iterable[Hashable]]) -> list[int]:
    seen: set[Hashable] = set()
    counts = []
    for codes in sources:
        before = len(seen)
        seen.update(codes)
        counts.append(len(seen) - before)
    return counts


def _runs(new: Sequence[int], base: int, run: int) -> tuple[Run, ...]:
    codes = sum(new[:base])
    starts = range(base, len(new) - run + 1) if codes else ()
    return tuple(Run(start + 1, start + run, sum(new[start : start + run]), codes) for start in starts)


def _first_saturated(
    new: Sequence[int], runs: Sequence[Run], base: int, run: int, threshold: Fraction
) -> Run | Undefined:
    if len(new) < base + run:
        return Undefined(say("saturation.too_few", count=len(new), base=base, run=run, needed=base + run))
    if not runs:
        return Undefined(say("saturation.empty_base", base=base))
    for each in runs:
        if each.ratio <= threshold:
            return each
    lowest = min(runs, key=lambda each: each.ratio)
    return Undefined(say("saturation.never", threshold=percent(threshold), lowest=_ratio(lowest)))


def percent(share: Fraction | float) -> str:
    """A share in per cent with at most one decimal, as the language in use writes it."""
    return f"{number(round(float(100 * share), 1))}%"


def _ratio(run: Run) -> str:
    return f"{run.new}/{run.base} = {percent(run.ratio)}"


@dataclass(frozen=True)
class Orders:
    """Where saturation falls when the same sources come in other orders.

    Attributes
    ----------
    total : int
        Orders tried.
    seed : int or None
        What they were drawn with; None when every possible order was tried.
    points : mapping of int to int
        Sources before the saturated run -> in how many orders.
    empty : int
        Orders whose base holds no code.
    """

    total: int
    seed: int | None
    points: Mapping[int, int]
    empty: int = 0

    @property
    def reached(self) -> int:
        """In how many orders saturation is reached."""
        return sum(self.points.values())

    @property
    def share(self) -> Fraction:
        """The share of orders that reach saturation."""
        return Fraction(self.reached, self.total)

    def quantile(self, share: Fraction) -> int | Undefined:
        """The smallest n that at least this share of all orders does not exceed; orders that never end come last."""
        wanted, passed = max(1, ceil(share * self.total)), 0
        for point in sorted(self.points):
            passed += self.points[point]
            if passed >= wanted:
                return point
        return Undefined(say("saturation.beyond", share=percent(share)))

    @property
    def median(self) -> int | Undefined:
        """Half of all orders are saturated by this n; undefined where fewer than half are at all."""
        return self.quantile(Fraction(1, 2))

    @property
    def low(self) -> int | Undefined:
        """The 5th percentile of n."""
        return self.quantile(Fraction(1, 20))

    @property
    def high(self) -> int | Undefined:
        """The 95th percentile of n."""
        return self.quantile(Fraction(19, 20))


def order_sensitivity(
    sources: Iterable[Iterable[Hashable]],
    *,
    base: int = BASE,
    run: int = RUN,
    threshold: Threshold = THRESHOLD,
    orders: int = ORDERS,
    seed: int = SEED,
) -> Orders | Undefined:
    """Find where saturation falls in other orders of the same sources.

    Parameters
    ----------
    sources, base, run, threshold
        As for `saturate`.
    orders : int
        How many orders to draw; where there are no more than that, every order is tried once.
    seed : int
        The same seed draws the same orders.

    Returns
    -------
    Orders or Undefined
        Undefined where there are too few sources for any order.

    Raises
    ------
    ParameterError
        As for `saturate`, and when `orders` is below 1.

    Examples
    --------
    >>> found = order_sensitivity([{1, 2}, {1, 2}, {1}, {2}], base=2, run=1)
    >>> found.total, found.reached, found.median
    (24, 24, 2)
    """
    limit = _checked(base, run, threshold)
    if orders < 1:
        raise ParameterError.of("saturation_length", f"orders={orders}", name="orders")
    sets = [frozenset(codes) for codes in sources]
    if len(sets) < base + run:
        return Undefined(say("saturation.too_few", count=len(sets), base=base, run=run, needed=base + run))
    complete = factorial(len(sets)) <= orders
    points: Counter[int] = Counter()
    empty = total = 0
    for order in permutations(sets) if complete else _drawn(sets, orders, seed):
        new = _new(order)
        codes = sum(new[:base])
        total += 1
        empty += not codes
        ends = (at for at in range(base, len(new) - run + 1) if sum(new[at : at + run]) <= limit * codes)
        point = next(ends, None) if codes else None
        if point is not None:
            points[point] += 1
    return Orders(total, None if complete else seed, dict(sorted(points.items())), empty)


def _drawn(sets: Sequence[frozenset[Hashable]], orders: int, seed: int) -> Iterator[Sequence[frozenset[Hashable]]]:
    random = Random(seed)
    for _ in range(orders):
        yield random.sample(sets, len(sets))


@dataclass(frozen=True)
class Richness:
    """How many codes there may be in all, from how many sources have each that was found.

    Attributes
    ----------
    sources, found, incidences : int
        Sources, distinct codes in them, and the sum over the codes of the sources that have them.
    once, twice : int
        Codes in exactly one source, and in exactly two.
    """

    sources: int
    found: int
    incidences: int
    once: int
    twice: int

    @property
    def chao2(self) -> float | Undefined:
        """A lower bound of the number of codes, with those nobody was heard to mention (Chao 1987).

        S + (m-1)/m Q1^2 / (2 Q2); where no code is in exactly two sources, S + (m-1)/m Q1 (Q1-1) / (2 (Q2+1)).
        """
        if self._too_little:
            return Undefined(say("saturation.no_richness"))
        pairs = self.once**2 / (2 * self.twice) if self.twice else self.once * (self.once - 1) / 2
        return self.found + (self.sources - 1) / self.sources * pairs

    @property
    def coverage(self) -> float | Undefined:
        """The share of all incidences that belongs to codes already found (Chao & Jost 2012).

        1 - Q1/U (m-1) Q1 / ((m-1) Q1 + 2 Q2).
        """
        if self._too_little:
            return Undefined(say("saturation.no_richness"))
        if not self.once:
            return 1.0
        others = (self.sources - 1) * self.once
        return 1 - self.once / self.incidences * others / (others + 2 * self.twice)

    @property
    def _too_little(self) -> bool:
        return self.sources < 2 or not self.found


def richness(sources: Iterable[Iterable[Hashable]]) -> Richness:
    """Count in how many sources each code occurs, for Chao2 and sample coverage.

    Both assume that any source might as well have been any other, which purposive sampling breaks.

    Examples
    --------
    >>> estimate = richness(["abc", "ab", "ad", "ae"])
    >>> estimate.found, estimate.once, estimate.twice, estimate.chao2
    (5, 3, 1, 8.375)
    """
    sets = [frozenset(codes) for codes in sources]
    held = Counter(code for codes in sets for code in codes)
    counts = Counter(held.values())
    return Richness(len(sets), len(held), sum(held.values()), counts[1], counts[2])


class Unit(StrEnum):
    """What one source is."""

    INFORMANT = "informant"
    DOCUMENT = "document"


class What(StrEnum):
    """What counts as a code."""

    CODE = "code"
    TAG = "tag"
    VALENCE = "code x valence"


@dataclass(frozen=True)
class Saturation:
    """Whether the sources of a case still bring anything new; `saturation` makes it.

    Attributes
    ----------
    codebook : Codebook
    unit : Unit
    what : What
    technique : Technique or None
        The only technique whose documents are read; None for all.
    sources : mapping of str to Codings
        The sources in their order, each with the codings that count.
    dates : mapping of str to str
        For each source the date it stands at.
    course : Course
        What `saturate` makes of the sources in this order.
    declared : bool
        Whether a researcher declared the order; else it is that of the dates.
    without : frozenset of str
        Codes or tags that do not count.
    remarks : tuple of str
        What to know about the sources and their order.
    """

    codebook: Codebook
    unit: Unit
    what: What
    technique: Technique | None
    sources: Mapping[str, Codings]
    dates: Mapping[str, str]
    course: Course
    declared: bool = False
    without: frozenset[str] = frozenset()
    remarks: tuple[str, ...] = ()

    @cached_property
    def sets(self) -> tuple[frozenset[str], ...]:
        """What each source holds, in order: the plain data under every figure."""
        return tuple(
            frozenset(item for coding in codings for item in _items(coding, self.what, self.without))
            for codings in self.sources.values()
        )

    @property
    def result(self) -> Run | Undefined:
        """The run at which saturation is reached, or why none can be named."""
        return self._refusal or self._disorder or self.course.reached

    @property
    def _refusal(self) -> Undefined | None:
        """Why saturation means nothing here, in whatever order."""
        if self.what is What.CODE and self.codebook.closed:
            return Undefined(say("saturation.closed", codebook=self.codebook.title))
        if len(self.sources) < self.course.base + self.course.run and isinstance(self.course.reached, Undefined):
            return self.course.reached
        silent = [name for name, found in zip(self.sources, self.sets, strict=True) if not found]
        if silent and not self.declared:
            return Undefined(say("saturation.uncoded", sources=", ".join(silent), what=self._name))
        return None

    @property
    def _disorder(self) -> Undefined | None:
        """Why there is no order."""
        undated = [name for name, date in self.dates.items() if date == UNDATED]
        if undated and not self.declared:
            return Undefined(say("saturation.undated", sources=", ".join(undated)))
        return None

    @property
    def _name(self) -> str:
        return say(f"saturation.what_{self.what.name.lower()}")

    @property
    def _unit_name(self) -> str:
        return say(f"by.{self.unit}")

    @cached_property
    def incidence(self) -> Mapping[str, Mapping[str, Codings]]:
        """Code -> source -> its codings; the codes in the order of their first appearance, then of the codebook."""
        held: dict[str, dict[str, list[Coding]]] = {}
        for name, codings in self.sources.items():
            mentioned: dict[str, list[Coding]] = {}
            for coding in codings:
                for item in _items(coding, self.what, self.without):
                    mentioned.setdefault(item, []).append(coding)
            for item in sorted(mentioned, key=lambda item: self._rank(item, mentioned[item])):
                held.setdefault(item, {})[name] = mentioned[item]
        books = {self.codebook.id: self.codebook}
        return {
            item: {name: Codings(found, books) for name, found in by_source.items()} for item, by_source in held.items()
        }

    def _rank(self, item: str, codings: Sequence[Coding]) -> tuple[int, str]:
        order = [code.id for code in self.codebook]
        return (-1 if self.what is What.TAG else order.index(codings[0].code), item)

    def to_table(self) -> Table:
        """One row a source: what it holds, what is new in it, and the run that ends with it."""
        rows = [self._row(place, name) for place, name in enumerate(self.sources, 1)]
        keys = ("place", "source", "date", "held", "new", "cumulative", "run", "ratio", "verdict")
        empty: list[str | int | Cell] = [say("saturation.no_sources"), *[""] * (len(keys) - 1)]
        caption = say(
            "saturation.caption",
            what=self._name,
            unit=self._unit_name,
            codebook=self.codebook.title,
            base=self.course.base,
            run=self.course.run,
            threshold=percent(self.course.threshold),
        )
        columns = [say(f"saturation.column_{key}") for key in keys]
        return Table(caption, columns, rows or [empty], self._words)

    @property
    def _words(self) -> str:
        result = self.result
        return result.reason if isinstance(result, Undefined) else say("saturation.reached_at", notation=result)

    def _row(self, place: int, name: str) -> list[str | int | Cell]:
        held = len(self.sets[place - 1])
        if self._disorder:
            return [place, name, self._date(name), held, *["–"] * 5]
        fresh = [by_source[name] for by_source in self.incidence.values() if next(iter(by_source)) == name]
        first = tuple(codings[0].quotation() for codings in fresh)
        new = Cell(str(len(fresh)), first, value=len(fresh))
        cumulative = self.course.cumulative[place - 1]
        return [place, name, self._date(name), held, new, cumulative, *self._run_ending(place)]

    def _run_ending(self, place: int) -> tuple[str, str, str]:
        found = next((run for run in self.course.runs if run.last == place), None)
        if place <= self.course.base:
            return say("saturation.in_base"), "–", "–"
        if found is None or self._refusal:
            return "–", "–", "–"
        span = f"{found.first}–{found.last}" if found.first < found.last else str(found.last)
        below = found.ratio <= self.course.threshold
        verdict = say("saturation.below") if below else say("saturation.above")
        return span, _ratio(found), str(found) if found == self.result else verdict

    def _date(self, name: str) -> str:
        return say("undated") if self.dates[name] == UNDATED else self.dates[name]

    def incidence_table(self) -> Table:
        """Codes by sources, each cell opening to its passages; with frequency, prevalence and first appearance."""
        names = list(self.sources)
        rows: list[list[str | int | Cell]] = [
            [
                self._label(item, by_source),
                *(_cell(by_source.get(name)) for name in names),
                len(by_source),
                percent(Fraction(len(by_source), len(names))),
                "–" if self._disorder else next(iter(by_source)),
            ]
            for item, by_source in self.incidence.items()
        ]
        keys = ("frequency", "prevalence", "first")
        columns = [self._name, *names, *(say(f"saturation.column_{key}") for key in keys)]
        empty: list[str | int | Cell] = [say("saturation.no_items"), *[""] * (len(columns) - 1)]
        caption = say("saturation.incidence_caption", what=self._name, unit=self._unit_name)
        return Table(caption, columns, rows or [empty], say("saturation.incidence_note"))

    def _label(self, item: str, by_source: Mapping[str, Codings]) -> str:
        if self.what is What.TAG:
            return item
        coding = next(iter(by_source.values()))[0]
        label = self.codebook[coding.code].name
        return label if self.what is What.CODE else f"{label} × {say(f'valence.{coding.valence}')}"

    def curve(self) -> Figure:
        """New and cumulative codes source by source, with the base and the saturated run marked.

        Not drawn where saturation means nothing, or where the order is unknown.
        """
        caption = say("saturation.curve_caption", what=self._name, unit=self._unit_name, codebook=self.codebook.title)
        result = self.result
        if isinstance(result, Undefined) and result != self.course.reached:
            return no_figure(caption, result.reason)  # a curve that flattens would claim what the words deny
        return cumulative_curve(
            self.course.new,
            labels=list(self.sources),
            base=self.course.base,
            base_label=say("saturation.base_label", count=self.course.base_codes),
            run=(result.first, result.last) if isinstance(result, Run) else None,
            run_label=str(result),
            series=(say("saturation.series_new"), say("saturation.series_cumulative")),
            axes=(say("saturation.axis_sources", unit=self._unit_name), say("saturation.axis_items", what=self._name)),
            caption=caption,
            words=self._words,
        )

    def orders(self, orders: int = ORDERS, seed: int = SEED) -> Orders | Undefined:
        """Where saturation falls in other orders of the same sources, as by `order_sensitivity`.

        It needs no dates; undefined where saturation means nothing in any order.
        """
        return self._refusal or order_sensitivity(
            self.sets,
            base=self.course.base,
            run=self.course.run,
            threshold=self.course.threshold,
            orders=orders,
            seed=seed,
        )

    def orders_table(self, orders: int = ORDERS, seed: int = SEED) -> Table:
        """How far the result depends on the order: share of orders saturated, median and 5th to 95th percentile."""
        found = self.orders(orders, seed)
        caption, note = say("saturation.orders_caption"), say("saturation.orders_note")
        if isinstance(found, Undefined):
            return Table(caption, ("", ""), [(say("saturation.orders_result"), str(found))])
        drawn = say("saturation.orders_all") if found.seed is None else say("saturation.orders_drawn", seed=found.seed)
        rows = [
            (say("saturation.orders_tried"), f"{number(found.total)} ({drawn})"),
            (say("saturation.orders_reached"), f"{number(found.reached)} ({percent(found.share)})"),
            *([(say("saturation.orders_empty"), number(found.empty))] if found.empty else []),
            (say("saturation.orders_median"), self._written(found.median)),
            (say("saturation.orders_low"), self._written(found.low)),
            (say("saturation.orders_high"), self._written(found.high)),
        ]
        return Table(caption, ("", ""), rows, note)

    def _written(self, point: int | Undefined) -> str:
        return str(point) if isinstance(point, Undefined) else f"{point}+{self.course.run}"

    def richness_table(self) -> Table:
        """Chao2 and sample coverage, with the assumption that purposive sampling breaks; shown only when asked for."""
        counts = richness(self.sets)
        chao2, coverage = counts.chao2, counts.coverage
        rows = [
            (say("saturation.richness_sources", unit=self._unit_name), number(counts.sources)),
            (say("saturation.richness_found", what=self._name), number(counts.found)),
            (say("saturation.richness_once"), number(counts.once)),
            (say("saturation.richness_twice"), number(counts.twice)),
            ("Chao2", str(chao2) if isinstance(chao2, Undefined) else number(round(chao2, 1))),
            (say("saturation.coverage"), str(coverage) if isinstance(coverage, Undefined) else percent(coverage)),
        ]
        return Table(say("saturation.richness_caption"), ("", ""), rows, say("saturation.richness_note"))

    def sentence(self) -> str:
        """What was found, with base, run, threshold, order and what a code is: ready for a methods chapter."""
        course, result = self.course, self.result
        said: dict[str, object] = {
            "what": self._name,
            "kinship": self._kinship,
            "codebook": self.codebook.title,
            "unit": self._unit_name,
            "technique": self.technique.value if self.technique else say("saturation.every_technique"),
            "base": course.base,
            "run": course.run,
            "threshold": percent(course.threshold),
            "order": say("saturation.order_declared") if self.declared else say("saturation.order_dates"),
            "coders": ", ".join(sorted({c for codings in self.sources.values() for c in codings.coders})) or "–",
        }
        if isinstance(result, Undefined):
            return say("saturation.sentence_undefined", reason=result, **said)
        span = f"{result.first}–{result.last}" if result.first < result.last else str(result.last)
        return say(
            "saturation.sentence_reached",
            notation=result,
            codes=course.base_codes,
            span=span,
            ratio=_ratio(result),
            **said,
        )

    @property
    def _kinship(self) -> str:
        """How far what counts comes from the codebook's own list, which a sentence quoted by itself must say, too."""
        if self.what is What.TAG:
            return say("saturation.kinship_tags", known=len(self._listed), count=len(self.incidence))
        return say("saturation.kinship_closed") if self.codebook.closed else say("saturation.kinship_open")

    @property
    def _listed(self) -> set[str]:
        return {indicator for code in self.codebook for indicator in code.indicators} & set(self.incidence)

    def limits(self) -> Prose:
        """What the result does not show, and what to know about the sources and their order."""
        return Prose(((*self._own_limits(), *self.remarks, *_general_limits()),))

    def conclusion(self) -> Prose:
        """The result in one sentence, with all that a methods chapter has to state beside it."""
        return Prose((self.sentence(),))

    def _own_limits(self) -> Iterator[str]:
        course = self.course
        usual = (
            course.base in PROPOSED_BASES and course.run in PROPOSED_RUNS and course.threshold in PROPOSED_THRESHOLDS
        )
        if not usual:
            yield say("saturation.unusual")
        if self.what is What.TAG:
            yield from self._limits_of_tags()
        if self.what is What.VALENCE and self.codebook.closed:
            yield say("saturation.bounded")
        if self.without:
            yield say("saturation.left_out", items=", ".join(sorted(self.without)))

    def _limits_of_tags(self) -> Iterator[str]:
        if self._listed:
            yield say("saturation.listed_tags", known=len(self._listed), count=len(self.incidence))
        codings = [coding for found in self.sources.values() for coding in found]
        bare = sum(not _items(coding, self.what, self.without) for coding in codings)
        if bare:
            yield say("saturation.untagged", bare=bare, count=len(codings))

    def _repr_html_(self) -> str:
        return self._everything().to_html()

    def __repr__(self) -> str:
        return repr(self._everything())

    def _everything(self) -> Stack:
        return Stack((self.to_table(), self.conclusion(), self.limits()))


def saturation(
    case: Case,
    codebook: Codebook,
    *,
    unit: Unit | str = Unit.INFORMANT,
    what: What | str = What.CODE,
    base: int = BASE,
    run: int = RUN,
    threshold: Threshold = THRESHOLD,
    order: Sequence[str] = (),
    technique: Technique | str = Technique.INTERVIEW,
    without: Iterable[str] = (),
    coder: str = "",
) -> Saturation:
    """Ask whether the sources of a case still bring anything new.

    Parameters
    ----------
    case : Case
    codebook : Codebook
    unit : Unit or str
        What one source is: ``"informant"`` (all interviews with one person, at the date of the first) or
        ``"document"``.
    what : What or str
        What counts as a code: ``"code"``, ``"tag"`` (the tags of the passages: indicators or inductive sub-codes) or
        ``"code x valence"``. Codes of a closed codebook come from a theory, so that none can be new: the result then is
        undefined and says what to count instead.
    base, run, threshold
        As for `saturate`.
    order : sequence of str
        The sources in the order the researcher declares; those not named are left out, and one without any code counts
        as heard and bringing nothing. Default: by date, and of the same date by id; the result then is undefined where
        a source is undated or has nothing coded yet.
    technique : Technique or str
        Only documents of this technique; ``"semua"`` or ``"all"`` for every one.
    without : iterable of str
        Tags, or codes, that do not count: marks such as "advice" say nothing about the subject.
    coder : str
        As for `Case.coded_by`.

    Returns
    -------
    Saturation

    Raises
    ------
    UnknownNameError
        For a unit, a kind of code, a technique, a source or a coder that does not exist.
    ParameterError
        As for `saturate`.

    Examples
    --------
    ::

        found = qc.saturation(project.case("latihan-kota-samudra"), project.codebook("stoc"), what="tag")
        found.result         # Run, written 4+2, or Undefined with the reason
        found.curve()
    """
    one, kind = _member(Unit, unit), _member(What, what)
    only = None if technique in ("semua", "all") else _member(Technique, technique)
    documents = [each for each in case.documents if only in (None, each.technique)]
    dates = _dates(documents, one)
    for name in order:
        if name not in dates:
            raise UnknownNameError.among(one.value, name, dates, place=case.id)
    names = list(dict.fromkeys(order)) or sorted(dates, key=lambda name: (_by_date(dates[name]), name))
    places = {document.id for document in documents}
    codings = case.coded_by(coder).using(codebook).where(lambda coding: coding.document.id in places)
    counted = frozenset(without)
    sources = {name: _of_source(codings, one, name) for name in names}
    sets = ({item for coding in found for item in _items(coding, kind, counted)} for found in sources.values())
    return Saturation(
        codebook,
        one,
        kind,
        only,
        sources,
        {name: dates[name] for name in names},
        saturate(sets, base=base, run=run, threshold=threshold),
        bool(order),
        counted,
        tuple(_remarks(documents, dates, names, codings, one, bool(order))),
    )


Word = TypeVar("Word", bound=StrEnum)


def _member(vocabulary: type[Word], word: str) -> Word:
    try:
        return vocabulary(word)
    except ValueError:
        known = [each.value for each in vocabulary]
        raise UnknownNameError.among("choice", str(word), known, place="saturation") from None


def _people(document: Document) -> set[str]:
    """Whose words a document holds: the informants of its turns, and its own."""
    spoken = {turn.informant for turn in document.turns} | {document.informant}
    return {informant for informant in spoken if informant}


def _dates(documents: Iterable[Document], unit: Unit) -> dict[str, str]:
    """Each source with the date of its first dated document."""
    dated: dict[str, list[str]] = {}
    for document in documents:
        for name in _people(document) if unit is Unit.INFORMANT else {document.id}:
            dated.setdefault(name, []).append(document.dated)
    return {name: min(dates, key=_by_date) for name, dates in dated.items()}


def _by_date(date: str) -> tuple[bool, str]:
    return (date == UNDATED, date)


def _of_source(codings: Codings, unit: Unit, name: str) -> Codings:
    if unit is Unit.INFORMANT:
        return codings.where(informant=name)
    return codings.where(lambda coding: coding.document.id == name)


def _items(coding: Coding, what: What, without: frozenset[str]) -> tuple[str, ...]:
    """What a coding counts as; a code twice in a source is one item of its set."""
    if what is What.TAG:
        return tuple(tag for tag in dict.fromkeys(coding.tags) if tag not in without)
    if coding.code in without:
        return ()
    return (coding.code if what is What.CODE else f"{coding.code} {coding.valence.value}",)


def _cell(codings: Codings | None) -> Cell:
    if not codings:
        return Cell("·", value=0)
    return Cell(str(len(codings)), tuple(coding.quotation() for coding in codings), value=len(codings))


def _remarks(
    documents: Sequence[Document],
    dates: Mapping[str, str],
    names: Sequence[str],
    codings: Codings,
    unit: Unit,
    declared: bool,
) -> Iterator[str]:
    left = [name for name in dates if name not in names]
    if left:
        yield say("saturation.not_named", sources=", ".join(sorted(left)))
    same = [name for name in names if dates[name] != UNDATED and list(dates.values()).count(dates[name]) > 1]
    if same and not declared:
        yield say("saturation.same_date", sources=", ".join(same))
    if unit is Unit.INFORMANT:
        often = Counter(name for document in documents for name in _people(document))
        again = [name for name in names if often[name] > 1]
        if again:
            yield say("saturation.several_documents", sources=", ".join(again))
        nobody = sum(coding.informant is None for coding in codings)
        if nobody:
            yield say("saturation.nobody", count=nobody)


def _general_limits() -> tuple[str, ...]:
    return (
        say("saturation.limit_meaning"),
        say("saturation.limit_reflexive"),
        say("saturation.limit_models"),
    )
