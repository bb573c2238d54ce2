"""See it or vote on it, never both.

Every route × role × state of a clip × what ties the caller to it: no answer shows a caller who may still vote on
an open clip anything that could sway the vote, unless a row in `exposures` bars them from voting first.
"""

from __future__ import annotations

import hashlib
import io
import itertools
import json
import re
import tempfile
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text
from tests.api.conftest import NewVisitor, Visitor, scalar
from tests.factories.rows import make_open_clip, make_user
from tests.factories.snapshots import insert_frozen
from werkzeug.test import TestResponse

from clipjury.api.composition import get_deps
from clipjury.db.transaction import transaction
from clipjury.domain.clip_states import CLIP_STATES
from clipjury.domain.near_duplicates import Likeness
from clipjury.services import near_duplicates
from clipjury.services.disputes import open_dispute

# Numbers and words that occur nowhere else, so that their appearance in an answer is a leak.
P_FULL, P_PEOPLE, P_LOW, P_HIGH = 0.912345671, 0.812345672, 0.712345673, 0.962345674
P_SCORE = 0.612345675
RATIONALE = "the-jaw-gives-it-away"
SOURCE = "claimed-by-the-uploader"
FIGURES = frozenset(map(str, (P_FULL, P_LOW, P_HIGH, P_SCORE)))  # what detectors said, or moved
SECRETS = (*FIGURES, str(P_PEOPLE), RATIONALE)

ROLE_SETS = (
    ("reviewer",),
    ("reviewer", "moderator"),
    ("reviewer", "curator"),
    ("reviewer", "admin"),
    ("curator",),
)
TIES = ("uploader", "voted", "holder", "stranger")
COLLECTING = ("open", "closing")


@dataclass(frozen=True)
class Scene:
    """One clip in one state, disputed or not, and one caller with one tie to it."""

    roles: tuple[str, ...]
    state: str
    tie: str
    disputed: bool = False


def scenes() -> Iterator[Scene]:
    for roles, state, tie in itertools.product(ROLE_SETS, CLIP_STATES, TIES):
        if tie == "holder" and (state not in COLLECTING or "reviewer" not in roles):
            continue  # nobody holds a lease on a clip that collects no votes, and only reviewers hold any
        if tie == "voted" and state not in (*COLLECTING, "retired"):
            continue
        yield Scene(roles, state, tie)
        if state in (*COLLECTING, "retired"):
            yield Scene(roles, state, tie, disputed=True)
    for state in CLIP_STATES:
        yield Scene((), state, "logged out")


@dataclass(frozen=True)
class Stage:
    """The scene as rows."""

    clip_id: uuid.UUID
    content: bytes
    who: Visitor
    lease_id: uuid.UUID | None
    snapshot_id: uuid.UUID
    twin_id: uuid.UUID
    pair_id: uuid.UUID
    report_id: uuid.UUID
    dispute_id: uuid.UUID | None = None
    verdict_id: uuid.UUID | None = None


