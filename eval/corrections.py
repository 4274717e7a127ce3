"""How decisions fare when transcripts are corrected: `python -m eval.corrections [SEED [TRANSCRIPTS]]`.

Takes transcripts, cuts them as a study does, and plants decisions with evidence on half of their passages.
Each transcript then gets 1 to 30 corrections: typing, words replaced, paragraphs inserted, moved and removed,
speaker labels changed. Beside these a negation, a figure and a role are changed in decided passages. The
corrected text is read and cut as a file would be, and what becomes of each decision is held against what was
done to its passage. The rules that make corrections have lists of words of their own. No text is kept.
"""

from __future__ import annotations

import random
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cothemes.adapters.readers.registry import reader_for
from cothemes.records.document import Document, Role
from cothemes.records.passage import Passage
from cothemes.records.text_change import PassageFate, RevisionPlan, SpanFate, Substance, TextSpan
from cothemes.settings import SegmentSettings
from cothemes.stages.ingest.document import document_from
from cothemes.stages.revise.plan import Earlier, plan_revision
from cothemes.stages.revise.voices import clipped
from cothemes.stages.revise.words import vocabulary
from cothemes.stages.segment.passages import segment
from eval.bench.study import TRANSCRIPTS

SEED = 20261130
FILES = 50
MOST = 30
"""Corrections of one transcript."""
SETTINGS = SegmentSettings()

_WORD = re.compile(r"\b(?<!['’])[a-z]{4,}\b(?!['’])")
_AUXILIARY = re.compile(r"\b(?:is|are|was|were|can|could|will|would|should|have|has)\b(?! not|n't)")
_NUMBER = re.compile(r"\b(?:two|three|four|five|six|seven|eight|ten|twenty|\d+)\b")
_TURNING = re.compile(
    r"n't|never|none|noth|nobody|without|hardly|rarely|unable|fail|refus|den[iy]|lack|avoid|stop|prevent|doubt"
    r"|against|wrong|false|little|rather|except|instead|unless|reject|declin|neglect|disagree|impossible"
    r"|unlikely|absen|first|second|third|half|quarter|double|score|pound|pence|once|twice|percent|hundred"
    r"|thousand|million|dozen|three|[a-z]*(?:teen|ty)\b|.*day\b|one|four|five|seven|eight|nine|zero|quid|euro|dollar"
    r"|january|february|march|april|june|july|august|september|october|november|december"
)
_KEYS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")


@dataclass(frozen=True)
class Edit:
    """Text put in the place of text[start:end]."""

    start: int
    end: int
    text: str
    kind: str


@dataclass(frozen=True)
class Decision:
    """A planted decision with its evidence; none: on the passage as a whole."""

    passage: Passage
    evidence: tuple[TextSpan, ...]


@dataclass
class Counts:
    """What became of decisions, over all transcripts."""

    of: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    seconds: float = 0.0
    words: int = 0

    def note(self, name: str, good: bool, where: str = "") -> None:
        """Counts one case, and whether it went as it should."""
        self.of[name] += 1
        self.of[f"{name}: as it should"] += good
        if not good and where:
            self.failures.append(f"{name}: {where}")


def read(path: Path, text: str | None = None) -> Document:
    """A transcript as the reader has it, or with another text."""
    if text is None:
        return document_from(reader_for(path).read(path)[0])
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / path.name
        place.write_text(text, encoding="utf-8")
        return document_from(reader_for(place).read(place)[0])


