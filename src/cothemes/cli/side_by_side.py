"""Codings one after another with their passages, in the order in which people decided: how drift is seen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from cothemes.cli.console import emit_json, say
from cothemes.cli.passages import print_passage
from cothemes.cli.review_card import attributes_line
from cothemes.presentation.coding_fields import coding_as_json
from cothemes.records.text import shown_text

if TYPE_CHECKING:
    from cothemes.app.findings.codings import Found


def side_by_side(decided: Sequence[Found], *, hide_names: bool, limit: int, as_json: bool) -> None:
    """Prints them, the earliest first. With names hidden, people are numbered by their first decision."""
    ordered = sorted(decided, key=lambda one: (one.coding.at is None, str(one.coding.at), one.passage.id))
    names = {name: f"coder {n}" for n, name in enumerate(dict.fromkeys(o.coding.by for o in ordered), 1)}
    who = {name: names[name] if hide_names else name for name in names}
    if as_json:
        emit_json([_as_json(one, who[one.coding.by]) for one in ordered])
        return
    shown = ordered[:limit] if limit else ordered
    for number, one in enumerate(shown, start=1):
        _print(one, f"{number} of {len(ordered)}", who[one.coding.by])
    if len(shown) < len(ordered):
        say(f"… and {len(ordered) - len(shown)} more (--limit 0 prints all)")
    if not ordered:
        say("Nobody has given it yet.")


def _print(one: Found, place: str, who: str) -> None:
    coding = one.coding
    when = f"{coding.at:%Y-%m-%d %H:%M}" if coding.at else ""
    state = coding.status.value + ("" if one.upheld is not False else ", settled otherwise")
    wording = "" if one.current_wording else "earlier wording"
    parts = (place, when, coding.code, who, state, coding.arm.value if coding.arm else "", wording)
    say(shown_text(" | ".join(filter(None, parts))))
    for words in (attributes_line(coding.attributes), *(f"note: {note}" for note in coding.notes)):
        if words:
            say(shown_text(f"  {words}"))
    print_passage(one.passage, marks=coding.spans)


def _as_json(one: Found, who: str) -> dict[str, Any]:
    return {**coding_as_json(one), "by": who, "text": one.passage.text}
