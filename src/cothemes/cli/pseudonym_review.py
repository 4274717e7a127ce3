"""Going through what was found, one original after the other. Works from a pipe as from a keyboard."""

from __future__ import annotations

import sys

from cothemes.app.privacy.deidentify import DeidentifyReport, EntryFound, deidentify, in_context, settle
from cothemes.app.study import Study
from cothemes.cli.console import say
from cothemes.records.privacy import Treatment
from cothemes.stages.deidentify.pseudonyms import bracketed

HELP = """\
y         yes, it is replaced (an empty line too)
n         no, it identifies nobody: left as it is, everywhere
a         always: replaced also where it may be an everyday word
c WORDS   another pseudonym, such as c NURSE_1; the same for two originals makes them one
o         show the original
k         skip it for now
q         quit; what was answered is kept"""


class PseudonymReview:
    """Asks about every original that no one has settled."""

    def __init__(self, study: Study, who: str, report: DeidentifyReport, *, originals: bool) -> None:
        self._study = study
        self._who = who
        self._report = report
        self._originals = originals
        self._settled = 0

    def run(self, documents: list[str]) -> None:
        """Until nothing is left, the user quits or the input ends; then the log follows."""
        waiting = [
            found
            for found in self._report.entries
            if not found.entry.settled
            and found.sights
            and (not documents or any(sight.document in documents for sight in found.sights))
        ]
        say(f"{len(waiting)} to look at, as {self._who}. Type ? for help, q to quit.")
        for number, found in enumerate(waiting, start=1):
            self._print(number, len(waiting), found)
            if not self._ask(found):
                break
        if self._settled:
            deidentify(self._study)
        say(f"{self._settled} settled; {len(waiting) - self._settled} left.")
        if self._settled == len(waiting):
            say("Next: read the texts, then cothemes deidentify --accept DOC…")

    def _print(self, number: int, count: int, found: EntryFound) -> None:
        left = sum(not sight.replaced for sight in found.sights)
        say(
            f"\n{number}/{count}  {found.entry.pseudonym}  found by {found.entry.rule}; "
            f"{len(found.sights)} places in {found.documents} documents"
            + (f", {left} of them left as everyday words" if left else "")
        )
        self._contexts(found, self._originals)

    def _contexts(self, found: EntryFound, originals: bool) -> None:
        for sight in found.sights[:3]:
            say(f"    {sight.document}: {in_context(sight, original=sight.original if originals else None)}")

    def _ask(self, found: EntryFound) -> bool:
        """One answer; False to quit."""
        while True:
            typed = self._typed()
            if typed is None or typed == "q":
                return False
            word, _, rest = typed.partition(" ")
            if word in ("y", "n", "a", "") and not rest:
                treatments = {"n": Treatment.LEAVE, "a": Treatment.ALWAYS}
                settle(self._study, found.entry, treatment=treatments.get(word, Treatment.REPLACE))
                self._settled += 1
                return True
            if word == "c" and (pseudonym := bracketed(rest)):
                settle(self._study, found.entry, pseudonym=pseudonym)
                self._settled += 1
                return True
            if word == "k":
                return True
            if word == "o":
                self._contexts(found, True)
            else:
                say(HELP if word == "?" else f"{typed!r} is no answer. Type ? for help.")

    def _typed(self) -> str | None:
        try:
            typed = input("> ").strip()
        except EOFError:
            return None
        if not sys.stdin.isatty():
            say(typed)
        return typed
