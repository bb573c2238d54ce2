"""The public page of a clip and the latest verdicts: as JSON, as a page without JavaScript, and for crawlers."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text
from tests.api.conftest import NewVisitor, scalar
from tests.factories.disputes import add_score
from tests.factories.rows import anchor_reviewer, ballot, make_open_clip, make_user

from clipjury.db.transaction import transaction
from clipjury.services.assignments import lease_next_clip
from clipjury.services.votes import cast_vote

Judge = Callable[..., uuid.UUID]


@pytest.fixture
def judge(app: Flask) -> Judge:
    """A clip that people have judged to the end, by real votes."""

    def make(
        label: str = "manipulated", people: int = 6, *, kind: str = "video", simulated: bool = False
    ) -> uuid.UUID:
        with transaction() as session:
            session.execute(text("UPDATE clips SET state = 'received' WHERE state = 'open'"))
            clip_id = make_open_clip(session, make_user(session), cap=people, kind=kind)
            session.execute(
                text("UPDATE clips SET is_simulated = :s WHERE id = :id"), {"s": simulated, "id": clip_id}
            )
        for _ in range(people):
            if scalar("SELECT state FROM clips WHERE id = :id", id=clip_id) == "retired":
                break
            with transaction() as session:
                person = make_user(session)
                anchor_reviewer(session, person, sensitivity=0.85, specificity=0.85)
                leased = lease_next_clip(session, person, start=0.5)
            assert leased is not None
            with transaction() as session:
                cast_vote(session, leased[0].id, person, ballot(label))
        assert scalar("SELECT state FROM clips WHERE id = :id", id=clip_id) == "retired"
        return clip_id

    return make


class Words(HTMLParser):
    """What a reader without JavaScript sees, and the data for crawlers."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []
        self.data: list[str] = []
        self._inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._inside = "data" if ("type", "application/ld+json") in attrs else tag

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside == "data":
            self.data.append(data)
        elif self._inside != "script":
            self.seen.append(data)


def read(page: str) -> tuple[str, list[Any]]:
    parser = Words()
    parser.feed(page)
    return " ".join(parser.seen), [json.loads(block) for block in parser.data]


def test_a_published_verdict_says_what_it_rests_on(app: Flask, visitor: NewVisitor, judge: Judge) -> None:
    clip_id = judge()
    case = visitor().get(f"/public/clips/{clip_id}").json
    assert case["headline"] == "Manipulated: moderate evidence"
    votes = case["answers"]["manipulated"]
    assert votes == case["n_votes"] >= 2
    assert case["kinds"] == [{"kind": "face_swap", "people": votes}]
    (mark,) = case["marks"]
    assert mark.pop("certainty") > 0.8
    assert mark == {"start_frame": 10, "end_frame": 20, "start_s": 0.4, "end_s": 0.8, "people": votes}
    assert [(verdict["sequence"], verdict["outcome"]) for verdict in case["verdicts"]] == [(1, "manipulated")]
    assert case["detectors"] == {"asked": 0, "counted": 0}
    assert case["sha256"] == scalar("SELECT sha256 FROM clips WHERE id = :id", id=clip_id)
    assert len(case["limits"]) >= 4


def test_only_detector_versions_in_force_count_among_those_who_looked(
    app: Flask, visitor: NewVisitor, judge: Judge
) -> None:
    clip_id = judge()
    with transaction() as session:
        add_score(session, clip_id, 0.7)
        session.execute(text("UPDATE detector_versions SET state = 'retired'"))
        add_score(session, clip_id, 0.8, calibrated=False)
    assert visitor().get(f"/public/clips/{clip_id}").json["detectors"] == {"asked": 1, "counted": 1}


def test_a_reader_without_javascript_and_a_crawler_get_the_verdict(
    app: Flask, visitor: NewVisitor, judge: Judge
) -> None:
    clip_id = judge()
    answer = visitor().client.get(f"/c/{clip_id}")
    assert answer.status_code == 200
    assert "script-src" not in answer.headers["Content-Security-Policy"]
    assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
    seen, data = read(answer.text)
    for words in (
        "Manipulated: moderate evidence",
        "not proof",
        "reviewers looked",
        "Face swap",
        "0.40 s to 0.80 s",
    ):
        assert words in seen
    assert data[0]["@type"] == "MediaReview"
    assert data[0]["mediaAuthenticityCategory"] == ["TransformedContent"]
    assert data[0]["url"] == f"http://localhost/c/{clip_id}"
    assert f"<title>{data[0]['reviewBody'].partition('.')[0]}" in answer.text


