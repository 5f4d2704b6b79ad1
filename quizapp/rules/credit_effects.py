"""What one activity changes in one credential, and which kinds of learning would change most in all of them."""

from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain, product
from typing import Literal

from quizapp.rules.credit_cycles import Cycle
from quizapp.rules.credit_rules import BodyUnit, Credit
from quizapp.rules.credit_sentences import (
    counted_occasions,
    entry_text,
    missing_text,
    next_step,
    retest_sentence,
    rules_against,
    surplus_sentence,
)
from quizapp.rules.credit_status import CycleStatus, Entry, status_of
from quizapp.rules.credit_words import credit_text, day_text, listed, of_text

MOST_SUGGESTIONS = 5
DELIVERIES: tuple[Literal["live", "self-paced"] | None, ...] = (None, "live", "self-paced")

# --- One activity ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Effect:
    """What one activity changes in a credential: the cycle that takes it, and how that stands without it and with it.

    `closed`: its cycle is closed and stays as it is. `too-early`: it ended before the first cycle. `between`: it ended
    when no cycle ran, before the retest from which the cycle begins.
    """

    kind: Literal["open", "closed", "too-early", "between"]
    cycle: Cycle
    before: CycleStatus | None = None
    after: CycleStatus | None = None
    entry: Entry | None = None

    @property
    def counted_minutes(self) -> int:
        """The minutes that count in a cycle that is open."""
        return self.entry.minutes if self.entry and self.kind == "open" else 0

    @property
    def displaced(self) -> list[tuple[Entry, Entry]]:
        """The other activities that count less with it, as they were and are.

        Of one kind the earlier count first, of one course the longest does.
        """
        if self.before is None or self.after is None:
            return []
        after = self.after.entries
        pairs = [(entry, after[key]) for key, entry in self.before.entries.items() if key in after]
        return [(was, now) for was, now in pairs if now.minutes < was.minutes]

    @property
    def added_minutes(self) -> int:
        """What counts more with it: its own minutes, less those that others then count less."""
        return max(0, self.counted_minutes - sum(was.minutes - now.minutes for was, now in self.displaced))

    @property
    def gained_minutes(self) -> int:
        """How many minutes less there are to earn."""
        return self.before.missing_minutes - self.after.missing_minutes if self.before and self.after else 0

    @property
    def is_useful(self) -> bool:
        """Whether less is missing with it."""
        return bool(self.gained_minutes or (self.before and self.after and _occasions_met(self.before, self.after)))


def effect_of(
    credit: Credit, without: Sequence[CycleStatus], with_it: Sequence[CycleStatus], closed: Container[object]
) -> Effect:
    """What an activity changes, from where all cycles stand without it and with it; `closed` by their first days."""
    for before, after in zip(without, with_it, strict=True):
        entry = after.entries.get(credit.id)
        if entry and before.cycle.start not in closed:
            return Effect("open", after.cycle, before, after, entry)
        if entry:
            return Effect("closed", after.cycle)
    cycle = next((status.cycle for status in with_it if status.cycle.holds(credit.day)), None)
    if cycle:
        return Effect("closed", cycle)
    following = next((status.cycle for status in with_it if status.cycle.start > credit.day), with_it[-1].cycle)
    return Effect("too-early" if following == with_it[0].cycle else "between", following)


def verdict(effect: Effect) -> str:
    """Counts; Counts in part; Counts, not needed; Adds nothing; Does not count; Waits; Closed cycle: for a mark."""
    if effect.kind == "closed":
        return "Closed cycle"
    if effect.after and effect.after.cycle.retested_on:
        return "Renewed by retest"
    if effect.after and not effect.after.goes_by_hours:
        return "Retest instead of hours"
    if not effect.counted_minutes or not effect.entry:
        return "Waits" if effect.entry and effect.entry.why_not == "next" else "Does not count"
    if not effect.added_minutes and not effect.is_useful:
        return "Adds nothing"
    if effect.added_minutes < effect.entry.credit.minutes:
        return "Counts in part"
    return "Counts" if effect.is_useful else "Counts, not needed"


