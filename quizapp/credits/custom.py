"""Credentials without a rule file: a person's own rules, in the shape of one; nothing here commits."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import delete, exists, func, select
from sqlalchemy.orm import Session

from quizapp.credits.models import CustomCredential, CycleRules, HeldCredential
from quizapp.credits.rule_files import CUSTOM, BucketText, CredentialRules, Version, stored_rules
from quizapp.db import insert_into
from quizapp.rules.credit_words import counted

MOST_CUSTOMS = 20
LEAST, MOST = "least", "most"
REST = "otherwise"


class BadRulesError(ValueError):
    """The rules cannot be reckoned with; the message says why."""


class TooManyError(Exception):
    """The person has as many credentials of their own as are kept."""


class HeldError(Exception):
    """The credential is held, so its rules stay."""


# --- What the form says ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """A minimum or maximum of the activities with a tag, delivered so; the tag REST is what no other row takes."""

    limit: str
    amount: int
    tag: str = ""
    delivery: str = ""
    name: str = field(default="", compare=False)

    @property
    def takes(self) -> tuple[str, str]:
        """Which activities the row is about."""
        return self.tag, self.delivery

    def holds(self, other: "Row") -> bool:
        """Whether whatever fits the other row fits this one, and more."""
        if REST in {self.tag, other.tag} or self.takes == other.takes:
            return False
        return self.tag in {"", other.tag} and self.delivery in {"", other.delivery}


@dataclass(frozen=True)
class WrittenRules:
    """A credential's rules as its holder writes them down; amounts are in the body's unit."""

    name: str
    short_name: str
    body: str
    web_page: str
    unit: str
    unit_minutes: int
    kind: str
    months: int
    anchor: date | None
    total: int
    surplus: str
    carried: int
    asks_certificate: bool
    counts_in_each: bool
    rows: Sequence[Row] = ()

    @property
    def units(self) -> str:
        """The unit's plural: credits; CEU; of what was written as a plural, CEUs, the same."""
        return self.unit if self.unit.isupper() or self.unit.endswith("s") else f"{self.unit}s"

    def version(self, slug: str, today: date) -> dict[str, Any]:
        """A version of a rule file that says the same. Raises BadRulesError."""
        return {
            "slug": slug,
            "name": f"{counted(self.total, self.unit, self.units)} in {counted(self.months, 'month')}",
            "effective": "unknown",
            "first_seen": today.isoformat(),
            "checked_on": today.isoformat(),
            "source": {
                "title": "as its holder wrote it down",
                "address": self.web_page,
                "age": "Nobody else has checked it.",
                "kind": "secondary",
            },
            "cycle": {
                "kind": self.kind,
                "months": self.months,
                "anchor": self.anchor.isoformat() if self.anchor and self.kind == "common" else None,
            },
            "unit": {"one": self.unit, "many": self.units, "minutes": self.unit_minutes},
            "total": {
                "amount": self.total,
                "rule": f"{counted(self.total, self.unit, self.units)} in {counted(self.months, 'month')}.",
            },
            **self._requirements(),
            "surplus": {
                "kind": self.surplus,
                "rule": {
                    "lost": "What is beyond the total is lost when the cycle ends.",
                    "not-stated": "Whether anything is carried to the next cycle is not known here.",
                    "carried": f"Carried to the next cycle: at most {counted(self.carried, self.unit, self.units)}.",
                }[self.surplus],
                "most": self.carried if self.surplus == "carried" else 0,
            },
            "repeats": {"kind": "not-stated", "rule": "Whether the same course counts twice is not written down here."},
            "retest": None,
            "late": None,
            "proof": ["certificate"] if self.asks_certificate else [],
            "notes": [],
            "unknown": [f"These rules are your own words. Check with {self.body} before you rely on them."],
        }

    def _requirements(self) -> dict[str, Any]:
        """Rows that count an hour each stand across the total; rows that share it out are a tree of buckets."""
        if len({(row.takes, row.limit) for row in self.rows}) < len(self.rows):
            raise BadRulesError("Two rows say how much of the same is needed.")
        if any(not row.tag and not row.delivery for row in self.rows):
            raise BadRulesError("A row is about certain activities: choose a kind, or live or self-paced.")
        if any(row.amount > self.total for row in self.rows if row.limit == LEAST):
            raise BadRulesError("A row asks for more than the total.")
        if not self.counts_in_each:
            return {"buckets": self._parts_of(None)}
        if any(row.limit == MOST or row.tag == REST for row in self.rows):
            raise BadRulesError(
                "With a maximum or a row for everything else, an hour can count in one row only. Choose that above."
            )
        return {"across": self._parts_of(None, is_flat=True)}

    def _parts_of(self, outer: Row | None, *, is_flat: bool = False) -> list[dict[str, Any]]:
        within: dict[tuple[str, str], list[Row]] = {}
        for row in self.rows:
            if is_flat or self._around(row) == (outer.takes if outer else None):
                within.setdefault(row.takes, []).append(row)
        return [self._bucket(rows, is_flat=is_flat) for rows in within.values()]

    def _around(self, row: Row) -> tuple[str, str] | None:
        """The narrowest row around a row."""
        around = [other for other in self.rows if other.holds(row)]
        return max(around, key=lambda other: sum(map(bool, other.takes))).takes if around else None

    def _bucket(self, rows: Sequence[Row], *, is_flat: bool) -> dict[str, Any]:
        row = rows[0]
        limits = {each.limit: each.amount for each in rows}
        takes: dict[str, Any] = {"delivery": row.delivery or None}
        if row.tag == REST:
            takes["otherwise"] = True
        elif row.tag:
            takes["tags"] = [row.tag]
        return {
            "slug": "-".join(filter(None, ("row", row.tag, row.delivery))),
            "name": row.name,
            "takes": takes,
            "minimum": self._limit("At least", limits.get(LEAST), row.name),
            "maximum": self._limit("At most", limits.get(MOST), row.name),
            "parts": [] if is_flat else self._parts_of(row),
        }

    def _limit(self, words: str, amount: int | None, name: str) -> dict[str, Any] | None:
        if amount is None:
            return None
        return {"amount": amount, "rule": f"{words} {counted(amount, self.unit, self.units)} {name}."}


