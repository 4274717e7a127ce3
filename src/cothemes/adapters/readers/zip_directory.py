"""The directory at the end of a zip: its size is looked at before a library unpacks it into records."""

from __future__ import annotations

import struct

LARGEST = 4 * 1024 * 1024
"""Bytes of a directory. Two thousand parts take about 200 KB; each becomes a record of half a kilobyte."""
_END = b"PK\x05\x06"
_END_64 = b"PK\x06\x06"
_TAIL = 66_000


def is_too_large(data: bytes) -> bool:
    """Return whether the directory of a zip takes more than LARGEST bytes, as it says of itself."""
    tail = data[-_TAIL:]
    at = tail.rfind(_END)
    if at < 0 or at + 16 > len(tail):
        return False
    (size,) = struct.unpack_from("<I", tail, at + 12)
    wide = tail.rfind(_END_64, 0, at)
    if wide >= 0 and wide + 48 <= len(tail):
        (size,) = struct.unpack_from("<Q", tail, wide + 40)
    return int(size) > LARGEST
