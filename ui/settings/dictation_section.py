"""What of dictation needs more than one control a setting: keys, modes, tables. GUI thread."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.commands import ChangeSettings
from app.dictation.modes import ModeRule
from app.dictation.replacements import Replacement, Snippet
from app.dictation.settings import DictationSettings
from ui.settings.entries_card import Column, EntriesCard, Entry
from ui.settings.hotkey_card import HotkeyCard
from ui.settings.modes_card import ModesCard
from ui.settings.rows import Row
from ui.tokens import SPACE_24
from ui.view_hotkeys import HotkeysView

_RULES = "Patterns of a program and a window title; * stands for anything. The closest one counts."
_REPLACEMENTS = "Whenever you say the left, the right is written."
_SNIPPETS = "A word or two that write a longer text, line breaks included."
_TERMINALS = "A terminal gets no line breaks unless its program is named here."


class DictationSection(QWidget):
    """`asked` carries commands. `hotkeys` is a card of its own, for the page to place."""

    asked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings: DictationSettings | None = None
        self.hotkeys = HotkeyCard()
        self.modes = ModesCard()
        self.rules = EntriesCard("Modes by program", _RULES, self._rule_columns)
        self.replacements = EntriesCard("Replacements", _REPLACEMENTS, _replacement_columns)
        self.snippets = EntriesCard("Snippets", _SNIPPETS, _snippet_columns)
        self.terminals = EntriesCard("Line breaks in terminals", _TERMINALS, _terminal_columns)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_24)
        for card in (self.modes, self.rules, self.replacements, self.snippets,
                     self.terminals):  # fmt: skip
            column.addWidget(card)
        self.hotkeys.asked.connect(self.asked)
        self.modes.asked.connect(self.asked)
        self._save(self.rules, "rules", lambda entry: ModeRule(entry[2], entry[0], entry[1]))
        self._save(self.replacements, "replacements", lambda entry: Replacement(*entry))
        self._save(self.snippets, "snippets", lambda entry: Snippet(*entry))
        self._save(self.terminals, "enter_allowed", lambda entry: entry[0])

    def show_state(self, settings: DictationSettings, hotkeys: HotkeysView) -> None:
        """Render the settings and what is known of the keys."""
        self.hotkeys.show_state(settings, hotkeys)
        if settings is self._settings:
            return
        self._settings = settings
        self.modes.show_settings(settings)
        self.rules.show_entries([(rule.app, rule.title, rule.mode) for rule in settings.rules])
        self.replacements.show_entries(
            [(each.spoken, each.written) for each in settings.replacements]
        )
        self.snippets.show_entries([(each.trigger, each.text) for each in settings.snippets])
        self.terminals.show_entries([(name,) for name in settings.enter_allowed])

    def row_at(self, path: str) -> Row | None:
        """The row of a setting that stands here."""
        section, _, name = path.partition(".")
        if section != "dictation":
            return None
        return self.modes.default_row if name in ("mode", "modes") else self.hotkeys.rows.get(name)

    def _save(self, card: EntriesCard, name: str, make: Callable[[Entry], object]) -> None:
        def send(entries: Sequence[Entry]) -> None:
            values = tuple(make(entry) for entry in entries)
            self.asked.emit(ChangeSettings({f"dictation.{name}": values}))

        card.committed.connect(send)

    def _rule_columns(self) -> tuple[Column, ...]:
        modes = self._settings.modes if self._settings is not None else ()
        return (
            Column("Program", "Program, such as firefox", is_needed=False),
            Column("Window title", "Title, such as *Gmail*", is_needed=False),
            Column("Mode", choices=tuple((mode.id, mode.label) for mode in modes)),
        )


def _replacement_columns() -> tuple[Column, ...]:
    return Column("You say", "You say"), Column("It writes", "It writes")


def _snippet_columns() -> tuple[Column, ...]:
    return Column("You say", "You say"), Column("It writes", "It writes", wide=True)


def _terminal_columns() -> tuple[Column, ...]:
    return (Column("Program", "Program, such as xterm"),)
