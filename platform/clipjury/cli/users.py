"""`clipjury users …`."""

import sys

import click

from clipjury.cli.main import Refusal
from clipjury.domain.accounts import ROLES


@click.group()
def users() -> None:
    """Make accounts, and invite people to make their own."""


@users.command("create")
@click.option("--email", required=True, help="What the person logs in with.")
@click.option("--role", "roles", multiple=True, required=True, type=click.Choice(ROLES), help="Repeatable.")
@click.option("--name", help="Shown to others; default: the part of the e-mail before the @.")
@click.option(
    "--password-stdin", is_flag=True, help="Read the password from the first line of standard input."
)
def create(email: str, roles: tuple[str, ...], name: str | None, password_stdin: bool) -> None:
    """Make an account. Without --password-stdin the password is asked for."""
    from clipjury.cli.opening import open_deps
    from clipjury.db.transaction import transaction
    from clipjury.services import accounts

    password = read_password(from_stdin=password_stdin)
    open_deps()
    with transaction() as session:
        user_id = accounts.create_user(
            session,
            email=email,
            display_name=name or email.partition("@")[0],
            roles=roles,
            password=password,
        )
    click.echo(f"Account {user_id} for {email.strip().lower()}: {', '.join(roles)}.")


@users.command("invite")
@click.option("--role", "roles", multiple=True, required=True, type=click.Choice(ROLES), help="Repeatable.")
@click.option("--email", help="Whom it is for; without it the account is whoever's has the link.")
@click.option("--days", type=int, default=7, show_default=True, help="How long the link works, at most 30.")
@click.option("--address", default="", help="The installation's address, to print a whole link.")
def invite(roles: tuple[str, ...], email: str | None, days: int, address: str) -> None:
    """Print a one-time link that makes an account. It is stored as a hash only, so it cannot be shown again."""
    from clipjury.cli.opening import open_deps
    from clipjury.db.transaction import transaction
    from clipjury.services import invitations

    open_deps()
    with transaction() as session:
        made = invitations.invite(session, email=email, roles=roles, days=days, actor_id=None)
    click.echo(address.rstrip("/") + invitations.link_path(made.token))
    click.echo(
        f"Works once, until {made.row.expires_at:%Y-%m-%d %H:%M %Z}: {', '.join(made.row.roles)}.", err=True
    )


def read_password(*, from_stdin: bool) -> str:
    """The password, from standard input or twice from the terminal. Raises Refusal when neither can be."""
    if from_stdin:
        line = sys.stdin.readline().rstrip("\r\n")
        if not line:
            raise Refusal(
                "--password-stdin: the first line of standard input is empty; put the password there."
            )
        return line
    if not sys.stdin.isatty():
        raise Refusal("There is no terminal to ask for the password; give it with --password-stdin.")
    return str(click.prompt("Password", hide_input=True, confirmation_prompt="The same again"))
