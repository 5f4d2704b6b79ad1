"""One plain maker per row: every value has a default, every value can be given."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any, TypeVar
from uuid import uuid4

from argon2 import PasswordHasher
from sqlalchemy.orm import Session

from quizapp.accounts import tokens
from quizapp.accounts.models import ROLES, MailLink, User
from quizapp.accounts.queries import RESET
from quizapp.attempts.models import Attempt, AttemptEvent, AttemptItem, Mark, Response
from quizapp.bank.content import content_of
from quizapp.bank.item_files import Checked, Cite, ItemText, OptionText
from quizapp.bank.models import Item, ItemTag, ItemVersion, PassedReading
from quizapp.credits import custom
from quizapp.credits.cycle_records import CycleRecord, RecordedHolder, RecordedRules, RecordedUnit
from quizapp.credits.models import (
    Activity,
    CalendarFeed,
    Certificate,
    ClosedCycle,
    CustomCredential,
    CycleRules,
    HeldCredential,
    Retest,
)
from quizapp.credits.written_rules import WrittenRules
from quizapp.mail.models import Notice, OutboxMail
from quizapp.rules.credit_cycles import add_months

NOW = datetime(2026, 3, 10, 15, 30, tzinfo=UTC)
PASSWORD = "seven brass otters whistle"

Row = TypeVar("Row")


def user(session: Session, email: str | None = "owner@example.org", role: str | None = None, **columns: Any) -> User:
    """An account with a confirmed address, whose password is PASSWORD; `role` is author, reviewer or administrator."""
    roles = {f"is_{name}": name == role for name in ROLES}
    account = {"password_hash": _hash_of_password(), "email_confirmed_at": NOW} if email else {}
    values = {"created_at": NOW, **account, **roles, **columns}
    return _add(session, User(id=uuid4(), email=email, **values))


def guest(session: Session, **columns: Any) -> User:
    """Somebody without an address."""
    return user(session, email=None, **columns)


@cache
def _hash_of_password() -> str:
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)


def item_text(
    item_id: str = "fin-1",
    *,
    domain: str = "finance",
    key: int = 0,
    areas: Sequence[str] = ("finance",),
    topics: Sequence[str] = ("budgeting",),
    options: Sequence[str] = ("Alpha", "Bravo", "Charlie", "Delta"),
    **fields: Any,
) -> ItemText:
    """An item as an author writes it. Its texts name it, and only `key` tells the key."""
    values = {
        "level": "application",
        "difficulty": 0.6,
        "status": "published",
        "stem": f"What does {item_id} ask?",
        "cites": [Cite(ref=f"Source of {item_id}", proves=f"What {item_id} asks.")],
        "checked": Checked(against="primary-text", on=date(2026, 1, 15)),
        "stability": "S",
        "review_by": date(2027, 3, 10),
        **fields,
    }
    made = [
        OptionText(f"{option} of {item_id}", f"Why {option} of {item_id} is right or wrong.", index == key)
        for index, option in enumerate(options)
    ]
    return ItemText(id=item_id, domain=domain, areas=list(areas), topics=list(topics), options=made, **values)


def item(session: Session, item_id: str = "fin-1", *, is_read: bool = True, **fields: Any) -> Item:
    """A published item of one version that a second reader has passed; `fields` as for item_text."""
    text = item_text(item_id, **fields)
    made = _add(
        session,
        Item(
            id=text.id,
            origin="file",
            file=f"items/{text.domain}/{text.id}.yaml",
            base_hash=text.content_hash,
            head_version=1,
            status=text.status,
            domain=text.domain,
            level=text.level,
            review_by=text.review_by,
        ),
    )
    _add(
        session,
        ItemVersion(
            item_id=text.id,
            version=1,
            content=content_of(text),
            content_hash=text.content_hash,
            scored_hash=text.scored_hash,
            key_option=text.key_option,
            option_count=len(text.options),
            is_ordered=text.order == "natural",
            created_at=NOW,
        ),
    )
    if is_read:
        session.add(PassedReading(item_id=text.id, scored_hash=text.scored_hash))
    session.add_all(ItemTag(item_id=text.id, kind="area", tag=tag) for tag in text.areas)
    session.add_all(ItemTag(item_id=text.id, kind="topic", tag=tag) for tag in text.topics)
    session.flush()
    return made


def items(session: Session, number: int, *, prefix: str = "fin", **fields: Any) -> list[Item]:
    """Items prefix-1, prefix-2, …, whose keys go round the four options."""
    return [item(session, f"{prefix}-{n}", **{"key": n % 4, **fields}) for n in range(1, number + 1)]


def mail_link(session: Session, to: User, **columns: Any) -> str:
    """A link that was mailed, by default to reset the password; returns its token."""
    token, secret_hash = tokens.make(to.id)
    created_at = columns.get("created_at", NOW)
    values = {"purpose": RESET, "address": to.email, "expires_at": created_at + timedelta(hours=1), **columns}
    values.setdefault("created_at", created_at)
    _add(session, MailLink(user_id=to.id, secret_hash=secret_hash, **values))
    return token


def attempt(session: Session, owner: User, drawn: Sequence[Item], *, kind: str = "quick", **columns: Any) -> Attempt:
    """A running attempt of `owner` on `drawn`, with a place on the form for each, options in the file's order."""
    allowed_seconds = None if kind == "practice" else 60 * 41
    started_at = columns.get("started_at", NOW)
    values = {
        "start_token": uuid4(),
        "title": "Quick mock",
        "spec": {},
        "seed": 1,
        "item_count": len(drawn),
        "target_percent": owner.target_percent,
        "started_at": started_at,
        "allowed_seconds": allowed_seconds,
        "deadline_at": allowed_seconds and started_at + timedelta(seconds=allowed_seconds),
        "late_window_seconds": 0,
    }
    made = _add(session, Attempt(user_id=owner.id, id=uuid4(), kind=kind, **{**values, **columns}))
    session.add_all(
        AttemptItem(
            user_id=owner.id,
            attempt_id=made.id,
            position=position,
            item_id=each.id,
            version=each.head_version,
            domain=each.domain,
            option_order="0123"[: session.get_one(ItemVersion, (each.id, each.head_version)).option_count],
        )
        for position, each in enumerate(drawn, start=1)
    )
    session.flush()
    return made


