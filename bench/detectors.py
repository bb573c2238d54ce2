"""What the bundled panel costs: CPU seconds for a clip, frames for a CPU second, start, memory, and two workers.

    ./run bench detectors [--seconds 10] [--repeats 3]

One drawn clip of a talking person, 720p at 25 frames a second with sound. The floor beside it decodes all its frames
by PyAV, without a sandbox or a detector. CPU seconds count children, so the decoding in the sandbox is in them.
Every row is measured in a process of its own, the panel loaded and one clip judged before the clock starts.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import resource
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

import av
import cv2

from clipjury_ml.detection.detect import detect_file
from clipjury_ml.detection.registry import build, list_detectors
from clipjury_ml.synthetic.recipes import ClipRecipe
from clipjury_ml.synthetic.rendering import render

FPS = 25
MB = 1024.0  # ru_maxrss counts in kB


def draw_clip(path: Path, seconds: float) -> Path:
    """A drawn person at a lectern, talking."""
    cv2.setNumThreads(1)
    frames = round(seconds * FPS)
    recipe = ClipRecipe(
        "At the podium", "podium", 7, 11, "tripod", frames, FPS, 1280, 720, "mp4", False, "g", None
    )
    render(recipe, path)
    return path


def cpu_s() -> float:
    """CPU seconds of this process and of its children that have ended."""
    spent = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(each.ru_utime + each.ru_stime for each in spent)


def in_child(work: Callable[..., Any], *arguments: Any) -> Any:
    """The work's result, from a fresh interpreter."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(work, arguments)


def decode(clip: Path, repeats: int) -> float:
    """The floor: CPU seconds to decode every frame to RGB, median."""
    spent = []
    for _ in range(repeats):
        begun = cpu_s()
        with av.open(str(clip)) as container:
            for frame in container.decode(video=0):
                frame.to_ndarray(format="rgb24")
        spent.append(cpu_s() - begun)
    return median(spent)


def judge(clip: Path, name: str, repeats: int) -> tuple[float, int]:
    """CPU seconds of one detector for the clip (median), and the frames it used."""
    detector = next(build(each) for each in list_detectors() if each.id == name)
    detect_file(clip, detector)
    spent, used = [], 0
    for _ in range(repeats):
        begun = cpu_s()
        used = detect_file(clip, detector).frames_used
        spent.append(cpu_s() - begun)
    return median(spent), used


def start(clip: Path) -> tuple[float, float, float]:
    """Seconds and CPU seconds until the whole panel is loaded, and the peak memory in MB once it has judged a clip."""
    begun, spent = time.perf_counter(), cpu_s()
    panel = [build(each) for each in list_detectors()]
    took = time.perf_counter() - begun, cpu_s() - spent
    for detector in panel:
        detect_file(clip, detector)
    return *took, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MB


def work_through(clip: Path, times: int, ready: Any, go: Any) -> None:
    """One worker: the whole panel for one clip after another."""
    panel = [build(each) for each in list_detectors()]
    for detector in panel:
        detect_file(clip, detector)
    ready.release()
    go.wait()
    for _ in range(times):
        for detector in panel:
            detect_file(clip, detector)


def clips_a_minute(clip: Path, workers: int, times: int) -> float:
    """Throughput of so many workers, each with its own panel."""
    context = multiprocessing.get_context("spawn")
    ready, go = context.Semaphore(0), context.Event()
    processes = [context.Process(target=work_through, args=(clip, times, ready, go)) for _ in range(workers)]
    for process in processes:
        process.start()
    for _ in processes:
        ready.acquire()
    begun = time.perf_counter()
    go.set()
    for process in processes:
        process.join()
    return 60.0 * workers * times / (time.perf_counter() - begun)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="clipjury-bench-") as folder:
        clip = draw_clip(Path(folder) / "clip.mp4", options.seconds)
        print(f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f};"
              f" {options.seconds:g} s of 720p, {round(options.seconds * FPS)} frames")  # fmt: skip
        floor = in_child(decode, clip, options.repeats)
        print(
            "| what | CPU seconds | x the floor | frames used | of them a CPU second |\n|---|---|---|---|---|"
        )
        print(
            f"| floor: decode all frames | {floor:.2f} | 1 | {round(options.seconds * FPS)} | |", flush=True
        )
        total = 0.0
        for manifest in list_detectors():
            spent, used = in_child(judge, clip, manifest.id, options.repeats)
            total += spent
            rate = f"{used / spent:.1f}" if used else ""
            print(
                f"| {manifest.id} | {spent:.2f} | {spent / floor:.1f} | {used or ''} | {rate} |", flush=True
            )
        print(f"| the whole panel | {total:.2f} | {total / floor:.1f} | | |", flush=True)
        took, spent, peak = in_child(start, clip)
        print(f"start of the panel: {took:.1f} s ({spent:.1f} CPU s); peak memory {peak:.0f} MB", flush=True)
        one, two = (clips_a_minute(clip, workers, options.repeats) for workers in (1, 2))
        print(
            f"clips a minute: {one:.1f} with one worker, {two:.1f} with two = {two / one:.2f} x", flush=True
        )


if __name__ == "__main__":
    main()
