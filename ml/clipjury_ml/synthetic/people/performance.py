"""What a person does over time: turns, nods, looks, blinks and talks, one value of each a frame."""

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import gaussian_filter1d

from clipjury_ml.synthetic.canvas import Field
from clipjury_ml.synthetic.people.eyes import Gaze
from clipjury_ml.synthetic.people.head import Expression, Pose
from clipjury_ml.synthetic.people.mouth import Speech
from clipjury_ml.synthetic.sound.speech import Babble


@dataclass(frozen=True)
class Performance:
    """Tracks of one person, all (frames,)."""

    yaw: Field
    pitch: Field
    roll: Field
    x: Field
    y: Field
    look_x: Field
    look_y: Field
    lids: Field
    brow: Field
    jaw: Field
    spread: Field
    smile: Field

    def pose(self, frame: int) -> Pose:
        """Head position at ``frame``."""
        return Pose(*(float(track[frame]) for track in (self.yaw, self.pitch, self.roll, self.x, self.y)))

    def expression(self, frame: int) -> Expression:
        """Face at ``frame``."""
        gaze = Gaze(float(self.look_x[frame]), float(self.look_y[frame]), float(self.lids[frame]))
        speech = Speech(float(self.jaw[frame]), float(self.spread[frame]), float(self.smile[frame]))
        return Expression(gaze, speech, float(self.brow[frame]))


def drift(rng: np.random.Generator, frames: int, fps: int, period_s: float, amount: float) -> Field:
    """Smooth random track of standard deviation ``amount`` that changes over about ``period_s``."""
    pad = int(period_s * fps * 2) + 2
    noise = gaussian_filter1d(rng.normal(0, 1, frames + 2 * pad), period_s * fps / 2.5)
    return np.asarray(noise[pad : pad + frames] / (noise.std() + 1e-9) * amount, dtype=np.float32)


def _blinks(rng: np.random.Generator, frames: int, fps: int) -> Field:
    lids = np.ones(frames, np.float32)
    at_s = rng.uniform(0.6, 2.5)
    time = np.arange(frames) / fps
    while at_s < frames / fps:
        lids = np.minimum(lids, np.clip(np.abs(time - at_s) / 0.085 - 0.25, 0, 1)).astype(np.float32)
        at_s += rng.uniform(1.8, 4.8)
    return lids


def _glances(rng: np.random.Generator, frames: int, fps: int, reach: float) -> Field:
    out = np.zeros(frames)
    frame = 0
    while frame < frames:
        hold = int(rng.uniform(0.5, 1.8) * fps) + 1
        out[frame : frame + hold] = 0.0 if rng.random() < 0.55 else rng.uniform(-reach, reach)
        frame += hold
    return np.asarray(gaussian_filter1d(out, 0.7), dtype=np.float32)


def perform(talk: Babble, frames: int, fps: int, seed: int, facing: float = 0.0) -> Performance:
    """Tracks for ``frames`` frames of someone who says ``talk``, turned ``facing`` radians on average."""
    rng = np.random.default_rng([seed, 7027])
    stress = gaussian_filter1d(talk.stress[:frames], fps * 0.12)
    nod = np.gradient(stress) * 0.35
    yaw = facing + drift(rng, frames, fps, 1.6, 0.1)
    return Performance(
        yaw=np.clip(yaw, -0.32, 0.32),
        pitch=np.clip(drift(rng, frames, fps, 1.1, 0.045) + nod, -0.16, 0.16).astype(np.float32),
        roll=np.clip(drift(rng, frames, fps, 1.8, 0.03), -0.09, 0.09),
        x=drift(rng, frames, fps, 2.4, 0.05) + 0.22 * (yaw - facing),
        y=(drift(rng, frames, fps, 2.0, 0.02) + nod * 0.4).astype(np.float32),
        look_x=_glances(rng, frames, fps, 0.8) - 1.1 * (yaw - facing), look_y=_glances(rng, frames, fps, 0.4),
        lids=_blinks(rng, frames, fps) * 0.97,
        brow=(drift(rng, frames, fps, 0.9, 0.25) + 0.35 * stress - 0.15).astype(np.float32),
        jaw=np.clip(talk.jaw[:frames] * rng.uniform(0.75, 0.95), 0, 1).astype(np.float32),
        spread=talk.spread[:frames] * np.float32(0.8),
        smile=np.clip(drift(rng, frames, fps, 1.8, 0.25) + 0.42, 0, 0.95),
    )  # fmt: skip
