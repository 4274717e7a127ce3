"""A page of ours as a Word document: headings, paragraphs, lists, quotes and tables. Drawings stay out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from docx import Document
from docx.shared import Pt
from lxml import html

from cothemes.adapters.writers.docx_words import fit
from cothemes.adapters.writers.whole_file import whole_binary

_SKIPPED = frozenset(("script", "style", "nav", "head", "title", "template", "button", "form"))
_DRAWN = frozenset(("svg", "img", "canvas"))
_INLINE = frozenset(
    (
        "a", "abbr", "b", "br", "cite", "code", "data", "em", "i", "kbd", "mark", "q", "s", "small", "span",
        "strong", "sub", "sup", "time", "u", "var", "wbr",
    )
)  # fmt: skip
_STYLES = {"li": "List Bullet", "blockquote": "Intense Quote", "dt": "Body Text"}
_BOLD = frozenset(("b", "strong", "th", "summary", "dt"))
_ITALIC = frozenset(("i", "em", "cite"))
_SMALL = Pt(8)


def write_docx_page(path: Path, page: str) -> int:
    """Write the page; return the number of drawings that a Word document does not get."""
    document = Document()
    writing = _Writing(document)
    root = html.document_fromstring(page)
    writing.block(root.find("body") if root.find("body") is not None else root)
    with whole_binary(path) as handle:
        document.save(handle)
    return writing.drawings


class _Writing:
    def __init__(self, document: Any) -> None:
        self._document = document
        self.drawings = 0

    def block(self, element: Any, style: str = "") -> None:
        """Write an element and what is in it; words between blocks are paragraphs of their own."""
        loose: list[tuple[str, bool, bool]] = []

        def flush() -> None:
            if "".join(words for words, _, _ in loose).strip():
                self._paragraph(loose, style or _STYLES.get(str(element.tag), ""))
            loose.clear()

        loose.append((element.text or "", element.tag in _BOLD, element.tag in _ITALIC))
        for child in element:
            tag = child.tag if isinstance(child.tag, str) else ""
            if tag in _DRAWN:
                self.drawings += 1
            elif tag == "a" and child.get("class") == "skip":
                # A link to a place on the page.
                pass
            elif tag in _INLINE:
                loose += _runs(child, element.tag in _BOLD, element.tag in _ITALIC)
            elif tag and tag not in _SKIPPED:
                flush()
                self._child(child, tag, style or _STYLES.get(str(element.tag), ""))
            loose.append((child.tail or "", element.tag in _BOLD, element.tag in _ITALIC))
        flush()

    def _child(self, child: Any, tag: str, style: str) -> None:
        if tag == "table":
            self._table(child)
        elif len(tag) == 2 and tag[0] == "h" and tag[1].isdigit():
            self._document.add_heading(fit(_words(child)), level=int(tag[1]))
        else:
            self.block(child, style)

    def _paragraph(self, runs: list[tuple[str, bool, bool]], style: str) -> None:
        paragraph = self._document.add_paragraph(style=style or None)
        first = True
        for words, bold, italic in runs:
            shown = _folded(words)
            shown = shown.lstrip() if first else shown
            if not shown:
                continue
            first = False
            run = paragraph.add_run(fit(shown))
            run.bold, run.italic = bold or None, italic or None

    def _table(self, table: Any) -> None:
        caption = table.find("caption")
        if caption is not None:
            self._document.add_paragraph(fit(_words(caption)), style="Caption")
        self.drawings += sum(1 for _ in table.iter(*_DRAWN))
        rows = [[each for each in row if each.tag in ("td", "th")] for row in table.iter("tr")]
        width = max((sum(_span(cell) for cell in row) for row in rows), default=0)
        if not width:
            return
        made = self._document.add_table(rows=len(rows), cols=width, style="Table Grid")
        for row, target in zip(rows, made.rows, strict=True):
            at = 0
            for cell in row:
                place = target.cells[at]
                if _span(cell) > 1:
                    place = place.merge(target.cells[min(at + _span(cell), width) - 1])
                run = place.paragraphs[0].add_run(fit(_words(cell)))
                run.bold = cell.tag == "th" or None
                run.font.size = _SMALL
                at += _span(cell)


def _span(cell: Any) -> int:
    said = cell.get("colspan", "1")
    return max(1, min(int(said), 60)) if said.isdigit() else 1


def _runs(element: Any, bold: bool, italic: bool) -> Iterator[tuple[str, bool, bool]]:
    if element.tag == "br":
        yield " ", bold, italic
    bold, italic = bold or element.tag in _BOLD, italic or element.tag in _ITALIC
    yield element.text or "", bold, italic
    for child in element:
        if isinstance(child.tag, str) and child.tag not in _DRAWN:
            yield from _runs(child, bold, italic)
        yield child.tail or "", bold, italic


def _words(element: Any) -> str:
    return " ".join("".join(_parts(element)).split())


def _parts(element: Any) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        if isinstance(child.tag, str) and child.tag not in (*_DRAWN, *_SKIPPED):
            # Blocks and breaks within a cell are words apart.
            gap = "" if child.tag in _INLINE and child.tag != "br" else " "
            yield gap
            yield from _parts(child)
            yield gap
        yield child.tail or ""


def _folded(words: str) -> str:
    """Return words with white space as a page shows it."""
    inner = " ".join(words.split())
    if not inner:
        return " " if words else ""
    return f"{' ' * words[:1].isspace()}{inner}{' ' * words[-1:].isspace()}"
