"""Secrets that find a person: user_id.secret. Only a hash of the secret is ever stored."""

import hashlib
from base64 import urlsafe_b64encode
from secrets import token_bytes
from uuid import UUID

SECRET_BYTES = 24


def make(user_id: UUID) -> tuple[str, bytes]:
    """A new secret for `user_id`: the token to hand out, and the hash to keep."""
    secret = urlsafe_b64encode(token_bytes(SECRET_BYTES)).decode()
    return f"{user_id.hex}.{secret}", hash_of(secret)


def parse(token: str) -> tuple[UUID, bytes] | None:
    """The person and the hash that a token names, or None if it is no token."""
    user_id, dot, secret = token.partition(".")
    if not dot or len(user_id) != 32 or len(secret) > 200:
        return None
    try:
        return UUID(hex=user_id), hash_of(secret)
    except ValueError:
        return None


def hash_of(secret: str) -> bytes:
    """SHA-256, which is enough for a random secret of 192 bits."""
    return hashlib.sha256(secret.encode()).digest()
