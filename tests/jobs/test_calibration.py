"""Calibration on gold: what scores are worth reaches scores, posteriors and disputes, and verdicts stay."""

from __future__ import annotations

import math
import random
import uuid
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from tests.factories.detectors import write_detector
from tests.factories.rows import make_open_clip, make_user
from tests.jobs.conftest import read_all
from tests.jobs.test_promotion import give_score, incumbent  # noqa: F401  # a fixture

from clipjury.api.schemas.calibration import Calibration, calibration_body
from clipjury.db.queries import calibrations as calibration_queries
from clipjury.db.queries.detector_versions import VersionRow
from clipjury.db.transaction import transaction
from clipjury.deps import Deps
from clipjury.domain.calibration import FEWEST_PER_LABEL, Line, calibrated_probability
from clipjury.domain.errors import ConflictError, NotFoundError
from clipjury.jobs import detector_store
from clipjury.jobs.tracked import run_tracked_job
from clipjury.services import calibrations, detectors, jobs
from clipjury_ml.consensus.online import CALIBRATED_WEIGHT, UNCALIBRATED_WEIGHT


def add_gold(
    version: VersionRow,
    each: int,
    skill: float,
    kind: str = "video",
    seed: int = 1,
    always: float | None = None,
) -> None:
    """Gold of the role calibrate, scored: `skill` between 0 (a coin) and 1 (always on the right side)."""
    rng = random.Random(seed)
    for number in range(2 * each):
        label = "manipulated" if number % 2 else "authentic"
        with transaction() as session:
            clip_id = make_open_clip(session, make_user(session), kind=kind)
            session.execute(
                text(
                    "INSERT INTO gold_labels (clip_id, label, role, source) VALUES (:c, :l, 'calibrate', 't')"
                ),
                {"c": clip_id, "l": label},
            )
        right = rng.random() < 0.5 + skill / 2
        guess = rng.uniform(0.5, 0.95) if (number % 2) == right else rng.uniform(0.05, 0.5)
        give_score(clip_id, version, guess if always is None else always)


def calibrate(deps: Deps, version: VersionRow) -> dict[str, Any]:
    with transaction() as session:
        job = calibrations.request_calibration(session, version.id, None)
    run_tracked_job(deps, str(job.id))
    with transaction() as session:
        done = jobs.get_job(session, job.id)
    assert done.state == "done", done.error
    assert done.result is not None
    return done.result


def newest_kinds() -> dict[str, Any]:
    ((kinds,),) = read_all("SELECT kinds FROM detector_calibrations ORDER BY id DESC LIMIT 1")
    assert isinstance(kinds, dict)
    return kinds


def open_clip(version: VersionRow, p: float, kind: str = "video") -> uuid.UUID:
    with transaction() as session:
        clip_id = make_open_clip(session, make_user(session), kind=kind)
    give_score(clip_id, version, p)
    return clip_id


def p_full(clip_id: uuid.UUID) -> float:
    ((found,),) = read_all("SELECT p_full FROM clips WHERE id = :c", c=clip_id)
    assert isinstance(found, float)
    return found


def test_scores_and_posteriors_follow_what_gold_has_shown(deps: Deps, incumbent: VersionRow) -> None:  # noqa: F811
    before = open_clip(incumbent, 0.9)
    uncalibrated = p_full(before)
    add_gold(incumbent, 60, skill=0.8)
    result = calibrate(deps, incumbent)
    line = Line(**newest_kinds()["video"]["line"])
    expected = calibrated_probability(0.9, line)
    assert (line.slope > 0, result["scores"]) == (True, 121)
    assert p_full(before) == pytest.approx(expected, abs=1e-12), "one calibrated detector counts in full"
    assert p_full(before) > uncalibrated
    after = open_clip(incumbent, 0.9)
    assert p_full(after) == pytest.approx(expected, abs=1e-12), (
        "a score that comes in later is calibrated at once"
    )
    assert read_all("SELECT is_calibrated FROM detector_versions WHERE id = :i", i=incumbent.id) == [(True,)]
    assert read_all("SELECT count(*) FROM audit_events WHERE action = 'detector_calibrated'") == [(1,)]
    assert CALIBRATED_WEIGHT > UNCALIBRATED_WEIGHT


