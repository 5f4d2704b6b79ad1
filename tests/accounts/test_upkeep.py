"""Roles, and what the periodic run removes."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.accounts import actions, browsers, throttling, zones
from quizapp.accounts.models import MailLink, Throttle, User, UserSession
from tests import make

DAY = timedelta(days=1)


def test_a_role_is_granted_and_taken_back(session: Session) -> None:
    owner = make.user(session)
    actions.grant(session, "OWNER@example.org", "reviewer")
    actions.grant(session, "owner@example.org", "author")
    assert owner.roles == {"author", "reviewer"}
    actions.revoke(session, "owner@example.org", "author")
    assert owner.roles == {"reviewer"}


def test_a_role_needs_an_account_and_a_name_that_exists(session: Session) -> None:
    make.user(session)
    with pytest.raises(actions.NoSuchUserError):
        actions.grant(session, "stranger@example.org", "author")
    with pytest.raises(actions.NoSuchUserError):
        actions.revoke(session, "no address", "author")
    with pytest.raises(ValueError, match="author, reviewer, administrator"):
        actions.grant(session, "owner@example.org", "king")


def test_guests_are_removed_after_thirty_days_and_accounts_never(session: Session, now: datetime) -> None:
    make.user(session, created_at=now - 400 * DAY)
    young = make.guest(session, created_at=now - 30 * DAY)
    old = make.guest(session, created_at=now - 30 * DAY - timedelta(seconds=1))
    make.attempt(session, old, make.items(session, 1), kind="sampler")
    assert actions.remove_old_guests(session, now) == 1
    assert set(session.scalars(select(User.email))) == {"owner@example.org", None}
    assert session.scalars(select(User.id).where(User.email.is_(None))).all() == [young.id]


def test_guests_are_removed_a_hundred_at_a_time(session: Session, now: datetime) -> None:
    for _ in range(103):
        make.guest(session, created_at=now - 31 * DAY)
    assert [actions.remove_old_guests(session, now) for _ in range(3)] == [100, 3, 0]


def test_ended_sessions_and_links_are_removed(session: Session, now: datetime) -> None:
    owner = make.user(session)
    for days in (1, 30):
        actions.open_session(session, owner, browser="", days=days, now=now - 2 * DAY)
    actions.send_reset_link(session, owner, address_of_page=str, now=now - timedelta(hours=1))
    actions.send_reset_link(session, owner, address_of_page=str, now=now)
    assert actions.remove_expired_sessions(session, now) == 1
    assert len(session.scalars(select(UserSession)).all()) == 1
    assert len(session.scalars(select(MailLink)).all()) == 1


def test_old_throttles_are_removed(session: Session, now: datetime) -> None:
    throttling.count(session, throttling.guest("192.0.2.1"), now - 2 * DAY)
    throttling.count(session, throttling.guest("192.0.2.1"), now)
    assert throttling.remove_old_throttles(session, now) == 1
    assert len(session.scalars(select(Throttle)).all()) == 1


def test_a_network_starts_sixty_guests_an_hour(session: Session, now: datetime) -> None:
    tries = throttling.guest("192.0.2.1")
    assert [throttling.count(session, tries, now) for _ in range(60)] == [None] * 60
    assert throttling.count(session, tries, now) == now.replace(minute=0) + timedelta(hours=1)
    assert throttling.count(session, throttling.guest("192.0.2.2"), now) is None
    assert throttling.count(session, tries, now + timedelta(hours=1)) is None


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        (None, "unknown"),
        ("unix:", "unknown"),
    ],
)
def test_a_network_is_an_ipv4_address_or_half_an_ipv6_address(address: str | None, network: str) -> None:
    assert throttling.network_of(address) == network


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0", "Edge on Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile Safari/604.1", "Safari on iPhone"),
        ("Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36", "Chrome on Android"),
        ("curl/8", "A browser"),
        ("", "A browser"),
    ],
)
def test_a_browser_is_described(user_agent: str, words: str) -> None:
    assert browsers.describe(user_agent) == words


def test_every_zone_is_offered_once_and_those_of_the_united_states_first() -> None:
    offered = [name for group in zones.by_region().values() for name, _label in group]
    assert len(offered) == len(set(offered)) > 400
    assert offered[0] == zones.DEFAULT
    assert {"Asia/Calcutta", "Pacific/Honolulu", "UTC", "Europe/Oslo"} <= zones.names()
