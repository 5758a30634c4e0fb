"""What is known of the hotkeys: whether each works, and what was heard of them. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace

from app.desktop.hotkeys import HotkeyName
from app.dictation.events import DictationEvent, HotkeyHeard, HotkeyStatus


@dataclass(frozen=True, slots=True)
class HotkeysView:
    """One status for each hotkey, and the last press while they are tried."""

    statuses: tuple[HotkeyStatus, ...] = ()
    heard: HotkeyHeard | None = None

    def status_of(self, name: HotkeyName) -> HotkeyStatus | None:
        """Whether this one works; None while that is not known."""
        return next((status for status in self.statuses if status.name is name), None)


def reduce(view: HotkeysView, event: DictationEvent) -> HotkeysView:
    """What is known after `event`; the same view where it is about something else."""
    match event:
        case HotkeyStatus(name):
            others = tuple(status for status in view.statuses if status.name is not name)
            return replace(view, statuses=(*others, event))
        case HotkeyHeard():
            return replace(view, heard=event)
        case _:
            return view
