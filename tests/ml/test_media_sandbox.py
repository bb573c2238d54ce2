"""The fences around the decoder, and what the parent does when the decoder misbehaves."""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import psutil
import pytest
from PIL import Image
from tests.ml import bad_files, good_files

from clipjury_ml.media import operations, sandbox
from clipjury_ml.media.errors import MediaError
from clipjury_ml.media.limits import DEFAULT_LIMITS, Limits

ML_ROOT = Path(sandbox.__file__).resolve().parents[2]

FENCED = """
import ctypes, errno, json, os, socket, sys
from clipjury_ml.media import isolation, syscalls
{before}
network = isolation.leave_network()
folder = os.open(sys.argv[1], os.O_RDONLY)
filesystem = isolation.enter_folder(folder)
os.close(folder)
unprivileged = isolation.drop_rights(os.getppid())

def tried(work):
    try:
        work()
        return "worked"
    except OSError as error:
        return errno.errorcode.get(error.errno, "other")

def connect():
    with socket.socket() as outside:
        outside.settimeout(2)
        outside.connect(("127.0.0.1", int(sys.argv[2])))

def escape():
    os.mkdir("deeper"); os.chroot("deeper"); os.chdir("../../../.."); open("etc/passwd").close()

interfaces = len(socket.if_nameindex())
fenced = {{
    "network": network, "filesystem": filesystem, "unprivileged": unprivileged,
    "connect": tried(connect), "passwd": tried(lambda: open("/etc/passwd")), "root": os.listdir("/"),
    "write": tried(lambda: open("inside.txt", "w")), "become_root": tried(lambda: os.setuid(0)),
    "escape": tried(escape), "interfaces": interfaces,
}}
fenced["refused"] = syscalls.refuse_dangerous_calls()
fenced["fork"] = tried(lambda: os.fork() or os._exit(0))
fenced["exec"] = tried(lambda: os.execv("/bin/true", ["true"]))
fenced["socket"] = tried(lambda: socket.socket())
fenced["mknod"] = tried(lambda: os.mknod("pipe"))
fenced["still_writes"] = tried(lambda: open("inside2.txt", "w"))
print(json.dumps(fenced))
"""


AS_NOBODY = "os.setgroups([]); os.setresgid(*[65534] * 3); os.setresuid(*[65534] * 3)"


def fenced(folder: Path, port: int, before: str = "") -> dict[str, object]:
    """What a process can still do once it has fenced itself in."""
    done = subprocess.run(
        [sys.executable, "-c", FENCED.format(before=before), str(folder), str(port)],
        capture_output=True, text=True, check=True, env={"PYTHONPATH": str(ML_ROOT)},
    )  # fmt: skip
    answer: dict[str, object] = json.loads(done.stdout)
    return answer


@pytest.fixture
def listening_port() -> object:
    import socket

    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server.getsockname()[1]


@pytest.mark.parametrize("before", ["", AS_NOBODY])
def test_a_fenced_process_has_no_network_no_files_and_no_rights(
    tmp_path: Path, listening_port: int, before: str
) -> None:
    if before and os.geteuid() != 0:
        pytest.skip("only root can try what an ordinary user's process gets")
    tmp_path.chmod(0o777)
    for above in tmp_path.parents:
        if above.stat().st_uid == os.geteuid() and above.name.startswith(("pytest", "popen")):
            above.chmod(0o755)
    found = fenced(tmp_path, listening_port, before)
    if not (found["network"] and found["filesystem"]):
        pytest.skip(f"this machine gives the sandbox less: {found}")
    assert found["unprivileged"]
    assert found["connect"] != "worked"
    assert found["passwd"] == "ENOENT"
    assert found["root"] == []
    assert found["write"] == "worked"
    assert found["become_root"] != "worked"
    assert found["escape"] == "EPERM"
    assert found["refused"]
    assert {found[act] for act in ("fork", "exec", "socket", "mknod")} == {"EPERM"}
    assert found["still_writes"] == "worked"


def test_the_sandbox_reports_the_fences_that_stand() -> None:
    isolation = operations.describe_isolation()
    assert isolation.unprivileged
    if os.geteuid() == 0 and sys.platform == "linux":
        assert isolation.filesystem


