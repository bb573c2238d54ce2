"""A list of recipes from a seed: half authentic, half manipulated, originals grouped with what was made of them.

Everything that could give a label away without looking (scene, size, rate, length, title) is drawn before the label.
"""

from dataclasses import dataclass, replace
from itertools import cycle

import numpy as np

from clipjury_ml.synthetic.people.identity import make_identity
from clipjury_ml.synthetic.recipes import (
    NEEDS_FACE,
    ClipRecipe,
    Container,
    Manipulation,
    SceneName,
    Segment,
    Technique,
)
from clipjury_ml.synthetic.scenes.camera import STYLES
from clipjury_ml.synthetic.scenes.graphics import person_name

SIZES: tuple[tuple[int, int], ...] = ((640, 360), (848, 480), (960, 540), (1280, 720))
SIZE_SHARES = (0.58, 0.24, 0.11, 0.07)
SCENES: tuple[SceneName, ...] = ("newsroom", "street", "park", "podium", "kitchen")
ORDER: tuple[Technique, ...] = (
    "face_swap", "splice_insert", "mouth_warp", "overlay_paste", "speed", "face_swap", "expression_warp", "splice_cut",
    "voice_replace", "overlay_paint_out", "frame_repeat", "face_swap", "voice_shift",
)  # fmt: skip
STILL: tuple[Technique, ...] = ("face_swap", "overlay_paste", "overlay_paint_out")
SMALLEST_WITH_SPECIALS = 8
TITLES: dict[SceneName, tuple[str, ...]] = {
    "newsroom": ("Evening bulletin with {name}", "{name} reads the headlines", "Late news, studio 2: {name}"),
    "street": ("{name} on the new tram line", "Street interview: {name}", "{name} outside the bakery"),
    "park": ("{name} in the park", "Morning walk with {name}", "{name} on the spring planting"),
    "podium": ("{name} at the lectern", "Statement by {name}", "{name} opens the session"),
    "kitchen": ("{name} from the kitchen", "Home video by {name}", "{name} answers questions"),
    "empty_park": ("Kite over the meadow", "Windy afternoon in the park", "A ball rolls by"),
}  # fmt: skip


@dataclass(frozen=True)
class _Plan:
    """One group: how many members of each label, and what is special about its footage."""

    authentic: int
    manipulated: int
    container: Container = "mp4"
    empty: bool = False
    variable_rate: bool = False


def catalogue(seed: int, count: int) -> list[ClipRecipe]:
    """``count`` recipes, the same for the same seed.

    From 8 on there are two images, one clip without a face and one of variable rate among them.

    Raises ValueError when ``count`` is less than 1.
    """
    if count < 1:
        raise ValueError(f"count must be at least 1, not {count}")
    rng = np.random.default_rng([seed, 7701])
    techniques = cycle(ORDER)
    scenes = cycle([SCENES[int(index)] for index in rng.permutation(len(SCENES))])
    recipes: list[ClipRecipe] = []
    for number, plan in enumerate(_plans(rng, count), start=1):
        footage = _footage(rng, plan, f"s{seed}-g{number:03d}", "empty_park" if plan.empty else next(scenes))
        recipes += _group(rng, plan, footage, techniques)
    order = rng.permutation(len(recipes))
    return [recipes[int(index)] for index in order]


def _plans(rng: np.random.Generator, count: int) -> list[_Plan]:
    manipulated = count // 2 if count % 2 == 0 or rng.random() < 0.5 else count // 2 + 1
    authentic = count - manipulated
    plans: list[_Plan] = []
    if count >= SMALLEST_WITH_SPECIALS:
        formats: list[Container] = ["jpg", "png"] if rng.random() < 0.5 else ["png", "jpg"]
        plans = [_Plan(1, 0, formats[0]), _Plan(0, 1, formats[1]), _single(rng, empty=True)]
        plans.append(_single(rng, variable_rate=True))
    left_a = authentic - sum(plan.authentic for plan in plans)
    left_m = manipulated - sum(plan.manipulated for plan in plans)
    if count >= 12 and left_a >= 1 and left_m >= 2:
        plans.append(_Plan(1, 2))
        left_a, left_m = left_a - 1, left_m - 2
    pairs = min(left_a, left_m, max(1, round(count / 6)))
    plans += [_Plan(1, 1)] * pairs
    return plans + [_Plan(1, 0)] * (left_a - pairs) + [_Plan(0, 1)] * (left_m - pairs)


