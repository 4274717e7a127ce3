"""Seeds are placed only where two blind readers said no, on words that stand there, as often as asked for."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.route.study_of_words import NOW, interviews, passages_of

from cothemes.records.passage import Passage, Sentence
from cothemes.records.review import Arm, Assignment
from cothemes.stages.route.design import Design
from cothemes.stages.route.draw import draw
from cothemes.stages.route.planted_errors import ErrorSite, plant, sites

CODES = ("A", "B", "C")
NONE = frozenset[str]()


def with_sentences(passage: Passage) -> Passage:
    middle = passage.start + len("word word word word word")
    return passage.model_copy(
        update={
            "sentences": (
                Sentence(id="s1", start=passage.start, end=middle),
                Sentence(id="s2", start=middle + 1, end=passage.end),
            )
        }
    )


def test_a_bed_is_a_passage_that_two_read_blind_and_a_code_that_nobody_gave() -> None:
    passages = passages_of("d", [80] * 5)
    read = {
        "d.0001": {"ann": frozenset({"A"}), "bob": NONE},  # A was given by one: not free
        "d.0002": {"ann": NONE},  # one reader
        "d.0003": {"ann": NONE, "bob": NONE},  # no run coded it
        "d.0004": {"ann": frozenset({"A"}), "bob": frozenset({"B"})},  # C was proposed
    }
    runs = dict.fromkeys(("d.0001", "d.0002", "d.0004", "d.0005"), "r1")
    found = sites(passages, read, {"d.0004": frozenset({"C"})}, runs, CODES)
    assert [(site.passage.id, site.codes, site.run) for site in found] == [("d.0001", ("B", "C"), "r1")]


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 1000), share=st.floats(0, 0.2), placed=st.integers(0, 3), count=st.integers(0, 40))
def test_seeds_stand_beside_assisted_passages_and_never_twice(
    seed: int, share: float, placed: int, count: int
) -> None:
    own = passages_of("own", [80] * 120)
    drawn = draw(own, interviews("own"), ["cat"], Design(overlap=0, blind=0.1), [], NOW).assignments
    carriers = [a for a in drawn if a.arm is Arm.ASSISTED]
    eligible = [
        ErrorSite(with_sentences(passage), ("B", "C"), "r1") for passage in passages_of("read", [80] * count)
    ]
    made = plant(
        "cat", carriers, eligible, share, assisted=len(carriers), placed=placed, round_name="main",
        wordings={code: f"h{code}" for code in CODES}, reasons={"r1": "Closest."}, seed=seed, drawn=NOW,
    )  # fmt: skip
    exact = share * len(carriers)
    assert len(made) <= min(count, max(0, int(exact) + 1 - placed))
    if count >= 40:
        assert len(made) >= max(0, int(exact) - placed)
    assert len({each.passage for _, each in made}) == len(made)
    by_id = {site.passage.id: site for site in eligible}
    for reading, each in made:
        site = by_id[each.passage]
        assert (reading.passage, reading.reviewer, reading.arm) == (each.passage, "cat", Arm.ASSISTED)
        assert (each.code in site.codes, each.code_hash) == (True, f"h{each.code}")
        assert each.start is not None
        assert each.end is not None
        assert (each.start, each.end) in {(s.start, s.end) for s in site.passage.sentences}
        assert any(host.position == reading.position for host in carriers)
    again = plant(
        "cat", carriers, eligible, share, assisted=len(carriers), placed=placed + len(made),
        round_name="main",
        wordings={code: f"h{code}" for code in CODES}, reasons={"r1": "Closest."}, seed=seed, drawn=NOW,
    )  # fmt: skip
    assert len(made) == count or again == [], "a second time sows nothing more"


def test_a_seed_stands_next_to_its_own_document_where_there_is_one() -> None:
    mine = passages_of("a", [80] * 20) + passages_of("b", [80] * 20)
    design = Design(overlap=0, blind=0, reveal_first=0)
    carriers: list[Assignment] = list(draw(mine, interviews("a", "b"), ["cat"], design, [], NOW).assignments)
    eligible = [ErrorSite(p, ("A",), "r1") for p in passages_of("b", [80] * 30)[20:]]
    made = plant(
        "cat", carriers, eligible, 0.2, assisted=len(carriers), placed=0, round_name="main",
        wordings={"A": "h"},
        reasons={"r1": ""}, seed=3, drawn=NOW,
    )  # fmt: skip
    places = {host.position: host.document for host in carriers}
    assert len(made) == 8
    assert {places[reading.position] for reading, _ in made} == {"b"}