def test_the_caller_loads_no_decoder() -> None:
    code = (
        "import sys; from clipjury_ml.media import operations; "
        "print(sorted({'av', 'cv2', 'numpy', 'torch', 'PIL'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_sandbox_starts_quickly_and_without_what_the_operation_does_not_need(tmp_path: Path) -> None:
    clip = good_files.make_clip(good_files.BY_NAME["one_frame.mp4"], tmp_path)
    # From a small process: a child's highest memory begins at what its parent has when it forks.
    measure = (
        "import json, pathlib, sys; from clipjury_ml.media import sandbox; "
        "from clipjury_ml.media.limits import DEFAULT_LIMITS as limits; "
        "runs = [sandbox.run_operation('probe', pathlib.Path(sys.argv[1]), limits) for _ in range(3)]; "
        "print(json.dumps([[run.cpu_s, run.max_rss_bytes] for run in runs]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", measure, str(clip)], capture_output=True, text=True, check=True
    )
    costs = json.loads(done.stdout)
    assert min(cpu_s for cpu_s, _ in costs) < 0.5
    assert min(rss_bytes for _, rss_bytes in costs) < 150_000_000
    code = (
        "import sys; from clipjury_ml.media.sandboxed import _load as load; load('probe', 'video'); "
        "print(sorted({'cv2', 'torch', 'numpy', 'PIL'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_all_operations_work_inside_the_fences_on_every_kind_of_file(tmp_path: Path) -> None:
    names = ["plain.mp4", "far_from_zero.ts"]
    clips = [good_files.make_clip(good_files.BY_NAME[name], tmp_path) for name in names]
    clips += [
        good_files.make_photo(tmp_path / f"photo.{kind}", orientation=6) for kind in ("jpg", "png", "webp")
    ]
    for number, clip in enumerate(clips):
        out = tmp_path / f"out{number}"
        out.mkdir()
        found, preview = operations.probe(clip), operations.preview(clip, out)
        assert preview.times_s == pytest.approx(found.frame_index.times_s, abs=1e-6)
        assert operations.poster(preview.path, out).path.is_file()
        assert operations.thumbnails(preview.path, out, 5).count == min(5, found.probe.frames)
        sampled = operations.frames(clip, out, 3)
        assert sampled.rgb.shape[0] == len(sampled.frame_indices) == min(3, found.probe.frames)
        assert sorted(path.name for path in out.iterdir()) == sorted(
            [preview.path.name, "poster.jpg", "thumbnails.jpg", "frames.rgb"]
        )
        assert all(path.stat().st_uid == os.geteuid() for path in out.iterdir())


def test_a_count_out_of_range_is_the_callers_mistake(tmp_path: Path) -> None:
    clip = good_files.make_photo(tmp_path / "photo.png")
    for call in (
        lambda: operations.frames(clip, tmp_path, 0),
        lambda: operations.thumbnails(clip, tmp_path, 61),
    ):
        with pytest.raises(ValueError, match="count must be between"):
            call()


def test_decoding_beyond_the_processor_time_given_is_ended(busy_clip: Path, tmp_path: Path) -> None:
    error = refused(
        lambda: operations.preview(busy_clip, tmp_path / "out", limits=with_limits(cpu_s=1)), tmp_path / "out"
    )
    assert error.code == "decode_timeout"


def is_sandbox(process: psutil.Process) -> bool:
    try:
        return process.status() == psutil.STATUS_ZOMBIE or "clipjury_ml.media.sandboxed" in process.cmdline()
    except psutil.NoSuchProcess:
        return False


def test_decoding_beyond_the_wall_clock_is_ended_and_the_process_is_gone(
    busy_clip: Path, tmp_path: Path
) -> None:
    started = time.monotonic()
    error = refused(
        lambda: operations.preview(busy_clip, tmp_path / "out", limits=with_limits(wall_clock_s=0.5)),
        tmp_path / "out",
    )
    assert error.code == "decode_timeout"
    assert time.monotonic() - started < 5
    assert [child for child in psutil.Process().children() if is_sandbox(child)] == []


def test_decoding_beyond_the_memory_given_is_ended(tmp_path: Path) -> None:
    picture = tmp_path / "large.png"
    Image.fromarray(np.zeros((5900, 6000, 3), np.uint8)).save(picture, compress_level=1)
    assert operations.probe(picture).probe.width == 6000
    error = refused(lambda: operations.probe(picture, limits=with_limits(address_space_bytes=400 << 20)))
    assert error.code == "decode_out_of_memory"


def with_limits(**changes: float) -> Limits:
    return dataclasses.replace(DEFAULT_LIMITS, **changes)  # type: ignore[arg-type]


def refused(work: object, out: Path | None = None) -> MediaError:
    """The MediaError that `work` ends in, with nothing left in `out`."""
    if out is not None:
        out.mkdir()
    with pytest.raises(MediaError) as caught:
        work()  # type: ignore[operator]
    assert out is None or list(out.iterdir()) == []
    return caught.value


@pytest.fixture(scope="module")
def busy_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clip whose preview keeps a processor busy for some seconds."""
    clip = tmp_path_factory.mktemp("busy") / "noise.mp4"
    bad_files.small_mp4(clip, frames=150, size=(640, 480))
    return clip


@pytest.fixture
def impostor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> object:
    """Puts a script in the place of the sandboxed interpreter: a decoder that somebody has taken over."""

    def install(script: str) -> None:
        path = tmp_path / "impostor"
        path.write_text(f"#!{sys.executable}\n{script}")
        path.chmod(0o755)
        monkeypatch.setattr(sandbox.sys, "executable", str(path))

    return install


GOOD_ANSWER = """
import json, os, sys
request = json.loads(sys.stdin.buffer.read())
os.fchdir(request["folder_fd"])
{act}
print(json.dumps({{
    "result": {{"path": "poster.jpg", "width": 1, "height": 1, "frame": 0}},
    "isolation": {{"network": True, "filesystem": True, "unprivileged": True, "calls_refused": True}},
    "usage": {{"cpu_s": 0, "max_rss_bytes": 0}},
}}))
"""


@pytest.mark.parametrize(
    ("script", "code"),
    [
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "decode_failed"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "decode_out_of_memory"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGXCPU)", "decode_timeout"),
        ("raise SystemExit(3)", "decode_failed"),
        ("print('not JSON')", "decode_failed"),
        ("print('[]')", "decode_failed"),
        ("print('{}')", "decode_failed"),
        ("import time; time.sleep(60)", "decode_timeout"),
        ("import os, time; os.close(1); time.sleep(60)", "decode_timeout"),
        ("import sys\nwhile True: sys.stdout.write('x' * 100000)", "decode_failed"),
    ],
)
def test_a_process_that_misbehaves_is_a_media_error(
    impostor: object, tmp_path: Path, script: str, code: str
) -> None:
    clip = good_files.make_photo(tmp_path / "photo.png")
    impostor(script)  # type: ignore[operator]
    error = refused(
        lambda: operations.poster(clip, tmp_path / "out", limits=with_limits(wall_clock_s=2.0)),
        tmp_path / "out",
    )
    assert error.code == code
    assert isinstance(error.__cause__, sandbox.SandboxCrash)


@pytest.mark.parametrize(
    "act",
    [
        "os.symlink('/etc/passwd', 'poster.jpg')",
        "os.mkdir('poster.jpg')",
        "os.mkfifo('poster.jpg')",
        "open('x', 'w').close(); os.link('x', 'poster.jpg')",
        "pass",
    ],
)
def test_only_a_plain_file_is_taken_out_of_the_private_folder(
    impostor: object, tmp_path: Path, act: str
) -> None:
    clip = good_files.make_photo(tmp_path / "photo.png")
    impostor(GOOD_ANSWER.format(act=act))  # type: ignore[operator]
    assert (
        refused(lambda: operations.poster(clip, tmp_path / "out"), tmp_path / "out").code == "decode_failed"
    )


@pytest.mark.parametrize(
    "answer",
    [
        '{"result": {}, "isolation": {}, "usage": {}}',
        '{"result": null, "isolation": {"network": 1}, "usage": {"cpu_s": "x", "max_rss_bytes": 1}}',
        '{"error": {}, "isolation": {}, "usage": {}}',
        '{"error": "bad", "isolation": {}, "usage": {}}',
        '{"result": {"probe": {"kind": "video"}, "frame_index": {"times_s": [NaN], "keyframes": [true]}, '
        '"warnings": []}, "isolation": {"network": true, "filesystem": true, "unprivileged": true, '
        '"calls_refused": true}, "usage": {"cpu_s": 1, "max_rss_bytes": 1}}',
    ],
)
def test_an_answer_out_of_form_is_a_media_error(impostor: object, tmp_path: Path, answer: str) -> None:
    clip = good_files.make_photo(tmp_path / "photo.png")
    impostor(f"print({answer!r})")  # type: ignore[operator]
    assert refused(lambda: operations.probe(clip)).code == "decode_failed"


SAMPLED = """
import json, os, sys
os.fchdir(json.loads(sys.stdin.buffer.read())["folder_fd"])
with open("frames.rgb", "wb") as out:
    out.write(bytes({bytes}))
result = {{"path": "frames.rgb", "height": {height}, "width": 3, "frame_indices": {numbers}, "times_s": {times}}}
print(json.dumps({{
    "result": result,
    "isolation": {{"network": True, "filesystem": True, "unprivileged": True, "calls_refused": True}},
    "usage": {{"cpu_s": 0, "max_rss_bytes": 0}},
}}))
"""


def test_pixels_are_taken_as_they_are_said_to_be(impostor: object, tmp_path: Path) -> None:
    clip = good_files.make_photo(tmp_path / "photo.png")
    impostor(SAMPLED.format(bytes=36, height="2", numbers="[0, 1]", times="[0.0, 0.1]"))  # type: ignore[operator]
    assert operations.frames(clip, tmp_path, 3).rgb.shape == (2, 2, 3, 3)


@pytest.mark.parametrize(
    ("written", "height", "numbers", "times"),
    [
        (35, "2", "[0, 1]", "[0.0, 0.1]"),
        (37, "2", "[0, 1]", "[0.0, 0.1]"),
        (36, "-2", "[0, 1]", "[0.0, 0.1]"),
        (36, "float('inf')", "[0, 1]", "[0.0, 0.1]"),
        (36, "2 ** 70", "[0, 1]", "[0.0, 0.1]"),
        (36, "2", "[0, 1]", "[0.0]"),
        (36, "1", "[0, 1, 2, 3]", "[0.0, 0.1, 0.2, 0.3]"),  # three were asked for
        (0, "2", "[]", "[]"),
    ],
)
def test_pixels_that_do_not_fit_what_is_said_of_them_are_a_media_error(
    impostor: object, tmp_path: Path, written: int, height: str, numbers: str, times: str
) -> None:
    clip = good_files.make_photo(tmp_path / "photo.png")
    impostor(SAMPLED.format(bytes=written, height=height, numbers=numbers, times=times))  # type: ignore[operator]
    with pytest.raises(MediaError) as caught:
        operations.frames(clip, tmp_path, 3)
    assert caught.value.code == "decode_failed"


def test_the_process_sees_nothing_of_the_callers_environment(
    impostor: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLIPJURY_CANARY", "must-not-be-seen")
    clip = good_files.make_photo(tmp_path / "photo.png")
    impostor("import os, sys; sys.stderr.write('seen ' + repr(dict(os.environ))); raise SystemExit(1)")  # type: ignore[operator]
    complaint = str(refused(lambda: operations.probe(clip)).__cause__)
    assert "seen" in complaint
    assert "CANARY" not in complaint
    assert "HOME" not in complaint


OPEN_FILES = """
import os, sys
numbers = sorted(int(number) for number in os.listdir("/proc/self/fd"))
links = [os.readlink(f"/proc/self/fd/{number}") for number in numbers if os.path.exists(f"/proc/self/fd/{number}")]
sys.stderr.write("open " + " ".join(links))
sys.exit(1)
"""


def test_a_file_that_the_caller_holds_open_does_not_reach_the_process(
    impostor: object, tmp_path: Path
) -> None:
    clip = good_files.make_photo(tmp_path / "photo.png")
    impostor(OPEN_FILES)  # type: ignore[operator]
    with (tmp_path / "secret").open("w") as secret:
        os.set_inheritable(secret.fileno(), True)
        complaint = str(refused(lambda: operations.probe(clip)).__cause__)
    assert "photo.png" in complaint
    assert "secret" not in complaint


PREVIEW = """
import sys
from pathlib import Path
from clipjury_ml.media import operations
operations.preview(Path(sys.argv[1]), Path(sys.argv[2]))
"""


def test_the_sandboxed_process_dies_with_its_parent(busy_clip: Path, tmp_path: Path) -> None:
    parent = subprocess.Popen([sys.executable, "-c", PREVIEW, str(busy_clip), str(tmp_path)])
    child = wait_for(lambda: child_of(parent.pid))
    wait_for(lambda: any(tmp_path.glob(".sandbox-*/preview.mp4")))
    parent.kill()
    parent.wait()
    wait_for(lambda: not Path(f"/proc/{child}").exists() or zombie(child))


def child_of(pid: int) -> int:
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return int(listed[0]) if listed else 0


def zombie(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except FileNotFoundError:
        return True


def wait_for(question: object, seconds: float = 20.0) -> int:
    """The first true answer to `question`, asked until `seconds` have passed."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        answer = question()  # type: ignore[operator]
        if answer:
            return int(answer)
        time.sleep(0.02)
    raise AssertionError("waited in vain")