class Corrector:
    """Corrections of one transcript, none of which overlaps another."""

    def __init__(
        self, document: Document, passages: Sequence[Passage], words: Sequence[str], foreign: Sequence[str],
        known: Container[str], draw: random.Random,
    ) -> None:  # fmt: skip
        self._document, self._text, self._passages = document, document.text, passages
        self._words, self._foreign, self._draw = words, foreign, draw
        self._known = known
        self.edits: list[Edit] = []
        body = passages[0].start
        self._paragraphs = [match.span() for match in re.finditer(r"\S.*", self._text) if match.end() > body]

    def add(self, edit: Edit | None) -> bool:
        """Takes an edit that touches no other; a place of insertion keeps a distance too."""
        if edit is None or any(edit.start <= one.end + 1 and one.start <= edit.end + 1 for one in self.edits):
            return False
        self.edits.append(edit)
        return True

    def corrected(self) -> str:
        """The text with all edits."""
        return replaced(self._text, self.edits)

    def random_one(self) -> None:
        """One random correction."""
        kinds = ["typing"] * 10 + ["word"] * 4 + ["inserted", "moved", "removed", "label"]
        kind = self._draw.choice(kinds)
        if kind in ("typing", "word"):
            passage = self._draw.choice(self._passages)
            self.add(self.typing(passage) if kind == "typing" else self.word(passage))
        elif kind == "inserted":
            at = self._draw.choice(self._paragraphs)[0]
            self.add(Edit(at, at, self._draw.choice(self._foreign) + "\n\n", kind))
        elif kind == "label":
            self.add(self.label())
        else:
            start, end = self._draw.choice(self._paragraphs)
            at = self._draw.choice(self._paragraphs)[0]
            if kind == "removed":
                self.add(Edit(start, end, "", kind))
                return
            away = not start <= at <= end + 2 and self.add(Edit(start, end, "", "moved away"))
            if away and not self.add(Edit(at, at, self._text[start:end] + "\n\n", "moved here")):
                self.edits.pop()

    def typing(self, passage: Passage) -> Edit | None:
        """A slip in a word: two letters exchanged, one left out, doubled, or the key beside it."""
        found = [m for m in _WORD.finditer(passage.text) if not _TURNING.match(m.group())]
        if not found:
            return None
        match = self._draw.choice(found)
        word, at = match.group(), self._draw.randrange(1, len(match.group()) - 1)
        kind = self._draw.choice(["exchanged", "left out", "doubled", "key"])
        if kind == "exchanged" and word[at] != word[at + 1]:
            slip = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
        elif kind == "left out":
            slip = word[:at] + word[at + 1 :]
        elif kind == "key":
            row = next(row for row in _KEYS if word[at] in row)
            slip = word[:at] + row[(row.index(word[at]) + 1) % len(row)] + word[at + 1 :]
        else:
            slip = word[:at] + word[at] + word[at:]
        if slip in self._known:
            # There for three, lost for most: another word, and rightly to confirm.
            return None
        start = passage.start + match.start()
        return Edit(start, start + len(word), slip, "typing")

    def word(self, passage: Passage) -> Edit | None:
        """Another word of the transcripts in the place of one."""
        found = [m for m in _WORD.finditer(passage.text) if not _TURNING.match(m.group())]
        if not found:
            return None
        match = self._draw.choice(found)
        other = self._draw.choice(self._words)
        if other[:2] == match.group()[:2]:
            return None
        start = passage.start + match.start()
        return Edit(start, start + len(match.group()), other, "word")

    def negation(self, passage: Passage) -> Edit | None:
        """`not` put in after an auxiliary, or taken out."""
        taken = list(re.finditer(r"\b(?:not|never) ", passage.text))
        put = list(_AUXILIARY.finditer(passage.text))
        if taken and (not put or self._draw.random() < 0.5):
            match = self._draw.choice(taken)
            return Edit(passage.start + match.start(), passage.start + match.end(), "", "negation")
        if not put:
            return None
        at = passage.start + self._draw.choice(put).end()
        return Edit(at, at, self._draw.choice([" not", " never", " no longer", " hardly"]), "negation")

    def figure(self, passage: Passage) -> Edit | None:
        """Another figure in the place of one."""
        found = list(_NUMBER.finditer(passage.text))
        if not found:
            return None
        match = self._draw.choice(found)
        other = self._draw.choice([each for each in ("9", "nine", "30", "thirty") if each != match.group()])
        return Edit(passage.start + match.start(), passage.start + match.end(), other, "figure")

    def label(self) -> Edit | None:
        """The label of one turn changed to a name nobody had."""
        found = self._labels()
        if not found:
            return None
        start, end, _ = self._draw.choice(found)
        letters = re.sub(r"[A-Za-z](?=[^A-Za-z]*$)", "q", self._text[start:end])
        return Edit(start, end, letters, "label")

    def role(self, passage: Passage) -> Edit | None:
        """The interviewer's label in the place of the one before the passage's only turn."""
        labels = self._labels()
        asked = [self._text[start:end] for start, end, role in labels if role is Role.INTERVIEWER]
        own = [each for each in labels if each[1] == passage.start and each[2] is not Role.INTERVIEWER]
        if not asked or not own:
            return None
        return Edit(own[0][0], own[0][1], self._draw.choice(asked), "role")

    def _labels(self) -> list[tuple[int, int, Role]]:
        found = []
        for block in self._document.blocks:
            start = self._text.rfind("\n", 0, block.start) + 1
            if block.speaker and 0 < block.start - start < 40 and self._text[start : block.start].strip():
                found.append((start, block.start, block.role))
        return found


