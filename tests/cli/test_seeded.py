"""Suggestions that are wrong on purpose: disclosed, answered as others are, and never anyone's coding."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from tests.doubles.coded_study import propose, study_in

from cothemes.app.figures.anchoring import anchoring
from cothemes.app.findings.codings import CodingFilter, retrieve
from cothemes.app.ratings import human_ratings
from cothemes.app.review.review import Desk
from cothemes.app.study import Study
from cothemes.records.review import Action, Arm, Seed

FIRST = ",".join(f"talk-{n}" for n in range(1, 21))


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """Ann and bob have finished what they were drawn of 20 interviews, half of it double, without a code."""
    study = study_in(
        tmp_path_factory.mktemp("seeded") / "study", documents=70, reviewers=("ann", "bob", "cat")
    )
    propose(study)
    return study


@pytest.fixture
def study(cothemes: Any, prepared: Study, tmp_path: Path) -> Study:
    import shutil

    copied = Study(Path(shutil.copytree(prepared.root, tmp_path / "study")))
    cothemes.done(
        "route", "--reviewers", "ann,bob", "--documents", FIRST, "--overlap", 0.5, "--blind", 1,
        study=copied.root,
    )  # fmt: skip
    for name in ("ann", "bob"):
        desk = Desk(copied, name)
        for standing in desk.queue().waiting:
            desk.done(desk.card(standing.assignment.passage))
    return copied


def sow(cothemes: Any, study: Study, *more: object) -> dict[str, Any]:
    words = ("route", "--reviewers", "cat", "--blind", 0.1, "--seeded", 0.1, *more)
    found: dict[str, Any] = cothemes.json(*words, study=study.root)
    return found


def finish(study: Study, seeds: list[Seed], *, accept: bool) -> None:
    cat = Desk(study, "cat")
    for seed in seeds:
        card = cat.card(seed.passage)
        if accept:
            card = cat.decide(card, seed.code, Action.ACCEPT)
        cat.done(card)


def test_a_dry_run_and_two_runs_sow_once(cothemes: Any, study: Study) -> None:
    dry = sow(cothemes, study, "--dry-run")
    assert dry["seeded"]["sown"] > 0
    assert study.store.reviews.seeds() == []
    first = sow(cothemes, study)
    assert first["seeded"]["sown"] == dry["seeded"]["sown"] == len(study.store.reviews.seeds())
    assisted = first["reviewers"]["cat"]["assisted"]
    assert abs(first["seeded"]["sown"] - 0.1 * assisted) < 1
    assert sow(cothemes, study)["seeded"]["sown"] == 0
    assert all(seed.passage not in str(first["assignments"]) for seed in study.store.reviews.seeds())


def test_nobody_is_sown_a_passage_that_she_read_and_why_is_said(cothemes: Any, study: Study) -> None:
    words = ("route", "--reviewers", "ann,bob", "--seeded", 0.1)
    found = cothemes.json(*words, study=study.root)
    assert (found["seeded"]["ground"], found["seeded"]["sown"]) == ({"ann": 0, "bob": 0}, 0)
    told = " ".join(cothemes.done(*words, study=study.root).split())
    assert f"ann and bob each have been given all {found['seeded']['read_blind_by_two']} passages" in told
    assert "reviewers add NAME cothemes reviewers reassign ann NAME cothemes route --reviewers NAME" in told


def test_what_is_typed_as_told_sows_for_a_third_person(cothemes: Any, study: Study) -> None:
    """Ann and bob have all there is; ann's later passages go to dan, and dan alone is routed."""
    cothemes.done("route", "--reviewers", "ann,bob", "--blind", 0.1, study=study.root)
    cothemes.done("reviewers", "add", "dan", study=study.root)
    cothemes.done("reviewers", "reassign", "ann", "dan", study=study.root)
    words = ("route", "--reviewers", "dan", "--round", "main", "--seeded", 0.1)
    assert cothemes.json(*words, study=study.root)["seeded"]["sown"] > 0
    assert {seed.reviewer for seed in study.store.reviews.seeds()} == {"dan"}


def test_no_card_warns_of_seeds_where_none_is_sown(cothemes: Any, study: Study) -> None:
    cothemes.done("route", "--reviewers", "ann,bob", "--blind", 0.1, "--seeded", 0.1, study=study.root)
    ann = Desk(study, "ann")
    card = ann.card(
        next(s for s in ann.queue().waiting if s.assignment.arm is Arm.ASSISTED).assignment.passage
    )
    assert card.remarks == ()


def test_before_any_blind_reading_it_says_what_comes_first(cothemes: Any, prepared: Study) -> None:
    words = ("route", "--reviewers", "ann,bob", "--seeded", 0.1, "--dry-run")
    told = " ".join(cothemes.done(*words, study=prepared.root).split())
    assert "nothing would be placed now" in told
    assert "nowhere have two yet: have that done first" in told


