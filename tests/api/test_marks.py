"""Where people point, as `GET /clips/{id}/consensus` tells it: by what each is worth, and to nobody too early."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text
from tests.api.conftest import NewVisitor
from tests.factories.rows import anchor_reviewer, ballot, make_open_clip, make_user

from clipjury.db.queries.votes import BallotBody
from clipjury.db.transaction import transaction
from clipjury.domain.vocabulary import CUE_IDS, KIND_IDS
from clipjury.services.assignments import lease_next_clip
from clipjury.services.votes import cast_vote

PROVEN, COIN, NEW = (0.85, 0.85), (0.5, 0.5), None
FACE = {"frame": 15, "x": 0.4, "y": 0.2, "width": 0.2, "height": 0.3}
WHERE = {"segments": ({"start_frame": 40, "end_frame": 60},)}
ELSEWHERE = {"segments": ({"start_frame": 5, "end_frame": 15},), "kinds": ("splice",)}


def says(label: str = "manipulated", **changes: Any) -> BallotBody:
    return replace(ballot(label), **changes)


def judged(*cast: tuple[tuple[float, float] | None, BallotBody], kind: str = "video") -> uuid.UUID:
    """A clip with these votes, by reviewers of these rates (None: no gold yet)."""
    with transaction() as session:
        clip_id = make_open_clip(session, make_user(session), kind=kind)
    for rates, body in cast:
        with transaction() as session:
            person = make_user(session)
            if rates is not None:
                anchor_reviewer(session, person, sensitivity=rates[0], specificity=rates[1])
            leased = lease_next_clip(session, person, start=0.5)
            assert leased is not None
            cast_vote(session, leased[0].id, person, body)
    return clip_id


def told(visitor: NewVisitor, clip_id: uuid.UUID) -> dict[str, Any]:
    answer: dict[str, Any] = visitor("moderator").get(f"/clips/{clip_id}/consensus").json
    return answer


def ends(consensus: dict[str, Any]) -> Sequence[tuple[int, int]]:
    return [(one["start_frame"], one["end_frame"]) for one in consensus["segments"]]


def test_ranges_kinds_and_cues_come_from_the_votes_by_what_they_are_worth(visitor: NewVisitor) -> None:
    seen = says(**WHERE, cues=("eyes",))
    clip_id = judged((NEW, seen), (PROVEN, seen), *[(COIN, says(**ELSEWHERE))] * 3)
    consensus = told(visitor, clip_id)
    (segment,) = consensus["segments"]
    assert {key: segment[key] for key in ("start_frame", "end_frame", "start_s", "end_s", "people")} == {
        "start_frame": 40, "end_frame": 60, "start_s": 1.6, "end_s": 2.4, "people": 2,
    }  # fmt: skip
    assert 0.8 < segment["certainty"] < 1
    assert set(consensus["kinds"]) == KIND_IDS
    assert consensus["kinds"]["face_swap"] > 0.8 > 0.2 > consensus["kinds"]["splice"]
    assert set(consensus["cues"]) == CUE_IDS
    assert max(consensus["cues"], key=consensus["cues"].get) == "eyes"


def test_a_version_of_reliabilities_moves_them_as_soon_as_it_is_in_force(visitor: NewVisitor) -> None:
    clip_id = judged((NEW, says(**WHERE)), (NEW, says(**WHERE)))
    before = told(visitor, clip_id)["segments"][0]["certainty"]
    with transaction() as session:
        voters = session.execute(text("SELECT reviewer_id FROM votes")).scalars().all()
        for voter in voters:
            anchor_reviewer(session, voter)
    assert told(visitor, clip_id)["segments"][0]["certainty"] > before
    with transaction() as session:
        session.execute(text("UPDATE reliabilities SET sensitivity = .5, specificity = .5"))
    after = told(visitor, clip_id)
    assert (after["segments"], after["kinds"]) == ([], {})


@pytest.mark.parametrize(
    "cast",
    [
        [(NEW, says("authentic")), (NEW, says("unsure", confidence=0.6, lean="manipulated", **WHERE))],
        [(PROVEN, says(**WHERE)), (PROVEN, says("authentic"))],
        [(NEW, says(segments=())), (NEW, says(segments=()))],
    ],
    ids=["nobody accuses", "one", "nothing marked"],
)
def test_no_range_where_no_two_accusers_point(
    visitor: NewVisitor, cast: list[tuple[tuple[float, float] | None, BallotBody]]
) -> None:
    consensus = told(visitor, judged(*cast))
    assert (consensus["segments"], consensus["regions"]) == ([], [])


def test_a_region_on_an_image_is_agreed_on_and_a_time_range_is_not(visitor: NewVisitor) -> None:
    drawn = says(segments=({"start_frame": 0, "end_frame": 0},), regions=({**FACE, "frame": 0},))
    consensus = told(visitor, judged((NEW, drawn), (NEW, drawn), kind="image"))
    (region,) = consensus["regions"]
    assert region.pop("certainty") > 0.5
    assert region == pytest.approx({**FACE, "frame": 0, "people": 2})
    assert consensus["segments"] == []


def test_nobody_who_could_be_asked_reads_where_others_point(app: Flask, visitor: NewVisitor) -> None:
    clip_id = judged((NEW, says(**WHERE)), (NEW, says(**WHERE)))
    answer = visitor("reviewer").get(f"/clips/{clip_id}/consensus")
    assert answer.status_code in (403, 404)
    assert "segments" not in answer.json
    assert visitor().get(f"/public/clips/{clip_id}").status_code == 404
