"""Item-writing flaws that a machine can see: each a reason to look again, none a proof."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from quizapp.rules.option_text import Question, absolutes_of, convergence, is_bare_value, range_of, value_of, words

MOST_STEM_WORDS = 80
MOST_OPTION_WORDS = 15
RATIONALE_WORDS = (15, 50)
# A key may be longer than every other option by a quarter, but by a few letters in any case.
LONGEST_KEY = 1.25
FREE_LETTERS = 6
KINDS = (
    "absolutes",
    "word-repeat",
    "convergence",
    "grammar",
    "negative-stem",
    "unordered-numbers",
    "overlapping-ranges",
    "long-key",
    "long-stem",
    "long-option",
    "rationale-length",
    "refers-to-options",
    "vague",
)
_VAGUE = frozenset(["usually", "often", "sometimes", "frequently", "generally", "occasionally"])
# What follows such a word is a condition, which may be negative: "What is due if the patient does not pay?"
_ON = r"(?:(?!\b(?:if|when|that|who|whose|because|unless|since|although)\b)[^,?])*"
_AUXILIARY = r"\b(?:is|are|was|were|would|should|must|may|can|could|does|do|did|has|have|need)"
_ASKED = rf"(?:\b(?:which|what)|(?:^|, )who)\b{_ON}"
_NEGATIVE = re.compile(
    rf"{_ASKED}{_AUXILIARY}(?:n?['’]t\b|not\b|\b{_ON}\b(?:not|never|avoid|skip|omit|leave out|do without)\b)"
    rf"|{_ASKED}\b(?:is|are|was|were|be)\b{_ON}\b(?:false|untrue|incorrect|unnecessary|improper|inappropriate)\b"
    rf"|\bwhich\b{_ON}\b(?:is|are|was|were|be)\b{_ON}\b(?:wrong|prohibited|forbidden|unlawful|illegal)\b"
    r"|\bexcept\b|(?<!at )\bleast\s+(?:likely|appropriate|important|useful|suitable)",
    re.IGNORECASE,
)
_LOUD_NEGATIVE = re.compile(r"\*\*[A-Z ]*\b(?:NOT|EXCEPT|LEAST|NEVER|FALSE|WRONG|AVOID)\b[^*]*\*\*")


@dataclass(frozen=True)
class Flaw:
    """What looks wrong; `option` is the number of the option concerned, None for the stem or all options."""

    kind: str
    reason: str
    option: int | None = None


def flaws(question: Question) -> list[Flaw]:
    """Every flaw of an item."""
    return [flaw for look in _LOOKS for flaw in look(question)]


def _absolutes(question: Question) -> Iterator[Flaw]:
    """Absolute words stand in distractors alone, where the test-wise expect them."""
    having = {number: absolutes_of(option) for number, option in enumerate(question.options)}
    if having[question.key]:
        return
    for number in question.distractors:
        if having[number]:
            yield Flaw("absolutes", f"{_quoted(having[number])} in distractors alone", number)


def _word_repeat(question: Question) -> Iterator[Flaw]:
    """The key alone takes up words of the stem: more than one, or one where no distractor has any word of the stem."""
    echoes = [option & question.stem_words for option in question.option_words]
    others = frozenset[str]().union(*(echoes[number] for number in question.distractors))
    alone = {word for word in echoes[question.key] - others if not word[0].isdigit()}
    most = max(len(echoes[number]) for number in question.distractors)
    if alone and len(echoes[question.key]) > most and (len(alone) > 1 or not others):
        yield Flaw("word-repeat", f"the key alone repeats the stem's {_quoted(alone)}", question.key)


def _convergence(question: Question) -> Iterator[Flaw]:
    """The key is where the options' parts meet: each of its parts stands in another option, and no other is so."""
    parts = [_parts(option) for option in question.options]
    if question.is_ordered or all(map(is_bare_value, question.options)):
        return
    shared = [sum(any(part in other for other in _without(parts, n)) for part in own) for n, own in enumerate(parts)]
    most = max(shared[number] for number in question.distractors)
    if min(map(len, parts)) > 1 and shared[question.key] == len(parts[question.key]) > most:
        yield Flaw(
            "convergence", "every part of the key stands in another option, and of no other option", question.key
        )
        return
    overlap = convergence(question.option_words)
    rival = max(overlap[number] for number in question.distractors)
    if overlap[question.key] > 0.3 and overlap[question.key] > 1.3 * rival:
        yield Flaw("convergence", "the key shares more words with the others than any of them does", question.key)


