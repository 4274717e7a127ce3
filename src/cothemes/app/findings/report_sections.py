"""Sections of the report that stand for themselves: shares, settled disputes, missing codes, differences."""

from __future__ import annotations

from collections import Counter, defaultdict
from enum import StrEnum

from cothemes.app.codebook.candidates import settled_ids, uncoded
from cothemes.app.figures.agreement import study_agreement
from cothemes.app.figures.disagreements import disagreements, published_map
from cothemes.app.figures.prevalence import study_prevalence
from cothemes.app.privacy.published import Published
from cothemes.app.review.consensus import consensus, readings, settled_places
from cothemes.app.study import Study
from cothemes.errors import CothemesError
from cothemes.records.document import Kind
from cothemes.records.record import Record
from cothemes.stages.evaluate.agreement.overall import Pair
from cothemes.stages.evaluate.agreement.selection import Request
from cothemes.stages.evaluate.differences import DifferenceMap
from cothemes.stages.evaluate.prevalence.figures import PrevalenceTable
from cothemes.stages.review.consensus import CaseState, open_codes
from cothemes.stages.review.disputes import Case

MOST_CANDIDATES = 30
MOST_QUOTES = 2


class Estimated(Record):
    """Shares of one round and one kind of document, or why there are none."""

    round: str = ""
    kind: Kind | None = None
    table: PrevalenceTable | None = None
    reason: str = ""
    """The message of the error that stood in the way."""


class Dispute(StrEnum):
    """What readers of a passage disagreed on."""

    CODE = "code"
    """Some gave it and some did not."""
    ATTRIBUTES = "attributes"
    """All gave it, with other attributes."""
    NONE = "not in dispute"
    """It was ruled on though all or none of them gave it."""


class SettledCode(Record):
    """One code in one sort of dispute. Passages: `yes` + `no` + `left` = `disputed`."""

    code: str
    label: str
    about: Dispute
    disputed: int
    yes: int
    no: int
    left: int


class SettledRound(Record):
    """One round after its disagreements were talked over. Agreement is what stood before."""

    round: str
    together: int
    """Passages that several people finished."""
    disputed: int
    """Of these, with a code that some gave and some did not."""
    left: int
    """Still to settle; they are missing from the consensus."""
    codes: tuple[SettledCode, ...]
    against: tuple[Pair, ...]
    """Each reader against the consensus, in which the reader's own codes are."""
    reason: str = ""
    """Why there are no such figures."""


class Missing(Record):
    """Something that no code fits, as models and people named it."""

    label: str
    criterion: str
    passages: tuple[str, ...]
    by: tuple[str, ...]
    quotes: tuple[str, ...]


class MissingCodes(Record):
    """What is open, and what people have settled."""

    open: tuple[Missing, ...]
    more: int
    settled: int


def estimated_shares(study: Study) -> tuple[Estimated, ...]:
    """By round, which are never pooled, and kind of document; where the design allows none, the reason."""
    rounds = sorted(study.store.reviews.rounds())
    kinds = sorted({document.kind for document in study.store.documents.heads()})
    if not rounds:
        return (_estimated(study, "", None, only=True),)
    return tuple(
        _estimated(study, name, Kind(kind), only=len(kinds) == 1) for name in rounds for kind in kinds
    )


def _estimated(study: Study, round_name: str, kind: Kind | None, *, only: bool) -> Estimated:
    try:
        table = study_prevalence(study, round_name=round_name, kind=None if only else kind)
    except CothemesError as error:
        return Estimated(round=round_name, kind=kind, reason=error.message)
    return Estimated(round=round_name, kind=kind, table=table)


def settled_rounds(study: Study) -> tuple[SettledRound, ...]:
    """Rounds in which something was settled; none where nothing was."""
    settled = settled_places(study, study.store.settlements.all())
    begun = sorted({name for (_, name), one in settled.items() if one.rulings})
    if not begun:
        return ()
    raters = {rating.rater for rating in consensus(study).ratings}
    cases = readings(study).cases
    found = []
    for name in begun:
        here = [
            (case, settled.get((case.passage.id, name), CaseState())) for case in cases if case.round == name
        ]
        counts: Counter[tuple[str, Dispute, bool | None]] = Counter()
        for case, one in here:
            for code in {*case.disputed, *case.described_otherwise, *one.rulings}:
                counts[code, _dispute(case, code), one.applies(code)] += 1
        rows = {(code, about) for code, about, _ in counts}
        against, reason = _against(study, name, raters, {who for case, _ in here for who in case.readers})
        found.append(
            SettledRound(
                round=name,
                together=len(here),
                disputed=sum(bool(case.disputed) for case, _ in here),
                left=sum(bool(open_codes(case, one, attributes=False)) for case, one in here),
                codes=tuple(
                    SettledCode(
                        code=code.id,
                        label=code.label,
                        about=about,
                        disputed=sum(counts[code.id, about, how] for how in (True, False, None)),
                        yes=counts[code.id, about, True],
                        no=counts[code.id, about, False],
                        left=counts[code.id, about, None],
                    )
                    for code in study.codebook.codes
                    for about in Dispute
                    if (code.id, about) in rows
                ),
                against=against,
                reason=reason,
            )
        )
    return tuple(found)


def _dispute(case: Case, code: str) -> Dispute:
    if code in case.disputed:
        return Dispute.CODE
    return Dispute.ATTRIBUTES if code in case.described_otherwise else Dispute.NONE


def _against(
    study: Study, round_name: str, settled: set[str], readers: set[str]
) -> tuple[tuple[Pair, ...], str]:
    if not settled:
        return (), "no passage is settled in full"
    try:
        table = study_agreement(study, Request(raters=(*sorted(readers), *sorted(settled)), round=round_name))
    except CothemesError as error:
        return (), error.message
    return tuple(pair for pair in table.pairs if len({pair.a, pair.b} & settled) == 1), ""


def missing_codes(study: Study, published: Published) -> MissingCodes:
    """What no code fits: the open ones with most passages first, put together by their words alone."""
    every = uncoded(study)
    done = settled_ids(study, every)
    heaps = defaultdict(list)
    for each in every:
        if each.id not in done:
            heaps[each.label.casefold()].append(each)
    found = sorted(
        (
            Missing(
                label=published.words(members[0].label, members[0].document),
                criterion=next((each.criterion for each in members if each.criterion), ""),
                passages=tuple(dict.fromkeys(each.passage for each in members)),
                by=tuple(dict.fromkeys(each.by for each in members)),
                quotes=tuple(
                    dict.fromkeys(
                        published.words(quote, each.document) for each in members for quote in each.quotes
                    )
                )[:MOST_QUOTES],
            )
            for members in heaps.values()
        ),
        key=lambda each: -len(each.passages),
    )
    return MissingCodes(
        open=tuple(found[:MOST_CANDIDATES]),
        more=max(0, len(found) - MOST_CANDIDATES),
        settled=len(every) - sum(map(len, heaps.values())),
    )


def differing(study: Study, published: Published) -> DifferenceMap | None:
    """The map of a reflexive study; None elsewhere, and where no two people have read a passage."""
    if study.settings.study.tradition != "reflexive":
        return None
    try:
        return published_map(disagreements(study), published)
    except CothemesError:
        return None
