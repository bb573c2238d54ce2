"""The sound of places: room tone, wind, traffic, birds and a little music; all (samples,) float32 at 48 kHz."""

import numpy as np
from scipy.ndimage import gaussian_filter1d
from scipy.signal import butter, sosfilt

from clipjury_ml.synthetic.canvas import Field
from clipjury_ml.synthetic.sound.speech import SAMPLE_RATE


def _band(noise: Field, low_hz: float, high_hz: float) -> Field:
    sos = butter(2, (low_hz, high_hz), "bandpass", fs=SAMPLE_RATE, output="sos")
    return np.asarray(sosfilt(sos, noise), dtype=np.float32)


def _level(samples: Field, rms: float) -> Field:
    return np.asarray(samples * (rms / (float(np.sqrt(np.mean(samples**2))) + 1e-9)), dtype=np.float32)


def _swell(length: int, rng: np.random.Generator, period_s: float) -> Field:
    knots = rng.uniform(0.15, 1.0, max(4, int(length / SAMPLE_RATE / period_s) + 4))
    smooth = gaussian_filter1d(
        np.interp(np.linspace(0, len(knots) - 1, 2000), np.arange(len(knots)), knots), 60
    )
    return np.asarray(np.interp(np.linspace(0, 1999, length), np.arange(2000), smooth), dtype=np.float32)


def room(length: int, rng: np.random.Generator) -> Field:
    """A quiet room: low hiss and a trace of mains hum."""
    time = np.arange(length) / SAMPLE_RATE
    hum = np.sin(2 * np.pi * 100 * time) * 0.12
    return _level(_band(rng.normal(0, 1, length).astype(np.float32), 60, 1800), 0.004) + (hum * 0.01).astype(
        np.float32
    )


def wind(length: int, rng: np.random.Generator) -> Field:
    """Gusts."""
    return _level(
        _band(rng.normal(0, 1, length).astype(np.float32), 90, 700) * _swell(length, rng, 1.4), 0.012
    )


def traffic(length: int, rng: np.random.Generator) -> Field:
    """Cars that pass somewhere out of sight."""
    rumble = _band(rng.normal(0, 1, length).astype(np.float32), 40, 420) * _swell(length, rng, 2.2) ** 2
    return _level(rumble, 0.014) + room(length, rng)


def birds(length: int, rng: np.random.Generator) -> Field:
    """Chirps over wind."""
    out = wind(length, rng) * np.float32(0.6)
    for _ in range(max(2, int(length / SAMPLE_RATE * 2.2))):
        span = int(rng.uniform(0.05, 0.14) * SAMPLE_RATE)
        start = int(rng.integers(0, max(1, length - span)))
        t = np.arange(min(span, length - start)) / span
        hz = rng.uniform(2600, 4200) + rng.uniform(-1400, 1600) * t + 260 * np.sin(2 * np.pi * 3 * t)
        chirp = np.sin(2 * np.pi * np.cumsum(hz) / SAMPLE_RATE) * np.sin(np.pi * t) ** 2
        out[start : start + len(t)] += (chirp * rng.uniform(0.008, 0.03)).astype(np.float32)
    return out


def hall(length: int, rng: np.random.Generator) -> Field:
    """A large room with people who keep almost quiet."""
    murmur = _band(rng.normal(0, 1, length).astype(np.float32), 180, 900) * _swell(length, rng, 0.35)
    return _level(murmur, 0.006) + room(length, rng)


def music(length: int, rng: np.random.Generator) -> Field:
    """A soft pad that walks through four chords, with a plucked note on the beat."""
    root = 110 * 2 ** (int(rng.integers(0, 7)) / 12)
    time = np.arange(length) / SAMPLE_RATE
    out = np.zeros(length)
    chords = ((0, 7, 12, 16), (-3, 4, 9, 12), (-7, 0, 5, 9), (-5, 2, 7, 11))
    bar_s = 1.9
    for bar in range(int(length / SAMPLE_RATE / bar_s) + 1):
        begin, end = bar * bar_s, (bar + 1) * bar_s
        inside = np.clip(np.minimum((time - begin) / 0.25, (end + 0.25 - time) / 0.25), 0, 1)
        for index, step in enumerate(chords[bar % 4]):
            hz = root * 2 ** (step / 12)
            out += (
                inside * (np.sin(2 * np.pi * hz * time) + 0.35 * np.sin(4 * np.pi * hz * time + index)) * 0.3
            )
            pluck = time - begin - index * bar_s / 4
            ring = np.where(pluck > 0, np.exp(-np.maximum(pluck, 0) * 5), 0)
            out += ring * np.sin(2 * np.pi * hz * 4 * time) * 0.35
    return _level(out.astype(np.float32), 0.018) + room(length, rng)


PLACES = {"room": room, "wind": wind, "traffic": traffic, "birds": birds, "hall": hall, "music": music}


def ambience(place: str, length: int, seed: int) -> Field:
    """``length`` samples of the sound of ``place`` (a key of ``PLACES``)."""
    return PLACES[place](length, np.random.default_rng([seed, 7109]))
