"""Options and arguments that several commands take, with the closed lists of words they accept."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from cothemes.errors import UsageError


class KindChoice(StrEnum):
    """Kinds of documents."""

    INTERVIEW = "interview"
    POLICY = "policy"
    REVIEW = "review"
    SURVEY = "survey"
    UNKNOWN = "unknown"


class CombineChoice(StrEnum):
    """Rules by which several readers of a passage count as one."""

    ANY = "any"
    MAJORITY = "majority"
    ALL = "all"


class CoderChoice(StrEnum):
    """Coders that suggest codes."""

    AUTO = "auto"
    OFFLINE = "offline"
    LLM = "llm"


NumberedOption = Annotated[
    bool,
    typer.Option("--coders-by-number", help="Show coders as Coder 1, Coder 2, … instead of by name."),
]
RollUpOption = Annotated[
    bool, typer.Option("--roll-up", help="Count a code together with the codes below it (`parent`).")
]
JsonOption = Annotated[
    bool, typer.Option("--json", help="Print one JSON document on stdout and nothing else.")
]

AsOption = Annotated[str, typer.Option("--as", metavar="NAME", help="Registered reviewer.")]
PersonOption = Annotated[
    str, typer.Option("--as", metavar="NAME", help="Registered person who decides.", show_default=False)
]

ReasonOption = Annotated[
    str, typer.Option("--reason", help="Reason, in one sentence, for the record.", show_default=False)
]

PassageArgument = Annotated[str, typer.Argument(help="Passage id, e.g. interview-1.0042, or its beginning.")]
KindOption = Annotated[KindChoice | None, typer.Option(help="Kind of documents to include.")]
CombineOption = Annotated[
    CombineChoice,
    typer.Option(
        help="Rule for passages with several readers: how many of those who were asked must give a code."
    ),
]
WithAutoOption = Annotated[
    bool,
    typer.Option(
        "--with-auto",
        help="Count what was accepted under a certificate, marked. [default: the study's setting]",
        show_default=False,
    ),
]
QueryOption = Annotated[
    str,
    typer.Option(
        "--query",
        metavar="QUERY",
        help='Passages to include, by their codes and fields: "D4 AND NOT D6", "D4 NEAR/2 D6", '
        '"(D4 OR D5) AND meta.group=carers", "D4[valence=helps]".',
    ),
]
DocumentsOption = Annotated[
    str, typer.Option(metavar="A,B", help="Documents to include, by id or beginning. [default: all]")
]
AttributesOption = Annotated[
    list[str] | None,
    typer.Option(
        "--attr", metavar="K=V", help="Attribute of the code, or K=V1,V2 for several values. Repeatable."
    ),
]
PlainOption = Annotated[
    bool,
    typer.Option("--plain", help="Use plain lines and a prompt instead of the screen. Suits screen readers."),
]

OldArgument = Annotated[
    str,
    typer.Argument(
        metavar="[OLD]",
        help="Old version: label, hash or file. [default: the version of the last decisions]",
        show_default=False,
    ),
]
NewArgument = Annotated[
    str,
    typer.Argument(
        metavar="[NEW]",
        help="New version: label, hash or file. [default: codebook.yaml as it is now]",
        show_default=False,
    ),
]

CoderOption = Annotated[
    CoderChoice | None,
    typer.Option(
        "--coder", help="Coder that suggests codes; auto uses the model if one is named.", show_default="auto"
    ),
]
ModelOption = Annotated[
    str, typer.Option("--model", metavar="PROVIDER:NAME", help="Model to ask, e.g. openai:NAME.")
]
BaseUrlOption = Annotated[
    str, typer.Option("--base-url", metavar="URL", help="Address of another server with OpenAI's API.")
]
BudgetOption = Annotated[
    float | None,
    typer.Option(
        metavar="AMOUNT", min=0, help="Spending limit for the whole run, in the currency of the prices."
    ),
]
LogOption = Annotated[
    Path | None,
    typer.Option(
        "--log", metavar="FILE", help="File to append events to, as JSON lines without text or keys."
    ),
]
NotifyOption = Annotated[
    str,
    typer.Option(
        "--notify",
        metavar="CMD",
        help="Command to run at the end, with a one-line summary as its last argument.",
    ),
]


def names_in(words: str) -> list[str]:
    """Return the names in `A,B`."""
    return [name.strip() for name in words.split(",") if name.strip()]


def fields_in(words: Sequence[str], option: str = "--where NAME=VALUE") -> dict[str, str]:
    """Return name → value for words such as `K=V`. Raises UsageError, which names the option."""
    asked = {}
    for word in words:
        name, sign, value = word.partition("=")
        if not sign or not name.strip() or not value.strip():
            raise UsageError(f"{word!r} asks for nothing", hint=f"Write {option}.")
        asked[name.strip()] = value.strip()
    return asked


def span_in(text: str) -> tuple[int, int] | None:
    """Return `START:END` in characters; None if the option was left out. Raises UsageError."""
    if not text:
        return None
    start, sign, end = text.partition(":")
    if not sign or not start.strip().isdecimal() or not end.strip().isdecimal():
        raise UsageError(f"{text!r} is no span", hint="Write START:END in characters, e.g. 0:25.")
    return int(start), int(end)
