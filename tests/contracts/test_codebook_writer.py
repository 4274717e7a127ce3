"""A code is put into codebook.yaml without touching a line of its authors, or not at all."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cothemes.adapters.readers.codebook_yaml import read_codebook
from cothemes.adapters.writers.codebook_yaml import add_code
from cothemes.errors import StateConflict
from cothemes.records.codebook import Code, Example, NearMiss

LAID_OUT = """\
# Ours. Keep this line.
codebook: {id: small, version: 1}

themes:
  T: {label: Time}   # the first theme
  U: {label: Us}

codes:
  # -- time --
  - id: A1
    label: "Trust: between people"   # a remark
    theme: T
    definition: |
      Says that people trust one another.

      # this is a line of the definition

  - id: A2
    label: Money
    theme: T
    definition: Says that money is there.
    # a note on A2, at its own depth

  # -- us --
  - id: B1
    label: Turnover
    theme: U
    definition: >-
      Says that staff leave
      or come.

# Behind the codes.
general_rules:
  - Code the claim.
"""
NEW = Code(id="A3", label="Rooms", theme="T", definition="Says where people meet.")
BLOCK = "  - id: A3\n    label: Rooms\n    theme: T\n    definition: >-\n      Says where people meet.\n"


def written(folder: Path, text: str, name: str = "codebook.yaml") -> Path:
    path = folder / name
    path.write_bytes(text.encode("utf-8"))
    return path


def test_the_code_stands_behind_the_last_one_of_its_theme_and_nothing_else_moved(tmp_path: Path) -> None:
    path = written(tmp_path, LAID_OUT)
    made = add_code(path, NEW)
    assert [code.id for code in made.codes] == ["A1", "A2", "A3", "B1"]
    before = "    # a note on A2, at its own depth\n"
    assert path.read_text(encoding="utf-8") == LAID_OUT.replace(before, f"{before}\n{BLOCK}")
    assert read_codebook(path)[0] == made


def test_without_a_theme_it_stands_last_and_what_follows_the_codes_stays_behind_it(tmp_path: Path) -> None:
    path = written(tmp_path, LAID_OUT)
    add_code(path, NEW.model_copy(update={"theme": None}))
    added = "\n" + BLOCK.replace("    theme: T\n", "")
    assert path.read_text(encoding="utf-8") == LAID_OUT.replace(
        "      or come.\n", f"      or come.\n{added}"
    )


@pytest.mark.parametrize("end", ["\r\n", "\n"])
def test_line_ends_and_a_byte_order_mark_stay(tmp_path: Path, end: str) -> None:
    path = written(tmp_path, "\ufeff" + LAID_OUT.replace("\n", end))
    add_code(path, NEW)
    text = path.read_bytes().decode("utf-8")
    assert text.startswith("\ufeff#")
    assert text.count(end) == text.count("\n")
    assert BLOCK.replace("\n", end) in text


def test_lists_in_the_outer_column_and_files_without_a_last_line_end(tmp_path: Path) -> None:
    text = "codebook: {id: s}\ncodes:\n- id: A1\n  label: One\n  definition: Says one."
    path = written(tmp_path, text)
    add_code(path, NEW.model_copy(update={"theme": None}))
    assert path.read_text(encoding="utf-8") == (
        f"{text}\n- id: A3\n  label: Rooms\n  definition: >-\n    Says where people meet.\n"
    )


def test_an_id_that_is_there_is_refused_with_its_line(tmp_path: Path) -> None:
    path = written(tmp_path, LAID_OUT)
    with pytest.raises(StateConflict) as refused:
        add_code(path, NEW.model_copy(update={"id": "B1"}))
    assert refused.value.where == f"{path}:25"
    assert path.read_text(encoding="utf-8") == LAID_OUT


@pytest.mark.parametrize(
    "codes",
    [
        "codes: [{id: A1, label: One, definition: Says one.}]\n",
        "codes:\n  - {id: A1, label: One, definition: Says one.}\n",
    ],
)
def test_a_layout_that_takes_no_addition_is_left_alone_and_the_block_is_given(
    tmp_path: Path, codes: str
) -> None:
    path = written(tmp_path, f"codebook: {{id: s}}\n{codes}")
    before = path.read_bytes()
    with pytest.raises(StateConflict) as refused:
        add_code(path, NEW.model_copy(update={"theme": None}))
    assert "- id: A3" in refused.value.hint
    assert path.read_bytes() == before


def test_a_link_stays_a_link_and_the_permissions_stay(tmp_path: Path) -> None:
    target = written(tmp_path, LAID_OUT, "shared.yaml")
    target.chmod(0o640)
    link = tmp_path / "codebook.yaml"
    link.symlink_to(target)
    add_code(link, NEW)
    assert link.is_symlink()
    assert "A3" in target.read_text(encoding="utf-8")
    assert stat.S_IMODE(target.stat().st_mode) == 0o640
    assert sorted(file.name for file in tmp_path.iterdir()) == ["codebook.yaml", "shared.yaml"]


SETTLED = (
    st.text(st.characters(exclude_categories=("C", "Z")) | st.just(" "), min_size=1, max_size=60)
    .map(lambda text: " ".join(text.split()))
    .filter(bool)
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(SETTLED, SETTLED, st.lists(SETTLED, max_size=2), st.lists(SETTLED, max_size=2))
def test_whatever_people_write_is_read_back_or_refused(
    tmp_path: Path, label: str, definition: str, rules: list[str], examples: list[str]
) -> None:
    path = written(tmp_path, LAID_OUT)
    code = Code(
        id="A3", label=label, theme="U", definition=definition, include_when=tuple(rules),
        examples=tuple(Example(text=text) for text in examples),
        near_misses=tuple(NearMiss(text=text, code="A1") for text in examples),
    )  # fmt: skip
    made = add_code(path, code)
    assert made.by_id["A3"].model_dump() == code.model_dump()
    text = path.read_text(encoding="utf-8")
    left = [line for line in LAID_OUT.splitlines() if line.strip()]
    position = 0
    for line in left:
        position = text.index(line, position) + len(line)
