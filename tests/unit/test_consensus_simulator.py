"""Simulated reviewers: as skilled as they claim, and their ballots are ones the platform takes."""

from typing import Any

import numpy as np
import pytest

from clipjury.domain.vocabulary import CUE_IDS, KIND_IDS
from clipjury.domain.voting import validate_ballot
from clipjury_ml.consensus.simulator import (
    CUES_OF_KIND,
    SimulatedReviewer,
    answer,
    chance_of_manipulated,
    simulated_reviewers,
)

SEGMENTS = [{"start_frame": 30, "end_frame": 60}]


def ballots(reviewer: SimulatedReviewer, truth: str, n: int = 2000, **changes: Any) -> list[dict[str, Any]]:
    rng = np.random.default_rng(7)
    given = {"kinds": ["face_swap"], "segments": SEGMENTS, "frames": 100, **changes}
    return [answer(reviewer, truth, rng, **given) for _ in range(n)]  # type: ignore[arg-type]


def test_the_same_seed_gives_the_same_reviewers_and_answers() -> None:
    assert simulated_reviewers(3, 20) == simulated_reviewers(3, 20)
    assert simulated_reviewers(3, 20) != simulated_reviewers(4, 20)
    reviewer = simulated_reviewers(3, 1)[0]
    assert ballots(reviewer, "manipulated", 50) == ballots(reviewer, "manipulated", 50)


def test_a_longer_crowd_begins_with_the_shorter_one() -> None:
    assert simulated_reviewers(3, 30)[:10] == simulated_reviewers(3, 10)


def test_every_name_is_there_once() -> None:
    assert len({r.name for r in simulated_reviewers(1, 100)}) == 100


def test_the_crowd_has_the_mean_skill_asked_for() -> None:
    crowd = simulated_reviewers(5, 2000, mean_skill=0.65, spam_share=0.0)
    assert np.mean([(r.sensitivity + r.specificity) / 2 for r in crowd]) == pytest.approx(0.65, abs=0.01)
    assert np.mean([r.specificity - r.sensitivity for r in crowd]) > 0.02  # people lean to "authentic"


def test_one_in_ten_answers_at_random() -> None:
    crowd = simulated_reviewers(5, 100)
    spammers = [r for r in crowd if r.is_spammer]
    assert len(spammers) == 10
    assert all(r.sensitivity + r.specificity == pytest.approx(1.0) for r in spammers)


@pytest.mark.parametrize("truth", ["authentic", "manipulated"])
def test_answers_come_with_the_rates_of_the_reviewer(truth: str) -> None:
    reviewer = SimulatedReviewer("A", 0.7, 0.8, 0.1, 1.0, is_spammer=False)
    said = [b["label"] for b in ballots(reviewer, truth, 6000)]
    assert said.count("unsure") / len(said) == pytest.approx(0.1, abs=0.02)
    sure = [label for label in said if label != "unsure"]
    expected = 0.7 if truth == "manipulated" else 0.2
    assert sure.count("manipulated") / len(sure) == pytest.approx(expected, abs=0.03)


@pytest.mark.parametrize(("frames", "kind_of_clip"), [(1, "image"), (2, "video"), (100, "video")])
@pytest.mark.parametrize("truth", ["authentic", "manipulated"])
def test_every_answer_is_a_ballot_the_platform_takes(truth: str, frames: int, kind_of_clip: Any) -> None:
    segments = [{"start_frame": 0, "end_frame": frames - 1}]
    region = {"frame": 0, "x": 0.7, "y": 0.7, "width": 0.3, "height": 0.3}
    for reviewer in simulated_reviewers(1, 12):
        for ballot in ballots(reviewer, truth, 60, frames=frames, segments=segments, regions=[region]):
            assert validate_ballot(**ballot, frames=frames, kind_of_clip=kind_of_clip) == []


def test_marked_ranges_lie_near_the_true_ones() -> None:
    reviewer = SimulatedReviewer("A", 0.98, 0.98, 0.0, 1.0, is_spammer=False)
    marked = [b["segments"][0] for b in ballots(reviewer, "manipulated", 400) if b["segments"]]
    assert len(marked) > 200
    assert abs(np.mean([s["start_frame"] for s in marked]) - 30) < 3
    assert np.std([s["start_frame"] for s in marked]) > 1


def test_confidence_says_little_about_being_right() -> None:
    reviewer = SimulatedReviewer("A", 0.65, 0.65, 0.0, 1.0, is_spammer=False)
    told = ballots(reviewer, "manipulated", 4000)
    right = np.mean([b["confidence"] for b in told if b["label"] == "manipulated"])
    wrong = np.mean([b["confidence"] for b in told if b["label"] == "authentic"])
    assert 0.0 < right - wrong < 0.1
    assert right > 0.7  # over-confident: right in 65 of 100


def test_a_hard_clip_pulls_everybody_down_together() -> None:
    reviewer = SimulatedReviewer("A", 0.7, 0.7, 0.0, 1.0, is_spammer=False)
    assert chance_of_manipulated(reviewer, "manipulated", 0.0) == pytest.approx(0.7)
    assert chance_of_manipulated(reviewer, "manipulated", -1.0) < 0.5
    assert chance_of_manipulated(reviewer, "authentic", 1.0) < 0.3


def test_the_simulator_speaks_the_vocabulary() -> None:
    assert set(CUES_OF_KIND) == KIND_IDS
    assert {cue for cues in CUES_OF_KIND.values() for cue in cues} <= CUE_IDS


@pytest.mark.parametrize("wrong", [{"n": -1}, {"mean_skill": 0.2}, {"spam_share": 1.5}])
def test_a_crowd_that_cannot_be_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="must"):
        simulated_reviewers(**{"seed": 1, "n": 5, **wrong})


def test_an_answer_needs_at_least_one_frame() -> None:
    with pytest.raises(ValueError, match="frames"):
        ballots(simulated_reviewers(1, 1)[0], "authentic", 1, frames=0)
