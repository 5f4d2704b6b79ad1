"""Minutes that fit several buckets go where least remains to be earned: held against trying everything."""

from collections.abc import Iterator, Mapping, Sequence
from functools import reduce
from itertools import product

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from quizapp.rules.credit_allocation import Allocation, Supply, allocate
from quizapp.rules.credit_rules import Bucket
from tests.rules.credit_makers import bucket, takes, total

FURTHEST = 9  # Further minutes into one bucket are fewer, and MOST minutes are more than any small tree comes to.
MOST = 2 * FURTHEST + 4 * 4
Entered = tuple[tuple[str, int], ...]
Score = tuple[
    int, int, int
]  # Minutes still to be earned, how deep their buckets lie in all, minutes that count, negative.


# --- Trying everything ----------------------------------------------------------------------------------------------


def further_minutes(each: Bucket, entered: Mapping[str, int], depth: int = 0) -> dict[int, tuple[int, int]]:
    """By every number of minutes that the bucket can come to: the fewest further ones, and the least sum of depths."""
    own = range(FURTHEST if each.is_open else 1)
    found = {entered.get(each.slug, 0) + more: (more, more * depth) for more in own}
    for part in each.parts:
        within = further_minutes(part, entered, depth + 1)
        found = least_of(
            (minutes + others, (more + other_more, depths + other_depths))
            for (minutes, (more, depths)), (others, (other_more, other_depths)) in product(
                found.items(), within.items()
            )
            if minutes + others < MOST
        )
    most = each.maximum.minutes if each.maximum else MOST
    return {minutes: cost for minutes, cost in found.items() if each.needed_minutes <= minutes <= most}


def least_of(found: Iterator[tuple[int, tuple[int, int]]]) -> dict[int, tuple[int, int]]:
    least: dict[int, tuple[int, int]] = {}
    for minutes, cost in found:
        least[minutes] = min(cost, least.get(minutes, cost))
    return least


def splits(supply: Supply) -> list[Entered]:
    """Every way to put up to all minutes of a supply into its entries."""
    numbers = product(range(supply.minutes + 1), repeat=len(supply.entries))
    return [tuple(zip(supply.entries, each, strict=True)) for each in numbers if sum(each) <= supply.minutes]


def together(one: Entered, other: Entered) -> Entered:
    sums = dict(one)
    for slug, minutes in other:
        sums[slug] = sums.get(slug, 0) + minutes
    return tuple(sorted(sums.items()))


def ways(supplies: Sequence[Supply]) -> set[Entered]:
    """Every sum by bucket that splits of all supplies can come to."""
    empty: set[Entered] = {()}
    return reduce(lambda known, supply: {together(a, b) for a in known for b in splits(supply)}, supplies, empty)


def score_of(tree: Bucket, entered: Mapping[str, int]) -> Score | None:
    """How good an allocation is; None where a maximum or a minimum cannot be kept."""
    costs = further_minutes(tree, entered).values()
    return (*min(costs), -sum(entered.values())) if costs else None


def best_score(tree: Bucket, supplies: Sequence[Supply]) -> Score | None:
    return min((score for way in ways(supplies) if (score := score_of(tree, dict(way)))), default=None)


def sums_of(allocation: Allocation) -> dict[str, int]:
    sums: Entered = ()
    for each in allocation.entered:
        sums = together(sums, tuple(each.items()))
    return dict(sums)


# --- Small trees ----------------------------------------------------------------------------------------------------


@st.composite
def trees(draw: st.DrawFn, slug: str = "total", depth: int = 3) -> Bucket:
    """A bucket with up to two parts with parts of their own, the last of which may take what is left over."""
    number = draw(st.integers(0, 2)) if depth > 1 else 0
    parts = [draw(trees(f"{slug}-{position}", depth - 1)) for position in range(number)]
    has_rest: bool = draw(st.booleans())
    if parts and has_rest:
        otherwise = bucket(f"{slug}-rest", takes(otherwise=True), most=draw(st.none() | st.integers(0, 4)))
        parts.append(otherwise)
    is_total = slug == "total"
    least = draw(st.integers(0, 8) if is_total else st.none() | st.integers(0, 3))
    most = None if is_total else draw(st.none() | st.integers(0, 6))
    return bucket(slug, takes(slug), *parts, least=least, most=most)


@st.composite
def small_cases(draw: st.DrawFn) -> tuple[Bucket, list[Supply]]:
    """A tree and up to four supplies of up to four minutes, each with several entries."""
    tree = draw(trees())
    slugs = st.lists(st.sampled_from([each.slug for each, _ in tree.walk()]), min_size=1, max_size=3, unique=True)
    supply = st.builds(Supply, st.integers(0, 4), slugs.map(tuple))
    return tree, draw(st.lists(supply, max_size=4))


@settings(max_examples=200, suppress_health_check=[HealthCheck.filter_too_much])
@given(case=small_cases())
def test_no_way_of_sharing_out_leaves_less_to_earn_or_counts_more(case: tuple[Bucket, list[Supply]]) -> None:
    tree, supplies = case
    best = best_score(tree, supplies)
    assume(best is not None)
    found = allocate(tree, supplies)
    assert best
    assert score_of(tree, sums_of(found)) == best
    assert found.missing == best[0]


