"""Sheets for blind readers, and recording what they say: through the commands, as operators use them."""

import re
from pathlib import Path

import pytest

from quizapp.bank.reviews import read_reviews
from quizapp.bank.sheets import read_keys
from quizapp.bank.yaml_files import BadFileError
from quizapp.config import ROOT
from tests.bank.bank_folder import items_of
from tests.bank.reading_rounds import (
    bank_of_fifty,
    deal,
    lines_of,
    record,
    reviews,
    right_answers,
    run,
    sheets,
    write_lines,
)

RIGHT = "The year to come"


@pytest.fixture
def bank(tmp_path: Path) -> Path:
    """Fifty items to be read."""
    return bank_of_fifty(tmp_path)


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
    assert sheets(bank, folder="again") == entries


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
    assert [text.item for _, text in found.unsettled] == [planted.item]


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
    ("defects", "problem"),
    [
        ("{item: fin-7, kind: two-right, options: [One, Two]}", "must give all 3 option texts"),
        ("{item: fin-7, kind: wrong-key, key: 0}", "must be one of the item's distractors"),
        ("{item: fin-7, kind: wrong-key, key: 3}", "must be one of the item's distractors"),
        ("{item: fin-7, kind: wrong-key}", "must be one of the item's distractors"),
        ("{item: fin-7, kind: wrong-key, options: [One, Two, Three]}", "leaves the options as they are"),
        ("{item: fin-77, kind: wrong-key, key: 1}", "items that stand on no sheet: fin-77"),
        (
            "{item: fin-7, kind: two-right, options: [Next year, the  year gone by, Nothing]}",
            "must change a distractor into a right answer",
        ),
        ("{item: fin-7, kind: two-right, options: [The year to come, Two, two]}", "two options of the defect say the"),
        ("{item: fin-7, kind: two-right, key: 1, options: [One, Two, Three]}", "leave the key as it is"),
    ],
)  # fmt: skip
def test_a_defect_that_does_not_fit_its_item_is_refused(bank: Path, defects: str, problem: str) -> None:
    path = bank.parent / "defects.yaml"
    path.write_text(f"- {defects}\n", "utf-8")
    result = deal(bank, "--defects", str(path))
    assert (result.exit_code, problem in result.output) == (1, True), result.output


def test_an_item_carries_one_defect(bank: Path) -> None:
    path = bank.parent / "defects.yaml"
    path.write_text("- {item: fin-7, kind: wrong-key, key: 1}\n- {item: fin-7, kind: wrong-key, key: 2}\n", "utf-8")
    result = deal(bank, "--defects", str(path))
    assert str(result.exception) == "defects.yaml:2: fin-7: an item carries one defect"


@pytest.mark.parametrize(
    ("out", "keys"),
    [
        ("out", "out/keys.json"), ("bank/out", "keys.json"), ("out", "bank/k.json"),
        (str(ROOT / "sheets"), "keys.json"), ("out", str(ROOT / "var" / "keys.json")),
    ],
)  # fmt: skip
def test_keys_lie_where_readers_do_not_look_and_nothing_lies_in_the_repository(bank: Path, out: str, keys: str) -> None:
    folder = bank.parent
    result = run(bank, "sheet", "--round", "1", "--seed", "s", "--out", str(folder / out), "--keys", str(folder / keys))
    assert result.exit_code == 1
    assert not (folder / out).exists()
    assert not (folder / keys).exists()


def test_sheets_and_keys_that_are_out_are_not_written_over(bank: Path) -> None:
    entries = sheets(bank)
    assert "only key to sheets that are out" in deal(bank, number=2).output
    (bank.parent / "out.json").rename(bank.parent / "kept.json")
    assert "is not empty" in deal(bank, number=2).output
    assert read_keys(bank.parent / "kept.json").entries == entries


