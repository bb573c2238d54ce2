"""Who a process is beyond its number: a pid is reused, a pid with its start time is not."""

from __future__ import annotations

import contextlib
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class ProcessIdentity:
    """One process of this boot of the machine; `started` is opaque and compared only for equality."""

    pid: int
    started: str


def _ps(pid: int, column: str) -> str:
    found = subprocess.run(
        ["ps", "-ww", "-o", f"{column}=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return found.stdout.strip()


def _stat_fields(pid: int) -> list[str]:
    """Fields of /proc/PID/stat from the third on (the second may hold blanks and brackets); [] when gone."""
    with contextlib.suppress(OSError):
        return (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    return []


def _boot_id() -> str:
    with contextlib.suppress(OSError):
        return (_PROC / "sys/kernel/random/boot_id").read_text().strip()
    return ""


def identify(pid: int) -> ProcessIdentity | None:
    """The identity of a living process; None when there is none, or only its zombie is left."""
    if not _PROC.joinpath("self").exists():
        started = _ps(pid, "lstart")
        return ProcessIdentity(pid, started) if started else None
    fields = _stat_fields(pid)
    if not fields or fields[0] in {"Z", "X"}:
        return None
    return ProcessIdentity(pid, f"{_boot_id()}:{fields[19]}")


def is_alive(identity: ProcessIdentity) -> bool:
    """Whether that very process still runs (not another one that was given its pid)."""
    return identify(identity.pid) == identity


def read_command_line(pid: int) -> list[str]:
    """The arguments a process was started with; [] when it is gone or hidden from this user."""
    if not _PROC.joinpath("self").exists():
        return _ps(pid, "args").split()
    with contextlib.suppress(OSError):
        raw = (_PROC / str(pid) / "cmdline").read_bytes()
        return [os.fsdecode(part) for part in raw.split(b"\0") if part]
    return []
