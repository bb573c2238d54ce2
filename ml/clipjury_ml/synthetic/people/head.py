"""A drawn head: sculpted and painted once, then lit, animated and turned for every frame."""

from dataclasses import dataclass

import cv2
import numpy as np

from clipjury_ml.synthetic.canvas import Field, Pixels, blur, bump, mix, smoothstep, to_linear
from clipjury_ml.synthetic.people import head_shape as shape
from clipjury_ml.synthetic.people.accessories import paint_ears, paint_glasses
from clipjury_ml.synthetic.people.eyes import Eye, Gaze
from clipjury_ml.synthetic.people.hair import extent as hair_extent
from clipjury_ml.synthetic.people.hair import grow_hair
from clipjury_ml.synthetic.people.identity import Identity
from clipjury_ml.synthetic.people.lighting import Light, tone
from clipjury_ml.synthetic.people.mouth import Mouth, Speech
from clipjury_ml.synthetic.people.skin import paint_skin

OVERSAMPLE = 1.35  # head canvas px per frame px: features need more than one sample a pixel to be smooth
PATCH_MARGIN = 0.22  # head units that a tilted head may stick out of its upright canvas


@dataclass(frozen=True)
class Pose:
    """Head position: turn right, nod down and tilt clockwise in radians; pivot offset in head units."""

    yaw: float
    pitch: float
    roll: float
    x: float
    y: float


@dataclass(frozen=True)
class Expression:
    """Everything that moves in the face at one moment; ``brow`` −1 frown … 1 raised."""

    gaze: Gaze
    speech: Speech
    brow: float