def event(session: Session, of: Attempt, position: int = 1, value: str = "A", **columns: Any) -> AttemptEvent:
    """One event of the log: by default the first option chosen."""
    values = {
        "user_id": of.user_id,
        "device": "d1",
        "seq": 1,
        "kind": "answer",
        "age_ms": 0,
        "made_at": NOW,
        "received_at": NOW,
        **columns,
    }
    return _add(session, AttemptEvent(attempt_id=of.id, position=position, value=value, **values))


def response(session: Session, of: Attempt, item_id: str, position: int = 1, **columns: Any) -> Response:
    """What counts at one place of the form: by default the first option."""
    values = {
        "user_id": of.user_id,
        "kind": "answer",
        "value": "A",
        "made_at": NOW,
        "device": "d1",
        "seq": 1,
        **columns,
    }
    values.setdefault("first_made_at", values["made_at"])
    return _add(session, Response(attempt_id=of.id, position=position, item_id=item_id, **values))


def mark(session: Session, of: Attempt, marked: Item, position: int = 1, **columns: Any) -> Mark:
    """One marked place: by default a right answer to an item never seen before."""
    values = {
        "user_id": of.user_id,
        "domain": marked.domain,
        "chosen": 0,
        "is_correct": True,
        "is_first_sight": True,
        "marked_at": NOW,
        **columns,
    }
    return _add(session, Mark(attempt_id=of.id, position=position, item_id=marked.id, **values))


def held_credential(session: Session, owner: User, **columns: Any) -> HeldCredential:
    """A CMM held since 2025."""
    values = {
        "rules": "cmm",
        "certified_on": date(2025, 5, 20),
        "is_member": True,
        "created_at": NOW,
        **columns,
    }
    return _add(session, HeldCredential(user_id=owner.id, id=uuid4(), **values))


def cycle_rules(session: Session, held: HeldCredential, **columns: Any) -> CycleRules:
    """The rule version of the cycles from the first day on."""
    values = {"from_on": held.certified_on, "version": "12-months", **columns}
    return _add(session, CycleRules(user_id=held.user_id, held_credential_id=held.id, **values))


