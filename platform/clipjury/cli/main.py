"""`clipjury …`: a command's module is imported when the command is called, so that --help answers at once."""

import sys
from importlib import import_module
from typing import Final

import click

from clipjury.domain.errors import ClipJuryError
from clipjury.settings import SettingsError

# name → where the click command is, and its line in --help.
COMMANDS: Final[dict[str, tuple[str, str]]] = {
    "clips": ("clipjury.cli.clips:clips", "Add clips, one by one or from a manifest."),
    "consensus": (
        "clipjury.cli.consensus:consensus",
        "Find labels in a table of votes, without the platform.",
    ),
    "datasets": (
        "clipjury.cli.datasets:datasets",
        "Make datasets of labels; freeze, export, verify, compare.",
    ),
    "demo": ("clipjury.cli.demo:demo", "Fill a workspace with made-up clips and simulated reviewers."),
    "detect": ("clipjury.cli.detect:detect", "Score files with a detector, without the platform."),
    "detectors": (
        "clipjury.cli.detectors:detectors",
        "List detectors, install them, and decide which version is in force.",
    ),
    "evaluate": ("clipjury.cli.evaluate:evaluate", "Measure a detector on a manifest of labelled files."),
    "gold": ("clipjury.cli.gold:gold", "Draw gold, and count what there is."),
    "migrate": ("clipjury.cli.migrate:migrate", "Bring the database up to date."),
    "openapi": ("clipjury.cli.openapi:openapi", "Print the HTTP interface as OpenAPI 3.1."),
    "simulate": (
        "clipjury.cli.simulate:simulate",
        "Plan reviewers, votes and gold on simulated crowds.",
    ),
    "simulate-reviews": (
        "clipjury.cli.simulate_reviews:simulate_reviews",
        "Have simulated reviewers judge clips of known truth.",
    ),
    "tokens": ("clipjury.cli.tokens:tokens", "Make bearer tokens for scripts."),
    "train": ("clipjury.cli.train:train", "Fine-tune a detector on a frozen snapshot."),
    "users": ("clipjury.cli.users:users", "Make accounts."),
    "worker": (
        "clipjury.cli.worker:worker",
        "Run the background work: probing, previews, scores, consensus.",
    ),
}


class Refusal(click.ClickException):
    """Bad input, or something that cannot be done as asked: exit status 2."""

    exit_code = 2


class LazyGroup(click.Group):
    """A group that knows its commands' names and short helps without importing them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names, in the order of the alphabet."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command's module; None for a name that is not there."""
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name][0].partition(":")
        command = getattr(import_module(module), attribute)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands, from the table alone."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name][1]) for name in self.list_commands(ctx)])

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; refusals of the domain and the settings become one plain sentence."""
        try:
            return super().invoke(ctx)
        except (ClipJuryError, SettingsError) as error:
            raise Refusal(str(error)) from error
        except Exception as error:
            sentence = describe_outage(error)
            if sentence is None:
                raise
            raise click.ClickException(sentence) from error


def describe_outage(error: Exception) -> str | None:
    """A sentence for a database or a store that is away; None for any other error. Imports neither."""
    database = sys.modules.get("sqlalchemy.exc")
    if database is not None and isinstance(error, database.OperationalError):
        return f"The database does not answer: {str(error.orig).strip()}"
    storage = sys.modules.get("clipjury.adapters.storage")
    if storage is not None and isinstance(error, storage.StorageError):
        return f"The store does not answer as it should: {error}"
    return None


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """People and detectors decide together whether a clip has been manipulated.

    Settings come from the environment. Where ./run keeps an installation up, load them first:
    set -a; . .state/environment; set +a
    """


def main() -> None:
    """The entry point `clipjury`."""
    # Progress lines carry characters that a C locale could not print.
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    cli(prog_name="clipjury")
