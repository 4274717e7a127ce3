"""Two versions of the codebook side by side: on a terminal and on a page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from rich.text import Text

from cothemes.presentation.lines import Line, Unbroken
from cothemes.presentation.pages import PageHead, page
from cothemes.presentation.side_by_side import side_by_side
from cothemes.presentation.wrapping import hanging
from cothemes.records.text import shown_text

if TYPE_CHECKING:
    from cothemes.app.codebook.versions import NamedVersion
    from cothemes.app.findings.codebook_versions import CodebookPair, FieldPair, Words
    from cothemes.records.revision import Revision

_MARKS = {"same": "{}", "gone": "[-{}-]", "new": "{{+{}+}}"}


def codebook_pair_lines(found: CodebookPair, width: int) -> Iterator[Line]:
    """Yield each code that differs with its texts in two columns, then the reasons. `width`: columns of the
    terminal."""
    if found.same:
        yield "Nothing changed that a coder reads. Earlier versions: cothemes codebook log"
        return
    heads = [version_name(found.old), version_name(found.new)]
    for pair in found.codes:
        yield Text(shown_text(f"{pair.code}  {pair.label}: {pair.what}"), style="bold")
        yield from _columns(heads, pair.fields, width)
    if found.around:
        yield Text("Around the codes", style="bold")
        yield from _columns(heads, found.around, width)
    for line in reason_lines(found.reasons):
        yield hanging(shown_text(line), 4)


def _columns(heads: Sequence[str], fields: Sequence[FieldPair], width: int) -> Iterator[Line]:
    rows = [[shown_text(_cell(each.field, words)) for words in (each.old, each.new)] for each in fields]
    for line in side_by_side(heads, rows, width):
        yield Unbroken(line)


def _cell(field: str, words: Words) -> str:
    if not words:
        return ""
    return f"{field}:\n" + " ".join(_MARKS[fate].format(text) for fate, text in words)


def codebook_pair_page(found: CodebookPair, head: PageHead) -> str:
    """Return the same as a page."""
    return page(
        "codebook_pair_page",
        head,
        pair=found,
        old=version_name(found.old),
        new=version_name(found.new),
        reasons=list(reason_lines(found.reasons)),
    )


def version_name(version: NamedVersion) -> str:
    """Return `0.2.0 (1a2b3c4d)`."""
    return f"{version.version or 'no version'} ({version.hash[:8]})"


def reason_lines(reasons: Sequence[Revision]) -> Iterator[str]:
    """Yield `2026-11-30 A2: why (ann)`."""
    for each in reasons:
        codes = f"{', '.join(each.codes)}: " if each.codes else ""
        by = f" ({each.by})" if each.by else ""
        yield f"{each.at:%Y-%m-%d} {codes}{each.reason or each.kind.value}{by}"
