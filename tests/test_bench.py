"""The benchmark's parts, with tiny numbers: that they run, lose nothing, and read a trace aright."""

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import repeat
from threading import Thread

import pytest

from benchmarks import report
from benchmarks.client import UnexpectedReplyError, drive, request
from benchmarks.durability import saves_in
from benchmarks.measuring import BARE, REPLAYED, SITE, Finding, Sizes, measure

TINY = Sizes(candidates=(2,), slice_seconds=0.01, slices=1, items=20, workers=1)


@pytest.fixture(scope="module")
def finding(tmp_path_factory: pytest.TempPathFactory) -> Finding:
    """What a short run on SQLite has found."""
    folder = tmp_path_factory.mktemp("bench")
    return measure(folder, f"sqlite:///{folder / 'quizapp.sqlite3'}", None, TINY, lambda _: None)


def test_every_case_is_measured_beside_its_floors(finding: Finding) -> None:
    names = {row.case: set(row.variants) for row in finding.rows}
    assert names["answer save"] == names["start of 20"] == names["submit"] == {SITE, REPLAYED}
    assert names["item page"] == {SITE, REPLAYED, BARE}
    assert all(measured.latencies for row in finding.rows for measured in row.variants.values())


def test_a_floor_runs_as_many_statements_as_its_route(finding: Finding) -> None:
    assert finding.statements["save"] == 3
    assert all(number >= 2 for number in finding.statements.values())


def test_nothing_that_was_acknowledged_is_missing_from_the_log(finding: Finding) -> None:
    assert finding.lost == 0


def test_the_findings_are_told_in_tables(finding: Finding) -> None:
    lines = [*report.machine(), *report.tables(finding), *report.goals({"SQLite": finding})]
    assert any(line.startswith("| **item page** (") for line in lines)
    assert sum("met |" in line or "missed" in line for line in lines) == len(report.GOALS)


def test_an_unexpected_reply_stops_the_run() -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), Refusing) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        with pytest.raises(UnexpectedReplyError, match="501 instead of 200"):
            drive(server.server_port, [repeat([request("GET", "/")])], seconds=1)
        server.shutdown()
        thread.join()


class Refusing(BaseHTTPRequestHandler):
    """Answers everything with 501, and keeps quiet about it."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""


# --- Reading a trace --------------------------------------------------------------------------------------------------

WAL = "9</var/quizapp.sqlite3-wal>"
TCP = "24<TCP:[127.0.0.1:8000->127.0.0.1:9000]>"
WRITE = f'7 1.1 pwrite64({WAL}, "7\\177"..., 4096, 32) = 4096'
FORCE = f"7 1.2 fdatasync({WAL}) = 0"
REPLY = f'8 1.3 writev({TCP}, [{{iov_base="HTTP/1.1 200 OK\\r\\n"}}, {{iov_base="{{\\"stored\\":1}}"}}], 2) = 99'
HEAD = f'8 1.3 writev({TCP}, [{{iov_base="HTTP/1.1 200 OK\\r\\n"}}], 1) = 77'
BODY = f'8 1.5 writev({TCP}, [{{iov_base="{{\\"stored\\":1}}"}}], 1) = 22'


def safe(*trace: str, threads: str = "78") -> list[bool]:
    return [save.is_durable for save in saves_in(trace, threads)]


def test_a_write_that_is_forced_before_the_reply_is_safe() -> None:
    assert safe(WRITE, FORCE, REPLY) == [True]
    assert safe(WRITE, FORCE, HEAD, BODY) == [True]


def test_a_reply_before_the_forcing_is_not_safe() -> None:
    assert safe(WRITE, REPLY, FORCE) == [False]
    assert safe(WRITE, HEAD, FORCE, BODY) == [False]


def test_a_write_after_the_forcing_is_not_safe() -> None:
    assert safe(FORCE, WRITE, REPLY) == [False]
    assert safe(WRITE, FORCE, WRITE, REPLY) == [False]


def test_the_forcing_for_one_answer_does_not_serve_the_next() -> None:
    assert safe(WRITE, FORCE, REPLY, WRITE, REPLY) == [True, False]


def test_a_call_that_was_interrupted_counts_when_it_ends() -> None:
    begun, ended = f"7 1.2 fdatasync({WAL} <unfinished ...>", "7 1.25 <... fdatasync resumed>) = 0"
    assert safe(WRITE, begun, ended, REPLY) == [True]
    assert safe(WRITE, begun, REPLY, ended) == [False]


def test_what_another_process_forces_and_what_fails_proves_nothing() -> None:
    assert safe(WRITE, FORCE.replace("7", "5", 1), REPLY) == [False]
    assert safe(WRITE, FORCE.replace("= 0", "= -1 EIO (Input/output error)"), REPLY) == [False]
