"""Long steps with something to look at: a title, a line that moves, the time, and the reason on failure.

Standard library only: ./run uses it before anything is installed.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

_TAIL_LINES = 30
_LINE_EVERY_S = 10.0  # where the output is no terminal


class StepError(Exception):
    """A step failed; the text holds what a person needs to go on."""


def say(text: str) -> None:
    """One line to the person, at once."""
    print(text, flush=True)  # noqa: T201


class _MovingLine:
    """The latest output line and the seconds so far: redrawn on a terminal, now and then elsewhere."""

    def __init__(self) -> None:
        self._started = self._shown = time.monotonic()
        self._terminal = sys.stdout.isatty()
        self._text = ""

    def elapsed_s(self) -> float:
        return time.monotonic() - self._started

    def update(self, text: str | None = None) -> None:
        self._text = text.strip() if text and text.strip() else self._text
        line = f"    {self.elapsed_s():3.0f} s  {self._text}"
        if self._terminal:
            width = shutil.get_terminal_size().columns - 1
            sys.stdout.write(f"\r\033[K{line[:width]}")
            sys.stdout.flush()
        elif time.monotonic() - self._shown >= _LINE_EVERY_S:
            self._shown = time.monotonic()
            say(line[:150])

    def clear(self) -> None:
        if self._terminal:
            sys.stdout.write("\r\033[K")
            sys.stdout.flush()


def _follow(process: subprocess.Popen[bytes], log: Path, line: _MovingLine) -> None:
    """Copy the child's output to the log and its last line to the screen, until it ends."""
    assert process.stdout is not None
    with log.open("ab") as sink, selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        while True:
            if not selector.select(timeout=1.0):
                line.update()
                continue
            chunk = os.read(process.stdout.fileno(), 65536)
            if not chunk:
                return
            sink.write(chunk)
            sink.flush()
            lines = chunk.decode(errors="replace").replace("\r", "\n").strip().splitlines()
            line.update(lines[-1] if lines else None)


def run_step(
    title: str,
    command: Sequence[str],
    log: Path,
    *,
    cwd: Path,
    environment: Mapping[str, str] | None = None,
) -> None:
    """Run one long command under a title. Its whole output goes to `log`.

    Raises StepError with the end of the output when it fails.
    """
    say(f"==> {title}")
    log.parent.mkdir(parents=True, exist_ok=True)
    line = _MovingLine()
    begins_at = log.stat().st_size if log.exists() else 0
    process = subprocess.Popen(
        list(command),
        cwd=cwd,
        env=None if environment is None else dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    try:
        _follow(process, log, line)
        code = process.wait()
    except BaseException:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(5)
        raise
    finally:
        line.clear()
    if code != 0:
        raise StepError(
            f"{title}: failed with exit status {code}.\n{_tail(log, begins_at)}\n(all of it: {log})"
        )
    say(f"    done in {line.elapsed_s():.0f} s")


def _tail(log: Path, begins_at: int) -> str:
    with log.open("rb") as source:
        source.seek(begins_at)
        return "\n".join(source.read().decode(errors="replace").splitlines()[-_TAIL_LINES:])
