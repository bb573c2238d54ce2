"""Four desks one after another in a real browser, on a real video: reviewers part over a clip, a moderator decides,
a curator freezes and trains, an admin promotes against the gate with a reason, and anybody reads the verdict."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.e2e.conftest import Installation
from tests.e2e.crowd import Eyes, draw_people, judge_all, teach_by_gold, wait_for
from tests.e2e.crowd import upload as send
from tests.e2e.steps import findings, judge, overflow_px, shoot, sign_in, upload

from clipjury_ml.synthetic.catalogue import catalogue
from clipjury_ml.synthetic.rendering import render

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(900)]

PEOPLE = {
    "finn": "reviewer",
    "gina": "reviewer",
    "hugo": "reviewer",
    "ivan": "moderator",
    "jana": "curator",
    "kurt": "admin",
}
PICTURES, GATE_ITEMS, SEED = 16, 4, 71


def set_the_stage(installation: Installation, folder: Path) -> None:
    """Two reviewers known from gold, pictures that both have judged, and four gate items."""
    for name, role in PEOPLE.items():
        installation.person(name, role)
    teach_by_gold(installation, folder, ("gina", "hugo"), "finn@example.org")
    for picture in draw_people(folder / "gate", SEED, GATE_ITEMS):
        installation.command("clips", "add", str(picture.path), "--gold", picture.label, "--gold-role", "gate",
                             "--as", "finn@example.org", "--wait")  # fmt: skip
    pictures = draw_people(folder / "people", SEED + 1, PICTURES)
    finn, ivan = installation.api("finn"), installation.api("ivan")
    ids = [
        send(finn, picture.path, source="drawn by a program", licence="CC0-1.0")["id"] for picture in pictures
    ]
    wait_for(
        lambda: all(ivan.call("GET", f"/clips/{clip_id}")[1]["state"] == "open" for clip_id in ids),
        "the opening of all pictures",
    )
    eyes = Eyes(pictures)
    for name in ("gina", "hugo"):
        script = installation.api(name)
        judge_all(script, lambda lease, script=script: getattr(eyes.find(script, lease), "label", None))


def draw_suspect(path: Path) -> None:
    """A video of some seconds with a face swap in it."""
    render(next(recipe for recipe in catalogue(seed=11, count=30) if "face_swap" in recipe.kinds), path)


def decide(page: Page, installation: Installation) -> None:
    """The moderator lands on the queue, opens the case, seals blind, sees the scores, decides."""
    expect(page).to_have_url(re.compile(r"/disputes$"))
    shoot(page, "four-disputes")
    page.get_by_role("link", name=re.compile("^Clip ")).first.click()
    expect(page.get_by_text("1. Your provisional verdict")).to_be_visible(timeout=15_000)
    expect(page.get_by_text("face-swap-lite0")).to_have_count(0)
    page.locator("input[name=provisional][value=manipulated]").check()
    shoot(page, "four-case-blind")
    page.get_by_role("button", name="Seal and show the scores").click()
    expect(page.get_by_text("sealed blind")).to_be_visible(timeout=15_000)
    expect(page.get_by_text("face-swap-lite0").first).to_be_visible()
    page.locator("input[name=decision][value=manipulated]").check()
    page.get_by_text("Traces in the picture", exact=True).click()
    page.get_by_label("In your own words").fill("Around 00:01 the jaw line belongs to another face.")
    shoot(page, "four-case-decision")
    page.get_by_role("button", name="Decide", exact=True).click()
    page.get_by_role("button", name="Publish", exact=True).click()
    expect(page.get_by_text("1. Your provisional verdict")).to_have_count(0, timeout=15_000)
    shoot(page, "four-case-decided")


def freeze(page: Page, installation: Installation) -> None:
    """The curator lands on the datasets, makes one of everything that has closed, and freezes it."""
    expect(page).to_have_url(re.compile(r"/datasets$"))
    page.get_by_role("button", name="dataset", exact=False).first.click()
    page.get_by_label("Name").fill("What people said")
    page.get_by_role("button", name="Make it").click()
    expect(page.get_by_text(f"{PICTURES + 1} clips fit")).to_be_visible(timeout=15_000)
    page.get_by_role("button", name="Freeze a snapshot").click()
    expect(page.get_by_role("link", name="Parquet")).to_be_visible(timeout=90_000)
    shoot(page, "four-frozen")


def train(page: Page, installation: Installation) -> str:
    """The curator starts a run and watches it to its end; the address of the new version."""
    page.goto(f"{installation.url}/training")
    page.get_by_label("Steps (optional)").fill("12")
    page.get_by_role("button", name="Start training").click()
    newest = page.get_by_role("region", name="Runs").get_by_role("listitem").first
    expect(newest.get_by_role("progressbar")).to_be_visible(timeout=30_000)
    shoot(page, "four-training")
    expect(newest.get_by_text("finished", exact=True)).to_be_visible(timeout=300_000)
    shoot(page, "four-trained")
    address = newest.get_by_role("link").get_attribute("href")
    assert address is not None
    return address


def override(page: Page, installation: Installation, address: str) -> None:
    """The gate has four items and says what is missing; the admin's reason promotes, and the backlog is scored."""
    page.goto(f"{installation.url}{address}")
    page.get_by_role("button", name="Compare with the version in force").click()
    expect(page.get_by_text("Too few gate items to decide", exact=True)).to_be_visible(timeout=120_000)
    expect(page.get_by_role("button", name="Promote", exact=True)).to_have_count(0)
    shoot(page, "four-too-few")
    page.get_by_role("button", name="Override the gate").click()
    page.get_by_label("Reason").fill("A trial on this machine; it is taken back tonight.")
    page.get_by_role("button", name="Promote", exact=True).click()
    done = "All clips have been brought to the version in force."
    expect(page.get_by_text(done)).to_be_visible(timeout=180_000)
    shoot(page, "four-promoted")


def test_from_upload_to_promotion_by_four_people(
    installation: Installation, browser: Browser, tmp_path: Path
) -> None:
    set_the_stage(installation, tmp_path)
    draw_suspect(tmp_path / "suspect.mp4")
    upload(sign_in(browser, installation, "finn@example.org"), installation, tmp_path / "suspect.mp4")
    for name, says in (("gina", "manipulated"), ("hugo", "authentic")):
        judge(sign_in(browser, installation, f"{name}@example.org"), installation, name, says=says)

    decide(sign_in(browser, installation, "ivan@example.org"), installation)

    curator = sign_in(browser, installation, "jana@example.org")
    freeze(curator, installation)
    address = train(curator, installation)
    curator.goto(f"{installation.url}{address}")
    expect(curator.get_by_role("heading", level=1)).to_be_visible(timeout=15_000)
    expect(curator.get_by_role("button", name="Override the gate")).to_have_count(0)

    admin = sign_in(browser, installation, "kurt@example.org")
    shoot(admin, "four-admin")
    override(admin, installation, address)

    clip_id = next(
        clip["id"]
        for clip in installation.api("kurt").call("GET", "/clips")[1]["items"]
        if clip["original_name"] == "suspect.mp4"
    )
    visitor = browser.new_page(viewport={"width": 1280, "height": 850})
    visitor.goto(f"{installation.url}/c/{clip_id}")
    expect(visitor.get_by_text("Manipulated", exact=False).first).to_be_visible(timeout=15_000)
    for width in (1280, 390):
        visitor.set_viewport_size({"width": width, "height": 850})
        shoot(visitor, f"four-public-{width}")
        assert findings(visitor) == []
        assert overflow_px(visitor) <= 0
