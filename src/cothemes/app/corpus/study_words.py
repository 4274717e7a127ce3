"""The study's own dictionary: words that tell a slip of typing from another word.

Each text is read for it once, however many files are corrected in one go.
"""

from __future__ import annotations

from collections import Counter
from weakref import WeakKeyDictionary

from cothemes.app.study import Study
from cothemes.stages.revise.words import LEAST, words_of

_KNOWN: WeakKeyDictionary[Study, _Texts] = WeakKeyDictionary()


class _Texts:
    """The words of each present text, and how many texts hold each word."""

    def __init__(self) -> None:
        self.held: dict[str, tuple[str, frozenset[str]]] = {}
        """Document → version and words of its text."""
        self.counts: Counter[str] = Counter()

    def put(self, slug: str, version: str, words: frozenset[str]) -> None:
        self.counts.subtract(self.held.get(slug, ("", frozenset()))[1])
        self.counts.update(words)
        self.held[slug] = (version, words)


def other_words(study: Study, slug: str) -> frozenset[str]:
    """Return the words that at least two of the study's other documents use."""
    known = _KNOWN.setdefault(study, _Texts())
    now = {head.slug: head.version for head in study.store.documents.heads()}
    for name, version in now.items():
        if known.held.get(name, ("",))[0] != version:
            document = study.store.documents.get(name)
            known.put(name, version, words_of(document.text).held if document else frozenset())
    for name in known.held.keys() - now.keys():
        known.put(name, "", frozenset())
    own = known.held[slug][1] if slug in known.held else frozenset[str]()
    return frozenset(word for word, count in known.counts.items() if count - (word in own) >= LEAST)
