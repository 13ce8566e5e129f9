"""A public-relations programme plan: its eleven steps, what the record holds for each, and what cannot be judged."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace

from qualcode.analysis.matrix import cell, column_name
from qualcode.analysis.overview import overview
from qualcode.analysis.textchecks import change
from qualcode.coding.case import UNSTATED, Case, Exhibit, Metric, Money, TextCheck
from qualcode.coding.codebook import Code
from qualcode.coding.valence import Valence
from qualcode.display import Cell, Prose, Quotation, Stack, Table
from qualcode.errors import Undefined
from qualcode.frameworks.sheet import Evidence, Sheet, sheet_of
from qualcode.wording import number, say

CODEBOOK = "programme"
STEPS = tuple(f"PRP-{number:02}" for number in range(1, 12))
MEDIA, CRITERIA, BUDGET = "PRP-05", "PRP-06", "PRP-07"

_SITUATION = re.compile(r"\bswot\b")
_GROWING = re.compile(
    r"\b(?:bertambah|tambahan|naik|meningkat|tumbuh|kenaikan|peningkatan|pertumbuhan|grow\w*|increas\w*)"
)
_SHRINKING = re.compile(r"\b(?:berkurang|turun|menurun|penurunan|decreas\w*|declin\w*)")
_FOLLOWERS = ("pengikut", "pelanggan", "follower", "subscriber")


@dataclass(frozen=True)
class StepRecord:
    """What ``case.yaml`` holds for a step of the plan.

    Attributes
    ----------
    metrics : tuple of Metric
        Figures about accounts, for the media.
    money : tuple of Money
        For the budget.
    tables : tuple of Exhibit
        The source's own tables on this step.
    checks : tuple of TextCheck
        Tensions in the source's text that touch this step.
    """

    metrics: tuple[Metric, ...] = ()
    money: tuple[Money, ...] = ()
    tables: tuple[Exhibit, ...] = ()
    checks: tuple[TextCheck, ...] = ()


@dataclass(frozen=True)
class Indicator:
    """A success indicator that asks for a change over time, for one account, and whether the record can tell.

    Attributes
    ----------
    text : str
        The indicator in the source's words.
    account : str
        Empty where no figure of the record fits the indicator.
    met : bool or Undefined
        Undefined with the reason unless there are two points in time.
    points : tuple of (str, float)
        The earliest and the latest dated figure; empty when `met` is Undefined.
    quotations : tuple of Quotation
        The coded passages the indicator is taken from.
    """

    text: str
    account: str
    met: bool | Undefined
    points: tuple[tuple[str, float], ...] = ()
    quotations: tuple[Quotation, ...] = ()


@dataclass(frozen=True, repr=False)
class ProgrammeSheet(Sheet):
    """A sheet of the eleven steps with the case's own record beside them.

    Attributes
    ----------
    records : mapping of str to StepRecord
        Id of a step -> what ``case.yaml`` holds for it.
    """

    records: Mapping[str, StepRecord]

    def steps(self) -> Table:
        """The eleven steps in order: passages, voices, what the record holds, and what has to be said about it.

        Strategy and tactics stand in place of their step, which has a row of its own only where it is coded itself.
        """
        largest = max((len(each.codings) for each in self.rows), default=0)
        rows: list[list[str | Cell]] = [
            [
                each.code.name,
                cell(each.codings, largest),
                self._voices(each),
                self._held(each.code.id),
                "\n".join(self.remarks(each.code.id)),
            ]
            for each in self.rows
        ]
        columns = [say(f"programme.{key}") for key in ("step", "passages", "voices", "record", "remarks")]
        return Table(say("programme.steps_caption"), columns, rows, say("matrix.note"))

    @staticmethod
    def _voices(each: Evidence) -> str:
        said = [f"{column_name(voice)} ({say(f'valence.{stance}')})" for voice, stance in each.voices.items()]
        return ", ".join(said) or "–"

    def _held(self, step: str) -> str:
        record = self.records[step]
        held = {
            "figures": len(record.metrics),
            "amounts": len(record.money),
            "tables": len(record.tables),
            "tensions": len(record.checks),
        }
        return "; ".join(say(f"programme.{key}", count=count) for key, count in held.items() if count) or "–"

    def record(self, step: str) -> Stack:
        """The figures, the money, the tables and the tensions that the case's record holds for a step.

        Parameters
        ----------
        step : str
            A step's id, ``"PRP-05"``.

        Raises
        ------
        UnknownNameError
            When there is no such step.
        """
        code = self[step].code
        held = self.records[code.id]
        record = self.case.record.model_copy(update={"metrics": held.metrics, "money": held.money})
        about = overview(replace(self.case, record=record))
        parts: list[Table | Prose] = [about.metrics()] if held.metrics else []
        if held.money:
            parts.append(replace(about.money(), note=say("programme.money_note")))
        unstated = say("programme.no_source_line")
        for each in held.tables:
            source = unstated if each.source == UNSTATED else each.source
            parts.append(Table(each.caption, each.columns, each.rows, source))
        if held.checks:
            parts += [Prose((say("programme.tensions_lead"), tuple(each.statement for each in held.checks)))]
        return Stack(tuple(parts), say("programme.nothing_recorded", step=code.name))

    def remarks(self, step: str) -> tuple[str, ...]:
        """What has to be said about a step: no evidence, one voice, a mixed verdict, indicators not assessable."""
        each = self[step]
        return tuple(self._remarks(each))

    def _remarks(self, each: Evidence) -> Iterator[str]:
        if each.blank is not None:
            yield each.blank.reason
        elif self.lone_voice(each.code.id) is not None:
            silent = ", ".join(map(column_name, self._silent(each)))
            voice = column_name(str(self.lone_voice(each.code.id)))
            yield say("programme.lone_voice", voice=voice, silent=silent or "–")
        elif set(each.voices.values()) == {Valence.MIXED}:
            yield say("programme.mixed_in_each", count=len(each.voices))
        if each.code.id == BUDGET and self.records[BUDGET].money:
            yield from self._budget_remarks(each)
        if each.code.id == CRITERIA:
            yield from _indicator_sentences(self.indicators())
        yield from (say("programme.tension", statement=check.statement) for check in self.records[each.code.id].checks)

    def lone_voice(self, step: str) -> str | None:
        """The one voice that a step rests on; None when several speak, or nobody."""
        voices = tuple(self[step].voices)
        return voices[0] if len(voices) == 1 else None

    def _silent(self, each: Evidence) -> tuple[str, ...]:
        """The voices that speak to other steps but not to this one."""
        return tuple(sorted({voice for other in self.evidence for voice in other.voices} - set(each.voices)))

    def _budget_remarks(self, each: Evidence) -> Iterator[str]:
        money = self.records[BUDGET].money
        sources = sorted({entry.source for entry in money})
        if len(sources) == 1:
            yield say("programme.one_source_of_money", count=len(money), source=sources[0])
        undated = [entry.purpose for entry in money if entry.period == UNSTATED]
        if undated:
            yield say("programme.money_without_period", purposes="; ".join(undated))
        if each.codings.where(valence=Valence.OPPOSES):
            yield say("programme.budget_denied", address=each.codings.where(valence=Valence.OPPOSES)[0].address)

    def indicators(self) -> tuple[Indicator, ...]:
        """The success indicators that ask for growth or decline, each with every account whose figures could tell.

        They are taken from the passages coded as criteria; where none asks for a change, from the table of criteria.
        """
        said: dict[str, list[Quotation]] = {}
        for coding in self[CRITERIA].codings:
            if _asks_for_change(coding.quote):
                said.setdefault(coding.quote, []).append(coding.quotation())
        if not said:
            rows = [row for table in self.records[CRITERIA].tables for row in table.rows]
            said = {text: [] for row in rows for text in row[1:] if _asks_for_change(text)}
        return tuple(
            replace(found, quotations=tuple(quotations))
            for text, quotations in said.items()
            for found in _judged(text, self.case.metrics)
        )

    def indicator_table(self) -> Table:
        """Success indicators that ask for a change over time: the figures there are, and what can be judged."""
        rows: list[list[str | Cell]] = [
            [
                Cell(each.text, each.quotations),
                each.account or "–",
                "; ".join(f"{number(value)} ({date})" for date, value in each.points) or "–",
                _met(each.met),
            ]
            for each in self.indicators()
        ]
        columns = [say(f"programme.{key}") for key in ("indicator", "account", "points", "met")]
        empty: list[list[str | Cell]] = [[say("programme.no_indicators"), "", "", ""]]
        return Table(say("programme.indicators_caption"), columns, rows or empty, say("programme.indicators_note"))

    def conclusion(self) -> Prose:
        """The sheet's conclusion, then what the record adds to it: lone voices and indicators not assessable."""
        told = super().conclusion()
        if not self.codings:
            return told
        lone = [each.code.name for each in self.evidence if self.lone_voice(each.code.id) is not None]
        added = [say("programme.lone_steps", steps="; ".join(lone))] if lone else []
        return Prose((*told.paragraphs, *added, *_indicator_sentences(self.indicators())))


