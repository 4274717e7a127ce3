"""Worked cases 8 to 10 of the rule for corrected texts, on passages and spans."""

from __future__ import annotations

import pytest
from tests.unit.revise.corrected import TOPICS, answer, cut, interview, revised, span_of
from tests.unit.segment.documents import talk

from cothemes.records.document import Role
from cothemes.records.text_change import PassageFate, SpanFate, Substance

SAID = answer("housing") + " We were permitted to stay in the house until the spring came round."


def changed(text: str, old: str, new: str) -> str:
    assert old in text
    return text.replace(old, new)


def test_a_typo_corrected_leaves_a_decision_current_on_the_same_words() -> None:
    old = interview(housing=changed(SAID, "permitted", "permited"))
    new = interview(housing=SAID)
    first = cut(old)[0].id
    evidence = span_of(old.text, "We were permited to stay")
    plan = revised(old, new, decided=[first], evidence={first: [evidence]})
    change = plan.of(first)
    assert change is not None
    assert change.fate is PassageFate.CORRECTED
    assert not change.must_confirm([evidence])
    assert change.spans[0].fate is SpanFate.TYPED
    start, end = change.spans[0].after or (0, 0)
    assert new.text[start:end] == "We were permitted to stay"
    assert [each.id for each in plan.passages] == [each.id for each in cut(old)]


def test_a_negation_put_in_has_to_be_confirmed_whatever_the_evidence() -> None:
    old = interview(housing=SAID)
    new = interview(housing=changed(SAID, "were permitted", "were not permitted"))
    first = cut(old)[0].id
    elsewhere = span_of(old.text, "When the housing was mentioned")
    plan = revised(old, new, decided=[first], evidence={first: [elsewhere]})
    change = plan.of(first)
    assert change is not None
    assert change.fate is PassageFate.TO_CONFIRM
    assert change.reasons == (Substance.NEGATION,)
    assert change.spans[0].fate is SpanFate.KEPT
    assert change.must_confirm([elsewhere])
    assert change.must_confirm([])


@pytest.mark.parametrize("decided", [False, True])
def test_a_paragraph_at_the_start_changes_no_id_decision_or_span(decided: bool) -> None:
    old, new = interview(TOPICS[:4]), interview(["garden", *TOPICS[:4]])
    before = cut(old)
    ids = [each.id for each in before]
    spans = {each.id: [(each.start + 9, each.end - 9)] for each in before}
    plan = revised(old, new, decided=ids if decided else (), evidence=spans)
    assert [each.id for each in plan.passages][-len(ids) :] == ids
    assert [each.text for each in plan.passages if each.id in ids] == [each.text for each in before]
    assert {plan.of(name).fate for name in ids} == {PassageFate.KEPT}  # type: ignore[union-attr]
    for name in ids:
        (span,) = plan.of(name).spans  # type: ignore[union-attr]
        assert new.text[slice(*span.after)] == old.text[slice(*span.before)]  # type: ignore[misc]
    assert {each.id for each in plan.having(PassageFate.NEW)} == {f"doc.{len(ids) + 1:04d}"}


@pytest.mark.parametrize("decided", [False, True])
def test_a_paragraph_removed_and_put_back_is_retired_and_comes_back(decided: bool) -> None:
    full, short = interview(TOPICS[:4]), interview([TOPICS[0], TOPICS[2], TOPICS[3]])
    before = cut(full)
    gone = before[1]
    worked_on = [gone.id] if decided else []
    plan = revised(full, short, decided=worked_on)
    assert [each.id for each in plan.having(PassageFate.RETIRED)] == [gone.id]
    assert not plan.having(PassageFate.NEW)
    spans = {gone.id: [(gone.start, gone.start + 8)]}
    again = revised(
        short, full, passages=plan.passages, decided=worked_on, evidence=spans, retired=[gone],
        next_number=plan.next_number,
    )  # fmt: skip
    assert [each.id for each in again.passages] == [each.id for each in before]
    (back,) = again.having(PassageFate.BACK)
    assert back.id == gone.id
    assert back.spans[0].after == (gone.start, gone.start + 8)
    assert again.next_number == plan.next_number


