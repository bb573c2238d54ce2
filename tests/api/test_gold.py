"""Gold by the interface: making it, reading it, and telling nobody by whom it is judged."""

from __future__ import annotations

import io
import uuid
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import text
from tests.api.conftest import NewVisitor, Visitor, scalar
from tests.factories.rows import make_open_clip, make_user
from werkzeug.test import TestResponse

from clipjury.db.transaction import transaction

GiveRenditions = Callable[[uuid.UUID], None]
PNG = b"\x89PNG\r\n\x1a\n" + b"a drawn picture"


def open_clip(gold_label: str | None = None, **more: object) -> uuid.UUID:
    with transaction() as session:
        return make_open_clip(session, make_user(session), gold_label=gold_label, **more)  # type: ignore[arg-type]


def asked(clip_id: uuid.UUID, role: str = "serve") -> dict[str, str]:
    return {
        "clip_id": str(clip_id),
        "label": "manipulated",
        "role": role,
        "source": "The agency that filmed it",
    }


def is_exposed(visitor: Visitor, group_id: uuid.UUID) -> bool:
    return bool(
        scalar(
            "SELECT count(*) FROM exposures WHERE user_id = :u AND group_id = :g",
            u=visitor.user_id,
            g=group_id,
        )
    )


def test_a_curator_makes_a_clip_gold_and_is_never_asked_about_it(visitor: NewVisitor) -> None:
    curator, clip_id = visitor("curator", "reviewer"), open_clip()
    made = curator.post("/gold", asked(clip_id))
    assert (made.status_code, made.json) == (
        201,
        {"clip_id": str(clip_id), "label": "manipulated", "role": "serve"},
    )
    assert is_exposed(curator, clip_id)
    assert curator.post("/assignments").status_code == 204
    again = curator.post("/gold", asked(clip_id, "gate"))
    assert (again.status_code, again.json["code"]) == (409, "clip_is_gold")
    assert scalar("SELECT votes_cap FROM clips WHERE id = :c", c=clip_id) == 30


def test_whoever_holds_the_clip_cannot_make_it_gold(visitor: NewVisitor) -> None:
    curator, clip_id = visitor("curator", "reviewer"), open_clip()
    assert curator.post("/assignments").status_code == 201
    refused = curator.post("/gold", asked(clip_id))
    assert (refused.status_code, refused.json["code"]) == (409, "lease_open")
    assert not is_exposed(curator, clip_id)


def test_a_clip_that_is_not_there_and_a_body_that_makes_no_sense_are_refused(visitor: NewVisitor) -> None:
    curator = visitor("curator")
    assert curator.post("/gold", asked(uuid.uuid4())).status_code == 404
    refused = curator.post("/gold", {"clip_id": "x", "label": "unsure", "role": "spare", "source": ""})
    assert refused.status_code == 422
    assert {fault["field"] for fault in refused.json["errors"]} == {"clip_id", "label", "role", "source"}


def bring(curator: Visitor, content: bytes = PNG, **fields: str) -> TestResponse:
    form = {"label": "authentic", "role": "gate", "source": "Our own studio", **fields}
    return curator.call(
        "POST",
        "/gold/files",
        data={"file": (io.BytesIO(content), "face.png"), **form},
        content_type="multipart/form-data",
    )


def test_a_file_is_gold_from_its_first_moment(visitor: NewVisitor) -> None:
    curator = visitor("curator")
    made = bring(curator)
    assert (made.status_code, made.json["role"]) == (201, "gate")
    assert bring(curator).status_code == 200
    assert bring(curator, role="serve").json["code"] == "clip_exists"
    assert scalar("SELECT queue_priority FROM clips") == 3
    assert scalar("SELECT source FROM gold_labels") == "Our own studio"
    refused = bring(curator, PNG + b"2", label="perhaps")
    assert (refused.status_code, refused.json["errors"][0]["field"]) == (422, "label")
    assert scalar("SELECT count(*) FROM clips") == 1


