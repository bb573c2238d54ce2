"""What a draft shows before a freeze is what the freeze holds, also where accounts' votes are taken out."""

from __future__ import annotations

import itertools
import json
import random
import uuid
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session
from tests.factories.rows import make_user
from tests.factories.snapshots import adjudicate, cast_vote, make_retired_clip
from tests.jobs.test_freezing import ask, curator, file_of, rows_of, run  # noqa: F401  # one is a fixture

from clipjury.db.queries.snapshots import SnapshotRow
from clipjury.db.transaction import transaction
from clipjury.deps import Deps
from clipjury.domain.datasets import parse_filters
from clipjury.domain.errors import ConflictError
from clipjury.services import datasets, snapshots
from clipjury_ml.consensus import online

LABELS = ("manipulated", "authentic", "unsure")


def close(session: Session, owner: int, given: dict[int, str], **how: Any) -> uuid.UUID:
    """A retired clip with these votes and the posterior that follows from them."""
    clip_id = make_retired_clip(session, owner, [], **how)
    for voter, label in given.items():
        cast_vote(session, clip_id, voter, label)
    votes = session.execute(
        text("SELECT id, label FROM votes WHERE clip_id = :c ORDER BY id"), {"c": clip_id}
    )
    found = online.people_posterior(
        [online.Ballot(row.id, row.label, online.DEFAULT_RELIABILITY) for row in votes]
    )
    session.execute(
        text(
            "INSERT INTO posteriors (clip_id, cause, p_people, p_full, p_low, p_high, n_votes, n_effective, "
            "votes_hash, reliability_version, policy_version, engine_version) VALUES (:c, 'vote', :p, 0.5, 0.1, 0.9, "
            ":n, :e, 'x', 1, 1, :engine)"
        ),
        {
            "c": clip_id,
            "p": found.p_manipulated,
            "n": len(given),
            "e": found.n_effective,
            "engine": online.ENGINE_VERSION,
        },
    )
    return clip_id


@pytest.fixture
def reviewers(curator: int) -> list[int]:  # noqa: F811
    """Seven people; the first two are to be taken out. Sixty clips that some of them voted on."""
    rng = random.Random(3)
    with transaction() as session:
        people = [make_user(session) for _ in range(7)]
        groups = [uuid.uuid4() for _ in range(40)]
        for number in range(60):
            voters = rng.sample(people, rng.randrange(0, 6))
            leaning = rng.choice(LABELS)
            given = {
                voter: rng.choice((leaning, leaning, "manipulated" if voter in people[:2] else leaning))
                for voter in voters
            }
            outcome = rng.choice(("manipulated", "no_manipulation_found", "inconclusive"))
            reason = rng.choice(("evidence", "cap"))
            licence = rng.choice((None, "CC0-1.0"))
            group = rng.choice(groups)
            clip_id = close(
                session, curator, given, outcome=outcome, reason=reason, group_id=group, licence=licence
            )
            if number % 7 == 0:
                adjudicate(
                    session, clip_id, rng.choice(("authentic", "manipulated")), is_blind=number % 2 == 0
                )
    return people


FILTERS: tuple[dict[str, Any], ...] = (
    {},
    {"p_people_min": 0.6},
    {"p_people_max": 0.4},
    {"min_votes": 3},
    {"min_effective_votes": 1.5},
    {"kinds": ["face_swap"]},
    {"bases": ["adjudication"]},
    {"outcomes": ["manipulated"], "p_people_min": 0.3, "p_people_max": 0.97, "min_votes": 2},
)


@pytest.mark.parametrize("gone", [0, 1, 2, 7])
def test_the_numbers_of_a_draft_are_those_that_are_frozen(
    deps: Deps,
    curator: int,  # noqa: F811
    reviewers: list[int],
    gone: int,
) -> None:
    compared = []
    for number, asked in enumerate(FILTERS):
        filters = {**asked, "without_reviewers": reviewers[:gone]} if gone else asked
        with transaction() as session:
            dataset_id = datasets.create_dataset(
                session, name=f"D{number}", description="", filters=filters, created_by=curator
            )
            shown = datasets.get_dataset(session, dataset_id).counts.to_json()
        try:
            with transaction() as session:
                frozen = snapshots.request_freeze(session, dataset_id, curator)
        except ConflictError as refused:
            assert (refused.code, shown["clips"]) == ("dataset_empty", 0)
            continue
        assert run(deps, frozen).counts == shown, filters
        compared.append(shown["clips"])
    assert len(set(compared)) > 2 or gone == len(reviewers)
    if gone == 0:
        assert compared[0] == 60


