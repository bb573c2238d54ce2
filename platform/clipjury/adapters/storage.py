"""Where originals and renditions are kept: a folder (embedded) or an S3 bucket (scale-out)."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

import obstore
from obstore.exceptions import BaseError, NotFoundError
from obstore.store import S3Store

CHUNK_BYTES = 1024 * 1024


class StorageError(RuntimeError):
    """The object is not there, or the store does not answer."""


class Storage(Protocol):
    """Objects under keys. A key appears whole or not at all."""

    def put_file(self, key: str, path: Path) -> None:
        """Store the file's bytes under `key`, replacing what was there."""
        ...

    def open_stream(self, key: str, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        """The object's bytes from `start` on; raises StorageError when it is missing."""
        ...

    def size(self, key: str) -> int:
        """Bytes of the object; raises StorageError when it is missing."""
        ...

    def exists(self, key: str) -> bool:
        """Whether the object is there."""
        ...

    def delete(self, key: str) -> None:
        """Remove the object; one that is not there is no error."""
        ...

    def local_path(self, key: str) -> Path | None:
        """The object as a file on this machine, where the store has one."""
        ...

    def download(self, key: str, path: Path) -> None:
        """Copy the object to `path`."""
        ...


class FolderStorage:
    """A folder on this machine. Files are written aside, flushed to disk and renamed."""

    def __init__(self, root: Path) -> None:
        self.root = root
        root.mkdir(parents=True, exist_ok=True)

    def _path(self, key: str) -> Path:
        path = (self.root / key).resolve()
        if not path.is_relative_to(self.root.resolve()):
            raise StorageError(f"the key {key!r} leaves the store")
        return path

    def put_file(self, key: str, path: Path) -> None:
        """Copy aside, fsync, rename."""
        target = self._path(key)
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=".incoming-")
        try:
            with os.fdopen(handle, "wb") as out, path.open("rb") as source:
                shutil.copyfileobj(source, out, CHUNK_BYTES)
                out.flush()
                os.fsync(out.fileno())
            Path(name).replace(target)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise

    def open_stream(self, key: str, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        """Read in chunks of a mebibyte."""
        left = self.size(key) - start if length is None else length
        with self._path(key).open("rb") as source:
            source.seek(start)
            while left > 0 and (chunk := source.read(min(CHUNK_BYTES, left))):
                left -= len(chunk)
                yield chunk

    def size(self, key: str) -> int:
        """Bytes of the file."""
        try:
            return self._path(key).stat().st_size
        except FileNotFoundError as error:
            raise StorageError(f"{key} is not in the store") from error

    def exists(self, key: str) -> bool:
        """Whether the file is there."""
        return self._path(key).is_file()

    def delete(self, key: str) -> None:
        """Unlink the file."""
        self._path(key).unlink(missing_ok=True)

    def local_path(self, key: str) -> Path | None:
        """The file itself."""
        path = self._path(key)
        return path if path.is_file() else None

    def download(self, key: str, path: Path) -> None:
        """Copy the file."""
        try:
            shutil.copyfile(self._path(key), path)
        except FileNotFoundError as error:
            raise StorageError(f"{key} is not in the store") from error


class BucketStorage:
    """An S3 bucket, reached with the credentials of the environment."""

    def __init__(self, url: str) -> None:
        self.store = S3Store.from_url(url)

    def put_file(self, key: str, path: Path) -> None:
        """One put, in parts where the file is large; the object appears when it is complete."""
        obstore.put(self.store, key, path)

    def open_stream(self, key: str, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        """Read range by range."""
        end = self.size(key) if length is None else start + length
        for at in range(start, end, CHUNK_BYTES):
            yield bytes(obstore.get_range(self.store, key, start=at, end=min(end, at + CHUNK_BYTES)))

    def size(self, key: str) -> int:
        """Bytes of the object."""
        try:
            return int(obstore.head(self.store, key)["size"])
        except (NotFoundError, FileNotFoundError) as error:
            raise StorageError(f"{key} is not in the store") from error
        except BaseError as error:
            raise StorageError(f"the store does not answer: {error}") from error

    def exists(self, key: str) -> bool:
        """Whether the object is there."""
        try:
            obstore.head(self.store, key)
        except (NotFoundError, FileNotFoundError):
            return False
        return True

    def delete(self, key: str) -> None:
        """Remove the object."""
        obstore.delete(self.store, key)

    def local_path(self, key: str) -> Path | None:
        """A bucket has no files here."""
        return None

    def download(self, key: str, path: Path) -> None:
        """Write the object to `path` chunk by chunk."""
        with path.open("wb") as out:
            for chunk in self.open_stream(key):
                out.write(chunk)


def open_storage(url: str) -> Storage:
    """The store that `url` names: file:///folder or s3://bucket/prefix. Raises ValueError for others."""
    parts = urlsplit(url)
    if parts.scheme == "file":
        return FolderStorage(Path(unquote(parts.path)))
    if parts.scheme == "s3":
        return BucketStorage(url)
    raise ValueError(f"CLIPJURY_STORAGE_URL must be file:///folder or s3://bucket; it is {url!r}")


def original_key(sha256: str) -> str:
    """Where an original is kept: under its own hash, byte for byte."""
    return f"originals/{sha256[:2]}/{sha256}"


def rendition_key(clip_id: object, name: str, sha256: str, extension: str) -> str:
    """Where a rendition is kept; a new one never overwrites the one being read."""
    return f"renditions/{clip_id}/{name}-{sha256[:16]}{extension}"
