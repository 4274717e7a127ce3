"""The state of a study in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cothemes.app.events.deliveries import WebhookSummary
from cothemes.app.overview.status import OlderWording, ReviewerStatus, RunStatus, Status
from cothemes.app.runs.activity import CommandProcess
from cothemes.app.runs.unattended import LastRun
from cothemes.presentation.auto_accept_text import certificate_words
from cothemes.presentation.cost_text import batch_lines, to_settle_lines
from cothemes.presentation.kinds import HOW_TO_NAME_KINDS
from cothemes.presentation.lines import Line, Table, Unbroken
from cothemes.presentation.privacy_text import retention_line, sent_lines
from cothemes.presentation.wrapping import hanging
from cothemes.records.review import Arm
from cothemes.records.text import counted, shown_text
from cothemes.records.work import Liveness
from cothemes.stages.evaluate.anchoring.blind_share import points

NAMED = 6
"""Codes, documents and files that are named."""
PARKED = 10
"""Parked passages that are named."""
LABEL = 11
"""Columns of a line's label."""
ARMS = (Arm.BLIND.value, Arm.REVEAL.value, Arm.ASSISTED.value)
FLAGS = {
    "instruction_like": "passages that read like instructions",
    "critic_dropped": "passages where the critic dropped a code",
    "critic_escalated": "passages where the critic wants a person to look",
    "quote_rejected": "passages with a code left out for lack of a quote",
    "unrepaired": "of these with one that was not asked about once more",
}


def status_lines(found: Status) -> Iterator[Line]:
    """Yield the study, its runs, what is under way, and its reviewers."""
    yield from _study_lines(found)
    for run in found.runs:
        yield from _run_lines(run)
    for line in sent_lines(found.sent_without_consent):
        yield Unbroken(f"Sent       {line}")
    if found.retention is not None and found.retention.due:
        yield retention_line(found.retention)
    yield from batch_lines(found.batches)
    yield from to_settle_lines(found.unconfirmed, "Unconfirmed  ")
    yield from _command_lines(found.commands)
    if found.last_run:
        yield _last_run_line(found.last_run)
    if found.overdue:
        yield found.overdue
    if found.webhooks:
        yield from webhook_lines(found.webhooks)
    if found.imported:
        codings = counted(sum(each.codings for each in found.imported), "coding")
        yield Unbroken(
            hanging(
                shown_text(f"{codings} by {_first([each.name for each in found.imported])}"),
                LABEL,
                first="Imported",
            )
        )
    for certificate in found.certificates or ():
        yield Unbroken(hanging(certificate_words(certificate), LABEL, first="Unread"))
    if not found.reviewers:
        yield "Reviewers  none yet: cothemes reviewers add NAME"
        return
    yield Table(
        ("reviewer", "assigned", "done", *ARMS),
        [
            (each.name, each.assigned, each.done, *(each.arms.get(arm, 0) for arm in ARMS))
            for each in found.reviewers
        ],
        right=(1, 2, 3, 4, 5),
    )
    for reviewer in found.reviewers:
        yield from _reviewer_lines(reviewer)


def webhook_lines(found: WebhookSummary) -> Iterator[str]:
    """Yield what keeps events from their receivers; nothing where all is well."""
    if found.dead:
        yield f"Webhooks   {counted(found.dead, 'event')} did not arrive: cothemes webhooks retry"
    if found.unable:
        yield f"Webhooks   nothing is sent to {_first(found.unable)}: cothemes webhooks"


def _study_lines(found: Status) -> Iterator[str]:
    yield found.study
    if found.synthetic:
        yield f"SYNTHETIC: {found.synthetic} of the documents are invented: layout, not findings."
    book = found.codebook
    named = " ".join(filter(None, (book.id, book.version)))
    codes = counted(book.codes, "code") if book.codes else "no codes yet"
    yield f"Codebook   {named}, {codes}, hash {book.hash}"
    yield from _older_lines(found.older_wording)
    kinds = ", ".join(f"{count} {kind}" for kind, count in found.documents.items()) or "none yet"
    yield f"Documents  {kinds}; {found.passages} passages, {found.words:,} words"
    if found.unknown_kind:
        told = (
            f"not known of {counted(len(found.unknown_kind), 'document')}: {_first(found.unknown_kind)}. "
            f"{HOW_TO_NAME_KINDS}"
        )
        yield Unbroken(hanging(shown_text(told), LABEL, first="Kinds"))


