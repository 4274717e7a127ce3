"""OpenDocument texts (.odt, .fodt), by a walk of the body as Word's are read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from cothemes.adapters.readers.docx_table import table_lines
from cothemes.adapters.readers.format import Format, Opening
from cothemes.adapters.readers.list_numbers import letters, roman
from cothemes.adapters.readers.raw import at_most, digest, read_bytes
from cothemes.adapters.readers.xml_names import local, named, whole
from cothemes.adapters.readers.xml_package import Package, XmlFile
from cothemes.records.source import AS_FOUND, Line, LineStyle, ReadOptions, Source

_HINT = "Open it in LibreOffice and save it anew as .odt or .docx."
_LEFT_OUT = {
    "annotation": "comments",
    "note": "footnotes and endnotes",
    "table-of-content": "tables of contents",
    "alphabetical-index": "indexes",
    "hidden-text": "passages of hidden words",
    "hidden-paragraph": "passages of hidden words",
}
_SILENT_WORDS = """
    annotation-end sequence-decls variable-decls user-field-decls forms bookmark-start bookmark-end
    bookmark soft-page-break change-start change-end change title desc
"""
_SILENT = frozenset(_SILENT_WORDS.split())
_TITLES = ("Title", "Titel", "Titre")
"""Names of the style of a document's title."""
_DEEPEST = 20
"""Styles that are based on each other, from one to the last; a circle of them ends here."""
_MOST_BLANKS = 200
"""Blanks of one `text:s`."""


class _Style(NamedTuple):
    bold: bool = False
    hidden: bool = False
    title: bool = False


@dataclass(frozen=True)
class OdtReader:
    """odt. Tracked insertions are in, deletions, notes and comments out and counted."""

    options: ReadOptions = AS_FOUND

    def read(self, path: Path) -> list[Source]:
        """One source, places counted in paragraphs. Raises FileUnreadable."""
        data = read_bytes(path)
        owner: Package | XmlFile
        if data.startswith(b"PK\x03\x04"):
            owner = package = Package(data, path, what="an OpenDocument text", hint=_HINT)
            content, styles, meta = (package.xml(f"{name}.xml") for name in ("content", "styles", "meta"))
            if package.has("META-INF/manifest.xml") and b"encryption-data" in package.bytes(
                "META-INF/manifest.xml"
            ):
                raise package.refusal("is locked with a password", "Save it without a password.")
        else:
            owner = XmlFile(path, _HINT)
            content = styles = meta = owner.root(data)
        body = _first(content, "text") if content is not None else None
        if body is None:
            raise owner.refusal("is not an OpenDocument text, or holds no text")
        walk = _Walk(_styles(content, styles), _list_forms(content, styles))
        lines = list(at_most(walk.lines(body), path, "lines"))
        heading = next(
            (line.text for line in lines if line.style is LineStyle.HEADING and line.level == 0), ""
        )
        title = _first(meta, "title") if meta is not None else None
        return [
            Source(
                name=path.name,
                reader="odt",
                hash=digest(data),
                unit="paragraph",
                lines=tuple(lines),
                title=heading.strip() or " ".join((title.text or "").split() if title is not None else ()),
                notes=walk.notes(),
            )
        ]


