"""The rules of the drift report: what is compared, what chance gives, what is said with too little data."""

from __future__ import annotations

import math
import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clipjury.domain.conditions import compression_band, face_band, resolution_band
from clipjury.domain.drift import (
    FEWEST_CLIPS,
    SMALLEST_INDEX,
    Measure,
    band_counts,
    chance_difference,
    chance_index,
    measure_drift,
    stability_index,
    state_of,
    wilson,
)
from clipjury.domain.drift_tally import (
    CELLS,
    MOST_CLIPS,
    WINDOW_CLIPS,
    WINDOW_TIME,
    JudgedClip,
    JudgedTally,
    SeenClip,
    SeenTally,
    Window,
    cell_of,
)

MORNING = datetime(2026, 3, 1, tzinfo=UTC)


def seen(
    number: int,
    *,
    shift: float = 0.0,
    silent: float = 0.1,
    source: str = "site",
    sources: int = 5,
    condition: str = "video",
    face_band: str | None = "under 140 px",
    seed: int = 1,
    a_day: int = 25,
) -> SeenTally:
    rng = random.Random(seed)
    tally = SeenTally()
    for place in range(number):
        p = 1.0 / (1.0 + math.exp(-(rng.gauss(0.0, 2.0) + shift)))
        answers = rng.random() >= silent
        tally.add(
            SeenClip(
                MORNING + timedelta(days=place // a_day),
                p if answers else None,
                answers,
                f"{source} {rng.randrange(sources)}",
                condition,
                face_band,
            )
        )
    return tally


def judged(number: int, wrong: float, seed: int = 1) -> JudgedTally:
    rng = random.Random(seed)
    tally = JudgedTally()
    for _ in range(number):
        said = rng.random() < 0.5
        errs = rng.random() < wrong
        tally.add(JudgedClip(MORNING, said, 0.9 if said != errs else 0.1))
    return tally


def by_name(measures: list[Measure]) -> dict[str, Measure]:
    return {measure.name: measure for measure in measures}


def test_a_stream_that_stays_is_steady_in_every_measure() -> None:
    found = measure_drift(seen(500), seen(500, seed=2), judged(300, 0.2), judged(300, 0.2, seed=2))
    assert [measure.state for measure in found] == ["steady"] * 5
    assert state_of(found) == "steady"


@pytest.mark.parametrize(
    ("recent", "name"),
    [
        (seen(500, shift=1.5, seed=2), "scores"),
        (seen(500, silent=0.4, seed=2), "abstention"),
        (seen(500, source="elsewhere", seed=2), "new_sources"),
        (seen(500, condition="picture", seed=2), "new_conditions"),
    ],
)
def test_each_change_is_named_for_what_it_is(recent: SeenTally, name: str) -> None:
    found = by_name(measure_drift(seen(500), recent, judged(300, 0.2), judged(300, 0.2, seed=2)))
    assert [each.name for each in found.values() if each.state == "alert"] == [name]
    assert found[name].value is not None and found[name].threshold is not None
    assert found[name].value > found[name].threshold


def test_only_more_disagreement_is_an_alert() -> None:
    worse = by_name(measure_drift(seen(500), seen(500), judged(300, 0.1), judged(300, 0.4)))["disagreement"]
    better = by_name(measure_drift(seen(500), seen(500), judged(300, 0.4), judged(300, 0.1)))["disagreement"]
    assert (worse.state, better.state) == ("alert", "steady")
    assert worse.low is not None and worse.high is not None and worse.recent is not None
    assert worse.low < worse.recent < worse.high
    assert "interval" in worse.sentence


def test_an_abstention_that_became_rare_is_a_change_too() -> None:
    found = by_name(measure_drift(seen(500, silent=0.6), seen(500, silent=0.1), JudgedTally(), JudgedTally()))
    assert found["abstention"].state == "alert"


def test_too_little_data_says_so_and_how_much_is_wanted() -> None:
    found = measure_drift(seen(500), seen(FEWEST_CLIPS - 1, silent=0.0), judged(300, 0.2), JudgedTally())
    assert {measure.state for measure in found} == {"too_few"}
    assert state_of(found) == "too_few"
    assert all(
        each.value is None and str(FEWEST_CLIPS - 1) in each.sentence
        for each in found
        if each.name != "disagreement"
    )
    assert all("Too little data" in each.sentence for each in found)


def test_sources_that_always_changed_are_no_news() -> None:
    """Every day brings a source of its own, before and now: that is how this stream is."""
    before, now = SeenTally(), SeenTally()
    for place in range(500):
        day = place // 25
        before.add(SeenClip(MORNING + timedelta(days=day), 0.5, True, f"then {day}", "video", None))
        now.add(SeenClip(MORNING + timedelta(days=60 + day), 0.5, True, f"now {day}", "video", None))
    found = by_name(measure_drift(before, now, JudgedTally(), JudgedTally()))["new_sources"]
    assert (found.state, found.recent) == ("steady", 1.0)


def test_a_detector_that_repeats_one_score_is_seen_to_leave_it() -> None:
    before, same, other = SeenTally(), SeenTally(), SeenTally()
    for _ in range(300):
        before.add(SeenClip(MORNING, 0.3, True, None, "video", None))
        same.add(SeenClip(MORNING, 0.3, True, None, "video", None))
        other.add(SeenClip(MORNING, 0.6, True, None, "video", None))
    assert by_name(measure_drift(before, same, JudgedTally(), JudgedTally()))["scores"].state == "steady"
    assert by_name(measure_drift(before, other, JudgedTally(), JudgedTally()))["scores"].state == "alert"


def test_the_index_passes_its_chance_level_about_as_often_as_it_should() -> None:
    """At .0005 a look almost never in 400; at a tenth of that distance from the mean it would be all the time."""
    rng = random.Random(5)
    passed, values = 0, []
    for _ in range(400):
        before, now = [0] * CELLS, [0] * CELLS
        for cells in (before, now):
            for _ in range(200):
                cells[cell_of(1.0 / (1.0 + math.exp(-rng.gauss(0.0, 2.0))))] += 1
        bands = band_counts(before, now)
        values.append(stability_index(bands) / chance_index(len(bands), 200, 200))
        passed += values[-1] > 1.0
    assert passed <= 3
    assert 0.2 < sum(values) / len(values) < 0.45  # mean of χ²₉ is 9, its quantile 29.7


@given(st.lists(st.floats(0.0, 1.0), min_size=1, max_size=200), st.lists(st.floats(0.0, 1.0), max_size=200))
def test_bands_lose_no_clip_and_the_index_is_never_negative(before: list[float], now: list[float]) -> None:
    cells = [[0] * CELLS, [0] * CELLS]
    for side, scores in enumerate((before, now)):
        for score in scores:
            cells[side][cell_of(score)] += 1
    bands = band_counts(*cells)
    assert (sum(a for a, _ in bands), sum(b for _, b in bands)) == (len(before), len(now))
    assert stability_index(bands) >= -1e-12
    assert stability_index(band_counts(cells[0], cells[0])) == pytest.approx(0.0)


def test_more_clips_leave_less_to_chance_and_the_smallest_change_takes_over() -> None:
    assert chance_index(10, 100, 100) > chance_index(10, 1000, 1000) > 0
    assert chance_index(10, 2000, 2000) < SMALLEST_INDEX < chance_index(10, 200, 200)
    assert chance_difference(20, 100, 100, two_sided=True) > chance_difference(20, 100, 100, two_sided=False)
    low, high = wilson(0, 50)
    assert (low, round(high, 3)) == (0.0, 0.071)


@pytest.mark.parametrize("direction", [1, -1])
def test_a_window_holds_five_hundred_clips_or_a_week_and_never_more_than_it_may(direction: int) -> None:
    slow, fast = Window(), Window()
    for place in range(WINDOW_CLIPS + 10):
        if slow.takes(MORNING + direction * timedelta(days=place)):
            slow._note(MORNING + direction * timedelta(days=place))
    assert slow.count == WINDOW_CLIPS
    place = 0
    while fast.takes(MORNING + direction * timedelta(minutes=place)):
        fast._note(MORNING + direction * timedelta(minutes=place))
        place += 1
    assert fast.count == WINDOW_TIME.days * 24 * 60 + 1
    full = Window(count=MOST_CLIPS)
    assert not full.takes(MORNING)


@pytest.mark.parametrize(
    ("measured", "bands"),
    [
        (("video", 1_000_000, 1280, 720, 250), ("medium", "strong")),
        (("video", 4_000_000, 640, 360, 250), ("small", "light")),
        (("video", 4_000_000, 1080, 1920, 250), ("large", "usual")),
        (("image", 400_000, 1600, 1200, 1), ("large", "usual")),
        (("image", 100_000, 1600, 1200, None), ("large", "strong")),
        (("video", 1_000_000, None, None, None), ("unknown", "unknown")),
    ],
)
def test_bands_of_conditions(
    measured: tuple[str, int, int | None, int | None, int | None], bands: tuple[str, str]
) -> None:
    kind, size, width, height, frames = measured
    assert (resolution_band(width, height), compression_band(kind, size, width, height, frames)) == bands


@pytest.mark.parametrize(
    ("face_px", "band"),
    [
        (None, None),
        (80.0, "under 140 px"),
        (139.9, "under 140 px"),
        (140.0, "140 to 279 px"),
        (279.9, "140 to 279 px"),
        (280.0, "280 px and more"),
    ],
)
def test_bands_of_face_sizes(face_px: float | None, band: str | None) -> None:
    assert face_band(face_px) == band


def conditions_of(before: SeenTally, now: SeenTally) -> Measure:
    return by_name(measure_drift(before, now, JudgedTally(), JudgedTally()))["new_conditions"]


def test_faces_of_another_size_are_new_conditions() -> None:
    found = conditions_of(seen(500), seen(500, seed=2, face_band="280 px and more"))
    assert (found.state, found.recent) == ("alert", 1.0)


@pytest.mark.parametrize("unknown", ["reference", "recent"])
def test_scores_that_do_not_hold_a_face_size_make_no_condition_new(unknown: str) -> None:
    """An installation that begins to keep face sizes must not raise an alarm on every version."""
    sides = {"reference": "under 140 px", "recent": "280 px and more"}
    before, now = (
        seen(500, seed=n, face_band=None if side == unknown else sides[side]) for n, side in enumerate(sides)
    )
    found = conditions_of(before, now)
    assert (found.state, found.recent) == ("steady", 0.0)
    assert "face size left out" in found.sentence
    other = conditions_of(before, seen(500, condition="image", face_band=None))
    assert other.state == "alert", "the other conditions still count"
