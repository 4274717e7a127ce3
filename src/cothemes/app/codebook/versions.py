"""Every version of the codebook that was used, and how people name one."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cothemes.app.coding_codebook import private_codes
from cothemes.app.hand_edits import EARLIER
from cothemes.app.ratings import decisions_of
from cothemes.app.study import Study, load_codebook
from cothemes.errors import StateConflict, UsageError
from cothemes.records.codebook import Codebook
from cothemes.records.record import Moment, Record
from cothemes.records.review import Action
from cothemes.records.revision import Revision
from cothemes.stages.review.reading_state import live

NOW = "now"
"""Name that people use for the present codebook.yaml."""
LEAST_DIGITS = 4


@dataclass(frozen=True)
class Version:
    """One version with what was done under it."""

    codebook: Codebook
    current: bool
    """True if it is codebook.yaml as it stands."""
    readings: int = 0
    """Passages that people finished under it."""
    runs: tuple[str, ...] = ()
    first: datetime | None = None
    last: datetime | None = None
    """Time of the last of its decisions, runs and notes."""
    decided: datetime | None = None
    """Time of its last decision by a person."""

    @property
    def name(self) -> str:
        """The label that people gave it, and enough of the hash."""
        return f"{self.codebook.version or self.codebook.id} ({self.codebook.hash[:8]})"


class NamedVersion(Record):
    """A version of the codebook."""

    hash: str
    version: str

    @classmethod
    def of(cls, codebook: Codebook) -> NamedVersion:
        """Return the name of a codebook's version."""
        return cls(hash=codebook.hash, version=codebook.version)


class VersionReport(Record):
    """One version of the codebook with what was done under it."""

    hash: str
    version: str
    codes: int
    current: bool
    """True if it is codebook.yaml as it is now."""
    readings: int
    """Passages that people finished under it."""
    runs: tuple[str, ...]
    first: Moment | None
    last: Moment | None
    """Times of its decisions, runs and notes."""


class CodebookLog(Record):
    """The versions in use, and what was said of the changes."""

    versions: tuple[VersionReport, ...]
    notes: tuple[Revision, ...]


def codebook_log(study: Study) -> CodebookLog:
    """Return the versions in the order in which they came into use, and the notes, the oldest first."""
    return CodebookLog(
        versions=tuple(
            VersionReport(
                hash=each.codebook.hash,
                version=each.codebook.version,
                codes=len(each.codebook.codes),
                current=each.current,
                readings=each.readings,
                runs=each.runs,
                first=each.first,
                last=each.last,
            )
            for each in versions(study)
        ),
        notes=tuple(study.store.revisions.all()),
    )


def versions(study: Study) -> list[Version]:
    """Return the versions in the order in which they came into use; one that is not in use yet is last."""
    seen: dict[str, list[datetime]] = defaultdict(list)
    decided: dict[str, datetime] = {}
    readings: dict[str, int] = defaultdict(int)
    runs: dict[str, list[str]] = defaultdict(list)
    made = decisions_of(study)
    books = {name: _kept(study, name) for name in study.store.codebooks.hashes()}
    public = _without_drafts(study, books)
    for name in public:
        books.pop(name)
    for decision in made:
        name = public.get(decision.codebook_hash, decision.codebook_hash)
        seen[name].append(decision.at)
        decided[name] = decision.at
    for decision in live(made):
        name = public.get(decision.codebook_hash, decision.codebook_hash)
        readings[name] += decision.action is Action.DONE
    for run in study.store.runs.all():
        seen[run.codebook_hash].append(run.started)
        runs[run.codebook_hash].append(run.id)
    for revision in study.store.revisions.all():
        if revision.old:
            seen[revision.old].append(revision.at)
        if revision.new:
            seen[revision.new].append(revision.at)
    books[study.codebook.hash] = study.codebook
    found = [
        Version(
            codebook=book,
            current=name == study.codebook.hash,
            readings=readings[name],
            runs=tuple(runs[name]),
            first=min(seen[name], default=None),
            last=max(seen[name], default=None),
            decided=decided.get(name),
        )
        for name, book in books.items()
    ]
    return sorted(found, key=lambda v: (v.first is None, v.first.timestamp() if v.first else 0, v.current))


