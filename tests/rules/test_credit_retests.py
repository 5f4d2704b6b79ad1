"""Retests: which cycle they renew, from when cycles begin again, and what goes over from one cycle to the next."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.rules.credit_cycles import Anchors, Cycle, add_months, cycles_until, renewing_days, retest_window
from quizapp.rules.credit_deadlines import deadlines_of
from quizapp.rules.credit_effects import effect_of, verdict, what_changes, what_counts
from quizapp.rules.credit_proof import proof_asked
from quizapp.rules.credit_retests import effect_text, has_use_for_retest, retest_effect
from quizapp.rules.credit_rules import LateWindow, Retest, RuleVersion, Surplus
from quizapp.rules.credit_sentences import (
    explanation,
    late_sentence,
    next_step,
    outcome,
    retest_sentence,
    standing_text,
    surplus_sentence,
)
from quizapp.rules.credit_status import CycleStatus, Holder
from quizapp.rules.credit_statuses import CarriedIn, Closed
from tests.rules.credit_makers import RECORDED, credit, logged, rules, standings, status, total

HOURS = total(720)
CERTIFIED = date(2025, 3, 14)
TODAY = date(2027, 11, 22)
PAHCOM = rules(
    HOURS,
    retest=Retest("non-members", 60, "Non-members retest every year."),
    late=LateWindow(30, "contact the body.", "regained by a retest.", examination=True),
)
EARLIER = rules(HOURS, months=24, retest=Retest("anybody", None, "Instead of hours, a holder may retest."))
SHRM = rules(
    HOURS,
    "birth-month",
    36,
    retest=Retest("anybody", 365, "In the last year."),
    late=LateWindow(60, "still counts.", "revoked.", counts=True),
    surplus=Surplus("carried", "At most 20 hours.", 1200),
)
CHC = rules(HOURS, "month-end", 24, late=LateWindow(30, "a month.", "only the examination.", examination=True))
NON_MEMBER = Holder(is_member=False)


def cycles(
    version: RuleVersion,
    *retests: date,
    certified_on: date = CERTIFIED,
    today: date = TODAY,
    due_on: date | None = None,
) -> tuple[Cycle, ...]:
    return cycles_until(Anchors(certified_on, 5, due_on, retests), [(certified_on, version)], today)


def days_of(found: Sequence[Cycle]) -> list[tuple[date, date]]:
    return [(each.start, each.end) for each in found]


# --- Which cycle a retest renews ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("version", "certified_on", "passed_on", "renewed", "source"),
    [
        (PAHCOM, CERTIFIED, date(2026, 1, 13), 0, "sixty days before the anniversary"),
        (PAHCOM, CERTIFIED, date(2026, 3, 13), 0, "the last day of the cycle"),
        (PAHCOM, CERTIFIED, date(2026, 3, 14), 0, "the anniversary itself, when the next cycle has begun"),
        (PAHCOM, CERTIFIED, date(2027, 3, 14), 1, "the anniversary of the second cycle"),
        (PAHCOM, date(2024, 2, 29), date(2025, 2, 28), 0, "28 February is the anniversary of a leap day"),
        (PAHCOM, date(2024, 2, 29), date(2024, 12, 30), 0, "sixty days before it"),
        (EARLIER, CERTIFIED, date(2025, 3, 15), 0, "no window: the day after certification"),
        (EARLIER, CERTIFIED, date(2027, 3, 13), 0, "no window: the last day"),
        (EARLIER, CERTIFIED, date(2027, 3, 14), 1, "no window: the anniversary is a day of the next cycle"),
        (SHRM, date(2024, 6, 1), date(2026, 6, 1), 0, "365 days before the end of the birth month"),
        (SHRM, date(2024, 6, 1), date(2027, 5, 31), 0, "the last day of the birth month"),
    ],
)
def test_a_retest_in_time_renews_its_cycle(
    version: RuleVersion, certified_on: date, passed_on: date, renewed: int, source: str
) -> None:
    found = cycles(version, passed_on, certified_on=certified_on)
    assert [place for place, each in enumerate(found) if each.retested_on == passed_on] == [renewed], source
    assert days_of(found) == days_of(cycles(version, certified_on=certified_on))
    assert [each.follows_retest for each in found] == [place == renewed + 1 for place in range(len(found))]


@pytest.mark.parametrize(
    ("version", "passed_on", "before", "source"),
    [
        (PAHCOM, date(2026, 1, 12), 0, "sixty-one days before: the first cycle is left out"),
        (PAHCOM, date(2026, 3, 15), 1, "the day after the anniversary: the first cycle stays"),
        (PAHCOM, date(2026, 5, 1), 1, "after a lapse"),
        (SHRM, date(2028, 6, 1), 1, "the day after the last one, where no anniversary ends the cycle"),
        (CHC, date(2027, 5, 10), 1, "rules that know no retest"),
    ],
)
def test_after_any_other_retest_cycles_begin_again(
    version: RuleVersion, passed_on: date, before: int, source: str
) -> None:
    today = max(TODAY, passed_on)
    found, without = cycles(version, passed_on, today=today), cycles(version, today=today)
    assert days_of(found[:before]) == days_of(without[:before]), source
    assert [each.is_first for each in found[: before + 1]] == [True, *[before > 0] * before], source
    assert days_of(found[before:]) == days_of(cycles(version, certified_on=passed_on, today=today)), source
    assert not any(each.retested_on for each in found)


def test_two_retests_in_one_window_renew_one_cycle() -> None:
    found = cycles(PAHCOM, date(2026, 3, 14), date(2026, 2, 1))
    assert [each.retested_on for each in found] == [date(2026, 2, 1), None, None]


def test_a_retest_each_year_renews_each_year() -> None:
    found = cycles(PAHCOM, date(2026, 3, 14), date(2027, 2, 1))
    assert [each.retested_on for each in found] == [date(2026, 3, 14), date(2027, 2, 1), None]


def test_a_retest_in_time_after_cycles_began_again_goes_by_the_new_anniversary() -> None:
    found = cycles(PAHCOM, date(2026, 5, 1), date(2027, 4, 1))
    assert days_of(found) == [
        (date(2025, 3, 14), date(2026, 3, 14)),
        (date(2026, 5, 1), date(2027, 5, 1)),
        (date(2027, 5, 1), date(2028, 5, 1)),
    ]
    assert [each.retested_on for each in found] == [None, date(2027, 4, 1), None]


@pytest.mark.parametrize("passed_on", [CERTIFIED - timedelta(days=1), CERTIFIED, TODAY + timedelta(days=1)])
def test_a_retest_before_the_certification_or_still_to_come_changes_nothing(passed_on: date) -> None:
    assert cycles(PAHCOM, passed_on) == cycles(PAHCOM)


def test_a_told_last_day_holds_after_a_retest_only_when_it_lies_after_it() -> None:
    again = date(2026, 5, 1)
    assert cycles(PAHCOM, again, due_on=date(2026, 3, 31))[-1].end == date(2028, 5, 1)
    assert cycles(PAHCOM, again, due_on=date(2027, 4, 30))[1].last_day == date(2027, 4, 30)
    assert cycles(PAHCOM, again, due_on=date(2027, 3, 31))[1].last_day == date(2027, 3, 31)


@given(
    st.sampled_from([PAHCOM, EARLIER, SHRM]), st.lists(st.tuples(st.integers(0, 8), st.integers(0, 400)), max_size=6)
)
def test_retests_in_time_never_move_a_cycle(version: RuleVersion, picks: list[tuple[int, int]]) -> None:
    plain = cycles(version)
    retests = []
    for place, offset in picks:
        first, last = renewing_days(plain[place % len(plain)]) or (TODAY, TODAY)
        retests.append(min(first + timedelta(days=offset % ((last - first).days + 1)), TODAY))
    in_time = [day for day in retests if any(_renews(each, day) for each in plain)]
    assert days_of(cycles(version, *in_time)) == days_of(plain)


def _renews(each: Cycle, day: date) -> bool:
    first, last = renewing_days(each) or (date.max, date.min)
    return max(first, CERTIFIED + timedelta(days=1)) <= day <= last


@given(st.lists(st.dates(CERTIFIED, TODAY), max_size=5))
def test_cycles_never_overlap_whatever_was_retested(retests: list[date]) -> None:
    found = cycles(PAHCOM, *retests)
    assert all(before.end <= after.start for before, after in pairwise(found))
    assert all(before.end == after.start or after.is_first for before, after in pairwise(found))
    assert found[-1].holds(TODAY)


# --- Where a holder stands ------------------------------------------------------------------------------------------


def renewed(version: RuleVersion = PAHCOM, holder: Holder = NON_MEMBER, hours: int = 0) -> CycleStatus:
    (found, _) = standings(
        cycles(version, date(2026, 3, 1), today=date(2026, 3, 14)),
        [credit("a", hours * 60, day=date(2025, 6, 1))] if hours else [],
        holder,
    )
    return found


@pytest.mark.parametrize("holder", [Holder(), NON_MEMBER])
def test_a_renewed_cycle_is_met_whoever_is_a_member_by_now(holder: Holder) -> None:
    found = renewed(holder=holder)
    assert (found.is_met, found.goes_by_hours, found.carriable_minutes) == (True, False, 0)
    assert next_step(found, date(2026, 3, 2)) == (
        f"Nothing is missing: the retest passed on 1 March 2026 renews this cycle, by the rules as recorded {RECORDED}."
    )
    assert standing_text(found, date(2026, 3, 2)) == "Renewed by the retest of 1 March 2026"
    assert late_sentence(found, date(2026, 6, 1)) is None
    assert surplus_sentence(renewed(holder=holder, hours=20)) is None
    assert outcome(found.total, found, date(2026, 3, 2)) == "Not needed"


def test_the_next_cycle_after_a_retest_asks_for_what_its_rules_say() -> None:
    member, other = (
        standings(cycles(PAHCOM, date(2026, 3, 1), today=date(2026, 3, 14)), [], holder)[1]
        for holder in (Holder(), NON_MEMBER)
    )
    assert next_step(member, date(2026, 3, 14)) == "12 more hours, by 13 March 2027."
    assert next_step(other, date(2026, 3, 14)) == "Retest between 13 January 2027 and 14 March 2027."
    assert standing_text(other, date(2026, 3, 14)) == "Renewed by a retest, not by hours"


def test_on_the_anniversary_a_window_is_open_only_as_long_as_no_retest_was_passed() -> None:
    anniversary = date(2026, 3, 14)
    open_, closed = cycles(PAHCOM, today=anniversary)[1], cycles(PAHCOM, date(2026, 3, 1), today=anniversary)[1]
    assert retest_sentence(open_, anniversary) == "Today, 14 March 2026, is the last day to retest."
    assert retest_window(closed, anniversary) == (date(2027, 1, 13), date(2027, 3, 14))


def test_nobody_is_reminded_of_a_cycle_that_a_retest_renewed() -> None:
    today = date(2026, 3, 14)
    found = standings(cycles(PAHCOM, date(2026, 3, 1), today=today), [], NON_MEMBER)
    before = standings(cycles(PAHCOM, today=today), [], NON_MEMBER)
    due = [[each.day for each in deadlines_of(some, None, today) if not each.is_settled] for some in (found, before)]
    assert due == [[date(2027, 3, 14)], [date(2026, 3, 14), date(2027, 3, 14)]]


def test_hours_of_a_renewed_cycle_need_no_proof() -> None:
    proving = replace(PAHCOM, proof=frozenset({"certificate"}))
    by_retest = renewed(proving, hours=2)
    by_hours = status(proving, *logged(120))
    assert proof_asked(by_retest.entries["a"], by_retest) == frozenset()
    assert proof_asked(by_hours.entries["0"], by_hours) == {"certificate"}


# --- What goes over from one cycle to the next ----------------------------------------------------------------------


def test_what_ended_while_no_cycle_ran_counts_nowhere() -> None:
    found = cycles(PAHCOM, date(2026, 5, 1))
    between = credit("a", 60, day=date(2026, 4, 30))
    statuses = standings(found, [between, credit("b", 60, day=date(2026, 5, 1))], Holder())
    assert [list(each.entries) for each in statuses] == [[], ["b"], []]
    effect = effect_of(between, statuses, statuses, frozenset())
    assert verdict(effect) == "Does not count"
    assert what_counts(effect) == "Does not count: no cycle ran then, before the retest of 1 May 2026."


def test_carried_hours_do_not_cross_a_retest_from_which_cycles_begin_again() -> None:
    ended, begun = cycles(SHRM, date(2028, 9, 1), today=date(2028, 9, 2))
    closed: dict[object, Closed] = {ended.start: Closed(frozenset(), 600)}
    assert standings([ended, begun], [], Holder(), closed)[1].carried_minutes == 0
    plain = cycles(SHRM, today=date(2028, 9, 2))
    assert standings(plain, [], Holder(), closed)[1].carried_minutes == 600


def test_the_late_window_ends_where_cycles_begin_again() -> None:
    found = cycles(SHRM, date(2028, 7, 1), today=date(2028, 9, 2))
    days = [date(2028, 6, 30), date(2028, 7, 1), date(2028, 7, 20)]
    statuses = standings(found, [credit(str(day), 60, day=day) for day in days], Holder())
    assert [list(each.entries) for each in statuses] == [["2028-06-30"], ["2028-07-01", "2028-07-20"]]


def test_a_shared_month_before_a_new_beginning_stays_with_its_cycle() -> None:
    shared = replace(PAHCOM, shared_month="Either cycle.")
    found = cycles(shared, date(2026, 5, 1))
    some = [credit("a", 720, day=date(2025, 6, 1)), credit("b", 60, day=date(2026, 3, 10))]
    assert [list(each.entries) for each in standings(found, some, Holder())] == [["a", "b"], [], []]


def test_a_renewed_cycle_leaves_what_it_shares_to_the_next() -> None:
    shared = replace(PAHCOM, shared_month="Either cycle.")
    march = [credit("a", 60, day=date(2026, 3, 10))]
    without, with_it = (
        standings(cycles(shared, *retests, today=date(2026, 4, 1)), march, Holder())
        for retests in ([], [date(2026, 3, 1)])
    )
    assert [list(each.entries) for each in without] == [["a"], []]
    assert [list(each.entries) for each in with_it] == [[], ["a"]]


# --- Hours from before this site ------------------------------------------------------------------------------------

SECOND = date(2026, 3, 14)


@pytest.mark.parametrize(
    ("from_on", "closed", "carried", "source"),
    [
        (SECOND, {}, [0, 300, 0], "they enter the cycle that begins then"),
        (SECOND + timedelta(days=40), {}, [0, 300, 0], "or that holds the day, where cycles have moved"),
        (CERTIFIED - timedelta(days=1), {}, [0, 0, 0], "no cycle holds the day"),
        (SECOND, {CERTIFIED: Closed(frozenset(), 120)}, [0, 120, 0], "the closing of the one before says otherwise"),
        (SECOND, {CERTIFIED: Closed(frozenset(), 0)}, [0, 0, 0], "also where it carried nothing"),
        (SECOND, {CERTIFIED: Closed(frozenset(), None)}, [0, 300, 0], "a record alone carries nothing on"),
        (SECOND, {SECOND: Closed(frozenset(), 60)}, [0, 300, 60], "they go no further than their cycle"),
    ],
)
def test_hours_carried_in_enter_one_cycle(
    from_on: date, closed: dict[object, Closed], carried: list[int], source: str
) -> None:
    found = standings(cycles(PAHCOM), [], Holder(), closed, CarriedIn(300, from_on))
    assert [each.carried_minutes for each in found] == carried, source
    assert [each.is_carried_as_entered for each in found] == [minutes == 300 for minutes in carried], source


def test_the_explanation_tells_entered_hours_from_those_of_a_closing() -> None:
    entered = standings(cycles(PAHCOM), [], Holder(), {}, CarriedIn(300, SECOND))[1]
    closed = standings(cycles(PAHCOM), [], Holder(), {CERTIFIED: Closed(frozenset(), 120)})[1]
    assert "0 hours" not in next_step(entered, SECOND)
    assert ", and 5 hours carried in, as you entered." in explanation(entered.total, entered)
    assert ", and 2 hours carried from the cycle before." in explanation(closed.total, closed)


# --- What a retest would do -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("earlier", "passed_on", "text"),
    [
        (
            (),
            date(2026, 3, 1),
            (
                "It renews the cycle that ends on 13 March 2026."
                " No cycle moves: the next one begins on 14 March 2026 as before."
            ),
        ),
        (
            (),
            date(2026, 5, 1),
            (
                "Your cycles begin again on this day, as no rule recorded here lets a retest of this day renew a cycle."
                " The first goes from 1 May 2026 to 30 April 2027."
                " The cycle 14 March 2026 to 13 March 2027 is left out."
                " What ended from 14 March 2026 to 30 April 2026 then counts in no cycle."
            ),
        ),
        (
            (date(2026, 2, 1),),
            date(2026, 3, 1),
            "Another retest has renewed that cycle already. This one is kept, and changes nothing.",
        ),
        *[
            (
                (date(2026, 7, 1),),
                day,
                (
                    "None of your cycles holds this day: they begin later, with your certification or with a later"
                    " retest. This one is kept, and changes nothing."
                ),
            )
            for day in (date(2026, 5, 1), date(2025, 3, 1))
        ],
    ],
)
def test_a_retest_says_what_it_does_before_it_is_recorded(
    earlier: tuple[date, ...], passed_on: date, text: str
) -> None:
    effect = retest_effect(passed_on, cycles(PAHCOM, *earlier), cycles(PAHCOM, *earlier, passed_on))
    assert effect_text(effect, passed_on) == text


def test_an_activity_in_a_renewed_cycle_is_not_needed() -> None:
    found = cycles(PAHCOM, date(2026, 3, 1), today=date(2026, 3, 13))
    new = credit("a", 60, day=date(2026, 3, 2))
    effect = effect_of(new, standings(found, [], Holder()), standings(found, [new], Holder()), frozenset())
    assert verdict(effect) == "Renewed by retest"
    assert what_changes(effect, date(2026, 3, 13))[0].startswith("Nothing is missing: the retest")


@pytest.mark.parametrize(
    ("version", "credits_", "today", "has_use", "source"),
    [
        (PAHCOM, [], CERTIFIED, True, "the rules know a retest"),
        (EARLIER, [], CERTIFIED, True, "instead of hours"),
        (CHC, [], date(2027, 3, 31), False, "the cycle runs"),
        (CHC, [], date(2027, 4, 30), False, "the last day of the late window"),
        (CHC, [], date(2027, 5, 1), True, "the day after it: only the examination helps"),
        (CHC, [credit("a", 720, day=date(2026, 1, 1))], date(2027, 5, 1), False, "the cycle was met"),
        (rules(HOURS, "month-end", 24, late=LateWindow(30, "a.", "lost.")), [], date(2027, 5, 1), False, "for good"),
    ],
)
def test_who_has_a_use_for_a_retest(
    version: RuleVersion, credits_: list[object], today: date, has_use: bool, source: str
) -> None:
    found = standings(cycles(version, today=today), credits_, Holder())  # type: ignore[arg-type]
    assert has_use_for_retest(found, today) == has_use, source


def test_the_leap_day_has_its_anniversary_back_in_a_leap_year() -> None:
    leap = date(2024, 2, 29)
    found = cycles(PAHCOM, date(2028, 2, 29), certified_on=leap, today=date(2028, 3, 1))
    assert [each.retested_on for each in found] == [None, None, None, date(2028, 2, 29), None]
    assert found[3].end == add_months(leap, 48) == date(2028, 2, 29)
