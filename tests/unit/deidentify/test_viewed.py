"""Documents and passages in a view, and suggestions carried back to the source."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.deidentify.talks import searched, talk

from cothemes.records.document import Document, Kind
from cothemes.records.passage import Passage
from cothemes.records.suggestion import Evidence, Suggestion, Verdict
from cothemes.settings import SegmentSettings
from cothemes.stages.deidentify.consent import Consent, consent_of, may_leave
from cothemes.stages.deidentify.search import Cloak
from cothemes.stages.deidentify.traces import Traces
from cothemes.stages.deidentify.view import view
from cothemes.stages.deidentify.viewed import ViewedDocument
from cothemes.stages.propose.grounding import Target
from cothemes.stages.segment.passages import segment

TEXT = "I am Kirsten Munro. 😀 We trusted Dr. K. Munro from the start.\nAnn Bell rang me. Call 0131 496 0018."


def made() -> tuple[ViewedDocument, Document, list[Passage]]:
    document = talk(TEXT, "Kirsten Munro", "Ann Bell", participant="Kirsten Munro")
    (result,), entries = searched(document)
    passages = list(segment(document, SegmentSettings(minimum_words=1), 1))
    return ViewedDocument(document, result.view, Cloak(entries.entries)), document, passages


def suggested(passage: Passage, *spans: tuple[int, int]) -> Suggestion:
    return Suggestion(
        id="s", run="r", rater="m", passage=passage.id, code="A1", verdict=Verdict.YES,
        evidence=tuple(Evidence(start=a, end=b) for a, b in spans),
    )  # fmt: skip


def test_a_viewed_document_holds_no_original() -> None:
    viewed, _, passages = made()
    shown = viewed.document.model_dump_json() + "".join(viewed.passage(p).model_dump_json() for p in passages)
    for original in ("Kirsten", "Munro", "Ann", "Bell", "0018"):
        assert original not in shown
    assert {block.speaker for block in viewed.document.blocks} == {"[SPEAKER_1]", "[SPEAKER_2]"}


def test_passages_and_sentences_lie_in_the_viewed_text() -> None:
    viewed, document, passages = made()
    for passage in passages:
        seen = viewed.passage(passage)
        assert viewed.document.text[seen.start : seen.end] == seen.text
        assert (seen.id, seen.version, seen.words) == (passage.id, document.version, len(seen.text.split()))
        at = seen.start
        for sentence in seen.sentences:
            assert at <= sentence.start < sentence.end <= seen.end
            at = sentence.end


def test_a_quote_with_a_pseudonym_comes_back_as_the_original() -> None:
    viewed, document, passages = made()
    seen = viewed.passage(passages[0])
    quote = "😀 We trusted Dr. [PERSON_1] from"
    start = viewed.document.text.index(quote)
    back = viewed.suggestion(suggested(seen, (start, start + len(quote))), passages[0])
    (evidence,) = back.evidence
    assert document.text[evidence.start : evidence.end] == "😀 We trusted Dr. K. Munro from"


@given(st.data())
def test_a_quote_that_is_grounded_in_the_view_stands_in_the_source(data: st.DataObject) -> None:
    """As a model's reply goes: a quote of the view, held against the view, carried back to offsets."""
    viewed, document, passages = made()
    passage = data.draw(st.sampled_from(passages))
    seen = viewed.passage(passage)
    words = seen.text.split(" ")
    first = data.draw(st.integers(0, len(words) - 1))
    last = data.draw(st.integers(first + 1, len(words)))
    grounded = Target(viewed.document.text, seen).ground(" ".join(words[first:last]))
    back = viewed.evidence(grounded.evidence, passage)
    assert len(back) == len(grounded.evidence)
    for there, here in zip(grounded.evidence, back, strict=True):
        assert passage.start <= here.start < here.end <= passage.end
        again = made()[0]._view.view_span(here.start, here.end)
        assert again[0] <= there.start
        assert there.end <= again[1]
        cloaked = viewed.document.text[there.start : there.end]
        if "[" not in cloaked:
            assert document.text[here.start : here.end] == cloaked


def test_evidence_stays_inside_its_passage() -> None:
    document = talk("one Ann\nBell two", "Interviewer")
    seen = ViewedDocument(document, view(document.text, [(4, 12, "[PERSON_1]")]), lambda words: words)
    first = Passage(
        id="talk.0001", document="talk", version=document.version, segmentation="s", start=0, end=7,
        text="one Ann", kind=document.blocks[0].kind, position=0,
    )  # fmt: skip
    assert seen.passage(first).text == "one [PERSON_1]"
    back = seen.suggestion(suggested(first, (0, 14)), first)
    assert back.evidence == (Evidence(start=0, end=7),)
    blocks = [(b.start, b.end) for b in seen.document.blocks]
    assert blocks == [(0, 14), (14, 18)]


def test_a_view_of_another_text_is_refused() -> None:
    with pytest.raises(ValueError, match="another text"):
        ViewedDocument(talk("a"), view("b", []), str)


@pytest.mark.parametrize(
    ("said", "kind", "given", "consent", "leaves"),
    [
        ("yes", Kind.INTERVIEW, False, Consent.YES, True),
        (" YES ", Kind.SURVEY, False, Consent.YES, True),
        ("no", Kind.INTERVIEW, True, Consent.NO, False),
        ("no", Kind.POLICY, True, Consent.NO, False),
        ("", Kind.INTERVIEW, True, Consent.NOT_SAID, False),
        ("", Kind.SURVEY, True, Consent.NOT_SAID, False),
        ("", Kind.POLICY, True, Consent.NOT_SAID, True),
        ("", Kind.REVIEW, True, Consent.NOT_SAID, True),
        ("perhaps", Kind.POLICY, True, Consent.UNCLEAR, False),
        # What nobody named is no published text, however the record came about.
        ("", Kind.POLICY, False, Consent.NOT_SAID, False),
        ("yes", Kind.REVIEW, False, Consent.YES, False),
        ("", Kind.UNKNOWN, True, Consent.NOT_SAID, False),
        ("yes", Kind.UNKNOWN, False, Consent.YES, False),
    ],
)
def test_consent(said: str, kind: Kind, given: bool, consent: Consent, leaves: bool) -> None:
    document = talk("text", kind=kind, consent_remote=said).model_copy(update={"kind_given": given})
    assert consent_of(document) is consent
    assert (may_leave(document) is None) is leaves


def test_traces_know_a_copy_in_text_and_in_json() -> None:
    shared = "Thank you very much for taking part in the study today."
    own = (
        f'{shared} "Quoted words" and then the canary sang in the old mine, while the böats were away at sea.'
    )
    traces = Traces([own], [f"x {shared} y"])
    part = "and then the canary sang in the old mine, while the böats were away at sea"
    for copied in (
        own,
        f"He said {part}, I think.",
        json.dumps(part),
        json.dumps(json.dumps([own]), ensure_ascii=False),
    ):
        assert traces.quoted_in(copied.encode()), copied
    for other in (
        shared,
        "the canary sang",
        "-" * 200,
        "nothing of it at all, but some words as long as it is",
    ):
        assert not traces.quoted_in(other.encode()), other
    assert not Traces([shared], [shared])
    assert not Traces(["short", "00:00:01 --> 00:00:02 -- 00:00:03 --> 00:00:04"])


@given(
    st.text(st.characters(min_codepoint=97, max_codepoint=122), min_size=63, max_size=120), st.integers(0, 64)
)
def test_a_copy_of_two_windows_is_found_wherever_it_begins(copied: str, before: int) -> None:
    assert Traces([copied]).quoted_in(b"." * before + copied.encode())
