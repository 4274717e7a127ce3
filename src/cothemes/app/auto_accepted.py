"""Codings that were accepted under a certificate and read by nobody, and why one does not count.

They are nobody's decision. They are listed beside people's codings, and enter queries and exports of findings
only if the study says so. They are never in a share: a passage below the threshold was not found to lack the
code, so that a share with them would be too high. Agreement, prevalence and learning never see them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from cothemes.app.corrected_texts import passages_as_read
from cothemes.app.imported_findings import combined_findings
from cothemes.app.ratings import heads_of, made_once, meanings_of
from cothemes.app.study import Study
from cothemes.records.acceptance import AUTO_ACCEPTED, Acceptance, Certification, Revocation
from cothemes.records.combine import Combine
from cothemes.records.left_out import Dropped, Reason
from cothemes.records.passage import Passage
from cothemes.records.rating import SEVERAL, RaterKind, Rating
from cothemes.records.record import content_hash
from cothemes.records.suggestion import OutcomeState, Suggestion
from cothemes.stages.revise.classification import classify

CODER_CHANGED = "another configuration of the coder has coded since"
MEANING_CHANGED = "the text of the code changed: {codes}"
TEXT_CORRECTED = "words of passages that it rests on were corrected"
TEXT_GONE = "passages that it rests on are not in the study now"


@dataclass(frozen=True, slots=True)
class AcceptedCoding:
    """One suggestion that was accepted under a certificate."""

    acceptance: Acceptance
    certificate: Certification
    reason: Reason | None
    """Why it does not hold any more; None where it does. Nobody counts it unless the study says so."""
    suggestion: Suggestion | None
    """The suggestion with its evidence in the present text; None where it is hidden from who looks."""

    @property
    def by(self) -> str:
        """Return the name under which tables list it: `auto-accepted@a0001`."""
        return rater_of(self.certificate)

    @property
    def place(self) -> tuple[str, str]:
        """Return its passage and its code."""
        return self.acceptance.passage, self.acceptance.code


def rater_of(certificate: Certification) -> str:
    """Return the name that stands for a certificate where tables name a rater."""
    return f"{AUTO_ACCEPTED}@{certificate.name}"


def counts_auto_accepted(study: Study) -> bool:
    """Return whether queries and exports of findings count what was accepted under a certificate."""
    return study.settings.findings.auto_accepted == "count"


@made_once
def accepted_codings(study: Study) -> Sequence[AcceptedCoding]:
    """Return everything that was ever accepted under a certificate, in the order it was accepted, without
    documents whose consent was withdrawn.
    """
    accepted = study.store.acceptances.accepted()
    if not accepted:
        return ()
    certificates = {each.id: each for each in study.store.acceptances.certifications()}
    revoked = {each.certificate for each in study.store.acceptances.revocations()}
    forgotten = {each.document for each in study.store.privacy.tombstones()}
    accepted = [each for each in accepted if each.passage.rpartition(".")[0] not in forgotten]
    current = {head.id for head in heads_of(study)}
    said = combined_findings(study, Combine.ANY)
    meanings = meanings_of(study)
    found = {
        each.id: each
        for run in dict.fromkeys(each.run for each in accepted)
        for each in study.store.runs.suggestions(run_id=run, passages={a.passage for a in accepted})
    }
    changed = _changed(study, accepted)

    def reason(each: Acceptance) -> Reason | None:
        certificate = certificates[each.certificate]
        if each.certificate in revoked:
            return Reason.REVOKED
        if each.passage not in current:
            return Reason.RETIRED_PASSAGE
        if not meanings.has(each.code):
            return Reason.RETIRED_CODE
        text = certificate.code_hashes.get(each.code)
        if not meanings.stands(each.code, text, certificate.codebook_hash, strict=False):
            return Reason.EARLIER_MEANING
        if each.code in said.get(each.passage, {}):
            return Reason.SUPERSEDED
        return Reason.TO_CONFIRM if each.id in changed else None

    return tuple(
        AcceptedCoding(each, certificates[each.certificate], reason(each), found.get(each.suggestion))
        for each in accepted
    )


def holding(study: Study) -> Sequence[AcceptedCoding]:
    """Return those that hold: on a current passage and meaning, not taken back, and of which no person has
    said anything. A suggestion accepted under two certificates is there once.
    """
    found: dict[tuple[str, str], AcceptedCoding] = {}
    for each in accepted_codings(study):
        if each.reason is None:
            found.setdefault(each.place, each)
    return tuple(found.values())


def counted(study: Study) -> Sequence[AcceptedCoding]:
    """Return those that queries and exports of findings count; none unless the study says so."""
    return holding(study) if counts_auto_accepted(study) else ()


def counted_ratings(study: Study, passages: Mapping[str, Passage]) -> list[Rating]:
    """Return the counted ones as ratings of a model in a separate arm. `passages`: the current ones."""
    return [_rating(each, passages[each.acceptance.passage]) for each in counted(study)]


def accepted_left_out(study: Study) -> list[Dropped]:
    """Return those that findings do not count, with the reason."""
    counts = counts_auto_accepted(study)
    rows = {}
    for each in accepted_codings(study):
        why = each.reason or (None if counts else Reason.AUTO_ACCEPTED)
        if why is not None:
            rows[each.by, each.place] = Dropped(
                decision=each.acceptance.id,
                reason=why,
                passage=each.acceptance.passage,
                code=each.acceptance.code,
                by=each.by,
                action=AUTO_ACCEPTED,
                arm=AUTO_ACCEPTED,
                at=each.acceptance.at,
            )
    return list(rows.values())


def certificates_of(study: Study) -> list[Certification]:
    """Return the certificates under which something could be accepted, in the order they were issued."""
    return [each for each in study.store.acceptances.certifications() if each.name]


def revocation_of(study: Study, certificate: Certification) -> Revocation | None:
    """Return how a certificate was taken back; None where it was not."""
    found = study.store.acceptances.revocations()
    return next((each for each in found if each.certificate == certificate.id), None)


def void_because(study: Study, certificate: Certification) -> tuple[str, ...]:
    """Return why nothing more is accepted under a certificate; empty where it is valid.

    What was accepted before stays, marked with the certificate.
    """
    reasons = []
    if not is_latest_coder(study, certificate.configuration):
        reasons.append(CODER_CHANGED)
    meanings = meanings_of(study)
    changed = [
        code
        for code, text in certificate.code_hashes.items()
        if not meanings.has(code) or not meanings.stands(code, text, certificate.codebook_hash, strict=True)
    ]
    if changed:
        reasons.append(MEANING_CHANGED.format(codes=", ".join(changed)))
    there = {head.id for head in heads_of(study)}
    if not there.issuperset(certificate.passages):
        reasons.append(TEXT_GONE)
    elif texts_hash(study, certificate.passages) != certificate.texts:
        reasons.append(TEXT_CORRECTED)
    return tuple(reasons)


def is_latest_coder(study: Study, configuration: str) -> bool:
    """Return whether the last run that coded anything is of this configuration."""
    for run in reversed(study.store.runs.all()):
        if study.store.runs.states(run.id).get(OutcomeState.CODED):
            return run.configuration == configuration
    return False


def texts_hash(study: Study, passages: Iterable[str]) -> str:
    """Return one hash of the present words of these passages."""
    found = study.store.passages.read(sorted(set(passages)))
    return content_hash(sorted([each.id, each.text] for each in found))


def _changed(study: Study, accepted: Sequence[Acceptance]) -> set[str]:
    """Ids of acceptances whose words changed in substance since they were read by the coder."""
    earlier = passages_as_read(study, {(each.passage, each.text_version) for each in accepted})
    if not earlier:
        return set()
    now = {each.id: each for each in study.store.passages.read({place for place, _ in earlier})}
    maps = study.store.passages.text_maps({each.document for each in now.values()})
    words = {(each.document, each.old, each.new): frozenset(each.known_words) for each in maps}
    quoted = {each.id: each for each in study.store.runs.suggestions(passages=sorted(now), as_coded=True)}
    found = set()
    for each in accepted:
        before, present = earlier.get((each.passage, each.text_version)), now.get(each.passage)
        if before is None or present is None or before.text == present.text:
            continue
        suggestion = quoted.get(each.suggestion)
        evidence = [(e.start, e.end) for e in suggestion.evidence] if suggestion else []
        known = words.get((present.document, before.version, present.version), frozenset())
        if classify(before, present, evidence, known).reasons:
            found.add(each.id)
    return found


def _rating(each: AcceptedCoding, passage: Passage) -> Rating:
    suggestion = each.suggestion
    spans = (
        tuple((e.start - passage.start, e.end - passage.start) for e in suggestion.evidence)
        if suggestion
        else ()
    )
    return Rating(
        unit=passage.id,
        doc=passage.document,
        rater=each.by,
        kind=RaterKind.MODEL,
        code=each.acceptance.code,
        value=1,
        arm=AUTO_ACCEPTED,
        run=each.acceptance.run,
        codebook=each.certificate.codebook_hash,
        start=min((start for start, _ in spans), default=None),
        end=max((end for _, end in spans), default=None),
        attributes={
            name: SEVERAL.join(values)
            for name, values in (suggestion.attributes if suggestion else {}).items()
        },
        text_version=passage.version,
        stretches=spans if len(spans) > 1 else (),
    )
