"""What is asked of the records about changes, events and deliveries, and of the outside to send them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from cothemes.records.event import Change, Delivery, DeliveryState, EndpointNote, Event, Reply


class EventStore(Protocol):
    """Changes that the database noted, events made of them, and their way to endpoints."""

    def changes(self, after: int) -> list[Change]:
        """Return the changes with a higher number, in their order."""

    def last_change(self) -> int:
        """Return the number of the last change; 0 for none."""

    def add(self, event: Event, endpoints: Collection[str]) -> bool:
        """Store an event with a waiting delivery for each endpoint. False where its key is known; nothing is
        stored then.
        """

    def get(self, event: str) -> Event:
        """Return the event of a delivery."""

    def claim(self, endpoint: str, now: datetime, until: datetime, most: int) -> list[Delivery]:
        """Take the oldest deliveries that are due: no other process takes them before `until`."""

    def put(self, delivery: Delivery) -> None:
        """Store the state of a delivery."""

    def next_due(self, endpoint: str) -> datetime | None:
        """Return when the next waiting delivery is due."""

    def bury(self, endpoint: str, told: str) -> int:
        """Give up what waits for an endpoint. Return how many deliveries it were."""

    def revive(self, now: datetime, *, endpoint: str = "", event: str = "") -> int:
        """Let dead deliveries wait again, due now, with all attempts. Return how many it were."""

    def hasten(self, now: datetime, *, endpoint: str = "", event: str = "") -> int:
        """Let deliveries that wait for a later attempt be due now, with all attempts, but none that a process
        has in hand. Return how many it were.
        """

    def deliveries(
        self, *, endpoint: str = "", event: str = "", state: DeliveryState | None = None, most: int = 100
    ) -> list[tuple[Delivery, Event]]:
        """Return deliveries with their events, newest first."""

    def counts(self) -> dict[tuple[str, DeliveryState], int]:
        """Return how many deliveries each endpoint has in each state."""

    def note(self, name: str) -> EndpointNote | None:
        """Return what is known of an endpoint."""

    def put_note(self, note: EndpointNote) -> None:
        """Store what is known of an endpoint."""


class Pulse(Protocol):
    """Says cheaply whether anybody has changed the records, and what."""

    def moved(self) -> bool:
        """Return whether anything was written, by whatever process, since this was last asked."""

    def marks(self) -> Mapping[str, str]:
        """Return a word for each of `runs`, `progress` and `access` that differs once it has changed."""

    def assigned(self) -> Sequence[str]:
        """Return who was given something since this was last asked."""

    def close(self) -> None:
        """Close the connection."""


class WebhookSender(Protocol):
    """Sends one request to an address that a lead named."""

    def post(
        self, url: str, headers: Mapping[str, str], body: bytes, *, timeout: float, private: bool
    ) -> Reply:
        """Post a body, and follow no redirect. `timeout`: seconds for the whole attempt. `private`: whether
        addresses of this machine and of private networks are allowed.
        """