def set_up(visitor: NewVisitor, scene: Scene) -> Stage:
    who = visitor(*scene.roles)
    with transaction() as session:
        uploader = who.user_id if scene.tie == "uploader" else make_user(session)
        assert uploader is not None
        clip_id = make_open_clip(session, uploader, state="open")
        content = b"\x89PNG\r\n\x1a\n" + clip_id.bytes
        other = make_user(session)
        _judge(session, clip_id, other)
        if scene.tie == "uploader":
            _expose(session, uploader, clip_id, "uploaded")
        if scene.tie == "voted":
            _judge(session, clip_id, who.user_id)
            _expose(session, who.user_id, clip_id, "voted")
        lease_id = _lease(session, clip_id, who.user_id) if scene.tie == "holder" else None
        session.execute(
            text(
                "UPDATE clips SET sha256 = :sha256, source = :source, state = :state, p_full = :full, "
                "p_people = :people, p_low = :low, p_high = :high, votes_count = 2, "
                "failure_code = CASE WHEN :state = 'failed' THEN 'broken' END, "
                "outcome = CASE WHEN :state = 'retired' THEN 'manipulated' END, "
                "retired_at = CASE WHEN :state = 'retired' THEN now() END, "
                "retirement_reason = CASE WHEN :state = 'retired' THEN 'evidence' END WHERE id = :id"
            ),
            {
                "id": clip_id, "sha256": hashlib.sha256(content).hexdigest(), "source": SOURCE, "state": scene.state,
                "full": P_FULL, "people": P_PEOPLE, "low": P_LOW, "high": P_HIGH,
            },
        )  # fmt: skip
        _score(session, clip_id)
        session.execute(
            text(
                "INSERT INTO audit_events (action, subject, detail) VALUES ('judged', :s, jsonb_build_object('p', :p))"
            ),
            {"s": f"clip:{clip_id}", "p": f"judged-{clip_id}"},
        )
        snapshot_id = _publish(session, clip_id, who) if scene.state == "retired" else uuid.uuid4()
        found = session.execute(text("SELECT public_id FROM verdicts WHERE clip_id = :c"), {"c": clip_id})
        verdict_id = found.scalar()
        dispute_id = open_dispute(session, clip_id, ["strong_clash"], {}) if scene.disputed else None
        twin_id, pair_id = _twin(session, clip_id)
        report_id = _report(session, clip_id)
    return Stage(
        clip_id, content, who, lease_id, snapshot_id, twin_id, pair_id, report_id, dispute_id, verdict_id
    )


def _publish(session: Any, clip_id: uuid.UUID, who: Visitor) -> uuid.UUID:
    """A verdict, and a frozen snapshot that holds the clip's row."""
    session.execute(
        text(
            "INSERT INTO verdicts (clip_id, sequence, outcome, reason, posterior_id) "
            "SELECT :c, 1, 'manipulated', 'evidence', id FROM posteriors WHERE clip_id = :c"
        ),
        {"c": clip_id},
    )
    row = {"clip_id": str(clip_id), "sha256": "x", "outcome": "manipulated", "rationale": RATIONALE}
    line = json.dumps(row, separators=(",", ":")).encode()
    user_id = who.user_id or make_user(session)
    snapshot_id = insert_frozen(session, user_id, clip_id, row, len(line))
    texts, objects = ("format", "content_sha256", "content_hash", "pseudonyms", "times"), (
        "dataset", "snapshot", "files", "filters", "counts", "versions", "splits", "media",
    )  # fmt: skip
    manifest = {**dict.fromkeys(texts, "x"), **{name: {} for name in objects}, "columns": [], "limits": []}
    for name, content in (("jsonl", line), ("manifest", json.dumps(manifest).encode())):
        with tempfile.NamedTemporaryFile() as file, who.app.app_context():
            file.write(content)
            file.flush()
            get_deps().storage.put_file(f"snapshots/{snapshot_id}/{name}", Path(file.name))
    return snapshot_id


def _twin(session: Any, clip_id: uuid.UUID) -> tuple[uuid.UUID, uuid.UUID]:
    """A retired clip that everybody may see, and that looks like this one."""
    twin_id = make_open_clip(session, make_user(session))
    session.execute(
        text(
            "UPDATE clips SET state = 'retired', outcome = 'inconclusive', retired_at = now(), "
            "retirement_reason = 'cap' WHERE id = :t"
        ),
        {"t": twin_id},
    )
    pair_id = near_duplicates.record_likeness(session, clip_id, twin_id, Likeness(28, 0.5, 0.5, 3, False))
    assert pair_id is not None
    return twin_id, pair_id


def _report(session: Any, clip_id: uuid.UUID) -> uuid.UUID:
    statement = text(
        "INSERT INTO reports (receipt, clip_id, reason, desk, note) "
        "VALUES (:r, :c, 'rights', 'moderators', '') RETURNING id"
    )
    found = session.execute(statement, {"r": str(clip_id), "c": clip_id}).scalar_one()
    return uuid.UUID(str(found))


