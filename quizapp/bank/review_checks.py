"""What is wrong with the records of blind readings, seen beside the bank that they are about."""

from collections.abc import Iterator, Mapping, Sequence

from quizapp.bank.item_files import ItemText, ReadItem
from quizapp.bank.reading_records import PlantedText, ReadingText, SettlementText
from quizapp.bank.reviews import ReadRound, Reviews
from quizapp.bank.yaml_files import Problem
from quizapp.rules import blind_reading


def review_problems(reviews: Reviews, items: Sequence[ReadItem]) -> list[Problem]:
    """Where records contradict the bank. What an item said in another version nobody can compare here; git can."""
    by_id = {item.text.id: item.text for item in items}
    objected = {(text.item, text.scored_hash) for text in reviews.readings if text.reading.objection}
    return sorted(problem for each in reviews.rounds for problem in _of_round(each, by_id, objected))


def unfinished_rounds(reviews: Reviews) -> list[Problem]:
    """The rounds that lack an answer, or the defects that their number of items asks for."""
    found = []
    for each in reviews.rounds:
        answered, planted = len(each.text.items), len({record.item for record in each.text.planted})
        wanted = blind_reading.defects_of(each.text.dealt)
        if answered < each.text.dealt:
            found.append(each.problem(".dealt", f"{answered} of the {each.text.dealt} items dealt have an answer"))
        elif planted < wanted:
            found.append(each.problem(".planted", f"planted defects: {planted}, where as many items need {wanted}"))
    return found


def _of_round(each: ReadRound, by_id: Mapping[str, ItemText], objected: set[tuple[str, str]]) -> Iterator[Problem]:
    text = each.text
    places: list[tuple[str, ReadingText | PlantedText | SettlementText]] = [
        *((f".readings[{index}]", reading) for index, reading in enumerate(text.readings)),
        *((f".planted[{index}]", planted) for index, planted in enumerate(text.planted)),
        *((f".settlements[{index}]", settlement) for index, settlement in enumerate(text.settlements)),
    ]
    for path, record in places:
        item, reason = by_id.get(record.item), ""
        if item is None:
            reason = "there is no such item; one that is given up stays in its file, with `status: retired`"
        elif isinstance(record, ReadingText):
            reason = _wrong_reading(record, item)
        elif isinstance(record, SettlementText):
            reason = _wrong_settlement(record, item, objected)
        if reason:
            yield each.problem(path, f"{record.item}: {reason}")


def _wrong_reading(reading: ReadingText, item: ItemText) -> str:
    """Whether a reading of what the item still says gives it other options or another key."""
    if reading.scored_hash != item.scored_hash:
        return ""
    if len(reading.shuffle) != len(item.options):
        return f"the item has {len(item.options)} options, and the sheet showed {len(reading.shuffle)}"
    if reading.key != item.key_option:
        return f"the key is option {item.key_option} of the file, counted from 0, and not {reading.key}"
    return ""


def _wrong_settlement(settlement: SettlementText, item: ItemText, objected: set[tuple[str, str]]) -> str:
    if (settlement.item, settlement.scored_hash) not in objected:
        return "nobody objected to what is settled here"
    if settlement.outcome == "mended" and settlement.scored_hash == item.scored_hash:
        return "settled by mending, but the item still says the same"
    if settlement.outcome == "dropped" and item.status != "retired":
        return "settled by dropping, but the item is not retired"
    return ""
