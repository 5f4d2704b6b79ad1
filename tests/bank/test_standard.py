"""docs/items.md, the standard of item writing: its example and its lists are those of the code."""

import re
from datetime import date
from pathlib import Path
from typing import get_args, get_type_hints

import pytest

from quizapp.bank.check import MONTHS_UNTIL_REVIEW, check
from quizapp.bank.item_files import Checked, ItemText
from quizapp.config import ROOT
from quizapp.rules.citations import LAW, kind_of, problem_of
from tests.bank.bank_folder import items_of, make_bank, write

STANDARD = (ROOT / "docs" / "items.md").read_text(encoding="utf-8")


def rows(heading: str) -> list[tuple[str, str]]:
    """The first and the last cell of each row of the table whose head begins so."""
    table = STANDARD.partition(f"| {heading} |")[2].partition("\n\n")[0].splitlines()[2:]
    return [(cells[1].strip(" `"), cells[-2].strip()) for cells in (line.split("|") for line in table)]


def test_the_example_is_an_item_without_error_or_warning(tmp_path: Path) -> None:
    example = STANDARD.partition("```yaml\n")[2].partition("```")[0]
    bank = make_bank(tmp_path, "[]\n")
    write(bank, example, "items/risk-management/breach-notification.yaml")
    found = check(items_of(bank), date(2026, 11, 22))
    assert [item.text.id for item in items_of(bank)] == ["rsk-example-breach-clock"]
    assert (found.errors, found.warnings) == ([], [])


def test_the_months_until_a_review_are_those_of_the_code() -> None:
    months = dict(rows("`stability`"))
    assert {letter: int(said) for letter, said in months.items() if letter != "I"} == MONTHS_UNTIL_REVIEW
    assert set(months) == set(get_args(get_type_hints(ItemText)["stability"]))


def test_every_way_to_check_is_explained() -> None:
    assert [name for name, _ in rows("`against`")] == list(get_args(get_type_hints(Checked)["against"]))


@pytest.mark.parametrize("ref", re.findall(r"`([^`]+)`", STANDARD.partition("| Kind |")[2].partition("\n\n")[0]))
def test_each_form_of_a_citation_is_one_that_passes(ref: str) -> None:
    assert kind_of(ref) in LAW
    assert problem_of(ref) is None
