"""The study's decisions and runs as ratings: what agreement, tables and exports read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache, wraps
from typing import Concatenate, ParamSpec, TypeVar

from cothemes.app.coding_codebook import drafts_in_view
from cothemes.app.corrected_texts import confirmed, texts_of
from cothemes.app.hand_edits import refuse_unexplained
from cothemes.app.study import Study
from cothemes.records.adjudication import CONSENSUS
from cothemes.records.code_operation import OperationKind
from cothemes.records.codebook import Codebook
from cothemes.records.passage import PassageHead
from cothemes.records.rating import RaterKind, Rating
from cothemes.records.record import content_hash
from cothemes.records.review import PUT_FORWARD, Assignment, Decision, ReadingArm
from cothemes.records.revision import RevisionKind
from cothemes.stages.review.code_changes import CodeChange, changes_in, ended
from cothemes.stages.review.meanings import Meanings, SaidSame
from cothemes.stages.review.raters import joined_ratings, joined_readings, main_names
from cothemes.stages.review.ratings import RatingsRead, ratings_of_rulings, read_ratings
from cothemes.stages.review.selection import History, Purpose, Selection, selection
from cothemes.stages.review.wordings import Same, Wordings, same_as_now

P = ParamSpec("P")
T = TypeVar("T")
_MADE = "_made_once"
"""Key in a study's `__dict__`: what was made of its records so far in one use case."""


def reads_once(use_case: Callable[Concatenate[Study, P], T]) -> Callable[Concatenate[Study, P], T]:
    """Wrap a use case that writes nothing: within it, functions that are `made_once` run once.

    A figure needs the same selections many times. They are forgotten at the end of the use case, so that
    nothing is read that was true earlier.
    """

    @wraps(use_case)
    def run(study: Study, /, *args: P.args, **kwargs: P.kwargs) -> T:
        if _MADE in study.__dict__:
            return use_case(study, *args, **kwargs)
        study.__dict__[_MADE] = {}
        try:
            return use_case(study, *args, **kwargs)
        finally:
            del study.__dict__[_MADE]

    return run


def made_once(make: Callable[Concatenate[Study, P], T]) -> Callable[Concatenate[Study, P], T]:
    """Wrap a function of a study's records, with hashable arguments, whose result nobody changes."""

    @wraps(make)
    def run(study: Study, /, *args: P.args, **kwargs: P.kwargs) -> T:
        made = study.__dict__.get(_MADE)
        if made is None:
            return make(study, *args, **kwargs)
        key = (run, args, tuple(sorted(kwargs.items())))
        if key not in made:
            made[key] = make(study, *args, **kwargs)
        found: T = made[key]
        return found

    return run


def keep_codebook(study: Study, codebook: Codebook | None = None) -> None:
    """Store the study's codebook as it is now, or the one given, so that later decisions can be told from
    earlier ones.

    Raises StateConflict where a code is gone from the study's codebook and nobody has said why.
    """
    if codebook is None:
        refuse_unexplained(study)
    kept = codebook or study.codebook
    study.store.codebooks.put(kept.hash, kept.model_dump_json())


def wordings(study: Study, hashes: Iterable[str]) -> Wordings:
    """Return, for each stored codebook, the hash of every code's text."""
    found = {}
    for codebook_hash in set(hashes):
        book = kept_codebook(study, codebook_hash)
        if book is not None:
            found[codebook_hash] = {code.id: code.text_hash for code in book.codes}
    return found


def kept_codebook(study: Study, codebook_hash: str) -> Codebook | None:
    """Return a stored codebook with the ids that its codes have now; None where it is not kept."""
    content = study.store.codebooks.get(codebook_hash)
    if content is None:
        return None
    return _book(content).renamed(study.store.operations.names_in(codebook_hash))


def _named_now(study: Study, codebook_hash: str, codes: Iterable[str]) -> tuple[str, ...]:
    """Ids of codes in a stored codebook as they are now."""
    names = study.store.operations.names_in(codebook_hash)
    return tuple(names.get(code, code) for code in codes)


@made_once
def same_wordings(study: Study) -> Same:
    """Code → texts that ask for the same codings as its text now: by a person's word, or because nothing but
    label, theme or parent of the code changed."""
    pairs = [*_said_the_same(study), *_relabelled(study), *_same_by_operation(study)]
    return same_as_now(pairs, {code.id: code.text_hash for code in study.codebook.codes}) if pairs else {}