def _judge(session: Any, clip_id: uuid.UUID, user_id: int | None) -> None:
    assignment_id = _lease(session, clip_id, user_id, state="voted")
    session.execute(
        text(
            "INSERT INTO votes (assignment_id, clip_id, reviewer_id, label, confidence, kinds, segments, regions, "
            "cues, rationale, body_hash) VALUES (:a, :c, :u, 'manipulated', 0.9, '{}', '[]', '[]', '{}', :why, 'x')"
        ),
        {"a": assignment_id, "c": clip_id, "u": user_id, "why": RATIONALE},
    )
    session.execute(
        text(
            "INSERT INTO posteriors (clip_id, cause, p_people, p_full, p_low, p_high, n_votes, n_effective, "
            "votes_hash, reliability_version, policy_version, engine_version) SELECT :c, 'vote', :people, :full, :low, "
            ":high, 1, 1, 'x', 1, 1, 'test' WHERE NOT EXISTS (SELECT FROM posteriors WHERE clip_id = :c)"
        ),
        {"c": clip_id, "people": P_PEOPLE, "full": P_FULL, "low": P_LOW, "high": P_HIGH},
    )


def _lease(session: Any, clip_id: uuid.UUID, user_id: int | None, state: str = "leased") -> uuid.UUID:
    statement = text(
        "INSERT INTO assignments (clip_id, reviewer_id, state, expires_at) "
        "VALUES (:c, :u, :s, now() + interval '10 minutes') RETURNING id"
    )
    if state == "leased":
        session.execute(text("UPDATE clips SET live_leases = live_leases + 1 WHERE id = :c"), {"c": clip_id})
    return uuid.UUID(str(session.execute(statement, {"c": clip_id, "u": user_id, "s": state}).scalar_one()))


def _expose(session: Any, user_id: int | None, clip_id: uuid.UUID, reason: str) -> None:
    session.execute(
        text("INSERT INTO exposures (user_id, group_id, reason) VALUES (:u, :c, :r)"),
        {"u": user_id, "c": clip_id, "r": reason},
    )


def _score(session: Any, clip_id: uuid.UUID) -> None:
    version = text(
        "INSERT INTO detector_versions (detector, version, sha256, card) VALUES ('d', '1', 'x', '{}') "
        "ON CONFLICT (detector, version) DO UPDATE SET sha256 = 'x' RETURNING id"
    )
    session.execute(
        text(
            "INSERT INTO scores (clip_id, detector_version_id, p_manipulated, is_in_domain, frames_used, faces, "
            "seconds) VALUES (:c, :d, :p, true, 8, 1, 0.5)"
        ),
        {"c": clip_id, "d": session.execute(version).scalar_one(), "p": P_SCORE},
    )
    _compare(session, clip_id)


def _compare(session: Any, clip_id: uuid.UUID) -> None:
    """A report on gate gold that names the clip, with the scores that both versions gave it."""
    side = {
        "auc": None,
        "low": None,
        "high": None,
        "coverage": 1.0,
        "false_rate": None,
        "true_rate": None,
        "roc": [],
    }
    flip = {
        "key": str(clip_id),
        "name": "clip",
        "label": 1,
        "incumbent": 0.2,
        "candidate": P_SCORE,
        "is_gain": True,
    }
    report = {
        "manipulated": 1, "authentic": 0, "groups": 1, "incumbent": side, "candidate": side, "difference": None,
        "difference_low": None, "difference_high": None, "matched_false_rate": None, "checks": [], "slices": [],
        "flips": [flip], "level": 0.95, "number": 1, "is_worn": False,
    }  # fmt: skip
    session.execute(
        text(
            "INSERT INTO detector_comparisons (candidate_id, incumbent_id, outcome, report) "
            "SELECT id, id, 'too_few_items', CAST(:report AS jsonb) FROM detector_versions WHERE detector = 'd'"
        ),
        {"report": json.dumps(report)},
    )


