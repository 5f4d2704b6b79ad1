"""What becomes different when a cycle takes other rules than the one before, in sentences."""

from collections.abc import Mapping

from quizapp.rules.credit_rules import TOTAL, RuleVersion, asked_of
from quizapp.rules.credit_sentences import counted_occasions
from quizapp.rules.credit_words import counted, credit_text, listed

SURPLUS = {"lost": "lost", "not-stated": "not stated to count later", "carried": "carried on"}


def changes_between(before: RuleVersion, after: RuleVersion) -> list[str]:
    """How the rules after differ from those before: length, total, minimums and maximums, surplus, retest, proof.

    Amounts are those of the holder of one credential. Requirements are the same where their slugs are. Empty where
    nothing of that differs.
    """
    found = []
    if before.cycle.months != after.cycle.months:
        found.append(f"A cycle has {counted(after.cycle.months, 'month')} instead of {before.cycle.months}.")
    was, becomes = _limits(before), _limits(after)
    found += [
        f"{_begun(text)} instead of {was[slug]}." if slug in was else f"New: {text}."
        for slug, text in becomes.items()
        if was.get(slug) != text
    ]
    gone = [text for slug, text in was.items() if slug not in becomes]
    if gone:
        found.append(f"No longer asked: {listed(gone)}.")
    if before.surplus.kind != after.surplus.kind:
        found.append(f"What is beyond the total is {SURPLUS[after.surplus.kind]}.")
    for name, one, other in (
        ("retest", before.retest, after.retest),
        ("membership", before.membership, after.membership),
    ):
        if other and (one is None or one.rule != other.rule):
            found.append(other.rule)
        if one and not other:
            found.append(f"No rule about {name} is recorded.")
    return found


def _limits(rules: RuleVersion) -> Mapping[str, str]:
    """Each requirement in words, by its slug."""
    found = {}
    asked = asked_of(rules)
    for root in (asked.total, *asked.across, *asked.beside):
        for bucket, _ in root.walk():
            amounts = [
                f"{word} {credit_text(limit.minutes, rules.unit)}"
                for word, limit in (("at least", bucket.minimum), ("at most", bucket.maximum))
                if limit
            ]
            if bucket.slug == TOTAL:
                found[TOTAL] = f"{credit_text(bucket.needed_minutes, rules.unit)} in all"
            elif amounts:
                found[bucket.slug] = f"{listed(amounts)} {bucket.name}"
    return found | {each.slug: counted_occasions(each.at_least, each.name) for each in asked.occasions}


def _begun(text: str) -> str:
    return text[0].upper() + text[1:]
