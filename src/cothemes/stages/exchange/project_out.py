"""A study as a project of another program: every coder a user, every model a user of its own.

Ids are made from the study's id and the thing's own name, so they are the same in every export. What came
from another program goes back with the id that it had there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from uuid import NAMESPACE_URL, UUID, uuid5

from cothemes.records.carried import Carried, CarriedKind
from cothemes.records.codebook import Codebook
from cothemes.records.project import (
    CASE,
    Made,
    Project,
    ProjectCase,
    ProjectCoding,
    ProjectNote,
    ProjectSet,
    ProjectSource,
    ProjectUser,
    ProjectVariable,
    Selection,
    VariableValue,
    plain,
)
from cothemes.records.rating import RaterKind
from cothemes.stages.exchange.code_tree import Known, tree_of
from cothemes.stages.exchange.offsets import UTF16_TARGET, Counting, counted_as
from cothemes.stages.exchange.text_structure import NAME as STRUCTURE

ORIGIN = "cothemes"
KIND = "cothemes.kind"
"""Variable that holds the kind of a document, where a person gave it."""
KIND_OF_RATER = "cothemes:"
"""Begins a user's second name, before the kind of rater."""
ATTRIBUTES = "Attributes of a coding"
REASON = "Reason of a suggestion"
REMARK = "Remark on a decision"
"""Names of notes on codings."""
MOST_STRETCHES = 50
"""Stretches of one code in one passage that are written one by one; what is beyond is part of the last."""
_CLOSE = 40
"""Letters of a selection's name that quotes its words."""


class CodedWords(NamedTuple):
    """A code that somebody gave words of a document."""

    document: str
    passage: str
    start: int
    end: int
    """Code points of the text that is written."""
    rater: str
    code: str
    at: str = ""
    notes: tuple[tuple[str, str], ...] = ()
    """Name and text of notes on it."""
    stretch: int = 0
    """Number among the stretches that the rater marked for this code in the passage."""


class WrittenText(NamedTuple):
    """A document as it is written."""

    slug: str
    text: str
    values: Mapping[str, str]
    """Metadata, and what else is written as a variable."""
    participant: str = ""
    structure: str = ""
    """Text of the note that holds its speakers and passages."""


class WrittenMemo(NamedTuple):
    """A memo, placed in the text that is written."""

    id: str
    text: str
    by: str = ""
    at: str = ""
    document: str = ""
    span: tuple[int, int] | None = None
    passage: str = ""
    code: str = ""


@dataclass(frozen=True)
class StudyContent:
    """All that an export needs to know."""

    study: str
    """The id that all copies of the study share."""
    title: str
    version: str
    """Version of cothemes."""
    codebook: Codebook
    texts: Sequence[WrittenText]
    raters: Mapping[str, RaterKind]
    coded: Sequence[CodedWords]
    memos: Sequence[WrittenMemo] = ()
    carried: Sequence[Carried] = ()
    """What imported projects brought; places count in the texts that are written."""
    identities: Mapping[str, str] = field(default_factory=dict)
    """Code id → permanent id, from which GUIDs are made: they outlive a rename."""

    def identity(self, code: str) -> str:
        """Return the permanent id of a code."""
        return self.identities.get(code, code)


@dataclass
class _Notes:
    made: dict[str, ProjectNote] = field(default_factory=dict)

    def add(self, note: ProjectNote) -> str:
        return self.made.setdefault(plain(note.guid), note).guid

    def guid_of(self, memo: str) -> str:
        """Return the GUID of a memo's note: the memo's own id, as it was spelled where it came from."""
        held = self.made.get(plain(memo))
        return held.guid if held else memo


def own_guid(study: str, name: str) -> str:
    """Return the GUID of a thing of the study, the same in every export."""
    return str(uuid5(UUID(study), name))


