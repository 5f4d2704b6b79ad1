"""What a review date does to an item: when it is due, when it leaves mocks, and when it comes back."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.rules.blueprint import Candidate, draw, gone_from_mocks
from quizapp.rules.review_dates import DatedItem, flag_falls

TODAY = date(2026, 3, 10)
DAY = timedelta(days=1)
FLAGGED_AT = datetime(2026, 2, 1, 23, 30, tzinfo=UTC)
DOMAINS = ("finance", "human-resources", "risk-management")

seeds = st.integers(0, 2**62)
review_days = st.sampled_from([*(TODAY + n * DAY for n in (-800, -500, -365, -364, -30, -1, 0, 1, 400))])
flag_moments = st.none() | st.builds(lambda days: FLAGGED_AT - days * DAY, st.integers(0, 60))


def dated(number: int = 1, domain: str = "finance", **fields: object) -> Candidate:
    values = {"review_by": TODAY + DAY, "flagged_at": None, "version": 1, "option_count": 4, **fields}
    return Candidate(f"item-{number:03}", domain=domain, is_ordered=False, **values)  # type: ignore[arg-type]


@st.composite
def banks(draw_from: st.DrawFn) -> list[Candidate]:
    """Items over three domains: fresh, due, a year late or flagged, seen or not."""
    return [
        dated(
            number,
            draw_from(st.sampled_from(DOMAINS)),
            review_by=draw_from(review_days),
            flagged_at=draw_from(flag_moments),
            last_shown_at=draw_from(st.none() | st.just(FLAGGED_AT)),
        )
        for number in range(draw_from(st.integers(0, 24)))
    ]


weights_of_all = st.fixed_dictionaries({domain: st.floats(0.1, 10) for domain in DOMAINS})


# --- One item -------------------------------------------------------------------------------------------------------


def test_an_item_is_due_on_the_day_after_its_review_date() -> None:
    assert dated(review_by=TODAY).due_since(TODAY) is None
    assert dated(review_by=TODAY - DAY).due_since(TODAY) == TODAY - DAY


def test_a_flag_makes_an_item_due_from_its_day_unless_it_was_due_before() -> None:
    assert dated(flagged_at=FLAGGED_AT).due_since(TODAY) == date(2026, 2, 1)
    assert dated(flagged_at=FLAGGED_AT, review_by=date(2026, 1, 5)).due_since(TODAY) == date(2026, 1, 5)
    assert dated(flagged_at=FLAGGED_AT, review_by=date(2026, 2, 20)).due_since(TODAY) == date(2026, 2, 1)


@pytest.mark.parametrize(
    ("review_by", "today", "is_withdrawn"),
    [
        (date(2025, 3, 10), date(2026, 3, 9), False),
        (date(2025, 3, 10), date(2026, 3, 10), True),
        (date(2024, 2, 29), date(2025, 2, 28), False),
        (date(2024, 2, 29), date(2025, 3, 1), True),
        (date(2026, 3, 9), date(2026, 3, 10), False),
    ],
)
def test_an_item_is_withdrawn_twelve_months_after_its_review_date(
    review_by: date, today: date, is_withdrawn: bool
) -> None:
    assert dated(review_by=review_by).is_withdrawn(today) is is_withdrawn


def test_a_flagged_item_is_withdrawn_at_once() -> None:
    assert dated(flagged_at=FLAGGED_AT).is_withdrawn(TODAY)


def test_a_flag_falls_by_a_check_on_a_later_day_and_not_on_its_own() -> None:
    today = date(2026, 2, 2)
    assert not flag_falls(date(2026, 1, 31), FLAGGED_AT, today)
    assert not flag_falls(date(2026, 2, 1), FLAGGED_AT, today)
    assert flag_falls(date(2026, 2, 2), FLAGGED_AT, today)


def test_a_check_that_is_still_to_come_takes_no_flag_away() -> None:
    assert not flag_falls(date(2026, 2, 3), FLAGGED_AT, date(2026, 2, 2))


# --- The draw -------------------------------------------------------------------------------------------------------


def drawn(bank: list[Candidate], count: int, seed: int = 1) -> set[str]:
    return {place.item_id for place in draw(bank, dict.fromkeys(DOMAINS, 1.0), count, Random(seed), today=TODAY)}


def test_a_due_item_comes_after_one_that_is_not_even_if_that_one_was_seen() -> None:
    bank = [dated(1, review_by=TODAY - DAY), dated(2, last_shown_at=FLAGGED_AT)]
    assert all(drawn(bank, 1, seed) == {"item-002"} for seed in range(20))


def test_among_due_items_unseen_ones_come_first_and_then_those_seen_longest_ago() -> None:
    bank = [
        dated(1, review_by=TODAY - 300 * DAY),
        dated(2, review_by=TODAY - DAY, last_shown_at=FLAGGED_AT),
        dated(3, review_by=TODAY - DAY, last_shown_at=FLAGGED_AT - DAY),
    ]
    assert all(drawn(bank, 1, seed) == {"item-001"} for seed in range(20))
    assert all(drawn(bank, 2, seed) == {"item-001", "item-003"} for seed in range(20))


def test_last_of_all_come_withdrawn_items_those_due_the_longest_at_the_end_and_flagged_ones_behind_them() -> None:
    bank = [
        dated(1, flagged_at=FLAGGED_AT),
        dated(2, review_by=TODAY - 900 * DAY),
        dated(3, review_by=TODAY - 400 * DAY, last_shown_at=FLAGGED_AT),
        dated(4, review_by=TODAY - 300 * DAY, last_shown_at=FLAGGED_AT),
    ]
    order = ["item-004", "item-003", "item-002", "item-001"]
    for count in (1, 2, 3, 4):
        assert drawn(bank, count) == set(order[:count])


def test_a_place_says_whether_its_item_was_due_on_the_day_of_the_draw() -> None:
    bank = [dated(1), dated(2, review_by=TODAY - DAY), dated(3, flagged_at=FLAGGED_AT)]
    form = draw(bank, {"finance": 1.0}, 3, Random(1), today=TODAY)
    assert {place.item_id for place in form if place.is_due} == {"item-002", "item-003"}


@given(banks(), st.integers(0, 30), seeds)
def test_no_due_item_is_drawn_while_one_of_its_domain_that_is_not_due_is_left(
    bank: list[Candidate], count: int, seed: int
) -> None:
    chosen = drawn(bank, count, seed)
    for domain in DOMAINS:
        own = [item for item in bank if item.domain == domain]
        taken = [item.lateness(TODAY) for item in own if item.item_id in chosen]
        left = [item.lateness(TODAY) for item in own if item.item_id not in chosen]
        assert not taken or not left or max(taken) <= min(left)


def test_practice_counts_only_what_mocks_draw_against_the_reserve() -> None:
    bank = [dated(n, in_mocks=n < 4) for n in range(8)]
    form = draw(bank, {"finance": 1.0}, 8, Random(1), today=TODAY, most_unseen={"finance": 1})
    assert len(form) == 5
    assert len([place for place in form if place.item_id < "item-004"]) == 1


# --- Leaving mocks --------------------------------------------------------------------------------------------------


def pool(**withdrawn: int) -> list[DatedItem]:
    """Ten items of each domain, of which so many are two years late."""
    return [
        DatedItem(f"{domain}-{n}", domain, TODAY - 730 * DAY if n < withdrawn.get(domain, 0) else TODAY, None)
        for domain in ("finance", "ethics")
        for n in range(10)
    ]


def test_withdrawn_items_leave_where_their_domain_can_do_without_them() -> None:
    even = {"finance": 1.0, "ethics": 1.0}
    assert gone_from_mocks(pool(finance=3), even, 14, TODAY) == {"finance-0", "finance-1", "finance-2"}
    # A full form of 14 takes seven of each domain, so that of five withdrawn items two stay.
    assert gone_from_mocks(pool(finance=5), even, 14, TODAY) == {"finance-2", "finance-3", "finance-4"}
    assert gone_from_mocks(pool(finance=10, ethics=10), even, 20, TODAY) == set()


def test_those_stay_that_have_been_due_the_shortest_and_flagged_ones_only_after_them() -> None:
    items = [
        DatedItem("older", "finance", TODAY - 900 * DAY, None),
        DatedItem("flagged", "finance", TODAY + DAY, FLAGGED_AT),
        DatedItem("old", "finance", TODAY - 500 * DAY, None),
    ]
    assert gone_from_mocks(items, {"finance": 1.0}, 1, TODAY) == {"older", "flagged"}
    assert gone_from_mocks(items, {"finance": 1.0}, 2, TODAY) == {"flagged"}


def test_a_domain_that_must_help_out_another_keeps_what_that_takes() -> None:
    even = {"finance": 1.0, "ethics": 1.0}
    lacking = [item for item in pool(finance=5) if item.domain == "finance" or item.item_id < "ethics-2"]
    # Ethics has two items only: a full form of ten takes eight of finance.
    assert len(gone_from_mocks(lacking, even, 10, TODAY)) == 2


@given(banks(), weights_of_all, st.integers(1, 30))
def test_only_withdrawn_items_leave(bank: list[Candidate], weights: dict[str, float], full_form: int) -> None:
    gone = gone_from_mocks(bank, weights, full_form, TODAY)
    assert all(item.is_withdrawn(TODAY) for item in bank if item.item_id in gone)


@given(banks(), weights_of_all, st.integers(1, 30), st.data(), seeds)
def test_no_form_up_to_a_full_one_is_shorter_because_of_dates_alone(
    bank: list[Candidate], weights: dict[str, float], full_form: int, data: st.DataObject, seed: int
) -> None:
    gone = gone_from_mocks(bank, weights, full_form, TODAY)
    staying = [item for item in bank if item.item_id not in gone]
    count = data.draw(st.integers(0, full_form))
    assert len(draw(staying, weights, count, Random(seed), today=TODAY)) == min(count, len(bank))


@given(banks(), weights_of_all, st.integers(1, 30), seeds)
def test_a_full_form_takes_as_much_of_each_domain_as_if_no_item_had_left_give_or_take_one(
    bank: list[Candidate], weights: dict[str, float], full_form: int, seed: int
) -> None:
    gone = gone_from_mocks(bank, weights, full_form, TODAY)
    staying = [item for item in bank if item.item_id not in gone]
    with_all, without = (
        Counter(place.domain for place in draw(items, weights, full_form, Random(seed), today=TODAY))
        for items in (bank, staying)
    )
    assert all(abs(with_all[domain] - without[domain]) <= 1 for domain in DOMAINS)
