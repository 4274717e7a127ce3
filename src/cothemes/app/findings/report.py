"""The study's findings and methods, as its report shows them."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from cothemes.app.auto_accepted import holding
from cothemes.app.figures.agreement import (
    run_ratings,
    study_agreement,
    study_ratings,
    study_table,
)
from cothemes.app.figures.certificates import certificate_list
from cothemes.app.figures.decided import decided_ratings
from cothemes.app.findings.evidence import unverified_removed, with_evidence
from cothemes.app.findings.framework import FrameworkCase, written_summaries
from cothemes.app.findings.report_codebook import CodebookHistory, codebook_history
from cothemes.app.findings.report_facts import study_facts
from cothemes.app.findings.report_memos import MemoAppendix, memo_appendix
from cothemes.app.findings.report_sections import (
    Estimated,
    MissingCodes,
    SettledRound,
    differing,
    estimated_shares,
    missing_codes,
    settled_rounds,
)
from cothemes.app.privacy.published import Published
from cothemes.app.ratings import decisions_of, put_forward_passages, reads_once, selected
from cothemes.app.review.blindness import left_out
from cothemes.app.review.left_out import left_out_of
from cothemes.app.study import Study
from cothemes.errors import CothemesError, StateConflict
from cothemes.records.certificate import CertificateEntry
from cothemes.records.codebook import Codebook
from cothemes.records.coded_reading import RatingList, listed
from cothemes.records.combine import Combine
from cothemes.records.document import Document, Kind
from cothemes.records.left_out import Dropped, LeftOut, Reason
from cothemes.records.passage import Passage
from cothemes.records.rating import RaterKind
from cothemes.records.record import Record, absent
from cothemes.records.study_facts import StudyFacts
from cothemes.stages.evaluate.agreement.figures import AgreementTable
from cothemes.stages.evaluate.agreement.selection import Request, rounds_of
from cothemes.stages.evaluate.differences import DifferenceMap
from cothemes.stages.exchange.basis import ROLLED_UP, Source
from cothemes.stages.exchange.report import Findings, findings, may_carry_a_code
from cothemes.stages.review.left_out import summed
from cothemes.stages.review.selection import Purpose

RECRUITMENT_KEY = "recruitment_wording"
"""Metadata of a document: the words of the invitation that hold a term."""


class NoAgreement(Record):
    """Why a report has no table of agreement."""

    coded_by: str = ""
    """The one run that has coded; empty where nothing has."""
    error: str = ""
    """The message of the error that stood in the way; empty where nobody has coded."""


class ReportMade(Record):
    """What a page was written from."""

    file: str
    basis: Source
    raters: tuple[str, ...]
    passages: int
    passages_counted: int
    put_forward: int | None = Field(default=None, exclude_if=absent)
    """Passages counted that a score had chosen, so that shares are no estimate; absent if there are none."""
    documents_counted: dict[str, int]
    """Kind → documents."""
    codes_used: int
    agreement: tuple[str, ...]
    """The measure of each table of agreement."""
    pseudonyms: bool
    """Whether it has pseudonyms in place of names."""
    purpose: Purpose = Purpose.FINDINGS
    combined_by: Combine
    recoded: dict[str, tuple[int, int]]
    """Code → passages read again under its present meaning, of those read under an earlier one; only where
    some wait."""
    left_out: tuple[LeftOut, ...]
    """Decisions that the findings do not count, by reason."""
    auto_accepted: dict[str, dict[str, int]] | None = Field(default=None, exclude_if=absent)
    """Certificate → code → codings accepted under it that nobody has read; absent if there are none. No
    count or share of the report holds them."""


class Report(Record):
    """Everything that the page of findings and methods shows."""

    title: str
    codebook: Codebook
    documents: int
    interviews: int
    synthetic_documents: int
    synthetic_raters: tuple[str, ...]
    findings: Findings
    agreements: tuple[AgreementTable, ...]
    """One for each round."""
    no_agreement: NoAgreement | None
    facts: StudyFacts
    recruitment_wording: tuple[str, ...]
    """Words of the invitations that hold a term, from the documents' metadata."""
    reflexive: bool
    differences: DifferenceMap | None
    """In a reflexive study alone."""
    estimated: tuple[Estimated, ...]
    settled: tuple[SettledRound, ...]
    missing: MissingCodes
    history: CodebookHistory
    summaries: tuple[FrameworkCase, ...]
    """Cases of which people wrote a summary."""
    memos: MemoAppendix
    pseudonyms: bool
    """Pseudonyms replace names."""
    not_whole: str
    """Why the figures are not those of the whole study; empty where they are."""
    combined_by: Combine
    left_out: tuple[LeftOut, ...]
    """What people decided and the findings do not count, by reason."""
    certificates: tuple[CertificateEntry, ...] = ()
    """Certificates under which suggestions were accepted unread."""
    auto_accepted: dict[str, dict[str, int]] | None = None
    """Certificate → code → codings accepted under it that hold."""

    def made(self, file: Path) -> ReportMade:
        """Return what the page in this file was written from."""
        found = self.findings
        return ReportMade(
            file=str(file),
            basis=found.basis.source,
            raters=found.basis.raters,
            passages=found.passages,
            passages_counted=found.passages_rated,
            put_forward=found.put_forward or None,
            documents_counted=found.documents_rated,
            codes_used=len(found.quotes),
            agreement=tuple(table.measure for table in self.agreements),
            pseudonyms=self.pseudonyms,
            combined_by=self.combined_by,
            recoded=found.recoded,
            left_out=self.left_out,
            auto_accepted=self.auto_accepted,
        )


