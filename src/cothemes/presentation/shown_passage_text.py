"""One passage with everything that was said of it, for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from cothemes.presentation.card_text import context_line
from cothemes.presentation.passage_text import passage_lines, place_words
from cothemes.records.acceptance import AUTO_ACCEPTED
from cothemes.records.numbers import coefficient
from cothemes.records.text import attributes_line, shown_text

if TYPE_CHECKING:
    from cothemes.app.findings.passage import ShownPassage
    from cothemes.presentation.lines import Line


def shown_passage_lines(shown: ShownPassage) -> Iterator[Line]:
    """Yield the passage in context, then people, consensus, suggestions, flags and memos."""
    yield shown_text(f"{shown.title} ({shown.kind.value})")
    if shown.retired:
        yield (
            f"Retired: {shown.retired}. What was decided here is left out of all figures.\n"
            f"    → To bring it back: {shown.way_back}"
        )
    for turn in shown.context:
        yield context_line(turn)
    heading = (place_words(shown.speaker, shown.headings), shown.time)
    yield from passage_lines(shown.passage, shown.text_with_others, heading=heading, cut=shown.cut)
    yield from map(shown_text, _said(shown))


def _said(shown: ShownPassage) -> Iterator[str]:
    for person in shown.people:
        codes = ", ".join(
            _described(code, given)
            + (" [to confirm]" if code in person.to_confirm else "")
            + (" [corrected since]" if code in set(person.corrected_since) - set(person.to_confirm) else "")
            for code, given in person.codes.items()
        )
        how = f"{person.round}, {person.arm.value}, {person.state.value}"
        yield f"{person.reviewer} ({how}): {codes or 'no code'}"
        if uncounted := [code for code in person.codes if code not in person.counts]:
            yield f"    not counted in findings: {', '.join(uncounted)}"
        for note in person.notes:
            yield f"    note: {note}"
    for rater in shown.imported:
        codes = ", ".join(_described(code, given) for code, given in rater.codes.items())
        how = ", ".join(filter(None, (rater.round, rater.kind.value)))
        yield f"{rater.rater} (imported, {how}): {codes}"
        if uncounted := [code for code in rater.codes if code not in rater.counts]:
            yield f"    not counted in findings: {', '.join(uncounted)}"
    if not shown.people and not shown.imported:
        yield "assigned to nobody"
    if shown.consensus:
        codes = ", ".join(_described(code, ruling.attributes) for code, ruling in shown.consensus)
        yield f"{shown.consensus_by}: {codes}"
        for code, ruling in shown.consensus:
            for note in ruling.notes:
                yield f"    {code}: {note}"
    for one in shown.suggestions:
        likely = "" if one.probability is None else f", probability {coefficient(one.probability)}"
        yield f"suggested by {one.by}: {_described(one.code, one.attributes)}{likely}"
        if one.reason:
            yield f"    {one.reason}"
    for each in shown.auto_accepted or ():
        state = "" if each.state == AUTO_ACCEPTED else f"; {each.state}"
        yield f"accepted under certificate {each.certificate}, read by nobody: {each.code}{state}"
    for code, why in shown.left_out.items():
        asked = f", not asked about once more ({why})" if why else ""
        yield f"left out, no quote of it stands here: {code}{asked}"
    for flag in shown.flags:
        yield f"flag: {flag}"
    for memo in shown.memos:
        first, *rest = memo.text.split("\n")
        yield f"memo by {memo.by or 'nobody named'}: {first}"
        yield from (f"    {line}" for line in rest)


def _described(code: str, attributes: Mapping[str, Sequence[str]]) -> str:
    line = attributes_line(attributes)
    return f"{code} ({line})" if line else code
