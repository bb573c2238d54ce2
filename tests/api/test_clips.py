"""Looking at clips: lists in pages, one clip, its consensus, what the public sees."""

from __future__ import annotations

import csv
import io
import json
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import text
from tests.api.conftest import NewVisitor, Visitor, scalar
from tests.factories.rows import anchor_reviewer, ballot, make_open_clip, make_user

from clipjury.api.label_files import COLUMNS
from clipjury.db.queries.votes import BallotBody
from clipjury.db.transaction import transaction
from clipjury.services.assignments import lease_next_clip
from clipjury.services.votes import cast_vote


def vote(user_id: int, body: BallotBody) -> None:
    """The next clip, judged past the API."""
    with transaction() as session:
        leased = lease_next_clip(session, user_id, start=0.5)
        assert leased is not None
        cast_vote(session, leased[0].id, user_id, body)


@pytest.fixture
def retired(app: Flask) -> uuid.UUID:
    """A clip that two anchored reviewers retired as manipulated; one of them simulated."""
    with transaction() as session:
        clip_id = make_open_clip(session, make_user(session))
        people = [make_user(session), make_user(session, simulated=True)]
        for person in people:
            anchor_reviewer(session, person)
    for person in people:
        vote(person, ballot("manipulated", rationale="=HYPERLINK(1)"))
    assert scalar("SELECT state FROM clips WHERE id = :id", id=clip_id) == "retired"
    return clip_id


def test_a_list_comes_in_pages_that_neither_repeat_nor_miss_a_clip(visitor: NewVisitor) -> None:
    curator, uploader = visitor("curator"), visitor("reviewer")
    at = datetime.now(UTC)
    with transaction() as session:
        clips = [make_open_clip(session, uploader.user_id) for _ in range(7)]
        for number, clip_id in enumerate(clips):  # three of them in the same instant
            moment = at - timedelta(hours=max(0, number - 2))
            session.execute(
                text("UPDATE clips SET created_at = :at WHERE id = :id"), {"at": moment, "id": clip_id}
            )
    for who in (curator, uploader):
        seen, cursor = [], ""
        for _ in range(10):
            page = who.get(f"/clips?limit=2&cursor={cursor}").json
            seen += [clip["id"] for clip in page["items"]]
            cursor = page["next_cursor"]
            if cursor is None:
                break
        assert len(seen) == 7
        assert set(seen) == {str(clip_id) for clip_id in clips}
        assert seen[3:] == [str(clip_id) for clip_id in clips[3:]]


def test_a_list_can_be_narrowed(visitor: NewVisitor, retired: uuid.UUID) -> None:
    reviewer, admin = visitor("reviewer"), visitor("admin")
    with transaction() as session:
        mine = make_open_clip(session, reviewer.user_id)
        make_open_clip(session, make_user(session))

    def ids(who: Visitor, query: str) -> set[str]:
        return {clip["id"] for clip in who.get(f"/clips?{query}").json["items"]}

    assert ids(reviewer, "") == {str(mine), str(retired)}
    assert ids(reviewer, "mine=1") == {str(mine)}
    assert ids(reviewer, "state=retired") == {str(retired)}
    assert ids(reviewer, "state=open&mine=true") == {str(mine)}
    assert len(ids(admin, "")) == 3
    assert ids(admin, "mine=1") == set()


def test_the_uploader_reads_open_while_a_clip_is_closing(visitor: NewVisitor) -> None:
    uploader, moderator = visitor("reviewer"), visitor("moderator")
    with transaction() as session:
        clip_id = make_open_clip(session, uploader.user_id, state="closing")
    assert uploader.get(f"/clips/{clip_id}").json["state"] == "open"
    assert uploader.get("/clips?state=closing").json == {"items": [], "next_cursor": None}
    assert moderator.get(f"/clips/{clip_id}").json["state"] == "closing"


def test_a_clip_that_failed_says_why(visitor: NewVisitor) -> None:
    uploader = visitor("reviewer")
    with transaction() as session:
        clip_id = make_open_clip(session, uploader.user_id)
        session.execute(
            text(
                "UPDATE clips SET state = 'failed', failure_code = 'no_video', failure_detail = 'No picture in it.'"
            )
        )
    clip = uploader.get(f"/clips/{clip_id}").json
    assert (clip["state"], clip["failure"]) == ("failed", {"code": "no_video", "detail": "No picture in it."})


def test_the_consensus_of_a_retired_clip_is_there_with_its_history_votes_and_verdict(
    visitor: NewVisitor, retired: uuid.UUID
) -> None:
    consensus = visitor("reviewer").get(f"/clips/{retired}/consensus").json
    assert (consensus["state"], consensus["n_votes"], consensus["calibrated"]) == ("retired", 2, False)
    assert consensus["basis"] == "votes"
    low, high = consensus["interval"]
    assert low < consensus["p_manipulated"] < high
    assert consensus["p_manipulated"] == consensus["history"][-1]["p_manipulated"]
    assert [point["n_votes"] for point in consensus["history"]] == [1, 2]
    assert consensus["verdict"]["outcome"] == "manipulated"
    assert consensus["verdict"]["reason"] == "evidence"
    votes = consensus["votes"]
    assert [vote["simulated"] for vote in votes] == [False, True]
    assert votes[0]["segments"] == [{"start_frame": 10, "end_frame": 20, "start_s": 0.4, "end_s": 0.8}]
    assert len({vote["reviewer"] for vote in votes}) == 2


