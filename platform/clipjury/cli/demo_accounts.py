"""The demo's log-ins: one a role and one reviewer who has seen nothing yet, passwords kept in the state folder."""

import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from clipjury.db.queries import users as queries
from clipjury.db.transaction import transaction
from clipjury.services import accounts

HOST: Final = "demo.invalid"


@dataclass(frozen=True)
class Login:
    """One account of the demo."""

    title: str
    email: str
    name: str
    role: str
    password: str


# title, e-mail, name, role
_ACCOUNTS: Final = (
    ("you, a new reviewer", f"you@{HOST}", "You", "reviewer"),
    ("reviewer with a history", f"reviewer@{HOST}", "Robin Reviewer", "reviewer"),
    ("moderator", f"moderator@{HOST}", "Mika Moderator", "moderator"),
    ("curator", f"curator@{HOST}", "Chris Curator", "curator"),
    ("admin", f"admin@{HOST}", "Alex Admin", "admin"),
    ("safeguarding officer", f"safeguarding@{HOST}", "Sasha Safeguard", "safeguarding"),
)
PRACTISED, CURATOR = f"reviewer@{HOST}", f"curator@{HOST}"


def logins_path(state_dir: Path) -> Path:
    """Where the demo's passwords are kept, for the owner's eyes only."""
    return state_dir / "demo" / "logins.json"


def read_logins(state_dir: Path) -> list[Login]:
    """The log-ins of an earlier fill; none before the first."""
    path = logins_path(state_dir)
    return [Login(**row) for row in json.loads(path.read_text())] if path.exists() else []


def ensure_logins(state_dir: Path) -> list[Login]:
    """Every account with the password that is kept; passwords are made anew where the file was lost."""
    kept = {login.email: login for login in read_logins(state_dir)}
    logins = [
        kept.get(email) or Login(title, email, name, role, secrets.token_urlsafe(12))
        for title, email, name, role in _ACCOUNTS
    ]
    _write(logins_path(state_dir), logins)
    for login in logins:
        _ensure_account(login, is_new_password=login.email not in kept)
    return logins


def _ensure_account(login: Login, *, is_new_password: bool) -> None:
    with transaction() as session:
        user = queries.find_by_email(session, login.email)
        if user is None:
            accounts.create_user(
                session,
                email=login.email,
                display_name=login.name,
                roles=[login.role],
                password=login.password,
                is_simulated=True,
            )
        elif is_new_password:
            accounts.set_password(session, user.id, login.password)


def _write(path: Path, logins: list[Login]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name("logins.json.new")
    aside.unlink(missing_ok=True)
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump([asdict(login) for login in logins], file, indent=2)
        file.flush()
        os.fsync(file.fileno())
    aside.replace(path)


def get_user_id(email: str) -> int:
    """The account's id; it is there once the log-ins have been ensured."""
    with transaction() as session:
        user = queries.find_by_email(session, email)
    assert user is not None
    return user.id
