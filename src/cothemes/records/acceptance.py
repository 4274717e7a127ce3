"""Suggestions that were accepted without being read, and the certificates that allowed it.

Nothing here is a decision of a person on a passage. A person chose the target, and blind random decisions
showed that the coder keeps it; every coding that rests on this is marked with its certificate for ever.
"""

from __future__ import annotations

from cothemes.records.record import Moment, Record

AUTO_ACCEPTED = "auto-accepted"
"""Arm, status and action of a coding that was accepted under a certificate."""


class CodeTest(Record):
    """What blind random decisions show of the suggestions of one code, or of several tested together."""

    codes: tuple[str, ...]
    """One code, or all codes that were pooled."""
    threshold: float | None
    """Score from which suggestions may be accepted; None if no threshold keeps the promise."""
    readings: int
    """Blind random readings, each a decision on every code of the test."""
    interviews: int
    """Participants or documents that these readings are of."""
    suggested: int
    """Suggestions in these readings."""
    sure: int = 0
    """Of these, suggestions with a score of at least .5: no others can be accepted."""
    right: int = 0
    """Of the sure ones, suggestions that the readers upheld."""
    accepted: int
    """Suggestions at the threshold or above."""
    wrong: int
    """Of these, suggestions that the readers did not uphold."""
    error_upper: float | None
    """Upper end of the one-sided exact interval for the share of wrong ones, at the level of the test."""
    needed: int | None
    """Further blind readings after which a certificate can be expected; 0 if there is one; None if more
    readings are not expected to help, or the study has too few passages or interviews for it."""
    refusal: str
    """Why there is no certificate; empty if there is one."""


class Certification(Record):
    """One look at the decisions: what was asked, on which data, and what it showed.

    Every look is kept, also one that certified nothing: looking again and again would find a threshold by
    chance, so each look at the same coder gets a smaller share of delta.
    """

    id: str
    """UUIDv7."""
    name: str
    """Name of the certificate, e.g. `a0001`; empty if nothing was accepted under this look."""
    at: Moment
    by: str
    """The registered person who asked."""
    reason: str
    configuration: str
    """Hash of everything that decides what the coder says: another hash is another coder."""
    run: str
    rater: str
    """Name of the coder in this run."""
    model: str
    prompt: str
    """Name and hash of the prompt template; empty for a coder without one."""
    codebook_hash: str
    code_hashes: dict[str, str]
    """Code → hash of its text when it was certified."""
    round: str
    """The round whose blind random readings were used."""
    precision: float
    """Target share of accepted suggestions that are right."""
    delta: float
    """Chance that the promise fails for any of the codes, over all looks at this coder."""
    look: int
    """Number of this look at the coder, from 1."""
    level: float
    """Share of delta that each test of this look used: delta / 2^look / number of tests."""
    pooled: bool
    """Whether the codes were tested together, so that the promise holds for them together only."""
    tests: tuple[CodeTest, ...]
    passages: tuple[str, ...]
    """Passages whose blind readings were used."""
    sample: str
    """Hash of the suggestions and decisions that were compared."""
    texts: str
    """Hash of the words of these passages."""

    @property
    def thresholds(self) -> dict[str, float]:
        """Return code → threshold, of the codes that are certified."""
        return {
            code: each.threshold for each in self.tests if each.threshold is not None for code in each.codes
        }

    @property
    def codes(self) -> tuple[str, ...]:
        """Return all codes that were tested."""
        return tuple(code for each in self.tests for code in each.codes)


class Acceptance(Record):
    """One suggestion that was accepted under a certificate."""

    id: str
    """sha256 of certificate and suggestion, shortened: accepting twice changes nothing."""
    certificate: str
    """Id of the certification."""
    suggestion: str
    run: str
    passage: str
    code: str
    text_version: str
    """Version of the document whose text the coder read."""
    score: float
    at: Moment


class Revocation(Record):
    """A certificate that a person took back, with all that was accepted under it."""

    id: str
    """UUIDv7."""
    certificate: str
    at: Moment
    by: str
    reason: str