def test_gold_of_one_kind_says_nothing_of_another(deps: Deps, incumbent: VersionRow) -> None:  # noqa: F811
    picture = open_clip(incumbent, 0.9, kind="image")
    before = p_full(picture)
    add_gold(incumbent, 40, skill=0.8)
    add_gold(incumbent, FEWEST_PER_LABEL - 1, skill=0.8, kind="image", seed=2)
    calibrate(deps, incumbent)
    kinds = newest_kinds()
    assert kinds["image"]["line"] is None
    assert kinds["image"]["manipulated"] == FEWEST_PER_LABEL - 1
    assert p_full(picture) == before
    assert read_all(
        "SELECT count(*) FROM scores s JOIN clips c ON c.id = s.clip_id "
        "WHERE (c.kind = 'image') = (s.p_calibrated IS NULL)"
    ) == read_all("SELECT count(*) FROM scores")


def test_a_detector_that_says_one_thing_moves_nothing(
    deps: Deps,
    incumbent: VersionRow,  # noqa: F811
) -> None:
    clip_id = open_clip(incumbent, 0.99)
    assert p_full(clip_id) > 0.5
    add_gold(incumbent, 40, skill=0.0, always=0.9)
    calibrate(deps, incumbent)
    found = newest_kinds()["video"]
    assert found["cllr"] >= 1.0 - 1e-9
    assert found["line"] == {"intercept": 0.0, "slope": 0.0, "log_low": 0.0, "log_high": 0.0}
    assert p_full(clip_id) == 0.5


def test_a_detector_that_says_nothing_does_not_dilute_one_that_does(
    deps: Deps,
    incumbent: VersionRow,  # noqa: F811
    tmp_path: Path,
) -> None:
    with transaction() as session:
        kept = detector_store.keep_folder(deps, write_detector(tmp_path, "other-lite0"))
        other = detectors.register_version(session, kept)
        session.execute(text("UPDATE detector_versions SET state = 'active' WHERE id = :i"), {"i": other.id})
    clip_id = open_clip(incumbent, 0.9)
    add_gold(incumbent, 60, skill=0.8)
    calibrate(deps, incumbent)
    alone = p_full(clip_id)
    give_score(clip_id, other, 0.2)
    for (gold,) in read_all("SELECT clip_id FROM gold_labels"):
        assert isinstance(gold, uuid.UUID)
        give_score(gold, other, 0.9)
    calibrate(deps, other)
    assert newest_kinds()["video"]["line"]["slope"] == 0.0
    assert p_full(clip_id) == alone > 0.6


def test_gold_that_was_withdrawn_or_has_another_role_does_not_count(
    deps: Deps,
    incumbent: VersionRow,  # noqa: F811
) -> None:
    add_gold(incumbent, 30, skill=0.8)
    with transaction() as session:
        session.execute(
            text(
                "UPDATE clips SET quarantined_at = clock_timestamp() WHERE id IN "
                "(SELECT clip_id FROM gold_labels WHERE label = 'authentic' ORDER BY clip_id LIMIT 6)"
            )
        )
    calibrate(deps, incumbent)
    found = newest_kinds()["video"]
    assert (found["manipulated"], found["authentic"], found["line"]) == (30, 24, None)


def test_run_again_the_newest_counts_and_the_same_job_writes_once(deps: Deps, incumbent: VersionRow) -> None:  # noqa: F811
    add_gold(incumbent, 30, skill=0.9)
    clip_id = open_clip(incumbent, 0.8)
    calibrate(deps, incumbent)
    first = p_full(clip_id)
    add_gold(incumbent, 30, skill=0.2, seed=3)
    calibrate(deps, incumbent)
    assert p_full(clip_id) != first
    assert read_all("SELECT count(DISTINCT calibration_id), count(*) FROM scores") == [(1, 121)]
    with transaction() as session:
        job_id = session.execute(
            text("SELECT job_id FROM detector_calibrations ORDER BY id DESC LIMIT 1")
        ).scalar()
        job = jobs.get_job(session, uuid.UUID(str(job_id)))
        calibrations.record_calibration(session, job, {})
    assert read_all("SELECT count(*) FROM detector_calibrations") == [(2,)]
    with pytest.raises(Exception, match=r"append-only|permission denied"), transaction() as session:
        session.execute(text("UPDATE detector_calibrations SET kinds = '{}'"))


