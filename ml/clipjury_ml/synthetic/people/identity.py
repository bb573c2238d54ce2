"""Who is drawn: one frozen description of a face, hair, clothes and voice, all from a seed."""

from dataclasses import dataclass

import numpy as np

from clipjury_ml.synthetic.canvas import Colour

SKIN_TONES: tuple[Colour, ...] = (
    (232, 190, 164), (226, 180, 150), (216, 166, 134), (208, 158, 124), (186, 134, 100), (156, 106, 76),
    (124, 82, 58), (98, 64, 46),
)  # fmt: skip
HAIR_COLOURS: tuple[Colour, ...] = (
    (38, 30, 27), (58, 42, 34), (92, 62, 42), (128, 86, 52), (176, 132, 82), (206, 172, 118), (140, 70, 38),
    (158, 154, 150),
)  # fmt: skip
IRIS_COLOURS: tuple[Colour, ...] = (
    (92, 58, 34),
    (70, 44, 28),
    (118, 86, 48),
    (92, 118, 84),
    (96, 128, 158),
    (120, 138, 150),
)
CLOTH_COLOURS: tuple[Colour, ...] = (
    (44, 52, 72), (62, 66, 74), (96, 40, 48), (40, 84, 82), (52, 88, 132), (120, 92, 60), (86, 66, 110),
    (168, 84, 62), (188, 176, 152), (70, 96, 64),
)  # fmt: skip
SHORT_STYLES = ("buzz", "side_part", "quiff", "curly", "bald")
CLOTHES = ("suit", "blouse", "sweater", "tshirt", "hoodie")
LONG_STYLES = ("bob", "long", "bun", "fringe", "curls")


@dataclass(frozen=True)
class Identity:
    """Everything that makes one drawn person; lengths are in head units (half the height of the head = 1)."""

    seed: int
    skin: Colour
    age: float  # 0 young – 1 old
    width: float  # of the face, around 1
    jaw: float  # −1 narrow – 1 square
    eye_x: float
    eye_size: float
    eye_tilt: float
    iris: Colour
    brow_thickness: float
    brow_arch: float
    nose_width: float
    nose_length: float
    lip_fullness: float
    mouth_width: float
    lip_colour: Colour
    hair: Colour
    hair_style: str
    beard: str  # none, stubble, full, moustache
    glasses: str  # none, round, square, half
    clothes: str  # suit, blouse, sweater, tshirt, hoodie
    cloth: Colour
    accent: Colour
    pitch_hz: float
    tract: float  # vocal-tract length, around 1; shorter raises the formants


def _pick(
    rng: np.random.Generator, options: tuple[str, ...], weights: tuple[float, ...] | None = None
) -> str:
    p = None if weights is None else np.asarray(weights) / sum(weights)
    return options[int(rng.choice(len(options), p=p))]


def _colour(rng: np.random.Generator, options: tuple[Colour, ...]) -> Colour:
    return options[int(rng.integers(len(options)))]


def _lip_colour(rng: np.random.Generator, skin: Colour, lipstick: bool) -> Colour:
    if lipstick:
        reds: tuple[Colour, ...] = ((176, 60, 66), (160, 72, 84), (188, 92, 92))
        tint = reds[int(rng.integers(len(reds)))]
        return (
            0.75 * tint[0] + 0.25 * skin[0],
            0.75 * tint[1] + 0.25 * skin[1],
            0.75 * tint[2] + 0.25 * skin[2],
        )
    return (skin[0] * 0.86, skin[1] * 0.66, skin[2] * 0.66)


def make_identity(seed: int) -> Identity:
    """The person of ``seed``; the same seed is always the same person."""
    rng = np.random.default_rng([seed, 7001])
    long_haired = bool(rng.random() < 0.5)
    tone = int(rng.integers(len(SKIN_TONES)))
    skin = SKIN_TONES[tone]
    age = float(rng.beta(1.6, 1.8))
    # Dark skin goes with dark hair and eyes often enough that a uniform draw would look painted on.
    hair_top = len(HAIR_COLOURS) - 1 if tone < 4 else 3
    hair = HAIR_COLOURS[7] if age > 0.78 and rng.random() < 0.7 else HAIR_COLOURS[int(rng.integers(hair_top))]
    iris = IRIS_COLOURS[int(rng.integers(len(IRIS_COLOURS) if tone < 4 else 3))]
    return Identity(
        seed=seed, skin=skin, age=age, width=float(rng.uniform(0.93, 1.04)),
        jaw=float(rng.uniform(-1.0, 0.1) if long_haired else rng.uniform(-0.4, 1.0)),
        eye_x=float(rng.uniform(0.285, 0.32)), eye_size=float(rng.uniform(0.95, 1.15)),
        eye_tilt=float(rng.uniform(-0.02, 0.09)), iris=iris,
        brow_thickness=float(rng.uniform(0.6, 0.9) if long_haired else rng.uniform(0.85, 1.3)),
        brow_arch=float(rng.uniform(0.4, 1.2)), nose_width=float(rng.uniform(0.88, 1.18)),
        nose_length=float(rng.uniform(-0.025, 0.03)), lip_fullness=float(rng.uniform(0.8, 1.35)),
        mouth_width=float(rng.uniform(0.235, 0.285)),
        lip_colour=_lip_colour(rng, skin, long_haired and rng.random() < 0.55), hair=hair,
        hair_style=_pick(rng, LONG_STYLES) if long_haired else _pick(rng, SHORT_STYLES, (2, 3, 3, 2, 1)),
        beard="none" if long_haired else _pick(rng, ("none", "stubble", "full", "moustache"), (5, 3, 3, 1)),
        glasses=_pick(rng, ("none", "round", "square", "half"), (6, 1, 2, 1)),
        clothes=_pick(rng, CLOTHES, (3, 2, 2, 2, 1) if long_haired else (4, 0, 2, 2, 1)),
        cloth=_colour(rng, CLOTH_COLOURS), accent=_colour(rng, CLOTH_COLOURS),
        pitch_hz=float(rng.uniform(170, 230) if long_haired else rng.uniform(95, 140)),
        tract=float(rng.uniform(0.84, 0.92) if long_haired else rng.uniform(0.97, 1.06)),
    )  # fmt: skip
