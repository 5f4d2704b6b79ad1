"""Loading the bank's files: idempotent, all or nothing, never overwriting what the desk changed; flagging items."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import delete, insert, select, tuple_
from sqlalchemy.orm import Session

from quizapp.bank.content import content_of
from quizapp.bank.item_files import ItemText, ReadItem
from quizapp.bank.models import Item, ItemFlag, ItemTag, ItemTwin, ItemVersion, PassedReading
from quizapp.bank.queries import loaded_items, passed_readings, texts
from quizapp.rules.review_dates import flag_falls
from quizapp.rules.twins import near_duplicates


@dataclass
class LoadReport:
    """What a load did, by item id."""

    new: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    caught_up: list[str] = field(default_factory=list)
    conflicts: list[str] = field(default_factory=list)
    without_file: list[str] = field(default_factory=list)
    unflagged: list[str] = field(default_factory=list)

    @property
    def writes(self) -> bool:
        """Whether the load changes rows."""
        return bool(self.new or self.changed or self.caught_up)


def plan_load(session: Session, items: list[ReadItem]) -> LoadReport:
    """Sort the files' items into new, changed, unchanged and conflicts.

    A file equal to what was last loaded is unchanged. A changed file becomes a new version if the database still
    has what was last loaded; if the desk has changed the item since, it is a conflict, and the database stays, unless
    the file has caught up with it: then the item is unchanged, and counts as loaded.
    """
    report = LoadReport()
    loaded = loaded_items(session)
    for read in items:
        known = loaded.pop(read.text.id, None)
        if known is None:
            report.new.append(read.text.id)
            continue
        item, head_hash = known
        file_hash = read.text.content_hash
        if file_hash in (item.base_hash, head_hash):
            report.unchanged.append(item.id)
            if file_hash != item.base_hash:
                report.caught_up.append(item.id)
        elif head_hash == item.base_hash:
            report.changed.append(item.id)
        else:
            report.conflicts.append(item.id)
    report.without_file = sorted(item.id for item, _ in loaded.values() if item.origin == "file")
    return report


def load_items(session: Session, items: list[ReadItem], now: datetime) -> LoadReport:
    """Write what is new and what has changed. The caller holds the transaction, so a whole load is one.

    A flag falls with a version that was checked on a later day than that of the flag, if that day has come.
    """
    report = plan_load(session, items)
    by_id = {read.text.id: read for read in items}
    loaded = loaded_items(session) if report.changed or report.caught_up else {}
    items_to_add = [_item(by_id[item_id]) for item_id in report.new]
    versions = [_version(by_id[item_id].text, 1, now) for item_id in report.new]
    for item_id in report.changed:
        item, _ = loaded[item_id]
        _take_over(item, by_id[item_id])
        versions.append(_version(by_id[item_id].text, item.head_version, now))
    for item_id in report.caught_up:
        item, _ = loaded[item_id]
        item.base_hash = by_id[item_id].text.content_hash
    session.add_all(items_to_add)
    session.flush()
    session.add_all(versions)
    if report.changed:
        session.execute(delete(ItemTag).where(ItemTag.item_id.in_(report.changed)))
        report.unflagged = unflag(
            session, _read_again(session, [by_id[item_id].text for item_id in report.changed], now.date())
        )
    session.add_all(tag for item_id in report.new + report.changed for tag in _tags(by_id[item_id].text))
    session.flush()
    if report.new or report.changed:
        renew_twins(session)
    return report


@dataclass(frozen=True)
class ReadingReport:
    """Which (item, scored_hash) have a passed reading that the database does not know of, and which no longer have."""

    added: list[tuple[str, str]]
    removed: list[tuple[str, str]]

    @property
    def writes(self) -> bool:
        """Whether the load changes rows."""
        return bool(self.added or self.removed)


def plan_readings(session: Session, passed: Collection[tuple[str, str]]) -> ReadingReport:
    """What of the files' passed readings the database lacks, of items that it has. One statement."""
    known = passed_readings(session)
    stored = {(item_id, scored_hash) for item_id, hashes in known.items() for scored_hash in hashes}
    said = {reading for reading in passed if reading[0] in known}
    return ReadingReport(sorted(said - stored), sorted(stored - said))


