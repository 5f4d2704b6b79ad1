"""What the operator should know of the rules that credentials are held under."""

from pathlib import Path

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from quizapp.credits.models import CustomCredential, CycleRules, HeldCredential
from quizapp.credits.rule_book import rule_book
from quizapp.credits.rule_files import CUSTOM, FOLDER, stored_rules


def rule_troubles(session: Session, bank_dir: Path) -> list[str]:
    """A sentence for each rule file that cannot be read, and for each version that is gone while somebody needs it."""
    book = rule_book(bank_dir)
    found = [f"Rules that cannot be read: {problem}" for problem in book.problems]
    known = {(slug, version.slug) for slug, rules in book.credentials.items() for version in rules.versions}
    for rules, version, number in session.execute(_in_use()):
        if (rules, version) not in known:
            found.append(f"{FOLDER}/{rules}.yaml lacks the version {version}. Credentials held under it: {number}.")
    refused = sum(stored_rules(content) is None for content in session.scalars(select(CustomCredential.content)))
    if refused:
        found.append(f"Rules that people wrote down themselves and that are refused now: {refused}")
    return found


def _in_use() -> Select[str, str, int]:
    return (
        select(HeldCredential.rules, CycleRules.version, func.count(HeldCredential.id.distinct()))
        .join(
            CycleRules,
            (CycleRules.user_id == HeldCredential.user_id) & (CycleRules.held_credential_id == HeldCredential.id),
        )
        .where(HeldCredential.rules.not_like(f"{CUSTOM}%"))
        .group_by(HeldCredential.rules, CycleRules.version)
        .order_by(HeldCredential.rules, CycleRules.version)
    )
