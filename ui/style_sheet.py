"""The style sheet for the stock widgets; everything else paints itself. Pure."""

from __future__ import annotations

from ui.tokens import (
    FONT_BASE,
    FONT_CAPTION,
    FONT_TITLE,
    RADIUS_CONTROL,
    Tokens,
)


def style_sheet(look: Tokens) -> str:
    """Qt's style sheet of a colour scheme."""
    return "\n".join((_labels(look), _fields(look), _popups(look), _scroll_bars(look)))


def _labels(look: Tokens) -> str:
    return f"""
QLabel {{ background: transparent; color: {look.text}; }}
QLabel[tone="quiet"] {{ color: {look.quiet}; }}
QLabel[tone="caption"] {{ color: {look.quiet}; font-size: {FONT_CAPTION}px; }}
QLabel[tone="title"] {{ font-size: {FONT_TITLE}px; font-weight: 600; }}
QLabel[tone="heading"] {{ font-weight: 600; }}
QLabel[tone="danger"] {{ color: {look.danger}; }}
QLabel[tone="warning"] {{ color: {look.warning}; }}
"""


def _fields(look: Tokens) -> str:
    return f"""
QLineEdit, QAbstractSpinBox, QComboBox {{
  background: {look.surface}; color: {look.text};
  border: {look.border_px}px solid {look.line}; border-radius: {RADIUS_CONTROL}px;
  padding: 0 {10 - look.border_px}px; min-height: {32 - 2 * look.border_px}px;
  selection-background-color: {look.accent}; selection-color: {look.on_accent};
  placeholder-text-color: {look.quiet};
}}
QLineEdit:hover, QAbstractSpinBox:hover, QComboBox:hover {{ border-color: {look.quiet}; }}
QLineEdit:focus, QAbstractSpinBox:focus, QComboBox:focus {{
  border: 2px solid {look.accent}; padding: 0 8px; min-height: 28px;
}}
QLineEdit:disabled, QAbstractSpinBox:disabled, QComboBox:disabled {{
  color: {look.quiet}; background: {look.raised};
}}
QLineEdit[wrong="true"] {{ border-color: {look.danger}; }}
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button {{ width: 0; border: none; }}
QComboBox {{ combobox-popup: 0; padding: 0 28px 0 {12 - look.border_px}px; }}
QComboBox:focus {{ padding: 0 27px 0 10px; }}
QComboBox::drop-down {{ width: 0; border: none; }}
QPlainTextEdit, QTextBrowser {{
  background: transparent; color: {look.text}; border: none;
  placeholder-text-color: {look.quiet};
  selection-background-color: {look.accent}; selection-color: {look.on_accent};
}}
QPlainTextEdit[boxed="true"] {{
  background: {look.surface}; border: {look.border_px}px solid {look.line};
  border-radius: {RADIUS_CONTROL}px; padding: 0 {6 - look.border_px}px;
}}
QPlainTextEdit[boxed="true"]:hover {{ border-color: {look.quiet}; }}
QPlainTextEdit[boxed="true"]:focus {{ border: 2px solid {look.accent}; padding: 0 4px; }}
QTableView {{
  background: {look.surface}; color: {look.text}; border: none; gridline-color: {look.line};
  selection-background-color: {look.raised}; selection-color: {look.text};
}}
QTableView QLineEdit {{ border-radius: 0; min-height: 0; padding: 0 2px; }}
QScrollArea, QListView {{ background: transparent; border: none; }}
QScrollArea > QWidget > QWidget {{ background: transparent; }}
"""


def _popups(look: Tokens) -> str:
    return f"""
QToolTip {{
  background: {look.raised}; color: {look.text}; border: {look.border_px}px solid {look.line};
  padding: 4px 6px; font-size: {FONT_BASE}px;
}}
QMenu {{
  background: {look.surface}; color: {look.text};
  border: {look.border_px}px solid {look.line}; padding: 4px;
}}
QMenu::item {{ padding: 7px 24px 7px 12px; border-radius: 6px; margin: 0; }}
QMenu::item:selected {{ background: {look.raised}; color: {look.text}; }}
QMenu::item:disabled {{ color: {look.quiet}; }}
QMenu::separator {{ height: 1px; background: {look.line}; margin: 4px 8px; }}
QComboBox QAbstractItemView {{
  background: {look.surface}; color: {look.text}; outline: none; padding: 4px;
  border: {look.border_px}px solid {look.line};
  selection-background-color: {look.raised}; selection-color: {look.text};
}}
QComboBox QAbstractItemView::item {{ min-height: 30px; padding: 0 8px; border-radius: 6px; }}
QComboBox QAbstractItemView::item:selected {{ background: {look.raised}; color: {look.text}; }}
"""


def _scroll_bars(look: Tokens) -> str:
    return f"""
QScrollBar {{ background: transparent; border: none; margin: 0; }}
QScrollBar:vertical {{ width: 10px; }}
QScrollBar:horizontal {{ height: 10px; }}
QScrollBar::handle {{ background: {look.line}; border-radius: 3px; margin: 2px; }}
QScrollBar::handle:vertical {{ min-height: 32px; }}
QScrollBar::handle:horizontal {{ min-width: 32px; }}
QScrollBar::handle:hover, QScrollBar::handle:pressed {{ background: {look.quiet}; }}
QScrollBar::handle:disabled {{ background: transparent; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
"""
