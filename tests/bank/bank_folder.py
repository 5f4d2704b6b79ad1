"""A small bank in a folder: the closed lists of the real one, and one item to spoil."""

import shutil
from pathlib import Path

from quizapp.bank.item_files import ReadItem, read_items
from quizapp.bank.tags import tags_of
from quizapp.bank.yaml_files import BadFileError
from quizapp.config import ROOT

REAL_BANK = ROOT / "question_bank"
FILE = "items/finance/budgeting.yaml"
ITEM = """\
- id: fin-one
  domain: finance
  areas: [finance]
  topics: [budgeting]
  level: application
  difficulty: 0.6
  status: published
  stem: What does a budget plan?
  options:
    - {text: The year to come, key: true, rationale: A budget looks ahead.}
    - {text: The year gone by, rationale: Statements look back.}
    - {text: Nothing, rationale: It plans.}
  cites:
    - {ref: A textbook, proves: That.}
  checked: {against: standard-work, on: 2026-01-15}
  stability: N
  review_by: 2027-03-10
"""
# The same in words of its own, since no two items may say the same.
ANOTHER = (
    ITEM.replace("fin-one", "fin-two")
    .replace("What does a budget plan?", "Which books does an owner close each month?")
    .replace("The year to come", "The ledgers")
    .replace("The year gone by", "The novels")
    .replace("{text: Nothing", "{text: The diaries")
)


def make_bank(folder: Path, *texts: str) -> Path:
    """A bank with the real lists, rules and blueprint, and one file for each text."""
    for name in ("tags.yaml", "blueprint.yaml", "credit_tags.yaml"):
        shutil.copyfile(REAL_BANK / name, folder / name)
    shutil.copytree(REAL_BANK / "credentials", folder / "credentials")
    for number, text in enumerate(texts or [ITEM]):
        write(folder, text, FILE if number == 0 else f"items/finance/budgeting-{number}.yaml")
    return folder


def write(folder: Path, text: str, file: str = FILE) -> None:
    """Write one file of the bank."""
    path = folder / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def items_of(folder: Path) -> list[ReadItem]:
    """The items that the files say."""
    return read_items(folder, tags_of(folder))


def problems_of(folder: Path) -> list[str]:
    """What is said of a bank that cannot be used; nothing if it can."""
    try:
        items_of(folder)
    except BadFileError as error:
        return str(error).splitlines()
    return []
