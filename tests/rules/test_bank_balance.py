"""What a bank lacks."""

from dataclasses import replace

import pytest

from quizapp.rules.bank_balance import Tagged, shortfalls

ITEM = Tagged("finance", ("finance",), ("budgeting",), "application")


def bank(number: int = 60) -> list[Tagged]:
    """A bank of one domain and one area that lacks nothing."""
    return [replace(ITEM, topics=(f"topic-{n % 10}",), is_calculation=n % 5 == 0) for n in range(number)]


def lacks(items: list[Tagged]) -> list[str]:
    return shortfalls(items, ["finance"], ["finance"])


def changed(number: int, items: list[Tagged], **fields: object) -> list[Tagged]:
    return [replace(item, **fields) if n < number else item for n, item in enumerate(items)]  # type: ignore[arg-type]


def test_a_balanced_bank_lacks_nothing() -> None:
    assert lacks(bank()) == []


def test_a_domain_and_a_main_area_have_their_least_number() -> None:
    assert lacks(bank(30)) == ["finance: 30 items, fewer than 60"]
    assert lacks(bank(29))[0] == "finance: 29 items, fewer than 30"
    assert shortfalls([], ["finance"], []) == ["finance: 0 items, fewer than 30"]


@pytest.mark.parametrize(("number", "is_too_much"), [(18, False), (19, True)])
def test_recall_is_thirty_percent_at_most(number: int, is_too_much: bool) -> None:
    found = lacks(changed(number, bank(), level="recall"))
    assert found == (["finance: 19 of 60 ask for recall, more than 30 %"] if is_too_much else [])


@pytest.mark.parametrize(("number", "is_too_few"), [(24, False), (25, True)])
def test_application_is_sixty_percent_at_least(number: int, is_too_few: bool) -> None:
    found = lacks(changed(number, bank(), level="analysis"))
    assert found == (["finance: 35 of 60 ask for application, fewer than 60 %"] if is_too_few else [])


def test_domains_of_money_calculate() -> None:
    items = [replace(item, is_calculation=n < 8) for n, item in enumerate(bank())]
    assert lacks(items) == ["finance: 8 of 60 calculate, fewer than 15 %"]
    others = [replace(item, domain="human-resources") for item in items]
    assert shortfalls(others, ["human-resources"], []) == []


def test_no_topic_has_more_than_fifteen_percent_of_its_domain() -> None:
    assert lacks(changed(10, bank(), topics=("leave",))) == ["finance: 10 of 60 are on leave, more than 15 %"]
    assert lacks(changed(9, bank(), topics=("leave",))) == []


def test_no_fact_is_under_more_than_three_items() -> None:
    assert lacks(changed(3, bank(), facts=("FIN-01",))) == []
    assert lacks(changed(4, bank(), facts=("FIN-01",))) == ["fact FIN-01: under 4 items, more than 3"]
