"""Speech-like babble: a glottal pulse through moving formants, syllable by syllable, and the mouth that goes with it.

Source–filter synthesis after Fant (1960): a Rosenberg pulse (1971) is the voice, resonances are second-order poles.
"""

from dataclasses import dataclass

import numpy as np
from scipy.fft import irfft, rfft
from scipy.ndimage import gaussian_filter1d
from scipy.signal import fftconvolve

from clipjury_ml.synthetic.canvas import Field

SAMPLE_RATE = 48_000
CONTROL_HZ = 200
HOP = SAMPLE_RATE // CONTROL_HZ
WINDOW = 1024

# First three formants in Hz, then how far the jaw opens (0–1) and the lips spread (−1 round … 1 wide).
VOWELS: tuple[tuple[float, float, float, float, float], ...] = (
    (750, 1250, 2550, 0.95, 0.1), (530, 1850, 2500, 0.6, 0.6), (300, 2250, 3000, 0.28, 1.0),
    (480, 900, 2450, 0.62, -0.6), (320, 800, 2300, 0.25, -1.0), (520, 1450, 2450, 0.45, 0.0),
    (640, 1650, 2450, 0.8, 0.5),
)  # fmt: skip
ONSETS = ("open", "nasal", "stop", "hiss")


@dataclass(frozen=True)
class Babble:
    """A voice and the mouth that makes it."""

    samples: Field  # (seconds × 48 000,), RMS about 0.08 while speaking
    jaw: Field  # (frames,), 0–1
    spread: Field  # (frames,), −1…1
    stress: Field  # (frames,), loudness envelope 0–1


@dataclass
class _Tracks:
    """Control signals at 200 Hz."""

    formants: Field  # (ticks, 3)
    voice: Field
    hiss: Field
    pitch: Field
    jaw: Field
    spread: Field


def _blank(ticks: int) -> _Tracks:
    neutral = np.tile(np.asarray(VOWELS[5][:3], np.float32), (ticks, 1))
    zero = np.zeros(ticks, np.float32)
    return _Tracks(neutral, zero.copy(), zero.copy(), np.ones(ticks, np.float32), zero.copy(), zero.copy())


def _syllable(tracks: _Tracks, start: int, rng: np.random.Generator, pitch: float) -> int:
    """Write one syllable from tick ``start``; returns the tick after it."""
    onset = ONSETS[int(rng.choice(4, p=(0.2, 0.25, 0.3, 0.25)))]
    vowel = VOWELS[int(rng.integers(len(VOWELS)))]
    lead = int(rng.integers(8, 18))
    hold = int(rng.integers(18, 42))
    a, b, end = start, start + lead, start + lead + hold
    tracks.formants[a:end] = vowel[:3]
    tracks.spread[a:end] = vowel[4]
    tracks.jaw[b:end] = vowel[3]
    tracks.pitch[a:end] = pitch
    tracks.voice[b:end] = rng.uniform(0.75, 1.0)
    if onset == "nasal":
        tracks.formants[a:b] = (280, 1100, 2200)
        tracks.voice[a:b], tracks.jaw[a:b] = 0.35, 0.05
    elif onset == "stop":
        tracks.hiss[b - 3 : b + 2], tracks.jaw[a:b] = 0.8, 0.0
    elif onset == "hiss":
        tracks.hiss[a:b], tracks.jaw[a:b] = 0.7, 0.16
    else:
        tracks.voice[a:b], tracks.jaw[a:b] = 0.7, vowel[3] * 0.7
    return end


def _script(ticks: int, rng: np.random.Generator) -> _Tracks:
    tracks = _blank(ticks + 100)
    tick = int(rng.integers(10, 60))
    while tick < ticks:
        syllables = int(rng.integers(5, 12))
        for index in range(syllables):
            fall = 1.12 - 0.24 * index / syllables + rng.uniform(-0.06, 0.08)
            tick = _syllable(tracks, tick, rng, fall)
            if tick >= ticks:
                break
        tick += int(rng.integers(40, 110))
    out = _Tracks(*(track[:ticks] for track in vars(tracks).values()))
    out.formants = gaussian_filter1d(out.formants, 4.0, axis=0)
    out.voice, out.pitch = gaussian_filter1d(out.voice, 2.0), gaussian_filter1d(out.pitch, 10.0)
    out.hiss = gaussian_filter1d(out.hiss, 1.2)
    out.jaw, out.spread = gaussian_filter1d(out.jaw, 7.0), gaussian_filter1d(out.spread, 9.0)
    return out


