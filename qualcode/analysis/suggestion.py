"""Suggestions: what the codebook's cue words and a coder's own codings hint at, and how often they are right.

Nothing is ever coded by a suggestion: a person accepts it, as a coding of her own that is marked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Any, overload

import numpy as np
from numpy.typing import NDArray

from qualcode.analysis.vocabulary import stemmer_of
from qualcode.coding.case import Case
from qualcode.coding.codebook import Codebook
from qualcode.coding.codings import Codings
from qualcode.coding.comparison import panel_of
from qualcode.coding.study import AUTO
from qualcode.coding.units import units_of
from qualcode.display import Cell, Prose, Quotation, Stack, Table
from qualcode.errors import ParameterError, Undefined, UnknownNameError
from qualcode.text.document import Document, Segment
from qualcode.text.words import Token, stem, tokenize
from qualcode.text.words.stems import credit, normal
from qualcode.text.words.stop import stop_words
from qualcode.text.words.tokens import NO_WORDS
from qualcode.wording import number, say

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Cue", "Evaluation", "Measured", "Method", "Option", "Suggestion", "Suggestions", "suggest"]

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Stem = Callable[[str | Token], str]

NO_CODE = ""
"""How a unit is labelled that its coder read and left without a code."""

MOST = 3
LEAST_CODINGS = 60
"""From so many codings on the model speaks. Measured on four codebooks and two coders of the practice case, whole
informants left out: with fewer than 40, cue words alone name rare codes better (macro F1); with 60, both together are
better at that, too. `CUE_WEIGHT` and `CAUTION` were chosen on the same material."""

LEAST_GROUPS = 2
UNLEARNED = -1.0
"""What the model says of a code it has no coding of: about as much as of any code that does not fit."""

CUE_WEIGHT, MOST_CUES = 0.5, 2
CAUTION = 0.2
"""How much surer than "no code" a code must be: without it, codes are suggested with more trust than they earn."""

SHOWN, LEAST_SHOWN = 20, 0.05
STRONG, MEDIUM = 0.75, 0.5
CONTEXT = 50
_NOBODY = ("semua", "all", "disepakati", "agreed", AUTO)


@dataclass(frozen=True)
class Cue:
    """A place where a cue word of the codebook stands, in any of its forms.

    Attributes
    ----------
    word : str
        As the codebook writes it.
    segment : Segment
        ``document.text[start:end]`` is the form that stands there.
    """

    word: str
    segment: Segment

    @property
    def form(self) -> str:
        """The very words."""
        return self.segment.text

    def quotation(self) -> Quotation:
        """The form amid its line, with its address."""
        text, start, end = self.segment.document.text, self.segment.start, self.segment.end
        left = max(text.rfind("\n", 0, start) + 1, start - CONTEXT)
        stop = text.find("\n", end)
        right = min(len(text) if stop < 0 else stop, end + CONTEXT)
        words = f"{text[left:start]}«{self.form}»{text[end:right]}"
        return Quotation(words, self.segment.address, say("suggestion.cue", word=self.word))


# Cue words in texts


@dataclass(frozen=True)
class Example:
    """A unit as suggestions see it.

    Attributes
    ----------
    segment : Segment
    group : str
        The informant, without one the document: what is left out as a whole.
    stems : tuple of str
        The search keys of its words, in order.
    forms : mapping of str to str
        Stem -> its first form here.
    cues : mapping of str to tuple of Cue
        Code -> the places of its cue words; codes without any are not there.
    codes : frozenset of str
        What the coder gave it.
    read : bool
        Whether she is known to have read it: it lies in what she coded, not after her last coding in the document.
    """

    segment: Segment
    group: str
    stems: tuple[str, ...]
    forms: Mapping[str, str]
    cues: Mapping[str, tuple[Cue, ...]]
    codes: frozenset[str]
    read: bool

    @property
    def labels(self) -> frozenset[str]:
        """The codes, or `NO_CODE`."""
        return self.codes or frozenset({NO_CODE})

    def weight(self, code: str) -> int:
        """How many different cue words of a code stand here."""
        return len({cue.word for cue in self.cues.get(code, ())})


CueKeys = Mapping[str, Sequence[tuple[str, str, tuple[str, ...]]]]
"""First stem -> code, cue word, all its stems."""


def cue_keys(codebook: Codebook, stemmer: Stem = stem) -> CueKeys:
    """The stems of the cue words of every code that may be applied; words of one family count once a code."""
    found: dict[str, list[tuple[str, str, tuple[str, ...]]]] = {}
    for code in applicable(codebook):
        known: set[tuple[str, ...]] = set()
        for word in codebook[code].cue_words:
            keys = tuple(stemmer(token) for token in tokenize(word) if token.sort not in NO_WORDS)
            if keys and keys not in known:
                known.add(keys)
                found.setdefault(keys[0], []).append((code, word, keys))
    return found


def cues_in(segment: Segment, keys: CueKeys, stemmer: Stem = stem) -> dict[str, tuple[Cue, ...]]:
    """Where cue words stand in a segment: code -> places in the order of the text.

    Cue words of several words stand there one after the other, whatever marks are between them.

    Examples
    --------
    >>> text = "Rapatnya, redaksi!"
    >>> keys = {"rapat": [("PAR-1", "rapat redaksi", ("rapat", "redaksi"))]}
    >>> [cue.form for cue in cues_in(Document("w", text).segment(0, len(text)), keys)["PAR-1"]]
    ['Rapatnya, redaksi']
    """
    tokens = _words_of(segment)
    return _cues(segment, tokens, [stemmer(token) for token in tokens], keys)


def _words_of(segment: Segment) -> list[Token]:
    return [token for token in tokenize(segment.text) if token.sort not in NO_WORDS]


def _cues(segment: Segment, tokens: Sequence[Token], stems: Sequence[str], keys: CueKeys) -> dict[str, tuple[Cue, ...]]:
    found: dict[str, list[Cue]] = {}
    for at, first in enumerate(stems):
        for code, word, wanted in keys.get(first, ()):
            last = at + len(wanted)
            if tuple(stems[at:last]) == wanted:
                start, end = segment.start + tokens[at].start, segment.start + tokens[last - 1].end
                found.setdefault(code, []).append(Cue(word, segment.document.segment(start, end)))
    return {code: tuple(cues) for code, cues in found.items()}


def applicable(codebook: Codebook) -> tuple[str, ...]:
    """The codes that may be applied, in the order of the codebook; a heading is none."""
    return tuple(code.id for code in codebook if not code.heading)


def examples_of(case: Case, codebook: Codebook, codings: Codings, stemmer: Stem = stem) -> list[Example]:
    """Every unit of a case with what one coder made of it; what interviewers say and reflections are no units.

    Parameters
    ----------
    case : Case
    codebook : Codebook
    codings : Codings
        Of one coder with this codebook. Of a document coded in several rounds the newest counts; where a sample was
        drawn for her, its units are what she has read.
    stemmer : callable, optional
    """
    panel = panel_of(codings, newest=True)
    rater = panel.raters[0] if panel.raters else ""
    keys, codes = cue_keys(codebook, stemmer), set(applicable(codebook))
    found: list[Example] = []
    for document in case.documents:
        own = [each for each in panel.codings.on(document) if each.code in codes]
        units = [each.segment for each in units_of(document)]
        given = [frozenset(each.code for each in own if each.segment.overlaps(unit)) for unit in units]
        last = max((at for at, each in enumerate(given) if each), default=-1)
        for at, (unit, labels) in enumerate(zip(units, given, strict=True)):
            read = at <= last and panel.has_read(rater, (case.id, document.id), unit.start, unit.end)
            found.append(_example(unit, labels, read, keys, stemmer))
    return found


def _example(unit: Segment, codes: frozenset[str], read: bool, keys: CueKeys, stemmer: Stem) -> Example:
    tokens = _words_of(unit)
    stems = tuple(stemmer(token) for token in tokens)
    forms: dict[str, str] = {}
    for key, token in zip(stems, tokens, strict=True):
        forms.setdefault(key, token.text)
    group = unit.informant or unit.document.id
    return Example(unit, group, stems, forms, _cues(unit, tokens, stems, keys), codes, read)


# What is learned


@dataclass(frozen=True)
class Model:
    """What was learned of each label: a weight for each stem, and where its line is drawn.

    Attributes
    ----------
    labels : tuple of str
    weights : array, labels x stems
    offsets : array, labels
        `UNLEARNED` where there was nothing to learn from.
    vectorizer : TfidfVectorizer or None
    """

    labels: tuple[str, ...]
    weights: Floats
    offsets: Floats
    vectorizer: Any = field(default=None, repr=False)

    def values(self, examples: Sequence[Example]) -> Floats:
        """Examples x labels: the distance from each label's line; above 0 the label fits."""
        if self.vectorizer is None or not examples:
            return np.tile(self.offsets, (len(examples), 1))
        found: Floats = self.vectorizer.transform([each.stems for each in examples]) @ self.weights.T + self.offsets
        return found

    def words(self, example: Example, label: str, most: int = 3) -> tuple[str, ...]:
        """The forms of a unit that speak most for a label; function words are not named."""
        if self.vectorizer is None:
            return ()
        weights, places = self.weights[self.labels.index(label)], self.vectorizer.vocabulary_
        said: list[tuple[float, str]] = []
        for key, times in Counter(example.stems).items():
            at = places.get(key)
            if at is not None and weights[at] > 0 and normal(example.forms[key]) not in stop_words():
                # As TF-IDF weighs it; the length of the unit is the same for all of its words.
                said.append((-(1 + np.log(times)) * self.vectorizer.idf_[at] * weights[at], key))
        return tuple(example.forms[key] for _, key in sorted(said)[:most])


