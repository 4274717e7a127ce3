"""What a model answered about a passage when `stability` asked it again: on record in the ledger."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Mapping

from cothemes.app.runs.strategies import PROPOSING
from cothemes.app.study import Study
from cothemes.records.run import Call
from cothemes.records.suggestion import Verdict
from cothemes.stages.propose.model.parsing import json_of
from cothemes.stages.propose.model.reply import Unusable, read_back

STABILITY = "stability-"
"""Beginning of the names under which `stability` keeps its calls."""

Answered = Mapping[str, bool]
"""Code → whether one reply gave it, for the codes that it was asked about."""


def stability_answers(
    study: Study, model: str, passages: Collection[str] | None = None, besides: Collection[str] = ()
) -> dict[str, list[Answered]]:
    """Return passage → the model's answers; other wordings and orders of the codes are answers too.

    `model` is its name as asked for, `PROVIDER:NAME`; `besides` are calls that a run was made of. A reply
    that cannot be read is no answer.
    """
    runs = {each.run for each in study.store.ledger.tallies() if each.run.startswith(STABILITY)}
    found: dict[str, list[Answered]] = defaultdict(list)
    for run in sorted(runs):
        for call in study.store.ledger.calls(run_id=run):
            wanted = call.stage == PROPOSING and call.key not in besides
            wanted = wanted and (passages is None or call.passage in passages)
            if wanted and (answer := _answer(call, model.partition(":")[2])):
                found[call.passage].append(answer)
    return dict(found)


def _answer(call: Call, model: str) -> Answered:
    if call.reply is None or not call.request or json.loads(call.request).get("model") != model:
        return {}
    try:
        data, _ = json_of(read_back(call.reply))
    except Unusable:
        return {}
    codes = data.get("codes") if isinstance(data, dict) else None
    if not isinstance(codes, dict):
        return {}
    return {
        code: said.get("decision") == Verdict.YES.value
        for code, said in codes.items()
        if isinstance(said, dict)
    }
