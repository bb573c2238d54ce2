"""A worker with a random detector in a process of its own; argument 1 is a folder with the detector.

With a file `slow` in the state folder the first probe says so in `probing` and then hangs, as a decoder might.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import click

from clipjury.cli.worker import worker
from clipjury.deps import Deps
from clipjury.jobs import detector_store
from clipjury.jobs.actors import JOBS, Job
from clipjury.jobs.probing import probe_clip


def probe_slowly(deps: Deps, clip_id: str) -> None:
    """Hang where the file `slow` says so, else probe."""
    state_dir = deps.settings.state_dir
    if (state_dir / "slow").exists():
        (state_dir / "probing").touch()
        time.sleep(300)
    probe_clip(deps, clip_id)


if __name__ == "__main__":
    detector_store.BUNDLED = Path(sys.argv.pop(1)) / "random-lite0"
    detector_store.ALSO_BUNDLED = ()
    JOBS["probe_clip"] = Job(probe_slowly, "light", 0, of_clip=True)
    assert isinstance(worker, click.Command)
    worker()
