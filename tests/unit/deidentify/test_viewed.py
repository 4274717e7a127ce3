"""Documents and passages in a view, and suggestions carried back to the source."""

from __future__ import annotations

import pytest
from tests.unit.deidentify.talks import searched, talk

from cothemes.records.document import Document, Kind
from cothemes.records.passage import Passage
from cothemes.records.suggestion import Evidence, Suggestion, Verdict
from cothemes.settings import SegmentSettings
from cothemes.stages.deidentify.consent import Consent, consent_of, may_leave
from cothemes.stages.deidentify.run import Cloak
from cothemes.stages.deidentify.traces import traces_of
from cothemes.stages.deidentify.view import view
from cothemes.stages.deidentify.viewed import ViewedDocument
from cothemes.stages.segment.run import segment

TEXT = "I am Kirsten Munro. 😀 We trusted Dr. K. Munro from the start.\nAnn Bell rang me. Call 0131 496 0018."


def made() -> tuple[ViewedDocument, Document, list[Passage]]:
    document = talk(TEXT, "Kirsten Munro", "Ann Bell", participant="Kirsten Munro")
    (result,), entries = searched(document)
    passages = list(segment(document, SegmentSettings(minimum_words=1), 1))
    return ViewedDocument(document, result.view, Cloak("talk", entries.entries)), document, passages


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
    ("said", "kind", "consent", "leaves"),
    [
        ("yes", Kind.INTERVIEW, Consent.YES, True),
        (" YES ", Kind.SURVEY, Consent.YES, True),
        ("no", Kind.INTERVIEW, Consent.NO, False),
        ("no", Kind.POLICY, Consent.NO, False),
        ("", Kind.INTERVIEW, Consent.NOT_SAID, False),
        ("", Kind.POLICY, Consent.NOT_SAID, True),
        ("perhaps", Kind.POLICY, Consent.UNCLEAR, False),
    ],
)
def test_consent(said: str, kind: Kind, consent: Consent, leaves: bool) -> None:
    document = talk("text", kind=kind, consent_remote=said)
    assert consent_of(document) is consent
    assert (may_leave(document) is None) is leaves


def test_traces_are_long_plain_and_stand_in_no_other_text() -> None:
    shared = "Thank you very much for taking part today."
    own = f'{shared} "Quoted words" and then the canary sang in the old mine.'
    (trace,) = traces_of([own, "short"], [f"x {shared} y"])
    assert trace in own
    assert '"' not in trace
    assert len(trace) >= 24
    assert traces_of([shared], [shared]) == []
    assert traces_of(["Ünïcödé wörds gö ön änd ön änd ön"], []) == ["Ünïcödé wörds gö ön änd ön änd ön"]
