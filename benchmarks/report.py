"""The findings in words: Markdown tables, to read and to paste into docs/performance.md."""

import os
import platform
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from benchmarks.measuring import BARE, REPLAYED, SITE, Finding, Measured, Row

PACKAGES = ("flask", "sqlalchemy", "granian", "psycopg")


def machine() -> Iterator[str]:
    """What the figures were measured on."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    libraries = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    yield f"- {datetime.now(UTC):%Y-%m-%d %H:%M} UTC; load before the run: {os.getloadavg()[0]:.2f}"
    system = f"{platform.system()} {platform.release()}"
    yield f"- {os.cpu_count()} cores ({_processor()}), {memory:.0f} GiB of memory, {system}"
    yield f"- Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {libraries}"


def load_now() -> str:
    """How many processes wanted a core in the last minutes; far more than the candidates' own means a disturbed run."""
    return "Load averages after the run (1, 5, 15 minutes): " + ", ".join(f"{load:.1f}" for load in os.getloadavg())


def tables(finding: Finding) -> Iterator[str]:
    """One database's figures."""
    loading = finding.loading
    yield (
        f"Bank: {loading.items} items read and checked in {loading.read:.2f} s, written into an empty database in "
        f"{loading.written:.2f} s; a load of the unchanged bank takes {loading.unchanged:.2f} s in all."
    )
    yield ""
    counts = ", ".join(f"{name} {number}" for name, number in finding.statements.items())
    yield f"Statements, besides the one that finds the session: {counts}."
    yield f"Answers acknowledged that are not in the log: {finding.lost}."
    for candidates in dict.fromkeys(row.candidates for row in finding.rows):
        yield ""
        yield f"{candidates} candidates at once:"
        yield ""
        yield "| | per second | p50 ms | p95 ms | p99 ms | server CPU ms | PostgreSQL CPU ms | of its floor |"
        yield "|---|---:|---:|---:|---:|---:|---:|---:|"
        for row in finding.rows:
            if row.candidates == candidates:
                yield from _lines(row)


def goals(found: dict[str, Finding]) -> Iterator[str]:
    """The goals of the exam room against the worst of all databases and numbers of candidates."""
    rows = [(name, row) for name, finding in found.items() for row in finding.rows]
    yield "| Goal | " + " | ".join(found) + " | |"
    yield "|---|" + "---:|" * len(found) + "---|"
    for text, case, floor, most in GOALS:
        worst = {}
        for name in found:
            values = [_value(row, floor) for database, row in rows if database == name and row.case.startswith(case)]
            worst[name] = min(values) if floor else max(values)
        is_met = all(value >= most if floor else value <= most for value in worst.values())
        numbers = " | ".join(f"{value:.2f}" for value in worst.values())
        yield f"| {text} | {numbers} | {'met' if is_met else '**missed**'} |"


# Text, case, the floor that it is held to (or none: server CPU milliseconds), the bound.
GOALS = (
    ("answer save ≥ 0.8 of the same statements", "answer save", REPLAYED, 0.8),
    ("answer save ≤ 3 ms of server CPU", "answer save", None, 3.0),
    ("save and next item ≤ 5 ms: in the room, where moving asks the server nothing", "answer save", None, 5.0),
    ("save and next item ≤ 5 ms: a save and an item page", "save and next", None, 5.0),
    ("save and next item ≤ 5 ms: by plain form, without JavaScript", "same, by plain form", None, 5.0),
    ("start of 200 ≤ 25 ms of server CPU", "start of", None, 25.0),
    ("item page ≥ 0.5 of a bare page of its size", "item page", BARE, 0.5),
    ("item page ≥ 0.5 of the same statements", "item page", REPLAYED, 0.5),
)


def _value(row: Row, floor: str | None) -> float:
    return (row.of(floor) or 0.0) if floor else row.variants[SITE].server_ms


def _lines(row: Row) -> Iterator[str]:
    for name, measured in row.variants.items():
        share = row.of(name)
        if name == SITE:
            size = f" ({measured.html_bytes / 1000:.1f} kB)" if measured.html_bytes else ""
            yield f"| **{row.case}**{size} | {_figures(measured)} | |"
        else:
            yield f"| {name} | {_figures(measured)} | {share:.2f} |"


def _figures(measured: Measured) -> str:
    database = f"{measured.database_ms:.2f}" if measured.database_cpu else "–"
    latencies = " | ".join(f"{measured.percentile_ms(percent):.1f}" for percent in (50, 95, 99))
    return f"{measured.per_second:.0f} | {latencies} | {measured.server_ms:.2f} | {database}"


def _processor() -> str:
    file = Path("/proc/cpuinfo")
    lines = file.read_text().splitlines() if file.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()