def coding_guid(study: str, rater: str, passage: str, code: str, stretch: int = 0) -> str:
    """Return the GUID of what a rater says of a passage and a code, by its permanent id.

    `stretch`: number of the stretch of words among those that the rater marked, from 0.
    """
    further = f":{stretch}" if stretch else ""
    return own_guid(study, f"coding:{rater}:{passage}:{code}{further}")


def comment_memo(selection: str) -> str:
    """Return the id of the memo that a selection's comment becomes; `selection` is its GUID."""
    return str(uuid5(NAMESPACE_URL, f"comment:{plain(selection)}"))


def project_of(content: StudyContent) -> Project:
    """Return the study as a project, its places in code points."""
    return _Writing(content).project()


def for_counting(project: Project, counting: Counting) -> Project:
    """Return the project with places as another program counts them, and its origin saying so."""
    if not counting.utf16:
        return project
    sources = []
    for source in project.sources:
        spans = counted_as(
            source.text or "", [(each.start, each.end) for each in source.selections], counting
        )
        selections = tuple(
            each.model_copy(update={"start": start, "end": end})
            for each, (start, end) in zip(source.selections, spans, strict=True)
        )
        sources.append(source.model_copy(update={"selections": selections}))
    return project.model_copy(
        update={"sources": tuple(sources), "origin": f"{project.origin} ({UTF16_TARGET})"}
    )


