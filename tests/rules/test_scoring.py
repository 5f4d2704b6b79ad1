"""What a mark, a total, a target and a weakness are."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.rules.scoring import (
    ENOUGH_ANSWERS,
    Tally,
    is_correct,
    is_weak,
    reaches,
    tally,
    weakest_first,
)

GROUPS = ("finance", "human-resources", "law-and-ethics", "operations", "quality")

tallies = st.builds(lambda right, wrong: Tally(right, right + wrong), st.integers(0, 60), st.integers(0, 60))
groups_of_tallies = st.dictionaries(st.sampled_from(GROUPS), tallies)
percents = st.integers(1, 100)


@pytest.mark.parametrize(("chosen", "is_right"), [(2, True), (0, False), (None, False)])
def test_only_the_key_is_right_and_no_answer_is_wrong(chosen: int | None, is_right: bool) -> None:
    assert is_correct(chosen, 2) is is_right


def test_no_answer_is_wrong_also_where_the_first_option_is_the_key() -> None:
    assert not is_correct(None, 0)


@given(st.lists(st.tuples(st.sampled_from(GROUPS), st.booleans())))
def test_a_tally_counts_every_mark_once(marks: list[tuple[str, bool]]) -> None:
    found = tally(marks)
    assert {group: result.total for group, result in found.items()} == Counter(group for group, _ in marks)
    assert {group: result.right for group, result in found.items() if result.right} == Counter(
        group for group, is_right in marks if is_right
    )
    assert list(found) == list(dict.fromkeys(group for group, _ in marks))


@given(tallies)
def test_right_and_wrong_make_the_total(result: Tally) -> None:
    assert result.right + result.wrong == result.total
    assert 0 <= result.share <= 1
    assert result.is_enough == (result.total >= ENOUGH_ANSWERS)


def test_nothing_answered_has_no_share_and_reaches_nothing() -> None:
    assert Tally().share == 0
    assert not reaches(Tally(), 1)
    assert not is_weak(Tally(), 100)


# --- The target -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("right", "total", "target", "is_reached"),
    [
        (7, 10, 70, True),
        (69, 99, 70, False),  # 69.7 %, which the page writes as 70 %.
        (70, 99, 70, True),
        (139, 200, 70, False),
        (140, 200, 70, True),
        (10, 10, 100, True),
        (199, 200, 100, False),
    ],
)
def test_a_target_is_reached_without_rounding_in_its_favour(
    right: int, total: int, target: int, is_reached: bool
) -> None:
    assert reaches(Tally(right, total), target) is is_reached


@given(tallies, percents)
def test_a_weakness_needs_enough_answers_and_a_share_below_the_target(result: Tally, target: int) -> None:
    assert is_weak(result, target) == (result.total >= 5 and result.right * 100 < target * result.total)


@given(tallies, percents)
def test_one_more_right_answer_never_makes_a_target_be_missed(result: Tally, target: int) -> None:
    assert reaches(result + Tally(1, 1), target) >= reaches(result, target)


# --- The weakest first ----------------------------------------------------------------------------------------------


def overall(groups: dict[str, Tally]) -> Tally:
    return sum(groups.values(), Tally())


@given(groups_of_tallies)
def test_every_group_is_ranked_once_whatever_the_order_they_come_in(groups: dict[str, Tally]) -> None:
    order = weakest_first(groups, overall(groups))
    assert sorted(order) == sorted(groups)
    assert order == weakest_first(dict(reversed(groups.items())), overall(groups))


@given(groups_of_tallies, st.sampled_from(GROUPS))
def test_one_more_wrong_answer_never_makes_a_group_look_stronger(groups: dict[str, Tally], group: str) -> None:
    whole = overall(groups) + Tally(0, 1)
    before = {group: Tally(3, 6), **groups}
    after = before | {group: before[group] + Tally(0, 1)}
    assert weakest_first(after, whole).index(group) <= weakest_first(before, whole).index(group)


@given(groups_of_tallies)
def test_of_groups_with_equally_many_answers_the_one_with_fewer_right_comes_first(groups: dict[str, Tally]) -> None:
    order = weakest_first(groups, overall(groups))
    for number, group in enumerate(order):
        for later in order[number + 1 :]:
            if groups[group].total == groups[later].total:
                assert groups[group].right <= groups[later].right


def test_one_wrong_of_one_does_not_outrank_eleven_wrong_of_twenty() -> None:
    groups = {"finance": Tally(0, 1), "quality": Tally(9, 20), "operations": Tally(25, 30)}
    assert weakest_first(groups, overall(groups)) == ["quality", "finance", "operations"]


def test_equals_are_ranked_by_the_number_of_answers_and_then_by_name() -> None:
    groups = {"quality": Tally(2, 4), "operations": Tally(4, 8), "finance": Tally(2, 4)}
    assert weakest_first(groups, overall(groups)) == ["operations", "finance", "quality"]


def test_without_any_answer_there_is_nothing_to_rank() -> None:
    assert weakest_first({}, Tally()) == []
