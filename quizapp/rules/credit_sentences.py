"""Where a holder stands, in plain sentences. Never "compliant": only what a source said on the day it was read."""

from datetime import date

from quizapp.rules.credit_cycles import Cycle, retest_window
from quizapp.rules.credit_rules import BodyUnit, Bucket, Limit, RuleVersion, asked_of
from quizapp.rules.credit_status import BucketStatus, CycleStatus, Entry
from quizapp.rules.credit_words import counted, credit_text, day_text, listed, more_text, number_of, of_text, span_text


def next_step(status: CycleStatus, today: date) -> str:
    """What the holder does next in the cycle that holds `today`, or how a past cycle ended, in a sentence."""
    if status.cycle.retested_on:
        renewed = f"the retest passed on {day_text(status.cycle.retested_on)} renews this cycle"
        return f"Nothing is missing: {renewed}, by the rules as recorded {status.cycle.rules.recorded}."
    if not status.goes_by_hours:
        return retest_sentence(status.cycle, today)
    if not status.required_minutes and status.is_met:
        return f"Nothing is asked for this cycle by the rules as recorded {status.cycle.rules.recorded}."
    if status.is_met:
        return f"Nothing is missing: what is logged meets the rules as recorded {status.cycle.rules.recorded}."
    if status.cycle.days_left(today) < 0:
        return f"Missing when the cycle ended on {day_text(status.cycle.last_day)}: {missing_text(status, more=False)}."
    return _capitalised(f"{missing_text(status)}, by {day_text(status.cycle.last_day)}.")


def missing_text(status: CycleStatus, *, more: bool = True) -> str:
    """6 more hours, at least 2 of them live; 6 more hours, all of them live, and one live conference."""
    unit = status.cycle.rules.unit
    main = status.missing_within_minutes
    parts = []
    if main:
        of_them = [_of_them(each, main, unit) for each in (*status.total.parts, *status.across) if each.missing_minutes]
        amount = more_text(main, unit) if more else credit_text(main, unit)
        parts.append(", ".join([amount, *of_them]))
    parts += [
        f"{credit_text(each.missing_minutes, unit)} {each.bucket.name}" for each in status.beside if not each.is_met
    ]
    parts += [counted_occasions(each.missing, each.occasion.name) for each in status.occasions if each.missing]
    is_long = len(parts) > 1 and "," in parts[0]
    return f"{parts[0]}, and {listed(parts[1:])}" if is_long else listed(parts)


def _capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]


def counted_occasions(number: int, name: str) -> str:
    """one live conference; 2 times a live conference."""
    article = "an" if name[:1].lower() in {*"aeiou"} else "a"
    return f"one {name}" if number == 1 else f"{number} times {article} {name}"


def _of_them(each: BucketStatus, of_minutes: int, unit: BodyUnit, them: str = "them") -> str:
    them = "it" if number_of(of_minutes, unit) == "1" else them
    amount = "all" if each.missing_minutes == of_minutes else f"at least {number_of(each.missing_minutes, unit)}"
    within = [_of_them(part, each.missing_minutes, unit, "those") for part in each.parts if part.missing_minutes]
    return f"{amount} of {them} {each.bucket.name}" + (f" ({listed(within)})" if within else "")


def standing_text(status: CycleStatus, today: date) -> str:
    """How much time is left where hours renew the cycle; else whether its retest was passed."""
    if status.cycle.retested_on:
        return f"Renewed by the retest of {day_text(status.cycle.retested_on)}"
    return days_left_text(status, today) if status.goes_by_hours else "Renewed by a retest, not by hours"


def days_left_text(status: CycleStatus, today: date) -> str:
    """113 days left; Today is the last day; Ended on 13 March 2026."""
    days = status.cycle.days_left(today)
    if days < 0:
        return f"Ended on {day_text(status.cycle.last_day)}"
    return f"{counted(days, 'day')} left" if days else "Today is the last day"


def explanation(each: BucketStatus, status: CycleStatus) -> str:
    """Where a requirement's number comes from: which activities are counted, and by which rule."""
    unit, bucket = status.cycle.rules.unit, each.bucket
    carried = status.carried_within(each)
    logged, span = credit_text(each.minutes - carried, unit), span_text(status.cycle)
    source = "carried in, as you entered" if status.is_carried_as_entered else "carried from the cycle before"
    came = f", and {credit_text(carried, unit)} {source}" if carried else ""
    sentences = [f"Counted: {logged} from activities of this cycle, {span}{came}."]
    if bucket.minimum:
        needed = f"{credit_text(bucket.needed_minutes, unit)}{_instead(bucket, status)}"
        sentences.append(f"Needed: {needed}. Rule: {bucket.minimum.rule}")
    if bucket.maximum:
        sentences.append(_most(bucket, bucket.maximum, status))
    if status.asked.prorated_by and bucket == status.asked.total:
        sentences.append(f"Less is asked for this cycle: {status.asked.prorated_by}")
    return " ".join(sentences)


