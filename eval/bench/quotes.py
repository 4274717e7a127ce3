"""Quotes made by rule from real passages, true ones and ones that mislead, held against their source.

The rules that change a sentence are written apart from those that judge quotes, with lists of words of their
own, so that a gap in one is seen by the other. Beside the grounding: plain substring search in the passage,
and rapidfuzz's partial_ratio of 90 and more. Nothing of the texts is kept.
"""

from __future__ import annotations

import random
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from rapidfuzz.fuzz import partial_ratio

from cothemes.adapters.readers.registry import reader_for
from cothemes.records.document import Document
from cothemes.records.passage import Passage
from cothemes.sample import sample_folder
from cothemes.settings import SegmentSettings
from cothemes.stages.ingest.document import document_from
from cothemes.stages.propose.grounding import Target
from cothemes.stages.propose.model.context import Context, context_of
from cothemes.stages.segment.passages import segment
from eval.bench.figure import Figure
from eval.bench.study import TRANSCRIPTS

SEED = 20261129
EACH = 60
"""Quotes of each kind and corpus, where the texts give so many."""
LIKE = 90.0


class Truth(StrEnum):
    """What should become of a kind of quote."""

    TRUE = "true"
    """Accepted."""
    TURNED = "turned"
    """Says another thing than the source: never accepted."""
    ABSENT = "absent"
    """Not the passage's words: never accepted."""


@dataclass(frozen=True)
class Case:
    """A quote as a model might give it."""

    kind: str
    truth: Truth
    quote: str
    passage: Passage
    document: Document
    target: Target


@dataclass(frozen=True)
class Place:
    """A passage, ready to be quoted."""

    document: Document
    passage: Passage
    context: Context
    target: Target

    def sentences(self) -> list[str]:
        """Its sentences on one line each, those that can be quoted."""
        said = [" ".join(self.passage.sentence_text(s).split()) for s in self.passage.sentences]
        return [text for text in said if 6 <= len(text.split()) <= 60]


_NEGATION = re.compile(
    r"\b(?:not|never|no longer|no|nobody|nothing|none|neither|nor|without|hardly|cannot)\b|n['’]t\b", re.I
)
_FIGURE = re.compile(
    r"\d+(?:[.,]\d+)*|\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|"
    r"forty|fifty|hundred|thousand|million)\b", re.I
)  # fmt: skip
_AMOUNT = re.compile(
    _FIGURE.pattern
    + r"|\b(?:hundreds|thousands|millions|one|first|second|half|quarter|once|twice|zero|per ?cent|"
    r"\w+teen|(?:thir|four|fif|six|seven|eigh|nin|ten)th|third|pounds?|dozen|(?:mon|tues|wednes|thurs|fri|satur|sun)day|"
    r"january|february|march|april|june|july|august|september|october|november|december)\b|[£%]",
    re.I,
)
_AUXILIARY = re.compile(
    r"\b(?:is|are|was|were|do|does|did|have|has|had|can|could|will|would|should|must|may)\b"
)
_IMPLICIT = re.compile(
    r"\b(?:fail\w*|refus\w+|den(?:y|ied|ies)|lack\w*|unable|unless|except|instead|rather|few|little|stop\w*|"
    r"prevent\w*|avoid\w*|against|wrong|doubt\w*|un\w+|rarely|seldom|barely|scarcely|impossible|reject\w*)\b",
    re.I,
)
_INSTEAD = {
    "two": "three", "three": "four", "four": "five", "five": "six", "six": "seven", "seven": "eight",
    "eight": "nine", "nine": "ten", "ten": "twelve", "eleven": "twelve", "twelve": "ten",
    "fifteen": "sixteen", "twenty": "thirty", "thirty": "forty", "forty": "fifty", "fifty": "sixty",
    "hundred": "thousand", "thousand": "hundred", "million": "billion",
}  # fmt: skip
_SYNONYMS = {
    "people": "folk", "think": "believe", "because": "since", "big": "large", "work": "labour",
    "started": "began", "help": "assist", "need": "require", "get": "obtain", "really": "truly",
    "important": "crucial", "different": "various", "want": "wish", "lot": "deal", "kind": "sort",
    "also": "too", "make": "create", "use": "employ", "family": "household", "children": "kids",
    "about": "concerning", "good": "fine", "time": "period", "things": "matters", "support": "backing",
    "services": "provision", "health": "wellbeing", "local": "area", "community": "neighbourhood",
}  # fmt: skip
_LIKE = {"’": "'’", "'": "'’", "“": '"“', "”": '"”', '"': '"“', "—": "—–-", "–": "—–-"}