def test_every_row_of_the_sample_is_as_it_would_be_frozen(
    deps: Deps,
    curator: int,  # noqa: F811
    reviewers: list[int],
) -> None:
    for gone, asked in itertools.product((0, 2), FILTERS[:5]):
        filters = {**asked, "without_reviewers": reviewers[:gone]} if gone else asked
        with transaction() as session:
            dataset_id = datasets.create_dataset(
                session, name=f"S{gone}{asked}", description="", filters=filters, created_by=curator
            )
            plan = datasets.draft(session, parse_filters(filters), dataset_id).plan
            sample = datasets.sample_rows(session, curator, parse_filters(filters), plan)
            frozen = snapshots.request_freeze(session, dataset_id, curator)
        rows = {row["clip_id"]: row for row in rows_of(deps, run(deps, frozen))}
        assert len(sample) == datasets.SAMPLE_ROWS
        for row in sample:
            told = rows[str(row["clip_id"])]
            for name in (
                "split",
                "hard_label",
                "soft_label",
                "n_votes",
                "p_people",
                "n_effective",
                "outcome",
            ):
                assert row[name] == told[name], (name, filters)
            assert [vote["label"] for vote in row["votes"]] == [vote["label"] for vote in told["votes"]]
            assert all(set(vote) == {"label", "confidence"} for vote in row["votes"]), "and nobody's name"


def fill_sources(owner: int, sources: int, each: int = 4) -> None:
    """Clips of both labels from so many sources, a group for each."""
    with transaction() as session:
        voter = make_user(session)
        for source, number in itertools.product(range(sources), range(each)):
            label = LABELS[number % 2]
            outcome = "manipulated" if label == "manipulated" else "no_manipulation_found"
            close(session, owner, {voter: label}, outcome=outcome, source=f"site {source}")


def splits_by_source(deps: Deps, snapshot: SnapshotRow) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for row in rows_of(deps, snapshot):
        found.setdefault(row["source"], set()).add(row["split"])
    return found


def test_a_snapshot_keeps_sources_apart_and_later_ones_leave_them_where_they_are(
    deps: Deps,
    curator: int,  # noqa: F811
) -> None:
    fill_sources(curator, 12)
    first = run(deps, ask(curator))
    before = splits_by_source(deps, first)
    assert len(before) == 12 and all(len(splits) == 1 for splits in before.values())
    assert set.union(*before.values()) == {"train", "validation", "test"}
    told = "The clips of each of the 12 sources stand in one split."
    assert told in file_of(deps, first, "card").read_text()
    assert told in json.loads(file_of(deps, first, "manifest").read_text())["splits"]["rule"]
    with transaction() as session:
        shown = datasets.get_dataset(session, first.dataset_id).counts.to_json()
    assert shown == first.counts
    assert first.counts["split_rule"]["by"] == "source"
    fill_sources(curator, 30, each=2)
    with transaction() as session:
        asked = snapshots.request_freeze(session, first.dataset_id, curator)
    after = splits_by_source(deps, run(deps, asked))
    assert len(after) == 30 and all(len(splits) == 1 for splits in after.values())
    assert {source: after[source] for source in before} == before


def test_clips_of_one_source_are_split_all_the_same_and_the_release_says_what_that_means(
    deps: Deps,
    curator: int,  # noqa: F811
) -> None:
    fill_sources(curator, 1, each=60)
    frozen = run(deps, ask(curator))
    assert splits_by_source(deps, frozen) == {"site 0": {"train", "validation", "test"}}
    assert frozen.counts is not None and frozen.counts["split_rule"]["by"] == "group"
    for form in ("card", "manifest"):
        assert "All clips that state a source come from one." in file_of(deps, frozen, form).read_text()


def test_a_draft_of_which_nothing_would_be_left_cannot_be_frozen(
    curator: int,  # noqa: F811
) -> None:
    with transaction() as session:
        ring = [make_user(session) for _ in range(3)]
        close(session, curator, dict.fromkeys(ring, "manipulated"))
        dataset_id = datasets.create_dataset(
            session, name="Empty", description="", filters={"without_reviewers": ring}, created_by=curator
        )
        assert datasets.get_dataset(session, dataset_id).counts.clips == 0
        with pytest.raises(ConflictError) as refused:
            snapshots.request_freeze(session, dataset_id, curator)
    assert refused.value.code == "dataset_empty"
