"""What all pages share: the login gate, CSRF, headers, error pages, the base form, time and formatting."""

import hashlib
import json
import re
import secrets
from collections.abc import Callable
from datetime import UTC, date, datetime, tzinfo
from functools import cache
from pathlib import Path
from typing import Any, Protocol, TypeVar, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Flask, Response, abort, current_app, flash, g, redirect, render_template, request, url_for
from flask_login import AnonymousUserMixin, current_user
from flask_wtf import CSRFProtect, FlaskForm
from flask_wtf.csrf import CSRFError
from markupsafe import Markup
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm import Session
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse
from wtforms import Field, FieldList, FormField

from quizapp.config import Config
from quizapp.db import Database, DatabaseBlockedError, DatabaseBusyError, refusal_in

STATIC_DIR = Path(__file__).parent / "static"
FAREWELLS = "quizapp.farewells"
MAX_REQUEST_BYTES = 1_000_000
RETRY_AFTER_SECONDS = 2
# Where people live who read 6:06 pm more easily than 18:06: the United States.
TWELVE_HOUR_ZONES = (
    "America/Adak", "America/Anchorage", "America/Boise", "America/Chicago", "America/Denver", "America/Detroit",
    "America/Indiana/", "America/Juneau", "America/Kentucky/", "America/Los_Angeles", "America/Menominee",
    "America/Metlakatla", "America/New_York", "America/Nome", "America/North_Dakota/", "America/Phoenix",
    "America/Puerto_Rico", "America/Sitka", "America/Yakutat", "Pacific/Guam", "Pacific/Honolulu",
)  # fmt: skip
CONTROL_CHARACTERS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types quizapp-worker",
    )
)

View = TypeVar("View", bound=Callable[..., Any])
T = TypeVar("T")
csrf = CSRFProtect()


class Visitor(Protocol):
    """What the gate needs to know of whoever asks."""

    id: UUID
    is_authenticated: bool
    is_guest: bool
    roles: frozenset[str]


# --- Who may see a page ---------------------------------------------------------------------------------------------


def public(view: View) -> View:
    """Open to everybody; every other page asks for sign-in."""
    view.access = "public"  # type: ignore[attr-defined]
    return view


def guests_welcome(view: View) -> View:
    """Open to guests, who have a user row but no address, as well as to account holders."""
    view.access = "guests"  # type: ignore[attr-defined]
    return view


def needs_role(*roles: str) -> Callable[[View], View]:
    """Open only to people with one of `roles`; others get 404, as if the page were not there."""

    def mark(view: View) -> View:
        view.access = frozenset(roles)  # type: ignore[attr-defined]
        return view

    return mark


def access_of(view: Callable[..., Any]) -> str | frozenset[str]:
    """What a view asks of its visitor: "public", "guests", "account", or a set of roles."""
    return cast("str | frozenset[str]", getattr(view, "access", "account"))


def gate() -> AnyResponse | None:
    """Runs before every request: asks for sign-in unless the view says otherwise."""
    view = current_app.view_functions.get(request.endpoint or "")
    if view is None or access_of(view) == "public":
        return None
    visitor = cast(Visitor, current_user)
    access = access_of(view)
    if not visitor.is_authenticated or (visitor.is_guest and access != "guests"):
        return ask_to_sign_in()
    if isinstance(access, frozenset) and not access & visitor.roles:
        abort(404)
    return None


def ask_to_sign_in() -> AnyResponse:
    """Send a page's reader to the sign-in form and back; tell a script with 401."""
    if request.accept_mimetypes.best == "application/json":
        return json_error(401, "Your session has ended. Sign in again; nothing is lost.")
    wanted = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("accounts.sign_in", next=wanted))


def is_local_path(target: str | None) -> bool:
    """Whether a redirect target stays on this site."""
    if not target or not target.startswith("/") or target.startswith("//"):
        return False
    # Browsers read a backslash as a slash and drop tabs and line ends, so that /<tab>/host would leave the site.
    return not any(character == "\\" or character <= " " for character in target)


# --- Settings, rows and time ------------------------------------------------------------------------------------------


def config() -> Config:
    """The site's settings."""
    return cast(Config, current_app.config["QUIZAPP"])


def db_session() -> Session:
    """This request's database session."""
    if "db_session" not in g:
        database = cast(Database, current_app.extensions["quizapp.database"])
        g.db_session = database.session()
    return cast(Session, g.db_session)