def test_a_round_that_is_on_record_is_not_dealt_again(bank: Path) -> None:
    record(bank, right_answers(sheets(bank)))
    before = lines_of(bank)
    assert "Round 1 is on record. Give a new round the next number." in deal(bank, folder="again").output
    assert lines_of(bank) == before
    assert not (bank.parent / "again").exists()


def test_the_example_on_a_sheet_answers_none_of_its_items(bank: Path) -> None:
    sheets(bank)
    text = (bank.parent / "out" / "sheet-01.md").read_text(encoding="utf-8")
    assert '- {number: NUMBER, answer: LETTER, sure: sure, flaw: ""}' in text


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


def test_no_reader_answers_twice_or_what_is_not_there(bank: Path) -> None:
    answers = right_answers(sheets(bank))
    assert "Answered twice by one reader: reader-1 3" in record(bank, [*answers, answers[2]]).output
    assert "on no sheet: 51" in record(bank, [*answers, answers[2] | {"number": 51}]).output
    out = record(bank, [answers[0] | {"answer": "D"}, *answers[1:]]).output
    assert "reader-1, number 1: there is no option D" in out
    assert not (bank / "reviews").exists()


def test_readers_hand_in_sheet_by_sheet_and_a_round_is_finished_when_every_item_has_an_answer(bank: Path) -> None:
    entries = sheets(bank, "--per-sheet", "25")
    answers = right_answers(entries)
    out = record(bank, answers[:24]).output
    assert f"No answer yet: sheet 1, 25.\nNo answer yet: sheet 2, {', '.join(map(str, range(26, 51)))}.\n" in out
    assert "reviews/round-1.yaml:2: 24 of the 50 items dealt have an answer" in run(bank, "check").output
    out = record(bank, answers[24:], "reader-2-sheet-02.json").output
    assert "round-1.yaml: 50 of 50 readings agree with the key." in out
    assert "No answer yet" not in out
    assert "items dealt" not in run(bank, "check").output
    assert {reading.reader for reading in read_reviews(bank).readings} == {"reader-1", "reader-2"}


def test_a_second_reader_stands_beside_the_first_and_takes_no_objection_away(bank: Path) -> None:
    entries = sheets(bank)
    answers = right_answers(entries)
    record(bank, [answers[0] | {"flaw": "none right: repealed"}, *answers[1:]])
    record(bank, answers, "reader-2.json")
    found = read_reviews(bank)
    assert len(found.readings) == 100
    assert [(number, text.item) for number, text in found.unsettled] == [(1, entries[0].item)]


def test_an_answer_on_record_is_replaced_only_when_that_is_asked_for(bank: Path) -> None:
    answers = right_answers(sheets(bank))
    record(bank, [answers[0] | {"flaw": "Too vague."}, *answers[1:]])
    before = lines_of(bank)
    out = record(bank, answers)
    assert out.exit_code == 1
    assert "On record with another answer: fin-" in out.output
    assert lines_of(bank) == before
    assert record(bank, answers, "reader-1.json", "--again").exit_code == 0
    assert [reading.flaw for reading in read_reviews(bank).readings if reading.flaw] == []


def test_recording_the_same_answers_twice_changes_nothing(bank: Path) -> None:
    answers = right_answers(sheets(bank))
    record(bank, answers)
    before = lines_of(bank)
    assert record(bank, answers).exit_code == 0
    assert lines_of(bank) == before


@pytest.mark.parametrize("again", [[], ["--again"]])
def test_answers_to_other_sheets_never_take_a_rounds_place(bank: Path, again: list[str]) -> None:
    record(bank, right_answers(sheets(bank)))
    before = lines_of(bank)
    ids = bank.parent / "ids.txt"
    ids.write_text("fin-3\n", encoding="utf-8")
    (bank / "reviews").rename(bank / "aside")
    entries = sheets(bank, "--items", str(ids), folder="other")
    (bank / "aside").rename(bank / "reviews")
    (bank.parent / "other.json").replace(bank.parent / "out.json")
    out = record(bank, right_answers(entries), "reader-1.json", *again)
    assert (out.exit_code, "it belongs to other sheets" in out.output) == (1, True)
    assert lines_of(bank) == before


