"""Who the speakers are: which labels are one person, who asks, and which informant of the case each of them is."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from qualcode.errors import Problem
from qualcode.intake.blocks import RawFile
from qualcode.intake.draft import UNKNOWN, NeededFor, Question
from qualcode.intake.headers import Field, Header
from qualcode.intake.speakers import Label, read_label, same_name, squeezed
from qualcode.intake.talk import ANSWERING, ASKING, NOBODY, Said
from qualcode.records import Identifier
from qualcode.text.transcript import INTERVIEWER, OTHER, Role
from qualcode.wording import say

MIXED = "campuran"
NONE = "tidak ada"
NO_SPEAKER = "bukan pembicara"
_ANY_INFORMANT = (
    "narasumber",
    "informan",
    "jawaban",
    "subjek",
    "responden",
    "partisipan",
    "kunci",
    "utama",
    "pendukung",
)


@dataclass
class Person:
    """A speaker: every label that is read as this one person's, with how often it stands there."""

    key: str
    role: Role | None
    is_name: bool
    informant: str | None = None
    labels: Counter[str] = field(default_factory=Counter)
    spellings: Counter[str] = field(default_factory=Counter)
    asking: int = 0
    stored: str = ""

    @property
    def turns(self) -> int:
        """How often the person speaks."""
        return self.labels.total()

    @property
    def shown(self) -> str:
        """The person as questions and guesses call it: the label most used."""
        return self.spellings.most_common(1)[0][0] if self.spellings else say("intake.unlabelled")


@dataclass
class Cast:
    """Everybody who speaks, with what was guessed and must be asked about them."""

    people: list[Person]
    guesses: list[Problem] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    names: list[str] = field(default_factory=list)

    def of(self, label: str) -> Person:
        """The person who bears the label."""
        return next(person for person in self.people if label in person.labels)

    @property
    def informants(self) -> list[Person]:
        """The people who are informants."""
        return [person for person in self.people if person.role is Role.INFORMANT]

    @property
    def legend(self) -> dict[str, str]:
        """Stored label -> what it means."""
        meant = {Role.INTERVIEWER: INTERVIEWER, Role.OTHER: OTHER}
        return {p.stored: meant.get(p.role or Role.OTHER) or p.informant or UNKNOWN for p in self.people}


@dataclass(frozen=True)
class Knowledge:
    """What is known before the talk is read: the file, its header, the case's informants, the answers given."""

    raw: RawFile
    header: Header
    informants: Mapping[str, str]
    answers: Mapping[str, str]
    suffix: str = ""
    _read: dict[str, Label | None] = field(default_factory=dict, repr=False, compare=False)

    def read(self, label: str) -> Label | None:
        """Read a label with the case's ids and the file's own legend."""
        if label not in self._read:
            self._read[label] = read_label(label, informants=self.informants, legend=self.header.legend)
        return self._read[label]

    @property
    def forced(self) -> dict[str, str]:
        """What a person has said of labels: label in small letters -> meaning, "-" for no speaker."""
        said = {key[6:].casefold(): value for key, value in self.answers.items() if key.startswith("label:")}
        return {label: "-" if value == NO_SPEAKER else value for label, value in said.items()}

    def answer(self, key: str) -> str | None:
        """The answer to a question, or None."""
        return self.answers.get(key + self.suffix, "").strip() or None


def cast(said: Sequence[Said], known: Knowledge) -> Cast:
    """Find out who speaks.

    Labels that are surely one person's are united, others by what is guessed and reported. Whoever nobody knows is
    asked for, and has no informant's id until then.
    """
    found = Cast(_people(said, known))
    _unite_names(found, known)
    _unite_numbers(found, known)
    _decide_roles(found, said, known)
    _unite_roles(found, known)
    _name_informants(found, known)
    _name_labels(found, known)
    return found


def _people(said: Sequence[Said], known: Knowledge) -> list[Person]:
    people: dict[str, Person] = {}
    for each in said:
        label = known.read(each.label) if each.label not in (ANSWERING, ASKING, NOBODY) else None
        if each.label == ANSWERING:
            label = Label("", "informan", Role.INFORMANT, False, True)
        elif each.label == ASKING:
            label = Label("", "pewawancara", Role.INTERVIEWER, False, True)
        elif each.label == NOBODY:
            label = Label("", NOBODY, Role.OTHER, False, True)
        elif label is None:  # the format itself calls somebody so: a telephone number, a name in small letters
            label = Label(" ".join(each.label.split()), each.label.casefold(), None, True, False)
        person = people.setdefault(label.key, Person(label.key, label.role, label.is_name, label.informant))
        person.labels[each.label] += 1
        if label.spelling and not label.typo_of:
            person.spellings[label.spelling] += 1
        elif label.typo_of:
            person.spellings[label.typo_of.capitalize()] += 0
        person.asking += "?" in each.text[-4:]
        meaning = known.forced.get(label.spelling.casefold())
        if meaning:
            person.role = {INTERVIEWER: Role.INTERVIEWER, OTHER: Role.OTHER}.get(meaning, Role.INFORMANT)
            person.informant = meaning if person.role is Role.INFORMANT else None
    return list(people.values())


