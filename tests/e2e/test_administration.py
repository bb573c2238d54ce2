"""An admin's desk in a real browser: somebody is invited and joins, and a policy is previewed, then put in force."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.e2e.conftest import PASSWORD, Installation
from tests.e2e.steps import shoot, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]


@pytest.fixture
def admin(browser: Browser, installation: Installation) -> Page:
    return sign_in(browser, installation, installation.person("ada", "admin"))


def test_an_invited_person_joins_by_a_link_that_works_once(
    browser: Browser, installation: Installation, admin: Page
) -> None:
    expect(admin).to_have_url(f"{installation.url}/admin", timeout=15_000)
    admin.goto(f"{installation.url}/admin/invitations")
    admin.get_by_role("button", name="Make the link").click()
    link = admin.get_by_label("Link", exact=True).input_value()
    guest = browser.new_context(viewport={"width": 390, "height": 850}).new_page()
    guest.goto(link)
    guest.get_by_label("E-mail").fill("joined@example.org")
    guest.get_by_label("Your name").fill("Jo Ined")
    guest.get_by_label("Password", exact=True).fill(PASSWORD)
    guest.get_by_role("button", name="Make my account").click()
    expect(guest).to_have_url(f"{installation.url}/review", timeout=15_000)
    shoot(guest, "joined")
    guest.goto(link)
    expect(guest.get_by_role("heading", name="This link does not work")).to_be_visible()
    admin.goto(f"{installation.url}/admin/users?search=joined")
    expect(admin.get_by_role("row", name="Jo Ined")).to_be_visible()
    for page in (guest, admin):
        page.context.close()


def test_a_policy_is_saved_only_after_the_preview_of_the_very_same_values(
    installation: Installation, admin: Page
) -> None:
    admin.goto(f"{installation.url}/admin/policies")
    admin.get_by_role("button", name="Change", exact=True).click()
    admin.get_by_label("Certainty to close").fill("90")
    save = admin.get_by_role("button", name="Put version")
    expect(save).to_have_count(0)
    admin.get_by_role("button", name="Preview what would change").click()
    expect(admin.get_by_text("Judged by the real rules", exact=False)).to_be_visible(timeout=30_000)
    admin.get_by_label("Certainty to close").fill("91")  # another value: what was looked at is no longer this
    expect(save).to_have_count(0)
    admin.get_by_role("button", name="Preview what would change").click()
    admin.get_by_label("Why").fill("tried in a browser")
    save.click()
    expect(admin.get_by_role("row", name="tried in a browser")).to_contain_text("91", timeout=15_000)
    shoot(admin, "policy-saved")
    admin.context.close()


def test_the_start_page_reads_without_javascript(browser: Browser, installation: Installation) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(installation.url)
    expect(page.get_by_role("heading", level=1)).to_have_text("Has this clip been manipulated?")
    expect(page.get_by_text("What it cannot do")).to_be_visible()
    context.close()
