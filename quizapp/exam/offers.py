"""What the catalogue offers: every mock at the size that can be filled; nothing here changes a row."""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from uuid import UUID

from sqlalchemy.orm import Session

from quizapp.attempts import queries as attempt_queries
from quizapp.attempts.actions import Plan
from quizapp.bank import queries as bank_queries
from quizapp.bank.tags import Blueprint, Tags
from quizapp.exam.actions import WHOLE_MOCKS, mock_plan
from quizapp.rules.blueprint import draw


@dataclass(frozen=True)
class CatalogueEntry:
    """A mock on offer: its kind and tag, what it is called, how many items in how many seconds, of how many meant."""

    kind: str
    tag: str
    name: str
    item_count: int
    seconds: int
    full_count: int

    @property
    def is_short(self) -> bool:
        """Whether the bank cannot fill it."""
        return self.item_count < self.full_count


@dataclass(frozen=True)
class Offer:
    """A mock as one person can have it now: how many items, and how many of them that person has never seen."""

    plan: Plan
    item_count: int
    unseen_count: int

    @property
    def is_short(self) -> bool:
        """Whether there are fewer items than it is meant to have."""
        return self.item_count < self.plan.item_count


def catalogue(session: Session, blueprint: Blueprint, tags: Tags) -> dict[str, list[CatalogueEntry]]:
    """Every mock on offer, in groups, with the size and time that the bank can fill. Two statements."""
    domains = bank_queries.counts_by_domain(session)
    areas = bank_queries.counts_by_tag(session, "area")
    wholes = [mock_plan(kind, "", blueprint, tags) for kind in WHOLE_MOCKS]
    return {
        "whole": [_entry(plan, "", sum(domains.values())) for plan in wholes],
        "area": [
            _entry(mock_plan("area", area.slug, blueprint, tags), area.slug, areas.get(area.slug, 0))
            for area in tags.main_areas
        ],
        "domain": [
            _entry(mock_plan("domain", slug, blueprint, tags), slug, domains.get(slug, 0)) for slug in tags.domains
        ],
    }


def offer_of(session: Session, user_id: UUID, plan: Plan, weights: Mapping[str, float], rng: Random) -> Offer:
    """What this person would get now: without twins, and without what their running mocks hold. Two statements."""
    found = attempt_queries.candidates(session, user_id, plan.selection)
    form = draw(found, weights, plan.item_count, rng, twins=bank_queries.twins(session))
    unseen = {candidate.item_id for candidate in found if candidate.last_shown_at is None}
    return Offer(plan, len(form), sum(place.item_id in unseen for place in form))


def _entry(plan: Plan, tag: str, available: int) -> CatalogueEntry:
    items = min(plan.item_count, available)
    name = plan.title.partition(": ")[2] or plan.title
    return CatalogueEntry(plan.kind, tag, name, items, plan.seconds_for(items) or 0, plan.item_count)
