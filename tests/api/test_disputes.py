"""The moderators' desk over HTTP: queue, case, provisional verdict, decision, appeal; and who sees which figures."""

from __future__ import annotations

import uuid

import pytest
from flask import Flask
from sqlalchemy import text
from tests.api.conftest import NewVisitor, Visitor, scalar
from tests.factories.disputes import FOUND, Disputed, add_score, make_disputed, make_strong, vote
from tests.factories.rows import make_open_clip, make_user

from clipjury.db.transaction import transaction
from clipjury.services import adjudications, disputes

P_SCORE = 0.612345675
DECISION = {
    "verdict": "manipulated",
    "reason_codes": ["traces_seen"],
    "rationale": "The seam at the jaw moves.",
}
GROUNDS = {"grounds": "The seam is the edge of a beard."}


def seal(who: Visitor, disputed: Disputed | str, verdict: str = "manipulated"):  # type: ignore[no-untyped-def]
    dispute_id = disputed if isinstance(disputed, str) else disputed.id
    return who.post(f"/disputes/{dispute_id}/provisional", {"verdict": verdict})


def decide(who: Visitor, disputed: Disputed | str, **changes: object):  # type: ignore[no-untyped-def]
    dispute_id = disputed if isinstance(disputed, str) else disputed.id
    return who.post(f"/disputes/{dispute_id}/decision", {**DECISION, **changes})


def refusal(answer) -> tuple[int, str]:  # type: ignore[no-untyped-def]
    return answer.status_code, answer.json["code"]


def newest_verdict(who: Visitor, clip_id: uuid.UUID) -> dict[str, object]:
    items = who.get(f"/clips/{clip_id}/verdicts").json["items"]
    assert isinstance(items[0], dict)
    return items[0]


def test_from_the_queue_to_a_verdict_that_stands_above_the_one_before(
    app: Flask, visitor: NewVisitor
) -> None:
    disputed, moderator = make_disputed(P_SCORE), visitor("moderator")
    queue = moderator.get("/disputes").json["items"]
    assert [(row["id"], row["reasons"], row["conflict"]) for row in queue] == [
        (str(disputed.id), ["strong_clash"], None)
    ]
    assert queue[0]["expected_value"] == pytest.approx(1.0, abs=0.1)
    case = moderator.get(f"/disputes/{disputed.id}").json
    assert (case["evidence"], case["provisional"], case["state"]) == (None, None, "open")
    assert [vote["label"] for vote in case["votes"]] == ["manipulated", "authentic"]
    reliability = case["votes"][0]["reliability"]
    assert reliability["is_anchored"]
    assert reliability["low"] < reliability["skill"] < reliability["high"]
    assert case["votes"][0]["segments"] == [
        {"start_frame": 10, "end_frame": 20, "start_s": 0.4, "end_s": 0.8}
    ]
    assert case["votes"][0]["reviewer"] != case["votes"][1]["reviewer"]
    assert refusal(decide(moderator, disputed)) == (409, "provisional_missing")

    sealed = seal(moderator, disputed)
    assert (sealed.status_code, sealed.json["is_blind"]) == (201, True)
    assert (seal(moderator, disputed).status_code, refusal(seal(moderator, disputed, "authentic"))) == (
        200, (409, "provisional_sealed"),
    )  # fmt: skip
    case = moderator.get(f"/disputes/{disputed.id}").json
    assert [score["p_manipulated"] for score in case["evidence"]["scores"]] == [P_SCORE]

    decided = decide(moderator, disputed)
    assert (decided.status_code, decided.json["state"]) == (201, "decided")
    assert decided.json["rounds"][0]["decision"]["is_blind"] is True
    assert refusal(decide(moderator, disputed)) == (409, "dispute_decided")
    clip = moderator.get(f"/clips/{disputed.clip_id}").json
    assert (clip["state"], clip["outcome"], clip["retirement_reason"]) == (
        "retired",
        "manipulated",
        "adjudication",
    )
    verdict = newest_verdict(visitor("reviewer"), disputed.clip_id)
    assert (verdict["outcome"], verdict["reason"], verdict["sequence"]) == ("manipulated", "adjudication", 1)
    assert verdict["decision"] == {
        "round": 1, "reason_codes": ["traces_seen"], "rationale": DECISION["rationale"], "is_blind": True,
    }  # fmt: skip
    assert moderator.get("/disputes").json["items"] == []
    past = moderator.get("/disputes?state=decided").json["items"]
    assert [(row["id"], row["verdict"]) for row in past] == [(str(disputed.id), "manipulated")]
    assert visitor().get(f"/public/clips/{disputed.clip_id}").json["outcome"] == "manipulated"


