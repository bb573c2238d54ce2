"""A detector whose clips have changed, in a real browser: told to the curator and the admin, and in plain words."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import text
from tests.e2e.conftest import Installation
from tests.e2e.steps import sign_in
from tests.e2e.test_promotion import database, look_at
from tests.factories.streams import date_promotions_back, fill_stream

pytestmark = pytest.mark.browser


def test_an_alert_reaches_curator_and_admin_and_says_what_has_moved(
    installation: Installation, browser: Browser
) -> None:
    installation.person("cora", "curator")
    installation.person("ada", "admin")
    installation.command("detectors", "init", "--id", "drawn-faces", "--seed", "3")
    date_promotions_back(installation.environment["CLIPJURY_OWNER_DATABASE_URL"], 400)
    listed = installation.command("detectors", "list").splitlines()
    version_id = int(next(line for line in listed if "drawn-faces" in line).split()[0])
    with database(installation) as session:
        for days_ago in (40, 38, 36, 34):
            fill_stream(session, version_id, 130, days_ago)
        for days_ago in (9, 8, 7):
            fill_stream(session, version_id, 130, days_ago, lean=0.25, source="elsewhere ")
    script = installation.api("cora")
    told = installation.command("detectors", "drift", str(version_id), "--now", status=1)
    assert "ALERT" in told
    _, body = script.call("GET", f"/detectors/{version_id}/drift")
    assert body["report"]["state"] == "alert"  # type: ignore[index]

    curator = sign_in(browser, installation, installation.people["cora"])
    curator.goto(f"{installation.url}/detectors")
    expect(curator.get_by_text("A version in force has drifted")).to_be_visible()
    look_at(curator, "drift-desk")
    curator.get_by_role("link", name="drawn-faces untrained-3").click()
    card = curator.get_by_role("region", name="Drift")
    expect(card.get_by_text("This version has drifted")).to_be_visible()
    expect(card.get_by_role("listitem")).to_have_count(5)
    expect(card.get_by_text("Scores are spread differently")).to_be_visible()
    expect(card.get_by_text("from sources that the reference does not hold")).to_be_visible()
    look_at(curator, "drift")

    admin = sign_in(browser, installation, installation.people["ada"])
    admin.goto(f"{installation.url}/admin")
    expect(admin.get_by_text("1 detector drifted")).to_be_visible()
    admin.get_by_role("link", name="To the detectors").click()
    expect(admin).to_have_url(f"{installation.url}/detectors")


LINE = {"intercept": 0.2, "slope": 0.7, "log_low": -2.1, "log_high": 2.4}
FIGURES = {"ece": 0.08, "brier": 0.19, "cllr": 0.74}


def tried(condition: str, bands: tuple[str, ...], gain: float, *, is_used: bool) -> dict[str, object]:
    counts = {"manipulated": 40, "authentic": 41, "line": LINE, **FIGURES}
    rows = [{"band": band, **counts} for band in bands]
    return {
        "condition": condition,
        "is_used": is_used,
        "gain": gain,
        "gain_sd": 0.012,
        "bands": rows,
        **FIGURES,
    }


def test_the_page_says_which_lines_by_condition_are_used(
    installation: Installation, browser: Browser
) -> None:
    installation.person("cora", "curator")
    kind = {
        "items": 170,
        "abstained": 8,
        "manipulated": 80,
        "authentic": 82,
        "groups": 150,
        "line": LINE,
        **FIGURES,
    }
    compression = tried("compression", ("light", "strong", "usual"), 0.041, is_used=True)
    resolution = tried("resolution", ("medium", "small"), -0.003, is_used=False)
    faces = tried("face_size", ("under 140 px", "140 to 279 px", "280 px and more"), 0.012, is_used=False)
    with database(installation) as session:
        version_id = session.execute(
            text(
                "WITH j AS (INSERT INTO jobs (kind, subject, arguments, state) VALUES ('calibrate_detector', 'x', "
                "'{}', 'done') RETURNING id) INSERT INTO detector_calibrations (detector_version_id, kinds, job_id) "
                "SELECT v.id, CAST(:kinds AS jsonb), j.id FROM j, detector_versions v WHERE v.detector = "
                "'face-swap-lite0' AND v.state = 'active' RETURNING detector_version_id"
            ),
            {
                "kinds": json.dumps(
                    {"video": {**kind, "cllr_min": 0.69, "conditions": [compression, resolution, faces]}}
                )
            },
        ).scalar_one()
    page = sign_in(browser, installation, installation.people["cora"])
    page.goto(f"{installation.url}/detectors/{version_id}")
    card = page.get_by_role("region", name="Calibration")
    expect(card.get_by_text("A line for each compression (light, strong, usual)")).to_be_visible()
    expect(
        card.get_by_text("A line for each resolution (medium, small): Cllr higher by 0.003")
    ).to_be_visible()
    expect(
        card.get_by_text("A line for each face size (under 140 px, 140 to 279 px, 280 px and more)")
    ).to_be_visible()
    look_at(page, "conditions")
