"""Where a holder stands, in plain sentences. Never "compliant": only what a source said on the day it was read."""

from datetime import date
from decimal import Decimal

from quizapp.rules.credit_rules import UNITS, Cycle, CycleStatus, RequirementStatus, retest_window


def day_text(day: date) -> str:
    """14 March 2027."""
    return f"{day.day} {day:%B %Y}"


def partial_day_text(text: str) -> str:
    """A day known to the year, month or day, as ISO 8601 writes it: 2015, November 2026, 21 November 2026."""
    parts = [int(part) for part in text.split("-")]
    if len(parts) == 1:
        return text
    day = date(parts[0], parts[1], parts[2] if len(parts) == 3 else 1)
    return day_text(day) if len(parts) == 3 else f"{day:%B %Y}"


def hours_text(minutes: int) -> str:
    """7.5 hours; 1 hour; 40 minutes; 2 hours 50 minutes: a decimal only where it is exact and short."""
    if 0 < minutes < 60:
        return _counted(minutes, "minute")
    if minutes % 15 == 0 or minutes % 6 == 0:
        hours = Decimal(minutes) / 60
        return f"{plain_number(hours)} {'hour' if hours == 1 else 'hours'}"
    return f"{_counted(minutes // 60, 'hour')} {_counted(minutes % 60, 'minute')}"


def _counted(number: int, word: str) -> str:
    return f"{number} {word if number == 1 else word + 's'}"


def of_hours_text(minutes: int, required_minutes: int) -> str:
    """4.5 of 12 hours; 2 hours 50 minutes of 12 hours."""
    return f"{hours_text(minutes).removesuffix(' hours')} of {hours_text(required_minutes)}"


def hundredths(number: int) -> Decimal:
    """60 → 0.6, as amounts are stored."""
    return Decimal(number) / 100


def plain_number(number: Decimal) -> str:
    """Without needless zeros: 7.5, 12."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def amount_text(amount: Decimal, unit: str) -> str:
    """0.6 IACET CEU; 1 hour; 90 minutes."""
    return f"{plain_number(amount)} {UNITS[unit].one if amount == 1 else UNITS[unit].many}"


def equation_text(amount: Decimal, unit: str, minutes: int) -> str:
    """0.6 IACET CEU = 6 hours; where both sides would read alike, one of them."""
    entered, hours = amount_text(amount, unit), hours_text(minutes)
    return hours if entered == hours else f"{entered} = {hours}"


def span_text(cycle: Cycle) -> str:
    """14 March 2026 to 13 March 2027."""
    return f"{day_text(cycle.start)} to {day_text(cycle.last_day)}"


# --- Sentences about a cycle ----------------------------------------------------------------------------------------


def next_step(status: CycleStatus, today: date) -> str:
    """What the holder does next in the cycle that holds `today`, or how a past cycle ended, in a sentence."""
    if not status.goes_by_hours:
        return retest_sentence(status.cycle, today)
    if status.is_met:
        return f"Nothing is missing: what is logged meets {_rules(status.cycle)}."
    if status.cycle.days_left(today) < 0:
        missing = hours_text(status.short_minutes) + _of_which(status)
        return f"Missing when the cycle ended on {day_text(status.cycle.last_day)}: {missing}."
    return f"{_more(status.short_minutes)} by {day_text(status.cycle.last_day)}{_of_which(status)}."


def _rules(cycle: Cycle) -> str:
    return f"the rules as recorded {cycle.rules.recorded}"


def _of_which(status: CycleStatus) -> str:
    """, of which at least 2 hours PAHCOM approved; empty where no minimum is short."""
    parts = [
        f"at least {hours_text(each.short_minutes)} {each.requirement.name}"
        for each in status.requirements
        if not each.requirement.is_total and each.short_minutes
    ]
    return f", of which {' and '.join(parts)}" if parts else ""


def _more(minutes: int) -> str:
    """7.5 more hours; 2 hours 50 minutes more."""
    number, unit, *rest = hours_text(minutes).split()
    return " ".join([number, unit, *rest, "more"] if rest else [number, "more", unit])


def days_left_text(status: CycleStatus, today: date) -> str:
    """113 days left; Today is the last day; Ended on 13 March 2026."""
    days = status.cycle.days_left(today)
    if days < 0:
        return f"Ended on {day_text(status.cycle.last_day)}"
    if days == 0:
        return "Today is the last day"
    return f"{_counted(days, 'day')} left"


def explanation(each: RequirementStatus, cycle: Cycle) -> str:
    """Where a requirement's number comes from: which activities are counted, and by which rule."""
    return (
        f"Counted: {hours_text(each.minutes)} from activities that ended from {span_text(cycle)}. "
        f"Needed: {hours_text(each.requirement.minutes)}. Rule: {each.requirement.rule}"
    )


def outcome(each: RequirementStatus, cycle: Cycle, today: date) -> str:
    """Met; 7.5 more hours by 13 March 2027; 7.5 hours were missing."""
    if each.is_met:
        return "Met"
    if cycle.days_left(today) < 0:
        return f"{hours_text(each.short_minutes)} short"
    return f"{_more(each.short_minutes)} by {day_text(cycle.last_day)}"


def surplus_sentence(status: CycleStatus) -> str | None:
    """What becomes of hours beyond the total; None where there are none."""
    if not status.goes_by_hours or not status.surplus_minutes:
        return None
    rules = status.cycle.rules
    beyond = f"{hours_text(status.surplus_minutes)} beyond the total of {hours_text(status.required_minutes)}"
    if rules.surplus == "lost":
        return f"{beyond} will be lost when the cycle ends. Rule: {rules.surplus_rule}"
    return f"{beyond}: count on losing them when the cycle ends. {rules.surplus_rule}"


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
    missed = f"Missed by {_counted(days_late, 'day')}"
    late = status.cycle.rules.late
    if late is None:
        return f"{missed}. What follows is not stated in these rules: contact the body."
    if days_late <= late.days:
        return f"{missed}, within {late.days} days: {late.within}"
    return f"{missed}, more than {late.days} days: {late.after}" if late.days else f"{missed}: {late.after}"
