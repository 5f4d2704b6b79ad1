"""Where holders stand in one cycle: what they expect of caps, minimums, repeats and occasions."""

from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.rules.credit_rules import TOTAL, Credit, RuleVersion
from quizapp.rules.credit_status import BucketStatus, CycleStatus, Holder, status_of
from tests.rules.credit_examples import CMA, CMM, CMPE, CPC, HOLDER, SHRM, SPLIT, histories, versions
from tests.rules.credit_makers import (
    bucket,
    credit,
    cycle,
    entered,
    logged,
    rules,
    shorts,
    standings,
    status,
    takes,
    total,
)


def buckets_of(of: CycleStatus) -> list[BucketStatus]:
    return list(of.total.walk())


# --- Properties -----------------------------------------------------------------------------------------------------


@given(version=versions, some=histories(), more=histories(3))
def test_adding_an_activity_never_lowers_a_total_nor_raises_what_is_missing(
    version: RuleVersion, some: list[Credit], more: list[Credit]
) -> None:
    added = [Credit(f"more {each.id}", each.day, each.minutes, each.tags, each.delivery, each.course) for each in more]
    before, after = (status(version, *each) for each in (some, some + added))
    assert after.total.minutes >= before.total.minutes
    assert after.counted_minutes >= before.counted_minutes
    assert after.missing_minutes <= before.missing_minutes
    assert after.surplus_minutes >= before.surplus_minutes
    for was, now in zip((*before.across, *before.beside), (*after.across, *after.beside), strict=True):
        assert now.minutes >= was.minutes
    for old, new in zip(before.occasions, after.occasions, strict=True):
        assert new.missing <= old.missing
    assert after.is_met >= before.is_met


@given(version=versions, some=histories(), carried=st.integers(0, 1200))
def test_each_minute_stands_in_one_bucket_and_the_sums_agree(
    version: RuleVersion, some: list[Credit], carried: int
) -> None:
    found = status(version, *some, carried_minutes=carried)
    beside = {each.bucket.slug for each in found.beside}
    sums: Counter[str] = Counter()
    for entry in found.entries.values():
        assert 0 <= entry.minutes <= entry.credit.minutes
        assert (entry.minutes < entry.credit.minutes) == (entry.why_not != "")
        assert not (set(entry.entered) & beside) or len(entry.entered) == 1
        sums.update(entry.entered)
    for each in buckets_of(found):
        into = version.surplus.into or TOTAL
        from_before = carried if into in [inner.bucket.slug for inner in each.walk()] else 0
        assert each.minutes == sum(sums[part.bucket.slug] for part in each.walk()) + from_before
    for each in found.beside:
        assert each.minutes == sums[each.bucket.slug]


@given(version=versions, some=histories())
def test_no_maximum_is_exceeded_and_what_is_missing_is_the_sum_of_what_parts_miss(
    version: RuleVersion, some: list[Credit]
) -> None:
    found = status(version, *some)
    for each in buckets_of(found):
        assert each.bucket.maximum is None or each.minutes <= each.bucket.maximum.minutes
        assert each.missing_minutes == max(each.short_minutes, sum(part.missing_minutes for part in each.parts))
        assert each.room_minutes is None or each.room_minutes >= 0
    assert found.required_minutes - found.counted_minutes == min(found.missing_minutes, found.required_minutes)


# --- To the minute --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("minutes", "missing", "surplus"),
    [([], 720, 0), ([719], 1, 0), ([720], 0, 0), ([360, 360], 0, 0), ([721], 0, 1)],
)
def test_twelve_hours_meet_the_yearly_total_to_the_minute(minutes: list[int], missing: int, surplus: int) -> None:
    found = status(CMM, *logged(*minutes))
    assert (found.missing_minutes, found.surplus_minutes, found.is_met) == (missing, surplus, missing == 0)