def learn(examples: Sequence[Example], labels: Sequence[str]) -> Model:
    """Learn each label apart from all others: TF-IDF of stems, a linear support vector machine one against the rest.

    A unit may have several codes. Rare labels weigh as much as common ones (``class_weight="balanced"``). The solver
    draws no random numbers: the same examples give the same model.

    Parameters
    ----------
    examples : sequence of Example
        Units that were read; those without a code teach "no code".
    labels : sequence of str

    Notes
    -----
    Fan, R.-E., Chang, K.-W., Hsieh, C.-J., Wang, X.-R., & Lin, C.-J. (2008). LIBLINEAR: a library for large linear
    classification. Journal of Machine Learning Research, 9, 1871-1874.
    """
    offsets = np.full(len(labels), UNLEARNED)
    if not any(each.stems for each in examples):
        return Model(tuple(labels), np.zeros((len(labels), 0)), offsets)
    # Only here: nobody who asks for no suggestion waits for them.
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.svm import LinearSVC

    vectorizer = TfidfVectorizer(analyzer=tuple, sublinear_tf=True)
    texts = vectorizer.fit_transform([each.stems for each in examples])
    weights = np.zeros((len(labels), texts.shape[1]))
    for at, label in enumerate(labels):
        truth = np.array([label in each.labels for each in examples])
        if truth.any() and not truth.all():
            machine = LinearSVC(dual=False, class_weight="balanced", max_iter=5000).fit(texts, truth)
            weights[at], offsets[at] = machine.coef_[0], machine.intercept_[0]
    return Model(tuple(labels), weights, offsets, vectorizer)


