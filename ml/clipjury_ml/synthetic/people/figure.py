"""A person in the frame: body, hair behind, head, put together at a place in the picture."""

import cv2
import numpy as np

from clipjury_ml.synthetic.canvas import Pixels, paste
from clipjury_ml.synthetic.people import body as torso
from clipjury_ml.synthetic.people.head import OVERSAMPLE, PATCH_MARGIN, Expression, Head, Pose
from clipjury_ml.synthetic.people.identity import Identity
from clipjury_ml.synthetic.people.lighting import Light


class Figure:
    """One drawn person at one size; ``place`` in px is the middle of the head."""

    def __init__(self, identity: Identity, scale_px: float, light: Light) -> None:
        self.identity, self.scale_px = identity, scale_px
        self.head = Head(identity, scale_px, light)
        self.body = torso.paint_body(identity, scale_px, light)

    def corner(self, place: tuple[float, float], pose: Pose) -> tuple[float, float]:
        """Frame position in px of the head patch's upper left corner."""
        return place[0] + (pose.x + self.head.patch.left) * self.scale_px, place[1] + (
            pose.y + self.head.patch.top
        ) * self.scale_px

    def draw(self, frame: Pixels, place: tuple[float, float], pose: Pose, expression: Expression) -> None:
        """Draw the person into ``frame`` in place."""
        x, y = self.corner(place, pose)
        size = self.head.patch.size_px(self.scale_px)
        self._lay(frame, self.head.back, self._behind(pose), size, (x, y))
        left = place[0] + (0.35 * pose.x + torso.LEFT) * self.scale_px
        top = place[1] + (0.35 * pose.y + torso.TOP - torso.RAISE) * self.scale_px
        still = np.array([[1, 0, 0], [0, 1, 0]], np.float64)
        self._lay(frame, self.body, still, (self.body.shape[1], self.body.shape[0]), (left, top))
        patch = self.head.render(pose, expression)
        still[0, 2], still[1, 2] = x - np.floor(x), y - np.floor(y)
        shifted = cv2.warpAffine(
            patch, still, (patch.shape[1] + 1, patch.shape[0] + 1), flags=cv2.INTER_LINEAR
        )
        paste(frame, np.asarray(shifted, dtype=np.uint8), int(np.floor(x)), int(np.floor(y)))

    def _behind(self, pose: Pose) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
        """Map of the ears' canvas to the patch: they lie behind the axis, so they turn the other way."""
        patch, scale = self.head.patch, self.scale_px
        pivot = (float(-patch.left * scale), float((0.9 - patch.top) * scale))
        turn = cv2.getRotationMatrix2D(pivot, -np.degrees(pose.roll), 1.0)
        x = (PATCH_MARGIN - 0.2 * np.sin(pose.yaw)) * scale
        y = (PATCH_MARGIN - 0.12 * np.sin(pose.pitch)) * scale
        shrink = np.array([[1 / OVERSAMPLE, 0, x], [0, 1 / OVERSAMPLE, y], [0, 0, 1]])
        return np.asarray(turn @ shrink)

    def _lay(
        self,
        frame: Pixels,
        layer: Pixels,
        matrix: np.ndarray[tuple[int, int], np.dtype[np.float64]],
        size: tuple[int, int],
        corner: tuple[float, float],
    ) -> None:
        x, y = int(np.floor(corner[0])), int(np.floor(corner[1]))
        moved = matrix.copy()
        moved[0, 2] += corner[0] - x
        moved[1, 2] += corner[1] - y
        # What lies below the picture is not worth warping.
        height = min(size[1] + 1, frame.shape[0] - y)
        if height <= 0:
            return
        warped = np.asarray(
            cv2.warpAffine(layer, moved, (size[0] + 1, height), flags=cv2.INTER_LINEAR), dtype=np.uint8
        )
        paste(frame, warped, x, y)
