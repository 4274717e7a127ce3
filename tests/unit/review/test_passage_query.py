"""Queries over coded passages: what they select, what stays undetermined, and where a mistake is."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cothemes.errors import UnknownCode, UsageError
from cothemes.stages.review.passage_query import (
    CodedFacts,
    Matched,
    PassageFacts,
    Vocabulary,
    parsed_query,
)

THEMES = {"T": ("A", "B")}
CODES = ("A", "B", "C", "work-load", "two words")


def _codes(name: str) -> tuple[str, ...]:
    if name in THEMES:
        return THEMES[name]
    if name not in CODES:
        raise UnknownCode(f"{name!r} is no code", hint="Codes: A, B, C.")
    return (name,)


def _field(name: str, value: str) -> str:
    if name not in ("meta.group", "speaker", "mood"):
        raise UsageError(f"nothing has {name}", hint="Fields: meta.group.")
    return "attr.mood" if name == "mood" else name


def _attribute(name: str) -> str:
    if name != "mood":
        raise UsageError(f"no attribute {name}")
    return name


WORDS = Vocabulary(_codes, _field, _attribute)
PASSAGES = [
    PassageFacts("d.1", "d", 0, {"meta.group": "carers"}),
    PassageFacts("d.2", "d", 1, {"meta.group": "carers"}),
    PassageFacts("d.3", "d", 2, {"meta.group": "carers"}),
    PassageFacts("d.4", "d", 3, {"meta.group": "carers"}),
    PassageFacts("e.1", "e", 0, {"meta.group": "paid staff"}),
    PassageFacts("e.2", "e", 1, {"meta.group": "paid staff"}),
]
CODED = CodedFacts(
    applied={"A": {"d.1", "d.4", "e.1"}, "B": {"d.1", "d.2"}, "C": {"d.3"}},
    # Nobody has read e.1 for C, and e.2 for anything.
    rated={
        "A": {"d.1", "d.2", "d.3", "d.4", "e.1"},
        "B": {"d.1", "d.2", "d.3", "d.4", "e.1"},
        "C": {"d.1", "d.2", "d.3", "d.4"},
    },
    attributes={("d.1", "A"): {"mood": {"low", "high"}}, ("d.4", "A"): {"mood": {"high"}}},
)


def matched(query: str) -> Matched:
    return parsed_query(query, WORDS).matches(PASSAGES, CODED)


@pytest.mark.parametrize(
    ("query", "passages", "undetermined"),
    [
        ("A", "d.1 d.4 e.1", "e.2"),
        ("A AND B", "d.1", "e.2"),
        ("A OR B", "d.1 d.2 d.4 e.1", "e.2"),
        # B was not given on d.4 and e.1; of e.2 nothing is known.
        ("A AND NOT B", "d.4 e.1", "e.2"),
        # C is neither given nor absent on e.1.
        ("A AND NOT C", "d.1 d.4", "e.1 e.2"),
        ("A OR NOT C", "d.1 d.2 d.4 e.1", "e.2"),
        ("NOT (A OR B)", "d.3", "e.2"),
        ("NOT NOT A", "d.1 d.4 e.1", "e.2"),
        ("T", "d.1 d.2 d.4 e.1", "e.2"),
        ("T AND NOT T", "", "e.2"),
        ("A AND meta.group=CARERS", "d.1 d.4", ""),
        ('meta.group="paid staff"', "e.1 e.2", ""),
        ("meta.group!=carers", "e.1 e.2", ""),
        ("A[mood=high]", "d.1 d.4", "e.2"),
        ("A[mood=low] AND B", "d.1", "e.2"),
        ("T[mood=LOW]", "d.1", "e.2"),
        ("attr.mood=low", "d.1", "e.2"),
        ("mood=low", "d.1", "e.2"),
        # C is on d.3 alone: its neighbours are d.2 and d.4, and itself belongs to what is near.
        ("A NEAR C", "d.3 d.4", "e.1 e.2"),
        ("A NEAR/2 C", "d.1 d.3 d.4", "e.1 e.2"),
        ("A NEAR/0 B", "d.1", "e.2"),
        ("A or B and C", "d.1 d.4 e.1", "e.2"),
        ("(A OR B) AND C", "", "e.1 e.2"),
        # NEAR binds more than AND.
        ("B NEAR C AND NOT A", "d.2 d.3", "e.2"),
    ],
)
def test_what_a_query_selects(query: str, passages: str, undetermined: str) -> None:
    found = matched(query)
    assert sorted(found.passages) == passages.split()
    assert sorted(found.undetermined) == undetermined.split()


@pytest.mark.parametrize(
    ("query", "character"),
    [
        ("", 1),
        ("A AND", 6),
        ("A AND AND B", 7),
        ("A B", 3),
        ("A AND (B OR C", 14),
        ("A)", 2),
        ("Z9 AND A", 1),
        ("A AND Z9", 7),
        ("A AND meta.age=4", 7),
        ("A AND meta.group=", 18),
        ("A[mood high]", 8),
        ("A[mood=high", 12),
        ("A[size=high]", 3),
        ("A[=high]", 3),
        ('A AND "two words', 7),
        ("A NEAR/5000 B", 3),
        ("NEAR A", 1),
        ("A ! B", 3),
        ("NOT " * 100 + "A", 241),
        ("(" * 100 + "A", 61),
    ],
)
def test_a_mistake_is_named_with_its_position(query: str, character: int) -> None:
    with pytest.raises(UsageError) as caught:
        parsed_query(query, WORDS)
    assert caught.value.where == f"--query, character {character}"
    mark = caught.value.hint.splitlines()
    assert mark[-1].strip() == "^"
    assert len(mark[-1]) <= 80


def test_names_of_any_shape_and_the_codes_of_a_query() -> None:
    assert parsed_query('work-load OR "two words"', WORDS).codes == {"work-load", "two words"}
    assert parsed_query("NOT T AND meta.group=x", WORDS).codes == {"A", "B"}


TRUTHS = (True, False, None)


@given(st.lists(st.sampled_from(TRUTHS), min_size=3, max_size=3))
def test_three_values_as_in_kleene_logic(values: list[bool | None]) -> None:
    """A reference by hand: each code is given, absent or not read on one passage."""
    names = dict(zip("ABC", values, strict=True))
    coded = CodedFacts(
        applied={code: {"x"} if value else set() for code, value in names.items()},
        rated={code: set() if value is None else {"x"} for code, value in names.items()},
    )

    def outcome(query: str) -> bool | None:
        found = parsed_query(query, WORDS).matches([PassageFacts("x", "x", 0, {})], coded)
        return True if found.passages else None if found.undetermined else False

    rank = {False: 0, None: 1, True: 2}
    back = {number: value for value, number in rank.items()}
    for one, other in product("ABC", repeat=2):
        left, right = rank[names[one]], rank[names[other]]
        assert outcome(f"{one} AND {other}") is back[min(left, right)]
        assert outcome(f"{one} OR {other}") is back[max(left, right)]
        assert outcome(f"{one} NEAR/0 {other}") is back[min(left, right)]
        assert outcome(f"NOT {one}") is back[2 - left]