def replaced(text: str, edits: Sequence[Edit], start: int = 0) -> str:
    """A text with edits, whose places count from `start` before the text."""
    for edit in sorted(edits, key=lambda each: each.start, reverse=True):
        text = text[: edit.start - start] + edit.text + text[edit.end - start :]
    return text


def evidence_of(passage: Passage, draw: random.Random) -> tuple[TextSpan, ...]:
    """One or two runs of words within sentences; sometimes none."""
    spans = []
    for _ in range(draw.choice([0, 1, 1, 1, 2])):
        sentence = draw.choice(passage.sentences)
        words = [m.span() for m in re.finditer(r"\S+", passage.sentence_text(sentence))]
        first = draw.randrange(len(words))
        last = min(first + draw.randrange(1, 20), len(words)) - 1
        spans.append((sentence.start + words[first][0], sentence.start + words[last][1]))
    return tuple(sorted(set(spans)))


def kinds_at(passage: Passage, edits: Sequence[Edit]) -> set[str]:
    """Which edits touch a passage; a moved one that lies whole in its paragraph is `moved`."""
    kinds = set()
    for edit in edits:
        if edit.end < passage.start or edit.start > passage.end:
            continue
        if edit.start == edit.end in (passage.start, passage.end) and edit.kind in ("inserted", "moved here"):
            continue
        whole = edit.kind == "moved away" and edit.start <= passage.start and passage.end <= edit.end
        kinds.add("moved whole" if whole else edit.kind)
    return kinds


def held_against(
    counts: Counts, decisions: Sequence[Decision], edits: Sequence[Edit], plan: RevisionPlan, new: Document
) -> None:
    """Counts what became of each decision beside what was done to its passage."""
    for decision in decisions:
        passage = decision.passage
        change = plan.of(passage.id)
        counts.note("decisions counted or listed", change is not None, passage.id)
        if change is None:
            continue
        kinds = kinds_at(passage, edits)
        current = change.fate is not PassageFate.RETIRED and not change.must_confirm(decision.evidence)
        told = f"{passage.id} {sorted(kinds)} {change.fate} {[reason.value for reason in change.reasons]}"
        told += str([each.text for each in edits if passage.start <= each.start < passage.end])
        if {Substance.ROLE, Substance.SPEAKER} & set(change.reasons) and not kinds & {"role", "label"}:
            # The rules that settle roles read the whole document, and a paragraph without a label is said by
            # whoever speaks before it.
            counts.of["another speaker or role by a label or paragraph elsewhere: to confirm"] += 1
            continue
        if not kinds:
            counts.note("untouched", current, told)
        elif kinds == {"typing"}:
            counts.note("typed over", current, told)
        elif kinds <= {"moved whole"}:
            counts.note("moved", current, told)
        if kinds & {"negation", "figure", "role"}:
            name = next(iter(sorted(kinds & {"negation", "figure", "role"})))
            confirm = change.fate is PassageFate.TO_CONFIRM and change.must_confirm(decision.evidence)
            counts.note(f"planted {name}", confirm or change.fate is PassageFate.RETIRED, told)
        inside = [
            edit
            for edit in edits
            if edit.kind == "word"
            and any(start <= edit.start and edit.end <= end for start, end in decision.evidence)
        ]
        if inside:
            confirm = change.fate is PassageFate.RETIRED or change.must_confirm(decision.evidence)
            counts.note("word of the evidence replaced", confirm, told)
        elif "word" in kinds and kinds <= {"word", "typing"}:
            counts.note("word outside the evidence replaced", current, told)
        if current and kinds <= {"typing", "moved whole"}:
            mapped = {span.before: span for span in change.spans}
            for start, end in decision.evidence:
                own = [edit for edit in edits if edit.kind == "typing" and start <= edit.start < end]
                words = replaced(passage.text[start - passage.start : end - passage.start], own, start)
                after = mapped[start, end].after
                same = after is not None and new.text[slice(*after)] == words
                counts.note("evidence over the same words", same, f"{told} {words!r}")
                typed = mapped[start, end].fate is SpanFate.TYPED
                counts.note("slips in the evidence", typed or not own)