def test_a_clip_that_retired_meanwhile_keeps_its_day_and_gets_a_second_verdict(
    app: Flask, visitor: NewVisitor
) -> None:
    disputed = make_disputed()
    with transaction() as session:
        session.execute(text("UPDATE clips SET parallel_leases = 3"))
        more = make_strong(session, 3)
    for reviewer in more:
        vote(reviewer, "authentic")
    retired_at = scalar("SELECT retired_at FROM clips")
    assert retired_at is not None
    moderator = visitor("moderator")
    seal(moderator, disputed, "authentic")
    assert (
        decide(moderator, disputed, verdict="authentic", reason_codes=["original_found"]).status_code == 201
    )
    items = moderator.get(f"/clips/{disputed.clip_id}/verdicts").json["items"]
    assert [(v["sequence"], v["outcome"], v["reason"]) for v in items] == [
        (2, "authentic", "adjudication"), (1, "no_manipulation_found", "evidence"),
    ]  # fmt: skip
    assert [v["can_appeal"] for v in items] == [True, False]
    assert scalar("SELECT retired_at FROM clips") == retired_at


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({"reason_codes": []}, ["reason_codes"]),
        ({"reason_codes": ["alien"]}, ["reason_codes[0]"]),
        ({"rationale": "  "}, ["rationale"]),
        ({"verdict": "fake"}, ["verdict"]),
    ],
)
def test_a_decision_without_reasons_is_refused_by_field(
    app: Flask, visitor: NewVisitor, change: dict[str, object], fields: list[str]
) -> None:
    disputed, moderator = make_disputed(), visitor("moderator")
    seal(moderator, disputed)
    refused = decide(moderator, disputed, **change)
    assert refused.status_code == 422
    assert [fault["field"] for fault in refused.json["errors"]] == fields
    assert scalar("SELECT count(*) FROM decisions") == 0


def test_reason_codes_come_from_the_vocabulary(app: Flask, visitor: NewVisitor) -> None:
    words = visitor().get("/vocabulary").json
    assert words["version"] >= 2
    assert DECISION["reason_codes"][0] in [entry["id"] for entry in words["decision_reasons"]]


def test_whoever_is_tied_to_a_case_may_read_and_not_judge_it(app: Flask, visitor: NewVisitor) -> None:
    disputed = make_disputed()
    near = uuid.UUID(str(scalar("SELECT group_id FROM clips")))
    with transaction() as session:  # ties reach over the whole group of near-duplicates
        twin = make_open_clip(session, make_user(session), group_id=near, state="received")
    uploader, voter, twin_uploader = (visitor("reviewer", "moderator") for _ in range(3))
    with transaction() as session:
        session.execute(
            text("UPDATE clips SET uploader_id = :u WHERE id = :c"),
            {"u": uploader.user_id, "c": disputed.clip_id},
        )
        session.execute(
            text("UPDATE clips SET uploader_id = :u WHERE id = :c"), {"u": twin_uploader.user_id, "c": twin}
        )
        session.execute(
            text(
                "INSERT INTO assignments (clip_id, reviewer_id, state, expires_at) VALUES (:c, :u, 'voted', now());"
                "INSERT INTO votes (assignment_id, clip_id, reviewer_id, label, confidence, kinds, segments, regions, "
                "cues, rationale, body_hash) SELECT id, clip_id, reviewer_id, 'authentic', 0.9, '{}', '[]', '[]', "
                "'{}', '', 'x' FROM assignments WHERE reviewer_id = :u"
            ),
            {"c": twin, "u": voter.user_id},
        )
    for who, code in ((uploader, "own_upload"), (voter, "voted_on_group"), (twin_uploader, "own_upload")):
        assert who.get("/disputes").json["items"][0]["conflict"] == code
        assert who.get(f"/disputes/{disputed.id}").json["conflict"] == code
        assert refusal(seal(who, disputed)) == (409, code)
        assert refusal(decide(who, disputed)) == (409, code)
    holder = visitor("reviewer", "moderator")
    with transaction() as session:
        session.execute(
            text(
                "INSERT INTO assignments (clip_id, reviewer_id, expires_at) VALUES (:c, :u, now() + interval '1 hour')"
            ),
            {"c": twin, "u": holder.user_id},
        )
    assert holder.get("/disputes").json["items"] == []
    assert refusal(holder.get(f"/disputes/{disputed.id}")) == (409, "lease_open")
    assert refusal(seal(holder, disputed)) == (409, "lease_open")
    assert not scalar("SELECT count(*) FROM exposures WHERE user_id = :u", u=holder.user_id)


