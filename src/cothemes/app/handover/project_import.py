"""A project of another program (.qdpx) taken into a study: texts, codes, codings by coder, memos.

Nothing is imported twice: what has the id of something that is here, or says the same of the same words, is
known. What the study itself wrote and gets back changes nothing.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from cothemes.app import wiring
from cothemes.app.codebook.operations import used_ids
from cothemes.app.handover.code_identities import code_identities
from cothemes.app.handover.codes_added import add_codes
from cothemes.app.handover.imported_ratings import code_names, codings_in, rate_imported
from cothemes.app.handover.imported_texts import PlacedText, place_texts
from cothemes.app.handover.project_export import study_project
from cothemes.app.privacy.published import Published
from cothemes.app.ratings import keep_codebook
from cothemes.app.study import Study, study_id
from cothemes.errors import UsageError
from cothemes.records.adjudication import CONSENSUS
from cothemes.records.carried import Carried, CarriedKind
from cothemes.records.combine import Combine
from cothemes.records.document import Kind, Role
from cothemes.records.loss_ledger import LossLedger
from cothemes.records.memo import Memo
from cothemes.records.passage import Passage
from cothemes.records.project import Loss, Project, ProjectCoding, Selection, plain
from cothemes.records.rating import RaterKind
from cothemes.records.record import Record
from cothemes.stages.exchange.code_tree import THEME, CodesRead, codes_of
from cothemes.stages.exchange.offsets import CODE_POINTS, Counting, CountingScore, located
from cothemes.stages.exchange.project_in import (
    is_own_coding,
    merged_selection,
    passages_coded,
    raters_of,
)
from cothemes.stages.exchange.project_out import (
    ATTRIBUTES,
    ORIGIN,
    REASON,
    comment_memo,
    own_guid,
    quoted_name,
)
from cothemes.stages.exchange.text_structure import structure_in
from cothemes.stages.ingest.speaker_overlay import is_spoken

_EVERY = "*"
_WHOLE = "a code belongs to passages; it is kept and goes back, and is not counted"


@dataclass(frozen=True)
class ProjectOptions:
    """What a person says of a project."""

    kind: Kind | None = None
    """Kind of its documents; None: by rule, never a policy text or a review."""
    offsets: Counting | None = None
    """The way in which its places are counted; None: scored."""
    complete: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Coder → documents that this coder coded completely; `*` for all."""
    models: Sequence[str] = ()
    """Users that are models."""
    replace: bool = False
    """True if codings of earlier imports that the file lacks go."""


class ImportedCoder(Record):
    """A user of the project as a rater of the study."""

    rater: str
    kind: RaterKind
    codings: int
    """Codings in the file."""
    new: int
    complete: tuple[str, ...]
    """Documents in which this coder's absences count."""


class ProjectImport(Record):
    """What a project held, and what of it is new."""

    file: str
    origin: str
    """Program that wrote it."""
    made: bool
    """Whether the study was made by this import."""
    study: Path
    documents: tuple[str, ...]
    """Documents that are new."""
    documents_known: int
    codes: tuple[str, ...]
    """Codes that are new."""
    drafts: tuple[str, ...]
    """Those of them without a definition."""
    codes_known: int
    coders: tuple[ImportedCoder, ...]
    codings: int
    """Codings on texts in the file."""
    codings_new: int
    codings_known: int
    codings_own: int
    """Codings that this study wrote; its own decisions go before them."""
    passages: int
    """Passages with an imported code."""
    without_passage: int
    """Codings on words that are in no passage, such as an interviewer's. They are kept and go back."""
    memos: int
    """Memos that are new."""
    counting: str
    """Way in which the places in the file are counted."""
    counting_scores: tuple[CountingScore, ...]
    roles_unknown: tuple[str, ...]
    """New documents in which the role of a speaker is not known: their passages may be cut otherwise than
    where they come from."""
    independence: str = "not recorded"
    """Whether coders worked alone: no project says so."""
    not_carried: tuple[Loss, ...]
    """What the file has and the study cannot hold."""


