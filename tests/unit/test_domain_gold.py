"""How often gold comes, and what may become gold."""

from __future__ import annotations

import random
from itertools import pairwise, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clipjury.domain.clip_states import CLIP_STATES
from clipjury.domain.gold import (
    EARLY_RATE,
    FIRST_GOLD,
    FIRST_LEASES,
    GOLD_ROLES,
    LATE_RATE,
    GoldCandidate,
    gold_chance,
    is_gold_turn,
    refuse_gold,
)


def places_of_gold(rng: random.Random, leases: int) -> list[int]:
    """Where gold comes among the first leases of a reviewer whom there is always gold for."""
    places: list[int] = []
    for lease in range(leases):
        if is_gold_turn(lease, len(places), rng.random()):
            places.append(lease)
    return places


@given(st.randoms(use_true_random=False))
def test_at_least_five_of_the_first_twenty_leases_are_gold(rng: random.Random) -> None:
    assert len(places_of_gold(rng, FIRST_LEASES)) >= FIRST_GOLD


def test_gold_comes_at_every_place_about_equally_often_among_the_first() -> None:
    rng, counts = random.Random(5), [0] * FIRST_LEASES
    for _ in range(4000):
        for place in places_of_gold(rng, FIRST_LEASES):
            counts[place] += 1
    # A quarter at each place; later ones a little more, because the fifth does not end it.
    assert all(0.22 < count / 4000 < 0.32 for count in counts), counts


def test_the_share_falls_from_ten_to_five_per_cent() -> None:
    chances = [gold_chance(leases, 5) for leases in range(FIRST_LEASES, 5000)]
    assert chances[0] == EARLY_RATE
    assert all(before > after > LATE_RATE for before, after in pairwise(chances))
    assert chances[-1] < LATE_RATE + 0.002


@pytest.mark.parametrize(("leases", "gold"), [(-1, 0), (3, 4), (3, -1)])
def test_impossible_counts_are_refused(leases: int, gold: int) -> None:
    with pytest.raises(ValueError, match="gold"):
        gold_chance(leases, gold)


def test_the_random_number_must_be_one() -> None:
    with pytest.raises(ValueError, match="random"):
        is_gold_turn(0, 0, 1.0)


FRESH = GoldCandidate("open", None, None, votes=0, live_leases=0)


@pytest.mark.parametrize("role", GOLD_ROLES)
def test_a_fresh_clip_may_become_gold_of_any_role(role: str) -> None:
    for state in ("received", "processing", "open"):
        candidate = GoldCandidate(state, None, None, 0, 0)  # type: ignore[arg-type]
        assert refuse_gold(candidate, role, "import") is None  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("candidate", "origin", "code"),
    [
        (GoldCandidate("failed", None, None, 0, 0), "import", "clip_unusable"),
        (GoldCandidate("open", None, None, 0, 0, is_quarantined=True), "import", "clip_unusable"),
        (GoldCandidate("open", "authentic", "serve", 0, 0), "import", "clip_is_gold"),
        (GoldCandidate("open", None, "gate", 0, 0), "import", "gold_role_fixed"),
        (GoldCandidate("open", None, None, 0, 1), "import", "clip_leased"),
        (GoldCandidate("open", None, None, 1, 0), "import", "clip_has_votes"),
        (GoldCandidate("retired", None, None, 7, 0), "import", "clip_has_votes"),
        (GoldCandidate("open", None, None, 1, 0), "adjudication", "clip_not_retired"),
        (GoldCandidate("retired", None, "gate", 7, 0), "adjudication", "gold_role_fixed"),
        (GoldCandidate("retired", None, None, 7, 0), "adjudication", None),
    ],
)
def test_what_keeps_a_clip_from_becoming_gold(
    candidate: GoldCandidate, origin: str, code: str | None
) -> None:
    refusal = refuse_gold(candidate, "serve", origin)  # type: ignore[arg-type]
    assert (refusal.code if refusal else None) == code


def test_no_clip_with_votes_becomes_gold_but_by_an_adjudication() -> None:
    for state, role, votes in product(CLIP_STATES, GOLD_ROLES, (1, 12)):
        assert refuse_gold(GoldCandidate(state, None, None, votes, 0), role, "import") is not None