def what_counts(effect: Effect) -> str:
    """2 of 2 hours count: 2 hours live MGMA. Or why nothing does, or adds only a part to what counted without it."""
    if effect.kind == "closed":
        return "Falls into a closed cycle, which stays as it is."
    if effect.kind == "too-early":
        return f"Does not count: it ended before your certification on {day_text(effect.cycle.start)}."
    if effect.kind == "between":
        return f"Does not count: no cycle ran then, before the retest of {day_text(effect.cycle.start)}."
    if effect.after is None or effect.entry is None:
        raise ValueError("An effect on an open cycle has its statuses.")
    text = entry_text(effect.entry, effect.after)
    if effect.entry.why_not in {"repeated", "next"}:
        return text
    if not effect.counted_minutes:
        rule = text.partition(". ")[2]
        return f"Does not count. {rule}" if rule else f"Does not count: {_ended(text)}"
    unit = effect.cycle.rules.unit
    if effect.displaced:
        return _what_is_added(effect, effect.after)
    counts = f"{of_text(effect.counted_minutes, effect.entry.credit.minutes, unit)} count"
    return f"{counts}." if text == credit_text(effect.counted_minutes, unit) else f"{counts}: {_ended(text)}"


def what_changes(effect: Effect, today: date) -> list[str]:
    """What is needed with the activity, what that is less than without it, and what of it will be lost."""
    before, after = effect.before, effect.after
    if before is None or after is None:
        return []
    if after.cycle.retested_on:
        return [next_step(after, today)]
    if not after.goes_by_hours:
        return [f"Hours do not renew it. {retest_sentence(after.cycle, today)}"]
    # Minutes beyond the total are told of once, and again only where some of them can be carried.
    grows = after.surplus_minutes > before.surplus_minutes
    is_new = not before.surplus_minutes or after.carriable_minutes > before.carriable_minutes
    surplus = surplus_sentence(after) if grows and is_new else None
    return [sentence for sentence in (_change(effect, before, after, today), surplus) if sentence]


def _what_is_added(effect: Effect, after: CycleStatus) -> str:
    """What an activity adds that counts in the place of others, and by which rules they count less."""
    held_back = [entry for _, entry in effect.displaced]
    held_back += [effect.entry] if effect.entry and effect.entry.why_not else []
    rules = " ".join(dict.fromkeys(rules_against(entry, after) for entry in held_back))
    if not effect.added_minutes or not effect.entry:
        return f"Adds nothing: it only takes the place of what counts already. {rules}"
    added = of_text(effect.added_minutes, effect.entry.credit.minutes, after.cycle.rules.unit)
    return f"Adds {added}: the rest only takes the place of what counts already. {rules}"


def _change(effect: Effect, before: CycleStatus, after: CycleStatus, today: date) -> str:
    """What is missing afterwards; empty where nothing is added."""
    if not effect.added_minutes and not effect.is_useful:
        return ""
    if before.is_met:
        return "Nothing was missing before."
    if after.is_met:
        return next_step(after, today)
    missing, last_day = missing_text(after), day_text(after.cycle.last_day)
    when = f", by {last_day}" if after.cycle.days_left(today) >= 0 else f"; the cycle ended on {last_day}"
    if missing == missing_text(before):
        return f"What is missing stays: {missing}{when}."
    return f"Needed afterwards: {missing}{when}."


def _ended(text: str) -> str:
    return text if text.endswith(".") else f"{text}."


def in_short(entry: Entry, unit: BodyUnit) -> str:
    """2 hours; 1 of 2 hours; 0 of 2 hours: for a list."""
    if entry.minutes == entry.credit.minutes:
        return credit_text(entry.minutes, unit)
    return of_text(entry.minutes, entry.credit.minutes, unit)


# --- What would help most -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class LearningKind:
    """Something to look for: a course with these tags, live, self-paced, or whichever."""

    tags: tuple[str, ...] = ()
    delivery: Literal["live", "self-paced"] | None = None

    @property
    def conditions(self) -> int:
        """How much it asks of a course."""
        return len(self.tags) + (self.delivery is not None)


