"""The tables of texts that were corrected.

As in schema.py, a column bears the name of its record's field; what no field has is explained here.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, Column, ForeignKey, Named, Table, Text, TypedColumns

from cothemes.adapters.sql.schema import metadata


class PassageTextColumns(TypedColumns):
    """A passage's words and place in an earlier version of its document. `passages` holds what it is now."""

    id: Named[str] = Column(Text, ForeignKey("passages.id"), primary_key=True)
    version: Named[str] = Column(Text, primary_key=True)
    document: Named[str] = Column(Text, index=True)
    segmentation: Named[str] = Column(Text)
    start: Named[int]
    end: Named[int]
    text: Named[str] = Column(Text)
    kind: Named[str] = Column(Text)
    speaker: Named[str] = Column(Text)
    role: Named[str] = Column(Text)
    headings: Named[Any] = Column(JSON, nullable=False)
    time: Named[str] = Column(Text)
    sentences: Named[Any] = Column(JSON, nullable=False)
    position: Named[int]


passage_texts = Table("passage_texts", metadata, PassageTextColumns)


class TextMapColumns(TypedColumns):
    """Places of a version's words in another one, and the single words that tell a slip from a change."""

    document: Named[str] = Column(Text, primary_key=True)
    old: Named[str] = Column(Text, primary_key=True)
    new: Named[str] = Column(Text, primary_key=True)
    pieces: Named[Any] = Column(JSON, nullable=False)
    known_words: Named[Any] = Column(JSON, nullable=False)


text_maps = Table("text_maps", metadata, TextMapColumns)