def _older_lines(older: OlderWording) -> Iterator[str]:
    """Yield codes for which finished readings do not count, by why."""
    earlier = [code for code, count in older.codes.items() if count > older.before.get(code, 0)]
    if earlier:
        yield (
            f"Finished readings under an earlier meaning of {_first(earlier)} do not count for it: "
            "cothemes codebook diff"
        )
    if older.before:
        yield (
            f"Readings finished before {_first(list(older.before))} came into the codebook say nothing of it "
            "and count for the other codes: cothemes codebook recode CODE --round NAME"
        )


def _first(names: Sequence[str], count: int = NAMED) -> str:
    return ", ".join(names[:count]) + (", …" if len(names) > count else "")


def _run_lines(run: RunStatus) -> Iterator[str]:
    others = ", ".join(f"{count} {state}" for state, count in run.other_outcomes.items())
    yield (
        f"Run {run.run}  {run.rater}: {run.state}, {run.passages} passages coded, "
        f"{run.passages_with_a_code} with a code, {run.suggestions} suggestions"
        + (f"; {others}" if others else "")
        + ("" if run.codebook_is_current else "; under an earlier codebook")
    )
    if run.told:
        yield f"     {run.told}"
    if run.candidates:
        yield f"     {run.candidates} places that no code fits (cothemes codebook candidates)"
    for flag, words in FLAGS.items():
        if run.flags.get(flag):
            yield f"     {run.flags[flag]} {words}"
    for reason, count in run.skipped.items():
        yield f"     skipped: {counted(count, 'passage')}: {reason}"
    if run.reasons:
        why = ", ".join(f"{count} {reason}" for reason, count in run.reasons.items())
        yield f"     without a usable reply: {why}"
    if run.parked:
        yield f"  {len(run.parked)} parked after three unusable replies: {_first(run.parked, PARKED)}"
        yield "  cothemes propose --retry-parked asks about them again"


def _command_lines(commands: Sequence[CommandProcess]) -> Iterator[str]:
    """Yield what is under way around the runs, and what was killed before it could say how it ended."""
    for each in commands:
        begun = (
            f"{each.command}, begun {each.since:%Y-%m-%d %H:%M} UTC by process {each.process} on {each.host}"
        )
        if each.lives is Liveness.ALIVE:
            yield f"Under way  {begun}"
        elif each.lives is Liveness.GONE:
            yield f"Killed     {begun}: killed or lost before its end"
        else:
            yield f"Unknown    {begun}: another machine, and only there it can be seen"


def _last_run_line(last: LastRun) -> str:
    return (
        f"Last run   {last.command}, ended {last.at:%Y-%m-%d %H:%M} UTC with exit {last.exit}. {last.summary}"
    )


def _reviewer_lines(reviewer: ReviewerStatus) -> Iterator[str]:
    """Yield what the table has no room for: a pause, and a blind share too small to tell."""
    name, share = reviewer.name, reviewer.anchoring
    if reviewer.paused:
        waiting = reviewer.assigned - reviewer.done
        yield f"{name} pauses since {reviewer.paused:%Y-%m-%d}; {waiting} passages wait."
    if waiting := reviewer.awaiting_reveal:
        yield (
            f"{name} finished the blind part of {counted(waiting, 'reveal passage')}; each is done after "
            "its second reading, with suggestions."
        )
    if earlier := reviewer.assigned_on_earlier_passages:
        yield (
            f"{name}: {earlier} of {counted(reviewer.assigned, 'assigned passage')} "
            f"{'belongs' if earlier == 1 else 'belong'} to an earlier cut of "
            f"{'its document' if earlier == 1 else 'their documents'} and "
            f"{'is' if earlier == 1 else 'are'} not in the queue. "
            "cothemes route assigns present passages."
        )
    if share.enough:
        return
    if share.half_width is None:
        told = (
            f"{name} has no document with both blind and assisted passages, so no shift can be measured for "
            f"the {share.assisted} assisted ones"
        )
    else:
        told = (
            f"With {share.compared_blind} blind and {share.compared_assisted} assisted passages in "
            f"documents that have both, {name}'s shift by suggestions is known to "
            f"±{points(share.half_width)} points at best"
        )
    wanted = (
        "±10 takes 62 assisted ones and more" if share.needed is None else f"±10 takes {share.needed} blind"
    )
    yield f"{told}; {wanted} (docs/guide/routing.md)."
