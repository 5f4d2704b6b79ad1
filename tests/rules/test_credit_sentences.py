"""What holders read: what is missing, what becomes of it, and by which rule."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.rules.credit_cycles import Cycle
from quizapp.rules.credit_rules import (
    TOTAL,
    BodyUnit,
    Credit,
    LateWindow,
    Membership,
    Occasion,
    Proration,
    Repeats,
    Retest,
    RuleVersion,
    Source,
    Surplus,
)
from quizapp.rules.credit_sentences import (
    counted_occasions,
    days_left_text,
    entry_text,
    explanation,
    late_sentence,
    membership_sentence,
    missing_text,
    next_step,
    outcome,
    progress_text,
    retest_sentence,
    source_text,
    surplus_sentence,
)
from quizapp.rules.credit_status import CycleStatus, Holder, status_of
from tests.rules.credit_examples import CMA, CMM, CMPE, CPC, HOLDER, SHRM, SPLIT, histories, versions
from tests.rules.credit_makers import (
    RECORDED,
    START,
    bucket,
    credit,
    cycle,
    logged,
    rules,
    standings,
    status,
    takes,
    total,
)

LATE = LateWindow(30, "contact PAHCOM.", "retest.")
YEARLY = replace(CMM, late=LATE, membership=Membership(30, "Membership has to be continuous."))
POINTS = replace(CMA, unit=BodyUnit("point", "points", 50))
TODAY = date(2026, 11, 21)
NON_MEMBER = Holder(is_member=False)


def yearly(*minutes: int, holder: Holder = HOLDER) -> CycleStatus:
    return status(YEARLY, *logged(*minutes), holder=holder)


def split(approved: int = 0, recognized: int = 0) -> CycleStatus:
    return status(SPLIT, credit("a", approved, "approved"), credit("r", recognized, "recognized"))


# --- What is next ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("found", "sentence"),
    [
        (yearly(270), "7.5 more hours, by 13 March 2027."),
        (yearly(670), "50 minutes more, by 13 March 2027."),
        (yearly(550), "2 hours 50 minutes more, by 13 March 2027."),
        (yearly(719), "1 minute more, by 13 March 2027."),
        (yearly(720), f"Nothing is missing: what is logged meets the rules as recorded {RECORDED}."),
        (split(720), "12 more hours, all of them of recognized, by 13 March 2028."),
        (
            split(600, 600),
            "4 more hours, at least 2 of them of approved, at least 2 of them of recognized, by 13 March 2028.",
        ),
        (
            status(CMPE, credit("a", 1800, "mgma"), credit("b", 1200), credit("v", 360, "volunteering")),
            "12 more hours, all of them of mgma (all of those of mgma-live), and one conference, by 13 March 2029.",
        ),
        (
            status(CMPE),
            (
                "50 more hours, at least 30 of them of mgma (at least 12 of those of mgma-live), and 6 hours of "
                "volunteering and one conference, by 13 March 2029."
            ),
        ),
        (
            status(CMPE, credit("a", 3000, "mgma", live=True), credit("v", 360, "volunteering")),
            "One conference, by 13 March 2029.",
        ),
        (
            status(POINTS, credit("a", 2500, "clinical")),
            (
                "30 more points, at least 10 of them of areas (all of those of administrative), all of them of aama, "
                "by 13 March 2031."
            ),
        ),
        (status(CPC), "36 more hours, all of them of aapc, by 13 March 2028."),
        (status(SHRM, carried_minutes=1200), "40 more hours, all of them of hr, by 13 March 2029."),
    ],
)
def test_the_next_step_is_a_plain_sentence(found: CycleStatus, sentence: str) -> None:
    assert next_step(found, TODAY) == sentence


def test_a_past_cycle_says_what_was_missing() -> None:
    assert next_step(yearly(270), date(2027, 5, 1)) == "Missing when the cycle ended on 13 March 2027: 7.5 hours."
    assert outcome(yearly(270).total, yearly(270), date(2027, 5, 1)) == "7.5 hours short"


def test_a_cycle_that_asks_for_nothing_says_so() -> None:
    whole = replace(CMPE, beside=())
    found = status_of(cycle(whole, date(2022, 1, 1), months_missed=24), [], HOLDER)
    assert next_step(found, TODAY) == f"Nothing is asked for this cycle by the rules as recorded {RECORDED}."


def test_several_occasions_are_counted() -> None:
    assert [counted_occasions(number, "meeting") for number in (1, 2)] == ["one meeting", "2 times a meeting"]
    assert counted_occasions(3, "ethics course") == "3 times an ethics course"


def test_days_left_are_counted_to_the_last_day() -> None:
    texts = [days_left_text(yearly(), day) for day in (date(2027, 3, 12), date(2027, 3, 13), date(2027, 3, 14))]
    assert texts == ["1 day left", "Today is the last day", "Ended on 13 March 2027"]


# --- Requirements ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("least", "most", "minutes", "progress", "result"),
    [
        (720, None, 270, "4.5 of 12 hours", "7.5 more hours by 13 March 2027"),
        (720, None, 720, "12 of 12 hours", "Met"),
        (720, 720, 720, "12 of 12 hours", "Met, and the cap is reached"),
        (None, 1200, 240, "4 hours, at most 20", "Room for 16 more hours"),
        (None, 1200, 1199, "19 hours 59 minutes, at most 20", "Room for 1 minute more"),
        (None, 1200, 1200, "20 hours, at most 20", "Cap reached"),
        (None, 0, 0, "0 hours", "Does not count"),
    ],
)
def test_a_requirement_reads_as_progress_and_outcome(
    least: int | None, most: int | None, minutes: int, progress: str, result: str
) -> None:
    version = rules(total(6000, bucket("a", least=least, most=most)))
    found = status(version, credit("x", minutes, "a"))
    assert progress_text(found.total.parts[0], version.unit) == progress
    assert outcome(found.total.parts[0], found, TODAY) == result


def test_a_bucket_without_limits_of_its_own_names_none() -> None:
    areas = rules(total(600, bucket("areas", None, bucket("work", most=60))))
    found = status(areas, credit("a", 600, "areas"))
    assert progress_text(found.total.parts[0], areas.unit) == "10 hours"
    assert outcome(found.total.parts[0], found, TODAY) == "Counts"
    short = status(rules(total(600, bucket("a", None, bucket("b", least=60))))).total.parts[0]
    assert outcome(short, status(SHRM), TODAY) == "Parts are short"


def test_every_number_comes_with_its_rule_and_source() -> None:
    text = explanation(yearly(270).total, yearly(270))
    assert text == (
        "Counted: 4.5 hours from activities of this cycle, 14 March 2026 to 13 March 2027. Needed: 12 hours. "
        "Rule: So much in all."
    )
    page = replace(CMM, source=Source("body.example/renewal", "https://body.example/renewal"))
    assert source_text(page) == "Source: body.example/renewal, read in November 2026 (the body's page)."


def test_an_explanation_tells_of_caps_carry_over_and_proration() -> None:
    capped = status(CMPE, credit("a", 60))
    assert "At most 20 hours count. Rule: At most so much other." in explanation(capped.total.parts[1], capped)
    carried = status(SHRM, carried_minutes=1200)
    assert explanation(carried.total, carried).startswith("Counted: 0 hours from activities of this cycle, ")
    assert ", and 20 hours carried from the cycle before. Needed: " in explanation(carried.total, carried)
    assert "20 hours carried from the cycle before" in explanation(carried.total.parts[0], carried)
    assert "the cycle before" not in explanation(carried.total.parts[1], carried)
    proration = Proration("Less by the half-year.", ((0, {TOTAL: 720}), (6, {TOTAL: 360})))
    version = rules(total(720), "common", 12, anchor=date(2026, 1, 1), proration=proration)
    for months, is_less in ((5, False), (6, True)):
        found = status_of(cycle(version, date(2026, 1, 1), months_missed=months), [], HOLDER)
        assert ("Less is asked for this cycle: Less by the half-year." in explanation(found.total, found)) == is_less
        reduced = "Needed: 6 hours, instead of 12: certified on 1 January 2026, 6 months into the cycle. Rule: So much"
        assert (reduced in explanation(found.total, found)) == is_less


# --- Activities -----------------------------------------------------------------------------------------------------


def test_an_entry_says_what_it_counts_for_and_what_not_by_which_rule() -> None:
    found = status(
        CMPE,
        credit("a", 120, "mgma", live=True),
        credit("b", 1140, day=date(2026, 6, 2)),
        credit("c", 180, day=date(2026, 6, 3)),
        credit("v", 60, "volunteering"),
        credit("z", 60, day=date(2026, 6, 4)),
    )
    assert {name: entry_text(entry, found) for name, entry in found.entries.items()} == {
        "a": "2 hours of mgma-live",
        "b": "19 hours of other",
        "c": "1 hour of other and 2 hours beyond a cap. Rule: At most so much other.",
        "v": "1 hour of volunteering",
        "z": "1 hour beyond a cap. Rule: At most so much other.",
    }


def test_a_cap_that_keeps_room_for_a_minimum_is_named_too() -> None:
    version = rules(total(1200, bucket("presenting", None, bucket("new", least=240), most=600)))
    found = status(version, credit("old", 600, "presenting"))
    assert entry_text(found.entries["old"], found) == (
        "6 hours of presenting and 4 hours beyond a cap. Rule: At most so much presenting."
    )


def test_a_cap_of_a_cycle_that_asks_for_less_says_so() -> None:
    proration = Proration("Less by the half-year.", ((0, {TOTAL: 1200, "other": 600}), (6, {TOTAL: 600, "other": 300})))
    parts = total(1200, bucket("other", most=600))
    version = rules(parts, "common", 12, anchor=date(2026, 1, 1), proration=proration)
    found = status_of(cycle(version, date(2026, 1, 1), months_missed=6), [credit("a", 360, "other")], HOLDER)
    assert entry_text(found.entries["a"], found) == (
        "5 hours of other and 1 hour beyond a cap. At most 5 hours count, instead of 10: certified on 1 January 2026, "
        "6 months into the cycle. Rule: At most so much other."
    )


def test_what_cannot_count_at_all_is_not_beyond_a_cap() -> None:
    found = status(CPC, credit("a", 60, "mgma"))
    assert entry_text(found.entries["a"], found) == "Does not count. Rule: At most so much not-approved."


def test_a_repeated_course_and_one_that_waits_say_why() -> None:
    repeated = status(CPC, credit("a", 60, "aapc", course="x"), credit("b", 60, "aapc", course="x"))
    assert entry_text(repeated.entries["b"], repeated) == "Does not count again: Once for each course."
    old = cycle(CPC, date(2024, 3, 14))
    done, march = credit("a", 2160, "aapc", day=old.start), credit("b", 60, "aapc", day=old.last_day)
    (waits,) = standings([old], [done, march], HOLDER)
    assert entry_text(waits.entries["b"], waits) == (
        "Not needed in this cycle, so it may count to the next one. Rule: In the month of the renewal: either period."
    )


# --- Surplus --------------------------------------------------------------------------------------------------------


def test_surplus_is_said_to_be_lost_only_where_the_rules_say_so() -> None:
    assert surplus_sentence(split(900, 720)) == (
        "3 hours beyond the total of 24 hours: lost when the cycle ends. Rule: What is beyond the total is lost."
    )
    assert "count on losing that" in (surplus_sentence(yearly(780)) or "")
    assert surplus_sentence(yearly(720)) is None
    assert surplus_sentence(yearly(780, holder=NON_MEMBER)) is None


@pytest.mark.parametrize(
    ("minutes", "sentence"),
    [
        (3660, "1 hour beyond the total of 60 hours: 1 hour can be carried to the next cycle."),
        (
            5400,
            "30 hours beyond the total of 60 hours: 20 hours can be carried to the next cycle, 10 hours will be lost.",
        ),
    ],
)
def test_surplus_that_is_carried_is_told_from_what_is_lost(minutes: int, sentence: str) -> None:
    found = status(SHRM, credit("a", minutes, "hr", live=True))
    assert surplus_sentence(found) == f"{sentence} Rule: At most 20 are carried."


def test_surplus_is_carried_only_once_nothing_is_missing() -> None:
    version = rules(total(600, bucket("a", least=300)), surplus=Surplus("carried", "Ten.", 600))
    found = status(version, *logged(660))
    assert "can be carried to the next cycle once nothing is missing" in (surplus_sentence(found) or "")


# --- Retest, late, membership ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("today", "sentence"),
    [
        (date(2027, 1, 12), "Retest between 13 January 2027 and 14 March 2027."),
        (date(2027, 1, 13), "Retest by 14 March 2027: the window has been open since 13 January 2027."),
        (date(2027, 3, 13), "Retest by 14 March 2027: the window has been open since 13 January 2027."),
        (date(2027, 3, 15), "The retest for this cycle was possible from 13 January 2027 to 14 March 2027."),
        (START, "Today, 14 March 2026, is the last day to retest."),
    ],
)
def test_a_non_member_reads_when_to_retest(today: date, sentence: str) -> None:
    assert next_step(yearly(720, holder=NON_MEMBER), today) == sentence


def test_on_the_day_of_certification_nobody_is_sent_to_a_retest_at_once() -> None:
    first = Cycle(START, date(2027, 3, 14), YEARLY, is_first=True)
    assert retest_sentence(first, START) == "Retest between 13 January 2027 and 14 March 2027."


def test_rules_without_a_window_say_only_that_a_retest_is_possible() -> None:
    windowless = replace(SPLIT, retest=Retest("anybody", None, "A holder may retest."))
    assert retest_sentence(cycle(windowless), TODAY) == "A holder may retest."
    assert retest_sentence(cycle(SPLIT), TODAY) == ""


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


def test_a_date_that_may_not_be_missed_says_what_follows() -> None:
    strict = status(replace(CMM, late=LateWindow(0, "", "the credential is lost.")))
    assert late_sentence(strict, date(2027, 3, 14)) == "Missed by 1 day: the credential is lost."


def test_what_rules_do_not_say_about_a_missed_date_is_said_to_be_unknown() -> None:
    assert "not stated in these rules: contact the body" in (late_sentence(split(), date(2028, 3, 15)) or "")


def test_nothing_is_late_when_the_hours_were_met_or_a_retest_decides() -> None:
    assert late_sentence(yearly(720), date(2027, 6, 1)) is None
    assert late_sentence(yearly(holder=NON_MEMBER), date(2027, 6, 1)) is None


@pytest.mark.parametrize(
    ("days", "sentence"),
    [
        (0, "Your membership runs until 21 November 2026."),
        (1, "Your membership ended on 20 November 2026: a gap of up to 30 days is borne."),
        (30, "Your membership ended on 22 October 2026: a gap of up to 30 days is borne."),
        (31, "Your membership ended on 21 October 2026, more than 30 days ago."),
    ],
)
def test_a_gap_in_membership_is_borne_for_thirty_days(days: int, sentence: str) -> None:
    found = membership_sentence(cycle(YEARLY), TODAY - timedelta(days=days), TODAY)
    assert found == f"{sentence} Rule: Membership has to be continuous."


def test_membership_is_not_spoken_of_where_no_rule_or_no_end_is_known() -> None:
    assert membership_sentence(cycle(SPLIT), TODAY, TODAY) is None
    assert membership_sentence(cycle(YEARLY), None, TODAY) is None
    gapless = replace(YEARLY, membership=Membership(0, "No gap."))
    yesterday = TODAY - timedelta(days=1)
    assert membership_sentence(cycle(gapless), yesterday, TODAY) == (
        "Your membership ended on 20 November 2026. Rule: No gap."
    )


# --- All of them ----------------------------------------------------------------------------------------------------


@given(version=versions, some=histories(), today=st.dates(date(2026, 1, 1), date(2032, 1, 1)))
def test_what_is_missing_is_told_exactly_when_something_is(
    version: RuleVersion, some: list[Credit], today: date
) -> None:
    found = status(version, *some)
    assert bool(missing_text(found)) != found.is_met
    assert ("meets the rules" in next_step(found, today)) == found.is_met


def test_nobody_is_ever_called_compliant() -> None:
    statuses = [yearly(), yearly(720), yearly(780, holder=NON_MEMBER), split(720, 720)]
    texts = [next_step(each, day) for each in statuses for day in (TODAY, date(2029, 1, 1))]
    assert not any("complian" in text for text in texts)


def test_repeats_and_occasions_are_told_by_the_rules_own_words() -> None:
    ethics = Occasion("ethics", "ethics course", takes("ethics"), 2, "Two courses in ethics.")
    version = rules(total(60), occasions=(ethics,), repeats=Repeats("once", "Once."))
    assert missing_text(status(version, *logged(60))) == "2 times an ethics course"
