"""Faces followed through a clip: found now and then by MTCNN, in between by optical flow.

In between a face moves as the median of a grid of points in it does (median flow, with the forward-backward error
as the sign of a lost track: Kalal, Mikolajczyk and Matas, "Forward-backward error", ICPR 2010). A cut ends every
track. Boxes that were followed are corrected afterwards, so that they meet the next measured one without a jump.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import cv2
import numpy as np
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from clipjury_ml.media.cuts import CutFinder
from clipjury_ml.media.decoding import OpenedVideo, Source, opened_file, opened_video
from clipjury_ml.media.errors import MediaError, undecodable
from clipjury_ml.media.face_flow import follow, overlap
from clipjury_ml.media.faces import detect_faces
from clipjury_ml.media.limits import DEFAULT_LIMITS, Limits
from clipjury_ml.media.orientation import read_orientation
from clipjury_ml.media.results import MAX_CROP_PX, FaceTrack, FaceTracks
from clipjury_ml.media.sampling import LONG_SIDE_PX, shaper_for
from clipjury_ml.media.shaping import Shaper, displayed_size
from clipjury_ml.media.squares import crop_square, cut_square
from clipjury_ml.media.timeline import Timeline, number_frames, read_timeline

Image = NDArray[np.uint8]
Box = NDArray[np.float32]  # x, y, width, height

DETECT_EVERY_S = 1.0
DETECT_AGAIN_S = 0.2  # after a cut or a lost face; no clip can make the costly step run more often
MIN_SCORE = 0.9
SAME_FACE = 0.3  # intersection over union of a followed and a measured box
MISSES = 2
MOST_FACES = 6
MOST_FRAMES = 4500  # 3 minutes at 25 a second; what comes after is not looked at
MOST_CROPS = 6000
FLOW_LONG_PX = 480  # about: the picture is shrunk by a whole number, which is far quicker
CROP_MARGIN = 1.3  # of the hull expected in the box
_DETECT_LONG_PX = 640


@dataclass(eq=False)
class _Growing:
    """A track under way; boxes in px of the flow's picture, squares (left, top, side) in px of the working one."""

    frames: list[int] = field(default_factory=list)
    boxes: list[Box] = field(default_factory=list)
    scores: list[float] = field(default_factory=list)
    measured: list[bool] = field(default_factory=list)
    crops: list[Image] = field(default_factory=list)
    squares: list[tuple[float, float, float]] = field(default_factory=list)
    at: Box = field(default_factory=lambda: np.zeros(4, np.float32))
    misses: int = 0
    end: str = ""

    def add(self, frame: int, score: float | None) -> None:
        self.frames.append(frame)
        self.boxes.append(self.at.copy())
        self.scores.append(self.scores[-1] if score is None else score)
        self.measured.append(score is not None)

    def measure(self, box: Box, score: float) -> None:
        """Correct the frames since the last measurement, the later the more, and start from the measured box."""
        last = len(self.measured) - 1 - self.measured[::-1].index(True)
        steps = len(self.boxes) - last
        off = (box - self.at) / steps
        for step in range(1, steps):
            self.boxes[last + step] += off * step
        self.at, self.misses = box.copy(), 0

    def cut_to_measured(self) -> None:
        """Forget what was followed after the last measurement."""
        keep = len(self.measured) - self.measured[::-1].index(True)
        for series in (self.frames, self.boxes, self.scores, self.measured, self.crops, self.squares):
            del series[keep:]


