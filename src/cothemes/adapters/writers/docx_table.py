"""A table as a Word document, in landscape, its head repeated on every page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt

from cothemes.adapters.writers.docx_words import fit
from cothemes.adapters.writers.whole_file import whole_binary
from cothemes.records.sheet import Leaf


def write_docx_table(path: Path, title: str, leaf: Leaf) -> None:
    """Write the title and the table; columns that are empty throughout are left out."""
    document = Document()
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = section.page_height, section.page_width
    document.add_heading(fit(title), level=1)
    used = [at for at in range(len(leaf.columns)) if at < 2 or any(row[at] for row in leaf.rows)]
    table = document.add_table(rows=1, cols=len(used))
    table.style = "Table Grid"
    head = table.rows[0]
    _repeat(head)
    for cell, at in zip(head.cells, used, strict=True):
        _put(cell, leaf.columns[at].name, bold=True)
    for row in leaf.rows:
        for cell, at in zip(table.add_row().cells, used, strict=True):
            _put(cell, row[at])
    with whole_binary(path) as handle:
        document.save(handle)


def _put(cell: Any, words: str, *, bold: bool = False) -> None:
    paragraph = cell.paragraphs[0]
    for number, line in enumerate(words.split("\n")):
        if number:
            paragraph = cell.add_paragraph()
        run = paragraph.add_run(fit(line))
        run.bold = bold
        run.font.size = Pt(8)


def _repeat(row: Any) -> None:
    mark = OxmlElement("w:tblHeader")
    mark.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(mark)