def import_project(
    study: Study, path: Path, options: ProjectOptions | None = None, *, made: bool = False
) -> ProjectImport:
    """Import a project. `made`: the study was made for it.

    Raises ExchangeError for a file that cannot be read, UsageError for a tie of countings and for coders or
    documents that are not in the project.
    """
    wanted = options or ProjectOptions()
    read = located(wiring.read_qdpx(path), wanted.offsets)
    losses = LossLedger()
    losses.add("selections", "they end beyond their text", count=len(read.outside))
    project = read.project.model_copy(update={"losses": (*read.project.losses, *losses.losses)})
    return take_in_project(study, project, path, wanted, read.scores, made=made)


def take_in_project(
    study: Study,
    project: Project,
    path: Path,
    wanted: ProjectOptions,
    scores: tuple[CountingScore, ...] = (),
    *,
    made: bool = False,
) -> ProjectImport:
    """Import a project whose places are code points; see `import_project`."""
    ledger = LossLedger()
    here = _Here(study, project, wanted)
    _check_complete(wanted, here.raters.values())
    codes = codes_of(project, study.codebook, here.known_codes(), used_ids(study))
    new_codes = add_codes(study, codes, f"Imported from {path.name}")
    drafts = codes.drafts
    if made:
        # The study was made with the project's codebook.
        new_codes = tuple(study.codebook.by_id)
        drafts = tuple(code.id for code in study.codebook.codes if not code.definition)
    placed = place_texts(study, project, here.held, wanted.kind, ledger)
    found = _codings(here, placed.texts, codes, ledger)
    places = _NotePlaces(study, project, placed.texts, codes)
    memos = _memos(here, placed.texts, places)
    things = [*found.selections, *_things(here, placed.texts, codes, places)]
    complete = _complete(here, wanted, [each.document.slug for each in placed.texts])
    things += [
        Carried(guid=f"complete:{rater}:{slug}", kind=CarriedKind.COMPLETE, name=rater, document=slug)
        for rater, slugs in complete.items()
        for slug in sorted(slugs)
    ]
    changed = [each for each in things if here.by_guid.get(each.guid) != each]
    if changed or found.gone:
        # The ids of codes are read in the codebook that they came into.
        keep_codebook(study)
        study.store.carried.put(changed, gone=found.gone)
    if memos:
        keep_codebook(study)
        for memo in memos:
            study.store.memos.append(memo)
    passages = rate_imported(study, here.kinds)
    return ProjectImport(
        file=str(path),
        origin=project.origin,
        made=made,
        study=study.root,
        documents=placed.new,
        documents_known=len(placed.texts) - len(placed.new),
        codes=new_codes,
        drafts=drafts,
        codes_known=len({each for each in codes.ids.values() if not each.startswith(THEME)} - {*new_codes}),
        coders=tuple(
            ImportedCoder(
                rater=name,
                kind=here.kinds[name],
                codings=found.by_rater[name],
                new=found.new_by_rater[name],
                complete=tuple(sorted(complete.get(name, ()))),
            )
            for name in dict.fromkeys(here.raters.values())
            if found.by_rater[name] or complete.get(name)
        ),
        codings=found.codings,
        codings_new=found.new,
        codings_known=found.known,
        codings_own=found.own,
        passages=passages,
        without_passage=found.without_passage,
        memos=len(memos),
        roles_unknown=tuple(
            each.document.slug
            for each in placed.texts
            if each.document.slug in placed.cut_anew
            and any(is_spoken(block) and block.role is Role.UNKNOWN for block in each.document.blocks)
        ),
        counting=scores[0].counting if scores else CODE_POINTS.name,
        counting_scores=scores,
        not_carried=(*project.losses, *ledger.losses),
    )


