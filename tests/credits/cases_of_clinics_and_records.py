"""Cases of AHIMA, AAMA and CCB. The source of each rule stands above its cases."""

from functools import partial

from tests.credits.case import FIFTY, HOUR, Case, either, live, self_paced

# ahima.org/certification/Recertification: 30 CEUs for the RHIA, 20 for the RHIT, 10 more for each further credential up
# to 50; 80 per cent HIIM; from 2025 on 40 per cent from AHIMA.
_rhia = partial(
    Case,
    rules="rhia from-2025",
    certified_on="2025-08-31",
    today="2026-11-21",
    first_day="2025-08-31",
    last_day="2027-08-30",
)

RHIA = (
    _rhia(
        "24 HIIM CEUs, 12 of them AHIMA, and 6 others are exactly enough",
        logged=(
            either("2025-09-01", 12 * HOUR, "health-information", "ahima"),
            either("2025-10-01", 12 * HOUR, "health-information"),
            either("2025-11-01", 6 * HOUR),
        ),
        required=30 * HOUR,
        counted=30 * HOUR,
    ),
    _rhia(
        "one minute of AHIMA short",
        logged=(
            either("2025-09-01", 12 * HOUR - 1, "health-information", "ahima"),
            either("2025-10-01", 12 * HOUR + 1, "health-information"),
            either("2025-11-01", 6 * HOUR),
        ),
        required=30 * HOUR,
        counted=30 * HOUR - 1,
        short={"ahima": 1},
    ),
    _rhia(
        "more than 6 CEUs on other subjects do not make up for HIIM",
        logged=(either("2025-09-01", 20 * HOUR, "health-information", "ahima"), either("2025-11-01", 12 * HOUR)),
        required=30 * HOUR,
        counted=26 * HOUR,
        short={"hiim": 4 * HOUR},
        surplus=2 * HOUR,
    ),
    _rhia(
        "with a second AHIMA credential 40, and the per cents grow with it",
        credentials=2,
        logged=(either("2025-09-01", 30 * HOUR, "health-information", "ahima"),),
        required=40 * HOUR,
        counted=30 * HOUR,
        short={"total": 10 * HOUR, "hiim": 2 * HOUR},
    ),
    _rhia(
        "never more than 50",
        credentials=5,
        logged=(either("2025-09-01", 50 * HOUR, "health-information", "ahima"),),
        required=50 * HOUR,
        counted=50 * HOUR,
    ),
    Case(
        "before 2025 nothing had to come from AHIMA; from a leap day, the second cycle ends on 28 February 2024",
        "rhia from-2021",
        certified_on="2020-02-29",
        today="2023-06-01",
        first_day="2022-02-28",
        last_day="2024-02-28",
        logged=(either("2022-09-01", 24 * HOUR, "health-information"), either("2022-11-01", 6 * HOUR)),
        required=30 * HOUR,
        counted=30 * HOUR,
    ),
    Case(
        "nor before 2021; with two credentials 32 of 40 are HIIM, less a minute",
        "rhia until-2020",
        certified_on="2018-03-31",
        today="2019-06-01",
        credentials=2,
        first_day="2018-03-31",
        last_day="2020-03-30",
        logged=(either("2018-09-01", 32 * HOUR - 1, "health-information"), either("2018-11-01", 8 * HOUR + 1)),
        required=40 * HOUR,
        counted=40 * HOUR - 1,
        short={"hiim": 1},
    ),
)

_rhit = partial(
    Case,
    rules="rhit from-2025",
    certified_on="2025-08-31",
    today="2026-11-21",
    first_day="2025-08-31",
    last_day="2027-08-30",
)

RHIT = (
    _rhit(
        "16 HIIM CEUs, 8 of them AHIMA, and 4 others are exactly enough",
        logged=(
            either("2025-09-01", 8 * HOUR, "health-information", "ahima"),
            either("2025-10-01", 8 * HOUR, "health-information"),
            either("2025-11-01", 4 * HOUR),
        ),
        required=20 * HOUR,
        counted=20 * HOUR,
    ),
    # AHIMA's example: CHPS with RHIT 40. What the other credential asks for alone is not known here.
    _rhit(
        "a second AHIMA credential may ask for 40, so 40 are asked",
        credentials=2,
        logged=(either("2025-09-01", 20 * HOUR, "health-information", "ahima"),),
        required=40 * HOUR,
        counted=20 * HOUR,
        short={"total": 20 * HOUR, "hiim": 12 * HOUR},
    ),
)

# aama-ntl.org, Recertification Policies: 60 points in 60 months from the end of the month, 10 of each area, 30 any,
# 30 AAMA; a contact hour is 50 minutes.
_cma = partial(
    Case,
    rules="cma 60-points",
    certified_on="2023-02-15",
    today="2026-11-21",
    first_day="2023-02-15",
    last_day="2028-02-29",
)

