"""Reads of the bank: what can be drawn, and what an item says."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, exists, func, select
from sqlalchemy.orm import Session

from quizapp.bank.models import Item, ItemFlag, ItemTag, ItemTwin, ItemVersion, PassedReading
from quizapp.bank.tags import Blueprint
from quizapp.rules import blueprint, citations
from quizapp.rules.review_dates import DatedItem


@dataclass(frozen=True)
class Selection:
    """Which items: any of the domains, areas and topics named; a list left empty does not narrow."""

    domains: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()

    def conditions(self) -> list[ColumnElement[bool]]:
        """The selection as conditions on `item`, published items only."""
        conditions: list[ColumnElement[bool]] = [Item.status == "published"]
        if self.domains:
            conditions.append(Item.domain.in_(self.domains))
        for kind, tags in (("area", self.areas), ("topic", self.topics)):
            if tags:
                tagged = select(ItemTag.item_id).where(ItemTag.kind == kind, ItemTag.tag.in_(tags))
                conditions.append(Item.id.in_(tagged))
        return conditions


def loaded_items(session: Session) -> dict[str, tuple[Item, str]]:
    """Every item by id, with the content hash of its newest version."""
    rows = session.execute(
        select(Item, ItemVersion.content_hash).join(
            ItemVersion, (ItemVersion.item_id == Item.id) & (ItemVersion.version == Item.head_version)
        )
    )
    return {item.id: (item, content_hash) for item, content_hash in rows}


def texts(session: Session) -> dict[str, list[str]]:
    """What every item says now that is not retired: its stem and its options, by id."""
    rows = session.execute(
        select(Item.id, ItemVersion.content)
        .join(ItemVersion, (ItemVersion.item_id == Item.id) & (ItemVersion.version == Item.head_version))
        .where(Item.status != "retired")
    )
    return {
        item_id: [str(content["stem"]), *(str(option["text"]) for option in content["options"])]
        for item_id, content in rows
    }


def contents(session: Session) -> list[dict[str, Any]]:
    """What every item says now, by id. One statement."""
    rows = session.execute(
        select(ItemVersion.content)
        .join(Item, (ItemVersion.item_id == Item.id) & (ItemVersion.version == Item.head_version))
        .order_by(Item.id)
    )
    return [dict(content) for (content,) in rows]


def items_citing(session: Session, citation: str) -> dict[str, list[str]]:
    """What every item that is not retired cites of a section or its parts, by id. One statement."""
    found = {}
    for content in contents(session):
        refs = [str(cite["ref"]) for cite in content["cites"] if citations.covers(citation, str(cite["ref"]))]
        if refs and content["status"] != "retired":
            found[str(content["id"])] = refs
    return found


def heads(session: Session) -> tuple[tuple[str, int], ...]:
    """(item, version) of every item as it is now, by id. One statement."""
    rows = session.execute(select(Item.id, Item.head_version).order_by(Item.id))
    return tuple((item_id, version) for item_id, version in rows)


def version_of(session: Session, item_id: str, version: int) -> ItemVersion | None:
    """What an item said in one version."""
    return session.get(ItemVersion, (item_id, version))


def counts_by_domain(session: Session) -> dict[str, int]:
    """How many published items each domain has: what practice draws."""
    rows = session.execute(select(Item.domain, func.count()).where(Item.status == "published").group_by(Item.domain))
    return {name: number for name, number in rows}  # noqa: C416 - a Row is no pair to mypy


def counts_by_tag(session: Session, kind: str) -> dict[str, int]:
    """How many published items each area or topic has: what practice draws."""
    return _counts_by_tag(session, kind, Item.status == "published")


def _counts_by_tag(session: Session, kind: str, *conditions: ColumnElement[bool]) -> dict[str, int]:
    rows = session.execute(
        select(ItemTag.tag, func.count())
        .join(Item, Item.id == ItemTag.item_id)
        .where(ItemTag.kind == kind, *conditions)
        .group_by(ItemTag.tag)
    )
    return {name: number for name, number in rows}  # noqa: C416 - a Row is no pair to mypy


# --- What mocks draw ------------------------------------------------------------------------------------------------


def is_read() -> ColumnElement[bool]:
    """A condition on `item`: a second reader has passed what it says now."""
    return (
        exists()
        .where(
            PassedReading.item_id == Item.id,
            PassedReading.scored_hash == ItemVersion.scored_hash,
            ItemVersion.item_id == Item.id,
            ItemVersion.version == Item.head_version,
        )
        .correlate(Item)
    )


def is_in_mocks(gone: Collection[str]) -> ColumnElement[bool]:
    """A condition on `item`: mocks draw it, since it is published, was read, and is none of those that have left."""
    return (Item.status == "published") & is_read() & Item.id.not_in(gone)


@dataclass(frozen=True)
class MockPool:
    """The published items that a second reader has passed, and which of them no mock draws all the same."""

    items: Sequence[DatedItem]
    gone: frozenset[str]

    @property
    def counts_by_domain(self) -> Counter[str]:
        """How many items of each domain mocks draw."""
        return Counter(item.domain for item in self.items if item.item_id not in self.gone)

    def counts_by_tag(self, session: Session, kind: str) -> dict[str, int]:
        """How many items of each area or topic mocks draw. One statement."""
        return _counts_by_tag(session, kind, is_in_mocks(self.gone))


def pool_rows() -> Select[str, str, date, datetime | None]:
    """What a DatedItem holds of every published item that a second reader has passed."""
    return (
        select(Item.id, Item.domain, Item.review_by, ItemFlag.flagged_at)
        .outerjoin(ItemFlag, ItemFlag.item_id == Item.id)
        .where(Item.status == "published", is_read())
    )


def pool_of(items: Sequence[DatedItem], mocks: Blueprint, today: date) -> MockPool:
    """The mocks' pool, less what no full form needs of it any more."""
    return MockPool(items, blueprint.gone_from_mocks(items, mocks.weights, mocks.mocks["full"].items, today))


