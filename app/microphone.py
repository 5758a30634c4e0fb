"""Whether the microphone should be open, and what became of it. Core thread."""

from __future__ import annotations

import logging
from collections.abc import Callable

from app import commands, events
from app.errors import AppError, Code
from app.notices import NoticeBoard
from app.sessions.audio_link import AudioLink
from audio import messages
from audio.messages import CloseReason
from audio.pcm import FLOOR_DBFS

_log = logging.getLogger(__name__)

_TROUBLE = {
    CloseReason.LOST: Code.MICROPHONE_LOST,
    CloseReason.MISSING: Code.NO_MICROPHONE,
    CloseReason.REFUSED: Code.MICROPHONE_REFUSED,
    CloseReason.SILENT: Code.MICROPHONE_SILENT,
}


class Microphone:
    """What the user wants of it, sent to the engine whenever either changes."""

    def __init__(
        self,
        audio: AudioLink,
        notices: NoticeBoard,
        publish: Callable[[events.Event], None],
        set_facts: Callable[..., None],
        on_press: Callable[[], None],
        on_cancel: Callable[[], None],
        *,
        hands_free: bool,
    ) -> None:
        self._audio = audio
        self._notices = notices
        self._publish = publish
        self._set_facts = set_facts
        self._on_press = on_press
        self._on_cancel = on_cancel
        self._hands_free = hands_free
        self._muted = False
        self._label = ""
        set_facts(hands_free=hands_free)

    async def set_hands_free(self, on: bool) -> None:
        """Listen for utterances, or stop."""
        self._hands_free = on
        self._set_facts(hands_free=on)
        await self._apply()

    async def set_muted(self, on: bool) -> None:
        """Close the device itself, or open it again if hands-free wants it."""
        self._muted = on
        self._set_facts(muted=on)
        await self._apply()

    async def on_command(self, command: object) -> bool:
        """Act on it; False when it is not about the microphone."""
        match command:
            case commands.SetHandsFree(on):
                await self.set_hands_free(on)
            case commands.SetMuted(on):
                await self.set_muted(on)
            case commands.PressToTalk() if not self._muted:
                self._on_press()
                await self._audio.send(messages.BeginTake())
            case commands.ReleaseToTalk(cancelled):
                if cancelled:
                    self._on_cancel()
                await self._audio.send(messages.EndTake(cancelled))
            case commands.RefreshDevices():
                await self._audio.send(messages.ListDevices())
            case _:
                return False
        return True

    async def on_engine_up(self) -> None:
        """A new engine knows nothing: tell it what is wanted."""
        self._notices.clear(Code.ENGINE_LOST)
        await self._audio.send(messages.ListDevices())
        if self._hands_free and not self._muted:
            await self._apply()

    def on_engine_down(self) -> None:
        """No engine, no open device."""
        self._set_facts(microphone_open=False, playing=False)

    def on_level(self, input_dbfs: float) -> None:
        """A microphone that is heard is not silent."""
        if input_dbfs > FLOOR_DBFS:
            self._notices.clear(Code.MICROPHONE_SILENT)

    def on_event(self, event: object) -> None:
        """What the engine says of devices."""
        match event:
            case messages.Devices(inputs, outputs):
                self._publish(
                    events.DevicesChanged(
                        tuple(_choice(device) for device in inputs),
                        tuple(_choice(device) for device in outputs),
                    )
                )
            case messages.MicrophoneOpened(label):
                self._label = label
                self._notices.clear(*_TROUBLE.values())
                self._set_facts(microphone_open=True)
            case messages.MicrophoneClosed(reason, detail):
                self._set_facts(microphone_open=reason is CloseReason.SILENT)
                if (code := _TROUBLE.get(reason)) is not None:
                    _log.info("microphone %s: %s", reason, detail)
                    self._notices.post(AppError(code, self._label))
            case messages.EchoRemains(on=True):
                self._notices.post(AppError(Code.ECHO_REMAINS))
            case messages.EchoRemains():
                self._notices.clear(Code.ECHO_REMAINS)
            case messages.Ready(_, echo, detector):
                _log.info("engine ready: echo %s, detector %s", echo, detector)
            case _:
                _log.warning("unexpected message %s", type(event).__name__)

    async def _apply(self) -> None:
        wanted = self._hands_free and not self._muted
        await self._audio.send(messages.Listen() if wanted else messages.CloseMicrophone())


def _choice(device: messages.Device) -> events.DeviceChoice:
    return events.DeviceChoice(device.id, device.label, device.is_default)
