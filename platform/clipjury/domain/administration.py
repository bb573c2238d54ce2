"""What an admin should look at first, and what a new installation still lacks."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

Urgency = Literal["now", "soon"]

OUTBOX_LAG_S: Final = 60.0  # the relay polls every second: a minute means that it stands still


@dataclass(frozen=True, slots=True)
class House:
    """The facts that both lists are read from. `people` counts accounts that can log in, by role."""

    people: Mapping[str, int]
    worker_alive: bool
    outbox_lag_s: float
    jobs_failed: int
    clips_failed: int
    clips: int
    clips_waiting: int
    gold_labels: int
    disputes_waiting: int
    refits_frozen: int
    detectors_drifted: int
    has_votes: bool
    has_detector: bool
    has_anchored: bool

    def has(self, role: str) -> bool:
        """Whether a person with this role can log in."""
        return self.people.get(role, 0) > 0


@dataclass(frozen=True, slots=True)
class Concern:
    """Something that needs the admin; the front end has the words for `code`."""

    code: str
    urgency: Urgency
    count: int = 0


@dataclass(frozen=True, slots=True)
class Step:
    """A thing to do on a new installation, and whether it is done."""

    code: str
    is_done: bool


def list_concerns(house: House) -> list[Concern]:
    """What needs the admin, the most urgent first."""
    found = [
        Concern("worker_away", "now") if not house.worker_alive else None,
        Concern("outbox_stuck", "now") if house.worker_alive and house.outbox_lag_s > OUTBOX_LAG_S else None,
        Concern("jobs_failed", "now", house.jobs_failed) if house.jobs_failed else None,
        Concern("refit_frozen", "now", house.refits_frozen) if house.refits_frozen else None,
        Concern("detector_drift", "now", house.detectors_drifted) if house.detectors_drifted else None,
        Concern("clips_failed", "soon", house.clips_failed) if house.clips_failed else None,
        Concern("disputes_waiting", "soon", house.disputes_waiting) if house.disputes_waiting else None,
        Concern("one_admin", "soon") if house.people.get("admin", 0) == 1 else None,
        Concern("no_moderator", "soon") if house.has_votes and not house.has("moderator") else None,
        Concern("no_safeguarding", "soon") if house.clips and not house.has("safeguarding") else None,
        Concern("no_gold", "soon") if house.has_votes and house.gold_labels < 2 else None,
        Concern("nobody_anchored", "soon")
        if house.has_votes and house.gold_labels == 2 and not house.has_anchored
        else None,
        Concern("queue_empty", "soon")
        if house.has("reviewer") and house.has_votes and not house.clips_waiting
        else None,
    ]
    return [concern for concern in found if concern is not None]


def list_steps(house: House) -> list[Step]:
    """What makes an installation work, in the order in which to do it."""
    return [
        Step("worker", house.worker_alive),
        Step("detector", house.has_detector),
        Step("clips", house.clips > 0),
        Step("gold", house.gold_labels == 2),
        Step("reviewer", house.has("reviewer")),
        Step("moderator", house.has("moderator")),
        Step("curator", house.has("curator")),
        Step("safeguarding", house.has("safeguarding")),
        Step("second_admin", house.people.get("admin", 0) > 1),
        Step("votes", house.has_votes),
        Step("anchored", house.has_anchored),
    ]