@dataclass(frozen=True)
class Gain:
    """What a course of a kind brings to one credential: minutes less to earn, and the requirements that it fills."""

    minutes: int
    filled: tuple[tuple[str, int], ...] = ()
    occasions: tuple[str, ...] = ()

    @property
    def worth(self) -> tuple[int, int, int]:
        """What is compared: minutes less to earn, occasions, minutes of single requirements."""
        return self.minutes, len(self.occasions), sum(minutes for _, minutes in self.filled)

    def covers(self, other: "Gain") -> bool:
        """Whether it brings all that the other brings."""
        has = dict(self.filled)
        fills = all(has.get(name, 0) >= minutes for name, minutes in other.filled)
        return fills and self.minutes >= other.minutes and set(self.occasions) >= set(other.occasions)


@dataclass(frozen=True)
class Further:
    """One more tag that a course may carry, as one that two bodies approved, and the minutes that it adds to each."""

    tag: str
    minutes: tuple[int, ...]


@dataclass(frozen=True)
class Suggestion:
    """A kind of learning with what it brings to each credential, in their order.

    `further` is what would make a course of the kind better still, rarer as it then is.
    """

    kind: LearningKind
    gains: tuple[Gain, ...]
    further: Further | None = None

    @property
    def worth(self) -> tuple[int, int, int]:
        """What it brings to all of them together."""
        minutes, occasions, filled = (sum(each) for each in zip(*(gain.worth for gain in self.gains), strict=True))
        return minutes, occasions, filled

    def covers(self, other: "Suggestion") -> bool:
        """Whether it brings each credential all that the other brings."""
        return all(mine.covers(others) for mine, others in zip(self.gains, other.gains, strict=True))


Reckon = Callable[[CycleStatus, Credit], CycleStatus]


def with_one_more(status: CycleStatus, credit: Credit) -> CycleStatus:
    """Where the cycle would stand with one more activity, of a course that is like no other."""
    own = [entry.credit for entry in status.entries.values() if entry.why_not not in {"repeated", "next"}]
    return status_of(
        status.cycle,
        [*own, credit],
        status.holder,
        carried_minutes=status.carried_minutes,
        is_carried_as_entered=status.is_carried_as_entered,
    )


def best_kinds(
    statuses: Sequence[CycleStatus],
    questions: Sequence[Sequence[str]],
    minutes: int,
    today: date,
    reckon: Reckon = with_one_more,
) -> list[Suggestion]:
    """The kinds of learning that leave least to earn, first where a short cycle ends first, then in all; at most five.

    A kind has at most one tag of the first of the `questions` (who gave it), and one of the second (what it was about)
    or of another. What brings nothing more than a better one, or than one that asks less, is left out. Each credential
    is reckoned once for each combination of tags that its rules tell apart: some dozen times, however many kinds there
    are.
    """
    if not any(map(has_need, statuses)):
        return []
    gains = [_gains_of(status, minutes, today, reckon) for status in statuses]
    asked = frozenset(tag for status in statuses for tag in status.cycle.rules.tags if has_need(status))
    tags = [[tag for tag in each if tag in asked] for each in questions]
    found = [Suggestion(kind, tuple(gain(kind) for gain in gains)) for kind in _kinds(tags)]
    first = ending_first(statuses)
    found.sort(
        key=lambda each: (
            -sum(each.gains[place].minutes for place in first),
            *(-number for number in each.worth),
            each.kind.conditions,
        )
    )
    best: list[Suggestion] = []
    for each in found:
        if any(each.worth) and not any(better.covers(each) for better in best):
            best.append(each)
    further = [tag for each in tags[:2] for tag in each]
    return [replace(each, further=_further(each, further, gains)) for each in best[:MOST_SUGGESTIONS]]


