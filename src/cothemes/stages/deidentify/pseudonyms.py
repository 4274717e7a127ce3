"""What stands for what: the same original gets the same pseudonym over the whole study, for good."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from cothemes.records.privacy import Pseudonym, Treatment
from cothemes.stages.deidentify.finding import Finding
from cothemes.stages.deidentify.names import LISTED, Name

LONGEST = 60
_NUMBERED = re.compile(r"\[([A-Z][A-Z0-9]*)_(\d{1,9})\]")
_INSIDE = re.compile(r"[^\[\]\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]+")

Identity = tuple[str, str, str]


def bracketed(words: str) -> str | None:
    """A replacement that a person chose, in brackets; None for what cannot stand in a text."""
    inner = " ".join(words.strip().removeprefix("[").removesuffix("]").split())
    if not inner or len(inner) > LONGEST or not _INSIDE.fullmatch(inner):
        return None
    return f"[{inner}]"


class PseudonymMap:
    """The study's originals with their pseudonyms, growing."""

    def __init__(
        self, known: Iterable[Pseudonym], given: Iterable[str], texts: Iterable[str], ids: Callable[[], str]
    ) -> None:
        """`given`: all pseudonyms ever given out. Neither they nor what stands in `texts` are given anew."""
        self._by_identity = {(entry.kind, entry.key, entry.scope): entry for entry in known}
        self._ids = ids
        self._numbers: dict[str, int] = {}
        for text in (*(entry.pseudonym for entry in self._by_identity.values()), *given, *texts):
            if "[" in text:
                for kind, number in _NUMBERED.findall(text):
                    self._numbers[kind] = max(self._numbers.get(kind, 0), int(number))
        self.new: list[Pseudonym] = []
        self.altered: list[Pseudonym] = []
        """Known ones for which a list asked another replacement."""

    @property
    def entries(self) -> list[Pseudonym]:
        """All of them, those known first."""
        return list(self._by_identity.values())

    def of(self, finding: Finding) -> Pseudonym:
        """The pseudonym of what was found, a new one where it has none."""
        known = self._by_identity.get(finding.identity)
        if known is not None:
            return known
        return self._add(finding.identity, finding.original, finding.origin or finding.rule)

    def put(self, name: Name) -> Pseudonym:
        """The pseudonym of a listed name. What the list asks for holds for a known name too."""
        identity = (name.kind, name.key, name.lasting_scope)
        treatment = Treatment.LEAVE if name.leave else Treatment.REPLACE
        known = self._by_identity.get(identity)
        if known is None:
            return self._add(identity, name.text, name.rule, name.replacement, treatment)
        asked = {"pseudonym": name.replacement or known.pseudonym}
        if name.chosen and (asked["pseudonym"], treatment) != (known.pseudonym, known.treatment):
            known = known.model_copy(update={**asked, "treatment": treatment})
            self._by_identity[identity] = known
            self.altered.append(known)
        return known

    def _add(
        self,
        identity: Identity,
        original: str,
        rule: str,
        replacement: str = "",
        treatment: Treatment = Treatment.REPLACE,
    ) -> Pseudonym:
        kind, key, scope = identity
        if not replacement:
            self._numbers[kind] = self._numbers.get(kind, 0) + 1
            replacement = f"[{kind}_{self._numbers[kind]}]"
        entry = Pseudonym(
            id=self._ids(), pseudonym=replacement, kind=kind, rule=rule, key=key,
            # Line ends inside a name would break tables and prompts.
            original=" ".join(original.split()), scope=scope, treatment=treatment,
            settled=treatment is Treatment.LEAVE,
        )  # fmt: skip
        self._by_identity[identity] = entry
        self.new.append(entry)
        return entry


def put_listed(entries: PseudonymMap, names: Sequence[Name]) -> None:
    """Take a list's names into the map, also those that stand in no text yet."""
    for name in names:
        if name.rule == LISTED:
            entries.put(name)


def replaced(finding: Finding, entry: Pseudonym) -> bool:
    """Return whether what was found gives way to its pseudonym."""
    if entry.treatment is Treatment.LEAVE:
        return False
    return finding.sure or entry.treatment is Treatment.ALWAYS


def changed(entry: Pseudonym, **update: object) -> Pseudonym:
    """The entry as a person settled it."""
    return entry.model_copy(update={"settled": True, **update})
