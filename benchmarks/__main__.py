"""`python -m benchmarks`: the figures of docs/performance.md, measured anew."""

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from benchmarks import report
from benchmarks.credits import measure_credits
from benchmarks.measuring import Finding, Sizes, measure
from benchmarks.profiling import profile
from benchmarks.servers import postgres_facts, postgres_server
from tests.postgres import NoPostgresError

DATABASES = ("sqlite", "postgresql")


def main() -> None:
    """Measure each database and print what was found."""
    options = _options()
    if options.profile:
        with tempfile.TemporaryDirectory(prefix="quizapp-bench-") as folder:
            profile(Path(folder), options.profile)
        return
    if not Path("/proc/self/stat").exists():
        sys.exit("The CPU time of each process is read from /proc, which only Linux has.")
    if options.credits:
        _print_credits(options.databases)
        return
    sizes = Sizes(tuple(options.candidates), options.seconds, cases=options.cases)
    begun = time.monotonic()
    print("\n".join(report.machine()))
    found: dict[str, Finding] = {}
    for name in options.databases:
        with _database(name) as (folder, url, postmaster, facts):
            found[name] = measure(folder, url, postmaster, sizes, lambda text: _say(f"{name}: {text}"))  # noqa: B023 - called before the next round
        print("\n".join(["", f"### {facts}", "", *report.tables(found[name])]), flush=True)
    if not options.cases:
        print("\n".join(["", "### Goals", "", *report.goals(found), ""]))
        _print_credits(options.databases)
    print(report.load_now())
    _say(f"done in {time.monotonic() - begun:.0f} s")


def _print_credits(names: Sequence[str]) -> None:
    for name in names:
        with _database(name) as (folder, url, _, facts):
            print("\n".join([f"### Credits: {facts}", "", *measure_credits(folder, url), ""]), flush=True)


@contextmanager
def _database(name: str) -> Iterator[tuple[Path, str, int | None, str]]:
    with tempfile.TemporaryDirectory(prefix="quizapp-bench-") as made:
        folder = Path(made)
        if name == "sqlite":
            yield folder, f"sqlite:///{folder / 'quizapp.sqlite3'}", None, "SQLite, WAL, synchronous FULL"
            return
        try:
            with postgres_server() as (url, postmaster):
                yield folder, url, postmaster, postgres_facts(url)
        except NoPostgresError as error:
            sys.exit(f"No PostgreSQL to measure: {error}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--databases", nargs="+", choices=DATABASES, default=DATABASES)
    parser.add_argument("--candidates", nargs="+", type=int, default=(8, 32), help="how many at once")
    parser.add_argument("--seconds", type=float, default=0.45, help="length of a slice; each variant gets three")
    parser.add_argument("--cases", default="", help="only the cases whose names hold this, such as save")
    parser.add_argument("--credits", action="store_true", help="only what credits cost")
    parser.add_argument("--profile", metavar="CASE", help="instead: where the time of one case goes, such as save")
    return parser.parse_args()


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
