"""Projects as other programs write them, made without cothemes' own writer."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

NAMESPACE = "urn:QDA-XML:project:1.0"


def guid(number: int) -> str:
    """A GUID in the capital letters that most programs use."""
    return f"{number:08X}-AAAA-4BBB-8CCC-DDDDDDDDDDDD"


def zipped(path: Path, parts: Mapping[str, bytes]) -> Path:
    """A zip of these parts."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return path


ANN, BOB = guid(1), guid(2)
FEELINGS, JOY, MONEY = guid(11), guid(12), guid(13)
TEXT_A = "We trusted each other 😀 from the start.\nThere was never any money.\nNobody paid for the room.\n"
TEXT_B = "It took a year to get there.\nMoney was the least of it.\n"


def coding(number: int, code: str, by: str) -> str:
    """One coding."""
    return (
        f'<Coding guid="{guid(number)}" creatingUser="{by}" creationDateTime="2024-05-01T10:00:00Z">'
        f'<CodeRef targetGUID="{code}"/></Coding>'
    )


def selection(number: int, start: int, end: int, *inside: str, name: str = "") -> str:
    """One selection."""
    named = f" name={quoteattr(name)}" if name else ""
    return (
        f'<PlainTextSelection guid="{guid(number)}"{named} startPosition="{start}" endPosition="{end}">'
        f"{''.join(inside)}</PlainTextSelection>"
    )


def project(
    path: Path,
    *,
    selections_a: Sequence[str] | None = None,
    origin: str = "NVivo 14",
    inner: str = "project.qde",
    folder: str = "Sources",
    scheme: str = "internal://",
    texts: tuple[bytes, bytes] = (TEXT_A.encode(), TEXT_B.encode()),
    more: str = "",
    more_parts: Mapping[str, bytes] | None = None,
) -> Path:
    """Two texts, three codes, two coders, a case, a variable, a set, a note and a comment."""
    trusted = TEXT_A.index("trusted")
    start = TEXT_A.index("There was")
    if selections_a is None:
        selections_a = (
            selection(101, trusted, trusted + 18, coding(201, JOY, ANN), name="trusted each other"),
            selection(102, start, start + 26, coding(202, MONEY, ANN), coding(203, MONEY, BOB)),
            selection(103, start, start + 26, coding(204, JOY, BOB)),
            selection(104, 0, 10, "<Description>Opening words</Description>"),
        )
    b = TEXT_B.index("Money")
    xml = f"""<?xml version="1.0" encoding="utf-8"?>
<Project xmlns="{NAMESPACE}" name="Breakfast" origin={quoteattr(origin)} creatingUserGUID="{ANN}">
<Users><User guid="{ANN}" name="Ann"/><User guid="{BOB}" name="Bob"/></Users>
<CodeBook><Codes>
<Code guid="{FEELINGS}" name="Feelings" isCodable="false" color="#FF0000">
<Description>All of them</Description>
<Code guid="{{{JOY.lower()}}}" name="joy" isCodable="true" color="#00FF00">
<NoteRef targetGUID="{guid(31)}"/></Code></Code>
<Code guid="{MONEY}" name="money" isCodable="true"><Description>Says money.</Description></Code>
</Codes></CodeBook>
<Variables><Variable guid="{guid(51)}" name="age" typeOfVariable="Integer"/></Variables>
<Cases><Case guid="{guid(61)}" name="Case one"><VariableValue><VariableRef targetGUID="{guid(51)}"/>
<IntegerValue>44</IntegerValue></VariableValue><SourceRef targetGUID="{guid(41)}"/></Case></Cases>
<Sources>
<TextSource guid="{guid(41)}" name="Talk A" plainTextPath="{scheme}a.txt" creatingUser="{ANN}">
{"".join(selections_a)}</TextSource>
<TextSource guid="{guid(42)}" name="Talk B.txt" plainTextPath="{scheme}b.txt">
{selection(105, b, b + 5, coding(205, MONEY, ANN))}</TextSource>
{more}
</Sources>
<Notes><Note guid="{guid(31)}" name="On joy" creatingUser="{BOB}" creationDateTime="2024-05-02T10:00:00Z">
<PlainTextContent>{escape("Joy & laughter")}</PlainTextContent></Note></Notes>
<Sets><Set guid="{guid(71)}" name="Talks"><MemberSource targetGUID="{guid(41)}"/>
<MemberCode targetGUID="{MONEY}"/></Set></Sets>
</Project>"""
    # The schema wants codes before sources within a set; some programs do not care.
    parts = {inner: xml.encode(), f"{folder}/a.txt": texts[0], f"{folder}/b.txt": texts[1]}
    return zipped(path, {**parts, **(more_parts or {})})
