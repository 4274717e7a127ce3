"""The offline coder's score beside each suggestion of a model, computed once and kept with it.

It is the score before the coder learns. What it learned from a passage would repeat people's answer there,
and a model that is calibrated on these answers would take it for knowledge.
"""

from __future__ import annotations

from collections import defaultdict

from cothemes.app.privacy.embedding import is_remote
from cothemes.app.study import Study
from cothemes.errors import WeightsMissing
from cothemes.records.suggestion import Suggestion
from cothemes.stages.propose.offline.coder import OfflineCoder
from cothemes.stages.propose.offline.material import Material
from cothemes.stages.propose.offline.offline_coder import remembered

TOGETHER = 256
"""Passages from which a batch of whole documents is scored."""


def score_offline(study: Study) -> int:
    """Score the suggestions of models that have no score yet; return how many were scored.

    Does nothing in a study that was never indexed, or where the embedder's weights are gone: the calibration
    says how many suggestions have a score. Does nothing with an embedder on another machine, where each
    sentence would be paid for. Killed, the next call goes on.
    """
    if is_remote(study) or not study.vectors.is_dir():
        return 0
    missing: dict[str, list[Suggestion]] = defaultdict(list)
    codes = study.codebook.defined.by_id
    for run in study.store.runs.all():
        if run.coder == "llm":
            known = study.store.runs.offline_scores(run.id)
            for each in study.store.runs.each_suggestion(run.id):
                if each.id not in known and each.code in codes:
                    missing[each.passage.rpartition(".")[0]].append(each)
    if not missing:
        return 0
    try:
        coder = OfflineCoder(study.codebook.defined, study.embedder)
    except WeightsMissing:
        return 0
    column = {code: at for at, code in enumerate(coder.codes)}
    scored = 0
    for slugs in _batches(study, sorted(missing)):
        whole = [passage for slug in slugs for passage in study.store.passages.of(slug)]
        material = Material.of(whole, remembered(study.embedder, study.store.embeddings))
        if not material.passages:
            continue
        prior = coder.read(material).prior
        row = {passage.id: at for at, passage in enumerate(material.passages)}
        found = {
            each.id: float(prior[row[each.passage], column[each.code]])
            for slug in slugs
            for each in missing[slug]
            if each.passage in row
        }
        study.store.runs.put_offline_scores(found)
        scored += len(found)
    return scored


def _batches(study: Study, slugs: list[str]) -> list[list[str]]:
    """Documents in batches of some hundred passages."""
    sizes: dict[str, int] = defaultdict(int)
    for head in study.store.passages.heads():
        sizes[head.document] += 1
    batches: list[list[str]] = [[]]
    held = 0
    for slug in slugs:
        if held >= TOGETHER:
            batches.append([])
            held = 0
        batches[-1].append(slug)
        held += sizes[slug]
    return batches
