"""`clipjury tokens …`."""

import click

from clipjury.cli.main import Refusal


@click.group()
def tokens() -> None:
    """Make bearer tokens for scripts."""


@tokens.command("create")
@click.option("--email", required=True, help="Whose account the script acts for.")
@click.option("--label", required=True, help="What the token is for.")
@click.option("--days", type=int, default=30, show_default=True, help="How long it works.")
def create(email: str, label: str, days: int) -> None:
    """Print a new token. It is stored as a hash only, so it cannot be shown again."""
    from clipjury.cli.opening import open_deps
    from clipjury.db.queries import users as queries
    from clipjury.db.transaction import transaction
    from clipjury.services import accounts

    open_deps()
    with transaction() as session:
        user = queries.find_by_email(session, email.strip().lower())
        if user is None or not user.is_active:
            raise Refusal(f"There is no active account for {email}. Make one with: clipjury users create")
        token = accounts.create_token(session, user.id, label, days)
    click.echo(token)
    click.echo(f"For {user.email}, {days} days. Use it as: Authorization: Bearer <token>", err=True)
