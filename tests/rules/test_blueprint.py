"""What a drawn form promises: its size, its mix, who comes first, and that chance alone decides the rest."""

from collections import Counter
from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.rules.blueprint import Candidate, Place, draw, honest_forms, quotas, reserve

DOMAINS = ("finance", "human-resources", "risk-management", "contract-management", "revenue-management")
EVEN = dict.fromkeys(DOMAINS, 1.0)
DAY = timedelta(days=1)
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
TODAY = date(2026, 3, 10)

seeds = st.integers(0, 2**62)
weights_of_domains = st.dictionaries(st.sampled_from(DOMAINS), st.floats(0.01, 100), min_size=1)
numbers_available = st.dictionaries(st.sampled_from(DOMAINS), st.integers(0, 60))
counts = st.integers(0, 250)


def candidate(number: int, domain: str = "finance", **fields: object) -> Candidate:
    values = {
        "review_by": TODAY + DAY,
        "flagged_at": None,
        "version": 1,
        "option_count": 4,
        "is_ordered": False,
        **fields,
    }
    return Candidate(f"item-{number:03}", domain=domain, **values)  # type: ignore[arg-type]


@st.composite
def banks(draw_from: st.DrawFn) -> list[Candidate]:
    """Some items over the domains: seen or not, with three or four options, in natural order or shuffled."""
    return [
        candidate(
            number,
            draw_from(st.sampled_from(DOMAINS)),
            version=draw_from(st.integers(1, 3)),
            option_count=draw_from(st.integers(3, 4)),
            is_ordered=draw_from(st.booleans()),
            last_shown_at=draw_from(st.none() | st.builds(lambda days: LONG_AGO + days * DAY, st.integers(0, 40))),
        )
        for number in range(draw_from(st.integers(0, 16)))
    ]


# --- Quotas ---------------------------------------------------------------------------------------------------------


@given(weights_of_domains, numbers_available, counts, seeds)
def test_quotas_add_up_to_what_was_asked_for_or_to_all_there_is(
    weights: dict[str, float], available: dict[str, int], count: int, seed: int
) -> None:
    numbers = quotas(weights, available, count, Random(seed))
    assert sum(numbers.values()) == min(count, sum(available.get(domain, 0) for domain in weights))


@given(weights_of_domains, numbers_available, counts, seeds)
def test_no_domain_gives_more_than_it_has(
    weights: dict[str, float], available: dict[str, int], count: int, seed: int
) -> None:
    numbers = quotas(weights, available, count, Random(seed))
    assert list(numbers) == list(weights)
    assert all(0 <= number <= available.get(domain, 0) for domain, number in numbers.items())


@given(weights_of_domains, numbers_available, counts, seeds)
def test_each_quota_is_within_one_of_its_share(
    weights: dict[str, float], available: dict[str, int], count: int, seed: int
) -> None:
    shares = shares_by_pouring(weights, available, count)
    numbers = quotas(weights, available, count, Random(seed))
    assert all(abs(numbers[domain] - share) < 1 + 1e-6 for domain, share in shares.items())


def shares_by_pouring(weights: dict[str, float], available: dict[str, int], count: int) -> dict[str, float]:
    """In proportion to the weights, but no domain above what it has: the level at which just enough has been poured."""

    def poured(level: float) -> dict[str, float]:
        return {domain: min(available.get(domain, 0), level * weight) for domain, weight in weights.items()}

    low, high = 0.0, 250 / min(weights.values())
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if sum(poured(middle).values()) < count else (low, middle)
    return poured(high)


def test_the_largest_remainders_get_the_places_left_over() -> None:
    weights = {"finance": 0.6, "risk-management": 0.3, "human-resources": 0.1}
    for seed in range(20):
        # Six items are 3.6, 1.8 and 0.6: one more goes to 0.8, and one to either of 0.6.
        numbers = quotas(weights, dict.fromkeys(weights, 99), 6, Random(seed))
        assert numbers["risk-management"] == 2
        assert sorted([numbers["finance"] - 3, numbers["human-resources"]]) == [0, 1]
    # Eight are 5.1, 2.2 and 0.7: the one left over goes to the smallest domain.
    weights = {"finance": 5.1, "risk-management": 2.2, "human-resources": 0.7}
    assert list(quotas(weights, dict.fromkeys(weights, 99), 8, Random(1)).values()) == [5, 2, 1]


