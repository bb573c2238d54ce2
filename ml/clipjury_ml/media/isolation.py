"""How the decoding process fences itself in, before it looks at the first byte of an untrusted file.

Standard library only. Each fence is tried and reported, never assumed: containers and kernels differ. As root
the process enters an empty network namespace, makes its private folder its whole file system and becomes
nobody; as an ordinary user it does the same inside a user namespace where the kernel allows one.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import signal
import struct
from dataclasses import dataclass
from typing import Any

_CLONE_NEWUSER, _CLONE_NEWNET, _CLONE_NEWIPC = 0x10000000, 0x40000000, 0x08000000
_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_NO_NEW_PRIVS = 1, 4, 38
_CAPABILITY_VERSION_3 = 0x20080522
NOBODY = 65534


@dataclass(frozen=True)
class Isolation:
    """Which fences stand: no network, no files but the private folder, an account without rights, and a kernel
    that refuses programs, processes and sockets."""

    network: bool
    filesystem: bool
    unprivileged: bool
    calls_refused: bool


def limit_resources(address_space_bytes: int, cpu_s: int, file_size_bytes: int, open_files: int) -> None:
    """Set rlimits on this process; one that the system refuses to set is left as it is."""
    wanted = {
        resource.RLIMIT_AS: address_space_bytes,
        resource.RLIMIT_FSIZE: file_size_bytes,
        resource.RLIMIT_NOFILE: open_files,
        resource.RLIMIT_CORE: 0,
    }
    for limit, value in wanted.items():
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(limit, (value, value))
    with contextlib.suppress(OSError, ValueError):
        # SIGXCPU at the soft limit ends the process; the hard one is for a process that caught it.
        resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s + 2))


def leave_network() -> bool:
    """Enter an empty network namespace. To be called while the process has one thread."""
    flags = _CLONE_NEWNET | _CLONE_NEWIPC
    return _unshare(flags) or _unshare(flags | _CLONE_NEWUSER)


def enter_folder(folder_fd: int) -> bool:
    """Make the open folder the working folder, and the root of the file system where that is allowed."""
    os.fchdir(folder_fd)
    try:
        os.chroot(".")
        os.chdir("/")
    except OSError:
        return False
    return True


def drop_rights(parent_pid: int) -> bool:
    """Become nobody when root, lose every capability, and die with the parent. True without root's rights."""
    if os.geteuid() == 0:
        with contextlib.suppress(OSError):
            os.setgroups([])
            os.setresgid(NOBODY, NOBODY, NOBODY)
            os.setresuid(NOBODY, NOBODY, NOBODY)
    _drop_capabilities()
    _prctl(_PR_SET_NO_NEW_PRIVS, 1)
    _prctl(_PR_SET_DUMPABLE, 0)  # no other process of the same account may trace this one
    # Changing the account clears the death signal, so it is asked for last, and the race is closed after.
    _prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL))
    if os.getppid() != parent_pid:
        os._exit(1)
    return os.geteuid() != 0


def _libc() -> Any:
    return ctypes.CDLL(None, use_errno=True)


def _unshare(flags: int) -> bool:
    try:
        return bool(_libc().unshare(flags) == 0)
    except (AttributeError, OSError):
        return False


def _prctl(option: int, value: int) -> None:
    with contextlib.suppress(AttributeError, OSError):
        _libc().prctl(option, value, 0, 0, 0)


def _drop_capabilities() -> None:
    header = struct.pack("=Ii", _CAPABILITY_VERSION_3, 0)
    nothing = bytes(24)  # effective, permitted, inheritable, twice 32 bits each
    with contextlib.suppress(AttributeError, OSError):
        _libc().capset(header, nothing)
