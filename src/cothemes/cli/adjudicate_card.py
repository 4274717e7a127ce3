"""A disagreement as lines of at most 80 columns, or as JSON: readers by number, never by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cothemes.cli.review_card import CardPrinter, attributes_line

if TYPE_CHECKING:
    from cothemes.records.adjudication import Settlement
    from cothemes.records.codebook import Codebook
    from cothemes.records.passage import Passage
    from cothemes.stages.review.discussion import Dispute, Tally
    from cothemes.stages.review.disputes import Answer, CodeAnswers


class DisputePrinter(CardPrinter):
    """Prints cases and what belongs to them."""

    def dispute(self, dispute: Dispute, tally: Tally) -> None:
        """Everything but the words, which are marked on request."""
        case = dispute.case
        self.line("")
        self.line(
            f"{tally.settled} of {tally.total} settled, round {case.round or '(without a name)'}, "
            f"{len(case.readers)} readers",
            style="dim",
        )
        self.set_passage(case.passage, dispute.setting)
        for number, one in enumerate(case.codes, start=1):
            self.code(dispute, one, number)
        for code, ruling in dispute.settled.rulings.items():
            if code not in case.by_code:
                label = self._codebook.by_id[code].label
                self.line(f"besides: {code}, {label}: {ruling_in_words(ruling)}")
        for reader, note in case.notes:
            self.line(f"reader {reader} noted: {note}", indent=1)
        for note in dispute.settled.notes:
            self.line(f"discussion: {note}", indent=1)

    def code(self, dispute: Dispute, one: CodeAnswers, number: int) -> None:
        """One code with what each reader said of it."""
        ruling = dispute.settled.rulings.get(one.code)
        state = ruling_in_words(ruling) if ruling else difference_in_words(one)
        self.line(f"{number}. {one.code}, {self._codebook.by_id[one.code].label}: {state}", indent=1)
        for answer in one.answers:
            self.line(answer_in_words(answer, dispute.case.passage), indent=4)
        if ruling is not None and ruling.note:
            self.line(f"discussion: {ruling.note}", indent=4)


def difference_in_words(one: CodeAnswers) -> str:
    """What is in dispute about a code."""
    words = {"code": "in dispute", "attributes": "attributes differ", "words": "words differ"}
    return ", ".join(words[difference.value] for difference in one.differences) or "given by all"


def ruling_in_words(ruling: Settlement) -> str:
    """`settled: yes (valence: helps)`."""
    attributes = attributes_line(ruling.attributes)
    return f"settled: {ruling.ruling.value}{f' ({attributes})' if attributes else ''}"


def answer_in_words(answer: Answer, passage: Passage) -> str:
    """`reader 1: yes; valence: helps; “the words”`."""
    parts = ["yes" if answer.applies else "no", attributes_line(answer.attributes)]
    if answer.span is not None:
        start, end = answer.span
        parts.append(f"“{' '.join(passage.text[start - passage.start : end - passage.start].split())}”")
    return f"reader {answer.reader}: {'; '.join(filter(None, parts))}"


def dispute_as_json(dispute: Dispute, codebook: Codebook) -> dict[str, Any]:
    """A case as a program reads it."""
    case = dispute.case
    start = case.passage.start
    ruled = dispute.settled.rulings
    besides = [code for code in ruled if code not in case.by_code]
    return {
        "passage": case.passage.id,
        "document": case.passage.document,
        "round": case.round,
        "state": dispute.state.value,
        "left": list(dispute.left),
        "readers": len(case.readers),
        "text": case.passage.text,
        "context": [turn.model_dump(mode="json") for turn in dispute.setting.context],
        "codes": [
            {
                "code": one.code,
                "label": codebook.by_id[one.code].label,
                "differences": [difference.value for difference in one.differences],
                "answers": [
                    {
                        "reader": answer.reader,
                        "applies": answer.applies,
                        "attributes": {name: list(values) for name, values in answer.attributes.items()},
                        "span": [answer.span[0] - start, answer.span[1] - start] if answer.span else None,
                    }
                    for answer in one.answers
                ],
                "ruling": _ruling_as_json(ruled.get(one.code), start),
            }
            for one in case.codes
        ]
        + [
            {
                "code": code,
                "label": codebook.by_id[code].label,
                "differences": [],
                "answers": [],
                "ruling": _ruling_as_json(ruled[code], start),
            }
            for code in besides
        ],
        "readers_notes": [{"reader": reader, "note": note} for reader, note in case.notes],
        "discussion": list(dispute.settled.notes),
    }


def _ruling_as_json(ruling: Settlement | None, start: int) -> dict[str, Any] | None:
    if ruling is None:
        return None
    marked = ruling.start is not None and ruling.end is not None
    return {
        "applies": ruling.ruling.value == "yes",
        "attributes": {name: list(values) for name, values in ruling.attributes.items()},
        "span": [(ruling.start or 0) - start, (ruling.end or 0) - start] if marked else None,
        "note": ruling.note or None,
        "by": ruling.by,
    }


def tally_lines(tally: Tally, round_name: str) -> list[str]:
    """How far the round is, in words."""
    where = f"Round {round_name}" if round_name else "Ratings without a round"
    lines = [
        f"{where}: {tally.settled} of {tally.total} passages in dispute are settled; on {tally.agreed} more "
        "all readers agreed."
    ]
    if tally.held:
        lines.append(f"Not shown, since somebody has them open still: {tally.held}.")
    return lines
