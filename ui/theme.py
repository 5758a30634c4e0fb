"""The look handed to Qt: palette, style sheet, fonts, motion. GUI thread.

There is one look per process, as there is one QApplication; widgets that paint ask `colors()`.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from ui.style_sheet import style_sheet
from ui.tokens import FONT_BASE, LIGHT, STYLE, Tokens, tokens_for


class Scheme(enum.StrEnum):
    """Which colours to use."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"

    @classmethod
    def named(cls, name: str) -> Scheme:
        """The scheme of this name; the system's where there is none."""
        return next((scheme for scheme in cls if scheme.value == name), cls.SYSTEM)


_QT_SCHEMES = {
    Scheme.SYSTEM: Qt.ColorScheme.Unknown,
    Scheme.LIGHT: Qt.ColorScheme.Light,
    Scheme.DARK: Qt.ColorScheme.Dark,
}


@dataclass(frozen=True, slots=True)
class Colors:
    """`Tokens` as QColor, ready to paint with."""

    background: QColor
    surface: QColor
    raised: QColor
    line: QColor
    text: QColor
    quiet: QColor
    accent: QColor
    on_accent: QColor
    warning: QColor
    danger: QColor
    border_px: int

    @classmethod
    def of(cls, source: Tokens) -> Colors:
        """The same colours for Qt."""
        named = {name: QColor(value) for name, value in source.colors.items()}
        return cls(**named, border_px=source.border_px)


class _Look:
    """What is in force now."""

    tokens: Tokens = LIGHT
    colors: Colors = Colors.of(LIGHT)
    reduced_motion: bool = False


def colors() -> Colors:
    """The colours in force."""
    return _Look.colors


def reduced_motion() -> bool:
    """Whether nothing may pulse or slide."""
    return _Look.reduced_motion


def font(size_px: int = FONT_BASE, *, bold: bool = False) -> QFont:
    """The system's UI font in one of the token sizes."""
    result = QFont(QGuiApplication.font())
    result.setPixelSize(size_px)
    result.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
    return result


def code_font(size_px: int = FONT_BASE) -> QFont:
    """The system's monospace font."""
    result = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    result.setPixelSize(size_px)
    return result


class Theme(QObject):
    """Applies the look to the application and follows the system's preferences, live."""

    changed = Signal()
    """The colours or the motion preference are now others."""

    def __init__(self, application: QApplication, *, styled: bool = False) -> None:
        """`styled`: the application was started in our style."""
        super().__init__(application)
        self._application = application
        self._scheme = Scheme.SYSTEM
        self._calm = False
        base = application.font()
        base.setPixelSize(FONT_BASE)
        application.setFont(base)
        if not styled:
            application.setStyle(STYLE)
        hints = application.styleHints()
        hints.colorSchemeChanged.connect(self._apply)
        accessibility = hints.accessibility() if hasattr(hints, "accessibility") else None
        for name in ("contrastPreferenceChanged", "motionPreferenceChanged"):
            if signal := getattr(accessibility, name, None):
                signal.connect(self._apply)
        self._apply()

    @property
    def tokens(self) -> Tokens:
        """The scheme in force."""
        return _Look.tokens

    def choose(self, scheme: Scheme, *, reduce_motion: bool) -> None:
        """Follow the user's settings; the system's wish for less motion counts as well."""
        self._calm = reduce_motion
        if scheme is not self._scheme:
            self._scheme = scheme
            self._application.styleHints().setColorScheme(_QT_SCHEMES[scheme])
        self._apply()

    def _apply(self) -> None:
        chosen = tokens_for(dark=self._is_dark(), high_contrast=_prefers("contrast"))
        calm = self._calm or _prefers("motion")
        if self._application.styleSheet() and (chosen, calm) == (
            _Look.tokens,
            _Look.reduced_motion,
        ):
            return
        _Look.tokens, _Look.colors, _Look.reduced_motion = chosen, Colors.of(chosen), calm
        self._application.setPalette(_palette(_Look.colors))
        self._application.setStyleSheet(style_sheet(chosen))
        self.changed.emit()

    def _is_dark(self) -> bool:
        if self._scheme is Scheme.SYSTEM:
            return self._application.styleHints().colorScheme() == Qt.ColorScheme.Dark
        return self._scheme is Scheme.DARK


def _prefers(what: str) -> bool:
    """Whether the system asks for more contrast or less motion; older Qt versions cannot tell."""
    hints = QGuiApplication.styleHints()
    accessibility = hints.accessibility() if hasattr(hints, "accessibility") else None
    ask = getattr(accessibility, f"{what}Preference", None)
    return ask is not None and ask().name in ("HighContrast", "ReducedMotion")


def _palette(paint: Colors) -> QPalette:
    palette = QPalette()
    role = QPalette.ColorRole
    for ground, color in (
        (role.Window, paint.background),
        (role.Base, paint.surface),
        (role.AlternateBase, paint.raised),
        (role.Button, paint.surface),
        (role.ToolTipBase, paint.raised),
        (role.WindowText, paint.text),
        (role.Text, paint.text),
        (role.ButtonText, paint.text),
        (role.ToolTipText, paint.text),
        (role.BrightText, paint.danger),
        (role.PlaceholderText, paint.quiet),
        (role.Highlight, paint.accent),
        (role.HighlightedText, paint.on_accent),
        (role.Link, paint.accent),
        (role.LinkVisited, paint.accent),
        (role.Accent, paint.accent),
        (role.Mid, paint.line),
        (role.Midlight, paint.line),
        (role.Light, paint.raised),
        (role.Dark, paint.quiet),
        (role.Shadow, paint.line),
    ):
        palette.setColor(ground, color)
    for faded in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, faded, paint.quiet)
    return palette
