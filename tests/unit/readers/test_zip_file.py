"""Zips from elsewhere: what broken ones raise, and how little of a large one is read."""

from __future__ import annotations

import gzip
import io
import tracemalloc
import zipfile
from pathlib import Path

import pytest
from tests.contracts.files import docx, paragraph

from cothemes.adapters import file_contents
from cothemes.adapters.readers.archive import Archive
from cothemes.adapters.readers.format import Opening
from cothemes.adapters.readers.registry import is_readable, reader_for
from cothemes.errors import ExchangeError, FileUnreadable

METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)


def damaged(method: int) -> bytes:
    """A Word document whose parts are packed so, and broken in the middle of each."""
    buffer = io.BytesIO()
    source = io.BytesIO(docx(paragraph("We met. " * 50)))
    with zipfile.ZipFile(source) as whole, zipfile.ZipFile(buffer, "w", method) as packed:
        for name in whole.namelist():
            packed.writestr(name, whole.read(name))
        infos = packed.infolist()
    data = bytearray(buffer.getvalue())
    for info in infos:
        start = info.header_offset + 30 + len(info.filename)
        data[start + 9 : start + info.compress_size] = b"\xff" * (info.compress_size - 9)
    return bytes(data)


@pytest.mark.parametrize("method", METHODS)
def test_damaged_parts_are_refused_however_they_are_packed(tmp_path: Path, method: int) -> None:
    path = tmp_path / "a.docx"
    path.write_bytes(damaged(method))
    with pytest.raises(FileUnreadable):
        reader_for(path).read(path)
    with Archive(path, error=ExchangeError, hint="") as archive, pytest.raises(ExchangeError):
        archive.read("word/document.xml")
    with pytest.raises(file_contents.ContentUnreadable):
        list(file_contents.contents(path))


def test_a_large_zip_in_a_folder_is_not_read_into_memory(tmp_path: Path) -> None:
    path = tmp_path / "backup.zip"
    with path.open("wb") as file:
        file.write(b"PK\x03\x04")
        file.truncate(2 * 1024**3)
    tracemalloc.start()
    try:
        assert Opening(path).parts == frozenset()
        assert not is_readable(path)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 10_000_000


def test_a_long_directory_is_refused_before_its_parts_are_listed(tmp_path: Path) -> None:
    path = tmp_path / "a.qdpx"
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(1_200):
            archive.writestr(f"{number}{'x' * 4_000}", b"")
    with pytest.raises(ExchangeError) as raised:
        Archive(path, error=ExchangeError, hint="")
    assert "4 MB" in raised.value.message
    assert Opening(path).parts == frozenset()


def test_a_gzip_that_unpacks_beyond_the_bound_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "log.gz"
    path.write_bytes(gzip.compress(b"word " * 100))
    assert [content.text for content in file_contents.contents(path)] == ["word " * 100]
    monkeypatch.setattr(file_contents, "LARGEST", 499)
    with pytest.raises(file_contents.ContentUnreadable):
        list(file_contents.contents(path))
