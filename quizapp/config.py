"""Every setting, with its default and unit; a bad value stops the start with a sentence."""

import os
import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

# What the tests and benchmarks are told, which is not for a site.
OF_TOOLS = ("QUIZAPP_TEST_", "QUIZAPP_BENCH_")
ROOT = Path(__file__).resolve().parent.parent

T = TypeVar("T")


class ConfigError(Exception):
    """A setting that cannot be used, said in a sentence for the person who set it."""


@dataclass(frozen=True)
class Config:
    """The settings of one running site."""

    var_dir: Path
    bank_dir: Path
    database_url: str
    secret_key: str
    host: str
    port: int
    workers: int
    threads: int
    base_url: str
    trusted_proxies: int
    session_days: int
    mail: str
    mail_from: str
    smtp_host: str
    smtp_port: int
    smtp_user: str
    smtp_password: str
    smtp_tls: str
    tick_seconds: int
    evidence_dir: Path
    certificate_megabytes: int
    evidence_megabytes: int

    @property
    def is_https(self) -> bool:
        """Whether people reach the site over TLS, which decides secure cookies and HSTS."""
        return self.base_url.startswith("https://")


def read_config(environ: Mapping[str, str]) -> Config:
    """The settings in `environ` (names begin with QUIZAPP_), each with a default.

    Raises ConfigError, naming the variable, what it must be and what it was.
    """
    return _settings_of(_Reader(environ))


def unknown_settings(environ: Mapping[str, str]) -> list[str]:
    """A sentence for each variable that looks like a setting and is none, so that a slip is not just ignored."""
    reader = _Reader(environ)
    _settings_of(reader)
    known = {f"QUIZAPP_{name}" for name in reader.names}
    unknown = sorted(name for name in environ if name.startswith("QUIZAPP_") and name not in known)
    return [
        f"{name} is no setting of this site."
        + "".join(f" Perhaps {meant} is meant." for meant in get_close_matches(name, known, n=1))
        for name in unknown
        if not name.startswith(OF_TOOLS)
    ]


def _settings_of(read: "_Reader") -> Config:
    var_dir = Path(read.text("VAR", str(ROOT / "var"))).absolute()
    port = read.whole("PORT", _from_make(read.environ), low=1, high=65535)
    host = read.text("HOST", "127.0.0.1")
    site = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    return Config(
        var_dir=var_dir,
        bank_dir=read.checked("BANK", str(ROOT / "question_bank"), "an existing folder", _is_folder, Path),
        database_url=read.checked(
            "DATABASE_URL",
            f"sqlite:///{var_dir / 'quizapp.sqlite3'}",
            "an address that begins with sqlite:/// or postgresql://",
            lambda value: value.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://")),
            str,
        ),
        secret_key=read.checked(
            "SECRET_KEY", "", "at least 32 characters", lambda value: value == "" or len(value) >= 32, str
        ),
        host=host,
        port=port,
        workers=read.whole("WORKERS", 2, low=1, high=64),
        threads=read.whole("THREADS", 4, low=1, high=16),
        base_url=read.checked(
            "BASE_URL", f"http://{site}", "an address such as https://quiz.example.org", _is_site, _without_slash
        ),
        trusted_proxies=read.whole("TRUSTED_PROXIES", 0, low=0, high=5),
        session_days=read.whole("SESSION_DAYS", 30, low=1, high=365),
        mail=read.one_of("MAIL", "console", ("console", "file", "smtp")),
        mail_from=read.text("MAIL_FROM", "quizapp@localhost"),
        smtp_host=read.text("SMTP_HOST", "localhost"),
        smtp_port=read.whole("SMTP_PORT", 587, low=1, high=65535),
        smtp_user=read.text("SMTP_USER", ""),
        smtp_password=read.text("SMTP_PASSWORD", ""),
        smtp_tls=read.one_of("SMTP_TLS", "starttls", ("starttls", "tls", "none")),
        tick_seconds=read.whole("TICK_SECONDS", 20, low=1, high=3600),
        evidence_dir=Path(read.text("EVIDENCE", str(var_dir / "evidence"))).absolute(),
        certificate_megabytes=read.whole("CERTIFICATE_MB", 10, low=1, high=30),
        evidence_megabytes=read.whole("EVIDENCE_MB", 500, low=1, high=100_000),
    )


def secret_key_of(config: Config) -> str:
    """The key that signs cookies: the setting, else one made once and kept in the var folder."""
    if config.secret_key:
        return config.secret_key
    path = config.var_dir / "secret_key"
    config.var_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        # Linked into place when whole: of two processes that start at once, the second finds the first one's key.
        draft = config.var_dir / f"secret_key.{secrets.token_hex(8)}"
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_hex(32))
        with suppress(FileExistsError):
            path.hardlink_to(draft)
        draft.unlink()
    return path.read_text()


class _Reader:
    """Reads one variable after the other and says in a sentence what is wrong with it."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ = environ
        self.names: set[str] = set()

    def text(self, name: str, default: str) -> str:
        self.names.add(name)
        return self.environ.get(f"QUIZAPP_{name}", "").strip() or default

    def checked(
        self, name: str, default: str, must_be: str, is_good: Callable[[str], bool], make: Callable[[str], T]
    ) -> T:
        value = self.text(name, default)
        if not is_good(value):
            raise ConfigError(f"QUIZAPP_{name} must be {must_be}, not {value!r}.")
        return make(value)

    def whole(self, name: str, default: int, *, low: int, high: int) -> int:
        def is_good(value: str) -> bool:
            return value.isdecimal() and low <= int(value) <= high

        return self.checked(name, str(default), f"a whole number from {low} to {high}", is_good, int)

    def one_of(self, name: str, default: str, choices: tuple[str, ...]) -> str:
        return self.checked(name, default, f"one of {', '.join(choices)}", lambda value: value in choices, str)


def _from_make(environ: Mapping[str, str]) -> int:
    """`make serve PORT=8001` sets PORT; QUIZAPP_PORT, where set, wins."""
    port = environ.get("PORT", "").strip() or "8000"
    if not port.isdecimal() or not 1 <= int(port) <= 65535:
        raise ConfigError(f"PORT must be a whole number from 1 to 65535, not {port!r}.")
    return int(port)


def _is_folder(value: str) -> bool:
    return Path(value).is_dir()


def _is_site(value: str) -> bool:
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    has_more = parts.path.strip("/") or parts.query or parts.fragment
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and not has_more


def _without_slash(value: str) -> str:
    return value.rstrip("/")
