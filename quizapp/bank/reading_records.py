"""What the records of a round of blind reading may say: by roles and rounds only, each record on a line of its file."""

from collections import Counter
from collections.abc import Iterator
from typing import Annotated, Literal

from msgspec import Meta, Struct

from quizapp.bank.item_files import Slug
from quizapp.rules import blind_reading
from quizapp.rules.answer_log import LETTERS

Hash = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}(?!\n)$", extra={"write": "the item's scored_hash of that day"})]
Reader = Annotated[
    str, Meta(pattern=r"^reader-[0-9]{1,3}(?!\n)$", extra={"write": "a role and number, such as reader-2"})
]
Shuffle = Annotated[
    str, Meta(pattern=r"^[0-9]{2,10}(?!\n)$", extra={"write": "the options in the sheet's order, such as 2013"})
]
Letter = Annotated[str, Meta(pattern=r"^[A-J](?!\n)$", extra={"write": "the capital letter of an option"})]
Index = Annotated[int, Meta(ge=0, le=9)]
Sure = Literal["sure", "think", "guess"]
Kind = Literal["wrong-key", "two-right"]


class ReadingText(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One answer: the letter on the sheet, the order in which the sheet showed the file's options, and the key of that
    day. Which option was chosen follows from letter and order, and stands nowhere.
    """

    item: Slug
    scored_hash: Hash
    reader: Reader
    shuffle: Shuffle
    answer: Letter
    key: Index
    sure: Sure
    flaw: str = ""

    def __post_init__(self) -> None:
        """Refuse an answer that no sheet could have got."""
        _check_answer(self.item, self.shuffle, self.answer, self.key)

    @property
    def chosen(self) -> int:
        """The option, in the file's order, that the letter stood for."""
        return option_at(self.shuffle, self.answer)

    @property
    def reading(self) -> blind_reading.Reading:
        """What the rules need of it."""
        return blind_reading.Reading(self.item, self.scored_hash, self.chosen, self.key, self.flaw)


class PlantedText(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A planted defect and the answer to it; the planted text is not kept. `key` is the one that the key file gave."""

    item: Slug
    kind: Kind
    reader: Reader
    shuffle: Shuffle
    answer: Letter
    key: Index
    two_right: bool = False

    def __post_init__(self) -> None:
        """Refuse an answer that no sheet could have got."""
        _check_answer(self.item, self.shuffle, self.answer, self.key)

    @property
    def chosen(self) -> int:
        """The option, in the file's order, that the letter stood for."""
        return option_at(self.shuffle, self.answer)

    @property
    def caught_by(self) -> str:
        """`answer`, `flaw` or `no`."""
        return blind_reading.caught_by(self.chosen, self.key, two_right=self.two_right)


class SettlementText(Struct, frozen=True, forbid_unknown_fields=True):
    """What the source said of an objection."""

    item: Slug
    scored_hash: Hash
    outcome: Literal["kept", "mended", "dropped"]
    because: Annotated[str, Meta(min_length=10, max_length=1000)]


class Round(Struct, frozen=True, forbid_unknown_fields=True):
    """One round of reading: how many items its sheets dealt, and what readers answered."""

    round: Annotated[int, Meta(ge=1, le=999)]
    dealt: Annotated[int, Meta(ge=1)]
    readings: list[ReadingText]
    planted: list[PlantedText] = []
    settlements: list[SettlementText] = []

    @property
    def items(self) -> set[str]:
        """The items that have an answer."""
        return {reading.item for reading in self.readings} | {planted.item for planted in self.planted}


def option_at(shuffle: str, letter: str) -> int:
    """The option, in the file's order, that a letter stood for on a sheet."""
    return int(shuffle[LETTERS.index(letter)])


def contradictions(one: Round) -> Iterator[tuple[str, str]]:
    """Where the records of a round contradict each other: (path within the file, reason)."""
    if len(one.items) > one.dealt:
        yield ".dealt", f"{len(one.items)} items have an answer, more than were dealt"
    yield from _repeated(one)
    yield from _seen_otherwise(one)
    yield from _unlike_planted(one)


def _check_answer(item: str, shuffle: str, answer: str, key: int) -> None:
    if sorted(shuffle) != [str(number) for number in range(len(shuffle))]:
        raise ValueError(f"{item}: {shuffle} is no order of {len(shuffle)} options, counted from 0")
    if LETTERS.index(answer) >= len(shuffle):
        raise ValueError(f"{item}: there is no option {answer} where {len(shuffle)} were shown")
    if key >= len(shuffle):
        raise ValueError(f"{item}: the key cannot be option {key} where {len(shuffle)} were shown, counted from 0")


def _repeated(one: Round) -> Iterator[tuple[str, str]]:
    """The same reader answers an item once in a round, and a settlement is made once."""
    groups: dict[str, list[tuple[str, str]]] = {
        "readings": [(record.item, record.reader) for record in one.readings],
        "planted": [(record.item, record.reader) for record in one.planted],
        "settlements": [(record.item, record.scored_hash) for record in one.settlements],
    }
    for name, keys in groups.items():
        counts = Counter(keys)
        for index, key in enumerate(keys):
            if counts[key] > 1:
                whose = "settled" if name == "settlements" else f"answered by {key[1]}"
                yield f".{name}[{index}]", f"{key[0]}: {whose} {counts[key]} times in this round"


def _seen_otherwise(one: Round) -> Iterator[tuple[str, str]]:
    """All readers of a round get the same sheets."""
    shown: dict[str, tuple[str, str, int]] = {}
    for index, reading in enumerate(one.readings):
        sheet = (reading.scored_hash, reading.shuffle, reading.key)
        if shown.setdefault(reading.item, sheet) != sheet:
            yield f".readings[{index}]", f"{reading.item}: text, order or key differ from another reader's sheet"


def _unlike_planted(one: Round) -> Iterator[tuple[str, str]]:
    """A wrong key stands in the key file only, so that the answer to it is a reading too; two right answers changed the
    sheet, so that nobody has read the item as it is.
    """
    kinds = {planted.item: planted.kind for planted in one.planted}
    answered = {(planted.item, planted.reader) for planted in one.planted}
    readings = {(reading.item, reading.reader): reading for reading in one.readings}
    for index, planted in enumerate(one.planted):
        reading = readings.get((planted.item, planted.reader))
        reason = _misfit(planted, reading) if planted.kind == "wrong-key" else ""
        if reason:
            yield f".planted[{index}]", f"{planted.item}: {reason}"
    for index, reading in enumerate(one.readings):
        kind = kinds.get(reading.item)
        if kind == "two-right":
            yield f".readings[{index}]", f"{reading.item}: two right answers were planted, so this is not what it says"
        elif kind and (reading.item, reading.reader) not in answered:
            yield (
                f".readings[{index}]",
                f"{reading.item}: a defect was planted, and {reading.reader} is not under planted",
            )


def _misfit(planted: PlantedText, reading: ReadingText | None) -> str:
    if reading is None:
        return f"what {planted.reader} answered to a wrong key is missing under readings"
    if (planted.shuffle, planted.answer) != (reading.shuffle, reading.answer):
        return f"{planted.reader} answered otherwise under readings"
    if planted.key == reading.key:
        return "the wrong key is the right one"
    if planted.two_right and not blind_reading.says_two_right(reading.flaw):
        return "the remark under readings does not say that two are right"
    return ""
