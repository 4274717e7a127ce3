"""Word documents, by a walk of the body: tables in their place, tracked insertions in, deletions out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from cothemes.adapters.readers.docx_numbering import Numbering
from cothemes.adapters.readers.docx_table import table_lines
from cothemes.adapters.readers.format import Format, Opening
from cothemes.adapters.readers.raw import at_most, digest, read_bytes
from cothemes.adapters.readers.xml_package import Package
from cothemes.records.source import AS_FOUND, Line, LineStyle, ReadOptions, Source
from cothemes.records.text import counted

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_STRICT = "{http://purl.oclc.org/ooxml/wordprocessingml/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_DC_TITLE = "{http://purl.org/dc/elements/1.1/}title"
_LEFT_OUT = {"del": "tracked deletions", "moveFrom": "the old places of moved text"}
_SILENT = {"instrText", "delText", "delInstrText", "pPr", "rPr", "tblPr", "tcPr", "trPr", "sectPr"}
_LEVEL = re.compile(r"^(?:heading|überschrift|titre|rubrik)\s*(\d)$", re.IGNORECASE)


_ANEW = "Open it in Word or LibreOffice and save it anew as .docx."
_MAIN = "word/document.xml"
_LABEL = re.compile(r"^\s*[^\s:：][^:：\n]{0,39}[:：](?:\s|$)")
"""Begins as a turn does: numbers before such labels are those of lines, not of a list."""


@dataclass(frozen=True)
class DocxReader:
    """docx. Styles give headings and bullets; a table of speakers and words is read as turns."""

    options: ReadOptions = AS_FOUND

    def read(self, path: Path) -> list[Source]:
        """One source, places counted in paragraphs. Raises FileUnreadable."""
        data = read_bytes(path)
        package = Package(data, path, what="a Word document", hint=_ANEW)
        main, root = _main_part(package)
        body = _Body(
            _styles(_related(package, main, "styles")), Numbering(_related(package, main, "numbering"))
        )
        lines = body.numbered(list(at_most(body.lines(root), path, "lines")))
        return [
            Source(
                name=path.name,
                reader="docx",
                hash=digest(data),
                unit="paragraph",
                lines=tuple(lines),
                title=_title(package, lines),
                notes=(*body.notes(), *_elsewhere(package, main)),
            )
        ]


def _main_part(package: Package) -> tuple[str, Any]:
    """The part that holds the text, by the package's relations, and its root.

    Its name is the writer's choice.
    """
    for part in (*package.related("", "officeDocument"), _MAIN):
        if package.has(part):
            root = package.xml(part)
            if root is not None and _local(root) == "document":
                return part, root
    raise package.refusal("is a zip archive without a Word document in it")


def _related(package: Package, main: str, kind: str) -> Any | None:
    """The root of a part that belongs to the text, by relation, else by its usual name."""
    folder = main.rpartition("/")[0]
    names = [*package.related(main, kind), f"{folder}/{kind}.xml"]
    return package.xml(names[0])


class _Style(NamedTuple):
    name: str
    list_id: str
    level: int


class _Body:
    """One walk of one document."""

    def __init__(self, styles: dict[str, _Style], numbering: Numbering) -> None:
        self._styles = styles
        self._numbering = numbering
        self._left: Counter[str] = Counter()
        self._number = 0
        self._numbers: dict[int, str] = {}
        """Line → the number of its list item."""
        self._lines = 0

    def lines(self, root: Any) -> Iterator[Line]:
        """Every paragraph and table row, in order."""
        for element in root:
            for line in self._block(element):
                yield line
                self._lines += 1

    def numbered(self, lines: list[Line]) -> list[Line]:
        """Return the lines with the numbers of their lists, unless these number the turns of a talk."""
        items = [lines[at].text for at in self._numbers]
        labelled = sum(bool(_LABEL.match(text)) for text in items)
        if labelled > 0.4 * len(items):
            self._left["numbers of a list that counts turns"] += len(items)
            return lines
        return [
            line.model_copy(update={"text": f"{number} {line.text}"})
            if (number := self._numbers.get(at))
            else line
            for at, line in enumerate(lines)
        ]

    def notes(self) -> tuple[str, ...]:
        """Return what the walk left out."""
        return tuple(f"Left out: {what} ({count})." for what, count in sorted(self._left.items()))

    def _block(self, element: Any) -> Iterator[Line]:
        name = _local(element)
        if name == "p":
            self._number += 1
            yield from self._paragraph(element, self._number)
        elif name == "tbl":
            self._number += 1
            yield from table_lines(self._rows(element), self._number)
        elif name in _LEFT_OUT:
            self._left[_LEFT_OUT[name]] += 1
        elif element.tag != _FALLBACK and name not in _SILENT:
            for child in element:
                yield from self._block(child)

    def _rows(self, table: Any) -> list[list[str]]:
        """Cells of a table's own rows. The words of a table inside a cell are words of that cell."""
        return [[self._cell(cell) for cell in _inside(row, "tc")] for row in _inside(table, "tr")]

    def _cell(self, element: Any) -> str:
        """Words of a cell, those of its text boxes last."""
        boxes: list[Any] = []
        parts = [self._text(element, boxes)]
        # A box may hold another one, which is added to the list meanwhile.
        parts.extend(self._text(box, boxes) for box in boxes)
        return " ".join(" ".join(parts).split())

    def _paragraph(self, paragraph: Any, number: int) -> Iterator[Line]:
        boxes: list[Any] = []
        text = self._text(paragraph, boxes).strip("\n")
        style, level, strong, label = self._style(paragraph)
        if label and text.strip():
            self._numbers[self._lines] = label
        for at, row in enumerate(text.split("\n")):
            if row.strip() or at:
                glue = "\n" if at else "\n\n"
                if style is LineStyle.BULLET and not at:
                    glue = "\n"
                yield Line(text=row, glue=glue, place=number, style=style, level=level, strong=strong)
        for box in boxes:
            for element in box:
                yield from self._block(element)

    def _text(self, element: Any, boxes: list[Any]) -> str:
        parts: list[str] = []
        for child in element:
            name = _local(child)
            if name == "t":
                parts.append(child.text or "")
            elif name in {"tab", "ptab"}:
                parts.append("\t")
            elif name in {"br", "cr"}:
                parts.append("\n")
            elif name == "noBreakHyphen":
                parts.append("-")
            elif name in _LEFT_OUT:
                self._left[_LEFT_OUT[name]] += 1
            elif name == "r" and _hidden(child):
                self._left["passages of hidden words"] += bool(_words(child))
            elif name == "txbxContent":
                boxes.append(child)
            elif name == "p" and parts:
                parts.append(" " + self._text(child, boxes))
            elif child.tag != _FALLBACK and name not in _SILENT:
                parts.append(self._text(child, boxes))
        return "".join(parts)

    def _style(self, paragraph: Any) -> tuple[LineStyle, int, bool, str]:
        """Style, level of a heading, whether all is bold, and the number that the list gives it."""
        properties = next((child for child in paragraph if _local(child) == "pPr"), None)
        name, outline, item = "", None, ("", 0)
        for child in properties if properties is not None else ():
            local = _local(child)
            if local == "pStyle":
                identity = _value(child)
                style = self._styles.get(identity, _Style(identity, "", 0))
                name, item = style.name, (item if item[0] else (style.list_id, style.level))
            elif local == "outlineLvl":
                outline = _value(child)
            elif local == "numPr":
                item = _list_item(child, item)
        number = self._numbering.number(*item) if item[0] not in ("", "0") else None
        strong = _strong(paragraph)
        if match := _LEVEL.match(name):
            return LineStyle.HEADING, int(match[1]), strong, number or ""
        if outline is not None and outline.isdigit() and int(outline) < 9:
            return LineStyle.HEADING, int(outline) + 1, strong, number or ""
        if name.lower() in {"title", "titel", "titre"}:
            return LineStyle.HEADING, 0, strong, ""
        if item[0] not in ("", "0") or name.lower().startswith(("list bullet", "list number")):
            return LineStyle.BULLET, 0, strong, number or ""
        return LineStyle.TEXT, 0, strong, ""


