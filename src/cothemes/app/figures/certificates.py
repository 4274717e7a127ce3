"""The certificates of a study: their state, what was accepted under them, and what became of the promise."""

from __future__ import annotations

from collections import Counter

from cothemes.agreement.exact_share import clopper_pearson
from cothemes.app.auto_accepted import accepted_codings, certificates_of, revocation_of, void_because
from cothemes.app.coders.coder import Proposer
from cothemes.app.figures.blind_readings import (
    blind_sample,
    drawn_rounds,
    runs_of,
    unlearned_readings,
)
from cothemes.app.ratings import every_history, reads_once
from cothemes.app.study import Study
from cothemes.records.acceptance import Certification
from cothemes.records.certificate import CertificateEntry, CertificateList, Drift
from cothemes.records.record import Record
from cothemes.records.review import Action, Arm
from cothemes.records.run import Run
from cothemes.stages.evaluate.certification import BlindReading, Upheld, upheld


class UsedUp(Record):
    """What certificates lose when a coder codes anew."""

    blind_readings: int
    """Blind random readings that the coder is about to learn from: they can certify it no more."""
    certificates: tuple[str, ...]
    """Valid certificates that become void, since another configuration codes."""


def used_up_by(study: Study, coder: Proposer, *, recodes: bool) -> UsedUp:
    """Return what certificates lose when this coder codes now. `recodes`: it also codes again what it coded;
    readings are counted for that alone.
    """
    void = [
        each.name
        for each in certificates_of(study)
        if each.configuration != coder.configuration
        and not revocation_of(study, each)
        and not void_because(study, each)
    ]
    learns = recodes and coder.learns
    return UsedUp(
        blind_readings=unlearned_readings(study, coder.kind) if learns else 0, certificates=tuple(void)
    )


@reads_once
def certificate_list(study: Study) -> CertificateList:
    """Return the certificates with their state, what was accepted, and the promise since."""
    return CertificateList(
        certificates=tuple(_entry(study, each) for each in certificates_of(study)),
        looks=len({(each.configuration, each.look) for each in study.store.acceptances.certifications()}),
    )


def _entry(study: Study, certificate: Certification) -> CertificateEntry:
    mine = [each for each in accepted_codings(study) if each.certificate.id == certificate.id]
    revocation = revocation_of(study, certificate)
    void = void_because(study, certificate)
    because = (f"{revocation.by}: {revocation.reason}",) if revocation else void
    return CertificateEntry(
        name=certificate.name,
        state="revoked" if revocation else "void" if void else "valid",
        because=because,
        at=certificate.at,
        by=certificate.by,
        reason=certificate.reason,
        codes=certificate.thresholds,
        not_certified=tuple(code for code in certificate.codes if code not in certificate.thresholds),
        precision=certificate.precision,
        delta=certificate.delta,
        pooled=certificate.pooled,
        look=certificate.look,
        run=certificate.run,
        rater=certificate.rater,
        model=certificate.model,
        prompt=certificate.prompt,
        configuration=certificate.configuration,
        codebook_hash=certificate.codebook_hash,
        round=certificate.round,
        readings=len(certificate.passages),
        interviews=max((each.interviews for each in certificate.tests), default=0),
        accepted=len(mine),
        holding=sum(each.reason is None for each in mine),
        not_holding=dict(Counter(each.reason.value for each in mine if each.reason is not None)),
        drift=drift_of(study, certificate),
    )


def drift_of(study: Study, certificate: Certification) -> Drift:
    """Return what blind random readings since then say of the promise, over all certified codes together."""
    readings = [
        reading
        for run in runs_of(study, certificate.configuration)[-1:]
        for name in drawn_rounds(study)
        for reading in _blind_since(study, run, name, certificate)
    ]
    found = upheld(readings, certificate.thresholds)
    together = Upheld(sum(e.suggestions for e in found.values()), sum(e.right for e in found.values()))
    count, right = together.suggestions, together.right
    low, high = clopper_pearson(right, count) if count else (None, None)
    return Drift(
        readings=len(readings),
        suggestions=count,
        right=right,
        share=right / count if count else None,
        low=low,
        high=high,
        below_target=high is not None and high < certificate.precision,
    )


def _blind_since(study: Study, run: Run, round_name: str, certificate: Certification) -> list[BlindReading]:
    known = set(certificate.passages)
    done = {
        each.passage: each.at
        for each in every_history(study).decisions
        if each.action is Action.DONE and each.arm is Arm.BLIND and each.round == round_name
    }
    return [
        each
        for each in blind_sample(study, run, round_name, thin=False).readings
        if each.passage not in known and each.passage in done and done[each.passage] > certificate.at
    ]
