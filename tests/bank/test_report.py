"""The report on the bank, and the commands that look for items."""

import csv
from collections import Counter
from datetime import date
from pathlib import Path
from random import Random

import msgspec
import pytest
from click.testing import CliRunner, Result

from quizapp.bank.content import content_of, text_of
from quizapp.bank.facts import read_facts
from quizapp.bank.item_files import ItemText, read_items
from quizapp.bank.reading_records import PlantedText, ReadingText, Round
from quizapp.bank.report import Table, dealings, report
from quizapp.bank.review_checks import review_problems, unfinished_rounds
from quizapp.bank.reviews import ReadRound, Reviews, read_reviews
from quizapp.bank.tags import blueprint_of, tags_of
from quizapp.bank.yaml_files import BadFileError
from quizapp.cli import quizapp
from quizapp.rules.blueprint import quotas
from quizapp.rules.testwise import guesser, key_share, robot
from tests import make
from tests.bank.bank_folder import ITEM, REAL_BANK, make_bank

TODAY = date(2026, 6, 1)
EMPTY = Reviews([])


def items(number: int = 4) -> list[ItemText]:
    return [make.item_text(f"fin-{n}", key=n % 4, facts=["FIN-01"]) for n in range(number)]


def tables(texts: list[ItemText], reviews: Reviews = EMPTY, facts: tuple[str, ...] = ()) -> dict[str, Table]:
    return {one.title: one for one in report(texts, reviews, facts, tags_of(REAL_BANK), TODAY)}


def row(table: Table, name: str) -> dict[str, str]:
    found = next(row for row in table.rows if row[0] == name)
    return dict(zip(table.columns[1:], found[1:], strict=True))


def test_items_are_counted_by_domain_area_topic_level_and_difficulty() -> None:
    texts = [*items(3), make.item_text("fin-3", level="recall", difficulty=0.85, calculation=True, status="draft")]
    found = tables([*texts, make.item_text("fin-4", status="retired")])
    for title, name in (("Items by domain", "Finance"), ("Items by area", "Finance"), ("Items by topic", "Budgeting")):
        counted = row(found[title], name)
        assert (counted["Items"], counted["Published"], counted["Calculation"]) == ("4", "3", "1")
        assert (counted["Recall"], counted["Application"], counted["Easy"]) == ("1", "3", "1")
    assert row(found["Items by domain"], "Human Resources")["Items"] == "0"


def test_what_the_bank_lacks_is_said() -> None:
    assert ("finance: 4 items, fewer than 30",) in tables(items())["What the bank lacks"].rows


def test_due_dates_are_counted_by_month() -> None:
    texts = [*items(2), make.item_text("fin-3", review_by=date(2026, 5, 31))]
    due = tables(texts)["Due for review"]
    assert due.rows[0] == ("2026-05", "1")
    assert due.note.startswith("1 overdue on 2026-06-01.")


def test_facts_in_use_are_counted_and_idle_ones_too() -> None:
    table = tables(items(2), facts=("FIN-01", "FIN-02"))["Facts in use"]
    assert row(table, "Finance") == row(table, "Facts of 2 items") == {"Facts": "1"}
    assert row(table, "Human Resources") == {"Facts": "0"}
    assert table.note == "Facts in use: 1. Items that name none: 0. Listed without an item: FIN-02."


def reading(item: ItemText, chosen: int, flaw: str = "") -> ReadingText:
    return ReadingText(item.id, item.scored_hash, "reader-1", "0123", "ABCD"[chosen], item.key_option, "sure", flaw)


def reviews_of(*rounds: list[ReadingText], planted: tuple[PlantedText, ...] = ()) -> Reviews:
    """Rounds in their order; the defects are those of the first."""
    return Reviews(
        [
            ReadRound(Round(number, 40, readings, list(planted) if number == 1 else []))
            for number, readings in enumerate(rounds, 1)
        ]
    )


def test_readings_are_recomputed_from_the_records() -> None:
    one, two = items(2)
    planted = PlantedText("fin-0", "wrong-key", "reader-1", "0123", answer="A", key=3)
    reviews = reviews_of(
        [reading(one, one.key_option), reading(two, 3)], [reading(two, two.key_option)], planted=(planted,)
    )
    found = tables([one, two], reviews)
    shares = found["First blind readings that chose the key"]
    assert shares.rows[0][:3] == ("All", "1 of 2", "50.0 %")
    assert row(shares, "Finance")["Of"] == row(shares, "Application")["Of"] == "1 of 2"
    assert shares.note == "Rounds: 2. Readings: 3."
    assert found["Planted defects that readers caught"].rows[0][:2] == ("All", "1 of 1")