def _most(bucket: Bucket, maximum: Limit, status: CycleStatus) -> str:
    """At most 16 hours count, instead of 20: certified on 1 August 2025, 7 months into the cycle. Rule: …"""
    most = credit_text(maximum.minutes, status.cycle.rules.unit)
    return f"At most {most} count{_instead(bucket, status)}. Rule: {maximum.rule}"


def _instead(bucket: Bucket, status: CycleStatus) -> str:
    """The amount that a rule's sentence names, where less is asked of who was certified within the cycle, and why."""
    if not status.asked.prorated_by:
        return ""
    full = asked_of(status.cycle.rules, credentials=status.holder.credentials)
    whole = next(each for root in full.roots for each, _ in root.walk() if each.slug == bucket.slug)
    limit, reduced = whole.minimum or whole.maximum, bucket.minimum or bucket.maximum
    if not limit or not reduced or limit.minutes == reduced.minutes:
        return ""
    since = (
        f"certified on {day_text(status.cycle.start)}, {counted(status.cycle.months_missed, 'month')} into the cycle"
    )
    return f", instead of {number_of(limit.minutes, status.cycle.rules.unit)}: {since}"


def source_text(rules: RuleVersion) -> str:
    """Source: my.pahcom.com/decertification, read in November 2026."""
    return f"Source: {rules.source.title}, read {rules.recorded}."


def progress_text(each: BucketStatus, unit: BodyUnit) -> str:
    """4.5 of 12 hours; of a maximum alone: 4 hours, at most 20; without limits of its own: 4 hours."""
    if each.bucket.minimum:
        return of_text(each.minutes, each.bucket.needed_minutes, unit)
    if not each.bucket.maximum or not each.bucket.maximum.minutes:
        return credit_text(each.minutes, unit)
    return f"{credit_text(each.minutes, unit)}, at most {number_of(each.bucket.maximum.minutes, unit)}"


def requirement_text(each: BucketStatus, unit: BodyUnit) -> str:
    """4.5 of 12 hours live; of a maximum alone: 4 hours from other providers, at most 20; of neither: 4 hours live.

    Where a cycle asks for nothing, 4 hours in all.
    """
    if each.bucket.minimum and not each.bucket.needed_minutes:
        return f"{credit_text(each.minutes, unit)} {each.bucket.name}"
    progress, comma, rest = progress_text(each, unit).partition(", ")
    return f"{progress} {each.bucket.name}{comma}{rest}"


def outcome(each: BucketStatus, status: CycleStatus, today: date) -> str:
    """Met; 7.5 more hours by 13 March 2027; 7.5 hours short; Cap reached; Room for 3 more hours; Does not count.

    Not needed where no hours renew the cycle. A bucket without limits of its own says how its parts stand; what parts
    keep of a maximum is no room.
    """
    unit = status.cycle.rules.unit
    if not status.goes_by_hours:
        return "Not needed"
    if each.bucket.maximum and not each.bucket.maximum.minutes:
        return "Does not count"
    if each.bucket.minimum is None and each.room_minutes is not None:
        return f"Room for {more_text(each.room_minutes, unit)}" if each.room_minutes else "Cap reached"
    if each.bucket.minimum is None:
        return "Counts" if each.is_met else "Parts are short"
    if not each.short_minutes:
        return "Met, and the cap is reached" if each.is_full else "Met"
    if status.cycle.days_left(today) < 0:
        return f"{credit_text(each.short_minutes, unit)} short"
    return f"{more_text(each.short_minutes, unit)} by {day_text(status.cycle.last_day)}"


def carried_sentence(status: CycleStatus) -> str | None:
    """What was carried into the cycle, and who says so; None where nothing was."""
    if not status.carried_minutes:
        return None
    amount = credit_text(status.carried_minutes, status.cycle.rules.unit)
    return f"{amount} {'carried in, as you entered' if status.is_carried_as_entered else 'came from the cycle before'}."


def surplus_sentence(status: CycleStatus) -> str | None:
    """What becomes of minutes beyond the total; None where there are none."""
    if not status.goes_by_hours or not status.surplus_minutes:
        return None
    unit, surplus = status.cycle.rules.unit, status.cycle.rules.surplus
    total = credit_text(status.asked.total.needed_minutes, unit)
    beyond = f"{credit_text(status.surplus_minutes, unit)} beyond the total of {total}"
    if surplus.kind == "not-stated":
        return f"{beyond}: count on losing that when the cycle ends. {surplus.rule}"
    lost = status.surplus_minutes - min(status.surplus_minutes, surplus.most_minutes)
    if surplus.kind == "lost":
        return f"{beyond}: lost when the cycle ends. Rule: {surplus.rule}"
    carried = f"{beyond}: {credit_text(status.surplus_minutes - lost, unit)} can be carried to the next cycle"
    carried += "" if status.is_met else " once nothing is missing"
    return f"{carried}{f', {credit_text(lost, unit)} will be lost' if lost else ''}. Rule: {surplus.rule}"