def detector_id() -> int:
    """The version that gave the scores, and whose report names the clip."""
    return int(scalar("SELECT max(id) FROM detector_versions"))


Call = Callable[[Stage], TestResponse]

# Every route that can say anything about a clip; the last one may make a stranger the holder of a lease.
CALLS: dict[str, Call] = {
    "GET /clips": lambda s: s.who.get("/clips"),
    "GET /clips?mine": lambda s: s.who.get("/clips?mine=1"),
    "GET /clips?state=closing": lambda s: s.who.get("/clips?state=closing"),
    "GET /clips/{id}": lambda s: s.who.get(f"/clips/{s.clip_id}"),
    "GET /clips/{id}/consensus": lambda s: s.who.get(f"/clips/{s.clip_id}/consensus"),
    "GET /clips/{id}/media/preview": lambda s: s.who.get(f"/clips/{s.clip_id}/media/preview"),
    "GET /clips/{id}/frames": lambda s: s.who.get(f"/clips/{s.clip_id}/frames"),
    "GET /clips/{id}/verdicts": lambda s: s.who.get(f"/clips/{s.clip_id}/verdicts"),
    "GET /disputes": lambda s: s.who.get("/disputes"),
    "GET /disputes?state=decided": lambda s: s.who.get("/disputes?state=decided"),
    "GET /disputes/{id}": lambda s: s.who.get(f"/disputes/{s.dispute_id or s.clip_id}"),
    "POST /disputes/{id}/decision": lambda s: s.who.post(
        f"/disputes/{s.dispute_id or s.clip_id}/decision",
        {"verdict": "manipulated", "reason_codes": ["other"], "rationale": "Why."},
    ),
    "PUT /clips/{id}/importance": lambda s: s.who.call(
        "PUT", f"/clips/{s.clip_id}/importance", json={"importance": 2}
    ),
    "POST /verdicts/{id}/appeal": lambda s: s.who.post(
        f"/verdicts/{s.verdict_id or s.clip_id}/appeal", {"grounds": "It overlooks the beard."}
    ),
    "GET /clips/{id}/near-duplicates": lambda s: s.who.get(f"/clips/{s.clip_id}/near-duplicates"),
    "GET /clips/{its twin}/near-duplicates": lambda s: s.who.get(f"/clips/{s.twin_id}/near-duplicates"),
    "POST /near-duplicates/{id}/confirm": lambda s: s.who.post(f"/near-duplicates/{s.pair_id}/confirm", {}),
    "POST /near-duplicates/{id}/reject": lambda s: s.who.post(f"/near-duplicates/{s.pair_id}/reject", {}),
    "GET /reports": lambda s: s.who.get("/reports"),
    "GET /reports/{id}": lambda s: s.who.get(f"/reports/{s.report_id}"),
    "GET /safeguarding": lambda s: s.who.get("/safeguarding"),
    "GET /public/clips/{id}": lambda s: s.who.get(f"/public/clips/{s.clip_id}"),
    "GET /public/clips": lambda s: s.who.get("/public/clips"),
    "GET /c/{id}": lambda s: s.who.client.get(f"/c/{s.clip_id}"),
    "GET /": lambda s: s.who.client.get("/"),
    "GET /public/stats": lambda s: s.who.get("/public/stats"),
    "GET /reviewers/me": lambda s: s.who.get("/reviewers/me"),
    "GET /labels": lambda s: s.who.get("/labels"),
    "GET /labels?csv": lambda s: s.who.get("/labels?format=csv"),
    "GET /gold": lambda s: s.who.get("/gold"),
    "POST /gold": lambda s: s.who.post(
        "/gold", {"clip_id": str(s.clip_id), "label": "authentic", "role": "gate", "source": "a test"}
    ),
    "GET /reliability-versions": lambda s: s.who.get("/reliability-versions"),
    "GET /labels/summary": lambda s: s.who.get("/labels/summary"),
    "GET /audit-events": lambda s: s.who.get("/audit-events?votes=1"),
    "GET /audit-events of the clip": lambda s: s.who.get(f"/audit-events?subject=clip:{s.clip_id}"),
    "GET /jobs": lambda s: s.who.get("/jobs"),
    "POST /datasets/preview": lambda s: s.who.post(
        "/datasets/preview", {"filters": {"include_simulated": True}}
    ),
    "GET /datasets/choices": lambda s: s.who.get("/datasets/choices"),
    "GET /snapshots/{id}": lambda s: s.who.get(f"/snapshots/{s.snapshot_id}"),
    "GET /snapshots/{id}/manifest": lambda s: s.who.get(f"/snapshots/{s.snapshot_id}/manifest"),
    "GET /snapshots/{id}/export": lambda s: s.who.get(f"/snapshots/{s.snapshot_id}/export"),
    "GET /snapshots/{id}/export?media": lambda s: s.who.get(f"/snapshots/{s.snapshot_id}/export?media=1"),
    "GET /snapshots/{id}/diff": lambda s: s.who.get(
        f"/snapshots/{s.snapshot_id}/diff?against={s.snapshot_id}"
    ),
    "GET /detectors": lambda s: s.who.get("/detectors"),
    "GET /detectors/{id}": lambda s: s.who.get(f"/detectors/{detector_id()}"),
    "GET /detectors/{id}/drift": lambda s: s.who.get(f"/detectors/{detector_id()}/drift"),
    "GET /lineage/clips/{id}": lambda s: s.who.get(f"/lineage/clips/{s.clip_id}"),
    "GET /training-runs": lambda s: s.who.get("/training-runs"),
    "POST /clips, the same bytes": lambda s: s.who.call(
        "POST",
        "/clips",
        data={"file": (io.BytesIO(s.content), "again.png")},
        content_type="multipart/form-data",
    ),
    "GET /assignments/{id}": lambda s: s.who.get(f"/assignments/{s.lease_id or s.clip_id}"),
    "GET /leases/{id}/preview": lambda s: s.who.get(f"/leases/{s.lease_id or s.clip_id}/preview"),
    "GET /leases/{clip's id}/frames": lambda s: s.who.get(f"/leases/{s.clip_id}/frames"),
    "POST /assignments": lambda s: s.who.post("/assignments"),
    # Last: it may end the holder's lease, and withholds the clip.
    "POST /clips/{id}/report": lambda s: s.who.post(f"/clips/{s.clip_id}/report", {"reason": "intimate"}),
    "GET /clips/{id}, withheld": lambda s: s.who.get(f"/clips/{s.clip_id}"),
}


