"""The study's findings and methods as one page."""

from __future__ import annotations

import platform
from pathlib import Path

from pydantic import Field

import cothemes
from cothemes.app import wiring
from cothemes.app.figures.agreement import (
    run_ratings,
    study_agreement,
    study_ratings,
    study_table,
)
from cothemes.app.figures.decided import decided_ratings
from cothemes.app.findings.evidence import unverified_removed, with_evidence
from cothemes.app.findings.report_codebook import CodebookHistory, codebook_history
from cothemes.app.findings.report_facts import study_facts
from cothemes.app.findings.report_memos import MemoAppendix, memo_appendix
from cothemes.app.findings.report_sections import (
    MissingCodes,
    SettledRound,
    differing,
    estimated_shares,
    missing_codes,
    settled_rounds,
)
from cothemes.app.privacy.published import Published
from cothemes.app.review.blindness import left_out
from cothemes.app.review.left_out import left_out_of
from cothemes.app.study import Study
from cothemes.errors import CothemesError, StateConflict
from cothemes.records.document import Document, Kind
from cothemes.records.left_out import Dropped, LeftOut, Reason
from cothemes.records.passage import Passage
from cothemes.records.rating import RaterKind, Rating
from cothemes.records.record import Record
from cothemes.stages.evaluate.agreement.figures import AgreementTable
from cothemes.stages.evaluate.agreement.selection import Request, rounds_of
from cothemes.stages.exchange.basis import Source
from cothemes.stages.exchange.checklists import checklists
from cothemes.stages.exchange.methods_text import NOT_RECORDED, methods
from cothemes.stages.exchange.report import Findings, findings, may_carry_a_code
from cothemes.stages.exchange.term_recognition import RECRUITMENT_NOTE
from cothemes.stages.review.left_out import summed

RECRUITMENT_KEY = "recruitment_wording"
"""Metadata of a document: the words of the invitation that hold a term."""


class ReportMade(Record):
    """What a page was written from."""

    file: str
    basis: Source
    raters: tuple[str, ...]
    passages: int
    passages_counted: int
    documents_counted: dict[str, int]
    """Kind → documents."""
    codes_used: int
    agreement: tuple[str, ...]
    """The measure of each table of agreement."""
    pseudonyms: bool
    """Whether it has pseudonyms in place of names."""
    left_out: tuple[LeftOut, ...]
    """Decisions that the findings do not count, by reason."""
    sentence: str = Field(default="", exclude=True)
    """The basis in words."""


def report(
    study: Study, path: Path, *, quotes: int = 3, memos: bool = True, originals: bool = False
) -> ReportMade:
    """Writes the page, with memos as an appendix unless told not to. A study with pseudonyms has them on it,
    unless `originals`. Raises StateConflict for a study without documents, InputError where it cannot be
    written."""
    published = Published(study, originals=originals)
    documents = {document.slug: published.document(document) for document in study.store.documents.all()}
    if not documents:
        raise StateConflict(
            "holds no documents yet, so there is nothing to report",
            where=str(study.root),
            hint="Read some first: cothemes ingest FILES_OR_FOLDERS",
        )
    passages = {passage.id: published.passage(passage) for passage in study.store.passages.all()}
    runs = study.store.runs.all()
    ratings = _counted_ratings(study)
    found = findings(
        ratings,
        passages,
        documents,
        study.codebook,
        latest_run=runs[-1].rater if runs else "",
        most_quotes=quotes,
        quoting=published.quote,
    )
    found = found.model_copy(update={"terms": published.terms(found.terms)})
    agreements, without = _agreements(study)
    units = sum(table.units for table in agreements if len(table.raters) > 1)
    made = wiring.clock().now()
    reflexive = study.settings.study.tradition == "reflexive"
    settled, missing, history = (
        settled_rounds(study),
        missing_codes(study, published),
        codebook_history(study),
    )
    appendix = memo_appendix(study, published) if memos else MemoAppendix()
    dropped = (*left_out_of(study, readings=True).entries, *_other_voices(study, ratings, passages))
    facts = study_facts(
        study,
        counting=found.basis.sentence,
        agreement_units=units or None,
        version=cothemes.__version__,
        python=platform.python_version(),
        made=made,
    )
    wiring.write_report(
        path,
        {
            "title": study.settings.study.title,
            "codebook": study.codebook,
            "version": cothemes.__version__,
            "made": made,
            "findings": found,
            "document_count": len(documents),
            "interviews": sum(document.kind is Kind.INTERVIEW for document in documents.values()),
            "synthetic": _synthetic(documents, ratings),
            "left_out": left_out(study),
            "dropped": dropped,
            "pseudonyms": published.pseudonyms,
            "recruitment_note": RECRUITMENT_NOTE,
            "recruitment_wording": _recruitment(documents),
            "agreements": agreements,
            "no_agreement": without,
            "methods": methods(facts),
            "checklists": checklists(facts),
            "estimated": () if reflexive else estimated_shares(study),
            "reflexive": reflexive,
            "map": differing(study, published),
            "settled": settled,
            "missing": missing,
            "history": history,
            "memos": appendix,
            "contents": [
                *_contents(found, reflexive, settled, missing, history),
                *([("memos", "Appendix: memos")] if appendix.groups else []),
            ],
        },
    )
    return ReportMade(
        file=str(path),
        basis=found.basis.source,
        raters=found.basis.raters,
        passages=found.passages,
        passages_counted=found.passages_rated,
        documents_counted=found.documents_rated,
        codes_used=len(found.quotes),
        agreement=tuple(table.measure for table in agreements),
        pseudonyms=published.pseudonyms,
        left_out=dropped,
        sentence=found.basis.sentence,
    )


