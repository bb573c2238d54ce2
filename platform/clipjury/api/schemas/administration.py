"""What an admin sees of the installation: how work gets on, what needs attention, and the audit log."""

from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from clipjury.api.schemas.base import AnswerModel, PlainText, QueryModel, RequestModel
from clipjury.db.queries.audit import AuditFilter, AuditRow
from clipjury.db.queries.operations import OperationsRow
from clipjury.services.audit import AuditPage
from clipjury.services.operations import Administration as AdministrationView


class Operations(AnswerModel):
    """How work gets on. The queue's counts are null with a broker of one's own; `clips_failed` counts by code."""

    at: datetime
    worker_alive: bool
    worker_seen_at: datetime | None
    queue_waiting: int | None
    queue_running: int | None
    outbox_waiting: int
    outbox_lag_s: float
    clips_in_processing: int
    clips_failed: dict[str, int]
    jobs: dict[str, int]


class Concern(AnswerModel):
    """Something that needs the admin."""

    code: str
    urgency: Literal["now", "soon"]
    count: int


class Step(AnswerModel):
    """A thing to do on a new installation."""

    code: str
    done: bool


class Administration(AnswerModel):
    """The admin's first page. `people` counts active accounts by role."""

    attention: list[Concern]
    checklist: list[Step]
    people: dict[str, int]
    simulated_users: int
    invitations_open: int
    clips: int
    clips_waiting: int
    clips_retired: int
    gold: int


class RetryClips(RequestModel):
    """Which failed clips to try again."""

    failure_code: PlainText = Field(max_length=60)


class RetriedClips(AnswerModel):
    """How many clips are on their way again."""

    count: int


class AuditQuery(QueryModel):
    """Which events; without `votes` sealed votes are left out. `cursor` is the `next_cursor` of the page before."""

    actor: int | None = Field(default=None, ge=0, le=2**62)
    action: PlainText | None = Field(default=None, max_length=60)
    subject: PlainText | None = Field(default=None, max_length=200)
    votes: bool = False
    cursor: int | None = Field(default=None, ge=0, le=2**62)
    limit: int = Field(default=50, ge=1, le=200)

    def filter(self) -> AuditFilter:
        """The same in the database's words."""
        return AuditFilter(self.actor, self.action, self.subject, self.votes)


class AuditEvent(AnswerModel):
    """Who did what to which thing, and when; `actor` is null for the installation itself."""

    id: int
    at: datetime
    actor_id: int | None
    actor: str | None
    action: str
    subject: str
    detail: dict[str, Any]


class AuditEvents(AnswerModel):
    """Newest first."""

    items: list[AuditEvent]
    next_cursor: int | None


def operations_body(row: OperationsRow, *, has_own_queue: bool) -> dict[str, Any]:
    """`Operations`; `has_own_queue`: the queue lives in this database."""
    seen_at = row.now if row.worker_alive else row.worker_seen_at
    return {
        "at": row.now,
        "worker_alive": row.worker_alive,
        "worker_seen_at": seen_at,
        "queue_waiting": row.queue_waiting if has_own_queue else None,
        "queue_running": row.queue_running if has_own_queue else None,
        "outbox_waiting": row.outbox_waiting,
        "outbox_lag_s": float(row.outbox_lag_s),
        "clips_in_processing": row.clips_in_processing,
        "clips_failed": row.clips_failed,
        "jobs": row.jobs,
    }


def administration_body(view: AdministrationView) -> dict[str, Any]:
    """`Administration`."""
    house = view.house
    return {
        "attention": [{"code": c.code, "urgency": c.urgency, "count": c.count} for c in view.concerns],
        "checklist": [{"code": step.code, "done": step.is_done} for step in view.steps],
        "people": house.people,
        "simulated_users": house.simulated_users,
        "invitations_open": house.invitations_open,
        "clips": house.clips,
        "clips_waiting": house.clips_waiting,
        "clips_retired": house.clips_retired,
        "gold": house.gold,
    }


def audit_body(page: AuditPage) -> dict[str, Any]:
    """`AuditEvents`."""
    return {"items": [_event(row) for row in page.items], "next_cursor": page.next_before}


def _event(row: AuditRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "at": row.at,
        "actor_id": row.actor_id,
        "actor": row.actor_name,
        "action": row.action,
        "subject": row.subject,
        "detail": row.detail,
    }