def programme(case: Case, coder: str = "") -> ProgrammeSheet:
    """Read a case along the eleven steps of a public-relations programme plan.

    Parameters
    ----------
    case : Case
    coder : str
        A coder's id, ``"semua"`` for everybody, empty for the case's main coder.

    Returns
    -------
    ProgrammeSheet
        The steps as in the codebook, which names its source; strategy and tactics are indicators of the fourth.

    Examples
    --------
    ::

        sheet = qc.programme(project.case("jakarta-utara"))
        sheet.steps()
        sheet.record("PRP-07")
    """
    sheet = sheet_of(case, CODEBOOK, STEPS, coder)
    shared = {field.name: getattr(sheet, field.name) for field in fields(sheet)}
    codes = [code for step in STEPS for code in sheet.codebook[step].walk()]
    return ProgrammeSheet(**shared, records={code.id: _record_of(case, code) for code in codes})


def _record_of(case: Case, code: Code) -> StepRecord:
    """What the record holds for a step: by what it is about, and by the name its tables and text checks give it."""
    record = case.record
    return StepRecord(
        metrics=tuple(each for each in record.metrics if each.account) if code.id == MEDIA else (),
        money=record.money if code.id == BUDGET else (),
        tables=tuple(table for table in record.tables if _names(code, table.caption)),
        checks=tuple(check for check in record.text_checks if any(_names(code, place) for place in check.places)),
    )


