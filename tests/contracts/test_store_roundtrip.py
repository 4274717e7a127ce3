"""Any record that can be made comes back equal: emoji, combining marks, bidi and control characters."""

from __future__ import annotations

from datetime import UTC
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cothemes.adapters.sql.store import SqlStore
from cothemes.errors import InputError
from cothemes.records.document import Block, BlockKind, Document, Kind, OffsetMap, Role
from cothemes.records.passage import Passage, Sentence
from cothemes.records.review import Action, Arm, Decision, Reviewer
from cothemes.records.run import Call, CallState, Run, RunState
from cothemes.records.suggestion import Evidence, Outcome, OutcomeState, QuoteStatus, Suggestion, Verdict

HARD = (
    "👩‍👩‍👧",
    "é",
    "e\u0301",
    "\u202eabc",
    "𝔘𐍈",
    "\u200b",
    "\x00",
    "a\r\nb",
    "ﬁ",
    "",
    "'; DROP TABLE runs; --",
)
text = st.one_of(st.sampled_from(HARD), st.text(st.characters(exclude_categories=["Cs"]), max_size=20))
number = st.integers(0, 2**31 - 1)
real = st.floats(allow_nan=False, allow_infinity=False)
moment = st.datetimes(timezones=st.just(UTC))
attributes = st.dictionaries(text, st.lists(text, max_size=2).map(tuple), max_size=2)
json_value = st.recursive(
    st.none() | st.booleans() | st.integers() | real | text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(text, inner, max_size=3),
    max_leaves=6,
)

