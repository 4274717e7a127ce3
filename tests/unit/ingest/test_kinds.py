"""What makes the kind of a document certain: someone names it, or voices are recognised; nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.ingest.reading import Desk

from cothemes.adapters.readers.registry import SUFFIXES, reader_for
from cothemes.errors import FileUnreadable
from cothemes.records.document import Document, Kind
from cothemes.stages.deidentify.consent import may_leave
from cothemes.stages.ingest.document import KIND_NOT_KNOWN, document_from
from cothemes.stages.ingest.metadata import kind_in

NAME_ABOVE = "Jane Roe\nWhat helped the group?\n\nTom Lark\nWe trusted each other.\n\n" * 3
"""A form that no rule may know: the name alone on a line."""
QUESTION_ANSWER = "Q.  What helped the group?\n\nA.  We trusted each other from the start.\n\n" * 3
TIMES_APART = "00:01\nSpeaker 1\nWhat helped?\n\n00:09\nSpeaker 2\nWe trusted each other.\n\n" * 3
PROSE = "Boards set money aside for this work each year. They publish what became of it.\n"
PLAN = f"# The plan\n\n## Money\n\n{PROSE}\n## People\n\n1. They listen.\n2. They come back.\n"
TALK = "Interviewer: What helped?\n\nP1: We trusted each other.\n\n" * 3
SLOW = frozenset(("deep_tables400.docx", "blank_lines_500k.txt", "csv_cell_over_131072.csv"))


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@pytest.mark.parametrize(
    "text",
    [NAME_ABOVE, QUESTION_ANSWER, TIMES_APART, PROSE, PLAN],
    ids=("name", "qa", "time", "prose", "plan"),
)
@pytest.mark.parametrize("name", ["a.txt", "a.md"])
def test_no_text_is_a_published_one_by_guess(desk: Desk, name: str, text: str) -> None:
    document = desk.read(name, text)
    assert document.kind in (Kind.UNKNOWN, Kind.INTERVIEW)
    assert not document.kind_given
    assert may_leave(document) is not None


def test_prose_and_a_plan_with_headings_are_of_unknown_kind_and_say_so(desk: Desk) -> None:
    for text in (PROSE, PLAN):
        document = desk.read("plan.md", text)
        assert document.kind is Kind.UNKNOWN
        assert KIND_NOT_KNOWN in document.notes


def test_voices_make_an_interview(desk: Desk) -> None:
    document = desk.read("talk.txt", TALK)
    assert (document.kind, document.kind_given) == (Kind.INTERVIEW, False)
    assert KIND_NOT_KNOWN not in document.notes


@pytest.mark.parametrize("kind", list(Kind))
def test_a_kind_that_is_named_is_given(desk: Desk, kind: Kind) -> None:
    for document in (
        desk.read("a.md", PLAN, kind=kind),
        desk.read("a.md", PLAN, metadata={"kind": kind.value.upper()}),
        desk.read("a.md", f"---\nkind: {kind.value}\n---\n{PLAN}"),
    ):
        assert (document.kind, document.kind_given) == (kind, True)
        assert KIND_NOT_KNOWN not in document.notes


def test_a_transcript_named_unknown_is_read_in_paragraphs(desk: Desk) -> None:
    document = desk.read("talk.txt", TALK, kind=Kind.UNKNOWN)
    assert document.kind is Kind.UNKNOWN
    assert {block.kind.value for block in document.blocks} == {"paragraph"}


def test_a_word_that_is_no_kind_settles_nothing_and_is_told(desk: Desk) -> None:
    document = desk.read("a.md", f"---\nkind: policy\n---\n{PLAN}", metadata={"kind": "policies"})
    assert (document.kind, document.kind_given) == (Kind.UNKNOWN, False)
    assert any("“policies”" in note for note in document.notes)
    assert kind_in({"kind": "policies"}, {"kind": "policy"}) is None
    assert kind_in({"kind": " "}, {"kind": "policy"}) is Kind.POLICY


def test_text_and_blocks_are_the_same_as_a_policy_as_a_review_and_as_unknown(desk: Desk) -> None:
    read = [desk.read("a.md", PLAN, kind=kind) for kind in (None, Kind.POLICY, Kind.REVIEW, Kind.UNKNOWN)]
    assert len({document.version for document in read}) == 1
    assert len({document.blocks for document in read}) == 1


@pytest.fixture(scope="module")
def cases(shared: Path) -> dict[str, list[Document]]:
    """Small inputs of many conventions, by the file's name; what no reader takes is left out."""
    found = {}
    for path in sorted((shared / "cases" / "ingest").iterdir()):
        if path.suffix.lower() in SUFFIXES and path.name not in SLOW and path.name != "EXPECTED.md":
            try:
                found[path.name] = [document_from(source) for source in reader_for(path).read(path)]
            except FileUnreadable:
                continue
    return found


@pytest.mark.shared
def test_no_case_is_a_published_text_by_guess(cases: dict[str, list[Document]]) -> None:
    assert len(cases) > 30
    for name, documents in cases.items():
        for document in documents:
            assert document.kind not in (Kind.POLICY, Kind.REVIEW), name
            assert may_leave(document) is not None, name


@pytest.mark.shared
def test_what_is_called_a_policy_keeps_its_text_and_cut(
    shared: Path, cases: dict[str, list[Document]]
) -> None:
    unknown = [name for name, documents in cases.items() if documents[0].kind is Kind.UNKNOWN]
    assert unknown
    for name in unknown:
        path = shared / "cases" / "ingest" / name
        (source,) = reader_for(path).read(path)
        settled = document_from(source, kind=Kind.POLICY)
        assert (settled.version, settled.blocks) == (cases[name][0].version, cases[name][0].blocks)


@pytest.mark.shared
def test_all_podcasts_are_interviews_by_their_voices(shared: Path) -> None:
    paths = sorted((shared / "data" / "iriss-transcripts").glob("*.md"))[:30]
    for path in paths:
        (source,) = reader_for(path).read(path)
        assert document_from(source).kind is Kind.INTERVIEW, path.name