def closed_cycle(session: Session, held: HeldCredential, **columns: Any) -> ClosedCycle:
    """A cycle on record in which nothing was logged."""
    values = {
        "start_on": held.certified_on,
        "last_on": add_months(held.certified_on, 12) - timedelta(days=1),
        "version": "12-months",
        "carried_minutes": 0,
        "closed_at": NOW,
        **columns,
    }
    record = CycleRecord(
        name="Certified Medical Manager",
        short_name=held.rules.upper(),
        body="PAHCOM",
        body_name="Professional Association of Health Care Office Management",
        start_on=values["start_on"],
        last_on=values["last_on"],
        rules=RecordedRules(
            values["version"],
            "12 CEU every 12 months",
            "In effect.",
            "in 2026 (a page)",
            "a page",
            "https://example.org/rules",
            "Of this year.",
            "primary",
        ),
        holder=RecordedHolder(held.certified_on, is_member=True, credentials=1),
        unit=RecordedUnit("hour", "hours", 60),
        goes_by_hours=True,
        is_met=False,
        required_minutes=720,
        counted_minutes=0,
        missing_minutes=720,
        carried_in_minutes=0,
        carried_minutes=values["carried_minutes"],
        verdict="Missing when the cycle ended: 12 hours.",
        surplus=None,
        requirements=[],
        occasions=[],
        activities=[],
    )
    values.setdefault("content", record.content)
    return _add(session, ClosedCycle(user_id=held.user_id, held_credential_id=held.id, **values))


def retest(session: Session, held: HeldCredential, **columns: Any) -> Retest:
    """A retest passed in the last weeks of the first cycle."""
    values = {"passed_on": add_months(held.certified_on, 12) - timedelta(days=10), "created_at": NOW, **columns}
    return _add(session, Retest(user_id=held.user_id, held_credential_id=held.id, **values))


def custom_credential(session: Session, owner: User, name: str = "Fellow of the Chapter") -> CustomCredential:
    """Rules that their holder wrote down: 10 hours in 12 months."""
    written = WrittenRules(
        name=name,
        short_name="FC",
        body="Chapter",
        web_page="https://example.org/rules",
        unit="hour",
        unit_minutes=60,
        kind="anniversary",
        months=12,
        anchor=None,
        total=10,
        surplus="lost",
        carried=0,
        asks_certificate=True,
        counts_in_each=False,
    )
    custom_id = uuid4()
    custom.write_down(session, owner.id, custom_id, written, NOW, NOW.date())
    return session.get_one(CustomCredential, (owner.id, custom_id))


def activity(session: Session, owner: User, title: str = "Denials webinar", **columns: Any) -> Activity:
    """An hour that PAHCOM approved."""
    values = {
        "provider": "PAHCOM",
        "started_on": date(2026, 2, 3),
        "ended_on": date(2026, 2, 3),
        "amount_hundredths": 100,
        "unit": "hours",
        "minutes": 60,
        "tags": ["pahcom-approved"],
        "created_at": NOW,
        "changed_at": NOW,
        **columns,
    }
    return _add(session, Activity(user_id=owner.id, id=uuid4(), title=title, **values))


def calendar_feed(session: Session, owner: User, **columns: Any) -> str:
    """The address of a calendar of deadlines; returns its token."""
    token, secret_hash = tokens.make(owner.id)
    _add(session, CalendarFeed(user_id=owner.id, secret_hash=secret_hash, **{"created_at": NOW, **columns}))
    return token


def certificate(session: Session, of: Activity, name: str = "certificate.pdf", **columns: Any) -> Certificate:
    """The row of a PDF of one page; its file is in no store."""
    values = {
        "media_type": "application/pdf",
        "byte_count": 1000,
        "page_count": 1,
        "sha256": "0" * 64,
        "storage_key": uuid4().hex,
        "created_at": NOW,
        **columns,
    }
    return _add(session, Certificate(user_id=of.user_id, id=uuid4(), activity_id=of.id, name=name, **values))


def outbox_mail(session: Session, to: User, **columns: Any) -> OutboxMail:
    """A mail that waits to be sent."""
    values = {"subject": "A subject", "body": "A body.", "created_at": NOW, "next_try_at": NOW, **columns}
    return _add(session, OutboxMail(user_id=to.id, id=uuid4(), address=to.email or "guest@example.org", **values))


def notice(session: Session, to: User, title: str = "A deadline", **columns: Any) -> Notice:
    """Something that the site told somebody, who has not read it yet."""
    values = {"key": uuid4().hex, "body": "Soon.", "path": "/credits", "created_at": NOW, **columns}
    return _add(session, Notice(user_id=to.id, id=uuid4(), title=title, **values))


def _add(session: Session, row: Row) -> Row:
    session.add(row)
    session.flush()
    return row
