"""Counters that slow down guessing: so many tries in a window, by address and by network.

Windows are fixed (10:00 to 10:15, 10:15 to 10:30 …), so that counting is one statement. A try is counted before it
is judged, so that a hundred at the same moment are no way around; a success gives its tries back.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import IPv6Address, ip_address

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from quizapp.accounts.models import Throttle
from quizapp.db import insert_into

KEPT_FOR = timedelta(days=1)
IPV6_HOST_BITS = 64


@dataclass(frozen=True)
class Limit:
    """At most so many tries of one kind by one subject in one window."""

    action: str
    most: int
    window: timedelta

    def window_at(self, now: datetime) -> datetime:
        """When the window that `now` falls into began."""
        epoch = datetime(1970, 1, 1, tzinfo=UTC)
        return now - (now - epoch) % self.window


@dataclass(frozen=True)
class Try:
    """Somebody tries something."""

    limit: Limit
    subject: str

    @property
    def subject_hash(self) -> bytes:
        """What is kept of the address or network."""
        return hashlib.sha256(f"{self.limit.action} {self.subject}".encode()).digest()


SIGN_IN_BY_ADDRESS = Limit("sign-in address", 10, timedelta(minutes=15))
SIGN_IN_BY_NETWORK = Limit("sign-in network", 50, timedelta(minutes=15))
RESET_BY_ADDRESS = Limit("reset address", 3, timedelta(hours=1))
RESET_BY_NETWORK = Limit("reset network", 20, timedelta(hours=1))
ADDRESS_LINK_BY_ADDRESS = Limit("address link address", 5, timedelta(hours=1))
ADDRESS_LINK_BY_NETWORK = Limit("address link network", 40, timedelta(hours=1))
REGISTER_BY_NETWORK = Limit("register network", 20, timedelta(hours=1))
GUEST_BY_NETWORK = Limit("guest network", 60, timedelta(hours=1))


def sign_in(address: str, network: str) -> list[Try]:
    """What a try to sign in counts towards. Addresses come before networks, so that no two writers lock crosswise."""
    return [Try(SIGN_IN_BY_ADDRESS, address), Try(SIGN_IN_BY_NETWORK, network)]


def reset(address: str, network: str) -> list[Try]:
    """What asking for a reset link counts towards."""
    return [Try(RESET_BY_ADDRESS, address), Try(RESET_BY_NETWORK, network)]


def address_link(mailed_to: Iterable[str], network: str) -> list[Try]:
    """What mail about an address counts towards: each mailbox that gets one, in one order for all."""
    by_address = [Try(ADDRESS_LINK_BY_ADDRESS, address) for address in sorted(mailed_to)]
    return [*by_address, Try(ADDRESS_LINK_BY_NETWORK, network)]


def register(network: str) -> list[Try]:
    """What registering counts towards."""
    return [Try(REGISTER_BY_NETWORK, network)]


def guest(network: str) -> list[Try]:
    """What starting as a guest counts towards."""
    return [Try(GUEST_BY_NETWORK, network)]


def network_of(remote_address: str | None) -> str:
    """The network that counts as one: an IPv4 address, the 64 leading bits of an IPv6 address."""
    try:
        address = ip_address(remote_address or "")
    except ValueError:
        return "unknown"
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(IPv6Address(int(address) >> IPV6_HOST_BITS << IPV6_HOST_BITS))
    return str(address)


def count(session: Session, tries: Sequence[Try], now: datetime) -> datetime | None:
    """Count the tries; returns when to come back if one is over its limit, else None. Needs a write of its own."""
    closed_until = [
        one.limit.window_at(now) + one.limit.window for one in tries if _counted(session, one, now) > one.limit.most
    ]
    return max(closed_until, default=None)


def _counted(session: Session, one: Try, now: datetime) -> int:
    statement = insert_into(session, Throttle).values(
        action=one.limit.action,
        subject_hash=one.subject_hash,
        window_start=one.limit.window_at(now),
        count=1,
    )
    statement = statement.on_conflict_do_update(
        index_elements=[Throttle.action, Throttle.subject_hash, Throttle.window_start],
        set_={"count": Throttle.count + 1},
    )
    return session.scalars(statement.returning(Throttle.count)).one()


def give_back(session: Session, tries: Sequence[Try], now: datetime) -> None:
    """Undo the counting of a try that succeeded."""
    for one in tries:
        session.execute(
            update(Throttle)
            .where(
                Throttle.action == one.limit.action,
                Throttle.subject_hash == one.subject_hash,
                Throttle.window_start == one.limit.window_at(now),
                Throttle.count > 0,
            )
            .values(count=Throttle.count - 1)
        )


def forget(session: Session, one: Try) -> None:
    """Drop a subject's counters: its owner has proved who they are."""
    session.execute(
        delete(Throttle).where(Throttle.action == one.limit.action, Throttle.subject_hash == one.subject_hash)
    )


def remove_old_throttles(session: Session, now: datetime) -> int:
    """Remove counters whose windows are over since long; returns how many."""
    removed = session.execute(delete(Throttle).where(Throttle.window_start < now - KEPT_FOR).returning(Throttle.action))
    return len(removed.all())
