"""Reliability as a reader gets it: tables, the figure, what to know beside the numbers, and the sentence for a thesis.

Reliability is what stood before differences were talked over: adjudications are shown, and never counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from statistics import median
from typing import TYPE_CHECKING, TypeVar

from qualcode.analysis.agreement import Coefficient, Interval
from qualcode.analysis.reliability.differences import Disagreements
from qualcode.analysis.reliability.grid import Grid, grid_of
from qualcode.analysis.reliability.measure import (
    TENTATIVE,
    CodeAgreement,
    Resampling,
    SpanAgreement,
    measure,
    measure_sets,
    measure_spans,
)
from qualcode.analysis.reliability.wordings import (
    code_name,
    decimals,
    interval_shown,
    per_cent,
    rater_name,
    shown,
    unit_name,
)
from qualcode.coding.codebook import Codebook
from qualcode.coding.codings import Coding, Codings
from qualcode.coding.comparison import Panel, Raters, panel_of
from qualcode.coding.journal import Adjudicate
from qualcode.coding.sampling import Sample
from qualcode.coding.study import AUTO, Study
from qualcode.coding.units import Unit
from qualcode.display import Cell, Prose, Stack, Table
from qualcode.errors import ParameterError, Undefined, UnknownNameError
from qualcode.figures import Figure, dots_with_intervals, no_figure
from qualcode.wording import language_in_use, number, say, use_language

if TYPE_CHECKING:
    import pandas as pd

RESAMPLES, SEED = 1000, 1
CUSTOMARY = 0.8
"""Krippendorff's customary standard."""


class Per(StrEnum):
    """What one row of the table is: a code, or a dimension, which is a code of the top level with all below it."""

    CODE = "code"
    DIMENSION = "dimension"


