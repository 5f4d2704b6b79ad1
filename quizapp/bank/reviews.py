"""The records of blind readings: question_bank/reviews/round-N.yaml, by roles and rounds only."""

from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from quizapp.bank.item_files import Slug
from quizapp.bank.yaml_files import BadFileError, read_struct
from quizapp.rules import blind_reading

Hash = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}(?!\n)$")]
Reader = Annotated[str, Meta(pattern=r"^reader-[0-9]{1,3}(?!\n)$")]
Shuffle = Annotated[str, Meta(pattern=r"^[0-9]{2,10}(?!\n)$")]
Letter = Annotated[str, Meta(pattern=r"^[A-J](?!\n)$")]
Index = Annotated[int, Meta(ge=0, le=9)]
Sure = Literal["sure", "think", "guess"]
Kind = Literal["wrong-key", "two-right"]


class ReadingText(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One answer: the letter on the sheet, the option of the file that it stands for, and the key of that day."""

    item: Slug
    scored_hash: Hash
    reader: Reader
    shuffle: Shuffle
    answer: Letter
    chosen: Index
    key: Index
    sure: Sure
    flaw: str = ""

    @property
    def reading(self) -> blind_reading.Reading:
        """What the rules need of it."""
        two_right = blind_reading.says_two_right(self.flaw)
        return blind_reading.Reading(self.item, self.scored_hash, self.chosen, self.key, two_right)


class PlantedText(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A planted defect and the answer to it; the planted text is not kept."""

    item: Slug
    kind: Kind
    reader: Reader
    shuffle: Shuffle
    key: Index
    chosen: Index
    two_right: bool = False

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
    """One round of reading."""

    round: Annotated[int, Meta(ge=1, le=999)]
    readings: list[ReadingText]
    planted: list[PlantedText] = []
    settlements: list[SettlementText] = []


class Reviews(Struct, frozen=True):
    """All rounds, in their order."""

    rounds: list[Round]

    @property
    def readings(self) -> list[ReadingText]:
        """Every reading, in the order of the rounds."""
        return [reading for each in self.rounds for reading in each.readings]

    @property
    def planted(self) -> list[PlantedText]:
        """Every planted defect."""
        return [planted for each in self.rounds for planted in each.planted]

    @property
    def settlements(self) -> list[blind_reading.Settlement]:
        """Every settlement."""
        return [
            blind_reading.Settlement(one.item, one.scored_hash, one.outcome)
            for each in self.rounds
            for one in each.settlements
        ]

    @property
    def passed(self) -> set[tuple[str, str]]:
        """The (item, scored_hash) with a passed reading."""
        return blind_reading.passed([text.reading for text in self.readings], self.settlements)

    @property
    def unsettled(self) -> list[blind_reading.Reading]:
        """The objections that wait for the source."""
        return blind_reading.unsettled([text.reading for text in self.readings], self.settlements)


def file_of(number: int) -> str:
    """Where a round is kept, relative to the bank."""
    return f"reviews/round-{number}.yaml"


def read_reviews(bank_dir: Path) -> Reviews:
    """Every round of the bank. Raises BadFileError with every problem of every file."""
    rounds, problems = [], []
    for path in (bank_dir / "reviews").glob("round-*.yaml"):
        try:
            rounds.append(read_struct(bank_dir, path.relative_to(bank_dir).as_posix(), Round))
        except BadFileError as error:
            problems += error.problems
    if problems:
        raise BadFileError(sorted(problems))
    return Reviews(sorted(rounds, key=lambda each: each.round))


def write_round(bank_dir: Path, new: Round) -> Path:
    """Write a round; what was settled before stays. One line a record, so that a change shows what changed."""
    path = bank_dir / file_of(new.round)
    if path.exists():
        new = msgspec.structs.replace(new, settlements=read_struct(bank_dir, file_of(new.round), Round).settlements)
    lines = [f"round: {new.round}"]
    for name, records in (("readings", new.readings), ("planted", new.planted), ("settlements", new.settlements)):
        lines.append(f"{name}:" if records else f"{name}: []")
        lines += [f"- {msgspec.json.encode(record).decode()}" for record in records]
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path
