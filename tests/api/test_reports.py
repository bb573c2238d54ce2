"""Reporting a clip, the moderators' desk, and the safeguarding officer's."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask
from tests.api.conftest import PREVIEW_BYTES, NewVisitor, Visitor, scalar
from tests.factories.rows import make_open_clip, make_user

from clipjury.api.composition import get_deps
from clipjury.db.queries import reports as report_queries
from clipjury.db.transaction import transaction
from clipjury.domain.reports import ENOUGH_REPORTERS, REPORTS_PER_ADDRESS

RECEIPT = re.compile(r"[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}")
GiveRenditions = Callable[[uuid.UUID], None]


@pytest.fixture
def clip_id(app: Flask) -> uuid.UUID:
    with transaction() as session:
        return make_open_clip(session, make_user(session))


def is_withheld(clip_id: uuid.UUID) -> bool:
    return bool(scalar("SELECT quarantined_at IS NOT NULL FROM clips WHERE id = :c", c=clip_id))


def report(who: Visitor, clip_id: uuid.UUID, reason: str = "rights", **more: object) -> str:
    answer = who.post(f"/clips/{clip_id}/report", {"reason": reason, **more})
    assert answer.status_code == 202, answer.text
    assert set(answer.json) == {"receipt"}
    assert RECEIPT.fullmatch(answer.json["receipt"])
    return str(answer.json["receipt"])


def first_case(who: Visitor, state: str = "open") -> str:
    return str(who.get(f"/reports?state={state}").json["items"][0]["id"])


def test_anybody_may_report_and_gets_a_receipt_of_their_own(visitor: NewVisitor, clip_id: uuid.UUID) -> None:
    receipts = {
        report(visitor(), clip_id),
        report(visitor("reviewer"), clip_id, "illegal", note="See 0:12.", contact="me@example.org"),
        report(visitor("curator"), clip_id, "depicted_person"),
    }
    assert len(receipts) == 3
    assert visitor().post(f"/clips/{uuid.uuid4()}/report", {"reason": "rights"}).status_code == 404
    assert visitor().post(f"/clips/{clip_id}/report", {"reason": "boring"}).status_code == 422


def test_the_answer_is_the_same_for_gold_and_for_a_clip_that_is_withheld_already(
    visitor: NewVisitor, clip_id: uuid.UUID
) -> None:
    with transaction() as session:
        gold = make_open_clip(session, make_user(session), gold_label="manipulated")
    for each in (clip_id, gold):
        report(visitor(), each, "intimate")
        report(visitor(), each, "intimate")


def test_a_reviewers_report_ends_the_lease_and_bars_them(visitor: NewVisitor, clip_id: uuid.UUID) -> None:
    reviewer = visitor("reviewer")
    lease = reviewer.post("/assignments").json["id"]
    answer = reviewer.post(f"/assignments/{lease}/report", {"reason": "illegal", "note": "A real weapon."})
    assert (answer.status_code, set(answer.json)) == (202, {"receipt"})
    assert reviewer.get(f"/assignments/{lease}").json["code"] == "lease_skipped"
    assert reviewer.post("/assignments").status_code == 204
    assert scalar("SELECT live_leases FROM clips WHERE id = :c", c=clip_id) == 0
    assert scalar("SELECT clip_id FROM reports") == clip_id
    again = reviewer.post(f"/assignments/{lease}/report", {"reason": "illegal"})
    assert again.json["code"] == "lease_skipped"
    stranger = visitor("reviewer").post(f"/assignments/{lease}/report", {"reason": "illegal"})
    assert stranger.json["code"] == "lease_not_found"


def test_a_report_from_the_desk_takes_the_clip_from_everybody_who_holds_it(
    visitor: NewVisitor, clip_id: uuid.UUID
) -> None:
    one, other = visitor("reviewer"), visitor("reviewer")
    mine, theirs = (who.post("/assignments").json["id"] for who in (one, other))
    assert one.post(f"/assignments/{mine}/report", {"reason": "minor"}).status_code == 202
    assert other.get(f"/assignments/{theirs}").json["code"] == "lease_withdrawn"
    assert scalar("SELECT live_leases FROM clips WHERE id = :c", c=clip_id) == 0


def test_several_independent_reports_withhold_a_clip_and_one_person_counts_once(
    visitor: NewVisitor, clip_id: uuid.UUID
) -> None:
    loud = visitor("reviewer")
    for _ in range(ENOUGH_REPORTERS + 1):
        report(loud, clip_id)
        report(visitor(), clip_id)  # all who are logged out are one
    assert not is_withheld(clip_id)
    for _ in range(ENOUGH_REPORTERS - 2):
        report(visitor("reviewer"), clip_id)
    assert is_withheld(clip_id)


def test_who_is_logged_out_can_report_so_often_an_hour_and_no_more(
    visitor: NewVisitor, clip_id: uuid.UUID
) -> None:
    for _ in range(REPORTS_PER_ADDRESS):
        report(visitor(), clip_id)
    refused = visitor().post(f"/clips/{clip_id}/report", {"reason": "rights"})
    assert (refused.status_code, refused.json["code"]) == (429, "too_many_attempts")
    assert int(refused.headers["Retry-After"]) > 0
    report(visitor("reviewer"), clip_id)
    with transaction() as session:
        assert report_queries.forget_addresses(session) == 0, "they are still needed"


def test_moderators_decide_and_the_clip_comes_back_or_not(
    visitor: NewVisitor, clip_id: uuid.UUID, give_renditions: GiveRenditions
) -> None:
    give_renditions(clip_id)
    moderator, reader = visitor("moderator"), visitor("curator")
    receipt = report(visitor(), clip_id, "illegal", note="Shows a weapon.", contact="me@example.org")
    (line,) = moderator.get("/reports").json["items"]
    assert (line["reasons"], line["reports"], line["withheld"]) == (["illegal"], 1, False)
    case = moderator.get(f"/reports/{line['id']}").json
    (entry,) = case["reports"]
    assert (entry["receipt"], entry["note"], entry["contact"], entry["reporter"]) == (
        receipt, "Shows a weapon.", "me@example.org", None,
    )  # fmt: skip
    assert moderator.post(f"/reports/{line['id']}/quarantine", {}).status_code == 422
    upheld = moderator.post(f"/reports/{line['id']}/quarantine", {"note": "It does.", "answer": "Thank you."})
    assert (upheld.status_code, upheld.json["withheld"]) == (200, True)
    assert [step["action"] for step in upheld.json["history"]] == ["quarantined"]
    assert reader.get(f"/clips/{clip_id}").status_code == 451
    assert moderator.get(f"/reports/{line['id']}/media/preview").data == PREVIEW_BYTES
    assert moderator.get("/reports").json["items"] == []
    dismissed = moderator.post(
        f"/reports/{first_case(moderator, 'decided')}/dismiss", {"note": "On reflection."}
    )
    assert (dismissed.status_code, dismissed.json["withheld"]) == (200, False)
    assert reader.get(f"/clips/{clip_id}").status_code == 200
    (entry,) = dismissed.json["reports"]
    assert (entry["state"], entry["decision_note"], entry["answer"]) == ("upheld", "It does.", "Thank you.")


def test_what_moderators_have_released_is_not_taken_away_again_by_a_report(
    visitor: NewVisitor, clip_id: uuid.UUID
) -> None:
    moderator = visitor("moderator")
    report(visitor(), clip_id, "intimate")
    assert is_withheld(clip_id)
    case = moderator.get(f"/reports/{first_case(moderator)}").json
    assert (case["urgent"], case["withheld"]) == (True, True)
    moderator.post(f"/reports/{case['id']}/dismiss", {"note": "A beach, fully dressed."})
    assert not is_withheld(clip_id)
    report(visitor(), clip_id, "intimate")
    assert not is_withheld(clip_id)
    assert len(moderator.get("/reports").json["items"]) == 1, "it is looked at all the same"


def test_reading_a_case_is_an_exposure_and_a_clip_one_holds_is_not_on_ones_desk(
    visitor: NewVisitor, clip_id: uuid.UUID
) -> None:
    both = visitor("reviewer", "moderator")
    lease = both.post("/assignments").json["id"]
    report(visitor(), clip_id)
    assert both.get("/reports").json["items"] == []
    (line,) = visitor("moderator").get("/reports").json["items"]
    assert both.get(f"/reports/{line['id']}").json["code"] == "lease_open"
    assert both.post(f"/assignments/{lease}/skip", {"reason": "other"}).status_code == 204
    reader = visitor("reviewer", "moderator")
    assert len(reader.get("/reports").json["items"]) == 1
    assert reader.post("/assignments").status_code == 204


# --- safeguarding ------------------------------------------------------------------------------------------------


def test_suspected_child_abuse_reaches_the_officer_and_nobody_else(
    visitor: NewVisitor, clip_id: uuid.UUID, give_renditions: GiveRenditions
) -> None:
    give_renditions(clip_id)
    officer, moderator = visitor("safeguarding"), visitor("moderator", "admin", "curator")
    report(visitor("reviewer"), clip_id, "minor", note="A child, about eight.")
    assert moderator.get("/reports").json["items"] == []
    (line,) = officer.get("/safeguarding").json["items"]
    assert (line["id"], line["withheld"], line["open_reports"]) == (str(clip_id), True, 1)
    case = officer.get(f"/safeguarding/{clip_id}").json
    assert case["reports"][0]["note"] == "A child, about eight."
    assert case["uploader"]["email"].endswith("@example.org")
    assert len(case["sha256"]) == 64
    assert (case["media_url"], case["poster_url"]) == (None, None)


def test_nothing_is_shown_before_the_officer_chooses_to_look_and_that_is_noted(
    visitor: NewVisitor, clip_id: uuid.UUID, give_renditions: GiveRenditions
) -> None:
    give_renditions(clip_id)
    officer, colleague = visitor("safeguarding"), visitor("safeguarding")
    report(visitor(), clip_id, "minor")
    media = f"/safeguarding/{clip_id}/media/preview"
    assert officer.get(media).json["code"] == "not_revealed"
    shown = officer.post(f"/safeguarding/{clip_id}/reveal")
    assert shown.json["media_url"] == f"/api/v1{media}"
    assert officer.get(media).data == PREVIEW_BYTES
    assert colleague.get(media).json["code"] == "not_revealed"
    assert scalar("SELECT actor_id FROM audit_events WHERE action = 'media_revealed'") == officer.user_id


def test_looking_can_be_switched_off(
    app: Flask, visitor: NewVisitor, clip_id: uuid.UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    officer = visitor("safeguarding")
    report(visitor(), clip_id, "minor")
    with app.app_context():
        deps = get_deps()
    without = replace(deps, settings=replace(deps.settings, safeguarding_reveal=False))
    monkeypatch.setattr("clipjury.api.safeguarding.get_deps", lambda: without)
    assert officer.get(f"/safeguarding/{clip_id}").json["reveal_allowed"] is False
    assert officer.post(f"/safeguarding/{clip_id}/reveal").json["code"] == "reveal_off"
    assert officer.get(f"/safeguarding/{clip_id}/media/preview").json["code"] == "reveal_off"


def test_a_block_is_for_ever(visitor: NewVisitor, clip_id: uuid.UUID) -> None:
    officer = visitor("safeguarding")
    report(visitor(), clip_id, "minor")
    path = f"/safeguarding/{clip_id}"
    assert officer.post(f"{path}/block", {"reference": ""}).status_code == 422
    blocked = officer.post(f"{path}/block", {"reference": "LKA 42/26", "note": "Handed over."}).json
    assert (blocked["blocked"], blocked["history"][-1]["reference"]) == (True, "LKA 42/26")
    assert officer.post(f"{path}/release", {"note": "by mistake"}).json["code"] == "blocked_for_ever"
    assert officer.post(f"{path}/block", {"reference": "again"}).json["code"] == "blocked_for_ever"
    assert officer.get("/safeguarding").json["items"][0]["reference"] == "LKA 42/26"
    assert is_withheld(clip_id)


def test_a_release_leaves_what_the_moderators_withheld_before(
    visitor: NewVisitor, clip_id: uuid.UUID
) -> None:
    officer, moderator = visitor("safeguarding"), visitor("moderator")
    report(visitor(), clip_id, "illegal")
    case = first_case(moderator)
    moderator.post(f"/reports/{case}/quarantine", {"note": "Yes."})
    report(visitor(), clip_id, "minor")
    assert moderator.get(f"/reports/{case}").status_code == 404
    assert moderator.get("/reports?state=decided").json["items"] == []
    released = officer.post(f"/safeguarding/{clip_id}/release", {"note": "An adult, known to us."})
    assert (released.status_code, released.json["withheld"]) == (200, False)
    assert is_withheld(clip_id), "by the moderators, as before"
    moderator.post(f"/reports/{case}/dismiss", {"note": "Cleared."})
    assert not is_withheld(clip_id)
    report(visitor(), clip_id, "minor")
    assert not is_withheld(clip_id), "the officer has looked at it; the report waits on the desk"
    assert officer.get("/safeguarding").json["items"][0]["open_reports"] == 1
    assert visitor("safeguarding").get(f"/safeguarding/{uuid.uuid4()}").status_code == 404
