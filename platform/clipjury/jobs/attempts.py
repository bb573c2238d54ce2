"""Counts the runs of a job that ended with its process, so that one clip cannot kill worker after worker.

The broker counts errors; a run that took the process down with it (out of memory, native crash) leaves no
error to count, and the broker would hand the job out for ever. A file a run, in the worker's state folder.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MOST_LOST_RUNS = 3


class LostRunsError(Exception):
    """The job's process died under it too often."""


class Attempts:
    """Notes of the runs in hand; a note that is still there when a run begins was left by a dead process."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    @contextmanager
    def run(self, name: str) -> Iterator[None]:
        """One run of the job `name`. Raises LostRunsError, and forgets, when too many were lost."""
        note = self._folder / name
        lost = int(note.read_text()) if note.exists() else 0
        if lost >= MOST_LOST_RUNS:
            note.unlink()
            raise LostRunsError(f"{name}: the process died {lost} times while this job ran")
        aside = note.with_name(f".{name}")
        aside.write_text(str(lost + 1))
        aside.replace(note)
        try:
            yield
        finally:
            note.unlink(missing_ok=True)

    def forget(self) -> None:
        """Runs that a stopping worker breaks off on purpose are not held against their clips."""
        for note in self._folder.iterdir():
            note.unlink(missing_ok=True)
