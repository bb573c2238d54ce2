"""Face swap: another drawn person's inner face, with the target's pose and expression, pasted over the original's."""

import cv2
import numpy as np

from clipjury_ml.synthetic import canvas
from clipjury_ml.synthetic.canvas import Field, Pixels
from clipjury_ml.synthetic.edits.edit import Box, Edit
from clipjury_ml.synthetic.people.head import Head
from clipjury_ml.synthetic.people.identity import SKIN_TONES, Identity, make_identity
from clipjury_ml.synthetic.people.performance import drift
from clipjury_ml.synthetic.recipes import ClipRecipe
from clipjury_ml.synthetic.takes import Take


def choose_donor(target: Identity, seed: int) -> Identity:
    """A different person whose skin is close enough to be worth swapping in and who wears no glasses."""
    tone = SKIN_TONES.index(target.skin)
    for step in range(200):
        donor = make_identity(seed + 17 * step)
        near = abs(SKIN_TONES.index(donor.skin) - tone) <= 1
        if (
            near
            and donor.seed != target.seed
            and donor.glasses == "none"
            and donor.hair_style not in ("fringe", "curls")
        ):
            return donor
    raise LookupError(f"no donor for identity {target.seed} among 200 people from seed {seed}")


class FaceSwap(Edit):
    """Hull mask, colour transfer (Reinhard et al. 2001), a little blur as decoders leave, feathered edge, jitter."""

    def __init__(self, take: Take, recipe: ClipRecipe) -> None:
        super().__init__(take, recipe)
        strength = self.manipulation.strength
        self.donor = choose_donor(take.identity, self.manipulation.seed)
        self.head = Head(self.donor, take.head_px, take.scene.light)
        rng = np.random.default_rng([self.manipulation.seed, 7501])
        wander = 0.008 + 0.012 * strength
        self.dx = drift(rng, take.frames, take.fps, 0.12, wander) * take.head_px
        self.dy = drift(rng, take.frames, take.fps, 0.12, wander) * take.head_px
        self.softness_px = (0.004 + 0.011 * strength) * take.head_px
        self.cover = float(rng.uniform(0.93, 1.0))

    def region(self, index: int) -> Box | None:
        """The patch that holds the donor's face."""
        if not self.inside(index):
            return None
        return self._box(index, self.head.patch.size_px(self.take.head_px)).clipped(self.take.size)

    def _box(self, index: int, size: tuple[int, int]) -> Box:
        pose, (cx, cy) = self.take.acting.pose(index), self.take.middle(index)
        left = round(cx + (pose.x + self.head.patch.left) * self.take.head_px + float(self.dx[index]))
        top = round(cy + (pose.y + self.head.patch.top) * self.take.head_px + float(self.dy[index]))
        return Box(left, top, left + size[0], top + size[1])

    def frame(self, index: int) -> Pixels:
        """The original with the donor's face on it inside the segments."""
        image = super().frame(index)
        if not self.inside(index):
            return image
        pose = self.take.acting.pose(index)
        patch = self.head.render(pose, self.take.acting.expression(index))
        mask = self._mask(index)
        box = self._box(index, (patch.shape[1], patch.shape[0]))
        seen = box.clipped(self.take.size)
        if seen.empty:
            return image
        rows = slice(seen.top - box.top, seen.bottom - box.top)
        columns = slice(seen.left - box.left, seen.right - box.left)
        view = image[seen.window]
        view[:] = self._blend(view, patch[rows, columns, :3], mask[rows, columns])
        return image

    def _mask(self, index: int) -> Field:
        map_x, map_y = self.head.maps(self.take.acting.pose(index))
        mask = np.asarray(cv2.remap(self.head.inner, map_x, map_y, cv2.INTER_LINEAR))
        return mask * np.float32(self.cover)

    def _blend(self, view: Pixels, face: Pixels, mask: Field) -> Pixels:
        softened = cv2.GaussianBlur(face, (0, 0), self.softness_px) if self.softness_px > 0.3 else face
        core = mask > 0.6
        if not core.any():
            return view
        source = softened.astype(np.float32)
        target = view.astype(np.float32)
        mean_s, std_s = source[core].mean(axis=0), source[core].std(axis=0) + 1.0
        mean_t, std_t = target[core].mean(axis=0), target[core].std(axis=0) + 1.0
        fitted = (source - mean_s) * np.clip(std_t / std_s, 0.7, 1.4) + mean_t
        return canvas.to_pixels(np.asarray(target + (fitted - target) * mask[..., None], dtype=np.float32))