@given(case=small_cases())
def test_a_minute_enters_one_bucket_and_no_maximum_is_exceeded(case: tuple[Bucket, list[Supply]]) -> None:
    tree, supplies = case
    found = allocate(tree, supplies)
    for supply, minutes in zip(supplies, found.entered, strict=True):
        assert set(minutes) == set(supply.entries)
        assert sum(minutes.values()) <= supply.minutes
        assert min(minutes.values()) >= 0
    sums = sums_of(found)
    for each, _ in tree.walk():
        within = sum(sums.get(part.slug, 0) for part, _ in each.walk())
        assert each.maximum is None or within <= each.maximum.minutes


@given(case=small_cases(), more=st.integers(1, 4))
def test_one_more_supply_never_raises_what_is_missing_nor_lowers_what_counts(
    case: tuple[Bucket, list[Supply]], more: int
) -> None:
    tree, supplies = case
    for slug in [each.slug for each, _ in tree.walk()]:
        before, after = allocate(tree, supplies), allocate(tree, [*supplies, Supply(more, (slug,))])
        assert after.missing <= before.missing
        assert sum(sums_of(after).values()) >= sum(sums_of(before).values())


# --- By hand --------------------------------------------------------------------------------------------------------

# CMPE: 50 hours, 30 of them MGMA, 12 of these live, at most 20 from elsewhere (preview.mgma.com/acmpe-tracking).
CMPE = total(
    50,
    bucket("mgma", takes("mgma"), bucket("live", takes(live=True), least=12), least=30),
    bucket("other", takes(otherwise=True), most=20),
)
# A cap around a minimum: at most 10 hours of presenting, 4 of them at least of presenting new material.
CAPPED = total(20, bucket("presenting", takes("presenting"), bucket("new", least=4), most=10))
# Two minimums that one course may serve, as PAHCOM's approved and recognized ones did.
SPLIT = total(24, bucket("approved", least=12), bucket("recognized", least=12))


@pytest.mark.parametrize(
    ("tree", "supplies", "sums", "missing"),
    [
        (CMPE, [(30, "other")], {"other": 20}, 30),
        (CMPE, [(30, "mgma"), (20, "other")], {"mgma": 30, "other": 20}, 12),
        (CMPE, [(50, "mgma")], {"mgma": 50}, 12),
        (CMPE, [(11, "live"), (19, "mgma"), (20, "other")], {"live": 11, "mgma": 19, "other": 20}, 1),
        (CMPE, [(12, "live"), (18, "mgma"), (20, "other")], {"live": 12, "mgma": 18, "other": 20}, 0),
        (CAPPED, [(10, "presenting"), (10, "total")], {"presenting": 6, "total": 10}, 4),
        (CAPPED, [(10, "presenting"), (4, "new"), (10, "total")], {"presenting": 6, "new": 4, "total": 10}, 0),
        (CAPPED, [(30, "new")], {"new": 10}, 10),
        (SPLIT, [(12, "approved"), (12, "approved recognized")], {"approved": 12, "recognized": 12}, 0),
        (SPLIT, [(12, "approved recognized"), (12, "recognized")], {"approved": 12, "recognized": 12}, 0),
        (SPLIT, [(24, "approved recognized")], {"approved": 12, "recognized": 12}, 0),
        (SPLIT, [(23, "approved recognized")], {"approved": 12, "recognized": 11}, 1),
        (SPLIT, [(30, "approved recognized")], {"approved": 18, "recognized": 12}, 0),
        (SPLIT, [], {}, 24),
    ],
)
def test_hours_go_where_they_help_most(
    tree: Bucket, supplies: list[tuple[int, str]], sums: dict[str, int], missing: int
) -> None:
    found = allocate(tree, [Supply(minutes, tuple(entries.split())) for minutes, entries in supplies])
    assert {slug: minutes for slug, minutes in sums_of(found).items() if minutes} == sums
    assert found.missing == missing


def test_what_is_left_open_prefers_the_bucket_that_stands_first() -> None:
    either = total(10, bucket("first", most=8), bucket("second", most=8))
    found = allocate(either, [Supply(10, ("second", "first"))])
    assert dict(found.entered[0]) == {"second": 2, "first": 8}


def test_minutes_that_no_bucket_has_room_for_are_not_counted() -> None:
    nothing = total(10, bucket("unrelated", takes(otherwise=True), most=0), bucket("related"))
    found = allocate(nothing, [Supply(30, ("unrelated",))])
    assert sums_of(found) == {"unrelated": 0}
    assert found.missing == 10


def test_what_is_taken_of_the_rest_alone_live_leaves_the_bucket_itself_open() -> None:
    tree = total(10, bucket("rest", takes(live=True, otherwise=True), most=4))
    assert allocate(tree, []).missing == 10


def test_weeks_of_minutes_are_shared_out_as_exactly_as_single_ones() -> None:
    in_minutes = total(
        3000,
        bucket("mgma", takes("mgma"), bucket("live", takes(live=True), least=720), least=1800),
        bucket("other", takes(otherwise=True), most=1200),
    )
    found = allocate(in_minutes, [Supply(100_000, ("mgma",)), Supply(100_000, ("other",)), Supply(719, ("live",))])
    assert found.missing == 1
    assert sums_of(found) == {"mgma": 100_000, "other": 1200, "live": 719}
