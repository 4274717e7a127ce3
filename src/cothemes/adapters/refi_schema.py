"""Holds a REFI-QDA file against the published schemas before anyone gets it."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from lxml import etree

from cothemes.errors import ExchangeError

PROJECT, CODEBOOK = "Project.xsd", "Codebook.xsd"


@cache
def _schema(name: str) -> etree.XMLSchema:
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    data = (files("cothemes.adapters") / "refi" / name).read_bytes()
    return etree.XMLSchema(etree.fromstring(data, parser))


def hold_against_schema(data: bytes, name: str, where: str) -> None:
    """Raise ExchangeError for XML that the schema of this name does not allow."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
    schema = _schema(name)
    if not schema.validate(etree.fromstring(data, parser)):
        first = schema.error_log[0]
        raise ExchangeError(
            f"would not be valid REFI-QDA: {first.message} (line {first.line})",
            where=where,
            hint="Nothing was written. This is a fault of cothemes; please report it.",
        )
