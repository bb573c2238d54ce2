"""Running one operation on one untrusted file in a process of its own, with hard ends to what it may take.

Standard library only. See `isolation` for the fences; this side adds the wall clock, an empty environment,
one private folder that is removed afterwards, and a close look at everything that comes out of it.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import select
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Literal

from clipjury_ml.media.containers import HEAD_BYTES, sniff
from clipjury_ml.media.errors import MediaError, parse_code
from clipjury_ml.media.isolation import NOBODY, Isolation
from clipjury_ml.media.limits import Limits

_Killed = Literal["late", "talkative"]
_MAX_REPLY_BYTES = 16 * 1024 * 1024
_SOURCE_ROOT = Path(__file__).resolve().parents[2]
_ENVIRONMENT = {
    "PYTHONPATH": str(_SOURCE_ROOT),
    "PYTHONDONTWRITEBYTECODE": "1",
    "LC_ALL": "C.UTF-8",
    # Threads would make entering a user namespace impossible, and each costs address space.
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "1",
}


class SandboxCrash(Exception):
    """What the sandboxed process left behind when it gave no proper answer; the cause of a MediaError."""


@dataclass(frozen=True)
class Reply:
    """What came back: the operation's result as JSON, the files it wrote by name, and what it took."""

    result: Mapping[str, Any]
    files: Mapping[str, Path]
    isolation: Isolation
    cpu_s: float
    max_rss_bytes: int


@dataclass(frozen=True)
class _Ended:
    """How the process ended: its raw answer, exit status, why it was killed (if it was), what it complained of."""

    answer: bytes
    status: int
    killed_for: _Killed | None
    complaint: str


def run_operation(
    operation: str,
    path: Path,
    limits: Limits,
    *,
    out_dir: Path | None = None,
    outputs: tuple[str, ...] = (),
    arguments: Mapping[str, int] | None = None,
) -> Reply:
    """Run `operation` on the file at `path`; of what it writes, the names in `outputs` move to `out_dir`.

    On any failure nothing is left in `out_dir`. Raises MediaError for what is wrong with the file (with a
    SandboxCrash as its cause where the decoder broke down), OSError when `path` or `out_dir` cannot be used.
    """
    file_fd = _open_regular(path)
    try:
        private = Path(tempfile.mkdtemp(prefix=".sandbox-", dir=out_dir))
        try:
            answer = _converse(operation, file_fd, private, limits, dict(arguments or {}))
            files = {
                name: _collect(private / name, out_dir) for name in outputs if os.path.lexists(private / name)
            }
        finally:
            shutil.rmtree(private, ignore_errors=True)
    finally:
        os.close(file_fd)
    usage = answer["usage"]
    fences = Isolation(**{name: bool(stands) for name, stands in answer["isolation"].items()})
    return Reply(answer["result"], files, fences, float(usage["cpu_s"]), int(usage["max_rss_bytes"]))


def _open_regular(path: Path) -> int:
    # Not blocking: a named pipe would hold the worker for ever.
    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    if not stat.S_ISREG(os.fstat(fd).st_mode):
        os.close(fd)
        raise MediaError("unsupported_format", "This is not a file but a folder or a device. Upload a file.")
    return fd


def _converse(
    operation: str, file_fd: int, private: Path, limits: Limits, arguments: dict[str, int]
) -> dict[str, Any]:
    if os.geteuid() == 0:
        os.chown(private, NOBODY, NOBODY)
    container = sniff(os.pread(file_fd, HEAD_BYTES, 0))
    folder_fd = os.open(private, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        request = {
            "operation": operation,
            "kind": container and container.kind,
            "file_fd": file_fd,
            "folder_fd": folder_fd,
            "parent_pid": os.getpid(),
            "arguments": arguments,
            "limits": dataclasses.asdict(limits),
        }
        ended = _run_process(request, (file_fd, folder_fd), private, limits.wall_clock_s)
    finally:
        os.close(folder_fd)
    return _judge(ended, limits)


def _run_process(request: dict[str, Any], fds: tuple[int, ...], private: Path, wall_clock_s: float) -> _Ended:
    command = [sys.executable, "-P", "-s", "-m", "clipjury_ml.media.sandboxed"]
    with tempfile.TemporaryFile() as complaints:
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=complaints,
            env=_ENVIRONMENT,
            pass_fds=fds,
            cwd="/",
            start_new_session=True,
        )
        try:
            answer, killed_for = _ask(process, request, time.monotonic() + wall_clock_s)
        finally:
            _end(process)
        complaints.seek(max(0, complaints.seek(0, os.SEEK_END) - 4000))
        return _Ended(answer, process.returncode, killed_for, complaints.read().decode(errors="replace"))


