"""The report on the bank, as tables that the command line prints and the desk shows."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from random import Random
from statistics import fmean

from quizapp.bank.check import latest_review
from quizapp.bank.item_files import ItemText
from quizapp.bank.reviews import Reviews
from quizapp.bank.tags import Tags
from quizapp.rules import bank_balance, blind_reading, testwise
from quizapp.rules.bank_balance import Tagged
from quizapp.rules.blind_reading import Share

LEVELS = ("recall", "application", "analysis")
CHECKS = ("primary-text", "agency-page", "secondary", "arithmetic", "standard-work", "knowledge")
BANDS = ("easy", "medium", "hard")
# The folds of the learned guesser; any number would do, but the same for everybody.
SEED = 2026

Cells = tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """A table: its columns' names, rows whose first cell names them, and a sentence about it.

    The other cells are numbers, set to the right, unless it `is_prose`.
    """

    title: str
    columns: Cells
    rows: tuple[Cells, ...]
    note: str = ""
    is_prose: bool = False


def band_of(difficulty: float) -> str:
    """Easy from 0.80 expected right on, medium from 0.50 on, else hard."""
    return "easy" if difficulty >= 0.8 else "medium" if difficulty >= 0.5 else "hard"


def report(items: Sequence[ItemText], reviews: Reviews, facts: Collection[str], tags: Tags, today: date) -> list[Table]:
    """Every table of the report on the items that are not retired. Takes a second or two for the learned guesser."""
    live = [item for item in items if item.status != "retired"]
    return [
        _lacks(live, tags),
        _counts("Items by domain", live, tags.domain_names, lambda item: [item.domain]),
        _counts("Items by area", live, tags.area_names, lambda item: item.areas),
        _counts("Items by topic", live, list(tags.topic_names.items()), lambda item: item.topics),
        _checks(live, tags),
        _due(live, today),
        *_robot(live),
        _lengths(live),
        *_readings(live, reviews, tags),
        _facts(live, facts),
    ]


def flag_table(flags: Sequence[tuple[str, datetime, str, date]] | None) -> Table:
    """The flagged items: (item, since when, note, review by); None where there is no database to ask."""
    if flags is None:
        return Table("Flagged items", (), (), "There is no database here, and flags are kept in it.")
    rows = tuple((item_id, f"{at:%Y-%m-%d}", str(by), note) for item_id, at, note, by in flags)
    note = "Mocks leave them out where they can. A flag falls when the item is loaded again, checked on a later day."
    return Table("Flagged items", ("Item", "Flagged on", "Review by", "Note"), rows, note, is_prose=True)


def cells(items: Iterable[ItemText]) -> list[tuple[str | int, ...]]:
    """How many items there are in each cell of domain, area, topic, level, difficulty and kind of check.

    An item with several areas or topics counts in several cells.
    """
    counts = Counter(
        (item.domain, area, topic, item.level, band_of(item.difficulty), item.checked.against)
        for item in items
        if item.status != "retired"
        for area in item.areas
        for topic in item.topics
    )
    return [(*cell, number) for cell, number in sorted(counts.items())]


def _lacks(items: Sequence[ItemText], tags: Tags) -> Table:
    tagged = [
        Tagged(item.domain, tuple(item.areas), tuple(item.topics), item.level, item.calculation, tuple(item.facts))
        for item in items
    ]
    found = bank_balance.shortfalls(tagged, list(tags.domains), [area.slug for area in tags.main_areas])
    return Table("What the bank lacks", ("Rule",), tuple((sentence,) for sentence in found))


def _counts(
    title: str,
    items: Sequence[ItemText],
    names: Sequence[tuple[str, str]],
    groups_of: Callable[[ItemText], Iterable[str]],
) -> Table:
    rows = []
    for slug, name in names:
        own = [item for item in items if slug in groups_of(item)]
        levels = Counter[str](item.level for item in own)
        bands = Counter(band_of(item.difficulty) for item in own)
        numbers = [
            len(own),
            sum(item.status == "published" for item in own),
            *(levels[level] for level in LEVELS),
            *(bands[band] for band in BANDS),
            sum(item.calculation for item in own),
        ]
        rows.append((name, *map(str, numbers)))
    columns = ("", "Items", "Published", "Recall", "Application", "Analysis", "Easy", "Medium", "Hard", "Calculation")
    return Table(title, columns, tuple(rows))


def _checks(items: Sequence[ItemText], tags: Tags) -> Table:
    rows = []
    for slug, name in tags.domain_names:
        counts = Counter[str](item.checked.against for item in items if item.domain == slug)
        rows.append((name, *(str(counts[kind]) for kind in CHECKS)))
    names = [kind.replace("-", " ").capitalize() for kind in CHECKS]
    return Table("What the keys were checked against", ("", *names), tuple(rows))


def _due(items: Sequence[ItemText], today: date) -> Table:
    overdue = sum(item.review_by < today for item in items)
    months = Counter(f"{item.review_by:%Y-%m}" for item in items)
    early = sum(item.review_by < latest_review(item) for item in items)
    note = f"{overdue} overdue on {today}. {early} are due earlier than their stability asks for."
    return Table(
        "Due for review", ("Month", "Items"), tuple((month, str(n)) for month, n in sorted(months.items())), note
    )


def _robot(items: Sequence[ItemText]) -> list[Table]:
    questions = [item.question for item in items]
    cues = tuple(
        (
            f"{one.cue}, {one.way}",
            str(one.items),
            _percent(one.hits / one.items if one.items else 0.0),
            f"{_percent(one.low)} to {_percent(one.high)}",
            _percent(one.chance),
            f"{one.probability:.3f}",
            f"{one.corrected:.3f}",
            _percent(one.score),
        )
        for one in testwise.robot(questions)
    )
    columns = ("Cue", "Items", "Hits", "95 % interval", "Chance", "p", "p after Holm", "Score in the bank")
    guess = testwise.guesser(questions, Random(SEED))
    longest, shortest = (testwise.key_share(questions, cue) for cue in ("longest", "shortest"))
    verdict = "beats" if guess.beats_chance else "does not beat"
    rows = (
        ("Right, learned guesser", f"{guess.right} of {guess.items}"),
        ("95 % interval", f"{_percent(guess.low)} to {_percent(guess.high)}"),
        ("Chance", _percent(guess.chance)),
        ("Key is the longest option", _percent(longest)),
        ("Key is the shortest option", _percent(shortest)),
    )
    note = f"The guesser {verdict} chance by more than two points. Ties for the longest share the item."
    return [
        Table("The test-wise robot: single cues", columns, cues, "No cue may fall below .01 after Holm's correction."),
        Table("The learned guesser and the key's length", ("", "Share"), rows, note),
    ]


def _lengths(items: Sequence[ItemText]) -> Table:
    rows = []
    for name, has in (("All", ""), ("Shuffled", "shuffled"), ("Natural order", "natural")):
        own = [item.question for item in items if has in ("", item.order)]
        if not own:
            continue
        keys = [len(question.options[question.key].split()) for question in own]
        others = [len(question.options[number].split()) for question in own for number in question.distractors]
        ranks = Counter(
            sorted(question.lengths).index(question.lengths[question.key])
            for question in own
            if len(set(question.lengths)) == 4
        )
        stems = [len(question.stem.split()) for question in own]
        numbers = [f"{fmean(keys):.1f}", f"{fmean(others):.1f}", f"{fmean(stems):.0f}", str(max(stems))]
        rows.append((name, *numbers, *(str(ranks[rank]) for rank in range(4))))
    columns = (
        "Items",
        "Words of keys",
        "Of distractors",
        "Of stems",
        "Longest stem",
        "Shortest",
        "2nd",
        "3rd",
        "Longest",
    )
    note = "The last four columns: the key's place by length, in items whose four options all differ in length."
    return Table("Lengths", columns, tuple(rows), note)


def _readings(items: Sequence[ItemText], reviews: Reviews, tags: Tags) -> list[Table]:
    by_id = {item.id: item for item in items}
    first = blind_reading.first_readings(text.reading for text in reviews.readings)

    def domain_of(item_id: str) -> str:
        return tags.name_of("domain", by_id[item_id].domain) if item_id in by_id else "No longer in the bank"

    def level_of(item_id: str) -> str:
        return by_id[item_id].level.capitalize() if item_id in by_id else "No longer in the bank"

    everywhere = {"All": blind_reading.share(reading.agrees for reading in first)} if first else {}
    groups = [*everywhere.items(), *blind_reading.agreement(first, domain_of).items()]
    groups += blind_reading.agreement(first, level_of).items()
    passed = reviews.passed
    unread = [item.id for item in items if (item.id, item.scored_hash) not in passed]
    note = (
        f"{len(reviews.rounds)} rounds, {len(reviews.readings)} readings. {len(items) - len(unread)} items have a "
        f"passed reading of what they say now, {len(unread)} have none. Objections to settle: {len(reviews.unsettled)}."
    )
    return [
        Table(
            "First blind readings that chose the key", _SHARE, tuple(_shared(name, one) for name, one in groups), note
        ),
        _planted(reviews),
    ]


_SHARE = ("", "Of", "Share", "95 % interval")


def _planted(reviews: Reviews) -> Table:
    kinds = {"All": list(reviews.planted)} if reviews.planted else {}
    for one in reviews.planted:
        kinds.setdefault(one.kind.replace("-", " ").capitalize(), []).append(one)
    rows = tuple(
        _shared(name, blind_reading.share(one.caught_by != "no" for one in own)) for name, own in kinds.items()
    )
    rules = Counter(one.caught_by for one in reviews.planted)
    note = f"Caught by another answer {rules['answer']}, by the remark {rules['flaw']}, missed {rules['no']}."
    return Table("Planted defects that readers caught", _SHARE, rows, note)


def _facts(items: Sequence[ItemText], facts: Collection[str]) -> Table:
    used = Counter(fact for item in items for fact in item.facts)
    kinds = Counter(fact.partition("-")[0] for fact in used)
    without = sum(not item.facts for item in items)
    idle = len(set(facts) - set(used))
    note = f"{len(used)} facts in use, {idle} listed without an item; {without} items name none."
    often = Counter(used.values())
    rows = [(kind, str(kinds[kind])) for kind in sorted(kinds)]
    rows += [(f"Under {number} item{'s' if number > 1 else ''}", str(often[number])) for number in sorted(often)]
    return Table("Facts in use", ("", "Facts"), tuple(rows), note)


def _shared(name: str, one: Share) -> Cells:
    return (
        name,
        f"{one.right} of {one.total}",
        _percent(one.right / one.total),
        f"{_percent(one.low)} to {_percent(one.high)}",
    )


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"
