"""The order in which Tab goes through widgets that are made late. GUI thread."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget


def put_before(following: QWidget, made: QWidget) -> None:
    """Let Tab come to `made` and what is in it right before `following`; it was made last."""
    last: QWidget | None = following.previousInFocusChain()
    while last is not None and not _takes_focus(last):
        last = last.previousInFocusChain()
    for widget in (made, *made.findChildren(QWidget)):
        if last is not None and _takes_focus(widget):
            QWidget.setTabOrder(last, widget)
            last = widget


def _takes_focus(widget: QWidget) -> bool:
    return widget.focusPolicy() is not Qt.FocusPolicy.NoFocus
