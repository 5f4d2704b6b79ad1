"""Where the time of one case goes, without a server: cProfile around the application."""

import cProfile
import pstats
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from uuid import UUID

from benchmarks.crowd import Crowd, Person
from benchmarks.measuring import read_bank
from benchmarks.servers import settings_of
from quizapp.bank import actions as bank_actions
from quizapp.cli import migrate
from quizapp.config import read_config
from quizapp.db import connect, writing

ROUNDS = 300
ROWS = 45


def profile(folder: Path, case: str) -> None:
    """Print the functions that one case spends its time in, on SQLite."""
    url = f"sqlite:///{folder / 'quizapp.sqlite3'}"
    config = read_config(settings_of(folder, url, workers=1))
    database = connect(url, create=True)
    migrate(database)
    with database.session() as session, writing(session):
        items, passed = read_bank(config)
        bank_actions.load_items(session, items, datetime.now(UTC))
        bank_actions.load_readings(session, passed)
    crowd = Crowd(config, database)
    person = crowd.person()
    running = person.running = crowd.start(person)
    crowd.answer(person, person.running, 100)
    seqs = count(1)

    def save() -> None:
        seq = next(seqs)
        event = {"seq": seq, "position": seq % 200 + 1, "kind": "answer", "value": "A", "age_ms": 0}
        crowd.send(person, f"/attempts/{person.running}/events", body={"device": "bench", "events": [event]})

    cases: dict[str, Callable[[], object]] = {
        "save": save,
        "item": lambda: crowd.send(person, f"/attempts/{person.running}/items/7"),
        "review": lambda: crowd.send(person, f"/attempts/{person.running}/review"),
        "submit": lambda: _submit(crowd, person, running),
        "start": lambda: _start(crowd, person),
    }
    run = cases[case]
    for _ in range(20):
        run()
    profiler = cProfile.Profile()
    with profiler:
        for _ in range(20 if case in {"start", "submit"} else ROUNDS):
            run()
    statistics = pstats.Stats(profiler)
    statistics.sort_stats("tottime").print_stats(ROWS)
    statistics.sort_stats("cumulative").print_stats(2 * ROWS)


def _submit(crowd: Crowd, person: Person, running: UUID) -> None:
    crowd.submit(person, running)
    crowd.reopen([person])


def _start(crowd: Crowd, person: Person) -> None:
    crowd.set_aside([person])
    crowd.start(person)
