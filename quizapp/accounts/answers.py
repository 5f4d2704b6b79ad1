"""What the routes of accounts answer with: a page, a refusal, the way on."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from typing import Any

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from quizapp import web
from quizapp.accounts import passwords, throttling
from quizapp.accounts.models import User
from quizapp.db import writing


@dataclass(frozen=True)
class Refusal:
    """Why a form that is filled in correctly was not accepted."""

    text: str
    status: int = 422
    wait_seconds: int = 0


WRONG_PASSWORD = Refusal("The password is wrong.")


def page(template: str, form: web.BaseForm | None = None, refusal: Refusal | None = None, **values: Any) -> Response:
    """A page of accounts/; a form that was not accepted comes back with 422, one sent too often with 429."""
    status = refusal.status if refusal else 422 if form and form.errors else 200
    text = render_template(f"accounts/{template}.html", form=form, refusal=refusal, **values)
    response = Response(text, status)
    if refusal and refusal.wait_seconds:
        response.headers["Retry-After"] = str(refusal.wait_seconds)
    return response


def go(endpoint: str, **values: Any) -> ResponseReturnValue:
    """To another page of the site."""
    return redirect(url_for(endpoint, **values), 303)


def go_on() -> ResponseReturnValue:
    """To the page of this site that the address names as the next, else to the dashboard."""
    wanted = request.args.get("next")
    return redirect(wanted if wanted and web.is_local_path(wanted) else url_for("home.dashboard"), 303)


def counted(tries: list[throttling.Try], moment: datetime) -> Refusal | None:
    """Count a try in a write of its own; a refusal when it is one too many."""
    session = web.db_session()
    with writing(session):
        until = throttling.count(session, tries, moment)
    if until is None:
        return None
    seconds = ceil((until - moment).total_seconds())
    wait = web.format_duration(60 * ceil(seconds / 60))
    return Refusal(f"Too many attempts. Try again in {wait}.", 429, seconds)


def refusal_of(
    user: User | None, password: str | None, tries: list[throttling.Try], moment: datetime, wrong: Refusal
) -> Refusal | None:
    """Why this password does not do: tried too often, or wrong. Nobody's password takes as long to check."""
    refusal = counted(tries, moment)
    if refusal:
        return refusal
    return None if passwords.is_right(user.password_hash if user else None, password or "") else wrong


def page_of_link(endpoint: str) -> Callable[[str], str]:
    """Makes a page's full address from a mailed link's token, by the settings: a request's Host header may lie."""

    def address(token: str) -> str:
        return web.config().base_url + url_for(endpoint, token=token)

    return address
