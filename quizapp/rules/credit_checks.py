"""Whether rules, as they were written down, can be kept: what is asked for has room, and nothing asks in vain."""

from collections.abc import Iterator

from quizapp.rules.credit_rules import TOTAL, Asked, Bucket, RuleVersion, asked_of

_ENDLESS = 10**9


def check_rules(rules: RuleVersion) -> None:
    """Raise ValueError with the first thing that the engine could not reckon with, or that nobody could meet."""
    for fault in _faults(rules):
        raise ValueError(fault)


def _faults(rules: RuleVersion) -> Iterator[str]:
    within = [bucket for bucket, _ in rules.total.walk()]
    slugs = [bucket.slug for bucket in (*within, *rules.across, *rules.beside)]
    slugs += [occasion.slug for occasion in rules.occasions]
    if len(slugs) != len(set(slugs)):
        yield "two requirements have the same slug"
    if any(bucket.parts or bucket.maximum for bucket in (*rules.across, *rules.beside)):
        yield "what stands across or beside the total has a minimum only"
    apart = [each.takes for each in (*rules.across, *rules.beside)] + [each.takes for each in rules.occasions]
    if any(takes.otherwise for takes in apart):
        yield "only parts of the total take what is left over"
    if any(not bucket.takes.tags and not bucket.takes.delivery for bucket in rules.beside):
        yield "what stands beside the total takes everything, so that nothing is left for the total"
    if rules.across and any(bucket.maximum for bucket in within):
        yield "a version with maximums has nothing across them"
    into = rules.surplus.into
    if into and into not in [bucket.slug for bucket, above in rules.total.walk() if _has_room_for_all(bucket, above)]:
        yield f"what is carried cannot count in {into}"
    yield from _faults_of_proration(rules, set(slugs))
    for asked in _all_asked(rules):
        yield from _faults_of_amounts(asked)


def unsaid_conditions(rules: RuleVersion) -> list[str]:
    """The buckets within which only some activities count at all, though no minimum says that all have to be such.

    The engine can reckon with that, but its sentences tell what is missing by the minimums: a holder would read "60
    more hours", and not of what.
    """
    return [
        bucket.slug
        for bucket, _ in asked_of(rules).total.walk()
        if any(part.takes.otherwise and part.maximum and not part.maximum.minutes for part in bucket.parts)
        and sum(part.needed_minutes for part in bucket.parts) < bucket.needed_minutes
    ]


def _faults_of_proration(rules: RuleVersion, slugs: set[str]) -> Iterator[str]:
    if rules.proration is None:
        return
    if rules.cycle.kind != "common":
        yield "only a common cycle can be prorated: the others begin with the certification"
    if rules.totals_by_credentials:
        yield "a total goes by the credentials held or is prorated, not both"
    minimums = [bucket for root in (rules.total, *rules.across) for bucket, _ in root.walk() if bucket.minimum]
    amounts = {bucket.slug for bucket in minimums if bucket.minimum and bucket.minimum.percent is None}
    for from_months, step in rules.proration.steps:
        if strangers := sorted(step.keys() - slugs):
            yield f"the proration names no requirement: {', '.join(strangers)}"
        if left_out := sorted(amounts - step.keys()):
            yield f"the proration from {from_months} months on leaves out: {', '.join(left_out)}"


def _all_asked(rules: RuleVersion) -> Iterator[Asked]:
    """What is asked for by any number of credentials, and from any step of the proration on."""
    for number in range(max(1, len(rules.totals_by_credentials))):
        yield asked_of(rules, credentials=number + 1)
    for from_months, _ in rules.proration.steps if rules.proration else ():
        yield asked_of(rules, months_missed=from_months)


def _faults_of_amounts(asked: Asked) -> Iterator[str]:
    for bucket, _ in asked.total.walk():
        needed = _needed(bucket)
        if bucket.maximum and bucket.maximum.minutes < needed:
            yield f"the maximum of {bucket.slug} leaves no room for the minimums within it"
        if _room(bucket) < needed:
            yield f"the maximums within {bucket.slug} leave no room for what it asks for"
    most = max([_needed(asked.total), *(bucket.needed_minutes for bucket in asked.across)])
    if most > asked.total.needed_minutes:
        yield f"the minimums add up to more than the {TOTAL}"


def _has_room_for_all(bucket: Bucket, above: tuple[Bucket, ...]) -> bool:
    return bucket.is_open and not any(each.maximum for each in (bucket, *above))


def _needed(bucket: Bucket) -> int:
    return max(bucket.needed_minutes, sum(map(_needed, bucket.parts)))


def _room(bucket: Bucket) -> int:
    within = _ENDLESS if bucket.is_open else sum(map(_room, bucket.parts))
    return min(within, bucket.maximum.minutes) if bucket.maximum else within
