"""Reports on files in words: what was read, what stayed as it was, and what to do about it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from cothemes.app.corpus.corrections import Correction, Gone, ToConfirm
from cothemes.app.corpus.ingest import FileReport, FileState, IngestReport
from cothemes.app.corpus.segmentation import AtStake, Prepared
from cothemes.presentation.kinds import HOW_TO_NAME_KINDS
from cothemes.presentation.lines import Line, Table, Unbroken
from cothemes.presentation.passage_text import set_aside_in_words
from cothemes.presentation.wrapping import hanging
from cothemes.records.document import Kind, Role
from cothemes.records.set_aside import Reason, SetAsideCount
from cothemes.records.text import counted, shown_text
from cothemes.stages.ingest.check import NO_LABELS

NAMED = 3
"""Documents named where only a few are."""
HOW_TO_SETTLE = (
    "To fix this, name the interviewer in the column `interviewer` of the --meta table, and ingest again "
    "with that table. Where people have coded, text, passages and decisions stay as they are."
)
HOW_TO_LABEL = (
    "Where no speaker is named, no rule recognises the labels of speakers, and a name in the --meta table "
    "cannot help. Begin each turn on a line of its own with `Name: `, and ingest the file again."
)
_UNDER = 8
"""Columns before what is said of one document."""
_NAME = 34
"""Columns of a document's id in a table of corrections."""
CUT = 6
"""Documents that were cut again and are named in one line."""


def ingest_lines(report: IngestReport) -> Iterator[Line]:
    """Yield what could not be read, then the counts, then what a person should look at."""
    for file in report.failed:
        if not file.at_stake:
            yield f"failed  {file.path}: {file.reason}" + (f"\n        → {file.hint}" if file.hint else "")
    yield from cut_lines(report)
    passed_over = [file for file in report.files if file.state is FileState.SKIPPED]
    for file in passed_over:
        if file.hint:
            name = Path(file.path).name
            yield Unbroken(hanging(shown_text(f"{name} {file.reason}."), 4, first="skipped "))
            yield Unbroken(hanging(shown_text(f"→ {file.hint}"), 6, first="    "))
    skipped = [file for file in passed_over if not file.hint]
    if skipped:
        names = ", ".join(Path(file.path).name for file in skipped[:5])
        more = ", …" if len(skipped) > 5 else ""
        yield f"skipped {counted(len(skipped), 'file')} of a type that is not read: {names}{more}"
    read = [file for file in report.files if file.document and file.state is not FileState.FAILED]
    passages = sum(file.passages for file in read)
    if read:
        yield f"{counted(len(read), 'document')} ({states_in_words(report)}), {counted(passages, 'passage')}."
    yield from no_passage_lines(read)
    for file in read:
        if file.reason and not file.at_stake:
            yield Unbroken(hanging(shown_text(f"{file.name}: {file.reason.rstrip('.')}."), 4, first="  "))
    yield from warning_lines(report)
    yield from unknown_kind_lines(read)
    yield from _unsettled_lines([file for file in read if file.state is not FileState.UNCHANGED])


def cut_lines(report: IngestReport, *, check: bool = False) -> Iterator[Line]:
    """Yield documents that keep their passages and why, what is no longer counted, what is again, and the way
    back. `check`: nothing was done, and what would be done is said."""
    kept = [file for file in report.files if file.at_stake]
    for file in kept:
        yield f"kept    {file.name}: {file.reason or 'people have worked on its passages'}."
        if file.taken:
            yield f"        Taken from the file or the table: {', '.join(file.taken)}."
    if kept:
        yield from stake_lines(kept)
    if kept and not check:
        yield "\n".join(f"        → {hint}" for hint in dict.fromkeys(file.hint for file in kept) if hint)
        yield f"{counted(len(kept), 'document')} would be cut anew by --resegment."
    yield from correction_lines(report, check=check)
    yield from _role_lines(report, check=check)
    for file in report.files:
        if file.left_the_figures is not None:
            yield (
                f"cut     {file.name}: no longer counted: {stake_in_words(file.left_the_figures)}.\n"
                f"        → Back: cothemes ingest --resegment --undo {file.name}"
            )
        if file.back_in_the_figures is not None:
            yield f"cut     {file.name}: counted again: {stake_in_words(file.back_in_the_figures)}."
    yield from _prepared_lines(report, check=check)
    if check:
        return
    if any(file.recut for file in report.files):
        yield "Type `cothemes index` so that the search finds the present passages."
    if any(file.set_aside for file in report.files if file.recut):
        yield "Then `cothemes propose` suggests codes for the new passages, `cothemes route` assigns them."