def _list_item(properties: Any, known: tuple[str, int]) -> tuple[str, int]:
    identity, level = known
    for child in properties:
        if _local(child) == "numId":
            identity = _value(child)
        elif _local(child) == "ilvl":
            value = _value(child)
            level = int(value) if value in set("012345678") else 0
    return identity, level


def _inside(element: Any, name: str) -> Iterator[Any]:
    """Elements of this name below `element`, in order, none of them inside another table."""
    for child in element:
        local = _local(child)
        if local == name:
            yield child
        elif local not in {"tbl", "tr", "tc"}:
            yield from _inside(child, name)


def _styles(root: Any | None) -> dict[str, _Style]:
    """Style ids to styles; a style of one's own that is based on a heading counts as that heading."""
    names: dict[str, str] = {}
    parents: dict[str, str] = {}
    items: dict[str, tuple[str, int]] = {}
    for style in root if root is not None else ():
        if _local(style) != "style":
            continue
        identity = next((value for key, value in style.attrib.items() if key.endswith("}styleId")), "")
        for child in style:
            if _local(child) == "name":
                names[identity] = _value(child)
            elif _local(child) == "basedOn":
                parents[identity] = _value(child)
            elif _local(child) == "pPr":
                for numbers in child:
                    if _local(numbers) == "numPr":
                        items[identity] = _list_item(numbers, ("", 0))
    found: dict[str, _Style] = {}
    for identity in names:
        heading, item = "", items.get(identity)
        seen, at = {identity}, identity
        while not heading or item is None:
            if not heading and _LEVEL.match(names.get(at, "")):
                heading = names[at]
            item = items.get(at) if item is None else item
            up = parents.get(at)
            if up is None or up in seen:
                break
            seen.add(up)
            at = up
        found[identity] = _Style(heading or names[identity], *(item or ("", 0)))
    return found


