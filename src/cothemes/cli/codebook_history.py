"""`cothemes codebook note` and `log`: why the codebook changed, and under which version what was done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cothemes.app.codebook.reasons import note_reason
from cothemes.app.codebook.versions import versions
from cothemes.cli.console import emit_json, print_table, say
from cothemes.cli.invocation import opened_study
from cothemes.cli.options import JsonOption, PersonOption, names_in
from cothemes.presentation.wrapping import hanging
from cothemes.records.text import shown_text

if TYPE_CHECKING:
    from cothemes.records.revision import Revision


def note(
    context: typer.Context,
    reason: Annotated[str, typer.Argument(metavar="REASON", help="Reason for the change, in one sentence.")],
    codes: Annotated[
        str,
        typer.Option(
            "--codes", metavar="A1,B2", help="Codes that the note is about. [default: all that changed]"
        ),
    ] = "",
    since: Annotated[
        str,
        typer.Option(
            "--since",
            metavar="VERSION",
            help="Version before the change. [default: the version of the last decisions]",
        ),
    ] = "",
    same: Annotated[
        bool,
        typer.Option(
            "--same",
            help="Declare that old and new wording of --codes mean the same, and pool their ratings.",
        ),
    ] = False,
    person: PersonOption = "",
    as_json: JsonOption = False,
) -> None:
    """Record why the codebook changed, for diff and report.

    With --same, a person takes responsibility for saying that a new wording, such as a corrected typing
    error, changes no coding. Ratings under both wordings are then pooled, and every table of them says
    so.
    """
    named = names_in(codes)
    with opened_study(context) as study:
        made = note_reason(study, reason, codes=named, old=since, by=person, same=same)
    if as_json:
        emit_json(made.model_dump(mode="json"))
        return
    about = ", ".join(made.codes) or "the whole change"
    say(f"Kept, on {about}, from {made.old[:8]} to {made.new[:8]}.")
    if same:
        say("What was decided under either wording is pooled from now on; tables say so.")


def log(context: typer.Context, as_json: JsonOption = False) -> None:
    """List the versions in use, what was done under each, and why."""
    with opened_study(context) as study:
        found = versions(study)
        made = study.store.revisions.all()
    if as_json:
        emit_json(
            {
                "versions": [
                    {
                        "hash": v.codebook.hash,
                        "version": v.codebook.version,
                        "codes": len(v.codebook.codes),
                        "current": v.current,
                        "readings": v.readings,
                        "runs": list(v.runs),
                        "first": v.first.isoformat() if v.first else None,
                        "last": v.last.isoformat() if v.last else None,
                    }
                    for v in found
                ],
                "notes": [revision.model_dump(mode="json") for revision in made],
            }
        )
        return
    print_table(
        ("version", "hash", "codes", "from", "to", "finished", "runs", ""),
        [
            (
                v.codebook.version,
                v.codebook.hash[:8],
                len(v.codebook.codes),
                f"{v.first:%Y-%m-%d}" if v.first else "–",
                f"{v.last:%Y-%m-%d}" if v.last else "–",
                v.readings,
                len(v.runs),
                "now" if v.current else "",
            )
            for v in found
        ],
        right=(2, 5, 6),
    )
    say("finished: passages that people finished under it. runs: of coders.")
    for revision in made:
        say(shown_text(hanging(in_words(revision), 12, first=f"{revision.at:%Y-%m-%d}")))


def in_words(revision: Revision) -> str:
    """What was said, by whom, of what."""
    about = ", ".join(revision.codes)
    kinds = {
        "reason": f"{about}: " if about else "",
        "same": f"{about}: both wordings ask for the same. ",
        "adopted": f"{about} adopted from {len(revision.candidates)} candidates. ",
        "dismissed": f"{len(revision.candidates)} candidates dismissed: ",
    }
    by = revision.by or "not named"
    between = f" [{revision.old[:8]} → {revision.new[:8]}]" if revision.old != revision.new else ""
    return f"{kinds[revision.kind.value]}{revision.reason} ({by}){between}".strip()
