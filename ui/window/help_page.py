"""The help: pages of Markdown that ship with Sayso. GUI thread."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib import resources

from PySide6.QtCore import QEvent, Qt, QUrl, Signal
from PySide6.QtGui import QResizeEvent, QTextCursor, QTextDocument
from PySide6.QtWidgets import QTextBrowser, QVBoxLayout, QWidget

from ui.controls.column import Column, show_handle_when_needed
from ui.tokens import COLUMN_WIDTH, SPACE_8, SPACE_16, page_margin
from ui.window.help_style import set_page
from ui.window.topic_buttons import TopicButtons

_ERRORS = "errors"
_FIRST = ("start", "index", "getting_started", "welcome")
_HEADING = re.compile(r"^#\s+(.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Topic:
    """A page of the help: the file's name without its ending, its title, its text."""

    name: str
    title: str
    text: str


def topics() -> tuple[Topic, ...]:
    """Every page there is, the first to read first."""
    folder = resources.files("resources").joinpath("help")
    found = []
    for file in folder.iterdir():
        if file.name.endswith(".md"):
            text = file.read_text("utf-8")
            name = file.name.removesuffix(".md")
            heading = _HEADING.search(text)
            found.append(Topic(name, heading[1].strip() if heading else name, text))
    return tuple(sorted(found, key=lambda topic: (topic.name not in _FIRST, topic.title)))


class _Text(QTextBrowser):
    """Text in the page's column, with the scroll bar at the page's edge."""

    def resizeEvent(self, event: QResizeEvent) -> None:
        margin = page_margin(self.width())
        left = (self.width() - min(COLUMN_WIDTH, self.width() - 2 * margin)) // 2
        bar = self.verticalScrollBar()
        self.setViewportMargins(left, 0, max(left - bar.sizeHint().width(), 0), 0)
        super().resizeEvent(event)


class HelpPage(QWidget):
    """`link_opened` carries addresses of the web; links between pages stay inside."""

    link_opened = Signal(str)
    _shown: str | None = None

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._topics = {topic.name: topic for topic in topics()}
        self._buttons = TopicButtons({name: topic.title for name, topic in self._topics.items()})
        self.text = _Text(self)
        self.text.setAccessibleName("Help")
        self.text.setOpenLinks(False)
        self.text.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        show_handle_when_needed(self.text.verticalScrollBar())
        self.text.anchorClicked.connect(self._on_link)
        self._buttons.chosen.connect(self.show_topic)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_16)
        column.addWidget(Column(self._buttons))
        column.addWidget(self.text, 1)
        self.show_topic(next(iter(self._topics), ""))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self._shown is not None:
            self.show_topic(self._shown)

    def show_topic(self, name: str) -> None:
        """Show a page from its beginning; an unknown one shows that there is none."""
        self._shown = name
        topic = self._topics.get(name)
        self._buttons.mark(name)
        self.text.document().setMarkdown(
            topic.text if topic else "There is no such page.",
            QTextDocument.MarkdownFeature.MarkdownDialectGitHub
            | QTextDocument.MarkdownFeature.MarkdownNoHTML,
        )
        set_page(self.text.document())
        self.text.moveCursor(QTextCursor.MoveOperation.Start)

    def show_error(self, code: str) -> None:
        """Show what the help says about an error, by its code."""
        self.show_topic(_ERRORS)
        if self.text.find(code):
            at = self.text.cursorRect().top()
            bar = self.text.verticalScrollBar()
            bar.setValue(bar.value() + at - SPACE_8)

    def _on_link(self, link: QUrl) -> None:
        name = link.path().rsplit("/", 1)[-1].removesuffix(".md")
        if link.scheme() in ("http", "https"):
            self.link_opened.emit(link.toString())
        elif not link.scheme() and name in self._topics:
            self.show_topic(name)
            if link.fragment():
                self.text.find(link.fragment())