def test_a_reviewers_pseudonym_holds_within_a_clip_and_not_across_clips(visitor: NewVisitor) -> None:
    moderator = visitor("moderator")
    with transaction() as session:
        reviewer = make_user(session)
        uploader = make_user(session)
        clips = [make_open_clip(session, uploader) for _ in range(2)]
    for _ in clips:
        vote(reviewer, ballot("authentic"))
    names = [
        moderator.get(f"/clips/{clip_id}/consensus").json["votes"][0]["reviewer"]
        for clip_id in (*clips, clips[0])
    ]
    assert names[0] == names[2]
    assert names[0] != names[1]


def test_the_consensus_before_any_vote_is_empty_and_says_so(visitor: NewVisitor) -> None:
    with transaction() as session:
        clip_id = make_open_clip(session, make_user(session))
    consensus = visitor("moderator").get(f"/clips/{clip_id}/consensus").json
    assert (consensus["basis"], consensus["n_votes"], consensus["p_manipulated"], consensus["interval"]) == (
        "none", 0, None, None,
    )  # fmt: skip
    assert (consensus["verdict"], consensus["votes"], consensus["history"]) == (None, [], [])


def test_the_public_sees_retired_clips_and_counts(visitor: NewVisitor, retired: uuid.UUID) -> None:
    with transaction() as session:
        open_clip = make_open_clip(session, make_user(session))
    clip = visitor().get(f"/public/clips/{retired}").json
    assert (clip["outcome"], clip["n_votes"], clip["kind"]) == ("manipulated", 2, "video")
    assert visitor().get(f"/public/clips/{open_clip}").status_code == 404
    stats = visitor().get("/public/stats").json
    assert stats == {
        "clips_open": 1,
        "clips_retired": 1,
        "votes": 2,
        "reviewers": 2,
        "outcomes": {"manipulated": 1},
        "simulated_share": 0.5,
    }


# --- labels ------------------------------------------------------------------------------------------------


def test_labels_as_json_lines_carry_outcome_posteriors_and_votes(
    visitor: NewVisitor, retired: uuid.UUID
) -> None:
    answer = visitor("curator").get("/labels?format=jsonl")
    assert answer.mimetype == "application/x-ndjson"
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=clipjury-labels-")
    (row,) = (json.loads(line) for line in answer.text.splitlines())
    assert (row["clip_id"], row["outcome"], row["hard_label"]) == (str(retired), "manipulated", "manipulated")
    assert row["soft_label"] == row["p_people"] > 0.95
    assert [vote["label"] for vote in row["votes"]] == ["manipulated"] * 2
    assert set(COLUMNS) == set(row)
    assert "reviewer_id" not in answer.text


def test_labels_as_csv_hold_the_same_and_nothing_that_a_spreadsheet_would_run(
    visitor: NewVisitor, retired: uuid.UUID
) -> None:
    with transaction() as session:
        session.execute(
            text("UPDATE clips SET source = :s, licence = '-2+3'"), {"s": '=cmd|" /C calc"!A0\nnext, line'}
        )
    answer = visitor("admin").get("/labels?format=csv")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    (row,) = csv.DictReader(io.StringIO(answer.text, newline=""))
    assert (row["clip_id"], row["hard_label"]) == (str(retired), "manipulated")
    assert row["source"] == '\'=cmd|" /C calc"!A0\nnext, line'
    assert row["licence"] == "'-2+3"
    assert 0.95 < float(row["p_full"]) <= 1
    votes = json.loads(row["votes"])
    assert [vote["rationale"] for vote in votes] == ["=HYPERLINK(1)"] * 2  # inside JSON, which begins with [
    assert datetime.fromisoformat(row["retired_at"]).tzinfo is not None
    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in row.values())


def test_each_download_has_pseudonyms_of_its_own(visitor: NewVisitor, retired: uuid.UUID) -> None:
    curator = visitor("curator")

    def names() -> list[str]:
        return [vote["reviewer"] for vote in json.loads(curator.get("/labels").text)["votes"]]

    first, second = names(), names()
    assert len(set(first)) == 2
    assert not set(first) & set(second)


def test_labels_can_begin_at_a_time(visitor: NewVisitor, retired: uuid.UUID) -> None:
    curator = visitor("curator")
    assert curator.get("/labels?since=2020-01-01T00:00:00Z").text.count("\n") == 1
    assert curator.get("/labels?since=2100-01-01T00:00:00%2B02:00").text == ""
    csv_of_none = curator.get("/labels?format=csv&since=2100-01-01T00:00:00Z").text
    assert csv_of_none == ",".join(COLUMNS) + "\r\n"


def test_the_labels_summary_counts_what_a_download_holds(visitor: NewVisitor, retired: uuid.UUID) -> None:
    summary = visitor("curator").get("/labels/summary").json
    assert summary == {"clips_retired": 1, "votes": 2, "by_outcome": {"manipulated": 1}}
