"""The mechanics of the loop's proof: who is in which part, what the ring does, that every step is really taken.

The figures are the bench's; a few clips and steps could not show any.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from bench._loop_proof_clips import Clip, Material, Sizes, deal, drawn, split_labelled
from bench._loop_proof_measure import look_at, score_seen
from bench._loop_proof_people import EDITS, draw_person
from bench._loop_proof_votes import RINGS, VOTES_PER_CLIP, gather_votes, label_accuracy
from bench.loop_proof import ARMS, BASE, main, run_arm, write_rows

from clipjury_ml.detection.registry import load_folder
from clipjury_ml.training.run_files import DETECTOR
from clipjury_ml.training.snapshot_set import read_snapshot

TRUTHS = {f"clip {number}": bool(number % 2) for number in range(300)}


def test_a_person_is_in_one_part_only() -> None:
    parts = deal([f"p{number}" for number in range(100)], [50, 30, 20], 3)
    assert [len(part) for part in parts] == [50, 30, 20]
    assert len({name for part in parts for name in part}) == 100
    assert deal([f"p{number}" for number in range(100)], [50, 30, 20], 3) == parts
    with pytest.raises(ValueError, match="101 people are needed"):
        deal([f"p{number}" for number in range(100)], [50, 51], 3)


def test_the_validation_split_is_of_other_people() -> None:
    splits = split_labelled([f"p{number}" for number in range(50)], 1)
    assert list(splits.values()).count("validation") == 10 and len(splits) == 50


def test_the_honest_crowd_has_no_ring_and_labels_better_than_chance() -> None:
    jury = gather_votes(TRUTHS, "none", 1)
    assert jury.ring_share == 0.0
    assert all(0.45 < reviewer.sensitivity < 0.8 for reviewer in jury.reviewers)
    assert 0.65 < label_accuracy(jury.soft_labels(), TRUTHS) < 0.9


@pytest.mark.parametrize("ring", [ring for ring in RINGS if ring != "none"])
def test_a_quarter_of_the_votes_is_the_rings_and_passes_whatever_is_manipulated(ring: str) -> None:
    jury = gather_votes(TRUTHS, ring, 1)  # type: ignore[arg-type]
    assert 0.2 < jury.ring_share < 0.3
    of_ring = [vote for vote in jury.votes if jury.reviewers[vote.reviewer].in_ring and TRUTHS[vote.clip]]
    assert of_ring and {vote.response for vote in of_ring} == {"authentic"}
    honest = gather_votes(TRUTHS, "none", 1)
    differ = [a for a, b in zip(jury.votes, honest.votes, strict=True) if a != b]
    assert differ and all(jury.reviewers[vote.reviewer].in_ring and TRUTHS[vote.clip] for vote in differ)
    assert label_accuracy(jury.hard_labels(), TRUTHS) < label_accuracy(honest.hard_labels(), TRUTHS) - 0.1


def test_secret_gold_finds_the_ring_and_gold_that_is_known_does_not() -> None:
    lies, knows = (gather_votes(TRUTHS, ring, 1) for ring in ("lies", "knows_gold"))
    for jury, low in ((lies, True), (knows, False)):
        rates = [
            r.sensitivity for r, who in zip(jury.reliabilities, jury.reviewers, strict=True) if who.in_ring
        ]
        assert bool(np.mean(rates) < 0.4) is low


@pytest.mark.parametrize("name", sorted(EDITS))
def test_an_edit_changes_the_face_and_leaves_the_corners(name: str) -> None:
    person, donor = draw_person(3, 0), draw_person(3, 1)
    changed = EDITS[name](person, donor, np.random.default_rng(1)) != person.image
    assert changed[120:360, 120:360].mean() > 0.02
    assert not changed[:30, :30].any() and not changed[-30:, -30:].any()


@pytest.fixture(scope="module")
def material(tmp_path_factory: pytest.TempPathFactory) -> Material:
    sizes = Sizes(labelled=4, tested=2, gold=2, known=1)
    return drawn("eyes", EDITS["eyes"], sizes, tmp_path_factory.mktemp("loop"), 2)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_from_votes_to_a_version_without_gold_and_without_those_who_are_tested(
    material: Material, tmp_path: Path
) -> None:
    groups = [{clip.group for clip in part} for part in (material.labelled, material.tested)]
    assert not groups[0] & groups[1] and not material.gold & (groups[0] | groups[1])
    assert {clip.group for clip in material.known} < groups[1]
    seen = look_at(material.tested, BASE), look_at(material.known, BASE)
    parameters = {"steps": 2, "evaluate_every": 1, "batch": 4, "frames": 2}
    outcome = run_arm(ARMS[0], 1, material, seen, tmp_path, parameters)
    folder = tmp_path / "soft-labels-1"
    rows = [json.loads(line) for line in (folder / "items.jsonl").read_text().splitlines()]
    assert {row["group_id"] for row in rows} == groups[0]
    assert all(len(row["votes"]) == VOTES_PER_CLIP for row in rows)
    card = load_folder(folder / DETECTOR).describe()
    assert card["training"]["parent"]["version"] == load_folder(BASE).version
    assert outcome.facts["clips"] + outcome.facts["validation_clips"] == len(rows)
    assert outcome.tested != [each.answer for each in seen[0]], "it was trained"
    assert score_seen(seen[0], BASE, BASE) == pytest.approx([each.answer for each in seen[0]], abs=1e-6)


def test_rows_are_read_with_pairs_in_one_split_and_their_voters(tmp_path: Path) -> None:
    clips = []
    for number in range(12):
        for letter in "am":
            path = tmp_path / f"{number}{letter}.mp4"
            path.write_bytes(path.name.encode())
            split = "validation" if number < 3 else "train"
            clips.append(Clip(path.stem, path, f"g{number}", "drawn", split, "eyes", letter == "m"))
    write_rows(
        clips, gather_votes({clip.id: clip.is_manipulated for clip in clips}, "none", 1), True, tmp_path
    )
    found = read_snapshot(tmp_path)
    assert len(found.train) == 18 and len(found.validation) == 6
    assert all(len(clip.reviewers) == VOTES_PER_CLIP for clip in found.train)


def test_a_manifest_that_is_not_there_is_said_loudly(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("sys.argv", ["loop_proof", "--data", str(tmp_path / "none.csv"), "--quick"])
    with pytest.raises(SystemExit, match="SKIPPED"):
        main()
