"""One reviewer's round over HTTP: take a clip, watch it, vote or skip."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime

import pytest
from sqlalchemy import Engine, event, text
from tests.api.conftest import PREVIEW_BYTES, NewVisitor, Visitor, scalar
from tests.factories.rows import anchor_reviewer, make_open_clip, make_user

from clipjury.adapters.storage import Storage
from clipjury.db.transaction import transaction

BALLOT = {
    "label": "manipulated",
    "confidence": 0.9,
    "kinds": ["face_swap"],
    "segments": [{"start_frame": 10, "end_frame": 25}],
    "regions": [{"frame": 10, "x": 0.25, "y": 0.25, "width": 0.5, "height": 0.5}],
    "cues": ["face_boundary"],
    "rationale": "The jaw flickers <b>on</b> turns.",
}
GiveRenditions = Callable[[uuid.UUID], None]


@pytest.fixture
def clip_id(app: object) -> uuid.UUID:
    """An open clip of somebody who takes no part."""
    with transaction() as session:
        return make_open_clip(session, make_user(session))


def test_a_lease_names_nothing_but_itself(
    visitor: NewVisitor, clip_id: uuid.UUID, give_renditions: GiveRenditions
) -> None:
    give_renditions(clip_id)
    reviewer = visitor("reviewer")
    answer = reviewer.post("/assignments")
    assert answer.status_code == 201
    lease = answer.json
    assert lease["clip"]["id"] == lease["id"] != str(clip_id)
    assert str(clip_id) not in answer.text
    assert datetime.fromisoformat(lease["expires_at"]) > datetime.fromisoformat(lease["server_time"])
    clip = lease["clip"]
    assert (clip["kind"], clip["width"], clip["height"], clip["frames"], clip["has_audio"]) == (
        "video", 640, 360, 100, True,
    )  # fmt: skip
    assert clip["thumbnails"] == {"count": 2, "columns": 2, "width": 160, "height": 90, "times_s": [0.0, 2.0]}
    assert reviewer.get(clip["media_url"]).data == PREVIEW_BYTES
    assert reviewer.get(clip["poster_url"]).data == b"poster"
    assert reviewer.get(clip["thumbnails_url"]).data == b"thumbnails"
    assert reviewer.get(clip["frame_index_url"]).json == {"times_s": [0.0, 0.04, 0.08]}
    assert reviewer.get(f"/assignments/{lease['id']}").json["clip"] == clip


def test_asking_again_gives_the_live_lease_and_nothing_left_is_no_content(
    visitor: NewVisitor, clip_id: uuid.UUID
) -> None:
    reviewer, other = visitor("reviewer"), visitor("moderator")
    first = reviewer.post("/assignments")
    again = reviewer.post("/assignments")
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json["id"] == again.json["id"]
    assert reviewer.post(f"/assignments/{first.json['id']}/vote", BALLOT).status_code == 201
    nothing = reviewer.post("/assignments")
    assert (nothing.status_code, nothing.data) == (204, b"")
    assert other.post("/assignments").json["code"] == "forbidden"


def test_a_vote_comes_back_as_it_was_sealed_with_the_seconds_of_its_frames(
    visitor: NewVisitor, clip_id: uuid.UUID
) -> None:
    reviewer = visitor("reviewer")
    at = f"/assignments/{reviewer.post('/assignments').json['id']}/vote"
    first = reviewer.post(at, BALLOT)
    assert first.status_code == 201
    vote = first.json
    assert vote["segments"] == [{"start_frame": 10, "end_frame": 25, "start_s": 0.4, "end_s": 1.0}]
    assert {
        name: vote[name] for name in ("label", "confidence", "kinds", "regions", "cues", "rationale")
    } == {name: BALLOT[name] for name in ("label", "confidence", "kinds", "regions", "cues", "rationale")}
    assert (vote["lean"], type(vote["id"])) == (None, int)
    again = reviewer.post(at, {**BALLOT, "kinds": ["face_swap", "face_swap"]})
    assert (again.status_code, again.json) == (200, vote)
    other = reviewer.post(at, {**BALLOT, "label": "authentic", "kinds": []})
    assert (other.status_code, other.json["code"]) == (409, "vote_sealed")
    assert scalar("SELECT count(*) FROM votes") == 1


@pytest.mark.parametrize(
    "ballot",
    [
        {"label": "unsure"},
        {"label": "unsure", "confidence": None, "lean": None},
        {"label": "unsure", "confidence": 0.6, "lean": "manipulated", "kinds": ["voice"]},
        {"label": "authentic", "confidence": 1},
        {"label": "manipulated", "confidence": 0.5},
    ],
)
def test_the_shortest_ballots_are_enough(
    visitor: NewVisitor, clip_id: uuid.UUID, ballot: dict[str, object]
) -> None:
    reviewer = visitor("reviewer")
    answer = reviewer.post(f"/assignments/{reviewer.post('/assignments').json['id']}/vote", ballot)
    assert answer.status_code == 201
    assert answer.json["label"] == ballot["label"]


def test_a_lease_that_has_ended_shows_and_takes_nothing(
    visitor: NewVisitor, clip_id: uuid.UUID, give_renditions: GiveRenditions
) -> None:
    give_renditions(clip_id)
    for end, code in (("expire", "lease_expired"), ("skip", "lease_skipped"), ("vote", "vote_sealed")):
        reviewer = visitor("reviewer")
        lease = reviewer.post("/assignments").json
        at = f"/assignments/{lease['id']}"
        if end == "expire":
            with transaction() as session:
                session.execute(
                    text("UPDATE assignments SET expires_at = now() - interval '1 second' WHERE id = :id"),
                    {"id": lease["id"]},
                )
        elif end == "skip":
            assert reviewer.post(f"{at}/skip", {"reason": "distressing", "note": "blood"}).status_code == 204
        else:
            assert reviewer.post(f"{at}/vote", BALLOT).status_code == 201
        answers = [
            reviewer.get(at),
            reviewer.post(f"{at}/renew"),
            reviewer.post(f"{at}/vote", {"label": "authentic", "confidence": 0.7}),
            reviewer.post(f"{at}/skip", {"reason": "other"}),
            reviewer.get(lease["clip"]["media_url"]),
            reviewer.get(lease["clip"]["frame_index_url"]),
        ]
        assert [(answer.status_code, answer.json["code"]) for answer in answers] == [(409, code)] * 6


def test_a_lease_is_renewed_a_limited_number_of_times(visitor: NewVisitor, clip_id: uuid.UUID) -> None:
    reviewer = visitor("reviewer")
    lease = reviewer.post("/assignments").json
    with transaction() as session:
        session.execute(text("UPDATE assignments SET expires_at = now() + interval '1 minute'"))
    renewed = reviewer.post(f"/assignments/{lease['id']}/renew")
    assert renewed.status_code == 200
    assert renewed.json["expires_at"] >= lease["expires_at"]
    answers = [reviewer.post(f"/assignments/{lease['id']}/renew") for _ in range(5)]
    assert (answers[-1].status_code, answers[-1].json["code"]) == (409, "renewals_spent")


def test_skipping_needs_a_known_reason(visitor: NewVisitor, clip_id: uuid.UUID) -> None:
    reviewer = visitor("reviewer")
    at = f"/assignments/{reviewer.post('/assignments').json['id']}/skip"
    for body, field in (
        ({"reason": "bored"}, "reason"),
        ({}, "reason"),
        ({"reason": "other", "note": "x" * 501}, "note"),
        ({"reason": "other", "note": "a\x00"}, "note"),
    ):
        answer = reviewer.post(at, body)
        assert (answer.status_code, [fault["field"] for fault in answer.json["errors"]]) == (422, [field])
    assert reviewer.post(at, {"reason": "know_this_clip"}).status_code == 204


SIZE = len(PREVIEW_BYTES)


@pytest.mark.parametrize(
    ("asked", "status", "start", "stop"),
    [
        ("bytes=0-99", 206, 0, 100),
        ("bytes=100-", 206, 100, SIZE),
        ("bytes=-10", 206, SIZE - 10, SIZE),
        ("bytes=5000-99999999", 206, 5000, SIZE),
        ("bytes=99999999-", 416, 0, 0),
        ("pages=1-2", 200, 0, SIZE),
        ("bytes=0-1,5-6", 200, 0, SIZE),
        ("bytes=x", 200, 0, SIZE),
        (None, 200, 0, SIZE),
    ],
)
@pytest.mark.parametrize("has_files", [True, False])
def test_a_part_of_a_preview_can_be_asked_for(
    visitor: NewVisitor,
    clip_id: uuid.UUID,
    give_renditions: GiveRenditions,
    monkeypatch: pytest.MonkeyPatch,
    storage: Storage,
    asked: str | None,
    status: int,
    start: int,
    stop: int,
    has_files: bool,
) -> None:
    give_renditions(clip_id)
    if not has_files:  # as a bucket has none
        monkeypatch.setattr(type(storage), "local_path", lambda _self, _key: None)
    reviewer = visitor("reviewer")
    address = reviewer.post("/assignments").json["clip"]["media_url"]
    answer = reviewer.get(address, headers={"Range": asked})
    assert answer.status_code == status
    if status == 416:
        assert answer.json["code"] == "range_not_satisfiable"
        return
    assert answer.data == PREVIEW_BYTES[start:stop]
    assert answer.headers["Accept-Ranges"] == "bytes"
    assert answer.content_length == stop - start
    if status == 206:
        assert answer.headers["Content-Range"] == f"bytes {start}-{stop - 1}/{SIZE}"


def test_a_leased_preview_carries_nothing_by_which_two_reviewers_could_know_it_again(
    visitor: NewVisitor, clip_id: uuid.UUID, give_renditions: GiveRenditions
) -> None:
    give_renditions(clip_id)
    reviewer = visitor("reviewer")
    answer = reviewer.get(reviewer.post("/assignments").json["clip"]["media_url"])
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["Content-Disposition"] == "inline"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    for name in ("ETag", "Last-Modified"):
        assert name not in answer.headers
    assert str(clip_id) not in str(answer.headers)


def test_ones_own_record_tells_how_a_clip_ended_once_it_has_retired(
    visitor: NewVisitor, clip_id: uuid.UUID
) -> None:
    first, second = visitor("reviewer"), visitor("reviewer")
    with transaction() as session:
        anchor_reviewer(session, first.user_id)
        anchor_reviewer(session, second.user_id)
    for reviewer in (first, second):
        leased = reviewer.post("/assignments").json
        if reviewer is second:
            before = first.get("/reviewers/me").json
        reviewer.post(f"/assignments/{leased['id']}/vote", BALLOT)
    (voted,) = before["history"]
    assert (voted["clip_id"], voted["outcome"], voted["clip_state"]) == (None, None, "open")
    after = first.get("/reviewers/me").json
    (voted,) = after["history"]
    assert (voted["clip_id"], voted["outcome"], voted["clip_state"]) == (
        str(clip_id),
        "manipulated",
        "retired",
    )
    assert (after["votes_total"], after["votes_today"]) == (1, 1)
    assert after["skill"]["anchored"] is True
    assert after["skill"]["low"] < after["skill"]["value"] < after["skill"]["high"]


def test_the_vocabulary_lists_what_a_ballot_may_say(visitor: NewVisitor) -> None:
    words = visitor().get("/vocabulary").json
    assert words["labels"] == ["authentic", "manipulated", "unsure"]
    assert {"face_swap", "context"} <= {kind["id"] for kind in words["kinds"]}
    assert [reason["id"] for reason in words["skip_reasons"]] == [
        "distressing", "cannot_play", "know_this_clip", "other",
    ]  # fmt: skip


def count_statements(work: Callable[[], object]) -> list[str]:
    """What the database was asked, BEGIN and COMMIT included, preparing left out."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith("PREPARE"):  # once a connection, whichever round meets it first
            seen.append(" ".join(statement.split())[:60])

    def note_end(_connection: object) -> None:
        seen.append("COMMIT")

    def note_begin(connection: object) -> None:
        if connection.get_isolation_level() != "AUTOCOMMIT":
            seen.append("BEGIN")

    listeners = (("before_cursor_execute", note), ("commit", note_end), ("begin", note_begin))
    for name, listener in listeners:
        event.listen(Engine, name, listener)
    try:
        work()
    finally:
        for name, listener in listeners:
            event.remove(Engine, name, listener)
    return seen


def test_a_round_costs_a_bounded_number_of_statements_whatever_the_queue(visitor: NewVisitor) -> None:
    with transaction() as session:
        uploader = make_user(session)
        for _ in range(60):
            make_open_clip(session, uploader)
    for _ in range(2):  # the first round may prepare what the second one only runs
        reviewer: Visitor = visitor("reviewer")
        leased: dict[str, str] = {}
        asked = count_statements(lambda: leased.update(reviewer.post("/assignments").json))  # noqa: B023
        sealed = count_statements(lambda: reviewer.post(f"/assignments/{leased['id']}/vote", BALLOT))  # noqa: B023
    print(*asked, "--", *sealed, sep="\n")
    assert len(asked) <= 7, asked
    assert len(sealed) <= 10, sealed
