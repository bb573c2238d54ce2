"""`python -m clipjury.launch.main up|demo`: what `./run` becomes once the environment is there."""

from __future__ import annotations

import argparse
import errno
import os
import socket
import sys
from collections.abc import Callable
from pathlib import Path

from clipjury.launch.embedded_postgres import EmbeddedPostgres
from clipjury.launch.first_admin import find_first_admin, is_first_admin_known
from clipjury.launch.installation import REPOSITORY, Installation, ProcessTable, build_process_table
from clipjury.launch.launching import Launch
from clipjury.launch.processes import sweep_orphans
from clipjury.launch.progress import say
from clipjury.launch.state_folder import FolderLock, LaunchError, open_state_folder


def _parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./run")
    parser.add_argument("command", choices=["up", "demo"])
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--state-dir", type=Path, default=REPOSITORY / ".state")
    return parser.parse_args(arguments)


def refuse_busy_port(port: int) -> None:
    """Raise LaunchError when something on this machine already listens on the port, or it is none."""
    if not 0 < port < 65536:
        raise LaunchError(f"--port {port}: a port is a number from 1 to 65535.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            why = "needs root" if error.errno == errno.EACCES else "is in use by another program"
            raise LaunchError(
                f"Port {port} {why}. Choose another: ./run up --port {port % 60000 + 1080}"
            ) from None


def _open_installation(state_dir: Path, port: int) -> tuple[Installation, EmbeddedPostgres | None]:
    """The installation with its own PostgreSQL, or with the server that DATABASE_URL names."""
    url = os.environ.get("DATABASE_URL", "")
    if url:
        owner_url = os.environ.get("CLIPJURY_OWNER_DATABASE_URL") or url
        return Installation(state_dir, port, url, owner_url), None
    postgres = EmbeddedPostgres(state_dir)
    app, owner = postgres.dsn(), postgres.dsn(role="clipjury_owner")
    return Installation(state_dir, port, app, owner), postgres


def _say_how_to_add_an_admin() -> None:
    say(
        "No admin was made, as there is no terminal to ask on: set CLIPJURY_ADMIN_EMAIL and "
        "CLIPJURY_ADMIN_PASSWORD,\nor run `clipjury users create --email … --role admin --password-stdin`."
    )


def launch(
    command: str, state_dir: Path, port: int, build_table: Callable[[Installation], ProcessTable]
) -> int:
    """Run ClipJury on a state folder until it is told to stop; the exit status.

    Raises LaunchError with what to do, before anything is started or after all of it has been stopped.
    """
    os.umask(0o077)  # clips, votes and logs are for their owner only
    folder = open_state_folder(state_dir)
    refusal = f"ClipJury already runs on {folder} (process {{pid}}). Stop that one first, or give another --state-dir."
    lock = FolderLock(folder / "launcher.lock", refusal)
    lock.acquire()
    try:
        if swept := sweep_orphans(folder / "children.json"):
            say(f"Ended {swept} processes that an earlier start had left behind.")
        refuse_busy_port(port)
        installation, postgres = _open_installation(folder, port)
        admin = None
        if command == "up":
            admin = find_first_admin(folder, os.environ, terminal=sys.stdin.isatty())
            if admin is None and not is_first_admin_known(folder):
                _say_how_to_add_an_admin()
        return Launch(installation, build_table(installation), postgres).run(
            demo=command == "demo", admin=admin
        )
    finally:
        lock.release()


def main(arguments: list[str] | None = None) -> int:
    """Parse, launch, and turn what a person can put right into a message and exit status 2."""
    chosen = _parse(sys.argv[1:] if arguments is None else arguments)
    try:
        return launch(chosen.command, chosen.state_dir, chosen.port, build_process_table)
    except LaunchError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except KeyboardInterrupt:
        sys.stderr.write("\nStopped.\n")
        return 130


if __name__ == "__main__":
    sys.exit(main())
