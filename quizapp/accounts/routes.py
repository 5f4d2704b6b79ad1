"""Registering, signing in and out, a forgotten password, settings, privacy."""

import json
from datetime import datetime
from typing import cast

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from quizapp import web
from quizapp.accounts import actions, address_actions, browsers, forms, links, login, passwords, queries, throttling
from quizapp.accounts.answers import WRONG_PASSWORD, Refusal, counted, go, go_on, page, page_of_link, refusal_of
from quizapp.accounts.models import User
from quizapp.db import writing

blueprint = Blueprint("accounts", __name__)


WRONG_PAIR = Refusal("The address or the password is wrong.")


def _guest() -> User | None:
    visitor = login.visitor()
    return visitor if visitor and visitor.is_guest else None


def _is_member() -> bool:
    visitor = login.visitor()
    return visitor is not None and not visitor.is_guest


# --- Registering ----------------------------------------------------------------------------------------------------


@web.public
@blueprint.get("/register")
def register() -> ResponseReturnValue:
    """The form for a new account."""
    if _is_member():
        return go_on()
    guest = _guest()
    form = forms.RegisterForm(data={"time_zone": guest.time_zone} if guest else None)
    return page("register", form, guest=guest)


@web.public
@blueprint.post("/register")
def create_account() -> ResponseReturnValue:
    """Make the account, or upgrade the guest who asks, and sign in."""
    if _is_member():
        return go_on()
    form, guest, moment = forms.RegisterForm(), _guest(), web.now()
    if not form.validate_on_submit():
        return page("register", form, guest=guest)
    refusal = counted(throttling.register(login.network()), moment)
    if refusal:
        return page("register", form, refusal, guest=guest)
    password_hash = passwords.hash_of(form.password.data or "")
    session = web.db_session()
    try:
        with writing(session):
            user = actions.register(
                session,
                guest_id=guest.id if guest else None,
                email=form.email.data or "",
                password_hash=password_hash,
                time_zone=form.time_zone.data,
                now=moment,
            )
            _send_confirm_link(user, moment)
            login.start_session(user, moment, web.config().session_days)
    except actions.EmailTakenError:
        form.email.errors = ["There is an account with this address already."]
        return page("register", form, guest=guest, is_taken=True)
    except actions.GuestGoneError:
        web.say("You have registered already. Sign in to go on.", "note")
        return go("accounts.sign_in")
    web.say("Your account is ready." + (" What you did as a guest is in it." if guest else ""))
    return go_on()


def _send_confirm_link(user: User, moment: datetime) -> None:
    """Mail it, unless the mailbox has had many: who registers, leaves and registers again fills nobody's."""
    session = web.db_session()
    tries = throttling.address_link([user.email or ""], login.network())
    if throttling.count(session, tries, moment) is None:
        address_actions.send_confirm_link(session, user, address_of_page=page_of_link("addresses.confirm"), now=moment)


# --- Signing in and out ---------------------------------------------------------------------------------------------


@web.public
@blueprint.get("/sign-in")
def sign_in() -> ResponseReturnValue:
    """The form for people with an account."""
    return go_on() if _is_member() else page("sign_in", forms.SignInForm(), guest=_guest())


@web.public
@blueprint.post("/sign-in")
def try_sign_in() -> ResponseReturnValue:
    """Check the password and open a session; a guest's rows move into the account."""
    if _is_member():
        return go_on()
    form, guest, moment, session = forms.SignInForm(), _guest(), web.now(), web.db_session()
    if not form.validate_on_submit():
        return page("sign_in", form, guest=guest)
    email = form.email.data or ""
    tries = throttling.sign_in(email, login.network())
    user = queries.user_by_email(session, email)
    refusal = refusal_of(user, form.password.data, tries, moment, WRONG_PAIR)
    if user is None or user.password_hash is None or refusal:
        return page("sign_in", form, refusal, guest=guest)
    checked_hash, renewed = user.password_hash, passwords.renewed(user.password_hash, form.password.data or "")
    try:
        with writing(session):
            user = actions.confirm_password(session, user.id, checked_hash, renewed)
            moved = actions.move_guest_data(session, guest.id, user.id) if guest else 0
            throttling.give_back(session, tries, moment)
            login.start_session(user, moment, web.config().session_days)
    except actions.PasswordChangedError:
        return page("sign_in", form, WRONG_PAIR, guest=guest)
    if moved:
        web.say("You are signed in, and what you did as a guest is in your account.")
    return go_on()