def ending_first(statuses: Sequence[CycleStatus]) -> list[int]:
    """The places of the cycles that end first of those that are short."""
    ends = {place: status.cycle.end for place, status in enumerate(statuses) if has_need(status)}
    return [place for place, end in ends.items() if end == min(ends.values())]


def has_need(status: CycleStatus) -> bool:
    """Whether hours renew the credential, and some are missing."""
    return status.goes_by_hours and not status.is_met


def _kinds(questions: Sequence[Sequence[str]]) -> Iterator[LearningKind]:
    first, *others = questions or [()]
    for chosen in product([(), *_singles(first)], [(), *(single for tags in others for single in _singles(tags))]):
        for delivery in DELIVERIES:
            yield LearningKind(tuple(chain(*chosen)), delivery)


def _singles(tags: Iterable[str]) -> list[tuple[str]]:
    return [(tag,) for tag in tags]


def _further(
    suggestion: Suggestion, tags: Iterable[str], gains: Sequence[Callable[[LearningKind], Gain]]
) -> Further | None:
    """The tag that adds most minutes; None where none adds any."""
    kind, found = suggestion.kind, []
    for tag in tags:
        with_it = replace(kind, tags=(*kind.tags, tag))
        more = [gain(with_it).minutes - had.minutes for gain, had in zip(gains, suggestion.gains, strict=True)]
        found.append(Further(tag, tuple(max(0, minutes) for minutes in more)))
    best = max(found, key=lambda each: sum(each.minutes), default=None)
    return best if best and any(best.minutes) else None


def _gains_of(status: CycleStatus, minutes: int, today: date, reckon: Reckon) -> Callable[[LearningKind], Gain]:
    """The gain of a kind, reckoned once for what the credential's rules tell apart."""
    known: dict[tuple[frozenset[str], str], Gain] = {}
    tags_asked = status.cycle.rules.tags

    def delivered(kind: LearningKind, delivery: str) -> Gain:
        key = (tags_asked.intersection(kind.tags), delivery)
        if key not in known:
            credit = Credit("planned", today, minutes, key[0], delivery)
            known[key] = _gain(status, reckon(status, credit))
        return known[key]

    def gain(kind: LearningKind) -> Gain:
        if not has_need(status):
            return Gain(0)
        if kind.delivery:
            return delivered(kind, kind.delivery)
        return _common(delivered(kind, "live"), delivered(kind, "self-paced"))

    return gain


def _gain(before: CycleStatus, after: CycleStatus) -> Gain:
    filled = [
        (was.bucket.name, was.short_minutes - now.short_minutes)
        for was, now in zip(before.requirements[1:], after.requirements[1:], strict=True)
        if was.short_minutes > now.short_minutes
    ]
    return Gain(before.missing_minutes - after.missing_minutes, tuple(filled), _occasions_met(before, after))


def _common(one: Gain, other: Gain) -> Gain:
    """What is gained either way."""
    others = dict(other.filled)
    filled = [(name, min(minutes, others[name])) for name, minutes in one.filled if name in others]
    occasions = tuple(name for name in one.occasions if name in other.occasions)
    return Gain(min(one.minutes, other.minutes), tuple(filled), occasions)


def _occasions_met(before: CycleStatus, after: CycleStatus) -> tuple[str, ...]:
    pairs = zip(before.occasions, after.occasions, strict=True)
    return tuple(was.occasion.name for was, now in pairs if was.missing > now.missing)


def gain_text(gain: Gain, unit: BodyUnit, name: str) -> str:
    """6 hours of CMPE (MGMA and live MGMA); one live conference for CHBME. Empty where it brings nothing."""
    parts = []
    if gain.minutes:
        filled = f" ({listed([bucket for bucket, _ in gain.filled])})" if gain.filled else ""
        parts.append(f"{credit_text(gain.minutes, unit)} of {name}{filled}")
    else:
        parts += [f"{credit_text(minutes, unit)} {bucket} of {name}" for bucket, minutes in gain.filled]
    parts += [f"{counted_occasions(1, occasion)} for {name}" for occasion in gain.occasions]
    return listed(parts)
