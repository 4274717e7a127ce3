"""`agreement --latex`: tables that go into a paper whatever raters and codes are called."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from tests.conftest import CommandLine

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
        *("alpha", "beta"),
    }
    assert set(re.findall(r"\\([A-Za-z]+)", body)) <= words
    assert "\\otherletter{日}{U+65E5}" in text
    assert "é" in text


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="no pdflatex on the path")
def test_tables_go_through_pdflatex(cothemes: CommandLine, tmp_path: Path) -> None:
    hard_tables(cothemes, tmp_path)
    packages = "".join(rf"\usepackage{name}" for name in ("[T1]{fontenc}", "{booktabs}", "{longtable}"))
    twice = r"\input{tables}\input{tables}"
    main = rf"\documentclass{{article}}{packages}\begin{{document}}{twice}\end{{document}}"
    (tmp_path / "main.tex").write_text(main, encoding="utf-8")
    result = subprocess.run(
        ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "main.tex"],
        cwd=tmp_path,
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert result.returncode == 0, result.stdout.decode(errors="replace")[-2000:]
    assert (tmp_path / "main.pdf").stat().st_size > 5_000
