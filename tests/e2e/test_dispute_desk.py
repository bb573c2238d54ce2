"""A dispute in a real browser: sealed blind by keyboard, decided with reasons, appealed by somebody else."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from tests.e2e.conftest import Installation
from tests.e2e.steps import open_dispute_of, shoot, sign_in
from tests.ml.bad_files import small_mp4

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


def test_a_moderator_seals_decides_and_somebody_appeals(
    installation: Installation, browser: Browser, tmp_path: Path
) -> None:
    for name, role in (("ada", "admin"), ("mona", "moderator"), ("rita", "reviewer")):
        installation.person(name, role)
    path = tmp_path / "disputed.mp4"
    small_mp4(path, 20)
    installation.command("clips", "add", str(path), "--as", "ada@example.org", "--wait")
    _, page = installation.api("ada").call("GET", "/clips?mine=1")
    clip_id = next(clip["id"] for clip in page["items"] if clip["original_name"] == "disputed.mp4")  # type: ignore[attr-defined]
    dispute_id = open_dispute_of(installation, clip_id)

    moderator = sign_in(browser, installation, "mona@example.org")
    expect(moderator).to_have_url(f"{installation.url}/disputes")
    moderator.goto(f"{installation.url}/disputes/{dispute_id}")
    expect(moderator.get_by_text("Detectors are shown once you have sealed", exact=False)).to_be_visible()
    moderator.keyboard.press("3")
    moderator.keyboard.press("Control+Enter")
    expect(moderator.get_by_text("sealed blind")).to_be_visible(timeout=15_000)
    moderator.keyboard.press("/")
    moderator.keyboard.type("Eighteen frames without a face leave nothing to judge by.")
    moderator.get_by_text("Too poor to tell").click()
    shoot(moderator, "case-sealed")
    moderator.get_by_role("button", name="Decide").click()
    moderator.get_by_role("dialog").get_by_role("button", name="Publish").click()
    expect(moderator.get_by_text("This case is decided")).to_be_visible(timeout=15_000)

    reader = sign_in(browser, installation, "rita@example.org")
    reader.goto(f"{installation.url}/clips/{clip_id}")
    expect(reader.get_by_text("by a moderator’s decision").first).to_be_visible(timeout=15_000)
    reader.get_by_role("button", name="Appeal").click()
    reader.get_by_label("What does the verdict overlook?").fill(
        "The clip is too short on purpose: it is a test."
    )
    reader.get_by_role("dialog").get_by_role("button", name="Send the appeal").click()
    expect(reader.get_by_text("Moderators have your appeal", exact=False)).to_be_visible(timeout=15_000)
    shoot(reader, "appealed")

    moderator.goto(f"{installation.url}/disputes?reason=appeal")
    expect(moderator.get_by_text("seen before: read only")).to_be_visible(timeout=15_000)
    for opened in (moderator, reader):
        opened.context.close()
