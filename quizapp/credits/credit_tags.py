"""What can be said of an activity: the closed list of credit tags, question_bank/credit_tags.yaml."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from msgspec import Struct

from quizapp.bank.yaml_files import BadFileError, Problem, read_struct

FILE = "credit_tags.yaml"


class CreditTag(Struct, frozen=True, forbid_unknown_fields=True):
    """Something that a rule may ask for."""

    slug: str
    name: str
    help: str = ""


class TagGroup(Struct, frozen=True, forbid_unknown_fields=True):
    """Tags that answer one question."""

    slug: str
    question: str
    tags: list[CreditTag]


class CreditTags(Struct, frozen=True, forbid_unknown_fields=True):
    """credit_tags.yaml, in the order of display."""

    groups: list[TagGroup]

    @property
    def names(self) -> Mapping[str, str]:
        """Every tag's name by its slug."""
        return {tag.slug: tag.name for group in self.groups for tag in group.tags}


def credit_tags(bank_dir: Path) -> CreditTags:
    """The closed list; read anew when the file has changed. Raises BadFileError."""
    return _read(bank_dir, changed_at(bank_dir / FILE))


def changed_at(path: Path) -> int:
    """When a file was last changed, for what is read anew then; 0 for one that is not there."""
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


@lru_cache(maxsize=8)
def _read(bank_dir: Path, _changed: int) -> CreditTags:
    found = read_struct(bank_dir, FILE, CreditTags)
    slugs = [tag.slug for group in found.groups for tag in group.tags]
    if len(slugs) != len(set(slugs)):
        raise BadFileError([Problem(FILE, 1, "a tag stands twice")])
    return found


def tags_asked_for(data: Any, path: str = "$") -> Iterator[tuple[str, str]]:
    """Every credit tag that the plain data of a rule file asks for, with its path in it."""
    if isinstance(data, dict):
        for name, value in data.items():
            if name == "tags":
                yield from ((f"{path}.tags[{number}]", tag) for number, tag in enumerate(value))
            else:
                yield from tags_asked_for(value, f"{path}.{name}")
    elif isinstance(data, list):
        for number, value in enumerate(data):
            yield from tags_asked_for(value, f"{path}[{number}]")