def test_items_without_a_passed_reading_and_objections_to_settle_are_named() -> None:
    read, unread, mended, disputed = items(4)
    reviews = reviews_of(
        [
            reading(read, read.key_option),
            reading(make.item_text("fin-2", stem="Which stem is older?", key=2), 2),
            reading(disputed, disputed.key_option, "none right: repealed"),
        ]
    )
    found = tables([read, unread, mended, disputed], reviews)
    table = found["Items without a passed reading"]
    assert table.rows == (
        ("fin-1", "published", "Not read yet"),
        ("fin-2", "published", "Another text was read"),
        ("fin-3", "published", "To settle"),
    )
    assert table.note == "Items with a passed reading of what they say now: 1. Without one: 3."
    assert found["Objections to settle"].rows == (("fin-3", "1", "reader-1", "None right", "none right: repealed"),)


def test_the_report_says_what_guessing_catches_and_how_often_the_true_key_was_known() -> None:
    known, other, missed = (make.item_text(f"fin-{n}", key=0) for n in range(3))
    readings = [reading(known, 0), reading(other, 1), reading(missed, 2)]
    planted = tuple(PlantedText(one.item, "wrong-key", one.reader, one.shuffle, one.answer, key=2) for one in readings)
    table = tables([known, other, missed], reviews_of(readings, planted=planted))["Planted defects that readers caught"]
    assert row(table, "Wrong key")["Of"] == "2 of 3"
    assert table.note == (
        "Caught by another answer 2, by the remark 0, missed 1. Whoever guesses catches 75.0 %. "
        "The true key was chosen at 1 of 3 wrong ones."
    )


def test_topics_stand_under_their_domain() -> None:
    rows = tables(items())["Items by topic"].rows
    assert rows.index(("Finance",)) < next(place for place, cells in enumerate(rows) if cells[0] == "Budgeting")


def test_the_guesser_is_judged_by_twenty_dealings_and_the_first_is_told_apart() -> None:
    table = tables(items())["The learned guesser and the key's length"]
    assert row(table, "Right, mean of 20 dealings")["Share"].endswith(" of 4")
    assert row(table, "Allowed for the lower bound") == {"Share": "27.0 %"}
    assert row(table, "Right in the first dealing (seed 2026)")["Share"].endswith(" of 4")


def test_an_empty_bank_has_a_report() -> None:
    assert tables([])["Lengths"].rows == ()


def test_what_the_author_wrote_comes_back_from_a_versions_content() -> None:
    text = make.item_text(dismissed={"absolutes": "the law says so"}, facts=["FIN-01"])
    assert text_of(msgspec.json.decode(msgspec.json.encode(content_of(text)))) == text


# --- The real bank ----------------------------------------------------------------------------------------------------


def test_the_bank_lacks_nothing_and_its_facts_and_reviews_can_be_read() -> None:
    texts = [one.text for one in read_items(REAL_BANK, tags_of(REAL_BANK))]
    facts = read_facts(REAL_BANK)
    found = {one.title: one for one in report(texts, read_reviews(REAL_BANK), facts, tags_of(REAL_BANK), TODAY)}
    assert found["What the bank lacks"].rows == ()
    assert {fact for text in texts for fact in text.facts} <= set(facts)


def test_the_records_of_readers_fit_the_bank_and_every_objection_is_settled() -> None:
    reviews = read_reviews(REAL_BANK)
    assert review_problems(reviews, read_items(REAL_BANK, tags_of(REAL_BANK))) == []
    assert unfinished_rounds(reviews) == []
    assert reviews.unsettled == []


def test_who_knows_nothing_does_no_better_in_the_bank_than_by_chance() -> None:
    texts = [one.text for one in read_items(REAL_BANK, tags_of(REAL_BANK))]
    questions = [text.question for text in texts if text.status == "published"]
    assert not [f"{one.cue}, {one.way}" for one in robot(questions) if one.beats_chance]
    assert not guesser(questions, dealings()).beats_chance
    assert 0.20 <= key_share(questions, "longest") <= 0.30