def learn_without(examples: Sequence[Example], group: str, labels: Sequence[str]) -> Model:
    """Learn from what was read of all groups but one."""
    return learn([each for each in examples if each.read and each.group != group], labels)


def scores_together(model: Model, examples: Sequence[Example]) -> Floats:
    """Examples x labels: what the model says, and half a point for each of at most two cue words."""
    found = model.values(examples).copy()
    for row, each in zip(found, examples, strict=True):
        for at, label in enumerate(model.labels):
            row[at] += CAUTION if label == NO_CODE else CUE_WEIGHT * min(MOST_CUES, each.weight(label))
    return found


def scores_by_cues(examples: Sequence[Example], labels: Sequence[str]) -> Floats:
    """Examples x labels: how many different cue words; "no code" comes before codes with none."""
    rows = [[0.5 if label == NO_CODE else float(each.weight(label)) for label in labels] for each in examples]
    return np.array(rows, dtype=float).reshape(len(examples), len(labels))


def scores_by_frequency(taught: Sequence[Example], count: int, labels: Sequence[str]) -> Floats:
    """Count x labels: how often each label was given, whatever the text says."""
    times = Counter(label for each in taught for label in each.labels)
    return np.tile(np.array([float(times[label]) for label in labels]), (count, 1))


# How often it is right


class Method(StrEnum):
    """Where a suggestion comes from."""

    TOGETHER = "together"
    CUES = "cues"
    COMMONEST = "commonest"


