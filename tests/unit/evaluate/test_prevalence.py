"""Shares corrected by the blind random sample: sums by hand, and intervals that cover."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

import numpy as np
import pytest
from scipy import stats
from tests.unit.route.study_of_words import NOW, interviews, passages_of

from cothemes.agreement import dsl_mean, ppi_mean
from cothemes.errors import StateConflict
from cothemes.records.rating import RaterKind, Rating
from cothemes.records.review import Arm, Assignment, Stream
from cothemes.stages.evaluate.prevalence.figures import PrevalenceTable
from cothemes.stages.evaluate.prevalence.sample import random_sample
from cothemes.stages.evaluate.prevalence.shares import prevalence_of
from cothemes.stages.route.design import Design
from cothemes.stages.route.draw import draw
from cothemes.stages.route.order import Worth

DRAWN = datetime(2026, 11, 3, tzinfo=UTC)


def assignment(
    passage: str,
    arm: Arm,
    probability: float,
    *,
    reviewer: str = "ann",
    double: bool = False,
    round_name: str = "main",
    day: int = 3,
    chance: float | None = None,
    **fields: object,
) -> Assignment:
    """Without a `chance`, that of a design with one blind lot; 0 or less is none."""
    known = (probability if arm is Arm.BLIND else 1 - probability) if chance is None else chance
    return Assignment(
        reviewer=reviewer,
        passage=passage,
        document=passage.split(".")[0],
        round=round_name,
        arm=arm,
        probability=probability,
        double=double,
        position=0,
        drawn=DRAWN.replace(day=day),
        seed=1,
        chance=known if known > 0 else None,
        **fields,
    )


def said(passage: str, value: int, *, rater: str = "ann", arm: str = "blind", code: str = "A") -> Rating:
    kind = RaterKind.MODEL if rater == "m" else RaterKind.HUMAN
    return Rating(
        unit=passage,
        doc=passage.split(".")[0],
        rater=rater,
        kind=kind,
        code=code,
        value=value,
        arm="" if rater == "m" else arm,
        round="" if rater == "m" else "main",
    )


def table(
    assignments: list[Assignment], people: Iterable[Rating], model: Iterable[Rating], codes: tuple[str, ...]
) -> PrevalenceTable:
    return prevalence_of(random_sample(assignments, people, ""), model, codes, {}, run="r1", rater="m")


def study(
    chance: np.random.Generator, documents: int, passages: int, share: float
) -> tuple[list[Assignment], list[Rating], list[Rating], float]:
    """A draw with one blind lot of half the passages of each document; the model errs by document."""
    assignments, people, model, truths = [], [], [], []
    for document in range(documents):
        rate = chance.beta(20 * share, 20 * (1 - share))
        hit, false = chance.beta(6, 3), chance.beta(2, 18)
        blind = set(chance.permutation(passages)[: passages // 2].tolist())
        for number in range(passages):
            name = f"d{document}.{number}"
            truth = int(chance.random() < rate)
            truths.append(truth)
            model.append(said(name, int(chance.random() < (hit if truth else false)), rater="m"))
            arm = Arm.BLIND if number in blind else Arm.ASSISTED
            assignments.append(assignment(name, arm, 0.5))
            if number in blind:
                people.append(said(name, truth))
    return assignments, people, model, float(np.mean(truths))


def test_design_based_share_by_hand() -> None:
    """Ten passages in each of two documents, half drawn (π = .5).

    d0: the model says yes to all; of the five drawn, people say yes to three. d1: the model says no to all;
    of the five drawn, people say yes to two. Mean of f + R/π·(Y − f):
    (10 − 2·2 + 2·2) / 20 = 10/20. The model's own share is 10/20; people's is 5/10.
    """
    assignments, people, model = [], [], []
    for document, yes, prediction in (("d0", 3, 1), ("d1", 2, 0)):
        for number in range(10):
            name = f"{document}.{number}"
            assignments.append(assignment(name, Arm.BLIND if number < 5 else Arm.ASSISTED, 0.5))
            model.append(said(name, prediction, rater="m"))
            if number < 5:
                people.append(said(name, int(number < yes)))
    found = table(assignments, people, model, ("A",))
    (code,) = found.codes
    assert (found.passages, found.reviewed, found.clusters, code.positives) == (20, 10, 2, 5)
    assert code.model_share == pytest.approx(0.5)
    assert code.people_share.value == pytest.approx(0.5)
    assert code.design_based.value == pytest.approx((10 - 2 * 2 + 2 * 2) / 20)
    assert code.flag == "few positives"


def test_too_few_positives_have_the_exact_interval_of_people_and_no_corrected_share() -> None:
    assignments = [assignment(f"d{n % 3}.{n}", Arm.BLIND, 1.0) for n in range(30)]
    people = [said(f"d{n % 3}.{n}", int(n < 4)) for n in range(30)]
    model = [said(f"d{n % 3}.{n}", 0, rater="m") for n in range(30)]
    (code,) = table(assignments, people, model, ("A",)).codes
    assert code.design_based.value is None
    assert code.design_based.reason == "fewer than 5 labelled positives"
    assert code.flag == "too few"
    assert code.people_share.value == pytest.approx(4 / 30)
    ends = stats.beta.ppf([0.025, 0.975], [4, 5], [27, 26])
    assert code.people_share.low <= ends[0]
    assert code.people_share.high >= ends[1]
    assert (code.people_share.estimand, code.design_based.estimand) == ("these documents", None)


@pytest.mark.parametrize(("yes", "flag"), [(6, "few positives"), (27, "few negatives"), (16, None)])
def test_few_labels_on_one_side_are_not_corrected(yes: int, flag: str | None) -> None:
    """Half of 60 passages are read; the model gives the code to all of them and to none of the others."""
    assignments = [assignment(f"d{n % 3}.{n}", Arm.BLIND if n < 30 else Arm.ASSISTED, 0.5) for n in range(60)]
    people = [said(f"d{n % 3}.{n}", int(n < yes)) for n in range(30)]
    model = [said(f"d{n % 3}.{n}", int(n < 30), rater="m") for n in range(60)]
    (code,) = table(assignments, people, model, ("A",)).codes
    assert code.flag == flag
    own = yes / 30
    # The model's share is 1/2, its error in the passages read is 1 - own: 1/2 - (1 - own).
    assert code.design_based.value == pytest.approx(own if flag else own - 0.5)
    for share in (code.people_share, code.design_based, code.prediction_powered):
        assert share.low <= share.value <= share.high
        assert ((share.method or "").startswith("exact")) == bool(flag)


def test_no_positive_at_all_is_a_bound_and_not_nought_to_nought() -> None:
    """None of 30: 1 - .025^(1/30) = 11.6 %; all of 30: its complement."""
    assignments = [assignment(f"d{n % 3}.{n}", Arm.BLIND, 1.0) for n in range(30)]
    model = [said(f"d{n % 3}.{n}", n % 2, rater="m") for n in range(30)]
    for value, ends in ((0, (0, 1 - 0.025 ** (1 / 30))), (1, (0.025 ** (1 / 30), 1))):
        people = [said(f"d{n % 3}.{n}", value) for n in range(30)]
        (code,) = table(assignments, people, model, ("A",)).codes
        assert (code.people_share.low, code.people_share.high) == pytest.approx(ends)
        assert code.people_share.method.startswith("exact binomial")
        assert code.people_share.reason is None


def test_where_chances_differ_the_bound_is_of_the_worst_case() -> None:
    """None of 10 read: were the code in passages of chance .1 alone, 35 of them would stay unread with the
    chance .9^35 = .025. There are 90 such passages, so it can be in 35 of 100."""
    chances = [0.9] * 10 + [0.1] * 90
    assignments = [
        assignment(f"d{n % 5}.{n}", Arm.BLIND if n < 10 else Arm.ASSISTED, 1.0, chance=chance)
        for n, chance in enumerate(chances)
    ]
    people = [said(f"d{n % 5}.{n}", 0) for n in range(10)]
    model = [said(f"d{n % 5}.{n}", 0, rater="m") for n in range(100)]
    (code,) = table(assignments, people, model, ("A",)).codes
    assert (code.people_share.value, code.people_share.low) == (0.0, 0.0)
    assert code.people_share.high == pytest.approx(0.35)
    assert "unequal chances" in code.people_share.method


def test_a_passage_of_two_readers_counts_the_share_of_them() -> None:
    assignments, people, model = [], [], []
    for number in range(20):
        name = f"d{number % 4}.{number}"
        for reviewer in ("ann", "bob"):
            assignments.append(assignment(name, Arm.BLIND, 1.0, reviewer=reviewer, double=True))
            people.append(said(name, int(reviewer == "ann"), rater=reviewer))
        model.append(said(name, 0, rater="m"))
    (code,) = table(assignments, people, model, ("A",)).codes
    assert code.positives == 20
    assert code.design_based.value == pytest.approx(0.5)


def test_the_chance_is_that_of_either_blind_lot() -> None:
    """Overlap .2, blind .1 of the rest: .2 + .8·.1 = .28, whichever lot the passage drew."""
    found = random_sample(
        [
            assignment("d.1", Arm.BLIND, 0.2, double=True, chance=0.28),
            assignment("d.1", Arm.BLIND, 0.2, double=True, reviewer="bob", chance=0.28),
            assignment("d.2", Arm.BLIND, 0.08, chance=0.28),
            assignment("d.3", Arm.ASSISTED, 0.72, chance=0.28),
            assignment("d.4", Arm.REVEAL, 0.72, chance=0.28),
        ],
        [said(name, 0) for name in ("d.1", "d.2", "d.4")],
        "",
    )
    assert found.chance == pytest.approx(dict.fromkeys(("d.1", "d.2", "d.3", "d.4"), 0.28))
    assert set(found.labels) == {"d.1", "d.2"}, "the first reading of a reveal passage is not random"


def test_a_passage_under_the_floor_is_left_out_and_counted() -> None:
    found = random_sample(
        [
            assignment("d.1", Arm.BLIND, 0.5),
            assignment("d.2", Arm.BLIND, 0.01, chance=0, day=4),
            assignment("d.3", Arm.ASSISTED, 0.99, chance=0, day=4),
        ],
        [said("d.1", 1), said("d.2", 1)],
        "",
    )
    assert (set(found.chance), set(found.labels), found.without_chance) == ({"d.1"}, {"d.1"}, 2)


def in_order(name: str, rank: float, arm: Arm = Arm.BLIND, **fields: object) -> Assignment:
    """Of a draw in drawn order, half of it blind."""
    stream = fields.pop("stream", Stream.DRAWN)
    return assignment(name, arm, 0.5, rank=rank, stream=stream, **fields)  # type: ignore[arg-type]


def test_a_queue_in_drawn_order_counts_up_to_the_first_blind_passage_that_is_open() -> None:
    """Of 8 passages, ranks .1 to .8, blind are .1, .3, .5, .7. Read: .1, .3 and, out of order, .7. The first
    open is .5: below it lie 4 of 8, so by now a passage was read blind with chance .5 · 4/8 = .25."""
    blind = [in_order(f"d.{n}", n / 10) for n in (1, 3, 5, 7)]
    rest = [in_order(f"d.{n}", n / 10, Arm.ASSISTED, stream=Stream.PRIORITY) for n in (2, 4, 6, 8)]
    found = random_sample([*blind, *rest], [said(f"d.{n}", 1) for n in (1, 3, 7)], "")
    assert found.chance == pytest.approx({f"d.{n}": 0.25 for n in range(1, 9)})
    assert set(found.labels) == {"d.1", "d.3"}
    assert (found.in_progress, found.not_begun, found.unfinished) == (8, 0, ())
    whole = random_sample([*blind, *rest], [said(f"d.{n}", 1) for n in (1, 3, 5, 7)], "")
    assert set(whole.chance.values()) == {0.5}
    assert (set(whole.labels), whole.in_progress) == ({"d.1", "d.3", "d.5", "d.7"}, 0)


def test_a_draw_of_which_nothing_was_read_in_order_is_left_out() -> None:
    begun = [in_order("a.1", 0.5), in_order("a.2", 0.6, Arm.ASSISTED)]
    later = [in_order("b.1", 0.1, day=4), in_order("b.2", 0.9, day=4)]
    found = random_sample([*begun, *later], [said("a.1", 1), said("b.2", 1)], "")
    assert (set(found.chance), set(found.labels), found.not_begun) == ({"a.1", "a.2"}, {"a.1"}, 2)


@pytest.mark.parametrize("codes_done", [3, 10, 25])
def test_a_half_finished_queue_in_drawn_order_gives_the_right_share(codes_done: int) -> None:
    """60 passages of two documents, 18 with the code; the queue stops after so many blind ones, with the
    doubtful put forward in between. Over 600 draws the mean of the design-based share is that of all
    passages, within four of its standard errors."""
    passages = passages_of("a", [80] * 40) + passages_of("b", [80] * 20)
    truth = {p.id: int(n % 10 < 3) for n, p in enumerate(passages)}
    model = {p.id: int(n % 10 in (0, 5)) for n, p in enumerate(passages)}
    doubtful = {p: 1.0 for p, value in truth.items() if value}
    estimates = []
    for seed in range(600):
        design = Design(overlap=0.2, blind=0.4, priority=0.5, seed=seed, reveal_first=5)
        drawn = draw(passages, interviews("a", "b"), ("ann", "bob"), design, [], NOW, worth=Worth(doubtful))
        people: dict[str, str] = {}
        for each in sorted(drawn.assignments, key=lambda a: a.position):
            if each.arm is Arm.BLIND and len(people) < codes_done:
                people.setdefault(each.passage, each.reviewer)
        sample = random_sample(drawn.assignments, [said(p, truth[p], rater=r) for p, r in people.items()], "")
        if not sample.labels:
            continue
        frame = list(sample.chance)
        read = [p in sample.labels for p in frame]
        found = dsl_mean(
            [float(model[p]) for p in frame],
            [truth[p] if r else None for p, r in zip(frame, read, strict=True)],
            read,
            [sample.chance[p] for p in frame],
        )
        estimates.append(found.value)
    assert len(estimates) > 590
    error = float(np.std(estimates)) / len(estimates) ** 0.5
    assert float(np.mean(estimates)) == pytest.approx(0.3, abs=4 * error)


def test_a_half_read_document_is_left_out() -> None:
    found = random_sample(
        [assignment(f"d{n}.{k}", Arm.BLIND, 1.0) for n in range(2) for k in range(3)],
        [said("d0.0", 1), said("d0.1", 0), said("d0.2", 0), said("d1.0", 1)],
        "",
    )
    assert found.unfinished == ("d1",)
    assert set(found.chance) == {"d0.0", "d0.1", "d0.2"}


def test_decisions_with_suggestions_in_view_are_no_part_of_it() -> None:
    found = random_sample(
        [assignment("d.1", Arm.ASSISTED, 0.5), assignment("d.2", Arm.BLIND, 0.5)],
        [said("d.1", 1, arm="assisted"), said("d.2", 0)],
        "",
    )
    assert set(found.labels) == {"d.2"}


def test_rounds_are_never_pooled() -> None:
    two = [assignment("d.1", Arm.BLIND, 1.0), assignment("d.2", Arm.BLIND, 1.0, round_name="pilot")]
    with pytest.raises(StateConflict, match="never pooled"):
        random_sample(two, [], "")
    assert random_sample(two, [said("d.1", 1)], "main").rounds == ("main",)


def test_nothing_to_correct_by_is_said() -> None:
    with pytest.raises(StateConflict, match="no passage was drawn for anyone"):
        random_sample([], [], "")
    sample = random_sample([assignment("d.1", Arm.ASSISTED, 1.0)], [], "")
    with pytest.raises(StateConflict, match="drawn for blind coding"):
        prevalence_of(sample, [said("d.1", 1, rater="m")], ("A",), {}, run="r1", rater="m")


def test_two_designs_in_one_frame_have_no_prediction_powered_share() -> None:
    assignments, people, model = [], [], []
    for document, share in (("d0", 0.5), ("d1", 0.25)):
        for number in range(40):
            name = f"{document}.{number}"
            blind = number < 40 * share
            arm = Arm.BLIND if blind else Arm.ASSISTED
            assignments.append(
                assignment(name, arm, share if blind else 1 - share, day=3 if document == "d0" else 4)
            )
            model.append(said(name, number % 2, rater="m"))
            people += [said(name, number % 2)] if blind else []
    (code,) = table(assignments, people, model, ("A",)).codes
    assert code.prediction_powered.value is None
    assert "chances" in (code.prediction_powered.reason or "")
    assert code.design_based.value == pytest.approx(0.5)


def test_clusters_give_the_error_of_whole_interviews() -> None:
    """Means of interviews 1 and 0 of one size: leaving one out gives 0 and 1; se² = ½·(¼ + ¼) = ¼."""
    ten = [*["a"] * 10, *["b"] * 10]
    labels = [*[1] * 10, *[0] * 10]
    found = dsl_mean(labels, labels, [True] * 20, [1.0] * 20, clusters=ten)
    assert (found.value, found.se, found.clusters) == (0.5, 0.5, 2)
    assert (found.low, found.high) == (0.0, 1.0)
    powered = ppi_mean(
        labels,
        labels,
        labels,
        clusters=ten,
        unlabelled_clusters=ten,
    )
    assert (powered.value, powered.se) == (0.5, 0.5)
    alone = dsl_mean([1, 0], [1, 0], [True] * 2, [1.0] * 2, clusters=["a", "a"])
    # Few labels have their exact interval, whatever the interviews; many of one interview have none.
    assert (alone.low, alone.high) == pytest.approx((1 - 0.975**0.5, 0.975**0.5))
    assert alone.reason is None
    many = dsl_mean([1, 0] * 10, [1, 0] * 10, [True] * 20, [1.0] * 20, clusters=["a"] * 20)
    assert many.reason == "one cluster: no interval"
    assert many.low != many.low


@pytest.mark.slow
@pytest.mark.parametrize("share", [0.3, 0.08])
def test_intervals_cover_the_share_of_these_interviews(share: float) -> None:
    chance = np.random.default_rng(5)
    covered = {"design_based": 0, "prediction_powered": 0, "people_share": 0}
    naive, estimated = 0.0, 0
    for _ in range(400):
        assignments, people, model, truth = study(chance, 12, 30, share)
        (code,) = table(assignments, people, model, ("A",)).codes
        if code.design_based.value is None:
            continue
        estimated += 1
        for name in covered:
            found = getattr(code, name)
            covered[name] += found.low <= truth <= found.high
        naive += (code.model_share or 0) - truth
    assert estimated > 350
    assert all(count / estimated >= 0.93 for count in covered.values()), covered
    assert abs(naive / estimated) > 0.01, "the model's own share is biased"


def test_before_a_document_is_read_to_its_end_it_is_said_who_has_how_much_to_read() -> None:
    drawn = [assignment(f"d.{n}", Arm.BLIND, 1.0, reviewer=who) for n in range(4) for who in ("ann", "bob")]
    sample = random_sample(drawn, [said("d.0", 1), said("d.0", 1, rater="bob"), said("d.1", 0)], "")
    assert sample.to_read == {"ann": 2, "bob": 3}


def test_an_unread_draw_in_drawn_order_is_told_as_one_and_who_has_to_read() -> None:
    """The blind passage of rank .1 is open, so the one of rank .2, which is read, does not count yet."""
    drawn = [
        assignment(f"d.{n}", Arm.BLIND, 0.5).model_copy(update={"stream": Stream.DRAWN, "rank": n / 10})
        for n in (1, 2)
    ]
    sample = random_sample(drawn, [said("d.2", 1)], "")
    with pytest.raises(StateConflict, match="no blind passage counts yet") as refused:
        prevalence_of(sample, [said("d.1", 1, rater="m")], ("A",), {}, run="r1", rater="m")
    assert "ann 1" in refused.value.hint
    assert "route" not in refused.value.hint