def test_refusals_say_what_to_do(deps: Deps, incumbent: VersionRow) -> None:  # noqa: F811
    with pytest.raises(NotFoundError), transaction() as session:
        calibrations.request_calibration(session, 10**6, None)
    with transaction() as session:
        job = calibrations.request_calibration(session, incumbent.id, None)
    with pytest.raises(ConflictError, match="at this moment"), transaction() as session:
        calibrations.request_calibration(session, incumbent.id, None)
    run_tracked_job(deps, str(job.id))
    with transaction() as session:
        done = jobs.get_job(session, job.id)
    assert (done.state, "role calibrate" in (done.error or "")) == ("failed", True)


def p_calibrated(clip_id: uuid.UUID) -> float:
    ((found,),) = read_all("SELECT p_calibrated FROM scores WHERE clip_id = :c", c=clip_id)
    assert isinstance(found, float)
    return found


def add_banded_gold(version: VersionRow, each: int, lower: float) -> None:
    """Gold of two compressions; under the strong one all scores lie `lower` lower, in log-odds."""
    rng = random.Random(7)
    for number in range(2 * each):
        label, strong = ("manipulated" if number % 2 else "authentic"), number % 4 < 2
        with transaction() as session:
            clip_id = make_open_clip(session, make_user(session))
            session.execute(
                text("UPDATE clips SET size_bytes = :n WHERE id = :c"),
                {"n": 50_000 if strong else 1_000_000, "c": clip_id},
            )
            session.execute(
                text(
                    "INSERT INTO gold_labels (clip_id, label, role, source) VALUES (:c, :l, 'calibrate', 't')"
                ),
                {"c": clip_id, "l": label},
            )
        logit = rng.gauss(1.2 if number % 2 else -1.2, 1.0) - lower * strong
        give_score(clip_id, version, 1.0 / (1.0 + math.exp(-logit)))


def test_lines_by_condition_are_used_where_they_beat_the_kinds_and_by_the_clips_own_band(
    deps: Deps,
    incumbent: VersionRow,  # noqa: F811
) -> None:
    light = open_clip(incumbent, 0.5)
    with transaction() as session:
        session.execute(text("UPDATE clips SET size_bytes = 1000000 WHERE id = :c"), {"c": light})
        strong = make_open_clip(session, make_user(session))
        session.execute(text("UPDATE clips SET size_bytes = 50000 WHERE id = :c"), {"c": strong})
    add_banded_gold(incumbent, 100, lower=3.0)
    calibrate(deps, incumbent)
    found = newest_kinds()["video"]
    (used,) = [tried for tried in found["conditions"] if tried["is_used"]]
    assert used["condition"] == "compression"
    assert used["cllr"] < used["cllr_kind"] == pytest.approx(found["cllr"])
    lines = {each["band"]: Line(**each["line"]) for each in used["bands"]}
    assert set(lines) == {"strong", "light"}
    with transaction() as session:
        newest = calibration_queries.find_newest(session, incumbent.id)
    told = Calibration.model_validate(calibration_body(newest, [], None)).kinds[0].conditions
    assert [(each.condition, each.is_used, len(each.bands)) for each in told] == [("compression", True, 2)]
    give_score(strong, incumbent, 0.5)  # scored after the calibration, the other one before
    assert p_calibrated(light) == pytest.approx(calibrated_probability(0.5, lines["light"]), abs=1e-12)
    assert p_calibrated(strong) == pytest.approx(calibrated_probability(0.5, lines["strong"]), abs=1e-12)
    assert p_full(strong) > p_full(light)


def add_gold_of_two_face_sizes(version: VersionRow, each: int, lower: float, measured: bool = True) -> None:
    """Gold whose clips are stored alike; on small faces all scores lie `lower` lower, in log-odds."""
    rng = random.Random(11)
    for number in range(2 * each):
        label, small = ("manipulated" if number % 2 else "authentic"), number % 4 < 2
        with transaction() as session:
            clip_id = make_open_clip(session, make_user(session))
            session.execute(
                text(
                    "INSERT INTO gold_labels (clip_id, label, role, source) VALUES (:c, :l, 'calibrate', 't')"
                ),
                {"c": clip_id, "l": label},
            )
        logit = rng.gauss(1.2 if number % 2 else -1.2, 1.0) - lower * small
        face_px = (100.0 if small else 300.0) if measured else None
        give_score(clip_id, version, 1.0 / (1.0 + math.exp(-logit)), face_px)


