"""One database's run: a site and its floors side by side, every case at every number of candidates."""

import pickle
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

from sqlalchemy import Engine

from benchmarks.cases import CASES, READERS, SAVING, STARTERS, SUBMITTERS, Case, Scripts, record
from benchmarks.client import Run, Step, drive, fetch
from benchmarks.crowd import Crowd, Person
from benchmarks.floors import RECORDED_FILE, RecordedRoute
from benchmarks.servers import Server, cpu_seconds, floor_command, running, serve_command, settings_of
from quizapp.bank import actions as bank_actions
from quizapp.bank.item_files import ReadItem, read_items
from quizapp.bank.reviews import read_reviews
from quizapp.bank.tags import tags_of
from quizapp.cli import migrate
from quizapp.config import Config, read_config
from quizapp.db import Database, connect, writing

SITE, REPLAYED, BARE = "site", "same statements, no logic", "bare page of this size"


@dataclass(frozen=True)
class Sizes:
    """How much is measured."""

    candidates: tuple[int, ...] = (8, 32)
    slice_seconds: float = 0.45
    slices: int = 3
    items: int = 200
    workers: int = 2
    cases: str = ""  # Only those whose names hold this.


@dataclass
class Measured:
    """What the slices of one variant of a case have shown."""

    latencies: list[float] = field(default_factory=list)
    seconds: float = 0.0
    server_cpu: float = 0.0
    database_cpu: float = 0.0
    html_bytes: int = 0

    def add(self, run: Run, server_cpu: float, database_cpu: float) -> None:
        """One more slice."""
        self.latencies += run.latencies
        self.seconds += run.seconds
        self.server_cpu += server_cpu
        self.database_cpu += database_cpu

    @property
    def per_second(self) -> float:
        """Steps a second."""
        return len(self.latencies) / self.seconds

    @property
    def server_ms(self) -> float:
        """CPU milliseconds of the server's processes for a step."""
        return 1000 * self.server_cpu / len(self.latencies)

    @property
    def database_ms(self) -> float:
        """CPU milliseconds of PostgreSQL's processes for a step; SQLite works inside the server's."""
        return 1000 * self.database_cpu / len(self.latencies)

    def percentile_ms(self, percent: int) -> float:
        """The latency that `percent` of the steps did not exceed, in milliseconds."""
        ordered = sorted(self.latencies)
        return 1000 * ordered[min(len(ordered) - 1, len(ordered) * percent // 100)]


@dataclass(frozen=True)
class Row:
    """One case at one number of candidates, with its floors."""

    case: str
    candidates: int
    variants: dict[str, Measured]

    def of(self, floor: str) -> float | None:
        """Steps a second as a share of a floor's."""
        if floor not in self.variants:
            return None
        return self.variants[SITE].per_second / self.variants[floor].per_second


@dataclass(frozen=True)
class Loading:
    """How long the bank took, in seconds."""

    items: int
    read: float
    written: float
    unchanged: float


@dataclass(frozen=True)
class Finding:
    """All of one database."""

    loading: Loading
    statements: dict[str, int]
    rows: list[Row]
    lost: int


def measure(folder: Path, url: str, postmaster: int | None, sizes: Sizes, say: Callable[[str], None]) -> Finding:
    """Set the database up, serve the site and the floors on it, and measure every case."""
    settings = settings_of(folder, url, sizes.workers)
    config = read_config(settings)
    database = connect(url, create=True)
    migrate(database)
    say("loading the bank")
    loading = load(config, database)
    say("making candidates")
    crowd = Crowd(config, database, sizes.items)
    groups, sample = _groups(crowd, max(sizes.candidates))
    crowd.gather_statistics()
    routes = record(crowd, sample)
    file = folder / "recorded.pickle"
    file.write_bytes(pickle.dumps(routes))
    with ExitStack() as stack:
        servers = {
            SITE: stack.enter_context(running(serve_command(), folder, settings)),
            REPLAYED: stack.enter_context(
                running(floor_command("replayed"), folder, settings | {RECORDED_FILE: str(file)})
            ),
            BARE: stack.enter_context(running(floor_command("bare"), folder, settings)),
        }
        bench = _Bench(crowd, groups, routes, servers, postmaster, sizes)
        rows = []
        for case in (case for case in CASES if sizes.cases in case.name):
            for candidates in sizes.candidates:
                say(f"{case.name.format(items=sizes.items)}, {candidates} candidates")
                rows.append(bench.row(case, candidates))
        lost = bench.saves_acknowledged - crowd.events_of(SAVING)
    cast(Engine, database.bind).dispose()
    return Finding(loading, {name: len(route.statements) for name, route in routes.items()}, rows, lost)


def load(config: Config, database: Database) -> Loading:
    """Load the bank into an empty database, and once more when nothing has changed."""
    begun = time.perf_counter()
    items, passed = read_bank(config)
    read = time.perf_counter()
    with database.session() as session:
        with writing(session):
            bank_actions.load_items(session, items, datetime.now(UTC))
            bank_actions.load_readings(session, passed)
        written = time.perf_counter()
    with database.session() as session:
        items, passed = read_bank(config)
        report, readings = bank_actions.plan_load(session, items), bank_actions.plan_readings(session, passed)
        unchanged = time.perf_counter()
    assert not report.writes
    assert not readings.writes
    return Loading(len(items), read - begun, written - read, unchanged - written)


def read_bank(config: Config) -> tuple[list[ReadItem], set[tuple[str, str]]]:
    """The items of the bank's files, and which of them a second reader has passed."""
    return read_items(config.bank_dir, tags_of(config.bank_dir)), read_reviews(config.bank_dir).passed


def _groups(crowd: Crowd, number: int) -> tuple[dict[str, list[Person]], Person]:
    """The candidates: each has a finished mock, and some have a running one, half or wholly answered."""
    template = crowd.person()
    finished = crowd.start(template)
    crowd.answer(template, finished, crowd.item_count)
    crowd.submit(template, finished)
    half = crowd.start(template)
    crowd.answer(template, half, crowd.item_count // 2)
    crowd.set_aside([template])
    whole = crowd.start(template)
    crowd.answer(template, whole, crowd.item_count)
    crowd.set_aside([template])
    groups = {
        READERS: crowd.people(number, finished=finished, running=half, template=template),
        STARTERS: crowd.people(number, finished=finished, running=None, template=template),
        SUBMITTERS: crowd.people(number, finished=finished, running=whole, template=template),
    }
    for people in groups.values():
        crowd.take_up(people)
    sample = crowd.people(1, finished=finished, running=whole, template=template)
    crowd.take_up(sample)
    return groups, sample[0]


class _Bench:
    """Measures rows: the site and its floors by turns, so that other work on the machine falls on all alike."""

    def __init__(
        self,
        crowd: Crowd,
        groups: dict[str, list[Person]],
        routes: dict[str, RecordedRoute],
        servers: dict[str, Server],
        postmaster: int | None,
        sizes: Sizes,
    ) -> None:
        self.crowd = crowd
        self.groups = groups
        self.routes = routes
        self.servers = servers
        self.postmaster = postmaster
        self.sizes = sizes
        self.scripts = Scripts(crowd)
        self.saves_acknowledged = 0

    def row(self, case: Case, candidates: int) -> Row:
        """One case at one number of candidates."""
        size = self._html_bytes(case)
        people = self.groups[case.group]
        scripts: dict[str, Callable[[Person], Iterator[Step]]] = {
            SITE: lambda person: case.script(self.scripts, person),
            REPLAYED: lambda person: self.scripts.replayed(case, self.routes, person),
        }
        if case.is_page:
            scripts[BARE] = lambda _: self.scripts.bare(size)
        found = {name: Measured(html_bytes=size) for name in scripts}
        for number in range(-1, self.sizes.slices):
            for name, script in scripts.items():
                shares = _shares([script(person) for person in people], candidates, is_chained=case.is_once)
                is_warming_up = number < 0  # Caches fill, and nothing is recorded.
                seconds = self.sizes.slice_seconds / (3 if is_warming_up else 1)
                measured = self._slice(name, shares, seconds)
                if name != BARE and "save" in case.floors:
                    self.saves_acknowledged += len(measured[0].latencies)
                if not is_warming_up:
                    found[name].add(*measured)
                if case.is_once:
                    self._put_back(case)
        return Row(case.name.format(items=self.sizes.items), candidates, found)

    def _slice(self, name: str, scripts: Sequence[Iterator[Step]], seconds: float) -> tuple[Run, float, float]:
        server = self.servers[name]
        before = cpu_seconds(server.process.pid), cpu_seconds(self.postmaster)
        run = drive(server.port, scripts, seconds)
        after = cpu_seconds(server.process.pid), cpu_seconds(self.postmaster)
        return run, after[0] - before[0], after[1] - before[1]

    def _put_back(self, case: Case) -> None:
        people = self.groups[case.group]
        if case.group == STARTERS:
            self.crowd.set_aside(people)
        else:
            self.crowd.reopen(people)

    def _html_bytes(self, case: Case) -> int:
        """The size of the page: the largest of a few for item pages, which differ."""
        if not case.is_page:
            return 0
        person = self.groups[case.group][0]
        steps = case.script(self.scripts, person)
        pages = [fetch(self.servers[SITE].port, next(steps)[0]) for _ in range(min(20, self.sizes.items))]
        return max(len(page.body) for page in pages)


def _shares(scripts: list[Iterator[Step]], number: int, *, is_chained: bool) -> list[Iterator[Step]]:
    """The scripts of `number` candidates at once; with `is_chained` the others follow on the same connections."""
    if not is_chained:
        return scripts[:number]
    return [_one_after_another(scripts[n::number]) for n in range(number)]


def _one_after_another(scripts: Sequence[Iterator[Step]]) -> Iterator[Step]:
    for script in scripts:
        yield from script
