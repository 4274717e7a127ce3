"""What changed from one version of a codebook to another, field by field."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from cothemes.records.codebook import Code, Codebook, NearMiss
from cothemes.stages.codebook_change.words import Stretch, compared, likeness

RULES = ("include_when", "exclude_when")
PASSAGES = ("examples", "near_misses")
ALIKE = 0.5
"""Share of words in common from which two entries of a list are one entry, reworded."""
RENAMED = 0.8
"""Share of shared words from which a removed code and an added one count as the same code renamed."""


@dataclass(frozen=True)
class TextChange:
    """One text of the codebook."""

    field: str
    old: str | None
    """None: it was not there."""
    new: str | None
    """None: it is gone."""

    @property
    def words(self) -> tuple[Stretch, ...]:
        """Word by word."""
        return compared(self.old or "", self.new or "")


@dataclass(frozen=True)
class CodeChange:
    """One code that stands in both versions, otherwise."""

    old: Code
    new: Code
    texts: tuple[TextChange, ...]
    respaced: tuple[str, ...]
    """Fields with the same words in another order or spacing."""

    @property
    def id(self) -> str:
        """The code's permanent id."""
        return self.new.id

    @property
    def kinds(self) -> tuple[str, ...]:
        """Return what sort of change it is, in words of the field."""
        fields = {change.field for change in self.texts}
        named = (
            ("relabelled", fields & {"label"}),
            ("definition changed", fields & {"definition", "brief"}),
            ("rules changed", fields & set(RULES)),
            ("examples changed", fields & set(PASSAGES)),
            ("moved", fields & {"theme", "parent"}),
            ("spacing or order only", not fields),
        )
        return tuple(name for name, holds in named if holds)


@dataclass(frozen=True)
class Difference:
    """Two versions of a codebook."""

    old: Codebook
    new: Codebook
    added: tuple[Code, ...]
    removed: tuple[Code, ...]
    changed: tuple[CodeChange, ...]
    renamed: tuple[tuple[str, str], ...]
    """Ids of a code that went and one that came with nearly the same words."""
    around: tuple[TextChange, ...]
    """Changes in what a coder reads beside the codes: themes, attributes, rules, questions, probes, order."""

    @property
    def same(self) -> bool:
        """Return whether a coder reads the same."""
        return self.old.hash == self.new.hash


def difference(old: Codebook, new: Codebook) -> Difference:
    """Return the difference from `old` to `new`. A code's id is permanent, so the same id is the same
    code.
    """
    added = tuple(code for code in new.codes if code.id not in old.by_id)
    removed = tuple(code for code in old.codes if code.id not in new.by_id)
    changed = tuple(
        _code_change(old.by_id[code.id], code)
        for code in new.codes
        if code.id in old.by_id
        and old.by_id[code.id].text_hash != code.text_hash
        # A renamed code keeps the hash of its text, which has the earlier id in it.
        and old.by_id[code.id].model_dump() != code.model_dump()
    )
    return Difference(old, new, added, removed, changed, _renamed(removed, added), _around(old, new))


def _code_change(old: Code, new: Code) -> CodeChange:
    texts: list[TextChange] = []
    respaced: list[str] = []
    for field in ("label", "theme", "parent", "brief", "definition"):
        before, after = getattr(old, field) or None, getattr(new, field) or None
        if (before or "").split() != (after or "").split():
            texts.append(TextChange(field, before, after))
        elif before != after:
            respaced.append(field)
    for field in (*RULES, *PASSAGES):
        before, after = _entries(old, field), _entries(new, field)
        found = _list_changes(field, before, after)
        texts += found
        if not found and getattr(old, field) != getattr(new, field):
            respaced.append(field)
    return CodeChange(old, new, tuple(texts), tuple(respaced))


def _entries(code: Code, field: str) -> list[str]:
    if field in RULES:
        return list(getattr(code, field))
    found = []
    for entry in getattr(code, field):
        belongs = f" → {entry.code}" if isinstance(entry, NearMiss) else ""
        found.append(f"{entry.text}{belongs}" + ("" if entry.kind == "illustrative" else f" [{entry.kind}]"))
    return found


def _list_changes(field: str, old: Sequence[str], new: Sequence[str]) -> list[TextChange]:
    """Entries that went, came or were reworded; entries that only changed places are no change of text."""
    before, after = [" ".join(text.split()) for text in old], [" ".join(text.split()) for text in new]
    gone = _without(before, after)
    came = _without(after, before)
    pairs = sorted(
        (
            (-likeness(a, b), i, j)
            for i, a in enumerate(gone)
            for j, b in enumerate(came)
            if likeness(a, b) >= ALIKE
        ),
    )
    partner: dict[int, int] = {}
    for _, i, j in pairs:
        if i not in partner and j not in partner.values():
            partner[i] = j
    changes = [
        TextChange(field, text, came[partner[i]] if i in partner else None) for i, text in enumerate(gone)
    ]
    return changes + [
        TextChange(field, None, text) for j, text in enumerate(came) if j not in partner.values()
    ]


def _without(texts: Sequence[str], others: Sequence[str]) -> list[str]:
    left = list(others)
    found = []
    for text in texts:
        if text in left:
            left.remove(text)
        else:
            found.append(text)
    return found


def _renamed(removed: Sequence[Code], added: Sequence[Code]) -> tuple[tuple[str, str], ...]:
    found = []
    for gone in removed:
        for came in added:
            alike = SequenceMatcher(
                None, f"{gone.label} {gone.definition}".split(), f"{came.label} {came.definition}".split()
            )
            if alike.ratio() >= RENAMED:
                found.append((gone.id, came.id))
    return tuple(found)


def _around(old: Codebook, new: Codebook) -> tuple[TextChange, ...]:
    before, after = _surroundings(old), _surroundings(new)
    changes = [
        TextChange(name, before.get(name), after.get(name))
        for name in dict.fromkeys((*before, *after))
        if (before.get(name) or "").split() != (after.get(name) or "").split()
    ]
    changes += _list_changes("general rule", old.general_rules, new.general_rules)
    shared = [code.id for code in new.codes if code.id in old.by_id]
    ordered = [code.id for code in old.codes if code.id in new.by_id]
    if shared != ordered:
        changes.append(TextChange("order of codes", " ".join(ordered), " ".join(shared)))
    return tuple(changes)


def _surroundings(book: Codebook) -> dict[str, str]:
    found = {"id": book.id, "title": book.title}
    found |= {f"research question {name}": text for name, text in book.research_questions.items()}
    for theme in book.themes:
        served = f" (serves {', '.join(theme.rq)})" if theme.rq else ""
        found[f"theme {theme.id}"] = f"{theme.label}{served}"
    for attribute in book.attributes:
        several = "; several values" if attribute.many else ""
        found[f"attribute {attribute.name}"] = (
            f"{attribute.definition} Values: {', '.join(attribute.values)}{several}. "
            f"On: {', '.join(attribute.applies_to)}."
        ).strip()
    return found | {f"lexical probe {name}": pattern for name, pattern in book.lexical_probes.items()}