def shown_of(stage: Stage, answer: TestResponse) -> set[str]:
    """What an answer tells of the clip that could sway a vote."""
    told = {secret for secret in SECRETS if secret.encode() in answer.data}
    if answer.mimetype == "text/html":  # the page's words: a headline of the ladder beside the clip's own id
        told |= {"outcome"} if _tells_outcome(answer.text, stage.clip_id) else set()
    told |= {"log"} if f"judged-{stage.clip_id}".encode() in answer.data else set()
    about = [
        entry for entry in _objects(answer) if entry.get("id", entry.get("clip_id")) == str(stage.clip_id)
    ]
    for entry in about:
        told |= {
            name for name in ("outcome", "retirement_reason", "retired_at") if entry.get(name) is not None
        }
        told |= {"closing"} if entry.get("state", entry.get("clip_state")) == "closing" else set()
        told |= {"source"} if entry.get("source") is not None else set()
    return told


def _tells_outcome(page: str, clip_id: uuid.UUID) -> bool:
    is_its_own = f"clip {str(clip_id)[:8]}" in page and "moderate evidence" in page
    return is_its_own or bool(re.search(rf'href="/c/{clip_id}">Manipulated', page))


def _objects(answer: TestResponse) -> Iterator[dict[str, Any]]:
    """Every JSON object in the answer, however deep."""
    if answer.mimetype == "application/x-ndjson":
        waiting: list[Any] = [json.loads(line) for line in answer.text.splitlines()]
    else:
        waiting = [answer.get_json(silent=True)]
    while waiting:
        found = waiting.pop()
        if isinstance(found, dict):
            yield found
            waiting.extend(found.values())
        elif isinstance(found, list):
            waiting.extend(found)