@dataclass(frozen=True)
class Measured:
    """How often a method is right on informants it has learned nothing from.

    Attributes
    ----------
    method : Method
    first : float
        Share of units whose first suggestion is right; one of several codes is right, and "no code" where the coder
        gave none.
    three : float
        Share of units with something right among the first three, "no code" taking a place of its own.
    coded : float or Undefined
        Share of the units with a code of which a right code is among the first three codes.
    macro_f1 : float
        F1 of the first suggestion, the mean of all labels given or suggested; codes of a unit that are not the first
        suggestion count as missed.
    quarter, half : float
        `first` among the surest 25 % and 50 %; of units equally sure the mean.
    """

    method: Method
    first: float
    three: float
    coded: float | Undefined
    macro_f1: float
    quarter: float
    half: float


@dataclass(frozen=True)
class Trust:
    """From how far an option lies before the next one to how often it is right, as found on what was left out.

    Attributes
    ----------
    codes, none : tuple of float
        Slope, never negative, and intercept of a logistic curve for codes and of one for "no code".

    Notes
    -----
    Platt, J. (1999). Probabilistic outputs for support vector machines and comparisons to regularized likelihood
    methods. In Advances in Large Margin Classifiers (pp. 61-74). MIT Press.
    """

    codes: tuple[float, float]
    none: tuple[float, float]

    def of(self, scores: Floats) -> Floats:
        """Examples x labels: the share of right ones among suggestions like these; "no code" is the last label."""
        leads = _leads(scores)
        slopes = np.array([self.codes[0]] * (scores.shape[1] - 1) + [self.none[0]])
        intercepts = np.array([self.codes[1]] * (scores.shape[1] - 1) + [self.none[1]])
        found: Floats = 1 / (1 + np.exp(-np.clip(leads * slopes + intercepts, -50, 50)))
        return found


@dataclass(frozen=True)
class Evaluation:
    """What suggestions are worth here: each group left out as a whole, never shuffled.

    Attributes
    ----------
    measured : tuple of Measured
        The method in use first.
    groups : tuple of str
        Informants, and documents without one.
    units, coded : int
        How many units were judged, and how many of them have a code.
    trust : Trust
        Of the method in use.
    """

    measured: tuple[Measured, ...]
    groups: tuple[str, ...]
    units: int
    coded: int
    trust: Trust = field(repr=False)

    @property
    def used(self) -> Measured:
        """Of the method in use."""
        return self.measured[0]

    def __getitem__(self, method: Method | str) -> Measured:
        """What was found for a method.

        Raises
        ------
        UnknownNameError
            When it was not measured.
        """
        for each in self.measured:
            if each.method == method:
                return each
        known = [each.method.value for each in self.measured]
        raise UnknownNameError.among("choice", str(method), known, place="suggest")

    def to_table(self) -> Table:
        """One row a method, shares in per cent."""
        rows = [
            [
                say(f"suggestion.method_{each.method}"),
                *map(_per_cent, (each.first, each.three)),
                str(each.coded) if isinstance(each.coded, Undefined) else _per_cent(each.coded),
                number(round(each.macro_f1, 2)),
                *map(_per_cent, (each.quarter, each.half)),
            ]
            for each in self.measured
        ]
        names = ("method", "first", "three", "coded_three", "macro_f1", "quarter", "half")
        caption = say("suggestion.evaluation", units=self.units, coded=self.coded, groups=len(self.groups))
        return Table(caption, [say(f"suggestion.{name}") for name in names], rows, say("suggestion.evaluation_note"))

    def sentence(self) -> str:
        """The same in a sentence, for what has no room for a table."""
        used, plain = self.used, self[Method.COMMONEST]
        said = {"units": self.units, "groups": len(self.groups), "first": _per_cent(used.first)}
        said |= {"three": _per_cent(used.three), "plain": _per_cent(plain.first), "quarter": _per_cent(used.quarter)}
        return say("suggestion.sentence", **said)

    def _repr_html_(self) -> str:
        return self.to_table().to_html()

    def __repr__(self) -> str:
        return self.sentence()


@dataclass(frozen=True)
class _Trial:
    """Every unit that was read, with the scores of models that have not seen its group."""

    examples: Sequence[Example]
    truth: Flags
    scores: Mapping[Method, Floats]
    models: Mapping[str, Model]