class _Here:
    """The study as it was before the import, and its names for what the project names."""

    def __init__(self, study: Study, project: Project, wanted: ProjectOptions) -> None:
        self.study = study
        self.project = project
        self.replace = wanted.replace
        self.key = study_id(study)
        self.held = study.store.carried.all()
        self.by_guid = {each.guid: each for each in self.held}
        self.names = {(each.kind, each.name) for each in self.held}
        present, _ = study_project(study, Published(study, originals=True), Combine.ANY)
        carried = set(self.by_guid)
        for each in self.held:
            carried |= {plain(one["guid"]) for one in each.content.get("codings", ())}
        self.own = set(_guids(present)) - carried
        """Plain GUIDs of what the study itself writes."""
        people = [each.name for each in study.store.reviews.reviewers()]
        runs = [run.rater for run in study.store.runs.all()]
        imported = {each.name for each in self.held if each.kind is CarriedKind.USER}
        tables = {each.rater for each in study.store.ratings.all()} - imported
        self.ours = {
            own_guid(self.key, f"user:{name}"): name for name in (*people, *runs, *sorted(tables), CONSENSUS)
        }
        """Plain GUID of a user → rater whose words this study wrote."""
        found = raters_of(project, self.ours, self._known_users(), [*people, *runs, *tables], wanted.models)
        self.raters = found.names
        self.kinds = found.kinds
        self.code_names = code_names(study, self.held)
        self._identities = code_identities(study)

    def rater(self, guid: str) -> str:
        """Return the rater of a user of the file."""
        return self.raters.get(guid) or self.raters[""]

    def identity(self, code: str) -> str:
        """Return the permanent id of a code."""
        return self._identities.get(code, code)

    def is_own(self, guid: str) -> bool:
        """Return whether the study itself writes a thing of this id."""
        return plain(guid) in self.own

    def known_codes(self) -> dict[str, str]:
        """Return GUID in the file → code id or `theme:ID`, of codes that are known by their id."""
        book = self.study.codebook
        there = {*book.by_id, *(f"{THEME}{theme.id}" for theme in book.themes)}
        found = {code.guid: self.code_names.get(plain(code.guid), "") for code in self.project.codes}
        return {guid: name for guid, name in found.items() if name in there}

    def _known_users(self) -> dict[str, str]:
        """Return plain GUID → rater of known users; a new id with a known name is the same user."""
        users = [each for each in self.held if each.kind is CarriedKind.USER]
        found = {each.guid: each.name for each in users}
        by_name = {str(each.content.get("name") or ""): each.name for each in users}
        for user in self.project.users:
            guid = plain(user.guid)
            if guid not in self.ours and user.name and user.name in by_name:
                found.setdefault(guid, by_name[user.name])
        return found


class _Found:
    """Codings of the file against those that are here."""

    def __init__(self) -> None:
        self.codings = self.new = self.known = self.own = self.without_passage = 0
        self.by_rater: Counter[str] = Counter()
        self.new_by_rater: Counter[str] = Counter()
        self.selections: list[Carried] = []
        self.gone: set[str] = set()


def _codings(here: _Here, placed: Sequence[PlacedText], codes: CodesRead, ledger: LossLedger) -> _Found:
    """Tell which codings are new. Selections that were imported before keep their ids."""
    found = _Found()
    held: dict[str, list[Carried]] = defaultdict(list)
    for each in here.held:
        if each.kind is CarriedKind.SELECTION:
            held[each.document].append(each)
    for one in placed:
        slug = one.document.slug
        passages = here.study.store.passages.of(slug)
        version = one.document.version
        by_place: dict[tuple[int | None, int | None], list[Carried]] = defaultdict(list)
        for each in held[slug]:
            if each.version == version:
                by_place[each.start, each.end].append(each)
        if here.replace:
            found.gone |= {each.guid for each in held[slug]}
        for selection in one.selections:
            known = here.by_guid.get(plain(selection.guid))
            before = [known] if known is not None and known.kind is CarriedKind.SELECTION else []
            # Some programs give new ids on every export, and repeat a selection once for each code.
            before = before or by_place.get((selection.start, selection.end), [])
            _selection(here, one, selection, before, passages, codes, found, ledger)
        whole = [each for each in one.source.codings if not here.is_own(each.guid)]
        ledger.add("codings of whole documents", _WHOLE, one.source.name, count=len(whole))
    found.gone -= {each.guid for each in found.selections}
    return found


