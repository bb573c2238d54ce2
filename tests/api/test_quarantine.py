"""After the commit that withholds a clip no route gives anything of it away: every route is walked, by every role."""

from __future__ import annotations

import io
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from flask import Flask
from sqlalchemy import text
from tests.api.conftest import PREVIEW_BYTES, NewVisitor, Visitor, scalar
from tests.factories.rows import make_open_clip, make_user

from clipjury.db.transaction import transaction
from clipjury.domain.accounts import ROLES
from clipjury.services import quarantine

TITLE = "the-name-of-a-withheld-clip.mp4"
SOURCE = "where-it-was-found"
NAMES = ("preview", "poster", "thumbnails")
SECRETS = (TITLE.encode(), SOURCE.encode(), PREVIEW_BYTES[:64], b"poster", b'"times_s"')
GiveRenditions = Callable[[uuid.UUID], None]


@dataclass(frozen=True)
class House:
    """A clip that is shown, one reviewer's lease of it, and a report."""

    clip_id: uuid.UUID
    uploader: Visitor
    holder: Visitor
    lease_id: uuid.UUID

    def ids(self) -> list[uuid.UUID]:
        reports = scalar("SELECT array_agg(id) FROM reports WHERE clip_id = :c", c=self.clip_id) or []
        return [self.clip_id, self.lease_id, *reports]


def build(visitor: NewVisitor, give_renditions: GiveRenditions, state: str) -> House:
    uploader, holder = visitor("reviewer"), visitor("reviewer")
    with transaction() as session:
        clip_id = make_open_clip(session, uploader.user_id)  # type: ignore[arg-type]
        session.execute(
            text("UPDATE clips SET original_name = :title, source = :source WHERE id = :c"),
            {"title": TITLE, "source": SOURCE, "c": clip_id},
        )
    give_renditions(clip_id)
    lease_id = uuid.UUID(holder.post("/assignments").json["id"])
    if state == "retired":
        with transaction() as session:
            session.execute(
                text(
                    "UPDATE clips SET state = 'retired', outcome = 'manipulated', retired_at = now(), "
                    "retirement_reason = 'evidence' WHERE id = :c"
                ),
                {"c": clip_id},
            )
    return House(clip_id, uploader, holder, lease_id)


def walk(app: Flask, house: House, who: Visitor) -> Iterator[tuple[str, bytes, int]]:
    """Every GET there is, with every id that the house has."""
    for rule in app.url_map.iter_rules():
        if (
            "GET" not in rule.methods
            or not rule.rule.startswith("/api/v1")
            or "<int" in rule.rule
            or "openapi" in rule.rule
        ):
            continue
        for given in house.ids():
            for name in NAMES if "name" in rule.arguments else ("",):
                path = rule.rule.replace("<uuid:id>", str(given))
                path = path.replace(f"<any({','.join(NAMES)}):name>", name)
                if "<" in path:
                    continue
                answer = who.get(path)
                yield rule.rule, answer.data, answer.status_code
                if "<uuid:id>" not in rule.rule:
                    break


def leaks(app: Flask, house: House, who: Visitor) -> set[str]:
    """Routes that give anything away; the audit log names clips by their ids, for ever and to admins alone."""
    found = set()
    for rule, content, status in walk(app, house, who):
        names_it = str(house.clip_id).encode() in content and not rule.endswith("/audit-events")
        if status < 400 and (names_it or any(secret in content for secret in SECRETS)):
            found.add(rule)
    return found


