"""Both outcomes of the promotion gate with real files, in a real browser: an untrained detector is beaten and
replaced by one that learned from people's labels; the same training once more gives an equal one, which is refused."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session
from tests.e2e.conftest import ARTEFACTS, Installation
from tests.e2e.steps import findings, overflow_px, sign_in
from tests.factories.face_swaps import draw_pairs, freeze_clips, store_clip

from clipjury.adapters.storage import open_storage

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(900)]

GATE_PAIRS, TRAIN_PAIRS, VALIDATION_PAIRS = 52, 20, 4
SEED, STEPS = 7, 40
DETECTOR = "drawn-faces"


@contextmanager
def database(installation: Installation) -> Iterator[Session]:
    """A session past the interface, for what would take hundreds of votes to come about."""
    engine = create_engine(installation.environment["DATABASE_URL"])
    with Session(engine) as session, session.begin():
        yield session
    engine.dispose()


def set_the_stage(installation: Installation, folder: Path) -> None:
    """Gate gold of known truth, and a frozen snapshot of other people whom reviewers have judged: real files."""
    state_dir = installation.environment["CLIPJURY_STATE_DIR"]
    storage = open_storage((Path(state_dir) / "objects").as_uri())
    with database(installation) as session:
        user_id = session.execute(
            text("SELECT id FROM users WHERE email = :e"), {"e": installation.people["cora"]}
        ).scalar_one()
        for picture in draw_pairs(folder / "gate", 61, GATE_PAIRS):
            store_clip(session, storage, picture, user_id, gold_role="gate")
        trained = [
            (store_clip(session, storage, picture, user_id, state="retired"), picture)
            for picture in draw_pairs(folder / "train", 62, TRAIN_PAIRS)
        ]
        freeze_clips(session, user_id, trained, VALIDATION_PAIRS)


def look_at(page: Page, name: str) -> None:
    """At both widths, light and dark: nothing overflows, axe finds nothing serious, and a picture to look at."""
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 850})
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            page.wait_for_timeout(400)  # colours fade over
            ARTEFACTS.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=str(ARTEFACTS / f"{name}-{width}-{scheme}.png"), full_page=True)
            assert findings(page) == []
            assert overflow_px(page) <= 0
    page.set_viewport_size({"width": 1280, "height": 850})


def train(page: Page, installation: Installation, base: str) -> str:
    """Start a run from this version in the browser and wait for its end; the address of the new version."""
    page.goto(f"{installation.url}/training")
    choice = page.get_by_label("Begin with")
    value = choice.locator("option", has_text=f"{DETECTOR} {base}").first.get_attribute("value")
    choice.select_option(value)
    page.get_by_label("Seed").fill(str(SEED))
    page.get_by_label("Steps (optional)").fill(str(STEPS))
    page.get_by_role("button", name="Start training").click()
    newest = page.get_by_role("region", name="Runs").get_by_role("listitem").first
    expect(newest.get_by_role("progressbar")).to_be_visible(timeout=30_000)
    expect(newest.get_by_text("finished", exact=True)).to_be_visible(timeout=240_000)
    address = newest.get_by_role("link").get_attribute("href")
    assert address is not None
    return address


def compare(page: Page, installation: Installation, address: str, verdict: str) -> None:
    page.goto(f"{installation.url}{address}")
    page.get_by_role("button", name="Compare with the version in force").click()
    expect(page.get_by_text(verdict, exact=True)).to_be_visible(timeout=240_000)


def test_an_untrained_detector_is_replaced_and_an_equal_candidate_is_refused(
    installation: Installation, browser: Browser, tmp_path: Path
) -> None:
    installation.person("cora", "curator")
    installation.command("detectors", "init", "--id", DETECTOR, "--seed", "3")
    set_the_stage(installation, tmp_path)
    curator = sign_in(browser, installation, installation.people["cora"])
    script = installation.api("cora")

    better = train(curator, installation, "untrained-3")
    compare(curator, installation, better, "The gate has passed this version")
    curator.get_by_role("button", name="Promote", exact=True).click()
    expect(curator.get_by_text("This version is in force.", exact=True)).to_be_visible(timeout=15_000)
    wait_for_backlog(installation, int(better.rsplit("/", 1)[1]))

    look_at(curator, "promoted")

    equal = train(curator, installation, "untrained-3")
    look_at(curator, "trained")
    compare(curator, installation, equal, "The gate has refused this version")
    look_at(curator, "gate-refused")
    expect(curator.get_by_role("button", name="Promote", exact=True)).to_have_count(0)
    version_id = int(equal.rsplit("/", 1)[1])
    status, refusal = script.call("POST", f"/detectors/{version_id}/promote", {})
    assert (status, refusal["code"]) == (409, "gate_not_passed")
    _, detail = script.call("GET", f"/detectors/{version_id}")
    report = detail["report"]
    assert isinstance(report, dict)
    assert (report["difference"], report["difference_low"], report["flips"]) == (0.0, 0.0, [])
    assert min(report["manipulated"], report["authentic"]) >= 50
    _, first = script.call("GET", f"/detectors/{better.rsplit('/', 1)[1]}")
    assert first["version"]["sha256"] == detail["version"]["sha256"]  # type: ignore[index]
    assert detail["active_id"] == int(better.rsplit("/", 1)[1])


def wait_for_backlog(installation: Installation, version_id: int) -> None:
    """Until every stored clip has a score of the version in force, and none has moved a verdict."""
    for _ in range(240):
        with database(installation) as session:
            missing = session.execute(
                text(
                    "SELECT count(*) FROM clips c WHERE c.source = 'drawn by a program' AND NOT EXISTS "
                    "(SELECT FROM scores s WHERE s.clip_id = c.id AND s.detector_version_id = :v)"
                ),
                {"v": version_id},
            ).scalar_one()
            verdicts = session.execute(
                text("SELECT count(*) FROM verdicts v JOIN clips c ON c.id = v.clip_id WHERE c.source = :s"),
                {"s": "drawn by a program"},
            ).scalar_one()
        if missing == 0:
            assert verdicts == 0
            return
        time.sleep(0.5)
    raise AssertionError(f"{missing} clips were not scored within two minutes")
