"""The study's decisions and runs as ratings: what agreement, tables and exports read."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from cothemes.app.study import Study
from cothemes.records.codebook import Code, Codebook
from cothemes.records.rating import RaterKind
from cothemes.records.review import Action
from cothemes.records.revision import RevisionKind
from cothemes.stages.review.ratings import RatingsRead, read_ratings
from cothemes.stages.review.wordings import Same, Wordings, same_as_now


def keep_codebook(study: Study) -> None:
    """Stores the codebook as it is now, so that later decisions can be told from earlier ones."""
    study.store.codebooks.put(study.codebook.hash, study.codebook.model_dump_json())


def wordings(study: Study, hashes: Iterable[str]) -> Wordings:
    """Of each codebook that was kept, the hash of every code's text."""
    found = {}
    for codebook_hash in set(hashes):
        content = study.store.codebooks.get(codebook_hash)
        if content is not None:
            codes = Codebook.model_validate_json(content).codes
            found[codebook_hash] = {code.id: code.text_hash for code in codes}
    return found


def same_wordings(study: Study) -> Same:
    """Code → texts that ask for the same codings as its text now: by a person's word, or because nothing but
    label, theme or parent of the code changed."""
    pairs = [*_said_the_same(study), *_relabelled(study)]
    return same_as_now(pairs, {code.id: code.text_hash for code in study.codebook.codes}) if pairs else {}


def _said_the_same(study: Study) -> list[tuple[str, str, str]]:
    """(code, text, text) as people said it."""
    said = [each for each in study.store.revisions.all() if each.kind is RevisionKind.SAME]
    texts = wordings(study, [name for each in said for name in (each.old, each.new)])
    return [
        (code, texts[each.old][code], texts[each.new][code])
        for each in said
        for code in each.codes
        if code in texts.get(each.old, {}) and code in texts.get(each.new, {})
    ]


def _relabelled(study: Study) -> list[tuple[str, str, str]]:
    """(code, text, text) of codes with a definition whose label, theme or parent alone changed."""
    now = study.codebook.by_id
    kept = (study.store.codebooks.get(name) for name in study.store.codebooks.hashes())
    books = [_codes_of(content) for content in kept if content is not None]
    first: dict[tuple[str, str], str] = {
        (code.id, code.substance_hash): code.text_hash for code in study.codebook.codes
    }
    pairs = []
    for code in (code for book in books for code in book if code.id in now and code.definition.strip()):
        one = first.setdefault((code.id, code.substance_hash), code.text_hash)
        if one != code.text_hash:
            pairs.append((code.id, one, code.text_hash))
    return pairs


@lru_cache(maxsize=64)
def _codes_of(content: str) -> tuple[Code, ...]:
    return Codebook.model_validate_json(content).codes


def kinds_of_reviewers(study: Study) -> dict[str, RaterKind]:
    """Registered names that are not plain people."""
    return {
        reviewer.name: RaterKind(reviewer.role)
        for reviewer in study.store.reviews.reviewers()
        if reviewer.role in (RaterKind.SYNTHETIC, RaterKind.CONSENSUS)
    }


def human_ratings(study: Study, *, round_name: str | None = None) -> RatingsRead:
    """Every finished reading by a registered person, of one round or all, under the current wording."""
    decisions = study.store.reviews.decisions()
    hashes = [d.codebook_hash for d in decisions if d.action is Action.DONE]
    return read_ratings(
        decisions,
        study.store.reviews.assignments(round_name=round_name),
        study.store.passages.heads(),
        study.store.documents.heads(),
        study.codebook,
        wordings=wordings(study, hashes),
        kinds=kinds_of_reviewers(study),
        same=same_wordings(study),
    )
