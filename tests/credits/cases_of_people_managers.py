"""Cases of SHRM. The source of each rule stands above its cases."""

from functools import partial

from tests.credits.case import HOUR, Case, live, self_paced

HR = "human-resources"

# SHRM's handbook of 2025 and its article on sustaining the credential: 60 PDCs in three years that end with the birth
# month; at most 30 of work projects and 30 of the profession; 20 carried over; PDCs of 60 days of grace count.
_second_cycle = partial(
    Case,
    rules="shrm-cp from-2021",
    certified_on="2019-05-03",
    birth_month=7,
    required=60 * HOUR,
    first_day="2022-08-01",
    last_day="2025-07-31",
)

SHRM_CP = (
    # The article's own example.
    Case(
        "certified on 1 June 2024, born in December: the first cycle runs to 31 December 2027",
        "shrm-cp from-2021",
        certified_on="2024-06-01",
        birth_month=12,
        today="2026-11-21",
        first_day="2024-06-01",
        last_day="2027-12-31",
        logged=(live("2025-01-01", 60 * HOUR - 1, HR),),
        required=60 * HOUR,
        counted=60 * HOUR - 1,
        short={"total": 1},
    ),
    # shrm.org, Recertification At-a-Glance: passed on 3 May 2019, born in July, cycle to 31 July 2022.
    Case(
        "certified on 3 May 2019, born in July: the first cycle runs to 31 July 2022",
        "shrm-cp from-2021",
        certified_on="2019-05-03",
        birth_month=7,
        today="2022-07-31",
        first_day="2019-05-03",
        last_day="2022-07-31",
        logged=(self_paced("2022-07-31", 60 * HOUR, HR),),
        required=60 * HOUR,
        counted=60 * HOUR,
    ),
    Case(
        "born in February, the cycle ends on the 29th in a leap year",
        "shrm-cp from-2021",
        certified_on="2025-01-15",
        birth_month=2,
        today="2026-11-21",
        first_day="2025-01-15",
        last_day="2028-02-29",
        required=60 * HOUR,
        counted=0,
        short={"total": 60 * HOUR},
    ),
    _second_cycle(
        "30 PDCs of work projects and 30 of presenting are enough, and 15 are beyond the caps",
        today="2024-11-21",
        logged=(live("2023-01-01", 40 * HOUR, HR, "work-project"), live("2023-02-01", 35 * HOUR, HR, "presenting")),
        counted=60 * HOUR,
        held_back=15 * HOUR,
    ),
    _second_cycle(
        "presenting, writing and volunteering share one cap",
        today="2024-11-21",
        logged=(
            live("2023-01-01", 20 * HOUR, HR, "presenting"),
            self_paced("2023-02-01", 10 * HOUR, HR, "writing"),
            live("2023-03-01", 5 * HOUR, HR, "volunteering"),
        ),
        counted=30 * HOUR,
        short={"total": 30 * HOUR},
        held_back=5 * HOUR,
    ),
    _second_cycle(
        "learning that is not about HR gives nothing",
        today="2024-11-21",
        logged=(live("2023-01-01", 10 * HOUR, "aapc-approved"),),
        counted=0,
        short={"total": 60 * HOUR},
        held_back=10 * HOUR,
    ),
    _second_cycle(
        "12 PDCs beyond 60 are carried",
        today="2024-11-21",
        logged=(live("2023-01-01", 72 * HOUR, HR),),
        counted=60 * HOUR,
        surplus=12 * HOUR,
        carries=12 * HOUR,
    ),
    _second_cycle(
        "of 30 PDCs beyond 60, 20 are carried",
        today="2024-11-21",
        logged=(live("2023-01-01", 90 * HOUR, HR),),
        counted=60 * HOUR,
        surplus=30 * HOUR,
        carries=20 * HOUR,
    ),
    _second_cycle(
        "with 20 PDCs carried from the cycle before, 40 are enough, less a minute",
        today="2024-11-21",
        carried=20 * HOUR,
        logged=(live("2023-01-01", 40 * HOUR - 1, HR),),
        counted=60 * HOUR - 1,
        short={"total": 1},
    ),
    _second_cycle(
        "PDCs of the grace still count to the cycle that ended",
        today="2025-09-10",
        cycles_ago=1,
        logged=(live("2024-01-01", 55 * HOUR, HR), live("2025-09-05", 5 * HOUR, HR)),
        counted=60 * HOUR,
    ),
    _second_cycle(
        "the grace is over after its 60th day, 29 September",
        today="2025-10-15",
        cycles_ago=1,
        logged=(
            live("2024-01-01", 55 * HOUR, HR),
            live("2025-09-29", 3 * HOUR, HR),
            live("2025-09-30", 2 * HOUR, HR),
        ),
        counted=58 * HOUR,
        short={"total": 2 * HOUR},
    ),
    Case(
        "PDCs that the cycle before took in its grace do not count again",
        "shrm-cp from-2021",
        certified_on="2019-05-03",
        birth_month=7,
        today="2025-11-01",
        first_day="2025-08-01",
        last_day="2028-07-31",
        logged=(live("2024-01-01", 55 * HOUR, HR), live("2025-09-05", 5 * HOUR, HR), live("2025-10-05", HOUR, HR)),
        required=60 * HOUR,
        counted=HOUR,
        short={"total": 59 * HOUR},
    ),
)

