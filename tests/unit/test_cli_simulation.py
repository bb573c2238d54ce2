"""Simulated reviewers go through the services, and what they are measured by is right."""

from __future__ import annotations

import uuid
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import text
from tests.factories.command_line import run_cli
from tests.factories.rows import make_open_clip, make_user

from clipjury.cli.closing_table import JudgedClip, accuracy, credit, render_counts, render_table
from clipjury.cli.demo_clips import choose_gold, plan_clips
from clipjury.cli.demo_disputes import choose_label, ensure_dispute
from clipjury.cli.simulation import Crowd, KnownClip, ensure_reviewers, run_reviews
from clipjury.db.queries.clip_progress import ClipProgressRow
from clipjury.db.transaction import transaction
from clipjury.deps import Deps
from clipjury.settings import Settings
from clipjury_ml.consensus.simulator import simulated_reviewers
from clipjury_ml.synthetic.catalogue import catalogue


def rows(statement: str) -> list[tuple[object, ...]]:
    with transaction() as session:
        return [tuple(row) for row in session.execute(text(statement))]


def fill_queue(gold: int, plain: int) -> dict[uuid.UUID, KnownClip]:
    known: dict[uuid.UUID, KnownClip] = {}
    with transaction() as session:
        uploader = make_user(session)
        for number in range(gold + plain):
            is_gold = number < gold
            truth = "manipulated" if number % 2 else "authentic"
            clip_id = make_open_clip(
                session,
                uploader,
                gold_label=truth if is_gold else None,
                cap=30 if is_gold else 12,
                parallel_leases=30 if is_gold else 3,
                kind="image" if number % 3 == 0 else "video",
            )
            # Ranks are drawn at random; here they make the whole run the same every time.
            session.execute(
                text("UPDATE clips SET rank = :rank WHERE id = :id"), {"rank": number / 100, "id": clip_id}
            )
            known[clip_id] = KnownClip(
                truth=truth,  # type: ignore[arg-type]
                is_gold=is_gold,
                segments=({"start_frame": 5, "end_frame": 20}, {"start_frame": 50, "end_frame": 400}),
            )
    return known


def make_crowd(count: int, seed: int = 3) -> Crowd:
    members = ensure_reviewers(simulated_reviewers(seed, count, mean_skill=0.85), "test")
    return Crowd(members, np.random.default_rng(seed))


def test_a_crowd_of_skill_retires_the_queue_and_is_mostly_right(deps: Deps) -> None:
    known = fill_queue(gold=16, plain=12)
    tally = run_reviews(deps, make_crowd(12), known, lambda _: False)
    assert tally.votes == rows("SELECT count(*) FROM votes")[0][0]
    assert tally.gold_votes == 16 * 12
    assert int(str(rows("SELECT count(*) FROM reliability_versions")[0][0])) >= 4, "refitted on the way"
    ended = rows("SELECT id, outcome FROM clips WHERE state = 'retired'")
    decided = [(known[uuid.UUID(str(clip_id))].truth, outcome) for clip_id, outcome in ended]
    right = sum(
        pair in {("manipulated", "manipulated"), ("authentic", "no_manipulation_found")} for pair in decided
    )
    wrong = sum(
        pair in {("authentic", "manipulated"), ("manipulated", "no_manipulation_found")} for pair in decided
    )
    assert len(ended) == 12
    assert right >= 8
    assert wrong == 0
    assert rows("SELECT count(*) FROM clips WHERE live_leases > 0") == [(0,)]
    assert rows("SELECT DISTINCT is_simulated FROM users WHERE email LIKE 'test-%'") == [(True,)]


def test_the_same_seed_gives_the_same_accounts_again(deps: Deps) -> None:
    first, second = make_crowd(4), make_crowd(4)
    assert first.members == second.members
    assert rows("SELECT count(*) FROM users WHERE password_hash IS NOT NULL") == [(0,)]