def rows_of(version: Version) -> list[Row]:
    """The rows from which a version was written."""
    return [
        Row(
            limit,
            text.amount or 0,
            REST if each.takes.otherwise else "".join(each.takes.tags),
            each.takes.delivery or "",
        )
        for each in _walk([*version.buckets, *version.across])
        for limit, text in ((LEAST, each.minimum), (MOST, each.maximum))
        if text
    ]


def _walk(buckets: Sequence[BucketText]) -> list[BucketText]:
    return [found for each in buckets for found in (each, *_walk(each.parts))]


# --- What is stored -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Custom:
    """One credential of a person's own."""

    id: UUID
    rules: CredentialRules

    @staticmethod
    def slug_of(custom_id: UUID) -> str:
        """What a holding names such rules by."""
        return CUSTOM + custom_id.hex

    @property
    def slug(self) -> str:
        """What a holding names its rules by."""
        return self.slug_of(self.id)


def customs_of(session: Session, user_id: UUID) -> list[Custom]:
    """The person's own credentials, oldest first."""
    rows = session.scalars(
        select(CustomCredential)
        .where(CustomCredential.user_id == user_id)
        .order_by(CustomCredential.created_at, CustomCredential.id)
    )
    found = [(row.id, stored_rules(row.content)) for row in rows]
    return [Custom(custom_id, rules) for custom_id, rules in found if rules]


def custom_of(session: Session, user_id: UUID, custom_id: UUID, *, is_locked: bool = False) -> Custom | None:
    """One of the person's own credentials; locked, nobody else changes or deletes it before this write is over."""
    statement = select(CustomCredential.content).where(
        CustomCredential.user_id == user_id, CustomCredential.id == custom_id
    )
    rules = stored_rules(session.scalar(statement.with_for_update() if is_locked else statement))
    return Custom(custom_id, rules) if rules else None


