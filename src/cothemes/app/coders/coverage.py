"""Where passages stand with a coder: coded, to be coded, or parked after too many unusable replies."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from cothemes.app.corpus.document_names import document_ids
from cothemes.app.runs.outcomes import PARKED_AFTER
from cothemes.app.study import Study
from cothemes.records.passage import PassageHead
from cothemes.records.suggestion import OutcomeState


@dataclass(frozen=True)
class Coverage:
    """A study's passages as one coder has covered them."""

    coded: frozenset[str]
    """Not asked about again."""
    failures: dict[str, int] = field(default_factory=dict)
    """Passage → runs of this configuration with an unusable reply."""
    withheld: dict[str, str] = field(default_factory=dict)
    """Passage → why this configuration was not sent it."""
    read: dict[str, str] = field(default_factory=dict)
    """Passage → version of its document that the latest run that coded it read."""

    @property
    def parked(self) -> frozenset[str]:
        """Left alone until someone asks for them."""
        return frozenset(key for key, count in self.failures.items() if count >= PARKED_AFTER)


def standing(study: Study, *, coder: str, model: str, configuration: str, recode: bool = False) -> Coverage:
    """Return the coverage. With `recode`, what was coded under another configuration counts as not coded."""
    coded: set[str] = set()
    failures: dict[str, int] = {}
    withheld: dict[str, str] = {}
    read: dict[str, str] = {}
    for run in study.store.runs.all():
        if run.coder != coder or run.model != model:
            continue
        same = run.configuration == configuration
        if recode and not same:
            continue
        for outcome in study.store.runs.each_outcome(run.id):
            if outcome.final:
                coded.add(outcome.passage)
                if outcome.state is OutcomeState.CODED:
                    read[outcome.passage] = outcome.text_version
            elif same and outcome.state is OutcomeState.SKIPPED:
                withheld[outcome.passage] = outcome.detail
            elif same:
                failures[outcome.passage] = max(failures.get(outcome.passage, 0), outcome.failures)
    open_failures = {key: count for key, count in failures.items() if key not in coded}
    return Coverage(frozenset(coded), open_failures, withheld, read)


def selected(study: Study, documents: Collection[str]) -> list[PassageHead]:
    """Passages of these documents, or all. Raises UsageError for an unknown one."""
    passages = study.store.passages.heads()
    if not documents:
        return passages
    wanted = set(document_ids(study, documents))
    return [passage for passage in passages if passage.document in wanted]
