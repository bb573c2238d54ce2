"""How a stored picture is turned and mirrored before it is shown."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from av.sidedata.sidedata import SideData
from av.video.frame import VideoFrame


@dataclass(frozen=True)
class Orientation:
    """One of the eight ways to lay a rectangle: transpose first, then mirror left-right, then top-bottom."""

    transpose: bool = False
    flip_horizontal: bool = False
    flip_vertical: bool = False

    @property
    def rotation_deg(self) -> int:
        """Degrees clockwise by which the stored picture is turned (mirroring left aside): 0, 90, 180 or 270."""
        if self.transpose:
            return 90 if self.flip_horizontal else 270
        return 180 if self.flip_vertical else 0

    def displayed(self, width: int, height: int) -> tuple[int, int]:
        """Width and height after turning."""
        return (height, width) if self.transpose else (width, height)

    def filters(self) -> list[tuple[str, str]]:
        """The same turning as FFmpeg filters (name, arguments)."""
        # `transpose=cclock_flip` is the plain matrix transpose.
        steps = [("transpose", "dir=cclock_flip")] if self.transpose else []
        steps += [("hflip", "")] if self.flip_horizontal else []
        return steps + ([("vflip", "")] if self.flip_vertical else [])


UPRIGHT = Orientation()


def read_orientation(frame: VideoFrame) -> Orientation:
    """The orientation that the frame's display matrix asks for, snapped to quarter turns.

    The matrix maps a stored point (x, y) to (a·x + c·y, b·x + d·y) (ISO/IEC 14496-12, 6.2.2).
    """
    matrix = frame.side_data.get("DISPLAYMATRIX")
    if not isinstance(matrix, SideData):
        return UPRIGHT
    a, b, _u, c, d = struct.unpack("=5i", bytes(matrix)[:20])
    if abs(b) + abs(c) > abs(a) + abs(d):
        return Orientation(True, c < 0, b < 0)
    return Orientation(False, a < 0, d < 0)