def test_a_tie_over_the_last_place_goes_by_chance() -> None:
    extra = Counter(
        domain
        for seed in range(300)
        for domain, number in quotas(EVEN, dict.fromkeys(DOMAINS, 9), 6, Random(seed)).items()
        if number == 2
    )
    assert set(extra) == set(DOMAINS)
    assert all(30 <= number <= 90 for number in extra.values())


@pytest.mark.parametrize(
    ("available", "count", "numbers"),
    [
        ({"finance": 30, "risk-management": 30, "human-resources": 30}, 9, [3, 3, 3]),
        ({"finance": 1, "risk-management": 30, "human-resources": 30}, 9, [1, 4, 4]),
        ({"finance": 1, "risk-management": 2, "human-resources": 30}, 9, [1, 2, 6]),
        ({"finance": 1, "risk-management": 2, "human-resources": 3}, 9, [1, 2, 3]),
        ({"human-resources": 30}, 9, [0, 0, 9]),
        ({}, 9, [0, 0, 0]),
        ({"finance": 30, "risk-management": 30, "human-resources": 30}, 0, [0, 0, 0]),
    ],
)
def test_quotas_by_example(available: dict[str, int], count: int, numbers: list[int]) -> None:
    weights = {"finance": 1.0, "risk-management": 1.0, "human-resources": 1.0}
    assert list(quotas(weights, available, count, Random(1)).values()) == numbers


# --- The draw -------------------------------------------------------------------------------------------------------


@given(banks(), st.integers(0, 20), seeds)
def test_a_form_has_no_item_twice_and_shows_every_option_once(bank: list[Candidate], count: int, seed: int) -> None:
    by_id = {item.item_id: item for item in bank}
    form = draw(bank, EVEN, count, Random(seed), today=TODAY)
    assert len(form) == min(count, len(bank))
    assert len({place.item_id for place in form}) == len(form)
    for place in form:
        item = by_id[place.item_id]
        assert (place.version, place.domain) == (item.version, item.domain)
        assert sorted(place.option_order) == list(range(item.option_count))
        assert not item.is_ordered or list(place.option_order) == sorted(place.option_order)


@given(banks(), st.integers(0, 20), seeds)
def test_unseen_items_come_first_and_then_those_seen_longest_ago(bank: list[Candidate], count: int, seed: int) -> None:
    chosen = {place.item_id for place in draw(bank, EVEN, count, Random(seed), today=TODAY)}

    def freshness(item: Candidate) -> tuple[bool, datetime]:
        return (item.last_shown_at is not None, item.last_shown_at or LONG_AGO)

    for domain in DOMAINS:
        taken = [freshness(item) for item in bank if item.domain == domain and item.item_id in chosen]
        left_out = [freshness(item) for item in bank if item.domain == domain and item.item_id not in chosen]
        assert not taken or not left_out or max(taken) <= min(left_out)


@given(banks(), st.integers(0, 20), seeds, st.randoms())
def test_the_same_seed_gives_the_same_form_whatever_the_order_of_the_rows(
    bank: list[Candidate], count: int, seed: int, shuffler: Random
) -> None:
    form = draw(bank, EVEN, count, Random(seed), today=TODAY)
    shuffled = list(bank)
    shuffler.shuffle(shuffled)
    assert draw(shuffled, EVEN, count, Random(seed), today=TODAY) == form


@given(banks(), st.integers(0, 20), seeds)
def test_an_even_blueprint_takes_as_many_from_each_domain_give_or_take_one(
    bank: list[Candidate], count: int, seed: int
) -> None:
    available = Counter(item.domain for item in bank)
    taken = Counter(place.domain for place in draw(bank, EVEN, count, Random(seed), today=TODAY))
    with_room = [taken[domain] for domain in DOMAINS if taken[domain] < available[domain]]
    assert max(taken.values(), default=0) - min(with_room, default=count) <= 1


def test_another_seed_gives_another_form_in_another_order() -> None:
    bank = [candidate(number) for number in range(60)]
    forms = [draw(bank, {"finance": 1}, 20, Random(seed), today=TODAY) for seed in (1, 2)]
    assert {place.item_id for place in forms[0]} != {place.item_id for place in forms[1]}
    assert [place.item_id for place in forms[0]] != sorted(place.item_id for place in forms[0])


def test_each_option_stands_about_equally_often_in_each_place() -> None:
    bank = [candidate(number) for number in range(400)]
    form = draw(bank, {"finance": 1}, 400, Random(7), today=TODAY)
    for place in range(4):
        stands = Counter(found.option_order[place] for found in form)
        assert all(70 <= number <= 130 for number in stands.values())


