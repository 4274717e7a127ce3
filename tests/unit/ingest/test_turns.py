"""Who says what, in the shapes in which transcripts arrive. All texts are invented."""

from __future__ import annotations

import pytest
from tests.unit.ingest.reading import Desk, turns

from cothemes.records.document import BlockKind, Kind

KEYED = """---
title: "A talk"
hosts: ["May Dun"]
speakers: ["Ann Bell", "Cy Dow"]
---
MD - May Dun
AB - Ann Bell
CD - Cy Dow

A visit to the library in spring.

MD What changed?

AB The hours changed.

And the staff did too.

MD	Okay.

CD ... which nobody liked.
"""


def test_a_key_of_initials_names_speakers_and_front_matter_their_parts(desk: Desk) -> None:
    document = desk.read("talk.md", KEYED)
    assert document.kind is Kind.INTERVIEW
    assert turns(document) == [
        ("", "unknown", "A visit to the library in spring."),
        ("May Dun", "interviewer", "What changed?"),
        ("Ann Bell", "participant", "The hours changed.\n\nAnd the staff did too."),
        ("May Dun", "interviewer", "Okay."),
        ("Cy Dow", "participant", "... which nobody liked."),
    ]
    assert document.blocks[0].kind is BlockKind.PARAGRAPH


def test_the_text_is_the_file_and_offsets_are_its_characters(desk: Desk) -> None:
    document = desk.read("talk.md", KEYED.replace("\n", "\r\n"))
    assert document.text == KEYED
    block = document.blocks[2]
    source = KEYED.replace("\n", "\r\n")
    assert source[document.offsets.source_of(block.start) :].startswith("The hours changed.\r\n\r\nAnd")


def test_a_slip_of_the_typist_is_a_turn_of_no_one_known(desk: Desk) -> None:
    found = desk.turns(KEYED + "\nAD Not the hours, the heating.\n\nF It was cold.\n")
    assert found[-2:] == [
        ("AD", "unknown", "Not the hours, the heating."),
        ("F", "unknown", "It was cold."),
    ]


def test_an_acronym_or_article_at_the_head_of_a_paragraph_is_no_label(desk: Desk) -> None:
    text = KEYED.replace("CD - Cy Dow\n", "CD - Cy Dow\nA - Abe\n") + (
        "\nABC Libraries run it, says ABC.\n\nA Scottish council did, a Scottish one.\n\nA Yes.\n\nOK Then.\n"
    )
    found = desk.turns(text)
    assert found[-2:] == [
        (
            "Cy Dow",
            "participant",
            "... which nobody liked.\n\nABC Libraries run it, says ABC.\n\n"
            "A Scottish council did, a Scottish one.",
        ),
        ("Abe", "participant", "Yes.\n\nOK Then."),
    ]


def test_someone_outside_the_key_with_a_colon(desk: Desk) -> None:
    found = desk.turns(
        KEYED + "\nTeam member: We were there.\n\nJo Park: So was I.\n\nIntroduction: no one.\n"
    )
    assert [speaker for speaker, _, _ in found[-2:]] == ["Team member", "Jo Park"]
    assert found[-1][2] == "So was I.\n\nIntroduction: no one."


def test_a_narrator_before_the_one_introduced(desk: Desk) -> None:
    found = desk.turns(KEYED + "\nAnn Bell runs the branch.\n\nAB I do.\n")
    assert found[-2:] == [
        ("", "unknown", "Ann Bell runs the branch."),
        ("Ann Bell", "participant", "I do."),
    ]


def test_bold_names_resolve_where_one_person_bears_them(desk: Desk) -> None:
    text = (
        '---\nhosts: ["May Dun"]\nspeakers: ["Ann Bell", "Ann Coe"]\n---\n\n'
        "**May**: Who starts?\n\n**Ann**: I will.\n\n**May:** Go on.\n\n**May** Please.\n"
    )
    assert desk.turns(text) == [
        ("May Dun", "interviewer", "Who starts?"),
        ("Ann", "participant", "I will."),
        ("May Dun", "interviewer", "Go on."),
        ("May Dun", "interviewer", "Please."),
    ]


