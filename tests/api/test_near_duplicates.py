"""What looks like a clip: who is shown it, who decides, and what nobody is told before voting."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from flask import Flask
from sqlalchemy import text
from tests.api.conftest import NewVisitor, scalar
from tests.factories.rows import make_open_clip, make_user

from clipjury.db.transaction import transaction
from clipjury.domain.near_duplicates import Likeness
from clipjury.services import near_duplicates, quarantine

GiveRenditions = Callable[[uuid.UUID], None]


@dataclass(frozen=True)
class Pair:
    retired_id: uuid.UUID
    open_id: uuid.UUID
    pair_id: uuid.UUID


def make_pair(uploader_id: int | None = None, distance: int = 28) -> Pair:
    with transaction() as session:
        retired_id = make_open_clip(session, make_user(session))
        open_id = make_open_clip(session, uploader_id or make_user(session))
        session.execute(
            text(
                "UPDATE clips SET state = 'retired', outcome = 'manipulated', retired_at = now() WHERE id = :c"
            ),
            {"c": retired_id},
        )
        strength = 0.5 if distance > 24 else 1.0
        pair_id = near_duplicates.record_likeness(
            session, open_id, retired_id, Likeness(distance, strength, strength / 2 + 0.5, 4, False)
        )
    assert pair_id is not None
    return Pair(retired_id, open_id, pair_id)


@pytest.fixture
def pair(app: Flask) -> Pair:
    return make_pair()


def test_staff_see_both_and_decide_and_nothing_is_said_of_a_verdict_of_the_other(
    visitor: NewVisitor, pair: Pair, give_renditions: GiveRenditions
) -> None:
    give_renditions(pair.retired_id)
    moderator = visitor("moderator")
    found = moderator.get(f"/clips/{pair.open_id}/near-duplicates").json
    (item,) = found["items"]
    assert (found["may_decide"], found["hidden"]) == (True, 0)
    assert (item["state"], item["distance"], item["share"], item["share_other"]) == (
        "suggested",
        28,
        0.5,
        0.75,
    )
    assert (item["clip"]["id"], item["clip"]["outcome"]) == (str(pair.retired_id), "manipulated")
    assert item["clip"]["poster_url"] == f"/api/v1/clips/{pair.retired_id}/media/poster"
    mirrored = moderator.get(f"/clips/{pair.retired_id}/near-duplicates").json["items"][0]
    assert (mirrored["share"], mirrored["share_other"]) == (0.75, 0.5)
    confirmed = moderator.post(f"/near-duplicates/{pair.pair_id}/confirm", {"note": "The same speech."})
    assert (confirmed.status_code, confirmed.json["state"], confirmed.json["in_one_group"]) == (
        200, "confirmed", True,
    )  # fmt: skip
    assert confirmed.json["note"] == "The same speech."
    assert scalar("SELECT count(DISTINCT group_id) FROM clips") == 1
    assert scalar("SELECT outcome FROM clips WHERE id = :c", c=pair.open_id) is None
    rejected = moderator.post(f"/near-duplicates/{pair.pair_id}/reject", {})
    assert (rejected.json["state"], rejected.json["in_one_group"]) == ("rejected", False)
    assert scalar("SELECT count(DISTINCT group_id) FROM clips") == 2


def test_a_reviewer_is_not_shown_a_clip_that_is_still_open(visitor: NewVisitor, pair: Pair) -> None:
    reviewer = visitor("reviewer")
    found = reviewer.get(f"/clips/{pair.retired_id}/near-duplicates")
    assert found.json == {"items": [], "hidden": 1, "may_decide": False}
    assert str(pair.open_id) not in found.text
    assert reviewer.get(f"/clips/{pair.open_id}/near-duplicates").status_code == 404
    assert reviewer.post("/assignments").status_code == 201, "the open one may still be asked"


def test_whoever_is_shown_the_other_clip_is_not_asked_about_it(visitor: NewVisitor, pair: Pair) -> None:
    both = visitor("reviewer", "moderator")
    assert len(both.get(f"/clips/{pair.retired_id}/near-duplicates").json["items"]) == 1
    assert both.post("/assignments").status_code == 204


def test_whoever_holds_the_other_clip_is_not_shown_it(visitor: NewVisitor, pair: Pair) -> None:
    both = visitor("reviewer", "moderator")
    assert both.post("/assignments").status_code == 201
    found = both.get(f"/clips/{pair.retired_id}/near-duplicates").json
    assert (found["items"], found["hidden"]) == ([], 1)
    assert both.post(f"/near-duplicates/{pair.pair_id}/confirm", {}).json["code"] == "lease_open"


def test_the_uploader_is_told_that_there_is_one_and_not_how_it_ended(visitor: NewVisitor) -> None:
    uploader = visitor("reviewer")
    pair = make_pair(uploader.user_id)
    told = uploader.get(f"/clips/{pair.open_id}").json
    assert told["has_near_duplicates"] is True
    assert told["outcome"] is None
    moderator = visitor("moderator")
    moderator.post(f"/near-duplicates/{pair.pair_id}/reject", {})
    assert uploader.get(f"/clips/{pair.open_id}").json["has_near_duplicates"] is False
    assert uploader.get(f"/clips/{pair.open_id}/near-duplicates").json["items"] == []
    assert len(moderator.get(f"/clips/{pair.open_id}/near-duplicates").json["items"]) == 1, (
        "and can be undone"
    )


def test_a_withheld_clip_is_no_likeness_of_anything(visitor: NewVisitor, pair: Pair) -> None:
    with transaction() as session:
        quarantine.quarantine_clip(
            session, pair.retired_id, desk="moderators", reason="rights", actor_id=None
        )
    found = visitor("moderator").get(f"/clips/{pair.open_id}/near-duplicates")
    assert (found.json["items"], found.json["hidden"]) == ([], 1)
    assert str(pair.retired_id) not in found.text
    refused = visitor("moderator").post(f"/near-duplicates/{pair.pair_id}/confirm", {})
    assert refused.status_code == 451


def test_different_gold_roles_are_refused_in_words_that_name_no_role(visitor: NewVisitor, pair: Pair) -> None:
    with transaction() as session:
        for clip_id, role in ((pair.open_id, "serve"), (pair.retired_id, "gate")):
            session.execute(
                text(
                    "INSERT INTO gold_labels (clip_id, label, role, source) VALUES (:c, 'authentic', :r, 'test')"
                ),
                {"c": clip_id, "r": role},
            )
    refused = visitor("curator").post(f"/near-duplicates/{pair.pair_id}/confirm", {})
    assert (refused.status_code, refused.json["code"]) == (409, "gold_roles_differ")
    assert not {"serve", "gate", "authentic"} & set(refused.json["detail"].split())
    assert visitor("curator").post(f"/near-duplicates/{uuid.uuid4()}/confirm", {}).status_code == 404
