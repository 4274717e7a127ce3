"""One conversation in each format has the same turns, whoever wrote the file."""

from __future__ import annotations

from pathlib import Path

import pytest
from eval.bench.format_files import WRITERS, conversation
from eval.bench.formats import YARDSTICKS

from cothemes.adapters.readers.registry import reader_for
from cothemes.stages.ingest.document import document_from


@pytest.mark.parametrize("ending", WRITERS)
def test_the_turns_are_those_of_the_conversation(tmp_path: Path, ending: str) -> None:
    turns = conversation(turns=60, words=25)
    content = WRITERS[ending](turns)
    path = tmp_path / f"talk.{ending}"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    document = document_from(reader_for(path).read(path)[0])
    assert [(b.speaker, document.text[b.start : b.end]) for b in document.blocks] == turns


def test_each_format_is_measured_beside_something() -> None:
    assert YARDSTICKS.keys() == WRITERS.keys()
