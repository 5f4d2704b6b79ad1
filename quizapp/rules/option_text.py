"""Stems and options as words and values: what item-writing flaws and the test-wise robot look at."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

_WORD = re.compile(r"[a-z]+(?:['’-][a-z]+)*|\d[\d,.]*\d|\d")
_ENDINGS = ("ations", "ation", "ings", "ing", "edly", "ies", "ied", "ers", "es", "ed", "er", "ly", "s", "e", "y")


def _listed(text: str) -> list[str]:
    return text.split()


_MONTHS = _listed("January February March April May June July August September October November December")
_DATE = re.compile(rf"\b({'|'.join(_MONTHS)})(?: (\d{{1,2}}))?(?:,? (\d{{4}}))?\b")
_NUMBER = re.compile(r"(?<![\w.])[-−]?\$?(\d[\d,]*(?:\.\d+)?)(?![\d])")
_NUMBER_WORDS = {
    word: number
    for number, word in enumerate(
        _listed(
            "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
            "seventeen eighteen nineteen twenty"
        )
    )
} | {"no": 0, "none": 0, "half": 0.5, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "ninety": 90}
_DAYS = {"hour": 1 / 24, "day": 1, "business day": 1.4, "week": 7, "month": 30.4, "quarter": 91, "year": 365}
_AFTER = re.compile(r"(\d+) (day|week|month|year)s? (?:of|after|from) ", re.IGNORECASE)
_DOWN = re.compile(r"^(?:an? )?(?:down|loss|decrease|shortfall|short|deficit)\b", re.IGNORECASE)
_DURATION = re.compile(
    r"([\d.]+|[a-z]+)[ -](?:calendar |full |working )?(hour|business day|day|week|month|quarter|year)s?\b",
    re.IGNORECASE,
)
_SCALE = {"thousand": 1e3, "million": 1e6}

_ABSOLUTES = frozenset(
    _listed("always never only none all every entirely completely totally solely exclusively whatever regardless")
)
_COMMON = frozenset(
    _listed(
        "a about after all also an and any are as at be because been before being both but by can could did "
        "do does each either every for from had has have how if in into is it its least less may might more "
        "most must need no nor not of off on one only or other out over own same should since so some such "
        "than that the their them then there these they this those to too under until up was were what when "
        "where which while who whom whose why will with within without would you your practice manager "
        "patient patient's patients"
    )
)


@dataclass(frozen=True)
class Question:
    """An item as the rules see it: `key` counts from 0 in the order of `options`."""

    stem: str
    options: tuple[str, ...]
    key: int
    rationales: tuple[str, ...] = ()
    is_ordered: bool = False

    @property
    def distractors(self) -> list[int]:
        """The numbers of the options that are not the key."""
        return [number for number in range(len(self.options)) if number != self.key]

    @property
    def lead_in(self) -> str:
        """The question itself: the last sentence of the stem."""
        last = self.stem.strip().rsplit("\n", 1)[-1]
        return re.split(r"(?<=[.!?])\s+(?=[A-Z“\"*])", last)[-1]

    @cached_property
    def lengths(self) -> list[int]:
        """Each option's length in characters."""
        return [len(option) for option in self.options]

    @cached_property
    def stem_words(self) -> frozenset[str]:
        """The stem's words that carry meaning."""
        return content_words(self.stem)

    @cached_property
    def option_words(self) -> list[frozenset[str]]:
        """Each option's words that carry meaning."""
        return [content_words(option) for option in self.options]


def absolutes_of(text: str) -> frozenset[str]:
    """The words of a text that leave no exception; `at all`, `in all` and a counted `all four` are none."""
    text = re.sub(r"\b(?:at|in|after|above) all\b|\ball (?:two|three|four|five|\d)", " ", text.casefold())
    return _ABSOLUTES.intersection(words(text))


def words(text: str) -> list[str]:
    """The words and numbers of a text, in small letters."""
    return _WORD.findall(text.casefold())


