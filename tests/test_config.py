"""Settings: each has a default, and a bad one stops the start with a sentence."""

import re
import stat
from pathlib import Path

import pytest

from quizapp import cli
from quizapp.config import ROOT, ConfigError, read_config, secret_key_of, unknown_settings


def test_every_setting_has_a_default() -> None:
    config = read_config({})
    assert config.base_url == "http://127.0.0.1:8000"
    assert config.database_url == f"sqlite:///{config.var_dir / 'quizapp.sqlite3'}"
    assert config.bank_dir.name == "question_bank"
    assert config.mail == "console"
    assert not config.is_https


def test_settings_come_from_the_environment(tmp_path: Path) -> None:
    config = read_config(
        {
            "QUIZAPP_VAR": str(tmp_path),
            "QUIZAPP_PORT": " 8123 ",
            "QUIZAPP_DATABASE_URL": "postgresql://quiz@db.example.org/quiz",
            "QUIZAPP_BASE_URL": "https://quiz.example.org/",
            "QUIZAPP_MAIL": "smtp",
        }
    )
    assert config.var_dir == tmp_path
    assert config.port == 8123
    assert config.database_url == "postgresql://quiz@db.example.org/quiz"
    assert config.base_url == "https://quiz.example.org"
    assert config.mail == "smtp"
    assert config.is_https


def test_an_empty_setting_is_the_default() -> None:
    assert read_config({"QUIZAPP_PORT": "", "QUIZAPP_MAIL": " "}) == read_config({})


@pytest.mark.parametrize(
    ("name", "value", "must_be"),
    [
        ("QUIZAPP_BANK", "/no/such/folder", "an existing folder"),
        ("QUIZAPP_DATABASE_URL", "mysql://localhost/quiz", "an address that begins with sqlite:/// or postgresql://"),
        ("QUIZAPP_SECRET_KEY", "short", "at least 32 characters"),
        ("QUIZAPP_PORT", "0", "a whole number from 1 to 65535"),
        ("QUIZAPP_PORT", "65536", "a whole number from 1 to 65535"),
        ("QUIZAPP_PORT", "8000.5", "a whole number from 1 to 65535"),
        ("QUIZAPP_WORKERS", "many", "a whole number from 1 to 64"),
        ("QUIZAPP_BASE_URL", "quiz.example.org", "an address such as https://quiz.example.org"),
        ("QUIZAPP_BASE_URL", "ftp://quiz.example.org", "an address such as https://quiz.example.org"),
        ("QUIZAPP_BASE_URL", "https://quiz.example.org/?a=b", "an address such as https://quiz.example.org"),
        ("QUIZAPP_TRUSTED_PROXIES", "-1", "a whole number from 0 to 5"),
        ("QUIZAPP_SESSION_DAYS", "0", "a whole number from 1 to 365"),
        ("QUIZAPP_CERTIFICATE_MB", "31", "a whole number from 1 to 30"),
        ("QUIZAPP_EVIDENCE_MB", "0", "a whole number from 1 to 100000"),
        ("QUIZAPP_MAIL", "pigeon", "one of console, file, smtp"),
        ("QUIZAPP_SMTP_PORT", "smtp", "a whole number from 1 to 65535"),
        ("QUIZAPP_SMTP_TLS", "yes", "one of starttls, tls, none"),
        ("QUIZAPP_TICK_SECONDS", "0", "a whole number from 1 to 3600"),
        ("PORT", "http", "a whole number from 1 to 65535"),
    ],
)
def test_a_bad_setting_is_named_with_what_it_must_be(name: str, value: str, must_be: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read_config({name: value})
    assert str(caught.value) == f"{name} must be {must_be}, not {value!r}."


def test_a_port_beyond_the_range_is_refused_whichever_way_it_is_set() -> None:
    with pytest.raises(ConfigError, match=r"PORT must be a whole number from 1 to 65535, not '99999'\."):
        read_config({"PORT": "99999"})


def test_a_bad_setting_stops_a_command_with_the_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("QUIZAPP_WORKERS", "none")
    with pytest.raises(SystemExit) as caught:
        cli.main(["db", "upgrade"])
    assert caught.value.code == 2
    said = capsys.readouterr().err
    assert said == "quizapp cannot start: QUIZAPP_WORKERS must be a whole number from 1 to 64, not 'none'.\n"


def test_what_looks_like_a_setting_and_is_none_is_named_with_what_may_be_meant() -> None:
    environ = {"QUIZAPP_PROT": "1", "QUIZAPP_PORT": "8001", "QUIZAPP_": "", "QUIZAPP_TEST_PG_URL": "", "PATH": "/bin"}
    assert unknown_settings(environ) == [
        "QUIZAPP_ is no setting of this site. Perhaps QUIZAPP_VAR is meant.",
        "QUIZAPP_PROT is no setting of this site. Perhaps QUIZAPP_PORT is meant.",
    ]


def test_every_setting_of_the_manual_is_known() -> None:
    manual = (ROOT / "docs" / "operating.md").read_text()
    named = {f"QUIZAPP_{name}": "" for name in re.findall(r"^\| QUIZAPP_([A-Z_]+)", manual, re.MULTILINE)}
    assert len(named) > 15
    assert unknown_settings(named) == []


def test_an_address_of_ipv6_stands_in_brackets() -> None:
    assert read_config({"QUIZAPP_HOST": "::1"}).base_url == "http://[::1]:8000"


def test_the_secret_key_is_made_once_and_is_the_owners_alone(tmp_path: Path) -> None:
    config = read_config({"QUIZAPP_VAR": str(tmp_path / "var")})
    key = secret_key_of(config)
    assert len(key) == 64
    assert secret_key_of(config) == key
    modes = [stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "var", tmp_path / "var" / "secret_key")]
    assert modes == [0o700, 0o600]


def test_a_given_secret_key_is_used_as_it_is(tmp_path: Path) -> None:
    config = read_config({"QUIZAPP_VAR": str(tmp_path / "var"), "QUIZAPP_SECRET_KEY": "k" * 32})
    assert secret_key_of(config) == "k" * 32
    assert not (tmp_path / "var").exists()
