"""Items, their immutable versions, the tags of each item's newest version, passed readings and flags."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.db import Base, json_content, short_text, slug, slug_key

LEVELS = ("recall", "application", "analysis")
STATUSES = ("draft", "published", "retired")


class Item(Base):
    """A question through time: where it came from, and what drawing needs to know of its newest version."""

    __tablename__ = "item"
    __table_args__ = (
        CheckConstraint("origin IN ('file', 'desk')", name="origin"),
        CheckConstraint("status IN ('draft', 'published', 'retired')", name="status"),
        Index("ix_item_status_domain", "status", "domain"),
    )

    id: Mapped[slug_key]
    origin: Mapped[str] = mapped_column(String(10), default="file")
    file: Mapped[str] = mapped_column(String(300), default="")
    base_hash: Mapped[str] = mapped_column(String(64))
    head_version: Mapped[int]
    status: Mapped[str] = mapped_column(String(10))
    domain: Mapped[slug]
    level: Mapped[str] = mapped_column(String(12))
    review_by: Mapped[date]


class ItemVersion(Base):
    """What an item said, and says for ever in the attempts that were drawn by it."""

    __tablename__ = "item_version"
    __table_args__ = (
        CheckConstraint("key_option BETWEEN 0 AND 9", name="key_option"),
        CheckConstraint("option_count BETWEEN 2 AND 10", name="option_count"),
    )

    item_id: Mapped[slug] = mapped_column(ForeignKey("item.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    content: Mapped[json_content]
    content_hash: Mapped[str] = mapped_column(String(64))
    scored_hash: Mapped[str] = mapped_column(String(64))
    key_option: Mapped[int]
    option_count: Mapped[int]
    is_ordered: Mapped[bool]
    created_at: Mapped[datetime]


class ItemTag(Base):
    """An area or topic of an item's newest version."""

    __tablename__ = "item_tag"
    __table_args__ = (
        CheckConstraint("kind IN ('area', 'topic')", name="kind"),
        Index("ix_item_tag_kind_tag", "kind", "tag", "item_id"),
    )

    item_id: Mapped[slug] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(5), primary_key=True)
    tag: Mapped[slug] = mapped_column(primary_key=True)


class ItemTwin(Base):
    """Two items so alike that no form has both; each pair stands once, the smaller id first."""

    __tablename__ = "item_twin"
    __table_args__ = (CheckConstraint("item_id < twin_id", name="order"),)

    item_id: Mapped[slug] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"), primary_key=True)
    twin_id: Mapped[slug] = mapped_column(
        ForeignKey("item.id", name="fk_item_twin_twin", ondelete="CASCADE"), primary_key=True
    )


class PassedReading(Base):
    """What a second reader has passed, as the reviews say: an item with this stem, these options and this key."""

    __tablename__ = "passed_reading"

    item_id: Mapped[slug] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"), primary_key=True)
    scored_hash: Mapped[str] = mapped_column(String(64), primary_key=True)


class ItemFlag(Base):
    """An item that must be read again, since when, and why."""

    __tablename__ = "item_flag"

    item_id: Mapped[slug] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"), primary_key=True)
    flagged_at: Mapped[datetime]
    note: Mapped[short_text] = mapped_column(default="")
