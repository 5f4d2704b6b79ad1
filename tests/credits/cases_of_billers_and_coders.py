"""Cases of PMI, HBMA and AAPC. The source of each rule stands above its cases."""

from functools import partial

from tests.credits.case import HOUR, Case, either, live, self_paced

# info.pmimd.com, 7 January 2021: 12 CEUs per calendar year, at least 9 core, 3 from other subjects.
_cmom = partial(
    Case,
    rules="cmom 12-ceus",
    certified_on="2023-09-20",
    today="2026-11-21",
    first_day="2026-01-01",
    last_day="2026-12-31",
)

CMOM = (
    _cmom(
        "9 core CEUs and 3 others are exactly enough",
        logged=(either("2026-01-01", 9 * HOUR, "cmom-core"), either("2026-06-01", 3 * HOUR)),
        required=12 * HOUR,
        counted=12 * HOUR,
    ),
    _cmom(
        "two of five other CEUs are beyond the cap, and a core CEU is missing",
        logged=(either("2026-01-01", 8 * HOUR, "cmom-core"), either("2026-06-01", 5 * HOUR)),
        required=12 * HOUR,
        counted=11 * HOUR,
        short={"total": HOUR, "core": HOUR},
        held_back=2 * HOUR,
    ),
    Case(
        "the year of the certification ends on 31 December and asks for all 12",
        "cmom 12-ceus",
        certified_on="2026-05-10",
        today="2026-11-21",
        first_day="2026-05-10",
        last_day="2026-12-31",
        logged=(either("2026-06-01", 12 * HOUR, "cmom-core"),),
        required=12 * HOUR,
        counted=12 * HOUR,
    ),
    # pmimd.com/certify/certfaqs.asp: the result letter states a day, at least one year after the examination.
    Case(
        "a day in the result letter goes before the calendar year",
        "cmom 12-ceus",
        certified_on="2026-05-10",
        today="2026-11-21",
        due_on="2027-05-31",
        first_day="2026-05-10",
        last_day="2027-05-31",
        required=12 * HOUR,
        counted=0,
        short={"total": 12 * HOUR, "core": 9 * HOUR},
    ),
)

# hbma.org, Maintaining your Certification: 60 credit hours in three years, 36 HBMA, 24 other, one live conference;
# committee work at most 9, teaching 27, quizzes 18.
_chbme = partial(
    Case,
    rules="chbme 60-hours",
    certified_on="2024-04-15",
    today="2026-11-21",
    first_day="2024-04-15",
    last_day="2027-04-14",
)

CHBME = (
    _chbme(
        "36 HBMA hours with a live conference and 24 others are exactly enough",
        logged=(
            live("2024-09-01", 20 * HOUR, "hbma", "hbma-conference"),
            self_paced("2025-02-01", 16 * HOUR, "hbma"),
            either("2025-03-01", 24 * HOUR),
        ),
        required=60 * HOUR,
        counted=60 * HOUR,
    ),
    _chbme(
        "a recorded conference is no live one",
        logged=(self_paced("2024-09-01", 36 * HOUR, "hbma", "hbma-conference"), either("2025-03-01", 24 * HOUR)),
        required=60 * HOUR,
        counted=60 * HOUR,
        short={"conference": 1},
    ),
    _chbme(
        "each kind of HBMA work has its cap",
        logged=(
            live("2024-09-01", 6 * HOUR, "hbma", "hbma-conference"),
            either("2025-01-01", 12 * HOUR, "hbma", "volunteering"),
            either("2025-02-01", 30 * HOUR, "hbma", "presenting"),
            either("2025-03-01", 20 * HOUR, "hbma", "journal-quiz"),
        ),
        required=60 * HOUR,
        counted=60 * HOUR,
        held_back=(3 + 3 + 2) * HOUR,
    ),
    _chbme(
        "one HBMA minute short, six of 30 hours from elsewhere beyond the cap",
        logged=(live("2024-09-01", 36 * HOUR - 1, "hbma", "hbma-conference"), either("2025-03-01", 30 * HOUR)),
        required=60 * HOUR,
        counted=60 * HOUR - 1,
        short={"total": 1, "hbma": 1},
        held_back=6 * HOUR,
    ),
)

# aapc.com/about-us/ceu-policies and CEU information for members: 36 CEUs in two years to the day on which membership is
# due, 40, 44, 48, 52 with further credentials; approved vendors; each course once; no carry-over; CEUs of the renewal
# month to either period.
_cpc = partial(
    Case,
    rules="cpc 36-ceus",
    certified_on="2021-04-12",
    today="2026-11-21",
    due_on="2027-05-31",
    first_day="2025-06-01",
    last_day="2027-05-31",
)

