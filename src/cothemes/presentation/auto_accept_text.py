"""Certificates for a terminal and for the report: what was certified, accepted, and found since."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cothemes.presentation.lines import Line, Paragraph, Table
from cothemes.records.acceptance import CodeTest
from cothemes.records.certificate import CertificateEntry, CertificateList
from cothemes.records.numbers import percent
from cothemes.records.text import counted, shown_text

if TYPE_CHECKING:
    from cothemes.app.figures.auto_accept import AutoAcceptReport
    from cothemes.app.figures.certificates import UsedUp


def auto_accept_lines(found: AutoAcceptReport) -> Iterator[Line]:
    """Yield what a look showed, then what was accepted or would be."""
    used = found.sample
    yield Paragraph(
        f"Target: {percent(found.precision)} of accepted suggestions right; the promise fails with a chance "
        f"of at most {percent(found.delta)}. {shown_text(found.rater)}, round {shown_text(found.round)}, "
        f"{counted(used.readings, 'blind random reading')} in {counted(used.interviews, 'interview')}."
    )
    if found.correction:
        yield Paragraph(f"Correction: {found.correction}; each test has level {found.level:.4f}.", 2)
    for count, why in (
        (used.learned, "left out, because the coder learned from them"),
        (used.copied, "left out, because their codes were copied from another passage"),
        (used.thinned, "left out, so that all draws have the same chance"),
        (
            used.read_before,
            "read before the run began: valid only if no prompt was changed after seeing them",
        ),
    ):
        if count:
            yield Paragraph(f"{counted(count, 'reading')} {why}.", 2)
    yield Table(
        ("code", "from score", "score .5+", "right", "accepted", "wrong", "more readings"),
        [
            (
                ", ".join(test.codes),
                "" if test.threshold is None else f"{test.threshold:.2f}",
                test.sure,
                test.right,
                test.accepted if test.threshold is not None else "",
                test.wrong if test.threshold is not None else "",
                _needed(test),
            )
            for test in found.tests
        ],
        right=(1, 2, 3, 4, 5, 6),
        title="Suggestions in these readings",
    )
    for test in found.tests:
        if test.refusal:
            yield Paragraph(f"Not certified: {', '.join(test.codes)}, {test.refusal}.", 2)
    if found.kept_for_readers:
        yield Paragraph(
            f"{counted(found.kept_for_readers, 'passage')} left alone: somebody has still to read them blind."
        )
    total = counted(sum(found.accepted.values()), "suggestion")
    codes = ", ".join(f"{code} {count}" for code, count in found.accepted.items())
    if found.certificate:
        yield Paragraph(f"Accepted under certificate {found.certificate}: {total} ({codes}).")
        yield Paragraph(
            "They are nobody's decision: listed apart, never in shares, agreement or prevalence. "
            f"To take them back: cothemes auto-accept revoke {found.certificate} --as NAME --reason TEXT"
        )
    elif found.accepted:
        yield Paragraph(f"With --accept, {total} would be accepted unread ({codes}).")
    else:
        yield Paragraph("Nothing is certified, so nothing can be accepted unread.")
    if found.dry_run:
        used_up = (
            f"This was look {found.look} and is on record, since each look uses up delta."
            if found.on_record
            else "It used no look: no suggestion was compared."
        )
        yield Paragraph(f"Dry run: nothing was accepted. {used_up}")


def used_up_lines(found: UsedUp) -> Iterator[str]:
    """Yield what certificates lose when a coder codes anew; nothing where they lose nothing."""
    if found.blind_readings:
        yield (
            f"The coder learns from {counted(found.blind_readings, 'blind random reading')} that no coder "
            "learned from before: they can no longer certify it (auto-accept)."
        )
    if found.certificates:
        become = "becomes" if len(found.certificates) == 1 else "become"
        yield (
            f"{', '.join(found.certificates)} {become} void: another configuration of the coder codes. What "
            "was accepted stays; nothing more is accepted under it."
        )


def _needed(test: CodeTest) -> str:
    if test.threshold is not None:
        return ""
    if test.needed is None:
        return "out of reach" if test.sure else "unknown"
    return f"about {test.needed:,}"


def certificate_list_lines(found: CertificateList) -> Iterator[Line]:
    """Yield the certificates, each with its state and its promise."""
    if not found.certificates:
        looks = f" after {counted(found.looks, 'look')}" if found.looks else ""
        yield f"No certificate{looks}: nothing was accepted unread."
        return
    for each in found.certificates:
        yield Paragraph(certificate_words(each))
        details = (each.rater, each.model, each.prompt, f"configuration {each.configuration[:12]}")
        yield Paragraph(
            f"{'; '.join(shown_text(word) for word in details if word)}; codebook {each.codebook_hash[:12]}; "
            f"{counted(each.readings, 'blind reading')} in {counted(each.interviews, 'interview')}; "
            f"look {each.look}; by {shown_text(each.by)}, {each.at:%Y-%m-%d %H:%M} UTC"
            + (f": {shown_text(each.reason)}" if each.reason else ""),
            4,
        )


def certificate_words(each: CertificateEntry) -> str:
    """Return one certificate in words: state, codes, what holds, and the promise since."""
    because = f" ({shown_text('; '.join(each.because))})" if each.because else ""
    codes = ", ".join(f"{code} from {threshold:.2f}" for code, threshold in each.codes.items())
    lost = ", ".join(f"{reason} {count}" for reason, count in each.not_holding.items())
    return (
        f"{each.name} {each.state}{because}: {codes}, target {percent(each.precision)}, "
        f"delta {percent(each.delta)}{', together' if each.pooled else ''}; "
        f"{counted(each.accepted, 'suggestion')} accepted, {each.holding} in force"
        + (f" (others: {lost})" if lost else "")
        + f". {_since(each)}"
    )


def _since(each: CertificateEntry) -> str:
    drift = each.drift
    if drift.share is None or drift.low is None or drift.high is None:
        return "No new blind reading of such a suggestion since."
    warning = " BELOW THE TARGET." if drift.below_target else ""
    return (
        f"Since then {drift.right} of {counted(drift.suggestions, 'such suggestion')} read blind were right: "
        f"{percent(drift.share)} [{percent(drift.low, unit='')}, {percent(drift.high, unit='')}].{warning}"
    )