def correction_lines(report: IngestReport, *, check: bool = False) -> Iterator[Line]:
    """Yield what corrected texts did to passages and decisions, and what is left for people to do."""
    corrected = [(file, file.correction) for file in report.files if file.correction is not None]
    if len(corrected) > CUT // 2:
        yield from _corrections_table(corrected, check=check)
    else:
        for file, made in corrected:
            yield from _one_correction(file.name, made, check=check)
    if check or not corrected:
        return
    if any(made.decisions_to_confirm for _, made in corrected):
        yield "        → Look at them: cothemes confirm --as NAME"
    name = corrected[0][0].name if len(corrected) == 1 else "DOCUMENT"
    if report.redacted is None:
        yield Unbroken(f"        → The earlier text again: cothemes ingest --restore {name}")
    if any(made.corrected or made.to_confirm or made.new for _, made in corrected):
        yield "        → So that the search finds the present words: cothemes index"
    if any(made.new for _, made in corrected):
        yield "        → For the newly cut passages: cothemes propose, then cothemes route"


def _one_correction(name: str, made: Correction, *, check: bool) -> Iterator[Line]:
    """Yield what became of the passages and decisions of one document."""
    parts = [
        (made.kept, "kept"),
        (len(made.corrected), "with corrected typing"),
        (len(made.to_confirm), "changed in substance"),
        (len(made.new), "newly cut"),
        (len(made.retired), "no longer in the text"),
        (len(made.back), "back in the text"),
    ]
    counts = ", ".join(f"{count} {words}" for count, words in parts if count)
    first = "would be corrected  " if check else "corrected  "
    yield Unbroken(hanging(shown_text(f"{name}: passages: {counts}."), _UNDER, first=first))
    decided = [
        (made.decisions_current, "current"),
        (made.decisions_to_confirm, "to confirm"),
        (made.decisions_retired, "on retired passages, listed and not counted"),
        (made.decisions_back, "counted again"),
    ]
    said = ", ".join(f"{count} {words}" for count, words in decided if count)
    if said:
        yield f"        Decisions: {said}."
    yield from _listed("to confirm", [_waiting(each) for each in made.to_confirm if each.decisions])
    yield from _listed("retired", [_gone(each) for each in made.retired if each.decisions])
    if made.sent_before:
        keep = "keeps" if made.sent_before == 1 else "keep"
        yield (
            f"        {counted(made.sent_before, 'passage')} that a model has coded {keep} the suggestions "
            "for the earlier text."
        )


def _waiting(each: ToConfirm) -> str:
    why = ", ".join(reason.value.replace("_", " ") for reason in each.reasons)
    return f"{each.passage} ({why}; {counted(each.decisions, 'decision')})"


def _gone(each: Gone) -> str:
    heirs = f"; words of it are in {', '.join(each.heirs[:3])}" if each.heirs else ""
    return f"{each.passage} ({counted(each.decisions, 'decision')}{heirs})"


def _listed(title: str, told: Sequence[str]) -> Iterator[Line]:
    for each in told[:CUT]:
        yield Unbroken(hanging(shown_text(f"{title}: {each}"), _UNDER + 4, first=" " * _UNDER))
    if len(told) > CUT:
        yield f"        … and {len(told) - CUT} more; --json lists all."


