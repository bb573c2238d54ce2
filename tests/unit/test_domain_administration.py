"""What an admin is told to look at, and the list that ticks itself."""

from __future__ import annotations

from dataclasses import replace

import pytest

from clipjury.domain.administration import House, list_concerns, list_steps

EMPTY = House(
    people={"admin": 1}, worker_alive=True, outbox_lag_s=0.0, jobs_failed=0, clips_failed=0, clips=0,
    clips_waiting=0, gold_labels=0, disputes_waiting=0, refits_frozen=0, detectors_drifted=0, has_votes=False,
    has_detector=False, has_anchored=False,
)  # fmt: skip
STAFFED = {"admin": 2, "moderator": 1, "curator": 1, "reviewer": 9, "safeguarding": 1}
RUNNING = replace(
    EMPTY, people=STAFFED, clips=50, clips_waiting=20, gold_labels=2, has_votes=True, has_detector=True,
    has_anchored=True,
)  # fmt: skip


def codes(house: House) -> list[str]:
    return [concern.code for concern in list_concerns(house)]


def test_a_house_in_order_needs_nobody() -> None:
    assert codes(RUNNING) == []
    assert all(step.is_done for step in list_steps(RUNNING))


def test_a_new_house_is_not_scolded_for_being_new() -> None:
    assert codes(EMPTY) == ["one_admin"]
    assert [step.code for step in list_steps(EMPTY) if step.is_done] == ["worker"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"worker_alive": False}, "worker_away"),
        ({"detectors_drifted": 1}, "detector_drift"),
        ({"outbox_lag_s": 90.0}, "outbox_stuck"),
        ({"jobs_failed": 2}, "jobs_failed"),
        ({"refits_frozen": 1}, "refit_frozen"),
        ({"clips_failed": 3}, "clips_failed"),
        ({"disputes_waiting": 4}, "disputes_waiting"),
        ({"people": {**STAFFED, "admin": 1}}, "one_admin"),
        ({"people": {**STAFFED, "moderator": 0}}, "no_moderator"),
        ({"people": {**STAFFED, "safeguarding": 0}}, "no_safeguarding"),
        ({"gold_labels": 1}, "no_gold"),
        ({"has_anchored": False}, "nobody_anchored"),
        ({"clips_waiting": 0}, "queue_empty"),
    ],
)
def test_each_concern_is_raised_by_its_own_fact_alone(change: dict[str, object], code: str) -> None:
    assert codes(replace(RUNNING, **change)) == [code]  # type: ignore[arg-type]


def test_a_worker_that_is_away_explains_a_full_outbox() -> None:
    assert codes(replace(RUNNING, worker_alive=False, outbox_lag_s=900.0)) == ["worker_away"]