@dataclass(frozen=True)
class Reliability:
    """How far coders, or the rounds of one coder, agree; `agree` makes it.

    Attributes
    ----------
    selection : Codings
        What was asked about.
    panel : Panel
        Who is compared, and what each has read.
    codebook : Codebook or None
        None where there are no codings.
    unit : Unit
    per : Per
    resampling : Resampling
    """

    selection: Codings
    panel: Panel
    codebook: Codebook | None
    unit: Unit
    per: Per
    resampling: Resampling

    @cached_property
    def obstacle(self) -> Undefined | None:
        """Why agreement does not apply here; None when it does."""
        if any(study.is_reflexive for study in self._studies):
            approach = "; ".join(study.approach for study in self._studies if study.is_reflexive)
            return Undefined(say("reliability.reflexive", approach=approach), "reflexive")
        if not len(self.selection) or self.codebook is None:
            return Undefined(say("reliability.no_codings"), "no_codings")
        if len(self.panel.raters) > 1:
            return None
        if self.panel.by is Raters.ROUND:
            return Undefined(say("reliability.one_round", coder=", ".join(self.selection.coders)), "one_round")
        return Undefined(say("reliability.one_coder", coder=", ".join(self.panel.raters)), "one_coder")

    @property
    def _studies(self) -> list[Study]:
        cases = dict.fromkeys(coding.case for coding in self.selection) or self.selection.studies
        return [self.selection.studies[case] for case in cases if case in self.selection.studies]

    @cached_property
    def grid(self) -> Grid:
        """The units, and who has read them."""
        return grid_of(self.panel, self.unit)

    @property
    def n_units(self) -> int:
        """How many units two raters or more have read."""
        return self.grid.n_units

    @property
    def n_documents(self) -> int:
        """How many documents hold such a unit."""
        return self.grid.n_documents

    def _row_of(self, coding: Coding) -> str:
        if self.per is Per.CODE or self.codebook is None or coding.code not in self.codebook:
            return coding.code
        return self.codebook.root(coding.code).id

    @cached_property
    def _named(self) -> list[tuple[str, Coding]]:
        return [(self._row_of(coding), coding) for coding in self.panel.codings]

    @cached_property
    def codes(self) -> Mapping[str, CodeAgreement]:
        """Every code that anybody used, in the order of the codebook; nothing where agreement does not apply."""
        if self.obstacle or self.codebook is None:
            return {}
        known = [code.id for code in self.codebook]
        used = dict.fromkeys(code for code, _ in self._named)
        ordered = [code for code in known if code in used] + [code for code in used if code not in known]
        return {code: measure(code, self.grid, self._of(code), self.resampling) for code in ordered}

    def _of(self, code: str) -> list[Coding]:
        return [coding for named, coding in self._named if named == code]

    def __getitem__(self, code: str) -> CodeAgreement:
        """What was found for a code.

        Raises
        ------
        UnknownNameError
            When nobody used it.
        """
        if code not in self.codes:
            raise UnknownNameError.among("code", code, self.codes, place="agree")
        return self.codes[code]

    @property
    def sets(self) -> Mapping[str, tuple[Coefficient, Interval | Undefined]]:
        """All codes at once: alpha of the sets of codes of each unit, by the name of the distance.

        Nothing for characters, for which `spans` says more, and where agreement does not apply.
        """
        if self.obstacle or self.unit is Unit.CHARACTER:
            return {}
        return self._sets

    @cached_property
    def _sets(self) -> dict[str, tuple[Coefficient, Interval | Undefined]]:
        return measure_sets(self.grid, self._named, self.resampling)

    @cached_property
    def spans(self) -> SpanAgreement | Undefined:
        """Free spans: where raters begin and end, on the text that all of them have read."""
        return self.obstacle or measure_spans(self.grid, self._named)

    def to_table(self) -> Table:
        """One row a code: prevalence of each rater, bias, and every coefficient, with the interval of alpha.

        Unit and n stand in the caption; why an interval is missing, among the remarks.
        """
        if self.obstacle:
            return self._blank(self.obstacle)
        names = self._columns()
        columns = [
            say("kind.code").capitalize(),
            *(rater_name(self.panel, rater) for rater in self.panel.raters),
            say("reliability.bias"),
            *(say(f"reliability.column_{name}") for name in names),
        ]
        rows = [self._row(found, names) for found in self.codes.values()]
        note = f"{say('reliability.note')} {say('reliability.note_last')}"
        return Table(self._caption("reliability.caption"), columns, rows, note)

    def _columns(self) -> list[str]:
        """What the columns after the bias are: coefficients by name, and the interval of alpha."""
        kappas = ["cohen_kappa"] if len(self.panel.raters) == 2 else ["conger_kappa", "fleiss_kappa"]
        before = ["percent_agreement", "positive_agreement", "krippendorff_alpha", "alpha_interval"]
        return [*before, *kappas, "gwet_ac1", "brennan_prediger"]

    def _row(self, found: CodeAgreement, names: list[str]) -> list[str | int | Cell]:
        assert self.codebook is not None
        said: set[str] = set()
        interval = "–" if isinstance(found.interval, Undefined) else interval_shown(found.interval)
        return [
            code_name(self.codebook, found.code),
            *(self._prevalence(found, rater) for rater in self.panel.raters),
            Cell(decimals(found.bias), value=round(found.bias, 6)),
            *(interval if name == "alpha_interval" else _once(said, found.coefficients[name]) for name in names),
        ]

    def full_table(self) -> Table:
        """The same for a spreadsheet, where no caption goes along: unit, n and reasons in columns of their own."""
        if self.obstacle:
            return self._blank(self.obstacle)
        names = [name for name in self._columns() if name != "alpha_interval"]
        raters = [rater_name(self.panel, rater) for rater in self.panel.raters]
        columns = [
            *(say(f"reliability.full_{name}") for name in ("code", "unit", "units", "documents")),
            *(say("reliability.full_held", rater=rater) for rater in raters),
            say("reliability.bias"),
            *(say(f"reliability.{name}") for name in names),
            *(say(f"reliability.full_{name}") for name in ("low", "high", "reason")),
        ]
        rows = [self._full_row(found, names) for found in self.codes.values()]
        return Table(self._caption("reliability.caption"), columns, rows)

    def _full_row(self, found: CodeAgreement, names: list[str]) -> list[str | int | float]:
        ends = ("", "") if isinstance(found.interval, Undefined) else (found.interval.low, found.interval.high)
        undefined = [each.value for each in found.coefficients.values()] + [found.interval]
        reasons = dict.fromkeys(each.reason for each in undefined if isinstance(each, Undefined))
        values = [_value(found.coefficients[name]) for name in names]
        return [
            found.code,
            unit_name(self.unit),
            self.n_units,
            self.n_documents,
            *(found.held[rater] for rater in self.panel.raters),
            round(found.bias, 6),
            *("" if value is None else round(value, 6) for value in values),
            *(end if isinstance(end, str) else round(end, 6) for end in ends),
            "; ".join(reasons),
        ]

    def _prevalence(self, found: CodeAgreement, rater: str) -> Cell:
        """Units with the code and their share, open to the rater's codings."""
        if rater not in found.prevalence:
            return Cell(say("reliability.unread"))
        own = [each for each in self._of(found.code) if self.panel.rater(each) == rater]
        text = f"{found.held[rater]} ({per_cent(found.prevalence[rater])})"
        return Cell(text, tuple(each.quotation() for each in own), value=found.held[rater])

    def summary_table(self) -> Table:
        """All codes at once: alpha of the sets of codes of each unit, one row a distance, each named by its source."""
        if self.obstacle:
            return self._blank(self.obstacle)
        rows: list[list[str | int | Cell]] = [
            [
                say(f"reliability.distance_{name}"),
                self.n_units,
                self.n_documents,
                shown(alpha),
                interval_shown(interval),
            ]
            for name, (alpha, interval) in self.sets.items()
        ]
        names = ("distance", "units", "documents", "set_alpha", "alpha_interval")
        columns = [say(f"reliability.{name}") for name in names]
        empty: list[list[str | int | Cell]] = [[say("reliability.no_sets"), "", "", "", ""]]
        return Table(self._caption("reliability.sets_caption"), columns, rows or empty, say("reliability.sets_note"))

    def spans_table(self) -> Table:
        """The unitizing family: marked or not, all codes, and each code against everything else."""
        if isinstance(self.spans, Undefined) or self.codebook is None:
            return self._blank(self.spans if isinstance(self.spans, Undefined) else None)
        found = self.spans
        coverage = "–" if isinstance(found.coverage, Undefined) else per_cent(found.coverage)
        rows: list[list[str | int | Cell]] = [
            [say("reliability.span_marked"), "|u-alpha", found.marked.n_units, shown(found.marked), ""]
        ]
        for name, each in found.all_codes.items():
            words = say(f"reliability.span_{name.partition('-')[0]}")
            rows.append([words, name, each.n_units, shown(each), coverage if name == "cu-alpha" else ""])
        for code, each in ((code, found.codes[code]) for code in self.codes):
            rows.append([code_name(self.codebook, code), "u-alpha", each.n_units, shown(each), ""])
        columns = [say(f"reliability.{name}") for name in _SPAN_COLUMNS]
        caption = say("reliability.spans_caption", length=number(found.length), raters=self._raters())
        return Table(caption, columns, rows, say("reliability.spans_note", merged=found.merged))

    def cells_table(self, code: str) -> Table:
        """The table of two raters behind a code: both, only one, only the other, neither.

        Raises
        ------
        UnknownNameError
            When nobody used the code.
        ParameterError
            When there are not exactly two raters.
        """
        cells = self[code].cells
        if cells is None or self.codebook is None:
            raise ParameterError.of("agree_two_by_two", code, raters=len(self.panel.raters))
        a, b, c, d = cells
        one, other = (rater_name(self.panel, rater) for rater in self.panel.raters)
        yes, no = say("reliability.with_code"), say("reliability.without_code")
        caption = self._caption("reliability.cells_caption", code=code_name(self.codebook, code))
        rows: list[list[str | int]] = [[f"{one}: {yes}", a, b], [f"{one}: {no}", c, d]]
        return Table(caption, ["", f"{other}: {yes}", f"{other}: {no}"], rows)

    def disagreements(self) -> Disagreements:
        """Where raters differ, passage by passage, side by side; empty where agreement does not apply."""
        assert self.codebook is not None or self.obstacle
        codebook = self.codebook or next(iter(self.selection.codebooks.values()))
        panel = self.panel if not self.obstacle else panel_of(self.selection[:0], self.panel.by)
        return Disagreements(panel, codebook, self._adjudications)

    @property
    def _adjudications(self) -> tuple[Adjudicate, ...]:
        return tuple(each for study in self._studies for each in study.adjudications)

    @cached_property
    def rounds(self) -> Mapping[int, Reliability]:
        """Each round of coding by itself."""
        found = sorted({coding.round for coding in self.selection})
        return {round: self._in(round) for round in found}

    def _in(self, round: int) -> Reliability:
        return _reliability(self.selection.where(round=round), Raters.CODER, self.unit, self.per, self.resampling)

    def drift(self) -> Table:
        """Whether coders agree better or worse from round to round: alpha and positive agreement of each code."""
        if self.obstacle and self.obstacle.key != "one_coder":
            return self._blank(self.obstacle)
        if len(self.rounds) < 2:
            return self._blank(Undefined(say("reliability.no_drift"), "one_round"))
        assert self.codebook is not None
        used = {code for each in self.rounds.values() for code in each.codes}
        codes = [code.id for code in self.codebook if code.id in used]
        rounds = self.rounds.values()
        rows: list[list[str | int | Cell]] = [[say("reliability.compared"), *map(_compared, rounds)]]
        for code in codes:
            rows.append([code_name(self.codebook, code), *(_in_round(each, code) for each in rounds)])
        if self.unit is not Unit.CHARACTER:
            rows.append([say("reliability.distance_masi_passonneau"), *map(_sets_in_round, rounds)])
        columns = [say("kind.code").capitalize(), *(say("reliability.round", round=each) for each in self.rounds)]
        return Table(
            self._caption("reliability.drift_caption", counted=False), columns, rows, say("reliability.drift_note")
        )

    def figure(self) -> Figure:
        """Alpha of each code as a dot with its interval, positive agreement beside it."""
        caption = self._caption("reliability.figure")
        if self.obstacle or self.codebook is None:
            return no_figure(caption, str(self.obstacle))
        found = list(self.codes.values())
        return dots_with_intervals(
            [_value(each.alpha) for each in found],
            [
                None if isinstance(each.interval, Undefined) else (each.interval.low, each.interval.high)
                for each in found
            ],
            [_value(each.coefficients["positive_agreement"]) for each in found],
            rows=[code_name(self.codebook, each.code) for each in found],
            series=(say("reliability.krippendorff_alpha"), say("reliability.positive_agreement")),
            interval=say("reliability.alpha_interval"),
            missing=say("reliability.undefined"),
            guides=(TENTATIVE, CUSTOMARY),
            caption=caption,
        )

    def remarks(self) -> Prose:
        """What to know beside the numbers: why they do not apply, the paradox, what was counted and what not."""
        said = tuple(self._alternatives() if self.obstacle else self._remarks())
        return Prose((said,) if said else ())

    def _alternatives(self) -> Iterator[str]:
        assert self.obstacle is not None
        if self.obstacle.key == "one_coder":
            yield from (say(f"reliability.instead_{name}") for name in ("again", "peer", "debriefing"))
        if self.obstacle.key == "reflexive":
            yield say("reliability.instead_reflexive")

    def _remarks(self) -> Iterator[str]:
        if self.unit is Unit.CHARACTER:
            yield say("reliability.character_warning")
        for found in self.codes.values():
            if found.is_paradox:
                yield self._paradox(found)
        yield from self._without_interval()
        yield from self._samples_said()
        outside = self.grid.outside(self.panel.codings)
        if outside:
            yield say("reliability.outside", count=outside)
        if self.panel.later:
            documents = sorted({each.document.id for each in self.panel.later})
            yield say("reliability.later", count=len(self.panel.later), documents=", ".join(documents))
        yield from self._suggested_said()
        if self._unselected:
            yield say("reliability.unselected", documents=", ".join(self._unselected))
        if self.codebook is not None and self.per is Per.CODE:
            unused = [code.id for code in self.codebook if not code.heading and code.id not in self.codes]
            if unused:
                yield say("reliability.unused", codes=", ".join(unused))
        yield say("reliability.benchmarks")

    def _without_interval(self) -> Iterator[str]:
        reasons: dict[str, list[str]] = {}
        for found in self.codes.values():
            if isinstance(found.interval, Undefined) and not isinstance(found.alpha.value, Undefined):
                reasons.setdefault(found.interval.reason, []).append(found.code)
        for reason, codes in reasons.items():
            yield say("reliability.without_interval", codes=", ".join(codes), reason=reason)

    @property
    def _unselected(self) -> list[str]:
        """Documents coded with this codebook that the selection holds no coding of."""
        held = {coding.document.id for coding in self.selection}
        book = self.codebook.id if self.codebook else ""
        coded = {
            each.document
            for study in self._studies
            for each in study.readings
            if each.codebook == book and (each.coder != AUTO or AUTO in self.selection.coders)
        }
        return sorted(coded - held)

    def _suggested_said(self) -> Iterator[str]:
        found = [each for each in self.panel.codings if each.suggested]
        if found:
            accepted = Counter(self.panel.rater(each) for each in found)
            coders = ", ".join(f"{rater_name(self.panel, rater)}: {count}" for rater, count in sorted(accepted.items()))
            yield say("reliability.suggested", count=len(found), total=len(self.panel.codings), coders=coders)

    def _samples_said(self) -> Iterator[str]:
        for sample in self._samples:
            said = {"coder": sample.coder, "units": sample.count, "share": sample.share, "seed": sample.seed}
            yield say("reliability.sampled", **said)

    @property
    def _samples(self) -> list[Sample]:
        book = self.codebook.id if self.codebook else ""
        rounds = {coding.round for coding in self.panel.codings}
        by_coder = self.panel.by is Raters.CODER
        return [
            sample
            for study in self._studies
            for sample in study.samples
            if (sample.codebook, sample.coder in self.selection.coders, sample.round in rounds) == (book, True, True)
            and (sample.coder if by_coder else str(sample.round)) in self.panel.sampled
        ]

    def _paradox(self, found: CodeAgreement) -> str:
        assert self.codebook is not None
        named = {name: str(shown(each)) for name, each in found.coefficients.items()}
        rare = max(found.prevalence.values(), default=0.0) < 0.5
        said = {
            "code": code_name(self.codebook, found.code),
            "percent": named["percent_agreement"],
            "alpha": named["krippendorff_alpha"],
            "gwet": named["gwet_ac1"],
            "positive": named["positive_agreement"],
            "why": say("reliability.paradox_rare" if rare else "reliability.paradox_common"),
        }
        words = say("reliability.paradox", **said)
        if found.cells is None:
            return words
        a, b, c, d = map(number, found.cells)
        return f"{words} {say('reliability.paradox_cells', both=a, first=b, second=c, neither=d)}"

    def sentence(self, language: str | None = None) -> str:
        """What a methods chapter has to say: coefficient, unit, n, coders, adjudicator, interval method and seed.

        Parameters
        ----------
        language : str, optional
            ``"id"`` or ``"en"``; default the language in use.

        Raises
        ------
        ValueError
            When there is no such language.
        """
        before = language_in_use()
        use_language(language or before)
        try:
            # Reasons are worded when they are found: in another language everything is asked anew.
            again = _reliability(self.selection, self.panel.by, self.unit, self.per, self.resampling)
            return again._sentence()
        finally:
            use_language(before)

    def conclusion(self) -> Prose:
        """The sentence as a paragraph."""
        return Prose((self.sentence(),))

    def _sentence(self) -> str:
        if self.obstacle or self.codebook is None:
            return " ".join([str(self.obstacle), *self._alternatives()])
        alphas = [each.alpha.value for each in self.codes.values()]
        positives = [each.coefficients["positive_agreement"].value for each in self.codes.values()]
        defined = [each for each in alphas if not isinstance(each, Undefined)]
        said = {
            "codebook": self.codebook.title,
            "version": self.codebook.version,
            "units": number(self.n_units),
            "unit": unit_name(self.unit),
            "documents": number(self.n_documents),
            "raters": self._raters_in_words(),
            "defined": len(defined),
            "codes": len(alphas),
        }
        parts = [say("reliability.sentence", **said)]
        if defined:
            parts.append(say("reliability.sentence_alpha", alphas=_range(defined), positives=_range(positives)))
            parts.append(self._interval_method())
        parts += self._summary_said()
        parts += self._samples_said()
        parts += self._suggested_said()
        parts.append(self._adjudication_said())
        return " ".join(parts)

    def _interval_method(self) -> str:
        drawn = [each.interval for each in self.codes.values() if isinstance(each.interval, Interval)]
        if not drawn:
            reasons = dict.fromkeys(str(each.interval) for each in self.codes.values())
            return say("reliability.sentence_no_interval", reason="; ".join(reasons))
        unit = say(f"reliability.drawn_{self.resampling.unit}")
        said = {"unit": unit, "resamples": number(self.resampling.resamples), "seed": self.resampling.seed}
        return say("reliability.sentence_interval", count=len(drawn), codes=len(self.codes), **said)

    def _summary_said(self) -> Iterator[str]:
        if self.sets:
            alpha, interval = self.sets["masi_passonneau"]
            said = {"alpha": str(shown(alpha)), "interval": interval_shown(interval)}
            yield say("reliability.sentence_sets", distance=say("reliability.distance_masi_passonneau"), **said)
        elif isinstance(self.spans, SpanAgreement):
            marked = str(shown(self.spans.marked))
            yield say("reliability.sentence_marked", alpha=marked, length=number(self.spans.length))

    def _adjudication_said(self) -> str:
        if self.panel.by is Raters.ROUND:
            return say("reliability.sentence_rounds")
        found = self.disagreements()
        deciders = sorted({decision.coder for each in found if (decision := found.decision(each)) is not None})
        if not deciders:
            return say("reliability.sentence_undecided")
        said = {"decided": len(found) - len(found.undecided), "count": len(found)}
        return say("reliability.sentence_decided", coders=", ".join(deciders), **said)

    def _raters(self) -> str:
        names = ", ".join(rater_name(self.panel, rater) for rater in self.panel.raters)
        return f"{', '.join(self.selection.coders)} ({names})" if self.panel.by is Raters.ROUND else names

    def _raters_in_words(self) -> str:
        *others, last = (rater_name(self.panel, rater) for rater in self.panel.raters)
        words = f"{', '.join(others)} {say('reliability.and')} {last}"
        return f"{', '.join(self.selection.coders)}, {words}" if self.panel.by is Raters.ROUND else words

    def _caption(self, key: str, *, counted: bool = True, **said: object) -> str:
        title = str(self.codebook.title) if self.codebook else "–"
        caption = say(key, codebook=title, raters=self._raters(), unit=unit_name(self.unit), **said)
        if not counted or self.obstacle:
            return caption
        return f"{caption} {say('reliability.counted', units=number(self.n_units), documents=self.n_documents)}"

    def _blank(self, reason: Undefined | None) -> Table:
        title = str(self.codebook.title) if self.codebook else "–"
        caption = say("reliability.not_applicable", codebook=title)
        return Table(caption, [say("sheet.reason")], [[str(reason or "–")]])

    def to_frame(self) -> pd.DataFrame:
        """One row a code, plain values; what is undefined is missing, with the reason of alpha in its own column."""
        import pandas as pd

        rows = {}
        for code, found in self.codes.items():
            values = {name: _value(each) for name, each in found.coefficients.items()}
            ends = (found.interval.low, found.interval.high) if isinstance(found.interval, Interval) else (None, None)
            reason = found.alpha.value.key if isinstance(found.alpha.value, Undefined) else ""
            rows[code] = {
                "n_units": self.n_units,
                "n_documents": self.n_documents,
                **{f"prevalence_{rater}": share for rater, share in found.prevalence.items()},
                "bias": found.bias,
                **values,
                "alpha_low": ends[0],
                "alpha_high": ends[1],
                "reason": reason,
            }
        return pd.DataFrame.from_dict(rows, orient="index")

    def _repr_html_(self) -> str:
        return self._everything().to_html()

    def __repr__(self) -> str:
        return repr(self._everything())

    def _everything(self) -> Stack:
        parts: list[Table | Prose] = [self.to_table()]
        if not self.obstacle:
            parts.append(self.summary_table() if self.unit is not Unit.CHARACTER else self.spans_table())
        return Stack((*parts, self.remarks()))


