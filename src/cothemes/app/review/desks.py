"""The desks of people whose review is served: each is kept between requests and used by one at a time.

A desk reads all of a person's decisions and assignments, which takes long in a large study. So it is kept,
and before each use the records are asked for a mark that differs once anything it read has changed, whoever
changed it. What fails leaves no trace in the records; the desk that may hold one is thrown away.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock

from cothemes.app.review.review import Desk
from cothemes.app.study import Study

MOST = 200
"""Desks that are kept; the one that was not used for longest goes first."""


@dataclass
class _Place:
    turn: Lock = field(default_factory=Lock)
    desk: Desk | None = None
    study: Study | None = None
    mark: str = ""


class Desks:
    """Desks by person, over one open study."""

    def __init__(self, study: Study) -> None:
        self._study = study
        self._places: OrderedDict[str, _Place] = OrderedDict()
        self._turn = Lock()

    @contextmanager
    def writing(self, reviewer: str) -> Iterator[tuple[Study, Desk]]:
        """Yield a person's desk and the study that it belongs to; all that is read and written in the block
        is one transaction. Raises UnknownReviewer.
        """
        place = self._place(reviewer)
        with place.turn:
            try:
                with self._study.store.together():
                    yield self._fresh(place, reviewer)
                    place.mark = self._study.store.reviews.mark(reviewer)
            except BaseException:
                place.desk = None
                raise

    @contextmanager
    def reading(self, reviewer: str) -> Iterator[tuple[Study, Desk]]:
        """Yield a person's desk to look at, without a transaction that others wait for."""
        place = self._place(reviewer)
        with place.turn:
            yield self._fresh(place, reviewer)

    def _place(self, reviewer: str) -> _Place:
        with self._turn:
            place = self._places.setdefault(reviewer, _Place())
            self._places.move_to_end(reviewer)
            while len(self._places) > MOST:
                self._places.popitem(last=False)
            return place

    def _fresh(self, place: _Place, reviewer: str) -> tuple[Study, Desk]:
        mark = self._study.store.reviews.mark(reviewer)
        if place.desk is None or place.study is None or place.mark != mark:
            place.study = self._study.beside()
            place.desk = Desk(place.study, reviewer)
            place.mark = mark
        else:
            place.desk.look()
        return place.study, place.desk
