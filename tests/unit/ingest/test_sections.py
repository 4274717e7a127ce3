"""Written texts: headings, paragraphs, bullets, tables. All texts are invented."""

from __future__ import annotations

from tests.unit.ingest.reading import Desk

from cothemes.records.document import BlockKind, Document, Kind, Role


def parts(document: Document) -> list[tuple[str, str, tuple[str, ...]]]:
    return [
        (block.kind.value, document.text[block.start : block.end], block.headings)
        for block in document.blocks
    ]


def test_markdown(desk: Desk) -> None:
    document = desk.read(
        "plan.md",
        "---\ntitle: A plan\n---\n# A plan\n\n## Why\n\nBecause *we* must.\nAnd shall.\n\n"
        "We will:\n\n- open\n- close\n  later\n\n### Cost\n\n"
        "| Item | Price |\n| --- | --- |\n| Heat | 3 |\n\n---\n\nEnd.\n",
    )
    assert document.kind is Kind.UNKNOWN
    assert document.title == "A plan"
    assert {block.role for block in document.blocks} == {Role.NONE}
    assert parts(document) == [
        ("heading", "A plan", ()),
        ("heading", "Why", ()),
        ("paragraph", "Because *we* must.\nAnd shall.", ("Why",)),
        ("paragraph", "We will:", ("Why",)),
        ("bullet", "open", ("Why",)),
        ("bullet", "close\n  later", ("Why",)),
        ("heading", "Cost", ("Why",)),
        ("table", "Item | Price", ("Why", "Cost")),
        ("table", "Heat | 3", ("Why", "Cost")),
        ("paragraph", "End.", ("Why", "Cost")),
    ]


def test_plain_text_headings_by_rule(desk: Desk) -> None:
    document = desk.read(
        "plan.txt",
        "THE HALL PLAN\n\n1. A PLAN FOR THE HALL\n\n"
        "The hall is old, and this plan says how it\nwill be mended by us all.\n\n"
        "1.1 Money\n\nThere is none to be had this year from anybody that we asked.\n\n"
        "We asked\nand asked.\n\n(a) once;\n(b) twice.\n\nYours\n",
    )
    assert parts(document) == [
        ("heading", "THE HALL PLAN", ()),
        ("heading", "1. A PLAN FOR THE HALL", ()),
        (
            "paragraph",
            "The hall is old, and this plan says how it\nwill be mended by us all.",
            ("1. A PLAN FOR THE HALL",),
        ),
        ("heading", "1.1 Money", ("1. A PLAN FOR THE HALL",)),
        (
            "paragraph",
            "There is none to be had this year from anybody that we asked.",
            ("1. A PLAN FOR THE HALL", "1.1 Money"),
        ),
        ("paragraph", "We asked\nand asked.", ("1. A PLAN FOR THE HALL", "1.1 Money")),
        ("bullet", "(a) once;", ("1. A PLAN FOR THE HALL", "1.1 Money")),
        ("bullet", "(b) twice.", ("1. A PLAN FOR THE HALL", "1.1 Money")),
        ("paragraph", "Yours", ("1. A PLAN FOR THE HALL", "1.1 Money")),
    ]
    assert document.title == "THE HALL PLAN"


def test_a_text_with_colons_is_not_taken_for_talk(desk: Desk) -> None:
    lines = "".join(
        f"Priority {n}: we will do thing {n}.\n\nOwner: the board.\n\nStatus: green.\n\n" for n in range(6)
    )
    document = desk.read("plan.txt", lines)
    assert document.kind is Kind.UNKNOWN
    assert all(block.kind is not BlockKind.TURN for block in document.blocks)


def test_the_kind_that_is_given_wins(desk: Desk) -> None:
    text = "---\nkind: review\n---\nP1: One.\n\nP2: Two.\n\nP1: Three.\n"
    assert desk.read("a.md", text).kind is Kind.REVIEW
    assert desk.read("a.md", text, metadata={"kind": "policy"}).kind is Kind.POLICY
    assert desk.read("a.md", text, kind=Kind.INTERVIEW, metadata={"kind": "policy"}).kind is Kind.INTERVIEW


def test_metadata_is_flat_and_the_table_wins(desk: Desk) -> None:
    document = desk.read(
        "a.md",
        "---\ntitle: Old\nplace: Leeds\nkeywords: [a, b]\nsynthetic: true\nempty:\n---\nText.\n",
        metadata={"title": "New", "place": "York", "participant": "P7", "file": "a.md", "role": ""},
    )
    assert document.title == "New"
    assert document.metadata == {"place": "York", "keywords": "a; b", "participant": "P7"}
    assert document.participant == document.cluster == "P7"
    assert document.synthetic


def test_the_mark_of_invention_is_no_block(desk: Desk) -> None:
    document = desk.read("a.md", "# Plan\n\nSYNTHETIC: invented here\n\nReal text of it.\n")
    assert document.synthetic
    assert [words for _, words, _ in parts(document)] == ["Plan", "Real text of it."]


def test_broken_front_matter_is_read_by_rows_and_said(desk: Desk) -> None:
    document = desk.read("a.md", '---\ntitle: "A: b\nplace: [x\n---\nText of it.\n')
    assert document.metadata["place"] == "[x"
    assert any("front matter is not YAML" in note for note in document.notes)


def test_a_rule_of_dashes_is_not_front_matter(desk: Desk) -> None:
    document = desk.read("a.md", "---\nA line of prose\n---\nText of it.\n")
    assert "Text of it." in [words for _, words, _ in parts(document)]


def test_footnotes_stand_apart(desk: Desk) -> None:
    document = desk.read("a.md", "We say so.[^1]\n\n[^1]: Somebody 1999.\n")
    assert len(document.blocks) == 1
    assert any("footnote" in note for note in document.notes)
