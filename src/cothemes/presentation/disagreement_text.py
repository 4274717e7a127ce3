"""Differences between readings in words: a map of codes, then every passage."""

from __future__ import annotations

from collections.abc import Iterator

from cothemes.presentation.ids import WHOLE, ShortIds
from cothemes.presentation.left_out import left_out_lines
from cothemes.presentation.wrapping import wrapped_lines
from cothemes.records.text import counted, shown_text
from cothemes.stages.evaluate.differences import CodeDiffers, DifferenceMap, PassageDiffers

LISTED = 6
"""Passages named in a line of the map."""


def map_lines(found: DifferenceMap, ids: ShortIds = WHOLE) -> Iterator[str]:
    """Yield the map, then every passage."""
    yield from wrapped_lines(
        f"{shown_text(', '.join(found.readers))}: {counted(found.read_together, 'passage')} finished by two "
        f"or more, {len(found.passages)} read differently",
        "  ",
    )
    if found.waiting:
        yield from wrapped_lines(
            f"! {counted(found.waiting, 'more passage')} wait for a reader; nobody's codes are shown there "
            "yet.",
            "  ",
        )
    for left_out in left_out_lines(found.left_out):
        yield from wrapped_lines(left_out, "  ")
    if not found.passages:
        return
    yield "A difference is no error. No coefficient is made of it."
    yield ""
    for line in found.codes:
        more = f" and {len(line.passages) - LISTED} more" if len(line.passages) > LISTED else ""
        name = " ".join(filter(None, (line.code, line.label)))
        listed = ", ".join(map(ids.passage, line.passages[:LISTED]))
        yield from wrapped_lines(
            f"{shown_text(name)}: {len(line.passages)} in {listed}{more}",
            "    ",
        )
    for each in found.passages:
        yield ""
        yield from _passage(each, ids)


def _passage(each: PassageDiffers, ids: ShortIds) -> Iterator[str]:
    of_round = f"round {each.round}" if each.round else ""
    yield shown_text(" · ".join(filter(None, (ids.passage(each.passage), each.speaker, of_round))))
    yield from wrapped_lines(shown_text(" ".join(each.text.split())), "    ", "    ")
    for code in each.codes:
        yield from wrapped_lines(f"  {shown_text(_said(code))}", "      ")
        for mark in code.marks:
            told = [f"“{' '.join(mark.words.split())}”"] if mark.words else []
            told += [f"{name}: {', '.join(values)}" for name, values in mark.attributes.items()]
            if told:
                yield from wrapped_lines(
                    f"      {shown_text(mark.reader)}: {shown_text('; '.join(told))}", " " * 8
                )
    if each.alike:
        yield from wrapped_lines(f"  Alike: {', '.join(each.alike)}", "      ")
    for remark in each.remarks:
        yield from wrapped_lines(f"  {shown_text(remark.reader)} notes: {shown_text(remark.note)}", "      ")


def _said(code: CodeDiffers) -> str:
    name = " ".join(filter(None, (code.code, code.label)))
    if "code" in code.in_what:
        return f"{name}: {', '.join(code.gave)}; not {', '.join(code.did_not)}"
    how = {"attributes": "described otherwise", "words": "on other words"}
    return f"{name}: all of them, {' and '.join(how[each] for each in code.in_what)}"
