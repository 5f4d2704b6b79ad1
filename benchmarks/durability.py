"""`make trace-durability`: on SQLite, every acknowledged answer was forced to the disk before the reply was written."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from sqlalchemy import Engine, select

from benchmarks.client import Request, UnexpectedReplyError, fetch, request
from benchmarks.crowd import Crowd, Person
from benchmarks.measuring import load
from benchmarks.servers import Server, children_of, running, serve_command, settings_of
from quizapp.attempts.models import AttemptEvent
from quizapp.cli import migrate
from quizapp.config import read_config
from quizapp.db import connect

SAVES = 20
KILLS = 5
ITEMS = 30
CALLS = "fdatasync,fsync,pwrite64,write,writev,sendto,sendmsg"
FORCED = {"fdatasync", "fsync"}
REPLIED = {"write", "writev", "sendto", "sendmsg"}
REPLY_BEGINS = '"HTTP/1.1 200'
ACKNOWLEDGES = '\\"stored\\"'

# 1234 1700000000.123456 fdatasync(9</folder/quizapp.sqlite3-wal>) = 0
CALL = re.compile(r"(?P<thread>\d+) +(?P<at>[\d.]+) (?P<name>\w+)\((?P<rest>.*)")
DATABASE_FILE = re.compile(r"\d+<[^>]*/(?P<name>[^/>]+\.sqlite3(-wal)?)>")
RESUMED = re.compile(r"(?P<thread>\d+) +(?P<at>[\d.]+) <\.\.\. (?P<name>\w+) resumed>(?P<rest>.*)")


@dataclass
class Save:
    """What the trace shows of one save: bytes written to the log of the database, and when they were forced."""

    reply_at: float
    wal_writes: int
    forced: list[tuple[str, float]] = field(default_factory=list)

    @property
    def is_durable(self) -> bool:
        """Whether what was written was forced to the disk before the reply."""
        return self.wal_writes > 0 and bool(self.forced)


def saves_in(trace: Iterable[str], threads: Collection[str]) -> list[Save]:
    """The saves in a trace of one candidate who sends the next answer after the reply to the last.

    Only `threads`, those of the process that replies, are looked at: what others force proves nothing.
    """
    found: list[Save] = []
    writes = 0
    forced: list[tuple[str, float]] = []
    began: dict[str, str] = {}
    reply: Save | None = None
    for line in trace:
        call, resumed = CALL.match(line), RESUMED.match(line)
        seen = call or resumed
        if seen is None or seen["thread"] not in threads:
            continue
        if call and call["name"] in REPLIED:
            # The head and the body of a reply may go out in one call or in two.
            if REPLY_BEGINS in call["rest"]:
                reply = Save(float(call["at"]), writes, forced)
                writes, forced = 0, []
            if ACKNOWLEDGES in call["rest"] and reply:
                found.append(reply)
        elif call and call["rest"].endswith("<unfinished ...>"):
            began[call["thread"]] = call["rest"]
        else:
            what = began.pop(seen["thread"], "") + seen["rest"]
            file = DATABASE_FILE.match(what)
            if file and seen["name"] == "pwrite64":
                # What is written after a forcing has to be forced anew.
                writes, forced = writes + 1, []
            elif file and seen["name"] in FORCED and what.endswith("= 0"):
                forced.append((f"{seen['name']}({file['name']})", float(seen["at"])))
    return found


def main() -> int:
    """Trace saves, then kill the server after acknowledgements; 1 if an acknowledged answer was not safe."""
    reason = why_no_trace()
    if reason:
        print(f"Not traced: {reason}")
    with tempfile.TemporaryDirectory(prefix="quizapp-trace-") as made:
        folder = Path(made)
        settings = settings_of(folder, f"sqlite:///{folder / 'quizapp.sqlite3'}", workers=1)
        crowd, person = _candidate(settings)
        was_safe = True if reason else _traced(folder, settings, person)
        was_safe = _killed(folder, settings, crowd, person) and was_safe
        cast(Engine, crowd.database.bind).dispose()
    return 0 if was_safe else 1


def why_no_trace() -> str:
    """Why strace cannot be used here; empty if it can."""
    strace = shutil.which("strace")
    if not strace:
        return "strace is not installed."
    tried = subprocess.run([strace, "-f", "-o", os.devnull, "true"], check=False, capture_output=True, text=True)
    return f"this machine does not allow tracing ({tried.stderr.strip()})." if tried.returncode else ""


def _candidate(settings: dict[str, str]) -> tuple[Crowd, Person]:
    """Somebody in a mock that runs."""
    config = read_config(settings)
    database = connect(config.database_url, create=True)
    migrate(database)
    load(config, database)
    crowd = Crowd(config, database, ITEMS)
    person = crowd.person()
    person.running = crowd.start(person)
    return crowd, person


def _traced(folder: Path, settings: dict[str, str], person: Person) -> bool:
    file = folder / "trace"
    strace = ["strace", "-f", "-ttt", "-yy", "-s", "3000", "-e", f"trace={CALLS}", "-o", str(file)]
    with running([*strace, *serve_command()], folder, settings) as server:
        fetch(server.port, request("GET", "/readyz"))
        for seq in range(1, SAVES + 1):
            _acknowledged(server.port, _save(person, "traced", seq))
        threads = _threads_that_replied(file)
        # strace ends with what it traces; asked to end itself, it would leave that running.
        for child in children_of(server.process.pid):
            os.kill(child, signal.SIGTERM)
        server.process.wait(timeout=10)
    found = saves_in(file.read_text(errors="replace").splitlines(), threads)
    print(f"{len(found)} acknowledgements traced, of {SAVES} answers:")
    print()
    print("| answer | writes to the log | forced to the disk | before the reply by |")
    print("|---:|---:|---|---:|")
    for number, save in enumerate(found, 1):
        if not save.is_durable:
            print(f"| {number} | {save.wal_writes} | **no** | |")
            continue
        name, at = save.forced[-1]
        print(f"| {number} | {save.wal_writes} | {name} | {1000 * (save.reply_at - at):.2f} ms |")
    print()
    is_safe = len(found) == SAVES and all(save.is_durable for save in found)
    print(
        "Each was on the disk before its reply." if is_safe else "**An acknowledgement came without a forced write.**"
    )
    return is_safe


def _killed(folder: Path, settings: dict[str, str], crowd: Crowd, person: Person) -> bool:
    """SIGKILL as soon as an answer is acknowledged: the process loses all that it had not handed over."""
    missing = 0
    for number in range(1, KILLS + 1):
        server = Server(serve_command(), folder, settings)
        try:
            stored = _acknowledged(server.port, _save(person, f"killed{number}", 1))
        finally:
            server.kill()
        device = AttemptEvent.device == f"killed{number}"
        with crowd.database.session() as session:
            kept = session.scalars(select(AttemptEvent.seq).where(AttemptEvent.user_id == person.user_id, device)).all()
        missing += list(kept) != [stored]
    print(f"Killed (SIGKILL) {KILLS} times right after an acknowledgement: {missing} acknowledged answers missing.")
    return missing == 0


def _threads_that_replied(file: Path) -> set[str]:
    """The threads of the processes that wrote replies."""
    calls = (CALL.match(line) for line in file.read_text(errors="replace").splitlines())
    replying = {call["thread"] for call in calls if call and REPLY_BEGINS in call["rest"]}
    found: set[str] = set()
    for thread in replying:
        owner = re.search(r"^Tgid:\s+(\d+)", Path("/proc", thread, "status").read_text(), re.MULTILINE)
        if owner:
            found |= {task.name for task in Path("/proc", owner[1], "task").iterdir()}
    return found


def _save(person: Person, device: str, seq: int) -> Request:
    event = {"seq": seq, "position": seq % ITEMS + 1, "kind": "answer", "value": "A", "age_ms": 0}
    headers = {**person.headers, "Content-Type": "application/json", "X-CSRFToken": person.csrf}
    body = json.dumps({"device": device, "events": [event]}).encode()
    return request("POST", f"/attempts/{person.running}/events", headers, body)


def _acknowledged(port: int, save: Request) -> int:
    reply = fetch(port, save)
    if reply.status != save.status:
        raise UnexpectedReplyError(f"{reply.status}: {reply.body.decode()}")
    return int(json.loads(reply.body)["stored"])


if __name__ == "__main__":
    sys.exit(main())
