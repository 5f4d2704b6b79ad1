"""Passwords: their hashes (Argon2id, 19 MiB, two passes) and how hard they are to guess."""

from base64 import b64encode

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from zxcvbn import zxcvbn

MIN_LENGTH = 10
MAX_LENGTH = 200
MIN_SCORE = 2
MEMORY_KIB = 19 * 1024
PASSES = 2
SALT_BYTES = 16
HASH_BYTES = 32
OWN_WORDS = ("quizapp", "pahcom", "certified medical manager", "cmm")

hasher = PasswordHasher(
    time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=1, hash_len=HASH_BYTES, salt_len=SALT_BYTES
)


def _blank(length: int) -> str:
    return b64encode(bytes(length)).decode().rstrip("=")


# Checked when there is no account, so that a missing account costs as much time as a wrong password.
NOBODY = f"$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p=1${_blank(SALT_BYTES)}${_blank(HASH_BYTES)}"


def hash_of(password: str) -> str:
    """The hash to keep. Slow on purpose: call it outside a write transaction."""
    return hasher.hash(password)


def is_right(stored: str | None, password: str) -> bool:
    """Whether `password` belongs to the hash; without a hash it takes as long and is False."""
    try:
        return hasher.verify(stored or NOBODY, password)
    except (VerificationError, InvalidHashError):
        return False


def renewed(stored: str, password: str) -> str | None:
    """A hash under today's parameters, where the one that is stored was made under others."""
    return hash_of(password) if hasher.check_needs_rehash(stored) else None


def objection(password: str, email: str) -> str | None:
    """What speaks against a new password, as sentences; None when it will do.

    It has 10 to 200 characters and a zxcvbn score of at least 2 of 4, with the address counted as easy to guess.
    """
    if len(password) < MIN_LENGTH:
        return f"Use at least {MIN_LENGTH} characters. Three or four unrelated words do well."
    if len(password) > MAX_LENGTH:
        return f"Use at most {MAX_LENGTH} characters."
    name, _, domain = email.partition("@")
    # Guessing takes zxcvbn long on long texts, and 72 characters say enough.
    found = zxcvbn(password[:72], user_inputs=[email, name, domain, *OWN_WORDS])
    if found["score"] >= MIN_SCORE:
        return None
    advice = found["feedback"]
    sentences = ["This one is easy to guess.", advice["warning"], *advice["suggestions"]]
    return " ".join(sentence if sentence.endswith(".") else f"{sentence}." for sentence in sentences if sentence)
