"""Plans over random corrections: ids, stretches and what is listed."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.revise.corrected import TOPICS, answer, cut, interview, revised, span_of
from tests.unit.segment.documents import talk

from cothemes.records.document import Document
from cothemes.records.passage import Passage
from cothemes.records.text_change import PassageFate, RevisionPlan, SpanFate, Substance
from cothemes.stages.revise.words import words_of

SOME = st.lists(st.sampled_from(TOPICS), min_size=1, max_size=5, unique=True)


@st.composite
def corrections(draw: st.DrawFn) -> list[Document]:
    """An interview and three corrected texts of it."""
    turns = [(topic, answer(topic, draw(st.integers(2, 9)))) for topic in draw(SOME)]
    texts = [list(turns)]
    for _ in range(3):
        for _ in range(draw(st.integers(0, 4))):
            at = draw(st.integers(0, len(turns) - 1))
            kind = draw(st.sampled_from(["word", "typing", "insert", "remove", "move", "cut", "back"]))
            topic, said = turns[at]
            if kind == "word":
                turns[at] = topic, said.replace("spoke", "argued", draw(st.integers(1, 3)))
            elif kind == "typing":
                turns[at] = topic, said.replace("mentioned", "mentoined", draw(st.integers(1, 2)))
            elif kind == "insert":
                turns.insert(at, (f"new{at}", answer(draw(st.sampled_from(TOPICS)), 3)))
            elif kind == "remove" and len(turns) > 1:
                turns.pop(at)
            elif kind == "move":
                turns.append(turns.pop(at))
            elif kind == "cut":
                sentences = said.split(". ")
                turns[at] = topic, ". ".join(sentences[: max(len(sentences) // 2, 1)]).removesuffix(".") + "."
            elif kind == "back":
                turns = list(draw(st.sampled_from(texts)))
        texts.append(list(turns))
    return [
        talk(*(pair for topic, said in text for pair in (("INT", f"And the {topic}?"), ("AB", said))))
        for text in texts
    ]


def sound(plan: RevisionPlan, before: list[Passage], document: Document) -> None:
    names = [each.id for each in plan.passages]
    assert len(set(names)) == len(names)
    assert [each.position for each in plan.passages] == list(range(len(names)))
    for one, other in pairwise(plan.passages):
        assert one.end <= other.start
    for each in plan.passages:
        assert document.text[each.start : each.end] == each.text
        assert each.version == document.version
        assert all(each.start <= s.start < s.end <= each.end for s in each.sentences)
    listed = Counter(each.id for each in plan.changes)
    assert set(listed.values()) <= {1}
    assert {each.id for each in before} | set(names) == set(listed)
    assert {each.id for each in plan.having(PassageFate.RETIRED)} == {each.id for each in before} - set(names)


def share(old: str, new: str) -> float:
    """Words of the old text that the new one has, whatever their order: never less than what aligns."""
    one, other = (Counter(words_of(text).forms) for text in (old, new))
    return (one & other).total() / max(one.total(), 1)


@given(corrections(), st.sets(st.integers(0, 20)))
def test_ids_are_never_given_to_another_text(texts: list[Document], decided: set[int]) -> None:
    passages = list(cut(texts[0]))
    number = len(passages) + 1
    known: dict[str, list[str]] = {each.id: [each.text] for each in passages}
    retired: dict[str, Passage] = {}
    worked_on = {f"doc.{each:04d}" for each in decided}
    for old, new in pairwise(texts):
        plan = revised(
            old, new, passages=passages, decided=worked_on, retired=list(retired.values()),
            next_number=number,
        )  # fmt: skip
        sound(plan, passages, new)
        before = {each.id: each for each in passages}
        for each in plan.passages:
            change = plan.of(each.id)
            assert change is not None
            if change.fate is PassageFate.NEW:
                assert each.id not in known
            elif change.fate is PassageFate.BACK:
                assert each.text == retired[each.id].text
            else:
                # A slip is no equal word here, so a fifth of the share is left to slips.
                assert share(before[each.id].text, each.text) >= 0.4
            known.setdefault(each.id, []).append(each.text)
        assert plan.next_number >= number
        number = plan.next_number
        retired = {name: each for name, each in retired.items() if plan.of(name) is None}
        retired |= {change.id: before[change.id] for change in plan.having(PassageFate.RETIRED)}
        passages = list(plan.passages)


@given(SOME, st.booleans())
def test_the_same_text_keeps_everything(topics: list[str], decided: bool) -> None:
    document = interview(topics)
    before = cut(document)
    spans = {each.id: [(each.start + 1, each.end - 1)] for each in before}
    plan = revised(document, document, decided=spans if decided else (), evidence=spans)
    assert plan.passages == before
    assert {each.fate for each in plan.changes} == {PassageFate.KEPT}
    assert all(span.before == span.after for each in plan.changes for span in each.spans)


def test_a_moved_passage_keeps_its_id_and_evidence() -> None:
    old, new = interview(TOPICS[:4]), interview([TOPICS[3], *TOPICS[:3]])
    before = cut(old)
    last = before[-1]
    spans = {last.id: [span_of(old.text, "workb2 had helped us")]}
    plan = revised(old, new, decided=[last.id], evidence=spans)
    assert {each.id for each in plan.passages} == {each.id for each in before}
    assert {each.fate for each in plan.changes} == {PassageFate.KEPT}
    change = plan.of(last.id)
    assert change is not None
    assert change.spans[0].fate is SpanFate.KEPT
    assert new.text[slice(*change.spans[0].after or (0, 0))] == "workb2 had helped us"


def test_a_sentence_put_into_a_decided_passage_belongs_to_it() -> None:
    said = answer("housing", 6)
    old = interview(["housing"], housing=said)
    more = said.replace("helped us. When", "helped us. It rained. When", 1)
    (before,) = cut(old)
    plan = revised(old, interview(["housing"], housing=more), decided=[before.id])
    (after,) = plan.passages
    assert (after.id, after.text) == (before.id, more)
    assert plan.changes[0].changed_words == 2
    assert plan.changes[0].fate is PassageFate.CORRECTED


def test_text_added_after_a_decided_passage_is_cut_anew() -> None:
    said = answer("housing", 6)
    old = interview(["housing"], housing=said)
    (before,) = cut(old)
    new = interview(["housing"], housing=f"{said} {answer('garden', 6)}")
    decided = revised(old, new, decided=[before.id])
    assert [(each.id, each.text) for each in decided.passages] == [
        (before.id, said),
        ("doc.0002", answer("garden", 6)),
    ]


def test_short_text_beside_an_undecided_passage_is_joined_with_it() -> None:
    said = answer("housing", 5)
    old = interview(["housing"], housing=said)
    (before,) = cut(old)
    new = interview(["housing"], housing=f"{said} It rained a lot.")
    (after,) = revised(old, new).passages
    assert (after.id, after.text) == (before.id, f"{said} It rained a lot.")


def test_a_split_passage_leaves_its_id_to_the_larger_part() -> None:
    first, second = answer("housing", 5), answer("money", 3)
    old = talk(("INT", "And?"), ("AB", f"{first} {second}"))
    new = talk(("INT", "And?"), ("AB", first), ("INT", "And money?"), ("AB", second))
    for decided in ((), ("doc.0001",)):
        before = cut(old)[:1]
        plan = revised(old, new, passages=[_one(old)], decided=decided)
        assert [(each.id, each.text) for each in plan.passages] == [("doc.0001", first), ("doc.0002", second)]
        assert before[0].id == "doc.0001"


def _one(document: Document) -> Passage:
    """The answer as one passage, whatever its length."""
    block = document.blocks[-1]
    first = cut(document)[0]
    return first.model_copy(
        update={
            "start": block.start,
            "end": block.end,
            "text": document.text[block.start : block.end],
            "sentences": (),
        }
    )


def test_joined_passages_leave_the_id_to_the_larger_one() -> None:
    first, second = answer("housing", 4), answer("money", 2)
    old = talk(("INT", "And?"), ("AB", first), ("INT", "And money?"), ("AB", second))
    new = talk(("INT", "And?"), ("AB", f"{first} Yes. {second}"))
    before = cut(old)
    assert len(before) == 2
    plan = revised(old, new)
    assert plan.passages[0].id == before[0].id
    assert len(plan.passages) == 1 or plan.passages[1].id == before[1].id


def test_a_decided_passage_with_too_little_left_is_retired_and_listed_with_its_heirs() -> None:
    said = answer("housing", 6)
    old = interview(["housing", "money"], housing=said)
    before = cut(old)
    rest = ". ".join(said.split(". ")[:2]) + ". " + " ".join(f"Other{n} talk." for n in range(50))
    plan = revised(old, interview(["housing", "money"], housing=rest), decided=[before[0].id])
    (gone,) = plan.having(PassageFate.RETIRED)
    assert gone.id == before[0].id
    assert gone.kept_words < 0.6 * gone.words
    assert gone.heirs == tuple(each.id for each in plan.having(PassageFate.NEW))[:1]


@pytest.mark.parametrize("share_changed", [0.1, 0.3])
def test_more_than_a_fifth_of_the_words_is_to_be_confirmed(share_changed: float) -> None:
    words = [f"word{'abcdefghij'[n // 10]}{'abcdefghij'[n % 10]}" for n in range(100)]
    later = [
        f"quite{n}x".replace("0", "o") if n < 100 * share_changed else word for n, word in enumerate(words)
    ]
    later = ["".join(chr(97 + int(c)) if c.isdigit() else c for c in word) for word in later]
    old, new = (talk(("AB", " ".join(each) + ".")) for each in (words, later))
    (before,) = cut(old)
    plan = revised(old, new, decided=[before.id])
    (change,) = plan.changes
    many = share_changed > 0.2
    assert change.reasons == ((Substance.MANY_WORDS,) if many else ())
    assert change.fate is (PassageFate.TO_CONFIRM if many else PassageFate.CORRECTED)