def test_another_title_changes_nothing() -> None:
    turns = interview()
    plan = revised(turns, turns.model_copy(update={"title": "Another", "metadata": {"place": "Leith"}}))
    assert {each.fate for each in plan.changes} == {PassageFate.KEPT}
    assert plan.passages == cut(turns)


def test_a_changed_role_has_to_be_confirmed_and_recuts_nothing() -> None:
    old = interview()
    before = cut(old)
    blocks = tuple(
        block.model_copy(update={"role": Role.OTHER}) if block.speaker == "AB" else block
        for block in old.blocks
    )
    plan = revised(old, old.model_copy(update={"blocks": blocks}), decided=[before[0].id])
    assert [(each.id, each.start, each.end) for each in plan.passages] == [
        (each.id, each.start, each.end) for each in before
    ]
    assert {each.reasons for each in plan.changes} == {(Substance.ROLE,)}
    assert plan.passages[0].role is Role.OTHER


def test_a_decided_passage_stays_though_its_speaker_turns_out_to_be_the_interviewer() -> None:
    old = interview()
    before = cut(old)
    blocks = tuple(block.model_copy(update={"role": Role.INTERVIEWER}) for block in old.blocks)
    plan = revised(old, old.model_copy(update={"blocks": blocks}), decided=[before[1].id])
    assert [each.id for each in plan.passages] == [before[1].id]
    assert plan.having(PassageFate.TO_CONFIRM)[0].reasons == (Substance.ROLE,)
    assert len(plan.having(PassageFate.RETIRED)) == len(before) - 1


def test_words_given_to_another_speaker_have_to_be_confirmed_and_a_new_name_has_not() -> None:
    turns = [("CD", answer("garden")), ("INT", "And?"), ("AB", answer("housing"))]
    old = talk(*turns)
    before = cut(old)
    ids = [each.id for each in before]
    swapped = revised(old, talk(*turns[:2], ("CD", answer("housing"))), decided=ids)
    assert [each.reasons for each in swapped.changes] == [(), (Substance.SPEAKER,)]
    blocks = tuple(
        block.model_copy(update={"speaker": "Anna"}) if block.speaker == "AB" else block
        for block in old.blocks
    )
    renamed = revised(old, old.model_copy(update={"blocks": blocks}), decided=ids)
    assert [each.fate for each in renamed.changes] == [PassageFate.KEPT, PassageFate.KEPT]
    assert [each.speaker_changed for each in renamed.changes] == [False, True]


def test_a_sentence_given_to_the_interviewer_has_to_be_confirmed() -> None:
    said = answer("housing", 6)
    old = talk(("INT", "And?"), ("AB", "It was cold."), ("AB", said))
    new = talk(("INT", "And?"), ("INT", "It was cold."), ("AB", said))
    (before,) = cut(old)
    plan = revised(old, new, decided=[before.id])
    assert [(each.id, each.text) for each in plan.passages] == [(before.id, said)]
    assert plan.changes[0].reasons == (Substance.ROLE, Substance.SPEAKER)


def test_another_label_inside_a_passage_leaves_the_id_to_the_larger_part() -> None:
    first, second = answer("housing", 5), answer("money", 2)
    old = talk(("INT", "And?"), ("AB", first), ("AB", second))
    new = talk(("INT", "And?"), ("AB", first), ("CD", second))
    (before,) = cut(old)
    plan = revised(old, new, decided=[before.id])
    kept, fresh = plan.passages
    assert kept.id == before.id
    assert kept.text == first
    assert (fresh.text, fresh.speaker) == (second, "CD")
    assert fresh.id == "doc.0002"
    assert plan.changes[0].reasons == (Substance.FIGURE, Substance.MANY_WORDS)
