"""Names behind labels: keys, front matter and metadata brought together."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from cothemes.records.document import Role
from cothemes.stages.ingest.keys import Entry, fits_initials, name_words
from cothemes.stages.ingest.words import role_of_label, role_of_word


class Voice(NamedTuple):
    """The speaker that a label stands for."""

    name: str
    role: Role


class Cast:
    """Everyone the source names outside the talk, and what it says of them."""

    def __init__(self, key: list[Entry], front: Mapping[str, Any], metadata: Mapping[str, str]) -> None:
        self._named: dict[str, set[str]] = {}
        self._found: dict[str, str | None] = {}
        self._voices: dict[str, Voice] = {}
        self._roles: dict[str, Role] = {}
        self._strong: dict[str, Role] = {}
        self._hosts = names_in(front.get("hosts")) + names_in(front.get("host"))
        self._speakers = () if isinstance(front.get("speakers"), Mapping) else names_in(front.get("speakers"))
        self.explicit = bool(key)
        """True if the source holds a key."""
        for entry in key:
            self._named.setdefault(entry.label.casefold(), set()).add(entry.name)
            if entry.role is not None:
                self._roles[entry.name.casefold()] = entry.role
        people = (*(entry.name for entry in key), *self._hosts, *self._speakers)
        self._people = _distinct(people)
        self._keyed = {entry.name.casefold() for entry in key}
        self._read_mapping(front.get("speakers"))
        for column, role in (("interviewer", Role.INTERVIEWER), ("participant_speaker", Role.PARTICIPANT)):
            for label in metadata.get(column, "").replace(",", ";").split(";"):
                if label.strip():
                    self._strong[label.strip().casefold()] = role

    @property
    def people(self) -> tuple[str, ...]:
        """All full names, each once."""
        return self._people

    def _read_mapping(self, speakers: Any) -> None:
        if not isinstance(speakers, Mapping):
            return
        self.explicit = True
        for label, value in speakers.items():
            said = str(value)
            role = role_of_word(said)
            self._named.setdefault(str(label).casefold(), set()).add(str(label) if role else said)
            if role:
                self._strong[str(label).casefold()] = role

    def knows(self, label: str) -> bool:
        """Return whether the label is in a key or is someone's name, first name or initials."""
        return label.casefold() in self._named or self.name_of(label) is not None

    def in_key(self, label: str) -> bool:
        """Return whether a key lists the label itself."""
        return label.casefold() in self._named

    def name_of(self, label: str) -> str | None:
        """The full name; None where none fits, or more than one."""
        if label not in self._found:
            self._found[label] = self._name_of(label)
        return self._found[label]

    def _name_of(self, label: str) -> str | None:
        plain = label.casefold()
        if plain in self._named:
            names = self._named[plain]
            return next(iter(names)) if len(names) == 1 else None
        tests: tuple[Callable[[str], bool], ...] = (
            lambda name: name.casefold() == plain or _same(name, label),
            lambda name: (name_words(name) or [name])[0].casefold() == plain,
            lambda name: len(label) > 1 and label.isupper() and fits_initials(label, name),
        )
        for fits in tests:
            found = [name for name in self._people if fits(name)]
            if found:
                return found[0] if len(found) == 1 else None
        return None

    def voice(self, label: str) -> Voice:
        """Name and role by what the source and the metadata say; the role is unknown where nothing does.

        A label that a key gives to two people stays as it is, with the role they share if they share one.
        """
        if label not in self._voices:
            self._voices[label] = self._voice(label)
        return self._voices[label]

    def _voice(self, label: str) -> Voice:
        names = self._named.get(label.casefold(), set())
        if len(names) > 1:
            shared = {self._role(name, name) for name in names}
            return Voice(label, shared.pop() if len(shared) == 1 else Role.UNKNOWN)
        name = self.name_of(label) or label
        return Voice(name, self._role(label, name))

    def _role(self, label: str, name: str) -> Role:
        for said in (label.casefold(), name.casefold()):
            if said in self._strong:
                return self._strong[said]
        if (role := self._roles.get(name.casefold())) is not None:
            return role
        if any(_same(name, host) for host in self._hosts):
            return Role.INTERVIEWER
        if any(_same(name, speaker) for speaker in self._speakers):
            return Role.PARTICIPANT
        # Beside a key, a single letter outside it (Q for questions from the floor) may be anyone.
        if label.casefold() not in self._named and (len(label) > 1 or not self.explicit):
            word = role_of_label(label)
            if word is not None:
                return word
        if name.casefold() in self._keyed and self._marks_interviewer():
            return Role.PARTICIPANT
        return Role.UNKNOWN

    def _marks_interviewer(self) -> bool:
        roles = (*self._roles.values(), *self._strong.values())
        return Role.INTERVIEWER in roles or any(
            _same(host, name) for host in self._hosts for name in self._keyed
        )


def _same(one: str, other: str) -> bool:
    """Return whether two names differ in titles only."""
    words = [word.casefold() for word in name_words(one)]
    return bool(words) and words == [word.casefold() for word in name_words(other)]


def label_is_spoken(label: str, speakers: Iterable[str], text: str) -> bool:
    """Return whether a name is one of the speakers, or a label that opens a line of the text."""
    plain = label.casefold()
    if any(name.casefold() == plain or _same(name, label) for name in speakers):
        return True
    return re.search(rf"^\W*{re.escape(label)}\b", text, re.I | re.M) is not None


def _distinct(names: Iterable[str]) -> tuple[str, ...]:
    """Each person once, as first written: the key before the front matter."""
    found: list[str] = []
    for name in names:
        if name and not any(name == known or _same(name, known) for known in found):
            found.append(name)
    return tuple(found)


def names_in(value: Any) -> tuple[str, ...]:
    """Names of a front-matter value: a list, or a text with commas or semicolons; curly quotes dropped."""
    if isinstance(value, str):
        value = value.replace(";", ",").split(",")
    if not isinstance(value, list | tuple):
        return ()
    return tuple(name for item in value if (name := str(item).strip(" \"'“”")))