def test_a_key_of_the_tools_own_in_front_matter(desk: Desk) -> None:
    text = "---\nspeakers: {INT: interviewer, KM: participant}\n---\n**INT:** Ready?\n\n**KM:** Aye.\n"
    assert desk.turns(text) == [("INT", "interviewer", "Ready?"), ("KM", "participant", "Aye.")]


def test_roles_from_the_metadata_table_win(desk: Desk) -> None:
    text = "Kay: Ready?\nAnn: Yes.\nKay: Then go.\nAnn: Right.\n"
    document = desk.read("a.txt", text, metadata={"interviewer": "Ann", "participant_speaker": "Kay"})
    assert [role for _, role, _ in turns(document)] == ["participant", "interviewer"] * 2


def test_words_and_numbers_name_roles(desk: Desk) -> None:
    assert desk.turns("Interviewer: One?\nP1: Two.\nSpeaker 3:          Three.\n", "a.txt") == [
        ("Interviewer", "interviewer", "One?"),
        ("P1", "participant", "Two."),
        ("Speaker 3", "unknown", "Three."),
    ]


def test_the_only_other_voice_beside_an_interviewer_is_the_participant(desk: Desk) -> None:
    document = desk.read("a.txt", "Researcher 1: One?\nSam: Two.\nResearcher 1: Mm.\nSam: Three.\n")
    assert [role for _, role, _ in turns(document)] == ["interviewer", "participant"] * 2
    assert "Sam is the only other voice: taken as the participant." in document.notes


def test_of_two_names_the_one_who_asks_is_the_interviewer(desk: Desk) -> None:
    pairs = "".join(
        f"Kay: And what of {n}?\nAnn: Of {n} I know little, but that much is so.\n" for n in range(5)
    )
    document = desk.read("a.txt", pairs)
    assert turns(document)[0][:2] == ("Kay", "interviewer")
    assert turns(document)[1][:2] == ("Ann", "participant")
    assert "Kay asks the questions: taken as the interviewer." in document.notes


def test_two_who_both_ask_stay_unknown(desk: Desk) -> None:
    pairs = "".join(f"Kay: And what of {n}?\nAnn: What of {n} indeed?\n" for n in range(5))
    assert {role for _, role, _ in desk.turns(pairs, "a.txt")} == {"unknown"}


def test_who_opens_the_programme_by_name_is_the_interviewer(desk: Desk) -> None:
    text = (
        '---\nspeakers: ["Ann Bell", "Cy Dow"]\n---\n'
        "**May:** Welcome to the Branch.fm podcast. I’m May and here are two guests.\n\n"
        "**Ann:** Hello.\n\n**Cy:** Hello.\n"
    )
    assert [role for _, role, _ in desk.turns(text)] == ["interviewer", "participant", "participant"]


def test_a_host_alone_interviews_no_one(desk: Desk) -> None:
    text = '---\nhosts: ["May Dun"]\n---\nMD - May Dun\n\nMD Hello to you all.\n\nIt is spring.\n'
    assert desk.turns(text) == [("May Dun", "other", "Hello to you all.\n\nIt is spring.")]


def test_a_time_of_day_or_a_running_colon_is_no_speaker(desk: Desk) -> None:
    text = (
        "Interviewer: When?\n10:30 is what we say: it never is.\n"
        "P1: We asked for one thing: time.\nNote this: nothing came.\nInterviewer: I see.\n"
    )
    assert [speaker for speaker, _, _ in desk.turns(text, "a.txt")] == ["Interviewer", "P1", "Interviewer"]