def mock_pool(session: Session, mocks: Blueprint, today: date) -> MockPool:
    """What mocks may draw from today. One statement."""
    return pool_of([DatedItem(*row) for row in session.execute(pool_rows())], mocks, today)


# --- Readings and flags ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ReviewedVersion(DatedItem):
    """A version and its review: the item's date and flag are those of today, `is_read` speaks of the version."""

    version: ItemVersion
    is_read: bool


def reviewed_versions(session: Session, keys: Collection[tuple[str, int]]) -> dict[tuple[str, int], ReviewedVersion]:
    """Several versions at once, by (item_id, version), to be explained. One statement."""
    rows = session.execute(
        select(
            Item.id,
            Item.domain,
            Item.review_by,
            ItemFlag.flagged_at,
            ItemVersion,
            PassedReading.item_id.is_not(None),
        )
        .join(ItemVersion, ItemVersion.item_id == Item.id)
        .outerjoin(ItemFlag, ItemFlag.item_id == Item.id)
        .outerjoin(
            PassedReading,
            (PassedReading.item_id == Item.id) & (PassedReading.scored_hash == ItemVersion.scored_hash),
        )
        .where(Item.id.in_({item_id for item_id, _ in keys}))
    )
    found = {(row[0], row[4].version): ReviewedVersion(*row) for row in rows}
    return {key: found[key] for key in keys if key in found}


def flags(session: Session) -> Sequence[Row[str, datetime, str, date]]:
    """(item, flagged at, note, review by) of every flagged item that is not retired, the oldest flag first."""
    return session.execute(
        select(ItemFlag.item_id, ItemFlag.flagged_at, ItemFlag.note, Item.review_by)
        .join(Item, Item.id == ItemFlag.item_id)
        .where(Item.status != "retired")
        .order_by(ItemFlag.flagged_at, ItemFlag.item_id)
    ).all()


def passed_readings(session: Session) -> dict[str, set[str]]:
    """The scored hashes that were passed, by item; every item has an entry. One statement."""
    found: dict[str, set[str]] = {}
    rows = session.execute(
        select(Item.id, PassedReading.scored_hash).outerjoin(PassedReading, PassedReading.item_id == Item.id)
    )
    for item_id, scored_hash in rows:
        found.setdefault(item_id, set()).update([scored_hash] if scored_hash else [])
    return found


def twins(session: Session) -> list[tuple[str, str]]:
    """The pairs of items that may not come on one form."""
    return [(one, other) for one, other in session.execute(select(ItemTwin.item_id, ItemTwin.twin_id))]
