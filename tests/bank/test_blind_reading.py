"""Sheets for blind readers, and recording what they say: through the commands, as operators use them."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from quizapp.bank.reviews import Reviews, read_reviews
from quizapp.bank.sheets import KeyEntry, read_keys
from quizapp.bank.yaml_files import BadFileError
from quizapp.cli import quizapp
from tests.bank.bank_folder import ITEM, items_of, make_bank

RIGHT = "The year to come"


@pytest.fixture
def bank(tmp_path: Path) -> Path:
    """A bank of fifty items that say the same, and one whose options have a natural order."""
    folder = tmp_path / "bank"
    folder.mkdir()
    texts = [ITEM.replace("fin-one", f"fin-{number}") for number in range(49)]
    texts.append(ITEM.replace("fin-one", "fin-ordered").replace("  level:", "  order: natural\n  level:"))
    texts.append(ITEM.replace("fin-one", "fin-retired").replace("published", "retired"))
    return make_bank(folder, "".join(texts))


def run(bank: Path, *arguments: str) -> Result:
    return CliRunner(env={"QUIZAPP_BANK": str(bank), "QUIZAPP_VAR": str(bank.parent / "var")}).invoke(
        quizapp, ["bank", *arguments]
    )


def sheets(bank: Path, *arguments: str, number: int = 1) -> list[KeyEntry]:
    keys = bank.parent / "keys.json"
    out = run(
        bank, "sheet", "--round", str(number), "--seed", "s", "--out", str(bank.parent / "out"),
        "--keys", str(keys), *arguments,
    )  # fmt: skip
    assert out.exit_code == 0, out.output
    return read_keys(keys).entries


def right_answers(entries: list[KeyEntry]) -> list[dict[str, Any]]:
    return [
        {"number": entry.number, "answer": "ABCD"[entry.shuffle.index(str(entry.key))], "sure": "sure", "flaw": ""}
        for entry in entries
    ]


def record(bank: Path, answers: list[dict[str, Any]], name: str = "reader-1.json", number: int = 1) -> Result:
    path = bank.parent / name
    path.write_text(json.dumps(answers), encoding="utf-8")
    return run(bank, "record", "--round", str(number), "--keys", str(bank.parent / "keys.json"), str(path))


def reviews(bank: Path, answers: list[dict[str, Any]]) -> Reviews:
    out = record(bank, answers)
    assert out.exit_code == 0, out.output
    return read_reviews(bank)


def test_a_sheet_holds_stem_and_options_and_nothing_else(bank: Path) -> None:
    entries = sheets(bank)
    text = "\n".join(path.read_text(encoding="utf-8") for path in sorted((bank.parent / "out").iterdir()))
    assert len(re.findall(r"^## \d+$", text, re.MULTILINE)) == len(entries) == 50
    assert text.count("What does a budget plan?") == text.count(RIGHT) == 50
    for secret in ("fin-", "Statements look back", "textbook", "budgeting", "key", "standard-work", "application"):
        assert secret not in text


def test_the_key_file_says_which_letter_is_which_option(bank: Path) -> None:
    entries = sheets(bank, "--per-sheet", "60")
    text = (bank.parent / "out" / "sheet-01.md").read_text(encoding="utf-8")
    options = ["The year to come", "The year gone by", "Nothing"]
    for entry in entries:
        shown = [options[int(index)] for index in entry.shuffle]
        assert f"## {entry.number}\n\nWhat does a budget plan?\n\nA. {shown[0]}\nB. {shown[1]}\nC. {shown[2]}\n" in text


def test_options_are_shuffled_by_the_seed_but_a_natural_order_stays(bank: Path) -> None:
    entries = sheets(bank)
    assert {entry.shuffle for entry in entries} == {"012", "021", "102", "120", "201", "210"}
    assert {entry.shuffle for entry in entries if entry.item == "fin-ordered"} == {"012"}
    assert sheets(bank) == entries


def test_planting_a_wrong_key_changes_the_key_file_and_no_file_of_the_bank(bank: Path) -> None:
    before = items_of(bank)
    planted = [entry for entry in sheets(bank) if entry.planted]
    assert [entry.planted for entry in planted] == ["wrong-key", "wrong-key"]
    assert all(entry.recorded_key != entry.key == 0 for entry in planted)
    assert items_of(bank) == before


def test_a_reader_who_knows_catches_every_wrong_key_and_reads_every_item(bank: Path) -> None:
    answers = right_answers(sheets(bank))
    found = reviews(bank, answers)
    assert [planted.caught_by for planted in found.planted] == ["answer", "answer"]
    assert len(found.readings) == len(found.passed) == 50
    assert found.unsettled == []


def test_a_reader_who_takes_the_planted_key_does_not_catch_it(bank: Path) -> None:
    entries = sheets(bank)
    answers = right_answers(entries)
    (planted, _) = [entry for entry in entries if entry.planted]
    answers[planted.number - 1]["answer"] = "ABCD"[planted.shuffle.index(str(planted.recorded_key))]
    found = reviews(bank, answers)
    assert sorted(one.caught_by for one in found.planted) == ["answer", "no"]
    assert [reading.item_id for reading in found.unsettled] == [planted.item]


def test_two_right_answers_are_planted_from_a_file_of_the_author(bank: Path) -> None:
    defects = bank.parent / "defects.yaml"
    defects.write_text("- {item: fin-7, kind: two-right, options: [The year to come, Next year, Nothing]}\n", "utf-8")
    entries = sheets(bank, "--defects", str(defects))
    text = "\n".join(path.read_text(encoding="utf-8") for path in (bank.parent / "out").iterdir())
    assert text.count("Next year") == 1
    planted = next(entry for entry in entries if entry.item == "fin-7")
    answers = right_answers(entries)
    answers[planted.number - 1]["flaw"] = "two right: the year to come,\nand next year"
    found = reviews(bank, answers)
    assert {one.item: one.caught_by for one in found.planted}["fin-7"] == "flaw"
    assert "fin-7" not in {reading.item for reading in found.readings}
    assert "Next" not in (bank / "reviews" / "round-1.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("defect", "problem"),
    [
        ("kind: two-right, options: [One, Two]", "must give all 3 option texts"),
        ("kind: wrong-key, key: 0", "must be one of the item's distractors"),
        ("kind: wrong-key, key: 3", "must be one of the item's distractors"),
        ("kind: wrong-key, options: [One, Two, Three]", "leaves the options as they are"),
    ],
)
def test_a_defect_that_does_not_fit_its_item_is_refused(bank: Path, defect: str, problem: str) -> None:
    path = bank.parent / "defects.yaml"
    path.write_text(f"- {{item: fin-7, {defect}}}\n", "utf-8")
    out = run(
        bank, "sheet", "--round", "1", "--seed", "s", "--out", str(bank.parent / "out"),
        "--keys", str(bank.parent / "keys.json"), "--defects", str(path),
    )  # fmt: skip
    assert (out.exit_code, problem in out.output) == (1, True)


@pytest.mark.parametrize(("out", "keys"), [("out", "out/keys.json"), ("bank/out", "keys.json"), ("out", "bank/k.json")])
def test_keys_lie_where_readers_do_not_look_and_nothing_lies_in_the_bank(bank: Path, out: str, keys: str) -> None:
    folder = bank.parent
    result = run(bank, "sheet", "--round", "1", "--seed", "s", "--out", str(folder / out), "--keys", str(folder / keys))
    assert result.exit_code == 1
    assert not (folder / out).exists()


def test_an_answer_is_kept_as_letter_and_as_the_option_of_the_file(bank: Path) -> None:
    entries = sheets(bank)
    answers = right_answers(entries)
    answers[0] |= {"answer": "C", "sure": "guess", "flaw": "Too vague."}
    found = reviews(bank, answers)
    reading = next(one for one in found.readings if one.item == entries[0].item)
    assert (reading.answer, reading.sure, reading.flaw) == ("C", "guess", "Too vague.")
    assert reading.chosen == int(entries[0].shuffle[2])
    assert (reading.reader, reading.shuffle, reading.key) == ("reader-1", entries[0].shuffle, 0)
    assert reading.scored_hash == items_of(bank)[0].text.scored_hash


def test_every_number_needs_an_answer_and_no_reader_answers_twice(bank: Path) -> None:
    answers = right_answers(sheets(bank))
    assert "without an answer: 1, 50" in record(bank, answers[1:-1]).output
    assert "Answered twice by one reader: reader-1 3" in record(bank, [*answers, answers[2]]).output
    assert "on no sheet: 51" in record(bank, [*answers, answers[2] | {"number": 51}]).output
    assert (
        "reader-1, number 1: there is no option D" in record(bank, [answers[0] | {"answer": "D"}, *answers[1:]]).output
    )
    assert not (bank / "reviews").exists()


def test_a_bad_answer_is_named_with_its_line(bank: Path) -> None:
    answers = right_answers(sheets(bank))
    out = record(bank, [answers[0] | {"sure": "perhaps"}, *answers[1:]])
    assert isinstance(out.exception, BadFileError)
    assert "reader-1.json:1: sure cannot be 'perhaps': write one of sure, think, guess" in str(out.exception)


def test_answers_must_say_by_their_name_whose_they_are(bank: Path) -> None:
    answers = right_answers(sheets(bank))
    assert "does not say whose it is" in record(bank, answers, "mine.json").output


def test_keys_of_another_round_are_refused(bank: Path) -> None:
    answers = right_answers(sheets(bank))
    assert "belongs to round 1" in record(bank, answers, number=2).output


def test_a_settlement_stays_when_a_round_is_recorded_again(bank: Path) -> None:
    entries = sheets(bank)
    answers = right_answers(entries)
    answers[0]["answer"] = "ABC"[(("ABC".index(answers[0]["answer"])) + 1) % 3]
    (objection,) = reviews(bank, answers).unsettled
    path = bank / "reviews" / "round-1.yaml"
    settlement = (
        f"item: {objection.item_id}, scored_hash: {objection.scored_hash}, outcome: kept, because: Read it twice."
    )
    text = path.read_text(encoding="utf-8").replace("settlements: []", f"settlements:\n- {{{settlement}}}")
    path.write_text(text, encoding="utf-8")
    found = reviews(bank, answers)
    assert found.unsettled == []
    assert len(found.passed) == 50


def test_unread_items_are_those_without_a_passed_reading_of_what_they_say_now(bank: Path) -> None:
    reviews(bank, right_answers(sheets(bank)))
    file = bank / "items/finance/budgeting.yaml"
    first = file.read_text(encoding="utf-8").replace("What does a budget plan?", "What does a plan budget?", 1)
    file.write_text(first, encoding="utf-8")
    assert [entry.item for entry in sheets(bank, "--unread", number=2)] == ["fin-0"]


def test_only_the_items_of_a_list_are_read(bank: Path) -> None:
    ids = bank.parent / "ids.txt"
    ids.write_text("fin-3\nfin-4\n", encoding="utf-8")
    assert {entry.item for entry in sheets(bank, "--items", str(ids))} == {"fin-3", "fin-4"}


def test_a_record_that_says_more_than_it_may_is_refused(bank: Path) -> None:
    (bank / "reviews").mkdir()
    (bank / "reviews/round-1.yaml").write_text("round: 1\nreadings: []\nreader_names: [somebody]\n", encoding="utf-8")
    with pytest.raises(BadFileError, match=r"reviews/round-1\.yaml:3: there is no field 'reader_names' here"):
        read_reviews(bank)