def sound(counts: Counts, before: Sequence[Passage], plan: RevisionPlan, new: Document) -> None:
    """Counts a plan whose passages overlap, repeat an id or are not the text at their place."""
    ends = 0
    good = len({each.id for each in plan.passages}) == len(plan.passages)
    for passage in plan.passages:
        good &= passage.start >= ends and new.text[passage.start : passage.end] == passage.text
        good &= all(passage.start <= s.start < s.end <= passage.end for s in passage.sentences)
        ends = passage.end
    old = {each.id: each.text for each in before}
    fresh = {each.id for each in plan.having(PassageFate.NEW)}
    counts.note("plans that are sound", good and not fresh & old.keys(), new.slug)


def measure(seed: int = SEED, files: int = FILES, folder: Path = TRANSCRIPTS) -> Counts:
    """Corrects transcripts and counts what becomes of the decisions on them."""
    draw = random.Random(seed)
    paths = sorted(folder.glob("*.md"))
    chosen = draw.sample(paths, min(len(paths), files * 2))
    texts = {path: read(path).text for path in chosen}
    known = vocabulary(texts.values())
    words = sorted(word for word in known if _WORD.fullmatch(word) and not _TURNING.match(word))
    every = vocabulary(texts.values(), least=1)
    counts = Counts()
    done = 0
    for path in chosen:
        old = read(path, texts[path])
        passages = segment(old, SETTINGS, 1)
        if len(passages) < 5 or old.text != texts[path]:
            continue
        done += 1
        if done > files:
            break
        other = draw.choice([each for each in chosen if each is not path])
        foreign = [p.text for p in segment(read(other, texts[other]), SETTINGS, 1)]
        decided = draw.sample(passages, (len(passages) + 1) // 2)
        decisions = [
            Decision(passage, evidence_of(passage, draw))
            for passage in decided
            for _ in range(draw.randint(1, 3))
        ]
        corrector = Corrector(old, passages, words, foreign, every, draw)
        for kind in (corrector.negation, corrector.figure, corrector.role):
            for passage in draw.sample(decided, len(decided)):
                if corrector.add(kind(passage)):
                    break
        for _ in range(draw.randint(1, MOST)):
            corrector.random_one()
        new = read(path, corrector.corrected())
        if new.text != corrector.corrected():
            counts.of["texts that the reader changed"] += 1
        others = vocabulary(text for each, text in texts.items() if each is not path)
        started = time.perf_counter()
        plan = _plan(old, new, passages, decisions, others)
        counts.seconds += time.perf_counter() - started
        counts.words += len(old.text.split())
        counts.of["corrections"] += len(corrector.edits)
        counts.of.update(f"edit: {edit.kind}" for edit in corrector.edits)
        counts.of["transcripts"] += 1
        counts.of["passages"] += len(passages)
        counts.of.update(f"passages {change.fate.value}" for change in plan.changes)
        sound(counts, passages, plan, new)
        held_against(counts, decisions, corrector.edits, plan, new)
    return counts


def _plan(
    old: Document, new: Document, passages: Sequence[Passage], decisions: Sequence[Decision],
    others: frozenset[str],
) -> RevisionPlan:  # fmt: skip
    evidence: dict[str, list[TextSpan]] = {}
    for decision in decisions:
        evidence.setdefault(decision.passage.id, []).extend(decision.evidence)
    return plan_revision(
        Earlier(old, passages, evidence.keys(), evidence, next_number=len(passages) + 1),
        new,
        lambda start, end: segment(clipped(new, start, end), SETTINGS, 1),
        others=others,
    )


def lines(counts: Counts) -> Iterator[str]:
    """The table."""
    for name, count in sorted(counts.of.items()):
        good = counts.of.get(f"{name}: as it should")
        if name.endswith(": as it should"):
            continue
        yield (
            f"{name}: {count:,}"
            if good is None
            else f"{name}: {good:,} of {count:,}, {100 * good / count:.2f} %"
        )
    yield f"{counts.seconds:.1f} s for {counts.words:,} words"
    yield from counts.failures


if __name__ == "__main__":
    given = [int(each) for each in sys.argv[1:3]]
    seed, files = given + [SEED, FILES][len(given) :]
    for line in lines(measure(seed, files)):
        print(line)