def _other_voices(study: Study, ratings: list[Rating], passages: dict[str, Passage]) -> tuple[LeftOut, ...]:
    """People's codes on passages that findings leave out because of who speaks."""
    rows = [
        Dropped(reason=Reason.OTHER_VOICE, passage=each.unit, code=each.code, by=each.rater, action="rating")
        for each in ratings
        if each.value == 1 and each.kind is RaterKind.HUMAN and not may_carry_a_code(passages[each.unit])
    ]
    return summed(rows, tuple(study.codebook.by_id))


def _counted_ratings(study: Study) -> list[Rating]:
    """People's and imported ratings; where there are none, the latest run's."""
    own = [*with_evidence(study, decided_ratings(study).ratings)]
    for run in reversed(study.store.runs.all()):
        if any(rating.kind is not RaterKind.MODEL for rating in own):
            break
        suggested = run_ratings(study, run).ratings
        if suggested:
            return [*own, *unverified_removed(study, suggested)]
    return own


def _agreements(study: Study) -> tuple[tuple[AgreementTable, ...], str]:
    """A table for each round, or the reason why there is none."""
    runs = study.store.runs.all()
    if len(runs) < 2 and not study.store.reviews.decisions() and not study.store.ratings.all():
        who = f" but {runs[0].rater}" if runs else ""
        return (), f"No table of agreement: nobody{who} has coded a passage."
    try:
        rounds = rounds_of(study_table(study, study_ratings(study))) or ("",)
        return tuple(study_agreement(study, Request(round=name)) for name in rounds), ""
    except CothemesError as error:
        return (), f"No table of agreement: this study {error.message}."


def _synthetic(documents: dict[str, Document], ratings: list[Rating]) -> str:
    """Why the page must not be read as findings; empty where nothing is invented."""
    said = []
    count = sum(document.synthetic for document in documents.values())
    if count:
        said.append(f"{count} of the {len(documents)} documents are invented.")
    made = sorted({rating.rater for rating in ratings if rating.kind is RaterKind.SYNTHETIC})
    if made:
        said.append(f"The raters {', '.join(made)} are synthetic, not people.")
    return " ".join(said)


def _recruitment(documents: dict[str, Document]) -> str:
    words = sorted({document.metadata.get(RECRUITMENT_KEY, "") for document in documents.values()} - {""})
    return "; ".join(words) or NOT_RECORDED


def _contents(
    found: Findings,
    reflexive: bool,
    settled: tuple[SettledRound, ...],
    missing: MissingCodes,
    history: CodebookHistory,
) -> list[tuple[str, str]]:
    counted = found.basis.source is not Source.NOBODY
    sections = [
        ("questions", "Codes by research question", counted),
        ("compared", "Interviews against policy texts", counted and found.compared),
        ("groups", "Groups of participants", counted and (found.groups or found.without_groups)),
        ("attributes", "What happened, what helps", counted and found.attributes),
        ("terms", "How the terms are recognised", found.terms),
        ("quotes", "Quotes", found.quotes),
        ("shares", "Estimated share of passages with each code", not reflexive),
        (
            "differences" if reflexive else "agreement",
            "Where readings differ" if reflexive else "Agreement",
            True,
        ),
        ("settled", "After discussion", settled),
        ("missing", "What no code fits", missing.open),
        ("codebook", "How the codebook changed", history.steps),
        ("methods", "Methods", True),
    ]
    return [(anchor, text) for anchor, text, shown in sections if shown]
