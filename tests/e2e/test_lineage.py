"""From an account's number to the versions that its votes have trained, in a real browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import text
from tests.e2e.conftest import Installation
from tests.e2e.steps import sign_in
from tests.e2e.test_promotion import database, look_at
from tests.factories.snapshots import insert_frozen, make_crowd, make_retired_clip

from clipjury.domain.snapshot_rows import pseudonym

pytestmark = pytest.mark.browser


def test_a_curator_sees_what_an_accounts_votes_have_trained_and_leaves_them_out(
    installation: Installation, browser: Browser
) -> None:
    installation.person("cora", "curator")
    installation.command("detectors", "init", "--id", "drawn-faces", "--seed", "3")
    with database(installation) as session:
        curator_id = session.execute(
            text("SELECT id FROM users WHERE email = 'cora@example.org'")
        ).scalar_one()
        crowd = make_crowd(session)
        clip_id = make_retired_clip(session, curator_id, crowd)
        votes = [{"reviewer": pseudonym(b"key", voter)} for voter in crowd]
        snapshot_id = insert_frozen(session, curator_id, clip_id, {"votes": votes}, 10)
        session.execute(
            text(
                "WITH r AS (INSERT INTO training_runs (snapshot_id, detector, base_version_id, version, seed, "
                "parameters) SELECT :s, detector, id, '20261120-a', 1, '{}' FROM detector_versions WHERE detector = "
                "'drawn-faces' RETURNING id, base_version_id) INSERT INTO detector_versions (detector, version, "
                "sha256, card, parent_id, training_run_id) SELECT 'drawn-faces', '20261120-a', 'x', v.card, v.id, "
                "r.id FROM r JOIN detector_versions v ON v.id = r.base_version_id"
            ),
            {"s": snapshot_id},
        )
    page = sign_in(browser, installation, installation.people["cora"])
    page.goto(f"{installation.url}/detectors")
    page.get_by_role("link", name="See which versions they have trained").click()
    asked = page.get_by_label("An account’s number, or a clip’s id or address")
    asked.fill(str(crowd[0]))
    page.get_by_role("button", name="Trace").click()
    expect(page.get_by_text("1 clip with votes of this account, 1 of them to learn from.")).to_be_visible()
    expect(page.get_by_role("link", name="drawn-faces 20261120-a")).to_be_visible()
    expect(page.get_by_text("Train again without these votes")).to_be_visible()
    look_at(page, "lineage")
    asked.fill("nobody")
    page.get_by_role("button", name="Trace").click()
    expect(page.get_by_text("This is neither.")).to_be_visible()
    asked.fill(f"{installation.url}/clips/{clip_id}")
    page.get_by_role("button", name="Trace").click()
    expect(page.get_by_text("A model learns from it.")).to_be_visible()

    script = installation.api("cora")
    _, made = script.call("POST", "/datasets", {"name": "Clean", "filters": {"include_simulated": True}})
    page.goto(f"{installation.url}/datasets/{made['id']}")
    page.get_by_text("Votes taken out").click()
    page.get_by_label("Accounts whose votes do not count, by number").fill(f"{crowd[0]}, {crowd[1]}")
    look_at(page, "votes-taken-out")
    page.get_by_label("Accounts whose votes do not count, by number").blur()
    expect(page.get_by_text("2 set")).to_be_visible()
