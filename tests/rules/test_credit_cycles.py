"""When cycles begin and end, for every kind, and what a shared month, a late window and a retest do at their ends."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.rules.credit_cycles import Anchors, Cycle, add_months, cycles_until, months_between, retest_window
from quizapp.rules.credit_rules import LateWindow, Retest, RuleVersion
from tests.rules.credit_makers import cycle, rules, total

TWELVE_HOURS = total(720)
YEARLY = rules(TWELVE_HOURS)
TWO_YEARS = rules(TWELVE_HOURS, months=24)
COMMON = rules(TWELVE_HOURS, "common", 36, anchor=date(2022, 1, 1))
CALENDAR_YEAR = rules(TWELVE_HOURS, "common", 12, anchor=date(2021, 1, 1))
MONTH_END = rules(TWELVE_HOURS, "month-end", 60)
BIRTH_MONTH = rules(TWELVE_HOURS, "birth-month", 36)
DUE_DATE = rules(TWELVE_HOURS, "due-date", 24)
MARCH = date(2020, 3, 14)

days = st.dates(date(1990, 1, 1), date(2040, 12, 31))
whole_years = st.sampled_from([12, 24, 36, 60])
versions = st.one_of(
    st.builds(lambda months: rules(TWELVE_HOURS, "anniversary", months), st.integers(1, 60)),
    st.builds(lambda months: rules(TWELVE_HOURS, "month-end", months), st.integers(1, 60)),
    st.builds(lambda months: rules(TWELVE_HOURS, "due-date", months), st.integers(1, 60)),
    st.builds(lambda months: rules(TWELVE_HOURS, "birth-month", months), whole_years),
    st.builds(lambda months, anchor: rules(TWELVE_HOURS, "common", months, anchor=anchor), st.integers(1, 60), days),
)
holders = st.builds(Anchors, days, st.none() | st.integers(1, 12), st.none() | days)


def cycles(version: RuleVersion, certified_on: date, until: date, **anchors: object) -> tuple[Cycle, ...]:
    return cycles_until(Anchors(certified_on, **anchors), [(certified_on, version)], until)  # type: ignore[arg-type]


def last_days(version: RuleVersion, certified_on: date, until: date, **anchors: object) -> list[date]:
    return [each.last_day for each in cycles(version, certified_on, until, **anchors)]


# --- Months ---------------------------------------------------------------------------------------------------------


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
        (date(2025, 1, 31), -1, date(2024, 12, 31), "backwards over the new year"),
    ],
)
def test_an_anniversary_is_the_same_day_or_the_months_last(day: date, months: int, later: date, source: str) -> None:
    assert add_months(day, months) == later, source


@given(start=days, day=days)
def test_whole_months_between_two_days_are_the_most_that_fit(start: date, day: date) -> None:
    months = months_between(start, day)
    assert add_months(start, months) <= day < add_months(start, months + 1)


# --- Every kind -----------------------------------------------------------------------------------------------------


@given(holder=holders, chosen=st.lists(st.tuples(days, versions), min_size=1, max_size=4), day=days)
def test_cycles_partition_time(holder: Anchors, chosen: list[tuple[date, RuleVersion]], day: date) -> None:
    found = cycles_until(holder, chosen, day)
    assert found[0].start == holder.certified_on
    assert [each.is_first for each in found] == [True] + [False] * (len(found) - 1)
    assert all(each.start < each.end for each in found)
    assert all(before.end == after.start for before, after in pairwise(found))
    assert sum(each.holds(day) for each in found) == (day >= holder.certified_on)
    assert day < holder.certified_on or found[-1].holds(day)
    assert all(0 <= each.months_missed < each.rules.cycle.months for each in found)


@given(holder=holders, version=versions, day=days)
def test_a_told_day_ends_a_cycle_when_it_lies_in_time(holder: Anchors, version: RuleVersion, day: date) -> None:
    found = cycles_until(holder, [(holder.certified_on, version)], day)
    if holder.due_on and holder.certified_on <= holder.due_on < found[-1].end:
        assert holder.due_on in {each.last_day for each in found}


@given(holder=holders, version=versions, number=st.integers(0, 3))
def test_telling_what_the_rules_reckon_anyway_changes_nothing(
    holder: Anchors, version: RuleVersion, number: int
) -> None:
    until = add_months(holder.certified_on, version.cycle.months * 5)
    reckoned = cycles_until(Anchors(holder.certified_on, holder.birth_month), [(MARCH, version)], until)
    told = reckoned[number].last_day
    # Days that short months lack are counted from another first day: only those up to the 28th come back every month.
    if all(each.end.day <= 28 for each in reckoned):
        again = cycles_until(Anchors(holder.certified_on, holder.birth_month, told), [(MARCH, version)], until)
        assert [each.end for each in again] == [each.end for each in reckoned]


def test_leap_day_cycles_go_to_28_february_and_back() -> None:
    starts = [each.start for each in cycles(YEARLY, date(2024, 2, 29), date(2028, 3, 1))]
    assert starts == [date(2024, 2, 29), *(date(year, 2, 28) for year in (2025, 2026, 2027)), date(2028, 2, 29)]


def test_a_yearly_cycle_from_31_january_ends_on_30_january() -> None:
    assert last_days(YEARLY, date(2024, 1, 31), date(2025, 2, 1)) == [date(2025, 1, 30), date(2026, 1, 30)]


def test_the_last_day_counts_and_the_anniversary_begins_the_next_cycle() -> None:
    before, after = cycles(YEARLY, date(2025, 3, 14), date(2026, 3, 14))
    assert before.last_day == date(2026, 3, 13)
    assert before.holds(date(2026, 3, 13))
    assert not before.holds(date(2026, 3, 14))
    assert after.holds(date(2026, 3, 14))
    assert before.days_left(date(2026, 3, 13)) == 0
    assert before.days_left(date(2026, 3, 14)) == -1


def test_a_day_before_certification_still_shows_the_first_cycle() -> None:
    assert len(cycles(YEARLY, MARCH, MARCH - timedelta(days=1))) == 1


@pytest.mark.parametrize(
    ("certified_on", "last_day"),
    [
        (date(2024, 3, 1), date(2029, 3, 31)),
        (date(2024, 3, 31), date(2029, 3, 31)),
        (date(2024, 2, 29), date(2029, 2, 28)),
        (date(2023, 2, 28), date(2028, 2, 29)),
        (date(2024, 12, 5), date(2029, 12, 31)),
    ],
)
def test_month_end_cycles_end_with_the_month(certified_on: date, last_day: date) -> None:
    assert last_days(MONTH_END, certified_on, certified_on) == [last_day]


def test_month_end_cycles_go_on_by_whole_months() -> None:
    assert last_days(MONTH_END, date(2024, 2, 29), date(2029, 3, 1)) == [date(2029, 2, 28), date(2034, 2, 28)]


@pytest.mark.parametrize(
    ("birth_month", "ends"),
    [
        # SHRM's example: certified on 1 June 2024, born in December, to 31 December 2027.
        (12, [date(2027, 12, 31), date(2030, 12, 31)]),
        (7, [date(2027, 7, 31), date(2030, 7, 31)]),
        (6, [date(2027, 6, 30), date(2030, 6, 30)]),
        # Born before the month of certification: whether the third or the fourth year is not clear, so the third.
        (2, [date(2027, 2, 28), date(2030, 2, 28)]),
    ],
)
def test_birth_month_cycles_end_with_the_birth_month(birth_month: int, ends: list[date]) -> None:
    found = last_days(BIRTH_MONTH, date(2024, 6, 1), ends[0] + timedelta(days=1), birth_month=birth_month)
    assert found == ends


def test_a_birth_month_of_february_has_a_leap_day() -> None:
    assert last_days(BIRTH_MONTH, date(2025, 1, 10), date(2025, 1, 10), birth_month=2) == [date(2028, 2, 29)]


def test_a_common_cycle_is_the_same_for_all() -> None:
    assert last_days(COMMON, date(2016, 5, 1), date(2025, 1, 1)) == [
        date(2018, 12, 31),
        date(2021, 12, 31),
        date(2024, 12, 31),
        date(2027, 12, 31),
    ]


@pytest.mark.parametrize(
    ("certified_on", "missed"),
    [
        (date(2022, 1, 1), 0),
        (date(2022, 1, 31), 0),
        (date(2022, 6, 30), 5),
        (date(2022, 7, 1), 6),
        (date(2023, 12, 31), 23),
        (date(2024, 1, 1), 24),
        (date(2024, 12, 31), 35),
        (date(2025, 1, 1), 0),
    ],
)
def test_months_of_a_common_cycle_that_went_by_before_certification(certified_on: date, missed: int) -> None:
    assert cycles(COMMON, certified_on, certified_on)[0].months_missed == missed


def test_only_the_first_cycle_has_missed_months() -> None:
    assert [each.months_missed for each in cycles(COMMON, date(2023, 7, 1), date(2026, 1, 1))] == [18, 0]


# --- Told days ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("version", "certified_on", "due_on", "ends"),
    [
        # Told what the rules reckon: no cycle of a few days before it.
        (MONTH_END, date(2024, 3, 15), date(2029, 3, 31), [date(2029, 3, 31)]),
        (BIRTH_MONTH, date(2024, 6, 1), date(2027, 12, 31), [date(2027, 12, 31)]),
        # The membership was renewed in May, the certification was in March: the first cycle is two months longer.
        (DUE_DATE, MARCH, date(2026, 5, 31), [date(2022, 5, 31), date(2024, 5, 31), date(2026, 5, 31)]),
        # Told a first cycle of a year: the body knows better.
        (DUE_DATE, date(2025, 12, 1), date(2026, 11, 30), [date(2026, 11, 30)]),
        # Told at the end of a cycle long ago.
        (DUE_DATE, date(2024, 5, 31), date(2018, 5, 30), [date(2026, 5, 30)]),
        # A letter that ends a certificate on another day than the end of the year.
        (CALENDAR_YEAR, date(2024, 2, 10), date(2025, 2, 28), [date(2025, 2, 28)]),
        # The leap day.
        (DUE_DATE, date(2022, 3, 1), date(2024, 2, 29), [date(2024, 2, 29)]),
    ],
)
def test_a_told_day_goes_before_what_the_rules_reckon(
    version: RuleVersion, certified_on: date, due_on: date, ends: list[date]
) -> None:
    assert last_days(version, certified_on, ends[-1], due_on=due_on) == ends


# --- Versions -------------------------------------------------------------------------------------------------------


def test_a_cycle_keeps_the_rules_that_it_started_under() -> None:
    chosen = [(date(2024, 3, 14), YEARLY), (MARCH, TWO_YEARS)]
    found = cycles_until(Anchors(MARCH), chosen, date(2026, 11, 21))
    assert [(each.start.year, each.rules.cycle.months) for each in found] == [
        (2020, 24),
        (2022, 24),
        (2024, 12),
        (2025, 12),
        (2026, 12),
    ]


def test_rules_chosen_within_a_cycle_wait_for_the_next_one() -> None:
    found = cycles_until(Anchors(MARCH), [(MARCH, TWO_YEARS), (date(2023, 1, 1), YEARLY)], date(2024, 6, 1))
    assert [each.rules.cycle.months for each in found] == [24, 24, 12]


@pytest.mark.parametrize(
    ("later", "birth_month", "end"),
    [
        (MONTH_END, None, date(2029, 12, 31)),
        (BIRTH_MONTH, 3, date(2027, 3, 31)),
        (BIRTH_MONTH, 12, date(2027, 12, 31)),
        (YEARLY, None, date(2025, 12, 31)),
        (DUE_DATE, None, date(2026, 12, 31)),
    ],
)
def test_another_kind_of_cycle_goes_on_where_the_last_one_ended(
    later: RuleVersion, birth_month: int | None, end: date
) -> None:
    # The common cycle ends on 31 December 2024.
    anchors = Anchors(date(2022, 1, 1), birth_month)
    found = cycles_until(anchors, [(date(2022, 1, 1), COMMON), (date(2023, 1, 1), later)], date(2025, 1, 1))
    assert found[-1].last_day == end


# --- The edges of a cycle -------------------------------------------------------------------------------------------


def test_a_shared_month_is_the_calendar_month_of_the_last_day() -> None:
    shared = rules(TWELVE_HOURS, "due-date", 24, shared_month="Either period.")
    each = Cycle(date(2024, 5, 15), date(2026, 5, 15), shared)
    may = [day for day in (date(2026, 4, 30), date(2026, 5, 1), date(2026, 5, 31)) if each.may_take(day)]
    assert may == [date(2026, 5, 1), date(2026, 5, 31)]
    assert not each.may_take(date(2026, 6, 1))
    assert not each.may_take(date(2024, 5, 31))


def test_a_shared_month_does_not_reach_back_before_the_certification() -> None:
    shared = rules(TWELVE_HOURS, "common", 12, anchor=date(2024, 1, 1), shared_month="Either year.")
    (first,) = cycles(shared, date(2024, 12, 20), date(2024, 12, 31))
    assert not first.may_take(date(2024, 12, 19))
    assert first.may_take(date(2024, 12, 20))


@pytest.mark.parametrize(("counts", "taken"), [(True, [1, 60]), (False, [])])
def test_a_late_window_reaches_sixty_days_beyond_the_last_day(counts: bool, taken: list[int]) -> None:
    late = LateWindow(60, "still possible.", "revoked.", counts)
    each = cycle(rules(TWELVE_HOURS, late=late))
    found = [days for days in (0, 1, 60, 61) if each.may_take(each.last_day + timedelta(days=days))]
    assert found == taken


# --- Retest ---------------------------------------------------------------------------------------------------------

RETEST = Retest("non-members", 60, "Non-members retest every year.")
RETESTED = rules(TWELVE_HOURS, retest=RETEST)


def test_the_retest_window_is_the_anniversary_and_sixty_days_before() -> None:
    each = cycle(RETESTED, date(2026, 3, 14))
    assert retest_window(each, date(2026, 11, 21)) == (date(2027, 1, 13), date(2027, 3, 14))
    assert retest_window(cycle(YEARLY), date(2026, 11, 21)) is None


def test_on_the_anniversary_the_window_that_ends_is_still_open_but_not_on_the_day_of_certification() -> None:
    first, second = cycles(RETESTED, date(2025, 3, 14), date(2026, 3, 14))
    assert retest_window(second, second.start) == (date(2026, 1, 13), date(2026, 3, 14))
    assert retest_window(first, first.start) == (date(2026, 1, 13), date(2026, 3, 14))


def test_a_cycle_that_ends_with_a_month_is_retested_on_its_last_day_at_the_latest() -> None:
    shape = rules(TWELVE_HOURS, "birth-month", 36, retest=Retest("anybody", 365, "In the last year."))
    (each,) = cycles(shape, date(2024, 6, 1), date(2024, 6, 1), birth_month=12)
    assert retest_window(each, each.start) == (date(2027, 1, 1), date(2027, 12, 31))
