"""Tables in and out of a study."""

from __future__ import annotations

from pathlib import Path

from cothemes.adapters.readers.ratings_csv import read_ratings
from cothemes.adapters.writers.csv_table import write_csv
from cothemes.app.steps.agreement import study_ratings
from cothemes.app.steps.evidence import unverified_removed, with_evidence
from cothemes.app.study import Study
from cothemes.errors import InputError
from cothemes.stages.exchange.codings_rows import codings_rows
from cothemes.stages.exchange.incoming import Incoming, incoming
from cothemes.stages.exchange.ratings_rows import ratings_rows

TABLES = (".csv", ".tsv", ".txt")
_INSTEAD = {
    ".yaml": "A codebook is the study's own file: put it in the place of codebook.yaml.",
    ".yml": "A codebook is the study's own file: put it in the place of codebook.yaml.",
    ".jsonl": "Passages already cut are read by `cothemes ingest FILE`.",
    ".qdpx": "This version reads ratings.csv; in the other tool, export the codings as a table.",
    ".qdc": "This version reads ratings.csv; write the codes into codebook.yaml.",
    ".xlsx": "Save the sheet as CSV UTF-8.",
}


def import_file(study: Study, path: Path, *, replace: bool = False) -> Incoming:
    """Takes ratings into the study; the same file a second time changes nothing.

    Raises InputError for another format, RatingsError and StateConflict as `incoming` does.
    """
    suffix = path.suffix.lower()
    if suffix not in TABLES:
        raise InputError(
            f"a file of type {suffix or '(none)'} cannot be imported",
            where=str(path),
            hint=_INSTEAD.get(suffix, "What can be imported is ratings.csv; texts go to `cothemes ingest`."),
        )
    names = [reviewer.name for reviewer in study.store.reviews.reviewers()]
    found = incoming(
        read_ratings(path).ratings(),
        str(path),
        passages={passage.id: passage for passage in study.store.passages.all()},
        documents={document.slug: document for document in study.store.documents.all()},
        codebook=study.codebook,
        taken={*names, *(run.rater for run in study.store.runs.all())},
        present=study.store.ratings.all(),
        replace=replace,
    )
    if found.new:
        study.store.ratings.add(found.new, instead_of=tuple(found.raters) if replace else ())
    return found


def export_codings(study: Study, path: Path) -> int:
    """The codings as CSV, a row each; gives their number. Where a person accepted a suggestion and marked no
    words, its evidence is the quote."""
    passages = {passage.id: passage for passage in study.store.passages.all()}
    documents = {document.slug: document for document in study.store.documents.all()}
    ratings = study_ratings(study, all_passages=True).ratings
    marked = unverified_removed(study, with_evidence(study, ratings))
    return write_csv(path, codings_rows(marked, passages, documents, study.codebook))


def export_ratings(study: Study, path: Path) -> int:
    """Everyone's ratings as ratings.csv; gives the number of rows."""
    clusters = {document.slug: document.cluster for document in study.store.documents.all()}
    found = study_ratings(study, all_passages=True)
    return write_csv(path, ratings_rows(found.ratings, tuple(study.codebook.by_id), clusters))
