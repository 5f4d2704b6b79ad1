"""Records of blind readings are believed only where they agree with themselves, with each other and with the bank."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from quizapp.bank.reviews import read_reviews
from quizapp.bank.yaml_files import BadFileError
from quizapp.cli import main
from tests.bank.reading_rounds import (
    bank_of_fifty,
    lines_of,
    record,
    right_answers,
    run,
    sheets,
    write_lines,
)

READING, OTHER = 3, 4  # Where the first two readings stand, counted from 0.


@pytest.fixture
def bank(tmp_path: Path) -> Path:
    """Fifty items that one reader has answered; two carried a wrong key."""
    bank = bank_of_fifty(tmp_path)
    entries = sheets(bank)
    assert record(bank, right_answers(entries)).exit_code == 0
    assert "round-1" not in run(bank, "check").output
    return bank


def changed(line: str, **fields: Any) -> str:
    return f"- {json.dumps(json.loads(line[2:]) | fields)}"


def place_of_planted(lines: list[str]) -> int:
    return lines.index("planted:") + 1


def reading_of_planted(lines: list[str]) -> int:
    item = json.loads(lines[place_of_planted(lines)][2:])["item"]
    return next(place for place, line in enumerate(lines) if f'"item":"{item}"' in line)


def said(bank: Path) -> str:
    """What `bank check` says of the records."""
    result = run(bank, "check")
    assert result.exit_code != 0
    return str(result.exception) if isinstance(result.exception, BadFileError) else result.output


def other_letter(line: str) -> str:
    return {"A": "B", "B": "C", "C": "A"}[json.loads(line[2:])["answer"]]


def test_what_was_chosen_follows_from_letter_and_order_and_stands_nowhere(bank: Path) -> None:
    assert '"chosen"' not in "".join(lines_of(bank))
    before = read_reviews(bank)
    assert len(before.passed) == 50
    lines = lines_of(bank)
    free = next(place for place in (READING, OTHER) if place != reading_of_planted(lines))
    lines[free] = changed(lines[free], answer=other_letter(lines[free]))
    write_lines(bank, lines)
    after = read_reviews(bank)
    assert len(after.passed) == 49
    assert [text.item for _, text in after.unsettled] == [json.loads(lines[free][2:])["item"]]


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"shuffle": "9999"}, "9999 is no order of 4 options"),
        ({"shuffle": "0012"}, "0012 is no order of 4 options"),
        ({"answer": "b"}, "answer cannot be 'b': write the capital letter of an option"),
        ({"answer": "D"}, "there is no option D where 3 were shown"),
        ({"key": 3}, "the key cannot be option 3 where 3 were shown"),
        ({"chosen": 0}, "there is no field 'chosen' here"),
        ({"reader": "somebody"}, "write a role and number, such as reader-2"),
    ],
)
def test_an_answer_that_no_sheet_could_have_got_is_refused_with_its_line(
    bank: Path, fields: dict[str, Any], reason: str
) -> None:
    for place in (READING, place_of_planted(lines_of(bank))):
        lines = lines_of(bank)
        kept = lines[place]
        lines[place] = changed(kept, **fields)
        write_lines(bank, lines)
        assert f"reviews/round-1.yaml:{place + 1}: " in said(bank)
        assert reason in said(bank)
        lines[place] = kept
        write_lines(bank, lines)


def twice(lines: list[str]) -> tuple[int, str]:
    lines.insert(OTHER, lines[READING])
    return OTHER, "answered by reader-1 2 times in this round"


def other_sheet(lines: list[str]) -> tuple[int, str]:
    order = json.loads(lines[READING][2:])["shuffle"]
    lines[1] = "dealt: 51"
    lines.insert(OTHER, changed(lines[READING], reader="reader-2", shuffle=order[::-1], answer="A"))
    return OTHER, "text, order or key differ from another reader's sheet"


def more_than_dealt(lines: list[str]) -> tuple[int, str]:
    lines[1] = "dealt: 49"
    return 1, "50 items have an answer, more than were dealt"


def planted_answer(lines: list[str]) -> tuple[int, str]:
    place = place_of_planted(lines)
    lines[place] = changed(lines[place], answer=other_letter(lines[place]))
    return place, "reader-1 answered otherwise under readings"


def planted_key(lines: list[str]) -> tuple[int, str]:
    place = place_of_planted(lines)
    lines[place] = changed(lines[place], key=0)
    return place, "the wrong key is the right one"


def planted_remark(lines: list[str]) -> tuple[int, str]:
    place = place_of_planted(lines)
    lines[place] = changed(lines[place], two_right=True)
    return place, "the remark under readings does not say that two are right"


def planted_unread(lines: list[str]) -> tuple[int, str]:
    del lines[reading_of_planted(lines)]
    return place_of_planted(lines), "what reader-1 answered to a wrong key is missing under readings"


def planted_kind(lines: list[str]) -> tuple[int, str]:
    place = place_of_planted(lines)
    lines[place] = changed(lines[place], kind="two-right")
    return reading_of_planted(lines), "two right answers were planted, so this is not what it says"


def planted_for_one_reader(lines: list[str]) -> tuple[int, str]:
    place = reading_of_planted(lines)
    lines.insert(place + 1, changed(lines[place], reader="reader-2"))
    return place + 1, "a defect was planted, and reader-2 is not under planted"


def other_round(lines: list[str]) -> tuple[int, str]:
    lines[0] = "round: 2"
    return 0, "round 2 belongs in reviews/round-2.yaml"


def settled_twice(lines: list[str]) -> tuple[int, str]:
    del lines[-1]
    settled = {"item": "fin-1", "scored_hash": "0" * 64, "outcome": "kept", "because": "The source says so."}
    lines += ["settlements:", f"- {json.dumps(settled)}", f"- {json.dumps(settled | {'outcome': 'dropped'})}"]
    return len(lines) - 1, "settled 2 times in this round"


Spoil = Callable[[list[str]], tuple[int, str]]


@pytest.mark.parametrize(
    "spoil",
    [
        twice, other_sheet, more_than_dealt, planted_answer, planted_key, planted_remark, planted_unread, planted_kind,
        planted_for_one_reader, other_round, settled_twice,
    ],
)  # fmt: skip
def test_a_round_that_contradicts_itself_is_read_by_nobody(bank: Path, spoil: Spoil) -> None:
    lines = lines_of(bank)
    place, reason = spoil(lines)
    write_lines(bank, lines)
    problems = [line for line in said(bank).splitlines() if line.startswith(f"reviews/round-1.yaml:{place + 1}: ")]
    assert [line for line in problems if line.endswith(reason)]
    with pytest.raises(BadFileError):
        read_reviews(bank)


def forged_key(lines: list[str]) -> tuple[int, str]:
    place = next(number for number in (READING, OTHER) if number != reading_of_planted(lines))
    order = json.loads(lines[place][2:])["shuffle"]
    lines[place] = changed(lines[place], key=1, answer="ABC"[order.index("1")])
    return place, "the key is option 0 of the file, counted from 0, and not 1"


def fewer_options(lines: list[str]) -> tuple[int, str]:
    place = next(number for number in (READING, OTHER) if number != reading_of_planted(lines))
    lines[place] = changed(lines[place], shuffle="01", answer="A")
    return place, "the item has 3 options, and the sheet showed 2"


def unknown_item(lines: list[str]) -> tuple[int, str]:
    place = next(number for number in (READING, OTHER) if number != reading_of_planted(lines))
    lines[place] = changed(lines[place], item="fin-77")
    return place, "fin-77: there is no such item"


def settled(outcome: str, *, objected: bool) -> Spoil:
    def spoil(lines: list[str]) -> tuple[int, str]:
        place = next(number for number in (READING, OTHER) if number != reading_of_planted(lines))
        reading = json.loads(lines[place][2:])
        if objected:
            lines[place] = changed(lines[place], flaw="none right: repealed")
        line = {name: reading[name] for name in ("item", "scored_hash")}
        line |= {"outcome": outcome, "because": "The source says so."}
        lines[-1:] = ["settlements:", f"- {json.dumps(line)}"]
        reasons = {"kept": "nobody objected", "mended": "still says the same", "dropped": "the item is not retired"}
        return len(lines) - 1, reasons[outcome]

    return spoil


@pytest.mark.parametrize(
    "spoil",
    [
        forged_key, fewer_options, unknown_item, settled("kept", objected=False), settled("mended", objected=True),
        settled("dropped", objected=True),
    ],
)  # fmt: skip
def test_a_record_that_contradicts_the_bank_is_an_error_and_is_not_loaded(
    bank: Path, spoil: Spoil, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    lines = lines_of(bank)
    place, reason = spoil(lines)
    write_lines(bank, lines)
    problem = next(line for line in said(bank).splitlines() if reason in line)
    assert problem.startswith(f"error: reviews/round-1.yaml:{place + 1}: ")
    monkeypatch.setenv("QUIZAPP_BANK", str(bank))
    monkeypatch.setenv("QUIZAPP_VAR", str(tmp_path / "var"))
    monkeypatch.delenv("QUIZAPP_DATABASE_URL", raising=False)
    assert run_main("db", "upgrade") == 0
    assert run_main("bank", "load") == 2
    assert reason in capsys.readouterr().err


def run_main(*arguments: str) -> int:
    with pytest.raises(SystemExit) as end:
        main(list(arguments))
    return int(end.value.code or 0)


def test_a_lost_line_and_a_lost_defect_are_noticed(bank: Path) -> None:
    lines = lines_of(bank)
    lost = next(number for number in (READING, OTHER) if number != reading_of_planted(lines))
    write_lines(bank, [line for place, line in enumerate(lines) if place != lost])
    assert "error: reviews/round-1.yaml:2: 49 of the 50 items dealt have an answer" in said(bank)
    place = place_of_planted(lines)
    write_lines(bank, [*lines[:place], *lines[place + 1 :]])
    assert f"error: reviews/round-1.yaml:{place + 1}: planted defects: 1, where as many items need 2" in said(bank)


def test_a_file_that_is_no_round_is_not_passed_over(bank: Path) -> None:
    for name in ("rounds-9.yaml", "round-1.yml", "round-01.yaml"):
        (bank / "reviews" / name).write_text("\n".join(lines_of(bank)), encoding="utf-8")
        assert f"reviews/{name}:1: round 1 belongs in reviews/round-1.yaml" in said(bank)
        (bank / "reviews" / name).unlink()


def test_a_record_that_says_more_than_it_may_is_refused(bank: Path) -> None:
    write_lines(bank, ["round: 1", "dealt: 1", "readings: []", "reader_names: [somebody]"])
    with pytest.raises(BadFileError, match=r"reviews/round-1\.yaml:4: there is no field 'reader_names' here"):
        read_reviews(bank)
