"""create_app(): the one place that wires configuration, database, login, blueprints and commands."""

import os
from datetime import timedelta
from functools import partial
from wsgiref.headers import Headers

from flask import Flask
from flask.typing import ResponseReturnValue
from werkzeug.middleware.proxy_fix import ProxyFix
from whitenoise import WhiteNoise

from quizapp import web
from quizapp.accounts import login
from quizapp.accounts.address_routes import blueprint as addresses
from quizapp.accounts.routes import blueprint as accounts
from quizapp.attempts.routes import blueprint as attempts
from quizapp.config import Config, read_config, secret_key_of
from quizapp.credits.activity_routes import blueprint as activities
from quizapp.credits.audit_routes import blueprint as audit
from quizapp.credits.closing_routes import blueprint as closing
from quizapp.credits.credential_routes import blueprint as credentials
from quizapp.credits.custom_routes import blueprint as custom
from quizapp.credits.deadline_routes import blueprint as deadlines
from quizapp.credits.evidence_queries import farewell_to_files
from quizapp.credits.evidence_routes import blueprint as evidence
from quizapp.credits.retest_routes import blueprint as retests
from quizapp.credits.routes import blueprint as credits_
from quizapp.credits.tagging_routes import blueprint as tagging
from quizapp.credits.transfer_routes import blueprint as transfer
from quizapp.db import Database, connect, ensure_it_takes_writes
from quizapp.desk.routes import blueprint as desk
from quizapp.exam.allowance_routes import blueprint as allowances
from quizapp.exam.result_routes import blueprint as result
from quizapp.exam.room_routes import blueprint as room
from quizapp.exam.routes import blueprint as exam
from quizapp.home.notice_routes import blueprint as notices
from quizapp.home.routes import blueprint as home
from quizapp.insights.routes import blueprint as insights
from quizapp.practice.routes import blueprint as practice

BLUEPRINTS = (
    home,
    notices,
    accounts,
    addresses,
    exam,
    room,
    allowances,
    result,
    attempts,
    practice,
    insights,
    credits_,
    credentials,
    retests,
    closing,
    custom,
    tagging,
    transfer,
    audit,
    deadlines,
    activities,
    evidence,
    desk,
)


def create_app(config: Config | None = None, database: Database | None = None) -> Flask:
    """The application. Without arguments it reads its settings from the environment."""
    config = config or read_config(os.environ)
    app = Flask(__name__, static_folder=None)
    app.config.update(
        SECRET_KEY=secret_key_of(config),
        SESSION_COOKIE_NAME="quizapp",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=config.is_https,
        PERMANENT_SESSION_LIFETIME=timedelta(days=config.session_days),
        # The cookie goes out again when its session is prolonged, not with every reply.
        SESSION_REFRESH_EACH_REQUEST=False,
        MAX_CONTENT_LENGTH=web.MAX_REQUEST_BYTES,
        # The default of one hour would refuse answers in the third hour of an exam.
        WTF_CSRF_TIME_LIMIT=None,
        QUIZAPP=config,
    )
    app.extensions[web.FAREWELLS] = [partial(farewell_to_files, config)]
    app.extensions["quizapp.database"] = database or connect(config.database_url)
    web.set_up(app)
    login.set_up(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    app.add_url_rule("/healthz", view_func=healthz)
    app.add_url_rule("/readyz", view_func=readyz)
    _wrap(app, config)
    return app


def _wrap(app: Flask, config: Config) -> None:
    if config.trusted_proxies:
        hops = config.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]

    def add_headers(headers: Headers, _path: str, _url: str) -> None:
        for name, value in web.headers_of_everything(is_https=config.is_https).items():
            headers[name] = value

    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
        app.wsgi_app,
        root=str(web.STATIC_DIR),
        prefix=f"static/{web.static_build_id()}/",
        immutable_file_test=lambda _path, _url: True,
        allow_all_origins=False,
        add_headers_function=add_headers,
    )


@web.public
def healthz() -> ResponseReturnValue:
    """The process answers."""
    return {"status": "ok"}


@web.public
def readyz() -> ResponseReturnValue:
    """The database answers too, and would take writes."""
    ensure_it_takes_writes(web.db_session())
    return {"status": "ready"}