def test_what_second_readers_passed_fills_a_full_mock_by_its_weights() -> None:
    tags, blueprint = tags_of(REAL_BANK), blueprint_of(REAL_BANK)
    passed = read_reviews(REAL_BANK).passed
    texts = [one.text for one in read_items(REAL_BANK, tags) if one.text.status == "published"]
    read = Counter(text.domain for text in texts if (text.id, text.scored_hash) in passed)
    full = blueprint.mocks["full"].items
    plenty = dict.fromkeys(read, full)
    assert quotas(blueprint.weights, read, full, Random(1)) == quotas(blueprint.weights, plenty, full, Random(1))


# --- Commands ---------------------------------------------------------------------------------------------------------


def run(bank: Path, *arguments: str) -> Result:
    return CliRunner(env={"QUIZAPP_BANK": str(bank), "QUIZAPP_VAR": str(bank / "var")}).invoke(
        quizapp, ["bank", *arguments]
    )


@pytest.fixture
def bank(tmp_path: Path) -> Path:
    """Three items: two on law, one of them retired."""
    law = ITEM.replace("A textbook", "45 CFR 164.404(b)").replace("stability: N", "stability: S")
    law = law.replace("standard-work", "primary-text")
    other = ITEM.replace("fin-one", "fin-two")
    return make_bank(tmp_path, law + other + law.replace("fin-one", "fin-old").replace("published", "retired"))


def test_the_command_prints_every_table_and_writes_every_cell(bank: Path) -> None:
    out = run(bank, "report", "--today", "2026-06-01", "--cells", str(bank / "cells.csv"))
    assert out.exit_code == 0, out.output
    assert not (bank / "var").exists(), "a report makes no database"
    assert "Items by domain\n===============\n" in out.output
    assert "Planted defects that readers caught" in out.output
    with (bank / "cells.csv").open(encoding="utf-8", newline="") as file:
        _, *rows = csv.reader(file)
    assert rows == [
        ["finance", "finance", "budgeting", "application", "medium", "primary-text", "1"],
        ["finance", "finance", "budgeting", "application", "medium", "standard-work", "1"],
    ]


def test_touching_a_citation_lists_the_items_that_rest_on_it(bank: Path) -> None:
    assert run(bank, "touch", "45 CFR 164.404").output == (
        "items/finance/budgeting.yaml:1: fin-one: 45 CFR 164.404(b) (review by 2027-03-10)\n"
        "Items that cite 45 CFR 164.404: 1.\n"
    )
    assert "fin-one" in run(bank, "touch", "45 C.F.R. Part 164").output


def test_touching_what_no_item_cites_fails(bank: Path) -> None:
    result = run(bank, "touch", "45 CFR 164.408")
    assert (result.exit_code, result.output) == (1, "Items that cite 45 CFR 164.408: 0.\n")


def test_a_sample_shows_keys_and_citations_and_is_drawn_by_its_seed(bank: Path) -> None:
    out = run(bank, "sample", "5", "--seed", "a1b2c3").output
    assert "fin-one" in out
    assert "fin-two" in out
    assert "fin-old" not in out
    assert "  * The year to come" in out
    assert "  45 CFR 164.404(b): That.\n  checked against primary-text on 2026-01-15\n" in out
    assert run(bank, "sample", "5", "--seed", "a1b2c3").output == out
    assert "fin-two" not in run(bank, "sample", "5", "--seed", "a1b2c3", "--law").output


def test_an_item_may_name_only_facts_that_are_listed(bank: Path) -> None:
    file = bank / "items/finance/budgeting.yaml"
    text = file.read_text(encoding="utf-8").replace("  stability: N\n", "  stability: N\n  facts: [FIN-09]\n")
    file.write_text(text, encoding="utf-8")
    assert "FIN-09" not in run(bank, "check").output
    (bank / "facts.yaml").write_text("- {id: FIN-01, fact: A fact., cite: A book}\n", encoding="utf-8")
    assert "fin-two: there is no fact 'FIN-09' in facts.yaml" in run(bank, "check").output


def test_a_bad_fact_is_named_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "facts.yaml"
    path.write_text("- {id: FIN-01, fact: A fact., cite: A book}\n- {id: fin, fact: A, cite: B}\n", encoding="utf-8")
    with pytest.raises(BadFileError, match=r"facts\.yaml:2: id cannot be 'fin': write three capitals"):
        read_facts(tmp_path)
    path.write_text("- {id: FIN-01, fact: A fact., cite: A book}\n" * 2, encoding="utf-8")
    with pytest.raises(BadFileError, match=r"facts\.yaml:2: the fact FIN-01 stands twice"):
        read_facts(tmp_path)
