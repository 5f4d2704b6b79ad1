"""The test-wise robot: how far one comes without knowing anything, by single cues and by a learned guesser."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from random import Random
from statistics import fmean

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from quizapp.rules.option_text import Question, absolutes_of, convergence, specificity, value_of, words
from quizapp.rules.proportions import chance_of_at_least, holm, interval_of_mean, wilson

# What the bank must keep: no cue beats chance at this level after Holm's correction, and the guesser's lower bound
# lies at most so far above chance.
CUE_LEVEL = 0.01
GUESSER_ROOM = 0.02
FOLDS = 10
_RIDGE = 20.0
_WORDS = 60
_Floats = NDArray[np.float64]
_Arrays = tuple[_Floats, NDArray[np.int64], NDArray[np.bool_]]


@dataclass(frozen=True)
class CueResult:
    """How a cue fares in the items where it tells options apart.

    Chosen: `hits` are the items whose key is among the options marked by the cue. Crossed out: those whose key is not.
    `chance` is the share that would be hit if the key were any option; `score` the share of the whole bank that the
    robot gets right, who guesses among the marked (or remaining) options and everywhere else.
    """

    cue: str
    way: str
    items: int
    hits: int
    chance: float
    low: float
    high: float
    score: float
    probability: float
    corrected: float

    @property
    def beats_chance(self) -> bool:
        """Whether the cue works, after the correction for there being many."""
        return self.corrected < CUE_LEVEL


@dataclass(frozen=True)
class GuesserResult:
    """How often the learned guesser is right in items that it has not seen: in each dealing of the folds, and in the
    mean of all dealings with its 95 % interval, beside chance.
    """

    items: int
    rights: tuple[int, ...]
    chance: float
    low: float
    high: float

    @property
    def right(self) -> float:
        """The mean number of right items."""
        return fmean(self.rights)

    @property
    def allowed(self) -> float:
        """How high the lower bound may be."""
        return self.chance + GUESSER_ROOM

    @property
    def beats_chance(self) -> bool:
        """Whether its lower bound lies more than two points above chance."""
        return self.low > self.allowed


def _extreme(values: Sequence[float], pick: Callable[[Sequence[float]], float]) -> set[int]:
    return {number for number, value in enumerate(values) if value == pick(values)}


def _longest(question: Question) -> set[int]:
    return _extreme(question.lengths, max)


def _shortest(question: Question) -> set[int]:
    return _extreme(question.lengths, min)


def _middle(question: Question) -> set[int]:
    values = [value for option in question.options if (value := value_of(option)) is not None]
    if len(values) < len(question.options):
        return set()
    return {number for number, value in enumerate(values) if min(values) < value < max(values)}


def _overlap(question: Question) -> set[int]:
    return _extreme([len(option & question.stem_words) for option in question.option_words], max)


def _convergence(question: Question) -> set[int]:
    return _extreme([round(share, 9) for share in convergence(question.option_words)], max)


def _absolutes(question: Question) -> set[int]:
    return {number for number, option in enumerate(question.options) if absolutes_of(option)}


def _specific(question: Question) -> set[int]:
    return _extreme([specificity(option) for option in question.options], max)


# Each cue marks options; where it marks none or all, it says nothing.
CUES: dict[str, Callable[[Question], set[int]]] = {
    "longest": _longest,
    "shortest": _shortest,
    "middle value": _middle,
    "words of the stem": _overlap,
    "convergence": _convergence,
    "absolutes": _absolutes,
    "most specific number": _specific,
}


def chance_of(questions: Sequence[Question]) -> float:
    """The share that blind guessing gets right, from each item's number of options."""
    return fmean(1 / len(question.options) for question in questions) if questions else 0.0


def robot(questions: Sequence[Question]) -> list[CueResult]:
    """Every cue, chosen and crossed out, tested exactly against chance and corrected for their number (Holm)."""
    results = [_result(cue, way, questions) for cue in CUES for way in ("chosen", "crossed out")]
    corrected = holm({f"{one.cue} {one.way}": one.probability for one in results})
    return [replace(one, corrected=corrected[f"{one.cue} {one.way}"]) for one in results]


def _result(cue: str, way: str, questions: Sequence[Question]) -> CueResult:
    hits, score = 0, 0.0
    chances: list[float] = []
    for question in questions:
        options = set(range(len(question.options)))
        marked = CUES[cue](question)
        left = marked if way == "chosen" else options - marked
        if not left or left == options:
            score += 1 / len(options)
            continue
        chances.append(len(left) / len(options))
        if question.key in left:
            hits += 1
            score += 1 / len(left)
    return CueResult(
        cue,
        way,
        items=len(chances),
        hits=hits,
        chance=fmean(chances) if chances else 0.0,
        low=wilson(hits, len(chances))[0],
        high=wilson(hits, len(chances))[1],
        score=score / len(questions) if questions else 0.0,
        probability=chance_of_at_least(hits, chances),
        corrected=1.0,
    )


def key_share(questions: Sequence[Question], cue: str) -> float:
    """In which share of the bank the key is what a cue marks, such as the longest; options that tie share it."""
    marked = [(question.key, CUES[cue](question)) for question in questions]
    return fmean((key in options) / len(options) if options else 0.0 for key, options in marked) if marked else 0.0