class Head:
    """One person's head at one drawing size; ``render`` gives premultiplied RGBA patches."""

    def __init__(self, identity: Identity, scale_px: float, light: Light) -> None:
        self.identity, self.scale_px, self.light = identity, scale_px, light
        extent = hair_extent(identity)
        self.grid = shape.make_grid(scale_px * OVERSAMPLE, extent)
        self.patch = extent.grown(PATCH_MARGIN)
        self._sculpt()
        self.eyes = [Eye(identity, self.grid, side) for side in (-1, 1)]
        self.mouth = Mouth(identity, self.grid)
        left, right = (
            bump(self.grid.x, self.grid.y, (side * identity.eye_x, shape.EYE_Y - 0.19), (0.2, 0.075))
            for side in (-1, 1)
        )
        self._brow_field = left + right

    def _sculpt(self) -> None:
        identity, grid = self.identity, self.grid
        skull = shape.outline(identity, grid)
        hair = grow_hair(identity, grid, skull)
        face = shape.face_height(identity, grid)
        rooted = blur(hair.cover, 0.012 * grid.scale)
        height = blur(face, 0.012 * grid.scale) * (1 - rooted) + hair.height * rooted
        self.alpha = blur(np.maximum(skull, hair.outline), 0.6)
        skin, shine = paint_skin(identity, grid)
        strand = to_linear(identity.hair) * (0.62 + 0.34 * hair.strands)[..., None]
        albedo = mix(skin, np.maximum(strand, 0.004).astype(np.float32), hair.cover)
        contact = blur(hair.cover, 0.045 * grid.scale) * (1 - hair.cover)
        self.albedo = albedo * (1 - 0.45 * contact)[..., None]
        self.normal = shape.normals(height, grid.scale)
        closed = shape.occlusion(height, grid.scale)
        self.key_share = (
            shape.cast_shadow(height, grid.scale, self.light.direction)
            * (0.35 + 0.65 * closed)
            * (1 - 0.75 * contact)
        )
        self.soft_share = 0.35 + 0.65 * self.key_share
        self.bleed = (0.4 * (1 - hair.cover)).astype(np.float32)
        shiny = shine * (1 - hair.cover) + hair.cover * (0.10 + 0.16 * np.maximum(hair.strands, 0))
        self.gloss = (0.16 * shiny * self.key_share).astype(np.float32)
        self._light_surroundings(height, closed)
        self.depth = shape.parallax_depth(identity, grid)
        self.inner = _inner_face(identity, grid) * (1 - hair.cover)
        self.back = paint_ears(identity, grid, hair, self.light)
        self.lens = paint_glasses(identity, grid)

    def _light_surroundings(self, height: Field, closed: Field) -> None:
        """What does not change from frame to frame: colour under the key, and everything that is not the key."""
        smooth = shape.normals(blur(height, 0.03 * self.grid.scale), self.grid.scale)
        away = np.maximum(-smooth[0] * np.float32(np.sign(self.light.direction[0])), 0)
        rim = (
            np.clip(1 - smooth[2], 0, 1) ** 2
            * away
            * closed
            * (1 - blur(self.alpha, 0.07 * self.grid.scale))
            * 2
        )
        sky = (0.72 - 0.28 * self.normal[1]) * closed
        self.lit_by_key = [np.ascontiguousarray(self.albedo[..., channel]) for channel in range(3)]
        self.lit_by_rest = [
            np.asarray(
                sky * self.light.ambient[c] * self.lit_by_key[c]
                + rim * self.light.rim[c] * (0.15 + self.lit_by_key[c]),
                np.float32,
            )
            for c in range(3)
        ]

    def _shade(self, pose: Pose) -> Field:
        lx, ly, lz = (np.float32(value) for value in _turned(self.light.direction, pose))
        nx, ny, nz = self.normal
        lambert = nx * lx + ny * ly + nz * lz
        wrap = np.maximum(lambert * np.float32(0.82) + np.float32(0.18), 0) * self.key_share
        soft = np.maximum(lambert * np.float32(0.62) + np.float32(0.38), 0) * self.soft_share
        # Light that entered the skin leaves it further on, mostly red: red wraps further round the form.
        red = wrap + (soft - wrap) * self.bleed
        half = np.array([lx, ly, lz + 1.0]) / np.linalg.norm([lx, ly, lz + 1.0])
        h = half.astype(np.float32)
        facing = np.maximum(nx * h[0] + ny * h[1] + nz * h[2], 0)
        facing = np.square(np.square(np.square(facing)))
        gloss = self.gloss * (facing + np.float32(2.0) * np.square(np.square(facing)))
        planes = []
        for channel, diffuse in enumerate((red, wrap + (soft - wrap) * np.float32(0.15), wrap)):
            key = np.float32(self.light.key[channel])
            plane = diffuse * self.lit_by_key[channel]
            plane += gloss
            plane *= key
            plane += self.lit_by_rest[channel]
            planes.append(plane)
        return np.asarray(cv2.merge(planes), dtype=np.float32)

    def _move_brows(self, lit: Field, brow: float) -> None:
        rows = slice(round(self.grid.row(-0.62)), round(self.grid.row(0.1)))
        view = lit[rows]
        columns, lines = np.meshgrid(
            np.arange(view.shape[1], dtype=np.float32), np.arange(view.shape[0], dtype=np.float32)
        )
        shifted = lines + self._brow_field[rows] * np.float32(0.05 * brow * self.grid.scale)
        view[:] = cv2.remap(view, columns, shifted, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)

    def paint(self, pose: Pose, expression: Expression) -> Field:
        """Lit face on the head canvas, display values 0–255 (height, width, 3), before it is turned."""
        lit = self._shade(pose)
        if abs(expression.brow) > 0.02:
            self._move_brows(lit, expression.brow)
        on_eye = (
            np.asarray(self.light.key, np.float32) * np.float32(0.62)
            + np.asarray(self.light.ambient, np.float32) * 0.5
        )
        catch = (0.024 * float(np.sign(self.light.direction[0])), -0.026)
        for eye in self.eyes:
            eye.draw(lit, expression.gaze, on_eye, catch)
        self.mouth.draw(lit, expression.speech, on_eye * np.float32(0.9))
        if self.lens is not None:
            glass, cover = self.lens
            lit += (glass - lit) * cover[..., None]
        return np.asarray(tone(lit) * 255.0, dtype=np.float32)

    def maps(self, pose: Pose) -> tuple[Field, Field]:
        """Where each frame pixel of the patch comes from on the head canvas: (columns, rows), in canvas px."""
        size = self.patch.size_px(self.scale_px)
        quarter = (max(8, size[0] // 4), max(8, size[1] // 4))
        x = np.linspace(self.patch.left, self.patch.right, quarter[0], dtype=np.float32)
        y = np.linspace(self.patch.top, self.patch.bottom, quarter[1], dtype=np.float32)
        u, v = np.meshgrid(x, y)
        cos, sin = np.float32(np.cos(pose.roll)), np.float32(np.sin(pose.roll))
        pivot = np.float32(0.9)
        tx, ty = cos * u + sin * (v - pivot), -sin * u + cos * (v - pivot) + pivot
        sx, sy = tx, ty
        for _ in range(3):
            depth = np.asarray(cv2.remap(self.depth, self._column(sx), self._row(sy), cv2.INTER_LINEAR))
            sx = tx - (depth - 0.12) * np.float32(np.sin(pose.yaw))
            sy = ty - (depth - 0.12) * np.float32(np.sin(pose.pitch))
        map_x = cv2.resize(self._column(sx), size, interpolation=cv2.INTER_LINEAR)
        map_y = cv2.resize(self._row(sy), size, interpolation=cv2.INTER_LINEAR)
        return np.asarray(map_x), np.asarray(map_y)

    def project(self, pose: Pose, x: float, y: float) -> tuple[float, float]:
        """Where the point (x, y) of the face lies on the turned head, head units from the middle of the head."""
        column = int(np.clip(self.grid.column(x), 0, self.depth.shape[1] - 1))
        row = int(np.clip(self.grid.row(y), 0, self.depth.shape[0] - 1))
        depth = float(self.depth[row, column]) - 0.12
        tx, ty = x + depth * np.sin(pose.yaw), y + depth * np.sin(pose.pitch) - 0.9
        cos, sin = np.cos(pose.roll), np.sin(pose.roll)
        return float(cos * tx - sin * ty) + pose.x, float(sin * tx + cos * ty) + 0.9 + pose.y

    def _column(self, x: Field) -> Field:
        return (x - np.float32(self.grid.extent.left)) * np.float32(self.grid.scale)

    def _row(self, y: Field) -> Field:
        return (y - np.float32(self.grid.extent.top)) * np.float32(self.grid.scale)

    def render(self, pose: Pose, expression: Expression) -> Pixels:
        """Premultiplied RGBA patch of the turned head, ``scale_px`` px per head unit, laid out over ``patch``."""
        face = self.paint(pose, expression)
        packed = np.empty((*self.alpha.shape, 4), np.uint8)
        packed[..., :3] = np.minimum(face * self.alpha[..., None] + 0.5, 255)
        packed[..., 3] = self.alpha * 255.0 + 0.5
        map_x, map_y = self.maps(pose)
        return np.asarray(cv2.remap(packed, map_x, map_y, cv2.INTER_LINEAR), dtype=np.uint8)


def _turned(direction: tuple[float, float, float], pose: Pose) -> tuple[float, float, float]:
    """Light direction as the turned head sees it, unit length."""
    x, y, z = direction
    x, z = x * np.cos(pose.yaw) - z * np.sin(pose.yaw), x * np.sin(pose.yaw) + z * np.cos(pose.yaw)
    y, z = y * np.cos(pose.pitch) - z * np.sin(pose.pitch), y * np.sin(pose.pitch) + z * np.cos(pose.pitch)
    length = float(np.sqrt(x * x + y * y + z * z))
    return float(x) / length, float(y) / length, float(z) / length


def _inner_face(identity: Identity, grid: shape.Grid) -> Field:
    """Hull of the inner face (brows to chin) that a face swap replaces, soft, on the head canvas."""
    r = (np.abs(grid.x) / (0.56 * identity.width)) ** 2.6 + (np.abs(grid.y - 0.27) / 0.62) ** 2.6
    return smoothstep(1.12, 0.9, np.asarray(r, dtype=np.float32))
