"""Passwords, kept as argon2id hashes with the library's recommended parameters."""

from __future__ import annotations

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher()


@cache
def _unknown() -> str:
    return _hasher().hash("a password that nobody has")


def hash_password(password: str) -> str:
    """Return the hash to keep."""
    return _hasher().hash(password)


def password_fits(password: str, kept: str) -> bool:
    """Return whether it is the password. An empty hash fits nothing, and takes as long to compare."""
    try:
        return _hasher().verify(kept or _unknown(), password) and bool(kept)
    except (VerificationError, InvalidHashError):
        return False