def _trial(examples: Sequence[Example], labels: Sequence[str], *, learning: bool) -> _Trial:
    read = [each for each in examples if each.read]
    truth = np.array([[label in each.labels for label in labels] for each in read], dtype=bool)
    shape = (len(read), len(labels))
    scores = {Method.CUES: scores_by_cues(read, labels), Method.COMMONEST: np.zeros(shape)}
    if learning:
        scores = {Method.TOGETHER: np.zeros(shape), **scores}
    models: dict[str, Model] = {}
    for group in dict.fromkeys(each.group for each in read):
        out = [at for at, each in enumerate(read) if each.group == group]
        taught = [each for each in read if each.group != group]
        scores[Method.COMMONEST][out] = scores_by_frequency(taught, len(out), labels)
        if learning:
            models[group] = learn_without(examples, group, labels)
            scores[Method.TOGETHER][out] = scores_together(models[group], [read[at] for at in out])
    return _Trial(read, truth.reshape(shape), scores, models)


def _evaluate(trial: _Trial) -> Evaluation | Undefined:
    groups = tuple(dict.fromkeys(each.group for each in trial.examples))
    if not groups:
        return Undefined(say("suggestion.no_codings"), "no_codings")
    if len(groups) < LEAST_GROUPS:
        return Undefined(say("suggestion.one_group", group=groups[0]), "one_group")
    trusts = {method: _trust(scores, trial.truth) for method, scores in trial.scores.items()}
    measured = tuple(
        _measure(method, scores, trial.truth, trusts[method].of(scores)) for method, scores in trial.scores.items()
    )
    coded = sum(bool(each.codes) for each in trial.examples)
    return Evaluation(measured, groups, len(trial.examples), coded, trusts[measured[0].method])


def _measure(method: Method, scores: Floats, truth: Flags, trust: Floats) -> Measured:
    order = ranking(scores)
    rows = np.arange(len(order))
    right = truth[rows, order[:, 0]]
    three = np.take_along_axis(truth, order[:, :MOST], axis=1).any(axis=1)
    coded = ~truth[:, -1]
    codes = np.take_along_axis(truth, ranking(scores[:, :-1])[:, :MOST], axis=1)
    sure = trust[rows, order[:, 0]]
    return Measured(
        method,
        float(right.mean()),
        float(three.mean()),
        float(codes[coded].any(axis=1).mean())
        if coded.any()
        else Undefined(say("suggestion.nothing_coded"), "nothing_coded"),
        macro_f1(truth, order[:, 0]),
        surest(right, sure, 0.25),
        surest(right, sure, 0.5),
    )


def ranking(scores: Floats) -> NDArray[np.intp]:
    """Examples x labels: the labels by their scores; of equal ones the first comes first."""
    return np.argsort(-scores, axis=1, kind="stable")


def macro_f1(truth: Flags, first: NDArray[np.intp]) -> float:
    """The mean F1 of all labels that occur or are suggested, where a unit has one suggestion and maybe several labels.

    Examples
    --------
    >>> macro_f1(np.array([[True, False], [True, True]]), np.array([0, 1]))
    0.8333333333333333
    """
    found = []
    for label in range(truth.shape[1]):
        suggested, given = first == label, truth[:, label]
        if suggested.any() or given.any():
            found.append(2 * float((suggested & given).sum()) / float(suggested.sum() + given.sum()))
    return float(np.mean(found))


def surest(right: Flags, sure: Floats, share: float) -> float:
    """How many are right among a share of units, the surest; units equally sure stand for one another.

    Examples
    --------
    >>> surest(np.array([True, False, True, False]), np.array([0.9, 0.5, 0.5, 0.1]), 0.5)
    0.75
    """
    wanted = max(1.0, share * len(right))
    taken = hits = 0.0
    for level in np.unique(sure)[::-1]:
        there = sure == level
        part = min(float(there.sum()), wanted - taken)
        hits += part * float(right[there].mean())
        taken += part
        if taken >= wanted:
            break
    return hits / taken


def _leads(scores: Floats) -> Floats:
    """How far each option lies before the best of the others; negative for those behind."""
    if scores.shape[1] < 2:
        return scores
    best = np.sort(scores, axis=1)
    first, second = best[:, -1:], best[:, -2:-1]
    found: Floats = scores - np.where(scores == first, second, first)
    return found


