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


def confirm_link(link: str, valid_days: int) -> tuple[str, str]:
    """A link to confirm the address of an account."""
    return (
        "Confirm your email address",
        f"""There is an account with this address. If it is yours, open this link and press the button there:

{link}

Then reminders of deadlines can come to this address. The link works once and for {valid_days} days.

If the account is not yours, somebody has mistyped an address. You need not do anything; no reminders will come.

{SIGNATURE}""",
    )


def change_link(link: str, valid_days: int) -> tuple[str, str]:
    """A link to the new address of an account."""
    return (
        "Confirm your new email address",
        f"""Somebody, probably you, asked to use this address for an account.

Open this link where you are signed in, and press the button there:

{link}

If you are asked to sign in, do it with the address that you have used so far. Nothing changes before that.
The link works once and for {valid_days} days. If you did not ask for it, you need not do anything.

{SIGNATURE}""",
    )


# What goes to the old address does not name the new one: the old one may be a mistyped one, a stranger's.


def change_asked_for() -> tuple[str, str]:
    """Word to the old address that another one was asked for."""
    return (
        "Another email address was asked for",
        f"""Somebody, probably you, asked to use another email address for your account. It takes the place of this one
once the link that we have mailed to it is used.

If this was not you, ask for a new password on the sign-in page at once. That also stops the change.

{SIGNATURE}""",
    )


def address_changed() -> tuple[str, str]:
    """Word to the old address that the account has another one now."""
    return (
        "Your email address was changed",
        f"""Your account has another email address now, and you sign in with that one. No more mail comes to this one.

If this was not you, tell the people who run the site at once.

{SIGNATURE}""",
    )
