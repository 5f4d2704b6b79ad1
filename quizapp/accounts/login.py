"""Flask-Login over server-side session rows: the cookie names a row, and ending the row ends the session."""

from datetime import datetime
from typing import cast

from flask import Flask, request
from flask_login import LoginManager, current_user, login_user, logout_user

from quizapp.accounts import actions, queries
from quizapp.accounts.models import User
from quizapp.web import db_session, now

login_manager = LoginManager()


class SignedIn:
    """The person behind a request, together with the session that the request came by."""

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def __init__(self, user: User, session_token: str) -> None:
        self.user = user
        self.session_token = session_token
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


def session_token() -> str:
    """The token of the session that this request came by; only behind the gate."""
    return cast(SignedIn, current_user).session_token


def start_session(user: User, moment: datetime, days: int) -> None:
    """Open a session row for `user` and put its token into the cookie. The caller commits."""
    browser = (request.user_agent.string or "")[:200]
    token = actions.open_session(db_session(), user, browser=browser, days=days, now=moment)
    login_user(SignedIn(user, token))


def end_session() -> None:
    """Forget the cookie; the row is ended by the caller."""
    logout_user()


def _load(token: str) -> SignedIn | None:
    user = queries.user_of_session(db_session(), token, now())
    return SignedIn(user, token) if user else None


def set_up(app: Flask) -> None:
    """Teach the application who is asking."""
    login_manager.init_app(app)
    login_manager.user_loader(_load)
