"""Credentials without a rule file: a person's own rules, in the shape of one; nothing here commits."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import delete, exists, func, select
from sqlalchemy.orm import Session

from quizapp.credits.credit_tags import CreditTag, CreditTags, TagGroup, credit_tags, tags_asked_for
from quizapp.credits.models import CustomCredential, CycleRules, HeldCredential
from quizapp.credits.queries import Standings
from quizapp.credits.rule_files import CUSTOM, CredentialRules, OwnRules, Version, stored_rules
from quizapp.credits.written_rules import BadRulesError, WrittenRules, at
from quizapp.db import insert_into

MOST_CUSTOMS = 20


class TooManyError(Exception):
    """The person has as many credentials of their own as are kept."""


class HeldError(Exception):
    """The credential is held, so its rules stay."""


@dataclass(frozen=True)
class Custom:
    """One credential of a person's own, as it is stored; `rules` is None where a check that came later refuses them."""

    id: UUID
    content: Mapping[str, Any]
    rules: CredentialRules | None

    @property
    def short_name(self) -> str:
        """What it is called in short, also where the rules are refused."""
        return self.rules.short_name if self.rules else str(self.content.get("short_name") or "Without a name")

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
    return [Custom(row.id, row.content, stored_rules(row.content)) for row in rows]


def custom_of(session: Session, user_id: UUID, custom_id: UUID, *, is_locked: bool = False) -> Custom | None:
    """One of the person's own credentials; locked, nobody else changes or deletes it before this write is over."""
    statement = select(CustomCredential.content).where(
        CustomCredential.user_id == user_id, CustomCredential.id == custom_id
    )
    content = session.scalar(statement.with_for_update() if is_locked else statement)
    return Custom(custom_id, content, stored_rules(content)) if content is not None else None


def readable_versions(content: Mapping[str, Any]) -> list[Version]:
    """Those of the stored versions that no check refuses, newest first."""
    found = []
    for each in at(content, list, "versions") or ():
        with suppress(msgspec.ValidationError):
            found.append(msgspec.convert(each, Version))
    return found


def kinds_in(content: Any) -> Mapping[str, str]:
    """The kinds of activities in the holder's own words, by their tags, as far as they can be read."""
    kinds = at(content, dict, "kinds") or {}
    return {tag: name for tag, name in kinds.items() if isinstance(name, str)}


def tags_for(session: Session, user_id: UUID, bank_dir: Path) -> CreditTags:
    """What the person can say of an activity: the closed list and their own credentials' kinds; one statement."""
    contents = session.scalars(
        select(CustomCredential.content)
        .where(CustomCredential.user_id == user_id)
        .order_by(CustomCredential.created_at, CustomCredential.id)
    )
    return tags_with(credit_tags(bank_dir), contents)


def tags_held(standings: Standings, bank_dir: Path) -> CreditTags:
    """The same, of the credentials held alone, whose rules are read already."""
    rules = [holding.rules for holding in standings.holdings]
    own = [{"kinds": each.kinds} for each in rules if isinstance(each, OwnRules)]
    return tags_with(credit_tags(bank_dir), own)


def tags_with(known: CreditTags, content: Iterable[Any]) -> CreditTags:
    """The closed list, and the kinds of activities that somebody named in some rules of their own, as stored.

    Two credentials that ask for the same words ask for the same kind; the earlier one spells them.
    """
    kinds: dict[str, str] = {}
    for each in content:
        kinds = {**kinds_in(each), **kinds}
    if not kinds:
        return known
    own = [CreditTag(tag, kinds[tag]) for tag in sorted(kinds)]
    return CreditTags([*known.groups, TagGroup("own", "Is it of a kind that you named yourself?", own)])


def id_in(rules: str) -> UUID | None:
    """The person's own rules that a holding names; None where it names a rule file."""
    return UUID(rules.removeprefix(CUSTOM)) if rules.startswith(CUSTOM) else None


def keeps_version(session: Session, user_id: UUID, rules: str, version: str) -> bool:
    """Whether the rules have the version still: those of one's own keep it until this write is over."""
    custom_id = id_in(rules)
    if custom_id is None:
        return True
    own = custom_of(session, user_id, custom_id, is_locked=True)
    return own is not None and own.rules is not None and any(each.slug == version for each in own.rules.versions)


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
    content = _content(custom_id, written, [_version(written, now, today)], written.kinds)
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

    A version that a later check refuses is not kept. Raises BadRulesError, and LookupError when the rules are gone.
    """
    row = session.scalar(
        select(CustomCredential)
        .where(CustomCredential.user_id == user_id, CustomCredential.id == custom_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise LookupError(custom_id)
    new = _version(written, now, today)
    before = readable_versions(row.content)
    is_same = stored_rules(row.content) is not None and _alike(new, before[0])
    in_use = _in_use(session, user_id, custom_id)
    kept = before if is_same else [new, *(version for version in before if version.slug in in_use)]
    row.content = _content(custom_id, written, kept, {**kinds_in(row.content), **written.kinds})
    row.changed_at = now
    session.flush()
    return not is_same


def _in_use(session: Session, user_id: UUID, custom_id: UUID) -> set[str]:
    """The versions that the person's cycles run under."""
    return set(
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


def _content(
    custom_id: UUID, written: WrittenRules, versions: Sequence[Version], kinds: Mapping[str, str]
) -> dict[str, Any]:
    """What is stored: the versions, and of the kinds in the holder's own words those that some version asks for."""
    rules = CredentialRules(
        slug=CUSTOM + custom_id.hex,
        name=written.name,
        short_name=written.short_name,
        body=written.body,
        body_name=written.body,
        versions=list(versions),
    )
    found: dict[str, Any] = msgspec.to_builtins(rules)
    asked = {tag for _, tag in tags_asked_for(found["versions"])}
    return {**found, "kinds": {tag: name for tag, name in kinds.items() if tag in asked}}
