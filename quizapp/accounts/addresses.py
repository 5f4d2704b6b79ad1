"""One spelling for an email address, so that one mailbox has one account."""

from email_validator import EmailNotValidError, validate_email

MAX_LENGTH = 254


class BadAddressError(ValueError):
    """What was typed is no email address; the message says why, for the person who typed it."""


def normal(text: str) -> str:
    """The address in lower case and plain ASCII (an international domain becomes its xn-- form).

    Raises BadAddressError. Whether the mailbox exists is not asked.
    """
    try:
        address = validate_email(text.strip(), check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError as error:
        raise BadAddressError(str(error)) from error
    return (address.ascii_email or address.normalized).lower()
