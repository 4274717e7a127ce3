"""`cothemes codebook candidates`, `adopt` and `dismiss`: what no code fits, and what people make of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from cothemes.app.codebook.adopt import adopt as run
from cothemes.app.codebook.candidates import CandidateClusters, Missed, heaps
from cothemes.app.codebook.candidates import candidates as listed
from cothemes.cli.console import emit_json, say, typed
from cothemes.cli.invocation import opened_study
from cothemes.cli.options import JsonOption, PersonOption, names_in
from cothemes.presentation.wrapping import hanging
from cothemes.records.codebook import Code
from cothemes.records.text import shown_text
from cothemes.stages.exchange.quotes import shortened

if TYPE_CHECKING:
    from cothemes.stages.codebook_change.candidate_clusters import CandidateCluster, Uncoded

HeapArgument = Annotated[
    str, typer.Argument(metavar="HEAP", help="Heap id, as `codebook candidates` shows it.")
]
OnlyOption = Annotated[
    str,
    typer.Option("--only", metavar="PASSAGE,…", help="Passages to take. The rest of the heap stays open."),
]
_SHOWN = 3
"""Members of a heap that are shown where not all are asked for."""


def candidates(
    context: typer.Context,
    run: Annotated[
        str, typer.Option("--run", metavar="RUN", help="Run whose candidates a heap must include.")
    ] = "",
    documents: Annotated[
        str, typer.Option(metavar="A,B", help="Documents whose passages a heap must include.")
    ] = "",
    every: Annotated[bool, typer.Option("--all", help="List every member of every heap.")] = False,
    flat: Annotated[
        bool, typer.Option("--flat", help="List models' candidates one by one, without heaps.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """List what no code fits, in heaps of similar passages.

    Models and people report such passages; the embedder puts similar ones into one heap. Labels are a
    model's words or a person's note. Nothing enters the codebook until a person adopts a heap, and a
    dismissed heap stays on record.
    """
    wanted = names_in(documents)
    with opened_study(context) as study:
        # Names a run that is none, also where heaps are asked for.
        one_by_one = listed(study, run, wanted)
        if flat:
            _show_flat(one_by_one, as_json)
            return
        found = heaps(study)
    shown = [
        heap
        for heap in found.heaps
        if (not run or any(member.by == run for member in heap.members))
        and (not wanted or any(member.document in wanted for member in heap.members))
    ]
    if as_json:
        emit_json(
            {
                "heaps": [_as_plain(heap) for heap in shown],
                "settled": found.settled,
                "waiting_blind": found.waiting_blind,
            }
        )
        return
    _show_heaps(shown, found, every)


def adopt(
    context: typer.Context,
    heap: HeapArgument,
    code_id: Annotated[str, typer.Option("--id", metavar="ID", help="Id of the new code. It is permanent.")],
    label: Annotated[str, typer.Option("--label", help="Label of the new code, in your own words.")],
    definition: Annotated[str, typer.Option("--definition", help="Definition: what a passage must contain.")],
    theme: Annotated[
        str, typer.Option("--theme", help="Id of the theme it belongs to.", show_default=False)
    ] = "",
    brief: Annotated[
        str, typer.Option("--brief", help="Short definition, one line.", show_default=False)
    ] = "",
    when: Annotated[
        list[str] | None, typer.Option("--when", help="Case in which the code applies. Repeatable.")
    ] = None,
    unless: Annotated[
        list[str] | None, typer.Option("--not", help="Case in which the code does not apply. Repeatable.")
    ] = None,
    only: OnlyOption = "",
    reason: Annotated[
        str, typer.Option("--reason", help="Reason for the new code.", show_default=False)
    ] = "",
    person: PersonOption = "",
    as_json: JsonOption = False,
) -> None:
    """Add a heap of candidates to the codebook as a code.

    You write its label and definition in your own words. The code is added to codebook.yaml after the last
    code of its theme. All other lines stay as they are, and the earlier version is kept.
    """
    code = Code(
        id=code_id,
        label=label,
        definition=definition,
        theme=theme or None,
        brief=brief,
        include_when=tuple(when or ()),
        exclude_when=tuple(unless or ()),
    )
    with opened_study(context) as study:
        made = run(study, heap, code, by=person, reason=reason, only=names_in(only))
        line = made.after.by_id[made.code.id].line
        where = f"{study.codebook_path}:{line}"
    if as_json:
        emit_json(
            {
                "code": made.code.model_dump(),
                "where": where,
                "candidates": len(made.heap.members),
                "passages": list(made.heap.passages),
                "old": made.before.hash,
                "new": made.after.hash,
            }
        )
        return
    count = len(made.heap.members)
    say(f"{made.code.id} stands in the codebook now, made of {count} {_many(count, 'candidate')}:")
    typed(f"  {where}")
    say("Add rules and examples there, and raise `version`. No passage has this code yet. Then:")
    typed("  cothemes codebook diff")
    typed(f"  cothemes codebook recode {made.code.id} --round NAME")


def dismiss(
    context: typer.Context,
    heap: HeapArgument,
    reason: Annotated[str, typer.Option("--reason", help="Reason why it is not a code of this study.")],
    only: OnlyOption = "",
    person: PersonOption = "",
    as_json: JsonOption = False,
) -> None:
    """Dismiss a heap of candidates, with a reason."""
    from cothemes.app.codebook.adopt import dismiss as run

    with opened_study(context) as study:
        found, made = run(study, heap, reason, by=person, only=names_in(only))
    if as_json:
        emit_json({"heap": heap, "candidates": len(found.members), "reason": made.reason})
        return
    count = len(found.members)
    say(f"Heap {heap} is dismissed, with {count} {_many(count, 'candidate')}. Nothing of it is deleted.")


def _show_heaps(shown: list[CandidateCluster], found: CandidateClusters, every: bool) -> None:
    for heap in shown:
        people = len({member.by for member in heap.members if member.person})
        by = f", noted by {people} {_many(people, 'person', 'people')}" if people else ""
        passages = f"{len(heap.passages)} {_many(len(heap.passages), 'passage')}"
        say(f"{heap.id}  {passages}, {heap.interviews} {_many(heap.interviews, 'interview')}{by}")
        members = heap.members if every else heap.members[:_SHOWN]
        for member in members:
            _show_member(member)
        if left := len(heap.members) - len(members):
            say(f"   and {left} more: --all")
    places = sum(len(heap.members) for heap in shown)
    settled = f"; {found.settled} settled before" if found.settled else ""
    if not shown:
        say(f"Nothing open{settled}.")
        return
    say("")
    counted = f"{places} {_many(places, 'candidate')} in {len(shown)} {_many(len(shown), 'heap')}"
    say(f"{counted}{settled}. Their labels are no codes yet.")
    say("Make one a code: cothemes codebook adopt HEAP --id ID --label … --definition …")
    say("Turn one down:   cothemes codebook dismiss HEAP --reason …")
    if found.waiting_blind:
        waiting = ", ".join(f"{name} {count}" for name, count in found.waiting_blind.items())
        say(
            hanging(
                f"Still to be read blind, of these passages: {waiting}. Who has seen this list reads them "
                "blind no more: wait, or let another person decide.",
                0,
            )
        )


def _show_member(member: Uncoded) -> None:
    noted = "noted by" if member.person else "by"
    say(shown_text(hanging(f"{member.label}  ({member.passage}, {noted} {member.by})", 5, first="   ")))
    if member.criterion:
        say(shown_text(hanging(f"when: {member.criterion}", 5)))
    for quote in member.quotes:
        # A person's note brings the whole passage along; what a model quotes is shown whole.
        words = " ".join(quote.split())
        say(shown_text(hanging(f"“{shortened(words) if member.person else words}”", 5)))


def _show_flat(found: list[Missed], as_json: bool) -> None:
    if as_json:
        emit_json([{**m.candidate.model_dump(mode="json"), "quotes": list(m.quotes)} for m in found])
        return
    for missed in found:
        one = missed.candidate
        say(shown_text(hanging(f"{one.label}  ({one.passage}, {one.run})", 3)))
        say(shown_text(hanging(f"when: {one.criterion}", 5, first="   ")))
        for quote in missed.quotes:
            say(shown_text(hanging(f"“{quote}”", 5, first="   ")))
    say(f"{len(found)} candidates. A model's labels: a person decides whether one becomes a code.")


def _as_plain(heap: CandidateCluster) -> dict[str, Any]:
    return {
        "heap": heap.id,
        "passages": list(heap.passages),
        "interviews": heap.interviews,
        "members": [
            {
                "id": member.id,
                "passage": member.passage,
                "document": member.document,
                "by": member.by,
                "person": member.person,
                "label": member.label,
                "criterion": member.criterion,
                "quotes": list(member.quotes),
            }
            for member in heap.members
        ],
    }


def _many(count: int, one: str, several: str = "") -> str:
    return one if count == 1 else several or f"{one}s"
