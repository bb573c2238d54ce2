"""Starts what a load bench measures: gunicorn on a database, and the CPU time both have used."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[1]


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def gunicorn(
    app: str, folder: Path, environment: dict[str, str], probe_path: str
) -> Iterator[tuple[int, int]]:
    """gunicorn with 2 workers of 16 threads serving `app` from `folder`; yields its port and pid."""
    port = free_port()
    program = Path(sys.executable).with_name("gunicorn")
    command = [str(program), app, "-k", "gthread", "--workers", "2", "--threads", "16",
               "--bind", f"127.0.0.1:{port}", "--log-level", "warning", "--keep-alive", "30"]  # fmt: skip
    process = subprocess.Popen(command, cwd=folder, env={**os.environ, **environment})
    try:
        _wait_for(f"http://127.0.0.1:{port}{probe_path}", process)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait_for(url: str, process: subprocess.Popen[bytes], seconds: float = 30.0) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if process.poll() is not None:
            raise RuntimeError(f"the server for {url} ended with {process.returncode}")
        try:
            urllib.request.urlopen(url, timeout=2).close()
        except urllib.error.HTTPError:
            return  # it answers, if only to refuse
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"nothing answered at {url} within {seconds:.0f} s")


def cpu_seconds(*pids: int) -> float:
    """CPU seconds used so far by these processes, their living descendants and those they have reaped."""
    total = 0.0
    for pid in pids:
        root = psutil.Process(pid)
        for process in [root, *root.children(recursive=True)]:
            with suppress(psutil.NoSuchProcess):
                used = process.cpu_times()
                total += used.user + used.system + used.children_user + used.children_system
    return total
