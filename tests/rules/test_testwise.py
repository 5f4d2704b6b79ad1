"""The robot and the guesser: each cue, planted in a bank that has none, is found by both; without a cue, nothing is."""

from collections.abc import Callable
from dataclasses import replace
from random import Random

import pytest

from quizapp.rules import testwise
from quizapp.rules.option_text import Question, words
from quizapp.rules.proportions import wilson

ITEMS = 200
SYLLABLES = ("ba", "do", "fe", "gi", "ku", "la", "me", "no", "pi", "ra", "so", "tu", "vi", "wo", "za")


def word(rng: Random, syllables: int = 3) -> str:
    return "".join(rng.choice(SYLLABLES) for _ in range(syllables))


def made(seed: int, *, counts: tuple[int, ...] = (4, 4, 4, 3), values: bool = False) -> list[Question]:
    """A bank of made-up words, in which nothing tells the key from its distractors."""
    rng = Random(seed)
    questions = []
    for _ in range(ITEMS):
        stem = " ".join(word(rng) for _ in range(12)) + "?"
        texts = [" ".join(word(rng, rng.choice((2, 3, 4))) for _ in range(5)) for _ in range(rng.choice(counts))]
        if values:
            texts = [f"${number} {word(rng)}" for number in sorted(rng.sample(range(10, 99), len(texts)))]
        questions.append(Question(stem, tuple(texts), rng.randrange(len(texts)), is_ordered=values))
    return questions


def with_option(question: Question, number: int, text: str) -> Question:
    options = list(question.options)
    options[number] = text
    return replace(question, options=tuple(options))


def longest(question: Question, number: int, rng: Random) -> Question:
    text = question.options[number]
    while len(text) <= max(map(len, question.options)):
        text += f" {word(rng)}"
    return with_option(question, number, text)


def shortest(question: Question, number: int, rng: Random) -> Question:
    return with_option(question, number, " ".join(word(rng, 2) for _ in range(3)))


def overlap(question: Question, number: int, rng: Random) -> Question:
    own = words(question.options[number])[2:]
    return with_option(question, number, " ".join([*own, *rng.sample(words(question.stem), 2)]))


def convergence(question: Question, number: int, rng: Random) -> Question:
    others = [words(option)[0] for place, option in enumerate(question.options) if place != number]
    return with_option(question, number, " ".join([*others, *words(question.options[number])[len(others) :]]))


def absolutes(question: Question, number: int, rng: Random) -> Question:
    return with_option(question, number, f"{rng.choice(['always', 'never', 'only'])} {question.options[number]}")


def specific(question: Question, number: int, rng: Random) -> Question:
    for place, option in enumerate(question.options):
        amount = f"{rng.randrange(10, 99) * 100}" if place != number else f"{rng.randrange(1111, 9999)}"
        question = with_option(question, place, f"{option} ${amount}")
    return question


def middle(question: Question, number: int, rng: Random) -> Question:
    return replace(question, key=rng.randrange(1, len(question.options) - 1))


PLANTED: dict[str, Callable[[Question, int, Random], Question]] = {
    "longest": longest,
    "shortest": shortest,
    "words of the stem": overlap,
    "convergence": convergence,
    "absolutes": absolutes,
    "most specific number": specific,
}


def dealings(number: int) -> list[Random]:
    return [Random(seed) for seed in range(1, number + 1)]


def found(questions: list[Question]) -> set[tuple[str, str]]:
    return {(one.cue, one.way) for one in testwise.robot(questions) if one.beats_chance}


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_where_nothing_tells_the_key_neither_robot_nor_guesser_finds_anything(seed: int) -> None:
    questions = made(seed)
    assert found(questions) == set()
    assert not testwise.guesser(questions, dealings(5)).beats_chance


@pytest.mark.parametrize("cue", PLANTED)
def test_a_cue_at_the_key_of_every_second_item_is_found(cue: str) -> None:
    rng = Random(5)
    questions = [
        PLANTED[cue](question, question.key, rng) if place % 2 else question for place, question in enumerate(made(4))
    ]
    assert (cue, "chosen") in found(questions)
    assert testwise.guesser(questions, dealings(1)).beats_chance


