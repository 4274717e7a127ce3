"""What a report counts, and on whose word: sums small enough to check by hand."""

from __future__ import annotations

import pytest

from cothemes.records.codebook import Attribute, Code, Codebook, Theme
from cothemes.records.document import BlockKind, Document, Kind, Role
from cothemes.records.passage import Passage
from cothemes.records.rating import RaterKind, Rating
from cothemes.stages.exchange.basis import Source, basis_of, settle
from cothemes.stages.exchange.quotes import LONGEST, shortened
from cothemes.stages.exchange.report import Findings, findings

CODEBOOK = Codebook(
    id="small",
    codes=(
        Code(id="A", label="Alpha", definition="a", theme="T"),
        Code(id="B", label="Beta", definition="b", theme="T"),
        Code(id="C", label="Gamma", definition="c"),
    ),
    themes=(Theme(id="T", label="Tea", rq=("RQ1",)),),
    research_questions={"RQ1": "What happens?"},
    attributes=(Attribute(name="status", values=("experienced", "intended"), applies_to=("A",), many=True),),
    meta={"compare_within_one_kind": ["B"]},
)
TEXT = "One sentence stands here. Another follows."


def document(slug: str, kind: Kind, **metadata: str) -> Document:
    return Document(slug=slug, version="v", kind=kind, text=TEXT, metadata=metadata)


DOCUMENTS = {
    d.slug: d
    for d in (
        document("i1", Kind.INTERVIEW, level="local"),
        document("i2", Kind.INTERVIEW, level="local"),
        document("i3", Kind.INTERVIEW, level="national"),
        document("p1", Kind.POLICY),
    )
}
PASSAGES = {
    f"{slug}.{n}": Passage(
        id=f"{slug}.{n}",
        document=slug,
        version="v",
        segmentation="s",
        start=0,
        end=len(TEXT),
        text=TEXT,
        kind=BlockKind.TURN,
        speaker="Pat",
        role=Role.PARTICIPANT,
        position=n,
    )
    for slug in DOCUMENTS
    for n in (1, 2)
}


def rated(
    rater: str,
    given: dict[str, str],
    kind: RaterKind = RaterKind.HUMAN,
    units: tuple[str, ...] = tuple(PASSAGES),
    arm: str = "blind",
    **more: object,
) -> list[Rating]:
    """Every code of every unit, 1 where `given` names it: unit → codes without blanks between."""
    return [
        Rating(
            unit=unit,
            doc=PASSAGES[unit].document,
            rater=rater,
            kind=kind,
            code=code,
            value=int(code in given.get(unit, "")),
            arm=arm,
            **more,
        )
        for unit in units
        for code in "ABC"
    ]


def found_in(ratings: list[Rating], **options: object) -> Findings:
    return findings(ratings, PASSAGES, DOCUMENTS, CODEBOOK, **options)


def row_of(found: Findings, code: str):
    return next(row for question in found.questions for row in question.rows if row.code == code)


def test_a_code_counts_where_at_least_one_person_applied_it() -> None:
    """A: ann on i1.1 and p1.1, bob on i1.1 and i2.1 → three passages of eight, two of them in interviews."""
    found = found_in(rated("ann", {"i1.1": "A", "p1.1": "A"}) + rated("bob", {"i1.1": "A", "i2.1": "AB"}))
    share = row_of(found, "A").by_kind[Kind.INTERVIEW]
    assert (share.passages, share.passages_rated) == (2, 6)
    assert (share.documents, share.documents_rated) == (2, 3)
    assert row_of(found, "A").by_kind[Kind.POLICY].passages == 1
    assert found.basis.source is Source.PEOPLE
    assert [(q.id, [r.code for r in q.rows]) for q in found.questions] == [("RQ1", ["A", "B"]), ("", ["C"])]


def test_consensus_goes_before_those_who_came_to_it() -> None:
    ratings = rated("ann", {"i1.1": "A", "i2.1": "A"}) + rated("bob", {"i1.1": "B"})
    ratings += rated("both", {"i1.1": "B"}, RaterKind.CONSENSUS, units=("i1.1",))
    settled = settle(ratings, basis_of(ratings), "ABC")
    assert settled.applied == {"A": {"i2.1"}, "B": {"i1.1"}, "C": set()}


def test_of_a_passage_read_twice_the_second_reading_counts() -> None:
    ratings = rated("ann", {"i1.1": "A"}, units=("i1.1",), arm="reveal") + rated(
        "ann", {"i1.1": "B"}, units=("i1.1",), arm="revealed"
    )
    settled = settle(ratings, basis_of(ratings), "ABC")
    assert settled.applied == {"A": set(), "B": {"i1.1"}, "C": set()}


def test_ratings_without_values_speak_of_every_code() -> None:
    ratings = [
        Rating(unit="i1.1", doc="i1", rater="zoe", kind=RaterKind.HUMAN, code="A"),
        Rating(unit="i2.1", doc="i2", rater="zoe", kind=RaterKind.HUMAN, code=""),
    ]
    settled = settle(ratings, basis_of(ratings), "ABC")
    assert settled.rated == {code: {"i1.1", "i2.1"} for code in "ABC"}
    assert settled.applied["A"] == {"i1.1"}