def _unite(found: Cast, into: Person, others: Sequence[Person], known: Knowledge) -> None:
    """Make one person of several, and say so where the labels differ in more than letters and points."""
    for other in others:
        into.labels.update(other.labels)
        into.spellings.update(other.spellings)
        into.asking += other.asking
        into.informant = into.informant or other.informant
        into.role = into.role or other.role
        into.is_name = into.is_name and other.is_name
        found.people.remove(other)


def _report_united(found: Cast, known: Knowledge) -> None:
    for person in found.people:
        spellings = [label.strip() for label in person.labels if label.strip("\0\1 ")]
        if len({each.casefold() for each in spellings}) > 1 or len(spellings) > 1:
            labels = ", ".join(f"“{each}” ({person.labels[each]})" for each in spellings)
            found.guesses.append(Problem.of("intake_united", known.raw.name, labels=labels, stored=person.stored))


def _unite_names(found: Cast, known: Knowledge) -> None:
    found.names = [*known.header.informant_names, *known.header.interviewer_names]
    named = [person for person in found.people if person.is_name]
    for person in sorted(named, key=lambda each: len(each.key)):
        alike = [other for other in found.people if other is not person and other.is_name]
        alike = [other for other in alike if same_name(person.key, other.key)]
        if len(alike) == 1:
            _unite(found, alike[0], [person], known)
    for person in found.people:
        if person.is_name:
            found.names.append(person.key)
            if any(same_name(person.key, name.casefold()) for name in known.header.interviewer_names):
                person.role = person.role or Role.INTERVIEWER
            elif any(same_name(person.key, name.casefold()) for name in known.header.informant_names):
                person.role = person.role or Role.INFORMANT


def _unite_numbers(found: Cast, known: Knowledge) -> None:
    """P1, J1, P2, J2: the numbers count questions. P1 beside P is P mistyped, or the first participant."""
    for concept in ("pewawancara", *_ANY_INFORMANT):
        numbered = [p for p in found.people if re.fullmatch(rf"{concept}\d+", p.key)]
        if len(numbered) > 1 and all(p.turns == 1 and not p.informant for p in numbered) and _in_step(found, numbered):
            plain = next((p for p in found.people if p.key == concept), numbered[0])
            _unite(found, plain, [p for p in numbered if p is not plain], known)
            plain.key, plain.role = concept, plain.role or Role.INTERVIEWER
            number_free = Counter({re.sub(r"[\s.-]*\d+$", "", each): n for each, n in plain.spellings.items()})
            plain.spellings = number_free
    doubtful = [p for p in found.people if p.role is None and re.fullmatch(r"pewawancara\d+", p.key)]
    asking = [p for p in found.people if p.role is Role.INTERVIEWER]
    answering = [p for p in found.people if p.role is Role.INFORMANT or p.is_name]
    for person in doubtful:
        if answering and asking and len(doubtful) == 1:
            _unite(found, asking[0], [person], known)
        elif answering and not asking:
            person.role = Role.INTERVIEWER
        elif asking:
            person.role = Role.INFORMANT


def _in_step(found: Cast, numbered: Sequence[Person]) -> bool:
    """Whether the same numbers stand after another word as well, each once: then they count questions."""
    numbers = {re.sub(r"\D", "", person.key) for person in numbered}
    for stem in {re.sub(r"\d", "", p.key) for p in found.people} - {re.sub(r"\d", "", numbered[0].key)}:
        others = {p.key[len(stem) :] for p in found.people if re.fullmatch(rf"{stem}\d+", p.key) and p.turns == 1}
        if len(numbers & others) > 1:
            return True
    # The others have been united already, or bear no numbers: the numbers run on, one after another.
    last = max(map(int, numbers))
    return numbers == {str(each) for each in range(1, last + 1)} and any(
        p.role is not None and p.role is not numbered[0].role and p.turns >= last - 1 for p in found.people
    )