def places_of(documents: Iterable[Document]) -> list[Place]:
    """Every passage of some documents that has sentences to quote."""
    found = []
    for document in documents:
        for passage in segment(document, SegmentSettings(), 1):
            context = context_of(document, passage)
            found.append(
                Place(document, passage, context, Target(document.text, passage, context.neighbours))
            )
    return [place for place in found if place.sentences()]


def sample_places() -> list[Place]:
    """The sample study's."""
    with sample_folder() as sample:
        files = sorted([*(sample / "interviews").iterdir(), *(sample / "policies").iterdir()])
        return places_of(_read(files))


def folder_places(folder: Path, most: int, seed: int = SEED) -> list[Place]:
    """Those of some transcripts of a folder, drawn with a seed."""
    files = sorted(path for path in folder.rglob("*") if path.suffix in (".md", ".txt"))
    return places_of(_read(random.Random(seed).sample(files, min(most, len(files)))))


def _read(files: Iterable[Path]) -> list[Document]:
    return [document_from(source) for path in files for source in reader_for(path).read(path)]


def cases(places: Sequence[Place], each: int = EACH, seed: int = SEED) -> list[Case]:
    """Up to `each` quotes of every kind, the same for the same places and seed."""
    made = []
    for kind, (truth, rule) in KINDS.items():
        chance = random.Random(f"{seed}:{kind}")
        count = 0
        for place in chance.sample(places, len(places)) + chance.sample(places, len(places)):
            if count == each:
                break
            quote = rule(place, chance, places)
            if quote and (truth is Truth.TRUE or quote not in _elsewhere(place, quote)):
                made.append(Case(kind, truth, quote, place.passage, place.document, place.target))
                count += 1
    return made


def _elsewhere(place: Place, quote: str) -> str:
    """The passage, but for the first place of the quote: what stands there as well is no cut."""
    return " ".join(place.passage.text.split()).replace(quote, "", 1)


Rule = Callable[[Place, random.Random, Sequence[Place]], str | None]


def _sentence(place: Place, chance: random.Random, fits: re.Pattern[str] | None = None) -> str:
    fitting = [text for text in place.sentences() if fits is None or fits.search(text)]
    return chance.choice(fitting) if fitting else ""


def _whole(place: Place, chance: random.Random, _: Sequence[Place]) -> str | None:
    text = _sentence(place, chance)
    return "".join(chance.choice(_LIKE.get(character, character)) for character in text)


def _several(place: Place, chance: random.Random, _: Sequence[Place]) -> str | None:
    start = chance.randrange(max(len(place.passage.sentences) - 1, 1))
    stretch = place.passage.sentences[start : start + 2]
    text = place.document.text[stretch[0].start : stretch[-1].end]
    # A line between two sentences may be another speaker's.
    return None if "\n" in text or len(text.split()) < 6 else text


def _clause(place: Place, chance: random.Random, _: Sequence[Place]) -> str | None:
    """From one comma to another, or to an end."""
    parts = re.split(r"(?<=[,;:]) ", _sentence(place, chance))
    first = chance.randrange(len(parts))
    text = " ".join(parts[first : chance.randint(first + 1, len(parts))]).rstrip(",;:")
    return text if len(text.split()) >= 4 else None


