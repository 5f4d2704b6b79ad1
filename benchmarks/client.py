"""A closed loop of candidates on keep-alive connections: each goes on when the reply to what it sent is there.

One thread and prepared bytes, so that the client takes little of the cores that it shares with the server.
"""

import selectors
import socket
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

LONGEST_SECONDS = 60.0
USER_AGENT = "quizapp-bench"


@dataclass(frozen=True)
class Request:
    """The bytes of a request, and the status that its reply must have."""

    payload: bytes
    status: int = 200


Step = Sequence[Request]  # What a candidate waits for as one thing: its requests go out one after the other.


@dataclass
class Run:
    """What a loop measured: the latency of each step, and the time that all of them took."""

    latencies: list[float] = field(default_factory=list)
    seconds: float = 0.0


@dataclass(frozen=True)
class Reply:
    """A whole reply."""

    status: int
    head: bytes
    body: bytes


class UnexpectedReplyError(Exception):
    """The server answered something else than the benchmark measures."""


def request(
    method: str, path: str, headers: Mapping[str, str] | None = None, body: bytes = b"", status: int = 200
) -> Request:
    """A request of HTTP/1.1."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", f"User-Agent: {USER_AGENT}"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    if method == "POST":
        lines.append(f"Content-Length: {len(body)}")
    return Request("\r\n".join([*lines, "", ""]).encode() + body, status)


def fetch(port: int, wanted: Request) -> Reply:
    """One request on a connection of its own."""
    with socket.create_connection(("127.0.0.1", port), timeout=LONGEST_SECONDS) as connection:
        connection.sendall(wanted.payload)
        received = b""
        while (reply := _whole(received)) is None:
            received += _received(connection)
    return reply


def drive(port: int, scripts: Sequence[Iterator[Step]], seconds: float = LONGEST_SECONDS) -> Run:
    """Let each script run on a connection of its own until it ends or `seconds` are over; steps begun are finished.

    Raises UnexpectedReplyError.
    """
    run = Run()
    with selectors.DefaultSelector() as selector:
        candidates = [_Candidate(port, script) for script in scripts]
        try:
            _loop(selector, candidates, seconds, run)
        finally:
            for candidate in candidates:
                candidate.socket.close()
    return run


def _loop(selector: selectors.BaseSelector, candidates: list["_Candidate"], seconds: float, run: Run) -> None:
    begun = time.perf_counter()
    for candidate in candidates:
        if candidate.begin_step():
            selector.register(candidate.socket, selectors.EVENT_READ, candidate)
    while selector.get_map():
        ready = selector.select(timeout=LONGEST_SECONDS)
        now = time.perf_counter()
        if not ready or now - begun > seconds + LONGEST_SECONDS:
            raise UnexpectedReplyError(f"no reply within {LONGEST_SECONDS:.0f} s")
        for key, _ in ready:
            candidate = key.data
            if not candidate.has_finished_step():
                continue
            now = time.perf_counter()
            run.latencies.append(now - candidate.step_begun)
            if now - begun >= seconds or not candidate.begin_step():
                selector.unregister(candidate.socket)
    run.seconds = time.perf_counter() - begun


class _Candidate:
    """One connection and what is still to be sent on it."""

    def __init__(self, port: int, script: Iterator[Step]) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=LONGEST_SECONDS)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.script = script
        self.waiting: list[Request] = []
        self.received = b""
        self.step_begun = 0.0

    def begin_step(self) -> bool:
        """Send the first request of the next step; False at the script's end."""
        step = next(self.script, None)
        if step is None:
            return False
        self.waiting = list(step)
        self.step_begun = time.perf_counter()
        self.socket.sendall(self.waiting[0].payload)
        return True

    def has_finished_step(self) -> bool:
        """Read what is there; send the step's next request when a reply is whole."""
        self.received += _received(self.socket)
        reply = _whole(self.received)
        if reply is None:
            return False
        self.received = b""
        sent = self.waiting.pop(0)
        if reply.status != sent.status:
            line = sent.payload.split(b"\r\n", 1)[0].decode()
            raise UnexpectedReplyError(f"{line}: {reply.status} instead of {sent.status}\n{reply.body[:2000].decode()}")
        if self.waiting:
            self.socket.sendall(self.waiting[0].payload)
        return not self.waiting


def _received(connection: socket.socket) -> bytes:
    received = connection.recv(1 << 18)
    if not received:
        raise UnexpectedReplyError("The server closed the connection.")
    return received


def _whole(received: bytes) -> Reply | None:
    end = received.find(b"\r\n\r\n")
    if end < 0:
        return None
    head = received[:end].lower()
    at = head.find(b"\r\ncontent-length:")
    length = int(head[at + 17 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
    if len(received) < end + 4 + length:
        return None
    return Reply(int(head[9:12]), head, received[end + 4 :])
