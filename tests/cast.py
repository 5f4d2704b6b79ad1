"""The cast: everybody who may visit, one of everything that the owner has, and the addresses of all routes."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, cast

from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from quizapp.accounts.models import ROLES, User
from quizapp.accounts.queries import CHANGE, CONFIRM
from quizapp.bank.models import Item
from tests import make


@dataclass(frozen=True)
class Cast:
    """Who visits, and what fills the variable parts of addresses: for all routes, and for one endpoint or blueprint."""

    people: Mapping[str, User | None]
    arguments: Mapping[str, Any]
    special: Mapping[str, Mapping[str, Any]]

    def addresses(self, app: Flask, method: str = "GET") -> list[tuple[str, str]]:
        """Name ("GET exam.item") and address of every route that answers `method`; the rows are the owner's."""
        with app.test_request_context():
            return [
                (f"{method} {rule.endpoint}", cast("tuple[str, str]", rule.build(self._values(rule)))[1])
                for rule in rules_of(app)
                if method in methods_of(rule)
            ]

    def _values(self, rule: Rule) -> dict[str, Any]:
        blueprint = rule.endpoint.partition(".")[0]
        known = {**self.arguments, **self.special.get(blueprint, {}), **self.special.get(rule.endpoint, {})}
        missing = rule.arguments - known.keys()
        assert not missing, f"{rule.endpoint}: give the cast a row for {missing}"
        return {name: known[name] for name in rule.arguments}


def make_cast(session: Session, drawn: Sequence[Item], now: datetime = make.NOW, at: str = "example.org") -> Cast:
    """Everybody, the owner's rows, and a neighbour's as noise; `at` keeps the addresses of two casts apart."""
    owner, neighbour = make.user(session, f"owner@{at}"), make.user(session, f"neighbour@{at}")
    owner.display_name = "Candidate 01"  # The papers of somebody without a name ask for it first.
    one_of_everything(session, neighbour, drawn, now)
    arguments, special = one_of_everything(session, owner, drawn, now)
    people: dict[str, User | None] = {
        "anonymous": None,
        "guest": make.guest(session),
        "stranger": make.user(session, f"stranger@{at}"),
        "owner": owner,
        **{role: make.user(session, f"{role}@{at}", role) for role in ROLES},
    }
    return Cast(people, arguments, special)


def one_of_everything(
    session: Session, person: User, drawn: Sequence[Item], now: datetime
) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    """Everything that a person may have; returns what addresses name of it."""
    # What a running mock holds is not explained elsewhere, so the finished attempts are of other items.
    half = len(drawn) // 2
    held, free = drawn[:half], drawn[half:]
    running = make.attempt(session, person, held, started_at=now)
    make.response(session, running, held[0].id)
    paused = make.attempt(session, person, held, started_at=now, allows_breaks=True, break_started_at=now)
    expired = make.attempt(session, person, held, started_at=now - timedelta(hours=2))
    right = sum(position % 3 != 0 for position in range(1, len(free) + 1))
    finished = make.attempt(session, person, free, started_at=now, finished_at=now, correct_count=right)
    practice = make.attempt(session, person, free, kind="practice", started_at=now)
    for position, item in enumerate(free, start=1):
        make.mark(session, finished, item, position, chosen=position % 3, is_correct=position % 3 != 0, marked_at=now)
    make.response(session, practice, free[0].id)
    make.mark(session, practice, free[0], is_first_sight=False, marked_at=now)
    held_credential = make.held_credential(session, person)
    make.cycle_rules(session, held_credential)
    retest = make.retest(session, held_credential)
    yearly = make.held_credential(session, person, rules="cmom", certified_on=date(2024, 2, 1))
    make.cycle_rules(session, yearly, version="12-ceus")
    closed = make.closed_cycle(session, yearly, start_on=date(2024, 2, 1), last_on=date(2024, 12, 31))
    make.notice(session, person)
    make.notice(session, person, "A deadline that was read", read_at=now)
    activity = make.activity(session, person)
    arguments = {
        "attempt_id": running.id,
        "position": 1,
        "activity_id": activity.id,
        "certificate_id": make.certificate(session, activity).id,
        "held_id": held_credential.id,
        "start": held_credential.certified_on.isoformat(),
        "passed_on": retest.passed_on.isoformat(),
        "custom_id": make.custom_credential(session, person).id,
        "rules": "cpc",
        "item_id": free[0].id,
        "token": make.mail_link(session, person, created_at=now),
    }
    to_confirm = make.mail_link(session, person, purpose=CONFIRM, created_at=now)
    to_change = make.mail_link(session, person, purpose=CHANGE, address=f"new-{person.email}", created_at=now)
    special: dict[str, dict[str, Any]] = {
        "addresses": {"token": to_confirm},
        "addresses.change": {"token": to_change},
        "addresses.use_change_link": {"token": to_change},
        "deadlines": {"token": make.calendar_feed(session, person)},
        "closing": {"held_id": yearly.id, "start": "2025-01-01"},
        "closing.ask_to_reopen": {"start": closed.start_on.isoformat()},
        "closing.reopen": {"start": closed.start_on.isoformat()},
        "practice": {"attempt_id": practice.id},
        "allowances.pause": {"attempt_id": paused.id},
        "room.time_up": {"attempt_id": expired.id},
        "result.result": {"attempt_id": finished.id},
        "result.answers": {"attempt_id": finished.id},
        "result.answer": {"attempt_id": finished.id},
        "result.print_view": {"attempt_id": finished.id},
    }
    return arguments, special


def rules_of(app: Flask) -> list[Rule]:
    """The routes, in the order of their addresses."""
    return sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule)


def methods_of(rule: Rule) -> Iterator[str]:
    """The methods that the code writes itself."""
    return iter(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))
