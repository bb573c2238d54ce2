"""What people do in the browser tests: sign in, upload, judge."""

from __future__ import annotations

import uuid
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import create_engine
from sqlalchemy.orm import Session
from tests.e2e.conftest import ARTEFACTS, PASSWORD, Installation

from clipjury.services.disputes import open_dispute

SERIOUS = {"serious", "critical"}


def sign_in(browser: Browser, installation: Installation, email: str, *, width: int = 1280) -> Page:
    context = browser.new_context(viewport={"width": width, "height": 850}, reduced_motion="reduce")
    page = context.new_page()
    page.goto(f"{installation.url}/sign-in")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).last.click()
    expect(page).not_to_have_url(f"{installation.url}/sign-in", timeout=15_000)
    return page


def shoot(page: Page, name: str) -> None:
    ARTEFACTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=str(ARTEFACTS / f"{name}.png"))


def upload(page: Page, installation: Installation, path: Path) -> None:
    page.goto(f"{installation.url}/upload")
    page.locator("input[type=file]").set_input_files(str(path))
    shoot(page, "upload-chosen")
    start = page.get_by_role("button", name="Upload")
    if start.count():
        start.last.click()
    expect(page.get_by_text("In the queue", exact=False).first).to_be_visible(timeout=120_000)
    shoot(page, "upload-done")


def freeze_and_check(browser: Browser, installation: Installation, folder: Path, clip_id: str) -> None:
    """A curator makes a dataset, freezes it, and downloads a file that proves itself by the manifest."""
    page = sign_in(browser, installation, "cora@example.org")
    page.goto(f"{installation.url}/datasets")
    page.get_by_role("button", name="dataset", exact=False).first.click()
    page.get_by_label("Name").fill("Suspects")
    page.get_by_role("button", name="Make it").click()
    page.get_by_label("Manipulated", exact=True).check()
    expect(page.get_by_text("1 clip fits")).to_be_visible(timeout=15_000)
    page.get_by_role("button", name="Save and freeze").click()
    expect(page.get_by_role("heading", name="Snapshot 1", exact=True)).to_be_visible(timeout=60_000)
    expect(page.get_by_role("link", name="JSONL")).to_be_visible(timeout=60_000)
    shoot(page, "dataset-frozen")
    for link, name in (("JSONL", "labels.jsonl"), ("Manifest", "manifest.json")):
        with page.expect_download() as download:
            page.get_by_role("link", name=link).click()
        download.value.save_as(folder / "export" / name)
    page.context.close()
    shown = installation.command("datasets", "verify", str(folder / "export"))
    assert "1 rows, content hash" in shown
    assert clip_id in (folder / "export" / "labels.jsonl").read_text()


def open_dispute_of(installation: Installation, clip_id: str) -> uuid.UUID:
    """Dispute a clip past the API: the rules that open one have their own tests."""
    engine = create_engine(installation.environment["DATABASE_URL"])
    with Session(engine) as session, session.begin():
        dispute_id = open_dispute(session, uuid.UUID(clip_id), ["guard"], {})
    engine.dispose()
    return dispute_id


def wait_until_playable(page: Page) -> None:
    """The page's policy forbids `eval`, which Playwright's own waiting needs; so ask again and again."""
    for _ in range(150):
        if page.evaluate("() => document.querySelector('video').readyState") >= 2:
            return
        page.wait_for_timeout(200)
    raise AssertionError("the preview did not become playable within half a minute")


def judge(page: Page, installation: Installation, name: str, *, says: str = "manipulated") -> None:
    """Watch, step by frame, mark a range, answer by keyboard and mouse, seal."""
    page.goto(f"{installation.url}/review")
    begin = page.get_by_role("button", name="Start", exact=False)
    page.wait_for_timeout(500)
    if begin.count():
        begin.first.click()
    player = page.get_by_label("The clip", exact=True)
    expect(player).to_be_visible(timeout=30_000)
    wait_until_playable(page)
    for key in (".", ".", ".", "[", ".", ".", ".", ".", "]"):
        page.keyboard.press(key)
        page.wait_for_timeout(150)
    page.keyboard.press("1" if says == "manipulated" else "2")
    page.keyboard.press("ArrowUp")  # sure by 75 %; nothing is preset
    if says == "manipulated":
        page.get_by_text("Face swap", exact=True).first.click()
    shoot(page, f"review-{name}")
    page.get_by_role("button", name="Seal my vote").click()
    page.get_by_role("dialog").get_by_role("button", name="Seal my vote").click()
    expect(page.get_by_role("heading", name="Sealed", exact=True)).to_be_visible(timeout=15_000)
    shoot(page, f"sealed-{name}")


def overflow_px(page: Page) -> int:
    """By how much the page is wider than its window."""
    return int(page.evaluate("() => document.documentElement.scrollWidth - window.innerWidth"))


def findings(page: Page) -> list[str]:
    """Axe's serious and critical violations, each with its first places."""
    return [
        f"{found['id']} ({found['impact']}): {found['help']}: {[node['target'] for node in found['nodes'][:3]]}"
        for found in Axe().run(page).response["violations"]
        if found["impact"] in SERIOUS
    ]
