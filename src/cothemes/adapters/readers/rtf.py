"""Rich text (.rtf): one walk over its control words, tracked insertions in, deletions out."""

from __future__ import annotations

import codecs
import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from cothemes.adapters.readers.docx_table import table_lines
from cothemes.adapters.readers.format import Format, Opening
from cothemes.adapters.readers.raw import at_most, digest, read_bytes
from cothemes.errors import FileUnreadable
from cothemes.records.source import AS_FOUND, Line, LineStyle, ReadOptions, Source

MOST_TOKENS = 2_000_000
"""Control words and stretches of text. A book of half a million words has under one million."""
DEEPEST = 500
"""Groups within each other."""
_TOKEN = re.compile(
    r"\\(?P<word>[a-zA-Z]{1,32})(?P<number>-?\d{1,10})?[ ]?|\\'(?P<hex>[0-9a-fA-F]{2})|\\(?P<sign>[^a-zA-Z])"
    r"|(?P<brace>[{}])|[\r\n]+|(?P<text>[^\\{}\r\n]+)",
    re.DOTALL,
)
_SILENT_WORDS = """
    fonttbl colortbl stylesheet info pict object objdata header headerl headerr headerf footer footerl
    footerr footerf fldinst datafield themedata colorschememapping latentstyles datastore listtable
    listoverridetable rsidtbl revtbl generator xmlnstbl mmathPr bkmkstart bkmkend filetbl tc xe template
    userprops nonesttables atnid atnauthor atndate atnref atntime atnparent atrfstart atrfend ftnsep
    ftnsepc ftncn aftnsep aftnsepc aftncn background do shppict nonshppict listname levelnumbers
    leveltext pgptbl panose falt wgrffmtfilter sp sn sv shprslt
"""
_SILENT = frozenset(_SILENT_WORDS.split())
"""Groups whose text is no text of the document."""
_COUNTED = {"footnote": "footnotes and endnotes", "annotation": "comments"}
_SHAPES = frozenset(("shp", "shpinst", "shptxt"))
"""Groups around the words of a text box; `\\*` before them does not hide them."""
_BREAKS = frozenset(("par", "sect", "page"))
_SIGNS = {
    "line": "\n", "tab": "\t", "emdash": "—", "endash": "–", "emspace": " ", "enspace": " ", "qmspace": " ",
    "bullet": "•", "lquote": "‘", "rquote": "’", "ldblquote": "“", "rdblquote": "”",
}  # fmt: skip
_ESCAPED = {"~": "\u00a0", "_": "-", "\\": "\\", "{": "{", "}": "}"}
_CHARSETS = {
    77: "mac_roman", 78: "shift_jis", 79: "big5", 80: "euc_kr", 128: "cp932", 129: "cp949", 130: "johab",
    134: "gbk", 136: "big5", 161: "cp1253", 162: "cp1254", 163: "cp1258", 177: "cp1255", 178: "cp1256",
    186: "cp1257", 204: "cp1251", 222: "cp874", 238: "cp1250", 254: "cp437",
}  # fmt: skip
_HEADING = re.compile(r"^(?:heading|überschrift|titre|rubrik)\s*([1-9])$", re.IGNORECASE)
_FONT = re.compile(r"\\f(\d{1,5})(?![\d])[^{};]{0,200}?\\fcharset(\d{1,3})")
_STYLE = re.compile(r"\{[^{}]{0,20}?\\s(\d{1,5})(?!\d)[^{};]{0,400}?\s([^\\{};]{1,60});\s*\}")
_TABLES = 1_000_000
"""Characters in which fonts and styles are looked for: they are at the beginning."""


class _State(NamedTuple):
    """Formatting inside a group."""

    silent: bool = False
    hidden: bool = False
    deleted: bool = False
    bold: bool = False
    marking: bool = False
    """Inside the text of a list's number."""
    encoding: str = ""
    skip: int = 1
    """Signs after a Unicode one that repeat it for old programs."""


@dataclass(frozen=True)
class RtfReader:
    """rtf. Headings by their style; a table of speakers and words is read as turns."""

    options: ReadOptions = AS_FOUND

    def read(self, path: Path) -> list[Source]:
        """One source, places counted in paragraphs. Raises FileUnreadable."""
        data = read_bytes(path)
        # RTF is ASCII; other bytes are of the code page that it names.
        text = data.decode("latin-1").removeprefix("ï»¿").lstrip()
        if not text.startswith("{\\rtf"):
            raise FileUnreadable("is no rich text", where=str(path), hint="Give it the ending of what it is.")
        walk = _Walk(text, path, self.options.encoding)
        lines = tuple(at_most(walk.lines(), path, "lines"))
        if not any(line.text.strip() for line in lines):
            raise FileUnreadable("holds no words", where=str(path), hint="Save it anew as .docx or .txt.")
        title = next((line.text for line in lines if line.style is LineStyle.HEADING and line.level == 0), "")
        return [
            Source(
                name=path.name,
                reader="rtf",
                hash=digest(data),
                unit="paragraph",
                lines=lines,
                title=title.strip(),
                notes=walk.notes(),
            )
        ]


