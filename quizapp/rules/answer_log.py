"""The event log of an attempt, and the response rows that it folds into."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

LETTERS = "ABCDEFGHIJ"
SHOWN, ANSWER, FLAG = "shown", "answer", "flag"
STRIKE, HIGHLIGHT, NOTE, CERTAINTY = "strike", "highlight", "note", "certainty"
CERTAINTIES = ("sure", "think", "guess")
MOST_NOTE_CHARACTERS = 2000
_RANGES = re.compile(r"([0-9]{1,5}-[0-9]{1,5}(,[0-9]{1,5}-[0-9]{1,5}){0,49})?")


@dataclass(frozen=True)
class Event:
    """What a device says that the candidate did, `age_ms` ago by the device's own monotonic clock.

    The value of an answer is a letter as shown, or empty when cleared; of a flag 1 or 0; of struck-out options their
    letters in order; of highlights ranges of characters of the stem, as in 10-25,40-52; of a note its text; of
    certainty sure, think, guess or empty. Being shown has none.
    """

    seq: int
    position: int
    kind: str
    value: str
    age_ms: int


@dataclass(frozen=True)
class StoredEvent:
    """An event in the log, with the moment it was made as fixed at first storage."""

    device: str
    seq: int
    position: int
    kind: str
    value: str
    made_at: datetime
    counts: bool = True

    @property
    def rank(self) -> tuple[datetime, str, int]:
        """What decides between two events at one place: the later made, then device and number."""
        return (self.made_at, self.device, self.seq)


def is_valid(event: Event, option_count: int) -> bool:
    """Whether the value is one that its kind can have at an item with `option_count` options."""
    letters = LETTERS[:option_count]
    value = event.value
    tests = {
        SHOWN: lambda: value == "",
        ANSWER: lambda: value == "" or (len(value) == 1 and value in letters),
        FLAG: lambda: value in {"0", "1"},
        STRIKE: lambda: value == "".join(letter for letter in letters if letter in value),
        HIGHLIGHT: lambda: _RANGES.fullmatch(value) is not None,
        NOTE: lambda: len(value) <= MOST_NOTE_CHARACTERS and "\0" not in value,
        CERTAINTY: lambda: value == "" or value in CERTAINTIES,
    }
    test = tests.get(event.kind)
    return test is not None and test()


def storable(events: Iterable[Event], highest_stored: int) -> list[Event]:
    """The events of one device that may be stored now: those above `highest_stored`, up to the first gap.

    After a gap nothing is stored, and the device sends again; what is stored already is skipped, so a replay is
    harmless.
    """
    result = []
    expected = highest_stored + 1
    for event in sorted(events, key=lambda event: event.seq):
        if event.seq == expected:
            result.append(event)
            expected += 1
    return result


def fold(events: Iterable[StoredEvent]) -> Mapping[tuple[int, str], StoredEvent]:
    """The newest counting event for each (position, kind): the response rows.

    The order of arrival does not matter: any duplication, batching and interleaving of devices gives the same rows.
    """
    newest: dict[tuple[int, str], StoredEvent] = {}
    for event in events:
        if not event.counts:
            continue
        key = (event.position, event.kind)
        if key not in newest or event.rank > newest[key].rank:
            newest[key] = event
    return newest


def first_made(events: Iterable[StoredEvent]) -> Mapping[tuple[int, str], datetime]:
    """When the first counting event of each (position, kind) was made, whatever the order of arrival."""
    first: dict[tuple[int, str], datetime] = {}
    for event in events:
        if event.counts:
            key = (event.position, event.kind)
            first[key] = min(event.made_at, first.get(key, event.made_at))
    return first


def option_of(letter: str, option_order: str) -> int | None:
    """The option, in the file's order, that a letter stood for on this form; None for no answer."""
    return int(option_order[LETTERS.index(letter)]) if letter else None


def letter_of(option: int, option_order: str) -> str:
    """The letter under which this form showed an option."""
    return LETTERS[option_order.index(str(option))]
