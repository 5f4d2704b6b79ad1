"""Sheets for blind readers, the key file that belongs to them, and what readers send back."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Annotated, TypeVar

from msgspec import Meta, Struct

from quizapp.bank.item_files import ItemText, Slug, Text, said
from quizapp.bank.reading_records import (
    Hash,
    Index,
    Kind,
    Letter,
    PlantedText,
    Reader,
    ReadingText,
    Round,
    Shuffle,
    Sure,
)
from quizapp.bank.yaml_files import BadFileError, Document, Problem, convert, read_document, read_struct
from quizapp.rules import blind_reading
from quizapp.rules.answer_log import LETTERS

T = TypeVar("T")
# What readers write where they have nothing to say, though the sheet asks them to write nothing.
NO_REMARK = {"no", "none", "no flaw", "nothing", "n/a", "ok", "-"}
_HEAD = """\
# Round {round}, sheet {sheet}: items {first} to {last}

Answer each item from what you know and from what stands here, without looking anything up and without talking to its
author or to another reader. Some items may be faulty. Write one entry an item into a YAML file
`reader-N-sheet-{sheet:02}.yaml`, where N is your number, and leave none out:

    - {{number: NUMBER, answer: LETTER, sure: sure, flaw: ""}}

`number` is that of the item, `answer` the letter of the one best option, even if you have to guess. `sure` is `sure`,
`think` or `guess`. `flaw` is empty, or says in a sentence what is wrong with the item. If more than one option is
right, begin it with `two right` and name the letters; if none is, begin it with `none right` and choose the nearest.
"""


class SheetError(Exception):
    """What cannot be made into sheets, or answers that cannot be recorded, in a sentence for the operator."""


class Defect(Struct, frozen=True, forbid_unknown_fields=True):
    """A defect that an author wrote by hand: all option texts of the item as the reader shall see them, in the file's
    order, or for a wrong key the option that is recorded as the key.
    """

    item: Slug
    kind: Kind
    options: list[Text] = []
    key: Index | None = None


class KeyEntry(Struct, frozen=True, forbid_unknown_fields=True):
    """What a number on a sheet is; `recorded_key` differs from `key` where a wrong key was planted."""

    number: int
    sheet: int
    item: Slug
    scored_hash: Hash
    shuffle: Shuffle
    key: Index
    recorded_key: Index
    planted: Kind | None = None


class KeyFile(Struct, frozen=True, forbid_unknown_fields=True):
    """The key to the sheets of one round."""

    round: int
    seed: str
    entries: list[KeyEntry]


class Answer(Struct, frozen=True, forbid_unknown_fields=True):
    """What a reader says of one item."""

    number: Annotated[int, Meta(ge=1)]
    answer: Letter
    sure: Sure
    flaw: str | None = ""


@dataclass(frozen=True)
class Deal:
    """Sheets as texts, and their key."""

    sheets: list[str]
    keys: KeyFile


def deal(
    items: Sequence[ItemText], number: int, seed: str, per_sheet: int, defects: Mapping[str, Defect] | None = None
) -> Deal:
    """Sheets of stems and options only, numbered anew, options shuffled, a defect in every 40 items.

    Raises SheetError for a defect that does not fit its item, or whose item is not among those that are dealt.
    """
    rng = Random(f"{number}:{seed}")
    by_id = {item.id: item for item in items}
    written = defects or {}
    unknown = sorted(set(written) - set(by_id))
    if unknown:
        raise SheetError(f"Defects for items that stand on no sheet: {', '.join(unknown)}.")
    for defect in written.values():
        _check_defect(defect, by_id[defect.item])
    dealt, planted = blind_reading.sheets(list(by_id), written, per_sheet, rng)
    texts: list[str] = []
    entries: list[KeyEntry] = []
    for sheet, ids in enumerate(dealt, start=1):
        first = len(entries) + 1
        parts = [_HEAD.format(round=number, sheet=sheet, first=first, last=first + len(ids) - 1)]
        for item_id in ids:
            item = by_id[item_id]
            found = written.get(item_id)
            if found is None and item_id in planted:
                found = Defect(item_id, "wrong-key", key=_wrong_key(item, rng))
            entry = _entry(len(entries) + 1, sheet, item, found, rng)
            entries.append(entry)
            parts.append(_item_text(entry, item, found))
        texts.append("\n".join(parts))
    return Deal(texts, KeyFile(number, seed, entries))


def read_defects(path: Path) -> dict[str, Defect]:
    """An author's planted defects by item. Raises BadFileError, also for two of one item."""
    found: dict[str, Defect] = {}
    document, defects = _read_list(path, Defect)
    for index, defect in enumerate(defects):
        if defect.item in found:
            raise BadFileError([document.problem(f"$[{index}]", f"{defect.item}: an item carries one defect")])
        found[defect.item] = defect
    return found


def read_keys(path: Path) -> KeyFile:
    """The key file of a round. Raises BadFileError."""
    return read_struct(path.parent, path.name, KeyFile)


def read_answers(path: Path) -> list[Answer]:
    """What one reader sent for one or more sheets, YAML or JSON. Raises BadFileError."""
    return _read_list(path, Answer)[1]