@pytest.mark.parametrize("state", ["open", "retired"])
@pytest.mark.parametrize("reason", ["minor", "intimate"])
def test_no_route_gives_a_withheld_clip_away(
    app: Flask, visitor: NewVisitor, give_renditions: GiveRenditions, state: str, reason: str
) -> None:
    house = build(visitor, give_renditions, state)
    everybody = {role: visitor(role) for role in ROLES}
    everybody |= {"nobody": visitor(), "uploader": house.uploader, "holder": house.holder}
    before = {role: leaks(app, house, who) for role, who in everybody.items()}
    assert len(before["moderator"]) >= 3, "the walk can see a leak"
    assert before["uploader"]
    assert state != "open" or "/api/v1/leases/<uuid:id>/preview" in before["holder"]
    with transaction() as session:  # the walk before was an exposure; the holder still holds the clip
        session.execute(text("DELETE FROM exposures WHERE reason = 'read'"))
    assert visitor().post(f"/clips/{house.clip_id}/report", {"reason": reason}).status_code == 202
    after = {role: leaks(app, house, who) for role, who in everybody.items()}
    own_desk = {
        "minor": ("safeguarding", {"/api/v1/safeguarding", "/api/v1/safeguarding/<uuid:id>"}),
        "intimate": ("moderator", {
            "/api/v1/reports", "/api/v1/reports/<uuid:id>",
            "/api/v1/reports/<uuid:id>/media/<any(preview,poster,thumbnails):name>",
        }),
    }[reason]  # fmt: skip
    for role, found in after.items():
        if role == own_desk[0] or (role == "admin" and reason == "intimate"):
            assert found <= own_desk[1], role
        else:
            assert found == set(), role
    assert after[own_desk[0]]


def test_the_clips_pages_say_withheld_and_nothing_more(
    visitor: NewVisitor, give_renditions: GiveRenditions
) -> None:
    house = build(visitor, give_renditions, "retired")
    with transaction() as session:
        quarantine.quarantine_clip(session, house.clip_id, desk="moderators", reason="rights", actor_id=None)
    for who in (visitor("reviewer"), visitor("moderator"), visitor("admin"), house.uploader):
        for path in ("", "/consensus", "/frames", "/media/preview", "/near-duplicates"):
            answer = who.get(f"/clips/{house.clip_id}{path}")
            assert (answer.status_code, answer.json["code"]) == (451, "withheld"), path
            assert "rights" not in answer.text
    public = visitor().get(f"/public/clips/{house.clip_id}")
    assert (public.status_code, public.json["code"]) == (451, "withheld")
    stats = visitor().get("/public/stats").json
    assert (stats["clips_retired"], stats["outcomes"]) == (0, {})
    curator = visitor("curator")
    assert curator.get("/labels").text == ""
    assert curator.get("/labels/summary").json["clips_retired"] == 0


def test_whoever_could_not_see_an_open_clip_does_not_learn_that_it_is_withheld(
    visitor: NewVisitor, give_renditions: GiveRenditions
) -> None:
    house = build(visitor, give_renditions, "open")
    with transaction() as session:
        quarantine.quarantine_clip(session, house.clip_id, desk="moderators", reason="rights", actor_id=None)
    assert visitor("reviewer").get(f"/clips/{house.clip_id}").status_code == 404
    assert visitor().get(f"/public/clips/{house.clip_id}").status_code == 404


def test_a_live_lease_ends_and_its_holder_is_told_kindly(
    visitor: NewVisitor, give_renditions: GiveRenditions
) -> None:
    house = build(visitor, give_renditions, "open")
    other = visitor("reviewer")
    with transaction() as session:
        quarantine.quarantine_clip(session, house.clip_id, desk="moderators", reason="rights", actor_id=None)
    for call in (
        house.holder.get(f"/assignments/{house.lease_id}"),
        house.holder.get(f"/leases/{house.lease_id}/preview"),
        house.holder.post(f"/assignments/{house.lease_id}/vote", {"label": "unsure"}),
        house.holder.post(f"/assignments/{house.lease_id}/renew"),
        house.holder.post(f"/assignments/{house.lease_id}/skip", {"reason": "other"}),
    ):
        assert (call.status_code, call.json["code"]) == (409, "lease_withdrawn")
        assert "nothing wrong" in call.json["detail"]
    assert house.holder.post("/assignments").status_code == 204
    assert other.post("/assignments").status_code == 204
    assert scalar("SELECT live_leases FROM clips WHERE id = :c", c=house.clip_id) == 0


