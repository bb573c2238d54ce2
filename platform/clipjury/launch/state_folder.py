"""The state folder: made once, private, one owner, one launcher at a time."""

from __future__ import annotations

import errno
import fcntl
import os
import pwd
import stat
from pathlib import Path


class LaunchError(Exception):
    """Something the person who starts ClipJury can put right; the text says how."""


def account_name(uid: int) -> str:
    """The login name of a uid, or `uid N` where the machine has none."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"uid {uid}"


def _refuse_foreign(folder: Path) -> None:
    owner_uid = folder.stat().st_uid
    if owner_uid != os.geteuid():
        raise LaunchError(
            f"The state folder {folder} belongs to {account_name(owner_uid)}, and you are "
            f"{account_name(os.geteuid())}. Start as {account_name(owner_uid)}, or choose another folder "
            "with --state-dir."
        )


def open_state_folder(state_dir: Path) -> Path:
    """Make the state folder where it is missing, and check that it belongs to whoever starts.

    Root's folder gets mode 0711 so that the database's own account can pass through it; everybody
    else's 0700. Returns the absolute path. Raises LaunchError with what to do.
    """
    folder = state_dir.absolute()
    try:
        if not folder.is_dir():
            folder.mkdir(parents=True)
            folder.chmod(0o711 if os.geteuid() == 0 else 0o700)
        _refuse_foreign(folder)
        if not os.access(folder, os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, "not writable", str(folder))
    except (NotADirectoryError, FileExistsError):
        raise LaunchError(f"{folder} is a file; --state-dir needs a folder.") from None
    except PermissionError:
        raise LaunchError(
            f"The state folder {folder} cannot be made or written by {account_name(os.geteuid())}. "
            "Choose another with --state-dir."
        ) from None
    return folder


class FolderLock:
    """An flock that the kernel lets go of when the process dies, however it dies."""

    def __init__(self, path: Path, refusal: str) -> None:
        """`refusal` is the text of the LaunchError that a second holder gets."""
        self._path, self._refusal = path, refusal
        self._descriptor: int | None = None

    @property
    def is_held(self) -> bool:
        """Whether this object holds it."""
        return self._descriptor is not None

    def acquire(self) -> None:
        """Take the lock or raise LaunchError at once; taking it twice is harmless."""
        if self._descriptor is not None:
            return
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            holder = os.read(descriptor, 32).decode().strip()
            os.close(descriptor)
            raise LaunchError(self._refusal.format(pid=holder or "unknown")) from None
        os.ftruncate(descriptor, 0)
        os.write(descriptor, str(os.getpid()).encode())
        self._descriptor = descriptor

    def release(self) -> None:
        """Let go; harmless when not held."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def make_private_folder(folder: Path, uid: int, gid: int) -> None:
    """Make a 0700 folder owned by `uid`, or accept one that is exactly that already.

    Raises LaunchError for a link, or for somebody else's folder of that name (a shared /tmp).
    """
    try:
        folder.mkdir(mode=0o700)
        os.chown(folder, uid, gid)
    except FileExistsError:
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in {uid, os.geteuid()}:
            raise LaunchError(f"{folder} is in the way and not ours. Remove it and start again.") from None
        os.chown(folder, uid, gid, follow_symlinks=False)
        folder.chmod(0o700)
