"""Certificates as reports show them: what they allow, what was accepted, and what new decisions say of it."""

from __future__ import annotations

from cothemes.records.record import Moment, Record


class Drift(Record):
    """New blind decisions since a certificate was issued, held against its promise."""

    readings: int
    """Blind random readings finished since, on passages that it does not rest on."""
    suggestions: int
    """Suggestions there at the certificate's thresholds."""
    right: int
    """Of these, suggestions that the readers upheld."""
    share: float | None
    low: float | None
    """Two-sided exact 95 % interval, of suggestions taken as independent."""
    high: float | None
    below_target: bool
    """Whether the whole interval lies below the target."""


class CertificateEntry(Record):
    """One certificate with what holds of it now."""

    name: str
    state: str
    """`valid`, `void` or `revoked`."""
    because: tuple[str, ...]
    """Why it is void; how it was taken back."""
    at: Moment
    by: str
    reason: str
    codes: dict[str, float]
    """Certified code → threshold."""
    not_certified: tuple[str, ...]
    precision: float
    delta: float
    pooled: bool
    look: int
    run: str
    rater: str
    model: str
    prompt: str
    configuration: str
    codebook_hash: str
    round: str
    readings: int
    interviews: int
    accepted: int
    """Suggestions accepted under it, ever."""
    holding: int
    """Of these, codings that hold."""
    not_holding: dict[str, int]
    """Reason → codings that do not hold any more."""
    drift: Drift


class CertificateList(Record):
    """The certificates of a study."""

    certificates: tuple[CertificateEntry, ...]
    looks: int
    """Looks at blind decisions, those that certified nothing among them."""