def _names(code: Code, text: str) -> bool:
    """Whether a caption or a place begins with a step's name; a table called SWOT belongs to the situation."""
    said = text.casefold()
    if code.id == STEPS[0] and _SITUATION.match(said):
        return True
    return any(re.match(rf"{re.escape(label.casefold())}\b", said) for label in (code.label.id, code.label.en))


def _asks_for_change(text: str) -> bool:
    said = text.casefold()
    return bool(_GROWING.search(said) or _SHRINKING.search(said))


def _judged(text: str, metrics: Iterable[Metric]) -> Iterator[Indicator]:
    """An indicator beside each account whose figures are of what it names."""
    series: dict[str, list[Metric]] = {}
    for metric in metrics:
        if metric.account and _is_of(text, metric):
            series.setdefault(f"{metric.name} {metric.account}", []).append(metric)
    if not series:
        yield Indicator(text, "", Undefined(say("programme.no_figure")))
    for account, found in series.items():
        ends = change((metric.as_of, metric.value) for metric in found if metric.value is not None)
        if isinstance(ends, Undefined):
            yield Indicator(text, account, ends)
        else:
            grew = ends[1][1] - ends[0][1]
            met = grew < 0 if _SHRINKING.search(text.casefold()) else grew > 0
            yield Indicator(text, account, met, ends)


def _is_of(text: str, metric: Metric) -> bool:
    """Whether a metric counts what the indicator names; subscribers are the followers of a channel."""
    said, name = text.casefold(), metric.name.casefold().split()
    if name[0] in _FOLLOWERS:
        return len(name) == 1 and any(word in said for word in _FOLLOWERS)
    return len(name[0]) >= 5 and name[0] in said


def _indicator_sentences(indicators: Iterable[Indicator]) -> Iterator[str]:
    """One sentence for each indicator that can be judged, one for all accounts that share a reason why not."""
    unjudged: dict[tuple[str, str], list[str]] = {}
    for each in indicators:
        if isinstance(each.met, Undefined):
            unjudged.setdefault((each.text, each.met.reason), []).append(each.account)
        else:
            (first, before), (last, after) = each.points
            figures = {"before": number(before), "after": number(after), "first": first, "last": last}
            key = "met" if each.met else "not_met"
            yield say(f"programme.indicator_{key}", text=each.text, account=each.account, **figures)
    for (text, reason), accounts in unjudged.items():
        key = "not_assessable" if any(accounts) else "no_series"
        yield say(f"programme.indicator_{key}", text=text, accounts="; ".join(accounts), reason=reason)


def _met(met: bool | Undefined) -> str:
    if isinstance(met, Undefined):
        return say("programme.not_assessable", reason=met.reason)
    return say("programme.yes") if met else say("programme.no")
