"""How a mail leaves: printed on the console, put into a file, or handed to a mail server."""

import smtplib
import ssl
import sys
from collections.abc import Callable
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from functools import partial
from pathlib import Path

from quizapp.config import Config
from quizapp.mail.models import OutboxMail

SMTP_TIMEOUT_SECONDS = 20

Sender = Callable[[OutboxMail], None]


def sender_of(config: Config) -> Sender:
    """The way that the settings name: console, file or smtp."""
    if config.mail == "smtp":
        return partial(send_by_smtp, config)
    if config.mail == "file":
        return partial(put_into_file, config.var_dir / "mail", config.mail_from)
    return print_on_console


def letter(mail: OutboxMail, mail_from: str) -> EmailMessage:
    """The mail as it travels. An address or subject that would smuggle in a header raises ValueError."""
    message = EmailMessage()
    message["From"] = mail_from
    message["To"] = Address(addr_spec=mail.address)
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(mail.created_at)
    # The same for every try, so that a mail sent twice shows once.
    message["Message-ID"] = f"<{mail.id.hex}@{mail_from.rpartition('@')[2].rstrip('>') or 'localhost'}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.body)
    return message


def print_on_console(mail: OutboxMail) -> None:
    """For trying the site out: the text as it is, so that a link in it can be clicked."""
    sys.stdout.write(f"\nMail to {mail.address}: {mail.subject}\n\n{mail.body}\n")
    sys.stdout.flush()


def put_into_file(folder: Path, mail_from: str, mail: OutboxMail) -> None:
    """One .eml file a mail, in the order of their making."""
    folder.mkdir(parents=True, exist_ok=True)
    name = f"{mail.created_at:%Y%m%dT%H%M%S}-{mail.id.hex}.eml"
    (folder / name).write_bytes(letter(mail, mail_from).as_bytes())


def send_by_smtp(config: Config, mail: OutboxMail) -> None:
    """Hand the mail to the server of the settings. Raises smtplib's errors, which are OSErrors."""
    message = letter(mail, config.mail_from)
    with _connect(config) as server:
        if config.smtp_user:
            server.login(config.smtp_user, config.smtp_password)
        server.send_message(message)


def _connect(config: Config) -> smtplib.SMTP:
    context = ssl.create_default_context()
    place = (config.smtp_host, config.smtp_port)
    if config.smtp_tls == "tls":
        return smtplib.SMTP_SSL(*place, timeout=SMTP_TIMEOUT_SECONDS, context=context)
    server = smtplib.SMTP(*place, timeout=SMTP_TIMEOUT_SECONDS)
    if config.smtp_tls == "starttls":
        try:
            server.starttls(context=context)
        except OSError:
            server.close()
            raise
    return server
