"""Blind second reading: what readers without the key agree with, which planted defects they catch, which items pass."""

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from random import Random

from quizapp.rules.proportions import wilson

ITEMS_A_DEFECT = 40
# What sheets ask readers to write, and what they write anyway. Letters count only beside a word that calls them right,
# since "Parts A and B" are Medicare's.
_RIGHT = r"(right|correct|defensible|true|acceptable|valid|fit|fits|work|works)"
_TWO_RIGHT = re.compile(
    r"\b(two|both|more than one)( options?| answers?)?( are| is| could be| can be)? (right|correct|defensible)\b"
    r"|\b(is|are|be) (also|equally|just as) (right|correct|defensible)\b"
    r"|\b(?-i:[A-J])(, (?-i:[A-J]))*,? (and|or|&) (?-i:[A-J])\b"
    rf"((?!\b(not|neither|nor|wrong|incorrect)\b)[^.;])*\b{_RIGHT}\b",
    re.IGNORECASE,
)
_NONE_RIGHT = re.compile(
    r"\b(none|no option|no answer|neither|nothing)( of (them|these|the options|the answers))?( here)?"
    r"( is| are| could be| can be)? (right|correct|defensible)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Reading:
    """One reader's answer to one item, with the remark: options count from 0 in the file's order, and the key is that
    of the day.
    """

    item_id: str
    scored_hash: str
    chosen: int
    key: int
    remark: str = ""

    @property
    def agrees(self) -> bool:
        """Whether the reader chose the key."""
        return self.chosen == self.key

    @property
    def objection(self) -> str:
        """Why the reading must be settled: `another answer`, `two right` or `none right`; empty if it need not.

        Sheets ask for the nearest option where none is right, so that the key with such a remark is no agreement.
        """
        if not self.agrees:
            return "another answer"
        if says_two_right(self.remark):
            return "two right"
        return "none right" if says_none_right(self.remark) else ""


@dataclass(frozen=True)
class Settlement:
    """How the source decided an objection: the item was kept, mended (which changes its hash) or dropped."""

    item_id: str
    scored_hash: str
    outcome: str


@dataclass(frozen=True)
class Share:
    """How many of how many, with the 95 % interval."""

    right: int
    total: int
    low: float
    high: float


def says_two_right(remark: str) -> bool:
    """Whether a reader's remark says that more than one option is right."""
    return bool(_TWO_RIGHT.search(remark))


def says_none_right(remark: str) -> bool:
    """Whether a reader's remark says that no option is right."""
    return bool(_NONE_RIGHT.search(remark))


def caught_by(chosen: int, recorded_key: int, *, two_right: bool) -> str:
    """By which rule a planted defect was caught, `no` if it was not.

    `answer`: the answer differs from the recorded key. `flaw`: the reader says that two are right. Either would have
    brought the item before the source.
    """
    if chosen != recorded_key:
        return "answer"
    return "flaw" if two_right else "no"


def defects_of(item_count: int) -> int:
    """How many items of a round carry a defect: one in every 40, and in what is left over."""
    return -(-item_count // ITEMS_A_DEFECT)


def share(hits: Iterable[bool]) -> Share:
    """A share with Wilson's interval."""
    found = list(hits)
    return Share(sum(found), len(found), *wilson(sum(found), len(found)))


def first_readings(readings: Iterable[Reading]) -> list[Reading]:
    """The first reading of each item, whatever it said then; `readings` come in the order in which they were made."""
    first: dict[str, Reading] = {}
    for reading in readings:
        first.setdefault(reading.item_id, reading)
    return list(first.values())


def agreement(readings: Iterable[Reading], group_of: Callable[[str], str]) -> dict[str, Share]:
    """The share of readings that chose the key, by group of their item."""
    groups: dict[str, list[bool]] = {}
    for reading in readings:
        groups.setdefault(group_of(reading.item_id), []).append(reading.agrees)
    return {group: share(hits) for group, hits in sorted(groups.items())}


def unsettled(readings: Iterable[Reading], settlements: Iterable[Settlement]) -> list[Reading]:
    """The objections that nobody has settled by the source yet."""
    settled = {(one.item_id, one.scored_hash) for one in settlements}
    return [
        reading for reading in readings if reading.objection and (reading.item_id, reading.scored_hash) not in settled
    ]


def passed(readings: Iterable[Reading], settlements: Iterable[Settlement]) -> set[tuple[str, str]]:
    """Which (item, scored_hash) have a passed reading: read, and every objection settled by keeping the item.

    An item that was mended says something else, has another hash, and must be read again.
    """
    kept = {(one.item_id, one.scored_hash) for one in settlements if one.outcome == "kept"}
    read: set[tuple[str, str]] = set()
    objected: set[tuple[str, str]] = set()
    for reading in readings:
        key = (reading.item_id, reading.scored_hash)
        read.add(key)
        if reading.objection:
            objected.add(key)
    return read - (objected - kept)


def shuffled_order(option_count: int, rng: Random, *, is_ordered: bool) -> list[int]:
    """The file's option numbers in the order in which a reader sees them; a natural order stays."""
    order = list(range(option_count))
    if not is_ordered:
        rng.shuffle(order)
    return order


def sheets(
    items: Sequence[str], planted: Collection[str], per_sheet: int, rng: Random
) -> tuple[list[list[str]], set[str]]:
    """The items dealt onto sheets in random order, and those that carry a defect: in every 40 items at least one.

    `planted` are the items for which an author has written a defect; where they do not suffice, chance names others.
    Defects lie as evenly on the sheets as they can.
    """
    shuffled = sorted(items)
    rng.shuffle(shuffled)
    wanted = defects_of(len(shuffled))
    defective = [item for item in shuffled if item in planted]
    sound = [item for item in shuffled if item not in planted]
    while len(defective) < wanted:
        defective.append(sound.pop())
    number = -(-len(shuffled) // per_sheet)
    dealt: list[list[str]] = [[] for _ in range(number)]
    for place, item in enumerate(defective + sound):
        dealt[place % number].append(item)
    for sheet in dealt:
        rng.shuffle(sheet)
    return dealt, set(defective)
