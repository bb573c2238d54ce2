"""`clipjury openapi`."""

import click


@click.command()
def openapi() -> None:
    """Print the HTTP interface as OpenAPI 3.1 (JSON). Needs no database."""
    from clipjury.api.openapi import main

    main()
