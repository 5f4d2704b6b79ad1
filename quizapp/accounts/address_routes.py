"""Confirming the address of an account, and changing it."""

from flask import Blueprint, abort
from flask.typing import ResponseReturnValue

from quizapp import web
from quizapp.accounts import actions, address_actions, forms, links, login, passwords, queries, throttling, tokens
from quizapp.accounts.answers import WRONG_PASSWORD, counted, go, go_on, page, page_of_link, refusal_of
from quizapp.accounts.models import MailLink, User
from quizapp.db import writing

blueprint = Blueprint("addresses", __name__)


# --- Confirming -----------------------------------------------------------------------------------------------------


@web.public
@blueprint.get("/confirm-address/<token>")
def confirm(token: str) -> ResponseReturnValue:
    """The button behind a mailed link. Looking uses nothing up: mail scanners follow links."""
    return _confirm_page(token)


@web.public
@blueprint.post("/confirm-address/<token>")
def use_confirm_link(token: str) -> ResponseReturnValue:
    """Confirm the address. A second press of the button finds it confirmed."""
    session = web.db_session()
    try:
        with writing(session):
            address_actions.confirm(session, token, web.now())
    except links.LinkSpentError:
        return _confirm_page(token)
    return go(".confirm", token=token)


def _confirm_page(token: str) -> ResponseReturnValue:
    found = queries.mailed_link(web.db_session(), token, queries.CONFIRM)
    return page(
        "confirm_address",
        standing=_standing(*found) if found else "gone",
        address=found[1].address if found else None,
        valid_days=address_actions.LINK_DAYS,
    )


def _standing(user: User, link: MailLink) -> str:
    if link.address != user.email:
        return "gone"
    if user.confirmed_email:
        return "confirmed"
    return "open" if link.is_open(web.now()) else "gone"


@blueprint.post("/settings/address/link")
def send_link() -> ResponseReturnValue:
    """Mail another link to the account's address."""
    session, user, moment = web.db_session(), login.me(), web.now()
    if user.confirmed_email:
        web.say("Your address is confirmed already.")
        return go_on()
    refusal = counted(throttling.address_link([user.email or ""], login.network()), moment)
    if refusal:
        web.say(refusal.text, "bad")
        return go_on()
    with writing(session):
        address_actions.send_confirm_link(session, user, address_of_page=page_of_link(".confirm"), now=moment)
    web.say(f"A link is on its way to {user.email}. Look in the junk folder too.")
    return go_on()


# --- Changing -------------------------------------------------------------------------------------------------------


@blueprint.get("/settings/address")
def address() -> ResponseReturnValue:
    """The form for another address."""
    return page("address", forms.NewAddressForm(), user=login.me())


@blueprint.post("/settings/address")
def ask_for_change() -> ResponseReturnValue:
    """Mail a link to the new address; the answer is the same whether or not somebody has it."""
    form, moment, session, user = forms.NewAddressForm(), web.now(), web.db_session(), login.me()
    form.current = user.email or ""
    if not form.validate_on_submit():
        return page("address", form, user=user)
    tries, new_address = throttling.sign_in(form.current, login.network()), form.email.data or ""
    refusal = refusal_of(user, form.password.data, tries, moment, WRONG_PASSWORD) or counted(
        throttling.address_link([form.current, new_address], login.network()), moment
    )
    if refusal:
        return page("address", form, refusal, user=user)
    checked_hash = user.password_hash or ""
    try:
        with writing(session):
            address_actions.ask_for_change(
                session,
                user.id,
                checked_hash=checked_hash,
                renewed_hash=passwords.renewed(checked_hash, form.password.data or ""),
                address=new_address,
                address_of_page=page_of_link(".change"),
                now=moment,
            )
            throttling.give_back(session, tries, moment)
    except actions.PasswordChangedError:
        return page("address", form, WRONG_PASSWORD, user=user)
    web.say(f"A link is on its way to {new_address}. Your address changes when you use it.")
    return go("accounts.settings")


@blueprint.get("/settings/address/<token>")
def change(token: str) -> ResponseReturnValue:
    """The button behind a link that was mailed to a new address."""
    return _change_page(_own(token))


@blueprint.post("/settings/address/<token>")
def use_change_link(token: str) -> ResponseReturnValue:
    """Let the new address take the place of the old one."""
    session, token = web.db_session(), _own(token)
    try:
        with writing(session):
            user = address_actions.change(session, token, web.now())
    except links.LinkSpentError:
        return _change_page(token)
    except actions.EmailTakenError:
        return _change_page(token, is_taken=True)
    web.say(f"Your address is now {user.email}. Sign in with it from now on.")
    return go("accounts.settings")


def _own(token: str) -> str:
    """The token, which only its own person may use: a new address that was mistyped gives nobody the account."""
    user_id, _ = web.or_404(tokens.parse(token))
    if user_id != login.me().id:
        abort(404)
    return token


def _change_page(token: str, *, is_taken: bool = False) -> ResponseReturnValue:
    found = queries.mailed_link(web.db_session(), token, queries.CHANGE)
    if found and found[1].address == found[0].email:
        # The button was pressed twice.
        return go("accounts.settings")
    return page(
        "change_address",
        user=login.me(),
        address=found[1].address if found and found[1].is_open(web.now()) else None,
        is_taken=is_taken,
        valid_days=address_actions.LINK_DAYS,
    )
