"""Splits keep sources apart where there are enough of them, and move nobody when clips join."""

from __future__ import annotations

import random
import uuid
from collections import defaultdict
from dataclasses import asdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clipjury.domain.snapshot_rows import choose_split
from clipjury.domain.splits import LEAST_HELD_OUT, MOST_HELD_OUT, SplitPlan, SplitTally, plan_splits

DATASET = uuid.UUID(int=7)
LABELS = ("manipulated", "authentic")

tallies = st.lists(
    st.builds(
        SplitTally,
        group_id=st.integers(0, 60).map(lambda n: f"g{n}"),
        source=st.one_of(
            st.none(), st.integers(0, 25).map(lambda n: f"site {n}"), st.sampled_from(["Site 3", " "])
        ),
        label=st.sampled_from((*LABELS, None)),
        clips=st.integers(1, 5),
    ),
    min_size=1,
    max_size=150,
)


def even(sources: int, each: int = 6, seed: int = 0) -> list[SplitTally]:
    """Sources of about the same size, each with both labels, a group for each clip."""
    rng = random.Random(seed)
    return [
        SplitTally(f"g{source}-{number}", f"site {source}", LABELS[number % 2], rng.randint(1, 2))
        for source in range(sources)
        for number in range(each)
    ]


def splits_of(plan: SplitPlan, rows: list[SplitTally]) -> dict[str, set[str]]:
    """The splits that each source's clips stand in."""
    found: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        if row.source and row.source.strip():
            found[row.source.casefold()].add(plan.split_of(row.group_id))
    return found


@given(rows=tallies, dataset=st.uuids())
def test_a_source_stands_in_one_split_or_the_rule_says_why_not(
    rows: list[SplitTally], dataset: uuid.UUID
) -> None:
    plan = plan_splits(dataset, rows)
    if plan.rule.by == "source":
        assert all(len(splits) == 1 for splits in splits_of(plan, rows).values())
        total, held = sum(row.clips for row in rows), defaultdict(int)
        labels = defaultdict(set)
        for row in rows:
            held[plan.split_of(row.group_id)] += row.clips
            labels[plan.split_of(row.group_id)].add(row.label)
        for split in ("validation", "test"):
            assert LEAST_HELD_OUT <= held[split] / total <= MOST_HELD_OUT
        known = {row.label for row in rows} - {None}
        assert all(known <= found for found in labels.values())
    else:
        assert "may flatter" in plan.rule.sentence
        for row in rows:
            assert plan.split_of(row.group_id) == choose_split(dataset, row.group_id), "as it was before"


@given(rows=tallies, order=st.randoms())
def test_the_order_of_the_rows_changes_nothing(rows: list[SplitTally], order: random.Random) -> None:
    shuffled = rows.copy()
    order.shuffle(shuffled)
    first, second = plan_splits(DATASET, rows), plan_splits(DATASET, shuffled)
    assert first.rule == second.rule
    assert all(first.split_of(row.group_id) == second.split_of(row.group_id) for row in rows)


@given(sources=st.integers(10, 60), dataset=st.uuids(), seed=st.integers(0, 99))
def test_ten_even_sources_are_enough(sources: int, dataset: uuid.UUID, seed: int) -> None:
    rows = even(sources, seed=seed)
    plan = plan_splits(dataset, rows)
    assert plan.rule.by == "source"
    assert {next(iter(splits)) for splits in splits_of(plan, rows).values()} == {
        "train",
        "validation",
        "test",
    }


@given(rows=tallies, dataset=st.uuids())
def test_clips_that_join_move_nobody(rows: list[SplitTally], dataset: uuid.UUID) -> None:
    """Of sources new and known, in groups of their own: what has been frozen by source stays where it stands."""
    begun = even(12)
    plan = plan_splits(dataset, begun)
    assert plan.rule.by == "source"
    joined = [
        *begun,
        *(SplitTally(f"new-{row.group_id}-{row.source}", row.source, row.label, 40) for row in rows),
    ]
    later = plan_splits(dataset, joined, asdict(plan.rule))
    assert (later.rule.by, later.rule.salt) == ("source", plan.rule.salt)
    assert all(plan.split_of(row.group_id) == later.split_of(row.group_id) for row in begun)
    assert all(len(splits) == 1 for splits in splits_of(later, joined).values())


def test_sources_that_share_a_group_stand_together() -> None:
    rows = even(12)
    shared = [SplitTally("copy", name, "authentic", 1) for name in ("site 1", "SITE  7", "site 9")]
    plan = plan_splits(DATASET, [*rows, *shared])
    assert plan.rule.by == "source"
    found = splits_of(plan, [*rows, *shared])
    assert found["site 1"] == found["site 7"] == found["site 9"] == {plan.split_of("copy")}


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([SplitTally(f"g{n}", None, LABELS[n % 2], 1) for n in range(50)], "No clip states its source"),
        (even(1, 50), "come from one"),
        (even(2, 50), "The 2 sources are too few"),
        (even(4), "too uneven"),
        (
            [SplitTally(f"g{n}", f"site {n % 20}", LABELS[n % 20 == 0], 1) for n in range(200)],
            "too uneven",
        ),
    ],
)
def test_where_sources_cannot_be_kept_apart_the_rule_says_so(rows: list[SplitTally], words: str) -> None:
    plan = plan_splits(DATASET, rows)
    assert (plan.rule.by, plan.rule.salt) == ("group", None)
    assert words in plan.rule.sentence and "may flatter" in plan.rule.sentence


def test_a_source_that_outweighs_the_others_is_trained_on() -> None:
    rows = [*even(20, 4), *(SplitTally(f"big {n}", "broadcaster", LABELS[n % 2], 1) for n in range(150))]
    plan = plan_splits(DATASET, rows)
    assert plan.rule.by == "source"
    assert splits_of(plan, rows)["broadcaster"] == {"train"}
