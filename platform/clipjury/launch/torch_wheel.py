"""Which torch to install: on Linux without an NVIDIA device, one that brings no CUDA packages.

Standard library only.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from clipjury.launch.progress import StepError, say

CPU_INDEX = "https://download.pytorch.org/whl/cpu"
_CUDA_REQUIREMENT = re.compile(r"^(nvidia|cuda|triton)", re.IGNORECASE)
_CUDA_SIZE = "about 900 MB, and some 2.5 GB of CUDA packages with it"
_CPU_SIZE = "about 200 MB"


@dataclass(frozen=True, slots=True)
class TorchChoice:
    """How to ask pip for torch: its arguments after `install`, and what to tell before."""

    arguments: tuple[str, ...]
    size: str


def has_nvidia_device() -> bool:
    """Whether this machine has an NVIDIA device with a driver."""
    return Path("/proc/driver/nvidia/version").exists() or Path("/dev/nvidiactl").exists()


def brings_cuda(report: dict[str, Any]) -> bool:
    """Whether the wheel that pip would take requires CUDA packages (pip's installation report)."""
    requirements = report["install"][0]["metadata"].get("requires_dist", [])
    return any(_CUDA_REQUIREMENT.match(line) for line in requirements if "extra ==" not in line)


def ask_configured_index(python: Path, pin: str) -> dict[str, Any] | None:
    """What pip as configured would take for torch, without installing it; None when it has none."""
    command = [str(python), "-m", "pip", "install", "--dry-run", "--quiet", "--no-deps", "--ignore-installed",
               "--no-input", "--disable-pip-version-check", "--report", "-", pin]  # fmt: skip
    asked = subprocess.run(command, capture_output=True, text=True, check=False)
    if asked.returncode != 0:
        return None
    report: dict[str, Any] = json.loads(asked.stdout)
    return report if report["install"] else None


def choose_torch(
    pin: str, *, linux: bool, nvidia: bool, ask: Callable[[], dict[str, Any] | None]
) -> list[TorchChoice]:
    """The ways to try, best first. `ask` is called only where its answer matters."""
    if not linux:
        return [TorchChoice((pin,), _CPU_SIZE)]
    if nvidia:
        return [TorchChoice((pin,), _CUDA_SIZE)]
    report = ask()
    if report is not None and not brings_cuda(report):
        url = report["install"][0]["download_info"]["url"]
        return [
            TorchChoice(("--no-deps", pin), "nothing: it is here" if url.startswith("file:") else _CPU_SIZE)
        ]
    public = TorchChoice(("--no-deps", "--index-url", CPU_INDEX, pin), f"{_CPU_SIZE}, the build without CUDA")
    return [public] if report is None else [public, TorchChoice((pin,), _CUDA_SIZE)]


def install_torch(python: Path, pin: str, install: Callable[[str, list[str]], None]) -> None:
    """Install torch by the first way that works. `install(title, arguments)` runs pip and may raise."""
    choices = choose_torch(
        pin,
        linux=sys.platform.startswith("linux"),
        nvidia=has_nvidia_device(),
        ask=lambda: ask_configured_index(python, pin),
    )
    for place, choice in enumerate(choices):
        try:
            install(f"Installing {pin} (download: {choice.size})", list(choice.arguments))
            return
        except StepError as error:
            if place + 1 == len(choices):
                raise
            say(f"    that did not work ({str(error).splitlines()[0]}); trying the configured index")