def under(study: Study, codebook: Codebook) -> Study:
    """Return the study with another codebook: decisions and codings are read as of that version. It shares
    the study's records, so it is not closed by itself.
    """
    # Decisions are read under the ids that their codes have now, and so is the version.
    codebook = named_now(study, codebook)
    seen = Study(study.root)
    seen.__dict__.update(
        {"_codebook": (codebook, ()), "store": study.store, "settings": study.settings, EARLIER: True}
    )
    return seen


def named_now(study: Study, codebook: Codebook) -> Codebook:
    """Return a version with the ids that its codes have now, so that a renamed code is the same code."""
    return codebook.renamed(study.store.operations.names_in(codebook.hash))


def last_used(study: Study) -> Codebook:
    """The version under which people decided last, else the one that a coder read last.

    Raises StateConflict where nothing was done under any version.
    """
    made = study.store.reviews.decisions()
    used = {each.codebook_hash for each in made} & set(study.store.codebooks.hashes())
    books = {name: _kept(study, name) for name in used}
    public = _without_drafts(study, books)
    for name in (*(public.get(d.codebook_hash, d.codebook_hash) for d in reversed(made)), *_of_runs(study)):
        if name == study.codebook.hash:
            return study.codebook
        if name in books:
            return books[name]
        if study.store.codebooks.get(name) is not None:
            return _kept(study, name)
    raise StateConflict(
        "nothing was decided or proposed under this codebook yet, so there is no earlier version",
        where=str(study.codebook_path),
        hint="Edit it freely; or name a file to compare with: cothemes codebook diff OLD.yaml",
    )


def version_named(study: Study, name: str, *, files: bool = True) -> Codebook:
    """`now`, a file, the first digits of a hash, or a version label that only one version bears.

    `files`: False where the name comes over the network, so that no file of this machine is read. Raises
    UsageError with the list of versions, CodebookError for a file that is none.
    """
    if name == NOW:
        return study.codebook
    path = Path(name)
    if files and (path.suffix.lower() in (".yaml", ".yml") or path.is_file()):
        return load_codebook(path)[0]
    known = versions(study)
    by_hash = [v for v in known if len(name) >= LEAST_DIGITS and v.codebook.hash.startswith(name.lower())]
    named = [v for v in known if v.codebook.version == name]
    # Between two edits a label may stand on several; people mean the one that they worked with.
    found = by_hash or [v for v in named if v.readings or v.runs] or named
    if len(found) == 1:
        return found[0].codebook
    listed = ", ".join(v.name for v in known)
    what = f"{len(found)} versions are called {name!r}" if found else f"no version is called {name!r}"
    raise UsageError(what, hint=f"Versions: {listed}; or `{NOW}`{', or a file' if files else ''}.")


def _kept(study: Study, name: str) -> Codebook:
    content = study.store.codebooks.get(name)
    assert content is not None
    return Codebook.model_validate_json(content)


def _without_drafts(study: Study, books: dict[str, Codebook]) -> dict[str, str]:
    """Take private drafts out of these codebooks; return the hash of each that held some → its hash without
    them.
    """
    private = private_codes(study)
    public: dict[str, str] = {}
    for name, book in list(books.items()):
        codes = tuple(code for code in book.codes if code.id not in private)
        if len(codes) < len(book.codes):
            base = book.model_copy(update={"codes": codes})
            public[name] = base.hash
            books[name] = base
    for name, base_hash in public.items():
        books.setdefault(base_hash, books[name])
    return public


def _of_runs(study: Study) -> list[str]:
    return [run.codebook_hash for run in reversed(study.store.runs.all())]
