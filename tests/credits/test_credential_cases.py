"""Every credential's rules come to what its cases say, worked out by hand from the bodies' words."""

from datetime import date

import pytest

from quizapp.config import ROOT
from quizapp.credits.credit_tags import credit_tags
from quizapp.credits.rule_book import all_rules
from quizapp.rules.credit_cycles import Anchors, cycles_until
from quizapp.rules.credit_rules import Credit
from quizapp.rules.credit_status import CycleStatus, Holder
from quizapp.rules.credit_statuses import Closed, statuses_of
from tests.credits.case import Case
from tests.credits.credential_cases import CASES

BANK = ROOT / "question_bank"
day = date.fromisoformat


def reckoned(case: Case) -> CycleStatus:
    """Where the case's holder stands in the cycle that the case is about."""
    certified_on = day(case.certified_on)
    anchors = Anchors(certified_on, case.birth_month, day(case.due_on) if case.due_on else None)
    rules = all_rules(BANK)[case.credential].version(case.version).rules()
    cycles = cycles_until(anchors, [(certified_on, rules)], day(case.today))
    number = len(cycles) - 1 - case.cycles_ago
    credits_ = [
        Credit(str(position), day(each.day), each.minutes, each.tags, each.delivery, each.course)
        for position, each in enumerate(case.logged)
    ]
    closed: dict[object, Closed] = {cycles[number - 1].start: Closed(frozenset(), case.carried)} if case.carried else {}
    return statuses_of(cycles, credits_, Holder(credentials=case.credentials), day(case.today), closed)[number]


@pytest.mark.parametrize("case", CASES, ids=[f"{case.credential}: {case.name}" for case in CASES])
def test_a_case_comes_to_what_the_rule_says(case: Case) -> None:
    status = reckoned(case)
    short = {each.bucket.slug: each.short_minutes for each in status.requirements if each.short_minutes}
    short |= {each.occasion.slug: each.missing for each in status.occasions if each.missing}
    assert (status.cycle.start, status.cycle.last_day) == (day(case.first_day), day(case.last_day))
    assert (status.required_minutes, status.counted_minutes) == (case.required, case.counted)
    assert short == case.short
    assert status.is_met == (not case.short)
    entries = status.entries.values()
    assert sum(entry.credit.minutes - entry.minutes for entry in entries) == case.held_back
    assert (status.surplus_minutes, status.carriable_minutes) == (case.surplus, case.carries)


def test_every_credential_has_cases() -> None:
    assert {case.credential for case in CASES} == set(all_rules(BANK))


def test_some_rule_asks_for_every_tag() -> None:
    versions = [version for credential in all_rules(BANK).values() for version in credential.versions]
    assert frozenset().union(*(version.rules().tags for version in versions)) == set(credit_tags(BANK).names)


def test_fellows_have_the_rules_of_a_cmpe_and_volunteer_hours() -> None:
    fellow, cmpe = (all_rules(BANK)[slug].newest for slug in ("facmpe", "cmpe"))
    assert fellow.cycle == cmpe.cycle
    assert fellow.rules().total.parts == cmpe.rules().total.parts
    assert fellow.proration is not None
    assert cmpe.proration is not None
    assert fellow.proration.steps == cmpe.proration.steps


def test_the_oldest_rules_of_cmm_are_those_written_for_hitcm_pp() -> None:
    cmm, hitcm = (all_rules(BANK)[slug].version("24-months") for slug in ("cmm", "hitcm-pp"))
    assert (cmm.cycle, cmm.unit, cmm.total) == (hitcm.cycle, hitcm.unit, hitcm.total)


def test_the_older_rules_of_the_rhit_are_those_of_the_rhia_with_other_numbers() -> None:
    rhia, rhit = (all_rules(BANK)[slug] for slug in ("rhia", "rhit"))
    for one, other in zip(rhia.versions, rhit.versions, strict=True):
        assert (one.cycle, one.unit, one.buckets, one.across) == (other.cycle, other.unit, other.buckets, other.across)
        assert other.total == rhit.newest.total


def test_a_total_by_credentials_begins_with_the_total_of_one() -> None:
    for credential in all_rules(BANK).values():
        for version in credential.versions:
            assert version.total.with_credentials[:1] in ([], [version.total.amount])


def test_what_was_not_read_from_the_body_itself_is_said() -> None:
    for credential in all_rules(BANK).values():
        for version in credential.versions:
            assert version.unknown, f"{credential.slug} {version.slug} claims to leave nothing open"
            assert version.source.age
