"""The Python API: a study in a notebook or a script, with the records that `--json` prints.

    import cothemes

    with cothemes.open("mystudy") as study:
        study.codings(code="D4").to_pandas()

Nothing is counted here. Each method calls the use case of a command, so figures, refusals and blindness are
those of the command. Reading takes no lock; writing is stored before the method returns.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Generic, Literal, Self, TypeVar, overload

from cothemes.app.codebook.versions import under, version_named
from cothemes.app.corpus.documents import documents
from cothemes.app.corpus.index import Hit, search
from cothemes.app.corpus.ingest import IngestReport, ingest
from cothemes.app.corpus.passage_list import PassageEntry, passage_list
from cothemes.app.corpus.repeats import RepeatedGroup, repeated_passages
from cothemes.app.figures.agreement import study_agreement, study_ratings
from cothemes.app.figures.auto_accept import AutoAcceptReport, Revoked, Target, auto_accept, revoke
from cothemes.app.figures.certificates import certificate_list
from cothemes.app.figures.prevalence import study_prevalence
from cothemes.app.findings.codings import GROUP, CodingEntry, CodingFilter, coding_list
from cothemes.app.findings.explanation import Explanation, explain
from cothemes.app.findings.matrix import Crossing, MatrixReport, matrix
from cothemes.app.findings.passage import ShownPassage, shown_passage
from cothemes.app.findings.quotes import QuoteEntry, quote_list
from cothemes.app.overview.status import Status, status
from cothemes.app.review import readings
from cothemes.app.review.blindness import VARIABLE, look_as
from cothemes.app.review.readings import ReadingReport, ReviewQueue, UndoReport
from cothemes.app.review.review import Desk
from cothemes.app.study import Study, find_study
from cothemes.errors import InputError, UsageError
from cothemes.records.certificate import CertificateEntry
from cothemes.records.combine import Combine
from cothemes.records.document import Kind
from cothemes.records.documents_read import DocumentEntry
from cothemes.records.rating import Rating
from cothemes.records.record import Record
from cothemes.records.review import Action
from cothemes.stages.evaluate.agreement.figures import AgreementTable
from cothemes.stages.evaluate.agreement.selection import ArmChoice, Request
from cothemes.stages.evaluate.prevalence.figures import PrevalenceTable
from cothemes.stages.exchange.ratings_rows import with_values
from cothemes.stages.review.codings import Status as CodingStatus

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow

Row = TypeVar("Row", bound=Record)
_INSTALL = {"pandas": "pandas", "polars": "polars", "pyarrow": "arrow"}
"""Package → extra of cothemes that installs it."""


class Rows(Sequence[Row], Generic[Row]):
    """Records in order, and the report that they are from."""

    def __init__(self, rows: Iterable[Row], report: Any = None) -> None:
        self._rows = tuple(rows)
        self.report = report
        """The document that the command prints with `--json`, as a record; it says what is left out. None
        where no command prints these rows."""

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[Row]:
        return iter(self._rows)

    @overload
    def __getitem__(self, index: int) -> Row: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Row]: ...
    def __getitem__(self, index: int | slice) -> Row | Sequence[Row]:
        return self._rows[index]

    def __repr__(self) -> str:
        return f"<{len(self)} rows of {type(self._rows[0]).__name__}>" if self._rows else "<no rows>"

    def to_dicts(self) -> list[dict[str, Any]]:
        """Return each row as it is in the JSON."""
        return [row.model_dump(mode="json") for row in self._rows]

    def to_pandas(self) -> pandas.DataFrame:
        """Return a pandas DataFrame. Raises UsageError where pandas is not installed."""
        return _installed("pandas").DataFrame(self.to_dicts())

    def to_polars(self) -> polars.DataFrame:
        """Return a polars DataFrame. Raises UsageError where polars is not installed."""
        return _installed("polars").DataFrame(self.to_dicts(), infer_schema_length=None)

    def to_arrow(self) -> pyarrow.Table:
        """Return an Arrow table. Raises UsageError where pyarrow is not installed."""
        return _installed("pyarrow").Table.from_pylist(self.to_dicts())


def _installed(package: str) -> Any:
    try:
        return import_module(package)
    except ImportError as error:
        raise UsageError(
            f"{package} is not installed", hint=f"pip install 'cothemes[{_INSTALL[package]}]'"
        ) from error


class OpenStudy:
    """An open study. Use it as a context manager, or call `close`."""

    def __init__(self, study: Study) -> None:
        self._study = study

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<cothemes study {str(self.root)!r}>"

    def close(self) -> None:
        """Close the study's database."""
        self._study.close()

    @property
    def root(self) -> Path:
        """The study's folder."""
        return self._study.root

    def status(self) -> Status:
        """Return where the study stands."""
        return status(self._study)

    def documents(self) -> Rows[DocumentEntry]:
        """Return the documents that were read."""
        report = documents(self._study)
        return Rows(report.documents, report)

    def passages(self) -> Rows[PassageEntry]:
        """Return the passages of the current texts, with their words."""
        report = passage_list(self._study)
        return Rows(report.root, report)

    def passage(self, passage: str) -> ShownPassage:
        """Return one passage with all that was said of it. Raises UnknownPassage."""
        return shown_passage(self._study, passage)

    def explain(self, passage: str, code: str) -> Explanation:
        """Return why the offline coder suggests a code for a passage, or does not. Raises UnknownPassage,
        UnknownCode.
        """
        return explain(self._study, passage, code)

    def duplicates(self) -> Rows[RepeatedGroup]:
        """Return groups of passages that say the same or nearly the same."""
        report = repeated_passages(self._study)
        return Rows(report.groups, report)

    def search(self, text: str, k: int = 5) -> Rows[Hit]:
        """Return the `k` passages nearest in meaning to a text."""
        report = search(self._study, text, k)
        return Rows(report.root, report)

    def codings(
        self,
        code: str | Sequence[str] = (),
        *,
        group: str = "",
        kind: str = "",
        status: str = "",
        where: Mapping[str, str] | None = None,
        combine: Literal["any", "majority", "all"] = "any",
        as_coded: bool = False,
    ) -> Rows[CodingEntry]:
        """Return people's codings, then rulings, then suggestions that nobody has decided, then those that
        were accepted under a certificate; `status` tells them apart. Raises UnknownCode, UsageError.
        """
        report = coding_list(
            self._study, _filter(code, group, kind, status, where or {}, combine, as_coded=as_coded)
        )
        rows = (*report.decided, *report.settled, *report.suggested, *(report.auto_accepted or ()))
        return Rows(rows, report)

    def quotes(
        self,
        code: str | Sequence[str],
        *,
        group: str = "",
        kind: str = "",
        status: str = "",
        where: Mapping[str, str] | None = None,
        combine: Literal["any", "majority", "all"] = "any",
        as_coded: bool = False,
    ) -> Rows[QuoteEntry]:
        """Return the quotes that support codes: people's first, then those only suggested. Raises
        UnknownCode, UsageError.
        """
        report = quote_list(
            self._study, _filter(code, group, kind, status, where or {}, combine, as_coded=as_coded)
        )
        return Rows((*report.decided, *report.suggested, *(report.auto_accepted or ())), report)

    def matrix(
        self,
        by: str = "codes",
        *,
        rows: Sequence[str] = (),
        columns: Sequence[str] = (),
        kind: str = "",
        where: Mapping[str, str] | None = None,
        combine: Literal["any", "majority", "all"] = "any",
    ) -> MatrixReport:
        """Return codes against codes, or against a column of the metadata. Raises UnknownCode, UsageError."""
        return matrix(
            self._study,
            Crossing(
                by=by,
                rows=rows,
                columns=columns,
                kind=_kind(kind),
                where=where or {},
                combine=_choice(Combine, "combine", combine),
            ),
        )

    def ratings(self) -> Rows[Rating]:
        """Return a row for each passage, rater and code, 1 or 0, as `export ratings` writes them."""
        found = study_ratings(self._study, all_passages=True)
        return Rows(with_values(found.ratings, tuple(self._study.codebook.by_id)))

    def agreement(
        self,
        *,
        raters: Sequence[str] = (),
        arm: ArmChoice = "blind",
        round: str = "",
        version: str = "",
        variables: Mapping[str, Sequence[str]] | None = None,
        margin: float | None = None,
        epsilon: float = 0.15,
    ) -> AgreementTable:
        """Return the table of agreement. Raises RatingsError, StateConflict, and UsageError for an unknown
        version of the codebook.
        """
        study = under(self._study, version_named(self._study, version)) if version else self._study
        return study_agreement(
            study,
            Request(
                raters=tuple(raters),
                arm=arm,
                round=round,
                variables={name: tuple(codes) for name, codes in (variables or {}).items()},
                margin=margin,
                epsilon=epsilon,
            ),
        )

    def prevalence(self, *, run: str = "", round: str = "", kind: str = "") -> PrevalenceTable:
        """Return the share of passages of each code, corrected for a coder's errors. Raises StateConflict,
        UsageError.
        """
        return study_prevalence(self._study, run=run, round_name=round, kind=_kind(kind))

    def certificates(self) -> Rows[CertificateEntry]:
        """Return the certificates under which suggestions were accepted unread, with their state."""
        report = certificate_list(self._study)
        return Rows(report.certificates, report)

    def auto_accept(
        self,
        codes: Sequence[str],
        *,
        precision: float,
        delta: float,
        by: str,
        reason: str = "",
        pooled: bool = False,
        round: str = "",
        accept: bool = False,
    ) -> AutoAcceptReport:
        """Return whether suggestions of these codes may be accepted unread, and with `accept` accept them.
        Raises StateConflict, UnknownCode, UnknownReviewer.
        """
        target = Target(codes, precision, delta, by, reason, pooled, round)
        return auto_accept(self._study, target, accept=accept)

    def revoke_certificate(self, name: str, *, by: str, reason: str) -> Revoked:
        """Take back a certificate and all that was accepted under it. Raises StateConflict, UsageError."""
        return revoke(self._study, name, by=by, reason=reason)

    def ingest(
        self,
        paths: str | Path | Sequence[str | Path],
        *,
        kind: str = "",
        meta: str | Path | None = None,
        check: bool = False,
    ) -> IngestReport:
        """Read files or folders into the study; with `check` store nothing. Files that cannot be read are in
        the report. Raises InputError.
        """
        given = [paths] if isinstance(paths, (str, Path)) else paths
        return ingest(
            self._study,
            [Path(path) for path in given],
            kind=_kind(kind),
            meta=Path(meta) if meta else None,
            check_only=check,
        )

    def queue(self, reviewer: str) -> ReviewQueue:
        """Return what waits for a reviewer. Raises UnknownReviewer."""
        return readings.review_queue(Desk(self._study, reviewer))

    def decide(
        self,
        reviewer: str,
        passage: str,
        code: str,
        action: Literal["accept", "reject", "add"],
        *,
        attributes: Mapping[str, Sequence[str]] | None = None,
        spans: Sequence[tuple[int, int]] = (),
        note: str = "",
    ) -> ReadingReport:
        """Record a decision; `spans` are half-open code points of the passage. Raises UnknownReviewer,
        UnknownPassage, UnknownCode, StateConflict.
        """
        return readings.decide(
            Desk(self._study, reviewer),
            passage,
            code,
            _choice(Action, "action", action),
            attributes={name: tuple(values) for name, values in (attributes or {}).items()},
            spans=tuple(spans),
            note=note,
        )

    def done(self, reviewer: str, passage: str) -> ReadingReport:
        """Finish a passage. Codes not given count as not applying, unanswered suggestions as rejected."""
        return readings.finish(Desk(self._study, reviewer), passage)

    def undo(self, reviewer: str) -> UndoReport:
        """Take back a reviewer's last decision. Raises StateConflict where there is none."""
        return readings.undo(Desk(self._study, reviewer))


