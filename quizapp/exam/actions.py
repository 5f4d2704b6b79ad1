"""Which attempt a choice from the catalogue means."""

from sqlalchemy.orm import Session

from quizapp.attempts.actions import Plan
from quizapp.bank.queries import Selection, counts_by_domain, counts_by_tag
from quizapp.bank.tags import Blueprint, Tags
from quizapp.exam.queries import CatalogueEntry


class NoSuchMockError(Exception):
    """The catalogue has no such mock."""


def sampler_plan(blueprint: Blueprint) -> Plan:
    """The short mock that a guest may take."""
    return _plan("sampler", blueprint, Selection())


def mock_plan(kind: str, tag: str, blueprint: Blueprint, tags: Tags) -> Plan:
    """The plan of a quick, domain or area mock. Raises NoSuchMockError."""
    if kind == "quick" and not tag:
        return _plan("quick", blueprint, Selection())
    if kind == "domain" and tag in tags.domains:
        return _plan("domain", blueprint, Selection(domains=(tag,)), tags.domains[tag].name)
    if kind == "area" and tag in {area.slug for area in tags.main_areas}:
        return _plan("area", blueprint, Selection(areas=(tag,)), tags.areas[tag].name)
    raise NoSuchMockError(f"{kind} {tag}")


def custom_plan(selection: Selection, item_count: int, minutes: int | None) -> Plan:
    """A mock of the candidate's own choosing; no minutes is untimed."""
    seconds = minutes * 60 if minutes else None
    return Plan("custom", "Custom mock", selection, item_count, seconds, is_size_asked_for=True)


def catalogue(session: Session, blueprint: Blueprint, tags: Tags) -> dict[str, list[CatalogueEntry]]:
    """Every mock on offer, in groups, with the size and time that the bank can fill. Two statements."""
    domains = counts_by_domain(session)
    areas = counts_by_tag(session, "area")
    quick = mock_plan("quick", "", blueprint, tags)
    return {
        "quick": [_entry(quick, "", sum(domains.values()))],
        "area": [
            _entry(mock_plan("area", area.slug, blueprint, tags), area.slug, areas.get(area.slug, 0))
            for area in tags.main_areas
        ],
        "domain": [
            _entry(mock_plan("domain", slug, blueprint, tags), slug, domains.get(slug, 0)) for slug in tags.domains
        ],
    }


def _plan(kind: str, blueprint: Blueprint, selection: Selection, name: str = "") -> Plan:
    mock = blueprint.mocks[kind]
    title = f"{mock.name}: {name}" if name else mock.name
    return Plan(kind, title, selection, mock.items, mock.minutes * 60)


def _entry(plan: Plan, tag: str, available: int) -> CatalogueEntry:
    items = min(plan.item_count, available)
    seconds = -(-(plan.allowed_seconds or 0) * items // plan.item_count)
    return CatalogueEntry(plan.kind, tag, plan.title.partition(": ")[2] or plan.title, items, seconds)