def _selection(
    here: _Here,
    one: PlacedText,
    selection: Selection,
    before: Sequence[Carried],
    passages: Sequence[Passage],
    codes: CodesRead,
    found: _Found,
    ledger: LossLedger,
) -> None:
    near = [each for each in passages if each.start < selection.end and each.end > selection.start]
    touched = passages_coded(selection.start, selection.end, passages)
    known = [coding for each in before for coding in codings_in(each)]
    ids = {plain(each.guid) for each in known}
    said = set(_said(here, known))
    kept: list[ProjectCoding] = []
    for coding in selection.codings:
        name = codes.ids.get(coding.code, THEME)
        if name.startswith(THEME):
            ledger.add("codings with a heading", "no text is coded with a theme", one.source.name)
            continue
        found.codings += 1
        owner = here.ours.get(plain(coding.by), "")
        rater = here.rater(coding.by)
        if plain(coding.guid) not in ids and (
            here.is_own(coding.guid)
            or (owner and is_own_coding(here.key, coding, owner, here.identity(name), near))
        ):
            found.own += 1
            continue
        found.by_rater[rater] += 1
        if plain(coding.guid) in ids:
            found.known += 1
            kept.append(coding)
        elif (name, rater) in said:
            found.known += 1
        else:
            found.new += 1
            found.new_by_rater[rater] += 1
            kept.append(coding)
        found.without_passage += not touched
    if here.is_own(selection.guid) and not before and not kept:
        return
    base = selection.model_copy(update={"codings": tuple(kept)})
    if before and not here.replace:
        same = next((each for each in before if each.guid == plain(selection.guid)), before[0])
        earlier = Selection.model_validate({**_content(same), "start": 0, "end": 0})
        base = merged_selection(earlier, base).model_copy(update={"guid": earlier.guid})
    found.selections.append(_carried_selection(here, base, one))


def _said(here: _Here, codings: Sequence[ProjectCoding]) -> Iterator[tuple[str, str]]:
    """Yield code and rater of codings that were imported before."""
    for each in codings:
        user = here.by_guid.get(plain(each.by))
        yield here.code_names.get(plain(each.code), ""), user.name if user else here.raters[""]


def _carried_selection(here: _Here, selection: Selection, one: PlacedText) -> Carried:
    content = selection.model_dump(mode="json", exclude={"start", "end"})
    words = one.document.text[selection.start : selection.end]
    for most in (0, len(selection.name.rstrip("…"))):
        if selection.name and quoted_name(words, most) == selection.name:
            # The name is the words themselves: these are quoted anew, and not kept twice.
            content["name"] = ""
            content["quoted"] = most
            break
    if here.is_own(selection.guid):
        content["notes"] = [each for each in selection.notes if not here.is_own(each)]
    return Carried(
        guid=plain(selection.guid),
        kind=CarriedKind.SELECTION,
        document=one.document.slug,
        version=one.document.version,
        start=selection.start,
        end=selection.end,
        content=_small(content),
    )


class _NotePlaces:
    """What each note is about: document, passage and code."""

    def __init__(
        self, study: Study, project: Project, placed: Sequence[PlacedText], codes: CodesRead
    ) -> None:
        self._of: dict[str, tuple[str, str, str]] = {}
        self.passage: dict[str, str] = {}
        """Plain GUID of a selection → the first passage that it codes."""
        for code in project.codes:
            for guid in code.notes:
                self._put(guid, "", "", codes.ids[code.guid])
        for one in placed:
            slug = one.document.slug
            passages = study.store.passages.of(slug)
            for selection in one.selections:
                touched = passages_coded(selection.start, selection.end, passages)
                passage = touched[0].id if touched else ""
                self.passage[plain(selection.guid)] = passage
                for coding in selection.codings:
                    for guid in coding.notes:
                        self._put(guid, slug, passage, codes.ids.get(coding.code, THEME))
                for guid in selection.notes:
                    self._put(guid, slug, passage, "")
            for guid in one.source.notes:
                self._put(guid, slug, "", "")

    def _put(self, guid: str, document: str, passage: str, code: str) -> None:
        self._of.setdefault(plain(guid), (document, passage, "" if code.startswith(THEME) else code))

    def of(self, guid: str) -> tuple[str, str, str]:
        return self._of.get(plain(guid), ("", "", ""))