def _grammar(question: Question) -> Iterator[Flaw]:
    """Options that do not read on from the lead-in, or are not of one form."""
    if not question.lead_in.rstrip("*_ ").endswith("?"):
        yield Flaw("grammar", "the stem does not end in a question")
    article = re.search(r"\b(an?)\W*$", question.lead_in)
    if article:
        wrong = [
            n for n, option in enumerate(question.options) if (option[0].lower() in "aeiou") != (article[1] == "an")
        ]
        yield from (Flaw("grammar", f"does not follow the article {article[1]!r}", number) for number in wrong)
    for name, has in _FORMS.items():
        having = [number for number, option in enumerate(question.options) if has(option)]
        lacking = [number for number in range(len(question.options)) if number not in having]
        for one in (having, lacking):
            if len(one) == 1 and len(question.options) > 2:
                yield Flaw("grammar", f"{name}, unlike the others" if one is having else f"not: {name}", one[0])


_FORMS: dict[str, Callable[[str], bool]] = {
    "ends in a period": lambda option: option.rstrip().endswith("."),
    "begins with a small letter": lambda option: option[:1].islower(),
    "begins with Yes or No": lambda option: bool(re.match(r"(?:yes|no)\b[,:;]", option, re.IGNORECASE)),
    "is only a value": is_bare_value,
}


def _negative_stem(question: Question) -> Iterator[Flaw]:
    """A question that asks for what does not fit says so loudly: **NOT** or **EXCEPT**. What a scene got wrong may be
    asked for in small letters.
    """
    if _NEGATIVE.search(question.lead_in) and not _LOUD_NEGATIVE.search(question.lead_in):
        yield Flaw(
            "negative-stem", "the question asks for what does not fit, and its negative word is not in bold capitals"
        )


def _unordered(question: Question) -> Iterator[Flaw]:
    """Values have a natural order, and stand in it."""
    values = [value_of(option) for option in question.options]
    known = [value for value in values if value is not None]
    if question.is_ordered and len(known) == len(values) and known != sorted(known):
        yield Flaw("unordered-numbers", "the order is natural, but the values do not ascend")
    if not question.is_ordered and all(map(is_bare_value, question.options)):
        yield Flaw("unordered-numbers", "the options are values, but the order is not natural")


def _overlapping(question: Question) -> Iterator[Flaw]:
    """No value falls into two options."""
    found = [range_of(option) for option in question.options]
    if not all(one or is_bare_value(option) for one, option in zip(found, question.options, strict=True)):
        return
    ranges = [(number, one) for number, one in enumerate(found) if one]
    for place, (number, (low, high)) in enumerate(ranges):
        for other, (other_low, other_high) in ranges[place + 1 :]:
            if max(low, other_low) <= min(high, other_high):
                reason = f"overlaps {question.options[number]!r}"
                yield Flaw("overlapping-ranges", reason, other)


def _long_key(question: Question) -> Iterator[Flaw]:
    """The key is not longer than every other option by more than a quarter."""
    key, longest = question.lengths[question.key], max(question.lengths[number] for number in question.distractors)
    if key > LONGEST_KEY * longest and key > longest + FREE_LETTERS:
        yield Flaw("long-key", f"the key has {key} characters, the next option {longest}", question.key)


def _lengths(question: Question) -> Iterator[Flaw]:
    """Stem, options and rationales keep their lengths."""
    number = len(question.stem.split())
    if number > MOST_STEM_WORDS:
        yield Flaw("long-stem", f"the stem has {number} words, more than {MOST_STEM_WORDS}")
    for place, option in enumerate(question.options):
        if len(option.split()) > MOST_OPTION_WORDS:
            yield Flaw(
                "long-option", f"the option has {len(option.split())} words, more than {MOST_OPTION_WORDS}", place
            )
    low, high = RATIONALE_WORDS
    for place, rationale in enumerate(question.rationales):
        if not low <= len(rationale.split()) <= high:
            yield Flaw(
                "rationale-length", f"the rationale has {len(rationale.split())} words, not {low} to {high}", place
            )


def _forbidden(question: Question) -> Iterator[Flaw]:
    """No option refers to others, and none hedges where the rest does not."""
    for number, option in enumerate(question.options):
        if re.search(r"\b(?i:all|none|both|any) of the (?:above|these|options)\b|\b[A-D] (?i:and|or) [A-D]\b", option):
            yield Flaw("refers-to-options", "the option refers to others", number)
        vague = _VAGUE.intersection(words(option))
        if vague:
            yield Flaw("vague", f"{_quoted(vague)} leaves open when", number)


def _parts(option: str) -> list[str]:
    return [
        " ".join(words(part))
        for part in re.split(r",(?!\d)|;|\b(?:and|but|with|without|plus)\b", option)
        if words(part)
    ]


def _without(parts: Sequence[list[str]], number: int) -> list[list[str]]:
    return [other for place, other in enumerate(parts) if place != number]


def _quoted(found: frozenset[str] | set[str]) -> str:
    return ", ".join(f"“{word}”" for word in sorted(found))


_LOOKS: list[Callable[[Question], Iterator[Flaw]]] = [
    _absolutes,
    _word_repeat,
    _convergence,
    _grammar,
    _negative_stem,
    _unordered,
    _overlapping,
    _long_key,
    _lengths,
    _forbidden,
]