def _said_the_same(study: Study) -> list[tuple[str, str, str]]:
    """(code, text, text) as people said it."""
    said = [each for each in study.store.revisions.all() if each.kind is RevisionKind.SAME]
    texts = wordings(study, [name for each in said for name in (each.old, each.new)])
    return [
        (code, texts[each.old][code], texts[each.new][code])
        for each in said
        for code in _named_now(study, each.new, each.codes)
        if code in texts.get(each.old, {}) and code in texts.get(each.new, {})
    ]


def _same_by_operation(study: Study) -> list[tuple[str, str, str]]:
    """(code, text, text) of codes that an operation left alone."""
    pairs = []
    for old, new, codes in _left_alone(study):
        texts = wordings(study, (old, new))
        then, now = texts.get(old, {}), texts.get(new, {})
        pairs += [(code, then[code], now[code]) for code in codes if code in then and code in now]
    return pairs


def _left_alone(study: Study) -> list[tuple[str, str, tuple[str, ...]]]:
    """(codebook, codebook, codes) of operations: codes that one left as they were, but for whom they name."""
    found = []
    for each in study.store.operations.all():
        book = kept_codebook(study, each.new)
        # What else a hand edit changed is seen from the texts.
        if book is None or each.old == each.new or each.by_hand:
            continue
        renames = each.kind in (OperationKind.RENAME, OperationKind.MOVE)
        changed = () if renames else _named_now(study, each.new, (*each.codes, *each.into))
        found.append((each.old, each.new, tuple(code for code in book.by_id if code not in changed)))
    return found


def _relabelled(study: Study) -> list[tuple[str, str, str]]:
    """(code, text, text) of codes of which label, theme or parent alone changed, and of drafts with their
    first definition.
    """
    now = study.codebook.by_id
    kept = (kept_codebook(study, name) for name in study.store.codebooks.hashes())
    books = [book.codes for book in kept if book is not None]
    first: dict[tuple[str, str], str] = {
        (code.id, code.substance_hash): code.text_hash
        for code in study.codebook.codes
        if code.definition.strip()
    }
    pairs = []
    drafts: dict[str, str] = {}
    for code in (code for book in [*books, study.codebook.codes] for code in book if code.id in now):
        draft = not code.definition.strip()
        # The label of a draft is all that it says.
        key = content_hash(code.model_dump(exclude={"theme", "parent"})) if draft else code.substance_hash
        one = first.setdefault((code.id, key), code.text_hash)
        if one != code.text_hash:
            pairs.append((code.id, one, code.text_hash))
        if draft:
            drafts[code.id] = code.text_hash
        elif code.id in drafts:
            # Its first definition keeps its decisions.
            pairs.append((code.id, drafts.pop(code.id), code.text_hash))
    return pairs


def kinds_of_reviewers(study: Study) -> dict[str, RaterKind]:
    """Registered names that are not plain people."""
    return {
        reviewer.name: RaterKind(reviewer.role)
        for reviewer in study.store.reviews.reviewers()
        if reviewer.role in (RaterKind.SYNTHETIC, RaterKind.CONSENSUS)
    }


def human_ratings(study: Study, *, round_name: str | None = None) -> RatingsRead:
    """Every closed reading by a registered person, of one round or all, as agreement counts it."""
    only = study.store.reviews.rounds() == {round_name}
    return _read(study, Purpose.AGREEMENT, None if only else round_name)


def found_ratings(study: Study) -> RatingsRead:
    """Each person's latest decisions under the current meaning, as findings count them."""
    return _read(study, Purpose.FINDINGS, None)


@made_once
def _read(study: Study, purpose: Purpose, round_name: str | None) -> RatingsRead:
    return read_ratings(
        selected(study, purpose, round_name=round_name, arm=None),
        every_history(study).assignments,
        meanings_of(study),
        heads_of(study),
        study.store.documents.heads(),
        kinds=kinds_of_reviewers(study),
    )


def ruled_ratings(study: Study) -> list[Rating]:
    """The rulings of the consensus that hold, over all rounds."""
    found = selected(study, Purpose.FINDINGS)
    return ratings_of_rulings(found.rulings, heads_of(study), study.store.documents.heads(), free_name(study))


def free_name(study: Study) -> str:
    """`consensus`, or with a number where imported ratings bear that name: they are another's."""
    taken = {rating.rater for rating in study.store.ratings.all()}
    names = (CONSENSUS, *(f"{CONSENSUS}-{number}" for number in range(2, len(taken) + 3)))
    return next(name for name in names if name not in taken)


def selected(
    study: Study,
    purpose: Purpose,
    *,
    round_name: str | None = None,
    arm: ReadingArm | None = ReadingArm.BLIND,
) -> Selection:
    """Return what counts in the study for a purpose, under its codebook, and why the rest does not."""
    if purpose is Purpose.FINDINGS:
        return _selected(study, purpose, None, None)
    return _selected(study, purpose, round_name, arm)


