"""A codebook that changes in the middle of a study, through the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.doubles.coded_study import CODEBOOK, assign, propose, study_in
from tests.doubles.decisions import read

from cothemes.app.study import Study, find_study
from cothemes.records.review import Arm

REVISED = (
    CODEBOOK.replace("version: 0.1.0", "version: 0.2.0")
    .replace("Says that time or money is there or is missing.", "Says that staff time or money is missing.")
    .replace("label: Turnover of staff", "label: Coming and going of staff")
    .replace("  - id: A1\n    label: Trust between people\n    theme: T\n", "  - id: C9\n    label: Trust\n")
    .replace("applies_to: [A1, A2]", "applies_to: [A2]")
)


@pytest.fixture
def study(tmp_path: Path) -> Study:
    """Ann read three passages of two rounds, Bob one; two are A2."""
    made = study_in(tmp_path / "study")
    propose(made)
    read(made, "ann", "talk-1.0002", ("A1",), round_name="pilot")
    read(made, "ann", "talk-1.0004", ("A2",), round_name="pilot")
    read(made, "ann", "talk-2.0004", ("A2",))
    read(made, "bob", "talk-2.0004", ())
    made.close()
    return made


def revise(study: Study, text: str = REVISED) -> None:
    study.codebook_path.write_text(text, encoding="utf-8")


def test_without_a_change_there_is_nothing_to_tell(study: Study, cothemes: Any) -> None:
    assert "Nothing changed" in cothemes.done("codebook", "diff", study=study.root)
    assert cothemes.json("codebook", "diff", study=study.root)["same"] is True
    refused = cothemes("codebook", "note", "why", study=study.root)
    assert refused.exit_code == 3
    assert "nothing that a coder reads has changed" in refused.stderr


def test_a_study_without_a_decision_has_no_earlier_version(tmp_path: Path, cothemes: Any) -> None:
    empty = study_in(tmp_path / "study")
    refused = cothemes("codebook", "diff", study=empty.root)
    assert refused.exit_code == 3
    assert "no earlier version" in refused.stderr


def test_diff_says_what_changed_and_whose_readings_it_touches(study: Study, cothemes: Any) -> None:
    revise(study)
    found = cothemes.json("codebook", "diff", study=study.root)
    assert (found["added"], found["removed"], found["renamed"]) == (["C9"], ["A1"], [["A1", "C9"]])
    assert [(c["code"], c["kinds"]) for c in found["changed"]] == [
        ("A2", ["definition changed"]),
        ("B1", ["relabelled"]),
    ]
    (text,) = found["changed"][0]["texts"]
    assert text["words"] == [
        ["same", "Says that"], ["new", "staff"], ["same", "time or money is"],
        ["gone", "there or is"], ["same", "missing."],
    ]  # fmt: skip
    touched = {each["code"]: each for each in found["touched"]}
    assert touched["A2"]["by_round_and_arm"] == [
        {"round": "main", "arm": "blind", "readings": 2, "with_the_code": 1},
        {"round": "pilot", "arm": "blind", "readings": 2, "with_the_code": 1},
    ]
    assert touched["A2"]["by_reviewer"] == {"ann": 3, "bob": 1}
    assert (touched["A2"]["by_name"], touched["A1"]["with_the_code"]) == (2, 1)
    assert touched["C9"]["readings"] == 4, "nobody was asked for a code that was not there"
    again = found["recoding"]
    assert again["passages"] == 3
    assert [(p["reviewer"], p["passages"], p["hours"]) for p in again["people"]] == [
        ("ann", 3, None), ("bob", 1, None),
    ]  # fmt: skip
    assert [(p["reviewer"], p["passages"]) for p in again["people_only_where_given"]] == [("ann", 2)]
    assert again["coder"]["passages"] == 12
    assert again["coder"]["forecast"] is None
    assert found["runs_under_old"] == ["r0001"]


def test_diff_in_words_fits_the_screen_and_calls_nothing_free(study: Study, cothemes: Any) -> None:
    revise(study)
    text = cothemes.done("codebook", "diff", study=study.root)
    assert max(map(len, text.splitlines())) <= 80
    for words in (
        "Added     C9 Trust", "Removed   A1 Trust between people",
        "A1 reads like C9", "[-there or is-]", "{+staff+}",
        "ann 2, bob 1".replace("ann 2, bob 1", "ann 1, bob 1"), "hours not known",
        "cothemes codebook recode A2,C9 ", "No reason is on record",
    ):  # fmt: skip
        assert words in text, text
    assert "free" not in text.casefold()


def test_versions_are_named_by_label_hash_file_or_now(study: Study, cothemes: Any, tmp_path: Path) -> None:
    old = study.codebook.hash
    revise(study)
    found = cothemes.json("codebook", "diff", "0.1.0", "now", study=study.root)
    assert found["old"]["hash"] == old
    assert found == cothemes.json("codebook", "diff", old[:10], study=study.root)
    other = tmp_path / "other.yaml"
    other.write_text(CODEBOOK.replace("Turnover", "Churn"), encoding="utf-8")
    named = cothemes.json("codebook", "diff", other, "0.1.0", study=study.root)
    assert [c["code"] for c in named["changed"]] == ["B1"]
    refused = cothemes("codebook", "diff", "0.9", study=study.root)
    assert refused.exit_code == 2
    assert f"0.1.0 ({old[:8]})" in refused.stderr


def test_reasons_are_kept_and_shown(study: Study, cothemes: Any) -> None:
    revise(study)
    kept = cothemes.json(
        "codebook", "note", "both of us doubted it", "--codes", "A2", "--as", "ann", study=study.root
    )
    assert (kept["by"], kept["codes"], kept["kind"]) == ("ann", ["A2"], "reason")
    assert "A2: both of us doubted it (ann)" in cothemes.done("codebook", "diff", study=study.root)
    log = cothemes.json("codebook", "log", study=study.root)
    assert [(v["version"], v["readings"], v["runs"], v["current"]) for v in log["versions"]] == [
        ("0.1.0", 4, ["r0001"], False),
        ("0.2.0", 0, [], True),
    ]
    assert "A2: both of us doubted it (ann)" in cothemes.done("codebook", "log", study=study.root)
    for wrong, words in (
        (("--codes", "A9"), "did not change"),
        (("--as", "zoe"), "not registered"),
        (("--same",), "no code was named"),
    ):  # fmt: skip
        refused = cothemes("codebook", "note", "x", *wrong, study=study.root)
        assert refused.exit_code == 2
        assert words in refused.stderr


def test_the_pace_of_a_reviewer_is_told_in_hours(study: Study, cothemes: Any) -> None:
    from datetime import timedelta

    from tests.doubles.coded_study import NOW

    from cothemes.records.review import Action, Decision

    assign(study, "bob", {f"talk-{n}.000{m}": Arm.BLIND for n in (1, 2) for m in (1, 2, 3, 5)})
    with_time = [
        Decision(
            id=f"t{n}", at=NOW + timedelta(seconds=90 * n), reviewer="bob", passage=a.passage, round="main",
            arm=Arm.BLIND, action=Action.DONE, codebook_hash=study.codebook.hash,
        )
        for n, a in enumerate(study.store.reviews.assignments(reviewer="bob"))
    ]  # fmt: skip
    study.store.reviews.append(with_time)
    study.close()
    revise(study)
    people = cothemes.json("codebook", "diff", study=study.root)["recoding"]["people"]
    (bob,) = [person for person in people if person["reviewer"] == "bob"]
    assert (bob["passages"], bob["minutes_per_passage"]) == (9, 1.5)
    assert bob["hours"] == pytest.approx(9 * 1.5 / 60)


def test_reading_a_study_again_finds_every_version(study: Study, cothemes: Any) -> None:
    """A version that was only noted, with no decision under it, stays on record."""
    revise(study)
    cothemes.done("codebook", "note", "first", study=study.root)
    revise(study, REVISED.replace("0.2.0", "0.3.0").replace("is missing", "is short"))
    found = cothemes.json("codebook", "diff", "0.2.0", study=study.root)
    assert [c["code"] for c in found["changed"]] == ["A2"]
    assert find_study(study.root, given=True).store.codebooks.hashes() != []


def test_a_change_has_the_reasons_of_its_own_steps_and_no_others(study: Study, cothemes: Any) -> None:
    third = REVISED.replace("0.2.0", "0.3.0").replace("is missing", "is short")
    revise(study)
    cothemes.done("codebook", "note", "first step", study=study.root)
    revise(study, third)
    cothemes.done("codebook", "note", "second step", "--since", "0.2.0", study=study.root)
    cothemes.done("codebook", "note", "the whole way", "--since", "0.1.0", study=study.root)

    def reasons(*versions: str) -> list[str]:
        found = cothemes.json("codebook", "diff", *versions, study=study.root)["reasons"]
        return [each["reason"] for each in found]

    assert reasons("0.1.0", "0.2.0") == ["first step"]
    assert reasons("0.2.0", "0.3.0") == ["second step"]
    assert reasons() == ["first step", "second step", "the whole way"]
    assert reasons("0.3.0", "0.1.0") == []
