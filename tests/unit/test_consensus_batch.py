"""The batch answer and the online one are written apart, and agree on every clip."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clipjury_ml.consensus import batch, online

rate = st.one_of(st.just(0.5), st.floats(0.02, 0.98))
vote = st.tuples(st.sampled_from([batch.AUTHENTIC, batch.MANIPULATED, batch.UNSURE]), rate, rate)
WORD = {batch.AUTHENTIC: "authentic", batch.MANIPULATED: "manipulated", batch.UNSURE: "unsure"}


def in_batch(clips: list[list[tuple[int, float, float]]]) -> np.ndarray:
    flat = [(code, *one) for code, votes in enumerate(clips) for one in votes]
    return batch.people_posteriors(
        batch.Votes.of(
            [code for code, *_ in flat],
            [response for _, response, *_ in flat],
            [(s, c) for *_, s, c in flat],
            len(clips),
        )
    )


def online_alone(votes: list[tuple[int, float, float]]) -> float:
    ballots = [
        online.Ballot(number, WORD[response], online.Reliability(s, c, 0.05, 0.05, 20, True))  # type: ignore[arg-type]
        for number, (response, s, c) in enumerate(votes)
    ]
    return online.people_posterior(ballots).p_manipulated


@settings(max_examples=300)
@given(st.lists(st.lists(vote, max_size=14), min_size=1, max_size=8))
def test_every_clip_gets_the_online_answer(clips: list[list[tuple[int, float, float]]]) -> None:
    assert in_batch(clips) == pytest.approx([online_alone(votes) for votes in clips], abs=1e-12)


@given(st.lists(vote, min_size=1, max_size=14), st.randoms())
def test_the_order_of_votes_does_not_matter(votes: list[tuple[int, float, float]], rng: object) -> None:
    shuffled = list(votes)
    rng.shuffle(shuffled)  # type: ignore[attr-defined]
    assert in_batch([shuffled]) == pytest.approx(in_batch([votes]), abs=1e-13)


def test_a_clip_without_votes_stands_at_the_prior_and_nobody_at_all_is_no_error() -> None:
    assert in_batch([[], [(batch.MANIPULATED, 0.8, 0.8)], []]).tolist()[::2] == [0.5, 0.5]
    assert in_batch([[]]).tolist() == [0.5]


def test_twelve_unanimous_votes_of_a_weak_crowd_stay_unsure() -> None:
    assert in_batch([[(batch.MANIPULATED, 0.6, 0.6)] * 12])[0] == pytest.approx(0.82, abs=0.005)


def test_rates_that_leave_no_doubt_and_clips_that_are_not_there_are_refused() -> None:
    with pytest.raises(ValueError, match="strictly"):
        batch.Votes.of([0], [1], [(1.0, 0.5)], 1)
    with pytest.raises(ValueError, match="codes"):
        batch.Votes.of([1], [1], [(0.9, 0.5)], 1)


def test_a_million_votes_go_through_in_one_pass() -> None:
    rng = np.random.default_rng(1)
    clip = np.repeat(np.arange(100_000), 10)
    response = rng.integers(-1, 2, clip.size)
    rates = rng.uniform(0.3, 0.95, (clip.size, 2))
    answers = batch.people_posteriors(batch.Votes.of(clip, response, rates, 100_000))
    some = rng.integers(0, 100_000, 50)
    for code in some:
        votes = [(int(response[i]), *map(float, rates[i])) for i in np.flatnonzero(clip == code)]
        assert answers[code] == pytest.approx(online_alone(votes), abs=1e-12)  # type: ignore[arg-type]
