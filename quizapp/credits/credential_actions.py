"""Holding credentials, changing and dropping them; nothing here commits."""

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from quizapp.credits.deadlines import page_of
from quizapp.credits.models import ClosedCycle, CycleRules, HeldCredential, Retest
from quizapp.credits.queries import Holding, anchors_of, retests_of
from quizapp.credits.rule_files import CredentialRules
from quizapp.db import insert_into
from quizapp.mail.actions import forget
from quizapp.rules.credit_cycles import Anchors, Cycle, cycles_until

# More than a lifetime brings: cycles are reckoned anew from each, so that thousands would hold up every page.
MOST_RETESTS = 50


@dataclass(frozen=True)
class WantedCredential:
    """A credential as its form gives it."""

    certified_on: date
    version: str
    is_member: bool = True
    member_until: date | None = None
    birth_month: int | None = None
    due_on: date | None = None
    further_credentials: int = 0
    carried_in_minutes: int = 0

    def columns(self) -> dict[str, Any]:
        """What is stored in `held_credential`."""
        return {
            "certified_on": self.certified_on,
            "is_member": self.is_member,
            "member_until": self.member_until,
            "birth_month": self.birth_month,
            "due_on": self.due_on,
            "further_credentials": self.further_credentials,
        }


def hold_credential(
    session: Session, user_id: UUID, rules: CredentialRules, wanted: WantedCredential, today: date, now: datetime
) -> UUID | None:
    """Hold a credential, every cycle under its version; returns its id, None when the person holds it already.

    Minutes carried in enter the present cycle.
    """
    anchors = Anchors(wanted.certified_on, wanted.birth_month, wanted.due_on)
    drawn = cycles_until(anchors, [(wanted.certified_on, rules.version(wanted.version).rules())], today)
    columns = {**wanted.columns(), **_carried_in(wanted, None, drawn)}
    statement = (
        insert_into(session, HeldCredential)
        .values(user_id=user_id, id=uuid4(), rules=rules.slug, created_at=now, **columns)
        .on_conflict_do_nothing()
        .returning(HeldCredential.id)
    )
    held_id = session.scalar(statement)
    if held_id is not None:
        _set_rules(session, user_id, held_id, wanted.certified_on, wanted.version)
    return held_id


def _carried_in(wanted: WantedCredential, entered_from: date | None, drawn: Sequence[Cycle]) -> dict[str, Any]:
    """The minutes carried in, with a day of the cycle that they enter: the one that they entered, else the present."""
    if not wanted.carried_in_minutes:
        return {"carried_in_minutes": 0, "carried_in_from": None}
    is_kept = entered_from is not None and any(cycle.holds(entered_from) for cycle in drawn)
    from_on = entered_from if is_kept else drawn[-1].start
    return {"carried_in_minutes": wanted.carried_in_minutes, "carried_in_from": from_on}


class NotHeldError(LookupError):
    """The credential is gone."""


class ClosedCycleMovesError(Exception):
    """A cycle that is on record would begin or end on other days, or run under other rules."""

    def __init__(self, start: date, last_day: date) -> None:
        super().__init__(start, last_day)
        self.start, self.last_day = start, last_day


def change_credential(session: Session, holding: Holding, wanted: WantedCredential, today: date) -> bool:
    """Change a credential held; False when it is gone.

    The version holds from the present cycle on, on whatever day that begins then, and earlier cycles keep theirs.
    Another day of certification draws every cycle anew, so all of them take the version. Raises
    ClosedCycleMovesError: closed cycles stay.
    """
    held, present = holding.held, holding.present.cycle
    is_moved = wanted.certified_on != held.certified_on
    from_on, drawn = _drawn(holding, wanted, today)
    statement = (
        update(HeldCredential)
        .where(HeldCredential.user_id == held.user_id, HeldCredential.id == held.id)
        .values({**wanted.columns(), **_carried_in(wanted, held.carried_in_from, drawn)})
        .returning(HeldCredential.id)
    )
    if session.scalar(statement) is None:
        return False
    _check_closed_cycles(session, held, drawn, {version.slug for version in holding.rules.versions})
    if is_moved or (from_on, wanted.version) != (present.start, present.rules.slug):
        _forget_rules(session, held, date.min if is_moved else from_on)
        _set_rules(session, held.user_id, held.id, from_on, wanted.version)
    return True


def _drawn(holding: Holding, wanted: WantedCredential, today: date) -> tuple[date, Sequence[Cycle]]:
    """The day from which the wanted version holds, and the cycles that follow from the change."""
    chosen = holding.rules.version(wanted.version).rules()
    anchors = Anchors(wanted.certified_on, wanted.birth_month, wanted.due_on, holding.retests)
    if wanted.certified_on != holding.held.certified_on:
        return wanted.certified_on, cycles_until(anchors, [(wanted.certified_on, chosen)], today)
    from_on = holding.present.cycle.start
    earlier = [each for each in holding.rules_from if each[0] < from_on]
    drawn = cycles_until(anchors, [*earlier, (from_on, chosen)], today)
    if drawn[-1].rules != chosen:
        # By another last day the present cycle begins before the day from which the version held.
        from_on = drawn[-1].start
        earlier = [each for each in earlier if each[0] < from_on]
        drawn = cycles_until(anchors, [*earlier, (from_on, chosen)], today)
    return from_on, drawn