@web.public
@blueprint.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    """End the session; also when it has ended by itself."""
    session = web.db_session()
    if login.visitor():
        with writing(session):
            actions.end_session(session, login.session_token())
    login.end_session()
    web.say("You are signed out.")
    return go("home.landing")


# --- A forgotten password -------------------------------------------------------------------------------------------


@web.public
@blueprint.get("/forgotten-password")
def forgotten_password() -> ResponseReturnValue:
    """Ask for the address."""
    return page("forgotten_password", forms.AddressForm(data={"email": request.args.get("email", "")}))


@web.public
@blueprint.post("/forgotten-password")
def send_reset_link() -> ResponseReturnValue:
    """Put a link into the outbox; the answer is the same whether or not there is such an account."""
    form, moment, session = forms.AddressForm(), web.now(), web.db_session()
    if not form.validate_on_submit():
        return page("forgotten_password", form)
    email = form.email.data or ""
    refusal = counted(throttling.reset(email, login.network()), moment)
    if refusal:
        return page("forgotten_password", form, refusal)
    user = queries.user_by_email(session, email)
    with writing(session):
        actions.send_reset_link(session, user, address_of_page=page_of_link("accounts.reset_password"), now=moment)
    return go("accounts.reset_link_sent")


@web.public
@blueprint.get("/forgotten-password/sent")
def reset_link_sent() -> ResponseReturnValue:
    """What to do next."""
    return page("reset_link_sent", valid_minutes=actions.RESET_LINK_MINUTES)


@web.public
@blueprint.get("/reset-password/<token>")
def reset_password(token: str) -> ResponseReturnValue:
    """The form behind a mailed link. Looking uses nothing up: mail scanners follow links."""
    user = queries.user_of_reset_link(web.db_session(), token, web.now())
    return page("reset_password", forms.NewPasswordForm(), user=user)


@web.public
@blueprint.post("/reset-password/<token>")
def use_reset_link(token: str) -> ResponseReturnValue:
    """Set the new password, once."""
    form, moment, session = forms.NewPasswordForm(), web.now(), web.db_session()
    user = queries.user_of_reset_link(session, token, moment)
    form.email = user.email or "" if user else ""
    if user is None or not form.validate_on_submit():
        return page("reset_password", form, user=user)
    new_hash = passwords.hash_of(form.password.data or "")
    try:
        with writing(session):
            actions.reset_password(session, token, new_hash=new_hash, now=moment)
            throttling.forget(session, throttling.Try(throttling.SIGN_IN_BY_ADDRESS, form.email))
    except links.LinkSpentError:
        return page("reset_password", form, user=None)
    login.end_session()
    web.say("Your new password is set. Sign in with it.")
    return go("accounts.sign_in")


# --- Settings -------------------------------------------------------------------------------------------------------


@blueprint.get("/settings")
def settings() -> ResponseReturnValue:
    """Name, time zone, exam date, target; ways to password, sessions and privacy."""
    return _settings_page(forms.SettingsForm(obj=login.me()))


@blueprint.post("/settings")
def save_settings() -> ResponseReturnValue:
    """Keep them."""
    form, session, user = forms.SettingsForm(obj=login.me()), web.db_session(), login.me()
    if not form.validate_on_submit():
        return _settings_page(form)
    with writing(session):
        actions.change_settings(
            session,
            user.id,
            display_name=form.display_name.data or "",
            time_zone=form.time_zone.data,
            exam_date=form.exam_date.data,
            target_percent=cast(int, form.target_percent.data),
            wants_reminders=form.wants_reminders.data,
        )
    web.say("Saved.")
    return go("accounts.settings")


