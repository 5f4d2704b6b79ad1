"""What one activity changes in one credential, and which kinds of learning would change most."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import product

import pytest

from quizapp.config import ROOT
from quizapp.credits.credit_tags import credit_tags
from quizapp.credits.rule_book import all_rules
from quizapp.rules.credit_cycles import Anchors, Cycle, cycles_until
from quizapp.rules.credit_effects import (
    Effect,
    Gain,
    LearningKind,
    best_kinds,
    effect_of,
    ending_first,
    gain_text,
    in_short,
    verdict,
    what_changes,
    what_counts,
    with_one_more,
)
from quizapp.rules.credit_rules import (
    BodyUnit,
    Bucket,
    Credit,
    CycleShape,
    Limit,
    Occasion,
    Repeats,
    Retest,
    RuleVersion,
    Surplus,
    Takes,
)
from quizapp.rules.credit_status import CycleStatus, Entry, Holder, status_of
from quizapp.rules.credit_statuses import Closed
from tests.rules.credit_makers import standings

TODAY = date(2026, 3, 10)
CERTIFIED = date(2025, 5, 20)
EARLIER = date(2025, 6, 1)
MEMBER = Holder()
HOUR = 60


def version(hours: int = 12, *parts: Bucket, **fields: object) -> RuleVersion:
    total = Bucket("total", "in all", minimum=Limit(hours * HOUR, "So many hours."), parts=parts)
    rules = RuleVersion(
        slug="rules",
        name="Rules",
        recorded="in March 2026 (a page)",
        cycle=CycleShape("anniversary", 12),
        total=total,
        surplus=Surplus("lost", "What is beyond is lost."),
    )
    return replace(rules, **fields)  # type: ignore[arg-type]


def part(slug: str, *, least: int = 0, most: int | None = None, **takes: object) -> Bucket:
    return Bucket(
        slug,
        slug.upper(),
        Takes(**takes),  # type: ignore[arg-type]
        Limit(least * HOUR, f"At least {least} {slug}.") if least else None,
        Limit(most * HOUR, f"At most {most} {slug}.") if most is not None else None,
    )


MGMA = part("mgma", least=6, tags=frozenset({"mgma"}))
OTHER = part("other", most=6, otherwise=True)


def credit(
    hours: float = 2, *tags: str, day: date = date(2026, 2, 3), key: str = "new", delivery: str = "unknown"
) -> Credit:
    return Credit(key, day, int(hours * HOUR), frozenset(tags), delivery)


def effect(
    rules: RuleVersion,
    new: Credit,
    *others: Credit,
    certified_on: date = CERTIFIED,
    closed: dict[object, Closed] | None = None,
    holder: Holder = MEMBER,
) -> Effect:
    cycles = cycles_until(Anchors(certified_on), [(certified_on, rules)], TODAY)
    without = standings(cycles, others, holder, closed or {})
    with_it = standings(cycles, [*others, new], holder, closed or {})
    return effect_of(new, without, with_it, closed or {})


def said(found: Effect) -> list[str]:
    return [verdict(found), what_counts(found), *what_changes(found, TODAY)]


def test_what_counts_says_what_is_needed_afterwards() -> None:
    assert said(effect(version(), credit(2), credit(6, key="old"))) == [
        "Counts",
        "2 of 2 hours count.",
        "Needed afterwards: 4 more hours, by 19 May 2026.",
    ]


def test_nothing_is_needed_by_a_day_that_has_gone() -> None:
    found = effect(version(), credit(2, day=date(2025, 1, 10)), certified_on=date(2024, 5, 20))
    assert said(found)[2] == "Needed afterwards: 10 more hours; the cycle ended on 19 May 2025."


def test_the_bucket_that_takes_it_is_named() -> None:
    found = effect(version(12, MGMA, OTHER), credit(2, "mgma"))
    assert said(found)[1:] == [
        "2 of 2 hours count: 2 hours MGMA.",
        "Needed afterwards: 10 more hours, at least 4 of them MGMA, by 19 May 2026.",
    ]
    assert found.gained_minutes == 2 * HOUR


def test_what_a_cap_holds_back_is_told_with_its_rule() -> None:
    found = effect(version(12, MGMA, OTHER), credit(2), credit(5, key="old", day=EARLIER))
    assert said(found) == [
        "Counts in part",
        "1 of 2 hours count: 1 hour OTHER and 1 hour beyond a cap. Rule: At most 6 other.",
        "Needed afterwards: 6 more hours, all of them MGMA, by 19 May 2026.",
    ]


def test_what_takes_the_place_of_a_later_activity_says_first_what_it_adds() -> None:
    found = effect(version(12, MGMA, OTHER), credit(2, day=EARLIER), credit(5, key="old"))
    assert said(found) == [
        "Counts in part",
        "Adds 1 of 2 hours: the rest only takes the place of what counts already. Rule: At most 6 other.",
        "Needed afterwards: 6 more hours, all of them MGMA, by 19 May 2026.",
    ]


def test_what_only_takes_the_place_of_others_adds_nothing() -> None:
    found = effect(version(12, MGMA, OTHER), credit(8, day=EARLIER), credit(6, key="old"))
    assert said(found) == [
        "Adds nothing",
        "Adds nothing: it only takes the place of what counts already. Rule: At most 6 other.",
    ]


def test_a_longer_activity_of_the_same_course_adds_the_difference() -> None:
    rules = version(repeats=Repeats("once-a-cycle", "A course counts once."))
    old = replace(credit(2, key="old", day=EARLIER), course="a course")
    assert said(effect(rules, replace(credit(3), course="a course"), old))[:2] == [
        "Counts in part",
        "Adds 1 of 3 hours: the rest only takes the place of what counts already. A course counts once.",
    ]


def test_an_occasion_is_told_though_no_hour_is_added() -> None:
    meeting = Occasion("meeting", "meeting", Takes(frozenset({"volunteering"})), 1, "One meeting.")
    rules = version(12, MGMA, OTHER, occasions=(meeting,))
    found = effect(rules, credit(6, "volunteering", day=EARLIER), credit(6, key="old"))
    assert said(found)[::2] == ["Counts in part", "Needed afterwards: 6 more hours, all of them MGMA, by 19 May 2026."]


def test_what_counts_for_nothing_says_nothing_of_what_is_missing() -> None:
    found = effect(version(12, MGMA, OTHER), credit(2), credit(6, key="old", day=EARLIER))
    assert said(found) == ["Does not count", "Does not count. Rule: At most 6 other."]


def test_the_last_hour_meets_the_rules_as_recorded() -> None:
    assert said(effect(version(), credit(2), credit(10, key="old")))[2] == (
        "Nothing is missing: what is logged meets the rules as recorded in March 2026 (a page)."
    )


def test_what_is_beyond_the_total_will_be_lost() -> None:
    assert said(effect(version(), credit(2), credit(11, key="old")))[3] == (
        "1 hour beyond the total of 12 hours: lost when the cycle ends. Rule: What is beyond is lost."
    )
    assert said(effect(version(), credit(2), credit(12, key="old")))[:3] == [
        "Counts, not needed",
        "2 of 2 hours count.",
        "Nothing was missing before.",
    ]


def test_what_is_beyond_the_total_is_told_once_and_again_where_more_of_it_can_be_carried() -> None:
    before = [credit(14, key="old")]
    assert len(said(effect(version(), credit(2), *before))) == 3
    carried = version(surplus=Surplus("carried", "At most 3 are carried.", 3 * HOUR))
    assert said(effect(carried, credit(2), *before))[3] == (
        "4 hours beyond the total of 12 hours: 3 hours can be carried to the next cycle, 1 hour will be lost. "
        "Rule: At most 3 are carried."
    )


def test_before_the_certification_nothing_counts() -> None:
    assert said(effect(version(), credit(day=date(2025, 5, 19)))) == [
        "Does not count",
        "Does not count: it ended before your certification on 20 May 2025.",
    ]
    assert verdict(effect(version(), credit(day=CERTIFIED))) == "Counts"


@pytest.mark.parametrize("recorded", [frozenset(), frozenset({"new"})])
def test_a_closed_cycle_stays_as_it_is(recorded: frozenset[str]) -> None:
    first = date(2024, 5, 20)
    found = effect(version(), credit(day=first), certified_on=first, closed={first: Closed(recorded, 0)})
    assert said(found) == ["Closed cycle", "Falls into a closed cycle, which stays as it is."]
    assert (found.cycle.start, found.counted_minutes, found.is_useful) == (first, 0, False)


def test_a_past_cycle_that_is_open_takes_it() -> None:
    first = date(2024, 5, 20)
    found = effect(version(), credit(12, day=first), certified_on=first)
    assert found.cycle.start == first
    assert said(found)[2].startswith("Nothing is missing")


def test_the_same_course_again_does_not_count_where_the_rules_say_so() -> None:
    rules = version(repeats=Repeats("once-a-cycle", "A course counts once."))
    old = replace(credit(3, key="old"), course="a course")
    found = effect(rules, replace(credit(2), course="a course"), old)
    assert said(found)[:2] == ["Does not count", "Does not count again: A course counts once."]


def test_hours_do_not_renew_what_is_renewed_by_retest() -> None:
    rules = version(retest=Retest("non-members", 60, "Non-members retest."))
    assert said(effect(rules, credit(2), holder=Holder(is_member=False))) == [
        "Retest instead of hours",
        "2 of 2 hours count.",
        "Hours do not renew it. Retest between 21 March 2026 and 20 May 2026.",
    ]


def test_what_waits_for_the_next_cycle_says_so() -> None:
    rules = version(1, shared_month="The last month counts to either.")
    cycles = cycles_until(Anchors(date(2025, 3, 20)), [(date(2025, 3, 20), rules)], TODAY)
    old, new = credit(1, key="old"), credit(2, day=date(2026, 3, 9))
    found = effect_of(new, standings(cycles, [old], Holder()), standings(cycles, [old, new], Holder()), frozenset())
    assert said(found) == [
        "Waits",
        "Not needed in this cycle, so it may count to the next one. Rule: The last month counts to either.",
    ]


def test_in_short_it_says_how_much_counts() -> None:
    points = BodyUnit("point", "points", 50)
    status = status_of(present(version(12, MGMA, OTHER)), [credit(2), credit(7, key="old", day=CERTIFIED)], Holder())
    assert in_short(status.entries["old"], BodyUnit()) == "6 of 7 hours"
    assert in_short(status.entries["new"], BodyUnit()) == "0 of 2 hours"
    assert in_short(status_of(present(version()), [credit(5 / 6)], Holder()).entries["new"], points) == "1 point"


# --- What would help most -------------------------------------------------------------------------------------------


def present(rules: RuleVersion) -> Cycle:
    return cycles_until(Anchors(CERTIFIED), [(CERTIFIED, rules)], TODAY)[-1]


def standing(rules: RuleVersion, *credits_: Credit, holder: Holder = MEMBER) -> CycleStatus:
    return status_of(present(rules), credits_, holder)


QUESTIONS = (("mgma", "aapc"), ("hr", "coding"), ("volunteering",))
CMM = version(12)
CMPE = version(12, replace(MGMA, parts=(part("live", least=3, delivery="live"),)), OTHER)
CPC = version(12, part("approved", least=12, tags=frozenset({"aapc"})), part("rest", most=0, otherwise=True))


def kinds(*statuses: CycleStatus, minutes: int = 2 * HOUR) -> list[LearningKind]:
    return [each.kind for each in best_kinds(statuses, QUESTIONS, minutes, TODAY)]


def test_one_course_that_serves_all_goes_first() -> None:
    assert kinds(standing(CMM), standing(CMPE), standing(CPC)) == [
        LearningKind(("aapc",)),
        LearningKind(("mgma",), "live"),
    ]


def test_what_ends_first_and_is_short_goes_before_what_brings_more_in_all() -> None:
    sooner = replace(CPC, cycle=CycleShape("anniversary", 11))
    assert ending_first([standing(CMM), standing(sooner), standing(CMPE)]) == [1]
    assert kinds(standing(CMPE), standing(sooner))[0] == LearningKind(("aapc",))
    all_mgma = replace(MGMA, minimum=Limit(12 * HOUR, "All MGMA."))
    mgma = version(12, all_mgma, part("rest", most=0, otherwise=True))
    assert kinds(standing(mgma), standing(mgma), standing(sooner))[0] == LearningKind(("aapc",))
    met = standing(sooner, credit(12, "aapc"))
    assert ending_first([standing(mgma), met]) == [0]
    assert kinds(standing(mgma), met)[0] == LearningKind(("mgma",))
    assert ending_first([met]) == []


def test_what_asks_less_goes_before_what_brings_the_same() -> None:
    assert kinds(standing(CMM)) == [LearningKind()]


def test_live_or_self_paced_is_left_open_where_both_bring_the_same() -> None:
    capped = version(12, part("self", most=1, delivery="self-paced"))
    assert kinds(standing(capped)) == [LearningKind((), "live")]
    assert kinds(standing(CMM), standing(CPC)) == [LearningKind(("aapc",))]


def test_what_is_met_or_renewed_by_retest_asks_for_nothing() -> None:
    retest = replace(CMM, retest=Retest("non-members", 60, "Retest."))
    met = standing(CPC, credit(12, "aapc"))
    assert kinds(met, standing(retest, holder=Holder(is_member=False))) == []
    assert kinds(met, standing(CMM)) == [LearningKind()]
    assert kinds() == []


def test_a_cap_that_is_reached_sends_elsewhere() -> None:
    assert kinds(standing(CMPE, credit(6))) == [LearningKind(("mgma",), "live")]


def test_an_occasion_helps_when_no_hour_does() -> None:
    meeting = Occasion("meeting", "meeting", Takes(frozenset({"volunteering"})), 1, "One meeting.")
    (found,) = best_kinds([standing(version(1, occasions=(meeting,)), credit(1))], QUESTIONS, HOUR, TODAY)
    assert found.kind == LearningKind(("volunteering",))
    assert gain_text(found.gains[0], BodyUnit(), "CHBME") == "one meeting for CHBME"


def test_with_one_more_is_what_the_whole_reckoning_says() -> None:
    rules = replace(CMPE, repeats=Repeats("once-a-cycle", "Once."))
    one, again = (replace(credit(3, "mgma", key=key), course="same") for key in ("one", "again"))
    new = credit(2, "mgma", delivery="live")
    assert with_one_more(standing(rules, one, again), new).missing_minutes == (
        standing(rules, one, again, new).missing_minutes
    )


def test_what_waits_for_the_next_cycle_is_not_reckoned_with() -> None:
    waiting = credit(6, key="waiting")
    status = standing(CMM, credit(2, key="old"))
    status = replace(status, entries={**status.entries, "waiting": Entry(waiting, {}, "next")})
    assert with_one_more(status, credit(1)).missing_minutes == 9 * HOUR


def test_what_a_kind_brings_is_told_in_the_bodys_units() -> None:
    points = BodyUnit("point", "points", 50)
    assert (
        gain_text(Gain(100, (("live", 50), ("approved", 50))), points, "CMA") == "2 points of CMA (live and approved)"
    )
    assert gain_text(Gain(0, (("live", 50),)), points, "CMA") == "1 point live of CMA"
    assert gain_text(Gain(0), points, "CMA") == ""


def statuses_of_the_bank(held: Sequence[str]) -> list[CycleStatus]:
    found = []
    for slug in held:
        rules = all_rules(ROOT / "question_bank")[slug].newest.rules()
        due_on = date(2026, 12, 31) if rules.cycle.kind == "due-date" else None
        cycles = cycles_until(Anchors(CERTIFIED, 5, due_on), [(CERTIFIED, rules)], TODAY)
        found.append(status_of(cycles[-1], [], Holder()))
    return found


def test_all_credentials_of_the_bank_together_take_no_more_than_a_hundred_and_fifty_reckonings() -> None:
    slugs = list(all_rules(ROOT / "question_bank"))
    questions = [[tag.slug for tag in group.tags] for group in credit_tags(ROOT / "question_bank").groups]
    reckoned = 0

    def reckon(status: CycleStatus, planned: Credit) -> CycleStatus:
        nonlocal reckoned
        reckoned += 1
        return with_one_more(status, planned)

    found = best_kinds(statuses_of_the_bank(slugs), questions, 6 * HOUR, TODAY, reckon)
    print(f"{len(slugs)} credentials: {reckoned} reckonings")  # noqa: T201 - the bound is worth reading
    assert found
    assert reckoned <= 150


def test_the_best_kind_is_the_best_of_all_that_can_be_asked() -> None:
    held = ["cmm", "cpc", "cmpe"]
    questions = [[tag.slug for tag in group.tags] for group in credit_tags(ROOT / "question_bank").groups]
    statuses = statuses_of_the_bank(held)
    best = best_kinds(statuses, questions, 6 * HOUR, TODAY)[0]
    tried = [
        sum(
            status.missing_minutes
            - with_one_more(status, Credit("x", TODAY, 360, frozenset(tags) - {""}, delivery)).missing_minutes
            for status in statuses
        )
        for *tags, delivery in product(["", *questions[0]], ["", *questions[1]], ["live", "self-paced"])
    ]
    assert best.worth[0] == max(tried)
