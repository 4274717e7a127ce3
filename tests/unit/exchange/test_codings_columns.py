"""The columns of a table of codings are those that the reference documents."""

from __future__ import annotations

import re
from pathlib import Path

from cothemes.stages.exchange.codings_rows import COLUMNS, MORE, TEXT, WHO


def test_every_column_is_documented(root: Path) -> None:
    text = (root / "docs" / "reference" / "files.md").read_text(encoding="utf-8")
    section = text.split("## Codings (")[1].split("\n## ")[0]
    named = re.findall(
        r"`([a-z_]+|(?:attr|meta)\.NAME)`", "".join(re.findall(r"^\| (`.*?) \|", section, re.M))
    )
    assert named == [*COLUMNS, *WHO, "attr.NAME", "meta.NAME", *TEXT, "memos", *MORE]
