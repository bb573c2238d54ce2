"""Every page there is, at desktop and phone width, light and dark: axe finds nothing serious, nothing overflows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, Page
from tests.e2e.conftest import ROOT, Installation
from tests.e2e.steps import findings, open_dispute_of, overflow_px, shoot, sign_in
from tests.ml.bad_files import small_mp4

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]

WIDTHS = {"desktop": 1280, "phone": 390}


@dataclass(frozen=True)
class Screen:
    """A route as the router has it, who looks at it, and the address that stands for it here."""

    route: str
    who: str
    address: str = ""
    at: str = field(default="", compare=False)

    @property
    def name(self) -> str:
        """A file name for its screenshots."""
        return re.sub(r"[^a-z0-9]+", "-", f"{self.who}{self.route}").strip("-")


# `{clip}` and the like are filled in from what the set-up has made.
SCREENS = (
    Screen("/", "visitor"),
    Screen("/", "rita"),
    Screen("/sign-in", "visitor"),
    Screen("/review", "rita"),
    Screen("/me", "rita"),
    Screen("/upload", "rita"),
    Screen("/disputes", "mona"),
    Screen("/disputes/:id", "mona", "/disputes/{dispute}"),
    Screen("/reports", "mona"),
    Screen("/reports/:id", "mona", "/reports/{report}"),
    Screen("/safeguarding", "sam"),
    Screen("/safeguarding/:id", "sam", "/safeguarding/{case}"),
    Screen("/clips", "mona"),
    Screen("/clips/:id", "mona", "/clips/{clip}"),
    Screen("/c/:id", "visitor", "/c/{clip}"),
    Screen("/datasets", "cora"),
    Screen("/datasets/:id", "cora", "/datasets/{dataset}"),
    Screen("/labels", "cora"),
    Screen("/gold", "cora"),
    Screen("/reliabilities", "ada"),
    Screen("/lineage", "cora"),
    Screen("/training", "cora"),
    Screen("/detectors", "cora"),
    Screen("/detectors/:id", "ada", "/detectors/{detector}"),
    Screen("/admin", "ada"),
    Screen("/admin/users", "ada"),
    Screen("/admin/invitations", "ada"),
    Screen("/admin/policies", "ada"),
    Screen("/admin/jobs", "ada"),
    Screen("/admin/audit", "ada"),
    Screen("/invite/:token", "visitor", "/invite/{invitation}"),
    Screen("/account", "rita"),
    Screen("/*", "visitor", "/nowhere"),
)
PEOPLE = {
    "rita": ("reviewer",),
    "mona": ("moderator",),
    "cora": ("curator",),
    "ada": ("admin",),
    "sam": ("safeguarding",),
}


def routes_of_the_router() -> set[str]:
    """Every path that the front end knows."""
    source = (ROOT / "frontend" / "src" / "app" / "router.tsx").read_text()
    return {"/", *(f"/{path}" for path in re.findall(r'path: "([^"]+)"', source))}


def test_the_table_names_every_page_there_is() -> None:
    assert {screen.route for screen in SCREENS} == routes_of_the_router()


@pytest.fixture(scope="module")
def made(installation: Installation, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """People of every role, and ids of things to look at."""
    for name, roles in PEOPLE.items():
        installation.person(name, *roles)
    folder = tmp_path_factory.mktemp("pages")
    names = ("of-somebody-else.mp4", "not-to-be-seen.mp4", "a-clip-to-look-at.mp4")
    for seed, name in enumerate(names):
        small_mp4(folder / name, 18, seed=seed)
        installation.command("clips", "add", str(folder / name), "--as", "ada@example.org", "--wait")
    _, page = installation.api("ada").call("GET", "/clips?mine=1")
    clips = {clip["original_name"]: clip["id"] for clip in page["items"]}
    for name, reason in zip(names, ("rights", "minor"), strict=False):
        status, receipt = installation.api("mona").call(
            "POST", f"/clips/{clips[name]}/report", {"reason": reason}
        )
        assert status == 202, receipt
    _, reports = installation.api("mona").call("GET", "/reports")
    _, cases = installation.api("sam").call("GET", "/safeguarding")
    _, dataset = installation.api("cora").call(
        "POST", "/datasets", {"name": "Faces", "description": "To look at."}
    )
    _, detectors = installation.api("cora").call("GET", "/detectors")
    _, invitation = installation.api("ada").call("POST", "/invitations", {"roles": ["reviewer"]})
    clip_id = clips["a-clip-to-look-at.mp4"]
    return {
        "clip": clip_id,
        "dataset": dataset["id"],
        "dispute": str(open_dispute_of(installation, clip_id)),
        "detector": str(detectors["items"][0]["active_id"]),
        "invitation": invitation["token"],
        "report": reports["items"][0]["id"],
        "case": cases["items"][0]["id"],
    }


@pytest.fixture(scope="module")
def pages(
    installation: Installation, browser: Browser, made: dict[str, str]
) -> Iterator[dict[tuple[str, str], Page]]:
    """One browser page a person and width."""
    opened = {}
    for width_name, width in WIDTHS.items():
        for who in ("visitor", *PEOPLE):
            if who == "visitor":
                context = browser.new_context(
                    viewport={"width": width, "height": 850}, reduced_motion="reduce"
                )
                opened[who, width_name] = context.new_page()
            else:
                opened[who, width_name] = sign_in(browser, installation, f"{who}@example.org", width=width)
    yield opened
    for page in opened.values():
        page.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", sorted(WIDTHS))
@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.name)
def test_a_page_is_accessible_and_fits_its_window(
    installation: Installation,
    pages: dict[tuple[str, str], Page],
    made: dict[str, str],
    screen: Screen,
    width: str,
    scheme: str,
) -> None:
    page = pages[screen.who, width]
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    address = (screen.address or screen.route).format(**made)
    page.goto(f"{installation.url}{address}", wait_until="networkidle")
    shoot(page, f"{screen.name}-{width}-{scheme}")
    assert "ClipJury" in page.title()
    assert page.get_by_role("heading", level=1).count() == 1
    assert findings(page) == []
    assert overflow_px(page) <= 0
