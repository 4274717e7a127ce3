"""Every way cothemes can fail on purpose, with what to do next and the exit code.

::

    CothemesError
    ├── UsageError            2  the command was given what it cannot use
    │   ├── UnknownReviewer      a name that is not registered
    │   ├── UnknownPassage       an id that is not in the study
    │   └── UnknownCode          a code that is not in the codebook
    ├── InputError            3  something read is not what it should be
    │   ├── StudyNotFound        no study here or above
    │   ├── SettingsError        cothemes.toml or the environment
    │   ├── CodebookError        codebook.yaml
    │   ├── FileUnreadable       a transcript, policy text or table
    │   ├── RatingsError         a ratings table
    │   ├── SuiteError           an evaluation suite or its data
    │   ├── PackageError         a reviewer's package
    │   ├── SheetError           a sheet that a reviewer filled in
    │   ├── ExchangeError        a project, codebook or table of another program
    │   ├── StateConflict        the study's records forbid it
    │   │   ├── PassageHeld      another tab works on the passage
    │   │   └── CardChanged      the passage is not as the card showed it
    │   └── AccessRefused        who asks may not
    │       ├── NotLoggedIn      nobody is known to ask
    │       └── TooManyTries     too many failed logins
    ├── PartialError          4  done in part; the rest is listed and tried next time
    ├── BudgetReached         5  the next call could exceed the budget
    ├── ServiceError          6  something outside failed for good
    │   ├── ModelError           the model's service
    │   ├── WeightsMissing       the embedder's weights are not on this machine
    │   └── VectorsError         the vector store
    ├── RegressionFound       7  an evaluation fell below its last result
    └── Stopped             130  the user stopped it; run it again to go on
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from enum import StrEnum
from typing import Self


class CothemesError(Exception):
    """The root: a message (what and where), a hint (what to do), an exit code."""

    exit_code = 1

    def __init__(self, message: str, *, hint: str = "", where: str = "") -> None:
        super().__init__(message)
        self.message = message
        """Message that says what happened, in one sentence."""
        self.hint = hint
        """Hint that says what to do next; empty where nothing can be done."""
        self.where = where
        """`path:row` or another place, empty where there is none."""

    def reworded(self, *, message: str = "", hint: str = "") -> Self:
        """Return the same error with another message, another hint, or both."""
        other = copy(self)
        other.message, other.hint = message or self.message, hint or self.hint
        return other

    def __str__(self) -> str:
        head = f"{self.where}: {self.message}" if self.where else self.message
        return f"{head}\n  → {self.hint}" if self.hint else head


class UsageError(CothemesError):
    """The command was given what it cannot use."""

    exit_code = 2


class UnknownReviewer(UsageError):
    """A name that no one registered."""


class UnknownPassage(UsageError):
    """An id of no passage of the study."""


class UnknownCode(UsageError):
    """A code that the codebook does not hold."""


class InputError(CothemesError):
    """Something read is not what it should be."""

    exit_code = 3


class StudyNotFound(InputError):
    """Neither this folder nor one above it is a study."""


class SettingsError(InputError):
    """A setting that cannot be used."""


class CodebookError(InputError):
    """A codebook that cannot be used; `problems` lists every reason with its line."""

    def __init__(
        self, message: str, *, hint: str = "", where: str = "", problems: Sequence[object] = ()
    ) -> None:
        super().__init__(message, hint=hint, where=where)
        self.problems = tuple(problems)


class FileUnreadable(InputError):
    """A file that cannot be understood."""


class RatingsError(InputError):
    """A table of ratings that cannot be scored."""


class SuiteError(InputError):
    """An evaluation suite, or the data it names, that cannot be used."""


class PackageError(InputError):
    """A reviewer's package that is damaged, forged, or of another study."""


class SheetError(InputError):
    """A sheet of codings that cannot be read as a whole."""


class ExchangeError(InputError):
    """A project, codebook or table of another program that cannot be read, or not be written whole."""


class StateConflict(InputError):
    """The study's records forbid the step."""


