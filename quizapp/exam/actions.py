"""Which attempt a choice from the catalogue means, and on which terms."""

from dataclasses import dataclass, replace

from quizapp.attempts.actions import Plan
from quizapp.bank.queries import Selection
from quizapp.bank.tags import Blueprint, Tags

WHOLE_MOCKS = ("full", "half", "quick")


class NoSuchMockError(Exception):
    """The catalogue has no such mock."""


@dataclass(frozen=True)
class Terms:
    """What is chosen before the start: the time in percent of the ordinary one (None is no clock), and how strict."""

    time_percent: int | None = 100
    is_strict: bool = False
    allows_breaks: bool = False


def sampler_plan(blueprint: Blueprint) -> Plan:
    """The short mock that a guest may take."""
    return _plan("sampler", blueprint, Selection())


def mock_plan(kind: str, tag: str, blueprint: Blueprint, tags: Tags) -> Plan:
    """The plan of a full, half, quick, domain or area mock. Raises NoSuchMockError."""
    if kind in WHOLE_MOCKS and not tag:
        return _plan(kind, blueprint, Selection())
    if kind == "domain" and tag in tags.domains:
        return _plan("domain", blueprint, Selection(domains=(tag,)), tags.domains[tag].name)
    if kind == "area" and tag in {area.slug for area in tags.main_areas}:
        return _plan("area", blueprint, Selection(areas=(tag,)), tags.areas[tag].name)
    raise NoSuchMockError(f"{kind} {tag}")


def custom_plan(selection: Selection, item_count: int, minutes: int | None) -> Plan:
    """A mock of the candidate's own choosing; no minutes is untimed."""
    seconds = minutes * 60 if minutes else None
    return Plan("custom", "Custom mock", selection, item_count, seconds, is_size_asked_for=True)


def on_terms(plan: Plan, terms: Terms) -> Plan:
    """The plan on the terms that were chosen. Without a clock there is nothing to stop or be strict about."""
    if terms.time_percent is None or plan.allowed_seconds is None:
        return replace(plan, allowed_seconds=None)
    return replace(plan, time_percent=terms.time_percent, is_strict=terms.is_strict, allows_breaks=terms.allows_breaks)


def _plan(kind: str, blueprint: Blueprint, selection: Selection, name: str = "") -> Plan:
    mock = blueprint.mocks[kind]
    title = f"{mock.name}: {name}" if name else mock.name
    return Plan(kind, title, selection, mock.items, mock.minutes * 60)
