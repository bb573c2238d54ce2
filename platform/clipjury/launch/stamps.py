"""Stamps: a step that was done for exactly these inputs is not done again. Standard library only."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

_LEFT_OUT = {"node_modules", "dist", "__pycache__", ".vite"}


def digest_of(words: Iterable[str], files: Iterable[Path]) -> str:
    """A digest of words and of files' names and bytes; a missing file counts as missing."""
    digest = hashlib.sha256()
    for word in words:
        digest.update(f"word {len(word)} {word}\n".encode())
    for path in files:
        content = path.read_bytes() if path.is_file() else None
        digest.update(f"file {path.name} {'-' if content is None else len(content)}\n".encode())
        digest.update(content or b"")
    return digest.hexdigest()


def list_sources(folder: Path) -> Iterator[Path]:
    """Every file below a folder that its build may read, in a fixed order."""
    for path in sorted(folder.iterdir()):
        if path.name in _LEFT_OUT:
            continue
        if path.is_dir():
            yield from list_sources(path)
        elif path.is_file():
            yield path


def digest_of_tree(words: Iterable[str], folder: Path) -> str:
    """A digest of words and of a folder's sources with their paths: a rename changes it."""
    files = list(list_sources(folder))
    return digest_of([*words, *(str(path.relative_to(folder)) for path in files)], files)


class Stamp:
    """One file that says for which inputs a step was last finished."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def matches(self, digest: str) -> bool:
        """Whether the step was finished for exactly these inputs."""
        return self._path.is_file() and self._path.read_text().strip() == digest

    def clear(self) -> None:
        """Forget the last finish, before the step begins: an interrupted step is done again."""
        self._path.unlink(missing_ok=True)

    def write(self, digest: str) -> None:
        """Record that the step was finished."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        making = self._path.with_name(f"{self._path.name}.new")
        making.write_text(f"{digest}\n")
        making.rename(self._path)
