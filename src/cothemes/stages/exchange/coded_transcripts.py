"""Coded transcripts and a report by code, made of the study as a project."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping

from cothemes.records.coded_transcript import (
    CodedTranscript,
    CodeReport,
    MarkedCode,
    ReportCode,
    ReportQuote,
    TextMark,
)
from cothemes.records.project import Project, ProjectCoding, ProjectSource, plain
from cothemes.stages.exchange.code_text import without_id
from cothemes.stages.exchange.project_out import KIND

_MODEL = "cothemes:model"


class ReadableProject:
    """A project with names in place of its ids. `ids`: plain GUID of a code → its id in the study."""

    def __init__(self, project: Project, ids: Mapping[str, str]) -> None:
        self._project = project
        self._ids = ids
        self._codes = {plain(code.guid): code for code in project.codes}
        self._users = {plain(user.guid): user for user in project.users}
        self._notes = {plain(note.guid): note for note in project.notes}
        self._variables = {plain(each.guid): each.name for each in project.variables}

    def transcripts(self, wanted: Collection[str] = ()) -> list[CodedTranscript]:
        """Return the documents, or those whose names are wanted."""
        return [
            CodedTranscript(
                slug=source.name,
                title=source.name,
                facts=self._facts(source),
                text=source.text or "",
                marks=tuple(
                    mark
                    for each in sorted(source.selections, key=lambda one: (one.start, one.end))
                    for mark in self._marks(each.start, each.end, each.codings, each.description)
                ),
            )
            for source in self._project.sources
            if not wanted or source.name in wanted
        ]

    def _facts(self, source: ProjectSource) -> dict[str, str]:
        """Return metadata; the title is above the text, and our own variables say nothing to readers."""
        named = {self._variables.get(plain(each.variable), ""): each.value for each in source.values}
        return {name: value for name, value in named.items() if name not in ("title", KIND)}

    def _marks(
        self, start: int, end: int, codings: tuple[ProjectCoding, ...], comment: str
    ) -> list[TextMark]:
        by_user: dict[str, list[ProjectCoding]] = defaultdict(list)
        for coding in codings:
            by_user[plain(coding.by)].append(coding)
        found = [
            TextMark(
                start=start,
                end=end,
                who=self._who(guid),
                model=self._is_model(guid),
                codes=tuple(self._code(each) for each in given),
                comment=comment,
            )
            for guid, given in by_user.items()
        ]
        if comment and not found:
            found.append(TextMark(start=start, end=end, who="", model=False, codes=(), comment=comment))
        return found

    def _code(self, coding: ProjectCoding) -> MarkedCode:
        code = self._codes[plain(coding.code)]
        notes = (self._notes.get(plain(guid)) for guid in coding.notes)
        return MarkedCode(
            code=self._ids.get(plain(coding.code), ""),
            label=code.name,
            colour=code.colour,
            notes=tuple(
                f"{note.name}: {'; '.join(note.text.splitlines())}"
                for note in notes
                if note is not None and note.text
            ),
        )

    def _who(self, guid: str) -> str:
        user = self._users.get(guid)
        return (user.name or user.guid) if user else "unknown coder"

    def _is_model(self, guid: str) -> bool:
        user = self._users.get(guid)
        return user is not None and user.id == _MODEL

    def report(self, title: str) -> CodeReport:
        """Return every code with its quotes: the same words by several coders are one quote."""
        quotes: dict[str, dict[tuple[str, int, int], list[ProjectCoding]]] = defaultdict(
            lambda: defaultdict(list)
        )
        texts = {source.guid: source for source in self._project.sources}
        for source in self._project.sources:
            for each in source.selections:
                for coding in each.codings:
                    quotes[plain(coding.code)][source.guid, each.start, each.end].append(coding)
        depth: dict[str, int] = {"": -1}
        made = []
        for code in self._project.codes:
            depth[code.guid] = depth.get(code.parent, -1) + 1
            found = quotes.get(plain(code.guid), {})
            made.append(
                ReportCode(
                    code=self._ids.get(plain(code.guid), ""),
                    label=code.name,
                    heading=not code.codable,
                    depth=depth[code.guid],
                    definition=without_id(code.description),
                    quotes=tuple(
                        ReportQuote(
                            words=" ".join((texts[guid].text or "")[start:end].split()),
                            document=texts[guid].name,
                            coders=tuple(
                                self._who(plain(e.by)) for e in given if not self._is_model(plain(e.by))
                            ),
                            suggested_by=tuple(
                                self._who(plain(e.by)) for e in given if self._is_model(plain(e.by))
                            ),
                        )
                        for (guid, start, end), given in sorted(found.items(), key=lambda one: one[0])
                    ),
                    documents=len({key[0] for key in found}),
                )
            )
        return CodeReport(title=title, codes=tuple(made))
