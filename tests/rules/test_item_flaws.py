"""Each item-writing flaw, in an item that has it and in one that has nearly it."""

from dataclasses import replace

import pytest

from quizapp.rules.item_flaws import KINDS, flaws
from quizapp.rules.option_text import Question

WHY = "This names the mistake and says in one or two plain sentences what would have made it right."
SOUND = Question(
    stem="A clinic's supply cabinet was found unlocked on Monday.\n\nWhat should come first?",
    options=(
        "Count the stock with a witness",
        "Ask the staff for their keys",
        "Change the locks by noon",
        "Call an agency",
    ),
    key=0,
    rationales=(WHY,) * 4,
)


def kinds(question: Question) -> list[tuple[str, int | None]]:
    return [(flaw.kind, flaw.option) for flaw in flaws(question)]


def options(*texts: str, key: int = 0, is_ordered: bool = False) -> Question:
    return replace(SOUND, options=texts, key=key, rationales=(WHY,) * len(texts), is_ordered=is_ordered)


def lead_in(text: str) -> Question:
    return replace(SOUND, stem=f"A scene.\n\n{text}")


def test_a_sound_item_has_no_flaw() -> None:
    assert kinds(SOUND) == []


def test_every_kind_of_flaw_can_be_dismissed_by_its_name() -> None:
    assert len(set(KINDS)) == len(KINDS) == 13


def test_an_absolute_in_distractors_alone() -> None:
    assert kinds(options("Pay in part", "Never pay now", "Pay later on", "Pay all of it")) == [
        ("absolutes", 1),
        ("absolutes", 3),
    ]
    assert kinds(options("Only pay in part", "Never pay now", "Pay later on", "Pay all of it")) == []
    assert kinds(options("Pay in part", "Pay $900 in all", "Pay later on", "Do not pay at all")) == []


def test_words_of_the_stem_in_the_key_alone() -> None:
    assert kinds(
        options("Lock the supply cabinets", "Ask the staff for keys", "Change the shifts", "Call an agency")
    ) == [("word-repeat", 0)]
    assert (
        kinds(options("Lock the supply cabinets", "Open the supply cabinet", "Lock up on Monday", "Call an agency"))
        == []
    )
    assert kinds(options("Count the cabinets", "Ask about Monday", "Change shifts", "Call an agency")) == []


def test_a_key_where_the_parts_of_the_others_meet() -> None:
    meets = ("A fine, and a warning", "A fine, and a reward", "A note, and a warning", "A dinner, and a talk")
    assert kinds(options(*meets, key=0)) == [("convergence", 0)]
    assert kinds(options(*meets, key=1)) == []


def test_options_that_do_not_read_on_from_the_article() -> None:
    question = replace(options("invoice", "order", "memo", "note"), stem="A scene.\n\nWhat is sent? It is an")
    assert kinds(question) == [("grammar", None), ("grammar", 2), ("grammar", 3)]


def test_a_stem_without_a_question() -> None:
    assert kinds(lead_in("The manager should now do this.")) == [("grammar", None)]
    assert kinds(lead_in("What should come **first?**")) == []


def test_one_option_of_another_form_than_the_rest() -> None:
    assert kinds(options("Count it now.", "Ask staff", "Change locks", "Call them")) == [("grammar", 0)]
    assert kinds(options("Count it", "ask staff", "Change locks", "Call them")) == [("grammar", 1)]
    assert kinds(options("Count it", "Ask staff", "Change locks", "30 days")) == [("grammar", 3)]
    assert kinds(options("Count it.", "Ask staff.", "Change locks", "Call them")) == []


@pytest.mark.parametrize(
    "text",
    [
        "Which step is not needed?",
        "Which of these must the entry not describe?",
        "What may the manager not do?",
        "What can't the payer ask for?",
        "Which record isn't part of the file?",
        "Which action is never allowed?",
        "Which statement is false?",
        "Which of the four would be wrong?",
        "Which question is it unlawful to ask?",
        "Which step should the manager avoid?",
        "Which step can the manager skip?",
        "Which of these is least likely?",
        "Who pays except one?",
    ],
)
def test_a_negative_question_whose_negative_is_not_loud(text: str) -> None:
    assert kinds(lead_in(text)) == [("negative-stem", None)]


@pytest.mark.parametrize(
    "text",
    [
        "Which step is **NOT** needed?",
        "Which step should the manager **AVOID**?",
        "What is owed at least?",
        "What should be done if the patient does not pay?",
        "What should the biller do when a claim must not be sent?",
        "What must the practice do for a patient who cannot read?",
        "What is wrong with the analysis?",
        "What makes this plan unlawful?",
        "Which headline can run without a false impression?",
    ],
)
def test_a_loud_negative_and_a_negative_condition_are_no_flaw(text: str) -> None:
    assert kinds(lead_in(text)) == []


def test_values_out_of_their_order() -> None:
    assert kinds(options("$10", "$30", "$20", "$40", is_ordered=True)) == [("unordered-numbers", None)]
    assert kinds(options("30 days", "2 months", "1 year", "3 weeks", is_ordered=True)) == [("unordered-numbers", None)]
    assert kinds(options("May 4, 2026", "June 1, 2026", "January 2, 2027", is_ordered=True)) == []
    assert kinds(options("Down $30", "Down $10", "No change", "Up $20", is_ordered=True)) == []
    assert kinds(options("Three days", "One week", "Two months", is_ordered=True)) == []


def test_values_that_would_be_shuffled() -> None:
    assert kinds(options("$10", "$20", "$30", "$40")) == [("unordered-numbers", None)]


def test_ranges_that_overlap() -> None:
    assert kinds(options("Under 10", "10 to 20", "20 to 30", "More than 30", is_ordered=True)) == [
        ("overlapping-ranges", 2)
    ]
    assert kinds(options("Under 10", "10 to 19", "20 to 30", "More than 30", is_ordered=True)) == []


def test_a_key_longer_than_every_other_option_by_more_than_a_quarter() -> None:
    texts = ("Count what is on the shelves", "Ask the staff for keys", "Change the locks today", "Call an agency")
    assert kinds(options(*texts)) == []
    texts = ("Count what the shelves hold with a witness", *texts[1:])
    assert kinds(options(*texts)) == [("long-key", 0)]
    assert kinds(options(*texts, key=1)) == []


def test_lengths_of_stem_options_and_rationales() -> None:
    assert kinds(replace(SOUND, stem="word " * 80 + "why?")) == [("long-stem", None)]
    assert kinds(options("Count it", "Ask staff", "Change locks", "a".upper() + " b" * 15)) == [("long-option", 3)]
    assert kinds(replace(SOUND, rationales=(WHY, "Too short.", WHY * 4, WHY))) == [
        ("rationale-length", 1),
        ("rationale-length", 2),
    ]


def test_options_about_options_and_options_that_hedge() -> None:
    assert kinds(options("Count it", "Ask staff", "None of the above", "Both A and B")) == [
        ("absolutes", 2),
        ("refers-to-options", 2),
        ("refers-to-options", 3),
    ]
    assert kinds(options("Count it", "Ask staff", "Usually call", "Call them")) == [("vague", 2)]
