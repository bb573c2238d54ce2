"""End a child when the process that started it dies, even by kill -9 (Linux: prctl)."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Callable

_PR_SET_PDEATHSIG = 1


def end_with_parent(signal_number: signal.Signals) -> Callable[[], None] | None:
    """A `preexec_fn` for Popen that has the kernel send `signal_number` when this process dies.

    Popen drops the user before it calls this, which matters: a change of user clears the setting.
    Call Popen from the main thread: the kernel watches the *thread* that forked. The setting is not
    inherited, so a child with children of its own needs `parent_watch` as well. None off Linux.
    """
    if not sys.platform.startswith("linux"):
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    parent_pid = os.getpid()

    def before_exec() -> None:
        prctl(_PR_SET_PDEATHSIG, int(signal_number), 0, 0, 0)
        if os.getppid() != parent_pid:  # the parent died between fork and prctl
            os._exit(1)

    return before_exec
