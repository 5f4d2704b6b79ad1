"""The rounds of blind reading: question_bank/reviews/round-N.yaml."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import msgspec

from quizapp.bank.reading_records import PlantedText, ReadingText, Round, contradictions
from quizapp.bank.yaml_files import BadFileError, Document, Problem, convert, read_document
from quizapp.rules import blind_reading

Answered = TypeVar("Answered", ReadingText, PlantedText)


class RecordedOtherwiseError(Exception):
    """What is to be recorded would change or lose what is on record, in a sentence for the operator."""


@dataclass(frozen=True)
class ReadRound:
    """A round, and the file that it was read from."""

    text: Round
    document: Document | None = None

    def problem(self, path: str, reason: str) -> Problem:
        """A problem at a path such as `.readings[3]`."""
        line = self.document.line_of(f"${path}") if self.document else 1
        return Problem(file_of(self.text.round), line, reason)


@dataclass(frozen=True)
class Reviews:
    """All rounds, in their order."""

    rounds: Sequence[ReadRound]

    @property
    def readings(self) -> list[ReadingText]:
        """Every reading, in the order of the rounds."""
        return [reading for each in self.rounds for reading in each.text.readings]

    @property
    def planted(self) -> list[PlantedText]:
        """Every planted defect."""
        return [planted for each in self.rounds for planted in each.text.planted]

    @property
    def settlements(self) -> list[blind_reading.Settlement]:
        """Every settlement."""
        return [
            blind_reading.Settlement(one.item, one.scored_hash, one.outcome)
            for each in self.rounds
            for one in each.text.settlements
        ]

    @property
    def passed(self) -> set[tuple[str, str]]:
        """The (item, scored_hash) with a passed reading."""
        return blind_reading.passed([text.reading for text in self.readings], self.settlements)

    @property
    def unsettled(self) -> list[tuple[int, ReadingText]]:
        """(round, reading) of the objections that wait for the source."""
        waiting = set(blind_reading.unsettled([text.reading for text in self.readings], self.settlements))
        return [
            (each.text.round, text) for each in self.rounds for text in each.text.readings if text.reading in waiting
        ]

    @property
    def knew_the_key(self) -> int:
        """How many wrong keys were answered by the true one; chance also catches by another wrong answer."""
        return sum(
            reading.reading.agrees
            for each in self.rounds
            for reading in each.text.readings
            if reading.item in {planted.item for planted in each.text.planted}
        )


def file_of(number: int) -> str:
    """Where a round is kept, relative to the bank."""
    return f"reviews/round-{number}.yaml"


def read_reviews(bank_dir: Path) -> Reviews:
    """Every round of the bank. Raises BadFileError for what a file cannot say, or not beside its other records."""
    rounds: list[ReadRound] = []
    problems: list[Problem] = []
    for path in _files_of(bank_dir):
        try:
            rounds.append(_read_round(bank_dir, path.relative_to(bank_dir).as_posix()))
        except BadFileError as error:
            problems += error.problems
    if problems:
        raise BadFileError(sorted(problems))
    return Reviews(sorted(rounds, key=lambda each: each.text.round))


def stamp_of(bank_dir: Path) -> tuple[tuple[str, int, int], ...]:
    """Name, time and size of each file of reviews: another stamp, another reading."""
    found = [(path.name, path.stat()) for path in _files_of(bank_dir)]
    return tuple((name, stat.st_mtime_ns, stat.st_size) for name, stat in found)


def round_on_record(bank_dir: Path, number: int) -> Round | None:
    """What a round says so far; None if it is not on record. Raises BadFileError."""
    return _read_round(bank_dir, file_of(number)).text if (bank_dir / file_of(number)).exists() else None


def joined(old: Round, new: Round, *, again: bool = False) -> Round:
    """A round with new answers beside those on record, whose settlements stay.

    Nobody's answer is lost; one that differs from the same reader's on record takes its place only `again`. Raises
    RecordedOtherwiseError otherwise, and for answers to other sheets.
    """
    if old.dealt != new.dealt:
        raise RecordedOtherwiseError(
            f"Round {old.round} dealt {old.dealt} items and this key file deals {new.dealt}: "
            "it belongs to other sheets, which need a round of their own."
        )
    readings, changed = _together(old.readings, new.readings)
    planted, also_changed = _together(old.planted, new.planted)
    changed |= also_changed
    if changed and not again:
        names = "; ".join(f"{item}, {reader}" for item, reader in sorted(changed))
        raise RecordedOtherwiseError(f"On record with another answer: {names}. To mend a typing error, give --again.")
    return Round(old.round, old.dealt, readings, planted, old.settlements)


def write_round(bank_dir: Path, new: Round) -> Path:
    """Write a round, one line a record, so that a change shows what changed. Raises BadFileError for contradictions."""
    problems = [Problem(file_of(new.round), 1, reason) for _, reason in contradictions(new)]
    if problems:
        raise BadFileError(problems)
    path = bank_dir / file_of(new.round)
    lines = [f"round: {new.round}", f"dealt: {new.dealt}"]
    for name, records in (("readings", new.readings), ("planted", new.planted), ("settlements", new.settlements)):
        lines.append(f"{name}:" if records else f"{name}: []")
        lines += [f"- {msgspec.json.encode(record).decode()}" for record in records]
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def _files_of(bank_dir: Path) -> Iterator[Path]:
    return (path for path in sorted((bank_dir / "reviews").glob("*")) if path.suffix in (".yaml", ".yml"))


def _read_round(bank_dir: Path, file: str) -> ReadRound:
    document = read_document(bank_dir, file)
    read = ReadRound(convert(document, document.data, Round), document)
    if file != file_of(read.text.round):
        raise BadFileError(
            [document.problem("$.round", f"round {read.text.round} belongs in {file_of(read.text.round)}")]
        )
    problems = [read.problem(path, reason) for path, reason in contradictions(read.text)]
    if problems:
        raise BadFileError(problems)
    return read


def _together(old: Sequence[Answered], new: Sequence[Answered]) -> tuple[list[Answered], set[tuple[str, str]]]:
    """Old and new answers, sorted by item and reader, and whose answers differ from those on record."""
    known = {(record.item, record.reader): record for record in old}
    given = {(record.item, record.reader): record for record in new}
    changed = {key for key, record in given.items() if known.get(key, record) != record}
    both = known | given
    return [both[key] for key in sorted(both)], changed
