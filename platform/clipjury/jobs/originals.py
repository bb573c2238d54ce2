"""The file a job works on, and the private folder it works in."""

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from clipjury.adapters.storage import original_key
from clipjury.deps import Deps

_LEFTOVER_AFTER_S = 6 * 3600.0  # longer than any job may run: what is older was left by a killed worker


def scratch_dir(deps: Deps) -> Path:
    """Where jobs keep their private folders."""
    return deps.settings.state_dir / "worker" / "scratch"


@contextmanager
def opened_original(deps: Deps, sha256: str) -> Iterator[tuple[Path, Path]]:
    """The original as a file on this machine, and an empty folder of the job's own, gone afterwards.

    Raises StorageError when the original is not in the store.
    """
    root = scratch_dir(deps)
    root.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=root, prefix=f"{sha256[:12]}-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        original = deps.storage.local_path(original_key(sha256))
        if original is None:
            original = folder / "original"
            deps.storage.download(original_key(sha256), original)
        out_dir = folder / "out"
        out_dir.mkdir()
        yield original, out_dir


def purge_leftovers(deps: Deps) -> int:
    """Remove folders that killed workers left behind; how many."""
    root = scratch_dir(deps)
    if not root.is_dir():
        return 0
    before = time.time() - _LEFTOVER_AFTER_S
    old = [folder for folder in root.iterdir() if folder.stat().st_mtime < before]
    for folder in old:
        shutil.rmtree(folder, ignore_errors=True)
    return len(old)