def _pulses(pitch_hz: Field, rng: np.random.Generator) -> Field:
    wobble = rng.normal(0, 1, len(pitch_hz) // 400 + 3)
    jitter = 1 + 0.012 * np.interp(np.arange(len(pitch_hz)) / 400, np.arange(len(wobble)), wobble)
    phase = np.cumsum(pitch_hz * jitter / SAMPLE_RATE) % 1.0
    rise = 0.5 * (1 - np.cos(np.pi * phase / 0.42))
    fall = np.cos(0.5 * np.pi * (phase - 0.42) / 0.18)
    flow = np.where(phase < 0.42, rise, np.where(phase < 0.6, fall, 0.0))
    return np.diff(flow, prepend=0.0).astype(np.float32)


def _filtered(source: Field, gains: Field) -> Field:
    """Short-time filtering: ``gains`` (ticks, bins) complex; overlap-add of Hann windows."""
    ticks = gains.shape[0]
    padded = np.concatenate([np.zeros(WINDOW // 2, np.float32), source, np.zeros(WINDOW, np.float32)])
    window = np.hanning(WINDOW).astype(np.float32)
    starts = np.arange(ticks) * HOP
    frames = padded[starts[:, None] + np.arange(WINDOW)] * window
    shaped = np.asarray(irfft(rfft(frames, axis=1) * gains, axis=1), dtype=np.float32)
    out = np.zeros_like(padded)
    for start, piece in zip(starts, shaped, strict=True):
        out[start : start + WINDOW] += piece
    return out[WINDOW // 2 : WINDOW // 2 + len(source)]


def _resonances(formants: Field, tract: float) -> Field:
    hz = np.fft.rfftfreq(WINDOW, 1 / SAMPLE_RATE)[None, :]
    poles = np.concatenate([formants, np.full((len(formants), 2), (3500.0, 4500.0))], axis=1) / tract
    out = np.ones((len(formants), hz.shape[1]), np.complex64)
    for index, bandwidth in enumerate((80, 100, 140, 220, 300)):
        centre = poles[:, index : index + 1]
        out *= centre**2 / (centre**2 - hz**2 + 1j * bandwidth * hz)
    return np.asarray(out, dtype=np.complex64)


def _room(samples: Field, rng: np.random.Generator, wet: float) -> Field:
    length = int(0.22 * SAMPLE_RATE)
    echo = rng.normal(0, 1, length) * np.exp(-np.arange(length) / (0.05 * SAMPLE_RATE))
    echo[: int(0.004 * SAMPLE_RATE)] = 0
    echo /= np.sqrt(np.sum(echo**2))
    return np.asarray(samples + wet * fftconvolve(samples, echo)[: len(samples)], dtype=np.float32)


def babble(pitch_hz: float, tract: float, frames: int, fps: int, seed: int) -> Babble:
    """``frames`` frames' worth of talk in a voice of ``pitch_hz`` and relative vocal-tract length ``tract``."""
    rng = np.random.default_rng([seed, 7103])
    length = round(frames / fps * SAMPLE_RATE)
    ticks = length // HOP + 2
    tracks = _script(ticks, rng)
    at = np.arange(length) / HOP
    pitch = np.interp(at, np.arange(ticks), tracks.pitch * pitch_hz).astype(np.float32)
    voice = _pulses(pitch, rng) + 0.0006 * rng.normal(0, 1, length).astype(np.float32)
    spoken = _filtered(voice, _resonances(tracks.formants, tract) * tracks.voice[:, None])
    hz = np.fft.rfftfreq(WINDOW, 1 / SAMPLE_RATE)[None, :]
    band = np.exp(-0.5 * ((hz - 5200 / tract) / 1500) ** 2)
    breath = _filtered(
        rng.normal(0, 1, length).astype(np.float32), (band * tracks.hiss[:, None]).astype(np.complex64)
    )
    loud = float(np.sqrt(np.mean(spoken**2))) or 1.0
    samples = _room(spoken * np.float32(0.075 / loud) + breath * np.float32(0.05), rng, 0.22)
    moments = (np.arange(frames) + 0.5) / fps * CONTROL_HZ
    sampled = [
        np.interp(moments, np.arange(ticks), t).astype(np.float32)
        for t in (tracks.jaw, tracks.spread, tracks.voice)
    ]
    return Babble(samples, sampled[0], sampled[1], sampled[2])
