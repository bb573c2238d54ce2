"""The audit log as an admin reads it. It tells of clips: whoever reads of one is not asked about it any more."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from clipjury.db.queries import audit as queries
from clipjury.db.queries import exposures
from clipjury.db.queries.audit import AuditFilter, AuditRow


@dataclass(frozen=True)
class AuditPage:
    """Events, newest first, and where the next page begins."""

    items: list[AuditRow]
    next_before: int | None


def list_events(
    session: Session, viewer_id: int, wanted: AuditFilter, *, before: int | None, limit: int
) -> AuditPage:
    """One page. What it tells of a clip under a live lease of the reader is left out; every other clip it names
    is an exposure."""
    rows = queries.list_events(session, wanted, before=before, limit=limit)
    held = exposures.find_held_group(session, viewer_id)
    shown = [row for row in rows if row.group_id is None or row.group_id != held]
    exposures.expose_many(session, viewer_id, [row.group_id for row in shown if row.group_id is not None])
    return AuditPage(shown, rows[-1].id if len(rows) == limit else None)
