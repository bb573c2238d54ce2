"""The whole-picture detector on an installation: silent until the desk has trained it, then promoted and asked."""

from __future__ import annotations

import uuid

import pytest
from tests.factories.drawn_photographs import draw_photographs
from tests.factories.face_swaps import Picture, freeze_clips, store_clip
from tests.factories.rows import make_user
from tests.jobs.conftest import read_all

from clipjury.db.queries.detector_versions import VersionRow
from clipjury.db.queries.gate import GateItemRow
from clipjury.db.transaction import transaction
from clipjury.deps import Deps
from clipjury.jobs import detector_store, tracked
from clipjury.jobs.comparing import measure
from clipjury.jobs.scoring import examine_clip
from clipjury.jobs.tracked import run_tracked_job
from clipjury.services import promotions, training_runs
from clipjury.services.promotions import Actor
from clipjury.services.training_runs import Request
from clipjury_ml.detection.registry import BUNDLED

pytestmark = pytest.mark.timeout(400)
NAME, SCENES = "whole-picture", 4


@pytest.fixture(autouse=True)
def _panel(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tracked, "REPORT_EVERY_S", 0.0)
    monkeypatch.setattr(detector_store, "ALSO_BUNDLED", (BUNDLED / "whole_picture",))


@pytest.fixture(scope="session")
def photographs(tmp_path_factory: pytest.TempPathFactory) -> list[Picture]:
    return list(draw_photographs(tmp_path_factory.mktemp("photographs"), 43, SCENES + 1))


def versions_of(detector: str) -> list[VersionRow]:
    with transaction() as session:
        return detector_store.versions.list_versions(session, detector)


def ask(deps: Deps, clip_id: uuid.UUID, picture: Picture) -> dict[str, tuple[float | None, str | None]]:
    """What the detectors in force say of the clip, by version."""
    active = detector_store.load_active(deps)
    wanted = [(row.id, detector) for row, detector in active if row.detector == NAME]
    scores = examine_clip(deps, clip_id, picture.sha256, "image", wanted)
    return {row.version: (score.p_manipulated, score.abstention)
            for row, score in zip([r for r, _ in active if r.detector == NAME], scores, strict=True)}  # fmt: skip


def train(deps: Deps, curator: int, clips: list[tuple[uuid.UUID, Picture]]) -> training_runs.TrainingRunRow:
    with transaction() as session:
        snapshot_id = freeze_clips(session, curator, clips, 1)
        wanted = Request(snapshot_id, NAME, 3, None, {"batch": 4, "steps": 4, "evaluate_every": 2})
        run = training_runs.request_run(session, wanted, curator)
    run_tracked_job(deps, str(run.job_id))
    with transaction() as session:
        return training_runs.get_run(session, run.id)


def test_the_desk_trains_it_and_its_version_in_force_answers(deps: Deps, photographs: list[Picture]) -> None:
    detector_store.ensure_bundled(deps)
    with transaction() as session:
        curator = make_user(session, "curator")
        admin = make_user(session, "admin")
        clips = [(store_clip(session, deps.storage, picture, curator, state="retired"), picture)
                 for picture in photographs[: 2 * SCENES]]  # fmt: skip
        open_picture = photographs[-1]
        open_id = store_clip(session, deps.storage, open_picture, curator)
    faces = versions_of("random-lite0")
    assert ask(deps, open_id, open_picture) == {"untrained-1": (None, "untrained_kind")}

    run = train(deps, curator, clips)
    assert (run.state, run.error, run.version_state) == ("done", None, "candidate")
    assert run.version_id is not None
    trained = next(row for row in versions_of(NAME) if row.id == run.version_id)
    assert (trained.card["judges"], trained.card["counted_for"]) == (["image"], ["image"])
    assert ask(deps, open_id, open_picture) == {"untrained-1": (None, "untrained_kind")}

    with transaction() as session:
        job = promotions.promote(session, trained.id, Actor(admin, True), "Looked at by hand, for a day.")
    run_tracked_job(deps, str(job.id))
    ((p, in_domain, abstention),) = read_all(
        "SELECT p_manipulated, is_in_domain, abstention FROM scores WHERE clip_id = :c AND detector_version_id = :v",
        c=open_id, v=trained.id,
    )  # fmt: skip
    assert isinstance(p, float) and (in_domain, abstention) == (True, None)
    assert versions_of("random-lite0") == faces


def test_a_snapshot_that_teaches_it_nothing_ends_the_run_with_the_reason(
    deps: Deps, photographs: list[Picture]
) -> None:
    detector_store.ensure_bundled(deps)
    authentic = [picture for picture in photographs if picture.label == "authentic"]
    with transaction() as session:
        curator = make_user(session, "curator")
        clips = [(store_clip(session, deps.storage, picture, curator, state="retired"), picture)
                 for picture in authentic]  # fmt: skip
    run = train(deps, curator, clips)
    assert run.state == "failed"
    assert "0 manipulated clips" in (run.error or "")
    assert [row.version for row in versions_of(NAME)] == ["untrained-1"]


@pytest.mark.parametrize(("skill", "outcome"), [(1.0, "passed"), (0.0, "refused")])
def test_the_gate_lets_one_that_ranks_replace_one_that_never_answers(skill: float, outcome: str) -> None:
    items = [
        GateItemRow(
            uuid.uuid4(), "x.png", uuid.uuid4(), "manipulated" if number % 2 else "authentic", "image", "drawn",
            480, 360, 40_000, 1, None, None, skill * (number % 2) + (1 - skill) * (number * 37 % 101) / 101,
        )
        for number in range(120)
    ]  # fmt: skip
    assert measure(items, 0)[0] == outcome
