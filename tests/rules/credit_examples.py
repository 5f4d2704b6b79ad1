"""The rules of six credentials, in minutes, each with something that the others have not; and random histories."""

from datetime import date, timedelta

from hypothesis import strategies as st

from quizapp.rules.credit_cycles import Anchors, Cycle, cycles_until
from quizapp.rules.credit_rules import (
    TOTAL,
    Credit,
    LateWindow,
    Occasion,
    Proration,
    Repeats,
    Retest,
    RuleVersion,
    Surplus,
)
from quizapp.rules.credit_status import Holder
from tests.rules.credit_makers import bucket, rules, takes, total

CMM = rules(total(720), surplus=Surplus("not-stated", "Not stated."), retest=Retest("non-members", 60, "Retest."))
SPLIT = rules(total(1440, bucket("approved", least=720), bucket("recognized", least=720)), months=24)
CPC = rules(
    total(
        2160,
        bucket("aapc", takes("aapc"), least_percent=100),
        bucket("not-approved", takes(otherwise=True), most=0),
    ),
    "due-date",
    24,
    repeats=Repeats("once", "Once for each course."),
    shared_month="In the month of the renewal: either period.",
    totals_by_credentials=tuple(hours * 60 for hours in (36, 40, 44, 48, 52)),
)
CMPE = rules(
    total(
        3000,
        bucket("mgma", takes("mgma"), bucket("mgma-live", takes(live=True), least=720), least=1800),
        bucket("other", takes(otherwise=True), most=1200),
    ),
    "common",
    36,
    anchor=date(2022, 1, 1),
    beside=(bucket("volunteering", least=360),),
    occasions=(Occasion("conference", "conference", takes("conference", live=True), 1, "One conference."),),
    proration=Proration("Less.", ((24, {TOTAL: 0, "mgma": 0, "mgma-live": 0, "other": 0}),)),
)
CMA = rules(
    total(
        3000,
        bucket(
            "areas",
            takes("administrative", "clinical"),
            bucket("administrative", least=500),
            bucket("clinical", least=500),
            least_percent=100,
        ),
    ),
    "month-end",
    60,
    across=(bucket("aama", least=1500),),
    repeats=Repeats("once-a-cycle", "Once in five years."),
)
SHRM = rules(
    total(
        3600,
        bucket(
            "hr",
            takes("hr"),
            bucket("work", takes("work"), most=1800),
            bucket("self", takes(live=False), most=1800),
            least_percent=100,
        ),
        bucket("unrelated", takes(otherwise=True), most=0),
    ),
    "birth-month",
    36,
    surplus=Surplus("carried", "At most 20 are carried.", 1200, into="hr"),
    late=LateWindow(60, "still possible.", "revoked.", counts=True),
)
ALL = (CMM, SPLIT, CPC, CMPE, CMA, SHRM)
HOLDER = Holder()

FIRST = date(2024, 3, 14)
TAGS = sorted(frozenset().union(*(version.tags for version in ALL)))
# A course is always of the same kind: whoever repeats it repeats all of it.
kinds = st.tuples(st.frozensets(st.sampled_from(TAGS), max_size=3), st.sampled_from(["live", "self-paced", "unknown"]))
KINDS_OF_COURSES = {"ethics": (frozenset({"aapc", "hr", "aama"}), "live"), "coding": (frozenset({"aapc"}), "unknown")}


@st.composite
def histories(draw: st.DrawFn, most: int = 10) -> list[Credit]:
    """Activities over some years, some of them of the same courses."""
    found = []
    for number in range(draw(st.integers(0, most))):
        course = draw(st.sampled_from(["", "", "", *KINDS_OF_COURSES]))
        tags, delivery = KINDS_OF_COURSES[course] if course else draw(kinds)
        day = FIRST + timedelta(days=draw(st.integers(-40, 2400)))
        found.append(Credit(str(number), day, draw(st.integers(1, 1500)), tags, delivery, course))
    return found


versions = st.sampled_from(ALL)


def cycles_of(version: RuleVersion, until: date = date(2031, 6, 1)) -> tuple[Cycle, ...]:
    return cycles_until(Anchors(FIRST, birth_month=5, due_on=None), [(FIRST, version)], until)