def is_barred(stage: Stage) -> bool:
    """Whether a row stands that keeps the caller from ever being given this clip."""
    with transaction() as session:
        found = session.execute(
            text("SELECT count(*) FROM exposures WHERE user_id = :u AND group_id = :g"),
            {"u": stage.who.user_id, "g": stage.clip_id},
        ).scalar()
    return bool(found)


def may_be_told(scene: Scene, stage: Stage, told: set[str]) -> bool:
    """The rule. Whoever is logged in is barred from voting by what they are told, at any time; before the clip has
    retired, uploaders hear only what they said themselves, reviewers, holders and those logged out nothing."""
    if scene.tie == "logged out":
        return scene.state == "retired"
    if scene.state == "retired" or scene.roles != ("reviewer",):
        return scene.tie != "holder" and is_barred(stage)
    return scene.tie == "uploader" and told == {"source"}


@pytest.mark.parametrize("state", CLIP_STATES)
def test_nobody_who_may_still_vote_is_shown_what_could_sway_them(
    app: Flask, visitor: NewVisitor, give_renditions: Callable[[uuid.UUID], None], state: str
) -> None:
    leaks, failures, n_answers = [], [], 0
    for scene in (scene for scene in scenes() if scene.state == state):
        stage = set_up(visitor, scene)
        give_renditions(stage.clip_id)
        for name, call in CALLS.items():
            answer = call(stage)
            n_answers += 1
            told = shown_of(stage, answer)
            if told and not may_be_told(scene, stage, told):
                leaks.append((scene, name, told))
            if told & FIGURES and scene.disputed and "moderator" in scene.roles:
                leaks.append((scene, name, told))  # nothing was sealed yet
            if answer.status_code >= 500:
                failures.append((scene, name))
            with transaction() as session:  # the next call begins without what this one has noted
                session.execute(text("DELETE FROM exposures WHERE reason = 'read'"))
        with transaction() as session:  # and the next scene in an empty house
            session.execute(
                text("UPDATE clips SET state = 'received', failure_code = NULL WHERE state <> 'retired'")
            )
    assert n_answers > 150
    assert (leaks, failures) == ([], [])


def has_seen_figures(stage: Stage) -> bool:
    """Whether a row stands that says so."""
    with transaction() as session:
        found = session.execute(
            text("SELECT count(*) FROM score_views WHERE user_id = :u AND group_id = :g"),
            {"u": stage.who.user_id, "g": stage.clip_id},
        ).scalar()
    return bool(found)


