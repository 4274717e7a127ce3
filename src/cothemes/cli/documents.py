"""`cothemes documents`: lists what was read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated

import typer

from cothemes.app.corpus.document_names import document_ids
from cothemes.app.corpus.documents import documents as listed_documents
from cothemes.app.corpus.documents import set_aside_words
from cothemes.cli.console import emit, say, stdout, typed
from cothemes.cli.invocation import opened_study
from cothemes.cli.options import JsonOption
from cothemes.errors import UsageError
from cothemes.presentation.ids import ShortIds
from cothemes.presentation.passage_text import set_aside_in_words
from cothemes.presentation.wrapping import hanging
from cothemes.records.document import Kind
from cothemes.records.documents_read import DocumentEntry, SetAsideStretch
from cothemes.records.text import counted, shown_text

_UNSETTLED = 4
"""Uncertain documents that are listed below the table."""
_HEAD = ("kind", "words", "turns", "passages", "coded", "decided")
_FIGURES = 51
"""Columns that kind and figures take beside an id."""


def documents(
    context: typer.Context,
    wanted: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[DOCUMENT…]",
            help="Document ids, or their beginnings, or files to show with all details.",
        ),
    ] = None,
    set_aside: Annotated[
        bool,
        typer.Option("--set-aside", help="List the words that are in no passage, with their reason."),
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """List the documents that were read.

    The table has the kind of each, its words, turns and passages, and the passages that people gave a code or
    decided on; uncertain points are listed below it. A document that is named is shown with its title, file,
    participants, language, consent and the texts that it had. Short turns and web text that are no passages
    are counted by reason.
    """
    with opened_study(context) as study:
        slugs = document_ids(study, wanted or [])
        if set_aside and as_json:
            raise UsageError(
                "--set-aside prints text only", hint="`documents --json` has the counts in `set_aside`."
            )
        if set_aside:
            chosen = slugs or [head.slug for head in study.store.documents.heads()]
            _list_set_aside(set_aside_words(study, chosen))
            return
        found = listed_documents(study, slugs)
    if as_json:
        emit(found)
    elif wanted:
        for each in found.documents:
            _show(each)
    else:
        _show_table(found.documents)


def _show_table(entries: Sequence[DocumentEntry]) -> None:
    if not entries:
        say("There are no documents yet. Read files: cothemes ingest FILES")
        return
    room = max(stdout().width - _FIGURES, 16)
    ids = [each.document for each in entries]
    wide = min(room, max([len(each) for each in ids] + [len("document")]))
    typed("{:<{wide}}  {:<10} {:>8} {:>6} {:>8} {:>5} {:>7}".format("document", *_HEAD, wide=wide))
    short = ShortIds(frozenset(ids))
    for each in entries:
        for line in _row(each, short.document(each.document, wide), wide):
            typed(shown_text(line))
    kinds = any(not each.kind_given and each.kind is not Kind.UNKNOWN for each in entries)
    words, passages = sum(e.words for e in entries), sum(e.passages for e in entries)
    say(f"{counted(len(entries), 'document')}, {counted(words, 'word')}, {counted(passages, 'passage')}.")
    if kinds:
        say("* kind recognised by rule, and given by nobody.")
    aside = sum(count.words for each in entries for count in each.set_aside)
    if aside:
        say(f"{counted(aside, 'word')} set aside as no passage: cothemes documents --set-aside lists them.")
    uncertain = [each for each in entries if each.uncertain]
    if uncertain:
        say(f"Uncertain in {counted(len(uncertain), 'document')}:")
        for each in uncertain[:_UNSETTLED]:
            typed(hanging(shown_text(f"{each.document}: {'; '.join(each.uncertain)}."), 4, first="  "))
        if len(uncertain) > _UNSETTLED:
            say(f"  … and {len(uncertain) - _UNSETTLED} more; --json lists all.")
        if any(each.turns for each in uncertain):
            typed("Who speaks: cothemes speakers")
    typed("Title, file, participants and consent of one: cothemes documents DOCUMENT")


def _list_set_aside(stretches: Mapping[str, Sequence[SetAsideStretch]]) -> None:
    for slug, found in stretches.items():
        for each in found:
            where = f" in {each.passage}" if each.passage else ""
            words = " ".join(each.text.split())
            line = f"{slug}{where}, {each.reason.value}, {each.speaker or each.role.value}: {words}"
            typed(hanging(shown_text(line), 4))
    count = sum(map(len, stretches.values()))
    total = sum(each.words for found in stretches.values() for each in found)
    say(f"{counted(count, 'stretch', 'stretches')}, {counted(total, 'word')} set aside.")


def _row(each: DocumentEntry, name: str, wide: int) -> Iterator[str]:
    kind = each.kind.value + ("*" if not each.kind_given and each.kind is not Kind.UNKNOWN else "")
    figures = f"{kind:<10} {each.words:>8,} {each.turns:>6,} {each.passages:>8,}"
    figures += f" {each.coded:>5,} {each.decided:>7,}"
    if len(name) > wide:
        yield name
        name = ""
    yield f"{name:<{wide}}  {figures}"


def _show(each: DocumentEntry) -> None:
    typed(shown_text(each.document))
    given = "given" if each.kind_given else "unknown" if each.kind is Kind.UNKNOWN else "recognised by rule"
    rows = (
        ("title", each.title),
        ("kind", f"{each.kind.value} ({given})" if each.kind is not Kind.UNKNOWN else "unknown"),
        ("file", f"{each.file} ({each.reader})"),
        ("participants", ", ".join(each.participants)),
        ("language", each.language or ""),
        ("consent", each.consent or ""),
        ("synthetic", "yes, says the source" if each.synthetic else ""),
        ("text", f"{counted(each.words, 'word')}, {counted(each.turns, 'turn')}"),
        ("passages", f"{each.passages:,}, {each.codeable:,} of them to be coded"),
        ("set aside", "; ".join(map(set_aside_in_words, each.set_aside))),
        ("suggested", f"{counted(each.suggested, 'passage')} with a coder's suggestions"),
        ("decided", f"{counted(each.decided, 'passage')}, {each.coded:,} with a code"),
        ("uncertain", "; ".join(each.uncertain)),
    )
    for name, value in rows:
        if value:
            typed(hanging(shown_text(value), 15, first=f"  {name}"))
    if len(each.texts) > 1:
        _show_texts(each)


def _show_texts(each: DocumentEntry) -> None:
    typed("  texts        the earliest first; the last is the current one")
    for text in each.texts:
        since = f"{text.since:%Y-%m-%d %H:%M}" if text.since else "date unknown"
        typed(f"               {text.version[:8]}  {since:<16}  {counted(text.words, 'word')}")
    typed(hanging(f"cothemes ingest --restore {shown_text(each.document)}", 17, first="               → "))