def _slipped(place: Place, chance: random.Random, _: Sequence[Place]) -> str | None:
    """A letter doubled or two exchanged within a long word, a comma lost, the first letter in lower case."""
    words = _sentence(place, chance).split()
    long = [k for k, word in enumerate(words) if re.fullmatch(r"[a-z]{8,}", word)]
    if len(words) < 12 or not long or any(p.search(words[long[0]]) for p in (_IMPLICIT, _AMOUNT)):
        return None
    word = words[long[0]]
    at = chance.randrange(2, len(word) - 3)
    words[long[0]] = word[:at] + word[at] + word[at:] if chance.random() < 0.5 else (
        word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    )  # fmt: skip
    text = " ".join(words).replace(", ", " ", 1)
    return text[0].lower() + text[1:]


def _abridged(place: Place, chance: random.Random, _: Sequence[Place]) -> str | None:
    words = _sentence(place, chance).split()
    if len(words) < 14:
        return None
    first = chance.randint(4, len(words) - 8)
    gap = words[first : first + chance.randint(1, 5)]
    left = " ".join(gap)
    if _NEGATION.search(left) or _AMOUNT.search(left) or _IMPLICIT.search(left):
        return None
    return " ".join([*words[:first], _mark(chance), *words[first + len(gap) :]])


def _mark(chance: random.Random) -> str:
    return chance.choice(["…", "...", "[...]", "[…]", "(…)", ". . ."])


def _negation_dropped(place: Place, chance: random.Random, _: Sequence[Place]) -> str | None:
    text = _sentence(place, chance, _NEGATION)
    found = list(_NEGATION.finditer(text))
    if not found:
        return None
    cut = chance.choice(found)
    return " ".join((text[: cut.start()] + text[cut.end() :]).split())


def _negation_inserted(place: Place, chance: random.Random, _: Sequence[Place]) -> str | None:
    text = _sentence(place, chance, _AUXILIARY)
    found = list(_AUXILIARY.finditer(text))
    if not found:
        return None
    at = chance.choice(found).end()
    if text[at : at + 1] in ("'", "’"):
        return None
    return text[:at] + chance.choice([" not", " never", "n't", " no longer", " hardly"]) + text[at:]


def _figure_changed(place: Place, chance: random.Random, _: Sequence[Place]) -> str | None:
    text = _sentence(place, chance, _FIGURE)
    found = list(_FIGURE.finditer(text))
    if not found:
        return None
    cut = chance.choice(found)
    old = cut.group()
    new = _INSTEAD.get(old.lower()) or old[:-1] + str((int(old[-1]) + chance.randint(1, 8)) % 10)
    return text[: cut.start()] + new + text[cut.end() :]


def _figure_dropped(place: Place, chance: random.Random, _: Sequence[Place]) -> str | None:
    text = _sentence(place, chance, _FIGURE)
    found = list(_FIGURE.finditer(text))
    inner = [m for m in found if len(text[: m.start()].split()) > 1 and len(text[m.end() :].split()) > 1]
    if not inner:
        return None
    cut = chance.choice(inner)
    return " ".join((text[: cut.start()] + text[cut.end() :]).split())


def _swapped(place: Place, chance: random.Random, _: Sequence[Place]) -> str | None:
    """Two words of the same sentence exchanged, with at least one other between them."""
    words = _sentence(place, chance).split()
    apt = [k for k, word in enumerate(words) if re.fullmatch(r"[A-Za-z]{4,}", word)]
    pairs = [(a, b) for a in apt for b in apt if b - a > 1 and words[a].lower() != words[b].lower()]
    if not pairs:
        return None
    a, b = chance.choice(pairs)
    words[a], words[b] = words[b], words[a]
    return " ".join(words)


