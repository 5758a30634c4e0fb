"""The line above the page: where one is, who answers, what it cost, the settings. GUI thread."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from app.realtime import events as realtime_events
from app.services import Service
from ui import words
from ui.controls.buttons import IconButton, Ringed
from ui.controls.icons import Icon
from ui.controls.paint import focus_ring, rounded
from ui.controls.surfaces import ElidedLabel, Tone, label
from ui.realtime.engine_switch import is_realtime
from ui.theme import colors
from ui.tokens import SPACE_4, SPACE_8, SPACE_12
from ui.view_state import ViewState

_HEIGHT = 52
_LONGEST_NAME_PX = 180


class ProviderLabel(Ringed):
    """Who answers, as one small label; a click leads to where it can be changed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.hide()

    def show_name(self, name: str) -> None:
        """`name` is a model or a provider."""
        if name != self.text():
            self.setText(name)
            self.setAccessibleName(f"Answers: {name}. Change")
            self.setToolTip(f"Answers: {name}")
            self.updateGeometry()
        self.setVisible(bool(name))

    def sizeHint(self) -> QSize:
        words_px = self.fontMetrics().horizontalAdvance(self.text())
        return QSize(min(words_px, _LONGEST_NAME_PX) + 2 * SPACE_12, 28)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint = colors()
        area = QRectF(self.rect())
        fill = paint.raised if self.is_pointed_at() else None
        rounded(painter, area, 14, fill=fill, line=paint.line, line_px=paint.border_px)
        painter.setPen(paint.text if self.is_pointed_at() else paint.quiet)
        name = self.fontMetrics().elidedText(
            self.text(), Qt.TextElideMode.ElideMiddle, _LONGEST_NAME_PX
        )
        painter.drawText(area, Qt.AlignmentFlag.AlignCenter, name)
        if self.ring:
            focus_ring(painter, self, 14)


def cost_label(parent: QWidget) -> QLabel:
    """What the conversation cost, out of sight until it did."""
    cost = label(tone=Tone.CAPTION, parent=parent)
    cost.setMinimumHeight(28)
    cost.hide()
    return cost


def show_cost(cost: QLabel, view: ViewState) -> None:
    """Render the conversation's bill; nothing where nothing was billed."""
    if view.bill is None or not view.bill.spent.requests:
        cost.hide()
        return
    from app.usage import told  # not needed before a server was asked

    explained = told.explained(view.bill)
    cost.setText(told.amount(view.bill.spent))
    cost.setToolTip(f"This conversation: {explained}")
    cost.setAccessibleName(f"Cost of this conversation: {cost.text()}")
    cost.setAccessibleDescription(explained)
    cost.show()


def _realtime_model(view: ViewState) -> str:
    """Who answers in realtime; empty where nobody does, or it is not known."""
    told, settings = view.realtime.link, view.settings
    if settings is None or not is_realtime(view):
        return ""
    if told is None:
        return settings.realtime.model
    is_away = told.link is realtime_events.Link.STANDING_IN
    return "" if is_away else told.by or settings.realtime.model


class Header(QWidget):
    """Shows the conversation's title, or a page's with the way back."""

    back_asked = Signal()
    sidebar_asked = Signal()
    settings_asked = Signal()
    provider_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(_HEIGHT)
        self._page = ""
        self._view = ViewState()
        self.sidebar = IconButton(Icon.SIDEBAR, "Conversations", keys="Ctrl+B", parent=self)
        self.back = IconButton(Icon.BACK, "Back", keys="Esc", parent=self)
        self.title = ElidedLabel(Tone.HEADING, self)
        self.provider = ProviderLabel(self)
        self.cost = cost_label(self)
        self.settings = IconButton(Icon.SETTINGS, "Settings", keys="Ctrl+,", parent=self)
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE_12, 0, SPACE_12, 0)
        row.setSpacing(SPACE_4)
        row.addWidget(self.sidebar)
        row.addWidget(self.back)
        row.addSpacing(SPACE_8)
        row.addWidget(self.title, 1)
        row.addSpacing(SPACE_8)
        row.addWidget(self.cost)
        row.addSpacing(SPACE_4)
        row.addWidget(self.provider)
        row.addSpacing(SPACE_4)
        row.addWidget(self.settings)
        self.back.clicked.connect(self.back_asked)
        self.sidebar.clicked.connect(self.sidebar_asked)
        self.settings.clicked.connect(self.settings_asked)
        self.provider.clicked.connect(self.provider_asked)
        self.show_page("")

    def show_page(self, title: str) -> None:
        """Name the page that is open; empty for the conversation."""
        self._page = title
        self.back.setVisible(bool(title))
        self.sidebar.setVisible(not title)
        self.settings.setVisible(not title)
        self.show_state(self._view)

    def show_state(self, view: ViewState) -> None:
        """Render whose conversation it is, who answers, and what it cost."""
        self._view = view
        title = view.conversation.title if view.conversation and view.entries else ""
        self.title.show_text(self._page or title or "New conversation")
        settings = view.settings
        if settings is None or self._page:
            self.provider.hide()
            self.cost.hide()
            return
        show_cost(self.cost, view)
        if name := _realtime_model(view):
            self.provider.show_name(name)
            return
        self.provider.show_name(
            words.provider(
                settings.chat.source.value,
                settings.chat.model,
                settings.address_of(Service.CHAT),
                view.answered_by,
            )
        )
