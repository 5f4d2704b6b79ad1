"""Which items say nearly the same."""

from hypothesis import given
from hypothesis import strategies as st

from quizapp.rules.twins import near_duplicates

STEM = (
    "A practice of three physicians bills a payer that takes ninety days to pay its clean claims. "
    "The contract says thirty. What should the manager do first?"
)
OPTIONS = ["Send the claims again", "Write to the payer and cite the contract", "Stop seeing its patients at once"]
OTHER = [
    "Two medical assistants ask for the same week off in July. The handbook says nothing about who goes first.",
    "Ask them to agree",
    "Give it to the one who asked first",
    "Refuse both",
]

words = st.lists(st.sampled_from("abcde"), max_size=8).map(" ".join)
banks = st.dictionaries(st.sampled_from("klmn"), st.lists(words, min_size=1, max_size=3))


def test_independent_items_are_no_twins() -> None:
    assert near_duplicates({"one": [STEM, *OPTIONS], "other": OTHER}) == []


def test_an_item_with_another_number_and_its_options_in_another_order_is_a_twin() -> None:
    changed = [STEM.replace("ninety", "sixty"), *reversed(OPTIONS)]
    assert near_duplicates({"one": [STEM, *OPTIONS], "other": OTHER, "a-copy": changed}) == [("a-copy", "one")]


def test_the_same_options_under_another_stem_are_a_twin() -> None:
    kept = {"one": [STEM, *OPTIONS], "two": [OTHER[0], *OPTIONS]}
    assert near_duplicates(kept) == [("one", "two")]
    assert near_duplicates({**kept, "two": [OTHER[0], *OPTIONS[:2], OTHER[1]]}) == [("one", "two")]
    assert near_duplicates({**kept, "two": [OTHER[0], OPTIONS[0], *OTHER[1:]]}) == []


def test_a_stem_reworded_in_a_third_of_its_words_keeps_a_twin_of_its_options() -> None:
    reworded = " ".join("word" if number % 3 == 0 else word for number, word in enumerate(STEM.split()))
    assert near_duplicates({"one": [STEM, *OPTIONS], "two": [reworded, *OPTIONS]}) == [("one", "two")]


def test_capitals_and_punctuation_do_not_make_a_difference() -> None:
    assert near_duplicates({"one": [STEM], "two": [STEM.upper().replace(".", ";")]}) == [("one", "two")]


def test_a_few_words_in_common_are_not_enough() -> None:
    question = "What should the manager do first?"
    assert near_duplicates({"one": [STEM, *OPTIONS], "two": [f"{OTHER[0]} {question}", *OTHER[1:]]}) == []


def test_short_texts_are_compared_whole() -> None:
    assert near_duplicates({"one": ["Yes"], "two": ["yes."], "three": ["No"]}) == [("one", "two")]


@given(banks)
def test_each_pair_stands_once_the_smaller_id_first(bank: dict[str, list[str]]) -> None:
    pairs = near_duplicates(bank)
    assert all(one < other for one, other in pairs)
    assert pairs == sorted(set(pairs))


@given(banks)
def test_the_order_in_which_items_come_does_not_matter(bank: dict[str, list[str]]) -> None:
    assert near_duplicates(bank) == near_duplicates(dict(reversed(bank.items())))
