"""What a version of rules asks of one holder: which buckets take an activity, per cents, proration, totals."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.rules.credit_cycles import Anchors, cycles_until
from quizapp.rules.credit_rules import TOTAL, Asked, Bucket, Occasion, Proration, Retest, RuleVersion, asked_of
from tests.rules.credit_makers import bucket, rules, takes, total

# preview.mgma.com/acmpe-tracking: prorated by the half-year of the certification.
STEPS = (
    (0, {TOTAL: 3000, "mgma": 1800, "mgma-live": 720, "other": 1200}),
    (6, {TOTAL: 2400, "mgma": 1440, "mgma-live": 600, "other": 960}),
    (12, {TOTAL: 1800, "mgma": 1080, "mgma-live": 420, "other": 720}),
    (18, {TOTAL: 1200, "mgma": 720, "mgma-live": 300, "other": 480}),
    (24, {TOTAL: 0, "mgma": 0, "mgma-live": 0, "other": 0}),
)
CMPE = rules(
    total(
        3000,
        bucket("mgma", takes("mgma"), bucket("mgma-live", takes(live=True), least=720), least=1800),
        bucket("other", takes(otherwise=True), most=1200),
    ),
    "common",
    36,
    anchor=date(2022, 1, 1),
    proration=Proration("By the half-year.", STEPS),
    occasions=(Occasion("meeting", "meeting", takes("mgma", live=True), 1, "One meeting."),),
)


def amounts(asked: Asked) -> list[int]:
    """Total, MGMA, live MGMA, the most from others."""
    mgma, other = asked.total.parts
    assert other.maximum
    return [
        asked.total.needed_minutes // 60,
        mgma.needed_minutes // 60,
        mgma.parts[0].needed_minutes // 60,
        other.maximum.minutes // 60,
    ]


# --- Which buckets take an activity ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tags", "delivery", "entries"),
    [
        (["mgma"], "live", ("mgma-live",)),
        (["mgma"], "self-paced", ("mgma",)),
        (["mgma"], "unknown", ("mgma",)),
        (["aapc-approved"], "live", ("other",)),
        ([], "unknown", ("other",)),
        (["mgma", "aapc-approved"], "live", ("mgma-live",)),
    ],
)
def test_the_innermost_bucket_that_fits_takes_an_activity(
    tags: list[str], delivery: str, entries: tuple[str, ...]
) -> None:
    assert CMPE.total.entries(frozenset(tags), delivery) == entries


def test_an_activity_may_fit_several_buckets_and_then_has_a_choice() -> None:
    tree = total(24, bucket("approved", least=12), bucket("recognized", least=12))
    assert tree.entries(frozenset({"recognized", "approved"}), "unknown") == ("approved", "recognized")
    assert tree.entries(frozenset(), "live") == (TOTAL,)


def test_what_no_sibling_takes_may_be_narrowed_to_live() -> None:
    tree = total(10, bucket("hr"), bucket("rest", takes(live=True, otherwise=True)))
    assert tree.entries(frozenset(), "live") == ("rest",)
    assert tree.entries(frozenset(), "self-paced") == (TOTAL,)
    assert tree.entries(frozenset({"hr"}), "live") == ("hr",)
    assert tree.is_open
    assert not CMPE.total.is_open


def test_rules_ask_for_the_tags_of_all_their_requirements() -> None:
    version = rules(
        total(10, bucket("a", takes("a"), bucket("b", takes("b")))),
        across=(bucket("c", takes("c"), least=1),),
        beside=(bucket("d", takes("d"), least=1),),
        occasions=(Occasion("e", "e", takes("e"), 1, "One."),),
    )
    assert version.tags == frozenset("abcde")


def test_walking_a_tree_tells_what_each_bucket_lies_in_innermost_first() -> None:
    above = {each.slug: [outer.slug for outer in outers] for each, outers in CMPE.total.walk()}
    assert above == {TOTAL: [], "mgma": [TOTAL], "mgma-live": ["mgma", TOTAL], "other": [TOTAL]}


# --- Amounts --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("held", "hours"), [(0, 36), (1, 36), (2, 40), (3, 44), (4, 48), (5, 52), (6, 52), (20, 52)])
def test_the_total_grows_with_the_credentials_of_the_body(held: int, hours: int) -> None:
    # AAPC: 36 for one credential, 40, 44, 48, and 52 for five and more.
    every = bucket("approved", least_percent=100)
    version = rules(total(36 * 60, every), totals_by_credentials=tuple(n * 60 for n in (36, 40, 44, 48, 52)))
    asked = asked_of(version, credentials=held)
    assert (asked.total.needed_minutes, asked.total.parts[0].needed_minutes) == (hours * 60, hours * 60)
    assert not asked.prorated_by


@pytest.mark.parametrize(
    ("needed", "percent", "least", "most"),
    [
        (1800, 80, 1440, 1440),  # AHIMA: 80 per cent of 30 CEUs are 24.
        (1200, 80, 960, 960),  # 80 per cent of 20 are 16.
        (3000, 40, 1200, 1200),
        (1250, 33, 413, 412),  # Part of a minute is asked for, and never granted.
        (1, 1, 1, 0),
        (0, 80, 0, 0),
    ],
)
def test_per_cents_are_of_the_total_in_whole_minutes_against_the_holder(
    needed: int, percent: int, least: int, most: int
) -> None:
    version = rules(total(needed, bucket("a", least_percent=percent), bucket("b", most_percent=percent)))
    first, second = asked_of(version).total.parts
    assert second.maximum
    assert (first.needed_minutes, second.maximum.minutes) == (least, most)


def test_per_cents_across_go_by_the_total_too() -> None:
    version = rules(total(1800), across=(bucket("ahima", least_percent=40),))
    assert asked_of(version).across[0].needed_minutes == 720


@given(needed=st.integers(0, 10_000), percent=st.integers(1, 100))
def test_a_percent_asks_for_at_least_and_grants_at_most_its_share(needed: int, percent: int) -> None:
    version = rules(total(needed, bucket("a", least_percent=percent, most_percent=percent)))
    (part,) = asked_of(version).total.parts
    assert part.maximum
    assert 100 * (part.needed_minutes - 1) < needed * percent <= 100 * part.needed_minutes
    assert 100 * part.maximum.minutes <= needed * percent < 100 * (part.maximum.minutes + 1)


# --- Proration ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("certified_on", "hours"),
    [
        (date(2022, 1, 1), [50, 30, 12, 20]),
        (date(2022, 6, 30), [50, 30, 12, 20]),
        (date(2022, 7, 1), [40, 24, 10, 16]),
        (date(2022, 12, 31), [40, 24, 10, 16]),
        (date(2023, 1, 1), [30, 18, 7, 12]),
        (date(2023, 6, 30), [30, 18, 7, 12]),
        (date(2023, 7, 1), [20, 12, 5, 8]),
        (date(2023, 12, 31), [20, 12, 5, 8]),
        (date(2024, 1, 1), [0, 0, 0, 0]),
        (date(2024, 12, 31), [0, 0, 0, 0]),
        (date(2025, 1, 1), [50, 30, 12, 20]),
    ],
)
def test_proration_steps_begin_on_their_very_days(certified_on: date, hours: list[int]) -> None:
    (first,) = cycles_until(Anchors(certified_on), [(certified_on, CMPE)], certified_on)
    asked = asked_of(CMPE, months_missed=first.months_missed)
    assert amounts(asked) == hours
    assert bool(asked.prorated_by) == (hours[0] < 50)
    assert bool(asked.occasions) == (hours[0] > 0)


def test_the_second_cycle_asks_for_the_full_amounts() -> None:
    _, second = cycles_until(Anchors(date(2023, 7, 1)), [(date(2023, 7, 1), CMPE)], date(2025, 1, 1))
    assert amounts(asked_of(CMPE, months_missed=second.months_missed)) == [50, 30, 12, 20]


def test_what_stands_beside_the_total_is_prorated_only_where_its_step_says_so() -> None:
    def version(amounts: dict[str, int]) -> RuleVersion:
        volunteering: Bucket = bucket("volunteering", least=360)
        return rules(total(3000), beside=(volunteering,), proration=Proration("Less.", ((6, amounts),)))

    assert asked_of(version({TOTAL: 0}), months_missed=6).beside[0].needed_minutes == 360
    assert asked_of(version({TOTAL: 0, "volunteering": 60}), months_missed=6).beside[0].needed_minutes == 60
    assert asked_of(version({TOTAL: 0}), months_missed=5).total.needed_minutes == 3000


# --- Hours or a retest ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "member", "non_member"), [("non-members", True, False), ("anybody", True, True), (None, True, True)]
)
def test_only_rules_that_send_non_members_to_a_retest_keep_hours_from_them(
    who: str | None, member: bool, non_member: bool
) -> None:
    version = rules(total(720), retest=Retest(who, 60, "Retest.") if who else None)  # type: ignore[arg-type]
    assert version.goes_by_hours(is_member=True) == member
    assert version.goes_by_hours(is_member=False) == non_member
