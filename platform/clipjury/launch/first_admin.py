"""The first admin of an installation: from the environment, or asked for on a terminal."""

from __future__ import annotations

import getpass
import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from clipjury.launch.state_folder import LaunchError


@dataclass(frozen=True, slots=True)
class FirstAdmin:
    """An e-mail address and a password that is never shown or stored."""

    email: str
    password: str = field(repr=False)


def _marker(state_dir: Path) -> Path:
    return state_dir / "first-admin.json"


def _ask() -> FirstAdmin:
    sys.stdout.write("This installation has no admin yet.\n")
    email = input("E-mail address of the first admin: ").strip()
    while True:
        password = getpass.getpass("Password: ")
        if password == getpass.getpass("The same again: "):
            return FirstAdmin(email, password)
        sys.stdout.write("These two differ.\n")


def find_first_admin(state_dir: Path, variables: Mapping[str, str], *, terminal: bool) -> FirstAdmin | None:
    """The admin to create on this start; None when there is one already, or nobody to ask.

    Raises LaunchError when only one of CLIPJURY_ADMIN_EMAIL and CLIPJURY_ADMIN_PASSWORD is set.
    """
    if _marker(state_dir).exists():
        return None
    email = variables.get("CLIPJURY_ADMIN_EMAIL", "")
    password = variables.get("CLIPJURY_ADMIN_PASSWORD", "")
    if bool(email) != bool(password):
        raise LaunchError("Set both CLIPJURY_ADMIN_EMAIL and CLIPJURY_ADMIN_PASSWORD, or neither.")
    if email:
        return FirstAdmin(email, password)
    return _ask() if terminal else None


def remember_first_admin(state_dir: Path, admin: FirstAdmin) -> None:
    """Record that the first admin was made, so that later starts do not ask."""
    _marker(state_dir).write_text(json.dumps({"email": admin.email}))


def is_first_admin_known(state_dir: Path) -> bool:
    """Whether an earlier start has made one."""
    return _marker(state_dir).exists()
