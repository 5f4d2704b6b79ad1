"""What a passed reading is, which defects were caught, and how sheets are dealt."""

from random import Random

import pytest

from quizapp.rules import blind_reading
from quizapp.rules.blind_reading import Reading, Settlement

AGREES = Reading("one", "hash", chosen=2, key=2)
DISAGREES = Reading("two", "hash", chosen=0, key=2)
TWO_RIGHT = Reading("three", "hash", chosen=1, key=1, remark="two right: B and C")
NONE_RIGHT = Reading("four", "hash", chosen=1, key=1, remark="none right: repealed in 2025")
READINGS = [AGREES, DISAGREES, TWO_RIGHT, NONE_RIGHT]


def settled(item: str, outcome: str) -> Settlement:
    return Settlement(item, "hash", outcome)


def test_a_reading_that_agrees_passes() -> None:
    assert blind_reading.passed(READINGS, []) == {("one", "hash")}


def test_an_objection_passes_only_when_the_source_kept_the_item() -> None:
    kept, mended = settled("two", "kept"), settled("three", "mended")
    assert blind_reading.passed(READINGS, [kept, mended]) == {("one", "hash"), ("two", "hash")}


def test_a_mended_item_has_another_hash_and_must_be_read_again() -> None:
    again = Reading("two", "new", chosen=1, key=1)
    assert ("two", "new") in blind_reading.passed([DISAGREES, again], [settled("two", "mended")])


def test_a_second_reader_who_disagrees_takes_the_pass_away() -> None:
    assert blind_reading.passed([AGREES, Reading("one", "hash", chosen=1, key=2)], []) == set()


def test_every_objection_waits_for_its_settlement() -> None:
    assert blind_reading.unsettled(READINGS, []) == [DISAGREES, TWO_RIGHT, NONE_RIGHT]
    settlements = [settled("two", "mended"), settled("three", "dropped"), settled("four", "kept")]
    assert blind_reading.unsettled(READINGS, settlements) == []


def test_a_reader_who_picks_the_key_and_says_that_none_is_right_objects() -> None:
    assert NONE_RIGHT.agrees
    assert [one.objection for one in READINGS] == ["", "another answer", "two right", "none right"]


def test_agreement_is_that_of_the_first_reading_as_it_was() -> None:
    readings = [DISAGREES, Reading("two", "new", chosen=2, key=2), AGREES]
    first = blind_reading.first_readings(readings)
    by_domain = blind_reading.agreement(first, {"one": "finance", "two": "finance"}.__getitem__)
    assert (by_domain["finance"].right, by_domain["finance"].total) == (1, 2)
    assert by_domain["finance"].low == pytest.approx(0.0945, abs=1e-4)


@pytest.mark.parametrize(
    ("chosen", "two_right", "rule"), [(0, False, "answer"), (0, True, "answer"), (1, True, "flaw"), (1, False, "no")]
)
def test_a_defect_is_caught_by_another_answer_or_by_the_remark(chosen: int, two_right: bool, rule: str) -> None:
    assert blind_reading.caught_by(chosen, 1, two_right=two_right) == rule


@pytest.mark.parametrize(
    "remark",
    [
        "two right: B and C", "Two options are correct here", "B is also defensible", "More than one could be right.",
        "B and C are right", "both B and C could be correct", "A and C both fit", "A, B, and D all work.",
        "A or C is true",
    ],
)  # fmt: skip
def test_a_remark_that_two_are_right_is_understood(remark: str) -> None:
    assert blind_reading.says_two_right(remark)


@pytest.mark.parametrize(
    "remark",
    ["none right: the date is missing", "None of the options is correct.", "No option is right", "Neither is right"],
)
def test_a_remark_that_none_is_right_is_understood(remark: str) -> None:
    assert blind_reading.says_none_right(remark)
    assert not blind_reading.says_two_right(remark)


@pytest.mark.parametrize(
    "remark",
    [
        "", "two typing errors", "both dates are wrong", "B and C are too long", "B and C are not right. A is.",
        "Medicare Parts A and B are named without their year.", "a and b would be the right letters of a formula",
    ],
)  # fmt: skip
def test_another_remark_is_taken_for_neither(remark: str) -> None:
    assert not blind_reading.says_two_right(remark)
    assert not blind_reading.says_none_right(remark)


def test_sheets_deal_each_item_once_with_a_defect_in_every_forty() -> None:
    items = [f"item-{number:03}" for number in range(100)]
    dealt, defective = blind_reading.sheets(items, [], 40, Random(1))
    assert sorted(item for sheet in dealt for item in sheet) == items
    assert max(map(len, dealt)) <= 40
    assert [len(defective.intersection(sheet)) for sheet in dealt] == [1, 1, 1]
    assert blind_reading.sheets(items, [], 40, Random(1)) == (dealt, defective)


def test_written_defects_come_before_those_of_chance() -> None:
    items = [f"item-{number:03}" for number in range(80)]
    _, defective = blind_reading.sheets(items, {"item-007"}, 40, Random(1))
    assert "item-007" in defective
    assert len(defective) == 2
    _, defective = blind_reading.sheets(items, {"item-007", "item-008", "item-009"}, 40, Random(1))
    assert defective == {"item-007", "item-008", "item-009"}


def test_a_natural_order_stays() -> None:
    assert blind_reading.shuffled_order(4, Random(1), is_ordered=True) == [0, 1, 2, 3]
    assert blind_reading.shuffled_order(4, Random(2), is_ordered=False) != [0, 1, 2, 3]
