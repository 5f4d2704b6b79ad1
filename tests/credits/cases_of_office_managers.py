"""Cases of PAHCOM and MGMA. The source of each rule stands above its cases."""

from functools import partial

from tests.credits.case import HOUR, Case, either, live, self_paced

# my.pahcom.com/decertification: members log 12 CEU every 12 months. An activity on the anniversary counts to the new
# cycle, and one in the 30 days after it too: the source leaves both open, and so they go against the holder.
_split = partial(
    Case,
    rules="cmm 24-months-split",
    certified_on="2015-05-10",
    today="2016-06-01",
    first_day="2015-05-10",
    last_day="2017-05-09",
)

CMM = (
    Case(
        "from a leap day, the anniversary of a common year is 28 February",
        "cmm 12-months",
        certified_on="2024-02-29",
        today="2025-06-01",
        first_day="2025-02-28",
        last_day="2026-02-27",
        required=12 * HOUR,
        counted=0,
        short={"total": 12 * HOUR},
    ),
    Case(
        "from a leap day, the anniversary of a leap year is 29 February again, and the day before it still counts",
        "cmm 12-months",
        certified_on="2024-02-29",
        today="2028-02-28",
        first_day="2027-02-28",
        last_day="2028-02-28",
        logged=(either("2028-02-28", 12 * HOUR),),
        required=12 * HOUR,
        counted=12 * HOUR,
    ),
    Case(
        "one minute short of 12 CEU",
        "cmm 12-months",
        certified_on="2025-03-14",
        today="2026-11-21",
        first_day="2026-03-14",
        last_day="2027-03-13",
        logged=(either("2026-03-14", 6 * HOUR), either("2026-11-20", 6 * HOUR - 1)),
        required=12 * HOUR,
        counted=12 * HOUR - 1,
        short={"total": 1},
    ),
    Case(
        "the anniversary itself counts to the new cycle, also when the old one lacks it",
        "cmm 12-months",
        certified_on="2025-03-14",
        today="2027-03-14",
        cycles_ago=1,
        first_day="2026-03-14",
        last_day="2027-03-13",
        logged=(either("2027-03-13", 11 * HOUR), either("2027-03-14", HOUR)),
        required=12 * HOUR,
        counted=11 * HOUR,
        short={"total": HOUR},
    ),
    # pahcom.com/cmm/recertification.html, about 2015 to 2017: 24 CEU, 12 approved and 12 recognized.
    _split(
        "approved CEU beyond 12 do not stand in for recognized ones",
        logged=(
            either("2015-09-01", 20 * HOUR, "pahcom-approved"),
            either("2016-02-01", 8 * HOUR, "pahcom-recognized"),
        ),
        required=24 * HOUR,
        counted=20 * HOUR,
        short={"recognized": 4 * HOUR},
        surplus=4 * HOUR,
    ),
    _split(
        "exactly 12 approved and 12 recognized",
        logged=(
            either("2015-09-01", 12 * HOUR, "pahcom-approved"),
            either("2016-02-01", 12 * HOUR, "pahcom-recognized"),
        ),
        required=24 * HOUR,
        counted=24 * HOUR,
    ),
    _split(
        "an hour that is neither approved nor recognized fills the total and no minimum",
        logged=(
            either("2015-09-01", 12 * HOUR, "pahcom-approved"),
            either("2016-02-01", 11 * HOUR, "pahcom-recognized"),
            either("2016-03-01", HOUR),
        ),
        required=24 * HOUR,
        counted=23 * HOUR,
        short={"recognized": HOUR},
    ),
)

# pahcom.com/hitcm-pp/recertification.html, about 2010 to 2012: 24 hours in two years, no carry-over.
HITCM_PP = (
    Case(
        "hours beyond 24 are surplus, and none is carried",
        "hitcm-pp 24-months",
        certified_on="2010-04-30",
        today="2012-01-10",
        first_day="2010-04-30",
        last_day="2012-04-29",
        logged=(either("2011-05-05", 30 * HOUR),),
        required=24 * HOUR,
        counted=24 * HOUR,
        surplus=6 * HOUR,
    ),
    Case(
        "what counts for CMM counts for HITCM-PP too",
        "hitcm-pp 12-months",
        certified_on="2024-08-31",
        today="2026-11-21",
        first_day="2026-08-31",
        last_day="2027-08-30",
        logged=(either("2026-10-01", 12 * HOUR, "pahcom-approved"),),
        required=12 * HOUR,
        counted=12 * HOUR,
    ),
)

