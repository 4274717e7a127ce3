"""The commands of the program, listed once: heading, name, module and one-line summary.

A command's module is imported when the command runs or its own help is printed. So the program starts fast,
and command modules import what they need at the top.
"""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import typer


@dataclass(frozen=True)
class Entry:
    """One command, or a group of commands."""

    name: str
    target: str
    """`module:attribute` below `cothemes.cli`: a function, or a `typer.Typer` for a group."""
    summary: str
    """The first sentence of the command's help, without its full stop."""


SECTIONS: dict[str, tuple[Entry, ...]] = {
    "Begin": (
        Entry("init", "init:init", "Make a study folder with settings, a codebook and records"),
        Entry("demo", "demo:demo", "Make the bundled study and code it"),
        Entry("doctor", "doctor:doctor", "Check each part of the program and report how to fix faults"),
        Entry("status", "status:status", "Show the state of the study"),
    ),
    "From files to suggestions": (
        Entry("run", "run:run", "Ingest, index, propose and, with --reviewers, route"),
        Entry("ingest", "ingest:ingest", "Read transcripts and policy texts into the study"),
        Entry("documents", "documents:documents", "List the documents that were read"),
        Entry("speakers", "speakers:speakers", "List who speaks, or set role, name and participant"),
        Entry("index", "index:index", "Embed passages and fill the vector store"),
        Entry("deidentify", "deidentify:deidentify", "Find names and numbers of people"),
        Entry("forget", "forget:forget", "Erase a document or a participant whose consent was withdrawn"),
        Entry("held", "held:held", "Print all that is held about a participant"),
        Entry("access-log", "access_log:access_log", "List who saw, wrote or sent words of the study"),
        Entry("propose", "propose:propose", "Suggest codes with verified quotes"),
        Entry("costs", "costs:costs", "Show what models cost, by the provider's own count"),
        Entry("cancel", "cancel:cancel", "Stop a run that another process is working on"),
    ),
    "People": (
        Entry("reviewers", "reviewers:app", "Register people, or list those registered"),
        Entry("route", "route:route", "Assign passages to reviewers and arms at random"),
        Entry("renew", "renew:renew", "Renew suggestions and order by what people decided"),
        Entry("review", "review:review", "Code your assigned passages, card by card"),
        Entry("queue", "queue:queue", "List a reviewer's open passages"),
        Entry("decide", "decide:decide", "Accept, reject or add a code, or give a new one"),
        Entry(
            "decide-once",
            "decide_once:decide_once",
            "Copy your codes to your passages that repeat one",
        ),
        Entry("done", "decide:done", "Finish a passage"),
        Entry("confirm", "confirm:confirm", "Confirm decisions whose passage changed in substance since"),
        Entry("undo", "decide:undo", "Undo your last decision"),
        Entry(
            "adjudicate",
            "adjudicate:adjudicate",
            "Adjudicate disagreements between finished readings, names hidden",
        ),
        Entry(
            "auto-accept",
            "auto_accept:app",
            "Accept suggestions unread under a certificate, or list certificates",
        ),
        Entry("pack", "pack:pack", "Write a reviewer's package"),
        Entry("serve", "serve:serve", "Serve the study to browsers and programs"),
        Entry("users", "users:app", "Invite people to the served study, or list those invited"),
        Entry("webhooks", "webhooks:app", "List the endpoints that events are sent to"),
    ),
    "Look up": (
        Entry("find", "find:find", "Find words in the texts and show each with its context"),
        Entry("duplicates", "duplicates:duplicates", "List passages that say the same or nearly the same"),
        Entry("search", "index:search", "Show the passages nearest in meaning to a text"),
        Entry("codings", "codings:codings", "List the codings of people and of coders, separately"),
        Entry("quotes", "codings:quotes", "Print the quotes that support a code"),
        Entry("show", "show:show", "Show a passage in context, with its codes"),
        Entry("explain", "explain:explain", "Explain a coder's score of a code in a passage"),
        Entry("audit", "audit:audit", "Show the whole story of a passage, in order"),
        Entry("matrix", "matrix:matrix", "Cross codes with codes or groups, from people's decisions"),
        Entry("framework", "framework:app", "Set cases against themes, with quotes and summaries"),
        Entry("memo", "memo:app", "List, write and change memos"),
    ),
    "The codebook": (
        Entry("codebook", "codebook:app", "Check, show and change the codebook, and see what a change costs"),
    ),
    "Figures": (
        Entry("agreement", "agreement:agreement", "Measure agreement between people and coders"),
        Entry(
            "disagreements", "disagreements:disagreements", "Show where readers code a passage differently"
        ),
        Entry("anchoring", "anchoring:anchoring", "Compare blind coding with coding under suggestions"),
        Entry("prevalence", "prevalence:prevalence", "Estimate how often each code applies"),
        Entry("evaluate", "evaluate:evaluate", "Score coders against human codings"),
        Entry(
            "calibration",
            "calibration:calibration",
            "Learn how likely a model's suggestions are right, from people's decisions",
        ),
        Entry("stability", "stability:stability", "Measure how steady a model's codes are"),
    ),
    "In and out": (
        Entry("import", "exchange:import_", "Import codings: ratings, a package, a sheet, or a project"),
        Entry(
            "export", "exchange:export", "Write codings as tables, documents, a sheet to fill in or a project"
        ),
        Entry("report", "report:report", "Write findings and methods as one page"),
        Entry("backup", "backup:backup", "Write a copy of the whole study to one file"),
        Entry("restore", "backup:restore", "Put a backup into a new or empty folder"),
    ),
}
"""The commands as the help lists them: in the order in which a study needs them."""


class LazyCommands(MutableMapping[str, Any]):
    """Commands by name, imported when one is first looked up.

    The base class of groups wants a mutable mapping; the list itself is fixed.
    """

    def __init__(self) -> None:
        self._entries = {entry.name: entry for entries in SECTIONS.values() for entry in entries}
        self._built: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._built:
            self._built[name] = _build(self._entries[name])
        return self._built[name]

    def __setitem__(self, name: str, command: Any) -> None:
        raise TypeError(f"list {name} in SECTIONS instead")

    def __delitem__(self, name: str) -> None:
        raise TypeError(f"remove {name} from SECTIONS instead")

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)


def _build(entry: Entry) -> Any:
    module_name, _, attribute = entry.target.partition(":")
    module = import_module(f"cothemes.cli.{module_name}")
    target = getattr(module, attribute)
    if isinstance(target, typer.Typer):
        group = typer.main.get_group(target)
        group.name = entry.name
        return group
    # A typer program of one function is that function's command, named after it.
    program = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)
    program.command(entry.name, context_settings=getattr(module, "CONTEXT_SETTINGS", None))(target)
    return typer.main.get_command(program)