class _Tracker:
    """Takes the pictures of one clip in order."""

    def __init__(self, crop_px: int, times_s: tuple[float, ...]) -> None:
        self.crop_px, self.times_s = crop_px, times_s
        self.open: list[_Growing] = []
        self.done: list[_Growing] = []
        self._cuts = CutFinder()
        self._before: Image | None = None
        self._detected_s = -1e9
        self._hurry = True
        self._crops = 0

    def take(self, number: int, working: Image, colour: Iterator[Image]) -> None:
        """One frame: grey at working size; `colour` gives it in RGB where faces are looked for."""
        factor = _factor(max(working.shape), FLOW_LONG_PX)
        small = _shrink(working, factor)
        lost: list[_Growing] = []
        if self._cuts.is_cut(small):
            self._close(list(self.open), "cut")
            self._hurry = True
        elif self._before is not None:
            lost = self._follow(small)
            self._hurry = self._hurry or bool(lost)
        self._before = small
        scores: dict[int, float] = {}
        if self._due(self.times_s[number]):
            self._detected_s, self._hurry = self.times_s[number], False
            scores = self._detect(next(colour), max(working.shape) / factor)
        # A face that moved too fast to be followed goes on where it was found again at once.
        self._close([track for track in lost if track in self.open and id(track) not in scores], "lost")
        for track in self.open:
            track.add(number, scores.get(id(track)))
            self._crop(track, working, float(factor))

    def finish(self) -> list[_Growing]:
        """All tracks, by their first frame."""
        self._close(list(self.open), "end")
        return sorted(self.done, key=lambda track: (track.frames[0], float(track.boxes[0][0])))

    def _due(self, now_s: float) -> bool:
        return now_s - self._detected_s >= (DETECT_AGAIN_S if self._hurry else DETECT_EVERY_S) - 1e-6

    def _close(self, tracks: list[_Growing], why: str) -> None:
        for track in tracks:
            self.open.remove(track)
            track.end = why
            if track.misses:
                track.cut_to_measured()
            self.done.append(track)

    def _follow(self, small: Image) -> list[_Growing]:
        """Move every open track; those that are lost stay where they were."""
        assert self._before is not None
        lost = []
        for track in self.open:
            moved = follow(self._before, small, track.at)
            if moved is None:
                lost.append(track)
            else:
                track.at = moved
        return lost

    def _detect(self, rgb: Image, small_long_px: float) -> dict[int, float]:
        """Measure open tracks, begin new ones; the scores of those measured, by identity."""
        scale = small_long_px / max(rgb.shape)
        found = [
            (np.asarray(face.box_xywh_px, np.float32) * np.float32(scale), face.confidence)
            for face in detect_faces(rgb, _DETECT_LONG_PX)
            if face.confidence >= MIN_SCORE
        ]
        scores: dict[int, float] = {}
        pairs = [
            (overlap(track.at, box), t, b)
            for t, track in enumerate(self.open)
            for b, (box, _) in enumerate(found)
        ]
        known: set[int] = set()
        for share, t, b in sorted(pairs, key=lambda pair: -pair[0]):
            track = self.open[t]
            if share < SAME_FACE or id(track) in scores or b in known:
                continue
            known.add(b)
            track.measure(found[b][0], found[b][1])
            scores[id(track)] = found[b][1]
        for track in self.open:
            track.misses += id(track) not in scores
        self._close([track for track in self.open if track.misses >= MISSES], "lost")
        for b, (box, score) in enumerate(found):
            if b not in known and len(self.open) < MOST_FACES:
                self.open.append(_Growing(at=box))
                scores[id(self.open[-1])] = score
        return scores

    def _crop(self, track: _Growing, working: Image, scale: float) -> None:
        if not self.crop_px or self._crops >= MOST_CROPS or len(track.crops) < len(track.frames) - 1:
            return
        self._crops += 1
        square = crop_square((track.at * scale).tolist(), CROP_MARGIN)
        track.crops.append(_cut(working, square, self.crop_px))
        track.squares.append(square)


def track_faces(source: Source, crop_px: int = 0, limits: Limits = DEFAULT_LIMITS) -> FaceTracks:
    """Follow every face of a video; with crop_px, keep a grey crop of each at each frame.

    Raises MediaError as `probe_file` does, `unsupported_format` for an image, ValueError unless 0 <= crop_px <= 128.
    """
    if not 0 <= crop_px <= MAX_CROP_PX:
        raise ValueError(f"crop_px must be between 0 and {MAX_CROP_PX}, got {crop_px}")
    with opened_file(source) as (_, container):
        if container.kind == "image":
            raise MediaError("unsupported_format", "Faces are followed in videos only.")
    timeline = read_timeline(source, limits)
    times_s = timeline.frame_index.times_s
    tracker = _Tracker(crop_px, times_s)
    with opened_video(source, limits) as opened:
        frames, working, shown = _walk(opened, timeline, tracker)
        cut_off = opened.cut_off or opened.failures > 0
    if not frames:
        raise undecodable()
    warnings = ("truncated",) * cut_off + ("frames_left_out",) * (len(timeline) > MOST_FRAMES)
    tracks = tuple(_as_result(track, times_s, working, shown) for track in tracker.finish())
    return FaceTracks(tracks, *shown, frames, warnings)


