"""`cothemes status`: where the study stands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import typer

from cothemes.app.overview.status import status as run
from cothemes.app.runs.unconfirmed import PLACEHOLDERS, unconfirmed_lines
from cothemes.cli.batches import batch_lines, sent_lines
from cothemes.cli.console import emit_json, print_table, say, typed
from cothemes.cli.ingest import HOW_TO_NAME_KINDS
from cothemes.cli.invocation import opened_study
from cothemes.cli.options import JsonOption
from cothemes.presentation.wrapping import hanging
from cothemes.records.text import counted, shown_text
from cothemes.stages.evaluate.anchoring.blind_share import points


def status(context: typer.Context, as_json: JsonOption = False) -> None:
    """Show where the study stands. Covers documents, passages, runs of coders and progress of reviewers."""
    with opened_study(context) as study:
        found = run(study)
    if as_json:
        emit_json(found)
        return
    kinds = ", ".join(f"{count} {kind}" for kind, count in found["documents"].items()) or "none yet"
    book = found["codebook"]
    say(found["study"])
    if found["synthetic"]:
        say(f"SYNTHETIC: {found['synthetic']} of the documents are invented: layout, not findings.")
    say(f"Codebook   {book['id']} {book['version']}, {book['codes']} codes, hash {book['hash']}")
    older = found["older_wording"]
    if older["readings"]:
        listed = ", ".join(list(older["codes"])[:6]) + (", …" if len(older["codes"]) > 6 else "")
        say(
            f"{older['readings']} finished readings stand under an older wording of {listed}, and do not "
            "count for it: cothemes codebook diff"
        )
    say(f"Documents  {kinds}; {found['passages']} passages, {found['words']:,} words")
    if found["unknown_kind"]:
        listed = ", ".join(found["unknown_kind"][:6]) + (", …" if len(found["unknown_kind"]) > 6 else "")
        told = (
            f"not known of {counted(len(found['unknown_kind']), 'document')}: {listed}. {HOW_TO_NAME_KINDS}"
        )
        typed(hanging(shown_text(told), 11, first="Kinds"))
    if found["files_that_differ"]:
        files = list(found["files_that_differ"].values())
        listed = ", ".join(files[:6]) + (", …" if len(files) > 6 else "")
        told = (
            f"{counted(len(files), 'file')} with a text that the study did not take, because people "
            f"have worked on the passages: {listed}. `cothemes ingest FILE --resegment` takes it."
        )
        typed(hanging(shown_text(told), 11, first="Files"))
    for run_ in found["runs"]:
        others = ", ".join(f"{count} {state}" for state, count in run_["other_outcomes"].items())
        old = "" if run_["codebook_is_current"] else "; under an earlier codebook"
        say(
            f"Run {run_['run']}  {run_['rater']}: {run_['state']}, {run_['passages']} passages coded, "
            f"{run_['passages_with_a_code']} with a code, {run_['suggestions']} suggestions"
            + (f"; {others}" if others else "")
            + old
        )
        if run_["told"]:
            say(f"     {run_['told']}")
        noticed = [
            f"{count} {words}"
            for count, words in (
                (run_["candidates"], "places that no code fits (cothemes codebook candidates)"),
                (run_["flags"].get("instruction_like", 0), "passages that read like instructions"),
                (run_["flags"].get("critic_dropped", 0), "passages where the critic dropped a code"),
                (
                    run_["flags"].get("critic_escalated", 0),
                    "passages where the critic wants a person to look",
                ),
                (
                    run_["flags"].get("quote_rejected", 0),
                    "passages with a code left out for lack of a quote",
                ),
                (run_["flags"].get("unrepaired", 0), "of these with one that was not asked about once more"),
            )
            if count
        ]
        for line in noticed:
            say(f"     {line}")
        for reason, count in run_["skipped"].items():
            say(f"     skipped: {counted(count, 'passage')}: {reason}")
        if run_["reasons"]:
            why = ", ".join(f"{count} {reason}" for reason, count in run_["reasons"].items())
            say(f"     without a usable reply: {why}")
        if run_["parked"]:
            shown = ", ".join(run_["parked"][:10]) + (", …" if len(run_["parked"]) > 10 else "")
            say(f"  {len(run_['parked'])} parked after three unusable replies: {shown}")
            say("  cothemes propose --retry-parked asks about them again")
    for line in sent_lines(found["sent_without_consent"]):
        typed(f"Sent       {line}")
    for line in batch_lines(found["batches"]):
        say(line)
    for each, line in zip(found["unconfirmed"], unconfirmed_lines(found["unconfirmed"]), strict=True):
        say(f"Unconfirmed  {line}")
        typed(f"  {each['list']} lists them. To settle them:")
        typed(f"  {each['reconcile']}")
        say(f"  {PLACEHOLDERS}")
    for line in _command_lines(found["commands"]):
        say(line)
    last = found["last_run"]
    if last:
        when = last["at"][:16].replace("T", " ")
        say(f"Last run   {last['command']}, ended {when} UTC with exit {last['exit']}. {last['summary']}")
    if found["overdue"]:
        say(found["overdue"])
    if found["reviewers"]:
        arms = ("blind", "reveal", "assisted")
        print_table(
            ("reviewer", "assigned", "done", *arms),
            [
                (r["name"], r["assigned"], r["done"], *(r["arms"].get(a, 0) for a in arms))
                for r in found["reviewers"]
            ],
            right=(1, 2, 3, 4, 5),
        )
        for reviewer in found["reviewers"]:
            for line in _remarks(reviewer):
                say(line)
    else:
        say("Reviewers  none yet: cothemes reviewers add NAME")


def _command_lines(commands: Sequence[dict[str, Any]]) -> Iterator[str]:
    """What is under way around the runs, and what was killed before it could say how it ended."""
    for each in commands:
        since = each["since"][:16].replace("T", " ")
        begun = f"{each['command']}, begun {since} UTC by process {each['process']} on {each['host']}"
        if each["lives"] == "alive":
            yield f"Under way  {begun}"
        elif each["lives"] == "gone":
            yield f"Killed     {begun}: killed or lost before its end"
        else:
            yield f"Unknown    {begun}: another machine, and only there it can be seen"


def _remarks(reviewer: dict[str, Any]) -> Iterator[str]:
    """What a table has no room for: a pause, and a blind share too small to tell."""
    name, share = reviewer["name"], reviewer["anchoring"]
    if reviewer["paused"]:
        waiting = reviewer["assigned"] - reviewer["done"]
        yield f"{name} pauses since {reviewer['paused'][:10]}; {waiting} passages wait."
    if waiting := reviewer["awaiting_reveal"]:
        yield (
            f"{name} finished the blind part of {counted(waiting, 'reveal passage')}; each is done after "
            "its second reading, with suggestions."
        )
    if earlier := reviewer["assigned_on_earlier_passages"]:
        yield (
            f"{name}: {earlier} of {counted(reviewer['assigned'], 'assigned passage')} "
            f"{'belongs' if earlier == 1 else 'belong'} to an earlier cut of "
            f"{'its document' if earlier == 1 else 'their documents'} and "
            f"{'is' if earlier == 1 else 'are'} not in the queue. "
            "cothemes route assigns present passages."
        )
    if share["enough"]:
        return
    if share["half_width"] is None:
        told = (
            f"{name} has no document with both blind and assisted passages, so no shift can be measured for "
            f"the {share['assisted']} assisted ones"
        )
    else:
        told = (
            f"With {share['compared_blind']} blind and {share['compared_assisted']} assisted passages in "
            f"documents that have both, {name}'s shift by suggestions is known to "
            f"±{points(share['half_width'])} points at best"
        )
    wanted = (
        "±10 takes 62 assisted ones and more"
        if share["needed"] is None
        else f"±10 takes {share['needed']} blind"
    )
    yield f"{told}; {wanted} (docs/guide/routing.md)."