_SPAN_COLUMNS = ("span_what", "span_name", "span_count", "span_value", "span_coverage")


def _once(said: set[str], coefficient: Coefficient) -> Cell:
    """A coefficient as a cell; a reason that stands in the row already is not said again."""
    if isinstance(coefficient.value, Undefined):
        if coefficient.value.reason in said:
            return Cell("–")
        said.add(coefficient.value.reason)
    return shown(coefficient)


def _value(coefficient: Coefficient) -> float | None:
    return None if isinstance(coefficient.value, Undefined) else coefficient.value


def _range(values: Sequence[float | Undefined]) -> str:
    found = [each for each in values if not isinstance(each, Undefined)]
    if not found:
        return "–"
    said = {"low": decimals(min(found)), "high": decimals(max(found)), "middle": decimals(median(found))}
    return say("reliability.range", **said)


def _compared(each: Reliability) -> str:
    if each.obstacle:
        return each.obstacle.reason
    return say("reliability.counted", units=number(each.n_units), documents=each.n_documents)


def _in_round(each: Reliability, code: str) -> str:
    if code not in each.codes:
        return "·"
    found = each[code]
    alpha, positive = shown(found.alpha), shown(found.coefficients["positive_agreement"])
    return say("reliability.alpha_and_positive", alpha=str(alpha), positive=str(positive))


