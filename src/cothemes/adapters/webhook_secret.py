"""Secrets that sign webhooks: `whsec_` and 24 to 64 random bytes in base64, in a file of their owner's."""

from __future__ import annotations

import os
import secrets
from base64 import b64encode
from pathlib import Path

from cothemes.errors import InputError

PREFIX = "whsec_"
_BYTES = 32


def read_secret_file(path: Path) -> str:
    """Return the content of a file. Raises InputError where it cannot be read, or others can read it."""
    try:
        if path.stat().st_mode & 0o077:
            raise InputError(
                "can be read by other accounts of this computer", where=str(path), hint=f"chmod 600 {path}"
            )
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            "the secret cannot be read",
            where=str(path),
            hint=f"Make one: cothemes webhooks secret {path}",
        ) from error


def write_secret_file(path: Path) -> None:
    """Write a new secret that its owner alone can read. Raises InputError where something is there."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise InputError(
            "is there already", where=str(path), hint="Name another file; nothing is overwritten."
        ) from error
    except OSError as error:
        raise InputError(
            f"cannot be written ({error.strerror})", where=str(path), hint="Name a file in another folder."
        ) from error
    with os.fdopen(handle, "w", encoding="ascii") as made:
        made.write(new_secret() + "\n")


def new_secret() -> str:
    """Return a fresh secret."""
    return PREFIX + b64encode(secrets.token_bytes(_BYTES)).decode()