def _trust(scores: Floats, truth: Flags) -> Trust:
    leads = _leads(scores)
    return Trust(_curve(leads[:, :-1].ravel(), truth[:, :-1].ravel()), _curve(leads[:, -1], truth[:, -1]))


def _curve(leads: Floats, right: Flags) -> tuple[float, float]:
    share = (right.sum() + 1) / (len(right) + 2)  # as many on either side as one more of each would make them
    level = float(np.log(share / (1 - share)))
    if right.all() or not right.any() or np.ptp(leads) == 0:
        return 0.0, level
    from sklearn.linear_model import LogisticRegression

    scale = float(leads.std())
    fitted = LogisticRegression().fit(leads.reshape(-1, 1) / scale, right)
    slope, intercept = float(fitted.coef_[0, 0]) / scale, float(fitted.intercept_[0])
    return (slope, intercept) if slope > 0 else (0.0, level)


# What is suggested


@dataclass(frozen=True)
class Option:
    """A code, or no code, for a unit.

    Attributes
    ----------
    code : str
        Its id; `NO_CODE` for none.
    score : float
    confidence : float or Undefined
        How many of such suggestions are right; undefined where nothing could be evaluated.
    cues : tuple of Cue
        The places of its cue words.
    similar : tuple of str
        Words of the unit that stand in the coder's codings with this code, by their weight in the model.
    learned : bool
        Whether the model speaks for it.
    """

    code: str
    score: float
    confidence: float | Undefined
    cues: tuple[Cue, ...] = ()
    similar: tuple[str, ...] = ()
    learned: bool = False

    @property
    def strength(self) -> str:
        """The confidence in a word."""
        if isinstance(self.confidence, Undefined):
            return say("suggestion.unevaluated")
        level = "strong" if self.confidence >= STRONG else "medium" if self.confidence >= MEDIUM else "weak"
        return say(f"suggestion.level_{level}")

    @property
    def sureness(self) -> str:
        """The confidence in a word and a number."""
        if isinstance(self.confidence, Undefined):
            return self.strength
        return f"{self.strength}, {'< 1 %' if self.confidence < 0.01 else _per_cent(self.confidence)}"

    @property
    def why(self) -> str:
        """What speaks for it: forms of cue words, and likeness to the coder's own codings."""
        forms = dict.fromkeys(f"“{' '.join(cue.form.split())}”" for cue in self.cues)
        said = [say("suggestion.by_cues", forms=", ".join(forms))] if forms else []
        if self.learned:
            alike = f" ({', '.join(self.similar)})" if self.similar else ""
            said.append(say("suggestion.by_likeness") + alike)
        return "; ".join(said)


@dataclass(frozen=True)
class Suggestion:
    """What could be coded in a unit that has no code yet.

    Attributes
    ----------
    segment : Segment
        An informant's turn, or a paragraph.
    options : tuple of Option
        Up to three codes and "no code", the first suggestion first.
    """

    segment: Segment
    options: tuple[Option, ...]

    @property
    def document(self) -> Document:
        """Where the unit stands."""
        return self.segment.document

    @property
    def codes(self) -> tuple[Option, ...]:
        """The codes among the options."""
        return tuple(option for option in self.options if option.code != NO_CODE)

    @property
    def no_code(self) -> Option:
        """The option to leave the unit without a code."""
        return next(option for option in self.options if option.code == NO_CODE)

    def __repr__(self) -> str:
        said = ", ".join(f"{each.code or say('suggestion.no_code')} ({each.sureness})" for each in self.options)
        return f"{self.segment.address}: {said}"


