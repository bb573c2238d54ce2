"""What a real browser says about a preview: which frame it shows, and at what time of the clip."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page
from tests.ml.good_files import BY_NAME, make_clip, read_number

from clipjury_ml.media.previews import make_preview

pytestmark = pytest.mark.browser

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