@pytest.mark.parametrize("label", ["authentic", "unsure"])
def test_nothing_found_and_inconclusive_are_never_called_original(
    app: Flask, visitor: NewVisitor, judge: Judge, label: str
) -> None:
    seen, data = read(visitor().client.get(f"/c/{judge(label)}").text)
    assert "OriginalMediaContent" not in json.dumps(data)
    if label == "unsure":
        assert data == []
        assert "Inconclusive" in seen
    else:
        assert "No manipulation found by" in seen
        assert "mediaAuthenticityCategory" not in data[0]


def test_what_was_made_for_demonstration_says_so_and_asserts_nothing(
    app: Flask, visitor: NewVisitor, judge: Judge
) -> None:
    page = visitor().client.get(f"/c/{judge(simulated=True)}").text
    seen, data = read(page)
    assert "Made for demonstration" in seen
    assert data == []
    assert "noindex" in page


def test_an_open_clip_and_one_that_is_not_there_read_alike(app: Flask, visitor: NewVisitor) -> None:
    with transaction() as session:
        open_clip = make_open_clip(session, make_user(session))
    pages = []
    for clip_id in (open_clip, uuid.uuid4()):
        answer = visitor().client.get(f"/c/{clip_id}")
        assert answer.status_code == 404
        pages.append(answer.text.replace(str(clip_id), "ID"))
        assert visitor().get(f"/public/clips/{clip_id}").json["code"] == "not_found"
    assert pages[0] == pages[1]
    assert "There is no published result" in pages[0]
    assert read(pages[0])[1] == []
    assert "noindex" in pages[0]


def test_a_withheld_result_says_that_and_nothing_else(app: Flask, visitor: NewVisitor, judge: Judge) -> None:
    clip_id = judge()
    with transaction() as session:
        session.execute(text("UPDATE clips SET quarantined_at = now() WHERE id = :id"), {"id": clip_id})
    answer = visitor().client.get(f"/c/{clip_id}")
    assert answer.status_code == 451
    seen, data = read(answer.text)
    assert "withheld" in seen
    assert "anipulated" not in seen
    assert data == []
    assert visitor().get(f"/public/clips/{clip_id}").json["code"] == "withheld"
    assert visitor().get("/public/clips").json["items"] == []
    assert str(clip_id) not in visitor().client.get("/").text
    assert visitor().get("/public/stats").json["clips_retired"] == 0


def test_the_latest_verdicts_come_first_and_go_on(app: Flask, visitor: NewVisitor, judge: Judge) -> None:
    made = [judge(), judge("authentic"), judge("unsure")]
    first = visitor().get("/public/clips?limit=2").json
    rest = visitor().get(f"/public/clips?limit=2&cursor={first['next_cursor']}").json
    assert [item["id"] for item in first["items"] + rest["items"]] == [str(clip) for clip in made[::-1]]
    home = visitor().client.get("/").text
    assert re.findall(r'href="/c/([0-9a-f-]+)"', home) == [str(clip) for clip in made[::-1]]
    assert "3 closed" in read(home)[0]


def test_a_page_read_while_logged_in_is_an_exposure(app: Flask, visitor: NewVisitor, judge: Judge) -> None:
    clip_id = judge()
    for path in (f"/c/{clip_id}", "/"):
        reader = visitor("reviewer")
        assert str(clip_id) in reader.client.get(path).text or path == "/"
        assert scalar("SELECT count(*) FROM exposures WHERE user_id = :u", u=reader.user_id) == 1


def test_whoever_holds_a_copy_is_told_to_vote_first(app: Flask, visitor: NewVisitor, judge: Judge) -> None:
    clip_id, holder = judge(), visitor("reviewer")
    with transaction() as session:
        make_open_clip(session, make_user(session), group_id=clip_id)  # a near-duplicate that is still open
    assert holder.post("/assignments").status_code == 201
    answer = holder.client.get(f"/c/{clip_id}")
    assert answer.status_code == 409
    assert "You are judging this clip" in read(answer.text)[0]
    assert "moderate evidence" not in answer.text
    assert str(clip_id) not in holder.client.get("/").text
    assert holder.get("/public/clips").json["items"] == []
    assert holder.get(f"/public/clips/{clip_id}").json["code"] == "lease_open"