def _strong(paragraph: Any) -> bool:
    runs = [run for run in paragraph.iter() if _local(run) == "r" and _has_words(run)]
    return bool(runs) and all(_bold(run) for run in runs)


def _has_words(run: Any) -> bool:
    return any(_local(child) == "t" and (child.text or "").strip() for child in run)


def _bold(run: Any) -> bool:
    return _set(run, "b")


def _hidden(run: Any) -> bool:
    """Return whether Word shows the run to nobody: a note beside what was said, not a part of it."""
    return _set(run, "vanish")


def _set(run: Any, what: str) -> bool:
    for properties in run:
        if _local(properties) == "rPr":
            return any(
                _local(mark) == what and _value(mark, "true") not in {"0", "false"} for mark in properties
            )
    return False


def _title(package: Package, lines: list[Line]) -> str:
    root = package.xml("docProps/core.xml")
    named = "" if root is None else (root.findtext(_DC_TITLE) or "")
    heading = next((line.text for line in lines if line.style is LineStyle.HEADING and line.level == 0), "")
    return (heading or named).strip()


def _elsewhere(package: Package, main: str) -> tuple[str, ...]:
    notes: list[str] = []
    for part, element in (("comments", "comment"), ("footnotes", "footnote"), ("endnotes", "endnote")):
        root = _related(package, main, part)
        written = [] if root is None else [e for e in root if _local(e) == element and _words(e)]
        if written:
            notes.append(f"Left out: {counted(len(written), element)}.")
    return tuple(notes)


def _words(element: Any) -> str:
    return "".join(t.text or "" for t in element.iter() if _local(t) == "t").strip()


def _local(element: Any) -> str:
    tag = element.tag
    return tag.removeprefix(W).removeprefix(_STRICT) if isinstance(tag, str) else ""


def _value(element: Any, default: str = "") -> str:
    return next((v for k, v in element.attrib.items() if k.rpartition("}")[2] == "val"), default)


def _recognises(opening: Opening) -> bool:
    names = opening.parts
    return "[Content_Types].xml" in names and any(name.startswith("word/") for name in names)


FORMAT = Format("docx", "Word documents", (".docx", ".docm"), DocxReader, _recognises)
