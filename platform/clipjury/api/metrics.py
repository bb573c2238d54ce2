"""For whatever draws curves and rings bells: how the installation is doing, in Prometheus' text format."""

from flask import Blueprint, Response

from clipjury.api.access import requires
from clipjury.db.queries.operations import HouseRow, OperationsRow
from clipjury.db.transaction import transaction
from clipjury.services import operations

blueprint = Blueprint("metrics", __name__)

_MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"


@blueprint.get("/metrics")
@requires("admin")
def get_metrics() -> Response:
    """Gauges of the worker, its work, clips, disputes, and detectors that have drifted; with an admin's token."""
    with transaction() as session:
        working, house = operations.get_operations(session), operations.get_administration(session).house
    return Response(_as_text(working, house), content_type=_MEDIA_TYPE)


def _as_text(working: OperationsRow, house: HouseRow) -> str:
    gauges: list[tuple[str, str, float]] = [
        ("worker_alive", "1 while a worker holds the relay's lock.", working.worker_alive),
        ("outbox_waiting", "Events not handed out yet.", working.outbox_waiting),
        ("outbox_lag_seconds", "Age of the oldest of them.", float(working.outbox_lag_s)),
        ("jobs_failed", "Tracked jobs that failed.", working.jobs.get("failed", 0)),
        ("clips_in_processing", "Clips on their way in.", working.clips_in_processing),
        ("clips_failed", "Clips that could not be processed.", sum(working.clips_failed.values())),
        ("clips", "Clips in all.", house.clips),
        ("clips_waiting", "Clips that the queue can serve.", house.clips_waiting),
        ("clips_retired", "Clips that are closed.", house.clips_retired),
        ("disputes_waiting", "Disputes without a decision.", house.disputes_waiting),
        ("refits_frozen", "Versions of reliabilities that the guard holds back.", house.refits_frozen),
        ("detectors_drifted", "Versions in force whose newest drift report alerts.", house.detectors_drifted),
    ]
    return "".join(
        f"# HELP clipjury_{name} {words}\n# TYPE clipjury_{name} gauge\nclipjury_{name} {value:g}\n"
        for name, words, value in gauges
    )
