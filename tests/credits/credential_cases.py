"""What the rules of each credential come to: a table of cases, worked out by hand from the bodies' own words."""

from tests.credits import (
    cases_of_billers_and_coders,
    cases_of_clinics_and_records,
    cases_of_office_managers,
    cases_of_people_managers,
)

CASES = (
    *cases_of_office_managers.CMM,
    *cases_of_office_managers.HITCM_PP,
    *cases_of_office_managers.CMPE,
    *cases_of_office_managers.FACMPE,
    *cases_of_billers_and_coders.CMOM,
    *cases_of_billers_and_coders.CHBME,
    *cases_of_billers_and_coders.CPC,
    *cases_of_billers_and_coders.CPPM,
    *cases_of_clinics_and_records.RHIA,
    *cases_of_clinics_and_records.RHIT,
    *cases_of_clinics_and_records.CMA,
    *cases_of_clinics_and_records.CHC,
    *cases_of_people_managers.SHRM_CP,
    *cases_of_people_managers.SHRM_CP_BEFORE,
)
