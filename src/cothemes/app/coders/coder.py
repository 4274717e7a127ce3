"""What `propose` asks of a coder that is wired to a study, whoever proposes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from cothemes.app.coders.model import StudyCoder
from cothemes.app.corpus.passages import StudyPassages
from cothemes.app.runs.call_policy import EventSink
from cothemes.app.runs.outcomes import OutcomeRecorder
from cothemes.records.document import DocumentHead
from cothemes.records.price import Price
from cothemes.records.run import Run
from cothemes.stages.propose.offline.learnt import Learnt


class Proposer(Protocol):
    """A coder, wired to a study. It declares what it can do; nobody asks for its class."""

    kind: str
    batched: bool
    """True if requests are handed in together, and their replies collected by a later call."""
    learns: bool
    """True if people's decisions change what it proposes."""

    @property
    def asks(self) -> StudyCoder | None:
        """The model with its words, and how texts reach it; None for a coder that asks no model."""
        ...

    @property
    def price(self) -> Price | None:
        """Return what a call costs; None where calls are free or have no price on record."""
        ...

    @property
    def model(self) -> str:
        """The model's name as asked for; empty for a coder that asks none."""
        ...

    @property
    def configuration(self) -> str:
        """Hash of everything that decides what it proposes. Another configuration is another rater."""
        ...

    @property
    def prompt(self) -> str: ...

    @property
    def coder_description(self) -> str: ...

    @property
    def learnt(self) -> Learnt | None:
        """Return what people taught it; None where nothing was reviewed, and for a coder that does not
        learn.
        """
        ...

    @property
    def reviewed(self) -> int:
        """The number of passages that it learned from."""
        ...

    def refusal(self, document: DocumentHead) -> str | None:
        """None where the document may be sent, else why not."""
        ...

    def unsearched(self, documents: Iterable[DocumentHead]) -> tuple[str, ...]:
        """Documents that would go to a remote model though no names were searched in them."""
        ...

    def details(self) -> dict[str, object]: ...

    def rater(self, run_id: str) -> str: ...

    def tidy(self, tell: EventSink) -> None:
        """Collect what earlier calls left under way, where there is nothing to propose."""
        ...

    def propose(self, run: Run, passages: StudyPassages, keep: OutcomeRecorder) -> None: ...
