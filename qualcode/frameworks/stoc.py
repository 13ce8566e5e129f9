"""Khan: the seven components of social-media-based government, the culture of STOC, and who speaks from where."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from qualcode.analysis.matrix import column_name, valence_summary
from qualcode.analysis.triangulation import Pair, Stance, compare, stance_of
from qualcode.analysis.triangulation.matrix import evidence_of, status_words
from qualcode.coding.case import UNSTATED, Case
from qualcode.coding.codebook import Code
from qualcode.coding.codings import Coding, Codings
from qualcode.display import Cell, Prose, Table
from qualcode.frameworks.sheet import Sheet, sheet_of
from qualcode.wording import say

CODEBOOK = "stoc"
COMPONENTS, CULTURE = "KHN", "STC"
OPENNESS = "KHN-OPE"
LENS = "actor-network"
INSIDE = "orang dalam"


@dataclass(frozen=True)
class Standpoints:
    """What insiders and others say about an indicator.

    Attributes
    ----------
    code : Code
    inside, outside : Codings
        What informants from within the institution say, and what appointed outsiders, former office-holders and
        citizens say. Observations, documents and informants of unknown relation are on neither side.
    stances : tuple of Stance
        Of those inside and of those outside, each informant one voice.
    pair : Pair
        How the two compare.
    """

    code: Code
    inside: Codings
    outside: Codings
    stances: tuple[Stance, Stance]
    pair: Pair


@dataclass(frozen=True, repr=False)
class StocSheet(Sheet):
    """A sheet of the components and cultures that knows where its voices stand."""

    def standpoints(self, code: str) -> Standpoints:
        """Compare what insiders and others say about an indicator.

        Raises
        ------
        UnknownNameError
            When the framework has no such indicator.
        """
        each = self[code]
        relation = {person.id: person.relation for person in self.case.informants}
        known = each.codings.where(lambda coding: relation.get(coding.informant or "", UNSTATED) != UNSTATED)
        inside = known.where(lambda coding: relation[coding.informant or ""] == INSIDE)
        outside = known.where(lambda coding: relation[coding.informant or ""] != INSIDE)
        sides = evidence_of(inside), evidence_of(outside)
        stances = stance_of(sides[0]), stance_of(sides[1])
        tags = [frozenset().union(*(item.indicators for item in side)) for side in sides]
        tagged = all(tags)
        pair = compare(*stances, common_examples=not tagged or not tags[0].isdisjoint(tags[1]), tagged=tagged)
        return Standpoints(each.code, inside, outside, stances, pair)

    def insiders_and_outsiders(self) -> Table:
        """One row an indicator: what insiders and others say, by which yardstick, and how the two compare.

        The yardsticks are the tags of the passages: who looks at replies and who looks at reach may both be right.
        """
        rows = [self._standpoint_row(self.standpoints(each.code.id)) for each in self.evidence if each.codings]
        names = ("insiders", "insiders_by", "outsiders", "outsiders_by", "comparison")
        columns = [say("sheet.indicator"), *(say(f"stoc.{name}") for name in names)]
        empty: list[list[str | Cell]] = [[say("stoc.no_voices"), *[""] * len(names)]]
        return Table(say("stoc.standpoints_caption"), columns, rows or empty, say("stoc.standpoints_note"))

    @staticmethod
    def _standpoint_row(found: Standpoints) -> list[str | Cell]:
        return [
            found.code.name,
            _side(found.inside, found.stances[0]),
            _yardsticks(found.inside),
            _side(found.outside, found.stances[1]),
            _yardsticks(found.outside),
            status_words(found.pair.status),
        ]

    def voices(self, code: str = OPENNESS) -> Table:
        """One row an informant: where she stands, what she says of each period about one component, by which yardstick.

        For openness in Bandung these are the four voices that the study sets against each other.
        """
        said = self[code].codings.where(lambda coding: coding.informant is not None)
        periods = list(dict.fromkeys((*self.case.groups.time, *sorted({coding.period or UNSTATED for coding in said}))))
        rows: list[list[str | Cell]] = []
        for person in self.case.informants:
            own = said.where(informant=person.id)
            then = ([each for each in own if (each.period or UNSTATED) == period] for period in periods)
            by_period = (_period(Codings(found, own.codebooks)) for found in then)
            rows.append([f"{person.id}, {person.role}", person.relation, *by_period, _yardsticks(own)])
        columns = [
            say("kind.informant").capitalize(),
            say("case.relation"),
            *map(column_name, periods),
            say("stoc.yardsticks"),
        ]
        empty: list[list[str | Cell]] = [[say("stoc.no_voices"), *[""] * (len(columns) - 1)]]
        caption = say("stoc.voices_caption", code=self[code].code.name)
        return Table(caption, columns, rows or empty, say("stoc.voices_note"))

    def actor_network(self) -> Table | Prose:
        """The Actor-Network lens: human and non-human actors and what ties them, by the tags of their passages.

        A text with the reason where the project has no such codebook or the case no such codings.
        """
        codebook = self.case.codings.codebooks.get(LENS)
        codings = self.case.coded_by(self.coder).using(LENS)
        if codebook is None or not codings:
            return Prose((say("stoc.no_lens", case=self.case.title),))
        rows = [row for code in codebook.indicators for row in _actors(code, codings.exactly(code))]
        columns = [say(f"stoc.{name}") for name in ("actor_kind", "actor", "passages", "voices")]
        return Table(say("stoc.lens_caption"), columns, rows, say("stoc.lens_note"))


def stoc(case: Case, coder: str = "") -> StocSheet:
    """Read a case through Khan's seven components and the culture of sharing, transparency, openness, collaboration.

    Parameters
    ----------
    case : Case
    coder : str
        A coder's id, ``"semua"`` for everybody, empty for the case's main coder.

    Returns
    -------
    StocSheet
        Its first dimension holds the seven components, its second the four cultures.

    Examples
    --------
    ::

        sheet = qc.stoc(project.case("bandung"))
        sheet["KHN-OPE"].voices
        sheet.insiders_and_outsiders()
    """
    return StocSheet(**vars(sheet_of(case, CODEBOOK, (COMPONENTS, CULTURE), coder)))


def _actors(code: Code, codings: Codings) -> Iterator[list[str | Cell]]:
    """One row for each actor or tie that the tags name; passages without a tag come last."""
    by_tag: dict[str, list[Coding]] = {}
    for coding in codings:
        for tag in coding.tags or (say("stoc.untagged"),):
            by_tag.setdefault(tag, []).append(coding)
    for tag, found in by_tag.items():
        voices = ", ".join(dict.fromkeys(column_name(coding.voice) for coding in found))
        yield [code.name, tag, _opening(Codings(found, codings.codebooks)), voices]


def _side(codings: Codings, stance: Stance) -> Cell:
    by_stance: dict[Stance, list[str]] = {}
    for who in dict.fromkeys(coding.informant for coding in codings):
        own = stance_of(evidence_of(codings.where(informant=who)))
        by_stance.setdefault(own, []).append(who or "")
    people = "; ".join(f"{say(f'stance.{own}')}: {', '.join(who)}" for own, who in by_stance.items())
    said = people if len(by_stance) == 1 else f"{say(f'stance.{stance}')} ({people})"
    return Cell(said if codings else say("stance.silent"), tuple(coding.quotation() for coding in codings))


def _period(codings: Codings) -> Cell:
    if not codings:
        return Cell("·")
    stance = stance_of(evidence_of(codings))
    implied = f" ({say('implicit')})" if not any(coding.explicit for coding in codings) else ""
    return Cell(say(f"stance.{stance}") + implied, tuple(coding.quotation() for coding in codings))


def _opening(codings: Codings) -> Cell:
    return Cell(valence_summary(codings), tuple(coding.quotation() for coding in codings), value=len(codings))


def _yardsticks(codings: Codings) -> str:
    return "; ".join(dict.fromkeys(tag for coding in codings for tag in coding.tags)) or "–"
