"""Outbox → broker. Sends, then marks: an event may be sent twice and is never lost."""

import logging
import time
import uuid
from collections.abc import Sequence
from threading import Event, Thread
from typing import Any

from dramatiq.broker import Broker

from clipjury.db.outbox import OutboxListener
from clipjury.db.queries import events as queries
from clipjury.db.queries.events import OutboxRow
from clipjury.db.transaction import bound_engine, transaction
from clipjury.jobs.routing import ROUTES

BATCH = 50  # sent inside one short transaction
POLL_S = 1.0
SHORTEST_DELAY_S, LONGEST_DELAY_S = 0.5, 5.0

# Sending the same message again replaces the one that still waits (PostgreSQL), instead of doubling it.
_MESSAGE_IDS = uuid.UUID("6f0ad1c4-2f0e-4f4e-9a55-6d2f4b8f7c11")

log = logging.getLogger(__name__)


def send(broker: Broker, actor: str, arguments: Sequence[Any], *, key: str) -> None:
    """Hand one job to the broker. The same `key` for the same reason to send it."""
    message = broker.get_actor(actor).message(*arguments)
    message_id = str(uuid.uuid5(_MESSAGE_IDS, f"{actor}:{key}"))
    broker.enqueue(message.copy(message_id=message_id))


def relay_batch(broker: Broker, limit: int = BATCH) -> int:
    """Send up to `limit` events in the order they happened, then mark them; how many."""
    with transaction() as session:
        rows = queries.claim_unsent(session, limit)
        for row in rows:
            _send_followers(broker, row)
        if rows:
            queries.mark_sent(session, [row.id for row in rows])
    return len(rows)


def _send_followers(broker: Broker, row: OutboxRow) -> None:
    if row.event not in ROUTES:
        # Held by a test for this version's events; one of another version must not stop all that come after.
        log.error("event %s (outbox %d) has no routing row: nothing follows it", row.event, row.id)
        return
    for route in ROUTES[row.event]:
        if route.applies_to(row.payload):
            send(broker, route.actor, [row.payload[name] for name in route.arguments], key=f"outbox-{row.id}")


class Relay(Thread):
    """One active relay among all workers (advisory lock); the others stand by. Survives a lost database."""

    def __init__(self, broker: Broker) -> None:
        super().__init__(name="relay", daemon=True)
        self._broker = broker
        self._stopping = Event()
        self._delay_s = SHORTEST_DELAY_S
        self.last_contact_at_s = time.monotonic()

    def stop(self) -> None:
        """Ask it to end; it does within a second when nothing is being sent."""
        self._stopping.set()

    def run(self) -> None:
        """Relay until stopped; back off while the database or the broker is away."""
        while not self._stopping.is_set():
            try:
                with OutboxListener(bound_engine()) as listener:
                    self._serve(listener)
            except Exception as error:  # noqa: BLE001  # a relay that ended would leave every event unsent
                log.warning(
                    "the relay is cut off, next try in %.1f s: %s",
                    self._delay_s,
                    str(error).partition("\n")[0],
                )
                self._stopping.wait(self._delay_s)
                self._delay_s = min(LONGEST_DELAY_S, self._delay_s * 2)

    def _serve(self, listener: OutboxListener) -> None:
        while not self._stopping.is_set():
            leads = listener.leads()
            self.last_contact_at_s = time.monotonic()
            if leads:
                while relay_batch(self._broker) == BATCH and not self._stopping.is_set():
                    self.last_contact_at_s = time.monotonic()
            self._delay_s = SHORTEST_DELAY_S
            listener.wait(POLL_S)