def _single(rng: np.random.Generator, empty: bool = False, variable_rate: bool = False) -> _Plan:
    fake = bool(rng.random() < 0.5)
    return _Plan(int(not fake), int(fake), "mp4", empty, variable_rate)


def _footage(rng: np.random.Generator, plan: _Plan, group: str, scene: SceneName) -> ClipRecipe:
    """The original of a group, before anything is done to it."""
    shares = SIZE_SHARES if plan.container == "mp4" else (0.0, 0.4, 0.3, 0.3)
    width, height = SIZES[int(rng.choice(len(SIZES), p=shares))]
    fps = int(rng.choice([24, 25, 30]))
    seconds = float(rng.uniform(4.0, 7.5)) if rng.random() < 0.9 else float(rng.uniform(7.5, 10.0))
    identity_seed = int(rng.integers(1, 2**31))
    name = person_name(make_identity(identity_seed))
    title = TITLES[scene][int(rng.integers(len(TITLES[scene])))].format(name=name)
    return ClipRecipe(
        title=title, scene=scene, identity_seed=identity_seed, take_seed=int(rng.integers(1, 2**31)),
        camera=STYLES[int(rng.integers(len(STYLES)))],
        frames=round(seconds * fps) if plan.container == "mp4" else 4 * fps, fps=fps, width=width, height=height,
        container=plan.container, variable_rate=plan.variable_rate, group=group, manipulation=None,
    )  # fmt: skip


def _group(
    rng: np.random.Generator, plan: _Plan, footage: ClipRecipe, techniques: "cycle[Technique]"
) -> list[ClipRecipe]:
    members = [footage] * plan.authentic
    for _ in range(plan.manipulated):
        technique = _technique(rng, footage, techniques)
        segments = choose_segments(technique, footage, rng)
        done = Manipulation(technique, segments, int(rng.integers(1, 2**31)), float(rng.uniform(0.3, 0.9)))
        members.append(replace(footage, manipulation=done))
    # The second upload of a group must not always be the manipulated one.
    order = rng.permutation(len(members))
    return [_retitled(members[int(index)], place) for place, index in enumerate(order)]


def _retitled(recipe: ClipRecipe, place: int) -> ClipRecipe:
    return recipe if place == 0 else replace(recipe, title=f"{recipe.title} (upload {place + 1})")


def _technique(rng: np.random.Generator, footage: ClipRecipe, techniques: "cycle[Technique]") -> Technique:
    if footage.media == "image":
        return STILL[int(rng.integers(len(STILL)))]
    technique = next(techniques)
    if footage.has_face or technique not in NEEDS_FACE:
        return technique
    return ("splice_insert", "overlay_paste", "speed")[int(rng.integers(3))]


def choose_segments(
    technique: Technique, footage: ClipRecipe, rng: np.random.Generator
) -> tuple[Segment, ...]:
    """Where ``technique`` is applied, in frames of the take."""
    frames, fps = footage.frames, footage.fps
    if footage.media == "image":
        return (Segment(frames // 2, frames // 2),)
    if technique == "splice_cut":
        joint = int(rng.integers(round(0.25 * frames), round(0.75 * frames)))
        return (Segment(joint - 1, joint),)
    if technique == "frame_repeat":
        starts = np.linspace(0.15, 0.8, int(rng.integers(2, 4))) + rng.uniform(0, 0.08)
        return tuple(
            Segment(round(s * frames), round(s * frames) + int(rng.integers(5, max(6, fps // 2))))
            for s in starts
        )
    share = {
        "face_swap": (0.55, 1.0), "splice_insert": (0.15, 0.35), "speed": (0.25, 0.45), "overlay_paste": (0.5, 1.0),
        "overlay_paint_out": (0.5, 1.0),
    }.get(technique, (0.35, 0.75))  # fmt: skip
    length = max(fps // 2, round(float(rng.uniform(*share)) * frames))
    length = min(length, frames)
    start = int(rng.integers(0, frames - length + 1))
    return (Segment(start, start + length - 1),)
