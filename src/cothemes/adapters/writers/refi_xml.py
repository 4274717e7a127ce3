"""Elements of REFI-QDA, written as the schema orders them and with nothing that it forbids.

Empty containers are left out, booleans are in small letters, and what XML cannot hold becomes U+FFFD.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from xml.etree.ElementTree import Element, SubElement, tostring

from cothemes.records.project import Made, ProjectCode

XSI = "http://www.w3.org/2001/XMLSchema-instance"
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def fit(text: str) -> str:
    """Return the text as XML can hold it, one character for each; lines end in LF."""
    return _NO_XML.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))


def root_of(name: str, namespace: str, schema: str, **attributes: str) -> Element:
    """Return a root element that names its schema."""
    root = Element(name)
    root.set("xmlns", namespace)
    root.set("xmlns:xsi", XSI)
    root.set("xsi:schemaLocation", f"{namespace} {schema}")
    put(root, **attributes)
    return root


def put(element: Element, **attributes: str) -> None:
    """Set the attributes that are not empty."""
    for key, value in attributes.items():
        if value:
            element.set(key, fit(value))


def text_in(parent: Element, name: str, text: str) -> None:
    """Add a child that holds a text; none where the text is empty."""
    if text:
        SubElement(parent, name).text = fit(text)


def references_in(parent: Element, name: str, guids: Iterable[str]) -> None:
    """Add a child for each GUID."""
    for guid in guids:
        SubElement(parent, name).set("targetGUID", guid)


def put_made(element: Element, made: Made) -> None:
    """Say who made a thing and when."""
    put(
        element,
        creatingUser=made.by,
        creationDateTime=made.at,
        modifyingUser=made.changed_by,
        modifiedDateTime=made.changed_at,
    )


def put_codes(parent: Element, codes: Sequence[ProjectCode], *, notes: bool) -> None:
    """Add the codes below each other. `notes`: with references to notes, which a codebook cannot hold."""
    below: dict[str, list[ProjectCode]] = defaultdict(list)
    for code in codes:
        below[code.parent].append(code)
    if not codes:
        return
    top = SubElement(parent, "Codes")
    waiting = [(top, code) for code in reversed(below[""])]
    while waiting:
        above, code = waiting.pop()
        element = SubElement(above, "Code")
        put(element, guid=code.guid)
        # A name is required, also an empty one.
        element.set("name", fit(code.name))
        put(element, isCodable=str(code.codable).lower(), color=code.colour)
        text_in(element, "Description", code.description)
        if notes:
            references_in(element, "NoteRef", code.notes)
        waiting.extend((element, each) for each in reversed(below[code.guid]))


def xml_bytes(root: Element) -> bytes:
    """Return UTF-8 with LF and no byte-order mark."""
    body: bytes = tostring(root, encoding="utf-8", xml_declaration=False)
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + body + b"\n"