def test_people_come_for_a_sitting_and_nobody_is_asked_again_who_found_nothing() -> None:
    (skill,) = simulated_reviewers(1, 1)
    crowd = Crowd(dict.fromkeys((1, 2, 3), skill), np.random.default_rng(5), sitting=4)
    asked = [crowd.choose() for _ in range(40)]
    sittings = [asked[start : start + 4] for start in range(0, 40, 4)]
    assert all(len(set(sitting)) == 1 for sitting in sittings)
    assert set(asked) == {1, 2, 3}
    last = crowd.choose()
    assert last is not None
    crowd.idle.add(last)
    assert last not in {crowd.choose() for _ in range(40)}
    crowd.idle |= {1, 2, 3}
    assert crowd.choose() is None


def test_reviews_stop_when_it_is_enough_and_go_on_later(deps: Deps) -> None:
    known = fill_queue(gold=2, plain=4)
    crowd = make_crowd(3)
    assert run_reviews(deps, crowd, known, lambda tally: tally.votes >= 5).votes == 5
    rest = run_reviews(deps, crowd, known, lambda _: False)
    assert rest.votes == 3 * 6 - 5
    assert run_reviews(deps, make_crowd(3), known, lambda _: False).votes == 0


def test_a_clip_of_unknown_truth_is_skipped_and_not_voted_on(deps: Deps) -> None:
    known = fill_queue(gold=0, plain=2)
    stranger = next(iter(known))
    del known[stranger]
    tally = run_reviews(deps, make_crowd(3), known, lambda _: False)
    assert (tally.votes, tally.left_alone) == (3, 3)
    untouched = rows("SELECT id, votes_count, live_leases, state FROM clips WHERE votes_count = 0")
    assert untouched == [(stranger, 0, 0, "open")]


def judged(
    truth: str, people: float | None, detector: float | None, both: float | None, **more: str
) -> JudgedClip:
    row = ClipProgressRow(
        id=uuid.uuid4(), sha256="a" * 64, original_name="x", state=more.get("state", "retired"),
        outcome=more.get("outcome"), failure_code=None, failure_detail=None, kind=more.get("kind", "video"),
        group_id=uuid.uuid4(), p_people=people, p_full=both, votes_count=3, gold_label=None,
        gold_role=None, p_detector=detector, is_detector_counted=more.get("kind") != "image",
    )  # fmt: skip
    return JudgedClip(row, truth, more.get("group", str(row.id)))


@pytest.mark.parametrize(
    ("p", "truth", "worth"),
    [(0.9, "manipulated", 1), (0.9, "authentic", 0), (0.1, "authentic", 1), (0.5, "authentic", 0.5),
     (None, "manipulated", 0.5)],
)  # fmt: skip
def test_no_answer_counts_as_a_coin(p: float | None, truth: str, worth: float) -> None:
    assert credit(p, truth) == worth


def test_intervals_resample_groups() -> None:
    # Six groups of ten alike: as wide as six answers make it, not as narrow as sixty would.
    clips = [
        judged("manipulated", 0.9 if group < 4 else 0.1, None, 0.5, group=str(group))
        for group in range(6)
        for _ in range(10)
    ]
    value, interval = accuracy(clips, lambda row: row.p_people, seed=1)
    assert value == pytest.approx(4 / 6)
    assert interval is not None
    assert (interval.unit, interval.units) == ("group", 6)
    assert interval.high - interval.low > 0.5


def test_the_closing_table_tells_videos_from_images_and_counts_what_stayed_open() -> None:
    clips = [
        judged("manipulated", 0.9, 0.8, 0.97, outcome="manipulated"),
        judged("authentic", 0.8, None, 0.96, outcome="manipulated"),
        judged("authentic", 0.2, 0.7, 0.04, outcome="no_manipulation_found", kind="image"),
        judged("authentic", 0.5, None, 0.5, state="open", kind="image"),
        judged("manipulated", 0.6, 0.5, 0.6, outcome="inconclusive"),
    ]
    table = render_table(clips, seed=1)
    assert [line.split()[:2] for line in table[1:]] == [["videos", "3"], ["images", "2"], ["all", "5"]]
    assert "0.667" in table[1]
    assert table[3].split()[2] == "0.700"
    first, second, third = render_counts(clips)
    assert first.startswith("Decided: 3 of 5 clips (2 manipulated, 1 no manipulation found), 2 of them")
    assert second == "Inconclusive: 1, 1 still open."
    assert third.startswith("Detector: no answer on 2 clips")
    assert "On 1 it answered and was not counted" in third


