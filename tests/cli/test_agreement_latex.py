"""`agreement --latex`: tables that go into a paper whatever raters and codes are called."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.conftest import CommandLine
from tests.doubles.pdflatex import compiled, needs_tex

from cothemes.presentation.latex import GAP, LINE, ems, latex_table, parts_of, pieces

HARD = (
    "A_1 50%",
    "B&C $x$",
    "[x] #2",
    "Zoë “q” – — … € ≥ −",
    "日本語",
    "\\input{x}",
    "α ≤ β",
    "~^{}",
    "e\u0301",
)


def hard_tables(cothemes: CommandLine, folder: Path) -> str:
    rows = [
        f'u{n},d{n % 12},{rater},human,"{HARD[(n + (rater == "be{n}$" and n % 3 == 0)) % len(HARD)]}"'
        for n in range(60)
        for rater in ("anna_ü", "be{n}$")
    ]
    ratings, latex = folder / "r.csv", folder / "tables.tex"
    ratings.write_text("\n".join(["unit,doc,rater,kind,code", *rows, ""]), encoding="utf-8")
    cothemes.done("agreement", ratings, "--latex", latex)
    return latex.read_text(encoding="utf-8")


def test_tables_of_hard_words_are_balanced_and_escaped(cothemes: CommandLine, tmp_path: Path) -> None:
    """What can be said without TeX: groups close, environments match, nothing active is left of the words."""
    text = hard_tables(cothemes, tmp_path)
    bare = re.sub(r"\\[\\{}%&$#_]", "", text)
    body = "".join(line for line in bare.splitlines(keepends=True) if not line.startswith("%"))
    assert body.count("{") == body.count("}")
    assert re.findall(r"\\begin\{(\w+)\}", body) == re.findall(r"\\end\{(\w+)\}", body)
    assert body.count("$") % 2 == 0
    assert "%" not in body
    words = {
        *("begingroup", "endgroup", "footnotesize", "normalsize", "noindent", "setlength", "tabcolsep"),
        *("LTcapwidth", "linewidth", "begin", "end", "caption", "label", "toprule", "midrule", "bottomrule"),
        *("endfirsthead", "endhead", "endfoot", "ifdefined", "else", "fi", "otherletter", "Umathchar"),
        *("DeclareRobustCommand", "textbackslash", "textasciitilde", "textasciicircum", "leq", "geq"),
        *(
            "alpha",
            "beta",
            "raggedleft",
            "raggedright",
            "hyphenpenalty",
            "par",
            "allowbreak",
            "penalty",
            "sloppy",
        ),
    }
    assert set(re.findall(r"\\([A-Za-z]+)", body)) <= words
    assert "\\otherletter{日}{U+65E5}" in text
    assert "é" in text


LONG = (
    "GOVERNANCE_AND_ACCOUNTABILITY_OF_JOINT_BOARDS_AND_PARTNERSHIPS",
    "the part that people with lived experience take in commissioning",
    "Vertrauensverlustbewältigungsstrategieentwicklungsprozess",
    "https://example.org/codebook/v2/integration.of.health-and-social-care",
    "A1",
)


def long_names(folder: Path, raters: int) -> Path:
    """Ratings of people and a model with codes and raters of very long names."""
    people = [f"researcher.number-{n}@university-of-somewhere" for n in range(raters)]
    raters_and_kinds = [*((name, "human") for name in people), ("openai:gpt@propose.v2#r1", "model")]
    rows = []
    for n in range(60):
        for at, (rater, kind) in enumerate(raters_and_kinds):
            code = LONG[(n * (at + 3) if n % 4 == at % 4 else n) % len(LONG)]
            rows.append(f'u{n},d{n % 6},{rater},{kind},"{code}"')
    ratings = folder / "long.csv"
    ratings.write_text("\n".join(["unit,doc,rater,kind,code", *rows, ""]), encoding="utf-8")
    return ratings


@needs_tex
def test_tables_go_through_pdflatex(cothemes: CommandLine, tmp_path: Path) -> None:
    hard_tables(cothemes, tmp_path)
    assert "Overfull" not in compiled(tmp_path)


@needs_tex
@pytest.mark.parametrize(("raters", "size"), [(2, "10pt"), (2, "12pt"), (3, "11pt"), (9, "10pt")])
def test_no_name_runs_over_the_edge_of_the_page(
    cothemes: CommandLine, tmp_path: Path, raters: int, size: str
) -> None:
    words = ("--variable", f"boards={LONG[0]},{LONG[2]}", "--margin", "0.1")
    cothemes.done("agreement", long_names(tmp_path, raters), *words, "--latex", tmp_path / "tables.tex")
    log = compiled(tmp_path, size)
    assert "Overfull" not in log, [line for line in log.splitlines() if "Overfull" in line]


def test_names_are_whole_though_they_are_broken(cothemes: CommandLine, tmp_path: Path) -> None:
    cothemes.done("agreement", long_names(tmp_path, 2), "--latex", tmp_path / "tables.tex")
    text = (tmp_path / "tables.tex").read_text(encoding="utf-8")
    joined = text.replace(r"\allowbreak{}", "").replace(r"\penalty500{}", "").replace(r"\_", "_")
    for name in LONG:
        assert name in joined
    # Without TeX: no line of a cell is wider than its column.
    for specified in re.findall(r"\\begin\{longtable\}\{(.*)\}", text):
        widths = [float(width) for width in re.findall(r"p\{([\d.]+)\\linewidth\}", specified)]
        assert sum(widths) <= 1


def test_a_table_whose_figures_are_too_wide_is_printed_in_parts() -> None:
    rows = [["Code", *(f"head {n}" for n in range(30))], ["A1", *([".47 [−.37, 1.00]"] * 30)]]
    parts = list(parts_of(rows))
    assert len(parts) > 1
    assert [column.place for part in parts for column in part if column.place] == list(range(1, 31))
    assert all(part[0].place == 0 for part in parts)
    text = latex_table("Many.", "tab:many", rows)
    assert text.count(r"\begin{longtable}") == len(parts)
    assert f"Many. Part 2 of {len(parts)}." in text
    assert len(set(re.findall(r"\\label\{(.*?)\}", text))) == len(parts)


@given(
    st.lists(
        st.lists(st.text(st.characters(codec="utf-8"), max_size=60), min_size=4, max_size=4),
        min_size=2,
        max_size=6,
    )
)
def test_every_table_has_room_on_a_line(rows: list[list[str]]) -> None:
    for part in parts_of(rows):
        wide = sum(
            column.width or max(ems(row[column.place]) for row in rows) for column in part
        ) + GAP * len(part)
        assert wide <= LINE + 1e-9 or len(part) <= 2


@given(st.text(max_size=200))
def test_pieces_are_the_words(words: str) -> None:
    assert "".join(pieces(words)) == words
    assert all(len(piece) <= 15 for piece in pieces(words))