def entry_text(entry: Entry, status: CycleStatus) -> str:
    """What one activity counts for: 2 hours live MGMA; 1 hour from other providers and 2 hours beyond a cap. Rule: …"""
    if entry.why_not == "capped" and not _is_shut_out(entry, status):
        return f"{amounts_text(entry, status)}. {rules_against(entry, status)}".strip()
    return why_not_text(entry, status) or amounts_text(entry, status)


def why_not_text(entry: Entry, status: CycleStatus) -> str:
    """Why an activity, or part of it, does not count: the same words for all of a kind. Empty where all of it does."""
    if entry.why_not == "repeated":
        return f"Does not count again: {rules_against(entry, status)}"
    if entry.why_not == "next":
        return f"Not needed in this cycle, so it may count to the next one. Rule: {status.cycle.rules.shared_month}"
    if not entry.why_not:
        return ""
    return (
        f"{'Does not count' if _is_shut_out(entry, status) else 'Beyond a cap'}. {rules_against(entry, status)}".strip()
    )


def _is_shut_out(entry: Entry, status: CycleStatus) -> bool:
    return status.asked.shuts_out(entry.credit.tags, entry.credit.delivery)


def amounts_text(entry: Entry, status: CycleStatus) -> str:
    """The amounts alone: 1 hour from other providers and 2 hours beyond a cap; of what has none, nothing."""
    unit = status.cycle.rules.unit
    amounts = [
        f"{credit_text(minutes, unit)} {bucket.name}" if bucket else credit_text(minutes, unit)
        for slug, minutes in entry.entered.items()
        for bucket in [_named(status, slug)]
    ]
    is_held_back = entry.why_not == "capped" and not _is_shut_out(entry, status)
    left = entry.credit.minutes - entry.minutes
    return listed([*amounts, f"{credit_text(left, unit)} beyond a cap"] if is_held_back else amounts)


def _named(status: CycleStatus, slug: str) -> Bucket | None:
    """The bucket of that slug; None for the total, which needs no name."""
    return next(
        (each.bucket for each in status.requirements if each.bucket.slug == slug and each.bucket != status.asked.total),
        None,
    )


def rules_against(entry: Entry, status: CycleStatus) -> str:
    """The rules of the maximums that hold an activity back, or that of the same course again."""
    if entry.why_not == "repeated":
        return status.cycle.rules.repeats.rule
    slugs = status.asked.total.entries(entry.credit.tags, entry.credit.delivery)
    above = {
        each.slug: each
        for bucket, outer in status.asked.total.walk()
        if bucket.slug in slugs
        for each in (bucket, *outer)
    }
    full = {each.bucket.slug for each in status.total.walk() if each.room_minutes == 0}
    texts = [
        _most(bucket, bucket.maximum, status) if _instead(bucket, status) else f"Rule: {bucket.maximum.rule}"
        for slug, bucket in above.items()
        if slug in full and bucket.maximum
    ]
    return " ".join(dict.fromkeys(texts))


def retest_sentence(cycle: Cycle, today: date) -> str:
    """When a holder who renews by examination may sit it. Empty where the rules know no retest."""
    retest = cycle.rules.retest
    if retest is None:
        return ""
    window = retest_window(cycle, today)
    if window is None:
        return retest.rule
    first, last = window
    if today > last:
        return f"The retest for this cycle was possible from {day_text(first)} to {day_text(last)}."
    if today == last:
        return f"Today, {day_text(last)}, is the last day to retest."
    if today >= first:
        return f"Retest by {day_text(last)}: the window has been open since {day_text(first)}."
    return f"Retest between {day_text(first)} and {day_text(last)}."


def late_sentence(status: CycleStatus, today: date) -> str | None:
    """What to do when a cycle ended short; None while it runs, when it is met, or when a retest decides."""
    days_late = -status.cycle.days_left(today)
    if days_late <= 0 or status.is_met or not status.goes_by_hours:
        return None
    missed = f"Missed by {counted(days_late, 'day')}"
    late = status.cycle.rules.late
    if late is None:
        return f"{missed}. What follows is not stated in these rules: contact the body."
    if days_late <= late.days:
        return f"{missed}, within {late.days} days: {late.within}"
    return f"{missed}, more than {late.days} days: {late.after}" if late.days else f"{missed}: {late.after}"


def membership_sentence(cycle: Cycle, member_until: date | None, today: date) -> str | None:
    """What a membership that ends, or has ended, means; None where the rules ask for none or no end is known."""
    membership = cycle.rules.membership
    if membership is None or member_until is None:
        return None
    until, gap = day_text(member_until), counted(membership.gap_days, "day")
    days = (today - member_until).days
    if days <= 0:
        return f"Your membership runs until {until}. Rule: {membership.rule}"
    if days <= membership.gap_days:
        return f"Your membership ended on {until}: a gap of up to {gap} is borne. Rule: {membership.rule}"
    since = f", more than {gap} ago" if membership.gap_days else ""
    return f"Your membership ended on {until}{since}. Rule: {membership.rule}"
