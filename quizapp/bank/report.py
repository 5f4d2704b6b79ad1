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
# The dealings of the learned guesser: any twenty would do, but the same for everybody. The bank was once judged by the
# first alone, which is still told apart.
SEEDS = range(2026, 2046)

Cells = tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """A table: its columns' names, rows whose first cell names them, and a sentence about it.

    The other cells are numbers, set to the right, unless it `is_prose`. Where it `names_items`, the first cell is one.
    A row shorter than the columns is the heading of those after it.
    """

    title: str
    columns: Cells
    rows: tuple[Cells, ...]
    note: str = ""
    is_prose: bool = False
    names_items: bool = False


def dealings() -> list[Random]:
    """The dice of the learned guesser, for the report and for whoever holds the bank to it."""
    return [Random(seed) for seed in SEEDS]


def band_of(difficulty: float) -> str:
    """Easy from 0.80 expected right on, medium from 0.50 on, else hard."""
    return "easy" if difficulty >= 0.8 else "medium" if difficulty >= 0.5 else "hard"


def report(items: Sequence[ItemText], reviews: Reviews, facts: Collection[str], tags: Tags, today: date) -> list[Table]:
    """Every table of the report on the items that are not retired. Takes a second for the guesser."""
    live = [item for item in items if item.status != "retired"]
    return [
        _lacks(live, tags),
        _counts("Items by domain", live, tags.domain_names, lambda item: [item.domain]),
        _counts("Items by area", live, tags.area_names, lambda item: item.areas),
        _topics(live, tags),
        _checks(live, tags),
        _due(live, today),
        *_robot(live),
        _lengths(live),
        *_readings(live, reviews, tags),
        _facts(live, facts, tags),
    ]


def flag_table(flags: Sequence[tuple[str, datetime, str, date]] | None) -> Table:
    """The flagged items: (item, since when, note, review by); None where there is no database to ask."""
    if flags is None:
        return Table("Flagged items", (), (), "There is no database here, and flags are kept in it.")
    rows = tuple((item_id, f"{at:%Y-%m-%d}", str(by), note) for item_id, at, note, by in flags)
    note = "Mocks leave them out where they can. A flag falls when the item is loaded again, checked on a later day."
    return Table(
        "Flagged items", ("Item", "Flagged on", "Review by", "Note"), rows, note, is_prose=True, names_items=True
    )


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


_COUNTS = ("", "Items", "Published", "Recall", "Application", "Analysis", "Easy", "Medium", "Hard", "Calculation")


def _counts(
    title: str,
    items: Sequence[ItemText],
    names: Sequence[tuple[str, str]],
    groups_of: Callable[[ItemText], Iterable[str]],
) -> Table:
    rows = (_counted(name, [item for item in items if slug in groups_of(item)]) for slug, name in names)
    return Table(title, _COUNTS, tuple(rows))


def _topics(items: Sequence[ItemText], tags: Tags) -> Table:
    rows: list[Cells] = []
    for domain in tags.domains.values():
        rows.append((domain.name,))
        rows += [
            _counted(name, [item for item in items if slug in item.topics]) for slug, name in domain.topics.items()
        ]
    return Table("Items by topic", _COUNTS, tuple(rows))


