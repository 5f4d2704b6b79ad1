"""The server of `quizapp serve`: a place to listen, and the clock's jobs beside it."""

import errno
import os
import signal
import socket
import subprocess
import sys

from granian import Granian
from granian.constants import Interfaces

from quizapp.config import Config, ConfigError


def free_address(host: str, port: int) -> str:
    """The IP address that `host` stands for, on which nobody listens at `port` yet; raises ConfigError.

    The server would share a port with another one of its kind, and of two sites with a database each either would
    then get half of the requests. So a plain socket asks first, to which the system refuses a port that is in use.
    """
    place = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            # Without this, a port counts as taken for a minute after its server has ended.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise ConfigError(
                f"{place} is taken, perhaps by a server of this site that still runs. Stop that, or set QUIZAPP_PORT."
            ) from error
        reason = f"cannot listen at {place}: {error.strerror}"
        raise ConfigError(f"QUIZAPP_HOST and QUIZAPP_PORT: {reason}.") from error
    return str(address[0])


def serve(config: Config) -> None:
    """Serve the site until it is told to stop, and run the clock's jobs as long. Raises ConfigError."""
    # Asked again, since another server may have come while this one made its database ready.
    address = free_address(config.host, config.port)
    # In a session of its own: Ctrl-C is for the server, which then ends the jobs.
    every, parent = str(config.tick_seconds), str(os.getpid())
    clock = subprocess.Popen(  # noqa: S603
        [sys.executable, "-m", "quizapp.cli", "tick", "--every", every, "--parent", parent], start_new_session=True
    )
    server = Granian(
        "quizapp.app:create_app",
        factory=True,
        address=address,
        port=config.port,
        interface=Interfaces.WSGI,
        workers=config.workers,
        # More than one, so that a slow upload keeps nobody's answers waiting.
        blocking_threads=config.threads,
        websockets=False,
        log_access=False,
        respawn_failed_workers=True,
        workers_kill_timeout=2,
    )
    try:
        server.serve()
    finally:
        clock.send_signal(signal.SIGTERM)
        clock.wait(timeout=10)
