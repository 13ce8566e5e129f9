"""Checklists of reporting and trustworthiness, filled from the project where it holds evidence.

No item is ever met without evidence. What the project shows stands beside what the researcher states in the case's
``checklist.yaml``, each with its own words; what neither shows stays open.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from typing import Literal

from pydantic import Field

from qualcode.analysis.checkevidence import Finding, Material, MemberChecked, Standing, find_evidence, place_of
from qualcode.coding.case import Case, CaseKind, CaseRecord
from qualcode.coding.codebook import Bilingual
from qualcode.coding.consent import unquotable
from qualcode.coding.reviews import Comment
from qualcode.display import Cell, Prose, Quotation, Stack, Table
from qualcode.errors import CheckError, Problem, UnknownNameError
from qualcode.records import Identifier, Record, Tree, parse, read_as
from qualcode.wording import say

__all__ = ["CHECKLIST", "Answer", "Checklist", "Form", "Standing", "checklist", "compare_checklists", "form"]

CHECKLIST = "checklist"
"""The name, without its ending, of the file beside a case in which the researcher states what no file can show."""

FORMS = ("coreq", "srqr", "keabsahan")

MARKS = {
    Standing.MET: "●",
    Standing.PARTLY: "◐",
    Standing.UNMET: "○",
    Standing.IRRELEVANT: "–",
    Standing.OPEN: "?",
}


class Item(Record):
    """One item: what a report has to state, and the rule that looks for evidence of it in the project, if there is."""

    id: str = Field(pattern=Identifier)
    label: Bilingual
    asks: Bilingual
    rule: str | None = None

    @property
    def name(self) -> str:
        """Number and label, as tables show it."""
        return f"{self.id} {self.label}"


class Part(Record):
    """Items that belong together."""

    label: Bilingual
    items: tuple[Item, ...] = Field(min_length=1)


class Form(Record):
    """A checklist as it is published: its items in our own words, and its source.

    `kinds` are the cases it is made for.
    """

    id: str = Field(pattern=Identifier)
    version: str
    title: Bilingual
    license: str
    citation: str
    kinds: tuple[CaseKind, ...] = tuple(CaseKind)
    parts: tuple[Part, ...] = Field(min_length=1)

    @property
    def items(self) -> tuple[Item, ...]:
        """All items, in order."""
        return tuple(item for part in self.parts for item in part.items)


@cache
def form(name: str) -> Form:
    """The published checklist of this name.

    Raises
    ------
    UnknownNameError
        With the nearest name there is.

    Examples
    --------
    >>> len(form("coreq").items), len(form("srqr").items)
    (32, 21)
    """
    if name not in FORMS:
        raise UnknownNameError.among("checklist", name, FORMS, place=CHECKLIST)
    file = files("qualcode").joinpath("checklists", f"{name}.yaml")
    tree, problems = parse(file.read_text("utf-8"), file.name)
    found, faults = read_as(Form, tree) if tree else (None, [])
    if found is None or problems or faults:
        raise CheckError([*problems, *faults])
    return found


class Statement(Record):
    """What a researcher states of an item, and by which words; `where` is the page of the report that says so."""

    status: Literal["terpenuhi", "sebagian", "tidak", "tidak relevan"]
    statement: str = Field(min_length=1)
    where: str | None = None
    documents: tuple[str, ...] = ()


class MemberCheck(Record):
    """That an informant was shown something, and what came of it."""

    informant: str
    date: str
    sent: Literal["transkrip", "kutipan", "ringkasan", "temuan"]
    channel: str | None = None
    response: Literal["setuju", "koreksi", "menambah", "menolak", "tidak menjawab"]
    changes: str | None = None


class Statements(Record):
    """What stands in a case's ``checklist.yaml``: statements by checklist and item, and member checks."""

    member_checks: tuple[MemberCheck, ...] = ()
    coreq: dict[str, Statement] = Field(default_factory=dict)
    srqr: dict[str, Statement] = Field(default_factory=dict)
    keabsahan: dict[str, Statement] = Field(default_factory=dict)

    def of(self, name: str) -> Mapping[str, Statement]:
        """The statements on the items of a checklist."""
        found: Mapping[str, Statement] = getattr(self, name)
        return found


