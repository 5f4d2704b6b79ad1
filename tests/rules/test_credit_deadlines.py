"""Which days a holder must not miss, and which reminder of each has come."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest

from quizapp.rules.credit_cycles import Cycle
from quizapp.rules.credit_deadlines import ENDED, STEPS, Deadline, deadlines_of
from quizapp.rules.credit_rules import (
    Bucket,
    Credit,
    CycleShape,
    LateWindow,
    Limit,
    Membership,
    Occasion,
    Retest,
    RuleVersion,
    Surplus,
    Takes,
)
from quizapp.rules.credit_status import CycleStatus, Holder, status_of

LAST = date(2028, 2, 29)
LIVE = Bucket("live", "live", Takes(delivery="live"), Limit(4 * 60, "At least 4 hours live."))
TOTAL = Bucket("total", "in all", Takes(), Limit(12 * 60, "12 hours."), parts=(LIVE,))
RULES = RuleVersion(
    "12-hours", "12 hours", "in November 2026 (body.example)", CycleShape("anniversary", 12), TOTAL, Surplus("lost", "")
)


def status(rules: RuleVersion = RULES, credits_: Sequence[Credit] = (), *, is_member: bool = True) -> CycleStatus:
    """A cycle from 1 March 2027 to 29 February 2028."""
    return status_of(Cycle(date(2027, 3, 1), LAST + timedelta(days=1), rules), credits_, Holder(is_member))


def hours(number: int, delivery: str = "unknown") -> Credit:
    return Credit(f"{number} {delivery}", date(2027, 6, 1), number * 60, delivery=delivery)


def end_of(one: CycleStatus, today: date = date(2027, 12, 1)) -> Deadline:
    return deadlines_of([one], None, today)[0]


def days_before(number: int) -> date:
    return LAST - timedelta(days=number)


# --- Steps ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "step"),
    [
        (91, None), (90, "90"), (89, "90"), (31, "90"), (30, "30"), (29, "30"), (8, "30"), (7, "7"), (6, "7"), (2, "7"),
        (1, "1"), (0, "1"), (-1, ENDED), (-30, ENDED), (-31, None),
    ],
)  # fmt: skip
def test_the_newest_step_that_has_come_is_the_one(days: int, step: str | None) -> None:
    assert end_of(status()).step(days_before(days)) == step


def test_steps_are_counted_over_a_leap_day() -> None:
    assert days_before(90) == date(2027, 12, 1)
    assert days_before(1) == date(2028, 2, 28)
    for step in STEPS:
        assert end_of(status()).step(days_before(step)) == str(step)
        assert end_of(status()).step(days_before(step + 1)) != str(step)


def test_a_cycle_that_is_met_asks_for_nothing_before_or_after() -> None:
    met = end_of(status(credits_=[hours(8), hours(4, "live")]))
    assert {met.step(days_before(days)) for days in range(-40, 100)} == {None}
    assert met.summary == "last day of the cycle"


def test_a_minimum_that_is_short_is_as_good_a_reason_as_the_total() -> None:
    short = end_of(status(credits_=[hours(12), hours(3, "live")]))
    assert short.step(days_before(30)) == "30"
    assert short.heading(days_before(30)) == "30 days left, 1 hour missing"


def test_where_the_late_window_is_long_the_end_is_told_as_long() -> None:
    late = LateWindow(60, "Apply within 60 days.", "The credential is lost.")
    ended = end_of(status(replace(RULES, late=late)), days_before(-45))
    assert [ended.step(days_before(days)) for days in (-1, -60, -61)] == [ENDED, ENDED, None]


# --- Words ----------------------------------------------------------------------------------------------------------


def test_it_says_what_is_missing_and_each_requirement_that_is_short() -> None:
    deadline = end_of(status(credits_=[hours(2), hours(1, "live")]))
    assert deadline.sentences == (
        "9 more hours, at least 3 of them live, by 29 February 2028.",
        "So far: 3 of 12 hours in all, 1 of 4 hours live.",
    )
    assert deadline.summary == "last day of the cycle, 9 hours missing"


def test_one_requirement_alone_is_not_said_twice() -> None:
    assert end_of(status(credits_=[hours(12), hours(3, "live")])).sentences == (
        "1 more hour, all of it live, by 29 February 2028.",
    )


def test_an_occasion_that_is_missing_is_named() -> None:
    rules = replace(
        RULES, total=replace(TOTAL, parts=()), occasions=(Occasion("c", "live conference", Takes(), 2, ""),)
    )
    short = end_of(status(rules, [hours(12)]))
    assert short.summary == "last day of the cycle, one live conference missing"
    assert short.step(days_before(7)) == "7"


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (90, "90 days left, 12 hours missing"),
        (1, "1 day left, 12 hours missing"),
        (0, "today is the last day, 12 hours missing"),
        (-1, "the cycle has ended, 12 hours missing"),
    ],
)
def test_its_heading_says_how_long_there_is(days: int, words: str) -> None:
    assert end_of(status(), days_before(days)).heading(days_before(days)) == words


def test_after_the_end_it_says_what_to_do() -> None:
    late = LateWindow(30, "Contact the body.", "Sit the examination.")
    ended = end_of(status(replace(RULES, late=late)), days_before(-3))
    assert ended.sentences[0] == "Missing when the cycle ended on 29 February 2028: 12 hours, at least 4 of them live."
    assert "Missed by 3 days, within 30 days: Contact the body." in ended.sentences


# --- Retest and membership ------------------------------------------------------------------------------------------


def test_who_renews_by_retest_has_the_day_after_the_cycle_as_the_last() -> None:
    rules = replace(RULES, retest=Retest("non-members", 60, "Non-members sit it every year."))
    retest = end_of(status(rules, is_member=False))
    assert (retest.kind, retest.day) == ("retest", date(2028, 3, 1))
    assert retest.sentences == ("Retest between 1 January 2028 and 1 March 2028.", "Non-members sit it every year.")
    assert retest.heading(date(2028, 2, 29)) == "1 day left to retest"
    assert retest.heading(date(2028, 3, 1)) == "today is the last day to retest"
    assert [retest.step(day) for day in (date(2028, 2, 1), date(2028, 3, 1), date(2028, 3, 2))] == ["30", "1", ENDED]


def test_the_day_on_which_the_retest_opens_is_told_and_asks_for_nothing() -> None:
    rules = replace(RULES, retest=Retest("non-members", 60, "Non-members retest."))
    last, opens = deadlines_of([status(rules, is_member=False)], None, days_before(90))
    assert (last.kind, opens.kind, opens.day) == ("retest", "retest-opens", date(2028, 1, 1))
    assert opens.summary == "first day to retest"
    assert opens.sentences == ("Retest between 1 January 2028 and 1 March 2028.",)
    assert [opens.step(opens.day + timedelta(days=days)) for days in (-30, 0, 1)] == [None, None, None]
    assert len(deadlines_of([status(rules)], None, days_before(90))) == 1, "who goes by hours need not retest"


@pytest.mark.parametrize(
    ("days", "step"), [(1, None), (53, "7"), (58, "7"), (59, "1"), (60, "1"), (61, ENDED), (90, ENDED), (91, None)]
)
def test_who_ended_short_has_the_late_window_to_its_last_day(days: int, step: str | None) -> None:
    rules = replace(RULES, late=LateWindow(60, "it still counts.", "it is lost.", counts=True))
    _, late = deadlines_of([status(rules, [hours(11)])], None, days_before(-days))
    assert (late.kind, late.day) == ("late", date(2028, 4, 29))
    assert late.summary == "last day of the late window, 4 hours missing"
    assert late.step(days_before(-days)) == step


def test_no_late_window_is_told_before_the_end_where_all_is_met_or_where_there_is_none() -> None:
    rules = replace(RULES, late=LateWindow(60, "it still counts.", "it is lost.", counts=True))
    none = replace(RULES, late=LateWindow(0, "", "it is lost."))
    assert len(deadlines_of([status(rules)], None, LAST)) == 1
    assert len(deadlines_of([status(rules, [hours(12, "live")])], None, days_before(-5))) == 1
    assert len(deadlines_of([status(none)], None, days_before(-5))) == 1


def test_a_retest_without_a_window_is_due_when_the_cycle_ends() -> None:
    rules = replace(RULES, retest=Retest("non-members", None, "Ask the body when."))
    retest = end_of(status(rules, is_member=False))
    assert (retest.day, retest.sentences) == (LAST, ("Ask the body when.",))


def test_members_go_by_hours_though_others_retest() -> None:
    rules = replace(RULES, retest=Retest("non-members", 60, "Non-members sit it every year."))
    assert end_of(status(rules)).kind == "cycle"


def test_the_end_of_a_membership_is_a_deadline_of_its_own() -> None:
    until = date(2027, 12, 31)
    rules = replace(RULES, membership=Membership(45, "It has to be continuous."))
    _, ends = deadlines_of([status(rules)], until, date(2027, 12, 1))
    assert (ends.kind, ends.day, ends.step(date(2027, 12, 1))) == ("membership", until, "30")
    assert ends.sentences == ("Your membership runs until 31 December 2027. Rule: It has to be continuous.",)
    assert ends.heading(date(2027, 12, 1)) == "membership ends in 30 days"
    assert ends.heading(until) == "membership ends today"
    _, over = deadlines_of([status(rules)], until, date(2028, 1, 20))
    assert "a gap of up to 45 days is borne" in over.sentences[0]
    assert [over.step(until + timedelta(days=days)) for days in (45, 46)] == [ENDED, None]


def test_a_membership_that_no_rule_asks_for_ends_all_the_same() -> None:
    _, ends = deadlines_of([status()], date(2027, 12, 31), date(2027, 12, 1))
    assert ends.sentences == ("Your membership runs until 31 December 2027.",)
    _, over = deadlines_of([status()], date(2027, 12, 31), date(2028, 1, 1))
    assert over.sentences == ("Your membership ended on 31 December 2027.",)


def test_who_is_no_member_has_no_membership_that_ends() -> None:
    assert [each.kind for each in deadlines_of([status(is_member=False)], date(2027, 12, 31), LAST)] == ["cycle"]


def test_without_a_cycle_there_is_nothing_due() -> None:
    assert deadlines_of([], date(2027, 12, 31), LAST) == ()