blocks = st.builds(
    Block,
    start=number,
    end=number,
    kind=st.sampled_from(BlockKind),
    speaker=text,
    role=st.sampled_from(Role),
    time=text,
    headings=st.lists(text, max_size=2).map(tuple),
    label=text,
)
documents = st.builds(
    Document,
    slug=st.just("d"),
    version=st.just("v"),
    kind=st.sampled_from(Kind),
    title=text,
    text=text,
    blocks=st.lists(blocks, max_size=3).map(tuple),
    source_name=text,
    source_hash=text,
    reader=text,
    offsets=st.builds(
        OffsetMap, unit=text, points=st.lists(st.tuples(number, number), max_size=3).map(tuple)
    ),
    metadata=st.dictionaries(text, text, max_size=3),
    synthetic=st.booleans(),
    notes=st.lists(text, max_size=2).map(tuple),
)
passages = st.builds(
    Passage,
    id=st.just("d.0001"),
    document=st.just("d"),
    version=st.just("v"),
    segmentation=text,
    start=number,
    end=number,
    text=text,
    kind=st.sampled_from(BlockKind),
    speaker=text,
    role=st.sampled_from(Role),
    headings=st.lists(text, max_size=2).map(tuple),
    time=text,
    sentences=st.lists(st.builds(Sentence, id=text, start=number, end=number), max_size=3).map(tuple),
    position=number,
)
runs = st.builds(
    Run,
    id=st.just("r"),
    coder=text,
    rater=text,
    configuration=text,
    codebook_hash=text,
    codebook_version=text,
    model=text,
    prompt=text,
    started=moment,
    finished=st.none() | moment,
    state=st.sampled_from(RunState),
    details=st.dictionaries(text, json_value, max_size=3),
)
outcomes = st.builds(
    Outcome,
    run=st.just("r"),
    passage=st.just("d.0001"),
    state=st.sampled_from(OutcomeState),
    detail=text,
    call=st.none() | text,
    scores=st.dictionaries(text, real, max_size=3),
    flags=st.lists(text, max_size=2).map(tuple),
)
evidence = st.builds(Evidence, start=number, end=number, status=st.sampled_from(QuoteStatus))
suggestions = st.builds(
    Suggestion,
    id=text,
    run=st.just("r"),
    rater=text,
    passage=st.just("d.0001"),
    code=text,
    verdict=st.sampled_from(Verdict),
    evidence=st.lists(evidence, max_size=2).map(tuple),
    quote_status=st.none() | st.sampled_from(QuoteStatus),
    reason=text,
    attributes=attributes,
    confidence=st.none() | real,
    score=st.none() | real,
)
decisions = st.builds(
    Decision,
    id=text,
    at=moment,
    reviewer=st.just("Zoë 🙂"),
    passage=st.just("d.0001"),
    round=text,
    arm=st.sampled_from(Arm),
    action=st.sampled_from(Action),
    code=st.none() | text,
    code_hash=st.none() | text,
    codebook_hash=text,
    attributes=attributes,
    start=st.none() | number,
    end=st.none() | number,
    further=st.lists(st.tuples(number, number), max_size=2).map(tuple),
    note=text,
    suggestion=st.none() | text,
    shown=st.lists(text, max_size=3).map(tuple),
    implicit=st.booleans(),
    undoes=st.none() | text,
)
calls = st.builds(
    Call,
    key=text,
    run=text,
    passage=text,
    stage=text,
    repeat=number,
    endpoint=text,
    request=text,
    state=st.sampled_from(CallState),
    reply=st.none() | text,
    error=text,
    model=text,
    input_tokens=st.none() | number,
    output_tokens=st.none() | number,
    intended_at=moment,
    replied_at=st.none() | moment,
    attempts=number,
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("stores")


@settings(max_examples=40, deadline=None)
@given(
    document=documents,
    passage=passages,
    run=runs,
    outcome=outcomes,
    suggestion=suggestions,
    decision=decisions,
    call=calls,
)
def test_every_record_comes_back_equal(
    folder: Path,
    document: Document,
    passage: Passage,
    run: Run,
    outcome: Outcome,
    suggestion: Suggestion,
    decision: Decision,
    call: Call,
) -> None:
    path = folder / f"{len(list(folder.iterdir()))}.sqlite"
    with SqlStore.open(path) as store:
        store.documents.add(document)
        store.passages.replace("d", [passage])
        store.runs.put(run)
        store.runs.record([outcome], [suggestion])
        store.reviews.add_reviewer(Reviewer(name=decision.reviewer, added=run.started))
        store.reviews.append([decision])
        store.ledger.write([call])
        store.meta.set(call.key, call.request)
        store.codebooks.put(call.key, call.request)
    with SqlStore.open(path) as store:
        assert store.documents.get("d") == document
        assert store.passages.of("d") == [passage]
        assert store.runs.get("r") == run
        assert store.runs.outcomes("r") == [outcome]
        assert store.runs.suggestions() == [suggestion]
        assert store.reviews.decisions() == [decision]
        found = store.ledger.look(call.key)
        assert found is not None
        assert found.model_copy(update={"owner": call.owner}) == call
        assert store.meta.get(call.key) == call.request
        assert store.codebooks.get(call.key) == call.request


@given(
    vectors=st.lists(
        st.lists(st.floats(width=32, allow_nan=False), min_size=3, max_size=3), min_size=1, max_size=8
    )
)
@settings(max_examples=25, deadline=None)
def test_every_vector_comes_back_to_the_bit(folder: Path, vectors: list[list[float]]) -> None:
    matrix = np.array(vectors, dtype=np.float32)
    hashes = [str(n) for n in range(len(vectors))]
    with SqlStore.open(folder / f"{len(list(folder.iterdir()))}v.sqlite") as store:
        store.embeddings.add("m", hashes, matrix)
        assert store.embeddings.matrix("m", hashes).tobytes() == matrix.tobytes()


def test_half_a_character_in_a_text_is_refused_in_words(tmp_path: Path) -> None:
    with SqlStore.open(tmp_path / "records.sqlite") as store:
        with pytest.raises(InputError, match=r"half a character \(U\+D83D\)"):
            store.documents.add(Document(slug="d", version="v", kind=Kind.POLICY, text="a\ud83d"))
        assert store.documents.all() == []


def test_a_number_that_no_column_holds_is_refused_in_words(tmp_path: Path) -> None:
    with SqlStore.open(tmp_path / "records.sqlite") as store:
        store.documents.add(Document(slug="d", version="v", kind=Kind.POLICY, text="a"))
        huge = Passage(
            id="d.1", document="d", version="v", segmentation="s", start=0, end=2**63, text="a",
            kind=BlockKind.TURN, position=0,
        )  # fmt: skip
        with pytest.raises(InputError, match="too large"):
            store.passages.replace("d", [huge])
