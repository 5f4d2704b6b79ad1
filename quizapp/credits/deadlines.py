"""The deadlines of the credentials that a person holds, and the address of their calendar."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.accounts import tokens
from quizapp.accounts.models import User
from quizapp.credits.models import CalendarFeed
from quizapp.credits.queries import Holding, Standings, standings_of
from quizapp.rules.credit_deadlines import Deadline, deadlines_of

# Of the cycles before the present one, only the last can still ask for something.
CYCLES_LOOKED_AT = 2


@dataclass(frozen=True)
class HeldDeadline:
    """A deadline of one credential that somebody holds, and has told the site of at `held_since`."""

    held_id: UUID
    held_since: datetime
    name: str
    deadline: Deadline

    @property
    def id(self) -> UUID:
        """The same for ever, also when the day is moved."""
        return uuid5(self.held_id, f"{self.deadline.kind} {self.deadline.begun_on}")

    def key(self, step: str) -> str:
        """What a reminder of this day is told by, once: credits:<held id>:<last day>:<step>."""
        kind = "credits" if self.deadline.kind == "cycle" else self.deadline.kind
        return f"{kind}:{self.held_id}:{self.deadline.day}:{step}"


def page_of(held_id: UUID) -> str:
    """The page of a credential held, where its holder can act."""
    return f"/credits/credentials/{held_id}"


def today_of(user: User, now: datetime) -> date:
    """The calendar day where the person lives."""
    return now.astimezone(ZoneInfo(user.time_zone)).date()


def deadlines_held(session: Session, user_id: UUID, today: date, bank_dir: Path) -> list[HeldDeadline]:
    """Every deadline of the credentials that a person holds; the earliest first."""
    return deadlines_in(standings_of(session, user_id, today, bank_dir), today)


def deadlines_in(standings: Standings, today: date) -> list[HeldDeadline]:
    """Every deadline of the present cycles, and of those before that are not closed; the earliest first."""
    found = [deadline for holding in standings.holdings for deadline in _of_holding(holding, today)]
    return sorted(found, key=lambda each: (each.deadline.day, each.name))


def _of_holding(holding: Holding, today: date) -> Sequence[HeldDeadline]:
    # Where cycles began again, the one before asks for nothing any more.
    number = 1 if holding.present.cycle.is_first else CYCLES_LOOKED_AT
    running = [status for status in holding.statuses[-number:] if status.cycle.start not in holding.closed]
    running += [holding.following] if holding.following else []
    return [
        HeldDeadline(holding.held.id, holding.held.created_at, holding.rules.short_name, deadline)
        for deadline in deadlines_of(running, holding.held.member_until, today)
    ]


def coming(deadlines: Sequence[HeldDeadline], today: date) -> list[HeldDeadline]:
    """Those that are not over."""
    return [each for each in deadlines if each.deadline.day >= today]


def version_of(deadlines: Sequence[HeldDeadline]) -> str:
    """What a calendar of them is known by: it changes when the deadlines do, whatever the hour of asking."""
    return hashlib.sha256(repr(deadlines).encode()).hexdigest()[:32]


# --- The calendar's address -----------------------------------------------------------------------------------------


def feed_of(session: Session, user_id: UUID) -> CalendarFeed | None:
    """The calendar that a person shares with their own calendar program."""
    return session.scalar(select(CalendarFeed).where(CalendarFeed.user_id == user_id))


def owner_of_feed(session: Session, token: str) -> User | None:
    """The person whose calendar a token opens; None for one that is wrong or was revoked."""
    key = tokens.parse(token)
    if key is None:
        return None
    user_id, secret_hash = key
    return session.scalar(
        select(User)
        .join(CalendarFeed, CalendarFeed.user_id == User.id)
        .where(CalendarFeed.user_id == user_id, CalendarFeed.secret_hash == secret_hash)
    )
