"""What an activity is shown for besides its minutes, and which proof it needs, by the bucket that it counts in."""

from datetime import date
from typing import Any

from quizapp.rules.credit_cycles import Cycle
from quizapp.rules.credit_proof import also_serves, missing_proof, proof_asked
from quizapp.rules.credit_rules import Bucket, Credit, CycleShape, Limit, Occasion, Repeats, RuleVersion, Surplus, Takes
from quizapp.rules.credit_status import CycleStatus, Entry, Holder, status_of

APPROVED = Bucket(
    "approved",
    "approved",
    Takes(frozenset({"approved"})),
    Limit(60, "An hour is approved."),
    proof=frozenset({"index-number"}),
)
ETHICS = Bucket(
    "ethics", "ethics", Takes(frozenset({"ethics"})), Limit(60, "An hour of ethics."), proof=frozenset({"certificate"})
)
CLOSED = Bucket("none", "on other subjects", Takes(frozenset({"other"})), None, Limit(0, "Nothing else counts."))


CONFERENCE = Occasion("conference", "conference", Takes(frozenset({"conference"})), 1, "One conference.")


def status(*credits_: Credit, proof: frozenset[str] = frozenset(), **parts: Any) -> CycleStatus:
    rules = RuleVersion(
        slug="v",
        name="Rules",
        recorded="in 2026 (a page)",
        cycle=CycleShape("anniversary", 12),
        total=Bucket("total", "in all", minimum=Limit(120, "Two hours."), parts=parts.get("buckets", ())),
        surplus=Surplus("lost", "Lost."),
        across=parts.get("across", ()),
        beside=parts.get("beside", ()),
        occasions=parts.get("occasions", ()),
        repeats=Repeats("once-a-cycle", "A course counts once."),
        proof=proof,
    )
    return status_of(Cycle(date(2026, 1, 1), date(2027, 1, 1), rules), credits_, Holder())


def credit(*tags: str) -> Credit:
    return Credit("a", date(2026, 2, 1), 60, frozenset(tags))


def entry_of(found: CycleStatus) -> Entry:
    return found.entries["a"]


def test_the_version_asks_for_proof_of_every_activity() -> None:
    found = status(credit(), proof=frozenset({"certificate"}))
    assert proof_asked(entry_of(found), found) == {"certificate"}


def test_a_bucket_asks_for_proof_of_what_counts_in_it_alone() -> None:
    assert proof_asked(entry_of(found := status(credit("approved"), buckets=(APPROVED,))), found) == {"index-number"}
    assert proof_asked(entry_of(found := status(credit(), buckets=(APPROVED,))), found) == frozenset()


def test_what_stands_across_and_beside_asks_too() -> None:
    for found in (status(credit("ethics"), across=(ETHICS,)), status(credit("ethics"), beside=(ETHICS,))):
        assert proof_asked(entry_of(found), found) == {"certificate"}


def test_what_does_not_count_needs_no_proof() -> None:
    found = status(credit("other"), proof=frozenset({"certificate"}), buckets=(CLOSED,))
    assert proof_asked(entry_of(found), found) == frozenset()


def test_what_is_there_is_not_missing() -> None:
    found = status(credit(), proof=frozenset({"certificate", "index-number"}))
    entry = entry_of(found)
    assert missing_proof(entry, found, has_certificate=False, index_number="") == ("certificate", "index number")
    assert missing_proof(entry, found, has_certificate=True, index_number="") == ("index number",)
    assert missing_proof(entry, found, has_certificate=True, index_number="17") == ()


def test_what_cuts_across_and_an_occasion_are_served_whatever_the_minutes_do() -> None:
    closed_conference = credit("other", "ethics", "conference")
    found = status(closed_conference, buckets=(CLOSED,), across=(ETHICS,), occasions=(CONFERENCE,))
    assert not entry_of(found).minutes
    assert also_serves(entry_of(found), found) == ("ethics", "conference")
    assert also_serves(entry_of(found := status(credit("other"), across=(ETHICS,))), found) == ()


def test_what_counts_beside_the_total_serves_nothing_across_it() -> None:
    live = Bucket("live", "live", Takes(frozenset({"live"})), Limit(60, "An hour is live."))
    found = status(credit("ethics", "live"), beside=(ETHICS,), across=(live,))
    assert found.across[0].minutes == 0
    assert also_serves(entry_of(found), found) == ()


def test_a_course_that_counts_once_serves_nothing_the_second_time() -> None:
    first, again = (
        Credit(name, date(2026, 2, day), 60, frozenset({"conference"}), course="c")
        for name, day in (("b", 1), ("a", 2))
    )
    found = status(first, again, occasions=(CONFERENCE,))
    assert entry_of(found).why_not == "repeated"
    assert also_serves(entry_of(found), found) == ()
    assert also_serves(found.entries["b"], found) == ("conference",)
