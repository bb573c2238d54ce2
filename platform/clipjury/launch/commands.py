"""What `./run` can do. Standard library only: it makes the environment that everything else needs."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from clipjury.launch.browser import ensure_chromium
from clipjury.launch.environment import Environment
from clipjury.launch.frontend_build import Frontend
from clipjury.launch.progress import StepError, say

_REPOSITORY = Path(__file__).resolve().parents[3]
_TESTS_MAX_S = 60 * 60  # they take a quarter of that on two cores
_HELP = """\
./run demo [--port N] [--state-dir DIR]   ClipJury with drawn clips and simulated reviewers; prints log-ins
./run up [--port N] [--state-dir DIR]     ClipJury without demo content; asks for the first admin
./run test [--fast] [pytest arguments]    all tests, those in a real browser too; --fast leaves out the slow ones
./run check                               format, lint, types, import contracts, front end
./run bench [NAME] [arguments]            measures again what the README claims
./run frontend                            builds the front end only
./run help                                this text

The first start makes .venv and installs what is pinned; Python 3.11, 3.12 or 3.13 is all it needs.
Settings: DATABASE_URL, CLIPJURY_BROKER_URL, CLIPJURY_STORAGE_URL (servers in place of the embedded ones),
CLIPJURY_ADMIN_EMAIL and CLIPJURY_ADMIN_PASSWORD (first admin without a terminal)."""


def _serve(command: str, arguments: list[str]) -> int:
    """Make everything ready, then become the launcher: its process id is the one that was started."""
    parser = argparse.ArgumentParser(prog=f"./run {command}")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--state-dir", type=Path, default=_REPOSITORY / ".state")
    chosen = parser.parse_args(arguments)
    environment = Environment(_REPOSITORY)
    environment.ensure()
    Frontend(_REPOSITORY, environment.python).ensure_bundle()
    launcher = [str(environment.python), "-m", "clipjury.launch.main", command]
    options = ["--port", str(chosen.port), "--state-dir", str(chosen.state_dir.absolute())]
    sys.stdout.flush()
    os.chdir(_REPOSITORY)
    os.execv(launcher[0], [*launcher, *options])  # noqa: S606


def _run_within(seconds: int, command: list[str], variables: dict[str, str]) -> int:
    """Its exit status; one that hangs is ended and counts as failed, so that what it printed is seen."""
    try:
        return subprocess.run(
            command, cwd=_REPOSITORY, env=variables, check=False, timeout=seconds
        ).returncode
    except subprocess.TimeoutExpired:
        say(f"The tests did not end within {seconds // 60} minutes and were stopped; what hung is above.")
        return 1


def _test(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="./run test", add_help=False)
    parser.add_argument("--fast", action="store_true")
    chosen, further = parser.parse_known_args(arguments)
    environment = Environment(_REPOSITORY)
    environment.ensure(development=True)
    chromium = ensure_chromium(_REPOSITORY)
    frontend = Frontend(_REPOSITORY, environment.python)
    frontend.ensure_bundle()
    say("==> Front end: unit tests")
    frontend_status = frontend.run_script("test")
    selection = ["-m", "not slow"] if chosen.fast else []
    command = [str(environment.python), "-m", "pytest", "-n", "2", "--dist", "loadfile", *selection, *further]
    variables = {**os.environ, **({"CLIPJURY_CHROMIUM": chromium} if chromium else {})}
    say("==> Tests")
    status = _run_within(_TESTS_MAX_S, command, variables)
    if frontend_status != 0:
        say("The front end's unit tests failed; see above.")
    return status or frontend_status


def _python_checks(python: Path) -> list[tuple[str, list[str]]]:
    here = str(python)
    return [
        ("format", [here, "-m", "ruff", "format", "--check", "."]),
        ("lint", [here, "-m", "ruff", "check", "."]),
        ("types", [here, "-m", "mypy"]),
        ("import contracts", [str(python.with_name("lint-imports"))]),
    ]


def _check(arguments: list[str]) -> int:
    """Run every check even after one failed, and say at the end which did."""
    argparse.ArgumentParser(prog="./run check").parse_args(arguments)
    environment = Environment(_REPOSITORY)
    environment.ensure(development=True)
    failed: list[str] = []
    for title, command in _python_checks(environment.python):
        say(f"==> {title}")
        if subprocess.run(command, cwd=_REPOSITORY, check=False).returncode != 0:
            failed.append(title)
    frontend = Frontend(_REPOSITORY, environment.python)
    for script in ("lint", "typecheck"):
        say(f"==> front end: {script}")
        if frontend.run_script(script) != 0:
            failed.append(f"front end: {script}")
    say(f"Failed: {', '.join(failed)}" if failed else "All checks passed.")
    return 1 if failed else 0


def _list_benches() -> list[str]:
    folder = _REPOSITORY / "bench"
    return sorted(path.stem for path in folder.glob("[!_]*.py") if "__main__" in path.read_text())


def _bench(arguments: list[str]) -> int:
    """One bench with its own arguments, or all in turn."""
    known = _list_benches()
    name = arguments[0] if arguments and not arguments[0].startswith("-") else None
    if name is not None and name not in known:
        raise StepError(f"No bench `{name}`. There are: {', '.join(known) or 'none yet'}.")
    environment = Environment(_REPOSITORY)
    environment.ensure(development=True)
    worst = 0
    for each in [name] if name else known:
        say(f"==> bench {each}")
        began = time.monotonic()
        command = [str(environment.python), "-m", f"bench.{each}", *(arguments[1:] if name else arguments)]
        worst = max(worst, abs(subprocess.run(command, cwd=_REPOSITORY, check=False).returncode))
        say(f"    {time.monotonic() - began:.0f} s")
    return worst


def _frontend(arguments: list[str]) -> int:
    argparse.ArgumentParser(prog="./run frontend").parse_args(arguments)
    environment = Environment(_REPOSITORY)
    environment.ensure()
    Frontend(_REPOSITORY, environment.python).ensure_bundle()
    return 0


def _help(_arguments: list[str]) -> int:
    say(_HELP)
    return 0


_COMMANDS: dict[str, Callable[[list[str]], int]] = {
    "demo": lambda arguments: _serve("demo", arguments),
    "up": lambda arguments: _serve("up", arguments),
    "test": _test,
    "check": _check,
    "bench": _bench,
    "frontend": _frontend,
    "help": _help,
    "--help": _help,
    "-h": _help,
}


def main(arguments: list[str]) -> int:
    """Run one command of `./run`; the exit status (2: not understood or not possible as asked)."""
    name, *rest = arguments or ["help"]
    if name not in _COMMANDS:
        sys.stderr.write(f"./run has no `{name}`.\n{_HELP}\n")
        return 2
    try:
        return _COMMANDS[name](rest)
    except StepError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("\nStopped.\n")
        return 130