def _walk(
    opened: OpenedVideo, timeline: Timeline, tracker: _Tracker
) -> tuple[int, tuple[int, int], tuple[int, int]]:
    """Frames taken, width and height of the working picture and of the displayed one."""
    taken, shown = 0, (0, 0)
    grey: Shaper | None = None
    rgb: Shaper | None = None
    for number, frame in number_frames(opened, timeline):
        if number >= MOST_FRAMES:
            break
        if grey is None or rgb is None:
            grey = shaper_for(opened, frame, long_px=LONG_SIDE_PX, pixel_format="yuv420p")
            rgb = shaper_for(opened, frame, long_px=_DETECT_LONG_PX)
            shown = displayed_size(
                frame.width, frame.height, opened.stream.sample_aspect_ratio, read_orientation(frame)
            )
        tracker.take(number, _luma(grey.shape(frame)), _coloured(rgb, frame))
        taken += 1
    return taken, (grey.width, grey.height) if grey else (0, 0), shown


def _luma(frame: VideoFrame) -> Image:
    """The luma plane; making a grey picture of it costs as much as decoding did."""
    plane = frame.planes[0]
    return np.frombuffer(bytes(plane), np.uint8).reshape(-1, plane.line_size)[: frame.height, : frame.width]


def _coloured(shaper: Shaper, frame: VideoFrame) -> Iterator[Image]:
    yield shaper.shape_rgb(frame)


def _as_result(
    track: _Growing, times_s: tuple[float, ...], working: tuple[int, int], shown: tuple[int, int]
) -> FaceTrack:
    to_shown = np.float32(shown[0] / working[0])
    crop_px = track.crops[0].shape[0] if track.crops else 0
    squares = np.array(track.squares, np.float32).reshape(-1, 3)
    return FaceTrack(
        frames=np.array(track.frames, np.int64),
        times_s=np.array([times_s[number] for number in track.frames], np.float64),
        boxes_xywh_px=np.stack(track.boxes).astype(np.float32)
        * to_shown
        * _factor(max(working), FLOW_LONG_PX),
        scores=np.array(track.scores, np.float32),
        measured=np.array(track.measured, np.bool_),
        crops=np.stack(track.crops) if track.crops else np.zeros((0, crop_px, crop_px), np.uint8),
        squares_px=squares * to_shown,
        end=track.end,
    )


def _factor(long_px: int, wanted_px: int) -> int:
    return max(1, round(long_px / wanted_px))


def _shrink(grey: Image, factor: int) -> Image:
    height, width = (side // factor * factor for side in grey.shape)
    if factor == 1:
        return grey
    size = (width // factor, height // factor)
    return np.asarray(cv2.resize(grey[:height, :width], size, interpolation=cv2.INTER_AREA), np.uint8)


def _cut(grey: Image, square: tuple[float, float, float], size_px: int) -> Image:
    """Cut the square; most of a great shrinking is done by a whole number first, on the square's surroundings."""
    left, top, side = square
    factor = max(1, int(side / size_px))
    x0, y0 = (max(0, int(at - 0.1 * side)) for at in (left, top))
    x1, y1 = (int(at + 1.1 * side) + factor for at in (left, top))
    near = grey[y0:y1, x0:x1]
    if factor == 1 or min(near.shape) < 2 * factor:
        return np.asarray(cut_square(grey, left, top, side, size_px), np.uint8)
    small = _shrink(near, factor)
    return np.asarray(
        cut_square(small, (left - x0) / factor, (top - y0) / factor, side / factor, size_px), np.uint8
    )
