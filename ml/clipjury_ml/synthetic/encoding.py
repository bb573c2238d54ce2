"""Pixels and samples to files: H.264 and AAC in MP4, JPEG, PNG. One setting for every clip, whatever its label.

One encoder thread, bit-exact muxing and no dates make equal input give equal bytes.
"""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import cv2
import numpy as np
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.video.stream import VideoStream

from clipjury_ml.synthetic.canvas import Field, Pixels
from clipjury_ml.synthetic.sound.speech import SAMPLE_RATE

CLOCK = 90_000  # ticks a second of the video stream
# Macroblock-tree rate control is off: with B-frames its result differed between runs over the same pictures
# (libx264 as PyAV 18.1 bundles it: 18 different files of 25).
_X264 = {"preset": "veryfast", "crf": "23", "threads": "1", "g": "60", "x264-params": "no-mbtree=1"}
_AAC_FRAME = 1024


def write_image(image: Pixels, path: Path, kind: str) -> None:
    """Write one picture as ``jpg`` (quality 92) or ``png``.

    Raises ValueError when OpenCV cannot encode it.
    """
    options = [cv2.IMWRITE_JPEG_QUALITY, 92] if kind == "jpg" else [cv2.IMWRITE_PNG_COMPRESSION, 6]
    done, encoded = cv2.imencode(f".{kind}", cv2.cvtColor(image, cv2.COLOR_RGB2BGR), options)
    if not done:
        raise ValueError(f"cannot encode a picture of {image.shape} as {kind}")
    path.write_bytes(np.asarray(encoded, dtype=np.uint8).tobytes())


def write_video(frames: Iterable[Pixels], ticks: Sequence[int], sound: Field, path: Path, fps: int) -> None:
    """Encode ``frames`` with ``sound``; ``ticks`` (1/90 000 s) say when each is shown and, last, when the clip ends."""
    with av.open(
        str(path), "w", format="mp4", options={"fflags": "+bitexact", "movflags": "+faststart"}
    ) as container:
        picture, speech = _video_stream(container, fps), _audio_stream(container)
        track = _Track(container, picture, ticks)
        mixer = _Mixer(container, speech, sound)
        for index, image in enumerate(frames):
            if index == 0:
                picture.height, picture.width = image.shape[:2]
            track.add(index, image)
            mixer.advance(ticks[index + 1] / CLOCK)
        track.finish()
        mixer.finish()


def _video_stream(container: OutputContainer, fps: int) -> VideoStream:
    stream = container.add_stream("libx264", rate=fps, options=_X264)
    stream.pix_fmt = "yuv420p"
    context = stream.codec_context
    context.time_base = Fraction(1, CLOCK)
    context.thread_count = 1
    context.color_primaries, context.color_trc, context.colorspace, context.color_range = (
        1,
        1,
        1,
        1,
    )  # BT.709, limited
    return stream


def _audio_stream(container: OutputContainer) -> AudioStream:
    stream = container.add_stream("aac", rate=SAMPLE_RATE, options={"flags": "+bitexact"})
    stream.bit_rate = 96_000
    stream.codec_context.layout = "mono"
    return stream


class _Track:
    """The picture on its way into the file."""

    def __init__(self, container: OutputContainer, stream: VideoStream, ticks: Sequence[int]) -> None:
        self.container, self.stream = container, stream
        self.spans = {start: end - start for start, end in pairwise(ticks)}
        self.ticks = ticks

    def add(self, index: int, image: Pixels) -> None:
        frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(image), format="rgb24")
        frame = frame.reformat(
            format="yuv420p", src_colorspace="ITU709", dst_colorspace="ITU709", dst_color_range="MPEG"
        )
        frame.pts, frame.time_base = self.ticks[index], Fraction(1, CLOCK)
        self._mux(self.stream.encode(frame))

    def finish(self) -> None:
        self._mux(self.stream.encode(None))

    def _mux(self, packets: "Sequence[av.Packet[VideoStream]]") -> None:
        for packet in packets:
            if packet.pts is not None:
                # Without its own span the last frame of a variable-rate clip would last one tick.
                packet.duration = self.spans.get(packet.pts, packet.duration)
            self.container.mux(packet)


class _Mixer:
    """The sound on its way into the file, kept level with the picture so that players need not search."""

    def __init__(self, container: OutputContainer, stream: AudioStream, sound: Field) -> None:
        self.container, self.stream = container, stream
        self.samples = np.clip(sound, -0.99, 0.99).astype(np.float32)
        self.at = 0

    def advance(self, until_s: float) -> None:
        while self.at / SAMPLE_RATE < until_s and self.at < len(self.samples):
            part = self.samples[self.at : self.at + _AAC_FRAME]
            frame = av.AudioFrame.from_ndarray(part[None, :], format="fltp", layout="mono")
            frame.sample_rate, frame.pts, frame.time_base = SAMPLE_RATE, self.at, Fraction(1, SAMPLE_RATE)
            self.container.mux(self.stream.encode(frame))
            self.at += len(part)

    def finish(self) -> None:
        self.advance(float("inf"))
        self.container.mux(self.stream.encode(None))
