"""The audit log and the outbox: written together, in the commit that made the event true."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from clipjury.db.prepared import Prepared
from clipjury.db.queries.rows import row_as
from clipjury.domain.events import Event

_EMIT = Prepared(
    "emit_events",
    """
WITH happened AS (
  SELECT * FROM jsonb_to_recordset(CAST(:events AS jsonb)) AS e(event text, subject text, payload jsonb)),
sent AS (INSERT INTO outbox (event, payload) SELECT event, payload FROM happened)
INSERT INTO audit_events (actor_id, action, subject, detail)
SELECT :actor_id, event, subject, payload FROM happened""",
    events="jsonb",
    actor_id="bigint",
)

_AUDIT = text(
    """
INSERT INTO audit_events (actor_id, action, subject, detail)
VALUES (:actor_id, :action, :subject, CAST(:detail AS jsonb))"""
)

# One relay is active at a time (advisory lock); SKIP LOCKED keeps a second one harmless all the same.
_CLAIM = text(
    """
SELECT id, event, payload FROM outbox WHERE sent_at IS NULL ORDER BY id LIMIT :limit FOR UPDATE SKIP LOCKED"""
)

_MARK_SENT = text("UPDATE outbox SET sent_at = clock_timestamp() WHERE id = ANY(:ids)")

_PURGE = text("DELETE FROM outbox WHERE sent_at < now() - make_interval(days => :days)")


@dataclass(frozen=True)
class OutboxRow:
    """An event that is still to be sent."""

    id: int
    event: str
    payload: dict[str, Any]


def emit(session: Session, events: Sequence[Event], *, subject: str, actor_id: int | None) -> None:
    """Write events to the audit log and the outbox. `subject` names the thing, as in `clip:<id>`."""
    rows = [{"event": event.name, "subject": subject, "payload": event.payload()} for event in events]
    _EMIT.run(session, {"events": json.dumps(rows), "actor_id": actor_id})


def record_audit(
    session: Session, action: str, *, subject: str, actor_id: int | None, detail: dict[str, Any] | None = None
) -> None:
    """Write one audit event that nothing follows from."""
    session.execute(
        _AUDIT,
        {"action": action, "subject": subject, "actor_id": actor_id, "detail": json.dumps(detail or {})},
    )


def claim_unsent(session: Session, limit: int) -> list[OutboxRow]:
    """Lock and return up to `limit` events in the order they happened."""
    return [row_as(OutboxRow, row) for row in session.execute(_CLAIM, {"limit": limit})]


def mark_sent(session: Session, ids: Sequence[int]) -> None:
    """Note that these events have been handed to the broker."""
    session.execute(_MARK_SENT, {"ids": list(ids)})


def purge_sent(session: Session, days: int) -> int:
    """Drop events sent more than `days` ago; how many."""
    return int(session.execute(_PURGE, {"days": days}).rowcount)  # type: ignore[attr-defined]