def test_reading_gold_tells_how_it_was_answered_and_is_an_exposure(visitor: NewVisitor) -> None:
    clip_id, held_out = open_clip("manipulated"), open_clip()
    for label in ("manipulated", "authentic", "unsure"):
        reviewer = visitor("reviewer")
        scalar("UPDATE clips SET rank = 0.5 WHERE id = :c RETURNING 1", c=clip_id)
        with transaction() as session:
            session.execute(
                text("INSERT INTO exposures (user_id, group_id, reason) VALUES (:u, :g, 'skipped')"),
                {"u": reviewer.user_id, "g": held_out},
            )
        leased = reviewer.post("/assignments").json
        ballot = {"label": label, "confidence": None if label == "unsure" else 0.8}
        if label == "manipulated":
            ballot |= {"kinds": ["face_swap"]}
        assert reviewer.post(f"/assignments/{leased['id']}/vote", ballot).status_code == 201
    curator = visitor("curator", "reviewer")
    assert curator.post("/gold", asked(held_out, "gate")).status_code == 201
    page = curator.get("/gold").json
    assert {(row["role"], row["label"]): row["clips"] for row in page["counts"]} == {
        ("serve", "manipulated"): 1,
        ("gate", "manipulated"): 1,
    }
    assert page["needs"] == {
        "first_leases": 20,
        "first_gold": 5,
        "gate_per_label": 50,
        "calibrate_in_all": 50,
    }
    served = next(item for item in page["items"] if item["clip_id"] == str(clip_id))
    assert (served["served"], served["answered"], served["answered_right"]) == (3, 2, 1)
    assert is_exposed(curator, clip_id)
    assert [item["role"] for item in curator.get("/gold?role=gate&label=manipulated").json["items"]] == [
        "gate"
    ]
    first = curator.get("/gold?limit=1").json
    second = curator.get(f"/gold?limit=1&cursor={first['next_cursor']}").json
    assert first["items"][0]["clip_id"] != second["items"][0]["clip_id"]


def test_gold_under_the_readers_own_lease_is_left_out(visitor: NewVisitor) -> None:
    clip_id, curator = open_clip("manipulated"), visitor("curator", "reviewer")
    assert curator.post("/assignments").status_code == 201
    assert curator.get("/gold").json["items"] == []
    assert not is_exposed(curator, clip_id)


def test_blind_decisions_become_gold_and_others_do_not(visitor: NewVisitor) -> None:
    curator, moderator = visitor("curator"), visitor("moderator")
    for verdict, is_blind in (("manipulated", True), ("no_manipulation_found", True), ("authentic", False)):
        decide(open_clip(), moderator.user_id, verdict, is_blind=is_blind)
    done = curator.post("/gold/adjudications", {"role": "calibrate"})
    assert (done.status_code, done.json) == (200, {"promoted": 1, "refused": {}})
    assert scalar("SELECT label || ' ' || role || ' ' || origin FROM gold_labels") == (
        "manipulated calibrate adjudication"
    )
    assert curator.post("/gold/adjudications", {"role": "gate"}).json == {"promoted": 0, "refused": {}}


def decide(clip_id: uuid.UUID, moderator_id: int | None, verdict: str, *, is_blind: bool) -> None:
    """A decided dispute, as rows."""
    named = {"c": clip_id, "u": moderator_id, "v": verdict, "b": is_blind}
    statements = (
        "UPDATE clips SET state = 'retired', outcome = :v, retirement_reason = 'adjudication', retired_at = now() "
        "WHERE id = :c",
        "INSERT INTO posteriors (clip_id, cause, p_people, p_full, p_low, p_high, n_votes, n_effective, votes_hash, "
        "reliability_version, policy_version, engine_version) "
        "VALUES (:c, 'dispute', .5, .5, .1, .9, 0, 0, 'x', 1, 1, 'x')",
        "INSERT INTO verdicts (clip_id, sequence, outcome, reason, posterior_id) SELECT :c, 1, :v, 'adjudication', "
        "max(id) FROM posteriors WHERE clip_id = :c",
        "INSERT INTO disputes (clip_id, round) VALUES (:c, 1)",
        "INSERT INTO provisionals (dispute_id, moderator_id, verdict, is_blind) SELECT id, :u, :v, :b FROM disputes "
        "WHERE clip_id = :c",
        "INSERT INTO decisions (dispute_id, clip_id, round, moderator_id, verdict, reason_codes, vocabulary_version, "
        "rationale, is_blind, verdict_id) SELECT d.id, :c, 1, :u, :v, '{other}', 1, 'Seen.', :b, v.id "
        "FROM disputes d JOIN verdicts v ON v.clip_id = d.clip_id WHERE d.clip_id = :c",
    )
    with transaction() as session:
        for statement in statements:
            session.execute(text(statement), named)


