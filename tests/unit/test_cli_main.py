"""The command line as a whole: it answers at once, and refuses in one sentence."""

from __future__ import annotations

import subprocess
import sys
import time

import click
import pytest
from sqlalchemy.exc import OperationalError
from tests.factories.command_line import run_cli

from clipjury.cli.main import COMMANDS, cli
from clipjury.deps import Deps
from clipjury.services import accounts
from clipjury.settings import Settings

HEAVY = (
    "sqlalchemy",
    "pydantic",
    "flask",
    "dramatiq",
    "numpy",
    "torch",
    "cv2",
    "av",
    "scipy",
    "rich",
    "alembic",
)


def test_help_answers_in_under_half_a_second() -> None:
    program = [sys.executable, "-c", "from clipjury.cli.main import main; main()", "--help"]
    times_s = []
    for _ in range(5):
        began_s = time.perf_counter()
        subprocess.run(program, check=True, capture_output=True)
        times_s.append(time.perf_counter() - began_s)
    assert min(times_s) < 0.5, times_s


def test_help_loads_nothing_heavy_and_names_every_command() -> None:
    code = (
        "import sys\n"
        "from clipjury.cli.main import cli\n"
        "try: cli(['--help'], prog_name='clipjury')\n"
        f"except SystemExit: print('loaded:', sorted(set({HEAVY!r}) & set(sys.modules)))\n"
    )
    seen = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    assert seen.splitlines()[-1] == "loaded: []"
    assert all(f"  {name}" in seen for name in COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_listed_command_is_there_and_explains_itself(name: str) -> None:
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    assert run_cli(None, name, "--help").exit_code == 0


def test_an_unknown_command_is_refused() -> None:
    result = run_cli(None, "clip")
    assert result.exit_code == 2
    assert "No such command 'clip'" in result.output


@pytest.mark.parametrize(
    "arguments",
    [
        ("migrate",),
        ("worker",),
        ("users", "create", "--email", "a@b.org", "--role", "admin", "--password-stdin"),
    ],
    ids=lambda arguments: arguments[0],
)
def test_a_missing_setting_is_named_in_one_sentence(arguments: tuple[str, ...]) -> None:
    result = run_cli(None, *arguments, stdin="a password that is long\n")
    assert result.exit_code == 2
    assert "DATABASE_URL is not set" in result.output
    assert "Traceback" not in result.output


def test_a_database_that_goes_away_in_the_middle_ends_the_command_in_one_sentence(
    settings: Settings, deps: Deps, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lose_the_database(*_: object, **__: object) -> None:
        raise OperationalError("INSERT", {}, Exception("server closed the connection unexpectedly"))

    monkeypatch.setattr(accounts, "create_user", lose_the_database)
    create = ("users", "create", "--email", "a@b.org", "--role", "admin", "--password-stdin")
    result = run_cli(settings, *create, stdin="a password that is long\n")
    assert result.exit_code == 1
    assert result.stderr == (
        "Error: The database does not answer: server closed the connection unexpectedly\n"
    )
    assert "Traceback" not in result.output


def test_the_interface_is_printed_without_a_database() -> None:
    printed = subprocess.run(
        [sys.executable, "-c", "from clipjury.cli.main import main; main()", "openapi"],
        check=True,
        capture_output=True,
        text=True,
        env={},
    ).stdout
    assert '"openapi": "3.1' in printed
    assert "/api/v1/clips" in printed
