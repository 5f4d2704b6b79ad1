"""Cycle by cycle: each activity in one of them, carry-over by closing, shared months and late windows."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.rules.credit_cycles import Anchors, cycles_until
from quizapp.rules.credit_rules import Credit, LateWindow, Occasion, RuleVersion, Surplus
from quizapp.rules.credit_status import CARRIED, CycleStatus
from quizapp.rules.credit_statuses import Closed
from tests.rules.credit_examples import CMA, CMM, CPC, HOLDER, SHRM, cycles_of, histories, versions
from tests.rules.credit_makers import bucket, credit, rules, standings, status, takes, total

MONTHLY = rules(total(600, bucket("mgma", least=300)), shared_month="Either.", late=LateWindow(60, "Yes.", "No.", True))

# --- Properties -----------------------------------------------------------------------------------------------------


@given(version=versions, some=histories(), seed=st.randoms(use_true_random=False))
def test_the_order_of_logging_does_not_matter(version: RuleVersion, some: list[Credit], seed: "object") -> None:
    shuffled = list(some)
    seed.shuffle(shuffled)  # type: ignore[attr-defined]
    assert standings(cycles_of(version), shuffled, HOLDER) == standings(cycles_of(version), some, HOLDER)


@given(version=versions, some=histories(14))
def test_an_activity_counts_in_one_cycle_at_most_and_is_listed_wherever_a_cycle_holds_its_day(
    version: RuleVersion, some: list[Credit]
) -> None:
    found = standings(cycles_of(version), some, HOLDER)
    listed = Counter(name for each in found for name in each.entries)
    assert all(number == 1 for number in listed.values())
    assert set(listed) == {each.id for each in some if found[0].cycle.start <= each.day < found[-1].cycle.end}
    for number, each in enumerate(found):
        around = found[max(0, number - 1) : number + 1]
        for entry in each.entries.values():
            day = entry.credit.day
            assert each.cycle.holds(day) or each.cycle.may_take(day) or around[0].cycle.may_take(day)


@given(version=versions, some=histories(14), kept=st.sets(st.integers(0, 13)), carried=st.integers(0, 1200))
def test_a_closed_cycle_keeps_what_it_counted_and_nothing_else(
    version: RuleVersion, some: list[Credit], kept: set[int], carried: int
) -> None:
    cycles = cycles_of(version)
    ids = frozenset(str(number) for number in kept)
    found = standings(cycles, some, HOLDER, {cycles[0].start: Closed(ids, carried)})
    assert set(found[0].entries) == ids & {each.id for each in some}
    assert found[1].carried_minutes == carried
    assert not any(set(each.entries) & ids for each in found[1:])


@pytest.mark.parametrize(("version", "later"), [(CPC, 0), (CMA, 60)])
def test_a_course_counts_again_in_the_next_cycle_unless_it_counts_once_for_ever(
    version: RuleVersion, later: int
) -> None:
    cycles = cycles_of(version)[:2]
    parts = [
        credit(name, 60, "aapc", "clinical", course="ethics", day=each.start + timedelta(days=90))
        for name, each in zip("ab", cycles, strict=True)
    ]
    first, second = standings(cycles, parts, HOLDER)
    assert (first.total.minutes, second.total.minutes) == (60, later)


@pytest.mark.parametrize("number", [0, 1])
def test_what_cannot_count_takes_no_course_from_what_can(number: int) -> None:
    cycles = cycles_of(CPC)[:2]
    day = cycles[number].start + timedelta(days=90)
    unapproved = credit("a", 120, course="ethics", day=cycles[0].start + timedelta(days=60))
    approved = credit("b", 60, "aapc", course="ethics", day=day)
    assert standings(cycles, [unapproved, approved], HOLDER)[number].total.minutes == 60


@given(version=versions, some=histories(14), more=histories(3), later=st.integers(0, 80))
def test_an_activity_of_the_days_of_the_present_cycle_alone_never_lowers_its_total(
    version: RuleVersion, some: list[Credit], more: list[Credit], later: int
) -> None:
    cycles = cycles_of(version)
    today = cycles[-1].start + timedelta(days=later)
    alone = cycles[-2].last_shared_day + timedelta(days=1)
    added = [replace(each, id=f"more {each.id}", day=max(each.day, alone)) for each in more]
    *before, was = standings(cycles, some, HOLDER, today=today)
    *after, now = standings(cycles, [*some, *added], HOLDER, today=today)
    assert after == before
    assert now.total.minutes >= was.total.minutes
    assert now.missing_minutes <= was.missing_minutes


@given(version=st.sampled_from([CPC, MONTHLY]), some=histories(14), more=histories(3), later=st.integers(0, 80))
def test_an_activity_lowers_the_total_of_the_present_cycle_only_by_meeting_an_earlier_one(
    version: RuleVersion, some: list[Credit], more: list[Credit], later: int
) -> None:
    cycles = cycles_of(version)
    today = cycles[-1].start + timedelta(days=later)
    # The same course earlier would make the later one a repeat: that is another rule.
    added = [replace(each, id=f"more {each.id}", course="") for each in more]
    *before, was = standings(cycles, some, HOLDER, today=today)
    *after, now = standings(cycles, [*some, *added], HOLDER, today=today)
    if not any(each.is_met > old.is_met for old, each in zip(before, after, strict=True)):
        assert now.total.minutes >= was.total.minutes
        assert now.missing_minutes <= was.missing_minutes


# --- Carry-over and closed cycles -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("minutes", "surplus", "carriable"),
    [(3599, 0, 0), (3600, 0, 0), (3601, 1, 1), (4799, 1199, 1199), (4800, 1200, 1200), (6000, 2400, 1200)],
)
def test_at_most_twenty_hours_are_carried(minutes: int, surplus: int, carriable: int) -> None:
    found = status(SHRM, credit("a", minutes, "hr", live=True))
    assert (found.surplus_minutes, found.carriable_minutes) == (surplus, carriable)


def test_what_a_cap_holds_back_is_not_carried() -> None:
    found = status(SHRM, credit("a", 1800, "hr"), credit("b", 4000, "hr", "work"))
    assert (found.total.minutes, found.carriable_minutes) == (3600, 0)


def test_carried_minutes_count_in_the_bucket_that_is_named_and_only_from_a_closed_cycle() -> None:
    cycles = cycles_of(SHRM)[:2]
    done = credit("a", 4800, "hr", live=True, day=cycles[0].start)
    open_ = standings(cycles, [done], HOLDER)[1]
    closed = standings(cycles, [done], HOLDER, {cycles[0].start: Closed(frozenset({"a"}), 1200)})[1]
    assert (open_.carried_minutes, open_.missing_minutes) == (0, 3600)
    assert (closed.carried_minutes, closed.missing_minutes, closed.total.minutes) == (1200, 2400, 1200)
    assert (closed.total.parts[0].minutes, closed.total.parts[0].missing_minutes) == (1200, 2400)
    assert CARRIED not in closed.entries


def test_carried_minutes_count_to_the_total_alone_where_no_bucket_is_named() -> None:
    version = rules(total(600, bucket("hr", least=600)), surplus=Surplus("carried", "Ten.", 600))
    found = status(version, carried_minutes=600)
    assert (found.total.minutes, found.total.parts[0].minutes, found.missing_minutes) == (600, 0, 600)


def test_an_activity_logged_after_the_closing_changes_nothing_in_either_cycle() -> None:
    cycles = cycles_of(CMM)[:2]
    late = credit("late", 60, day=cycles[0].last_day)
    found = standings(cycles, [late], HOLDER, {cycles[0].start: Closed(frozenset(), 0)})
    assert [each.total.minutes for each in found] == [0, 0]


# --- Shared months --------------------------------------------------------------------------------------------------

# The first period of the CPC's holder ends on 13 March 2026.
OLD, NEW = cycles_of(CPC, date(2026, 3, 14))


def shared(*credits_: Credit) -> list[dict[str, str]]:
    return [{name: entry.why_not for name, entry in each.entries.items()} for each in _of_two(*credits_)]


def _of_two(*credits_: Credit, today: date = NEW.start) -> Sequence[CycleStatus]:
    return standings([OLD, NEW], credits_, HOLDER, today=today)


@pytest.mark.parametrize("day", [date(2026, 3, 1), date(2026, 3, 13), date(2026, 3, 14), date(2026, 3, 31)])
def test_in_the_month_of_the_renewal_the_period_that_is_short_takes_an_activity(day: date) -> None:
    done = credit("done", 2160, "aapc", day=date(2025, 5, 1))
    march = credit("march", 60, "aapc", day=day)
    assert shared(march) == [{"march": ""}, {}]
    assert shared(done, march) == [{"done": ""}, {"march": ""}]


@pytest.mark.parametrize(
    ("earlier", "today", "minutes"),
    [
        (195, date(2026, 3, 31), [240, 0]),
        (195, date(2026, 4, 1), [195, 45]),
        (2114, date(2026, 4, 1), [2114, 45]),
        (2115, date(2026, 4, 1), [2160, 0]),
        (2160, date(2026, 4, 1), [2160, 45]),
    ],
    ids=["more may come", "the month is over", "a minute short", "it meets the period", "the period was met before"],
)
def test_once_the_month_is_over_a_period_keeps_of_it_only_what_meets_it(
    earlier: int, today: date, minutes: list[int]
) -> None:
    parts = credit("old", earlier, "aapc", day=date(2025, 5, 1)), credit("march", 45, "aapc", day=date(2026, 3, 11))
    assert [each.total.minutes for each in _of_two(*parts, today=today)] == minutes


def test_outside_of_the_month_the_day_decides() -> None:
    done = credit("done", 2160, "aapc", day=date(2025, 5, 1))
    assert shared(done, credit("a", 60, "aapc", day=date(2026, 2, 28)))[0] == {"done": "", "a": ""}
    assert shared(credit("a", 60, "aapc", day=date(2026, 4, 1)))[1] == {"a": ""}


def test_the_old_period_takes_no_more_of_the_month_than_it_needs() -> None:
    found = shared(
        credit("done", 2100, "aapc", day=date(2025, 5, 1)),
        credit("little", 30, "aapc", day=date(2026, 3, 2)),
        credit("enough", 60, "aapc", day=date(2026, 3, 3)),
        credit("more", 600, "aapc", day=date(2026, 3, 20)),
    )
    assert found == [{"done": "", "enough": ""}, {"little": "", "more": ""}]


def test_before_the_next_period_has_begun_what_is_not_needed_is_listed_and_waits() -> None:
    done = credit("done", 2160, "aapc", day=date(2025, 5, 1))
    march = credit("march", 60, "aapc", day=date(2026, 3, 2))
    (found,) = standings([OLD], [done, march], HOLDER)
    assert (found.entries["march"].why_not, found.entries["march"].minutes) == ("next", 0)
    assert found.surplus_minutes == 0


def test_what_a_closed_period_did_not_use_of_the_month_goes_to_the_next() -> None:
    march = credit("march", 60, "aapc", day=date(2026, 3, 2))
    found = standings([OLD, NEW], [march], HOLDER, {OLD.start: Closed(frozenset(), 0)})
    assert [list(each.entries) for each in found] == [[], ["march"]]


def test_what_is_not_approved_stays_in_the_month_of_nobody_and_counts_to_neither() -> None:
    assert shared(credit("a", 60, "mgma", day=date(2026, 3, 2))) == [{}, {"a": "capped"}]


def test_an_occasion_is_reason_enough_to_take_an_activity_of_the_shared_month() -> None:
    meeting = Occasion("meeting", "meeting", takes("meeting"), 1, "One.")
    version = rules(total(60), months=24, shared_month="Either.", occasions=(meeting,))
    old, new = cycles_of(version, date(2026, 3, 14))
    parts = [credit("done", 60, day=date(2025, 5, 1)), credit("met", 5, "meeting", day=date(2026, 3, 20))]
    found = standings([old, new], parts, HOLDER)
    assert [list(each.entries) for each in found] == [["done", "met"], []]


def test_what_cuts_across_is_reason_enough_even_when_it_is_not_what_is_missing_most() -> None:
    across = (bucket("live", takes(live=True), least=120), bucket("ethics", least=60))
    version = rules(total(600), months=24, shared_month="Either.", across=across)
    old, new = cycles_of(version, date(2026, 3, 14))
    parts = [
        credit("most", 600, day=date(2025, 5, 1)),
        credit("any", 60, day=date(2026, 3, 2)),
        credit("ethics", 60, "ethics", day=date(2026, 3, 20)),
    ]
    found = standings([old, new], parts, HOLDER)
    assert [list(each.entries) for each in found] == [["most", "ethics"], ["any"]]


# --- Late windows ---------------------------------------------------------------------------------------------------

# Born in May, certified in March 2024: the first cycle ends on 31 May 2027.
SHRM_OLD, SHRM_NEW = cycles_of(SHRM, date(2027, 6, 1))


def late(*credits_: Credit, today: date = SHRM_NEW.start) -> list[int]:
    return [each.total.minutes for each in standings([SHRM_OLD, SHRM_NEW], credits_, HOLDER, today=today)]


@pytest.mark.parametrize(("days", "minutes"), [(0, [60, 0]), (1, [60, 0]), (60, [60, 0]), (61, [0, 60])], ids=str)
def test_in_a_late_window_that_counts_the_cycle_that_is_short_takes_an_activity(days: int, minutes: list[int]) -> None:
    assert late(credit("a", 60, "hr", day=date(2027, 5, 31) + timedelta(days=days))) == minutes


@pytest.mark.parametrize(
    ("earlier", "today", "minutes"),
    [(3500, date(2027, 7, 30), [3560, 0]), (3500, date(2027, 7, 31), [3500, 60]), (3540, date(2027, 7, 31), [3600, 0])],
    ids=["the last day of the window", "the window is over", "over, and met within it"],
)
def test_once_the_late_window_is_over_a_cycle_that_it_did_not_meet_gives_it_back(
    earlier: int, today: date, minutes: list[int]
) -> None:
    done = credit("done", earlier, "hr", live=True, day=date(2026, 1, 1))
    assert late(done, credit("a", 60, "hr", day=date(2027, 6, 20)), today=today) == minutes


def test_a_cycle_that_is_met_leaves_the_late_window_to_the_next() -> None:
    done = credit("done", 3600, "hr", live=True, day=date(2026, 1, 1))
    assert late(done, credit("a", 60, "hr", day=date(2027, 6, 1))) == [3600, 60]


def test_both_cycles_need_it_and_the_older_one_goes_first_as_far_as_it_needs() -> None:
    done = credit("done", 3500, "hr", live=True, day=date(2026, 1, 1))
    june = [credit(name, 60, "hr", live=True, day=date(2027, 6, number)) for number, name in enumerate("abc", start=1)]
    assert late(done, *june) == [3620, 60]


def test_a_late_window_that_does_not_count_changes_nothing() -> None:
    version = rules(total(720), late=LateWindow(30, "contact the body.", "retest."))
    old, new = cycles_of(version)[:2]
    found = standings([old, new], [credit("a", 60, day=old.end)], HOLDER)
    assert [each.total.minutes for each in found] == [0, 60]


def test_cycles_of_a_leap_day_hold_each_day_once() -> None:
    cycles = cycles_until(Anchors(date(2024, 2, 29)), [(date(2024, 2, 29), CMM)], date(2028, 3, 1))
    around = [date(year, 2, day) for year in (2025, 2026, 2027, 2028) for day in (27, 28)] + [date(2028, 2, 29)]
    found = standings(cycles, [credit(str(day), 60, day=day) for day in around], HOLDER)
    assert [each.total.minutes // 60 for each in found] == [1, 2, 2, 3, 1]
