"""Sentences and context: what a passage's own sentences and the passages around it add to its scores."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.doubles.embedder import HashedBagEmbedder
from tests.doubles.vectors import MemoryEmbeddings

from cothemes.records.codebook import Code, Codebook
from cothemes.records.document import BlockKind, Role
from cothemes.records.passage import Passage, Sentence
from cothemes.stages.propose.offline.calibration import AS_IS, scale_of
from cothemes.stages.propose.offline.coder import OfflineCoder
from cothemes.stages.propose.offline.material import COHERENT, FEWEST, Material, coherence
from cothemes.stages.propose.offline.offline_coder import completed, propose_offline, remembered
from cothemes.stages.propose.offline.prior import combined
from cothemes.stages.propose.offline.resemblance import log_odds
from cothemes.stages.propose.offline.reviewed import Reviewed

BOOK = Codebook(
    id="bus",
    codes=(
        Code(id="late", label="Late bus", definition="The bus came late or did not come at all."),
        Code(id="fare", label="Fare", definition="The price of a ticket is named or judged."),
    ),
)
TOPICS = (
    "the bus came late again and we waited",
    "the price of a ticket is far too high",
    "my sister has a garden with apples",
    "the driver was kind to the old man",
)


def passage(text: str, number: int, document: str = "talk", role: Role = Role.PARTICIPANT) -> Passage:
    sentences, start = [], 0
    for part in text.split(". "):
        sentences.append(Sentence(id=f"s{len(sentences) + 1}", start=start, end=start + len(part)))
        start += len(part) + 2
    return Passage(
        id=f"{document}.{number:04d}",
        document=document,
        version="v",
        segmentation="s",
        start=0,
        end=len(text),
        text=text,
        kind=BlockKind.TURN,
        role=role,
        sentences=tuple(sentences),
        position=number,
    )


def talk(order: list[int], document: str = "talk") -> list[Passage]:
    """Turns on the topics in this order."""
    return [passage(f"{TOPICS[topic]} {at}", at, document) for at, topic in enumerate(order)]


IN_TURN = [topic for topic in range(4) for _ in range(6)]
"""Six turns on each topic, one topic after the other."""
MIXED = [at % 4 for at in range(24)]


def coder() -> OfflineCoder:
    return OfflineCoder(BOOK, HashedBagEmbedder())


def material(passages: list[Passage]) -> Material:
    return Material.of(passages, HashedBagEmbedder().embed)


def test_coherence_by_hand() -> None:
    # Rows a a b b: those that follow each other have cosines 1, 0, 1, any two (1 + 1)/6.
    rows = np.array([[1, 0], [1, 0], [0, 1], [0, 1]], np.float32)
    assert coherence(rows) == pytest.approx(2 / 3 - 1 / 3)


@given(st.permutations(IN_TURN))
def test_turns_in_random_order_are_hardly_ever_as_coherent_as_in_their_own(order: list[int]) -> None:
    assert coherence(material(talk(order)).vectors) <= coherence(material(talk(IN_TURN)).vectors)


def test_neighbours_count_in_a_conversation_and_not_among_answers_of_different_people() -> None:
    assert material(talk(IN_TURN)).within.all()
    assert coherence(material(talk(MIXED)).vectors) < COHERENT
    assert not material(talk(MIXED)).within.any()
    assert not material(talk(IN_TURN)[: FEWEST - 1]).within.any()
    assert material(talk(MIXED)).around.shape == (24, 0)


def test_neighbours_are_of_the_same_document_and_weigh_less_with_distance() -> None:
    both = material([*talk(IN_TURN, "a"), *talk(IN_TURN, "b")])
    near = both.neighbours.toarray()
    assert near[:24, 24:].sum() == near[24:, :24].sum() == 0
    assert near[10, [11, 9, 12, 16, 17]] == pytest.approx([0.7, 0.7, 0.49, 0.7**6, 0])
    assert (near.diagonal() == 0).all()


def test_a_turn_among_turns_on_a_code_scores_higher_than_the_same_turn_elsewhere() -> None:
    bare = "well yes I suppose so"
    order = talk(IN_TURN)
    among = [*order[:3], passage(bare, 3), *order[4:]]
    elsewhere = [*order[:15], passage(bare, 15), *order[16:]]
    late = coder().codes.index("late")
    scores = [coder().score(coder().read(material(each)))[:, late] for each in (among, elsewhere)]
    assert scores[0][3] > scores[1][15]


def test_turns_that_carry_no_code_are_no_neighbours() -> None:
    order = talk(IN_TURN)
    asked = [passage("And what then", 30 + at, role=Role.INTERVIEWER) for at in range(5)]
    assert material([*order, *asked]).texts == material(order).texts


def test_one_sentence_on_a_code_among_others_raises_the_passage() -> None:
    filler = "My sister has a garden. She grows apples and pears. It rained on us"
    long = passage(f"{filler}. The bus came late or did not come at all", 0)
    units = coder().read(material([long]))
    late = coder().codes.index("late")
    assert units.prior[0, late] > units.whole.prior[0, late]
    best = int(units.parts.prior[:, late].argmax())
    assert units.parts.words[best] == "The bus came late or did not come at all"
    assert units.prior[0, late] == pytest.approx(
        (units.whole.prior[0, late] + units.parts.prior[best, late]) / 2
    )


def test_a_passage_of_one_sentence_scores_as_by_itself() -> None:
    alone = passage("The bus came late or did not come at all", 0)
    one = coder()
    units = one.read(material([alone]))
    scores = one.resemblance.scores_of([alone.text], units.whole.vectors)
    assert units.prior == pytest.approx(log_odds(scores))


def test_combined_by_hand() -> None:
    whole = np.array([[2.0], [0.0]])
    parts = np.array([[1.0], [4.0], [-2.0]])
    assert combined(whole, parts, np.array([0, 0, 1])).tolist() == [[3.0], [-1.0]]


def test_the_best_of_many_sentences_counts_less() -> None:
    def of(count: int) -> float:
        parts = np.linspace(1, 0, count)[:, None]
        return float(combined(np.zeros((1, 1)), parts, np.zeros(count, np.int64))[0, 0])

    assert of(1) == of(4) == 0.5
    assert of(8) == pytest.approx(0.5 - np.log(2) / 2)


def test_chosen_passages_keep_their_own_sentences() -> None:
    passages = [
        passage(f"{first}. {second}", at)
        for at, (first, second) in enumerate(
            [("one dog", "two dogs"), ("a cat", "no cat"), ("red bus", "blue bus")]
        )
    ]
    units = coder().read(material(passages))
    some = units.rows(np.array([2, 0]))
    assert some.prior == pytest.approx(units.prior[[2, 0]])
    assert [some.parts.words[row] for row in np.flatnonzero(some.owner == 0)] == ["red bus", "blue bus"]


def test_suggestions_are_the_same_whichever_passages_of_a_document_are_asked_about() -> None:
    every = talk(IN_TURN)
    store, embedder = MemoryEmbeddings(), HashedBagEmbedder()

    def asked(passages: list[Passage]) -> dict[str, object]:
        found = propose_offline(passages, BOOK, embedder, store, [], "r1", lambda _name: every)
        return {outcome.passage: (outcome, suggestions) for outcome, suggestions in found}

    whole = asked(every)
    assert asked([every[20], every[3]]) == {every[at].id: whole[every[at].id] for at in (20, 3)}


def test_a_passage_that_is_current_no_more_is_scored_in_its_document() -> None:
    every = talk(IN_TURN)
    gone = passage("the bus was late", 99)
    assert completed([gone], lambda _name: every) == [*every, gone]


def test_the_place_in_a_conversation_and_its_neighbours_teach() -> None:
    # Every third turn has words that no other has: only what is around it tells what it is about.
    order = [0] * 9 + [1] * 9
    documents = [f"d{at}" for at in range(6)]
    every = {
        name: [
            passage(f"{TOPICS[topic]} {at}" if at % 3 != 1 else f"{name}x{at} {name}y{at}", at, name)
            for at, topic in enumerate(order)
        ]
        for name in [*documents, "new"]
    }
    reviewed = [
        Reviewed(passage=each, labels={"fare": int(each.position < 9), "late": 0})
        for name in documents
        for each in every[name]
    ]
    one = coder()
    taught = one.fit(reviewed, material([each for name in documents for each in every[name]]))
    assert taught.taught is not None
    assert taught.taught.width > 0
    scores = taught.score(taught.read(material(every["new"])))[:, taught.codes.index("fare")]
    bare = [at for at in range(18) if at % 3 == 1]
    assert min(scores[at] for at in bare if at < 8) > max(scores[at] for at in bare if at > 9)


def test_what_a_conversation_taught_applies_to_answers_without_context() -> None:
    reviewed = [
        Reviewed(passage=each, labels={"late": int(each.position < 6)})
        for name in "ab"
        for each in talk(IN_TURN, name)
    ]
    taught = coder().fit(reviewed)
    answers = material(talk(MIXED, "answers"))
    assert answers.around.shape[1] == 0
    assert np.isfinite(taught.score(taught.read(answers))).all()


def test_every_text_is_embedded_once_and_stored() -> None:
    store, embedder = MemoryEmbeddings(), HashedBagEmbedder()
    embed = remembered(embedder, store)
    first = embed(["a dog", "a cat", "a dog"])
    assert (first[0] == first[2]).all()
    assert embedder.texts_seen == 2
    embed(["a cat", "a bird"])
    assert embedder.texts_seen == 3
    assert embed([]).shape == (0, embedder.dimension)


def test_a_scale_mends_what_is_too_sure_and_keeps_what_is_right() -> None:
    random = np.random.default_rng(1)
    true = random.normal(scale=2, size=(4000, 3))
    labels = (random.random(true.shape) < 1 / (1 + np.exp(-true))).astype(float)
    weights = np.ones_like(labels)
    right = scale_of(true, labels, weights)
    assert (right.slope, right.shift) == pytest.approx((1, 0), abs=0.08)
    mended = scale_of(3 * true + 1, labels, weights)
    assert (mended.slope, mended.shift) == pytest.approx((1 / 3, -1 / 3), abs=0.05)


def test_only_passages_that_were_read_whole_set_a_scale() -> None:
    random = np.random.default_rng(2)
    log_odds = random.normal(scale=2, size=(60, 2))
    labels = (log_odds > 0).astype(float)
    said = np.ones_like(labels)
    assert scale_of(log_odds, labels, said) != AS_IS
    assert scale_of(log_odds[:24], labels[:24], said[:24]) == AS_IS
    weak, unsaid, unseen = said.copy(), labels.copy(), log_odds.copy()
    weak[:40, 0] = 0.5
    unsaid[:40] = np.nan
    unseen[:40] = np.nan
    assert scale_of(log_odds, labels, weak) == AS_IS
    assert scale_of(log_odds, unsaid, said) == AS_IS
    assert scale_of(unseen, labels, said) == AS_IS
    # A tie between two readers leaves one code of three open.
    tied = np.hstack([labels, np.full((60, 1), np.nan)])
    three = np.hstack([log_odds, np.zeros((60, 1))])
    assert scale_of(three, tied, np.ones((60, 3))) == scale_of(log_odds, labels, said)
