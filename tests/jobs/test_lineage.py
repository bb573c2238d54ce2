"""Whose votes trained what, and a snapshot without the votes of a ring."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest
from sqlalchemy import text
from tests.factories.command_line import run_cli
from tests.factories.rows import make_open_clip, make_user
from tests.factories.snapshots import adjudicate, cast_vote, make_retired_clip
from tests.jobs.conftest import read_all
from tests.jobs.test_freezing import ask, crowd, curator, file_of, rows_of, run  # noqa: F401  # two are fixtures

from clipjury.db.queries.detector_versions import NewVersion
from clipjury.db.queries.snapshots import SnapshotRow
from clipjury.db.transaction import transaction
from clipjury.deps import Deps
from clipjury.domain.errors import ConflictError, InvalidError, NotFoundError
from clipjury.services import datasets, detectors, lineage
from clipjury.services.lineage import Lineage
from clipjury.settings import Settings
from clipjury_ml.consensus import online


def trained_on(snapshot: SnapshotRow, version: str, parent_id: int | None = None) -> int:
    """A version as a run on this snapshot leaves it."""
    with transaction() as session:
        run_id = uuid.uuid4()
        base = NewVersion("drawn", "0", "0" * 64, {}, "detectors/0")
        base_id = parent_id or detectors.register_version(session, base).id
        session.execute(
            text(
                "INSERT INTO training_runs (id, snapshot_id, detector, base_version_id, version, seed, parameters) "
                "VALUES (:id, :s, 'drawn', :b, :v, 1, '{}')"
            ),
            {"id": run_id, "s": snapshot.id, "b": base_id, "v": version},
        )
        new = NewVersion("drawn", version, version * 64, {}, "detectors/x", base_id, run_id)
        return detectors.register_version(session, new).id


def trace(*reviewers: int) -> Lineage:
    with transaction() as session:
        return lineage.trace_reviewers(session, reviewers)


def test_votes_are_traced_to_snapshots_versions_and_their_heirs(
    deps: Deps,
    curator: int,  # noqa: F811
    crowd: list[int],  # noqa: F811
) -> None:
    with transaction() as session:
        ring = make_user(session)
        stranger = make_user(session)
        taken, *_ = [make_retired_clip(session, curator, [*crowd, ring]) for _ in range(24)]
        make_retired_clip(session, curator, crowd)
        decided = make_retired_clip(session, curator, [*crowd, ring])
        adjudicate(session, decided, "authentic", is_blind=True)
    first = run(deps, ask(curator))
    version = trained_on(first, "1")
    heir = trained_on(run(deps, ask(curator, {"bases": ["cap", "evidence"]}, "Other")), "2", version)
    clean = run(deps, ask(curator, {"without_reviewers": [ring]}, "Clean"))
    later = trained_on(clean, "3", version)  # from a version that had learned from them
    trained_on(clean, "4")
    found = trace(ring)
    assert [(row.snapshot_id == first.id, row.clips, row.decided) for row in found.snapshots] == [
        (True, 25, 1),
        (False, 24, 0),
    ]
    assert all(0 < row.learned_from <= row.clips for row in found.snapshots)
    assert [(row.id, row.generation) for row in found.versions] == [(version, 0), (heir, 0), (later, 1)]
    assert trace(stranger) == Lineage([], [])
    assert len(trace(stranger, ring).snapshots) == 2
    with transaction() as session:
        of_clip = lineage.trace_clip(session, taken, None)
        assert [row.clips for row in of_clip.snapshots] == [1, 1, 1]
        with pytest.raises(NotFoundError):
            lineage.trace_reviewers(session, [10**9])


def test_a_version_whose_snapshot_held_it_for_testing_only_learned_nothing(
    deps: Deps,
    curator: int,  # noqa: F811
    crowd: list[int],  # noqa: F811
) -> None:
    with transaction() as session:
        clips = [make_retired_clip(session, curator, crowd) for _ in range(150)]  # a tenth is for testing
    snapshot = run(deps, ask(curator))
    version = trained_on(snapshot, "1")
    split = {row["clip_id"]: row["split"] for row in rows_of(deps, snapshot)}
    assert {"train", "test"} <= set(split.values())
    for clip_id in clips:
        with transaction() as session:
            found = lineage.trace_clip(session, clip_id, None)
        assert [row.id for row in found.versions] == ([] if split[str(clip_id)] == "test" else [version])


def test_reading_of_a_clip_is_an_exposure_and_refused_while_it_is_held(
    curator: int,  # noqa: F811
) -> None:
    with transaction() as session:
        clip_id = make_open_clip(session, curator)
        reader = make_user(session, "curator", "reviewer")
        session.execute(
            text(
                "INSERT INTO assignments (clip_id, reviewer_id, state, expires_at) "
                "VALUES (:c, :u, 'leased', now() + interval '1 hour')"
            ),
            {"c": clip_id, "u": reader},
        )
        with pytest.raises(ConflictError) as refused:
            lineage.trace_clip(session, clip_id, reader)
        lineage.trace_clip(session, clip_id, curator)
    assert refused.value.code == "lease_open"
    assert read_all("SELECT user_id FROM exposures WHERE group_id = :c", c=clip_id) == [(curator,)]


def mixed_clip(owner: int, honest: list[int], ring: list[int], **columns: Any) -> uuid.UUID:
    """The ring says manipulated and the others do not; published as the ring wanted."""
    with transaction() as session:
        clip_id = make_retired_clip(session, owner, ring, **columns)
        for voter in honest:
            cast_vote(session, clip_id, voter, "authentic")
        return clip_id


def test_a_snapshot_without_a_rings_votes_is_as_if_they_had_never_been_cast(
    deps: Deps,
    curator: int,  # noqa: F811
    crowd: list[int],  # noqa: F811
) -> None:
    with transaction() as session:
        ring = [make_user(session) for _ in range(4)]
        clean = make_retired_clip(session, curator, crowd)
        only_ring = make_retired_clip(session, curator, ring)
        decided = make_retired_clip(session, curator, ring)
        adjudicate(session, decided, "authentic", is_blind=True)
    turned = mixed_clip(curator, crowd, ring)
    with_them = {row["clip_id"]: row for row in rows_of(deps, run(deps, ask(curator)))}
    assert {str(clean), str(only_ring), str(decided), str(turned)} == set(with_them)
    snapshot = run(deps, ask(curator, {"without_reviewers": ring}, "Without"))
    rows = {row["clip_id"]: row for row in rows_of(deps, snapshot)}
    assert set(rows) == {str(clean), str(decided), str(turned)}, "nothing is left of a clip of theirs alone"
    assert {
        name: value
        for name, value in rows[str(clean)].items()
        if name not in ("votes", "row_sha256", "split")
    } == {
        name: value
        for name, value in with_them[str(clean)].items()
        if name not in ("votes", "row_sha256", "split")
    }
    expected = online.people_posterior(
        [online.Ballot(n, "authentic", online.DEFAULT_RELIABILITY) for n in range(len(crowd))]
    )
    row = rows[str(turned)]
    assert row["soft_label"] == row["p_people"] == pytest.approx(expected.p_manipulated)
    assert (row["p_people_low"], row["p_people_high"]) == (expected.low, expected.high)
    assert (row["n_votes"], len(row["votes"])) == (3, 3)
    assert (row["outcome"], row["hard_label"]) == ("manipulated", None), (
        "nobody who is left carries the outcome"
    )
    assert (rows[str(decided)]["soft_label"], rows[str(decided)]["hard_label"]) == (0.0, "authentic")
    assert trace(*ring).snapshots[-1].snapshot_id != snapshot.id, "it is not traced to them any more"


def test_a_release_says_that_votes_were_taken_out_and_not_whose(
    deps: Deps,
    curator: int,  # noqa: F811
    crowd: list[int],  # noqa: F811
) -> None:
    with transaction() as session:
        odd = make_user(session)
        make_retired_clip(session, curator, [*crowd, odd])
        account = session.execute(
            text(
                "INSERT INTO users (id, email, display_name, roles) OVERRIDING SYSTEM VALUE VALUES (918273645, "
                "'odd@example.org', 'Odd', '{reviewer}') RETURNING id"
            )
        ).scalar_one()
    snapshot = run(deps, ask(curator, {"without_reviewers": [odd, account]}))
    manifest = json.loads(file_of(deps, snapshot, "manifest").read_text())
    assert manifest["filters"] == {"without_reviewers": 2}
    assert "The votes of 2 accounts were taken out." in " ".join(manifest["limits"])
    card = file_of(deps, snapshot, "card").read_text()
    assert "2 accounts were taken out" in card
    assert "918273645" not in card + json.dumps(manifest)


def test_filters_are_asked_again_of_the_votes_that_are_left(
    deps: Deps,
    curator: int,  # noqa: F811
    crowd: list[int],  # noqa: F811
) -> None:
    with transaction() as session:
        ring = [make_user(session) for _ in range(4)]
    turned = mixed_clip(curator, crowd, ring)
    with transaction() as session:
        certain = make_retired_clip(session, curator, [*crowd, *ring])
    for name, filters, expected in (
        ("low", {"p_people_max": 0.4}, {turned}),
        ("high", {"p_people_min": 0.6}, {certain}),
        ("kinds", {"kinds": ["face_swap"]}, {certain}),
        ("votes", {"min_votes": 3}, {turned, certain}),
    ):
        snapshot = run(deps, ask(curator, {**filters, "without_reviewers": ring}, name))
        assert {row["clip_id"] for row in rows_of(deps, snapshot)} == {str(key) for key in expected}, name


@pytest.mark.parametrize("given", [[10**9], "3", ["x"], [True], [-1], [1.5]])
def test_accounts_that_are_none_are_refused(curator: int, given: Any) -> None:  # noqa: F811
    with transaction() as session, pytest.raises(InvalidError) as refused:
        datasets.create_dataset(
            session, name="x", description="", filters={"without_reviewers": given}, created_by=curator
        )
    assert refused.value.fields[0].field == "filters.without_reviewers"


def test_one_command_answers_and_says_how_to_go_on(
    settings: Settings,
    deps: Deps,
    curator: int,  # noqa: F811
    crowd: list[int],  # noqa: F811
) -> None:
    with transaction() as session:
        make_user(session, "admin", email="admin@example.org")
        clip_id = make_retired_clip(session, curator, crowd)
    assert "No frozen snapshot" in run_cli(settings, "detectors", "lineage", "--reviewer", crowd[0]).output
    run(deps, ask(curator, name="Spring"))
    told = run_cli(settings, "detectors", "lineage", "--reviewer", crowd[0], "--reviewer", crowd[1])
    assert "Spring, snapshot 1: 1 clips" in told.output
    assert f"--filter without_reviewers={crowd[0]},{crowd[1]}" in told.output
    by_clip = run_cli(settings, "detectors", "lineage", "--clip", clip_id, "--json")
    assert json.loads(by_clip.output)["snapshots"][0]["clips"] == 1
    made = run_cli(settings, "datasets", "create", "Clean", "--filter", f"without_reviewers={crowd[0]}")
    assert made.exit_code == 0, made.output
    assert read_all("SELECT filters FROM datasets WHERE name = 'Clean'") == [
        ({"without_reviewers": [crowd[0]]},)
    ]
    assert run_cli(settings, "detectors", "lineage").exit_code == 2
