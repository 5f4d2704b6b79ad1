"""The rule files of a bank: those that can be read, and what is wrong with the others."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from quizapp.bank.yaml_files import BadFileError, Problem, convert, read_document
from quizapp.credits import credit_tags
from quizapp.credits.rule_files import FOLDER, CredentialRules
from quizapp.rules.credit_checks import unsaid_conditions

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class RuleBook:
    """The rules of every credential whose file can be read, by slug, and every problem of the others."""

    credentials: Mapping[str, CredentialRules]
    problems: Sequence[Problem]


def rule_book(bank_dir: Path) -> RuleBook:
    """Every rule file; read anew when one of them, or the list of tags, has changed.

    A file that cannot be read takes its own credential with it and no other, since pages rest on all of them. What is
    wrong is logged whenever files are read.
    """
    paths = sorted((bank_dir / FOLDER).glob("*.yaml"))
    stamps = tuple((path.name, credit_tags.changed_at(path)) for path in paths)
    return _read(bank_dir, stamps, credit_tags.changed_at(bank_dir / credit_tags.FILE))


def all_rules(bank_dir: Path) -> Mapping[str, CredentialRules]:
    """The rules of every credential whose file can be read, by slug."""
    return rule_book(bank_dir).credentials


def check_rule_files(bank_dir: Path) -> None:
    """Raises BadFileError with every problem of every rule file: file, line and reason."""
    problems = rule_book(bank_dir).problems
    if problems:
        raise BadFileError(list(problems))


@lru_cache(maxsize=8)
def _read(bank_dir: Path, files: tuple[tuple[str, int], ...], _tags_changed: int) -> RuleBook:
    found: dict[str, CredentialRules] = {}
    problems = [] if files else [Problem(FOLDER, 1, "there are no rule files")]
    known: Mapping[str, str] | None = None
    try:
        known = credit_tags.credit_tags(bank_dir).names
    except BadFileError as error:
        problems += error.problems
    for name, _changed in files:
        try:
            found[Path(name).stem] = _read_file(bank_dir, name, known)
        except BadFileError as error:
            problems += error.problems
    for problem in problems:
        log.error("Rules that cannot be read: %s", problem)
    return RuleBook(found, sorted(problems))


def _read_file(bank_dir: Path, name: str, known: Mapping[str, str] | None) -> CredentialRules:
    """One credential's rules. Where the list of tags is broken, whatever tags they ask for are taken as they are."""
    document = read_document(bank_dir, f"{FOLDER}/{name}")
    credential = convert(document, document.data, CredentialRules)
    problems = [
        document.problem(path, f"no such credit tag: {tag}")
        for path, tag in credit_tags.tags_asked_for(document.data)
        if known is not None and tag not in known
    ]
    problems += [
        document.problem(f"$.versions[{number}]", f"of {slug} only a part counts at all, and no minimum says so")
        for number, version in enumerate(credential.versions)
        for slug in unsaid_conditions(version.rules())
    ]
    problems += [
        document.problem(f"$.versions[{number}].source.address", "a source has an address, where the rules can be read")
        for number, version in enumerate(credential.versions)
        if not version.source.address
    ]
    if credential.slug != Path(name).stem:
        problems.append(document.problem("$.slug", f"the slug is {credential.slug!r}, unlike the file's name"))
    if problems:
        raise BadFileError(sorted(problems))
    return credential
