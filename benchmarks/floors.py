"""The floors: a bare page with one read, and each route's statements, sign-in and CSRF without its logic."""

import os
import pickle
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID, uuid4

from flask import Flask, Response, request
from granian import Granian
from granian.constants import Interfaces
from sqlalchemy import Engine, text

from benchmarks.recording import Recorded, replay
from quizapp import web
from quizapp.accounts.login import me
from quizapp.app import create_app
from quizapp.config import read_config
from quizapp.db import connect

RECORDED_FILE = "QUIZAPP_BENCH_RECORDED"


@dataclass(frozen=True)
class RecordedRoute:
    """What a route ran, and the size and kind of what it answered."""

    statements: list[Recorded]
    status: int
    size: int
    mimetype: str


def bare() -> Flask:
    """A page of any size after one read by key, through the same engine: no sign-in, no CSRF, no template."""
    app = Flask("bare")
    engine = connect(read_config(os.environ).database_url).bind
    assert isinstance(engine, Engine)
    read = text("SELECT content FROM item_version WHERE item_id = :item_id AND version = 1")
    with engine.connect() as connection:
        item_id = connection.execute(text("SELECT min(item_id) FROM item_version")).scalar_one()

    @app.get("/bare/<int:size>")
    def page(size: int) -> Response:
        with engine.connect() as connection:
            connection.execute(read, {"item_id": item_id}).one()
        return Response(b"x" * size, mimetype="text/html")

    return app


def replayed() -> Flask:
    """The site with routes that sign in, check CSRF and run recorded statements, and do nothing else."""
    app = create_app()
    routes: Mapping[str, RecordedRoute] = pickle.loads(Path(os.environ[RECORDED_FILE]).read_bytes())

    @web.guests_welcome
    def floor(case: str, attempt_id: UUID | None = None) -> Response:
        route = routes[case]
        headers = request.headers
        values = {
            "user_id": me().id,
            "attempt_id": attempt_id or uuid4(),
            "start_token": uuid4(),
            "device": headers.get("X-Device"),
            "seq": headers.get("X-Seq", 0, type=int),
            "position": headers.get("X-Position", 0, type=int),
            "now": web.now(),
        }
        replay(web.db_session(), route.statements, values)
        return Response(b"x" * route.size, route.status, mimetype=route.mimetype)

    app.add_url_rule("/floor/<case>", view_func=floor, methods=["GET", "POST"])
    app.add_url_rule("/floor/<case>/<uuid:attempt_id>", view_func=floor, methods=["GET", "POST"])
    return app


def main(name: str) -> None:
    """Serve a floor as the site is served."""
    config = read_config(os.environ)
    Granian(
        f"benchmarks.floors:{name}",
        factory=True,
        address=config.host,
        port=config.port,
        interface=Interfaces.WSGI,
        workers=config.workers,
        blocking_threads=config.threads,
        websockets=False,
        log_access=False,
    ).serve()


if __name__ == "__main__":
    main(sys.argv[1])