def _memos(here: _Here, placed: Sequence[PlacedText], places: _NotePlaces) -> list[Memo]:
    """Return memos for the notes and comments that are new."""
    present = here.study.store.memos.all()
    there = {each.memo for each in present}
    texts = {(each.document or "", each.passage or "", each.code or "", each.text) for each in present}
    found: list[Memo] = []

    def add(guid: str, text: str, where: tuple[str, str, str], by: str, at: str) -> None:
        if not text or guid in there or (*where, text) in texts:
            return
        document, passage, code = where
        found.append(
            Memo(
                id=guid,
                memo=guid,
                at=_moment(at),
                by=by,
                document=document or None,
                passage=passage or None,
                code=code or None,
                codebook_hash=here.study.codebook.hash,
                text=text,
            )
        )

    for note in here.project.notes:
        if here.is_own(note.guid) or note.name in (REASON, ATTRIBUTES) or structure_in(note) is not None:
            continue
        text = note.text.strip() or note.description.strip()
        by = here.rater(note.made.by) if note.made.by else ""
        add(plain(note.guid), text, places.of(note.guid), by, note.made.at)
    for one in placed:
        for each in one.selections:
            if each.description.strip() and not here.is_own(each.guid):
                guid = comment_memo(each.guid)
                where = (one.document.slug, places.passage[plain(each.guid)], "")
                by = here.rater(each.made.by) if each.made.by else ""
                add(guid, each.description.strip(), where, by, each.made.at)
    return found


def _things(
    here: _Here, placed: Sequence[PlacedText], codes: CodesRead, places: _NotePlaces
) -> Iterator[Carried]:
    """Yield what goes back with its own id, but for selections."""
    project = here.project

    def thing(kind: CarriedKind, record: Record, guid: str, name: str, document: str = "") -> Carried:
        content = _small(record.model_dump(mode="json"))
        return Carried(guid=plain(guid), kind=kind, name=name, document=document, content=content)

    def is_new(kind: CarriedKind, guid: str, name: str) -> bool:
        """A thing with a new id and a known name is the known one."""
        return not here.is_own(guid) and (plain(guid) in here.by_guid or (kind, name) not in here.names)

    coded = {each.by for one in placed for sel in one.selections for each in sel.codings}
    for user in project.users:
        rater = here.raters[user.guid]
        own = plain(user.guid) in here.ours
        if (
            (not own and is_new(CarriedKind.USER, user.guid, rater))
            or (own and plain(user.guid) in here.by_guid)
            or (own and user.guid in coded and _codes_anew(here, placed, user.guid))
        ):
            yield thing(CarriedKind.USER, user, user.guid, rater)
    for code in project.codes:
        name = codes.ids[code.guid]
        if is_new(CarriedKind.CODE, code.guid, name):
            made = thing(CarriedKind.CODE, code, code.guid, name)
            known = here.by_guid.get(made.guid)
            book = known.version if known is not None and known.name == name else here.study.codebook.hash
            yield made.model_copy(update={"version": book})
    for variable in project.variables:
        if is_new(CarriedKind.VARIABLE, variable.guid, variable.name):
            yield thing(CarriedKind.VARIABLE, variable, variable.guid, variable.name)
    slugs = {plain(each.source.guid): each.document.slug for each in placed}
    for case in project.cases:
        if is_new(CarriedKind.CASE, case.guid, case.name):
            about = {slugs[plain(each)] for each in case.sources if plain(each) in slugs}
            yield thing(CarriedKind.CASE, case, case.guid, case.name, about.pop() if len(about) == 1 else "")
    structures = {plain(each.guid) for each in project.notes if structure_in(each) is not None}
    for one in placed:
        slug = one.document.slug
        if is_new(CarriedKind.SOURCE, one.source.guid, slug):
            notes = tuple(each for each in one.source.notes if plain(each) not in structures)
            bare = one.source.model_copy(
                update={"text": None, "selections": (), "values": (), "notes": notes}
            )
            bare = bare.model_copy(update={"crlf": False, "bom": False})
            yield thing(CarriedKind.SOURCE, bare, one.source.guid, slug, slug)
    there = {
        (str(each.content.get("name", "")), str(each.content.get("text", "")))
        for each in here.held
        if each.kind is CarriedKind.NOTE
    }
    for note in project.notes:
        same = plain(note.guid) not in here.by_guid and note.text and (note.name, note.text) in there
        if not here.is_own(note.guid) and not same and structure_in(note) is None:
            yield thing(CarriedKind.NOTE, note, note.guid, plain(note.guid), places.of(note.guid)[0])
    for each in project.sets:
        if is_new(CarriedKind.SET, each.guid, each.name):
            yield thing(CarriedKind.SET, each, each.guid, each.name)
    if not project.origin:
        # A table of segments says nothing of a project.
        return
    own_project = (
        project.origin.startswith(ORIGIN)
        and not project.made.by
        and project.name == (here.study.settings.study.title)
    )
    if not own_project:
        head = project.model_dump(mode="json", include={"name", "description", "made", "note_refs"})
        guid = f"project:{project.name}"
        yield Carried(guid=guid, kind=CarriedKind.PROJECT, name=project.name, content=_small(head))