def farewells_to(user_id: UUID) -> list[Callable[[], None]]:
    """What is to be done once a person's rows are gone, such as deleting files; asked for while they are there."""
    return [prepare(db_session(), user_id) for prepare in current_app.extensions[FAREWELLS]]


def or_404(row: T | None) -> T:
    """The row, or 404: a stranger's row and a missing row look alike."""
    if row is None:
        abort(404)
    return row


def day_or_404(text: str) -> date:
    """A calendar day in an address, written 2026-03-14; 404 for what is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        abort(404)


def now() -> datetime:
    """The server's clock, read at the edge only."""
    return datetime.now(UTC)


def new_seed() -> int:
    """The dice, thrown at the edge only; kept with what was drawn by it."""
    return secrets.randbits(62)


def zone_of_visitor() -> tzinfo:
    """The visitor's time zone; UTC for strangers."""
    return ZoneInfo(getattr(current_user, "time_zone", None) or "UTC")


def today() -> date:
    """The calendar day where the visitor lives."""
    return now().astimezone(zone_of_visitor()).date()


# --- Forms ----------------------------------------------------------------------------------------------------------


class BaseForm(FlaskForm):
    """A form with CSRF protection whose texts arrive stripped and without control characters."""

    class Meta(FlaskForm.Meta):
        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """Read what a form sends, and nothing else: a JSON body is no form."""
            if request.method == "POST" and not request.is_json:
                return super().wrap_formdata(form, formdata)
            return None

        def bind_field(self, form: Any, unbound_field: Any, options: dict[str, Any]) -> Field:
            """Strip texts that people typed or pasted; passwords are left as they are."""
            filters = list(unbound_field.kwargs.get("filters", []))
            kind = unbound_field.field_class
            if "Password" not in kind.__name__ and not issubclass(kind, FieldList | FormField):
                filters.append(_stripped)
            bound: Field = unbound_field.bind(form=form, **{**options, "filters": filters})
            return bound


def _stripped(value: Any) -> Any:
    # No two databases keep control characters alike, and PostgreSQL refuses NUL; line ends and tabs stay.
    return CONTROL_CHARACTERS.sub("", value).strip() if isinstance(value, str) else value


# --- Answers --------------------------------------------------------------------------------------------------------


def json_error(status: int, message: str) -> Response:
    """An error for a script: the status and a sentence."""
    return Response(json.dumps({"error": message}) + "\n", status, mimetype="application/json")


def say(message: str, kind: str = "good", link: tuple[str, str] | None = None) -> None:
    """A message for the next page; kind is good, note or bad. `link` ends it, as its words and its address."""
    flash(Markup('{} <a href="{}">{}</a>').format(message, link[1], link[0]) if link else message, kind)


ERROR_TEXTS = {
    400: ("That request could not be read", "Something in it was missing or not of the expected kind."),
    404: ("Page not found", "The address is wrong, or the page belongs to somebody else."),
    405: ("That cannot be done here", "The page exists, but not for this kind of request."),
    409: ("Something changed meanwhile", "Open the page again and look before you go on."),
    413: ("That is too large", "The server refused it unread; nothing was stored."),
    415: ("That kind of data is not accepted", "The server expects something else here."),
    429: ("Too many attempts", "Wait a little, then try again."),
    500: ("Something went wrong on our side", "It has been written to the log. What you had stored is still there."),
    503: ("The database is busy", "Nothing was stored just now. Try again in a moment; it is safe to repeat."),
}
BLOCKED_TEXT = (
    "The database cannot be written",
    "Nothing was stored just now. The people who run the site must mend that; then it is safe to repeat.",
)


def error_page(status: int, message: str | None = None, texts: tuple[str, str] | None = None) -> Response:
    """An error as a page, or as JSON for a script; `texts` are title and sentence, where the status says too little."""
    title, text = texts or ERROR_TEXTS.get(status, ("That did not work", "The server refused the request."))
    if request.accept_mimetypes.best == "application/json":
        response = json_error(status, message or text)
    else:
        again = sent_fields() if status == 503 else []
        page = render_template("error.html", title=title, text=message or text, status=status, again=again)
        response = Response(page, status)
    if status in {429, 503}:
        response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response


