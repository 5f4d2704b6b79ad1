"""Rounds of blind reading through the commands, as operators use them: sheets out, answers in, records written."""

import json
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from quizapp.bank.reviews import Reviews, file_of, read_reviews
from quizapp.bank.sheets import KeyEntry, read_keys
from quizapp.cli import quizapp
from tests.bank.bank_folder import ITEM, make_bank


def bank_of_fifty(folder: Path) -> Path:
    """A bank of fifty items that say the same, one of them with a natural order of options, and a retired one."""
    bank = folder / "bank"
    bank.mkdir()
    texts = [ITEM.replace("fin-one", f"fin-{number}") for number in range(49)]
    texts.append(ITEM.replace("fin-one", "fin-ordered").replace("  level:", "  order: natural\n  level:"))
    texts.append(ITEM.replace("fin-one", "fin-retired").replace("published", "retired"))
    return make_bank(bank, "".join(texts))


def run(bank: Path, *arguments: str) -> Result:
    """A command about this bank."""
    return CliRunner(env={"QUIZAPP_BANK": str(bank), "QUIZAPP_VAR": str(bank.parent / "var")}).invoke(
        quizapp, ["bank", *arguments]
    )


def deal(bank: Path, *arguments: str, number: int = 1, folder: str = "out") -> Result:
    """Write the sheets of a round into a folder beside the bank, and their key beside it."""
    out = bank.parent / folder
    return run(
        bank, "sheet", "--round", str(number), "--seed", "s", "--out", str(out), "--keys", f"{out}.json", *arguments
    )  # fmt: skip


def sheets(bank: Path, *arguments: str, number: int = 1, folder: str = "out") -> list[KeyEntry]:
    """What stands on the sheets of a round."""
    result = deal(bank, *arguments, number=number, folder=folder)
    assert result.exit_code == 0, result.output
    return read_keys(bank.parent / f"{folder}.json").entries


def right_answers(entries: list[KeyEntry]) -> list[dict[str, Any]]:
    """The answers of a reader who knows everything."""
    return [
        {"number": entry.number, "answer": "ABCD"[entry.shuffle.index(str(entry.key))], "sure": "sure", "flaw": ""}
        for entry in entries
    ]


def record(
    bank: Path, answers: list[dict[str, Any]], name: str = "reader-1.json", *arguments: str, number: int = 1
) -> Result:
    """Record what one reader sent."""
    path = bank.parent / name
    path.write_text(json.dumps(answers), encoding="utf-8")
    keys = str(bank.parent / "out.json")
    return run(bank, "record", "--round", str(number), "--keys", keys, *arguments, str(path))


def reviews(bank: Path, answers: list[dict[str, Any]]) -> Reviews:
    """The records, once these answers are among them."""
    result = record(bank, answers)
    assert result.exit_code == 0, result.output
    return read_reviews(bank)


def lines_of(bank: Path, number: int = 1) -> list[str]:
    """The lines of a round's file."""
    return (bank / file_of(number)).read_text(encoding="utf-8").splitlines()


def write_lines(bank: Path, lines: list[str], number: int = 1) -> None:
    """Write a round's file as somebody with an editor may."""
    (bank / file_of(number)).write_text("\n".join(lines) + "\n", encoding="utf-8")
