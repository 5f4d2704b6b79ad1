"""People whose network is slow, and everybody else."""

import socket
import time
import urllib.request
from contextlib import ExitStack

from tests.browser.site import Site

SLOW_UPLOADS = 3
WITHIN_SECONDS = 20


def begin_upload(site: Site) -> socket.socket:
    """A request whose body never comes to its end."""
    upload = socket.create_connection(("127.0.0.1", site.port), timeout=WITHIN_SECONDS)
    upload.sendall(
        b"POST /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        b"Content-Length: 900000\r\n\r\nemail="
    )
    return upload


def test_slow_uploads_keep_nobody_waiting(site: Site) -> None:
    with ExitStack() as stack:
        for _ in range(SLOW_UPLOADS):
            stack.enter_context(begin_upload(site))
        started = time.monotonic()
        for _ in range(10):
            with urllib.request.urlopen(f"{site.url}/readyz", timeout=WITHIN_SECONDS) as answer:
                assert answer.status == 200
        assert time.monotonic() - started < WITHIN_SECONDS
