"""People of the browser tests who know what they look at: taught by gold, they judge drawn pictures."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import cv2
import httpx
import numpy as np
from numpy.typing import NDArray
from tests.e2e.conftest import Installation, Script
from tests.factories.face_swaps import Picture, recipe
from tests.ml.bad_files import small_mp4

from clipjury_ml.synthetic.rendering import render

GOLD_EACH = 6  # two reviewers answer them all: 24 answers, and a version of reliabilities falls due at 20
GOLD_FRAMES = 10  # gold has so many frames and a few more: this is how a test's reviewer can tell it apart


def wait_for(ask: Callable[[], Any], what: str, within_s: float = 180.0) -> Any:
    """What `ask` gives once it gives something."""
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        found = ask()
        if found:
            return found
        time.sleep(0.5)
    raise AssertionError(f"{what} did not happen within {within_s:.0f} s")


def wait_for_job(script: Script, job_id: str, within_s: float = 300.0) -> dict[str, Any]:
    """The job once it has ended; it must have ended well."""

    def ended() -> dict[str, Any] | None:
        _, job = script.call("GET", f"/jobs/{job_id}")
        return job if job["state"] not in ("queued", "running") else None

    job = wait_for(ended, f"the end of job {job_id}", within_s)
    assert job["state"] == "done", job
    return dict(job)


def ballot(label: str, **more: object) -> dict[str, object]:
    """A complete ballot."""
    empty: dict[str, object] = {"kinds": [], "segments": [], "regions": [], "cues": [], "rationale": ""}
    return {**empty, "label": label, "confidence": 0.9, **more}


def teach_by_gold(installation: Installation, folder: Path, names: Iterable[str], uploader: str) -> None:
    """Reviewers answer gold clips by the interface until their reliabilities are known."""
    truth_of: dict[int, str] = {}
    for label in ("authentic", "manipulated"):
        paths = []
        for number in range(GOLD_EACH):
            frames = GOLD_FRAMES + 2 * number + (label == "manipulated")
            truth_of[frames] = label
            path = folder / f"{label}-{number}.mp4"
            small_mp4(path, frames, seed=frames)  # no two of them alike: nobody votes on near-duplicates
            paths.append(str(path))
        installation.command("clips", "add", *paths, "--gold", label, "--as", uploader, "--wait")
    scripts = [installation.api(name) for name in names]
    for script in scripts:
        answered = judge_all(script, lambda lease: truth_of.get(lease["clip"]["frames"]))
        assert answered == 2 * GOLD_EACH

    def all_anchored() -> bool:
        return all(s.call("GET", "/reviewers/me")[1]["skill"]["anchored"] for s in scripts)

    wait_for(all_anchored, "a new version of reliabilities")


def judge_all(script: Script, truth_of: Callable[[dict[str, Any]], str | None]) -> int:
    """Answer every clip that this reviewer is given; those that `truth_of` does not know are skipped."""
    answered = 0
    while True:
        status, lease = script.call("POST", "/assignments")
        if status == 204:
            return answered
        assert status in (200, 201), lease
        label = truth_of(lease)
        if label is None:
            status, body = script.call("POST", f"/assignments/{lease['id']}/skip", {"reason": "other"})
            assert status == 204, body
            continue
        status, vote = script.call("POST", f"/assignments/{lease['id']}/vote", ballot(label))
        assert status == 201, vote
        answered += 1


def draw_people(folder: Path, seed: int, count: int) -> list[Picture]:
    """Pictures of as many drawn people, every second one with another's face."""
    cv2.setNumThreads(1)
    folder.mkdir(parents=True, exist_ok=True)
    pictures = []
    for number in range(count):
        is_swapped = number % 2 == 1
        path = folder / f"person-{number:02d}.jpg"
        render(recipe(seed, number, swapped=is_swapped), path)
        pictures.append(Picture(path, "manipulated" if is_swapped else "authentic", None))
    return pictures


class Eyes:
    """Tells a leased picture by its look: a lease's id and address say nothing."""

    def __init__(self, pictures: Iterable[Picture]) -> None:
        self._known = [(_shrink(picture.path.read_bytes()), picture) for picture in pictures]

    def find(self, script: Script, lease: dict[str, Any]) -> Picture | None:
        """The picture that is most like the leased one; None for a video."""
        if lease["clip"]["kind"] != "image":
            return None
        answer = httpx.get(
            f"{script.url}{lease['clip']['media_url']}", headers={"Authorization": f"Bearer {script.token}"}
        )
        assert answer.status_code == 200
        seen = _shrink(answer.content)
        return min(self._known, key=lambda known: float(np.abs(known[0] - seen).mean()))[1]


def _shrink(content: bytes) -> NDArray[np.float64]:
    picture = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None
    return cv2.resize(picture, (160, 90), interpolation=cv2.INTER_AREA).astype(np.float64)


def upload(script: Script, path: Path, **fields: str) -> dict[str, Any]:
    """Send a file as a script does; the clip."""
    with path.open("rb") as file:
        answer = httpx.post(
            f"{script.url}/api/v1/clips",
            headers={"Authorization": f"Bearer {script.token}"},
            files={"file": (path.name, file)},
            data=fields,
            timeout=60,
        )
    assert answer.status_code == 201, answer.text
    return dict(answer.json())