# preview.mgma.com/acmpe-tracking: 50 hours in three years that are the same for all; 30 MGMA, 12 of these live; at most
# 20 other, about managing a medical practice; clinical and technical content does not qualify.
PRACTICE = "practice-management"
_cmpe = partial(
    Case,
    rules="cmpe 50-hours",
    certified_on="2019-03-01",
    today="2026-11-21",
    first_day="2025-01-01",
    last_day="2027-12-31",
)

CMPE = (
    _cmpe(
        "12 live MGMA hours, 18 other MGMA hours and 20 from elsewhere are exactly enough",
        logged=(
            live("2025-02-01", 12 * HOUR, "mgma"),
            self_paced("2025-03-01", 18 * HOUR, "mgma"),
            either("2026-01-01", 20 * HOUR, PRACTICE),
        ),
        required=50 * HOUR,
        counted=50 * HOUR,
    ),
    _cmpe(
        "one live minute short, with 50 hours in all",
        logged=(
            live("2025-02-01", 12 * HOUR - 1, "mgma"),
            self_paced("2025-03-01", 18 * HOUR + 1, "mgma"),
            either("2026-01-01", 20 * HOUR, PRACTICE),
        ),
        required=50 * HOUR,
        counted=50 * HOUR - 1,
        short={"mgma-live": 1},
    ),
    _cmpe(
        "six of 26 hours from elsewhere are beyond the cap",
        logged=(live("2025-02-01", 24 * HOUR, "mgma"), either("2026-01-01", 26 * HOUR, PRACTICE)),
        required=50 * HOUR,
        counted=44 * HOUR,
        short={"total": 6 * HOUR, "qualifying": 6 * HOUR, "mgma": 6 * HOUR},
        held_back=6 * HOUR,
    ),
    _cmpe(
        "a coding course from elsewhere counts for nothing, and one that MGMA gave counts as MGMA",
        logged=(
            either("2025-02-01", 8 * HOUR, "aapc-approved"),
            either("2025-03-01", 2 * HOUR, "compliance"),
            either("2025-04-01", 3 * HOUR, "aapc-approved", PRACTICE),
            either("2025-05-01", 4 * HOUR, "mgma"),
        ),
        required=50 * HOUR,
        counted=7 * HOUR,
        short={"total": 43 * HOUR, "qualifying": 43 * HOUR, "mgma": 26 * HOUR, "mgma-live": 12 * HOUR},
        held_back=10 * HOUR,
    ),
    _cmpe(
        "50 self-paced MGMA hours still lack the 12 live ones, and unknown is not live",
        logged=(self_paced("2025-02-01", 20 * HOUR, "mgma"), either("2025-03-01", 30 * HOUR, "mgma")),
        required=50 * HOUR,
        counted=38 * HOUR,
        short={"mgma-live": 12 * HOUR},
    ),
    # The page's table: 50, 40, 30, 20 and 0 hours by the half-year of the certification.
    Case(
        "certified on the last day of the first half-year: 50 hours",
        "cmpe 50-hours",
        certified_on="2025-06-30",
        today="2026-11-21",
        first_day="2025-06-30",
        last_day="2027-12-31",
        required=50 * HOUR,
        counted=0,
        short={"total": 50 * HOUR, "qualifying": 50 * HOUR, "mgma": 30 * HOUR, "mgma-live": 12 * HOUR},
    ),
    Case(
        "certified a day later: 40 hours, 24 MGMA, 10 live, at most 16 from elsewhere",
        "cmpe 50-hours",
        certified_on="2025-07-01",
        today="2026-11-21",
        first_day="2025-07-01",
        last_day="2027-12-31",
        logged=(either("2026-01-01", 20 * HOUR, PRACTICE),),
        required=40 * HOUR,
        counted=16 * HOUR,
        short={"total": 24 * HOUR, "qualifying": 24 * HOUR, "mgma": 24 * HOUR, "mgma-live": 10 * HOUR},
        held_back=4 * HOUR,
    ),
    Case(
        "certified at the beginning of the second year: 30 hours, and nothing from before counts",
        "cmpe 50-hours",
        certified_on="2026-01-01",
        today="2026-11-21",
        first_day="2026-01-01",
        last_day="2027-12-31",
        logged=(
            live("2025-12-31", 10 * HOUR, "mgma"),
            live("2026-01-01", 7 * HOUR, "mgma"),
            self_paced("2026-02-01", 11 * HOUR, "mgma"),
            either("2026-03-01", 13 * HOUR, PRACTICE),
        ),
        required=30 * HOUR,
        counted=30 * HOUR,
        held_back=HOUR,
    ),
    Case(
        "certified in the middle of the second year: 20 hours, 12 MGMA, of which 5 live less a minute",
        "cmpe 50-hours",
        certified_on="2026-07-01",
        today="2026-11-21",
        first_day="2026-07-01",
        last_day="2027-12-31",
        logged=(
            live("2026-08-01", 5 * HOUR - 1, "mgma"),
            self_paced("2026-09-01", 7 * HOUR + 1, "mgma"),
            either("2026-10-01", 9 * HOUR, PRACTICE),
        ),
        required=20 * HOUR,
        counted=20 * HOUR - 1,
        short={"mgma-live": 1},
        held_back=HOUR,
    ),
    Case(
        "certified in the last year: nothing is asked, and what is earned is surplus",
        "cmpe 50-hours",
        certified_on="2027-02-15",
        today="2027-11-21",
        first_day="2027-02-15",
        last_day="2027-12-31",
        logged=(live("2027-03-01", 3 * HOUR, "mgma"),),
        required=0,
        counted=0,
        surplus=3 * HOUR,
    ),
    Case(
        "certified on its first day: nothing is asked, of no kind",
        "cmpe 50-hours",
        certified_on="2027-01-01",
        today="2027-11-21",
        first_day="2027-01-01",
        last_day="2027-12-31",
        logged=(either("2027-03-01", 2 * HOUR, PRACTICE),),
        required=0,
        counted=0,
        held_back=2 * HOUR,
    ),
    Case(
        "the cycle after a prorated one asks for all 50 hours",
        "cmpe 50-hours",
        certified_on="2027-02-15",
        today="2028-05-01",
        first_day="2028-01-01",
        last_day="2030-12-31",
        required=50 * HOUR,
        counted=0,
        short={"total": 50 * HOUR, "qualifying": 50 * HOUR, "mgma": 30 * HOUR, "mgma-live": 12 * HOUR},
    ),
)

# The same page: Fellows do 6 volunteer hours beside the 50.
_facmpe = partial(
    Case,
    rules="facmpe 50-hours-6-volunteer",
    certified_on="2020-05-05",
    today="2026-11-21",
    first_day="2025-01-01",
    last_day="2027-12-31",
)

FACMPE = (
    _facmpe(
        "one volunteer hour short, with all 50 hours",
        logged=(live("2025-02-01", 50 * HOUR, "mgma"), either("2025-03-01", 5 * HOUR, "volunteering")),
        required=56 * HOUR,
        counted=55 * HOUR,
        short={"volunteer": HOUR},
    ),
    _facmpe(
        "volunteer hours are not among the 50",
        logged=(
            live("2025-02-01", 30 * HOUR, "mgma"),
            either("2025-03-01", 14 * HOUR, PRACTICE),
            either("2025-04-01", 6 * HOUR, "volunteering"),
        ),
        required=56 * HOUR,
        counted=50 * HOUR,
        short={"total": 6 * HOUR, "qualifying": 6 * HOUR},
    ),
)
