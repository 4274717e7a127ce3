"""TeX, where it is at hand: tables must go through it and stay on the page."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

needs_tex = pytest.mark.skipif(shutil.which("pdflatex") is None, reason="no pdflatex on the path")


def compiled(folder: Path, size: str = "10pt") -> str:
    """What pdflatex says of `tables.tex`, twice over, as the second table of the same paper."""
    packages = "".join(rf"\usepackage{name}" for name in ("[T1]{fontenc}", "{booktabs}", "{longtable}"))
    twice = r"\input{tables}\input{tables}"
    main = rf"\documentclass[{size}]{{article}}{packages}\begin{{document}}{twice}\end{{document}}"
    (folder / "main.tex").write_text(main, encoding="utf-8")
    for _ in range(2):
        result = subprocess.run(
            ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "main.tex"],
            cwd=folder,
            capture_output=True,
            timeout=120,
            check=False,
        )
        assert result.returncode == 0, result.stdout.decode(errors="replace")[-2000:]
    assert (folder / "main.pdf").stat().st_size > 5_000
    return (folder / "main.log").read_text(encoding="utf-8", errors="replace")
