"""How loud a clip's sound is over time, in four bands of speech: what a detector of lip sync listens to."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from clipjury_ml.media.audio import Resampler, decode_sound
from clipjury_ml.media.decoding import OpenedVideo, Source, opened_file, opened_video, packets
from clipjury_ml.media.errors import MediaError
from clipjury_ml.media.limits import DEFAULT_LIMITS, Limits
from clipjury_ml.media.results import Loudness
from clipjury_ml.media.timeline import read_timeline

RATE_HZ = 16_000
HOP = 160  # 10 ms
WINDOW = 400  # 25 ms, as speech recognisers take it
BANDS_HZ = ((80, 300), (300, 1000), (1000, 3000), (3000, 7000))
FLOOR_DB = -100.0
_BLOCK = RATE_HZ * 4


def read_loudness(source: Source, limits: Limits = DEFAULT_LIMITS) -> Loudness:
    """Measure a video's sound; without sound no rows. Raises MediaError as `probe_file` does, also for an image."""
    with opened_file(source) as (_, container):
        if container.kind == "image":
            raise MediaError("unsupported_format", "Sound is listened to in videos only.")
    origin_s = read_timeline(source, limits).origin_s
    rows = [np.zeros((0, len(BANDS_HZ)), np.float32)]
    waiting = np.zeros(0, np.float32)
    with opened_video(source, limits) as opened:
        for samples in _samples(opened, origin_s, limits):
            waiting = np.concatenate([waiting, samples])
            if len(waiting) >= _BLOCK:
                rows.append(measure(waiting))
                waiting = waiting[len(rows[-1]) * HOP :]
        cut_off = opened.cut_off
    rows.append(measure(waiting))
    return Loudness(np.concatenate(rows), HOP / RATE_HZ, ("truncated",) if cut_off else ())


def measure(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """Levels in dB of full scale, (n, 4), of each window of samples (m,) at RATE_HZ, one every HOP."""
    if len(samples) < WINDOW:
        return np.zeros((0, len(BANDS_HZ)), np.float32)
    windows = np.lib.stride_tricks.sliding_window_view(samples, WINDOW)[::HOP]
    shape = np.hanning(WINDOW).astype(np.float32)
    power = np.abs(np.fft.rfft(windows * shape, axis=1)) ** 2 / float((shape**2).sum() * WINDOW)
    hz = np.fft.rfftfreq(WINDOW, 1 / RATE_HZ)
    bands = [power[:, (hz >= low) & (hz < high)].sum(axis=1) for low, high in BANDS_HZ]
    levels = 10 * np.log10(np.maximum(np.stack(bands, axis=1), 10 ** (FLOOR_DB / 10)))
    return np.asarray(levels, np.float32)


def _samples(opened: OpenedVideo, origin_s: Fraction, limits: Limits) -> Iterator[NDArray[np.float32]]:
    """The sound as mono at RATE_HZ from the player's zero on, piece by piece."""
    audio = opened.audio
    if audio is None:
        return
    resampler = Resampler(RATE_HZ, "mono", origin_s, limits)
    for packet in packets(opened, with_audio=True):
        if packet.stream_index == audio.index:
            for frame in decode_sound(opened, packet):
                yield from (shaped.to_ndarray()[0] for shaped in resampler.take(frame))
    for frame in decode_sound(opened, None):
        yield from (shaped.to_ndarray()[0] for shaped in resampler.take(frame))
    yield from (shaped.to_ndarray()[0] for shaped in resampler.finish())