class _Walk:
    """One walk of one document."""

    def __init__(self, styles: dict[str, _Style], forms: dict[str, dict[int, str]]) -> None:
        self._styles, self._forms = styles, forms
        self._left: Counter[str] = Counter()
        self._number = 0

    def lines(self, body: Any) -> Iterator[Line]:
        """Every paragraph and table row, in order."""
        for element in body:
            yield from self._block(element, "", 0, None)

    def notes(self) -> tuple[str, ...]:
        """Return what the walk left out."""
        return tuple(f"Left out: {what} ({count})." for what, count in sorted(self._left.items()))

    def _block(self, element: Any, list_style: str, depth: int, mark: str | None) -> Iterator[Line]:
        name = local(element)
        if name in ("p", "h"):
            self._number += 1
            yield from self._paragraph(element, self._number, mark)
        elif name == "list":
            yield from self._list(element, named(element, "style-name") or list_style, depth + 1)
        elif name == "table":
            self._number += 1
            rows = [
                [self._cell(cell) for cell in _inside(row, "table-cell")]
                for row in _inside(element, "table-row")
            ]
            yield from table_lines(rows, self._number)
        elif name == "tracked-changes":
            self._left["tracked deletions"] += sum(1 for each in element.iter() if local(each) == "deletion")
        elif name in _LEFT_OUT:
            self._left[_LEFT_OUT[name]] += 1
        elif name not in _SILENT:
            for child in element:
                yield from self._block(child, list_style, depth, mark)

    def _list(self, element: Any, style: str, depth: int) -> Iterator[Line]:
        count = 0
        for item in element:
            name = local(item)
            if name not in ("list-item", "list-header"):
                continue
            count = whole(named(item, "start-value"), count + 1) if name == "list-item" else count
            form = self._forms.get(style, {}).get(depth, "")
            mark: str | None = _FORMS[form](count) if name == "list-item" and form in _FORMS else ""
            for child in item:
                yield from self._block(child, style, depth, mark)
                if local(child) in ("p", "h"):
                    mark = None

    def _paragraph(self, paragraph: Any, number: int, mark: str | None) -> Iterator[Line]:
        style = self._style(paragraph)
        boxes: list[Any] = []
        weights: list[bool] = []
        text = self._text(paragraph, boxes, weights, style.bold).strip("\n")
        if style.hidden:
            self._left["passages of hidden words"] += bool(text.strip())
            text = ""
        heading = local(paragraph) == "h"
        kind = LineStyle.HEADING if heading else LineStyle.TEXT if mark is None else LineStyle.BULLET
        level = whole(named(paragraph, "outline-level"), 1) if heading else 0
        if not heading and style.title:
            kind, level = LineStyle.HEADING, 0
        for at, row in enumerate(text.split("\n")):
            if row.strip() or at:
                glue = "\n" if at or kind is LineStyle.BULLET else "\n\n"
                words = f"{mark} {row}" if mark and not at else row
                strong = bool(weights) and all(weights)
                yield Line(text=words, glue=glue, place=number, style=kind, level=level, strong=strong)
        for box in boxes:
            for child in box:
                yield from self._block(child, "", 0, None)

    def _style(self, element: Any) -> _Style:
        name = named(element, "style-name")
        return self._styles.get(name, _Style(title=name in _TITLES))

    def _cell(self, cell: Any) -> str:
        """Words of a cell, those of its text boxes last."""
        places = [cell]
        parts: list[str] = []
        for place in places:
            # A box is added to the places while the paragraph that anchors it is read.
            parts.extend(self._text(child, places, [], False) for child in _inside_all(place, ("p", "h")))
        return " ".join(" ".join(parts).split())

    def _text(self, element: Any, boxes: list[Any], weights: list[bool], bold: bool) -> str:
        parts = [_plain(element.text)]
        if (element.text or "").strip():
            weights.append(bold)
        for child in element:
            name = local(child)
            if name == "s":
                parts.append(" " * min(whole(named(child, "c"), 1), _MOST_BLANKS))
            elif name == "tab":
                parts.append("\t")
            elif name == "line-break":
                parts.append("\n")
            elif name in _LEFT_OUT:
                self._left[_LEFT_OUT[name]] += 1
            elif name == "text-box":
                boxes.append(child)
            elif name not in _SILENT:
                style = self._style(child) if name == "span" else _Style()
                if style.hidden:
                    self._left["passages of hidden words"] += bool("".join(child.itertext()).strip())
                else:
                    parts.append(self._text(child, boxes, weights, bold or style.bold))
            parts.append(_plain(child.tail))
            if (child.tail or "").strip():
                weights.append(bold)
        return "".join(parts)


def _plain(text: str | None) -> str:
    """Text as shown: line ends and tabs of the XML are blanks."""
    return (text or "").replace("\n", " ").replace("\r", "").replace("\t", " ")


def _styles(*roots: Any) -> dict[str, _Style]:
    """Name → style, with what it takes over from the styles that it is based on."""
    weights: dict[str, str] = {}
    displays: dict[str, str] = {}
    parents: dict[str, str] = {}
    for root in roots:
        for style in root.iter() if root is not None else ():
            name = named(style, "name")
            if local(style) != "style" or name in parents:
                continue
            parents[name] = named(style, "parent-style-name")
            for properties in style:
                if local(properties) == "text-properties":
                    weights[name] = named(properties, "font-weight")
                    displays[name] = named(properties, "display")
    found: dict[str, _Style] = {}
    for name in parents:
        line = [name]
        while len(line) < _DEEPEST and (parent := parents.get(line[-1])):
            line.append(parent)
        found[name] = _Style(
            bold=next(filter(None, map(weights.get, line)), "") in ("bold", "700", "800", "900"),
            hidden=next(filter(None, map(displays.get, line)), "") == "none",
            title=any(each in _TITLES for each in line),
        )
    return found


def _list_forms(*roots: Any) -> dict[str, dict[int, str]]:
    """List style → level → form of its numbers; bullets have none."""
    found: dict[str, dict[int, str]] = {}
    for root in roots:
        for style in root.iter() if root is not None else ():
            if local(style) == "list-style":
                found[named(style, "name")] = {
                    whole(named(level, "level"), 1): named(level, "num-format")
                    for level in style
                    if local(level) == "list-level-style-number"
                }
    return found


_FORMS = {
    "1": lambda count: f"{count}.",
    "a": lambda count: f"{letters(count)}.",
    "A": lambda count: f"{letters(count).upper()}.",
    "i": lambda count: f"{roman(count)}.",
    "I": lambda count: f"{roman(count).upper()}.",
}


def _first(root: Any, name: str) -> Any | None:
    return next((element for element in root.iter() if local(element) == name), None)


def _inside(element: Any, name: str) -> Iterator[Any]:
    """Elements of this name below `element`, in order, none of them inside another table."""
    for child in element:
        found = local(child)
        if found == name:
            yield child
        elif found not in ("table", "table-row", "table-cell"):
            yield from _inside(child, name)


def _inside_all(element: Any, names: tuple[str, ...]) -> Iterator[Any]:
    for child in element:
        if local(child) in names:
            yield child
        else:
            yield from _inside_all(child, names)


def _recognises(opening: Opening) -> bool:
    if "content.xml" in opening.parts:
        return b"application/vnd.oasis.opendocument.text" in opening.data[
            :200
        ] or opening.path.suffix.lower() in (
            ".odt",
            ".ott",
        )
    return opening.root == "document" and "application/vnd.oasis.opendocument.text" in opening.text


FORMAT = Format("odt", "OpenDocument texts", (".odt", ".fodt", ".ott"), OdtReader, _recognises)
