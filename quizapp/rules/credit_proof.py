"""What an activity is shown to a body for, which proof the body asks for, and what of it is missing."""

from quizapp.rules.credit_rules import Bucket, Occasion
from quizapp.rules.credit_status import CycleStatus, Entry

PROOF_NAMES = {"certificate": "certificate", "index-number": "index number"}


def also_serves(entry: Entry, status: CycleStatus) -> tuple[str, ...]:
    """The names of what an activity serves besides its bucket: minimums across the total, and occasions.

    It serves them whole even where a maximum holds its minutes back; what a cycle leaves out serves nothing.
    """
    if entry.why_not in {"repeated", "next"}:
        return ()
    credit, asked = entry.credit, status.asked
    is_beside = any(bucket.slug in entry.entered for bucket in asked.beside)
    serving: list[Bucket | Occasion] = [*(() if is_beside else asked.across), *asked.occasions]
    return tuple(each.name for each in serving if each.takes.fits(credit.tags, credit.delivery))


def proof_asked(entry: Entry, status: CycleStatus) -> frozenset[str]:
    """The proof of one activity that its cycle's rules ask for: of every activity, and of the buckets it counts in.

    What does not count needs no proof, nor do hours that renew nothing.
    """
    if not entry.minutes or not status.goes_by_hours:
        return frozenset()
    return frozenset(status.cycle.rules.proof).union(*(bucket.proof for bucket in _counting(entry, status)))


def missing_proof(entry: Entry, status: CycleStatus, *, has_certificate: bool, index_number: str) -> tuple[str, ...]:
    """The names of what is asked for and not there: certificate, index number."""
    there = {"certificate": has_certificate, "index-number": bool(index_number)}
    asked = proof_asked(entry, status)
    return tuple(name for proof, name in PROOF_NAMES.items() if proof in asked and not there[proof])


def _counting(entry: Entry, status: CycleStatus) -> list[Bucket]:
    """The buckets that the activity's minutes count in, those around them, and those across that it fits."""
    asked, credit = status.asked, entry.credit
    in_tree = [
        each
        for root in (asked.total, *asked.beside)
        for bucket, outer in root.walk()
        if bucket.slug in entry.entered
        for each in (bucket, *outer)
    ]
    return in_tree + [bucket for bucket in asked.across if bucket.takes.fits(credit.tags, credit.delivery)]
