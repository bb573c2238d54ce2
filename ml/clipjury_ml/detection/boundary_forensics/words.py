"""What a feature says of a face, in words."""

from __future__ import annotations

import math

from clipjury_ml.detection.boundary_forensics.features import CONTRASTS, Contrast
from clipjury_ml.detection.boundary_forensics.residuals import CHANNELS
from clipjury_ml.detection.boundary_forensics.zones import STEPS

_PARTS = {
    "inner face": "the inner face",
    "inner band": "the band inside the edge",
    "edge": "the edge of the face",
    "ring": "the ring around the face",
    "outside": "what lies outside",
}
_EDGES = {
    (0,): "the upper edge of the face",
    (2,): "the lower edge of the face",
    (1, 3): "the edge of the face to its left and right",
}
_PLAIN_RATIO = 1.5  # from here on a ratio says more than per cent
_MORE = {
    "lightness": ("lighter", "darker"),
    "green to red": ("redder", "greener"),
    "blue to yellow": ("yellower", "bluer"),
}


def describe(feature: str, value: float, time_s: float) -> str:
    """One sentence: what feature's value says of the face seen at time_s."""
    measured, compared = feature.split(":")
    if compared.startswith("bend "):
        who, whom = _strip(int(compared[5:])), "the strips to both sides of it"
    else:
        who, whom = _compared(CONTRASTS[compared])
    if measured in _MORE:
        level = f"{abs(value):.1f} of 255 levels {_MORE[measured][value < 0]}"
        said = f"{who} is {level} than {whom}"
    elif "~" in measured:
        one, other = measured.split("~")
        said = f"fine structure in {one} and {other} is {'more' if value > 0 else 'less'} alike in {who} than in {whom}"
    elif "/" in measured:
        fine, coarse = (CHANNELS[name] for name in measured.split("/"))
        said = f"{who} has {_times(value)} {_amount(value)} {fine} for its {coarse} than {whom}"
    else:
        said = f"{who} is {_times(value)} {'rougher' if value > 0 else 'smoother'} than {whom} ({CHANNELS[measured]})"
    return f"{said[0].upper()}{said[1:]}, at {clock(time_s)}."


def clock(time_s: float) -> str:
    """Minutes, seconds and tenths: 7.24 -> 00:07.2."""
    tenths = round(time_s * 10)
    return f"{tenths // 600:02d}:{tenths // 10 % 60:02d}.{tenths % 10}"


def _compared(contrast: Contrast) -> tuple[str, str]:
    both = contrast.of == "edge" and len(contrast.against) == 2
    whom = "both sides of it" if both else _PARTS[contrast.against[0]]
    return _EDGES.get(contrast.sides, _PARTS[contrast.of]), whom


def _strip(zone: int) -> str:
    middle = 50 * (STEPS[zone - 1] + STEPS[zone])
    where = "inside" if middle < 0 else "outside"
    return f"the strip {abs(middle):.0f} % of the face {where} its outline"


def _times(value: float) -> str:
    ratio = math.exp(abs(value))
    return f"{ratio:.1f} ×" if ratio >= _PLAIN_RATIO else f"{100 * (ratio - 1):.0f} %"


def _amount(value: float) -> str:
    return "more" if value > 0 else "less"
