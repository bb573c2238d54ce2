"""Which clips are trained on, and what each is worth."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clipjury_ml.training.snapshot_set import LabelledClip, SnapshotSetError, build_set, weigh

NOWHERE = Path("nowhere")


def row(number: int, soft: float | None, split: str = "train", **changes: Any) -> dict[str, Any]:
    return {"clip_id": f"c{number}", "sha256": f"{number:064x}", "group_id": f"g{number}", "split": split,
            "soft_label": soft, **changes}  # fmt: skip


GOOD = [row(1, 0.9), row(2, 0.8), row(3, 0.1), row(4, 0.2)]


def test_rows_without_a_label_of_the_people_or_evenly_torn_or_quarantined_are_left_out_and_counted() -> None:
    more = [
        row(5, None),
        row(6, 0.5),
        row(7, 0.9, quarantined=True),
        row(8, 0.9, "validation"),
        row(9, 0.1, "test"),
    ]
    found = build_set([*GOOD, *more], NOWHERE)
    assert [clip.id for clip in found.train] == ["c1", "c2", "c3", "c4"]
    assert [clip.id for clip in found.validation] == ["c8"]
    assert dict(found.left_out) == {
        "no label of the people": 1, "people evenly torn": 1, "quarantined": 1, "test split": 1,
    }  # fmt: skip


def test_a_group_in_two_splits_is_refused() -> None:
    with pytest.raises(SnapshotSetError, match="Freeze the snapshot again"):
        build_set([*GOOD, row(5, 0.9, "validation", group_id="g1")], NOWHERE)


def test_a_person_in_two_splits_is_refused_where_rows_name_people() -> None:
    rows = [*GOOD, row(5, 0.9, identity="anna"), row(6, 0.1, "test", identity="anna")]
    with pytest.raises(SnapshotSetError, match="identity anna is in the splits train and test"):
        build_set(rows, NOWHERE)
    assert build_set([*GOOD, row(5, 0.9), row(6, 0.1, "test")], NOWHERE).train[-1].identity == ""


def test_one_label_alone_cannot_be_learned() -> None:
    with pytest.raises(SnapshotSetError, match="1 authentic clips; at least 2"):
        build_set(GOOD[:3], NOWHERE)


def clips(soft: Sequence[float], sources: Sequence[str]) -> list[LabelledClip]:
    return [
        LabelledClip(str(n), None, "x", str(n), "train", p, source, "CC0", "video")
        for n, (p, source) in enumerate(zip(soft, sources, strict=True))
    ]


def test_certain_labels_weigh_more_and_both_labels_the_same() -> None:
    weights = weigh(clips([1.0, 0.75, 0.0, 0.0, 0.0], list("abcde")), cap=1.0)
    assert weights[0] == pytest.approx(2 * weights[1])
    assert weights[:2].sum() == pytest.approx(weights[2:].sum())
    assert weights.mean() == pytest.approx(1.0)


def test_no_source_dominates() -> None:
    sources = ["flood"] * 90 + ["a"] * 4 + ["b"] * 3 + ["c"] * 3
    weights = weigh(clips([0.9] * 100, sources))
    share = weights[:90].sum() / weights.sum()
    assert share == pytest.approx(0.25, abs=0.01)


@given(
    st.lists(st.tuples(st.floats(0.51, 1.0), st.sampled_from("abcde")), min_size=1, max_size=30),
    st.floats(0.1, 1.0),
)
def test_the_cap_holds_or_the_sources_are_too_few_for_it(drawn: list[tuple[float, str]], cap: float) -> None:
    found = clips([p for p, _ in drawn], [source for _, source in drawn])
    weights = weigh(found, cap)
    assert np.isfinite(weights).all() and (weights > 0).all()
    names = {clip.source for clip in found}
    limit = max(cap, 1 / len(names))
    for name in names:
        share = sum(w for w, clip in zip(weights, found, strict=True) if clip.source == name) / weights.sum()
        assert share <= limit + 1e-6


def voted(number: int, reviewers: Sequence[str], soft: float = 0.9) -> LabelledClip:
    return LabelledClip(
        str(number), None, "x", str(number), "train", soft, f"s{number}", "CC0", "video", tuple(reviewers)
    )


def test_a_row_names_everybody_who_voted_once() -> None:
    votes = [
        {"reviewer": "anna", "label": "manipulated"},
        {"reviewer": "ben"},
        {"reviewer": "anna"},
        {"label": "x"},
    ]
    found = build_set([*GOOD, row(5, 0.9, votes=votes)], NOWHERE)
    assert found.train[-1].reviewers == ("anna", "ben")
    assert found.train[0].reviewers == ()


def test_no_reviewer_dominates() -> None:
    busy = [voted(n, ["busy"]) for n in range(60)]
    others = [voted(60 + n, [f"r{n % 20}"]) for n in range(40)]
    weights = weigh([*busy, *others], cap=1.0)
    assert weights[:60].sum() / weights.sum() == pytest.approx(0.10, abs=1e-6)
    uncapped = weigh([*busy, *others], cap=1.0, reviewer_cap=1.0)
    assert uncapped[:60].sum() / uncapped.sum() == pytest.approx(0.6)


@given(
    st.lists(
        st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=5, unique=True), min_size=1, max_size=30
    )
)
def test_the_credit_of_each_reviewer_is_capped_or_they_are_too_few(voters: list[list[str]]) -> None:
    """Credits are scaled, so a clip's weight is the sum of what its voters have left."""
    found = [voted(number, names) for number, names in enumerate(voters)]
    weights = weigh(found, cap=1.0, reviewer_cap=0.2)
    assert np.isfinite(weights).all() and (weights > 0).all()
    limit = max(0.2, 1 / len({name for names in voters for name in names}))
    alone = {name: 0.0 for names in voters for name in names}
    for clip, weight in zip(found, weights, strict=True):
        if len(clip.reviewers) == 1:  # their whole weight is one reviewer's credit
            alone[clip.reviewers[0]] += weight
    assert max(alone.values()) / weights.sum() <= limit + 1e-6


def test_clips_whose_voters_are_not_told_weigh_as_before() -> None:
    known, unknown = voted(1, ["anna"]), voted(2, [])
    assert weigh([known, unknown], cap=1.0) == pytest.approx([1.0, 1.0])
