"""The three ways in which a mail leaves."""

import email
import smtplib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from email.policy import default
from pathlib import Path
from socket import socket
from uuid import UUID

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from quizapp.config import Config, read_config
from quizapp.mail.models import OutboxMail
from quizapp.mail.senders import letter, sender_of

# The server asks for a password without TLS, which is how the test reads along.
pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")

LINK = "http://127.0.0.1:8000/reset-password/" + "a" * 65


def a_mail(address: str = "owner@example.org", subject: str = "Choose a new password – now") -> OutboxMail:
    return OutboxMail(
        id=UUID(int=7),
        address=address,
        subject=subject,
        body=f"Open this:\n\n{LINK}\n",
        created_at=datetime(2026, 3, 10, 15, 30, tzinfo=UTC),
    )


def settings(**values: str) -> Config:
    return read_config({f"QUIZAPP_{name.upper()}": value for name, value in values.items()})


class Inbox:
    """What an SMTP server received."""

    def __init__(self) -> None:
        self.envelopes: list[Envelope] = []

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's
        self.envelopes.append(envelope)
        return "250 OK"


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


def signs_in(_server: SMTP, _session: Session, _envelope: Envelope, _way: str, given: object) -> AuthResult:
    is_right = isinstance(given, LoginPassword) and (given.login, given.password) == (b"site", b"secret")
    return AuthResult(success=is_right, handled=False)


@pytest.fixture
def smtp(inbox: Inbox) -> Iterator[Config]:
    """Settings that lead to a mail server of the test's own."""
    with socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    server = Controller(
        inbox, hostname="127.0.0.1", port=port, authenticator=signs_in, auth_required=True, auth_require_tls=False
    )
    server.start()
    yield replace(
        settings(mail="smtp", smtp_host="127.0.0.1", smtp_tls="none", smtp_user="site", smtp_password="secret"),
        smtp_port=port,
    )
    server.stop()


def test_smtp_hands_the_mail_to_the_server(inbox: Inbox, smtp: Config) -> None:
    sender_of(smtp)(a_mail())
    envelope = inbox.envelopes[0]
    assert envelope.rcpt_tos == ["owner@example.org"]
    received = email.message_from_bytes(envelope.content or b"", policy=default)  # type: ignore[arg-type]
    assert received["Subject"] == "Choose a new password – now"
    assert received["To"] == "owner@example.org"
    assert LINK in received.get_content()


def test_smtp_says_when_the_password_is_wrong(inbox: Inbox, smtp: Config) -> None:
    with pytest.raises(smtplib.SMTPAuthenticationError):
        sender_of(replace(smtp, smtp_password="wrong"))(a_mail())
    assert inbox.envelopes == []


def test_smtp_sends_nothing_in_clear_when_starttls_was_asked_for(inbox: Inbox, smtp: Config) -> None:
    with pytest.raises(smtplib.SMTPNotSupportedError):
        sender_of(replace(smtp, smtp_tls="starttls"))(a_mail())
    assert inbox.envelopes == []


def test_smtp_fails_with_an_error_that_the_outbox_understands(smtp: Config) -> None:
    with pytest.raises(OSError, match="refused"):
        sender_of(replace(smtp, smtp_port=1))(a_mail())


def test_the_console_shows_the_link_in_one_piece(capsys: pytest.CaptureFixture[str]) -> None:
    sender_of(settings())(a_mail())
    shown = capsys.readouterr().out
    assert "Mail to owner@example.org: Choose a new password" in shown
    assert LINK in shown.splitlines()


def test_a_file_holds_the_whole_mail(tmp_path: Path) -> None:
    sender_of(settings(mail="file", var=str(tmp_path), mail_from="Quiz <quiz@example.org>"))(a_mail())
    (path,) = (tmp_path / "mail").iterdir()
    assert path.name == "20260310T153000-00000000000000000000000000000007.eml"
    kept = email.message_from_bytes(path.read_bytes(), policy=default)
    assert kept["From"] == "Quiz <quiz@example.org>"
    assert LINK in kept.get_content()


@pytest.mark.parametrize(
    ("address", "subject"),
    [
        ("owner@example.org\r\nBcc: stranger@example.org", "Hello"),
        ("owner@example.org, stranger@example.org", "Hello"),
        ("owner@example.org", "Hello\r\nBcc: stranger@example.org"),
        ("nobody", "Hello"),
    ],
)
def test_no_header_can_be_smuggled_in(address: str, subject: str) -> None:
    try:
        message = letter(a_mail(address, subject), "quiz@example.org")
    except ValueError:
        return
    assert message["Bcc"] is None
    assert address == "nobody"


def test_every_try_of_a_mail_has_the_same_id() -> None:
    assert letter(a_mail(), "Quiz <quiz@example.org>")["Message-ID"] == (
        "<00000000000000000000000000000007@example.org>"
    )
