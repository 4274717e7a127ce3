"""Names of raters that are one person's: said by a person, recorded, taken back by one more record."""

from __future__ import annotations

from difflib import get_close_matches

from cothemes.app import wiring
from cothemes.app.reviewers import registered
from cothemes.app.study import Study
from cothemes.errors import StateConflict, UnknownReviewer, UsageError
from cothemes.records.rater_identity import RaterIdentity
from cothemes.records.rating import RaterKind
from cothemes.records.record import Moment, Record
from cothemes.stages.review.raters import holding, joined_readings, main_names, open_questions


class RatersJoined(Record):
    """Two names of raters, and what holds of them now."""

    name: str
    into: str
    same: bool
    """Whether their readings count as one person's."""
    by: str
    reason: str
    at: Moment
    readings: int
    """Readings stored under `name`."""
    ratings: int
    """Imported ratings stored under `name`."""
    read_twice: int
    """Passages closed under both names in one round; for agreement the reading closed first counts."""


def names_of_raters(study: Study) -> list[str]:
    """Return the names of people in the study: those registered, then those of imported ratings."""
    people = [person.name for person in study.store.reviews.reviewers()]
    imported = (each.rater for each in study.store.ratings.all() if each.kind is not RaterKind.MODEL)
    return list(dict.fromkeys([*people, *imported]))


def merge_raters(
    study: Study, name: str, into: str, *, by: str = "", reason: str = "", same: bool = True
) -> RatersJoined:
    """Record that two names are one person's, or with `same` False that they are two people's.

    Nothing stored is rewritten. Raises UnknownReviewer for names that nobody has, StateConflict where one of
    them was merged already, UsageError for one and the same name.
    """
    if name == into:
        raise UsageError(f"{name} is one name", hint="Name two: cothemes reviewers merge NAME INTO")
    for each in (name, into):
        _known(study, each)
    by = registered(study, [by])[0] if by else ""
    said = study.store.reviews.identities()
    merged = main_names(said)
    for each in (name, into):
        if each in merged:
            raise StateConflict(
                f"{each} counts as {merged[each]} already",
                hint=f'To take that back: cothemes reviewers merge "{each}" "{merged[each]}" --undo',
            )
    # An earlier word on the two names yields to the new one.
    earlier = [each for each in holding(said) if {each.name, each.into} == {name, into}]
    made = [_taking_back(each, by, reason) for each in earlier]
    made.append(
        RaterIdentity(
            id=wiring.ids().new(),
            at=wiring.clock().now(),
            by=by,
            name=name,
            into=into,
            same=same,
            reason=reason,
        )
    )
    study.store.reviews.identify(made)
    return _joined(study, made[-1])


def undo_merge(study: Study, name: str, into: str, *, by: str = "", reason: str = "") -> RatersJoined:
    """Take back what was said of two names. Raises StateConflict where nothing was said of them."""
    by = registered(study, [by])[0] if by else ""
    last = next(
        (e for e in reversed(holding(study.store.reviews.identities())) if (e.name, e.into) == (name, into)),
        None,
    )
    if last is None:
        raise StateConflict(
            f"nothing was said of {name} and {into} that holds",
            hint="A merge is undone with its names in the order in which it was made.",
        )
    made = _taking_back(last, by, reason)
    study.store.reviews.identify([made])
    return _joined(study, made.model_copy(update={"same": False}))


def refuse_open_questions(study: Study) -> None:
    """Raise StateConflict where two names of raters differ only in case or spaces, and nobody said whose they
    are: a person must never be compared with themselves."""
    asked = open_questions(names_of_raters(study), study.store.reviews.identities())
    if asked:
        name, into = asked[0]
        more = f" (and {len(asked) - 1} more pairs)" if len(asked) > 1 else ""
        raise StateConflict(
            f"{name!r} and {into!r} differ only in case or spaces: one person or two?{more}",
            where=str(study.root),
            hint=f'One: cothemes reviewers merge "{name}" "{into}". '
            f'Two: cothemes reviewers merge "{name}" "{into}" --different',
        )


def _taking_back(said: RaterIdentity, by: str, reason: str) -> RaterIdentity:
    return RaterIdentity(
        id=wiring.ids().new(),
        at=wiring.clock().now(),
        by=by,
        name=said.name,
        into=said.into,
        same=said.same,
        reason=reason,
        takes_back=said.id,
    )


def _joined(study: Study, said: RaterIdentity) -> RatersJoined:
    reviews = study.store.reviews
    pair = [*reviews.assignments(reviewer=said.name), *reviews.assignments(reviewer=said.into)]
    decisions = [*reviews.decisions(reviewer=said.name), *reviews.decisions(reviewer=said.into)]
    twice = joined_readings(pair, decisions, {said.name: said.into}).twice
    return RatersJoined(
        name=said.name,
        into=said.into,
        same=said.same,
        by=said.by,
        reason=said.reason,
        at=said.at,
        readings=sum(each.reviewer == said.name for each in pair),
        ratings=sum(rating.rater == said.name for rating in study.store.ratings.all()),
        read_twice=len({(passage, round_name) for _, passage, round_name in twice}),
    )


def _known(study: Study, name: str) -> None:
    names = names_of_raters(study)
    if name not in names:
        near = get_close_matches(name, names, n=1)
        raise UnknownReviewer(
            f"{name!r} is no rater of this study",
            hint=f"{f'Did you mean {near[0]}? ' if near else ''}Raters: {', '.join(names) or 'none'}.",
        )
