"""Lines of an HTML page: what a browser shows as paragraphs, headings, lists and tables."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

from cothemes.adapters.readers.docx_table import table_lines
from cothemes.adapters.readers.xml_names import whole
from cothemes.records.source import Line, LineStyle

MOST_ELEMENTS = 1_000_000
LARGEST = 40 * 1024 * 1024
"""Characters of one page. Pages saved with their pictures take some ten million."""
_BLOCKS_WORDS = """
    address article aside blockquote body caption center dd details dialog div dl dt fieldset figcaption
    figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main ol p pre section summary
    table tbody td tfoot th thead tr ul
"""
_BLOCKS = frozenset(_BLOCKS_WORDS.split())
_SILENT_WORDS = """
    script style template svg math iframe object embed audio video canvas map select option textarea
    button input noscript head link meta colgroup
"""
_SILENT = frozenset(_SILENT_WORDS.split())
"""Elements that hold no words of the page."""
_SPACE = re.compile(r"[ \t\r\n\f\v\u00a0]+")
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all", re.IGNORECASE)
_LABEL = re.compile(r"^\s*[^\s:：][^:：\n]{0,39}[:：](?:\s|$)")
_DEEPEST = 250


class Page(NamedTuple):
    """A page, read."""

    lines: list[Line]
    title: str
    left: Counter[str]
    """What was left out, by kind."""


class TooMuch(ValueError):
    """The page is larger or deeper than any text; the message says how."""


def page_of(text: str, first_place: int = 1) -> Page:
    """Return the lines of a page, places counted in paragraphs from `first_place`. Raises TooMuch."""
    from lxml import etree

    if len(text) > LARGEST:
        raise TooMuch(f"holds more than {LARGEST // 1048576} MB of HTML")
    if text.count("<") > 2 * MOST_ELEMENTS:
        raise TooMuch(f"holds more than {MOST_ELEMENTS:,} elements")
    parser = etree.HTMLParser(
        encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True, huge_tree=False
    )
    content = text.encode("utf-8", "replace")
    try:
        root = etree.fromstring(content, parser) if content.strip() else None
    except etree.XMLSyntaxError as error:
        raise TooMuch(f"is no HTML that can be read: {error}") from error
    walk = _Walk(first_place)
    if root is None:
        return Page([], "", Counter())
    title = next((each.text or "" for each in root.iter("title")), "")
    return Page(walk.lines(root), " ".join(title.split()), walk.left)


class _Walk:
    """One walk through one page, without recursion: pages from elsewhere can be deep."""

    def __init__(self, first_place: int) -> None:
        self.left: Counter[str] = Counter()
        self._place = first_place - 1
        self._lines: list[Line] = []
        self._parts: list[str] = []
        self._bold = 0
        self._plain = False
        """True once the paragraph has words that are not bold."""
        self._open: list[str] = []
        """Blocks around the place, outermost first."""
        self._counts: list[int | None] = []
        """Of each list around the place: its next number, None where it has none."""
        self._mark: str | None = None
        """Number of a list item whose first paragraph is to come; empty for a bullet."""

    def lines(self, root: Any) -> list[Line]:
        """All lines of the page."""
        from lxml import etree

        walker = etree.iterwalk(root, events=("start", "end"))
        for event, element in walker:
            if event == "end":
                self._close(element)
            elif self._is_left_out(element):
                walker.skip_subtree()
                self._skip = element
            elif element.tag == "table" and (rows := _rows(element)):
                self._flush()
                for caption in element.iter("caption"):
                    self._add(_cell(caption))
                    self._flush()
                self._place += 1
                self._lines.extend(table_lines(rows, self._place))
                walker.skip_subtree()
                self._skip = element
            else:
                self._begin(element)
        self._flush()
        return self._lines

    _skip: Any = None

    def _is_left_out(self, element: Any) -> bool:
        tag = element.tag
        if tag in _SILENT:
            return True
        if tag == "nav" or element.get("role") == "navigation":
            self.left["navigation"] += 1
            return True
        if element.get("hidden") is not None or _HIDDEN.search(element.get("style") or ""):
            self.left["hidden parts"] += 1
            return True
        return False

    def _begin(self, element: Any) -> None:
        tag = element.tag
        if len(self._open) > _DEEPEST:
            raise TooMuch(f"is nested more than {_DEEPEST} levels deep")
        if tag in _BLOCKS:
            self._flush()
            self._open.append(tag)
            if tag in ("ol", "ul"):
                self._counts.append(whole(element.get("start"), 1) if tag == "ol" else None)
            elif tag == "li":
                self._mark = self._next_mark(element)
        elif tag in ("b", "strong"):
            self._bold += 1
        elif tag == "br":
            self._parts.append("\n")
        self._add(element.text)

    def _close(self, element: Any) -> None:
        tag = element.tag
        if element is self._skip:
            self._skip = None
        elif tag in _BLOCKS:
            self._flush()
            self._open.pop()
            if tag in ("ol", "ul"):
                self._counts.pop()
            elif tag == "li":
                self._mark = None
        elif tag in ("b", "strong"):
            self._bold -= 1
        self._add(element.tail)

    def _next_mark(self, item: Any) -> str:
        count = self._counts[-1] if self._counts else None
        if count is None:
            return ""
        number = whole(item.get("value"), count)
        self._counts[-1] = number + 1
        return f"{number}."

    def _add(self, text: str | None) -> None:
        if not text:
            return
        self._parts.append(text if "pre" in self._open else _SPACE.sub(" ", text))
        if text.strip() and not self._bold:
            self._plain = True

    def _flush(self) -> None:
        text, strong = "".join(self._parts), not self._plain
        self._parts.clear()
        self._plain = False
        rows = [row if "pre" in self._open else " ".join(row.split()) for row in text.split("\n")]
        while rows and not rows[0].strip():
            rows.pop(0)
        while rows and not rows[-1].strip():
            rows.pop()
        if not rows:
            return
        self._place += 1
        style, level = self._style()
        for at, row in enumerate(rows):
            glue = "\n" if at or style is LineStyle.BULLET else "\n\n"
            mark = self._mark if at == 0 else None
            if mark and not _LABEL.match(row):
                row = f"{mark} {row}"
            self._lines.append(
                Line(text=row, glue=glue, place=self._place, style=style, level=level, strong=strong)
            )
        self._mark = None

    def _style(self) -> tuple[LineStyle, int]:
        for tag in reversed(self._open):
            if len(tag) == 2 and tag[0] == "h" and tag[1].isdigit():
                return LineStyle.HEADING, int(tag[1])
            if tag == "li" and self._mark is not None:
                return LineStyle.BULLET, 0
        return LineStyle.TEXT, 0


def _rows(table: Any) -> list[list[str]]:
    """Cells of a table of words or figures; empty for one that only lays the page out."""
    if any(True for _ in table.iter("h1", "h2", "h3", "h4", "ul", "ol", "nav")):
        return []
    if sum(1 for _ in table.iter("table")) > 1:
        return []
    rows = [[_cell(cell) for cell in row.iter("td", "th")] for row in table.iter("tr")]
    filled = [row for row in rows if any(row)]
    if len(filled) < 2 or sum(sum(map(bool, row)) > 1 for row in filled) < 0.5 * len(filled):
        return []
    return filled


def _cell(cell: Any) -> str:
    return " ".join("".join(_words(cell)).split())


def _words(cell: Any) -> Iterator[str]:
    """Words of a cell: inline elements part no word, blocks and line ends do."""
    from lxml import etree

    walker = etree.iterwalk(cell, events=("start", "end"))
    for event, element in walker:
        apart = " " if element.tag in _BLOCKS or element.tag == "br" else ""
        if event == "start":
            if element.tag in _SILENT:
                walker.skip_subtree()
            else:
                yield apart + (element.text or "")
        elif element is not cell:
            yield apart + (element.tail or "")