def _ask(
    process: subprocess.Popen[bytes], request: dict[str, Any], deadline: float
) -> tuple[bytes, _Killed | None]:
    """Send the request and read the answer, no longer than until `deadline` and no more than a bound.

    The second value says why the process, still running, has to be killed.
    """
    assert process.stdin is not None
    assert process.stdout is not None
    with contextlib.suppress(BrokenPipeError), process.stdin as to_process:
        to_process.write(json.dumps(request).encode())
    answer = bytearray()
    while len(answer) <= _MAX_REPLY_BYTES:
        chunk = _read_before(process.stdout, deadline)
        if chunk is None:
            return b"", "late"
        if not chunk:
            return bytes(answer), None if _ends_before(process, deadline) else "late"
        answer += chunk
    return b"", "talkative"


def _read_before(pipe: IO[bytes], deadline: float) -> bytes | None:
    left_s = deadline - time.monotonic()
    if left_s <= 0 or not select.select([pipe], [], [], left_s)[0]:
        return None
    return os.read(pipe.fileno(), 65_536)


def _ends_before(process: subprocess.Popen[bytes], deadline: float) -> bool:
    try:
        process.wait(timeout=max(0.1, deadline - time.monotonic()))
    except subprocess.TimeoutExpired:
        return False
    return True


def _end(process: subprocess.Popen[bytes]) -> None:
    # Until it is waited for, the process (a session of its own) still owns its number: no one else is hit.
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    if process.stdout is not None:
        process.stdout.close()


def _judge(ended: _Ended, limits: Limits) -> dict[str, Any]:
    """The parsed answer, or the MediaError that its failure amounts to."""
    answer = _parse(ended.answer) if ended.status == 0 and ended.killed_for is None else None
    if answer is None:
        raise _broke_down(ended, limits) from SandboxCrash(f"status {ended.status}: {ended.complaint}")
    if "error" in answer:
        code = parse_code(str(answer["error"]["code"]))
        raise (
            _out_of_memory()
            if code == "decode_out_of_memory"
            else MediaError(code, str(answer["error"]["detail"]))
        )
    if "crash" in answer:
        raise _undecodable_here() from SandboxCrash(str(answer["crash"]))
    return answer


def _parse(answer: bytes) -> dict[str, Any] | None:
    try:
        parsed = json.loads(answer)
    except ValueError:
        return None
    known = isinstance(parsed, dict) and {"isolation", "usage"} <= parsed.keys()
    return parsed if known and {"result", "error", "crash"} & parsed.keys() else None


def _broke_down(ended: _Ended, limits: Limits) -> MediaError:
    if ended.killed_for == "late" or ended.status == -signal.SIGXCPU:
        return MediaError(
            "decode_timeout",
            f"Decoding took longer than the {limits.cpu_s} seconds of processor time a clip is given. "
            "Upload a shorter part of it, or a smaller version.",
        )
    if ended.killed_for is None and ended.status == -signal.SIGKILL:  # the system was short of memory
        return _out_of_memory()
    return _out_of_memory() if "MemoryError" in ended.complaint else _undecodable_here()


def _out_of_memory() -> MediaError:
    return MediaError(
        "decode_out_of_memory",
        "Decoding needs more memory than a clip is given. Upload a version with a smaller picture.",
    )


def _undecodable_here() -> MediaError:
    return MediaError(
        "decode_failed",
        "The decoder broke down over this file. If it plays on your device, convert it to MP4 (H.264) "
        "and upload that.",
    )


def _collect(written: Path, out_dir: Path | None) -> Path:
    """Move one file out of the private folder: a plain file only, never a link somewhere else."""
    found = written.lstat()
    if out_dir is None or not stat.S_ISREG(found.st_mode) or found.st_nlink != 1:
        raise _undecodable_here()
    if os.geteuid() == 0:
        os.chown(written, 0, 0, follow_symlinks=False)
    written.chmod(0o644)
    return written.replace(out_dir / written.name)