@pytest.mark.parametrize(
    ("approved", "recognized", "plain", "missing", "source"),
    [
        (720, 720, 0, 0, "12 and 12 are 24"),
        (1440, 0, 0, 720, "12 have to be recognized, whatever the total"),
        (900, 300, 0, 420, "recognized is 7 h short, more than the total's 4 h"),
        (600, 600, 0, 240, "both minimums, 2 h each, make up the total"),
        (0, 0, 1440, 1440, "what is not known to be either counts to the total only"),
        (720, 719, 0, 1, "a minute is a minute"),
    ],
)
def test_the_split_asks_for_both_kinds(approved: int, recognized: int, plain: int, missing: int, source: str) -> None:
    parts = [credit("a", approved, "approved"), credit("r", recognized, "recognized"), credit("p", plain)]
    assert status(SPLIT, *parts).missing_minutes == missing, source


def test_what_a_minimum_leaves_no_room_for_is_not_done() -> None:
    assert status(SPLIT, credit("a", 1440, "approved")).counted_minutes == 720


@pytest.mark.parametrize(
    ("days", "counts"), [(-1, False), (0, True), (364, True), (365, False)], ids=["before", "first", "last", "after"]
)
def test_the_first_and_the_last_day_count_and_the_days_around_do_not(days: int, counts: bool) -> None:
    each = cycle(CMM, date(2026, 3, 14))
    (found,) = standings([each], [credit("a", 60, day=each.start + timedelta(days=days))], HOLDER)
    assert (found.total.minutes == 60) == counts


# --- Caps, nested minimums, what cuts across and what stands beside -------------------------------------------------


def test_hours_beyond_a_cap_are_held_back_from_the_latest_activities() -> None:
    parts = [credit("early", 900, day=date(2026, 4, 1)), credit("late", 900, day=date(2026, 5, 1))]
    found = status(CMPE, *reversed(parts))
    assert entered(found) == {"early": {"other": 900}, "late": {"other": 300}}
    assert found.entries["late"].why_not == "capped"
    assert found.total.minutes == 1200


def test_live_hours_fill_all_three_minimums_they_lie_in() -> None:
    found = status(CMPE, credit("a", 720, "mgma", live=True), credit("b", 360, "volunteering"))
    assert shorts(found) == {TOTAL: 2280, "mgma": 1080}
    assert found.missing_minutes == 2280


def test_a_minimum_within_a_cap_keeps_its_room() -> None:
    version = rules(total(1200, bucket("presenting", None, bucket("new", least=240), most=600)))
    found = status(version, credit("old", 600, "presenting"))
    presenting = found.total.parts[0]
    assert (presenting.minutes, presenting.missing_minutes, presenting.room_minutes) == (360, 240, 0)
    assert found.entries["old"].why_not == "capped"
    assert found.missing_minutes == 1200 - 360


def test_hours_that_do_not_know_their_delivery_are_neither_live_nor_self_paced() -> None:
    found = status(SHRM, credit("a", 2400, "hr"), credit("b", 2400, "hr", live=False))
    assert entered(found) == {"a": {"hr": 2400}, "b": {"self": 1800}}


def test_what_cuts_across_may_be_earned_together_with_the_rest() -> None:
    found = status(CMA, credit("a", 2500, "clinical"))
    assert shorts(found) == {TOTAL: 500, "areas": 500, "administrative": 500, "aama": 1500}
    assert found.missing_minutes == 1500
    assert found.counted_minutes == 1500


@pytest.mark.parametrize(
    ("credits_", "missing", "source"),
    [
        ([], 600, "5 hours live and 3 self-paced are among the 10"),
        ([credit("a", 600)], 480, "the 10 are there, so 5 hours live and 3 self-paced come on top"),
        ([credit("a", 600), credit("b", 300, live=True)], 180, "live is met"),
        ([credit("a", 120, "ethics", live=True)], 480, "an ethics course served two at once"),
    ],
)
def test_one_activity_is_not_live_and_self_paced_at_once(credits_: list[Credit], missing: int, source: str) -> None:
    across = (
        bucket("live", takes(live=True), least=300),
        bucket("self", takes(live=False), least=180),
        bucket("ethics", least=120),
    )
    assert status(rules(total(600), across=across), *credits_).missing_minutes == missing, source


def test_live_minimums_within_the_total_and_across_it_are_earned_together() -> None:
    version = rules(
        total(600, bucket("a", None, bucket("a-live", takes(live=True), least=120), least=300)),
        across=(bucket("self", takes(live=False), least=540), bucket("live", takes(live=True), least=60)),
    )
    assert status(version).missing_minutes == 120 + 540


