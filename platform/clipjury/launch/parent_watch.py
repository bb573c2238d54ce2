"""For processes with children of their own: notice that the parent, or the launcher, is gone, and end.

The kernel's parent-death signal reaches the launcher's own children only; what they fork calls this.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable

from clipjury.launch.process_identity import ProcessIdentity, identify, is_alive

LAUNCHER_VARIABLE = "CLIPJURY_LAUNCHER"


def launcher_mark() -> str:
    """This process as the value of CLIPJURY_LAUNCHER, for the environment of its children."""
    identity = identify(os.getpid())
    assert identity is not None, "a process that runs has an identity"
    return f"{identity.pid} {identity.started}"


def _read_launcher() -> ProcessIdentity | None:
    pid, _, started = os.environ.get(LAUNCHER_VARIABLE, "").partition(" ")
    return ProcessIdentity(int(pid), started) if pid.isdigit() and started else None


def _end_self(grace_s: float) -> None:
    """SIGTERM first, so that work in hand is put down properly; then out, whatever still runs."""
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(grace_s)
    os._exit(1)


def watch_parent(
    parent_pid: int | None = None,
    *,
    poll_s: float = 0.5,
    grace_s: float = 1.5,
    on_orphaned: Callable[[float], None] = _end_self,
) -> threading.Thread:
    """Start a daemon thread that ends this process once its parent or the launcher has died.

    `parent_pid`: what the parent was when it forked; without it, what getppid() says now. Every
    process below the launcher is gone `poll_s + grace_s` after it, however deep it was forked.
    """
    expected_pid = os.getppid() if parent_pid is None else parent_pid
    launcher = _read_launcher()

    def watch() -> None:
        while os.getppid() == expected_pid and (launcher is None or is_alive(launcher)):
            time.sleep(poll_s)
        on_orphaned(grace_s)

    thread = threading.Thread(target=watch, name="parent-watch", daemon=True)
    thread.start()
    return thread