def _omits(pattern: re.Pattern[str]) -> Rule:
    """Something is left out where the pattern stands, marked or with the words around it."""

    def rule(place: Place, chance: random.Random, _: Sequence[Place]) -> str | None:
        words = _sentence(place, chance, pattern).split()
        at = [k for k, word in enumerate(words) if pattern.search(word) and 2 <= k <= len(words) - 3]
        if not at:
            return None
        k = chance.choice(at)
        first = max(2, k - chance.randint(0, 2))
        last = min(len(words) - 2, k + 1 + chance.randint(0, 2))
        return " ".join([*words[:first], _mark(chance), *words[last:]])

    return rule


def _long_omission(place: Place, chance: random.Random, _: Sequence[Place]) -> str | None:
    said = place.passage.sentences
    if len(said) < 3:
        return None
    first, last = place.passage.sentence_text(said[0]).split(), place.passage.sentence_text(said[-1]).split()
    between = place.document.text[said[0].end : said[-1].start].split()
    if min(len(first), len(last)) < 5 or len(between) < 30:
        return None
    return " ".join([*first[:5], _mark(chance), *last[-5:]])


def _reversed(place: Place, chance: random.Random, _: Sequence[Place]) -> str | None:
    words = _sentence(place, chance).split()
    return " ".join([*words[-5:], _mark(chance), *words[:5]]) if len(words) >= 12 else None


def _across_a_speaker(place: Place, chance: random.Random, _: Sequence[Place]) -> str | None:
    for stretch in chance.sample(place.context.inside, len(place.context.inside)):
        before = [s for s in place.passage.sentences if s.end <= stretch.start]
        after = [s for s in place.passage.sentences if s.start >= stretch.end]
        if before and after:
            one = place.passage.sentence_text(before[-1]).split()[-6:]
            two = place.passage.sentence_text(after[0]).split()[:6]
            if min(len(one), len(two)) >= 3:
                return " ".join([*one, _mark(chance), *two])
    return None


def _cut_after(place: Place, chance: random.Random, _: Sequence[Place]) -> str | None:
    """Begins right after a negation, or one word later."""
    text = _sentence(place, chance, _NEGATION)
    found = [m for m in _NEGATION.finditer(text) if re.match(r" \w+ \w+ \w+ \w+", text[m.end() :])]
    if not found:
        return None
    rest = text[chance.choice(found).end() :].split()
    return " ".join(rest[chance.randint(0, 1) :])


def _cut_before(place: Place, chance: random.Random, _: Sequence[Place]) -> str | None:
    """Ends with an auxiliary whose negation comes next."""
    text = _sentence(place, chance, _NEGATION)
    found = list(re.finditer(_AUXILIARY.pattern + r"(?= (?:not|never|no longer|hardly)\b)", text))
    quote = text[: chance.choice(found).end()] if found else ""
    return quote if len(quote.split()) > 1 else None


def _other_speaker(place: Place, chance: random.Random, _: Sequence[Place]) -> str | None:
    around = [s for s in (*place.context.before, *place.context.inside) if not s.own and s.speaker != "text"]
    said = [" ".join(place.document.text[s.start : s.end].split()) for s in around]
    said = [text for text in said if len(text.split()) >= 5 and text not in place.passage.text]
    return " ".join(chance.choice(said).split()[-25:]) if said else None


def _other_passage(place: Place, chance: random.Random, places: Sequence[Place]) -> str | None:
    other = chance.choice(places)
    text = _sentence(other, chance)
    return None if other.passage.id == place.passage.id or text in place.passage.text else text


def _paraphrase(place: Place, chance: random.Random, _: Sequence[Place]) -> str | None:
    words = _sentence(place, chance).split()
    known = [k for k, word in enumerate(words) if word.strip(",.").lower() in _SYNONYMS]
    if len(known) < 2:
        return None
    for k in known:
        words[k] = _SYNONYMS[words[k].strip(",.").lower()]
    return " ".join(words)