@pytest.mark.parametrize(
    "text",
    [
        "[00:00:03] Interviewer:\nReady?\n\n[00:00:09] P1:\nYes.\n\n[00:00:12] Interviewer:\nGo on.\n",
        "Interviewer   0:03\nReady?\n\nP1   0:09\nYes.\n\nInterviewer   0:12\nGo on.\n",
        "Interviewer: Ready? #00:00:03-1#\nP1: Yes. #00:00:09-0#\nInterviewer: Go on. #00:00:12-9#\n",
        "[00:00:03]\nInterviewer: Ready?\n[00:00:09]\nP1: Yes.\n[00:00:12]\nInterviewer: Go on.\n",
    ],
)
def test_times_are_kept_apart_from_words(desk: Desk, text: str) -> None:
    document = desk.read("a.txt", text)
    assert turns(document) == [
        ("Interviewer", "interviewer", "Ready?"),
        ("P1", "participant", "Yes."),
        ("Interviewer", "interviewer", "Go on."),
    ]
    assert [block.time[-2:] != "" for block in document.blocks] == [True, True, True]


def test_a_block_never_spans_a_time_mark(desk: Desk) -> None:
    document = desk.read("a.txt", "P1: One. #00:00:03-1#\nTwo. #00:00:09-0#\nP2: Three.\nP1: Four.\n")
    assert turns(document)[:2] == [("P1", "participant", "One."), ("P1", "participant", "Two.")]


def test_headings_between_turns_are_not_speech(desk: Desk) -> None:
    document = desk.read("talk.md", KEYED + "\nPart 2 - Money\n\nIt went.\n")
    assert turns(document)[-1] == ("Cy Dow", "participant", "It went.")
    assert document.blocks[-1].headings == ("Part 2 - Money",)


def test_header_rows_become_metadata_and_no_turns(desk: Desk) -> None:
    text = (
        "SYNTHETIC: invented for a test\nInterview: 03\nParticipant: P3, planner in a small town\n"
        "Date: 22 February\n-----------\n\nInterviewer: Ready?\n\nP3: Yes.\n\nInterviewer: Good.\n"
    )
    document = desk.read("a.txt", text)
    assert [speaker for speaker, _, _ in turns(document)] == ["Interviewer", "P3", "Interviewer"]
    assert document.metadata["participant"] == "P3"
    assert document.metadata["participant_description"] == "P3, planner in a small town"
    assert document.metadata["date"] == "22 February"
    assert document.synthetic


def test_participant_as_a_label_of_turns_is_no_header(desk: Desk) -> None:
    text = "Date: 3 May\nParticipant: I came early.\nInterviewer: Did you?\nParticipant: I did.\n"
    assert len(desk.turns(text, "a.txt")) == 3


def test_what_a_transcriber_wrote_before_the_first_turn_is_set_aside(desk: Desk) -> None:
    text = "Interview 7, lead. Transcribed 19 June 2024.\n\nInterviewer: A?\n\nP7: B.\n\nInterviewer: C.\n"
    assert desk.turns(text, "a.txt")[0] == ("Interviewer", "interviewer", "A?")


def test_an_unlabelled_talk_with_a_key_is_an_interview_of_unknown_voices(desk: Desk) -> None:
    document = desk.read("talk.md", "AB - Ann Bell\n\nIt is good to be here.\n\nI came by bus.\n")
    assert document.kind is Kind.INTERVIEW
    assert {(speaker, role) for speaker, role, _ in turns(document)} == {("", "unknown")}
    assert "No speaker is named anywhere." in document.notes


def test_questions_and_answers_from_the_floor(desk: Desk) -> None:
    floor = "\nQ Was it cold?\n\nA Oh, it was.\n\nQ And now?\n\nA It is warm.\n"
    assert [(speaker, role) for speaker, role, _ in desk.turns(KEYED + floor)[-4:]] == [
        ("Q", "unknown"),
        ("A", "unknown"),
    ] * 2
    assert desk.turns("Q: Was it cold?\nA: It was.\nQ: And now?\nA: Warm.\n", "a.txt")[:2] == [
        ("Q", "interviewer", "Was it cold?"),
        ("A", "participant", "It was."),
    ]


def test_a_stage_direction_on_a_line_of_its_own_is_nobodys_words(desk: Desk) -> None:
    found = desk.turns(KEYED + "\n[general assent]\n\nAB [laughs] Quite.\n")
    assert found[-2:] == [
        ("Cy Dow", "participant", "... which nobody liked."),
        ("Ann Bell", "participant", "[laughs] Quite."),
    ]
