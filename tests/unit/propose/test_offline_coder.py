"""The offline coder: what resembles a code is suggested, with the sentence that carries it and a reason."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.doubles.embedder import HashedBagEmbedder
from tests.doubles.vectors import MemoryEmbeddings

from cothemes.records.codebook import Code, Codebook, Example, NearMiss
from cothemes.records.document import BlockKind, Role
from cothemes.records.passage import Passage, Sentence
from cothemes.records.suggestion import OutcomeState, QuoteStatus
from cothemes.stages.propose.offline.coder import OfflineCoder
from cothemes.stages.propose.offline.evidence import reason_for
from cothemes.stages.propose.offline.offline_coder import propose_offline
from cothemes.stages.propose.offline.reviewed import PASSED_OVER, Reviewed, label_matrix, weight_matrix
from cothemes.stages.propose.offline.wording import FEWEST, wordings_of

CODEBOOK = Codebook(
    id="bus-study",
    codes=(
        Code(
            id="late",
            label="Late bus",
            definition="The bus came late or did not come at all.",
            examples=(Example(text="The bus was forty minutes late again."),),
            near_misses=(NearMiss(text="The meeting started late because of traffic.", code="none"),),
        ),
        Code(
            id="driver",
            label="Kind driver",
            definition="The driver was kind, patient or helpful.",
            include_when=("The driver helps a passenger with a pram.",),
            brief="Kindness of drivers.",
        ),
        Code(id="fare", label="Fare", definition="The price of a ticket is named or judged."),
    ),
)


def passage(
    text: str, *, at: int = 0, number: int = 0, role: Role = Role.PARTICIPANT, document: str = "d1"
) -> Passage:
    sentences, start = [], 0
    for part in text.split(". "):
        end = start + len(part)
        sentences.append(Sentence(id=f"s{len(sentences) + 1}", start=at + start, end=at + end))
        start = end + 2
    return Passage(
        id=f"{document}.{number:04d}",
        document=document,
        version="v",
        segmentation="s",
        start=at,
        end=at + len(text),
        text=text,
        kind=BlockKind.TURN,
        role=role,
        sentences=tuple(sentences),
        position=number,
    )


LATE = passage(
    "I went to town on Friday. The bus came late and then did not come at all. So I walked", at=500
)
KIND = passage("Well you know. The driver was so kind and helpful", number=1)
NEITHER = passage("My sister has a garden with apples and a small dog", number=2)


def coder() -> OfflineCoder:
    return OfflineCoder(CODEBOOK, HashedBagEmbedder())


def test_what_resembles_a_code_is_suggested_with_the_sentence_that_carries_it() -> None:
    (outcome, suggestions), (_, kind) = coder().propose([LATE, KIND], "r1")
    assert outcome.state is OutcomeState.CODED
    assert set(outcome.scores) == {"late", "driver", "fare"}
    assert all(0 <= score <= 1 for score in outcome.scores.values())
    assert [s.code for s in suggestions] == ["late"]
    assert [s.code for s in kind] == ["driver"]
    found = suggestions[0].evidence[0]
    # Offsets are the document's, in which the passage starts at 500.
    assert LATE.text[found.start - 500 : found.end - 500] == "The bus came late and then did not come at all"
    assert found.status is suggestions[0].quote_status is QuoteStatus.EXACT
    assert suggestions[0].reason.startswith("Closest to the definition (")
    assert suggestions[0].score == outcome.scores["late"]
    assert (suggestions[0].rater, suggestions[0].run) == ("offline@0#r1", "r1")


def test_a_passage_like_no_code_gets_none() -> None:
    assert coder().propose([NEITHER], "r1")[0][1] == []


def test_the_reason_names_the_example_it_resembles() -> None:
    like = passage("The bus was forty minutes late again, I tell you")
    reason = coder().propose([like], "r1")[0][1][0].reason
    assert "the codebook's example “The bus was forty minutes late again.” (" in reason


def test_a_copy_of_a_near_miss_is_not_suggested() -> None:
    miss = passage("The meeting started late because of traffic.")
    assert "late" not in {s.code for s in coder().propose([miss], "r1")[0][1]}


def test_turns_that_are_no_participants_are_skipped_and_unknown_ones_flagged() -> None:
    asked = LATE.model_copy(update={"role": Role.INTERVIEWER, "id": "d1.0009"})
    unknown = LATE.model_copy(update={"role": Role.UNKNOWN, "id": "d1.0010"})
    (first, none), (second, some) = coder().propose([asked, unknown], "r1")
    assert (first.state, none) == (OutcomeState.SKIPPED, [])
    assert first.detail
    assert tuple(map(str, second.flags)) == ("unknown_role",)
    assert some


@settings(max_examples=20, deadline=None)
@given(st.permutations([LATE, KIND, NEITHER]))
def test_a_passage_gets_the_same_whichever_others_are_asked_about(order: list[Passage]) -> None:
    alone = {p.id: coder().propose([p], "r1")[0] for p in order}
    for (outcome, suggestions), p in zip(coder().propose(order, "r1"), order, strict=True):
        assert (outcome, suggestions) == alone[p.id]


def test_no_passages_and_passages_of_the_interviewer_alone() -> None:
    assert coder().propose([], "r1") == []
    asked = LATE.model_copy(update={"role": Role.INTERVIEWER})
    assert [o.state for o, _ in coder().propose([asked], "r1")] == [OutcomeState.SKIPPED]


@pytest.mark.parametrize("text", ["", "...", "\u200b", "a", "🙂 " * 50])
def test_texts_without_words_are_coded_with_nothing_or_something_and_never_fail(text: str) -> None:
    bare = passage(text).model_copy(update={"sentences": ()})
    outcome, suggestions = coder().propose([bare], "r1")[0]
    assert outcome.state is OutcomeState.CODED
    assert all(np.isfinite(list(outcome.scores.values())))
    for each in suggestions:
        assert (each.evidence[0].start, each.evidence[0].end) == (bare.start, bare.end)


def test_one_code_alone_still_has_something_to_stand_out_from() -> None:
    small = Codebook(id="small", codes=CODEBOOK.codes[:1])
    assert len(wordings_of(small)) == FEWEST
    alone = OfflineCoder(small, HashedBagEmbedder())
    (_, late), (_, neither) = alone.propose([LATE, NEITHER], "r1")
    assert ([s.code for s in late], neither) == (["late"], [])


def reviewed(count: int) -> list[Reviewed]:
    texts = ["a dog on the seat", "the ticket was dear"]
    return [
        Reviewed(
            passage=passage(f"{texts[n % 2]} today {n}", number=n, document=f"d{n % 6}"),
            labels={"fare": int(n % 2 == 0), "late": 0},
        )
        for n in range(count)
    ]


def test_people_teach_what_the_codebook_does_not_say() -> None:
    taught = coder().fit(reviewed(60))
    assert taught.rater("r2") == "offline@60#r2"
    dog, ticket = passage("a dog on the seat"), passage("the ticket was dear", number=1)
    (_, first), (_, second) = taught.propose([dog, ticket], "r2")
    assert "fare" in {s.code for s in first}
    assert "fare" not in {s.code for s in second}
    assert "30 reviewed passages with this code speak for it" in first[0].reason


def test_a_reason_never_argues_against_its_own_suggestion() -> None:
    code = coder()
    likeness = code.resemblance.likeness([LATE.text], HashedBagEmbedder().embed([LATE.text]))
    wording = code.resemblance.wordings[0]

    def said(count: int, added: float) -> str:
        return reason_for(wording, likeness, 0, 0, (count, added)).partition("; ")[2]

    assert said(1, 0.4) == "1 reviewed passage with this code speaks for it."
    assert said(2, 0.4) == "2 reviewed passages with this code speak for it."
    lowers = "lowers its score, not below the threshold."
    assert said(1, -0.4) == f"what people reviewed (1 passage with this code) {lowers}"
    assert said(2, -0.4) == f"what people reviewed (2 passages with this code) {lowers}"


def test_codes_that_nobody_reviewed_are_as_before() -> None:
    before, after = coder(), coder().fit(reviewed(60))
    driver = after.codes.index("driver")
    units = before.read(before.material([LATE, KIND]))
    assert after.score(units)[:, driver] == pytest.approx(before.score(units)[:, driver])
    assert after.thresholds[driver] == before.thresholds[driver]


def test_labels_are_one_nought_or_not_given() -> None:
    rows = [
        Reviewed(passage=LATE, labels={"late": 1, "gone": 1}),
        Reviewed(passage=KIND, labels={"driver": 0}),
    ]
    matrix = label_matrix(rows, ["late", "driver"])
    assert matrix[0, 0] == 1
    assert matrix[1, 1] == 0
    assert np.isnan([matrix[0, 1], matrix[1, 0]]).all()


def test_what_was_passed_over_is_a_weak_no_and_what_was_said_stands_above_it() -> None:
    seen = Reviewed(passage=LATE, labels={"late": 1}, passed_over=frozenset({"late", "fare", "gone"}))
    assert label_matrix([seen], ["late", "driver", "fare"])[0].tolist() == pytest.approx(
        [1, np.nan, 0], nan_ok=True
    )
    assert weight_matrix([seen], ["late", "driver", "fare"])[0].tolist() == [1, 0, PASSED_OVER]


def test_a_review_with_suggestions_in_view_does_not_make_the_coder_suggest_everything() -> None:
    # Of what nobody offered only what was added is known as said: without the rest, every code applies to
    # everything that was said of it.
    texts = ["a dog on the seat", "the ticket was dear", "it rained all day", "my sister has a garden"]
    seen = [
        Reviewed(
            passage=passage(f"{texts[n % 4]} {n}", number=n, document=f"d{n % 6}"),
            labels={"fare": 1} if n % 4 == 1 else {},
            passed_over=frozenset({"late", "driver"} if n % 4 == 1 else {"late", "driver", "fare"}),
        )
        for n in range(48)
    ]
    taught = coder().fit(seen)
    asked = [passage(f"{text} then", number=at) for at, text in enumerate(texts)]
    given = [[s.code for s in suggestions] for _, suggestions in taught.propose(asked, "r2")]
    assert given == [[], ["fare"], [], []]


def test_a_code_that_nobody_gave_is_not_said_to_be_learnt() -> None:
    seen = [
        Reviewed(passage=passage(f"a dog {n}", number=n, document=f"d{n % 6}"), labels={"fare": 0, "late": 0})
        for n in range(12)
    ]
    taught = coder().fit(seen)
    assert "reviewed" not in taught.propose([LATE], "r2")[0][1][0].reason


def test_the_shell_stores_vectors_and_yields_every_passage_in_order() -> None:
    embedder, store = HashedBagEmbedder(), MemoryEmbeddings()
    passages = [LATE, KIND, NEITHER]
    first = list(propose_offline(passages, CODEBOOK, embedder, store, [], "r1", lambda _name: passages))
    assert [outcome.passage for outcome, _ in first] == [p.id for p in passages]
    assert store.missing(embedder.name, ["x"]) == ["x"]
    seen = embedder.texts_seen
    again = list(propose_offline(passages, CODEBOOK, embedder, store, [], "r1", lambda _name: passages))
    assert again == first
    # Only the codebook's texts are embedded a second time.
    texts = {p.spoken for p in passages} | {p.sentence_text(s) for p in passages for s in p.sentences}
    assert embedder.texts_seen - seen == seen - len(texts)