def open(study: str | Path, *, reviewer: str = "") -> OpenStudy:
    """Open a study folder. Raises StudyNotFound.

    `reviewer` is the registered person who looks (by default COTHEMES_AS of the environment): what others
    said of passages that this person has still to code blind stays hidden.
    """
    if "://" in str(study):
        raise InputError(
            "a study on a server cannot be opened from Python yet",
            where=str(study),
            hint="Name the study's folder.",
        )
    found = find_study(Path(study), given=True)
    if name := reviewer or os.environ.get(VARIABLE, ""):
        look_as(found, name)
    return OpenStudy(found)


Choice = TypeVar("Choice", Kind, Combine, CodingStatus, Action)


def _choice(kind: type[Choice], name: str, value: str) -> Choice:
    try:
        return kind(value)
    except ValueError as error:
        raise UsageError(
            f"{name} {value!r} is not known", hint=f"Choose one of: {', '.join(kind)}."
        ) from error


def _kind(value: str) -> Kind | None:
    return _choice(Kind, "kind", value) if value else None


def _filter(
    code: str | Sequence[str],
    group: str,
    kind: str,
    status: str,
    where: Mapping[str, str],
    combine: str,
    *,
    as_coded: bool,
) -> CodingFilter:
    return CodingFilter(
        codes=[code] if isinstance(code, str) else code,
        kinds=[_choice(Kind, "kind", kind)] if kind else [],
        statuses=[_choice(CodingStatus, "status", status)] if status else [],
        where={**({GROUP: group} if group else {}), **where},
        combine=_choice(Combine, "combine", combine),
        as_coded=as_coded,
    )
