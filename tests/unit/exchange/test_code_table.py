"""Tables of codes, as people and programs lay them out."""

from __future__ import annotations

import pytest
from tests.unit.exchange.test_code_tree import BOOK

from cothemes.errors import UsageError
from cothemes.records.foreign_table import ForeignTable
from cothemes.stages.exchange.code_table import code_rows, codes_in_table, taguette_rows
from cothemes.stages.exchange.code_tree import codes_of
from cothemes.stages.exchange.columns import CODE_FIELDS, best_table, column_map, suggested


def table(*rows: tuple[str, ...], name: str = "t") -> ForeignTable:
    return ForeignTable(name=name, columns=rows[0], rows=rows[1:])


def read(found: ForeignTable, **columns: str) -> dict[str, tuple[str | None, str | None, str]]:
    used = column_map(found, CODE_FIELDS, columns, "t")
    return {
        code.label: (code.theme, code.parent, code.definition)
        for code in codes_of(codes_in_table(found, used, "t").project).codes
    }


def test_the_studys_own_table_comes_back_whole() -> None:
    found = table(*code_rows(BOOK))
    used = suggested(found, CODE_FIELDS)
    made = codes_of(codes_in_table(found, used, "t").project)
    assert {code.id: code for code in made.codes} == {code.id: code for code in BOOK.codes}
    assert {theme.id for theme in made.themes} == {theme.id for theme in BOOK.themes}


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        (("Code", "Definition", "Example"),
         {"label": "Code", "definition": "Definition", "examples": "Example"}),
        (("Theme", "Code", "Description"), {"theme": "Theme", "label": "Code", "definition": "Description"}),
        (("Name", "Description", "Files", "References"), {"label": "Name", "definition": "Description"}),
        (("tag", "description"), {"label": "tag", "definition": "description"}),
        (("Category", "Sub-category", "Code name"),
         {"theme": "Category", "subtheme": "Sub-category", "label": "Code name"}),
        (("Theme", "Category", "Low-level Category", "Description", "Code", "Description (2)"),
         {"theme": "Theme", "subtheme": "Category", "subtheme2": "Low-level Category", "label": "Code",
          "definition": "Description (2)"}),
        (("Theme", "Topic", "", "Code", "Definition", "Associated Code/Memo Examples"),
         {"theme": "Theme", "subtheme": "Topic", "label": "Code", "definition": "Definition",
          "examples": "Associated Code/Memo Examples"}),
        (("Parent code", "Code", "Code memo", "Coded segments"),
         {"parent": "Parent code", "label": "Code", "definition": "Code memo"}),
        (("Code ID", "Code", "Code definition", "When to use", "When NOT to use"),
         {"id": "Code ID", "label": "Code", "definition": "Code definition", "include_when": "When to use",
          "exclude_when": "When NOT to use"}),
    ],
)  # fmt: skip
def test_columns_are_recognised_by_their_names(columns: tuple[str, ...], expected: dict[str, str]) -> None:
    assert suggested(ForeignTable(name="t", columns=columns, rows=()), CODE_FIELDS) == expected


def test_a_blank_theme_is_that_of_the_row_above_and_a_row_across_the_table_a_heading() -> None:
    merged = table(("Theme", "Code", "Definition"), ("A", "a1", "x"), ("", "a2", ""), ("B", "b1", "y"))
    assert read(merged) == {"a1": ("A", None, "x"), "a2": ("A", None, ""), "b1": ("B", None, "y")}
    headed = table(("Code", "Definition"), ("A", "A"), ("a1", "x"), ("B", "B"), ("b1", "y"))
    assert read(headed) == {"a1": ("A", None, "x"), "b1": ("B", None, "y")}


def test_paths_levels_and_parents_make_a_tree_of_any_depth() -> None:
    paths = table(("Code", "Memo"), ("Care", "c"), ("Care\\Home", "h"), ("Care\\Home\\Food", "f"))
    assert read(paths) == {
        "Care": (None, None, "c"),
        "Home": (None, "Care", "h"),
        "Food": (None, "Home", "f"),
    }
    levels = table(("Level", "Code"), ("1", "Care"), ("2", "Home"), ("3", "Food"), ("2", "Away"))
    assert {label: made[1] for label, made in read(levels).items()} == {
        "Care": None, "Home": "Care", "Food": "Home", "Away": "Care",
    }  # fmt: skip
    parents = table(("Code", "Parent"), ("Food", "Home"), ("Home", ""), ("Loose", "Elsewhere"))
    made = read(parents)
    assert made["Food"][1] == "Home"
    assert made["Loose"][1] == "Elsewhere"
    assert "Elsewhere" in made


