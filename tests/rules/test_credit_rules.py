"""What the credit rules promise. Sources: the rule versions of question_bank/credentials/cmm.yaml."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.rules.credit_rules import (
    APPROVALS,
    UNITS,
    Credit,
    Cycle,
    CycleStatus,
    LateWindow,
    Requirement,
    Retest,
    RuleVersion,
    add_months,
    cycles_until,
    is_impossible,
    is_long,
    minutes_of,
    retest_window,
    status_of,
)
from quizapp.rules.credit_words import (
    amount_text,
    days_left_text,
    equation_text,
    explanation,
    hours_text,
    late_sentence,
    next_step,
    of_hours_text,
    outcome,
    partial_day_text,
    retest_sentence,
    surplus_sentence,
)

# my.pahcom.com/decertification, newest seen: 12 CEU every 12 months; non-members retest.
YEARLY = RuleVersion(
    slug="12-months",
    name="12 CEU every 12 months",
    recorded="in November 2026 (my.pahcom.com/decertification)",
    cycle_months=12,
    requirements=(Requirement("total", "Continuing education", 720, "At least 12 CEU every 12 months."),),
    surplus="not-stated",
    surplus_rule="Carry-over is not stated.",
    retest=Retest("non-members", 60, "Non-members retest every year."),
    late=LateWindow(30, "contact PAHCOM.", "retest."),
)
# pahcom.com/cmm/recertification.html, about 2015 to 2017: 24 CEU, 12 approved and 12 recognized, or retest.
SPLIT = RuleVersion(
    slug="24-months-split",
    name="24 CEU in 2 years",
    recorded="in November 2026 (pahcom.com/cmm/recertification.html)",
    cycle_months=24,
    requirements=(
        Requirement("total", "Continuing education", 1440, "24 CEU in 2 years."),
        Requirement("approved", "PAHCOM approved", 720, "At least 12 approved.", frozenset({"approved"})),
        Requirement("recognized", "recognized", 720, "At least 12 recognized.", frozenset({"recognized"})),
    ),
    surplus="lost",
    surplus_rule="Excess CEU have no effect.",
    retest=Retest("anybody", None, "Instead of logging CEU, a holder may retest."),
)
CERTIFIED = date(2020, 3, 14)
TODAY = date(2026, 11, 21)
CYCLE = Cycle(date(2026, 3, 14), date(2027, 3, 14), YEARLY)
DAY = date(2026, 6, 1)

days = st.dates(date(1990, 1, 1), date(2060, 12, 31))
credits_ = st.lists(
    st.builds(Credit, st.dates(date(2025, 12, 1), date(2028, 6, 1)), st.integers(1, 2000), st.sampled_from(APPROVALS)),
    max_size=12,
)


def yearly(*minutes: int, is_member: bool = True, approval: str = "unknown") -> CycleStatus:
    return status_of(CYCLE, [Credit(DAY, each, approval) for each in minutes], is_member=is_member)


def split(**minutes: int) -> CycleStatus:
    cycle = Cycle(date(2026, 3, 14), date(2028, 3, 14), SPLIT)
    return status_of(cycle, [Credit(DAY, each, approval) for approval, each in minutes.items()], is_member=True)


# --- Units ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("amount", "unit", "minutes", "source"),
    [
        ("1", "pahcom-ceu", 60, "PAHCOM: 1 CEU is 1 hour"),
        ("0.6", "iacet-ceu", 360, "ANSI/IACET: 1 CEU is 10 contact hours of 60 minutes"),
        ("0.1", "iacet-ceu", 60, "ANSI/IACET: 0.1 is one contact hour"),
        ("1.5", "hours", 90, "the clock"),
        ("50", "minutes", 50, "the clock"),
        ("0.83", "hours", 50, "the nearest minute: 49.8"),
        ("1.67", "hours", 100, "the nearest minute: 100.2"),
        ("0.5", "minutes", 1, "halves upwards"),
        ("1", "50-minute-hours", 50, "AAMA and CCB count hours of 50 minutes"),
    ],
)
def test_a_unit_is_so_many_minutes(amount: str, unit: str, minutes: int, source: str) -> None:
    assert minutes_of(Decimal(amount), unit) == minutes, source


def test_the_same_number_is_ten_times_longer_in_iacets_ceu_than_in_pahcoms() -> None:
    assert minutes_of(Decimal("0.6"), "iacet-ceu") == 10 * minutes_of(Decimal("0.6"), "pahcom-ceu")


@pytest.mark.parametrize("amount", ["0", "-1", "NaN", "Infinity"])
def test_what_is_no_length_is_refused(amount: str) -> None:
    with pytest.raises(ValueError, match="not a length"):
        minutes_of(Decimal(amount), "hours")


def test_more_than_a_day_has_is_impossible_and_more_than_eight_hours_is_long() -> None:
    assert not is_impossible(24 * 60, DAY, DAY)
    assert is_impossible(24 * 60 + 1, DAY, DAY)
    assert not is_impossible(48 * 60, DAY, DAY + timedelta(days=1))
    assert not is_long(8 * 60, DAY, DAY)
    assert is_long(8 * 60 + 1, DAY, DAY)
    assert not is_long(16 * 60, DAY, DAY + timedelta(days=1))


# --- Cycles ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "months", "later", "source"),
    [
        (date(2024, 2, 29), 12, date(2025, 2, 28), "a common year has no 29 February"),
        (date(2024, 2, 29), 36, date(2027, 2, 28), "nor has 2027"),
        (date(2024, 2, 29), 48, date(2028, 2, 29), "a leap year has it again"),
        (date(2023, 2, 28), 12, date(2024, 2, 28), "28 February stays, leap year or not"),
        (date(2025, 8, 31), 6, date(2026, 2, 28), "a short month ends earlier"),
        (date(2025, 12, 31), 12, date(2026, 12, 31), "the last day of the year"),
        (date(2025, 1, 1), 24, date(2027, 1, 1), "two years"),
    ],
)
def test_an_anniversary_is_the_same_day_or_the_months_last(day: date, months: int, later: date, source: str) -> None:
    assert add_months(day, months) == later, source


def test_leap_day_cycles_go_to_28_february_and_back() -> None:
    starts = [cycle.start for cycle in cycles_until(date(2024, 2, 29), [(date(2024, 2, 29), YEARLY)], date(2028, 3, 1))]
    assert starts == [date(2024, 2, 29), *(date(year, 2, 28) for year in (2025, 2026, 2027)), date(2028, 2, 29)]


def test_the_last_day_counts_and_the_anniversary_begins_the_next_cycle() -> None:
    before, after = cycles_until(date(2025, 3, 14), [(CERTIFIED, YEARLY)], date(2026, 3, 14))
    assert before.last_day == date(2026, 3, 13)
    assert before.holds(date(2026, 3, 13))
    assert not before.holds(date(2026, 3, 14))
    assert after.holds(date(2026, 3, 14))
    assert before.days_left(date(2026, 3, 13)) == 0
    assert before.days_left(date(2026, 3, 14)) == -1


@given(certified_on=days, day=days, months=st.sampled_from([12, 24, 36, 60]))
def test_cycles_partition_time(certified_on: date, day: date, months: int) -> None:
    rules = RuleVersion("any", "any", "on a day", months, YEARLY.requirements, "lost", "Lost.")
    cycles = cycles_until(certified_on, [(certified_on, rules)], day)
    assert cycles[0].start == certified_on
    assert all(cycle.start < cycle.end for cycle in cycles)
    assert all(before.end == after.start for before, after in pairwise(cycles))
    assert sum(cycle.holds(day) for cycle in cycles) == (day >= certified_on)
    assert day < certified_on or cycles[-1].holds(day)


def test_a_cycle_keeps_the_rules_that_it_started_under() -> None:
    cycles = cycles_until(CERTIFIED, [(CERTIFIED, SPLIT), (date(2024, 3, 14), YEARLY)], TODAY)
    assert [(cycle.start.year, cycle.rules.slug) for cycle in cycles] == [
        (2020, "24-months-split"),
        (2022, "24-months-split"),
        (2024, "12-months"),
        (2025, "12-months"),
        (2026, "12-months"),
    ]


def test_rules_chosen_within_a_cycle_wait_for_the_next_one() -> None:
    cycles = cycles_until(CERTIFIED, [(CERTIFIED, SPLIT), (date(2023, 1, 1), YEARLY)], date(2024, 6, 1))
    assert [cycle.rules.slug for cycle in cycles] == ["24-months-split", "24-months-split", "12-months"]


def test_a_day_before_certification_still_shows_the_first_cycle() -> None:
    assert len(cycles_until(CERTIFIED, [(CERTIFIED, YEARLY)], CERTIFIED - timedelta(days=1))) == 1


# --- What is met ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("minutes", "short", "surplus"),
    [([], 720, 0), ([719], 1, 0), ([720], 0, 0), ([360, 360], 0, 0), ([721], 0, 1)],
)
def test_twelve_hours_meet_the_yearly_total_to_the_minute(minutes: list[int], short: int, surplus: int) -> None:
    status = yearly(*minutes)
    assert (status.short_minutes, status.surplus_minutes, status.is_met) == (short, surplus, short == 0)


def test_activities_outside_of_the_cycle_do_not_count() -> None:
    outside = [Credit(CYCLE.start - timedelta(days=1), 700, "approved"), Credit(CYCLE.end, 700, "approved")]
    assert status_of(CYCLE, outside, is_member=True).minutes == 0


@pytest.mark.parametrize(
    ("minutes", "short", "source"),
    [
        ({"approved": 720, "recognized": 720}, 0, "12 and 12 are 24"),
        ({"approved": 1440}, 720, "12 have to be recognized, whatever the total"),
        ({"approved": 900, "recognized": 300}, 420, "recognized is 7 h short, more than the total's 4 h"),
        ({"approved": 600, "recognized": 600}, 240, "both minimums, 2 h each, make up the total"),
        ({"unknown": 1440}, 1440, "what is not known to be either counts to the total only"),
        ({"approved": 720, "recognized": 719}, 1, "a minute is a minute"),
    ],
)
def test_the_split_asks_for_both_kinds(minutes: dict[str, int], short: int, source: str) -> None:
    assert split(**minutes).short_minutes == short, source


def test_what_a_minimum_leaves_no_room_for_is_not_done() -> None:
    assert split(approved=1440).counted_minutes == 720


@given(logged=credits_, more=credits_)
def test_adding_an_activity_never_lowers_a_total(logged: list[Credit], more: list[Credit]) -> None:
    for rules in (YEARLY, SPLIT):
        cycle = Cycle(date(2026, 3, 14), add_months(date(2026, 3, 14), rules.cycle_months), rules)
        before, after = (status_of(cycle, each, is_member=True) for each in (logged, logged + more))
        assert after.minutes >= before.minutes
        assert after.short_minutes <= before.short_minutes
        assert after.counted_minutes >= before.counted_minutes
        for old, new in zip(before.requirements, after.requirements, strict=True):
            assert new.minutes >= old.minutes


# --- Retest and late ------------------------------------------------------------------------------------------------


def test_only_the_yearly_rules_send_non_members_to_a_retest() -> None:
    assert YEARLY.goes_by_hours(is_member=True)
    assert not YEARLY.goes_by_hours(is_member=False)
    assert SPLIT.goes_by_hours(is_member=False)


def test_the_retest_window_is_the_anniversary_and_sixty_days_before() -> None:
    assert retest_window(CYCLE, TODAY) == (date(2027, 1, 13), date(2027, 3, 14))
    assert retest_window(Cycle(date(2026, 3, 14), date(2028, 3, 14), SPLIT), TODAY) is None


@pytest.mark.parametrize(
    ("today", "sentence"),
    [
        (date(2027, 1, 12), "Retest between 13 January 2027 and 14 March 2027."),
        (date(2027, 1, 13), "Retest by 14 March 2027: the window has been open since 13 January 2027."),
        (date(2027, 3, 13), "Retest by 14 March 2027: the window has been open since 13 January 2027."),
        (date(2027, 3, 15), "The retest for this cycle was possible from 13 January 2027 to 14 March 2027."),
    ],
)
def test_a_non_member_reads_when_to_retest(today: date, sentence: str) -> None:
    assert next_step(yearly(is_member=False), today) == sentence


def test_on_the_anniversary_the_window_that_ends_is_still_shown() -> None:
    assert retest_sentence(CYCLE, CYCLE.start) == "Today, 14 March 2026, is the last day to retest."


def test_rules_without_a_window_say_only_that_a_retest_is_possible() -> None:
    assert retest_sentence(Cycle(date(2026, 3, 14), date(2028, 3, 14), SPLIT), TODAY) == SPLIT.retest.rule  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("today", "sentence"),
    [
        (date(2027, 3, 13), None),
        (date(2027, 3, 14), "Missed by 1 day, within 30 days: contact PAHCOM."),
        (date(2027, 4, 12), "Missed by 30 days, within 30 days: contact PAHCOM."),
        (date(2027, 4, 13), "Missed by 31 days, more than 30 days: retest."),
    ],
)
def test_a_missed_date_may_be_cured_for_thirty_days(today: date, sentence: str | None) -> None:
    assert late_sentence(yearly(60), today) == sentence


def test_what_these_rules_do_not_say_about_a_missed_date_is_said_to_be_unknown() -> None:
    assert "not stated" in (late_sentence(split(), date(2028, 3, 15)) or "")


def test_nothing_is_late_when_the_hours_were_met_or_a_retest_decides() -> None:
    assert late_sentence(yearly(720), date(2027, 6, 1)) is None
    assert late_sentence(yearly(is_member=False), date(2027, 6, 1)) is None


# --- Sentences ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("minutes", "text"),
    [
        (0, "0 hours"),
        (1, "1 minute"),
        (50, "50 minutes"),
        (60, "1 hour"),
        (61, "1 hour 1 minute"),
        (450, "7.5 hours"),
        (66, "1.1 hours"),
        (600, "10 hours"),
        (170, "2 hours 50 minutes"),
    ],
)
def test_minutes_read_as_hours(minutes: int, text: str) -> None:
    assert hours_text(minutes) == text


def test_amounts_read_with_whose_unit_they_are() -> None:
    assert equation_text(Decimal("0.60"), "iacet-ceu", 360) == "0.6 IACET CEU = 6 hours"
    assert equation_text(Decimal(2), "hours", 120) == "2 hours"
    assert equation_text(Decimal(90), "minutes", 90) == "90 minutes = 1.5 hours"
    assert amount_text(Decimal(1), "hours") == "1 hour"
    assert of_hours_text(270, 720) == "4.5 of 12 hours"
    assert of_hours_text(170, 720) == "2 hours 50 minutes of 12 hours"


def test_a_day_may_be_known_to_the_year_or_month() -> None:
    texts = [partial_day_text(text) for text in ("2015", "2026-11", "2026-11-21")]
    assert texts == ["2015", "November 2026", "21 November 2026"]


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        (yearly(270), "7.5 more hours by 13 March 2027."),
        (yearly(670), "50 more minutes by 13 March 2027."),
        (yearly(550), "2 hours 50 minutes more by 13 March 2027."),
        (
            yearly(720),
            f"Nothing is missing: what is logged meets the rules as recorded {YEARLY.recorded}.",
        ),
        (split(approved=720), "12 more hours by 13 March 2028, of which at least 12 hours recognized."),
        (
            split(approved=600, recognized=600),
            "4 more hours by 13 March 2028, of which at least 2 hours PAHCOM approved and at least 2 hours recognized.",
        ),
    ],
)
def test_the_next_step_is_a_plain_sentence(status: CycleStatus, sentence: str) -> None:
    assert next_step(status, TODAY) == sentence


def test_a_past_cycle_says_what_was_missing() -> None:
    assert next_step(yearly(270), date(2027, 5, 1)) == "Missing when the cycle ended on 13 March 2027: 7.5 hours."
    assert outcome(yearly(270).requirements[0], CYCLE, date(2027, 5, 1)) == "7.5 hours short"


def test_days_left_are_counted_to_the_last_day() -> None:
    texts = [days_left_text(yearly(), day) for day in (date(2027, 3, 12), date(2027, 3, 13), date(2027, 3, 14))]
    assert texts == ["1 day left", "Today is the last day", "Ended on 13 March 2027"]


def test_surplus_is_said_to_be_lost_only_where_the_rules_say_so() -> None:
    assert surplus_sentence(split(approved=900, recognized=720)) == (
        "3 hours beyond the total of 24 hours will be lost when the cycle ends. Rule: Excess CEU have no effect."
    )
    assert "count on losing them" in (surplus_sentence(yearly(780)) or "")
    assert surplus_sentence(yearly(720)) is None


def test_every_number_comes_with_its_rule() -> None:
    text = explanation(yearly(270).requirements[0], CYCLE)
    assert "4.5 hours" in text
    assert "14 March 2026 to 13 March 2027" in text
    assert text.endswith("Rule: At least 12 CEU every 12 months.")


def test_nobody_is_ever_called_compliant() -> None:
    statuses = [yearly(), yearly(720), yearly(780, is_member=False), split(approved=720, recognized=720)]
    texts = [next_step(status, day) for status in statuses for day in (TODAY, date(2029, 1, 1))]
    assert not any("complian" in text for text in texts)


def test_every_unit_is_known_by_its_own_name() -> None:
    assert all(slug == unit.slug for slug, unit in UNITS.items())
