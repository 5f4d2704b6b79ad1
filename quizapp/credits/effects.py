"""What an activity changes in every credential held, where it counts, and whether it was logged before."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from quizapp.credits.actions import Entry
from quizapp.credits.credit_tags import CreditTags, TagGroup
from quizapp.credits.models import Activity
from quizapp.credits.queries import Holding, Standings, course_of
from quizapp.rules.credit_effects import (
    Effect,
    Gain,
    LearningKind,
    Suggestion,
    best_kinds,
    effect_of,
    ending_first,
    gain_text,
    has_need,
    in_short,
)
from quizapp.rules.credit_proof import missing_proof
from quizapp.rules.credit_rules import Credit
from quizapp.rules.credit_status import CycleStatus
from quizapp.rules.credit_status import Entry as CycleEntry
from quizapp.rules.credit_words import hundredths, listed

PROVIDERS_OFFERED = 50
USUAL_MINUTES = 360


@dataclass(frozen=True)
class HoldingEffect:
    """What one activity changes in one of the credentials held."""

    holding: Holding
    effect: Effect


def effects_of(standings: Standings, credit: Credit) -> list[HoldingEffect]:
    """What an activity changes in each credential held: one that is stored under its id, as it is or would be.

    One that is only planned may end in a cycle that has not begun; its rules are then the present ones.
    """
    stored = {each.id: each for each in standings.credits}
    others = [each for each in stored.values() if each.id != credit.id]
    found = []
    for holding in standings.holdings:
        # What is to come may fall into a cycle that has not begun.
        is_ahead = credit.day >= holding.present.cycle.end
        is_known = credit.id not in stored and not is_ahead
        without = holding.statuses if is_known else holding.with_credits(others, credit.day)
        is_stored = stored.get(credit.id) == credit
        with_it = holding.statuses if is_stored else holding.with_credits([*others, credit], credit.day)
        found.append(HoldingEffect(holding, effect_of(credit, without, with_it, holding.closed)))
    return found


def entry_of(activity: Activity) -> Entry:
    """A stored activity as an entry."""
    return Entry(
        title=activity.title,
        provider=activity.provider,
        started_on=activity.started_on,
        ended_on=activity.ended_on,
        amount=hundredths(activity.amount_hundredths),
        unit=activity.unit,
        delivery=activity.delivery,
        tags=tuple(activity.tags),
        domains=tuple(activity.domains),
        index_number=activity.index_number,
        cost_cents=activity.cost_cents,
        note=activity.note,
    )


def credit_of_entry(entry: Entry, activity_id: UUID) -> Credit:
    """An entry as the rules see it, stored or not; without a title it is like no other course."""
    is_named = entry.index_number or (entry.title and entry.provider)
    course = course_of(entry.title, entry.provider, entry.index_number) if is_named else ""
    return Credit(str(activity_id), entry.ended_on, entry.minutes, frozenset(entry.tags), entry.delivery, course=course)


# --- The same course again ------------------------------------------------------------------------------------------


def twins_of(standings: Standings, entry: Entry | Activity, but_not: UUID) -> list[Activity]:
    """What looks like the same course: title and provider, or the index number, whatever their case and spaces."""
    course = course_of(entry.title, entry.provider) if entry.title and entry.provider else None
    number = _plain(entry.index_number)
    return [
        each
        for each in standings.activities
        if each.id != but_not
        and (course_of(each.title, each.provider) == course or (number and _plain(each.index_number) == number))
    ]


def _plain(text: str) -> str:
    return "".join(text.casefold().split())


def repeat_rules(standings: Standings) -> list[str]:
    """What the rules of each credential held say about the same course twice."""
    return [f"{each.rules.short_name}: {each.present.cycle.rules.repeats.rule}" for each in standings.holdings]


# --- Where activities count -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Counted:
    """What one activity counts for in one credential, in short, and which proof its rules ask for that is missing."""

    name: str
    text: str
    is_counted: bool
    missing: tuple[str, ...]


def counted_of(
    standings: Standings, activities: Sequence[Activity], with_certificate: Container[UUID]
) -> Mapping[UUID, Sequence[Counted]]:
    """Where each of some activities counts, by its id, in every credential that has it in a cycle."""
    return {
        each.id: [
            Counted(
                holding.rules.short_name, *_counted(entry, status, each, has_certificate=each.id in with_certificate)
            )
            for holding in standings.holdings
            for status in holding.statuses
            if (entry := status.entries.get(str(each.id)))
        ]
        for each in activities
    }


def _counted(
    entry: CycleEntry, status: CycleStatus, activity: Activity, *, has_certificate: bool
) -> tuple[str, bool, tuple[str, ...]]:
    missing = missing_proof(entry, status, has_certificate=has_certificate, index_number=activity.index_number)
    return in_short(entry, status.cycle.rules.unit), entry.minutes > 0, missing


def asks_index_number(standings: Standings) -> bool:
    """Whether the present rules of a credential held ask for index numbers; of whom holds none, nothing is known."""
    if not standings.holdings:
        return True
    return any("index-number" in _proofs(holding.present) for holding in standings.holdings)


def _proofs(status: CycleStatus) -> frozenset[str]:
    asked = status.asked
    buckets = [bucket for root in (asked.total, *asked.across, *asked.beside) for bucket, _ in root.walk()]
    return status.cycle.rules.proof.union(*(bucket.proof for bucket in buckets))


# --- Earlier entries as a help for the next -------------------------------------------------------------------------


def tag_groups(standings: Standings, tags: CreditTags) -> tuple[list[TagGroup], list[TagGroup]]:
    """The tags that the rules of the credentials held ask for, and the others; all are asked of whom holds none."""
    asked = standings.tags if standings.holdings else frozenset(tags.names)
    return _groups(tags, asked), _groups(tags, tags.names.keys() - asked)


def _groups(tags: CreditTags, slugs: Container[str]) -> list[TagGroup]:
    groups = [
        TagGroup(group.slug, group.question, [tag for tag in group.tags if tag.slug in slugs]) for group in tags.groups
    ]
    return [group for group in groups if group.tags]


def providers_of(activities: Sequence[Activity]) -> dict[str, dict[str, object]]:
    """Providers of the newest activities, with how their latest one was tagged and delivered."""
    found: dict[str, dict[str, object]] = {}
    for each in activities:
        if len(found) == PROVIDERS_OFFERED:
            break
        found.setdefault(each.provider, {"tags": list(each.tags), "delivery": each.delivery})
    return found


# --- What would help most -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Advice:
    """A kind of learning in words, what it would bring, what would be better still, and whether its subject is open."""

    kind: LearningKind
    name: str
    brings: str
    better: str
    is_subject_open: bool


def advice_for(standings: Standings, tags: CreditTags, minutes: int, today: date) -> list[Advice]:
    """The kinds of learning that bring the credentials held most, a course of so many minutes each."""
    present = [holding.present for holding in standings.holdings]
    questions = [[tag.slug for tag in group.tags] for group in tags.groups]
    subjects = {tag.slug for group in tags.groups if group.slug == "subject" for tag in group.tags}
    return [
        Advice(
            each.kind,
            kind_text(each.kind, tags),
            _brings(each, standings),
            _better(each, standings, tags),
            is_subject_open=subjects.isdisjoint(each.kind.tags),
        )
        for each in best_kinds(present, questions, minutes, today)
    ]


def first_to_end(standings: Standings) -> list[Holding]:
    """The credentials that advice serves first, as their short cycles end first; none where no other is short."""
    present = [holding.present for holding in standings.holdings]
    first = ending_first(present)
    others = [each for place, each in enumerate(present) if place not in first and has_need(each)]
    return [standings.holdings[place] for place in first] if others else []


def last_plannable_day(standings: Standings, today: date) -> date:
    """The last day of the cycle after the present one, of the credential where that is latest."""
    return max((holding.next_cycle.last_day for holding in standings.holdings), default=today)


def kind_text(kind: LearningKind, tags: CreditTags) -> str:
    """Live course: MGMA, HR or leadership. Any course."""
    names = ", ".join(tags.names[tag] for tag in kind.tags)
    delivered = {"live": "Live course", "self-paced": "Self-paced course", None: "Course" if names else "Any course"}
    return f"{delivered[kind.delivery]}: {names}" if names else delivered[kind.delivery]


def _brings(suggestion: Suggestion, standings: Standings) -> str:
    texts = [
        gain_text(gain, holding.present.cycle.rules.unit, holding.rules.short_name)
        for gain, holding in zip(suggestion.gains, standings.holdings, strict=True)
    ]
    return listed([text for text in texts if text])


def _better(suggestion: Suggestion, standings: Standings, tags: CreditTags) -> str:
    """Better still with “AAPC approved” too: 4 hours of CPPM more. Empty where no other tag would add any."""
    further = suggestion.further
    if further is None:
        return ""
    texts = [
        gain_text(Gain(minutes), holding.present.cycle.rules.unit, holding.rules.short_name)
        for minutes, holding in zip(further.minutes, standings.holdings, strict=True)
    ]
    return f"Better still with “{tags.names[further.tag]}” too: {listed([text for text in texts if text])} more."