def read_statements(
    tree: Tree, record: CaseRecord, documents: Iterable[str]
) -> tuple[Statements | None, list[Problem]]:
    """Read ``checklist.yaml`` and check it against the case: items, informants and documents that exist.

    Parameters
    ----------
    tree : Tree
    record : CaseRecord
        The case it stands beside.
    documents : iterable of str
        The ids of the case's documents.

    Returns
    -------
    tuple of (Statements or None, list of Problem)
    """
    found, problems = read_as(Statements, tree)
    if found is not None:
        problems += _strangers(found, tree, record, frozenset(documents))
    return found, problems


def _strangers(found: Statements, tree: Tree, record: CaseRecord, documents: frozenset[str]) -> Iterator[Problem]:
    informants = [each.id for each in record.informants]
    for index, check in enumerate(found.member_checks):
        if check.informant not in informants:
            place = tree.at(("member_checks", index, "informant"))
            known = ", ".join(sorted(informants)) or "–"
            yield Problem.of("unknown_informant", place, informant=check.informant, known=known)
    for name in FORMS:
        items = {item.id for item in form(name).items}
        for id, statement in found.of(name).items():
            if id not in items:
                yield Problem.of("checklist_item", tree.at((name, id)), item=id, checklist=form(name).title)
            for index, document in enumerate(statement.documents):
                if document not in documents:
                    place = tree.at((name, id, "documents", index))
                    yield Problem.of("checklist_document", place, document=document)


@dataclass(frozen=True)
class Answer:
    """What is known of an item.

    Attributes
    ----------
    item : Item
    found : Finding or None
        What the project shows; None when it holds no evidence.
    stated : Statement or None
        What the researcher states; her word decides, and what the project shows stays beside it.
    missing : Standing
        What the item is when neither says anything.
    reason : str
        Why it is so then.
    place : str
        Where the statement stands.
    """

    item: Item
    found: Finding | None
    stated: Statement | None
    missing: Standing
    reason: str
    place: str = ""

    @property
    def standing(self) -> Standing:
        """How far the item is met."""
        if self.stated:
            return Standing(self.stated.status)
        return self.found.standing if self.found else self.missing

    @property
    def words(self) -> str:
        """Why: what the researcher states, and what the project shows."""
        said = []
        if self.stated:
            where = f" ({self.stated.where})" if self.stated.where else ""
            said.append(say("checklist.stated", statement=self.stated.statement, where=where))
        if self.found:
            said.append(self._shown(self.found) if self.stated else self.found.words)
        return "\n".join(said) or self.reason

    def _shown(self, found: Finding) -> str:
        return say("checklist.project_shows", standing=_worded(found.standing), words=found.words)

    @property
    def evidence(self) -> tuple[Quotation, ...]:
        """What opens: the statement's own words first."""
        stated: tuple[Quotation, ...] = ()
        if self.stated:
            place = ", ".join([self.place, *self.stated.documents])
            stated = (Quotation(self.stated.statement, place, self.stated.where or ""),)
        return (*stated, *(self.found.evidence if self.found else ()))

    def row(self) -> tuple[str | Cell, ...]:
        """Item, what it asks for, how far it is met, and the words that open to the evidence."""
        shade = {Standing.MET: 1.0, Standing.PARTLY: 0.4}.get(self.standing, 0.0)
        status = Cell(f"{MARKS[self.standing]} {_worded(self.standing)}", shade=shade)
        return self.item.name, str(self.item.asks), status, Cell(self.words, self.evidence)


def _worded(standing: Standing) -> str:
    return say(f"checklist.standing_{standing.name.lower()}")