def test_every_remark_is_shown_and_each_objection_with_the_line_that_settles_it(bank: Path) -> None:
    entries = sheets(bank)
    answers = right_answers(entries)
    answers[0] |= {"flaw": "none right: repealed"}
    answers[1] |= {"flaw": "A comma is missing."}
    answers[2] |= {"flaw": "no"}
    out = record(bank, answers).output
    assert f"Remark on {entries[0].item} (reader-1): none right: repealed\n" in out
    assert f"Remark on {entries[1].item} (reader-1): A comma is missing.\n" in out
    assert entries[2].item not in out
    place = lines_of(bank).index("settlements: []")
    line = out.splitlines()[-1]
    assert out.splitlines()[-2] == "reviews/round-1.yaml: none right (none right: repealed)"
    write_lines(bank, [*lines_of(bank)[:place], "settlements:", line])
    with pytest.raises(BadFileError, match=rf"round-1\.yaml:{place + 2}: outcome cannot be 'kept\|mended\|dropped'"):
        read_reviews(bank)
    line = line.replace("kept|mended|dropped", "kept").replace('""', '"Still in force: read on 2026-11-01."')
    write_lines(bank, [*lines_of(bank)[:-1], line])
    assert read_reviews(bank).unsettled == []
    assert "round-1" not in run(bank, "check").output


def test_a_bad_answer_is_named_with_its_line(bank: Path) -> None:
    answers = right_answers(sheets(bank))
    out = record(bank, [answers[0] | {"sure": "perhaps"}, *answers[1:]])
    assert isinstance(out.exception, BadFileError)
    assert "reader-1.json:1: sure cannot be 'perhaps': write one of sure, think, guess" in str(out.exception)


def test_answers_must_say_by_their_name_whose_they_are(bank: Path) -> None:
    answers = right_answers(sheets(bank))
    for name in ("mine.json", "reader-1234.json", "reader-x.json"):
        assert "does not say whose it is" in record(bank, answers, name).output
    assert record(bank, answers, "mine.json", "--reader", "reader-12").exit_code == 0
    assert {reading.reader for reading in read_reviews(bank).readings} == {"reader-12"}


def test_keys_of_another_round_are_refused(bank: Path) -> None:
    answers = right_answers(sheets(bank))
    assert "belongs to round 1" in record(bank, answers, number=2).output


def test_a_settlement_stays_when_a_round_is_recorded_again(bank: Path) -> None:
    entries = sheets(bank)
    answers = right_answers(entries)
    answers[0]["answer"] = "ABC"[(("ABC".index(answers[0]["answer"])) + 1) % 3]
    ((_, objection),) = reviews(bank, answers).unsettled
    settlement = f"item: {objection.item}, scored_hash: {objection.scored_hash}, outcome: kept, because: Read it twice."
    write_lines(bank, [*lines_of(bank)[:-1], "settlements:", f"- {{{settlement}}}"])
    found = reviews(bank, answers)
    assert found.unsettled == []
    assert len(found.passed) == 50


def test_unread_items_are_those_without_a_passed_reading_of_what_they_say_now(bank: Path) -> None:
    reviews(bank, right_answers(sheets(bank)))
    file = bank / "items/finance/budgeting.yaml"
    first = file.read_text(encoding="utf-8").replace("What does a budget plan?", "What does a plan budget?", 1)
    file.write_text(first, encoding="utf-8")
    assert [entry.item for entry in sheets(bank, "--unread", number=2, folder="two")] == ["fin-0"]


def test_only_the_items_of_a_list_are_read(bank: Path) -> None:
    ids = bank.parent / "ids.txt"
    ids.write_text("fin-3\nfin-4\n", encoding="utf-8")
    assert {entry.item for entry in sheets(bank, "--items", str(ids))} == {"fin-3", "fin-4"}
