"""What the catalogue offers: every mock at the size that can be filled; nothing here changes a row."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from random import Random
from uuid import UUID

from sqlalchemy.orm import Session

from quizapp.attempts.actions import Plan, candidates_for
from quizapp.bank import queries as bank_queries
from quizapp.bank.queries import MockPool
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
    """A mock as one person can have it now: how many items, how many of them new to that person, how many due."""

    plan: Plan
    item_count: int
    unseen_count: int
    due_count: int

    @property
    def is_short(self) -> bool:
        """Whether there are fewer items than it is meant to have."""
        return self.item_count < self.plan.item_count


def catalogue(session: Session, blueprint: Blueprint, tags: Tags, pool: MockPool) -> dict[str, list[CatalogueEntry]]:
    """Every mock on offer, in groups, with the size and time that the bank can fill. One statement."""
    domains = pool.counts_by_domain
    areas = pool.counts_by_tag(session, "area")
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


def offer_of(
    session: Session,
    user_id: UUID,
    plan: Plan,
    weights: Mapping[str, float],
    rng: Random,
    *,
    today: date,
    pool: MockPool,
) -> Offer:
    """What this person would get now: without twins, and without what their running mocks hold. Two statements."""
    found = candidates_for(session, user_id, plan, pool.gone)
    form = draw(found, weights, plan.item_count, rng, today=today, twins=bank_queries.twins(session))
    unseen = {candidate.item_id for candidate in found if candidate.last_shown_at is None}
    unseen_count = sum(place.item_id in unseen for place in form)
    return Offer(plan, len(form), unseen_count, sum(place.is_due for place in form))


def _entry(plan: Plan, tag: str, available: int) -> CatalogueEntry:
    items = min(plan.item_count, available)
    name = plan.title.partition(": ")[2] or plan.title
    return CatalogueEntry(plan.kind, tag, name, items, plan.seconds_for(items) or 0, plan.item_count)