@dataclass(frozen=True)
class Checklist:
    """A checklist filled for a case; `checklist` makes it.

    ``checklist["22"]`` gives the `Answer` to an item.
    """

    form: Form
    case: Case
    answers: tuple[Answer, ...]
    is_reading: bool

    @cached_property
    def _by_id(self) -> dict[str, Answer]:
        return {answer.item.id: answer for answer in self.answers}

    def __getitem__(self, item: str) -> Answer:
        """The answer to the item with this id.

        Raises
        ------
        UnknownNameError
            With the nearest id there is.
        """
        if item not in self._by_id:
            raise UnknownNameError.among("item", item, self._by_id, place=self.form.id)
        return self._by_id[item]

    def __iter__(self) -> Iterator[Answer]:
        return iter(self.answers)

    def standings(self) -> dict[Standing, int]:
        """How many items came to each standing, all always listed."""
        return {each: sum(answer.standing is each for answer in self.answers) for each in Standing}

    def to_table(self) -> Table:
        """One row an item; its last cell opens to the evidence."""
        return Table(self._caption, _columns(), [answer.row() for answer in self.answers], self.note())

    @property
    def _caption(self) -> str:
        return f"{self.form.title}: {self.case.title}"

    def parts(self) -> Stack:
        """The same, one table a part."""
        shown = []
        for part in self.form.parts:
            rows = [_narrow(self[item.id].row()) for item in part.items]
            shown.append(Table(str(part.label), _narrow_columns(), rows))
        return Stack(tuple(shown))

    def summary(self) -> Table:
        """How many items of each part came to which standing."""
        rows: list[list[str | int | Cell]] = []
        for part in self.form.parts:
            found = [self[item.id].standing for item in part.items]
            rows.append([str(part.label), *(found.count(each) for each in Standing)])
        rows.append([say("checklist.all"), *self.standings().values()])
        marks = [f"{MARKS[each]} {_worded(each)}" for each in Standing]
        return Table(self._caption, [say("checklist.part"), *marks], rows, self.note())

    def to_do(self) -> Table:
        """What is still to be stated or done: items that are open, met in part, or not met."""
        rest = (Standing.OPEN, Standing.UNMET, Standing.PARTLY)
        rows = [_narrow(answer.row()) for each in rest for answer in self.answers if answer.standing is each]
        empty: list[list[str | Cell]] = [[say("checklist.nothing_to_do"), "", ""]]
        return Table(say("checklist.to_do", checklist=self.form.title), _narrow_columns(), rows or empty)

    def note(self) -> str:
        """Whose evidence this is, and where the checklist comes from."""
        said = say("checklist.note_reading") if self.is_reading else say("checklist.note_own")
        return f"{said} {say('checklist.source', citation=' '.join(self.form.citation.split()))}"

    def limits(self) -> Prose:
        """What a filled checklist does not show."""
        limits = [say("checklist.limit_reporting"), say("checklist.limit_hints"), say("checklist.limit_score")]
        if self.is_reading:
            limits.append(say("checklist.note_reading"))
        return Prose((tuple(limits),))

    def __repr__(self) -> str:
        counted = ", ".join(f"{_worded(each)} {count}" for each, count in self.standings().items() if count)
        return f"Checklist {self.form.id}, {self.case.id}: {counted}"

    def _repr_html_(self) -> str:
        return Stack((self.summary(), *self.parts().parts)).to_html()


def _narrow(row: Sequence[str | Cell]) -> list[str | Cell]:
    """What an item asks for below its name instead of beside it: three columns fit a phone."""
    return [f"{row[0]}\n{row[1]}", *row[2:]]


def _narrow_columns() -> list[str]:
    return [name for index, name in enumerate(_columns()) if index != 1]


def _columns() -> list[str]:
    return [say(f"checklist.column_{name}") for name in ("item", "asks", "standing", "evidence")]