def _counted(name: str, items: Sequence[ItemText]) -> Cells:
    levels = Counter[str](item.level for item in items)
    bands = Counter(band_of(item.difficulty) for item in items)
    numbers = (
        len(items),
        sum(item.status == "published" for item in items),
        *(levels[level] for level in LEVELS),
        *(bands[band] for band in BANDS),
        sum(item.calculation for item in items),
    )
    return (name, *map(str, numbers))


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
    guess = testwise.guesser(questions, dealings())
    first = testwise.guesser(questions, dealings()[:1])
    longest, shortest = (testwise.key_share(questions, cue) for cue in ("longest", "shortest"))
    verdict = "beats" if guess.beats_chance else "does not beat"
    rows = (
        (f"Right, mean of {len(SEEDS)} dealings", f"{guess.right:.1f} of {guess.items}"),
        ("95 % interval of that mean", f"{_percent(guess.low)} to {_percent(guess.high)}"),
        ("Chance", _percent(guess.chance)),
        ("Allowed for the lower bound", _percent(guess.allowed)),
        ("Right, fewest and most", f"{min(guess.rights)} and {max(guess.rights)}"),
        (f"Right in the first dealing (seed {SEEDS[0]})", f"{first.rights[0]} of {first.items}"),
        ("95 % interval of that dealing", f"{_percent(first.low)} to {_percent(first.high)}"),
        ("Key is the longest option", _percent(longest)),
        ("Key is the shortest option", _percent(shortest)),
    )
    note = (
        f"The guesser {verdict} chance by more than two points: what counts is the lower bound of the mean. "
        "Items are its sample, however often they are dealt. Ties for the longest share the item."
    )
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
        return tags.name_of("domain", by_id[item_id].domain) if item_id in by_id else "Retired since"

    def level_of(item_id: str) -> str:
        return by_id[item_id].level.capitalize() if item_id in by_id else "Retired since"

    everywhere = {"All": blind_reading.share(reading.agrees for reading in first)} if first else {}
    groups = [*everywhere.items(), *blind_reading.agreement(first, domain_of).items()]
    groups += blind_reading.agreement(first, level_of).items()
    note = f"Rounds: {len(reviews.rounds)}. Readings: {len(reviews.readings)}."
    return [
        Table(
            "First blind readings that chose the key", _SHARE, tuple(_shared(name, one) for name, one in groups), note
        ),
        _unread(items, reviews),
        _unsettled(reviews),
        _planted(reviews),
    ]


def _unread(items: Sequence[ItemText], reviews: Reviews) -> Table:
    passed, ever = reviews.passed, {text.item for text in reviews.readings}
    unread = [item for item in items if (item.id, item.scored_hash) not in passed]
    waiting = {(text.item, text.scored_hash) for _, text in reviews.unsettled}
    rows = []
    for item in unread:
        why = "Another text was read" if item.id in ever else "Not read yet"
        rows.append((item.id, item.status, "To settle" if (item.id, item.scored_hash) in waiting else why))
    note = f"Items with a passed reading of what they say now: {len(items) - len(unread)}. Without one: {len(unread)}."
    return Table(
        "Items without a passed reading", ("Item", "Status", "Why"), tuple(rows), note, is_prose=True, names_items=True
    )


def _unsettled(reviews: Reviews) -> Table:
    rows = tuple(
        (text.item, str(number), text.reader, text.reading.objection.capitalize(), text.flaw)
        for number, text in reviews.unsettled
    )
    columns = ("Item", "Round", "Reader", "Objection", "Remark")
    return Table("Objections to settle", columns, rows, f"To settle: {len(rows)}.", is_prose=True, names_items=True)


_SHARE = ("", "Of", "Share", "95 % interval")


def _planted(reviews: Reviews) -> Table:
    kinds = {"All": list(reviews.planted)} if reviews.planted else {}
    for one in reviews.planted:
        kinds.setdefault(one.kind.replace("-", " ").capitalize(), []).append(one)
    rows = tuple(
        _shared(name, blind_reading.share(one.caught_by != "no" for one in own)) for name, own in kinds.items()
    )
    rules = Counter(one.caught_by for one in reviews.planted)
    wrong_keys, knew = len(kinds.get("Wrong key", [])), reviews.knew_the_key
    by_chance = fmean(1 - 1 / len(one.shuffle) for one in reviews.planted) if reviews.planted else 0.0
    note = (
        f"Caught by another answer {rules['answer']}, by the remark {rules['flaw']}, missed {rules['no']}. Whoever "
        f"guesses catches {_percent(by_chance)}. The true key was chosen at {knew} of {wrong_keys} wrong ones."
    )
    return Table("Planted defects that readers caught", _SHARE, rows, note)


def _facts(items: Sequence[ItemText], facts: Collection[str], tags: Tags) -> Table:
    used = Counter(fact for item in items for fact in item.facts)
    idle = sorted(set(facts) - set(used))
    often = Counter(used.values())
    rows = [
        (name, str(len({fact for item in items if item.domain == slug for fact in item.facts})))
        for slug, name in tags.domain_names
    ]
    rows += [(f"Facts of {number} item{'s' if number > 1 else ''}", str(often[number])) for number in sorted(often)]
    without = sum(not item.facts for item in items)
    note = f"Facts in use: {len(used)}. Items that name none: {without}. "
    note += f"Listed without an item: {', '.join(idle) or 'none'}."
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
