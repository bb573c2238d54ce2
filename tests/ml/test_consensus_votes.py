"""Votes as sorted codes: names by code point, repeats settled, the order of rows without effect."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from clipjury_ml.consensus.repeats import Repeats
from clipjury_ml.consensus.votes import votes_from_columns

ROWS = st.lists(
    st.tuples(
        st.sampled_from(["i1", "i2", "i10", "é", "Z"]),
        st.sampled_from(["a", "b", "B", "c"]),
        st.sampled_from(["real", "fake", "Unsure", "ß"]),
        st.sampled_from([0.5, 0.7, 1.0, float("nan")]),
        st.sampled_from([1.0, 2.0, float("-inf")]),
    ),
    min_size=1,
    max_size=40,
)


def build(rows: list[tuple[str, str, str, float, float]], *, with_t: bool):  # type: ignore[no-untyped-def]
    items, annotators, labels, confidence, t = (list(column) for column in zip(*rows, strict=True))
    return votes_from_columns(items, annotators, labels, confidence=confidence, t=t if with_t else None)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rows=ROWS, seed=st.integers(0, 2**16), with_t=st.booleans())
def test_the_order_of_rows_changes_no_byte(
    rows: list[tuple[str, str, str, float, float]], seed: int, with_t: bool
) -> None:
    order = np.random.default_rng(seed).permutation(len(rows))
    one, other = build(rows, with_t=with_t), build([rows[i] for i in order], with_t=with_t)
    assert (one.items, one.annotators, one.classes, one.repeats) == (
        other.items, other.annotators, other.classes, other.repeats,
    )  # fmt: skip
    for name in ("item", "annotator", "response", "weight", "confidence", "start"):
        assert getattr(one, name).tobytes() == getattr(other, name).tobytes(), name


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rows=ROWS)
def test_each_annotator_counts_once_for_an_item(rows: list[tuple[str, str, str, float, float]]) -> None:
    votes = build(rows, with_t=False)
    weight = votes.weight if votes.weight.size else np.ones(votes.item.size)
    pairs = {(row[0], row[1]) for row in rows}
    assert weight.sum() == pytest.approx(len(pairs))
    assert votes.n_votes.sum() == len(pairs)


def test_names_are_sorted_by_code_point_and_unsure_is_no_class() -> None:
    votes = votes_from_columns(["b", "a", "Z"], ["w", "w", "v"], ["real", "UNSURE", "fake"])
    assert votes.items == ["Z", "a", "b"] and votes.annotators == ["v", "w"]
    assert votes.classes == ["fake", "real"] and votes.responses == ["fake", "real", "UNSURE"]
    assert_array_equal(votes.n_votes, [1, 1, 1])
    assert_array_equal(votes.counts, [[1, 0], [0, 0], [0, 1]])


def test_unsure_is_a_class_where_it_is_named() -> None:
    votes = votes_from_columns(["a", "a"], ["w", "v"], ["unsure", "real"], classes=["unsure"])
    assert votes.classes == ["real", "unsure"]


def test_the_last_vote_by_t_counts() -> None:
    votes = votes_from_columns(["a"] * 3, ["w"] * 3, ["x", "y", "x"], t=[1, 3, 2])
    assert_array_equal(votes.counts, [[0, 1]])
    assert votes.repeats == Repeats(superseded=2)


def test_without_t_identical_votes_collapse_and_differing_ones_share() -> None:
    votes = votes_from_columns(["a"] * 4, ["w"] * 3 + ["v"], ["x", "x", "y", "y"])
    assert_array_equal(votes.counts, [[0.5, 1.5]])
    assert votes.repeats == Repeats(collapsed=1, shared=2)
    assert_array_equal(votes.n_votes, [2])


def test_of_collapsed_votes_the_lowest_confidence_stands() -> None:
    votes = votes_from_columns(["a", "a"], ["w", "w"], ["x", "x"], confidence=[0.9, 0.6])
    assert_array_equal(votes.confidence, [0.6])


@pytest.mark.parametrize("confidence", [[1.1], [-0.1]])
def test_confidence_out_of_range_is_refused(confidence: list[float]) -> None:
    with pytest.raises(ValueError, match="confidence"):
        votes_from_columns(["a"], ["w"], ["x"], confidence=confidence)


def test_columns_of_unequal_length_are_refused() -> None:
    with pytest.raises(ValueError, match="length"):
        votes_from_columns(["a", "b"], ["w"], ["x", "x"])


def test_votes_can_be_left_out_without_losing_items() -> None:
    votes = votes_from_columns(["a", "b"], ["w", "v"], ["x", "y"])
    fewer = votes.without(["w"])
    assert fewer.items == ["a", "b"] and fewer.classes == ["x", "y"]
    assert_array_equal(fewer.n_votes, [0, 1])
