"""Rules that nobody could keep, or that the engine could not reckon with, are refused with the reason."""

from datetime import date

import pytest

from quizapp.rules.credit_checks import check_rules, unsaid_conditions
from quizapp.rules.credit_rules import TOTAL, Occasion, Proration, RuleVersion, Surplus
from tests.rules.credit_examples import ALL
from tests.rules.credit_makers import bucket, rules, takes, total

LIVE = takes(live=True)
REST = takes(otherwise=True)
INTO_A = Surplus("carried", "Ten.", 600, into="a")
HALF = Proration("Half.", ((6, {TOTAL: 300, "a": 150}),))


def common(*parts: object, proration: Proration = HALF, **fields: object) -> RuleVersion:
    return rules(total(600, *parts), "common", 12, anchor=date(2026, 1, 1), proration=proration, **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize("version", [*ALL, common(bucket("a", least=300))])
def test_rules_that_can_be_kept_pass(version: RuleVersion) -> None:
    check_rules(version)


@pytest.mark.parametrize(
    ("version", "reason"),
    [
        (rules(total(600, bucket("a", least=60), bucket("a", most=60))), "same slug"),
        (rules(total(600), beside=(bucket(TOTAL, least=60),)), "same slug"),
        (rules(total(600, bucket("a", least=1)), occasions=(Occasion("a", "a", LIVE, 1, "One."),)), "same slug"),
        (rules(total(600), across=(bucket("a", None, bucket("b", least=1)),)), "has a minimum only"),
        (rules(total(600), beside=(bucket("a", least=60, most=90),)), "has a minimum only"),
        (rules(total(600), across=(bucket("a", REST, least=60),)), "take what is left over"),
        (rules(total(600), occasions=(Occasion("a", "a", REST, 1, "One."),)), "take what is left over"),
        (rules(total(600), beside=(bucket("a", takes(), least=60),)), "nothing is left for the total"),
        (rules(total(600, bucket("a", most=60)), across=(bucket("b", least=60),)), "nothing across them"),
        (rules(total(600, bucket("a", None, bucket("b", least=61), most=60))), "maximum of a leaves no room"),
        (rules(total(600, bucket("a", least=61, most=60))), "maximum of a leaves no room"),
        (rules(total(600, bucket("a", least_percent=50, most=299))), "maximum of a leaves no room"),
        (rules(total(600, bucket("a", most=200), bucket("b", REST, most=300))), "maximums within total leave no room"),
        (rules(total(600, bucket("a", least=400), bucket("b", least=201))), "more than the total"),
        (rules(total(600), across=(bucket("a", least=601),)), "more than the total"),
        (rules(total(600, bucket("a", least=300)), proration=HALF), "only a common cycle"),
        (common(bucket("a", least=300), totals_by_credentials=(600, 700)), "not both"),
        (common(bucket("b", least=300)), "names no requirement: a"),
        (common(bucket("a", least=300), bucket("b", least=60)), "from 6 months on leaves out: b"),
        (common(bucket("a", least=300), proration=Proration("", ((6, {TOTAL: 60, "a": 61}),))), "more than the total"),
        (rules(total(600), surplus=INTO_A), "cannot count in a"),
        (rules(total(600, bucket("a", least=60, most=90)), surplus=INTO_A), "cannot count in a"),
        (rules(total(600, bucket("b", None, bucket("a", least=60), most=90)), surplus=INTO_A), "cannot count in a"),
        (rules(total(600, bucket("a", None, bucket("b", REST, most=60))), surplus=INTO_A), "cannot count in a"),
        (rules(total(600, bucket("a", least=601)), totals_by_credentials=(700, 600)), "more than the total"),
    ],
)
def test_rules_that_cannot_be_kept_are_refused(version: RuleVersion, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        check_rules(version)


def test_a_rest_that_is_only_live_leaves_room_for_what_is_not() -> None:
    check_rules(rules(total(600, bucket("a", takes(live=True, otherwise=True), most=60))))


def test_minimums_in_per_cent_of_each_number_of_credentials_are_checked() -> None:
    split = (bucket("a", least_percent=60), bucket("b", least_percent=40))
    check_rules(rules(total(600, *split), totals_by_credentials=(600, 700, 800)))


NONE_ELSE = bucket("none-else", REST, most=0)


@pytest.mark.parametrize(
    ("version", "unsaid"),
    [
        (rules(total(600, bucket("a", most=300), NONE_ELSE)), [TOTAL]),
        (rules(total(600, bucket("a", least=500), NONE_ELSE)), [TOTAL]),
        (rules(total(600, bucket("a", least_percent=100), NONE_ELSE)), []),
        (rules(total(600, bucket("a", least=300), bucket("b", least=300), NONE_ELSE)), []),
        (rules(total(600, bucket("a", most=300), bucket("others", REST, most=60))), []),
        (rules(total(600, bucket("a", None, bucket("b", most=60), NONE_ELSE, least=60))), ["a"]),
        (rules(total(600, bucket("a", None, bucket("b", most=60), NONE_ELSE, most=60))), []),
    ],
)
def test_where_nothing_else_counts_minimums_have_to_say_so(version: RuleVersion, unsaid: list[str]) -> None:
    assert unsaid_conditions(version) == unsaid