# --- Retests --------------------------------------------------------------------------------------------------------


class TooManyRetestsError(Exception):
    """As many retests of the credential are on record as are kept."""


def record_retest(session: Session, holding: Holding, passed_on: date, today: date, now: datetime) -> bool:
    """Record a retest that was passed; False when it is on record already.

    Raises NotHeldError, TooManyRetestsError, and ClosedCycleMovesError: closed cycles stay.
    """
    held = locked_credential(session, holding.held.user_id, holding.held.id)
    known = retests_of(session, held.user_id, held.id)
    if len(known | {passed_on}) > MOST_RETESTS:
        raise TooManyRetestsError
    _check_retests(session, holding, held, known | {passed_on}, today)
    statement = (
        insert_into(session, Retest)
        .values(user_id=held.user_id, held_credential_id=held.id, passed_on=passed_on, created_at=now)
        .on_conflict_do_nothing()
        .returning(Retest.passed_on)
    )
    return session.scalar(statement) is not None


def remove_retest(session: Session, holding: Holding, passed_on: date, today: date) -> bool:
    """Forget a retest; False when none of that day is on record. Raises NotHeldError and ClosedCycleMovesError."""
    held = locked_credential(session, holding.held.user_id, holding.held.id)
    known = retests_of(session, held.user_id, held.id)
    _check_retests(session, holding, held, known - {passed_on}, today)
    statement = (
        delete(Retest)
        .where(
            Retest.user_id == held.user_id,
            Retest.held_credential_id == held.id,
            Retest.passed_on == passed_on,
        )
        .returning(Retest.passed_on)
    )
    return session.scalar(statement) is not None


def _check_retests(
    session: Session, holding: Holding, held: HeldCredential, retests: Iterable[date], today: date
) -> None:
    drawn = cycles_until(anchors_of(held, retests), holding.rules_from, today)
    _check_closed_cycles(session, held, drawn, {version.slug for version in holding.rules.versions})


# --- What they share ------------------------------------------------------------------------------------------------


def locked_credential(session: Session, user_id: UUID, held_id: UUID) -> HeldCredential:
    """The credential as it is now; locked, so that closings and changes of it wait for each other.

    Raises NotHeldError.
    """
    held = session.scalar(
        select(HeldCredential)
        .where(HeldCredential.user_id == user_id, HeldCredential.id == held_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if held is None:
        raise NotHeldError
    return held


def replace_versions(session: Session, user_id: UUID, held_id: UUID, lost: Container[str], version: str) -> None:
    """Let another version hold wherever one of the lost ones was chosen; records of closed cycles stay as they are."""
    chosen = session.scalars(
        select(CycleRules).where(CycleRules.user_id == user_id, CycleRules.held_credential_id == held_id)
    )
    for entry in chosen:
        if entry.version in lost:
            entry.version = version
    session.flush()


def _check_closed_cycles(
    session: Session, held: HeldCredential, drawn: Sequence[Cycle], versions: Container[str]
) -> None:
    """Every closed cycle is still one of the cycles that the change would draw.

    Its days are what counts where its version is not among the rules any more: nothing could draw it under that.
    """
    kept = {(each.start, each.last_day, each.rules.slug) for each in drawn}
    closed = session.execute(
        select(ClosedCycle.start_on, ClosedCycle.last_on, ClosedCycle.version)
        .where(ClosedCycle.user_id == held.user_id, ClosedCycle.held_credential_id == held.id)
        .order_by(ClosedCycle.start_on)
    )
    for start, last_day, version in closed:
        days_kept = {(first, last) for first, last, slug in kept if slug == version or version not in versions}
        if (start, last_day) not in days_kept:
            raise ClosedCycleMovesError(start, last_day)


def drop_credential(session: Session, user_id: UUID, held_id: UUID) -> bool:
    """Forget a credential with its cycles and reminders, but no activity; False when the person does not hold it."""
    forget(session, user_id, page_of(held_id))
    statement = (
        delete(HeldCredential)
        .where(HeldCredential.user_id == user_id, HeldCredential.id == held_id)
        .returning(HeldCredential.id)
    )
    return session.scalar(statement) is not None


def _set_rules(session: Session, user_id: UUID, held_id: UUID, from_on: date, version: str) -> None:
    key = {"user_id": user_id, "held_credential_id": held_id, "from_on": from_on}
    session.execute(
        insert_into(session, CycleRules)
        .values(version=version, **key)
        .on_conflict_do_update(index_elements=list(key), set_={"version": version})
    )


def _forget_rules(session: Session, held: HeldCredential, from_on: date) -> None:
    session.execute(
        delete(CycleRules).where(
            CycleRules.user_id == held.user_id,
            CycleRules.held_credential_id == held.id,
            CycleRules.from_on >= from_on,
        )
    )
