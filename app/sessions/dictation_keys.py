"""Which keys are Sayso's: bound as the settings say, tried, and told. Core thread."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from app.desktop.chords import ESCAPE, Chord, ChordError, parse_chord
from app.desktop.hotkeys import BindState, HotkeyName, Hotkeys, KeyEvent, Outcomes
from app.dictation import events
from app.dictation.settings import DictationSettings
from app.shots.settings import ScreenSettings


class DictationKeys:
    """Escape is Sayso's only while there is something to cancel."""

    def __init__(self, hotkeys: Hotkeys, publish: Callable[[events.DictationEvent], None]) -> None:
        self.is_trying = False
        self._hotkeys = hotkeys
        self._publish = publish
        self._chords: dict[HotkeyName, Chord] = {}
        self._wanted: dict[HotkeyName, str] | None = None
        self._holds_cancel = False
        self._binding = asyncio.Lock()
        self._pressed_at_s: dict[HotkeyName, float] = {}

    async def apply(self, settings: DictationSettings, screen: ScreenSettings) -> None:
        """Bind what the settings name now, for dictation and for pictures."""
        wanted = {
            HotkeyName.DICTATE: settings.hotkey,
            HotkeyName.EDIT_SELECTION: settings.selection_hotkey,
            HotkeyName.INSERT_AGAIN: settings.again_hotkey,
            HotkeyName.INSERT_RAW: settings.raw_hotkey,
            HotkeyName.UNDO: settings.undo_hotkey,
            HotkeyName.SHOW_REGION: screen.region_hotkey,
            HotkeyName.SHOW_WINDOW: screen.window_hotkey,
            HotkeyName.SHOW_SCREEN: screen.screen_hotkey,
        }
        if wanted == self._wanted:
            return
        self._wanted = wanted
        self._chords = {}
        for name, keys in wanted.items():
            try:
                if keys:
                    self._chords[name] = parse_chord(keys)
            except ChordError as error:
                self._publish(events.HotkeyStatus(name, keys, str(error)))
        await self._bind(tell=True)

    async def hold_cancel(self, on: bool) -> None:
        """Take Escape, or give it back."""
        if on is not self._holds_cancel:
            self._holds_cancel = on
            await self._bind(tell=False)

    def on_outcomes(self, outcomes: Outcomes) -> None:
        """What the system says of its keys, now or later."""
        for name, outcome in outcomes.items():
            if name in self._chords:
                keys = outcome.trigger or str(self._chords[name])
                is_fine = outcome.state in (BindState.BOUND, BindState.ASKING)
                problem = "" if is_fine else outcome.reason
                self._publish(events.HotkeyStatus(name, keys, problem))

    def tell(self, event: KeyEvent) -> None:
        """A key while they are tried."""
        if event.pressed:
            self._pressed_at_s[event.name] = event.at_s
            self._publish(events.HotkeyHeard(event.name, pressed=True))
        else:
            held_s = event.at_s - self._pressed_at_s.pop(event.name, event.at_s)
            self._publish(events.HotkeyHeard(event.name, pressed=False, held_s=held_s))

    async def aclose(self) -> None:
        """Give all of them back."""
        await self._hotkeys.close()

    async def _bind(self, *, tell: bool) -> None:
        async with self._binding:
            cancel = {HotkeyName.CANCEL: ESCAPE} if self._holds_cancel else {}
            outcomes = await self._hotkeys.bind({**self._chords, **cancel})
        if tell:
            self.on_outcomes(outcomes)
