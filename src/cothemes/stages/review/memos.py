"""A researcher's memos: changed as a further version, taken away as an empty one; nothing is lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cothemes.errors import UsageError
from cothemes.ports import Clock, Ids
from cothemes.records.memo import Memo, MemoKind

SHORT = 6
"""Characters of a short id: the end of the long one, whose beginning is the time."""


@dataclass(frozen=True)
class Kept:
    """A memo with all its versions, the oldest first."""

    versions: tuple[Memo, ...]

    @property
    def id(self) -> str:
        """The memo's own, whatever version stands."""
        return self.versions[0].memo

    @property
    def short(self) -> str:
        """Return what people type."""
        return self.id[-SHORT:]

    @property
    def last(self) -> Memo:
        """The version that stands."""
        return self.versions[-1]

    @property
    def gone(self) -> bool:
        """Return whether it was taken away, or its document forgotten."""
        return not self.last.text

    @property
    def summary(self) -> bool:
        """Return whether it sums up what a case says on a theme or code."""
        return self.last.kind is not MemoKind.NOTE

    @property
    def about(self) -> str:
        """`study`, `talk-1`, `talk-1.0004`, `A2`, `A2 on talk-1.0004`; `A2 in talk-1` of a summary."""
        place = self.last.passage or self.last.document
        if self.summary:
            return f"{self.last.theme or self.last.code} in {', '.join(self.last.documents)}"
        if self.last.code and place:
            return f"{self.last.code} on {place}"
        return self.last.code or place or "study"


def kept_memos(versions: Sequence[Memo]) -> list[Kept]:
    """The memos that versions make up, in the order of their first ones."""
    heaps: dict[str, list[Memo]] = {}
    for version in versions:
        heaps.setdefault(version.memo, []).append(version)
    return [Kept(tuple(heap)) for heap in heaps.values()]


def found_memo(memos: Sequence[Kept], word: str) -> Kept:
    """The memo whose id ends so. Raises UsageError where none or several do."""
    found = [memo for memo in memos if memo.id.endswith(word.strip().lower())] if word.strip() else []
    if len(found) == 1:
        return found[0]
    shown = found or list(memos)
    listed = ", ".join(memo.short if not found else memo.id for memo in shown[-8:])
    what = f"{word!r} fits {len(found)} memos" if found else f"there is no memo {word!r}"
    raise UsageError(what, hint=f"Memos: {listed}." if listed else "None is written yet: cothemes memo add")


class MemoWriter:
    """Makes versions. Holds no database."""

    def __init__(self, by: str, codebook_hash: str, clock: Clock, ids: Ids) -> None:
        self._by = by
        self._codebook_hash = codebook_hash
        self._clock = clock
        self._ids = ids

    def new(
        self,
        text: str,
        *,
        document: str | None = None,
        passage: str | None = None,
        code: str | None = None,
        theme: str | None = None,
        kind: MemoKind = MemoKind.NOTE,
        documents: Sequence[str] = (),
    ) -> Memo:
        """The first version. Raises UsageError for an empty text."""
        if not text.strip():
            raise UsageError("the memo is empty", hint="Write what you noticed.")
        name = self._ids.new()
        return Memo(
            id=name,
            memo=name,
            at=self._clock.now(),
            by=self._by,
            document=document,
            passage=passage,
            code=code,
            codebook_hash=self._codebook_hash,
            text=text.strip(),
            kind=kind,
            theme=theme,
            documents=tuple(documents),
        )

    def again(self, memo: Kept, text: str) -> Memo:
        """A further version, about the same; an empty text takes the memo away."""
        return memo.last.model_copy(
            update={
                "id": self._ids.new(),
                "at": self._clock.now(),
                "by": self._by,
                "codebook_hash": self._codebook_hash,
                "text": text.strip(),
            }
        )