# shrm.org, June 2019 (from 1 August on): at most 20 of work projects, 30 of the profession. February 2018: also at most
# 30 self-paced; in the 60 days of grace no PDCs could be earned.
_in_2021 = partial(
    Case,
    rules="shrm-cp from-august-2019",
    certified_on="2018-01-15",
    birth_month=10,
    required=60 * HOUR,
    first_day="2018-01-15",
    last_day="2021-10-31",
)

SHRM_CP_BEFORE = (
    _in_2021(
        "20 of 25 PDCs beyond 60 were carried, and self-paced learning had no maximum any more",
        today="2021-06-01",
        logged=(self_paced("2020-01-01", 85 * HOUR, HR),),
        counted=60 * HOUR,
        surplus=25 * HOUR,
        carries=20 * HOUR,
    ),
    _in_2021(
        "PDCs of the 60th day of grace counted, those of the 61st did not, and coding never",
        today="2022-01-15",
        cycles_ago=1,
        logged=(
            self_paced("2020-01-01", 55 * HOUR, HR),
            self_paced("2020-02-01", HOUR, "compliance"),
            live("2021-12-30", 3 * HOUR, HR),
            live("2021-12-31", 2 * HOUR, HR),
        ),
        counted=58 * HOUR,
        short={"total": 2 * HOUR},
        held_back=HOUR,
    ),
    Case(
        "until July 2019, 20 PDCs of work projects and 30 of the profession counted, and none of the grace",
        "shrm-cp until-july-2019",
        certified_on="2014-05-10",
        birth_month=7,
        today="2017-08-20",
        cycles_ago=1,
        first_day="2014-05-10",
        last_day="2017-07-31",
        logged=(
            live("2015-01-01", 40 * HOUR, HR, "work-project"),
            live("2015-02-01", 35 * HOUR, HR, "presenting"),
            live("2015-03-01", HOUR, "compliance"),
            live("2017-08-10", 10 * HOUR, HR),
        ),
        required=60 * HOUR,
        counted=50 * HOUR,
        short={"total": 10 * HOUR},
        held_back=26 * HOUR,
    ),
    Case(
        "until 2020, 20 PDCs of work projects counted",
        "shrm-cp from-august-2019",
        certified_on="2019-08-15",
        birth_month=10,
        today="2020-11-21",
        first_day="2019-08-15",
        last_day="2022-10-31",
        logged=(live("2020-01-01", 40 * HOUR, HR, "work-project"), live("2020-02-01", 35 * HOUR, HR, "presenting")),
        required=60 * HOUR,
        counted=50 * HOUR,
        short={"total": 10 * HOUR},
        held_back=25 * HOUR,
    ),
    Case(
        "until July 2019, 30 self-paced PDCs counted",
        "shrm-cp until-july-2019",
        certified_on="2016-05-10",
        birth_month=7,
        today="2018-11-21",
        first_day="2016-05-10",
        last_day="2019-07-31",
        logged=(self_paced("2017-01-01", 40 * HOUR, HR), live("2018-01-01", 30 * HOUR - 1, HR)),
        required=60 * HOUR,
        counted=60 * HOUR - 1,
        short={"total": 1},
        held_back=10 * HOUR,
    ),
)