def _decide_roles(found: Cast, said: Sequence[Said], known: Knowledge) -> None:
    answered = known.answer("interviewer")
    if answered:
        chosen = [p for p in found.people if answered in p.spellings or p.shown == answered]
        for person in chosen or (found.people if answered == NONE else []):
            person.role = Role.INTERVIEWER if chosen else (person.role or Role.INFORMANT)
        if chosen or answered == NONE:
            _rest_are_informants(found)
            return
    if any(person.role is Role.INTERVIEWER for person in found.people):
        for person in found.people:
            if person.role is Role.INTERVIEWER:
                _say_interviewer(found, person, say("intake.because_word"), known)
        _rest_are_informants(found)
        return
    open_ = [p for p in found.people if p.role is None] or [
        p for p in found.people if p.role is Role.INFORMANT and not p.informant and len(squeezed(p.shown)) <= 2
    ]
    talking = [p for p in found.people if p.role is not Role.OTHER]
    if not open_ or len(talking) < 2:
        _rest_are_informants(found)
        return
    ranked = sorted(open_, key=lambda p: p.asking / p.turns, reverse=True)
    best = ranked[0]
    share = best.asking / best.turns
    clear = share >= 0.5 and all(p.asking / p.turns <= share / 2 for p in talking if p is not best)
    choices = (*(p.shown for p in open_), NONE)
    needed = NeededFor.QUALITY if clear else NeededFor.STORING
    found.questions.append(
        Question("interviewer" + known.suffix, say("intake.ask_interviewer", file=known.raw.name), choices, needed)
    )
    if clear:
        best.role = Role.INTERVIEWER
        _say_interviewer(found, best, say("intake.because_asks", asking=best.asking, turns=best.turns), known)
    _rest_are_informants(found)


def _say_interviewer(found: Cast, person: Person, reason: str, known: Knowledge) -> None:
    if not person.spellings:
        found.guesses.append(Problem.of("intake_paired", known.raw.name))
        return
    found.guesses.append(Problem.of("intake_interviewer", known.raw.name, label=person.shown, reason=reason))


def _rest_are_informants(found: Cast) -> None:
    for person in found.people:
        person.role = person.role or Role.INFORMANT


def _unite_roles(found: Cast, known: Knowledge) -> None:
    """Different words for whoever asks are one asker; different words for whoever answers are one informant.

    Unless both words are common: then they may be two people, and each is asked for.
    """
    asking = [p for p in found.people if p.role is Role.INTERVIEWER and not p.is_name and p.key == "pewawancara"]
    names = [p for p in found.people if p.role is Role.INTERVIEWER and p.is_name]
    if asking and len(names) == 1:
        _unite(found, asking[0], names, known)
    words = [p for p in found.informants if p.key in _ANY_INFORMANT and not p.informant]
    numbered = [p for p in found.informants if p.key.rstrip("0123456789") in _ANY_INFORMANT and p not in words]
    total = sum(p.turns for p in words)
    if len(words) > 1:
        most = max(words, key=lambda p: p.turns)
        _unite(found, most, [p for p in words if p is not most and p.turns * 4 <= total], known)
        words = [p for p in words if p in found.people]
    others = [p for p in found.informants if p not in words]
    if len(words) == 1 and len(numbered) == 1 and others == numbered:
        _unite(found, numbered[0], words, known)
    about = [p for p in others if p.is_name and _is_of_header(p, known)]
    if len(words) == 1 and len(about) == 1 and others == about:
        _unite(found, about[0], words, known)
        about[0].is_name = True


def _is_of_header(person: Person, known: Knowledge) -> bool:
    return any(same_name(person.key, name.casefold()) for name in known.header.informant_names)


def _name_informants(found: Cast, known: Knowledge) -> None:
    """Which informant of the case each is: as answered, as the file says, or the only one there can be."""
    nobody = next((p for p in found.people if p.key == NOBODY), None)
    if nobody and nobody.turns * 2 >= sum(p.turns for p in found.people):
        _ask_for_speaker(found, nobody, known)
    unknown = [p for p in found.informants if not p.informant]
    alone = len(found.informants) == 1
    for person in unknown:
        key = ("informant" if alone else f"informant:{person.shown}") + known.suffix
        answered = known.answers.get(key, "").strip()
        if answered in (OTHER, INTERVIEWER):
            person.role = Role.OTHER if answered == OTHER else Role.INTERVIEWER
        elif answered and (answered in known.informants or (not known.informants and re.match(Identifier, answered))):
            person.informant = answered
        else:
            _guess_informant(found, person, key, known, alone=alone)