@reads_once
def report(
    study: Study,
    *,
    quotes: int = 3,
    memos: bool = True,
    originals: bool = False,
    combine: Combine = Combine.ANY,
    roll_up: bool = False,
) -> Report:
    """Return what the page shows, with memos as an appendix unless told not to.

    `roll_up`: codes are counted together with the codes below them.

    A study with pseudonyms has them on it, unless `originals`. Raises StateConflict for a study without
    documents.
    """
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
        ratings.rolled_up(study.codebook.branches) if roll_up else ratings,
        passages,
        documents,
        study.codebook,
        latest_run=runs[-1].rater if runs else "",
        most_quotes=quotes,
        quoting=published.quote,
        combine=combine,
        recoded=selected(study, Purpose.FINDINGS).recoded(),
        put_forward=put_forward_passages(study),
    )
    found = found.model_copy(update={"terms": published.terms(found.terms)})
    if roll_up:
        basis = found.basis.model_copy(update={"sentence": f"{found.basis.sentence} {ROLLED_UP}"})
        found = found.model_copy(update={"basis": basis})
    agreements, no_agreement = _agreements(study, roll_up=roll_up)
    units = sum(table.units for table in agreements if len(table.raters) > 1)
    reflexive = study.settings.study.tradition == "reflexive"
    return Report(
        title=study.settings.study.title,
        codebook=study.codebook,
        documents=len(documents),
        interviews=sum(document.kind is Kind.INTERVIEW for document in documents.values()),
        synthetic_documents=sum(document.synthetic for document in documents.values()),
        synthetic_raters=tuple(sorted({r.rater for r in ratings.parts if r.kind is RaterKind.SYNTHETIC})),
        findings=found,
        agreements=agreements,
        no_agreement=no_agreement,
        facts=study_facts(study, agreement_units=units or None),
        recruitment_wording=_recruitment(documents),
        reflexive=reflexive,
        differences=differing(study, published),
        estimated=() if reflexive else estimated_shares(study),
        settled=settled_rounds(study),
        missing=missing_codes(study, published),
        history=codebook_history(study),
        summaries=written_summaries(study, published) if memos else (),
        memos=memo_appendix(study, published) if memos else MemoAppendix(),
        pseudonyms=published.pseudonyms,
        not_whole=left_out(study),
        combined_by=combine,
        left_out=(
            *left_out_of(study, readings=True, combine=combine).entries,
            *_other_voices(study, ratings, passages),
        ),
        certificates=certificate_list(study).certificates,
        auto_accepted=_accepted(study),
    )


def _accepted(study: Study) -> dict[str, dict[str, int]] | None:
    """Certificate → code → codings accepted under it that hold; None if there are none."""
    found: dict[str, dict[str, int]] = {}
    for each in holding(study):
        codes = found.setdefault(each.certificate.name, {})
        codes[each.acceptance.code] = codes.get(each.acceptance.code, 0) + 1
    return found or None


def _other_voices(study: Study, ratings: RatingList, passages: dict[str, Passage]) -> tuple[LeftOut, ...]:
    """People's codes on passages that findings leave out because of who speaks."""
    rows = [
        Dropped(reason=Reason.OTHER_VOICE, passage=each.unit, code=each.code, by=each.rater, action="rating")
        for each in ratings.applied()
        if each.kind is RaterKind.HUMAN and not may_carry_a_code(passages[each.unit])
    ]
    return summed(rows, tuple(study.codebook.by_id))


def _counted_ratings(study: Study) -> RatingList:
    """People's and imported ratings; where there are none, the latest run's."""
    own = with_evidence(study, decided_ratings(study).ratings)
    for run in reversed(study.store.runs.all()):
        if any(part.kind is not RaterKind.MODEL for part in own.parts):
            break
        suggested = run_ratings(study, run).ratings
        if suggested.parts:
            return listed(own, unverified_removed(study, suggested))
    return own


def _agreements(study: Study, *, roll_up: bool) -> tuple[tuple[AgreementTable, ...], NoAgreement | None]:
    """A table for each round, or the reason why there is none."""
    runs = study.store.runs.all()
    if len(runs) < 2 and not decisions_of(study) and not study.store.ratings.all():
        return (), NoAgreement(coded_by=runs[0].rater if runs else "")
    try:
        rounds = rounds_of(study_table(study, study_ratings(study))) or ("",)
        return tuple(study_agreement(study, Request(round=name, roll_up=roll_up)) for name in rounds), None
    except CothemesError as error:
        return (), NoAgreement(error=error.message)


def _recruitment(documents: dict[str, Document]) -> tuple[str, ...]:
    return tuple(
        sorted({document.metadata.get(RECRUITMENT_KEY, "") for document in documents.values()} - {""})
    )
