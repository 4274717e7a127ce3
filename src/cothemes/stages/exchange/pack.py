"""What goes into a reviewer's package: records stripped to what the reviewer's own cards show.

Fields are named one by one that stay, so that a field which a record gains later stays at home until someone
puts it here. What goes: names of files and participants, scores and confidence of coders (no card shows
them), settings and counts of runs, the seed of the draw (with it, the others' passages could be drawn anew),
who had a passage before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from cothemes.records.document import Document
from cothemes.records.outcome_flag import OutcomeFlag
from cothemes.records.package import Manifest, Package
from cothemes.records.passage import Passage
from cothemes.records.review import Assignment, Decision
from cothemes.records.run import Run, RunState
from cothemes.records.suggestion import Outcome, OutcomeState, Suggestion

_DOCUMENT = {"slug", "version", "kind", "title", "text", "blocks", "synthetic"}
_RUN = {"id", "coder", "rater", "codebook_hash", "codebook_version", "model", "prompt", "started"}
_SUGGESTION = {
    "id",
    "run",
    "rater",
    "passage",
    "code",
    "verdict",
    "evidence",
    "quote_status",
    "reason",
    "attributes",
}
_ASSIGNMENT = {
    "reviewer",
    "passage",
    "document",
    "round",
    "arm",
    "probability",
    "double",
    "position",
    "drawn",
    "rank",
    "stream",
    "codes",
}


def packed(
    manifest: Manifest,
    codebook_text: str,
    codebooks: dict[str, str],
    *,
    documents: Iterable[Document],
    passages: Iterable[Passage],
    runs: Iterable[Run],
    outcomes: Iterable[Outcome],
    suggestions: Iterable[Suggestion],
    assignments: Sequence[Assignment],
    decisions: Sequence[Decision],
    reason_of: Callable[[Suggestion], str],
    remark_flags: Callable[[Outcome], tuple[OutcomeFlag, ...]],
) -> Package:
    """Strips records that were asked for under the reviewer's name; `suggestions` and `outcomes` are those of
    cards that may show them. `reason_of` and `remark_flags` give what such a card says.

    Raises ValueError where a record is another person's: a fault of the caller.
    """
    people = {a.reviewer for a in assignments} | {d.reviewer for d in decisions}
    if people - {manifest.reviewer}:
        raise ValueError("another person's records were asked for")
    return Package(
        manifest=manifest,
        codebook_text=codebook_text,
        codebooks=codebooks,
        documents=tuple(Document.model_validate(d.model_dump(include=_DOCUMENT)) for d in documents),
        passages=tuple(passages),
        runs=tuple(_run(run) for run in runs),
        outcomes=tuple(
            Outcome(run=o.run, passage=o.passage, state=OutcomeState.CODED, flags=remark_flags(o))
            for o in outcomes
        ),
        suggestions=tuple(
            Suggestion.model_validate({**s.model_dump(include=_SUGGESTION), "reason": reason_of(s)})
            for s in suggestions
        ),
        assignments=tuple(
            Assignment.model_validate({**a.model_dump(include=_ASSIGNMENT), "seed": 0}) for a in assignments
        ),
        decisions=tuple(decisions),
    )


def _run(run: Run) -> Run:
    kept = run.model_dump(include=_RUN)
    # Another configuration than any coder's: nothing that is run on the laptop may go on with it.
    return Run.model_validate({**kept, "configuration": f"package {run.id}", "state": RunState.FINISHED})