def _corrections_table(corrected: Sequence[tuple[FileReport, Correction]], *, check: bool) -> Iterator[Line]:
    """Yield a row for each document, and the sums."""
    rows = [
        (
            file.name,
            (
                made.kept + len(made.corrected),
                len(made.to_confirm),
                len(made.new),
                len(made.retired),
                made.decisions_to_confirm,
                made.decisions_retired,
            ),
        )
        for file, made in corrected
    ]
    sums = [sum(counts[place] for _, counts in rows) for place in range(6)]
    yield Table(
        ("document", "same", "changed", "new", "gone", "confirm", "retired"),
        [(_short(name), *counts) for name, counts in rows] + [("all", *sums)],
        right=tuple(range(1, 7)),
        title=f"{counted(len(rows), 'document')} {'would be ' if check else ''}corrected",
    )
    current = sum(made.decisions_current + made.decisions_back for _, made in corrected)
    yield (
        "Columns 2 to 5: passages that are the same or have corrected typing, changed in substance, are new, "
        "are gone. Columns 6 and 7: decisions to confirm, decisions on retired passages."
    )
    stay = "stays" if current == 1 else "stay"
    yield f"{counted(current, 'decision')} {stay} current. --json lists each passage."
    sent = sum(made.sent_before for _, made in corrected)
    if sent:
        yield f"{counted(sent, 'passage')} that a model has coded, with suggestions for the earlier text."


def _short(name: str) -> str:
    return name if len(name) <= _NAME else f"{name[: _NAME - 1]}…"


def stake_lines(kept: Sequence[FileReport]) -> Iterator[str]:
    """Yield what leaves the figures where these documents are cut again."""
    yield "If they are cut again, codings, matrix, agreement, report and exports leave this out:"
    for file in kept:
        if file.at_stake is not None:
            yield f"  {file.name}: {stake_in_words(file.at_stake)}"


def stake_in_words(stake: AtStake) -> str:
    """Return `4 codings, 6 decisions, 3 passages, 2 reviewers (ana, ben)`."""
    parts = [
        counted(stake.codings, "coding"),
        counted(stake.decisions, "decision"),
        counted(stake.passages, "passage"),
        f"{counted(len(stake.reviewers), 'reviewer')}"
        + (f" ({', '.join(stake.reviewers)})" if stake.reviewers else ""),
    ]
    more = (("ruling", stake.rulings), ("memo", stake.memos), ("imported rating", stake.ratings))
    return ", ".join([*parts, *(counted(count, noun) for noun, count in more if count)])


def prepared_in_words(prepared: Prepared) -> str:
    """Return `4 assignments (ana, ben), 10 suggestions`."""
    named = f" ({', '.join(prepared.reviewers)})" if prepared.reviewers else ""
    counts = (
        (prepared.assignments, f"{counted(prepared.assignments, 'assignment')}{named}"),
        (prepared.suggestions, counted(prepared.suggestions, "suggestion")),
    )
    return ", ".join(words for count, words in counts if count)


def _role_lines(report: IngestReport, *, check: bool) -> Iterator[str]:
    """Yield speakers whose role changed in passages that stayed, or would change."""
    would = "would change from " if check else ""
    interviewer = False
    for file in report.files:
        for role in file.roles:
            decided = f", {role.decided:,} of them decided on" if role.decided else ""
            who = role.speaker or "no named speaker"
            yield (
                f"roles   {file.name}: {who}: {would}{role.before.value} → "
                f"{role.after.value} in {counted(role.passages, 'passage')}{decided}."
            )
            interviewer = interviewer or (bool(role.decided) and role.after is Role.INTERVIEWER)
    if interviewer:
        yield "        Findings leave an interviewer's words out; the decisions are kept."


def _prepared_lines(report: IngestReport, *, check: bool) -> Iterator[str]:
    """Yield documents that were cut again, with the assignments and suggestions that went or came back."""
    would = "would be " if check else ""
    again = [file.name for file in report.files if file.recut]
    if again:
        named = ", ".join(again[:CUT]) + (", …" if len(again) > CUT else "")
        yield f"cut     {counted(len(again), 'document')} {would}cut again into passages: {named}."
    for file in report.files:
        if file.set_aside is not None:
            earlier = "earlier" if file.correction is None else "retired"
            yield (
                f"        {file.name}: {would}set aside with the {earlier} passages: "
                f"{prepared_in_words(file.set_aside)}."
            )
            if file.left_the_figures is None and file.correction is None and not check:
                yield f"        → Back: cothemes ingest --resegment --undo {file.name}"
        if file.brought_back is not None:
            yield f"        {file.name}: back: {prepared_in_words(file.brought_back)}."


