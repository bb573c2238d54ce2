"""`clipjury gold …`."""

import secrets

import click

from clipjury.domain.gold import GOLD_ROLES, GoldRole


@click.group()
def gold() -> None:
    """Draw gold, and count what there is."""


@gold.command("generate")
@click.option(
    "--count", type=click.IntRange(1, 1000), required=True, help="How many clips, half of each label."
)
@click.option("--role", type=click.Choice(GOLD_ROLES), required=True, help="What they are for, for life.")
@click.option(
    "--seed", type=click.IntRange(1), help="The same seed draws the same clips; default: a fresh one."
)
@click.option("--as", "as_email", metavar="EMAIL", help="Whose upload it is; default: the only active admin.")
def generate(count: int, role: GoldRole, seed: int | None, as_email: str | None) -> None:
    """Draw clips of known truth on this machine and add them as gold.

    They are flagged as synthetic: people of few means are drawn, and what they show of a reviewer holds for drawn
    clips. Skill that rests on nothing else is shown without an interval. A worker makes the previews.
    """
    from clipjury.cli.clips import find_uploader
    from clipjury.cli.opening import open_deps
    from clipjury.cli.progress import progress
    from clipjury.jobs.gold_generation import draw_gold

    deps = open_deps()
    uploader_id = find_uploader(as_email)
    with progress("drawing gold", count) as shown:

        def tell(share: float, _message: str) -> None:
            shown.move_to(int(share * count))

        made = draw_gold(deps, count, role, seed or 1 + secrets.randbelow(2**31 - 1), uploader_id, tell)
        shown.move_to(count)
    click.echo(
        f"{made['clips']} drawn: {made.get('authentic', 0)} authentic, {made.get('manipulated', 0)} manipulated."
    )


@gold.command("list")
def list_gold() -> None:
    """Count gold by role and label."""
    from clipjury.cli.opening import open_deps
    from clipjury.db.transaction import transaction
    from clipjury.services.gold import count_gold

    open_deps()
    with transaction() as session:
        rows = count_gold(session)
    for row in rows:
        click.echo(f"{row.role:<10} {row.label:<12} {row.clips:>6}  of them drawn {row.synthetic}")
    if not rows:
        click.echo("There is no gold. Add some with: clipjury clips add FILE --gold LABEL --gold-role ROLE")
