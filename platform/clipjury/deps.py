"""Composition root: settings become the objects that entry points hand to services."""

from dataclasses import dataclass
from pathlib import Path

from clipjury.adapters.storage import Storage, open_storage
from clipjury.settings import Settings


@dataclass(frozen=True)
class Deps:
    """What an entry point needs of the outside world."""

    settings: Settings
    storage: Storage

    @property
    def incoming_dir(self) -> Path:
        """Where uploads are written before they are whole."""
        return self.settings.state_dir / "incoming"


def build_deps(settings: Settings) -> Deps:
    """Open the store and make the working folders."""
    deps = Deps(settings=settings, storage=open_storage(settings.storage_url))
    deps.incoming_dir.mkdir(parents=True, exist_ok=True)
    return deps