@dataclass
class _Paragraph:
    """A paragraph that is being read."""

    parts: list[str] = field(default_factory=list)
    mark: list[str] = field(default_factory=list)
    bold: bool = False
    plain: bool = False


class _Walk:
    """One walk of one document."""

    def __init__(self, text: str, path: Path, encoding: str) -> None:
        self._text, self._path = text, path
        head = text[:_TABLES]
        self._encoding = encoding or _code_page(head)
        fonts = [(number, int(charset)) for number, charset in _FONT.findall(head)]
        self._fonts = {int(number): _CHARSETS[charset] for number, charset in fonts if charset in _CHARSETS}
        self._levels = {
            int(n): level for n, name in _STYLE.findall(head) if (level := _level(name)) is not None
        }
        self._left: Counter[str] = Counter()
        self._lines: list[Line] = []
        self._paragraph = _Paragraph()
        self._number = 0
        self._style: int | None = None
        self._in_table = False
        self._cells: list[str] = []
        self._rows: list[list[str]] = []
        self._cell: list[str] = []
        self._bytes = bytearray()
        self._state = _State(encoding=self._encoding)
        self._was_left = ""
        self._skipping = 0

    def notes(self) -> tuple[str, ...]:
        """Return what the walk left out."""
        return tuple(f"Left out: {what} ({count})." for what, count in sorted(self._left.items()))

    def lines(self) -> list[Line]:
        """Every paragraph and table row, in order. Raises FileUnreadable."""
        stack: list[_State] = []
        at = tokens = 0
        starred = False
        while match := _TOKEN.match(self._text, at):
            at = match.end()
            tokens += 1
            if tokens > MOST_TOKENS:
                raise self._refusal(f"holds more than {MOST_TOKENS:,} control words")
            if match["hex"] is None and self._bytes:
                self._decode()
            if match["brace"] == "{":
                if len(stack) > DEEPEST:
                    raise self._refusal(f"is nested more than {DEEPEST} groups deep")
                stack.append(self._state)
                self._skipping = 0
            elif match["brace"] == "}":
                if stack:
                    self._state = stack.pop()
                if not stack:
                    break
                self._skipping = 0
            elif match["sign"] == "*":
                starred = True
                continue
            elif (word := match["word"]) is not None:
                number = int(match["number"]) if match["number"] else None
                if word == "bin":
                    at += max(number or 0, 0)
                else:
                    self._word(word, number, starred=starred)
            elif match["sign"] is not None:
                if match["sign"] in "\r\n":
                    self._end_paragraph()
                else:
                    self._add(_ESCAPED.get(match["sign"], ""))
            elif match["hex"] is not None:
                if self._skipping:
                    self._skipping -= 1
                else:
                    self._bytes.append(int(match["hex"], 16))
            elif match["text"] is not None:
                text = match["text"]
                drop = min(self._skipping, len(text))
                self._skipping -= drop
                self._add(self._as_text(text[drop:]))
            starred = False
        self._decode()
        self._end_paragraph()
        self._end_table()
        # A brace too many ends the text early; word processors stop there too.
        if beyond := len(self._text[at:].strip("\0 \r\n\t}")):
            self._left["characters behind the end of the text"] += beyond
        return self._lines

    def _as_text(self, text: str) -> str:
        """Bytes above ASCII in the text itself, which some programs write."""
        if text.isascii():
            return text
        return text.encode("latin-1", "replace").decode(self._state.encoding, "replace")

    def _word(self, word: str, number: int | None, *, starred: bool) -> None:
        state = self._state
        if word in _SILENT or (starred and word not in _SHAPES and word not in _COUNTED):
            self._state = state._replace(silent=True)
        elif word in _COUNTED:
            if not state.silent:
                self._left[_COUNTED[word]] += 1
            self._state = state._replace(silent=True)
        elif word in ("listtext", "pntext"):
            self._state = state._replace(marking=True)
        elif word == "u" and number is not None:
            self._add(
                chr(number % 0x10000) if not 0xD800 <= number % 0x10000 < 0xE000 else self._half(number)
            )
            self._skipping = state.skip
        elif word == "uc":
            self._state = state._replace(skip=min(max(number or 0, 0), 8))
        elif word == "f":
            encoding = self._fonts.get(number or 0, self._encoding)
            self._state = state._replace(encoding=encoding)
        elif word in ("b", "v", "deleted"):
            self._state = _switched(state, word, on=number != 0)
        elif word == "plain":
            self._state = state._replace(bold=False, hidden=False, deleted=False, encoding=self._encoding)
        elif word in ("pard", "s", "outlinelevel"):
            # The number of a list item has a format of its own.
            if not state.marking:
                self._format(word, number)
        elif word == "intbl":
            self._in_table = True
        elif word in _BREAKS and not state.silent:
            self._end_paragraph()
        elif word in ("cell", "nestcell") and not state.silent:
            self._end_cell()
        elif word in ("row", "nestrow") and not state.silent:
            self._end_row()
        elif word in _SIGNS:
            self._add(_SIGNS[word])

    def _format(self, word: str, number: int | None) -> None:
        """Take the format of the paragraph."""
        if word == "pard":
            self._style, self._in_table = None, False
        elif word == "s":
            self._style = self._levels.get(number or 0)
        elif number is not None and 0 <= number < 9:
            self._style = number + 1

    _high = 0

    def _half(self, number: int) -> str:
        """A sign of two halves, of which the second makes it whole."""
        code = number % 0x10000
        if code < 0xDC00:
            self._high = code
            return ""
        high, self._high = self._high, 0
        return chr(0x10000 + ((high - 0xD800) << 10) + (code - 0xDC00)) if high else "\ufffd"

    def _decode(self) -> None:
        if self._bytes:
            text = bytes(self._bytes).decode(self._state.encoding, "replace")
            self._bytes.clear()
            self._add(text)

    def _add(self, text: str) -> None:
        state = self._state
        if not text or state.silent:
            return
        kind = "tracked deletions" if state.deleted else "passages of hidden words" if state.hidden else ""
        if kind:
            self._left[kind] += bool(text.strip()) and self._was_left != kind
            self._was_left = kind if text.strip() else self._was_left
            return
        if state.marking:
            self._paragraph.mark.append(text)
            return
        self._was_left = ""
        self._paragraph.parts.append(text)
        if text.strip():
            self._paragraph.bold |= state.bold
            self._paragraph.plain |= not state.bold

    def _end_paragraph(self) -> None:
        done, self._paragraph = self._paragraph, _Paragraph()
        text = "".join(done.parts)
        if self._in_table:
            self._cell.append(text)
            return
        self._end_table()
        if not text.strip():
            return
        self._number += 1
        mark = " ".join("".join(done.mark).split())
        style, level = LineStyle.TEXT, 0
        if self._style is not None:
            style, level = LineStyle.HEADING, self._style
        elif mark:
            style = LineStyle.BULLET
        # A bullet is a sign of its font; a number has a letter or a digit.
        shown = f"{mark} " if any(c.isascii() and c.isalnum() for c in mark) else ""
        for at, row in enumerate(text.strip("\n").split("\n")):
            if row.strip() or at:
                self._lines.append(
                    Line(
                        text=row if at else shown + row.lstrip(),
                        glue="\n" if at or style is LineStyle.BULLET else "\n\n",
                        place=self._number,
                        style=style,
                        level=level,
                        strong=done.bold and not done.plain,
                    )
                )

    def _end_cell(self) -> None:
        done, self._paragraph = self._paragraph, _Paragraph()
        self._cell.append("".join(done.parts))
        self._cells.append(" ".join(" ".join(self._cell).split()))
        self._cell = []

    def _end_row(self) -> None:
        if self._cells:
            self._rows.append(self._cells)
        self._cells, self._cell = [], []

    def _end_table(self) -> None:
        if self._cells or self._cell:
            self._cells.append(" ".join(" ".join(self._cell).split()))
            self._end_row()
        if self._rows:
            self._number += 1
            self._lines.extend(table_lines(self._rows, self._number))
            self._rows = []

    def _refusal(self, message: str) -> FileUnreadable:
        return FileUnreadable(
            message, where=str(self._path), hint="Open it in Word or LibreOffice and save it anew as .docx."
        )


def _switched(state: _State, word: str, *, on: bool) -> _State:
    if word == "b":
        return state._replace(bold=on)
    return state._replace(hidden=on) if word == "v" else state._replace(deleted=on)


def _code_page(head: str) -> str:
    found = re.search(r"\\ansicpg(\d{2,5})", head[:2_000])
    name = f"cp{found[1]}" if found else "mac_roman" if "\\mac" in head[:60] else "cp1252"
    name = {"cp65001": "utf-8", "cp10000": "mac_roman"}.get(name, name)
    try:
        codecs.lookup(name)
    except LookupError:
        return "cp1252"
    return name


def _level(name: str) -> int | None:
    """Level of a heading by the name of its style, 0 for a title; None for any other style."""
    if match := _HEADING.match(name.strip()):
        return int(match[1])
    return 0 if name.strip().casefold() in ("title", "titel", "titre") else None


def _recognises(opening: Opening) -> bool:
    return opening.data.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"{\\rtf")


FORMAT = Format("rtf", "rich text", (".rtf",), RtfReader, _recognises)