def test_volunteering_stands_beside_the_total_and_never_within_it() -> None:
    found = status(CMPE, credit("v", 600, "volunteering", "mgma", live=True))
    assert entered(found) == {"v": {"volunteering": 600}}
    assert found.total.minutes == 0
    assert found.required_minutes == 3360
    assert found.missing_minutes == 3000
    assert found.counted_minutes == 360


def test_an_occasion_is_an_activity_however_long() -> None:
    before = status(CMPE, credit("a", 4000, "mgma", live=True), credit("v", 360, "volunteering"))
    after = status(
        CMPE,
        credit("a", 4000, "mgma", live=True),
        credit("v", 360, "volunteering"),
        credit("c", 1, "conference", live=True),
    )
    recorded = status(CMPE, credit("c", 600, "conference", live=False))
    assert (before.is_met, before.missing_minutes) == (False, 0)
    assert after.is_met
    assert recorded.occasions[0].missing == 1


def test_a_cycle_that_asks_for_nothing_is_met_at_once() -> None:
    whole = cycle(CMPE, date(2022, 1, 1), months_missed=24)
    found = status_of(whole, [credit("a", 60, "mgma"), credit("v", 360, "volunteering")], HOLDER)
    assert (found.asked.total.needed_minutes, found.missing_minutes, found.is_met) == (0, 0, True)
    assert found.surplus_minutes == 60


def test_hours_of_a_holder_who_has_to_retest_are_still_reckoned() -> None:
    found = status(CMM, *logged(720), holder=Holder(is_member=False))
    assert not found.goes_by_hours
    assert (found.missing_minutes, found.is_met) == (0, False)
    assert not found.carriable_minutes


# --- One activity, several credentials ------------------------------------------------------------------------------


def test_one_course_counts_to_each_credential_by_its_own_rules() -> None:
    """A holder of CMM, CPC and CMPE takes a live six-hour course of MGMA that AAPC has approved."""
    course = credit("course", 360, "mgma", "aapc", live=True)
    found = {name: status(version, course) for name, version in (("CMM", CMM), ("CPC", CPC), ("CMPE", CMPE))}
    assert {name: entered(each)["course"] for name, each in found.items()} == {
        "CMM": {TOTAL: 360},
        "CPC": {"aapc": 360},
        "CMPE": {"mgma-live": 360},
    }
    assert {name: each.missing_minutes for name, each in found.items()} == {"CMM": 360, "CPC": 1800, "CMPE": 3000}


def test_what_aapc_has_not_approved_counts_to_the_others_alone() -> None:
    course = credit("course", 360, "mgma")
    assert status(CPC, course).entries["course"].why_not == "capped"
    assert status(CPC, course).total.minutes == 0
    assert status(CMM, course).total.minutes == 360


@pytest.mark.parametrize(("held", "missing"), [(1, 0), (2, 240), (3, 480), (5, 960), (9, 960)])
def test_credentials_of_one_body_are_kept_together_by_more_hours(held: int, missing: int) -> None:
    assert status(CPC, credit("a", 2160, "aapc"), holder=Holder(credentials=held)).missing_minutes == missing


# --- The same course again ------------------------------------------------------------------------------------------


def test_a_course_counts_once_in_a_cycle_where_the_rules_say_so() -> None:
    parts = [credit(name, 60, "clinical", "aama", course="cpr") for name in "abc"]
    found = status(CMA, *parts)
    assert [each.why_not for each in found.entries.values()] == ["", "repeated", "repeated"]
    assert (found.total.minutes, found.across[0].minutes) == (60, 60)
    assert status(CMM, *parts).total.minutes == 180


def test_of_one_course_the_longest_activity_counts_so_that_logging_more_never_costs_hours() -> None:
    parts = [
        credit("short", 60, "aapc", course="ethics", day=date(2026, 4, 1)),
        credit("long", 600, "aapc", course="ethics", day=date(2026, 5, 1)),
    ]
    found = status(CPC, *parts)
    assert {name: each.why_not for name, each in found.entries.items()} == {"short": "repeated", "long": ""}


def test_activities_without_a_course_are_never_the_same() -> None:
    assert status(CPC, credit("a", 60, "aapc"), credit("b", 60, "aapc")).total.minutes == 120