def _settings_page(form: forms.SettingsForm) -> Response:
    awaited = queries.awaited_address(web.db_session(), login.me().id, web.now())
    return page("settings", form, user=login.me(), awaited_address=awaited)


@blueprint.get("/settings/password")
def password() -> ResponseReturnValue:
    """The form for a new password."""
    return page("password", forms.ChangePasswordForm(), user=login.me())


@blueprint.post("/settings/password")
def change_password() -> ResponseReturnValue:
    """Set the new password and end the other sessions."""
    form, moment, session, user = forms.ChangePasswordForm(), web.now(), web.db_session(), login.me()
    form.email = user.email or ""
    if not form.validate_on_submit():
        return page("password", form, user=user)
    tries = throttling.sign_in(form.email, login.network())
    refusal = refusal_of(user, form.current.data, tries, moment, WRONG_PASSWORD)
    if refusal:
        return page("password", form, refusal, user=user)
    checked_hash, new_hash = user.password_hash or "", passwords.hash_of(form.password.data or "")
    try:
        with writing(session):
            actions.change_password(
                session,
                user.id,
                checked_hash=checked_hash,
                new_hash=new_hash,
                token=login.session_token(),
                now=moment,
            )
            throttling.give_back(session, tries, moment)
    except actions.PasswordChangedError:
        return page("password", form, WRONG_PASSWORD, user=user)
    web.say("Your new password is set, and your other sessions have ended.")
    return go("accounts.settings")


@blueprint.get("/settings/sessions")
def sessions() -> ResponseReturnValue:
    """Where the person is signed in."""
    rows = queries.sessions_of(web.db_session(), login.me().id, web.now())
    return page("sessions", rows=rows, own_hash=login.session_key()[1], describe=browsers.describe)


@blueprint.post("/settings/sessions/end")
def end_session() -> ResponseReturnValue:
    """End one of one's own sessions."""
    session = web.db_session()
    secret_hash = web.or_404(_bytes_of(request.form.get("session", "")))
    with writing(session):
        actions.end_session_by_hash(session, login.me().id, secret_hash)
    web.say("That session has ended.")
    return go("accounts.sessions")


@blueprint.post("/settings/sessions/end-others")
def end_other_sessions() -> ResponseReturnValue:
    """End all of one's sessions but this one."""
    session = web.db_session()
    with writing(session):
        actions.end_other_sessions(session, login.session_token())
    web.say("Your other sessions have ended.")
    return go("accounts.sessions")


def _bytes_of(text: str) -> bytes | None:
    try:
        return bytes.fromhex(text)
    except ValueError:
        return None


@blueprint.get("/settings/export")
def export() -> ResponseReturnValue:
    """Everything that the site holds about the person, as one JSON file."""
    moment = web.now()
    tables = queries.everything_of(web.db_session(), login.me().id)
    text = json.dumps({"exported_at": moment.isoformat(), "tables": tables}, indent=2, ensure_ascii=False)
    response = Response(text + "\n", mimetype="application/json")
    response.headers["Content-Disposition"] = f'attachment; filename="quizapp-{moment:%Y-%m-%d}.json"'
    return response


@blueprint.get("/settings/delete")
def leave() -> ResponseReturnValue:
    """What deleting the account means, and the password."""
    return page("delete", forms.PasswordForm(), user=login.me())


@blueprint.post("/settings/delete")
def delete_account() -> ResponseReturnValue:
    """Remove the person and all that is theirs."""
    form, moment, session, user = forms.PasswordForm(), web.now(), web.db_session(), login.me()
    if not form.validate_on_submit():
        return page("delete", form, user=user)
    tries = throttling.sign_in(user.email or "", login.network())
    refusal = refusal_of(user, form.password.data, tries, moment, WRONG_PASSWORD)
    if refusal:
        return page("delete", form, refusal, user=user)
    farewells = web.farewells_to(user.id)
    with writing(session):
        throttling.give_back(session, tries, moment)
        actions.delete_user(session, user.id)
    for farewell in farewells:
        farewell()
    login.end_session()
    web.say("Your account and everything in it have been deleted.")
    return go("home.landing")