def test_suggestions_never_stand_in_for_people() -> None:
    model = rated("m@p#r1", dict.fromkeys(PASSAGES, "ABC"), RaterKind.MODEL, arm="")
    people = rated("ann", {"i1.1": "A"}, units=("i1.1", "i1.2"))
    found = found_in(people + model)
    assert found.basis.raters == ("ann",)
    assert found.passages_rated == 2
    assert row_of(found, "C").by_kind[Kind.INTERVIEW].passages == 0
    alone = found_in(model)
    assert alone.basis.caption == "suggested by m@p#r1, not reviewed"
    assert not alone.counts_documents
    assert alone.groups == ()
    assert {quote.by for code in alone.quotes for quote in code.quotes} == {alone.basis.caption}


@pytest.mark.parametrize(
    ("kinds", "source"),
    [
        ((), Source.NOBODY),
        ((RaterKind.SYNTHETIC, RaterKind.CONSENSUS, RaterKind.MODEL), Source.SYNTHETIC),
        ((RaterKind.MODEL,), Source.SUGGESTED),
        ((RaterKind.HUMAN, RaterKind.SYNTHETIC), Source.PEOPLE),
    ],
)
def test_who_is_counted(kinds: tuple[RaterKind, ...], source: Source) -> None:
    ratings = [rating for kind in kinds for rating in rated(kind.value, {}, kind)]
    assert basis_of(ratings).source is source


def test_interviews_against_policy_texts() -> None:
    """A: 1 of 6 against 2 of 2; C: 6 of 6 against none; B is kept within one kind by the codebook."""
    given = {unit: "C" for unit in PASSAGES if unit.startswith("i")}
    given |= {"p1.1": "AB", "p1.2": "A", "i1.1": "AC"}
    found = found_in(rated("ann", given))
    assert [row.code for row in found.compared] == ["C", "A"]
    assert found.kept_apart == ("B",)


def test_groups_of_interviews() -> None:
    found = found_in(rated("ann", {"i1.1": "A", "i1.2": "A", "i3.1": "A"}))
    (table,) = found.groups
    assert (table.column, table.values, table.interviews) == ("level", ("local", "national"), (2, 1))
    assert table.rows[0] == ("A", "Alpha", (1, 1))


def test_where_consensus_settled_a_code_the_values_of_single_readers_are_overruled() -> None:
    """On i1.1 ann says experienced, bob intended, both settled for intended; i2.1 is ann's word alone."""
    ratings = rated(
        "ann", {"i1.1": "A", "i2.1": "A"}, units=("i1.1", "i2.1"), attributes={"status": "experienced"}
    )
    ratings += rated("bob", {"i1.1": "A"}, units=("i1.1",), attributes={"status": "intended"})
    bare = rated("both", {"i1.1": "A"}, RaterKind.CONSENSUS, units=("i1.1",))
    (table,) = found_in(ratings + bare).attributes
    assert table.rows == (("A", "Alpha", 2, (2, 1)),)
    given = [each.model_copy(update={"attributes": {"status": "intended"}}) for each in bare]
    (table,) = found_in(ratings + given).attributes
    assert table.rows == (("A", "Alpha", 2, (1, 1)),)
    assert table.unset == (0,)


def test_attributes_count_a_passage_once_for_each_value() -> None:
    ratings = rated(
        "ann", {"i1.1": "A"}, units=("i1.1",), attributes={"status": "experienced;intended"}
    ) + rated("bob", {"i1.1": "A"}, units=("i1.1",), attributes={"status": "experienced"})
    (table,) = found_in(ratings).attributes
    assert table.rows == (("A", "Alpha", 1, (1, 1)),)


def test_quotes_take_turns_among_documents_and_prefer_marked_words() -> None:
    ratings = rated("ann", {"i1.1": "A", "i1.2": "A", "i2.1": "A", "p1.1": "A"})
    ratings += rated("bob", {"i1.2": "A"}, units=("i1.2",), start=0, end=25)
    (code,) = found_in(ratings, most_quotes=3).quotes
    assert [quote.passage for quote in code.quotes] == ["i1.2", "i2.1", "p1.1"]
    assert (code.quotes[0].text, code.quotes[0].marked) == ("One sentence stands here.", True)
    assert code.quotes[0].by == "coded by bob", "Ann gave the code without these words"
    assert (code.quotes[1].text, code.quotes[1].marked) == (TEXT, False)
    assert code.passages == 4


def test_several_stretches_are_one_quote_of_whom_they_are_the_evidence() -> None:
    two = {"start": 0, "end": 33, "stretches": ((0, 3), (26, 33))}
    ratings = rated("ann", {"i1.1": "A"}, units=("i1.1",), **two)
    ratings += rated("bob", {"i1.1": "A"}, units=("i1.1",), start=0, end=3)
    ratings += rated("cem", {"i1.1": "A"}, units=("i1.1",), **two)
    (quote,) = found_in(ratings, most_quotes=3).quotes[0].quotes
    assert (quote.text, quote.by) == ("One […] Another", "coded by ann, cem")


def test_a_long_quote_is_cut_after_a_sentence() -> None:
    long = "A sentence of some length stands here. " * 40
    cut = shortened(long)
    assert cut.endswith("here. […]")
    assert len(cut) <= LONGEST + 5
    assert long.startswith(cut.removesuffix(" […]"))
    assert shortened("x" * 2000) == "x" * LONGEST + " […]"


def test_passages_on_which_an_attribute_was_not_set_are_counted() -> None:
    ratings = rated("ann", {"i1.1": "A"}, units=("i1.1",), attributes={"status": "intended"}) + rated(
        "ann", {"i1.2": "A"}, units=("i1.2",)
    )
    (table,) = found_in(ratings).attributes
    assert [
        (code, total, unset) for (code, _, total, _), unset in zip(table.rows, table.unset, strict=True)
    ] == [("A", 2, 1)]
