"""Intervals, calibration, abstentions, confounds and the report as a whole."""

from __future__ import annotations

import json
from dataclasses import asdict, replace

import numpy as np
import pytest

from clipjury_ml.evaluation.calibration import brier, calibration_error
from clipjury_ml.evaluation.confounds import probe_confounds
from clipjury_ml.evaluation.intervals import bootstrap, group_indices
from clipjury_ml.evaluation.items import Item, parse_label, placed_scores
from clipjury_ml.evaluation.report import evaluate, measure
from clipjury_ml.evaluation.roc import auc


def make_items(count: int, shift: float, per_group: int = 1, seed: int = 3) -> list[Item]:
    rng = np.random.default_rng(seed)
    items = []
    for number in range(count):
        label = number % 2
        score = float(1 / (1 + np.exp(-(rng.normal() + shift * label))))
        source = "tool" if label else "camera"
        items.append(
            Item(
                f"{number}.mp4",
                label,
                score,
                f"g{number // per_group}",
                source,
                "video",
                {"size": float(number)},
            )
        )
    return items


def test_the_brier_score_of_a_coin_is_a_quarter() -> None:
    assert brier([0, 1], [0.5, 0.5]) == 0.25
    assert brier([0, 1], [0.0, 1.0]) == 0.0


def test_calibration_error_weighs_the_gap_of_each_bin() -> None:
    # bin .2–.3: three items, mean .2, one manipulated: gap |.6 − 1|; bin .9–1: one item, gap |.95 − 1|
    expected = (abs(0.6 - 1) + abs(0.95 - 1)) / 4
    assert calibration_error([0, 0, 1, 1], [0.2, 0.2, 0.2, 0.95]) == pytest.approx(expected)


def test_calibration_refuses_what_is_no_probability() -> None:
    with pytest.raises(ValueError, match="0…1"):
        brier([0, 1], [0.5, 1.5])


def test_a_bootstrap_with_the_same_seed_gives_the_same_interval() -> None:
    items = make_items(60, 1.0)
    labels, scores = [i.label for i in items], [i.score for i in items]
    groups = [i.group for i in items]

    def interval(seed: int) -> tuple[float, float]:
        found = bootstrap(groups, lambda c: auc(np.array(labels)[c], np.array(scores)[c]), seed, 300)
        assert found is not None
        return found.low, found.high

    assert interval(7) == interval(7)
    assert interval(7) != interval(8)


def test_items_of_one_group_are_drawn_together() -> None:
    groups = [f"g{n // 3}" for n in range(30)]
    seen: list[tuple[int, ...]] = []
    bootstrap(groups, lambda chosen: float(seen.append(tuple(chosen.tolist())) or 0.0), 1, 20)
    for chosen in seen:
        counts = np.bincount(chosen, minlength=30).reshape(10, 3)
        assert (counts == counts[:, :1]).all()


def test_large_groups_widen_the_interval() -> None:
    def width(copies: int) -> float:
        items = [replace(item, path=f"{item.path}{n}") for item in make_items(40, 1.0) for n in range(copies)]
        found = measure(items, seed=1, resamples=500).interval
        assert found is not None
        return found.high - found.low

    # ten copies of every item are no new evidence: with items as units the width would fall by √10
    assert width(10) == pytest.approx(width(1), rel=0.25)


def test_an_interval_over_too_few_groups_says_that_it_resampled_items() -> None:
    items = [replace(item, group="one") for item in make_items(40, 1.0)]
    found = measure(items, seed=1, resamples=200).interval
    assert found is not None and found.unit == "item"
    assert measure(make_items(40, 1.0), seed=1, resamples=200).interval.unit == "group"  # type: ignore[union-attr]


def test_groups_keep_their_order_of_appearance() -> None:
    assert [indices.tolist() for indices in group_indices(["b", "a", "b"])] == [[0, 2], [1]]


def test_abstentions_stand_at_the_median_of_the_answered() -> None:
    items = [Item("a", 1, 0.9, "a"), Item("b", 0, None, "b"), Item("c", 0, 0.1, "c"), Item("d", 1, 0.3, "d")]
    assert placed_scores(items).tolist() == [0.9, 0.3, 0.1, 0.3]
    assert placed_scores([Item("a", 1, None, "a")]).tolist() == [0.5]


def test_abstaining_on_hard_items_raises_auc_answered_but_not_coverage() -> None:
    wrong = [Item("x", 1, 0.01, "x"), Item("y", 0, 0.99, "y")]
    easy = [Item("a", 1, 0.9, "a"), Item("b", 0, 0.1, "b"), Item("c", 1, 0.8, "c"), Item("d", 0, 0.2, "d")]
    honest = measure(easy + wrong, seed=1, resamples=50)
    shy = measure(easy + [replace(item, score=None) for item in wrong], seed=1, resamples=50)
    assert honest.auc_answered is not None and honest.auc_answered < 1.0
    assert shy.auc_answered == 1.0
    assert shy.coverage == pytest.approx(4 / 6)
    assert shy.auc is not None and shy.auc < 1.0


def test_a_label_told_by_file_size_is_called_suspicious() -> None:
    items = [
        replace(i, conditions={"size": i.label * 100.0 + n, "width": float(n % 4 // 2)})
        for n, i in enumerate(make_items(40, 0.0))
    ]
    found = {result.condition: result for result in probe_confounds(items, resamples=50)}
    assert found["size"].auc == 1.0 and found["size"].suspicious
    assert found["width"].auc == 0.5 and not found["width"].suspicious


def test_images_and_videos_are_reported_apart() -> None:
    videos = make_items(40, 3.0)
    images = [replace(item, kind="image", path=f"i{item.path}") for item in make_items(40, 0.0, seed=9)]
    report = evaluate(videos + images, resamples=50)
    aucs = {kind.kind: kind.measures.auc for kind in report.kinds}
    assert aucs["video"] is not None and aucs["image"] is not None and aucs["video"] > aucs["image"] + 0.2


def test_a_source_of_one_class_is_ranked_against_the_other_class() -> None:
    rows = {row.source: row for row in evaluate(make_items(40, 2.0), resamples=50).kinds[0].sources}
    assert rows["tool"].against == "all authentic items"
    assert rows["camera"].against == "all manipulated items"
    assert rows["tool"].measures.auc is not None


def test_thirds_of_a_condition_cover_every_item_once() -> None:
    rows = evaluate(make_items(60, 1.0), resamples=50).kinds[0].conditions
    assert [row.measures.items for row in rows] == [20, 20, 20]
    assert rows[0].high < rows[1].low


def test_a_report_is_plain_json() -> None:
    report = asdict(evaluate(make_items(20, 1.0), resamples=50))
    assert json.loads(json.dumps(report))["overall"]["items"] == 20


def test_an_empty_evaluation_is_refused() -> None:
    with pytest.raises(ValueError, match="nothing to evaluate"):
        evaluate([])


@pytest.mark.parametrize(
    ("text", "label"), [("real", 0), ("Authentic", 0), ("fake", 1), (" manipulated ", 1)]
)
def test_both_pairs_of_label_words_are_read(text: str, label: int) -> None:
    assert parse_label(text) == label


def test_another_word_is_no_label() -> None:
    with pytest.raises(ValueError, match="none of"):
        parse_label("unsure")