@made_once
def _selected(study: Study, purpose: Purpose, round_name: str | None, arm: ReadingArm | None) -> Selection:
    return selection(purpose, every_history(study), meanings_of(study), round_name=round_name, arm=arm)


@made_once
def every_history(study: Study) -> History:
    """The records of all readings."""
    return history_of(study)


@made_once
def put_forward_of(study: Study) -> frozenset[tuple[str, str, str]]:
    """Return reviewer, passage and round of every assignment that a score put forward: no random sample."""
    return frozenset(
        (each.reviewer, each.passage, each.round)
        for each in every_history(study).assignments
        if each.stream in PUT_FORWARD
    )


@made_once
def put_forward_passages(study: Study) -> frozenset[str]:
    """Return the passages that somebody read with suggestions because a score put them forward."""
    forward = {(who, passage) for who, passage, _ in put_forward_of(study)}
    return frozenset(
        each.passage
        for each in selected(study, Purpose.FINDINGS).counted
        if (each.rater, each.passage) in forward
    )


@made_once
def assignments_of(study: Study) -> Sequence[Assignment]:
    """Everybody's assignments, under the names that they were made for."""
    return study.store.reviews.assignments()


@made_once
def decisions_of(study: Study) -> Sequence[Decision]:
    """Everybody's decisions, under the names that they were made under."""
    return study.store.reviews.decisions()


@made_once
def heads_of(study: Study) -> Sequence[PassageHead]:
    """The current passages without their words."""
    return study.store.passages.heads()


def history_of(
    study: Study, assignments: Sequence[Assignment] | None = None, *, reader: str | None = None
) -> History:
    """The records that a selection reads: those of all readings, or of some.

    Readings with planted errors are none of them: they measure the reader. `reader`: the assignments are all
    of this person, whose draft codes are read as codes.
    """
    reviews = study.store.reviews
    given = assignments_of(study) if assignments is None else assignments
    open_to = {(each.reviewer, each.passage) for each in given}
    if assignments is None:
        planted = reviews.planted_readings() - open_to
        decisions = decisions_of(study)
        if planted:
            decisions = [each for each in decisions if (each.reviewer, each.passage) not in planted]
    else:
        decisions = reviews.decisions(reviewer=reader, passages={each.passage for each in given})
        decisions = [each for each in decisions if (each.reviewer, each.passage) in open_to]
    heads = heads_of(study)
    texts = texts_of(study, decisions, heads)
    joined = joined_readings(given, decisions, main_names(reviews.identities()))
    return History(
        joined.assignments,
        joined.decisions,
        study.store.settlements.all(),
        current={head.id for head in heads},
        forgotten={each.document for each in study.store.privacy.tombstones()},
        texts=texts,
        confirmed=confirmed(decisions, texts),
        changes=code_changes(study),
        drafts=drafts_in_view(study),
    )


@made_once
def code_changes(study: Study) -> tuple[CodeChange, ...]:
    """Return the merges and splits of codes that hold for the study's codebook, in order."""
    return changes_in(study.store.operations.all(), study.codebook.by_id)


@made_once
def meanings_of(study: Study) -> Meanings:
    """Return which texts of each code stand for its text in the study's codebook now.

    Raises StateConflict where a code is gone from the codebook and nobody has said why.
    """
    return meanings_under(study, study.codebook)


def meanings_under(study: Study, codebook: Codebook) -> Meanings:
    """Return the same under a person's codebook, which may hold their draft codes."""
    refuse_unexplained(study)
    kept = {name: kept_codebook(study, name) for name in study.store.codebooks.hashes()}
    books = {name: book for name, book in kept.items() if book is not None}
    said = [
        SaidSame(each.old, each.new, _named_now(study, each.new, each.codes))
        for each in study.store.revisions.all()
        if each.kind is RevisionKind.SAME
    ]
    said += [SaidSame(old, new, codes) for old, new, codes in _left_alone(study)]
    return Meanings(codebook, books, said, ended(code_changes(study)))


@lru_cache(maxsize=64)
def _book(content: str) -> Codebook:
    return Codebook.model_validate_json(content)


def imported_ratings(study: Study) -> list[Rating]:
    """Return what was imported, on passages that the study still has."""
    current = {passage.id for passage in heads_of(study)}
    kept = (rating for rating in study.store.ratings.all() if rating.unit in current)
    return joined_ratings(kept, main_names(study.store.reviews.identities()))
