"""Reads of the bank: what can be drawn, and what an item says."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from quizapp.bank.models import Item, ItemTag, ItemTwin, ItemVersion


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


def heads(session: Session) -> tuple[tuple[str, int], ...]:
    """(item, version) of every item as it is now, by id. One statement."""
    rows = session.execute(select(Item.id, Item.head_version).order_by(Item.id))
    return tuple((item_id, version) for item_id, version in rows)


def version_of(session: Session, item_id: str, version: int) -> ItemVersion | None:
    """What an item said in one version."""
    return session.get(ItemVersion, (item_id, version))


def versions_of(session: Session, keys: Collection[tuple[str, int]]) -> dict[tuple[str, int], ItemVersion]:
    """Several versions at once, by (item_id, version)."""
    ids = {item_id for item_id, _ in keys}
    rows = session.scalars(select(ItemVersion).where(ItemVersion.item_id.in_(ids)))
    return {(row.item_id, row.version): row for row in rows if (row.item_id, row.version) in keys}


def counts_by_domain(session: Session) -> dict[str, int]:
    """How many published items each domain has."""
    rows = session.execute(select(Item.domain, func.count()).where(Item.status == "published").group_by(Item.domain))
    return {name: number for name, number in rows}  # noqa: C416 - a Row is no pair to mypy


def counts_by_tag(session: Session, kind: str) -> dict[str, int]:
    """How many published items each area or topic has."""
    rows = session.execute(
        select(ItemTag.tag, func.count())
        .join(Item, Item.id == ItemTag.item_id)
        .where(ItemTag.kind == kind, Item.status == "published")
        .group_by(ItemTag.tag)
    )
    return {name: number for name, number in rows}  # noqa: C416 - a Row is no pair to mypy


def twins(session: Session) -> list[tuple[str, str]]:
    """The pairs of items that may not come on one form."""
    return [(one, other) for one, other in session.execute(select(ItemTwin.item_id, ItemTwin.twin_id))]
