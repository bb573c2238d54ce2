"""What a real browser says about a preview: which frame it shows, and at what time of the clip."""

from __future__ import annotations

import base64
import io
import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page
from tests.ml.good_files import BY_NAME, make_clip, read_number

from clipjury_ml.media.previews import make_preview

pytestmark = pytest.mark.browser

NORMAL_PRIORITY = 20
SEEK_AND_READ = """
async ([at]) => {
  const video = document.querySelector("video");
  const canvas = document.querySelector("canvas");
  const shown = new Promise(done => video.requestVideoFrameCallback((now, about) => done(about.mediaTime)));
  video.currentTime = at;
  const mediaTime = await Promise.race([shown, new Promise(done => setTimeout(() => done(null), 4000))]);
  canvas.width = video.videoWidth; canvas.height = video.videoHeight;
  canvas.getContext("2d").drawImage(video, 0, 0);
  return { mediaTime, picture: canvas.toDataURL("image/png") };
}
"""


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    opened = browser.new_page()
    yield opened
    opened.close()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root could raise priorities in the first place")
def test_no_thread_of_the_browser_runs_above_others(page: Page, tmp_path: Path) -> None:
    preview = make_preview(make_clip(BY_NAME["plain.mp4"], tmp_path), tmp_path)
    load(page, preview.path)
    page.evaluate("document.querySelector('video').play()")
    own = [Path(f"/proc/{child.pid}/task") for child in psutil.Process().children(recursive=True)]
    tasks = [task for folder in own for task in folder.glob("*") if "chrom" in _program(task)]
    assert tasks
    raised = [task.name for task in tasks if _priority(task) < NORMAL_PRIORITY]
    assert raised == []


def _program(task: Path) -> str:
    try:
        return str((task.parents[1] / "exe").readlink())
    except OSError:
        return ""


def _priority(task: Path) -> int:
    """As in proc_pid_stat(5): 20 for an ordinary thread, less for one of negative nice, below 0 in real time."""
    try:
        return int((task / "stat").read_text().rpartition(")")[2].split()[15])
    except OSError:  # it has ended meanwhile
        return NORMAL_PRIORITY


@pytest.mark.parametrize(
    "name",
    ["plain.mp4", "variable_rate.mp4", "late_picture.mp4", "edit_list.mp4", "far_from_zero.ts", "vp9.webm"],
)
def test_the_browser_shows_frame_i_when_the_index_says_so(page: Page, tmp_path: Path, name: str) -> None:
    recipe = BY_NAME[name]
    preview = make_preview(make_clip(recipe, tmp_path), tmp_path)
    load(page, preview.path)
    ends = [*preview.times_s[1:], preview.duration_s]
    for number in sorted({0, 1, 5, 12, 13, preview.frames // 2, preview.frames - 1}):
        start, end = preview.times_s[number], ends[number]
        answer = page.evaluate(SEEK_AND_READ, [(start + end) / 2])
        assert read_picture(answer["picture"]) == recipe.shown[number]
        assert answer["mediaTime"] == pytest.approx(start, abs=1e-3)


def load(page: Page, path: Path) -> None:
    """Open a page beside the preview (pictures of another origin could not be read back) and wait for it."""
    html = path.with_suffix(".html")
    html.write_text('<video muted preload="auto"></video><canvas></canvas>')
    page.goto(html.as_uri())
    source = "data:video/mp4;base64," + base64.b64encode(path.read_bytes()).decode()
    page.evaluate(
        """source => new Promise((done, fail) => {
          const video = document.querySelector("video");
          video.onloadeddata = () => done(true);
          video.onerror = () => fail(new Error(video.error.message));
          video.src = source;
        })""",
        source,
    )


def read_picture(data_url: str) -> int:
    """The number carried by the picture in a data URL."""
    content = base64.b64decode(data_url.split(",", 1)[1])
    return read_number(np.asarray(Image.open(io.BytesIO(content)).convert("RGB"), np.uint8))
