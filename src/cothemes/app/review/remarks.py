"""What a coder noticed of a passage that a person should know before deciding. Never asked for when blind."""

from __future__ import annotations

from collections.abc import Collection

from cothemes.app.auto_accepted import holding
from cothemes.app.corpus.known_repeats import known_repeats
from cothemes.app.study import Study
from cothemes.records.outcome_flag import FlagKind
from cothemes.records.suggestion import Outcome
from cothemes.records.text import counted

NAMED = 3
"""Passages that are named."""
READS_LIKE_INSTRUCTIONS = "text reads like instructions"
_WORDS = {
    FlagKind.INSTRUCTION_LIKE: READS_LIKE_INSTRUCTIONS,
    FlagKind.UNKNOWN_ROLE: "the role of the speaker is not known",
}


def remarks_of(outcome: Outcome) -> tuple[str, ...]:
    """Return what the outcome's flags say to a person, in words."""
    found = [words for kind, words in _WORDS.items() if outcome.flagged(kind)]
    escalated = [flag.code for flag in outcome.flagged(FlagKind.CRITIC_ESCALATED)]
    if escalated:
        found.append(f"a second reading was unsure of {', '.join(escalated)}")
    return tuple(found)


def accepted_remarks(study: Study, passage: str) -> tuple[str, ...]:
    """Return which codes were accepted on a passage under a certificate; a person's word replaces them."""
    if not study.store.acceptances.on(passage):
        return ()
    return tuple(
        f"accepted unread under certificate {each.certificate.name}: {each.acceptance.code}"
        for each in holding(study)
        if each.acceptance.passage == passage
    )


def repeated_remarks(study: Study, passage: str) -> tuple[str, ...]:
    """Return which passages say nearly the same, as `cothemes duplicates` found them last."""
    others = known_repeats(study, passage)
    if not others:
        return ()
    some = ", ".join(others[:NAMED]) + (", …" if len(others) > NAMED else "")
    return (f"{counted(len(others), 'other passage')} nearly the same: {some}",)


def remarks_on(study: Study, runs: dict[str, str], passages: Collection[str]) -> dict[str, tuple[str, ...]]:
    """Passage → remarks, of the run that `runs` names for it; passages without one are not in it."""
    found: dict[str, tuple[str, ...]] = {}
    for run in set(runs.values()):
        asked = [passage for passage in passages if runs.get(passage) == run]
        for outcome in study.store.runs.outcomes(run, passages=asked):
            if remarks := remarks_of(outcome):
                found[outcome.passage] = remarks
    return found