def test_drawing_gold_is_a_job(visitor: NewVisitor) -> None:
    curator = visitor("curator")
    job = curator.post("/gold/generations", {"count": 4, "role": "calibrate"})
    assert (job.status_code, job.json["state"], job.json["kind"]) == (202, "queued", "generate_gold")
    assert curator.get(f"/jobs/{job.json['id']}").json["subject"] == "gold:calibrate"
    assert curator.post("/gold/generations", {"count": 0, "role": "gate"}).status_code == 422


def _shape(value: object) -> object:
    """An answer without what differs between any two leases: ids, times."""
    if isinstance(value, dict):
        return {name: _shape(part) for name, part in value.items() if (name, type(part)) != ("id", int)}
    if isinstance(value, list):
        return [_shape(part) for part in value]
    if isinstance(value, str) and len(value) > 20:
        return len(value)
    return value


VARYING = {"Date", "X-Request-Id", "Content-Security-Policy"}


def _headers(answer: TestResponse) -> dict[str, str]:
    return {name: text for name, text in answer.headers if name not in VARYING}


@pytest.mark.parametrize("wide", [False, True], ids=["made gold later", "gold from the first moment"])
def test_no_field_no_header_and_no_byte_tells_gold_from_another_clip(
    app: Flask, visitor: NewVisitor, give_renditions: GiveRenditions, wide: bool
) -> None:
    """The whole life of a lease, on gold and on another clip of the same form: everything alike, headers too."""
    seen = []
    for is_gold in (False, True):
        with transaction() as session:
            session.execute(text("UPDATE clips SET state = 'received' WHERE state = 'open'"))
        cap = {"cap": 30, "parallel_leases": 30} if is_gold and wide else {}
        clip_id = open_clip("manipulated" if is_gold else None, **cap)
        give_renditions(clip_id)
        reviewer = visitor("reviewer")
        answers = [reviewer.post("/assignments")]
        lease_id = answers[0].json["id"]
        answers += [
            reviewer.get(f"/assignments/{lease_id}"),
            reviewer.post(f"/assignments/{lease_id}/renew"),
            *(
                reviewer.get(f"/leases/{lease_id}/{name}")
                for name in ("preview", "poster", "thumbnails", "frames")
            ),
            reviewer.get(f"/leases/{lease_id}/preview", headers={"Range": "bytes=0-99"}),
            reviewer.get(f"/clips/{clip_id}"),
            reviewer.post(f"/assignments/{lease_id}/vote", {"label": "authentic", "confidence": 0.7}),
            reviewer.get(f"/clips/{clip_id}"),
            reviewer.get("/reviewers/me"),
            reviewer.post("/assignments"),
        ]
        lease = answers[0].json
        seen.append(
            [
                (answer.status_code, _headers(answer), _shape(answer.get_json(silent=True)) or answer.data)
                for answer in answers
            ]
        )
        assert lease["clip"]["id"] == lease_id
    plain, gold = seen
    for one, other in zip(plain, gold, strict=True):
        assert one == other


def test_the_lease_of_gold_runs_exactly_as_long_as_any_other(visitor: NewVisitor) -> None:
    lengths = set()
    for gold_label in (None, "authentic"):
        with transaction() as session:
            session.execute(text("UPDATE clips SET state = 'received' WHERE state = 'open'"))
        open_clip(gold_label)
        visitor("reviewer").post("/assignments")
        lengths.add(
            scalar(
                "SELECT round(extract(epoch FROM expires_at - leased_at)) FROM assignments ORDER BY leased_at DESC "
                "LIMIT 1"
            )
        )
    assert len(lengths) == 1
