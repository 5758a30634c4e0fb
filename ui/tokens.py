"""The look in numbers: colours, spacing, sizes. Pure; `ui/theme.py` hands them to Qt."""

from __future__ import annotations

from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True)
class Tokens:
    """One colour scheme, as #RRGGBB. `border_px` is the width of every line that is drawn."""

    background: str
    surface: str
    raised: str
    line: str
    text: str
    quiet: str
    accent: str
    on_accent: str
    warning: str
    danger: str
    dark: bool = False
    border_px: int = 1

    @property
    def colors(self) -> dict[str, str]:
        """Every colour by its name."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in values.items() if isinstance(value, str)}


LIGHT = Tokens(
    background="#FBFBFA",
    surface="#FFFFFF",
    raised="#F2F2F0",
    line="#E3E3DF",
    text="#1B1B1A",
    quiet="#6A6A66",
    accent="#0F766E",
    on_accent="#FFFFFF",
    warning="#9A5B00",
    danger="#B42318",
)
DARK = Tokens(
    background="#161618",
    surface="#1E1E21",
    raised="#29292D",
    line="#36363B",
    text="#EDEDEC",
    quiet="#A3A3A0",
    accent="#2DD4BF",
    on_accent="#06201D",
    warning="#F5B14C",
    danger="#FF8A80",
    dark=True,
)
LIGHT_CONTRAST = Tokens(
    background="#FFFFFF",
    surface="#FFFFFF",
    raised="#F2F2F0",
    line="#6A6A66",
    text="#000000",
    quiet="#474744",
    accent="#0A524C",
    on_accent="#FFFFFF",
    warning="#6B3F00",
    danger="#8A1810",
    border_px=2,
)
DARK_CONTRAST = Tokens(
    background="#000000",
    surface="#0C0C0D",
    raised="#1C1C1F",
    line="#A3A3A0",
    text="#FFFFFF",
    quiet="#D0D0CC",
    accent="#5EEAD4",
    on_accent="#06201D",
    warning="#FFC978",
    danger="#FFB4AD",
    dark=True,
    border_px=2,
)


def tokens_for(*, dark: bool, high_contrast: bool) -> Tokens:
    """The scheme for these preferences."""
    if high_contrast:
        return DARK_CONTRAST if dark else LIGHT_CONTRAST
    return DARK if dark else LIGHT


STYLE = "Fusion"
"""Qt's own; the style sheet builds on it."""

SPACE_4, SPACE_8, SPACE_12, SPACE_16, SPACE_24 = 4, 8, 12, 16, 24

RADIUS_CONTROL = 8
RADIUS_CARD = 12

FONT_CAPTION, FONT_BASE, FONT_TRANSCRIPT, FONT_TITLE = 11, 13, 15, 20
LINE_HEIGHT_PERCENT = 150

CONTROL_HEIGHT = 32
VOICE_BUTTON = 44
COLUMN_WIDTH = 720
SIDEBAR_WIDTH = 240
FOLD_BELOW_WIDTH = 720

APPEAR_MS = 120


def page_margin(page_width: int) -> int:
    """Left and right of what stands on a page of this width, in px."""
    return SPACE_24 if page_width >= 520 else SPACE_16


def luminance(color: str) -> float:
    """Relative luminance of #RRGGBB, 0..1, as WCAG defines it."""
    channels = (int(color[at : at + 2], 16) / 255 for at in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, 1..21."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)