KINDS: Mapping[str, tuple[Truth, Rule]] = {
    "a whole sentence": (Truth.TRUE, _whole),
    "two sentences": (Truth.TRUE, _several),
    "cut at commas": (Truth.TRUE, _clause),
    "slips of typing": (Truth.TRUE, _slipped),
    "omission of harmless words": (Truth.TRUE, _abridged),
    "negation dropped": (Truth.TURNED, _negation_dropped),
    "negation inserted": (Truth.TURNED, _negation_inserted),
    "figure changed": (Truth.TURNED, _figure_changed),
    "figure dropped": (Truth.TURNED, _figure_dropped),
    "words swapped": (Truth.TURNED, _swapped),
    "omission of a negation": (Truth.TURNED, _omits(_NEGATION)),
    "omission of a figure": (Truth.TURNED, _omits(_FIGURE)),
    "omission of over 20 words": (Truth.TURNED, _long_omission),
    "omission, parts in another order": (Truth.TURNED, _reversed),
    "omission across another speaker": (Truth.TURNED, _across_a_speaker),
    "cut right after a negation": (Truth.TURNED, _cut_after),
    "cut right before a negation": (Truth.TURNED, _cut_before),
    "another speaker": (Truth.ABSENT, _other_speaker),
    "another passage": (Truth.ABSENT, _other_passage),
    "paraphrase": (Truth.ABSENT, _paraphrase),
}


@dataclass(frozen=True)
class Row:
    """One kind: how many quotes, and how many of them each way of checking accepts."""

    kind: str
    truth: Truth
    quotes: int
    accepted: int
    substring: int
    fuzzy: int
    statuses: Mapping[str, int]


def rows(made: Sequence[Case]) -> Iterator[Row]:
    """The kinds in order."""
    for kind, (truth, _) in KINDS.items():
        own = [case for case in made if case.kind == kind]
        statuses = Counter(case.target.ground(case.quote).status for case in own)
        yield Row(
            kind=kind,
            truth=truth,
            quotes=len(own),
            accepted=sum(count for status, count in statuses.items() if status.verified),
            substring=sum(case.quote in case.passage.text for case in own),
            fuzzy=sum(partial_ratio(case.quote, case.passage.text) >= LIKE for case in own),
            statuses={status.value: count for status, count in statuses.items()},
        )


def measure() -> list[Figure]:
    """A line for each kind and corpus."""
    corpora = {"sample study": sample_places()}
    if TRANSCRIPTS.is_dir():
        corpora["iriss-transcripts"] = folder_places(TRANSCRIPTS, 40)
    return [
        Figure(
            what=f"{name}, quotes accepted: {row.kind} ({row.truth})",
            measured=f"{row.accepted} of {row.quotes}",
            yardstick=f"substring {row.substring}, partial_ratio ≥ 90 {row.fuzzy}",
            ratio=None,
            aim="≥ 98 %" if row.truth is Truth.TRUE else "none",
        )
        for name, places in corpora.items()
        for row in rows(cases(places))
    ]


def main(seed: int = SEED, each: int = EACH, transcripts: int = 40) -> None:
    """Print, for each corpus, how many true and other quotes are accepted, and every other one that is."""
    corpora = {"sample study": sample_places()}
    if TRANSCRIPTS.is_dir():
        corpora["iriss-transcripts"] = folder_places(TRANSCRIPTS, transcripts)
    for name, places in corpora.items():
        made = cases(places, each, seed)
        accepted = [case for case in made if case.target.ground(case.quote).status.verified]
        for label, true in (("true", True), ("others", False)):
            own = [case for case in made if (case.truth is Truth.TRUE) is true]
            count = sum((case.truth is Truth.TRUE) is true for case in accepted)
            print(f"{name}: {label} accepted {count} of {len(own)}")
        for case in accepted:
            if case.truth is not Truth.TRUE:
                print(f"  {case.kind}: {case.quote}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
