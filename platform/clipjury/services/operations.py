"""How the installation is doing, and what its admin should look at."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from clipjury.db.queries import operations as queries
from clipjury.db.queries.operations import HouseRow, OperationsRow
from clipjury.domain.administration import Concern, House, Step, list_concerns, list_steps


@dataclass(frozen=True)
class Administration:
    """What needs the admin, what is still to be done first, and the facts behind both."""

    concerns: list[Concern]
    steps: list[Step]
    house: HouseRow


def get_operations(session: Session) -> OperationsRow:
    """Queue, outbox, worker, jobs and clips in the making."""
    return queries.get_operations(session)


def get_administration(session: Session) -> Administration:
    """The admin's first page."""
    working, house = queries.get_operations(session), queries.get_house(session)
    facts = House(
        people=house.people,
        worker_alive=working.worker_alive,
        outbox_lag_s=working.outbox_lag_s,
        jobs_failed=working.jobs.get("failed", 0),
        clips_failed=sum(working.clips_failed.values()),
        clips=house.clips,
        clips_waiting=house.clips_waiting,
        gold_labels=house.gold_labels,
        disputes_waiting=house.disputes_waiting,
        refits_frozen=house.refits_frozen,
        detectors_drifted=house.detectors_drifted,
        has_votes=house.has_votes,
        has_detector=house.has_detector,
        has_anchored=house.has_anchored,
    )
    return Administration(list_concerns(facts), list_steps(facts), house)
