"""A plain line chart as SVG: pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

_WIDTH, _HEIGHT = 760, 380
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 24, 64, 48
_TITLE_WIDTH = 160
_STEPS = (1, 2, 2.5, 5, 10)


@dataclass(frozen=True, slots=True)
class Curve:
    """Values at 1, 2, 3 and so on."""

    title: str
    color: str
    values: Sequence[float]


def picture(title: str, below: str, curves: Sequence[Curve]) -> str:
    """All curves over one another, from zero on."""
    count = max(len(curve.values) for curve in curves)
    step = _step(max(max(curve.values) for curve in curves) / 5)
    most = step * 5
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" '
        'font-family="sans-serif" font-size="13">',
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#ffffff"/>',
        f'<text x="{_LEFT}" y="28" font-size="16" fill="#1a1a1a">{escape(title)}</text>',
    ]
    for line in range(6):
        y = _y(line * step, most)
        parts.append(
            f'<line x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y}" y2="{y}" stroke="#e2e2e2"/>'
            f'<text x="{_LEFT - 8}" y="{y + 4}" text-anchor="end" fill="#555">'
            f"{line * step:g}</text>"
        )
    parts += [
        f'<text x="{_x(at, count)}" y="{_HEIGHT - _BOTTOM + 20}" text-anchor="middle" '
        f'fill="#555">{at}</text>'
        for at in sorted({1, *range(10, count + 1, max(10, count // 10))})
    ]
    parts.append(
        f'<text x="{_WIDTH - _RIGHT}" y="{_HEIGHT - 8}" text-anchor="end" fill="#555">'
        f"{escape(below)}</text>"
    )
    for number, curve in enumerate(curves):
        parts += _curve(curve, count, most, _LEFT + number * _TITLE_WIDTH)
    return "\n".join([*parts, "</svg>", ""])


def _curve(curve: Curve, count: int, most: float, title_x: int) -> list[str]:
    points = " ".join(
        f"{_x(at, count)},{_y(value, most)}" for at, value in enumerate(curve.values, 1)
    )
    return [
        f'<polyline points="{points}" fill="none" stroke="{curve.color}" stroke-width="2"/>',
        f'<text x="{title_x}" y="46" fill="{curve.color}">{escape(curve.title)}</text>',
    ]


def _x(at: int, count: int) -> float:
    return round(_LEFT + (at - 1) / max(1, count - 1) * (_WIDTH - _LEFT - _RIGHT), 1)


def _y(value: float, most: float) -> float:
    return round(_HEIGHT - _BOTTOM - value / most * (_HEIGHT - _TOP - _BOTTOM), 1)


def _step(least: float) -> float:
    """The next round number."""
    power = 1.0
    while power > least:
        power /= 10
    while power * 10 <= least:
        power *= 10
    return next(power * step for step in _STEPS if power * step >= least)