def _ask_for_speaker(found: Cast, nobody: Person, known: Knowledge) -> None:
    answered = known.answer("speaker")
    if answered in known.informants or (answered and answered != MIXED and not known.informants):
        nobody.role, nobody.informant = Role.INFORMANT, answered
    elif answered == MIXED:
        found.guesses.append(Problem.of("intake_mixed", known.raw.name))
    else:
        asked = say("intake.ask_speaker", file=known.raw.name)
        found.questions.append(Question("speaker" + known.suffix, asked, (*known.informants, MIXED)))


def _guess_informant(found: Cast, person: Person, key: str, known: Knowledge, *, alone: bool) -> None:
    guessed, reason = _likely(person, known, alone=alone)
    if guessed:
        person.informant = guessed
        found.guesses.append(
            Problem.of("intake_informant", known.raw.name, label=person.shown, informant=guessed, reason=reason)
        )
        return
    choices = (*known.informants, OTHER) if known.informants else ()
    asked = say("intake.ask_informant", label=person.shown, turns=person.turns)
    found.questions.append(Question(key, asked, choices))


def _likely(person: Person, known: Knowledge, *, alone: bool) -> tuple[str | None, str]:
    by_role = [id for id, role in known.informants.items() if person.shown.casefold() == role.casefold()]
    if len(by_role) == 1:
        return by_role[0], say("intake.because_role", role=person.shown)
    numbered = re.fullmatch(r"([A-Za-z])[a-z]*[\s.-]*(\d{1,3})", person.shown)
    if not known.informants and numbered and person.key.rstrip("0123456789") != "speaker":
        return f"{numbered[1].upper()}{numbered[2]}", say("intake.because_label")
    if not alone:
        return None, ""
    code = known.header.values.get(Field.CODE)
    coded = read_label(code, informants=known.informants) if code else None
    if coded and coded.informant:
        return coded.informant, say("intake.because_header", value=code)
    if coded and not known.informants and re.fullmatch(r"[A-Za-z]+[\s-]*\d+", coded.spelling):
        return squeezed(coded.spelling[0] + re.sub(r"\D", "", coded.spelling)).upper(), say(
            "intake.because_header", value=code
        )
    role = known.header.values.get(Field.ROLE, "").casefold()
    fitting = [id for id, each in known.informants.items() if role and role in (each.casefold(), each.casefold() + ".")]
    if len(fitting) == 1:
        return fitting[0], say("intake.because_role", role=known.header.values[Field.ROLE])
    tokens = re.split(r"[^A-Za-z0-9]+", known.raw.name.rpartition(".")[0].casefold())
    named = [id for id in known.informants if id.casefold() in tokens]
    if len(named) == 1:
        return named[0], say("intake.because_file", file=known.raw.name)
    if len(known.informants) == 1:
        return next(iter(known.informants)), say("intake.because_only")
    return None, ""


def _name_labels(found: Cast, known: Knowledge) -> None:
    """The labels that are stored: words of the field as they are, names never, and no two that could be confused."""
    ids = {each.casefold() for each in known.informants} | {(p.informant or "").casefold() for p in found.people}
    taken: set[str] = set()
    for person in sorted(found.people, key=lambda p: p.role is not Role.INFORMANT):
        own = _own_label(person, known)
        if person.role is Role.INFORMANT:
            wanted = own or person.informant or "Narasumber"
            clashes = person.informant is not None and wanted.casefold() in ids - {person.informant.casefold()}
            wanted = person.informant or wanted if clashes else wanted
        else:
            wanted = own or ("P" if person.role is Role.INTERVIEWER else "Lainnya")
            spare = ("P", "Pewawancara", "Peneliti") if person.role is Role.INTERVIEWER else ("Lainnya",)
            wanted = next((each for each in (wanted, *spare) if each.casefold() not in ids | taken), wanted)
        label, number = wanted, 2
        same = [p for p in found.people if p.stored == label and p.informant and p.informant == person.informant]
        while label.casefold() in taken and not same:
            label, number = f"{wanted} {number}", number + 1
        person.stored = label
        taken.add(label.casefold())
        if person.is_name and person.spellings:
            found.guesses.append(
                Problem.of("intake_name_replaced", known.raw.name, label=person.shown, stored=person.stored)
            )
    _report_united(found, known)


def _own_label(person: Person, known: Knowledge) -> str:
    """The label most used that may be stored: no name, no slip of the keys; letters in capitals."""
    if person.is_name:
        return ""
    storable = [each for each, _ in person.spellings.most_common() if not getattr(known.read(each), "is_name", True)]
    best = storable[0] if storable else ""
    if len(squeezed(best)) <= 2:
        return best.upper()
    return best[:1].upper() + best[1:] if best.islower() else best
