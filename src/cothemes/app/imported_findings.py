"""Imported ratings in findings: which of them count, beside the study's people, and why the rest does not."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

from cothemes.app.ratings import found_ratings, imported_ratings, made_once, ruled_ratings, selected
from cothemes.app.study import Study
from cothemes.records.coded_reading import listed
from cothemes.records.combine import Combine
from cothemes.records.left_out import Dropped, Reason
from cothemes.records.rating import RaterKind, Rating
from cothemes.stages.exchange.basis import CodedPassages, basis_of, settle
from cothemes.stages.review.ratings import RatingsRead
from cothemes.stages.review.selection import Purpose


def imported_beside(study: Study, people: RatingsRead) -> list[Rating]:
    """Return the imported ratings that count beside those of the study's people."""
    imported = [rating for rating in imported_ratings(study) if rating.kind is not RaterKind.MODEL]
    real = people.ratings.parts or any(rating.kind is RaterKind.HUMAN for rating in imported)
    if real and any(rating.kind is RaterKind.SYNTHETIC for rating in imported):
        imported = [rating for rating in imported if rating.kind is RaterKind.HUMAN]
    return imported


@made_once
def imported_findings(study: Study) -> Sequence[Rating]:
    """Return the imported ratings that findings count, of codes in the codebook: presences and absences."""
    if not study.store.ratings.all():
        return ()
    found = imported_beside(study, found_ratings(study))
    return tuple(each for each in found if not each.code or each.code in study.codebook.by_id)


@made_once
def combined_findings(study: Study, combine: Combine) -> Mapping[str, Mapping[str, int]]:
    """Return passage → code → 1 or 0, over the study's people, imported raters and the consensus."""
    if not imported_findings(study):
        return selected(study, Purpose.FINDINGS).combined(combine)
    settled = _settled(study, combine)
    found: dict[str, dict[str, int]] = {}
    for code, passages in settled.rated.items():
        for passage in passages:
            found.setdefault(passage, {})[code] = int(passage in settled.applied.get(code, ()))
    return found


@made_once
def _settled(study: Study, combine: Combine) -> CodedPassages:
    people = found_ratings(study)
    # The last consensus on a code decides: the study's own rulings go before an imported one.
    ratings = listed(people.ratings, imported_beside(study, people), ruled_ratings(study))
    return settle(ratings, basis_of(ratings, combine=combine), tuple(study.codebook.by_id), combine)


def decided_by_consensus(study: Study) -> Collection[tuple[str, str]]:
    """Return passages and codes on which a ruling or an imported consensus decides."""
    if not imported_findings(study):
        return selected(study, Purpose.FINDINGS).rulings.keys()
    return _settled(study, Combine.ANY).consensus


def decisions_left_out(study: Study, combine: Combine) -> tuple[Dropped, ...]:
    """Return codes that the study's people gave and that findings do not count, with the reason: a consensus
    or the other readers, imported ones among them, go before them."""
    values = combined_findings(study, combine)
    return selected(study, Purpose.FINDINGS).outweighed(values, decided_by_consensus(study))


def imported_left_out(study: Study, combine: Combine) -> list[tuple[Rating, Reason]]:
    """Return imported ratings that a code applies and that findings do not count, with the reason.

    A model's are none of them: they are suggestions. Those on passages of an earlier cut are not here.
    """
    given = [
        each
        for each in imported_ratings(study)
        if each.code and each.value in (1, None) and each.kind is not RaterKind.MODEL
    ]
    if not given:
        return []
    why_not = reasons_against(study, combine)
    return [(each, reason) for each in given if (reason := why_not(each)) is not None]


def reasons_against(study: Study, combine: Combine) -> Callable[[Rating], Reason | None]:
    """Return a function: an imported code → why findings do not count it; None where they do."""
    kinds = {each.kind for each in imported_findings(study)}
    values = combined_findings(study, combine)
    consensus = decided_by_consensus(study)

    def why_not(each: Rating) -> Reason | None:
        if each.code not in study.codebook.by_id:
            return Reason.RETIRED_CODE
        if each.kind not in kinds:
            return Reason.INVENTED_RATER
        if values.get(each.unit, {}).get(each.code, 1):
            return None
        return Reason.OVERRULED if (each.unit, each.code) in consensus else Reason.TOO_FEW_READERS

    return why_not
