"""How far a long step has come: a bar on a terminal, a line now and then elsewhere."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import click

_LINE_EVERY_S = 5.0


class Progress:
    """Counts towards `total`; `say` shows a short remark beside the count."""

    def __init__(self, label: str, total: int) -> None:
        self.label, self.total, self.done = label, total, 0

    def advance(self, steps: int = 1) -> None:
        """`steps` more are done."""
        self.move_to(self.done + steps)

    def move_to(self, done: int, remark: str = "") -> None:
        """`done` in all are done."""
        self.done = done

    def close(self) -> None:
        """The step has ended, or was broken off."""


class _Lines(Progress):
    def __init__(self, label: str, total: int) -> None:
        super().__init__(label, total)
        self._shown_s = self._began_s = time.monotonic()
        self._remark = self._last = ""

    def move_to(self, done: int, remark: str = "") -> None:
        super().move_to(done)
        self._remark = remark
        now_s = time.monotonic()
        if done >= self.total or now_s - self._shown_s >= _LINE_EVERY_S:
            self._shown_s = now_s
            self.close()

    def close(self) -> None:
        line = f"    {self.label}: {self.done} of {self.total}{f', {self._remark}' if self._remark else ''}"
        if line != self._last:
            click.echo(f"{line} ({time.monotonic() - self._began_s:.0f} s)", err=True)
        self._last = line


class _Bar(Progress):
    def __init__(self, label: str, total: int) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
        from rich.progress import Progress as RichProgress

        super().__init__(label, total)
        columns = (
            TextColumn("    {task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.fields[remark]}"),
        )
        self._rich = RichProgress(*columns, console=Console(stderr=True))
        self._row = self._rich.add_task(label, total=total, remark="")
        self._rich.start()

    def move_to(self, done: int, remark: str = "") -> None:
        super().move_to(done)
        self._rich.update(self._row, completed=done, remark=remark)

    def close(self) -> None:
        self._rich.stop()


@contextmanager
def progress(label: str, total: int) -> Iterator[Progress]:
    """Show how far the step `label` has come, on standard error."""
    shown: Progress = _Bar(label, total) if sys.stderr.isatty() else _Lines(label, total)
    try:
        yield shown
    finally:
        shown.close()
