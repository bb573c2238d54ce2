"""The main job in a real browser: a clip is uploaded, two reviewers judge it blind, a verdict stands."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from tests.e2e.conftest import Installation
from tests.e2e.crowd import teach_by_gold
from tests.e2e.steps import findings, freeze_and_check, judge, overflow_px, shoot, sign_in, upload

from clipjury_ml.synthetic.catalogue import catalogue
from clipjury_ml.synthetic.rendering import render

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]


def test_from_upload_to_verdict_by_two_reviewers(
    installation: Installation, browser: Browser, tmp_path: Path
) -> None:
    installation.person("uma", "reviewer")
    names = ["ravi", "rosa"]
    for name in names:
        installation.person(name, "reviewer")
    installation.person("mona", "moderator")
    installation.person("cora", "curator")
    teach_by_gold(installation, tmp_path, names, "uma@example.org")

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
    pointed = moderator.get_by_role("region", name="Where people point")
    pointed.scroll_into_view_if_needed()
    expect(pointed.get_by_role("list", name="Agreed ranges").get_by_role("listitem")).to_contain_text(
        "2 people"
    )
    expect(pointed.get_by_text("Face swap")).to_be_visible()
    pointed.get_by_role("button", name="–").first.click()  # the player goes to where it begins
    assert findings(moderator) == []
    moderator.set_viewport_size({"width": 390, "height": 850})
    assert overflow_px(moderator) <= 0
    clip_id = moderator.url.rstrip("/").split("/")[-1]
    status, consensus = installation.api("mona").call("GET", f"/clips/{clip_id}/consensus")
    assert status == 200
    assert consensus["verdict"]["outcome"] == "manipulated"
    assert consensus["state"] == "retired"
    assert [vote["label"] for vote in consensus["votes"]] == ["manipulated", "manipulated"]
    assert all(vote["segments"] for vote in consensus["votes"])
    assert [segment["people"] for segment in consensus["segments"]] == [2]
    assert max(consensus["kinds"], key=consensus["kinds"].get) == "face_swap"
    assert consensus["scores"], "the detector answered, or said why not"
    expect(moderator.get_by_role("region", name="Findings")).to_contain_text("x264")
    freeze_and_check(browser, installation, tmp_path, clip_id)
    # The uploader may see the verdict now, and could not before.
    uploader.goto(f"{installation.url}/clips/{clip_id}")
    expect(uploader.get_by_text("Manipulated", exact=False).first).to_be_visible(timeout=15_000)
