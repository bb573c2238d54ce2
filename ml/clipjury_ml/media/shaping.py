"""From a decoded picture to the picture as displayed: scaled, upright, in the wanted pixel format.

One filter graph serves previews, posters, thumbnails and samples, so that a detector looks at the same
picture as a reviewer.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import av.filter
from av.video.frame import VideoFrame

from clipjury_ml.media.orientation import Orientation

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_MAX_SAMPLE_ASPECT = 8
_BT709, _UNSPECIFIED = 1, 2
_HD_HEIGHT_PX = 720
_MATRICES = {1: "bt709", 5: "bt601", 6: "bt601", 9: "bt2020nc"}
_FULL_RANGE = 2
_GraphKey = tuple[int, int, str, int, int]


def displayed_size(
    width: int, height: int, sample_aspect: Fraction | None, turn: Orientation
) -> tuple[int, int]:
    """Width and height in px as a player shows them: stretched by the sample aspect ratio, then turned."""
    if sample_aspect and 1 / Fraction(_MAX_SAMPLE_ASPECT) <= sample_aspect <= _MAX_SAMPLE_ASPECT:
        width = max(1, round(width * sample_aspect))
    return turn.displayed(width, height)


def fitted_size(
    width: int, height: int, *, short_px: int | None, long_px: int, even: bool = False
) -> tuple[int, int]:
    """The largest size of the same shape with sides up to `short_px` and `long_px`, never larger than given."""
    scale = min(1.0, long_px / max(width, height))
    if short_px is not None:
        scale = min(scale, short_px / min(width, height))
    step = 2 if even else 1
    return tuple(max(step, round(side * scale) // step * step) for side in (width, height))  # type: ignore[return-value]


@dataclass
class Shaper:
    """Turns decoded frames into upright ones of `width` × `height` px in `pixel_format`.

    A clip may change its resolution or format in the middle; the graph is then built anew.
    """

    width: int
    height: int
    pixel_format: str
    orientation: Orientation
    flags: str = "bicubic"
    _graph: av.filter.Graph | None = None
    _built_for: _GraphKey | None = None

    def shape(self, frame: VideoFrame) -> VideoFrame:
        """One frame in, the same moment out; timestamps are the caller's."""
        key = (frame.width, frame.height, frame.format.name, int(frame.colorspace), int(frame.color_range))
        if self._graph is None or key != self._built_for:
            self._graph, self._built_for = self._build(key), key
        self._graph.push(frame)
        shaped = self._graph.pull()
        assert isinstance(shaped, VideoFrame)  # a video graph gives video
        return shaped

    def shape_rgb(self, frame: VideoFrame) -> NDArray[np.uint8]:
        """The shaped frame as RGB, uint8 (height, width, 3). For a Shaper whose format is rgb24."""
        import numpy as np  # not at the top: a sandbox that hands on bytes starts faster without

        return np.asarray(self.shape(frame).to_ndarray(), np.uint8)

    def shape_bytes(self, frame: VideoFrame) -> bytes:
        """The shaped frame's RGB bytes, row by row without padding. For a Shaper whose format is rgb24."""
        plane = self.shape(frame).planes[0]
        stored, shown = plane.line_size, 3 * self.width
        pixels = memoryview(plane)
        if stored == shown:
            return pixels[: stored * self.height].tobytes()
        return b"".join(pixels[at : at + shown] for at in range(0, stored * self.height, stored))

    def _build(self, key: _GraphKey) -> av.filter.Graph:
        width, height, pixel_format, matrix, color_range = key
        graph = av.filter.Graph()
        graph.threads = 1
        source = f"video_size={width}x{height}:pix_fmt={pixel_format}:time_base=1/1000000:pixel_aspect=1/1"
        steps = [("buffer", source), ("scale", self._scaling(height, matrix, color_range))]
        steps += [
            *self.orientation.filters(),
            ("sidedata", "mode=delete"),  # captions, depth and camera notes would leak into a rendition
            ("format", f"pix_fmts={self.pixel_format}"),
            ("buffersink", ""),
        ]
        nodes = [graph.add(name, arguments or None) for name, arguments in steps]
        graph.link_nodes(*nodes)
        graph.configure()
        return graph

    def _scaling(self, height: int, matrix: int, color_range: int) -> str:
        # The scaler works before turning, on the stored picture.
        across, down = self.orientation.displayed(self.width, self.height)
        guessed = "bt709" if height >= _HD_HEIGHT_PX else "bt601"
        is_rgb = self.pixel_format == "rgb24"
        return (
            f"w={across}:h={down}:flags={self.flags}:in_color_matrix={_MATRICES.get(matrix, guessed)}"
            f":in_range={'pc' if color_range == _FULL_RANGE else 'auto'}"
            + ("" if is_rgb else ":out_color_matrix=bt709:out_range=tv")
        )
