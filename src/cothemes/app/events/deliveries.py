"""Sending what is due, and what became of it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from random import random
from time import monotonic
from typing import TYPE_CHECKING

from cothemes.app import wiring
from cothemes.app.events.endpoints import Endpoint, endpoint_of, endpoints_of
from cothemes.app.events.outbox import begin, name_of, store_event
from cothemes.app.events.signing import next_attempt, signed_headers
from cothemes.app.study import Study
from cothemes.errors import StateConflict, UsageError
from cothemes.records.event import (
    Delivery,
    DeliveryState,
    EndpointNote,
    EndpointTried,
    Event,
    EventType,
    Reply,
    TestMessage,
)
from cothemes.records.record import Listing, Moment, Record
from cothemes.records.text import counted

if TYPE_CHECKING:
    from cothemes.ports import WebhookSender

AT_ONCE = 4
"""Deliveries that a process takes in hand at once."""
SPARE = 30.0
"""Seconds beyond the time limits after which another process may take what this one has in hand."""
PATIENCE = 30.0
"""Seconds after which a retry begins no further round; what is left is due, and the next sender takes it."""
GONE = 410
AGENT = "cothemes (webhooks)"


class EndpointState(Record):
    """An endpoint, and how its deliveries are."""

    name: str
    address: str
    """Without its path, which is a secret with some receivers."""
    events: tuple[EventType, ...]
    """Events that are sent; empty for all but `passage.done`."""
    state: str
    """`ready`, `disabled` (it answered 410) or `faulty` (it has no usable secret)."""
    told: str
    """Why nothing is sent; empty where it is ready."""
    waiting: int
    delivered: int
    dead: int
    """Deliveries that are tried no more; `webhooks retry` sends them again."""


class EndpointList(Listing[EndpointState]):
    """The endpoints of the settings, and those of earlier settings that have deliveries."""


class DeliveryLine(Record):
    """An event and how far it is on its way to an endpoint."""

    event: str
    """Id, the header `webhook-id`."""
    type: EventType
    at: Moment
    """When it happened."""
    endpoint: str
    state: DeliveryState
    attempts: int
    due: Moment | None
    """When it is tried next; None where it is not."""
    status: int | None
    """HTTP status of the last answer; None where none came."""
    told: str
    """What the last attempt came to."""


class DeliveryList(Listing[DeliveryLine]):
    """Deliveries, newest first."""


class Tried(Record):
    """Result of a test."""

    endpoint: str
    event: str
    delivered: bool
    status: int | None
    """HTTP status of the answer; None where none came."""
    told: str


class Revived(Record):
    """Deliveries that were dead, or waited for a later attempt, and are sent again."""

    revived: int
    """Dead deliveries that wait again."""
    hastened: int
    """Deliveries that waited for a later attempt."""
    enabled: tuple[str, ...]
    """Endpoints that were disabled."""
    sent: int
    """Deliveries that arrived now."""
    failed: int
    """Deliveries that failed once more; they are tried again by themselves."""
    waiting: int
    """Deliveries of these endpoints that still wait."""
    due: Moment | None
    """When the next of them is tried; None where none waits."""


class WebhookSummary(Record):
    """Endpoints and deliveries in counts."""

    endpoints: int
    waiting: int
    dead: int
    unable: tuple[str, ...]
    """Endpoints to which nothing is sent, because they are disabled or faulty."""


@dataclass
class Sent:
    """What one round of sending came to."""

    delivered: int = 0
    failed: int = 0
    reached: bool = True
    """False where the endpoint did not answer: what is left waits for the next round."""


def send_due(
    study: Study,
    endpoint: Endpoint,
    sender: WebhookSender,
    *,
    until: float | None = None,
    going_on: Callable[[], bool] = lambda: True,
    chance: Callable[[], float] = random,
) -> Sent:
    """Send what is due to one endpoint, oldest first. `until`: time (monotonic) at which to begin no more.

    Where the endpoint does not answer, the others wait for the next round.
    """
    found, limit = Sent(), study.settings.webhooks.timeout
    if endpoint.fault or endpoint.disabled:
        return found
    now = wiring.clock().now()
    held = now + timedelta(seconds=AT_ONCE * limit + SPARE)
    taken = study.store.events.claim(endpoint.name, now, held, AT_ONCE)
    for at, delivery in enumerate(taken):
        left = limit if until is None else min(limit, until - monotonic())
        if left <= 0 or not found.reached or not going_on():
            for other in taken[at:]:
                study.store.events.put(other.model_copy(update={"claimed": None}))
            break
        event = study.store.events.get(delivery.event)
        reply = _attempt(endpoint, event, sender, left)
        if until is not None and reply.status is None and left < limit:
            # Less time than the endpoint has a right to: this counts as no attempt.
            study.store.events.put(delivery.model_copy(update={"claimed": None}))
            found.reached = False
            continue
        _settle(study, endpoint, delivery, reply, chance, found)
        if reply.status == GONE:
            break
    return found


def _attempt(endpoint: Endpoint, event: Event, sender: WebhookSender, limit: float) -> Reply:
    body = event.body.encode()
    headers = {
        "Content-Type": "application/json",
        "User-Agent": AGENT,
        "Connection": "close",
        **signed_headers(event.id, wiring.clock().now(), body, endpoint.secrets),
    }
    return sender.post(endpoint.given.url, headers, body, timeout=limit, private=endpoint.given.private)


def _settle(
    study: Study,
    endpoint: Endpoint,
    delivery: Delivery,
    reply: Reply,
    chance: Callable[[], float],
    found: Sent,
) -> None:
    """Store what an attempt came to."""
    now = wiring.clock().now()
    attempts = delivery.attempts + 1
    done = delivery.model_copy(
        update={
            "attempts": attempts,
            "last": now,
            "claimed": None,
            "status": reply.status,
            "told": told_of(reply),
        }
    )
    if reply.status is not None and 200 <= reply.status < 300:
        found.delivered += 1
        study.store.events.put(done.model_copy(update={"state": DeliveryState.DELIVERED}))
        return
    found.failed += 1
    if reply.status == GONE:
        with study.store.together():
            study.store.events.put(done.model_copy(update={"state": DeliveryState.DEAD}))
            study.store.events.put_note(
                EndpointNote(name=endpoint.name, url=endpoint.given.url, disabled=now)
            )
            study.store.events.bury(endpoint.name, "not sent: the endpoint had answered 410 (gone)")
        return
    found.reached = reply.status is not None
    again = next_attempt(attempts, now, reply.retry_after, chance)
    change = {"state": DeliveryState.DEAD} if again is None else {"due": again}
    study.store.events.put(done.model_copy(update=change))


def told_of(reply: Reply) -> str:
    """Return what an attempt came to, in a few words."""
    if reply.status is None:
        return reply.told
    if 200 <= reply.status < 300:
        return "arrived"
    if 300 <= reply.status < 400:
        return f"it answered {reply.status}: redirects are not followed, write the new address"
    if reply.status == GONE:
        return "it answered 410 (gone): nothing more is sent to it"
    return f"it answered {reply.status}"


def try_endpoint(study: Study, name: str, sender: WebhookSender | None = None) -> Tried:
    """Send one event of the type `webhook.test` to an endpoint, now and once.

    Raises UsageError for an unknown name, StateConflict where the endpoint has no usable secret.
    """
    endpoint = endpoint_of(study, name)
    if endpoint.fault:
        raise StateConflict(
            f"nothing can be sent to {name}: {endpoint.fault}",
            hint="A new secret: cothemes webhooks secret FILE",
        )
    begin(study)
    now = wiring.clock().now()
    message = TestMessage(timestamp=now, study=name_of(study), data=EndpointTried(endpoint=name))
    event = store_event(study, f"test/{name}/{wiring.ids().new()}", message, ())
    reply = _attempt(endpoint, event, sender or wiring.WebhookPost(), study.settings.webhooks.timeout)
    arrived = reply.status is not None and 200 <= reply.status < 300
    return Tried(endpoint=name, event=event.id, delivered=arrived, status=reply.status, told=told_of(reply))


def retry(study: Study, name: str = "", event: str = "", sender: WebhookSender | None = None) -> Revived:
    """Send again what is dead, and what waits, however late its next attempt. An endpoint that answered 410
    is enabled. What a process has in hand is left to it.

    `name`: only of this endpoint. `event`: only this event. Raises UsageError for an unknown name, or for an
    event of which no delivery is dead or waits.
    """
    chosen = (endpoint_of(study, name),) if name else endpoints_of(study)
    now = wiring.clock().now()
    enabled = tuple(each.name for each in chosen if each.disabled)
    for each in chosen:
        if each.disabled:
            study.store.events.put_note(EndpointNote(name=each.name, url=each.given.url))
    revived = sum(study.store.events.revive(now, endpoint=each.name, event=event) for each in chosen)
    hastened = sum(study.store.events.hasten(now, endpoint=each.name, event=event) for each in chosen)
    names = {each.name for each in chosen}
    if event and not revived + hastened and not _waits(study, names, event):
        raise UsageError(
            f"no delivery of {event!r} is dead or waits", hint="List them: cothemes webhooks deliveries"
        )
    sender = sender or wiring.WebhookPost()
    sent = [_send_all(study, each.name, sender) for each in chosen]
    counts = study.store.events.counts()
    able = [each.name for each in chosen if not each.fault]
    due = [at for each in able if (at := study.store.events.next_due(each)) is not None]
    return Revived(
        revived=revived,
        hastened=hastened,
        enabled=enabled,
        sent=sum(each.delivered for each in sent),
        failed=sum(each.failed for each in sent),
        waiting=sum(counts.get((each, DeliveryState.WAITING), 0) for each in names),
        due=min(due, default=None),
    )


def _waits(study: Study, names: Collection[str], event: str) -> bool:
    found = study.store.events.deliveries(event=event, state=DeliveryState.WAITING)
    return any(one.endpoint in names for one, _ in found)


def _send_all(study: Study, name: str, sender: WebhookSender) -> Sent:
    """Send what is due to an endpoint, round by round, until nothing is or it does not answer."""
    found, until = Sent(), monotonic() + PATIENCE
    while found.reached and monotonic() < until:
        one = send_due(study, endpoint_of(study, name), sender)
        if not one.delivered and not one.failed:
            break
        found.delivered += one.delivered
        found.failed += one.failed
        found.reached = one.reached
    return found


def retried(done: Revived) -> str:
    """Return what a retry came to, in one or two sentences."""
    again = counted(done.revived + done.hastened, "delivery", "deliveries")
    found = f"{again} taken up again; {done.sent} arrived now, {done.failed} failed."
    if done.waiting and done.due is not None:
        found += f" {done.waiting} still waiting; the next attempt is at {done.due:%Y-%m-%d %H:%M} UTC."
    elif done.waiting:
        found += f" {done.waiting} still waiting: the endpoint has no usable secret."
    return found


def endpoint_list(study: Study) -> EndpointList:
    """Return every endpoint with its state and counts."""
    counts = study.store.events.counts()
    known = {each.name: each for each in endpoints_of(study)}
    names = sorted({*known, *(name for name, _ in counts)})
    return EndpointList(
        tuple(
            _state(name, known.get(name), {s: counts.get((name, s), 0) for s in DeliveryState})
            for name in names
        )
    )


def _state(name: str, endpoint: Endpoint | None, counts: dict[DeliveryState, int]) -> EndpointState:
    state, told = "ready", ""
    if endpoint is None:
        state, told = "removed", "cothemes.toml has it no more"
    elif endpoint.disabled and endpoint.note is not None and endpoint.note.disabled is not None:
        state = "disabled"
        told = f"it answered 410 (gone) at {endpoint.note.disabled:%Y-%m-%d %H:%M} UTC"
    elif endpoint.fault:
        state, told = "faulty", endpoint.fault
    return EndpointState(
        name=name,
        address=endpoint.shown if endpoint else "",
        events=endpoint.given.events if endpoint else (),
        state=state,
        told=told,
        waiting=counts[DeliveryState.WAITING],
        delivered=counts[DeliveryState.DELIVERED],
        dead=counts[DeliveryState.DEAD],
    )


def delivery_list(
    study: Study, name: str = "", state: DeliveryState | None = None, most: int = 100
) -> DeliveryList:
    """Return the latest deliveries, newest first."""
    found = study.store.events.deliveries(endpoint=name, state=state, most=most)
    return DeliveryList(tuple(_line(delivery, event) for delivery, event in found))


def _line(delivery: Delivery, event: Event) -> DeliveryLine:
    return DeliveryLine(
        event=event.id,
        type=event.type,
        at=event.at,
        endpoint=delivery.endpoint,
        state=delivery.state,
        attempts=delivery.attempts,
        due=delivery.due if delivery.state is DeliveryState.WAITING else None,
        status=delivery.status,
        told=delivery.told,
    )


def webhook_summary(study: Study) -> WebhookSummary | None:
    """Return endpoints and deliveries in counts; None where no endpoint is set and nothing is dead."""
    found: Sequence[EndpointState] = endpoint_list(study).root
    kept = [each for each in found if each.state != "removed"]
    dead = sum(each.dead for each in found)
    if not kept and not dead:
        return None
    return WebhookSummary(
        endpoints=len(kept),
        waiting=sum(each.waiting for each in kept),
        dead=dead,
        unable=tuple(each.name for each in kept if each.state != "ready"),
    )
