"""What would help most, by the bank's own rules: what an experienced manager would say to people with these gaps."""

from collections.abc import Iterable
from datetime import date

import pytest

from quizapp.config import ROOT
from quizapp.credits.credit_tags import credit_tags
from quizapp.credits.effects import kind_text
from quizapp.credits.rule_book import all_rules
from quizapp.rules.credit_cycles import Anchors, cycles_until
from quizapp.rules.credit_effects import Suggestion, best_kinds
from quizapp.rules.credit_rules import Credit
from quizapp.rules.credit_status import CycleStatus, Holder, status_of

BANK = ROOT / "question_bank"
TAGS = credit_tags(BANK)
QUESTIONS = [[tag.slug for tag in group.tags] for group in TAGS.groups]
TODAY = date(2026, 3, 10)
HOUR = 60


def standing(rules: str, *logged: tuple[int, str, str]) -> CycleStatus:
    """A cycle with these activities: hours, tags, delivery."""
    version = all_rules(BANK)[rules].newest.rules()
    due_on = date(2027, 5, 31) if version.cycle.kind == "due-date" else None
    certified_on = date(2022, 1, 1) if version.cycle.kind == "common" else date(2025, 3, 20)
    cycle = cycles_until(Anchors(certified_on, 5, due_on), [(certified_on, version)], TODAY)[-1]
    credits_ = [
        Credit(str(number), cycle.start, hours * HOUR, frozenset(tags.split()), delivery)
        for number, (hours, tags, delivery) in enumerate(logged)
    ]
    return status_of(cycle, credits_, Holder())


CMM = standing("cmm", (8, "", "live"))
CPPM = standing("cppm", (16, "aapc-approved", "live"), (10, "aapc-approved practice-management", "live"))
CMPE = standing("cmpe", (9, "mgma", "self-paced"), (7, "mgma", "live"), (20, "practice-management", "live"))
SHRM_CP = standing("shrm-cp", (30, "human-resources work-project", "unknown"), (10, "human-resources", "live"))
CHBME = standing("chbme", (30, "hbma", "self-paced"))


def test_the_gaps_are_those_that_are_meant() -> None:
    assert [each.missing_minutes // HOUR for each in (CMM, CPPM, CMPE, SHRM_CP)] == [4, 10, 14, 20]
    assert CPPM.total.parts[0].parts[0].missing_minutes == 6 * HOUR
    assert CMPE.total.parts[0].parts[0].parts[0].missing_minutes == 5 * HOUR
    assert SHRM_CP.total.parts[0].parts[0].is_full


def advice(*held: CycleStatus) -> list[str]:
    return [in_words(each) for each in best_kinds(held, QUESTIONS, 6 * HOUR, TODAY)]


def in_words(each: Suggestion) -> str:
    """Live course: MGMA (4 6); with aapc-approved (4 0): hours by credential, and those that the further tag adds."""
    further = f"; with {each.further.tag} {hours(each.further.minutes)}" if each.further else ""
    return f"{kind_text(each.kind, TAGS)} {hours(gain.minutes for gain in each.gains)}{further}"


def hours(minutes: Iterable[int]) -> str:
    return f"({' '.join(str(each // HOUR) for each in minutes)})"


@pytest.mark.parametrize(
    ("held", "first"),
    [
        ([CMM], "Any course (4)"),
        ([CPPM], "Course: AAPC approved, Practice management (6)"),
        ([CMPE], "Live course: MGMA (6)"),
        ([SHRM_CP], "Course: HR or leadership (6)"),
        ([CMM, SHRM_CP], "Course: HR or leadership (4 6)"),
        ([CMM, CMPE], "Live course: MGMA (4 6)"),
        ([CPPM, SHRM_CP], "Course: AAPC approved, Practice management (6 0); with human-resources (0 6)"),
        ([CMM, CPPM, CMPE], "Live course: MGMA (4 0 6); with aapc-approved (0 4 0)"),
    ],
)
def test_what_serves_most_goes_first_and_says_what_would_be_better_still(held: list[CycleStatus], first: str) -> None:
    assert advice(*held)[0] == first


def test_each_credential_finds_what_it_lacks_in_the_list() -> None:
    assert advice(CMM, CPPM, CMPE, SHRM_CP) == [
        "Live course: MGMA, HR or leadership (4 0 6 6); with aapc-approved (0 4 0 0)",
        "Course: AAPC approved, HR or leadership (4 4 0 6); with mgma (0 0 6 0)",
        "Course: AAPC approved, Practice management (4 6 0 0); with mgma (0 0 6 0)",
    ]


def test_a_conference_of_a_body_is_by_that_body() -> None:
    """Tagged as a conference alone, it would count as one of another provider, of which at most 24 hours count."""
    assert advice(CHBME) == ["Live course: HBMA, HBMA conference (6)"]


def test_a_further_body_is_not_asked_for_where_one_serves_all() -> None:
    assert "with" not in advice(CMM, CMPE, SHRM_CP)[0]
