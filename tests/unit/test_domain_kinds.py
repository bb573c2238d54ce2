"""Kinds and cues as people name them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clipjury.domain.kinds import cue_posteriors, kind_posteriors
from clipjury.domain.marks import MarkedVote
from clipjury.domain.vocabulary import CUE_IDS, KIND_IDS

NEW, PROVEN, COIN = (0.6, 0.6), (0.9, 0.92), (0.5, 0.5)


def named(rates: tuple[float, float], *kinds: str) -> MarkedVote:
    return MarkedVote(*rates, kinds=kinds)


def test_every_kind_has_a_posterior_once_somebody_named_one() -> None:
    assert set(kind_posteriors([named(NEW, "voice")])) == KIND_IDS
    assert set(cue_posteriors([MarkedVote(*NEW, cues=("audio",))])) == CUE_IDS


@pytest.mark.parametrize("cast", [[], [named(PROVEN)], [named(COIN, "voice")]])
def test_where_nobody_whose_word_carries_weight_named_one_nothing_is_said(cast: list[MarkedVote]) -> None:
    assert kind_posteriors(cast) == {}
    assert cue_posteriors(cast) == {}


def test_two_kinds_can_hold_at_once() -> None:
    found = kind_posteriors([named((0.8, 0.8), "lip_sync", "voice")] * 4)
    assert found["lip_sync"] > 0.9
    assert found["voice"] > 0.9
    assert found["face_swap"] < 0.05


def test_proven_reviewers_are_believed_over_more_who_are_not() -> None:
    found = kind_posteriors([named(PROVEN, "voice")] * 2 + [named((0.52, 0.52), "splice")] * 4)
    assert found["voice"] > 0.8
    assert found["splice"] < 0.2


def test_a_cue_that_half_of_them_name_is_more_likely_there_than_not() -> None:
    half = [MarkedVote(0.8, 0.8, cues=("eyes",))] * 3 + [MarkedVote(0.8, 0.8, cues=("audio",))] * 3
    assert cue_posteriors(half)["eyes"] > 0.6


@given(st.lists(st.tuples(st.floats(0.51, 0.97), st.sampled_from(sorted(KIND_IDS))), min_size=1, max_size=9))
def test_one_more_who_names_a_kind_never_makes_it_less_likely(cast: list[tuple[float, str]]) -> None:
    votes = [named((rate, rate), kind) for rate, kind in cast]
    before = kind_posteriors(votes)["voice"]
    assert kind_posteriors([*votes, named((0.7, 0.7), "voice")])["voice"] > min(
        before, 0.9
    )  # close to 1 nothing adds any more
