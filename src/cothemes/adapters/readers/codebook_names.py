"""The ids of a codebook: each given once, and every mention of one leading somewhere."""

from __future__ import annotations

import re

from cothemes.adapters.readers.yaml_page import Page, did_you_mean
from cothemes.records.codebook import NONE_CODE


class Names:
    """Ids as they are given and mentioned; `check` is called when the whole file is read."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._codes: dict[str, int] = {}
        self._themes: dict[str, int] = {}
        self._parents: dict[str, tuple[str, int]] = {}
        self._mentions: list[tuple[str, str, int, bool, bool]] = []

    def code(self, code_id: str, line: int) -> None:
        """A code's own id."""
        if code_id == NONE_CODE:
            self._page.error(
                f"the id `{NONE_CODE}` is reserved for passages without a code",
                line,
                "Give the code another id.",
            )
        elif code_id in self._codes:
            self._page.error(
                f"the code id `{code_id}` occurs twice, in lines {self._codes[code_id]} and {line}",
                line,
                "An id is for ever: give one of them a new one.",
            )
        elif re.search(r"[\s,=]", code_id):
            self._page.warning(
                f"the code id `{code_id}` holds a space, comma or equals sign",
                line,
                "It will need quotes on the command line, and cannot be part of a list there.",
            )
        self._codes.setdefault(code_id, line)

    def theme(self, theme_id: str, line: int) -> None:
        """A theme's own id."""
        self._themes[theme_id] = line

    def wants_theme(self, theme_id: str, what: str, line: int) -> None:
        """A code names its theme."""
        self._mentions.append((f"{what}: no theme", theme_id, line, False, True))

    def wants_parent(self, parent: str, own: str, line: int) -> None:
        """A code names the code above it."""
        self._mentions.append((f"code {own}: no parent code", parent, line, True, False))
        self._parents.setdefault(own, (parent, line))

    def wants_near_miss(self, code_id: str, own: str, line: int) -> None:
        """A near-miss names the code it belongs to."""
        self._mentions.append((f"code {own}: a near-miss names no code", code_id, line, True, False))
        if code_id == own:
            self._page.warning(
                f"code {own}: a near-miss names the code itself",
                line,
                f"Name the code it belongs to instead, or `{NONE_CODE}`.",
            )

    def wants_either(self, name: str, what: str, line: int) -> None:
        """An attribute names a code or a theme."""
        self._mentions.append((f"{what}: applies_to names no code or theme", name, line, True, True))

    def as_list(self, words: str) -> str:
        """Return how to say by ids what an author said in words."""
        known = [*self._themes, *self._codes]
        meant = [word for word in re.findall(r"[\w-]+", words) if word in known]
        if not meant and "all" in words.lower().split():
            meant = list(self._themes or self._codes)
        example = ", ".join(meant or known[:2])
        told = f"Use a list of the ids of codes or themes: `applies_to: [{example}]`."
        if "document" in words.lower():
            told += " What belongs to whole documents goes in their metadata table."
        return told

    def check(self) -> None:
        """Notes mentions of what is not there, and parents that lead in a circle."""
        for message, name, line, codes, themes in self._mentions:
            known = [*(self._codes if codes else ()), *(self._themes if themes else ())]
            if name not in known:
                self._page.error(f"{message} `{name}`", line, did_you_mean(name, known))
        for theme_id, line in self._themes.items():
            if theme_id in self._codes:
                self._page.warning(
                    f"`{theme_id}` is the id of a theme and of a code (line {self._codes[theme_id]})",
                    line,
                    "An attribute that applies to it applies to both.",
                )
        self._check_circles()

    def _check_circles(self) -> None:
        settled: set[str] = set()
        for start in self._parents:
            way: dict[str, None] = {}
            code_id = start
            while code_id in self._parents and code_id not in settled:
                if code_id in way:
                    circle = " → ".join([*way, code_id][list(way).index(code_id) :])
                    self._page.error(f"parents lead in a circle: {circle}", self._parents[code_id][1])
                    break
                way[code_id] = None
                code_id = self._parents[code_id][0]
            settled |= set(way)
