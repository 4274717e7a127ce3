"""The main job on the study that travels with the package, so that a newcomer sees it whole."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from cothemes.app.coders.propose import ProposeOptions, ProposeReport
from cothemes.app.figures.agreement import study_agreement
from cothemes.app.findings.report import Report, report
from cothemes.app.handover.tables import import_file
from cothemes.app.pipeline import Bar, PipelineReport, run
from cothemes.app.reviewers import add_reviewer
from cothemes.app.study import Study, create_study
from cothemes.records.record import Record
from cothemes.sample import SEGMENTATION, TITLE, sample_folder
from cothemes.settings import FILE_NAME
from cothemes.stages.evaluate.agreement.figures import AgreementTable
from cothemes.stages.evaluate.agreement.selection import Request

REVIEWERS = ("ana", "ben")


@dataclass(frozen=True)
class Demo:
    """The study that was made."""

    study: Study
    pipeline: PipelineReport
    agreement: AgreementTable
    report: Report


class DemoReport(Record):
    """The document of `demo --json`."""

    study: str
    """The folder."""
    documents: int
    passages: int
    propose: ProposeReport
    routed: int
    """Passages assigned."""
    agreement: AgreementTable
    report: str
    """The page that was written."""


def make_demo(folder: Path, bar: Bar) -> Demo:
    """Ingest, index, propose offline, route to two reviewers, take in the sample raters, agreement, report.

    The folder is a study like any other afterwards. Raises StateConflict where it is one already.
    """
    study = create_study(folder, source="coproduction", codebook=None, title=TITLE)
    with (study.root / FILE_NAME).open("a", encoding="utf-8") as settings:
        settings.write(SEGMENTATION)
    with sample_folder() as sample:
        for name in REVIEWERS:
            add_reviewer(study, name, "coder")
        done = run(
            study,
            [sample / "interviews", sample / "policies"],
            meta=sample / "metadata.csv",
            wanted=ProposeOptions(coder="offline"),
            reviewers=REVIEWERS,
            bar=bar,
        ).checked()
        import_file(study, sample / "ratings.csv")
    table = study_agreement(study, Request())
    return Demo(study, done, table, report(study, quotes=3))
