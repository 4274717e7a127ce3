"""A zip that came from elsewhere: its parts by name, in memory, and never more than it may hold."""

from __future__ import annotations

from pathlib import Path
from typing import NoReturn

from cothemes.adapters.readers.zip_file import ZIP_FAULTS, open_zip
from cothemes.errors import CothemesError

LARGEST = 1024 * 1024 * 1024
"""Bytes of all parts together, unpacked. A thousand interviews of an hour are about 100 MB."""
STEEPEST = 200
"""Unpacked to packed. Rows of a table that resemble each other pack about 40 to 1."""
SMALL = 1024 * 1024
"""Bytes; the rule on packing leaves smaller parts alone."""
MOST_PARTS = 2_000


class Archive:
    """The parts of a zip, read on demand. What is amiss is raised as `error`, with `hint`."""

    def __init__(self, path: Path, *, error: type[CothemesError], hint: str, largest: int = LARGEST) -> None:
        self._path = path
        self._error = error
        self._hint = hint
        self._largest = largest
        try:
            self._zip = open_zip(path)
        except OSError as fault:
            raise error(
                f"cannot be opened: {fault.strerror or fault}",
                where=str(path),
                hint="Check the path and its rights.",
            ) from fault
        except ZIP_FAULTS as fault:
            raise error(f"is not a whole zip file: {fault}", where=str(path), hint=hint) from fault
        infos = self._zip.infolist()
        self._infos = {info.filename: info for info in infos}
        if len(infos) > MOST_PARTS:
            self.refuse(f"holds {len(infos)} parts; {MOST_PARTS} is the most")
        if len(self._infos) < len(infos):
            self.refuse("holds two parts of one name")
        whole = sum(info.file_size for info in infos)
        if whole > largest:
            self.refuse(f"would unpack to {whole / 1048576:.0f} MB; {largest // 1048576} MB is the most")
        for info in infos:
            if info.file_size > SMALL and info.file_size > STEEPEST * max(info.compress_size, 1):
                self.refuse(f"has a part {info.filename!r} that unpacks more than {STEEPEST}-fold")

    @property
    def names(self) -> list[str]:
        """Names of all parts, as written in the zip; never a path to write to."""
        return list(self._infos)

    def read(self, name: str) -> bytes:
        """The bytes of one part; refused where there is none."""
        info = self._infos.get(name)
        if info is None:
            self.refuse(f"has no part {name!r}")
        try:
            with self._zip.open(info) as part:
                # The size in the directory can lie, so no more than it says is ever unpacked.
                content = part.read(info.file_size + 1)
        except ZIP_FAULTS as fault:
            self.refuse(f"has a part {name!r} that cannot be unpacked: {fault}")
        if len(content) != info.file_size:
            self.refuse(f"has a part {name!r} that is not of the size that it says")
        return content

    def close(self) -> None:
        """Let go of the file."""
        self._zip.close()

    def __enter__(self) -> Archive:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def refuse(self, message: str) -> NoReturn:
        """Raise the error that this archive was opened with."""
        self._zip.close()
        raise self._error(message, where=str(self._path), hint=self._hint)