def test_a_person_says_what_a_column_is() -> None:
    odd = table(("Signal", "Was heisst das", "Code"), ("a", "x", "1"))
    assert read(odd, label="Signal", definition="Was heisst das") == {"a": (None, None, "x")}
    assert read(odd, label="Code", definition="-") == {"1": (None, None, "")}
    with pytest.raises(UsageError):
        read(odd, label="Nothing")
    with pytest.raises(UsageError):
        read(odd, meaning="Code")


def test_tables_of_one_head_are_read_as_one() -> None:
    first = table(("Code", "Definition"), ("a", "x"), name="1")
    other = table(("Name", "Size"), ("big", "3"), name="2")
    second = table(("Code", "Definition"), ("b", "y"), name="3")
    joined = best_table([first, other, second], CODE_FIELDS)
    assert joined.rows == (("a", "x"), ("b", "y"))


def test_rows_without_a_code_are_counted() -> None:
    found = table(("Code", "Definition"), ("", "Lost words"), ("a", "x"))
    assert codes_in_table(found, suggested(found, CODE_FIELDS), "t").without_label == 1


def test_taguettes_tags_hold_the_whole_code() -> None:
    rows = table(*taguette_rows(BOOK))
    assert rows.columns == ("tag", "description")
    used = suggested(rows, CODE_FIELDS)
    made = codes_of(codes_in_table(rows, used, "t").project)
    assert {code.id for code in made.codes} == {code.id for code in BOOK.codes}


def test_sub_themes_of_the_same_name_are_those_of_their_own_themes() -> None:
    found = table(
        ("Theme", "Category", "Sub-category", "Code", "Quote"),
        ("Use", "Positive", "Often", "daily", "a"),
        ("", "", "", "", "b"),
        ("", "", "Rare", "never", ""),
        ("Views", "Positive", "", "likes it", ""),
        ("", "Neutral", "", "", "c"),
    )
    used = suggested(found, CODE_FIELDS)
    read_codes = codes_in_table(found, used, "t")
    made = {code.id: code for code in codes_of(read_codes.project).codes}
    paths = {code.label: [] for code in made.values()}
    for code in made.values():
        at = code
        while at.parent:
            at = made[at.parent]
            paths[code.label].append(at.label)
    assert paths["daily"] == ["Often", "Positive"]
    assert paths["never"] == ["Rare", "Positive"]
    assert paths["likes it"] == ["Positive"]
    assert {code.theme for code in made.values() if code.label == "Positive"} == {"Use", "Views"}
    assert {code.label: [each.text for each in code.examples] for code in made.values() if code.examples} == {
        "daily": ["a", "b"],
        "Neutral": ["c"],
    }
    assert read_codes.without_label == 0


def test_numbers_with_dots_make_a_tree_where_nothing_else_does() -> None:
    numbered = table(("No.", "Code"), ("1", "Care"), ("1.1", "Home"), ("1.1.1", "Food"), ("2.7", "Loose"))
    made = {
        code.label: code
        for code in codes_of(codes_in_table(numbered, suggested(numbered, CODE_FIELDS), "t").project).codes
    }
    assert {label: made[label].parent for label in made} == {
        "Care": None, "Home": "1", "Food": "1.1", "Loose": None,
    }  # fmt: skip


def test_paths_of_nvivo_lose_their_root() -> None:
    nvivo = table(("Name", "Description"), ("Nodes\\\\Care", "c"), ("Nodes\\\\Care\\Home", "h"))
    assert read(nvivo) == {"Care": (None, None, "c"), "Home": (None, "Care", "h")}


def test_a_code_named_twice_is_one_unless_it_says_something_else() -> None:
    found = table(("Code", "Definition"), ("a", "x"), ("a", ""), ("a", "x"), ("a", "y"))
    made = codes_in_table(found, suggested(found, CODE_FIELDS), "t")
    assert made.repeated == 2
    assert [code.definition for code in codes_of(made.project).codes] == ["x", "y"]


def test_headings_are_a_table_only_where_there_is_no_other() -> None:
    headings = ForeignTable(
        name="h", columns=("Level", "Code", "Definition"), rows=(("1", "a", "x"),) * 9, headings=True
    )
    counts = table(("1 Games", "2"), ("1.1 Story", "7"))
    assert best_table([counts, headings], CODE_FIELDS).headings
    assert not best_table([table(("Code", "Memo"), ("b", "y")), headings], CODE_FIELDS).headings