def load_readings(session: Session, passed: Collection[tuple[str, str]]) -> ReadingReport:
    """Make the database's passed readings those of the files. Belongs into the transaction that loads the items."""
    report = plan_readings(session, passed)
    if report.removed:
        key = tuple_(PassedReading.item_id, PassedReading.scored_hash)
        session.execute(delete(PassedReading).where(key.in_(report.removed)))
    if report.added:
        rows = [{"item_id": item_id, "scored_hash": scored_hash} for item_id, scored_hash in report.added]
        session.execute(insert(PassedReading), rows)
    return report


def flag(session: Session, item_ids: Collection[str], note: str, now: datetime) -> list[str]:
    """Flag items to be read again; returns those that were not flagged for this reason before.

    Another note is another reason: it takes the place of the old one, and the flag's day is `now`.
    """
    flags = session.execute(select(ItemFlag.item_id, ItemFlag.note).where(ItemFlag.item_id.in_(list(item_ids))))
    known = {item_id: old for item_id, old in flags}  # noqa: C416 - a Row is no pair to mypy
    new = sorted(item_id for item_id in item_ids if item_id not in known or (note and note != known[item_id]))
    unflag(session, new)
    if new:
        session.execute(insert(ItemFlag), [{"item_id": item_id, "flagged_at": now, "note": note} for item_id in new])
    return new


def unflag(session: Session, item_ids: Collection[str]) -> list[str]:
    """Take the flags of items away; returns those that had one."""
    gone = sorted(session.scalars(select(ItemFlag.item_id).where(ItemFlag.item_id.in_(list(item_ids)))))
    if gone:
        session.execute(delete(ItemFlag).where(ItemFlag.item_id.in_(gone)))
    return gone


def _read_again(session: Session, texts: Iterable[ItemText], today: date) -> list[str]:
    """The flagged items whose new text was checked after the day of the flag."""
    checked_on = {text.id: text.checked.on for text in texts}
    rows = session.execute(select(ItemFlag.item_id, ItemFlag.flagged_at).where(ItemFlag.item_id.in_(list(checked_on))))
    return sorted(item_id for item_id, flagged_at in rows if flag_falls(checked_on[item_id], flagged_at, today))


def renew_twins(session: Session) -> None:
    """Find anew which items are too alike for one form. Three statements at most."""
    pairs = near_duplicates(texts(session))
    session.execute(delete(ItemTwin))
    if pairs:
        session.execute(insert(ItemTwin), [{"item_id": one, "twin_id": other} for one, other in pairs])


def _item(read: ReadItem) -> Item:
    text = read.text
    return Item(
        id=text.id,
        origin="file",
        file=read.file,
        base_hash=text.content_hash,
        head_version=1,
        status=text.status,
        domain=text.domain,
        level=text.level,
        review_by=text.review_by,
    )


def _take_over(item: Item, read: ReadItem) -> None:
    text = read.text
    item.head_version += 1
    item.file = read.file
    item.base_hash = text.content_hash
    item.status = text.status
    item.domain = text.domain
    item.level = text.level
    item.review_by = text.review_by


def _version(text: ItemText, number: int, now: datetime) -> ItemVersion:
    return ItemVersion(
        item_id=text.id,
        version=number,
        content=content_of(text),
        content_hash=text.content_hash,
        scored_hash=text.scored_hash,
        key_option=text.key_option,
        option_count=len(text.options),
        is_ordered=text.order == "natural",
        created_at=now,
    )


def _tags(text: ItemText) -> list[ItemTag]:
    areas = [ItemTag(item_id=text.id, kind="area", tag=tag) for tag in dict.fromkeys(text.areas)]
    return areas + [ItemTag(item_id=text.id, kind="topic", tag=tag) for tag in dict.fromkeys(text.topics)]
