"""Changes, events and their deliveries."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Update, func, select, update
from sqlalchemy.dialects.sqlite import insert

from cothemes.adapters.sql.engine import Database
from cothemes.adapters.sql.event_tables import deliveries, endpoints, events, noted_changes
from cothemes.adapters.sql.rows import columns_of, insert_all, read, read_one, row_of, taking_over
from cothemes.records.event import Change, Delivery, DeliveryState, EndpointNote, Event

_CHANGE = columns_of(noted_changes, Change)
_EVENT = columns_of(events, Event)
_DELIVERY = columns_of(deliveries, Delivery)
_NOTE = columns_of(endpoints, EndpointNote)
_WAITING = DeliveryState.WAITING.value


class SqlEvents:
    """`ports.EventStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def changes(self, after: int) -> list[Change]:
        """Return the changes with a higher number, in their order."""
        query = select(*_CHANGE).where(noted_changes.c.stored > after).order_by(noted_changes.c.stored)
        with self._database.reading() as connection:
            return read(connection, Change, query)

    def last_change(self) -> int:
        """Return the number of the last change; 0 for none."""
        with self._database.reading() as connection:
            return connection.execute(select(func.max(noted_changes.c.stored))).scalar() or 0

    def add(self, event: Event, endpoints: Collection[str]) -> bool:
        """Store an event with its deliveries; see the port."""
        with self._database.writing() as connection:
            known = select(events.c.id).where(events.c.key == event.key)
            if connection.execute(known).first() is not None:
                return False
            connection.execute(insert(events), row_of(event))
            rows = (Delivery(event=event.id, endpoint=name, due=event.at) for name in endpoints)
            insert_all(connection, insert(deliveries), map(row_of, rows))
            return True

    def get(self, event: str) -> Event:
        """Return the event of a delivery."""
        with self._database.reading() as connection:
            found = read_one(connection, Event, select(*_EVENT).where(events.c.id == event))
        assert found is not None
        return found

    def claim(self, endpoint: str, now: datetime, until: datetime, most: int) -> list[Delivery]:
        """Take the oldest deliveries that are due; see the port."""
        free = deliveries.c.claimed.is_(None) | (deliveries.c.claimed <= now)
        due = (
            select(*_DELIVERY)
            .join(events, events.c.id == deliveries.c.event)
            .where(
                deliveries.c.endpoint == endpoint,
                deliveries.c.state == _WAITING,
                deliveries.c.due <= now,
                free,
            )
            .order_by(events.c.stored)
            .limit(most)
        )
        with self._database.reading() as connection:
            if not read(connection, Delivery, due.limit(1)):
                return []
        with self._database.writing() as connection:
            found = [one.model_copy(update={"claimed": until}) for one in read(connection, Delivery, due)]
            for one in found:
                connection.execute(_of(one.event, endpoint).values(claimed=until))
        return found

    def put(self, delivery: Delivery) -> None:
        """Store the state of a delivery."""
        row = row_of(delivery)
        with self._database.writing() as connection:
            connection.execute(_of(row.pop("event"), row.pop("endpoint")).values(**row))

    def next_due(self, endpoint: str) -> datetime | None:
        """Return when the next waiting delivery is due."""
        query = (
            select(deliveries.c.due)
            .where(deliveries.c.endpoint == endpoint, deliveries.c.state == _WAITING)
            .order_by(deliveries.c.due)
            .limit(1)
        )
        with self._database.reading() as connection:
            return connection.execute(query).scalar()

    def bury(self, endpoint: str, told: str) -> int:
        """Give up what waits for an endpoint."""
        waiting = update(deliveries).where(deliveries.c.endpoint == endpoint, deliveries.c.state == _WAITING)
        with self._database.writing() as connection:
            return connection.execute(
                waiting.values(state=DeliveryState.DEAD.value, claimed=None, told=told)
            ).rowcount

    def revive(self, now: datetime, *, endpoint: str = "", event: str = "") -> int:
        """Let dead deliveries wait again; see the port."""
        dead = update(deliveries).where(deliveries.c.state == DeliveryState.DEAD.value)
        if endpoint:
            dead = dead.where(deliveries.c.endpoint == endpoint)
        if event:
            dead = dead.where(deliveries.c.event == event)
        with self._database.writing() as connection:
            return connection.execute(dead.values(state=_WAITING, attempts=0, due=now, claimed=None)).rowcount

    def hasten(self, now: datetime, *, endpoint: str = "", event: str = "") -> int:
        """Let deliveries that wait for a later attempt be due now; see the port."""
        later = update(deliveries).where(
            deliveries.c.state == _WAITING,
            deliveries.c.due > now,
            deliveries.c.claimed.is_(None) | (deliveries.c.claimed <= now),
        )
        if endpoint:
            later = later.where(deliveries.c.endpoint == endpoint)
        if event:
            later = later.where(deliveries.c.event == event)
        with self._database.writing() as connection:
            return connection.execute(later.values(attempts=0, due=now, claimed=None)).rowcount

    def deliveries(
        self, *, endpoint: str = "", event: str = "", state: DeliveryState | None = None, most: int = 100
    ) -> list[tuple[Delivery, Event]]:
        """Return deliveries with their events, newest first."""
        query = select(*_DELIVERY).join(events, events.c.id == deliveries.c.event)
        if endpoint:
            query = query.where(deliveries.c.endpoint == endpoint)
        if event:
            query = query.where(deliveries.c.event == event)
        if state is not None:
            query = query.where(deliveries.c.state == state.value)
        query = query.order_by(events.c.stored.desc(), deliveries.c.endpoint).limit(most)
        with self._database.reading() as connection:
            found = read(connection, Delivery, query)
            ids = {one.event for one in found}
            known = read(connection, Event, select(*_EVENT).where(events.c.id.in_(ids)))
        by_id = {event.id: event for event in known}
        return [(one, by_id[one.event]) for one in found]

    def counts(self) -> dict[tuple[str, DeliveryState], int]:
        """Return how many deliveries each endpoint has in each state."""
        query = select(deliveries.c.endpoint, deliveries.c.state, func.count()).group_by(
            deliveries.c.endpoint, deliveries.c.state
        )
        with self._database.reading() as connection:
            return {(row[0], DeliveryState(row[1])): row[2] for row in connection.execute(query)}

    def note(self, name: str) -> EndpointNote | None:
        """Return what is known of an endpoint."""
        with self._database.reading() as connection:
            return read_one(connection, EndpointNote, select(*_NOTE).where(endpoints.c.name == name))

    def put_note(self, note: EndpointNote) -> None:
        """Store what is known of an endpoint."""
        statement = insert(endpoints)
        with self._database.writing() as connection:
            connection.execute(
                statement.on_conflict_do_update(
                    index_elements=["name"], set_=taking_over(statement, ["name"], endpoints)
                ),
                row_of(note),
            )


def _of(event: str, endpoint: str) -> Update:
    return update(deliveries).where(deliveries.c.event == event, deliveries.c.endpoint == endpoint)