class _Writing:
    def __init__(self, content: StudyContent) -> None:
        self._content = content
        self._by_kind: dict[CarriedKind, list[Carried]] = defaultdict(list)
        for each in content.carried:
            self._by_kind[each.kind].append(each)
        self._notes = _Notes()
        self._structures: list[ProjectNote] = []
        self._codes = {each.name: known_code(each) for each in self._by_kind[CarriedKind.CODE]}
        self._users = {each.name: each for each in self._by_kind[CarriedKind.USER]}
        self._sources = {each.name: each for each in self._by_kind[CarriedKind.SOURCE]}
        self._variables = {each.name: each for each in self._by_kind[CarriedKind.VARIABLE]}
        self._carried_in: dict[str, list[Carried]] = defaultdict(list)
        for each in self._by_kind[CarriedKind.SELECTION]:
            self._carried_in[each.document].append(each)
        self._coded_in: dict[str, list[CodedWords]] = defaultdict(list)
        for one in content.coded:
            self._coded_in[one.document].append(one)
        self._memos_in: dict[str, list[WrittenMemo]] = defaultdict(list)
        for memo in content.memos:
            self._memos_in[memo.document].append(memo)

    def project(self) -> Project:
        content = self._content
        for each in self._by_kind[CarriedKind.NOTE]:
            self._notes.add(ProjectNote.model_validate(each.content))
        codes = tree_of(content.codebook, self._own, self._codes, content.identities)
        self._guid_of_code = dict(zip(self._names_of(codes), [code.guid for code in codes], strict=True))
        memos = self._memo_refs()
        codes = tuple(
            code.model_copy(update={"notes": _with(code.notes, memos.get(("", "", name), ()))})
            for code, name in zip(codes, self._names_of(codes), strict=True)
        )
        sources = tuple(self._source(text, memos) for text in content.texts)
        variables = self._all_variables()
        held = self._by_kind[CarriedKind.PROJECT]
        carried = held[0].content if len(held) == 1 else {}
        project = Project(
            name=str(carried.get("name") or content.title),
            origin=f"{ORIGIN} {content.version}",
            description=str(carried.get("description", "")),
            made=Made.model_validate(carried.get("made", {})),
            users=self._all_users(),
            codes=codes,
            variables=variables,
            cases=self._cases(sources),
            sources=sources,
            notes=(*self._notes.made.values(), *self._structures),
            sets=tuple(ProjectSet.model_validate(each.content) for each in self._by_kind[CarriedKind.SET]),
            note_refs=_with(tuple(carried.get("note_refs", ())), memos.get(("", "", ""), ())),
        )
        return pruned(project)

    def _own(self, name: str) -> str:
        return own_guid(self._content.study, name)

    def _names_of(self, codes: Iterable[Any]) -> list[str]:
        """Return the code id or `theme:ID` of each node, by its GUID."""
        if not hasattr(self, "_name_of_guid"):
            names = {known.guid: name for name, known in self._codes.items()}
            for theme in self._content.codebook.themes:
                names.setdefault(self._own(f"theme:{theme.id}"), f"theme:{theme.id}")
            for code in self._content.codebook.codes:
                names.setdefault(self._own(f"code:{self._content.identity(code.id)}"), code.id)
            self._name_of_guid = names
        return [self._name_of_guid[code.guid] for code in codes]

    def _user(self, rater: str) -> str:
        found = self._users.get(rater)
        return str(found.content["guid"]) if found else self._own(f"user:{rater}")

    def _all_users(self) -> tuple[ProjectUser, ...]:
        made = [ProjectUser.model_validate(each.content) for each in self._by_kind[CarriedKind.USER]]
        there = {plain(user.guid) for user in made}
        for rater, kind in self._content.raters.items():
            # A reviewer who coded in the other program too is one user there.
            if plain(self._user(rater)) not in there:
                made.append(
                    ProjectUser(guid=self._user(rater), name=rater, id=f"{KIND_OF_RATER}{kind.value}")
                )
        return tuple(made)

    def _variable(self, name: str) -> tuple[str, str]:
        found = self._variables.get(name)
        if found is None:
            return self._own(f"variable:{name}"), "Text"
        return str(found.content["guid"]), str(found.content.get("type", "Text"))

    def _all_variables(self) -> tuple[ProjectVariable, ...]:
        made = [ProjectVariable.model_validate(each.content) for each in self._by_kind[CarriedKind.VARIABLE]]
        names = dict.fromkeys(name for text in self._content.texts for name in text.values)
        for name in names:
            if name not in self._variables and name != CASE:
                made.append(ProjectVariable(guid=self._variable(name)[0], name=name))
        return tuple(made)

    def _values(self, values: Mapping[str, str]) -> tuple[VariableValue, ...]:
        found = []
        for name, value in values.items():
            if value and name != CASE:
                guid, kind = self._variable(name)
                found.append(VariableValue(variable=guid, value=value, type=kind))
        return tuple(found)

    def _source(
        self, text: WrittenText, memos: Mapping[tuple[str, str, str], tuple[str, ...]]
    ) -> ProjectSource:
        carried = self._sources.get(text.slug)
        held: dict[str, Any] = dict(carried.content) if carried else {}
        selections = self._selections(text, memos)
        guid = str(held.get("guid") or self._own(f"source:{text.slug}"))
        return ProjectSource(
            guid=guid,
            name=str(held.get("name") or text.slug),
            description=str(held.get("description", "")),
            text=text.text,
            made=Made.model_validate(held.get("made", {})),
            selections=tuple(selections),
            codings=tuple(ProjectCoding.model_validate(each) for each in held.get("codings", ())),
            notes=_with(
                tuple(held.get("notes", ())),
                (*memos.get((text.slug, "", ""), ()), *self._structure(text, guid)),
            ),
            values=self._values(text.values),
        )

    def _structure(self, text: WrittenText, source: str) -> tuple[str, ...]:
        if not text.structure:
            return ()
        # Its id follows the source, so that it is the same in every study that the source goes through.
        guid = str(uuid5(NAMESPACE_URL, f"structure:{plain(source)}"))
        self._structures.append(ProjectNote(guid=guid, name=STRUCTURE, text=text.structure))
        return (guid,)

    def _selections(
        self, text: WrittenText, memos: Mapping[tuple[str, str, str], tuple[str, ...]]
    ) -> list[Selection]:
        content = self._content
        made: list[Selection] = []
        at: dict[tuple[int, int], int] = {}
        given: set[str] = set()
        for each in self._carried_in[text.slug]:
            if each.start is None or each.end is None:
                continue
            held = dict(each.content)
            quoted = held.pop("quoted", None)
            selection = Selection.model_validate({**held, "start": each.start, "end": each.end})
            if quoted is not None:
                selection = selection.model_copy(
                    update={"name": quoted_name(text.text[each.start : each.end], quoted)}
                )
            given.update(plain(one.guid) for one in selection.codings)
            at.setdefault((each.start, each.end), len(made))
            made.append(selection)
        coded: dict[tuple[int, int], list[ProjectCoding]] = defaultdict(list)
        for one in self._coded_in[text.slug]:
            identity = content.identity(one.code)
            guid = coding_guid(content.study, one.rater, one.passage, identity, one.stretch)
            if guid in given or one.code not in self._guid_of_code:
                continue
            user = self._user(one.rater)
            notes = [
                self._notes.add(
                    ProjectNote(
                        guid=self._own(f"note:{name}:{one.rater}:{one.passage}:{identity}"),
                        name=name,
                        text=words,
                        made=Made(by=user, at=one.at),
                    )
                )
                for name, words in one.notes
            ]
            notes += memos.get((text.slug, one.passage, one.code), ())
            coded[one.start, one.end].append(
                ProjectCoding(
                    guid=guid,
                    code=self._guid_of_code[one.code],
                    by=user,
                    at=one.at,
                    notes=tuple(dict.fromkeys(notes)),
                )
            )
        for span, codings in coded.items():
            if span in at:
                known = made[at[span]]
                made[at[span]] = known.model_copy(update={"codings": (*known.codings, *codings)})
            else:
                made.append(self._new_selection(text, span, codings))
                at[span] = len(made) - 1
        noted = {guid for each in made for guid in each.notes}
        noted |= {guid for each in made for one in each.codings for guid in one.notes}
        noted |= {guid for codings in coded.values() for one in codings for guid in one.notes}
        for memo in self._memos_in[text.slug]:
            guid = self._notes.guid_of(memo.id)
            if memo.span is None or guid in noted:
                continue
            if memo.span not in at:
                made.append(self._new_selection(text, memo.span, []))
                at[memo.span] = len(made) - 1
            known = made[at[memo.span]]
            made[at[memo.span]] = known.model_copy(update={"notes": _with(known.notes, (guid,))})
        return made

    def _new_selection(
        self, text: WrittenText, span: tuple[int, int], codings: Sequence[ProjectCoding]
    ) -> Selection:
        first = codings[0] if codings else None
        return Selection(
            guid=self._own(f"selection:{text.slug}:{span[0]}:{span[1]}"),
            name=quoted_name(text.text[span[0] : span[1]], _CLOSE),
            start=span[0],
            end=span[1],
            made=Made(by=first.by, at=first.at) if first else Made(),
            codings=tuple(codings),
        )

    def _memo_refs(self) -> dict[tuple[str, str, str], tuple[str, ...]]:
        """Return document, passage and code → notes on them, after making the notes."""
        found: dict[tuple[str, str, str], tuple[str, ...]] = {}
        users = {name: self._user(name) for name in {*self._content.raters, *self._users}}
        for memo in self._content.memos:
            made = Made(by=users.get(memo.by, ""), at=memo.at)
            held = self._notes.made.get(plain(memo.id))
            name = f"Memo on {memo.code}" if memo.code else "Memo"
            # A memo that was changed here goes back with its present words.
            note = held or ProjectNote(guid=memo.id, name=name, made=made)
            self._notes.made[plain(memo.id)] = note.model_copy(update={"text": memo.text})
            guid = note.guid
            key = (memo.document, memo.passage, memo.code)
            found[key] = (*found.get(key, ()), guid)
        return found

    def _cases(self, sources: Sequence[ProjectSource]) -> tuple[ProjectCase, ...]:
        made = [ProjectCase.model_validate(each.content) for each in self._by_kind[CarriedKind.CASE]]
        known = {case.name for case in made}
        guid_of = {text.slug: source.guid for text, source in zip(self._content.texts, sources, strict=True)}
        people: dict[str, list[WrittenText]] = defaultdict(list)
        for text in self._content.texts:
            if text.participant and text.participant not in known:
                people[text.participant].append(text)
        for name, texts in people.items():
            common = dict(texts[0].values)
            for text in texts[1:]:
                common = {key: value for key, value in common.items() if text.values.get(key) == value}
            made.append(
                ProjectCase(
                    guid=self._own(f"case:{name}"),
                    name=name,
                    values=self._values(common),
                    sources=tuple(guid_of[text.slug] for text in texts),
                )
            )
        return tuple(made)