def test_the_key_plays_no_part_since_the_draw_is_not_told_it() -> None:
    known = {field.name for field in (*fields(Candidate), *fields(Place))}
    shown = {"item_id", "version", "domain", "option_count", "is_ordered", "last_shown_at", "option_order"}
    assert known == shown | {"review_by", "flagged_at", "in_mocks", "is_due"}


def test_items_of_a_domain_that_left_the_blueprint_are_not_drawn() -> None:
    bank = [candidate(1), candidate(2, "astrology")]
    assert [place.item_id for place in draw(bank, EVEN, 10, Random(1), today=TODAY)] == ["item-001"]


def test_a_newly_seen_item_gives_way_to_the_others() -> None:
    bank = [candidate(number) for number in range(3)]
    bank[1] = replace(bank[1], last_shown_at=LONG_AGO)
    drawn = {place.item_id for seed in range(20) for place in draw(bank, EVEN, 2, Random(seed), today=TODAY)}
    assert drawn == {"item-000", "item-002"}


# --- Twins, and the reserve -----------------------------------------------------------------------------------------


@given(banks(), st.lists(st.tuples(st.integers(0, 15), st.integers(0, 15)), max_size=12), st.integers(0, 20), seeds)
def test_no_two_twins_come_on_one_form(
    bank: list[Candidate], pairs: list[tuple[int, int]], count: int, seed: int
) -> None:
    twins = [(f"item-{one:03}", f"item-{other:03}") for one, other in pairs if one != other]
    chosen = {place.item_id for place in draw(bank, EVEN, count, Random(seed), today=TODAY, twins=twins)}
    assert not [pair for pair in twins if chosen.issuperset(pair)]


def test_the_unseen_one_of_two_twins_is_drawn() -> None:
    bank = [candidate(1, last_shown_at=LONG_AGO), candidate(2)]
    for seed in range(20):
        form = draw(bank, {"finance": 1}, 2, Random(seed), today=TODAY, twins=[("item-001", "item-002")])
        assert [place.item_id for place in form] == ["item-002"]


def test_an_unseen_item_is_not_left_out_for_a_twin_in_another_domain_that_is_not_needed() -> None:
    bank = [
        candidate(1),
        candidate(2, last_shown_at=LONG_AGO),
        candidate(3, "risk-management"),
        candidate(4, "risk-management", last_shown_at=LONG_AGO),
    ]
    form = draw(bank, EVEN, 2, Random(1), today=TODAY, twins=[("item-002", "item-003")])
    assert {place.item_id for place in form} == {"item-001", "item-003"}


@given(banks(), numbers_available, st.integers(0, 20), seeds)
def test_a_draw_leaves_the_reserve_of_unseen_items_alone(
    bank: list[Candidate], most_unseen: dict[str, int], count: int, seed: int
) -> None:
    unseen = {item.item_id for item in bank if item.last_shown_at is None}
    form = draw(bank, EVEN, count, Random(seed), today=TODAY, most_unseen=most_unseen)
    taken = Counter(place.domain for place in form if place.item_id in unseen)
    assert all(number <= most_unseen.get(domain, 0) for domain, number in taken.items())


@given(weights_of_domains, numbers_available, st.integers(1, 200))
def test_the_reserve_is_never_more_than_a_third_of_what_is_published(
    weights: dict[str, float], published: dict[str, int], full_form: int
) -> None:
    kept = reserve(weights, published, full_form)
    assert list(kept) == list(weights)
    assert all(0 <= 3 * number <= published.get(domain, 0) for domain, number in kept.items())


@given(weights_of_domains, st.integers(1, 200), seeds)
def test_the_reserve_of_a_large_bank_fills_a_full_form(weights: dict[str, float], full_form: int, seed: int) -> None:
    published = dict.fromkeys(DOMAINS, 3 * 250)
    assert sum(reserve(weights, published, full_form).values()) >= full_form


@pytest.mark.parametrize(
    ("unseen", "forms"), [([20, 20], 1), ([19, 60], 0), ([0, 60], 0), ([59, 40], 2), ([400, 400], 20)]
)
def test_an_honest_form_needs_unseen_items_in_every_domain(unseen: list[int], forms: int) -> None:
    weights = {"finance": 1.0, "risk-management": 1.0}
    assert honest_forms(weights, dict(zip(weights, unseen, strict=True)), 40) == forms
