"""Random studies in which every secret has a word of its own, so that its bytes can be searched for."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from pathlib import Path

from tests.doubles.coded_study import NOW, propose, study_in

from cothemes.app.review.review import Desk
from cothemes.app.study import Study
from cothemes.records.candidate import Candidate
from cothemes.records.rating import RaterKind, Rating
from cothemes.records.review import Action, Arm, Assignment
from cothemes.records.suggestion import Evidence, Outcome, OutcomeState, Suggestion, Verdict


@dataclass
class Secrets:
    """Words that a package of `who` may and may not hold."""

    who: str
    kept: set[str] = field(default_factory=set)
    """Words that it must hold."""
    closed: set[str] = field(default_factory=set)
    """Words that it must not hold."""


def random_study(folder: Path, seed: int) -> tuple[Study, Secrets]:
    """Three people with random arms, who decide at random and write notes; ann's package is asked for."""
    chance = random.Random(seed)
    names = ("ann", "bob-zwetschge", "cem-quitte")
    study = study_in(folder, documents=chance.randint(1, 4), reviewers=names)
    secrets = Secrets("ann", closed={*names[1:], "candidatequince"})
    propose(study)
    _say_more(study, chance)
    passages = study.store.passages.all()
    for name in names:
        given = chance.sample(passages, chance.randint(1, len(passages)))
        study.store.reviews.assign(
            [
                Assignment(
                    reviewer=name,
                    passage=passage.id,
                    document=passage.document,
                    round="main",
                    arm=chance.choice(list(Arm)),
                    probability=0.5,
                    double=False,
                    position=position,
                    drawn=NOW,
                    seed=8675309,
                )
                for position, passage in enumerate(given)
            ]
        )
        desk = Desk(study, name)
        for standing in desk.standings:
            _decide(desk, standing.assignment.passage, chance, secrets)
    _close(study, secrets)
    return study, secrets


def _say_more(study: Study, chance: random.Random) -> None:
    """A suggestion with a reason of its own for every passage, some of them such as no card shows."""
    run = study.store.runs.all()[0]
    made = []
    for number, passage in enumerate(study.store.passages.all()):
        made.append(
            Suggestion(
                id=f"suggestion{number:04d}x",
                run=run.id,
                rater=run.rater,
                passage=passage.id,
                code="B1",
                verdict=chance.choice([Verdict.YES, Verdict.YES, Verdict.NO]),
                evidence=(Evidence(start=passage.start, end=passage.end),),
                reason=f"reason{number:04d}x (0.87)",
                confidence=0.8712345,
                score=0.7612345,
            )
        )
        candidate = Candidate(
            id=f"candidate{number}",
            run=run.id,
            passage=passage.id,
            label="candidatequince",
            criterion="candidatequince",
            evidence=(),
        )
        study.store.runs.record(
            [Outcome(run=run.id, passage=passage.id, state=OutcomeState.CODED)], made[-1:], [candidate]
        )
    study.store.ratings.add(
        [
            Rating(
                unit=study.store.passages.all()[0].id,
                doc="talk-1",
                rater="imported-medlar",
                kind=RaterKind.HUMAN,
                code="A1",
                value=1,
            )
        ]
    )


def _decide(desk: Desk, passage: str, chance: random.Random, secrets: Secrets) -> None:
    word = f"note{desk.reviewer}{passage}".replace("-", "").replace(".", "")
    pool = secrets.kept if desk.reviewer == secrets.who else secrets.closed
    for _ in range(chance.randint(0, 2)):
        card = desk.card(passage)
        if card.standing.done or (card.standing.locked and not card.proposed):
            return
        code = chance.choice(["A1", "A2", "B1"])
        desk.decide(card, code, Action.ADD, note=word)
        pool.add(word)
        if chance.random() < 0.6:
            desk.done(desk.card(passage))


def _close(study: Study, secrets: Secrets) -> None:
    """Settles, by the records and not by the program that packs, what ann may see."""
    reviews = study.store.reviews
    mine = {a.passage: a for a in reviews.assignments(reviewer=secrets.who)}
    finished = {d.passage for d in reviews.decisions(reviewer=secrets.who) if d.action is Action.DONE}
    secrets.closed |= {"imported-medlar", "8675309", "0.8712345", "0.7612345", "(0.87)"}
    for decision in reviews.decisions():
        if decision.reviewer != secrets.who:
            secrets.closed.add(decision.id)
        else:
            secrets.kept.add(decision.id)
    for suggestion in study.store.runs.suggestions():
        given = mine.get(suggestion.passage)
        open_ = given is not None and (
            given.arm is Arm.ASSISTED or (given.arm is Arm.REVEAL and suggestion.passage in finished)
        )
        own = {suggestion.id, suggestion.reason.partition(" ")[0]} if suggestion.code == "B1" else set()
        if open_ and suggestion.verdict is Verdict.YES:
            secrets.kept |= own
        elif not open_:
            secrets.closed |= {suggestion.id, *own}
    for document in study.store.documents.all():
        if document.slug not in {a.document for a in mine.values()}:
            secrets.closed.add(f"Document {document.slug}")
