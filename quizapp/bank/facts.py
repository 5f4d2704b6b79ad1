"""The facts that items rest on: question_bank/facts.yaml."""

from pathlib import Path
from typing import Annotated

from msgspec import Meta, Struct

from quizapp.bank.yaml_files import BadFileError, Problem, convert, read_document

FILE = "facts.yaml"


class Fact(Struct, frozen=True, forbid_unknown_fields=True):
    """A fact in a line, and where it stands."""

    id: Annotated[
        str,
        Meta(
            pattern=r"^[A-Z]{3}-[0-9]{2,3}(?!\n)$",
            extra={"write": "three capitals, a hyphen and a number, such as BRN-04"},
        ),
    ]
    fact: Annotated[str, Meta(min_length=1, max_length=1000)]
    cite: Annotated[str, Meta(min_length=1, max_length=500)]


def read_facts(bank_dir: Path) -> dict[str, Fact]:
    """Every fact by id; none if the bank has no such file. Raises BadFileError."""
    if not (bank_dir / FILE).exists():
        return {}
    document = read_document(bank_dir, FILE)
    if not isinstance(document.data, list):
        raise BadFileError([Problem(FILE, 1, "the file must be a list of facts")])
    facts: dict[str, Fact] = {}
    for index, data in enumerate(document.data):
        fact = convert(document, data, Fact, f"$[{index}]")
        if fact.id in facts:
            raise BadFileError([document.problem(f"$[{index}]", f"the fact {fact.id} stands twice")])
        facts[fact.id] = fact
    return facts
