"""Who sends events, and when: a service all the time, a long command once at its end.

Neither makes an act wait. In a service each endpoint has a separate thread, so a slow receiver keeps no
other one waiting. What a command cannot send within a few seconds, the next sender finds in the records.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread
from time import monotonic

from cothemes.app import wiring
from cothemes.app.events.deliveries import send_due
from cothemes.app.events.endpoints import endpoint_of, endpoints_of
from cothemes.app.events.outbox import begin, collect
from cothemes.app.study import Study
from cothemes.errors import CothemesError

PATIENCE = 5.0
"""Seconds for which a command sends at its end."""
PAUSE = 1.0
"""Seconds between two looks of a service."""
SHARE = 0.05
"""Largest share of the time that looking at changes takes in a service."""
_LOG = logging.getLogger(__name__)


@contextmanager
def sending(study: Study, warn: Callable[[str], None]) -> Iterator[None]:
    """Around a long command: send what it led to, for a few seconds at most, however it ended.

    Nothing that goes wrong here changes how the command ends; `warn` takes a sentence about it.
    """
    if study.settings.webhooks.endpoints:
        _harmless(lambda: begin(study), warn)
    try:
        yield
    finally:
        if study.settings.webhooks.endpoints:
            _harmless(lambda: send_once(study), warn)


def send_once(study: Study, patience: float = PATIENCE) -> None:
    """Store the events that are due, and try each endpoint for so many seconds at most."""
    collect(study)
    until = monotonic() + patience
    threads = [
        Thread(target=_one_round, args=(study, each.name, until), daemon=True)
        for each in endpoints_of(study)
        if not each.fault and not each.disabled
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0.0, until + 1.0 - monotonic()))


@contextmanager
def dispatching(study: Study, warn: Callable[[str], None]) -> Iterator[None]:
    """Send events in the background until the block ends."""
    if not study.settings.webhooks.endpoints:
        _harmless(lambda: begin(study), warn)
        yield
        return
    for each in endpoints_of(study):
        if each.fault:
            warn(f"Nothing is sent to the endpoint {each.name}: {each.fault}.")
    stop, wake = Event(), {name: Event() for name in study.settings.webhooks.endpoints}
    threads = [Thread(target=_collect_on, args=(study, stop, wake), name="events", daemon=True)]
    threads += [
        Thread(target=_send_on, args=(study, name, stop, wake[name]), name=f"webhook-{name}", daemon=True)
        for name in wake
    ]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for event in wake.values():
            event.set()
        until = monotonic() + PATIENCE
        for thread in threads:
            thread.join(max(0.0, until - monotonic()))


def _collect_on(study: Study, stop: Event, wake: dict[str, Event]) -> None:
    pulse = study.store.pulse()
    again, file = True, None
    try:
        while not stop.is_set():
            began = monotonic()
            # A hand edit of the codebook is a change that no database sees.
            before, file = file, _codebook_file(study)
            if pulse.moved() or again or file != before:
                again = not _harmless(lambda: _collected(study, wake), _LOG.warning)
            stop.wait(max(PAUSE, (monotonic() - began) / SHARE))
    finally:
        pulse.close()


def _codebook_file(study: Study) -> tuple[int, int, int] | None:
    try:
        return study.codebook_file
    except OSError:
        return None


def _collected(study: Study, wake: dict[str, Event]) -> None:
    if collect(study):
        for event in wake.values():
            event.set()


def _send_on(study: Study, name: str, stop: Event, wake: Event) -> None:
    sender = wiring.WebhookPost()
    while not stop.is_set():
        wake.clear()
        _harmless(
            lambda: send_due(study, endpoint_of(study, name), sender, going_on=lambda: not stop.is_set()),
            _LOG.warning,
        )
        wake.wait(PAUSE)


def _one_round(study: Study, name: str, until: float) -> None:
    endpoint = endpoint_of(study, name)
    sender = wiring.WebhookPost()

    def all_due() -> None:
        while monotonic() < until:
            found = send_due(study, endpoint, sender, until=until)
            if not found.delivered or not found.reached:
                return

    _harmless(all_due, _LOG.warning)


def _harmless(do: Callable[[], object], warn: Callable[[str], None]) -> bool:
    """Do something; return False where it failed on purpose, and say so."""
    try:
        do()
    except CothemesError as error:
        warn(f"Events could not be sent: {error.message}.")
        return False
    return True
