"""Accounts, tokens and the demo's log-ins from the command line."""

from __future__ import annotations

import stat

import pytest
from sqlalchemy import text
from tests.factories.command_line import run_cli

from clipjury.cli import demo_accounts
from clipjury.cli.demo_accounts import ensure_logins, logins_path, read_logins
from clipjury.db.queries import users as queries
from clipjury.db.queries.users import UserRow
from clipjury.db.transaction import transaction
from clipjury.deps import Deps
from clipjury.domain.accounts import ROLES
from clipjury.services import accounts, invitations
from clipjury.services.accounts import token_hash
from clipjury.settings import Settings

PASSWORD = "a long enough phrase"


def find(email: str) -> UserRow:
    with transaction() as session:
        user = queries.find_by_email(session, email)
    assert user is not None
    return user


def create(
    settings: Settings, *more: str, stdin: str = f"{PASSWORD}\n", email: str = "Ada@Example.org"
) -> object:
    return run_cli(
        settings,
        "users",
        "create",
        "--email",
        email,
        "--role",
        "reviewer",
        *more,
        "--password-stdin",
        stdin=stdin,
    )


def test_an_account_is_made_with_its_roles_and_its_password(settings: Settings, deps: Deps) -> None:
    result = run_cli(
        settings, "users", "create", "--email", "Ada@Example.org", "--role", "admin", "--role", "reviewer",
        "--password-stdin", stdin=f"{PASSWORD}\nnot read\n",
    )  # fmt: skip
    assert result.exit_code == 0
    user = find("ada@example.org")
    assert (set(user.roles), user.display_name, user.is_simulated) == ({"admin", "reviewer"}, "Ada", False)
    assert accounts.is_password(user, PASSWORD)
    assert PASSWORD not in result.output


@pytest.mark.parametrize(
    ("arguments", "stdin", "says"),
    [
        ((), "", "the first line of standard input is empty"),
        ((), "short\n", "12"),
        (("--name", "\x07"), f"{PASSWORD}\n", "name"),
    ],
)
def test_an_account_that_cannot_be_made_is_refused_with_the_reason(
    settings: Settings, deps: Deps, arguments: tuple[str, ...], stdin: str, says: str
) -> None:
    result = create(settings, *arguments, stdin=stdin)
    assert result.exit_code == 2  # type: ignore[attr-defined]
    assert says in result.stderr  # type: ignore[attr-defined]
    with transaction() as session:
        assert session.execute(text("SELECT count(*) FROM users")).scalar_one() == 0


def test_an_e_mail_is_taken_once(settings: Settings, deps: Deps) -> None:
    create(settings)
    again = create(settings, email="ada@example.org")
    assert again.exit_code == 2  # type: ignore[attr-defined]
    assert "already" in again.stderr  # type: ignore[attr-defined]


def test_without_a_terminal_the_password_has_to_come_on_standard_input(
    settings: Settings, deps: Deps
) -> None:
    result = run_cli(settings, "users", "create", "--email", "a@b.org", "--role", "admin")
    assert result.exit_code == 2
    assert "--password-stdin" in result.stderr


def test_a_token_is_printed_alone_and_stored_as_a_hash(settings: Settings, deps: Deps) -> None:
    create(settings)
    result = run_cli(
        settings, "tokens", "create", "--email", "ADA@example.org", "--label", "nightly", "--days", 7
    )
    token = result.stdout.strip()
    assert token.startswith("cj_")
    with transaction() as session:
        row = session.execute(text("SELECT token_sha256, label FROM api_tokens")).one()
    assert (row.token_sha256, row.label) == (token_hash(token), "nightly")


@pytest.mark.parametrize(
    ("email", "days", "says"),
    [("nobody@example.org", 7, "no active account"), ("ada@example.org", 400, "1 to 90")],
)
def test_a_token_for_nobody_or_for_ever_is_refused(
    settings: Settings, deps: Deps, email: str, days: int, says: str
) -> None:
    create(settings)
    result = run_cli(settings, "tokens", "create", "--email", email, "--label", "x", "--days", days)
    assert (result.exit_code, result.stdout) == (2, "")
    assert says in result.stderr


def test_the_demo_has_a_log_in_for_each_role_and_a_reviewer_who_has_seen_nothing(deps: Deps) -> None:
    logins = ensure_logins(deps.settings.state_dir)
    assert [login.role for login in logins] == ["reviewer", *ROLES]
    assert len({login.password for login in logins}) == len(logins)
    for login in logins:
        user = find(login.email)
        assert (user.roles, user.is_simulated) == ([login.role], True)
        assert accounts.is_password(user, login.password)


def test_the_demos_passwords_are_kept_for_their_owner_alone_and_stay_the_same(deps: Deps) -> None:
    state_dir = deps.settings.state_dir
    first = ensure_logins(state_dir)
    assert stat.S_IMODE(logins_path(state_dir).stat().st_mode) == 0o600
    assert ensure_logins(state_dir) == first == read_logins(state_dir)


def test_log_ins_whose_file_was_lost_get_new_passwords_that_work(deps: Deps) -> None:
    state_dir = deps.settings.state_dir
    first = ensure_logins(state_dir)
    logins_path(state_dir).unlink()
    second = ensure_logins(state_dir)
    assert {login.password for login in first}.isdisjoint(login.password for login in second)
    assert all(accounts.is_password(find(login.email), login.password) for login in second)


def test_log_ins_are_made_again_on_a_database_that_was_emptied(
    deps: Deps, monkeypatch: pytest.MonkeyPatch
) -> None:
    state_dir = deps.settings.state_dir
    with monkeypatch.context() as patched:
        patched.setattr(demo_accounts, "_ensure_account", lambda *_args, **_more: None)
        first = ensure_logins(state_dir)
    assert ensure_logins(state_dir) == first
    assert all(accounts.is_password(find(login.email), login.password) for login in first)


def test_the_log_ins_are_printed_again_without_a_database(settings: Settings, deps: Deps) -> None:
    before = run_cli(settings, "demo", "logins")
    assert (before.exit_code, "./run demo" in before.stderr) == (2, True)
    logins = ensure_logins(settings.state_dir)
    printed = run_cli(settings, "demo", "logins").stdout
    assert "http://127.0.0.1:" in printed
    assert all(login.email in printed and login.password in printed for login in logins)


def test_an_invitation_prints_a_link_that_works_and_is_stored_as_a_hash(
    settings: Settings, deps: Deps
) -> None:
    result = run_cli(
        settings, "users", "invite", "--role", "moderator", "--email", "Mo@Example.org", "--address",
        "https://jury.example/",
    )  # fmt: skip
    assert result.exit_code == 0
    link = result.output.splitlines()[0]
    token = link.removeprefix("https://jury.example/invite/")
    with transaction() as session:
        found = invitations.look_up(session, token)
        assert session.execute(text("SELECT token_sha256 FROM invitations")).scalar() == token_hash(token)
    assert (found.email, found.roles, found.created_by_name) == ("mo@example.org", ["moderator"], None)
    refused = run_cli(settings, "users", "invite", "--role", "moderator", "--days", "90")
    assert refused.exit_code == 2