def record(keys: KeyFile, answers: Sequence[tuple[Reader, Answer]]) -> Round:
    """Readers' answers as a round's records: sorted by item, since the order on the sheets is of no interest.

    A wrong key is planted in the key file only, so that its reader saw the item as it is: the answer counts as a
    reading too, against the true key. Where two right answers were planted, the item is yet to be read.
    Raises SheetError when a reader answers twice, or a number or letter is unknown. What is not answered may follow.
    """
    entries = {entry.number: entry for entry in keys.entries}
    _check_numbers(entries, answers)
    readings, planted = [], []
    for reader, answer in answers:
        entry = entries[answer.number]
        if LETTERS.index(answer.answer) >= len(entry.shuffle):
            raise SheetError(f"{reader}, number {answer.number}: there is no option {answer.answer}.")
        flaw = _remark_of(answer)
        if entry.planted:
            planted.append(
                PlantedText(
                    item=entry.item,
                    kind=entry.planted,
                    reader=reader,
                    shuffle=entry.shuffle,
                    answer=answer.answer,
                    key=entry.recorded_key,
                    two_right=blind_reading.says_two_right(flaw),
                )
            )
        if entry.planted != "two-right":
            readings.append(
                ReadingText(
                    item=entry.item,
                    scored_hash=entry.scored_hash,
                    reader=reader,
                    shuffle=entry.shuffle,
                    answer=answer.answer,
                    key=entry.key,
                    sure=answer.sure,
                    flaw=flaw,
                )
            )
    readings.sort(key=lambda one: (one.item, one.reader))
    planted.sort(key=lambda one: (one.item, one.reader))
    return Round(keys.round, len(entries), readings, planted)


def unanswered(keys: KeyFile, recorded: Round) -> dict[int, list[int]]:
    """Sheet → the numbers on it that nobody has answered yet."""
    missing: dict[int, list[int]] = {}
    for entry in keys.entries:
        if entry.item not in recorded.items:
            missing.setdefault(entry.sheet, []).append(entry.number)
    return missing


def _remark_of(answer: Answer) -> str:
    remark = " ".join((answer.flaw or "").split())
    return "" if remark.casefold().rstrip(".") in NO_REMARK else remark


def _check_defect(defect: Defect, item: ItemText) -> None:
    if defect.kind == "two-right":
        _check_two_right(defect, item)
        return
    if defect.options:
        raise SheetError(f"{item.id}: a wrong key leaves the options as they are.")
    if defect.key is None or defect.key == item.key_option or defect.key >= len(item.options):
        raise SheetError(f"{item.id}: a wrong key must be one of the item's distractors.")


def _check_two_right(defect: Defect, item: ItemText) -> None:
    if defect.key is not None:
        raise SheetError(f"{item.id}: two right answers leave the key as it is.")
    if len(defect.options) != len(item.options):
        raise SheetError(f"{item.id}: the defect must give all {len(item.options)} option texts.")
    texts = [said(text) for text in defect.options]
    if len(set(texts)) < len(texts):
        raise SheetError(f"{item.id}: two options of the defect say the same.")
    pairs = enumerate(zip(texts, item.options, strict=True))
    if all(text == said(option.text) for number, (text, option) in pairs if number != item.key_option):
        raise SheetError(f"{item.id}: the defect must change a distractor into a right answer.")


def _wrong_key(item: ItemText, rng: Random) -> int:
    return rng.choice([index for index in range(len(item.options)) if index != item.key_option])


def _entry(number: int, sheet: int, item: ItemText, defect: Defect | None, rng: Random) -> KeyEntry:
    order = blind_reading.shuffled_order(len(item.options), rng, is_ordered=item.order == "natural")
    wrong = defect.key if defect and defect.kind == "wrong-key" else None
    return KeyEntry(
        number=number,
        sheet=sheet,
        item=item.id,
        scored_hash=item.scored_hash,
        shuffle="".join(map(str, order)),
        key=item.key_option,
        recorded_key=item.key_option if wrong is None else wrong,
        planted=defect.kind if defect else None,
    )


def _item_text(entry: KeyEntry, item: ItemText, defect: Defect | None) -> str:
    texts = [option.text for option in item.options]
    if defect and defect.options:
        texts = defect.options
    options = [f"{LETTERS[place]}. {texts[int(index)]}" for place, index in enumerate(entry.shuffle)]
    return "\n".join([f"## {entry.number}", "", item.stem.strip(), "", *options, ""])


def _check_numbers(entries: Mapping[int, KeyEntry], answers: Sequence[tuple[Reader, Answer]]) -> None:
    given = Counter((reader, answer.number) for reader, answer in answers)
    twice = [f"{reader} {number}" for (reader, number), times in given.items() if times > 1]
    if twice:
        raise SheetError(f"Answered twice by one reader: {', '.join(twice)}.")
    unknown = sorted({number for _, number in given} - set(entries))
    if unknown:
        raise SheetError(f"Numbers that stand on no sheet: {', '.join(map(str, unknown))}.")


def _read_list(path: Path, kind: type[T]) -> tuple[Document, list[T]]:
    document = read_document(path.parent, path.name)
    if not isinstance(document.data, list):
        raise BadFileError([Problem(path.name, 1, "the file must be a list")])
    return document, [convert(document, data, kind, f"$[{index}]") for index, data in enumerate(document.data)]
