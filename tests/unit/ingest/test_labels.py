"""Which shapes a label can have, and what is never one."""

from __future__ import annotations

import pytest

from cothemes.records.document import Role
from cothemes.stages.ingest.conventions.labels import Form, mark_of, time_edges, time_only
from cothemes.stages.ingest.words import names_a_voice, names_no_one, role_of_label


@pytest.mark.parametrize(
    ("line", "label", "form", "words", "time"),
    [
        ("**AB** Well, yes.", "AB", Form.BOLD, "Well, yes.", ""),
        ("**Ann**: Well.", "Ann", Form.BOLD, "Well.", ""),
        ("**Ann:** Well.", "Ann", Form.BOLD, "Well.", ""),
        ("**Ann:**\tWell.", "Ann", Form.BOLD, "Well.", ""),
        ("__Ann__: Well.", "Ann", Form.BOLD, "Well.", ""),
        ("AB: Well.", "AB", Form.COLON, "Well.", ""),
        ("P1:", "P1", Form.COLON, "", ""),
        ("Speaker 1:          Well.", "Speaker 1", Form.COLON, "Well.", ""),
        ("[00:01:02] Ann: Well.", "Ann", Form.COLON, "Well.", "00:01:02"),
        ("00:01:02 Ann: Well.", "Ann", Form.COLON, "Well.", "00:01:02"),
        ("Ann (00:01:02): Well.", "Ann", Form.COLON, "Well.", "00:01:02"),
        ("Ann Bell [0:03]: Well.", "Ann Bell", Form.COLON, "Well.", "0:03"),
        ("Justin Bell (Leeds): Well.", "Justin Bell (Leeds)", Form.COLON, "Well.", ""),
        ("Ann Bell   0:03", "Ann Bell", Form.TIMED, "", "0:03"),
        ("Ann Bell, day centre manager: Well.", "Ann Bell", Form.DESCRIBED, "Well.", ""),
        ("#00:01:02-3# Ann: Well.", "Ann", Form.COLON, "Well.", "00:01:02-3"),
    ],
)
def test_shapes(line: str, label: str, form: Form, words: str, time: str) -> None:
    mark = mark_of(line)
    assert mark is not None
    assert (mark.label, mark.form, line[mark.end :], mark.time) == (label, form, words, time)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "We said so.",
        "http://example.org/a",
        "At the end of a long and winding day: nothing.",
        "Ann Bell, who runs it, said: we are full.",
        "10:30",
    ],
)
def test_no_label(line: str) -> None:
    assert mark_of(line) is None


@pytest.mark.parametrize(
    ("label", "role"),
    [
        ("Interviewer", Role.INTERVIEWER),
        ("INT", Role.INTERVIEWER),
        ("I", Role.INTERVIEWER),
        ("Researcher 2", Role.INTERVIEWER),
        ("Research Fellow", Role.INTERVIEWER),
        ("Moderator", Role.INTERVIEWER),
        ("P1", Role.PARTICIPANT),
        ("R", Role.PARTICIPANT),
        ("Respondent 12", Role.PARTICIPANT),
        ("Participant", Role.PARTICIPANT),
        ("Interpreter", Role.OTHER),
        ("Speaker 1", None),
        ("Ann", None),
        ("P", None),
    ],
)
def test_roles_by_words(label: str, role: Role | None) -> None:
    assert role_of_label(label) is role


def test_voices_that_are_known_to_be_unknown() -> None:
    assert names_a_voice("Speaker 1")
    assert names_a_voice("Male voice")
    assert names_a_voice("Peer mentor")
    assert not names_a_voice("Ann Bell")


@pytest.mark.parametrize("word", ["Note", "Table 3", "Date", "Recommendation", "Priority 1"])
def test_words_before_a_colon_that_name_no_one(word: str) -> None:
    assert names_no_one(word)


def test_times_at_the_edges_of_a_line() -> None:
    line = "Well, it was fine. #00:01:02-3#"
    start, end, time = time_edges(line)
    assert (line[start:end], time) == ("Well, it was fine.", "00:01:02-3")
    assert time_only("[00:04:10]") == "00:04:10"
    assert time_only("0:0:5.100 --> 0:0:8.250") == "0:0:5.100"
    assert time_only("10:30 is when we met") == ""