def guesser(questions: Sequence[Question], rngs: Sequence[Random]) -> GuesserResult:
    """A conditional logit over features of the option texts, judged by ten-fold cross-validation.

    It learns what keys look like beside their distractors in nine tenths of the bank, and answers the rest. Each of
    `rngs` deals the folds anew and shuffles the options, so that their order in the file says nothing. One dealing is
    a throw of dice, worth several items; hence the mean of several, and the interval of that mean over the items. That
    items share what was learned is left out of it: it would widen the interval, and so be milder on the bank.
    """
    if not questions:
        return GuesserResult(0, (0,) * len(rngs), 0.0, 0.0, 1.0)
    arrays = _arrays(questions)
    # The matrices are small: threads of the linear algebra would spend a hundred times as long waiting for each other.
    with threadpool_limits(limits=1):
        hits = np.array([_hits(arrays, rng) for rng in rngs])
    low, high = interval_of_mean(hits.mean(axis=0).tolist(), len(rngs))
    rights = tuple(int(right) for right in hits.sum(axis=1))
    return GuesserResult(len(questions), rights, chance_of(questions), low, high)


def _hits(arrays: _Arrays, rng: Random) -> NDArray[np.bool_]:
    """Which items the guesser gets right in one dealing, in the order of `arrays`."""
    features, keys, has = arrays
    items, most = has.shape
    order = list(range(items))
    rng.shuffle(order)
    options = np.tile(np.arange(most), (items, 1))
    for place, count in enumerate(has[order].sum(axis=1)):
        shown = list(range(count))
        rng.shuffle(shown)
        options[place, :count] = shown
    features = np.take_along_axis(features[order], options[:, :, None], axis=1)
    keys, has = (options == keys[order][:, None]).argmax(axis=1), has[order]
    folds = np.arange(items) % FOLDS
    hits = np.zeros(items, dtype=bool)
    for fold in range(FOLDS):
        unseen = folds == fold
        weights = _fit(features[~unseen], keys[~unseen], has[~unseen])
        worth = np.where(has[unseen], features[unseen] @ weights, -np.inf)
        hits[np.array(order)[unseen]] = worth.argmax(axis=1) == keys[unseen]
    return hits


def _vocabulary(questions: Sequence[Question]) -> list[str]:
    """The words that stand in the options of most items."""
    counts = Counter(word for one in questions for word in {word for option in one.options for word in words(option)})
    known = sorted((word for word in counts if not word[0].isdigit()), key=lambda word: (-counts[word], word))
    return known[:_WORDS]


def _arrays(questions: Sequence[Question]) -> _Arrays:
    """(items, options, features), the keys, and which options there are, since not every item has as many."""
    vocabulary = _vocabulary(questions)
    rows = [_features(question, vocabulary) for question in questions]
    most = max(len(row) for row in rows)
    features = np.zeros((len(rows), most, len(rows[0][0])))
    has = np.zeros((len(rows), most), dtype=bool)
    for place, row in enumerate(rows):
        own = np.array(row)
        features[place, : len(row)] = own - own.mean(axis=0)
        has[place, : len(row)] = True
    spread = features[has].std(axis=0)
    features /= np.where(spread > 0, spread, 1.0)
    return features, np.array([question.key for question in questions]), has


def _features(question: Question, vocabulary: Sequence[str]) -> list[list[float]]:
    """One row an option; what counts is how an option differs from the others of its item."""
    values = [value_of(option) for option in question.options]
    known = sorted(value for value in values if value is not None)
    places = [
        known.index(value) / (len(known) - 1) if value is not None and len(known) > 1 else 0.5 for value in values
    ]
    shared = convergence(question.option_words)
    marks = [CUES[cue](question) for cue in CUES]
    rows = []
    for number, option in enumerate(question.options):
        said = words(option)
        length = max(1, len(option))
        rows.append(
            [
                *(float(number in marked) for marked in marks),
                length / fmean(question.lengths),
                sum(map(len, said)) / max(1, len(said)),
                len(question.option_words[number] & question.stem_words) / max(1, len(question.option_words[number])),
                shared[number],
                places[number],
                abs(places[number] - 0.5),
                float(specificity(option)),
                option.count(",") + option.count(";"),
                sum(letter.isdigit() for letter in option) / length,
                *(float(word in said) for word in vocabulary),
            ]
        )
    return rows


def _fit(features: _Floats, keys: NDArray[np.int64], has: NDArray[np.bool_]) -> _Floats:
    """The weights of a conditional logit with a ridge, by Newton's method; the ridge makes it converge at once."""
    items, _, count = features.shape
    weights = np.zeros(count)
    chosen = features[np.arange(items), keys]
    for _ in range(12):
        worth = np.where(has, features @ weights, -np.inf)
        odds = np.exp(worth - worth.max(axis=1, keepdims=True))
        odds /= odds.sum(axis=1, keepdims=True)
        expected = np.einsum("ij,ijk->ik", odds, features)
        slope = (chosen - expected).sum(axis=0) - _RIDGE * weights
        weighted = (features * odds[..., None]).reshape(-1, count)
        bend = weighted.T @ features.reshape(-1, count) - expected.T @ expected + _RIDGE * np.eye(count)
        step = np.linalg.solve(bend, slope)
        weights += step
        if float(np.abs(step).max()) < 1e-6:
            break
    return weights
