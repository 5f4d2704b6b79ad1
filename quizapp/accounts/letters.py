"""The mails that accounts send: subject and text."""

SIGNATURE = """--
quizapp, practice exams for the Certified Medical Manager (PAHCOM).
Independent of PAHCOM.
"""


def reset_link(link: str, valid_minutes: int) -> tuple[str, str]:
    """A link to choose a new password."""
    return (
        "Choose a new password",
        f"""Somebody, probably you, asked for a new password for this address.

Open this link and choose one:

{link}

The link works once and for {valid_minutes} minutes.
If you did not ask for it, you need not do anything; your password stays as it is.

{SIGNATURE}""",
    )


def password_changed() -> tuple[str, str]:
    """Word to the owner that the password is a new one."""
    return (
        "Your password was changed",
        f"""The password of your account was changed, and your other sessions were ended.

If this was not you, ask for a new password on the sign-in page at once.

{SIGNATURE}""",
    )