def sent_fields() -> list[tuple[str, str]]:
    """What a form sent, so that the same can be sent again; none of a form with a password or a file."""
    if request.method != "POST" or request.is_json or request.files:
        return []
    fields = list(request.form.items(multi=True))
    return [] if any("password" in name for name, _ in fields) else fields


def _on_http_error(error: HTTPException) -> AnyResponse:
    if error.response is not None:
        return cast(AnyResponse, error.response)
    status = error.code or 500
    own_words = error.description if error.description != type(error).description else None
    return error_page(status, own_words)


def _on_csrf_error(_error: CSRFError) -> Response:
    if request.accept_mimetypes.best == "application/json":
        # A status of its own: the page fetches a fresh token and sends the same again.
        return json_error(403, "This page's token is no longer valid.")
    return error_page(400, "This page's form is no longer valid. Go back, open the page again and send it once more.")


def _on_busy(error: DatabaseBusyError) -> Response:
    # Where not even the session could be read, the page must not ask for it again.
    g.setdefault("_login_user", AnonymousUserMixin())
    if isinstance(error, DatabaseBlockedError):
        current_app.logger.error("The database takes no writes: %s", error)
        return error_page(503, texts=BLOCKED_TEXT)
    return error_page(503)


def _on_database_error(error: DBAPIError | PoolTimeoutError) -> Response:
    refused = refusal_in(error)
    if refused is None:
        raise error
    return _on_busy(refused)


def headers_of_everything(*, is_https: bool) -> dict[str, str]:
    """The headers of pages and static files alike."""
    found = {"X-Content-Type-Options": "nosniff"}
    if is_https:
        found["Strict-Transport-Security"] = "max-age=31536000"
    return found


def _set_headers(response: Response) -> Response:
    headers = response.headers
    headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()")
    headers.setdefault("Cache-Control", "no-store")
    headers.update(headers_of_everything(is_https=current_app.config["SESSION_COOKIE_SECURE"]))
    return response


def _close_session(_error: BaseException | None) -> None:
    session = g.pop("db_session", None)
    if session is not None:
        session.close()


# --- Formatting -----------------------------------------------------------------------------------------------------


def format_day(value: date) -> str:
    """21 Nov 2026."""
    return f"{value.day} {value:%b %Y}"


def format_moment(value: datetime) -> str:
    """21 Nov 2026, 18:06, in the visitor's zone; in those of the United States 21 Nov 2026, 6:06 pm."""
    zone = zone_of_visitor()
    local = value.astimezone(zone)
    day = format_day(local.date())
    if not str(zone).startswith(TWELVE_HOUR_ZONES):
        return f"{day}, {local:%H:%M}"
    return f"{day}, {local.hour % 12 or 12}:{local:%M} {'am' if local.hour < 12 else 'pm'}"


def format_duration(seconds: float) -> str:
    """41 min; 1 h 5 min; 48 s."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    hours, minutes = divmod(whole // 60, 60)
    if not hours:
        return f"{minutes} min"
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"


def format_percent(share: float) -> str:
    """74 %."""
    return f"{round(100 * share)} %"


def counted(number: int, one: str, many: str | None = None) -> str:
    """1 item; 3 items."""
    return f"{number} {one if number == 1 else many or one + 's'}"


@cache
def static_build_id() -> str:
    """A short hash over every static file, so that a changed file gets a new address."""
    digest = hashlib.sha256()
    for path in sorted(STATIC_DIR.rglob("*")):
        if path.is_file():
            digest.update(path.relative_to(STATIC_DIR).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]


def static_url(path: str) -> str:
    """The address of a static file, which may be cached for ever."""
    return f"/static/{static_build_id()}/{path}"


def set_up(app: Flask) -> None:
    """Put the gate, headers, error pages and template functions into the application."""
    csrf.init_app(app)
    app.before_request(gate)
    app.after_request(_set_headers)
    app.teardown_appcontext(_close_session)
    app.register_error_handler(CSRFError, _on_csrf_error)
    app.register_error_handler(HTTPException, _on_http_error)
    app.register_error_handler(DatabaseBusyError, _on_busy)
    app.register_error_handler(DBAPIError, _on_database_error)
    app.register_error_handler(PoolTimeoutError, _on_database_error)
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(day=format_day, moment=format_moment, duration=format_duration, percent=format_percent)
    app.jinja_env.globals.update(static_url=static_url, counted=counted)