def pruned(project: Project) -> Project:
    """Return the project without references to what is not in it, such as a source that was not imported."""
    users = {plain(each.guid) for each in project.users}
    codes = {plain(each.guid) for each in project.codes}
    notes = {plain(each.guid) for each in project.notes}
    variables = {plain(each.guid) for each in project.variables}
    sources = {plain(each.guid) for each in project.sources}
    chosen = {plain(one.guid) for each in project.sources for one in each.selections}

    def there(guids: Iterable[str], known: set[str]) -> tuple[str, ...]:
        return tuple(guid for guid in guids if plain(guid) in known)

    def made(one: Made) -> Made:
        by = one.by if plain(one.by) in users else ""
        changed = one.changed_by if plain(one.changed_by) in users else ""
        return one.model_copy(update={"by": by, "changed_by": changed})

    def codings(found: Iterable[ProjectCoding]) -> tuple[ProjectCoding, ...]:
        return tuple(
            each.model_copy(
                update={"by": each.by if plain(each.by) in users else "", "notes": there(each.notes, notes)}
            )
            for each in found
            if plain(each.code) in codes
        )

    def values(found: Iterable[VariableValue]) -> tuple[VariableValue, ...]:
        return tuple(each for each in found if plain(each.variable) in variables)

    return project.model_copy(
        update={
            "made": made(project.made),
            "note_refs": there(project.note_refs, notes),
            "codes": tuple(
                each.model_copy(update={"notes": there(each.notes, notes)}) for each in project.codes
            ),
            "notes": tuple(each.model_copy(update={"made": made(each.made)}) for each in project.notes),
            "cases": tuple(
                each.model_copy(
                    update={
                        "codes": there(each.codes, codes),
                        "values": values(each.values),
                        "sources": there(each.sources, sources),
                        "selections": there(each.selections, chosen),
                    }
                )
                for each in project.cases
            ),
            "sets": tuple(
                each.model_copy(
                    update={
                        "codes": there(each.codes, codes),
                        "sources": there(each.sources, sources),
                        "notes": there(each.notes, notes),
                    }
                )
                for each in project.sets
            ),
            "sources": tuple(
                each.model_copy(
                    update={
                        "made": made(each.made),
                        "codings": codings(each.codings),
                        "notes": there(each.notes, notes),
                        "values": values(each.values),
                        "selections": tuple(
                            one.model_copy(
                                update={
                                    "made": made(one.made),
                                    "codings": codings(one.codings),
                                    "notes": there(one.notes, notes),
                                }
                            )
                            for one in each.selections
                        ),
                    }
                )
                for each in project.sources
            ),
        }
    )


def known_code(each: Carried) -> Known:
    """Return what an imported project said of a code or theme."""
    held = each.content
    return Known(
        guid=str(held["guid"]),
        colour=str(held.get("colour", "")),
        codable=bool(held.get("codable", True)),
        description=str(held.get("description", "")),
        notes=tuple(held.get("notes", ())),
    )


def _with(guids: tuple[str, ...], more: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*guids, *more)))


def quoted_name(words: str, most: int) -> str:
    """Return words as a name, at most `most` characters of them; 0: all."""
    plain_words = " ".join(words.split())
    return plain_words if not most or len(plain_words) <= most else f"{plain_words[:most].rstrip()}…"