def test_a_lease_that_slipped_in_between_is_stopped_by_the_clips_own_column(
    visitor: NewVisitor, give_renditions: GiveRenditions
) -> None:
    house = build(visitor, give_renditions, "open")
    with transaction() as session:
        session.execute(text("UPDATE clips SET quarantined_at = now()"))
    for call in (
        house.holder.get(f"/leases/{house.lease_id}/preview"),
        house.holder.post(f"/assignments/{house.lease_id}/vote", {"label": "unsure"}),
    ):
        assert call.json["code"] == "lease_withdrawn"


def test_the_same_bytes_cannot_be_brought_in_again(app: Flask, visitor: NewVisitor) -> None:
    first, second = visitor("reviewer"), visitor("reviewer")
    content = b"\x89PNG\r\n\x1a\n" + uuid.uuid4().bytes

    def upload(who: Visitor) -> tuple[int, str]:
        answer = who.call(
            "POST", "/clips", data={"file": (io.BytesIO(content), TITLE)}, content_type="multipart/form-data"
        )
        return answer.status_code, answer.json.get("code", "")

    assert upload(first)[0] == 201
    with transaction() as session:
        clip_id = session.execute(text("SELECT id FROM clips")).scalar_one()
        quarantine.quarantine_clip(session, clip_id, desk="safeguarding", reason="minor", actor_id=None)
    assert upload(first) == upload(second) == (451, "withheld")


def test_release_puts_the_clip_back_where_it_was(
    visitor: NewVisitor, give_renditions: GiveRenditions
) -> None:
    house = build(visitor, give_renditions, "open")
    with transaction() as session:
        moderator = make_user(session, "moderator")
        quarantine.quarantine_clip(
            session, house.clip_id, desk="moderators", reason="rights", actor_id=moderator
        )
        standing = quarantine.release_clip(
            session, house.clip_id, desk="moderators", actor_id=moderator, note="no ground"
        )
    assert not standing.is_quarantined
    assert house.uploader.get(f"/clips/{house.clip_id}").json["original_name"] == TITLE
    assert visitor("reviewer").post("/assignments").status_code == 201
    assert scalar("SELECT array_agg(action ORDER BY id) FROM quarantines") == ["quarantined", "released"]
    actions = scalar("SELECT array_agg(action ORDER BY id) FROM audit_events WHERE action LIKE 'clip_%ed'")
    assert actions[-2:] == ["clip_quarantined", "clip_released"]


def test_a_reviewers_record_does_not_tell_how_a_withheld_clip_ended(
    visitor: NewVisitor, give_renditions: GiveRenditions
) -> None:
    house = build(visitor, give_renditions, "open")
    assert house.holder.post(f"/assignments/{house.lease_id}/vote", {"label": "unsure"}).status_code == 201
    with transaction() as session:
        session.execute(
            text(
                "UPDATE clips SET state = 'retired', outcome = 'manipulated', retired_at = now() WHERE id = :c"
            ),
            {"c": house.clip_id},
        )
    (line,) = house.holder.get("/reviewers/me").json["history"]
    assert line["outcome"] == "manipulated"
    with transaction() as session:
        quarantine.quarantine_clip(session, house.clip_id, desk="moderators", reason="rights", actor_id=None)
    (line,) = house.holder.get("/reviewers/me").json["history"]
    assert (line["outcome"], line["clip_id"], line["label"]) == (None, None, "unsure")


def test_media_are_never_kept_by_a_browser(visitor: NewVisitor, give_renditions: GiveRenditions) -> None:
    house = build(visitor, give_renditions, "open")
    for answer in (
        house.holder.get(f"/leases/{house.lease_id}/preview"),
        visitor("moderator").get(f"/clips/{house.clip_id}/media/poster"),
    ):
        assert answer.headers["Cache-Control"] == "private, no-store"