@dataclass(frozen=True)
class Suggestions(Sequence[Suggestion]):
    """Suggestions for every unit a coder has not coded, in the order of the texts.

    Attributes
    ----------
    case, coder : str
    codebook : Codebook
    items : tuple of Suggestion
    evaluation : Evaluation or Undefined
        How often suggestions are right; undefined with the reason.
    model : Undefined or None
        Why only cue words speak; None when the coder's own codings do, too.
    codings : int
        How many codings of hers there are to learn from.
    """

    case: str
    coder: str
    codebook: Codebook
    items: tuple[Suggestion, ...]
    evaluation: Evaluation | Undefined
    model: Undefined | None
    codings: int

    @overload
    def __getitem__(self, index: int) -> Suggestion: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Suggestion]: ...
    def __getitem__(self, index: int | slice) -> Suggestion | Sequence[Suggestion]:
        """One suggestion, or some of them."""
        return self.items[index]

    def __len__(self) -> int:
        return len(self.items)

    def __iter__(self) -> Iterator[Suggestion]:
        return iter(self.items)

    def on(self, document: Document | str) -> Suggestions:
        """Only those in one document."""
        name = document if isinstance(document, str) else document.id
        return self._with(each for each in self.items if each.document.id == name)

    def surest(self) -> Suggestions:
        """Those with a code, the surest code first."""
        return self._with(sorted((each for each in self.items if each.codes), key=lambda each: -_sureness(each)))

    def _with(self, items: Iterable[Suggestion]) -> Suggestions:
        said = (self.evaluation, self.model, self.codings)
        return Suggestions(self.case, self.coder, self.codebook, tuple(items), *said)

    @cached_property
    def source(self) -> str:
        """Which sources speak, and what was learned from."""
        if self.model is not None:
            return say("suggestion.cues_only", reason=self.model.reason)
        return say("suggestion.both", codings=self.codings, coder=self.coder, case=self.case)

    def to_table(self, most: int | None = None) -> Table:
        """One row a unit, the first `most` or all: each code with its confidence and reasons, open to the cue words."""
        rows = [self._row(each) for each in self.items[:most]]
        names = ("address", "words", "one", "two", "three_code", "no_code")
        caption = say("suggestion.caption", case=self.case, codebook=self.codebook.id, coder=self.coder or "–")
        counted = say("suggestion.counted", units=len(self), shown=len(rows))
        said = str(self.evaluation) if isinstance(self.evaluation, Undefined) else self.evaluation.sentence()
        note = " ".join([said, self.source, say("suggestion.note"), credit()])
        return Table(f"{caption}; {counted}", [say(f"suggestion.{name}") for name in names], rows, note)

    def _row(self, suggestion: Suggestion) -> list[str | int | float | Cell]:
        words = " ".join(suggestion.segment.text.split())
        codes = [self._cell(option) for option in suggestion.codes]
        blank = [Cell("")] * (MOST - len(codes))
        short = words if len(words) <= 3 * CONTEXT else words[: 3 * CONTEXT] + "…"
        return [suggestion.segment.address, short, *codes, *blank, suggestion.no_code.sureness]

    def _cell(self, option: Option) -> Cell:
        text = f"{self.codebook[option.code].name}\n{option.sureness}\n{option.why}".strip()
        return Cell(text, tuple(cue.quotation() for cue in option.cues))

    def to_frame(self) -> pd.DataFrame:
        """One row an option, with plain values; `start` and `end` are the unit's; no confidence is missing."""
        import pandas as pd

        columns = ["document", "start", "end", "rank", "code", "confidence", "cues", "similar"]
        rows = [
            (
                each.document.id,
                each.segment.start,
                each.segment.end,
                rank,
                option.code,
                None if isinstance(option.confidence, Undefined) else option.confidence,
                "; ".join(cue.form for cue in option.cues),
                "; ".join(option.similar),
            )
            for each in self.items
            for rank, option in enumerate(each.options, start=1)
        ]
        return pd.DataFrame(rows, columns=columns)

    def _stack(self) -> Stack:
        said = self.evaluation
        first = Prose((said.reason,)) if isinstance(said, Undefined) else said.to_table()
        return Stack((first, self.surest().to_table(SHOWN)))

    def _repr_html_(self) -> str:
        return self._stack().to_html()

    def __repr__(self) -> str:
        said = str(self.evaluation) if isinstance(self.evaluation, Undefined) else self.evaluation.sentence()
        return f"{say('suggestion.summary', units=len(self))} {said}"


def _sureness(suggestion: Suggestion) -> float:
    trust = [each.score if isinstance(each.confidence, Undefined) else each.confidence for each in suggestion.codes]
    return max(trust)


def _per_cent(share: float) -> str:
    return f"{round(100 * share)} %"


