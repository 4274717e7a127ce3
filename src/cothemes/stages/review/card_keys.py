"""Keys of a card in the browser: its acts, the keys that each has by default, and a person's own keys.

A key is written as one character (`a`, `?`), as the name of a key that makes none (`Enter`, `Space`), or as
`Alt+` and one of these. Capital letters are the same keys as small ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cothemes.errors import UsageError

Keys = Mapping[str, tuple[str, ...]]
"""Id of an act → its keys; an act without keys has an empty tuple."""

NAMED = (
    "Enter", "Space", "Backspace", "Delete", "Insert", "Home", "End", "PageUp", "PageDown",
    "ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight",
)  # fmt: skip
"""Keys that make no character."""
ROWS = "123456789"
"""Characters that turn the rows of a card on and off."""
ALT = "Alt+"
_RESERVED_NAMES = frozenset({"escape", "esc", "tab"})
_BROWSERS = frozenset(
    {*(f"{ALT}{each}" for each in "def0123456789"), *(f"{ALT}{each}" for each in NAMED)}
    - {f"{ALT}Insert", f"{ALT}PageUp", f"{ALT}PageDown"}
)
"""Combinations that browsers use themselves: menus, the address, going back."""
_BROWSERS_BEGIN = ("ctrl+", "control+", "strg+", "cmd+", "command+", "meta+")
"""Beginnings of combinations that are the browser's."""
MOST_KEYS = 3
"""Keys of one act."""


@dataclass(frozen=True)
class KeyedAct:
    """An act on a card that has keys."""

    id: str
    words: str
    keys: tuple[str, ...]
    """Keys by default."""


ACTS = (
    KeyedAct("accept", "Accept the code under the cursor", ("a",)),
    KeyedAct("reject", "Reject the code under the cursor", ("x",)),
    KeyedAct("up", "Cursor up", ("ArrowUp",)),
    KeyedAct("down", "Cursor down", ("ArrowDown",)),
    KeyedAct("mark", "Mark the chosen words for the code under the cursor", ("e",)),
    KeyedAct("find", "Find a code", ("c", "/")),
    KeyedAct("finish", "Done; in adjudication: the next passage", ("Enter",)),
    KeyedAct("none", "No code applies", ("0",)),
    KeyedAct("skip", "Skip", ("Space",)),
    KeyedAct("undo", "Undo", ("u", "Backspace")),
    KeyedAct("like", "As the passage before", ("=",)),
    KeyedAct("flag", "Flag, or take the flag back", ("f",)),
    KeyedAct("note", "Write a note", ("n",)),
    KeyedAct("memo", "Write a memo", ("m",)),
    KeyedAct("transcript", "Open or close the transcript", ("t",)),
    KeyedAct("help", "Show the keys", ("?",)),
)
DEFAULT: Keys = {each.id: each.keys for each in ACTS}


def key_named(typed: str) -> str:
    """Return a key in the way in which keys are stored. Raises UsageError for one that cannot be used."""
    given = typed.strip()
    alt = given.lower().startswith(ALT.lower()) and len(given) > len(ALT)
    base = given[len(ALT) :] if alt else given
    if base.lower() in _RESERVED_NAMES or (base in ROWS and len(base) == 1 and not alt):
        raise UsageError(
            f"{given} is reserved", hint="1 to 9 turn rows on and off, Escape and Tab leave a field."
        )
    if given.lower().startswith(_BROWSERS_BEGIN):
        raise UsageError(f"{given} is reserved: the browser uses it", hint="Choose another key.")
    names = {each.lower(): each for each in NAMED}
    found = base.lower() if len(base) == 1 and base.isprintable() else names.get(base.lower(), "")
    if not found:
        raise UsageError(
            f"{given} is not a key",
            hint=f"Write one character, {', '.join(NAMED[:3])}, an arrow such as ArrowLeft, or Alt+k.",
        )
    key = f"{ALT}{found}" if alt else found
    if key in _BROWSERS:
        raise UsageError(f"{key} is reserved: the browser uses it", hint="Choose another key.")
    return key


def read_keys(typed: Mapping[str, str]) -> tuple[Keys, dict[str, str]]:
    """Return what was typed for each act as keys, and act → what is wrong with it.

    Several keys of an act have spaces between them; an act that was not named keeps its default keys.
    """
    found: dict[str, tuple[str, ...]] = {}
    wrong: dict[str, str] = {}
    words = {each.id: each.words for each in ACTS}
    owner: dict[str, str] = {}
    for each in ACTS:
        keys: list[str] = []
        try:
            given = typed[each.id].split() if each.id in typed else list(each.keys)
            if len(given) > MOST_KEYS:
                raise UsageError("too many keys", hint=f"An act has up to {MOST_KEYS} keys.")
            keys = list(dict.fromkeys(map(key_named, given)))
            taken = next((key for key in keys if key in owner), None)
            if taken is not None:
                raise UsageError(f"{taken} is the key of “{words[owner[taken]]}”", hint="Choose another key.")
        except UsageError as error:
            wrong[each.id] = f"{error.message}. {error.hint}"
        owner.update(dict.fromkeys(keys, each.id))
        found[each.id] = tuple(keys)
    return found, wrong


def with_own(own: Keys) -> Keys:
    """Return the keys of every act: a person's own, else the default ones that are still free."""
    taken = {key for act, keys in own.items() if act in DEFAULT for key in keys}
    return {
        each.id: tuple(own[each.id])
        if each.id in own
        else tuple(key for key in each.keys if key not in taken)
        for each in ACTS
    }


def changed(keys: Keys) -> Keys:
    """Return the acts whose keys are not the default ones."""
    return {act: tuple(found) for act, found in keys.items() if tuple(found) != DEFAULT[act]}