CPC = (
    _cpc(
        "36 approved CEUs for one credential are exactly enough",
        logged=(either("2025-06-01", 36 * HOUR, "aapc-approved"),),
        required=36 * HOUR,
        counted=36 * HOUR,
    ),
    _cpc(
        "two AAPC credentials ask for 40 together",
        credentials=2,
        logged=(either("2025-06-01", 36 * HOUR, "aapc-approved"),),
        required=40 * HOUR,
        counted=36 * HOUR,
        short={"total": 4 * HOUR, "approved": 4 * HOUR},
    ),
    _cpc(
        "six ask for no more than five",
        credentials=6,
        logged=(either("2025-06-01", 52 * HOUR, "aapc-approved"),),
        required=52 * HOUR,
        counted=52 * HOUR,
    ),
    _cpc(
        "CEUs that AAPC has not approved do not count",
        logged=(either("2025-06-01", 30 * HOUR, "aapc-approved"), either("2025-07-01", 10 * HOUR, "pahcom-approved")),
        required=36 * HOUR,
        counted=30 * HOUR,
        short={"total": 6 * HOUR, "approved": 6 * HOUR},
        held_back=10 * HOUR,
    ),
    _cpc(
        "the same course does not count again, not even two years later",
        logged=(
            either("2024-02-01", 4 * HOUR, "aapc-approved", course="audits"),
            either("2025-07-01", 6 * HOUR, "aapc-approved", course="modifiers"),
            either("2026-02-01", 4 * HOUR, "aapc-approved", course="audits"),
            either("2026-07-01", 6 * HOUR, "aapc-approved", course="modifiers"),
        ),
        required=36 * HOUR,
        counted=6 * HOUR,
        short={"total": 30 * HOUR, "approved": 30 * HOUR},
        held_back=10 * HOUR,
    ),
    _cpc(
        "CEUs beyond 36 are lost",
        logged=(either("2025-06-01", 40 * HOUR, "aapc-approved"),),
        required=36 * HOUR,
        counted=36 * HOUR,
        surplus=4 * HOUR,
    ),
    Case(
        "of the CEUs of the renewal month, the period that ends takes what it lacks",
        "cpc 36-ceus",
        certified_on="2021-04-12",
        today="2027-06-15",
        cycles_ago=1,
        due_on="2027-05-31",
        first_day="2025-06-01",
        last_day="2027-05-31",
        logged=(
            either("2026-06-01", 34 * HOUR, "aapc-approved"),
            either("2027-05-20", 2 * HOUR, "aapc-approved"),
            either("2027-05-25", 2 * HOUR, "aapc-approved"),
        ),
        required=36 * HOUR,
        counted=36 * HOUR,
    ),
    Case(
        "and the next period has the rest",
        "cpc 36-ceus",
        certified_on="2021-04-12",
        today="2027-06-15",
        due_on="2027-05-31",
        first_day="2027-06-01",
        last_day="2029-05-31",
        logged=(
            either("2026-06-01", 34 * HOUR, "aapc-approved"),
            either("2027-05-20", 2 * HOUR, "aapc-approved"),
            either("2027-05-25", 2 * HOUR, "aapc-approved"),
        ),
        required=36 * HOUR,
        counted=2 * HOUR,
        short={"total": 34 * HOUR, "approved": 34 * HOUR},
    ),
    Case(
        "of a period that was met before it was tracked here, the renewal month goes on to the next",
        "cpc 36-ceus",
        certified_on="2021-04-12",
        today="2027-07-01",
        due_on="2027-05-31",
        first_day="2027-06-01",
        last_day="2029-05-31",
        logged=(either("2026-06-01", 3 * HOUR, "aapc-approved"), either("2027-05-31", 2 * HOUR, "aapc-approved")),
        required=36 * HOUR,
        counted=2 * HOUR,
        short={"total": 34 * HOUR, "approved": 34 * HOUR},
    ),
    Case(
        "CEUs from after the due date do not count to the period that ended",
        "cpc 36-ceus",
        certified_on="2021-04-12",
        today="2027-07-01",
        cycles_ago=1,
        due_on="2027-05-31",
        first_day="2025-06-01",
        last_day="2027-05-31",
        logged=(either("2026-06-01", 35 * HOUR, "aapc-approved"), either("2027-06-03", HOUR, "aapc-approved")),
        required=36 * HOUR,
        counted=35 * HOUR,
        short={"total": HOUR, "approved": HOUR},
    ),
)

# The same pages: CPPM asks for 16 of the CEUs in practice management.
_cppm = partial(
    Case,
    rules="cppm 36-ceus-16-management",
    certified_on="2021-04-12",
    today="2026-11-21",
    due_on="2027-05-31",
    first_day="2025-06-01",
    last_day="2027-05-31",
)

CPPM = (
    _cppm(
        "one CEU in practice management short",
        logged=(
            either("2025-06-01", 21 * HOUR, "aapc-approved"),
            either("2025-07-01", 15 * HOUR, "aapc-approved", "practice-management"),
        ),
        required=36 * HOUR,
        counted=35 * HOUR,
        short={"practice-management": HOUR},
    ),
    _cppm(
        "with CPC beside it 40, and 16 in practice management are still enough",
        credentials=2,
        logged=(
            either("2025-06-01", 24 * HOUR, "aapc-approved"),
            either("2025-07-01", 16 * HOUR, "aapc-approved", "practice-management"),
        ),
        required=40 * HOUR,
        counted=40 * HOUR,
    ),
    _cppm(
        "the same course does not count again",
        logged=(
            either("2025-06-01", 20 * HOUR, "aapc-approved"),
            either("2025-07-01", 16 * HOUR, "aapc-approved", "practice-management", course="staffing"),
            either("2026-07-01", 16 * HOUR, "aapc-approved", "practice-management", course="staffing"),
        ),
        required=36 * HOUR,
        counted=36 * HOUR,
        held_back=16 * HOUR,
    ),
    _cppm(
        "practice management that AAPC has not approved does not count",
        logged=(
            either("2025-06-01", 36 * HOUR, "aapc-approved"),
            either("2025-07-01", 16 * HOUR, "practice-management"),
        ),
        required=36 * HOUR,
        counted=20 * HOUR,
        short={"practice-management": 16 * HOUR},
        held_back=16 * HOUR,
    ),
)