def test_a_seed_looks_as_a_suggestion_does_and_stands_on_words_that_are_there(
    cothemes: Any, study: Study
) -> None:
    sow(cothemes, study)
    cat = Desk(study, "cat")
    for seed in study.store.reviews.seeds():
        card = cat.card(seed.passage)
        shown = card.suggestion_for(seed.code)
        assert shown is not None
        assert (shown.id, shown.rater, shown.run) == (seed.id, "offline@0#r0001", "r0001")
        (evidence,) = shown.evidence
        assert card.passage.start <= evidence.start < evidence.end <= card.passage.end
        assert "wrong on purpose" in " ".join(card.remarks)
        blind = study.store.reviews.assignments(passage=seed.passage)
        assert {a.reviewer for a in blind} == {"ann", "bob"}
        assert {a.arm for a in blind} == {Arm.BLIND}
    other = next(s for s in cat.queue().waiting if s.assignment.arm is Arm.ASSISTED)
    assert "wrong on purpose" in " ".join(cat.card(other.assignment.passage).remarks), "told on every card"
    blind_card = next(s for s in cat.queue().waiting if s.assignment.arm is Arm.BLIND)
    assert cat.card(blind_card.assignment.passage).remarks == ()


def test_a_seeded_reading_is_nowhere_read_as_a_coding(cothemes: Any, study: Study) -> None:
    sow(cothemes, study)
    seeds = study.store.reviews.seeds()
    before = human_ratings(study).ratings
    agreement = cothemes.json("agreement", study=study.root)
    finish(study, seeds, accept=True)
    assert human_ratings(study).ratings == before
    assert [f for f in retrieve(study, CodingFilter()).decided if f.coding.by == "cat"] == []
    assert cothemes.json("agreement", study=study.root) == agreement
    for words in (("codings", "--json"), ("quotes", "--code", seeds[0].code, "--json")):
        assert '"cat"' not in cothemes.done(*words, study=study.root)
    table = study.root / "out.csv"
    for kind in ("csv", "ratings"):
        cothemes.done("export", kind, table, study=study.root)
        assert "cat" not in table.read_text(encoding="utf-8")
        table.unlink()
    shown = cothemes.json("show", seeds[0].passage, study=study.root)
    assert "cat" not in str(shown)


def test_an_accepted_seed_goes_to_another_blind_reader_once(cothemes: Any, study: Study) -> None:
    sow(cothemes, study)
    seeds = study.store.reviews.seeds()
    finish(study, seeds[:1], accept=True)
    waits = cothemes.json("route", "--reviewers", "ann,bob", study=study.root)["seeded"]
    assert (waits["checks_given"], waits["checks_wanting"]) == (False, True), "ann and bob have read it"
    cothemes.done("reviewers", "add", "eve", study=study.root)
    # Dan is given all that was double-coded in this round, so eve alone is left in a round of her own.
    given = cothemes.json(
        "route", "--reviewers", "eve", "--round", "later", "--documents", "policy", study=study.root
    )
    assert given["seeded"]["checks_given"]
    check = next(a for a in study.store.reviews.assignments(reviewer="eve") if a.passage == seeds[0].passage)
    assert (check.arm, check.chance) == (Arm.BLIND, None)
    again = cothemes.json("route", "--reviewers", "eve", "--round", "later", study=study.root)["seeded"]
    assert (again["checks_given"], again["checks_wanting"]) == (False, False)
    eve = Desk(study, "eve")
    before = human_ratings(study).ratings
    eve.done(eve.decide(eve.card(check.passage), seeds[0].code, Action.ADD))
    assert human_ratings(study).ratings == before
    found = anchoring(study, "main").seeds
    assert found is not None
    assert (found.answered, found.waiting, found.borne_out) == (1, None, None), (
        "of one person nothing is told"
    )


def test_one_persons_rate_is_shown_to_nobody(cothemes: Any, study: Study) -> None:
    sow(cothemes, study)
    seeds = study.store.reviews.seeds()
    finish(study, seeds[:3], accept=False)
    text = " ".join(cothemes.done("anchoring", "--round", "main", study=study.root).split())
    assert f"3 of {len(seeds)} answered; the rate is shown from" in text
    data = cothemes.json("anchoring", study=study.root)["seeds"]
    assert data["rate"]["value"] is data["waiting"] is data["borne_out"] is None
    assert "cat" not in str(data)
    assert set(data) == {"sown", "answered", "borne_out", "waiting", "rate"}


def test_a_package_holds_no_seed(cothemes: Any, study: Study) -> None:
    sow(cothemes, study)
    seeds = study.store.reviews.seeds()
    out = study.root / "cat.zip"
    cothemes.done("pack", "--as", "cat", out, study=study.root)
    with ZipFile(out) as package:
        held = b"".join(package.read(name) for name in package.namelist())
    assert all(seed.id.encode() not in held for seed in seeds)
    assert all(f'"passage":"{seed.passage}"'.encode() not in held.replace(b" ", b"") for seed in seeds)


def test_a_seed_whose_code_was_reworded_is_none(cothemes: Any, study: Study) -> None:
    sow(cothemes, study)
    seed = study.store.reviews.seeds()[0]
    path = study.codebook_path
    text = path.read_text(encoding="utf-8")
    label = study.codebook.by_id[seed.code].definition
    path.write_text(text.replace(label, f"{label} And so on."), encoding="utf-8")
    card = Desk(Study(study.root), "cat").card(seed.passage)
    assert card.suggestion_for(seed.code) is None