class PassageHeld(StateConflict):
    """Another tab or program of the same person works on the passage."""


class CardChanged(StateConflict):
    """The passage is not, or no longer, as the card showed it."""


class AccessRefused(InputError):
    """The person who asks may not see or do this."""


class NotLoggedIn(AccessRefused):
    """Nobody is known to ask: no login, or one that has ended."""


class TooManyTries(AccessRefused):
    """Too many logins failed; `seconds` to wait."""

    def __init__(self, message: str, *, hint: str = "", where: str = "", seconds: int = 0) -> None:
        super().__init__(message, hint=hint, where=where)
        self.seconds = seconds


class PartialError(CothemesError):
    """Part of the work is done; what remains is listed and tried next time."""

    exit_code = 4


class BudgetReached(CothemesError):
    """The next call could cost more than is left."""

    exit_code = 5


class ServiceError(CothemesError):
    """Something outside failed for good."""

    exit_code = 6


class ModelFault(StrEnum):
    """Reasons why no reply came from a model's service."""

    AUTHENTICATION = "authentication"
    PERMISSION = "permission"
    QUOTA = "quota"
    """Nothing is left to pay with."""
    UNKNOWN_MODEL = "unknown_model"
    """No such model, or no such path at the endpoint."""
    REQUEST = "request"
    """The service calls the request itself wrong, such as too long."""
    RATE_LIMIT = "rate_limit"
    SERVER = "server"
    TIMEOUT = "timeout"
    """The call may have been paid for."""
    CONNECTION = "connection"
    """Refused, or cut off; in the second case the call may have been paid for."""
    UNREADABLE = "unreadable"
    """Something came back that is no reply of a chat model."""
    ELSEWHERE = "elsewhere"
    """Another process is asking the same and has not finished, or a batch that is under way does."""
    UNFINISHED = "unfinished"
    """The batch that the request was in ended before its turn; nothing was paid for it."""

    @property
    def ends_run(self) -> bool:
        """Return whether every further call would fail alike."""
        return self in (
            ModelFault.AUTHENTICATION,
            ModelFault.PERMISSION,
            ModelFault.QUOTA,
            ModelFault.UNKNOWN_MODEL,
        )

    @property
    def passes(self) -> bool:
        """Return whether the same request may well be answered a while later."""
        return self in (ModelFault.RATE_LIMIT, ModelFault.SERVER, ModelFault.CONNECTION)

    @property
    def unheard(self) -> bool:
        """Return whether no reply came, for a reason that lies outside what was asked: it says nothing of
        it.
        """
        return self not in (ModelFault.REQUEST, ModelFault.UNREADABLE)


class ModelError(ServiceError):
    """The model's service refused, or cannot be reached."""

    def __init__(
        self,
        message: str,
        *,
        hint: str = "",
        where: str = "",
        fault: ModelFault = ModelFault.SERVER,
        retry_after: float | None = None,
        unsent: bool = False,
        lost: bool = False,
        foreign: bool = False,
    ) -> None:
        super().__init__(message, hint=hint, where=where)
        self.fault = fault
        self.unsent = unsent
        """True if the request certainly never left this machine."""
        self.lost = lost
        """True if a gateway answered that does not know what became of the request behind it."""
        self.foreign = foreign
        """True if the answer is not in the form of the service's own errors: something between may have sent
        it.
        """
        self.retry_after = retry_after
        """Seconds that the service asked to wait, where it did."""

    @property
    def maybe_paid(self) -> bool:
        """Return whether the call may have been paid for although no reply came."""
        open_ = (ModelFault.TIMEOUT, ModelFault.CONNECTION, ModelFault.UNREADABLE)
        return (self.lost or self.fault in open_) and not self.unsent


class WeightsMissing(ServiceError):
    """The embedder's weights are not on this machine."""


class VectorsError(ServiceError):
    """The vector store cannot be opened or asked."""


class RegressionFound(CothemesError):
    """An evaluation fell below its last result beyond chance, all guarded figures taken together."""

    exit_code = 7


class Stopped(CothemesError):
    """The user stopped it."""

    exit_code = 130
