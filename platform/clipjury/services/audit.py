"""The audit log as an admin reads it. It tells of clips: whoever reads of one is not asked about it any more."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from clipjury.db.queries import audit as queries
from clipjury.db.queries import exposures
from clipjury.db.queries.audit import AuditFilter, AuditRow
from clipjury.services.clip_views import Viewer


@dataclass(frozen=True)
class AuditPage:
    """Events, newest first, and where the next page begins."""

    items: list[AuditRow]
    next_before: int | None


def list_events(
    session: Session, viewer: Viewer, wanted: AuditFilter, *, before: int | None, limit: int
) -> AuditPage:
    """One page. What it tells of a clip under a live lease of the reader is left out; every other clip it names
    is an exposure. Reports of suspected abuse, and what they led to, are for the safeguarding officer alone."""
    is_officer = "safeguarding" in viewer.roles
    rows = queries.list_events(session, wanted, with_safeguarding=is_officer, before=before, limit=limit)
    held = exposures.find_held_group(session, viewer.id)
    shown = [row for row in rows if row.group_id is None or row.group_id != held]
    exposures.expose_many(session, viewer.id, [row.group_id for row in shown if row.group_id is not None])
    return AuditPage(shown, rows[-1].id if len(rows) == limit else None)