def warning_lines(report: IngestReport) -> Iterator[str]:
    """Yield rows and values of the --meta table that had no effect."""
    hints = Counter(each.hint for each in report.warnings)
    shown: Counter[str | None] = Counter()
    for each in report.warnings:
        shown[each.hint] += 1
        if each.hint and shown[each.hint] > NAMED:
            continue
        yield Unbroken(hanging(shown_text(f"{each.where}: {each.message}"), 4, first="warning: "))
        last = shown[each.hint] == min(hints[each.hint], NAMED)
        if last and hints[each.hint] > NAMED:
            yield f"    … and {hints[each.hint] - NAMED:,} more like this; --json lists all."
        if each.hint and last:
            yield Unbroken(hanging(shown_text(f"→ {each.hint}"), 6, first="    "))


def unknown_kind_lines(files: Sequence[FileReport]) -> Iterator[str]:
    """Yield documents of unknown kind and what to do."""
    documents = [file for file in files if file.document]
    unknown = [file.name for file in documents if file.kind is Kind.UNKNOWN]
    if not unknown:
        return
    yield f"Kind not known of {len(unknown)} of {counted(len(documents), 'document')}:"
    for slug in unknown[:NAMED]:
        yield Unbroken(hanging(shown_text(slug), 4, first="  "))
    if len(unknown) > NAMED:
        yield f"  … and {len(unknown) - NAMED} more; cothemes ingest FILES --check shows all."
    yield Unbroken(hanging(HOW_TO_NAME_KINDS, 4, first="  "))


def no_passage_lines(files: Sequence[FileReport]) -> Iterator[Line]:
    """Yield what was set aside, by reason, over all files that are new or cut again."""
    found: dict[Reason, list[SetAsideCount]] = {}
    for file in files:
        for count in file.no_passage:
            found.setdefault(count.reason, []).append(count)
    if not found:
        return
    parts = []
    for reason in filter(found.__contains__, Reason):
        stretches, words = (sum(getattr(c, name) for c in found[reason]) for name in ("stretches", "words"))
        parts.append(set_aside_in_words(SetAsideCount(reason=reason, stretches=stretches, words=words)))
    yield Unbroken(hanging(f"Set aside as no passage: {', '.join(parts)}.", 4))
    yield "Each of them: cothemes documents --set-aside"


def states_in_words(report: IngestReport) -> str:
    return ", ".join(
        f"{report.count(state)} {state.value}"
        for state in (FileState.NEW, FileState.UPDATED, FileState.UNCHANGED)
        if report.count(state)
    )


def _unsettled_lines(files: Sequence[FileReport]) -> Iterator[str]:
    """Yield who has no role yet, and what to write."""
    # Words that may be another person's come first: whoever reads no further has seen the worst.
    ordered = sorted(files, key=lambda file: not file.doubtful)
    told = [file for file in ordered if file.document and file.unsettled]
    if not told:
        return
    yield f"Unknown speakers in {len(told)} of {counted(len(files), 'document')}:"
    for file in told[:NAMED]:
        yield Unbroken(hanging(shown_text(f"{file.name}: {file.unsettled}."), 4, first="  "))
    if len(told) > NAMED:
        yield f"  … and {len(told) - NAMED} more; cothemes ingest FILES --check shows all."
    labelless = [file for file in told if file.unsettled.startswith(NO_LABELS)]
    if len(labelless) < len(told):
        yield Unbroken(hanging(HOW_TO_SETTLE, 4, first="  "))
    if labelless:
        yield Unbroken(hanging(HOW_TO_LABEL, 4, first="  "))
