"""Finds or installs the Chromium that the browser tests drive. Standard library only."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from clipjury.launch.environment import install_debian_package
from clipjury.launch.progress import StepError, say

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find_chromium() -> str | None:
    """The path of a Chromium on this machine; CLIPJURY_CHROMIUM goes before the PATH."""
    named = os.environ.get("CLIPJURY_CHROMIUM")
    if named:
        return named if os.access(named, os.X_OK) else None
    return next((path for path in map(shutil.which, _NAMES) if path), None)


def ensure_chromium(repository: Path) -> str | None:
    """A Chromium for the tests: root on Debian gets it installed, others are told how.

    Returns its path, or None where the browser tests will be skipped. Raises StepError under CI=true.
    """
    found = find_chromium()
    if found is None and os.geteuid() == 0 and shutil.which("apt-get"):
        install_debian_package("chromium", repository / ".venv" / "apt.log", cwd=repository)
        found = find_chromium()
    if found is None:
        advice = (
            "No Chromium here. On Debian: sudo apt-get install chromium; or set CLIPJURY_CHROMIUM to one."
        )
        if os.environ.get("CI", "").lower() == "true":
            raise StepError(advice)
        say(f"{advice}\nThe tests in a real browser will be skipped.")
    return found
