"""The main job in a real browser: a clip is uploaded, two reviewers judge it blind, a verdict stands."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from tests.e2e.conftest import Installation
from tests.e2e.steps import freeze_and_check, judge, shoot, sign_in, upload
from tests.ml.bad_files import small_mp4

from clipjury_ml.synthetic.catalogue import catalogue
from clipjury_ml.synthetic.rendering import render

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

GOLD_EACH = 6  # two reviewers answer them all: 24 answers, and a version of reliabilities falls due at 20


def teach_by_gold(installation: Installation, folder: Path, names: list[str]) -> None:
    """Both reviewers answer gold clips by the interface until their reliabilities are known."""
    truth_of: dict[float, str] = {}
    for label in ("authentic", "manipulated"):
        paths = []
        for number in range(GOLD_EACH):
            # The frame count is how the reviewer of this test can tell which clip a lease is about.
            frames = 10 + 2 * number + (label == "manipulated")
            truth_of[frames] = label
            path = folder / f"{label}-{number}.mp4"
            small_mp4(path, frames)
            paths.append(str(path))
        installation.command("clips", "add", *paths, "--gold", label, "--as", "uma@example.org", "--wait")
    for name in names:
        script, answered = installation.api(name), 0
        while True:
            status, lease = script.call("POST", "/assignments")
            if status == 204:
                break
            assert status in (200, 201), lease
            label = truth_of[lease["clip"]["frames"]]
            body = {"label": label, "confidence": 0.9, "kinds": [], "segments": [], "regions": [], "cues": [],
                    "rationale": ""}  # fmt: skip
            status, vote = script.call("POST", f"/assignments/{lease['id']}/vote", body)
            assert status == 201, vote
            answered += 1
        assert answered == 2 * GOLD_EACH
    wait_for_anchor(installation, names)


def wait_for_anchor(installation: Installation, names: list[str]) -> None:
    scripts = [installation.api(name) for name in names]
    for _ in range(120):
        records = [script.call("GET", "/reviewers/me")[1] for script in scripts]
        if all(record["skill"]["anchored"] for record in records):
            return
        time.sleep(0.5)
    raise AssertionError(f"no new version of reliabilities within a minute: {records}")


def test_from_upload_to_verdict_by_two_reviewers(
    installation: Installation, browser: Browser, tmp_path: Path
) -> None:
    installation.person("uma", "reviewer")
    names = ["ravi", "rosa"]
    for name in names:
        installation.person(name, "reviewer")
    installation.person("mona", "moderator")
    installation.person("cora", "curator")
    teach_by_gold(installation, tmp_path, names)

    recipe = next(recipe for recipe in catalogue(seed=11, count=30) if "face_swap" in recipe.kinds)
    clip = tmp_path / "suspect.mp4"
    render(recipe, clip)

    uploader = sign_in(browser, installation, "uma@example.org")
    upload(uploader, installation, clip)

    for name in names:
        reviewer = sign_in(browser, installation, f"{name}@example.org")
        judge(reviewer, installation, name)
        reviewer.context.close()

    moderator = sign_in(browser, installation, "mona@example.org")
    moderator.goto(f"{installation.url}/clips")
    moderator.get_by_role("link", name="suspect.mp4").first.click()
    expect(moderator.get_by_text("Manipulated", exact=False).first).to_be_visible(timeout=15_000)
    shoot(moderator, "verdict")
    clip_id = moderator.url.rstrip("/").split("/")[-1]
    status, consensus = installation.api("mona").call("GET", f"/clips/{clip_id}/consensus")
    assert status == 200
    assert consensus["verdict"]["outcome"] == "manipulated"
    assert consensus["state"] == "retired"
    assert [vote["label"] for vote in consensus["votes"]] == ["manipulated", "manipulated"]
    assert all(vote["segments"] for vote in consensus["votes"])
    assert consensus["scores"], "the detector answered, or said why not"
    freeze_and_check(browser, installation, tmp_path, clip_id)
    # The uploader may see the verdict now, and could not before.
    uploader.goto(f"{installation.url}/clips/{clip_id}")
    expect(uploader.get_by_text("Manipulated", exact=False).first).to_be_visible(timeout=15_000)