def test_reading_a_case_bars_from_voting_on_its_group(app: Flask, visitor: NewVisitor) -> None:
    disputed = make_disputed()
    for path in ("/disputes", f"/disputes/{disputed.id}"):
        who = visitor("reviewer", "moderator")
        assert who.get(path).status_code == 200
        with transaction() as session:
            session.execute(text("UPDATE clips SET parallel_leases = 3"))
        assert who.post("/assignments").status_code == 204


def test_an_appeal_opens_the_next_round_for_moderators_who_have_not_seen_the_case(
    app: Flask, visitor: NewVisitor
) -> None:
    disputed = make_disputed()
    judge, reader, sealer, historian = (visitor("moderator") for _ in range(4))
    reader.get(f"/disputes/{disputed.id}")
    seal(sealer, disputed)
    seal(judge, disputed)
    decide(judge, disputed)
    historian.get(f"/clips/{disputed.clip_id}/verdicts")  # the rationale is the case in a sentence
    anybody = visitor("curator")
    verdict = newest_verdict(anybody, disputed.clip_id)
    assert refusal(anybody.post(f"/verdicts/{verdict['id']}/appeal", {"grounds": " "})) == (
        422,
        "invalid_request",
    )
    made = anybody.post(f"/verdicts/{verdict['id']}/appeal", GROUNDS)
    assert (made.status_code, made.json["grounds"]) == (201, GROUNDS["grounds"])
    assert refusal(anybody.post(f"/verdicts/{verdict['id']}/appeal", GROUNDS)) == (409, "already_appealed")
    assert newest_verdict(anybody, disputed.clip_id)["appeals"] == 1

    fresh = visitor("moderator")
    (queued,) = fresh.get("/disputes?reason=appeal").json["items"]
    assert (queued["round"], queued["conflict"]) == (2, None)
    for seen in (judge, reader, sealer, historian):
        assert seen.get("/disputes").json["items"][0]["conflict"] == "case_seen"
        assert refusal(seal(seen, queued["id"])) == (409, "case_seen")
    case = fresh.get(f"/disputes/{queued['id']}").json
    assert [appeal["grounds"] for appeal in case["appeals"]] == [GROUNDS["grounds"]]
    first = case["rounds"][0]["decision"]
    assert (first["verdict"], first["rationale"], first["reason_codes"]) == ("manipulated", None, None)
    assert fresh.get(f"/clips/{disputed.clip_id}/verdicts").json["items"][0]["decision"]["rationale"] is None
    assert seal(fresh, queued["id"], "no_manipulation_found").json["is_blind"] is True
    case = fresh.get(f"/disputes/{queued['id']}").json
    assert case["rounds"][0]["decision"]["rationale"] == DECISION["rationale"]
    assert decide(fresh, queued["id"], verdict="no_manipulation_found").status_code == 201
    assert newest_verdict(anybody, disputed.clip_id)["outcome"] == "no_manipulation_found"
    assert refusal(anybody.post(f"/verdicts/{verdict['id']}/appeal", GROUNDS)) == (409, "verdict_superseded")


def test_whoever_appeals_does_not_judge_the_appeal(app: Flask, visitor: NewVisitor) -> None:
    disputed, judge = make_disputed(), visitor("moderator")
    seal(judge, disputed)
    decide(judge, disputed)
    appellant = visitor("moderator")
    with transaction() as session:
        verdict_id = session.execute(text("SELECT public_id FROM verdicts")).scalar_one()
    assert appellant.post(f"/verdicts/{verdict_id}/appeal", GROUNDS).status_code == 201
    (queued,) = appellant.get("/disputes").json["items"]
    assert queued["conflict"] == "own_appeal"
    assert refusal(seal(appellant, queued["id"])) == (409, "own_appeal")


