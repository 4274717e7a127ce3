"""What `propose` asks of a coder that is wired to a study, whoever speaks."""

from __future__ import annotations

from typing import Protocol

from cothemes.app.corpus.passages import StudyPassages
from cothemes.app.runs.outcomes import OutcomeRecorder
from cothemes.records.document import DocumentHead
from cothemes.records.price import Price
from cothemes.records.run import Run


class Proposer(Protocol):
    """A coder, wired to a study."""

    kind: str

    @property
    def price(self) -> Price | None:
        """What a call costs; None where calls are free or have no price on record."""
        ...

    @property
    def model(self) -> str: ...

    @property
    def configuration(self) -> str: ...

    @property
    def prompt(self) -> str: ...

    @property
    def spoken(self) -> str: ...

    def refusal(self, document: DocumentHead) -> str | None: ...

    def details(self) -> dict[str, object]: ...

    def rater(self, run_id: str) -> str: ...

    def propose(self, run: Run, passages: StudyPassages, keep: OutcomeRecorder) -> None: ...
