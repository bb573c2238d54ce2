"""Training from portraits survives kill -9: started again with the same command, it ends with the very same weights."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.ml.test_training_pairs import write_portraits

pytestmark = [pytest.mark.timeout(600), pytest.mark.slow]


@pytest.fixture(scope="module")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_portraits(tmp_path_factory.mktemp("portraits"), 4)


def command(module: str, manifest: Path, out: Path, arguments: str) -> list[str]:
    start = [
        sys.executable,
        "-m",
        f"clipjury_ml.training.{module}",
        "--data",
        str(manifest),
        "--out",
        str(out),
    ]
    return [*start, *arguments.split()]


def kill_once_there_is(path: Path, started: list[str]) -> None:
    """Start, wait for the run's first state, and kill the process with all its loaders."""
    process = subprocess.Popen(started, start_new_session=True, stdout=subprocess.DEVNULL)
    until = time.monotonic() + 200
    while not path.exists() and process.poll() is None and time.monotonic() < until:
        time.sleep(0.01)
    assert process.poll() is None, "it ended before it could be killed"
    os.killpg(process.pid, signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL


def test_the_face_swap_training_goes_on_bit_for_bit(manifest: Path, tmp_path: Path) -> None:
    arguments = "--steps 6 --pairs 1 --dev-pairs 2 --dev-share 0.5 --evaluate-every 2"
    whole, killed = (
        command("train_face_swap", manifest, tmp_path / name, arguments) for name in ("whole", "killed")
    )
    subprocess.run(whole, check=True, stdout=subprocess.DEVNULL)
    kill_once_there_is(tmp_path / "killed" / "run_state.safetensors", killed)
    assert '"step": 6' not in (tmp_path / "killed" / "history.json").read_text()
    subprocess.run(killed, check=True, stdout=subprocess.DEVNULL)
    same = [(tmp_path / name / "checkpoint.safetensors").read_bytes() for name in ("whole", "killed")]
    assert same[0] == same[1]


def test_the_autoencoder_training_goes_on_bit_for_bit(manifest: Path, tmp_path: Path) -> None:
    arguments = "--steps 300 --faces 1 --dev-share 0"
    whole, killed = (
        command("train_face_autoencoder", manifest, tmp_path / name, arguments)
        for name in ("whole", "killed")
    )
    subprocess.run(whole, check=True, stdout=subprocess.DEVNULL)
    kill_once_there_is(tmp_path / "killed" / "run_state.safetensors", killed)
    assert not (tmp_path / "killed" / "autoencoder_1.safetensors").exists(), "it was killed before its end"
    subprocess.run(killed, check=True, stdout=subprocess.DEVNULL)
    for age in (0, 1):
        name = f"autoencoder_{age}.safetensors"
        assert (tmp_path / "whole" / name).read_bytes() == (tmp_path / "killed" / name).read_bytes()


def test_a_run_with_other_settings_is_refused_with_a_sentence(manifest: Path, tmp_path: Path) -> None:
    arguments = "--steps 1 --pairs 1 --dev-pairs 2 --dev-share 0.5 --loaders 0 --seed"
    subprocess.run(command("train_face_swap", manifest, tmp_path, f"{arguments} 1"), check=True)
    done = subprocess.run(
        command("train_face_swap", manifest, tmp_path, f"{arguments} 2"),
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2 and "other settings" in done.stderr