def test_a_verdict_is_appealed_by_whoever_may_see_it(app: Flask, visitor: NewVisitor) -> None:
    assert refusal(visitor("reviewer").post(f"/verdicts/{uuid.uuid4()}/appeal", GROUNDS)) == (
        404,
        "not_found",
    )
    disputed = make_disputed()
    assert visitor("reviewer").get(f"/clips/{disputed.clip_id}/verdicts").status_code == 404
    assert visitor("curator").get(f"/clips/{disputed.clip_id}/verdicts").json == {"items": []}


def test_figures_stay_away_until_the_provisional_is_sealed(app: Flask, visitor: NewVisitor) -> None:
    disputed, moderator = make_disputed(P_SCORE), visitor("moderator")
    p_full = repr(scalar("SELECT p_full FROM clips"))

    def told() -> set[str]:
        paths = (
            f"/clips/{disputed.clip_id}/consensus",
            f"/disputes/{disputed.id}",
            f"/clips/{disputed.clip_id}",
        )
        text_of_all = " ".join(moderator.get(path).text for path in paths)
        return {figure for figure in (p_full, repr(P_SCORE), FOUND) if figure in text_of_all}

    assert told() == set()
    consensus = moderator.get(f"/clips/{disputed.clip_id}/consensus").json
    assert consensus["scores_withheld"] is True
    assert (consensus["p_manipulated"], consensus["interval"], consensus["scores"]) == (None, None, [])
    assert all(point["p_manipulated"] is None for point in consensus["history"])
    assert not scalar("SELECT count(*) FROM score_views")
    seal(moderator, disputed)
    assert told() == {p_full, repr(P_SCORE), FOUND}
    assert scalar("SELECT count(*) FROM score_views WHERE user_id = :u", u=moderator.user_id) == 1
    assert moderator.get(f"/clips/{disputed.clip_id}/consensus").json["scores_withheld"] is False


def test_other_roles_see_figures_and_it_is_noted(app: Flask, visitor: NewVisitor) -> None:
    disputed, curator = make_disputed(P_SCORE), visitor("curator")
    assert repr(P_SCORE) in curator.get(f"/clips/{disputed.clip_id}/consensus").text
    with transaction() as session:  # who becomes a moderator later has seen them
        session.execute(text("UPDATE users SET roles = '{moderator}' WHERE id = :u"), {"u": curator.user_id})
    assert seal(curator, disputed).json["is_blind"] is False
    assert decide(curator, disputed).json["rounds"][0]["decision"]["is_blind"] is False
    with transaction() as session:
        assert adjudications.list_blind_labels(session) == []


def test_the_figures_of_a_near_duplicate_count_as_seen_and_are_withheld_too(
    app: Flask, visitor: NewVisitor
) -> None:
    group = uuid.uuid4()
    disputed = make_disputed(P_SCORE, group_id=group)
    with transaction() as session:
        twin = make_open_clip(session, make_user(session), group_id=group)
        add_score(session, twin, 0.7)
    moderator, curator = visitor("moderator"), visitor("curator", "moderator")
    assert moderator.get(f"/clips/{twin}/consensus").json["scores_withheld"] is True
    with transaction() as session:
        session.execute(text("UPDATE users SET roles = '{curator}' WHERE id = :u"), {"u": curator.user_id})
    assert curator.get(f"/clips/{twin}/consensus").json["scores_withheld"] is False
    with transaction() as session:
        session.execute(text("UPDATE users SET roles = '{moderator}' WHERE id = :u"), {"u": curator.user_id})
    assert seal(curator, disputed).json["is_blind"] is False


def test_before_sealing_a_detectors_clash_reads_like_an_audit(app: Flask, visitor: NewVisitor) -> None:
    with transaction() as session:
        clip_id = make_open_clip(session, make_user(session))
        add_score(session, clip_id, 0.02)
        first, second = make_strong(session, 2)
    vote(first, "manipulated")
    vote(second, "manipulated")
    moderator = visitor("moderator")
    assert moderator.get("/disputes?reason=detector_clash").json["items"] == []
    (queued,) = moderator.get("/disputes?reason=blind_check").json["items"]
    assert queued["reasons"] == ["blind_check"]
    assert moderator.get(f"/disputes/{queued['id']}").json["reasons"] == ["blind_check"]
    seal(moderator, queued["id"])
    assert moderator.get(f"/disputes/{queued['id']}").json["reasons"] == ["detector_clash"]
    assert len(moderator.get("/disputes?reason=detector_clash").json["items"]) == 1
    assert moderator.get("/disputes?reason=blind_check").json["items"] == []


