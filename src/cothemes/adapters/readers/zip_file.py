"""Zip files from elsewhere: how one is opened within bounds, and what broken ones raise."""

from __future__ import annotations

import io
import lzma
import os
import struct
import zipfile
import zlib
from pathlib import Path
from typing import BinaryIO

LARGEST = 4 * 1024 * 1024
"""Bytes of a directory. Two thousand parts take about 200 KB; each becomes a record of half a kilobyte."""
ZIP_FAULTS = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    OSError,
    RuntimeError,
    ValueError,
)
"""Errors that opening a broken zip, or unpacking a part of it, raises. RuntimeError stands for a part with a
password, and for a way of packing that Python does not know (NotImplementedError)."""
_END = b"PK\x05\x06"
_END_64 = b"PK\x06\x06"
_TAIL = 66_000


class DirectoryTooLarge(zipfile.BadZipFile):
    """The zip lists more parts than any file that is read here has."""


def open_zip(source: Path | bytes) -> zipfile.ZipFile:
    """Open a zip without unpacking anything of it. Raises DirectoryTooLarge, and otherwise ZIP_FAULTS.

    The size of the directory is looked at before the library makes a record of each part. Of a path, no more
    than the directory is read.
    """
    with io.BytesIO(source) if isinstance(source, bytes) else source.open("rb") as file:
        _check(file)
    return zipfile.ZipFile(io.BytesIO(source) if isinstance(source, bytes) else source)


def _check(file: BinaryIO) -> None:
    file.seek(max(0, file.seek(0, os.SEEK_END) - _TAIL))
    if _directory_size(file.read(_TAIL)) > LARGEST:
        raise DirectoryTooLarge(f"its list of parts takes more than {LARGEST // 1048576} MB")


def _directory_size(tail: bytes) -> int:
    """Return the bytes of the directory as the end of the file states them; 0 where it states nothing."""
    at = tail.rfind(_END)
    if at < 0 or at + 16 > len(tail):
        return 0
    (size,) = struct.unpack_from("<I", tail, at + 12)
    wide = tail.rfind(_END_64, 0, at)
    if wide >= 0 and wide + 48 <= len(tail):
        (size,) = struct.unpack_from("<Q", tail, wide + 40)
    return int(size)
