"""What it takes to read a file, by format, beside a library that only reads the same file.

`python -m eval.bench formats many-files` runs both parts. Each side is a process of its own, which reads
FILES copies; its clock begins after the libraries are loaded. Ours reads and understands the file: speakers,
turns and places.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

from cothemes.adapters.readers.registry import reader_for
from cothemes.stages.ingest.document import document_from
from eval.bench.figure import Figure, Spent, spend
from eval.bench.format_files import WRITERS, conversation

FILES = 10
MANY = 5_000
LONG = 9_000_000
"""Characters of a long transcript."""


def measure() -> list[Figure]:
    """Return files a second, words a second and memory of each format."""
    figures = []
    with tempfile.TemporaryDirectory() as scratch:
        for ending, write in WRITERS.items():
            folder = Path(scratch) / ending
            folder.mkdir()
            content = write(conversation())
            for number in range(FILES):
                path = folder / f"{number}.{ending}"
                path.write_bytes(content.encode() if isinstance(content, str) else content)
            yardstick = YARDSTICKS[ending]
            ours = _run("ours", folder)
            theirs = _run("theirs", folder) if find_spec(yardstick.needs) else None
            figures.append(
                Figure(
                    f"{ending}, {len(content) / 1000:.0f} KB, {ours.words // FILES:,} words",
                    str(ours),
                    f"{yardstick.name} {theirs}" if theirs else f"{yardstick.name} is not installed",
                    ours.seconds / theirs.seconds if theirs else None,
                    "",
                )
            )
    return figures


def ingested_many() -> list[Figure]:
    """Return what an ingest of thousands of small files takes, and of half as many, and of one long file."""
    with tempfile.TemporaryDirectory() as scratch:
        base = Path(scratch)
        spent = {}
        for count in (MANY // 2, MANY):
            folder = base / f"{count}"
            folder.mkdir()
            for number in range(count):
                lines = (f"{speaker}: {words}\n" for speaker, words in conversation(8, 20, number))
                (folder / f"talk-{number:04d}.txt").write_text("".join(lines))
            spent[count] = _ingested(base / f"study-{count}", folder)
        long = base / "long.txt"
        turns = LONG // 210
        long.write_text("".join(f"{speaker}: {words}\n" for speaker, words in conversation(turns)))
        one = _ingested(base / "study-long", long)
    half, whole = spent[MANY // 2], spent[MANY]
    return [
        Figure(
            f"ingest of {MANY:,} small transcripts",
            f"{whole.wall:.1f} s ({whole.cpu:.1f} s CPU), {whole.peak:.0f} MB",
            f"{MANY // 2:,} of them {half.wall:.1f} s ({half.cpu:.1f} s CPU)",
            whole.cpu / half.cpu,
            "≤ 30 s, ratio about 2",
        ),
        Figure(
            f"ingest of one transcript of {LONG / 1e6:.0f} million characters",
            f"{one.wall:.1f} s ({one.cpu:.1f} s CPU), {one.peak:.0f} MB",
            "",
            None,
            "≤ 10 s, ≤ 300 MB",
        ),
    ]


def _ingested(study: Path, files: Path) -> Spent:
    spend(["-m", "cothemes", "init", str(study)])
    return spend(["-m", "cothemes", "-C", str(study), "ingest", str(files)])


class _Taken(NamedTuple):
    seconds: float
    """Of CPU, those of its own processes included."""
    words: int
    peak: float
    """MB."""

    def __str__(self) -> str:
        files, words = FILES / self.seconds, self.words / self.seconds
        return f"{files:,.1f} files/s, {words:,.0f} words/s, {self.peak:.0f} MB"


def _run(side: str, folder: Path) -> _Taken:
    spent = spend(["-m", "eval.bench.formats", side, str(folder)])
    seconds, words = spent.output.split()[-2:]
    return _Taken(float(seconds), int(words), spent.peak)


class _Yardstick(NamedTuple):
    name: str
    words: Callable[[Path], int]
    """Reads a file and counts its words."""
    needs: str = "json"
    """Module without which it cannot run; cothemes itself needs neither odfdo nor striprtf."""


def _plain(path: Path) -> int:
    return len(path.read_text().split())


def _docx(path: Path) -> int:
    import docx

    return sum(len(paragraph.text.split()) for paragraph in docx.Document(str(path)).paragraphs)


def _odt(path: Path) -> int:
    document = import_module("odfdo").Document(str(path))
    return len(str(document.get_formatted_text()).split())


def _rtf(path: Path) -> int:
    return len(import_module("striprtf.striprtf").rtf_to_text(path.read_text()).split())


def _html(path: Path) -> int:
    import lxml.html

    return len(lxml.html.fromstring(path.read_bytes()).text_content().split())


def _epub(path: Path) -> int:
    import lxml.html

    with zipfile.ZipFile(path) as archive:
        chapters = [archive.read(name) for name in archive.namelist() if name.endswith(".xhtml")]
    return sum(len(lxml.html.fromstring(chapter).text_content().split()) for chapter in chapters)


def _pdf(path: Path) -> int:
    from pypdf import PdfReader

    return sum(len(page.extract_text().split()) for page in PdfReader(path).pages)


def _csv(path: Path) -> int:
    import csv

    with path.open(newline="") as file:
        return sum(len(cell.split()) for row in csv.reader(file) for cell in row)


def _xlsx(path: Path) -> int:
    from openpyxl import load_workbook

    book: Any = load_workbook(path, read_only=True)
    return sum(len(str(cell).split()) for row in book.active.iter_rows(values_only=True) for cell in row)


def _json(path: Path) -> int:
    import json

    return sum(len(segment["text"].split()) for segment in json.loads(path.read_text())["segments"])


YARDSTICKS: dict[str, _Yardstick] = {
    "txt": _Yardstick("read and split", _plain),
    "docx": _Yardstick("python-docx", _docx),
    "odt": _Yardstick("odfdo", _odt, "odfdo"),
    "rtf": _Yardstick("striprtf", _rtf, "striprtf"),
    "html": _Yardstick("lxml", _html),
    "epub": _Yardstick("zipfile and lxml", _epub),
    "pdf": _Yardstick("pypdf", _pdf),
    "csv": _Yardstick("csv", _csv),
    "xlsx": _Yardstick("openpyxl", _xlsx),
    "vtt": _Yardstick("read and split", _plain),
    "srt": _Yardstick("read and split", _plain),
    "json": _Yardstick("json", _json),
}


def _ours(path: Path) -> int:
    return sum(len(document_from(source).text.split()) for source in reader_for(path).read(path))


def _cpu() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def main(side: str, folder: str) -> None:
    """Read every file of a folder, and print the seconds of CPU and the words."""
    paths = sorted(Path(folder).iterdir())
    count = _ours if side == "ours" else YARDSTICKS[paths[0].suffix[1:]].words
    # The first file loads what is loaded once.
    count(paths[0])
    start = _cpu()
    words = sum(count(path) for path in paths)
    print(_cpu() - start, words)


if __name__ == "__main__":
    main(*sys.argv[1:])
