"""Operations on codes written into codebook.yaml: what people wrote stays, line by line."""

from __future__ import annotations

from difflib import unified_diff
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cothemes.adapters.readers.codebook_yaml import read_codebook
from cothemes.adapters.writers.codebook_changes import change_codebook
from cothemes.errors import StateConflict
from cothemes.records.codebook import Code, Codebook
from cothemes.stages.codebook_change.operations import (
    Changed,
    added,
    merged,
    moved,
    put_back,
    retired,
    split,
    union,
)

LAID_OUT = """\
# Ours. Keep this line.
codebook: {id: small, version: 1}

themes:
  T: {label: Time}   # the first theme
  U: {label: Us}
  A2: {label: A theme with the id of a code}

attributes:
  tone: {values: [good, bad], applies_to: [A1, T]}
  place:
    values: [here, there]
    applies_to:
      - A1
      - B1

codes:
  # -- time --
  - id: A1
    label: "Trust: between people"   # a remark
    theme: T
    definition: |
      Says that people trust one another.

      # this is a line of the definition

  - id: A2   # money
    label: Money
    definition: Says that money is there.
    theme: T
    near_misses:
      - {text: A door., code: A1}
      - text: Another.
        code: B1   # not ours
    # a note on A2, at its own depth

  # -- us --
  - {id: C1, label: Rooms, definition: Says where., parent: A1}
  - id: B1
    parent: C1
    label: Turnover
    theme: U
    definition: >-
      Says that staff leave
      or come.

# Behind the codes.
general_rules:
  - Code the claim.
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "codebook.yaml"
    made.write_bytes(LAID_OUT.encode())
    return made


def changed_lines(path: Path) -> list[str]:
    now = path.read_text(encoding="utf-8")
    found = unified_diff(LAID_OUT.splitlines(), now.splitlines(), n=0, lineterm="")
    return [line for line in found if line[:1] in "+-" and line[:3] not in ("+++", "---")]


def test_a_rename_changes_every_mention_and_nothing_else(path: Path) -> None:
    book, _ = read_codebook(path)
    change_codebook(path, book.renamed({"A1": "TRUST"}), renamed={"A1": "TRUST"})
    assert changed_lines(path) == [
        "-  tone: {values: [good, bad], applies_to: [A1, T]}",
        "+  tone: {values: [good, bad], applies_to: [TRUST, T]}",
        "-      - A1",
        "+      - TRUST",
        "-  - id: A1",
        "+  - id: TRUST",
        "-      - {text: A door., code: A1}",
        "+      - {text: A door., code: TRUST}",
        "-  - {id: C1, label: Rooms, definition: Says where., parent: A1}",
        "+  - {id: C1, label: Rooms, definition: Says where., parent: TRUST}",
    ]


def test_a_move_changes_one_line(path: Path) -> None:
    book, _ = read_codebook(path)
    change_codebook(path, moved(book, "A2", "U", None).codebook)
    assert changed_lines(path) == ["-    theme: T", "+    theme: U"]
    book, _ = read_codebook(path)
    change_codebook(path, moved(book, "C1", "T", "A2").codebook)
    assert "  - {id: C1, label: Rooms, definition: Says where., parent: A2, theme: T}\n" in path.read_text()
    change_codebook(path, moved(read_codebook(path)[0], "A1", None, "A2").codebook)
    assert (
        '    label: "Trust: between people"   # a remark\n    parent: A2\n    definition: |\n'
        in path.read_text()
    )


def test_a_retired_code_comes_back_with_its_comments(path: Path) -> None:
    book, _ = read_codebook(path)
    now, taken = change_codebook(path, retired(book, "A2").codebook)
    assert "# a note on A2" in taken["A2"]
    assert "A2" not in now.by_id
    assert [line for line in changed_lines(path) if line.startswith("+")] == []
    change_codebook(path, put_back(now, book, (), ("A2",)).codebook, blocks=taken)
    assert changed_lines(path) == []


def test_a_merge_puts_one_code_in_the_place_of_two_and_is_undone(path: Path) -> None:
    book, _ = read_codebook(path)
    made = union(book, ["A1", "B1"], "AB", "Both", "Either of them.")
    now, taken = change_codebook(path, merged(book, ["A1", "B1"], made).codebook)
    assert list(now.by_id) == ["AB", "A2", "C1"]
    assert now.by_id["C1"].parent == "AB"
    assert [miss.code for miss in now.by_id["A2"].near_misses] == ["AB", "AB"]
    assert [each.applies_to for each in now.attributes] == [("AB", "T"), ("AB",)]
    back, _ = change_codebook(path, put_back(now, book, ("AB",), ("A1", "B1")).codebook, blocks=taken)
    assert back.model_dump() == book.model_dump()
    assert "# this is a line of the definition" in path.read_text()


def test_a_code_is_merged_into_one_that_stays(path: Path) -> None:
    book, _ = read_codebook(path)
    made = union(book, ["A2", "B1"], "A2", "", "")
    now, _ = change_codebook(path, merged(book, ["A2", "B1"], made).codebook)
    assert now.by_id["A2"].definition == "Says that money is there. Or: Says that staff leave or come."
    assert [miss.code for miss in now.by_id["A2"].near_misses] == ["A1"]


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(st.sampled_from("rmgsao"), st.integers(0, 7), st.integers(0, 7)), max_size=8))
def test_any_sequence_of_operations_reads_as_wanted_and_can_be_taken_back(
    path: Path, newline: str, steps: list[tuple[str, int, int]]
) -> None:
    path.write_bytes(LAID_OUT.replace("\n", newline).encode())
    undo: list[tuple[Codebook, tuple[str, ...], tuple[str, ...], dict[str, str]]] = []
    for number, (step, one, other) in enumerate(steps):
        book, _ = read_codebook(path)
        here = list(book.by_id)
        if len(here) < 3:
            break
        code, second = here[one % len(here)], here[other % len(here)]
        renamed: dict[str, str] = {}
        made: tuple[str, ...] = ()
        gone: tuple[str, ...] = ()
        if step == "r":
            renamed = {code: f"R{number}"}
            change = Changed(book.renamed(renamed))
        elif step == "m":
            if second in book.below(code):
                continue
            change = moved(book, code, ("T", "U", None)[one % 3], second if other % 2 else None)
        elif step == "a":
            change = added(book, Code(id=f"X{number}", label="New: one", theme="T", definition=""))
            made = (f"X{number}",)
        elif step == "g" and code != second:
            into = f"M{number}" if other % 2 else code
            change = merged(book, [code, second], union(book, [code, second], into, "", f"Either {number}."))
            made, gone = (into,), (code, second)
        elif step == "s":
            part = Code(id=f"S{number}", label="Part", definition="A part.")
            last = Code(id=f"P{number}", label="Part", definition="") if other % 2 else book.by_id[code]
            change = split(book, code, [part, last])
            made, gone = (part.id, last.id), (code,)
        elif step == "o" and not any(set(each.applies_to) == {code} for each in book.attributes):
            change = retired(book, code)
            gone = (code,)
        else:
            continue
        now, taken = change_codebook(path, change.codebook, renamed=renamed)
        assert now.model_dump() == change.codebook.model_dump()
        text = path.read_bytes().decode()
        assert "# Ours. Keep this line." in text
        assert "# Behind the codes." in text
        assert newline == "\n" or "\n" not in text.replace("\r\n", "")
        if made or gone:
            undo.append((book, made, gone, taken))
            wanted = put_back(now, book, made, gone).codebook
            change_codebook(path, wanted, blocks={c: w for c, w in taken.items() if c in gone})
            path.write_bytes(text.encode())


def test_a_layout_that_does_not_fit_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "codebook.yaml"
    text = "codebook: {id: c}\ncodes: [{id: A, label: a, definition: a}, {id: B, label: b, definition: b}]\n"
    path.write_text(text)
    with pytest.raises(StateConflict) as caught:
        change_codebook(path, retired(read_codebook(path)[0], "A").codebook)
    assert "adopt --renamed" in caught.value.hint
    assert path.read_text() == text