def suggest(case: Case, codebook: Codebook, coder: str = "", *, stemmer: Stem | None = None) -> Suggestions:
    """Suggest codes for what a coder has not coded yet; nothing is stored.

    Two sources speak together: the codebook's cue words in all their forms, and a linear model of stems, learned from
    this coder's codings of this case with this codebook and from nobody else's. Below `LEAST_CODINGS` codings, or when
    they are all of one informant, only cue words speak. Units that she passed over are read by a model that has seen
    nothing of their informant. Headings, and codes that are in the codebook no more, are never suggested.

    Parameters
    ----------
    case : Case
    codebook : Codebook
    coder : str
        Default: the first coder that ``case.yaml`` names.
    stemmer : callable, optional
        From a token to its search key. Default: what qualcode knows, after the project's ``kamus.csv``.

    Returns
    -------
    Suggestions
        With their accuracy, whole informants left out.

    Raises
    ------
    UnknownNameError
        When the case knows no such coder.
    ParameterError
        When several coders are asked for at once, or rules.
    CheckError
        When ``kamus.csv`` has faults.

    Examples
    --------
    ::

        found = qc.suggest(case, stoc, coder="ana")
        found.evaluation
        found.surest()[0].codes
    """
    chosen = _coder_of(case, coder)
    codings = case.codings.using(codebook).by(chosen)
    examples = examples_of(case, codebook, codings, stemmer or stemmer_of(case))
    labels = (*applicable(codebook), NO_CODE)
    count = sum(each.code in labels for each in panel_of(codings, newest=True).codings)
    silent = _silence(examples, count)
    trial = _trial(examples, labels, learning=silent is None)
    evaluation = _evaluate(trial)
    everything = learn([each for each in examples if each.read], labels) if silent is None else None
    trust = evaluation.trust if isinstance(evaluation, Evaluation) else evaluation
    items = []
    for each in examples:
        if not each.codes:
            model = trial.models.get(each.group, everything) if each.read else everything
            items.append(_suggestion(each, labels, model, trust))
    return Suggestions(case.id, chosen, codebook, tuple(items), evaluation, silent, count)


def _coder_of(case: Case, coder: str) -> str:
    if coder in _NOBODY:
        raise ParameterError.of("suggest_one_coder", "suggest", coder=coder)
    if not coder:
        named = [each for each in case.record.coders if each not in _NOBODY]
        found = named[:1] or list(case.codings.coders)
        if len(found) > 1:
            raise ParameterError.of("suggest_one_coder", "suggest", coder=", ".join(found))
        return found[0] if found else ""
    case.coded_by(coder)  # says who is known, when she is not
    return coder


def _silence(examples: Sequence[Example], codings: int) -> Undefined | None:
    """Why the model does not speak; None when it does."""
    if codings < LEAST_CODINGS:
        return Undefined(say("suggestion.few", codings=codings, least=LEAST_CODINGS), "few_codings")
    groups = {each.group for each in examples if each.codes}
    if len(groups) < LEAST_GROUPS:
        return Undefined(say("suggestion.one_group", group=", ".join(groups)), "one_group")
    return None


def _suggestion(example: Example, labels: Sequence[str], model: Model | None, trust: Trust | Undefined) -> Suggestion:
    scores = scores_by_cues([example], labels) if model is None else scores_together(model, [example])
    trusted: Sequence[float | Undefined] = (
        [trust] * len(labels) if isinstance(trust, Undefined) else [float(each) for each in trust.of(scores)[0]]
    )
    options: list[Option] = []
    codes = 0
    for at in ranking(scores)[0]:
        confidence = trusted[at]
        if labels[at] == NO_CODE:
            options.append(Option(NO_CODE, float(scores[0, at]), confidence))
        elif codes < MOST and _is_worth(example, labels[at], confidence, model):
            codes += 1
            options.append(_option(example, labels[at], float(scores[0, at]), confidence, model))
    return Suggestion(example.segment, tuple(options))


def _is_worth(example: Example, code: str, confidence: float | Undefined, model: Model | None) -> bool:
    """Whether a code is named: for any cue word while they speak alone, then only for what may well be right."""
    if model is None or isinstance(confidence, Undefined):
        return code in example.cues
    return confidence >= LEAST_SHOWN


def _option(example: Example, code: str, score: float, confidence: float | Undefined, model: Model | None) -> Option:
    cues = example.cues.get(code, ())
    # Without cue words only the model can have brought it up; beside them it is named where it says by itself: this.
    said = score - CUE_WEIGHT * min(MOST_CUES, example.weight(code))
    if model is None or (cues and said <= 0):
        return Option(code, score, confidence, cues)
    return Option(code, score, confidence, cues, model.words(example, code), learned=True)