@pytest.mark.parametrize("state", ["open", "retired"])
def test_whoever_is_shown_figures_is_noted_and_a_moderator_sees_none_before_sealing(
    app: Flask, visitor: NewVisitor, state: str
) -> None:
    """Each call by somebody new, who has been noted for nothing else."""
    shown: set[tuple[str, ...]] = set()
    for roles, name in itertools.product((*ROLE_SETS, ("moderator",), ("admin",)), CALLS):
        if name == "POST /assignments":
            continue  # asked by so many new people it would retire the clip; the test above covers it
        stage = set_up(visitor, Scene(roles, state, "stranger", disputed=True))
        told = shown_of(stage, CALLS[name](stage)) & FIGURES
        assert not told or has_seen_figures(stage), (roles, name)
        assert not told or "moderator" not in roles, (roles, name)
        if "moderator" in roles and name == "GET /disputes/{id}":
            sealed = stage.who.post(f"/disputes/{stage.dispute_id}/provisional", {"verdict": "manipulated"})
            assert (sealed.status_code, sealed.json["is_blind"]) == (201, True)
            assert not has_seen_figures(stage)
            assert shown_of(stage, CALLS[name](stage)) >= FIGURES
            assert has_seen_figures(stage)
        if told:
            shown.add(roles)
        with transaction() as session:
            session.execute(text("UPDATE clips SET state = 'received' WHERE state <> 'retired'"))
    assert {("curator",), ("admin",)} <= shown  # so the test can see what it looks for


def test_the_check_above_can_see_a_leak(app: Flask, visitor: NewVisitor) -> None:
    staff = set_up(visitor, Scene(("moderator",), "open", "stranger"))
    told = shown_of(staff, CALLS["GET /clips/{id}/consensus"](staff))
    assert told >= set(SECRETS)
    assert shown_of(staff, CALLS["GET /clips/{id}"](staff)) == {"source"}
    closing = set_up(visitor, Scene(("moderator",), "closing", "stranger"))
    assert "closing" in shown_of(closing, CALLS["GET /clips"](closing))
    admin = set_up(visitor, Scene(("reviewer", "admin"), "open", "stranger"))
    assert shown_of(admin, CALLS["GET /audit-events"](admin))
    retired = set_up(visitor, Scene(("curator",), "retired", "stranger"))
    for call in (
        "POST /datasets/preview",
        "GET /snapshots/{id}/export",
        "GET /labels",
        "GET /labels?csv",
        "GET /clips/{id}",
        "GET /public/clips/{id}",
        "GET /public/clips",
        "GET /c/{id}",
        "GET /",
    ):
        assert shown_of(retired, CALLS[call](retired)), call


def test_whoever_has_read_a_clip_is_never_given_it(
    app: Flask, visitor: NewVisitor, give_renditions: Callable[[uuid.UUID], None]
) -> None:
    for call in ("GET /clips", "GET /clips/{id}", "GET /clips/{id}/consensus", "GET /clips/{id}/frames"):
        stage = set_up(visitor, Scene(("reviewer", "moderator"), "open", "stranger"))
        give_renditions(stage.clip_id)
        assert CALLS[call](stage).status_code == 200
        assert is_barred(stage)
        assert stage.who.post("/assignments").status_code == 204
        with transaction() as session:
            session.execute(text("UPDATE clips SET state = 'received' WHERE outcome IS NULL"))


def test_whoever_holds_a_clip_is_told_so_and_nothing_else(app: Flask, visitor: NewVisitor) -> None:
    for roles in (("reviewer",), ("reviewer", "moderator"), ("reviewer", "admin")):
        stage = set_up(visitor, Scene(roles, "open", "holder"))
        for path in ("", "/consensus", "/frames", "/media/preview"):
            answer = stage.who.get(f"/clips/{stage.clip_id}{path}")
            assert (answer.status_code, answer.json["code"]) == (409, "lease_open")
        assert str(stage.clip_id) not in stage.who.get("/clips").text
        assert not is_barred(stage)
        sealed = stage.who.post(f"/assignments/{stage.lease_id}/vote", {"label": "unsure"})
        assert sealed.status_code == 201


def test_reading_between_lease_and_vote_costs_the_vote(app: Flask, visitor: NewVisitor) -> None:
    stage = set_up(visitor, Scene(("reviewer",), "open", "holder"))
    with transaction() as session:
        _expose(session, stage.who.user_id, stage.clip_id, "read")
    refused = stage.who.post(f"/assignments/{stage.lease_id}/vote", {"label": "unsure"})
    assert (refused.status_code, refused.json["code"]) == (409, "lease_expired")