def _sets_in_round(each: Reliability) -> str:
    if not each.sets:
        return "·"
    alpha, interval = each.sets["masi_passonneau"]
    return f"{shown(alpha)} [{interval_shown(interval)}]"


def agree(
    codings: Codings,
    unit: Unit | str = Unit.TURN,
    per: Per | str = Per.CODE,
    *,
    raters: Raters | str = Raters.CODER,
    resample: str = "document",
    resamples: int = RESAMPLES,
    seed: int = SEED,
) -> Reliability:
    """Compute how far coders agree, code by code, on what stood before anybody adjudicated.

    Parameters
    ----------
    codings : Codings
        Made with one codebook. Only documents of which it holds a coding take part. A document that a coder never
        coded with this codebook is missing for her, not absent; where a sample was drawn for her, its units are what
        she has read. Of a document that a coder coded in several rounds the first counts; ``codings.where(round=2)``
        asks for another.
    unit : Unit or str
        What one unit is: ``"turn"`` (an informant's turn, or a paragraph that is no reflection), ``"paragraph"``,
        ``"sentence"`` or ``"character"``.
    per : Per or str
        One row a ``"code"``, or a ``"dimension"``: a code of the top level with all below it.
    raters : Raters or str
        ``"coder"``; or ``"round"``: the rounds of one coder, ``qc.agree(codings.by("ana"), raters="round")``.
    resample : str
        What intervals are drawn over: ``"document"``, or ``"unit"`` where units are declared independent.
    resamples, seed : int
        As for `qualcode.analysis.agreement.bootstrap`.

    Returns
    -------
    Reliability
        Its `obstacle` says why agreement does not apply: one coder, or an approach that rejects it.

    Raises
    ------
    UnknownNameError
        For a unit, a row, a rater or a way of resampling that does not exist.
    ParameterError
        When the codings are of several codebooks, as decided rather than as made, or, for rounds, of several coders;
        or when there are fewer than 1,000 resamples.

    Examples
    --------
    ::

        found = qc.agree(case.codings.using(stoc))
        found["KHN-OPE"].alpha.value
        found.disagreements().of("valence")
        found.sentence("en")
    """
    chosen = _chosen(Unit, unit), _chosen(Per, per), _chosen(Raters, raters)
    if resample not in ("document", "unit"):
        raise UnknownNameError.among("choice", resample, ("document", "unit"), place="agree")
    if resamples < RESAMPLES:
        raise ParameterError.of("few_resamples", "resamples", given=resamples, fewest=RESAMPLES)
    return _reliability(codings, chosen[2], chosen[0], chosen[1], Resampling(resample, resamples, seed))


Word = TypeVar("Word", bound=StrEnum)


def _chosen(vocabulary: type[Word], word: str) -> Word:
    try:
        return vocabulary(word)
    except ValueError:
        known = [each.value for each in vocabulary]
        raise UnknownNameError.among("choice", str(word), known, place="agree") from None


def _reliability(codings: Codings, by: Raters, unit: Unit, per: Per, resampling: Resampling) -> Reliability:
    panel = panel_of(codings, by)
    codebook = codings.codebooks.get(codings[0].codebook) if len(codings) else None
    return Reliability(codings, panel, codebook, unit, per, resampling)
