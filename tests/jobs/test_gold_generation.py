"""Gold drawn by the worker: balanced, one clip a group, flagged as synthetic, and added once."""

from __future__ import annotations

import uuid
from collections import Counter
from typing import Any

import pytest
from sqlalchemy.orm import Session
from tests.factories.rows import make_user
from tests.jobs.conftest import read_all
from tests.ml.drawn_recipes import ORIGINAL, manipulated

from clipjury.adapters.storage import original_key
from clipjury.db.transaction import transaction
from clipjury.deps import Deps
from clipjury.jobs import gold_generation, tracked
from clipjury.jobs.gold_generation import choose_recipes
from clipjury.services import jobs
from clipjury_ml.synthetic.recipes import ClipRecipe


@pytest.mark.parametrize("count", [1, 2, 7, 20, 60])
def test_both_labels_are_drawn_alike_and_no_group_twice(count: int) -> None:
    recipes = choose_recipes(4, count)
    labels = Counter(recipe.label for recipe in recipes)
    assert len(recipes) == count
    assert abs(labels["authentic"] - labels["manipulated"]) <= 1
    assert len({recipe.group for recipe in recipes}) == count
    assert choose_recipes(4, count) == recipes
    assert choose_recipes(5, count) != recipes


def small_recipes(_seed: int, _count: int) -> list[ClipRecipe]:
    return [ORIGINAL, manipulated("overlay_paste", ORIGINAL)]


def test_the_job_draws_stores_and_flags_and_a_second_try_adds_nothing(
    deps: Deps, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gold_generation, "choose_recipes", small_recipes)
    with transaction() as session:
        curator = make_user(session, "curator")
        arguments = {"count": 2, "role": "calibrate", "seed": 9, "uploader_id": curator}
        job_id = request(session, arguments, curator)
    tracked.run_tracked_job(deps, str(job_id))
    assert ended(job_id) == ("done", {"clips": 2, "authentic": 1, "manipulated": 1})
    rows = read_all(
        "SELECT g.label, g.role, g.origin, c.is_simulated, c.leasable, c.source FROM gold_labels g "
        "JOIN clips c ON c.id = g.clip_id ORDER BY 1"
    )
    assert rows == [
        (label, "calibrate", "synthetic", True, False, gold_generation.SOURCE)
        for label in ("authentic", "manipulated")
    ]
    for (sha256,) in read_all("SELECT sha256 FROM clips"):
        assert deps.storage.exists(original_key(str(sha256)))
    with transaction() as session:
        again = request(session, arguments, curator)
    tracked.run_tracked_job(deps, str(again))
    assert ended(again)[0] == "done"
    assert read_all("SELECT count(*) FROM clips") == [(2,)]


def request(session: Session, arguments: dict[str, Any], curator: int) -> uuid.UUID:
    return jobs.request_job(
        session, "generate_gold", subject="gold:calibrate", arguments=arguments, requested_by=curator
    )


def ended(job_id: uuid.UUID) -> tuple[str, object]:
    with transaction() as session:
        job = jobs.get_job(session, job_id)
    return job.state, job.result
