"""What changed between two versions: named by field, each change once, and nothing where nothing changed."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from cothemes.records.codebook import Attribute, Code, Codebook, Example, NearMiss, Theme
from cothemes.stages.codebook_change.difference import difference

RULES = ("Names money as the reason.", "Names a vacant post.", "Says there is no time to meet.")


def code(name: str = "A1", **fields: Any) -> Code:
    return Code.model_validate(
        {"id": name, "label": f"Label {name}", "definition": f"Says that {name} is there.", **fields}
    )


def book(*codes: Code, **fields: Any) -> Codebook:
    return Codebook.model_validate({"id": "b", "codes": codes, **fields})


def test_nothing_changed() -> None:
    found = difference(book(code()), book(code(), version="2", meta={"status": "piloted"}))
    assert found.same
    assert (found.added, found.removed, found.changed, found.around) == ((), (), (), ())


def test_added_removed_relabelled_and_moved() -> None:
    old = book(code("A1"), code("A2", theme="T"), code("A3"))
    new = book(code("A1", label="Otherwise"), code("A2", theme="U"), code("A4", definition="Quite new."))
    found = difference(old, new)
    assert [c.id for c in found.added] == ["A4"]
    assert [c.id for c in found.removed] == ["A3"]
    assert [(c.id, c.kinds) for c in found.changed] == [("A1", ("relabelled",)), ("A2", ("moved",))]
    assert [each.id for each in (*found.changed, *found.removed)] == ["A1", "A2", "A3"]
    (text,) = found.changed[1].texts
    assert (text.field, text.old, text.new) == ("theme", "T", "U")


def test_a_reworded_rule_is_one_change_a_new_one_another() -> None:
    old = code(include_when=RULES)
    new = code(include_when=("Names money or time as the reason.", RULES[1], "Speaks of expenses paid late."))
    (changed,) = difference(book(old), book(new)).changed
    assert changed.kinds == ("rules changed",)
    assert [(t.old, t.new) for t in changed.texts] == [
        (RULES[0], "Names money or time as the reason."),
        (RULES[2], None),
        (None, "Speaks of expenses paid late."),
    ]


def test_order_and_spacing_are_told_apart_from_words() -> None:
    old = code(include_when=RULES, definition="Says\nit.")
    (changed,) = difference(book(old), book(code(include_when=RULES[::-1], definition="Says it."))).changed
    assert changed.texts == ()
    assert changed.respaced == ("definition", "include_when")
    assert changed.kinds == ("spacing or order only",)


def test_examples_and_near_misses_say_kind_and_code() -> None:
    old = code(near_misses=[NearMiss(text="I trust the bus.", code="none")])
    new = code(
        near_misses=[NearMiss(text="I trust the bus.", code="A2")],
        examples=[Example(text="We had no money.", kind="quotation")],
    )
    (changed,) = difference(book(old), book(new, code("A2"))).changed
    assert [(t.field, t.old, t.new) for t in changed.texts] == [
        ("examples", None, "We had no money. [quotation]"),
        ("near_misses", "I trust the bus. → none", "I trust the bus. → A2"),
    ]


def test_a_code_under_a_new_id_is_noticed() -> None:
    words = {"label": "Time and money", "definition": "Says that time or money is there or is missing."}
    found = difference(book(code("A1", **words)), book(code("B9", **words)))
    assert found.renamed == (("A1", "B9"),)
    assert difference(book(code("A1", **words)), book(code("B9"))).renamed == ()


def test_what_stands_around_the_codes() -> None:
    old = book(
        code("A1"), code("A2"),
        themes=[Theme(id="T", label="Trust", rq=("RQ1",))],
        attributes=[Attribute(name="status", values=("a", "b"), applies_to=("T",))],
        general_rules=("Code the claim.",),
    )  # fmt: skip
    new = book(
        code("A2"), code("A1"),
        themes=[Theme(id="T", label="Trust", rq=("RQ1", "RQ2"))],
        attributes=[Attribute(name="status", values=("a", "b", "c"), applies_to=("T",))],
        general_rules=("Code the claim.", "None is a fine answer."),
        lexical_probes={"word": "x+"},
    )  # fmt: skip
    found = difference(old, new)
    assert found.changed == ()
    assert not found.same
    assert [t.field for t in found.around] == [
        "theme T", "attribute status", "lexical probe word", "general rule", "order of codes",
    ]  # fmt: skip


@given(st.lists(st.sampled_from([*RULES, "Another rule of mine."]), max_size=5), st.permutations(RULES))
def test_every_entry_that_went_or_came_is_told(before: list[str], after: list[str]) -> None:
    old, new = book(code(include_when=before)), book(code(include_when=after))
    found = difference(old, new)
    texts = [t for c in found.changed for t in c.texts]
    told_old = [t.old for t in texts if t.old is not None]
    told_new = [t.new for t in texts if t.new is not None]
    left = [*before]
    for text in told_old:
        left.remove(text)
    assert sorted(left + told_new) == sorted(after)
    assert found.same == (before == list(after))
