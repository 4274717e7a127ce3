"""The key that signs cookies: a file beside the records that only its owner can read."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from cothemes.errors import InputError

FILE_NAME = "serve.key"
_BYTES = 32


def service_key(records: Path) -> bytes:
    """Return the study's key; it is made when it is first asked for. Without the file, all cookies end.

    Raises InputError where the file can be read by others, or is not a key.
    """
    path = records / FILE_NAME
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        pass
    else:
        with os.fdopen(handle, "wb") as made:
            made.write(secrets.token_bytes(_BYTES))
    if path.stat().st_mode & 0o077:
        raise InputError(
            "can be read by other accounts of this computer",
            where=str(path),
            hint=f"chmod 600 {path}, or delete the file: everybody then logs in again.",
        )
    key = path.read_bytes()
    if len(key) != _BYTES:
        raise InputError("is not a key", where=str(path), hint="Delete the file: everybody logs in again.")
    return key