CMA = (
    Case(
        "20 points of each area, 30 of the 60 AAMA, to the end of February",
        "cma 60-points",
        certified_on="2021-02-10",
        today="2025-06-01",
        first_day="2021-02-10",
        last_day="2026-02-28",
        logged=(
            either("2022-01-01", 20 * FIFTY, "cma-administrative", "aama-approved"),
            either("2022-02-01", 10 * FIFTY, "cma-clinical", "aama-approved"),
            either("2022-03-01", 10 * FIFTY, "cma-clinical"),
            either("2022-04-01", 20 * FIFTY, "cma-general"),
        ),
        required=60 * FIFTY,
        counted=60 * FIFTY,
    ),
    Case(
        "the next 60 months begin on 1 March",
        "cma 60-points",
        certified_on="2021-02-10",
        today="2026-11-21",
        first_day="2026-03-01",
        last_day="2031-02-28",
        required=60 * FIFTY,
        counted=0,
        short={
            "total": 60 * FIFTY,
            "areas": 60 * FIFTY,
            "administrative": 10 * FIFTY,
            "clinical": 10 * FIFTY,
            "general": 10 * FIFTY,
            "aama": 30 * FIFTY,
        },
    ),
    _cma(
        "one clinical minute short; February ends on the 29th in a leap year",
        logged=(
            either("2024-01-01", 25 * FIFTY, "cma-administrative", "aama-approved"),
            either("2024-02-01", 25 * FIFTY, "cma-general", "aama-approved"),
            either("2024-03-01", 10 * FIFTY - 1, "cma-clinical", "aama-approved"),
        ),
        required=60 * FIFTY,
        counted=60 * FIFTY - 1,
        short={"total": 1, "areas": 1, "clinical": 1},
    ),
    _cma(
        "one AAMA point short cuts across the areas",
        logged=(
            either("2024-01-01", 30 * FIFTY, "cma-administrative"),
            either("2024-02-01", 15 * FIFTY, "cma-clinical", "aama-approved"),
            either("2024-03-01", 14 * FIFTY, "cma-general", "aama-approved"),
            either("2024-04-01", FIFTY, "cma-general"),
        ),
        required=60 * FIFTY,
        counted=59 * FIFTY,
        short={"aama": FIFTY},
    ),
    _cma(
        "a course in two areas is divided, and no minute counts twice",
        logged=(
            either("2024-01-01", 20 * FIFTY, "cma-administrative", "cma-clinical", "aama-approved"),
            either("2024-02-01", 10 * FIFTY, "cma-general", "aama-approved"),
            either("2024-03-01", 30 * FIFTY, "cma-general"),
        ),
        required=60 * FIFTY,
        counted=60 * FIFTY,
    ),
    _cma(
        "points of no area meet nothing",
        logged=(either("2024-01-01", 60 * FIFTY, "aama-approved"),),
        required=60 * FIFTY,
        counted=0,
        short={
            "areas": 60 * FIFTY,
            "administrative": 10 * FIFTY,
            "clinical": 10 * FIFTY,
            "general": 10 * FIFTY,
        },
    ),
)

# hcca-info.org, Renew Certification: 40 CEUs in two years from the month of the examination, 20 live, all about
# compliance. That a CEU is 50 minutes is secondary.
_chc = partial(
    Case,
    rules="chc 40-ceus",
    certified_on="2025-06-17",
    today="2026-11-21",
    first_day="2025-06-17",
    last_day="2027-06-30",
)

CHC = (
    _chc(
        "20 live CEUs and 20 self-paced ones, to the end of June",
        logged=(live("2025-07-01", 20 * FIFTY, "compliance"), self_paced("2025-08-01", 20 * FIFTY, "compliance")),
        required=40 * FIFTY,
        counted=40 * FIFTY,
    ),
    _chc(
        "33 hours and 19 minutes are one minute short of 40 CEUs",
        logged=(live("2025-07-01", 33 * HOUR + 19, "compliance"),),
        required=40 * FIFTY,
        counted=40 * FIFTY - 1,
        short={"total": 1, "compliance": 1},
    ),
    _chc(
        "40 self-paced CEUs lack the 20 live ones",
        logged=(self_paced("2025-07-01", 40 * FIFTY, "compliance"),),
        required=40 * FIFTY,
        counted=20 * FIFTY,
        short={"live": 20 * FIFTY},
    ),
    Case(
        "a day on another subject does not count; two years from the last day of January end on the last of January",
        "chc 40-ceus",
        certified_on="2025-01-31",
        today="2027-02-01",
        first_day="2027-02-01",
        last_day="2029-01-31",
        logged=(live("2027-02-01", 8 * HOUR, "human-resources"),),
        required=40 * FIFTY,
        counted=0,
        short={"total": 40 * FIFTY, "compliance": 40 * FIFTY, "live": 20 * FIFTY},
        held_back=8 * HOUR,
    ),
    Case(
        "the grace month counts to the new period, here after 29 February",
        "chc 40-ceus",
        certified_on="2022-02-10",
        today="2024-03-20",
        cycles_ago=1,
        first_day="2022-02-10",
        last_day="2024-02-29",
        logged=(live("2024-02-29", 39 * FIFTY, "compliance"), live("2024-03-10", FIFTY, "compliance")),
        required=40 * FIFTY,
        counted=39 * FIFTY,
        short={"total": FIFTY, "compliance": FIFTY},
    ),
)
