"""Days, lengths and amounts of credit as people read them."""

from calendar import monthrange
from datetime import date
from decimal import Decimal

from quizapp.rules.credit_cycles import Cycle
from quizapp.rules.credit_rules import BodyUnit
from quizapp.rules.credit_units import IACET, UNITS, is_long, may_be_iacet, minutes_of

HOUR = BodyUnit()


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


def last_day_of(text: str) -> date:
    """The last day that a day known to the year, month or day can be: 2015 can be 31 December 2015."""
    year, *rest = (int(part) for part in text.split("-"))
    month = rest[0] if rest else 12
    return date(year, month, rest[1] if len(rest) == 2 else monthrange(year, month)[1])


def span_text(cycle: Cycle) -> str:
    """14 March 2026 to 13 March 2027."""
    return f"{day_text(cycle.start)} to {day_text(cycle.last_day)}"


def certified_text(certified_on: date, begun_again_on: date | None) -> str:
    """Certified on 29 February 2024; cycles began again with the retest of 5 May 2026."""
    certified = f"Certified on {day_text(certified_on)}"
    again = f"; cycles began again with the retest of {day_text(begun_again_on)}" if begun_again_on else ""
    return certified + again


def counted(number: int, one: str, many: str = "") -> str:
    """1 day; 3 days."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def hours_text(minutes: int) -> str:
    """7.5 hours; 1 hour; 40 minutes; 2 hours 50 minutes: a decimal only where it is exact and short."""
    if 0 < minutes < 60:
        return counted(minutes, "minute")
    if minutes % 15 == 0 or minutes % 6 == 0:
        hours = Decimal(minutes) / 60
        return f"{plain_number(hours)} {'hour' if hours == 1 else 'hours'}"
    return f"{counted(minutes // 60, 'hour')} {counted(minutes % 60, 'minute')}"


def credit_text(minutes: int, unit: BodyUnit = HOUR) -> str:
    """Minutes as a body counts them: 7.5 hours; 6 points; 6.4 points; 6 points and 22 minutes, where tenths do not fit.

    A unit of an hour reads as hours.
    """
    if unit.minutes == 60:
        return hours_text(minutes)
    whole, rest = divmod(minutes, unit.minutes)
    if not whole and rest:
        return counted(rest, "minute")
    if rest and rest * 10 % unit.minutes == 0:
        return f"{plain_number(Decimal(minutes) / unit.minutes)} {unit.many}"
    text = counted(whole, unit.one, unit.many)
    return f"{text} and {counted(rest, 'minute')}" if rest else text


def number_of(minutes: int, unit: BodyUnit = HOUR) -> str:
    """The amount without its unit where that goes without saying: 2; but 45 minutes."""
    text = credit_text(minutes, unit)
    number, _, word = text.partition(" ")
    plain = {"hour", "hours"} if unit.minutes == 60 else {unit.one, unit.many}
    return number if word in plain else text


def more_text(minutes: int, unit: BodyUnit = HOUR) -> str:
    """7.5 more hours; 2 hours 50 minutes more."""
    text = credit_text(minutes, unit)
    number = number_of(minutes, unit)
    return f"{text} more" if number == text else f"{number} more {text.partition(' ')[2]}"


def of_text(minutes: int, required_minutes: int, unit: BodyUnit = HOUR) -> str:
    """4.5 of 12 hours; 2 hours 50 minutes of 12 hours."""
    return f"{number_of(minutes, unit)} of {credit_text(required_minutes, unit)}"


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


def iacet_text(amount: Decimal) -> str:
    """0.6 IACET CEU would be 6 hours."""
    return f"{amount_text(amount, IACET)} would be {hours_text(minutes_of(amount, IACET))}"


def doubt_text(amount: Decimal, unit: str, started_on: date, ended_on: date) -> str:
    """What is said of a length that is possible, but often a unit mistaken by a factor of ten; empty of all others."""
    if is_long(minutes_of(amount, unit), started_on, ended_on):
        return "That is more than eight hours a day. If it is not what you meant, look again whose unit it is."
    if may_be_iacet(amount, unit):
        return f"{iacet_text(amount)}. If the certificate names IACET, change the unit."
    return ""


def listed(parts: list[str]) -> str:
    """a; a and b; a, b and c."""
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)