def checklist(case: Case, name: str = "coreq", *, coder: str = "", reviews: Iterable[Comment] = ()) -> Checklist:
    """Fill a checklist from what a case holds.

    Parameters
    ----------
    case : Case
        What its researcher states by hand stands in ``checklist.yaml`` beside ``case.yaml``, and who checked what.
    name : str
        ``"coreq"`` (32 items), ``"srqr"`` (21 items) or ``"keabsahan"`` (trustworthiness).
    coder : str
        Whose codings: as for `Case.coded_by`.
    reviews : iterable of Comment
        What supervisors, peers and informants said, as `Project.reviews` gives it; those on other cases do not count.
        It shows that others read along; never that all is in order.

    Returns
    -------
    Checklist

    Raises
    ------
    UnknownNameError
        When there is no such checklist or coder.
    CheckError
        When ``checklist.yaml`` has faults; all of them are named.

    Examples
    --------
    ::

        found = qc.checklist(project.case("latihan-kota-samudra"), "coreq")
        found["21"].standing      # Standing.MET: the interviews say how long they took
        found.to_do()             # what is still to be stated
    """
    chosen = form(name)
    statements, tree = _statements_of(case)
    comments = tuple(each for each in reviews if each.target is not None and each.target.case == case.id)
    checked = (*_checked(statements, tree), *_commented(case, comments))
    material = Material(case, coder, checked, comments)
    suited = case.record.kind in chosen.kinds
    stated = statements.of(name)
    answers = tuple(
        Answer(
            item,
            find_evidence(item.rule, material) if suited and item.rule else None,
            stated.get(item.id),
            *_otherwise(suited, material),
            tree.at((name, item.id)) if tree and item.id in stated else "",
        )
        for item in chosen.items
    )
    return Checklist(chosen, case, answers, material.is_reading)


def _otherwise(suited: bool, material: Material) -> tuple[Standing, str]:
    """What an item is on which nothing is known, and why."""
    if not suited:
        return Standing.IRRELEVANT, say("checklist.unsuited", kind=material.case.record.kind)
    if material.is_reading:
        return Standing.UNMET, say("checklist.not_reported")
    return Standing.OPEN, say("checklist.fill_in")


def _statements_of(case: Case) -> tuple[Statements, Tree | None]:
    tree = case.analyses.get(CHECKLIST)
    if tree is None:
        return Statements(), None
    found, problems = read_statements(tree, case.record, (document.id for document in case.documents))
    if found is None or problems:
        raise CheckError(problems)
    return found, tree


def _checked(statements: Statements, tree: Tree | None) -> Iterator[MemberChecked]:
    for index, each in enumerate(statements.member_checks):
        place = tree.at(("member_checks", index)) if tree else ""
        yield MemberChecked(each.informant, each.date, each.sent, each.response, each.changes or "", place)


def _commented(case: Case, comments: Iterable[Comment]) -> Iterator[MemberChecked]:
    """The comments that came in under the code of an informant: she was shown what they stand on."""
    informants = {each.id for each in case.informants}
    may_show = not unquotable(case)  # a comment may repeat whose words must not be shown
    for each in comments:
        if each.author in informants and each.target is not None:
            sent = "kutipan" if each.target.document else "temuan"
            words = each.text if may_show else say("review.unquotable")
            said = say("checklist.commented")
            yield MemberChecked(each.author, each.time[:10], sent, said, words, place_of(each), commented=True)


def compare_checklists(
    cases: Sequence[Case], name: str = "coreq", *, coder: str = "", reviews: Iterable[Comment] = ()
) -> Table:
    """One row an item, one column a case, and below how many items each case meets.

    Parameters
    ----------
    cases : sequence of Case
    name, coder, reviews
        As for `checklist`.

    Raises
    ------
    UnknownNameError, CheckError
        As for `checklist`.
    """
    comments = tuple(reviews)
    filled = [checklist(case, name, coder=coder, reviews=comments) for case in cases]
    rows: list[list[str | Cell]] = [
        [item.name, *(_mark(each[item.id]) for each in filled)] for item in form(name).items
    ]
    rows += [
        [
            f"{MARKS[each]} {_worded(each)}",
            *(Cell(str(one.standings()[each]), value=one.standings()[each]) for one in filled),
        ]
        for each in Standing
    ]
    legend = ", ".join(f"{mark} {_worded(each)}" for each, mark in MARKS.items())
    caption = say("checklist.compare", checklist=form(name).title)
    return Table(caption, [say("checklist.column_item"), *(case.id for case in cases)], rows, legend)


def _mark(answer: Answer) -> Cell:
    shade = {Standing.MET: 1.0, Standing.PARTLY: 0.4}.get(answer.standing, 0.0)
    return Cell(MARKS[answer.standing], answer.evidence, shade=shade)