def keeps_version(session: Session, user_id: UUID, rules: str, version: str) -> bool:
    """Whether the rules have the version still: those of one's own keep it until this write is over."""
    if not rules.startswith(CUSTOM):
        return True
    own = custom_of(session, user_id, UUID(rules.removeprefix(CUSTOM)), is_locked=True)
    return own is not None and any(each.slug == version for each in own.rules.versions)


def write_down(
    session: Session, user_id: UUID, custom_id: UUID, written: WrittenRules, now: datetime, today: date
) -> bool:
    """Keep a person's own rules under the id that the form carried; False, and no second row, when it is there already.

    Raises TooManyError and BadRulesError.
    """
    number = session.scalar(
        select(func.count()).select_from(CustomCredential).where(CustomCredential.user_id == user_id)
    )
    if (number or 0) >= MOST_CUSTOMS:
        raise TooManyError
    content = _content(custom_id, written, [_version(written, now, today)])
    statement = (
        insert_into(session, CustomCredential)
        .values(user_id=user_id, id=custom_id, content=content, created_at=now, changed_at=now)
        .on_conflict_do_nothing()
        .returning(CustomCredential.id)
    )
    return session.scalar(statement) is not None


def rewrite(
    session: Session, user_id: UUID, custom_id: UUID, written: WrittenRules, now: datetime, today: date
) -> bool:
    """Change a person's own rules: a new version, beside those under which cycles run; False when nothing is new.

    Raises BadRulesError, and LookupError when they are gone.
    """
    row = session.scalar(
        select(CustomCredential)
        .where(CustomCredential.user_id == user_id, CustomCredential.id == custom_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    was = stored_rules(row.content) if row else None
    if row is None or was is None:
        raise LookupError(custom_id)
    new = _version(written, now, today)
    is_same = _alike(new, was.newest)
    in_use = set(
        session.scalars(
            select(CycleRules.version)
            .join(
                HeldCredential,
                (HeldCredential.user_id == CycleRules.user_id) & (HeldCredential.id == CycleRules.held_credential_id),
            )
            .where(
                CycleRules.user_id == user_id,
                HeldCredential.user_id == user_id,
                HeldCredential.rules == CUSTOM + custom_id.hex,
            )
        )
    )
    kept = was.versions if is_same else [new, *(version for version in was.versions if version.slug in in_use)]
    row.content = _content(custom_id, written, kept)
    row.changed_at = now
    session.flush()
    return not is_same


def drop(session: Session, user_id: UUID, custom_id: UUID) -> bool:
    """Forget a person's own rules; False when there are none. Raises HeldError while the credential is held."""
    if custom_of(session, user_id, custom_id, is_locked=True) is None:
        return False
    if session.scalar(
        select(exists().where(HeldCredential.user_id == user_id, HeldCredential.rules == CUSTOM + custom_id.hex))
    ):
        raise HeldError
    session.execute(
        delete(CustomCredential).where(CustomCredential.user_id == user_id, CustomCredential.id == custom_id)
    )
    return True


def check(written: WrittenRules, now: datetime, today: date) -> None:
    """Raises BadRulesError when the rules cannot be reckoned with."""
    _version(written, now, today)


def _version(written: WrittenRules, now: datetime, today: date) -> Version:
    try:
        return msgspec.convert(written.version(f"{now:%Y-%m-%d-%H%M%S-%f}", today), Version)
    except msgspec.ValidationError as error:
        raise BadRulesError("These rows cannot be met together: one leaves no room for what another asks.") from error


def _alike(one: Version, other: Version) -> bool:
    return (
        msgspec.structs.replace(one, slug=other.slug, first_seen=other.first_seen, checked_on=other.checked_on) == other
    )


def _content(custom_id: UUID, written: WrittenRules, versions: Sequence[Version]) -> dict[str, Any]:
    rules = CredentialRules(
        slug=CUSTOM + custom_id.hex,
        name=written.name,
        short_name=written.short_name,
        body=written.body,
        body_name=written.body,
        versions=list(versions),
    )
    found: dict[str, Any] = msgspec.to_builtins(rules)
    return found
