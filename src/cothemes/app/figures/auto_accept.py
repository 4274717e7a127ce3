"""Accepting suggestions without reading them: certificates from blind random decisions, and what became of
the promise."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from cothemes.app import wiring
from cothemes.app.auto_accepted import (
    certificates_of,
    holding,
    rater_of,
    revocation_of,
    texts_hash,
    void_because,
)
from cothemes.app.corrected_texts import texts_as_read
from cothemes.app.figures.blind_readings import SampleUsed, blind_sample, coder_suggestions, score_of
from cothemes.app.imported_findings import combined_findings
from cothemes.app.ratings import every_history, keep_codebook, reads_once
from cothemes.app.reviewers import registered
from cothemes.app.study import Study
from cothemes.errors import StateConflict, UnknownCode, UsageError
from cothemes.records.acceptance import Acceptance, Certification, CodeTest, Revocation
from cothemes.records.combine import Combine
from cothemes.records.record import Record, content_hash
from cothemes.records.review import Action, Arm
from cothemes.records.run import Run
from cothemes.records.suggestion import OutcomeState, Suggestion
from cothemes.records.text import counted
from cothemes.stages.evaluate.certification import Supply, code_tests, level_of, shows_nothing
from cothemes.stages.review.reading_state import fold_all
from cothemes.stages.review.session import unknown_code


@dataclass(frozen=True)
class Target:
    """What a person asks for."""

    codes: Sequence[str]
    precision: float
    delta: float
    by: str
    reason: str = ""
    pooled: bool = False
    round: str = ""


class AutoAcceptReport(Record):
    """What a look at the blind decisions showed, and what was accepted."""

    certificate: str | None
    """Name of the certificate; None if nothing was accepted under one."""
    dry_run: bool
    run: str
    rater: str
    round: str
    precision: float
    delta: float
    pooled: bool
    correction: str
    """How delta is shared over codes and looks."""
    look: int
    on_record: bool
    """Whether this look is on record and uses up delta; false if no suggestion was compared."""
    level: float
    sample: SampleUsed
    tests: tuple[CodeTest, ...]
    accepted: dict[str, int]
    """Certified code → suggestions that were accepted, or would be."""
    kept_for_readers: int
    """Passages left alone because somebody has still to read them blind."""


class Revoked(Record):
    """A certificate that was taken back."""

    certificate: str
    codings: int
    """Codings that held until now."""
    by: str
    reason: str


@reads_once
def auto_accept(study: Study, target: Target, *, accept: bool) -> AutoAcceptReport:
    """Look whether suggestions of these codes keep the target, and with `accept` accept them.

    Every look that compares anything is recorded, also without `accept` and if `accept` is refused. The same
    question on the same decisions is one look. Raises
    StateConflict where there is no coder or no blind random sample, or where `accept` has nothing that is
    certified; UnknownCode, UnknownReviewer, UsageError.
    """
    if study.settings.study.tradition == "reflexive":
        raise StateConflict(
            "is a reflexive study, in which no code is accepted unread",
            where=str(study.root),
            hint="[study] tradition in cothemes.toml says which it is.",
        )
    codes = _codes(study, target.codes)
    (by,) = registered(study, [target.by])
    run = _run(study)
    found = blind_sample(study, run, target.round)
    key = content_hash(
        [
            [each.passage, sorted(each.suggested.items()), sorted(each.upheld), sorted(each.asked)]
            for each in sorted(found.readings, key=lambda each: each.passage)
        ]
    )
    look, known = _look(study, run, target, codes, found.round, key)
    tests = code_tests(
        found.readings,
        codes,
        precision=target.precision,
        delta=target.delta,
        look=look,
        pooled=target.pooled,
        supply=_supply(study),
        none_read=found.none_read,
    )
    certified = {code for each in tests if each.threshold is not None for code in each.codes}
    nothing = shows_nothing(tests)
    keep_codebook(study)
    passages = tuple(sorted(each.passage for each in found.readings))
    made = Certification(
        id=wiring.ids().new(),
        name="",
        at=wiring.clock().now(),
        by=by,
        reason=target.reason,
        configuration=run.configuration,
        run=run.id,
        rater=run.rater,
        model=run.model,
        prompt=run.prompt,
        codebook_hash=study.codebook.hash,
        code_hashes={code: study.codebook.by_id[code].text_hash for code in codes},
        round=found.round,
        precision=target.precision,
        delta=target.delta,
        look=look,
        level=level_of(target.delta, look, len(tests)),
        pooled=target.pooled,
        tests=tests,
        passages=passages,
        sample=key,
        texts=texts_hash(study, passages),
    )
    if accept and not certified:
        # Who reads the refusal has looked: without a record, targets could be tried until one is kept.
        if not known and not nothing:
            study.store.acceptances.append(made, [])
        raise StateConflict(
            "cannot be certified: " + "; ".join(map(_refused, tests)),
            where=str(study.root),
            hint="It used no look: no suggestion was compared."
            if nothing
            else f"This was look {look} and is on record: the next look gets a smaller share of delta.",
        )
    issued = next((each for each in known if each.name), None)
    chosen = _to_accept(study, run, found.frame, made.thresholds)
    if accept:
        certificate = issued or made.model_copy(update={"name": study.store.acceptances.next_name()})
        rows = _acceptances(certificate, chosen.suggestions, made.at)
        study.store.acceptances.append(None if issued else certificate, rows)
    elif not known and not nothing:
        study.store.acceptances.append(made)
    counts = Counter(each.code for each in chosen.suggestions)
    return AutoAcceptReport(
        certificate=(issued.name if issued else certificate.name) if accept else None,
        dry_run=not accept,
        run=run.id,
        rater=run.rater,
        round=found.round,
        precision=target.precision,
        delta=target.delta,
        pooled=target.pooled,
        correction=f"look {look} gets delta/{2**look}"
        + (f", shared by {len(tests)} codes (Bonferroni)" if len(tests) > 1 else ""),
        look=look,
        on_record=not nothing,
        level=made.level,
        sample=found.used,
        tests=tests,
        accepted={code: counts[code] for code in codes if code in certified},
        kept_for_readers=chosen.kept,
    )


@reads_once
def apply_certificate(study: Study, name: str) -> AutoAcceptReport:
    """Accept under a certificate what its coder has suggested since. Raises StateConflict where it is void or
    was taken back, UsageError where there is none of this name.
    """
    certificate = _certificate(study, name)
    if revocation_of(study, certificate):
        raise StateConflict(f"{name} was taken back", hint="Certify anew: cothemes auto-accept certify")
    if void := void_because(study, certificate):
        raise StateConflict(
            f"{name} is void: {'; '.join(void)}",
            where=str(study.root),
            hint="What was accepted under it stays, marked. Certify the present coder: "
            "cothemes auto-accept certify",
        )
    run = study.store.runs.get(certificate.run)
    assert run is not None
    found = blind_sample(study, run, certificate.round)
    chosen = _to_accept(study, run, found.frame, certificate.thresholds)
    study.store.acceptances.append(None, _acceptances(certificate, chosen.suggestions, wiring.clock().now()))
    counts = Counter(each.code for each in chosen.suggestions)
    return AutoAcceptReport(
        certificate=name,
        dry_run=False,
        run=run.id,
        rater=run.rater,
        round=certificate.round,
        precision=certificate.precision,
        delta=certificate.delta,
        pooled=certificate.pooled,
        correction="",
        look=certificate.look,
        on_record=True,
        level=certificate.level,
        sample=found.used,
        tests=certificate.tests,
        accepted={code: counts[code] for code in certificate.thresholds},
        kept_for_readers=chosen.kept,
    )


@reads_once
def revoke(study: Study, name: str, *, by: str, reason: str) -> Revoked:
    """Take back a certificate and all that was accepted under it; nothing is deleted.

    Raises StateConflict where it was taken back already, UsageError for an unknown name or no reason.
    """
    certificate = _certificate(study, name)
    (person,) = registered(study, [by])
    if not reason.strip():
        raise UsageError("no reason was given", hint="Say why it is taken back: --reason TEXT")
    if revocation_of(study, certificate):
        raise StateConflict(f"{name} was taken back already", hint="See: cothemes auto-accept")
    held = sum(each.certificate.id == certificate.id for each in holding(study))
    study.store.acceptances.revoke(
        Revocation(
            id=wiring.ids().new(),
            certificate=certificate.id,
            at=wiring.clock().now(),
            by=person,
            reason=reason,
        )
    )
    return Revoked(certificate=name, codings=held, by=person, reason=reason)


@dataclass(frozen=True)
class _Chosen:
    suggestions: list[Suggestion]
    kept: int
    """Passages that somebody has still to read blind."""


def _to_accept(study: Study, run: Run, frame: Collection[str], thresholds: Mapping[str, float]) -> _Chosen:
    """Return the suggestions at or above their threshold, on passages that the draw could have taken and of
    which no person has said or is still to say anything blind.
    """
    if not thresholds:
        return _Chosen([], 0)
    history = every_history(study)
    standings = fold_all(history.assignments, history.decisions)
    waiting = {
        each.assignment.passage
        for each in standings
        if each.assignment.arm is not Arm.ASSISTED and not each.done
    }
    said = combined_findings(study, Combine.ANY)
    finished = {each.assignment.passage for each in standings if each.done or each.first.done}
    answered = {(each.assignment.passage, code) for each in standings for code in each.answers}
    held = {each.place for each in holding(study)}
    found = [
        each
        for each in coder_suggestions(study, run, frame)
        if each.code in thresholds
        and (score_of(each) or 0.0) >= thresholds[each.code]
        and not each.source_corrected
        and each.passage not in finished
        and (each.passage, each.code) not in answered
        and (each.passage, each.code) not in held
        and each.code not in said.get(each.passage, {})
    ]
    found = _on_unchanged_text(study, found)
    free = [each for each in found if each.passage not in waiting]
    return _Chosen(free, len({each.passage for each in found} & waiting))


def _on_unchanged_text(study: Study, found: Sequence[Suggestion]) -> list[Suggestion]:
    """Leave out suggestions whose passage had other words when the coder read it."""
    corrected = texts_as_read(study, {(each.passage, each.text_version) for each in found})
    return [each for each in found if (each.passage, each.text_version) not in corrected]


def _acceptances(certificate: Certification, found: Iterable[Suggestion], at: datetime) -> list[Acceptance]:
    return [
        Acceptance(
            id=content_hash([certificate.id, each.id])[:24],
            certificate=certificate.id,
            suggestion=each.id,
            run=each.run,
            passage=each.passage,
            code=each.code,
            text_version=each.text_version,
            score=score_of(each) or 0.0,
            at=at,
        )
        for each in found
    ]


def _codes(study: Study, named: Sequence[str]) -> list[str]:
    codes = list(dict.fromkeys(named))
    if not codes:
        raise UsageError("no code was named", hint="Name codes: cothemes auto-accept certify D4,D6 …")
    for code in codes:
        if code not in study.codebook.by_id:
            raise unknown_code(study.codebook, code)
        if not study.codebook.by_id[code].definition.strip():
            raise UnknownCode(
                f"{code} is a draft without a definition, which no coder suggests", hint="Define it first."
            )
    return codes


def _run(study: Study) -> Run:
    """Return the last run that coded anything: a certificate is about the suggestions that people see."""
    for run in reversed(study.store.runs.all()):
        if study.store.runs.states(run.id).get(OutcomeState.CODED):
            return run
    raise StateConflict(
        "holds no run in which a coder coded anything, so there is nothing to accept",
        where=str(study.root),
        hint="Let a coder propose first: cothemes propose.",
    )


def _supply(study: Study) -> Supply:
    """Return what is left to read blind: a study of few interviews can never pass, however much is read."""
    read = {
        each.passage
        for each in every_history(study).decisions
        if each.action is Action.DONE and each.arm is Arm.BLIND
    }
    heads = study.store.passages.heads()
    return Supply(
        passages=sum(each.id not in read for each in heads),
        interviews=len({document.cluster for document in study.store.documents.heads()}),
    )


def _look(
    study: Study, run: Run, target: Target, codes: Sequence[str], round_name: str, sample: str
) -> tuple[int, list[Certification]]:
    """Return the number of this look at the coder, and earlier records of the very same look."""
    earlier = [
        each for each in study.store.acceptances.certifications() if each.configuration == run.configuration
    ]
    asked = (sample, set(codes), target.precision, target.delta, target.pooled, round_name)
    same = [
        each
        for each in earlier
        if (each.sample, set(each.codes), each.precision, each.delta, each.pooled, each.round) == asked
        and not revocation_of(study, each)
    ]
    if same:
        return same[0].look, same
    return max((each.look for each in earlier), default=0) + 1, []


def _certificate(study: Study, name: str) -> Certification:
    found = certificates_of(study)
    for each in found:
        if name in (each.name, rater_of(each)):
            return each
    there = ", ".join(each.name for each in found) or "none"
    raise UsageError(f"there is no certificate {name}", hint=f"Certificates: {there}.")


def _refused(test: CodeTest) -> str:
    more = ""
    if test.needed is not None:
        more = f", about {counted(test.needed, 'more blind reading')} needed"
    judged = f"; {test.right} of {test.sure} with a score of .5 or more were right" if test.sure else ""
    return f"{', '.join(test.codes)} ({test.refusal}{more}{judged})"
