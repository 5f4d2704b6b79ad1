"""Flask-Login over server-side session rows: the cookie names a row, and ending the row ends the session."""

from datetime import datetime, timedelta
from typing import cast
from uuid import UUID

from flask import Flask, after_this_request, current_app, request
from flask import session as cookie
from flask_login import LoginManager, current_user, login_user, logout_user
from werkzeug.wrappers import Response

from quizapp.accounts import actions, queries, throttling, tokens
from quizapp.accounts.models import User
from quizapp.db import DatabaseBusyError, writing
from quizapp.web import config, db_session, now

PROLONG_AFTER = timedelta(days=1)

login_manager = LoginManager()


class SignedIn:
    """The person behind a request, together with the session that the request came by."""

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def __init__(self, user: User, session_token: str, used_at: datetime, unread_notices: int = 0) -> None:
        self.user = user
        self.session_token = session_token
        self.used_at = used_at
        self.unread_notices = unread_notices
        self.id = user.id
        self.is_guest = user.is_guest
        self.roles = user.roles
        self.time_zone = user.time_zone

    def get_id(self) -> str:
        """What the cookie keeps: user_id.secret."""
        return self.session_token


def me() -> User:
    """The person asking; only behind the gate."""
    return cast(SignedIn, current_user).user


def visitor() -> User | None:
    """The person asking, on pages that are open to strangers too."""
    return me() if current_user.is_authenticated else None


def session_token() -> str:
    """The token of the session that this request came by; only behind the gate."""
    return cast(SignedIn, current_user).session_token


def session_key() -> tuple[UUID, bytes]:
    """The key of the row of the session that this request came by; only behind the gate."""
    return cast("tuple[UUID, bytes]", tokens.parse(session_token()))


def network() -> str:
    """The network that the request came from, as the throttle counts it."""
    return throttling.network_of(request.remote_addr)


def start_session(user: User, moment: datetime, days: int) -> None:
    """Open a session row for `user`, end the one that the request came by, and put the new token into the cookie.

    The caller commits. Should that fail, the cookie stays as it was. The cookie starts empty, so that nothing that
    was planted in it before sign-in (session fixation) lives on.
    """
    if current_user.is_authenticated:
        actions.end_session(db_session(), session_token())
    browser = (request.user_agent.string or "")[:200]
    token = actions.open_session(db_session(), user, browser=browser, days=days, now=moment)
    before = dict(cookie)
    cookie.clear()
    cookie.permanent = True
    login_user(SignedIn(user, token, moment))

    @after_this_request
    def keep_old_cookie_on_failure(response: Response) -> Response:
        if response.status_code >= 400:
            cookie.clear()
            cookie.update(before)
        return response


def end_session() -> None:
    """Forget the cookie; the row is ended by the caller."""
    logout_user()
    cookie.clear()


def _load(token: str) -> SignedIn | None:
    found = queries.open_session_of(db_session(), token, now())
    if found is None:
        return None
    user, used_at, unread_notices = found
    return SignedIn(user, token, used_at, unread_notices)


def _prolong() -> None:
    """A session in use stays open. Once a day is often enough, and only with a POST: a GET writes nothing."""
    if request.method != "POST" or not current_user.is_authenticated:
        return
    moment = now()
    if moment - cast(SignedIn, current_user).used_at < PROLONG_AFTER:
        return
    session = db_session()
    days = config().session_days
    try:
        with writing(session):
            actions.prolong_session(session, session_token(), days=days, now=moment)
        cookie.modified = True
    except DatabaseBusyError:
        current_app.logger.info("A session was not prolonged: the database is busy. The next request tries again.")


def set_up(app: Flask) -> None:
    """Teach the application who is asking."""
    login_manager.init_app(app)
    login_manager.user_loader(_load)
    app.before_request(_prolong)