@pytest.mark.parametrize("cue", PLANTED)
def test_a_cue_that_marks_a_distractor_is_found_by_crossing_out(cue: str) -> None:
    # Crossing out one of four gains eight points at most, for which two hundred items are too few; one of three, 17.
    rng = Random(6)
    plain = made(7, counts=(3,))
    questions = [PLANTED[cue](question, rng.choice(question.distractors), rng) for question in plain]
    assert (cue, "crossed out") in found(questions)
    assert testwise.guesser(questions, dealings(1)).beats_chance


def test_a_key_in_the_middle_of_the_values_is_found() -> None:
    rng = Random(8)
    plain = made(9, values=True)
    assert found(plain) == set()
    planted = [middle(question, question.key, rng) for question in plain]
    assert ("middle value", "chosen") in found(planted)
    assert testwise.guesser(planted, dealings(1)).beats_chance
    at_the_ends = [replace(question, key=rng.choice((0, len(question.options) - 1))) for question in plain]
    assert ("middle value", "crossed out") in found(at_the_ends)


def test_chance_is_that_of_each_items_number_of_options() -> None:
    questions = [Question("Why?", ("a", "b", "c"), 0), Question("Why?", ("a", "b", "c", "d"), 0)]
    assert testwise.chance_of(questions) == pytest.approx((1 / 3 + 1 / 4) / 2)
    assert testwise.guesser(questions, dealings(1)).chance == pytest.approx((1 / 3 + 1 / 4) / 2)


def test_a_cue_counts_only_where_it_tells_options_apart() -> None:
    questions = [
        Question("Why?", ("long text", "short", "short"), 0),
        Question("Why?", ("long text", "long text", "short", "short"), 2),
        Question("Why?", ("same", "same", "same", "same"), 0),
    ]
    by = {(one.cue, one.way): one for one in testwise.robot(questions)}
    one = by["longest", "chosen"]
    assert (one.items, one.hits) == (2, 1)
    assert one.chance == pytest.approx((1 / 3 + 1 / 2) / 2)
    assert one.score == pytest.approx((1 + 0 + 1 / 4) / 3)
    other = by["longest", "crossed out"]
    assert (other.items, other.hits) == (2, 1)
    assert other.score == pytest.approx((0 + 1 / 2 + 1 / 4) / 3)
    assert by["absolutes", "chosen"].items == 0


def test_the_key_is_longest_where_it_is_alone_so_or_by_its_share_of_a_tie() -> None:
    questions = [
        Question("Why?", ("long text", "short", "short"), 0),
        Question("Why?", ("long text", "long text", "short", "short"), 0),
        Question("Why?", ("long text", "long text", "short", "short"), 2),
    ]
    assert testwise.key_share(questions, "longest") == pytest.approx((1 + 1 / 2 + 0) / 3)
    assert testwise.key_share(questions, "shortest") == pytest.approx((0 + 0 + 1 / 2) / 3)


def test_the_guesser_is_judged_by_the_mean_of_its_dealings() -> None:
    questions = made(4)
    each = [testwise.guesser(questions, [rng]) for rng in dealings(4)]
    together = testwise.guesser(questions, dealings(4))
    assert together.rights == tuple(one.rights[0] for one in each)
    assert together.right == sum(together.rights) / 4
    for one in each:
        assert (one.low, one.high) == pytest.approx(wilson(one.rights[0], ITEMS))
    # The mean is surer than one dealing, and never surer than four times as many items would be.
    low, high = wilson(together.right, ITEMS)
    surest = wilson(together.right * 4, ITEMS * 4)
    assert low < together.low <= surest[0] < surest[1] <= together.high < high


def test_the_order_of_the_options_in_the_file_tells_the_guesser_nothing() -> None:
    # Nothing but the place could help: the options say the same but for their order.
    questions = [Question("Why?", ("same", "same", "same", "same"), 0) for _ in range(100)]
    right = testwise.guesser(questions, dealings(5)).right
    assert right < 40


def test_an_empty_bank_says_nothing() -> None:
    assert testwise.robot([])[0].items == 0
    assert testwise.guesser([], dealings(2)) == testwise.GuesserResult(0, (0, 0), 0.0, 0.0, 1.0)
