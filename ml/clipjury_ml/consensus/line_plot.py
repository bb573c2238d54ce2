"""A small line plot as SVG: no library, no fonts to load, readable in light and dark."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from xml.sax.saxutils import escape

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 640, 360, 60, 150, 30, 50
COLOURS = ("#3b6fd4", "#d4683b", "#2f9e6b", "#9b59b6", "#b8860b", "#7f8c8d")

Points = Sequence[tuple[float, float]]


def draw_lines(
    lines: Mapping[str, Points], *, title: str, x: str, y: str, y_range: tuple[float, float] | None = None
) -> str:
    """SVG text of lines (name → points). Raises ValueError without a single point."""
    points = [point for line in lines.values() for point in line if point[1] == point[1]]
    if not points:
        raise ValueError("nothing to draw")
    xs = sorted({px for px, _ in points})
    low, high = y_range or (min(py for _, py in points), max(py for _, py in points))
    high = high if high > low else low + 1.0
    x_low, x_span = xs[0], (xs[-1] - xs[0]) or 1.0

    def place(px: float, py: float) -> tuple[float, float]:
        across = LEFT + (px - x_low) / x_span * (WIDTH - LEFT - RIGHT)
        return across, HEIGHT - BOTTOM - (py - low) / (high - low) * (HEIGHT - TOP - BOTTOM)

    parts = [*_frame(title, x, y), *_ticks(xs, low, high, place)]
    for number, (name, line) in enumerate(lines.items()):
        colour = COLOURS[number % len(COLOURS)]
        drawn = " ".join(f"{a:.1f},{b:.1f}" for a, b in (place(*p) for p in line if p[1] == p[1]))
        parts.append(f'<polyline fill="none" stroke="{colour}" stroke-width="2" points="{drawn}"/>')
        at = TOP + 12 + 18 * number
        parts.append(f'<rect x="{WIDTH - RIGHT + 12}" y="{at - 8}" width="12" height="4" fill="{colour}"/>')
        parts.append(f'<text x="{WIDTH - RIGHT + 30}" y="{at}">{escape(name)}</text>')
    return "\n".join(parts) + "\n</svg>\n"


def _frame(title: str, x: str, y: str) -> list[str]:
    label, middle = escape(title, {'"': "&quot;"}), HEIGHT / 2
    return [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{label}"'
        ' font-family="sans-serif" font-size="12" fill="#808080">',
        f'<text x="{LEFT}" y="18" font-size="14">{escape(title)}</text>',
        f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 10}" text-anchor="middle">{escape(x)}</text>',
        f'<text x="14" y="{middle}" text-anchor="middle" transform="rotate(-90 14 {middle})">{escape(y)}</text>',
        f'<path d="M{LEFT} {TOP}V{HEIGHT - BOTTOM}H{WIDTH - RIGHT}" fill="none" stroke="#808080"/>',
    ]


def _ticks(
    xs: Sequence[float], low: float, high: float, place: Callable[[float, float], tuple[float, float]]
) -> list[str]:
    parts = []
    for px in xs:
        across, down = place(px, low)
        parts.append(f'<text x="{across:.1f}" y="{down + 18:.1f}" text-anchor="middle">{px:g}</text>')
    for step in range(5):
        value = low + (high - low) * step / 4
        across, down = place(xs[0], value)
        parts.append(f'<text x="{LEFT - 8}" y="{down + 4:.1f}" text-anchor="end">{value:.2f}</text>')
    return parts