def test_the_command_reviews_a_manifests_clips_and_all_gold_and_prints_the_table(
    settings: Settings, deps: Deps, tmp_path: Path
) -> None:
    known = fill_queue(gold=4, plain=6)
    hashes = {str(clip_id): sha256 for clip_id, sha256 in rows("SELECT id, sha256 FROM clips")}
    lines = [
        f"{number}.mp4,{clip.truth},s,video,CC0,{hashes[str(clip_id)]},g{number}"
        for number, (clip_id, clip) in enumerate(known.items())
        if not clip.is_gold or number == 0
    ]
    manifest = tmp_path / "truth.csv"
    manifest.write_text("\n".join(["path,label,source,kind,licence,sha256,group", *lines]) + "\n")
    result = run_cli(
        settings,
        "simulate-reviews",
        "--manifest",
        manifest,
        "--reviewers",
        6,
        "--seed",
        4,
        "--mean-skill",
        0.85,
    )
    assert result.exit_code == 0
    assert "votes by 6 simulated reviewers, 24 of them on gold" in result.stdout
    assert "6 clips judged; left out: 1 gold, 0 not in the queue." in result.stdout
    assert [line.split()[0] for line in result.stdout.splitlines()[3:6]] == ["videos", "images", "all"]


def test_the_command_refuses_a_manifest_without_truth_or_without_its_clips(
    settings: Settings, deps: Deps, tmp_path: Path
) -> None:
    manifest = tmp_path / "truth.csv"
    manifest.write_text(f"path,label,sha256\na.mp4,,{'a' * 64}\n")
    result = run_cli(settings, "simulate-reviews", "--manifest", manifest)
    assert (result.exit_code, f"{manifest}:2: the label is missing" in result.stderr) == (2, True)
    manifest.write_text(f"path,label,sha256\na.mp4,real,{'a' * 64}\n")
    result = run_cli(settings, "simulate-reviews", "--manifest", manifest)
    assert (result.exit_code, "clipjury clips add" in result.stderr) == (2, True)
    assert rows("SELECT * FROM users") == []


def test_a_third_of_the_demo_is_gold_of_both_labels_and_stands_alone_where_it_can(tmp_path: Path) -> None:
    recipes = catalogue(1, 30)
    gold = choose_gold(recipes, 10)
    labels = [recipes[place].label for place in gold]
    assert (labels.count("authentic"), labels.count("manipulated")) == (5, 5)
    clips = plan_clips(tmp_path, 30)
    assert sum(clip.is_gold for clip in clips) == 10
    assert plan_clips(tmp_path, 30) == clips, "the same every time"
    assert not any(
        word in clip.path.name for clip in clips for word in ("fake", "real", "manipulated", "swap")
    )


def test_the_demo_has_a_dispute_that_follows_from_votes_alone(deps: Deps) -> None:
    known = fill_queue(gold=8, plain=3)
    assert ensure_dispute(deps, known) == 3
    assert rows("SELECT DISTINCT reason FROM dispute_reasons") == [("strong_clash",)]
    cast = rows(
        "SELECT DISTINCT v.label, u.is_simulated FROM votes v JOIN users u ON u.id = v.reviewer_id "
        "JOIN disputes d ON d.clip_id = v.clip_id ORDER BY v.label"
    )
    assert cast == [("authentic", True), ("manipulated", True)]
    votes = rows("SELECT count(*) FROM votes")
    assert ensure_dispute(deps, known) == 3  # they wait already: nobody votes again
    assert rows("SELECT count(*) FROM votes") == votes


def test_without_gold_nobody_proves_themselves_and_there_is_no_dispute(deps: Deps) -> None:
    assert ensure_dispute(deps, fill_queue(gold=0, plain=3)) == 0
    assert rows("SELECT count(*) FROM votes") == [(0,)]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ((), "authentic"), (("authentic",), "manipulated"), (("manipulated", "authentic"), "authentic"),
        (("unsure",), "authentic"),
    ],
)  # fmt: skip
def test_a_newcomer_contradicts_the_first_of_the_others(said: tuple[str, ...], expected: str) -> None:
    assert choose_label(said, "authentic") == expected
