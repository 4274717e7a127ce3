"""What a coder reads around a passage."""

from __future__ import annotations

from tests.doubles.talk import cut, interview

from cothemes.records.document import Block, BlockKind, Document, Kind, Role
from cothemes.records.passage import Passage
from cothemes.stages.propose.model.context import WORDS, Stretch, context_of

DOCUMENT = interview()


def said(document: Document, stretches: tuple[Stretch, ...]) -> list[tuple[str, str]]:
    return [(s.speaker, document.text[s.start : s.end].split()[0]) for s in stretches]


def test_talk_has_two_turns_before_and_one_after() -> None:
    context = context_of(DOCUMENT, cut(DOCUMENT, 5, 5))
    assert said(DOCUMENT, context.before) == [("same speaker", "And"), ("interviewer", "Is")]
    assert said(DOCUMENT, context.after) == [("unknown speaker", "I")]


def test_the_last_question_is_fetched_from_farther_back() -> None:
    document = DOCUMENT.model_copy(
        update={"blocks": tuple(b for n, b in enumerate(DOCUMENT.blocks) if n not in (2, 4))}
    )
    context = context_of(document, cut(document, 4, 4))
    assert said(document, context.before) == [
        ("interviewer", "Tell"),
        ("another speaker", "And"),
        ("another speaker", "They"),
    ]


def test_an_interjection_is_inside_and_not_own() -> None:
    context = context_of(DOCUMENT, cut(DOCUMENT, 1, 3))
    assert said(DOCUMENT, context.inside) == [("interviewer", "Mm-hm.")]
    assert [n.own for n in context.neighbours] == [False, False, False]
    assert said(DOCUMENT, context.before) == [("interviewer", "Tell")]


def test_the_rest_of_a_turn_cut_in_two_is_context() -> None:
    whole = cut(DOCUMENT, 1, 1)
    second = whole.sentences[1]
    passage = whole.model_copy(
        update={
            "start": second.start,
            "text": DOCUMENT.text[second.start : whole.end],
            "sentences": (second,),
        }
    )
    context = context_of(DOCUMENT, passage)
    assert said(DOCUMENT, context.before) == [("interviewer", "Tell"), ("same speaker", "It’s")]
    assert context.before[1].end == whole.sentences[0].end
    assert context.before[1].own


def test_a_long_turn_is_cut_at_a_word() -> None:
    words = " ".join(f"w{n}" for n in range(300))
    text = f"{words}\n{words}\n{words}"
    n = len(words)
    blocks = tuple(
        Block(start=k * (n + 1), end=k * (n + 1) + n, kind=BlockKind.TURN, speaker=name, role=role)
        for k, (name, role) in enumerate(
            [("A", Role.INTERVIEWER), ("B", Role.PARTICIPANT), ("A", Role.INTERVIEWER)]
        )
    )
    document = Document(slug="d", version="v", kind=Kind.INTERVIEW, text=text, blocks=blocks)
    context = context_of(document, cut(document, 1, 1))
    before = text[context.before[0].start : context.before[0].end].split()
    after = text[context.after[0].start : context.after[0].end].split()
    assert (len(before), before[-1], len(after), after[0]) == (WORDS, "w299", WORDS, "w0")


def policy(*kinds: BlockKind) -> tuple[Document, list[Passage]]:
    text = ""
    blocks = []
    for n, kind in enumerate(kinds):
        words = f"Line{n} of the plan."
        blocks.append(
            Block(start=len(text), end=len(text) + len(words), kind=kind, headings=("Plan", "Part"))
        )
        text += words + "\n\n"
    document = Document(slug="p", version="v", kind=Kind.POLICY, text=text, blocks=tuple(blocks))
    return document, [cut(document, n, n) for n in range(len(kinds))]


def test_a_paragraph_has_the_one_before_and_no_heading() -> None:
    document, cuts = policy(BlockKind.PARAGRAPH, BlockKind.HEADING, BlockKind.PARAGRAPH, BlockKind.PARAGRAPH)
    assert said(document, context_of(document, cuts[2]).before) == [("text", "Line0")]
    assert context_of(document, cuts[2]).after == ()
    assert context_of(document, cuts[0]).before == ()


def test_a_bullet_has_the_line_that_leads_into_its_list() -> None:
    document, cuts = policy(BlockKind.PARAGRAPH, BlockKind.PARAGRAPH, *[BlockKind.BULLET] * 3)
    assert said(document, context_of(document, cuts[4]).before) == [("text", "Line1"), ("text", "Line3")]
    assert said(document, context_of(document, cuts[2]).before) == [("text", "Line1")]


def test_answers_of_a_survey_stand_alone() -> None:
    document, cuts = policy(*[BlockKind.PASSAGE] * 3)
    assert context_of(document, cuts[1]).neighbours == ()
    survey = document.model_copy(update={"kind": Kind.SURVEY})
    assert context_of(survey, cuts[1]).neighbours == ()