def _codes_anew(here: _Here, placed: Sequence[PlacedText], user: str) -> bool:
    """Return whether a user who is one of the study's people has codings that the study did not write."""
    return any(
        coding.by == user and not here.is_own(coding.guid)
        for one in placed
        for each in one.selections
        for coding in each.codings
    )


def _check_complete(wanted: ProjectOptions, raters: Collection[str]) -> None:
    """Raise UsageError for a coder who is not in the project."""
    names = set(raters)
    for coder in wanted.complete:
        if coder not in names:
            raise UsageError(
                f"{coder!r} is no coder of this project",
                hint=f"Its coders: {', '.join(sorted(names))}.",
            )


def _complete(here: _Here, wanted: ProjectOptions, slugs: Sequence[str]) -> dict[str, set[str]]:
    """Return rater → documents declared complete, in earlier imports and in this one."""
    found: dict[str, set[str]] = defaultdict(set)
    for each in here.held:
        if each.kind is CarriedKind.COMPLETE:
            found[each.name].add(each.document)
    for coder, documents in wanted.complete.items():
        strange = [each for each in documents if each not in (*slugs, _EVERY)]
        if strange:
            raise UsageError(
                f"{strange[0]!r} is no document of this project",
                hint=f"Its documents: {', '.join(slugs[:8])}. `{_EVERY}` means all.",
            )
        found[coder] |= set(slugs) if _EVERY in documents else set(documents)
    return found


_EMPTY: tuple[Any, ...] = ("", None, [], {})


def _small(content: Mapping[str, Any]) -> dict[str, Any]:
    """Return the content without what is empty, at every level."""
    made: dict[str, Any] = {}
    for key, value in content.items():
        if isinstance(value, dict):
            value = _small(value)
        elif isinstance(value, list | tuple):
            value = [_small(each) if isinstance(each, dict) else each for each in value]
        if value not in _EMPTY:
            made[key] = value
    return made


def _content(each: Carried) -> dict[str, Any]:
    return {key: value for key, value in each.content.items() if key != "quoted"}


def _moment(at: str) -> datetime:
    try:
        found = datetime.fromisoformat(at)
    except ValueError:
        return wiring.clock().now()
    return found if found.tzinfo else found.astimezone()


def _guids(project: Project) -> Iterator[str]:
    for group in (
        project.users, project.codes, project.variables, project.cases, project.sources, project.notes,
        project.sets,
    ):  # fmt: skip
        yield from (plain(each.guid) for each in group)
    for source in project.sources:
        yield from (plain(each.guid) for each in source.codings)
        for selection in source.selections:
            yield plain(selection.guid)
            yield from (plain(each.guid) for each in selection.codings)
