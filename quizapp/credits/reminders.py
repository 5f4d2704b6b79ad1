"""Reminders of deadlines: whose day has begun, which reminders have come, and telling them; nothing here commits."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.accounts import zones
from quizapp.accounts.letters import SIGNATURE
from quizapp.accounts.models import User
from quizapp.credits.deadlines import HeldDeadline, deadlines_held, page_of, today_of
from quizapp.credits.models import HeldCredential
from quizapp.mail.actions import enqueue, tell
from quizapp.mail.models import Notice

# A day's reminders leave in the morning, when every zone has long changed its clocks and nobody is woken.
MORNING = timedelta(hours=6)


@dataclass(frozen=True)
class Reminder:
    """A reminder that has come: what it is told by, once, the page of its credential, and what it says."""

    key: str
    path: str
    title: str
    body: str


# --- Whose day has begun --------------------------------------------------------------------------------------------


@dataclass
class Rounds:
    """Which morning of each time zone one process has looked through, so that it looks once a day and not all the time.

    It is kept in memory on purpose: a process that starts anew, or a second machine, looks through a day once more,
    and a reminder is told once all the same. So nothing is missed by a crash and nothing has to be claimed. Those who
    failed are tried again a quarter of an hour later: what is broken may stay so, and fills the log each time.
    """

    seen: dict[str, date] = field(default_factory=dict)
    going: dict[str, date] = field(default_factory=dict)
    last_id: UUID | None = None
    failed: set[UUID] = field(default_factory=set)
    again: set[UUID] = field(default_factory=set)
    quarter: datetime | None = None

    def begin(self, now: datetime) -> bool:
        """Go on with the round under way, or begin one with the zones whose day has begun; False if none has."""
        # Days begin at a quarter of an hour everywhere; asking every zone takes 30 ms, so it is not done at each tick.
        quarter = now.replace(minute=now.minute // 15 * 15, second=0, microsecond=0)
        if not self.going and quarter != self.quarter:
            self.quarter = quarter
            self.again, self.failed = self.failed, set()
            mornings = {name: (now.astimezone(ZoneInfo(name)) - MORNING).date() for name in zones.names()}
            self.going = {name: day for name, day in mornings.items() if self.seen.get(name) != day}
            self.last_id = None
        return bool(self.going)

    def end(self) -> None:
        """The zones of the round are looked through."""
        self.seen |= self.going
        self.going = {}


def next_people(session: Session, rounds: Rounds, now: datetime, limit: int | None = None) -> Sequence[UUID]:
    """Up to `limit` of the people who hold a credential and whose day has begun since they were last looked at.

    Those who failed before are among them. One statement, and none while no zone's day has begun.
    """
    found = _next_of_round(session, rounds, limit) if rounds.begin(now) else []
    again, rounds.again = rounds.again, set()
    return [*again, *(user_id for user_id in found if user_id not in again)]


def _next_of_round(session: Session, rounds: Rounds, limit: int | None) -> Sequence[UUID]:
    holders = select(HeldCredential.user_id)
    statement = select(User.id).where(User.id.in_(holders), User.time_zone.in_(rounds.going)).order_by(User.id)
    if rounds.last_id:
        statement = statement.where(User.id > rounds.last_id)
    found = session.scalars(statement.limit(limit)).all()
    if limit and len(found) == limit:
        rounds.last_id = found[-1]
    else:
        rounds.end()
    return found


# --- Which reminders have come --------------------------------------------------------------------------------------


def reminders_for(session: Session, user_id: UUID, bank_dir: Path, now: datetime) -> list[Reminder]:
    """The reminders of a person's deadlines that have come, where they live, and were not told yet."""
    user = session.get(User, user_id)
    if user is None:
        return []
    today = today_of(user, now)
    come = [
        _reminder(held, step, today)
        for held in deadlines_held(session, user_id, today, bank_dir)
        # A day that was over before the site knew of the credential is no news.
        if (step := held.deadline.step(today)) and held.deadline.day >= today_of(user, held.held_since)
    ]
    if not come:
        return []
    keys = [reminder.key for reminder in come]
    told = set(session.scalars(select(Notice.key).where(Notice.user_id == user_id, Notice.key.in_(keys))))
    return [reminder for reminder in come if reminder.key not in told]


def _reminder(held: HeldDeadline, step: str, today: date) -> Reminder:
    title = f"{held.name}: {held.deadline.heading(today)}"
    known = ["Only what is logged here is counted."] if held.deadline.kind == "cycle" else []
    return Reminder(held.key(step), page_of(held.held_id), title, "\n\n".join([*held.deadline.sentences, *known]))


# --- Telling them ---------------------------------------------------------------------------------------------------


def remind(session: Session, user_id: UUID, reminders: Sequence[Reminder], base_url: str, now: datetime) -> int:
    """Tell each reminder on the site, once; returns how many were new.

    Who wants that gets them by mail too, once their address is confirmed: a mistyped one may be a stranger's.
    """
    user = session.get(User, user_id, populate_existing=True)
    if user is None:
        return 0
    new = [each for each in reminders if tell(session, user_id, each.key, each.title, each.body, each.path, now)]
    if user.wants_reminders and user.confirmed_email:
        for each in new:
            enqueue(session, user_id, user.confirmed_email, each.title, _letter(each, base_url), now)
    return len(new)


def _letter(reminder: Reminder, base_url: str) -> str:
    return f"""{reminder.title}.

{reminder.body}

Where it stands: {base_url}{reminder.path}

You get this mail because "Mail me about credit deadlines" is chosen in your settings:
{base_url}/settings

{SIGNATURE}"""