def test_face_size_is_a_condition_like_the_others_and_is_taken_from_the_score(
    deps: Deps,
    incumbent: VersionRow,  # noqa: F811
) -> None:
    before, after, unknown = (open_clip_of(face_px, incumbent) for face_px in (300.0, None, None))
    give_score(unknown, incumbent, 0.5)
    add_gold_of_two_face_sizes(incumbent, 100, lower=3.0)
    calibrate(deps, incumbent)
    found = newest_kinds()["video"]
    (used,) = [tried for tried in found["conditions"] if tried["is_used"]]
    assert used["condition"] == "face_size"
    lines = {each["band"]: Line(**each["line"]) for each in used["bands"]}
    assert set(lines) == {"under 140 px", "280 px and more"}
    with transaction() as session:
        newest = calibration_queries.find_newest(session, incumbent.id)
    told = Calibration.model_validate(calibration_body(newest, [], None)).kinds[0].conditions
    assert [(each.condition, each.is_used) for each in told] == [("face_size", True)]
    give_score(after, incumbent, 0.5, 100.0)
    large, small = (calibrated_probability(0.5, lines[band]) for band in ("280 px and more", "under 140 px"))
    assert p_calibrated(before) == pytest.approx(large, abs=1e-12)
    assert p_calibrated(after) == pytest.approx(small, abs=1e-12)
    assert small > large + 0.2
    common = calibrated_probability(0.5, Line(**found["line"]))
    assert p_calibrated(unknown) == pytest.approx(common, abs=1e-12), "no size was kept: the kind's line"


def open_clip_of(face_px: float | None, version: VersionRow) -> uuid.UUID:
    with transaction() as session:
        clip_id = make_open_clip(session, make_user(session))
    if face_px is not None:
        give_score(clip_id, version, 0.5, face_px)
    return clip_id


def test_gold_scored_before_sizes_were_kept_gives_no_line_by_face_size(
    deps: Deps,
    incumbent: VersionRow,  # noqa: F811
) -> None:
    add_gold_of_two_face_sizes(incumbent, 40, lower=3.0, measured=False)
    calibrate(deps, incumbent)
    assert newest_kinds()["video"]["conditions"] == []


def test_where_conditions_do_not_differ_the_kinds_line_is_kept(deps: Deps, incumbent: VersionRow) -> None:  # noqa: F811
    add_banded_gold(incumbent, 50, lower=0.0)
    clip_id = open_clip(incumbent, 0.8)
    calibrate(deps, incumbent)
    found = newest_kinds()["video"]
    assert [tried["condition"] for tried in found["conditions"]] == ["compression"], (
        "other bands hold everything"
    )
    assert not found["conditions"][0]["is_used"]
    assert p_calibrated(clip_id) == pytest.approx(
        calibrated_probability(0.8, Line(**found["line"])), abs=1e-12
    )


def test_a_later_calibration_changes_no_posterior_of_the_past(
    deps: Deps,
    incumbent: VersionRow,  # noqa: F811
) -> None:
    """Each posterior keeps the probabilities that counted: replays need no calibration at all."""
    clip_id = open_clip(incumbent, 0.6)
    add_banded_gold(incumbent, 100, lower=3.0)
    calibrate(deps, incumbent)
    past = read_all("SELECT id, p_full, scores FROM posteriors WHERE clip_id = :c ORDER BY id", c=clip_id)
    assert past[-1][2][0]["p"] == p_calibrated(clip_id)  # type: ignore[index]
    add_gold(incumbent, 30, skill=0.1, seed=9)
    calibrate(deps, incumbent)
    now = read_all("SELECT id, p_full, scores FROM posteriors WHERE clip_id = :c ORDER BY id", c=clip_id)
    assert now[: len(past)] == past
    assert now[-1] != past[-1]