def content_words(text: str) -> frozenset[str]:
    """The words that carry meaning, cut to what their forms have in common; numbers as they are."""
    return frozenset(_root(word) for word in words(text) if word not in _COMMON and (len(word) > 2 or word.isdigit()))


def _root(word: str) -> str:
    word = re.sub(r"['’]s?$", "", word)
    if not word[0].isdigit():
        for ending in _ENDINGS:
            if word.endswith(ending) and len(word) - len(ending) >= 4:
                return word.removesuffix(ending)
    return word


def value_of(text: str) -> float | None:
    """What an option amounts to: a date as its day, a duration in days, else its first number; None without any."""
    found = _DATE.search(text)
    if found:
        month, day, year = found.groups()
        try:
            start = date(int(year or 2000), _MONTHS.index(month) + 1, int(day or 1)).toordinal()
        except ValueError:
            return None
        after = _AFTER.search(text[: found.start()])
        return start + (int(after.group(1)) * _DAYS[after.group(2).lower()] if after else 0.0)
    number = _first_number(text)
    if number is not None and _DOWN.match(text):
        number = -number
    duration = _DURATION.search(text)
    if number is None or not duration or "$" in text:
        return number
    return number * _DAYS[duration.group(2).lower()]


def is_bare_value(text: str) -> bool:
    """Whether an option is nothing but a value with its unit: `$1,200`, `30 days`, `May 4, 2026`, `12.5%`."""
    rest = _NUMBER.sub(" ", _DATE.sub(" ", text))
    rest = re.sub(r"\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b,?", " ", rest)
    rest = re.sub(
        r"[$%.,+]|\b(?:an?|hours?|business|calendar|days?|weeks?|months?|years?|percent|million)\b", " ", rest
    )
    return value_of(text) is not None and not [word for word in words(rest) if word not in _NUMBER_WORDS]


def range_of(text: str) -> tuple[float, float] | None:
    """The bounds of an option such as `10 to 20`, `under 10` or `more than 20`; None if it is no range."""
    found = re.search(r"(\d[\d,.]*)\s*(?:%|days|years)?\s*(?:to|-|–|through)\s*\$?(\d[\d,.]*)", text)
    if found:
        return _plain(found.group(1)), _plain(found.group(2))
    low = re.search(r"\b(?:more than|over|above|at least|exceeding) \$?(\d[\d,.]*)", text.casefold())
    if low:
        strict = 0.0 if "at least" in low.group() else 1e-9
        return _plain(low.group(1)) + strict, float("inf")
    high = re.search(r"\b(?:under|below|fewer than|less than|at most|up to) \$?(\d[\d,.]*)", text.casefold())
    if high:
        strict = 0.0 if re.match(r"at most|up to", high.group()) else 1e-9
        return float("-inf"), _plain(high.group(1)) - strict
    return None


def specificity(text: str) -> int:
    """How exact the most exact number of a text is: its digits that count; 0 without a number."""
    digits = [re.sub(r"\D", "", match.group(1)) for match in _NUMBER.finditer(text)]
    return max((len(number.rstrip("0")) or 1 for number in digits), default=0)


def convergence(options: Sequence[frozenset[str]]) -> list[float]:
    """How much each option shares with the others: the mean share of its words that another has as well."""
    result = []
    for number, own in enumerate(options):
        others = [other for place, other in enumerate(options) if place != number]
        shares = [len(own & other) / (len(own | other) or 1) for other in others]
        result.append(sum(shares) / (len(shares) or 1))
    return result


def _first_number(text: str) -> float | None:
    found = _NUMBER.search(text)
    if found:
        scale = next((factor for word, factor in _SCALE.items() if word in text[found.end() : found.end() + 10]), 1.0)
        sign = -1 if found.group().startswith(("-", "−")) else 1
        return sign * _plain(found.group(1)) * scale
    return next((float(_NUMBER_WORDS[word]) for word in words(text) if word in _NUMBER_WORDS), None)


def _plain(number: str) -> float:
    return float(number.replace(",", "").rstrip("."))
