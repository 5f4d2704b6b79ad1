"""What other rules change, in sentences."""

from dataclasses import replace

from quizapp.rules.credit_changes import changes_between
from quizapp.rules.credit_rules import (
    Bucket,
    CycleShape,
    Limit,
    Membership,
    Occasion,
    Retest,
    RuleVersion,
    Surplus,
    Takes,
)

LIVE = Bucket("live", "live", Takes(delivery="live"), Limit(12 * 60, "Twelve are live."))
OTHER = Bucket("other", "from others", Takes(otherwise=True), None, Limit(4 * 60, "At most four."))
BEFORE = RuleVersion(
    slug="old",
    name="Old",
    recorded="in 2020 (a page)",
    cycle=CycleShape("anniversary", 24),
    total=Bucket("total", "in all", minimum=Limit(24 * 60, "24 hours."), parts=(LIVE, OTHER)),
    surplus=Surplus("lost", "Lost."),
)


def test_the_same_rules_change_nothing() -> None:
    assert changes_between(BEFORE, replace(BEFORE, slug="new", name="New")) == []


def test_length_total_and_limits_that_change_are_told() -> None:
    more_live = replace(LIVE, minimum=Limit(18 * 60, "Eighteen are live."))
    after = replace(
        BEFORE,
        cycle=CycleShape("anniversary", 12),
        total=replace(BEFORE.total, minimum=Limit(30 * 60, "30 hours."), parts=(more_live,)),
    )
    assert changes_between(BEFORE, after) == [
        "A cycle has 12 months instead of 24.",
        "30 hours in all instead of 24 hours in all.",
        "At least 18 hours live instead of at least 12 hours live.",
        "No longer asked: at most 4 hours from others.",
    ]


def test_what_is_new_is_told() -> None:
    ethics = Bucket("ethics", "of ethics", Takes(frozenset({"ethics"})), Limit(120, "Two of ethics."))
    conference = Occasion("conference", "conference", Takes(), 1, "Go there.")
    after = replace(BEFORE, beside=(ethics,), occasions=(conference,))
    assert changes_between(BEFORE, after) == ["New: at least 2 hours of ethics.", "New: one conference."]


def test_surplus_retest_and_membership_are_told() -> None:
    after = replace(
        BEFORE,
        surplus=Surplus("carried", "Five are carried.", 300),
        retest=Retest("non-members", 60, "Non-members retest."),
        membership=Membership(30, "Membership has no gaps."),
    )
    assert changes_between(BEFORE, after) == [
        "What is beyond the total is carried on.",
        "Non-members retest.",
        "Membership has no gaps.",
    ]
    assert changes_between(after, BEFORE)[1:] == [
        "No rule about retest is recorded.",
        "No rule about membership is recorded.",
    ]