def test_pseudonyms_do_not_add_up_across_cases(app: Flask, visitor: NewVisitor) -> None:
    disputed, moderator = make_disputed(), visitor("moderator")
    names = {vote["reviewer"] for vote in moderator.get(f"/disputes/{disputed.id}").json["votes"]}
    assert names == {vote["reviewer"] for vote in moderator.get(f"/disputes/{disputed.id}").json["votes"]}
    seal(moderator, disputed)
    decide(moderator, disputed)
    with transaction() as session:
        again = disputes.open_dispute(session, disputed.clip_id, ["guard"], {})
    assert names.isdisjoint(
        vote["reviewer"] for vote in visitor("moderator").get(f"/disputes/{again}").json["votes"]
    )


def test_importance_moves_a_dispute_up(app: Flask, visitor: NewVisitor) -> None:
    plain, grave = make_disputed(), make_disputed()
    moderator = visitor("moderator")
    put = moderator.call("PUT", f"/clips/{grave.clip_id}/importance", json={"importance": 5})
    assert (put.status_code, put.json["importance"]) == (200, 5)
    assert [row["id"] for row in moderator.get("/disputes").json["items"]] == [str(grave.id), str(plain.id)]
    for wrong in (0, 6, "high"):
        refused = moderator.call("PUT", f"/clips/{grave.clip_id}/importance", json={"importance": wrong})
        assert refused.status_code == 422
    assert (
        visitor("reviewer")
        .call("PUT", f"/clips/{grave.clip_id}/importance", json={"importance": 5})
        .status_code
        == 403
    )


def test_the_queue_comes_in_pages(app: Flask, visitor: NewVisitor) -> None:
    made = {str(make_disputed().id) for _ in range(3)}
    moderator = visitor("moderator")
    first = moderator.get("/disputes?limit=2").json
    rest = moderator.get(f"/disputes?limit=2&cursor={first['next_cursor']}").json
    assert {row["id"] for row in first["items"] + rest["items"]} == made
    assert rest["next_cursor"] is None
    for wrong in ("nonsense", "MjAyNg", first["next_cursor"][:-3]):
        assert refusal(moderator.get(f"/disputes?cursor={wrong}")) == (422, "invalid_request")


def test_a_quarantined_clip_is_on_no_list_and_its_case_is_not_found(app: Flask, visitor: NewVisitor) -> None:
    disputed, moderator = make_disputed(), visitor("moderator")
    with transaction() as session:
        session.execute(text("UPDATE clips SET quarantined_at = now()"))
    assert moderator.get("/disputes").json["items"] == []
    for answer in (
        moderator.get(f"/disputes/{disputed.id}"),
        seal(moderator, disputed),
        decide(moderator, disputed),
    ):
        assert refusal(answer) == (404, "not_found")


def test_a_moderators_label_download_leaves_out_figures_of_cases_to_be_judged(
    app: Flask, visitor: NewVisitor
) -> None:
    disputed, judge = make_disputed(P_SCORE), visitor("moderator")
    seal(judge, disputed)
    decide(judge, disputed)
    p_full = repr(scalar("SELECT p_full FROM clips"))
    both = visitor("curator", "moderator")
    with transaction() as session:
        verdict_id = session.execute(text("SELECT public_id FROM verdicts")).scalar_one()
    assert visitor("reviewer").post(f"/verdicts/{verdict_id}/appeal", GROUNDS).status_code == 201
    assert p_full not in both.get("/labels?format=jsonl").text
    assert not scalar("SELECT count(*) FROM score_views WHERE user_id = :u", u=both.user_id)
    curator = visitor("curator")
    assert p_full in curator.get("/labels?format=jsonl").text
    assert scalar("SELECT count(*) FROM score_views WHERE user_id = :u", u=curator.user_id) == 1
