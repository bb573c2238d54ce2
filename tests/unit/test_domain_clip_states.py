"""The life of a clip, as a truth table."""

from itertools import product

import pytest

from clipjury.domain.clip_states import CLIP_STATES, ClipState, can_move, collects_votes, shows_outcome

ALLOWED = {
    ("received", "processing"),
    ("received", "failed"),
    ("processing", "open"),
    ("processing", "failed"),
    ("open", "closing"),
    ("open", "retired"),
    ("closing", "open"),
    ("closing", "retired"),
    ("failed", "received"),
}


@pytest.mark.parametrize(("before", "after"), list(product(CLIP_STATES, CLIP_STATES)))
def test_exactly_the_listed_moves_are_allowed(before: ClipState, after: ClipState) -> None:
    assert can_move(before, after) is ((before, after) in ALLOWED)


def test_nothing_leads_out_of_retirement() -> None:
    assert not any(can_move("retired", state) for state in CLIP_STATES)


def test_only_open_and_closing_clips_collect_votes() -> None:
    assert [state for state in CLIP_STATES if collects_votes(state)] == ["open", "closing"]


def test_only_retired_clips_show_an_outcome() -> None:
    assert [state for state in CLIP_STATES if shows_outcome(state)] == ["retired"]
